/* SPDX-License-Identifier: BSD-2-Clause */
#include "rpc_scene.h"

#include "net/loop.h"

#include <stdio.h>

enum { IDLE_TURNS = 6, HEADERS = 3 /* PDUs of a server before the response: bind_ack, alter */ };

rpc_peer rpc_scene_mapper, rpc_scene_service;
static octets map_stub, first_stub, second_stub, creation_stub, denied_stub, object_denied_stub;
static octets refused_stub, lacking_stub, pong_stub, property_stubs[RPC_SCENE_PROPERTIES];

/* ---- the answers ----------------------------------------------------------------------------- */

/* The answers to GetCAProperty: names, templates, and a gap for the rest. */
static void make_properties(void)
{
    static const char name[] = "00000000 00000000 06000000 00000200 06000000 43004100 00000000 "
                               "00000000";
    static const char templates[] =
        "00000000 00000000 14000000 00000200 14000000 41000a00 31002e00 32000a00 42000a00 0a000000 "
        "00000000";
    static const char gap[] = "00000000 00000000 00000000 00000000 57000780";

    for (size_t i = 0; i < RPC_SCENE_PROPERTIES; i++)
        property_stubs[i] = unhex(i < 3 ? name : gap);
    property_stubs[3] = unhex(templates);
}

/* An activation that gives no object, but this HRESULT, "05000780" for 0x80070005. */
static octets make_refusal(const char *hresult)
{
    char hex[160];

    (void)snprintf(hex, sizeof hex,
                   "00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 "
                   "00000000 00000000 05000700 %s 01000000 00000000 01000000 %s 00000000",
                   hresult, hresult);
    return unhex(hex);
}

/* The tower and the bindings name the port of the second server. */
static void name_the_port(void)
{
    char port[6];

    map_stub.data[48 + 64] = (uint8_t)(rpc_scene_service.port >> 8);
    map_stub.data[48 + 65] = (uint8_t)rpc_scene_service.port;
    (void)snprintf(port, sizeof port, "%05u", (unsigned)rpc_scene_service.port);
    for (size_t i = 0; i < 5; i++)
        first_stub.data[38 + 2 * i] = second_stub.data[38 + 2 * i] =
            creation_stub.data[434 + 2 * i] = (uint8_t)port[i];
}

int rpc_scene_open(void **state)
{
    (void)state;
    rpc_peer_open(&rpc_scene_mapper);
    rpc_peer_open(&rpc_scene_service);
    map_stub = unhex(map_hit);
    first_stub = second_stub = unhex(activation_answer);
    memcpy(second_stub.data + 120, daotp__cert_request2_interface.uuid, DAOTP__UUID_OCTETS);
    creation_stub = unhex(creation_answer);
    refused_stub = make_refusal("05000780");
    lacking_stub = make_refusal("02400080");
    pong_stub = unhex("00000000 00000000 00000000");
    denied_stub = unhex(denied_answer);
    object_denied_stub = (octets){.len = 8 + denied_stub.len}; /* ORPCTHAT */
    memcpy(object_denied_stub.data + 8, denied_stub.data, denied_stub.len);
    make_properties();
    name_the_port();
    return 0;
}

int rpc_scene_close(void **state)
{
    (void)state;
    rpc_peer_close(&rpc_scene_mapper);
    rpc_peer_close(&rpc_scene_service);
    return 0;
}

static const octets *granted_stub(const rpc_scene_run *run)
{
    if (run->creates)
        return &creation_stub;
    return run->is_first || run->job == RPC_SCENE_PING ? &first_stub : &second_stub;
}

static void choose_first_replies(const rpc_scene_run *run)
{
    bool is_icpr = run->way == DAOTP_CA_WAY_ICPR;
    const octets *found = is_icpr ? &map_stub : granted_stub(run);

    if (run->creates)
        found = &refused_stub;
    else if (run->is_first)
        found = &lacking_stub;
    rpc_scene_mapper.reply = view(found);
    rpc_scene_service.reply = is_icpr ? view(&denied_stub) : view(&object_denied_stub);
    if (run->job == RPC_SCENE_PING)
        rpc_scene_service.reply = view(&pong_stub);
}

/* Which answer is next: after a refusal the object; of the CA the next property. */
static void choose_replies(const rpc_scene_run *run)
{
    size_t asked = rpc_scene_service.answers;

    asked = asked > HEADERS - 1 ? asked - (HEADERS - 1) : 0;
    if (run->job == RPC_SCENE_INFO)
        rpc_scene_service.reply =
            view(&property_stubs[asked < RPC_SCENE_PROPERTIES ? asked : RPC_SCENE_PROPERTIES - 1]);
    if ((run->creates || run->is_first) && rpc_scene_mapper.answers == HEADERS &&
        rpc_scene_mapper.out_sent == rpc_scene_mapper.out_len &&
        rpc_scene_mapper.reply.len == refused_stub.len) {
        rpc_peer_hang_up(&rpc_scene_mapper);
        rpc_scene_mapper.reply = view(granted_stub(run));
    }
}

/* ---- one submission -------------------------------------------------------------------------- */

static daotp_status take_turns(daotp_submission *submission, const rpc_scene_run *run)
{
    daotp_status status = DAOTP_AGAIN;

    for (unsigned idle = 0; status == DAOTP_AGAIN && idle < IDLE_TURNS; idle++) {
        status = daotp__submission_step(submission);
        choose_replies(run);
        if (rpc_peer_turn(&rpc_scene_mapper) || rpc_peer_turn(&rpc_scene_service))
            idle = 0;
    }
    return status;
}

static daotp_status run_to_the_end(daotp_submission *submission, const rpc_scene_run *run)
{
    daotp_status status = take_turns(submission, run);

    if (run->now_ms == NULL)
        return status;
    for (int64_t ms = 0; status == DAOTP_AGAIN && ms < RPC_SCENE_CONNECT_MS;
         ms += DAOTP__LOOP_BEAT_MS) { /* a longer pause would count as the caller's */
        *run->now_ms += DAOTP__LOOP_BEAT_MS;
        status = take_turns(submission, run);
    }
    return status;
}

static daotp_status submit_to(daotp_ca *ca, const rpc_scene_run *run, daotp_report *report,
                              rpc_scene_result *result)
{
    static const uint8_t cmc[] = "a signed request";
    daotp__submission_spec spec = {.context = run->context,
                                   .config = "127.0.0.1\\Lab Issuing CA",
                                   .connect_ms = RPC_SCENE_CONNECT_MS,
                                   .user = "CORP\\alice",
                                   .report = report};
    daotp_submission *submission = NULL;
    daotp_ca_info *info = NULL;
    daotp_status status = daotp__refusals_new(&spec.refusals);

    if (run->job == RPC_SCENE_SUBMIT)
        spec.request = (daotp__bytes){cmc, sizeof cmc};
    if (status == DAOTP_OK && run->job == RPC_SCENE_INFO)
        status = daotp__ca_info_new(&info);
    spec.info = info;
    if (status == DAOTP_OK)
        status = daotp__submission_new(ca, &spec, &submission);
    if (status == DAOTP_OK) {
        status = run_to_the_end(submission, run);
        if (daotp__submission_outcome(submission) == DAOTP__OUTCOME_DENIED)
            result->hresult = daotp__submission_hresult(submission);
        result->templates = daotp_ca_info_get_template_count(info);
    }
    daotp__submission_free(submission);
    daotp_ca_info_free(info);
    daotp__refusals_free(spec.refusals);
    return status;
}

rpc_scene_result rpc_scene_submit(const rpc_scene_run *run, daotp_report *report)
{
    rpc_scene_result result = {.hresult = 0};
    daotp_ca *ca = NULL;

    choose_first_replies(run);
    result.status = daotp_ca_new_rpc(run->context, run->way, &ca);
    if (result.status == DAOTP_OK)
        result.status = daotp_ca_allow_host(ca, "127.0.0.1");
    if (result.status == DAOTP_OK)
        result.status = daotp_ca_set_mapper_port(ca, rpc_scene_mapper.port);
    if (result.status == DAOTP_OK)
        result.status = submit_to(ca, run, report, &result);
    daotp_ca_unref(ca);
    rpc_peer_hang_up(&rpc_scene_mapper);
    rpc_peer_hang_up(&rpc_scene_service);
    return result;
}
