/* SPDX-License-Identifier: BSD-2-Clause */
/* Is an issued certificate fit for logon: each row OTP-* by one deliberate defect. */
#include "forge.h"
#include "testing.h"

#include "client/profile.h"
#include "x509/key.h"

static forge_world world;
static EVP_PKEY *rsa;
static daotp_context *context;
static daotp_key *key;

static int set_up(void **state)
{
    (void)state;
    world = forge_world_new();
    rsa = forge_rsa(2048);
    context = forge_context();
    key = forge_key(context, world.user_key);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    daotp_key_unref(key);
    daotp_context_unref(context);
    EVP_PKEY_free(rsa);
    forge_world_free(&world);
    return 0;
}

/* What a case changes: the certificate, or what it is compared with. */
typedef struct subject {
    forge_spec spec;
    daotp_account account;
    const char *template_oid; /* NULL: any */
    int64_t now_s, max_lifetime_s;
} subject;

typedef void (*spoil_fn)(subject *s);

#define SPOIL(name, ...)                                                                           \
    static void name(subject *s)                                                                   \
    {                                                                                              \
        (void)s;                                                                                   \
        __VA_ARGS__                                                                                \
    }
#define EXTENSION(name, value) forge_set(s->spec.extensions, name, value)

SPOIL(nothing, ;)
SPOIL(other_key, s->spec.key = world.machine_key;)
SPOIL(no_eku, EXTENSION("extendedKeyUsage", NULL);)
SPOIL(client_eku, EXTENSION("extendedKeyUsage", "clientAuth");)
SPOIL(any_eku, EXTENSION("extendedKeyUsage", "anyExtendedKeyUsage");)
SPOIL(both_eku, EXTENSION("extendedKeyUsage", "clientAuth," FORGE_LOGON);)
SPOIL(broken_eku, EXTENSION("extendedKeyUsage", NULL); EXTENSION("2.5.29.37", "DER:3000");)
SPOIL(no_ku, EXTENSION("keyUsage", NULL);)
SPOIL(no_signature, EXTENSION("keyUsage", "critical,keyEncipherment");)
SPOIL(broken_ku, EXTENSION("keyUsage", NULL); EXTENSION("2.5.29.15", "DER:030100");)
SPOIL(only_signature, EXTENSION("keyUsage", "digitalSignature");)
SPOIL(no_upn, EXTENSION("subjectAltName", NULL);)
SPOIL(dns_for_upn, EXTENSION("subjectAltName", "DNS:alice.corp.example");)
SPOIL(other_upn,
      EXTENSION("subjectAltName", "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:bob@corp.example");)
SPOIL(two_upns,
      EXTENSION("subjectAltName", FORGE_SAN_UPN ",otherName:1.3.6.1.4.1.311.20.2.3;UTF8:bob@x");)
SPOIL(same_upn_twice, EXTENSION("subjectAltName", FORGE_SAN_UPN "," FORGE_SAN_UPN);)
SPOIL(ia5_upn,
      EXTENSION("subjectAltName", "otherName:1.3.6.1.4.1.311.20.2.3;IA5STRING:" FORGE_UPN);)
SPOIL(longer_upn, EXTENSION("subjectAltName", FORGE_SAN_UPN "x");)
SPOIL(upn_in_capitals,
      EXTENSION("subjectAltName", "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:ALICE@CORP.EXAMPLE");)
SPOIL(upn_and_dns, EXTENSION("subjectAltName", FORGE_SAN_UPN ",DNS:pc.corp.example");)
/* alice@corp.example NUL .evil */
SPOIL(upn_with_nul, EXTENSION("subjectAltName", NULL);
      EXTENSION("2.5.29.17", "DER:302AA028060A2B060104018237140203A01A0C18"
                             "616C69636540636F72702E6578616D706C65002E6576696C");)
SPOIL(broken_san, EXTENSION("subjectAltName", NULL); EXTENSION("2.5.29.17", "DER:3003020105");)
SPOIL(other_subject, s->spec.subject = "DC=example,DC=corp,OU=Staff,CN=Bob";)
SPOIL(empty_subject, s->spec.subject = NULL;
      EXTENSION("subjectAltName", "critical," FORGE_SAN_UPN);)
SPOIL(unknown_dn, s->account.dn = NULL; s->spec.subject = "CN=Whoever";)
SPOIL(subject_in_capitals, s->spec.subject = "DC=EXAMPLE,DC=CORP,OU=STAFF,CN=ALICE";)
SPOIL(lives_4_hours, s->spec.not_after = FORGE_NOW + 4 * FORGE_HOUR;)
SPOIL(lives_4_hours_more, s->spec.not_after = FORGE_NOW + 4 * FORGE_HOUR + 1;)
SPOIL(lives_a_year, s->spec.not_after = FORGE_NOW + 365 * 24 * FORGE_HOUR;)
SPOIL(lives_too_long_for_us, s->max_lifetime_s = 60;)
SPOIL(lives_a_year_allowed, s->spec.not_after = FORGE_NOW + 365 * 24 * FORGE_HOUR;
      s->max_lifetime_s = INT64_MAX;)
SPOIL(lives_90_minutes, s->spec.not_after = s->spec.not_before + 5400;)
SPOIL(lives_91_minutes, s->spec.not_after = s->spec.not_before + 5401;)
SPOIL(begins_soon, s->spec.not_before = FORGE_NOW + 300;)
SPOIL(begins_later, s->spec.not_before = FORGE_NOW + 301;)
SPOIL(ends_now, s->now_s = s->spec.not_after;)
SPOIL(ended, s->now_s = s->spec.not_after + 1;)
SPOIL(no_template, EXTENSION(FORGE_OID_TEMPLATE, NULL);)
SPOIL(other_template, EXTENSION(FORGE_OID_TEMPLATE, forge_template(FORGE_TEMPLATE ".9", 100, 5));)
SPOIL(broken_template, EXTENSION(FORGE_OID_TEMPLATE, "DER:3000");)
SPOIL(any_template, EXTENSION(FORGE_OID_TEMPLATE, NULL); s->template_oid = NULL;)
SPOIL(no_cdp, EXTENSION("crlDistributionPoints", NULL);)
SPOIL(no_sid, EXTENSION(FORGE_OID_SID, NULL);)
/* The UPN and the URI tag:microsoft.com,2022-09-14:sid:S-1-5-21-1111-2222-3333-1001, without the
 * extension. */
SPOIL(sid_in_a_uri, EXTENSION(FORGE_OID_SID, NULL); EXTENSION("subjectAltName", NULL);
      EXTENSION("2.5.29.17", "DER:3063A022060A2B060104018237140203A0140C12616C69636540636F7270"
                             "2E6578616D706C65863D7461673A6D6963726F736F66742E636F6D2C3230"
                             "32322D30392D31343A7369643A532D312D352D32312D313131312D323232"
                             "322D333333332D31303031");)
SPOIL(broken_sid, EXTENSION(FORGE_OID_SID, "DER:3000");)
SPOIL(other_sid, EXTENSION(FORGE_OID_SID, forge_sid("S-1-5-21-1111-2222-3333-1002"));)
SPOIL(longer_sid, EXTENSION(FORGE_OID_SID, forge_sid(FORGE_SID "9"));)
SPOIL(unknown_sid, s->account.sid = NULL;)
SPOIL(sha1, s->spec.md = EVP_sha1();)
SPOIL(md5, s->spec.md = EVP_md5(); s->spec.issuer_key = rsa;)
SPOIL(sha384, s->spec.md = EVP_sha384();)
SPOIL(a_ca, EXTENSION("basicConstraints", "critical,CA:TRUE");)
SPOIL(no_ca, EXTENSION("basicConstraints", "CA:FALSE");)
SPOIL(broken_constraints, EXTENSION("2.5.29.19", "DER:0500");)
SPOIL(unknown_critical, EXTENSION("1.2.3.4.5", "critical,DER:0500");)
SPOIL(unknown_extension, EXTENSION("1.2.3.4.5", "DER:0500");)
SPOIL(critical_names, EXTENSION("subjectAltName", "critical," FORGE_SAN_UPN);)
SPOIL(everything_critical, EXTENSION("extendedKeyUsage", "critical," FORGE_LOGON);
      EXTENSION("crlDistributionPoints", "critical," FORGE_CDP);
      EXTENSION("2.5.29.32", "critical,DER:3007300506032A0304");)

static const struct {
    spoil_fn spoil;
    const char *what;
    daotp_finding_number finding; /* the one, and the only one */
} cases[] = {
#define CASE(name, finding)                                                                        \
    {                                                                                              \
        name, #name, DAOTP_FINDING_##finding                                                       \
    }
    CASE(nothing, NONE),
    CASE(other_key, OTP_KEY),
    CASE(no_eku, OTP_EKU),
    CASE(client_eku, OTP_EKU),
    CASE(any_eku, OTP_EKU), /* a KDC wants it by name */
    CASE(both_eku, NONE),
    CASE(broken_eku, OTP_EKU),
    CASE(no_ku, OTP_KU),
    CASE(no_signature, OTP_KU),
    CASE(broken_ku, OTP_KU),
    CASE(only_signature, NONE),
    CASE(no_upn, OTP_UPN),
    CASE(dns_for_upn, OTP_UPN),
    CASE(other_upn, OTP_UPN),
    CASE(two_upns, OTP_UPN),
    CASE(same_upn_twice, OTP_UPN),
    CASE(ia5_upn, OTP_UPN),
    CASE(longer_upn, OTP_UPN),
    CASE(upn_in_capitals, NONE),
    CASE(upn_and_dns, NONE),
    CASE(upn_with_nul, OTP_UPN),
    CASE(broken_san, OTP_UPN),
    CASE(other_subject, OTP_SUBJECT),
    CASE(empty_subject, OTP_SUBJECT),
    CASE(unknown_dn, NONE),
    CASE(subject_in_capitals, NONE),
    CASE(lives_4_hours, OTP_LONG),
    CASE(lives_4_hours_more, OTP_LIFETIME),
    CASE(lives_a_year, OTP_LIFETIME),
    CASE(lives_too_long_for_us, OTP_LIFETIME),
    CASE(lives_a_year_allowed, OTP_LONG),
    CASE(lives_90_minutes, NONE),
    CASE(lives_91_minutes, OTP_LONG),
    CASE(begins_soon, NONE),
    CASE(begins_later, OTP_NOTYET),
    CASE(ends_now, NONE),
    CASE(ended, OTP_EXPIRED),
    CASE(no_template, OTP_TEMPLATE),
    CASE(other_template, OTP_TEMPLATE),
    CASE(broken_template, OTP_TEMPLATE),
    CASE(any_template, NONE),
    CASE(no_cdp, OTP_CDP),
    CASE(no_sid, OTP_SID),
    CASE(sid_in_a_uri, OTP_SIDURL),
    CASE(broken_sid, OTP_SID),
    CASE(other_sid, OTP_SID_OTHER),
    CASE(longer_sid, OTP_SID_OTHER),
    CASE(unknown_sid, NONE),
    CASE(sha1, OTP_SIGALG),
    CASE(md5, OTP_SIGALG),
    CASE(sha384, NONE),
    CASE(a_ca, OTP_NOT_CA),
    CASE(no_ca, NONE),
    CASE(broken_constraints, OTP_NOT_CA),
    CASE(unknown_critical, OTP_CRITICAL),
    CASE(unknown_extension, NONE),
    CASE(critical_names, NONE),
    CASE(everything_critical, NONE),
#undef CASE
};

enum { CASES = sizeof cases / sizeof cases[0] };

static subject good_subject(void)
{
    static char upn[] = FORGE_UPN, dn[] = FORGE_DN, sid[] = FORGE_SID;

    return (subject){.spec = forge_user_spec(&world, world.user_key),
                     .account = {upn, dn, sid},
                     .template_oid = FORGE_TEMPLATE,
                     .now_s = FORGE_NOW,
                     .max_lifetime_s = 4 * FORGE_HOUR};
}

static daotp_status judge(subject *s, test_report *report)
{
    X509 *x509 = forge_certificate(&s->spec);
    daotp__buffer der = forge_der(x509), oid;
    daotp__profile_spec spec = {.spki = daotp__key_spki(key),
                                .account = &s->account,
                                .now_s = s->now_s,
                                .max_lifetime_s = s->max_lifetime_s};
    daotp__certificate certificate;
    daotp_status status;

    daotp__buffer_init(&oid, 256);
    if (s->template_oid != NULL)
        assert_true(daotp__oid_parse(s->template_oid, &oid));
    spec.template_oid = daotp__buffer_bytes(&oid);
    assert_true(daotp__certificate_read(daotp__buffer_bytes(&der), &certificate));
    status = daotp__profile_check(&certificate, &spec, report->report);
    assert_int_equal(daotp__profile_check(&certificate, &spec, NULL),
                     status); /* without a report */
    daotp__buffer_free(&oid);
    daotp__buffer_free(&der);
    X509_free(x509);
    return status;
}

/* What lives too long for the policy mostly lives longer than the reference hour too. */
static unsigned also(const test_report *report, daotp_finding_number number)
{
    return number == DAOTP_FINDING_OTP_LIFETIME && test_report_has(report, DAOTP_FINDING_OTP_LONG);
}

static void each_defect_is_found_and_nothing_else(void **state)
{
    unsigned wrong = 0;

    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        daotp_finding_number number = cases[i].finding;
        bool is_error = daotp_catalogue_get_severity(number) == DAOTP_SEVERITY_ERROR &&
                        number != DAOTP_FINDING_NONE;
        test_report report = test_report_new();
        subject s = good_subject();
        daotp_status status;

        cases[i].spoil(&s);
        status = judge(&s, &report);
        if (status != (is_error ? DAOTP_REJECTED : DAOTP_OK) ||
            daotp_report_get_count(report.report) !=
                (number != DAOTP_FINDING_NONE) + also(&report, number) ||
            (number != DAOTP_FINDING_NONE && !test_report_has(&report, number))) {
            print_error("%s: wanted %s, status %u\n%s\n", cases[i].what,
                        daotp_catalogue_get_id(number), (unsigned)status,
                        daotp_report_get_text(report.report));
            wrong++;
        }
        test_report_free(&report);
    }
    assert_int_equal(wrong, 0);
}

/* Every row of the stage that a certificate can have is met by a case above. */
static void every_row_of_the_profile_has_a_case(void **state)
{
    (void)state;
    for (daotp_finding_number n = daotp_catalogue_next(DAOTP_FINDING_NONE); n != DAOTP_FINDING_NONE;
         n = daotp_catalogue_next(n)) {
        bool met = n == DAOTP_FINDING_OTP_SERIAL; /* the record of an issued one, no defect */

        if (daotp_catalogue_get_stage(n) != DAOTP_STAGE_PROFILE || n >= DAOTP_FINDING_MACHINE_EKU)
            continue; /* those of other parts have tests of their own */
        for (size_t i = 0; i < CASES; i++)
            met = met || cases[i].finding == n;
        if (!met)
            fail_msg("%s is met by no case", daotp_catalogue_get_id(n));
    }
}

static void all_that_is_wrong_is_told_at_once(void **state)
{
    static const spoil_fn all[] = {other_key,     client_eku,   no_signature,   other_upn,
                                   other_subject, lives_a_year, other_template, no_cdp,
                                   other_sid,     sha1,         a_ca,           unknown_critical};
    test_report report = test_report_new();
    subject s = good_subject();

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        all[i](&s);
    assert_int_equal(judge(&s, &report), DAOTP_REJECTED);
    assert_int_equal(daotp_report_get_count(report.report),
                     sizeof all / sizeof all[0] + 1); /* OTP-LONG */
    test_report_free(&report);
}

static const char *found_by(const test_report *report, daotp_finding_number number)
{
    for (size_t i = 0; i < daotp_report_get_count(report->report); i++) {
        const daotp_finding *finding = daotp_report_get_finding(report->report, i);

        if (daotp_finding_get_number(finding) == number)
            return daotp_finding_get_found(finding);
    }
    return "no such finding";
}

/* Whose certificate it is, an administrator reads in the finding. */
static void findings_say_what_the_certificate_holds(void **state)
{
    test_report report = test_report_new();
    subject s = good_subject();

    (void)state;
    other_subject(&s);
    other_sid(&s);
    other_template(&s);
    assert_int_equal(judge(&s, &report), DAOTP_REJECTED);
    assert_string_equal(found_by(&report, DAOTP_FINDING_OTP_SUBJECT),
                        "the subject 'CN=Bob,OU=Staff,DC=corp,DC=example'");
    assert_string_equal(found_by(&report, DAOTP_FINDING_OTP_SID_OTHER),
                        "S-1-5-21-1111-2222-3333-1002");
    assert_string_equal(found_by(&report, DAOTP_FINDING_OTP_TEMPLATE),
                        "template " FORGE_TEMPLATE ".9");
    test_report_free(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_defect_is_found_and_nothing_else),
        cmocka_unit_test(every_row_of_the_profile_has_a_case),
        cmocka_unit_test(all_that_is_wrong_is_told_at_once),
        cmocka_unit_test(findings_say_what_the_certificate_holds),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
