/* SPDX-License-Identifier: BSD-2-Clause */
/* libradcli as its manual has it: rc_auth(), which blocks, in a thread for each exchange in
 * flight. */
#include "radius_load.h"

#include <pthread.h>
#include <radcli/radcli.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char dictionary[] = "ATTRIBUTE User-Name 1 string\n"
                                 "ATTRIBUTE User-Password 2 string\n"
                                 "ATTRIBUTE NAS-IP-Address 4 ipaddr\n"
                                 "ATTRIBUTE NAS-Port 5 integer\n"
                                 "ATTRIBUTE Service-Type 6 integer\n"
                                 "ATTRIBUTE Reply-Message 18 string\n"
                                 "ATTRIBUTE NAS-Identifier 32 string\n"
                                 "ATTRIBUTE Message-Authenticator 80 string\n"
                                 "ATTRIBUTE NAS-IPv6-Address 95 ipv6addr\n";

struct radcli {
    rc_handle *handle;
    struct radius_load *load;
    atomic_uint next_user;
};

static void set(rc_handle *handle, const char *name, const char *value)
{
    if (rc_add_config(handle, name, value, NULL, 0) != 0)
        radius_give_up("libradcli does not take %s", name);
}

static rc_handle *open_handle(const struct radius_target *target)
{
    rc_handle *handle = rc_config_init(rc_new());
    char server[128];

    if (handle == NULL)
        radius_give_up("no handle of libradcli");
    (void)snprintf(server, sizeof server, "127.0.0.1:%u:%s", target->port, target->secret);
    set(handle, "authserver", server);
    set(handle, "radius_timeout", "2");
    set(handle, "radius_retries", "3");
    set(handle, "nas-identifier", "bench-radius");
    if (rc_read_dictionary_from_buffer(handle, dictionary, strlen(dictionary)) != 0 ||
        rc_apply_config(handle) != 0)
        radius_give_up("libradcli does not take its configuration");
    return handle;
}

static void authenticate(struct radcli *radcli)
{
    struct radius_user *user =
        &radius_users[atomic_fetch_add(&radcli->next_user, 1) % RADIUS_USERS];
    VALUE_PAIR *send = NULL, *received = NULL;
    char message[PW_MAX_MSG_SIZE];

    if (rc_avpair_add(radcli->handle, &send, PW_USER_NAME, user->name, -1, 0) == NULL ||
        rc_avpair_add(radcli->handle, &send, PW_USER_PASSWORD, user->word, -1, 0) == NULL ||
        rc_auth(radcli->handle, 0, send, &received, message) != OK_RC)
        radius_give_up("libradcli does not authenticate");
    rc_avpair_free(send);
    rc_avpair_free(received);
}

static void *work(void *user)
{
    struct radcli *radcli = user;
    int64_t began;

    do {
        began = radius_now_ns();
        authenticate(radcli);
    } while (radius_load_note(radcli->load, began));
    return NULL;
}

static void run(const struct radius_target *target, unsigned in_flight, struct radius_load *load)
{
    struct radcli radcli = {.handle = open_handle(target), .load = load};
    pthread_t *threads = calloc(in_flight, sizeof *threads);

    for (unsigned i = 0; i < in_flight; i++)
        if (threads == NULL || pthread_create(&threads[i], NULL, work, &radcli) != 0)
            radius_give_up("no thread");
    for (unsigned i = 0; i < in_flight; i++)
        (void)pthread_join(threads[i], NULL);
    free(threads);
    rc_destroy(radcli.handle);
}

const radius_load_fn radius_load_radcli = run;
