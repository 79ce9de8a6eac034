/* SPDX-License-Identifier: BSD-2-Clause */
/* The RADIUS client with its first allocation failing, then its second, and so on until none fails,
 * through each public entry and whole exchanges with a responder in another process: the answer is
 * the right one or a lack of memory, at once, and nothing leaks. (Allocations of libradcli and
 * c-ares are not among them.) */
#include "failing_memory.h"
#include "radius_peer.h"
#include "tls_peer.h"

#include "core/context.h"

#include <daotp/daotp.h>

static const char secret[] = "torture\0secret, 24 octets";
enum { SECRET_LEN = sizeof secret - 1, MANY = 70, AT_ONCE_MS = 2000 };

static forge_world world;
static daotp_context *context;
static daotp_trust *trust;
static daotp_credential *credential;
static radius_peer peer;
static tls_peer radsec_peer;
static char conf_path[] = "/tmp/daotp-torture-radius-XXXXXX";
static char secrets_path[] = "/tmp/daotp-torture-secrets-XXXXXX";

/* ---- the responder --------------------------------------------------------------------------- */

static const char hello[] = "\x12\x07hello\x1a\x0a\0\0\x01\x37\x01\x04zz\x19\x04\0\xff";
static const char more[] = "\x12\x06more\x18\x04\0s\x4c\x06\0\0\0\x01";

static bool is_text(radius_peer_bytes bytes, const char *text)
{
    return bytes.len == strlen(text) && memcmp(bytes.data, text, bytes.len) == 0;
}

/* Accepts, with a message; challenges the user "sms" before that, and rejects "no". */
static size_t answer_with(radius_peer_bytes key, radius_peer_bytes request, uint8_t *out)
{
    radius_peer_bytes name = radius_peer_find(request, 1, 0);
    radius_peer_reply reply = {.code = 2,
                               .id = request.data[1],
                               .authenticator = request.data + 4,
                               .secret = key,
                               .attributes = {(const uint8_t *)hello, sizeof hello - 1}};

    if (!radius_peer_is_signed(request, reply.secret))
        return 0;
    if (is_text(name, "sms") && radius_peer_find(request, 24, 0).data == NULL) {
        reply.code = 11;
        reply.attributes = (radius_peer_bytes){(const uint8_t *)more, sizeof more - 1};
    } else if (is_text(name, "no")) {
        reply.code = 3;
    }
    return radius_peer_write(&reply, out);
}

static size_t answer(radius_peer_bytes request, void *user, uint8_t *out)
{
    (void)user;
    return answer_with((radius_peer_bytes){(const uint8_t *)secret, SECRET_LEN}, request, out);
}

static bool read_octets(SSL *ssl, int fd, uint8_t *octets, size_t len)
{
    for (size_t at = 0; at < len;) {
        int n = tls_peer_read(ssl, fd, octets + at, len - at);

        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

/* RFC 6614: one packet behind the other, until the other side goes. */
static void answer_by_radsec(SSL *ssl, int fd, void *user)
{
    const radius_peer_bytes key = {(const uint8_t *)"radsec", 6};
    uint8_t in[RADIUS_PEER_ROOM], out[RADIUS_PEER_ROOM];

    (void)user;
    while (read_octets(ssl, fd, in, 4)) {
        size_t len = (size_t)in[2] << 8 | in[3];

        if (len < RADIUS_PEER_HEAD || len > sizeof in || !read_octets(ssl, fd, in + 4, len - 4))
            return;
        len = answer_with(key, (radius_peer_bytes){in, len}, out);
        tls_peer_write(ssl, fd, out, len);
    }
}

/* ---- what lasts ------------------------------------------------------------------------------ */

static void write_file(int fd, const char *text)
{
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(fd), 0);
}

/* As radcli's installation has it: two servers, one with its secret in a file of its own. */
static void make_conf(void)
{
    char text[512];

    write_file(mkstemp(secrets_path), "127.0.0.2 0123456789abcdef\n");
    (void)snprintf(text, sizeof text,
                   "authserver 127.0.0.1:1812:0123456789abcdef,127.0.0.2:1812\n"
                   "acctserver 127.0.0.1:1813:0123456789abcdef\n"
                   "servers %s\ndictionary /dev/null\nradius_timeout 3\nradius_retries 1\n",
                   secrets_path);
    write_file(mkstemp(conf_path), text);
}

static int make_all(void **state)
{
    tls_peer_spec spec = {.serve = answer_by_radsec};
    daotp__buffer der;

    (void)state;
    world = forge_world_new();
    spec.certificate = world.server;
    spec.key = world.server_key;
    spec.client_root = world.root;
    peer = radius_peer_start(answer, NULL);
    radsec_peer = tls_peer_start(&spec);
    context = forge_context();
    der = forge_der(world.root);
    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(trust, der.data, der.len, NULL), DAOTP_OK);
    credential = forge_credential(context, world.machine, NULL, world.machine_key);
    make_conf();
    daotp__buffer_free(&der);
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    radius_peer_stop(&peer);
    tls_peer_stop(&radsec_peer);
    (void)unlink(conf_path);
    (void)unlink(secrets_path);
    daotp_credential_unref(credential);
    daotp_trust_unref(trust);
    daotp_context_unref(context);
    forge_world_free(&world);
    return failing_memory_live() == 0 ? 0 : -1;
}

/* ---- setting up ------------------------------------------------------------------------------ */

static daotp_status make_client(daotp_radius **radius)
{
    daotp_status status = daotp_radius_new(context, radius);

    assert_int_equal(*radius != NULL, status == DAOTP_OK);
    return status;
}

static daotp_status new_client(void)
{
    daotp_radius *radius;
    daotp_status status = make_client(&radius);

    daotp_radius_free(radius);
    return status;
}

static daotp_status add_peer(daotp_radius *radius)
{
    return daotp_radius_add_server(radius, "127.0.0.1", peer.port, secret, SECRET_LEN,
                                   DAOTP_RADIUS_POLICY_REQUIRE);
}

static daotp_status add_servers(void)
{
    daotp_radius *radius;
    daotp_status status = make_client(&radius);
    size_t count = 0;

    for (; status == DAOTP_OK && count < 4; count += status == DAOTP_OK)
        status = add_peer(radius);
    assert_int_equal(daotp_radius_get_server_count(radius), count);
    for (size_t i = 0; i < count; i++)
        assert_non_null(daotp_radius_get_server(radius, i));
    daotp_radius_free(radius);
    return status;
}

static daotp_status add_weak_server(void)
{
    daotp_radius *radius;
    daotp_status status = make_client(&radius);

    if (status == DAOTP_OK)
        status = daotp_radius_add_server(radius, "radius.example.com", 1812, "x", 1,
                                         DAOTP_RADIUS_POLICY_OPTIONAL);
    assert_true(daotp_radius_get_report(radius) != NULL || radius == NULL);
    daotp_radius_free(radius);
    return status;
}

static daotp_status add_radsec_server(void)
{
    daotp_radius *radius;
    daotp_status status = make_client(&radius);

    if (status == DAOTP_OK)
        status =
            daotp_radius_add_radsec_server(radius, "radius.example.com", 2083, trust, credential);
    if (status == DAOTP_OK)
        assert_int_equal(daotp_radius_set_server_rules(radius, DAOTP_RULES_WEBPKI), DAOTP_OK);
    assert_int_equal(daotp_radius_get_server_count(radius), status == DAOTP_OK);
    daotp_radius_free(radius);
    return status;
}

static daotp_status import_servers(void)
{
    daotp_radius *radius;
    daotp_status status = make_client(&radius);

    if (status == DAOTP_OK)
        status = daotp_radius_import(radius, conf_path);
    if (status == DAOTP_CONFIGURATION &&
        daotp_finding_get_number(daotp_report_get_error(daotp_radius_get_report(radius))) ==
            DAOTP_FINDING_BUILD_WITHOUT)
        status = DAOTP_OK; /* without radcli */
    else if (status == DAOTP_OK)
        assert_int_equal(daotp_radius_get_server_count(radius), 2);
    daotp_radius_free(radius);
    return status;
}

static daotp_status set_attributes(void)
{
    daotp_radius *radius;
    daotp_status status = make_client(&radius);

    for (int i = 0; status == DAOTP_OK && i < 7; i++)
        status = daotp_radius_add_attribute(radius, 31, i % 2 == 0 ? 0 : 311, secret, SECRET_LEN);
    for (int i = 0; status == DAOTP_OK && i < 3; i++)
        status = daotp_radius_set_nas_identifier(radius, "another name");
    daotp_radius_free(radius);
    return status;
}

static daotp_status set_attributes_by_name(void)
{
    daotp_radius *radius;
    daotp_status status = make_client(&radius);

    if (status == DAOTP_OK)
        status = daotp_radius_add_attributes(
            radius, "NAS-Port-Type = Virtual Calling-Station-Id = \"198.51.100.7\"");
    if (status == DAOTP_CONFIGURATION)
        status = DAOTP_OK; /* without radcli */
    daotp_radius_free(radius);
    return status;
}

/* ---- exchanges ------------------------------------------------------------------------------- */

static daotp_status radsec_client(daotp_radius **radius, bool with_dead_one)
{
    daotp_status status = make_client(radius);

    if (status == DAOTP_OK && with_dead_one)
        status = daotp_radius_add_radsec_server(*radius, "127.0.0.1", tls_peer_closed_port(), trust,
                                                credential);
    return status == DAOTP_OK ? daotp_radius_add_radsec_server(*radius, "127.0.0.1",
                                                               radsec_peer.port, trust, credential)
                              : status;
}

static daotp_status client_with_servers(daotp_radius **radius, bool with_dead_one)
{
    daotp_status status = make_client(radius);

    if (status == DAOTP_OK && with_dead_one) /* the kernel refuses at once */
        status = daotp_radius_add_server(*radius, "255.255.255.255", 1812, secret, SECRET_LEN,
                                         DAOTP_RADIUS_POLICY_REQUIRE);
    return status == DAOTP_OK ? add_peer(*radius) : status;
}

/* What the begun round came to: it is no acceptance where there was none. */
static daotp_status finish_round(daotp_radius_exchange *x, daotp_status begun)
{
    daotp_status status = begun == DAOTP_OK ? daotp_radius_exchange_wait(x) : begun;

    assert_int_equal(daotp_radius_exchange_get_status(x), status);
    if (begun != DAOTP_OK)
        assert_int_not_equal(daotp_radius_exchange_wait(x), DAOTP_OK);
    assert_int_equal(daotp_radius_exchange_get_answer(x) == DAOTP_RADIUS_ACCEPTED,
                     status == DAOTP_OK);
    assert_true(daotp_report_get_text(daotp_radius_exchange_get_report(x)) != NULL);
    assert_true(daotp_report_get_json(daotp_radius_exchange_get_report(x)) != NULL);
    return status;
}

static void expect_hello(const daotp_radius_exchange *x)
{
    size_t len;
    const uint8_t *text = daotp_radius_exchange_get_message(x, 0, &len);

    assert_non_null(text);
    assert_int_equal(len, 5);
    assert_memory_equal(text, "hello", 5);
}

typedef daotp_status (*client_fn)(daotp_radius **radius, bool with_dead_one);

static daotp_status login(client_fn client, const char *user, bool with_dead_one,
                          daotp_status wanted)
{
    daotp_radius *radius;
    daotp_radius_exchange *x = NULL;
    daotp_status status = client(&radius, with_dead_one);

    if (status == DAOTP_OK) {
        status = daotp_radius_exchange_new(radius, user, &x);
        assert_int_equal(x != NULL, status == DAOTP_OK);
    }
    if (status == DAOTP_OK)
        status = finish_round(x, daotp_radius_exchange_begin(x, "123456", 6));
    if (status == DAOTP_CHALLENGE)
        status = finish_round(x, daotp_radius_exchange_respond(x, "next", 4));
    if (status == wanted)
        expect_hello(x);
    daotp_radius_exchange_free(x);
    daotp_radius_free(radius);
    return status == wanted ? DAOTP_OK : status;
}

static daotp_status accepted(void)
{
    return login(client_with_servers, "alice", false, DAOTP_OK);
}

static daotp_status rejected(void)
{
    return login(client_with_servers, "no", false, DAOTP_REJECTED);
}

static daotp_status challenged(void)
{
    return login(client_with_servers, "sms", false, DAOTP_OK);
}

static daotp_status failed_over(void)
{
    return login(client_with_servers, "alice", true, DAOTP_OK);
}

static daotp_status accepted_by_radsec(void)
{
    return login(radsec_client, "alice", false, DAOTP_OK);
}

static daotp_status challenged_by_radsec(void)
{
    return login(radsec_client, "sms", false, DAOTP_OK);
}

static daotp_status failed_over_by_radsec(void)
{
    return login(radsec_client, "alice", true, DAOTP_OK);
}

static daotp_status told_in_words(void)
{
    daotp_radius *radius;
    daotp_radius_exchange *x = NULL;
    daotp_status status = client_with_servers(&radius, false);
    char *text = NULL;

    if (status == DAOTP_OK)
        status = daotp_radius_exchange_new(radius, "alice", &x);
    if (status == DAOTP_OK)
        status = finish_round(x, daotp_radius_exchange_begin(x, "123456", 6));
    if (status == DAOTP_OK) {
        status = daotp_radius_exchange_copy_text(x, &text);
        assert_int_equal(text != NULL, status == DAOTP_OK);
        if (status == DAOTP_CONFIGURATION)
            status = DAOTP_OK; /* without radcli */
    }
    daotp_free(text);
    daotp_radius_exchange_free(x);
    daotp_radius_free(radius);
    return status;
}

static daotp_status probe_server(daotp_radius_probe probe)
{
    daotp_radius *radius;
    daotp_radius_exchange *x = NULL;
    daotp_status status = client_with_servers(&radius, false);

    if (status == DAOTP_OK)
        status = daotp_radius_exchange_new(radius, "unused", &x);
    if (status == DAOTP_OK)
        status = finish_round(x, daotp_radius_exchange_probe(x, 0, probe));
    daotp_radius_exchange_free(x);
    daotp_radius_free(radius);
    return status;
}

static daotp_status probed_by_login(void)
{
    return probe_server(DAOTP_RADIUS_PROBE_USER);
}

static daotp_status probed_by_status_server(void)
{
    return probe_server(DAOTP_RADIUS_PROBE_STATUS_SERVER);
}

/* Twice on one exchange: what the first came to is not the second's answer. */
static daotp_status twice(void)
{
    daotp_radius *radius;
    daotp_radius_exchange *x = NULL;
    daotp_status status = client_with_servers(&radius, false);

    if (status == DAOTP_OK)
        status = daotp_radius_exchange_new(radius, "alice", &x);
    for (int i = 0; i < 2 && status == DAOTP_OK; i++)
        status = finish_round(x, daotp_radius_exchange_begin(x, "123456", 6));
    daotp_radius_exchange_free(x);
    daotp_radius_free(radius);
    return status;
}

static daotp_status begin_many(daotp_radius *radius, daotp_radius_exchange **all)
{
    daotp_status status = DAOTP_OK;

    for (int i = 0; i < MANY && status == DAOTP_OK; i++) {
        status = daotp_radius_exchange_new(radius, "alice", &all[i]);
        if (status == DAOTP_OK)
            status = daotp_radius_exchange_begin(all[i], "123456", 6);
    }
    return status;
}

/* More than the first block of timers holds; those that could begin come to their answers. */
static daotp_status many(void)
{
    daotp_radius_exchange *all[MANY] = {NULL};
    daotp_radius *radius;
    daotp_status status = client_with_servers(&radius, false);

    if (status == DAOTP_OK)
        status = begin_many(radius, all);
    for (int i = 0; i < MANY; i++) {
        if (all[i] != NULL && daotp_radius_exchange_get_status(all[i]) == DAOTP_AGAIN &&
            daotp_radius_exchange_wait(all[i]) == DAOTP_OK)
            expect_hello(all[i]);
        if (status == DAOTP_OK)
            status = daotp_radius_exchange_get_status(all[i]);
    }
    for (int i = 0; i < MANY; i++)
        daotp_radius_exchange_free(all[i]);
    daotp_radius_free(radius);
    return status;
}

/* Ended while it is pending: by the caller, and by being freed. */
static daotp_status cancelled(void)
{
    daotp_radius_exchange *x[2] = {NULL};
    daotp_radius *radius;
    daotp_status status = client_with_servers(&radius, false);

    for (int i = 0; i < 2 && status == DAOTP_OK; i++)
        status = daotp_radius_exchange_new(radius, "alice", &x[i]);
    for (int i = 0; i < 2 && status == DAOTP_OK; i++)
        status = daotp_radius_exchange_begin(x[i], "123456", 6);
    daotp_radius_exchange_cancel(x[0]);
    if (status == DAOTP_OK)
        assert_int_equal(daotp_radius_exchange_get_status(x[0]), DAOTP_CANCELLED);
    for (int i = 0; i < 2; i++)
        daotp_radius_exchange_free(x[i]);
    daotp_radius_free(radius);
    return status;
}

/* ---- the torture ----------------------------------------------------------------------------- */

/* A lack of memory that only a text of a report, or a spare server, was lost to may go unseen. */
static void fail_each(daotp_status (*step)(void))
{
    size_t before, count, seen = 0, n = 0;
    daotp_status status;

    (void)step(); /* what is made once and kept is no leak: the keys of the trust's certificates */
    do {
        int64_t began = daotp__context_now_ms(context);

        before = failing_memory_live();
        failing_memory_set(++n);
        status = step();
        count = failing_memory_count();
        failing_memory_set(0);
        if (failing_memory_live() != before)
            fail_msg("allocation %zu: %zd blocks leaked", n, failing_memory_live() - before);
        if (status != DAOTP_OK && status != DAOTP_MEMORY)
            fail_msg("allocation %zu: %s", n, daotp_status_name(status));
        if (daotp__context_now_ms(context) - began > AT_ONCE_MS)
            fail_msg("allocation %zu: not at once", n);
        seen += status == DAOTP_MEMORY;
    } while (count >= n);
    assert_int_equal(status, DAOTP_OK);
    assert_true(seen > 0);
}

#define STEP(name)                                                                                 \
    static void test_##name(void **state)                                                          \
    {                                                                                              \
        (void)state;                                                                               \
        fail_each(name);                                                                           \
    }

STEP(new_client)
STEP(add_servers)
STEP(add_weak_server)
STEP(add_radsec_server)
STEP(import_servers)
STEP(set_attributes)
STEP(set_attributes_by_name)
STEP(accepted)
STEP(rejected)
STEP(challenged)
STEP(failed_over)
STEP(accepted_by_radsec)
STEP(challenged_by_radsec)
STEP(failed_over_by_radsec)
STEP(told_in_words)
STEP(probed_by_login)
STEP(probed_by_status_server)
STEP(twice)
STEP(many)
STEP(cancelled)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_client),
        cmocka_unit_test(test_add_servers),
        cmocka_unit_test(test_add_weak_server),
        cmocka_unit_test(test_add_radsec_server),
        cmocka_unit_test(test_import_servers),
        cmocka_unit_test(test_set_attributes),
        cmocka_unit_test(test_set_attributes_by_name),
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_rejected),
        cmocka_unit_test(test_challenged),
        cmocka_unit_test(test_failed_over),
        cmocka_unit_test(test_accepted_by_radsec),
        cmocka_unit_test(test_challenged_by_radsec),
        cmocka_unit_test(test_failed_over_by_radsec),
        cmocka_unit_test(test_told_in_words),
        cmocka_unit_test(test_probed_by_login),
        cmocka_unit_test(test_probed_by_status_server),
        cmocka_unit_test(test_twice),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_cancelled),
    };

    return cmocka_run_group_tests(tests, make_all, free_all);
}
