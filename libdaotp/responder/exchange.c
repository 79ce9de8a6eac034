/* SPDX-License-Identifier: BSD-2-Clause */
/* One request and its response, in the order of MS-OTPCE 3.2.5.1, with two exceptions. The signing
 * certificate is checked before the code is asked about, so that a missing one costs no code. And
 * what only the directory knows is not revealed before the code was right: the code of an unknown
 * user is asked about as for others, and the names are compared with the account afterwards. */
#include "core/alloc.h"
#include "core/limits.h"
#include "core/utf8.h"
#include "otpce/message.h"
#include "request/cmc.h"
#include "responder/budget.h"
#include "responder/csr_check.h"
#include "responder/responder.h"
#include "x509/name.h"
#include "x509/role.h"

#include <string.h>

enum { ASKED = -1 }; /* waiting for an answer; 0: not asked yet */

struct daotp_exchange {
    daotp_responder *responder;
    daotp_report report;
    int64_t deadline_ms;
    bool is_stepped;
    size_t stage;
    bool ready;
    daotp_status verdict;

    char *method, *version, *content_type;
    bool has_certificate;
    char *certificate_fault; /* why the client's certificate cannot be used; NULL: it can */
    daotp__buffer body;

    daotp__otpce_request request;
    daotp__csr csr;
    daotp_account account;
    int user_answer, code_answer;
    size_t asked_at, answered_at; /* numbers of findings before and after the back end reported */
    daotp__budget_charge charge;
    bool is_denied;            /* the client gets one statusCode for all of these */
    daotp__buffer certificate; /* the client's, in DER */
    daotp_credential *signer;  /* validated before the code was asked about */

    uint32_t status;
    daotp__buffer answer;
};

/* ---- the stages ------------------------------------------------------------------------------ */

/* HTTP errors: requests that cannot be processed at all (MS-OTPCE 1.4). */
static daotp_status refuse_request(daotp_exchange *x, uint32_t http, daotp_finding_number number,
                                   const char *found)
{
    x->status = http;
    return daotp__report_add(&x->report, number, http, "request", "%s", found);
}

static daotp_status verify_client_certificate(daotp_exchange *x)
{
    daotp__bytes der = daotp__buffer_bytes(&x->certificate);
    daotp_verifier *verifier = x->responder->verifier;
    daotp_status status;

    if (verifier == NULL)
        return DAOTP_OK;
    (void)daotp_verifier_set_role(verifier, DAOTP_ROLE_CLIENT);
    (void)daotp_verifier_set_revocation(verifier, x->responder->revocation);
    status = daotp_verifier_verify(verifier, der.data, der.len);
    if (status != DAOTP_OK)
        daotp__report_merge(&x->report, daotp_verifier_get_report(verifier));
    return status;
}

/* Findings since then are about its certificate. */
static daotp_status refuse_client(daotp_exchange *x, size_t findings)
{
    x->status = 403;
    return daotp__report_conclude(&x->report, findings, DAOTP_FINDING_SERVE_CLIENT_REFUSED,
                                  "request", "it does not hold");
}

static daotp_status stage_decode(daotp_exchange *x)
{
    size_t findings = x->report.count;
    daotp_status status;

    if (x->certificate_fault != NULL)
        return refuse_request(x, 403, DAOTP_FINDING_SERVE_CLIENT_CERT_READ, x->certificate_fault);
    if (!x->has_certificate && !x->responder->any_client)
        return refuse_request(x, 403, DAOTP_FINDING_SERVE_NO_CLIENT_CERT, "none");
    status = x->has_certificate ? verify_client_certificate(x) : DAOTP_OK;
    if (status == DAOTP_MEMORY)
        return status;
    if (status != DAOTP_OK)
        return refuse_client(x, findings);
    if (strcmp(x->method, "POST") != 0)
        return refuse_request(x, 405, DAOTP_FINDING_SERVE_METHOD, x->method);
    if (!daotp__otpce_is_version(x->version))
        return refuse_request(x, 400, DAOTP_FINDING_SERVE_VERSION,
                              x->version != NULL ? x->version : "no such header");
    if (!daotp__otpce_is_content_type(x->content_type))
        (void)daotp__report_add(&x->report, DAOTP_FINDING_OTP_CONTENT_TYPE, 0, "request", "%s",
                                x->content_type != NULL ? x->content_type : "none");
    if (x->body.failed == DAOTP_PEER)
        return refuse_request(x, 413, DAOTP_FINDING_LIMIT_SIZE, "a body over the limit");
    status = daotp__otpce_request_read(daotp__buffer_bytes(&x->body), &x->request, &x->report);
    daotp__buffer_pass_block(&x->body, &x->responder->spare_body); /* it held the code */
    if (status == DAOTP_PEER)
        x->status = 400;
    return status;
}

static daotp_status refuse_csr(daotp_exchange *x)
{
    char name[DAOTP__OID_TEXT], text[DAOTP__FAULT_TEXT];
    daotp__fault fault;

    (void)daotp__csr_find_fault(daotp__buffer_bytes(&x->request.csr), &fault);
    if (x->csr.repeated.len > 0)
        return daotp__report_add(&x->report, DAOTP_FINDING_CSR_DER, 0, "certificate request",
                                 "%s twice: %s", daotp__oid_describe(x->csr.repeated, name),
                                 daotp__fault_describe(&fault, text));
    return daotp__report_add(&x->report, DAOTP_FINDING_CSR_DER, 0, "certificate request", "%s",
                             daotp__fault_describe(&fault, text));
}

/* MS-OTPCE 3.2.5.1 1a, as far as a rule for names decides it without a directory. */
static daotp_status check_sent_name(daotp_exchange *x)
{
    const char *name = daotp__buffer_string(&x->request.user_name);
    daotp__buffer upn;
    daotp_status status;

    daotp__buffer_init(&upn, 2 * DAOTP__MAX_USER_NAME);
    status = daotp__responder_name_rule(x->responder, name, &upn);
    if (status != DAOTP_OK)
        status = daotp__report_status(&x->report, status);
    else if (upn.len > 0)
        status = daotp__csr_check_upn(&x->csr, daotp__buffer_string(&upn), &x->report);
    daotp__buffer_free(&upn);
    return status;
}

static daotp_status stage_request(daotp_exchange *x)
{
    daotp_status status;

    if (!daotp__csr_read(daotp__buffer_bytes(&x->request.csr), &x->csr))
        return refuse_csr(x);
    status =
        daotp__csr_check(&x->csr, daotp__buffer_bytes(&x->responder->template_oid), &x->report);
    return status == DAOTP_OK ? check_sent_name(x) : status;
}

static daotp_status stage_user(daotp_exchange *x)
{
    const char *name = daotp__buffer_string(&x->request.user_name);

    if (x->user_answer == 0) {
        x->user_answer = ASKED;
        if (x->responder->ask_user != NULL)
            x->responder->ask_user(x->responder->ask_user_user, x, name);
        else
            x->user_answer = DAOTP_USER_UNAVAILABLE;
    }
    switch (x->user_answer) {
    case ASKED:
        return DAOTP_AGAIN;
    case DAOTP_USER_FOUND:
    case DAOTP_USER_UNKNOWN:
        return DAOTP_OK;
    default:
        return daotp__report_add(&x->report, DAOTP_FINDING_SERVE_USER_LOOKUP, 0, name, "no answer");
    }
}

static daotp_status verify_signer_path(daotp_exchange *x, const daotp_credential *signer)
{
    daotp__bytes der = daotp__credential_leaf(signer)->der;
    daotp_verifier *verifier = x->responder->verifier;
    daotp_report *report = daotp_verifier_get_report(verifier);
    size_t findings = x->report.count;
    daotp_status status;

    if (verifier == NULL)
        return DAOTP_OK;
    (void)daotp_verifier_set_role(verifier, DAOTP_ROLE_ANY); /* which is looked at apart */
    (void)daotp_verifier_set_revocation(verifier, DAOTP_REVOCATION_IGNORE);
    status = daotp_verifier_verify(verifier, der.data, der.len);
    if (status == DAOTP_OK || status == DAOTP_MEMORY)
        return status;
    daotp__report_merge(&x->report, report);
    return daotp__report_conclude(&x->report, findings, DAOTP_FINDING_RA_CHAIN,
                                  "signing certificate", "%s",
                                  daotp_finding_get_id(daotp_report_get_error(report)));
}

/* A signing certificate that a CA would refuse is not used; one that expires soon is reported. */
static daotp_status check_signer(daotp_exchange *x, const daotp_credential *signer)
{
    const daotp__certificate *leaf = daotp__credential_leaf(signer);
    int64_t now = daotp__context_now_s(x->responder->context);
    int64_t left = daotp__time_sub(leaf->not_after, now), life = leaf->not_after - leaf->not_before;
    size_t findings = x->report.count;
    daotp_status status;

    if (daotp__role_check(DAOTP_ROLE_RA, leaf, now, "signing certificate", &x->report) != DAOTP_OK)
        return daotp__report_conclude(&x->report, findings, DAOTP_FINDING_SERVE_RA_MISSING,
                                      "signing certificate", "serial %s",
                                      daotp_credential_get_serial(signer));
    status = verify_signer_path(x, signer);
    if (status != DAOTP_OK)
        return status;
    if (left < life / 4)
        (void)daotp__report_add(&x->report, DAOTP_FINDING_RA_EXPIRING, 0, "signing certificate",
                                "%lld s left of %lld", (long long)left, (long long)life);
    return DAOTP_OK;
}

static daotp_status find_signer(daotp_exchange *x)
{
    daotp_credential *signer = daotp__responder_signer(x->responder, &x->report);
    daotp_status status;

    if (signer == NULL)
        return daotp__report_add(&x->report, DAOTP_FINDING_SERVE_RA_MISSING, 0,
                                 "signing certificate", "none");
    status = check_signer(x, signer);
    if (status == DAOTP_OK)
        x->signer = daotp_credential_ref(signer);
    return status;
}

/* A client that requests a certificate for a server's or a CA's key has that private key. */
static daotp_status check_key_owner(daotp_exchange *x)
{
    daotp__bytes der = daotp__responder_key_owner(x->responder, x->signer, x->csr.spki);
    daotp__certificate owner;
    daotp__buffer name;
    daotp_status status;

    if (der.data == NULL || !daotp__certificate_read(der, &owner))
        return DAOTP_OK;
    daotp__buffer_init(&name, DAOTP__MAX_CERTIFICATE);
    (void)daotp__name_text(owner.subject, &name);
    status = daotp__report_add(&x->report, DAOTP_FINDING_CSR_KEY_SHARED, 0, "certificate request",
                               "the key of %s", daotp__buffer_string(&name));
    daotp__buffer_free(&name);
    return status;
}

/* A part of signing that runs before the code is asked about: if it fails, the exchange ends
 * without using up the code. */
static daotp_status prepare_to_sign(daotp_exchange *x)
{
    daotp_status status;

    daotp__report_stage_begin(&x->report, DAOTP_STAGE_SIGN);
    status = find_signer(x);
    if (status == DAOTP_OK)
        status = check_key_owner(x);
    if (status == DAOTP_OK && x->responder->issuing_ca_count == 0)
        status = daotp__report_add(&x->report, DAOTP_FINDING_SERVE_NO_CA, 0, "responder", "none");
    if (status == DAOTP_OK) {
        daotp__report_resume_at(&x->report, x->report.count, DAOTP_STAGE_SIGN);
        daotp__report_stage_begin(&x->report, DAOTP_STAGE_CODE);
    } else {
        daotp__report_stage_end(&x->report, DAOTP_STAGE_CODE, DAOTP_STAGE_SKIPPED);
        x->stage++;
    }
    return status;
}

static void ask_about_code(daotp_exchange *x)
{
    x->code_answer = ASKED;
    x->asked_at = x->report.count;
    if (x->responder->ask_code != NULL)
        x->responder->ask_code(x->responder->ask_code_user, x,
                               daotp__buffer_string(&x->request.user_name),
                               daotp__buffer_string(&x->request.otp), x->request.otp.len);
    else
        x->code_answer = DAOTP_CODE_UNAVAILABLE;
    daotp__buffer_pass_block(&x->request.otp, &x->responder->spare_code);
}

/* Without an account: the UPN by the rule for names, so that an unknown user in two forms is as
 * much one user as a known one. */
static daotp_status append_sent_name(daotp_exchange *x, daotp__buffer *identity)
{
    const char *name = daotp__buffer_string(&x->request.user_name);
    daotp__buffer upn;
    daotp_status status;

    daotp__buffer_init(&upn, 2 * DAOTP__MAX_USER_NAME);
    status = daotp__responder_name_rule(x->responder, name, &upn);
    daotp__buffer_text(identity, upn.len > 0 ? daotp__buffer_string(&upn) : name);
    daotp__buffer_free(&upn);
    return status;
}

/* The user to whom a wrong code is charged: the account, in whatever form it was named; or else the
 * name itself. */
static daotp_status name_identity(daotp_exchange *x, daotp__buffer *identity)
{
    const daotp_account *account = &x->account;
    daotp_status status = DAOTP_OK;

    daotp__buffer_init(identity, DAOTP__MAX_URL + 8);
    if (x->user_answer == DAOTP_USER_UNKNOWN) {
        daotp__buffer_text(identity, "?");
        status = append_sent_name(x, identity);
    } else if (account->sid != NULL) {
        daotp__buffer_text(identity, account->sid);
    } else if (account->upn != NULL) {
        daotp__buffer_text(identity, account->upn);
    } else if (account->dn != NULL) {
        daotp__buffer_text(identity, account->dn);
    } else {
        status = append_sent_name(x, identity);
    }
    return status != DAOTP_OK ? status : identity->failed;
}

/* What no signature of another form changes. */
static daotp__bytes certificate_identity(const daotp_exchange *x)
{
    daotp__certificate certificate;

    if (x->has_certificate &&
        daotp__certificate_read(daotp__buffer_bytes(&x->certificate), &certificate))
        return certificate.tbs;
    return (daotp__bytes){NULL, 0};
}

static daotp_status take_budget(daotp_exchange *x)
{
    daotp_budget *budget = daotp__responder_budget(x->responder, &x->report);
    daotp__buffer identity;
    daotp_status status;

    if (budget == NULL)
        return daotp__report_status(&x->report, DAOTP_MEMORY);
    status = name_identity(x, &identity);
    if (status == DAOTP_OK)
        status = daotp__budget_take(budget, daotp__buffer_string(&identity),
                                    certificate_identity(x), &x->charge, &x->report);
    daotp__buffer_free(&identity);
    x->is_denied = status == DAOTP_REJECTED;
    return status;
}

static daotp_status settle_budget(daotp_exchange *x)
{
    daotp_budget *budget = x->responder->budget;

    switch (x->code_answer) {
    case DAOTP_CODE_ACCEPTED:
        if (x->user_answer == DAOTP_USER_UNKNOWN)
            break;
        return daotp__budget_settle(budget, &x->charge, DAOTP__BUDGET_RIGHT, &x->report);
    case DAOTP_CODE_REJECTED:
        break;
    default:
        /* if it cannot be written, the attempt stays counted */
        (void)daotp__budget_settle(budget, &x->charge, DAOTP__BUDGET_UNANSWERED, NULL);
        return DAOTP_OK;
    }
    return daotp__budget_settle(budget, &x->charge, DAOTP__BUDGET_WRONG, &x->report);
}

/* Report why the code is not accepted. The findings since it was asked about are the cause,
 * whatever their severity. */
static daotp_status refuse_code(daotp_exchange *x, daotp_finding_number number, const char *found)
{
    const char *name = daotp__buffer_string(&x->request.user_name);
    daotp_status status =
        daotp__report_conclude(&x->report, x->asked_at, number, name, "%s", found);
    const daotp_finding *verdict =
        daotp_report_get_finding(&x->report, daotp_report_get_count(&x->report) - 1);

    if (daotp__report_find_root(&x->report, verdict) == NULL && x->asked_at < x->answered_at)
        daotp__report_set_cause(&x->report, verdict,
                                daotp_report_get_finding(&x->report, x->asked_at));
    return status;
}

static daotp_status deny_exchange(daotp_exchange *x, daotp_finding_number number, const char *found)
{
    x->is_denied = true;
    return refuse_code(x, number, found);
}

/* The code was answered. Only a client with a right code learns whether the user exists. */
static daotp_status conclude_code(daotp_exchange *x)
{
    daotp_status status;

    x->answered_at = x->report.count;
    status = settle_budget(x);
    if (status != DAOTP_OK)
        return status;
    switch (x->code_answer) {
    case DAOTP_CODE_ACCEPTED:
        daotp__report_downgrade_errors(&x->report, x->asked_at);
        if (x->user_answer == DAOTP_USER_UNKNOWN)
            return deny_exchange(x, DAOTP_FINDING_SERVE_USER_UNKNOWN, "unknown");
        return daotp__csr_check_names(&x->csr, &x->account, &x->report);
    case DAOTP_CODE_REJECTED:
        if (x->user_answer == DAOTP_USER_UNKNOWN)
            return deny_exchange(x, DAOTP_FINDING_SERVE_USER_UNKNOWN, "unknown");
        return deny_exchange(x, DAOTP_FINDING_SERVE_CODE_REJECTED, "rejected");
    case DAOTP_CODE_CHALLENGE:
        return refuse_code(x, DAOTP_FINDING_SERVE_CODE_CHALLENGE, "a challenge");
    default:
        return refuse_code(x, DAOTP_FINDING_SERVE_CODE_UNREACHABLE, "no answer");
    }
}

static daotp_status stage_code(daotp_exchange *x)
{
    daotp_status status = DAOTP_OK;

    if (x->code_answer == 0) {
        status = prepare_to_sign(x);
        if (status == DAOTP_OK)
            status = take_budget(x);
        if (status != DAOTP_OK)
            return status;
        ask_about_code(x);
    }
    return x->code_answer == ASKED ? DAOTP_AGAIN : conclude_code(x);
}

static daotp_status write_success(daotp_exchange *x)
{
    daotp_responder *responder = x->responder;
    daotp__buffer cmc;
    daotp_status status;

    daotp__buffer_init(&cmc, DAOTP__MAX_CMC);
    status = daotp__cmc_write(daotp__buffer_bytes(&x->request.csr), NULL, DAOTP__HASH_SHA256,
                              daotp_credential_get_key(x->signer),
                              daotp__credential_leaf(x->signer), &cmc, &x->report);
    if (status == DAOTP_OK)
        status = daotp__otpce_response_write(DAOTP__OTPCE_SUCCESS, daotp__buffer_bytes(&cmc),
                                             (const char *const *)responder->issuing_cas,
                                             responder->issuing_ca_count, &x->answer);
    daotp__buffer_free(&cmc);
    return status;
}

static daotp_status stage_sign(daotp_exchange *x)
{
    daotp_status status = write_success(x);

    if (status == DAOTP_OK)
        x->status = 200;
    return status;
}

static const struct {
    daotp_stage stage;
    daotp_status (*step)(daotp_exchange *x);
} stages[] = {
    {DAOTP_STAGE_DECODE, stage_decode}, {DAOTP_STAGE_REQUEST, stage_request},
    {DAOTP_STAGE_USER, stage_user},     {DAOTP_STAGE_CODE, stage_code},
    {DAOTP_STAGE_SIGN, stage_sign},
};

enum { END = sizeof stages / sizeof stages[0] };

/* ---- the answer to a failure ----------------------------------------------------------------- */

/* The client is told one of four statusCodes only (MS-OTPCE 3.2.5.1). */
static daotp__otpce_code code_for(const daotp_exchange *x)
{
    if (x->is_denied)
        return DAOTP__OTPCE_AUTHENTICATION_ERROR;
    if (x->code_answer == DAOTP_CODE_CHALLENGE)
        return DAOTP__OTPCE_CHALLENGE_RESPONSE_REQUIRED;
    return DAOTP__OTPCE_OTHER_ERROR;
}

static void answer_failure(daotp_exchange *x)
{
    daotp__bytes none = {NULL, 0};

    if (x->status != 0)
        return; /* an HTTP error: no body */
    daotp__buffer_free(&x->answer);
    x->status =
        daotp__otpce_response_write(code_for(x), none, NULL, 0, &x->answer) == DAOTP_OK ? 200 : 500;
}

static daotp_status conclude_exchange(daotp_exchange *x, daotp_status verdict)
{
    if (verdict != DAOTP_OK) {
        if (x->stage < END)
            daotp__report_stage_end(&x->report, stages[x->stage].stage, DAOTP_STAGE_FAILED);
        answer_failure(x);
    }
    x->ready = true;
    x->verdict = daotp__report_status(&x->report, verdict);
    daotp__otpce_request_free(&x->request);
    return x->verdict;
}

static int64_t responder_now_ms(const daotp_exchange *x)
{
    return daotp__context_now_ms(x->responder->context);
}

/* The time is up: a callback that has not answered counts as unavailable. */
static void give_up_waiting(daotp_exchange *x)
{
    if (x->user_answer == ASKED)
        x->user_answer = DAOTP_USER_UNAVAILABLE;
    if (x->code_answer == ASKED)
        x->code_answer = DAOTP_CODE_UNAVAILABLE;
}

/* For an unknown user the stage fails, but the exchange continues as for others. */
static daotp_stage_state passed_state(const daotp_exchange *x)
{
    if (stages[x->stage].stage == DAOTP_STAGE_USER && x->user_answer == DAOTP_USER_UNKNOWN)
        return DAOTP_STAGE_FAILED;
    return DAOTP_STAGE_PASSED;
}

daotp_status daotp_exchange_step(daotp_exchange *x)
{
    daotp_status status;

    if (x == NULL)
        return DAOTP_USAGE;
    if (x->ready)
        return x->verdict;
    x->is_stepped = true;
    if (responder_now_ms(x) >= x->deadline_ms)
        give_up_waiting(x);
    while (x->stage < END) {
        if (daotp_report_get_stage_state(&x->report, stages[x->stage].stage) ==
            DAOTP_STAGE_NOT_REACHED)
            daotp__report_stage_begin(&x->report, stages[x->stage].stage);
        status = stages[x->stage].step(x);
        if (status == DAOTP_AGAIN)
            return status;
        if (status != DAOTP_OK)
            return conclude_exchange(x, status);
        daotp__report_stage_end(&x->report, stages[x->stage].stage, passed_state(x));
        x->stage++;
    }
    return conclude_exchange(x, DAOTP_OK);
}

/* ---- around it ------------------------------------------------------------------------------- */

daotp_status daotp_exchange_new(daotp_responder *responder, const char *method, const void *body,
                                size_t body_len, daotp_exchange **out)
{
    daotp_exchange *x;

    if (out == NULL)
        return DAOTP_USAGE;
    *out = NULL;
    if (responder == NULL)
        return DAOTP_USAGE;
    if (responder->template_oid.len == 0)
        return daotp__report_refuse_order(&responder->report, false, "exchange",
                                          "the responder has no template yet");
    if (method == NULL || (body == NULL && body_len > 0))
        return daotp__report_refuse(&responder->report, DAOTP_USAGE, "exchange",
                                    "no method, or no body");
    x = daotp__new(sizeof *x);
    if (x == NULL)
        return DAOTP_MEMORY;
    x->responder = responder;
    daotp__report_init(&x->report, responder->context);
    x->deadline_ms = daotp__context_in_ms(responder->context, responder->timeout_ms);
    daotp__otpce_request_init(&x->request);
    daotp__buffer_init(&x->certificate, DAOTP__MAX_CERTIFICATE);
    daotp__buffer_init_secret(&x->body, DAOTP__MAX_OTP_MESSAGE);
    daotp__buffer_pass_block(&responder->spare_body, &x->body);
    daotp__buffer_pass_block(&responder->spare_code, &x->request.otp);
    daotp__buffer_init(&x->answer, DAOTP__MAX_OTP_MESSAGE);
    daotp__buffer_add(&x->body, body, body_len);
    x->method = daotp__text_copy(method);
    if (x->method == NULL || x->body.failed == DAOTP_MEMORY) {
        daotp_exchange_free(x);
        return DAOTP_MEMORY;
    }
    *out = x;
    return DAOTP_OK;
}

void daotp_exchange_free(daotp_exchange *x)
{
    if (x == NULL)
        return;
    daotp__delete(x->method);
    daotp__delete(x->version);
    daotp__delete(x->content_type);
    daotp__delete(x->certificate_fault);
    daotp__buffer_pass_block(&x->body, &x->responder->spare_body);
    daotp__buffer_pass_block(&x->request.otp, &x->responder->spare_code);
    daotp__buffer_free(&x->answer);
    daotp__otpce_request_free(&x->request);
    daotp_credential_unref(x->signer);
    daotp__buffer_free(&x->certificate);
    daotp__account_clear(&x->account);
    daotp__report_end(&x->report);
    daotp__delete(x);
}

/* The first step checks header and client certificate; one that is set later would not be checked.
 */
static daotp_status refuse_after_step(daotp_exchange *x, const char *call)
{
    return daotp__report_refuse_order(&x->report, true, call, "the exchange was stepped already");
}

daotp_status daotp_exchange_add_header(daotp_exchange *x, const char *name, const char *value)
{
    bool kept = true;

    if (x == NULL || name == NULL || value == NULL)
        return DAOTP_USAGE;
    if (x->is_stepped)
        return refuse_after_step(x, "header");
    if (daotp__text_equal_nocase(name, DAOTP__OTPCE_HEADER))
        kept = daotp__text_set(&x->version, value);
    else if (daotp__text_equal_nocase(name, "Content-Type"))
        kept = daotp__text_set(&x->content_type, value);
    return kept ? DAOTP_OK : DAOTP_MEMORY;
}

daotp_status daotp_exchange_set_peer_certificate(daotp_exchange *x, const void *der, size_t len)
{
    daotp__certificate certificate;
    daotp_status status;

    if (x == NULL || der == NULL)
        return DAOTP_USAGE;
    if (x->is_stepped)
        return refuse_after_step(x, "client certificate");
    if (!daotp__certificate_read((daotp__bytes){der, len}, &certificate)) {
        status = daotp_exchange_refuse_peer_certificate(x, "no certificate in strict DER");
        return status != DAOTP_OK ? status : DAOTP_USAGE;
    }
    daotp__buffer_free(&x->certificate);
    daotp__buffer_add(&x->certificate, der, len);
    x->has_certificate = x->certificate.failed == DAOTP_OK;
    return x->certificate.failed;
}

daotp_status daotp_exchange_refuse_peer_certificate(daotp_exchange *x, const char *why)
{
    if (x == NULL || why == NULL)
        return DAOTP_USAGE;
    if (x->is_stepped)
        return refuse_after_step(x, "client certificate");
    return daotp__text_set(&x->certificate_fault, why) ? DAOTP_OK : DAOTP_MEMORY;
}

int daotp_exchange_get_timeout_ms(const daotp_exchange *x)
{
    int64_t left;

    if (x == NULL || x->ready)
        return -1;
    if (!x->is_stepped)
        return 0;
    left = daotp__time_sub(x->deadline_ms, responder_now_ms(x));
    if (left < 0)
        return 0;
    return left > INT32_MAX ? INT32_MAX : (int)left;
}

daotp_account *daotp_exchange_get_account(daotp_exchange *x)
{
    return x != NULL ? &x->account : NULL;
}

/* The report is about the exchange, so a refused call is added as a warning. */
static daotp_status refuse_answer_order(daotp_exchange *x, const char *call)
{
    if (x == NULL)
        return DAOTP_USAGE;
    return daotp__report_refuse_order(&x->report, true, call,
                                      "it was not asked for, or is there already");
}

static daotp_status refuse_answer_value(daotp_exchange *x, const char *call)
{
    size_t before = x->report.count;

    (void)daotp__report_add(&x->report, DAOTP_FINDING_CALL_ARGUMENT, 0, call, DAOTP__NO_SUCH);
    daotp__report_downgrade_errors(&x->report, before);
    return DAOTP_USAGE;
}

daotp_status daotp_exchange_answer_user(daotp_exchange *x, daotp_user_answer answer)
{
    if (x == NULL || x->user_answer != ASKED)
        return refuse_answer_order(x, "answer about the user");
    if (answer < DAOTP_USER_FOUND || answer > DAOTP_USER_UNAVAILABLE)
        return refuse_answer_value(x, "answer about the user");
    x->user_answer = (int)answer;
    return DAOTP_OK;
}

daotp_status daotp_exchange_answer_code(daotp_exchange *x, daotp_code_answer answer)
{
    if (x == NULL || x->code_answer != ASKED)
        return refuse_answer_order(x, "answer about the code");
    if (answer < DAOTP_CODE_ACCEPTED || answer > DAOTP_CODE_UNAVAILABLE)
        return refuse_answer_value(x, "answer about the code");
    x->code_answer = (int)answer;
    return DAOTP_OK;
}

daotp_report *daotp_exchange_get_report(daotp_exchange *x)
{
    return x != NULL ? &x->report : NULL;
}

daotp_credential *daotp_exchange_get_signer(const daotp_exchange *x)
{
    return x != NULL ? x->signer : NULL;
}

uint32_t daotp_exchange_get_http_status(const daotp_exchange *x)
{
    return x != NULL && x->ready ? x->status : 0;
}

/* Each with the HTTP status it goes with; 0: any. Allow: RFC 9110 15.5.6. */
static const struct {
    uint32_t status;
    const char *name, *value;
} headers[] = {{0, DAOTP__OTPCE_HEADER, DAOTP__OTPCE_VERSION},
               {0, "Cache-Control", "no-store"},
               {200, "Content-Type", DAOTP__OTPCE_CONTENT_TYPE},
               {405, "Allow", "POST"}};

const char *daotp_exchange_get_header(const daotp_exchange *x, size_t index, const char **value)
{
    if (x == NULL || !x->ready)
        return NULL;
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        if (headers[i].status != 0 && headers[i].status != x->status)
            continue;
        if (index-- > 0)
            continue;
        if (value != NULL)
            *value = headers[i].value;
        return headers[i].name;
    }
    return NULL;
}

const void *daotp_exchange_get_body(const daotp_exchange *x, size_t *len)
{
    bool there = x != NULL && x->ready && x->status == 200;

    if (len != NULL)
        *len = there ? x->answer.len : 0;
    return there ? x->answer.data : NULL;
}
