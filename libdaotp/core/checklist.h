/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A list of checks of one object. All checks are made and reported. The verdict is the status of
 * the first check that fails. DAOTP_UNDECIDED is replaced by the status of a later check that fails
 * for certain.
 */
#ifndef DAOTP_CORE_CHECKLIST_H
#define DAOTP_CORE_CHECKLIST_H

#include "core/report.h"

typedef struct daotp__checklist {
    daotp_report *report; /* NULL: only the verdict is needed */
    const char *subject;  /* the subject of every finding */
    daotp_status verdict;
} daotp__checklist;

/* Report a finding about the subject of the list, and include its status in the verdict. found:
 * a printf() format. */
void daotp__checklist_report(daotp__checklist *list, daotp_finding_number number, const char *found,
                             ...) __attribute__((format(printf, 3, 4)));
/* Include the verdict of other checks. */
void daotp__checklist_take(daotp__checklist *list, daotp_status verdict);
/* Whether no further check can change the verdict, and no report is kept. */
bool daotp__checklist_is_final(const daotp__checklist *list);

#endif
