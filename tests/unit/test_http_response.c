/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP answers: whole, byte by byte, cut off everywhere, over their limits, and no HTTP at all. */
#include "testing.h"

#include "core/limits.h"
#include "net/http_response.h"

#include <stdlib.h>
#include <string.h>

#define END "\r\n\r\n"
#define MAX 64

/* Feed from an exact copy, so that a sanitizer sees what is read past its end. */
static daotp_status feed(daotp__http_response *answer, const char *bytes, size_t len)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    daotp_status status;

    assert_non_null(copy);
    memcpy(copy, bytes, len);
    status = daotp__http_response_feed(answer, copy, len);
    free(copy);
    return status;
}

/* step: so many bytes at a time. What comes after the answer is whole is fed too only at once. */
static daotp_status feed_in_steps(daotp__http_response *answer, const char *bytes, size_t len,
                                  size_t step, bool end)
{
    daotp_status status = DAOTP_AGAIN;

    for (size_t at = 0; at < len && status == DAOTP_AGAIN; at += step)
        status = feed(answer, bytes + at, len - at < step ? len - at : step);
    if (status == DAOTP_AGAIN && end)
        status = feed(answer, "", 0);
    return status;
}

struct example {
    const char *name, *bytes;
    bool head; /* the answer to a HEAD */
    bool until_close;
    unsigned code;
    const char *body;
    bool keeps_alive;
    const char *header, *value; /* one to look up */
};

static const struct example examples[] = {
    {"content-length", "HTTP/1.1 200 OK\r\nContent-Length: 5" END "hello", false, false, 200,
     "hello", true, "content-length", "5"},
    {"no body", "HTTP/1.1 200 OK\r\nContent-Length: 0" END, false, false, 200, "", true,
     "Content-Length", "0"},
    {"204", "HTTP/1.1 204 No Content\r\nX: y" END, false, false, 204, "", true, "x", "y"},
    {"304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 10" END, false, false, 304, "", true,
     "CONTENT-LENGTH", "10"},
    {"204 that claims a body", "HTTP/1.1 204 No Content\r\nContent-Length: 3" END, false, false,
     204, "", true, "Content-Length", "3"},
    {"interim answer that claims a body",
     "HTTP/1.1 102 Wait\r\nContent-Length: 4" END "HTTP/1.1 200 OK\r\nContent-Length: 2" END "ok",
     false, false, 200, "ok", true, "Content-Length", "2"},
    {"no reason", "HTTP/1.1 200 \r\nContent-Length: 1" END "x", false, false, 200, "x", true, "a",
     NULL},
    {"no reason, no blank", "HTTP/1.1 200\r\nContent-Length: 1" END "x", false, false, 200, "x",
     true, "a", NULL},
    {"bare LF", "HTTP/1.1 200 OK\nContent-Length: 1\n\nx", false, false, 200, "x", true, "a", NULL},
    {"chunked",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked" END "5\r\nhello\r\n6;ext=1\r\n there\r\n0" END,
     false, false, 200, "hello there", true, "transfer-encoding", "chunked"},
    {"chunked, capitals",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked" END "A\r\n0123456789\r\n0" END, false, false,
     200, "0123456789", true, "transfer-encoding", "Chunked"},
    {"trailers",
     "HTTP/1.1 200 OK\r\nA: 1\r\nTransfer-Encoding: chunked" END
     "1\r\nx\r\n0\r\nTrailer-One: first\r\nTrailer-Two: second" END,
     false, false, 200, "x", true, "A", "1"},
    {"until close", "HTTP/1.1 200 OK\r\nB: 2" END "all of it", false, true, 200, "all of it", false,
     "b", "2"},
    {"until close, HTTP/1.0", "HTTP/1.0 200 OK" END "all of it", false, true, 200, "all of it",
     false, "b", NULL},
    {"until close, empty", "HTTP/1.1 200 OK" END, false, true, 200, "", false, "b", NULL},
    {"connection: close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1" END "x",
     false, false, 200, "x", false, "connection", "close"},
    {"HTTP/1.0 with keep-alive",
     "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1" END "x", false, false, 200,
     "x", true, "connection", "keep-alive"},
    {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1" END "x", false, false, 200, "x", false, "b",
     NULL},
    {"HEAD", "HTTP/1.1 405 No\r\nAllow: POST\r\nContent-Length: 1000" END, true, false, 405, "",
     true, "allow", "POST"},
    {"HEAD, chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked" END, true, false, 200, "",
     true, "b", NULL},
    {"HEAD after an interim answer", "HTTP/1.1 100 Go on" END "HTTP/1.1 200 OK\r\nB: 2" END, true,
     false, 200, "", true, "b", "2"},
    {"interim answers",
     "HTTP/1.1 100 Continue\r\nA: interim" END "HTTP/1.1 103 Early Hints\r\nLink: x" END
     "HTTP/1.1 200 OK\r\nContent-Length: 2" END "ok",
     false, false, 200, "ok", true, "link", NULL},
    {"empty header value", "HTTP/1.1 200 OK\r\nA:\r\nB: 2\r\nContent-Length: 0" END, false, false,
     200, "", true, "A", ""},
    {"header after an empty one", "HTTP/1.1 200 OK\r\nA: \r\nB: 2\r\nContent-Length: 0" END, false,
     false, 200, "", true, "B", "2"},
    {"value with blanks", "HTTP/1.1 200 OK\r\nA: \t one two \r\nContent-Length: 0" END, false,
     false, 200, "", true, "A", "one two "},
    {"same header twice", "HTTP/1.1 200 OK\r\nA: 1\r\nA: 2\r\nContent-Length: 0" END, false, false,
     200, "", true, "A", "1"},
    {"the protocol's header", "HTTP/1.1 200 OK\r\nx-otpcep-VERSION: 1.0\r\nContent-Length: 0" END,
     false, false, 200, "", true, "X-OTPCEP-version", "1.0"},
};

enum { EXAMPLES = sizeof examples / sizeof examples[0] };

static void check(const struct example *example, daotp__http_response *answer, daotp_status status)
{
    const char *value;

    if (status != DAOTP_OK)
        fail_msg("%s: status %u, %s", example->name, (unsigned)status,
                 daotp__http_response_error(answer));
    assert_int_equal(daotp__http_response_status(answer), example->code);
    assert_int_equal(answer->body.len, strlen(example->body));
    assert_memory_equal(daotp__buffer_string(&answer->body), example->body, answer->body.len);
    if (answer->keeps_alive != example->keeps_alive)
        fail_msg("%s: keeps alive: %d", example->name, answer->keeps_alive);
    value = daotp__http_response_header(answer, example->header);
    if (example->value == NULL ? value != NULL
                               : value == NULL || strcmp(value, example->value) != 0)
        fail_msg("%s: header %s is \"%s\"", example->name, example->header,
                 value != NULL ? value : "(none)");
}

static void answers_are_read_in_pieces_of_any_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        size_t len = strlen(examples[i].bytes);

        for (size_t step = 1; step <= len; step++) {
            daotp__http_response answer;
            daotp_status status;

            daotp__http_response_init(&answer, examples[i].head, MAX);
            status = feed_in_steps(&answer, examples[i].bytes, len, step, examples[i].until_close);
            check(&examples[i], &answer, status);
            daotp__http_response_free(&answer);
        }
    }
}

/* Cut off anywhere it is no answer, and the reason is that the connection was lost. */
static void an_answer_cut_off_is_never_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        const char *bytes = examples[i].bytes;
        size_t len = strlen(bytes);
        size_t head = examples[i].until_close ? (size_t)(strstr(bytes, END) - bytes) + 4 : len;

        for (size_t cut = 0; cut < len; cut++) {
            daotp__http_response answer;
            daotp_status status;

            daotp__http_response_init(&answer, examples[i].head, MAX);
            status = feed_in_steps(&answer, bytes, cut, cut > 0 ? cut : 1, true);
            if (status != (cut < head ? DAOTP_NETWORK : DAOTP_OK))
                fail_msg("%s, cut after %zu: status %u", examples[i].name, cut, (unsigned)status);
            daotp__http_response_free(&answer);
        }
    }
}

static void what_follows_a_whole_answer_is_malformed(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        size_t len = strlen(examples[i].bytes);
        daotp__http_response answer;
        char *more;

        if (examples[i].until_close)
            continue;
        more = malloc(len + 2);
        assert_non_null(more);
        (void)snprintf(more, len + 2, "%sH", examples[i].bytes);
        daotp__http_response_init(&answer, examples[i].head, MAX);
        if (feed(&answer, more, len + 1) != DAOTP_PEER)
            fail_msg("%s: a byte more is taken", examples[i].name);
        daotp__http_response_free(&answer);
        free(more);
    }
}

static void garbage_is_malformed(void **state)
{
    static const char *const cases[] = {
        "\r\n\r\nSSH-2.0-OpenSSH_9.2\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "220 mail.example.com ESMTP\r\n",
        "<html><body>hello</body></html>",
        "\x15\x03\x01\x00\x02\x02\x28",
        "POST /otp HTTP/1.1\r\nHost: h" END,
        "HTTP/1.1 2x0 OK" END,
        "HTTP/1.1 -200 OK" END,
        "HTTP/1.1 20 OK" END,
        "HTTP/1.1 99 OK" END,
        "HTTP/1.1 0 OK" END,
        "HTTP/1.1 099 OK\r\nContent-Length: 0" END,
        "HTTP/1.1 20000 OK" END,
        "HTTPS/1.1 200 OK" END,
        "HTTP/x.1 200 OK" END,
        "ICY 200 OK" END,
        "HTTP/1.1 200 OK\r\nContent-Length: five" END "hello",
        "HTTP/1.1 200 OK\r\nContent-Length: -5" END "hello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6" END "hello!",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999" END "hello",
        "HTTP/1.1 200 OK\r\nNo colon here" END,
        "HTTP/1.1 200 OK\r\n: no name" END,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked" END "xyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked" END "5\r\nhelloworld\r\n0" END,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked" END "FFFFFFFFFFFFFFFFF\r\nx",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: upgrade" END "other",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: upgrade" END,
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int slow = 0; slow < 2; slow++) {
            size_t len = strlen(cases[i]);
            daotp__http_response answer;
            daotp_status status;

            daotp__http_response_init(&answer, false, MAX);
            status = feed_in_steps(&answer, cases[i], len, slow ? 1 : len, false);
            if (status != DAOTP_PEER)
                fail_msg("case %zu: status %u", i, (unsigned)status);
            assert_true(strlen(daotp__http_response_error(&answer)) > 0);
            daotp__http_response_free(&answer);
        }
}

/* Two lengths at once are how answers are smuggled (RFC 9112 6.3): refused, or read as chunked. */
static void two_framings_are_no_answer(void **state)
{
    static const char bytes[] =
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked" END
        "5\r\nhello\r\n0" END;
    daotp__http_response answer;

    (void)state;
    daotp__http_response_init(&answer, false, MAX);
    assert_int_equal(feed(&answer, bytes, sizeof bytes - 1), DAOTP_PEER);
    daotp__http_response_free(&answer);
}

static void eight_interim_answers_are_enough(void **state)
{
    (void)state;
    for (unsigned count = 1; count <= DAOTP__MAX_HTTP_INTERIM + 1; count++) {
        daotp_status status = DAOTP_AGAIN;
        daotp__http_response answer;

        daotp__http_response_init(&answer, false, MAX);
        for (unsigned i = 0; i < count && status == DAOTP_AGAIN; i++)
            status = feed(&answer, "HTTP/1.1 102 Processing" END, 27);
        assert_int_equal(status, count > DAOTP__MAX_HTTP_INTERIM ? DAOTP_PEER : DAOTP_AGAIN);
        daotp__http_response_free(&answer);
    }
}

static void a_body_over_its_limit_is_refused(void **state)
{
    (void)state;
    for (unsigned framing = 0; framing < 3; framing++)
        for (size_t len = MAX - 1; len <= MAX + 1; len++) {
            char bytes[512], body[MAX + 2];
            daotp__http_response answer;
            daotp_status status;

            memset(body, 'x', len);
            body[len] = '\0';
            if (framing == 0)
                (void)snprintf(bytes, sizeof bytes,
                               "HTTP/1.1 200 OK\r\nContent-Length: %zu" END "%s", len, body);
            else if (framing == 1)
                (void)snprintf(bytes, sizeof bytes,
                               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked" END
                               "%zx\r\n%s\r\n0" END,
                               len, body);
            else
                (void)snprintf(bytes, sizeof bytes, "HTTP/1.1 200 OK" END "%s", body);
            daotp__http_response_init(&answer, false, MAX);
            status = feed_in_steps(&answer, bytes, strlen(bytes), 1, framing == 2);
            assert_int_equal(status, len > MAX ? DAOTP_PEER : DAOTP_OK);
            assert_int_equal(answer.too_large, len > MAX);
            if (len > MAX)
                assert_string_equal(daotp__http_response_error(&answer), "more than the limit");
            daotp__http_response_free(&answer);
        }
}

/* One header of that length; status and code lines do not count. */
static daotp_status with_header_of(size_t len)
{
    char *bytes = malloc(len + 100);
    daotp__http_response answer;
    daotp_status status;
    size_t at;

    assert_non_null(bytes);
    at = (size_t)snprintf(bytes, 100, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: ");
    memset(bytes + at, 'v', len);
    memcpy(bytes + at + len, END, 4);
    daotp__http_response_init(&answer, false, MAX);
    status = feed_in_steps(&answer, bytes, at + len + 4, 1000, false);
    if (status == DAOTP_OK)
        assert_int_equal(strlen(daotp__http_response_header(&answer, "a")), len);
    assert_int_equal(answer.too_large, status == DAOTP_PEER);
    daotp__http_response_free(&answer);
    free(bytes);
    return status;
}

/* What http_parser keeps nothing of is read all the same: so many bytes of it are enough. */
static void bytes_around_the_body_are_limited(void **state)
{
    static const struct {
        const char *head, *again;
    } parts[] = {
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked" END "1;", "extension"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked" END "000000", "0"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked" END "0\r\n", "A: b\r\n"},
        {"HTTP/1.1 200 ", "reason"},
        {"", "\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        size_t len = strlen(parts[i].again), fed = strlen(parts[i].head);
        daotp_status status = DAOTP_AGAIN;
        daotp__http_response answer;

        daotp__http_response_init(&answer, false, MAX);
        if (fed > 0)
            status = feed(&answer, parts[i].head, fed);
        for (; status == DAOTP_AGAIN && fed < 2 * DAOTP__MAX_HTTP_OVERHEAD; fed += len)
            status = feed(&answer, parts[i].again, len);
        if (status != DAOTP_PEER || fed > DAOTP__MAX_HTTP_OVERHEAD + len)
            fail_msg("part %zu: status %u after %zu bytes", i, (unsigned)status, fed);
        daotp__http_response_free(&answer);
    }
}

static void a_head_over_its_limit_is_refused(void **state)
{
    (void)state;
    assert_int_equal(with_header_of(1000), DAOTP_OK);
    assert_int_equal(with_header_of(DAOTP__MAX_HTTP_HEAD - 100), DAOTP_OK);
    assert_int_equal(with_header_of(DAOTP__MAX_HTTP_HEAD), DAOTP_PEER);
    assert_int_equal(with_header_of(4 * DAOTP__MAX_HTTP_HEAD), DAOTP_PEER);
}

/* A peer that never stops sending header lines is stopped. */
static void endless_headers_are_refused(void **state)
{
    daotp_status status = DAOTP_AGAIN;
    daotp__http_response answer;
    unsigned lines = 0;

    (void)state;
    daotp__http_response_init(&answer, false, MAX);
    (void)feed(&answer, "HTTP/1.1 200 OK\r\n", 17);
    while (status == DAOTP_AGAIN && ++lines < 100000)
        status = feed(&answer, "A: b\r\n", 6);
    assert_int_equal(status, DAOTP_PEER);
    assert_true(lines <= DAOTP__MAX_HTTP_HEAD / 4 + 1);
    daotp__http_response_free(&answer);
}

/* Trailers of every length, for what stands behind the last one. */
static void trailers_of_any_length_can_be_looked_into(void **state)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked" END "0\r\nT: ";

    (void)state;
    for (size_t len = 0; len < 600; len++) {
        char bytes[sizeof head + 610];
        daotp__http_response answer;
        const char *value;

        memcpy(bytes, head, sizeof head - 1);
        memset(bytes + sizeof head - 1, 'v', len);
        memcpy(bytes + sizeof head - 1 + len, END, 4);
        daotp__http_response_init(&answer, false, MAX);
        assert_int_equal(feed(&answer, bytes, sizeof head - 1 + len + 4), DAOTP_OK);
        value = daotp__http_response_header(&answer, "t");
        if (value != NULL)
            assert_int_equal(strlen(value), len);
        assert_null(daotp__http_response_header(&answer, "absent"));
        daotp__http_response_free(&answer);
    }
}

static void an_empty_answer_has_no_headers(void **state)
{
    daotp__http_response answer;

    (void)state;
    daotp__http_response_init(&answer, false, MAX);
    assert_null(daotp__http_response_header(&answer, "a"));
    assert_int_equal(feed(&answer, "HTTP/1.1 204 x" END, 18), DAOTP_OK);
    assert_null(daotp__http_response_header(&answer, "a"));
    assert_null(daotp__http_response_header(&answer, ""));
    daotp__http_response_free(&answer);
}

/* Any one byte of a good answer exchanged: whatever is said of it, nothing breaks. */
static void a_changed_byte_does_no_harm(void **state)
{
    static const unsigned char values[] = {0,   1,   '\n', '\r', ' ',  ':',
                                           '0', '9', 'A',  0x7F, 0x80, 0xFF};

    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        size_t len = strlen(examples[i].bytes);
        char *bytes = malloc(len);

        assert_non_null(bytes);
        for (size_t at = 0; at < len; at++)
            for (size_t v = 0; v < sizeof values; v++) {
                daotp__http_response answer;
                daotp_status status;

                memcpy(bytes, examples[i].bytes, len);
                bytes[at] = (char)values[v];
                daotp__http_response_init(&answer, examples[i].head, MAX);
                status = feed_in_steps(&answer, bytes, len, 16, true);
                assert_true(status == DAOTP_OK || status == DAOTP_PEER || status == DAOTP_NETWORK);
                (void)daotp__http_response_header(&answer, "absent");
                assert_true(answer.body.len <= MAX);
                daotp__http_response_free(&answer);
            }
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_read_in_pieces_of_any_size),
        cmocka_unit_test(an_answer_cut_off_is_never_whole),
        cmocka_unit_test(what_follows_a_whole_answer_is_malformed),
        cmocka_unit_test(garbage_is_malformed),
        cmocka_unit_test(two_framings_are_no_answer),
        cmocka_unit_test(eight_interim_answers_are_enough),
        cmocka_unit_test(a_body_over_its_limit_is_refused),
        cmocka_unit_test(a_head_over_its_limit_is_refused),
        cmocka_unit_test(bytes_around_the_body_are_limited),
        cmocka_unit_test(endless_headers_are_refused),
        cmocka_unit_test(trailers_of_any_length_can_be_looked_into),
        cmocka_unit_test(an_empty_answer_has_no_headers),
        cmocka_unit_test(a_changed_byte_does_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
