/* SPDX-License-Identifier: BSD-2-Clause */
/* The submission of one signed request to one CA. */
#include "ca/ca.h"
#include "ca/ca_info.h"
#include "ca/hresult.h"
#include "ca/issued.h"
#include "ca/templates.h"
#include "core/alloc.h"
#include "core/extension.h"
#include "core/time_text.h"
#include "core/utf8.h"
#include "x509/certificate.h"
#include "x509/cms.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 4 * DAOTP__MAX_SOAP_MESSAGE }; /* findings show only the first octets */

typedef enum asked_state {
    NOT_ASKED,
    ASKED, /* the application returned DAOTP_AGAIN */
    ANSWERED,
    HAS_NONE
} asked_state;

struct daotp_submission {
    daotp_ca *ca;
    void *state;
    bool begun, is_stand_in; /* stand-in: only for `check`, without a request and a CA */
    daotp__submission_spec spec;
    char *host, *name;
    daotp_domain_credential credential;
    asked_state asked;
    bool is_early_used;
    daotp__chain pool, chain;
    daotp__outcome outcome;
    daotp__cmc_response response; /* the status in the CA's CMC full response */
    char *request_id, *message;   /* from the CA; NULL: it gave none */
    uint32_t hresult;
    size_t unread;
};

/* Split "host\name" at the first backslash. The name may contain blanks. */
static daotp_status split_config(daotp_submission *submission)
{
    const char *config = submission->spec.config, *slash = strchr(config, '\\');
    bool has_name = slash != NULL && slash[1] != '\0';

    if (slash == NULL && submission->spec.info != NULL) { /* the CA of that host */
        slash = config + strlen(config);
        has_name = true;
    }
    if (slash == config || !has_name)
        return daotp__report_add(submission->spec.report, DAOTP_FINDING_CA_CONFIG, 0, config,
                                 "no host\\name");
    submission->host = daotp__text_copy_n(config, (size_t)(slash - config));
    submission->name = daotp__text_copy(*slash != '\0' ? slash + 1 : "");
    return submission->host != NULL && submission->name != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

static daotp_submission *build_submission(daotp_ca *ca, const daotp__submission_spec *spec)
{
    daotp_submission *submission = daotp__new(sizeof *submission);

    if (submission == NULL)
        return NULL;
    submission->ca = daotp_ca_ref(ca);
    submission->spec = *spec;
    submission->spec.trust = daotp_trust_ref(spec->trust);
    daotp__buffer_init_secret(&submission->credential.password, DAOTP__MAX_PASSWORD);
    daotp__cmc_response_init(&submission->response);
    daotp__chain_init(&submission->pool, DAOTP__MAX_CHAIN);
    daotp__chain_init(&submission->chain, DAOTP__MAX_CHAIN);
    return submission;
}

/* Turns the transport's return value into the status for the run. */
static daotp_status take_transport_answer(const daotp_submission *submission, size_t findings,
                                          daotp_status status)
{
    return daotp__extension_answer(submission->spec.report, findings, status,
                                   DAOTP_FINDING_CA_UNEXPLAINED, submission->spec.config);
}

static daotp_status check_transport(daotp_submission *submission)
{
    const daotp_ca_transport *transport = daotp__ca_transport(submission->ca);
    size_t findings = submission->spec.report->count;

    return take_transport_answer(submission, findings,
                                 transport->check(daotp__ca_own(submission->ca), submission));
}

static daotp_status begin_transport(daotp_submission *submission)
{
    const daotp_ca_transport *transport = daotp__ca_transport(submission->ca);
    size_t findings = submission->spec.report->count;
    daotp_status status =
        transport->begin(daotp__ca_own(submission->ca), submission, &submission->state);

    submission->begun = status == DAOTP_OK;
    if (status == DAOTP_AGAIN && submission->asked == ASKED)
        return status; /* begin is called again after the application has answered */
    return take_transport_answer(submission, findings, status);
}

static daotp_status step_transport(daotp_submission *submission)
{
    const daotp_ca_transport *transport = daotp__ca_transport(submission->ca);
    size_t findings = submission->spec.report->count;
    daotp_status status =
        transport->step(daotp__ca_own(submission->ca), submission->state, submission);

    return status != DAOTP_AGAIN ? take_transport_answer(submission, findings, status) : status;
}

daotp_status daotp__submission_check(daotp_ca *ca, const daotp__submission_spec *spec)
{
    daotp_submission *submission;
    daotp_status status;

    if (daotp__ca_transport(ca)->check == NULL)
        return DAOTP_OK;
    submission = build_submission(ca, spec);
    if (submission == NULL)
        return DAOTP_MEMORY;
    submission->spec.request = (daotp__bytes){NULL, 0};
    submission->spec.config = "host\\name";
    submission->is_stand_in = true;
    status = split_config(submission);
    if (status == DAOTP_OK)
        status = check_transport(submission);
    daotp__submission_free(submission);
    return status;
}

daotp_status daotp__submission_new(daotp_ca *ca, const daotp__submission_spec *spec,
                                   daotp_submission **out)
{
    daotp_submission *submission = build_submission(ca, spec);
    daotp_status status;

    *out = NULL;
    if (submission == NULL)
        return DAOTP_MEMORY;
    status = split_config(submission);
    if (status == DAOTP_OK)
        status = begin_transport(submission);
    if (status != DAOTP_OK && status != DAOTP_AGAIN) {
        daotp__submission_free(submission);
        return status;
    }
    *out = submission;
    return DAOTP_OK;
}

static void forget_credential(daotp_submission *submission)
{
    daotp__refusals_drop_offer(submission->spec.refusals);
    daotp__report_redact(submission->spec.report, DAOTP__SECRET_PASSWORD, (daotp__bytes){NULL, 0});
    daotp__domain_credential_clear(&submission->credential);
}

void daotp__submission_free(daotp_submission *submission)
{
    if (submission == NULL)
        return;
    if (submission->begun)
        daotp__ca_transport(submission->ca)->end(daotp__ca_own(submission->ca), submission->state);
    forget_credential(submission);
    daotp__chain_free(&submission->pool);
    daotp__chain_free(&submission->chain);
    daotp__cmc_response_free(&submission->response);
    daotp__delete(submission->request_id);
    daotp__delete(submission->message);
    daotp__delete(submission->host);
    daotp__delete(submission->name);
    daotp_trust_unref(submission->spec.trust);
    daotp_ca_unref(submission->ca);
    daotp__delete(submission);
}

/* Record whether the password was refused. Every outcome is an answer to an authenticated user; a
 * refusal has the finding CA-CREDENTIAL. */
static void note_credential(const daotp_submission *submission, daotp_status status)
{
    const daotp_finding *finding = daotp__report_verdict(submission->spec.report, 0, status);
    daotp_finding_number number = daotp_finding_get_number(finding);

    if (status != DAOTP_OK && number == DAOTP_FINDING_CA_CREDENTIAL)
        daotp__refusals_note_refusal(submission->spec.refusals);
    else if (submission->outcome != DAOTP__OUTCOME_NONE)
        daotp__refusals_note_success(submission->spec.refusals);
}

static void write_disposition(const daotp_submission *submission, const char *request_id,
                              daotp__buffer *out)
{
    daotp__buffer_format(out, "request %s", request_id != NULL ? request_id : "without a number");
    if (submission->message != NULL)
        daotp__buffer_format(out, ": %s", submission->message);
}

/* Report RequestID and DispositionMessage (MS-WSTEP 3.1.4.1.3.2) of an issued certificate. */
static daotp_status tell_disposition(const daotp_submission *submission)
{
    daotp_status status;
    daotp__buffer text;

    if (submission->request_id == NULL && submission->message == NULL)
        return DAOTP_OK;
    daotp__buffer_init(&text, MAX_WORDS);
    write_disposition(submission, submission->request_id, &text);
    status = daotp__report_add(submission->spec.report, DAOTP_FINDING_CA_DISPOSITION, 0,
                               submission->spec.config, "%s", daotp__buffer_string(&text));
    daotp__buffer_free(&text);
    return status;
}

static bool is_hresult(uint32_t fail_info)
{
    return fail_info >= 0x80000000U && fail_info != DAOTP__CMC_NO_FAIL_INFO;
}

/* Write the status of the CMC full response. */
static void write_cmc_status(const daotp__cmc_response *response, daotp__buffer *out)
{
    const char *reason = daotp__cmc_fail_name(response->fail_info);

    daotp__buffer_format(out, "CMC status %s", daotp__cmc_status_name(response->status));
    if (is_hresult(response->fail_info))
        daotp__buffer_format(out, ", 0x%08X %s", (unsigned)response->fail_info,
                             daotp__hresult_name(response->fail_info));
    else if (strcmp(reason, "unknown") == 0)
        daotp__buffer_format(out, ", unknown failInfo %u", (unsigned)response->fail_info);
    else if (*reason != '\0')
        daotp__buffer_format(out, ", %s", reason);
    if (response->extended != NULL)
        daotp__buffer_format(out, ", extendedFailInfo %s", response->extended);
}

/* Write what the failInfo means, after the text of the CA. */
static void write_fail_meaning(const daotp__cmc_response *response, daotp__buffer *out)
{
    const char *meaning = daotp__cmc_fail_meaning(response->fail_info);

    if (*meaning != '\0')
        daotp__buffer_format(out, "; failInfo: %s", meaning);
}

/* There is a certificate for our key, so it is used. A status that contradicts it is reported as
 * a warning. */
static daotp_status tell_status_beside(const daotp_submission *submission)
{
    const daotp__cmc_response *response = &submission->response;
    daotp_status status = DAOTP_OK;
    daotp__buffer text;

    if (!response->has_status || response->status == DAOTP__CMC_SUCCESS)
        return DAOTP_OK;
    daotp__buffer_init(&text, MAX_WORDS);
    write_cmc_status(response, &text);
    if (response->text != NULL)
        daotp__buffer_format(&text, ": %s", response->text);
    write_fail_meaning(response, &text);
    status = daotp__report_add(submission->spec.report, DAOTP_FINDING_CA_STATUS, response->status,
                               submission->spec.config, "%s", daotp__buffer_string(&text));
    daotp__buffer_free(&text);
    return status;
}

static bool is_same_text(const char *one, const char *other)
{
    return one != NULL && other != NULL && strcmp(one, other) == 0;
}

/* Write the CA's message and that of its CMC full response, equal texts once, and the number of
 * the request. */
static void write_words(const daotp_submission *submission, const char *message, daotp__buffer *out)
{
    const char *texts[] = {message, submission->message, submission->response.text};
    const char *separator = ": ";

    if (is_same_text(texts[1], texts[0]))
        texts[1] = NULL;
    if (is_same_text(texts[2], texts[0]) || is_same_text(texts[2], texts[1]))
        texts[2] = NULL;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i] == NULL || *texts[i] == '\0')
            continue;
        daotp__buffer_format(out, "%s%s", separator, texts[i]);
        separator = "; ";
    }
    if (submission->request_id != NULL)
        daotp__buffer_format(out, " (request %s)", submission->request_id);
}

/* text: the start of the finding's text; freed here. */
static daotp_status deny_with(daotp_submission *submission, uint32_t hresult, const char *message,
                              daotp__buffer *text)
{
    daotp_status status;

    submission->outcome = DAOTP__OUTCOME_DENIED;
    submission->hresult = hresult;
    write_words(submission, message, text);
    write_fail_meaning(&submission->response, text);
    status = daotp__report_add(submission->spec.report, daotp__hresult_finding(hresult), hresult,
                               submission->spec.config, "%s", daotp__buffer_string(text));
    daotp__buffer_free(text);
    return status;
}

/* Find the HRESULT that a Windows CA writes into its message: "Denied by Policy Module
 * 0x80094800, ...". 0: there is none. */
static uint32_t find_hresult(const char *text)
{
    const char *at = text != NULL ? strstr(text, "0x8") : NULL;
    unsigned long value;
    char *end;

    if (at == NULL)
        return 0;
    value = strtoul(at, &end, 16);
    return end - at == 10 ? (uint32_t)value : 0;
}

/* Set the outcome to denied, by the status of the CMC full response. */
static daotp_status refuse_by_status(daotp_submission *submission)
{
    const daotp__cmc_response *response = &submission->response;
    uint32_t hresult = find_hresult(response->text);
    daotp__buffer text;

    if (hresult == 0)
        hresult = find_hresult(submission->message);
    if (hresult == 0 && is_hresult(response->fail_info))
        hresult = response->fail_info;
    daotp__buffer_init(&text, MAX_WORDS);
    write_cmc_status(response, &text);
    return deny_with(submission, hresult, response->text, &text);
}

/* There is no certificate for our key: report whether the request was refused or is pending. */
static daotp_status report_other_response(daotp_submission *submission)
{
    const daotp__cmc_response *response = &submission->response;
    const char *id = submission->request_id;

    if (daotp__cmc_is_refused(response))
        return refuse_by_status(submission);
    if (daotp__cmc_is_pending(response) && id == NULL)
        id = response->pend_token;
    if (daotp__cmc_is_pending(response))
        return daotp_submission_pending(submission, id);
    return daotp__report_add(submission->spec.report, DAOTP_FINDING_CA_RESPONSE, 0,
                             submission->spec.config, "%zu certificates, none for our key",
                             submission->pool.count);
}

static daotp_status report_submission_result(daotp_submission *submission)
{
    daotp_status status;

    if (daotp__issued_order(&submission->pool, submission->spec.spki, &submission->chain,
                            &status)) {
        status = tell_status_beside(submission);
        return status == DAOTP_OK ? tell_disposition(submission) : status;
    }
    return status == DAOTP_MEMORY ? status : report_other_response(submission);
}

daotp_status daotp__submission_step(daotp_submission *submission)
{
    daotp_status status = DAOTP_OK;

    if (submission->asked == ASKED)
        return DAOTP_AGAIN;
    if (!submission->begun)
        status = begin_transport(submission);
    if (status == DAOTP_OK)
        status = step_transport(submission);
    if (status != DAOTP_AGAIN)
        note_credential(submission, status);
    if (status != DAOTP_OK)
        return status;
    if (submission->spec.request.len == 0 &&
        submission->spec.resumed_id == NULL) /* a ping, or the policy service */
        return DAOTP_OK;
    if (submission->outcome != DAOTP__OUTCOME_ISSUED) /* the transport is faulty */
        return daotp__report_add(submission->spec.report, DAOTP_FINDING_CA_MESSAGE, 0,
                                 submission->spec.config, "no outcome");
    return report_submission_result(submission);
}

int daotp__submission_fd(daotp_submission *submission)
{
    if (!submission->begun)
        return -1;
    return daotp__ca_transport(submission->ca)
        ->descriptor(daotp__ca_own(submission->ca), submission->state);
}

int daotp__submission_timeout_ms(daotp_submission *submission)
{
    if (!submission->begun || submission->asked == ASKED)
        return -1;
    return daotp__ca_transport(submission->ca)
        ->timeout_ms(daotp__ca_own(submission->ca), submission->state);
}

daotp__outcome daotp__submission_outcome(const daotp_submission *submission)
{
    return submission->outcome;
}

uint32_t daotp__submission_hresult(const daotp_submission *submission)
{
    return submission->hresult;
}

daotp__chain *daotp__submission_chain(daotp_submission *submission)
{
    return &submission->chain;
}

void daotp_submission_set_unread(daotp_submission *submission, size_t len)
{
    if (submission != NULL)
        submission->unread = len;
}

size_t daotp__submission_unread(const daotp_submission *submission)
{
    return submission->unread;
}

const void *daotp_submission_get_request(const daotp_submission *submission, size_t *len)
{
    if (len != NULL)
        *len = submission != NULL ? submission->spec.request.len : 0;
    return submission != NULL ? submission->spec.request.data : NULL;
}

const char *daotp_submission_get_resumed_id(const daotp_submission *submission)
{
    return submission != NULL ? submission->spec.resumed_id : NULL;
}

daotp_templates **daotp__submission_templates(const daotp_submission *submission)
{
    return submission->spec.templates;
}

daotp_ca_info *daotp__submission_info(const daotp_submission *submission)
{
    return submission->spec.info;
}

const char *daotp_submission_get_config(const daotp_submission *submission)
{
    return submission != NULL ? submission->spec.config : "";
}

const char *daotp_submission_get_host(const daotp_submission *submission)
{
    return submission != NULL ? submission->host : "";
}

const char *daotp_submission_get_ca_name(const daotp_submission *submission)
{
    return submission != NULL ? submission->name : "";
}

daotp_report *daotp_submission_get_report(const daotp_submission *submission)
{
    return submission != NULL ? submission->spec.report : NULL;
}

daotp_trust *daotp_submission_get_trust(const daotp_submission *submission)
{
    return submission != NULL ? submission->spec.trust : NULL;
}

const char *daotp_submission_get_user_name(const daotp_submission *submission)
{
    return submission != NULL && submission->spec.user != NULL ? submission->spec.user : "";
}

const char *daotp_submission_get_proxy(const daotp_submission *submission)
{
    return submission != NULL ? submission->spec.proxy : NULL;
}

bool daotp_submission_uses_environment_proxy(const daotp_submission *submission)
{
    return submission != NULL && submission->spec.proxy_from_environment;
}

bool daotp_submission_is_tls12_only(const daotp_submission *submission)
{
    return submission != NULL && submission->spec.tls12_only;
}

daotp_rules daotp_submission_get_server_rules(const daotp_submission *submission)
{
    return submission != NULL ? submission->spec.server_rules : DAOTP_RULES_PATH;
}

int64_t daotp_submission_get_connect_timeout_ms(const daotp_submission *submission)
{
    return submission != NULL ? submission->spec.connect_ms : 0;
}

bool daotp_submission_has_ticket(const daotp_submission *submission)
{
    return submission != NULL && submission->spec.has_ticket;
}

bool daotp_submission_can_ask_credential(const daotp_submission *submission)
{
    return submission != NULL && submission->spec.ask != NULL;
}

/* ---- the host that the OTP server named --------------------------------------------------------
 */

/* Refuse a host that is not on the list; the finding names the list. */
static daotp_status refuse_host(daotp_submission *submission, const char *host)
{
    const daotp__host_list *hosts = daotp__ca_hosts(submission->ca);
    daotp__buffer allowed;
    daotp_status status;

    daotp__buffer_init(&allowed, DAOTP__MAX_ALLOWED_HOSTS * (DAOTP__MAX_HOST + 2));
    for (size_t i = 0; i < hosts->count; i++)
        daotp__buffer_format(&allowed, " %s", hosts->patterns[i]);
    if (hosts->count == 0)
        daotp__buffer_text(&allowed, " none");
    status = daotp__report_add(submission->spec.report, DAOTP_FINDING_CA_HOST, 0,
                               submission->spec.config, "IssuingCA: host %s; allowed:%s", host,
                               daotp__buffer_string(&allowed));
    daotp__buffer_free(&allowed);
    return status;
}

daotp_status daotp_submission_check_host_form(daotp_submission *submission, const char *host)
{
    const daotp__submission_spec *spec;
    daotp__host parsed;

    if (submission == NULL || host == NULL)
        return DAOTP_USAGE;
    spec = &submission->spec;
    if (daotp__host_parse(host, &parsed))
        return DAOTP_OK;
    if (daotp__host_has_port(host))
        return daotp__report_add(spec->report, DAOTP_FINDING_CA_PORT, 0, spec->config,
                                 "IssuingCA: host %s", host);
    return daotp__report_add(spec->report, DAOTP_FINDING_CA_CONFIG, 0, spec->config,
                             "IssuingCA: \"%s\" is neither a DNS name nor an address", host);
}

daotp_status daotp_submission_check_host(daotp_submission *submission, const char *host)
{
    const daotp__host_list *hosts;
    daotp_status status;

    if (submission == NULL || host == NULL)
        return DAOTP_USAGE;
    hosts = daotp__ca_hosts(submission->ca);
    if (submission->is_stand_in && hosts->count == 0)
        return daotp__report_add(submission->spec.report, DAOTP_FINDING_CA_HOST_LIST, 0, "CA",
                                 "no URL, and no host allowed");
    if (submission->is_stand_in)
        return DAOTP_OK;
    status = daotp_submission_check_host_form(submission, host);
    if (status == DAOTP_OK && !daotp__host_list_allows(hosts, host))
        status = refuse_host(submission, host);
    return status;
}

/* ---- the domain credential ------------------------------------------------------------------- */

void daotp__domain_credential_clear(daotp_domain_credential *credential)
{
    daotp__delete(credential->user_name);
    daotp__delete(credential->host);
    daotp__buffer_free(&credential->password);
    credential->user_name = credential->host = NULL;
}

daotp_status daotp_domain_credential_set(daotp_domain_credential *answer, const char *user_name,
                                         const char *password, size_t len)
{
    if (answer == NULL || user_name == NULL || *user_name == '\0' || password == NULL ||
        len > DAOTP__MAX_PASSWORD || !daotp__utf8_printable(user_name, strlen(user_name)) ||
        !daotp__utf8_printable(password, len))
        return DAOTP_USAGE;
    if (!daotp__text_set(&answer->user_name, user_name))
        return DAOTP_MEMORY;
    daotp__buffer_free(&answer->password);
    daotp__buffer_add(&answer->password, password, len);
    return answer->password.failed;
}

/* If a transport asks again for a credential for the same host, the host has refused the
 * previous one. */
static void note_asked_again(const daotp_submission *submission, const char *host)
{
    const char *before = submission->credential.host;

    if (before != NULL && daotp__host_equal(before, host))
        daotp__refusals_note_refusal(submission->spec.refusals);
}

static daotp_status report_no_credential(const daotp_submission *submission)
{
    return daotp__report_add(submission->spec.report, DAOTP_FINDING_DOMAIN_CREDENTIAL, 0,
                             submission->credential.host, "none was given");
}

/* Use the credential that prepare asked for: only for its host, and only for the first attempt. */
static bool take_early_credential(daotp_submission *submission, daotp_status *status)
{
    const daotp_domain_credential *early = submission->spec.early;
    daotp_domain_credential *credential = &submission->credential;

    if (early == NULL || early->user_name == NULL || submission->is_early_used ||
        !daotp__host_equal(early->host, credential->host))
        return false;
    submission->is_early_used = true;
    *status = daotp_domain_credential_set(credential, early->user_name,
                                          (const char *)early->password.data, early->password.len);
    return true;
}

static daotp_status ask_application(daotp_submission *submission, daotp_host_origin origin)
{
    const daotp__submission_spec *spec = &submission->spec;
    daotp_domain_credential *credential = &submission->credential;
    daotp_status status = DAOTP_CONFIGURATION;
    uint32_t attempt = daotp__refusals_attempt(spec->refusals, credential->host, spec->user);

    if (attempt == 0)
        return DAOTP_MEMORY;
    if (attempt == 1 && take_early_credential(submission, &status))
        return status;
    if (spec->ask != NULL)
        status = spec->ask(spec->ask_user, credential->host, origin, attempt, credential);
    if (status == DAOTP_CANCELLED || status == DAOTP_MEMORY)
        return status;
    if (status == DAOTP_AGAIN && spec->can_wait) {
        submission->asked = ASKED;
        return status;
    }
    if (status != DAOTP_OK || credential->user_name == NULL)
        return report_no_credential(submission);
    return DAOTP_OK;
}

bool daotp__submission_is_asking(const daotp_submission *submission)
{
    return submission != NULL && submission->asked == ASKED;
}

daotp_status daotp__submission_answer(daotp_submission *submission, const char *user_name,
                                      const char *password, size_t len)
{
    daotp_status status = DAOTP_OK;

    if (!daotp__submission_is_asking(submission))
        return DAOTP_USAGE;
    if (user_name != NULL)
        status = daotp_domain_credential_set(&submission->credential, user_name, password, len);
    if (status == DAOTP_OK)
        submission->asked = user_name != NULL ? ANSWERED : HAS_NONE;
    return status;
}

/* The transport asks again for the host whose answer was still missing. */
static daotp_status take_later_answer(daotp_submission *submission)
{
    asked_state asked = submission->asked;

    if (asked == ASKED)
        return DAOTP_AGAIN;
    submission->asked = NOT_ASKED;
    return asked == HAS_NONE ? report_no_credential(submission) : DAOTP_OK;
}

/* Ask the application again; the credential given before is wiped. */
static daotp_status ask_for_host(daotp_submission *submission, const char *host,
                                 daotp_host_origin origin)
{
    note_asked_again(submission, host);
    forget_credential(submission);
    submission->credential.host = daotp__text_copy(host);
    if (submission->credential.host == NULL)
        return DAOTP_MEMORY;
    return ask_application(submission, origin);
}

/* Give the credential to the transport only if this host has not refused it before. */
static daotp_status offer_credential(daotp_submission *submission)
{
    const daotp__submission_spec *spec = &submission->spec;
    daotp_domain_credential *credential = &submission->credential;
    daotp__offer offer = {.user = spec->user,
                          .host = credential->host,
                          .user_name = credential->user_name,
                          .password = daotp__buffer_bytes(&credential->password)};
    daotp_status status = daotp__refusals_offer(spec->refusals, &offer);

    if (status != DAOTP_REJECTED)
        return status;
    return daotp__report_add(spec->report, DAOTP_FINDING_DOMAIN_REPEATED, 0, credential->host,
                             "the password for %s was refused before", credential->user_name);
}

daotp_status daotp_submission_ask_credential(daotp_submission *submission, const char *host,
                                             daotp_host_origin origin, const char **user_name,
                                             const char **password, size_t *password_len)
{
    daotp_domain_credential *credential;
    daotp_status status = DAOTP_OK;
    bool is_waited_for;

    if (submission == NULL || host == NULL || user_name == NULL || password == NULL ||
        password_len == NULL || origin < DAOTP_HOST_CONFIGURED || origin > DAOTP_HOST_FROM_SERVER)
        return DAOTP_USAGE;
    if (origin == DAOTP_HOST_FROM_SERVER)
        status = daotp_submission_check_host(submission, host);
    if (status != DAOTP_OK)
        return status;
    credential = &submission->credential;
    is_waited_for = submission->asked != NOT_ASKED && daotp__host_equal(credential->host, host);
    if (is_waited_for)
        status = take_later_answer(submission);
    else
        status = ask_for_host(submission, host, origin);
    if (status == DAOTP_OK)
        status = offer_credential(submission);
    if (status != DAOTP_OK)
        return status;
    daotp__report_redact(submission->spec.report, DAOTP__SECRET_PASSWORD,
                         daotp__buffer_bytes(&credential->password));
    *user_name = credential->user_name;
    *password = daotp__buffer_string(&credential->password);
    *password_len = credential->password.len;
    return DAOTP_OK;
}

/* ---- outcomes -------------------------------------------------------------------------------- */

/* Report where the answer cannot be read, and the rule. */
static daotp_status refuse_answer(const daotp_submission *submission, daotp__bytes answer)
{
    char text[DAOTP__FAULT_TEXT];
    daotp__fault fault;
    bool is_faulty;

    if (daotp__cms_is_content_info(answer))
        is_faulty = daotp__signed_data_find_fault(answer, &fault);
    else
        is_faulty = daotp__certificate_find_fault(answer, &fault);
    return daotp__report_add(submission->spec.report, DAOTP_FINDING_CA_RESPONSE, 0,
                             submission->spec.config, "%zu bytes that are no certificate: %s",
                             answer.len,
                             is_faulty ? daotp__fault_describe(&fault, text)
                                       : "RFC 5272 3.2.2: neither one nor a PKIResponse with one");
}

daotp_status daotp_submission_issued(daotp_submission *submission, const void *bytes, size_t len)
{
    daotp_status status;

    if (submission == NULL || bytes == NULL)
        return DAOTP_USAGE;
    status =
        daotp__issued_collect((daotp__bytes){bytes, len}, &submission->pool, &submission->response,
                              submission->spec.config, submission->spec.report);
    if (status == DAOTP_OK)
        submission->outcome = DAOTP__OUTCOME_ISSUED;
    else if (status != DAOTP_MEMORY)
        status = refuse_answer(submission, (daotp__bytes){bytes, len});
    return status;
}

bool daotp_submission_holds_certificate(const daotp_submission *submission, const void *bytes,
                                        size_t len)
{
    daotp__chain pool;
    bool found;

    if (submission == NULL || bytes == NULL)
        return false;
    daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
    found = daotp__issued_collect((daotp__bytes){bytes, len}, &pool, NULL, "", NULL) == DAOTP_OK &&
            daotp__issued_has_leaf(&pool, submission->spec.spki);
    daotp__chain_free(&pool);
    return found;
}

/* NULL and "" leave the text as it is. */
static bool set_words(char **slot, const char *text)
{
    return text == NULL || *text == '\0' || daotp__text_set(slot, text);
}

daotp_status daotp_submission_set_disposition(daotp_submission *submission, const char *request_id,
                                              const char *message)
{
    if (submission == NULL)
        return DAOTP_USAGE;
    return set_words(&submission->request_id, request_id) &&
                   set_words(&submission->message, message)
               ? DAOTP_OK
               : DAOTP_MEMORY;
}

daotp_status daotp_submission_pending(daotp_submission *submission, const char *request_id)
{
    char when[DAOTP__TIME_TEXT];
    daotp_status status;
    daotp__buffer text;

    if (submission == NULL)
        return DAOTP_USAGE;
    submission->outcome = DAOTP__OUTCOME_PENDING;
    daotp__buffer_init(&text, MAX_WORDS);
    write_disposition(submission, request_id, &text);
    if (submission->response.has_pend_time)
        daotp__buffer_format(&text, "; ask again from %s on (pendTime)",
                             daotp__time_text(submission->response.pend_time, when));
    status = daotp__report_add(submission->spec.report, DAOTP_FINDING_CA_PENDING, 0,
                               submission->spec.config, "%s", daotp__buffer_string(&text));
    daotp__buffer_free(&text);
    return status;
}

daotp_status daotp_submission_denied(daotp_submission *submission, uint32_t hresult,
                                     const char *message)
{
    daotp__buffer text;

    if (submission == NULL)
        return DAOTP_USAGE;
    daotp__buffer_init(&text, MAX_WORDS);
    daotp__buffer_format(&text, "0x%08X %s", (unsigned)hresult, daotp__hresult_name(hresult));
    return deny_with(submission, hresult, message, &text);
}
