/* SPDX-License-Identifier: BSD-2-Clause */
/* Enrolments in flight, all in one thread, by GLib: a source for each, which has a descriptor and a
 * time when it is ready. A GTK program adds the same source to its own main loop.
 *
 *   flight_glib COUNT p256|rsa|rsa-ahead
 */
#include "enrolment.h"

#include <glib-unix.h>

typedef struct flight {
    GSource source;
    enrolment enrolment;
} flight;

static GMainLoop *loop;
static size_t under_way;

static void wait_again(flight *f)
{
    int ms = enrolment_timeout_ms(&f->enrolment);

    g_source_set_ready_time(&f->source,
                            ms >= 0 ? g_get_monotonic_time() + ms * G_GINT64_CONSTANT(1000) : -1);
}

/* The descriptor is readable, or the time has come. */
static gboolean on_dispatch(GSource *source, GSourceFunc function, gpointer user)
{
    flight *f = (flight *)source;

    (void)function, (void)user;
    if (!enrolment_step(&f->enrolment)) {
        wait_again(f);
        return G_SOURCE_CONTINUE;
    }
    if (--under_way == 0)
        g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

static GSourceFuncs functions = {.dispatch = on_dispatch};

static daotp_status add_flight(const deployment *d, flight **out)
{
    flight *f = (flight *)g_source_new(&functions, sizeof(flight));
    daotp_status rc;

    *out = f;
    memset(&f->enrolment, 0, sizeof f->enrolment);
    rc = enrolment_begin(&f->enrolment, d);
    if (rc != DAOTP_OK)
        return rc;
    g_source_add_unix_fd(&f->source, enrolment_fd(&f->enrolment), G_IO_IN);
    wait_again(f); /* 0: the first step is due */
    g_source_attach(&f->source, NULL);
    under_way++;
    return DAOTP_OK;
}

int main(int argc, char **argv)
{
    size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 1, begun = 0, good = 0;
    deployment d = {.kind = DAOTP_KEY_P256};
    flight **flights = g_new0(flight *, count);
    daotp_status rc = deployment_open(&d);

    deployment_set_keys(&d, argc > 2 ? argv[2] : "p256");
    loop = g_main_loop_new(NULL, FALSE);
    while (begun < count && rc == DAOTP_OK)
        rc = add_flight(&d, &flights[begun++]);
    if (rc == DAOTP_OK && under_way > 0)
        g_main_loop_run(loop);
    for (size_t i = 0; i < begun; i++) {
        good += enrolment_end(&flights[i]->enrolment);
        g_source_destroy(&flights[i]->source);
        g_source_unref(&flights[i]->source);
    }
    g_main_loop_unref(loop);
    deployment_close(&d);
    g_free(flights);
    printf("%zu of %zu\n", good, count);
    return good == count ? 0 : 1;
}
