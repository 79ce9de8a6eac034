/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs in the background, known by (pid, start time) in DIR/run/NAME.pid, so
 * that stopping can only ever end what was started here, even after the kernel
 * has used the pid again. What they print goes to DIR/run/NAME.log.
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

/* Until `path` holds something; LAB_PEER, with the end of the log shown, if the program ends. */
int process_wait_file(const struct lab *lab, const char *name, const char *path, int timeout_ms);
/* Until 127.0.0.1:port accepts. Silent, for a caller who tries again. */
bool process_wait_port(const struct lab *lab, const char *name, int port, int timeout_ms);
void process_show_log(const struct lab *lab, const char *name);

/* Runs a program to its end, `input` on its standard input; LAB_PEER if it does not end in 0. */
int process_run(const struct lab *lab, const char *name, const char *const argv[],
                const char *const add[], const char *input);

/* A listening socket on 127.0.0.1; port 0 is a free one. */
int process_listen(int port, int *fd, int *got);
/* The next connection of such a socket, waited for; -1, and it was said why. */
int process_accept(int fd);
/* The same for UDP, without the socket: a port of AF_INET or AF_INET6 that nobody has now. */
bool process_udp_free(int family, int port);
int process_find_udp(int *port);         /* of 127.0.0.1 */
bool process_found(const char *program); /* in PATH, or where Debian keeps daemons */

#endif
