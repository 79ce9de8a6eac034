/* SPDX-License-Identifier: BSD-2-Clause */
#include "peers.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "freeradius.h"
#include "kdc.h"
#include "log.h"
#include "otp_server.h"
#include "process.h"

#define START_MS 10000
#define CODE_S   "5"   /* for FreeRADIUS's answer: it is on this machine */
#define NEVER_S  "120" /* longer than a client waits */
#define SILENT   "otp-server"

int peers_find_self(char *path, size_t size)
{
    ssize_t len = readlink("/proc/self/exe", path, size - 1);

    if (len <= 0)
        return lab_log(LAB_INTERNAL, "/proc/self/exe: %s", strerror(errno));
    path[len] = '\0';
    return LAB_OK;
}

/* ---- the CA ---- */

static void forget_sockets(struct peers_sockets *sockets)
{
    *sockets = (struct peers_sockets){-1, -1, -1, -1};
}

int peers_open(struct lab *lab, struct peers_sockets *sockets)
{
    int end;

    forget_sockets(sockets);
    end = process_listen(lab->ces_port, &sockets->ces, &lab->ces_port);
    if (end == LAB_OK)
        end = process_listen(lab->crl_port, &sockets->crl, &lab->crl_port);
    if (end == LAB_OK)
        end = process_listen(lab->mapper_port, &sockets->mapper, &lab->mapper_port);
    if (end == LAB_OK)
        end = process_listen(lab->rpc_port, &sockets->rpc, &lab->rpc_port);
    if (end != LAB_OK)
        peers_close(sockets);
    return end;
}

void peers_close(struct peers_sockets *sockets)
{
    const int fds[] = {sockets->ces, sockets->crl, sockets->mapper, sockets->rpc};

    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
        if (fds[i] >= 0)
            close(fds[i]);
    forget_sockets(sockets);
}

int peers_start_ca(const struct lab *lab, struct peers_sockets *sockets)
{
    struct lab_dir_path ready = lab_dir_path(lab, "run/crl.port");
    const int keep[] = {sockets->ces, sockets->crl, sockets->mapper, sockets->rpc, -1};
    char self[PATH_MAX];
    char fds[4][16];
    const char *argv[] = {self, "lab", "ca", lab->dir, fds[0], fds[1], fds[2], fds[3], NULL};
    int end = peers_find_self(self, sizeof(self));

    for (int i = 0; i < 4; i++)
        snprintf(fds[i], sizeof(fds[i]), "%d", keep[i]);
    if (end == LAB_OK)
        end = lab_dir_remove(ready.s);
    if (end == LAB_OK)
        end = process_start(lab, "ca", argv, NULL, keep);
    peers_close(sockets);
    return end == LAB_OK ? process_wait_file(lab, "ca", ready.s, START_MS) : end;
}

int peers_restart_ca(struct lab *lab)
{
    struct peers_sockets sockets;
    int end = process_stop(lab, "ca");

    if (end == LAB_OK)
        end = peers_open(lab, &sockets);
    return end == LAB_OK ? peers_start_ca(lab, &sockets) : end;
}

/* ---- the responder ---- */

static bool is_broken(const struct lab *lab, const char *fault)
{
    return lab_dir_exists(lab_dir_path(lab, "faults/%s", fault).s);
}

struct responder_args {
    char self[PATH_MAX];
    char listen[40];
    char radius[40];
    struct lab_dir_path port_file, cert, key, client_ca, ra_cert, ra_key, users, secret;
    const char *argv[40];
};

static int read_port(const char *path, int *port)
{
    unsigned char *text;
    size_t len;
    int end = lab_dir_read(path, &text, &len);

    if (end != LAB_OK)
        return end;
    *port = atoi((char *)text);
    free(text);
    return *port > 0 ? LAB_OK : lab_log(LAB_PEER, "%s holds no port", path);
}

static size_t add_radius(struct responder_args *a, size_t n, int port, const char *timeout_s)
{
    const char *const radius[] = {"--radius",       a->radius,   "--radius-secret", a->secret.s,
                                  "--radius-strip", "--timeout", timeout_s};

    snprintf(a->radius, sizeof(a->radius), "127.0.0.1:%d", port);
    memcpy(a->argv + n, radius, sizeof(radius));
    return n + sizeof(radius) / sizeof(radius[0]);
}

/* What checks the codes: a server that never answers, FreeRADIUS, or the responder itself. */
static int fill_check(const struct lab *lab, struct responder_args *a, size_t *n)
{
    int end = LAB_OK, port;

    if (is_broken(lab, "otp-server-down")) {
        a->secret = lab_dir_path(lab, "radius/secret.silent");
        end = read_port(lab_dir_path(lab, "run/%s.port", SILENT).s, &port);
        if (end == LAB_OK)
            *n = add_radius(a, *n, port, NEVER_S);
    } else if (lab->radius) {
        a->secret = lab_dir_path(lab, "radius/%s",
                                 is_broken(lab, "radius-secret") ? "secret.other" : "secret");
        *n = add_radius(a, *n, lab->radius_port, CODE_S);
    }
    return end;
}

static int fill_args(const struct lab *lab, struct responder_args *a)
{
    const char *const fixed[] = {
        a->self,     "serve",      "--listen", a->listen,   "--port-file", a->port_file.s,
        "--cert",    a->cert.s,    "--key",    a->key.s,    "--client-ca", a->client_ca.s,
        "--ra-cert", a->ra_cert.s, "--ra-key", a->ra_key.s, "--template",  LAB_TEMPLATE,
        "--users",   a->users.s,   "--path",   "/otp",
    };
    size_t n = sizeof(fixed) / sizeof(fixed[0]);
    int end;

    snprintf(a->listen, sizeof(a->listen), "127.0.0.1:%d", lab->responder_port);
    a->port_file = lab_dir_path(lab, "run/responder.port");
    a->cert = lab_dir_path(lab, "pki/server.pem");
    a->key = lab_dir_path(lab, "pki/server.key");
    a->client_ca = lab_dir_path(lab, "pki/root.pem");
    a->ra_cert = lab_dir_path(lab, "pki/ra.pem");
    a->ra_key = lab_dir_path(lab, "pki/ra.key");
    a->users = lab_dir_path(lab, "users.txt");
    memcpy(a->argv, fixed, sizeof(fixed));
    if (!is_broken(lab, "no-issuing-ca")) {
        a->argv[n++] = "--issuing-ca";
        a->argv[n++] = LAB_CA_CONFIG;
    }
    end = fill_check(lab, a, &n);
    a->argv[n] = NULL;
    return end;
}

int peers_start_responder(struct lab *lab)
{
    struct responder_args *args;
    int end;

    /* another fault wants it restarted, which stands in its place or stopped it */
    if (is_broken(lab, "responder-down") || process_alive(lab, "impostor"))
        return LAB_OK;
    args = calloc(1, sizeof(*args));
    end = args != NULL ? peers_find_self(args->self, sizeof(args->self)) : LAB_MEMORY;

    if (end == LAB_OK)
        end = fill_args(lab, args);
    if (end == LAB_OK)
        end = lab_dir_remove(args->port_file.s);
    if (end == LAB_OK)
        end = process_start(lab, "responder", args->argv, NULL, NULL);
    if (end == LAB_OK)
        end = process_wait_file(lab, "responder", args->port_file.s, START_MS);
    if (end == LAB_OK)
        end = read_port(args->port_file.s, &lab->responder_port);
    free(args);
    return end;
}

int peers_restart_responder(struct lab *lab)
{
    int end = process_stop(lab, "responder");

    return end == LAB_OK ? peers_start_responder(lab) : end;
}

/* ---- the OTP server that never answers ---- */

int peers_start_otp_server(struct lab *lab)
{
    char self[PATH_MAX];
    char number[16];
    const char *argv[] = {self, "lab", SILENT, number, NULL};
    int keep[] = {-1, -1};
    int port = 0;
    int end = peers_find_self(self, sizeof(self));

    if (end == LAB_OK)
        end = otp_server_open(&keep[0], &port);
    if (end == LAB_OK)
        end = freeradius_new_secret(lab, "secret.silent");
    if (end == LAB_OK)
        end = lab_dir_print(lab_dir_path(lab, "run/%s.port", SILENT).s, "%d\n", port);
    snprintf(number, sizeof(number), "%d", keep[0]);
    if (end == LAB_OK)
        end = process_start(lab, SILENT, argv, NULL, keep);
    if (keep[0] >= 0)
        close(keep[0]);
    return end == LAB_OK ? peers_restart_responder(lab) : end;
}

int peers_stop_otp_server(struct lab *lab)
{
    int end = process_stop(lab, SILENT);

    return end == LAB_OK ? peers_restart_responder(lab) : end;
}

/* ---- all ---- */

int peers_stop_all(const struct lab *lab)
{
    const int ends[] = {process_stop(lab, "responder"), process_stop(lab, "ca"),
                        process_stop(lab, SILENT),      process_stop(lab, "impostor"),
                        freeradius_stop(lab),           kdc_stop(lab)};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (ends[i] != LAB_OK)
            return ends[i];
    return LAB_OK;
}
