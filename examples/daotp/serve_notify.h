/* SPDX-License-Identifier: BSD-2-Clause */
/* What systemd and a service tell each other: sd_notify(3), sd_listen_fds(3). Both are a line of
 * the environment and a datagram, so libsystemd is not needed. */
#ifndef SERVE_NOTIFY_H
#define SERVE_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* One or more lines, such as "READY=1". False when nobody wants to know, or it could not be sent.
 */
bool serve_notify(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* How often to send WATCHDOG=1, in ms: half of what the manager allows; 0: it does not watch. */
int64_t serve_watchdog_ms(void);
/* The socket that was handed over under this name (FileDescriptorName=); the first one where there
 * are no names and the name is NULL. -1 for none. It stays the caller's. */
int serve_listen_fd(const char *name);

#endif
