/* SPDX-License-Identifier: BSD-2-Clause */
/* What a CA returns, in whatever wrapping: the leaf found by its key, the chain in order. */
#include "forge.h"
#include "testing.h"

#include "ca/issued.h"
#include "core/base64.h"
#include "x509/key.h"

static EVP_PKEY *root_key, *issuing_key, *leaf_key, *other_key;
static X509 *root, *issuing, *leaf, *other;
static daotp_context *context;
static daotp_key *key;

static int set_up(void **state)
{
    forge_spec spec;

    (void)state;
    root_key = forge_p256();
    issuing_key = forge_p256();
    leaf_key = forge_p256();
    other_key = forge_p256();
    spec = forge_root_spec(root_key);
    root = forge_certificate(&spec);
    spec.subject = "CN=Issuing";
    spec.key = issuing_key;
    spec.issuer = root;
    spec.issuer_key = root_key;
    issuing = forge_certificate(&spec);
    spec = (forge_spec){
        .subject = "CN=Alice", .key = leaf_key, .issuer = issuing, .issuer_key = issuing_key};
    leaf = forge_certificate(&spec);
    spec.key = other_key;
    other = forge_certificate(&spec);
    context = forge_context();
    key = forge_key(context, leaf_key);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    daotp_key_unref(key);
    daotp_context_unref(context);
    X509_free(root);
    X509_free(issuing);
    X509_free(leaf);
    X509_free(other);
    EVP_PKEY_free(root_key);
    EVP_PKEY_free(issuing_key);
    EVP_PKEY_free(leaf_key);
    EVP_PKEY_free(other_key);
    return 0;
}

static void collect(daotp__chain *pool, daotp__buffer *from)
{
    assert_int_equal(daotp__issued_collect(daotp__buffer_bytes(from), pool, NULL, "", NULL),
                     DAOTP_OK);
    daotp__buffer_free(from);
}

/* Collected, ordered; the pool is freed. */
static bool order(daotp__chain *pool, daotp__chain *chain, daotp_status *status)
{
    bool found;

    daotp__chain_init(chain, DAOTP__MAX_CHAIN);
    found = daotp__issued_order(pool, daotp__key_spki(key), chain, status);
    daotp__chain_free(pool);
    return found;
}

static void assert_chain(daotp__chain *pool, X509 *const *wanted, size_t count)
{
    daotp__chain chain;
    daotp_status status;

    assert_true(order(pool, &chain, &status));
    assert_int_equal(status, DAOTP_OK);
    assert_int_equal(chain.count, count);
    for (size_t i = 0; i < count; i++) {
        daotp__buffer der = forge_der(wanted[i]);

        assert_true(daotp__bytes_equal(daotp__buffer_bytes(&der), chain.list[i]));
        daotp__buffer_free(&der);
    }
    daotp__chain_free(&chain);
}

static daotp__buffer as_pem(X509 *const *list, bool pkcs7_block, const char *label)
{
    daotp__buffer out, der;
    char line[80];

    daotp__buffer_init(&out, 1 << 20);
    if (!pkcs7_block) {
        for (; *list != NULL; list++)
            forge_pem(&out, *list);
        return out;
    }
    der = forge_pkcs7(list);
    (void)snprintf(line, sizeof line, "-----BEGIN %s-----\n", label);
    daotp__buffer_text(&out, line);
    daotp__base64_write_lines(&out, der.data, der.len, 64);
    (void)snprintf(line, sizeof line, "-----END %s-----\n", label);
    daotp__buffer_text(&out, line);
    daotp__buffer_free(&der);
    return out;
}

static void every_wrapping_gives_the_same_chain(void **state)
{
    X509 *const chain[] = {leaf, issuing, root, NULL}, *const mixed[] = {root, leaf, issuing, NULL};
    X509 *const backwards[] = {root, issuing, leaf, NULL}, *const noise[] = {other, root, leaf,
                                                                             issuing, NULL};
    X509 *const *const orders[] = {chain, mixed, backwards, noise};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        daotp__buffer forms[] = {as_pem(orders[i], false, NULL), as_pem(orders[i], true, "PKCS7"),
                                 as_pem(orders[i], true, "CMS"),
                                 as_pem(orders[i], true, "CERTIFICATE"), /* certreq's */
                                 forge_pkcs7(orders[i])};

        for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++) {
            daotp__chain pool;

            daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
            collect(&pool, &forms[k]);
            assert_int_equal(pool.count, i == 3 ? 4 : 3);
            assert_chain(&pool, chain, 3);
        }
    }
}

static void one_certificate_is_a_chain(void **state)
{
    daotp__buffer der = forge_der(leaf);
    daotp__chain pool;

    (void)state;
    daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
    collect(&pool, &der);
    assert_chain(&pool, &leaf, 1);
}

static void parts_come_together_and_nothing_twice(void **state)
{
    X509 *const chain[] = {leaf, issuing, root, NULL}, *const above[] = {issuing, root, NULL};
    daotp__buffer parts[] = {forge_der(leaf), forge_pkcs7(above), forge_der(leaf),
                             as_pem(chain, false, NULL)};
    daotp__chain pool;

    (void)state;
    daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        collect(&pool, &parts[i]);
    assert_int_equal(pool.count, 3);
    assert_chain(&pool, chain, 3);
}

static void a_gap_ends_the_chain(void **state)
{
    X509 *const some[] = {root, leaf, NULL};
    daotp__buffer pem = as_pem(some, false, NULL);
    daotp__chain pool;

    (void)state;
    daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
    collect(&pool, &pem);
    assert_chain(&pool, &leaf, 1);
}

static void none_for_our_key_is_told(void **state)
{
    X509 *const others[] = {other, issuing, root, NULL};
    daotp__buffer pem = as_pem(others, false, NULL);
    daotp__chain pool, chain;
    daotp_status status;

    (void)state;
    daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
    assert_false(order(&pool, &chain, &status)); /* of nothing */
    assert_int_equal(status, DAOTP_PEER);
    collect(&pool, &pem);
    assert_false(order(&pool, &chain, &status));
    assert_int_equal(status, DAOTP_PEER);
    assert_int_equal(chain.count, 0);
}

/* Two CAs that certified each other would go round for ever. */
static void a_circle_ends(void **state)
{
    EVP_PKEY *key_a = forge_p256(), *key_b = forge_p256();
    forge_spec spec = forge_root_spec(key_a);
    X509 *a, *b, *a_by_b, *b_by_a, *mine;
    daotp__chain pool, chain;
    daotp_status status;

    (void)state;
    spec.subject = "CN=A";
    a = forge_certificate(&spec);
    spec.subject = "CN=B";
    spec.key = key_b;
    b = forge_certificate(&spec);
    spec.issuer = a;
    spec.issuer_key = key_a;
    b_by_a = forge_certificate(&spec);
    spec.subject = "CN=A";
    spec.key = key_a;
    spec.issuer = b;
    spec.issuer_key = key_b;
    a_by_b = forge_certificate(&spec);
    spec = (forge_spec){.subject = "CN=Alice", .key = leaf_key, .issuer = a, .issuer_key = key_a};
    mine = forge_certificate(&spec);
    {
        X509 *const all[] = {a_by_b, b_by_a, mine, NULL};
        daotp__buffer pem = as_pem(all, false, NULL);

        daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
        collect(&pool, &pem);
    }
    assert_true(order(&pool, &chain, &status));
    assert_int_equal(chain.count, 3);
    daotp__chain_free(&chain);
    X509_free(a);
    X509_free(b);
    X509_free(a_by_b);
    X509_free(b_by_a);
    X509_free(mine);
    EVP_PKEY_free(key_a);
    EVP_PKEY_free(key_b);
}

/* A CA that renewed its key has two certificates under one name: the one that signed the leaf is
 * the leaf's issuer, in whatever order they come (RFC 5280 4.2.1.1). */
static void of_two_issuers_with_one_name_the_signer_is_taken(void **state)
{
    EVP_PKEY *new_key = forge_p256();
    forge_spec spec = forge_root_spec(new_key);
    X509 *renewed, *mine;

    (void)state;
    spec.subject = "CN=Issuing";
    spec.issuer = root;
    spec.issuer_key = root_key;
    renewed = forge_certificate(&spec);
    spec = (forge_spec){.subject = "CN=Alice",
                        .key = leaf_key,
                        .issuer = renewed,
                        .issuer_key = new_key,
                        .extensions = {{"authorityKeyIdentifier", "keyid:always"}}};
    mine = forge_certificate(&spec);
    for (int i = 0; i < 2; i++) {
        X509 *const all[] = {mine, i == 0 ? renewed : issuing, i == 0 ? issuing : renewed, root,
                             NULL};
        X509 *const wanted[] = {mine, renewed, root};
        daotp__buffer pem = as_pem(all, false, NULL);
        daotp__chain pool;

        daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
        collect(&pool, &pem);
        assert_chain(&pool, wanted, 3);
    }
    X509_free(renewed);
    X509_free(mine);
    EVP_PKEY_free(new_key);
}

/* RFC 5280 7.1: case and white space make no other name. */
static void an_issuer_is_found_though_its_name_is_written_otherwise(void **state)
{
    forge_spec spec = forge_root_spec(issuing_key);
    X509 *renamed;

    (void)state;
    spec.subject = "CN=ISSUING ";
    spec.issuer = root;
    spec.issuer_key = root_key;
    renamed = forge_certificate(&spec);
    {
        X509 *const all[] = {root, renamed, leaf, NULL};
        X509 *const wanted[] = {leaf, renamed, root};
        daotp__buffer pem = as_pem(all, false, NULL);
        daotp__chain pool;

        daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
        collect(&pool, &pem);
        assert_chain(&pool, wanted, 3);
    }
    X509_free(renamed);
}

static void what_is_no_certificate_is_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "hello",
        "-----BEGIN CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
        "-----BEGIN PKCS7-----\naGVsbG8=\n-----END PKCS7-----\n",
        "-----BEGIN PRIVATE KEY-----\naGVsbG8=\n-----END PRIVATE KEY-----\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        daotp__bytes in = {(const uint8_t *)cases[i], strlen(cases[i])};
        daotp__chain pool;

        daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
        if (daotp__issued_collect(in, &pool, NULL, "", NULL) != DAOTP_PEER)
            fail_msg("case %zu is taken", i);
        assert_int_equal(pool.count, 0);
        daotp__chain_free(&pool);
    }
}

static void a_certificate_cut_off_anywhere_is_refused(void **state)
{
    daotp__buffer der = forge_der(leaf);

    (void)state;
    for (size_t cut = 0; cut < der.len; cut++) {
        uint8_t *copy = malloc(cut > 0 ? cut : 1);
        daotp__chain pool;

        memcpy(copy, der.data, cut);
        daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
        assert_int_equal(daotp__issued_collect((daotp__bytes){copy, cut}, &pool, NULL, "", NULL),
                         DAOTP_PEER);
        daotp__chain_free(&pool);
        free(copy);
    }
    daotp__buffer_free(&der);
}

static void more_certificates_than_the_limit_are_refused(void **state)
{
    daotp__chain pool;
    unsigned count = 0;
    daotp_status status = DAOTP_OK;

    (void)state;
    daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
    while (status == DAOTP_OK && count < 100) {
        forge_spec spec = {.subject = "CN=x", .key = other_key};
        X509 *one = forge_certificate(&spec);
        daotp__buffer der = forge_der(one);

        status = daotp__issued_collect(daotp__buffer_bytes(&der), &pool, NULL, "", NULL);
        count += status == DAOTP_OK ? 1 : 0;
        daotp__buffer_free(&der);
        X509_free(one);
    }
    assert_int_equal(status, DAOTP_PEER);
    assert_int_equal(count, DAOTP__MAX_CHAIN);
    daotp__chain_free(&pool);
}

/* The version of a certificate, made one that does not exist, within the PKCS#7 that holds it. */
static void spoil_within(daotp__buffer *pkcs7, X509 *one)
{
    daotp__buffer der = forge_der(one);
    uint8_t *at = memmem(pkcs7->data, pkcs7->len, der.data, der.len);
    static const uint8_t version[] = {0xA0, 3, 2, 1, 2};

    assert_non_null(at);
    at = memmem(at, 32, version, sizeof version);
    assert_non_null(at);
    at[4] = 9;
    daotp__buffer_free(&der);
}

static void one_unreadable_certificate_of_a_pkcs7_is_a_warning(void **state)
{
    X509 *const all[] = {leaf, other, issuing, NULL}, *const wanted[] = {leaf, issuing};
    daotp__buffer der = forge_pkcs7(all);
    daotp_report report;
    daotp__chain pool;

    (void)state;
    daotp__report_init(&report, context);
    daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
    spoil_within(&der, other);
    assert_int_equal(
        daotp__issued_collect(daotp__buffer_bytes(&der), &pool, NULL, "the CA", &report), DAOTP_OK);
    assert_int_equal(daotp_report_get_count(&report), 1);
    assert_null(daotp_report_get_error(&report));
    assert_int_equal(daotp_finding_get_number(daotp_report_get_finding(&report, 0)),
                     DAOTP_FINDING_CERT_DER);
    assert_string_equal(daotp_finding_get_subject(daotp_report_get_finding(&report, 0)), "the CA");
    assert_non_null(
        strstr(daotp_finding_get_found(daotp_report_get_finding(&report, 0)), "ersion"));
    assert_chain(&pool, wanted, 2);
    spoil_within(&der, leaf);
    spoil_within(&der, issuing);
    assert_int_equal(
        daotp__issued_collect(daotp__buffer_bytes(&der), &pool, NULL, "the CA", &report),
        DAOTP_PEER);
    assert_int_equal(pool.count, 0);
    daotp__chain_free(&pool);
    daotp__report_end(&report);
    daotp__buffer_free(&der);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_wrapping_gives_the_same_chain),
        cmocka_unit_test(one_certificate_is_a_chain),
        cmocka_unit_test(parts_come_together_and_nothing_twice),
        cmocka_unit_test(a_gap_ends_the_chain),
        cmocka_unit_test(none_for_our_key_is_told),
        cmocka_unit_test(a_circle_ends),
        cmocka_unit_test(of_two_issuers_with_one_name_the_signer_is_taken),
        cmocka_unit_test(an_issuer_is_found_though_its_name_is_written_otherwise),
        cmocka_unit_test(what_is_no_certificate_is_refused),
        cmocka_unit_test(a_certificate_cut_off_anywhere_is_refused),
        cmocka_unit_test(more_certificates_than_the_limit_are_refused),
        cmocka_unit_test(one_unreadable_certificate_of_a_pkcs7_is_a_warning),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
