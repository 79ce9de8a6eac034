/* SPDX-License-Identifier: BSD-2-Clause */
#include "testing.h"

#include <string.h>

void test_assert_between(long long value, long long least, long long most, const char *file,
                         int line)
{
    if (value < least || value > most)
        print_error("%lld is not within %lld to %lld\n", value, least, most);
    _assert_true(value >= least && value <= most, "the value is within its range", file, line);
}

test_report test_report_new(void)
{
    test_report made;

    assert_int_equal(daotp_context_new(&made.context), DAOTP_OK);
    assert_int_equal(daotp_report_new(made.context, &made.report), DAOTP_OK);
    return made;
}

void test_report_free(test_report *made)
{
    daotp_report_free(made->report);
    daotp_context_unref(made->context);
}

bool test_report_has(const test_report *made, daotp_finding_number number)
{
    for (size_t i = 0; i < daotp_report_get_count(made->report); i++)
        if (daotp_finding_get_number(daotp_report_get_finding(made->report, i)) == number)
            return true;
    return false;
}

void load_file(const char *name, daotp__buffer *out)
{
    char path[4096];

    (void)snprintf(path, sizeof path, TEST_DATA "/%s", name);
    assert_int_equal(daotp__file_read(path, false, out, NULL), DAOTP_OK);
}

void assert_setting_refused(daotp_status status, daotp_report *report, const char *setting)
{
    const daotp_finding *finding = daotp_report_get_finding(report, 0);

    assert_int_equal(status, DAOTP_USAGE);
    assert_int_equal(daotp_report_get_status(report), DAOTP_USAGE);
    assert_int_equal(daotp_report_get_count(report), 1);
    assert_int_equal(daotp_finding_get_number(finding), DAOTP_FINDING_CALL_ARGUMENT);
    assert_string_equal(daotp_finding_get_subject(finding), setting);
}

bool test_mapping_has_flag(const void *address, const char *flag)
{
    FILE *maps = fopen("/proc/self/smaps", "r");
    unsigned long first, last;
    bool is_there = false, has = false;
    char line[512];

    assert_non_null(maps);
    while (fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%lx-%lx ", &first, &last) == 2)
            is_there = (uintptr_t)address >= first && (uintptr_t)address < last;
        else if (is_there && strncmp(line, "VmFlags:", 8) == 0)
            has = strstr(line, flag) != NULL;
    }
    (void)fclose(maps);
    return has;
}
