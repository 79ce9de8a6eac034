/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prefetching: lists that verifiers have proven are fetched again before they end. It is the same
 * host as ever that answers, or does not.
 */
#include "fetch_ask.h"
#include "scratch.h"

#include <daotp/prefetch.h>
#include <pthread.h>
#include <stdatomic.h>

static fetch_host *host;
static const pki_cert *root;

/* By which a prefetch knows what ends soon. */
static _Atomic int64_t wall_ahead_s, mono_ahead_ms;

static int64_t wall_clock(void *user)
{
    (void)user;
    return FORGE_NOW + atomic_load(&wall_ahead_s);
}

static int begin_group(void **state)
{
    (void)state;
    if (scratch_begin() != 0)
        return -1;
    host = host_new();
    root = pki_ca("CN=Root", pki_key(0), NULL);
    return 0;
}

static int end_group(void **state)
{
    (void)state;
    host_free(host);
    pki_forget();
    pki_forget_keys();
    return scratch_end();
}

static int begin(void **state)
{
    (void)state;
    atomic_store(&wall_ahead_s, 0);
    atomic_store(&mono_ahead_ms, 0);
    return 0;
}

static daotp_prefetch *prefetch;

static int end(void **state)
{
    (void)state;
    daotp_prefetch_free(prefetch);
    prefetch = NULL;
    fetch_close();
    return 0;
}

/* For an hour from now. */
static daotp__bytes list_of(const pki_cert *issuer, EVP_PKEY *key, uint64_t number,
                            daotp__bytes entries)
{
    pki_crl_spec spec = pki_crl_spec_of(issuer, number);

    spec.key = key;
    spec.entries = entries;
    spec.next_update = FORGE_NOW + FORGE_HOUR;
    if (number >= 8)
        spec.next_update += PKI_DAY;
    return pki_make_crl(&spec);
}

static fetch_ask ask;

/* Number 7 is there, fetched and proven; the prefetch has not run yet. */
static const char *fetched(const char *cache)
{
    static char path[32];
    static unsigned next;

    (void)snprintf(path, sizeof path, "/pre%u.crl", next++);
    host_put_body(host, path, list_of(root, root->key, 7, PKI_NOTHING));
    ask = (fetch_ask){.anchor = root,
                      .leaf = fetch_leaf(root, host_url(host, path), NULL, NULL),
                      .cache = cache,
                      .timeout_ms = 800};
    fetch_close();
    assert_int_equal(daotp_context_new(&fetch_last.context), DAOTP_OK);
    assert_int_equal(daotp_context_set_wall_clock(fetch_last.context, wall_clock, NULL), DAOTP_OK);
    assert_int_equal(
        daotp_context_set_monotonic_clock(fetch_last.context, test_clock_ahead, &mono_ahead_ms),
        DAOTP_OK);
    fetch_last.base = fetch_base_of(fetch_last.context, &ask);
    (void)fetch_again(&ask);
    fetch_expect("fetched", DAOTP_OK, 0, NULL);
    assert_int_equal(daotp_prefetch_new(fetch_last.context, fetch_last.base.fetcher, &prefetch),
                     DAOTP_OK);
    return path;
}

static bool is_said(daotp_finding_number number)
{
    const daotp_report *report = daotp_prefetch_get_report(prefetch);

    for (size_t i = 0; i < daotp_report_get_count(report); i++)
        if (daotp_finding_get_number(daotp_report_get_finding(report, i)) == number)
            return true;
    return false;
}

static void later(int64_t seconds)
{
    atomic_fetch_add(&wall_ahead_s, seconds);
    atomic_fetch_add(&mono_ahead_ms, seconds * 1000);
}

/* ---- what is due ----------------------------------------------------------------------------- */

static void what_does_not_end_soon_is_left(void **state)
{
    const char *path = fetched(NULL);

    (void)state;
    assert_int_equal(daotp_prefetch_run(prefetch, FORGE_HOUR - 1), DAOTP_OK);
    assert_int_equal(daotp_prefetch_run(prefetch, 0), DAOTP_OK);
    assert_int_equal(host_asked(host, path), 1);
    assert_int_equal(daotp_prefetch_run(prefetch, FORGE_HOUR + 1), DAOTP_OK);
    assert_int_equal(host_asked(host, path), 2);
}

static void the_next_list_is_there_before_it_is_needed(void **state)
{
    const char *path = fetched(NULL);

    (void)state;
    host_put_body(host, path, list_of(root, root->key, 8, pki_revoke(ask.leaf, 1)));
    assert_int_equal(daotp_prefetch_run(prefetch, 2 * FORGE_HOUR), DAOTP_OK);
    assert_int_equal(daotp_report_get_count(daotp_prefetch_get_report(prefetch)), 0);
    host_put(host, path, (host_page){.manner = HOST_RESET}); /* nobody has to ask it */
    later(2 * FORGE_HOUR);
    (void)fetch_again(&ask);
    fetch_expect("the next", DAOTP_REJECTED, DAOTP_FINDING_REVOKED, NULL);
    assert_int_equal(host_asked(host, path), 2);
}

static void it_goes_to_disk_too(void **state)
{
    char cache[64];
    const char *path;

    (void)state;
    scratch_folder(cache, sizeof cache);
    path = fetched(cache);
    host_put_body(host, path, list_of(root, root->key, 8, PKI_NOTHING));
    assert_int_equal(daotp_prefetch_run(prefetch, 2 * FORGE_HOUR), DAOTP_OK);
    host_put(host, path, (host_page){.manner = HOST_RESET});
    ask.at = FORGE_NOW + 2 * FORGE_HOUR;
    (void)fetch_reopened(&ask); /* as another process would */
    fetch_expect("from disk", DAOTP_OK, 0, NULL);
    assert_int_equal(host_asked(host, path), 2);
}

/* ---- hosts that misbehave -------------------------------------------------------------------- */

/* Whatever comes in its place, the list that stands stays, and says what it said. */
static void nothing_worse_takes_its_place(void **state)
{
    const pki_cert *namesake = pki_ca("CN=Root", pki_key(3), NULL),
                   *stranger = pki_ca("CN=Stranger", pki_key(4), NULL);
    const struct {
        daotp__bytes body;
        daotp_finding_number number;
    } rows[] = {{list_of(root, pki_key(3), 8, PKI_NOTHING), DAOTP_FINDING_FETCH_CONTENT},
                {list_of(namesake, pki_key(3), 8, PKI_NOTHING), DAOTP_FINDING_FETCH_CONTENT},
                {list_of(stranger, pki_key(4), 8, PKI_NOTHING), DAOTP_FINDING_FETCH_CONTENT},
                {list_of(root, root->key, 6, PKI_NOTHING), DAOTP_FINDING_CRL_ROLLBACK},
                {PKI_BYTES("<html>"), DAOTP_FINDING_FETCH_CONTENT},
                {PKI_NOTHING, DAOTP_FINDING_FETCH_CONTENT}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *path = fetched(NULL);

        host_put_body(host, path, rows[i].body);
        assert_int_equal(daotp_prefetch_run(prefetch, 2 * FORGE_HOUR), DAOTP_OK);
        if (!is_said(rows[i].number))
            fail_msg("row %zu:\n%s", i, daotp_report_get_text(daotp_prefetch_get_report(prefetch)));
        (void)fetch_again(&ask);
        fetch_expect("it stands", DAOTP_OK, 0, NULL);
        assert_int_equal(host_asked(host, path), 2);
        daotp_prefetch_free(prefetch);
        prefetch = NULL;
    }
}

static void a_host_that_fails_is_left_alone(void **state)
{
    const char *path = fetched(NULL);

    (void)state;
    host_put(host, path, (host_page){.status = 503});
    assert_int_equal(daotp_prefetch_run(prefetch, 2 * FORGE_HOUR), DAOTP_OK);
    assert_true(is_said(DAOTP_FINDING_FETCH_STATUS));
    assert_int_equal(daotp_prefetch_run(prefetch, 2 * FORGE_HOUR), DAOTP_OK);
    assert_true(is_said(DAOTP_FINDING_FETCH_BACK_OFF));
    assert_int_equal(host_asked(host, path), 2);
    (void)fetch_again(&ask); /* what is remembered serves meanwhile */
    fetch_expect("meanwhile", DAOTP_OK, 0, NULL);
    later(6);
    host_put_body(host, path, list_of(root, root->key, 8, PKI_NOTHING));
    assert_int_equal(daotp_prefetch_run(prefetch, 2 * FORGE_HOUR), DAOTP_OK);
    assert_int_equal(daotp_report_get_count(daotp_prefetch_get_report(prefetch)), 0);
    assert_int_equal(host_asked(host, path), 3);
}

static void a_silent_host_ends_it_in_time(void **state)
{
    const char *path = fetched(NULL);
    int64_t before;

    (void)state;
    host_put(host, path, (host_page){.manner = HOST_SILENT});
    before = test_clock_machine_ms();
    assert_int_equal(daotp_prefetch_run(prefetch, 2 * FORGE_HOUR), DAOTP_OK);
    assert_between(test_clock_machine_ms() - before, 700, 2500);
    assert_true(is_said(DAOTP_FINDING_FETCH_TIMEOUT));
}

/* A loop that looks once a minute takes no host for a silent one: neither of CRLs that are there,
 * nor later of one that is not. */
static void late_steps_are_not_the_hosts_fault(void **state)
{
    const char *path = fetched(NULL);
    daotp_status status;
    unsigned steps = 0;

    (void)state;
    host_put_body(host, path, list_of(root, root->key, 8, PKI_NOTHING));
    assert_int_equal(daotp_prefetch_begin(prefetch, 2 * FORGE_HOUR), DAOTP_OK);
    assert_int_equal(daotp_prefetch_get_timeout_ms(prefetch), 0); /* the first step is due */
    while ((status = daotp_prefetch_step(prefetch)) == DAOTP_AGAIN && steps++ < 200) {
        struct pollfd pfd = {.fd = daotp_prefetch_get_fd(prefetch), .events = POLLIN};

        (void)poll(&pfd, 1, daotp_prefetch_get_timeout_ms(prefetch));
        atomic_fetch_add(&mono_ahead_ms, 60000);
    }
    assert_int_equal(status, DAOTP_OK);
    assert_int_equal(daotp_prefetch_get_timeout_ms(prefetch), -1);
    assert_false(is_said(DAOTP_FINDING_FETCH_TIMEOUT));
    assert_true(is_said(DAOTP_FINDING_CALL_LATE));
    assert_int_equal(host_asked(host, path), 2);
}

/* ---- beside others --------------------------------------------------------------------------- */

static void *cancel_soon(void *given)
{
    (void)usleep(100000);
    daotp_prefetch_cancel(given);
    return NULL;
}

static void cancelled_from_another_thread(void **state)
{
    const char *path = fetched(NULL);
    pthread_t thread;

    (void)state;
    host_put(host, path, (host_page){.manner = HOST_SILENT});
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, prefetch), 0);
    assert_int_equal(daotp_prefetch_run(prefetch, 2 * FORGE_HOUR), DAOTP_CANCELLED);
    assert_int_equal(pthread_join(thread, NULL), 0);
    host_put_body(host, path, list_of(root, root->key, 8, PKI_NOTHING));
    assert_int_equal(daotp_prefetch_run(prefetch, 2 * FORGE_HOUR), DAOTP_OK);
    assert_int_equal(host_asked(host, path), 3);
}

/* Begun, and freed half-way: whoever asks next takes over. */
static void freed_half_way(void **state)
{
    const char *path = fetched(NULL);

    (void)state;
    host_put(host, path, (host_page){.manner = HOST_SILENT});
    assert_int_equal(daotp_prefetch_begin(prefetch, 2 * FORGE_HOUR), DAOTP_OK);
    assert_int_equal(daotp_prefetch_begin(prefetch, 0), DAOTP_USAGE);
    for (unsigned i = 0; i < 200 && host_asked(host, path) < 2; i++) {
        struct pollfd pfd = {.fd = daotp_prefetch_get_fd(prefetch), .events = POLLIN};

        assert_int_equal(daotp_prefetch_step(prefetch), DAOTP_AGAIN);
        (void)poll(&pfd, 1, 10);
    }
    assert_int_equal(host_asked(host, path), 2);
    daotp_prefetch_free(prefetch);
    prefetch = NULL;
    host_put_body(host, path, list_of(root, root->key, 8, PKI_NOTHING));
    later(2 * FORGE_HOUR);
    (void)fetch_again(&ask);
    fetch_expect("taken over", DAOTP_OK, 0, NULL);
    assert_int_equal(host_asked(host, path), 3);
}

enum { ASKERS = 8, ROUNDS = 40 };

static atomic_uint wrong;

static void *ask_and_ask(void *given)
{
    daotp_verifier *verifier = given;

    for (unsigned i = 0; i < ROUNDS; i++)
        if (daotp_verifier_verify(verifier, ask.leaf->der.data, ask.leaf->der.len) != DAOTP_OK)
            atomic_fetch_add(&wrong, 1);
    return NULL;
}

/* Verifiers go on with the list that stands while the next is fetched, and then with that one. For
 * ThreadSanitizer too. */
static void while_others_ask(void **state)
{
    const char *path = fetched(NULL);
    daotp_verifier *verifiers[ASKERS];
    pthread_t threads[ASKERS];

    (void)state;
    atomic_store(&wrong, 0);
    for (unsigned i = 0; i < ASKERS; i++) {
        verifiers[i] = fetch_verifier(fetch_last.context, fetch_last.base, &ask);
        assert_int_equal(pthread_create(&threads[i], NULL, ask_and_ask, verifiers[i]), 0);
    }
    for (unsigned i = 0; i < 5; i++) {
        host_put(host, path,
                 (host_page){.body = list_of(root, root->key, 8 + i, PKI_NOTHING), .delay_ms = 5});
        assert_int_equal(daotp_prefetch_run(prefetch, 366 * PKI_DAY), DAOTP_OK);
    }
    for (unsigned i = 0; i < ASKERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        daotp_verifier_free(verifiers[i]);
    }
    assert_int_equal(atomic_load(&wrong), 0);
    assert_int_equal(host_asked(host, path), 6);
}

static void nonsense_is_refused(void **state)
{
    daotp_prefetch *made = NULL;

    (void)state;
    (void)fetched(NULL);
    assert_int_equal(daotp_prefetch_new(NULL, fetch_last.base.fetcher, &made), DAOTP_USAGE);
    assert_int_equal(daotp_prefetch_new(fetch_last.context, NULL, &made), DAOTP_USAGE);
    assert_int_equal(daotp_prefetch_new(fetch_last.context, fetch_last.base.fetcher, NULL),
                     DAOTP_USAGE);
    assert_null(made);
    assert_int_equal(daotp_prefetch_run(prefetch, -1), DAOTP_USAGE);
    assert_int_equal(daotp_prefetch_run(prefetch, 367 * PKI_DAY), DAOTP_USAGE);
    assert_int_equal(daotp_prefetch_step(prefetch), DAOTP_USAGE);
    assert_int_equal(daotp_prefetch_run(NULL, 0), DAOTP_USAGE);
    assert_int_equal(daotp_prefetch_step(NULL), DAOTP_USAGE);
    assert_null(daotp_prefetch_get_report(NULL));
    assert_int_equal(daotp_prefetch_get_fd(NULL), -1);
    assert_int_equal(daotp_prefetch_get_timeout_ms(NULL), -1);
    daotp_prefetch_cancel(NULL);
    daotp_prefetch_free(NULL);
}

#define ROW(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(what_does_not_end_soon_is_left),
        ROW(the_next_list_is_there_before_it_is_needed),
        ROW(it_goes_to_disk_too),
        ROW(nothing_worse_takes_its_place),
        ROW(a_host_that_fails_is_left_alone),
        ROW(a_silent_host_ends_it_in_time),
        ROW(late_steps_are_not_the_hosts_fault),
        ROW(cancelled_from_another_thread),
        ROW(freed_half_way),
        ROW(while_others_ask),
        ROW(nonsense_is_refused),
    };

    return cmocka_run_group_tests(tests, begin_group, end_group);
}
