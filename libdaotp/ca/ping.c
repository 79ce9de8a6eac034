/* SPDX-License-Identifier: BSD-2-Clause */
/* Submissions without a certificate request: a ping, the properties of a CA, and the policy
 * service. */
#include "ca/ca_info.h"
#include "ca/rpc.h"
#include "ca/run.h"
#include "ca/wstep.h"
#include "net/url.h"

static daotp_status ping_or_ask(daotp_ca *ca, daotp__submission_spec *spec, int64_t timeout_ms)
{
    daotp_report *report = spec->report;
    daotp_status status;

    daotp__report_enter(report);
    if (!daotp__ca_is_rpc(ca) || spec->config == NULL || spec->user == NULL || timeout_ms <= 0 ||
        report == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    status = daotp__submission_run(ca, spec, timeout_ms, NULL);
    return daotp__report_status(report, status);
}

daotp_status daotp_ca_ping(daotp_ca *ca, const char *config, const char *user_name,
                           daotp_domain_fn ask, void *user, int64_t timeout_ms,
                           daotp_report *report)
{
    daotp__submission_spec spec = {
        .config = config, .ask = ask, .ask_user = user, .user = user_name, .report = report};

    return ping_or_ask(ca, &spec, timeout_ms);
}

daotp_status daotp_ca_ask_info(daotp_ca *ca, const char *config, const char *user_name,
                               daotp_domain_fn ask, void *user, int64_t timeout_ms,
                               daotp_report *report, daotp_ca_info **out)
{
    daotp__submission_spec spec = {
        .config = config, .ask = ask, .ask_user = user, .user = user_name, .report = report};
    daotp_ca_info *info;
    daotp_status status;

    if (out == NULL)
        return DAOTP_USAGE;
    *out = NULL;
    status = daotp__ca_info_new(&info);
    if (status != DAOTP_OK)
        return status;
    spec.info = info;
    status = ping_or_ask(ca, &spec, timeout_ms);
    if (status == DAOTP_OK)
        *out = info;
    else
        daotp_ca_info_free(info);
    return status;
}

/* The subject of findings about the service: its host, and what is asked. */
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
    daotp__submission_spec spec = {
        .templates = templates, .ask = ask, .ask_user = user, .user = user_name, .report = report};
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
        status = daotp__submission_run(service, &spec, timeout_ms, NULL);
    daotp__buffer_free(&name);
    return daotp__report_status(report, status);
}
