/* SPDX-License-Identifier: BSD-2-Clause */
/* Every refusal names field, octet and rule: shown over inputs of every kind with each octet
 * changed, and cut at each place. */
#include "make.h"

#include "verify_pki.h"

#include "request/csr.h"
#include "x509/cms.h"
#include "x509/crl_scan.h"

typedef bool fault_finder(daotp__bytes der, daotp__fault *fault);

static size_t refusals;

static void expect_told(fault_finder *find, daotp__bytes der, const char *kind, size_t at)
{
    char text[DAOTP__FAULT_TEXT];
    daotp__fault fault;

    if (!find(der, &fault))
        return;
    refusals++;
    (void)daotp__fault_describe(&fault, text);
    if (fault.field == NULL || fault.rule == NULL || fault.at < der.data ||
        fault.at > der.data + der.len || strlen(fault.rule) < 5)
        fail_msg("%s, octet %zu: %s", kind, at, text);
    if (fault.limit == 0 && (strstr(text, "octet") == NULL || strstr(text, fault.rule) == NULL))
        fail_msg("%s, octet %zu: %s", kind, at, text);
    if (strstr(fault.rule, "RFC") == NULL && strstr(fault.rule, "X.690") == NULL &&
        strstr(fault.rule, "limit") == NULL && strstr(fault.rule, "stands behind") == NULL &&
        strstr(fault.rule, "end before") == NULL)
        fail_msg("%s, octet %zu, no source: %s", kind, at, text);
}

static void mutate(fault_finder *find, daotp__bytes good, const char *kind)
{
    static const uint8_t changes[] = {0x01, 0x20, 0x80, 0xFF};
    daotp__fault fault;
    uint8_t *copy = malloc(good.len);

    refusals = 0;
    if (find(good, &fault))
        fail_msg("%s: %s", kind, fault.rule);
    memcpy(copy, good.data, good.len);
    for (size_t i = 0; i < good.len; i++)
        for (size_t k = 0; k < COUNT(changes); k++) {
            copy[i] ^= changes[k];
            expect_told(find, (daotp__bytes){copy, good.len}, kind, i);
            copy[i] ^= changes[k];
        }
    free(copy);
    for (size_t len = 0; len < good.len; len++) {
        copy = malloc(len + 1); /* its own block: AddressSanitizer sees a read past the end */
        memcpy(copy, good.data, len);
        expect_told(find, (daotp__bytes){copy, len}, kind, len);
        free(copy);
    }
    assert_true(refusals > good.len);
}

static const pki_cert *make_root(void)
{
    pki_spec spec = pki_ca_spec("CN=Root", pki_key(0), NULL);

    return pki_make(&spec);
}

static int forget(void **state)
{
    (void)state;
    pki_forget_keys();
    pki_forget();
    return 0;
}

static void certificates_say_what_is_wrong(void **state)
{
    const pki_cert *root = make_root();

    (void)state;
    mutate(daotp__certificate_find_fault, pki_leaf(pki_key(1), root)->der, "certificate");
}

static void crls_say_what_is_wrong(void **state)
{
    const pki_cert *root = make_root();
    daotp__bytes entries = PKI_JOIN(pki_revoke(root, 1), pki_revoke(root, PKI_NO_REASON));

    (void)state;
    mutate(daotp__crl_find_fault, pki_crl(root, 7, entries), "CRL");
}

static void requests_say_what_is_wrong(void **state)
{
    daotp__csr_spec spec = {.upn = BYTES("alice@corp.example")};
    daotp_context *context;
    daotp__buffer der;
    daotp_key *key;

    (void)state;
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    key = test_key(context, "p256");
    daotp__buffer_init(&der, DAOTP__MAX_CSR);
    assert_int_equal(daotp__csr_write(&spec, key, &der), DAOTP_OK);
    mutate(daotp__csr_find_fault, daotp__buffer_bytes(&der), "request");
    daotp__buffer_free(&der);
    daotp_key_unref(key);
    daotp_context_unref(context);
}

static void pkcs7_says_what_is_wrong(void **state)
{
    const pki_cert *root = make_root();
    daotp__bytes data =
        PKI_SEQ(pki_integer(1), PKI_SET(PKI_NOTHING), PKI_SEQ(pki_oid("1.2.840.113549.1.7.1")),
                pki_tlv(0xA0, root->der), PKI_SET(PKI_NOTHING));

    (void)state;
    mutate(daotp__signed_data_find_fault,
           PKI_SEQ(pki_oid("1.2.840.113549.1.7.2"), pki_tlv(0xA0, data)), "PKCS#7");
}

/* The issue's own: an encoded FALSE, times without seconds, empty extensions, BER. */
static void each_rule_is_named(void **state)
{
    static const struct {
        const char *der, *rule;
    } rows[] = {{"30 05 01 01 00 05 00", NULL},
                {"30 03 01 01 01", "X.690 11.1"},
                {"30 80 05 00 00 00", "indefinite"},
                {"30 81 02 05 00", "fewest octets"},
                {"30 04 02 02 00 01", "X.690 8.3.2"},
                {"30 0D 17 0B 323631313330303131325A", "YYMMDDHHMMSSZ"},
                {"30 03 03 01 08", "X.690 11.2.1"},
                {"30 04 24 02 04 00", "X.690 10.2"},
                {"30 03 02 05 01", "past the end"},
                {"30 03 06 01 80", "X.690 8.19.2"},
                {"30 03 05 01 00", "X.690 8.8.2"}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *rule = NULL;
        const uint8_t *at;

        if (daotp__der_find_fault(hex(rows[i].der), 8, &at, &rule) != (rows[i].rule != NULL) ||
            (rows[i].rule != NULL && strstr(rule, rows[i].rule) == NULL))
            fail_msg("%s: %s", rows[i].der, rule != NULL ? rule : "no fault");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificates_say_what_is_wrong),
        cmocka_unit_test(crls_say_what_is_wrong),
        cmocka_unit_test(requests_say_what_is_wrong),
        cmocka_unit_test(pkcs7_says_what_is_wrong),
        cmocka_unit_test(each_rule_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, forget);
}
