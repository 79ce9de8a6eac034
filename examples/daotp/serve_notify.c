/* SPDX-License-Identifier: BSD-2-Clause */
#include "serve_notify.h"

#include "tool.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FIRST_FD = 3 };

/* A path, or a name of the abstract namespace, which begins with @ (sd_notify(3)). */
static socklen_t read_address(const char *name, struct sockaddr_un *to)
{
    size_t len = strlen(name);

    *to = (struct sockaddr_un){.sun_family = AF_UNIX};
    if ((*name != '/' && *name != '@') || len < 2 || len >= sizeof to->sun_path)
        return 0;
    memcpy(to->sun_path, name, len);
    if (*name == '@')
        to->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

bool serve_notify(const char *format, ...)
{
    const char *name = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to;
    socklen_t to_len = name != NULL ? read_address(name, &to) : 0;
    char text[512];
    va_list arguments;
    bool is_sent;
    int fd;

    if (to_len == 0)
        return false;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    is_sent = sendto(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&to,
                     to_len) >= 0;
    (void)close(fd);
    return is_sent;
}

/* Is the variable for this process, as NAME_PID says? */
static bool is_for_us(const char *pid)
{
    int64_t value;

    return pid == NULL || (tool_integer(pid, 1, INT32_MAX, &value) && value == (int64_t)getpid());
}

int64_t serve_watchdog_ms(void)
{
    const char *text = getenv("WATCHDOG_USEC");
    int64_t us;

    if (text == NULL || !is_for_us(getenv("WATCHDOG_PID")) ||
        !tool_integer(text, 1, INT64_MAX / 2, &us))
        return 0;
    return us / 2000 > 0 ? us / 2000 : 1;
}

static bool is_named(const char *names, int64_t at, const char *name)
{
    size_t len;

    for (int64_t i = 0; names != NULL && i < at; i++) {
        names = strchr(names, ':');
        names = names != NULL ? names + 1 : NULL;
    }
    if (names == NULL)
        return false;
    len = strcspn(names, ":");
    return strlen(name) == len && strncmp(names, name, len) == 0;
}

int serve_listen_fd(const char *name)
{
    const char *count_text = getenv("LISTEN_FDS"), *names = getenv("LISTEN_FDNAMES");
    int64_t count;

    if (count_text == NULL || getenv("LISTEN_PID") == NULL || !is_for_us(getenv("LISTEN_PID")) ||
        !tool_integer(count_text, 1, 64, &count))
        return -1;
    for (int64_t i = 0; i < count; i++) {
        int fd = FIRST_FD + (int)i;

        /* a listening socket that blocks would hold up the loop that accepts */
        if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
            return -1;
        if (name != NULL ? is_named(names, i, name) : !is_named(names, i, "metrics"))
            return fd;
    }
    return -1;
}
