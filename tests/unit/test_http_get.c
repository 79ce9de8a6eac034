/* SPDX-License-Identifier: BSD-2-Clause */
/* Hosts of CRLs, and OCSP responders, whose answers have a part without an end: each is told by
 * what was read, long before the deadline. */
#include "testing.h"
#include "tls_peer.h"

#include "net/http_get.h"

enum { MAX_BYTES = 64 * 1024, DEADLINE_MS = 60 * 1000 };

typedef struct endless_part {
    const char *head, *again;
} endless_part;

static const endless_part parts[] = {
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "extension"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
     "1;extension=of-some-length\r\nx\r\n"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "Trailer: x\r\n"},
    {"HTTP/1.1 200 OK\r\n", "X: y\r\n"},
    {"HTTP/1.1 200 OK\r\nX: ", "value"},
    {"", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"},
    {"HTTP/1.1 200 OK\r\n\r\n", "body"},
};

/* In the host's process. */
static void serve_for_ever(SSL *ssl, int fd, void *user)
{
    static char block[16 * 1024];
    const endless_part *part = user;
    size_t len = strlen(part->again), filled = 0;

    (void)ssl;
    (void)recv(fd, block, sizeof block, 0);
    (void)send(fd, part->head, strlen(part->head), MSG_NOSIGNAL);
    for (; filled + len <= sizeof block; filled += len)
        memcpy(block + filled, part->again, len);
    while (send(fd, block, filled, MSG_NOSIGNAL) > 0)
        ;
}

/* question: content type and octets of what is posted; NULL for a GET. */
static daotp_finding_number fetch_from(const endless_part *part, const char *question)
{
    tls_peer_spec spec = {.serve = serve_for_ever, .user = (void *)(uintptr_t)part};
    tls_peer peer = tls_peer_start(&spec);
    daotp_context *context = forge_context();
    daotp__http_get_policy policy = {
        .network_count = 1, .max_bytes = MAX_BYTES, .timeout_ms = DEADLINE_MS};
    daotp__network loopback;
    daotp__http_get *get;
    daotp_status status = DAOTP_AGAIN;
    daotp_finding_number number;
    daotp_report *report;
    daotp__bytes body = {(const uint8_t *)question, question != NULL ? strlen(question) : 0};
    daotp__loop *loop;
    char url[80];

    assert_true(daotp__network_parse("127.0.0.1", &loopback));
    policy.networks = &loopback;
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/a.crl", (unsigned)peer.port);
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    assert_int_equal(daotp__loop_new(context, &loop), DAOTP_OK);
    assert_int_equal(daotp__http_get_new(loop, &policy, url, question, body, &get), DAOTP_OK);
    daotp__loop_begin(loop, 2 * DEADLINE_MS);
    while (status == DAOTP_AGAIN) {
        status = daotp__http_get_step(get, report);
        if (status == DAOTP_AGAIN) {
            daotp__loop_wait(loop);
            assert_int_equal(daotp__loop_dispatch(loop), DAOTP_OK);
        }
    }
    assert_int_equal(status, DAOTP_PEER);
    number = daotp_finding_get_number(daotp_report_get_finding(report, 0));
    daotp__http_get_free(get);
    daotp__loop_free(loop);
    daotp_report_free(report);
    daotp_context_unref(context);
    tls_peer_stop(&peer);
    return number;
}

static void a_part_without_an_end_is_too_large(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        daotp_finding_number number = fetch_from(&parts[i], NULL);

        if (number != DAOTP_FINDING_FETCH_TOO_LARGE)
            fail_msg("part %zu: %s", i, daotp_catalogue_get_id(number));
    }
}

static void an_ocsp_answer_without_an_end_is_too_large(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        daotp_finding_number number = fetch_from(&parts[i], "application/ocsp-request");

        if (number != DAOTP_FINDING_FETCH_TOO_LARGE)
            fail_msg("part %zu: %s", i, daotp_catalogue_get_id(number));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_without_an_end_is_too_large),
        cmocka_unit_test(an_ocsp_answer_without_an_end_is_too_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
