/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius/exchange.h"

#include "radius/reply_report.h"

#include <string.h>
#include <sys/random.h>

static const char probe_user[] = "DAProbeUser", probe_password[] = "DAProbePass";

enum {
    REFUSED_AGAIN_MS = 100, /* an ICMP error may be spoofed: retry once before it is accepted */
    RESOLVE_STEP_MS = 10
};

static int64_t exchange_now_ms(const daotp_radius_exchange *x)
{
    return daotp__loop_now_ms(x->radius->wire.loop);
}

/* ---- the end --------------------------------------------------------------------------------- */

static const char *server_label(const daotp_radius_exchange *x)
{
    return x->attempt.server != NULL ? x->attempt.server->endpoint.label : "";
}

static void finish_exchange(daotp_radius_exchange *x, daotp_radius_answer answer,
                            daotp_status status, int64_t id_free_at_ms)
{
    daotp__radius_attempt_release(&x->attempt, id_free_at_ms);
    daotp__radius_timer_clear(&x->radius->heap, &x->timer);
    daotp__buffer_clear(&x->attempt.packet);
    if (answer != DAOTP_RADIUS_CHALLENGED)
        daotp__buffer_clear(&x->state);
    daotp__buffer_clear(&x->password);
    if (--x->radius->pending == 0)
        daotp__loop_rest(x->radius->wire.loop);
    x->answer = answer;
    x->status = status;
    daotp__loop_report_late(x->radius->wire.loop, x->late_before_ms, server_label(x), &x->report);
    (void)daotp__report_status(&x->report, answer == DAOTP_RADIUS_CHALLENGED ? DAOTP_OK : status);
    x->report.status = status;
    if (x->radius->tell != NULL && !x->is_beginning) /* else the call returns it */
        x->radius->tell(x->radius->tell_user, x);    /* the callback may free the exchange */
}

static int64_t began_ms(const daotp_radius_exchange *x)
{
    return daotp__time_sub(x->deadline_ms, x->radius->delays.deadline);
}

static void exchange_give_up_waiting(daotp_radius_exchange *x)
{
    int64_t now = exchange_now_ms(x);

    if (x->attempt.sent > 0)
        daotp__radius_server_note_silence(x->attempt.server, began_ms(x), now);
    if (x->attempt.socket != NULL)
        daotp__radius_socket_note_silence(x->attempt.socket, began_ms(x));
    finish_exchange(
        x, DAOTP_RADIUS_UNDECIDED,
        daotp__radius_attempt_explain(&x->attempt, x->transmissions, server_label(x), &x->report),
        daotp__radius_attempt_reply_until_ms(&x->attempt, x->deadline_ms));
}

static void keep_reply(daotp_radius_exchange *x, const daotp__radius_reply *reply)
{
    daotp__buffer_clear(&x->reply);
    daotp__buffer_add(&x->reply, reply->attributes.data, reply->attributes.len);
    x->may_echo = reply->prompt_is_echo;
}

static daotp_status take_challenge(daotp_radius_exchange *x, const daotp__radius_reply *reply)
{
    daotp__buffer_clear(&x->state);
    daotp__buffer_add(&x->state, reply->state.data, reply->state.len);
    x->challenged_ms = exchange_now_ms(x);
    return x->state.failed;
}

/* A server may echo the code in its text, so it is redacted. */
static daotp_status report_reply(daotp_radius_exchange *x, const daotp__radius_reply *reply)
{
    daotp_status status;

    daotp__report_redact(&x->report, DAOTP__SECRET_CODE, daotp__buffer_bytes(&x->password));
    status = daotp__radius_reply_report(reply, x->round, server_label(x), &x->report);
    daotp__report_redact(&x->report, DAOTP__SECRET_CODE, (daotp__bytes){NULL, 0});
    return status;
}

static void note_transmissions(daotp_radius_exchange *x)
{
    if (x->attempt.sent > 1)
        (void)daotp__report_add(&x->report, DAOTP_FINDING_RADIUS_RETRANSMITTED, 0, server_label(x),
                                "%u times", x->attempt.sent);
}

static void conclude_login(daotp_radius_exchange *x, const daotp__radius_reply *reply)
{
    int64_t now = exchange_now_ms(x);
    daotp_status status = report_reply(x, reply);

    if (reply->code == DAOTP__RADIUS_ACCESS_ACCEPT) {
        finish_exchange(x, DAOTP_RADIUS_ACCEPTED, DAOTP_OK, now);
    } else if (reply->code == DAOTP__RADIUS_ACCESS_REJECT) {
        finish_exchange(x, DAOTP_RADIUS_REJECTED, status, now);
    } else {
        status = take_challenge(x, reply);
        if (status == DAOTP_OK)
            finish_exchange(x, DAOTP_RADIUS_CHALLENGED, DAOTP_CHALLENGE, now);
        else
            finish_exchange(x, DAOTP_RADIUS_UNDECIDED, status, now);
    }
}

static void complete_round(daotp_radius_exchange *x, const daotp__radius_reply *reply)
{
    int64_t now = exchange_now_ms(x);

    daotp__radius_server_note_reply(x->attempt.server, now);
    daotp__radius_socket_note_reply(x->attempt.socket, now);
    x->attempt.server->has_signed = x->attempt.server->has_signed || reply->is_signed;
    keep_reply(x, reply);
    note_transmissions(x);
    if (x->reply.failed != DAOTP_OK) {
        finish_exchange(x, DAOTP_RADIUS_UNDECIDED, DAOTP_MEMORY, now);
    } else if (x->is_probe) { /* any authentic reply shows that the server is alive */
        (void)daotp__report_add(&x->report, DAOTP_FINDING_RADIUS_ALIVE, reply->code,
                                server_label(x), "code %u", reply->code);
        finish_exchange(x, DAOTP_RADIUS_ACCEPTED, DAOTP_OK, now);
    } else {
        conclude_login(x, reply);
    }
}

/* ---- sending --------------------------------------------------------------------------------- */

static int64_t add_jitter(daotp_radius *radius, int64_t ms)
{
    radius->jitter = radius->jitter * 1664525u + 1013904223u; /* only to spread load */
    ms = ms * 9 / 10 + (int64_t)(radius->jitter >> 16) * ms / 5 / 65536;
    return ms > 0 ? ms : 1; /* an injected clock may stand still */
}

static daotp__bytes sent_name(const daotp_radius_exchange *x)
{
    daotp__bytes name = daotp__buffer_bytes(&x->user_name);
    const uint8_t *cut;

    if (x->radius->user_form != DAOTP_RADIUS_USER_STRIPPED || x->is_probe)
        return name;
    cut = memchr(name.data, '\\', name.len);
    if (cut != NULL) {
        name.len -= (size_t)(cut + 1 - name.data);
        name.data = cut + 1;
    }
    cut = memchr(name.data, '@', name.len);
    if (cut != NULL && cut != name.data)
        name.len = (size_t)(cut - name.data);
    return name;
}

/* One call of getrandom() for all exchanges that a batch of replies may start. */
static bool draw_authenticator(daotp_radius *radius, uint8_t *authenticator)
{
    if (radius->drawn_count == 0) {
        size_t received = radius->wire.batch.received, count = received > 0 ? received : 1;
        size_t len = (count < DAOTP__RADIUS_DRAWN ? count : DAOTP__RADIUS_DRAWN) * DAOTP__MD5_LEN;

        if (getrandom(radius->drawn, len, 0) != (ssize_t)len)
            return false;
        radius->drawn_count = len / DAOTP__MD5_LEN;
    }
    memcpy(authenticator, radius->drawn[--radius->drawn_count], DAOTP__MD5_LEN);
    return true;
}

static daotp_status write_packet(daotp_radius_exchange *x)
{
    daotp__bytes password = daotp__buffer_bytes(&x->password);
    daotp__radius_request request = {.code = x->is_status_server ? DAOTP__RADIUS_STATUS_SERVER
                                                                 : DAOTP__RADIUS_ACCESS_REQUEST,
                                     .id = x->attempt.id,
                                     .state = daotp__buffer_bytes(&x->state),
                                     .attributes = daotp__buffer_bytes(&x->radius->attributes),
                                     .secret = daotp__buffer_bytes(&x->attempt.server->secret),
                                     .key = &x->attempt.server->key};

    if (!x->is_status_server) {
        request.user_name = sent_name(x);
        request.password = &password;
    }
    if (!draw_authenticator(x->radius, x->attempt.authenticator))
        return DAOTP_INTERNAL;
    memcpy(request.authenticator, x->attempt.authenticator, sizeof x->attempt.authenticator);
    daotp__buffer_clear(&x->attempt.packet);
    return daotp__radius_request_write(&request, &x->attempt.packet);
}

/* Wake at that time, or earlier for the failover or the deadline. */
static bool wake_at(daotp_radius_exchange *x, int64_t at_ms)
{
    int64_t soonest = at_ms < x->deadline_ms ? at_ms : x->deadline_ms;

    return daotp__radius_timer_set(&x->radius->heap, &x->timer,
                                   soonest < x->failover_ms ? soonest : x->failover_ms);
}

static void set_failover(daotp_radius_exchange *x)
{
    int64_t after = x->radius->delays.failover;

    x->failover_ms = after < 0 ? DAOTP__NEVER : daotp__time_add(exchange_now_ms(x), after);
}

static daotp_status send_packet(daotp_radius_exchange *x)
{
    daotp_status status = daotp__radius_attempt_send(&x->attempt);

    if (status == DAOTP_OK)
        x->transmissions++;
    return status;
}

/* To the server chosen: DAOTP_AGAIN while its name is resolved. */
static daotp_status send_first(daotp_radius_exchange *x, int64_t now)
{
    daotp_status status = daotp__radius_endpoint_take(
        &x->attempt.server->endpoint, x, now, &x->report, &x->attempt.socket, &x->attempt.id);

    if (status == DAOTP_OK)
        status = write_packet(x);
    if (status == DAOTP_OK)
        status = send_packet(x);
    if (status == DAOTP_NETWORK) /* no address or no route: not tried again at once */
        daotp__radius_server_note_silence(x->attempt.server, now, now);
    if (status != DAOTP_OK)
        return status;
    x->attempt.interval_ms = x->radius->delays.first;
    x->attempt.resend_ms = daotp__time_add(now, add_jitter(x->radius, x->attempt.interval_ms));
    set_failover(x);
    return wake_at(x, x->attempt.resend_ms) ? DAOTP_OK : DAOTP_MEMORY;
}

/* The server's name is being resolved; the resolver may not answer either. */
static daotp_status wait_for_name(daotp_radius_exchange *x)
{
    set_failover(x);
    return wake_at(x, daotp__time_add(exchange_now_ms(x), RESOLVE_STEP_MS)) ? DAOTP_OK
                                                                            : DAOTP_MEMORY;
}

/* Another server that is considered alive; each server is asked once at most. */
static daotp__radius_server *choose_next_server(daotp_radius_exchange *x)
{
    daotp_radius *radius = x->radius;
    int64_t now = exchange_now_ms(x);

    while (++x->asked < radius->server_count) {
        daotp__radius_server *server =
            radius->servers[(x->first_server + x->asked) % radius->server_count];

        if (daotp__radius_server_is_alive(server, now))
            return server;
    }
    return NULL;
}

/* The attempt is kept in case no other server can be asked; otherwise a new one replaces it. */
static daotp__radius_attempt save_attempt(daotp_radius_exchange *x)
{
    daotp__radius_attempt saved = x->attempt;

    daotp__buffer_init_secret(&x->attempt.packet, DAOTP__RADIUS_MAX);
    daotp__radius_attempt_restart(&x->attempt, saved.server);
    return saved;
}

static void restore_attempt(daotp_radius_exchange *x, const daotp__radius_attempt *saved)
{
    daotp__radius_attempt_release(&x->attempt, exchange_now_ms(x)); /* nothing was sent with it */
    daotp__buffer_free(&x->attempt.packet);
    x->attempt = *saved;
    x->failover_ms = DAOTP__NEVER;
}

/* The attempt is abandoned. */
static void end_attempt(daotp_radius_exchange *x, daotp__radius_attempt *saved)
{
    if (daotp__radius_attempt_has_dropped(saved)) /* the next one has its own */
        (void)daotp__radius_attempt_explain(saved, x->transmissions, saved->server->endpoint.label,
                                            &x->report);
    if (saved->sent > 0)
        daotp__radius_server_note_silence(saved->server, began_ms(x), exchange_now_ms(x));
    if (saved->socket != NULL)
        daotp__radius_socket_note_silence(saved->socket, began_ms(x));
    daotp__radius_attempt_release(saved,
                                  daotp__radius_attempt_reply_until_ms(saved, x->deadline_ms));
    daotp__buffer_free(&saved->packet);
}

/* Fail over to the next server; false when there is none, and then nothing has changed. A challenge
 * is bound to its server. If memory runs out, the round ends, which also counts as true. */
static bool fail_over(daotp_radius_exchange *x)
{
    size_t findings = x->report.count;
    daotp__radius_server *next;
    daotp__radius_attempt saved = save_attempt(x);

    while (x->round == 1 && !x->is_probe && (next = choose_next_server(x)) != NULL) {
        daotp_status status;

        (void)daotp__report_add(&x->report, DAOTP_FINDING_RADIUS_FAILOVER, 0,
                                saved.server->endpoint.label, "next is %s", next->endpoint.label);
        x->attempt.server = next;
        status = send_first(x, exchange_now_ms(x));
        if (status == DAOTP_AGAIN)
            status = wait_for_name(x);
        if (status == DAOTP_OK || status == DAOTP_MEMORY) {
            end_attempt(x, &saved);
            daotp__report_downgrade_errors(&x->report, 0);
            if (status == DAOTP_MEMORY)
                finish_exchange(x, DAOTP_RADIUS_UNDECIDED, status, exchange_now_ms(x));
            return true;
        }
        daotp__radius_attempt_release(&x->attempt, exchange_now_ms(x));
    }
    restore_attempt(x, &saved);
    if (x->attempt.socket != NULL)
        daotp__report_downgrade_errors(&x->report, findings);
    return false;
}

static bool may_send_again(const daotp_radius_exchange *x)
{
    if (x->is_status_server ||
        x->attempt.server->endpoint.tls != NULL) /* RFC 5997 4.1, RFC 6613 2.4 */
        return false;
    return x->attempt.sent < x->radius->delays.transmissions;
}

static void take_refusal(daotp_radius_exchange *x)
{
    int64_t now = exchange_now_ms(x);

    if (x->attempt.refused > 0 && x->attempt.sent == x->attempt.refused_after)
        return; /* the packet of another exchange, or an earlier failure: ours was sent only once */
    x->attempt.refused_after = x->attempt.sent;
    if (++x->attempt.refused == 1 && (!x->is_probe || may_send_again(x))) {
        x->attempt.resend_ms = daotp__time_add(now, REFUSED_AGAIN_MS);
        (void)wake_at(x, x->attempt.resend_ms);
        return;
    }
    if (fail_over(x))
        return;
    daotp__radius_server_note_silence(x->attempt.server, now, now);
    finish_exchange(x, DAOTP_RADIUS_UNDECIDED,
                    daotp__report_add(&x->report, DAOTP_FINDING_RADIUS_REFUSED, 0, server_label(x),
                                      "port unreachable"),
                    now);
}

/* Report why a RadSec connection was closed. First, what dropped replies tell about the secret. */
static daotp_status add_loss(daotp_radius_exchange *x, const daotp_report *why, daotp_status status)
{
    if (daotp__radius_attempt_has_other_secret(&x->attempt))
        return daotp__radius_attempt_explain(&x->attempt, x->transmissions, server_label(x),
                                             &x->report);
    daotp__report_merge(&x->report, why);
    return status;
}

static void take_loss(daotp_radius_exchange *x, const daotp_report *why, daotp_status status)
{
    int64_t now = exchange_now_ms(x);
    size_t findings = x->report.count;

    (void)add_loss(x, why, status);
    daotp__radius_attempt_release(&x->attempt, now);
    x->attempt.sent = 0; /* the reason is known: the server was not silent */
    daotp__report_downgrade_errors(&x->report, findings);
    if (fail_over(x))
        return;
    if (status == DAOTP_REJECTED) /* the certificate was refused, not the login */
        status = DAOTP_UNDECIDED;
    daotp__report_resume_at(&x->report, findings, DAOTP_STAGE_ALL_COUNT);
    status = add_loss(x, why, status);
    finish_exchange(x, DAOTP_RADIUS_UNDECIDED, status, now);
}

/* It was not sent, for a known reason: its timer sends it again and handles the result. */
static void begin_attempt_again(daotp_radius_exchange *x)
{
    int64_t now = exchange_now_ms(x);

    x->transmissions--;
    x->attempt.sent--;
    daotp__radius_attempt_release(&x->attempt, now);
    (void)daotp__radius_timer_set(&x->radius->heap, &x->timer,
                                  now); /* the timer exists: no memory is needed */
}

static bool take_packet(daotp_radius_exchange *x, daotp__bytes packet)
{
    daotp__radius_reply reply;

    if (!daotp__radius_attempt_read(&x->attempt, x->is_status_server, packet, &reply))
        return false;
    complete_round(x, &reply);
    return true;
}

bool daotp__radius_exchange_event(daotp_radius_exchange *x, const daotp__radius_event *event)
{
    switch (event->kind) {
    case DAOTP__RADIUS_CAME:
        return take_packet(x, event->packet);
    case DAOTP__RADIUS_SHORT:
        x->attempt.dropped[DAOTP__RADIUS_BAD_LENGTH]++;
        return false;
    case DAOTP__RADIUS_REFUSED:
        take_refusal(x);
        return false;
    case DAOTP__RADIUS_UNSENT:
        begin_attempt_again(x);
        return false;
    case DAOTP__RADIUS_LOST:
        take_loss(x, event->why, event->status);
        return false;
    }
    return false;
}

/* The same octets, from the same port, with the same identifier (RFC 5080 2.2.2). */
static void send_again(daotp_radius_exchange *x)
{
    int64_t now = exchange_now_ms(x);

    if (may_send_again(x))
        (void)send_packet(x);
    x->attempt.interval_ms = 2 * x->attempt.interval_ms < x->radius->delays.longest
                                 ? 2 * x->attempt.interval_ms
                                 : x->radius->delays.longest;
    x->attempt.resend_ms = daotp__time_add(now, add_jitter(x->radius, x->attempt.interval_ms));
    (void)wake_at(x, x->attempt.resend_ms);
}

static void go_on_resolving(daotp_radius_exchange *x)
{
    int64_t now = exchange_now_ms(x);
    daotp_status status = send_first(x, now);

    if (status == DAOTP_AGAIN)
        (void)wake_at(x, daotp__time_add(now, RESOLVE_STEP_MS));
    else if (status != DAOTP_OK && (status == DAOTP_MEMORY || !fail_over(x)))
        finish_exchange(x, DAOTP_RADIUS_UNDECIDED, status, now);
}

/* The time for failover has come; if there is no other server, the one that was asked may still
 * answer. */
static void turn_to_another(daotp_radius_exchange *x)
{
    x->failover_ms = DAOTP__NEVER;
    if (!fail_over(x))
        (void)wake_at(x, x->attempt.resend_ms);
}

void daotp__radius_exchange_wake(daotp_radius_exchange *x)
{
    int64_t now = exchange_now_ms(x);

    if (now >= x->deadline_ms)
        exchange_give_up_waiting(x);
    else if (now >= x->failover_ms)
        turn_to_another(x);
    else if (x->attempt.socket == NULL)
        go_on_resolving(x);
    else if (now >= x->attempt.resend_ms)
        send_again(x);
    else
        (void)wake_at(x, x->attempt.resend_ms);
}

/* ---- beginning ------------------------------------------------------------------------------- */

static daotp_status refuse_exchange(daotp_radius_exchange *x, daotp_finding_number number,
                                    const char *found)
{
    x->status = daotp__report_status(&x->report,
                                     daotp__report_add(&x->report, number, 0, "call", "%s", found));
    return x->status;
}

static daotp_status refuse_exchange_order(daotp_radius_exchange *x, const char *call,
                                          const char *why)
{
    if (x == NULL)
        return DAOTP_USAGE;
    return daotp__report_refuse_order(&x->report, x->status == DAOTP_AGAIN, call, why);
}

static daotp_status take_password(daotp_radius_exchange *x, const char *password, size_t len)
{
    if ((password == NULL && len > 0) || len > DAOTP__RADIUS_MAX_PASSWORD ||
        (len > 0 && memchr(password, '\0', len) != NULL))
        return refuse_exchange(x, DAOTP_FINDING_RADIUS_PASSWORD, "too long, or with a NUL");
    daotp__buffer_clear(&x->password);
    daotp__buffer_add(&x->password, password, len);
    if (x->password.failed == DAOTP_OK)
        return DAOTP_OK;
    x->status = daotp__report_status(&x->report, DAOTP_MEMORY);
    return x->status;
}

/* Servers that are considered alive first, in the order added; if none is, the first. */
static void choose_first_server(daotp_radius_exchange *x)
{
    daotp_radius *radius = x->radius;
    int64_t now = exchange_now_ms(x);

    x->first_server = 0;
    for (size_t i = 0; i < radius->server_count; i++)
        if (daotp__radius_server_is_alive(radius->servers[i], now)) {
            x->first_server = i;
            break;
        }
    x->asked = 0;
    x->attempt.server = radius->servers[x->first_server];
}

static daotp_status begin_round(daotp_radius_exchange *x)
{
    daotp_status status;
    int64_t now;

    daotp__loop_call_step(x->radius->wire.loop);
    now = exchange_now_ms(x);
    x->late_before_ms = daotp__loop_caller_late_ms(x->radius->wire.loop);
    x->round++;
    daotp__radius_attempt_restart(&x->attempt, x->attempt.server);
    x->answer = DAOTP_RADIUS_PENDING;
    x->status = DAOTP_AGAIN;
    x->deadline_ms = daotp__time_add(now, x->radius->delays.deadline);
    x->failover_ms = DAOTP__NEVER;
    x->radius->pending++;
    x->is_beginning = true;
    status = send_first(x, now);
    if (status == DAOTP_AGAIN)
        status = wait_for_name(x);
    if (status != DAOTP_OK && (status == DAOTP_MEMORY || !fail_over(x)))
        finish_exchange(x, DAOTP_RADIUS_UNDECIDED, status, now);
    x->is_beginning = false;
    return x->status == DAOTP_AGAIN ? DAOTP_OK : x->status;
}

static void forget_reply(daotp_radius_exchange *x)
{
    daotp__buffer_clear(&x->attempt.packet);
    daotp__buffer_clear(&x->reply);
    x->answer = DAOTP_RADIUS_UNDECIDED;
}

daotp_status daotp_radius_exchange_begin(daotp_radius_exchange *x, const char *password, size_t len)
{
    daotp_status status;

    if (x == NULL || x->status == DAOTP_AGAIN)
        return refuse_exchange_order(x, "begin", DAOTP__UNDER_WAY);
    daotp__report_clear(&x->report);
    status = take_password(x, password, len);
    forget_reply(x); /* not before: the password may be of its octets */
    if (x->radius->server_count == 0)
        return refuse_exchange(x, DAOTP_FINDING_RADIUS_NO_SERVER, "none");
    if (status != DAOTP_OK)
        return status;
    daotp__buffer_clear(&x->state); /* never carried into another login */
    x->round = x->transmissions = 0;
    x->is_probe = x->is_status_server = false;
    if (sent_name(x).len == 0)
        return refuse_exchange(x, DAOTP_FINDING_RADIUS_USER, "nothing but a domain");
    choose_first_server(x);
    return begin_round(x);
}

daotp_status daotp_radius_exchange_respond(daotp_radius_exchange *x, const char *response,
                                           size_t len)
{
    daotp_status status;

    if (x == NULL || x->answer != DAOTP_RADIUS_CHALLENGED)
        return refuse_exchange_order(x, "respond", "there is no challenge");
    if (x->round >= DAOTP__MAX_RADIUS_ROUNDS)
        return refuse_exchange_order(x, "respond", "the last round that is allowed is over");
    if (daotp__time_sub(exchange_now_ms(x), x->challenged_ms) > DAOTP__RADIUS_CHALLENGE_MS)
        return refuse_exchange_order(x, "respond", "the challenge is too old");
    daotp__report_clear(&x->report);
    status = take_password(x, response, len);
    return status == DAOTP_OK ? begin_round(x) : status;
}

daotp_status daotp_radius_exchange_probe(daotp_radius_exchange *x, size_t server,
                                         daotp_radius_probe probe)
{
    daotp_status status = DAOTP_OK;

    if (x == NULL || x->status == DAOTP_AGAIN)
        return refuse_exchange_order(x, "probe", DAOTP__UNDER_WAY);
    if (server >= x->radius->server_count)
        return daotp__report_refuse(&x->report, DAOTP_USAGE, "server", DAOTP__NO_SUCH);
    if (probe != DAOTP_RADIUS_PROBE_STATUS_SERVER && probe != DAOTP_RADIUS_PROBE_USER)
        return daotp__report_refuse(&x->report, DAOTP_USAGE, "probe", DAOTP__NO_SUCH);
    daotp__report_clear(&x->report);
    forget_reply(x);
    daotp__buffer_clear(&x->state);
    x->round = x->transmissions = 0;
    x->is_probe = true;
    x->is_status_server = probe == DAOTP_RADIUS_PROBE_STATUS_SERVER;
    x->attempt.server = x->radius->servers[server];
    if (!x->is_status_server) {
        daotp__buffer_clear(&x->user_name);
        daotp__buffer_text(&x->user_name, probe_user);
        status = take_password(x, probe_password, strlen(probe_password));
        if (x->user_name.failed != DAOTP_OK)
            status = x->status = daotp__report_status(&x->report, DAOTP_MEMORY);
    }
    return status == DAOTP_OK ? begin_round(x) : status;
}

void daotp_radius_exchange_cancel(daotp_radius_exchange *x)
{
    if (x == NULL || x->status != DAOTP_AGAIN)
        return;
    finish_exchange(x, DAOTP_RADIUS_UNDECIDED,
                    daotp__report_add(&x->report, DAOTP_FINDING_CALL_CANCELLED, 0, server_label(x),
                                      "cancelled"),
                    daotp__radius_attempt_reply_until_ms(&x->attempt, x->deadline_ms));
}
