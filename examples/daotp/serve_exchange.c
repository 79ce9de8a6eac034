/* SPDX-License-Identifier: BSD-2-Clause */
/* One exchange: who the user is, whether the code is right, the answer, and its line in the log. */
#include "serve.h"

#include "core/utf8.h"
#include "front.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* ---- who is this, is this right -------------------------------------------------------------- */

void serve_on_user(void *user, daotp_exchange *exchange, const char *name)
{
    server *s = user;
    const struct user *found;
    daotp_account *account = daotp_exchange_get_account(exchange);

    snprintf(s->current->name, sizeof s->current->name, "%s", name);
    if (!tool_secret_check(s->users_file) || users_refresh(s->users) != 0) {
        (void)daotp_exchange_answer_user(exchange, DAOTP_USER_UNAVAILABLE);
        return;
    }
    found = users_find(s->users, name);
    if (found == NULL || found->disabled) {
        (void)daotp_exchange_answer_user(exchange, DAOTP_USER_UNKNOWN);
        return;
    }
    if (daotp_account_set_upn(account, found->upn) != DAOTP_OK ||
        daotp_account_set_dn(account, found->dn) != DAOTP_OK ||
        daotp_account_set_sid(account, found->sid) != DAOTP_OK)
        (void)daotp_exchange_answer_user(exchange, DAOTP_USER_UNAVAILABLE);
    else
        (void)daotp_exchange_answer_user(exchange, DAOTP_USER_FOUND);
}

/* A right code is good once for its token, whatever its user is called. */
static daotp_code_answer spend_code(server *s, const struct user *user, int64_t step)
{
    daotp_report *report = daotp_exchange_get_report(s->current->exchange);

    switch (daotp_budget_spend_step(s->budget, user->secret, user->secret_len, step, report)) {
    case DAOTP_OK:
        return user->challenge ? DAOTP_CODE_CHALLENGE : DAOTP_CODE_ACCEPTED;
    case DAOTP_REJECTED:
        return DAOTP_CODE_REJECTED;
    default:
        return DAOTP_CODE_UNAVAILABLE;
    }
}

static daotp_code_answer check_code(server *s, const char *name, const char *code, size_t len)
{
    const struct user *found = users_find(s->users, name);
    char text[64];
    int64_t step;

    if (len >= sizeof text)
        return DAOTP_CODE_REJECTED;
    memcpy(text, code, len);
    text[len] = '\0';
    step = users_match_code(found, text, (int64_t)time(NULL));
    explicit_bzero(text, sizeof text);
    return step >= 0 ? spend_code(s, found, step) : DAOTP_CODE_REJECTED;
}

static void go_on(serving *x);

static void on_radius(void *user, daotp_code_answer answer)
{
    serving *x = user;

    x->login = NULL;
    pthread_mutex_lock(&x->server->lock);
    (void)daotp_exchange_answer_code(x->exchange, answer);
    pthread_mutex_unlock(&x->server->lock);
    go_on(x);
}

static void ask_radius(server *s, daotp_exchange *exchange, const char *name, const char *code,
                       size_t len)
{
    daotp_code_answer answer;

    s->current->login =
        radius_check_ask(s->current->worker->check, name, code, len,
                         daotp_exchange_get_report(exchange), on_radius, s->current, &answer);
    if (s->current->login == NULL)
        (void)daotp_exchange_answer_code(exchange, answer);
}

void serve_on_code(void *user, daotp_exchange *exchange, const char *name, const char *code,
                   size_t len)
{
    server *s = user;

    if (s->current->worker->check != NULL)
        ask_radius(s, exchange, name, code, len);
    else
        (void)daotp_exchange_answer_code(exchange, check_code(s, name, code, len));
}

/* ---- one exchange ---------------------------------------------------------------------------- */

/* A line for the outcome: when, who, from where; then one for each finding. A HEAD is a client that
 * opens its connection before there is a code. */
static void log_exchange(serving *x)
{
    daotp_report *report = daotp_exchange_get_report(x->exchange);
    time_t now = time(NULL);
    char when[32] = "";
    struct tm tm;

    if (x->server->quiet || strcmp(https_method(x->request), "HEAD") == 0)
        return;
    if (gmtime_r(&now, &tm) != NULL)
        (void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
    daotp__utf8_make_plain(x->name); /* a name is the client's word */
    flockfile(stderr);               /* the lines of one exchange stay together */
    fprintf(stderr, "%u %s at %s from %s%s%s\n", daotp_exchange_get_http_status(x->exchange),
            daotp_status_name(daotp_report_get_status(report)), when, x->from,
            x->name[0] != '\0' ? " for " : "", x->name);
    for (size_t i = 0; i < daotp_report_get_count(report); i++) {
        const daotp_finding *finding = daotp_report_get_finding(report, i);

        fprintf(stderr, "  %s %s: %s: %s; found: %s\n",
                daotp_severity_name(daotp_finding_get_severity(finding)),
                daotp_finding_get_id(finding), daotp_finding_get_subject(finding),
                daotp_catalogue_get_title(daotp_finding_get_number(finding)),
                daotp_finding_get_found(finding));
    }
    funlockfile(stderr);
}

static void end_serving(serving *x)
{
    const char *name, *value, *type = NULL;
    const uint8_t *body;
    size_t len;

    if (x->login != NULL)
        radius_check_forget(x->worker->check, x->login);
    pthread_mutex_lock(&x->server->lock);

    for (size_t i = 0; (name = daotp_exchange_get_header(x->exchange, i, &value)) != NULL; i++) {
        if (strcasecmp(name, "Content-Type") == 0)
            type = value;
        else
            https_add_header(x->request, name, value);
    }
    body = daotp_exchange_get_body(x->exchange, &len);
    log_exchange(x);
    https_reply(x->request, (int)daotp_exchange_get_http_status(x->exchange), type, body, len);
    daotp_exchange_free(x->exchange);
    pthread_mutex_unlock(&x->server->lock);
    if (x->timer != NULL)
        event_free(x->timer);
    free(x);
}

static void on_timer(evutil_socket_t fd, short what, void *user)
{
    (void)fd, (void)what;
    go_on(user);
}

static void go_on(serving *x)
{
    daotp_status status;
    struct timeval wait;
    int ms;

    pthread_mutex_lock(&x->server->lock);
    x->server->current = x;
    status = daotp_exchange_step(x->exchange);
    ms = daotp_exchange_get_timeout_ms(x->exchange);
    pthread_mutex_unlock(&x->server->lock);
    if (status != DAOTP_AGAIN) {
        end_serving(x);
        return;
    }
    wait = (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 + 1000};
    if (x->timer == NULL)
        x->timer = event_new(x->worker->base, -1, 0, on_timer, x);
    if (x->timer != NULL)
        event_add(x->timer, &wait);
}

static struct front_headers front_headers_of(const struct https_request *request)
{
    static const char *const names[] = {FRONT_VERIFY, FRONT_CERTIFICATE, FRONT_CLIENT_CERT};
    struct front_headers headers = {https_header(request, FRONT_VERIFY),
                                    https_header(request, FRONT_CERTIFICATE),
                                    https_header(request, FRONT_CLIENT_CERT), NULL};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (https_header_count(request, names[i]) > 1)
            headers.repeated = names[i];
    return headers;
}

static void give_certificate(serving *x)
{
    struct https_request *request = x->request;
    struct front_headers headers = front_headers_of(request);
    unsigned char *der = NULL;
    const unsigned char *peer;
    const char *why;
    size_t len;

    if (!x->server->https.has_front) {
        peer = https_peer_cert(request, &len);
        if (peer != NULL)
            (void)daotp_exchange_set_peer_certificate(x->exchange, peer, len);
        return;
    }
    if (front_read(&headers, &der, &len, &why))
        (void)daotp_exchange_set_peer_certificate(x->exchange, der, len);
    else if (why != NULL)
        (void)daotp_exchange_refuse_peer_certificate(x->exchange, why);
    free(der);
}

/* The lock is held. */
static daotp_status begin_exchange(serving *x)
{
    static const char *const headers[] = {"X-OTPCEP-version", "Content-Type"};
    size_t len;
    unsigned char *body = https_body(x->request, &len);
    daotp_status status =
        daotp_exchange_new(x->server->responder, https_method(x->request), body, len, &x->exchange);

    explicit_bzero(body, len); /* the code is in it, and the exchange has its copy */
    for (size_t i = 0; i < 2 && status == DAOTP_OK; i++) {
        const char *value = https_header(x->request, headers[i]);

        if (value != NULL)
            status = daotp_exchange_add_header(x->exchange, headers[i], value);
    }
    if (status == DAOTP_OK)
        give_certificate(x);
    return status;
}

void serve_on_request(struct https_request *request, void *user)
{
    worker *w = user;
    server *s = w->server;
    daotp_status status;
    serving *x;

    if (strcmp(https_path(request), s->path) != 0) {
        https_reply(request, 404, NULL, NULL, 0);
        return;
    }
    x = calloc(1, sizeof *x);
    if (x == NULL) {
        https_reply(request, 500, NULL, NULL, 0);
        return;
    }
    x->server = s;
    x->worker = w;
    x->request = request;
    snprintf(x->from, sizeof x->from, "%s", https_peer_address(request));
    pthread_mutex_lock(&s->lock);
    status = begin_exchange(x);
    if (status != DAOTP_OK)
        daotp_exchange_free(x->exchange);
    pthread_mutex_unlock(&s->lock);
    if (status == DAOTP_OK) {
        go_on(x);
        return;
    }
    https_reply(request, 500, NULL, NULL, 0);
    free(x);
}
