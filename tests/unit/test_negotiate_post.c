/* SPDX-License-Identifier: BSD-2-Clause */
/* What libcurl reads of a peer without an end: it is the peer's fault, and bounded. A proxy's
 * answer to CONNECT; the answer of a CA that is asked with Negotiate. */
#include "fetch_host.h"
#include "tls_peer.h"

#include "net/negotiate_post.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static daotp_status connect_through(const char *proxy, test_report *report)
{
    daotp__peer peer = {.proxy = proxy, .connect_ms = 4000};
    daotp_status status, ended = DAOTP_OK;
    daotp__curl_connection *transfer;
    daotp__loop *loop;
    daotp__url url;

    assert_int_equal(daotp__url_parse("https://192.0.2.1/", &url), DAOTP_OK);
    assert_int_equal(daotp_trust_new(report->context, &peer.trust), DAOTP_OK);
    assert_int_equal(daotp__loop_new(report->context, &loop), DAOTP_OK);
    peer.url = &url;
    assert_int_equal(daotp__curl_connection_new(loop, &peer, &transfer), DAOTP_OK);
    daotp__loop_begin(loop, 5000);
    do {
        ended = daotp__loop_dispatch(loop);
        status = daotp__curl_connection_step(transfer, report->report);
        if (status == DAOTP_AGAIN && ended == DAOTP_OK)
            daotp__loop_wait(loop);
    } while (status == DAOTP_AGAIN && ended == DAOTP_OK);
    daotp__curl_connection_free(transfer);
    daotp__loop_free(loop);
    daotp_trust_unref(peer.trust);
    daotp__url_free(&url);
    return status;
}

static void heads_of_a_proxy_without_an_end(void **state)
{
    static const host_manner manners[] = {HOST_FIELDS, HOST_LINE, HOST_INTERIM};

    (void)state;
    for (size_t i = 0; i < COUNT(manners); i++) {
        test_report report = test_report_new();
        fetch_host *host = host_new();
        char proxy[64];

        host_put(host, "192.0.2.1:443", (host_page){.manner = manners[i]});
        (void)snprintf(proxy, sizeof proxy, "http://127.0.0.1:%u", host->port);
        if (connect_through(proxy, &report) != DAOTP_NETWORK ||
            !test_report_has(&report, DAOTP_FINDING_PROXY_FAILED))
            fail_msg("%zu:\n%s", i, daotp_report_get_text(report.report));
        if (i == 0 &&
            strstr(daotp_report_get_text(report.report), "a header over the limit") == NULL)
            fail_msg("%zu:\n%s", i, daotp_report_get_text(report.report));
        host_free(host);
        test_report_free(&report);
    }
}

/* ---- a server behind TLS --------------------------------------------------------------------- */

typedef struct endless {
    const char *begin, *again;
    const char *found;
} endless;

static void answer_without_end(SSL *ssl, int fd, void *user)
{
    const endless *answer = user;
    char asked[4096];

    (void)fd;
    (void)SSL_read(ssl, asked, sizeof asked);
    if (SSL_write(ssl, answer->begin, (int)strlen(answer->begin)) <= 0)
        return;
    while (SSL_write(ssl, answer->again, (int)strlen(answer->again)) > 0)
        continue;
}

static const endless rows[] = {
    {"HTTP/1.1 200 x\r\n", "X-More: and more and more and more and more\r\n",
     "a header over the limit"},
    {"HTTP/1.1 200 x\r\nX-Long: ", "and more and more and more and more and more", ""},
    {"HTTP/1.1 103 x\r\n\r\n", "HTTP/1.1 103 x\r\nX-More: and more\r\n\r\n",
     "a header over the limit"},
    {"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n",
     "X-More: and more and more and more and more\r\n", "a header over the limit"},
    {"HTTP/1.1 200 x\r\n\r\n", "a body and a body and a body and a body and a body",
     "a body over the limit"},
};

static daotp_status ask_negotiate(const forge_world *world, uint16_t port, test_report *report)
{
    static const daotp__bytes body = {(const uint8_t *)"x", 1};
    daotp__buffer anchor = forge_der(world->root);
    daotp__peer peer = {.connect_ms = 4000};
    daotp_status status, ended = DAOTP_OK;
    int64_t now_s = FORGE_NOW;
    daotp__negotiate_post *fetch;
    daotp__loop *loop;
    daotp__url url;
    char text[64];

    (void)snprintf(text, sizeof text, "https://localhost:%u/", (unsigned)port);
    assert_int_equal(daotp_context_set_wall_clock(report->context, test_clock_stands, &now_s),
                     DAOTP_OK);
    assert_int_equal(daotp__url_parse(text, &url), DAOTP_OK);
    assert_int_equal(daotp_trust_new(report->context, &peer.trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(peer.trust, anchor.data, anchor.len, NULL), DAOTP_OK);
    assert_int_equal(daotp__loop_new(report->context, &loop), DAOTP_OK);
    peer.url = &url;
    assert_int_equal(daotp__negotiate_post_new(loop, &peer, "", body, 4096, &fetch), DAOTP_OK);
    daotp__loop_begin(loop, 8000);
    do {
        ended = daotp__loop_dispatch(loop);
        status = daotp__negotiate_post_step(fetch, report->report);
        if (status == DAOTP_AGAIN && ended == DAOTP_OK)
            daotp__loop_wait(loop);
    } while (status == DAOTP_AGAIN && ended == DAOTP_OK);
    daotp__negotiate_post_free(fetch);
    daotp__loop_free(loop);
    daotp_trust_unref(peer.trust);
    daotp__url_free(&url);
    daotp__buffer_free(&anchor);
    return status;
}

static void answers_of_a_ca_without_an_end(void **state)
{
    forge_world world = forge_world_new();

    (void)state;
    (void)signal(SIGPIPE, SIG_IGN); /* as the client's step does for its time */
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_report report = test_report_new();
        tls_peer_spec spec = {.serve = answer_without_end,
                              .user = (void *)(uintptr_t)&rows[i],
                              .certificate = world.server,
                              .key = world.server_key};
        tls_peer peer = tls_peer_start(&spec);
        const char *text;

        if (ask_negotiate(&world, peer.port, &report) != DAOTP_PEER)
            fail_msg("%zu:\n%s", i, daotp_report_get_text(report.report));
        text = daotp_report_get_text(report.report);
        assert_true(test_report_has(&report, DAOTP_FINDING_HTTP_TOO_LARGE));
        if (strstr(text, rows[i].found) == NULL || daotp_report_get_count(report.report) != 1)
            fail_msg("%zu:\n%s", i, text);
        tls_peer_stop(&peer);
        test_report_free(&report);
    }
    forge_world_free(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_of_a_proxy_without_an_end),
        cmocka_unit_test(answers_of_a_ca_without_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
