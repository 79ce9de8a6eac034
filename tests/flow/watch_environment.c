/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Preloaded into a program, notes in the file that WATCH_LOG names which library asks for which
 * variable of the environment and opens which file: "env libkrb5.so.3 KRB5_CONFIG", a line each.
 * What libc asks of itself (HOSTALIASES, TZ, name services) is not seen.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef char *getenv_fn(const char *);
typedef int open_fn(const char *, int, ...);
typedef FILE *fopen_fn(const char *, const char *);

/* The definition behind ours. ISO C has no conversion of an object pointer to one of a function. */
static void find_next(const char *name, void *function, size_t len)
{
    void *symbol = dlsym(RTLD_NEXT, name);

    memcpy(function, &symbol, len);
}

static void note_asked(const char *kind, const char *name, const void *caller)
{
    const char *log, *library = "?";
    getenv_fn *next_getenv;
    open_fn *next_open;
    char line[1024];
    Dl_info info;
    int fd, len;

    find_next("getenv", &next_getenv, sizeof next_getenv);
    find_next("open", &next_open, sizeof next_open);
    log = next_getenv("WATCH_LOG");
    if (log == NULL || name == NULL)
        return;
    if (dladdr(caller, &info) != 0 && info.dli_fname != NULL) {
        const char *slash = strrchr(info.dli_fname, '/');

        library = slash != NULL ? slash + 1 : info.dli_fname;
    }
    len = snprintf(line, sizeof line, "%s %s %s\n", kind, library, name);
    fd = next_open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    if (len > 0 && (size_t)len < sizeof line && write(fd, line, (size_t)len) != len)
        abort();
    (void)close(fd);
}

#define WATCH_GETENV(name)                                                                         \
    char *name(const char *variable)                                                               \
    {                                                                                              \
        getenv_fn *next;                                                                           \
                                                                                                   \
        find_next(#name, &next, sizeof next);                                                      \
        note_asked("env", variable, __builtin_return_address(0));                                  \
        return next(variable);                                                                     \
    }
#define WATCH_OPEN(name)                                                                           \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        open_fn *next;                                                                             \
        mode_t mode = 0;                                                                           \
        va_list more;                                                                              \
                                                                                                   \
        va_start(more, flags);                                                                     \
        if ((flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE)                            \
            mode = va_arg(more, mode_t);                                                           \
        va_end(more);                                                                              \
        find_next(#name, &next, sizeof next);                                                      \
        note_asked("file", path, __builtin_return_address(0));                                     \
        return next(path, flags, mode);                                                            \
    }
#define WATCH_FOPEN(name)                                                                          \
    FILE *name(const char *path, const char *mode)                                                 \
    {                                                                                              \
        fopen_fn *next;                                                                            \
                                                                                                   \
        find_next(#name, &next, sizeof next);                                                      \
        note_asked("file", path, __builtin_return_address(0));                                     \
        return next(path, mode);                                                                   \
    }

/* libc declares them with attributes that our definitions need not repeat */
WATCH_GETENV(getenv)
WATCH_GETENV(secure_getenv)
WATCH_OPEN(open)
WATCH_OPEN(open64)
WATCH_FOPEN(fopen)
WATCH_FOPEN(fopen64)
