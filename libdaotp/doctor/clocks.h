/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds out whose clock is wrong: compares the clocks of servers, KDCs and CAs, as they were seen
 * in a run, with each other and with this machine's clock. */
#ifndef DAOTP_DOCTOR_CLOCKS_H
#define DAOTP_DOCTOR_CLOCKS_H

#include "core/report.h"

typedef enum daotp__clock_kind {
    DAOTP__CLOCK_OF_SERVER, /* Date of HTTP */
    DAOTP__CLOCK_OF_KDC,    /* stime of a KRB-ERROR */
    DAOTP__CLOCK_OF_CA      /* a notBefore: the CA's clock showed this or later */
} daotp__clock_kind;

typedef struct daotp__clock_reading {
    const char *subject; /* borrowed for the run */
    int64_t ahead_s;     /* of this machine's clock */
    daotp__clock_kind kind;
} daotp__clock_reading;

typedef struct daotp__clocks {
    daotp__clock_reading readings[DAOTP__MAX_DOCTOR_CLOCKS];
    size_t count;
    size_t waiting; /* KDCs that have not answered yet */
} daotp__clocks;

typedef enum daotp__clock_verdict {
    DAOTP__CLOCK_AGREES,
    DAOTP__CLOCK_OPEN, /* as many clocks agree with the other clock as with this machine's */
    DAOTP__CLOCK_HERE, /* more clocks agree with the other one: this machine's is wrong */
    DAOTP__CLOCK_THERE /* more clocks agree with this machine's: the other one is wrong */
} daotp__clock_verdict;

void daotp__clocks_begin(daotp__clocks *clocks);
/* Add a reading. Readings above the limit are ignored. All certificates together are one reading,
 * that of the newest notBefore, because one CA may have issued several of them. */
void daotp__clocks_note(daotp__clocks *clocks, const char *subject, int64_t ahead_s,
                        daotp__clock_kind kind);
/* Compare this machine's clock with a clock that is this far ahead and is among the readings. */
daotp__clock_verdict daotp__clocks_judge(const daotp__clocks *clocks, int64_t ahead_s);
/* Report a clock that differs by a minute or more. DAOTP_OK if it agrees, or differs by less than
 * five minutes. */
daotp_status daotp__clocks_report(const daotp__clocks *clocks, const char *subject, int64_t ahead_s,
                                  daotp_report *report);

#endif
