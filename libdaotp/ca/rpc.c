/* SPDX-License-Identifier: BSD-2-Clause */
/* The CA transport over RPC: ICPR (MS-ICPR) and DCOM (MS-WCCE). Either uses two connections (legs):
 * the first, to port 135, finds the port (endpoint mapper, or activation of the object); the
 * second, to that port, submits. Only the port is taken from the first leg: the host is that of
 * IssuingCA. */
#include "ca/rpc.h"

#include "ca/cert_call.h"
#include "ca/dcom.h"
#include "ca/endpoint_map.h"
#include "ca/issued_pair.h"
#include "ca/rpc_explain.h"
#include "ca/ticket.h"
#include "ca/wstep.h"
#include "core/alloc.h"
#include "net/kdc_exchange.h"
#include "x509/random.h"

#include <daotp/sys/ca_transport.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAPPER_PORT = 135 };

typedef struct rpc_ca {
    daotp_context *context;
    daotp_ca_way way;
    uint8_t auth_type;
    uint16_t mapper_port;
    char *cache, *realm, *kdc, *armor;
    daotp_ca *web;
} rpc_ca;

typedef enum rpc_way { WAY_ICPR, WAY_DCOM, WAY_WEB } rpc_way;
typedef enum rpc_leg { LEG_FIND, LEG_SUBMIT } rpc_leg;

typedef struct rpc_exchange {
    daotp__loop *loop;
    daotp__ticket *ticket;
    bool has_ticket; /* it is there */
    rpc_way way;
    rpc_leg leg;
    daotp__rpc_connection *connection;
    bool is_calling;
    bool is_ping;       /* a ping: everything is done except sending a request */
    size_t answered_at; /* ping: findings when one way had answered; 0: none */
    bool is_refused;    /* ping: DCOM answered that the host has no CA of this name */
    uint16_t port;      /* host and port of the second leg */
    uint8_t ipid[DAOTP__UUID_OCTETS], causality[DAOTP__UUID_OCTETS];
    void *web_state;
    int web_slot;
    bool web_begun;
} rpc_exchange;

static const char *const way_names[] = {"ICPR", "DCOM", "the enrolment web service"};

/* ---- the legs -------------------------------------------------------------------------------- */

/* What each leg binds and calls. */
static const struct {
    const daotp__rpc_syntax *interface;
    bool is_sealed;
    uint16_t opnum;
} rpc_legs[2][2] = {
    {{&daotp__ept_interface, false, DAOTP__EPT_MAP_OPNUM},
     {&daotp__icpr_interface, true, DAOTP__ICPR_REQUEST_OPNUM}},
    {{&daotp__activation_interface, true, DAOTP__REMOTE_ACTIVATION_OPNUM},
     {&daotp__cert_request_interface, true, DAOTP__DCOM_REQUEST_OPNUM}},
};

/* A request that was put aside has a number (MS-WCCE 3.2.1.4.2.1, pdwRequestId); a new one 0.
 * false: what is resumed is no such number. */
static bool read_request_number(const daotp_submission *submission, uint32_t *number)
{
    const char *text = daotp_submission_get_resumed_id(submission);
    uint64_t value = 0;

    *number = 0;
    if (text == NULL)
        return true;
    for (; *text >= '0' && *text <= '9' && value <= UINT32_MAX; text++)
        value = 10 * value + (uint64_t)(*text - '0');
    *number = (uint32_t)value;
    return *text == '\0' && value > 0 && value <= UINT32_MAX;
}

static daotp_status check_request_number(const daotp_submission *submission)
{
    uint32_t number;

    if (read_request_number(submission, &number))
        return DAOTP_OK;
    return daotp__report_add(daotp_submission_get_report(submission), DAOTP_FINDING_CALL_ARGUMENT,
                             0, "number of the request", "%s: by RPC it is 1 to 4294967295",
                             daotp_submission_get_resumed_id(submission));
}

static void write_stub(const rpc_exchange *state, const daotp_submission *submission,
                       daotp__buffer *stub)
{
    daotp__cert_call call = {.flags = DAOTP__CERT_CMC,
                             .authority = daotp_submission_get_ca_name(submission),
                             .causality = state->causality};

    if (state->is_ping && state->leg == LEG_SUBMIT) {
        daotp__dcom_ping_write(&call, stub);
        return;
    }
    (void)read_request_number(submission, &call.request_id);
    if (call.request_id == 0)
        call.request.data = daotp_submission_get_request(submission, &call.request.len);
    else
        call.flags = 0; /* no input whose form the error could name */
    if (state->leg == LEG_SUBMIT && state->way == WAY_ICPR)
        daotp__icpr_request_write(&call, stub);
    else if (state->leg == LEG_SUBMIT)
        daotp__dcom_request_write(&call, stub);
    else if (state->way == WAY_ICPR)
        daotp__ept_map_write(&daotp__icpr_interface, stub);
    else
        daotp__activation_write(state->causality, daotp__cert_request_class,
                                daotp__cert_request_interface.uuid, stub);
}

static daotp_status open_leg(const rpc_ca *self, rpc_exchange *state, daotp_submission *submission)
{
    daotp__rpc_security_spec security = {.type = self->auth_type,
                                         .cache = daotp__ticket_cache(state->ticket),
                                         .principal = daotp__ticket_principal(state->ticket),
                                         .subject = daotp_submission_get_config(submission)};
    daotp__rpc_connection_spec peer = {.loop = state->loop,
                                       .host = daotp_submission_get_host(submission),
                                       .port = state->port,
                                       .connect_ms =
                                           daotp_submission_get_connect_timeout_ms(submission),
                                       .interface = rpc_legs[state->way][state->leg].interface};

    if (state->leg == LEG_FIND)
        peer.port = self->mapper_port;
    if (rpc_legs[state->way][state->leg].is_sealed)
        peer.security = &security;
    return daotp__rpc_connection_new(&peer, daotp_submission_get_report(submission),
                                     &state->connection);
}

static void close_leg(rpc_exchange *state)
{
    daotp__rpc_connection_free(state->connection);
    state->connection = NULL;
    state->is_calling = false;
}

static uint16_t opnum_of(const rpc_exchange *state)
{
    if (state->is_ping && state->leg == LEG_SUBMIT)
        return DAOTP__DCOM_PING_OPNUM;
    return rpc_legs[state->way][state->leg].opnum;
}

static daotp_status begin_call(rpc_exchange *state, const daotp_submission *submission)
{
    const uint8_t *object = NULL;
    daotp__buffer stub;
    daotp_status status;

    if (state->way == WAY_DCOM && state->leg == LEG_SUBMIT)
        object = state->ipid;
    daotp__buffer_init(&stub, DAOTP__MAX_RPC_STUB);
    write_stub(state, submission, &stub);
    status = stub.failed;
    if (status == DAOTP_OK)
        status = daotp__rpc_connection_call(state->connection, opnum_of(state), object,
                                            daotp__buffer_bytes(&stub));
    daotp__buffer_free(&stub);
    state->is_calling = status == DAOTP_OK;
    return status;
}

/* ICPR has no call that does nothing, so an accepted bind is the whole test. */
static bool is_bare_ping(const rpc_exchange *state)
{
    return state->is_ping && state->leg == LEG_SUBMIT && state->way == WAY_ICPR;
}

/* Connect, bind and call: DAOTP_OK when the reply is there. */
static daotp_status step_leg(const rpc_ca *self, rpc_exchange *state, daotp_submission *submission)
{
    daotp_report *report = daotp_submission_get_report(submission);
    daotp_status status = DAOTP_OK;

    if (state->connection == NULL)
        status = open_leg(self, state, submission);
    if (status == DAOTP_OK && !state->is_calling)
        status = daotp__rpc_connection_open(state->connection, report);
    if (status == DAOTP_OK && is_bare_ping(state))
        return status;
    if (status == DAOTP_OK && !state->is_calling)
        status = begin_call(state, submission);
    if (status == DAOTP_OK)
        status = daotp__rpc_connection_step(state->connection, report);
    return status;
}

/* ---- what went wrong ------------------------------------------------------------------------- */

/* The request was sent, and nothing proves that it was not executed: it is not sent again. */
static bool may_have_executed(const rpc_exchange *state)
{
    return !state->is_ping && state->leg == LEG_SUBMIT && state->connection != NULL &&
           daotp__rpc_connection_has_sent(state->connection) &&
           !daotp__rpc_connection_did_not_execute(state->connection);
}

static daotp_status explain_lost(const rpc_exchange *state, size_t findings,
                                 daotp_submission *submission)
{
    return daotp__report_conclude(daotp_submission_get_report(submission), findings,
                                  DAOTP_FINDING_CA_LOST, daotp_submission_get_config(submission),
                                  "%s, port %u", way_names[state->way], (unsigned)state->port);
}

/* The finding about how the connection ended becomes the cause of this one. */
static daotp_status explain_unreachable(const rpc_ca *self, const rpc_exchange *state,
                                        size_t findings, daotp_submission *submission)
{
    daotp_report *report = daotp_submission_get_report(submission);
    const char *config = daotp_submission_get_config(submission);
    bool was_open = state->connection != NULL && daotp__rpc_connection_was_open(state->connection);
    const char *how = was_open ? "the connection was closed" : "no connection";

    if (state->leg == LEG_SUBMIT && !was_open)
        return daotp__report_conclude(report, findings, DAOTP_FINDING_CA_RPC_FIREWALL, config,
                                      "port %u answers, port %u does not",
                                      (unsigned)self->mapper_port, (unsigned)state->port);
    return daotp__report_conclude(
        report, findings, DAOTP_FINDING_CA_UNREACHABLE, config, "%s, port %u: %s",
        way_names[state->way], (unsigned)(state->leg == LEG_FIND ? self->mapper_port : state->port),
        how);
}

/* In addition to how the leg ended, report what that means. */
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
        status = explain_unreachable(self, state, findings, submission);
    return is_lost ? explain_lost(state, findings, submission) : status;
}

/* ---- the replies ----------------------------------------------------------------------------- */

static daotp_status refuse_reply(const daotp_submission *submission, const char *why)
{
    return daotp__report_add(daotp_submission_get_report(submission), DAOTP_FINDING_CA_RPC_MESSAGE,
                             0, daotp_submission_get_config(submission), "%s", why);
}

static daotp_status take_map(rpc_exchange *state, daotp__bytes reply, daotp_submission *submission)
{
    daotp__ept_answer answer;
    const char *why;

    if (!daotp__ept_map_read(reply, &daotp__icpr_interface, &answer, &why))
        return refuse_reply(submission, why);
    state->port = answer.port;
    if (answer.port != 0)
        return DAOTP_OK;
    return daotp__report_add(daotp_submission_get_report(submission), DAOTP_FINDING_CA_RPC_OFF,
                             answer.status, daotp_submission_get_config(submission),
                             "endpoint mapper: 0x%08X", (unsigned)answer.status);
}

static daotp_status take_activation(rpc_exchange *state, daotp__bytes reply,
                                    daotp_submission *submission)
{
    daotp__activation activation;
    const char *why;

    if (!daotp__activation_read(reply, daotp__cert_request_interface.uuid, &activation, &why))
        return refuse_reply(submission, why);
    if (activation.result != 0)
        return daotp__rpc_explain_activation(activation.result,
                                             daotp_submission_get_config(submission),
                                             daotp_submission_get_report(submission));
    if (activation.port == 0)
        return refuse_reply(submission, "an object without an endpoint by TCP");
    state->port = activation.port;
    memcpy(state->ipid, activation.ipid, sizeof state->ipid);
    return DAOTP_OK;
}

static daotp_status take_denied(const daotp__cert_answer *answer, daotp_submission *submission)
{
    uint32_t hresult = answer->disposition;

    if (answer->result != 0)
        hresult = answer->result;
    else if ((hresult & 0x80000000) == 0)                      /* CR_DISP_DENIED and the like */
        hresult = 0x80094014;                                  /* CERTSRV_E_ADMIN_DENIED_REQUEST */
    return daotp_submission_denied(submission, hresult, NULL); /* its message is noted */
}

/* Report the message and the request number that the CA gives, for every outcome. */
static daotp_status note_disposition(const daotp__cert_answer *answer, daotp_submission *submission)
{
    char *message = daotp__ndr_text(answer->message, DAOTP__MAX_TEXT);
    daotp_status status = DAOTP_MEMORY;
    char id[16];

    (void)snprintf(id, sizeof id, "%" PRIu32, answer->request_id);
    if (message != NULL)
        status = daotp_submission_set_disposition(submission, answer->request_id != 0 ? id : NULL,
                                                  message);
    daotp__delete(message);
    return status;
}

/* A certificate for our key counts more than the disposition beside it. */
static daotp_status take_certificate_beside(const daotp__cert_answer *answer,
                                            daotp_submission *submission, bool *is_taken)
{
    const daotp__bytes parts[] = {answer->certificate, answer->chain};
    char said[64];

    (void)snprintf(said, sizeof said, "disposition 0x%08X, result 0x%08X",
                   (unsigned)answer->disposition, (unsigned)answer->result);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        *is_taken = daotp_submission_holds_certificate(submission, parts[i].data, parts[i].len);
        if (*is_taken)
            return daotp__issued_take_beside(submission, parts[i], said);
    }
    return DAOTP_OK;
}

/* An interface that is switched off answers every request like this; nothing was executed. */
static daotp_status take_switched_off(const rpc_exchange *state, uint32_t result,
                                      const daotp_submission *submission)
{
    daotp_finding_number number =
        state->way == WAY_ICPR ? DAOTP_FINDING_CA_RPC_OFF : DAOTP_FINDING_CA_DCOM_OFF;

    return daotp__report_add(daotp_submission_get_report(submission), number, result,
                             daotp_submission_get_config(submission), "0x%08X", (unsigned)result);
}

static bool is_switched_off(const rpc_exchange *state, uint32_t result)
{
    return result == (state->way == WAY_ICPR ? 0x800706BA : 0x80094011);
}

static daotp_status take_pong(rpc_exchange *state, daotp_submission *submission)
{
    uint32_t result = 0;
    const char *why;

    if (!is_bare_ping(state) &&
        !daotp__dcom_ping_read(daotp__rpc_connection_reply(state->connection), &result, &why))
        return refuse_reply(submission, why);
    state->is_refused = result != 0;
    if (state->is_refused)
        return daotp_submission_denied(submission, result, NULL);
    return daotp__report_add(daotp_submission_get_report(submission), DAOTP_FINDING_CA_ANSWERS, 0,
                             daotp_submission_get_config(submission), "%s, port %u, sealed",
                             way_names[state->way], (unsigned)state->port);
}

static daotp_status take_cert_answer(const rpc_exchange *state, daotp__bytes reply,
                                     daotp_submission *submission)
{
    daotp__cert_answer answer;
    daotp_status status;
    const char *why;
    bool is_taken;
    char id[16];

    if (!daotp__cert_answer_read(reply, state->way == WAY_DCOM, &answer, &why))
        return refuse_reply(submission, why);
    if (is_switched_off(state, answer.result))
        return take_switched_off(state, answer.result, submission);
    status = note_disposition(&answer, submission);
    if (status != DAOTP_OK)
        return status;
    if (answer.result == 0 && answer.disposition == DAOTP__CERT_ISSUED)
        return daotp__issued_take_pair(submission, answer.certificate, answer.chain);
    status = take_certificate_beside(&answer, submission, &is_taken);
    if (is_taken || status != DAOTP_OK)
        return status;
    (void)snprintf(id, sizeof id, "%" PRIu32, answer.request_id);
    if (answer.result == 0 && answer.disposition == DAOTP__CERT_PENDING)
        return daotp_submission_pending(submission, id);
    return take_denied(&answer, submission);
}

/* ---- from one way to the next ---------------------------------------------------------------- */

/* The server said, or its behaviour shows, that it does not offer this interface. */
static bool is_way_closed(const rpc_exchange *state, daotp_finding_number number)
{
    if (number == DAOTP_FINDING_CA_RPC_OFF || number == DAOTP_FINDING_CA_DCOM_OFF)
        return true;
    return state->connection != NULL && daotp__rpc_is_missing_interface(state->connection);
}

/* What to try after this end. If no connection can be made, the other RPC interface would use the
 * same ports. WAY_WEB is the last; a ping never uses it, because the web service has no call
 * without a request. */
static bool find_next_way(const rpc_ca *self, const rpc_exchange *state, daotp_status status,
                          daotp_finding_number number, rpc_way *next)
{
    bool is_closed = is_way_closed(state, number);

    if (self->way != DAOTP_CA_WAY_AUTO || state->way == WAY_WEB || status == DAOTP_UNDECIDED)
        return false;
    *next = state->way == WAY_ICPR && is_closed ? WAY_DCOM : WAY_WEB;
    if (*next == WAY_WEB && (self->web == NULL || state->is_ping))
        return false;
    return is_closed || status == DAOTP_NETWORK || status == DAOTP_TIMEOUT;
}

static void take_way(rpc_exchange *state, rpc_way next, size_t findings,
                     daotp_submission *submission)
{
    daotp_report *report = daotp_submission_get_report(submission);

    daotp__report_downgrade_errors(report, findings);
    close_leg(state);
    (void)daotp__report_add(report, DAOTP_FINDING_CA_WAY, 0,
                            daotp_submission_get_config(submission), "%s in the place of %s",
                            way_names[next], way_names[state->way]);
    state->way = next;
    state->leg = LEG_FIND;
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

/* The password is valid for one realm and is sent to its KDCs only; the caller or krb5.conf names
 * them, never the OTP server. */
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
    daotp_status status = DAOTP_OK;

    if (!has_cached_ticket(self, submission) && daotp_submission_can_ask_credential(submission))
        status = ask_password(self, submission, &spec);
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
    state->is_ping = request_len == 0 && daotp_submission_get_resumed_id(submission) == NULL;
    if (self->way == DAOTP_CA_WAY_DCOM)
        state->way = WAY_DCOM;
    status = check_request_number(submission);
    if (status == DAOTP_OK)
        status = daotp_submission_check_host(submission, daotp_submission_get_host(submission));
    if (status == DAOTP_OK && !daotp__random(state->causality, sizeof state->causality))
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

/* The callback can be asked for the password only when the realm is known. */
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
    daotp_status status = check_request_number(submission);

    if (status == DAOTP_OK)
        status = daotp_submission_check_host(submission, daotp_submission_get_host(submission));
    if (status == DAOTP_OK)
        status = daotp__ticket_check_build(daotp_submission_get_report(submission));
    if (status != DAOTP_OK || has_cached_ticket(self, submission))
        return status;
    if (daotp_submission_can_ask_credential(submission))
        return check_realm(self, submission);
    return daotp__report_add(daotp_submission_get_report(submission), DAOTP_FINDING_CA_TICKET, 0,
                             daotp_submission_get_user_name(submission), "cache %s",
                             self->cache != NULL ? self->cache : "of libkrb5's default");
}

/* ---- step ------------------------------------------------------------------------------------ */

/* The leg has ended: begin the next one, or set the outcome. */
static daotp_status take_reply(rpc_exchange *state, daotp_submission *submission)
{
    daotp__bytes reply = daotp__rpc_connection_reply(state->connection);
    daotp_status status;

    if (state->leg == LEG_SUBMIT && state->is_ping)
        return take_pong(state, submission);
    if (state->leg == LEG_SUBMIT)
        return take_cert_answer(state, reply, submission);
    if (state->way == WAY_ICPR)
        status = take_map(state, reply, submission);
    else
        status = take_activation(state, reply, submission);
    if (status != DAOTP_OK)
        return status;
    close_leg(state);
    state->leg = LEG_SUBMIT;
    return DAOTP_AGAIN; /* at once */
}

static daotp_status step_way(const rpc_ca *self, rpc_exchange *state, daotp_submission *submission)
{
    size_t findings = daotp_submission_get_report(submission)->count;
    daotp_status status;

    if (state->way == WAY_WEB)
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
    return state->is_ping && status == DAOTP_OK && self->way == DAOTP_CA_WAY_AUTO &&
           state->way == WAY_ICPR;
}

static void begin_dcom_ping(rpc_exchange *state, const daotp_report *report)
{
    state->answered_at = report->count;
    state->leg = LEG_FIND;
    state->way = WAY_DCOM;
    close_leg(state);
}

/* The CA answers if one interface does: a fault of the other is a warning. Only DCOM checks the
 * CA's name, so its denial of that name stands. */
static daotp_status conclude_ping(const rpc_exchange *state, daotp_status status,
                                  daotp_report *report)
{
    if (state->answered_at == 0 || state->is_refused || status == DAOTP_MEMORY ||
        status == DAOTP_CANCELLED)
        return status;
    daotp__report_downgrade_errors(report, state->answered_at);
    return DAOTP_OK;
}

static daotp_status step_rpc_ways(const rpc_ca *self, rpc_exchange *state,
                                  daotp_submission *submission)
{
    daotp_report *report = daotp_submission_get_report(submission);
    daotp_status status = DAOTP_OK;

    (void)daotp__loop_dispatch(state->loop); /* deadline: the client's part */
    if (!state->has_ticket)
        status = daotp__ticket_step(state->ticket, report);
    if (status != DAOTP_OK)
        return status;
    state->has_ticket = true;
    for (;;) {
        size_t findings = report->count;
        rpc_leg leg = state->leg;
        rpc_way next;

        status = step_way(self, state, submission);
        if (status == DAOTP_AGAIN && leg != state->leg)
            continue;
        if (must_ping_dcom(self, state, status)) {
            begin_dcom_ping(state, report);
            continue;
        }
        if (status == DAOTP_OK || status == DAOTP_AGAIN)
            return status;
        if (!find_next_way(self, state, status, verdict_number(report, findings, status), &next))
            return conclude_ping(state, status, report);
        take_way(state, next, findings, submission);
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

    if (self == NULL ||
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

daotp_status daotp_ca_set_ticket_cache(daotp_ca *ca, const char *name)
{
    rpc_ca *self = daotp_ca_get_self(ca, &rpc_transport);

    if (self == NULL)
        return refuse_rpc_setting(ca, DAOTP_USAGE, "ticket cache", "");
    if (!daotp__text_set(&self->cache, name))
        return refuse_rpc_setting(ca, DAOTP_MEMORY, "ticket cache", "");
    return DAOTP_OK;
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

    if (self == NULL)
        return refuse_rpc_setting(ca, DAOTP_USAGE, "armor cache", "");
    if (!daotp__text_set(&self->armor, name))
        return refuse_rpc_setting(ca, DAOTP_MEMORY, "armor cache", "");
    return DAOTP_OK;
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
