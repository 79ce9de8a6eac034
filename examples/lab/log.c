/* SPDX-License-Identifier: BSD-2-Clause */
#include "log.h"

#include "core/utf8.h"

#include <stdarg.h>
#include <stdio.h>

#include <openssl/err.h>

int lab_log(int end, const char *format, ...)
{
    char line[2048];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    daotp__utf8_make_plain(line);
    fprintf(stderr, "daotp: %s\n", line);
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
