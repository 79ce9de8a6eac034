/* SPDX-License-Identifier: BSD-2-Clause */
/* Streams of our own, plain and over TLS, against a server on OpenSSL in another process. */
#include "scalar_key.h"
#include "testing.h"
#include "tls_peer.h"

#include "net/stream.h"
#include "validate/tls_verify.h"

#include <openssl/ssl.h>

static forge_world world;

static int set_up(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN); /* as the client's step does for its time */
    world = forge_world_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    forge_world_free(&world);
    return 0;
}

static void echo(SSL *ssl, int fd, void *user)
{
    char bytes[1024];
    int n;

    (void)user;
    while ((n = tls_peer_read(ssl, fd, bytes, sizeof bytes)) > 0)
        tls_peer_write(ssl, fd, bytes, (size_t)n);
}

/* Accepts and says nothing until the other side goes. */
static void silent(SSL *ssl, int fd, void *user)
{
    char byte;

    (void)ssl, (void)user;
    while (recv(fd, &byte, 1, 0) > 0)
        ;
}

/* ---- our side -------------------------------------------------------------------------------- */

typedef struct fixture {
    daotp_context *context;
    daotp_report *report;
    daotp__loop *loop;
    daotp_trust *trust;
    daotp__tls *tls;
    int64_t now_s;
} fixture;

static fixture *fixture_new(X509 *anchor, daotp_credential *identity)
{
    static fixture f;
    daotp__buffer der = forge_der(anchor);

    f = (fixture){.context = forge_context(), .now_s = FORGE_NOW};
    assert_int_equal(daotp_context_set_wall_clock(f.context, test_clock_stands, &f.now_s),
                     DAOTP_OK);
    assert_int_equal(daotp_report_new(f.context, &f.report), DAOTP_OK);
    assert_int_equal(daotp__loop_new(f.context, &f.loop), DAOTP_OK);
    assert_int_equal(daotp_trust_new(f.context, &f.trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(f.trust, der.data, der.len, NULL), DAOTP_OK);
    assert_int_equal(daotp__tls_new(f.context, f.trust, identity, &f.tls), DAOTP_OK);
    daotp__buffer_free(&der);
    return &f;
}

static void fixture_free(fixture *f)
{
    daotp__tls_free(f->tls);
    daotp_trust_unref(f->trust);
    daotp__loop_free(f->loop);
    daotp_report_free(f->report);
    daotp_context_unref(f->context);
}

static daotp_status open_stream(fixture *f, daotp__stream *stream)
{
    daotp_status status;

    daotp__loop_begin(f->loop, 10000);
    while ((status = daotp__stream_open(stream, f->report)) == DAOTP_AGAIN) {
        daotp__loop_wait(f->loop);
        assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
    }
    return status;
}

static daotp_finding_number error_of(const fixture *f)
{
    return daotp_finding_get_number(daotp_report_get_error(f->report));
}

static daotp_status wait_for(fixture *f, daotp_status status)
{
    if (status != DAOTP_AGAIN)
        return status;
    daotp__loop_wait(f->loop);
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
    return status;
}

static void write_all(fixture *f, daotp__stream *stream, const uint8_t *bytes, size_t len)
{
    size_t done;

    while (len > 0) {
        daotp_status status = wait_for(f, daotp__stream_write(stream, bytes, len, &done));

        assert_true(status == DAOTP_OK || status == DAOTP_AGAIN);
        bytes += done;
        len -= done;
    }
}

static void read_all(fixture *f, daotp__stream *stream, uint8_t *bytes, size_t len)
{
    size_t done;

    while (len > 0) {
        daotp_status status = wait_for(f, daotp__stream_read(stream, bytes, len, &done));

        assert_true(status == DAOTP_OK || status == DAOTP_AGAIN);
        bytes += done;
        len -= done;
    }
}

static void assert_echoes(fixture *f, daotp__stream *stream)
{
    uint8_t out[5000], in[5000];

    for (size_t i = 0; i < sizeof out; i++)
        out[i] = (uint8_t)(i * 7);
    for (size_t len = 1; len <= sizeof out; len = len * 17) {
        write_all(f, stream, out, len);
        read_all(f, stream, in, len);
        assert_memory_equal(in, out, len);
    }
}

/* ---- plain ----------------------------------------------------------------------------------- */

static void plain_bytes_come_back(void **state)
{
    static const char *const hosts[] = {"127.0.0.1", "localhost"};
    tls_peer_spec spec = {.serve = echo};
    tls_peer peer = tls_peer_start(&spec);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        fixture *f = fixture_new(world.root, NULL);
        daotp__stream *stream;

        assert_int_equal(daotp__stream_new(f->loop, hosts[i], peer.port, NULL, 5000, &stream),
                         DAOTP_OK);
        assert_int_equal(open_stream(f, stream), DAOTP_OK);
        assert_int_equal(daotp__stream_open(stream, f->report), DAOTP_OK); /* still */
        assert_echoes(f, stream);
        daotp__stream_free(stream);
        fixture_free(f);
    }
    tls_peer_stop(&peer);
}

static void say_bye(SSL *ssl, int fd, void *user)
{
    (void)user;
    tls_peer_write(ssl, fd, "bye", 3);
}

static void the_end_of_the_connection_is_told(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        tls_peer_spec spec = {
            .certificate = tls ? world.server : NULL, .key = world.server_key, .serve = say_bye};
        tls_peer peer = tls_peer_start(&spec);
        fixture *f = fixture_new(world.root, NULL);
        daotp__stream *stream;
        daotp_status status;
        uint8_t bytes[8];
        size_t done;

        assert_int_equal(
            daotp__stream_new(f->loop, "127.0.0.1", peer.port, tls ? f->tls : NULL, 5000, &stream),
            DAOTP_OK);
        assert_int_equal(open_stream(f, stream), DAOTP_OK);
        read_all(f, stream, bytes, 3);
        assert_memory_equal(bytes, "bye", 3);
        do
            status = wait_for(f, daotp__stream_read(stream, bytes, sizeof bytes, &done));
        while (status == DAOTP_AGAIN);
        assert_int_equal(status, DAOTP_NETWORK);
        assert_int_equal(done, 0);
        daotp__stream_free(stream);
        fixture_free(f);
        tls_peer_stop(&peer);
    }
}

static void a_closed_port_is_tcp_failed(void **state)
{
    fixture *f = fixture_new(world.root, NULL);
    uint16_t port = tls_peer_closed_port();
    char label[40];
    daotp__stream *stream;

    (void)state;
    assert_int_equal(daotp__stream_new(f->loop, "127.0.0.1", port, NULL, 5000, &stream), DAOTP_OK);
    assert_int_equal(open_stream(f, stream), DAOTP_NETWORK);
    assert_int_equal(error_of(f), DAOTP_FINDING_TCP_FAILED);
    (void)snprintf(label, sizeof label, "127.0.0.1:%u", (unsigned)port);
    assert_string_equal(daotp_finding_get_subject(daotp_report_get_error(f->report)), label);
    assert_true(daotp_finding_get_upstream(daotp_report_get_error(f->report)) > 0);
    daotp__stream_free(stream);
    fixture_free(f);
}

/* ---- several addresses ----------------------------------------------------------------------- */

/* localhost is 127.0.0.1, and then ::1: a listener at one of them, the same port of the other. */
static int listen_at_loopback(bool is_six, uint16_t *port, int backlog)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr *address = is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four;
    socklen_t len = is_six ? sizeof six : sizeof four;
    int fd = socket(is_six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;

    if (is_six)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    six.sin6_port = four.sin_port = htons(*port);
    if (bind(fd, address, len) != 0 || listen(fd, backlog) != 0 ||
        getsockname(fd, address, &len) != 0) {
        (void)close(fd);
        return -1;
    }
    *port = ntohs(is_six ? six.sin6_port : four.sin_port);
    return fd;
}

/* Linux drops what comes to a full queue, so that whoever connects waits. */
static void fill_queue(uint16_t port, int fds[4])
{
    struct sockaddr_in four = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};

    for (size_t i = 0; i < 4; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect(fds[i], (struct sockaddr *)&four, sizeof four);
    }
}

static void a_refused_address_leads_to_the_next(void **state)
{
    uint16_t port = 0;
    int six = listen_at_loopback(true, &port, 4);
    fixture *f;
    daotp__stream *stream;

    (void)state;
    if (six < 0)
        skip(); /* no IPv6 here */
    f = fixture_new(world.root, NULL);
    assert_int_equal(daotp__stream_new(f->loop, "localhost", port, NULL, 5000, &stream), DAOTP_OK);
    assert_int_equal(open_stream(f, stream), DAOTP_OK);
    assert_int_equal(daotp_report_get_count(f->report), 0);
    daotp__stream_free(stream);
    assert_int_equal(daotp__stream_new(f->loop, "::1", port, NULL, 5000, &stream), DAOTP_OK);
    assert_int_equal(open_stream(f, stream), DAOTP_OK);
    daotp__stream_free(stream);
    fixture_free(f);
    (void)close(six);
}

/* The first address has half of the time; what is left is the second one's. The clock is ours. */
static void a_silent_address_leads_to_the_next(void **state)
{
    uint16_t port = 0;
    int six = listen_at_loopback(true, &port, 4), queue[4];
    int four = listen_at_loopback(false, &port, 0);
    int64_t now_ms = 5000;
    daotp_status status = DAOTP_AGAIN;
    daotp__stream *stream;
    fixture *f;

    (void)state;
    if (six < 0)
        skip();
    assert_true(four >= 0);
    fill_queue(port, queue);
    f = fixture_new(world.root, NULL);
    assert_int_equal(daotp_context_set_monotonic_clock(f->context, test_clock_stands, &now_ms),
                     DAOTP_OK);
    daotp__loop_begin(f->loop, 60000);
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
    assert_int_equal(daotp__stream_new(f->loop, "localhost", port, NULL, 1000, &stream), DAOTP_OK);
    assert_int_equal(daotp__stream_open(stream, f->report), DAOTP_AGAIN);
    now_ms += 499;
    assert_int_equal(daotp__stream_open(stream, f->report), DAOTP_AGAIN);
    assert_false(daotp__stream_is_open(stream));
    now_ms += 1;
    for (int i = 0; status == DAOTP_AGAIN && i < 20; i++) {
        status = daotp__stream_open(stream, f->report);
        if (status == DAOTP_AGAIN)
            daotp__loop_wait(f->loop);
        assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
    }
    assert_int_equal(status, DAOTP_OK);
    daotp__stream_free(stream);
    fixture_free(f);
    for (size_t i = 0; i < 4; i++)
        (void)close(queue[i]);
    (void)close(four);
    (void)close(six);
}

/* Each phase has its finding when time runs out in it; the clock is ours. */
static void a_silent_peer_is_a_time_out(void **state)
{
    tls_peer_spec spec = {.serve = silent};
    tls_peer peer = tls_peer_start(&spec);
    fixture *f = fixture_new(world.root, NULL);
    int64_t now_ms = 5000;
    daotp__stream *stream;

    (void)state;
    assert_int_equal(daotp_context_set_monotonic_clock(f->context, test_clock_stands, &now_ms),
                     DAOTP_OK);
    daotp__loop_begin(f->loop, 60000);
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK); /* the first step */
    assert_int_equal(daotp__stream_new(f->loop, "127.0.0.1", peer.port, f->tls, 1000, &stream),
                     DAOTP_OK);
    for (int i = 0; i < 20; i++) { /* TCP stands after few of these */
        struct timespec pause = {.tv_nsec = 1000000};

        assert_int_equal(daotp__stream_open(stream, f->report), DAOTP_AGAIN);
        assert_int_equal(daotp__loop_timeout_ms(f->loop), 1000);
        (void)nanosleep(&pause, NULL);
        assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
    }
    now_ms += 999;
    assert_int_equal(daotp__stream_open(stream, f->report), DAOTP_AGAIN);
    now_ms += 1;
    assert_int_equal(daotp__stream_open(stream, f->report), DAOTP_TIMEOUT);
    assert_int_equal(error_of(f), DAOTP_FINDING_TLS_TIMEOUT);
    daotp__stream_free(stream);
    fixture_free(f);
    tls_peer_stop(&peer);
}

/* ---- TLS ------------------------------------------------------------------------------------- */

static void tls_bytes_come_back(void **state)
{
    static const struct {
        const char *host;
        int version;
    } cases[] = {{"127.0.0.1", 0}, {"localhost", 0}, {"127.0.0.1", TLS1_2_VERSION}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tls_peer_spec spec = {.certificate = world.server,
                              .key = world.server_key,
                              .version = cases[i].version,
                              .serve = echo};
        tls_peer peer = tls_peer_start(&spec);
        fixture *f = fixture_new(world.root, NULL);
        daotp__stream *stream;

        assert_int_equal(
            daotp__stream_new(f->loop, cases[i].host, peer.port, f->tls, 5000, &stream), DAOTP_OK);
        assert_int_equal(open_stream(f, stream), DAOTP_OK);
        assert_echoes(f, stream);
        assert_false(daotp__tls_was_asked(f->tls));
        assert_int_equal(daotp__tls_is_13(f->tls), cases[i].version == 0);
        assert_int_equal(daotp__tls_server_chain(f->tls)->count, 1);
        assert_int_equal(daotp_report_get_count(f->report), 0);
        daotp__stream_free(stream);
        fixture_free(f);
        tls_peer_stop(&peer);
    }
}

static void say_name(SSL *ssl, int fd, void *user)
{
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

    (void)user;
    tls_peer_write(ssl, fd, name != NULL ? name : "-no name-", 9);
}

/* A server of many names must know which is meant; an address is no name (RFC 6066 3). */
static void the_server_is_told_its_name(void **state)
{
    static const char *const hosts[] = {"localhost", "127.0.0.1"}, *const told[] = {"localhost",
                                                                                    "-no name-"};
    tls_peer_spec spec = {.certificate = world.server, .key = world.server_key, .serve = say_name};
    tls_peer peer = tls_peer_start(&spec);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        fixture *f = fixture_new(world.root, NULL);
        daotp__stream *stream;
        uint8_t name[9];

        assert_int_equal(daotp__stream_new(f->loop, hosts[i], peer.port, f->tls, 5000, &stream),
                         DAOTP_OK);
        assert_int_equal(open_stream(f, stream), DAOTP_OK);
        read_all(f, stream, name, sizeof name);
        assert_memory_equal(name, told[i], sizeof name);
        daotp__stream_free(stream);
        fixture_free(f);
    }
    tls_peer_stop(&peer);
}

/* A server with one thing wrong about its certificate. */
static void assert_refused(const forge_spec *server, EVP_PKEY *key, X509 *anchor, const char *host,
                           int64_t now_s, daotp_finding_number wanted)
{
    X509 *certificate = forge_certificate(server);
    tls_peer_spec spec = {.certificate = certificate, .key = key, .serve = echo};
    tls_peer peer = tls_peer_start(&spec);
    fixture *f = fixture_new(anchor, NULL);
    daotp__stream *stream;

    f->now_s = now_s;
    daotp__tls_set_verify(f->tls, daotp__tls_verify_by(DAOTP_RULES_PATH), host);
    assert_int_equal(daotp__stream_new(f->loop, host, peer.port, f->tls, 5000, &stream), DAOTP_OK);
    assert_int_equal(open_stream(f, stream), DAOTP_REJECTED);
    if (error_of(f) != wanted)
        fail_msg("%s instead of %s", daotp_catalogue_get_id(error_of(f)),
                 daotp_catalogue_get_id(wanted));
    daotp__stream_free(stream);
    fixture_free(f);
    tls_peer_stop(&peer);
    X509_free(certificate);
}

static void a_server_that_is_not_right_is_refused(void **state)
{
    forge_spec good = forge_server_spec(&world, world.server_key), spec;
    EVP_PKEY *other_key = forge_p256();
    forge_spec other_spec = forge_root_spec(other_key);
    X509 *other = forge_certificate(&other_spec);

    (void)state;
    spec = good;
    forge_set(spec.extensions, "subjectAltName", "DNS:elsewhere.example,IP:127.0.0.2");
    assert_refused(&spec, world.server_key, world.root, "localhost", FORGE_NOW,
                   DAOTP_FINDING_TLS_SERVER_NAME);
    assert_refused(&spec, world.server_key, world.root, "127.0.0.1", FORGE_NOW,
                   DAOTP_FINDING_TLS_SERVER_NAME);
    forge_set(spec.extensions, "subjectAltName", "DNS:127.0.0.1");
    assert_refused(&spec, world.server_key, world.root, "127.0.0.1", FORGE_NOW,
                   DAOTP_FINDING_TLS_SERVER_NAME);
    forge_set(spec.extensions, "subjectAltName", "DNS:l*host");
    assert_refused(&spec, world.server_key, world.root, "localhost", FORGE_NOW,
                   DAOTP_FINDING_TLS_SERVER_NAME);
    assert_refused(&good, world.server_key, other, "localhost", FORGE_NOW,
                   DAOTP_FINDING_TLS_SERVER_UNTRUSTED);
    assert_refused(&good, world.server_key, world.root, "localhost",
                   FORGE_NOW + 40 * 24 * FORGE_HOUR, DAOTP_FINDING_TLS_SERVER_EXPIRED);
    assert_refused(&good, world.server_key, world.root, "localhost",
                   FORGE_NOW - 2 * 24 * FORGE_HOUR, DAOTP_FINDING_TLS_SERVER_NOTYET);
    spec = good;
    forge_set(spec.extensions, "extendedKeyUsage", "clientAuth");
    assert_refused(&spec, world.server_key, world.root, "localhost", FORGE_NOW,
                   DAOTP_FINDING_TLS_SERVER_USAGE);
    spec = good;
    spec.issuer = NULL;
    spec.issuer_key = NULL;
    assert_refused(&spec, world.server_key, world.root, "localhost", FORGE_NOW,
                   DAOTP_FINDING_TLS_SERVER_UNTRUSTED);
    X509_free(other);
    EVP_PKEY_free(other_key);
}

/* P-256 by its parameters. */
static EVP_PKEY *explicit_curve_key(void)
{
    EVP_PKEY *key = forge_p256();

    assert_int_equal(EVP_PKEY_set_utf8_string_param(key, "encoding", "explicit"), 1);
    return key;
}

/* The chain that a server would send, as the validator judges it. */
static void assert_verdict(const forge_spec *server, const char *host, daotp_finding_number wanted,
                           const char *found)
{
    X509 *certificate = forge_certificate(server);
    daotp__buffer der = forge_der(certificate);
    fixture *f = fixture_new(world.root, NULL);
    daotp__tls_verdict verdict = {.number = 0};
    daotp__chain chain, none;
    const daotp__tls_server sent = {host, &chain, &none};

    daotp__chain_init(&chain, 2);
    daotp__chain_init(&none, 2);
    assert_int_equal(daotp__chain_add(&chain, daotp__buffer_bytes(&der), "", NULL), DAOTP_OK);
    assert_int_equal(
        daotp__tls_verify_by(DAOTP_RULES_PATH)(f->context, f->trust, &sent, &verdict) == DAOTP_OK,
        wanted == 0);
    if (verdict.number != wanted || (found != NULL && strstr(verdict.found, found) == NULL))
        fail_msg("%s: %s, %s", host, daotp_catalogue_get_id(verdict.number), verdict.found);
    daotp__chain_free(&chain);
    daotp__buffer_free(&der);
    fixture_free(f);
    X509_free(certificate);
}

/* What libssl takes: a name from the CN, a curve without a name, a key that everybody has. */
static void servers_are_judged_by_the_validator(void **state)
{
    forge_spec good = forge_server_spec(&world, world.server_key), spec = good;
    EVP_PKEY *explicit_key = explicit_curve_key(), *one = scalar_key(1);

    (void)state;
    assert_verdict(&good, "localhost", 0, NULL);
    assert_verdict(&good, "LOCALHOST", 0, NULL);
    assert_verdict(&good, "127.0.0.1", 0, NULL);
    assert_verdict(&good, "127.0.0.2", DAOTP_FINDING_TLS_SERVER_NAME, "CHAIN-HOST");
    assert_verdict(&good, "::1", DAOTP_FINDING_TLS_SERVER_NAME, "CHAIN-HOST");
    forge_set(spec.extensions, "subjectAltName", NULL); /* CN=localhost remains */
    assert_verdict(&spec, "localhost", DAOTP_FINDING_TLS_SERVER_NAME, "CHAIN-HOST");
    assert_refused(&spec, world.server_key, world.root, "localhost", FORGE_NOW,
                   DAOTP_FINDING_TLS_SERVER_NAME);
    forge_set(spec.extensions, "subjectAltName", "email:localhost");
    assert_verdict(&spec, "localhost", DAOTP_FINDING_TLS_SERVER_NAME, "CHAIN-HOST");
    assert_refused(&spec, world.server_key, world.root, "localhost", FORGE_NOW,
                   DAOTP_FINDING_TLS_SERVER_NAME);
    spec = good;
    forge_set(spec.extensions, "extendedKeyUsage", "clientAuth");
    assert_verdict(&spec, "localhost", DAOTP_FINDING_TLS_SERVER_USAGE, "CHAIN-PURPOSE");
    spec = good;
    spec.not_after = FORGE_NOW - 1;
    assert_verdict(&spec, "localhost", DAOTP_FINDING_TLS_SERVER_EXPIRED, "CHAIN-EXPIRED");
    spec = good;
    spec.key = explicit_key;
    assert_verdict(&spec, "localhost", DAOTP_FINDING_TLS_SERVER_KEY, "CHAIN-KEY");
    spec.key = one;
    assert_verdict(&spec, "localhost", DAOTP_FINDING_TLS_SERVER_KEY, "CHAIN-KEY");
    assert_refused(&spec, one, world.root, "localhost", FORGE_NOW, DAOTP_FINDING_TLS_SERVER_KEY);
    spec = good;
    spec.md = EVP_sha1();
    assert_verdict(&spec, "localhost", DAOTP_FINDING_TLS_SERVER_HASH, "CHAIN-ALGORITHM");
    EVP_PKEY_free(explicit_key);
    EVP_PKEY_free(one);
}

/* Names and purposes that are nearly right: TLS takes none that daotp verify --name refuses. */
static void what_is_nearly_the_name_is_refused(void **state)
{
    static const char *const names[] = {
        "DNS:localhost.",         "DNS:*",      "DNS:l*", "DNS:*.localhost", "DNS:local_host",
        "URI:https://localhost/", "RID:1.2.3.4"};
    static const char *const purposes[] = {"clientAuth", "msSGC", "1.2.3.4",
                                           "critical,codeSigning"};
    forge_spec good = forge_server_spec(&world, world.server_key), spec;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        spec = good;
        forge_set(spec.extensions, "subjectAltName", names[i]);
        assert_refused(&spec, world.server_key, world.root, "localhost", FORGE_NOW,
                       DAOTP_FINDING_TLS_SERVER_NAME);
    }
    for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++) {
        spec = good;
        forge_set(spec.extensions, "extendedKeyUsage", purposes[i]);
        assert_refused(&spec, world.server_key, world.root, "localhost", FORGE_NOW,
                       DAOTP_FINDING_TLS_SERVER_USAGE);
    }
}

/* A clock that stands wrong is not libssl's: the certificate is judged by the context's. */
static void time_is_the_contexts(void **state)
{
    forge_spec spec = forge_server_spec(&world, world.server_key);
    X509 *old;
    tls_peer_spec peer_spec = {.key = world.server_key, .serve = echo};
    daotp__stream *stream;
    tls_peer peer;
    fixture *f;

    (void)state;
    spec.not_before = 1000000000; /* 2001 */
    spec.not_after = 1000086400;
    old = forge_certificate(&spec);
    peer_spec.certificate = old;
    peer = tls_peer_start(&peer_spec);
    f = fixture_new(old, NULL);
    f->now_s = 1000000100;
    /* the anchor is the certificate itself: partial chains are not taken, so its root is needed */
    daotp__tls_free(f->tls);
    daotp_trust_unref(f->trust);
    assert_int_equal(daotp_trust_new(f->context, &f->trust), DAOTP_OK);
    {
        forge_spec root_spec = forge_root_spec(world.root_key);
        daotp__buffer der;
        X509 *root;

        root_spec.not_before = 900000000;
        root = forge_certificate(&root_spec);
        der = forge_der(root);
        assert_int_equal(daotp_trust_add(f->trust, der.data, der.len, NULL), DAOTP_OK);
        daotp__buffer_free(&der);
        X509_free(root);
    }
    assert_int_equal(daotp__tls_new(f->context, f->trust, NULL, &f->tls), DAOTP_OK);
    assert_int_equal(daotp__stream_new(f->loop, "localhost", peer.port, f->tls, 5000, &stream),
                     DAOTP_OK);
    assert_int_equal(open_stream(f, stream), DAOTP_OK);
    daotp__stream_free(stream);
    fixture_free(f);
    tls_peer_stop(&peer);
    X509_free(old);
}

static void what_ends_at_the_first_message_is_tls_reset(void **state)
{
    tls_peer_spec spec = {.serve = say_bye};
    tls_peer peer = tls_peer_start(&spec);
    fixture *f = fixture_new(world.root, NULL);
    daotp__stream *stream;

    (void)state;
    assert_int_equal(daotp__stream_new(f->loop, "127.0.0.1", peer.port, f->tls, 5000, &stream),
                     DAOTP_OK);
    assert_int_equal(open_stream(f, stream), DAOTP_NETWORK);
    assert_int_equal(error_of(f), DAOTP_FINDING_TLS_RESET);
    daotp__stream_free(stream);
    fixture_free(f);
    tls_peer_stop(&peer);
}

static void say_words(SSL *ssl, int fd, void *user)
{
    tls_peer_write(ssl, fd, user, strlen(user));
}

/* What listens at the port says who it is, though it is no TLS server. */
static void what_speaks_another_protocol_is_named(void **state)
{
    static const struct {
        const char *words, *found;
    } rows[] = {{"HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP without TLS"},
                {"<!DOCTYPE HTML PUBLIC>", "HTTP without TLS"},
                {"220 mail.example ESMTP\r\n", "SMTP or FTP"},
                {"554 no service\r\n", "SMTP"},
                {"SSH-2.0-OpenSSH_9.2\r\n", "SSH"},
                {"* OK IMAP4rev1 ready\r\n", "IMAP"},
                {"+OK POP3 ready\r\n", "POP3"},
                {"RFB 003.008\n", "VNC"},
                {"\001\002\003\004\005", "01 02 03 04 05"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tls_peer_spec spec = {.serve = say_words, .user = (void *)rows[i].words};
        tls_peer peer = tls_peer_start(&spec);
        fixture *f = fixture_new(world.root, NULL);
        daotp__stream *stream;
        const char *found;

        assert_int_equal(daotp__stream_new(f->loop, "127.0.0.1", peer.port, f->tls, 5000, &stream),
                         DAOTP_OK);
        assert_int_equal(open_stream(f, stream), DAOTP_PEER);
        assert_int_equal(error_of(f), DAOTP_FINDING_TLS_PROTOCOL);
        found = daotp_finding_get_found(daotp_report_get_error(f->report));
        if (strstr(found, rows[i].found) == NULL)
            fail_msg("%s: %s", rows[i].words, found);
        daotp__stream_free(stream);
        fixture_free(f);
        tls_peer_stop(&peer);
    }
}

/* The issuer of a program that opens TLS; a CA whose root is only missing is none. */
static void who_opens_tls_on_the_way_is_named(void **state)
{
    static const struct {
        const char *issuer;
        daotp_finding_number wanted;
    } rows[] = {{"CN=Zscaler Intermediate Root CA", DAOTP_FINDING_TLS_SERVER_INSPECTED},
                {"CN=FortiGate CA,O=Fortinet", DAOTP_FINDING_TLS_SERVER_INSPECTED},
                {"CN=Corp TLS Inspection CA", DAOTP_FINDING_TLS_SERVER_INSPECTED},
                {"CN=Corp Web Proxy", DAOTP_FINDING_TLS_SERVER_INSPECTED},
                {"CN=Kaspersky Anti-Virus Personal Root", DAOTP_FINDING_TLS_SERVER_INSPECTED},
                {"CN=Corp Issuing CA 2", DAOTP_FINDING_TLS_SERVER_UNTRUSTED}};
    EVP_PKEY *key = forge_p256();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        forge_spec root = forge_root_spec(key);
        forge_spec spec = forge_server_spec(&world, world.server_key);
        X509 *issuer;

        root.subject = rows[i].issuer;
        issuer = forge_certificate(&root);
        spec.issuer = issuer;
        spec.issuer_key = key;
        assert_refused(&spec, world.server_key, world.root, "localhost", FORGE_NOW, rows[i].wanted);
        X509_free(issuer);
    }
    EVP_PKEY_free(key);
}

/* ---- client certificates --------------------------------------------------------------------- */

/* One exchange, after which a refusal of the client's certificate has arrived (TLS 1.3 tells it
 * after the handshake). */
static daotp_status exchange(fixture *f, daotp__stream *stream)
{
    daotp_status status = open_stream(f, stream);
    size_t done;
    uint8_t byte = 'x';

    if (status == DAOTP_OK)
        status = daotp__stream_write(stream, &byte, 1, &done);
    while (status == DAOTP_OK || status == DAOTP_AGAIN) {
        status = wait_for(f, daotp__stream_read(stream, &byte, 1, &done));
        if (status == DAOTP_OK)
            return status;
    }
    if (daotp_report_get_error(f->report) == NULL)
        return daotp__tls_explain_alert(f->tls, "peer", f->report);
    return status;
}

static void mutual_tls(X509 *client_root, X509 *client, EVP_PKEY *client_key, int version,
                       daotp_status wanted, daotp_finding_number finding)
{
    tls_peer_spec spec = {.certificate = world.server,
                          .key = world.server_key,
                          .client_root = client_root,
                          .version = version,
                          .serve = echo};
    tls_peer peer = tls_peer_start(&spec);
    daotp_context *context = forge_context();
    daotp_credential *identity =
        client != NULL ? forge_credential(context, client, NULL, client_key) : NULL;
    fixture *f = fixture_new(world.root, identity);
    daotp__stream *stream;

    assert_int_equal(daotp__stream_new(f->loop, "127.0.0.1", peer.port, f->tls, 5000, &stream),
                     DAOTP_OK);
    assert_int_equal(exchange(f, stream), wanted);
    assert_int_equal(error_of(f), finding);
    assert_true(daotp__tls_was_asked(f->tls));
    assert_int_equal(daotp__tls_has_sent(f->tls), client != NULL);
    daotp__tls_report_identity(f->tls, "peer", f->report);
    /* the server has named its root: is that whom ours is of? */
    assert_int_equal(
        test_report_has(&(test_report){.report = f->report}, DAOTP_FINDING_TLS_CLIENT_CERT_ISSUER),
        client != NULL &&
            X509_NAME_cmp(X509_get_issuer_name(client), X509_get_subject_name(client_root)) != 0);
    assert_int_equal(test_report_has(&(test_report){.report = f->report},
                                     DAOTP_FINDING_TLS_NO_CLIENT_CERT_REQUEST),
                     false);
    daotp__stream_free(stream);
    daotp_credential_unref(identity);
    fixture_free(f);
    daotp_context_unref(context);
    tls_peer_stop(&peer);
}

static void the_client_certificate_is_taken_or_refused(void **state)
{
    EVP_PKEY *other_key = forge_p256();
    forge_spec other_spec = forge_root_spec(other_key);
    X509 *namesake = forge_certificate(&other_spec), *other;

    (void)state;
    other_spec.subject = "CN=Other Root";
    other = forge_certificate(&other_spec);
    for (int i = 0; i < 2; i++) {
        int version = i == 0 ? 0 : TLS1_2_VERSION;

        mutual_tls(world.root, world.machine, world.machine_key, version, DAOTP_OK,
                   DAOTP_FINDING_NONE);
        mutual_tls(world.root, NULL, NULL, version, DAOTP_CONFIGURATION,
                   DAOTP_FINDING_TLS_CLIENT_CERT_MISSING);
        mutual_tls(other, world.machine, world.machine_key, version, DAOTP_REJECTED,
                   DAOTP_FINDING_TLS_CLIENT_CERT_REFUSED);
        /* a root of our root's name, whose key did not sign ours: the alert is decrypt_error */
        mutual_tls(namesake, world.machine, world.machine_key, version, DAOTP_REJECTED,
                   DAOTP_FINDING_TLS_CLIENT_CERT_REFUSED);
    }
    X509_free(namesake);
    X509_free(other);
    EVP_PKEY_free(other_key);
}

/* What is said of an identity, whether or not the server minds. */
static void an_identity_is_judged(void **state)
{
    forge_spec spec = forge_server_spec(&world, world.machine_key);
    daotp_context *context = forge_context();
    static const struct {
        const char *usage;
        int64_t now_s;
        daotp_finding_number finding;
    } cases[] = {
        {"clientAuth", FORGE_NOW, DAOTP_FINDING_NONE},
        {"serverAuth", FORGE_NOW, DAOTP_FINDING_TLS_CLIENT_CERT_USAGE},
        {"clientAuth", FORGE_NOW + 40 * 24 * FORGE_HOUR, DAOTP_FINDING_TLS_CLIENT_CERT_DATES},
        {"clientAuth", FORGE_NOW - 40 * 24 * FORGE_HOUR, DAOTP_FINDING_TLS_CLIENT_CERT_DATES},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        daotp_credential *identity;
        X509 *certificate;
        fixture *f;

        forge_set(spec.extensions, "extendedKeyUsage", cases[i].usage);
        certificate = forge_certificate(&spec);
        identity = forge_credential(context, certificate, NULL, world.machine_key);
        f = fixture_new(world.root, identity);
        f->now_s = cases[i].now_s;
        daotp__tls_check_identity(f->context, identity, f->trust, f->report);
        assert_int_equal(daotp_finding_get_number(daotp_report_get_finding(f->report, 0)),
                         cases[i].finding);
        daotp__tls_report_identity(f->tls, "peer", f->report); /* nobody asked for it */
        assert_int_equal(daotp_finding_get_number(daotp_report_get_finding(
                             f->report, daotp_report_get_count(f->report) - 1)),
                         DAOTP_FINDING_TLS_NO_CLIENT_CERT_REQUEST);
        assert_null(daotp_report_get_error(f->report)); /* warnings all */
        fixture_free(f);
        daotp_credential_unref(identity);
        X509_free(certificate);
    }
    daotp_context_unref(context);
}

static void a_stream_can_be_freed_at_any_moment(void **state)
{
    tls_peer_spec spec = {.certificate = world.server, .key = world.server_key, .serve = echo};
    tls_peer peer = tls_peer_start(&spec);

    (void)state;
    for (int steps = 0; steps < 8; steps++) {
        fixture *f = fixture_new(world.root, NULL);
        daotp_status status = DAOTP_AGAIN;
        daotp__stream *stream;

        assert_int_equal(daotp__stream_new(f->loop, "localhost", peer.port, f->tls, 5000, &stream),
                         DAOTP_OK);
        daotp__loop_begin(f->loop, 10000);
        for (int i = 0; i < steps && status == DAOTP_AGAIN; i++) {
            status = daotp__stream_open(stream, f->report);
            if (status == DAOTP_AGAIN)
                daotp__loop_wait(f->loop);
            assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
        }
        daotp__stream_free(stream);
        fixture_free(f);
    }
    daotp__stream_free(NULL);
    tls_peer_stop(&peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_bytes_come_back),
        cmocka_unit_test(the_end_of_the_connection_is_told),
        cmocka_unit_test(a_closed_port_is_tcp_failed),
        cmocka_unit_test(a_refused_address_leads_to_the_next),
        cmocka_unit_test(a_silent_address_leads_to_the_next),
        cmocka_unit_test(a_silent_peer_is_a_time_out),
        cmocka_unit_test(tls_bytes_come_back),
        cmocka_unit_test(the_server_is_told_its_name),
        cmocka_unit_test(a_server_that_is_not_right_is_refused),
        cmocka_unit_test(time_is_the_contexts),
        cmocka_unit_test(servers_are_judged_by_the_validator),
        cmocka_unit_test(what_is_nearly_the_name_is_refused),
        cmocka_unit_test(what_ends_at_the_first_message_is_tls_reset),
        cmocka_unit_test(what_speaks_another_protocol_is_named),
        cmocka_unit_test(who_opens_tls_on_the_way_is_named),
        cmocka_unit_test(the_client_certificate_is_taken_or_refused),
        cmocka_unit_test(an_identity_is_judged),
        cmocka_unit_test(a_stream_can_be_freed_at_any_moment),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
