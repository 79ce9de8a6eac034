/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many who want the same: one fetches, whoever stops is followed by another, a host that fails is
 * left alone, and nobody waits longer than they said. To be run under ThreadSanitizer too.
 */
#include "fetch_ask.h"

#include <pthread.h>
#include <stdatomic.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static fetch_host *host;
static const pki_cert *root;

static int begin_group(void **state)
{
    (void)state;
    host = host_new();
    root = pki_ca("CN=Root", pki_key(0), NULL);
    host_put_body(host, "/good.crl", pki_crl(root, 7, PKI_NOTHING));
    return 0;
}

static int end_group(void **state)
{
    (void)state;
    return fetch_end_group(host);
}

/* ---- a clock that can be moved --------------------------------------------------------------- */

static _Atomic int64_t ahead_ms;

static fetch_ask ask_at(const char *path)
{
    return (fetch_ask){.anchor = root,
                       .leaf = fetch_leaf(root, host_url(host, path), NULL, NULL),
                       .timeout_ms = 3000};
}

/* As fetch_reopened(), by the clock that can be moved. */
static void open_with_clock(const fetch_ask *ask)
{
    fetch_close();
    fetch_last.context = forge_context();
    assert_int_equal(
        daotp_context_set_monotonic_clock(fetch_last.context, test_clock_ahead, &ahead_ms),
        DAOTP_OK);
    fetch_last.base = fetch_base_of(fetch_last.context, ask);
}

static void ask_in_turn(const char *what, const char *path, daotp_status status,
                        daotp_finding_number number)
{
    fetch_ask ask = ask_at(path);

    (void)fetch_again(&ask);
    fetch_expect(what, status, number, number != 0 ? path : NULL);
}

/* ---- what is remembered ---------------------------------------------------------------------- */

static void fetched_once_for_all(void **state)
{
    fetch_ask ask = ask_at("/once.crl");

    (void)state;
    host_put_body(host, "/once.crl", pki_crl(root, 7, PKI_NOTHING));
    (void)fetch_reopened(&ask);
    fetch_expect("first", DAOTP_OK, 0, NULL);
    for (unsigned i = 0; i < 10; i++) {
        (void)fetch_again(&ask);
        fetch_expect("again", DAOTP_OK, 0, NULL);
    }
    (void)fetch_verify(fetch_last.verifier, ask.leaf); /* by the same verifier, too */
    fetch_expect("same verifier", DAOTP_OK, 0, NULL);
    assert_int_equal(host_asked(host, "/once.crl"), 1);
    (void)fetch_reopened(&ask); /* another fetcher knows nothing of it */
    assert_int_equal(host_asked(host, "/once.crl"), 2);
}

/* Over is over: then it is fetched again, and no sooner. */
static void fetched_again_when_it_is_over(void **state)
{
    fetch_ask ask = ask_at("/over.crl");
    pki_crl_spec spec = pki_crl_spec_of(root, 7);

    (void)state;
    spec.next_update = FORGE_NOW + FORGE_HOUR;
    host_put_body(host, "/over.crl", pki_make_crl(&spec));
    (void)fetch_reopened(&ask);
    fetch_expect("first", DAOTP_OK, 0, NULL);
    ask.at = FORGE_NOW + FORGE_HOUR;
    (void)fetch_again(&ask);
    fetch_expect("its last second", DAOTP_OK, 0, NULL);
    assert_int_equal(host_asked(host, "/over.crl"), 1);
    ask.at++;
    (void)fetch_again(&ask);
    fetch_expect("over", DAOTP_UNDECIDED, DAOTP_FINDING_CRL_STALE, NULL);
    assert_int_equal(host_asked(host, "/over.crl"), 2);
    host_put_body(host, "/over.crl", pki_crl(root, 8, PKI_NOTHING));
    (void)fetch_again(&ask);
    fetch_expect("the next one", DAOTP_OK, 0, NULL);
    assert_int_equal(host_asked(host, "/over.crl"), 3);
}

/* A forged list is not gone back to: the next asker, a moment later, gets the true one. */
static void a_forged_one_is_not_kept(void **state)
{
    fetch_ask ask = ask_at("/forged.crl");
    pki_crl_spec spec = pki_crl_spec_of(root, 99);

    (void)state;
    spec.key = pki_key(3);
    host_put_body(host, "/forged.crl", pki_make_crl(&spec));
    open_with_clock(&ask);
    (void)fetch_again(&ask);
    fetch_expect("forged", DAOTP_UNDECIDED, DAOTP_FINDING_CRL_SIGNATURE, NULL);
    host_put_body(host, "/forged.crl", pki_crl(root, 7, PKI_NOTHING));
    atomic_fetch_add(&ahead_ms, 5001);
    (void)fetch_again(&ask);
    fetch_expect("true", DAOTP_OK, 0, NULL);
    fetch_expect_no("true", DAOTP_FINDING_CRL_ROLLBACK); /* 99 was never a number of this CA's */
}

/* ---- rolled back ----------------------------------------------------------------------------- */

/* 7 is good for an hour, the older 6 for a day: who serves 6 again hides what 7 revoked. */
static daotp__bytes list_7(const pki_cert *revoked)
{
    pki_crl_spec spec = pki_crl_spec_of(root, 7);

    spec.next_update = FORGE_NOW + FORGE_HOUR;
    if (revoked != NULL)
        spec.entries = pki_revoke(revoked, 1);
    return pki_make_crl(&spec);
}

static void an_older_list_is_not_taken(void **state)
{
    fetch_ask ask = ask_at("/back.crl");

    (void)state;
    host_put_body(host, "/back.crl", list_7(NULL));
    (void)fetch_reopened(&ask);
    fetch_expect("7", DAOTP_OK, 0, NULL);
    host_put_body(host, "/back.crl", pki_crl(root, 6, PKI_NOTHING));
    ask.at = FORGE_NOW + 2 * FORGE_HOUR;
    (void)fetch_again(&ask);
    fetch_expect("6", DAOTP_UNDECIDED, DAOTP_FINDING_CRL_ROLLBACK, "/back.crl");
    host_put_body(host, "/back.crl", pki_crl(root, 8, PKI_NOTHING));
    (void)fetch_again(&ask);
    fetch_expect("8", DAOTP_OK, 0, NULL);
}

/* What 7 revoked stays revoked, though 7 is over and 6 does not know it. */
static void what_was_revoked_stays_so(void **state)
{
    fetch_ask ask = ask_at("/hides.crl");

    (void)state;
    host_put_body(host, "/hides.crl", list_7(ask.leaf));
    (void)fetch_reopened(&ask);
    fetch_expect("7", DAOTP_REJECTED, DAOTP_FINDING_REVOKED, NULL);
    host_put_body(host, "/hides.crl", pki_crl(root, 6, PKI_NOTHING));
    ask.at = FORGE_NOW + 2 * FORGE_HOUR;
    (void)fetch_again(&ask);
    fetch_expect("6", DAOTP_REJECTED, DAOTP_FINDING_REVOKED, NULL);
    fetch_expect("6", DAOTP_REJECTED, DAOTP_FINDING_CRL_ROLLBACK, NULL);
}

/* A forged list between the two does not wash the number away: only what was proven replaces what
 * was proven. */
static void a_forged_one_between_hides_nothing(void **state)
{
    fetch_ask ask = ask_at("/between.crl");
    pki_crl_spec spec = pki_crl_spec_of(root, 8);

    (void)state;
    spec.key = pki_key(3);
    host_put_body(host, "/between.crl", list_7(ask.leaf));
    open_with_clock(&ask);
    (void)fetch_again(&ask);
    fetch_expect("7", DAOTP_REJECTED, DAOTP_FINDING_REVOKED, NULL);
    host_put_body(host, "/between.crl", pki_make_crl(&spec));
    ask.at = FORGE_NOW + 2 * FORGE_HOUR;
    (void)fetch_again(&ask);
    assert_int_not_equal(fetch_last.status, DAOTP_OK);
    atomic_fetch_add(&ahead_ms, 5001);
    host_put_body(host, "/between.crl", pki_crl(root, 6, PKI_NOTHING));
    (void)fetch_again(&ask);
    if (fetch_last.status == DAOTP_OK)
        fail_msg("6 is taken after 7:\n%s", fetch_report_text());
    fetch_expect("6", fetch_last.status, DAOTP_FINDING_CRL_ROLLBACK, NULL);
}

/* ---- stale tolerance ------------------------------------------------------------------------- */

/* The host is down: what tolerance is for. */
static void a_list_that_is_over_is_taken_where_that_was_asked(void **state)
{
    fetch_ask ask = ask_at("/down.crl");

    (void)state;
    host_put_body(host, "/down.crl", list_7(NULL));
    (void)fetch_reopened(&ask);
    fetch_expect("fresh", DAOTP_OK, 0, NULL);
    host_put(host, "/down.crl", (host_page){.manner = HOST_RESET});
    ask.at = FORGE_NOW + 2 * FORGE_HOUR;
    ask.stale_seconds = PKI_DAY;
    (void)fetch_again(&ask);
    fetch_expect("down", DAOTP_OK, DAOTP_FINDING_CRL_STALE_TAKEN, NULL);
    ask.stale_seconds = 0;
    (void)fetch_again(&ask);
    fetch_expect("no tolerance", DAOTP_UNDECIDED, DAOTP_FINDING_CRL_STALE, NULL);
}

/* ---- one URL, two CAs ------------------------------------------------------------------------ */

/* A CA that took a new key, keeps name and URL, and counts its lists from 1 again (RFC 5280 5.2.3
 * has them count by issuer and scope; the key is another issuer's to who has to verify them). */
static void a_new_key_begins_at_one(void **state)
{
    const pki_cert *rekeyed = pki_ca("CN=Root", pki_key(4), NULL);
    fetch_ask ask = ask_at("/key.crl");
    daotp_trust *trust;

    (void)state;
    host_put_body(host, "/key.crl", pki_crl(root, 500, PKI_NOTHING));
    fetch_close();
    fetch_last.context = forge_context();
    assert_int_equal(
        daotp_context_set_monotonic_clock(fetch_last.context, test_clock_ahead, &ahead_ms),
        DAOTP_OK);
    fetch_last.base = fetch_base_of(fetch_last.context, &ask);
    trust = fetch_last.base.trust;
    assert_int_equal(daotp_trust_add(trust, rekeyed->der.data, rekeyed->der.len, NULL), DAOTP_OK);
    (void)fetch_again(&ask);
    fetch_expect("old key", DAOTP_OK, 0, NULL);
    host_put_body(host, "/key.crl", pki_crl(rekeyed, 1, PKI_NOTHING));
    ask.leaf = fetch_leaf(rekeyed, host_url(host, "/key.crl"), NULL, NULL);
    (void)fetch_again(&ask); /* what was fetched just now need not be fetched again */
    atomic_fetch_add(&ahead_ms, 120 * 1000);
    (void)fetch_again(&ask);
    fetch_expect("new key", DAOTP_OK, 0, NULL);
    fetch_expect_no("new key", DAOTP_FINDING_CRL_ROLLBACK);
    assert_between(host_asked(host, "/key.crl"), 2, 3);
}

/* What one has verified counts for nobody who trusts another CA of the same name. */
static void whoever_shares_verifies_again(void **state)
{
    const pki_cert *namesake = pki_ca("CN=Root", pki_key(4), NULL);
    fetch_ask ask = ask_at("/shared.crl"), theirs = ask;
    daotp_trust *trust;

    (void)state;
    host_put_body(host, "/shared.crl", pki_crl(root, 7, PKI_NOTHING));
    (void)fetch_reopened(&ask);
    fetch_expect("the first", DAOTP_OK, 0, NULL);
    theirs.anchor = namesake;
    theirs.leaf = fetch_leaf(namesake, host_url(host, "/shared.crl"), NULL, NULL);
    trust = fetch_last.base.trust;
    fetch_last.base.trust = fetch_trust(fetch_last.context, &theirs);
    (void)fetch_again(&theirs);
    fetch_expect("the other", DAOTP_UNDECIDED, DAOTP_FINDING_CRL_SIGNER, NULL);
    daotp_trust_unref(fetch_last.base.trust);
    fetch_last.base.trust = trust;
    (void)fetch_again(&ask);
    fetch_expect("the first again", DAOTP_OK, 0, NULL);
}

/* A remembered list that is of no use is no reason to ask the host with every question. */
static void what_does_not_help_is_not_asked_for_each_time(void **state)
{
    fetch_ask ask = ask_at("/useless.crl");
    pki_crl_spec spec = pki_crl_spec_of(root, 7);

    (void)state;
    pki_put(spec.extensions, PKI_OID_SCOPE, true,
            PKI_SEQ(PKI_BYTES("\x82\x01\xFF"))); /* CAs only */
    host_put_body(host, "/useless.crl", pki_make_crl(&spec));
    (void)fetch_reopened(&ask);
    for (unsigned i = 0; i < 10; i++) {
        fetch_expect("useless", DAOTP_UNDECIDED, 0, NULL);
        (void)fetch_again(&ask);
    }
    assert_between(host_asked(host, "/useless.crl"), 1, 2);
}

/* ---- back-off -------------------------------------------------------------------------------- */

static void a_place_that_fails_is_left_alone(void **state)
{
    fetch_ask ask = ask_at("/fails.crl");

    (void)state;
    host_put(host, "/fails.crl", (host_page){.status = 503});
    open_with_clock(&ask);
    ask_in_turn("first", "/fails.crl", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_STATUS);
    ask_in_turn("at once", "/fails.crl", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_BACK_OFF);
    fetch_expect_within("at once", 200);
    assert_int_equal(host_asked(host, "/fails.crl"), 1);
    atomic_fetch_add(&ahead_ms, 4000);
    ask_in_turn("4 s", "/fails.crl", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_BACK_OFF);
    atomic_fetch_add(&ahead_ms, 1100);
    ask_in_turn("5 s", "/fails.crl", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_STATUS);
    assert_int_equal(host_asked(host, "/fails.crl"), 2);
    atomic_fetch_add(&ahead_ms, 9000); /* it doubles */
    ask_in_turn("9 s", "/fails.crl", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_BACK_OFF);
    atomic_fetch_add(&ahead_ms, 1100);
    host_put_body(host, "/fails.crl", pki_crl(root, 7, PKI_NOTHING));
    ask_in_turn("10 s", "/fails.crl", DAOTP_OK, 0);
    assert_int_equal(host_asked(host, "/fails.crl"), 3);
}

/* Never longer than an hour, however often it failed. */
static void back_off_has_an_end(void **state)
{
    fetch_ask ask = ask_at("/hour.crl");

    (void)state;
    host_put(host, "/hour.crl", (host_page){.status = 500});
    open_with_clock(&ask);
    for (unsigned i = 0; i < 40; i++) {
        ask_in_turn("again", "/hour.crl", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_STATUS);
        atomic_fetch_add(&ahead_ms, 3600 * 1000 + 1);
    }
    assert_int_equal(host_asked(host, "/hour.crl"), 40);
}

/* What does not listen does not listen for another path either. */
static void a_host_that_is_down_is_left_alone(void **state)
{
    char one[64], two[64];
    unsigned port = host_free_port();
    fetch_ask ask = {.anchor = root, .timeout_ms = 3000};

    (void)state;
    (void)snprintf(one, sizeof one, "http://127.0.0.1:%u/one", port);
    (void)snprintf(two, sizeof two, "http://127.0.0.1:%u/two", port);
    ask.leaf = fetch_leaf(root, one, NULL, NULL);
    (void)fetch_reopened(&ask);
    fetch_expect("one", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_FAILED, one);
    ask.leaf = fetch_leaf(root, two, NULL, NULL);
    (void)fetch_again(&ask);
    fetch_expect("two", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_BACK_OFF, two);
}

/* Anybody can make a certificate that names a page of the CA's host that is not there. That must
 * not keep all others from the CA's list for an hour. */
static void a_stranger_s_404_stops_nobody(void **state)
{
    const pki_cert *stranger = pki_ca("CN=Stranger", pki_key(5), NULL);
    fetch_ask ask = ask_at("/true.crl");

    (void)state;
    host_put_body(host, "/true.crl", pki_crl(root, 7, PKI_NOTHING));
    ask.leaf = fetch_leaf(stranger, NULL, host_url(host, "/no-such-page"), NULL);
    (void)fetch_reopened(&ask);
    fetch_expect("stranger", DAOTP_REJECTED, DAOTP_FINDING_FETCH_STATUS, NULL);
    ask = ask_at("/true.crl");
    (void)fetch_again(&ask);
    fetch_expect("the CA's", DAOTP_OK, 0, NULL);
}

/* What is not even asked for says so each time; that is no failure of a host. */
static void what_is_refused_is_told_each_time(void **state)
{
    fetch_ask ask = {.anchor = root, .leaf = fetch_leaf(root, "https://127.0.0.1/x", NULL, NULL)};

    (void)state;
    (void)fetch_reopened(&ask);
    fetch_expect("first", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_URL, NULL);
    (void)fetch_again(&ask);
    fetch_expect("again", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_URL, NULL);
    ask.leaf = fetch_leaf(root, "http://10.0.0.1/x", NULL, NULL);
    (void)fetch_again(&ask);
    fetch_expect("first", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_ADDRESS, NULL);
    (void)fetch_again(&ask);
    fetch_expect("again", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_ADDRESS, NULL);
}

/* ---- eight ----------------------------------------------------------------------------------- */

/* A leaf with this many points; all but one are not there. */
static const pki_cert *leaf_of_points(unsigned count, unsigned good, const char *begin)
{
    const char *urls[16] = {NULL};
    pki_spec spec = pki_leaf_spec(pki_key(9), root);
    char path[32];

    assert_true(count < COUNT(urls));
    for (unsigned i = 0; i < count; i++) {
        (void)snprintf(path, sizeof path, "%s%u", begin, i);
        if (i == good)
            host_put_body(host, path, pki_crl(root, 7, PKI_NOTHING));
        else
            host_put(host, path, (host_page){.body = PKI_BYTES("no list")});
        urls[i] = host_url(host, path);
    }
    pki_put(spec.extensions, PKI_OID_POINTS, false, fetch_points(urls));
    return pki_make(&spec);
}

static unsigned asked_in_all(const char *begin, unsigned count)
{
    unsigned all = 0;

    for (unsigned i = 0; i < count; i++) {
        char path[32];

        (void)snprintf(path, sizeof path, "%s%u", begin, i);
        all += host_asked(host, path);
    }
    return all;
}

/* Each on a host of its own, so to speak: failing, one must not stop the next. */
static void eight_and_no_more(void **state)
{
    fetch_ask ask = {.anchor = root};

    (void)state;
    ask.leaf = leaf_of_points(12, 7, "/eighth");
    (void)fetch_reopened(&ask);
    fetch_expect("eighth", DAOTP_OK, 0, NULL);
    assert_int_equal(asked_in_all("/eighth", 12), 8);
    ask.leaf = leaf_of_points(12, 8, "/ninth");
    (void)fetch_reopened(&ask);
    fetch_expect("ninth", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_LIMIT, NULL);
    assert_int_equal(asked_in_all("/ninth", 12), 8);
    /* what the limit left unread might have revoked it */
    ask.revocation = DAOTP_REVOCATION_PREFER;
    ask.leaf = leaf_of_points(12, 8, "/preferred");
    (void)fetch_reopened(&ask);
    fetch_expect("preferred", DAOTP_UNDECIDED, DAOTP_FINDING_CHAIN_BUDGET, NULL);
    assert_int_equal(asked_in_all("/preferred", 12), 8);
}

/* As AD CS has it: a directory first, then a web server. What is not allowed is not fetched, and so
 * does not count. */
static void what_is_not_allowed_does_not_count(void **state)
{
    enum { REFUSED = 10 };
    const char *urls[REFUSED + 2] = {NULL};
    static char refused[REFUSED][64];
    pki_spec spec = pki_leaf_spec(pki_key(9), root);
    fetch_ask ask = {.anchor = root};

    (void)state;
    for (unsigned i = 0; i < REFUSED; i++) {
        (void)snprintf(refused[i], sizeof refused[i],
                       i % 2 == 0 ? "ldap:///CN=CA%u" : "http://192.0.2.%u/x.crl", i);
        urls[i] = refused[i];
    }
    host_put_body(host, "/last.crl", pki_crl(root, 3, PKI_NOTHING));
    urls[REFUSED] = host_url(host, "/last.crl");
    pki_put(spec.extensions, PKI_OID_POINTS, false, fetch_points(urls));
    ask.leaf = pki_make(&spec);
    (void)fetch_reopened(&ask);
    fetch_expect("not allowed", DAOTP_OK, DAOTP_FINDING_CHAIN_VALID, NULL);
    assert_int_equal(host_asked(host, "/last.crl"), 1);
}

/* The same place, named many times, is one place. */
static void one_place_is_tried_once(void **state)
{
    const char *urls[12] = {NULL};
    pki_spec spec = pki_leaf_spec(pki_key(9), root);
    fetch_ask ask = {.anchor = root};

    (void)state;
    host_put_body(host, "/same", PKI_BYTES("no list"));
    for (unsigned i = 0; i + 1 < COUNT(urls); i++)
        urls[i] = host_url(host, "/same");
    pki_put(spec.extensions, PKI_OID_POINTS, false, fetch_points(urls));
    ask.leaf = pki_make(&spec);
    (void)fetch_reopened(&ask);
    fetch_expect("same", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_CONTENT, NULL);
    fetch_expect_no("same", DAOTP_FINDING_FETCH_LIMIT);
    assert_int_equal(host_asked(host, "/same"), 1);
}

/* ---- deadlines ------------------------------------------------------------------------------- */

static void the_total_is_kept(void **state)
{
    fetch_ask ask = ask_at("/silent.crl");

    (void)state;
    host_put(host, "/silent.crl", (host_page){.manner = HOST_SILENT});
    ask.total_ms = 400;
    (void)fetch_reopened(&ask);
    fetch_expect("total", DAOTP_TIMEOUT, 0, NULL);
    assert_true(fetch_last.ms >= 390);
    fetch_expect_within("total", 800);
    assert_int_equal(daotp_report_get_status(daotp_verifier_get_report(fetch_last.verifier)),
                     DAOTP_TIMEOUT);
    assert_int_equal(daotp_verifier_get_chain_count(fetch_last.verifier), 0);
    (void)fetch_verify(fetch_last.verifier, ask_at("/good.crl").leaf); /* it can be used again */
    fetch_expect("afterwards", DAOTP_OK, 0, NULL);
}

/* Eight slow places: each within its own time, all of them within the total. */
static void many_slow_places_share_the_total(void **state)
{
    const char *urls[9] = {NULL};
    pki_spec spec = pki_leaf_spec(pki_key(9), root);
    fetch_ask ask = {.anchor = root, .timeout_ms = 2000, .total_ms = 600};

    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        char path[32];

        (void)snprintf(path, sizeof path, "/slow%u", i);
        host_put(host, path, (host_page){.body = PKI_BYTES("no list"), .delay_ms = 200});
        urls[i] = host_url(host, path);
    }
    pki_put(spec.extensions, PKI_OID_POINTS, false, fetch_points(urls));
    ask.leaf = pki_make(&spec);
    (void)fetch_reopened(&ask);
    fetch_expect("slow", DAOTP_TIMEOUT, 0, NULL);
    fetch_expect_within("slow", 1000);
}

/* ---- threads --------------------------------------------------------------------------------- */

enum { ASKERS = 16 };

typedef struct asker {
    daotp_context *context;
    fetch_base base;
    const fetch_ask *ask;
    daotp_status status;
    pthread_t thread;
    atomic_bool began;
    daotp_verifier *verifier;
} asker;

static void *run_asker(void *given)
{
    asker *one = given;
    daotp_verifier *verifier = NULL;

    if (daotp_verifier_new(one->context, one->base.trust, &verifier) != DAOTP_OK ||
        daotp_verifier_set_fetcher(verifier, one->base.fetcher) != DAOTP_OK)
        return NULL;
    atomic_store(&one->began, true);
    one->status =
        daotp_verifier_verify(verifier, one->ask->leaf->der.data, one->ask->leaf->der.len);
    daotp_verifier_free(verifier);
    return NULL;
}

static void many_ask_and_one_fetches(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 4; round++) {
        daotp_context *context = forge_context();
        asker askers[ASKERS];
        char path[32];
        fetch_ask ask;
        fetch_base base;

        (void)snprintf(path, sizeof path, "/many%u.crl", round);
        ask = ask_at(path);
        host_put(host, path,
                 (host_page){.body = pki_crl(root, 7, PKI_NOTHING), .delay_ms = 60 * round});
        base = fetch_base_of(context, &ask);
        (void)daotp_trust_ref(base.trust);
        (void)daotp_fetcher_ref(base.fetcher);
        for (unsigned i = 0; i < ASKERS; i++) {
            askers[i] = (asker){.context = context, .base = base, .ask = &ask};
            assert_int_equal(pthread_create(&askers[i].thread, NULL, run_asker, &askers[i]), 0);
        }
        for (unsigned i = 0; i < ASKERS; i++)
            assert_int_equal(pthread_join(askers[i].thread, NULL), 0);
        for (unsigned i = 0; i < ASKERS; i++)
            assert_int_equal(askers[i].status, DAOTP_OK);
        assert_int_equal(host_asked(host, path), 1);
        fetch_base_free(base);
        fetch_base_free(base);
        daotp_context_unref(context);
    }
}

/* One fails for all of them, and they are told why they have nothing. */
static void many_ask_for_what_fails(void **state)
{
    daotp_context *context = forge_context();
    fetch_ask ask = ask_at("/all-fail.crl");
    fetch_base base = fetch_base_of(context, &ask);
    asker askers[ASKERS];

    (void)state;
    host_put(host, "/all-fail.crl", (host_page){.status = 500, .delay_ms = 200});
    for (unsigned i = 0; i < ASKERS; i++) {
        askers[i] = (asker){.context = context, .base = base, .ask = &ask};
        assert_int_equal(pthread_create(&askers[i].thread, NULL, run_asker, &askers[i]), 0);
    }
    for (unsigned i = 0; i < ASKERS; i++)
        assert_int_equal(pthread_join(askers[i].thread, NULL), 0);
    for (unsigned i = 0; i < ASKERS; i++)
        assert_int_equal(askers[i].status, DAOTP_UNDECIDED);
    assert_int_equal(host_asked(host, "/all-fail.crl"), 1);
    fetch_base_free(base);
    daotp_context_unref(context);
}

/* ---- taking over ----------------------------------------------------------------------------- */

/* Step until the host was asked so often, or the flow ended. */
static daotp_status step_until(daotp_verifier *verifier, const char *path, unsigned asked,
                               int64_t ms)
{
    int64_t until = test_clock_machine_ms() + ms;
    daotp_status status;

    while ((status = daotp_verifier_step(verifier)) == DAOTP_AGAIN &&
           host_asked(host, path) < asked && test_clock_machine_ms() < until) {
        struct pollfd pfd = {.fd = daotp_verifier_get_fd(verifier), .events = POLLIN};

        (void)poll(&pfd, 1, 10);
    }
    return status;
}

static daotp_status finish(daotp_verifier *verifier)
{
    daotp_status status;

    while ((status = daotp_verifier_step(verifier)) == DAOTP_AGAIN) {
        struct pollfd pfd = {.fd = daotp_verifier_get_fd(verifier), .events = POLLIN};

        (void)poll(&pfd, 1, daotp_verifier_get_timeout_ms(verifier));
    }
    return status;
}

typedef enum stop { STOP_FREE, STOP_CANCEL, STOP_STEPPING } stop;

/* The first asks and stops, one way or another; the second waited, and gets it. */
static void take_over(stop how, const char *path)
{
    daotp_context *context = forge_context();
    fetch_ask ask = ask_at(path);
    daotp_verifier *first, *second;
    fetch_base base;
    int64_t before;

    fetch_close();
    ask.timeout_ms = 1200;
    ask.total_ms = 8000;
    base = fetch_base_of(context, &ask);
    first = fetch_verifier(context, base, &ask);
    second = fetch_verifier(context, base, &ask);
    host_put(host, path, (host_page){.manner = HOST_SILENT});
    assert_int_equal(daotp_verifier_begin(first, ask.leaf->der.data, ask.leaf->der.len), DAOTP_OK);
    assert_int_equal(step_until(first, path, 1, 2000), DAOTP_AGAIN);
    assert_int_equal(daotp_verifier_begin(second, ask.leaf->der.data, ask.leaf->der.len), DAOTP_OK);
    assert_int_equal(step_until(second, path, 2, 150), DAOTP_AGAIN);
    assert_int_equal(host_asked(host, path), 1); /* it waits */
    host_put_body(host, path, pki_crl(root, 7, PKI_NOTHING));
    before = test_clock_machine_ms();
    if (how == STOP_FREE) {
        daotp_verifier_free(first);
        first = NULL;
    } else if (how == STOP_CANCEL) {
        daotp_verifier_cancel(first);
        assert_int_equal(daotp_verifier_step(first), DAOTP_CANCELLED);
    }
    fetch_last = (fetch_answer){.verifier = second, .status = finish(second)};
    fetch_expect(path, DAOTP_OK, 0, NULL);
    assert_int_equal(host_asked(host, path), 2);
    assert_true(test_clock_machine_ms() - before < (how == STOP_STEPPING ? 4000 : 1000));
    fetch_last = (fetch_answer){0};
    daotp_verifier_free(second);
    if (how == STOP_STEPPING) /* it comes back, finds that it is late, and does no harm */
        assert_true(finish(first) != DAOTP_AGAIN);
    daotp_verifier_free(first);
    fetch_base_free(base);
    daotp_context_unref(context);
}

static void whoever_is_freed_is_followed(void **state)
{
    (void)state;
    take_over(STOP_FREE, "/freed.crl");
}

static void whoever_is_cancelled_is_followed(void **state)
{
    (void)state;
    take_over(STOP_CANCEL, "/cancelled.crl");
}

/* An application that begins and forgets to step stops nobody for longer than a fetch may take. */
static void whoever_steps_no_longer_is_followed(void **state)
{
    (void)state;
    take_over(STOP_STEPPING, "/stalled.crl");
}

/* Whoever waits for another's fetch waits no longer than it said. */
static void waiting_for_another_has_a_deadline(void **state)
{
    daotp_context *context = forge_context();
    fetch_ask ask = ask_at("/waits.crl");
    fetch_base base = fetch_base_of(context, &ask);
    daotp_verifier *first = fetch_verifier(context, base, &ask), *second;
    int64_t before;

    (void)state;
    host_put(host, "/waits.crl", (host_page){.manner = HOST_SILENT});
    assert_int_equal(daotp_verifier_begin(first, ask.leaf->der.data, ask.leaf->der.len), DAOTP_OK);
    assert_int_equal(step_until(first, "/waits.crl", 1, 2000), DAOTP_AGAIN);
    ask.total_ms = 300;
    second = fetch_verifier(context, base, &ask);
    before = test_clock_machine_ms();
    assert_int_equal(daotp_verifier_verify(second, ask.leaf->der.data, ask.leaf->der.len),
                     DAOTP_TIMEOUT);
    assert_between(test_clock_machine_ms() - before, 290, 1500);
    daotp_verifier_free(first);
    daotp_verifier_free(second);
    fetch_base_free(base);
    daotp_context_unref(context);
}

/* ---- cancelling ------------------------------------------------------------------------------ */

static void *cancel_soon(void *given)
{
    const struct timespec soon = {0, 100 * 1000000L};

    (void)nanosleep(&soon, NULL);
    daotp_verifier_cancel(given);
    return NULL;
}

static void cancelled_from_another_thread(void **state)
{
    daotp_context *context = forge_context();
    fetch_ask ask = ask_at("/never.crl");
    fetch_base base = fetch_base_of(context, &ask);
    daotp_verifier *verifier = fetch_verifier(context, base, &ask);
    pthread_t thread;
    int64_t before = test_clock_machine_ms();

    (void)state;
    host_put(host, "/never.crl", (host_page){.manner = HOST_SILENT});
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, verifier), 0);
    assert_int_equal(daotp_verifier_verify(verifier, ask.leaf->der.data, ask.leaf->der.len),
                     DAOTP_CANCELLED);
    assert_true(test_clock_machine_ms() - before < 1500);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(daotp_report_get_status(daotp_verifier_get_report(verifier)), DAOTP_CANCELLED);
    host_put_body(host, "/never.crl", pki_crl(root, 7, PKI_NOTHING));
    assert_int_equal(daotp_verifier_verify(verifier, ask.leaf->der.data, ask.leaf->der.len),
                     DAOTP_OK);
    daotp_verifier_cancel(verifier); /* nothing is under way: nothing happens */
    assert_int_equal(daotp_verifier_verify(verifier, ask.leaf->der.data, ask.leaf->der.len),
                     DAOTP_OK);
    daotp_verifier_free(verifier);
    fetch_base_free(base);
    daotp_context_unref(context);
}

enum { ROUNDS = 60 };

/* A thread that asks again and again; another cancels it at any moment. */
static void *ask_and_ask(void *given)
{
    asker *one = given;

    for (unsigned i = 0; i < ROUNDS; i++) {
        daotp_status status =
            daotp_verifier_verify(one->verifier, one->ask->leaf->der.data, one->ask->leaf->der.len);

        if (status != DAOTP_OK && status != DAOTP_CANCELLED)
            one->status = status;
    }
    atomic_store(&one->began, false);
    return NULL;
}

/* Each list is over for the next asker, so that each has to be fetched: all share one place. */
static void cancelled_at_any_moment(void **state)
{
    enum { THREADS = 4 };
    daotp_context *context = forge_context();
    fetch_ask ask = ask_at("/race.crl");
    fetch_base base = fetch_base_of(context, &ask);
    asker askers[THREADS];
    unsigned seed = 7, left = THREADS;

    (void)state;
    ask.at = FORGE_NOW;
    host_put(host, "/race.crl", (host_page){.body = PKI_BYTES("no list"), .delay_ms = 2});
    ask.revocation = DAOTP_REVOCATION_PREFER;
    for (unsigned i = 0; i < THREADS; i++) {
        askers[i] = (asker){.context = context, .base = base, .ask = &ask, .status = DAOTP_OK};
        askers[i].verifier = fetch_verifier(context, base, &ask);
        atomic_store(&askers[i].began, true);
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask_and_ask, &askers[i]), 0);
    }
    while (left > 0) {
        struct timespec time = {0, 0};

        seed = seed * 1103515245u + 12345u;
        time.tv_nsec = (long)(seed >> 8) % 3000000;
        (void)nanosleep(&time, NULL);
        daotp_verifier_cancel(askers[seed >> 16 & (THREADS - 1)].verifier);
        left = 0;
        for (unsigned i = 0; i < THREADS; i++)
            left += atomic_load(&askers[i].began);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(askers[i].thread, NULL), 0);
        assert_int_equal(askers[i].status, DAOTP_OK);
        daotp_verifier_free(askers[i].verifier);
    }
    fetch_base_free(base);
    daotp_context_unref(context);
}

/* Calls out of order: none of them does harm. */
static void calls_out_of_order(void **state)
{
    daotp_context *context = forge_context();
    fetch_ask ask = ask_at("/order.crl");
    fetch_base base = fetch_base_of(context, &ask);
    daotp_verifier *verifier = fetch_verifier(context, base, &ask);

    (void)state;
    host_put(host, "/order.crl", (host_page){.manner = HOST_SILENT});
    assert_int_equal(daotp_verifier_step(verifier), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_begin(verifier, NULL, 0), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_begin(verifier, "x", 1), DAOTP_PEER);
    assert_int_equal(daotp_verifier_step(verifier), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_begin(verifier, ask.leaf->der.data, ask.leaf->der.len),
                     DAOTP_OK);
    assert_int_equal(daotp_verifier_begin(verifier, ask.leaf->der.data, ask.leaf->der.len),
                     DAOTP_USAGE);
    assert_int_equal(daotp_verifier_verify(verifier, ask.leaf->der.data, ask.leaf->der.len),
                     DAOTP_USAGE);
    assert_int_equal(step_until(verifier, "/order.crl", 1, 2000), DAOTP_AGAIN);
    assert_int_equal(daotp_verifier_add_crls(verifier, NULL, 0), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_add_ocsp(verifier, NULL, 0), DAOTP_USAGE);
    assert_int_equal(daotp_verifier_add_intermediates(verifier, NULL, 0), DAOTP_USAGE);
    assert_true(daotp_verifier_get_fd(verifier) >= 0);
    assert_true(daotp_verifier_get_timeout_ms(verifier) >= 0);
    daotp_verifier_cancel(verifier);
    assert_int_equal(daotp_verifier_step(verifier), DAOTP_CANCELLED);
    assert_int_equal(daotp_verifier_step(verifier), DAOTP_USAGE);
    daotp_verifier_free(verifier);
    fetch_base_free(base);
    daotp_context_unref(context);
}

/* ---- very many places ------------------------------------------------------------------------ */

/* More places than are remembered: those who come later still get what they need. */
static void more_places_than_are_remembered(void **state)
{
    fetch_ask ask = ask_at("/good.crl");
    char url[64];

    (void)state;
    (void)fetch_reopened(&ask);
    fetch_expect("before", DAOTP_OK, 0, NULL);
    for (unsigned i = 0; i < 300; i++) {
        (void)snprintf(url, sizeof url, "https://127.0.0.1/%u", i);
        ask.leaf = fetch_leaf(root, url, NULL, NULL);
        (void)fetch_again(&ask);
        fetch_expect(url, DAOTP_UNDECIDED, 0, NULL);
    }
    host_put_body(host, "/later.crl", pki_crl(root, 7, PKI_NOTHING));
    ask = ask_at("/later.crl");
    for (unsigned i = 0; i < 3; i++) {
        (void)fetch_again(&ask);
        fetch_expect("afterwards", DAOTP_OK, 0, NULL);
    }
    assert_int_equal(host_asked(host, "/later.crl"), 1);
}

/* A flood of strangers' URLs does not make it forget the newest list of the true CA. */
static void a_flood_of_places_rolls_nothing_back(void **state)
{
    const pki_cert *stranger = pki_ca("CN=Stranger", pki_key(5), NULL);
    fetch_ask ask = ask_at("/flood.crl"), other;
    char url[64];

    (void)state;
    host_put_body(host, "/flood.crl", list_7(NULL));
    (void)fetch_reopened(&ask);
    fetch_expect("7", DAOTP_OK, 0, NULL);
    other = ask;
    for (unsigned i = 0; i < 300; i++) {
        (void)snprintf(url, sizeof url, "https://127.0.0.1/%u", i);
        other.leaf = fetch_leaf(stranger, NULL, url, NULL);
        (void)fetch_again(&other);
    }
    host_put_body(host, "/flood.crl", pki_crl(root, 6, PKI_NOTHING));
    ask.at = FORGE_NOW + 2 * FORGE_HOUR;
    (void)fetch_again(&ask);
    fetch_expect("6", DAOTP_UNDECIDED, DAOTP_FINDING_CRL_ROLLBACK, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fetched_once_for_all),
        cmocka_unit_test(fetched_again_when_it_is_over),
        cmocka_unit_test(a_forged_one_is_not_kept),
        cmocka_unit_test(an_older_list_is_not_taken),
        cmocka_unit_test(what_was_revoked_stays_so),
        cmocka_unit_test(a_forged_one_between_hides_nothing),
        cmocka_unit_test(a_list_that_is_over_is_taken_where_that_was_asked),
        cmocka_unit_test(a_new_key_begins_at_one),
        cmocka_unit_test(whoever_shares_verifies_again),
        cmocka_unit_test(what_does_not_help_is_not_asked_for_each_time),
        cmocka_unit_test(a_place_that_fails_is_left_alone),
        cmocka_unit_test(back_off_has_an_end),
        cmocka_unit_test(a_host_that_is_down_is_left_alone),
        cmocka_unit_test(a_stranger_s_404_stops_nobody),
        cmocka_unit_test(what_is_refused_is_told_each_time),
        cmocka_unit_test(eight_and_no_more),
        cmocka_unit_test(what_is_not_allowed_does_not_count),
        cmocka_unit_test(one_place_is_tried_once),
        cmocka_unit_test(the_total_is_kept),
        cmocka_unit_test(many_slow_places_share_the_total),
        cmocka_unit_test(many_ask_and_one_fetches),
        cmocka_unit_test(many_ask_for_what_fails),
        cmocka_unit_test(whoever_is_freed_is_followed),
        cmocka_unit_test(whoever_is_cancelled_is_followed),
        cmocka_unit_test(whoever_steps_no_longer_is_followed),
        cmocka_unit_test(waiting_for_another_has_a_deadline),
        cmocka_unit_test(cancelled_from_another_thread),
        cmocka_unit_test(cancelled_at_any_moment),
        cmocka_unit_test(calls_out_of_order),
        cmocka_unit_test(more_places_than_are_remembered),
        cmocka_unit_test(a_flood_of_places_rolls_nothing_back),
    };

    return cmocka_run_group_tests(tests, begin_group, end_group);
}
