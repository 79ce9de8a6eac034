/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/extension.h"

#include "core/alloc.h"

#include <daotp/sys/report.h>

#include <string.h>

daotp_status daotp__extension_new(daotp_context *context, void (*end)(void *self), void *self,
                                  size_t size, void **object)
{
    bool usable = context != NULL && end != NULL;

    *object = usable ? daotp__new(size) : NULL;
    if (*object != NULL)
        return DAOTP_OK;
    if (end != NULL)
        end(self);
    return usable ? DAOTP_MEMORY : DAOTP_USAGE;
}

void daotp__extension_copy(void *to, size_t room, const void *table, size_t size)
{
    memcpy(to, table, size < room ? size : room);
}

static bool is_extension_answer(daotp_status status)
{
    return (unsigned)status <= DAOTP_INTERNAL && status != DAOTP_AGAIN;
}

/* These two statuses need no finding. */
static bool needs_finding(daotp_status status)
{
    return status != DAOTP_OK && status != DAOTP_MEMORY && status != DAOTP_CANCELLED;
}

daotp_status daotp__extension_answer(daotp_report *report, size_t since, daotp_status answer,
                                     daotp_finding_number silent, const char *subject)
{
    daotp_status status = is_extension_answer(answer) ? answer : DAOTP_INTERNAL;

    if (report == NULL)
        return status;
    if (status == DAOTP_OK)
        daotp__report_downgrade_errors(report, since);
    else if (needs_finding(status) && daotp__report_verdict(report, since, status) == NULL)
        (void)daotp__report_add(report, silent, (int64_t)answer, subject, "status %d, %s",
                                (int)answer, daotp_status_name(answer));
    return status;
}

/* ---- what extenders report ------------------------------------------------------------------- */

daotp_status daotp_report_add(daotp_report *report, daotp_finding_number number, int64_t upstream,
                              const char *subject, const char *found)
{
    if (*daotp_catalogue_get_id(number) == '\0')
        number = DAOTP_FINDING_CALL_INTERNAL;
    return daotp__report_add(report, number, upstream, subject, "%s", found != NULL ? found : "");
}

daotp_status daotp_report_conclude(daotp_report *report, size_t since, daotp_finding_number number,
                                   const char *subject, const char *found)
{
    if (*daotp_catalogue_get_id(number) == '\0')
        number = DAOTP_FINDING_CALL_INTERNAL;
    return daotp__report_conclude(report, since, number, subject, "%s", found != NULL ? found : "");
}

void daotp_report_downgrade_errors(daotp_report *report, size_t since)
{
    if (report != NULL)
        daotp__report_downgrade_errors(report, since);
}
