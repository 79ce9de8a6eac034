/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host of CRLs that does all it can: each answer is bounded in time and memory, says what it is
 * by a finding, and never makes a certificate good. The certificate judged is good but for its CRL.
 */
#include "fetch_ask.h"
#include "high_water.h"

#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { LIMIT = 1 << 20, FETCH_MS = 700 };

static fetch_host *host;
static const pki_cert *root;
static daotp__bytes good, bomb, block;
static const char *good_path = "/good.crl";

/* ---- what is served -------------------------------------------------------------------------- */

static const uint8_t gzip_head[] = {0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255};

/* 160 MB of zeros in a megabyte: one literal, and then "258 more of it" in 13 bits (RFC 1951 3.2.6,
 * fixed codes) again and again. */
static daotp__bytes make_bomb(void)
{
    enum { ROOM = 1 << 20 };
    uint8_t *out = pki_get(ROOM + 64);
    uint64_t bits = 0;
    unsigned held = 0;
    size_t at = sizeof gzip_head;

    memcpy(out, gzip_head, sizeof gzip_head);
    bits =
        3 | 0x0C << 3; /* the last block, fixed codes; literal 0 is 00110000, its first bit first */
    held = 11;
    while (at < ROOM) {
        bits |= (uint64_t)0xA3 << held; /* 285 is 11000101, and distance 1 is 00000 */
        for (held += 13; held >= 8; held -= 8, bits >>= 8)
            out[at++] = (uint8_t)bits;
    }
    return (daotp__bytes){out, at};
}

static uint32_t crc32_of(daotp__bytes in)
{
    uint32_t crc = ~0u;

    for (size_t i = 0; i < in.len; i++) {
        crc ^= in.data[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xEDB88320u & -(crc & 1));
    }
    return ~crc;
}

/* As gzip would, but that nothing is made shorter. */
static daotp__bytes zipped(daotp__bytes in)
{
    uint8_t *out = pki_get(in.len + 64);
    uint32_t crc = crc32_of(in);
    size_t at = sizeof gzip_head;

    memcpy(out, gzip_head, sizeof gzip_head);
    out[at++] = 1;
    for (unsigned i = 0; i < 4; i++)
        out[at++] = (uint8_t)((i < 2 ? in.len : ~in.len) >> i % 2 * 8);
    memcpy(out + at, in.data, in.len);
    at += in.len;
    for (unsigned i = 0; i < 4; i++)
        out[at++] = (uint8_t)(crc >> 8 * i);
    for (unsigned i = 0; i < 4; i++)
        out[at++] = (uint8_t)(in.len >> 8 * i);
    return (daotp__bytes){out, at};
}

static int begin_group(void **state)
{
    (void)state;
    host = host_new();
    root = pki_ca("CN=Root", pki_key(0), NULL);
    good = pki_crl(root, 7, PKI_NOTHING);
    bomb = make_bomb();
    block = (daotp__bytes){pki_get(1 << 16), 1 << 16};
    host_put_body(host, good_path, good);
    return 0;
}

static int end_group(void **state)
{
    (void)state;
    return fetch_end_group(host);
}

/* Ask about a certificate whose CRL is at this path. */
static void ask_about(const char *path, int timeout_ms)
{
    fetch_ask ask = {.anchor = root,
                     .leaf = fetch_leaf(root, host_url(host, path), NULL, NULL),
                     .max_bytes = LIMIT,
                     .timeout_ms = timeout_ms};

    (void)fetch_reopened(&ask);
}

/* Serve a page there; this finding about it, and no verdict. A number of 0: it is accepted. */
static void expect_page(const char *what, host_page page, daotp_finding_number number)
{
    static unsigned next;
    char path[32];

    (void)snprintf(path, sizeof path, "/%u.crl", next++);
    host_put(host, path, page);
    ask_about(path, FETCH_MS);
    fetch_expect(what, number == 0 ? DAOTP_OK : DAOTP_UNDECIDED, number, path);
    fetch_expect_cause(what, number);
    fetch_expect_within(what, FETCH_MS + 500);
    assert_true(host_sent(host, path) <= LIMIT + (16u << 20)); /* what sockets hold, and no more */
    if (host_asked(host, path) > 4)
        fail_msg("%s: asked for %u times", what, host_asked(host, path));
    fetch_close();
}

/* ---- size ------------------------------------------------------------------------------------ */

static void bodies_without_an_end(void **state)
{
    static const char *const lengths[] = {"Content-Length: 10000000000\r\n",
                                          "Content-Length: 1048577\r\n",
                                          "Content-Length: 9223372036854775807\r\n"};

    (void)state;
    expect_page("no length", (host_page){.manner = HOST_ENDLESS, .body = block},
                DAOTP_FINDING_FETCH_TOO_LARGE);
    expect_page("chunks", (host_page){.manner = HOST_CHUNKS, .body = block},
                DAOTP_FINDING_FETCH_TOO_LARGE);
    for (size_t i = 0; i < COUNT(lengths); i++)
        expect_page(lengths[i],
                    (host_page){.manner = HOST_ENDLESS, .body = block, .fields = lengths[i]},
                    DAOTP_FINDING_FETCH_TOO_LARGE);
}

/* To the octet: what is allowed is fetched, one more is not. */
static void the_limit_is_exact(void **state)
{
    fetch_ask ask = {.anchor = root,
                     .leaf = fetch_leaf(root, host_url(host, good_path), NULL, NULL),
                     .max_bytes = (int64_t)good.len};

    (void)state;
    (void)fetch_reopened(&ask);
    fetch_expect("at the limit", DAOTP_OK, 0, NULL);
    ask.max_bytes--;
    (void)fetch_reopened(&ask);
    fetch_expect("above it", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_TOO_LARGE, good_path);
}

static void lengths_that_are_none(void **state)
{
    static const char *const lengths[] = {"Content-Length: -1\r\n", "Content-Length: x\r\n",
                                          "Content-Length: 99999999999999999999999\r\n"};

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        static const char path[] = "/length.crl";

        host_put(host, path,
                 (host_page){.manner = HOST_ENDLESS, .body = block, .fields = lengths[i]});
        ask_about(path, FETCH_MS);
        fetch_expect(lengths[i], DAOTP_UNDECIDED, 0, NULL);
        fetch_expect_within(lengths[i], FETCH_MS + 500);
        assert_true(fetch_find(DAOTP_FINDING_FETCH_FAILED, path) != NULL ||
                    fetch_find(DAOTP_FINDING_FETCH_TOO_LARGE, path) != NULL);
    }
}

/* What is kept of an answer beside its body is bounded, and is the peer's fault: no "out of
 * memory". */
static void heads_without_an_end(void **state)
{
    static const host_manner manners[] = {HOST_FIELDS, HOST_INTERIM, HOST_LINE, HOST_TRAILERS};

    (void)state;
    for (size_t i = 0; i < COUNT(manners); i++) {
        char path[32];

        (void)snprintf(path, sizeof path, "/head%zu.crl", i);
        host_put(host, path, (host_page){.manner = manners[i]});
        ask_about(path, FETCH_MS);
        fetch_expect(path, DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_TOO_LARGE, path);
        fetch_expect_within(path, FETCH_MS + 500);
        fetch_close();
        if (host_sent(host, path) > (8u << 20)) /* what sockets hold */
            fail_msg("%s: %u MB of it are read", path, (unsigned)(host_sent(host, path) >> 20));
    }
}

/* libcurl reads over it and keeps nothing: time bounds it. */
static void a_chunk_extension_without_an_end(void **state)
{
    (void)state;
    host_put(host, "/extension.crl", (host_page){.manner = HOST_EXTENSION});
    ask_about("/extension.crl", FETCH_MS);
    fetch_expect("extension", DAOTP_UNDECIDED, 0, NULL);
    fetch_expect_within("extension", FETCH_MS + 500);
    assert_true(fetch_find(DAOTP_FINDING_FETCH_TIMEOUT, "/extension.crl") != NULL ||
                fetch_find(DAOTP_FINDING_FETCH_FAILED, "/extension.crl") != NULL ||
                fetch_find(DAOTP_FINDING_FETCH_TOO_LARGE, "/extension.crl") != NULL);
    fetch_close();
}

/* ---- time ------------------------------------------------------------------------------------ */

static void slow_ones(void **state)
{
    (void)state;
    expect_page("drip", (host_page){.manner = HOST_DRIP, .body = good, .pause_ms = 20},
                DAOTP_FINDING_FETCH_TIMEOUT);
    expect_page("dripping head",
                (host_page){.manner = HOST_DRIP_FIELDS, .body = PKI_BYTES("x"), .pause_ms = 20},
                DAOTP_FINDING_FETCH_TIMEOUT);
    expect_page("silence", (host_page){.manner = HOST_SILENT}, DAOTP_FINDING_FETCH_TIMEOUT);
    expect_page("a late answer", (host_page){.body = good, .delay_ms = 200}, 0);
}

/* A listener that never accepts: its queue is full. */
static void nobody_accepts(void **state)
{
    unsigned port = 0;
    int listener = host_listen(AF_INET, &port), others[4];
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)port)};
    char url[64];
    fetch_ask ask = {.anchor = root, .timeout_ms = FETCH_MS};

    (void)state;
    assert_true(listener >= 0);
    assert_int_equal(listen(listener, 0), 0);
    for (unsigned i = 0; i < COUNT(others); i++) {
        others[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(others[i], (struct sockaddr *)&address, sizeof address);
    }
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/x", port);
    ask.leaf = fetch_leaf(root, url, NULL, NULL);
    (void)fetch_reopened(&ask);
    fetch_expect("no accept", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_TIMEOUT, url);
    fetch_expect_within("no accept", FETCH_MS + 500);
    for (unsigned i = 0; i < COUNT(others); i++)
        (void)close(others[i]);
    (void)close(listener);
}

/* A drip that a long deadline would let go on is ended by the least rate. Ten seconds. */
static void a_drip_ends_before_a_long_deadline(void **state)
{
    (void)state;
    host_put(host, "/rate.crl",
             (host_page){.manner = HOST_DRIP, .body = block, .pause_ms = 20}); /* 50 octets a s */
    ask_about("/rate.crl", 30000);
    fetch_expect("least rate", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_TIMEOUT, "/rate.crl");
    fetch_expect_within("least rate", 14000);
    assert_true(fetch_last.ms > 5000); /* and not for another reason */
    fetch_close();
}

/* ---- lines that break ------------------------------------------------------------------------ */

static void lines_that_break(void **state)
{
    (void)state;
    expect_page("half", (host_page){.manner = HOST_HALF, .body = good}, DAOTP_FINDING_FETCH_FAILED);
    expect_page("reset", (host_page){.manner = HOST_RESET}, DAOTP_FINDING_FETCH_FAILED);
    expect_page("reset in the body", (host_page){.manner = HOST_RESET_HALF, .body = good},
                DAOTP_FINDING_FETCH_FAILED);
    expect_page("nothing at all", (host_page){.manner = HOST_RAW}, DAOTP_FINDING_FETCH_FAILED);
}

static void nobody_listens(void **state)
{
    fetch_ask ask = {.anchor = root};
    char url[64];

    (void)state;
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/x", host_free_port());
    ask.leaf = fetch_leaf(root, url, NULL, NULL);
    (void)fetch_reopened(&ask);
    fetch_expect("closed port", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_FAILED, url);
    fetch_expect_within("closed port", 500);
}

static void what_is_no_http(void **state)
{
    static const struct {
        const char *what;
        daotp__bytes bytes;
    } rows[] = {{"TLS: an alert", {(const uint8_t *)"\x15\x03\x01\0\x02\x02\x46", 7}},
                {"TLS: a handshake", {(const uint8_t *)"\x16\x03\x03\0\x04\x0e\0\0\0", 9}},
                {"SSH", {(const uint8_t *)"SSH-2.0-OpenSSH_9.2\r\n", 21}},
                {"SMTP", {(const uint8_t *)"220 mail ESMTP\r\n", 16}},
                {"a version of ten", {(const uint8_t *)"HTTP/10.0 200 x\r\n\r\n", 19}},
                {"a status of six digits", {(const uint8_t *)"HTTP/1.1 200000 x\r\n\r\nabc", 24}},
                {"a status that is none", {(const uint8_t *)"HTTP/1.1 abc x\r\n\r\nabc", 21}}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char path[32];

        (void)snprintf(path, sizeof path, "/raw%zu.crl", i);
        host_put(host, path, (host_page){.manner = HOST_RAW, .body = rows[i].bytes});
        ask_about(path, FETCH_MS);
        fetch_expect(rows[i].what, DAOTP_UNDECIDED, 0, NULL);
        fetch_expect_within(rows[i].what, FETCH_MS + 500);
        /* libcurl 8.14 reads six digits as the status 200, so the content is refused instead */
        if (fetch_find(DAOTP_FINDING_FETCH_FAILED, path) == NULL &&
            fetch_find(DAOTP_FINDING_FETCH_STATUS, path) == NULL &&
            fetch_find(DAOTP_FINDING_FETCH_CONTENT, path) == NULL)
            fail_msg("%s:\n%s", rows[i].what, fetch_report_text());
    }
    /* HTTP/0.9: the list itself, without a head */
    expect_page("no head", (host_page){.manner = HOST_RAW, .body = good},
                DAOTP_FINDING_FETCH_FAILED);
}

/* ---- content --------------------------------------------------------------------------------- */

static void what_is_no_list(void **state)
{
    daotp__bytes pem = PKI_BYTES("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n");

    (void)state;
    expect_page("empty", (host_page){.body = PKI_NOTHING}, DAOTP_FINDING_FETCH_CONTENT);
    expect_page("HTML", (host_page){.body = PKI_BYTES("<!doctype html><title>Welcome</title>")},
                DAOTP_FINDING_FETCH_CONTENT);
    expect_page("a certificate", (host_page){.body = root->der}, DAOTP_FINDING_FETCH_CONTENT);
    expect_page("PEM of nothing", (host_page){.body = pem}, DAOTP_FINDING_FETCH_CONTENT);
    expect_page("truncated", (host_page){.body = {good.data, good.len - 1}},
                DAOTP_FINDING_FETCH_CONTENT);
    expect_page("more behind it", (host_page){.body = PKI_JOIN(good, PKI_BYTES("\n"))},
                DAOTP_FINDING_FETCH_CONTENT);
    expect_page("zeros", (host_page){.body = block}, DAOTP_FINDING_FETCH_CONTENT);
}

static void lists_of_the_wrong_kind(void **state)
{
    const pki_cert *stranger = pki_ca("CN=Stranger", pki_key(3), NULL),
                   *namesake = pki_ca("CN=Root", pki_key(3), NULL);
    pki_crl_spec spec = pki_crl_spec_of(root, 7);

    (void)state;
    host_put_body(host, "/wrong.crl", pki_crl(stranger, 8, PKI_NOTHING));
    ask_about("/wrong.crl", FETCH_MS);
    fetch_expect("a stranger's", DAOTP_UNDECIDED, DAOTP_FINDING_CRL_MISSING, NULL);

    host_put_body(host, "/wrong.crl", pki_crl(namesake, 8, PKI_NOTHING));
    ask_about("/wrong.crl", FETCH_MS);
    fetch_expect("a namesake's", DAOTP_UNDECIDED, DAOTP_FINDING_CRL_SIGNER, NULL);

    spec.key = pki_key(3); /* with the right key identifier */
    host_put_body(host, "/wrong.crl", pki_make_crl(&spec));
    ask_about("/wrong.crl", FETCH_MS);
    fetch_expect("forged", DAOTP_UNDECIDED, DAOTP_FINDING_CRL_SIGNATURE, NULL);

    spec = pki_crl_spec_of(root, 7);
    spec.next_update = FORGE_NOW - 1;
    host_put_body(host, "/wrong.crl", pki_make_crl(&spec));
    ask_about("/wrong.crl", FETCH_MS);
    fetch_expect("over", DAOTP_UNDECIDED, DAOTP_FINDING_CRL_STALE, NULL);

    spec = pki_crl_spec_of(root, 7);
    spec.md = EVP_sha1();
    host_put_body(host, "/wrong.crl", pki_make_crl(&spec));
    ask_about("/wrong.crl", FETCH_MS);
    fetch_expect("SHA-1", DAOTP_UNDECIDED, DAOTP_FINDING_CRL_ALGORITHM, NULL);
}

static void what_is_revoked_is_refused(void **state)
{
    fetch_ask ask = {.anchor = root,
                     .leaf = fetch_leaf(root, host_url(host, "/revokes.crl"), NULL, NULL)};

    (void)state;
    host_put_body(host, "/revokes.crl", pki_crl(root, 7, pki_revoke(ask.leaf, 1)));
    (void)fetch_reopened(&ask);
    fetch_expect("revoked", DAOTP_REJECTED, DAOTP_FINDING_REVOKED, NULL);
}

static void a_list_in_pem_is_a_list(void **state)
{
    const unsigned char *at = good.data;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)good.len);
    BIO *bio = BIO_new(BIO_s_mem());
    char *text;
    long len;

    (void)state;
    assert_int_equal(PEM_write_bio_X509_CRL(bio, crl), 1);
    len = BIO_get_mem_data(bio, &text);
    expect_page("PEM", (host_page){.body = pki_copy(text, (size_t)len)}, 0);
    BIO_free(bio);
    X509_CRL_free(crl);
}

/* ---- status and encoding --------------------------------------------------------------------- */

static void errors_of_http(void **state)
{
    static const int numbers[] = {201, 204, 206, 304, 400, 401, 403,
                                  404, 407, 410, 429, 500, 503, 599};

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        char what[32];

        (void)snprintf(what, sizeof what, "status %d", numbers[i]);
        expect_page(what,
                    (host_page){.status = numbers[i],
                                .body = numbers[i] == 204 || numbers[i] == 304 ? PKI_NOTHING : good,
                                .fields = "WWW-Authenticate: Basic realm=x\r\n"
                                          "Proxy-Authenticate: Basic realm=x\r\n"},
                    DAOTP_FINDING_FETCH_STATUS);
    }
}

static void encodings(void **state)
{
    static const char *const names[] = {"Content-Encoding: gzip\r\n",
                                        "Content-Encoding: deflate\r\n",
                                        "content-encoding: br\r\n",
                                        "CONTENT-ENCODING:zstd\r\n",
                                        "Content-Encoding:   x-gzip\r\n",
                                        "Content-Encoding: identity\r\nContent-Encoding: gzip\r\n",
                                        "Content-Encoding: id\r\n"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        expect_page(names[i], (host_page){.fields = names[i], .body = bomb},
                    DAOTP_FINDING_FETCH_ENCODING);
    expect_page("what is really a list", (host_page){.fields = names[0], .body = zipped(good)},
                DAOTP_FINDING_FETCH_ENCODING);
    expect_page("identity", (host_page){.fields = "Content-Encoding: identity\r\n", .body = good},
                0);
}

/* libcurl undoes a Transfer-Encoding unasked: what comes of it is bounded like any other body. */
static void a_bomb_in_the_transfer(void **state)
{
    (void)state;
    host_put(host, "/transfer.crl",
             (host_page){.fields = "Transfer-Encoding: gzip\r\n", .body = bomb});
    ask_about("/transfer.crl", FETCH_MS);
    fetch_expect("transfer", DAOTP_UNDECIDED, 0, NULL);
    fetch_expect_within("transfer", FETCH_MS + 500);
    assert_true(fetch_find(DAOTP_FINDING_FETCH_TOO_LARGE, NULL) != NULL ||
                fetch_find(DAOTP_FINDING_FETCH_ENCODING, NULL) != NULL ||
                fetch_find(DAOTP_FINDING_FETCH_FAILED, NULL) != NULL);
}

/* ---- redirects ------------------------------------------------------------------------------- */

static const char *location(const char *to)
{
    static char ring[8][3000];
    static unsigned next;
    char *text = ring[next++ % 8];

    (void)snprintf(text, sizeof ring[0], "Location: %s\r\n", to);
    return text;
}

static void redirects_are_followed(void **state)
{
    static const int numbers[] = {301, 302, 303, 307, 308};

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++)
        expect_page("redirect",
                    (host_page){.status = numbers[i],
                                .fields = location(host_url(host, good_path)),
                                .body = PKI_BYTES("<html>moved</html>")},
                    0);
    expect_page("relative", (host_page){.status = 302, .fields = location(good_path)}, 0);
    expect_page("without a scheme",
                (host_page){.status = 302, .fields = location(host_url(host, good_path) + 5)}, 0);
}

/* None takes longer than a question that is answered at once. */
static void redirects_do_not_wait(void **state)
{
    (void)state;
    host_put(host, "/quick.crl", (host_page){.status = 302, .fields = location(good_path)});
    ask_about("/quick.crl", 5000);
    fetch_expect("redirect", DAOTP_OK, 0, NULL);
    fetch_expect_within("redirect", 400);
}

static void redirects_lead_nowhere_else(void **state)
{
    static const struct {
        const char *to;
        daotp_finding_number number;
    } rows[] = {
        {"file:///etc/passwd", DAOTP_FINDING_FETCH_URL},
        {"FILE:///etc/passwd", DAOTP_FINDING_FETCH_URL},
        {"https://127.0.0.1/x", DAOTP_FINDING_FETCH_URL},
        {"ftp://127.0.0.1/x", DAOTP_FINDING_FETCH_URL},
        {"gopher://127.0.0.1:6379/_FLUSHALL", DAOTP_FINDING_FETCH_URL},
        {"dict://127.0.0.1:11211/stats", DAOTP_FINDING_FETCH_URL},
        {"ldap://127.0.0.1/x", DAOTP_FINDING_FETCH_URL},
        {"smb://127.0.0.1/x", DAOTP_FINDING_FETCH_URL},
        {"http://user@127.0.0.1/x", DAOTP_FINDING_FETCH_URL},
        {"http://user:secret@127.0.0.1/x", DAOTP_FINDING_FETCH_URL},
        {"http://10.0.0.1/x", DAOTP_FINDING_FETCH_ADDRESS},
        {"http://192.168.0.1/x", DAOTP_FINDING_FETCH_ADDRESS},
        {"http://169.254.169.254/latest/meta-data/", DAOTP_FINDING_FETCH_ADDRESS},
        {"http://0.0.0.0/x", DAOTP_FINDING_FETCH_ADDRESS},
        {"http://0/x", DAOTP_FINDING_FETCH_ADDRESS},
        {"http://3232235521/x", DAOTP_FINDING_FETCH_ADDRESS}, /* 192.168.0.1 */
        {"http://0xa.0.0.1/x", DAOTP_FINDING_FETCH_ADDRESS},
        {"http://[::1]/x", DAOTP_FINDING_FETCH_ADDRESS},
        {"http://[::]/x", DAOTP_FINDING_FETCH_ADDRESS},
        {"http://[::ffff:127.0.0.1]/x", DAOTP_FINDING_FETCH_ADDRESS},
        {"http://[fe80::1]/x", DAOTP_FINDING_FETCH_ADDRESS},
        {"http://[fd00::1]/x", DAOTP_FINDING_FETCH_ADDRESS},
        {"http://[2002:7f00:1::]/x", DAOTP_FINDING_FETCH_ADDRESS},
        {"http://[64:ff9b::127.0.0.1]/x", DAOTP_FINDING_FETCH_ADDRESS},
        {"http://223.255.255.254:22/x", DAOTP_FINDING_FETCH_URL}, /* public, but the port */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        host_put(host, "/leads.crl",
                 (host_page){.status = 302, .fields = location(rows[i].to), .body = good});
        ask_about("/leads.crl", FETCH_MS);
        fetch_expect(rows[i].to, DAOTP_UNDECIDED, rows[i].number, NULL);
        fetch_expect_within(rows[i].to, 500);
        fetch_close();
    }
}

/* The report says where it led, or nobody would know whom to ask. */
static void the_report_names_where_it_led(void **state)
{
    (void)state;
    host_put(host, "/leads.crl",
             (host_page){.status = 302, .fields = location("file:///etc/passwd")});
    ask_about("/leads.crl", FETCH_MS);
    fetch_expect("file", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_URL, "file:///etc/passwd");
    host_put(host, "/leads.crl",
             (host_page){.status = 302, .fields = location("http://10.1.2.3/x")});
    ask_about("/leads.crl", FETCH_MS);
    fetch_expect("address", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_ADDRESS, "10.1.2.3");
}

static void at_most_three(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        char from[16], to[16];

        (void)snprintf(from, sizeof from, "/hop%u", i);
        (void)snprintf(to, sizeof to, "/hop%u", i + 1);
        host_put(host, from, (host_page){.status = 302, .fields = location(to)});
        host_put_body(host, to, good); /* the last one stands; the others are replaced */
        ask_about("/hop0", 5000);
        if (i < 3)
            fetch_expect(from, DAOTP_OK, 0, NULL);
        else
            fetch_expect(from, DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_REDIRECTS, NULL);
    }
    assert_int_equal(host_asked(host, "/hop4"), 0); /* too far from /hop0 */
}

static void circles_end(void **state)
{
    (void)state;
    host_put(host, "/self", (host_page){.status = 301, .fields = location("/self")});
    ask_about("/self", 5000);
    fetch_expect("to itself", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_REDIRECTS, "/self");
    assert_int_equal(host_asked(host, "/self"), 4);
    host_put(host, "/ping", (host_page){.status = 301, .fields = location("/pong")});
    host_put(host, "/pong", (host_page){.status = 308, .fields = location("/ping")});
    ask_about("/ping", 5000);
    fetch_expect("between two", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_REDIRECTS, NULL);
    assert_int_equal(host_asked(host, "/ping") + host_asked(host, "/pong"), 4);
}

static void redirects_that_are_none(void **state)
{
    char longer[2600];

    (void)state;
    expect_page("no Location", (host_page){.status = 302, .body = good},
                DAOTP_FINDING_FETCH_STATUS);
    memset(longer, 'a', sizeof longer - 1);
    longer[0] = '/';
    longer[sizeof longer - 1] = '\0';
    host_put(host, "/long", (host_page){.status = 302, .fields = location(longer)});
    ask_about("/long", FETCH_MS);
    fetch_expect("too long", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_URL, NULL);
    /* the body of a redirect is bounded like any other */
    expect_page(
        "endless redirect",
        (host_page){
            .manner = HOST_ENDLESS, .status = 302, .fields = location(good_path), .body = block},
        DAOTP_FINDING_FETCH_TOO_LARGE);
}

/* All redirects of a fetch share its time. */
static void redirects_have_one_deadline(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        char from[16], to[16];

        (void)snprintf(from, sizeof from, "/late%u", i);
        (void)snprintf(to, sizeof to, "/late%u", i + 1);
        host_put(host, from, (host_page){.status = 302, .fields = location(to), .delay_ms = 300});
        host_put(host, to, (host_page){.body = good, .delay_ms = 300});
    }
    ask_about("/late0", FETCH_MS);
    fetch_expect("late", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_TIMEOUT, NULL);
    fetch_expect_within("late", FETCH_MS + 300);
}

/* ---- what is asked --------------------------------------------------------------------------- */

static void the_question_gives_nothing_away(void **state)
{
    static const char *const never[] = {"cookie",           "authorization", "referer", "proxy-",
                                        "user-agent: curl", "gzip",          "range",   "expect"};
    char head[2048];

    (void)state;
    host_put(host, "/asked.crl",
             (host_page){.body = good, .fields = "Set-Cookie: a=b; path=/\r\n"});
    ask_about("/asked.crl", FETCH_MS);
    fetch_expect("asked", DAOTP_OK, 0, NULL);
    host_head(host, "/asked.crl", head, sizeof head);
    assert_int_equal(strncmp(head, "GET /asked.crl HTTP/1.1\r\n", 25), 0);
    assert_non_null(strcasestr(head, "\r\nAccept-Encoding: identity"));
    for (size_t i = 0; i < COUNT(never); i++)
        if (strcasestr(head, never[i]) != NULL)
            fail_msg("%s in:\n%s", never[i], head);
}

/* A proxy of the environment would be told every place, and could answer for any. */
static void the_environment_has_no_say(void **state)
{
    static const char *const names[] = {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"};
    fetch_host *proxy = host_new();
    char url[64];

    (void)state;
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u", proxy->port);
    for (size_t i = 0; i < COUNT(names); i++)
        assert_int_equal(setenv(names[i], url, 1), 0);
    ask_about(good_path, FETCH_MS);
    for (size_t i = 0; i < COUNT(names); i++)
        assert_int_equal(unsetenv(names[i]), 0);
    fetch_expect("proxy", DAOTP_OK, 0, NULL);
    assert_int_equal(host_connections(proxy), 0);
    host_free(proxy);
}

/* ---- all at once ----------------------------------------------------------------------------- */

enum { AT_ONCE = 10 };

static const struct {
    host_page page;
    bool zeros; /* the body */
    daotp_finding_number number;
} manners[AT_ONCE] = {{{.manner = HOST_SILENT}, false, DAOTP_FINDING_FETCH_TIMEOUT},
                      {{.manner = HOST_DRIP, .pause_ms = 10}, true, DAOTP_FINDING_FETCH_TIMEOUT},
                      {{.manner = HOST_DRIP_FIELDS, .pause_ms = 10}, true, 0},
                      {{.manner = HOST_ENDLESS}, true, DAOTP_FINDING_FETCH_TOO_LARGE},
                      {{.manner = HOST_CHUNKS}, true, DAOTP_FINDING_FETCH_TOO_LARGE},
                      {{.manner = HOST_FIELDS}, false, 0},
                      {{.manner = HOST_INTERIM}, false, 0},
                      {{.manner = HOST_RESET}, false, DAOTP_FINDING_FETCH_FAILED},
                      {{.manner = HOST_HALF}, true, DAOTP_FINDING_FETCH_FAILED},
                      {{.status = 404}, false, DAOTP_FINDING_FETCH_STATUS}};

typedef struct flow {
    daotp_verifier *verifier;
    daotp_status said;
} flow;

static flow begin_flow(daotp_context *context, unsigned which)
{
    fetch_ask ask = {.anchor = root, .max_bytes = LIMIT, .timeout_ms = FETCH_MS};
    fetch_base base = fetch_base_of(context, &ask);
    host_page page = manners[which].page;
    flow made = {.said = DAOTP_AGAIN};
    char path[16];

    page.body = manners[which].zeros ? block : PKI_NOTHING;
    (void)snprintf(path, sizeof path, "/once%u", which);
    host_put(host, path, page);
    ask.leaf = fetch_leaf(root, host_url(host, path), NULL, NULL);
    made.verifier = fetch_verifier(context, base, &ask);
    assert_int_equal(daotp_verifier_begin(made.verifier, ask.leaf->der.data, ask.leaf->der.len),
                     DAOTP_OK);
    fetch_base_free(base);
    return made;
}

/* Step each that is under way, note the longest step, and wait for any of them; how many are left.
 */
static unsigned step_flows(flow *flows, int64_t *longest)
{
    struct pollfd fds[AT_ONCE];
    unsigned left = 0;
    int wait = -1;

    for (unsigned i = 0; i < AT_ONCE; i++) {
        int64_t before = test_clock_machine_ms(), took;
        int ms;

        fds[i] = (struct pollfd){.fd = -1};
        if (flows[i].said != DAOTP_AGAIN)
            continue;
        flows[i].said = daotp_verifier_step(flows[i].verifier);
        took = test_clock_machine_ms() - before;
        *longest = took > *longest ? took : *longest;
        if (flows[i].said != DAOTP_AGAIN)
            continue;
        left++;
        fds[i] = (struct pollfd){.fd = daotp_verifier_get_fd(flows[i].verifier), .events = POLLIN};
        ms = daotp_verifier_get_timeout_ms(flows[i].verifier);
        wait = ms >= 0 && (wait < 0 || ms < wait) ? ms : wait;
    }
    if (left > 0)
        (void)poll(fds, AT_ONCE, wait);
    return left;
}

/* One thread, ten flows, each at a host that misbehaves in another way: no step waits for it. */
static void steps_never_block(void **state)
{
    daotp_context *context = forge_context();
    int64_t began = test_clock_machine_ms(), longest = 0;
    flow flows[AT_ONCE];

    (void)state;
    fetch_close();
    for (unsigned i = 0; i < AT_ONCE; i++)
        flows[i] = begin_flow(context, i);
    while (step_flows(flows, &longest) > 0)
        assert_true(test_clock_machine_ms() - began < 10000);
    for (unsigned i = 0; i < AT_ONCE; i++) {
        fetch_last = (fetch_answer){.verifier = flows[i].verifier, .status = flows[i].said};
        fetch_expect("at once", DAOTP_UNDECIDED, manners[i].number, NULL);
        daotp_verifier_free(flows[i].verifier);
    }
    fetch_last = (fetch_answer){0};
    daotp_context_unref(context);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    assert_true(longest < 200); /* a slice lost to the machine's other work is no failure */
#endif
}

/* After all of it, VmHWM: no more memory than a few times the limit. */
static void memory_is_bounded(void **state)
{
    (void)state;
    assert_high_water(64 * 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_without_an_end),
        cmocka_unit_test(the_limit_is_exact),
        cmocka_unit_test(lengths_that_are_none),
        cmocka_unit_test(heads_without_an_end),
        cmocka_unit_test(a_chunk_extension_without_an_end),
        cmocka_unit_test(slow_ones),
        cmocka_unit_test(nobody_accepts),
        cmocka_unit_test(a_drip_ends_before_a_long_deadline),
        cmocka_unit_test(lines_that_break),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(what_is_no_http),
        cmocka_unit_test(what_is_no_list),
        cmocka_unit_test(lists_of_the_wrong_kind),
        cmocka_unit_test(what_is_revoked_is_refused),
        cmocka_unit_test(a_list_in_pem_is_a_list),
        cmocka_unit_test(errors_of_http),
        cmocka_unit_test(encodings),
        cmocka_unit_test(a_bomb_in_the_transfer),
        cmocka_unit_test(redirects_are_followed),
        cmocka_unit_test(redirects_do_not_wait),
        cmocka_unit_test(redirects_lead_nowhere_else),
        cmocka_unit_test(the_report_names_where_it_led),
        cmocka_unit_test(at_most_three),
        cmocka_unit_test(circles_end),
        cmocka_unit_test(redirects_that_are_none),
        cmocka_unit_test(redirects_have_one_deadline),
        cmocka_unit_test(the_question_gives_nothing_away),
        cmocka_unit_test(the_environment_has_no_say),
        cmocka_unit_test(steps_never_block),
        cmocka_unit_test(memory_is_bounded),
    };

    return cmocka_run_group_tests(tests, begin_group, end_group);
}
