/* SPDX-License-Identifier: BSD-2-Clause */
/* A server that does not want our certificate says so, with TLS 1.3, when the handshake has ended
 * here. Without a preflight the code may then be under way, or about to leave; whichever comes
 * first, the refusal must be told. */
#include "scene.h"
#include "testing.h"

static void nothing(SSL *ssl, int fd, void *user)
{
    (void)ssl, (void)fd, (void)user;
}

/* Before the code leaves: time enough for the server's word to arrive. */
static void dawdle(void *user, daotp_stage stage, daotp_stage_state state)
{
    const unsigned *ms = user;

    if (stage == DAOTP_STAGE_OTP && state == DAOTP_STAGE_RUNNING)
        (void)usleep(1000 * *ms);
}

static void a_refusal_is_heard_whenever_it_comes(void **state)
{
    static const struct {
        int version;
        unsigned think_ms, dawdle_ms;
        bool bare; /* no certificate */
        daotp_finding_number finding;
    } cases[] = {
        {0, 0, 0, false, DAOTP_FINDING_TLS_CLIENT_CERT_REFUSED},
        {0, 0, 200, false, DAOTP_FINDING_TLS_CLIENT_CERT_REFUSED},
        {0, 200, 0, false, DAOTP_FINDING_TLS_CLIENT_CERT_REFUSED},
        {0, 0, 200, true, DAOTP_FINDING_TLS_CLIENT_CERT_MISSING},
        {0, 200, 0, true, DAOTP_FINDING_TLS_CLIENT_CERT_MISSING},
        {TLS1_2_VERSION, 0, 0, false, DAOTP_FINDING_TLS_CLIENT_CERT_REFUSED},
        {TLS1_2_VERSION, 0, 0, true, DAOTP_FINDING_TLS_CLIENT_CERT_MISSING},
    };
    scene s;

    (void)state;
    scene_begin(&s);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        /* its anchor is the server's own certificate: ours does not lead there */
        tls_peer_spec spec = {.certificate = s.world.server,
                              .key = s.world.server_key,
                              .client_root = s.world.server,
                              .version = cases[i].version,
                              .think_ms = cases[i].think_ms,
                              .serve = nothing};
        tls_peer peer = tls_peer_start(&spec);
        fake_ca fake = {.script = {{NULL, FAKE_ISSUE, 0, 0, NULL}}};
        unsigned dawdle_ms = cases[i].dawdle_ms;
        daotp_client *client;
        daotp_ca *ca;

        (void)snprintf(s.url, sizeof s.url, "https://localhost:%u/otp", (unsigned)peer.port);
        assert_int_equal(daotp_client_new(s.context, &client), DAOTP_OK);
        assert_int_equal(daotp_ca_new(s.context, &fake_transport, &fake, &ca), DAOTP_OK);
        assert_int_equal(scene_set(&s, client, ca), DAOTP_OK);
        if (cases[i].bare)
            assert_int_equal(daotp_client_set_identity(client, NULL), DAOTP_OK);
        assert_int_equal(daotp_client_set_progress_callback(client, dawdle, &dawdle_ms), DAOTP_OK);
        assert_int_equal(daotp_client_set_preflight(client, false), DAOTP_OK);
        assert_int_equal(daotp_client_prepare(client, FORGE_UPN), DAOTP_OK);
        (void)daotp_client_enroll(client, "123456", 6, NULL);
        if (daotp_finding_get_number(daotp_report_get_error(daotp_client_get_report(client))) !=
            cases[i].finding)
            fail_msg("case %zu: %s", i, daotp_report_get_text(daotp_client_get_report(client)));
        daotp_client_free(client);
        daotp_ca_unref(ca);
        tls_peer_stop(&peer);
    }
    scene_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_is_heard_whenever_it_comes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
