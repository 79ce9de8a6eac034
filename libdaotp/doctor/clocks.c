/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/clocks.h"

#include "core/time_sum.h"

/* Kerberos takes five minutes unless it was told otherwise (RFC 4120 8.2). */
enum { SKEW_S = 300, DRIFT_S = 60 };

void daotp__clocks_begin(daotp__clocks *clocks)
{
    clocks->count = clocks->waiting = 0;
}

static daotp__clock_reading *find_ca_reading(daotp__clocks *clocks)
{
    for (size_t i = 0; i < clocks->count; i++)
        if (clocks->readings[i].kind == DAOTP__CLOCK_OF_CA)
            return &clocks->readings[i];
    return NULL;
}

void daotp__clocks_note(daotp__clocks *clocks, const char *subject, int64_t ahead_s,
                        daotp__clock_kind kind)
{
    daotp__clock_reading *of_ca = kind == DAOTP__CLOCK_OF_CA ? find_ca_reading(clocks) : NULL;

    if (of_ca != NULL && ahead_s > of_ca->ahead_s)
        *of_ca = (daotp__clock_reading){subject, ahead_s, kind};
    else if (of_ca == NULL && clocks->count < DAOTP__MAX_DOCTOR_CLOCKS)
        clocks->readings[clocks->count++] = (daotp__clock_reading){subject, ahead_s, kind};
}

static int64_t seconds_apart(int64_t left, int64_t right)
{
    int64_t apart = daotp__time_sub(left, right);

    if (apart == INT64_MIN)
        return INT64_MAX;
    return apart < 0 ? -apart : apart;
}

/* How many of the readings agree with a clock that is this far ahead. */
static size_t count_agreeing(const daotp__clocks *clocks, int64_t ahead_s)
{
    size_t count = 0;

    for (size_t i = 0; i < clocks->count; i++) {
        const daotp__clock_reading *reading = &clocks->readings[i];

        if (reading->kind == DAOTP__CLOCK_OF_CA)
            count += daotp__time_sub(reading->ahead_s, ahead_s) < DRIFT_S;
        else
            count += seconds_apart(reading->ahead_s, ahead_s) < DRIFT_S;
    }
    return count;
}

daotp__clock_verdict daotp__clocks_judge(const daotp__clocks *clocks, int64_t ahead_s)
{
    size_t here = 1 + count_agreeing(clocks, 0), there = count_agreeing(clocks, ahead_s);

    if (seconds_apart(ahead_s, 0) < DRIFT_S)
        return DAOTP__CLOCK_AGREES;
    if (here == there)
        return DAOTP__CLOCK_OPEN;
    return here < there ? DAOTP__CLOCK_HERE : DAOTP__CLOCK_THERE;
}

daotp_status daotp__clocks_report(const daotp__clocks *clocks, const char *subject, int64_t ahead_s,
                                  daotp_report *report)
{
    static const daotp_finding_number numbers[] = {[DAOTP__CLOCK_OPEN] = DAOTP_FINDING_CLOCK_SKEW,
                                                   [DAOTP__CLOCK_HERE] = DAOTP_FINDING_CLOCK_HERE,
                                                   [DAOTP__CLOCK_THERE] =
                                                       DAOTP_FINDING_CLOCK_THERE};
    daotp__clock_verdict verdict = daotp__clocks_judge(clocks, ahead_s);
    int64_t apart = seconds_apart(ahead_s, 0);
    daotp_finding_number number = DAOTP_FINDING_CLOCK_DRIFT;

    if (verdict == DAOTP__CLOCK_AGREES)
        return DAOTP_OK;
    if (apart >= SKEW_S)
        number = numbers[verdict];
    return daotp__report_add(report, number, ahead_s, subject,
                             "its clock is %lld s %s this one; clocks that agree with it, itself "
                             "among them: %zu, with this one: %zu",
                             (long long)apart, ahead_s < 0 ? "behind" : "ahead of",
                             count_agreeing(clocks, ahead_s), 1 + count_agreeing(clocks, 0));
}
