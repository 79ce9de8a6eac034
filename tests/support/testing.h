/* SPDX-License-Identifier: BSD-2-Clause */
/* What every cmocka test needs: cmocka itself, files of tests/data, a report to look into. */
#ifndef TESTING_H
#define TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/file.h"
#include "core/report.h"

#include <daotp/context.h>

/* Not cmocka's assert_in_range(), which cmocka 2 deprecates and cmocka 1 has no other name for. */
#define assert_between(value, least, most)                                                         \
    test_assert_between((long long)(value), (long long)(least), (long long)(most), __FILE__,       \
                        __LINE__)

#undef assert_in_range
#pragma GCC poison assert_in_range

void test_assert_between(long long value, long long least, long long most, const char *file,
                         int line);

typedef struct test_report {
    daotp_context *context;
    daotp_report *report;
} test_report;

test_report test_report_new(void);

void test_report_free(test_report *made);

bool test_report_has(const test_report *made, daotp_finding_number number);

void load_file(const char *name, daotp__buffer *out);

/* Has the mapping that holds this address the flag, of those that smaps tells (proc(5))? */
bool test_mapping_has_flag(const void *address, const char *flag);

/* A setting was refused: the one finding there is names it. */
void assert_setting_refused(daotp_status status, daotp_report *report, const char *setting);

#endif
