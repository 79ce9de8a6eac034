/* SPDX-License-Identifier: BSD-2-Clause */
#include "peer.h"

#include "core/buffer.h"
#include "lab_dir.h"
#include "otpce/message.h"
#include "pki.h"
#include "request/csr.h"
#include "x509/key.h"
#include "x509/oid.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_MAX = 256 * 1024, PATIENCE_S = 20 };

#define SID "S-1-5-21-1004336348-1177238915-682003330-1105"
#define DN  "CN=Alice Example,CN=Users,DC=lab,DC=example"

static void must(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "the test itself: %s failed (errno %d)\n", what, errno);
    exit(70);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static pthread_mutex_t lines = PTHREAD_MUTEX_INITIALIZER;
static unsigned checks, failures;

void peer_check(bool good, const char *what, ...)
{
    va_list args;

    pthread_mutex_lock(&lines);
    printf("%s %u - ", good ? "ok" : "not ok", ++checks);
    failures += good ? 0 : 1;
    va_start(args, what);
    vprintf(what, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
    pthread_mutex_unlock(&lines);
}

int peer_summary(void)
{
    printf("1..%u\n", checks);
    if (failures > 0)
        printf("# %u of %u failed\n", failures, checks);
    return failures > 0 || checks == 0;
}

const char *peer_describe(const struct peer_result *result, char *text, size_t size)
{
    snprintf(text, size, "%s %s (stage %s) after %lld ms, code seen %u times",
             daotp_status_name(result->status),
             result->error != DAOTP_FINDING_NONE ? daotp_catalogue_get_id(result->error)
                                                 : "no error",
             daotp_stage_name(result->stage), (long long)result->took_ms, result->codes);
    return text;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

struct peer_bytes peer_join(struct peer_bytes a, const void *more, size_t len)
{
    char *data = realloc(a.data, a.len + len + 1);

    must(data != NULL, "realloc");
    memcpy(data + a.len, more, len);
    data[a.len + len] = '\0';
    return (struct peer_bytes){data, a.len + len};
}

struct peer_bytes peer_format(const char *format, ...)
{
    char *text;
    va_list args;
    int len;

    va_start(args, format);
    len = vasprintf(&text, format, args);
    va_end(args);
    must(len >= 0, "vasprintf");
    return (struct peer_bytes){text, (size_t)len};
}

static struct peer_bytes base64(const struct peer_bytes *in)
{
    struct peer_bytes out = {malloc(in->len * 4 / 3 + 8), 0};

    must(out.data != NULL, "malloc");
    out.len = (size_t)EVP_EncodeBlock((unsigned char *)out.data, (const unsigned char *)in->data,
                                      (int)in->len);
    return out;
}

/* ---- certificates ---------------------------------------------------------------------------- */

struct issuer {
    X509 *certificate;
    EVP_PKEY *key;
};

static EVP_PKEY *new_key(void)
{
    EVP_PKEY *key = NULL;

    must(pki_new_ec(&key) == 0, "a key");
    return key;
}

static X509 *issue(const struct issuer *by, EVP_PKEY *key, const char *subject, int64_t life_s,
                   const char *upn, const char *extensions)
{
    int64_t now = time(NULL);
    struct pki_spec spec = {.subject = subject,
                            .not_before = now - 600,
                            .not_after = now + life_s,
                            .extensions = extensions,
                            .upn = upn,
                            .sid = upn != NULL ? SID : NULL,
                            .key = key,
                            .issuer = by->certificate,
                            .signer = by->key != NULL ? by->key : key};
    X509 *certificate = NULL;

    must(pki_issue(&spec, &certificate) == 0, "a certificate");
    return certificate;
}

static struct peer_bytes der_of(X509 *certificate)
{
    unsigned char *der = NULL;
    int len = i2d_X509(certificate, &der);
    struct peer_bytes out = {NULL, 0};

    must(len > 0, "i2d_X509");
    out = peer_join(out, der, (size_t)len);
    OPENSSL_free(der);
    return out;
}

static daotp_key *key_of(daotp_context *context, EVP_PKEY *pkey)
{
    BIO *bio = BIO_new(BIO_s_mem());
    daotp_key *key = NULL;
    char *pem;
    long len;

    must(PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) == 1, "a key as PEM");
    len = BIO_get_mem_data(bio, &pem);
    must(daotp_key_read(context, pem, (size_t)len, NULL, 0, NULL, &key) == DAOTP_OK, "a key read");
    BIO_free(bio);
    return key;
}

static daotp_credential *credential_of(daotp_context *context, X509 *certificate, EVP_PKEY *pkey)
{
    struct peer_bytes der = der_of(certificate);
    daotp_key *key = key_of(context, pkey);
    daotp_credential *credential = NULL;

    must(daotp_credential_new(context, der.data, der.len, key, NULL, &credential) == DAOTP_OK,
         "a credential");
    daotp_key_unref(key);
    free(der.data);
    return credential;
}

#define CDP "crlDistributionPoints = URI:http://127.0.0.1:9/none.crl\n"

static const char root_extensions[] = "[ext]\nbasicConstraints = critical,CA:true\n"
                                      "keyUsage = critical,keyCertSign,cRLSign\n"
                                      "subjectKeyIdentifier = hash\n";
static const char server_extensions[] =
    "[ext]\nkeyUsage = critical,digitalSignature\nextendedKeyUsage = serverAuth\n"
    "subjectAltName = IP:127.0.0.1,DNS:localhost\n" CDP;
static const char machine_extensions[] =
    "[ext]\nkeyUsage = critical,digitalSignature\nextendedKeyUsage = clientAuth\n"
    "subjectAltName = DNS:host1.lab.example\n";
static const char ra_extensions[] =
    "[ext]\nkeyUsage = critical,digitalSignature\nextendedKeyUsage = 1.3.6.1.4.1.311.81.1.1\n"
    "subjectAltName = DNS:da1.lab.example\n" CDP;
static const char logon_extensions[] =
    "[ext]\nkeyUsage = critical,digitalSignature\nextendedKeyUsage = 1.3.6.1.4.1.311.20.2.2\n" CDP
    "1.3.6.1.4.1.311.21.7 = ASN1:SEQUENCE:template\n"
    "[template]\nid = OID:" LAB_TEMPLATE "\nmajor = INTEGER:100\nminor = INTEGER:5\n";

/* ---- the good answers ------------------------------------------------------------------------ */

static void on_user(void *user, daotp_exchange *exchange, const char *name)
{
    (void)user, (void)name;
    (void)daotp_account_set_upn(daotp_exchange_get_account(exchange), PEER_UPN);
    (void)daotp_exchange_answer_user(exchange, DAOTP_USER_FOUND);
}

static void on_code(void *user, daotp_exchange *exchange, const char *name, const char *code,
                    size_t len)
{
    (void)user, (void)name, (void)code, (void)len;
    (void)daotp_exchange_answer_code(exchange, DAOTP_CODE_ACCEPTED);
}

/* The responder's answer to our request, once. */
static void record_otp(struct peer_world *world, daotp_credential *ra)
{
    daotp_responder *responder = NULL;
    daotp_exchange *exchange = NULL;
    daotp__otpce_response response;
    daotp__buffer message;
    const uint8_t *body;
    size_t len;

    daotp__buffer_init(&message, DAOTP__MAX_OTP_MESSAGE);
    must(daotp__otpce_request_write(
             PEER_USER, (daotp__bytes){(const uint8_t *)PEER_OTP, strlen(PEER_OTP)},
             (daotp__bytes){world->csr, world->csr_len}, &message) == DAOTP_OK,
         "a request");
    must(daotp_responder_new(world->context, &responder) == DAOTP_OK &&
             daotp_responder_set_template(responder, LAB_TEMPLATE) == DAOTP_OK &&
             daotp_responder_set_signer(responder, ra) == DAOTP_OK &&
             daotp_responder_add_issuing_ca(responder, LAB_CA_CONFIG) == DAOTP_OK &&
             daotp_responder_set_user_callback(responder, on_user, NULL) == DAOTP_OK &&
             daotp_responder_set_code_callback(responder, on_code, NULL) == DAOTP_OK &&
             daotp_responder_require_certificate(responder, false) == DAOTP_OK,
         "a responder");
    must(daotp_exchange_new(responder, "POST", message.data, message.len, &exchange) == DAOTP_OK &&
             daotp_exchange_add_header(exchange, "X-OTPCEP-version", "1.0") == DAOTP_OK,
         "an exchange");
    if (daotp_exchange_step(exchange) != DAOTP_OK) {
        fputs(daotp_report_get_text(daotp_exchange_get_report(exchange)), stderr);
        must(false, "the exchange");
    }
    body = daotp_exchange_get_body(exchange, &len);
    world->otp_body = peer_join(world->otp_body, body, len);
    daotp__otpce_response_init(&response);
    must(daotp__otpce_response_read((daotp__bytes){body, len}, &response, NULL) == DAOTP_OK,
         "the answer");
    world->cmc = peer_join(world->cmc, response.cmc.data, response.cmc.len);
    daotp__otpce_response_free(&response);
    daotp_exchange_free(exchange);
    daotp_responder_free(responder);
    daotp__buffer_free(&message);
}

#define WSSE "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"

static void record_ces(struct peer_world *world)
{
    struct peer_bytes text = base64(&world->issued);

    world->ces_body = peer_format(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header/><s:Body>"
        "<RequestSecurityTokenResponseCollection"
        " xmlns=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512\">"
        "<RequestSecurityTokenResponse><RequestedSecurityToken>"
        "<BinarySecurityToken xmlns=\"" WSSE "\">%s</BinarySecurityToken>"
        "</RequestedSecurityToken></RequestSecurityTokenResponse>"
        "</RequestSecurityTokenResponseCollection></s:Body></s:Envelope>",
        text.data);
    free(text.data);
}

static void put_heads_on(struct peer_world *world)
{
    world->head = peer_format("HTTP/1.1 405 Method Not Allowed\r\nAllow: POST\r\n"
                              "X-OTPCEP-version: 1.0\r\nContent-Length: 0\r\n\r\n");
    world->otp = peer_format("HTTP/1.1 200 OK\r\nX-OTPCEP-version: 1.0\r\n"
                             "Content-Type: Application/xml;charset=utf-8\r\n"
                             "Content-Length: %zu\r\n\r\n",
                             world->otp_body.len);
    world->otp = peer_join(world->otp, world->otp_body.data, world->otp_body.len);
    world->ces = peer_format("HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml; "
                             "charset=utf-8\r\nContent-Length: %zu\r\n\r\n",
                             world->ces_body.len);
    world->ces = peer_join(world->ces, world->ces_body.data, world->ces_body.len);
}

/* ---- the world ------------------------------------------------------------------------------- */

static void write_csr(struct peer_world *world)
{
    daotp__buffer oid, csr;
    daotp__csr_spec spec = {.upn = {(const uint8_t *)PEER_UPN, strlen(PEER_UPN)}};

    daotp__buffer_init(&oid, 200);
    daotp__buffer_init(&csr, DAOTP__MAX_CSR);
    must(daotp__oid_parse(LAB_TEMPLATE, &oid), "the template");
    spec.template.oid = daotp__buffer_bytes(&oid);
    must(daotp__csr_write(&spec, world->key, &csr) == DAOTP_OK, "the request");
    world->csr = daotp__buffer_take(&csr, &world->csr_len);
    daotp__buffer_free(&oid);
    daotp__buffer_free(&csr);
}

struct peer_world *peer_world_new(daotp_context *context)
{
    struct peer_world *world = calloc(1, sizeof(*world));
    struct issuer self = {NULL, NULL}, root = {NULL, new_key()};
    EVP_PKEY *machine = new_key(), *ra = new_key(), *user = new_key(), *server = new_key();
    X509 *certificate;
    struct peer_bytes der;
    daotp_credential *signer;

    must(world != NULL, "calloc");
    world->context = context;
    root.certificate = issue(&self, root.key, "CN=Test CA", 86400, NULL, root_extensions);
    world->root = root.certificate;
    der = der_of(root.certificate);
    must(daotp_trust_new(context, &world->trust) == DAOTP_OK &&
             daotp_trust_add(world->trust, der.data, der.len, NULL) == DAOTP_OK,
         "the trust");
    free(der.data);
    world->server_certificate =
        issue(&root, server, "CN=localhost", 86400, NULL, server_extensions);
    world->server_key = server;
    certificate = issue(&root, machine, "CN=host1", 86400, NULL, machine_extensions);
    world->identity = credential_of(context, certificate, machine);
    X509_free(certificate);
    certificate = issue(&root, ra, "CN=da1", 47 * 3600, NULL, ra_extensions);
    signer = credential_of(context, certificate, ra);
    X509_free(certificate);
    certificate = issue(&root, user, DN, 3600, PEER_UPN, logon_extensions);
    world->issued = der_of(certificate);
    X509_free(certificate);
    world->key = key_of(context, user);
    write_csr(world);
    record_otp(world, signer);
    record_ces(world);
    put_heads_on(world);
    daotp_credential_unref(signer);
    EVP_PKEY_free(root.key);
    EVP_PKEY_free(machine);
    EVP_PKEY_free(ra);
    EVP_PKEY_free(user);
    return world;
}

void peer_world_free(struct peer_world *world)
{
    daotp_trust_unref(world->trust);
    daotp_credential_unref(world->identity);
    daotp_key_unref(world->key);
    daotp_free(world->csr);
    free(world->otp_body.data);
    free(world->ces_body.data);
    free(world->head.data);
    free(world->otp.data);
    free(world->ces.data);
    free(world->cmc.data);
    free(world->issued.data);
    X509_free(world->server_certificate);
    X509_free(world->root);
    EVP_PKEY_free(world->server_key);
    free(world);
}

/* ---- a server -------------------------------------------------------------------------------- */

struct peer {
    const struct peer_world *world;
    bool ces;
    SSL_CTX *ctx;
    pthread_t thread;
    int listener;
    atomic_bool stop;
    char url[80];
    pthread_mutex_t lock;
    int connection; /* the present one, or -1 */
    struct peer_plans plans;
    atomic_uint connections, heads, posts, codes;
};

/* One connection: what SSL writes is caught in memory, so that a part of it can be sent. */
struct talk {
    struct peer *peer;
    int fd;
    SSL *ssl;
    BIO *out;
    char *request;
    size_t len;
};

static bool send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

/* At most so many bytes; the rest is forgotten. */
static bool flush(struct talk *talk, size_t most)
{
    char *bytes;
    long len = BIO_get_mem_data(talk->out, &bytes);
    bool sent = send_all(talk->fd, bytes, (size_t)len < most ? (size_t)len : most);

    (void)BIO_reset(talk->out);
    return sent;
}

static bool handshake(struct talk *talk)
{
    talk->ssl = SSL_new(talk->peer->ctx);
    if (talk->ssl == NULL || SSL_set_fd(talk->ssl, talk->fd) != 1 || SSL_accept(talk->ssl) != 1)
        return false;
    talk->out = BIO_new(BIO_s_mem());
    SSL_set0_wbio(talk->ssl, talk->out);
    return talk->out != NULL;
}

static size_t body_length(const char *head)
{
    const char *at = strcasestr(head, "\r\nContent-Length:");

    return at != NULL ? strtoul(at + 17, NULL, 10) : 0;
}

/* Until a whole request is there; false when the client has gone. */
static bool read_request(struct talk *talk)
{
    talk->len = 0;
    while (talk->len < REQUEST_MAX) {
        int n = SSL_read(talk->ssl, talk->request + talk->len, (int)(REQUEST_MAX - talk->len));
        char *end;

        if (n <= 0)
            return false;
        talk->len += (size_t)n;
        talk->request[talk->len] = '\0';
        end = strstr(talk->request, "\r\n\r\n");
        if (end != NULL &&
            talk->len >= (size_t)(end + 4 - talk->request) + body_length(talk->request))
            return true;
    }
    return false;
}

static void wait_for_the_end(struct talk *talk)
{
    struct pollfd pfd = {.fd = talk->fd, .events = POLLIN};
    char byte[4096];

    while (!atomic_load(&talk->peer->stop) && poll(&pfd, 1, 50) >= 0)
        if ((pfd.revents & (POLLIN | POLLHUP | POLLERR)) != 0 &&
            recv(talk->fd, byte, sizeof byte, 0) <= 0)
            return;
}

/* What comes after; true: another request may come. */
static bool act(struct talk *talk, enum peer_then then)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    switch (then) {
    case PEER_KEEP:
        return true;
    case PEER_CLOSE:
        if (talk->ssl != NULL && talk->out != NULL) {
            SSL_shutdown(talk->ssl);
            flush(talk, PEER_ALL);
        }
        return false;
    case PEER_RESET:
        setsockopt(talk->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        return false;
    case PEER_STALL:
        wait_for_the_end(talk);
        return false;
    case PEER_DROP:
        break;
    }
    return false;
}

static void pause_for(int ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    if (ms > 0)
        nanosleep(&time, NULL);
}

static bool answer(struct talk *talk, const struct peer_plan *plan, const struct peer_bytes *good)
{
    const char *bytes = plan->answer != NULL ? plan->answer : good->data;
    size_t len = plan->answer != NULL ? plan->len : good->len, wire = plan->wire;

    pause_for(plan->delay_ms);
    len = len < plan->cut ? len : plan->cut;
    for (size_t at = 0; at < len;) {
        size_t n = plan->record > 0 && plan->record < len - at ? plan->record : len - at;
        char *pending;
        long encrypted;

        n = n < 16384 ? n : 16384;
        if (SSL_write(talk->ssl, bytes + at, (int)n) <= 0)
            return false;
        at += n;
        if (plan->record > 0 && plan->pause_ms == 0 && at < len)
            continue; /* many records in one go */
        encrypted = BIO_get_mem_data(talk->out, &pending);
        if (!flush(talk, wire))
            return false;
        if (wire != PEER_ALL)
            wire -= wire < (size_t)encrypted ? wire : (size_t)encrypted;
        if (at < len)
            pause_for(plan->pause_ms);
    }
    return true;
}

static struct peer_plan plan_for(struct peer *peer, bool head)
{
    struct peer_plan plan;

    pthread_mutex_lock(&peer->lock);
    plan = head ? peer->plans.head : peer->plans.post;
    pthread_mutex_unlock(&peer->lock);
    return plan;
}

static void count(struct talk *talk, bool head)
{
    struct peer *peer = talk->peer;

    atomic_fetch_add(head ? &peer->heads : &peer->posts, 1);
    if (memmem(talk->request, talk->len, PEER_OTP, strlen(PEER_OTP)) != NULL)
        atomic_fetch_add(&peer->codes, 1);
}

static void converse(struct talk *talk)
{
    struct peer *peer = talk->peer;
    bool more = true;

    while (more && !atomic_load(&peer->stop) && read_request(talk)) {
        bool head = strncmp(talk->request, "HEAD ", 5) == 0;
        struct peer_plan plan = plan_for(peer, head);
        const struct peer_bytes *good = head        ? &peer->world->head
                                        : peer->ces ? &peer->world->ces
                                                    : &peer->world->otp;

        count(talk, head);
        more = answer(talk, &plan, good);
        pause_for(plan.then_ms);
        more = more && act(talk, plan.then);
    }
}

static void serve(struct peer *peer, int fd, char *room)
{
    struct talk talk = {.peer = peer, .fd = fd, .request = room};
    struct timeval patience = {.tv_sec = PATIENCE_S};
    struct peer_plan first;

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, IPPROTO_TCP, 1 /* TCP_NODELAY */, &(int){1}, sizeof(int));
    pthread_mutex_lock(&peer->lock);
    first = peer->plans.handshake;
    pthread_mutex_unlock(&peer->lock);
    if (first.deaf) {
        if (first.answer == NULL || send_all(fd, first.answer, first.len))
            act(&talk, first.then);
    } else if (handshake(&talk) && (first.then == PEER_KEEP || act(&talk, first.then))) {
        converse(&talk);
    }
    SSL_free(talk.ssl); /* and the memory */
}

/* Under the lock, so that peer_free() never shuts down a number that was used again. */
static void set_connection(struct peer *peer, int fd)
{
    pthread_mutex_lock(&peer->lock);
    if (peer->connection >= 0)
        close(peer->connection);
    peer->connection = fd;
    pthread_mutex_unlock(&peer->lock);
}

static void *serve_all(void *given)
{
    struct peer *peer = given;
    char *room = malloc(REQUEST_MAX + 1);
    sigset_t set;

    must(room != NULL, "malloc");
    /* in this thread only: that the client's do not die of it is the library's work */
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    while (!atomic_load(&peer->stop)) {
        int fd = accept(peer->listener, NULL, NULL);

        if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
            continue;
        if (fd < 0)
            break;
        atomic_fetch_add(&peer->connections, 1);
        set_connection(peer, fd);
        serve(peer, fd, room);
        set_connection(peer, -1);
    }
    free(room);
    return NULL;
}

static void listen_on_loopback(struct peer *peer)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;

    peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(peer->listener >= 0 &&
             bind(peer->listener, (struct sockaddr *)&address, sizeof address) == 0 &&
             listen(peer->listener, 64) == 0 &&
             getsockname(peer->listener, (struct sockaddr *)&address, &len) == 0,
         "listen");
    snprintf(peer->url, sizeof peer->url, "https://127.0.0.1:%d/%s", ntohs(address.sin_port),
             peer->ces ? "ces" : "otp");
}

static int take_any(int ok, X509_STORE_CTX *ctx)
{
    (void)ok, (void)ctx;
    return 1;
}

struct peer *peer_new(const struct peer_world *world, bool ces)
{
    struct peer *peer = calloc(1, sizeof(*peer));

    must(peer != NULL, "calloc");
    peer->world = world;
    peer->ces = ces;
    peer->connection = -1;
    pthread_mutex_init(&peer->lock, NULL);
    peer->ctx = SSL_CTX_new(TLS_server_method());
    must(peer->ctx != NULL && SSL_CTX_use_certificate(peer->ctx, world->server_certificate) == 1 &&
             SSL_CTX_use_PrivateKey(peer->ctx, world->server_key) == 1 &&
             SSL_CTX_set_num_tickets(peer->ctx, 0) == 1,
         "TLS");
    SSL_CTX_set_session_cache_mode(peer->ctx, SSL_SESS_CACHE_OFF);
    if (!ces)
        SSL_CTX_set_verify(peer->ctx, SSL_VERIFY_PEER, take_any);
    peer_set(peer, PEER_GOOD);
    listen_on_loopback(peer);
    must(pthread_create(&peer->thread, NULL, serve_all, peer) == 0, "a thread");
    return peer;
}

void peer_settle(struct peer *peer)
{
    int64_t until = test_clock_machine_ms() + PATIENCE_S * 1000;
    bool busy = true;

    while (busy && test_clock_machine_ms() < until) {
        pthread_mutex_lock(&peer->lock);
        busy = peer->connection >= 0;
        pthread_mutex_unlock(&peer->lock);
        if (busy)
            pause_for(1);
    }
    must(!busy, "waiting for a server to be idle");
}

void peer_close_listener(struct peer *peer)
{
    shutdown(peer->listener, SHUT_RDWR);
}

void peer_free(struct peer *peer)
{
    atomic_store(&peer->stop, true);
    shutdown(peer->listener, SHUT_RDWR);
    pthread_mutex_lock(&peer->lock);
    if (peer->connection >= 0)
        shutdown(peer->connection, SHUT_RDWR);
    pthread_mutex_unlock(&peer->lock);
    pthread_join(peer->thread, NULL);
    close(peer->listener);
    SSL_CTX_free(peer->ctx);
    pthread_mutex_destroy(&peer->lock);
    free(peer);
}

const char *peer_url(const struct peer *peer)
{
    return peer->url;
}

void peer_set_all(struct peer *peer, const struct peer_plans *plans)
{
    pthread_mutex_lock(&peer->lock);
    peer->plans = *plans;
    pthread_mutex_unlock(&peer->lock);
}

void peer_set(struct peer *peer, struct peer_plan post)
{
    struct peer_plans plans = {.handshake = PEER_GOOD, .head = PEER_GOOD, .post = post};

    peer_set_all(peer, &plans);
}

unsigned peer_connections(const struct peer *peer)
{
    return atomic_load(&peer->connections);
}

unsigned peer_heads(const struct peer *peer)
{
    return atomic_load(&peer->heads);
}

unsigned peer_posts(const struct peer *peer)
{
    return atomic_load(&peer->posts);
}

unsigned peer_codes(const struct peer *peer)
{
    return atomic_load(&peer->codes);
}

/* ---- a client -------------------------------------------------------------------------------- */

/* Another one each time, as from somebody who types: one that was refused is not sent again. */
static daotp_status on_domain(void *user, const char *host, daotp_host_origin origin,
                              uint32_t attempt, daotp_domain_credential *answer)
{
    static atomic_uint asked;
    char password[sizeof PEER_PASSWORD + 12];
    int len = snprintf(password, sizeof password, "%s %u", PEER_PASSWORD, asked++);

    (void)user, (void)host, (void)origin, (void)attempt;
    return daotp_domain_credential_set(answer, PEER_USER, password, (size_t)len);
}

daotp_client *peer_client_new(struct peer_world *world, const char *const *urls, size_t url_count,
                              const char *ces_url, daotp_ca **ca)
{
    daotp_client *client = NULL;

    must(daotp_ca_new_wstep(world->context, DAOTP_CA_USERNAME, ca) == DAOTP_OK &&
             daotp_ca_set_url(*ca, ces_url) == DAOTP_OK,
         "the CA");
    must(daotp_client_new(world->context, &client) == DAOTP_OK, "the client");
    for (size_t i = 0; i < url_count; i++)
        must(daotp_client_add_server(client, urls[i]) == DAOTP_OK, "a server");
    must(daotp_client_set_identity(client, world->identity) == DAOTP_OK &&
             daotp_client_set_trust(client, world->trust) == DAOTP_OK &&
             daotp_client_set_ca(client, *ca) == DAOTP_OK &&
             daotp_client_set_template(client, LAB_TEMPLATE, -1, -1) == DAOTP_OK &&
             daotp_client_set_request(client, world->csr, world->csr_len, world->key) == DAOTP_OK &&
             daotp_client_set_upn(client, PEER_UPN) == DAOTP_OK &&
             daotp_client_set_domain_callback(client, on_domain, NULL) == DAOTP_OK,
         "setting the client up");
    return client;
}

struct peer_rig *peer_rig_new(struct peer_world *world)
{
    struct peer_rig *rig = calloc(1, sizeof(*rig));
    const char *url;

    must(rig != NULL, "calloc");
    rig->world = world;
    rig->otp = peer_new(world, false);
    rig->ces = peer_new(world, true);
    url = peer_url(rig->otp);
    rig->client = peer_client_new(world, &url, 1, peer_url(rig->ces), &rig->ca);
    return rig;
}

void peer_rig_free(struct peer_rig *rig)
{
    daotp_client_free(rig->client);
    daotp_ca_unref(rig->ca);
    peer_free(rig->otp);
    peer_free(rig->ces);
    free(rig);
}

struct peer_result peer_run(struct peer_rig *rig)
{
    unsigned codes = peer_codes(rig->otp);
    int64_t began = test_clock_machine_ms();
    struct peer_result result = {.status = daotp_client_prepare(rig->client, PEER_USER)};
    daotp_credential *credential = NULL;
    const daotp_finding *error;

    if (result.status == DAOTP_OK)
        result.status = daotp_client_enroll(rig->client, PEER_OTP, strlen(PEER_OTP), &credential);
    result.took_ms = test_clock_machine_ms() - began;
    error = daotp_report_get_error(daotp_client_get_report(rig->client));
    result.error = daotp_finding_get_number(error);
    result.stage = daotp_finding_get_stage(error);
    result.codes = peer_codes(rig->otp) - codes;
    if ((result.status == DAOTP_OK) != (credential != NULL))
        result.status = DAOTP_INTERNAL; /* neither without the other */
    daotp_credential_unref(credential);
    return result;
}
