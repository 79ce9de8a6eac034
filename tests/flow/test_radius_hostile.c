/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server that answers as it must not (radius_hostile.py), and everybody else who may send to our
 * port: each case alone, which must end at the deadline with the finding that tells what came, and
 * followed by a right reply, which must be the answer. What does not count changes no timer and no
 * destination: the server notes when it was asked, and whether others were. Then the same sort of
 * server behind TLS 1.2 and TLS 1.3, with which a connection is broken off, and no more than that.
 */
#include "high_water.h"
#include "test_clock.h"
#include <daotp/daotp.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SLACK_MS = 400, PUNCTUAL_MS = 100 };
#else
enum { SLACK_MS = 150, PUNCTUAL_MS = 10 };
#endif

enum {
    TIMEOUT_MS = 4500, /* the first timer is 2/15 of it, the longest 8/15 */
    FIRST_MS = TIMEOUT_MS * 2 / 15,
    LONGEST_MS = TIMEOUT_MS * 8 / 15,
    LATER_MS = 50, /* when the right reply comes, as in radius_hostile.py */
    FLOOD_MS = 3000,
    TRIES = 3,
    MAX_RUNS = 512
};

static const char secret[] = "hostile\0secret of 24 oct";

/* What has short datagrams sent to it has a client of its own: they fit any exchange. */
enum group { REQUIRE, OPTIONAL, FIRST, SHORT, GROUPS };
static const daotp_radius_policy policies[GROUPS] = {
    [REQUIRE] = DAOTP_RADIUS_POLICY_REQUIRE,
    [OPTIONAL] = DAOTP_RADIUS_POLICY_OPTIONAL,
    [FIRST] = DAOTP_RADIUS_POLICY_FIRST,
    [SHORT] = DAOTP_RADIUS_POLICY_REQUIRE,
};

struct run;
typedef bool (*look_fn)(daotp_radius_exchange *x);

struct play {
    const char *user;
    enum group group;
    daotp_radius_answer answer;
    int finding;   /* what it ends with; 0 for an accept */
    unsigned sent; /* how often; 0 where the deadline decides */
    const char *answer_challenge;
    look_fn look; /* at what else came */
};

struct run {
    const struct play *play;
    char user[16];
    bool then; /* with the right reply behind */
    daotp_radius_exchange *exchange;
    int64_t began_ms, took_ms;
    unsigned told, sent, rounds;
    bool done, was_rejected;
};

static struct run runs[MAX_RUNS];
static size_t run_count;
static unsigned wrong, checked;

static void expect(bool good, const char *user, const char *what, int64_t wanted, int64_t found)
{
    checked++;
    if (good)
        return;
    wrong++;
    printf("not ok - case %s: %s: wanted %lld, found %lld\n", user, what, (long long)wanted,
           (long long)found);
}

/* ---- what else a reply held ------------------------------------------------------------------ */

static bool has(const uint8_t *value, size_t len, const char *wanted, size_t wanted_len)
{
    return value != NULL && len == wanted_len && memcmp(value, wanted, len) == 0;
}

static bool message_is(daotp_radius_exchange *x, size_t index, const char *wanted, size_t len)
{
    size_t found_len;
    const uint8_t *found = daotp_radius_exchange_get_message(x, index, &found_len);

    return has(found, found_len, wanted, len);
}

static bool attribute_is(daotp_radius_exchange *x, size_t index, uint8_t type, const char *wanted,
                         size_t len)
{
    uint8_t found_type;
    size_t found_len;
    const uint8_t *found = daotp_radius_exchange_get_attribute(x, index, &found_type, &found_len);

    return has(found, found_len, wanted, len) && found_type == type;
}

static bool says_hello(daotp_radius_exchange *x)
{
    return message_is(x, 0, "hello", 5) && !message_is(x, 1, "", 0);
}

static bool says_true(daotp_radius_exchange *x)
{
    return message_is(x, 0, "true", 4);
}

static bool has_fifteen_messages(daotp_radius_exchange *x)
{
    char wanted[253];
    size_t len;

    for (size_t i = 0; i < 15; i++) {
        memset(wanted, 'A' + (int)i, sizeof wanted);
        if (!message_is(x, i, wanted, sizeof wanted))
            return false;
    }
    return daotp_radius_exchange_get_message(x, 15, &len) == NULL;
}

static bool has_short_vsa(daotp_radius_exchange *x)
{
    return attribute_is(x, 1, 26, "\0\0", 2) && says_hello(x);
}

static bool has_all_behind_bad_vsa(daotp_radius_exchange *x)
{
    return attribute_is(x, 1, 26, "\0\0\x01\x37\x0a\0zzzz", 10) && says_hello(x) &&
           attribute_is(x, 3, 25, "class", 5);
}

static bool has_unknown_vsa(daotp_radius_exchange *x)
{
    return attribute_is(x, 1, 26, "\0\xff\xff\xff\x01\x04zz", 8) && says_hello(x);
}

static bool has_octets(daotp_radius_exchange *x)
{
    return message_is(x, 0, "a\0b", 3) && message_is(x, 1, "\xff\xfe\x80", 3) &&
           message_is(x, 2, "\x1b[2Jgone", 8);
}

static bool says_second_round(daotp_radius_exchange *x)
{
    return message_is(x, 0, "second round", 12) && daotp_radius_exchange_get_round(x) == 2;
}

/* ---- the cases ------------------------------------------------------------------------------- */

#define BAD(user_, finding_)                                                                       \
    {                                                                                              \
        .user = (user_), .answer = DAOTP_RADIUS_UNDECIDED,                                         \
        .finding = DAOTP_FINDING_RADIUS_##finding_                                                 \
    }
#define BAD_IN(group_, user_, finding_)                                                            \
    {                                                                                              \
        .user = (user_), .group = (group_), .answer = DAOTP_RADIUS_UNDECIDED,                      \
        .finding = DAOTP_FINDING_RADIUS_##finding_                                                 \
    }
#define GOOD(user_, look_)                                                                         \
    {                                                                                              \
        .user = (user_), .answer = DAOTP_RADIUS_ACCEPTED, .sent = 1, .look = (look_)               \
    }

static const struct play plays[] = {
    BAD("silent", TIMEOUT),
    GOOD("1", says_hello),
    GOOD("2", says_hello),
    {"2", FIRST, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_NOT_FIRST, 0, NULL, NULL},
    {"2", OPTIONAL, DAOTP_RADIUS_ACCEPTED, 0, 1, NULL, says_hello},
    BAD("3", UNSIGNED),
    BAD_IN(FIRST, "3", UNSIGNED),
    {"3", OPTIONAL, DAOTP_RADIUS_ACCEPTED, 0, 1, NULL, says_hello},
    BAD("4", SECRET),
    BAD_IN(OPTIONAL, "4", SECRET),
    BAD("5", SECRET),
    BAD_IN(OPTIONAL, "5", SECRET),
    {"6", REQUIRE, DAOTP_RADIUS_REJECTED, DAOTP_FINDING_RADIUS_REJECTED, 1, NULL, says_true},
    BAD("7", SECRET),
    BAD_IN(OPTIONAL, "7", SECRET),
    BAD("8", MALFORMED),
    BAD("9", MALFORMED),
    BAD("10", SECRET),
    BAD_IN(OPTIONAL, "10", SECRET),
    BAD("11", TIMEOUT),
    BAD("12", TIMEOUT),
    BAD("13", TIMEOUT),
    BAD("14", TIMEOUT),
    BAD("15", TIMEOUT),
    BAD("15f", TIMEOUT),
    BAD_IN(SHORT, "16", MALFORMED),
    BAD_IN(SHORT, "17", MALFORMED),
    BAD_IN(SHORT, "18", MALFORMED),
    BAD("19", MALFORMED),
    GOOD("20", says_hello),
    BAD("21", MALFORMED),
    BAD("22", MALFORMED),
    GOOD("23", has_fifteen_messages),
    BAD("24", MALFORMED),
    BAD("25", MALFORMED),
    BAD("26", MALFORMED),
    BAD("27", MALFORMED),
    BAD("28", MALFORMED),
    GOOD("29", has_short_vsa),
    GOOD("30", has_all_behind_bad_vsa),
    GOOD("31", has_unknown_vsa),
    BAD("32", MALFORMED),
    BAD("33", MALFORMED),
    BAD("34", MALFORMED),
    BAD("34e", MALFORMED),
    BAD("35", MALFORMED),
    BAD("36", MALFORMED),
    BAD("37", MALFORMED),
    BAD("37z", MALFORMED),
    GOOD("38", says_hello),
    {"39", REQUIRE, DAOTP_RADIUS_REJECTED, DAOTP_FINDING_RADIUS_REJECTED, 1, NULL, says_hello},
    {"40", REQUIRE, DAOTP_RADIUS_ACCEPTED, 0, 2, "pass-40", says_second_round},
    BAD("41", MALFORMED),
    {"42", REQUIRE, DAOTP_RADIUS_ACCEPTED, 0, 2, "pass-42", says_second_round},
    BAD("43", MALFORMED),
    {"44", REQUIRE, DAOTP_RADIUS_ACCEPTED, 0, 2, NULL, NULL},
    {"45", REQUIRE, DAOTP_RADIUS_REJECTED, DAOTP_FINDING_RADIUS_REJECTED, 1, NULL, has_octets},
    {"46", REQUIRE, DAOTP_RADIUS_ACCEPTED, 0, 2, NULL, says_hello},
    BAD("47", TIMEOUT),
    BAD("47i", SECRET),
    GOOD("48", says_true),
    BAD("49", MALFORMED),
    BAD("50", MALFORMED),
    GOOD("51", says_hello),
    BAD("52", UNSIGNED),
    BAD_IN(OPTIONAL, "52", UNSIGNED),
    BAD_IN(FIRST, "52", UNSIGNED),
};

/* ---- the server ------------------------------------------------------------------------------ */

static FILE *from_server, *to_server;
static pid_t server_pid;
static unsigned port, closed_port, tls_ports[2]; /* TLS 1.2, TLS 1.3 */
static char folder[128];

static void start_server(void)
{
    char line[256];
    int in[2], out[2];

    if (pipe(in) != 0 || pipe(out) != 0 || (server_pid = fork()) < 0)
        exit(70);
    if (server_pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)dup2(in[0], 0);
        (void)dup2(out[1], 1);
        for (int fd = 3; fd < 64; fd++)
            (void)close(fd);
        (void)execlp("python3", "python3", SOURCE_DIR "/tests/flow/radius_hostile.py", NULL);
        _exit(127);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    to_server = fdopen(in[1], "w");
    from_server = fdopen(out[0], "r");
    if (to_server == NULL || from_server == NULL || fgets(line, sizeof line, from_server) == NULL ||
        sscanf(line, "port %u closed %u tls12 %u tls13 %u in %127s", &port, &closed_port,
               &tls_ports[0], &tls_ports[1], folder) != 5) {
        printf("not ok - the hostile server does not start\n");
        exit(1);
    }
}

static void tell_server(const char *command)
{
    fprintf(to_server, "%s\n", command);
    (void)fflush(to_server);
}

static void stop_server(void)
{
    (void)fclose(to_server);
    (void)fclose(from_server);
    (void)waitpid(server_pid, NULL, 0);
}

/* ---- running --------------------------------------------------------------------------------- */

static daotp_context *context;

static daotp_radius *make_client(daotp_radius_policy policy, unsigned to, int64_t timeout_ms,
                                 daotp_radius_fn tell)
{
    daotp_radius *radius;

    if (daotp_radius_new(context, &radius) != DAOTP_OK ||
        daotp_radius_add_server(radius, "127.0.0.1", (uint16_t)to, secret, sizeof secret - 1,
                                policy) != DAOTP_OK ||
        daotp_radius_set_timeout_ms(radius, timeout_ms) != DAOTP_OK ||
        daotp_radius_set_callback(radius, tell, NULL) != DAOTP_OK)
        exit(70);
    return radius;
}

static struct run *run_of(const daotp_radius_exchange *x)
{
    for (size_t i = 0; i < run_count; i++)
        if (runs[i].exchange == x)
            return &runs[i];
    exit(70);
}

static void begin(struct run *run)
{
    char password[32];
    int len = snprintf(password, sizeof password, "pass-%s", run->user);

    run->began_ms = test_clock_machine_ms();
    expect(daotp_radius_exchange_begin(run->exchange, password, (size_t)len) == DAOTP_OK, run->user,
           "begin", DAOTP_OK, daotp_radius_exchange_get_status(run->exchange));
}

static void told(void *user, daotp_radius_exchange *x)
{
    struct run *run = run_of(x);
    const char *answer = run->play->answer_challenge;

    (void)user;
    run->told++;
    if (daotp_radius_exchange_get_answer(x) == DAOTP_RADIUS_CHALLENGED && answer != NULL) {
        run->rounds++;
        expect(daotp_radius_exchange_respond(x, answer, strlen(answer)) == DAOTP_OK, run->user,
               "respond", 0, 1);
        return;
    }
    run->sent += daotp_radius_exchange_get_transmissions(x);
    /* 44: the State of a reject is no challenge, and another login does not carry it */
    if (strcmp(run->play->user, "44") == 0 && !run->was_rejected) {
        run->was_rejected = true;
        run->rounds++;
        expect(daotp_radius_exchange_get_answer(x) == DAOTP_RADIUS_REJECTED, run->user,
               "rejected first", 0, 1);
        expect(daotp_radius_exchange_respond(x, "a", 1) == DAOTP_USAGE, run->user,
               "respond to a reject", 0, 1);
        begin(run);
        return;
    }
    run->took_ms = test_clock_machine_ms() - run->began_ms;
    run->done = true;
}

static struct run *add_run(const struct play *play, daotp_radius *radius, bool then)
{
    struct run *run = &runs[run_count++];

    if (run_count == MAX_RUNS)
        exit(70);
    *run = (struct run){.play = play, .then = then};
    (void)snprintf(run->user, sizeof run->user, "%s%s", play->user, then ? "+" : "");
    if (daotp_radius_exchange_new(radius, run->user, &run->exchange) != DAOTP_OK)
        exit(70);
    return run;
}

/* Step these clients until none has anything pending. */
static void step_all(daotp_radius **clients, size_t count)
{
    for (bool pending = true; pending;) {
        struct pollfd fds[GROUPS];
        int wait_ms = -1;

        pending = false;
        for (size_t i = 0; i < count; i++)
            pending = daotp_radius_step(clients[i]) == DAOTP_AGAIN || pending;
        for (size_t i = 0; i < count; i++) {
            int mine = daotp_radius_get_timeout_ms(clients[i]);

            fds[i] = (struct pollfd){.fd = daotp_radius_get_fd(clients[i]), .events = POLLIN};
            wait_ms = wait_ms < 0 || (mine >= 0 && mine < wait_ms) ? mine : wait_ms;
        }
        if (pending)
            (void)poll(fds, count, wait_ms);
    }
}

/* ---- what is expected ------------------------------------------------------------------------ */

static int error_of(daotp_radius_exchange *x)
{
    const daotp_finding *error = daotp_report_get_error(daotp_radius_exchange_get_report(x));

    return error != NULL ? (int)daotp_finding_get_number(error) : 0;
}

static void check_truth(struct run *run)
{
    daotp_radius_exchange *x = run->exchange;

    expect(daotp_radius_exchange_get_answer(x) == DAOTP_RADIUS_REJECTED, run->user, "answer",
           DAOTP_RADIUS_REJECTED, daotp_radius_exchange_get_answer(x));
    expect(says_true(x), run->user, "the true message", 1, 0);
    expect(run->took_ms >= LATER_MS - 5 && run->took_ms < FIRST_MS, run->user, "milliseconds",
           LATER_MS, run->took_ms);
    expect(run->sent == 1, run->user, "transmissions", 1, run->sent);
}

static void judge(struct run *run)
{
    const struct play *play = run->play;
    daotp_radius_exchange *x = run->exchange;

    expect(run->told == run->rounds + 1, run->user, "times told", run->rounds + 1, run->told);
    if (run->then) {
        check_truth(run);
        return;
    }
    expect(daotp_radius_exchange_get_answer(x) == play->answer, run->user, "answer", play->answer,
           daotp_radius_exchange_get_answer(x));
    expect(error_of(x) == play->finding, run->user, "finding", play->finding, error_of(x));
    expect((daotp_radius_exchange_get_status(x) == DAOTP_OK) ==
               (play->answer == DAOTP_RADIUS_ACCEPTED),
           run->user, "status", 0, daotp_radius_exchange_get_status(x));
    if (play->sent == 0)
        expect(run->took_ms >= TIMEOUT_MS && run->took_ms <= TIMEOUT_MS + SLACK_MS, run->user,
               "milliseconds", TIMEOUT_MS, run->took_ms);
    else
        expect(run->sent == play->sent, run->user, "transmissions", play->sent, run->sent);
    if (play->look != NULL)
        expect(play->look(x), run->user, "what it holds", 1, 0);
}

/* The timers of RFC 5080 2.2.1, a tenth to either side, whatever was received in between. */
static void check_times(const char *user, const char *times)
{
    int64_t interval = FIRST_MS, before = 0, at;
    char *end;

    (void)strtoll(times, &end, 10); /* the first one's, which is 0 */
    for (const char *next = end; (at = strtoll(next, &end, 10), end != next); next = end) {
        int64_t gap = at - before;

        expect(gap >= interval * 9 / 10 - SLACK_MS / 3 && gap <= interval * 11 / 10 + SLACK_MS,
               user, "milliseconds between transmissions", interval, gap);
        before = at;
        interval = 2 * interval < LONGEST_MS ? 2 * interval : LONGEST_MS;
    }
}

/* What the server says: each request as often as we say, always alike, and to nobody else. */
static void check_report(void)
{
    char line[512], user[32];
    unsigned number, count, same, right, strangers, seen = 0;
    int at;

    tell_server("report");
    while (fgets(line, sizeof line, from_server) != NULL && strcmp(line, "end\n") != 0) {
        if (sscanf(line, "%31s %u %u %u %u %u %n", user, &number, &count, &same, &right, &strangers,
                   &at) != 6)
            continue;
        seen += count;
        expect(same == 1, user, "the same octets from the same port", 1, same);
        expect(right == 1, user, "a right request", 1, right);
        expect(strangers == 0, user, "requests that others got", 0, strangers);
        check_times(user, line + at);
    }
    for (size_t i = 0; i < run_count; i++)
        seen -= runs[i].sent;
    expect(seen == 0, "all", "transmissions that one side does not know of", 0, seen);
}

/* ---- phases ---------------------------------------------------------------------------------- */

static void all_at_once(void)
{
    daotp_radius *clients[GROUPS];

    for (int i = 0; i < GROUPS; i++)
        clients[i] = make_client(policies[i], port, TIMEOUT_MS, told);
    for (size_t i = 0; i < sizeof plays / sizeof plays[0]; i++) {
        begin(add_run(&plays[i], clients[plays[i].group], false));
        if (plays[i].answer == DAOTP_RADIUS_UNDECIDED)
            begin(add_run(&plays[i], clients[plays[i].group], true));
    }
    step_all(clients, GROUPS);
    for (size_t i = 0; i < run_count; i++)
        judge(&runs[i]);
    check_report();
    for (size_t i = 0; i < run_count; i++)
        daotp_radius_exchange_free(runs[i].exchange);
    for (int i = 0; i < GROUPS; i++)
        daotp_radius_free(clients[i]);
}

static daotp_radius_exchange *begin_one(daotp_radius *radius, const char *user)
{
    daotp_radius_exchange *x;
    char password[32];
    int len = snprintf(password, sizeof password, "pass-%s", user);

    if (daotp_radius_exchange_new(radius, user, &x) != DAOTP_OK ||
        daotp_radius_exchange_begin(x, password, (size_t)len) != DAOTP_OK)
        exit(70);
    return x;
}

/* 54: that nothing listens is believed when it was heard twice, and then at once. */
static void nothing_listens(void)
{
    daotp_radius *radius = make_client(DAOTP_RADIUS_POLICY_REQUIRE, closed_port, TIMEOUT_MS, NULL);
    daotp_radius_exchange *x = begin_one(radius, "54");
    int64_t began = test_clock_machine_ms();
    daotp_status status = daotp_radius_exchange_wait(x);

    expect(status == DAOTP_NETWORK, "54", "status", DAOTP_NETWORK, status);
    expect(error_of(x) == DAOTP_FINDING_RADIUS_REFUSED, "54", "finding",
           DAOTP_FINDING_RADIUS_REFUSED, error_of(x));
    expect(test_clock_machine_ms() - began < FIRST_MS, "54", "milliseconds", 100,
           test_clock_machine_ms() - began);
    expect(daotp_radius_exchange_get_transmissions(x) == 2, "54", "transmissions", 2,
           daotp_radius_exchange_get_transmissions(x));
    daotp_radius_exchange_free(x);
    daotp_radius_free(radius);
}

/* 53: a reply after the deadline meets the exchange that has the identifier now. */
static void late_reply(void)
{
    enum { OTHERS = 255, SHORT_MS = 300 };
    daotp_radius *radius = make_client(DAOTP_RADIUS_POLICY_REQUIRE, port, SHORT_MS, NULL);
    daotp_radius_exchange *late = begin_one(radius, "53"), *x;
    daotp_status status = daotp_radius_exchange_wait(late);

    expect(status == DAOTP_TIMEOUT, "53", "status", DAOTP_TIMEOUT, status);
    (void)daotp_radius_set_timeout_ms(radius, TIMEOUT_MS);
    for (int i = 0; i < OTHERS; i++) {
        x = begin_one(radius, "quick");
        status = daotp_radius_exchange_wait(x);
        expect(status == DAOTP_OK, "quick", "status", DAOTP_OK, status);
        daotp_radius_exchange_free(x);
    }
    x = begin_one(radius, "53next");
    (void)daotp_radius_exchange_wait(x);
    expect(error_of(x) == DAOTP_FINDING_RADIUS_SECRET, "53", "finding of the next",
           DAOTP_FINDING_RADIUS_SECRET, error_of(x));
    expect(daotp_radius_exchange_get_answer(late) == DAOTP_RADIUS_UNDECIDED, "53", "answer",
           DAOTP_RADIUS_UNDECIDED, daotp_radius_exchange_get_answer(late));
    daotp_radius_exchange_free(x);
    daotp_radius_exchange_free(late);
    daotp_radius_free(radius);
}

/* The deadline is kept under 200 forged packets a second. */
static void flood(void)
{
    int64_t late = 0;
    int finding = 0;

    for (int try = 0; try < TRIES; try++) {
        daotp_radius *radius = make_client(DAOTP_RADIUS_POLICY_REQUIRE, port, FLOOD_MS, NULL);
        int64_t began = test_clock_machine_ms();
        daotp_radius_exchange *x = begin_one(radius, "flood");

        (void)daotp_radius_exchange_wait(x);
        late = test_clock_machine_ms() - began - FLOOD_MS;
        finding = error_of(x);
        daotp_radius_exchange_free(x);
        daotp_radius_free(radius);
        if (late >= 0 && late <= PUNCTUAL_MS)
            break;
    }
    expect(late >= 0 && late <= PUNCTUAL_MS, "flood", "milliseconds late", 0, late);
    expect(finding == DAOTP_FINDING_RADIUS_SECRET, "flood", "finding", DAOTP_FINDING_RADIUS_SECRET,
           finding);
}

/* ---- RadSec ---------------------------------------------------------------------------------- */

enum {
    TLS_TIMEOUT_MS = 8000,
    TLS_SHORT_MS = 400, /* where nothing will come in time */
    TLS_EARLY_MS = 300,
    MANY = 255,
    MANY_AT_FIRST = 240,
    MANY_TIMEOUT_MS = 15000,
    MANY_FIRST_MS = 1500 /* the first timer is at 1800 at the earliest, 300 of them are over */
};

static const struct radsec_play {
    const char *user;
    daotp_radius_answer answer;
    int finding;
} radsec_plays[] = {
    {"ok", DAOTP_RADIUS_ACCEPTED, 0},
    {"last", DAOTP_RADIUS_ACCEPTED, 0},
    {"unsigned", DAOTP_RADIUS_ACCEPTED, 0}, /* TLS vouches for it */
    {"octets", DAOTP_RADIUS_ACCEPTED, 0},
    {"twice", DAOTP_RADIUS_ACCEPTED, 0},
    {"reject", DAOTP_RADIUS_REJECTED, DAOTP_FINDING_RADIUS_REJECTED},
    {"flip", DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_MALFORMED},
    {"secret", DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_RADSEC_SECRET},
    {"forged", DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_RADSEC_SECRET},
    {"id", DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_MALFORMED},
    {"code", DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_MALFORMED},
    {"states", DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_MALFORMED},
    {"short", DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_MALFORMED},
    {"long", DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_MALFORMED},
    {"echo", DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_MALFORMED},
    {"text", DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_MALFORMED},
    {"close", DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_CONNECTION_LOST},
    {"half", DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_CONNECTION_LOST},
    {"silent", DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_TIMEOUT},
    {"mute", DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_RADIUS_TIMEOUT},
};

static daotp_radius *make_radsec_client(const char *host, unsigned to, const char *ca)
{
    char path[3][160];
    daotp_credential *identity = NULL;
    daotp_trust *trust = NULL;
    daotp_radius *radius = NULL;

    (void)snprintf(path[0], sizeof path[0], "%s/%s.pem", folder, ca);
    (void)snprintf(path[1], sizeof path[1], "%s/client.pem", folder);
    (void)snprintf(path[2], sizeof path[2], "%s/client.key", folder);
    if (daotp_trust_new(context, &trust) != DAOTP_OK ||
        daotp_trust_add_file(trust, path[0], NULL) != DAOTP_OK ||
        daotp_credential_load(context, path[1], path[2], NULL, &identity) != DAOTP_OK ||
        daotp_radius_new(context, &radius) != DAOTP_OK ||
        daotp_radius_add_radsec_server(radius, host, (uint16_t)to, trust, identity) != DAOTP_OK ||
        daotp_radius_set_timeout_ms(radius, TLS_TIMEOUT_MS) != DAOTP_OK)
        exit(70);
    daotp_credential_unref(identity);
    daotp_trust_unref(trust);
    return radius;
}

/* How many requests the server got since this was asked last, and over how many connections. */
static void expect_carried(const char *user, unsigned requests, unsigned connections)
{
    char line[64];
    unsigned found[3] = {0};

    tell_server("radsec");
    if (fgets(line, sizeof line, from_server) == NULL ||
        sscanf(line, "radsec %u %u %u", &found[0], &found[1], &found[2]) != 3)
        exit(70);
    expect(found[0] == requests, user, "requests by RadSec", requests, found[0]);
    expect(found[1] == 0, user, "requests that were wrong", 0, found[1]);
    expect(found[2] == connections, user, "connections", connections, found[2]);
}

static void expect_answer(daotp_radius_exchange *x, const char *user, daotp_radius_answer answer,
                          int finding)
{
    daotp_status status = daotp_radius_exchange_get_status(x);

    expect(daotp_radius_exchange_get_answer(x) == answer, user, "answer by RadSec", answer,
           daotp_radius_exchange_get_answer(x));
    expect(error_of(x) == finding, user, "finding by RadSec", finding, error_of(x));
    expect((status == DAOTP_OK) == (answer == DAOTP_RADIUS_ACCEPTED), user, "status by RadSec", 0,
           status);
    expect((status == DAOTP_REJECTED) == (answer == DAOTP_RADIUS_REJECTED), user,
           "rejected by RadSec", 0, status);
}

static void end(daotp_radius_exchange *x, const char *user, daotp_radius_answer answer, int finding)
{
    (void)daotp_radius_exchange_wait(x);
    expect_answer(x, user, answer, finding);
    daotp_radius_exchange_free(x);
}

/* What came of it; and the next login is none the worse for it. */
static void play_radsec(const struct radsec_play *play, unsigned to)
{
    daotp_radius *radius = make_radsec_client("127.0.0.1", to, "ca");
    bool is_silent = play->finding == DAOTP_FINDING_RADIUS_TIMEOUT;
    bool stays = play->answer != DAOTP_RADIUS_UNDECIDED && strcmp(play->user, "twice") != 0;

    (void)daotp_radius_set_timeout_ms(radius, is_silent ? TLS_SHORT_MS : TLS_TIMEOUT_MS);
    end(begin_one(radius, play->user), play->user, play->answer, play->finding);
    (void)daotp_radius_set_timeout_ms(radius, TLS_TIMEOUT_MS);
    end(begin_one(radius, "ok"), play->user, DAOTP_RADIUS_ACCEPTED, 0);
    expect_carried(play->user, 2, stays ? 1 : 2);
    daotp_radius_free(radius);
}

static void challenge_by_radsec(unsigned to)
{
    daotp_radius *radius = make_radsec_client("127.0.0.1", to, "ca");
    daotp_radius_exchange *x = begin_one(radius, "challenge");

    expect(daotp_radius_exchange_wait(x) == DAOTP_CHALLENGE, "challenge", "status", 0, 1);
    expect(daotp_radius_exchange_respond(x, "pass-challenge", 14) == DAOTP_OK, "challenge",
           "respond", 0, 1);
    end(x, "challenge", DAOTP_RADIUS_ACCEPTED, 0);
    expect_carried("challenge", 2, 1);
    daotp_radius_free(radius);
}

static void step_for(daotp_radius *radius, int64_t ms)
{
    int64_t until = test_clock_machine_ms() + ms;

    for (int64_t left; (left = until - test_clock_machine_ms()) > 0;) {
        struct pollfd pfd = {.fd = daotp_radius_get_fd(radius), .events = POLLIN};
        int wait_ms = daotp_radius_get_timeout_ms(radius);

        (void)poll(&pfd, 1, wait_ms >= 0 && wait_ms < left ? wait_ms : (int)left);
        (void)daotp_radius_step(radius);
    }
}

/* A reply that nobody waits for any more, because it was cancelled, or because it was too late: it
 * is no reason to break off what others wait for on the same connection. */
static void late_by_radsec(unsigned to, bool cancel)
{
    const char *name = cancel ? "late, cancelled" : "late";
    daotp_radius *radius = make_radsec_client("127.0.0.1", to, "ca");
    daotp_radius_exchange *late, *slow;

    (void)daotp_radius_set_timeout_ms(radius, cancel ? TLS_TIMEOUT_MS : TLS_SHORT_MS);
    late = begin_one(radius, "late");
    step_for(radius, TLS_EARLY_MS);
    (void)daotp_radius_set_timeout_ms(radius, TLS_TIMEOUT_MS);
    if (cancel)
        daotp_radius_exchange_cancel(late);
    slow = begin_one(radius, "slow");
    end(slow, name, DAOTP_RADIUS_ACCEPTED, 0);
    expect_answer(late, name, DAOTP_RADIUS_UNDECIDED,
                  cancel ? DAOTP_FINDING_CALL_CANCELLED : DAOTP_FINDING_RADIUS_TIMEOUT);
    daotp_radius_exchange_free(late);
    expect_carried(name, 2, 1);
    daotp_radius_free(radius);
}

/* A connection that the server closed while nobody looked. */
static void idle_by_radsec(unsigned to)
{
    daotp_radius *radius = make_radsec_client("127.0.0.1", to, "ca");

    end(begin_one(radius, "idle"), "idle", DAOTP_RADIUS_ACCEPTED, 0);
    (void)usleep(TLS_EARLY_MS * 1000);
    end(begin_one(radius, "idle"), "idle, again", DAOTP_RADIUS_ACCEPTED, 0);
    expect_carried("idle", 2, 2);
    daotp_radius_free(radius);
}

/* More than the network takes at once, half a mebibyte, to a server that is busy; and then so much
 * more behind it that what waits has to move. A server that is quiet answers the last one only:
 * that there is room again must be seen without its help, and before any timer. */
static void many_by_radsec(unsigned to, bool is_quiet)
{
    const char *name = is_quiet ? "many, quiet" : "many";
    daotp_radius *radius = make_radsec_client("127.0.0.1", to, "ca");
    daotp_radius_exchange *all[MANY];
    uint8_t filler[253] = {1};
    unsigned accepted = 0;
    int64_t began;

    (void)daotp_radius_set_timeout_ms(radius, MANY_TIMEOUT_MS);
    (void)daotp_radius_set_nas_identifier(radius, "da");
    for (int i = 0; i < 8; i++)
        expect(daotp_radius_add_attribute(radius, 25, 0, filler, sizeof filler) == DAOTP_OK, name,
               "attribute", 0, 1);
    for (int i = 0; i < MANY; i++) {
        if (i == MANY_AT_FIRST)
            step_for(radius, TLS_EARLY_MS);
        all[i] = begin_one(radius, i == 0 ? "hold" : is_quiet && i + 1 < MANY ? "silent" : "ok");
    }
    began = test_clock_machine_ms();
    for (int i = is_quiet ? MANY - 1 : 0; i < MANY; i++)
        accepted += daotp_radius_exchange_wait(all[i]) == DAOTP_OK;
    expect(accepted == (is_quiet ? 1 : MANY), name, "accepted by RadSec", MANY, accepted);
    if (is_quiet)
        expect(test_clock_machine_ms() - began < MANY_FIRST_MS, name, "milliseconds", 0,
               test_clock_machine_ms() - began);
    for (int i = 0; i < MANY; i++)
        daotp_radius_exchange_free(all[i]);
    expect_carried(name, MANY, 1);
    daotp_radius_free(radius);
}

/* That a certificate is refused says nothing of the user. */
static void strangers_by_radsec(void)
{
    daotp_radius *radius = make_radsec_client("127.0.0.9", tls_ports[1], "ca");

    end(begin_one(radius, "ok"), "another name", DAOTP_RADIUS_UNDECIDED,
        DAOTP_FINDING_TLS_SERVER_NAME);
    daotp_radius_free(radius);
    radius = make_radsec_client("127.0.0.1", tls_ports[1], "other");
    end(begin_one(radius, "ok"), "another CA", DAOTP_RADIUS_UNDECIDED,
        DAOTP_FINDING_TLS_SERVER_UNTRUSTED);
    daotp_radius_free(radius);
    expect_carried("strangers", 0, 0);
}

static void radsec(unsigned to)
{
    for (size_t i = 0; i < sizeof radsec_plays / sizeof radsec_plays[0]; i++)
        play_radsec(&radsec_plays[i], to);
    challenge_by_radsec(to);
    late_by_radsec(to, true);
    late_by_radsec(to, false);
    idle_by_radsec(to);
    many_by_radsec(to, false);
    many_by_radsec(to, true);
}

/* VmHWM after all of it: floods, a thousand datagrams a turn, hostile packets by TLS. */
static void memory_is_bounded(void)
{
    enum { LIMIT_KB = 48 * 1024 };
    long most = high_water_kb();

    expect(most <= LIMIT_KB, "all", "kB of memory", LIMIT_KB, most);
}

int main(void)
{
    if (daotp_context_new(&context) != DAOTP_OK)
        return 70;
    start_server();
    all_at_once();
    nothing_listens();
    late_reply();
    flood();
    radsec(tls_ports[0]);
    radsec(tls_ports[1]);
    strangers_by_radsec();
    memory_is_bounded();
    stop_server();
    daotp_context_unref(context);
    printf("%s - %u of %u expectations were not met\n", wrong == 0 ? "ok" : "not ok", wrong,
           checked);
    return wrong == 0 ? 0 : 1;
}
