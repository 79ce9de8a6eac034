/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is a certificate one of a KDC of the realm? Purposes and names of RFC 4556 3.2.4 and of the
 * templates of Windows: those that stock domain controllers have pass without a word, and each
 * wrong one has its finding.
 */
#include "pki_ask.h"

#include "client/kdc_certificate.h"

#define REALM        "LAB.EXAMPLE"
#define OID_KDC      "1.3.6.1.5.2.3.5"
#define OID_LOGON    "1.3.6.1.4.1.311.20.2.2"
#define OID_PKINIT   "1.3.6.1.5.2.2"
#define OID_TEMPLATE "1.3.6.1.4.1.311.20.2"
#define OID_SERVER   "1.3.6.1.5.5.7.3.1"

enum { GENERAL_STRING = 0x1B };

static daotp_context *context;

static daotp__bytes dns(const char *name)
{
    return pki_text(0x82, name);
}

static daotp__bytes principal(const char *service, const char *realm, const char *of)
{
    daotp__bytes strings = PKI_SEQ(pki_text(GENERAL_STRING, service), pki_text(GENERAL_STRING, of));
    daotp__bytes name =
        PKI_SEQ(pki_tlv(0xA0, pki_tlv(0x02, PKI_BYTES("\2"))), pki_tlv(0xA1, strings));
    daotp__bytes value =
        PKI_SEQ(pki_tlv(0xA0, pki_text(GENERAL_STRING, realm)), pki_tlv(0xA1, name));

    return pki_tlv(0xA0, PKI_JOIN(pki_oid(OID_PKINIT), pki_tlv(0xA0, value)));
}

static daotp__bytes template_name(void)
{
    static const char name[] = "\0D\0o\0m\0a\0i\0n\0C\0o\0n\0t\0r\0o\0l\0l\0e\0r";

    return pki_tlv(0x1E, PKI_BYTES(name));
}

typedef struct shape {
    const char *purpose; /* beside server authentication; NULL for none */
    bool of_template;
    daotp__bytes name;
    const char *host;
    daotp_finding_number wanted; /* NONE: nothing at all is found */
} shape;

static void assert_shape(const shape *s, unsigned index)
{
    const pki_cert *root = pki_ca("CN=Root", pki_key(0), NULL), *leaf;
    pki_spec spec = pki_leaf_spec(pki_key(2), root);
    daotp_report report;
    daotp_status status;

    pki_put(spec.extensions, PKI_OID_EKU, false,
            PKI_SEQ(pki_oid(OID_SERVER), s->purpose != NULL ? pki_oid(s->purpose) : PKI_NOTHING));
    pki_put(spec.extensions, PKI_OID_SAN, false, PKI_SEQ(s->name));
    if (s->of_template)
        pki_put(spec.extensions, OID_TEMPLATE, false, template_name());
    leaf = pki_make(&spec);
    daotp__report_init(&report, context);
    status = daotp__kdc_certificate_check(leaf->der, REALM, s->host, &report);
    if (s->wanted == DAOTP_FINDING_NONE && report.count > 0)
        fail_msg("%u: %s", index, daotp_finding_get_id(&report.findings[0]));
    if (s->wanted != DAOTP_FINDING_NONE &&
        (report.count != 1 || report.findings[0].number != s->wanted))
        fail_msg("%u: %zu findings, not %s", index, report.count,
                 daotp_catalogue_get_id(s->wanted));
    assert_int_equal(status == DAOTP_OK,
                     s->wanted == DAOTP_FINDING_NONE ||
                         daotp_catalogue_get_severity(s->wanted) != DAOTP_SEVERITY_ERROR);
    daotp__report_end(&report);
}

static void shapes_of_kdcs_pass_and_others_do_not(void **state)
{
    const shape shapes[] = {
        /* RFC 4556; Kerberos Authentication; Domain Controller Authentication; Domain Controller */
        {OID_KDC, false, principal("krbtgt", REALM, REALM), NULL, DAOTP_FINDING_NONE},
        {OID_KDC, false, dns("lab.example"), NULL, DAOTP_FINDING_NONE},
        {OID_KDC, false, dns("Lab.Example"), NULL, DAOTP_FINDING_NONE},
        {OID_LOGON, false, dns("dc1.lab.example"), "dc1.lab.example", DAOTP_FINDING_NONE},
        {NULL, true, dns("dc1.lab.example"), "DC1.lab.example", DAOTP_FINDING_NONE},
        {NULL, false, principal("krbtgt", REALM, REALM), NULL, DAOTP_FINDING_KDC_EKU},
        {NULL, false, dns("lab.example"), NULL, DAOTP_FINDING_KDC_PURPOSE},
        {NULL, false, dns("dc1.lab.example"), "dc1.lab.example", DAOTP_FINDING_KDC_PURPOSE},
        /* names of others */
        {OID_KDC, false, dns("dc1.lab.example"), NULL, DAOTP_FINDING_KDC_NAME},
        {OID_KDC, false, dns("dc1.lab.example"), "127.0.0.1", DAOTP_FINDING_KDC_NAME},
        {OID_KDC, false, dns("127.0.0.1"), "127.0.0.1", DAOTP_FINDING_KDC_NAME},
        {OID_KDC, false, dns("*.example"), "lab.example", DAOTP_FINDING_KDC_NAME},
        {OID_KDC, false, dns("other.example"), "dc1.lab.example", DAOTP_FINDING_KDC_NAME},
        {OID_KDC, false, dns("lab.example.evil"), NULL, DAOTP_FINDING_KDC_NAME},
        {OID_KDC, false, principal("krbtgt", REALM, "OTHER"), NULL, DAOTP_FINDING_KDC_NAME},
        {OID_KDC, false, principal("krbtgt", "OTHER", REALM), NULL, DAOTP_FINDING_KDC_NAME},
        {OID_KDC, false, principal("host", REALM, REALM), NULL, DAOTP_FINDING_KDC_NAME},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        assert_shape(&shapes[i], i);
}

static void what_is_no_certificate_is_not_judged(void **state)
{
    (void)state;
    assert_int_equal(daotp__kdc_certificate_check(PKI_BYTES("\x30\x00"), REALM, NULL, NULL),
                     DAOTP_PEER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_of_kdcs_pass_and_others_do_not),
        cmocka_unit_test(what_is_no_certificate_is_not_judged),
    };
    int failed;

    context = forge_context();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    daotp_context_unref(context);
    return failed;
}
