/* SPDX-License-Identifier: BSD-2-Clause */
#include "serve_clients.h"

#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_CLIENTS = 64, ROOM = 32 * 1024 };

struct client {
    const struct serve_load *load;
    SSL_CTX *tls;
    pthread_t thread;
    unsigned number;
    double until_us;
    struct sample us;
    SSL *ssl; /* the open connection */
    int fd;
    char in[ROOM + 1];
    size_t len, body_at;
};

/* ---- the connection -------------------------------------------------------------------------- */

static void connect_client(struct client *client)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)client->load->port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const int on = 1;

    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->fd < 0 || connect(client->fd, (struct sockaddr *)(void *)&to, sizeof to) != 0 ||
        setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
        give_up("no connection to port %d", client->load->port);
    client->ssl = SSL_new(client->tls);
    if (client->ssl == NULL || SSL_set_fd(client->ssl, client->fd) != 1 ||
        SSL_connect(client->ssl) != 1)
        give_up("no TLS with port %d", client->load->port);
}

static void close_client(struct client *client)
{
    if (client->ssl == NULL)
        return;
    (void)SSL_shutdown(client->ssl);
    SSL_free(client->ssl);
    client->ssl = NULL;
    (void)close(client->fd);
}

/* ---- one request ----------------------------------------------------------------------------- */

static void send_request(struct client *client, unsigned user)
{
    static const char head[] = "POST /otp HTTP/1.1\r\nHost: localhost\r\nX-OTPCEP-version: 1.0\r\n"
                               "Content-Type: Application/xml;charset=utf-8\r\n"
                               "Content-Length: %zu\r\n\r\n";
    const struct serve_bodies *bodies = client->load->bodies;
    char request[ROOM];
    int len = snprintf(request, sizeof request, head, bodies->len[user]);

    if (len < 0 || (size_t)len + bodies->len[user] > sizeof request)
        give_up("a request is too long");
    memcpy(request + len, bodies->text[user], bodies->len[user]);
    len += (int)bodies->len[user];
    if (SSL_write(client->ssl, request, len) != len)
        give_up("a request cannot be sent");
}

/* Whether the whole answer has arrived. */
static bool is_whole(struct client *client)
{
    const char *end = strstr(client->in, "\r\n\r\n"), *length;

    if (end == NULL)
        return false;
    length = strcasestr(client->in, "\r\nContent-Length:");
    if (length == NULL || length > end)
        give_up("an answer without a length");
    client->body_at = (size_t)(end + 4 - client->in);
    return client->len >= client->body_at + strtoul(length + 17, NULL, 10);
}

static void read_answer(struct client *client)
{
    client->len = 0;
    do {
        int got = SSL_read(client->ssl, client->in + client->len, (int)(ROOM - client->len));

        if (got <= 0)
            give_up("an answer that ends early");
        client->len += (size_t)got;
        client->in[client->len] = '\0';
    } while (!is_whole(client));
    if (strncmp(client->in, "HTTP/1.1 200", 12) != 0 ||
        strstr(client->in + client->body_at, "SignedCertRequest=") == NULL)
        give_up("not the answer that was expected:\n%s", client->in);
}

/* Each client has users of its own, so that no user has two codes under way. */
static void *run_client(void *user)
{
    struct client *client = user;
    unsigned next = client->number;

    while (sample_wall_us() < client->until_us) {
        double began = sample_wall_us();

        if (client->ssl == NULL)
            connect_client(client);
        send_request(client, next);
        read_answer(client);
        if (!client->load->is_kept)
            close_client(client);
        sample_add(&client->us, sample_wall_us() - began);
        next = (next + client->load->in_flight) % SERVE_USERS;
    }
    close_client(client);
    return NULL;
}

/* ---- all of them ----------------------------------------------------------------------------- */

/* Every handshake is a full one: no session is kept. */
static SSL_CTX *make_tls(const struct world *world)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

    if (tls == NULL ||
        SSL_CTX_use_certificate_chain_file(tls, lab_dir_path(&world->lab, "pki/machine.pem").s) !=
            1 ||
        SSL_CTX_use_PrivateKey_file(tls, lab_dir_path(&world->lab, "pki/machine.key").s,
                                    SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_load_verify_file(tls, lab_dir_path(&world->lab, "pki/root.pem").s) != 1)
        give_up("cannot make the clients' TLS");
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    (void)SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    return tls;
}

static void keep_answer(const struct client *client, struct serve_answer *answer)
{
    answer->len = client->len - client->body_at;
    answer->body = malloc(answer->len);
    if (answer->body == NULL)
        give_up("out of memory");
    memcpy(answer->body, client->in + client->body_at, answer->len);
}

struct serve_figures serve_load_run(const struct serve_load *load, struct serve_answer *answer)
{
    static struct client clients[MAX_CLIENTS];
    struct serve_figures figures = {.count = 0};
    SSL_CTX *tls = make_tls(load->world);
    double began = sample_wall_us();

    for (unsigned i = 0; i < load->in_flight; i++) {
        clients[i] = (struct client){
            .load = load, .tls = tls, .number = i, .until_us = began + load->ms * 1e3};
        if (pthread_create(&clients[i].thread, NULL, run_client, &clients[i]) != 0)
            give_up("cannot start a thread");
    }
    for (unsigned i = 0; i < load->in_flight; i++) {
        (void)pthread_join(clients[i].thread, NULL);
        for (size_t k = 0; k < clients[i].us.count; k++)
            sample_add(&figures.us, clients[i].us.list[k]);
        sample_free(&clients[i].us);
    }
    figures.seconds = (sample_wall_us() - began) / 1e6;
    figures.count = (double)figures.us.count;
    if (answer != NULL && figures.us.count > 0)
        keep_answer(&clients[0], answer);
    SSL_CTX_free(tls);
    return figures;
}
