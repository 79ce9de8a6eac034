/* SPDX-License-Identifier: BSD-2-Clause */
#include "apart.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_OUT = 4096 };

_Noreturn void apart_give_up(const char *format, ...)
{
    va_list args;

    (void)fprintf(stderr, "%s: ", program_invocation_short_name);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputs("\n", stderr);
    exit(70);
}

/* ---- clocks ---------------------------------------------------------------------------------- */

static double read_clock(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now); /* cannot fail for these clocks */
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double apart_wall(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

double apart_cpu(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

/* ---- memory ---------------------------------------------------------------------------------- */

/* The line "name:   n kB" of a file in /proc. */
static double read_kb(const char *path, const char *name)
{
    FILE *file = fopen(path, "r");
    size_t len = strlen(name);
    double value = -1;
    char line[256];

    while (file != NULL && value < 0 && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, len) == 0 && line[len] == ':')
            value = 1024 * strtod(line + len + 1, NULL);
    if (file != NULL)
        (void)fclose(file);
    if (value < 0)
        apart_give_up("%s says nothing of %s", path, name);
    return value;
}

struct apart_memory apart_memory(void)
{
    return (struct apart_memory){.peak = read_kb("/proc/self/status", "VmHWM"),
                                 .anonymous = read_kb("/proc/self/smaps_rollup", "Anonymous"),
                                 .shared = read_kb("/proc/self/status", "RssShmem")};
}

/* proc(5): 5 sets the peak to what is resident now. A kernel without it leaves the peak of the
 * whole process. */
void apart_forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");

    if (file == NULL)
        return;
    (void)fputs("5", file);
    (void)fclose(file);
}

/* ---- the child ------------------------------------------------------------------------------- */

static _Noreturn void be_child(apart_fn run, const void *task, size_t len, int to)
{
    _Alignas(max_align_t) char out[MAX_OUT] = {0};

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    run(task, out);
    /* below PIPE_BUF it is written whole */
    _exit(write(to, out, len) == (ssize_t)len ? 0 : 70);
}

void apart_run(apart_fn run, const void *task, void *out, size_t len)
{
    int ends[2], status = -1;
    ssize_t got;
    pid_t pid;

    (void)fflush(NULL);
    if (len > MAX_OUT || pipe(ends) != 0 || (pid = fork()) < 0)
        apart_give_up("no process: %s", strerror(errno));
    if (pid == 0) {
        (void)close(ends[0]);
        be_child(run, task, len, ends[1]);
    }
    (void)close(ends[1]);
    do
        got = read(ends[0], out, len);
    while (got < 0 && errno == EINTR);
    (void)close(ends[0]);
    if (waitpid(pid, &status, 0) != pid || status != 0 || got != (ssize_t)len)
        apart_give_up("a measurement ended with status %d", status);
}

/* ---- spans ----------------------------------------------------------------------------------- */

static void add(struct apart_span *span, double value, bool is_better, bool is_worse)
{
    if (span->count == 0 || is_better)
        span->best = value;
    if (span->count == 0 || is_worse)
        span->worst = value;
    span->count++;
}

void apart_add_time(struct apart_span *span, double value)
{
    add(span, value, value<span->best, value> span->worst);
}

void apart_add_rate(struct apart_span *span, double value)
{
    add(span, value, value > span->best, value < span->worst);
}
