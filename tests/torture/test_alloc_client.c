/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole enrolments against a server in another process, with each of our own allocations failing:
 * nothing leaks, nothing breaks, and no verdict comes of it. */
#include "scene.h"
#include "testing.h"
#include "torture.h"

#include <poll.h>

static scene s;
static fake_ca fake;

typedef struct flow {
    bool prepare_only, by_hand, fails_over, stores, asks, resumes;
    const char *code;
    daotp_status wanted; /* without a failure */
} flow;

static int set_up(void **state)
{
    (void)state;
    scene_begin(&s);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scene_end(&s);
    return 0;
}

/* The fake CA outlives the runs; what it keeps of a request is not theirs. */
static void forget_request(void)
{
    daotp__buffer_free(&fake.request);
    fake.hosts[0] = '\0';
}

static daotp_status give(void *user, const char *host, daotp_host_origin origin, uint32_t attempt,
                         daotp_domain_credential *answer)
{
    (void)user, (void)host, (void)origin, (void)attempt;
    return daotp_domain_credential_set(answer, "CORP\\alice", "password", 8);
}

static uint32_t resumes_requests(void *self)
{
    (void)self;
    return DAOTP_CA_RESUMES;
}

static daotp_status set(const flow *f, daotp_client *client)
{
    daotp_ca_transport transport = fake_transport;
    daotp_store *store = NULL;
    daotp_ca *ca = NULL;
    daotp_status status = DAOTP_OK;

    transport.needs = resumes_requests;
    if (f->stores)
        status = daotp_store_new_memory(s.context, &store);
    if (status == DAOTP_OK)
        status = daotp_client_set_store(client, store, NULL);
    if (status == DAOTP_OK)
        status = daotp_ca_new(s.context, &transport, &fake, &ca);
    if (status == DAOTP_OK && f->asks)
        status = daotp_ca_allow_host(ca, ".corp.example");
    if (status == DAOTP_OK && f->asks)
        status = daotp_client_set_domain_callback(client, give, NULL);
    if (status == DAOTP_OK && f->fails_over)
        status = daotp_client_add_server(client, "https://127.0.0.1:1/none");
    if (status == DAOTP_OK)
        status = scene_set(&s, client, ca);
    daotp_ca_unref(ca);
    daotp_store_unref(store);
    return status;
}

static daotp_status by_steps(daotp_client *client, daotp_status status)
{
    while (status == DAOTP_OK && (status = daotp_client_step(client)) == DAOTP_AGAIN) {
        struct pollfd pfd = {.fd = daotp_client_get_fd(client), .events = POLLIN};

        (void)poll(&pfd, 1, daotp_client_get_timeout_ms(client));
        status = DAOTP_OK;
    }
    return status;
}

static daotp_status enroll(const flow *f, daotp_client *client, daotp_credential **credential)
{
    daotp_status status;

    if (!f->by_hand)
        return daotp_client_enroll(client, f->code, strlen(f->code), credential);
    status = by_steps(client, daotp_client_enroll_begin(client, f->code, strlen(f->code)));
    return status == DAOTP_OK ? daotp_client_finish(client, credential) : status;
}

static daotp_status resume(daotp_client *client, daotp_credential **credential)
{
    daotp_status status = daotp_client_set_pending_request(client, "ca.corp.example\\Corp CA", "7");

    return status == DAOTP_OK ? daotp_client_resume(client, FORGE_UPN, credential) : status;
}

static daotp_status run(void *user)
{
    const flow *f = user;
    daotp_credential *credential = NULL;
    daotp_client *client;
    daotp_status status = daotp_client_new(s.context, &client);

    if (status != DAOTP_OK)
        return status;
    status = set(f, client);
    if (status == DAOTP_OK && f->resumes)
        status = resume(client, &credential);
    else if (status == DAOTP_OK)
        status = f->by_hand ? by_steps(client, daotp_client_prepare_begin(client, "CORP\\alice"))
                            : daotp_client_prepare(client, "CORP\\alice");
    if (status == DAOTP_OK && !f->prepare_only && !f->resumes) {
        status = enroll(f, client, &credential);
        assert_int_equal(credential != NULL, status == DAOTP_OK);
    }
    assert_non_null(daotp_report_get_text(daotp_client_get_report(client)));
    assert_non_null(daotp_report_get_json(daotp_client_get_report(client)));
    if (status != DAOTP_OK && status != DAOTP_MEMORY && status != f->wanted)
        print_error("%s\n", daotp_report_get_text(daotp_client_get_report(client)));
    daotp_credential_unref(credential);
    daotp_client_free(client);
    forget_request();
    return status == f->wanted ? DAOTP_OK : status;
}

static void torture_flow(const char *what, flow f)
{
    fake = (fake_ca){.script = {{NULL, FAKE_ISSUE, 0, DAOTP_OK, NULL}}, .again = 1};
    fake.asks = f.asks;
    if (f.wanted == DAOTP_REJECTED && f.asks)
        fake.script[0].act = FAKE_REFUSE_CREDENTIAL;
    scene_issue(&s, &fake);
    assert_true(torture(what, run, &f) > 50);
    fake_ca_clear(&fake);
}

static void preparing(void **state)
{
    (void)state;
    torture_flow("prepare", (flow){.prepare_only = true});
}

static void a_whole_enrolment(void **state)
{
    (void)state;
    torture_flow("enroll", (flow){.code = "123456", .stores = true});
}

static void a_wrong_code_by_steps(void **state)
{
    (void)state;
    torture_flow("wrong code", (flow){.code = "000000", .by_hand = true, .wanted = DAOTP_REJECTED});
}

static void a_password_that_is_taken(void **state)
{
    (void)state;
    torture_flow("password", (flow){.code = "123456", .asks = true});
}

static void a_password_that_is_refused(void **state)
{
    (void)state;
    torture_flow("refused", (flow){.code = "123456", .asks = true, .wanted = DAOTP_REJECTED});
}

static void a_server_that_is_not_there_first(void **state)
{
    (void)state;
    torture_flow("failover", (flow){.prepare_only = true, .fails_over = true});
}

static void a_request_that_was_put_aside(void **state)
{
    (void)state;
    torture_flow("resume", (flow){.resumes = true, .stores = true});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(preparing),
        cmocka_unit_test(a_whole_enrolment),
        cmocka_unit_test(a_wrong_code_by_steps),
        cmocka_unit_test(a_password_that_is_taken),
        cmocka_unit_test(a_password_that_is_refused),
        cmocka_unit_test(a_server_that_is_not_there_first),
        cmocka_unit_test(a_request_that_was_put_aside),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
