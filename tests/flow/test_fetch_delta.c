/* SPDX-License-Identifier: BSD-2-Clause */
/* Delta lists, fetched from where the list or the certificate says they are (RFC 5280 5.2.6,
 * 4.2.1.15): what was revoked since the complete list is known, and a delta that cannot be had
 * stops nobody, for the complete list says itself how long it holds. */
#include "fetch_ask.h"
#include "scratch.h"

static fetch_host *host;
static const pki_cert *root, *leaf;
static char list[32], delta[32];

static int begin_group(void **state)
{
    (void)state;
    return fetch_begin_scratch_group(&host);
}

static int end_group(void **state)
{
    (void)state;
    return fetch_end_scratch_group(host);
}

static daotp__bytes point_at(const char *path)
{
    return fetch_points((const char *const[]){host_url(host, path), NULL});
}

/* List number 5 of the root at `list`; NULL, or where it says its delta is. */
static void put_list(const char *says)
{
    pki_crl_spec spec = pki_crl_spec_of(root, 5);

    if (says != NULL)
        pki_put(spec.extensions, PKI_OID_FRESHEST, false, point_at(says));
    host_put_body(host, list, pki_make_crl(&spec));
}

static pki_crl_spec delta_spec(uint64_t number, daotp__bytes entries)
{
    pki_crl_spec spec = pki_crl_spec_of(root, number);

    spec.entries = entries;
    pki_put(spec.extensions, PKI_OID_DELTA, true, pki_integer(5));
    return spec;
}

static void put_delta(uint64_t number, daotp__bytes entries)
{
    pki_crl_spec spec = delta_spec(number, entries);

    host_put_body(host, delta, pki_make_crl(&spec));
}

static int begin(void **state)
{
    static unsigned next;

    (void)state;
    next++;
    (void)snprintf(list, sizeof list, "/%u.crl", next);
    (void)snprintf(delta, sizeof delta, "/%u-delta.crl", next);
    root = pki_ca("CN=Root", pki_key(0), NULL);
    leaf = fetch_leaf(root, host_url(host, list), NULL, NULL);
    put_list(delta);
    return 0;
}

static void ask(void)
{
    fetch_ask ask = {.anchor = root, .leaf = leaf, .timeout_ms = 3000};

    (void)fetch_reopened(&ask);
}

static void revoked_since(void **state)
{
    (void)state;
    put_delta(6, pki_revoke(leaf, 1));
    ask();
    fetch_expect("revoked since", DAOTP_REJECTED, DAOTP_FINDING_REVOKED, NULL);
    assert_int_equal(host_asked(host, list), 1);
    assert_int_equal(host_asked(host, delta), 1);
}

static void not_revoked_since(void **state)
{
    (void)state;
    put_delta(6, PKI_NOTHING);
    ask();
    fetch_expect("not revoked since", DAOTP_OK, DAOTP_FINDING_CHAIN_VALID, NULL);
    assert_int_equal(host_asked(host, delta), 1);
}

/* Then there is nothing to add, which is as good as an answer. */
static void published_with_the_list(void **state)
{
    (void)state;
    put_delta(5, PKI_NOTHING);
    ask();
    fetch_expect("with the list", DAOTP_OK, DAOTP_FINDING_CHAIN_VALID, NULL);
    assert_int_equal(host_asked(host, delta), 1);
}

static void named_by_the_certificate(void **state)
{
    pki_spec spec = pki_leaf_spec(pki_key(9), root);

    (void)state;
    pki_put(spec.extensions, PKI_OID_POINTS, false,
            fetch_points((const char *const[]){host_url(host, list), NULL}));
    pki_put(spec.extensions, PKI_OID_FRESHEST, false, point_at(delta));
    leaf = pki_make(&spec);
    put_list(NULL);
    put_delta(6, pki_revoke(leaf, 1));
    ask();
    fetch_expect("named by the certificate", DAOTP_REJECTED, DAOTP_FINDING_REVOKED, NULL);
}

static void nobody_named_it(void **state)
{
    (void)state;
    put_list(NULL);
    put_delta(6, pki_revoke(leaf, 1));
    ask();
    fetch_expect("nobody named it", DAOTP_OK, DAOTP_FINDING_CHAIN_VALID, NULL);
    assert_int_equal(host_asked(host, delta), 0);
}

/* A complete list at hand needs nothing fetched; its delta is asked for when that is allowed. */
static void the_list_was_given(void **state)
{
    pki_crl_spec spec = pki_crl_spec_of(root, 5);
    fetch_ask given = {.anchor = root, .leaf = leaf, .timeout_ms = 3000};

    (void)state;
    pki_put(spec.extensions, PKI_OID_FRESHEST, false, point_at(delta));
    given.crls[0] = pki_make_crl(&spec);
    put_delta(6, pki_revoke(leaf, 1));
    (void)fetch_reopened(&given);
    fetch_expect("given", DAOTP_REJECTED, DAOTP_FINDING_REVOKED, NULL);
    assert_int_equal(host_asked(host, list), 0);
    given.stays = true;
    (void)fetch_reopened(&given);
    fetch_expect("given, nothing fetched", DAOTP_OK, DAOTP_FINDING_CHAIN_VALID, NULL);
    assert_int_equal(host_asked(host, delta), 1);
}

/* What was given and is over is exchanged for what is there now. */
static void the_delta_given_is_over(void **state)
{
    pki_crl_spec spec = delta_spec(6, PKI_NOTHING);
    fetch_ask given = {.anchor = root, .leaf = leaf, .timeout_ms = 3000};

    (void)state;
    spec.next_update = FORGE_NOW - 60;
    given.crls[0] = pki_make_crl(&spec);
    put_delta(7, PKI_NOTHING);
    (void)fetch_reopened(&given);
    fetch_expect("newer delta", DAOTP_OK, DAOTP_FINDING_CHAIN_VALID, NULL);
    assert_int_equal(host_asked(host, delta), 1);
}

static void it_cannot_be_had(void **state)
{
    (void)state;
    ask(); /* there is nothing at that place */
    fetch_expect("not there", DAOTP_OK, DAOTP_FINDING_CHAIN_VALID, NULL);
    fetch_expect("not there", DAOTP_OK, DAOTP_FINDING_FETCH_STATUS, delta);
}

static void it_is_a_lie(void **state)
{
    pki_crl_spec spec = delta_spec(6, pki_revoke(leaf, 1));

    (void)state;
    spec.key = pki_key(7);
    host_put_body(host, delta, pki_make_crl(&spec));
    ask();
    fetch_expect("signed by another", DAOTP_OK, DAOTP_FINDING_CHAIN_VALID, NULL);
    assert_int_equal(host_asked(host, delta), 1);
}

/* It is kept with the others, and asked for again when it is over. */
static void it_is_kept(void **state)
{
    char cache[256];
    fetch_ask kept = {.anchor = root, .leaf = leaf, .cache = cache, .timeout_ms = 3000};

    (void)state;
    scratch_folder(cache, sizeof cache);
    put_delta(5, PKI_NOTHING);
    for (int i = 0; i < 3; i++) {
        (void)fetch_reopened(&kept);
        fetch_expect("kept", DAOTP_OK, DAOTP_FINDING_CHAIN_VALID, NULL);
    }
    assert_int_equal(host_asked(host, list), 1);
    assert_int_equal(host_asked(host, delta), 1);
}

#define TEST(fn) cmocka_unit_test_setup(fn, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(revoked_since),
        TEST(not_revoked_since),
        TEST(published_with_the_list),
        TEST(named_by_the_certificate),
        TEST(nobody_named_it),
        TEST(the_list_was_given),
        TEST(the_delta_given_is_over),
        TEST(it_cannot_be_had),
        TEST(it_is_a_lie),
        TEST(it_is_kept),
    };

    return cmocka_run_group_tests(tests, begin_group, end_group);
}
