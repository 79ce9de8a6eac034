/* SPDX-License-Identifier: BSD-2-Clause */
/* Our client: one thread, one exchange object a login, made and freed as an application does. */
#include "radius_load.h"

#include <daotp/daotp.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>

struct login {
    daotp_radius_exchange *exchange;
    int64_t began_ns;
};

struct ours {
    daotp_radius *radius;
    struct radius_load *load;
    struct login *logins;
    unsigned in_flight, next_user, last; /* the login that ended last: they end in order, mostly */
    bool is_over;
};

static void begin(struct ours *ours, struct login *login)
{
    const struct radius_user *user = &radius_users[ours->next_user++ % RADIUS_USERS];

    login->began_ns = radius_now_ns();
    if (daotp_radius_exchange_new(ours->radius, user->name, &login->exchange) != DAOTP_OK ||
        daotp_radius_exchange_begin(login->exchange, user->word, strlen(user->word)) != DAOTP_OK)
        radius_give_up("an exchange does not begin");
}

static void told(void *user, daotp_radius_exchange *exchange)
{
    struct ours *ours = user;

    if (daotp_radius_exchange_get_answer(exchange) != DAOTP_RADIUS_ACCEPTED)
        radius_give_up("ours: %s",
                       daotp_report_get_text(daotp_radius_exchange_get_report(exchange)));
    for (unsigned i = 1; i <= ours->in_flight; i++) {
        unsigned at = (ours->last + i) % ours->in_flight;
        struct login *login = &ours->logins[at];

        if (login->exchange != exchange)
            continue;
        ours->last = at;
        daotp_radius_exchange_free(exchange);
        login->exchange = NULL;
        ours->is_over = !radius_load_note(ours->load, login->began_ns) || ours->is_over;
        if (!ours->is_over)
            begin(ours, login);
        return;
    }
}

void radius_load_ours(const struct radius_target *target, unsigned in_flight,
                      struct radius_load *load)
{
    struct ours ours = {.load = load, .in_flight = in_flight};
    daotp_context *context;

    ours.logins = calloc(in_flight, sizeof *ours.logins);
    if (ours.logins == NULL || daotp_context_new(&context) != DAOTP_OK ||
        daotp_radius_new(context, &ours.radius) != DAOTP_OK ||
        daotp_radius_add_server(ours.radius, "127.0.0.1", target->port, target->secret,
                                strlen(target->secret), DAOTP_RADIUS_POLICY_REQUIRE) != DAOTP_OK ||
        daotp_radius_set_callback(ours.radius, told, &ours) != DAOTP_OK)
        radius_give_up("no RADIUS client");
    for (unsigned i = 0; i < in_flight; i++)
        begin(&ours, &ours.logins[i]);
    while (daotp_radius_step(ours.radius) == DAOTP_AGAIN && !ours.is_over) {
        struct pollfd pfd = {.fd = daotp_radius_get_fd(ours.radius), .events = POLLIN};

        (void)poll(&pfd, 1, daotp_radius_get_timeout_ms(ours.radius));
    }
}
