/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers that no honest server gives, from the OTP server and from the CA: each ends in time, with
 * the right status and finding; the code is sent at most once; nothing else is contacted.
 */
#include "peer.h"

#include "x509/cms.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { AT_ONCE_MS = 4000, SHORT_MS = 1000 };
#else
enum { AT_ONCE_MS = 1000, SHORT_MS = 250 };
#endif

enum { LONG_MS = 5000, KIB = 1024 };

/* which answer is the hostile one */
enum where { OTP, CA, HEAD };

static struct peer_world *world;
static struct peer_rig *rig;
static struct peer *trap; /* whatever is told of it, nobody may come */

/* ---- one case -------------------------------------------------------------------------------- */

struct wanted {
    daotp_status status;
    daotp_finding_number error;
};
#define GOOD                  ((struct wanted){DAOTP_OK, DAOTP_FINDING_NONE})
#define WANT(status_, error_) ((struct wanted){DAOTP_##status_, DAOTP_FINDING_##error_})
/* Several outcomes would be right: it must only be a decided one, in time. */
#define SAFE ((struct wanted){DAOTP_AGAIN, DAOTP_FINDING_NONE})

static void set_plan(enum where where, struct peer_plan plan)
{
    struct peer_plans plans = {.handshake = PEER_GOOD, .head = PEER_GOOD, .post = PEER_GOOD};

    *(where == HEAD ? &plans.head : &plans.post) = plan;
    peer_set(rig->ces, where == CA ? plan : PEER_GOOD);
    if (where == CA)
        plans.post = PEER_GOOD;
    peer_set_all(rig->otp, &plans);
    (void)daotp_client_set_preflight(rig->client, where == HEAD);
}

static bool holds(struct wanted wanted, const struct peer_result *result)
{
    if (wanted.status == DAOTP_AGAIN)
        return result->status != DAOTP_AGAIN && result->status != DAOTP_INTERNAL &&
               result->status != DAOTP_USAGE &&
               (result->status == DAOTP_OK) == (result->error == DAOTP_FINDING_NONE);
    return result->status == wanted.status && result->error == wanted.error;
}

static void forget(enum where where, struct peer_bytes answer)
{
    peer_settle(where == CA ? rig->ces : rig->otp);
    set_plan(where, PEER_GOOD);
    free(answer.data);
}

static void judge(const char *name, struct wanted wanted, unsigned codes, int64_t most_ms)
{
    unsigned trapped = peer_connections(trap);
    struct peer_result result = peer_run(rig);
    bool good = holds(wanted, &result) && result.codes <= codes && result.took_ms <= most_ms &&
                peer_connections(trap) == trapped;
    char text[200];

    peer_check(good, "%s: %s%s%s", name, peer_describe(&result, text, sizeof text),
               good                           ? ""
               : holds(wanted, &result)       ? ", which is too late, too often, or elsewhere"
               : wanted.status == DAOTP_AGAIN ? ", which is no outcome"
                                              : ", wanted ",
               good || holds(wanted, &result) || wanted.status == DAOTP_AGAIN ? ""
               : wanted.error != DAOTP_FINDING_NONE ? daotp_catalogue_get_id(wanted.error)
                                                    : "ok");
}

/* This answer, then that. The bytes are freed. */
static void try_then(enum where where, const char *name, struct peer_bytes answer,
                     enum peer_then then, struct wanted wanted)
{
    struct peer_plan plan = PEER_GOOD;

    plan.answer = answer.data;
    plan.len = answer.len;
    plan.then = then;
    set_plan(where, plan);
    judge(name, wanted,
          where == HEAD && wanted.status != DAOTP_OK && wanted.status != DAOTP_AGAIN ? 0 : 1,
          AT_ONCE_MS);
    forget(where, answer);
}

static void try(enum where where, const char *name, struct peer_bytes answer, struct wanted wanted)
{
    try_then(where, name, answer, PEER_KEEP, wanted);
}

/* One that makes the client wait: with a short deadline. */
static void try_waiting(enum where where, const char *name, struct peer_bytes answer,
                        struct wanted wanted)
{
    struct peer_plan plan = PEER_GOOD;

    plan.answer = answer.data;
    plan.len = answer.len;
    plan.then = PEER_STALL;
    set_plan(where, plan);
    (void)daotp_client_set_timeout_ms(rig->client, SHORT_MS);
    judge(name, wanted, 1, SHORT_MS + AT_ONCE_MS);
    (void)daotp_client_set_timeout_ms(rig->client, LONG_MS);
    forget(where, answer);
}

/* ---- HTTP ------------------------------------------------------------------------------------ */

#define VERSION "X-OTPCEP-version: 1.0\r\n"
#define TYPE    "Content-Type: Application/xml;charset=utf-8\r\n"
#define SOAP    "Content-Type: application/soap+xml; charset=utf-8\r\n"

static const struct peer_bytes *body_of(enum where where)
{
    return where == CA ? &world->ces_body : &world->otp_body;
}

static const char *headers_of(enum where where)
{
    return where == CA ? SOAP : VERSION TYPE;
}

/* A head, then the good body. */
static struct peer_bytes with_body(enum where where, struct peer_bytes head)
{
    return peer_join(head, body_of(where)->data, body_of(where)->len);
}

static struct peer_bytes with_head(enum where where, const char *status, struct peer_bytes body)
{
    struct peer_bytes all = peer_format("HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", status,
                                        headers_of(where), body.len);

    all = peer_join(all, body.data, body.len);
    free(body.data);
    return all;
}

static struct peer_bytes good(enum where where)
{
    return with_body(where, peer_format("HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n",
                                        headers_of(where), body_of(where)->len));
}

static struct peer_bytes filled(size_t len, char byte)
{
    struct peer_bytes bytes = {malloc(len + 1), len};

    if (bytes.data == NULL)
        exit(70);
    memset(bytes.data, byte, len);
    bytes.data[len] = '\0';
    return bytes;
}

static struct peer_bytes repeated(struct peer_bytes head, const char *what, size_t times)
{
    size_t len = strlen(what);
    struct peer_bytes all = {malloc(head.len + len * times + 1), head.len + len * times};

    if (all.data == NULL)
        exit(70);
    memcpy(all.data, head.data, head.len);
    for (size_t i = 0; i < times; i++)
        memcpy(all.data + head.len + i * len, what, len);
    all.data[all.len] = '\0';
    free(head.data);
    return all;
}

static struct peer_bytes text(const char *given)
{
    return peer_format("%s", given);
}

static struct peer_bytes chunked(enum where where, size_t size, const char *extension,
                                 const char *trailer)
{
    struct peer_bytes all =
        peer_format("HTTP/1.1 200 OK\r\n%sTransfer-Encoding: chunked\r\n\r\n", headers_of(where));
    const struct peer_bytes *body = body_of(where);

    for (size_t at = 0; at < body->len; at += size) {
        size_t n = size < body->len - at ? size : body->len - at;
        struct peer_bytes line = peer_format("%zx%s\r\n", n, extension);

        all = peer_join(all, line.data, line.len);
        all = peer_join(all, body->data + at, n);
        all = peer_join(all, "\r\n", 2);
        free(line.data);
    }
    all = peer_join(all, "0\r\n", 3);
    return peer_join(peer_join(all, trailer, strlen(trailer)), "\r\n", 2);
}

static struct peer_bytes open_chunks(enum where where)
{
    return peer_format("HTTP/1.1 200 OK\r\n%sTransfer-Encoding: chunked\r\n\r\n",
                       headers_of(where));
}

/* What a lost answer is, from there. */
static struct wanted lost(enum where where)
{
    return where == CA ? WANT(UNDECIDED, CA_LOST) : WANT(UNDECIDED, OTP_SPENT);
}

static struct wanted late(enum where where)
{
    return where == CA ? WANT(UNDECIDED, CA_TIMEOUT) : WANT(UNDECIDED, OTP_SPENT);
}

#define MALFORMED WANT(PEER, HTTP_MALFORMED)
#define TOO_LARGE WANT(PEER, HTTP_TOO_LARGE)

static void try_lengths(enum where w)
{
    static const char *const odd[] = {
        "-1", "abc", "1e3",  "0x10", "18446744073709551616", "9999999999999999999999999",
        "",   "1,1", "12 12"};
    size_t len = body_of(w)->len;
    const char *h = headers_of(w);
    char name[120];

    try(w, "length one too small",
        with_body(w, peer_format("HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n", h, len - 1)),
        MALFORMED);
    try(w, "length 0 and a body",
        with_body(w, peer_format("HTTP/1.1 200 OK\r\n%sContent-Length: 0\r\n\r\n", h)), MALFORMED);
    try_then(
        w, "length one too large, closed",
        with_body(w, peer_format("HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n", h, len + 1)),
        PEER_CLOSE, lost(w));
    try_waiting(
        w, "length one too large, kept open",
        with_body(w, peer_format("HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n", h, len + 1)),
        late(w));
    try_waiting(
        w, "length of 10 GB",
        with_body(w, peer_format("HTTP/1.1 200 OK\r\n%sContent-Length: 10000000000\r\n\r\n", h)),
        SAFE);
    try(w, "two lengths",
        with_body(
            w, peer_format("HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\nContent-Length: 1\r\n\r\n",
                           h, len)),
        MALFORMED);
    try(w, "length and chunks",
        with_body(
            w, peer_format(
                   "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\nTransfer-Encoding: chunked\r\n\r\n",
                   h, len)),
        MALFORMED);
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        snprintf(name, sizeof name, "length '%s'", odd[i]);
        try_waiting(
            w, name,
            with_body(w, peer_format("HTTP/1.1 200 OK\r\n%sContent-Length: %s\r\n\r\n", h, odd[i])),
            *odd[i] == '\0' ? SAFE : MALFORMED);
    }
}

/* 60 MB for 1,000 bytes of body. */
static struct peer_bytes large_extensions(enum where w)
{
    struct peer_bytes chunk = repeated(text("1;a="), "x", 60 * KIB), all;

    chunk = peer_join(chunk, "\r\n.\r\n", 5);
    all = repeated(open_chunks(w), chunk.data, 1000);
    free(chunk.data);
    return all;
}

static void try_chunks(enum where w)
{
    try(w, "chunks", chunked(w, 1000, "", ""), GOOD);
    try(w, "chunks of a byte", chunked(w, 1, "", ""), GOOD);
    try(w, "chunks with extensions", chunked(w, 100, ";a=b;c=\"d\"", ""), GOOD);
    try(w, "chunks with a trailer", chunked(w, 100, "", "X-Sum: 1\r\n"), GOOD);
    try(w, "a chunk size that is none", peer_join(open_chunks(w), "zz\r\nabc\r\n", 9), MALFORMED);
    try(w, "a chunk size over all limits", peer_join(open_chunks(w), "fffffffffffffffffff\r\n", 21),
        MALFORMED);
    try_waiting(w, "a chunk longer than it says", peer_join(open_chunks(w), "3\r\nabcdef\r\n", 11),
                SAFE); /* http_parser is lenient */
    try(w, "chunk extensions without end",
        repeated(peer_join(open_chunks(w), "1;", 2), "extension", 40 * KIB), TOO_LARGE);
    try(w, "chunks of a byte with extensions of 60 kB", large_extensions(w), TOO_LARGE);
    try(w, "trailers without end",
        repeated(peer_join(open_chunks(w), "0\r\n", 3), "X-Trailer: of a certain length\r\n",
                 16 * KIB),
        TOO_LARGE);
    try_then(w, "chunks that end in the middle", peer_join(open_chunks(w), "10\r\nabc", 7),
             PEER_CLOSE, lost(w));
}

static void try_sizes(enum where w)
{
    size_t limit = (w == CA ? 512 : 64) * KIB, len = body_of(w)->len;
    struct peer_bytes endless = open_chunks(w), piece = peer_format("10000\r\n");
    struct peer_bytes fits;

    piece = peer_join(repeated(piece, ".", 65536), "\r\n", 2);
    for (int i = 0; i < 64; i++)
        endless = peer_join(endless, piece.data, piece.len);
    free(piece.data);
    try(w, "4 MB in chunks", endless, TOO_LARGE);
    fits = peer_format("HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n", headers_of(w), limit);
    fits = repeated(with_body(w, fits), "\n", limit - len);
    try(w, "as large as allowed", fits, GOOD);
    fits =
        peer_format("HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n", headers_of(w), limit + 1);
    fits = repeated(with_body(w, fits), "\n", limit + 1 - len);
    try(w, "one byte more", fits, TOO_LARGE);
    try(w, "4 MB until the end of the connection",
        repeated(peer_format("HTTP/1.1 200 OK\r\n%s\r\n", headers_of(w)), "0123456789abcdef",
                 256 * KIB),
        TOO_LARGE);
    try(w, "a header of 40 KiB",
        peer_join(repeated(text("HTTP/1.1 200 OK\r\nX-Long: "), "long", 10 * KIB), "\r\n\r\n", 4),
        TOO_LARGE);
    try(w, "4000 headers",
        peer_join(repeated(text("HTTP/1.1 200 OK\r\n"), "X-Many: a\r\n", 4000), "\r\n", 2),
        TOO_LARGE);
    try(w, "a header name without end",
        repeated(text("HTTP/1.1 200 OK\r\n"), "XXXXXXXXXXXXXXXX", 64 * KIB), TOO_LARGE);
    try(w, "a reason without end", repeated(text("HTTP/1.1 200 "), "OK OK OK OK OK OK", 64 * KIB),
        TOO_LARGE);
}

static void try_interim(enum where w)
{
    struct peer_bytes eight = repeated(text(""), "HTTP/1.1 100 Continue\r\n\r\n", 8),
                      whole = good(w);

    eight = peer_join(eight, whole.data, whole.len);
    try(w, "eight interim answers", eight, GOOD);
    try(w, "interim answers without end",
        repeated(text(""), "HTTP/1.1 100 Continue\r\n\r\n", 10000), MALFORMED);
    eight = peer_join(text("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nX-OTPCEP-version: 7\r\n\r\n"),
                      whole.data, whole.len);
    try(w, "early hints, whose headers do not count", eight, GOOD);
    eight = peer_join(
        text("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"),
        whole.data, whole.len);
    try(w, "switching protocols", eight, SAFE);
    eight = peer_join(good(w), whole.data, whole.len);
    try(w, "two answers at once", eight, MALFORMED);
    try(w, "one byte after the answer", peer_join(good(w), "x", 1), MALFORMED);
    free(whole.data);
}

static void try_lines(enum where w)
{
    static const char *const odd[] = {"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
                                      "220 mail.example ESMTP\r\n",
                                      "HTTP/9 200 OK\r\n\r\n",
                                      "HTTP/1.1 abc OK\r\n\r\n",
                                      "ICY 200 OK\r\n\r\n",
                                      "HTTP/1.1\r\n\r\n",
                                      "\x15\x03\x01\x00\x02\x02\x28\r\n\r\n",
                                      "<html></html>\r\n\r\n",
                                      "HTTP/1.1 200 OK\r\n: empty\r\n\r\n",
                                      "HTTP/1.1 99999 OK\r\n\r\n"};
    struct peer_bytes garbage = filled(4 * KIB, 0);
    unsigned seed = 4711;
    char name[200];

    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        snprintf(name, sizeof name, "not HTTP %zu: %.*s", i, (int)strcspn(odd[i], "\r"), odd[i]);
        for (char *c = name; *c != '\0'; c++)
            *c = *c < ' ' ? '?' : *c;
        try(w, name, text(odd[i]), MALFORMED);
    }
    for (size_t i = 0; i < garbage.len; i++) {
        seed = seed * 1103515245u + 12345u;
        garbage.data[i] = (char)(seed >> 16);
    }
    garbage.data[0] = 'x';
    try(w, "4 KiB of garbage", garbage, MALFORMED);
    try(w, "NUL in a header",
        peer_join(peer_join(text("HTTP/1.1 200 OK\r\nX-Nul: a"), "\0", 1), "b\r\n\r\n", 5),
        MALFORMED);
    try(w, "status 20", text("HTTP/1.1 20 OK\r\n\r\n"), MALFORMED);
    try_waiting(w, "a header name of two words", text("HTTP/1.1 200 OK\r\nX Y: z\r\n\r\n"), SAFE);
    try_waiting(
        w, "line feeds for line ends",
        with_body(w, peer_format("HTTP/1.1 200 OK\nX-OTPCEP-version: 1.0\nContent-Length: %zu\n\n",
                                 body_of(w)->len)),
        SAFE);
    try_waiting(
        w, "a folded header",
        with_body(w,
                  peer_format("HTTP/1.1 200 OK\r\n%sX-Fold: a\r\n b\r\nContent-Length: %zu\r\n\r\n",
                              headers_of(w), body_of(w)->len)),
        SAFE);
    try_waiting(w, "HTTP/2.0",
                with_body(w, peer_format("HTTP/2.0 200 OK\r\n%sContent-Length: %zu\r\n\r\n",
                                         headers_of(w), body_of(w)->len)),
                SAFE);
    try_then(w, "nothing, closed", text(""), PEER_CLOSE, lost(w));
    try_then(w, "nothing, dropped", text(""), PEER_DROP, lost(w));
    try(w, "no reason",
        with_body(w, peer_format("HTTP/1.1 200\r\n%sContent-Length: %zu\r\n\r\n", headers_of(w),
                                 body_of(w)->len)),
        GOOD);
}

static void try_until_close(enum where w)
{
    static const char *const versions[] = {"1.0", "1.1"};
    char name[80];

    for (int i = 0; i < 2; i++) {
        snprintf(name, sizeof name, "HTTP/%s until close", versions[i]);
        try_then(w, name,
                 with_body(w, peer_format("HTTP/%s 200 OK\r\n%s\r\n", versions[i], headers_of(w))),
                 PEER_CLOSE, GOOD);
        snprintf(name, sizeof name, "HTTP/%s until the connection is dropped", versions[i]);
        try_then(w, name,
                 with_body(w, peer_format("HTTP/%s 200 OK\r\n%s\r\n", versions[i], headers_of(w))),
                 PEER_DROP, SAFE); /* a cut body would not be well-formed */
        snprintf(name, sizeof name, "HTTP/%s until close, and it stays open", versions[i]);
        try_waiting(
            w, name,
            with_body(w, peer_format("HTTP/%s 200 OK\r\n%s\r\n", versions[i], headers_of(w))),
            late(w));
    }
    try(w, "HTTP/1.0 with a length",
        with_body(w, peer_format("HTTP/1.0 200 OK\r\n%sContent-Length: %zu\r\n\r\n", headers_of(w),
                                 body_of(w)->len)),
        GOOD);
    try_then(
        w, "Connection: close, closed",
        with_body(
            w, peer_format("HTTP/1.1 200 OK\r\nConnection: close\r\n%sContent-Length: %zu\r\n\r\n",
                           headers_of(w), body_of(w)->len)),
        PEER_CLOSE, GOOD);
    try_then(w, "a good answer, then a reset", good(w), PEER_RESET, SAFE);
    try_then(w, "a good answer, then dropped", good(w), PEER_DROP, GOOD);
}

/* ---- HTTP statuses --------------------------------------------------------------------------- */

/* What an OTP server means by a status. */
static daotp_finding_number finding_of(int http)
{
    switch (http) {
    case 401:
    case 407:
        return DAOTP_FINDING_HTTP_SIGN_IN;
    case 404:
    case 410:
        return DAOTP_FINDING_HTTP_PATH;
    case 405:
    case 501:
        return DAOTP_FINDING_HTTP_METHOD;
    case 413:
        return DAOTP_FINDING_HTTP_BODY_LIMIT;
    case 511:
        return DAOTP_FINDING_HTTP_PAGE;
    default:
        break;
    }
    return http >= 500 && http < 600 ? DAOTP_FINDING_HTTP_UNAVAILABLE : DAOTP_FINDING_HTTP_STATUS;
}

static daotp_finding_number ca_finding_of(int http)
{
    if (http == 404 || http == 410)
        return DAOTP_FINDING_CA_PATH;
    return http >= 500 && http < 600 ? DAOTP_FINDING_CA_UNAVAILABLE : DAOTP_FINDING_CA_HTTP;
}

static void try_statuses(enum where w)
{
    static const int others[] = {201, 202, 204, 206, 300, 304, 400, 402, 404, 405, 406, 407,
                                 408, 410, 411, 413, 414, 415, 417, 421, 426, 429, 431, 451,
                                 500, 501, 502, 503, 504, 505, 507, 511, 599, 999};
    static const int redirects[] = {301, 302, 303, 307, 308};
    struct wanted wanted = WANT(PEER, CA_HTTP);
    char name[80];

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        snprintf(name, sizeof name, "HTTP %d", others[i]);
        wanted.error = w == CA ? ca_finding_of(others[i]) : finding_of(others[i]);
        try(w, name,
            peer_format("HTTP/1.1 %d Whatever\r\n%sRetry-After: 0\r\nContent-Length: 0\r\n\r\n",
                        others[i], headers_of(w)),
            wanted);
    }
    for (size_t i = 0; i < sizeof redirects / sizeof redirects[0]; i++) {
        snprintf(name, sizeof name, "HTTP %d to another server", redirects[i]);
        wanted.error = w == CA ? DAOTP_FINDING_CA_HTTP : DAOTP_FINDING_HTTP_REDIRECT;
        try(w, name,
            peer_format("HTTP/1.1 %d Over There\r\n%sLocation: %s\r\nContent-Length: 0\r\n\r\n",
                        redirects[i], headers_of(w), peer_url(trap)),
            wanted);
    }
    try(w, "HTTP 401",
        peer_format("HTTP/1.1 401 Who\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: Basic "
                    "realm=\"x\"\r\nContent-Length: 0\r\n\r\n"),
        w == CA ? WANT(REJECTED, CA_METHOD) : WANT(PEER, HTTP_SIGN_IN));
    try(w, "HTTP 403", text("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"),
        w == CA ? WANT(PEER, CA_FORBIDDEN) : WANT(REJECTED, TLS_CLIENT_CERT_REFUSED));
    try(w, "HTTP 503 with the good body",
        with_body(w, peer_format("HTTP/1.1 503 Later\r\n%sContent-Length: %zu\r\n\r\n",
                                 headers_of(w), body_of(w)->len)),
        w == CA ? WANT(PEER, CA_UNAVAILABLE) : WANT(PEER, HTTP_UNAVAILABLE));
    try(w, "HTTP 200 with a page",
        with_head(w, "200 OK", text("<!doctype html><html><body><h1>Welcome</h1></body></html>")),
        w == CA ? WANT(PEER, CA_PAGE) : WANT(PEER, HTTP_PAGE));
}

/* ---- XML ------------------------------------------------------------------------------------- */

static struct peer_bytes laughs(const char *root)
{
    struct peer_bytes all =
        peer_format("<?xml version=\"1.0\"?><!DOCTYPE %s [<!ENTITY l0 \"lol\">", root);

    for (int i = 1; i < 12; i++) {
        struct peer_bytes line =
            peer_format("<!ENTITY l%d \"&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;\">", i, i - 1,
                        i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);

        all = peer_join(all, line.data, line.len);
        free(line.data);
    }
    return peer_join(all, "]><x>&l11;</x>", 14);
}

static struct peer_bytes nested(size_t depth)
{
    return repeated(repeated(text(""), "<a>", depth), "</a>", depth);
}

/* The good body, with something before it. */
static struct peer_bytes after(enum where w, const char *before)
{
    return peer_join(text(before), body_of(w)->data, body_of(w)->len);
}

static void try_xml(enum where w)
{
    struct wanted wanted = w == CA ? WANT(PEER, CA_MESSAGE) : WANT(PEER, OTP_MESSAGE);
    struct peer_bytes body;
    char *url = strdup(peer_url(trap));

    if (url == NULL)
        exit(70);
    try(w, "no body", with_head(w, "200 OK", text("")), wanted);
    try(w, "a billion laughs", with_head(w, "200 OK", laughs("x")), wanted);
    body = peer_format("<!DOCTYPE x [<!ENTITY e \"%0*d\">]><x>", 30000, 7);
    body = peer_join(repeated(body, "&e;", 5000), "</x>", 4);
    try(w, "a quadratic blow-up", with_head(w, "200 OK", body), wanted);
    try(w, "an entity from a file",
        with_head(w, "200 OK",
                  after(w, "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>")),
        wanted);
    body = peer_format("<!DOCTYPE x SYSTEM \"%s\">", url);
    try(w, "a DOCTYPE from elsewhere",
        with_head(w, "200 OK", peer_join(body, body_of(w)->data, body_of(w)->len)), wanted);
    body = peer_format("<!DOCTYPE x [<!ENTITY %% p SYSTEM \"%s\">%%p;]><x/>", url);
    try(w, "a parameter entity from elsewhere", with_head(w, "200 OK", body), wanted);
    body = peer_format("<x xmlns:i=\"http://www.w3.org/2001/XInclude\"><i:include href=\"%s\" "
                       "parse=\"text\"/></x>",
                       url);
    try(w, "XInclude", with_head(w, "200 OK", body), wanted);
    body = peer_format("<?xml-stylesheet href=\"%s\"?>", url);
    try(w, "a style sheet",
        with_head(w, "200 OK", peer_join(body, body_of(w)->data, body_of(w)->len)), SAFE);
    try(w, "deeply nested", with_head(w, "200 OK", nested(9000)), wanted);
    body = repeated(text("<x"), " a=\"1\"", 1);
    for (int i = 0; i < 4000; i++) {
        char attribute[32];

        body = peer_join(body, attribute,
                         (size_t)snprintf(attribute, sizeof attribute, " a%d=\"1\"", i));
    }
    try(w, "4000 attributes", with_head(w, "200 OK", peer_join(body, "/>", 2)), wanted);
    try(w, "15000 elements",
        with_head(w, "200 OK", peer_join(repeated(text("<x>"), "<a/>", 15000), "</x>", 4)), wanted);
    try(w, "not closed", with_head(w, "200 OK", text("<x><y>")), wanted);
    try(w, "two roots", with_head(w, "200 OK", after(w, "<x/>")), wanted);
    try(w, "not UTF-8",
        with_head(w, "200 OK", text("<?xml version=\"1.0\" encoding=\"UTF-8\"?><x>\xc3\x28</x>")),
        wanted);
    try(w, "NUL", with_head(w, "200 OK", peer_join(text("<x>"), "\0</x>", 6)), wanted);
    try(w, "an encoding that nobody knows",
        with_head(w, "200 OK", after(w, "<?xml version=\"1.0\" encoding=\"x-none\"?>")), SAFE);
    try(w, "UTF-7", with_head(w, "200 OK", after(w, "<?xml version=\"1.0\" encoding=\"UTF-7\"?>")),
        SAFE);
    try(w, "another root", with_head(w, "200 OK", text("<other/>")), wanted);
    try(w, "a byte order mark", with_head(w, "200 OK", after(w, "\xef\xbb\xbf")), SAFE);
    free(url);
}

/* ---- what MS-OTPCE says ---------------------------------------------------------------------- */

#define NS "xmlns=\"http://schemas.microsoft.com/otpcep/1.0/protocol\""

/* attributes, then what stands inside */
static struct peer_bytes response(const char *attributes, const char *inside)
{
    return with_head(
        OTP, "200 OK",
        peer_format("<signCertResponse " NS " %s>%s</signCertResponse>", attributes, inside));
}

/* Success with this request in base64, and these CAs. */
static struct peer_bytes success(const char *base64, const char *cas)
{
    struct peer_bytes attributes =
        peer_format("statusCode=\"Success\" SignedCertRequest=\"%s\"", base64);
    struct peer_bytes all = response(attributes.data, cas);

    free(attributes.data);
    return all;
}

/* The signed request as the good answer has it, in base64. */
static struct peer_bytes good_request(void)
{
    const char *from = strstr(world->otp_body.data, "SignedCertRequest=\"");

    if (from == NULL)
        return text("");
    from = strchr(from, '"') + 1;
    return peer_format("%.*s", (int)strcspn(from, "\""), from);
}

static void try_protocol(void)
{
    static const char *const versions[] = {"2.0", "", "1", "1.0.0", "one"};
    size_t len = world->otp_body.len;
    char name[80];

    try(OTP, "no version header",
        with_body(OTP, peer_format("HTTP/1.1 200 OK\r\n" TYPE "Content-Length: %zu\r\n\r\n", len)),
        WANT(PEER, OTP_VERSION));
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        snprintf(name, sizeof name, "version '%s'", versions[i]);
        try(OTP, name,
            with_body(OTP, peer_format("HTTP/1.1 200 OK\r\n" TYPE
                                       "X-OTPCEP-version: %s\r\nContent-Length: %zu\r\n\r\n",
                                       versions[i], len)),
            WANT(PEER, OTP_VERSION));
    }
    try(OTP, "version in other letters",
        with_body(OTP, peer_format("HTTP/1.1 200 OK\r\n" TYPE
                                   "x-otpcep-VERSION:1.0  \r\nContent-Length: %zu\r\n\r\n",
                                   len)),
        GOOD);
    try(OTP, "a page for a type",
        with_body(OTP, peer_format("HTTP/1.1 200 OK\r\n" VERSION
                                   "Content-Type: text/html\r\nContent-Length: %zu\r\n\r\n",
                                   len)),
        GOOD);
    try(OTP, "no type",
        with_body(OTP,
                  peer_format("HTTP/1.1 200 OK\r\n" VERSION "Content-Length: %zu\r\n\r\n", len)),
        GOOD);
    try(OTP, "no status code", response("", ""), WANT(PEER, OTP_MESSAGE));
    try(OTP, "an unknown status code", response("statusCode=\"Perhaps\"", ""),
        WANT(PEER, OTP_OTHER));
    try(OTP, "two status codes", response("statusCode=\"Success\" statusCode=\"OtherError\"", ""),
        WANT(PEER, OTP_MESSAGE));
    try(OTP, "a status code for an element", response("", "<statusCode>Success</statusCode>"),
        WANT(PEER, OTP_MESSAGE));
    try(OTP, "a status code in capitals", response("statusCode=\"SUCCESS\"", ""),
        WANT(PEER, OTP_OTHER));
    try(OTP, "AuthenticationError", response("statusCode=\"AuthenticationError\"", ""),
        WANT(REJECTED, OTP_AUTHENTICATION));
    try(OTP, "ChallengeResponseRequired", response("statusCode=\"ChallengeResponseRequired\"", ""),
        WANT(CHALLENGE, OTP_CHALLENGE));
    try(OTP, "OtherError", response("statusCode=\"OtherError\"", ""), WANT(PEER, OTP_OTHER));
    try(OTP, "another namespace",
        with_head(OTP, "200 OK",
                  text("<signCertResponse "
                       "xmlns=\"urn:other\"><statusCode>Success</statusCode></signCertResponse>")),
        WANT(PEER, OTP_MESSAGE));
    try(OTP, "a request for an answer", with_head(OTP, "200 OK", text("<signCertRequest " NS "/>")),
        WANT(PEER, OTP_MESSAGE));
}

#define ISSUING(name) "<IssuingCA>" name "</IssuingCA>"

static void try_requests(void)
{
    struct peer_bytes request = good_request(), wrapped;
    char many[2000] = "";

    peer_check(request.len > 1000, "the good request is found in the answer");
    try(OTP, "the good answer in our own words",
        success(request.data, ISSUING("localhost\\Lab Issuing CA")), GOOD);
    try(OTP, "Success, no request", response("statusCode=\"Success\"", ISSUING("a\\b")),
        WANT(PEER, OTP_NO_REQUEST));
    try(OTP, "Success, an empty request", success("", ISSUING("a\\b")), WANT(PEER, OTP_NO_REQUEST));
    try(OTP, "Success, no CA", success(request.data, ""), WANT(PEER, OTP_NO_ISSUING_CA));
    try(OTP, "a request that is not base64", success("%%%%", ISSUING("a\\b")),
        WANT(PEER, OTP_MESSAGE));
    try(OTP, "a request that is no CMC", success("MAA=", ISSUING("a\\b")), WANT(PEER, CMC_TYPE));
    try(OTP, "a CA without a name", success(request.data, ISSUING("localhost")),
        WANT(PEER, CA_CONFIG));
    try(OTP, "a CA without a host", success(request.data, ISSUING("\\Lab")), WANT(PEER, CA_CONFIG));
    try(OTP, "a CA of no letters", success(request.data, ISSUING("")), SAFE);
    for (int i = 0; i < 40; i++)
        strcat(many, ISSUING("a\\b"));
    try(OTP, "40 CAs", success(request.data, many), SAFE);
    wrapped =
        peer_format("statusCode=\"AuthenticationError\" SignedCertRequest=\"%s\"", request.data);
    try(OTP, "refused, and a request all the same", response(wrapped.data, ISSUING("a\\b")),
        WANT(REJECTED, OTP_AUTHENTICATION));
    free(wrapped.data);
    free(request.data);
}

#define WANT_HOST    DAOTP_REJECTED, DAOTP_FINDING_CA_HOST
#define WANT_PORT    DAOTP_PEER, DAOTP_FINDING_CA_PORT
#define WANT_NO_HOST DAOTP_PEER, DAOTP_FINDING_CA_CONFIG

/* The server names the CA: not where on that host, nothing but a host, and only one of those that
 * are allowed. The trap is one port away from each of them. */
static void try_ca_names(void)
{
    static const struct {
        const char *host;
        daotp_status status;
        daotp_finding_number finding;
    } rows[] = {
        {"localhost", WANT_HOST},
        {"LOCALHOST.", WANT_HOST},
        {"127.0.0.1", WANT_HOST},
        {"::1", WANT_HOST},
        {"[::1]", WANT_HOST},
        {"evilcorp.invalid", WANT_HOST},
        {"corp.invalid", WANT_HOST},
        {"ca.corp.invalid.localhost", WANT_HOST},
        {"localhost:443", WANT_PORT},
        {"ca.corp.invalid:443", WANT_PORT},
        {"[::1]:443", WANT_PORT},
        {"127.1", WANT_NO_HOST},
        {"2130706433", WANT_NO_HOST},
        {"0x7f000001", WANT_NO_HOST},
        {"0177.0.0.1", WANT_NO_HOST},
        {"localhost:1:2", WANT_NO_HOST},
        {"localhost/otp?", WANT_NO_HOST},
        {"localhost/otp#", WANT_NO_HOST},
        {"localhost#.corp.invalid", WANT_NO_HOST},
        {"localhost?.corp.invalid", WANT_NO_HOST},
        {"localhost/.corp.invalid", WANT_NO_HOST},
        {"user@localhost", WANT_NO_HOST},
        {"x.corp.invalid@localhost", WANT_NO_HOST},
        {"localhost@x.corp.invalid", WANT_NO_HOST},
        {"localhost%2f.corp.invalid", WANT_NO_HOST},
        {"localhost%00.corp.invalid", WANT_NO_HOST},
        {"local%68ost", WANT_NO_HOST},
        {"a b", WANT_NO_HOST},
        {"*", WANT_NO_HOST},
        {".corp.invalid", WANT_NO_HOST},
    };
    struct peer_bytes request = good_request();
    const char *port = strrchr(peer_url(trap), ':');
    struct peer_bytes template =
        peer_format("https://{host}%.*s/{ca}", (int)strcspn(port, "/"), port);
    char name[100];

    (void)daotp_ca_set_url(rig->ca, NULL);
    (void)daotp_ca_set_url_template(rig->ca, template.data);
    peer_check(daotp_ca_allow_host(rig->ca, ".corp.invalid") == DAOTP_OK, "a suffix is allowed");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct peer_bytes ca = peer_format("<IssuingCA>%s\\CA</IssuingCA>", rows[i].host);

        snprintf(name, sizeof name, "a CA on host '%s'", rows[i].host);
        try(OTP, name, success(request.data, ca.data),
            (struct wanted){rows[i].status, rows[i].finding});
        free(ca.data);
    }
    (void)daotp_ca_set_url_template(rig->ca, NULL);
    (void)daotp_ca_set_url(rig->ca, peer_url(rig->ces));
    free(template.data);
    free(request.data);
}

static char *base64_of(const struct peer_bytes *bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = malloc(bytes->len * 4 / 3 + 8), *to = out;

    if (out == NULL)
        exit(70);
    for (size_t i = 0; i < bytes->len; i += 3) {
        const unsigned char *at = (const unsigned char *)bytes->data + i;
        size_t left = bytes->len - i;
        unsigned v = (unsigned)at[0] << 16 | (left > 1 ? (unsigned)at[1] << 8 : 0) |
                     (left > 2 ? (unsigned)at[2] : 0);

        *to++ = digits[v >> 18];
        *to++ = digits[v >> 12 & 63];
        *to++ = left > 1 ? digits[v >> 6 & 63] : '=';
        *to++ = left > 2 ? digits[v & 63] : '=';
    }
    *to = '\0';
    return out;
}

static struct peer_result run_with_request(const struct peer_bytes *cmc)
{
    struct peer_plan plan = PEER_GOOD;
    struct peer_result result;
    char *base64 = base64_of(cmc);
    struct peer_bytes all = success(base64, ISSUING("localhost\\Lab Issuing CA"));

    plan.answer = all.data;
    plan.len = all.len;
    set_plan(OTP, plan);
    result = peer_run(rig);
    forget(OTP, all);
    free(base64);
    return result;
}

static bool is_inside(size_t at, daotp__bytes part)
{
    const uint8_t *byte = (const uint8_t *)world->cmc.data + at;

    return part.data != NULL && byte >= part.data && byte < part.data + part.len;
}

/* What the registration authority signed, and its signature. The signer's certificate is for a path
 * validation to judge, and the no-signature signer for the CA. */
static bool is_protected(size_t at, const daotp__signed_data *cmc)
{
    const daotp__signer *ra = &cmc->signers[cmc->signer_count - 1];

    return is_inside(at, cmc->content) || is_inside(at, ra->attributes) ||
           is_inside(at, ra->signature);
}

/* One bit of the signed request at each byte. */
static void flip_bits(void)
{
    daotp__bytes whole = {(const uint8_t *)world->cmc.data, world->cmc.len};
    size_t wrong = 0, passed = 0;
    daotp__signed_data cmc;

    peer_check(daotp__signed_data_read(whole, &cmc) && cmc.signer_count == 2,
               "the signed request has two signers");
    for (size_t at = 0; at < world->cmc.len; at++) {
        struct peer_result result;

        world->cmc.data[at] ^= (char)(1 << at % 8);
        result = run_with_request(&world->cmc);
        world->cmc.data[at] ^= (char)(1 << at % 8);
        passed += result.status == DAOTP_OK;
        if (result.status == DAOTP_INTERNAL || result.codes > 1 || result.took_ms > AT_ONCE_MS ||
            (result.status == DAOTP_OK && is_protected(at, &cmc))) {
            wrong++;
            printf("# a bit at %zu of %zu: %s\n", at, world->cmc.len,
                   daotp_status_name(result.status));
        }
    }
    peer_check(wrong == 0,
               "a bit of the signed request changed, at each of %zu bytes: %zu wrong, %zu passed",
               world->cmc.len, wrong, passed);
}

/* ---- what MS-WSTEP says ---------------------------------------------------------------------- */

#define ENVELOPE                                                                                   \
    "<s:Envelope "                                                                                 \
    "xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>%s</s:Body></s:Envelope>"
#define DETAIL                                                                                     \
    "<s:Detail><CertificateEnrollmentWSDetail "                                                    \
    "xmlns=\"http://schemas.microsoft.com/windows/pki/2009/01/enrollment\"><ErrorCode>%s</"        \
    "ErrorCode></CertificateEnrollmentWSDetail></s:Detail>"

static struct peer_bytes fault(const char *status, const char *subcode, const char *reason,
                               const char *hresult)
{
    struct peer_bytes detail = hresult != NULL ? peer_format(DETAIL, hresult) : text("");
    struct peer_bytes inside = peer_format(
        "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>%s</s:Value></"
        "s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"en\">%s</s:Text></s:Reason>%s</s:Fault>",
        subcode, reason, detail.data);
    struct peer_bytes all = with_head(CA, status, peer_format(ENVELOPE, inside.data));

    free(detail.data);
    free(inside.data);
    return all;
}

#define TOKENS                                                                                     \
    "<RequestSecurityTokenResponseCollection "                                                     \
    "xmlns=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512\">%s</"                              \
    "RequestSecurityTokenResponseCollection>"
#define TOKEN                                                                                      \
    "<RequestSecurityTokenResponse><RequestedSecurityToken><BinarySecurityToken "                  \
    "xmlns=\"http://docs.oasis-open.org/wss/2004/01/"                                              \
    "oasis-200401-wss-wssecurity-secext-1.0.xsd\">%s</BinarySecurityToken></"                      \
    "RequestedSecurityToken></RequestSecurityTokenResponse>"

static struct peer_bytes tokens(const char *inside)
{
    struct peer_bytes list = peer_format(TOKENS, inside);
    struct peer_bytes all = with_head(CA, "200 OK", peer_format(ENVELOPE, list.data));

    free(list.data);
    return all;
}

static struct peer_bytes token(const char *base64)
{
    struct peer_bytes one = peer_format(TOKEN, base64);
    struct peer_bytes all = tokens(one.data);

    free(one.data);
    return all;
}

static void try_faults(void)
{
    static const char *const odd[] = {"0", "abc", "99999999999999999999", "-99999999999", "", " "};
    struct peer_bytes reason = repeated(text(""), "very long ", 40 * KIB);
    const char *shown;
    char name[80];

    try(CA, "a fault with HTTP 500", fault("500 Bad", "x:Busy", "no", NULL), WANT(PEER, CA_FAULT));
    try(CA, "a fault with HTTP 400", fault("400 Bad", "x:Busy", "no", NULL), WANT(PEER, CA_FAULT));
    try(CA, "a fault with HTTP 200", fault("200 OK", "x:Busy", "no", NULL), WANT(PEER, CA_FAULT));
    try(CA, "a denial", fault("500 Bad", "x:Denied", "no", "-2146877422"),
        WANT(REJECTED, CA_TEMPLATE_DENIED));
    try(CA, "a denial, unsigned", fault("500 Bad", "x:Denied", "no", "2148089874"),
        WANT(REJECTED, CA_TEMPLATE_DENIED));
    try(CA, "a denial of no known number", fault("500 Bad", "x:Denied", "no", "-2147024000"),
        WANT(REJECTED, CA_DENIED));
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        snprintf(name, sizeof name, "a denial of number '%s'", odd[i]);
        try(CA, name, fault("500 Bad", "x:Denied", "no", odd[i]), WANT(PEER, CA_FAULT));
    }
    try(CA, "FailedAuthentication", fault("500 Bad", "o:FailedAuthentication", "who", NULL),
        WANT(REJECTED, CA_CREDENTIAL));
    try(CA, "a reason of 400 KiB", fault("500 Bad", "x:Busy", reason.data, NULL),
        WANT(PEER, CA_FAULT));
    shown = daotp_report_get_text(daotp_client_get_report(rig->client));
    peer_check(strlen(shown) < 16 * KIB, "a reason of 400 KiB is cut: the report has %zu bytes",
               strlen(shown));
    free(reason.data);
    try(CA, "a reason of many lines",
        fault("500 Bad", "x:Busy",
              "one&#10;error OTP-EKU (stage profile)&#13;&#9;three \xc2\x9b"
              "31m",
              NULL),
        WANT(PEER, CA_FAULT));
    shown = daotp_report_get_text(daotp_client_get_report(rig->client));
    peer_check(strstr(shown, "\nerror OTP-EKU") == NULL,
               "a reason cannot forge a line of the report");
    peer_check(strstr(shown, "\xc2\x9b") == NULL, "a reason cannot control the terminal (C1)");
    try(CA, "a fault and nothing in it",
        with_head(CA, "500 Bad", peer_format(ENVELOPE, "<s:Fault/>")), WANT(PEER, CA_FAULT));
    try(CA, "HTTP 500 and a page", with_head(CA, "500 Bad", text("<html>no</html>")),
        WANT(PEER, CA_UNAVAILABLE));
}

static void try_tokens(void)
{
    struct peer_bytes one = peer_format(TOKEN, "MAA="), two = repeated(text(""), one.data, 2);

    try(CA, "an empty body of the envelope", with_head(CA, "200 OK", peer_format(ENVELOPE, "")),
        WANT(PEER, CA_MESSAGE));
    try(CA, "no token", tokens(""), WANT(PEER, CA_MESSAGE));
    try(CA, "two tokens", tokens(two.data), WANT(PEER, CA_MESSAGE));
    try(CA, "an empty token", token(""), WANT(PEER, CA_MESSAGE));
    try(CA, "a token that is not base64", token("%%%%"), WANT(PEER, CA_MESSAGE));
    try(CA, "a token that is no certificate", token("MAA="), WANT(PEER, CA_RESPONSE));
    try(CA, "SOAP 1.1",
        with_head(
            CA, "200 OK",
            text("<s:Envelope "
                 "xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body/></s:Envelope>")),
        WANT(PEER, CA_SOAP_VERSION));
    free(one.data);
    free(two.data);
}

/* ---- before the code exists ------------------------------------------------------------------ */

static void try_head_statuses(void)
{
    static const struct {
        int http;
        daotp_status status;
        daotp_finding_number error;
    } rows[] = {
        {200, DAOTP_OK, DAOTP_FINDING_NONE},
        {204, DAOTP_OK, DAOTP_FINDING_NONE},
        {400, DAOTP_OK, DAOTP_FINDING_NONE},
        {404, DAOTP_OK, DAOTP_FINDING_NONE}, /* with a warning */
        {405, DAOTP_OK, DAOTP_FINDING_NONE},
        {411, DAOTP_OK, DAOTP_FINDING_NONE},
        {501, DAOTP_OK, DAOTP_FINDING_NONE},
        {302, DAOTP_PEER, DAOTP_FINDING_HTTP_REDIRECT},
        {307, DAOTP_PEER, DAOTP_FINDING_HTTP_REDIRECT},
        {401, DAOTP_OK, DAOTP_FINDING_NONE}, /* the POST is answered by the protocol */
        {403, DAOTP_OK, DAOTP_FINDING_NONE},
        {500, DAOTP_OK, DAOTP_FINDING_NONE},
        {502, DAOTP_OK, DAOTP_FINDING_NONE},
        {503, DAOTP_OK, DAOTP_FINDING_NONE},
        {504, DAOTP_OK, DAOTP_FINDING_NONE},
    };
    char name[80];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(name, sizeof name, "HEAD answered %d", rows[i].http);
        try(HEAD, name,
            peer_format("HTTP/1.1 %d Whatever\r\nLocation: %s\r\n%s\r\n", rows[i].http,
                        peer_url(trap), rows[i].http == 204 ? "" : "Content-Length: 0\r\n"),
            (struct wanted){rows[i].status, rows[i].error});
    }
}

/* A server that accepts and says no more must not use up the time of the whole. */
static void try_silence(void)
{
    struct peer_plans plans = {.handshake = PEER_GOOD, .head = PEER_GOOD, .post = PEER_GOOD};

    (void)daotp_client_set_preflight(rig->client, true);
    (void)daotp_client_set_connect_timeout_ms(rig->client, SHORT_MS);
    plans.handshake.deaf = true;
    plans.handshake.then = PEER_STALL;
    peer_set_all(rig->otp, &plans);
    judge("no answer to the TLS greeting", WANT(TIMEOUT, TLS_TIMEOUT), 0, SHORT_MS + AT_ONCE_MS);
    plans.handshake.then = PEER_DROP;
    peer_set_all(rig->otp, &plans);
    judge("closed at the TLS greeting", WANT(NETWORK, TLS_RESET), 0, AT_ONCE_MS);
    plans.handshake.answer =
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nspeak plainly\r\n";
    plans.handshake.len = strlen(plans.handshake.answer);
    peer_set_all(rig->otp, &plans);
    judge("HTTP without TLS", WANT(PEER, TLS_PROTOCOL), 0, AT_ONCE_MS);
    plans.handshake = PEER_GOOD;
    plans.handshake.then = PEER_DROP;
    peer_set_all(rig->otp, &plans);
    judge("dropped after the handshake", WANT(NETWORK, HTTP_CONNECTION_LOST), 0, AT_ONCE_MS);
    plans.handshake.then = PEER_STALL;
    peer_set_all(rig->otp, &plans);
    judge("no answer to the HEAD", WANT(TIMEOUT, TLS_TIMEOUT), 0, SHORT_MS + AT_ONCE_MS);
    plans.handshake = PEER_GOOD;
    plans.head.cut = 20;
    plans.head.then = PEER_STALL;
    peer_set_all(rig->otp, &plans);
    judge("half an answer to the HEAD", WANT(TIMEOUT, TLS_TIMEOUT), 0, SHORT_MS + AT_ONCE_MS);
    set_plan(OTP, PEER_GOOD);
    (void)daotp_client_set_connect_timeout_ms(rig->client, 10000);
}

static void cut_head(void)
{
    unsigned wrong = 0;

    for (size_t at = 0; at < world->head.len; at++) {
        struct peer_plan plan = PEER_GOOD;
        struct peer_result result;

        plan.cut = at;
        plan.then = at % 2 ? PEER_DROP : PEER_CLOSE;
        set_plan(HEAD, plan);
        result = peer_run(rig);
        wrong += result.status != DAOTP_NETWORK || result.codes != 0 ||
                 result.error != DAOTP_FINDING_HTTP_CONNECTION_LOST;
    }
    set_plan(HEAD, PEER_GOOD);
    peer_check(wrong == 0, "the answer to the HEAD cut at each of %zu bytes: %u wrong",
               world->head.len, wrong);
}

static void try_head(void)
{
    try(HEAD, "HEAD: garbage", text("garbage\r\n\r\n"), MALFORMED);
    try(HEAD, "HEAD: a body, which it must not have",
        with_body(OTP, peer_format("HTTP/1.1 405 No\r\nContent-Length: %zu\r\n\r\n",
                                   world->otp_body.len)),
        SAFE);
    try(HEAD, "HEAD: a length, as GET would have it",
        text("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"), GOOD);
    try(HEAD, "HEAD: chunks announced",
        text("HTTP/1.1 405 No\r\nTransfer-Encoding: chunked\r\n\r\n"), GOOD);
    try(HEAD, "HEAD: headers without end",
        repeated(text("HTTP/1.1 405 No\r\n"), "X-Many: a\r\n", 20000), TOO_LARGE);
    try(HEAD, "HEAD: interim answers without end",
        repeated(text(""), "HTTP/1.1 100 Continue\r\n\r\n", 10000), MALFORMED);
    try_then(HEAD, "HEAD: Connection: close",
             text("HTTP/1.1 405 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), PEER_CLOSE,
             GOOD);
    /* it drops the next one too: the code may meet that */
}

/* Nothing may be written to standard error: neither by us nor by a library below us. */
static int hush(FILE *said)
{
    int before = dup(STDERR_FILENO);

    if (said == NULL || before < 0 || dup2(fileno(said), STDERR_FILENO) < 0)
        exit(70);
    return before;
}

static void check_silence(FILE *said, int before)
{
    char line[200] = "";

    (void)fflush(stderr);
    (void)dup2(before, STDERR_FILENO);
    (void)close(before);
    rewind(said);
    if (fgets(line, sizeof line, said) != NULL)
        line[strcspn(line, "\n")] = '\0';
    (void)fclose(said);
    peer_check(*line == '\0', "nothing on standard error: %s", line);
}

int main(void)
{
    FILE *said = tmpfile();
    daotp_context *context;
    int before;

    if (daotp_context_new(&context) != DAOTP_OK)
        return 70;
    world = peer_world_new(context);
    rig = peer_rig_new(world);
    trap = peer_new(world, false);
    (void)daotp_client_set_timeout_ms(rig->client, LONG_MS);
    before = hush(said);
    for (enum where w = OTP; w <= CA; w++) {
        printf("# %s\n", w == OTP ? "from the OTP server" : "from the CA");
        try(w, "the good answer", good(w), GOOD);
        try_lengths(w);
        try_chunks(w);
        try_sizes(w);
        try_interim(w);
        try_lines(w);
        try_until_close(w);
        try_statuses(w);
        try_xml(w);
    }
    printf("# MS-OTPCE\n");
    try_protocol();
    try_requests();
    try_ca_names();
    flip_bits();
    printf("# MS-WSTEP\n");
    try_faults();
    try_tokens();
    printf("# before the code exists\n");
    try_head_statuses();
    try_silence();
    cut_head();
    try_head();
    try(OTP, "and good again", good(OTP), GOOD);
    check_silence(said, before);
    peer_free(trap);
    peer_rig_free(rig);
    peer_world_free(world);
    daotp_context_unref(context);
    return peer_summary();
}
