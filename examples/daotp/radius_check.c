/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius_check.h"
#include "tool.h"

#include <daotp/sys/report.h>

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct radius_login {
    radius_login *next;
    daotp_radius_exchange *exchange;
    daotp_report *report;
    radius_done_fn done;
    void *user;
};

struct radius_check {
    daotp_radius *radius;
    struct event *ready, *timer;
    radius_login *first;
    serve_log *log;
    bool quiet;
};

bool radius_split(char *text, char **host, uint16_t *port)
{
    char *colon = strrchr(text, ':');
    char *end = NULL;
    long value = colon != NULL ? strtol(colon + 1, &end, 10) : 0;

    if (colon == NULL || *end != '\0' || value < 1 || value > 65535)
        return false;
    *colon = '\0';
    *host = text;
    if (*text == '[' && colon > text && colon[-1] == ']') {
        colon[-1] = '\0';
        (*host)++;
    }
    *port = (uint16_t)value;
    return true;
}

/* ---- answers --------------------------------------------------------------------------------- */

/* MS-OTPCE 3.2.5.1 step 3 knows four outcomes. */
static daotp_code_answer answer_of(daotp_radius_exchange *exchange)
{
    switch (daotp_radius_exchange_get_answer(exchange)) {
    case DAOTP_RADIUS_ACCEPTED:
        return DAOTP_CODE_ACCEPTED;
    case DAOTP_RADIUS_REJECTED:
        return DAOTP_CODE_REJECTED;
    case DAOTP_RADIUS_CHALLENGED:
        return DAOTP_CODE_CHALLENGE;
    default:
        return DAOTP_CODE_UNAVAILABLE;
    }
}

static void log_login(const radius_check *check, daotp_radius_exchange *exchange)
{
    const daotp_report *report = daotp_radius_exchange_get_report(exchange);
    char *text = NULL;
    size_t len = 0;
    FILE *to;

    if (check->quiet || daotp_report_get_count(report) == 0)
        return;
    to = open_memstream(&text, &len);
    for (size_t i = 0; to != NULL && i < daotp_report_get_count(report); i++)
        serve_log_print_finding(to, "radius ", daotp_report_get_finding(report, i));
    if (to != NULL)
        (void)fclose(to);
    serve_log_put(check->log, SERVE_LOG_TEXT, text);
}

/* What the server said and wants goes into the report of the login, as the cause of what becomes of
 * it: this protocol can show neither to the user (MS-OTPCE 3.2.5.1). The report's order is kept;
 * what is no reason for the answer stays out. */
static void tell_login(daotp_radius_exchange *exchange, daotp_report *to)
{
    const daotp_report *from = daotp_radius_exchange_get_report(exchange);
    bool is_accepted = daotp_radius_exchange_get_answer(exchange) == DAOTP_RADIUS_ACCEPTED;

    for (size_t i = 0; !is_accepted && i < daotp_report_get_count(from); i++) {
        const daotp_finding *finding = daotp_report_get_finding(from, i);
        daotp_finding_number number = daotp_finding_get_number(finding);

        if (number != DAOTP_FINDING_RADIUS_CHARSET && number != DAOTP_FINDING_RADIUS_RETRANSMITTED)
            (void)daotp_report_add(to, number, daotp_finding_get_upstream(finding),
                                   daotp_finding_get_subject(finding),
                                   daotp_finding_get_found(finding));
    }
}

static radius_login **find_login(radius_check *check, const daotp_radius_exchange *exchange)
{
    radius_login **at = &check->first;

    while (*at != NULL && (*at)->exchange != exchange)
        at = &(*at)->next;
    return at;
}

static void on_answer(void *user, daotp_radius_exchange *exchange)
{
    radius_check *check = user;
    radius_login **at = find_login(check, exchange), *login = *at;
    daotp_code_answer answer = answer_of(exchange);

    if (login == NULL) /* answered while it was begun: the asker sees it */
        return;
    *at = login->next;
    log_login(check, exchange);
    tell_login(exchange, login->report);
    login->done(login->user, answer);
    daotp_radius_exchange_free(exchange);
    free(login);
}

static void step_radius(radius_check *check)
{
    struct timeval wait;
    int ms;

    (void)daotp_radius_step(check->radius);
    ms = daotp_radius_get_timeout_ms(check->radius);
    if (ms < 0) {
        event_del(check->timer);
        return;
    }
    wait = (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 + 1000};
    event_add(check->timer, &wait);
}

static void on_event(evutil_socket_t fd, short what, void *user)
{
    (void)fd, (void)what;
    step_radius(user);
}

/* ---- asking ---------------------------------------------------------------------------------- */

radius_login *radius_check_ask(radius_check *check, const char *name, const char *code, size_t len,
                               daotp_report *report, radius_done_fn done, void *user,
                               daotp_code_answer *answer)
{
    static const struct timeval at_once = {0, 0};
    radius_login *login = calloc(1, sizeof *login);
    daotp_status status;

    *answer = DAOTP_CODE_UNAVAILABLE;
    if (login == NULL ||
        daotp_radius_exchange_new(check->radius, name, &login->exchange) != DAOTP_OK) {
        free(login);
        return NULL;
    }
    login->report = report;
    login->done = done;
    login->user = user;
    status = daotp_radius_exchange_begin(login->exchange, code, len);
    if (status != DAOTP_OK) {
        if (status == DAOTP_USAGE) /* no RADIUS server could take such a code */
            *answer = DAOTP_CODE_REJECTED;
        log_login(check, login->exchange);
        tell_login(login->exchange, report);
        daotp_radius_exchange_free(login->exchange);
        free(login);
        return NULL;
    }
    login->next = check->first;
    check->first = login;
    event_add(check->timer, &at_once); /* not from within: the asker is being stepped itself */
    return login;
}

void radius_check_forget(radius_check *check, radius_login *login)
{
    radius_login **at = find_login(check, login->exchange);

    if (*at == NULL)
        return;
    *at = login->next;
    log_login(check, login->exchange);
    daotp_radius_exchange_free(login->exchange);
    free(login);
}

/* ---- setting up ------------------------------------------------------------------------------ */

static daotp_status add_servers(daotp_radius *radius, const radius_config *config)
{
    tool_secret secret = {.len = 0};
    daotp_status status = DAOTP_OK;

    if (config->secret_file == NULL || !tool_secret_load(config->secret_file, &secret))
        status = DAOTP_CONFIGURATION;
    for (size_t i = 0; i < config->server_count && status == DAOTP_OK; i++) {
        const radius_place *place = &config->servers[i];

        status = daotp_radius_add_server(radius, place->host, place->port, secret.bytes, secret.len,
                                         config->policy);
        if (status != DAOTP_OK)
            fprintf(stderr, "daotp serve: --radius cannot be host '%s', port %u\n", place->host,
                    (unsigned)place->port);
    }
    tool_secret_free(&secret);
    return status;
}

daotp_status radius_check_new(daotp_context *context, const radius_config *config, serve_log *log,
                              radius_check **out)
{
    radius_check *check = calloc(1, sizeof *check);
    daotp_status status = check != NULL ? daotp_radius_new(context, &check->radius) : DAOTP_MEMORY;

    *out = check;
    if (status == DAOTP_OK)
        status = add_servers(check->radius, config);
    if (status == DAOTP_OK)
        status = daotp_radius_set_timers(check->radius, config->timers);
    if (status == DAOTP_OK && config->timeout_ms > 0)
        status = daotp_radius_set_timeout_ms(check->radius, config->timeout_ms);
    if (status == DAOTP_OK && config->strip)
        status = daotp_radius_set_user_form(check->radius, DAOTP_RADIUS_USER_STRIPPED);
    if (status == DAOTP_OK)
        status = daotp_radius_set_callback(check->radius, on_answer, check);
    if (status == DAOTP_OK) {
        check->quiet = config->quiet;
        check->log = log;
    }
    return status;
}

daotp_status radius_check_attach(radius_check *check, struct event_base *base)
{
    check->ready =
        event_new(base, daotp_radius_get_fd(check->radius), EV_READ | EV_PERSIST, on_event, check);
    check->timer = evtimer_new(base, on_event, check);
    if (check->ready == NULL || check->timer == NULL || event_add(check->ready, NULL) != 0)
        return DAOTP_MEMORY;
    return DAOTP_OK;
}

void radius_check_free(radius_check *check)
{
    if (check == NULL)
        return;
    while (check->first != NULL)
        radius_check_forget(check, check->first);
    if (check->ready != NULL)
        event_free(check->ready);
    if (check->timer != NULL)
        event_free(check->timer);
    daotp_radius_free(check->radius);
    free(check);
}
