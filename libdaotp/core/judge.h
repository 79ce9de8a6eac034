/* SPDX-License-Identifier: BSD-2-Clause */
/* A row of checks on one thing: every check is made and reported, the first error is the verdict.
 */
#ifndef DAOTP_CORE_JUDGE_H
#define DAOTP_CORE_JUDGE_H

#include "core/report.h"

typedef struct daotp__judge {
    daotp_report *report;
    const char *subject; /* what is looked at, in every finding */
    daotp_status verdict;
} daotp__judge;

void daotp__judge_find(daotp__judge *judge, daotp_finding_number number, const char *found, ...)
    __attribute__((format(printf, 3, 4)));
/* Take the verdict of further checks in. */
void daotp__judge_add(daotp__judge *judge, daotp_status verdict);

#endif
