/* SPDX-License-Identifier: BSD-2-Clause */
#include "log.h"

#include "core/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

static void (*observer)(const char *line);

void lab_log_observe(void (*take_line)(const char *line))
{
    observer = take_line;
}

int lab_log(int end, const char *format, ...)
{
    static const char prefix[] = "daotp lab: ";
    char line[2048];
    va_list args;

    memcpy(line, prefix, sizeof(prefix));
    va_start(args, format);
    vsnprintf(line + sizeof(prefix) - 1, sizeof(line) - sizeof(prefix) + 1, format, args);
    va_end(args);
    daotp__utf8_make_plain(line);
    fprintf(stderr, "%s\n", line);
    if (observer != NULL && end != LAB_OK)
        observer(line);
    return end;
}

int lab_log_openssl(const char *what)
{
    unsigned long code = ERR_peek_last_error();
    char reason[256] = "no reason given";

    if (code != 0)
        ERR_error_string_n(code, reason, sizeof(reason));
    ERR_clear_error();
    return lab_log(LAB_INTERNAL, "%s: %s", what, reason);
}
