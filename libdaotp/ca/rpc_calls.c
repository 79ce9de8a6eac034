/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/rpc_calls.h"

#include "ca/create_instance.h"
#include "ca/endpoint_map.h"
#include "ca/issued_pair.h"
#include "ca/rpc_explain.h"
#include "core/alloc.h"
#include "x509/cms.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *daotp__rpc_way_name(daotp__rpc_way way)
{
    static const char *const names[] = {"ICPR", "DCOM", "the enrolment web service"};

    return names[way];
}

/* ---- what is called -------------------------------------------------------------------------- */

/* The interface of the CA's object that is called. Ping is in both, and every server has the
 * first one. */
static const daotp__rpc_syntax *object_interface(const daotp__rpc_call *call)
{
    bool is_second =
        call->job == DAOTP__JOB_INFO || (call->job == DAOTP__JOB_SUBMIT && !call->is_first);

    return is_second ? &daotp__cert_request2_interface : &daotp__cert_request_interface;
}

const daotp__rpc_syntax *daotp__rpc_call_interface(const daotp__rpc_call *call)
{
    bool is_find = call->leg == DAOTP__LEG_FIND;

    if (call->way == DAOTP__WAY_ICPR)
        return is_find ? &daotp__ept_interface : &daotp__icpr_interface;
    if (!is_find)
        return object_interface(call);
    return call->creates ? &daotp__activator_interface : &daotp__activation_interface;
}

bool daotp__rpc_call_is_sealed(const daotp__rpc_call *call)
{
    return call->way != DAOTP__WAY_ICPR || call->leg != DAOTP__LEG_FIND;
}

static uint16_t object_opnum(const daotp__rpc_call *call)
{
    switch (call->job) {
    case DAOTP__JOB_PING:
        return DAOTP__DCOM_PING_OPNUM;
    case DAOTP__JOB_INFO:
        return DAOTP__DCOM_PROPERTY_OPNUM;
    case DAOTP__JOB_SUBMIT:
        break;
    }
    return call->is_first ? DAOTP__DCOM_REQUEST_OPNUM : DAOTP__DCOM_REQUEST2_OPNUM;
}

uint16_t daotp__rpc_call_opnum(const daotp__rpc_call *call)
{
    bool is_find = call->leg == DAOTP__LEG_FIND;

    if (call->way == DAOTP__WAY_ICPR)
        return is_find ? DAOTP__EPT_MAP_OPNUM : DAOTP__ICPR_REQUEST_OPNUM;
    if (!is_find)
        return object_opnum(call);
    return call->creates ? DAOTP__CREATE_INSTANCE_OPNUM : DAOTP__REMOTE_ACTIVATION_OPNUM;
}

const uint8_t *daotp__rpc_call_object(const daotp__rpc_call *call)
{
    return call->way == DAOTP__WAY_DCOM && call->leg == DAOTP__LEG_CALL ? call->ipid : NULL;
}

bool daotp__rpc_call_is_bare(const daotp__rpc_call *call)
{
    return call->job == DAOTP__JOB_PING && call->leg == DAOTP__LEG_CALL &&
           call->way == DAOTP__WAY_ICPR;
}

/* ---- the questions --------------------------------------------------------------------------- */

/* Read the number of a pending request (MS-WCCE 3.2.1.4.2.1, pdwRequestId); 0 for a new one.
 * Returns false when the id to be resumed is not such a number. */
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

daotp_status daotp__rpc_call_check(const daotp_submission *submission)
{
    uint32_t number;

    if (read_request_number(submission, &number))
        return DAOTP_OK;
    return daotp__report_add(daotp_submission_get_report(submission), DAOTP_FINDING_CALL_ARGUMENT,
                             0, "number of the request", "%s: by RPC it is 1 to 4294967295",
                             daotp_submission_get_resumed_id(submission));
}

static void write_object_call(const daotp__rpc_call *call, daotp__cert_call *arguments,
                              daotp__buffer *stub)
{
    daotp__property_question question;

    if (call->job == DAOTP__JOB_PING) {
        daotp__dcom_ping_write(arguments, stub);
    } else if (call->job == DAOTP__JOB_INFO) {
        if (daotp__ca_info_question(call->info, &question))
            daotp__property_write(arguments, &question, stub);
    } else if (call->is_first) {
        daotp__dcom_request_write(arguments, stub);
    } else {
        arguments->flags |= DAOTP__CERT_FULL_RESPONSE;
        daotp__dcom_request2_write(arguments, stub);
    }
}

static void write_find(const daotp__rpc_call *call, daotp__buffer *stub)
{
    const uint8_t *interface = object_interface(call)->uuid;

    if (call->way == DAOTP__WAY_ICPR)
        daotp__ept_map_write(&daotp__icpr_interface, stub);
    else if (call->creates)
        daotp__create_instance_write(call->causality, daotp__cert_request_class, interface, stub);
    else
        daotp__activation_write(call->causality, daotp__cert_request_class, interface, stub);
}

void daotp__rpc_call_write(const daotp__rpc_call *call, const daotp_submission *submission,
                           daotp__buffer *stub)
{
    daotp__cert_call arguments = {.flags = DAOTP__CERT_PKCS10,
                                  .authority = daotp_submission_get_ca_name(submission),
                                  .causality = call->causality};

    (void)read_request_number(submission, &arguments.request_id);
    if (arguments.request_id == 0)
        arguments.request.data = daotp_submission_get_request(submission, &arguments.request.len);
    if (arguments.request_id != 0)
        arguments.flags = 0; /* without a request there is no type to name */
    else if (daotp__cms_is_content_info(arguments.request))
        arguments.flags = DAOTP__CERT_CMC;
    if (call->leg == DAOTP__LEG_FIND)
        write_find(call, stub);
    else if (call->way == DAOTP__WAY_ICPR)
        daotp__icpr_request_write(&arguments, stub);
    else
        write_object_call(call, &arguments, stub);
}

/* ---- the replies ----------------------------------------------------------------------------- */

static daotp_status refuse_reply(const daotp_submission *submission, const char *why)
{
    return daotp__report_add(daotp_submission_get_report(submission), DAOTP_FINDING_CA_RPC_MESSAGE,
                             0, daotp_submission_get_config(submission), "%s", why);
}

static daotp_status take_map(daotp__rpc_call *call, daotp__bytes reply,
                             daotp_submission *submission)
{
    daotp__ept_answer answer;
    const char *why;

    if (!daotp__ept_map_read(reply, &daotp__icpr_interface, &answer, &why))
        return refuse_reply(submission, why);
    call->port = answer.port;
    if (answer.port != 0)
        return DAOTP_OK;
    return daotp__report_add(daotp_submission_get_report(submission), DAOTP_FINDING_CA_RPC_OFF,
                             answer.status, daotp_submission_get_config(submission),
                             "endpoint mapper: 0x%08X", (unsigned)answer.status);
}

static bool read_activation(const daotp__rpc_call *call, daotp__bytes reply,
                            daotp__activation *activation, const char **why)
{
    const uint8_t *interface = object_interface(call)->uuid;

    if (call->creates)
        return daotp__create_instance_read(reply, interface, activation, why);
    return daotp__activation_read(reply, interface, activation, why);
}

static daotp_status take_activation(daotp__rpc_call *call, daotp__bytes reply,
                                    daotp_submission *submission)
{
    daotp__activation activation;
    const char *why;

    if (!read_activation(call, reply, &activation, &why))
        return refuse_reply(submission, why);
    call->activation = activation.result;
    if (activation.result != 0)
        return daotp__rpc_explain_activation(activation.result,
                                             daotp_submission_get_config(submission),
                                             daotp_submission_get_report(submission));
    if (activation.port == 0)
        return refuse_reply(submission, "an object without an endpoint by TCP");
    call->port = activation.port;
    memcpy(call->ipid, activation.ipid, sizeof call->ipid);
    return DAOTP_OK;
}

static daotp_status take_denied(const daotp__cert_answer *answer, daotp_submission *submission)
{
    uint32_t hresult = answer->disposition;

    if (answer->result != 0)
        hresult = answer->result;
    else if ((hresult & 0x80000000) == 0) /* CR_DISP_DENIED and similar dispositions */
        hresult = 0x80094014;             /* CERTSRV_E_ADMIN_DENIED_REQUEST */
    return daotp_submission_denied(submission, hresult, NULL); /* its message is stored already */
}

/* Store the CA's message and request number, for every outcome. */
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

/* A certificate for our key counts, whatever the disposition says. */
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

/* An interface that is switched off refuses every request with this code; nothing was executed. */
static daotp_status take_switched_off(const daotp__rpc_call *call, uint32_t result,
                                      const daotp_submission *submission)
{
    daotp_finding_number number =
        call->way == DAOTP__WAY_ICPR ? DAOTP_FINDING_CA_RPC_OFF : DAOTP_FINDING_CA_DCOM_OFF;

    return daotp__report_add(daotp_submission_get_report(submission), number, result,
                             daotp_submission_get_config(submission), "0x%08X", (unsigned)result);
}

static bool is_switched_off(const daotp__rpc_call *call, uint32_t result)
{
    return result == (call->way == DAOTP__WAY_ICPR ? 0x800706BA : 0x80094011);
}

static daotp_status take_pong(daotp__rpc_call *call, daotp__bytes reply,
                              daotp_submission *submission)
{
    uint32_t result = 0;
    const char *why;

    if (!daotp__rpc_call_is_bare(call) && !daotp__dcom_ping_read(reply, &result, &why))
        return refuse_reply(submission, why);
    call->is_refused = result != 0;
    if (call->is_refused)
        return daotp_submission_denied(submission, result, NULL);
    return daotp__report_add(daotp_submission_get_report(submission), DAOTP_FINDING_CA_ANSWERS, 0,
                             daotp_submission_get_config(submission), "%s, port %u, sealed",
                             daotp__rpc_way_name(call->way), (unsigned)call->port);
}

static daotp_status take_cert_answer(const daotp__rpc_call *call, daotp__bytes reply,
                                     daotp_submission *submission)
{
    daotp__cert_answer answer;
    daotp_status status;
    const char *why;
    bool is_taken;
    char id[16];

    if (!daotp__cert_answer_read(reply, call->way == DAOTP__WAY_DCOM, &answer, &why))
        return refuse_reply(submission, why);
    if (is_switched_off(call, answer.result))
        return take_switched_off(call, answer.result, submission);
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

static daotp_status take_property(daotp__rpc_call *call, daotp__bytes reply,
                                  const daotp_submission *submission)
{
    daotp__property_question ignored;
    daotp_status status =
        daotp__ca_info_take(call->info, reply, daotp_submission_get_config(submission),
                            daotp_submission_get_report(submission));

    if (status != DAOTP_OK)
        return status;
    return daotp__ca_info_question(call->info, &ignored) ? DAOTP_AGAIN : DAOTP_OK;
}

/* Who only looks is told each step. */
static daotp_status tell_port(const daotp__rpc_call *call, const daotp_submission *submission)
{
    const char *who = "RemoteActivation";

    if (call->job == DAOTP__JOB_SUBMIT)
        return DAOTP_OK;
    if (call->way == DAOTP__WAY_ICPR)
        who = "the endpoint mapper";
    else if (call->creates)
        who = "RemoteCreateInstance";
    return daotp__report_add(daotp_submission_get_report(submission), DAOTP_FINDING_CA_STEP, 0,
                             daotp_submission_get_config(submission), "%s: %s names port %u",
                             daotp__rpc_way_name(call->way), who, (unsigned)call->port);
}

daotp_status daotp__rpc_call_take(daotp__rpc_call *call, daotp__bytes reply,
                                  daotp_submission *submission)
{
    daotp_status status;

    if (call->leg == DAOTP__LEG_CALL && call->job == DAOTP__JOB_PING)
        return take_pong(call, reply, submission);
    if (call->leg == DAOTP__LEG_CALL && call->job == DAOTP__JOB_INFO)
        return take_property(call, reply, submission);
    if (call->leg == DAOTP__LEG_CALL)
        return take_cert_answer(call, reply, submission);
    if (call->way == DAOTP__WAY_ICPR)
        status = take_map(call, reply, submission);
    else
        status = take_activation(call, reply, submission);
    return status == DAOTP_OK ? tell_port(call, submission) : status;
}

/* ---- another form ---------------------------------------------------------------------------- */

enum { NO_INTERFACE = (int)0x80004002, ACCESS_DENIED = (int)0x80070005, FAULT_DENIED = 5 };

static bool has_fault(const daotp__rpc_connection *connection, uint32_t code)
{
    uint32_t number;

    return connection != NULL &&
           daotp__rpc_connection_refusal(connection, &number) == DAOTP__RPC_FAULTED &&
           number == code;
}

/* Whether the server does not have this interface or call, so that nothing was executed. */
static bool is_unknown_call(const daotp__rpc_connection *connection)
{
    if (connection == NULL)
        return false;
    return daotp__rpc_is_missing_interface(connection) ||
           (has_fault(connection, 0x1C010002) && daotp__rpc_connection_did_not_execute(connection));
}

/* Whether the object lacks ICertRequestD2 (a CA before Windows Server 2003). */
static bool lacks_second(const daotp__rpc_call *call, const daotp__rpc_connection *connection)
{
    if (call->job != DAOTP__JOB_SUBMIT || call->is_first)
        return false;
    if (call->leg == DAOTP__LEG_FIND)
        return call->activation == (uint32_t)NO_INTERFACE;
    return is_unknown_call(connection);
}

/* Activation has no side effects, so it may be tried again after any refusal. */
static bool is_activation_refused(const daotp__rpc_call *call,
                                  const daotp__rpc_connection *connection)
{
    return call->leg == DAOTP__LEG_FIND && !call->creates &&
           (call->activation == (uint32_t)ACCESS_DENIED || has_fault(connection, 0x1C010002) ||
            has_fault(connection, 0x1C010003) || has_fault(connection, FAULT_DENIED) ||
            is_unknown_call(connection));
}

bool daotp__rpc_call_vary(daotp__rpc_call *call, const daotp__rpc_connection *connection)
{
    if (call->way != DAOTP__WAY_DCOM)
        return false;
    if (lacks_second(call, connection))
        call->is_first = true;
    else if (is_activation_refused(call, connection))
        call->creates = true;
    else
        return false;
    call->activation = 0;
    call->leg = DAOTP__LEG_FIND;
    return true;
}
