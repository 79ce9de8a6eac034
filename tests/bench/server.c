/* SPDX-License-Identifier: BSD-2-Clause */
#include "server.h"

#include "https.h"
#include "log.h"
#include "sample.h"

#include <daotp/daotp.h>

#include <event2/event.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct server {
    const struct world *world;
    daotp_responder *responder;
    bool has_otp_body, has_ces_body;
};

/* ---- the OTP service ------------------------------------------------------------------------- */

static void on_user(void *user, daotp_exchange *exchange, const char *name)
{
    daotp_account *account = daotp_exchange_get_account(exchange);
    bool known = daotp_account_set_upn(account, WORLD_UPN) == DAOTP_OK &&
                 daotp_account_set_dn(account, WORLD_DN) == DAOTP_OK;

    (void)user, (void)name;
    (void)daotp_exchange_answer_user(exchange, known ? DAOTP_USER_FOUND : DAOTP_USER_UNAVAILABLE);
}

static void on_code(void *user, daotp_exchange *exchange, const char *name, const char *code,
                    size_t len)
{
    (void)user, (void)name, (void)code, (void)len;
    (void)daotp_exchange_answer_code(exchange, DAOTP_CODE_ACCEPTED);
}

/* Once, and written before the answer goes: never inside a run that counts. */
static void record(const struct server *server, bool *done, const char *name, const void *body,
                   size_t len)
{
    if (!*done)
        *done = lab_dir_write(lab_dir_path(&server->world->lab, "%s", name).s, body, len) == LAB_OK;
}

static daotp_status begin(struct server *server, struct https_request *request,
                          daotp_exchange **exchange)
{
    static const char *const names[] = {"X-OTPCEP-version", "Content-Type"};
    size_t len, peer_len;
    unsigned char *body = https_body(request, &len);
    const unsigned char *peer = https_peer_cert(request, &peer_len);
    daotp_status status =
        daotp_exchange_new(server->responder, https_method(request), body, len, exchange);

    if (strcmp(https_method(request), "POST") == 0)
        record(server, &server->has_otp_body, SERVER_OTP_BODY, body, len);
    for (size_t i = 0; i < 2 && status == DAOTP_OK; i++) {
        const char *value = https_header(request, names[i]);

        if (value != NULL)
            status = daotp_exchange_add_header(*exchange, names[i], value);
    }
    if (status == DAOTP_OK && peer != NULL)
        status = daotp_exchange_set_peer_certificate(*exchange, peer, peer_len);
    return status;
}

static void answer(struct https_request *request, daotp_exchange *exchange)
{
    const char *name, *value, *type = NULL;
    const uint8_t *body;
    size_t len;

    for (size_t i = 0; (name = daotp_exchange_get_header(exchange, i, &value)) != NULL; i++) {
        if (strcasecmp(name, "Content-Type") == 0)
            type = value;
        else
            https_add_header(request, name, value);
    }
    body = daotp_exchange_get_body(exchange, &len);
    https_reply(request, (int)daotp_exchange_get_http_status(exchange), type, body, len);
}

static void on_otp(struct https_request *request, void *user)
{
    daotp_exchange *exchange = NULL;

    if (begin(user, request, &exchange) == DAOTP_OK) {
        (void)daotp_exchange_step(exchange); /* answered in the callbacks: never DAOTP_AGAIN */
        answer(request, exchange);
    } else {
        https_reply(request, 500, NULL, NULL, 0);
    }
    daotp_exchange_free(exchange);
}

static daotp_responder *make_responder(const struct world *world)
{
    daotp_context *context;
    daotp_credential *signer;
    daotp_responder *responder;

    if (daotp_context_new(&context) != DAOTP_OK ||
        daotp_credential_load(context, lab_dir_path(&world->lab, "pki/ra.pem").s,
                              lab_dir_path(&world->lab, "pki/ra.key").s, NULL,
                              &signer) != DAOTP_OK ||
        daotp_responder_new(context, &responder) != DAOTP_OK ||
        daotp_responder_set_template(responder, LAB_TEMPLATE) != DAOTP_OK ||
        daotp_responder_set_signer(responder, signer) != DAOTP_OK ||
        daotp_responder_add_issuing_ca(responder, LAB_CA_CONFIG) != DAOTP_OK ||
        daotp_responder_set_user_callback(responder, on_user, NULL) != DAOTP_OK ||
        daotp_responder_set_code_callback(responder, on_code, NULL) != DAOTP_OK)
        give_up("cannot make a responder");
    daotp_credential_unref(signer);
    daotp_context_unref(context);
    return responder;
}

/* ---- the CA ---------------------------------------------------------------------------------- */

static void on_ces(struct https_request *request, void *user)
{
    struct server *server = user;
    size_t len;
    const unsigned char *body = https_body(request, &len);

    record(server, &server->has_ces_body, SERVER_CES_BODY, body, len);
    https_reply(request, 200, "application/soap+xml; charset=utf-8", server->world->ces_answer,
                server->world->ces_answer_len);
}

/* ---- the process ----------------------------------------------------------------------------- */

static void open_peer(struct event_base *base, struct server *server, int fd, const char *name,
                      enum https_client client, https_handler *handler)
{
    const struct lab *lab = &server->world->lab;
    struct lab_dir_path cert = lab_dir_path(lab, "pki/%s.pem", name);
    struct lab_dir_path key = lab_dir_path(lab, "pki/%s.key", name);
    struct lab_dir_path root = lab_dir_path(lab, "pki/root.pem");
    struct https_config config = {
        .fd = fd, .cert = cert.s, .key = key.s, .client = client, .client_ca = root.s};
    struct https *https;

    if (https_start(base, &config, handler, server, &https) != LAB_OK)
        give_up("cannot start a peer");
}

static void serve(const struct world *world)
{
    struct server server = {.world = world};
    struct event_base *base = event_base_new();

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* ends with the benchmark, however that ends */
    (void)signal(SIGPIPE, SIG_IGN);
    server.responder = make_responder(world);
    open_peer(base, &server, world->otp_fd, "server", HTTPS_CLIENT_REQUIRED, on_otp);
    open_peer(base, &server, world->ces_fd, "ces", HTTPS_CLIENT_NONE, on_ces);
    event_base_dispatch(base);
}

void server_start(struct world *world)
{
    world->server = fork();
    if (world->server < 0)
        give_up("cannot fork");
    if (world->server == 0) {
        world->made = false; /* the folder is the parent's to remove */
        serve(world);
        _exit(0);
    }
    close(world->otp_fd);
    close(world->ces_fd);
}

double server_cpu_us(const struct world *world)
{
    clockid_t clock;

    if (clock_getcpuclockid(world->server, &clock) != 0)
        give_up("no clock of the peers");
    return sample_clock_us(clock);
}

void server_stop(struct world *world)
{
    if (world->server <= 0)
        return;
    kill(world->server, SIGKILL); /* a child of ours that was not waited for: the pid is its own */
    waitpid(world->server, NULL, 0);
    world->server = 0;
}
