/* SPDX-License-Identifier: BSD-2-Clause */
/* The client's calls without a network: setters, their order, what prepare finds; and every public
 * function of the library with NULLs. */
#include "forge.h"
#include "scratch.h"
#include "testing.h"

#include "client/client.h"
#include "fake_ca.h"
#include "store/store.h"
#include "x509/key.h"

#include <daotp/daotp.h>
#include <daotp/sys/ca_transport.h>
#include <daotp/sys/key_backend.h>
#include <daotp/sys/probe.h>
#include <daotp/sys/store_plugin.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- every public function, with NULLs ---------------------------------------------------------
 */

static bool is_text(const char *text)
{
    return text != NULL;
}

static bool is_empty(const char *text)
{
    return text != NULL && *text == '\0';
}

/* One call each, whose number counts up; how it has to answer is the condition. */
enum { FIRST = __COUNTER__ + 1 };
#define CALL(expression)                                                                           \
    case __COUNTER__ - FIRST:                                                                      \
        *name = #expression;                                                                       \
        return (expression);
#define DOES(expression)                                                                           \
    case __COUNTER__ - FIRST:                                                                      \
        *name = #expression;                                                                       \
        return (expression, true);
#define USAGE(expression) CALL((expression) == DAOTP_USAGE)

/* false and a NULL name past the end. */
static bool call_with_nulls(int number, const char **name)
{
    static const daotp_clock_fn no_clock = NULL;
    daotp_context *context = NULL;
    const char *text;
    size_t len = 7;
    void *p = &context;

    *name = NULL;
    switch (number) {
        /* status.h, version.h, catalogue.h */
        CALL(is_text(daotp_status_name((daotp_status)99)))
        CALL(is_text(daotp_version()))
        CALL(daotp_version_number() > 0)
        CALL(is_text(daotp_stage_name((daotp_stage)-1)))
        CALL(is_text(daotp_severity_name((daotp_severity)99)))
        CALL(daotp_catalogue_next((daotp_finding_number)999999) == DAOTP_FINDING_NONE)
        CALL(daotp_catalogue_find(NULL) == DAOTP_FINDING_NONE)
        CALL(daotp_catalogue_find_next(NULL, (daotp_finding_number)-1) == DAOTP_FINDING_NONE)
        CALL(is_empty(daotp_catalogue_get_id((daotp_finding_number)-1)))
        DOES(daotp_catalogue_get_stage((daotp_finding_number)-1))
        DOES(daotp_catalogue_get_severity((daotp_finding_number)-1))
        DOES(daotp_catalogue_get_status((daotp_finding_number)-1))
        CALL(is_empty(daotp_catalogue_get_title((daotp_finding_number)-1)))
        CALL(is_empty(daotp_catalogue_get_wanted((daotp_finding_number)-1)))
        CALL(is_empty(daotp_catalogue_get_hint((daotp_finding_number)-1)))
        CALL(is_empty(daotp_catalogue_get_source((daotp_finding_number)-1)))
        CALL(is_empty(daotp_catalogue_get_aliases((daotp_finding_number)-1)))
        /* describe.h */
        USAGE(daotp_describe_crl(NULL, DAOTP_FORMAT_TEXT, NULL))
        /* search.h */
        USAGE(daotp_catalogue_search("16", 2, NULL))
        DOES(daotp_answers_free(NULL))
        CALL(daotp_answers_get_count(NULL) == 0)
        CALL(is_empty(daotp_answers_get_text(NULL, 0, DAOTP_ANSWER_ID)))
        CALL(!daotp_answers_is_likely(NULL, 0))
        CALL(!daotp_answers_is_guess(NULL))
        CALL(daotp_answers_get_finding(NULL, 0) == DAOTP_FINDING_NONE)
        CALL(daotp_answers_get_cause_count(NULL, 0) == 0)
        CALL(is_empty(daotp_answers_get_cause(NULL, 0, 0, DAOTP_CAUSE_TITLE)))
        CALL(!daotp_answers_is_cause_likely(NULL, 0, 0))
        /* requirements.h */
        USAGE(daotp_requirements_new(NULL, DAOTP_PART_RA, NULL))
        DOES(daotp_requirements_free(NULL))
        USAGE(daotp_requirements_add_ntauth(NULL, NULL, 0))
        USAGE(daotp_requirements_check(NULL, NULL, 0))
        CALL(daotp_requirements_get_report(NULL) == NULL)
        USAGE(daotp_requirements_take_report(NULL, NULL))
        CALL(daotp_requirements_get_count(NULL) == 0)
        CALL(is_empty(daotp_requirements_get_text(NULL, 0, DAOTP_REQUIREMENT_ID)))
        DOES(daotp_requirements_get_state(NULL, 0))
        CALL(daotp_requirements_get_finding(NULL, 0) == DAOTP_FINDING_NONE)
        /* context.h */
        USAGE(daotp_context_new(NULL))
        DOES(daotp_context_unref(NULL))
        USAGE(daotp_context_set_log(NULL, DAOTP_LOG_ERROR, NULL, NULL))
        USAGE(daotp_context_set_wall_clock(NULL, no_clock, NULL))
        USAGE(daotp_context_set_monotonic_clock(NULL, no_clock, NULL))
        DOES(daotp_free(NULL))
        /* report.h */
        USAGE(daotp_report_new(NULL, NULL))
        USAGE(daotp_report_new(NULL, (daotp_report **)&p))
        DOES(daotp_report_free(NULL))
        DOES(daotp_report_get_status(NULL))
        CALL(daotp_report_get_count(NULL) == 0)
        CALL(daotp_report_get_finding(NULL, 0) == NULL)
        CALL(daotp_report_get_error(NULL) == NULL)
        CALL(daotp_report_get_cause(NULL) == NULL)
        USAGE(daotp_report_add(NULL, DAOTP_FINDING_CALL_ARGUMENT, 0, NULL, NULL))
        USAGE(daotp_report_conclude(NULL, 0, DAOTP_FINDING_CALL_ARGUMENT, NULL, NULL))
        DOES(daotp_report_downgrade_errors(NULL, 0))
        CALL(daotp_report_get_stage_state(NULL, DAOTP_STAGE_OTP) == DAOTP_STAGE_NOT_REACHED)
        CALL(daotp_report_get_stage_ms(NULL, DAOTP_STAGE_OTP) == -1)
        CALL(is_text(daotp_report_get_text(NULL)))
        CALL(is_text(daotp_report_get_json(NULL)))
        CALL(daotp_finding_get_number(NULL) == DAOTP_FINDING_NONE)
        CALL(is_text(daotp_finding_get_id(NULL)))
        DOES(daotp_finding_get_stage(NULL))
        DOES(daotp_finding_get_severity(NULL))
        CALL(is_text(daotp_finding_get_subject(NULL)))
        CALL(is_text(daotp_finding_get_found(NULL)))
        CALL(daotp_finding_get_upstream(NULL) == 0)
        CALL(is_text(daotp_stage_state_name((daotp_stage_state)99)))
        /* account.h, domain.h */
        USAGE(daotp_account_set_upn(NULL, NULL))
        USAGE(daotp_account_set_dn(NULL, NULL))
        USAGE(daotp_account_set_sid(NULL, NULL))
        CALL(daotp_account_get_upn(NULL) == NULL)
        CALL(daotp_account_get_dn(NULL) == NULL)
        CALL(daotp_account_get_sid(NULL) == NULL)
        USAGE(daotp_domain_credential_set(NULL, NULL, NULL, 0))
        /* key.h */
        USAGE(daotp_key_generate(NULL, DAOTP_KEY_P256, NULL, NULL))
        USAGE(daotp_key_generate(NULL, DAOTP_KEY_P256, NULL, (daotp_key **)&p))
        USAGE(daotp_key_read(NULL, NULL, 0, NULL, 0, NULL, NULL))
        USAGE(daotp_key_read(NULL, NULL, 0, NULL, 0, NULL, (daotp_key **)&p))
        USAGE(daotp_key_load(NULL, NULL, NULL, 0, NULL, NULL))
        USAGE(daotp_key_load(NULL, NULL, NULL, 0, NULL, (daotp_key **)&p))
        CALL(daotp_key_ref(NULL) == NULL)
        DOES(daotp_key_unref(NULL))
        DOES(daotp_key_get_kind(NULL))
        USAGE(daotp_key_sign_digest(NULL, DAOTP_SIGNATURE_ECDSA, DAOTP_DIGEST_NONE, 0, NULL, 0, NULL,
                                    NULL))
        USAGE(daotp_key_sign_digest(NULL, DAOTP_SIGNATURE_ECDSA, DAOTP_DIGEST_NONE, 0, NULL, 0,
                                    (uint8_t **)&p, &len))
        USAGE(daotp_key_decrypt(NULL, NULL, 0, NULL, NULL))
        USAGE(daotp_key_decrypt(NULL, NULL, 0, (uint8_t **)&p, &len))
        USAGE(daotp_key_copy_pem(NULL, NULL, NULL))
        USAGE(daotp_key_copy_pem(NULL, (char **)&p, &len))
        CALL(!daotp_key_is_exportable(NULL))
        CALL(daotp_key_get_public(NULL, &len) == NULL && len == 0)
        CALL(daotp_key_get_public(NULL, NULL) == NULL)
        /* sys/key_backend.h */
        USAGE(daotp_key_new(NULL, NULL, NULL, NULL, 0, NULL, NULL))
        USAGE(daotp_key_new(NULL, NULL, NULL, NULL, 0, NULL, (daotp_key **)&p))
        /* credential.h */
        USAGE(daotp_credential_new(NULL, NULL, 0, NULL, NULL, NULL))
        USAGE(daotp_credential_new(NULL, NULL, 0, NULL, NULL, (daotp_credential **)&p))
        USAGE(daotp_credential_load(NULL, NULL, NULL, NULL, NULL))
        USAGE(daotp_credential_load(NULL, NULL, NULL, NULL, (daotp_credential **)&p))
        CALL(daotp_credential_ref(NULL) == NULL)
        DOES(daotp_credential_unref(NULL))
        CALL(daotp_credential_get_key(NULL) == NULL)
        CALL(daotp_credential_get_count(NULL) == 0)
        CALL(daotp_credential_get_certificate(NULL, 0, NULL) == NULL)
        CALL(daotp_credential_get_certificate(NULL, 0, &len) == NULL && len == 0)
        CALL(is_text(daotp_credential_get_upn(NULL)))
        CALL(is_text(daotp_credential_get_subject(NULL)))
        CALL(is_text(daotp_credential_get_issuer(NULL)))
        CALL(is_text(daotp_credential_get_serial(NULL)))
        DOES(daotp_credential_get_not_before(NULL))
        DOES(daotp_credential_get_not_after(NULL))
        USAGE(daotp_credential_copy_pem(NULL, NULL, NULL))
        USAGE(daotp_credential_copy_pem(NULL, (char **)&p, &len))
        /* trust.h */
        USAGE(daotp_trust_new(NULL, NULL))
        USAGE(daotp_trust_new(NULL, (daotp_trust **)&p))
        USAGE(daotp_trust_add(NULL, NULL, 0, NULL))
        USAGE(daotp_trust_add_file(NULL, NULL, NULL))
        CALL(daotp_trust_get_count(NULL) == 0)
        CALL(daotp_trust_ref(NULL) == NULL)
        DOES(daotp_trust_unref(NULL))
        USAGE(daotp_trust_add_intermediates(NULL, NULL, 0, NULL))
        USAGE(daotp_trust_add_crls(NULL, NULL, 0, NULL))
        USAGE(daotp_trust_add_crl_file(NULL, NULL, NULL))
        USAGE(daotp_client_set_issuer_trust(NULL, NULL, DAOTP_REVOCATION_REQUIRE))
        USAGE(daotp_client_set_fetcher(NULL, NULL))
        USAGE(daotp_responder_set_trust(NULL, NULL, DAOTP_REVOCATION_REQUIRE))
        /* fetcher.h */
        USAGE(daotp_fetcher_new(NULL, NULL))
        USAGE(daotp_fetcher_new(NULL, (daotp_fetcher **)&p))
        USAGE(daotp_fetcher_allow_network(NULL, NULL))
        USAGE(daotp_fetcher_allow_ldap(NULL, NULL))
        USAGE(daotp_fetcher_set_max_bytes(NULL, 1))
        USAGE(daotp_fetcher_set_timeout_ms(NULL, 1))
        USAGE(daotp_fetcher_set_cache(NULL, NULL))
        CALL(daotp_fetcher_ref(NULL) == NULL)
        DOES(daotp_fetcher_unref(NULL))
        USAGE(daotp_verifier_set_fetcher(NULL, NULL))
        /* prefetch.h */
        USAGE(daotp_prefetch_new(NULL, NULL, NULL))
        USAGE(daotp_prefetch_new(NULL, NULL, (daotp_prefetch **)&p))
        DOES(daotp_prefetch_free(NULL))
        CALL(daotp_prefetch_get_report(NULL) == NULL)
        CALL(daotp_fetcher_get_report(NULL) == NULL)
        CALL(daotp_responder_get_report(NULL) == NULL)
        USAGE(daotp_prefetch_run(NULL, 0))
        USAGE(daotp_prefetch_begin(NULL, 0))
        USAGE(daotp_prefetch_step(NULL))
        DOES(daotp_prefetch_cancel(NULL))
        CALL(daotp_prefetch_get_fd(NULL) == -1)
        CALL(daotp_prefetch_get_timeout_ms(NULL) == -1)
        /* doctor.h, sys/probe.h */
        USAGE(daotp_doctor_new(NULL, NULL))
        USAGE(daotp_doctor_new(NULL, (daotp_doctor **)&p))
        DOES(daotp_doctor_free(NULL))
        USAGE(daotp_doctor_set_client(NULL, NULL))
        USAGE(daotp_doctor_set_user(NULL, NULL))
        USAGE(daotp_doctor_set_code(NULL, NULL, 0))
        USAGE(daotp_doctor_set_code_wrong(NULL, true))
        USAGE(daotp_doctor_set_client_rows(NULL, DAOTP_CLIENT_ROWS_ALL))
        USAGE(daotp_doctor_add_crl(NULL, NULL))
        USAGE(daotp_doctor_add_file(NULL, NULL, NULL, 0))
        USAGE(daotp_doctor_set_radius(NULL, NULL))
        USAGE(daotp_doctor_add_kdc(NULL, NULL, NULL))
        USAGE(daotp_doctor_set_timeout_ms(NULL, 1))
        USAGE(daotp_doctor_set_progress_callback(NULL, NULL, NULL))
        USAGE(daotp_doctor_add_probe(NULL, NULL, NULL, NULL, NULL, NULL))
        USAGE(daotp_doctor_begin(NULL))
        USAGE(daotp_doctor_step(NULL))
        USAGE(daotp_doctor_finish(NULL, NULL))
        USAGE(daotp_doctor_run(NULL))
        DOES(daotp_doctor_cancel(NULL))
        CALL(daotp_doctor_get_fd(NULL) == -1)
        CALL(daotp_doctor_get_timeout_ms(NULL) == -1)
        CALL(daotp_doctor_get_count(NULL) == 0)
        CALL(is_empty(daotp_doctor_get_name(NULL, 0)))
        CALL(is_empty(daotp_doctor_get_title(NULL, 0)))
        CALL(is_empty(daotp_doctor_get_subject(NULL, 0)))
        CALL(daotp_doctor_get_state(NULL, 0) == DAOTP_PROBE_WAITING)
        CALL(daotp_doctor_get_blocker(NULL, 0) == 0)
        CALL(daotp_doctor_get_ms(NULL, 0) == -1)
        CALL(daotp_doctor_get_row_report(NULL, 0) == NULL)
        CALL(is_empty(daotp_doctor_get_text(NULL)))
        CALL(is_text(daotp_doctor_get_json(NULL)))
        CALL(is_text(daotp_probe_state_name((daotp_probe_state)99)))
        /* profile.h */
        USAGE(daotp_profile_open(NULL, NULL, NULL, NULL))
        USAGE(daotp_profile_open(NULL, NULL, NULL, (daotp_profile **)&p))
        USAGE(daotp_profile_new(NULL, NULL, NULL))
        USAGE(daotp_profile_new(NULL, NULL, (daotp_profile **)&p))
        DOES(daotp_profile_free(NULL))
        USAGE(daotp_profile_add_file(NULL, DAOTP_PROFILE_USER, NULL))
        USAGE(daotp_profile_set_usual_file(NULL, DAOTP_PROFILE_SYSTEM, NULL))
        USAGE(daotp_profile_add_usual_files(NULL))
        USAGE(daotp_profile_set_value(NULL, NULL, NULL))
        CALL(daotp_profile_get_report(NULL) == NULL)
        CALL(is_empty(daotp_profile_get_name(NULL)))
        CALL(!daotp_profile_is_defined(NULL))
        CALL(daotp_profile_get_section_count(NULL) == 0)
        CALL(daotp_profile_get_section(NULL, 0) == NULL)
        CALL(daotp_profile_get_count(NULL) == 0)
        CALL(daotp_profile_get_key(NULL, 0) == NULL)
        CALL(daotp_profile_get_value(NULL, 0) == NULL)
        CALL(daotp_profile_get_origin(NULL, 0) == 0)
        CALL(daotp_profile_get_file(NULL, 0) == NULL)
        CALL(daotp_profile_get_line(NULL, 0) == 0)
        CALL(daotp_profile_find(NULL, NULL) == NULL)
        CALL(!daotp_profile_is_locked(NULL, NULL))
        CALL(daotp_profile_key_get_count() > 0)
        CALL(is_empty(daotp_profile_key_get_text((size_t)-1, DAOTP_PROFILE_KEY_NAME)))
        CALL(!daotp_profile_key_is_list((size_t)-1))
        USAGE(daotp_client_use_profile(NULL, NULL))
        USAGE(daotp_verifier_use_profile(NULL, NULL))
        USAGE(daotp_radius_use_profile(NULL, NULL))
        USAGE(daotp_responder_use_profile(NULL, NULL))
        USAGE(daotp_profile_make_trust(NULL, NULL, NULL, NULL))
        USAGE(daotp_profile_make_trust(NULL, NULL, NULL, (daotp_trust **)&p))
        /* crl.h */
        USAGE(daotp_crl_open(NULL, NULL, NULL, NULL))
        USAGE(daotp_crl_open(NULL, NULL, NULL, (daotp_crl **)&p))
        USAGE(daotp_crl_open_at(NULL, NULL, 0, NULL, NULL))
        USAGE(daotp_crl_open_at(NULL, NULL, 0, NULL, (daotp_crl **)&p))
        DOES(daotp_crl_free(NULL))
        CALL(is_text(daotp_crl_get_issuer(NULL)))
        CALL(is_text(daotp_crl_get_number(NULL)))
        CALL(is_text(daotp_crl_get_base_number(NULL)))
        DOES(daotp_crl_get_this_update(NULL))
        DOES(daotp_crl_get_next_update(NULL))
        CALL(daotp_crl_get_size(NULL) == 0)
        CALL(!daotp_crl_is_indirect(NULL))
        USAGE(daotp_crl_verify(NULL, NULL, 0))
        CALL(daotp_crl_get_report(NULL) == NULL)
        CALL(daotp_crl_get_count(NULL) == 0)
        CALL(daotp_crl_get_file_count(NULL) == 0)
        USAGE(daotp_crl_index(NULL))
        USAGE(daotp_crl_find(NULL, NULL, 0, NULL, NULL))
        /* verify.h */
        USAGE(daotp_verifier_new(NULL, NULL, NULL))
        USAGE(daotp_verifier_new(NULL, NULL, (daotp_verifier **)&p))
        DOES(daotp_verifier_free(NULL))
        USAGE(daotp_verifier_set_rules(NULL, DAOTP_RULES_PATH))
        USAGE(daotp_verifier_set_revocation(NULL, DAOTP_REVOCATION_REQUIRE))
        USAGE(daotp_verifier_set_stale_s(NULL, 0))
        USAGE(daotp_verifier_set_time_s(NULL, 0))
        USAGE(daotp_verifier_clear_time(NULL))
        USAGE(daotp_verifier_set_flag(NULL, DAOTP_VERIFY_FORGET, true))
        USAGE(daotp_verifier_set_purpose(NULL, NULL))
        USAGE(daotp_verifier_add_name(NULL, DAOTP_NAME_DNS, NULL))
        USAGE(daotp_verifier_add_policy(NULL, NULL))
        USAGE(daotp_verifier_set_max_depth(NULL, 0))
        USAGE(daotp_verifier_add_intermediates(NULL, NULL, 0))
        USAGE(daotp_verifier_add_crls(NULL, NULL, 0))
        USAGE(daotp_verifier_verify(NULL, NULL, 0))
        CALL(daotp_verifier_get_report(NULL) == NULL)
        USAGE(daotp_verifier_add_ocsp(NULL, NULL, 0))
        USAGE(daotp_verifier_set_role(NULL, DAOTP_ROLE_ANY))
        USAGE(daotp_verifier_add_ntauth(NULL, NULL, 0))
        USAGE(daotp_verifier_set_timeout_ms(NULL, 1))
        USAGE(daotp_verifier_begin(NULL, NULL, 0))
        USAGE(daotp_verifier_step(NULL))
        DOES(daotp_verifier_cancel(NULL))
        CALL(daotp_verifier_get_fd(NULL) == -1)
        CALL(daotp_verifier_get_timeout_ms(NULL) == -1)
        USAGE(daotp_trust_add_directory(NULL, NULL, NULL))
        USAGE(daotp_trust_add_system(NULL, NULL))
        CALL(daotp_verifier_get_chain_count(NULL) == 0)
        CALL(daotp_verifier_get_certificate(NULL, 0, NULL) == NULL)
        CALL(daotp_verifier_get_certificate(NULL, 0, &len) == NULL && len == 0)
        CALL(is_text(daotp_verifier_get_subject(NULL, 0)))
        CALL(daotp_verifier_get_policy_count(NULL) == 0)
        CALL(daotp_verifier_get_policy(NULL, 0) == NULL)
        /* ca.h, sys/ca_transport.h */
        USAGE(daotp_ca_new_wstep(NULL, DAOTP_CA_USERNAME, NULL))
        USAGE(daotp_ca_new_wstep(NULL, DAOTP_CA_USERNAME, (daotp_ca **)&p))
        USAGE(daotp_ca_new_rpc(NULL, DAOTP_CA_WAY_AUTO, NULL))
        USAGE(daotp_ca_new_rpc(NULL, DAOTP_CA_WAY_AUTO, (daotp_ca **)&p))
        USAGE(daotp_ca_set_ticket_cache(NULL, NULL))
        USAGE(daotp_ca_set_keytab(NULL, NULL))
        USAGE(daotp_ca_set_realm(NULL, NULL, NULL))
        USAGE(daotp_ca_set_armor_cache(NULL, NULL))
        USAGE(daotp_ca_set_mapper_port(NULL, 135))
        USAGE(daotp_ca_set_rpc_mechanism(NULL, DAOTP_CA_RPC_SPNEGO))
        USAGE(daotp_ca_set_web_service(NULL, NULL))
        USAGE(daotp_ca_ping(NULL, NULL, NULL, NULL, NULL, 0, NULL))
        /* templates.h */
        USAGE(daotp_ca_fetch_templates(NULL, NULL, NULL, NULL, 0, NULL, NULL))
        USAGE(daotp_ca_fetch_templates(NULL, "u", NULL, NULL, 1, NULL, (daotp_templates **)&p))
        DOES(daotp_templates_free(NULL))
        CALL(daotp_templates_get_count(NULL) == 0)
        CALL(daotp_templates_find(NULL, NULL) == 0)
        CALL(is_empty(daotp_templates_get_text(NULL, 0, DAOTP_TEMPLATE_NAME)))
        CALL(daotp_templates_get_number(NULL, 0, DAOTP_TEMPLATE_MAJOR) == -1)
        CALL(daotp_templates_get_ca_count(NULL, 0) == 0)
        CALL(is_empty(daotp_templates_get_ca_name(NULL, 0, 0)))
        CALL(is_empty(daotp_templates_get_ca_url(NULL, 0, 0, DAOTP_CA_ANY)))
        CALL(daotp_templates_get_ca_certificate(NULL, 0, 0, NULL) == NULL)
        /* ca_info.h */
        USAGE(daotp_ca_ask_info(NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL))
        USAGE(daotp_ca_ask_info(NULL, "h", "u", NULL, NULL, 1, NULL, (daotp_ca_info **)&p))
        DOES(daotp_ca_info_free(NULL))
        CALL(is_text(daotp_ca_info_get_name(NULL)))
        CALL(is_text(daotp_ca_info_get_sanitized_name(NULL)))
        CALL(is_text(daotp_ca_info_get_dns_name(NULL)))
        CALL(daotp_ca_info_get_template_count(NULL) == 0)
        CALL(is_text(daotp_ca_info_get_template_name(NULL, 0)))
        CALL(is_text(daotp_ca_info_get_template_oid(NULL, 0)))
        CALL(daotp_ca_info_get_count(NULL) == 0)
        CALL(daotp_ca_info_get_certificate(NULL, 0, NULL) == NULL)
        CALL(daotp_ca_info_get_certificate(NULL, 0, &len) == NULL && len == 0)
        USAGE(daotp_ca_info_copy_pem(NULL, NULL, NULL))
        USAGE(daotp_ca_info_copy_pem(NULL, (char **)&p, &len))
        /* ra.h */
        USAGE(daotp_ra_enroll(NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL))
        USAGE(
            daotp_ra_enroll(NULL, "h\\c", "m$", "1.2", "h", NULL, 1, NULL, (daotp_credential **)&p))
        USAGE(daotp_ra_renew(NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL))
        USAGE(daotp_ra_renew(NULL, "h\\c", "m$", NULL, NULL, 1, NULL, (daotp_credential **)&p))
        USAGE(daotp_ca_set_url(NULL, NULL))
        USAGE(daotp_ca_set_url_template(NULL, NULL))
        USAGE(daotp_ca_allow_host(NULL, NULL))
        USAGE(daotp_ca_allow_host(NULL, "h"))
        USAGE(daotp_ca_set_trust(NULL, NULL))
        USAGE(daotp_ca_set_identity(NULL, NULL))
        USAGE(daotp_ca_new_file(NULL, NULL, NULL, NULL))
        USAGE(daotp_ca_new_file(NULL, NULL, NULL, (daotp_ca **)&p))
        CALL(daotp_ca_ref(NULL) == NULL)
        CALL(daotp_ca_get_report(NULL) == NULL)
        CALL(daotp_ca_get_self(NULL, NULL) == NULL)
        CALL(daotp_ca_get_transport(NULL, NULL) == NULL)
        DOES(daotp_ca_unref(NULL))
        USAGE(daotp_ca_new(NULL, NULL, NULL, NULL))
        USAGE(daotp_ca_new(NULL, NULL, NULL, (daotp_ca **)&p))
        CALL(daotp_submission_get_request(NULL, NULL) == NULL)
        CALL(daotp_submission_get_request(NULL, &len) == NULL && len == 0)
        CALL(is_text(daotp_submission_get_config(NULL)))
        CALL(is_text(daotp_submission_get_host(NULL)))
        CALL(is_text(daotp_submission_get_ca_name(NULL)))
        CALL(daotp_submission_get_report(NULL) == NULL)
        CALL(daotp_submission_get_trust(NULL) == NULL)
        CALL(is_text(daotp_submission_get_user_name(NULL)))
        CALL(daotp_submission_get_proxy(NULL) == NULL)
        CALL(!daotp_submission_uses_environment_proxy(NULL))
        CALL(!daotp_submission_is_tls12_only(NULL))
        DOES(daotp_submission_get_server_rules(NULL))
        CALL(daotp_submission_get_connect_timeout_ms(NULL) == 0)
        CALL(!daotp_submission_has_ticket(NULL))
        CALL(!daotp_submission_can_ask_credential(NULL))
        DOES(daotp_submission_set_unread(NULL, 1))
        CALL(daotp_submission_get_resumed_id(NULL) == NULL)
        CALL(!daotp_submission_holds_certificate(NULL, "x", 1))
        USAGE(daotp_submission_set_disposition(NULL, "1", "x"))
        USAGE(daotp_submission_check_host_form(NULL, NULL))
        USAGE(daotp_submission_check_host_form(NULL, "h"))
        USAGE(daotp_submission_check_host(NULL, NULL))
        USAGE(daotp_submission_check_host(NULL, "h"))
        USAGE(daotp_submission_ask_credential(NULL, NULL, 0, NULL, NULL, NULL))
        USAGE(daotp_submission_ask_credential(NULL, "h", DAOTP_HOST_CONFIGURED, &text, &text, &len))
        USAGE(daotp_submission_issued(NULL, NULL, 0))
        USAGE(daotp_submission_pending(NULL, NULL))
        USAGE(daotp_submission_denied(NULL, 0, NULL))
        /* store.h, sys/store_backend.h */
        USAGE(daotp_store_new_memory(NULL, NULL))
        USAGE(daotp_store_new_memory(NULL, (daotp_store **)&p))
        USAGE(daotp_store_make_key(NULL, NULL, DAOTP_KEY_P256, NULL))
        USAGE(daotp_store_make_key(NULL, NULL, DAOTP_KEY_P256, (daotp_key **)&p))
        USAGE(daotp_store_new_directory(NULL, NULL, NULL))
        USAGE(daotp_store_new_directory(NULL, NULL, (daotp_store **)&p))
        USAGE(daotp_store_open(NULL, NULL, NULL))
        USAGE(daotp_store_open(NULL, NULL, (daotp_store **)&p))
        USAGE(daotp_store_open_report(NULL, NULL, NULL, (daotp_store **)&p))
        CALL(daotp_store_get_abilities(NULL) == 0)
        CALL(is_empty(daotp_store_get_uri(NULL)))
        USAGE(daotp_store_find(NULL, NULL, NULL, NULL))
        USAGE(daotp_store_find(NULL, NULL, NULL, (daotp_credential **)&p))
        CALL(is_empty(daotp_store_list_get_template(NULL, 0)))
        USAGE(daotp_context_set_secret(NULL, NULL, NULL))
        USAGE(daotp_context_set_plugin_folder(NULL, NULL))
        USAGE(daotp_context_ask_secret(NULL, DAOTP_SECRET_PIN, NULL, 0, NULL, 0, NULL))
        CALL(daotp_context_get_time_s(NULL) == 0)
        CALL(daotp_store_ref(NULL) == NULL)
        DOES(daotp_store_unref(NULL))
        DOES(daotp_store_get_report(NULL))
        USAGE(daotp_store_set_renew_before_s(NULL, 0))
        USAGE(daotp_store_put(NULL, NULL, NULL))
        USAGE(daotp_store_get(NULL, NULL, NULL))
        USAGE(daotp_store_get(NULL, NULL, (daotp_credential **)&p))
        USAGE(daotp_store_remove(NULL, NULL))
        USAGE(daotp_store_expire(NULL, NULL))
        USAGE(daotp_store_expire(NULL, &len))
        USAGE(daotp_store_list_new(NULL, NULL))
        USAGE(daotp_store_list_new(NULL, (daotp_store_list **)&p))
        DOES(daotp_store_list_free(NULL))
        CALL(daotp_store_list_get_count(NULL) == 0)
        CALL(daotp_store_list_get_label(NULL, 0) == NULL)
        CALL(is_text(daotp_store_list_get_upn(NULL, 0)))
        DOES(daotp_store_list_get_not_after(NULL, 0))
        DOES(daotp_store_list_get_state(NULL, 0))
        CALL(is_text(daotp_store_state_name((daotp_store_state)99)))
        CALL(!daotp_store_is_label(NULL))
        USAGE(daotp_store_item_new(NULL))
        DOES(daotp_store_item_free(NULL))
        CALL(daotp_store_item_get_certificates(NULL, &len) == NULL && len == 0)
        CALL(daotp_store_item_get_certificates(NULL, NULL) == NULL)
        CALL(daotp_store_item_get_key(NULL, &len) == NULL && len == 0)
        CALL(daotp_store_item_get_key(NULL, NULL) == NULL)
        DOES(daotp_store_item_get_not_after(NULL))
        CALL(daotp_store_item_get_held_key(NULL) == NULL)
        USAGE(daotp_store_item_set_held_key(NULL, NULL))
        USAGE(daotp_store_item_set(NULL, NULL, 0, NULL, 0))
        USAGE(daotp_store_new(NULL, NULL, NULL, NULL))
        USAGE(daotp_store_new(NULL, NULL, NULL, (daotp_store **)&p))
        /* client.h */
        USAGE(daotp_client_new(NULL, NULL))
        USAGE(daotp_client_new(NULL, (daotp_client **)&p))
        DOES(daotp_client_free(NULL))
        DOES(daotp_client_get_report(NULL))
        USAGE(daotp_client_add_server(NULL, NULL))
        USAGE(daotp_client_set_identity(NULL, NULL))
        USAGE(daotp_client_set_trust(NULL, NULL))
        USAGE(daotp_client_set_ca(NULL, NULL))
        USAGE(daotp_client_set_store(NULL, NULL, NULL))
        USAGE(daotp_client_set_template(NULL, NULL, -1, -1))
        USAGE(daotp_client_set_key_kind(NULL, DAOTP_KEY_P256))
        USAGE(daotp_client_set_key(NULL, NULL))
        USAGE(daotp_client_set_request(NULL, NULL, 0, NULL))
        USAGE(daotp_client_set_upn(NULL, NULL))
        USAGE(daotp_client_set_dn(NULL, NULL))
        USAGE(daotp_client_set_sid(NULL, NULL))
        USAGE(daotp_client_set_account_callback(NULL, NULL, NULL))
        USAGE(daotp_client_set_domain_callback(NULL, NULL, NULL))
        USAGE(daotp_client_set_ask_early(NULL, true))
        USAGE(daotp_client_answer_domain(NULL, "u", "p", 1))
        USAGE(daotp_client_answer_account(NULL, DAOTP_OK))
        USAGE(daotp_client_set_progress_callback(NULL, NULL, NULL))
        USAGE(daotp_client_set_proxy(NULL, NULL))
        USAGE(daotp_client_set_environment_proxy(NULL, true))
        USAGE(daotp_client_set_timeout_ms(NULL, 1))
        USAGE(daotp_client_set_deadline_ms(NULL, 1))
        USAGE(daotp_client_set_connect_timeout_ms(NULL, 1))
        USAGE(daotp_client_set_preflight(NULL, true))
        USAGE(daotp_client_set_tls12_only(NULL, true))
        USAGE(daotp_client_set_ignore_head(NULL, true))
        USAGE(daotp_client_set_server_revocation(NULL, DAOTP_REVOCATION_PREFER))
        USAGE(daotp_client_add_ntauth(NULL, NULL, 0))
        USAGE(daotp_client_set_server_rules(NULL, DAOTP_RULES_STRICT))
        USAGE(daotp_client_set_max_lifetime_s(NULL, 1))
        USAGE(daotp_client_set_logon_proof(NULL, true))
        USAGE(daotp_client_set_logon_realm(NULL, NULL, NULL))
        USAGE(daotp_client_set_logon_anchors(NULL, NULL))
        USAGE(daotp_client_set_pending_request(NULL, NULL, NULL))
        USAGE(daotp_client_prepare(NULL, NULL))
        CALL(daotp_client_get_key(NULL) == NULL)
        USAGE(daotp_client_resume_begin(NULL, NULL))
        USAGE(daotp_client_resume(NULL, NULL, NULL))
        USAGE(daotp_client_resume(NULL, "u", (daotp_credential **)&p))
        USAGE(daotp_client_enroll(NULL, NULL, 0, NULL))
        USAGE(daotp_client_enroll(NULL, NULL, 0, (daotp_credential **)&p))
        USAGE(daotp_client_prepare_begin(NULL, NULL))
        USAGE(daotp_client_enroll_begin(NULL, NULL, 0))
        USAGE(daotp_client_step(NULL))
        USAGE(daotp_client_finish(NULL, NULL))
        USAGE(daotp_client_finish(NULL, (daotp_credential **)&p))
        DOES(daotp_client_cancel(NULL))
        CALL(daotp_client_get_ca_authentication(NULL) == 0)
        CALL(daotp_client_get_fd(NULL) == -1)
        DOES(daotp_client_get_timeout_ms(NULL))
        /* responder.h */
        USAGE(daotp_responder_new(NULL, NULL))
        USAGE(daotp_responder_new(NULL, (daotp_responder **)&p))
        DOES(daotp_responder_free(NULL))
        USAGE(daotp_responder_set_template(NULL, NULL))
        USAGE(daotp_responder_set_signer(NULL, NULL))
        USAGE(daotp_responder_set_signer_files(NULL, NULL, NULL))
        USAGE(daotp_responder_add_issuing_ca(NULL, NULL))
        USAGE(daotp_responder_add_reserved(NULL, NULL, 0))
        USAGE(daotp_responder_set_user_callback(NULL, NULL, NULL))
        USAGE(daotp_responder_set_code_callback(NULL, NULL, NULL))
        USAGE(daotp_responder_require_certificate(NULL, true))
        USAGE(daotp_responder_set_budget(NULL, NULL))
        USAGE(daotp_responder_add_domain(NULL, NULL, NULL))
        USAGE(daotp_budget_new(NULL, NULL, NULL))
        USAGE(daotp_budget_new(NULL, NULL, (daotp_budget **)&p))
        DOES(daotp_budget_unref(NULL))
        USAGE(daotp_budget_set_nodes(NULL, 0))
        USAGE(daotp_budget_open(NULL, NULL))
        USAGE(daotp_budget_spend_step(NULL, NULL, 0, 0, NULL))
        USAGE(daotp_budget_clear_user(NULL, NULL, NULL))
        USAGE(daotp_responder_set_timeout_ms(NULL, 1))
        USAGE(daotp_exchange_new(NULL, NULL, NULL, 0, NULL))
        USAGE(daotp_exchange_new(NULL, NULL, NULL, 0, (daotp_exchange **)&p))
        DOES(daotp_exchange_free(NULL))
        USAGE(daotp_exchange_add_header(NULL, NULL, NULL))
        USAGE(daotp_exchange_set_peer_certificate(NULL, NULL, 0))
        USAGE(daotp_exchange_refuse_peer_certificate(NULL, NULL))
        USAGE(daotp_exchange_step(NULL))
        DOES(daotp_exchange_get_timeout_ms(NULL))
        CALL(daotp_exchange_get_account(NULL) == NULL)
        USAGE(daotp_exchange_answer_user(NULL, DAOTP_USER_FOUND))
        USAGE(daotp_exchange_answer_code(NULL, DAOTP_CODE_ACCEPTED))
        DOES(daotp_exchange_get_report(NULL))
        CALL(daotp_exchange_get_signer(NULL) == NULL)
        CALL(daotp_exchange_get_http_status(NULL) == 0)
        CALL(daotp_exchange_get_header(NULL, 0, NULL) == NULL)
        CALL(daotp_exchange_get_header(NULL, 0, &text) == NULL)
        CALL(daotp_exchange_get_body(NULL, NULL) == NULL)
        CALL(daotp_exchange_get_body(NULL, &len) == NULL && len == 0)
        /* describe.h */
        USAGE(daotp_describe(NULL, NULL, 0, DAOTP_FORMAT_TEXT, NULL, NULL))
        USAGE(daotp_describe(NULL, NULL, 0, DAOTP_FORMAT_TEXT, NULL, (char **)&p))
        /* radius.h */
        USAGE(daotp_radius_new(NULL, NULL))
        USAGE(daotp_radius_new(NULL, (daotp_radius **)&p))
        DOES(daotp_radius_free(NULL))
        DOES(daotp_radius_get_report(NULL))
        USAGE(daotp_radius_add_server(NULL, NULL, 0, NULL, 0, DAOTP_RADIUS_POLICY_REQUIRE))
        USAGE(daotp_radius_add_radsec_server(NULL, NULL, 0, NULL, NULL))
        CALL(daotp_radius_get_server_count(NULL) == 0)
        CALL(daotp_radius_get_server(NULL, 0) == NULL)
        CALL(!daotp_radius_is_server_alive(NULL, 0))
        USAGE(daotp_radius_set_server_rules(NULL, DAOTP_RULES_STRICT))
        USAGE(daotp_radius_set_timers(NULL, DAOTP_RADIUS_TIMERS_CODE))
        USAGE(daotp_radius_set_timeout_ms(NULL, 1))
        USAGE(daotp_radius_set_user_form(NULL, DAOTP_RADIUS_USER_AS_GIVEN))
        USAGE(daotp_radius_set_nas_identifier(NULL, NULL))
        USAGE(daotp_radius_add_attribute(NULL, 0, 0, NULL, 0))
        USAGE(daotp_radius_add_attributes(NULL, NULL))
        USAGE(daotp_radius_import(NULL, NULL))
        USAGE(daotp_radius_set_callback(NULL, NULL, NULL))
        USAGE(daotp_radius_exchange_new(NULL, NULL, NULL))
        USAGE(daotp_radius_exchange_new(NULL, NULL, (daotp_radius_exchange **)&p))
        DOES(daotp_radius_exchange_free(NULL))
        USAGE(daotp_radius_exchange_begin(NULL, NULL, 0))
        USAGE(daotp_radius_exchange_respond(NULL, NULL, 0))
        USAGE(daotp_radius_exchange_probe(NULL, 0, DAOTP_RADIUS_PROBE_STATUS_SERVER))
        DOES(daotp_radius_exchange_cancel(NULL))
        DOES(daotp_radius_exchange_get_answer(NULL))
        DOES(daotp_radius_exchange_get_status(NULL))
        CALL(daotp_radius_exchange_get_message(NULL, 0, NULL) == NULL)
        CALL(daotp_radius_exchange_get_message(NULL, 0, &len) == NULL && len == 0)
        CALL(daotp_radius_exchange_get_attribute(NULL, 0, NULL, NULL) == NULL)
        CALL(daotp_radius_exchange_get_attribute(NULL, 0, NULL, &len) == NULL && len == 0)
        USAGE(daotp_radius_exchange_copy_message(NULL, 0, NULL))
        USAGE(daotp_radius_exchange_copy_message(NULL, 0, (char **)&p))
        USAGE(daotp_radius_exchange_copy_text(NULL, NULL))
        USAGE(daotp_radius_exchange_copy_text(NULL, (char **)&p))
        CALL(!daotp_radius_exchange_may_echo(NULL))
        CALL(daotp_radius_exchange_get_round(NULL) == 0)
        CALL(daotp_radius_exchange_get_transmissions(NULL) == 0)
        CALL(is_text(daotp_radius_exchange_get_server(NULL)))
        DOES(daotp_radius_exchange_get_report(NULL))
        USAGE(daotp_radius_step(NULL))
        CALL(daotp_radius_get_fd(NULL) == -1)
        DOES(daotp_radius_get_timeout_ms(NULL))
        USAGE(daotp_radius_exchange_wait(NULL))
    default:
        return false;
    }
}

/* Each in a process of its own, so that one that crashes hides no other. */
static void nulls_crash_nothing(void **state)
{
    /* shared, so that the other process can tell where it was */
    const char **name =
        mmap(NULL, sizeof *name, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    unsigned wrong = 0;

    (void)state;
    assert_true(name != MAP_FAILED);
    for (int number = 0;; number++) {
        pid_t pid = fork();
        int ended;

        assert_true(pid >= 0);
        if (pid == 0) {
            (void)close(STDERR_FILENO);
            _exit(call_with_nulls(number, name) ? 0 : 77);
        }
        assert_int_equal(waitpid(pid, &ended, 0), pid);
        if (*name == NULL)
            break;
        if (ended == 0)
            continue;
        print_error("%s %s\n", *name,
                    WIFEXITED(ended) && WEXITSTATUS(ended) == 77 ? "answers otherwise" : "crashes");
        wrong++;
    }
    (void)munmap(name, sizeof *name);
    assert_int_equal(wrong, 0);
}

/* The table above is complete: the version script names nothing that it does not call. */
static void every_public_function_is_in_the_table(void **state)
{
    daotp__buffer map, self;
    const char *at;
    unsigned missing = 0;

    (void)state;
    daotp__buffer_init(&map, 1 << 20);
    daotp__buffer_init(&self, 1 << 20);
    assert_int_equal(daotp__file_read(SOURCE_DIR "/libdaotp/libdaotp.map", false, &map, NULL),
                     DAOTP_OK);
    assert_int_equal(
        daotp__file_read(SOURCE_DIR "/tests/unit/test_client_calls.c", false, &self, NULL),
        DAOTP_OK);
    at = daotp__buffer_string(&map);
    while ((at = strstr(at, "daotp_")) != NULL) {
        size_t len = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_");
        char call[96];

        (void)snprintf(call, sizeof call, "%.*s(", (int)len, at);
        if (at[len] == ';' && strstr(daotp__buffer_string(&self), call) == NULL) {
            print_error("%s) is not called\n", call);
            missing++;
        }
        at += len;
    }
    assert_int_equal(missing, 0);
    daotp__buffer_free(&map);
    daotp__buffer_free(&self);
}

/* ---- a client ----------------------------------------------------------------------------------
 */

static forge_world world;

static int set_up(void **state)
{
    (void)state;
    world = forge_world_new();
    return scratch_begin();
}

static int tear_down(void **state)
{
    (void)state;
    forge_world_free(&world);
    return scratch_end();
}

typedef struct fixture {
    daotp_context *context;
    daotp_client *client;
    daotp_trust *trust;
    daotp_key *key;
    fake_ca fake;
    daotp_ca *ca;
} fixture;

static fixture *fixture_new(void)
{
    static fixture f;
    daotp__buffer der = forge_der(world.root);

    f = (fixture){.context = forge_context()};
    assert_int_equal(daotp_client_new(f.context, &f.client), DAOTP_OK);
    assert_int_equal(daotp_trust_new(f.context, &f.trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(f.trust, der.data, der.len, NULL), DAOTP_OK);
    daotp__buffer_free(&der);
    f.key = forge_key(f.context, world.user_key);
    assert_int_equal(daotp_ca_new(f.context, &fake_transport, &f.fake, &f.ca), DAOTP_OK);
    return &f;
}

static void fixture_free(fixture *f)
{
    daotp_client_free(f->client);
    daotp_ca_unref(f->ca);
    daotp_key_unref(f->key);
    daotp_trust_unref(f->trust);
    daotp_context_unref(f->context);
    fake_ca_clear(&f->fake);
}

/* Everything that prepare needs, and no preflight: it ends without a connection. */
static fixture *fixture_ready(void)
{
    fixture *f = fixture_new();

    assert_int_equal(daotp_client_add_server(f->client, "https://127.0.0.1:1/otp"), DAOTP_OK);
    assert_int_equal(daotp_client_set_trust(f->client, f->trust), DAOTP_OK);
    assert_int_equal(daotp_client_set_ca(f->client, f->ca), DAOTP_OK);
    assert_int_equal(daotp_client_set_template(f->client, FORGE_TEMPLATE, 100, 5), DAOTP_OK);
    assert_int_equal(daotp_client_set_key(f->client, f->key), DAOTP_OK);
    assert_int_equal(daotp_client_set_upn(f->client, FORGE_UPN), DAOTP_OK);
    assert_int_equal(daotp_client_set_dn(f->client, FORGE_DN), DAOTP_OK);
    assert_int_equal(daotp_client_set_sid(f->client, FORGE_SID), DAOTP_OK);
    assert_int_equal(daotp_client_set_preflight(f->client, false), DAOTP_OK);
    return f;
}

static daotp_finding_number error_of(const fixture *f)
{
    return daotp_finding_get_number(daotp_report_get_error(daotp_client_get_report(f->client)));
}

static bool has(const fixture *f, daotp_finding_number number)
{
    test_report report = {.report = daotp_client_get_report(f->client)};

    return test_report_has(&report, number);
}

static void setters_refuse_what_cannot_be(void **state)
{
    static const char *const bad_urls[] = {NULL,          "", "http://h/", "h", "https://u@h/",
                                           "https://h/#f"};
    static const char *const bad_oids[] = {NULL, "", "1", "1.2.x", "3.1", "1.2.", ".1.2"};
    static const char *const bad_proxies[] = {"", "h:99999", "http://", "[::1"};
    static const char *const bad_labels[] = {"", ".", "..", "../x", "a/b", ".hidden", "a b"};
    fixture *f = fixture_new();
    daotp_store *store;
    unsigned count = 0;

    (void)state;
    for (size_t i = 0; i < sizeof bad_urls / sizeof bad_urls[0]; i++)
        assert_int_equal(daotp_client_add_server(f->client, bad_urls[i]), DAOTP_USAGE);
    for (size_t i = 0; i < sizeof bad_oids / sizeof bad_oids[0]; i++)
        assert_int_equal(daotp_client_set_template(f->client, bad_oids[i], -1, -1), DAOTP_USAGE);
    for (size_t i = 0; i < sizeof bad_proxies / sizeof bad_proxies[0]; i++)
        assert_int_equal(daotp_client_set_proxy(f->client, bad_proxies[i]), DAOTP_USAGE);
    assert_int_equal(daotp_client_set_template(f->client, FORGE_TEMPLATE, INT64_C(1) << 32, 0),
                     DAOTP_USAGE);
    assert_int_equal(daotp_client_set_template(f->client, FORGE_TEMPLATE, 0, INT64_C(1) << 32),
                     DAOTP_USAGE);
    assert_int_equal(daotp_client_set_template(f->client, FORGE_TEMPLATE, UINT32_MAX, INT64_MIN),
                     DAOTP_OK);
    assert_int_equal(daotp_client_set_key_kind(f->client, (daotp_key_kind)0), DAOTP_USAGE);
    assert_int_equal(daotp_client_set_key_kind(f->client, (daotp_key_kind)6), DAOTP_USAGE);
    assert_int_equal(daotp_client_set_timeout_ms(f->client, 0), DAOTP_USAGE);
    assert_int_equal(daotp_client_set_timeout_ms(f->client, INT64_MIN), DAOTP_USAGE);
    assert_int_equal(daotp_client_set_connect_timeout_ms(f->client, 0), DAOTP_USAGE);
    assert_int_equal(daotp_client_set_max_lifetime_s(f->client, 0), DAOTP_USAGE);
    assert_int_equal(daotp_client_set_upn(f->client, ""), DAOTP_USAGE);
    assert_int_equal(daotp_client_set_upn(f->client, "a\nb"), DAOTP_USAGE);
    assert_int_equal(daotp_client_set_dn(f->client, "no name"), DAOTP_USAGE);
    assert_int_equal(daotp_client_set_sid(f->client, "1-5-21"), DAOTP_USAGE);
    assert_int_equal(daotp_client_set_upn(f->client, NULL), DAOTP_OK);
    while (count < 100 && daotp_client_add_server(f->client, "https://h/") == DAOTP_OK)
        count++;
    assert_int_equal(count, DAOTP__MAX_SERVERS);
    /* a label that no store takes is known to be wrong now, not when the code has been spent */
    assert_int_equal(daotp_store_new_memory(f->context, &store), DAOTP_OK);
    assert_int_equal(daotp_client_set_store(f->client, store, "alice"), DAOTP_OK);
    assert_int_equal(daotp_client_set_store(f->client, store, NULL), DAOTP_OK);
    for (size_t i = 0; i < sizeof bad_labels / sizeof bad_labels[0]; i++)
        if (daotp_client_set_store(f->client, store, bad_labels[i]) != DAOTP_USAGE)
            fail_msg("label \"%s\" is taken", bad_labels[i]);
    daotp_store_unref(store);
    fixture_free(f);
}

static void a_ready_request_must_fit_its_key(void **state)
{
    forge_request request = forge_good_request(world.user_key);
    fixture *f = fixture_new();
    daotp_key *other = forge_key(f->context, world.machine_key);
    daotp__buffer csr = forge_csr(&request);

    (void)state;
    assert_int_equal(daotp_client_set_request(f->client, csr.data, csr.len, f->key), DAOTP_OK);
    assert_int_equal(daotp_client_set_request(f->client, NULL, 0, NULL), DAOTP_OK);
    assert_int_equal(daotp_client_set_request(f->client, csr.data, csr.len, other), DAOTP_USAGE);
    assert_int_equal(daotp_client_set_request(f->client, csr.data, csr.len, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_client_set_request(f->client, NULL, 0, f->key), DAOTP_USAGE);
    assert_int_equal(daotp_client_set_request(f->client, csr.data, csr.len - 1, f->key),
                     DAOTP_USAGE);
    assert_int_equal(daotp_client_set_request(f->client, "junk", 4, f->key), DAOTP_USAGE);
    daotp__buffer_free(&csr);
    daotp_key_unref(other);
    fixture_free(f);
}

/* What stands on the client when it is prepared: this is what goes with the code. */
static void expect_request(const fixture *f, daotp_key *key, const daotp__buffer *ready)
{
    daotp__bytes written = daotp__buffer_bytes(&f->client->csr);
    daotp__csr csr;

    assert_true(daotp__csr_read(written, &csr));
    assert_true(daotp__csr_verify(&csr));
    assert_true(daotp__bytes_equal(csr.spki, daotp__key_spki(key)));
    assert_true(daotp__bytes_equal(csr.spki, daotp__key_spki(f->client->key)));
    assert_int_equal(daotp__bytes_equal(written, daotp__buffer_bytes(ready)), key == f->key);
}

/* A ready request is for its key; who sets another key has set it aside. */
static void another_key_sets_a_ready_request_aside(void **state)
{
    forge_request request = forge_good_request(world.user_key);
    fixture *f = fixture_ready();
    daotp_key *other = forge_key(f->context, world.machine_key);
    daotp__buffer csr = forge_csr(&request);

    (void)state;
    assert_int_equal(daotp_client_set_request(f->client, csr.data, csr.len, f->key), DAOTP_OK);
    assert_int_equal(daotp_client_prepare(f->client, FORGE_UPN), DAOTP_OK);
    expect_request(f, f->key, &csr);
    assert_int_equal(daotp_client_set_key(f->client, other), DAOTP_OK);
    assert_int_equal(daotp_client_prepare(f->client, FORGE_UPN), DAOTP_OK);
    expect_request(f, other, &csr);
    daotp__buffer_free(&csr);
    daotp_key_unref(other);
    fixture_free(f);
}

/* Without a key of the caller's there is a new one each time, of the kind that was set. */
static void a_key_is_made_of_the_kind_that_was_set(void **state)
{
    static const daotp_key_kind kinds[] = {DAOTP_KEY_P384, DAOTP_KEY_P256, DAOTP_KEY_RSA_2048};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        fixture *f = fixture_ready();
        daotp_key *first;

        assert_int_equal(daotp_client_set_key(f->client, NULL), DAOTP_OK);
        assert_int_equal(daotp_client_set_key_kind(f->client, kinds[i]), DAOTP_OK);
        assert_int_equal(daotp_client_prepare(f->client, FORGE_UPN), DAOTP_OK);
        assert_int_equal(daotp_key_get_kind(f->client->key), kinds[i]);
        first = daotp_key_ref(f->client->key);
        assert_int_equal(daotp_client_prepare(f->client, FORGE_UPN), DAOTP_OK);
        assert_false(daotp__bytes_equal(daotp__key_spki(first), daotp__key_spki(f->client->key)));
        daotp_key_unref(first);
        fixture_free(f);
    }
}

/* A ready request goes as it is, whatever the template. */
static void a_ready_request_is_sent_as_it_is(void **state)
{
    forge_request request = forge_good_request(world.user_key);
    fixture *f = fixture_new();
    daotp__buffer csr = forge_csr(&request);

    (void)state;
    assert_int_equal(daotp_client_add_server(f->client, "https://127.0.0.1:1/otp"), DAOTP_OK);
    assert_int_equal(daotp_client_set_trust(f->client, f->trust), DAOTP_OK);
    assert_int_equal(daotp_client_set_ca(f->client, f->ca), DAOTP_OK);
    assert_int_equal(daotp_client_set_preflight(f->client, false), DAOTP_OK);
    assert_int_equal(daotp_client_set_request(f->client, csr.data, csr.len, f->key), DAOTP_OK);
    assert_int_equal(daotp_client_prepare(f->client, FORGE_UPN), DAOTP_OK);
    expect_request(f, f->key, &csr);
    daotp__buffer_free(&csr);
    fixture_free(f);
}

/* ---- what prepare finds ------------------------------------------------------------------------
 */

static daotp_status who(void *user, const char *user_name, daotp_account *account)
{
    const char *const *answer = user;

    assert_string_equal(user_name, "CORP\\alice");
    assert_null(daotp_account_get_upn(account));
    if (strcmp(answer[0], "cancel") == 0)
        return DAOTP_CANCELLED;
    if (strcmp(answer[0], "cannot say") == 0) {
        assert_int_equal(daotp_account_set_upn(account, "left@over"), DAOTP_OK);
        return DAOTP_NETWORK;
    }
    assert_int_equal(daotp_account_set_upn(account, answer[0]), DAOTP_OK);
    assert_int_equal(daotp_account_set_dn(account, answer[1]), DAOTP_OK);
    return DAOTP_OK;
}

static void prepare_finds_what_is_missing(void **state)
{
    (void)state;
    for (int missing = 0; missing < 7; missing++) {
        static const struct {
            daotp_status status;
            daotp_finding_number finding;
        } wanted[] = {{DAOTP_OK, DAOTP_FINDING_NONE},
                      {DAOTP_CONFIGURATION, DAOTP_FINDING_CLIENT_NO_SERVER},
                      {DAOTP_CONFIGURATION, DAOTP_FINDING_CLIENT_NO_TRUST},
                      {DAOTP_CONFIGURATION, DAOTP_FINDING_CLIENT_NO_TRUST},
                      {DAOTP_CONFIGURATION, DAOTP_FINDING_CLIENT_NO_CA},
                      {DAOTP_CONFIGURATION, DAOTP_FINDING_CLIENT_NO_TEMPLATE},
                      {DAOTP_CONFIGURATION, DAOTP_FINDING_USER_NO_UPN}};
        fixture *f = fixture_new();
        daotp_trust *empty;

        assert_int_equal(daotp_trust_new(f->context, &empty), DAOTP_OK);
        if (missing != 1)
            assert_int_equal(daotp_client_add_server(f->client, "https://127.0.0.1:1/x"), DAOTP_OK);
        if (missing != 2)
            assert_int_equal(daotp_client_set_trust(f->client, missing == 3 ? empty : f->trust),
                             DAOTP_OK);
        if (missing != 4)
            assert_int_equal(daotp_client_set_ca(f->client, f->ca), DAOTP_OK);
        if (missing != 5)
            assert_int_equal(daotp_client_set_template(f->client, FORGE_TEMPLATE, -1, -1),
                             DAOTP_OK);
        if (missing != 6)
            assert_int_equal(daotp_client_set_upn(f->client, FORGE_UPN), DAOTP_OK);
        assert_int_equal(daotp_client_set_key(f->client, f->key), DAOTP_OK);
        assert_int_equal(daotp_client_set_preflight(f->client, false), DAOTP_OK);
        assert_int_equal(daotp_client_prepare(f->client, "CORP\\alice"), wanted[missing].status);
        assert_int_equal(error_of(f), wanted[missing].finding);
        assert_int_equal(
            daotp_report_get_stage_state(daotp_client_get_report(f->client), DAOTP_STAGE_PREPARE),
            missing == 0 ? DAOTP_STAGE_PASSED : DAOTP_STAGE_FAILED);
        if (missing == 0) {
            assert_true(has(f, DAOTP_FINDING_CLIENT_NO_STORE));
            assert_true(has(f, DAOTP_FINDING_USER_NO_DN));
            assert_true(has(f, DAOTP_FINDING_PREPARE_NO_PREFLIGHT));
        } else {
            /* and it cannot be gone on from there */
            assert_int_equal(daotp_client_enroll(f->client, "1", 1, NULL), DAOTP_USAGE);
            assert_int_equal(error_of(f), DAOTP_FINDING_CALL_ORDER);
        }
        daotp_trust_unref(empty);
        fixture_free(f);
    }
}

static const char *in_place(const char *name)
{
    static char paths[4][96];
    static unsigned next;
    char *path = paths[next++ % 4];

    (void)snprintf(path, sizeof paths[0], "%s/%s", scratch_path, name);
    return path;
}

static daotp_status no_credential(void *user, const char *host, daotp_host_origin origin,
                                  uint32_t attempt, daotp_domain_credential *answer)
{
    (void)user, (void)origin, (void)attempt, (void)answer;
    fail_msg("asked for %s before there is a code", host);
    return DAOTP_CANCELLED;
}

/* A service whose URL, credential or certificate cannot be is known before the code has gone. */
static void prepare_looks_at_the_way_to_the_service(void **state)
{
    static const struct {
        daotp_ca_authentication how;
        const char *url, *url_template, *allowed;
        bool asks;
        daotp_finding_number finding;
    } cases[] = {
        {DAOTP_CA_USERNAME, NULL, NULL, "h", true, DAOTP_FINDING_NONE},
        {DAOTP_CA_USERNAME, NULL, "https://ces.example:444/{ca}", NULL, true, DAOTP_FINDING_NONE},
        {DAOTP_CA_USERNAME, "https://h/x", "http://{host}/", NULL, true, DAOTP_FINDING_NONE},
        {DAOTP_CA_USERNAME, NULL, "http://{host}/{ca}", "h", true, DAOTP_FINDING_CA_URL},
        {DAOTP_CA_USERNAME, NULL, "{host}/{ca}", "h", true, DAOTP_FINDING_CA_URL},
        {DAOTP_CA_USERNAME, NULL, "https://{HOST}/{ca}", "h", true, DAOTP_FINDING_CA_URL},
        {DAOTP_CA_USERNAME, NULL, "https://{ca}/", "h", true, DAOTP_FINDING_CA_URL},
        {DAOTP_CA_USERNAME, NULL, "", "h", true, DAOTP_FINDING_CA_URL},
        {DAOTP_CA_NEGOTIATE, NULL, NULL, "h", false, DAOTP_FINDING_NONE},
        {DAOTP_CA_NEGOTIATE, NULL, NULL, "h", false, DAOTP_FINDING_DOMAIN_CREDENTIAL},
        {DAOTP_CA_USERNAME, NULL, NULL, "h", false, DAOTP_FINDING_DOMAIN_CREDENTIAL},
        {DAOTP_CA_ANY, NULL, NULL, "h", false, DAOTP_FINDING_DOMAIN_CREDENTIAL},
        {DAOTP_CA_CERTIFICATE, NULL, NULL, "h", true, DAOTP_FINDING_TLS_CLIENT_CERT_MISSING},
        /* the OTP server would choose who gets the password, the ticket or the certificate */
        {DAOTP_CA_USERNAME, NULL, NULL, NULL, true, DAOTP_FINDING_CA_HOST_LIST},
        {DAOTP_CA_ANY, NULL, NULL, NULL, true, DAOTP_FINDING_CA_HOST_LIST},
        {DAOTP_CA_NEGOTIATE, NULL, NULL, NULL, false, DAOTP_FINDING_CA_HOST_LIST},
        {DAOTP_CA_CERTIFICATE, NULL, NULL, NULL, true, DAOTP_FINDING_CA_HOST_LIST},
        {DAOTP_CA_USERNAME, NULL, "https://{host}:444/", NULL, true, DAOTP_FINDING_CA_HOST_LIST},
        {DAOTP_CA_USERNAME, NULL, "https://ces-{host}/", NULL, true, DAOTP_FINDING_CA_HOST_LIST},
        {DAOTP_CA_USERNAME, NULL, "https://ces.example/{host}", NULL, true, DAOTP_FINDING_NONE},
    };

    (void)state;
    (void)setenv("KRB5CCNAME", "FILE:/nonexistent/cache", 1);
    (void)setenv("KRB5_CLIENT_KTNAME", "FILE:/nonexistent/keytab", 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_ready();
        daotp_ca *ca;

        if (cases[i].finding == DAOTP_FINDING_NONE) /* gssproxy may have a ticket */
            (void)setenv("GSS_USE_PROXY", "yes", 1);
        else
            (void)unsetenv("GSS_USE_PROXY");
        assert_int_equal(daotp_ca_new_wstep(f->context, cases[i].how, &ca), DAOTP_OK);
        if (cases[i].allowed != NULL)
            assert_int_equal(daotp_ca_allow_host(ca, cases[i].allowed), DAOTP_OK);
        assert_int_equal(daotp_ca_set_url(ca, cases[i].url), DAOTP_OK);
        assert_int_equal(daotp_ca_set_url_template(ca, cases[i].url_template), DAOTP_OK);
        assert_int_equal(daotp_client_set_ca(f->client, ca), DAOTP_OK);
        if (cases[i].asks)
            assert_int_equal(daotp_client_set_domain_callback(f->client, no_credential, NULL),
                             DAOTP_OK);
        if (daotp_client_prepare(f->client, FORGE_UPN) !=
                (cases[i].finding == DAOTP_FINDING_NONE ? DAOTP_OK : DAOTP_CONFIGURATION) ||
            error_of(f) != cases[i].finding)
            fail_msg("case %zu: %s", i, daotp_report_get_text(daotp_client_get_report(f->client)));
        if (cases[i].finding != DAOTP_FINDING_NONE)
            assert_int_equal(
                daotp_finding_get_stage(daotp_report_get_error(daotp_client_get_report(f->client))),
                DAOTP_STAGE_PREPARE);
        daotp_ca_unref(ca);
        fixture_free(f);
    }
}

/* Files that the request and the certificate will be in; what stands there stays until then. */
static void prepare_looks_at_the_files(void **state)
{
    static const struct {
        const char *request, *certificate;
        daotp_finding_number finding;
    } cases[] = {{"request", "certificate", DAOTP_FINDING_NONE},
                 {"absent/request", "certificate", DAOTP_FINDING_FILE_WRITE},
                 {"request/request", "certificate", DAOTP_FINDING_FILE_WRITE},
                 {"folder", "certificate", DAOTP_FINDING_FILE_WRITE},
                 {"request", "folder", DAOTP_FINDING_FILE_WRITE},
                 {"folder/request", "absent/certificate", DAOTP_FINDING_NONE}};

    (void)state;
    assert_int_equal(mkdir(in_place("folder"), 0700), 0);
    assert_int_equal(daotp__file_save(in_place("request"), "old", 3, NULL), DAOTP_OK);
    assert_int_equal(daotp__file_save(in_place("certificate"), "old", 3, NULL), DAOTP_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_ready();
        daotp_ca *ca;

        assert_int_equal(daotp_ca_new_file(f->context, in_place(cases[i].request),
                                           in_place(cases[i].certificate), &ca),
                         DAOTP_OK);
        assert_int_equal(daotp_client_set_ca(f->client, ca), DAOTP_OK);
        (void)daotp_client_prepare(f->client, FORGE_UPN);
        if (error_of(f) != cases[i].finding)
            fail_msg("case %zu: %s", i, daotp_report_get_text(daotp_client_get_report(f->client)));
        daotp_ca_unref(ca);
        fixture_free(f);
    }
    assert_int_equal(rmdir(in_place("folder")), 0); /* nothing was left in it */
    for (int i = 0; i < 2; i++) {
        const char *path = in_place(i == 0 ? "request" : "certificate");
        daotp__buffer file;

        daotp__buffer_init(&file, 100);
        assert_int_equal(daotp__file_read(path, false, &file, NULL), DAOTP_OK);
        assert_string_equal(daotp__buffer_string(&file), "old");
        daotp__buffer_free(&file);
        assert_int_equal(unlink(path), 0);
    }
}

/* A store that would refuse the certificate does so before the code has gone. */
static void prepare_looks_at_the_store(void **state)
{
    static const daotp_finding_number findings[] = {DAOTP_FINDING_NONE, DAOTP_FINDING_STORE_MODE,
                                                    DAOTP_FINDING_STORE_WRITE,
                                                    DAOTP_FINDING_STORE_KEY};

    (void)state;
    for (int i = 0; i < 4; i++) {
        fixture *f = fixture_ready();
        daotp_store *store;
        daotp_key *key = NULL;

        assert_int_equal(daotp_store_new_directory(
                             f->context, in_place(i == 2 ? "absent/store" : "store"), &store),
                         DAOTP_OK);
        assert_int_equal(daotp_client_set_store(f->client, store, NULL), DAOTP_OK);
        if (i == 1)
            assert_int_equal(chmod(in_place("store"), 0755), 0);
        if (i == 3) {
            assert_int_equal(chmod(in_place("store"), 0700), 0);
            assert_int_equal(EVP_PKEY_up_ref(world.user_key), 1);
            assert_int_equal(daotp__key_wrap(f->context, world.user_key, false, NULL, &key),
                             DAOTP_OK);
            assert_int_equal(daotp_client_set_key(f->client, key), DAOTP_OK);
        }
        assert_int_equal(daotp_client_prepare(f->client, "CORP\\alice"),
                         i == 0 ? DAOTP_OK : DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), findings[i]);
        daotp_key_unref(key);
        daotp_store_unref(store);
        fixture_free(f);
    }
    assert_int_equal(unlink(in_place("store/.lock")), 0);
    assert_int_equal(rmdir(in_place("store")), 0); /* no entry was made */
}

static daotp_status nobody(void *user, const char *host, daotp_host_origin origin, uint32_t attempt,
                           daotp_domain_credential *to)
{
    (void)user, (void)host, (void)origin, (void)attempt, (void)to;
    return DAOTP_CONFIGURATION;
}

/* What has changed since costs no code: who would be asked for the password is gone. */
static void the_way_is_looked_at_again_before_the_code(void **state)
{
    fixture *f = fixture_ready();
    daotp_ca *ca;

    (void)state;
    assert_int_equal(daotp_ca_new_wstep(f->context, DAOTP_CA_USERNAME, &ca), DAOTP_OK);
    assert_int_equal(daotp_ca_allow_host(ca, ".example"), DAOTP_OK);
    assert_int_equal(daotp_client_set_ca(f->client, ca), DAOTP_OK);
    assert_int_equal(daotp_client_set_domain_callback(f->client, nobody, NULL), DAOTP_OK);
    assert_int_equal(daotp_client_prepare(f->client, FORGE_UPN), DAOTP_OK);
    assert_int_equal(daotp_client_set_domain_callback(f->client, NULL, NULL), DAOTP_OK);
    assert_int_equal(daotp_client_enroll_begin(f->client, "1", 1), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_DOMAIN_CREDENTIAL);
    assert_int_equal(daotp_client_step(f->client), DAOTP_USAGE); /* nothing is under way */
    assert_int_equal(daotp_client_set_domain_callback(f->client, nobody, NULL), DAOTP_OK);
    assert_int_equal(daotp_client_enroll_begin(f->client, "1", 1), DAOTP_OK); /* it is as it was */
    daotp_ca_unref(ca);
    fixture_free(f);
}

static daotp_status checked_status;

static daotp_status look_at_the_stand_in(void *given, daotp_submission *submission)
{
    fake_ca *self = given;
    size_t len = 7;

    assert_int_equal(self->begun, 0);
    assert_null(daotp_submission_get_request(submission, &len));
    assert_int_equal(len, 0);
    assert_string_equal(daotp_submission_get_config(submission), "host\\name");
    assert_string_equal(daotp_submission_get_host(submission), "host");
    assert_string_equal(daotp_submission_get_ca_name(submission), "name");
    assert_non_null(daotp_submission_get_report(submission));
    assert_non_null(daotp_submission_get_trust(submission));
    return checked_status;
}

static void a_transport_of_our_own_is_asked_beforehand(void **state)
{
    static const daotp_status statuses[] = {DAOTP_OK, DAOTP_NETWORK, DAOTP_CONFIGURATION,
                                            DAOTP_MEMORY};

    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        fixture *f = fixture_ready();
        daotp_ca_transport transport = fake_transport;
        daotp_ca *ca;

        checked_status = statuses[i];
        transport.check = look_at_the_stand_in;
        assert_int_equal(daotp_ca_new(f->context, &transport, &f->fake, &ca), DAOTP_OK);
        assert_int_equal(daotp_client_set_ca(f->client, ca), DAOTP_OK);
        assert_int_equal(daotp_client_prepare(f->client, FORGE_UPN), statuses[i]);
        daotp_ca_unref(ca);
        fixture_free(f);
    }
}

static void the_account_is_found_in_order(void **state)
{
    static const struct {
        const char *set, *user_name, *answer[2];
        daotp_status status;
        daotp_finding_number finding, other;
    } cases[] = {
        /* what was set is not asked for, nor read out of the user's name */
        {FORGE_UPN,
         "bob@other.example",
         {"cancel", NULL},
         DAOTP_OK,
         DAOTP_FINDING_NONE,
         DAOTP_FINDING_USER_NO_DN},
        {FORGE_UPN,
         "CORP\\alice",
         {"cancel", NULL},
         DAOTP_OK,
         DAOTP_FINDING_NONE,
         DAOTP_FINDING_USER_NO_DN},
        {NULL,
         "CORP\\alice",
         {FORGE_UPN, FORGE_DN},
         DAOTP_OK,
         DAOTP_FINDING_NONE,
         DAOTP_FINDING_NONE},
        {NULL,
         "CORP\\alice",
         {FORGE_UPN, NULL},
         DAOTP_OK,
         DAOTP_FINDING_NONE,
         DAOTP_FINDING_USER_NO_DN},
        {NULL,
         "CORP\\alice",
         {"cannot say", NULL},
         DAOTP_CONFIGURATION,
         DAOTP_FINDING_USER_NO_UPN,
         DAOTP_FINDING_NONE},
        {NULL,
         "CORP\\alice",
         {"cancel", NULL},
         DAOTP_CANCELLED,
         DAOTP_FINDING_CALL_CANCELLED,
         DAOTP_FINDING_NONE},
        {NULL,
         "alice@corp.example",
         {NULL, NULL},
         DAOTP_OK,
         DAOTP_FINDING_NONE,
         DAOTP_FINDING_USER_NO_DN},
        {NULL,
         "CORP\\alice",
         {NULL, NULL},
         DAOTP_CONFIGURATION,
         DAOTP_FINDING_USER_NO_UPN,
         DAOTP_FINDING_NONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_ready();

        assert_int_equal(daotp_client_set_upn(f->client, cases[i].set), DAOTP_OK);
        assert_int_equal(daotp_client_set_dn(f->client, NULL), DAOTP_OK);
        assert_int_equal(daotp_client_set_sid(f->client, NULL), DAOTP_OK);
        if (cases[i].answer[0] != NULL)
            assert_int_equal(
                daotp_client_set_account_callback(f->client, who, (void *)cases[i].answer),
                DAOTP_OK);
        if (daotp_client_prepare(f->client, cases[i].user_name) != cases[i].status)
            fail_msg("case %zu: %s", i, daotp_report_get_text(daotp_client_get_report(f->client)));
        assert_int_equal(error_of(f), cases[i].finding);
        if (cases[i].other != DAOTP_FINDING_NONE)
            assert_true(has(f, cases[i].other));
        if (cases[i].set != NULL)
            assert_string_equal(daotp_account_get_upn(&f->client->account), cases[i].set);
        fixture_free(f);
    }
}

/* What it is kept under, unless that was set: the UPN, made a label. */
static void a_label_is_made_of_any_upn(void **state)
{
    static const struct {
        const char *upn, *label;
    } rows[] = {{FORGE_UPN, FORGE_UPN},
                {".alice@corp", "_alice@corp"},
                {"a.b@c.d", "a.b@c.d"},
                {"a/../b@c", "a_.._b@c"},
                {"zo\xC3\xAB@x", "zo\xC3\xAB@x"},
                {"a\xC2\xA0"
                 "b\xE2\x80\xAE@x",
                 "a__b___@x"}};
    char longer[DAOTP__MAX_LABEL + 2];
    fixture *f = fixture_ready();
    char *label;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(daotp_client_set_upn(f->client, rows[i].upn), DAOTP_OK);
        assert_int_equal(daotp_client_prepare(f->client, "CORP\\alice"), DAOTP_OK);
        label = daotp__client_label(f->client);
        assert_string_equal(label, rows[i].label);
        assert_true(daotp_store_is_label(label));
        daotp_free(label);
    }
    memset(longer, 'u', sizeof longer);
    longer[DAOTP__MAX_LABEL + 1] = '\0';
    assert_int_equal(daotp_client_set_upn(f->client, longer), DAOTP_OK);
    assert_int_equal(daotp_client_prepare(f->client, "CORP\\alice"), DAOTP_OK);
    label = daotp__client_label(f->client);
    assert_int_equal(strlen(label), DAOTP__MAX_LABEL);
    daotp_free(label);
    fixture_free(f);
}

static void user_names_are_checked(void **state)
{
    static char longest[514];
    static const char *const bad[] = {NULL, "", "a\nb", "a\tb", "a\x7F", "\xFF", "a\xEF\xBF\xBE"};
    fixture *f = fixture_ready();

    (void)state;
    memset(longest, 'a', 513);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(daotp_client_prepare(f->client, bad[i]), DAOTP_USAGE);
        assert_int_equal(error_of(f), DAOTP_FINDING_USER_NAME);
    }
    assert_int_equal(daotp_client_prepare(f->client, longest), DAOTP_USAGE);
    longest[512] = '\0';
    assert_int_equal(daotp_client_prepare(f->client, longest), DAOTP_OK);
    assert_int_equal(daotp_client_prepare(f->client, "CORP\\\xC3\xA4lice & <co> \"x\""), DAOTP_OK);
    fixture_free(f);
}

static void codes_are_checked(void **state)
{
    static char longest[514];
    static const struct {
        const char *code;
        size_t len;
    } bad[] = {{NULL, 0},     {"", 0},     {"1", 0},    {"1\0", 2},
               {"1\n", 2},    {"\x7F", 1}, {"\xC3", 1}, {"\xEF\xBF\xBF", 3},
               {longest, 513}};
    fixture *f = fixture_ready();

    (void)state;
    memset(longest, '7', 513);
    assert_int_equal(daotp_client_prepare(f->client, "CORP\\alice"), DAOTP_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        daotp_credential *credential = (daotp_credential *)1;

        assert_int_equal(daotp_client_enroll(f->client, bad[i].code, bad[i].len, &credential),
                         DAOTP_USAGE);
        assert_null(credential);
        assert_int_equal(error_of(f), DAOTP_FINDING_OTP_FORM);
    }
    /* none of these cost the preparation, and their findings are gone */
    assert_int_equal(daotp_client_enroll_begin(f->client, longest, 512), DAOTP_OK);
    assert_int_equal(error_of(f), DAOTP_FINDING_NONE);
    fixture_free(f);
}

/* ---- the order of calls ------------------------------------------------------------------------
 */

static void calls_out_of_order_are_usage(void **state)
{
    fixture *f = fixture_ready();
    daotp_credential *credential = (daotp_credential *)1;

    (void)state;
    assert_int_equal(daotp_client_step(f->client), DAOTP_USAGE);
    assert_int_equal(daotp_client_finish(f->client, &credential), DAOTP_USAGE);
    assert_null(credential);
    assert_int_equal(daotp_client_enroll_begin(f->client, "1", 1), DAOTP_USAGE);
    assert_int_equal(error_of(f), DAOTP_FINDING_CALL_ORDER);
    assert_int_equal(daotp_client_prepare_begin(f->client, "CORP\\alice"), DAOTP_OK);
    assert_int_equal(daotp_client_finish(f->client, &credential), DAOTP_USAGE);
    while (daotp_client_step(f->client) == DAOTP_AGAIN)
        ;
    assert_int_equal(daotp_client_step(f->client), DAOTP_USAGE); /* it is over */
    assert_int_equal(daotp_client_finish(f->client, &credential), DAOTP_USAGE);
    assert_int_equal(daotp_client_enroll_begin(f->client, "1", 1), DAOTP_OK);
    assert_int_equal(daotp_client_finish(f->client, &credential), DAOTP_USAGE);
    fixture_free(f); /* with a part under way */
}

/* A call that is refused must not touch the run that is under way, or its report. */
static void a_refused_call_leaves_the_run_alone(void **state)
{
    fixture *f = fixture_ready();

    (void)state;
    assert_int_equal(daotp_client_prepare_begin(f->client, "CORP\\alice"), DAOTP_OK);
    assert_int_equal(daotp_client_prepare_begin(f->client, "CORP\\bob"), DAOTP_USAGE);
    assert_int_equal(daotp_client_enroll_begin(f->client, "1", 1), DAOTP_USAGE);
    assert_int_equal(daotp_client_step(f->client), DAOTP_OK);
    /* DAOTP_OK, and a report with an error in it, cannot both be */
    assert_int_equal(daotp_report_get_status(daotp_client_get_report(f->client)), DAOTP_OK);
    assert_int_equal(error_of(f), DAOTP_FINDING_NONE);
    assert_int_equal(
        daotp_report_get_stage_state(daotp_client_get_report(f->client), DAOTP_STAGE_PREPARE),
        DAOTP_STAGE_PASSED);
    fixture_free(f);
}

/* A refused preparation leaves an earlier one as it was, and does not show in the next report. */
static void a_refused_preparation_is_not_in_the_next_report(void **state)
{
    fixture *f = fixture_ready();

    (void)state;
    assert_int_equal(daotp_client_prepare(f->client, "CORP\\alice"), DAOTP_OK);
    assert_int_equal(daotp_client_prepare(f->client, ""), DAOTP_USAGE);
    assert_int_equal(error_of(f), DAOTP_FINDING_USER_NAME);
    if (daotp_client_enroll_begin(f->client, "1", 1) == DAOTP_OK) {
        assert_int_equal(error_of(f), DAOTP_FINDING_NONE);
        assert_false(has(f, DAOTP_FINDING_USER_NAME));
    } else {
        assert_int_equal(error_of(f), DAOTP_FINDING_CALL_ORDER);
    }
    fixture_free(f);
}

static void preparing_again_is_fine_at_any_time(void **state)
{
    fixture *f = fixture_ready();

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(daotp_client_prepare(f->client, "CORP\\alice"), DAOTP_OK);
        assert_int_equal(daotp_report_get_count(daotp_client_get_report(f->client)), 2);
    }
    assert_int_equal(daotp_client_set_key(f->client, NULL), DAOTP_OK);
    assert_int_equal(daotp_client_set_key_kind(f->client, DAOTP_KEY_P256), DAOTP_OK);
    assert_int_equal(daotp_client_prepare(f->client, "CORP\\alice"), DAOTP_OK);
    assert_int_equal(daotp_client_set_ca(f->client, NULL), DAOTP_OK);
    assert_int_equal(daotp_client_prepare(f->client, "CORP\\alice"), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_CLIENT_NO_CA);
    fixture_free(f);
}

/* A connection that cannot be made costs neither the code nor the preparation. */
static void a_server_that_is_not_there_is_tcp_failed(void **state)
{
    fixture *f = fixture_ready();

    (void)state;
    assert_int_equal(daotp_client_prepare(f->client, "CORP\\alice"), DAOTP_OK);
    for (int i = 0; i < 3; i++) {
        daotp_credential *credential = (daotp_credential *)1;

        assert_int_equal(daotp_client_enroll(f->client, "123456", 6, &credential), DAOTP_NETWORK);
        assert_null(credential);
        assert_int_equal(error_of(f), DAOTP_FINDING_TCP_FAILED);
        assert_false(has(f, DAOTP_FINDING_OTP_SPENT));
        assert_int_equal(
            daotp_report_get_stage_state(daotp_client_get_report(f->client), DAOTP_STAGE_PREPARE),
            DAOTP_STAGE_PASSED);
        assert_int_equal(
            daotp_report_get_stage_state(daotp_client_get_report(f->client), DAOTP_STAGE_CONNECT),
            DAOTP_STAGE_FAILED);
        assert_int_equal(
            daotp_report_get_stage_state(daotp_client_get_report(f->client), DAOTP_STAGE_OTP),
            DAOTP_STAGE_NOT_REACHED);
    }
    fixture_free(f);
}

/* The same with a preflight: prepare itself fails, and nothing is prepared. */
static void preflight_fails_where_the_server_is_not(void **state)
{
    fixture *f = fixture_ready();

    (void)state;
    assert_int_equal(daotp_client_add_server(f->client, "https://127.0.0.1:2/otp"), DAOTP_OK);
    assert_int_equal(daotp_client_set_preflight(f->client, true), DAOTP_OK);
    assert_int_equal(daotp_client_prepare(f->client, "CORP\\alice"), DAOTP_NETWORK);
    assert_int_equal(error_of(f), DAOTP_FINDING_TCP_FAILED);
    assert_string_equal(
        daotp_finding_get_subject(daotp_report_get_error(daotp_client_get_report(f->client))),
        "127.0.0.1:2"); /* the last one */
    assert_int_equal(daotp_client_enroll_begin(f->client, "1", 1), DAOTP_USAGE);
    fixture_free(f);
}

/* ---- progress, cancel, deadline ----------------------------------------------------------------
 */

typedef struct told {
    char text[512];
    daotp_client *cancel;
    daotp_stage at;
} told;

static void tell(void *user, daotp_stage stage, daotp_stage_state state)
{
    told *t = user;
    size_t len = strlen(t->text);

    (void)snprintf(t->text + len, sizeof t->text - len, "%s %s, ", daotp_stage_name(stage),
                   daotp_stage_state_name(state));
    if (t->cancel != NULL && stage == t->at)
        daotp_client_cancel(t->cancel);
}

static void progress_is_told(void **state)
{
    fixture *f = fixture_ready();
    told t = {.cancel = NULL};

    (void)state;
    assert_int_equal(daotp_client_set_progress_callback(f->client, tell, &t), DAOTP_OK);
    assert_int_equal(daotp_client_prepare(f->client, "CORP\\alice"), DAOTP_OK);
    assert_non_null(strstr(t.text, "prepare running, prepare passed, "));
    t.text[0] = '\0';
    assert_int_equal(daotp_client_enroll(f->client, "1", 1, NULL), DAOTP_NETWORK);
    assert_string_equal(t.text,
                        "resolve running, resolve passed, connect running, connect failed, ");
    fixture_free(f);
}

static void cancel_ends_what_is_under_way_and_no_more(void **state)
{
    fixture *f = fixture_ready();

    (void)state;
    daotp_client_cancel(f->client); /* nothing is under way */
    assert_int_equal(daotp_client_prepare_begin(f->client, "CORP\\alice"), DAOTP_OK);
    daotp_client_cancel(f->client);
    assert_int_equal(daotp_client_step(f->client), DAOTP_CANCELLED);
    assert_int_equal(error_of(f), DAOTP_FINDING_CALL_CANCELLED);
    assert_int_equal(daotp_client_step(f->client), DAOTP_USAGE);
    assert_int_equal(daotp_client_prepare(f->client, "CORP\\alice"), DAOTP_OK);
    assert_int_equal(daotp_client_enroll_begin(f->client, "1", 1), DAOTP_OK);
    daotp_client_cancel(f->client);
    assert_int_equal(daotp_client_step(f->client), DAOTP_CANCELLED);
    /* the preparation is still good */
    assert_int_equal(daotp_client_enroll_begin(f->client, "1", 1), DAOTP_OK);
    fixture_free(f);
}

static void the_deadline_is_of_each_part(void **state)
{
    fixture *f = fixture_ready();
    int64_t now_ms = 1000;

    (void)state;
    assert_int_equal(daotp_context_set_monotonic_clock(f->context, test_clock_stands, &now_ms),
                     DAOTP_OK);
    assert_int_equal(daotp_client_set_timeout_ms(f->client, 500), DAOTP_OK);
    assert_int_equal(daotp_client_get_timeout_ms(f->client), -1);
    assert_int_equal(daotp_client_prepare_begin(f->client, "CORP\\alice"), DAOTP_OK);
    assert_int_equal(daotp_client_get_timeout_ms(f->client), 0); /* the first step is due */
    now_ms += 500;
    assert_int_equal(daotp_client_step(f->client), DAOTP_TIMEOUT);
    assert_int_equal(error_of(f), DAOTP_FINDING_CALL_TIMEOUT);
    assert_int_equal(daotp_client_prepare(f->client, "CORP\\alice"), DAOTP_OK);
    now_ms += 100000; /* between the parts time does not count */
    assert_int_equal(daotp_client_enroll_begin(f->client, "1", 1), DAOTP_OK);
    assert_int_equal(daotp_client_get_timeout_ms(f->client), 0);
    now_ms += 500;
    assert_int_equal(daotp_client_step(f->client), DAOTP_TIMEOUT);
    assert_false(has(f, DAOTP_FINDING_OTP_SPENT));
    fixture_free(f);
}

/* Both parts together; the time between them is the user's. Each case: the two limits, how long
 * prepare takes, and what is left of enroll. */
static void the_deadline_of_both_parts_is_one(void **state)
{
    static const struct {
        int64_t each_ms, both_ms, prepare_ms, left_ms;
    } cases[] = {{60000, 1000, 600, 400}, {300, 1000, 0, 300},  {60000, 0, 5000, 60000},
                 {60000, 1000, 0, 1000},  {500, 700, 499, 201}, {60000, INT64_MAX, 10, 60000}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_ready();
        int64_t now_ms = 1000;

        assert_int_equal(daotp_context_set_monotonic_clock(f->context, test_clock_stands, &now_ms),
                         DAOTP_OK);
        assert_int_equal(daotp_client_set_timeout_ms(f->client, cases[i].each_ms), DAOTP_OK);
        assert_int_equal(daotp_client_set_deadline_ms(f->client, cases[i].both_ms), DAOTP_OK);
        assert_int_equal(daotp_client_prepare_begin(f->client, "CORP\\alice"), DAOTP_OK);
        now_ms += cases[i].prepare_ms;
        assert_int_equal(daotp_client_step(f->client), DAOTP_OK);
        now_ms += 100000;
        for (int code = 0; code < 2; code++) { /* each code has what prepare left */
            assert_int_equal(daotp_client_enroll_begin(f->client, "1", 1), DAOTP_OK);
            now_ms += cases[i].left_ms;
            assert_int_equal(daotp_client_step(f->client), DAOTP_TIMEOUT);
            assert_int_equal(error_of(f), DAOTP_FINDING_CALL_TIMEOUT);
        }
        assert_int_equal(daotp_client_enroll_begin(f->client, "1", 1), DAOTP_OK);
        now_ms += cases[i].left_ms - 1;
        assert_int_not_equal(daotp_client_step(f->client), DAOTP_TIMEOUT);
        fixture_free(f);
    }
}

static void the_descriptor_stays_the_same(void **state)
{
    fixture *f = fixture_ready();
    int fd = daotp_client_get_fd(f->client);

    (void)state;
    assert_true(fd >= 0);
    (void)daotp_client_prepare(f->client, "CORP\\alice");
    (void)daotp_client_enroll(f->client, "1", 1, NULL);
    assert_int_equal(daotp_client_get_fd(f->client), fd);
    fixture_free(f);
}

/* What a client was given may be let go of at once. */
static void a_client_keeps_what_it_was_given(void **state)
{
    fixture *f = fixture_new();
    daotp_credential *identity =
        forge_credential(f->context, world.machine, NULL, world.machine_key);
    daotp_store *store;
    daotp_client *client = f->client;

    (void)state;
    assert_int_equal(daotp_store_new_memory(f->context, &store), DAOTP_OK);
    assert_int_equal(daotp_client_add_server(client, "https://127.0.0.1:1/otp"), DAOTP_OK);
    assert_int_equal(daotp_client_set_trust(client, f->trust), DAOTP_OK);
    assert_int_equal(daotp_client_set_ca(client, f->ca), DAOTP_OK);
    assert_int_equal(daotp_client_set_template(client, FORGE_TEMPLATE, 100, 5), DAOTP_OK);
    assert_int_equal(daotp_client_set_key(client, f->key), DAOTP_OK);
    assert_int_equal(daotp_client_set_identity(client, identity), DAOTP_OK);
    assert_int_equal(daotp_client_set_store(client, store, "alice"), DAOTP_OK);
    daotp_credential_unref(identity);
    daotp_store_unref(store);
    daotp_ca_unref(f->ca);
    daotp_key_unref(f->key);
    daotp_trust_unref(f->trust);
    daotp_context_unref(f->context);
    assert_int_equal(f->fake.freed, 0);
    assert_int_equal(daotp_client_set_preflight(client, false), DAOTP_OK);
    assert_int_equal(daotp_client_prepare(client, FORGE_UPN), DAOTP_OK);
    assert_int_equal(daotp_client_enroll(client, "1", 1, NULL), DAOTP_NETWORK);
    daotp_client_free(client);
    assert_int_equal(f->fake.freed, 1);
    fake_ca_clear(&f->fake);
}

/* Setting again lets go of what was set; of itself too. */
static void setting_again_is_fine(void **state)
{
    fixture *f = fixture_ready();

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(daotp_client_set_trust(f->client, f->trust), DAOTP_OK);
        assert_int_equal(daotp_client_set_ca(f->client, f->ca), DAOTP_OK);
        assert_int_equal(daotp_client_set_key(f->client, f->key), DAOTP_OK);
        assert_int_equal(daotp_client_set_template(f->client, FORGE_TEMPLATE, i, i), DAOTP_OK);
        assert_int_equal(daotp_client_set_upn(f->client, FORGE_UPN), DAOTP_OK);
        assert_int_equal(daotp_client_set_dn(f->client, FORGE_DN), DAOTP_OK);
        assert_int_equal(daotp_client_set_proxy(f->client, "127.0.0.1:1"), DAOTP_OK);
        assert_int_equal(daotp_client_set_proxy(f->client, NULL), DAOTP_OK);
        assert_int_equal(daotp_client_set_logon_proof(f->client, i == 1), DAOTP_OK);
        assert_int_equal(daotp_client_set_logon_realm(f->client, "REALM", "kdc"), DAOTP_OK);
        assert_int_equal(daotp_client_set_logon_anchors(f->client, "/file"), DAOTP_OK);
    }
    assert_int_equal(daotp_client_prepare(f->client, "CORP\\alice"), DAOTP_OK);
    assert_int_equal(daotp_client_set_trust(f->client, NULL), DAOTP_OK);
    assert_int_equal(daotp_client_prepare(f->client, "CORP\\alice"), DAOTP_CONFIGURATION);
    fixture_free(f);
}

/* An environment that names no proxy that could be is the administrator's affair, not the caller's
 * argument. */
static void a_broken_proxy_in_the_environment_is_configuration(void **state)
{
    fixture *f = fixture_ready();

    (void)state;
    assert_int_equal(setenv("https_proxy", "proxy.example:99999", 1), 0);
    (void)unsetenv("no_proxy");
    (void)unsetenv("NO_PROXY");
    assert_int_equal(daotp_client_set_environment_proxy(f->client, true), DAOTP_OK);
    assert_int_equal(daotp_client_prepare(f->client, "CORP\\alice"), DAOTP_OK);
    assert_int_equal(daotp_client_enroll(f->client, "1", 1, NULL), DAOTP_CONFIGURATION);
    assert_int_not_equal(error_of(f), DAOTP_FINDING_NONE);
    assert_int_not_equal(error_of(f), DAOTP_FINDING_CALL_ARGUMENT);
    assert_int_equal(unsetenv("https_proxy"), 0);
    fixture_free(f);
}

/* ---- numbers at their ends ---------------------------------------------------------------------
 */

/* In a process of its own: a sanitizer ends it. */
static void the_longest_times_do_not_overflow(void **state)
{
    (void)state;
    for (int which = 0; which < 3; which++) {
        int ended;
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0) {
            fixture *f = fixture_ready();
            daotp_responder *responder;
            daotp_exchange *x;
            bool good = true;

            if (which == 0)
                good = daotp_client_set_timeout_ms(f->client, INT64_MAX) != DAOTP_OK ||
                       daotp_client_prepare(f->client, "CORP\\alice") == DAOTP_OK;
            if (which == 1)
                good = daotp_client_set_connect_timeout_ms(f->client, INT64_MAX) != DAOTP_OK ||
                       (daotp_client_prepare(f->client, "CORP\\alice") == DAOTP_OK &&
                        daotp_client_enroll(f->client, "1", 1, NULL) == DAOTP_NETWORK);
            if (which == 2)
                good = daotp_responder_new(f->context, &responder) == DAOTP_OK &&
                       daotp_responder_set_template(responder, FORGE_TEMPLATE) == DAOTP_OK &&
                       (daotp_responder_set_timeout_ms(responder, INT64_MAX) != DAOTP_OK ||
                        (daotp_exchange_new(responder, "POST", "x", 1, &x) == DAOTP_OK &&
                         daotp_exchange_get_timeout_ms(x) == 0 &&
                         daotp_exchange_step(x) != DAOTP_AGAIN));
            _exit(good ? 0 : 1);
        }
        assert_int_equal(waitpid(pid, &ended, 0), pid);
        if (ended != 0)
            fail_msg("case %d ended with %#x", which, (unsigned)ended);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nulls_crash_nothing),
        cmocka_unit_test(every_public_function_is_in_the_table),
        cmocka_unit_test(setters_refuse_what_cannot_be),
        cmocka_unit_test(a_ready_request_must_fit_its_key),
        cmocka_unit_test(a_ready_request_is_sent_as_it_is),
        cmocka_unit_test(prepare_finds_what_is_missing),
        cmocka_unit_test(prepare_looks_at_the_way_to_the_service),
        cmocka_unit_test(prepare_looks_at_the_files),
        cmocka_unit_test(prepare_looks_at_the_store),
        cmocka_unit_test(a_transport_of_our_own_is_asked_beforehand),
        cmocka_unit_test(another_key_sets_a_ready_request_aside),
        cmocka_unit_test(a_key_is_made_of_the_kind_that_was_set),
        cmocka_unit_test(the_way_is_looked_at_again_before_the_code),
        cmocka_unit_test(the_account_is_found_in_order),
        cmocka_unit_test(a_label_is_made_of_any_upn),
        cmocka_unit_test(user_names_are_checked),
        cmocka_unit_test(codes_are_checked),
        cmocka_unit_test(calls_out_of_order_are_usage),
        cmocka_unit_test(a_refused_call_leaves_the_run_alone),
        cmocka_unit_test(a_refused_preparation_is_not_in_the_next_report),
        cmocka_unit_test(preparing_again_is_fine_at_any_time),
        cmocka_unit_test(a_server_that_is_not_there_is_tcp_failed),
        cmocka_unit_test(preflight_fails_where_the_server_is_not),
        cmocka_unit_test(progress_is_told),
        cmocka_unit_test(cancel_ends_what_is_under_way_and_no_more),
        cmocka_unit_test(the_deadline_is_of_each_part),
        cmocka_unit_test(the_deadline_of_both_parts_is_one),
        cmocka_unit_test(the_descriptor_stays_the_same),
        cmocka_unit_test(a_client_keeps_what_it_was_given),
        cmocka_unit_test(setting_again_is_fine),
        cmocka_unit_test(a_broken_proxy_in_the_environment_is_configuration),
        cmocka_unit_test(the_longest_times_do_not_overflow),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
