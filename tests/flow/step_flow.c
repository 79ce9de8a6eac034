/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interface in steps, driven by poll() alone, as an application with a loop of its own does it:
 * descriptor and time-out, how often it wakes, progress, the order of calls, a second code, idle
 * and closed connections, failing over, cancelling, freeing in the middle.
 */
#include "peer.h"

#include "client/client.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SHORT_MS = 1500, SLACK_MS = 4000, STEP_MS = 1000 };
#else
enum { SHORT_MS = 300, SLACK_MS = 1500, STEP_MS = 150 };
#endif

enum { FEW = 60, MANY = 200 };

static struct peer_world *world;

/* ---- driving --------------------------------------------------------------------------------- */

struct drive {
    unsigned steps, idle; /* idle: poll() ended by its time-out */
    int64_t longest_ms, took_ms;
    bool bad_timeout;
    daotp_status status;
};

/* Until the part is over; nothing but fd and time-out is used. */
static struct drive drive(daotp_client *client, daotp_status begun)
{
    struct drive d = {.status = begun};
    int64_t began = test_clock_machine_ms();

    while (d.status == DAOTP_OK || d.status == DAOTP_AGAIN) {
        struct pollfd pfd = {.fd = daotp_client_get_fd(client), .events = POLLIN};
        int64_t before = test_clock_machine_ms(), took;
        int timeout;

        d.status = daotp_client_step(client);
        took = test_clock_machine_ms() - before;
        d.longest_ms = took > d.longest_ms ? took : d.longest_ms;
        d.steps++;
        if (d.status != DAOTP_AGAIN || d.steps > 100000)
            break;
        timeout = daotp_client_get_timeout_ms(client);
        d.bad_timeout = d.bad_timeout || timeout < 0; /* there is a deadline */
        d.idle += poll(&pfd, 1, timeout) == 0;
    }
    d.took_ms = test_clock_machine_ms() - began;
    return d;
}

static struct drive prepare(daotp_client *client)
{
    return drive(client, daotp_client_prepare_begin(client, PEER_USER));
}

static struct drive enroll(daotp_client *client)
{
    return drive(client, daotp_client_enroll_begin(client, PEER_OTP, strlen(PEER_OTP)));
}

static daotp_finding_number error_of(daotp_client *client)
{
    return daotp_finding_get_number(daotp_report_get_error(daotp_client_get_report(client)));
}

static bool is_told(daotp_client *client, daotp_finding_number number)
{
    daotp_report *report = daotp_client_get_report(client);

    for (size_t i = 0; i < daotp_report_get_count(report); i++)
        if (daotp_finding_get_number(daotp_report_get_finding(report, i)) == number)
            return true;
    return false;
}

static bool is_readable(daotp_client *client)
{
    struct pollfd pfd = {.fd = daotp_client_get_fd(client), .events = POLLIN};

    return poll(&pfd, 1, 0) > 0;
}

static void check_status(const char *what, daotp_status status, daotp_status wanted,
                         daotp_client *client)
{
    peer_check(status == wanted, "%s: %s%s%s", what, daotp_status_name(status),
               status == wanted ? "" : ", wanted ",
               status == wanted ? "" : daotp_status_name(wanted));
    if (status != wanted)
        printf("# %s\n", daotp_report_get_json(daotp_client_get_report(client)));
}

/* ---- waking ---------------------------------------------------------------------------------- */

static void try_waking(void)
{
    struct peer_rig *rig = peer_rig_new(world);
    struct peer_plan slow = PEER_GOOD, stalled = PEER_GOOD;
    int fd = daotp_client_get_fd(rig->client);
    struct drive d;

    peer_check(fd >= 0, "there is a descriptor from the beginning");
    peer_check(!is_readable(rig->client), "nothing to do, nothing to read");
    d = prepare(rig->client);
    check_status("prepare by steps", d.status, DAOTP_OK, rig->client);
    peer_check(d.steps <= FEW, "prepare: %u steps", d.steps);
    peer_check(!d.bad_timeout, "prepare: the time-out is never for ever");
    peer_check(d.longest_ms <= STEP_MS, "prepare: the longest step took %lld ms",
               (long long)d.longest_ms);
    d = enroll(rig->client);
    check_status("enroll by steps", d.status, DAOTP_OK, rig->client);
    peer_check(d.steps <= FEW, "enroll: %u steps", d.steps);
    peer_check(d.longest_ms <= STEP_MS, "enroll: the longest step took %lld ms",
               (long long)d.longest_ms);
    peer_check(daotp_client_get_fd(rig->client) == fd, "the descriptor stays the same");

    slow.delay_ms = 400;
    peer_set(rig->otp, slow);
    peer_set(rig->ces, slow);
    prepare(rig->client);
    d = enroll(rig->client);
    check_status("slow servers", d.status, DAOTP_OK, rig->client);
    peer_check(d.took_ms >= 800, "slow servers: it took %lld ms", (long long)d.took_ms);
    peer_check(d.steps <= MANY, "slow servers: %u steps, %u of them for nothing", d.steps, d.idle);

    stalled.then = PEER_STALL;
    stalled.cut = 10;
    peer_set(rig->otp, stalled);
    (void)daotp_client_set_timeout_ms(rig->client, SHORT_MS);
    prepare(rig->client);
    d = enroll(rig->client);
    check_status("a server that stalls", d.status, DAOTP_UNDECIDED, rig->client);
    peer_check(d.took_ms >= SHORT_MS * 9 / 10 && d.took_ms <= SHORT_MS + SLACK_MS,
               "a server that stalls: %lld ms of %d", (long long)d.took_ms, SHORT_MS);
    peer_check(d.steps <= MANY, "a server that stalls: %u steps", d.steps);
    peer_check(d.longest_ms <= STEP_MS, "a server that stalls: no step waits (%lld ms)",
               (long long)d.longest_ms);
    peer_rig_free(rig);
}

/* An application that keeps the descriptor in its loop must not spin between the parts. */
static void try_resting(void)
{
    struct peer_rig *rig = peer_rig_new(world);
    struct peer_plans plans = {.handshake = PEER_GOOD, .head = PEER_GOOD, .post = PEER_GOOD};

    plans.head.then = PEER_CLOSE;
    plans.head.then_ms = 50; /* when prepare is over */
    peer_set_all(rig->otp, &plans);
    prepare(rig->client);
    peer_settle(rig->otp);
    peer_set(rig->otp, PEER_GOOD);
    peer_check(!is_readable(rig->client), "prepared, and the server has closed: nothing to read");
    check_status("enrolling after that", enroll(rig->client).status, DAOTP_OK, rig->client);
    peer_check(!is_readable(rig->client), "enrolled: nothing to read");
    daotp_client_cancel(rig->client);
    peer_check(!is_readable(rig->client), "cancelled with nothing under way: nothing to read");
    check_status("that does not cancel the next part", prepare(rig->client).status, DAOTP_OK,
                 rig->client);
    (void)daotp_client_prepare_begin(rig->client, PEER_USER);
    daotp_client_cancel(rig->client);
    peer_check(is_readable(rig->client), "cancelled while under way: it wakes the loop");
    check_status("cancelled", daotp_client_step(rig->client), DAOTP_CANCELLED, rig->client);
    peer_check(!is_readable(rig->client), "cancelled and told so: nothing to read");
    peer_rig_free(rig);
}

/* ---- progress -------------------------------------------------------------------------------- */

enum { TOLD = 64 };

struct told {
    daotp_stage stage[TOLD];
    daotp_stage_state state[TOLD];
    size_t count;
};

static void on_progress(void *user, daotp_stage stage, daotp_stage_state state)
{
    struct told *told = user;

    if (told->count == TOLD)
        return;
    told->stage[told->count] = stage;
    told->state[told->count++] = state;
}

/* Each stage once, in order, running and then at an end. */
static bool is_orderly(const struct told *told, daotp_stage first, daotp_stage last)
{
    size_t n = 0;

    for (int stage = (int)first; stage <= (int)last; stage++, n += 2)
        if (n + 1 >= told->count || told->stage[n] != (daotp_stage)stage ||
            told->state[n] != DAOTP_STAGE_RUNNING || told->stage[n + 1] != (daotp_stage)stage ||
            (told->state[n + 1] != DAOTP_STAGE_PASSED && told->state[n + 1] != DAOTP_STAGE_SKIPPED))
            return false;
    return n == told->count;
}

static void try_progress(void)
{
    struct peer_rig *rig = peer_rig_new(world);
    struct told told = {.count = 0};
    struct peer_plan refused = PEER_GOOD;

    (void)daotp_client_set_progress_callback(rig->client, on_progress, &told);
    prepare(rig->client);
    peer_check(is_orderly(&told, DAOTP_STAGE_PREPARE, DAOTP_STAGE_TLS),
               "progress of prepare: %zu calls", told.count);
    told.count = 0;
    enroll(rig->client);
    peer_check(is_orderly(&told, DAOTP_STAGE_OTP, DAOTP_STAGE_LOGON),
               "progress of enroll: %zu calls", told.count);
    refused.cut = 3;
    refused.then = PEER_DROP;
    peer_set(rig->otp, refused);
    prepare(rig->client);
    told.count = 0;
    enroll(rig->client);
    peer_check(told.count == 2 && told.stage[1] == DAOTP_STAGE_OTP &&
                   told.state[1] == DAOTP_STAGE_FAILED,
               "progress of a failure ends with the stage that failed");
    peer_rig_free(rig);
}

/* ---- the order of calls ---------------------------------------------------------------------- */

static void try_order(void)
{
    struct peer_rig *rig = peer_rig_new(world);
    daotp_client *client = rig->client;
    daotp_credential *credential = (daotp_credential *)world; /* anything but NULL */
    struct drive d;

    check_status("step before begin", daotp_client_step(client), DAOTP_USAGE, client);
    check_status("enroll before prepare", daotp_client_enroll_begin(client, "1", 1), DAOTP_USAGE,
                 client);
    peer_check(error_of(client) == DAOTP_FINDING_CALL_ORDER, "enroll before prepare: CALL-ORDER");
    check_status("finish before anything", daotp_client_finish(client, &credential), DAOTP_USAGE,
                 client);
    peer_check(credential == NULL, "finish before anything hands out nothing");

    check_status("begin", daotp_client_prepare_begin(client, PEER_USER), DAOTP_OK, client);
    (void)daotp_client_step(client);
    check_status("prepare while preparing", daotp_client_prepare_begin(client, PEER_USER),
                 DAOTP_USAGE, client);
    check_status("enroll while preparing", daotp_client_enroll_begin(client, "1", 1), DAOTP_USAGE,
                 client);
    d = drive(client, DAOTP_OK);
    check_status("the part under way goes on", d.status, DAOTP_OK, client);
    peer_check(daotp_report_get_stage_state(daotp_client_get_report(client), DAOTP_STAGE_PREPARE) ==
                   DAOTP_STAGE_PASSED,
               "its report has kept the stage that was over");
    peer_check(error_of(client) == DAOTP_FINDING_NONE, "its report has no error: %s",
               daotp_catalogue_get_id(error_of(client)));
    check_status("finish when only prepared", daotp_client_finish(client, &credential), DAOTP_USAGE,
                 client);
    check_status("no code", daotp_client_enroll_begin(client, "", 0), DAOTP_USAGE, client);
    peer_check(error_of(client) == DAOTP_FINDING_OTP_FORM, "no code: OTP-FORM");
    check_status("a code of control characters", daotp_client_enroll_begin(client, "1\n2", 3),
                 DAOTP_USAGE, client);
    check_status("a code of NUL",
                 daotp_client_enroll_begin(client,
                                           "1\0"
                                           "2",
                                           3),
                 DAOTP_USAGE, client);
    check_status("then a good one", enroll(client).status, DAOTP_OK, client);
    check_status("finish", daotp_client_finish(client, &credential), DAOTP_OK, client);
    peer_check(credential != NULL, "finish hands out the credential");
    daotp_credential_unref(credential);
    check_status("finish again", daotp_client_finish(client, &credential), DAOTP_USAGE, client);
    peer_check(credential == NULL, "finish again hands out nothing");
    check_status("enroll again without prepare", daotp_client_enroll_begin(client, "1", 1),
                 DAOTP_USAGE, client);
    peer_check(error_of(client) == DAOTP_FINDING_CALL_ORDER,
               "enroll again without prepare: CALL-ORDER");
    check_status("step when all is over", daotp_client_step(client), DAOTP_USAGE, client);
    check_status("prepare again", prepare(client).status, DAOTP_OK, client);
    check_status("and enroll", enroll(client).status, DAOTP_OK, client);
    check_status("a name of control characters", daotp_client_prepare_begin(client, "a\nb"),
                 DAOTP_USAGE, client);
    peer_check(error_of(client) == DAOTP_FINDING_USER_NAME,
               "a name of control characters: USER-NAME");
    peer_rig_free(rig);
}

/* ---- a second code --------------------------------------------------------------------------- */

static struct peer_bytes refusal(const char *code)
{
    struct peer_bytes
        body = peer_format(
            "<signCertResponse xmlns=\"http://schemas.microsoft.com/otpcep/1.0/protocol\" "
            "statusCode=\"%s\"/>",
            code),
        all;

    all = peer_format("HTTP/1.1 200 OK\r\nX-OTPCEP-version: 1.0\r\nContent-Type: "
                      "Application/xml;charset=utf-8\r\nContent-Length: %zu\r\n\r\n%s",
                      body.len, body.data);
    free(body.data);
    return all;
}

static void try_again(void)
{
    struct peer_rig *rig = peer_rig_new(world);
    struct peer_bytes no = refusal("AuthenticationError");
    struct peer_plan plan = PEER_GOOD;
    const char *json;

    plan.answer = no.data;
    plan.len = no.len;
    prepare(rig->client);
    for (int i = 0; i < 3; i++) {
        peer_set(rig->otp, plan);
        check_status("refused", enroll(rig->client).status, DAOTP_REJECTED, rig->client);
        peer_check(error_of(rig->client) == DAOTP_FINDING_OTP_AUTHENTICATION,
                   "refused: OTP-AUTHENTICATION");
    }
    peer_set(rig->otp, PEER_GOOD);
    check_status("another code, without preparing again", enroll(rig->client).status, DAOTP_OK,
                 rig->client);
    peer_check(error_of(rig->client) == DAOTP_FINDING_NONE,
               "nothing of the refusals is left in the report");
    json = daotp_report_get_json(daotp_client_get_report(rig->client));
    peer_check(strstr(json, "OTP-AUTHENTICATION") == NULL, "nor in its words");
    peer_check(is_told(rig->client, DAOTP_FINDING_CLIENT_NO_STORE),
               "what prepare found is still told");
    peer_check(peer_codes(rig->otp) == 4, "each code was sent once: %u", peer_codes(rig->otp));

    prepare(rig->client);
    (void)daotp_client_enroll_begin(rig->client, PEER_OTP, strlen(PEER_OTP));
    daotp_client_cancel(rig->client);
    check_status("cancelled", daotp_client_step(rig->client), DAOTP_CANCELLED, rig->client);
    peer_check(error_of(rig->client) == DAOTP_FINDING_CALL_CANCELLED, "cancelled: CALL-CANCELLED");
    check_status("another code after cancelling", enroll(rig->client).status, DAOTP_OK,
                 rig->client);
    peer_settle(rig->otp);
    free(no.data);
    peer_rig_free(rig);
}

/* The good answer with one CA more, and another type if one is given. */
static struct peer_bytes more_cas(const char *type)
{
    const char *good = world->otp_body.data, *end = strstr(good, "</signCertResponse>");
    struct peer_bytes body = peer_format("%.*s<IssuingCA>second.example\\CA</IssuingCA>%s",
                                         (int)(end - good), good, end),
                      all = peer_format("HTTP/1.1 200 OK\r\nX-OTPCEP-version: 1.0\r\n"
                                        "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
                                        type, body.len, body.data);

    free(body.data);
    return all;
}

static daotp_status ask_domain(void *user, const char *host, daotp_host_origin origin,
                               uint32_t attempt, daotp_domain_credential *to)
{
    uint32_t *attempts = user;

    (void)host;
    peer_check(origin == DAOTP_HOST_CONFIGURED, "the host is the configured one: %d", (int)origin);
    attempts[0]++;
    attempts[attempts[0] % 8] = attempt;
    return daotp_domain_credential_set(to, PEER_USER, PEER_PASSWORD, strlen(PEER_PASSWORD));
}

/* Another code is another enrolment: it begins with the first CA, and asks for the first time. */
static void try_again_from_the_start(void)
{
    struct peer_rig *rig = peer_rig_new(world);
    struct peer_bytes two = more_cas("text/plain");
    struct peer_plan plan = PEER_GOOD, broken = PEER_GOOD;
    uint32_t attempts[8] = {0};

    plan.answer = two.data;
    plan.len = two.len;
    broken.answer = "HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n";
    broken.len = strlen(broken.answer);
    (void)daotp_client_set_domain_callback(rig->client, ask_domain, attempts);
    prepare(rig->client);
    peer_set(rig->otp, plan);
    peer_set(rig->ces, broken);
    check_status("no CA does it", enroll(rig->client).status, DAOTP_PEER, rig->client);
    peer_check(peer_posts(rig->ces) == 2, "both were tried: %u", peer_posts(rig->ces));
    peer_check(attempts[0] == 2 && attempts[1] == 1 && attempts[2] == 1,
               "nothing was refused, so each is a first attempt: %u, %u, %u", attempts[0],
               attempts[1], attempts[2]);
    peer_check(is_told(rig->client, DAOTP_FINDING_OTP_CONTENT_TYPE), "the type is told of");
    peer_set(rig->otp, PEER_GOOD); /* which names one CA */
    peer_set(rig->ces, PEER_GOOD);
    check_status("another code", enroll(rig->client).status, DAOTP_OK, rig->client);
    peer_check(attempts[0] == 3 && attempts[3] == 1, "a first attempt again: %u", attempts[3]);
    peer_settle(rig->otp);
    free(two.data);
    peer_rig_free(rig);
}

/* What is refused is counted for the host, over enrolments of this client; and the password that is
 * given all the same is not sent again. */
static void try_refused_passwords(void)
{
    static const char refused[] = "HTTP/1.1 401 Who\r\nContent-Length: 0\r\n\r\n";
    struct peer_rig *rig = peer_rig_new(world);
    struct peer_plan plan = PEER_GOOD;
    uint32_t attempts[8] = {0};

    plan.answer = refused;
    plan.len = strlen(refused);
    peer_set(rig->ces, plan);
    (void)daotp_client_set_domain_callback(rig->client, ask_domain, attempts);
    prepare(rig->client);
    check_status("a wrong password", enroll(rig->client).status, DAOTP_REJECTED, rig->client);
    peer_check(is_told(rig->client, DAOTP_FINDING_CA_CREDENTIAL), "it was refused");
    peer_set(rig->ces, PEER_GOOD);
    for (int i = 0; i < 2; i++) {
        check_status("the same with a new code", enroll(rig->client).status, DAOTP_REJECTED,
                     rig->client);
        peer_check(is_told(rig->client, DAOTP_FINDING_DOMAIN_REPEATED), "it is not sent again");
    }
    prepare(rig->client);
    check_status("the same, prepared again", enroll(rig->client).status, DAOTP_REJECTED,
                 rig->client);
    peer_check(peer_posts(rig->ces) == 1, "it was sent once: %u", peer_posts(rig->ces));
    peer_check(attempts[0] == 4 && attempts[1] == 1 && attempts[2] == 2 && attempts[3] == 2 &&
                   attempts[4] == 2,
               "one refusal is counted: %u, %u, %u, %u", attempts[1], attempts[2], attempts[3],
               attempts[4]);
    peer_settle(rig->otp);
    peer_rig_free(rig);
}

/* ---- answers that come later ----------------------------------------------------------------- */

static daotp_status ask_later(void *user, const char *host, daotp_host_origin origin,
                              uint32_t attempt, daotp_domain_credential *to)
{
    unsigned *asked = user;

    (void)host, (void)origin, (void)attempt, (void)to;
    ++*asked;
    return DAOTP_AGAIN;
}

/* Until the application has been asked, and then some steps more: they change nothing. */
static daotp_status step_until_asked(daotp_client *client, const unsigned *asked)
{
    daotp_status status = DAOTP_AGAIN;

    for (unsigned i = 0, after = 0; status == DAOTP_AGAIN && i < MANY && after < 5; i++) {
        struct pollfd pfd = {.fd = daotp_client_get_fd(client), .events = POLLIN};

        status = daotp_client_step(client);
        after += *asked > 0;
        if (*asked == 0)
            (void)poll(&pfd, 1, daotp_client_get_timeout_ms(client));
    }
    return status;
}

static daotp_status answer_well(daotp_client *client)
{
    return daotp_client_answer_domain(client, PEER_USER, PEER_PASSWORD, strlen(PEER_PASSWORD));
}

static void try_password_later(void)
{
    struct peer_rig *rig = peer_rig_new(world);
    daotp_client *client = rig->client;
    unsigned asked = 0;

    (void)daotp_client_set_domain_callback(client, ask_later, &asked);
    check_status("prepare", prepare(client).status, DAOTP_OK, client);
    check_status("an answer that nobody asked for", answer_well(client), DAOTP_USAGE, client);
    peer_check(error_of(client) == DAOTP_FINDING_CALL_ORDER, "that is CALL-ORDER");
    (void)daotp_client_enroll_begin(client, PEER_OTP, strlen(PEER_OTP));
    check_status("it waits for a password", step_until_asked(client, &asked), DAOTP_AGAIN, client);
    peer_check(asked == 1 && peer_posts(rig->ces) == 0, "asked once, nothing sent: %u", asked);
    check_status("a password of control characters",
                 daotp_client_answer_domain(client, PEER_USER, "a\nb", 3), DAOTP_USAGE, client);
    check_status("a good one", answer_well(client), DAOTP_OK, client);
    peer_check(daotp_client_get_timeout_ms(client) == 0, "a step is due at once");
    check_status("another", answer_well(client), DAOTP_USAGE, client);
    check_status("it goes on", drive(client, DAOTP_OK).status, DAOTP_OK, client);
    peer_check(asked == 1 && peer_codes(rig->otp) == 1, "asked once, one code: %u", asked);

    asked = 0;
    check_status("prepare", prepare(client).status, DAOTP_OK, client);
    (void)daotp_client_enroll_begin(client, PEER_OTP, strlen(PEER_OTP));
    (void)step_until_asked(client, &asked);
    (void)daotp_client_answer_domain(client, NULL, NULL, 0);
    check_status("none to give", drive(client, DAOTP_OK).status, DAOTP_CONFIGURATION, client);
    peer_check(error_of(client) == DAOTP_FINDING_DOMAIN_CREDENTIAL, "that is DOMAIN-CREDENTIAL");

    asked = 0;
    (void)daotp_client_enroll_begin(client, PEER_OTP, strlen(PEER_OTP));
    (void)step_until_asked(client, &asked);
    daotp_client_cancel(client);
    check_status("cancelled while it waits", daotp_client_step(client), DAOTP_CANCELLED, client);
    check_status("a blocking call does not wait for ever",
                 daotp_client_enroll(client, PEER_OTP, strlen(PEER_OTP), NULL), DAOTP_CONFIGURATION,
                 client);
    peer_rig_free(rig);
}

/* Before the code exists: and it is not asked for again. */
static void try_password_early(void)
{
    struct peer_rig *rig = peer_rig_new(world);
    daotp_client *client = rig->client;
    uint32_t attempts[8] = {0};
    unsigned asked = 0;

    (void)daotp_client_set_ask_early(client, true);
    (void)daotp_client_set_domain_callback(client, ask_later, &asked);
    (void)daotp_client_prepare_begin(client, PEER_USER);
    check_status("prepare waits for a password", step_until_asked(client, &asked), DAOTP_AGAIN,
                 client);
    peer_check(peer_connections(rig->otp) == 0, "before anything is connected to");
    check_status("a good one", answer_well(client), DAOTP_OK, client);
    check_status("prepare goes on", drive(client, DAOTP_OK).status, DAOTP_OK, client);
    check_status("and enroll", enroll(client).status, DAOTP_OK, client);
    peer_check(asked == 1, "asked once: %u", asked);

    (void)daotp_client_set_domain_callback(client, ask_domain, attempts);
    check_status("prepare, blocking", daotp_client_prepare(client, PEER_USER), DAOTP_OK, client);
    peer_check(attempts[0] == 1, "asked in prepare: %u", attempts[0]);
    check_status("and enroll", enroll(client).status, DAOTP_OK, client);
    peer_check(attempts[0] == 1, "and not again: %u", attempts[0]);

    asked = 0;
    (void)daotp_client_set_domain_callback(client, ask_later, &asked);
    (void)daotp_client_prepare_begin(client, PEER_USER);
    (void)step_until_asked(client, &asked);
    (void)daotp_client_answer_domain(client, NULL, NULL, 0);
    check_status("none to give", drive(client, DAOTP_OK).status, DAOTP_CONFIGURATION, client);
    peer_check(error_of(client) == DAOTP_FINDING_DOMAIN_CREDENTIAL, "that is DOMAIN-CREDENTIAL");
    peer_rig_free(rig);
}

static daotp_account *asked_account;

static daotp_status look_up_later(void *user, const char *user_name, daotp_account *account)
{
    unsigned *asked = user;

    (void)user_name;
    ++*asked;
    asked_account = account;
    return DAOTP_AGAIN;
}

static void try_account_later(void)
{
    static const struct {
        daotp_status answer, status;
    } answers[] = {{DAOTP_REJECTED, DAOTP_CONFIGURATION},
                   {DAOTP_CANCELLED, DAOTP_CANCELLED},
                   {DAOTP_OK, DAOTP_OK}};
    struct peer_rig *rig = peer_rig_new(world);
    daotp_client *client = rig->client;

    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        unsigned asked = 0;

        (void)daotp_client_set_upn(client, NULL);
        (void)daotp_client_set_account_callback(client, look_up_later, &asked);
        (void)daotp_client_prepare_begin(client, PEER_USER);
        check_status("prepare waits for the directory", step_until_asked(client, &asked),
                     DAOTP_AGAIN, client);
        peer_check(asked == 1, "asked once: %u", asked);
        (void)daotp_account_set_upn(asked_account, PEER_UPN);
        check_status("no answer", daotp_client_answer_account(client, DAOTP_AGAIN), DAOTP_USAGE,
                     client);
        check_status("answered", daotp_client_answer_account(client, answers[i].answer), DAOTP_OK,
                     client);
        check_status("and again", daotp_client_answer_account(client, DAOTP_OK), DAOTP_USAGE,
                     client);
        check_status("prepare goes on", drive(client, DAOTP_OK).status, answers[i].status, client);
    }
    check_status("enroll", enroll(client).status, DAOTP_OK, client);
    peer_rig_free(rig);
}

static const char not_found[] = "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n";

/* A wrong path is told of before the code, though a server may have no HEAD there. */
static void try_warnings(void)
{
    struct peer_rig *rig = peer_rig_new(world);
    struct peer_plans plans = {.handshake = PEER_GOOD, .head = PEER_GOOD, .post = PEER_GOOD};

    plans.head.answer = not_found;
    plans.head.len = strlen(not_found);
    peer_set_all(rig->otp, &plans);
    check_status("nothing there", prepare(rig->client).status, DAOTP_OK, rig->client);
    peer_check(is_told(rig->client, DAOTP_FINDING_HTTP_NOT_FOUND), "nothing there is told of");
    check_status("and yet", enroll(rig->client).status, DAOTP_OK, rig->client);
    peer_rig_free(rig);
}

/* Both versions of TLS, unless the caller wants the older alone. */
static void try_versions(void)
{
    for (int only = 0; only < 2; only++) {
        struct peer_rig *rig = peer_rig_new(world);

        (void)daotp_client_set_tls12_only(rig->client, only != 0);
        check_status("a version of TLS", prepare(rig->client).status, DAOTP_OK, rig->client);
        peer_check(daotp__tls_is_13(daotp__https_exchange_tls(rig->client->http)) == (only == 0),
                   "TLS 1.2 only: %d", only);
        check_status("and enroll", enroll(rig->client).status, DAOTP_OK, rig->client);
        peer_rig_free(rig);
    }
}

/* ---- connections that end -------------------------------------------------------------------- */

static _Atomic int64_t shift; /* of the clock, in milliseconds */

static void try_idle(void)
{
    struct peer_rig *rig = peer_rig_new(world);
    unsigned connections, heads;

    prepare(rig->client);
    connections = peer_connections(rig->otp);
    atomic_fetch_add(&shift, 4000);
    check_status("4 s idle", enroll(rig->client).status, DAOTP_OK, rig->client);
    peer_check(peer_connections(rig->otp) == connections, "4 s idle: the same connection");
    prepare(rig->client);
    connections = peer_connections(rig->otp);
    heads = peer_heads(rig->otp);
    atomic_fetch_add(&shift, 6000);
    check_status("6 s idle", enroll(rig->client).status, DAOTP_OK, rig->client);
    peer_check(peer_connections(rig->otp) == connections + 1, "6 s idle: a new connection");
    peer_check(peer_heads(rig->otp) == heads + 1, "6 s idle: another HEAD");
    prepare(rig->client);
    atomic_fetch_add(&shift, 3600 * 1000);
    check_status("an hour idle", enroll(rig->client).status, DAOTP_OK, rig->client);
    peer_check(peer_codes(rig->otp) == 3, "each code was sent once");
    peer_rig_free(rig);
}

/* ---- late steps ------------------------------------------------------------------------------ */

enum { AN_HOUR_MS = 3600 * 1000, LATE_STEPS = 400 };

/* Steps that come `late_ms` after something is to be read, or the time-out is over: by the clock of
 * the context, or truly. */
static struct drive drive_late(daotp_client *client, daotp_status begun, int late_ms, bool truly)
{
    struct drive d = {.status = begun};

    while ((d.status == DAOTP_OK || d.status == DAOTP_AGAIN) && d.steps < LATE_STEPS) {
        struct pollfd pfd = {.fd = daotp_client_get_fd(client), .events = POLLIN};

        (void)poll(&pfd, 1, daotp_client_get_timeout_ms(client));
        if (truly)
            (void)poll(NULL, 0, late_ms);
        else
            atomic_fetch_add(&shift, late_ms);
        d.status = daotp_client_step(client);
        d.steps++;
        if (d.status == DAOTP_OK)
            break;
    }
    return d;
}

static void try_late_steps_of(const char *what, int connect_ms, int late_ms, bool truly)
{
    struct peer_rig *rig = peer_rig_new(world);
    struct drive d;

    (void)daotp_client_set_timeout_ms(rig->client, AN_HOUR_MS);
    (void)daotp_client_set_connect_timeout_ms(rig->client, connect_ms);
    d = drive_late(rig->client, daotp_client_prepare_begin(rig->client, PEER_USER), late_ms, truly);
    check_status(what, d.status, DAOTP_OK, rig->client);
    peer_check(is_told(rig->client, DAOTP_FINDING_CALL_LATE), "%s: CALL-LATE", what);
    d = drive_late(rig->client, daotp_client_enroll_begin(rig->client, PEER_OTP, strlen(PEER_OTP)),
                   late_ms, truly);
    check_status(what, d.status, DAOTP_OK, rig->client);
    peer_rig_free(rig);
}

/* A peer that answers is not taken for a dead one, however late the program looks. */
static void try_late_steps(void)
{
    try_late_steps_of("steps late by the clock", 10000, 20000, false);
    try_late_steps_of("steps late by more than the limit for the peer", 1000, 30000, false);
    try_late_steps_of("steps that are truly late", 300, 600, true);
}

/* And one that does not answer is found out, by as many looks. */
static void try_late_and_dead(void)
{
    struct peer_rig *rig = peer_rig_new(world);
    struct peer_plans plans = {.handshake = PEER_GOOD, .head = PEER_GOOD, .post = PEER_GOOD};
    struct drive d;

    plans.handshake.deaf = true;
    plans.handshake.then = PEER_STALL;
    peer_set_all(rig->otp, &plans);
    (void)daotp_client_set_timeout_ms(rig->client, AN_HOUR_MS);
    (void)daotp_client_set_connect_timeout_ms(rig->client, 1000);
    d = drive_late(rig->client, daotp_client_prepare_begin(rig->client, PEER_USER), 2000, false);
    check_status("a dead peer and late steps", d.status, DAOTP_TIMEOUT, rig->client);
    peer_check(error_of(rig->client) == DAOTP_FINDING_TLS_TIMEOUT, "a dead peer: %s",
               daotp_catalogue_get_id(error_of(rig->client)));
    peer_check(is_told(rig->client, DAOTP_FINDING_CALL_LATE), "a dead peer: CALL-LATE beside it");
    peer_check(d.steps <= FEW, "a dead peer: %u steps", d.steps);
    peer_rig_free(rig);
}

/* The deadline of the whole is the caller's: lateness is in it. */
static void try_late_and_over(void)
{
    struct peer_rig *rig = peer_rig_new(world);
    struct drive d;

    (void)daotp_client_set_timeout_ms(rig->client, 5000);
    d = drive_late(rig->client, daotp_client_prepare_begin(rig->client, PEER_USER), 4000, false);
    check_status("late steps end with the deadline", d.status, DAOTP_TIMEOUT, rig->client);
    peer_check(error_of(rig->client) == DAOTP_FINDING_CALL_TIMEOUT, "that is CALL-TIMEOUT: %s",
               daotp_catalogue_get_id(error_of(rig->client)));
    peer_check(is_told(rig->client, DAOTP_FINDING_CALL_LATE), "and CALL-LATE beside it");
    peer_rig_free(rig);
}

/* A server that gave the connection up while nobody stepped is asked again; one that always does,
 * is left after a few times. */
static void try_late_and_closed(void)
{
    struct peer_rig *rig = peer_rig_new(world);
    struct peer_plans plans = {.handshake = PEER_GOOD, .head = PEER_GOOD, .post = PEER_GOOD};
    struct drive d;

    plans.handshake.deaf = true;
    plans.handshake.then = PEER_CLOSE;
    peer_set_all(rig->otp, &plans);
    (void)daotp_client_set_timeout_ms(rig->client, AN_HOUR_MS);
    d = drive_late(rig->client, daotp_client_prepare_begin(rig->client, PEER_USER), 2000, false);
    check_status("given up each time", d.status, DAOTP_NETWORK, rig->client);
    peer_check(peer_connections(rig->otp) == 3, "given up each time: %u connections",
               peer_connections(rig->otp));
    d = drive(rig->client, daotp_client_prepare_begin(rig->client, PEER_USER));
    check_status("given up, and the steps in time", d.status, DAOTP_NETWORK, rig->client);
    peer_check(peer_connections(rig->otp) == 4, "that is believed at once: %u connections",
               peer_connections(rig->otp));
    peer_rig_free(rig);
}

/* A step that makes an RSA key connects to nobody. */
static void try_key_in_a_step(void)
{
    struct peer_rig *rig = peer_rig_new(world);

    (void)daotp_client_set_request(rig->client, NULL, 0, NULL);
    (void)daotp_client_set_key(rig->client, NULL);
    (void)daotp_client_set_key_kind(rig->client, DAOTP_KEY_RSA_2048);
    (void)daotp_client_prepare_begin(rig->client, PEER_USER);
    check_status("a step that makes a key", daotp_client_step(rig->client), DAOTP_AGAIN,
                 rig->client);
    peer_check(peer_connections(rig->otp) == 0, "no connection is begun by it");
    peer_check(daotp_client_get_timeout_ms(rig->client) == 0, "the next step is due at once");
    check_status("then it goes on", drive(rig->client, DAOTP_OK).status, DAOTP_OK, rig->client);
    peer_rig_free(rig);
}

/* A loop that waits before it steps begins at once. */
static void try_waiting_first(void)
{
    struct peer_rig *rig = peer_rig_new(world);

    peer_check(daotp_client_get_timeout_ms(rig->client) == -1, "nothing begun: no time-out");
    (void)daotp_client_prepare_begin(rig->client, PEER_USER);
    peer_check(daotp_client_get_timeout_ms(rig->client) == 0, "prepare begun: step at once");
    check_status("prepare", drive(rig->client, DAOTP_OK).status, DAOTP_OK, rig->client);
    peer_check(!is_told(rig->client, DAOTP_FINDING_CALL_LATE), "in time: no CALL-LATE");
    peer_check(daotp_client_get_timeout_ms(rig->client) == -1, "prepared: no time-out");
    (void)daotp_client_enroll_begin(rig->client, PEER_OTP, strlen(PEER_OTP));
    peer_check(daotp_client_get_timeout_ms(rig->client) == 0, "enroll begun: step at once");
    check_status("enroll", drive(rig->client, DAOTP_OK).status, DAOTP_OK, rig->client);
    peer_check(!is_told(rig->client, DAOTP_FINDING_CALL_LATE), "in time: no CALL-LATE");
    peer_rig_free(rig);
}

static const char closing[] = "HTTP/1.1 405 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

static struct peer_plans closes_after_each(void)
{
    struct peer_plans plans = {.handshake = PEER_GOOD, .head = PEER_GOOD, .post = PEER_GOOD};

    plans.head.answer = closing;
    plans.head.len = strlen(closing);
    plans.head.then = plans.post.then = PEER_CLOSE;
    return plans;
}

static void try_closing(void)
{
    struct peer_rig *rig = peer_rig_new(world);
    struct peer_plans plans = closes_after_each(),
                      kept = {.handshake = PEER_GOOD, .head = PEER_GOOD, .post = PEER_GOOD};

    peer_set_all(rig->otp, &plans);
    check_status("it closes after each answer, prepare", prepare(rig->client).status, DAOTP_OK,
                 rig->client);
    check_status("it closes after each answer, enroll", enroll(rig->client).status, DAOTP_OK,
                 rig->client);
    peer_check(peer_codes(rig->otp) == 1 && peer_heads(rig->otp) == 1, "one HEAD, one code: %u, %u",
               peer_heads(rig->otp), peer_codes(rig->otp));
    check_status("the same client once more", prepare(rig->client).status, DAOTP_OK, rig->client);
    peer_check(peer_heads(rig->otp) == 2, "prepare warms again, whatever was before: %u HEADs",
               peer_heads(rig->otp));
    check_status("and enroll", enroll(rig->client).status, DAOTP_OK, rig->client);

    peer_rig_free(rig);

    rig = peer_rig_new(world);
    kept.head.then = PEER_DROP; /* without a word, after an answer that promised to stay */
    kept.head.then_ms = 50;     /* when prepare is over */
    peer_set_all(rig->otp, &kept);
    prepare(rig->client);
    peer_settle(rig->otp);
    kept.head.then = PEER_KEEP;
    peer_set_all(rig->otp, &kept);
    check_status("dropped between the parts", enroll(rig->client).status, DAOTP_OK, rig->client);
    peer_check(peer_codes(rig->otp) == 1, "the code was sent once, and not into nothing");
    kept.head.then = PEER_DROP;
    kept.head.then_ms = 0;
    peer_set_all(rig->otp, &kept);
    for (int i = 0; i < 10; i++) {
        unsigned codes = peer_codes(rig->otp);
        daotp_status status;

        prepare(rig->client);
        status = enroll(rig->client).status;
        if (peer_codes(rig->otp) - codes > 1 ||
            (status != DAOTP_OK && status != DAOTP_NETWORK && status != DAOTP_UNDECIDED))
            peer_check(false, "a server that drops each connection: %s, %u codes",
                       daotp_status_name(status), peer_codes(rig->otp) - codes);
    }
    peer_rig_free(rig);
}

/* ---- several servers ------------------------------------------------------------------------- */

static const char unavailable[] = "HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n";

static struct peer_plans out_of_order(void)
{
    struct peer_plans plans = {.handshake = PEER_GOOD, .head = PEER_GOOD, .post = PEER_GOOD};

    plans.head.answer = plans.post.answer = unavailable;
    plans.head.len = plans.post.len = strlen(unavailable);
    return plans;
}

struct three {
    struct peer *servers[3], *ces;
    daotp_ca *ca;
    daotp_client *client;
};

static struct three three_new(void)
{
    const char *urls[3];
    struct three t;

    for (int i = 0; i < 3; i++) {
        t.servers[i] = peer_new(world, false);
        urls[i] = peer_url(t.servers[i]);
    }
    t.ces = peer_new(world, true);
    t.client = peer_client_new(world, urls, 3, peer_url(t.ces), &t.ca);
    return t;
}

static void three_free(struct three *t)
{
    daotp_client_free(t->client);
    daotp_ca_unref(t->ca);
    for (int i = 0; i < 3; i++)
        peer_free(t->servers[i]);
    peer_free(t->ces);
}

static void try_failing_over(void)
{
    struct three t = three_new();
    struct peer_plans bad = out_of_order(),
                      silent = {.handshake = PEER_GOOD, .head = PEER_GOOD, .post = PEER_GOOD};
    struct drive d;

    peer_close_listener(t.servers[0]);
    peer_set_all(t.servers[1], &bad);
    check_status("refused, 503, good: prepare", prepare(t.client).status, DAOTP_OK, t.client);
    check_status("refused, 503, good: enroll", enroll(t.client).status, DAOTP_OK, t.client);
    peer_check(peer_codes(t.servers[1]) == 0 && peer_codes(t.servers[2]) == 1,
               "the third got the code");
    three_free(&t);

    t = three_new();
    silent.head.cut = 0;
    silent.head.then = PEER_STALL;
    peer_set_all(t.servers[0], &silent);
    silent.handshake.deaf = true;
    silent.handshake.then = PEER_STALL;
    peer_set_all(t.servers[1], &silent);
    (void)daotp_client_set_connect_timeout_ms(t.client, SHORT_MS);
    d = prepare(t.client);
    check_status("silent after the HEAD, silent in TLS, good", d.status, DAOTP_OK, t.client);
    peer_check(d.took_ms >= SHORT_MS && d.took_ms <= 2 * SHORT_MS + SLACK_MS,
               "each gets its time: %lld ms", (long long)d.took_ms);
    check_status("and enroll", enroll(t.client).status, DAOTP_OK, t.client);
    three_free(&t);
}

/* The first closes after each answer, then dies; the second is out of order, which a HEAD shows.
 * What was learned of the first must not be believed of the second. */
static void try_failing_over_while_enrolling(void)
{
    struct three t = three_new();
    struct peer_plans closes = closes_after_each(), bad = out_of_order();

    peer_set_all(t.servers[0], &closes);
    peer_set_all(t.servers[1], &bad);
    check_status("the first closes: prepare", prepare(t.client).status, DAOTP_OK, t.client);
    peer_close_listener(t.servers[0]);
    check_status("the first has died, the second is out of order: enroll", enroll(t.client).status,
                 DAOTP_OK, t.client);
    peer_check(peer_codes(t.servers[1]) == 0, "the code was not wasted on the second: %u",
               peer_codes(t.servers[1]));
    peer_check(peer_codes(t.servers[2]) == 1, "the third got it: %u", peer_codes(t.servers[2]));
    three_free(&t);
}

/* What became of one code says nothing of the next: as long as no byte of that one has left,
 * another server may do better. And who prepares again begins with the first. */
static void try_failing_over_again(void)
{
    struct three t = three_new();
    struct peer_plans bad = out_of_order();
    struct peer_bytes no = refusal("AuthenticationError");
    struct peer_plan refuses = PEER_GOOD;

    refuses.answer = no.data;
    refuses.len = no.len;
    peer_set(t.servers[0], refuses);
    check_status("the first refuses: prepare", prepare(t.client).status, DAOTP_OK, t.client);
    check_status("the first refuses: enroll", enroll(t.client).status, DAOTP_REJECTED, t.client);
    peer_settle(t.servers[0]);
    peer_close_listener(t.servers[0]);
    check_status("the first has died: another code", enroll(t.client).status, DAOTP_OK, t.client);
    peer_check(peer_codes(t.servers[0]) == 1 && peer_codes(t.servers[1]) == 1,
               "each code was sent once: %u, %u", peer_codes(t.servers[0]),
               peer_codes(t.servers[1]));
    three_free(&t);
    free(no.data);

    t = three_new();
    peer_set_all(t.servers[0], &bad);
    check_status("the first is out of order: prepare", prepare(t.client).status, DAOTP_OK,
                 t.client);
    peer_set(t.servers[0], PEER_GOOD);
    check_status("it is well again: prepare", prepare(t.client).status, DAOTP_OK, t.client);
    check_status("it is well again: enroll", enroll(t.client).status, DAOTP_OK, t.client);
    peer_check(peer_codes(t.servers[0]) == 1 && peer_codes(t.servers[1]) == 0,
               "the first got the code: %u, %u", peer_codes(t.servers[0]),
               peer_codes(t.servers[1]));
    three_free(&t);
}

/* ---- callbacks ------------------------------------------------------------------------------- */

struct canceller {
    daotp_client *client;
    daotp_stage at;
};

static void on_progress_cancel(void *user, daotp_stage stage, daotp_stage_state state)
{
    struct canceller *c = user;

    if (stage == c->at && state == DAOTP_STAGE_RUNNING)
        daotp_client_cancel(c->client);
}

static daotp_status on_domain_refused(void *user, const char *host, daotp_host_origin origin,
                                      uint32_t attempt, daotp_domain_credential *answer)
{
    (void)host, (void)origin, (void)attempt, (void)answer;
    return *(daotp_status *)user;
}

static daotp_status on_account(void *user, const char *name, daotp_account *account)
{
    (void)name;
    if (*(daotp_status *)user == DAOTP_OK)
        return daotp_account_set_upn(account, PEER_UPN);
    return *(daotp_status *)user;
}

static void try_callbacks(void)
{
    static const daotp_stage stages[] = {DAOTP_STAGE_RESOLVE, DAOTP_STAGE_CONNECT, DAOTP_STAGE_TLS,
                                         DAOTP_STAGE_OTP, DAOTP_STAGE_SUBMIT};
    struct peer_rig *rig = peer_rig_new(world);
    struct peer_plans slow = {.handshake = PEER_GOOD, .head = PEER_GOOD, .post = PEER_GOOD};
    daotp_status answer = DAOTP_CANCELLED;
    unsigned submitted;

    /* so that there is a step after each of these stages has begun */
    slow.head.delay_ms = slow.post.delay_ms = 30;
    peer_set_all(rig->otp, &slow);
    peer_set_all(rig->ces, &slow);

    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
        struct canceller c = {rig->client, stages[i]};
        daotp_status status;

        (void)daotp_client_set_progress_callback(rig->client, on_progress_cancel, &c);
        status = prepare(rig->client).status;
        if (status == DAOTP_OK)
            status = enroll(rig->client).status;
        (void)daotp_client_set_progress_callback(rig->client, NULL, NULL);
        check_status(daotp_stage_name(stages[i]), status, DAOTP_CANCELLED, rig->client);
    }
    peer_settle(rig->ces);
    submitted = peer_posts(rig->ces);
    (void)daotp_client_set_domain_callback(rig->client, on_domain_refused, &answer);
    prepare(rig->client);
    check_status("cancelled when asked for the password", enroll(rig->client).status,
                 DAOTP_CANCELLED, rig->client);
    answer = DAOTP_NETWORK;
    prepare(rig->client);
    check_status("no password", enroll(rig->client).status, DAOTP_CONFIGURATION, rig->client);
    peer_check(error_of(rig->client) == DAOTP_FINDING_DOMAIN_CREDENTIAL,
               "no password: DOMAIN-CREDENTIAL");
    peer_check(peer_posts(rig->ces) == submitted, "no password: nothing was submitted");
    (void)daotp_client_set_upn(rig->client, NULL);
    answer = DAOTP_CANCELLED;
    (void)daotp_client_set_account_callback(rig->client, on_account, &answer);
    check_status("cancelled while looking the user up", prepare(rig->client).status,
                 DAOTP_CANCELLED, rig->client);
    answer = DAOTP_NETWORK;
    check_status("nobody knows the user", prepare(rig->client).status, DAOTP_CONFIGURATION,
                 rig->client);
    peer_check(error_of(rig->client) == DAOTP_FINDING_USER_NO_UPN,
               "nobody knows the user: USER-NO-UPN");
    answer = DAOTP_OK;
    check_status("looked up", prepare(rig->client).status, DAOTP_OK, rig->client);
    peer_rig_free(rig);
}

/* ---- freeing in the middle, and odd numbers -------------------------------------------------- */

static void try_freeing(void)
{
    unsigned at = 0;
    bool over = false;

    for (; !over && at < 500; at++) {
        struct peer_rig *rig = peer_rig_new(world);
        daotp_status status = daotp_client_prepare_begin(rig->client, PEER_USER);

        for (unsigned i = 0; i < at && (status == DAOTP_OK || status == DAOTP_AGAIN); i++) {
            struct pollfd pfd = {.fd = daotp_client_get_fd(rig->client), .events = POLLIN};

            status = daotp_client_step(rig->client);
            if (status == DAOTP_AGAIN)
                (void)poll(&pfd, 1, daotp_client_get_timeout_ms(rig->client));
            else if (status == DAOTP_OK)
                status = daotp_client_enroll_begin(rig->client, PEER_OTP, strlen(PEER_OTP));
            over = status == DAOTP_USAGE; /* enrolled: it cannot be begun again */
        }
        peer_rig_free(rig);
    }
    peer_check(over, "freed after each of %u steps", at);
}

static void try_numbers(void)
{
    struct peer_rig *rig = peer_rig_new(world);

    (void)daotp_client_set_timeout_ms(rig->client, INT64_MAX);
    check_status("no deadline to speak of", peer_run(rig).status, DAOTP_OK, rig->client);
    (void)daotp_client_set_timeout_ms(rig->client, 60000);
    (void)daotp_client_set_connect_timeout_ms(rig->client, (int64_t)INT_MAX + 1);
    check_status("a month to connect", peer_run(rig).status, DAOTP_OK, rig->client);
    (void)daotp_client_set_connect_timeout_ms(rig->client, INT64_MAX);
    check_status("all the time to connect", peer_run(rig).status, DAOTP_OK, rig->client);
    (void)daotp_client_set_connect_timeout_ms(rig->client, 10000);
    (void)daotp_client_set_max_lifetime_s(rig->client, INT64_MAX);
    check_status("any lifetime", peer_run(rig).status, DAOTP_OK, rig->client);
    (void)daotp_client_set_timeout_ms(rig->client, 1);
    check_status("a millisecond", peer_run(rig).status, DAOTP_TIMEOUT, rig->client);
    peer_rig_free(rig);
}

int main(void)
{
    daotp_context *context;

    if (daotp_context_new(&context) != DAOTP_OK ||
        daotp_context_set_monotonic_clock(context, test_clock_ahead, &shift) != DAOTP_OK)
        return 70;
    world = peer_world_new(context);
    try_waking();
    try_resting();
    try_progress();
    try_order();
    try_again();
    try_again_from_the_start();
    try_refused_passwords();
    try_warnings();
    try_versions();
    try_idle();
    try_late_steps();
    try_late_and_dead();
    try_late_and_over();
    try_late_and_closed();
    try_key_in_a_step();
    try_waiting_first();
    try_password_later();
    try_password_early();
    try_account_later();
    try_closing();
    try_failing_over();
    try_failing_over_while_enrolling();
    try_failing_over_again();
    try_callbacks();
    try_freeing();
    try_numbers();
    peer_world_free(world);
    daotp_context_unref(context);
    return peer_summary();
}
