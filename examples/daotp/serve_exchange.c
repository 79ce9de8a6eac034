/* SPDX-License-Identifier: BSD-2-Clause */
/* One exchange: who the user is, whether the code is right, and the answer. */
#include "serve.h"

#include "core/utf8.h"
#include "front.h"

#include <daotp/sys/report.h>

#include <event2/event.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

int64_t serve_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* never fails for this clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void go_on(serving *x);

/* ---- who is this ----------------------------------------------------------------------------- */

/* A value that is empty or cannot be used is as none: the user is there, and is refused after a
 * right code only, as others are. */
static daotp_user_answer fill_account(daotp_account *account, const char *upn, const char *dn,
                                      const char *sid)
{
    if (daotp_account_set_upn(account, upn) == DAOTP_MEMORY ||
        daotp_account_set_dn(account, dn) == DAOTP_MEMORY ||
        daotp_account_set_sid(account, sid) == DAOTP_MEMORY)
        return DAOTP_USER_UNAVAILABLE;
    return DAOTP_USER_FOUND;
}

/* Why somebody is unknown is for the log: a warning, the verdict is SERVE-USER-UNKNOWN. */
static daotp_user_answer answer_of_account(serving *x, const serve_account *found)
{
    static const struct {
        serve_found found;
        daotp_finding_number number;
        daotp_user_answer answer;
    } rows[] = {{SERVE_UNKNOWN, 0, DAOTP_USER_UNKNOWN},
                {SERVE_CLOSED, DAOTP_FINDING_SERVE_USER_CLOSED, DAOTP_USER_UNKNOWN},
                {SERVE_NOT_MEMBER, DAOTP_FINDING_SERVE_USER_GROUP, DAOTP_USER_UNKNOWN},
                {SERVE_AMBIGUOUS, DAOTP_FINDING_SERVE_USER_TWICE, DAOTP_USER_UNKNOWN},
                {SERVE_UNAVAILABLE, DAOTP_FINDING_SERVE_DIRECTORY, DAOTP_USER_UNAVAILABLE},
                {SERVE_BUSY, DAOTP_FINDING_SERVE_BUSY, DAOTP_USER_UNAVAILABLE}};
    daotp_account *account = daotp_exchange_get_account(x->exchange);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].found != found->found)
            continue;
        if (rows[i].number != 0)
            (void)daotp_report_add(daotp_exchange_get_report(x->exchange), rows[i].number, 0,
                                   x->name, found->why);
        return rows[i].answer;
    }
    return fill_account(account, found->upn, found->dn, found->sid);
}

static void on_found(void *user, const serve_account *account)
{
    serving *x = user;

    x->lookup = NULL;
    (void)daotp_exchange_answer_user(x->exchange, answer_of_account(x, account));
    go_on(x);
}

static void ask_directory(serving *x, const char *name)
{
    serve_account account;

    x->lookup = serve_directory_ask(x->part->directory, x->part->worker->answers, name, on_found, x,
                                    &account);
    if (x->lookup == NULL)
        (void)daotp_exchange_answer_user(x->exchange, answer_of_account(x, &account));
}

static daotp_user_answer find_in_file(serve_part *part, daotp_exchange *exchange, const char *name)
{
    daotp_account *account = daotp_exchange_get_account(exchange);
    const struct user *found;
    bool is_read = tool_secret_check(part->settings->users_file) && users_refresh(part->users) == 0;

    serve_count_peer(&part->server->counts.directory, is_read);
    if (!is_read)
        return DAOTP_USER_UNAVAILABLE;
    found = users_find(part->users, name);
    if (found == NULL || found->disabled)
        return DAOTP_USER_UNKNOWN;
    return fill_account(account, found->upn, found->dn, found->sid);
}

/* More than may wait: the client is told at once, and its code is not used up. */
static bool is_too_busy(const serve_part *part)
{
    return part->server->counts.in_flight > part->settings->queue;
}

void serve_on_user(void *user, daotp_exchange *exchange, const char *name)
{
    serve_part *part = user;
    serving *x = part->current;
    serve_account busy = {.found = SERVE_BUSY, .why = "as many as --queue allows are under way"};

    (void)snprintf(x->name, sizeof x->name, "%s", name);
    if (is_too_busy(part)) {
        part->server->counts.busy++;
        (void)daotp_exchange_answer_user(exchange, answer_of_account(x, &busy));
    } else if (part->directory != NULL) {
        ask_directory(x, name);
    } else {
        (void)daotp_exchange_answer_user(exchange, find_in_file(part, exchange, name));
    }
}

/* ---- is this right --------------------------------------------------------------------------- */

/* A right code is good once for its token, whatever its user is called. */
static daotp_code_answer spend_code(serve_part *part, const struct user *user, int64_t step)
{
    daotp_report *report = daotp_exchange_get_report(part->current->exchange);

    switch (daotp_budget_spend_step(part->server->budget, user->secret, user->secret_len, step,
                                    report)) {
    case DAOTP_OK:
        return user->challenge ? DAOTP_CODE_CHALLENGE : DAOTP_CODE_ACCEPTED;
    case DAOTP_REJECTED:
        return DAOTP_CODE_REJECTED;
    default:
        return DAOTP_CODE_UNAVAILABLE;
    }
}

static daotp_code_answer check_code(serve_part *part, const char *name, const char *code,
                                    size_t len)
{
    const struct user *found = users_find(part->users, name);
    char text[64];
    int64_t step;

    if (len >= sizeof text)
        return DAOTP_CODE_REJECTED;
    memcpy(text, code, len);
    text[len] = '\0';
    step = users_match_code(found, text, (int64_t)time(NULL));
    explicit_bzero(text, sizeof text);
    return step >= 0 ? spend_code(part, found, step) : DAOTP_CODE_REJECTED;
}

static void count_code(serving *x, daotp_code_answer answer)
{
    x->code_ms = serve_now_ms() - x->code_began_ms;
    serve_count_peer(&x->part->server->counts.radius, answer != DAOTP_CODE_UNAVAILABLE);
}

static void on_radius(void *user, daotp_code_answer answer)
{
    serving *x = user;

    x->login = NULL;
    count_code(x, answer);
    (void)daotp_exchange_answer_code(x->exchange, answer);
    go_on(x);
}

static void ask_radius(serving *x, const char *name, const char *code, size_t len)
{
    daotp_code_answer answer;

    x->login = radius_check_ask(x->part->check, name, code, len,
                                daotp_exchange_get_report(x->exchange), on_radius, x, &answer);
    if (x->login != NULL)
        return;
    count_code(x, answer);
    (void)daotp_exchange_answer_code(x->exchange, answer);
}

void serve_on_code(void *user, daotp_exchange *exchange, const char *name, const char *code,
                   size_t len)
{
    serve_part *part = user;
    serving *x = part->current;

    x->code_began_ms = serve_now_ms();
    if (part->check != NULL) {
        ask_radius(x, name, code, len);
        return;
    }
    (void)daotp_exchange_answer_code(exchange, check_code(part, name, code, len));
    x->code_ms = serve_now_ms() - x->code_began_ms;
}

/* ---- one exchange ---------------------------------------------------------------------------- */

static void free_serving(serving *x)
{
    serve_part *part = x->part;

    if (x->login != NULL)
        radius_check_forget(part->check, x->login);
    if (x->lookup != NULL)
        serve_lookup_forget(x->lookup);
    if (x->timer != NULL)
        event_free(x->timer);
    daotp_exchange_free(x->exchange);
    LIST_REMOVE(x, at);
    part->server->counts.in_flight--;
    free(x);
    serve_part_release(part);
}

static void end_serving(serving *x)
{
    const char *name, *value, *type = NULL;
    const uint8_t *body;
    size_t len;

    if (x->login != NULL) { /* the time is over */
        count_code(x, DAOTP_CODE_UNAVAILABLE);
        radius_check_forget(x->part->check, x->login);
        x->login = NULL;
    }
    for (size_t i = 0; (name = daotp_exchange_get_header(x->exchange, i, &value)) != NULL; i++) {
        if (strcasecmp(name, "Content-Type") == 0)
            type = value;
        else
            https_add_header(x->request, name, value);
    }
    body = daotp_exchange_get_body(x->exchange, &len);
    serve_tell_exchange(x);
    https_reply(x->request, (int)daotp_exchange_get_http_status(x->exchange), type, body, len);
    free_serving(x);
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

    x->part->current = x;
    status = daotp_exchange_step(x->exchange);
    if (status != DAOTP_AGAIN) {
        end_serving(x);
        return;
    }
    ms = daotp_exchange_get_timeout_ms(x->exchange);
    wait = (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 + 1000};
    if (event_add(x->timer, &wait) == 0)
        return;
    https_reply(x->request, 500, NULL, NULL, 0); /* it may not wait without a time-out */
    free_serving(x);
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

/* For the audit: which machine it was. */
static void note_peer(serving *x, const unsigned char *der, size_t len)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];

    if (EVP_Digest(der, len, digest, NULL, EVP_sha256(), NULL) != 1)
        return;
    for (size_t i = 0; i < sizeof digest; i++)
        (void)snprintf(x->peer + 2 * i, 3, "%02x", (unsigned)digest[i]);
}

static daotp_status set_certificate(serving *x, const unsigned char *der, size_t len)
{
    daotp_status status = daotp_exchange_set_peer_certificate(x->exchange, der, len);

    note_peer(x, der, len);
    return status == DAOTP_USAGE ? DAOTP_OK : status; /* no certificate: the exchange refuses it */
}

static daotp_status give_certificate(serving *x)
{
    struct https_request *request = x->request;
    struct front_headers headers = front_headers_of(request);
    daotp_status status = DAOTP_OK;
    unsigned char *der = NULL;
    const unsigned char *peer;
    const char *why;
    size_t len;

    if (!x->part->settings->https.has_front) {
        peer = https_peer_cert(request, &len);
        return peer != NULL ? set_certificate(x, peer, len) : DAOTP_OK;
    }
    if (front_read(&headers, &der, &len, &why))
        status = set_certificate(x, der, len);
    else if (why != NULL)
        status = daotp_exchange_refuse_peer_certificate(x->exchange, why);
    free(der);
    return status;
}

static daotp_status begin_exchange(serving *x)
{
    static const char *const headers[] = {"X-OTPCEP-version", "Content-Type"};
    size_t len;
    unsigned char *body = https_body(x->request, &len);
    daotp_status status =
        daotp_exchange_new(x->part->responder, https_method(x->request), body, len, &x->exchange);

    explicit_bzero(body, len); /* the code is in it, and the exchange has its copy */
    for (size_t i = 0; i < 2 && status == DAOTP_OK; i++) {
        const char *value = https_header(x->request, headers[i]);

        if (value != NULL)
            status = daotp_exchange_add_header(x->exchange, headers[i], value);
    }
    return status == DAOTP_OK ? give_certificate(x) : status;
}

/* Behind a front it is the front's word: the last address of the last header field, which the front
 * wrote. HAProxy's option forwardfor adds a field behind that of the client. */
static void note_address(serving *x)
{
    const char *header = https_last_header(x->request, FRONT_ADDRESS), *comma;

    if (!x->part->settings->https.has_front || header == NULL) {
        (void)snprintf(x->from, sizeof x->from, "%s", https_peer_address(x->request));
        return;
    }
    comma = strrchr(header, ',');
    header = comma != NULL ? comma + 1 : header;
    (void)snprintf(x->from, sizeof x->from, "%s", header + strspn(header, " \t"));
    daotp__utf8_make_plain(x->from);
}

static serving *new_serving(worker *w, struct https_request *request)
{
    serving *x = calloc(1, sizeof *x);

    if (x == NULL)
        return NULL;
    x->part = w->part;
    x->request = request;
    x->began_ms = serve_now_ms();
    LIST_INSERT_HEAD(&w->exchanges, x, at);
    x->part->exchanges++;
    x->part->server->counts.in_flight++;
    note_address(x);
    x->timer = event_new(w->base, -1, 0, on_timer, x);
    if (x->timer != NULL && begin_exchange(x) == DAOTP_OK)
        return x;
    free_serving(x);
    return NULL;
}

void serve_on_request(struct https_request *request, void *user)
{
    worker *w = user;
    serving *x;

    if (strcmp(https_path(request), w->part->settings->path) != 0) {
        https_reply(request, 404, NULL, NULL, 0);
        return;
    }
    x = new_serving(w, request);
    if (x != NULL)
        go_on(x);
    else
        https_reply(request, 500, NULL, NULL, 0);
}

void serve_drop_exchanges(worker *w)
{
    serving *next;

    for (serving *x = LIST_FIRST(&w->exchanges); x != NULL; x = next) {
        next = LIST_NEXT(x, at);
        https_reply(x->request, 503, NULL, NULL, 0);
        free_serving(x);
    }
}
