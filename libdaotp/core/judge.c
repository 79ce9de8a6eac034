/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/judge.h"

#include <stdarg.h>
#include <stdio.h>

void daotp__judge_add(daotp__judge *judge, daotp_status verdict)
{
    if (judge->verdict == DAOTP_OK)
        judge->verdict = verdict;
}

void daotp__judge_find(daotp__judge *judge, daotp_finding_number number, const char *found, ...)
{
    const daotp_finding *first = judge->report != NULL ? judge->report->error : NULL;
    char text[DAOTP__MAX_TEXT];
    va_list args;

    va_start(args, found);
    (void)vsnprintf(text, sizeof text, found, args); /* what is too long is cut */
    va_end(args);
    daotp__judge_add(judge,
                     daotp__report_add(judge->report, number, 0, judge->subject, "%s", text));
    if (first != NULL) /* the first error is the one that stops the run */
        judge->report->error = first;
}
