/* SPDX-License-Identifier: BSD-2-Clause */
/* What a KDC says to a logon by PKINIT, as bytes: every code of a KRB-ERROR has the finding that
 * blames the right side, and what e-data adds is shown. */
#include "builders.h"

#include "client/logon_verdict.h"

#include <stdio.h>

#define NOW MAKE_NOW

typedef struct spec {
    int code;
    int64_t ahead_s; /* the KDC's clock */
    const char *text;
    daotp__bytes data; /* e-data */
} spec;

/* ---- making messages ------------------------------------------------------------------------- */

static void put_field(daotp__buffer *out, unsigned number, uint8_t tag, const void *content,
                      size_t len)
{
    size_t mark = daotp__derw_begin(out, (uint8_t)DAOTP__DER_CONTEXT_CONSTRUCTED(number));

    daotp__derw_item(out, tag, content, len);
    daotp__derw_end(out, mark);
}

static void put_number(daotp__buffer *out, unsigned number, int value)
{
    uint8_t octets[2] = {(uint8_t)(value >> 8), (uint8_t)value};
    bool is_short = value < 128;

    put_field(out, number, DAOTP__DER_INTEGER, octets + is_short, 2U - is_short);
}

static void put_stime(daotp__buffer *out, unsigned number, int64_t seconds)
{
    time_t at = (time_t)seconds;
    char text[32];
    struct tm tm;

    assert_non_null(gmtime_r(&at, &tm));
    assert_int_equal(strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &tm), 15);
    put_field(out, number, DAOTP__DER_GENERALIZED_TIME, text, 15);
}

static void put_text(daotp__buffer *out, unsigned number, const char *text)
{
    put_field(out, number, 0x1B, text, strlen(text));
}

static void put_error(daotp__buffer *out, const spec *s)
{
    size_t outer = daotp__derw_begin(out, 0x7E);
    size_t inner = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    put_number(out, 0, 5);
    put_number(out, 1, 30);
    put_stime(out, 4, NOW + s->ahead_s);
    put_number(out, 5, 0);
    put_number(out, 6, s->code);
    if (s->code == 68)
        put_text(out, 7, "OTHER.EXAMPLE");
    put_text(out, 9, "LAB.EXAMPLE");
    if (s->text != NULL)
        put_text(out, 11, s->text);
    if (s->data.data != NULL)
        put_field(out, 12, DAOTP__DER_OCTET_STRING, s->data.data, s->data.len);
    daotp__derw_end(out, inner);
    daotp__derw_end(out, outer);
}

/* An element of METHOD-DATA (first 1) or of TYPED-DATA (first 0). */
static void put_typed(daotp__buffer *out, unsigned first, int type, daotp__bytes value)
{
    size_t mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    put_number(out, first, type);
    put_field(out, first + 1, DAOTP__DER_OCTET_STRING, value.data, value.len);
    daotp__derw_end(out, mark);
}

static const uint8_t ntstatus_octets[12] = {0xBB, 0, 0, 0xC0, 0, 0, 0, 0, 1, 0, 0, 0};

/* e-data with an NTSTATUS: KERB-ERROR-DATA, or the same in a METHOD-DATA. */
static void put_ntstatus(daotp__buffer *out, uint32_t status, bool in_list)
{
    uint8_t octets[sizeof ntstatus_octets];
    size_t mark = 0;

    memcpy(octets, ntstatus_octets, sizeof octets);
    for (unsigned i = 0; i < 4; i++)
        octets[i] = (uint8_t)(status >> (8 * i));
    if (in_list)
        mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    put_typed(out, 1, 3, (daotp__bytes){octets, sizeof octets});
    if (in_list)
        daotp__derw_end(out, mark);
}

/* ---- judging them ---------------------------------------------------------------------------- */

static daotp_report report;

static const daotp_finding *verdict_of(const spec *s, bool sent_pkinit, daotp__bytes certificate)
{
    daotp__logon_error_context context = {.subject = "KDC dc1, realm LAB.EXAMPLE",
                                          .library = "1.20.1",
                                          .certificate = certificate,
                                          .now_s = NOW,
                                          .sent_pkinit = sent_pkinit};
    daotp__krb_error error;
    daotp__buffer message;

    daotp__report_clear(&report);
    daotp__buffer_init(&message, DAOTP__MAX_KDC_MESSAGE);
    put_error(&message, s);
    assert_true(daotp__krb_error_read(daotp__buffer_bytes(&message), &error));
    assert_int_not_equal(daotp__logon_explain_error(&error, &context, &report), DAOTP_OK);
    daotp__buffer_free(&message);
    assert_non_null(daotp_report_get_error(&report));
    return daotp_report_get_error(&report);
}

static void assert_verdict(const spec *s, const char *id, const char *found)
{
    const daotp_finding *finding = verdict_of(s, true, (daotp__bytes){NULL, 0});

    if (strcmp(daotp_finding_get_id(finding), id) != 0 ||
        strstr(daotp_finding_get_found(finding), found) == NULL)
        fail_msg("%d: %s, not %s: %s", s->code, daotp_finding_get_id(finding), id,
                 daotp_finding_get_found(finding));
    assert_int_equal(daotp_finding_get_upstream(finding), s->code);
}

/* RFC 4120 7.5.9, RFC 4556 3.1.3, RFC 6113, RFC 8070, RFC 8636: who is at fault. */
static void every_code_has_its_finding(void **state)
{
    static const struct {
        const char *id;
        int codes[16];
    } rows[] = {
        {"LOGON-ACCOUNT-EXPIRED", {1, 21}},
        {"LOGON-SERVICE", {2, 5, 19, 22}},
        {"LOGON-KEY", {4, 9}},
        {"LOGON-CLIENT-UNKNOWN", {6}},
        {"LOGON-REALM", {7, 28, 35, 51, 68}},
        {"LOGON-NOT-UNIQUE", {8}},
        {"LOGON-POLICY", {12}},
        {"LOGON-ETYPE", {14}},
        {"LOGON-DIGEST", {15, 80}},
        {"LOGON-KDC-CERTIFICATE", {16}},
        {"LOGON-ACCOUNT-DISABLED", {18}},
        {"LOGON-PASSWORD-EXPIRED", {23}},
        {"LOGON-PREAUTH-REJECTED", {24}},
        {"LOGON-PKINIT-NOT-OFFERED", {25}},
        {"LOGON-KDC-BUSY", {29}},
        {"LOGON-INTEGRITY", {31}},
        {"LOGON-SKEW", {32, 33, 37}},
        {"LOGON-MODIFIED", {41}},
        {"LOGON-PROTOCOL", {3, 36, 39, 40, 42, 44, 45, 46, 47, 48, 49, 50, 61, 91, 92, 93}},
        {"LOGON-TOO-BIG", {52}},
        {"LOGON-GENERIC", {60}},
        {"LOGON-UNTRUSTED", {62, 70}},
        {"LOGON-KDC-ANCHORS", {63}},
        {"LOGON-SIGNATURE", {64}},
        {"LOGON-DH", {65}},
        {"LOGON-MISMATCH", {66}},
        {"LOGON-INVALID", {71}},
        {"LOGON-REVOKED", {72}},
        {"LOGON-REVOCATION", {73, 74}},
        {"LOGON-NAME-MISMATCH", {75}},
        {"LOGON-KDC-NAME", {76}},
        {"LOGON-KEY-PURPOSE", {77}},
        {"LOGON-CERTIFICATE-DIGEST", {78}},
        {"LOGON-CHECKSUM", {79}},
        {"LOGON-KEY-TRANSPORT", {81}},
        {"LOGON-FRESHNESS", {90}},
        {"LOGON-KDF", {100}},
        {"LOGON-REFUSED", {10, 11, 13, 17, 20, 26, 27, 34, 38, 67, 69, 82, 53, 99, 127, 200}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t k = 0; k < COUNT(rows[i].codes) && rows[i].codes[k] != 0; k++) {
            char found[32];

            (void)snprintf(found, sizeof found, "KRB-ERROR %d ", rows[i].codes[k]);
            assert_verdict(&(spec){.code = rows[i].codes[k]}, rows[i].id, found);
        }
}

/* The founding case: it says whose certificate is missing, and where to look. */
static void sixteen_blames_the_domain_controller(void **state)
{
    daotp__buffer data;

    (void)state;
    daotp__buffer_init(&data, 256);
    put_ntstatus(&data, 0xC00000BB, false);
    assert_verdict(&(spec){.code = 16, .data = daotp__buffer_bytes(&data)}, "LOGON-KDC-CERTIFICATE",
                   "KDC_ERR_PADATA_TYPE_NOSUPP; NTSTATUS 0xC00000BB STATUS_NOT_SUPPORTED");
    assert_non_null(strstr(daotp_catalogue_get_title(DAOTP_FINDING_LOGON_KDC_CERTIFICATE),
                           "the domain controller has no certificate"));
    /* the same status under a code that says nothing is an inference, and is told as one */
    assert_verdict(&(spec){.code = 60, .data = daotp__buffer_bytes(&data)},
                   "LOGON-KDC-CERTIFICATE-LIKELY", "NTSTATUS 0xC00000BB");
    assert_non_null(strstr(daotp_catalogue_get_title(DAOTP_FINDING_LOGON_KDC_CERTIFICATE_LIKELY),
                           "most likely"));
    daotp__buffer_free(&data);
}

static void an_ntstatus_says_more_than_a_general_code(void **state)
{
    static const struct {
        int code;
        uint32_t status;
        const char *id;
    } cases[] = {{18, 0xC0000234, "LOGON-ACCOUNT-LOCKED"},
                 {18, 0xC0000072, "LOGON-ACCOUNT-DISABLED"},
                 {18, 0xC0000193, "LOGON-ACCOUNT-EXPIRED"},
                 {12, 0xC000006F, "LOGON-POLICY"},
                 {60, 0xC0000133, "LOGON-SKEW"},
                 {60, 0xC0000371, "LOGON-KEY"},
                 {24, 0xC000006D, "LOGON-PREAUTH-REJECTED"}, /* no more than that it failed */
                 {66, 0xC0000714, "LOGON-NOT-UNIQUE"},
                 {66, 0xC00000BB, "LOGON-MISMATCH"},
                 /* the KDC's certificate is there and does not validate */
                 {60, 0xC0000320, "LOGON-KDC-CERTIFICATE-STATUS"},
                 {60, 0xC000040C, "LOGON-KDC-CERTIFICATE-STATUS"},
                 {60, 0xC000040F, "LOGON-KDC-CERTIFICATE-STATUS"},
                 {62, 0xC000038B, "LOGON-REVOCATION"},
                 {62, 0xC000038C, "LOGON-UNTRUSTED"},
                 {62, 0xC000038D, "LOGON-INVALID"},
                 {62, 0xC0000389, "LOGON-REVOKED"},
                 {62, 0xC0000320, "LOGON-UNTRUSTED"}, /* 62 says whose certificate it is */
                 {60, 0xC0001234, "LOGON-GENERIC"},
                 {75, 0xC000038B, "LOGON-NAME-MISMATCH"}}; /* a special code stays */

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        for (int in_list = 0; in_list < 2; in_list++) {
            daotp__buffer data;
            char found[32];

            daotp__buffer_init(&data, 256);
            put_ntstatus(&data, cases[i].status, in_list == 1);
            (void)snprintf(found, sizeof found, "NTSTATUS 0x%08X", (unsigned)cases[i].status);
            assert_verdict(&(spec){.code = cases[i].code, .data = daotp__buffer_bytes(&data)},
                           cases[i].id, found);
            daotp__buffer_free(&data);
        }
}

/* Under PREAUTH_REQUIRED type 3 is the salt of the password, though it has twelve octets. */
static void a_salt_is_no_ntstatus(void **state)
{
    const daotp_finding *finding;
    daotp__buffer data;

    (void)state;
    daotp__buffer_init(&data, 256);
    put_ntstatus(&data, 0xC00000BB, true);
    finding = verdict_of(&(spec){.code = 25, .data = daotp__buffer_bytes(&data)}, true,
                         (daotp__bytes){NULL, 0});
    assert_null(strstr(daotp_finding_get_found(finding), "NTSTATUS"));
    daotp__buffer_free(&data);
}

static void skew_is_measured_both_ways(void **state)
{
    (void)state;
    assert_verdict(&(spec){.code = 37, .ahead_s = 1200}, "LOGON-SKEW", "1200 s ahead of");
    assert_verdict(&(spec){.code = 37, .ahead_s = -86400}, "LOGON-SKEW", "86400 s behind");
    assert_verdict(&(spec){.code = 71, .ahead_s = -86400}, "LOGON-SKEW", "86400 s behind");
    assert_verdict(&(spec){.code = 71, .ahead_s = 301}, "LOGON-SKEW", "301 s ahead of");
    assert_verdict(&(spec){.code = 71, .ahead_s = 300}, "LOGON-INVALID", "KRB-ERROR 71");
    assert_verdict(&(spec){.code = 16, .ahead_s = 86400}, "LOGON-KDC-CERTIFICATE", "86400 s ahead");
}

static void what_the_kdc_offers_and_says_is_shown(void **state)
{
    static const uint8_t none[1];
    daotp__krb_error error;
    daotp__buffer data, message;
    size_t mark;

    (void)state;
    daotp__buffer_init(&data, 256);
    daotp__buffer_init(&message, 1024);
    mark = daotp__derw_begin(&data, DAOTP__DER_SEQUENCE);
    put_typed(&data, 1, 136, (daotp__bytes){none, 0});
    put_typed(&data, 1, 2, (daotp__bytes){none, 0});
    daotp__derw_end(&data, mark);
    put_error(&message, &(spec){.code = 25, .data = daotp__buffer_bytes(&data)});
    assert_true(daotp__krb_error_read(daotp__buffer_bytes(&message), &error));
    assert_true(error.has_list);
    assert_false(daotp__krb_error_has_type(&error, 16));
    assert_true(daotp__krb_error_is_refusal(&error, false));
    assert_verdict(&(spec){.code = 25, .data = daotp__buffer_bytes(&data)},
                   "LOGON-PKINIT-NOT-OFFERED", "offered: 136, 2");
    /* with 16 in the list, what comes next is this end's turn, unless it had it */
    error.types[0] = 16;
    assert_false(daotp__krb_error_is_refusal(&error, false));
    assert_true(daotp__krb_error_is_refusal(&error, true));
    assert_verdict(&(spec){.code = 68}, "LOGON-REALM", "refers to realm \"OTHER.EXAMPLE\"");
    assert_verdict(&(spec){.code = 60, .text = "no luck"}, "LOGON-GENERIC", "says \"no luck\"");
    assert_verdict(&(spec){.code = 24, .text = "KDC_RETURN_PADATA"}, "LOGON-KDC-REPLY",
                   "KRB-ERROR 24");
    assert_verdict(&(spec){.code = 79}, "LOGON-CHECKSUM", "libkrb5 1.20.1");
    daotp__buffer_free(&data);
    daotp__buffer_free(&message);
}

/* TYPED-DATA as an MIT KDC sends it: its anchors, and groups that it takes. */
static void lists_of_the_kdc_are_shown(void **state)
{
    /* SEQUENCE OF { [0] subject, [2] key id } */
    daotp__bytes certifiers = hex("301B 3019 8011 300F 310D 300B 0603550403 0C04 526F6F74"
                                  " 8204 01020304");
    /* AlgorithmIdentifier: dhpublicnumber with a prime of 16 bits; id-ecPublicKey with P-256 */
    daotp__bytes groups = hex("302A 3013 06072A8648CE3E0201 3008 020300FFFB 020102"
                              " 3013 06072A8648CE3D0201 06082A8648CE3D030107");
    daotp__buffer data;
    size_t mark;

    (void)state;
    daotp__buffer_init(&data, 1024);
    mark = daotp__derw_begin(&data, DAOTP__DER_SEQUENCE);
    put_typed(&data, 0, 104, certifiers);
    daotp__derw_end(&data, mark);
    assert_verdict(&(spec){.code = 70, .data = daotp__buffer_bytes(&data)}, "LOGON-UNTRUSTED",
                   "the KDC trusts: CN=Root");
    daotp__buffer_clear(&data);
    mark = daotp__derw_begin(&data, DAOTP__DER_SEQUENCE);
    put_typed(&data, 1, 105, certifiers);
    daotp__derw_end(&data, mark);
    assert_verdict(&(spec){.code = 72, .data = daotp__buffer_bytes(&data)}, "LOGON-REVOKED",
                   "not valid there: CN=Root");
    daotp__buffer_clear(&data);
    mark = daotp__derw_begin(&data, DAOTP__DER_SEQUENCE);
    put_typed(&data, 0, 109, groups);
    daotp__derw_end(&data, mark);
    assert_verdict(&(spec){.code = 65, .data = daotp__buffer_bytes(&data)}, "LOGON-DH",
                   "groups that the KDC takes: 16 bits, 1.2.840.10045.3.1.7");
    daotp__buffer_free(&data);
}

/* What cannot be read is no KRB-ERROR; e-data that cannot be read takes nothing from the code. */
static void what_is_malformed_is_not_read(void **state)
{
    daotp__krb_error error;
    daotp__buffer message;

    (void)state;
    daotp__buffer_init(&message, 1024);
    put_error(&message, &(spec){.code = 16, .data = BYTES("\x30\x05garb")});
    assert_true(daotp__krb_error_read(daotp__buffer_bytes(&message), &error));
    assert_int_equal(error.code, 16);
    assert_false(error.has_list || error.has_ntstatus);
    for (size_t len = 0; len < message.len; len++)
        assert_false(daotp__krb_error_read((daotp__bytes){message.data, len}, &error));
    daotp__buffer_byte(&message, 0);
    assert_false(daotp__krb_error_read(daotp__buffer_bytes(&message), &error));
    daotp__buffer_free(&message);
    assert_false(daotp__krb_error_read(hex("7E02 3000"), &error)); /* no code */
    assert_false(daotp__krb_as_req_has_pkinit(hex("7E02 3000")));
    assert_true(
        daotp__krb_as_req_has_pkinit(hex("6A13 3011 A30F 300D 300B A103 020110 A204 0402 0500")));
    assert_false(
        daotp__krb_as_req_has_pkinit(hex("6A13 3011 A30F 300D 300B A103 020102 A204 0402 0500")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_its_finding),
        cmocka_unit_test(sixteen_blames_the_domain_controller),
        cmocka_unit_test(an_ntstatus_says_more_than_a_general_code),
        cmocka_unit_test(a_salt_is_no_ntstatus),
        cmocka_unit_test(skew_is_measured_both_ways),
        cmocka_unit_test(what_the_kdc_offers_and_says_is_shown),
        cmocka_unit_test(lists_of_the_kdc_are_shown),
        cmocka_unit_test(what_is_malformed_is_not_read),
    };
    int failed;

    daotp__report_init(&report, NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    daotp__report_end(&report);
    return failed;
}
