/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory_marks.h"

uint8_t mark(unsigned which, size_t i)
{
    return (uint8_t)('A' + (i * (which == 0 ? 7 : 11) + 5 * which + i * i) % 26);
}

void write_mark(unsigned which, uint8_t *out)
{
    for (size_t i = 0; i < MARK_LEN; i++)
        out[i] = mark(which, i);
}

static unsigned count_in(unsigned which, const uint8_t *bytes, size_t len)
{
    unsigned count = 0;

    for (size_t at = 0; at + MARK_LEN <= len; at++) {
        size_t i = 0;

        while (i < MARK_LEN && bytes[at + i] == mark(which, i))
            i++;
        count += i == MARK_LEN;
    }
    return count;
}

unsigned count_marks(unsigned which)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    unsigned long from, to;
    unsigned count = 0;
    char line[512], mode[5];

    assert_non_null(maps);
    while (fgets(line, sizeof line, maps) != NULL)
        if (sscanf(line, "%lx-%lx %4s", &from, &to, mode) == 3 && strncmp(mode, "rw", 2) == 0 &&
            strstr(line, "[v") == NULL)
            count += count_in(which, (const uint8_t *)from, to - from);
    (void)fclose(maps);
    return count;
}
