/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A peer without an end for each protocol: between two turns of the caller, where he looks at his
 * deadline and may cancel, so much is read and no more; all together is bounded; and a
 * cancellation, an interrupt and the deadline end it in the next turn. Counted in reads of sockets,
 * libcurl's and libssl's too (support/read_count.h), never in time.
 */
#include "high_water.h"
#include "radius_scene.h"
#include "read_count.h"
#include "testing.h"
#include "tls_peer.h"

#include "core/limits.h"
#include "net/https_exchange.h"
#include "net/http_get.h"
#include "net/kdc_exchange.h"
#include "net/ldap_fetch.h"
#include "net/stream.h"

#include <daotp/radius.h>

#include <poll.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define BYTES(text)                                                                                \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

enum {
    DEADLINE_MS = 60 * 1000,
    MAX_TURNS = 200 * 1000, /* far more than any flood takes */
    FETCH_BYTES = 1024 * 1024,
    BLOCK = 16 * 1024,
    CURL_READS = 256, /* libcurl gives up its turn after a hundred loops, of two reads each */
    CURL_OCTETS = 2 * FETCH_BYTES + CURL_READS * BLOCK /* its bytes are counted after a turn */
};

static forge_world world;

/* ---- the parts ------------------------------------------------------------------------------- */

typedef struct fixture fixture;

typedef struct part {
    const char *what;
    daotp__bytes head, again; /* what the peer says, and says without an end */
    bool is_tls, is_small;    /* is_small: each time in a record, or a segment, of its own */
    void (*begin)(fixture *f);
    daotp_status (*step)(fixture *f);
    void (*end)(fixture *f);
    uint64_t most_calls;  /* reads in a turn */
    uint64_t most_octets; /* in all */
} part;

struct fixture {
    const part *part;
    tls_peer peer;
    daotp_context *context;
    daotp_report *report;
    daotp__loop *loop;
    daotp_trust *trust;
    daotp_credential *identity;
    int64_t now_s, now_ms;
    char text[96];
    union {
        struct {
            daotp__tls *tls;
            daotp__stream *stream;
        };
        struct {
            daotp__url url;
            daotp__peer to;
            daotp__https_exchange *http;
            bool is_open;
        };
        daotp__http_get *get;
        daotp__ldap_fetch *ldap;
        daotp__kdc_exchange *kdcs;
        struct {
            daotp_radius *radius;
            daotp_radius_exchange *exchange;
        };
    };
};

/* TLS: the handshake of one stream. */

static void begin_handshake(fixture *f)
{
    assert_int_equal(daotp__tls_new(f->context, f->trust, NULL, &f->tls), DAOTP_OK);
    assert_int_equal(
        daotp__stream_new(f->loop, "127.0.0.1", f->peer.port, f->tls, DEADLINE_MS, &f->stream),
        DAOTP_OK);
}

static daotp_status step_handshake(fixture *f)
{
    return daotp__stream_open(f->stream, f->report);
}

static void end_handshake(fixture *f)
{
    daotp__stream_free(f->stream);
    daotp__tls_free(f->tls);
}

/* HTTP: the answer of an OTP server. */

static void begin_post(fixture *f)
{
    (void)snprintf(f->text, sizeof f->text, "https://127.0.0.1:%u/otp", (unsigned)f->peer.port);
    assert_int_equal(daotp__url_parse(f->text, &f->url), DAOTP_OK);
    f->to = (daotp__peer){.url = &f->url, .trust = f->trust, .connect_ms = DEADLINE_MS};
    assert_int_equal(daotp__https_exchange_new(f->loop, &f->to, &f->http), DAOTP_OK);
}

static daotp_status step_post(fixture *f)
{
    static const daotp__bytes body = BYTES("request");
    daotp_status status = DAOTP_OK;

    if (!f->is_open) {
        status = daotp__https_exchange_open(f->http, f->report);
        if (status == DAOTP_OK)
            status = daotp__https_exchange_begin(f->http, "POST", "", body, DAOTP__MAX_OTP_MESSAGE);
        f->is_open = status == DAOTP_OK;
    }
    return status == DAOTP_OK ? daotp__https_exchange_step(f->http, f->report) : status;
}

static void end_post(fixture *f)
{
    daotp__https_exchange_free(f->http);
    daotp__url_free(&f->url);
}

/* A CRL, and an OCSP response, by libcurl; a CRL by LDAP. */

static daotp__http_get_policy policy_of_fetch(void)
{
    static daotp__network loopback; /* is borrowed */

    assert_true(daotp__network_parse("127.0.0.1", &loopback));
    return (daotp__http_get_policy){.networks = &loopback,
                                    .network_count = 1,
                                    .max_bytes = FETCH_BYTES,
                                    .timeout_ms = DEADLINE_MS};
}

static void begin_get(fixture *f, const char *type, daotp__bytes body)
{
    daotp__http_get_policy policy = policy_of_fetch();

    (void)snprintf(f->text, sizeof f->text, "http://127.0.0.1:%u/a", (unsigned)f->peer.port);
    assert_int_equal(daotp__http_get_new(f->loop, &policy, f->text, type, body, &f->get), DAOTP_OK);
}

static void begin_crl(fixture *f)
{
    begin_get(f, NULL, (daotp__bytes){NULL, 0});
}

static void begin_ocsp(fixture *f)
{
    static const daotp__bytes question = BYTES("request");

    begin_get(f, "application/ocsp-request", question);
}

static daotp_status step_get(fixture *f)
{
    return daotp__http_get_step(f->get, f->report);
}

static void end_get(fixture *f)
{
    daotp__http_get_free(f->get);
}

static void begin_ldap(fixture *f)
{
    daotp__http_get_policy policy = policy_of_fetch();

    (void)snprintf(f->text, sizeof f->text,
                   "ldap://127.0.0.1:%u/CN=ca?certificateRevocationList?base",
                   (unsigned)f->peer.port);
    assert_int_equal(daotp__ldap_fetch_new(f->loop, &policy, NULL, f->text, &f->ldap), DAOTP_OK);
}

static daotp_status step_ldap(fixture *f)
{
    return daotp__ldap_fetch_step(f->ldap, f->report);
}

static void end_ldap(fixture *f)
{
    daotp__ldap_fetch_free(f->ldap);
}

/* Kerberos: one answer of a KDC. */

static void begin_kdc(fixture *f)
{
    static const daotp__bytes request = BYTES("request");

    (void)snprintf(f->text, sizeof f->text, "127.0.0.1:%u", (unsigned)f->peer.port);
    assert_int_equal(daotp__kdc_exchange_new(f->loop, "CORP.EXAMPLE", DEADLINE_MS, &f->kdcs),
                     DAOTP_OK);
    assert_int_equal(daotp__kdc_exchange_add(f->kdcs, f->text), DAOTP_OK);
    assert_int_equal(daotp__kdc_exchange_begin(f->kdcs, request), DAOTP_OK);
}

static daotp_status step_kdc(fixture *f)
{
    return daotp__kdc_exchange_step(f->kdcs, f->report);
}

static void end_kdc(fixture *f)
{
    daotp__kdc_exchange_free(f->kdcs);
}

/* ---- what each peer says --------------------------------------------------------------------- */

#define HTTP_CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
/* An entry of a MiB less some octets: message, SearchResultEntry, attributes, one of them, values.
 */
#define LDAP_ENTRY                                                                                 \
    "\x30\x84\0\x0f\xff\xf0\x02\x01\x01\x64\x84\0\x0f\xff\xe0\x04\0\x30\x84\0\x0f\xff\xd0"         \
    "\x30\x84\0\x0f\xff\xc0\x04\x19"                                                               \
    "certificateRevocationList"                                                                    \
    "\x31\x84\0\x0f\xff\x90\x04\x84\0\x0f\xff\x80"

static const part parts[] = {
    {.what = "TLS, HelloRequests",
     .again = BYTES("\x16\x03\x03\0\4\0\0\0\0"),
     .begin = begin_handshake,
     .step = step_handshake,
     .end = end_handshake,
     .most_calls = 2 * DAOTP__TLS_READS,
     .most_octets = 64 * 1024},
    {.what = "TLS, HelloRequests one by one",
     .again = BYTES("\x16\x03\x03\0\1\0"),
     .is_small = true,
     .begin = begin_handshake,
     .step = step_handshake,
     .end = end_handshake,
     .most_calls = 2 * DAOTP__TLS_READS,
     .most_octets = 64 * 1024},
    {.what = "HTTP, chunk extensions",
     .head = BYTES(HTTP_CHUNKED),
     .again = BYTES("1;extension=of-some-length\r\nx\r\n"),
     .is_tls = true,
     .begin = begin_post,
     .step = step_post,
     .end = end_post,
     .most_calls = 2 * DAOTP__TLS_READS,
     .most_octets = 256 * 1024},
    {.what = "HTTP, a body in records of one octet",
     .head = BYTES("HTTP/1.1 200 OK\r\n\r\n"),
     .again = BYTES("x"),
     .is_tls = true,
     .is_small = true,
     .begin = begin_post,
     .step = step_post,
     .end = end_post,
     .most_calls = 2 * DAOTP__TLS_READS,
     .most_octets = 4 * 1024 * 1024}, /* a record of TLS 1.3 has 23 octets for one of data */
    {.what = "HTTP, header fields",
     .head = BYTES("HTTP/1.1 200 OK\r\n"),
     .again = BYTES("X-More: and more\r\n"),
     .is_tls = true,
     .begin = begin_post,
     .step = step_post,
     .end = end_post,
     .most_calls = 2 * DAOTP__TLS_READS,
     .most_octets = 256 * 1024},
    {.what = "a CRL's host, trailers",
     .head = BYTES(HTTP_CHUNKED "0\r\n"),
     .again = BYTES("Trailer: x\r\n"),
     .begin = begin_crl,
     .step = step_get,
     .end = end_get,
     .most_calls = CURL_READS,
     .most_octets = CURL_OCTETS},
    {.what = "a CRL's host, a body in pieces of one octet",
     .head = BYTES("HTTP/1.1 200 OK\r\n\r\n"),
     .again = BYTES("0123456789abcdef"),
     .is_small = true,
     .begin = begin_crl,
     .step = step_get,
     .end = end_get,
     .most_calls = CURL_READS,
     .most_octets = CURL_OCTETS},
    {.what = "an OCSP responder, chunks",
     .head = BYTES(HTTP_CHUNKED),
     .again = BYTES("1;extension=of-some-length\r\nx\r\n"),
     .begin = begin_ocsp,
     .step = step_get,
     .end = end_get,
     .most_calls = CURL_READS,
     .most_octets = CURL_OCTETS},
    {.what = "an OCSP responder, interim answers",
     .again = BYTES("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
     .begin = begin_ocsp,
     .step = step_get,
     .end = end_get,
     .most_calls = CURL_READS,
     .most_octets = CURL_OCTETS},
    {.what = "LDAP, a value",
     .head = BYTES(LDAP_ENTRY),
     .again = BYTES("0123456789abcdef"),
     .begin = begin_ldap,
     .step = step_ldap,
     .end = end_ldap,
     .most_calls = DAOTP__PLAIN_READS + 1,
     .most_octets = FETCH_BYTES + 64 * 1024},
    {.what = "LDAP, a value in pieces",
     .head = BYTES(LDAP_ENTRY),
     .again = BYTES("0123456789abcdef"),
     .is_small = true,
     .begin = begin_ldap,
     .step = step_ldap,
     .end = end_ldap,
     .most_calls = DAOTP__PLAIN_READS + 1,
     .most_octets = FETCH_BYTES + 64 * 1024},
    {.what = "Kerberos, an answer",
     .head = BYTES("\0\3\xff\xf0"),
     .again = BYTES("0123456789abcdef"),
     .begin = begin_kdc,
     .step = step_kdc,
     .end = end_kdc,
     .most_calls = DAOTP__PLAIN_READS + 1,
     .most_octets = DAOTP__MAX_KDC_MESSAGE},
    {.what = "Kerberos, an answer in pieces",
     .head = BYTES("\0\3\xff\xf0"),
     .again = BYTES("0123456789abcdef"),
     .is_small = true,
     .begin = begin_kdc,
     .step = step_kdc,
     .end = end_kdc,
     .most_calls = DAOTP__PLAIN_READS + 1,
     .most_octets = DAOTP__MAX_KDC_MESSAGE},
};

/* ---- the peer, in its process ---------------------------------------------------------------- */

static bool peer_says(SSL *ssl, int fd, const void *bytes, size_t len)
{
    if (ssl != NULL)
        return SSL_write(ssl, bytes, (int)len) > 0;
    return send(fd, bytes, len, MSG_NOSIGNAL) > 0;
}

static void peer_begins(SSL *ssl, int fd, const part *of)
{
    uint8_t asked[4096];

    (void)tls_peer_read(ssl, fd, asked, sizeof asked);
    if (of->head.len > 0)
        (void)peer_says(ssl, fd, of->head.data, of->head.len);
}

static void say_for_ever(SSL *ssl, int fd, void *user)
{
    static uint8_t block[BLOCK];
    const part *of = user;
    size_t filled = of->again.len;

    memcpy(block, of->again.data, of->again.len);
    while (!of->is_small && filled + of->again.len <= sizeof block) {
        memcpy(block + filled, of->again.data, of->again.len);
        filled += of->again.len;
    }
    peer_begins(ssl, fd, of);
    while (peer_says(ssl, fd, block, filled))
        continue;
}

/* Once, and then nothing; the connection stands. */
static void say_and_be_silent(SSL *ssl, int fd, void *user)
{
    const part *of = user;
    uint8_t rest[64];

    peer_begins(ssl, fd, of);
    (void)peer_says(ssl, fd, of->again.data, of->again.len);
    while (tls_peer_read(ssl, fd, rest, sizeof rest) > 0)
        continue;
}

/* ---- our side -------------------------------------------------------------------------------- */

static fixture *fixture_new(const part *of, tls_peer_fn serve)
{
    fixture *f = calloc(1, sizeof *f);
    daotp__buffer der = forge_der(world.root);
    tls_peer_spec spec = {.certificate = of->is_tls ? world.server : NULL,
                          .key = world.server_key,
                          .serve = serve,
                          .user = (void *)(uintptr_t)of};

    assert_non_null(f);
    *f = (fixture){.part = of, .context = forge_context(), .now_s = FORGE_NOW, .now_ms = 1000};
    f->peer = tls_peer_start(&spec);
    assert_int_equal(daotp_context_set_wall_clock(f->context, test_clock_stands, &f->now_s),
                     DAOTP_OK);
    assert_int_equal(daotp_context_set_monotonic_clock(f->context, test_clock_stands, &f->now_ms),
                     DAOTP_OK);
    assert_int_equal(daotp_report_new(f->context, &f->report), DAOTP_OK);
    assert_int_equal(daotp__loop_new(f->context, &f->loop), DAOTP_OK);
    assert_int_equal(daotp_trust_new(f->context, &f->trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(f->trust, der.data, der.len, NULL), DAOTP_OK);
    f->identity = forge_credential(f->context, world.machine, NULL, world.machine_key);
    daotp__buffer_free(&der);
    daotp__loop_begin(f->loop, DEADLINE_MS);
    of->begin(f);
    return f;
}

static void fixture_free(fixture *f)
{
    f->part->end(f);
    daotp_credential_unref(f->identity);
    daotp_trust_unref(f->trust);
    daotp__loop_free(f->loop);
    daotp_report_free(f->report);
    daotp_context_unref(f->context);
    tls_peer_stop(&f->peer);
    free(f);
}

static daotp_status take_turn(fixture *f)
{
    daotp_status status = daotp__loop_dispatch(f->loop);

    if (status == DAOTP_OK)
        status = f->part->step(f);
    if (status == DAOTP_AGAIN)
        daotp__loop_pause(f->loop);
    return status;
}

/* ---- floods ---------------------------------------------------------------------------------- */

static void run_flood(const part *of)
{
    fixture *f = fixture_new(of, say_for_ever);
    read_count begun = read_count_now(), before, after = begun;
    daotp_status status = DAOTP_AGAIN;
    uint64_t most = 0;

    for (unsigned turn = 0; status == DAOTP_AGAIN && turn < MAX_TURNS; turn++) {
        before = read_count_now();
        status = take_turn(f);
        after = read_count_now();
        most = after.calls - before.calls > most ? after.calls - before.calls : most;
        if (status == DAOTP_AGAIN)
            daotp__loop_wait(f->loop);
    }
    if (status == DAOTP_AGAIN || most == 0 || most > of->most_calls ||
        after.octets - begun.octets > of->most_octets)
        fail_msg("%s: %s, %lu reads in a turn, %lu octets in all", of->what,
                 daotp_status_name(status), (unsigned long)most,
                 (unsigned long)(after.octets - begun.octets));
    fixture_free(f);
}

static void a_turn_reads_its_share_and_all_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(parts); i++)
        run_flood(&parts[i]);
}

/* ---- ending it ------------------------------------------------------------------------------- */

/* Until the peer has said what it says, and two waits brought nothing more. */
static void run_to_silence(fixture *f)
{
    uint64_t begun = read_count_now().octets, before;
    daotp_status status;

    for (unsigned quiet = 0; quiet < 2;) {
        before = read_count_now().octets;
        status = take_turn(f);
        if (status != DAOTP_AGAIN)
            fail_msg("%s: %s\n%s", f->part->what, daotp_status_name(status),
                     daotp_report_get_text(f->report));
        daotp__loop_wait(f->loop);
        quiet = before == begun || read_count_now().octets > before ? 0 : quiet + 1;
    }
}

static daotp__loop *interrupted;

static void on_interrupt(int number)
{
    (void)number;
    daotp__loop_cancel(interrupted);
}

static void cancel_plainly(fixture *f)
{
    daotp__loop_cancel(f->loop);
}

/* As the tool does it on Ctrl-C. */
static void cancel_by_signal(fixture *f)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};

    interrupted = f->loop;
    assert_int_equal(sigaction(SIGINT, &action, NULL), 0);
    assert_int_equal(raise(SIGINT), 0);
}

static void pass_deadline(fixture *f)
{
    f->now_ms += DEADLINE_MS + 1;
}

/* It ends in the next turn, in which nothing is read; who waits is woken. */
static void end_by(void (*make_end)(fixture *f), bool is_woken, daotp_status wanted)
{
    for (size_t i = 0; i < COUNT(parts); i++) {
        fixture *f = fixture_new(&parts[i], say_and_be_silent);
        struct pollfd ready = {.fd = daotp__loop_fd(f->loop), .events = POLLIN};
        daotp_status status;
        uint64_t before;

        run_to_silence(f);
        make_end(f);
        if (is_woken)
            assert_int_equal(poll(&ready, 1, 0), 1);
        before = read_count_now().octets;
        status = take_turn(f);
        if (status != wanted)
            fail_msg("%s: %s", parts[i].what, daotp_status_name(status));
        if (!is_woken)
            assert_int_equal(read_count_now().octets, before);
        fixture_free(f);
    }
}

static void a_cancellation_works_at_once(void **state)
{
    (void)state;
    end_by(cancel_plainly, true, DAOTP_CANCELLED);
}

static void an_interrupt_works_at_once(void **state)
{
    (void)state;
    end_by(cancel_by_signal, true, DAOTP_CANCELLED);
}

static void the_deadline_works_at_once(void **state)
{
    (void)state;
    end_by(pass_deadline, false, DAOTP_TIMEOUT);
}

/* ---- RADIUS, which has a loop of its own ----------------------------------------------------- */

static const part radsec_packets = {
    .what = "RADIUS over TLS, replies to nothing",
    .again = BYTES("\2\7\0\x14"
                   "0123456789abcdef"),
    .is_tls = true,
};
static const part radsec_half = {
    .what = "RADIUS over TLS, half of a packet",
    .again = BYTES("\2\0\x10\0"
                   "0123456789abcdef"),
    .is_tls = true,
};

static void begin_radsec(fixture *f)
{
    assert_int_equal(daotp_radius_new(f->context, &f->radius), DAOTP_OK);
    assert_int_equal(
        daotp_radius_add_radsec_server(f->radius, "127.0.0.1", f->peer.port, f->trust, f->identity),
        DAOTP_OK);
    assert_int_equal(daotp_radius_set_timeout_ms(f->radius, DEADLINE_MS), DAOTP_OK);
    assert_int_equal(daotp_radius_exchange_new(f->radius, "alice", &f->exchange), DAOTP_OK);
    assert_int_equal(daotp_radius_exchange_begin(f->exchange, "123456", 6), DAOTP_OK);
}

static daotp_status step_radsec(fixture *f)
{
    return daotp_radius_step(f->radius);
}

static void end_radsec(fixture *f)
{
    daotp_radius_exchange_free(f->exchange);
    daotp_radius_free(f->radius);
}

static void wait_for_radius(const fixture *f)
{
    struct pollfd ready = {.fd = daotp_radius_get_fd(f->radius), .events = POLLIN};

    (void)poll(&ready, 1, daotp_radius_get_timeout_ms(f->radius));
}

static fixture *radsec_new(part *of, const part *says, tls_peer_fn serve)
{
    *of = *says;
    of->begin = begin_radsec;
    of->step = step_radsec;
    of->end = end_radsec;
    return fixture_new(of, serve);
}

static void radsec_packets_without_an_end(void **state)
{
    daotp_status status = DAOTP_AGAIN;
    read_count begun, before, after;
    uint64_t most = 0;
    part of;
    fixture *f = radsec_new(&of, &radsec_packets, say_for_ever);

    (void)state;
    begun = after = read_count_now();
    for (unsigned turn = 0; status == DAOTP_AGAIN && turn < MAX_TURNS; turn++) {
        f->now_ms += 5; /* it connects again, and is waited for no longer than the deadline */
        before = read_count_now();
        status = daotp_radius_step(f->radius);
        after = read_count_now();
        most = after.calls - before.calls > most ? after.calls - before.calls : most;
        if (status == DAOTP_AGAIN)
            wait_for_radius(f);
    }
    assert_int_equal(daotp_radius_exchange_get_answer(f->exchange), DAOTP_RADIUS_UNDECIDED);
    assert_true(most > 0 && most <= (uint64_t)2 * DAOTP__TLS_READS);
    assert_true(after.octets - begun.octets < (uint64_t)1024 * 1024);
    fixture_free(f);
}

/* Until the peer has said what it says: 20 octets in a record of their own, behind the handshake.
 */
static void run_radsec_to_silence(fixture *f)
{
    for (unsigned quiet = 0; quiet < 3;) {
        uint64_t before = read_count_now().octets;

        assert_int_equal(daotp_radius_step(f->radius), DAOTP_AGAIN);
        wait_for_radius(f);
        quiet = read_count_now().octets > before ? 0 : quiet + 1;
    }
}

static void a_radsec_login_ends_at_once(void **state)
{
    part of;

    (void)state;
    for (int by_deadline = 0; by_deadline < 2; by_deadline++) {
        fixture *f = radsec_new(&of, &radsec_half, say_and_be_silent);

        run_radsec_to_silence(f);
        if (by_deadline == 0)
            daotp_radius_exchange_cancel(f->exchange);
        for (int ms = 0; by_deadline != 0 && ms <= DEADLINE_MS; ms += 10) {
            f->now_ms += 10; /* as a caller who waits would see it */
            (void)daotp_radius_step(f->radius);
        }
        assert_int_equal(daotp_radius_exchange_get_status(f->exchange),
                         by_deadline != 0 ? DAOTP_TIMEOUT : DAOTP_CANCELLED);
        fixture_free(f);
    }
}

/* The server is a socket of this thread: as many datagrams as fit, and one step. */
static void datagrams_are_read_in_shares(void **state)
{
    enum { DATAGRAMS = 5000, MOST = 512 };
    static const uint8_t wrong[RADIUS_PEER_HEAD] = {2, 0, 0, RADIUS_PEER_HEAD};
    radius_scene_request request;
    daotp_radius_exchange *x;
    radius_scene s;
    uint64_t before;

    (void)state;
    for (int by_deadline = 0; by_deadline < 2; by_deadline++) {
        radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
        x = radius_scene_begin(&s, "alice", "123456");
        (void)daotp_radius_step(s.radius);
        assert_true(radius_scene_take(&s, 0, &request));
        for (int i = 0; i < DATAGRAMS; i++)
            (void)sendto(s.fds[0], wrong, sizeof wrong, MSG_DONTWAIT,
                         (const struct sockaddr *)(const void *)&request.from, sizeof request.from);
        before = read_count_now().calls;
        assert_int_equal(daotp_radius_step(s.radius), DAOTP_AGAIN);
        assert_true(read_count_now().calls > before);
        assert_true(read_count_now().calls - before <= MOST);
        if (by_deadline != 0)
            radius_scene_advance(&s, DEADLINE_MS);
        else
            daotp_radius_exchange_cancel(x);
        assert_int_equal(daotp_radius_exchange_get_status(x),
                         by_deadline != 0 ? DAOTP_UNDECIDED : DAOTP_CANCELLED);
        daotp_radius_exchange_free(x);
        radius_scene_tear_down(&s);
    }
}

/* ---- memory ---------------------------------------------------------------------------------- */

/* VmHWM after all of the above: the stated bound for one connection of each kind. A fetch is kept
 * in a file of memory, which counts where it is mapped. */
static void memory_is_bounded(void **state)
{
    (void)state;
    assert_high_water(48 * 1024);
}

static int set_up(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    world = forge_world_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    forge_world_free(&world);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turn_reads_its_share_and_all_ends),
        cmocka_unit_test(a_cancellation_works_at_once),
        cmocka_unit_test(an_interrupt_works_at_once),
        cmocka_unit_test(the_deadline_works_at_once),
        cmocka_unit_test(radsec_packets_without_an_end),
        cmocka_unit_test(a_radsec_login_ends_at_once),
        cmocka_unit_test(datagrams_are_read_in_shares),
        cmocka_unit_test(memory_is_bounded),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
