/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A load: so many exchanges in flight with a server, for a time, in a process of its own. What it
 * measures comes back in memory that is shared with that process.
 */
#ifndef BENCH_RADIUS_LOAD_H
#define BENCH_RADIUS_LOAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { RADIUS_USERS = 64, RADIUS_WARM_UP_MS = 100, RADIUS_TIMES = 1 << 20 };

struct radius_target {
    uint16_t port;
    char secret[64];
    bool takes_all; /* any name: they have as many lengths as those of people, then */
};

struct radius_load {
    int64_t from_ns, until_ns, cpu_from_ns, cpu_until_ns;
    _Atomic uint32_t count;
    uint32_t took_ns[RADIUS_TIMES];
};

/* What a load came to: exchanges a second, microseconds of processor and of waiting for each. */
struct radius_figures {
    double rate, cpu_us, p50_us, p99_us;
};

typedef void (*radius_load_fn)(const struct radius_target *target, unsigned in_flight,
                               struct radius_load *load);

/* Run it for so many milliseconds. */
struct radius_figures radius_load_run(radius_load_fn run, const struct radius_target *target,
                                      unsigned in_flight, unsigned ms);

/* ---- for the loads ---- */
/* Says why on standard error and ends the process. */
_Noreturn void radius_give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));
int64_t radius_now_ns(void);
/* Who logs in, in turn; made before the load, for no client is measured by it. */
struct radius_user {
    char name[16], word[16];
};
extern struct radius_user radius_users[RADIUS_USERS];
/* An exchange that began then is done; false when it is time to end. Any thread. */
bool radius_load_note(struct radius_load *load, int64_t began_ns);

void radius_load_ours(const struct radius_target *target, unsigned in_flight,
                      struct radius_load *load);
/* The same packets with nothing looked at. */
void radius_load_floor(const struct radius_target *target, unsigned in_flight,
                       struct radius_load *load);
/* libradcli, a thread an exchange; NULL where it was not found. */
extern const radius_load_fn radius_load_radcli;

/* radclient -p against a real server: exchanges a second. */
double radius_radclient_rate(const struct radius_target *target, unsigned in_flight,
                             const char *dir);

/* ---- the responder ---- */
/* In a process of its own, until it is killed: signs all it sends, or (echo) nothing. */
pid_t radius_responder_start(struct radius_target *target, bool echo);
void radius_responder_stop(pid_t responder);

#endif
