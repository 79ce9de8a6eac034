/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"
#include "test_clock.h"
#include "test_log.h"

#include "core/context.h"

#include <daotp/version.h>

static void arguments_are_checked(void **state)
{
    daotp_context *context;

    (void)state;
    assert_int_equal(daotp_context_new(NULL), DAOTP_USAGE);
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    assert_int_equal(daotp_context_set_log(NULL, DAOTP_LOG_INFO, test_log_keep, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_context_set_log(context, DAOTP_LOG_DEBUG + 1, test_log_keep, NULL),
                     DAOTP_USAGE);
    assert_int_equal(daotp_context_set_wall_clock(NULL, test_clock_stands, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_context_set_monotonic_clock(NULL, test_clock_stands, NULL), DAOTP_USAGE);
    daotp_context_unref(context);
    daotp_context_unref(NULL);
}

static void clocks_are_the_systems_unless_given(void **state)
{
    int64_t wall = 1234, monotonic = 99, before = (int64_t)time(NULL), first;
    daotp_context *context;

    (void)state;
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    assert_between(daotp__context_now_s(context), before, before + 60);
    first = daotp__context_now_ms(context);
    assert_true(first >= 0 && daotp__context_now_ms(context) >= first);
    assert_int_equal(daotp_context_set_wall_clock(context, test_clock_stands, &wall), DAOTP_OK);
    assert_int_equal(daotp_context_set_monotonic_clock(context, test_clock_stands, &monotonic),
                     DAOTP_OK);
    assert_int_equal(daotp__context_now_s(context), 1234);
    assert_int_equal(daotp__context_now_ms(context), 99);
    assert_int_equal(daotp_context_set_wall_clock(context, NULL, NULL), DAOTP_OK);
    assert_int_not_equal(daotp__context_now_s(context), 1234);
    daotp_context_unref(context);
}

static void a_context_is_silent_unless_told(void **state)
{
    test_log line = {0};
    daotp_context *context;

    (void)state;
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    daotp__context_log(context, DAOTP_LOG_ERROR, "ID", "nobody hears");
    assert_int_equal(daotp_context_set_log(context, DAOTP_LOG_INFO, test_log_keep, &line),
                     DAOTP_OK);
    daotp__context_log(context, DAOTP_LOG_INFO, "ID-A", "%s %d", "text", 7);
    assert_int_equal(line.count, 1);
    assert_int_equal(line.level, DAOTP_LOG_INFO);
    assert_string_equal(line.id, "ID-A");
    assert_string_equal(line.text, "text 7");
    daotp__context_log(context, DAOTP_LOG_DEBUG, "ID-B", "less important");
    assert_int_equal(line.count, 1);
    daotp__context_log(context, DAOTP_LOG_ERROR, "ID-C", "more important");
    assert_int_equal(line.count, 2);
    assert_int_equal(daotp_context_set_log(context, DAOTP_LOG_INFO, NULL, NULL), DAOTP_OK);
    daotp__context_log(context, DAOTP_LOG_ERROR, "ID", "silence again");
    assert_int_equal(line.count, 2);
    daotp_context_unref(context);
}

static void a_line_too_long_is_cut(void **state)
{
    char longer[3000];
    test_log line = {0};
    daotp_context *context;

    (void)state;
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    assert_int_equal(daotp_context_set_log(context, DAOTP_LOG_INFO, test_log_keep, &line),
                     DAOTP_OK);
    daotp__context_log(context, DAOTP_LOG_ERROR, "ID", "%s", longer);
    assert_true(strlen(line.text) >= 512 && strlen(line.text) < sizeof longer - 1);
    daotp_context_unref(context);
}

/* context.h: one line, no line end. What a finding looked at may come from anywhere. */
static void a_finding_is_logged_as_one_line(void **state)
{
    test_log line = {0};
    daotp_context *context;
    daotp_report *report;

    (void)state;
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    assert_int_equal(daotp_context_set_log(context, DAOTP_LOG_DEBUG, test_log_keep, &line),
                     DAOTP_OK);
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    (void)daotp__report_add(report, DAOTP_FINDING_FILE_READ, 0, "a\nb\x1B[31m", "c\r\nd");
    assert_int_equal(line.count, 1);
    assert_int_equal(line.level, DAOTP_LOG_ERROR);
    assert_string_equal(line.id, "FILE-READ");
    assert_null(strpbrk(line.text, "\r\n\x1B"));
    daotp_report_free(report);
    daotp_context_unref(context);
}

static void objects_keep_their_context_alive(void **state)
{
    daotp_context *context;
    daotp_report *report;

    (void)state;
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    daotp_context_unref(context);
    daotp__report_stage_begin(report, DAOTP_STAGE_TLS); /* reads the context's clock */
    daotp__report_stage_end(report, DAOTP_STAGE_TLS, DAOTP_STAGE_PASSED);
    assert_true(daotp_report_get_stage_ms(report, DAOTP_STAGE_TLS) >= 0);
    daotp_report_free(report);
}

static int64_t soon_over(void *user)
{
    (void)user;
    return INT64_MAX - 10;
}

/* A time-out of any length ends some time, and not in the past. */
static void a_time_ahead_does_not_wrap_round(void **state)
{
    daotp_context *context;

    (void)state;
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    assert_true(daotp__context_in_ms(context, INT64_MAX) == INT64_MAX);
    assert_int_equal(daotp_context_set_monotonic_clock(context, soon_over, NULL), DAOTP_OK);
    assert_true(daotp__context_in_ms(context, 10) == INT64_MAX);
    assert_true(daotp__context_in_ms(context, 9) == INT64_MAX - 1);
    assert_true(daotp__context_in_ms(context, 11) == INT64_MAX);
    daotp_context_unref(context);
}

static void sums_of_times_stay_within_bounds(void **state)
{
    static const int64_t ends[] = {INT64_MIN, INT64_MAX};

    (void)state;
    assert_true(daotp__time_add(INT64_MAX, 1) == INT64_MAX);
    assert_true(daotp__time_add(INT64_MIN, -1) == INT64_MIN);
    assert_true(daotp__time_sub(INT64_MIN, 1) == INT64_MIN);
    assert_true(daotp__time_sub(0, INT64_MIN) == INT64_MAX);
    assert_true(daotp__time_sub(-2, INT64_MAX) == INT64_MIN);
    assert_true(daotp__time_sub(INT64_MAX, INT64_MIN) == INT64_MAX);
    for (size_t i = 0; i < 2; i++) {
        assert_true(daotp__time_add(ends[i], 0) == ends[i]);
        assert_true(daotp__time_sub(ends[i], 0) == ends[i]);
        assert_true(daotp__time_sub(ends[i], ends[i]) == 0);
    }
}

static void every_status_has_a_name(void **state)
{
    (void)state;
    for (int i = DAOTP_OK; i <= DAOTP_INTERNAL; i++) {
        assert_string_not_equal(daotp_status_name((daotp_status)i), "unknown");
        for (int j = DAOTP_OK; j < i; j++)
            assert_string_not_equal(daotp_status_name((daotp_status)i),
                                    daotp_status_name((daotp_status)j));
    }
    assert_string_equal(daotp_status_name((daotp_status)99), "unknown");
}

static void headers_and_library_have_one_version(void **state)
{
    char text[32];

    (void)state;
    (void)snprintf(text, sizeof text, "%d.%d.%d", DAOTP_VERSION_MAJOR, DAOTP_VERSION_MINOR,
                   DAOTP_VERSION_PATCH);
    assert_string_equal(daotp_version(), text);
    assert_int_equal(daotp_version_number(),
                     DAOTP_VERSION_MAJOR * 10000 + DAOTP_VERSION_MINOR * 100 + DAOTP_VERSION_PATCH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(clocks_are_the_systems_unless_given),
        cmocka_unit_test(a_context_is_silent_unless_told),
        cmocka_unit_test(a_line_too_long_is_cut),
        cmocka_unit_test(a_finding_is_logged_as_one_line),
        cmocka_unit_test(objects_keep_their_context_alive),
        cmocka_unit_test(a_time_ahead_does_not_wrap_round),
        cmocka_unit_test(sums_of_times_stay_within_bounds),
        cmocka_unit_test(every_status_has_a_name),
        cmocka_unit_test(headers_and_library_have_one_version),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
