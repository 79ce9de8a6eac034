/* SPDX-License-Identifier: BSD-2-Clause */
#include "https.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/util.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "connections.h"
#include "log.h"
#include "unix_socket.h"

#define BODY_MAX    (64 * 1024)
#define HEADERS_MAX (16 * 1024)
#define TIMEOUT_S   30
#define HANDSHAKE_S 10
#define TLS_BYTES   (256 * 1024) /* a handshake with the client's chain, records, chunks */
#define PLAIN_BYTES (64 * 1024)  /* read and not yet used up, without TLS */
#define OTHER_FILES 128          /* descriptors that are not connections */

enum { LENGTH_REQUIRED = 411 };

struct https {
    struct event_base *base;
    struct evhttp *http;
    SSL_CTX *tls;
    struct connections *connections;
    https_handler *handler;
    void *user;
    struct unix_socket *local;
    struct evhttp_bound_socket *bound;
    int port, fd;
    bool has_front;
    bool is_draining;
};

struct https_request {
    struct https *https;
    struct evhttp_request *http;
    struct evhttp_connection *connection;
    bool gone; /* the client closed; `http` must not be used any more */
    char *method;
    char *path;
    struct evkeyvalq headers; /* copies: they outlive the connection */
    unsigned char *body;
    size_t body_len;
    unsigned char *peer_cert;
    int peer_cert_len;
};

/* ---- TLS ---- */

static bool set_client_ca(SSL_CTX *tls, const struct https_config *config)
{
    STACK_OF(X509_NAME) * names;
    int mode = SSL_VERIFY_PEER;

    if (config->client == HTTPS_CLIENT_NONE)
        return true;
    names = SSL_load_client_CA_file(config->client_ca);
    if (names == NULL || SSL_CTX_load_verify_file(tls, config->client_ca) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        return false;
    }
    SSL_CTX_set_client_CA_list(tls, names);
    if (config->client == HTTPS_CLIENT_REQUIRED)
        mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(tls, mode, NULL);
    return true;
}

int https_tls_new(const struct https_config *config, SSL_CTX **out)
{
    static const unsigned char id[] = "daotp lab";
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

    /* OpenSSL's read buffer would keep passwords and codes after SSL_free */
    if (tls != NULL)
        SSL_CTX_set_options(tls, SSL_OP_CLEANSE_PLAINTEXT | SSL_OP_NO_RENEGOTIATION);
    /* without the session id context a resumed session with a client certificate is refused */
    if (tls == NULL || SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_session_id_context(tls, id, sizeof(id) - 1) != 1 ||
        SSL_CTX_use_certificate_chain_file(tls, config->cert) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, config->key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(tls) != 1 || !set_client_ca(tls, config)) {
        SSL_CTX_free(tls);
        ERR_clear_error();
        return lab_log(LAB_CONFIG,
                       "certificate %s, its key %s, client CA %s: one is not PEM, or the "
                       "key is another's",
                       config->cert, config->key,
                       config->client_ca != NULL ? config->client_ca : "none");
    }
    connections_watch_tls(tls);
    *out = tls;
    return LAB_OK;
}

static struct bufferevent *new_tls_connection(struct https *https)
{
    struct bufferevent *connection;
    SSL *ssl = SSL_new(https->tls);

    if (ssl == NULL)
        return NULL;
    connection = bufferevent_openssl_socket_new(https->base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING,
                                                BEV_OPT_CLOSE_ON_FREE);
    if (connection == NULL)
        SSL_free(ssl);
    else
        bufferevent_openssl_set_allow_dirty_shutdown(connection, 1);
    return connection;
}

/* evhttp reads a chunk line of any length, so the octets that are not yet used up are limited.
 * */
static struct bufferevent *new_plain_connection(struct https *https)
{
    struct bufferevent *connection = bufferevent_socket_new(https->base, -1, BEV_OPT_CLOSE_ON_FREE);

    if (connection != NULL)
        bufferevent_setwatermark(connection, EV_READ, 0, PLAIN_BYTES);
    return connection;
}

static struct bufferevent *new_connection(struct event_base *base, void *user)
{
    struct https *https = user;
    struct bufferevent *connection =
        https->tls != NULL ? new_tls_connection(https) : new_plain_connection(https);

    (void)base;
    if (connection != NULL && connections_add(https->connections, connection,
                                              bufferevent_openssl_get_ssl(connection)) != 0) {
        bufferevent_free(connection);
        return NULL;
    }
    return connection;
}

/* NULL without TLS. */
static SSL *ssl_of(struct evhttp_connection *connection)
{
    return bufferevent_openssl_get_ssl(evhttp_connection_get_bufferevent(connection));
}

static int descriptor_of(struct evhttp_connection *connection)
{
    return bufferevent_getfd(evhttp_connection_get_bufferevent(connection));
}

/* ---- a request ---- */

static void free_request(struct https_request *request)
{
    if (request->body != NULL)
        OPENSSL_cleanse(request->body, request->body_len);
    evhttp_clear_headers(&request->headers);
    OPENSSL_free(request->peer_cert);
    free(request->body);
    free(request->method);
    free(request->path);
    free(request);
}

static bool copy_headers(struct https_request *request)
{
    struct evkeyvalq *from = evhttp_request_get_input_headers(request->http);
    struct evkeyval *header;

    for (header = from->tqh_first; header != NULL; header = header->next.tqe_next)
        if (evhttp_add_header(&request->headers, header->key, header->value) != 0)
            return false;
    return true;
}

/* Wipes and empties a buffer, because libevent would free its pieces without wiping them. */
static void wipe_buffer(struct evbuffer *buffer)
{
    struct evbuffer_iovec piece;

    while (evbuffer_peek(buffer, -1, NULL, &piece, 1) > 0) {
        OPENSSL_cleanse(piece.iov_base, piece.iov_len);
        if (evbuffer_drain(buffer, piece.iov_len) != 0)
            return;
    }
}

static bool copy_body(struct https_request *request)
{
    struct evbuffer *from = evhttp_request_get_input_buffer(request->http);

    request->body_len = evbuffer_get_length(from);
    request->body = malloc(request->body_len + 1);
    if (request->body == NULL ||
        evbuffer_copyout(from, request->body, request->body_len) != (ev_ssize_t)request->body_len)
        return false;
    request->body[request->body_len] = '\0';
    wipe_buffer(from);
    return true;
}

static void copy_peer_cert(struct https_request *request)
{
    SSL *ssl = ssl_of(request->connection);
    X509 *cert = ssl != NULL ? SSL_get1_peer_certificate(ssl) : NULL;

    if (cert != NULL && SSL_get_verify_result(ssl) == X509_V_OK)
        request->peer_cert_len = i2d_X509(cert, &request->peer_cert);
    X509_free(cert);
}

static bool copy_request(struct https_request *request)
{
    static const struct {
        enum evhttp_cmd_type type;
        const char *name;
    } methods[] = {{EVHTTP_REQ_GET, "GET"}, {EVHTTP_REQ_POST, "POST"}, {EVHTTP_REQ_HEAD, "HEAD"}};
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request->http);
    const char *path = uri != NULL ? evhttp_uri_get_path(uri) : NULL;
    const char *method = "OTHER";

    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (evhttp_request_get_command(request->http) == methods[i].type)
            method = methods[i].name;
    request->method = strdup(method);
    request->path = strdup(path != NULL ? path : "");
    copy_peer_cert(request);
    return request->method != NULL && request->path != NULL && copy_headers(request) &&
           copy_body(request);
}

static void client_left(struct evhttp_connection *connection, void *user)
{
    struct https_request *request = user;

    (void)connection;
    request->gone = true;
}

/* ---- how long a body is ---- */

struct framing {
    size_t lengths, encodings; /* header fields: Content-Length, Transfer-Encoding */
    bool is_wrong;             /* a value that is not a length, or an encoding other than chunked */
    bool has_body;
};

static void read_framing(struct evhttp_request *http, struct framing *framing)
{
    struct evkeyval *header = evhttp_request_get_input_headers(http)->tqh_first;

    for (; header != NULL; header = header->next.tqe_next) {
        const char *value = header->value;

        if (evutil_ascii_strcasecmp(header->key, "Content-Length") == 0) {
            framing->lengths++;
            if (*value == '\0' || strspn(value, "0123456789") != strlen(value))
                framing->is_wrong = true;
            if (strspn(value, "0") != strlen(value))
                framing->has_body = true;
        } else if (evutil_ascii_strcasecmp(header->key, "Transfer-Encoding") == 0) {
            framing->encodings++;
            framing->has_body = true;
            if (evutil_ascii_strcasecmp(value, "chunked") != 0)
                framing->is_wrong = true;
        }
    }
}

/* evhttp takes the first of two lengths, reads no body where it does not know the encoding, or
 * where the method has none, and then reads that body as the next request. A front that reads it
 * otherwise would pass on a request with a client certificate of the client's own choice (RFC 9112
 * 6.3, 11.2). Behind a front chunks are refused: some versions of libevent take the fields of their
 * trailer for header fields. 0: it is in order; else the status of the answer. */
static int refuse_framing(const struct https *https, struct evhttp_request *http)
{
    struct framing framing = {0};
    bool takes_body = evhttp_request_get_command(http) == EVHTTP_REQ_POST;

    read_framing(http, &framing);
    if (framing.is_wrong || framing.lengths + framing.encodings > 1 ||
        (framing.has_body && !takes_body))
        return HTTP_BADREQUEST;
    return framing.encodings > 0 && https->has_front ? LENGTH_REQUIRED : 0;
}

static void on_request(struct evhttp_request *http, void *user)
{
    struct https *https = user;
    struct https_request *request;
    int refused = refuse_framing(https, http);

    if (refused != 0) {
        evhttp_send_error(http, refused, NULL); /* which closes the connection */
        return;
    }
    request = calloc(1, sizeof(*request));
    /* without memory for TLS, evhttp makes a connection without TLS */
    if (request == NULL ||
        (https->tls != NULL && ssl_of(evhttp_request_get_connection(http)) == NULL)) {
        evhttp_send_error(http, HTTP_SERVUNAVAIL, NULL);
        free(request);
        return;
    }
    request->https = https;
    request->http = http;
    request->connection = evhttp_request_get_connection(http);
    TAILQ_INIT(&request->headers);
    if (!copy_request(request)) {
        evhttp_send_error(http, HTTP_SERVUNAVAIL, NULL);
        free_request(request);
        return;
    }
    evhttp_connection_set_closecb(request->connection, client_left, request);
    connections_begin_work(https->connections, ssl_of(request->connection),
                           descriptor_of(request->connection));
    https->handler(request, https->user);
}

/* ---- what the handler sees ---- */

const char *https_method(const struct https_request *request)
{
    return request->method;
}

const char *https_path(const struct https_request *request)
{
    return request->path;
}

const char *https_header(const struct https_request *request, const char *name)
{
    return evhttp_find_header(&request->headers, name);
}

const char *https_last_header(const struct https_request *request, const char *name)
{
    const struct evkeyval *header;
    const char *value = NULL;

    for (header = request->headers.tqh_first; header != NULL; header = header->next.tqe_next)
        if (evutil_ascii_strcasecmp(header->key, name) == 0)
            value = header->value;
    return value;
}

size_t https_header_count(const struct https_request *request, const char *name)
{
    const struct evkeyval *header;
    size_t count = 0;

    for (header = request->headers.tqh_first; header != NULL; header = header->next.tqe_next)
        count += evutil_ascii_strcasecmp(header->key, name) == 0;
    return count;
}

unsigned char *https_body(struct https_request *request, size_t *len)
{
    *len = request->body_len;
    return request->body;
}

const char *https_peer_address(const struct https_request *request)
{
    struct evhttp_connection *connection = evhttp_request_get_connection(request->http);
    char *address = NULL;
    ev_uint16_t port;

    if (connection != NULL)
        evhttp_connection_get_peer(connection, &address, &port);
    return address != NULL && *address != '\0' ? address : "local";
}

const unsigned char *https_peer_cert(const struct https_request *request, size_t *len)
{
    *len = request->peer_cert != NULL ? (size_t)request->peer_cert_len : 0;
    return request->peer_cert;
}

int https_add_header(struct https_request *request, const char *name, const char *value)
{
    if (request->gone)
        return LAB_OK;
    return evhttp_add_header(evhttp_request_get_output_headers(request->http), name, value) == 0
               ? LAB_OK
               : LAB_INTERNAL;
}

static const char *reason_of(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 400:
        return "Bad Request";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 413:
        return "Content Too Large";
    case 415:
        return "Unsupported Media Type";
    case 429:
        return "Too Many Requests";
    case 500:
        return "Internal Server Error";
    case 503:
        return "Service Unavailable";
    default:
        return "Answer";
    }
}

/* Behind a front a connection has one request: what stands behind it is never one. And this is the
 * last one of a server that ends. */
static int end_connection(struct https_request *request)
{
    if (!request->https->has_front && !request->https->is_draining)
        return LAB_OK;
    return https_add_header(request, "Connection", "close");
}

void https_reply(struct https_request *request, int status, const char *content_type,
                 const void *body, size_t len)
{
    struct evbuffer *out = evbuffer_new();

    if (!request->gone) {
        evhttp_connection_set_closecb(request->connection, NULL, NULL);
        connections_end_work(request->https->connections, ssl_of(request->connection),
                             descriptor_of(request->connection));
        if (out == NULL || evbuffer_add(out, body, len) != 0 || end_connection(request) != LAB_OK ||
            (content_type != NULL &&
             https_add_header(request, "Content-Type", content_type) != LAB_OK))
            evhttp_send_error(request->http, HTTP_SERVUNAVAIL, NULL);
        else
            evhttp_send_reply(request->http, status, reason_of(status), out);
    }
    if (out != NULL)
        evbuffer_free(out);
    free_request(request);
}

/* ---- the socket ---- */

static int read_port(evutil_socket_t fd)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof(address);

    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return 0;
    if (address.ss_family == AF_INET)
        return ntohs(((struct sockaddr_in *)&address)->sin_port);
    if (address.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return 0;
}

/* Accepted sockets inherit it (tcp(7)). With TLS 1.3 an answer follows the session tickets at
 * once, and would wait for their acknowledgement, 40 ms of it. */
static void send_at_once(evutil_socket_t fd)
{
    int on = 1;

    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* a Unix socket has none */
}

static int open_socket(struct https *https, const struct https_config *config)
{
    const char *host = config->host != NULL ? config->host : "127.0.0.1";
    struct evhttp_bound_socket *bound = NULL;
    evutil_socket_t fd = config->fd;

    if (config->unix_path != NULL) {
        int end = unix_socket_open(config->unix_path, config->unix_mode, &https->local, &fd);

        if (end != LAB_OK)
            return end;
    }
    if (fd > 0)
        bound = evhttp_accept_socket_with_handle(https->http, fd);
    else
        bound = evhttp_bind_socket_with_handle(https->http, host, (ev_uint16_t)config->port);
    if (bound == NULL)
        return lab_log(LAB_PEER, "listen on %s:%d: %s", host, config->port, strerror(errno));
    https->bound = bound;
    connections_set_listener(https->connections, evhttp_bound_socket_get_listener(bound));
    send_at_once(evhttp_bound_socket_get_fd(bound));
    https->fd = evhttp_bound_socket_get_fd(bound);
    https->port = read_port(https->fd);
    return LAB_OK;
}

/* ---- the server ---- */

static void set_limits(struct https *https, const struct https_config *config)
{
    evhttp_set_max_body_size(https->http,
                             (ev_ssize_t)(config->max_body ? config->max_body : BODY_MAX));
    evhttp_set_max_headers_size(https->http, HEADERS_MAX);
    evhttp_set_timeout(https->http, config->timeout_s > 0 ? config->timeout_s : TIMEOUT_S);
    evhttp_set_allowed_methods(https->http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD);
}

size_t https_max_connections(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur <= 2 * OTHER_FILES)
        return OTHER_FILES;
    return files.rlim_cur < 65536 ? (files.rlim_cur - OTHER_FILES) / 4 * 3 : 65536 / 4 * 3;
}

static int watch_connections(struct https *https, const struct https_config *config)
{
    size_t max = config->max_connections > 0 ? config->max_connections : https_max_connections();
    size_t max_body = config->max_body > 0 ? config->max_body : BODY_MAX;
    int request_s = config->timeout_s > 0 ? config->timeout_s : TIMEOUT_S;
    struct connections_limits limits = {
        .count = max,
        .count_of_peer = max, /* a proxy is one peer */
        .request_bytes = 2 * max_body + HEADERS_MAX + TLS_BYTES,
        .handshake_s = request_s < HANDSHAKE_S ? request_s : HANDSHAKE_S,
        .request_s = request_s,
    };

    if (https->tls != NULL && max > 1)
        limits.count_of_peer = max / 2;
    https->connections = connections_new(https->base, https->tls, &limits);
    return https->connections != NULL ? LAB_OK : LAB_MEMORY;
}

static int take_tls(struct https *https, const struct https_config *config)
{
    if (config->tls == NULL)
        return config->cert != NULL ? https_tls_new(config, &https->tls) : LAB_OK;
    (void)SSL_CTX_up_ref(config->tls);
    https->tls = config->tls;
    return LAB_OK;
}

void https_set_tls(struct https *https, SSL_CTX *tls)
{
    (void)SSL_CTX_up_ref(tls);
    SSL_CTX_free(https->tls);
    https->tls = tls;
}

void https_drain(struct https *https)
{
    https->is_draining = true;
    connections_set_listener(https->connections, NULL);
    unix_socket_close(https->local); /* first: while it is open, no other file can have its inode */
    https->local = NULL;
    if (https->bound != NULL)
        evhttp_del_accept_socket(https->http, https->bound);
    https->bound = NULL;
    connections_close_idle(https->connections);
}

size_t https_count(struct https *https)
{
    return connections_count(https->connections);
}

int https_start(struct event_base *base, const struct https_config *config, https_handler *handler,
                void *user, struct https **out)
{
    struct https *https = calloc(1, sizeof(*https));
    int end = LAB_MEMORY;

    *out = NULL;
    if (https != NULL) {
        https->base = base;
        https->handler = handler;
        https->user = user;
        https->has_front = config->has_front;
        https->http = evhttp_new(base);
    }
    if (https == NULL || https->http == NULL)
        goto out;
    end = take_tls(https, config);
    if (end == LAB_OK)
        end = watch_connections(https, config);
    if (end != LAB_OK)
        goto out;
    set_limits(https, config);
    evhttp_set_bevcb(https->http, new_connection, https);
    evhttp_set_gencb(https->http, on_request, https);
    end = open_socket(https, config);
out:
    if (end == LAB_OK)
        *out = https;
    else
        https_stop(https);
    return end;
}

int https_port(const struct https *https)
{
    return https->port;
}

int https_fd(const struct https *https)
{
    return https->fd;
}

void https_stop(struct https *https)
{
    if (https == NULL)
        return;
    connections_free(https->connections); /* while there is a listener */
    unix_socket_close(https->local); /* first: while it is open, no other file can have its inode */
    if (https->http != NULL)
        evhttp_free(https->http);
    SSL_CTX_free(https->tls);
    free(https);
}
