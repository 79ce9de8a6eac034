/* SPDX-License-Identifier: BSD-2-Clause */
#include "read_count.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))

static _Thread_local read_count counted;

read_count read_count_now(void)
{
    return counted;
}

/* The function of this name in the libraries behind the program. */
static void *next_function(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (found == NULL)
        abort();
    return found;
}

static ssize_t count_read(ssize_t got)
{
    counted.calls++;
    if (got > 0)
        counted.octets += (uint64_t)got;
    return got;
}

EXPORTED ssize_t read(int fd, void *bytes, size_t len)
{
    ssize_t (*next)(int, void *, size_t) =
        (ssize_t(*)(int, void *, size_t))(uintptr_t)next_function("read");

    return count_read(next(fd, bytes, len));
}

EXPORTED ssize_t recv(int fd, void *bytes, size_t len, int flags)
{
    ssize_t (*next)(int, void *, size_t, int) =
        (ssize_t(*)(int, void *, size_t, int))(uintptr_t)next_function("recv");

    return count_read(next(fd, bytes, len, flags));
}

EXPORTED ssize_t recvfrom(int fd, void *bytes, size_t len, int flags, struct sockaddr *from,
                          socklen_t *from_len)
{
    ssize_t (*next)(int, void *, size_t, int, struct sockaddr *, socklen_t *) =
        (ssize_t(*)(int, void *, size_t, int, struct sockaddr *, socklen_t *))(
            uintptr_t)next_function("recvfrom");

    return count_read(next(fd, bytes, len, flags, from, from_len));
}

EXPORTED ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    ssize_t (*next)(int, struct msghdr *, int) =
        (ssize_t(*)(int, struct msghdr *, int))(uintptr_t)next_function("recvmsg");

    return count_read(next(fd, message, flags));
}

EXPORTED int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                      struct timespec *wait)
{
    int (*next)(int, struct mmsghdr *, unsigned, int, struct timespec *) =
        (int (*)(int, struct mmsghdr *, unsigned, int, struct timespec *))(uintptr_t)next_function(
            "recvmmsg");
    int got = next(fd, messages, count, flags, wait);

    for (int i = 0; i < got; i++)
        (void)count_read((ssize_t)messages[i].msg_len);
    return got;
}
