/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fetching, the folder of lists, and OCSP, with each allocation failing in its turn. The host is a
 * thread of this program that allocates nothing of the library's. Out of memory is no verdict on a
 * certificate, and nobody's fault: no host is left alone for it.
 */
#include "fetch_ask.h"
#include "scratch.h"
#include "torture.h"

#include "validate/cache.h"

#include <daotp/prefetch.h>
#include <sys/stat.h>

static fetch_host *host;
static daotp_context *context;
static const pki_cert *root;
static char folder[64];

static int begin_group(void **state)
{
    (void)state;
    if (scratch_begin() != 0)
        return -1;
    host = host_new();
    context = forge_context();
    root = pki_ca("CN=Root", pki_key(0), NULL);
    host_put_body(host, "/good.crl", pki_crl(root, 7, pki_entry(pki_number(5), PKI_NOTHING)));
    return 0;
}

static int end_group(void **state)
{
    (void)state;
    host_free(host);
    daotp_context_unref(context);
    pki_forget();
    pki_forget_keys();
    return scratch_end();
}

/* ---- a question, every part of which may fail ------------------------------------------------ */

static daotp_status make_base(const fetch_ask *ask, fetch_base *base)
{
    daotp_status status = daotp_trust_new(context, &base->trust);

    if (status == DAOTP_OK)
        status = daotp_fetcher_new(context, &base->fetcher);
    if (status == DAOTP_OK)
        status = daotp_trust_add(base->trust, ask->anchor->der.data, ask->anchor->der.len, NULL);
    if (status == DAOTP_OK)
        status = daotp_fetcher_allow_network(base->fetcher, FETCH_LOOPBACK);
    if (status == DAOTP_OK)
        status = daotp_fetcher_set_max_bytes(base->fetcher, 1 << 20);
    if (status == DAOTP_OK)
        status = daotp_fetcher_set_timeout_ms(base->fetcher, 5000);
    if (status == DAOTP_OK && ask->cache != NULL)
        status = daotp_fetcher_set_cache(base->fetcher, ask->cache);
    return status;
}

static daotp_status judge(const fetch_base *base, const fetch_ask *ask)
{
    daotp_verifier *verifier = NULL;
    daotp_status status = daotp_verifier_new(context, base->trust, &verifier);

    if (status == DAOTP_OK)
        status = daotp_verifier_set_fetcher(verifier, base->fetcher);
    for (size_t i = 0; status == DAOTP_OK && i < 4 && ask->crls[i].len > 0; i++)
        status = daotp_verifier_add_crls(verifier, ask->crls[i].data, ask->crls[i].len);
    for (size_t i = 0; status == DAOTP_OK && i < 16 && ask->ocsp[i].len > 0; i++)
        status = daotp_verifier_add_ocsp(verifier, ask->ocsp[i].data, ask->ocsp[i].len);
    if (status == DAOTP_OK)
        status = daotp_verifier_verify(verifier, ask->leaf->der.data, ask->leaf->der.len);
    daotp_verifier_free(verifier);
    return status;
}

/* With a fetcher of its own: what one run remembers helps no other. */
static daotp_status ask_once(void *user)
{
    const fetch_ask *ask = user;
    fetch_base base = {NULL, NULL};
    daotp_status status = make_base(ask, &base);

    if (status == DAOTP_OK)
        status = judge(&base, ask);
    fetch_base_free(base);
    return status;
}

/* "Undecided" is what is wanted of these; of a lack of memory it is not. */
static daotp_status ask_undecided(void *user)
{
    daotp_status status = ask_once(user);

    if (status == DAOTP_OK)
        fail_msg("accepted");
    return status == DAOTP_UNDECIDED ? DAOTP_OK : status;
}

/* ---- fetching -------------------------------------------------------------------------------- */

static void a_list(void **state)
{
    fetch_ask ask = {.anchor = root,
                     .leaf = fetch_leaf(root, host_url(host, "/good.crl"), NULL, NULL)};

    (void)state;
    assert_true(torture("a list", ask_once, &ask) > 20);
}

static void by_a_redirect(void **state)
{
    fetch_ask ask = {.anchor = root,
                     .leaf = fetch_leaf(root, host_url(host, "/moved.crl"), NULL, NULL)};

    (void)state;
    host_put(host, "/moved.crl", (host_page){.status = 302, .fields = "Location: /good.crl\r\n"});
    assert_true(torture("a redirect", ask_once, &ask) > 20);
}

static void in_pem(void **state)
{
    fetch_ask ask = {.anchor = root,
                     .leaf = fetch_leaf(root, host_url(host, "/pem.crl"), NULL, NULL)};
    daotp__bytes der = pki_crl(root, 7, PKI_NOTHING);
    const unsigned char *at = der.data;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)der.len);
    BIO *bio = BIO_new(BIO_s_mem());
    char *text;
    long len;

    (void)state;
    assert_int_equal(PEM_write_bio_X509_CRL(bio, crl), 1);
    len = BIO_get_mem_data(bio, &text);
    host_put_body(host, "/pem.crl", pki_copy(text, (size_t)len));
    BIO_free(bio);
    X509_CRL_free(crl);
    assert_true(torture("PEM", ask_once, &ask) > 20);
}

static void an_issuer(void **state)
{
    pki_spec spec = pki_ca_spec("CN=Middle", pki_key(1), root);
    fetch_ask ask = {.anchor = root};
    const pki_cert *middle;

    (void)state;
    pki_put(spec.extensions, PKI_OID_POINTS, false,
            fetch_points((const char *const[]){host_url(host, "/good.crl"), NULL}));
    middle = pki_make(&spec);
    host_put_body(host, "/middle.cer", middle->der);
    host_put_body(host, "/middle.crl", pki_crl(middle, 1, PKI_NOTHING));
    ask.leaf =
        fetch_leaf(middle, host_url(host, "/middle.crl"), host_url(host, "/middle.cer"), NULL);
    assert_true(torture("an issuer", ask_once, &ask) > 40);
}

static void what_is_refused(void **state)
{
    static const char *const urls[] = {"https://127.0.0.1/x", "http://10.0.0.1/x", "http://[::1]/x",
                                       "http://user@127.0.0.1/x", "ldap://127.0.0.1/cn=x?y"};

    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        fetch_ask ask = {.anchor = root, .leaf = fetch_leaf(root, urls[i], NULL, NULL)};

        assert_true(torture(urls[i], ask_undecided, &ask) > 10);
    }
}

static void what_fails(void **state)
{
    fetch_ask ask = {.anchor = root,
                     .leaf = fetch_leaf(root, host_url(host, "/nothing.crl"), NULL, NULL)};

    (void)state;
    host_put(host, "/nothing.crl", (host_page){.status = 404});
    assert_true(torture("404", ask_undecided, &ask) > 10);
    host_put_body(host, "/nothing.crl", PKI_BYTES("<html>"));
    assert_true(torture("no list", ask_undecided, &ask) > 10);
    host_put_body(host, "/nothing.crl", PKI_NOTHING);
    assert_true(torture("empty", ask_undecided, &ask) > 10);
}

/* ---- one fetcher, many runs ------------------------------------------------------------------ */

static fetch_base shared;

static daotp_status ask_shared(void *user)
{
    return judge(&shared, user);
}

static daotp_status ask_shared_undecided(void *user)
{
    daotp_status status = judge(&shared, user);

    return status == DAOTP_UNDECIDED ? DAOTP_OK : status;
}

static void open_shared(const fetch_ask *ask)
{
    shared = (fetch_base){NULL, NULL};
    assert_int_equal(make_base(ask, &shared), DAOTP_OK);
    assert_non_null(shared.fetcher);
}

/* What is remembered stands, whatever fails; and memory that ran out is not the host's fault. */
static void nobody_is_left_alone_for_it(void **state)
{
    fetch_ask ask = {.anchor = root,
                     .leaf = fetch_leaf(root, host_url(host, "/shared.crl"), NULL, NULL)};
    daotp_status status;
    size_t n = 0;

    (void)state;
    host_put_body(host, "/shared.crl", pki_crl(root, 7, PKI_NOTHING));
    open_shared(&ask);
    do { /* until one is fetched: each failed before */
        failing_memory_set(++n);
        status = ask_shared(&ask);
        failing_memory_set(0);
        if (status != DAOTP_OK && status != DAOTP_MEMORY && status != DAOTP_INTERNAL)
            fail_msg("allocation %zu: %s", n, daotp_status_name(status));
    } while (status != DAOTP_OK);
    assert_true(n > 5);
    assert_true(torture("remembered", ask_shared, &ask) > 5);
    fetch_base_free(shared);
}

/* All places are taken, and the one that makes room cannot be had. */
static void a_full_table(void **state)
{
    fetch_ask ask = {.anchor = root};
    char url[64];

    (void)state;
    open_shared(&ask);
    for (unsigned i = 0; i < 270; i++) {
        (void)snprintf(url, sizeof url, "https://127.0.0.1/%u", i);
        ask.leaf = fetch_leaf(root, url, NULL, NULL);
        assert_int_equal(ask_shared(&ask), DAOTP_UNDECIDED);
    }
    for (unsigned n = 1; n < 60; n++) {
        (void)snprintf(url, sizeof url, "https://127.0.0.1/full/%u", n);
        ask.leaf = fetch_leaf(root, url, NULL, NULL);
        failing_memory_set(n);
        (void)ask_shared(&ask);
        failing_memory_set(0);
    }
    ask.leaf = fetch_leaf(root, "https://127.0.0.1/last", NULL, NULL);
    assert_int_equal(ask_shared_undecided(&ask), DAOTP_OK);
    ask.leaf = fetch_leaf(root, host_url(host, "/good.crl"), NULL, NULL);
    assert_int_equal(ask_shared(&ask), DAOTP_OK);
    fetch_base_free(shared);
}

static daotp_status prefetch_once(void *user)
{
    const fetch_ask *ask = user;
    daotp_prefetch *prefetch = NULL;
    fetch_base base = {NULL, NULL};
    daotp_status status = make_base(ask, &base);

    if (status == DAOTP_OK)
        status = judge(&base, ask);
    if (status == DAOTP_OK)
        status = daotp_prefetch_new(context, base.fetcher, &prefetch);
    if (status == DAOTP_OK)
        status = daotp_prefetch_run(prefetch, 300 * INT64_C(86400));
    daotp_prefetch_free(prefetch);
    fetch_base_free(base);
    return status;
}

static void a_prefetch(void **state)
{
    fetch_ask ask = {.anchor = root,
                     .leaf = fetch_leaf(root, host_url(host, "/good.crl"), NULL, NULL)};

    (void)state;
    assert_true(torture("a prefetch", prefetch_once, &ask) > 30);
}

/* ---- the folder ------------------------------------------------------------------------------ */

static void from_the_folder(void **state)
{
    fetch_ask ask = {.anchor = root,
                     .leaf = fetch_leaf(root, host_url(host, "/good.crl"), NULL, NULL),
                     .cache = folder};
    unsigned asked;

    (void)state;
    scratch_folder(folder, sizeof folder);
    assert_int_equal(ask_once(&ask), DAOTP_OK);
    asked = host_asked(host, "/good.crl");
    assert_true(torture("from the folder", ask_once, &ask) > 20);
    assert_int_equal(ask_once(&ask), DAOTP_OK);
    assert_true(host_asked(host, "/good.crl") - asked < 60); /* without memory it may be fetched */
}

static daotp_status store_once(void *user)
{
    daotp_status status = ask_once(user);
    char command[100];

    (void)snprintf(command, sizeof command, "%s", folder);
    (void)scratch_remove(command);
    return status;
}

/* The folder is gone each time: it is made, filled, and what fails half-way leaves no lock. */
static void into_the_folder(void **state)
{
    fetch_ask ask = {.anchor = root,
                     .leaf = fetch_leaf(root, host_url(host, "/good.crl"), NULL, NULL),
                     .cache = folder};

    (void)state;
    scratch_folder(folder, sizeof folder);
    assert_int_equal(rmdir(folder), 0);
    assert_true(torture("into the folder", store_once, &ask) > 20);
}

static daotp__node *root_node;
static daotp__bytes lists[2];

static daotp_status keep_and_load(void *user)
{
    daotp__cache cache;
    daotp__indexed_crl *kept = NULL, *back = NULL;
    daotp_status status = daotp__indexed_crl_new(lists[0], &kept);

    (void)user;
    if (status != DAOTP_OK)
        return status;
    daotp__cache_open(&cache, folder, NULL);
    if (daotp__indexed_crl_verify(kept, root_node, PKI_NOTHING) == DAOTP__CRL_GOOD) {
        (void)daotp__cache_store(&cache, "http://x/", kept, NULL);
        back = daotp__cache_load(&cache, "http://x/");
    }
    if (back != NULL) { /* whole, if at all */
        assert_int_equal(daotp__indexed_crl_view(back)->der.len, lists[0].len);
        assert_memory_equal(daotp__indexed_crl_view(back)->der.data, lists[0].data, lists[0].len);
    }
    assert_true(daotp__cache_lock(&cache, "http://x/", NULL));
    daotp__cache_unlock(&cache);
    daotp__indexed_crl_free(back);
    daotp__indexed_crl_free(kept);
    daotp__cache_close(&cache);
    return DAOTP_OK;
}

static void keeping_and_loading(void **state)
{
    (void)state;
    scratch_folder(folder, sizeof folder);
    lists[0] = pki_crl(root, 9, pki_entry(pki_number(5), PKI_NOTHING));
    assert_int_equal(daotp__node_new(root->der, true, &root_node), DAOTP_OK);
    assert_true(torture("keep and load", keep_and_load, NULL) > 5);
    daotp__node_free(root_node);
}

/* ---- OCSP ------------------------------------------------------------------------------------ */

static void stapled(void **state)
{
    fetch_ask ask = {.anchor = root, .leaf = fetch_leaf(root, NULL, NULL, NULL)};
    ocsp_spec spec = ocsp_spec_of(ask.leaf, root, FORGE_NOW);

    (void)state;
    ask.ocsp[0] = PKI_BYTES("rubbish");
    ask.ocsp[1] = ocsp_answer(&spec);
    assert_true(torture("stapled", ask_once, &ask) > 10);
}

static void by_a_delegate(void **state)
{
    pki_spec nocheck = ocsp_delegate_spec(pki_key(4), root, true),
             check = ocsp_delegate_spec(pki_key(5), root, false);
    fetch_ask ask = {.anchor = root, .leaf = fetch_leaf(root, NULL, NULL, NULL)};
    ocsp_spec spec = ocsp_spec_of(ask.leaf, root, FORGE_NOW);
    const pki_cert *one = pki_make(&nocheck), *other;
    pki_crl_spec crl = pki_crl_spec_of(root, 1);
    const char *of_delegates = "http://10.0.0.1/delegates.crl";

    (void)state;
    spec.by = one;
    spec.certificates = one->der;
    ask.ocsp[0] = ocsp_answer(&spec);
    assert_true(torture("nocheck", ask_once, &ask) > 20);

    pki_put(check.extensions, PKI_OID_POINTS, false,
            fetch_points((const char *const[]){of_delegates, NULL}));
    pki_put(crl.extensions, PKI_OID_SCOPE, true,
            PKI_SEQ(pki_tlv(0xA0, pki_tlv(0xA0, fetch_uri(of_delegates)))));
    other = pki_make(&check);
    spec.by = other;
    spec.certificates = PKI_JOIN(one->der, other->der);
    ask.ocsp[0] = ocsp_answer(&spec);
    ask.crls[0] = pki_make_crl(&crl);
    assert_true(torture("a list knows it", ask_once, &ask) > 20);
}

static ocsp_spec said;

static daotp__bytes answer(void *user, daotp__bytes asked)
{
    daotp__bytes made = ocsp_answer(&said);
    uint8_t *copy = malloc(made.len);

    (void)user, (void)asked;
    memcpy(copy, made.data, made.len);
    return (daotp__bytes){copy, made.len};
}

static void asked_for(void **state)
{
    fetch_ask ask = {.anchor = root, .leaf = fetch_leaf(root, NULL, NULL, host_url(host, "/ocsp"))};

    (void)state;
    said = ocsp_spec_of(ask.leaf, root, FORGE_NOW);
    host_put(host, "/ocsp", (host_page){.answer = answer});
    assert_true(torture("asked for", ask_once, &ask) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list),
        cmocka_unit_test(by_a_redirect),
        cmocka_unit_test(in_pem),
        cmocka_unit_test(an_issuer),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(what_fails),
        cmocka_unit_test(nobody_is_left_alone_for_it),
        cmocka_unit_test(a_full_table),
        cmocka_unit_test(a_prefetch),
        cmocka_unit_test(from_the_folder),
        cmocka_unit_test(into_the_folder),
        cmocka_unit_test(keeping_and_loading),
        cmocka_unit_test(stapled),
        cmocka_unit_test(by_a_delegate),
        cmocka_unit_test(asked_for),
    };

    return cmocka_run_group_tests(tests, begin_group, end_group);
}
