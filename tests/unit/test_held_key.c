/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys whose private half a backend holds: they sign wherever a key of our own does. */
#include "builders.h"
#include "forge.h"

#include "x509/credential.h"
#include "x509/signature.h"

#include <daotp/sys/key_backend.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

static const char *const names[] = {"rsa2048", "rsa3072", "rsa4096", "p256", "p384"};

/* A backend that signs with a key in software. */
typedef struct holder {
    daotp_key *key;
    unsigned signatures, freed;
    daotp_signature_scheme last;
    daotp_status answer;
    daotp_finding_number finding;
    bool signs_nothing;
    size_t excess; /* octets behind the signature */
} holder;

static daotp_status sign_in_software(const daotp_key *key, daotp_signature_scheme scheme,
                                     const void *input, size_t input_len, void *signature,
                                     size_t room, size_t *len)
{
    static const daotp_digest digests[] = {DAOTP_DIGEST_SHA1, DAOTP_DIGEST_SHA256,
                                           DAOTP_DIGEST_SHA384, DAOTP_DIGEST_SHA512};
    daotp_digest digest = DAOTP_DIGEST_NONE;
    uint8_t *made;
    daotp_status status;

    for (size_t i = 0; i < COUNT(digests) && scheme == DAOTP_SIGNATURE_RSA_PSS; i++)
        if (daotp__hash_len((daotp__hash)digests[i]) == input_len)
            digest = digests[i];
    status = daotp_key_sign_digest(key, scheme, digest, input_len, input, input_len, &made, len);
    if (status == DAOTP_OK) {
        assert_true(*len <= room);
        memcpy(signature, made, *len);
    }
    daotp_free(made);
    return status;
}

static daotp_status hold_sign(void *self, daotp_signature_scheme scheme, const void *input,
                              size_t input_len, void *signature, size_t room, size_t *len,
                              daotp_report *report)
{
    holder *h = self;

    h->signatures++;
    h->last = scheme;
    if (h->finding != 0)
        return daotp_report_add(report, h->finding, 7, "a token", "it was pulled");
    if (h->answer != DAOTP_OK || h->signs_nothing)
        return h->answer;
    h->answer = sign_in_software(h->key, scheme, input, input_len, signature, room, len);
    *len += h->excess;
    return h->answer;
}

static void hold_free(void *self)
{
    ((holder *)self)->freed++;
}

static daotp_status hold_lend(void *self, char *identity, size_t room, daotp_report *report)
{
    (void)self, (void)report;
    (void)snprintf(identity, room, "PKCS11:module_name=x");
    return DAOTP_OK;
}

static const daotp_key_backend table = {
    .size = sizeof table, .sign = hold_sign, .free = hold_free, .lend = hold_lend};

static daotp_context *context;

static int begin(void **state)
{
    (void)state;
    return daotp_context_new(&context) == DAOTP_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    daotp_context_unref(context);
    return 0;
}

static daotp_key *held_key(holder *h)
{
    daotp_key *key = NULL;
    size_t len;
    const void *spki = daotp_key_get_public(h->key, &len);

    assert_int_equal(daotp_key_new(context, &table, h, spki, len, NULL, &key), DAOTP_OK);
    return key;
}

static void check_signature(const daotp_key *key, daotp__hash hash)
{
    daotp__bytes in = BYTES("what is signed"), cursor;
    daotp__buffer signature, named;
    daotp__algorithm algorithm;

    daotp__buffer_init(&signature, 1000);
    daotp__buffer_init(&named, 100);
    assert_int_equal(daotp__key_sign(key, hash, in, &signature), DAOTP_OK);
    daotp__key_write_algorithm(key, hash, &named);
    cursor = daotp__buffer_bytes(&named);
    assert_true(daotp__algorithm_read(&cursor, &algorithm));
    assert_true(daotp__signature_verify(daotp__key_spki(key), &algorithm, in,
                                        daotp__buffer_bytes(&signature)));
    daotp__buffer_free(&signature);
    daotp__buffer_free(&named);
}

static void every_kind_signs_through_its_backend(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        holder h = {.key = test_key(context, names[i])};
        daotp_key *key = held_key(&h);
        unsigned count = 0;
        char *pem;
        size_t len;

        assert_int_equal(daotp_key_get_kind(key), daotp_key_get_kind(h.key));
        assert_false(daotp_key_is_exportable(key));
        assert_int_equal(daotp_key_copy_pem(key, &pem, &len), DAOTP_CONFIGURATION);
        for (int hash = DAOTP__HASH_SHA1; hash <= DAOTP__HASH_SHA512; hash++) {
            check_signature(key, (daotp__hash)hash);
            assert_int_equal(h.signatures, ++count);
        }
        daotp_key_unref(key);
        assert_int_equal(h.freed, 1);
        daotp_key_unref(h.key);
    }
}

/* ---- TLS --------------------------------------------------------------------------------------
 */

static X509 *shown;
static EVP_PKEY *shown_key;

static int show_certificate(SSL *ssl, X509 **x509, EVP_PKEY **pkey)
{
    (void)ssl;
    X509_up_ref(shown);
    EVP_PKEY_up_ref(shown_key);
    *x509 = shown;
    *pkey = shown_key;
    return 1;
}

static int accept_all(int ok, X509_STORE_CTX *ctx)
{
    (void)ok, (void)ctx;
    return 1;
}

static X509 *certificate_of(EVP_PKEY *key, EVP_PKEY *signer)
{
    X509 *x509 = X509_new();

    assert_non_null(x509);
    (void)X509_set_version(x509, 2);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(x509), 7);
    (void)X509_gmtime_adj(X509_getm_notBefore(x509), -60);
    (void)X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    (void)X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                                     (const unsigned char *)"held", -1, -1, 0);
    (void)X509_set_issuer_name(x509, X509_get_subject_name(x509));
    assert_int_equal(X509_set_pubkey(x509, key), 1);
    assert_true(X509_sign(x509, signer, EVP_sha256()) > 0);
    return x509;
}

static SSL_CTX *server_context(const daotp_key *key, int version)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    EVP_PKEY *pkey = daotp__key_pkey(key);
    X509 *x509 = certificate_of(pkey, pkey);

    (void)SSL_CTX_set_min_proto_version(ctx, version);
    (void)SSL_CTX_set_max_proto_version(ctx, version);
    assert_int_equal(SSL_CTX_use_certificate(ctx, x509), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(ctx, pkey), 1);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_all);
    X509_free(x509);
    return ctx;
}

static bool shake_hands(SSL *client, SSL *server)
{
    int a = 0, b = 0;

    for (int i = 0; i < 20 && (a != 1 || b != 1); i++) {
        a = SSL_do_handshake(client);
        b = SSL_do_handshake(server);
        if ((a != 1 && SSL_get_error(client, a) != SSL_ERROR_WANT_READ) ||
            (b != 1 && SSL_get_error(server, b) != SSL_ERROR_WANT_READ))
            return false;
    }
    return a == 1 && b == 1;
}

/* As net/tls.c does it: a callback gives certificate and key when the server asks. */
static bool authenticate(const daotp_key *server_key, int version)
{
    SSL_CTX *theirs = server_context(server_key, version), *ours = SSL_CTX_new(TLS_client_method());
    SSL *client, *server;
    BIO *a, *b;
    bool ok;

    SSL_CTX_set_client_cert_cb(ours, show_certificate);
    client = SSL_new(ours);
    server = SSL_new(theirs);
    assert_int_equal(BIO_new_bio_pair(&a, 0, &b, 0), 1);
    SSL_set_bio(client, a, a);
    SSL_set_bio(server, b, b);
    SSL_set_connect_state(client);
    SSL_set_accept_state(server);
    ok = shake_hands(client, server) && SSL_get0_peer_certificate(server) != NULL;
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(ours);
    SSL_CTX_free(theirs);
    return ok;
}

static void tls_authenticates_with_it(void **state)
{
    daotp_key *server_key = test_key(context, "p256");

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
            holder h = {.key = test_key(context, names[i])};
            daotp_key *key = held_key(&h);

            shown_key = daotp__key_pkey(key);
            assert_non_null(shown_key);
            assert_ptr_equal(daotp__key_pkey(key), shown_key); /* made once */
            shown = certificate_of(daotp__key_pkey(h.key), daotp__key_pkey(h.key));
            assert_true(authenticate(server_key, version));
            assert_int_equal(h.signatures, 1);
            if (i < 3)
                assert_int_equal(h.last, DAOTP_SIGNATURE_RSA_PSS);
            h.answer = DAOTP_CONFIGURATION;
            assert_false(authenticate(server_key, version));
            X509_free(shown);
            daotp_key_unref(key);
            daotp_key_unref(h.key);
        }
    }
    daotp_key_unref(server_key);
}

/* ---- what goes wrong --------------------------------------------------------------------------
 */

static void what_a_backend_reports_is_told(void **state)
{
    holder h = {.key = test_key(context, "p256"), .finding = DAOTP_FINDING_STORE_BACKEND};
    daotp_key *key = held_key(&h);
    test_report report = test_report_new();
    uint8_t digest[32] = {1}, *signature;
    daotp__buffer out;
    size_t len = 9;

    (void)state;
    assert_int_equal(daotp_key_sign_digest(key, DAOTP_SIGNATURE_ECDSA, DAOTP_DIGEST_SHA256, 0,
                                           digest, 32, &signature, &len),
                     DAOTP_CONFIGURATION);
    assert_int_equal(len, 0);
    assert_null(signature);

    /* libcrypto in between hides it; the key remembers it, once */
    daotp__buffer_init(&out, 1000);
    assert_int_equal(daotp__key_sign(key, DAOTP__HASH_SHA256, BYTES("x"), &out), DAOTP_INTERNAL);
    assert_int_equal(daotp__key_explain_failure(key, DAOTP_INTERNAL, report.report),
                     DAOTP_CONFIGURATION);
    assert_string_equal(daotp_finding_get_found(daotp_report_get_error(report.report)),
                        "it was pulled");
    assert_int_equal(daotp__key_explain_failure(key, DAOTP_PEER, report.report), DAOTP_PEER);
    h.finding = 0;
    h.answer = DAOTP_CANCELLED; /* needs no finding */
    assert_int_equal(daotp__key_sign(key, DAOTP__HASH_SHA256, BYTES("x"), &out), DAOTP_INTERNAL);
    assert_int_equal(daotp__key_explain_failure(key, DAOTP_INTERNAL, report.report),
                     DAOTP_CANCELLED);
    h.answer = DAOTP_OK;
    assert_int_equal(daotp__key_sign(key, DAOTP__HASH_SHA256, BYTES("x"), &out), DAOTP_OK);
    assert_int_equal(daotp__key_explain_failure(key, DAOTP_OK, report.report), DAOTP_OK);
    daotp__buffer_free(&out);
    test_report_free(&report);
    daotp_key_unref(key);
    daotp_key_unref(h.key);
}

static void a_silent_key_backend_is_explained(void **state)
{
    static const struct {
        holder h;
    } rows[] = {{{.answer = DAOTP_PEER}},
                {{.answer = DAOTP_AGAIN}},
                {{.answer = (daotp_status)99}},
                {{.signs_nothing = true}},
                {{.excess = 1}}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        holder h = rows[i].h;
        test_report report = test_report_new();
        daotp__buffer out;
        daotp_key *key;

        h.key = test_key(context, "p256");
        key = held_key(&h);
        daotp__buffer_init(&out, 1000);
        assert_int_equal(daotp__key_sign(key, DAOTP__HASH_SHA256, BYTES("x"), &out),
                         DAOTP_INTERNAL);
        assert_int_equal(daotp__key_explain_failure(key, DAOTP_INTERNAL, report.report),
                         daotp_catalogue_get_status(DAOTP_FINDING_KEY_UNEXPLAINED));
        daotp__buffer_free(&out);
        assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report.report)),
                         DAOTP_FINDING_KEY_UNEXPLAINED);
        test_report_free(&report);
        daotp_key_unref(key);
        daotp_key_unref(h.key);
    }
}

/* The public call signs with either kind of key; what a backend cannot is refused before it. */
static void the_public_call_signs_through_it(void **state)
{
    static const struct {
        const char *key;
        daotp_signature_scheme scheme;
        daotp_digest digest;
        size_t salt_len, len;
        bool fits;
    } rows[] = {{"p256", DAOTP_SIGNATURE_ECDSA, DAOTP_DIGEST_SHA256, 0, 32, true},
                {"p384", DAOTP_SIGNATURE_ECDSA, DAOTP_DIGEST_NONE, 0, 20, true},
                {"p256", DAOTP_SIGNATURE_ECDSA, DAOTP_DIGEST_SHA256, 0, 33, false},
                {"p256", DAOTP_SIGNATURE_RSA_PKCS1, DAOTP_DIGEST_SHA256, 0, 32, false},
                {"rsa2048", DAOTP_SIGNATURE_RSA_PSS, DAOTP_DIGEST_SHA512, 64, 64, true},
                {"rsa2048", DAOTP_SIGNATURE_RSA_PSS, DAOTP_DIGEST_SHA256, 20, 32, false},
                {"rsa2048", DAOTP_SIGNATURE_RSA_PKCS1, DAOTP_DIGEST_SHA256, 0, 32, true},
                {"rsa2048", DAOTP_SIGNATURE_RSA_PKCS1, DAOTP_DIGEST_NONE, 0, 245, true},
                {"rsa2048", DAOTP_SIGNATURE_RSA_PKCS1, DAOTP_DIGEST_NONE, 0, 246, false}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        holder h = {.key = test_key(context, rows[i].key)};
        daotp_key *held = held_key(&h);
        uint8_t input[300] = {1}, *ours, *plain;
        size_t ours_len, plain_len;

        assert_int_equal(daotp_key_sign_digest(held, rows[i].scheme, rows[i].digest,
                                               rows[i].salt_len, input, rows[i].len, &ours,
                                               &ours_len),
                         rows[i].fits ? DAOTP_OK : DAOTP_USAGE);
        assert_int_equal(h.signatures, rows[i].fits);
        if (rows[i].fits && rows[i].scheme == DAOTP_SIGNATURE_RSA_PKCS1) { /* is deterministic */
            assert_int_equal(daotp_key_sign_digest(h.key, rows[i].scheme, rows[i].digest, 0, input,
                                                   rows[i].len, &plain, &plain_len),
                             DAOTP_OK);
            assert_int_equal(ours_len, plain_len);
            assert_memory_equal(ours, plain, plain_len);
            daotp_free(plain);
        }
        daotp_free(ours);
        assert_int_equal(daotp_key_decrypt(held, input, 256, &plain, &plain_len), DAOTP_USAGE);
        daotp_key_unref(held);
        daotp_key_unref(h.key);
    }
}

static void an_incomplete_key_backend_is_refused(void **state)
{
    holder h = {.key = test_key(context, "p256")};
    daotp_key *key = (daotp_key *)&h;
    size_t len;
    const void *spki = daotp_key_get_public(h.key, &len);

    (void)state;
    for (int i = 0; i < 3; i++) {
        daotp_key_backend bad = table;

        if (i == 0)
            bad.size = 8;
        else if (i == 1)
            bad.sign = NULL;
        else
            bad.free = NULL;
        assert_int_equal(daotp_key_new(context, &bad, &h, spki, len, NULL, &key), DAOTP_USAGE);
        assert_null(key);
    }
    h.freed = 0;
    assert_int_equal(daotp_key_new(context, &table, &h, NULL, 0, NULL, &key), DAOTP_USAGE);
    assert_int_equal(h.freed, 1);
    assert_int_equal(daotp_key_new(context, &table, &h, spki, len, NULL, NULL), DAOTP_USAGE);
    assert_int_equal(h.freed, 2);
    assert_int_equal(daotp_key_new(context, &table, &h, "no key", 6, NULL, &key),
                     DAOTP_CONFIGURATION);
    assert_int_equal(h.freed, 3);
    daotp_key_unref(h.key);
}

static void libkrb5_is_told_where_it_is(void **state)
{
    holder h = {.key = test_key(context, "p256")};
    daotp_key_backend without = table;
    daotp_key *key = held_key(&h), *other = NULL;
    char identity[100];
    size_t len;
    const void *spki = daotp_key_get_public(h.key, &len);

    (void)state;
    assert_int_equal(daotp__key_lend(key, identity, sizeof identity, NULL), DAOTP_OK);
    assert_string_equal(identity, "PKCS11:module_name=x");
    without.lend = NULL;
    assert_int_equal(daotp_key_new(context, &without, &h, spki, len, NULL, &other), DAOTP_OK);
    assert_int_equal(daotp__key_lend(other, identity, sizeof identity, NULL), DAOTP_CONFIGURATION);
    daotp_key_unref(other);
    daotp_key_unref(key);
    daotp_key_unref(h.key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_signs_through_its_backend),
        cmocka_unit_test(tls_authenticates_with_it),
        cmocka_unit_test(what_a_backend_reports_is_told),
        cmocka_unit_test(a_silent_key_backend_is_explained),
        cmocka_unit_test(the_public_call_signs_through_it),
        cmocka_unit_test(an_incomplete_key_backend_is_refused),
        cmocka_unit_test(libkrb5_is_told_where_it_is),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
