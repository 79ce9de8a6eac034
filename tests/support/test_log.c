/* SPDX-License-Identifier: BSD-2-Clause */
#include "test_log.h"

#include <stdio.h>
#include <string.h>

void test_log_keep(void *user, daotp_log_level level, const char *id, const char *text)
{
    test_log *log = user;
    size_t at = strlen(log->all);

    log->count++;
    log->level = level;
    (void)snprintf(log->id, sizeof log->id, "%s", id);
    (void)snprintf(log->text, sizeof log->text, "%s", text);
    (void)snprintf(log->all + at, sizeof log->all - at, "%d %s %s\n", (int)level, id, text);
}

void test_log_clear(test_log *log)
{
    *log = (test_log){.count = 0};
}
