/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole submission by RPC, by ICPR and by DCOM in each of its forms, and the questions about the
 * CA itself, with each allocation failing in its turn. Both servers are in the thread of the test,
 * the ticket is a toy. And the request of a registration authority, which a fake CA refuses. */
#include "fake_ca.h"
#include "rpc_scene.h"
#include "torture.h"

#include "net/kdc_exchange.h"

#include <daotp/ra.h>

/* ---- one submission -------------------------------------------------------------------------- */

/* The CA says no, in its own words, or tells of its templates: that is what was wanted. */
static daotp_status run_submission(void *user)
{
    const rpc_scene_run *run = user;
    daotp_report *report = NULL;
    rpc_scene_result result = {.status = daotp_report_new(run->context, &report)};

    if (result.status == DAOTP_OK)
        result = rpc_scene_submit(run, report);
    daotp_report_free(report);
    if (result.status == DAOTP_REJECTED && result.hresult == 0x80094012)
        return DAOTP_OK;
    if (result.status != DAOTP_OK)
        return result.status;
    if (run->job == RPC_SCENE_SUBMIT || (run->job == RPC_SCENE_INFO && result.templates != 2))
        return DAOTP_PEER;
    return DAOTP_OK;
}

static void every_allocation(const rpc_scene_run *kind)
{
    rpc_scene_run run = *kind;

    run.context = forge_context();
    assert_true(torture("a submission by RPC", run_submission, &run) > 30);
    daotp_context_unref(run.context);
}

static void by_icpr(void **state)
{
    (void)state;
    every_allocation(&(rpc_scene_run){.way = DAOTP_CA_WAY_ICPR});
}

static void by_dcom(void **state)
{
    (void)state;
    every_allocation(&(rpc_scene_run){.way = DAOTP_CA_WAY_DCOM});
}

static void by_create_instance(void **state)
{
    (void)state;
    every_allocation(&(rpc_scene_run){.way = DAOTP_CA_WAY_DCOM, .creates = true});
}

static void questions_about_a_ca(void **state)
{
    (void)state;
    every_allocation(&(rpc_scene_run){.way = DAOTP_CA_WAY_DCOM, .job = RPC_SCENE_INFO});
}

static void pings(void **state)
{
    (void)state;
    every_allocation(&(rpc_scene_run){.way = DAOTP_CA_WAY_ICPR, .job = RPC_SCENE_PING});
    every_allocation(&(rpc_scene_run){.way = DAOTP_CA_WAY_DCOM, .job = RPC_SCENE_PING});
}

static void by_the_first_interface(void **state)
{
    (void)state;
    every_allocation(&(rpc_scene_run){.way = DAOTP_CA_WAY_DCOM, .is_first = true});
}

/* ---- the KDCs of a realm --------------------------------------------------------------------- */

/* Nobody is waited for: the question to DNS is begun, and given up. */
static daotp_status look_up_kdcs(void *user)
{
    daotp__kdc_exchange *exchange = NULL;
    daotp__loop *loop = NULL;
    daotp_status status = daotp__loop_new(user, &loop);

    if (status == DAOTP_OK)
        status = daotp__kdc_exchange_new(loop, "REALM.INVALID", 1000, &exchange);
    if (status == DAOTP_OK)
        status = daotp__kdc_exchange_look_up(exchange, true);
    if (status == DAOTP_OK)
        status = daotp__kdc_exchange_begin(exchange, (daotp__bytes){(const uint8_t *)"AS", 2});
    daotp__kdc_exchange_free(exchange);
    daotp__loop_free(loop);
    return status;
}

static void kdcs_that_nobody_names(void **state)
{
    daotp_context *context = forge_context();

    (void)state;
    assert_true(torture("the KDCs of a realm", look_up_kdcs, context) > 3);
    daotp_context_unref(context);
}

/* ---- a registration authority ---------------------------------------------------------------- */

typedef struct ra_run {
    daotp_context *context;
    daotp_key *key;
} ra_run;

/* A request that leaves is whole: it has the subject CN=ra.example. */
static void check_ra_request(const fake_ca *fake)
{
    static const char subject[] = "\x06\x03\x55\x04\x03\x0C\x0Ara.example";

    if (fake->request.failed == DAOTP_OK &&
        memmem(fake->request.data, fake->request.len, subject, sizeof subject - 1) == NULL)
        fail_msg("a request without its subject");
}

static daotp_status enroll_ra(void *user)
{
    const ra_run *run = user;
    fake_ca fake = {.script = {{NULL, FAKE_DENY, 0x80094012, 0, NULL}}};
    daotp_credential *credential = NULL;
    daotp_report *report = NULL;
    daotp_ca *ca = NULL;
    daotp_status status = daotp_report_new(run->context, &report);

    if (status == DAOTP_OK)
        status = daotp_ca_new(run->context, &fake_transport, &fake, &ca);
    if (status == DAOTP_OK)
        status = daotp_ra_enroll(ca, "h\\n", "CORP\\RA$", "1.2.3", "ra.example", run->key, 60000,
                                 report, &credential);
    if (fake.begun > 0)
        check_ra_request(&fake);
    assert_null(credential);
    daotp_ca_unref(ca);
    daotp_report_free(report);
    fake_ca_clear(&fake);
    return status == DAOTP_REJECTED ? DAOTP_OK : status;
}

static void the_request_of_an_ra(void **state)
{
    ra_run run = {.context = forge_context()};
    EVP_PKEY *pkey = forge_p256();

    (void)state;
    run.key = forge_key(run.context, pkey);
    assert_true(torture("the request of an RA", enroll_ra, &run) > 15);
    daotp_key_unref(run.key);
    EVP_PKEY_free(pkey);
    daotp_context_unref(run.context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_icpr),
                                       cmocka_unit_test(by_dcom),
                                       cmocka_unit_test(by_create_instance),
                                       cmocka_unit_test(by_the_first_interface),
                                       cmocka_unit_test(pings),
                                       cmocka_unit_test(kdcs_that_nobody_names),
                                       cmocka_unit_test(questions_about_a_ca),
                                       cmocka_unit_test(the_request_of_an_ra)};

    return cmocka_run_group_tests(tests, rpc_scene_open, rpc_scene_close);
}
