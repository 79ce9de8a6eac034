/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls_peer.h"

static unsigned tls_peer_think_ms;

static int tls_peer_verify(int good, X509_STORE_CTX *chain)
{
    (void)chain;
    (void)usleep(1000 * tls_peer_think_ms);
    return good;
}

static SSL_CTX *tls_peer_context(const tls_peer_spec *spec)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

    if (ctx == NULL || SSL_CTX_use_certificate(ctx, spec->certificate) != 1 ||
        SSL_CTX_use_PrivateKey(ctx, spec->key) != 1)
        _exit(9);
    if (spec->version != 0)
        (void)SSL_CTX_set_max_proto_version(ctx, spec->version);
    if (spec->client_root != NULL) {
        (void)X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), spec->client_root);
        (void)SSL_CTX_add_client_CA(ctx, spec->client_root);
        X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(ctx), (time_t)FORGE_NOW);
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, tls_peer_verify);
        tls_peer_think_ms = spec->think_ms;
    }
    return ctx;
}

/* Closing with bytes unread would send a reset, which may overtake an alert. */
static void tls_peer_drain(int fd)
{
    static const struct timeval limit = {.tv_sec = 2};
    char bytes[1024];

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    (void)shutdown(fd, SHUT_WR);
    while (recv(fd, bytes, sizeof bytes, 0) > 0)
        ;
}

static void tls_peer_one(SSL_CTX *ctx, int fd, const tls_peer_spec *spec)
{
    SSL *ssl;

    if (ctx == NULL) {
        spec->serve(NULL, fd, spec->user);
        return;
    }
    ssl = SSL_new(ctx);
    if (ssl != NULL && SSL_set_fd(ssl, fd) == 1 && SSL_accept(ssl) == 1) {
        spec->serve(ssl, fd, spec->user);
        (void)SSL_shutdown(ssl);
    }
    SSL_free(ssl);
    tls_peer_drain(fd);
}

tls_peer tls_peer_start(const tls_peer_spec *spec)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    const int on = 1;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    tls_peer peer;
    SSL_CTX *ctx;

    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 16), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &len), 0);
    peer.port = ntohs(address.sin_port);
    peer.pid = fork();
    assert_true(peer.pid >= 0);
    if (peer.pid > 0) {
        (void)close(listener);
        return peer;
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)signal(SIGPIPE, SIG_IGN);
    ctx = spec->certificate != NULL ? tls_peer_context(spec) : NULL;
    for (;;) {
        int fd = accept(listener, NULL, NULL);

        if (fd < 0)
            _exit(8);
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        tls_peer_one(ctx, fd, spec);
        (void)close(fd);
    }
}

void tls_peer_stop(tls_peer *peer)
{
    int ended;

    assert_int_equal(kill(peer->pid, SIGKILL), 0);
    assert_int_equal(waitpid(peer->pid, &ended, 0), peer->pid);
    assert_true(WIFSIGNALED(ended)); /* it must not have ended by itself */
}

int tls_peer_read(SSL *ssl, int fd, void *bytes, size_t len)
{
    return ssl != NULL ? SSL_read(ssl, bytes, (int)len) : (int)recv(fd, bytes, len, 0);
}

void tls_peer_write(SSL *ssl, int fd, const void *bytes, size_t len)
{
    if (ssl != NULL)
        (void)SSL_write(ssl, bytes, (int)len);
    else
        (void)send(fd, bytes, len, MSG_NOSIGNAL);
}

uint16_t tls_peer_closed_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    (void)close(fd);
    return ntohs(address.sin_port);
}
