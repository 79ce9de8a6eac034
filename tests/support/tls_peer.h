/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server in a process of its own, on OpenSSL and blocking sockets: what our side talks to. It
 * serves one connection after the other, until it is killed.
 */
#ifndef TLS_PEER_H
#define TLS_PEER_H

#include "forge.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs in the other process, for each connection; ssl is NULL for a plain one. */
typedef void (*tls_peer_fn)(SSL *ssl, int fd, void *user);

typedef struct tls_peer_spec {
    X509 *certificate; /* NULL: plain TCP */
    EVP_PKEY *key;
    X509 *client_root; /* a client certificate under it is demanded; NULL: none is asked for */
    int version;       /* TLS1_2_VERSION, or 0 */
    unsigned think_ms; /* before the client certificate is judged */
    tls_peer_fn serve;
    void *user;
} tls_peer_spec;

typedef struct tls_peer {
    pid_t pid;
    uint16_t port;
} tls_peer;

tls_peer tls_peer_start(const tls_peer_spec *spec);

void tls_peer_stop(tls_peer *peer);

/* Blocking reads and writes over either kind. */
int tls_peer_read(SSL *ssl, int fd, void *bytes, size_t len);

void tls_peer_write(SSL *ssl, int fd, const void *bytes, size_t len);

/* A port of the loopback that nobody listens on. */
uint16_t tls_peer_closed_port(void);

#endif
