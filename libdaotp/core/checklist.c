/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/checklist.h"

#include <stdarg.h>
#include <stdio.h>

void daotp__checklist_take(daotp__checklist *list, daotp_status verdict)
{
    bool is_open = list->verdict == DAOTP_OK || list->verdict == DAOTP_UNDECIDED;

    if (is_open && verdict != DAOTP_OK)
        list->verdict = verdict;
}

void daotp__checklist_report(daotp__checklist *list, daotp_finding_number number, const char *found,
                             ...)
{
    char text[DAOTP__MAX_TEXT];
    va_list args;

    va_start(args, found);
    (void)vsnprintf(text, sizeof text, found, args); /* a text that is too long is cut */
    va_end(args);
    daotp__checklist_take(list,
                          daotp__report_add(list->report, number, 0, list->subject, "%s", text));
}

bool daotp__checklist_is_final(const daotp__checklist *list)
{
    return list->report == NULL && list->verdict == DAOTP_REJECTED;
}
