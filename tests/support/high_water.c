/* SPDX-License-Identifier: BSD-2-Clause */
#include "high_water.h"

long high_water_kb(void)
{
    FILE *status = fopen("/proc/self/status", "re");
    char line[256];
    long most = -1;

    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        (void)sscanf(line, "VmHWM: %ld kB", &most);
    if (status != NULL)
        (void)fclose(status);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    most = -1;
#endif
    return most;
}

void assert_high_water(long limit_kb)
{
    long most = high_water_kb();

    if (most < 0)
        skip();
    if (most > limit_kb)
        fail_msg("%ld kB", most);
}
