/* SPDX-License-Identifier: BSD-2-Clause */
/* A listening Unix socket that takes over no live one, and removes only its own file. */
#ifndef LAB_UNIX_SOCKET_H
#define LAB_UNIX_SOCKET_H

struct unix_socket;

/*
 * Listen on path, the socket's file with the permission bits of mode (0: 0660), whatever the umask.
 * Beside it PATH.lock is locked while it is open: a second server on the path is refused, also
 * while the first is about to begin. A file that is no socket, or a socket on which anybody
 * answers, stays. fd belongs to the caller. 0, or an exit code with a line on standard error.
 */
int unix_socket_open(const char *path, int mode, struct unix_socket **out, int *fd);
/* Remove the socket's file if it is still the one that was made. NULL is fine. */
void unix_socket_close(struct unix_socket *local);

#endif
