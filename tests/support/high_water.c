/* SPDX-License-Identifier: BSD-2-Clause */
#include "high_water.h"

void assert_high_water(long limit_kb)
{
    FILE *status = fopen("/proc/self/status", "re");
    char line[256];
    long most = -1;

    assert_non_null(status);
    while (fgets(line, sizeof line, status) != NULL)
        (void)sscanf(line, "VmHWM: %ld kB", &most);
    (void)fclose(status);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    most = -1;
#endif
    if (most < 0)
        skip();
    if (most > limit_kb)
        fail_msg("%ld kB", most);
}
