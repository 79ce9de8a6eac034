/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TLS peers that keep libssl busy: messages without application data, without an end. Each call
 * ends, the connection ends with TLS-REPEATS, and what honest peers do stays possible. Through a
 * stream of our own and through libcurl.
 */
#include "high_water.h"
#include "testing.h"
#include "tls_peer.h"

#include "core/limits.h"
#include "net/https_exchange.h"
#include "net/negotiate_post.h"
#include "net/stream.h"

#include <daotp/daotp.h>

#include <fcntl.h>
#include <openssl/ssl.h>
#include <poll.h>

enum {
    MAX_STEPS = 5000, /* calls until a flood is over: far more than any of them takes */
    RECORDS = 3000,   /* of one byte each, from an honest peer */
    HELLO_REQUESTS = 4096
};

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

/* ---- what peers do, each in its own process -------------------------------------------------- */

static void send_for_ever(int fd, const uint8_t *bytes, size_t len)
{
    char hello[2048];

    (void)recv(fd, hello, sizeof hello, 0); /* the ClientHello */
    while (send(fd, bytes, len, MSG_NOSIGNAL) > 0)
        ;
}

/* Records that hold that many HelloRequest messages each (RFC 5246 7.4.1.1). */
static void hello_requests(SSL *ssl, int fd, void *user)
{
    static uint8_t record[5 + 4 * HELLO_REQUESTS] = {SSL3_RT_HANDSHAKE, 3, 3};
    size_t len = 4 * *(const size_t *)user;

    (void)ssl;
    record[3] = (uint8_t)(len >> 8);
    record[4] = (uint8_t)len;
    send_for_ever(fd, record, 5 + len);
}

/* The same, one byte a record. */
static void hello_requests_in_bytes(SSL *ssl, int fd, void *user)
{
    static const uint8_t record[] = {SSL3_RT_HANDSHAKE, 3, 3, 0, 1, 0};

    (void)ssl, (void)user;
    send_for_ever(fd, record, sizeof record);
}

static void key_updates(SSL *ssl, int fd, void *user)
{
    (void)fd;
    while (SSL_key_update(ssl, *(const int *)user) == 1 && SSL_do_handshake(ssl) == 1)
        ;
}

static void tickets(SSL *ssl, int fd, void *user)
{
    (void)fd, (void)user;
    while (SSL_new_session_ticket(ssl) == 1 && SSL_do_handshake(ssl) == 1)
        ;
}

static int take_any(int good, X509_STORE_CTX *chain)
{
    (void)good, (void)chain;
    return 1;
}

/* A certificate request after the handshake, and its answer read, again and again. */
static void late_requests(SSL *ssl, int fd, void *user)
{
    struct pollfd pfd = {.fd = fd, .events = POLLIN};
    char bytes[1024];
    int n = 1;

    (void)user;
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    SSL_set_verify(ssl, SSL_VERIFY_PEER, take_any);
    (void)SSL_set_num_tickets(ssl, 0); /* else each answer is followed by one */
    while (n > 0 || SSL_get_error(ssl, n) == SSL_ERROR_WANT_READ) {
        if (SSL_verify_client_post_handshake(ssl) == 1) /* no other is under way */
            (void)SSL_do_handshake(ssl);
        (void)poll(&pfd, 1, 1000);
        n = SSL_read(ssl, bytes, sizeof bytes);
    }
}

static void renegotiations(SSL *ssl, int fd, void *user)
{
    (void)fd, (void)user;
    while (SSL_renegotiate(ssl) == 1 && SSL_do_handshake(ssl) == 1)
        ;
}

static void small_records(SSL *ssl, int fd, void *user)
{
    char byte = 'x';

    (void)fd, (void)user;
    for (int i = 0; i < RECORDS; i++)
        (void)SSL_write(ssl, &byte, 1);
    (void)SSL_read(ssl, &byte, 1);
}

/* As a server does whose connection stands for long: a key update now and then, between data. */
static void busy_records(SSL *ssl, int fd, void *user)
{
    static char block[16 * 1024];

    (void)fd, (void)user;
    for (int i = 0; i < 4 * DAOTP__MAX_TLS_MESSAGES; i++) {
        for (size_t sent = 0; sent < DAOTP__TLS_MESSAGE_DATA; sent += sizeof block)
            (void)SSL_write(ssl, block, sizeof block);
        (void)SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED);
    }
    (void)SSL_read(ssl, block, 1);
}

/* An answer of chunks of a byte with extensions, for what libcurl reads by itself. */
static void extensions(SSL *ssl, int fd, void *user)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;";
    static char block[16 * 1024];

    (void)fd, (void)user;
    (void)SSL_read(ssl, block, sizeof block);
    memset(block, 'x', sizeof block);
    (void)SSL_write(ssl, head, sizeof head - 1);
    while (SSL_write(ssl, block, sizeof block) > 0)
        ;
}

/* ---- our side -------------------------------------------------------------------------------- */

typedef struct fixture {
    daotp_context *context;
    daotp_report *report;
    daotp__loop *loop;
    daotp_trust *trust;
    daotp_credential *identity;
    daotp__tls *tls;
    daotp__stream *stream;
    tls_peer peer;
    int64_t now_s;
} fixture;

static fixture *fixture_new(const tls_peer_spec *spec)
{
    static fixture f;
    daotp__buffer der = forge_der(world.root);

    f = (fixture){.context = forge_context(), .now_s = FORGE_NOW, .peer = tls_peer_start(spec)};
    assert_int_equal(daotp_context_set_wall_clock(f.context, test_clock_stands, &f.now_s),
                     DAOTP_OK);
    assert_int_equal(daotp_report_new(f.context, &f.report), DAOTP_OK);
    assert_int_equal(daotp__loop_new(f.context, &f.loop), DAOTP_OK);
    assert_int_equal(daotp_trust_new(f.context, &f.trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(f.trust, der.data, der.len, NULL), DAOTP_OK);
    f.identity = forge_credential(f.context, world.machine, NULL, world.machine_key);
    assert_int_equal(daotp__tls_new(f.context, f.trust, f.identity, &f.tls), DAOTP_OK);
    assert_int_equal(daotp__stream_new(f.loop, "127.0.0.1", f.peer.port, f.tls, 20000, &f.stream),
                     DAOTP_OK);
    daotp__loop_begin(f.loop, 20000);
    daotp__buffer_free(&der);
    return &f;
}

static void fixture_free(fixture *f)
{
    daotp__stream_free(f->stream);
    daotp__tls_free(f->tls);
    daotp_trust_unref(f->trust);
    daotp__loop_free(f->loop);
    daotp_report_free(f->report);
    daotp_credential_unref(f->identity);
    daotp_context_unref(f->context);
    tls_peer_stop(&f->peer);
}

static void wait_for_more(fixture *f)
{
    daotp__loop_wait(f->loop);
    assert_int_equal(daotp__loop_dispatch(f->loop), DAOTP_OK);
}

/* Opens, then reads to the end; how many bytes came is in *len. */
static daotp_status read_stream(fixture *f, size_t *len)
{
    daotp_status status = DAOTP_AGAIN;
    uint8_t bytes[4096];
    size_t done;

    *len = 0;
    for (int step = 0; step < MAX_STEPS && (status == DAOTP_AGAIN || status == DAOTP_OK); step++) {
        status = daotp__stream_open(f->stream, f->report);
        if (status == DAOTP_OK) {
            status = daotp__stream_read(f->stream, bytes, sizeof bytes, &done);
            *len += done;
        }
        if (status == DAOTP_AGAIN)
            wait_for_more(f);
    }
    if (daotp_report_get_error(f->report) == NULL && status == DAOTP_NETWORK)
        return daotp__tls_explain_alert(f->tls, "peer", f->report);
    return status;
}

/* The same by libcurl: a HEAD, whose answer never comes. */
static daotp_status read_http(fixture *f)
{
    daotp_status status = DAOTP_AGAIN;
    daotp__peer peer = {.trust = f->trust, .identity = f->identity, .connect_ms = 20000};
    daotp__https_exchange *http;
    daotp__url url;
    char text[80];

    (void)snprintf(text, sizeof text, "https://127.0.0.1:%u/otp", (unsigned)f->peer.port);
    assert_int_equal(daotp__url_parse(text, &url), DAOTP_OK);
    peer.url = &url;
    assert_int_equal(daotp__https_exchange_new(f->loop, &peer, &http), DAOTP_OK);
    for (int step = 0; step < MAX_STEPS && status == DAOTP_AGAIN; step++) {
        status = daotp__https_exchange_open(http, f->report);
        if (status == DAOTP_AGAIN)
            wait_for_more(f);
    }
    if (status == DAOTP_OK)
        status = daotp__https_exchange_begin(http, "HEAD", "", (daotp__bytes){NULL, 0}, 0);
    for (int step = 0; step < MAX_STEPS && (step == 0 || status == DAOTP_AGAIN); step++) {
        if (status == DAOTP_OK || status == DAOTP_AGAIN)
            status = daotp__https_exchange_step(http, f->report);
        if (status == DAOTP_AGAIN)
            wait_for_more(f);
    }
    assert_false(daotp__https_exchange_is_usable(http));
    daotp__https_exchange_free(http);
    daotp__url_free(&url);
    return status;
}

/* ---- floods ---------------------------------------------------------------------------------- */

typedef struct flood_case {
    tls_peer_fn serve;
    const void *user;
    bool is_plain; /* before the peer's ServerHello */
    int version;
    const char *name; /* as the finding names it */
} flood_case;

static const size_t one = 1, many = HELLO_REQUESTS - 1;
static const int update = SSL_KEY_UPDATE_NOT_REQUESTED, update_both = SSL_KEY_UPDATE_REQUESTED;

static const flood_case floods[] = {
    {hello_requests, &one, true, 0, "HelloRequest messages"},
    {hello_requests, &many, true, 0, "HelloRequest messages"},
    {hello_requests_in_bytes, NULL, true, 0, "HelloRequest messages"},
    {key_updates, &update, false, 0, "KeyUpdate messages"},
    {key_updates, &update_both, false, 0, "KeyUpdate messages"},
    {tickets, NULL, false, 0, "NewSessionTicket messages"},
    {late_requests, NULL, false, 0, "CertificateRequest messages"},
    {renegotiations, NULL, false, TLS1_2_VERSION, "HelloRequest messages"},
};

static void assert_flood_ends(const flood_case *flood, bool is_http)
{
    tls_peer_spec spec = {.certificate = flood->is_plain ? NULL : world.server,
                          .key = world.server_key,
                          .version = flood->version,
                          .serve = flood->serve,
                          .user = (void *)(uintptr_t)flood->user};
    fixture *f = fixture_new(&spec);
    const daotp_finding *error;
    daotp_status status;
    size_t len = 0;

    status = is_http ? read_http(f) : read_stream(f, &len);
    error = daotp_report_get_error(f->report);
    if (status != DAOTP_PEER || daotp_finding_get_number(error) != DAOTP_FINDING_TLS_REPEATS ||
        strstr(daotp_finding_get_found(error), flood->name) == NULL)
        fail_msg("%s by %s: %s, %s: %s", flood->name, is_http ? "libcurl" : "a stream",
                 daotp_status_name(status), daotp_catalogue_get_id(daotp_finding_get_number(error)),
                 daotp_finding_get_found(error));
    fixture_free(f);
}

static void a_flood_is_told_by_its_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof floods / sizeof floods[0]; i++)
        for (int is_http = 0; is_http < 2; is_http++)
            assert_flood_ends(&floods[i], is_http != 0);
}

/* RadSec: the login ends, and its report names the flood. */
static void a_radsec_server_that_floods_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof floods / sizeof floods[0]; i++) {
        tls_peer_spec spec = {.certificate = floods[i].is_plain ? NULL : world.server,
                              .key = world.server_key,
                              .version = floods[i].version,
                              .serve = floods[i].serve,
                              .user = (void *)(uintptr_t)floods[i].user};
        fixture *f = fixture_new(&spec);
        daotp_radius_exchange *exchange;
        daotp_radius *radius;
        const daotp_finding *error;

        assert_int_equal(daotp_radius_new(f->context, &radius), DAOTP_OK);
        assert_int_equal(daotp_radius_add_radsec_server(radius, "127.0.0.1", f->peer.port, f->trust,
                                                        f->identity),
                         DAOTP_OK);
        assert_int_equal(daotp_radius_exchange_new(radius, "alice", &exchange), DAOTP_OK);
        assert_int_equal(daotp_radius_exchange_begin(exchange, "123456", 6), DAOTP_OK);
        (void)daotp_radius_exchange_wait(exchange);
        assert_int_equal(daotp_radius_exchange_get_answer(exchange), DAOTP_RADIUS_UNDECIDED);
        error = daotp_report_get_error(daotp_radius_exchange_get_report(exchange));
        assert_int_equal(daotp_finding_get_number(error), DAOTP_FINDING_TLS_REPEATS);
        daotp_radius_exchange_free(exchange);
        daotp_radius_free(radius);
        fixture_free(f);
    }
}

/* By Negotiate libcurl reads the answer: what it keeps nothing of counts too. */
static void bytes_that_libcurl_reads_are_limited(void **state)
{
    tls_peer_spec spec = {
        .certificate = world.server, .key = world.server_key, .serve = extensions};
    fixture *f = fixture_new(&spec);
    daotp__peer peer = {.trust = f->trust, .connect_ms = 20000};
    daotp_status status = DAOTP_AGAIN;
    daotp__negotiate_post *fetch;
    daotp__url url;
    char text[80];

    (void)state;
    (void)snprintf(text, sizeof text, "https://127.0.0.1:%u/ces", (unsigned)f->peer.port);
    assert_int_equal(daotp__url_parse(text, &url), DAOTP_OK);
    peer.url = &url;
    assert_int_equal(daotp__negotiate_post_new(
                         f->loop, &peer, "", (daotp__bytes){(const uint8_t *)"x", 1}, 1024, &fetch),
                     DAOTP_OK);
    for (int step = 0; step < MAX_STEPS && status == DAOTP_AGAIN; step++) {
        status = daotp__negotiate_post_step(fetch, f->report);
        if (status == DAOTP_AGAIN)
            wait_for_more(f);
    }
    assert_int_equal(status, DAOTP_PEER);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(f->report)),
                     DAOTP_FINDING_HTTP_TOO_LARGE);
    daotp__negotiate_post_free(fetch);
    daotp__url_free(&url);
    fixture_free(f);
}

/* A proxy whose refusal has a body without an end: libcurl reads it in one call. */
static void endless_refusal(SSL *ssl, int fd, void *user)
{
    static const char head[] = "HTTP/1.1 407 No\r\nContent-Length: 99999999999\r\n\r\n";
    static char block[16 * 1024];

    (void)ssl, (void)user;
    (void)recv(fd, block, sizeof block, 0);
    (void)send(fd, head, sizeof head - 1, MSG_NOSIGNAL);
    while (send(fd, block, sizeof block, MSG_NOSIGNAL) > 0)
        ;
}

static void a_proxy_is_not_read_past_the_deadline(void **state)
{
    tls_peer_spec spec = {.serve = endless_refusal};
    fixture *f = fixture_new(&spec);
    daotp__peer peer = {.trust = f->trust, .connect_ms = 2000};
    daotp_status status = DAOTP_AGAIN;
    daotp__https_exchange *http;
    daotp__url url;
    char proxy[80];
    int64_t now_ms = 0;

    (void)state;
    (void)snprintf(proxy, sizeof proxy, "http://127.0.0.1:%u", (unsigned)f->peer.port);
    peer.proxy = proxy;
    assert_int_equal(daotp_context_set_monotonic_clock(f->context, test_clock_eager, &now_ms),
                     DAOTP_OK);
    daotp__loop_begin(f->loop, 1000 * 1000);
    assert_int_equal(daotp__url_parse("https://192.0.2.1/otp", &url), DAOTP_OK);
    peer.url = &url;
    assert_int_equal(daotp__https_exchange_new(f->loop, &peer, &http), DAOTP_OK);
    for (int step = 0; step < MAX_STEPS && status == DAOTP_AGAIN; step++) {
        status = daotp__https_exchange_open(http, f->report);
        if (status == DAOTP_AGAIN)
            wait_for_more(f);
    }
    assert_int_equal(status, DAOTP_TIMEOUT);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(f->report)),
                     DAOTP_FINDING_TCP_TIMEOUT);
    daotp__https_exchange_free(http);
    daotp__url_free(&url);
    fixture_free(f);
}

/* ---- honest peers ---------------------------------------------------------------------------- */

/* All is read, and yet no more than the share between one turn of the caller and the next. */
static void small_records_are_read_in_shares(void **state)
{
    tls_peer_spec spec = {
        .certificate = world.server, .key = world.server_key, .serve = small_records};
    fixture *f = fixture_new(&spec);
    size_t len = 0, in_a_row = 0, most = 0, done;
    daotp_status status = DAOTP_AGAIN;
    uint8_t byte;

    (void)state;
    while (len < RECORDS && (status == DAOTP_OK || status == DAOTP_AGAIN)) {
        status = daotp__stream_open(f->stream, f->report);
        if (status == DAOTP_OK)
            status = daotp__stream_read(f->stream, &byte, 1, &done);
        if (status == DAOTP_OK) {
            len++;
            in_a_row++;
        } else {
            in_a_row = 0;
            wait_for_more(f);
        }
        most = in_a_row > most ? in_a_row : most;
    }
    assert_int_equal(len, RECORDS);
    assert_true(most <= DAOTP__TLS_READS);
    fixture_free(f);
}

static void data_earns_more_messages(void **state)
{
    tls_peer_spec spec = {
        .certificate = world.server, .key = world.server_key, .serve = busy_records};
    fixture *f = fixture_new(&spec);
    size_t wanted = (size_t)4 * DAOTP__MAX_TLS_MESSAGES * DAOTP__TLS_MESSAGE_DATA, len = 0, done;
    daotp_status status = DAOTP_AGAIN;
    uint8_t bytes[4096];

    (void)state;
    while (len < wanted && (status == DAOTP_OK || status == DAOTP_AGAIN)) {
        status = daotp__stream_open(f->stream, f->report);
        if (status == DAOTP_OK) {
            status = daotp__stream_read(f->stream, bytes, sizeof bytes, &done);
            len += done;
        }
        if (status == DAOTP_AGAIN)
            wait_for_more(f);
    }
    assert_int_equal(status, DAOTP_OK);
    assert_int_equal(len, wanted);
    fixture_free(f);
}

/* VmHWM after all of it: a TLS client that meets each of these peers, one after the other. */
static void memory_is_bounded(void **state)
{
    (void)state;
    assert_high_water(48 * 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_is_told_by_its_name),
        cmocka_unit_test(a_radsec_server_that_floods_is_told),
        cmocka_unit_test(bytes_that_libcurl_reads_are_limited),
        cmocka_unit_test(a_proxy_is_not_read_past_the_deadline),
        cmocka_unit_test(small_records_are_read_in_shares),
        cmocka_unit_test(data_earns_more_messages),
        cmocka_unit_test(memory_is_bounded),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
