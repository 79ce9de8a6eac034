/* SPDX-License-Identifier: BSD-2-Clause */
/* Enrolments in flight, all in one thread, by libevent: an event for the descriptor of each, with
 * its time-out.
 *
 *   flight_libevent COUNT p256|rsa|rsa-ahead
 */
#include "enrolment.h"

#include <event2/event.h>

static struct event_base *base;

typedef struct flight {
    enrolment enrolment;
    struct event *event;
} flight;

static void wait_again(flight *f)
{
    int ms = enrolment_timeout_ms(&f->enrolment);
    struct timeval wait = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

    event_add(f->event, ms >= 0 ? &wait : NULL);
}

static void on_event(evutil_socket_t fd, short what, void *user)
{
    flight *f = user;

    (void)fd, (void)what;
    if (!enrolment_step(&f->enrolment))
        wait_again(f);
}

int main(int argc, char **argv)
{
    size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 1, good = 0;
    deployment d = {.kind = DAOTP_KEY_P256};
    flight *flights = calloc(count, sizeof *flights);
    daotp_status rc = flights != NULL ? deployment_open(&d) : DAOTP_MEMORY;

    deployment_set_keys(&d, argc > 2 ? argv[2] : "p256");
    base = event_base_new();
    for (size_t i = 0; i < count && rc == DAOTP_OK; i++) {
        flight *f = &flights[i];

        rc = enrolment_begin(&f->enrolment, &d);
        if (rc != DAOTP_OK)
            break;
        f->event = event_new(base, enrolment_fd(&f->enrolment), EV_READ, on_event, f);
        wait_again(f); /* 0: the first step is due */
    }
    if (rc == DAOTP_OK)
        event_base_dispatch(base); /* until no event is left */
    for (size_t i = 0; i < count; i++) {
        if (flights[i].event != NULL)
            event_free(flights[i].event);
        good += enrolment_end(&flights[i].enrolment);
    }
    event_base_free(base);
    deployment_close(&d);
    free(flights);
    printf("%zu of %zu\n", good, count);
    return good == count ? 0 : 1;
}
