/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"

#include "x509/chain.h"
#include "x509/cms.h"
#include "x509/signature.h"

#include <dirent.h>
#include <openssl/x509v3.h>

static daotp_context *context;
static daotp_key *key, *other;
static daotp__buffer good; /* a faultless certificate */
static daotp__buffer published;

static int make_all(void **state)
{
    const certificate_plan plan = {.subject = "CN=da1,DC=corp", .upn = "alice@corp.example"};

    (void)state;
    if (daotp_context_new(&context) != DAOTP_OK)
        return -1;
    key = test_key(context, "p256");
    other = test_key(context, "other-p256");
    daotp__buffer_init(&good, DAOTP__MAX_CERTIFICATE);
    make_certificate(&plan, key, other, &good);
    daotp__buffer_init(&published, DAOTP__MAX_CMC);
    load_file("response-4.1.cmc.der", &published);
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    daotp__buffer_free(&good);
    daotp__buffer_free(&published);
    daotp_key_unref(key);
    daotp_key_unref(other);
    daotp_context_unref(context);
    return 0;
}

static bool readable(daotp__bytes der)
{
    daotp__certificate certificate;

    return daotp__certificate_read(der, &certificate);
}

static void assert_name(daotp__bytes name, const char *wanted)
{
    daotp__buffer text;

    daotp__buffer_init(&text, 1000);
    assert_true(daotp__name_text(name, &text));
    assert_string_equal(daotp__buffer_string(&text), wanted);
    daotp__buffer_free(&text);
}

/* protocol.md 3.4 */
static void the_published_ra_certificate_is_read(void **state)
{
    const daotp__extension *extension;
    daotp__certificate ra;
    daotp__signed_data cms;
    daotp__purposes purposes;
    daotp__public_key public_key;
    daotp__template template;
    char text[DAOTP__OID_TEXT];
    unsigned bits;
    daotp__bytes upn;

    (void)state;
    assert_true(daotp__signed_data_read(daotp__buffer_bytes(&published), &cms));
    assert_int_equal(cms.certificate_count, 1);
    assert_true(daotp__certificate_read(cms.certificates[0], &ra));
    assert_int_equal(ra.version, 3);
    assert_bytes_equal(ra.serial, hex("615FA450000000000040"));
    assert_name(ra.issuer, "CN=RootCA-DC1,DC=domain1,DC=corp,DC=company,DC=com");
    assert_true(daotp__name_is_empty(ra.subject));
    assert_false(daotp__certificate_is_self_issued(&ra));
    assert_int_equal(ra.not_before, 1334053696);
    assert_int_equal(ra.not_after - ra.not_before, 48 * 3600);
    assert_true(daotp__public_key_read(ra.spki, &public_key));
    assert_int_equal(public_key.algorithm, DAOTP__OID_RSA);
    assert_int_equal(public_key.bits, 2048);
    assert_int_equal(ra.signature_algorithm.known, DAOTP__OID_RSA_SHA1);
    assert_int_equal(ra.signature.len, 256);

    extension = daotp__extensions_find(&ra.extensions, DAOTP__OID_EKU);
    assert_true(daotp__eku_read(extension, DAOTP__OID_OTP_RA, &purposes));
    assert_true(purposes.has && purposes.count == 1 && !extension->critical);
    extension = daotp__extensions_find(&ra.extensions, DAOTP__OID_KEY_USAGE);
    assert_true(daotp__key_usage_read(extension, &bits) && extension->critical);
    assert_int_equal(bits, DAOTP__KU_DIGITAL_SIGNATURE);
    extension = daotp__extensions_find(&ra.extensions, DAOTP__OID_APPLICATION_POLICIES);
    assert_true(daotp__policies_read(extension, DAOTP__OID_OTP_RA, &purposes) && purposes.has);
    extension = daotp__extensions_find(&ra.extensions, DAOTP__OID_TEMPLATE);
    assert_true(daotp__template_read(extension, &template));
    assert_non_null(strstr(daotp__oid_text(template.oid, text), ".75.3145435.9752053"));
    assert_true(template.major == 100 && template.minor == 2);
    assert_null(daotp__extensions_find(&ra.extensions, DAOTP__OID_BASIC_CONSTRAINTS));
    assert_non_null(daotp__extensions_find(&ra.extensions, DAOTP__OID_CRL_DISTRIBUTION));
    assert_true(daotp__extensions_find(&ra.extensions, DAOTP__OID_SAN)->critical);
    assert_false(daotp__certificate_upn(&ra, &upn)); /* a DNS name only */
}

static X509 *openssl_makes_one(EVP_PKEY *pkey)
{
    X509 *made = X509_new();
    X509_NAME *name = X509_get_subject_name(made);
    X509_EXTENSION *extension;

    assert_int_equal(X509_set_version(made, X509_VERSION_3), 1);
    assert_int_equal(ASN1_INTEGER_set_uint64(X509_get_serialNumber(made), 0xFEDCBA9876543210), 1);
    assert_non_null(ASN1_TIME_set(X509_getm_notBefore(made), 1700000000));
    assert_non_null(ASN1_TIME_set(X509_getm_notAfter(made), 2600000000)); /* GeneralizedTime */
    assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                                (const unsigned char *)"J\xC3\xBCrgen", -1, -1, 0),
                     1);
    assert_int_equal(X509_set_issuer_name(made, name), 1);
    assert_int_equal(X509_set_pubkey(made, pkey), 1);
    extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name,
                                    "DNS:a.example,otherName:msUPN;UTF8:bob@corp.example");
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(made, extension, -1), 1);
    X509_EXTENSION_free(extension);
    extension =
        X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE,pathlen:1");
    assert_int_equal(X509_add_ext(made, extension, -1), 1);
    X509_EXTENSION_free(extension);
    assert_true(X509_sign(made, pkey, EVP_sha384()) > 0);
    return made;
}

static void a_certificate_of_openssl_is_read(void **state)
{
    X509 *theirs = openssl_makes_one(daotp__key_pkey(key));
    daotp__certificate certificate;
    unsigned char *der = NULL;
    int len = i2d_X509(theirs, &der);
    daotp__bytes upn;
    bool ca;

    (void)state;
    assert_true(daotp__certificate_read((daotp__bytes){der, (size_t)len}, &certificate));
    assert_bytes_equal(certificate.serial, hex("00FEDCBA9876543210"));
    assert_int_equal(certificate.not_before, 1700000000);
    assert_true(certificate.not_after == INT64_C(2600000000));
    assert_name(certificate.subject, "CN=J\xC3\xBCrgen");
    assert_true(daotp__certificate_is_self_issued(&certificate));
    assert_bytes_equal(certificate.spki, daotp__key_spki(key));
    assert_true(daotp__certificate_upn(&certificate, &upn));
    assert_bytes_equal(upn, BYTES("bob@corp.example"));
    assert_true(daotp__basic_constraints_read(
        daotp__extensions_find(&certificate.extensions, DAOTP__OID_BASIC_CONSTRAINTS), &ca));
    assert_true(ca);
    assert_true(daotp__signature_verify(certificate.spki, &certificate.signature_algorithm,
                                        certificate.tbs, certificate.signature));
    OPENSSL_free(der);
    X509_free(theirs);
}

static void a_certificate_of_ours_is_read_by_openssl(void **state)
{
    const unsigned char *at = good.data;
    X509 *theirs = d2i_X509(NULL, &at, (long)good.len);
    daotp__certificate ours;

    (void)state;
    assert_non_null(theirs);
    assert_int_equal(X509_verify(theirs, daotp__key_pkey(other)), 1);
    assert_int_equal(X509_get_ext_count(theirs), 5);
    assert_true(daotp__certificate_read(daotp__buffer_bytes(&good), &ours));
    assert_true(daotp__signature_verify(daotp__key_spki(other), &ours.signature_algorithm, ours.tbs,
                                        ours.signature));
    assert_false(daotp__signature_verify(daotp__key_spki(key), &ours.signature_algorithm, ours.tbs,
                                         ours.signature));
    X509_free(theirs);
}

static void every_shorter_and_every_longer_form_is_refused(void **state)
{
    uint8_t *copy;

    (void)state;
    assert_true(readable(daotp__buffer_bytes(&good)));
    for (size_t len = 0; len < good.len; len++) {
        copy = malloc(len + 1); /* of just this size, for AddressSanitizer */
        memcpy(copy, good.data, len);
        assert_false(readable((daotp__bytes){copy, len}));
        free(copy);
    }
    copy = malloc(good.len + 1);
    memcpy(copy, good.data, good.len);
    copy[good.len] = 0;
    assert_false(readable((daotp__bytes){copy, good.len + 1}));
    free(copy);
}

/* The TBSCertificate's children: 0 version, 1 serial, 2 algorithm, 3 issuer, 4 validity, 5 subject,
 * 6 key, 7 extensions. */
static void one_thing_changed_decides(void **state)
{
    static const struct {
        const char *path, *with;
        bool good;
    } rows[] = {
        {"0.0.0", "020102", true},
        {"0.0.0", "020100", false}, /* DEFAULT v1 written out */
        {"0.0.0", "020101", false}, /* v2 has no extensions */
        {"0.0.0", "020103", false},
        {"0.0.0", "020102 020102", false},
        {"0.0", "", false},      /* v1 has none either */
        {"0.1", "0201FF", true}, /* negative, but an INTEGER: PKITS has such */
        {"0.1", "0200", false},
        {"0.1", "0202 0001", false},
        {"0.1", "0401 01", false},
        {"0.2", "300C 0608 2A8648CE3D040303 0500", false}, /* not the outer one */
        {"0.3", "3000", true},
        {"0.3", "3100", false},
        {"0.4", "3000", false},
        {"0.4.0", "170D 3233303232393030303030305A", false}, /* 29 February 2023 */
        {"0.4.0", "170D 3234303232393030303030305A", true},
        {"0.4.0", "180F 32303234303232393030303030305A", true},
        {"0.4.2", "170D 3234303232393030303030305A", false}, /* a third */
        {"0.5", "0500", false},
        {"0.6", "0500", false},
        {"0.7", "", true},
        {"0.7", "8102 00AA", true}, /* issuerUniqueID, which nobody uses */
        {"0.7", "8202 00AA", true},
        {"0.7", "8202 00AA 8102 00AA", false}, /* wrong way round */
        {"0.7", "A302 3000", false},           /* no extension */
        {"0.7", "A300", false},
        {"0.7", "A304 3000 3000", false},
        {"0.8", "0500", false},
        {"1", "300A 0608 2A8648CE3D040303", false}, /* not the inner one */
        {"1", "0500", false},
        {"2", "0302 0100", false}, /* no whole octets */
        {"2", "0302 00AA", true},  /* reading is not verifying */
        {"2", "0402 00AA", false},
        {"3", "0500", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__buffer out;

        daotp__buffer_init(&out, DAOTP__MAX_CERTIFICATE);
        edit(daotp__buffer_bytes(&good), rows[i].path, hex(rows[i].with), &out);
        if (readable(daotp__buffer_bytes(&out)) != rows[i].good)
            fail_msg("%s = %s", rows[i].path, rows[i].with);
        daotp__buffer_free(&out);
    }
}

/* RFC 5280 4.1.2.8: these fields are for versions 2 and 3 */
static void version_1_has_no_unique_ids(void **state)
{
    static const char *const extras[] = {"", "8102 00AA", "8202 00AA"};

    (void)state;
    for (size_t i = 0; i < COUNT(extras); i++) {
        daotp__buffer later, first;

        daotp__buffer_init(&later, DAOTP__MAX_CERTIFICATE);
        daotp__buffer_init(&first, DAOTP__MAX_CERTIFICATE);
        edit(daotp__buffer_bytes(&good), "0.7", hex(extras[i]), &later);
        edit(daotp__buffer_bytes(&later), "0.0", hex(""), &first);
        assert_int_equal(readable(daotp__buffer_bytes(&first)), i == 0);
        daotp__buffer_free(&later);
        daotp__buffer_free(&first);
    }
}

static bool upn_of_san(const char *names, daotp__bytes *upn)
{
    static daotp__certificate certificate;
    daotp__bytes value = hex(names);

    certificate.extensions.count = 1;
    certificate.extensions.list[0] =
        (daotp__extension){.oid = daotp__oid(DAOTP__OID_SAN), .value = value};
    return daotp__certificate_upn(&certificate, upn);
}

#define NAME_A "A014 060A 2B060104018237140203 A006 0C04 61407878 "
#define NAME_B "A014 060A 2B060104018237140203 A006 0C04 62407878 "
#define DNS    "8201 78 "

static void one_upn_and_no_more_names_the_user(void **state)
{
    daotp__certificate certificate;
    daotp__bytes upn;

    (void)state;
    assert_true(daotp__certificate_read(daotp__buffer_bytes(&good), &certificate));
    assert_true(daotp__certificate_upn(&certificate, &upn));
    assert_bytes_equal(upn, BYTES("alice@corp.example"));
    assert_true(upn_of_san("3019 " DNS NAME_A, &upn));
    assert_bytes_equal(upn, BYTES("a@xx"));
    assert_true(upn_of_san("3019 " NAME_A DNS, &upn));
    assert_false(upn_of_san("3003 " DNS, &upn));
    assert_false(upn_of_san("302C " NAME_A NAME_B, &upn));
    assert_false(upn_of_san("302C " NAME_A NAME_A, &upn));
    assert_false(upn_of_san("3016 A014 060A 2B060104018237140203 A006 1604 61407878", &upn));
    assert_false(upn_of_san("3019 " NAME_A "0201 05", &upn)); /* malformed behind it */
    assert_false(upn_of_san("3000", &upn));
}

static bool reads_key(const char *spki, daotp__public_key *public_key)
{
    return daotp__public_key_read(hex(spki), public_key);
}

#define RSA_ID "300D 0609 2A864886F70D010101 0500 "

static void rsa_keys_are_taken_apart(void **state)
{
    static const char *const bad[] = {
        "",
        "301A 300D 0609 2A864886F70D010101 0500 0309 00 3006 0201C5 020103", /* negative */
        "301A " RSA_ID "0309 00 3006 020100 020103",                         /* zero */
        "301A " RSA_ID "0309 00 3006 020145 020100",
        "301A " RSA_ID "0309 00 3106 020145 020103",
        "301A " RSA_ID "0309 01 3006 020145 020102", /* unused bits */
        "301C " RSA_ID "030B 00 3008 020145 020103 0500",
        "301C " RSA_ID "0309 00 3006 020145 020103 0500",
        "301B " RSA_ID "030A 00 3007 02020045 020103", /* not minimal */
        "301D 3010 0609 2A864886F70D010101 0603 2A0304 0309 00 3006 020145 020103",
    };
    daotp__public_key public_key;

    (void)state;
    assert_true(reads_key("301A " RSA_ID "0309 00 3006 020145 020103", &public_key));
    assert_int_equal(public_key.bits, 7);
    assert_bytes_equal(public_key.modulus, hex("45"));
    assert_bytes_equal(public_key.exponent, hex("03"));
    assert_true(reads_key("301B " RSA_ID "030A 00 3007 020200C5 020103", &public_key));
    assert_int_equal(public_key.bits, 8);
    assert_bytes_equal(public_key.modulus, hex("C5"));
    assert_true(reads_key("3018 300B 0609 2A864886F70D010101 0309 00 3006 020145 020103",
                          &public_key)); /* absent parameters */
    for (size_t i = 0; i < COUNT(bad); i++)
        if (reads_key(bad[i], &public_key))
            fail_msg("%s", bad[i]);
}

static void named_curves_and_uncompressed_points_are_read(void **state)
{
    static const struct {
        const char *path, *with;
    } bad[] = {
        {"0.1", "0605 2B81040023"}, /* P-521 */
        {"0.1", ""},                /* no curve */
        {"0.1", "0500"},
        {"0.2", "0500"},
        {"0.0", "0609 2A864886F70D010101"}, /* RSA with a curve */
        {"0.0", "0603 2B6570"},             /* Ed25519 */
        {"1", "0322 00 02 000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"},
        {"1", "0301 00"},
        {"2", "0500"},
    };
    daotp__public_key public_key;
    daotp_key *p384 = test_key(context, "p384");

    (void)state;
    assert_true(daotp__public_key_read(daotp__key_spki(key), &public_key));
    assert_true(public_key.curve == DAOTP__OID_P256 && public_key.bits == 256);
    assert_int_equal(public_key.point.len, 65);
    assert_true(daotp__public_key_read(daotp__key_spki(p384), &public_key));
    assert_true(public_key.curve == DAOTP__OID_P384 && public_key.bits == 384);
    assert_int_equal(public_key.point.len, 97);
    for (size_t i = 0; i < COUNT(bad); i++) {
        daotp__buffer out;

        daotp__buffer_init(&out, 1000);
        edit(daotp__key_spki(key), bad[i].path, hex(bad[i].with), &out);
        if (daotp__public_key_read(daotp__buffer_bytes(&out), &public_key))
            fail_msg("%s = %s", bad[i].path, bad[i].with);
        daotp__buffer_free(&out);
    }
    daotp_key_unref(p384);
}

/* As a CMS signer would name the algorithm, its digest beside it, the bytes in two parts. */
static bool verifies(const daotp_key *signer, daotp__hash hash, daotp__bytes in,
                     const daotp__buffer *signature)
{
    daotp__bytes head = {in.data, 3}, tail = {in.data + 3, in.len - 3}, cursor;
    daotp__algorithm algorithm;
    daotp__buffer name;
    bool ok;

    daotp__buffer_init(&name, 100);
    daotp__key_write_cms_algorithm(signer, DAOTP__HASH_SHA384, &name);
    cursor = daotp__buffer_bytes(&name);
    assert_true(daotp__algorithm_read(&cursor, &algorithm));
    ok = daotp__signature_verify_cms(daotp__key_spki(signer), &algorithm, hash, head, tail,
                                     daotp__buffer_bytes(signature));
    daotp__buffer_free(&name);
    return ok;
}

static void a_signature_is_of_the_keys_own_kind(void **state)
{
    daotp_key *rsa = test_key(context, "rsa2048");
    daotp__bytes in = BYTES("what is signed");

    (void)state;
    for (int i = 0; i < 2; i++) {
        const daotp_key *signer = i == 0 ? rsa : key;
        daotp__buffer signature, names[2];
        daotp__algorithm algorithm;
        daotp__bytes cursor;

        daotp__buffer_init(&signature, 1000);
        assert_int_equal(daotp__key_sign(signer, DAOTP__HASH_SHA384, in, &signature), DAOTP_OK);
        assert_true(verifies(signer, DAOTP__HASH_SHA384, in, &signature));
        assert_false(verifies(signer, DAOTP__HASH_SHA256, in, &signature));
        assert_false(verifies(signer, DAOTP__HASH_NONE, in, &signature));
        assert_false(verifies(signer, DAOTP__HASH_SHA384, BYTES("what is sign"), &signature));
        for (int j = 0; j < 2; j++) {
            daotp__buffer_init(&names[j], 100);
            daotp__key_write_algorithm(j == 0 ? rsa : key, DAOTP__HASH_SHA384, &names[j]);
            cursor = daotp__buffer_bytes(&names[j]);
            assert_true(daotp__algorithm_read(&cursor, &algorithm));
            assert_int_equal(daotp__signature_verify(daotp__key_spki(signer), &algorithm, in,
                                                     daotp__buffer_bytes(&signature)),
                             i == j);
            daotp__buffer_free(&names[j]);
        }
        signature.data[signature.len / 2] ^= 1;
        assert_false(verifies(signer, DAOTP__HASH_SHA384, in, &signature));
        daotp__buffer_free(&signature);
    }
    daotp_key_unref(rsa);
}

static void a_chain_copies_and_counts(void **state)
{
    test_report report = test_report_new();
    daotp__bytes der = daotp__buffer_bytes(&good);
    daotp__chain chain, again;
    char *pem = NULL;
    size_t len = 0;

    (void)state;
    daotp__chain_init(&chain, 6);
    daotp__chain_init(&again, 6);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(daotp__chain_add(&chain, der, "x", report.report), DAOTP_OK);
    assert_ptr_not_equal(chain.list[0].data, der.data);
    assert_int_equal(daotp__chain_add(&chain, der, "x", report.report), DAOTP_PEER);
    assert_true(test_report_has(&report, DAOTP_FINDING_LIMIT_SIZE));
    assert_int_equal(chain.count, 6);
    assert_int_equal(daotp__chain_copy_pem(&chain, &pem, &len), DAOTP_OK);
    assert_int_equal(
        daotp__chain_read(&again, (daotp__bytes){(const uint8_t *)pem, len}, "x", NULL), DAOTP_OK);
    assert_int_equal(again.count, 6);
    assert_bytes_equal(again.list[5], der);
    daotp__chain_free(&chain);
    assert_int_equal(chain.count, 0);
    daotp__chain_free(&again);
    daotp_free(pem);
    test_report_free(&report);
}

static void what_is_no_chain_is_told(void **state)
{
    static const struct {
        const char *text;
        daotp_status status;
        daotp_finding_number number;
    } rows[] = {
        {"", DAOTP_PEER, DAOTP_FINDING_CERT_DER},
        {"nonsense", DAOTP_PEER, DAOTP_FINDING_CERT_DER},
        {"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", DAOTP_PEER,
         DAOTP_FINDING_CERT_DER},
        {"-----BEGIN CERTIFICATE-----\nMAA=\n", DAOTP_PEER, DAOTP_FINDING_CERT_DER},
        {"-----BEGIN X-----\nMAA=\n-----END X-----\n", DAOTP_CONFIGURATION,
         DAOTP_FINDING_TRUST_EMPTY},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_report report = test_report_new();
        daotp__chain chain;

        daotp__chain_init(&chain, 6);
        assert_int_equal(daotp__chain_read(&chain, text_bytes(rows[i].text), "x", report.report),
                         rows[i].status);
        assert_true(test_report_has(&report, rows[i].number));
        assert_int_equal(daotp_report_get_count(report.report), 1);
        assert_int_equal(chain.count, 0);
        daotp__chain_free(&chain);
        test_report_free(&report);
    }
}

/* PKITS holds certificates that are strange, but DER: all are to be read, but for the one whose
 * signature ends in mid-octet (4.1.2, which is to fail). */
static void every_pkits_certificate_is_read(void **state)
{
    DIR *dir = opendir(SHARED_DIR "/vectors/pkits/certs");
    struct dirent *entry;
    unsigned count = 0;

    (void)state;
    if (dir == NULL)
        skip();
    while ((entry = readdir(dir)) != NULL) {
        char path[600];
        daotp__buffer der, text;
        daotp__certificate certificate;

        if (strstr(entry->d_name, ".crt") == NULL)
            continue;
        (void)snprintf(path, sizeof path, SHARED_DIR "/vectors/pkits/certs/%s", entry->d_name);
        daotp__buffer_init(&der, DAOTP__MAX_CERTIFICATE);
        daotp__buffer_init(&text, 1000);
        assert_int_equal(daotp__file_read(path, false, &der, NULL), DAOTP_OK);
        if ((daotp__certificate_read(daotp__buffer_bytes(&der), &certificate) &&
             daotp__name_text(certificate.subject, &text)) ==
            (strcmp(entry->d_name, "BadSignedCACert.crt") == 0))
            fail_msg("%s", entry->d_name);
        daotp__buffer_free(&der);
        daotp__buffer_free(&text);
        count++;
    }
    (void)closedir(dir);
    assert_true(count > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_ra_certificate_is_read),
        cmocka_unit_test(a_certificate_of_openssl_is_read),
        cmocka_unit_test(a_certificate_of_ours_is_read_by_openssl),
        cmocka_unit_test(every_shorter_and_every_longer_form_is_refused),
        cmocka_unit_test(one_thing_changed_decides),
        cmocka_unit_test(version_1_has_no_unique_ids),
        cmocka_unit_test(one_upn_and_no_more_names_the_user),
        cmocka_unit_test(rsa_keys_are_taken_apart),
        cmocka_unit_test(named_curves_and_uncompressed_points_are_read),
        cmocka_unit_test(a_signature_is_of_the_keys_own_kind),
        cmocka_unit_test(a_chain_copies_and_counts),
        cmocka_unit_test(what_is_no_chain_is_told),
        cmocka_unit_test(every_pkits_certificate_is_read),
    };

    return cmocka_run_group_tests(tests, make_all, free_all);
}
