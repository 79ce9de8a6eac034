/* SPDX-License-Identifier: BSD-2-Clause */
/* Submissions without a request: a ping, which does all but send one, and the policy service. */
#include "ca/ca.h"
#include "ca/rpc.h"
#include "ca/wstep.h"
#include "net/loop.h"
#include "net/url.h"

static void on_ask_ready(void *user, int fd, uint32_t events)
{
    (void)user, (void)fd, (void)events; /* the loop calls the step anyway */
}

/* Step until the transport has finished or the time has passed. */
static daotp_status run_to_end(daotp__loop *loop, daotp_submission *submission,
                               daotp_report *report)
{
    int slot = daotp__loop_join(loop, on_ask_ready, NULL);
    int fd = daotp__submission_fd(submission), timeout_ms;
    daotp_status status = DAOTP_AGAIN;

    if (slot < 0 || !daotp__loop_watch(loop, slot, fd, EPOLLIN))
        return DAOTP_MEMORY;
    while (status == DAOTP_AGAIN) {
        status = daotp__loop_dispatch(loop);
        if (status != DAOTP_OK)
            status = daotp__report_add(report, DAOTP_FINDING_CALL_TIMEOUT, 0,
                                       daotp_submission_get_config(submission), "no answer");
        else
            status = daotp__submission_step(submission);
        if (status != DAOTP_AGAIN)
            break;
        timeout_ms = daotp__submission_timeout_ms(submission);
        if (timeout_ms >= 0)
            daotp__loop_wake_in(loop, timeout_ms);
        daotp__loop_pause(loop);
        daotp__loop_wait(loop);
    }
    (void)daotp__loop_watch(loop, slot, fd, 0);
    daotp__loop_leave(loop, slot);
    return status;
}

static daotp_status ask_with(daotp_ca *ca, const daotp__submission_spec *spec, int64_t timeout_ms)
{
    daotp_submission *submission = NULL;
    daotp__loop *loop = NULL;
    daotp_status status = daotp__loop_new(spec->context, &loop);

    if (status != DAOTP_OK)
        return status;
    daotp__loop_begin(loop, timeout_ms);
    status = daotp__submission_new(ca, spec, &submission);
    if (status == DAOTP_OK)
        status = run_to_end(loop, submission, spec->report);
    daotp__submission_free(submission);
    daotp__loop_free(loop);
    return status;
}

/* Uses its own record of refused passwords. */
static daotp_status ask_once(daotp_ca *ca, daotp__submission_spec *spec, int64_t timeout_ms)
{
    daotp_status status = daotp__refusals_new(&spec->refusals);

    spec->context = daotp__ca_context(ca);
    if (status == DAOTP_OK)
        status = ask_with(ca, spec, timeout_ms);
    daotp__refusals_free(spec->refusals);
    return status;
}

daotp_status daotp_ca_ping(daotp_ca *ca, const char *config, const char *user_name,
                           daotp_domain_fn ask, void *user, int64_t timeout_ms,
                           daotp_report *report)
{
    daotp__submission_spec spec = {.config = config,
                                   .connect_ms = DAOTP__CONNECT_MS,
                                   .ask = ask,
                                   .ask_user = user,
                                   .user = user_name,
                                   .report = report};

    daotp__report_enter(report);
    if (!daotp__ca_is_rpc(ca) || config == NULL || user_name == NULL || timeout_ms <= 0 ||
        report == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    return daotp__report_status(report, ask_once(ca, &spec, timeout_ms));
}

/* The name of the service in findings: its host, and what is asked. */
static daotp_status write_service_name(const char *url, daotp__buffer *name)
{
    daotp__url parsed = {.text = NULL};
    daotp_status status = daotp__url_parse(url, &parsed);

    if (status == DAOTP_OK) {
        daotp__buffer_format(name, "%s\\GetPolicies", parsed.host);
        status = name->failed;
    }
    daotp__url_free(&parsed);
    return status;
}

daotp_status daotp_ca_fetch_templates(daotp_ca *service, const char *user_name, daotp_domain_fn ask,
                                      void *user, int64_t timeout_ms, daotp_report *report,
                                      daotp_templates **templates)
{
    daotp__submission_spec spec = {.templates = templates,
                                   .connect_ms = DAOTP__CONNECT_MS,
                                   .ask = ask,
                                   .ask_user = user,
                                   .user = user_name,
                                   .report = report};
    const char *url = daotp__wstep_url(service);
    daotp_status status;
    daotp__buffer name;

    daotp__report_enter(report);
    if (templates == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    *templates = NULL;
    if (url == NULL || user_name == NULL || timeout_ms <= 0 || report == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    daotp__buffer_init(&name, DAOTP__MAX_URL);
    status = write_service_name(url, &name);
    spec.config = daotp__buffer_string(&name);
    if (status == DAOTP_OK)
        status = ask_once(service, &spec, timeout_ms);
    daotp__buffer_free(&name);
    return daotp__report_status(report, status);
}
