/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"
#include "weak_keys.h"

#include "request/csr.h"
#include "responder/csr_check.h"

#include <openssl/x509v3.h>

static const char *const names[] = {"rsa2048", "rsa3072", "rsa4096", "p256", "p384"};

static daotp_context *context;
static daotp_key *keys[COUNT(names)];
static daotp__buffer subject;

static int make_all(void **state)
{
    (void)state;
    if (daotp_context_new(&context) != DAOTP_OK)
        return -1;
    for (size_t i = 0; i < COUNT(names); i++)
        keys[i] = test_key(context, names[i]);
    daotp__buffer_init(&subject, 1000);
    return daotp__name_parse("CN=Alice,OU=Staff,DC=corp,DC=example", &subject) ? 0 : -1;
}

static int free_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        daotp_key_unref(keys[i]);
    daotp__buffer_free(&subject);
    daotp_context_unref(context);
    return 0;
}

static const daotp__client_info info = {.id = 1001,
                                        .machine = {(const uint8_t *)"host", 4},
                                        .user = {(const uint8_t *)"user", 4},
                                        .process = {(const uint8_t *)"daotp", 5}};

static daotp__csr_spec full_spec(void)
{
    return (daotp__csr_spec){.subject = daotp__buffer_bytes(&subject),
                             .template = {.oid = BYTES("\x2A\x03\x04"),
                                          .major = 100,
                                          .minor = 5,
                                          .has_major = true,
                                          .has_minor = true},
                             .upn = BYTES("alice@corp.example"),
                             .os_version = BYTES("6.2.8311.2"),
                             .client_info = &info,
                             .csp_provider = BYTES("Some Provider")};
}

static daotp__buffer write_csr(const daotp__csr_spec *spec, const daotp_key *key)
{
    daotp__buffer out;

    daotp__buffer_init(&out, DAOTP__MAX_CSR);
    assert_int_equal(daotp__csr_write(spec, key, &out), DAOTP_OK);
    return out;
}

static void every_kind_of_key_asks_and_is_believed(void **state)
{
    static const enum daotp__oid algorithms[] = {DAOTP__OID_RSA_SHA256, DAOTP__OID_RSA_SHA256,
                                                 DAOTP__OID_RSA_SHA256, DAOTP__OID_ECDSA_SHA256,
                                                 DAOTP__OID_ECDSA_SHA384};
    daotp__csr_spec spec = full_spec();

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        daotp__buffer out = write_csr(&spec, keys[i]);
        const unsigned char *at = out.data;
        X509_REQ *theirs = d2i_X509_REQ(NULL, &at, (long)out.len);
        daotp__csr csr;

        assert_true(daotp__csr_read(daotp__buffer_bytes(&out), &csr));
        assert_true(daotp__csr_verify(&csr));
        assert_int_equal(csr.algorithm.known, algorithms[i]);
        assert_bytes_equal(csr.spki, daotp__key_spki(keys[i]));
        assert_non_null(theirs);
        assert_ptr_equal(at, out.data + out.len);
        assert_int_equal(X509_REQ_verify(theirs, daotp__key_pkey(keys[i])), 1);
        out.data[out.len - 1] ^= 1;
        assert_true(daotp__csr_read(daotp__buffer_bytes(&out), &csr));
        assert_false(daotp__csr_verify(&csr));
        X509_REQ_free(theirs);
        daotp__buffer_free(&out);
    }
}

static void what_was_asked_for_is_read_again(void **state)
{
    daotp__csr_spec spec = full_spec();
    daotp__buffer out = write_csr(&spec, keys[3]);
    const daotp__extension *extension;
    daotp__general_name name;
    daotp__template template;
    daotp__purposes purposes;
    daotp__bytes cursor, upn;
    unsigned bits;
    daotp__csr csr;

    (void)state;
    assert_true(daotp__csr_read(daotp__buffer_bytes(&out), &csr));
    assert_bytes_equal(csr.subject, spec.subject);
    assert_bytes_equal(csr.os_version, spec.os_version);
    assert_bytes_equal(csr.csp_provider, BYTES("\0S\0o\0m\0e\0 \0P\0r\0o\0v\0i\0d\0e\0r"));
    assert_true(csr.has_client_info && !csr.has_renewal && !csr.has_name_value_pair);
    assert_int_equal(csr.client_info.id, 1001);
    assert_bytes_equal(csr.client_info.process, info.process);
    assert_int_equal(csr.extensions.count, 6);
    assert_true(daotp__template_read(daotp__extensions_find(&csr.extensions, DAOTP__OID_TEMPLATE),
                                     &template));
    assert_bytes_equal(template.oid, spec.template.oid);
    assert_true(template.major == 100 && template.minor == 5);
    extension = daotp__extensions_find(&csr.extensions, DAOTP__OID_EKU);
    assert_true(daotp__eku_read(extension, DAOTP__OID_SMART_CARD_LOGON, &purposes));
    assert_true(purposes.has && purposes.count == 1);
    extension = daotp__extensions_find(&csr.extensions, DAOTP__OID_KEY_USAGE);
    assert_true(daotp__key_usage_read(extension, &bits) && extension->critical);
    assert_int_equal(bits, DAOTP__KU_DIGITAL_SIGNATURE | DAOTP__KU_KEY_ENCIPHERMENT);
    assert_true(daotp__san_begin(daotp__extensions_find(&csr.extensions, DAOTP__OID_SAN), &cursor));
    assert_true(daotp__san_next(&cursor, &name) && cursor.len == 0);
    assert_true(daotp__san_is_upn(&name, &upn));
    assert_bytes_equal(upn, spec.upn);
    daotp__buffer_free(&out);
}

static void openssl_reads_the_same(void **state)
{
    daotp__csr_spec spec = full_spec();
    daotp__buffer out = write_csr(&spec, keys[0]);
    const unsigned char *at = out.data;
    X509_REQ *theirs = d2i_X509_REQ(NULL, &at, (long)out.len);
    STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions(theirs);
    GENERAL_NAMES *san = X509V3_get_d2i(extensions, NID_subject_alt_name, NULL, NULL);
    ASN1_OCTET_STRING *key_id = X509V3_get_d2i(extensions, NID_subject_key_identifier, NULL, NULL);
    uint8_t digest[EVP_MAX_MD_SIZE];
    daotp__public_key public_key;
    unsigned char *again = NULL;
    int len;

    (void)state;
    assert_int_equal(X509_REQ_get_version(theirs), 0);
    assert_int_equal(X509_REQ_get_attr_count(theirs), 4);
    assert_int_equal(sk_X509_EXTENSION_num(extensions), 6);
    assert_int_equal(sk_GENERAL_NAME_num(san), 1);
    assert_int_equal(sk_GENERAL_NAME_value(san, 0)->type, GEN_OTHERNAME);
    assert_true(
        daotp__public_key_read(daotp__key_spki(keys[0]), &public_key)); /* RFC 5280 4.2.1.2 */
    assert_int_equal(
        EVP_Digest(public_key.string.data, public_key.string.len, digest, NULL, EVP_sha1(), NULL),
        1);
    assert_bytes_equal(
        (daotp__bytes){ASN1_STRING_get0_data(key_id), (size_t)ASN1_STRING_length(key_id)},
        (daotp__bytes){digest, 20});
    /* made anew, OpenSSL sorts the attributes as DER wants them */
    assert_true((len = i2d_re_X509_REQ_tbs(theirs, &again)) > 0);
    assert_bytes_equal((daotp__bytes){again, (size_t)len}, item_at(daotp__buffer_bytes(&out), "0"));
    OPENSSL_free(again);
    ASN1_OCTET_STRING_free(key_id);
    GENERAL_NAMES_free(san);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    X509_REQ_free(theirs);
    daotp__buffer_free(&out);
}

/* Whatever their lengths, the attributes ascend (X.690 11.6). */
static void attributes_are_sorted(void **state)
{
    char machine[400];

    (void)state;
    memset(machine, 'm', sizeof machine);
    for (size_t len = 0; len < sizeof machine; len += 13) {
        daotp__client_info longer = {.id = 1001, .machine = {(const uint8_t *)machine, len}};
        daotp__csr_spec spec = full_spec();
        daotp__buffer out;
        daotp__bytes set, previous = {NULL, 0}, next;

        spec.client_info = &longer;
        out = write_csr(&spec, keys[3]);
        assert_true(daotp__der_only(item_at(daotp__buffer_bytes(&out), "0.3"),
                                    DAOTP__DER_CONTEXT_CONSTRUCTED(0), &set));
        while (set.len > 0) {
            assert_true(daotp__der_read_whole(&set, DAOTP__DER_SEQUENCE, &next));
            if (previous.data != NULL)
                assert_true(memcmp(previous.data, next.data,
                                   previous.len < next.len ? previous.len : next.len) < 0);
            previous = next;
        }
        daotp__buffer_free(&out);
    }
}

static void what_is_empty_is_left_out(void **state)
{
    daotp__csr_spec spec = {.template = {.oid = BYTES("\x2A\x03\x04")}, .upn = BYTES("a@b")};
    daotp__buffer out = write_csr(&spec, keys[3]);
    daotp__template template;
    daotp__csr csr;

    (void)state;
    assert_true(daotp__csr_read(daotp__buffer_bytes(&out), &csr));
    assert_true(daotp__name_is_empty(csr.subject));
    assert_null(csr.os_version.data);
    assert_null(csr.csp_provider.data);
    assert_false(csr.has_client_info);
    assert_true(daotp__template_read(daotp__extensions_find(&csr.extensions, DAOTP__OID_TEMPLATE),
                                     &template));
    assert_false(template.has_major || template.has_minor);
    daotp__buffer_free(&out);
    spec.upn.len = 0;
    out = write_csr(&spec, keys[3]);
    assert_true(daotp__csr_read(daotp__buffer_bytes(&out), &csr));
    assert_null(daotp__extensions_find(&csr.extensions, DAOTP__OID_SAN));
    daotp__buffer_free(&out);
}

static void rsa_requests_are_the_same_each_time(void **state)
{
    daotp__csr_spec spec = full_spec();
    daotp__buffer one = write_csr(&spec, keys[0]), two = write_csr(&spec, keys[0]);

    (void)state;
    assert_bytes_equal(daotp__buffer_bytes(&one), daotp__buffer_bytes(&two));
    daotp__buffer_free(&one);
    daotp__buffer_free(&two);
}

static void what_is_too_large_is_not_written(void **state)
{
    daotp__csr_spec spec = full_spec();
    char *longer = calloc(1, DAOTP__MAX_CSR);
    daotp__buffer out;

    (void)state;
    daotp__buffer_init(&out, 100000);
    memset(longer, 'x', DAOTP__MAX_CSR - 1);
    spec.upn = (daotp__bytes){(uint8_t *)longer, DAOTP__MAX_CSR - 1};
    assert_int_equal(daotp__csr_write(&spec, keys[3], &out), DAOTP_PEER);
    daotp__buffer_free(&out);
    free(longer);
}

#define UNKNOWN_OID "06032A0305"

/* CertificationRequestInfo 0: 0 version, 1 subject, 2 key, 3 attributes: in DER order
 * 3.0 OS version, 3.1 CSP provider, 3.2 client info, 3.3 extensions (as full_spec() has them). */
static void one_thing_changed_decides(void **state)
{
    static const struct {
        const char *path, *with;
        bool good;
    } rows[] = {
        {"0.0", "020101", false},
        {"0.0", "0500", false},
        {"0.1", "3000", true},
        {"0.1", "3100", false},
        {"0.2", "3000", true}, /* reading is not verifying */
        {"0.2", "0500", false},
        {"0.3", "", false},
        {"0.3", "A000", true}, /* asks for nothing */
        {"0.3", "A100", false},
        {"0.4", "0500", false},
        {"0.3.0", "0500", false},
        {"0.3.0", "3000", false},
        {"0.3.0.1", "3100", false}, /* an attribute without a value */
        {"0.3.0.1", "3000", false},
        {"0.3.0.2", "0500", false},
        {"0.3.0.1.1", "1601 31", false}, /* two values: AD CS says 0x8007000D */
        {"0.3.4", "3007 " UNKNOWN_OID "3100", false},
        {"0.3.4", "3009 " UNKNOWN_OID "3102 0500", true},
        {"0.3.4", "300D 060A 2B060104018237140203", false},
        {"0.3.0.1.0", "0C01 31", true}, /* any kind of string */
        {"0.3.1.1.0", "0500", false},
        {"0.3.2.1.0", "0500", false},
        {"0.3.3.1.0", "0500", false},
        {"0.3.3.1.0", "3000", false},
        {"0.3.3.1.0.0.0", "0500", false},
        {"0.3.4", "3012 060A 2B060104018237150A 3104 3002 3000", false},
        {"0.3.4", "300E 0609 2B0601040182370D01 3101 00", false},
        {"1", "0500", false},
        {"2", "0302 0100", false},
        {"2", "0302 00AA", true},
        {"2", "0500", false},
        {"3", "0500", false},
    };
    daotp__csr_spec spec = full_spec();
    daotp__buffer good = write_csr(&spec, keys[3]);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__buffer out;
        daotp__csr csr;

        daotp__buffer_init(&out, DAOTP__MAX_CSR);
        edit(daotp__buffer_bytes(&good), rows[i].path, hex(rows[i].with), &out);
        if (daotp__csr_read(daotp__buffer_bytes(&out), &csr) != rows[i].good)
            fail_msg("%s = %s", rows[i].path, rows[i].with);
        if (rows[i].good)
            assert_false(daotp__csr_verify(&csr)); /* none is what was signed */
        daotp__buffer_free(&out);
    }
    daotp__buffer_free(&good);
}

static void no_attribute_of_note_stands_twice(void **state)
{
    daotp__csr_spec spec = full_spec();
    daotp__buffer good = write_csr(&spec, keys[3]);

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        daotp__buffer out;
        daotp__csr csr;
        char path[8];

        (void)snprintf(path, sizeof path, "0.3.%u", i);
        daotp__buffer_init(&out, DAOTP__MAX_CSR);
        edit(daotp__buffer_bytes(&good), "0.3.4", item_at(daotp__buffer_bytes(&good), path), &out);
        assert_false(daotp__csr_read(daotp__buffer_bytes(&out), &csr));
        daotp__buffer_free(&out);
    }
    daotp__buffer_free(&good);
}

static void traps_among_the_attributes_are_seen(void **state)
{
    static const struct {
        const char *attribute;
        bool renewal, pair;
    } rows[] = {
        {"300F 0609 2B0601040182370D01 3102 3000", true, false},
        {"3010 060A 2B0601040182370D0201 3102 3000", false, true},
        {"3012 060A 2B0601040182370D0201 3104 3000 3000", false, true}, /* as many as it likes */
    };
    daotp__csr_spec spec = full_spec();
    daotp__buffer good = write_csr(&spec, keys[3]);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__buffer out;
        daotp__csr csr;

        daotp__buffer_init(&out, DAOTP__MAX_CSR);
        edit(daotp__buffer_bytes(&good), "0.3.4", hex(rows[i].attribute), &out);
        assert_true(daotp__csr_read(daotp__buffer_bytes(&out), &csr));
        assert_int_equal(csr.has_renewal, rows[i].renewal);
        assert_int_equal(csr.has_name_value_pair, rows[i].pair);
        daotp__buffer_free(&out);
    }
    daotp__buffer_free(&good);
}

/* protocol.md 2.3: MS-WCCE names this attribute, Windows sends that of PKCS#9 */
static void extensions_may_stand_in_either_attribute(void **state)
{
    daotp__csr_spec spec = full_spec();
    daotp__buffer good = write_csr(&spec, keys[3]), out;
    daotp__csr csr;

    (void)state;
    daotp__buffer_init(&out, DAOTP__MAX_CSR);
    edit(daotp__buffer_bytes(&good), "0.3.3.0", hex("060A 2B06010401823702010E"), &out);
    assert_true(daotp__csr_read(daotp__buffer_bytes(&out), &csr));
    assert_int_equal(csr.extensions.count, 6);
    daotp__buffer_free(&good);
    daotp__buffer_free(&out);
}

static void every_shorter_and_every_longer_form_is_refused(void **state)
{
    daotp__csr_spec spec = full_spec();
    daotp__buffer good = write_csr(&spec, keys[3]);
    daotp__csr csr;

    (void)state;
    for (size_t len = 0; len < good.len; len++) {
        uint8_t *copy = malloc(len + 1);

        memcpy(copy, good.data, len);
        assert_false(daotp__csr_read((daotp__bytes){copy, len}, &csr));
        free(copy);
    }
    daotp__buffer_byte(&good, 0);
    assert_false(daotp__csr_read(daotp__buffer_bytes(&good), &csr));
    daotp__buffer_free(&good);
}

/* The signature's algorithm must be of the key's kind, and a known hash. */
static void proof_of_possession_cannot_be_borrowed(void **state)
{
    daotp__csr_spec spec = full_spec();
    daotp__buffer rsa = write_csr(&spec, keys[0]), out;
    daotp__csr csr;

    (void)state;
    daotp__buffer_init(&out, DAOTP__MAX_CSR);
    edit(daotp__buffer_bytes(&rsa), "1", hex("300A 0608 2A8648CE3D040302"), &out);
    assert_true(daotp__csr_read(daotp__buffer_bytes(&out), &csr));
    assert_false(daotp__csr_verify(&csr));
    daotp__buffer_clear(&out);
    edit(daotp__buffer_bytes(&rsa), "0.2", daotp__key_spki(keys[1]), &out); /* another's key */
    assert_true(daotp__csr_read(daotp__buffer_bytes(&out), &csr));
    assert_false(daotp__csr_verify(&csr));
    daotp__buffer_clear(&out);
    edit(daotp__buffer_bytes(&rsa), "1", hex("300D 0609 2A864886F70D010104 0500"), &out); /* MD5 */
    assert_true(daotp__csr_read(daotp__buffer_bytes(&out), &csr));
    assert_false(daotp__csr_verify(&csr));
    daotp__buffer_free(&rsa);
    daotp__buffer_free(&out);
}

/* protocol.md 2.2 to 2.4 */
static void the_published_request_is_read(void **state)
{
    daotp__buffer file;
    daotp__csr csr;

    (void)state;
    daotp__buffer_init(&file, DAOTP__MAX_CSR);
    load_file("request-4.1.csr.der", &file);
    assert_true(daotp__csr_read(daotp__buffer_bytes(&file), &csr));
    assert_true(daotp__csr_verify(&csr));
    assert_int_equal(csr.info.len, 891);
    assert_int_equal(csr.algorithm.known, DAOTP__OID_RSA_SHA1);
    assert_bytes_equal(csr.os_version, BYTES("6.2.8311.2"));
    assert_int_equal(csr.client_info.id, 5);
    assert_bytes_equal(csr.client_info.machine, BYTES("CLIENT2.domain1.corp.company.com"));
    assert_bytes_equal(csr.client_info.user, BYTES("DOMAIN1\\CLIENT2$"));
    assert_bytes_equal(csr.client_info.process, BYTES("LogonUI.exe"));
    assert_int_equal(csr.csp_provider.len, 78);
    assert_int_equal(csr.extensions.count, 6);
    daotp__buffer_free(&file);
}

/* The rest of the request is faultless: the key alone decides, before the signature is looked at.
 */
static void expect_weak_key(daotp__bytes der, weak_spki key, const char *fault)
{
    test_report report = test_report_new();
    daotp__buffer out;
    daotp__csr csr;

    daotp__buffer_init(&out, DAOTP__MAX_CSR);
    edit(der, "0.2", (daotp__bytes){key.der, key.len}, &out);
    assert_true(daotp__csr_read(daotp__buffer_bytes(&out), &csr));
    assert_int_equal(daotp__csr_check(&csr, BYTES("\x2A\x03\x04"), report.report), DAOTP_REJECTED);
    if (!test_report_has(&report, DAOTP_FINDING_CSR_KEY) ||
        strstr(daotp_report_get_text(report.report), fault) == NULL)
        fail_msg("not \"%s\": %s", fault, daotp_report_get_text(report.report));
    daotp__buffer_free(&out);
    test_report_free(&report);
}

static void weak_keys_are_not_certified(void **state)
{
    daotp__csr_spec spec = full_spec();
    daotp__buffer out = write_csr(&spec, keys[0]);
    daotp__bytes der = daotp__buffer_bytes(&out);
    weak_spki off = weak_generated("P-256", 0);

    (void)state;
    off.der[off.len - 1] ^= 1;
    expect_weak_key(der, weak_rsa(weak_composite(2048), 1), "exponent");
    expect_weak_key(der, weak_rsa(weak_composite(2048), 3), "exponent");
    expect_weak_key(der, weak_rsa(BN_get_rfc3526_prime_2048(NULL), 65537), "a prime");
    expect_weak_key(der, weak_rsa(weak_even(2048), 65537), "even");
    expect_weak_key(der, weak_rsa(weak_with_factor(2048, 7), 65537), "a factor");
    expect_weak_key(der, weak_rsa(weak_composite(1024), 65537), "RSA, 1024 bits");
    expect_weak_key(der, off, "not on the curve");
    expect_weak_key(der, weak_scalar("P-384", 1), "the private key is 1");
    expect_weak_key(der, weak_generated("P-521", 0), "P-521");
    expect_weak_key(der, weak_generated("ED25519", 0), "Ed25519");
    daotp__buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_key_asks_and_is_believed),
        cmocka_unit_test(what_was_asked_for_is_read_again),
        cmocka_unit_test(openssl_reads_the_same),
        cmocka_unit_test(attributes_are_sorted),
        cmocka_unit_test(what_is_empty_is_left_out),
        cmocka_unit_test(rsa_requests_are_the_same_each_time),
        cmocka_unit_test(what_is_too_large_is_not_written),
        cmocka_unit_test(one_thing_changed_decides),
        cmocka_unit_test(no_attribute_of_note_stands_twice),
        cmocka_unit_test(traps_among_the_attributes_are_seen),
        cmocka_unit_test(extensions_may_stand_in_either_attribute),
        cmocka_unit_test(every_shorter_and_every_longer_form_is_refused),
        cmocka_unit_test(proof_of_possession_cannot_be_borrowed),
        cmocka_unit_test(the_published_request_is_read),
        cmocka_unit_test(weak_keys_are_not_certified),
    };

    return cmocka_run_group_tests(tests, make_all, free_all);
}
