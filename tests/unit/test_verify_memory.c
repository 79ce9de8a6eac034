/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CVE-2021-4044: a failure inside of the validator is no verdict. Every allocation fails once, of
 * ours and then of libcrypto's: what is bad is never accepted, a lack of memory of ours is never
 * anybody's fault, and nothing is left behind.
 */
#include "pki_ask.h"

#include "failing_memory.c"

#include "x509/key_rules.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

/* ---- libcrypto's memory ---------------------------------------------------------------------- */

static size_t crypto_count, crypto_fail_at;
static bool crypto_counts;

static bool crypto_fails(void)
{
    return crypto_counts && ++crypto_count == crypto_fail_at;
}

static void *crypto_get(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return crypto_fails() ? NULL : malloc(size);
}

static void *crypto_resize(void *pointer, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return crypto_fails() ? NULL : realloc(pointer, size);
}

static void crypto_put(void *pointer, const char *file, int line)
{
    (void)file;
    (void)line;
    free(pointer);
}

/* ---- what is judged -------------------------------------------------------------------------- */

typedef struct scene {
    const char *name;
    daotp_status wanted;
    daotp_rules rules;
    daotp__bytes anchor, between, leaf, crls[3];
    daotp__bytes other; /* a second CA certificate; empty: none */
} scene;

enum { SCENES = 6, SCENES_OF_LIBCRYPTO = 5 };
static scene scenes[SCENES];

static daotp__bytes many_entries(daotp__bytes last)
{
    daotp__bytes all[50];

    for (size_t i = 0; i < 49; i++)
        all[i] = pki_entry(pki_number(0x3000000 + i), pki_reason(1));
    all[49] = last;
    return pki_join(all, 50);
}

static void set_scene(scene *s, const char *name, daotp_status wanted, daotp_rules rules)
{
    const pki_cert *root = pki_ca("CN=Root", pki_key(0), NULL), *ca;
    pki_spec upper = pki_ca_spec("CN=Issuing CA", pki_key(1), root);
    pki_spec leaf;
    pki_crl_spec delta;

    pki_put(upper.extensions, PKI_OID_POLICIES, false, PKI_SEQ(PKI_SEQ(pki_oid("1.2.3"))));
    pki_put(upper.extensions, PKI_OID_CONSTRAINTS, true,
            PKI_SEQ(pki_tlv(0xA0, PKI_SEQ(PKI_TEXT(PKI_DNS, "example.com")))));
    ca = pki_make(&upper);
    leaf = pki_leaf_spec(pki_key(2), ca);
    leaf.serial = pki_number(7);
    delta = pki_crl_spec_of(ca, 2);
    pki_put(delta.extensions, PKI_OID_DELTA, true, pki_integer(1));
    *s = (scene){name, wanted, rules, root->der, ca->der, pki_make(&leaf)->der, {{0}}, {0}};
    s->crls[0] = pki_crl(root, 1, PKI_NOTHING);
    s->crls[1] = pki_crl(ca, 1, many_entries(pki_entry(pki_number(8), PKI_NOTHING)));
    s->crls[2] = pki_make_crl(&delta);
}

static void make_scenes(void)
{
    pki_spec leaf;
    const pki_cert *ca = pki_ca("CN=Issuing CA", pki_key(1), NULL);

    set_scene(&scenes[0], "good", DAOTP_OK, DAOTP_RULES_STRICT);
    set_scene(&scenes[1], "good for the web", DAOTP_OK, DAOTP_RULES_WEBPKI);
    set_scene(&scenes[2], "revoked", DAOTP_REJECTED, DAOTP_RULES_PATH);
    scenes[2].crls[1] = pki_crl(ca, 1, many_entries(pki_entry(pki_number(7), pki_reason(1))));
    set_scene(&scenes[3], "forged", DAOTP_REJECTED, DAOTP_RULES_PATH);
    leaf = pki_leaf_spec(pki_key(2), ca);
    leaf.signing_key = pki_key(9);
    scenes[3].leaf = pki_make(&leaf)->der;
    set_scene(&scenes[4], "forbidden", DAOTP_REJECTED, DAOTP_RULES_STRICT);
    leaf = pki_leaf_spec(pki_key(2), ca);
    pki_put(leaf.extensions, PKI_OID_SAN, false, PKI_SEQ(PKI_TEXT(PKI_DNS, "evil.com")));
    scenes[4].leaf = pki_make(&leaf)->der;
    set_scene(&scenes[5], "revoked under another key", DAOTP_REJECTED, DAOTP_RULES_PATH);
    ca = pki_ca("CN=Issuing CA", pki_key(3), pki_ca("CN=Root", pki_key(0), NULL));
    scenes[5].other = ca->der;
    scenes[5].crls[2] = pki_crl(ca, 1, pki_entry(pki_number(7), pki_reason(1)));
}

/* ---- one run --------------------------------------------------------------------------------- */

static daotp_status fill(const scene *s, daotp_trust *trust)
{
    daotp_status status = daotp_trust_add(trust, s->anchor.data, s->anchor.len, NULL);

    if (status == DAOTP_OK)
        status = daotp_trust_add_intermediates(trust, s->between.data, s->between.len, NULL);
    if (status == DAOTP_OK && s->other.len > 0)
        status = daotp_trust_add_intermediates(trust, s->other.data, s->other.len, NULL);
    for (size_t i = 0; status == DAOTP_OK && i < 3; i++)
        status = daotp_trust_add_crls(trust, s->crls[i].data, s->crls[i].len, NULL);
    return status;
}

/* A good one twice, so that the index is made too. A second run must not hide what the first one
 * accepted. */
static daotp_status judge(const scene *s, daotp_verifier *verifier)
{
    daotp_status status = daotp_verifier_set_rules(verifier, s->rules);
    int runs = s->wanted == DAOTP_OK ? 2 : 1;

    if (status == DAOTP_OK)
        status = daotp_verifier_set_time_s(verifier, FORGE_NOW);
    if (status == DAOTP_OK)
        status = daotp_verifier_add_name(verifier, DAOTP_NAME_DNS, "www.example.com");
    if (status == DAOTP_OK)
        status = daotp_verifier_set_purpose(verifier, PKI_OID_SERVER);
    if (status == DAOTP_OK)
        status = daotp_verifier_add_policy(verifier, PKI_OID_ANY_POLICY);
    for (int i = 0; i < runs && status == DAOTP_OK; i++)
        status = daotp_verifier_verify(verifier, s->leaf.data, s->leaf.len);
    if (status != DAOTP_OK)
        (void)daotp_report_get_text(daotp_verifier_get_report(verifier));
    return status;
}

static daotp_status run(const scene *s)
{
    daotp_context *context = NULL;
    daotp_verifier *verifier = NULL;
    daotp_trust *trust = NULL;
    daotp_status status = daotp_context_new(&context);

    if (status == DAOTP_OK)
        status = daotp_trust_new(context, &trust);
    if (status == DAOTP_OK)
        status = fill(s, trust);
    if (status == DAOTP_OK)
        status = daotp_verifier_new(context, trust, &verifier);
    if (status == DAOTP_OK)
        status = judge(s, verifier);
    daotp_verifier_free(verifier);
    daotp_trust_unref(trust);
    daotp_context_unref(context);
    return status;
}

/* ---- every allocation of ours ---------------------------------------------------------------- */

static void ours_once(const scene *s, size_t n, daotp_status status, size_t before)
{
    if (failing_memory_live() != before)
        fail_msg("%s, allocation %zu: %zu blocks before, %zu after", s->name, n, before,
                 failing_memory_live());
    if (status != s->wanted && status != DAOTP_MEMORY)
        fail_msg("%s, allocation %zu: %s", s->name, n, daotp_status_name(status));
}

static void every_allocation_of_ours(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCENES; i++) {
        size_t n = 0, before;
        bool reached = true;

        assert_int_equal(run(&scenes[i]), scenes[i].wanted);
        before = failing_memory_live();
        while (reached) {
            daotp_status status;

            failing_memory_set(++n);
            status = run(&scenes[i]);
            reached = failing_memory_count() >= n;
            failing_memory_set(0);
            ours_once(&scenes[i], n, status, before);
        }
        assert_true(n > 30);
    }
}

/* ---- every allocation of libcrypto's --------------------------------------------------------- */

/* It does not tell a lack of memory from a signature that is wrong; but good is good. The scenes in
 * which no other CRL stands for one whose signature counts as wrong. */
static void every_allocation_of_libcrypto(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCENES_OF_LIBCRYPTO; i++) {
        size_t n = 0, before = failing_memory_live();
        bool reached = true;

        while (reached) {
            daotp_status status;

            crypto_count = 0;
            crypto_fail_at = ++n;
            crypto_counts = true;
            status = run(&scenes[i]);
            crypto_counts = false;
            reached = crypto_count >= n;
            if (status == DAOTP_OK && scenes[i].wanted != DAOTP_OK)
                fail_msg("%s, allocation %zu: accepted", scenes[i].name, n);
            assert_int_equal(failing_memory_live(), before);
        }
        assert_true(n > 30);
        assert_int_equal(run(&scenes[i]), scenes[i].wanted);
    }
}

/* The rules for keys tell a lack of memory of libcrypto's from a bad key. */
static void expect_key_without_memory(EVP_PKEY *key)
{
    daotp__bytes spki = pki_spki(key);
    char fault[DAOTP__KEY_FAULT_TEXT];
    bool reached = true;

    for (size_t n = 1; reached; n++) {
        daotp_status status;

        crypto_count = 0;
        crypto_fail_at = n;
        crypto_counts = true;
        status = daotp__key_check(NULL, spki, DAOTP__KEY_USE_PATH, fault);
        crypto_counts = false;
        reached = crypto_count >= n;
        if (status != DAOTP_OK && status != DAOTP_MEMORY)
            fail_msg("allocation %zu: %s", n, fault);
    }
}

static void no_key_is_bad_without_memory(void **state)
{
    EVP_PKEY *rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    EVP_PKEY *p384 = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");

    (void)state;
    expect_key_without_memory(pki_key(0));
    expect_key_without_memory(p384);
    expect_key_without_memory(rsa);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(p384);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_of_ours),
        cmocka_unit_test(every_allocation_of_libcrypto),
        cmocka_unit_test(no_key_is_bad_without_memory),
    };
    int failed;

    if (CRYPTO_set_mem_functions(crypto_get, crypto_resize, crypto_put) != 1)
        return 1;
    make_scenes();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    pki_forget();
    pki_forget_keys();
    return failed;
}
