/* SPDX-License-Identifier: BSD-2-Clause */
/* Which TLS server the client takes, through libcurl, before a code is asked for; and which RadSec
 * server the RADIUS client takes. */
#include "scalar_key.h"
#include "scene.h"
#include "testing.h"

#include <daotp/radius.h>

static void nothing(SSL *ssl, int fd, void *user)
{
    (void)ssl, (void)fd, (void)user;
}

static daotp_rules rules = DAOTP_RULES_PATH;

/* prepare against a server with this certificate; user_key: the key that is to be certified. */
static void expect_server(scene *s, const forge_spec *server, EVP_PKEY *server_key,
                          EVP_PKEY *user_key, daotp_finding_number wanted)
{
    X509 *certificate = forge_certificate(server);
    tls_peer_spec spec = {.certificate = certificate, .key = server_key, .serve = nothing};
    tls_peer peer = tls_peer_start(&spec);
    fake_ca fake = {.script = {{NULL, FAKE_ISSUE, 0, 0, NULL}}};
    daotp_key *key = forge_key(s->context, user_key);
    daotp_client *client;
    daotp_status status;
    daotp_ca *ca;

    (void)snprintf(s->url, sizeof s->url, "https://localhost:%u/otp", (unsigned)peer.port);
    assert_int_equal(daotp_client_new(s->context, &client), DAOTP_OK);
    assert_int_equal(daotp_ca_new(s->context, &fake_transport, &fake, &ca), DAOTP_OK);
    assert_int_equal(scene_set(s, client, ca), DAOTP_OK);
    assert_int_equal(daotp_client_set_key(client, key), DAOTP_OK);
    assert_int_equal(daotp_client_set_server_rules(client, rules), DAOTP_OK);
    status = daotp_client_prepare(client, FORGE_UPN);
    if (status != daotp_catalogue_get_status(wanted) ||
        daotp_finding_get_number(daotp_report_get_error(daotp_client_get_report(client))) != wanted)
        fail_msg("not %s: %s", daotp_catalogue_get_id(wanted),
                 daotp_report_get_text(daotp_client_get_report(client)));
    daotp_client_free(client);
    daotp_ca_unref(ca);
    daotp_key_unref(key);
    tls_peer_stop(&peer);
    X509_free(certificate);
}

static void servers_are_judged_by_the_validator(void **state)
{
    EVP_PKEY *one = scalar_key(1);
    forge_spec good, spec;
    scene s;

    (void)state;
    scene_begin(&s);
    good = forge_server_spec(&s.world, s.world.server_key);
    expect_server(&s, &good, s.world.server_key, s.world.user_key,
                  DAOTP_FINDING_HTTP_CONNECTION_LOST); /* it says nothing after the handshake */
    spec = good;                                       /* CN=localhost */
    forge_set(spec.extensions, "subjectAltName", NULL);
    expect_server(&s, &spec, s.world.server_key, s.world.user_key, DAOTP_FINDING_TLS_SERVER_NAME);
    forge_set(spec.extensions, "subjectAltName", "email:localhost");
    expect_server(&s, &spec, s.world.server_key, s.world.user_key, DAOTP_FINDING_TLS_SERVER_NAME);
    spec = good;
    spec.key = one;
    expect_server(&s, &spec, one, s.world.user_key, DAOTP_FINDING_TLS_SERVER_KEY);
    EVP_PKEY_free(one);
    scene_end(&s);
}

/* RFC 5280 4.2.1.1: a certificate without authorityKeyIdentifier passes path and fails strict. */
static void servers_are_judged_by_the_rules_that_are_set(void **state)
{
    forge_spec good, spec;
    daotp_client *client;
    scene s;

    (void)state;
    scene_begin(&s);
    spec = good = forge_server_spec(&s.world, s.world.server_key);
    forge_set(spec.extensions, "authorityKeyIdentifier", NULL);
    expect_server(&s, &spec, s.world.server_key, s.world.user_key,
                  DAOTP_FINDING_HTTP_CONNECTION_LOST);
    for (rules = DAOTP_RULES_STRICT; rules <= DAOTP_RULES_WEBPKI; rules++)
        expect_server(&s, &spec, s.world.server_key, s.world.user_key,
                      DAOTP_FINDING_TLS_SERVER_UNTRUSTED);
    rules = DAOTP_RULES_PATH;
    assert_int_equal(daotp_client_new(s.context, &client), DAOTP_OK);
    assert_int_equal(daotp_client_set_server_rules(client, (daotp_rules)0), DAOTP_USAGE);
    assert_int_equal(daotp_client_set_server_rules(client, (daotp_rules)4), DAOTP_USAGE);
    daotp_client_free(client);
    scene_end(&s);
}

/* The error of a login at a RadSec server with this certificate, which says nothing after the
 * handshake. */
static daotp_finding_number radsec_error(const scene *s, const forge_spec *server,
                                         daotp_rules judged_by, bool is_set_first)
{
    X509 *certificate = forge_certificate(server);
    tls_peer_spec spec = {.certificate = certificate, .key = s->world.server_key, .serve = nothing};
    tls_peer peer = tls_peer_start(&spec);
    daotp_radius_exchange *exchange;
    daotp_finding_number number;
    daotp_radius *radius;

    assert_int_equal(daotp_radius_new(s->context, &radius), DAOTP_OK);
    if (is_set_first)
        assert_int_equal(daotp_radius_set_server_rules(radius, judged_by), DAOTP_OK);
    assert_int_equal(
        daotp_radius_add_radsec_server(radius, "localhost", peer.port, s->trust, s->machine),
        DAOTP_OK);
    if (!is_set_first)
        assert_int_equal(daotp_radius_set_server_rules(radius, judged_by), DAOTP_OK);
    assert_int_equal(daotp_radius_exchange_new(radius, "alice", &exchange), DAOTP_OK);
    assert_int_equal(daotp_radius_exchange_begin(exchange, "123456", 6), DAOTP_OK);
    (void)daotp_radius_exchange_wait(exchange);
    number = daotp_finding_get_number(
        daotp_report_get_error(daotp_radius_exchange_get_report(exchange)));
    daotp_radius_exchange_free(exchange);
    daotp_radius_free(radius);
    tls_peer_stop(&peer);
    X509_free(certificate);
    return number;
}

static void radsec_servers_are_judged_by_the_rules_that_are_set(void **state)
{
    forge_spec good, spec;
    daotp_radius *radius;
    scene s;

    (void)state;
    scene_begin(&s);
    spec = good = forge_server_spec(&s.world, s.world.server_key);
    forge_set(spec.extensions, "authorityKeyIdentifier", NULL);
    for (int first = 0; first < 2; first++) {
        assert_int_equal(radsec_error(&s, &spec, DAOTP_RULES_PATH, first != 0),
                         DAOTP_FINDING_RADIUS_CONNECTION_LOST);
        assert_int_equal(radsec_error(&s, &spec, DAOTP_RULES_STRICT, first != 0),
                         DAOTP_FINDING_TLS_SERVER_UNTRUSTED);
        assert_int_equal(radsec_error(&s, &spec, DAOTP_RULES_WEBPKI, first != 0),
                         DAOTP_FINDING_TLS_SERVER_UNTRUSTED);
    }
    assert_int_equal(daotp_radius_new(s.context, &radius), DAOTP_OK);
    assert_int_equal(daotp_radius_set_server_rules(radius, (daotp_rules)0), DAOTP_USAGE);
    assert_int_equal(daotp_radius_set_server_rules(radius, (daotp_rules)4), DAOTP_USAGE);
    daotp_radius_free(radius);
    scene_end(&s);
}

static void the_servers_key_is_no_users(void **state)
{
    forge_spec good;
    scene s;

    (void)state;
    scene_begin(&s);
    good = forge_server_spec(&s.world, s.world.server_key);
    expect_server(&s, &good, s.world.server_key, s.world.server_key, DAOTP_FINDING_TLS_KEY_SHARED);
    scene_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(servers_are_judged_by_the_validator),
        cmocka_unit_test(servers_are_judged_by_the_rules_that_are_set),
        cmocka_unit_test(radsec_servers_are_judged_by_the_rules_that_are_set),
        cmocka_unit_test(the_servers_key_is_no_users),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
