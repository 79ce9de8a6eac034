/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/loop.h"

#include "core/alloc.h"
#include "core/limits.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { FIRST_SLOTS = 8, EVENTS = 16, CANCEL_SLOT = DAOTP__MAX_LOOP_SLOTS };

/* A shorter delay of a step is normal scheduling and does not count as late. */
enum { LATE_NOTICED_MS = 50 };

typedef struct slot {
    daotp__loop_ready_fn ready; /* NULL: a free slot */
    void *user;
} slot;

struct daotp__loop {
    daotp_context *context;
    int epoll, cancel;
    atomic_bool under_way, cancelled;
    int64_t deadline_ms, wake_ms; /* DAOTP__NEVER: no wake-up */
    int64_t paused_ms;            /* the time since which the flow waits */
    int64_t due_ms;         /* the time when the next step is due; DAOTP__NEVER: nothing waits */
    int64_t late_ms;        /* total time in which peers waited for a step */
    int64_t caller_late_ms; /* the caller's part of it, in this run */
    bool is_caller_late;    /* the caller waits, not daotp__loop_wait() */
    slot *slots;
    int slot_count;
};

static uint64_t key_of(int number, int fd)
{
    return (uint64_t)number << 32 | (uint32_t)fd;
}

static bool set_up_loop(daotp__loop *loop)
{
    struct epoll_event event = {.events = EPOLLIN};

    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->cancel = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->epoll < 0 || loop->cancel < 0)
        return false;
    event.data.u64 = key_of(CANCEL_SLOT, loop->cancel);
    return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->cancel, &event) == 0;
}

static bool grow_slots(daotp__loop *loop)
{
    int count = loop->slot_count > 0 ? 2 * loop->slot_count : FIRST_SLOTS;
    slot *grown;

    if (count > DAOTP__MAX_LOOP_SLOTS)
        return false;
    grown = daotp__new((size_t)count * sizeof *grown);
    if (grown == NULL)
        return false;
    if (loop->slot_count > 0)
        memcpy(grown, loop->slots, (size_t)loop->slot_count * sizeof *grown);
    daotp__delete(loop->slots);
    loop->slots = grown;
    loop->slot_count = count;
    return true;
}

daotp_status daotp__loop_new(daotp_context *context, daotp__loop **loop)
{
    daotp__loop *made = daotp__new(sizeof *made);

    *loop = NULL;
    if (made == NULL)
        return DAOTP_MEMORY;
    made->context = daotp__context_ref(context);
    made->epoll = made->cancel = -1;
    made->deadline_ms = made->wake_ms = made->due_ms = DAOTP__NEVER;
    atomic_init(&made->cancelled, false);
    if (!grow_slots(made) || !set_up_loop(made)) {
        daotp_status status = made->slots != NULL ? DAOTP_INTERNAL : DAOTP_MEMORY;

        daotp__loop_free(made);
        return status;
    }
    *loop = made;
    return DAOTP_OK;
}

void daotp__loop_free(daotp__loop *loop)
{
    if (loop == NULL)
        return;
    if (loop->epoll >= 0)
        (void)close(loop->epoll);
    if (loop->cancel >= 0)
        (void)close(loop->cancel);
    daotp_context_unref(loop->context);
    daotp__delete(loop->slots);
    daotp__delete(loop);
}

daotp_context *daotp__loop_context(const daotp__loop *loop)
{
    return loop->context;
}

int daotp__loop_fd(const daotp__loop *loop)
{
    return loop->epoll;
}

static int64_t earlier_time(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int daotp__loop_timeout_ms(const daotp__loop *loop)
{
    int64_t at = earlier_time(loop->deadline_ms, loop->wake_ms), left;

    at = earlier_time(at, loop->due_ms);
    if (at == DAOTP__NEVER)
        return -1;
    left = daotp__time_sub(at, daotp__context_now_ms(loop->context));
    if (left < 0)
        return 0;
    return left > INT_MAX ? INT_MAX : (int)left;
}

void daotp__loop_begin(daotp__loop *loop, int64_t timeout_ms)
{
    eventfd_t ignored;

    atomic_store(&loop->cancelled, false);
    atomic_store(&loop->under_way, true);
    (void)eventfd_read(loop->cancel, &ignored); /* no pending cancellation is fine */
    loop->wake_ms = DAOTP__NEVER;
    loop->deadline_ms =
        timeout_ms < 0 ? DAOTP__NEVER : daotp__context_in_ms(loop->context, timeout_ms);
    loop->caller_late_ms = 0;
    loop->paused_ms = loop->due_ms = daotp__context_now_ms(loop->context);
    loop->is_caller_late = true;
}

void daotp__loop_begin_brief(daotp__loop *loop)
{
    atomic_store(&loop->cancelled, false);
    loop->due_ms = DAOTP__ALWAYS;
}

/* ---- late steps ------------------------------------------------------------------------------ */

/* A step was late. Peers may have answered meanwhile, so the delay is not counted against them.
 * If a descriptor is ready, the answer may have waited for the whole time. */
static void note_lateness(daotp__loop *loop, bool is_ready)
{
    int64_t late, now;

    if (loop->due_ms == DAOTP__NEVER || loop->due_ms == DAOTP__ALWAYS)
        return;
    now = daotp__context_now_ms(loop->context);
    late = daotp__time_sub(now, loop->due_ms);
    if (late < LATE_NOTICED_MS)
        return;
    if (is_ready)
        loop->late_ms = daotp__time_add(loop->late_ms, daotp__time_sub(now, loop->paused_ms));
    else
        loop->late_ms = daotp__time_add(loop->late_ms, late);
    if (loop->is_caller_late)
        loop->caller_late_ms = daotp__time_add(loop->caller_late_ms, late);
}

void daotp__loop_pause(daotp__loop *loop)
{
    int64_t at = earlier_time(loop->deadline_ms, loop->wake_ms);

    loop->paused_ms = daotp__context_now_ms(loop->context);
    loop->due_ms = earlier_time(at, daotp__time_add(loop->paused_ms, DAOTP__LOOP_BEAT_MS));
    loop->is_caller_late = true;
}

void daotp__loop_rest(daotp__loop *loop)
{
    loop->due_ms = DAOTP__NEVER;
}

void daotp__loop_call_step(daotp__loop *loop)
{
    note_lateness(loop, false);
    loop->paused_ms = loop->due_ms = daotp__context_now_ms(loop->context);
    loop->is_caller_late = true;
}

int64_t daotp__loop_now_ms(const daotp__loop *loop)
{
    return daotp__time_sub(daotp__context_now_ms(loop->context), loop->late_ms);
}

int64_t daotp__loop_in_ms(const daotp__loop *loop, int64_t ms)
{
    return daotp__time_add(daotp__loop_now_ms(loop), ms);
}

int64_t daotp__loop_late_ms(const daotp__loop *loop)
{
    return loop->late_ms;
}

int64_t daotp__loop_caller_late_ms(const daotp__loop *loop)
{
    return loop->caller_late_ms;
}

void daotp__loop_report_late(const daotp__loop *loop, int64_t before_ms, const char *subject,
                             daotp_report *report)
{
    int64_t late = daotp__time_sub(loop->caller_late_ms, before_ms);

    if (late >= DAOTP__LOOP_LATE_MS)
        (void)daotp__report_add(report, DAOTP_FINDING_CALL_LATE, 0, subject,
                                "%lld ms too late in all", (long long)late);
}

bool daotp__loop_is_cancelled(const daotp__loop *loop)
{
    return atomic_load(&loop->cancelled);
}

static bool has_run_out(const daotp__loop *loop)
{
    return loop->deadline_ms != DAOTP__NEVER &&
           daotp__context_now_ms(loop->context) >= loop->deadline_ms;
}

bool daotp__loop_must_end(const daotp__loop *loop)
{
    return daotp__loop_is_cancelled(loop) || has_run_out(loop);
}

void daotp__loop_end(daotp__loop *loop)
{
    eventfd_t ignored;

    atomic_store(&loop->under_way, false);
    loop->deadline_ms = loop->wake_ms = loop->due_ms = DAOTP__NEVER;
    (void)eventfd_read(loop->cancel, &ignored);
}

void daotp__loop_cancel(daotp__loop *loop)
{
    atomic_store(&loop->cancelled, true);
    if (atomic_load(&loop->under_way))        /* otherwise there is no run to wake */
        (void)eventfd_write(loop->cancel, 1); /* a full counter is readable already */
}

daotp_status daotp__loop_dispatch(daotp__loop *loop)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(loop->epoll, events, EVENTS, 0);

    note_lateness(loop, count > 0);
    loop->wake_ms = loop->due_ms = DAOTP__NEVER;
    for (int i = 0; i < count; i++) {
        int number = (int)(events[i].data.u64 >> 32), fd = (int)(uint32_t)events[i].data.u64;

        if (number < loop->slot_count && loop->slots[number].ready != NULL)
            loop->slots[number].ready(loop->slots[number].user, fd, events[i].events);
    }
    if (atomic_load(&loop->cancelled))
        return DAOTP_CANCELLED;
    return has_run_out(loop) ? DAOTP_TIMEOUT : DAOTP_OK;
}

void daotp__loop_wake_in(daotp__loop *loop, int64_t ms)
{
    loop->wake_ms =
        earlier_time(loop->wake_ms, daotp__context_in_ms(loop->context, ms > 0 ? ms : 0));
}

void daotp__loop_wait(daotp__loop *loop)
{
    struct pollfd pfd = {.fd = loop->epoll, .events = POLLIN};

    (void)poll(&pfd, 1, daotp__loop_timeout_ms(loop)); /* the next step handles what happened */
    loop->is_caller_late = false;
}

int daotp__loop_join(daotp__loop *loop, daotp__loop_ready_fn ready, void *user)
{
    int number = 0;

    while (number < loop->slot_count && loop->slots[number].ready != NULL)
        number++;
    if (number == loop->slot_count && !grow_slots(loop))
        return -1;
    loop->slots[number] = (slot){ready, user};
    return number;
}

void daotp__loop_leave(daotp__loop *loop, int number)
{
    if (number >= 0)
        loop->slots[number].ready = NULL;
}

bool daotp__loop_watch(daotp__loop *loop, int number, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events};

    event.data.u64 = key_of(number, fd);
    if (events == 0)
        return epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, &event) == 0 || errno == ENOENT ||
               errno == EBADF;
    return epoll_ctl(loop->epoll, EPOLL_CTL_MOD, fd, &event) == 0 ||
           (errno == ENOENT && epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) == 0);
}
