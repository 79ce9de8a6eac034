/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `daotp serve` writes while it serves: lines for the person who watches it, on standard
 * error, and the audit, a line of JSON for each request. A thread of its own writes them, so that a
 * log that blocks or a full disk stops no answer. Lines that cannot be written are counted, and it
 * is said when writing works again.
 */
#ifndef SERVE_LOG_H
#define SERVE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <daotp/report.h>

typedef struct serve_log serve_log;

typedef enum serve_log_where { SERVE_LOG_TEXT, SERVE_LOG_AUDIT } serve_log_where;

/* audit: "stderr", "syslog", a file's name, or NULL. 0, or an exit code after it was said what is
 * wrong. */
int serve_log_new(const char *audit, serve_log **log);
/* Whether there is an audit. */
bool serve_log_has_audit(const serve_log *log);
/* Waits until all is written, or for two seconds. */
void serve_log_free(serve_log *log);
/* Give lines, with their line ends: taken over, to be freed with free(); NULL is a line that memory
 * did not suffice for. Never waits. */
void serve_log_put(serve_log *log, serve_log_where where, char *lines);
/* The line of a finding, for a person; its beginning as given. */
void serve_log_print_finding(FILE *to, const char *beginning, const daotp_finding *finding);
/* Open the file anew, as after it was moved away: the writer does it before the next line. */
void serve_log_reopen(serve_log *log);
/* How many lines were lost. */
uint64_t serve_log_lost(const serve_log *log, serve_log_where where);

#endif
