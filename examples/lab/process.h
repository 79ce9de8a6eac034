/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs in the background. DIR/run/NAME.pid holds pid and start time, so that stopping ends only
 * a program that the lab started, even if the kernel has used the pid again. The output of a
 * program goes to DIR/run/NAME.log.
 */
#ifndef LAB_PROCESS_H
#define LAB_PROCESS_H

#include <stdbool.h>

#include "lab_dir.h"

/* `add` holds NAME=VALUE strings and may be NULL; the rest of the environment is the caller's,
 * without what would change a server or client behind our back (KRB5_CONFIG, OPENSSL_CONF...).
 * Of the open descriptors only those in `keep` go along, a list ended by -1; it may be NULL. */
int process_start(const struct lab *lab, const char *name, const char *const argv[],
                  const char *const add[], const int keep[]);
bool process_alive(const struct lab *lab, const char *name);
int process_stop(const struct lab *lab, const char *name);

/* Waits until `path` is not empty; LAB_PEER, after the end of the log is shown, if the program
 * ends. */
int process_wait_file(const struct lab *lab, const char *name, const char *path, int timeout_ms);
/* Waits until 127.0.0.1:port accepts. Writes no message, for a caller that tries again. */
bool process_wait_port(const struct lab *lab, const char *name, int port, int timeout_ms);
void process_show_log(const struct lab *lab, const char *name);

/* Runs a program to its end, `input` on its standard input; LAB_PEER if it does not end in 0. */
int process_run(const struct lab *lab, const char *name, const char *const argv[],
                const char *const add[], const char *input);

/* A listening socket on 127.0.0.1; port 0 is a free one. */
int process_listen(int port, int *fd, int *got);
/* Waits for the next connection of such a socket; -1 after a message. */
int process_accept(int fd);
/* A UDP port of AF_INET or AF_INET6 that is free now; no socket stays open. */
bool process_udp_free(int family, int port);
int process_find_udp(int *port);         /* of 127.0.0.1 */
bool process_found(const char *program); /* in PATH, or where Debian keeps daemons */

#endif
