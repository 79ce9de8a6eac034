/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius_load.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

_Noreturn void radius_give_up(const char *format, ...)
{
    va_list args;

    (void)fputs("bench-radius: ", stderr);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputs("\n", stderr);
    exit(70);
}

static int64_t clock_ns(clockid_t clock)
{
    struct timespec ts;

    (void)clock_gettime(clock, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t radius_now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

struct radius_user radius_users[RADIUS_USERS];

static void make_users(const struct radius_target *target)
{
    for (unsigned i = 0; i < RADIUS_USERS; i++) {
        int more = target->takes_all ? (int)(i * 7 % 10) : 0;

        (void)snprintf(radius_users[i].name, sizeof radius_users[i].name, "u%u%.*s", i, more,
                       "-somebody");
        (void)snprintf(radius_users[i].word, sizeof radius_users[i].word, "word-%u", i);
    }
}

/* The first to come late takes the time of the processor: all threads are still running. */
static bool is_over(struct radius_load *load, int64_t now)
{
    static atomic_flag taken = ATOMIC_FLAG_INIT;

    if (now < load->until_ns)
        return false;
    if (!atomic_flag_test_and_set(&taken))
        load->cpu_until_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    return true;
}

static void end_warm_up(struct radius_load *load)
{
    static atomic_flag taken = ATOMIC_FLAG_INIT;

    if (!atomic_flag_test_and_set(&taken))
        load->cpu_from_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

bool radius_load_note(struct radius_load *load, int64_t began_ns)
{
    int64_t now = radius_now_ns();
    uint32_t at;

    if (is_over(load, now))
        return false;
    if (now < load->from_ns)
        return true;
    end_warm_up(load);
    at = atomic_fetch_add(&load->count, 1);
    if (at < RADIUS_TIMES)
        load->took_ns[at] = (uint32_t)(now - began_ns);
    return true;
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

static struct radius_figures sum_up(struct radius_load *load, unsigned ms)
{
    uint32_t count = load->count, times = count < RADIUS_TIMES ? count : RADIUS_TIMES;

    if (count == 0 || load->cpu_until_ns == 0)
        radius_give_up("a load came to no exchange at all");
    qsort(load->took_ns, times, sizeof load->took_ns[0], by_size);
    return (struct radius_figures){.rate = count * 1000.0 / ms,
                                   .cpu_us = (double)(load->cpu_until_ns - load->cpu_from_ns) /
                                             1000 / count,
                                   .p50_us = load->took_ns[times / 2] / 1000.0,
                                   .p99_us = load->took_ns[(uint64_t)times * 99 / 100] / 1000.0};
}

struct radius_figures radius_load_run(radius_load_fn run, const struct radius_target *target,
                                      unsigned in_flight, unsigned ms)
{
    struct radius_load *load =
        mmap(NULL, sizeof *load, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct radius_figures figures;
    int status = 0;
    pid_t pid;

    if (load == MAP_FAILED || (pid = fork()) < 0)
        radius_give_up("no memory, or no process");
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)prctl(PR_SET_NAME, "load"); /* perf report --comm load */
        make_users(target);
        load->from_ns = radius_now_ns() + RADIUS_WARM_UP_MS * INT64_C(1000000);
        load->until_ns = load->from_ns + ms * INT64_C(1000000);
        run(target, in_flight, load);
        _exit(0);
    }
    if (waitpid(pid, &status, 0) != pid || status != 0)
        radius_give_up("a load with %u in flight ended with status %d", in_flight, status);
    figures = sum_up(load, ms);
    (void)munmap(load, sizeof *load);
    return figures;
}
