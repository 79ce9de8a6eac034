/* SPDX-License-Identifier: BSD-2-Clause */
/* The stages that ask the validator: signature (may who signed it), chain, revocation. */
#include "forge.h"
#include "testing.h"

#include "client/client.h"
#include "request/cmc.h"

static forge_world world, elsewhere;

static int set_up(void **state)
{
    (void)state;
    world = forge_world_new();
    elsewhere = forge_world_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    forge_world_free(&elsewhere);
    forge_world_free(&world);
    return 0;
}

static void set_fetcher(daotp_context *context, daotp_client *client)
{
    daotp_fetcher *fetcher;

    assert_int_equal(daotp_fetcher_new(context, &fetcher), DAOTP_OK);
    assert_int_equal(daotp_client_set_fetcher(client, fetcher), DAOTP_OK);
    daotp_fetcher_unref(fetcher);
}

/* A client in the middle of its run, that judges by this anchor; NULL: by none. */
static daotp_client *client_new(daotp_context *context, X509 *anchor, daotp_revocation revocation,
                                bool may_fetch)
{
    daotp_trust *trust = NULL;
    daotp_client *client;
    daotp__buffer der;

    assert_int_equal(daotp_client_new(context, &client), DAOTP_OK);
    if (anchor == NULL)
        return client;
    der = forge_der(anchor);
    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(trust, der.data, der.len, NULL), DAOTP_OK);
    assert_int_equal(daotp_client_set_issuer_trust(client, trust, revocation), DAOTP_OK);
    if (may_fetch)
        set_fetcher(context, client);
    daotp_trust_unref(trust);
    daotp__buffer_free(&der);
    return client;
}

static daotp_status run(daotp_client *client, daotp_status (*stage)(daotp_client *client))
{
    daotp_status status;

    daotp__report_clear(&client->report);
    client->skipped = false;
    daotp__loop_begin(client->loop, 5000);
    while ((status = stage(client)) == DAOTP_AGAIN) {
        daotp__loop_wait(client->loop);
        assert_int_equal(daotp__loop_dispatch(client->loop), DAOTP_OK);
    }
    assert_null(client->verifier); /* nothing of it is left behind */
    return status;
}

static bool has(daotp_client *client, daotp_finding_number number)
{
    test_report report = {.report = daotp_client_get_report(client)};

    return test_report_has(&report, number);
}

/* ---- who signed the request ------------------------------------------------------------------ */

static void sign(daotp_context *context, daotp_client *client, X509 *ra, EVP_PKEY *ra_key)
{
    forge_request request = forge_good_request(world.user_key);
    daotp__buffer csr = forge_csr(&request), der = forge_der(ra);
    daotp_key *key = forge_key(context, ra_key);
    daotp__certificate certificate;

    assert_true(daotp__certificate_read(daotp__buffer_bytes(&der), &certificate));
    daotp__buffer_add(&client->csr, csr.data, csr.len);
    assert_int_equal(daotp__cmc_write(daotp__buffer_bytes(&csr), NULL, DAOTP__HASH_SHA256, key,
                                      &certificate, &client->response.cmc, NULL),
                     DAOTP_OK);
    daotp_key_unref(key);
    daotp__buffer_free(&der);
    daotp__buffer_free(&csr);
}

/* A signer with the right policy, but of a CA that is not the caller's, is none. */
static void the_signer_is_of_a_ca_that_is_trusted(void **state)
{
    const struct {
        X509 *anchor, *ra;
        EVP_PKEY *ra_key;
        daotp_status status;
    } rows[] = {{world.root, world.ra, world.ra_key, DAOTP_OK},
                {world.root, elsewhere.ra, elsewhere.ra_key, DAOTP_REJECTED},
                {elsewhere.root, world.ra, world.ra_key, DAOTP_REJECTED},
                {NULL, elsewhere.ra, elsewhere.ra_key, DAOTP_OK}}; /* nobody said whom to trust */

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        daotp_context *context = forge_context();
        daotp_client *client = client_new(context, rows[i].anchor, DAOTP_REVOCATION_REQUIRE, false);

        sign(context, client, rows[i].ra, rows[i].ra_key);
        if (run(client, daotp__client_stage_signature) != rows[i].status)
            fail_msg("row %zu: %s", i, daotp_report_get_text(daotp_client_get_report(client)));
        assert_int_equal(has(client, DAOTP_FINDING_RA_CHAIN), rows[i].status != DAOTP_OK);
        assert_int_equal(
            daotp_finding_get_number(daotp_report_get_cause(daotp_client_get_report(client))),
            rows[i].status != DAOTP_OK ? DAOTP_FINDING_CHAIN_SIGNATURE : DAOTP_FINDING_NONE);
        daotp_client_free(client);
        daotp_context_unref(context);
    }
}

/* ---- what was issued ------------------------------------------------------------------------- */

/* A user's certificate of a CA below the root. */
static X509 *issue_below(X509 **below)
{
    EVP_PKEY *key = forge_p256();
    forge_spec spec = forge_root_spec(key);
    X509 *user;

    spec.subject = "CN=Issuing CA";
    spec.issuer = world.root;
    spec.issuer_key = world.root_key;
    *below = forge_certificate(&spec);
    spec = forge_user_spec(&world, world.user_key);
    spec.issuer = *below;
    spec.issuer_key = key;
    user = forge_certificate(&spec);
    EVP_PKEY_free(key);
    return user;
}

/* What the CA sent with the certificate is what its path is built of. */
static void what_came_with_the_certificate_is_used(void **state)
{
    X509 *below, *user = issue_below(&below);

    (void)state;
    for (int with = 0; with < 2; with++) {
        daotp_context *context = forge_context();
        daotp_client *client = client_new(context, world.root, DAOTP_REVOCATION_IGNORE, false);

        client->credential = forge_credential(context, user, with ? below : NULL, world.user_key);
        if (run(client, daotp__client_stage_chain) != (with ? DAOTP_OK : DAOTP_REJECTED))
            fail_msg("%d: %s", with, daotp_report_get_text(daotp_client_get_report(client)));
        assert_int_equal(has(client, DAOTP_FINDING_CHAIN_ISSUER_MISSING), !with);
        assert_false(client->skipped);
        daotp_client_free(client);
        daotp_context_unref(context);
    }
    X509_free(user);
    X509_free(below);
}

/* A list is fetched when the caller says so; not even tried when not. The address is one that is
 * refused before a byte is sent. */
static void nothing_is_fetched_unasked(void **state)
{
    forge_spec spec = forge_user_spec(&world, world.user_key);
    X509 *user;

    (void)state;
    forge_set(spec.extensions, "crlDistributionPoints", "URI:http://127.0.0.1/root.crl");
    user = forge_certificate(&spec);
    for (int fetch = 0; fetch < 2; fetch++) {
        daotp_context *context = forge_context();
        daotp_client *client =
            client_new(context, world.root, DAOTP_REVOCATION_REQUIRE, fetch != 0);

        client->credential = forge_credential(context, user, NULL, world.user_key);
        assert_int_equal(run(client, daotp__client_stage_revocation), DAOTP_UNDECIDED);
        if (has(client, DAOTP_FINDING_FETCH_ADDRESS) != (fetch != 0))
            fail_msg("%d: %s", fetch, daotp_report_get_text(daotp_client_get_report(client)));
        daotp_client_free(client);
        daotp_context_unref(context);
    }
    X509_free(user);
}

/* Unknown is no success, unless the caller has said that it may be. */
static void revocation_is_judged_as_was_said(void **state)
{
    static const struct {
        daotp_revocation mode;
        daotp_status status;
        bool skipped;
    } rows[] = {{DAOTP_REVOCATION_REQUIRE, DAOTP_UNDECIDED, false},
                {DAOTP_REVOCATION_PREFER, DAOTP_OK, false},
                {DAOTP_REVOCATION_IGNORE, DAOTP_OK, true}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        daotp_context *context = forge_context();
        daotp_client *client = client_new(context, world.root, rows[i].mode, false);

        client->credential = forge_credential(context, world.user, NULL, world.user_key);
        assert_int_equal(run(client, daotp__client_stage_chain), DAOTP_OK);
        if (run(client, daotp__client_stage_revocation) != rows[i].status)
            fail_msg("row %zu: %s", i, daotp_report_get_text(daotp_client_get_report(client)));
        assert_int_equal(client->skipped, rows[i].skipped);
        assert_int_equal(has(client, DAOTP_FINDING_REVOCATION_SKIPPED), rows[i].skipped);
        daotp_client_free(client);
        daotp_context_unref(context);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_signer_is_of_a_ca_that_is_trusted),
        cmocka_unit_test(what_came_with_the_certificate_is_used),
        cmocka_unit_test(nothing_is_fetched_unasked),
        cmocka_unit_test(revocation_is_judged_as_was_said),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
