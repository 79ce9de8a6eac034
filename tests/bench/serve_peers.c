/* SPDX-License-Identifier: BSD-2-Clause */
#include "serve_peers.h"

#include "https.h"
#include "log.h"
#include "process.h"
#include "sample.h"

#include "core/buffer.h"
#include "otpce/message.h"
#include "request/csr.h"
#include "x509/oid.h"

#include <daotp/daotp.h>

#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

_Noreturn void radius_give_up(const char *format, ...)
{
    va_list args;
    char text[256];

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    give_up("%s", text);
}

/* ---- requests -------------------------------------------------------------------------------- */

static void make_body(const daotp_key *key, daotp__bytes template_oid, unsigned number,
                      daotp__buffer *out)
{
    char upn[32], name[32];
    daotp__csr_spec spec = {.template = {.oid = template_oid,
                                         .major = LAB_TEMPLATE_MAJOR,
                                         .minor = LAB_TEMPLATE_MINOR,
                                         .has_major = true,
                                         .has_minor = true}};
    daotp__buffer csr;

    (void)snprintf(upn, sizeof upn, "user%u@LAB.EXAMPLE", number);
    (void)snprintf(name, sizeof name, "LAB\\user%u", number);
    spec.upn = (daotp__bytes){(const uint8_t *)upn, strlen(upn)};
    daotp__buffer_init(&csr, DAOTP__MAX_CERTIFICATE);
    daotp__buffer_init(out, DAOTP__MAX_CERTIFICATE);
    if (daotp__csr_write(&spec, key, &csr) != DAOTP_OK ||
        daotp__otpce_request_write(name, (daotp__bytes){(const uint8_t *)WORLD_OTP, 6},
                                   daotp__buffer_bytes(&csr), out) != DAOTP_OK)
        give_up("cannot make a request");
    daotp__buffer_free(&csr);
}

/* One key for all users: making keys is the clients' work. */
void serve_bodies_make(struct serve_bodies *bodies)
{
    daotp_context *context;
    daotp_key *key;
    daotp__buffer oid;

    daotp__buffer_init(&oid, 64);
    if (daotp_context_new(&context) != DAOTP_OK ||
        daotp_key_generate(context, DAOTP_KEY_RSA_2048, NULL, &key) != DAOTP_OK ||
        !daotp__oid_parse(LAB_TEMPLATE, &oid))
        give_up("cannot make a key");
    for (unsigned i = 0; i < SERVE_USERS; i++) {
        daotp__buffer body;

        make_body(key, daotp__buffer_bytes(&oid), i, &body);
        bodies->len[i] = body.len;
        bodies->text[i] = malloc(body.len);
        if (bodies->text[i] == NULL)
            give_up("out of memory");
        memcpy(bodies->text[i], body.data, body.len);
        daotp__buffer_free(&body);
    }
    daotp__buffer_free(&oid);
    daotp_key_unref(key);
    daotp_context_unref(context);
}

void serve_bodies_free(struct serve_bodies *bodies)
{
    for (unsigned i = 0; i < SERVE_USERS; i++)
        free(bodies->text[i]);
}

/* ---- `daotp serve` --------------------------------------------------------------------------- */

void serve_peers_prepare(const struct world *world, const struct radius_target *radius)
{
    char users[SERVE_USERS * 160];
    size_t len = 0;

    for (unsigned i = 0; i < SERVE_USERS; i++)
        len += (size_t)snprintf(users + len, sizeof users - len,
                                "user%u:LAB:user%u@LAB.EXAMPLE:CN=User %u,CN=Users,DC=lab,"
                                "DC=example:S-1-5-21-1-2-3-%u:MFRGGZDFMZTWQ2LK:password:\n",
                                i, i, i, 2000 + i);
    if (lab_dir_write(lab_dir_path(&world->lab, "bench.users").s, users, len) != LAB_OK ||
        lab_dir_write(lab_dir_path(&world->lab, "bench.secret").s, radius->secret,
                      strlen(radius->secret)) != LAB_OK)
        give_up("cannot write a file");
}

static pid_t start_child(void)
{
    pid_t pid = fork();

    if (pid < 0)
        give_up("cannot fork");
    if (pid == 0)
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* ends with the benchmark, however that ends */
    return pid;
}

_Noreturn static void run_tool(const struct world *world, const struct radius_target *radius,
                               const char *workers, bool has_state)
{
    const struct lab *lab = &world->lab;
    char server[32];
    struct lab_dir_path port = lab_dir_path(lab, "bench.port"),
                        cert = lab_dir_path(lab, "pki/server.pem"),
                        key = lab_dir_path(lab, "pki/server.key"),
                        root = lab_dir_path(lab, "pki/root.pem"),
                        ra_cert = lab_dir_path(lab, "pki/ra.pem"),
                        ra_key = lab_dir_path(lab, "pki/ra.key"),
                        users = lab_dir_path(lab, "bench.users"),
                        secret = lab_dir_path(lab, "bench.secret"),
                        state = lab_dir_path(lab, "bench.state");
    const char *argv[] = {BENCH_TOOL,    "serve",
                          "--quiet",     "--listen",
                          "127.0.0.1:0", "--port-file",
                          port.s,        "--cert",
                          cert.s,        "--key",
                          key.s,         "--client-ca",
                          root.s,        "--template",
                          LAB_TEMPLATE,  "--ra-cert",
                          ra_cert.s,     "--ra-key",
                          ra_key.s,      "--issuing-ca",
                          LAB_CA_CONFIG, "--users",
                          users.s,       "--radius",
                          server,        "--radius-secret",
                          secret.s,      "--workers",
                          workers,       has_state ? "--state" : NULL,
                          state.s,       NULL};

    (void)snprintf(server, sizeof server, "127.0.0.1:%u", (unsigned)radius->port);
    (void)execv(BENCH_TOOL, (char *const *)(uintptr_t)argv);
    give_up("cannot run %s", BENCH_TOOL);
}

/* The port, once the server has written it. */
static int await_port(const struct world *world, pid_t pid)
{
    static const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    struct lab_dir_path path = lab_dir_path(&world->lab, "bench.port");
    int port = 0;

    while (port == 0) {
        FILE *file = fopen(path.s, "r");

        if (waitpid(pid, NULL, WNOHANG) != 0)
            give_up("daotp serve has ended");
        if (file != NULL && fscanf(file, "%d", &port) != 1)
            port = 0;
        if (file != NULL)
            (void)fclose(file);
        (void)nanosleep(&pause, NULL);
    }
    return port;
}

struct serve_peer serve_peer_ours(const struct world *world, const struct radius_target *radius,
                                  unsigned workers, bool has_state)
{
    struct serve_peer peer;
    char count[16];

    (void)snprintf(count, sizeof count, "%u", workers);
    (void)unlink(lab_dir_path(&world->lab, "bench.port").s);
    peer.pid = start_child();
    if (peer.pid == 0)
        run_tool(world, radius, count, has_state);
    peer.port = await_port(world, peer.pid);
    return peer;
}

/* ---- the floor ------------------------------------------------------------------------------- */

static void on_any(struct https_request *request, void *user)
{
    const struct serve_answer *answer = user;

    https_add_header(request, "X-OTPCEP-version", "1.0");
    https_reply(request, 200, "Application/xml;charset=utf-8", answer->body, answer->len);
}

_Noreturn static void run_bare(const struct world *world, const struct serve_answer *answer)
{
    const struct lab *lab = &world->lab;
    struct lab_dir_path cert = lab_dir_path(lab, "pki/server.pem"),
                        key = lab_dir_path(lab, "pki/server.key"),
                        root = lab_dir_path(lab, "pki/root.pem");
    struct https_config config = {.fd = world->otp_fd,
                                  .cert = cert.s,
                                  .key = key.s,
                                  .client = HTTPS_CLIENT_REQUIRED,
                                  .client_ca = root.s};
    struct event_base *base = event_base_new();
    struct serve_answer copy = *answer;
    struct https *https;

    (void)signal(SIGPIPE, SIG_IGN);
    if (base == NULL || https_start(base, &config, on_any, &copy, &https) != LAB_OK)
        give_up("cannot start evhttp");
    event_base_dispatch(base);
    _exit(0);
}

struct serve_peer serve_peer_bare(struct world *world, const struct serve_answer *answer)
{
    struct serve_peer peer = {.port = world->otp_port};

    peer.pid = start_child();
    if (peer.pid == 0) {
        world->made = false; /* the folder is the parent's to remove */
        run_bare(world, answer);
    }
    return peer;
}

/* ---- both ------------------------------------------------------------------------------------ */

double serve_peer_cpu_us(const struct serve_peer *peer)
{
    clockid_t clock;

    if (clock_getcpuclockid(peer->pid, &clock) != 0)
        give_up("no clock of a server");
    return sample_clock_us(clock);
}

void serve_peer_stop(struct serve_peer *peer)
{
    (void)kill(peer->pid, SIGTERM); /* a child that was not waited for: the pid is its own */
    (void)waitpid(peer->pid, NULL, 0);
    peer->pid = 0;
}
