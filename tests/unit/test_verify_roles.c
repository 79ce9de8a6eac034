/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Roles: is the certificate that is judged fit for its part? Each row of a checklist by one
 * deliberate defect, found and nothing else found; and the list of the CAs that may issue for
 * logon. The chain is good in all of them, so that the verdict is the role's.
 */
#include "pki_ask.h"

#define OID_RA        "1.3.6.1.4.1.311.81.1.1"
#define OID_AGENT     "1.3.6.1.4.1.311.20.2.1"
#define OID_LOGON     "1.3.6.1.4.1.311.20.2.2"
#define OID_KDC       "1.3.6.1.5.2.3.5"
#define OID_POLICIES  "1.3.6.1.4.1.311.21.10"
#define OID_TEMPLATE  "1.3.6.1.4.1.311.20.2"
#define OID_SID       "1.3.6.1.4.1.311.25.2"
#define OID_SID_VALUE "1.3.6.1.4.1.311.25.2.1"

static const pki_cert *root, *ca;

static int begin(void **state)
{
    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    ca = pki_ca("CN=Issuing CA", pki_key(1), root);
    return 0;
}

/* ---- what is faultless ----------------------------------------------------------------------- */

static daotp__bytes point(const char *url)
{
    return PKI_SEQ(PKI_SEQ(pki_tlv(0xA0, pki_tlv(0xA0, pki_text(PKI_URI, url)))));
}

static daotp__bytes purposes(const char *one, const char *two, const char *three)
{
    return PKI_SEQ(pki_oid(one), two != NULL ? pki_oid(two) : PKI_NOTHING,
                   three != NULL ? pki_oid(three) : PKI_NOTHING);
}

static void set_purposes(pki_spec *spec, const char *one, const char *two, const char *three)
{
    pki_put(spec->extensions, PKI_OID_EKU, false, purposes(one, two, three));
}

static daotp__bytes upn(const char *text)
{
    return pki_tlv(0xA0, PKI_JOIN(pki_oid(PKI_OID_UPN), pki_tlv(0xA0, pki_text(0x0C, text))));
}

static daotp__bytes sid(void)
{
    return PKI_SEQ(
        pki_tlv(0xA0, PKI_JOIN(pki_oid(OID_SID_VALUE),
                               pki_tlv(0xA0, pki_octets(PKI_BYTES("S-1-5-21-1-2-3-1001"))))));
}

static void make_logon(pki_spec *spec)
{
    set_purposes(spec, OID_LOGON, PKI_OID_CLIENT, NULL);
    pki_put(spec->extensions, PKI_OID_SAN, false, PKI_SEQ(upn("alice@corp.example")));
    pki_put(spec->extensions, OID_SID, false, sid());
    spec->not_before = FORGE_NOW - 600;
    spec->not_after = FORGE_NOW + FORGE_HOUR;
}

/* A certificate that the role finds nothing wrong with. */
static pki_spec good(daotp_role role)
{
    pki_spec spec = role == DAOTP_ROLE_ISSUING_CA ? pki_ca_spec("CN=Lower CA", pki_key(2), ca)
                                                  : pki_leaf_spec(pki_key(2), ca);

    pki_put(spec.extensions, PKI_OID_POINTS, false, point("http://crl.example.com/ca.crl"));
    if (role == DAOTP_ROLE_RA) {
        set_purposes(&spec, OID_RA, NULL, NULL);
        spec.not_before = FORGE_NOW - FORGE_HOUR;
        spec.not_after = FORGE_NOW + 47 * FORGE_HOUR;
    } else if (role == DAOTP_ROLE_OTP_LOGON) {
        make_logon(&spec);
    } else if (role == DAOTP_ROLE_CLIENT) {
        set_purposes(&spec, PKI_OID_CLIENT, NULL, NULL);
    } else if (role == DAOTP_ROLE_KDC) {
        set_purposes(&spec, OID_KDC, PKI_OID_SERVER, PKI_OID_CLIENT);
    }
    return spec;
}

/* ---- defects --------------------------------------------------------------------------------- */

typedef void spoil_fn(pki_spec *spec);

#define SPOIL(name, ...)                                                                           \
    static void name(pki_spec *spec)                                                               \
    {                                                                                              \
        (void)spec;                                                                                \
        __VA_ARGS__                                                                                \
    }
#define PUT(oid, value) pki_put(spec->extensions, oid, false, value)
#define DROP(oid)       pki_drop(spec->extensions, oid)

SPOIL(nothing, ;)
SPOIL(no_eku, DROP(PKI_OID_EKU);)
SPOIL(for_code, set_purposes(spec, "1.3.6.1.5.5.7.3.3", NULL, NULL);)
SPOIL(for_anything, set_purposes(spec, PKI_OID_ANY_EKU, NULL, NULL);)
SPOIL(no_usage, DROP(PKI_OID_KEY_USAGE);)
SPOIL(no_signature, PUT(PKI_OID_KEY_USAGE, pki_hex("03 02 05 20"));) /* keyEncipherment */
SPOIL(no_points, DROP(PKI_OID_POINTS);)
SPOIL(no_names, DROP(PKI_OID_SAN);)
SPOIL(a_mailbox, PUT(PKI_OID_SAN, PKI_SEQ(PKI_TEXT(PKI_EMAIL, "a@corp.example")));)
SPOIL(an_address, PUT(PKI_OID_SAN, PKI_SEQ(PKI_TEXT(PKI_IP, "\xC0\0\2\1")));)
SPOIL(a_ca, PUT(PKI_OID_BASIC, pki_basic(true, -1));)
SPOIL(no_ca, PUT(PKI_OID_BASIC, pki_basic(false, -1));)
SPOIL(self_issued, spec->name = ca->name;)

SPOIL(ra_for_more, set_purposes(spec, OID_RA, PKI_OID_CLIENT, NULL);)
SPOIL(ra_for_agents, set_purposes(spec, OID_AGENT, NULL, NULL);)
SPOIL(ra_other_policy, PUT(OID_POLICIES, PKI_SEQ(PKI_SEQ(pki_oid(PKI_OID_CLIENT))));)
SPOIL(ra_its_policy, PUT(OID_POLICIES, PKI_SEQ(PKI_SEQ(pki_oid(OID_RA))));)
SPOIL(ra_two_days_and_a_half_hour, spec->not_after = spec->not_before + 48 * FORGE_HOUR + 1800;)
SPOIL(ra_a_second_more, spec->not_after = spec->not_before + 48 * FORGE_HOUR + 1801;)

SPOIL(two_upns, PUT(PKI_OID_SAN, PKI_SEQ(upn("alice@corp.example"), upn("bob@corp.example")));)
SPOIL(no_sid, DROP(OID_SID);)
SPOIL(sid_in_a_uri, DROP(OID_SID);
      PUT(PKI_OID_SAN,
          PKI_SEQ(upn("alice@corp.example"),
                  PKI_TEXT(PKI_URI, "tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-1001")));)
SPOIL(no_sid_in_a_uri, DROP(OID_SID);
      PUT(PKI_OID_SAN, PKI_SEQ(upn("alice@corp.example"),
                               PKI_TEXT(PKI_URI, "tag:microsoft.com,2022-09-14:sid:S-1")));)
SPOIL(sid_of_nothing, PUT(OID_SID, pki_hex("30 00"));)
SPOIL(an_hour_and_a_half, spec->not_after = spec->not_before + FORGE_HOUR + 1800;)
SPOIL(a_second_more, spec->not_after = spec->not_before + FORGE_HOUR + 1801;)
SPOIL(critical_aki, pki_put(spec->extensions, PKI_OID_AKI, true, pki_authority(ca->key_id));)

SPOIL(no_subject, spec->name = pki_hex("30 00");
      pki_put(spec->extensions, PKI_OID_SAN, true, PKI_SEQ(PKI_TEXT(PKI_DNS, "www.example.com")));)
SPOIL(by_ldap, PUT(PKI_OID_POINTS, point("ldap:///CN=ca"));)

SPOIL(kdc_for_logon, set_purposes(spec, OID_LOGON, PKI_OID_SERVER, PKI_OID_CLIENT);)
SPOIL(kdc_for_tls_alone, set_purposes(spec, PKI_OID_SERVER, PKI_OID_CLIENT, NULL);)
SPOIL(kdc_of_the_template, set_purposes(spec, PKI_OID_SERVER, PKI_OID_CLIENT, NULL);
      PUT(OID_TEMPLATE, PKI_TEXT(0x1E, "\0D\0o\0m\0a\0i\0n\0C\0o\0n\0t\0r\0o\0l\0l\0e\0r"));)
SPOIL(kdc_of_another_template, set_purposes(spec, PKI_OID_SERVER, PKI_OID_CLIENT, NULL);
      PUT(OID_TEMPLATE, PKI_TEXT(0x1E, "\0D\0o\0m\0a\0i\0n\0C\0o\0n\0t\0r\0o\0l\0l\0e\0s"));)
SPOIL(kdc_without_client, set_purposes(spec, OID_KDC, PKI_OID_SERVER, NULL);)
SPOIL(kdc_without_server, set_purposes(spec, OID_KDC, PKI_OID_CLIENT, NULL);)

SPOIL(no_crl_sign, PUT(PKI_OID_KEY_USAGE, PKI_KU_ISSUE);)
SPOIL(no_cert_sign, PUT(PKI_OID_KEY_USAGE, PKI_KU_SIGN_CRL);)
SPOIL(limited_to_tls, set_purposes(spec, PKI_OID_SERVER, PKI_OID_CLIENT, NULL);)
SPOIL(limited_to_logon, set_purposes(spec, PKI_OID_CLIENT, OID_LOGON, NULL);)

typedef struct row {
    daotp_role role;
    spoil_fn *spoil;
    daotp_finding_number one, other; /* these, and no others; NONE: nothing */
} row;

#define ROW(role, spoil, one, other)                                                               \
    {                                                                                              \
        DAOTP_ROLE_##role, spoil, DAOTP_FINDING_##one, DAOTP_FINDING_##other                       \
    }

static const row rows[] = {
    ROW(RA, nothing, NONE, NONE),
    ROW(RA, no_eku, RA_EKU, NONE),
    ROW(RA, for_code, RA_EKU, NONE),
    ROW(RA, for_anything, RA_EKU, NONE),
    ROW(RA, ra_for_more, RA_EKU_ONLY, NONE),
    ROW(RA, ra_for_agents, RA_EKU, RA_NOT_EA),
    ROW(RA, ra_other_policy, RA_APPPOL, NONE),
    ROW(RA, ra_its_policy, NONE, NONE),
    ROW(RA, no_usage, RA_KU, NONE),
    ROW(RA, no_signature, RA_KU, NONE),
    ROW(RA, ra_two_days_and_a_half_hour, NONE, NONE),
    ROW(RA, ra_a_second_more, RA_LIFETIME, NONE),
    ROW(RA, self_issued, RA_NOTSELF, NONE),
    ROW(RA, a_ca, RA_NOT_CA, NONE),
    ROW(RA, no_ca, NONE, NONE),
    ROW(RA, no_names, RA_SAN, NONE),
    ROW(RA, no_points, RA_REVOCATION, NONE),

    ROW(OTP_LOGON, nothing, NONE, NONE),
    ROW(OTP_LOGON, no_eku, OTP_EKU, NONE),
    ROW(OTP_LOGON, for_anything, OTP_EKU, NONE),
    ROW(OTP_LOGON, no_usage, OTP_KU, NONE),
    ROW(OTP_LOGON, a_ca, OTP_NOT_CA, NONE),
    ROW(OTP_LOGON, a_mailbox, OTP_UPN, NONE),
    ROW(OTP_LOGON, two_upns, OTP_UPN, NONE),
    ROW(OTP_LOGON, no_sid, OTP_SID, NONE),
    ROW(OTP_LOGON, sid_of_nothing, OTP_SID, NONE),
    ROW(OTP_LOGON, sid_in_a_uri, OTP_SIDURL, NONE),
    ROW(OTP_LOGON, no_sid_in_a_uri, OTP_SID, NONE),
    ROW(OTP_LOGON, an_hour_and_a_half, NONE, NONE),
    ROW(OTP_LOGON, a_second_more, OTP_LONG, NONE),
    ROW(OTP_LOGON, no_points, OTP_CDP, NONE),
    ROW(OTP_LOGON, critical_aki, OTP_CRITICAL, NONE),

    ROW(CLIENT, nothing, NONE, NONE),
    ROW(CLIENT, no_eku, MACHINE_EKU, NONE),
    ROW(CLIENT, for_code, MACHINE_EKU, NONE),
    ROW(CLIENT, no_usage, MACHINE_KU, NONE),
    ROW(CLIENT, no_signature, MACHINE_KU, NONE),
    ROW(CLIENT, a_ca, MACHINE_NOT_CA, NONE),
    ROW(CLIENT, no_names, MACHINE_NAME, NONE),
    ROW(CLIENT, an_address, MACHINE_NAME, NONE),
    ROW(CLIENT, no_points, MACHINE_CDP, NONE),

    ROW(SERVER, nothing, NONE, NONE),
    ROW(SERVER, no_eku, SERVER_EKU, NONE),
    ROW(SERVER, for_code, SERVER_EKU, NONE),
    ROW(SERVER, no_names, SERVER_NAME, NONE),
    ROW(SERVER, a_mailbox, SERVER_NAME, NONE),
    ROW(SERVER, an_address, NONE, NONE),
    ROW(SERVER, no_subject, SERVER_SUBJECT, NONE),
    ROW(SERVER, no_usage, SERVER_KU, NONE),
    ROW(SERVER, no_signature, SERVER_KU, NONE),
    ROW(SERVER, no_points, SERVER_CDP, NONE),
    ROW(SERVER, by_ldap, SERVER_CDP, NONE),
    ROW(SERVER, self_issued, SERVER_NOTSELF, NONE),

    ROW(KDC, nothing, NONE, NONE),
    ROW(KDC, kdc_for_tls_alone, KDC_PURPOSE, KDC_EKU),
    ROW(KDC, kdc_for_logon, KDC_EKU, NONE),
    ROW(KDC, kdc_of_the_template, KDC_EKU, NONE),
    ROW(KDC, kdc_of_another_template, KDC_PURPOSE, KDC_EKU),
    ROW(KDC, kdc_without_client, KDC_TLS, NONE),
    ROW(KDC, kdc_without_server, KDC_TLS, NONE),
    ROW(KDC, no_usage, KDC_KU, NONE),
    ROW(KDC, no_signature, KDC_KU, NONE),
    ROW(KDC, no_names, KDC_NAME, NONE),
    ROW(KDC, an_address, KDC_NAME, NONE),
    ROW(KDC, no_points, KDC_CDP, NONE),

    ROW(ISSUING_CA, nothing, NONE, NONE),
    ROW(ISSUING_CA, no_ca, ISSUER_CA, NONE),
    ROW(ISSUING_CA, no_usage, ISSUER_KU, NONE),
    ROW(ISSUING_CA, no_crl_sign, ISSUER_KU, NONE),
    ROW(ISSUING_CA, no_cert_sign, ISSUER_KU, NONE),
    ROW(ISSUING_CA, limited_to_tls, ISSUER_EKU, NONE),
    ROW(ISSUING_CA, limited_to_logon, NONE, NONE),
    ROW(ISSUING_CA, for_anything, NONE, NONE),
    ROW(ISSUING_CA, no_points, ISSUER_CDP, NONE),

    ROW(ANY, nothing, NONE, NONE),
    ROW(ANY, no_eku, NONE, NONE),
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* ---- each row -------------------------------------------------------------------------------- */

static bool is_of_a_role(daotp_finding_number number)
{
    daotp_stage stage = daotp_catalogue_get_stage(number);

    return stage == DAOTP_STAGE_PROFILE || stage == DAOTP_STAGE_SIGNATURE;
}

static size_t count_of_roles(void)
{
    size_t count = 0;

    for (size_t i = 0; i < daotp_report_get_count(pki_report()); i++)
        count += is_of_a_role(daotp_finding_get_number(daotp_report_get_finding(pki_report(), i)));
    return count;
}

static bool is_error(daotp_finding_number number)
{
    return number != DAOTP_FINDING_NONE &&
           daotp_catalogue_get_severity(number) == DAOTP_SEVERITY_ERROR;
}

static void open_as(const pki_ask *ask, daotp_role role)
{
    daotp_verifier *verifier = pki_open(ask, DAOTP_RULES_PATH);

    assert_int_equal(daotp_verifier_set_role(verifier, role), DAOTP_OK);
    assert_int_equal(daotp_verifier_set_flag(verifier, DAOTP_VERIFY_EXPLAIN, true), DAOTP_OK);
}

static daotp_status again(const pki_cert *leaf)
{
    pki_last.status = daotp_verifier_verify(pki_last.verifier, leaf->der.data, leaf->der.len);
    return pki_last.status;
}

static daotp_status judge(const row *one)
{
    pki_ask ask = {.anchors = {root}, .between = {ca}};
    pki_spec spec = good(one->role);

    one->spoil(&spec);
    open_as(&ask, one->role);
    return again(pki_make(&spec));
}

static void each_defect_is_found_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        const row *one = &rows[i];
        bool bad = is_error(one->one) || is_error(one->other);
        size_t wanted =
            (one->one != DAOTP_FINDING_NONE) + (size_t)(one->other != DAOTP_FINDING_NONE);

        if (judge(one) != (bad ? DAOTP_REJECTED : DAOTP_OK) || count_of_roles() != wanted)
            fail_msg("row %zu, wanted %s: %s\n%s", i, daotp_catalogue_get_id(one->one),
                     daotp_status_name(pki_last.status), pki_report_text());
        if (one->one != DAOTP_FINDING_NONE)
            pki_expect_finding(one->one, NULL);
        if (one->other != DAOTP_FINDING_NONE)
            pki_expect_finding(one->other, NULL);
        pki_expect_no_finding(DAOTP_FINDING_NTAUTH_LIST);
    }
}

/* The checklists of the parts that no other test is about, row by row. */
static void every_row_is_met(void **state)
{
    (void)state;
    for (daotp_finding_number n = DAOTP_FINDING_MACHINE_EKU; n < DAOTP_FINDING_NTAUTH_LIST;
         n = daotp_catalogue_next(n)) {
        bool met = false;

        for (size_t i = 0; i < ROWS; i++)
            met = met || rows[i].one == n || rows[i].other == n;
        if (!met)
            fail_msg("%s is met by no row", daotp_catalogue_get_id(n));
    }
}

/* Dates are the chain's matter too; the role says it in its own words. */
static void dates_are_the_role_s_too(void **state)
{
    pki_ask ask = {.anchors = {root}, .between = {ca}};
    pki_spec ra = good(DAOTP_ROLE_RA), logon = good(DAOTP_ROLE_OTP_LOGON);
    const pki_cert *logon_cert = pki_make(&logon), *ra_cert = pki_make(&ra);

    (void)state;
    ask.at = logon.not_after + 1;
    open_as(&ask, DAOTP_ROLE_OTP_LOGON);
    assert_int_equal(again(logon_cert), DAOTP_REJECTED);
    pki_expect_finding(DAOTP_FINDING_OTP_EXPIRED, NULL);
    ask.at = logon.not_before - 301;
    open_as(&ask, DAOTP_ROLE_OTP_LOGON);
    assert_int_equal(again(logon_cert), DAOTP_REJECTED);
    pki_expect_finding(DAOTP_FINDING_OTP_NOTYET, NULL);
    ask.at = ra.not_after + 301;
    open_as(&ask, DAOTP_ROLE_RA);
    assert_int_equal(again(ra_cert), DAOTP_REJECTED);
    pki_expect_finding(DAOTP_FINDING_RA_VALIDITY, NULL);
}

/* The chain is judged as well: a good machine's certificate by nobody is none. */
static void a_role_does_not_replace_the_chain(void **state)
{
    pki_ask ask = {.anchors = {pki_ca("CN=Stranger", pki_key(8), NULL)}, .between = {ca}};
    pki_spec spec = good(DAOTP_ROLE_CLIENT);

    (void)state;
    open_as(&ask, DAOTP_ROLE_CLIENT);
    assert_int_equal(again(pki_make(&spec)), DAOTP_REJECTED);
    pki_expect_finding(DAOTP_FINDING_CHAIN_NO_PATH, NULL);
}

/* ---- who may issue for logon ----------------------------------------------------------------- */

static void add_ntauth(const pki_cert *cert)
{
    assert_int_equal(daotp_verifier_add_ntauth(pki_last.verifier, cert->der.data, cert->der.len),
                     DAOTP_OK);
}

static void expect_ntauth(const pki_cert *leaf, bool listed)
{
    if (again(leaf) != (listed ? DAOTP_OK : DAOTP_REJECTED))
        fail_msg("%s:\n%s", daotp_status_name(pki_last.status), pki_report_text());
    if (listed)
        pki_expect_no_finding(DAOTP_FINDING_NTAUTH_LIST);
    else
        pki_expect_finding(DAOTP_FINDING_NTAUTH_LIST, "CN=Issuing CA");
}

static void only_listed_cas_issue_for_logon(void **state)
{
    static const daotp_role logs_on[] = {DAOTP_ROLE_OTP_LOGON, DAOTP_ROLE_KDC};
    pki_ask ask = {.anchors = {root}, .between = {ca}};
    const pki_cert *twin = pki_ca("CN=Issuing CA", pki_key(1), root); /* another serial number */

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        pki_spec spec = good(logs_on[i]);
        const pki_cert *leaf = pki_make(&spec);

        open_as(&ask, logs_on[i]);
        expect_ntauth(leaf, true); /* no list, no question */
        add_ntauth(root);          /* not the direct issuer */
        expect_ntauth(leaf, false);
        add_ntauth(twin); /* octet by octet */
        expect_ntauth(leaf, false);
        add_ntauth(ca);
        expect_ntauth(leaf, true);
        assert_int_equal(daotp_verifier_add_ntauth(pki_last.verifier, NULL, 0), DAOTP_OK);
        add_ntauth(twin);
        expect_ntauth(leaf, false);
        assert_int_equal(daotp_verifier_add_ntauth(pki_last.verifier, NULL, 0), DAOTP_OK);
        expect_ntauth(leaf, true);
    }
}

/* An anchor that issues directly is an issuer like any other. */
static void an_anchor_must_be_listed_too(void **state)
{
    pki_ask ask = {.anchors = {ca}};
    pki_spec spec = good(DAOTP_ROLE_OTP_LOGON);
    const pki_cert *leaf = pki_make(&spec);

    (void)state;
    open_as(&ask, DAOTP_ROLE_OTP_LOGON);
    add_ntauth(root);
    expect_ntauth(leaf, false);
    add_ntauth(ca);
    expect_ntauth(leaf, true);
}

static void others_need_no_list(void **state)
{
    static const daotp_role others[] = {DAOTP_ROLE_ANY, DAOTP_ROLE_RA, DAOTP_ROLE_CLIENT,
                                        DAOTP_ROLE_SERVER, DAOTP_ROLE_ISSUING_CA};
    pki_ask ask = {.anchors = {root}, .between = {ca}};

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        pki_spec spec = good(others[i]);

        open_as(&ask, others[i]);
        add_ntauth(root);
        expect_ntauth(pki_make(&spec), true);
    }
}

/* What is on the list is not believed for that: it helps to no path. */
static void the_list_is_no_trust(void **state)
{
    pki_ask ask = {.anchors = {root}};
    pki_spec spec = good(DAOTP_ROLE_OTP_LOGON);

    (void)state;
    open_as(&ask, DAOTP_ROLE_OTP_LOGON);
    add_ntauth(ca);
    assert_int_equal(again(pki_make(&spec)), DAOTP_REJECTED);
    pki_expect_finding(DAOTP_FINDING_CHAIN_NO_PATH, NULL);
}

/* id-pkinit-san, KRB5PrincipalName (RFC 4556 3.2.2) */
static daotp__bytes krbtgt(const char *realm)
{
    daotp__bytes names = PKI_SEQ(pki_text(0x1B, "krbtgt"), pki_text(0x1B, realm));
    daotp__bytes principal = PKI_SEQ(pki_tlv(0xA0, pki_hex("02 01 01")), pki_tlv(0xA1, names));
    daotp__bytes name = PKI_SEQ(pki_tlv(0xA0, pki_text(0x1B, realm)), pki_tlv(0xA1, principal));

    return pki_tlv(0xA0, PKI_JOIN(pki_oid("1.3.6.1.5.2.2"), pki_tlv(0xA0, name)));
}

/* With a realm the certificate has to name it, as Windows does or as MIT does; without one, that
 * nothing was compared is said, and a KDC's certificate has to have a name at all. */
static void a_kdc_is_compared_with_the_realm_that_is_given(void **state)
{
    static const struct {
        const char *realm;
        daotp_status status;
        daotp_finding_number finding;
    } cases[] = {
        {NULL, DAOTP_OK, DAOTP_FINDING_KDC_REALM_OPEN},
        {"CORP.EXAMPLE", DAOTP_OK, DAOTP_FINDING_NONE},
        {"OTHER.EXAMPLE", DAOTP_REJECTED, DAOTP_FINDING_KDC_NAME},
    };
    pki_ask ask = {.anchors = {root}, .between = {ca}};

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        pki_spec spec = good(DAOTP_ROLE_KDC);
        size_t at = i / 2;

        pki_put(spec.extensions, PKI_OID_SAN, false,
                i % 2 == 0 ? PKI_SEQ(krbtgt("CORP.EXAMPLE"))
                           : PKI_SEQ(PKI_TEXT(PKI_DNS, "dc1.corp.example"),
                                     PKI_TEXT(PKI_DNS, "corp.example")));
        open_as(&ask, DAOTP_ROLE_KDC);
        if (cases[at].realm != NULL)
            assert_int_equal(
                daotp_verifier_add_name(pki_last.verifier, DAOTP_NAME_REALM, cases[at].realm),
                DAOTP_OK);
        assert_int_equal(again(pki_make(&spec)), cases[at].status);
        if (cases[at].finding != DAOTP_FINDING_NONE)
            pki_expect_finding(cases[at].finding, NULL);
        else
            pki_expect_no_finding(DAOTP_FINDING_KDC_REALM_OPEN);
    }
}

static void roles_that_are_none(void **state)
{
    pki_ask ask = {.anchors = {root}, .between = {ca}};
    daotp_verifier *verifier = pki_open(&ask, DAOTP_RULES_PATH);

    (void)state;
    assert_int_equal(daotp_verifier_set_role(verifier, (daotp_role)-1), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_set_role(verifier, (daotp_role)7), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_add_ntauth(verifier, "rubbish", 7), DAOTP_PEER);
    pki_expect_finding(DAOTP_FINDING_CERT_DER, NULL);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, pki_end_test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_defect_is_found_and_nothing_else),
        TEST(every_row_is_met),
        TEST(dates_are_the_role_s_too),
        TEST(a_role_does_not_replace_the_chain),
        TEST(only_listed_cas_issue_for_logon),
        TEST(an_anchor_must_be_listed_too),
        TEST(others_need_no_list),
        TEST(the_list_is_no_trust),
        TEST(a_kdc_is_compared_with_the_realm_that_is_given),
        TEST(roles_that_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, pki_end_group);
}
