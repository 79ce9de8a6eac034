/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The HTTPS server of `daotp serve` and hostile clients: key updates, idle connections, requests
 * that never end. None of them keeps an honest client from its answer, and each is cut off.
 */
#include "peer.h"

#include "https.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    FILES = 1024,
    IDLE = 1100,
    PATIENCE_S = 20,      /* how long a client waits before it says that it hangs */
    KEY_UPDATES = 500000, /* 27 bytes each */
    TRICKLE = 200,        /* pieces of a request that takes 100 ms each */
    ENDLESS = 64 * 1024 * 1024
};

/* A sanitizer keeps what was freed, and shadows the rest. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { MEMORY_KB = 1024 * 1024 };
#else
enum { MEMORY_KB = 96 * 1024 };
#endif

#define CHUNKED "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

static struct peer_world *world;
static char folder[] = "/tmp/daotp-floods.XXXXXX";
static char certificate[64], key[64];

static void must(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(70);
}

/* ---- the server, in a process of its own ------------------------------------------------------
 */

static struct event_base *base;

static void reply_late(evutil_socket_t fd, short what, void *user)
{
    (void)fd, (void)what;
    https_reply(user, 200, NULL, "late\n", 5);
}

/* "/late": while the answer is awaited the client is not idle. */
static void on_request(struct https_request *request, void *user)
{
    static const struct timeval late = {.tv_sec = 3};

    (void)user;
    if (strcmp(https_path(request), "/late") == 0)
        event_base_once(base, -1, EV_TIMEOUT, reply_late, request, &late);
    else
        https_reply(request, 200, NULL, "here\n", 5);
}

struct server {
    pid_t pid;
    uint16_t port;
};

static struct server start_server_of(const struct https_config *config)
{
    struct rlimit files = {FILES, FILES};
    struct server server;
    struct https *https;
    int channel[2], port;

    must(pipe(channel) == 0, "pipe");
    server.pid = fork();
    must(server.pid >= 0, "fork");
    if (server.pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)signal(SIGPIPE, SIG_IGN);
        must(setrlimit(RLIMIT_NOFILE, &files) == 0, "setrlimit");
        base = event_base_new();
        must(base != NULL && https_start(base, config, on_request, NULL, &https) == 0, "a server");
        port = https_port(https);
        must(write(channel[1], &port, sizeof port) == sizeof port, "write");
        event_base_dispatch(base);
        _exit(0);
    }
    must(read(channel[0], &port, sizeof port) == sizeof port, "read");
    (void)close(channel[0]);
    (void)close(channel[1]);
    server.port = (uint16_t)port;
    return server;
}

static struct server start_server(int timeout_s)
{
    struct https_config config = {.cert = certificate, .key = key, .timeout_s = timeout_s};

    return start_server_of(&config);
}

static void stop_server(const struct server *server)
{
    int ended;

    (void)kill(server->pid, SIGKILL);
    (void)waitpid(server->pid, &ended, 0);
    peer_check(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL, "the server stood to the end");
}

/* The most memory that it ever had. */
static long peak_kb(const struct server *server)
{
    char name[64], line[128];
    long kb = -1;
    FILE *file;

    (void)snprintf(name, sizeof name, "/proc/%d/status", (int)server->pid);
    file = fopen(name, "r");
    must(file != NULL, name);
    while (fgets(line, sizeof line, file) != NULL)
        (void)sscanf(line, "VmHWM: %ld", &kb);
    (void)fclose(file);
    return kb;
}

/* ---- clients --------------------------------------------------------------------------------- */

static int connect_tcp(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = PATIENCE_S};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    must(fd >= 0, "socket");
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    must(connect(fd, (struct sockaddr *)&address, sizeof address) == 0, "connect");
    return fd;
}

/* NULL when the server ends the handshake. */
static SSL *connect_tls(SSL_CTX *ctx, uint16_t port)
{
    SSL *ssl = SSL_new(ctx);
    int fd = connect_tcp(port);

    must(ssl != NULL && SSL_set_fd(ssl, fd) == 1, "an SSL");
    if (SSL_connect(ssl) == 1)
        return ssl;
    SSL_free(ssl);
    (void)close(fd);
    return NULL;
}

static void hang_up(SSL *ssl)
{
    int fd = SSL_get_fd(ssl);

    SSL_free(ssl);
    (void)close(fd);
}

/* A request and its whole answer, whose body is of five bytes. */
static bool is_answered(SSL *ssl, const char *path)
{
    char text[512] = "", *end = NULL;
    int n = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    int len = 0;

    if (ssl == NULL || SSL_write(ssl, text, n) != n)
        return false;
    while (end == NULL || end + 4 + 5 > text + len) {
        n = SSL_read(ssl, text + len, (int)sizeof text - 1 - len);
        if (n <= 0)
            return false;
        len += n;
        text[len] = '\0';
        end = strstr(text, "\r\n\r\n");
    }
    return memcmp(text, "HTTP/1.1 200", 12) == 0;
}

static void expect_served(SSL_CTX *ctx, uint16_t port, const char *during)
{
    SSL *ssl = connect_tls(ctx, port);

    peer_check(is_answered(ssl, "/"), "an honest client is served, %s", during);
    if (ssl != NULL)
        hang_up(ssl);
}

/* ---- key updates ----------------------------------------------------------------------------- */

/* Made before the first is sent, so that the server has more to do than this process. */
static size_t make_key_updates(SSL *ssl, char **bytes)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *at;
    long len;

    must(out != NULL, "BIO_new");
    BIO_up_ref(SSL_get_wbio(ssl));
    SSL_set0_wbio(ssl, out);
    for (int i = 0; i < KEY_UPDATES; i++)
        must(SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1 && SSL_do_handshake(ssl) == 1,
             "a key update");
    len = BIO_get_mem_data(out, &at);
    *bytes = malloc((size_t)len);
    must(*bytes != NULL, "malloc");
    memcpy(*bytes, at, (size_t)len);
    return (size_t)len;
}

/* In a process of its own: ends with 0 if the server cut it off, with 1 if it took all. */
static pid_t start_key_updates(SSL_CTX *ctx, uint16_t port)
{
    size_t len, sent = 0;
    ssize_t n = 1;
    char *bytes, byte = 0;
    int begun[2];
    pid_t pid;
    SSL *ssl;

    must(pipe(begun) == 0, "pipe");
    pid = fork();
    must(pid >= 0, "fork");
    if (pid > 0) {
        must(read(begun[0], &byte, 1) == 1, "waiting for the flood");
        (void)close(begun[0]);
        (void)close(begun[1]);
        return pid;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    ssl = connect_tls(ctx, port);
    must(ssl != NULL, "the flood's handshake");
    len = make_key_updates(ssl, &bytes);
    must(write(begun[1], &byte, 1) == 1, "write");
    while (sent < len && n > 0) {
        n = send(SSL_get_fd(ssl), bytes + sent, len - sent, MSG_NOSIGNAL);
        sent += n > 0 ? (size_t)n : 0;
    }
    _exit(sent == len || errno == EAGAIN);
}

static void try_key_updates(SSL_CTX *ctx)
{
    struct server server = start_server(0);
    int ended;
    pid_t pid;

    SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION);
    pid = start_key_updates(ctx, server.port);
    for (int i = 0; i < 20; i++)
        expect_served(ctx, server.port, "while there are key updates");
    (void)waitpid(pid, &ended, 0);
    peer_check(WIFEXITED(ended) && WEXITSTATUS(ended) == 0, "%d key updates are cut off, status %d",
               KEY_UPDATES, ended);
    expect_served(ctx, server.port, "after key updates");
    stop_server(&server);
}

/* ---- idle connections ------------------------------------------------------------------------ */

static void try_idle(SSL_CTX *ctx, bool is_tls)
{
    struct server server = start_server(0);
    static int fds[IDLE];
    static SSL *ssls[IDLE];
    char during[80];

    for (int i = 0; i < IDLE; i++) {
        ssls[i] = is_tls ? connect_tls(ctx, server.port) : NULL;
        fds[i] = is_tls ? -1 : connect_tcp(server.port);
    }
    (void)snprintf(during, sizeof during, "among %d idle connections%s", IDLE,
                   is_tls ? " with TLS" : "");
    for (int i = 0; i < 3; i++)
        expect_served(ctx, server.port, during);
    for (int i = 0; i < IDLE; i++) {
        if (ssls[i] != NULL)
            hang_up(ssls[i]);
        if (fds[i] >= 0)
            (void)close(fds[i]);
    }
    stop_server(&server);
}

/* ---- requests that never end ------------------------------------------------------------------
 */

/* Does the server end the connection? A time-out of ours is none. */
static bool is_cut_off(SSL *ssl, int fd)
{
    char bytes[1024];
    ssize_t n;

    do
        n = ssl != NULL ? SSL_read(ssl, bytes, sizeof bytes) : recv(fd, bytes, sizeof bytes, 0);
    while (n > 0);
    if (ssl == NULL)
        return n == 0 || errno != EAGAIN;
    return SSL_get_error(ssl, (int)n) != SSL_ERROR_WANT_READ;
}

static void try_silence(uint16_t port)
{
    int fd = connect_tcp(port);

    peer_check(is_cut_off(NULL, fd), "a client that says nothing is cut off");
    (void)close(fd);
}

static void try_trickle(SSL_CTX *ctx, uint16_t port, const char *head, const char *piece)
{
    SSL *ssl = connect_tls(ctx, port);
    int len = (int)strlen(head), sent = 0;

    must(ssl != NULL && SSL_write(ssl, head, len) == len, "a head");
    for (; sent < TRICKLE && SSL_write(ssl, piece, 1) == 1; sent++)
        (void)usleep(100 * 1000);
    peer_check(sent < TRICKLE, "a %.4s request in bytes is cut off after %d of them", head, sent);
    hang_up(ssl);
}

static void try_deadlines(SSL_CTX *ctx)
{
    struct server server = start_server(1);
    SSL *ssl = connect_tls(ctx, server.port);

    must(ssl != NULL, "TLS");
    peer_check(is_cut_off(ssl, -1), "a client that asks nothing is cut off");
    hang_up(ssl);
    try_silence(server.port);
    try_trickle(ctx, server.port, "GET / HTTP/1.1\r\nX: ", "x");
    try_trickle(ctx, server.port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n",
                "x");
    try_trickle(ctx, server.port,
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;", "x");
    ssl = connect_tls(ctx, server.port);
    peer_check(is_answered(ssl, "/late"), "a client that waits for its answer is not cut off");
    peer_check(is_answered(ssl, "/"), "and may ask again");
    hang_up(ssl);
    expect_served(ctx, server.port, "after the slow ones");
    stop_server(&server);
}

/* A part of a request that has no end, as fast as it can be sent. */
static void try_endless(SSL_CTX *ctx, uint16_t port, const char *name, const char *head,
                        const char *again)
{
    static char block[16 * 1024];
    size_t len = strlen(again), filled = 0, sent = 0;
    SSL *ssl = connect_tls(ctx, port);
    int n = 1;

    for (; filled + len <= sizeof block; filled += len)
        memcpy(block + filled, again, len);
    must(ssl != NULL && SSL_write(ssl, head, (int)strlen(head)) > 0, "a head");
    for (; sent < ENDLESS && n > 0; sent += filled)
        n = SSL_write(ssl, block, (int)filled);
    peer_check(n <= 0 && SSL_get_error(ssl, n) != SSL_ERROR_WANT_WRITE,
               "%s without an end: cut off", name);
    hang_up(ssl);
}

static void try_endless_parts(SSL_CTX *ctx)
{
    struct server server = start_server(0);

    try_endless(ctx, server.port, "a target", "GET /", "path");
    try_endless(ctx, server.port, "headers", "GET / HTTP/1.1\r\n", "X: y\r\n");
    try_endless(ctx, server.port, "a header name", "GET / HTTP/1.1\r\nX", "name");
    try_endless(ctx, server.port, "a header value", "GET / HTTP/1.1\r\nX: ", "value");
    try_endless(ctx, server.port, "a chunk extension", CHUNKED "1;", "extension");
    try_endless(ctx, server.port, "a chunk size", CHUNKED "0", "0");
    try_endless(ctx, server.port, "chunks", CHUNKED, "1\r\nx\r\n");
    try_endless(ctx, server.port, "trailers", CHUNKED "0\r\n", "Trailer: x\r\n");
    try_endless(ctx, server.port, "a body", "POST / HTTP/1.1\r\nContent-Length: 100000000\r\n\r\n",
                "body");
    expect_served(ctx, server.port, "after endless requests");
    peer_check(peak_kb(&server) < MEMORY_KB, "the server's memory never passed %d kB: %ld",
               MEMORY_KB, peak_kb(&server));
    stop_server(&server);
}

/* ---- behind a front -------------------------------------------------------------------------- */

/* Reads until the body's five bytes are there, or the end. */
static bool is_answered_plainly(int fd, const char *path)
{
    char text[512] = "";
    int n = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    ssize_t len = 0, more = 1;

    if (send(fd, text, (size_t)n, MSG_NOSIGNAL) != n)
        return false;
    memset(text, 0, sizeof text);
    while (more > 0 && strstr(text, "here\n") == NULL && strstr(text, "late\n") == NULL) {
        more = recv(fd, text + len, sizeof text - 1 - (size_t)len, 0);
        len += more > 0 ? more : 0;
    }
    return more > 0 && memcmp(text, "HTTP/1.1 200", 12) == 0;
}

static void try_plain_idle(uint16_t port)
{
    static int fds[IDLE];

    for (int i = 0; i < IDLE; i++)
        fds[i] = connect_tcp(port);
    for (int i = 0; i < 3; i++) {
        int fd = connect_tcp(port);

        peer_check(is_answered_plainly(fd, "/"), "a front is served among %d idle connections",
                   IDLE);
        (void)close(fd);
    }
    for (int i = 0; i < IDLE; i++)
        (void)close(fds[i]);
}

static void try_plain_endless(uint16_t port)
{
    static const char head[] = CHUNKED "1;";
    static char block[16 * 1024];
    const struct timeval wait = {.tv_sec = 1}; /* the server stops reading before it ends it */
    int fd = connect_tcp(port);
    size_t sent = 0;
    ssize_t n = 1;

    memset(block, 'x', sizeof block);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    must(send(fd, head, strlen(head), MSG_NOSIGNAL) > 0, "a head");
    for (; sent < ENDLESS && n > 0; sent += sizeof block)
        n = send(fd, block, sizeof block, MSG_NOSIGNAL);
    peer_check(sent < ENDLESS && is_cut_off(NULL, fd),
               "a chunk extension without an end: cut off, without TLS too");
    (void)close(fd);
}

/* Without TLS, as on the local socket: a cap, deadlines and a bound of memory there too. */
static void try_plain(void)
{
    struct https_config config = {.timeout_s = 1};
    struct server server = start_server_of(&config);
    int fd;

    try_plain_idle(server.port);
    try_silence(server.port);
    fd = connect_tcp(server.port);
    peer_check(is_answered_plainly(fd, "/late"), "a front that waits is not cut off");
    peer_check(is_answered_plainly(fd, "/"), "and may ask again");
    (void)close(fd);
    try_plain_endless(server.port);
    peer_check(peak_kb(&server) < MEMORY_KB, "the server's memory never passed %d kB: %ld",
               MEMORY_KB, peak_kb(&server));
    stop_server(&server);
}

/* ---- all ------------------------------------------------------------------------------------- */

static void write_files(void)
{
    FILE *file;

    must(mkdtemp(folder) != NULL, "mkdtemp");
    (void)snprintf(certificate, sizeof certificate, "%s/cert.pem", folder);
    (void)snprintf(key, sizeof key, "%s/key.pem", folder);
    file = fopen(certificate, "w");
    must(file != NULL && PEM_write_X509(file, world->server_certificate) == 1, "a certificate");
    (void)fclose(file);
    file = fopen(key, "w");
    must(file != NULL &&
             PEM_write_PrivateKey(file, world->server_key, NULL, NULL, 0, NULL, NULL) == 1,
         "a key");
    (void)fclose(file);
}

int main(void)
{
    struct rlimit files;
    daotp_context *context;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

    must(getrlimit(RLIMIT_NOFILE, &files) == 0, "getrlimit");
    files.rlim_cur = files.rlim_max;
    if (files.rlim_max < IDLE + 100 || setrlimit(RLIMIT_NOFILE, &files) != 0) {
        puts("skipped: too few descriptors");
        return 77;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    must(ctx != NULL && daotp_context_new(&context) == DAOTP_OK, "a context");
    world = peer_world_new(context);
    write_files();
    try_key_updates(ctx);
    try_idle(ctx, false);
    try_idle(ctx, true);
    try_deadlines(ctx);
    try_endless_parts(ctx);
    try_plain();
    (void)unlink(certificate);
    (void)unlink(key);
    (void)rmdir(folder);
    peer_world_free(world);
    daotp_context_unref(context);
    SSL_CTX_free(ctx);
    return peer_summary();
}
