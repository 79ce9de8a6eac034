/* SPDX-License-Identifier: BSD-2-Clause */
/* The log of tests: what was logged, to be looked at. */
#ifndef TEST_LOG_H
#define TEST_LOG_H

#include <daotp/context.h>
#include <stddef.h>

/* All zero is an empty one. */
typedef struct test_log {
    size_t count;
    daotp_log_level level; /* of the last line, as the next two */
    char id[32], text[2048];
    char all[65536]; /* "LEVEL ID TEXT", a line each; what has no room is left out */
} test_log;

/* For daotp_context_set_log(). */
void test_log_keep(void *log, daotp_log_level level, const char *id, const char *text);
void test_log_clear(test_log *log);

#endif
