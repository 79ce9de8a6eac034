/* SPDX-License-Identifier: BSD-2-Clause */
#include "nearest.h"

#include <stddef.h>
#include <string.h>

enum { MAX_TYPED = 32, MAX_EDITS = 2 };

static size_t smaller_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters must be put in, taken out, changed or swapped with their neighbour. */
static size_t count_edits(const char *a, const char *b)
{
    size_t row[3][MAX_TYPED + 1], width = strlen(b);

    for (size_t j = 0; j <= width; j++)
        row[0][j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t *now = row[i % 3], *before = row[(i + 2) % 3], *twice = row[(i + 1) % 3];

        now[0] = i;
        for (size_t j = 1; j <= width; j++) {
            size_t changed = before[j - 1] + (a[i - 1] != b[j - 1]);

            now[j] = smaller_of(changed, 1 + smaller_of(before[j], now[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = smaller_of(now[j], 1 + twice[j - 2]);
        }
    }
    return row[strlen(a) % 3][width];
}

const char *nearest_name(const char *typed, const char *const *names)
{
    size_t best = MAX_EDITS + 1;
    const char *nearest = NULL;

    if (strlen(typed) < 2 || strlen(typed) > MAX_TYPED)
        return NULL;
    for (; *names != NULL; names++) {
        size_t edits = strlen(*names) <= MAX_TYPED ? count_edits(typed, *names) : best;

        if (edits < best && edits < strlen(typed)) {
            best = edits;
            nearest = *names;
        }
    }
    return nearest;
}
