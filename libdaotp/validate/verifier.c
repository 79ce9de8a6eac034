/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes a verifier, sets its options, and reads the result of a run. */
#include "validate/verifier.h"

#include "core/alloc.h"
#include "x509/pem.h"
#include "x509/text_form.h"

#include <string.h>

enum { DEFAULT_DEPTH = 8, MAX_STALE = 30 * 86400 };

/* ---- making one ------------------------------------------------------------------------------ */

daotp_status daotp_verifier_new(daotp_context *context, daotp_trust *trust, daotp_verifier **out)
{
    daotp_verifier *verifier;
    daotp_status status;

    if (out == NULL)
        return DAOTP_USAGE;
    *out = NULL;
    if (context == NULL || trust == NULL)
        return DAOTP_USAGE;
    verifier = daotp__new(sizeof *verifier);
    if (verifier == NULL)
        return DAOTP_MEMORY;
    verifier->context = daotp__context_ref(context);
    verifier->trust = daotp_trust_ref(trust);
    daotp__report_init(&verifier->report, context);
    verifier->settings = (daotp__settings){.rules = DAOTP_RULES_STRICT,
                                           .revocation = DAOTP_REVOCATION_REQUIRE,
                                           .max_depth = DEFAULT_DEPTH};
    daotp__nodes_init(&verifier->intermediates, DAOTP__MAX_ANCHORS);
    daotp__nodes_init(&verifier->ntauth, DAOTP__MAX_ANCHORS);
    daotp__nodes_init(&verifier->supplied, DAOTP__MAX_ANCHORS);
    daotp__nodes_init(&verifier->fetched_nodes, DAOTP__MAX_ANCHORS);
    daotp__buffer_init(&verifier->subject_text, DAOTP__MAX_CERTIFICATE);
    verifier->timeout_ms = DAOTP__TOTAL_MS;
    daotp__buffer_init(&verifier->purpose, DAOTP__OID_TEXT);
    verifier->graph = daotp__policy_graph_new();
    verifier->verified = daotp__new(sizeof *verifier->verified);
    status = daotp__loop_new(context, &verifier->loop);
    if (status == DAOTP_OK && (verifier->graph == NULL || verifier->verified == NULL))
        status = DAOTP_MEMORY;
    if (status != DAOTP_OK) {
        daotp_verifier_free(verifier);
        return status;
    }
    *out = verifier;
    return DAOTP_OK;
}

static void forget_names(daotp_verifier *verifier)
{
    for (size_t i = 0; i < verifier->settings.name_count; i++)
        daotp__delete(verifier->names[i].text);
    verifier->settings.name_count = 0;
}

static void forget_policies(daotp_verifier *verifier)
{
    verifier->run.policy_count = 0; /* the result of a run may point into them */
    for (size_t i = 0; i < verifier->settings.policy_count; i++)
        daotp__buffer_free(&verifier->policy_oids[i]);
    verifier->settings.policy_count = 0;
}

static void forget_ocsp(daotp_verifier *verifier)
{
    for (size_t i = 0; i < verifier->ocsp_count; i++)
        daotp__buffer_free(&verifier->ocsp_ders[i]);
    verifier->ocsp_count = 0;
}

void daotp__verifier_end_job(daotp_verifier *verifier)
{
    if (verifier->has_job)
        daotp__fetch_job_end(&verifier->job);
    verifier->has_job = false;
}

void daotp__verifier_drop_run(daotp_verifier *verifier)
{
    daotp__verifier_end_job(verifier);
    verifier->is_running = false;
    for (size_t i = 0; i < verifier->attempt_count; i++)
        daotp__delete(verifier->attempts[i].url);
    for (size_t i = 0; i < verifier->source_count; i++)
        daotp__delete(verifier->sources[i].url);
    for (size_t i = 0; i < verifier->fetched_ocsp_count; i++)
        daotp__buffer_free(&verifier->fetched_ocsp[i]);
    verifier->fetches = 0;
    verifier->attempt_count = 0;
    verifier->source_count = verifier->fetched_ocsp_count = 0;
    verifier->path.count = verifier->run.policy_count = 0;
    daotp__nodes_truncate(&verifier->supplied, 0);
    daotp__nodes_truncate(&verifier->fetched_nodes, 0);
    daotp__crl_list_truncate(&verifier->fetched_crls, 0);
    memset(verifier->ocsp, 0, sizeof verifier->ocsp);
}

void daotp_verifier_free(daotp_verifier *verifier)
{
    if (verifier == NULL)
        return;
    daotp__verifier_drop_run(verifier);
    forget_names(verifier);
    forget_policies(verifier);
    forget_ocsp(verifier);
    daotp__buffer_free(&verifier->purpose);
    daotp__buffer_free(&verifier->subject_text);
    daotp__nodes_free(&verifier->intermediates);
    daotp__nodes_free(&verifier->ntauth);
    daotp__nodes_free(&verifier->supplied);
    daotp__nodes_free(&verifier->fetched_nodes);
    daotp__crl_list_free(&verifier->crls);
    daotp__crl_list_free(&verifier->fetched_crls);
    daotp__loop_free(verifier->loop);
    daotp__policy_graph_free(verifier->graph);
    daotp__delete(verifier->verified);
    daotp__report_end(&verifier->report);
    daotp_fetcher_unref(verifier->fetcher);
    daotp_trust_unref(verifier->trust);
    daotp_context_unref(verifier->context);
    daotp__delete(verifier);
}

void daotp__verifier_note_signature(daotp_verifier *verifier, daotp__bytes certificate,
                                    daotp__bytes issuer)
{
    uint8_t digest[DAOTP__HASH_MAX], *slot = NULL;
    daotp__certificate read;

    if (daotp__certificate_read(issuer, &read))
        slot = daotp__verified_slot(verifier->verified, read.spki, certificate, digest);
    if (slot != NULL)
        memcpy(slot, digest, DAOTP__VERIFIED_DIGEST);
}

/* ---- settings -------------------------------------------------------------------------------- */

/* Settings cannot change during a run, and the report is that of the run. */
static bool can_set_verifier(const daotp_verifier *verifier)
{
    return verifier != NULL && !verifier->is_running;
}

daotp_status daotp__verifier_refuse_order(daotp_verifier *verifier, const char *call)
{
    if (verifier == NULL)
        return DAOTP_USAGE;
    return daotp__report_refuse_order(&verifier->report, verifier->is_running, call,
                                      verifier->is_running ? DAOTP__UNDER_WAY
                                                           : DAOTP__NOT_UNDER_WAY);
}

static daotp_status refuse_verifier_setting(daotp_verifier *verifier, daotp_status status,
                                            const char *setting, const char *why)
{
    return daotp__report_refuse(&verifier->report, status, setting, why);
}

daotp_status daotp_verifier_set_rules(daotp_verifier *verifier, daotp_rules rules)
{
    if (!can_set_verifier(verifier))
        return daotp__verifier_refuse_order(verifier, "setting");
    if (rules < DAOTP_RULES_PATH || rules > DAOTP_RULES_WEBPKI)
        return refuse_verifier_setting(verifier, DAOTP_USAGE, "rules", DAOTP__NO_SUCH);
    verifier->settings.rules = rules;
    return DAOTP_OK;
}

daotp_status daotp_verifier_set_revocation(daotp_verifier *verifier, daotp_revocation mode)
{
    if (!can_set_verifier(verifier))
        return daotp__verifier_refuse_order(verifier, "setting");
    if (mode < DAOTP_REVOCATION_REQUIRE || mode > DAOTP_REVOCATION_IGNORE)
        return refuse_verifier_setting(verifier, DAOTP_USAGE, "revocation", DAOTP__NO_SUCH);
    verifier->settings.revocation = mode;
    return DAOTP_OK;
}

daotp_status daotp_verifier_set_stale_s(daotp_verifier *verifier, int64_t seconds)
{
    if (!can_set_verifier(verifier))
        return daotp__verifier_refuse_order(verifier, "setting");
    if (seconds < 0 || seconds > MAX_STALE)
        return refuse_verifier_setting(verifier, DAOTP_USAGE, "stale seconds", DAOTP__OUT_OF_RANGE);
    verifier->settings.stale_seconds = seconds;
    return DAOTP_OK;
}

daotp_status daotp_verifier_set_time_s(daotp_verifier *verifier, int64_t seconds)
{
    if (!can_set_verifier(verifier))
        return daotp__verifier_refuse_order(verifier, "setting");
    verifier->time = seconds;
    verifier->has_time = true;
    return DAOTP_OK;
}

daotp_status daotp_verifier_clear_time(daotp_verifier *verifier)
{
    if (!can_set_verifier(verifier))
        return daotp__verifier_refuse_order(verifier, "setting");
    verifier->has_time = false;
    return DAOTP_OK;
}

daotp_status daotp_verifier_set_role(daotp_verifier *verifier, daotp_role role)
{
    if (!can_set_verifier(verifier))
        return daotp__verifier_refuse_order(verifier, "setting");
    if (role < DAOTP_ROLE_ANY || role > DAOTP_ROLE_ISSUING_CA)
        return refuse_verifier_setting(verifier, DAOTP_USAGE, "role", DAOTP__NO_SUCH);
    verifier->settings.role = role;
    return DAOTP_OK;
}

daotp_status daotp_verifier_set_flag(daotp_verifier *verifier, daotp_verify_flag flag, bool on)
{
    if (!can_set_verifier(verifier))
        return daotp__verifier_refuse_order(verifier, "setting");
    switch (flag) {
    case DAOTP_VERIFY_EXPLICIT_POLICY:
        verifier->settings.explicit_policy = on;
        return DAOTP_OK;
    case DAOTP_VERIFY_INHIBIT_MAPPING:
        verifier->settings.inhibit_mapping = on;
        return DAOTP_OK;
    case DAOTP_VERIFY_INHIBIT_ANY_POLICY:
        verifier->settings.inhibit_any_policy = on;
        return DAOTP_OK;
    case DAOTP_VERIFY_FORGET:
        verifier->forgets = on;
        return DAOTP_OK;
    case DAOTP_VERIFY_EXPLAIN:
        verifier->explains = on;
        return DAOTP_OK;
    }
    return refuse_verifier_setting(verifier, DAOTP_USAGE, "flag", DAOTP__NO_SUCH);
}

daotp_status daotp_verifier_set_fetcher(daotp_verifier *verifier, daotp_fetcher *fetcher)
{
    if (!can_set_verifier(verifier))
        return daotp__verifier_refuse_order(verifier, "setting");
    (void)daotp_fetcher_ref(fetcher);
    daotp_fetcher_unref(verifier->fetcher);
    verifier->fetcher = fetcher;
    return DAOTP_OK;
}

static daotp_status read_oid(daotp_verifier *verifier, const char *setting, const char *text,
                             daotp__buffer *oid)
{
    daotp_status status = daotp__oid_read(text, DAOTP__OID_TEXT, oid);

    return status == DAOTP_OK
               ? DAOTP_OK
               : refuse_verifier_setting(verifier, status, setting, "no object identifier");
}

daotp_status daotp_verifier_set_purpose(daotp_verifier *verifier, const char *oid)
{
    daotp__buffer parsed;
    daotp_status status = DAOTP_OK;

    if (!can_set_verifier(verifier))
        return daotp__verifier_refuse_order(verifier, "setting");
    daotp__buffer_init(&parsed, DAOTP__OID_TEXT);
    if (oid != NULL)
        status = read_oid(verifier, "purpose", oid, &parsed);
    if (status != DAOTP_OK)
        return status;
    daotp__buffer_free(&verifier->purpose);
    verifier->purpose = parsed;
    return DAOTP_OK;
}

daotp_status daotp_verifier_add_name(daotp_verifier *verifier, daotp_name_kind kind,
                                     const char *name)
{
    daotp__required_name *wanted;

    if (!can_set_verifier(verifier))
        return daotp__verifier_refuse_order(verifier, "setting");
    if (name == NULL) {
        forget_names(verifier);
        return DAOTP_OK;
    }
    if (verifier->settings.name_count == DAOTP__MAX_NAMES)
        return refuse_verifier_setting(verifier, DAOTP_USAGE, "name", DAOTP__ONE_TOO_MANY);
    wanted = &verifier->names[verifier->settings.name_count];
    *wanted = (daotp__required_name){.kind = kind, .text = daotp__text_copy(name)};
    if (wanted->text == NULL)
        return refuse_verifier_setting(verifier, DAOTP_MEMORY, NULL, NULL);
    if (!daotp__required_name_parse(wanted)) {
        daotp__delete(wanted->text);
        return refuse_verifier_setting(verifier, DAOTP_USAGE, "name", "no name of this kind");
    }
    verifier->settings.name_count++;
    return DAOTP_OK;
}

daotp_status daotp_verifier_add_policy(daotp_verifier *verifier, const char *oid)
{
    daotp__buffer *buffer;
    daotp_status status;

    if (!can_set_verifier(verifier))
        return daotp__verifier_refuse_order(verifier, "setting");
    if (oid == NULL) {
        forget_policies(verifier);
        return DAOTP_OK;
    }
    if (verifier->settings.policy_count == DAOTP__MAX_NAMES)
        return refuse_verifier_setting(verifier, DAOTP_USAGE, "policy", DAOTP__ONE_TOO_MANY);
    buffer = &verifier->policy_oids[verifier->settings.policy_count];
    status = read_oid(verifier, "policy", oid, buffer);
    if (status == DAOTP_OK)
        verifier->policies[verifier->settings.policy_count++] = daotp__buffer_bytes(buffer);
    return status;
}

daotp_status daotp_verifier_set_max_depth(daotp_verifier *verifier, uint32_t depth)
{
    if (!can_set_verifier(verifier))
        return daotp__verifier_refuse_order(verifier, "setting");
    if (depth > DAOTP__MAX_DEPTH)
        return refuse_verifier_setting(verifier, DAOTP_USAGE, "depth", DAOTP__OUT_OF_RANGE);
    verifier->settings.max_depth = depth;
    return DAOTP_OK;
}

void daotp__verifier_set_inner(daotp_verifier *verifier)
{
    verifier->is_inner = true;
}

daotp_status daotp_verifier_set_timeout_ms(daotp_verifier *verifier, int64_t timeout_ms)
{
    if (!can_set_verifier(verifier))
        return daotp__verifier_refuse_order(verifier, "setting");
    if (timeout_ms < 1)
        return refuse_verifier_setting(verifier, DAOTP_USAGE, "time-out", DAOTP__OUT_OF_RANGE);
    verifier->timeout_ms = timeout_ms;
    return DAOTP_OK;
}

/* ---- what is given --------------------------------------------------------------------------- */

static daotp_status refuse_certificate(daotp_verifier *verifier, const daotp__nodes *nodes,
                                       daotp__bytes der, const char *subject)
{
    if (nodes->count == nodes->max)
        return daotp__report_add(&verifier->report, DAOTP_FINDING_LIMIT_SIZE, 0, subject,
                                 "more than %zu certificates", nodes->max);
    return daotp__certificate_refuse(der, NULL, subject, &verifier->report);
}

static daotp_status add_to_nodes(daotp_verifier *verifier, daotp__nodes *nodes, daotp__bytes in,
                                 const char *subject, bool skips_unreadable)
{
    size_t before = nodes->count;
    daotp_status status;
    daotp__chain chain;

    if (!daotp__pem_is(in)) { /* a shortcut for the usual case: one certificate in DER */
        status = daotp__nodes_add(nodes, in, false);
        if (status != DAOTP_PEER)
            return status;
    }
    daotp__chain_init(&chain, DAOTP__MAX_ANCHORS);
    chain.skips_unreadable = skips_unreadable;
    status = daotp__chain_read(&chain, in, subject, &verifier->report);
    for (size_t i = 0; status == DAOTP_OK && i < chain.count; i++) {
        status = daotp__nodes_add(nodes, chain.list[i], false);
        if (status == DAOTP_PEER)
            status = refuse_certificate(verifier, nodes, chain.list[i], subject);
    }
    if (status != DAOTP_OK)
        daotp__nodes_truncate(nodes, before);
    daotp__chain_free(&chain);
    return status;
}

daotp_status daotp__verifier_add_certificates(daotp_verifier *verifier, daotp__nodes *nodes,
                                              daotp__bytes in, const char *subject)
{
    return add_to_nodes(verifier, nodes, in, subject, false);
}

daotp_status daotp__verifier_add_fetched(daotp_verifier *verifier, daotp__bytes in)
{
    return add_to_nodes(verifier, &verifier->fetched_nodes, in, verifier->job.url, true);
}

static daotp_status add_to(daotp_verifier *verifier, daotp__nodes *nodes, const void *bytes,
                           size_t len, const char *subject)
{
    daotp_status status = DAOTP_OK;

    daotp__report_clear(&verifier->report);
    if (bytes != NULL)
        status =
            daotp__verifier_add_certificates(verifier, nodes, (daotp__bytes){bytes, len}, subject);
    daotp__verifier_drop_run(verifier); /* not before: the bytes may be of its path */
    if (bytes == NULL)
        daotp__nodes_truncate(nodes, 0);
    return daotp__report_status(&verifier->report, status);
}

daotp_status daotp_verifier_add_intermediates(daotp_verifier *verifier, const void *bytes,
                                              size_t len)
{
    return can_set_verifier(verifier)
               ? add_to(verifier, &verifier->intermediates, bytes, len, "intermediates")
               : daotp__verifier_refuse_order(verifier, "setting");
}

daotp_status daotp_verifier_add_ntauth(daotp_verifier *verifier, const void *bytes, size_t len)
{
    return can_set_verifier(verifier) ? add_to(verifier, &verifier->ntauth, bytes, len, "NTAuth")
                                      : daotp__verifier_refuse_order(verifier, "setting");
}

daotp_status daotp_verifier_add_crls(daotp_verifier *verifier, const void *bytes, size_t len)
{
    daotp_status status = DAOTP_OK;

    if (!can_set_verifier(verifier))
        return daotp__verifier_refuse_order(verifier, "setting");
    daotp__report_clear(&verifier->report);
    if (bytes != NULL)
        status = daotp__crl_list_read(&verifier->crls, (daotp__bytes){bytes, len}, "CRLs",
                                      &verifier->report);
    daotp__verifier_drop_run(verifier); /* not before: the bytes may be of its path */
    if (bytes == NULL)
        daotp__crl_list_truncate(&verifier->crls, 0);
    return daotp__report_status(&verifier->report, status);
}

/* Copy a response in DER, PEM or another text form as DER. Input that cannot be converted is
 * copied unchanged; it is refused, with its fault, when the response is read. */
static daotp_status copy_ocsp(daotp__bytes in, daotp__buffer *der)
{
    daotp__pem_reader reader;
    daotp__text_form form;
    daotp_status status = daotp__text_form_read(&form, in, DAOTP__MAX_CERTIFICATE, false);

    daotp__buffer_init(der, DAOTP__MAX_CERTIFICATE);
    if (status == DAOTP_OK && daotp__pem_is(form.bytes)) {
        daotp__pem_begin(&reader, form.bytes);
        status = daotp__pem_read(&reader, der);
        if (status == DAOTP_OK && daotp__pem_read(&reader, NULL) != DAOTP_REJECTED)
            status = DAOTP_PEER; /* a second response must not be ignored silently */
    } else if (status == DAOTP_OK) {
        daotp__buffer_add(der, form.bytes.data, form.bytes.len);
        status = der->failed;
    }
    daotp__text_form_free(&form);
    if (status != DAOTP_PEER)
        return status;
    daotp__buffer_free(der);
    daotp__buffer_init(der, DAOTP__MAX_CERTIFICATE);
    daotp__buffer_add(der, in.data, in.len);
    return der->failed;
}

daotp_status daotp_verifier_add_ocsp(daotp_verifier *verifier, const void *bytes, size_t len)
{
    daotp__buffer *der;
    daotp_status status;

    if (!can_set_verifier(verifier))
        return daotp__verifier_refuse_order(verifier, "setting");
    daotp__report_clear(&verifier->report);
    if (bytes == NULL) {
        daotp__verifier_drop_run(verifier);
        forget_ocsp(verifier);
        return DAOTP_OK;
    }
    if (verifier->ocsp_count == DAOTP__MAX_OCSP)
        return refuse_verifier_setting(verifier, DAOTP_USAGE, "OCSP answer", DAOTP__ONE_TOO_MANY);
    der = &verifier->ocsp_ders[verifier->ocsp_count];
    status = copy_ocsp((daotp__bytes){bytes, len}, der);
    daotp__verifier_drop_run(verifier); /* not before: the bytes may be of its path */
    if (status == DAOTP_OK)
        verifier->ocsp_count++;
    else
        daotp__buffer_free(der);
    return daotp__report_status(&verifier->report, status);
}

/* ---- what came of it ------------------------------------------------------------------------- */

daotp_report *daotp_verifier_get_report(daotp_verifier *verifier)
{
    return verifier != NULL ? &verifier->report : NULL;
}

size_t daotp_verifier_get_chain_count(const daotp_verifier *verifier)
{
    return verifier != NULL ? verifier->path.count : 0;
}

const void *daotp_verifier_get_certificate(const daotp_verifier *verifier, size_t index,
                                           size_t *len)
{
    daotp__bytes der = {NULL, 0};

    if (verifier != NULL && index < verifier->path.count)
        der = verifier->path.list[index]->certificate.der;
    if (len != NULL)
        *len = der.len;
    return der.data;
}

const char *daotp_verifier_get_subject(const daotp_verifier *verifier, size_t index)
{
    daotp__buffer *text;

    if (verifier == NULL || index >= verifier->path.count)
        return "";
    text = &((daotp_verifier *)(uintptr_t)verifier)->subject_text;
    daotp__buffer_free(text);
    daotp__node_name(verifier->path.list[index], text);
    return daotp__buffer_string(text);
}

size_t daotp_verifier_get_policy_count(const daotp_verifier *verifier)
{
    return verifier != NULL ? verifier->run.policy_count : 0;
}

const char *daotp_verifier_get_policy(const daotp_verifier *verifier, size_t index)
{
    if (verifier == NULL || index >= verifier->run.policy_count)
        return NULL;
    return daotp__oid_text(verifier->run.policies[index],
                           ((daotp_verifier *)(uintptr_t)verifier)->policy_text);
}
