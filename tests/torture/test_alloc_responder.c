/* SPDX-License-Identifier: BSD-2-Clause */
/* The responder with each of its allocations failing: set up, every outcome of an exchange, signing
 * certificates from files. */
#include "testing.h"
#include "torture.h"

#include "otpce/message.h"

#include <daotp/responder.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static forge_world world;
static daotp_context *context;
static daotp_credential *ra;
static daotp__buffer body, machine, root;
static char folder[] = "/tmp/daotp-torture-ra-XXXXXX", certificate_path[64], key_path[64];

typedef struct flow {
    daotp_user_answer user;
    daotp_code_answer code;
    bool from_files, later, has_trust;
    const char *method;
    daotp_status verdict; /* without a failure */
    daotp_exchange *x;
} flow;

static void save(const char *path, const daotp__buffer *pem)
{
    FILE *out = fopen(path, "w");

    assert_non_null(out);
    assert_int_equal(fwrite(pem->data, 1, pem->len, out), pem->len);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

static int set_up(void **state)
{
    forge_request request;
    daotp__buffer csr, pem;

    (void)state;
    world = forge_world_new();
    context = forge_context();
    ra = forge_credential(context, world.ra, NULL, world.ra_key);
    machine = forge_der(world.machine);
    root = forge_der(world.root);
    request = forge_good_request(world.user_key);
    csr = forge_csr(&request);
    daotp__buffer_init(&body, DAOTP__MAX_OTP_MESSAGE);
    assert_int_equal(daotp__otpce_request_write("CORP\\alice",
                                                (daotp__bytes){(const uint8_t *)"123456", 6},
                                                daotp__buffer_bytes(&csr), &body),
                     DAOTP_OK);
    daotp__buffer_free(&csr);
    assert_non_null(mkdtemp(folder));
    (void)snprintf(certificate_path, sizeof certificate_path, "%s/ra.pem", folder);
    (void)snprintf(key_path, sizeof key_path, "%s/ra.key", folder);
    daotp__buffer_init(&pem, 1 << 16);
    forge_pem(&pem, world.ra);
    save(certificate_path, &pem);
    daotp__buffer_free(&pem);
    forge_key_pem(&pem, world.ra_key);
    save(key_path, &pem);
    daotp__buffer_free(&pem);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)unlink(certificate_path);
    (void)unlink(key_path);
    (void)rmdir(folder);
    daotp__buffer_free(&body);
    daotp__buffer_free(&machine);
    daotp__buffer_free(&root);
    daotp_credential_unref(ra);
    daotp_context_unref(context);
    forge_world_free(&world);
    return 0;
}

static daotp_status account_status;

static void ask_user(void *user, daotp_exchange *x, const char *name)
{
    flow *f = user;

    (void)name;
    /* an application that cannot say who the user is says so */
    account_status = daotp_account_set_upn(daotp_exchange_get_account(x), FORGE_UPN);
    if (account_status == DAOTP_OK)
        account_status = daotp_account_set_dn(daotp_exchange_get_account(x), FORGE_DN);
    if (!f->later)
        (void)daotp_exchange_answer_user(x, account_status == DAOTP_OK ? f->user
                                                                       : DAOTP_USER_UNAVAILABLE);
}

static void ask_code(void *user, daotp_exchange *x, const char *name, const char *code, size_t len)
{
    flow *f = user;

    (void)name;
    /* never less or more than what was typed */
    if (len != 6 || memcmp(code, "123456", 6) != 0)
        fail_msg("asked about %zu bytes", len);
    if (!f->later)
        (void)daotp_exchange_answer_code(x, f->code);
}

static daotp_status set_trust(daotp_responder *responder)
{
    daotp_trust *trust;
    daotp_status status = daotp_trust_new(context, &trust);

    if (status == DAOTP_OK)
        status = daotp_trust_add(trust, root.data, root.len, NULL);
    if (status == DAOTP_OK)
        status = daotp_responder_set_trust(responder, trust, DAOTP_REVOCATION_IGNORE);
    daotp_trust_unref(trust);
    return status;
}

static daotp_status set(flow *f, daotp_responder *responder)
{
    daotp_status status = daotp_responder_set_template(responder, FORGE_TEMPLATE);

    if (status == DAOTP_OK)
        status = f->from_files
                     ? daotp_responder_set_signer_files(responder, certificate_path, key_path)
                     : daotp_responder_set_signer(responder, ra);
    if (status == DAOTP_OK)
        status = daotp_responder_add_issuing_ca(responder, "host\\one");
    if (status == DAOTP_OK)
        status = daotp_responder_add_issuing_ca(responder, "host\\two");
    if (status == DAOTP_OK)
        status = daotp_responder_set_user_callback(responder, ask_user, f);
    if (status == DAOTP_OK)
        status = daotp_responder_set_code_callback(responder, ask_code, f);
    if (status == DAOTP_OK && f->has_trust)
        status = set_trust(responder);
    return status;
}

static daotp_status begin(flow *f, daotp_responder *responder)
{
    daotp_status status = daotp_exchange_new(responder, f->method, body.data, body.len, &f->x);

    if (status == DAOTP_OK)
        status = daotp_exchange_add_header(f->x, "X-OTPCEP-version", "1.0");
    if (status == DAOTP_OK)
        status = daotp_exchange_add_header(f->x, "Content-Type", "Application/xml;charset=utf-8");
    if (status == DAOTP_OK)
        status = daotp_exchange_set_peer_certificate(f->x, machine.data, machine.len);
    return status;
}

/* Whatever happened: there is an answer, and it is no success unless the verdict is. */
static void check_answer(flow *f, daotp_status verdict)
{
    static const char success[] = "statusCode=\"Success\"";
    uint32_t http = daotp_exchange_get_http_status(f->x);
    const uint8_t *answer;
    bool says_success;
    size_t len;

    assert_true(http == 200 || http == 400 || http == 405 || http == 500);
    answer = daotp_exchange_get_body(f->x, &len);
    says_success = answer != NULL && memmem(answer, len, success, sizeof success - 1) != NULL;
    assert_int_equal(says_success, verdict == DAOTP_OK);
    (void)daotp_report_get_text(daotp_exchange_get_report(f->x));
    (void)daotp_report_get_json(daotp_exchange_get_report(f->x));
}

static daotp_status drive(flow *f)
{
    daotp_status verdict = daotp_exchange_step(f->x);

    if (verdict == DAOTP_AGAIN) {
        (void)daotp_exchange_answer_user(f->x, account_status == DAOTP_OK ? f->user
                                                                          : DAOTP_USER_UNAVAILABLE);
        verdict = daotp_exchange_step(f->x);
    }
    if (verdict == DAOTP_AGAIN) {
        (void)daotp_exchange_answer_code(f->x, f->code);
        verdict = daotp_exchange_step(f->x);
    }
    assert_int_not_equal(verdict, DAOTP_AGAIN);
    check_answer(f, verdict);
    /* what the flow is about counts as fine; a directory that failed for memory's sake too */
    if (verdict == f->verdict)
        return DAOTP_OK;
    return account_status == DAOTP_MEMORY && verdict == DAOTP_UNDECIDED ? DAOTP_MEMORY : verdict;
}

static daotp_status run(void *user)
{
    flow *f = user;
    daotp_responder *responder;
    daotp_status status = daotp_responder_new(context, &responder);

    f->x = NULL;
    account_status = DAOTP_OK;
    if (status != DAOTP_OK)
        return status;
    status = set(f, responder);
    if (status == DAOTP_OK)
        status = begin(f, responder);
    if (status == DAOTP_OK)
        status = drive(f);
    daotp_exchange_free(f->x);
    daotp_responder_free(responder);
    return status;
}

static void a_success(void **state)
{
    flow f = {.user = DAOTP_USER_FOUND, .code = DAOTP_CODE_ACCEPTED, .method = "POST"};

    (void)state;
    assert_true(torture("success", run, &f) > 20);
}

/* The client's certificate and the signing certificate are verified too. */
static void certificates_are_verified(void **state)
{
    flow f = {
        .user = DAOTP_USER_FOUND, .code = DAOTP_CODE_ACCEPTED, .has_trust = true, .method = "POST"};

    (void)state;
    assert_true(torture("trust", run, &f) > 30);
}

static void answers_that_come_later(void **state)
{
    flow f = {
        .user = DAOTP_USER_FOUND, .code = DAOTP_CODE_ACCEPTED, .later = true, .method = "POST"};

    (void)state;
    (void)torture("later", run, &f);
}

static void refusals(void **state)
{
    static const flow flows[] = {
        {.user = DAOTP_USER_UNKNOWN,
         .code = DAOTP_CODE_REJECTED,
         .method = "POST",
         .verdict = DAOTP_REJECTED},
        {.user = DAOTP_USER_FOUND,
         .code = DAOTP_CODE_REJECTED,
         .method = "POST",
         .verdict = DAOTP_REJECTED},
        {.user = DAOTP_USER_FOUND,
         .code = DAOTP_CODE_CHALLENGE,
         .method = "POST",
         .verdict = DAOTP_CHALLENGE},
        {.user = DAOTP_USER_FOUND,
         .code = DAOTP_CODE_UNAVAILABLE,
         .method = "POST",
         .verdict = DAOTP_UNDECIDED},
        {.method = "HEAD", .verdict = DAOTP_PEER},
    };

    (void)state;
    for (size_t i = 0; i < sizeof flows / sizeof flows[0]; i++) {
        flow f = flows[i];

        (void)torture("refusal", run, &f);
    }
}

/* Here a file that cannot be read for want of memory means that there is no signer. */
static daotp_status run_from_files(void *user)
{
    daotp_status status = run(user);

    return status == DAOTP_CONFIGURATION ? DAOTP_MEMORY : status;
}

static void a_signer_from_files(void **state)
{
    flow f = {.user = DAOTP_USER_FOUND,
              .code = DAOTP_CODE_ACCEPTED,
              .from_files = true,
              .method = "POST"};

    (void)state;
    (void)torture("files", run_from_files, &f);
}

/* Here a file that cannot be read or written for want of memory is a state that cannot be used. */
static daotp_status clear_user(void *user)
{
    char state[80];
    daotp_budget *budget;
    daotp_report *report = NULL;
    daotp_status status;

    (void)user;
    (void)snprintf(state, sizeof state, "%s/state", folder);
    status = daotp_budget_new(context, state, &budget);
    if (status == DAOTP_OK)
        status = daotp_report_new(context, &report);
    if (status == DAOTP_OK)
        status = daotp_budget_clear_user(budget, "S-1-5-21-1-2-3-1104", report);
    daotp_report_free(report);
    daotp_budget_unref(budget);
    return status == DAOTP_CONFIGURATION ? DAOTP_MEMORY : status;
}

static void a_user_is_cleared(void **state)
{
    char command[100];

    (void)state;
    assert_true(torture("clear", clear_user, NULL) > 5);
    (void)snprintf(command, sizeof command, "rm -r %s/state", folder);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_success),
        cmocka_unit_test(certificates_are_verified),
        cmocka_unit_test(answers_that_come_later),
        cmocka_unit_test(refusals),
        cmocka_unit_test(a_signer_from_files),
        cmocka_unit_test(a_user_is_cleared),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
