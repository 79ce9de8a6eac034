/* SPDX-License-Identifier: BSD-2-Clause */
#include "unix_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"

enum { BACKLOG = 128, DEFAULT_MODE = 0660 };

struct unix_socket {
    struct sockaddr_un address;
    char lock_path[sizeof((struct sockaddr_un *)0)->sun_path + 8];
    int lock;
    dev_t device; /* of the socket's file that was made; inode 0: none was */
    ino_t inode;
};

/* ---- the lock -------------------------------------------------------------------------------- */

/* The server that closes removes the file while it holds the lock: the file that was opened may
 * be removed already. */
static bool is_lock_current(const struct unix_socket *local)
{
    struct stat opened, there;

    return fstat(local->lock, &opened) == 0 && lstat(local->lock_path, &there) == 0 &&
           opened.st_dev == there.st_dev && opened.st_ino == there.st_ino;
}

static bool take_lock(struct unix_socket *local)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    for (;;) {
        local->lock = open(local->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (local->lock < 0)
            return false;
        if (fcntl(local->lock, F_OFD_SETLK, &whole) != 0) {
            if (errno == EAGAIN || errno == EACCES)
                errno = EADDRINUSE;
            return false;
        }
        if (is_lock_current(local))
            return true;
        close(local->lock);
    }
}

/* ---- the socket ------------------------------------------------------------------------------ */

static int new_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* Only a socket that refuses the connection is unused; one that is busy (EAGAIN) or forbidden
 * (EACCES) is in use. */
static bool is_dead(const struct unix_socket *local)
{
    int fd = new_socket();
    bool refused =
        fd >= 0 &&
        connect(fd, (const struct sockaddr *)&local->address, sizeof local->address) != 0 &&
        errno == ECONNREFUSED;

    if (fd >= 0)
        close(fd);
    return refused;
}

/* Remove the file of an earlier server: only an unused socket is removed. */
static bool clear_path(const struct unix_socket *local)
{
    const char *path = local->address.sun_path;
    struct stat there;

    if (lstat(path, &there) != 0)
        return errno == ENOENT;
    if (!S_ISSOCK(there.st_mode)) {
        errno = EEXIST;
        return false;
    }
    if (!is_dead(local)) {
        errno = EADDRINUSE;
        return false;
    }
    return unlink(path) == 0;
}

/* No client can connect before listen(), so the mode is set before the first connection. */
static bool bind_socket(struct unix_socket *local, int mode, int fd)
{
    const char *path = local->address.sun_path;
    struct stat made;

    if (bind(fd, (const struct sockaddr *)&local->address, sizeof local->address) != 0 ||
        lstat(path, &made) != 0)
        return false;
    local->device = made.st_dev;
    local->inode = made.st_ino;
    return chmod(path, (mode_t)(mode != 0 ? mode : DEFAULT_MODE)) == 0 && listen(fd, BACKLOG) == 0;
}

static bool open_at(struct unix_socket *local, const char *path, int mode, int *fd)
{
    local->lock = -1;
    local->address.sun_family = AF_UNIX;
    if (strlen(path) >= sizeof local->address.sun_path) {
        errno = ENAMETOOLONG;
        return false;
    }
    strcpy(local->address.sun_path, path);
    snprintf(local->lock_path, sizeof local->lock_path, "%s.lock", path);
    if (!take_lock(local) || !clear_path(local))
        return false;
    *fd = new_socket();
    if (*fd >= 0 && bind_socket(local, mode, *fd))
        return true;
    if (*fd >= 0)
        close(*fd);
    return false;
}

int unix_socket_open(const char *path, int mode, struct unix_socket **out, int *fd)
{
    struct unix_socket *local = calloc(1, sizeof *local);
    int end;

    *out = NULL;
    *fd = -1;
    if (local == NULL)
        return lab_log(LAB_MEMORY, "listen on %s: out of memory", path);
    if (open_at(local, path, mode, fd)) {
        *out = local;
        return LAB_OK;
    }
    end = lab_log(LAB_PEER, "listen on %s: %s", path, strerror(errno));
    unix_socket_close(local);
    return end;
}

void unix_socket_close(struct unix_socket *local)
{
    struct stat there;

    if (local == NULL)
        return;
    if (local->inode != 0 && lstat(local->address.sun_path, &there) == 0 &&
        there.st_dev == local->device && there.st_ino == local->inode)
        unlink(local->address.sun_path);
    if (local->lock >= 0) {
        if (is_lock_current(local) &&
            fcntl(local->lock, F_OFD_SETLK,
                  &(struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET}) == 0)
            unlink(local->lock_path);
        close(local->lock);
    }
    free(local);
}
