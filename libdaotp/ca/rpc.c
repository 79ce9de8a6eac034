/* SPDX-License-Identifier: BSD-2-Clause */
/* The CA transport over RPC: ICPR (MS-ICPR) and DCOM (MS-WCCE). Either uses two connections (legs):
 * the first, to port 135, finds the port (endpoint mapper, or activation of the object); the
 * second, to that port, submits. Only the port is taken from the first leg: the host is that of
 * IssuingCA. */
#include "ca/rpc.h"

#include "ca/rpc_calls.h"
#include "ca/rpc_explain.h"
#include "ca/ticket.h"
#include "ca/wstep.h"
#include "core/alloc.h"
#include "core/time_sum.h"
#include "net/kdc_exchange.h"
#include "x509/random.h"

#include <daotp/sys/ca_transport.h>

#include <string.h>

enum { MAPPER_PORT = 135 };

typedef struct rpc_ca {
    daotp_context *context;
    daotp_ca_way way;
    uint8_t auth_type;
    uint16_t mapper_port;
    char *cache, *keytab, *realm, *kdc, *armor;
    daotp_ca *web;
} rpc_ca;

typedef struct rpc_exchange {
    daotp__loop *loop;
    daotp__ticket *ticket;
    bool has_ticket; /* the ticket is available */
    daotp__rpc_call call;
    daotp__rpc_connection *connection;
    bool is_calling, goes_on; /* goes_on: the next call or leg begins at once */
    int64_t silent_at_ms;     /* the time by which the peer must have answered; 0: not yet known */
    size_t answered_at; /* ping: the number of findings when an interface had answered; 0: none has
                           answered */
    void *web_state;
    int web_slot;
    bool web_begun;
} rpc_exchange;

/* ---- the legs -------------------------------------------------------------------------------- */

static daotp_status open_leg(const rpc_ca *self, rpc_exchange *state, daotp_submission *submission)
{
    daotp__rpc_security_spec security = {.type = self->auth_type,
                                         .cache = daotp__ticket_cache(state->ticket),
                                         .principal = daotp__ticket_principal(state->ticket),
                                         .subject = daotp_submission_get_config(submission)};
    daotp__rpc_connection_spec peer = {.loop = state->loop,
                                       .host = daotp_submission_get_host(submission),
                                       .port = state->call.port,
                                       .connect_ms =
                                           daotp_submission_get_connect_timeout_ms(submission),
                                       .interface = daotp__rpc_call_interface(&state->call)};

    if (state->call.leg == DAOTP__LEG_FIND)
        peer.port = self->mapper_port;
    if (daotp__rpc_call_is_sealed(&state->call))
        peer.security = &security;
    return daotp__rpc_connection_new(&peer, daotp_submission_get_report(submission),
                                     &state->connection);
}

static void close_leg(rpc_exchange *state)
{
    daotp__rpc_connection_free(state->connection);
    state->connection = NULL;
    state->is_calling = false;
    state->silent_at_ms = 0;
}

static daotp_status begin_call(rpc_exchange *state, const daotp_submission *submission)
{
    daotp__buffer stub;
    daotp_status status;

    daotp__buffer_init(&stub, DAOTP__MAX_RPC_STUB);
    daotp__rpc_call_write(&state->call, submission, &stub);
    status = stub.failed;
    if (status == DAOTP_OK)
        status = daotp__rpc_connection_call(state->connection, daotp__rpc_call_opnum(&state->call),
                                            daotp__rpc_call_object(&state->call),
                                            daotp__buffer_bytes(&stub));
    daotp__buffer_free(&stub);
    state->is_calling = status == DAOTP_OK;
    return status;
}

/* Only the CA's decision about a request may take long. If a peer accepts a connection and then
 * sends nothing, stop waiting before the total deadline. */
static daotp_status watch_silence(rpc_exchange *state, const daotp_submission *submission)
{
    bool is_patient = state->is_calling && state->call.leg == DAOTP__LEG_CALL &&
                      state->call.job == DAOTP__JOB_SUBMIT;
    int64_t now_ms = daotp__loop_now_ms(state->loop);

    if (is_patient || !daotp__rpc_connection_was_open(state->connection))
        return DAOTP_AGAIN;
    if (state->silent_at_ms == 0)
        state->silent_at_ms =
            daotp__loop_in_ms(state->loop, daotp_submission_get_connect_timeout_ms(submission));
    if (now_ms >= state->silent_at_ms)
        return DAOTP_TIMEOUT;
    daotp__loop_wake_in(state->loop, daotp__time_sub(state->silent_at_ms, now_ms));
    return DAOTP_AGAIN;
}

/* Connect, bind and call. Returns DAOTP_OK when the reply is complete. */
static daotp_status step_leg(const rpc_ca *self, rpc_exchange *state, daotp_submission *submission)
{
    daotp_report *report = daotp_submission_get_report(submission);
    daotp_status status = DAOTP_OK;

    if (state->connection == NULL)
        status = open_leg(self, state, submission);
    if (status == DAOTP_OK && !state->is_calling)
        status = daotp__rpc_connection_open(state->connection, report);
    if (status == DAOTP_OK && daotp__rpc_call_is_bare(&state->call))
        return status;
    if (status == DAOTP_OK && !state->is_calling)
        status = begin_call(state, submission);
    if (status == DAOTP_OK)
        status = daotp__rpc_connection_step(state->connection, report);
    return status == DAOTP_AGAIN ? watch_silence(state, submission) : status;
}

/* ---- what went wrong ------------------------------------------------------------------------- */

/* Whether the request was sent and may have been executed. Then it is not sent again. */
static bool may_have_executed(const rpc_exchange *state)
{
    return state->call.job == DAOTP__JOB_SUBMIT && state->call.leg == DAOTP__LEG_CALL &&
           state->connection != NULL && daotp__rpc_connection_has_sent(state->connection) &&
           !daotp__rpc_connection_did_not_execute(state->connection);
}

static daotp_status explain_lost(const rpc_exchange *state, size_t findings,
                                 daotp_submission *submission)
{
    return daotp__report_conclude(daotp_submission_get_report(submission), findings,
                                  DAOTP_FINDING_CA_LOST, daotp_submission_get_config(submission),
                                  "%s, port %u", daotp__rpc_way_name(state->call.way),
                                  (unsigned)state->call.port);
}

/* The finding about how the connection ended becomes the cause of this one. */
static daotp_status explain_unreachable(const rpc_ca *self, const rpc_exchange *state,
                                        daotp_status status, size_t findings,
                                        daotp_submission *submission)
{
    bool is_find = state->call.leg == DAOTP__LEG_FIND;
    unsigned port = is_find ? self->mapper_port : state->call.port;
    daotp_report *report = daotp_submission_get_report(submission);
    const char *config = daotp_submission_get_config(submission);
    bool was_open = state->connection != NULL && daotp__rpc_connection_was_open(state->connection);
    const char *how = was_open ? "the connection was closed" : "no connection";

    if (!is_find && !was_open)
        return daotp__report_conclude(report, findings, DAOTP_FINDING_CA_RPC_FIREWALL, config,
                                      "port %u answers, port %u does not",
                                      (unsigned)self->mapper_port, port);
    if (was_open && status == DAOTP_TIMEOUT)
        return daotp__report_conclude(report, findings, DAOTP_FINDING_CA_RPC_SILENT, config,
                                      "%s, port %u: connected, and no answer",
                                      daotp__rpc_way_name(state->call.way), port);
    return daotp__report_conclude(report, findings, DAOTP_FINDING_CA_UNREACHABLE, config,
                                  "%s, port %u: %s", daotp__rpc_way_name(state->call.way), port,
                                  how);
}

/* Report what the end of the leg means for the CA. */
static daotp_status explain_leg(const rpc_ca *self, rpc_exchange *state, daotp_status status,
                                size_t findings, daotp_submission *submission)
{
    daotp_report *report = daotp_submission_get_report(submission);
    bool is_lost = may_have_executed(state);

    if (status == DAOTP_CANCELLED || status == DAOTP_MEMORY)
        return status;
    if (status == DAOTP_REJECTED && report->count == findings)
        status = daotp__rpc_explain_refusal(state->connection,
                                            daotp_submission_get_config(submission), report);
    else if (!is_lost && (status == DAOTP_NETWORK || status == DAOTP_TIMEOUT))
        status = explain_unreachable(self, state, status, findings, submission);
    return is_lost ? explain_lost(state, findings, submission) : status;
}

/* ---- from one way to the next ---------------------------------------------------------------- */

/* Whether the server said, or its behaviour shows, that it does not offer this interface. */
static bool is_way_closed(const rpc_exchange *state, daotp_finding_number number)
{
    if (number == DAOTP_FINDING_CA_RPC_OFF || number == DAOTP_FINDING_CA_DCOM_OFF)
        return true;
    return state->connection != NULL && daotp__rpc_is_missing_interface(state->connection);
}

/* Find the next way to try. If no connection could be made, the other way by RPC is skipped: it
 * uses the same ports. The last is DAOTP__WAY_WEB; a ping does not use it, because the web
 * service has no call without a request. */
static bool find_next_way(const rpc_ca *self, const rpc_exchange *state, daotp_status status,
                          daotp_finding_number number, daotp__rpc_way *next)
{
    bool is_closed = is_way_closed(state, number);

    if (self->way != DAOTP_CA_WAY_AUTO || state->call.way == DAOTP__WAY_WEB ||
        status == DAOTP_UNDECIDED)
        return false;
    *next = state->call.way == DAOTP__WAY_ICPR && is_closed ? DAOTP__WAY_DCOM : DAOTP__WAY_WEB;
    if (*next == DAOTP__WAY_WEB && (self->web == NULL || state->call.job != DAOTP__JOB_SUBMIT))
        return false;
    return is_closed || status == DAOTP_NETWORK || status == DAOTP_TIMEOUT;
}

static void take_way(rpc_exchange *state, daotp__rpc_way next, size_t findings,
                     daotp_submission *submission)
{
    daotp_report *report = daotp_submission_get_report(submission);

    daotp__report_downgrade_errors(report, findings);
    close_leg(state);
    (void)daotp__report_add(report, DAOTP_FINDING_CA_WAY, 0,
                            daotp_submission_get_config(submission), "%s in the place of %s",
                            daotp__rpc_way_name(next), daotp__rpc_way_name(state->call.way));
    state->call.way = next;
    state->call.leg = DAOTP__LEG_FIND;
}

/* ---- the web service behind ------------------------------------------------------------------ */

static void on_web_ready(void *user, int fd, uint32_t events)
{
    (void)user, (void)fd, (void)events; /* the loop calls the step anyway */
}

static daotp_status begin_web(const rpc_ca *self, rpc_exchange *state, daotp_submission *submission)
{
    void *own;
    const daotp_ca_transport *web = daotp_ca_get_transport(self->web, &own);
    daotp_status status = web->begin(own, submission, &state->web_state);
    int fd;

    if (status != DAOTP_OK)
        return status;
    state->web_begun = true;
    state->web_slot = daotp__loop_join(state->loop, on_web_ready, state);
    fd = web->descriptor(own, state->web_state);
    if (state->web_slot < 0)
        return DAOTP_MEMORY;
    if (fd >= 0 && !daotp__loop_watch(state->loop, state->web_slot, fd, EPOLLIN))
        return DAOTP_INTERNAL;
    return DAOTP_OK;
}

static daotp_status step_web(const rpc_ca *self, rpc_exchange *state, daotp_submission *submission)
{
    void *own;
    const daotp_ca_transport *web = daotp_ca_get_transport(self->web, &own);
    daotp_status status = DAOTP_OK;
    int timeout_ms;

    if (!state->web_begun)
        status = begin_web(self, state, submission);
    if (!state->web_begun) /* it waits for a password, or has failed */
        return status;
    if (status == DAOTP_OK)
        status = web->step(own, state->web_state, submission);
    if (status != DAOTP_AGAIN)
        return status;
    timeout_ms = web->timeout_ms(own, state->web_state);
    if (timeout_ms >= 0)
        daotp__loop_wake_in(state->loop, timeout_ms);
    return status;
}

static void end_web(const rpc_ca *self, rpc_exchange *state)
{
    void *own;
    const daotp_ca_transport *web = daotp_ca_get_transport(self->web, &own);
    int fd;

    if (web == NULL || !state->web_begun)
        return;
    fd = web->descriptor(own, state->web_state);
    if (fd >= 0)
        (void)daotp__loop_watch(state->loop, state->web_slot, fd, 0);
    daotp__loop_leave(state->loop, state->web_slot);
    web->end(own, state->web_state);
}

/* ---- begin ----------------------------------------------------------------------------------- */

static bool has_cached_ticket(const rpc_ca *self, const daotp_submission *submission)
{
    return daotp__ticket_is_there(self->cache, daotp_submission_get_user_name(submission),
                                  daotp__context_now_s(self->context));
}

/* The password is valid for one realm, and only the KDCs of that realm receive messages made
 * with it. These KDCs come from the caller, krb5.conf or DNS, never from the OTP server. */
static daotp_status ask_password(const rpc_ca *self, daotp_submission *submission,
                                 daotp__ticket_spec *spec)
{
    const char *user = daotp_submission_get_user_name(submission), *password;
    char *realm;
    daotp_status status =
        daotp__ticket_realm(self->realm, user, daotp_submission_get_report(submission), &realm);

    if (status != DAOTP_OK)
        return status;
    status = daotp_submission_ask_credential(submission, realm, DAOTP_HOST_CONFIGURED,
                                             &spec->user_name, &password, &spec->password.len);
    spec->password.data = (const uint8_t *)password;
    daotp__delete(realm);
    return status;
}

/* Report that there is no password. If the cache holds tickets of another principal, report that
 * as the reason. */
static daotp_status explain_no_password(const rpc_ca *self, const daotp_submission *submission,
                                        size_t findings, daotp_status status)
{
    daotp_status told =
        daotp__ticket_explain_cache(self->cache, daotp_submission_get_user_name(submission),
                                    findings, daotp_submission_get_report(submission));

    return told != DAOTP_OK ? told : status;
}

static daotp_status begin_ticket(const rpc_ca *self, rpc_exchange *state,
                                 daotp_submission *submission)
{
    daotp__ticket_spec spec = {.loop = state->loop,
                               .connect_ms = daotp_submission_get_connect_timeout_ms(submission),
                               .host = daotp_submission_get_host(submission),
                               .cache = self->cache,
                               .user_name = daotp_submission_get_user_name(submission),
                               .realm = self->realm,
                               .kdc = self->kdc,
                               .armor = self->armor};
    size_t findings = daotp_submission_get_report(submission)->count;
    daotp_status status = DAOTP_OK;

    if (!has_cached_ticket(self, submission) && self->keytab != NULL)
        spec.keytab = self->keytab;
    else if (!has_cached_ticket(self, submission) &&
             daotp_submission_can_ask_credential(submission))
        status = ask_password(self, submission, &spec);
    if (status == DAOTP_CONFIGURATION)
        status = explain_no_password(self, submission, findings, status);
    if (status == DAOTP_OK)
        status = daotp__ticket_new(&spec, daotp_submission_get_report(submission), &state->ticket);
    return status;
}

static void end_rpc(void *given_self, void *given)
{
    rpc_exchange *state = given;

    if (state == NULL)
        return;
    end_web(given_self, state);
    close_leg(state);
    daotp__ticket_free(state->ticket);
    daotp__loop_free(state->loop);
    daotp__delete(state);
}

static daotp_status begin_rpc(void *given, daotp_submission *submission, void **out)
{
    const rpc_ca *self = given;
    rpc_exchange *state = daotp__new(sizeof *state);
    daotp_status status;
    size_t request_len;

    if (state == NULL)
        return DAOTP_MEMORY;
    (void)daotp_submission_get_request(submission, &request_len);
    state->call.info = daotp__submission_info(submission);
    if (state->call.info != NULL)
        state->call.job = DAOTP__JOB_INFO;
    else if (request_len == 0 && daotp_submission_get_resumed_id(submission) == NULL)
        state->call.job = DAOTP__JOB_PING;
    if (self->way == DAOTP_CA_WAY_DCOM || state->call.info != NULL)
        state->call.way = DAOTP__WAY_DCOM;
    status = daotp__rpc_call_check(submission);
    if (status == DAOTP_OK)
        status = daotp_submission_check_host(submission, daotp_submission_get_host(submission));
    if (status == DAOTP_OK && !daotp__random(state->call.causality, sizeof state->call.causality))
        status = DAOTP_INTERNAL;
    if (status == DAOTP_OK)
        status = daotp__loop_new(self->context, &state->loop);
    if (status == DAOTP_OK)
        status = begin_ticket(self, state, submission);
    if (status != DAOTP_OK) {
        end_rpc(given, state);
        return status;
    }
    *out = state;
    return DAOTP_OK;
}

/* The password can be asked for only if the realm is known. */
static daotp_status check_realm(const rpc_ca *self, const daotp_submission *submission)
{
    char *realm;
    daotp_status status =
        daotp__ticket_realm(self->realm, daotp_submission_get_user_name(submission),
                            daotp_submission_get_report(submission), &realm);

    daotp__delete(realm);
    return status;
}

static daotp_status check_rpc(void *given, daotp_submission *submission)
{
    const rpc_ca *self = given;
    daotp_status status = daotp__rpc_call_check(submission);

    if (status == DAOTP_OK)
        status = daotp_submission_check_host(submission, daotp_submission_get_host(submission));
    if (status == DAOTP_OK)
        status = daotp__ticket_check_build(daotp_submission_get_report(submission));
    if (status != DAOTP_OK || has_cached_ticket(self, submission) || self->keytab != NULL)
        return status;
    if (daotp_submission_can_ask_credential(submission))
        return check_realm(self, submission);
    status = daotp__ticket_explain_cache(self->cache, daotp_submission_get_user_name(submission),
                                         daotp_submission_get_report(submission)->count,
                                         daotp_submission_get_report(submission));
    if (status != DAOTP_OK)
        return status;
    return daotp__report_add(daotp_submission_get_report(submission), DAOTP_FINDING_CA_TICKET, 0,
                             daotp_submission_get_user_name(submission), "cache %s",
                             self->cache != NULL ? self->cache : "of libkrb5's default");
}

/* ---- step ------------------------------------------------------------------------------------ */

/* Handle the reply: begin the next leg or the next call on this one, or set the outcome. */
static daotp_status take_reply(rpc_exchange *state, daotp_submission *submission)
{
    daotp__rpc_leg leg = state->call.leg;
    daotp_status status = daotp__rpc_call_take(
        &state->call, daotp__rpc_connection_reply(state->connection), submission);

    state->silent_at_ms = 0;
    state->goes_on = status == DAOTP_AGAIN || (status == DAOTP_OK && leg == DAOTP__LEG_FIND);
    if (!state->goes_on)
        return status;
    state->is_calling = false;
    if (leg == DAOTP__LEG_FIND) {
        close_leg(state);
        state->call.leg = DAOTP__LEG_CALL;
    }
    return DAOTP_AGAIN;
}

static daotp_status step_way(const rpc_ca *self, rpc_exchange *state, daotp_submission *submission)
{
    size_t findings = daotp_submission_get_report(submission)->count;
    daotp_status status;

    if (state->call.way == DAOTP__WAY_WEB)
        return step_web(self, state, submission);
    status = step_leg(self, state, submission);
    if (status == DAOTP_OK)
        return take_reply(state, submission);
    if (status == DAOTP_AGAIN)
        return status;
    return explain_leg(self, state, status, findings, submission);
}

static daotp_finding_number verdict_number(const daotp_report *report, size_t findings,
                                           daotp_status status)
{
    return daotp_finding_get_number(daotp__report_verdict(report, findings, status));
}

/* With DAOTP_CA_WAY_AUTO a ping tests DCOM too. */
static bool must_ping_dcom(const rpc_ca *self, const rpc_exchange *state, daotp_status status)
{
    return state->call.job == DAOTP__JOB_PING && status == DAOTP_OK &&
           self->way == DAOTP_CA_WAY_AUTO && state->call.way == DAOTP__WAY_ICPR;
}

static void begin_dcom_ping(rpc_exchange *state, const daotp_report *report)
{
    state->answered_at = report->count;
    state->call.leg = DAOTP__LEG_FIND;
    state->call.way = DAOTP__WAY_DCOM;
    close_leg(state);
}

/* The CA answers if one interface does: a fault of the other is a warning. Only DCOM checks the
 * CA's name, so its denial of that name stands. */
static daotp_status conclude_ping(const rpc_exchange *state, daotp_status status,
                                  daotp_report *report)
{
    if (status == DAOTP_OK || state->answered_at == 0 || state->call.is_refused ||
        status == DAOTP_MEMORY || status == DAOTP_CANCELLED)
        return status;
    daotp__report_downgrade_errors(report, state->answered_at);
    return DAOTP_OK;
}

/* A caller that only tests the connection gets a finding for each step. */
static daotp_status step_ticket(rpc_exchange *state, daotp_submission *submission)
{
    daotp_report *report = daotp_submission_get_report(submission);
    daotp_status status;

    if (state->has_ticket)
        return DAOTP_OK;
    status = daotp__ticket_step(state->ticket, report);
    state->has_ticket = status == DAOTP_OK;
    if (status != DAOTP_OK || state->call.job == DAOTP__JOB_SUBMIT)
        return status;
    return daotp__report_add(report, DAOTP_FINDING_CA_STEP, 0,
                             daotp_submission_get_config(submission), "a ticket for %s",
                             daotp__ticket_principal(state->ticket));
}

/* Whether there is another form of this way, or another way, to try after this status. */
static bool go_on_otherwise(const rpc_ca *self, rpc_exchange *state, daotp_status status,
                            size_t findings, daotp_submission *submission)
{
    daotp_report *report = daotp_submission_get_report(submission);
    daotp__rpc_way next;

    if (must_ping_dcom(self, state, status)) {
        begin_dcom_ping(state, report);
        return true;
    }
    if (status == DAOTP_OK || status == DAOTP_MEMORY || status == DAOTP_CANCELLED)
        return false;
    if (daotp__rpc_call_vary(&state->call, state->connection)) {
        daotp__report_downgrade_errors(report, findings);
        close_leg(state);
        return true;
    }
    if (!find_next_way(self, state, status, verdict_number(report, findings, status), &next))
        return false;
    take_way(state, next, findings, submission);
    return true;
}

static daotp_status step_rpc_ways(const rpc_ca *self, rpc_exchange *state,
                                  daotp_submission *submission)
{
    daotp_report *report = daotp_submission_get_report(submission);
    daotp_status status;

    (void)daotp__loop_dispatch(state->loop); /* deadline and cancel are the client's */
    status = step_ticket(state, submission);
    if (status != DAOTP_OK)
        return status;
    for (;;) {
        size_t findings = report->count;

        state->goes_on = false;
        status = step_way(self, state, submission);
        if (status == DAOTP_AGAIN && !state->goes_on)
            return status;
        if (status != DAOTP_AGAIN && !go_on_otherwise(self, state, status, findings, submission))
            return conclude_ping(state, status, report);
    }
}

static daotp_status step_rpc(void *given, void *given_state, daotp_submission *submission)
{
    rpc_exchange *state = given_state;
    daotp_status status = step_rpc_ways(given, state, submission);

    if (status == DAOTP_AGAIN)
        daotp__loop_pause(state->loop);
    return status;
}

static int descriptor_rpc(void *self, void *given)
{
    rpc_exchange *state = given;

    (void)self;
    return daotp__loop_fd(state->loop);
}

static int timeout_rpc(void *self, void *given)
{
    rpc_exchange *state = given;

    (void)self;
    return daotp__loop_timeout_ms(state->loop);
}

static uint32_t needs_rpc(void *self)
{
    (void)self;
    return DAOTP_CA_RESUMES;
}

static void free_rpc(void *given)
{
    rpc_ca *self = given;

    daotp__delete(self->cache);
    daotp__delete(self->keytab);
    daotp__delete(self->realm);
    daotp__delete(self->kdc);
    daotp__delete(self->armor);
    daotp_ca_unref(self->web);
    daotp_context_unref(self->context);
    daotp__delete(self);
}

static const daotp_ca_transport rpc_transport = {.size = sizeof rpc_transport,
                                                 .begin = begin_rpc,
                                                 .step = step_rpc,
                                                 .descriptor = descriptor_rpc,
                                                 .timeout_ms = timeout_rpc,
                                                 .end = end_rpc,
                                                 .free = free_rpc,
                                                 .check = check_rpc,
                                                 .needs = needs_rpc};

/* ---- the public calls ------------------------------------------------------------------------ */

daotp_status daotp_ca_new_rpc(daotp_context *context, daotp_ca_way way, daotp_ca **ca)
{
    rpc_ca *self;

    if (ca == NULL)
        return DAOTP_USAGE;
    *ca = NULL;
    if (context == NULL || way < DAOTP_CA_WAY_AUTO || way > DAOTP_CA_WAY_DCOM)
        return DAOTP_USAGE;
    self = daotp__new(sizeof *self);
    if (self == NULL)
        return DAOTP_MEMORY;
    self->context = daotp__context_ref(context);
    self->way = way;
    self->mapper_port = MAPPER_PORT;
    self->auth_type = DAOTP__RPC_AUTH_SPNEGO;
    return daotp_ca_new(context, &rpc_transport, self, ca);
}

char *daotp__rpc_password_realm(const daotp_ca *ca, const char *user)
{
    const rpc_ca *self = daotp_ca_get_self(ca, &rpc_transport);
    char *realm = NULL;

    if (self == NULL || self->keytab != NULL ||
        daotp__ticket_is_there(self->cache, user, daotp__context_now_s(self->context)) ||
        daotp__ticket_realm(self->realm, user, NULL, &realm) != DAOTP_OK)
        return NULL;
    return realm;
}

bool daotp__ca_is_rpc(const daotp_ca *ca)
{
    return daotp_ca_get_self(ca, &rpc_transport) != NULL;
}

static daotp_status refuse_rpc_setting(daotp_ca *ca, daotp_status status, const char *setting,
                                       const char *why)
{
    if (ca == NULL)
        return DAOTP_USAGE;
    if (!daotp__ca_is_rpc(ca))
        why = "not a CA that is reached by RPC";
    return daotp__report_refuse(daotp_ca_get_report(ca), status, setting, why);
}

/* slot: NULL when the CA is not reached by RPC. */
static daotp_status set_rpc_text(daotp_ca *ca, char **slot, const char *setting, const char *value)
{
    if (slot == NULL)
        return refuse_rpc_setting(ca, DAOTP_USAGE, setting, "");
    if (!daotp__text_set(slot, value))
        return refuse_rpc_setting(ca, DAOTP_MEMORY, setting, "");
    return DAOTP_OK;
}

daotp_status daotp_ca_set_ticket_cache(daotp_ca *ca, const char *name)
{
    rpc_ca *self = daotp_ca_get_self(ca, &rpc_transport);

    return set_rpc_text(ca, self != NULL ? &self->cache : NULL, "ticket cache", name);
}

daotp_status daotp_ca_set_keytab(daotp_ca *ca, const char *name)
{
    rpc_ca *self = daotp_ca_get_self(ca, &rpc_transport);

    return set_rpc_text(ca, self != NULL ? &self->keytab : NULL, "keytab", name);
}

static daotp_status check_kdc(daotp_ca *ca, const char *kdc)
{
    uint16_t port;
    char *host = daotp__kdc_split(kdc, &port);
    bool has_host = host != NULL && *host != '\0';
    daotp_status status = host != NULL ? DAOTP_OK : DAOTP_MEMORY;

    daotp__delete(host);
    if (status == DAOTP_OK && !has_host)
        return refuse_rpc_setting(ca, DAOTP_USAGE, "KDC", "no host");
    if (status == DAOTP_OK && port == 0)
        return refuse_rpc_setting(ca, DAOTP_USAGE, "KDC", "a port that is not 1 to 65535");
    return status;
}

daotp_status daotp_ca_set_realm(daotp_ca *ca, const char *realm, const char *kdc)
{
    rpc_ca *self = daotp_ca_get_self(ca, &rpc_transport);
    daotp_status status = DAOTP_OK;

    if (self == NULL || (realm == NULL && kdc != NULL))
        return refuse_rpc_setting(ca, DAOTP_USAGE, "realm", "a KDC without its realm");
    if (kdc != NULL)
        status = check_kdc(ca, kdc);
    if (status != DAOTP_OK)
        return status;
    if (!daotp__texts_set((daotp__text_setting[]){{&self->realm, realm}, {&self->kdc, kdc}}, 2))
        return refuse_rpc_setting(ca, DAOTP_MEMORY, "realm", "");
    return DAOTP_OK;
}

daotp_status daotp_ca_set_armor_cache(daotp_ca *ca, const char *name)
{
    rpc_ca *self = daotp_ca_get_self(ca, &rpc_transport);

    return set_rpc_text(ca, self != NULL ? &self->armor : NULL, "armor cache", name);
}

daotp_status daotp_ca_set_mapper_port(daotp_ca *ca, uint16_t port)
{
    rpc_ca *self = daotp_ca_get_self(ca, &rpc_transport);

    if (self == NULL || port == 0)
        return refuse_rpc_setting(ca, DAOTP_USAGE, "port of the endpoint mapper", "0 is no port");
    self->mapper_port = port;
    return DAOTP_OK;
}

daotp_status daotp_ca_set_rpc_mechanism(daotp_ca *ca, daotp_ca_rpc_mechanism mechanism)
{
    rpc_ca *self = daotp_ca_get_self(ca, &rpc_transport);

    if (self == NULL || mechanism < DAOTP_CA_RPC_SPNEGO || mechanism > DAOTP_CA_RPC_KERBEROS)
        return refuse_rpc_setting(ca, DAOTP_USAGE, "mechanism", "neither SPNEGO nor Kerberos");
    self->auth_type = DAOTP__RPC_AUTH_SPNEGO;
    if (mechanism == DAOTP_CA_RPC_KERBEROS)
        self->auth_type = DAOTP__RPC_AUTH_KERBEROS;
    return DAOTP_OK;
}

daotp_status daotp_ca_set_web_service(daotp_ca *ca, daotp_ca *web_service)
{
    rpc_ca *self = daotp_ca_get_self(ca, &rpc_transport);

    if (self == NULL || (web_service != NULL && daotp__wstep_method(web_service, false) == 0))
        return refuse_rpc_setting(ca, DAOTP_USAGE, "web service",
                                  "not a CA that is reached by MS-WSTEP");
    (void)daotp_ca_ref(web_service);
    daotp_ca_unref(self->web);
    self->web = web_service;
    return DAOTP_OK;
}
