/* SPDX-License-Identifier: BSD-2-Clause */
/* Every refusal names field, octet and rule: shown over inputs of every kind with each octet
 * changed, and cut at each place. */
#include "builders.h"

#include "forge.h"
#include "pki_ask.h"
#include "verify_pki.h"
#include "weak_keys.h"

#include "otpce/message.h"
#include "request/csr.h"
#include "x509/cms.h"
#include "x509/crl_scan.h"
#include "x509/key.h"
#include "x509/key_form.h"
#include "x509/ocsp.h"
#include "x509/ocsp_request.h"

#include <daotp/daotp.h>
#include <daotp/sys/report.h>
#include <openssl/x509.h>

typedef bool fault_finder(daotp__bytes der, daotp__fault *fault);

static size_t refusals;

static forge_world world;

static const pki_cert *make_root(void)
{
    pki_spec spec = pki_ca_spec("CN=Root", pki_key(0), NULL);

    return pki_make(&spec);
}

static void ask_nobody(void *user, daotp_exchange *x, const char *name)
{
    (void)user, (void)name;
    assert_int_equal(daotp_exchange_answer_user(x, DAOTP_USER_UNKNOWN), DAOTP_OK);
}

static void ask_no_code(void *user, daotp_exchange *x, const char *name, const char *code,
                        size_t len)
{
    (void)user, (void)x, (void)name, (void)code, (void)len;
    fail_msg("a code is asked about");
}

/* ---- the public calls ------------------------------------------------------------------------ */

typedef daotp_status public_call(daotp_context *context, daotp__bytes in, daotp_report *report);

static daotp_status describe_input(daotp_context *context, daotp__bytes in, daotp_report *report)
{
    char *text = NULL;
    daotp_status status =
        daotp_describe(context, in.data, in.len, DAOTP_FORMAT_TEXT, report, &text);

    daotp_free(text);
    return status;
}

typedef daotp_status adding_call(daotp_trust *trust, const void *bytes, size_t len,
                                 daotp_report *report);

static daotp_status add_input(daotp_context *context, daotp__bytes in, adding_call *add,
                              daotp_report *report)
{
    daotp_trust *trust;
    daotp_status status = daotp_trust_new(context, &trust);

    if (status == DAOTP_OK)
        status = add(trust, in.data, in.len, report);
    daotp_trust_unref(trust);
    return status;
}

static daotp_status trust_input(daotp_context *context, daotp__bytes in, daotp_report *report)
{
    return add_input(context, in, daotp_trust_add, report);
}

static daotp_status list_input(daotp_context *context, daotp__bytes in, daotp_report *report)
{
    return add_input(context, in, daotp_trust_add_crls, report);
}

static daotp_status key_input(daotp_context *context, daotp__bytes in, daotp_report *report)
{
    daotp_key *key;
    daotp_status status = daotp_key_read(context, in.data, in.len, NULL, 0, report, &key);

    daotp_key_unref(key);
    return status;
}

/* A request that is set at a client. That it is of another key is no matter of reading it. */
static daotp_status request_input(daotp_context *context, daotp__bytes in, daotp_report *report)
{
    daotp_key *key = test_key(context, "p256");
    const daotp_finding *error;
    daotp_client *client;
    daotp_status status = daotp_client_new(context, &client);

    if (status == DAOTP_OK)
        status = daotp_client_set_request(client, in.data, in.len, key);
    error = daotp_report_get_error(daotp_client_get_report(client));
    if (strstr(daotp_finding_get_found(error), "of another key") != NULL)
        status = DAOTP_OK;
    if (status != DAOTP_OK)
        (void)daotp_report_add(report, daotp_finding_get_number(error), 0, "request",
                               daotp_finding_get_found(error));
    daotp_client_free(client);
    daotp_key_unref(key);
    return status;
}

/* The finding of a report, put into another. What is not there was read. */
static daotp_status pass_on(const daotp_report *from, daotp_finding_number number,
                            daotp_report *report)
{
    for (size_t i = 0; i < daotp_report_get_count(from); i++) {
        const daotp_finding *finding = daotp_report_get_finding(from, i);

        if (daotp_finding_get_number(finding) == number)
            return daotp_report_add(report, number, 0, "input", daotp_finding_get_found(finding));
    }
    return DAOTP_OK;
}

/* The answer of an OCSP responder that a server stapled. */
static daotp_status ocsp_input(daotp_context *context, daotp__bytes in, daotp_report *report)
{
    static const pki_cert *root, *leaf;
    pki_ask ask = {.revocation = DAOTP_REVOCATION_REQUIRE};

    (void)context;
    if (root == NULL) {
        root = make_root();
        leaf = pki_leaf(pki_key(1), root);
    }
    ask.anchors[0] = root;
    assert_int_equal(daotp_verifier_add_ocsp(pki_open(&ask, DAOTP_RULES_PATH), in.data, in.len),
                     DAOTP_OK);
    (void)pki_verify_again(leaf->der);
    return pass_on(pki_report(), DAOTP_FINDING_OCSP_DER, report);
}

/* What a request is refused for besides names its place, too. */
static void expect_no_bare_word(const daotp_report *report)
{
    for (size_t i = 0; i < daotp_report_get_count(report); i++) {
        const char *found = daotp_finding_get_found(daotp_report_get_finding(report, i));

        if (strstr(found, "octet") == NULL &&
            (strstr(found, "malformed") != NULL || strstr(found, "cannot be read") != NULL))
            fail_msg("%s", found);
    }
}

/* The request in a message of MS-OTPCE. */
static daotp_status responder_input(daotp_context *context, daotp__bytes in, daotp_report *report)
{
    daotp_credential *ra = forge_credential(context, world.ra, NULL, world.ra_key);
    daotp__buffer machine = forge_der(world.machine), xml;
    daotp_responder *responder;
    daotp_exchange *x;
    daotp_status status;

    assert_int_equal(daotp_responder_new(context, &responder), DAOTP_OK);
    assert_int_equal(daotp_responder_set_template(responder, "1.2.3.4"), DAOTP_OK);
    assert_int_equal(daotp_responder_set_signer(responder, ra), DAOTP_OK);
    assert_int_equal(daotp_responder_add_issuing_ca(responder, "host\\CA"), DAOTP_OK);
    assert_int_equal(daotp_responder_set_user_callback(responder, ask_nobody, NULL), DAOTP_OK);
    assert_int_equal(daotp_responder_set_code_callback(responder, ask_no_code, NULL), DAOTP_OK);
    daotp__buffer_init(&xml, DAOTP__MAX_FILE);
    assert_int_equal(daotp__otpce_request_write("CORP\\alice", BYTES("123456"), in, &xml),
                     DAOTP_OK);
    assert_int_equal(daotp_exchange_new(responder, "POST", xml.data, xml.len, &x), DAOTP_OK);
    assert_int_equal(daotp_exchange_add_header(x, "X-OTPCEP-version", "1.0"), DAOTP_OK);
    assert_int_equal(daotp_exchange_set_peer_certificate(x, machine.data, machine.len), DAOTP_OK);
    (void)daotp_exchange_step(x);
    status = pass_on(daotp_exchange_get_report(x), DAOTP_FINDING_CSR_DER, report);
    expect_no_bare_word(daotp_exchange_get_report(x));
    daotp_exchange_free(x);
    daotp_responder_free(responder);
    daotp_credential_unref(ra);
    daotp__buffer_free(&machine);
    daotp__buffer_free(&xml);
    return status;
}

static const struct {
    const char *kind; /* NULL: every one */
    public_call *call;
} public_calls[] = {
    {NULL, describe_input},     {"certificate", trust_input}, {"PKCS#7", trust_input},
    {"CRL", list_input},        {"RSA", key_input},           {"EC", key_input},
    {"request", request_input}, {"request", responder_input}, {"OCSP answer", ocsp_input}};

static size_t public_refusals[COUNT(public_calls)];

/* A refusal names a place and a rule, whichever call made it. */
static void expect_finding(const daotp_report *report, const char *kind, size_t at)
{
    const daotp_finding *error = daotp_report_get_error(report);
    const char *found = daotp_finding_get_found(error);

    if (daotp_finding_get_number(error) == DAOTP_FINDING_KEY_WEAK) /* it was read */
        return;
    if (strstr(found, "octet") == NULL ||
        (strstr(found, "RFC") == NULL && strstr(found, "X.690") == NULL &&
         strstr(found, "limit") == NULL && strstr(found, "stands behind") == NULL &&
         strstr(found, "end before") == NULL))
        fail_msg("%s, octet %zu: %s", kind, at, found);
}

static void call_publicly(daotp__bytes in, const char *kind, size_t at)
{
    daotp_context *context;
    daotp_report *report;

    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    for (size_t i = 0; i < COUNT(public_calls); i++) {
        if (public_calls[i].kind != NULL && strcmp(public_calls[i].kind, kind) != 0)
            continue;
        daotp__report_clear(report);
        if (public_calls[i].call(context, in, report) != DAOTP_OK) {
            public_refusals[i]++;
            expect_finding(report, kind, at);
        }
    }
    daotp_report_free(report);
    daotp_context_unref(context);
}

/* ---- what each reader says ------------------------------------------------------------------- */

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
    memset(public_refusals, 0, sizeof public_refusals);
    if (find(good, &fault))
        fail_msg("%s: %s", kind, fault.rule);
    memcpy(copy, good.data, good.len);
    for (size_t i = 0; i < good.len; i++)
        for (size_t k = 0; k < COUNT(changes); k++) {
            copy[i] ^= changes[k];
            expect_told(find, (daotp__bytes){copy, good.len}, kind, i);
            if (k == 0)
                call_publicly((daotp__bytes){copy, good.len}, kind, i);
            copy[i] ^= changes[k];
        }
    free(copy);
    for (size_t len = 0; len < good.len; len++) {
        copy = malloc(len + 1); /* its own block: AddressSanitizer sees a read past the end */
        memcpy(copy, good.data, len);
        expect_told(find, (daotp__bytes){copy, len}, kind, len);
        if (len > 0)
            call_publicly((daotp__bytes){copy, len}, kind, len);
        free(copy);
    }
    assert_true(refusals > good.len);
    for (size_t i = 0; i < COUNT(public_calls); i++)
        if (public_calls[i].kind != NULL && strcmp(public_calls[i].kind, kind) == 0)
            assert_true(public_refusals[i] > good.len / 2); /* the cut ones at the least */
}

static int make_world(void **state)
{
    (void)state;
    world = forge_world_new();
    return 0;
}

static int forget(void **state)
{
    forge_world_free(&world);
    pki_end_test(state);
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

static bool find_pss_fault(daotp__bytes der, daotp__fault *fault)
{
    daotp__pss_parameters ignored;

    *fault = (daotp__fault){.whole = der};
    return !daotp__pss_read(der, &ignored, fault);
}

/* In certificates and by themselves. */
static void public_keys_say_what_is_wrong(void **state)
{
    static const char *const names[] = {"RSA", "P-256", "ED25519", "ED448"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        weak_spki key = weak_generated(names[i], 2048);

        mutate(daotp__public_key_find_fault, (daotp__bytes){key.der, key.len}, "public key");
    }
}

static void pss_parameters_say_what_is_wrong(void **state)
{
    (void)state;
    mutate(
        find_pss_fault,
        hex("30 34 A0 0F 30 0D 06 09 60 86 48 01 65 03 04 02 01 05 00 A1 1C 30 1A 06 09 2A 86 48 "
            "86 F7 0D 01 01 08 30 0D 06 09 60 86 48 01 65 03 04 02 01 05 00 A2 03 02 01 20"),
        "RSASSA-PSS-params");
}

/* As openssl, ssh-keygen and others write them. */
static void keys_say_what_is_wrong(void **state)
{
    static const struct {
        const char *name, *type;
        int form; /* 0: PKCS#8; 1: the algorithm's own */
    } keys[] = {{"rsa2048", "RSA", 0}, {"rsa2048", "RSA", 1}, {"p256", "EC", 0}, {"p256", "EC", 1}};
    daotp_context *context;

    (void)state;
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    for (size_t i = 0; i < COUNT(keys); i++) {
        daotp_key *key = test_key(context, keys[i].name);
        EVP_PKEY *pkey = daotp__key_pkey(key);
        unsigned char *der = NULL;
        PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
        int len =
            keys[i].form == 0 ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : i2d_PrivateKey(pkey, &der);

        assert_true(len > 0);
        mutate(daotp__key_find_fault, (daotp__bytes){der, (size_t)len}, keys[i].type);
        PKCS8_PRIV_KEY_INFO_free(info);
        OPENSSL_free(der);
        daotp_key_unref(key);
    }
    daotp_context_unref(context);
}

/* What a user may give where a private key is wanted. */
static void what_is_no_private_key_is_named(void **state)
{
    static const struct {
        const char *text, *found;
    } rows[] = {
        {"-----BEGIN PUBLIC "
         "KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
         "-----END PUBLIC KEY-----\n",
         "public key, octet 0 of 44 octets: RFC 5958 2: a private key is wanted"},
        {"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n",
         "PrivateKeyInfo, octet 0 of 10 octets: RFC 5958 2"},
        {"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n"
         "-----END OPENSSH PRIVATE KEY-----\n",
         "ssh-keygen -p -m PKCS8"},
        {"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: "
         "AES-128-CBC,00000000000000000000000000000000\n\nAAAA\n-----END RSA PRIVATE KEY-----\n",
         "RFC 1421 4.6.1.1"},
        {"-----BEGIN PRIVATE KEY-----\nMAMCAQU=\n-----END PRIVATE KEY-----\n",
         "PrivateKeyInfo.privateKeyAlgorithm, octet"},
        {"\x30\x03\x02\x01\x05", "PrivateKeyInfo.privateKeyAlgorithm, octet"},
        {"nothing of the kind", "octet 0 of 19 octets"},
    };
    daotp_context *context;
    daotp_report *report;

    (void)state;
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const daotp_finding *error;
        daotp_key *key;

        daotp__report_clear(report);
        assert_int_equal(
            daotp_key_read(context, rows[i].text, strlen(rows[i].text), NULL, 0, report, &key),
            DAOTP_CONFIGURATION);
        error = daotp_report_get_error(report);
        assert_int_equal(daotp_finding_get_number(error), DAOTP_FINDING_KEY_READ);
        if (strstr(daotp_finding_get_found(error), rows[i].found) == NULL)
            fail_msg("row %zu: %s", i, daotp_finding_get_found(error));
    }
    daotp_report_free(report);
    daotp_context_unref(context);
}

static void ocsp_answers_say_what_is_wrong(void **state)
{
    const pki_cert *root = make_root();
    daotp__bytes octet = pki_tlv(DAOTP__DER_OCTET_STRING, BYTES("01234567890123456789"));
    daotp__bytes time = pki_tlv(DAOTP__DER_GENERALIZED_TIME, BYTES("20260101000000Z"));
    daotp__bytes id = PKI_SEQ(PKI_SEQ(pki_oid("1.3.14.3.2.26")), octet, octet, pki_integer(7));
    daotp__bytes good = PKI_SEQ(id, pki_tlv(0x80, PKI_NOTHING), time, pki_tlv(0xA0, time));
    daotp__bytes revoked = PKI_SEQ(id, pki_tlv(0xA1, time), time);
    daotp__bytes data = PKI_SEQ(pki_tlv(0xA2, octet), time, PKI_SEQ(good, revoked));
    daotp__bytes basic = PKI_SEQ(data, PKI_SEQ(pki_oid("1.2.840.10045.4.3.2")),
                                 pki_tlv(DAOTP__DER_BIT_STRING, BYTES("\0signature")),
                                 pki_tlv(0xA0, PKI_SEQ(root->der)));

    (void)state;
    mutate(daotp__ocsp_find_fault,
           PKI_SEQ(pki_tlv(DAOTP__DER_ENUMERATED, BYTES("\0")),
                   pki_tlv(0xA0, PKI_SEQ(pki_oid("1.3.6.1.5.5.7.48.1.1"),
                                         pki_tlv(DAOTP__DER_OCTET_STRING, basic)))),
           "OCSP answer");
}

static void ocsp_requests_say_what_is_wrong(void **state)
{
    daotp__bytes octet = pki_tlv(DAOTP__DER_OCTET_STRING, BYTES("01234567890123456789"));
    daotp__bytes id = PKI_SEQ(PKI_SEQ(pki_oid("1.3.14.3.2.26")), octet, octet, pki_integer(7));
    daotp__bytes version = pki_tlv(0xA0, pki_integer(0));
    daotp__bytes nonce = pki_tlv(0xA2, PKI_SEQ(PKI_SEQ(pki_oid("1.3.6.1.5.5.7.48.1.2"), octet)));

    (void)state;
    mutate(daotp__ocsp_request_find_fault,
           PKI_SEQ(PKI_SEQ(version, PKI_SEQ(PKI_SEQ(id), PKI_SEQ(id)), nonce)), "OCSP request");
}

/* An attribute certificate (RFC 5755) is no request, though it begins as one. */
static void an_attribute_certificate_is_told_as_that(void **state)
{
    daotp__bytes name = PKI_SEQ(PKI_NOTHING), algorithm = PKI_SEQ(pki_oid("1.2.840.10045.4.3.2"));
    daotp__bytes issuer = pki_tlv(0xA0, pki_tlv(0xA4, name));
    daotp__bytes info = PKI_SEQ(pki_integer(1), PKI_SEQ(pki_tlv(0xA1, pki_tlv(0xA4, name))), issuer,
                                algorithm, pki_integer(7), PKI_SEQ(PKI_NOTHING));
    daotp_context *context;
    daotp_report *report;

    (void)state;
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    assert_int_equal(
        describe_input(context, PKI_SEQ(info, algorithm, pki_tlv(3, BYTES("\0s"))), report),
        DAOTP_PEER);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report)),
                     DAOTP_FINDING_INPUT_KIND);
    assert_non_null(strstr(daotp_finding_get_found(daotp_report_get_error(report)),
                           "AttributeCertificate, octet 0 of "));
    daotp_report_free(report);
    daotp_context_unref(context);
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
        cmocka_unit_test(public_keys_say_what_is_wrong),
        cmocka_unit_test(pss_parameters_say_what_is_wrong),
        cmocka_unit_test(keys_say_what_is_wrong),
        cmocka_unit_test(what_is_no_private_key_is_named),
        cmocka_unit_test(ocsp_answers_say_what_is_wrong),
        cmocka_unit_test(ocsp_requests_say_what_is_wrong),
        cmocka_unit_test(an_attribute_certificate_is_told_as_that),
        cmocka_unit_test(each_rule_is_named),
    };
    return cmocka_run_group_tests(tests, make_world, forget);
}
