/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TLS runs over memory: a step reads a bounded number of octets from the socket and gives them to
 * libssl, which so cannot be kept busy by records that carry nothing.
 */
#include "server_link.h"

#include "limits.h"

#include <ares.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef enum link_phase {
    LINK_RESOLVING,
    LINK_CONNECTING,
    LINK_HANDSHAKE,
    LINK_AUTH,
    LINK_SELECT,
    LINK_READY,
    LINK_COMMAND, /* a command is on its way, or its reply */
    LINK_ENDED
} link_phase;

struct server_link {
    link_settings settings;
    link_phase phase;
    char subject[300];
    ares_channel channel;
    struct pollfd name_sockets[LINK_MAX_WAIT]; /* of c-ares */
    size_t name_socket_count;
    struct ares_addrinfo *addresses;
    struct ares_addrinfo_node *next; /* the address to try next */
    int resolve_status, connect_errno;
    int fd;
    SSL_CTX *tls_context;
    SSL *tls;
    BIO *from_server, *to_server; /* owned by tls */
    char *command;                /* of redisFormatCommandArgv(); wiped */
    size_t command_len, command_sent;
    bool is_command_encrypted; /* all of it went into tls */
    size_t received;           /* for this command, or this handshake */
    reply_reader *reader;
    bool has_resolved, is_refused;
    const char *tls_why;
};

const char *link_get_subject(const server_link *self)
{
    return self->subject;
}

bool link_was_refused(const server_link *self)
{
    return self->is_refused;
}

static daotp_status end_link(server_link *self, daotp_report *report, daotp_finding_number number,
                             int64_t upstream, const char *found)
{
    daotp_status status = daotp_report_add(report, number, upstream, self->subject, found);

    self->phase = LINK_ENDED;
    return status;
}

/* ---- command and reply ----------------------------------------------------------------------- */

/* It may hold the password. */
static void wipe_command(server_link *self)
{
    if (self->command == NULL)
        return;
    OPENSSL_cleanse(self->command, self->command_len);
    redisFreeCommand(self->command);
    self->command = NULL;
    self->command_len = 0;
}

static daotp_status format_command(server_link *self, int count, const char *const *words,
                                   const size_t *lens)
{
    int len;

    wipe_command(self);
    len = redisFormatCommandArgv(&self->command, count, (const char **)(uintptr_t)words, lens);
    if (len < 0) {
        self->command = NULL;
        return DAOTP_MEMORY;
    }
    self->command_len = (size_t)len;
    self->command_sent = 0;
    self->is_command_encrypted = false;
    self->received = 0;
    return DAOTP_OK;
}

daotp_status link_begin_command(server_link *self, int count, const char *const *words,
                                const size_t *lens)
{
    daotp_status status;

    if (self->phase != LINK_READY)
        return DAOTP_INTERNAL;
    status = format_command(self, count, words, lens);
    if (status == DAOTP_OK)
        self->phase = LINK_COMMAND;
    return status;
}

bool link_has_sent(const server_link *self)
{
    if (self->settings.uses_tls)
        return self->is_command_encrypted &&
               (self->to_server == NULL || BIO_ctrl_pending(self->to_server) == 0);
    return self->command == NULL || self->command_sent == self->command_len;
}

/* ---- octets ---------------------------------------------------------------------------------- */

static daotp_status end_by_errno(server_link *self, daotp_report *report)
{
    return end_link(self, report, DAOTP_FINDING_STORE_SERVER_GONE, errno, strerrordesc_np(errno));
}

static bool is_would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* DAOTP_AGAIN: the socket takes no more. */
static daotp_status send_octets(server_link *self, const char *octets, size_t len, size_t *sent,
                                daotp_report *report)
{
    while (*sent < len) {
        ssize_t count = send(self->fd, octets + *sent, len - *sent, MSG_NOSIGNAL);

        if (count < 0)
            return is_would_block() ? DAOTP_AGAIN : end_by_errno(self, report);
        *sent += (size_t)count;
    }
    return DAOTP_OK;
}

/* One read. DAOTP_AGAIN: nothing is there. */
static daotp_status receive_octets(server_link *self, char octets[MAX_READ_STEP], size_t *len,
                                   daotp_report *report)
{
    ssize_t count = recv(self->fd, octets, MAX_READ_STEP, 0);

    *len = 0;
    if (count < 0)
        return is_would_block() ? DAOTP_AGAIN : end_by_errno(self, report);
    if (count == 0)
        return end_link(self, report, DAOTP_FINDING_STORE_SERVER_GONE, 0,
                        "the server closed the connection");
    self->received += (size_t)count;
    if (self->received > MAX_RECEIVED)
        return end_link(self, report, DAOTP_FINDING_STORE_SERVER_REPLY, 0,
                        "more octets than one reply may have");
    *len = (size_t)count;
    return DAOTP_OK;
}

/* ---- TLS ------------------------------------------------------------------------------------- */

static daotp_status end_by_tls(server_link *self, daotp_report *report)
{
    char text[256];
    long verified = self->tls != NULL ? SSL_get_verify_result(self->tls) : X509_V_OK;
    unsigned long error = ERR_peek_error();

    if (verified != X509_V_OK)
        (void)snprintf(text, sizeof text, "certificate: %s",
                       X509_verify_cert_error_string(verified));
    else if (error != 0 && ERR_reason_error_string(error) != NULL)
        (void)snprintf(text, sizeof text, "%s", ERR_reason_error_string(error));
    else
        (void)snprintf(text, sizeof text, "the server ended TLS");
    return end_link(self, report, DAOTP_FINDING_STORE_SERVER_TLS, verified, text);
}

/* Without it libssl asks for the passphrase of an encrypted key on the terminal. */
static int give_no_key_passphrase(char *buffer, int size, int writing, void *user)
{
    (void)buffer, (void)size, (void)writing, (void)user;
    return -1;
}

static bool load_tls_files(const server_link *self, const char **file)
{
    const link_settings *s = &self->settings;

    *file = s->ca_file;
    if (SSL_CTX_load_verify_file(self->tls_context, s->ca_file) != 1)
        return false;
    if (s->client_cert == NULL)
        return true;
    *file = s->client_cert;
    if (SSL_CTX_use_certificate_chain_file(self->tls_context, s->client_cert) != 1)
        return false;
    *file = s->client_key;
    return SSL_CTX_use_PrivateKey_file(self->tls_context, s->client_key, SSL_FILETYPE_PEM) == 1;
}

static bool is_numeric_host(const char *host)
{
    unsigned char address[16];

    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

/* The certificate has to name the host that was configured, as a subjectAltName (RFC 9525 2). */
static bool set_tls_name(server_link *self)
{
    const char *host = self->settings.address.host;

    if (is_numeric_host(host))
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(self->tls), host) == 1;
    SSL_set_hostflags(self->tls,
                      X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return SSL_set1_host(self->tls, host) == 1 && SSL_set_tlsext_host_name(self->tls, host) == 1;
}

static bool set_tls_carrier(server_link *self)
{
    self->from_server = BIO_new(BIO_s_mem());
    self->to_server = BIO_new(BIO_s_mem());
    if (self->from_server == NULL || self->to_server == NULL) {
        BIO_free(self->from_server);
        BIO_free(self->to_server);
        self->from_server = self->to_server = NULL;
        return false;
    }
    BIO_set_mem_eof_return(self->from_server, -1); /* empty: wait, not the end */
    SSL_set_bio(self->tls, self->from_server, self->to_server);
    return true;
}

static daotp_status begin_tls(server_link *self, daotp_report *report)
{
    const char *file = "";

    self->tls_context = SSL_CTX_new(TLS_client_method());
    if (self->tls_context == NULL)
        return DAOTP_MEMORY;
    (void)SSL_CTX_set_min_proto_version(self->tls_context, TLS1_2_VERSION);
    (void)SSL_CTX_set_options(self->tls_context, SSL_OP_NO_RENEGOTIATION |
                                                     SSL_OP_CLEANSE_PLAINTEXT | SSL_OP_NO_TICKET);
    SSL_CTX_set_verify(self->tls_context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_default_passwd_cb(self->tls_context, give_no_key_passphrase);
    if (!load_tls_files(self, &file)) {
        self->phase = LINK_ENDED;
        return daotp_report_add(report, DAOTP_FINDING_STORE_SERVER_TLS, 0, file,
                                "the file cannot be read as PEM without a passphrase, or key and "
                                "certificate differ");
    }
    self->tls = SSL_new(self->tls_context);
    if (self->tls == NULL || !set_tls_carrier(self) || !set_tls_name(self))
        return DAOTP_MEMORY;
    SSL_set_connect_state(self->tls);
    self->received = 0;
    self->phase = LINK_HANDSHAKE;
    return DAOTP_OK;
}

/* What libssl wants sent. */
static daotp_status flush_tls(server_link *self, daotp_report *report)
{
    char *octets;
    long len = BIO_get_mem_data(self->to_server, &octets);
    size_t sent = 0;
    daotp_status status;

    if (len <= 0)
        return DAOTP_OK;
    status = send_octets(self, octets, (size_t)len, &sent, report);
    if (sent == (size_t)len) {
        (void)BIO_reset(self->to_server);
    } else if (sent > 0) {
        char eaten[1024];

        for (size_t rest = sent; rest > 0;) {
            int count =
                BIO_read(self->to_server, eaten, (int)(rest < sizeof eaten ? rest : sizeof eaten));

            rest = count > 0 ? rest - (size_t)count : 0;
        }
    }
    return status;
}

/* From the socket to libssl, once. */
static daotp_status feed_tls(server_link *self, daotp_report *report)
{
    char octets[MAX_READ_STEP];
    size_t len;
    daotp_status status = receive_octets(self, octets, &len, report);

    if (status == DAOTP_OK && BIO_write(self->from_server, octets, (int)len) != (int)len)
        status = DAOTP_MEMORY;
    return status;
}

/* DAOTP_OK: libssl is done; DAOTP_AGAIN: it wants octets, which are fetched in the next step. */
static daotp_status take_tls_answer(server_link *self, int answer, daotp_report *report)
{
    int error = SSL_get_error(self->tls, answer);
    daotp_status status = flush_tls(self, report);

    if (status != DAOTP_OK && status != DAOTP_AGAIN)
        return status;
    if (answer > 0)
        return DAOTP_OK;
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        return DAOTP_AGAIN;
    return end_by_tls(self, report);
}

static daotp_status step_handshake(server_link *self, daotp_report *report)
{
    daotp_status status = flush_tls(self, report);

    if (status == DAOTP_OK && BIO_ctrl_pending(self->from_server) == 0)
        status = feed_tls(self, report);
    if (status != DAOTP_OK && (status != DAOTP_AGAIN || SSL_in_before(self->tls) == 0))
        return status;
    ERR_clear_error();
    status = take_tls_answer(self, SSL_do_handshake(self->tls), report);
    return status;
}

static daotp_status send_command(server_link *self, daotp_report *report)
{
    int answer;

    if (!self->settings.uses_tls)
        return send_octets(self, self->command, self->command_len, &self->command_sent, report);
    if (!self->is_command_encrypted) {
        ERR_clear_error();
        answer = SSL_write(self->tls, self->command, (int)self->command_len);
        if (answer > 0)
            self->is_command_encrypted = true;
        else
            return take_tls_answer(self, answer, report);
    }
    return flush_tls(self, report);
}

/* Plaintext, at most one step's worth. */
static daotp_status read_reply_octets(server_link *self, char octets[MAX_READ_STEP], size_t *len,
                                      daotp_report *report)
{
    daotp_status status;
    int answer;

    if (!self->settings.uses_tls)
        return receive_octets(self, octets, len, report);
    *len = 0;
    if (BIO_ctrl_pending(self->from_server) == 0 && SSL_pending(self->tls) == 0) {
        status = feed_tls(self, report);
        if (status != DAOTP_OK)
            return status;
    }
    ERR_clear_error();
    answer = SSL_read(self->tls, octets, MAX_READ_STEP);
    if (answer > 0)
        *len = (size_t)answer;
    status = take_tls_answer(self, answer, report);
    return status == DAOTP_AGAIN && *len > 0 ? DAOTP_OK : status;
}

static daotp_status receive_reply(server_link *self, daotp_report *report, redisReply **reply)
{
    char octets[MAX_READ_STEP];
    size_t len;
    daotp_status status = read_reply_octets(self, octets, &len, report);

    if (status != DAOTP_OK)
        return status;
    status = reply_reader_feed(self->reader, octets, len, reply);
    OPENSSL_cleanse(octets, len);
    if (status == DAOTP_PEER)
        status = end_link(self, report, DAOTP_FINDING_STORE_SERVER_REPLY, 0,
                          reply_reader_why(self->reader));
    return status;
}

static daotp_status exchange_command(server_link *self, daotp_report *report, redisReply **reply)
{
    daotp_status status = link_has_sent(self) ? DAOTP_OK : send_command(self, report);

    if (status == DAOTP_OK)
        status = receive_reply(self, report, reply);
    if (status == DAOTP_OK)
        wipe_command(self);
    return status;
}

/* ---- AUTH, SELECT ---------------------------------------------------------------------------- */

static daotp_status begin_select(server_link *self)
{
    char number[12];
    const char *words[] = {"SELECT", number};
    size_t lens[] = {6, 0};

    self->phase = LINK_READY;
    if (self->settings.database == 0)
        return DAOTP_OK;
    lens[1] = (size_t)snprintf(number, sizeof number, "%u", self->settings.database);
    self->phase = LINK_SELECT;
    return format_command(self, 2, words, lens);
}

static daotp_status begin_auth(server_link *self)
{
    const link_settings *s = &self->settings;
    const char *words[3] = {"AUTH"};
    size_t lens[3] = {4};
    int count = 1;

    if (s->password == NULL)
        return begin_select(self);
    if (s->user != NULL) {
        words[count] = s->user;
        lens[count++] = strlen(s->user);
    }
    words[count] = s->password;
    lens[count++] = s->password_len;
    self->phase = LINK_AUTH;
    return format_command(self, count, words, lens);
}

static bool is_ok_reply(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_STATUS && strcmp(reply->str, "OK") == 0;
}

/* What a server sends to a connection that it does not accept, before it reads a command; NULL when
 * the error is another. */
static const char *find_connection_error(const char *error)
{
    static const char *const errors[] = {"ERR max number of clients",
                                         "DENIED Redis is running in protected mode"};

    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (strncmp(error, errors[i], strlen(errors[i])) == 0)
            return errors[i];
    return NULL;
}

/* The error is not shown: a server that does not know AUTH repeats the words of the command in it,
 * and so the password. */
static daotp_status refuse_auth(server_link *self, const char *error, daotp_report *report)
{
    const char *found = find_connection_error(error);

    if (found != NULL)
        return end_link(self, report, DAOTP_FINDING_STORE_SERVER_REFUSED, 0, found);
    self->is_refused = true;
    found = "an error in reply to AUTH; its text may hold the password, and is not shown";
    if (strncmp(error, "WRONGPASS ", 10) == 0)
        found = "WRONGPASS";
    return end_link(self, report, DAOTP_FINDING_STORE_SERVER_AUTH, 0, found);
}

static daotp_status refuse_greeting(server_link *self, const redisReply *reply,
                                    daotp_report *report)
{
    bool is_auth = self->phase == LINK_AUTH;

    if (reply->type != REDIS_REPLY_ERROR)
        return end_link(self, report, DAOTP_FINDING_STORE_SERVER_REPLY, 0,
                        is_auth ? "no +OK to AUTH" : "no +OK to SELECT");
    if (is_auth)
        return refuse_auth(self, reply->str, report);
    return end_link(self, report, DAOTP_FINDING_STORE_SERVER_DENIED, 0, reply->str);
}

static daotp_status step_greeting(server_link *self, daotp_report *report)
{
    redisReply *reply = NULL;
    daotp_status status = exchange_command(self, report, &reply);

    if (status != DAOTP_OK || reply == NULL)
        return status;
    if (!is_ok_reply(reply))
        status = refuse_greeting(self, reply, report);
    else if (self->phase == LINK_AUTH)
        status = begin_select(self);
    else
        self->phase = LINK_READY;
    freeReplyObject(reply);
    return status;
}

/* ---- name and connection --------------------------------------------------------------------- */

static void take_addresses(void *given, int status, int timeouts, struct ares_addrinfo *result)
{
    server_link *self = given;

    (void)timeouts;
    self->has_resolved = true;
    self->resolve_status = status;
    self->addresses = result;
    self->next = result != NULL ? result->nodes : NULL;
}

/* A socket too many is left out: c-ares takes its time-out, and so does the caller. */
static void note_name_socket(void *given, ares_socket_t fd, int readable, int writable)
{
    server_link *self = given;
    short events = readable ? POLLIN : 0;
    size_t i = 0;

    if (writable)
        events |= POLLOUT;
    while (i < self->name_socket_count && self->name_sockets[i].fd != fd)
        i++;
    if (events == 0 && i < self->name_socket_count)
        self->name_sockets[i] = self->name_sockets[--self->name_socket_count];
    if (events == 0 || i == LINK_MAX_WAIT)
        return;
    self->name_sockets[i] = (struct pollfd){.fd = fd, .events = events};
    if (i == self->name_socket_count)
        self->name_socket_count++;
}

static daotp_status begin_resolve(server_link *self)
{
    struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct ares_options options = {.flags = ARES_FLAG_NOALIASES | ARES_FLAG_NOSEARCH,
                                   .timeout = 2000,
                                   .tries = 3,
                                   .sock_state_cb = note_name_socket,
                                   .sock_state_cb_data = self};
    /* what LOCALDOMAIN and RES_OPTIONS could set is set here */
    const int set = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
                    ARES_OPT_DOMAINS | ARES_OPT_NOROTATE | ARES_OPT_SOCK_STATE_CB;
    char port[8];

    if (ares_init_options(&self->channel, &options, set) != ARES_SUCCESS) {
        self->channel = NULL;
        return DAOTP_MEMORY;
    }
    if (is_numeric_host(self->settings.address.host))
        hints.ai_flags = ARES_AI_NUMERICHOST;
    (void)snprintf(port, sizeof port, "%u", self->settings.address.port);
    ares_getaddrinfo(self->channel, self->settings.address.host, port, &hints, take_addresses,
                     self);
    return DAOTP_OK;
}

static daotp_status connect_next(server_link *self, daotp_report *report)
{
    int one = 1;

    while (self->next != NULL) {
        struct ares_addrinfo_node *node = self->next;

        self->next = node->ai_next;
        if (self->fd >= 0)
            (void)close(self->fd);
        self->fd = socket(node->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (self->fd < 0) {
            self->connect_errno = errno;
            continue;
        }
        (void)setsockopt(self->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        self->phase = LINK_CONNECTING;
        if (connect(self->fd, node->ai_addr, node->ai_addrlen) == 0 || errno == EINPROGRESS)
            return DAOTP_AGAIN;
        self->connect_errno = errno;
    }
    return end_link(self, report, DAOTP_FINDING_STORE_SERVER, self->connect_errno,
                    strerrordesc_np(self->connect_errno));
}

static void process_name_socket(server_link *self, const struct pollfd *ready)
{
    ares_socket_t in = (ready->revents & ~POLLOUT) != 0 ? ready->fd : ARES_SOCKET_BAD;
    ares_socket_t out = (ready->revents & POLLOUT) != 0 ? ready->fd : ARES_SOCKET_BAD;

    ares_process_fd(self->channel, in, out);
}

static daotp_status step_resolve(server_link *self, daotp_report *report)
{
    struct pollfd ready[LINK_MAX_WAIT];
    size_t count = self->name_socket_count;

    memcpy(ready, self->name_sockets, sizeof ready);
    if (count > 0 && poll(ready, (nfds_t)count, 0) <= 0)
        count = 0;
    for (size_t i = 0; i < count && !self->has_resolved; i++)
        process_name_socket(self, &ready[i]);
    if (!self->has_resolved)
        ares_process_fd(self->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    if (!self->has_resolved)
        return DAOTP_AGAIN;
    if (self->resolve_status == ARES_ENOMEM)
        return DAOTP_MEMORY;
    if (self->resolve_status != ARES_SUCCESS)
        return end_link(self, report, DAOTP_FINDING_STORE_SERVER, self->resolve_status,
                        ares_strerror(self->resolve_status));
    self->connect_errno = ENOENT;
    return connect_next(self, report);
}

static daotp_status step_connect(server_link *self, daotp_report *report)
{
    struct pollfd wait = {.fd = self->fd, .events = POLLOUT};
    socklen_t len = sizeof self->connect_errno;

    if (poll(&wait, 1, 0) == 0)
        return DAOTP_AGAIN;
    if (getsockopt(self->fd, SOL_SOCKET, SO_ERROR, &self->connect_errno, &len) != 0)
        self->connect_errno = errno;
    if (self->connect_errno != 0)
        return connect_next(self, report);
    if (self->settings.uses_tls)
        return begin_tls(self, report);
    return begin_auth(self);
}

/* ---- the link -------------------------------------------------------------------------------- */

daotp_status link_open(const link_settings *settings, server_link **out)
{
    server_link *self = calloc(1, sizeof *self);
    daotp_status status;

    *out = NULL;
    if (self == NULL)
        return DAOTP_MEMORY;
    self->settings = *settings;
    self->fd = -1;
    (void)snprintf(self->subject, sizeof self->subject, "%s:%u", settings->address.host,
                   settings->address.port);
    self->reader = reply_reader_new();
    status = self->reader != NULL ? begin_resolve(self) : DAOTP_MEMORY;
    if (status == DAOTP_OK)
        *out = self;
    else
        link_free(self);
    return status;
}

void link_free(server_link *self)
{
    if (self == NULL)
        return;
    if (self->channel != NULL)
        ares_destroy(self->channel);
    if (self->addresses != NULL)
        ares_freeaddrinfo(self->addresses);
    SSL_free(self->tls);
    SSL_CTX_free(self->tls_context);
    if (self->fd >= 0)
        (void)close(self->fd);
    wipe_command(self);
    reply_reader_free(self->reader);
    free(self);
}

static daotp_status step_phase(server_link *self, daotp_report *report, redisReply **reply)
{
    daotp_status status;

    switch (self->phase) {
    case LINK_RESOLVING:
        return step_resolve(self, report);
    case LINK_CONNECTING:
        return step_connect(self, report);
    case LINK_HANDSHAKE:
        status = step_handshake(self, report);
        return status == DAOTP_OK ? begin_auth(self) : status;
    case LINK_AUTH:
    case LINK_SELECT:
        return step_greeting(self, report);
    case LINK_COMMAND:
        status = exchange_command(self, report, reply);
        if (status == DAOTP_OK)
            self->phase = LINK_READY;
        return status;
    case LINK_READY:
        return DAOTP_OK;
    default:
        return DAOTP_INTERNAL;
    }
}

daotp_status link_step(server_link *self, daotp_report *report, redisReply **reply)
{
    daotp_status status;

    *reply = NULL;
    (void)ERR_set_mark();
    status = step_phase(self, report, reply);
    (void)ERR_pop_to_mark();
    if (status == DAOTP_OK && self->phase != LINK_READY)
        return DAOTP_AGAIN;
    return status;
}

static size_t wait_for_name(server_link *self, struct pollfd waits[LINK_MAX_WAIT], int *timeout_ms)
{
    struct timeval most = {.tv_sec = 1}, room, *next;

    memcpy(waits, self->name_sockets, sizeof self->name_sockets);
    next = ares_timeout(self->channel, &most, &room);
    *timeout_ms = (int)(next->tv_sec * 1000 + next->tv_usec / 1000) + 1;
    if (self->has_resolved)
        *timeout_ms = 0;
    return self->name_socket_count;
}

/* Whether the next step needs no octet from the socket. */
static bool has_buffered_work(const server_link *self)
{
    return self->tls != NULL && self->phase != LINK_READY && link_has_sent(self) &&
           (BIO_ctrl_pending(self->from_server) > 0 || SSL_pending(self->tls) > 0);
}

static bool must_write(const server_link *self)
{
    if (self->phase == LINK_CONNECTING)
        return true;
    if (self->tls != NULL && BIO_ctrl_pending(self->to_server) > 0)
        return true;
    return self->phase != LINK_HANDSHAKE && !link_has_sent(self);
}

size_t link_get_wait(server_link *self, struct pollfd waits[LINK_MAX_WAIT], int *timeout_ms)
{
    if (self->phase == LINK_RESOLVING)
        return wait_for_name(self, waits, timeout_ms);
    *timeout_ms = -1;
    if (has_buffered_work(self) || (self->phase == LINK_HANDSHAKE && SSL_in_before(self->tls)))
        *timeout_ms = 0;
    waits[0] = (struct pollfd){.fd = self->fd, .events = POLLIN};
    if (must_write(self))
        waits[0].events = POLLOUT;
    return 1;
}
