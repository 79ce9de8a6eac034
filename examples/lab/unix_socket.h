/* SPDX-License-Identifier: BSD-2-Clause */
/* A listening Unix socket that replaces no socket in use, and removes only its own file. */
#ifndef LAB_UNIX_SOCKET_H
#define LAB_UNIX_SOCKET_H

struct unix_socket;

/*
 * Listens on path; the file gets the permission bits of mode (0: 0660), whatever the umask is.
 * PATH.lock is locked while the socket is open: a second server on the path is refused, even before
 * the first one listens. A file that is not a socket, and a socket that another server uses, is not
 * removed. fd belongs to the caller. Returns 0, or an exit code after a line on standard error.
 */
int unix_socket_open(const char *path, int mode, struct unix_socket **out, int *fd);
/* Removes the file of the socket if it is still the file that was made. NULL is allowed. */
void unix_socket_close(struct unix_socket *local);

#endif
