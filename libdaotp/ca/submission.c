/* SPDX-License-Identifier: BSD-2-Clause */
/* One signed request on its way to one CA. */
#include "ca/ca.h"
#include "ca/hresult.h"
#include "ca/issued.h"
#include "core/alloc.h"
#include "core/utf8.h"

#include <string.h>

struct daotp_submission {
    daotp_ca *ca;
    void *state;
    bool begun;
    daotp__submission_spec spec;
    char *host, *name;
    daotp_domain_credential credential;
    daotp__chain pool, chain;
    daotp__outcome outcome;
    uint32_t hresult;
    size_t unread;
};

/* "host\name", split at the first backslash; a name may hold blanks. */
static daotp_status split_config(daotp_submission *submission)
{
    const char *config = submission->spec.config, *slash = strchr(config, '\\');

    if (slash == NULL || slash == config || slash[1] == '\0')
        return daotp__report_add(submission->spec.report, DAOTP_FINDING_CA_CONFIG, 0, config,
                                 "no host\\name");
    submission->host = daotp__text_copy_n(config, (size_t)(slash - config));
    submission->name = daotp__text_copy(slash + 1);
    return submission->host != NULL && submission->name != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

static daotp_submission *make(daotp_ca *ca, const daotp__submission_spec *spec)
{
    daotp_submission *submission = daotp__new(sizeof *submission);

    if (submission == NULL)
        return NULL;
    submission->ca = daotp_ca_ref(ca);
    submission->spec = *spec;
    submission->spec.trust = daotp_trust_ref(spec->trust);
    daotp__buffer_init(&submission->credential.password, DAOTP__MAX_PASSWORD);
    daotp__chain_init(&submission->pool, DAOTP__MAX_CHAIN);
    daotp__chain_init(&submission->chain, DAOTP__MAX_CHAIN);
    return submission;
}

daotp_status daotp__submission_check(daotp_ca *ca, const daotp__submission_spec *spec)
{
    daotp_submission *submission;
    daotp_status status;

    if (daotp__ca_transport(ca)->check == NULL)
        return DAOTP_OK;
    submission = make(ca, spec);
    if (submission == NULL)
        return DAOTP_MEMORY;
    submission->spec.request = (daotp__bytes){NULL, 0};
    submission->spec.config = "host\\name";
    status = split_config(submission);
    if (status == DAOTP_OK)
        status = daotp__ca_transport(ca)->check(daotp__ca_own(ca), submission);
    daotp__submission_free(submission);
    return status;
}

daotp_status daotp__submission_new(daotp_ca *ca, const daotp__submission_spec *spec,
                                   daotp_submission **out)
{
    daotp_submission *submission = make(ca, spec);
    daotp_status status;

    *out = NULL;
    if (submission == NULL)
        return DAOTP_MEMORY;
    status = split_config(submission);
    if (status == DAOTP_OK)
        status = daotp__ca_transport(ca)->begin(daotp__ca_own(ca), submission, &submission->state);
    submission->begun = status == DAOTP_OK;
    if (status != DAOTP_OK) {
        daotp__submission_free(submission);
        return status;
    }
    *out = submission;
    return DAOTP_OK;
}

static void forget_credential(daotp_submission *submission)
{
    daotp__report_hide(submission->spec.report, DAOTP__SECRET_PASSWORD, (daotp__bytes){NULL, 0});
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
    daotp__delete(submission->host);
    daotp__delete(submission->name);
    daotp_trust_free(submission->spec.trust);
    daotp_ca_free(submission->ca);
    daotp__delete(submission);
}

static daotp_status judge_issued(daotp_submission *submission)
{
    daotp_status status;

    if (daotp__issued_order(&submission->pool, submission->spec.spki, &submission->chain, &status))
        return DAOTP_OK;
    if (status == DAOTP_MEMORY)
        return status;
    return daotp__report_add(submission->spec.report, DAOTP_FINDING_CA_RESPONSE, 0,
                             submission->spec.config, "%zu certificates, none for our key",
                             submission->pool.count);
}

daotp_status daotp__submission_step(daotp_submission *submission)
{
    daotp_status status = daotp__ca_transport(submission->ca)
                              ->step(daotp__ca_own(submission->ca), submission->state, submission);

    if (status != DAOTP_OK)
        return status;
    if (submission->outcome != DAOTP__OUTCOME_ISSUED) /* a transport's own mistake */
        return daotp__report_add(submission->spec.report, DAOTP_FINDING_CA_MESSAGE, 0,
                                 submission->spec.config, "no outcome");
    return judge_issued(submission);
}

int daotp__submission_fd(daotp_submission *submission)
{
    return daotp__ca_transport(submission->ca)
        ->descriptor(daotp__ca_own(submission->ca), submission->state);
}

int daotp__submission_timeout_ms(daotp_submission *submission)
{
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

void daotp__submission_set_unread(daotp_submission *submission, size_t len)
{
    submission->unread = len;
}

size_t daotp__submission_unread(const daotp_submission *submission)
{
    return submission->unread;
}

const daotp__submission_spec *daotp__submission_spec_of(const daotp_submission *submission)
{
    return &submission->spec;
}

const uint8_t *daotp_submission_get_request(const daotp_submission *submission, size_t *len)
{
    if (len != NULL)
        *len = submission != NULL ? submission->spec.request.len : 0;
    return submission != NULL ? submission->spec.request.data : NULL;
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

daotp_status daotp_submission_ask_credential(daotp_submission *submission, const char *host,
                                             const char **user_name, const char **password,
                                             size_t *password_len)
{
    daotp_domain_credential *credential;
    daotp_status status = DAOTP_CONFIGURATION;

    if (submission == NULL || host == NULL || user_name == NULL || password == NULL ||
        password_len == NULL)
        return DAOTP_USAGE;
    credential = &submission->credential;
    forget_credential(submission);
    credential->host = daotp__text_copy(host);
    if (credential->host == NULL)
        return DAOTP_MEMORY;
    if (submission->spec.ask != NULL)
        status = submission->spec.ask(submission->spec.ask_user, credential->host,
                                      ++*submission->spec.attempts, credential);
    if (status == DAOTP_CANCELLED || status == DAOTP_MEMORY)
        return status;
    if (status != DAOTP_OK || credential->user_name == NULL)
        return daotp__report_add(submission->spec.report, DAOTP_FINDING_DOMAIN_CREDENTIAL, 0, host,
                                 "none was given");
    daotp__report_hide(submission->spec.report, DAOTP__SECRET_PASSWORD,
                       daotp__buffer_bytes(&credential->password));
    *user_name = credential->user_name;
    *password = daotp__buffer_string(&credential->password);
    *password_len = credential->password.len;
    return DAOTP_OK;
}

/* ---- outcomes -------------------------------------------------------------------------------- */

daotp_status daotp_submission_issued(daotp_submission *submission, const void *bytes, size_t len)
{
    daotp_status status;

    if (submission == NULL || bytes == NULL)
        return DAOTP_USAGE;
    status = daotp__issued_collect((daotp__bytes){bytes, len}, &submission->pool);
    if (status == DAOTP_OK)
        submission->outcome = DAOTP__OUTCOME_ISSUED;
    else if (status != DAOTP_MEMORY)
        status =
            daotp__report_add(submission->spec.report, DAOTP_FINDING_CA_RESPONSE, 0,
                              submission->spec.config, "%zu bytes that are no certificate", len);
    return status;
}

daotp_status daotp_submission_pending(daotp_submission *submission, const char *request_id)
{
    if (submission == NULL)
        return DAOTP_USAGE;
    submission->outcome = DAOTP__OUTCOME_PENDING;
    return daotp__report_add(submission->spec.report, DAOTP_FINDING_CA_PENDING, 0,
                             submission->spec.config, "request %s",
                             request_id != NULL ? request_id : "without a number");
}

daotp_status daotp_submission_denied(daotp_submission *submission, uint32_t hresult,
                                     const char *message)
{
    if (submission == NULL)
        return DAOTP_USAGE;
    submission->outcome = DAOTP__OUTCOME_DENIED;
    submission->hresult = hresult;
    return daotp__report_add(submission->spec.report, daotp__hresult_finding(hresult), hresult,
                             submission->spec.config, "0x%08X %s%s%s", (unsigned)hresult,
                             daotp__hresult_name(hresult), message != NULL ? ": " : "",
                             message != NULL ? message : "");
}
