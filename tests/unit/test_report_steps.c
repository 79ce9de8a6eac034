/* SPDX-License-Identifier: BSD-2-Clause */
/* How much work a report is, counted in basic blocks. */
#include "step_count.h"
#include "testing.h"

#include "core/report.h"

/* A RADIUS login clears its report when it begins and ends it when it is freed, and most logins
 * find nothing: neither call may look at each place a report has for findings, stages or old texts.
 */
enum { MAX_BLOCKS = 40 };

static void an_empty_report_is_cleared_and_ended_in_few_steps(void **state)
{
    daotp_report report;
    uint64_t before, after;

    (void)state;
    daotp__report_init(&report, NULL);
    before = step_count_now().blocks;
    daotp__report_clear(&report);
    daotp__report_end(&report);
    after = step_count_now().blocks;
    assert_between(after - before, 1, MAX_BLOCKS);
}

static void what_was_dropped_is_freed_at_the_end(void **state)
{
    daotp_report report;

    (void)state;
    daotp__report_init(&report, NULL);
    for (unsigned run = 0; run < 2 * DAOTP__MAX_PAST_TEXTS; run++) { /* the places are used again */
        (void)daotp__report_add(&report, DAOTP_FINDING_RADIUS_REJECTED, 0, "subject", "%u", run);
        daotp__report_clear(&report);
    }
    assert_non_null(report.past[DAOTP__MAX_PAST_TEXTS - 1]);
    daotp__report_end(&report);
    for (size_t i = 0; i < DAOTP__MAX_PAST_TEXTS; i++)
        assert_null(report.past[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_report_is_cleared_and_ended_in_few_steps),
        cmocka_unit_test(what_was_dropped_is_freed_at_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
