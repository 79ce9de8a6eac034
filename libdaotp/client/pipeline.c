/* SPDX-License-Identifier: BSD-2-Clause */
/* The run: a table of stages, executed one after the other. */
#include "client/client.h"

#include "client/probe.h"
#include "core/alloc.h"
#include "core/sigpipe.h"
#include "core/utf8.h"
#include "otpce/message.h"

#include <string.h>

/* Positions in the table of stages. */
enum {
    AT_PREPARE,
    AT_RESOLVE,
    AT_CONNECT,
    AT_TLS,
    AT_OTP,
    AT_SIGNATURE,
    AT_SUBMIT,
    AT_PROFILE,
    AT_CHAIN,
    AT_REVOCATION,
    AT_STORE,
    AT_LOGON,
    END
};

static const struct {
    daotp_stage stage;
    daotp_status (*step)(daotp_client *client);
    daotp_status (*timed_out)(daotp_client *client); /* NULL: no further finding */
} stages[END] = {
    [AT_PREPARE] = {DAOTP_STAGE_PREPARE, daotp__client_stage_prepare, NULL},
    [AT_RESOLVE] = {DAOTP_STAGE_RESOLVE, daotp__client_stage_resolve, NULL},
    [AT_CONNECT] = {DAOTP_STAGE_CONNECT, daotp__client_stage_connect, NULL},
    [AT_TLS] = {DAOTP_STAGE_TLS, daotp__client_stage_tls, NULL},
    [AT_OTP] = {DAOTP_STAGE_OTP, daotp__client_stage_otp, daotp__client_otp_timed_out},
    [AT_SIGNATURE] = {DAOTP_STAGE_SIGNATURE, daotp__client_stage_signature, NULL},
    [AT_SUBMIT] = {DAOTP_STAGE_SUBMIT, daotp__client_stage_submit, daotp__client_submit_timed_out},
    [AT_PROFILE] = {DAOTP_STAGE_PROFILE, daotp__client_stage_profile, NULL},
    [AT_CHAIN] = {DAOTP_STAGE_CHAIN, daotp__client_stage_chain, NULL},
    [AT_REVOCATION] = {DAOTP_STAGE_REVOCATION, daotp__client_stage_revocation, NULL},
    [AT_STORE] = {DAOTP_STAGE_STORE, daotp__client_stage_store, NULL},
    [AT_LOGON] = {DAOTP_STAGE_LOGON, daotp__client_stage_logon, daotp__client_logon_timed_out},
};

enum { REOPENS = 2 };

static void pipeline_tell(const daotp_client *client, daotp_stage stage, daotp_stage_state state)
{
    if (client->tell != NULL)
        client->tell(client->tell_user, stage, state);
}

static void pipeline_enter(daotp_client *client, size_t stage)
{
    client->stage = stage;
    client->skipped = false;
    if (stage == END)
        return;
    daotp__report_stage_begin(&client->report, stages[stage].stage);
    pipeline_tell(client, stages[stage].stage, DAOTP_STAGE_RUNNING);
}

static void pipeline_leave(daotp_client *client, daotp_stage_state state)
{
    daotp__report_stage_end(&client->report, stages[client->stage].stage, state);
    pipeline_tell(client, stages[client->stage].stage, state);
}

/* ---- failing over ---------------------------------------------------------------------------- */

/* Try the next server, unless a byte of the code was sent. */
static bool can_try_next_server(const daotp_client *client, daotp_status status)
{
    bool connecting = client->stage >= AT_RESOLVE && client->stage <= AT_OTP;

    return connecting && !client->is_probe && !client->otp_sent &&
           client->server + 1 < client->server_count && status != DAOTP_MEMORY &&
           status != DAOTP_CANCELLED && status != DAOTP_INTERNAL;
}

/* The server has, or seems to have, closed an idle connection because our steps were late. */
static bool was_lost_by_lateness(const daotp_client *client, daotp_status status)
{
    bool connecting = client->stage >= AT_RESOLVE && client->stage <= AT_TLS;
    int64_t late = daotp__time_sub(daotp__loop_late_ms(client->loop), client->late_at_open_ms);

    return connecting && late >= DAOTP__LOOP_LATE_MS && client->reopened_late < REOPENS &&
           (status == DAOTP_NETWORK || status == DAOTP_TIMEOUT);
}

static void open_again(daotp_client *client)
{
    pipeline_leave(client, DAOTP_STAGE_FAILED);
    daotp__report_downgrade_errors(&client->report, 0);
    daotp__client_drop_connection(client);
    client->reopened_late++;
    pipeline_enter(client, AT_RESOLVE);
}

static void next_server(daotp_client *client)
{
    pipeline_leave(client, DAOTP_STAGE_FAILED);
    daotp__report_downgrade_errors(&client->report, 0);
    daotp__client_drop_connection(client);
    client->server_closes = false; /* unknown for the next server */
    client->server++;
    pipeline_enter(client, AT_RESOLVE);
}

/* ---- ends of a part -------------------------------------------------------------------------- */

bool daotp__client_is_running(const daotp_client *client)
{
    return client->state == DAOTP__CLIENT_PREPARING || client->state == DAOTP__CLIENT_ENROLLING;
}

static void report_late_steps(daotp_client *client)
{
    daotp__loop_report_late(client->loop, 0, daotp_stage_name(stages[client->stage].stage),
                            &client->report);
}

static daotp_status pipeline_fail(daotp_client *client, daotp_status status)
{
    bool enrolling = client->state == DAOTP__CLIENT_ENROLLING;

    report_late_steps(client);
    daotp__loop_end(client->loop);
    (void)daotp__report_status(&client->report, status);
    daotp__client_name_cause(client, status);
    pipeline_leave(client, DAOTP_STAGE_FAILED);
    daotp__client_drop_enrolment(client);
    daotp__client_drop_connection(client);
    if (!enrolling)
        daotp__client_drop_early(client);
    client->server = daotp__client_first_server(client);
    /* key and request stay good for another code */
    client->state = enrolling ? DAOTP__CLIENT_PREPARED : DAOTP__CLIENT_IDLE;
    return status;
}

static size_t end_of_part(const daotp_client *client)
{
    if (client->state == DAOTP__CLIENT_ENROLLING && client->is_probe)
        return AT_SUBMIT;
    if (client->state == DAOTP__CLIENT_ENROLLING)
        return END;
    return client->no_preflight && !client->is_probe ? AT_RESOLVE : AT_OTP;
}

static daotp_status pipeline_complete(daotp_client *client)
{
    report_late_steps(client);
    daotp__loop_end(client->loop);
    if (client->state == DAOTP__CLIENT_PREPARING) {
        client->state = DAOTP__CLIENT_PREPARED;
        client->prepare_took_ms =
            daotp__time_sub(daotp__context_now_ms(client->context), client->began_ms);
        client->prepared_findings = client->report.count;
    } else {
        client->state = DAOTP__CLIENT_ENROLLED;
        daotp__client_drop_code(client);
        daotp__client_drop_early(client);
        daotp__client_drop_connection(client);
    }
    return daotp__report_status(&client->report, DAOTP_OK);
}

/* ---- stepping -------------------------------------------------------------------------------- */

/* The code must not be sent over a connection that is stale or closed. If the server closes each
 * connection at once, or refuses our certificate, the stage itself reports it. */
static bool must_reopen(daotp_client *client)
{
    return client->stage == AT_OTP && !client->request_begun &&
           !daotp__client_has_connection(client) &&
           (client->http == NULL ||
            daotp__https_exchange_explain_refusal(client->http, NULL) == DAOTP_OK) &&
           client->reopened++ < REOPENS;
}

/* A request that was put aside needs no code: after prepare the CA is asked. */
static size_t next_stage(const daotp_client *client)
{
    return client->resumed_id != NULL && client->stage == AT_PREPARE ? AT_SUBMIT
                                                                     : client->stage + 1;
}

static daotp_status run_stages(daotp_client *client)
{
    daotp_status status;

    for (;;) {
        if (must_reopen(client)) {
            daotp__client_drop_connection(client);
            pipeline_enter(client, AT_RESOLVE);
        }
        status = stages[client->stage].step(client);
        if (status == DAOTP_AGAIN)
            return DAOTP_AGAIN;
        if (status != DAOTP_OK && was_lost_by_lateness(client, status)) {
            open_again(client);
            continue;
        }
        if (status != DAOTP_OK) {
            if (!can_try_next_server(client, status))
                return pipeline_fail(client, status);
            next_server(client);
            continue;
        }
        pipeline_leave(client, client->skipped ? DAOTP_STAGE_SKIPPED : DAOTP_STAGE_PASSED);
        if (client->stage + 1 == end_of_part(client))
            break;
        pipeline_enter(client, next_stage(client));
    }
    return pipeline_complete(client);
}

static daotp_status timed_out(daotp_client *client)
{
    daotp_status status = DAOTP_OK;

    if (stages[client->stage].timed_out != NULL)
        status = stages[client->stage].timed_out(client);
    if (status != DAOTP_OK)
        return status;
    return daotp__report_add(&client->report, DAOTP_FINDING_CALL_TIMEOUT, 0,
                             client->servers[client->server].text, "over %lld ms in stage %s",
                             (long long)client->part_ms,
                             daotp_stage_name(stages[client->stage].stage));
}

daotp_status daotp_client_step(daotp_client *client)
{
    daotp__sigpipe hold;
    daotp_status status;

    if (client == NULL || !daotp__client_is_running(client))
        return daotp__client_refuse_order(client, "step");
    daotp__sigpipe_hold(&hold);
    status = daotp__loop_dispatch(client->loop);
    if (status == DAOTP_OK)
        status = run_stages(client);
    else
        status = pipeline_fail(client, status == DAOTP_TIMEOUT ? timed_out(client) : status);
    if (status == DAOTP_AGAIN)
        daotp__loop_pause(client->loop);
    daotp__sigpipe_release(&hold);
    return status;
}

/* ---- beginning and ending -------------------------------------------------------------------- */

/* The deadline of the part, shortened by what is left of the deadline of both. */
static void begin_part(daotp_client *client)
{
    int64_t left = daotp__time_sub(client->deadline_ms, client->prepare_took_ms);

    client->reopened_late = 0;
    client->part_ms = client->timeout_ms;
    if (client->deadline_ms > 0 && left < client->part_ms)
        client->part_ms = left > 0 ? left : 0;
    client->began_ms = daotp__context_now_ms(client->context);
    daotp__loop_begin(client->loop, client->part_ms);
}

static const char *why_out_of_order(const daotp_client *client)
{
    if (daotp__client_is_running(client))
        return DAOTP__UNDER_WAY;
    if (client->state == DAOTP__CLIENT_PREPARED)
        return "prepared; no code was given yet";
    return "not prepared";
}

daotp_status daotp__client_refuse_order(daotp_client *client, const char *call)
{
    if (client == NULL)
        return DAOTP_USAGE;
    if (!daotp__client_is_running(client))
        client->prepared_findings = 0;
    return daotp__report_refuse_order(&client->report, daotp__client_is_running(client), call,
                                      why_out_of_order(client));
}

static daotp_status pipeline_refuse(daotp_client *client, daotp_finding_number number,
                                    const char *found)
{
    return daotp__report_status(&client->report,
                                daotp__report_add(&client->report, number, 0, "call", "%s", found));
}

static bool is_user_name(const char *name)
{
    size_t len = name != NULL ? strlen(name) : 0;

    return len > 0 && len <= DAOTP__MAX_USER_NAME && daotp__utf8_printable(name, len) &&
           daotp__otpce_can_hold(name, len);
}

daotp_status daotp_client_prepare_begin(daotp_client *client, const char *user_name)
{
    if (client == NULL || daotp__client_is_running(client))
        return daotp__client_refuse_order(client, "prepare");
    daotp__client_drop_enrolment(client);
    daotp__report_clear(&client->report);
    client->state = DAOTP__CLIENT_IDLE;
    if (!is_user_name(user_name))
        return pipeline_refuse(client, DAOTP_FINDING_USER_NAME, "not a user name");
    if (client->user_name != NULL && strcmp(client->user_name, user_name) != 0)
        daotp__refusals_restart(client->refusals);
    if (!daotp__text_set(&client->user_name, user_name))
        return daotp__report_status(&client->report, DAOTP_MEMORY);
    daotp__client_drop_connection(client);
    client->server = daotp__client_first_server(client);
    client->server_closes = client->has_server_time = false;
    client->state = DAOTP__CLIENT_PREPARING;
    client->prepare_took_ms = 0;
    client->prepare_step = 0;
    client->has_new_key = false;
    client->is_blocking = false;
    daotp__client_drop_early(client);
    begin_part(client);
    pipeline_enter(client, AT_PREPARE);
    return DAOTP_OK;
}

/* Since prepare a ticket may have expired, or the CA's settings may have changed. */
static daotp_status check_again(daotp_client *client)
{
    return daotp__report_status(&client->report, daotp__client_check_submission(client));
}

daotp_status daotp_client_enroll_begin(daotp_client *client, const char *otp, size_t otp_len)
{
    daotp_status status;

    if (client == NULL || client->state != DAOTP__CLIENT_PREPARED)
        return daotp__client_refuse_order(client, "enroll");
    daotp__report_resume_at(&client->report, client->prepared_findings, DAOTP_STAGE_OTP);
    if (otp == NULL || otp_len == 0 || otp_len > DAOTP__MAX_OTP ||
        !daotp__utf8_printable(otp, otp_len) || !daotp__otpce_can_hold(otp, otp_len))
        return pipeline_refuse(client, DAOTP_FINDING_OTP_FORM, "not a one-time password");
    status = check_again(client);
    if (status != DAOTP_OK)
        return status;
    daotp__client_drop_enrolment(client);
    daotp__buffer_add(&client->otp, otp, otp_len);
    if (client->otp.failed != DAOTP_OK)
        return daotp__report_status(&client->report, DAOTP_MEMORY);
    daotp__report_redact(&client->report, DAOTP__SECRET_CODE, daotp__buffer_bytes(&client->otp));
    client->state = DAOTP__CLIENT_ENROLLING;
    client->is_blocking = false;
    begin_part(client);
    client->reopened = 0;
    if (daotp__client_has_connection(client)) {
        pipeline_enter(client, AT_OTP);
    } else {
        daotp__client_drop_connection(client);
        pipeline_enter(client, AT_RESOLVE);
    }
    return DAOTP_OK;
}

/* ---- a request that was put aside ------------------------------------------------------------ */

static const char *why_not_resumed(const daotp_client *client, const char *user_name)
{
    if (client->pending_id == NULL)
        return "which request is not set";
    if (client->supplied_key == NULL && (client->key == NULL || client->user_name == NULL ||
                                         strcmp(client->user_name, user_name) != 0))
        return "the key of that request is not set";
    if (client->ca == NULL || !daotp__ca_has_need(client->ca, DAOTP_CA_RESUMES))
        return "this way to the CA cannot ask for a request that was put aside; MS-WSTEP and RPC "
               "can";
    return NULL;
}

/* Set what the OTP server gives in an enrolment: the name of the CA. */
static daotp_status set_resumed(daotp_client *client)
{
    daotp__otpce_response *response = &client->response;

    response->issuing_cas[0] = daotp__text_copy(client->pending_config);
    response->issuing_ca_count = response->issuing_cas[0] != NULL ? 1 : 0;
    if (response->issuing_ca_count == 0 ||
        !daotp__text_set(&client->resumed_id, client->pending_id))
        return DAOTP_MEMORY;
    if (client->supplied_key != NULL) {
        daotp_key_unref(client->key);
        client->key = daotp_key_ref(client->supplied_key);
    }
    return DAOTP_OK;
}

daotp_key *daotp_client_get_key(const daotp_client *client)
{
    return client != NULL ? client->key : NULL;
}

daotp_status daotp_client_resume_begin(daotp_client *client, const char *user_name)
{
    const char *why;

    if (client == NULL || daotp__client_is_running(client))
        return daotp__client_refuse_order(client, "resume");
    daotp__client_drop_enrolment(client);
    daotp__report_clear(&client->report);
    if (!is_user_name(user_name))
        return pipeline_refuse(client, DAOTP_FINDING_USER_NAME, "not a user name");
    why = why_not_resumed(client, user_name);
    if (why != NULL)
        return pipeline_refuse(client, DAOTP_FINDING_CALL_ARGUMENT, why);
    if (!daotp__text_set(&client->user_name, user_name) || set_resumed(client) != DAOTP_OK) {
        daotp__client_drop_enrolment(client);
        return daotp__report_status(&client->report, DAOTP_MEMORY);
    }
    daotp__client_drop_connection(client);
    daotp__client_drop_early(client);
    client->state = DAOTP__CLIENT_ENROLLING;
    client->server = client->prepare_step = 0;
    client->prepare_took_ms = 0;
    client->is_blocking = false;
    begin_part(client);
    pipeline_enter(client, AT_PREPARE);
    return DAOTP_OK;
}

/* ---- answers that come later ----------------------------------------------------------------- */

/* Either prepare asked for it, or the submission did. */
static daotp_status take_domain_answer(daotp_client *client, const char *user_name,
                                       const char *password, size_t len)
{
    daotp_status status = DAOTP_OK;

    if (client->asked_early != DAOTP__ASKED)
        return daotp__submission_answer(client->submission, user_name, password, len);
    if (user_name != NULL)
        status = daotp_domain_credential_set(&client->early, user_name, password, len);
    if (status == DAOTP_OK)
        client->asked_early = DAOTP__ANSWERED;
    return status;
}

static daotp_status refuse_answer_beside(daotp_client *client, const char *subject, const char *why)
{
    size_t before = client->report.count;

    (void)daotp__report_add(&client->report, DAOTP_FINDING_CALL_ARGUMENT, 0, subject, "%s", why);
    daotp__report_downgrade_errors(&client->report, before);
    return DAOTP_USAGE;
}

daotp_status daotp_client_answer_domain(daotp_client *client, const char *user_name,
                                        const char *password, size_t len)
{
    daotp_status status;

    if (client == NULL || !daotp__client_is_running(client) ||
        (client->asked_early != DAOTP__ASKED && !daotp__submission_is_asking(client->submission)))
        return daotp__client_refuse_order(client, "answer for the domain");
    status = take_domain_answer(client, user_name, password, len);
    if (status == DAOTP_USAGE)
        return refuse_answer_beside(client, "answer for the domain", "no name, or no password");
    if (status == DAOTP_OK)
        daotp__loop_call_step(client->loop);
    return status;
}

daotp_status daotp_client_answer_account(daotp_client *client, daotp_status answer)
{
    if (client == NULL || client->asked_account != DAOTP__ASKED)
        return daotp__client_refuse_order(client, "answer for the account");
    if (answer == DAOTP_AGAIN)
        return refuse_answer_beside(client, "answer for the account", "DAOTP_AGAIN is no answer");
    client->account_answer = answer;
    client->asked_account = DAOTP__ANSWERED;
    daotp__loop_call_step(client->loop);
    return DAOTP_OK;
}

daotp_status daotp_client_finish(daotp_client *client, daotp_credential **credential)
{
    if (credential == NULL)
        return DAOTP_USAGE;
    *credential = NULL;
    if (client == NULL || client->state != DAOTP__CLIENT_ENROLLED || client->credential == NULL)
        return daotp__client_refuse_order(client, "finish");
    *credential = client->credential;
    client->credential = NULL;
    return DAOTP_OK;
}

void daotp_client_cancel(daotp_client *client)
{
    if (client != NULL)
        daotp__loop_cancel(client->loop);
}

int daotp_client_get_fd(const daotp_client *client)
{
    return client != NULL ? daotp__loop_fd(client->loop) : -1;
}

int daotp_client_get_timeout_ms(const daotp_client *client)
{
    return client != NULL ? daotp__loop_timeout_ms(client->loop) : -1;
}

/* ---- blocking: a loop over steps ------------------------------------------------------------- */

static daotp_status pipeline_drive(daotp_client *client, daotp_status status)
{
    if (status != DAOTP_OK)
        return status;
    client->is_blocking = true;
    while ((status = daotp_client_step(client)) == DAOTP_AGAIN)
        daotp__loop_wait(client->loop);
    return status;
}

daotp_status daotp_client_prepare(daotp_client *client, const char *user_name)
{
    return pipeline_drive(client, daotp_client_prepare_begin(client, user_name));
}

daotp_status daotp_client_enroll(daotp_client *client, const char *otp, size_t otp_len,
                                 daotp_credential **credential)
{
    daotp_status status;

    if (credential != NULL)
        *credential = NULL;
    status = pipeline_drive(client, daotp_client_enroll_begin(client, otp, otp_len));
    if (status == DAOTP_OK && credential != NULL)
        status = daotp_client_finish(client, credential);
    return status;
}

daotp_status daotp_client_resume(daotp_client *client, const char *user_name,
                                 daotp_credential **credential)
{
    daotp_status status;

    if (credential != NULL)
        *credential = NULL;
    status = pipeline_drive(client, daotp_client_resume_begin(client, user_name));
    if (status == DAOTP_OK && credential != NULL)
        status = daotp_client_finish(client, credential);
    return status;
}
