/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of the server: wrong codes, and codes that were used. */
#include "serve.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

daotp_status serve_open_budget(daotp_context *context, const serve_settings *s,
                               daotp_budget **budget)
{
    daotp_report *report = NULL;
    daotp_status status = daotp_report_new(context, &report);

    if (status == DAOTP_OK)
        status = tool_taken("serve", daotp_budget_new(context, s->state, budget), "state",
                            s->state != NULL ? s->state : "");
    if (status == DAOTP_OK)
        status = daotp_budget_set_nodes(*budget, s->nodes);
    if (status == DAOTP_OK) {
        status = daotp_budget_open(*budget, report);
        if (status != DAOTP_OK)
            serve_say_report(report, status);
    }
    daotp_report_free(report);
    return status;
}

/* A folder that is not there is not made: it would be a mistyped one. */
int serve_clear_user(const serve_settings *s)
{
    daotp_context *context = tool_context();
    daotp_budget *budget = NULL;
    daotp_report *report = NULL;
    daotp_status status = daotp_report_new(context, &report);

    if (access(s->state, F_OK) != 0) {
        tool_say("daotp serve: --state %s: %s", s->state, strerror(errno));
        status = DAOTP_CONFIGURATION;
    }
    if (status == DAOTP_OK)
        status =
            tool_taken("serve", daotp_budget_new(context, s->state, &budget), "state", s->state);
    if (status == DAOTP_OK) {
        status = daotp_budget_clear_user(budget, s->clear_user, report);
        if (status == DAOTP_USAGE)
            (void)tool_taken("serve", status, "clear-user", s->clear_user);
        else if (status != DAOTP_OK)
            serve_say_report(report, status);
    }
    daotp_budget_unref(budget);
    daotp_report_free(report);
    daotp_context_unref(context);
    return tool_exit_status(status);
}
