/* SPDX-License-Identifier: BSD-2-Clause */
/* SignedData: what our registration authority writes, read by our client and by OpenSSL. */
#include "builders.h"

#include "x509/cms.h"

#include <openssl/cms.h>
#include <openssl/objects.h>

static const char *const names[] = {"rsa2048", "p256", "p384"};
static const daotp__hash hashes[] = {DAOTP__HASH_SHA256, DAOTP__HASH_SHA384, DAOTP__HASH_SHA512};

static daotp_context *context;
static daotp_key *keys[COUNT(names)], *ca_key;
static daotp__buffer ras[COUNT(names)]; /* a certificate for each key */
static daotp__buffer published, content;

static int make_all(void **state)
{
    const certificate_plan plan = {.serial = 0};

    (void)state;
    if (daotp_context_new(&context) != DAOTP_OK)
        return -1;
    ca_key = test_key(context, "other-p256");
    for (size_t i = 0; i < COUNT(names); i++) {
        keys[i] = test_key(context, names[i]);
        daotp__buffer_init(&ras[i], DAOTP__MAX_CERTIFICATE);
        make_certificate(&plan, keys[i], ca_key, &ras[i]);
    }
    daotp__buffer_init(&published, DAOTP__MAX_CMC);
    load_file("response-4.1.cmc.der", &published);
    daotp__buffer_init(&content, DAOTP__MAX_CMC);
    daotp__buffer_text(&content, "what is signed");
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        daotp_key_unref(keys[i]);
        daotp__buffer_free(&ras[i]);
    }
    daotp__buffer_free(&published);
    daotp__buffer_free(&content);
    daotp_key_unref(ca_key);
    daotp_context_unref(context);
    return 0;
}

/* Signed by key i with a hash. */
static daotp__buffer sign(size_t i, daotp__hash hash)
{
    daotp__certificate ra;
    daotp__buffer out;

    assert_true(daotp__certificate_read(daotp__buffer_bytes(&ras[i]), &ra));
    daotp__buffer_init(&out, DAOTP__MAX_CMC);
    assert_int_equal(daotp__cms_sign(daotp__oid(DAOTP__OID_PKI_DATA), daotp__buffer_bytes(&content),
                                     hash, keys[i], &ra, &out, NULL),
                     DAOTP_OK);
    return out;
}

static void check_own(const daotp__signed_data *cms, size_t i, daotp__hash hash)
{
    const daotp__signer *dummy = &cms->signers[0], *ra = &cms->signers[1];
    daotp__certificate certificate;

    assert_true(daotp__oid_is(cms->content_type, DAOTP__OID_PKI_DATA));
    assert_bytes_equal(cms->content, daotp__buffer_bytes(&content));
    assert_int_equal(cms->certificate_count, 1);
    assert_bytes_equal(cms->certificates[0], daotp__buffer_bytes(&ras[i]));
    assert_int_equal(cms->signer_count, 2);
    assert_true(daotp__signer_is_no_signature(dummy));
    assert_false(daotp__signer_is_no_signature(ra));
    assert_true(daotp__signer_attributes_fit(cms, dummy));
    assert_true(daotp__signer_attributes_fit(cms, ra));
    assert_int_equal(daotp__algorithm_hash(&ra->digest), hash);
    assert_false(daotp__signer_certificate(cms, dummy, &certificate));
    assert_true(daotp__signer_certificate(cms, ra, &certificate));
    assert_true(daotp__signer_verify(ra, certificate.spki));
    assert_false(daotp__signer_verify(dummy, certificate.spki));
    assert_false(daotp__signer_verify(ra, daotp__key_spki(ca_key)));
}

/* The dummy first, and by the order of DER at that: X.690 11.6 */
static void check_order(const daotp__signed_data *cms)
{
    daotp__bytes a = cms->signers[0].whole, b = cms->signers[1].whole;
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);

    assert_true(order < 0);
}

static void own_output_is_read_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        for (size_t j = 0; j < COUNT(hashes); j++) {
            daotp__buffer out = sign(i, hashes[j]);
            daotp__signed_data cms;

            assert_true(daotp__signed_data_read(daotp__buffer_bytes(&out), &cms));
            check_own(&cms, i, hashes[j]);
            check_order(&cms);
            daotp__buffer_free(&out);
        }
}

/* protocol.md 3.6: CMS_verify() wants a certificate for the dummy too, so signer by signer */
static void openssl_verifies(daotp__bytes der, const EVP_MD *md)
{
    const unsigned char *at = der.data;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)der.len);
    STACK_OF(X509) *certificates = CMS_get1_certs(cms);
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
    unsigned char *again = NULL, block[4096];
    int len = i2d_CMS_ContentInfo(cms, &again);
    CMS_SignerInfo *dummy, *ra;
    ASN1_OCTET_STRING *signature;
    X509_ALGOR *digest_algorithm, *signature_algorithm;
    BIO *bio;

    assert_non_null(cms);
    assert_ptr_equal(at, der.data + der.len);
    assert_bytes_equal((daotp__bytes){again, (size_t)len}, der);
    assert_int_equal(OBJ_obj2nid(CMS_get0_eContentType(cms)), NID_id_cct_PKIData);
    assert_int_equal(sk_X509_num(certificates), 1);
    assert_int_equal(sk_CMS_SignerInfo_num(signers), 2);
    dummy = sk_CMS_SignerInfo_value(signers, 0);
    ra = sk_CMS_SignerInfo_value(signers, 1);
    assert_int_equal(CMS_SignerInfo_cert_cmp(ra, sk_X509_value(certificates, 0)), 0);
    assert_int_not_equal(CMS_SignerInfo_cert_cmp(dummy, sk_X509_value(certificates, 0)), 0);
    CMS_SignerInfo_set1_signer_cert(ra, sk_X509_value(certificates, 0));
    assert_int_equal(CMS_SignerInfo_verify(ra), 1);
    bio = CMS_dataInit(cms, NULL);
    assert_non_null(bio);
    while (BIO_read(bio, block, sizeof block) > 0)
        continue;
    assert_int_equal(CMS_SignerInfo_verify_content(ra, bio), 1);
    assert_int_equal(CMS_SignerInfo_verify_content(dummy, bio), 1);
    CMS_SignerInfo_get0_algs(dummy, NULL, NULL, &digest_algorithm, &signature_algorithm);
    assert_int_equal(OBJ_obj2nid(signature_algorithm->algorithm), NID_id_alg_noSignature);
    assert_int_equal(OBJ_obj2nid(digest_algorithm->algorithm), EVP_MD_get_type(md));
    signature = CMS_SignerInfo_get0_signature(dummy);
    assert_int_equal(ASN1_STRING_length(signature), EVP_MD_get_size(md));
    BIO_free_all(bio);
    OPENSSL_free(again);
    sk_X509_pop_free(certificates, X509_free);
    CMS_ContentInfo_free(cms);
}

static void openssl_has_the_same_opinion(void **state)
{
    const EVP_MD *const methods[] = {EVP_sha256(), EVP_sha384(), EVP_sha512()};

    (void)state;
    openssl_verifies(daotp__buffer_bytes(&published), EVP_sha1());
    for (size_t i = 0; i < COUNT(names); i++)
        for (size_t j = 0; j < COUNT(hashes); j++) {
            daotp__buffer out = sign(i, hashes[j]);

            openssl_verifies(daotp__buffer_bytes(&out), methods[j]);
            daotp__buffer_free(&out);
        }
}

/* protocol.md 3.3 */
static void the_published_signers_are_read(void **state)
{
    daotp__certificate certificate;
    daotp__signed_data cms;

    (void)state;
    assert_true(daotp__signed_data_read(daotp__buffer_bytes(&published), &cms));
    assert_int_equal(cms.content.len, 1297);
    assert_int_equal(cms.signer_count, 2);
    assert_true(daotp__signer_is_no_signature(&cms.signers[0]));
    assert_true(daotp__signer_attributes_fit(&cms, &cms.signers[0]));
    assert_true(daotp__signer_attributes_fit(&cms, &cms.signers[1]));
    assert_bytes_equal(cms.signers[0].serial, hex("00"));
    assert_int_equal(cms.signers[1].signature_algorithm.known, DAOTP__OID_RSA);
    assert_true(daotp__signer_certificate(&cms, &cms.signers[1], &certificate));
    assert_true(daotp__signer_verify(&cms.signers[1], certificate.spki));
}

/* The RA would come first: a dummy of SHA-512 is the longer one beside a P-256 signature under a
 * very short issuer name, protocol.md 3.6. */
static void the_wrong_order_is_noticed(void **state)
{
    const certificate_plan plan = {.issuer = "CN=A", .serial = 1};
    test_report report = test_report_new();
    daotp__certificate ra;
    daotp__buffer der, out;

    (void)state;
    daotp__buffer_init(&der, DAOTP__MAX_CERTIFICATE);
    daotp__buffer_init(&out, DAOTP__MAX_CMC);
    make_certificate(&plan, keys[1], ca_key, &der);
    assert_true(daotp__certificate_read(daotp__buffer_bytes(&der), &ra));
    assert_int_equal(daotp__cms_sign(daotp__oid(DAOTP__OID_PKI_DATA), daotp__buffer_bytes(&content),
                                     DAOTP__HASH_SHA512, keys[1], &ra, &out, report.report),
                     DAOTP_INTERNAL);
    assert_true(test_report_has(&report, DAOTP_FINDING_CMC_ORDER));
    assert_int_equal(out.len, 0);
    assert_int_equal(daotp__cms_sign(daotp__oid(DAOTP__OID_PKI_DATA), daotp__buffer_bytes(&content),
                                     DAOTP__HASH_SHA256, keys[1], &ra, &out, report.report),
                     DAOTP_OK);
    daotp__buffer_free(&der);
    daotp__buffer_free(&out);
    test_report_free(&report);
}

static void no_hash_is_no_signature(void **state)
{
    daotp__certificate ra;
    daotp__buffer out;

    (void)state;
    assert_true(daotp__certificate_read(daotp__buffer_bytes(&ras[1]), &ra));
    daotp__buffer_init(&out, DAOTP__MAX_CMC);
    assert_int_equal(daotp__cms_sign(daotp__oid(DAOTP__OID_PKI_DATA), daotp__buffer_bytes(&content),
                                     DAOTP__HASH_NONE, keys[1], &ra, &out, NULL),
                     DAOTP_INTERNAL);
    daotp__buffer_free(&out);
}

/* An edited message: read, and what its second signer is worth. */
struct outcome {
    bool read, dummy, fits, embedded, verified;
};

static struct outcome look_at(daotp__bytes der)
{
    struct outcome seen = {.read = false};
    daotp__signed_data cms;
    daotp__certificate ra, own;

    seen.read = daotp__signed_data_read(der, &cms);
    if (!seen.read || cms.signer_count != 2)
        return seen;
    assert_true(daotp__certificate_read(daotp__buffer_bytes(&ras[0]), &own));
    seen.dummy = daotp__signer_is_no_signature(&cms.signers[0]);
    seen.fits = daotp__signer_attributes_fit(&cms, &cms.signers[1]);
    seen.embedded = daotp__signer_certificate(&cms, &cms.signers[1], &ra);
    seen.verified = daotp__signer_verify(&cms.signers[1], own.spki);
    return seen;
}

#define SHA256_OID "0609 608648016503040201"
#define DIGEST     "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"

/* SignedData 1.0: 0 version, 1 digestAlgorithms, 2 content, 3 certificates, 4 signers; SignerInfo:
 * 0 version, 1 sid, 2 digest, 3 attributes, 4 algorithm, 5 signature. Signed by RSA with SHA-256.
 */
static void one_thing_changed_decides(void **state)
{
    static const struct {
        const char *path, *with;
        struct outcome wanted;
    } rows[] = {
        {"0", "0609 2A864886F70D010701", {false}}, /* data */
        {"1", "A000", {false}},
        {"2", "0500", {false}},
        {"1.0.0", "0500", {false}},
        {"1.0.1", "3100", {true, true, true, true, true}}, /* a hint only */
        {"1.0.1", "3000", {false}},
        {"1.0.2.0", "0609 2A864886F70D010701", {true, true, false, true, true}},
        {"1.0.2.1", "", {true, true, false, true, true}}, /* detached */
        {"1.0.2.1.0", "0404 6F746872", {true, true, false, true, true}},
        {"1.0.2.1.0", "2400", {false}}, /* in pieces, as BER has it */
        {"1.0.2.1.1", "0400", {false}},
        {"1.0.3", "", {true, true, true, false, true}},
        {"1.0.3", "A000", {true, true, true, false, true}},
        {"1.0.3.0", "3000", {true, true, true, false, true}}, /* one that cannot be read */
        {"1.0.3.0", "0500", {false}},                         /* no certificate at all */
        {"1.0.3", "A100", {true, true, true, false, true}},   /* CRLs in their place */
        {"1.0.4", "3100", {true, false, false, false, false}},
        {"1.0.4", "3000", {false}},
        {"1.0.5", "0500", {false}},
        {"1.0.4.0", "0500", {false}},
        {"1.0.4.0.4", "300D 0609 2A864886F70D010101 0500", {true, false, true, true, true}},
        {"1.0.4.0.5", "0420 " DIGEST, {true, false, true, true, true}},
        {"1.0.4.0.5", "0404 00112233", {true, false, true, true, true}},
        {"1.0.4.0.3", "", {true, false, true, true, true}}, /* nothing signed */
        {"1.0.4.1.0", "0500", {false}},
        {"1.0.4.1.0", "020103", {true, true, true, true, true}},
        {"1.0.4.1.1.1", "020101", {true, true, true, false, true}}, /* another serial */
        {"1.0.4.1.1.0", "3000", {true, true, true, false, true}},   /* another issuer */
        {"1.0.4.1.1.2", "0500", {false}},
        {"1.0.4.1.1", "8003 ABCDEF", {true, true, true, false, true}}, /* a key id nobody has */
        {"1.0.4.1.1", "0500", {false}},
        {"1.0.4.1.2", "300B " SHA256_OID, {true, true, true, true, true}}, /* absent parameters */
        {"1.0.4.1.2", "300D 0609 608648016503040202 0500", {true, true, false, true, false}},
        {"1.0.4.1.2",
         "300C 0608 2A864886F70D0205 0500",
         {true, true, false, true, false}}, /* MD5 */
        {"1.0.4.1.2", "3000", {false}},
        {"1.0.4.1.3", "", {true, true, false, true, false}},
        {"1.0.4.1.3", "A000", {false}},
        {"1.0.4.1.3.0", "3004 0500 0500", {false}},
        {"1.0.4.1.3.0", "", {true, true, false, true, false}}, /* no content type */
        {"1.0.4.1.3.1", "", {true, true, false, true, false}}, /* no digest */
        {"1.0.4.1.3.1.1.0", "0420 " DIGEST, {true, true, false, true, false}},
        {"1.0.4.1.3.1.1.1", "0420 " DIGEST, {false}}, /* two digests */
        {"1.0.4.1.3.1.1", "3100", {false}},
        {"1.0.4.1.3.0.1.0", "0500", {false}},
        {"1.0.4.1.3.2", "3018 0609 2A864886F70D010903 310B 0609 2A864886F70D010701", {false}},
        {"1.0.4.1.4", "300D 0609 2A864886F70D01010B 0500", {true, true, true, true, true}},
        {"1.0.4.1.4", "300D 0609 2A864886F70D01010C 0500", {true, true, true, true, false}},
        {"1.0.4.1.4", "300A 0608 2A8648CE3D040302", {true, true, true, true, false}}, /* ECDSA */
        {"1.0.4.1.4", "300C 0608 2B06010505070602 0500", {true, true, true, true, false}},
        {"1.0.4.1.5", "0403 010203", {true, true, true, true, false}},
        {"1.0.4.1.5", "0500", {false}},
        {"1.0.4.1.6", "A100", {true, true, true, true, true}}, /* unsigned attributes */
        {"1.0.4.1.6", "A200", {false}},
        {"1.0.4.2", "0500", {false}},
    };
    daotp__buffer good = sign(0, DAOTP__HASH_SHA256);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct outcome seen, wanted = rows[i].wanted;
        daotp__buffer out;

        daotp__buffer_init(&out, DAOTP__MAX_CMC);
        edit(daotp__buffer_bytes(&good), rows[i].path, hex(rows[i].with), &out);
        seen = look_at(daotp__buffer_bytes(&out));
        if (seen.read != wanted.read || seen.dummy != wanted.dummy || seen.fits != wanted.fits ||
            seen.embedded != wanted.embedded || seen.verified != wanted.verified)
            fail_msg("%s = %s: %d %d %d %d %d", rows[i].path, rows[i].with, seen.read, seen.dummy,
                     seen.fits, seen.embedded, seen.verified);
        daotp__buffer_free(&out);
    }
    daotp__buffer_free(&good);
}

static void every_shorter_form_is_refused(void **state)
{
    daotp__buffer good = sign(1, DAOTP__HASH_SHA256);
    daotp__signed_data cms;

    (void)state;
    for (size_t len = 0; len < good.len; len++) {
        uint8_t *copy = malloc(len + 1);

        memcpy(copy, good.data, len);
        assert_false(daotp__signed_data_read((daotp__bytes){copy, len}, &cms));
        free(copy);
    }
    daotp__buffer_byte(&good, 0);
    assert_false(daotp__signed_data_read(daotp__buffer_bytes(&good), &cms));
    daotp__buffer_free(&good);
}

static void a_signer_may_be_named_by_its_key_id(void **state)
{
    daotp__buffer good = sign(0, DAOTP__HASH_SHA256), certificate, named, out;
    struct outcome seen;

    (void)state;
    daotp__buffer_init(&certificate, DAOTP__MAX_CERTIFICATE);
    daotp__buffer_init(&named, DAOTP__MAX_CMC);
    daotp__buffer_init(&out, DAOTP__MAX_CMC);
    edit(daotp__buffer_bytes(&ras[0]), "0.7.0.0", hex("300C 0603551D0E 0405 0403 ABCDEF"),
         &certificate);
    edit(daotp__buffer_bytes(&good), "1.0.4.1.1", hex("8003 ABCDEF"), &named);
    edit(daotp__buffer_bytes(&named), "1.0.3.0", daotp__buffer_bytes(&certificate), &out);
    seen = look_at(daotp__buffer_bytes(&out));
    assert_true(seen.embedded && seen.verified);
    daotp__buffer_free(&good);
    daotp__buffer_free(&certificate);
    daotp__buffer_free(&named);
    daotp__buffer_free(&out);
}

static void two_certificates_that_fit_are_as_bad_as_none(void **state)
{
    daotp__buffer good = sign(0, DAOTP__HASH_SHA256), out;
    struct outcome seen;

    (void)state;
    daotp__buffer_init(&out, DAOTP__MAX_CMC);
    edit(daotp__buffer_bytes(&good), "1.0.3.1", daotp__buffer_bytes(&ras[0]), &out);
    seen = look_at(daotp__buffer_bytes(&out));
    assert_true(seen.read && !seen.embedded);
    daotp__buffer_clear(&out);
    edit(daotp__buffer_bytes(&good), "1.0.3.1", daotp__buffer_bytes(&published), &out);
    assert_true(look_at(daotp__buffer_bytes(&out)).embedded); /* another one does no harm */
    daotp__buffer_free(&good);
    daotp__buffer_free(&out);
}

static void certificates_and_signers_are_bounded(void **state)
{
    static const struct {
        const char *path, *source;
        unsigned have, max;
    } rows[] = {{"1.0.3", "1.0.3.0", 1, DAOTP__MAX_CHAIN},
                {"1.0.4", "1.0.4.1", 2, DAOTP__MAX_SIGNERS}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__buffer good = sign(0, DAOTP__HASH_SHA256), out;
        daotp__signed_data cms;

        daotp__buffer_init(&out, 2 * DAOTP__MAX_CMC);
        for (unsigned n = rows[i].have; n <= rows[i].max; n++) {
            daotp__bytes more = item_at(daotp__buffer_bytes(&good), rows[i].source);
            char path[16];

            assert_true(daotp__signed_data_read(daotp__buffer_bytes(&good), &cms));
            (void)snprintf(path, sizeof path, "%s.%u", rows[i].path, n);
            daotp__buffer_clear(&out);
            edit(daotp__buffer_bytes(&good), path, more, &out);
            daotp__buffer_clear(&good);
            daotp__buffer_add(&good, out.data, out.len);
        }
        assert_int_equal(good.failed, DAOTP_OK);
        assert_false(daotp__signed_data_read(daotp__buffer_bytes(&good), &cms));
        daotp__buffer_free(&good);
        daotp__buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_output_is_read_again),
        cmocka_unit_test(openssl_has_the_same_opinion),
        cmocka_unit_test(the_published_signers_are_read),
        cmocka_unit_test(the_wrong_order_is_noticed),
        cmocka_unit_test(no_hash_is_no_signature),
        cmocka_unit_test(one_thing_changed_decides),
        cmocka_unit_test(every_shorter_form_is_refused),
        cmocka_unit_test(a_signer_may_be_named_by_its_key_id),
        cmocka_unit_test(two_certificates_that_fit_are_as_bad_as_none),
        cmocka_unit_test(certificates_and_signers_are_bounded),
    };

    return cmocka_run_group_tests(tests, make_all, free_all);
}
