/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What would be accepted by softer rules (revocation preferred, a stale list tolerated, an answer
 * that somebody handed over) is looked at again with all that may be fetched. What cannot be had
 * changes nothing.
 */
#include "fetch_ask.h"
#include "scratch.h"

static fetch_host *host;
static const pki_cert *root, *leaf;
static char list[32], ocsp[32];

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

/* Places of its own for each test: what failed is left alone for a while. */
static int begin(void **state)
{
    static unsigned next;

    (void)state;
    next++;
    (void)snprintf(list, sizeof list, "/%u.crl", next);
    (void)snprintf(ocsp, sizeof ocsp, "/%u.ocsp", next);
    root = pki_ca("CN=Root", pki_key(0), NULL);
    leaf = fetch_leaf(root, host_url(host, list), NULL, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fetch_close();
    host_rest(host);
    pki_forget();
    return 0;
}

static fetch_ask preferring(void)
{
    return (fetch_ask){
        .anchor = root, .leaf = leaf, .timeout_ms = 3000, .revocation = DAOTP_REVOCATION_PREFER};
}

static void put_list(uint64_t number, daotp__bytes entries)
{
    host_put_body(host, list, pki_crl(root, number, entries));
}

static void expect_of(const char *what, const fetch_ask *ask, daotp_status status,
                      daotp_finding_number number)
{
    (void)fetch_reopened(ask);
    fetch_expect(what, status, number, NULL);
}

static void preferred_and_on_the_list(void **state)
{
    fetch_ask ask = preferring();

    (void)state;
    put_list(1, pki_revoke(leaf, 1));
    expect_of("on the list", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
    assert_int_equal(host_asked(host, list), 1);
    ask.stays = true;
    expect_of("nothing is fetched", &ask, DAOTP_OK, DAOTP_FINDING_CRL_MISSING);
}

static void preferred_and_not_on_the_list(void **state)
{
    fetch_ask ask = preferring();

    (void)state;
    put_list(1, PKI_NOTHING);
    expect_of("not on the list", &ask, DAOTP_OK, DAOTP_FINDING_REVOCATION_GOOD);
    assert_int_equal(host_asked(host, list), 1);
}

static void preferred_and_not_to_be_had(void **state)
{
    fetch_ask ask = preferring();

    (void)state;
    host_put(host, list, (host_page){.status = 404});
    expect_of("404", &ask, DAOTP_OK, DAOTP_FINDING_FETCH_STATUS);
    assert_int_equal(host_asked(host, list), 1);
}

/* One place says nothing: the other one is asked too. */
static void preferred_and_a_responder_knows(void **state)
{
    fetch_ask ask = preferring();
    ocsp_spec spec;

    (void)state;
    leaf = fetch_leaf(root, host_url(host, list), NULL, host_url(host, ocsp));
    ask.leaf = leaf;
    spec = ocsp_spec_of(leaf, root, FORGE_NOW);
    spec.status = ocsp_revoked(FORGE_NOW - FORGE_HOUR, 1);
    host_put(host, list, (host_page){.status = 404});
    host_put_body(host, ocsp, ocsp_answer(&spec));
    expect_of("the responder knows", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
}

/* The certificate above, too. */
static void preferred_and_the_ca_is_revoked(void **state)
{
    pki_spec spec = pki_ca_spec("CN=Middle", pki_key(1), root);
    fetch_ask ask = preferring();
    const pki_cert *middle;

    (void)state;
    pki_put(spec.extensions, PKI_OID_POINTS, false,
            fetch_points((const char *const[]){host_url(host, list), NULL}));
    middle = pki_make(&spec);
    ask.leaf = fetch_leaf(middle, NULL, NULL, NULL);
    ask.between[0] = middle->der;
    put_list(1, pki_revoke(middle, 1));
    expect_of("the CA is revoked", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
}

/* The whole run has a deadline: what is preferred, and not to be had in time, is not demanded. */
static void preferred_and_the_host_is_silent(void **state)
{
    fetch_ask ask = preferring();

    (void)state;
    host_put(host, list, (host_page){.manner = HOST_SILENT});
    ask.total_ms = 300;
    expect_of("silence", &ask, DAOTP_OK, DAOTP_FINDING_FETCH_TIMEOUT);
    fetch_expect_no("the verdict is not the deadline's", DAOTP_FINDING_CALL_TIMEOUT);
    ask.revocation = DAOTP_REVOCATION_REQUIRE;
    (void)fetch_reopened(&ask);
    assert_int_equal(fetch_last.status, DAOTP_TIMEOUT);
}

static daotp__bytes stale_list(daotp__bytes entries)
{
    pki_crl_spec spec = pki_crl_spec_of(root, 1);

    spec.this_update = FORGE_NOW - 2 * PKI_DAY;
    spec.next_update = FORGE_NOW - FORGE_HOUR;
    spec.entries = entries;
    return pki_make_crl(&spec);
}

static void a_stale_list_is_tolerated(void **state)
{
    fetch_ask ask = {.anchor = root, .leaf = leaf, .timeout_ms = 3000, .stale_seconds = PKI_DAY};

    (void)state;
    ask.crls[0] = stale_list(PKI_NOTHING);
    put_list(2, pki_revoke(leaf, 1));
    expect_of("revoked since", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
    put_list(2, PKI_NOTHING);
    expect_of("not revoked since", &ask, DAOTP_OK, DAOTP_FINDING_REVOCATION_GOOD);
    fetch_expect_no("the fresh one was taken", DAOTP_FINDING_CRL_STALE_TAKEN);
}

static void a_stale_list_and_no_fresh_one(void **state)
{
    fetch_ask ask = {.anchor = root, .leaf = leaf, .timeout_ms = 3000, .stale_seconds = PKI_DAY};

    (void)state;
    ask.crls[0] = stale_list(PKI_NOTHING);
    host_put(host, list, (host_page){.status = 404});
    expect_of("404", &ask, DAOTP_OK, DAOTP_FINDING_CRL_STALE_TAKEN);
    assert_int_equal(host_asked(host, list), 1);
}

/* What a stale list says is not the last word in the other direction either. */
static void a_stale_list_revokes_and_a_fresh_one_releases(void **state)
{
    fetch_ask ask = {.anchor = root, .leaf = leaf, .timeout_ms = 3000};

    (void)state;
    ask.crls[0] = stale_list(pki_revoke(leaf, 6));
    put_list(2, PKI_NOTHING);
    expect_of("released", &ask, DAOTP_OK, DAOTP_FINDING_CHAIN_VALID);
    ask.stays = true;
    expect_of("nothing is fetched", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
}

/* A peer staples the answer that it likes best. */
static void a_stapled_answer_is_not_the_last_word(void **state)
{
    fetch_ask ask = {.anchor = root, .leaf = leaf, .timeout_ms = 3000};
    ocsp_spec spec = ocsp_spec_of(leaf, root, FORGE_NOW);

    (void)state;
    spec.this_update = spec.produced_at = FORGE_NOW - PKI_DAY;
    ask.ocsp[0] = ocsp_answer(&spec);
    put_list(2, pki_revoke(leaf, 1));
    expect_of("the list knows more", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
    put_list(2, PKI_NOTHING);
    expect_of("the list knows no more", &ask, DAOTP_OK, 0);
    host_put(host, list, (host_page){.status = 404});
    expect_of("the list is not there", &ask, DAOTP_OK, 0);
}

static void a_stale_answer_is_tolerated(void **state)
{
    fetch_ask ask = {.anchor = root, .leaf = leaf, .timeout_ms = 3000, .stale_seconds = PKI_DAY};
    ocsp_spec spec = ocsp_spec_of(leaf, root, FORGE_NOW);

    (void)state;
    spec.this_update = spec.produced_at = FORGE_NOW - PKI_DAY;
    spec.next_update = FORGE_NOW - FORGE_HOUR;
    ask.ocsp[0] = ocsp_answer(&spec);
    put_list(2, pki_revoke(leaf, 1));
    expect_of("the list knows more", &ask, DAOTP_REJECTED, DAOTP_FINDING_REVOKED);
}

/* What is known by fresh evidence asks nobody. */
static void what_is_known_fetches_nothing(void **state)
{
    fetch_ask ask = preferring();

    (void)state;
    put_list(2, PKI_NOTHING);
    ask.crls[0] = pki_crl(root, 1, PKI_NOTHING);
    expect_of("a fresh list", &ask, DAOTP_OK, DAOTP_FINDING_REVOCATION_GOOD);
    assert_int_equal(host_asked(host, list), 0);
}

#define ROW(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(preferred_and_on_the_list),
        ROW(preferred_and_not_on_the_list),
        ROW(preferred_and_not_to_be_had),
        ROW(preferred_and_a_responder_knows),
        ROW(preferred_and_the_ca_is_revoked),
        ROW(preferred_and_the_host_is_silent),
        ROW(a_stale_list_is_tolerated),
        ROW(a_stale_list_and_no_fresh_one),
        ROW(a_stale_list_revokes_and_a_fresh_one_releases),
        ROW(a_stapled_answer_is_not_the_last_word),
        ROW(a_stale_answer_is_tolerated),
        ROW(what_is_known_fetches_nothing),
    };

    return cmocka_run_group_tests(tests, begin_group, end_group);
}
