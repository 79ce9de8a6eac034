/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole submission by RPC, by ICPR and by DCOM in each of its forms, and the questions about the
 * CA itself, with each allocation failing in its turn. Both servers are in the thread of the test,
 * the ticket is a toy. And the request of a registration authority, which a fake CA refuses. */
#include "fake_ca.h"
#include "rpc_peer.h"
#include "rpc_stubs.h"
#include "torture.h"

#include "ca/ca.h"
#include "ca/ca_info.h"

#include <daotp/ra.h>

/* ---- one submission -------------------------------------------------------------------------- */

enum { PROPERTIES = 7 };

static rpc_peer mapper, service;
static octets map_stub, activation_stub, creation_stub, answer_stub;
static octets refused_stub, property_stubs[PROPERTIES];

typedef struct run_spec {
    daotp_ca_way way;
    bool creates, asks; /* RemoteActivation is refused; GetCAProperty */
    daotp_context *context;
} run_spec;

/* Which answer is next: of the mapper, after a refusal the object; of the CA the next property. */
static void choose_replies(const run_spec *run)
{
    size_t asked = service.answers > 2 ? service.answers - 2 : 0;

    if (run->asks)
        service.reply = view(&property_stubs[asked < PROPERTIES ? asked : PROPERTIES - 1]);
    if (run->creates && mapper.answers == 3 && mapper.reply.len == refused_stub.len) {
        rpc_peer_hang_up(&mapper);
        mapper.reply = view(&creation_stub);
    }
}

static daotp_status take_turns(daotp_submission *submission, const run_spec *run)
{
    daotp_status status = DAOTP_AGAIN;

    for (unsigned idle = 0; status == DAOTP_AGAIN && idle < 6; idle++) {
        status = daotp__submission_step(submission);
        choose_replies(run);
        if (rpc_peer_turn(&mapper) || rpc_peer_turn(&service))
            idle = 0;
    }
    return status;
}

/* The CA says no, in its own words: that is what was wanted. */
static daotp_status judge_run(daotp_submission *submission, const run_spec *run,
                              daotp_status status)
{
    if (run->asks)
        return status;
    if (status == DAOTP_REJECTED &&
        daotp__submission_outcome(submission) == DAOTP__OUTCOME_DENIED &&
        daotp__submission_hresult(submission) == 0x80094012)
        return DAOTP_OK;
    return status == DAOTP_OK ? DAOTP_PEER : status;
}

static daotp_status submit(daotp_ca *ca, const run_spec *run, daotp_report *report)
{
    static const uint8_t cmc[] = "a signed request";
    daotp__submission_spec spec = {.context = run->context,
                                   .request = {cmc, sizeof cmc},
                                   .config = "127.0.0.1\\Lab Issuing CA",
                                   .connect_ms = 1000,
                                   .user = "CORP\\alice",
                                   .report = report};
    daotp_submission *submission = NULL;
    daotp_ca_info *info = NULL;
    daotp_status status = daotp__refusals_new(&spec.refusals);

    if (run->asks)
        spec.request = (daotp__bytes){NULL, 0};
    if (status == DAOTP_OK && run->asks)
        status = daotp__ca_info_new(&info);
    spec.info = info;
    if (status == DAOTP_OK)
        status = daotp__submission_new(ca, &spec, &submission);
    if (status == DAOTP_OK)
        status = judge_run(submission, run, take_turns(submission, run));
    if (status == DAOTP_OK && run->asks && daotp_ca_info_get_template_count(info) != 2)
        status = DAOTP_PEER;
    daotp__submission_free(submission);
    daotp_ca_info_free(info);
    daotp__refusals_free(spec.refusals);
    return status;
}

static daotp_status run_submission(void *user)
{
    const run_spec *run = user;
    daotp_report *report = NULL;
    daotp_ca *ca = NULL;
    daotp_status status = daotp_report_new(run->context, &report);

    mapper.reply = run->way == DAOTP_CA_WAY_DCOM ? view(&activation_stub) : view(&map_stub);
    if (run->creates)
        mapper.reply = view(&refused_stub);
    if (status == DAOTP_OK)
        status = daotp_ca_new_rpc(run->context, run->way, &ca);
    if (status == DAOTP_OK)
        status = daotp_ca_allow_host(ca, "127.0.0.1");
    if (status == DAOTP_OK)
        status = daotp_ca_set_mapper_port(ca, mapper.port);
    if (status == DAOTP_OK)
        status = submit(ca, run, report);
    daotp_ca_unref(ca);
    daotp_report_free(report);
    rpc_peer_hang_up(&mapper);
    rpc_peer_hang_up(&service);
    return status;
}

static void every_allocation(const run_spec *kind)
{
    octets denied = unhex(denied_answer);
    run_spec run = *kind;

    run.context = forge_context();
    answer_stub.len = 0;
    if (run.way == DAOTP_CA_WAY_DCOM)
        answer_stub.len = 8; /* ORPCTHAT */
    memset(answer_stub.data, 0, answer_stub.len);
    memcpy(answer_stub.data + answer_stub.len, denied.data, denied.len);
    answer_stub.len += denied.len;
    service.reply = view(&answer_stub);
    assert_true(torture("a submission by RPC", run_submission, &run) > 30);
    daotp_context_unref(run.context);
}

static void by_icpr(void **state)
{
    (void)state;
    every_allocation(&(run_spec){.way = DAOTP_CA_WAY_ICPR});
}

static void by_dcom(void **state)
{
    (void)state;
    every_allocation(&(run_spec){.way = DAOTP_CA_WAY_DCOM});
}

static void by_create_instance(void **state)
{
    (void)state;
    every_allocation(&(run_spec){.way = DAOTP_CA_WAY_DCOM, .creates = true});
}

static void questions_about_a_ca(void **state)
{
    (void)state;
    every_allocation(&(run_spec){.way = DAOTP_CA_WAY_DCOM, .asks = true});
}

/* The answers to GetCAProperty: names, templates, and a gap for the rest. */
static void make_properties(void)
{
    static const char name[] = "00000000 00000000 06000000 00000200 06000000 43004100 00000000 "
                               "00000000";
    static const char templates[] =
        "00000000 00000000 14000000 00000200 14000000 41000a00 31002e00 32000a00 42000a00 0a000000 "
        "00000000";
    static const char gap[] = "00000000 00000000 00000000 00000000 57000780";

    for (size_t i = 0; i < PROPERTIES; i++)
        property_stubs[i] = unhex(i < 3 ? name : gap);
    property_stubs[3] = unhex(templates);
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

/* The tower and the bindings name the port of the second server. The object that activation gives
 * is of the second interface of the CA, which all answers to GetCAProperty need. */
static int set_up(void **state)
{
    char port[6];

    (void)state;
    rpc_peer_open(&mapper);
    rpc_peer_open(&service);
    map_stub = unhex(map_hit);
    activation_stub = unhex(activation_answer);
    memcpy(activation_stub.data + 120, daotp__cert_request2_interface.uuid, DAOTP__UUID_OCTETS);
    creation_stub = unhex(creation_answer);
    refused_stub = unhex("00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 "
                         "00000000 00000000 05000700 05000780 01000000 00000000 01000000 05000780 "
                         "00000000");
    make_properties();
    map_stub.data[48 + 64] = (uint8_t)(service.port >> 8);
    map_stub.data[48 + 65] = (uint8_t)service.port;
    (void)snprintf(port, sizeof port, "%05u", (unsigned)service.port);
    for (size_t i = 0; i < 5; i++)
        activation_stub.data[38 + 2 * i] = creation_stub.data[434 + 2 * i] = (uint8_t)port[i];
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rpc_peer_close(&mapper);
    rpc_peer_close(&service);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_icpr), cmocka_unit_test(by_dcom), cmocka_unit_test(by_create_instance),
        cmocka_unit_test(questions_about_a_ca), cmocka_unit_test(the_request_of_an_ra)};

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
