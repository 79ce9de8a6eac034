/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/time_text.h"

#include <time.h>

const char *daotp__time_text(int64_t seconds, char *text)
{
    time_t when = (time_t)seconds;
    struct tm tm;

    text[0] = '\0';
    if (gmtime_r(&when, &tm) != NULL)
        (void)strftime(text, DAOTP__TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return text;
}
