/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a stranger's certificate may lead: which URLs, which addresses, which names. Whatever is
 * refused is refused before a connection is made, and the name is asked for once: what libcurl
 * connects to is what was looked at.
 */
#include "fetch_names.h" /* first: it stands in for parts of the C library */

#include "fetch_ask.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static fetch_host *host;
static const pki_cert *root;

static const char hosts[] = "127.0.0.1 loop.daotp.test\n"
                            "127.0.0.1 -x.daotp.test x_y.daotp.test x.daotp.test\n"
                            "127.0.0.1 xn--tda.daotp.test \xC3\xBC.daotp.test\n"
                            "10.1.2.3 private.daotp.test\n"
                            "169.254.169.254 metadata.daotp.test\n"
                            "::1 six.daotp.test\n"
                            "fd00::1 local.daotp.test\n"
                            "::ffff:127.0.0.1 mapped.daotp.test\n"
                            "10.1.2.9 both.daotp.test\n"  /* c-ares 1.34 wants addresses that no */
                            "127.0.0.9 both.daotp.test\n" /* other host has */
                            "223.255.255.254 public.daotp.test\n"
                            "127.0.0.1 localhost\n";

static int begin_group(void **state)
{
    (void)state;
    if (scratch_begin() != 0)
        return -1;
    names_begin(hosts);
    host = host_new();
    root = pki_ca("CN=Root", pki_key(0), NULL);
    host_put_body(host, "/good.crl", pki_crl(root, 7, PKI_NOTHING));
    return 0;
}

static int end_group(void **state)
{
    (void)state;
    return fetch_end_group(host) | scratch_end();
}

static const pki_cert *leaf_at(daotp__bytes url)
{
    pki_spec spec = pki_leaf_spec(pki_key(9), root);

    pki_put(spec.extensions, PKI_OID_POINTS, false,
            pki_tlv(0x30, fetch_point(pki_tlv(PKI_URI, url))));
    return pki_make(&spec);
}

static void ask_bytes(daotp__bytes url, const char *allow)
{
    fetch_ask ask = {.anchor = root, .leaf = leaf_at(url), .allow = {allow}, .timeout_ms = 3000};

    (void)fetch_reopened(&ask);
}

static void ask_at(const char *url, const char *allow)
{
    ask_bytes((daotp__bytes){(const uint8_t *)url, strlen(url)}, allow);
}

/* "http://NAME:PORT/good.crl", and our port in the place of PORT. */
static const char *at_host(const char *url)
{
    static char ring[8][400];
    static unsigned next;
    const char *port = strstr(url, "PORT");
    char *made = ring[next++ % 8];

    if (port == NULL)
        return url;
    (void)snprintf(made, sizeof ring[0], "%.*s%u%s", (int)(port - url), url, host->port, port + 4);
    return made;
}

/* ---- URLs ------------------------------------------------------------------------------------ */

static void urls_that_are_not_fetched_from(void **state)
{
    static const char *const urls[] = {
        "https://127.0.0.1:PORT/good.crl",
        "ldap://127.0.0.1:PORT/cn=x?certificateRevocationList;binary",
        "ldap:///CN=CA,DC=corp,DC=example?certificateRevocationList?base",
        "ldaps://127.0.0.1/x",
        "file:///etc/passwd",
        "file://127.0.0.1/etc/passwd",
        "file:/etc/passwd",
        "ftp://127.0.0.1:PORT/good.crl",
        "gopher://127.0.0.1:PORT/_x",
        "dict://127.0.0.1:PORT/x",
        "tftp://127.0.0.1:PORT/x",
        "scp://127.0.0.1:PORT/x",
        "ws://127.0.0.1:PORT/good.crl",
        "unix:///run/x",
        "data:application/pkix-crl,x",
        "javascript:alert(1)",
        "",
        " ",
        "/good.crl",
        "good.crl",
        "//127.0.0.1:PORT/good.crl",
        "127.0.0.1:PORT/good.crl",
        "http:",
        "http:/",
        "http://",
        "http:///",
        "http://:PORT/good.crl",
        "http://?x",
        "http://user@127.0.0.1:PORT/good.crl",
        "http://user:secret@127.0.0.1:PORT/good.crl",
        "http://user:secret@127.0.0.1:PORT@10.0.0.1/good.crl",
        "http://%75ser@127.0.0.1:PORT/good.crl",
        "http://127.0.0.1:65536/good.crl",
        "http://127.0.0.1:-1/good.crl",
        "http://127.0.0.1:http/good.crl",
        "http://127.0.0.1:PORTx/good.crl",
        "http://127.0.0.1:PORT /good.crl",
        "http://127.0.0.1 :PORT/good.crl",
        " http://127.0.0.1:PORT/good.crl",
        "http://127.0.0.1:PORT/good.crl ",
        "http://127.0.0.1:PORT/go od.crl",
        "http://127.0.0.1:PORT/good.crl\r\nX-Evil: 1",
        "http://127.0.0.1:PORT/good.crl\n",
        "http://127.0.0.1:PORT/\x01good.crl",
        "http://127.0.0.1:PORT/\x7Fgood.crl",
        "http://127.0.0.1%00.example:PORT/good.crl",
        "http://127.0.0.1%0d%0a:PORT/good.crl",
        "http://127.0.0.1,10.0.0.1:PORT/good.crl",
        "http://*:PORT/good.crl",
        "http://[127.0.0.1]:PORT/good.crl",
        "http://[::1:PORT/good.crl",
        "http://[]:PORT/good.crl",
        "http://[::g]:PORT/good.crl",
        "http\\://127.0.0.1:PORT/good.crl",
        "http:\\\\127.0.0.1:PORT\\good.crl",
        "http//127.0.0.1:PORT/good.crl",
        "hxxp://127.0.0.1:PORT/good.crl",
        "httpx://127.0.0.1:PORT/good.crl"};
    unsigned before = host_connections(host);

    (void)state;
    for (size_t i = 0; i < COUNT(urls); i++) {
        ask_at(at_host(urls[i]), NULL);
        fetch_expect(urls[i], DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_URL, NULL);
        fetch_expect_within(urls[i], 500);
    }
    assert_int_equal(host_connections(host), before);
}

static void a_nul_ends_nothing(void **state)
{
    static const char path[] = "/good.crl\0.example";
    char url[128];
    int len = snprintf(url, sizeof url, "http://127.0.0.1:%u", host->port);
    unsigned before = host_connections(host);

    (void)state;
    memcpy(url + len, path, sizeof path);
    ask_bytes((daotp__bytes){(uint8_t *)url, (size_t)len + sizeof path - 1}, NULL);
    fetch_expect("NUL", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_URL, NULL);
    fetch_expect_no("NUL", DAOTP_FINDING_FETCH_LIMIT); /* it is one place, tried once */
    assert_int_equal(host_connections(host), before);
}

static void urls_have_a_length(void **state)
{
    static const size_t lengths[] = {2048, 2049, 4096, 30000};

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        uint8_t *url = pki_get(lengths[i]);
        unsigned before = host_connections(host);
        int len = snprintf((char *)url, lengths[i], "http://127.0.0.1:%u/good.crl?", host->port);

        memset(url + len, 'a', lengths[i] - (size_t)len);
        ask_bytes((daotp__bytes){url, lengths[i]}, NULL);
        if (lengths[i] <= 2048) { /* fetched: what is behind the path is another place, 404 */
            fetch_expect("2048", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_STATUS, NULL);
            continue;
        }
        fetch_expect("longer", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_URL, NULL);
        assert_int_equal(host_connections(host), before);
    }
}

static void urls_that_are_fetched_from(void **state)
{
    static const char *const urls[] = {
        "http://127.0.0.1:PORT/good.crl",       "HTTP://127.0.0.1:PORT/good.crl",
        "http://127.0.0.1:PORT/good.crl#part",  "http://127.1:PORT/good.crl",
        "http://2130706433:PORT/good.crl",      "http://0x7f000001:PORT/good.crl",
        "http://0177.0.0.1:PORT/good.crl",      "http://%31%32%37.0.0.1:PORT/good.crl",
        "http://127.0.0.1:PORT/x/../good.crl",  "http://loop.daotp.test:PORT/good.crl",
        "http://LOOP.daotp.TEST:PORT/good.crl", "http://both.daotp.test:PORT/good.crl",
        "http://localhost:PORT/good.crl",       "http://%6coop.daotp.test:PORT/good.crl"};

    (void)state;
    for (size_t i = 0; i < COUNT(urls); i++) {
        ask_at(at_host(urls[i]), NULL);
        fetch_expect(urls[i], DAOTP_OK, 0, NULL);
    }
    host_put_body(host, "/good.crl?a=b&c=%20d", pki_crl(root, 7, PKI_NOTHING));
    ask_at(at_host("http://127.0.0.1:PORT/good.crl?a=b&c=%20d"), NULL);
    fetch_expect("query", DAOTP_OK, 0, NULL);
    host_put_body(host, "/", pki_crl(root, 7, PKI_NOTHING));
    ask_at(at_host("http://127.0.0.1:PORT"), NULL);
    fetch_expect("no path", DAOTP_OK, 0, NULL);
}

/* ---- addresses ------------------------------------------------------------------------------- */

/* Nothing is allowed: then nothing special is reached, however it is written. */
static void special_addresses_are_not_reached(void **state)
{
    static const char *const urls[] = {"http://127.0.0.1:PORT/good.crl",
                                       "http://127.1:PORT/good.crl",
                                       "http://127.255.255.254:PORT/x",
                                       "http://2130706433:PORT/good.crl",
                                       "http://0x7f000001:PORT/good.crl",
                                       "http://0x7f.1:PORT/good.crl",
                                       "http://017700000001:PORT/good.crl",
                                       "http://0177.0.0.1:PORT/good.crl",
                                       "http://%31%32%37.0.0.1:PORT/good.crl",
                                       "http://0.0.0.0:PORT/good.crl",
                                       "http://0:PORT/good.crl",
                                       "http://[::1]:PORT/good.crl",
                                       "http://[::]:PORT/good.crl",
                                       "http://[::ffff:127.0.0.1]:PORT/good.crl",
                                       "http://[::ffff:7f00:1]:PORT/x",
                                       "http://[0:0:0:0:0:ffff:7f00:1]:PORT/x",
                                       "http://[::127.0.0.1]:PORT/x",
                                       "http://[64:ff9b::127.0.0.1]:PORT/x",
                                       "http://[2002:7f00:1::]:PORT/x",
                                       "http://[fe80::1%25lo]:PORT/x",
                                       "http://[ff02::1]:PORT/x",
                                       "http://10.0.0.1/x",
                                       "http://172.16.0.1/x",
                                       "http://192.168.1.1/x",
                                       "http://169.254.169.254/latest/",
                                       "http://100.64.0.1/x",
                                       "http://224.0.0.1/x",
                                       "http://255.255.255.255/x",
                                       "http://[fd00::1]/x",
                                       "http://localhost:PORT/good.crl",
                                       "http://loop.daotp.test:PORT/good.crl",
                                       "http://private.daotp.test/x",
                                       "http://metadata.daotp.test/latest/",
                                       "http://six.daotp.test:PORT/x",
                                       "http://local.daotp.test/x",
                                       "http://mapped.daotp.test:PORT/x",
                                       "http://both.daotp.test:PORT/good.crl"};
    unsigned before = host_connections(host);

    (void)state;
    for (size_t i = 0; i < COUNT(urls); i++) {
        ask_at(at_host(urls[i]), "");
        fetch_expect(urls[i], DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_ADDRESS, NULL);
        fetch_expect_within(urls[i], 500);
    }
    assert_int_equal(host_connections(host), before);
}

/* What was allowed lets nothing else in. */
static void what_is_allowed_is_all_that_is_reached(void **state)
{
    static const struct {
        const char *allow, *url;
        bool reached;
    } rows[] = {{"127.0.0.1", "http://127.0.0.1:PORT/good.crl", true},
                {"127.0.0.1", "http://localhost:PORT/good.crl", true},
                {"127.0.0.1/32", "http://127.0.0.2:PORT/good.crl", false},
                {"127.0.0.2", "http://127.0.0.1:PORT/good.crl", false},
                {"10.0.0.0/8", "http://127.0.0.1:PORT/good.crl", false},
                {"::1", "http://127.0.0.1:PORT/good.crl", false},
                {"::ffff:127.0.0.1", "http://127.0.0.1:PORT/good.crl", false},
                {"127.0.0.0/8", "http://[::ffff:127.0.0.1]:PORT/good.crl", false},
                {"127.0.0.0/8", "http://[::1]:PORT/good.crl", false},
                {"127.0.0.0/8", "http://mapped.daotp.test:PORT/good.crl", false},
                {"127.0.0.0/8", "http://both.daotp.test:PORT/good.crl", true},
                {"127.0.0.0/8", "http://private.daotp.test:PORT/good.crl", false}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned before = host_connections(host);
        char what[200];

        (void)snprintf(what, sizeof what, "%s with %s", rows[i].url, rows[i].allow);
        ask_at(at_host(rows[i].url), rows[i].allow);
        fetch_expect(what, rows[i].reached ? DAOTP_OK : DAOTP_UNDECIDED,
                     rows[i].reached ? 0 : DAOTP_FINDING_FETCH_ADDRESS, NULL);
        assert_int_equal(host_connections(host), before + rows[i].reached);
    }
}

static void by_ipv6(void **state)
{
    fetch_host *six = host_new_of(AF_INET6);
    char url[64];

    (void)state;
    if (six == NULL) {
        skip();
        return;
    }
    host_put_body(six, "/good.crl", pki_crl(root, 7, PKI_NOTHING));
    (void)snprintf(url, sizeof url, "http://[::1]:%u/good.crl", six->port);
    ask_at(url, "::1");
    fetch_expect("::1", DAOTP_OK, 0, NULL);
    (void)snprintf(url, sizeof url, "http://six.daotp.test:%u/good.crl", six->port);
    ask_at(url, "::/0");
    fetch_expect("six", DAOTP_OK, 0, NULL);
    ask_at(url, "127.0.0.0/8");
    fetch_expect("six, not allowed", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_ADDRESS, NULL);
    assert_int_equal(host_connections(six), 2);
    host_free(six);
}

/* Of public addresses, two ports. The address is nobody's; nothing is sent to it. */
static void other_ports_of_public_addresses(void **state)
{
    static const char *const urls[] = {
        "http://223.255.255.254:22/x",   "http://223.255.255.254:25/x",
        "http://223.255.255.254:81/x",   "http://223.255.255.254:443/x",
        "http://223.255.255.254:6379/x", "http://public.daotp.test:8081/x"};

    (void)state;
    for (size_t i = 0; i < COUNT(urls); i++) {
        ask_at(urls[i], "");
        fetch_expect(urls[i], DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_URL, NULL);
        fetch_expect_within(urls[i], 500);
    }
}

/* ---- names ----------------------------------------------------------------------------------- */

static void names_that_are_none(void **state)
{
    static const char *const urls[] = {
        "http://nowhere.daotp.test/x", "http://hidden.onion/x", "http://a..b/x",
        "http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.test/x"};

    (void)state;
    for (size_t i = 0; i < COUNT(urls); i++) {
        fetch_ask ask = {
            .anchor = root, .leaf = fetch_leaf(root, urls[i], NULL, NULL), .timeout_ms = 1000};

        (void)fetch_reopened(&ask);
        fetch_expect(urls[i], DAOTP_UNDECIDED, 0, NULL);
        fetch_expect_within(urls[i], 1500);
        if (fetch_find(DAOTP_FINDING_FETCH_FAILED, urls[i]) == NULL &&
            fetch_find(DAOTP_FINDING_FETCH_TIMEOUT, urls[i]) == NULL)
            fail_msg("%s:\n%s", urls[i], fetch_report_text());
    }
}

/* The report says which address it was: the certificate shows the name alone. */
static void the_forbidden_address_is_told(void **state)
{
    const daotp_finding *finding;

    (void)state;
    ask_at("http://private.daotp.test/x", "127.0.0.0/8");
    fetch_expect("private", DAOTP_UNDECIDED, DAOTP_FINDING_FETCH_ADDRESS, "private.daotp.test");
    finding = fetch_find(DAOTP_FINDING_FETCH_ADDRESS, NULL);
    assert_non_null(strstr(daotp_finding_get_found(finding), "10.1.2.3"));
}

/* However the name is written: what libcurl connects to was looked at before. If it asked for the
 * name itself, the second answer could be any address. */
static void libcurl_never_asks_for_a_name(void **state)
{
    static const char *const urls[] = {
        "http://loop.daotp.test:PORT/good.crl",
        "http://LOOP.DAOTP.TEST:PORT/good.crl",
        "http://loop.daotp.test.:PORT/good.crl",
        "http://%6coop.daotp.test:PORT/good.crl",
        "http://loop%2edaotp.test:PORT/good.crl",
        "http://-x.daotp.test:PORT/good.crl",
        "http://+x.daotp.test:PORT/good.crl",
        "http://x_y.daotp.test:PORT/good.crl",
        "http://\xC3\xBC.daotp.test:PORT/good.crl",
        "http://%C3%BC.daotp.test:PORT/good.crl",
        "http://%c3%9c.daotp.test:PORT/good.crl",
        "http://xn--tda.daotp.test:PORT/good.crl",
        "http://XN--TDA.daotp.test:PORT/good.crl",
        "http://-xn--tda.daotp.test:PORT/good.crl",
        "http://localhost:PORT/good.crl",
        "http://localhost.:PORT/good.crl",
        "http://both.daotp.test:PORT/good.crl",
        "http://-2130706433:PORT/good.crl",
        "http://\xEF\xBC\x91\x32\x37.0.0.1:PORT/good.crl", /* a wide 1 */
        "http://127\xE3\x80\x82\x30.0.1:PORT/good.crl",    /* an ideographic full stop */
        "http://loop\xC2\xAD.daotp.test:PORT/good.crl"     /* a soft hyphen */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(urls); i++) {
        fetch_ask ask = {.anchor = root,
                         .leaf = leaf_at((daotp__bytes){(const uint8_t *)at_host(urls[i]),
                                                        strlen(at_host(urls[i]))}),
                         .timeout_ms = 400}; /* some are asked for, and nobody answers */

        atomic_store(&names_asked, 0);
        (void)fetch_reopened(&ask);
        fetch_close();
        if (atomic_load(&names_asked) != 0)
            fail_msg("%s: it asked for the name again", urls[i]);
    }
}

/* The name goes to the server as it stands in the certificate. */
static void the_server_is_told_its_name(void **state)
{
    char head[2048], wanted[100];

    (void)state;
    ask_at(at_host("http://loop.daotp.test:PORT/good.crl"), NULL);
    fetch_expect("name", DAOTP_OK, 0, NULL);
    host_head(host, "/good.crl", head, sizeof head);
    (void)snprintf(wanted, sizeof wanted, "\r\nHost: loop.daotp.test:%u", host->port);
    assert_non_null(strstr(head, wanted));
}

/* ---- several places -------------------------------------------------------------------------- */

/* As AD CS writes them: LDAP first, HTTP behind it, in one point or in two. */
static void the_next_place_is_tried(void **state)
{
    const char *ldap = "ldap:///CN=CA,CN=CDP,DC=corp,DC=example?certificateRevocationList?base",
               *good = host_url(host, "/good.crl");
    pki_spec spec = pki_leaf_spec(pki_key(9), root);
    fetch_ask ask = {.anchor = root};

    (void)state;
    pki_put(spec.extensions, PKI_OID_POINTS, false,
            pki_tlv(0x30, fetch_point(PKI_JOIN(fetch_uri(ldap), fetch_uri(good)))));
    ask.leaf = pki_make(&spec);
    (void)fetch_reopened(&ask);
    fetch_expect("in one point", DAOTP_OK, 0, NULL);
    pki_put(spec.extensions, PKI_OID_POINTS, false,
            fetch_points((const char *const[]){ldap, "http://127.0.0.1:1/x", good, NULL}));
    ask.leaf = pki_make(&spec);
    (void)fetch_reopened(&ask);
    fetch_expect("in three points", DAOTP_OK, 0, NULL);
}

/* A name of another kind in the point is no place, and does no harm. */
static void names_that_are_no_urls(void **state)
{
    pki_spec spec = pki_leaf_spec(pki_key(9), root);
    fetch_ask ask = {.anchor = root};

    (void)state;
    pki_put(spec.extensions, PKI_OID_POINTS, false,
            pki_tlv(0x30, fetch_point(PKI_JOIN(pki_directory("CN=CDP"),
                                               PKI_TEXT(PKI_DNS, "crl.example.com"),
                                               fetch_uri(host_url(host, "/good.crl"))))));
    ask.leaf = pki_make(&spec);
    (void)fetch_reopened(&ask);
    fetch_expect("others beside it", DAOTP_OK, 0, NULL);
}

/* Without being told to, nothing is fetched. */
static void nothing_is_fetched_unasked(void **state)
{
    unsigned before = host_connections(host);
    fetch_ask ask = {.anchor = root,
                     .leaf = fetch_leaf(root, host_url(host, "/good.crl"), NULL, NULL),
                     .stays = true};

    (void)state;
    (void)fetch_reopened(&ask);
    fetch_expect("stays", DAOTP_UNDECIDED, DAOTP_FINDING_CRL_MISSING, NULL);
    assert_int_equal(host_connections(host), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_that_are_not_fetched_from),
        cmocka_unit_test(a_nul_ends_nothing),
        cmocka_unit_test(urls_have_a_length),
        cmocka_unit_test(urls_that_are_fetched_from),
        cmocka_unit_test(special_addresses_are_not_reached),
        cmocka_unit_test(what_is_allowed_is_all_that_is_reached),
        cmocka_unit_test(by_ipv6),
        cmocka_unit_test(other_ports_of_public_addresses),
        cmocka_unit_test(names_that_are_none),
        cmocka_unit_test(the_forbidden_address_is_told),
        cmocka_unit_test(libcurl_never_asks_for_a_name),
        cmocka_unit_test(the_server_is_told_its_name),
        cmocka_unit_test(the_next_place_is_tried),
        cmocka_unit_test(names_that_are_no_urls),
        cmocka_unit_test(nothing_is_fetched_unasked),
    };

    return cmocka_run_group_tests(tests, begin_group, end_group);
}
