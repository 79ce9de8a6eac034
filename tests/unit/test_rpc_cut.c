/* SPDX-License-Identifier: BSD-2-Clause */
/* Each exchange with a CA by RPC, cut off and silent after each octet that either server sends: the
 * endpoint mapper's, both forms of activation, CertServerRequest, Request, Request2, Ping and
 * GetCAProperty. */
#include "forge.h"
#include "rpc_scene.h"
#include "test_clock.h"
#include "testing.h"

static const struct {
    const char *what;
    rpc_scene_run run;
} rows[] = {
    {"CertServerRequest", {.way = DAOTP_CA_WAY_ICPR}},
    {"Request2", {.way = DAOTP_CA_WAY_DCOM}},
    {"Request", {.way = DAOTP_CA_WAY_DCOM, .is_first = true}},
    {"RemoteCreateInstance and Request2", {.way = DAOTP_CA_WAY_DCOM, .creates = true}},
    {"ping by ICPR", {.way = DAOTP_CA_WAY_ICPR, .job = RPC_SCENE_PING}},
    {"Ping", {.way = DAOTP_CA_WAY_DCOM, .job = RPC_SCENE_PING}},
    {"GetCAProperty", {.way = DAOTP_CA_WAY_DCOM, .job = RPC_SCENE_INFO}},
    {"RemoteCreateInstance and GetCAProperty",
     {.way = DAOTP_CA_WAY_DCOM, .job = RPC_SCENE_INFO, .creates = true}},
};

typedef struct cut_run {
    const char *what;
    rpc_peer *peer;
    size_t cut;
    bool closes;
} cut_run;

static bool has_finding(const daotp_report *report, daotp_finding_number number)
{
    const daotp_finding *finding;

    for (size_t i = 0; (finding = daotp_report_get_finding(report, i)) != NULL; i++)
        if (daotp_finding_get_number(finding) == number)
            return true;
    return false;
}

/* The request was sent, and no whole answer came. */
static bool is_lost(const rpc_scene_run *run, const cut_run *cut, size_t response_at)
{
    return run->job == RPC_SCENE_SUBMIT && cut->peer == &rpc_scene_service &&
           cut->cut >= response_at;
}

/* Only the CA's decision about a request is waited for without an end of its own. */
static void check_cut(const rpc_scene_run *run, const cut_run *cut, size_t response_at,
                      daotp_status status, const daotp_report *report)
{
    bool lost = is_lost(run, cut, response_at);
    bool is_patient = lost && !cut->closes;
    daotp_finding_number wanted =
        cut->closes ? DAOTP_FINDING_CA_UNREACHABLE : DAOTP_FINDING_CA_RPC_SILENT;

    if (is_patient && status == DAOTP_AGAIN)
        return;
    if (lost)
        wanted = DAOTP_FINDING_CA_LOST;
    if (is_patient || status == DAOTP_OK || status == DAOTP_AGAIN || !has_finding(report, wanted))
        fail_msg("%s, cut at %zu of %s, %s: status %d, error %s", cut->what, cut->cut,
                 cut->peer == &rpc_scene_mapper ? "the mapper" : "the CA",
                 cut->closes ? "closed" : "silent", (int)status,
                 daotp_finding_get_id(daotp_report_get_error(report)));
}

static void run_cut(const rpc_scene_run *kind, const cut_run *cut, size_t response_at)
{
    int64_t now_ms = 5000;
    rpc_scene_run run = *kind;
    rpc_scene_result result;
    daotp_report *report;

    run.context = forge_context();
    run.now_ms = &now_ms;
    assert_int_equal(daotp_context_set_monotonic_clock(run.context, test_clock_stands, &now_ms),
                     DAOTP_OK);
    assert_int_equal(daotp_report_new(run.context, &report), DAOTP_OK);
    rpc_scene_mapper.cut = rpc_scene_service.cut = 0;
    rpc_scene_mapper.closes = rpc_scene_service.closes = false;
    if (cut->peer != NULL) {
        cut->peer->cut = cut->cut;
        cut->peer->closes = cut->closes;
    }
    result = rpc_scene_submit(&run, report);
    if (cut->peer != NULL)
        check_cut(kind, cut, response_at, result.status, report);
    else
        assert_int_equal(result.status, run.job == RPC_SCENE_SUBMIT ? DAOTP_REJECTED : DAOTP_OK);
    daotp_report_free(report);
    daotp_context_unref(run.context);
}

/* How much each server sends in all, and where the response of the CA begins. */
static size_t sent_by_mapper, sent_by_service, response_begins;
static size_t refused_by_mapper; /* on the first of two connections */

static void count_octets(rpc_peer *peer, unsigned number, uint8_t *pdu, size_t *len, size_t room)
{
    (void)pdu, (void)room;
    if (peer == &rpc_scene_mapper && number == 0) {
        refused_by_mapper = sent_by_mapper;
        sent_by_mapper = 0;
    }
    if (peer == &rpc_scene_mapper)
        sent_by_mapper += *len;
    if (peer == &rpc_scene_service && number == 2)
        response_begins = sent_by_service;
    if (peer == &rpc_scene_service)
        sent_by_service += *len;
}

static void measure(const rpc_scene_run *run)
{
    sent_by_mapper = sent_by_service = response_begins = refused_by_mapper = 0;
    rpc_scene_mapper.change = rpc_scene_service.change = count_octets;
    run_cut(run, &(cut_run){.peer = NULL}, 0);
    rpc_scene_mapper.change = rpc_scene_service.change = NULL;
    if (response_begins == 0) /* a ping by ICPR is without a call */
        response_begins = sent_by_service;
}

static void cut_everywhere(bool closes)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cut_run cut = {.what = rows[i].what, .closes = closes};

        measure(&rows[i].run);
        assert_true(sent_by_mapper > 100 && sent_by_service > 100);
        cut.peer = &rpc_scene_mapper;
        for (cut.cut = 1; cut.cut < sent_by_mapper; cut.cut++)
            if (cut.cut != refused_by_mapper) /* where the connection ends in any case */
                run_cut(&rows[i].run, &cut, response_begins);
        cut.peer = &rpc_scene_service;
        for (cut.cut = 1; cut.cut < sent_by_service; cut.cut++)
            run_cut(&rows[i].run, &cut, response_begins);
    }
}

static void closed_at_every_octet(void **state)
{
    (void)state;
    cut_everywhere(true);
}

static void silent_at_every_octet(void **state)
{
    (void)state;
    cut_everywhere(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_at_every_octet),
        cmocka_unit_test(silent_at_every_octet),
    };

    return cmocka_run_group_tests(tests, rpc_scene_open, rpc_scene_close);
}
