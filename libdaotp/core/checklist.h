/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A row of checks on one thing: every check is made and reported. The verdict is that of the first
 * check that fails. A check that is undecided does not stop the row: the verdict is then that of a
 * later one that is not, if there is such a one.
 */
#ifndef DAOTP_CORE_CHECKLIST_H
#define DAOTP_CORE_CHECKLIST_H

#include "core/report.h"

typedef struct daotp__checklist {
    daotp_report *report; /* NULL: only the verdict is needed */
    const char *subject;  /* the subject of every finding */
    daotp_status verdict;
} daotp__checklist;

/* A finding about the subject of the list. */
void daotp__checklist_find(daotp__checklist *list, daotp_finding_number number, const char *found,
                           ...) __attribute__((format(printf, 3, 4)));
/* Include the verdict of further checks. */
void daotp__checklist_take(daotp__checklist *list, daotp_status verdict);
/* Whether no further check can change the verdict, and no report is kept. */
bool daotp__checklist_is_final(const daotp__checklist *list);

#endif
