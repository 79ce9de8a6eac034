/* SPDX-License-Identifier: BSD-2-Clause */
/* One login: rounds, transmissions, servers, and what comes of it. */
#include "core/alloc.h"
#include "core/utf8.h"
#include "radius/radius.h"

#include <stddef.h>
#include <string.h>
#include <sys/random.h>

static const char probe_user[] = "DAProbeUser", probe_password[] = "DAProbePass";

enum {
    REFUSED_AGAIN_MS = 100, /* an error may be spoofed: once more before it is believed */
    RESOLVE_STEP_MS = 10,
    LATE_MS = 60 * 1000, /* how late after the deadline a reply may come over TLS */
    MAX_SPARE = 32
};

static int64_t now_ms(const daotp_radius_exchange *x)
{
    return daotp__context_now_ms(x->radius->context);
}

/* ---- the end --------------------------------------------------------------------------------- */

/* Until when its identifier is kept aside. A reply later than that meets another exchange, or none:
 * a datagram is then dropped, but a connection that carries it is closed. */
static int64_t reply_until_ms(const daotp_radius_exchange *x, const daotp__radius_server *server)
{
    return x->deadline_ms + (server->tls != NULL ? LATE_MS : 0);
}

static void finish(daotp_radius_exchange *x, daotp_radius_answer answer, daotp_status status,
                   int64_t id_free_at_ms)
{
    daotp__radius_socket_release(x, id_free_at_ms);
    daotp__radius_timer_clear(&x->radius->heap, &x->timer);
    daotp__buffer_clear(&x->packet);
    if (answer != DAOTP_RADIUS_CHALLENGED)
        daotp__buffer_clear(&x->state);
    daotp__buffer_clear(&x->password);
    x->radius->pending--;
    x->answer = answer;
    x->status = status;
    (void)daotp__report_status(&x->report, answer == DAOTP_RADIUS_CHALLENGED ? DAOTP_OK : status);
    x->report.status = status;
    if (x->radius->tell != NULL && !x->is_beginning) /* then the call itself answers */
        x->radius->tell(x->radius->tell_user, x);    /* may free it */
}

static const char *label(const daotp_radius_exchange *x)
{
    return x->server != NULL ? x->server->label : "";
}

/* What the silence of a server was made of: the drops tell. */
static daotp_status explain_silence(daotp_radius_exchange *x, const unsigned *dropped,
                                    const char *subject)
{
    unsigned forged =
        dropped[DAOTP__RADIUS_BAD_AUTHENTICATOR] + dropped[DAOTP__RADIUS_BAD_SIGNATURE];
    unsigned malformed = dropped[DAOTP__RADIUS_BAD_LENGTH] + dropped[DAOTP__RADIUS_BAD_CODE] +
                         dropped[DAOTP__RADIUS_BAD_ATTRIBUTES];

    if (dropped[DAOTP__RADIUS_UNSIGNED] > 0)
        return daotp__report_add(&x->report, DAOTP_FINDING_RADIUS_UNSIGNED, 0, subject,
                                 "%u replies without it", dropped[DAOTP__RADIUS_UNSIGNED]);
    if (forged > 0)
        return daotp__report_add(&x->report, DAOTP_FINDING_RADIUS_SECRET, 0, subject,
                                 "%u replies that do not verify", forged);
    if (malformed > 0)
        return daotp__report_add(&x->report, DAOTP_FINDING_RADIUS_MALFORMED, 0, subject,
                                 "%u datagrams", malformed);
    return daotp__report_add(&x->report, DAOTP_FINDING_RADIUS_TIMEOUT, 0, subject,
                             "nothing after %u transmissions", x->transmissions);
}

static int64_t began_ms(const daotp_radius_exchange *x)
{
    return daotp__time_sub(x->deadline_ms, x->radius->timers.deadline);
}

static void give_up(daotp_radius_exchange *x)
{
    int64_t now = now_ms(x);

    if (x->sent_here > 0)
        daotp__radius_server_note_silence(x->server, began_ms(x), now);
    if (x->socket != NULL)
        daotp__radius_socket_note_silence(x->socket, began_ms(x));
    finish(x, DAOTP_RADIUS_UNDECIDED, explain_silence(x, x->dropped, label(x)),
           reply_until_ms(x, x->server));
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
    x->challenged_ms = now_ms(x);
    (void)daotp__report_add(&x->report, DAOTP_FINDING_RADIUS_CHALLENGED, 0, label(x), "round %u",
                            x->round);
    return x->state.failed;
}

static void note_transmissions(daotp_radius_exchange *x)
{
    if (x->sent_here > 1)
        (void)daotp__report_add(&x->report, DAOTP_FINDING_RADIUS_RETRANSMITTED, 0, label(x),
                                "%u times", x->sent_here);
}

void daotp__radius_exchange_complete(daotp_radius_exchange *x, const daotp__radius_reply *reply)
{
    int64_t now = now_ms(x);
    daotp_status status;

    daotp__radius_server_note_reply(x->server, now);
    x->server->has_signed = x->server->has_signed || reply->is_signed;
    keep_reply(x, reply);
    note_transmissions(x);
    if (x->reply.failed != DAOTP_OK) {
        finish(x, DAOTP_RADIUS_UNDECIDED, DAOTP_MEMORY, now);
    } else if (x->is_probe) { /* any authentic reply shows life */
        (void)daotp__report_add(&x->report, DAOTP_FINDING_RADIUS_ALIVE, reply->code, label(x),
                                "code %u", reply->code);
        finish(x, DAOTP_RADIUS_ACCEPTED, DAOTP_OK, now);
    } else if (reply->code == DAOTP__RADIUS_ACCESS_ACCEPT) {
        finish(x, DAOTP_RADIUS_ACCEPTED, DAOTP_OK, now);
    } else if (reply->code == DAOTP__RADIUS_ACCESS_REJECT) {
        status = daotp__report_add(&x->report, DAOTP_FINDING_RADIUS_REJECTED, 0, label(x),
                                   "Access-Reject");
        finish(x, DAOTP_RADIUS_REJECTED, status, now);
    } else {
        status = take_challenge(x, reply);
        finish(x, status == DAOTP_OK ? DAOTP_RADIUS_CHALLENGED : DAOTP_RADIUS_UNDECIDED,
               status == DAOTP_OK ? DAOTP_CHALLENGE : status, now);
    }
}

/* ---- sending --------------------------------------------------------------------------------- */

static int64_t jittered(daotp_radius *radius, int64_t ms)
{
    radius->jitter = radius->jitter * 1664525u + 1013904223u; /* only to spread load */
    ms = ms * 9 / 10 + (int64_t)(radius->jitter >> 16) * ms / 5 / 65536;
    return ms > 0 ? ms : 1; /* or a step would not end while the clock stands */
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

/* One call of getrandom() for the exchanges that a batch of answers may lead to. */
static bool draw_authenticator(daotp_radius *radius, uint8_t *authenticator)
{
    if (radius->batch.drawn_count == 0) {
        size_t count = radius->batch.answers > 0 ? radius->batch.answers : 1;
        size_t len = (count < DAOTP__RADIUS_DRAWN ? count : DAOTP__RADIUS_DRAWN) * DAOTP__MD5_LEN;

        if (getrandom(radius->batch.drawn, len, 0) != (ssize_t)len)
            return false;
        radius->batch.drawn_count = len / DAOTP__MD5_LEN;
    }
    memcpy(authenticator, radius->batch.drawn[--radius->batch.drawn_count], DAOTP__MD5_LEN);
    return true;
}

static daotp_status write_packet(daotp_radius_exchange *x)
{
    daotp__bytes password = daotp__buffer_bytes(&x->password);
    daotp__radius_request request = {.code = x->is_status_server ? DAOTP__RADIUS_STATUS_SERVER
                                                                 : DAOTP__RADIUS_ACCESS_REQUEST,
                                     .id = x->id,
                                     .state = daotp__buffer_bytes(&x->state),
                                     .attributes = daotp__buffer_bytes(&x->radius->attributes),
                                     .secret = daotp__buffer_bytes(&x->server->secret),
                                     .key = &x->server->key};

    if (!x->is_status_server) {
        request.user_name = sent_name(x);
        request.password = &password;
    }
    if (!draw_authenticator(x->radius, x->authenticator))
        return DAOTP_INTERNAL;
    memcpy(request.authenticator, x->authenticator, sizeof x->authenticator);
    daotp__buffer_clear(&x->packet);
    return daotp__radius_request_write(&request, &x->packet);
}

/* Wake at that time, or before: when another server may be asked, and at the deadline. */
static bool wake_at(daotp_radius_exchange *x, int64_t at_ms)
{
    int64_t soonest = at_ms < x->deadline_ms ? at_ms : x->deadline_ms;

    return daotp__radius_timer_set(&x->radius->heap, &x->timer,
                                   soonest < x->failover_ms ? soonest : x->failover_ms);
}

static void set_failover(daotp_radius_exchange *x)
{
    int64_t after = x->radius->timers.failover;

    x->failover_ms = after < 0 ? DAOTP__NEVER : daotp__time_add(now_ms(x), after);
}

/* To the server chosen: DAOTP_AGAIN while its name is resolved. */
static daotp_status send_first(daotp_radius_exchange *x, int64_t now)
{
    daotp_status status = daotp__radius_socket_take(x, now);

    if (status == DAOTP_OK)
        status = write_packet(x);
    if (status == DAOTP_OK)
        status = daotp__radius_socket_send(x);
    if (status == DAOTP_NETWORK) /* no address, no route: nobody needs to try that again at once */
        daotp__radius_server_note_silence(x->server, now, now);
    if (status != DAOTP_OK)
        return status;
    x->interval_ms = x->radius->timers.first;
    x->resend_ms = daotp__time_add(now, jittered(x->radius, x->interval_ms));
    set_failover(x);
    return wake_at(x, x->resend_ms) ? DAOTP_OK : DAOTP_MEMORY;
}

/* The server's name is being resolved; who resolves it may be silent too. */
static daotp_status wait_for_name(daotp_radius_exchange *x)
{
    set_failover(x);
    return wake_at(x, daotp__time_add(now_ms(x), RESOLVE_STEP_MS)) ? DAOTP_OK : DAOTP_MEMORY;
}

/* Another one that is alive; every server is asked once at the most. */
static daotp__radius_server *next_server(daotp_radius_exchange *x)
{
    daotp_radius *radius = x->radius;
    int64_t now = now_ms(x);

    while (++x->asked < radius->server_count) {
        daotp__radius_server *server =
            radius->servers[(x->first_server + x->asked) % radius->server_count];

        if (daotp__radius_server_is_alive(server, now))
            return server;
    }
    return NULL;
}

/* Where an exchange stands with a server: what is put back when no other can be asked. */
typedef struct stand {
    daotp__radius_server *server;
    daotp__radius_socket *socket;
    uint8_t id, authenticator[DAOTP__MD5_LEN];
    daotp__buffer packet;
    unsigned sent_here, refused, refused_after;
    unsigned dropped[DAOTP__RADIUS_VERDICTS];
    int64_t interval_ms, resend_ms;
} stand;

static stand leave(daotp_radius_exchange *x)
{
    stand left = {.server = x->server,
                  .socket = x->socket,
                  .id = x->id,
                  .packet = x->packet,
                  .sent_here = x->sent_here,
                  .refused = x->refused,
                  .refused_after = x->refused_after,
                  .interval_ms = x->interval_ms,
                  .resend_ms = x->resend_ms};

    memcpy(left.authenticator, x->authenticator, sizeof left.authenticator);
    memcpy(left.dropped, x->dropped, sizeof left.dropped);
    memset(x->dropped, 0, sizeof x->dropped);
    x->socket = NULL;
    daotp__buffer_init(&x->packet, DAOTP__RADIUS_MAX);
    x->sent_here = x->refused = 0;
    return left;
}

static void put_back(daotp_radius_exchange *x, const stand *left)
{
    daotp__radius_socket_release(x, now_ms(x)); /* nothing was sent with it */
    daotp__buffer_free(&x->packet);
    x->server = left->server;
    x->socket = left->socket;
    x->id = left->id;
    memcpy(x->authenticator, left->authenticator, sizeof x->authenticator);
    x->packet = left->packet;
    x->sent_here = left->sent_here;
    x->refused = left->refused;
    x->refused_after = left->refused_after;
    memcpy(x->dropped, left->dropped, sizeof x->dropped);
    x->interval_ms = left->interval_ms;
    x->resend_ms = left->resend_ms;
    x->failover_ms = DAOTP__NEVER;
}

static bool has_dropped(const unsigned *dropped)
{
    unsigned count = 0;

    for (int i = 0; i < DAOTP__RADIUS_VERDICTS; i++)
        count += dropped[i];
    return count > 0;
}

/* It is given up for good. */
static void let_go(daotp_radius_exchange *x, stand *left)
{
    if (has_dropped(left->dropped)) /* the next one has its own */
        (void)explain_silence(x, left->dropped, left->server->label);
    if (left->sent_here > 0)
        daotp__radius_server_note_silence(left->server, began_ms(x), now_ms(x));
    if (left->socket != NULL) {
        daotp__radius_socket_note_silence(left->socket, began_ms(x));
        daotp__radius_socket_release_id(left->socket, left->id, reply_until_ms(x, left->server));
    }
    daotp__buffer_free(&left->packet);
}

/* Leave this server for the next; false when there is none, and then nothing has changed. A
 * challenge is bound to its server. A lack of memory is no server's fault: it ends the round, and
 * that is true too. */
static bool fail_over(daotp_radius_exchange *x)
{
    size_t findings = x->report.count;
    daotp__radius_server *next;
    stand left = leave(x);

    while (x->round == 1 && !x->is_probe && (next = next_server(x)) != NULL) {
        daotp_status status;

        (void)daotp__report_add(&x->report, DAOTP_FINDING_RADIUS_FAILOVER, 0, left.server->label,
                                "next is %s", next->label);
        x->server = next;
        status = send_first(x, now_ms(x));
        if (status == DAOTP_AGAIN)
            status = wait_for_name(x);
        if (status == DAOTP_OK || status == DAOTP_MEMORY) {
            let_go(x, &left);
            daotp__report_soften(&x->report, 0);
            if (status == DAOTP_MEMORY)
                finish(x, DAOTP_RADIUS_UNDECIDED, status, now_ms(x));
            return true;
        }
        daotp__radius_socket_release(x, now_ms(x));
    }
    put_back(x, &left);
    if (x->socket != NULL)
        daotp__report_soften(&x->report, findings);
    return false;
}

static bool may_send_again(const daotp_radius_exchange *x)
{
    if (x->is_status_server || x->server->tls != NULL) /* RFC 5997 4.1, RFC 6613 2.4 */
        return false;
    return x->sent_here < x->radius->timers.transmissions;
}

void daotp__radius_exchange_refused(daotp_radius_exchange *x)
{
    int64_t now = now_ms(x);

    if (x->refused > 0 && x->sent_here == x->refused_after)
        return; /* another's packet, or one of those that were known of: ours was sent but once */
    x->refused_after = x->sent_here;
    if (++x->refused == 1 && (!x->is_probe || may_send_again(x))) {
        x->resend_ms = daotp__time_add(now, REFUSED_AGAIN_MS);
        (void)wake_at(x, x->resend_ms);
        return;
    }
    if (fail_over(x))
        return;
    daotp__radius_server_note_silence(x->server, now, now);
    finish(x, DAOTP_RADIUS_UNDECIDED,
           daotp__report_add(&x->report, DAOTP_FINDING_RADIUS_REFUSED, 0, label(x),
                             "port unreachable"),
           now);
}

void daotp__radius_exchange_lost(daotp_radius_exchange *x, const daotp_report *why,
                                 daotp_status status)
{
    int64_t now = now_ms(x);
    size_t findings = x->report.count;

    daotp__report_merge(&x->report, why);
    daotp__radius_socket_release(x, now);
    x->sent_here = 0; /* it is known why: this was no silence */
    daotp__report_soften(&x->report, findings);
    if (fail_over(x))
        return;
    if (status == DAOTP_REJECTED) /* the certificate was, and not the login */
        status = DAOTP_UNDECIDED;
    daotp__report_rewind(&x->report, findings, DAOTP_STAGE_COUNT);
    daotp__report_merge(&x->report, why);
    finish(x, DAOTP_RADIUS_UNDECIDED, status, now);
}

/* The same octets, from the same port, with the same identifier (RFC 5080 2.2.2). */
static void send_again(daotp_radius_exchange *x)
{
    int64_t now = now_ms(x);

    if (may_send_again(x))
        (void)daotp__radius_socket_send(x);
    x->interval_ms = 2 * x->interval_ms < x->radius->timers.longest ? 2 * x->interval_ms
                                                                    : x->radius->timers.longest;
    x->resend_ms = daotp__time_add(now, jittered(x->radius, x->interval_ms));
    (void)wake_at(x, x->resend_ms);
}

static void go_on_resolving(daotp_radius_exchange *x)
{
    int64_t now = now_ms(x);
    daotp_status status = send_first(x, now);

    if (status == DAOTP_AGAIN)
        (void)wake_at(x, daotp__time_add(now, RESOLVE_STEP_MS));
    else if (status != DAOTP_OK && (status == DAOTP_MEMORY || !fail_over(x)))
        finish(x, DAOTP_RADIUS_UNDECIDED, status, now);
}

/* It is time; where nobody else can be asked, the one that was asked may still answer. */
static void turn_to_another(daotp_radius_exchange *x)
{
    x->failover_ms = DAOTP__NEVER;
    if (!fail_over(x))
        (void)wake_at(x, x->resend_ms);
}

void daotp__radius_exchange_wake(daotp_radius_exchange *x)
{
    int64_t now = now_ms(x);

    if (now >= x->deadline_ms)
        give_up(x);
    else if (now >= x->failover_ms)
        turn_to_another(x);
    else if (x->socket == NULL)
        go_on_resolving(x);
    else if (now >= x->resend_ms)
        send_again(x);
    else
        (void)wake_at(x, x->resend_ms);
}

/* ---- beginning ------------------------------------------------------------------------------- */

static daotp_status refuse(daotp_radius_exchange *x, daotp_finding_number number, const char *found)
{
    x->status = daotp__report_status(&x->report,
                                     daotp__report_add(&x->report, number, 0, "call", "%s", found));
    return x->status;
}

static daotp_status take_password(daotp_radius_exchange *x, const char *password, size_t len)
{
    if ((password == NULL && len > 0) || len > DAOTP__RADIUS_MAX_PASSWORD ||
        (len > 0 && memchr(password, '\0', len) != NULL))
        return refuse(x, DAOTP_FINDING_RADIUS_PASSWORD, "too long, or with a NUL");
    daotp__buffer_clear(&x->password);
    daotp__buffer_add(&x->password, password, len);
    if (x->password.failed == DAOTP_OK)
        return DAOTP_OK;
    x->status = daotp__report_status(&x->report, DAOTP_MEMORY);
    return x->status;
}

/* Alive ones first, in the order given; if none is, the first. */
static void choose_server(daotp_radius_exchange *x)
{
    daotp_radius *radius = x->radius;
    int64_t now = now_ms(x);

    x->first_server = 0;
    for (size_t i = 0; i < radius->server_count; i++)
        if (daotp__radius_server_is_alive(radius->servers[i], now)) {
            x->first_server = i;
            break;
        }
    x->asked = 0;
    x->server = radius->servers[x->first_server];
}

static daotp_status begin_round(daotp_radius_exchange *x)
{
    int64_t now = now_ms(x);
    daotp_status status;

    x->round++;
    x->sent_here = x->refused = 0;
    memset(x->dropped, 0, sizeof x->dropped);
    x->answer = DAOTP_RADIUS_PENDING;
    x->status = DAOTP_AGAIN;
    x->deadline_ms = daotp__time_add(now, x->radius->timers.deadline);
    x->failover_ms = DAOTP__NEVER;
    x->radius->pending++;
    x->is_beginning = true;
    status = send_first(x, now);
    if (status == DAOTP_AGAIN)
        status = wait_for_name(x);
    if (status != DAOTP_OK && (status == DAOTP_MEMORY || !fail_over(x)))
        finish(x, DAOTP_RADIUS_UNDECIDED, status, now);
    x->is_beginning = false;
    return x->status == DAOTP_AGAIN ? DAOTP_OK : x->status;
}

static void forget_reply(daotp_radius_exchange *x)
{
    daotp__buffer_clear(&x->packet);
    daotp__buffer_clear(&x->reply);
    x->answer = DAOTP_RADIUS_UNDECIDED;
}

daotp_status daotp_radius_exchange_begin(daotp_radius_exchange *x, const char *password, size_t len)
{
    daotp_status status;

    if (x == NULL)
        return DAOTP_USAGE;
    if (x->status == DAOTP_AGAIN)
        return DAOTP_USAGE;
    daotp__report_clear(&x->report);
    status = take_password(x, password, len);
    forget_reply(x); /* not before: the password may be of its octets */
    if (x->radius->server_count == 0)
        return refuse(x, DAOTP_FINDING_RADIUS_NO_SERVER, "none");
    if (status != DAOTP_OK)
        return status;
    daotp__buffer_clear(&x->state); /* never carried into another login */
    x->round = x->transmissions = 0;
    x->is_probe = x->is_status_server = false;
    if (sent_name(x).len == 0)
        return refuse(x, DAOTP_FINDING_RADIUS_USER, "nothing but a domain");
    choose_server(x);
    return begin_round(x);
}

daotp_status daotp_radius_exchange_respond(daotp_radius_exchange *x, const char *response,
                                           size_t len)
{
    daotp_status status;

    if (x == NULL || x->answer != DAOTP_RADIUS_CHALLENGED || x->round >= DAOTP__MAX_RADIUS_ROUNDS ||
        daotp__time_sub(now_ms(x), x->challenged_ms) > DAOTP__RADIUS_CHALLENGE_MS)
        return DAOTP_USAGE;
    daotp__report_clear(&x->report);
    status = take_password(x, response, len);
    return status == DAOTP_OK ? begin_round(x) : status;
}

daotp_status daotp_radius_exchange_probe(daotp_radius_exchange *x, size_t server,
                                         bool status_server)
{
    daotp_status status = DAOTP_OK;

    if (x == NULL || x->status == DAOTP_AGAIN || server >= x->radius->server_count)
        return DAOTP_USAGE;
    daotp__report_clear(&x->report);
    forget_reply(x);
    daotp__buffer_clear(&x->state);
    x->round = x->transmissions = 0;
    x->is_probe = true;
    x->is_status_server = status_server;
    x->server = x->radius->servers[server];
    if (!status_server) {
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
    finish(x, DAOTP_RADIUS_UNDECIDED,
           daotp__report_add(&x->report, DAOTP_FINDING_CALL_CANCELLED, 0, label(x), "cancelled"),
           reply_until_ms(x, x->server));
}

/* ---- making and freeing ---------------------------------------------------------------------- */

/* Most begin as another ends: its block and its buffers serve again. */
static daotp_radius_exchange *make(daotp_radius *radius)
{
    daotp_radius_exchange *x = radius->spare;

    if (x != NULL) {
        radius->spare = x->next_spare;
        radius->spare_count--;
        return x;
    }
    x = daotp__new(sizeof *x);
    if (x == NULL)
        return NULL;
    x->radius = radius;
    x->timer.owner = x;
    daotp__report_init(&x->report, radius->context);
    daotp__buffer_init(&x->user_name, DAOTP__RADIUS_MAX_VALUE);
    daotp__buffer_init(&x->password, DAOTP__RADIUS_MAX_PASSWORD);
    daotp__buffer_init(&x->state, DAOTP__RADIUS_MAX_VALUE);
    daotp__buffer_init(&x->packet, DAOTP__RADIUS_MAX);
    daotp__buffer_init(&x->reply, DAOTP__RADIUS_MAX);
    return x;
}

static void destroy(daotp_radius_exchange *x)
{
    daotp__buffer_free(&x->user_name);
    daotp__buffer_free(&x->password);
    daotp__buffer_free(&x->state);
    daotp__buffer_free(&x->packet);
    daotp__buffer_free(&x->reply);
    daotp__delete(x);
}

static void keep(daotp_radius_exchange *x)
{
    daotp__buffer_clear(&x->user_name);
    daotp__buffer_clear(&x->password);
    daotp__buffer_clear(&x->state);
    daotp__buffer_clear(&x->packet);
    daotp__buffer_clear(&x->reply);
    memset((uint8_t *)x + offsetof(daotp_radius_exchange, answer), 0,
           sizeof *x - offsetof(daotp_radius_exchange, answer));
    x->status = DAOTP_USAGE; /* never accepted, not even after its end */
    x->next_spare = x->radius->spare;
    x->radius->spare = x;
    x->radius->spare_count++;
}

void daotp__radius_exchange_free_spare(daotp_radius *radius)
{
    while (radius->spare != NULL) {
        daotp_radius_exchange *x = radius->spare;

        radius->spare = x->next_spare;
        destroy(x);
    }
}

daotp_status daotp_radius_exchange_new(daotp_radius *radius, const char *user_name,
                                       daotp_radius_exchange **out)
{
    size_t len = user_name != NULL ? strlen(user_name) : 0;
    daotp_radius_exchange *x;

    if (out == NULL)
        return DAOTP_USAGE;
    *out = NULL;
    if (radius == NULL || len == 0 || len > DAOTP__RADIUS_MAX_VALUE ||
        !daotp__utf8_valid(user_name, len))
        return DAOTP_USAGE;
    x = make(radius);
    if (x == NULL)
        return DAOTP_MEMORY;
    x->status = DAOTP_USAGE; /* nothing has begun: nothing is accepted */
    daotp__buffer_add(&x->user_name, user_name, len);
    if (x->user_name.failed != DAOTP_OK) {
        daotp_radius_exchange_free(x);
        return DAOTP_MEMORY;
    }
    *out = x;
    return DAOTP_OK;
}

static void tell_waiters(daotp_radius_exchange *x)
{
    for (daotp__radius_waiter *at = x->radius->waiters; at != NULL; at = at->next)
        if (at->exchange == x) {
            at->status = x->status == DAOTP_AGAIN ? DAOTP_CANCELLED : x->status;
            at->exchange = NULL;
        }
}

void daotp_radius_exchange_free(daotp_radius_exchange *x)
{
    if (x == NULL)
        return;
    tell_waiters(x);
    if (x->status == DAOTP_AGAIN) {
        x->radius->pending--;
        daotp__radius_timer_clear(&x->radius->heap, &x->timer);
        daotp__radius_socket_release(x, reply_until_ms(x, x->server));
    }
    daotp__report_end(&x->report);
    if (x->radius->spare_count < MAX_SPARE)
        keep(x);
    else
        destroy(x);
}
