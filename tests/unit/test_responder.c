/* SPDX-License-Identifier: BSD-2-Clause */
/* The server end, MS-OTPCE 3.2.5.1: what is asked when, what is answered, and what is not told. */
#include "forge.h"
#include "memory_marks.h"
#include "scratch.h"
#include "test_log.h"
#include "testing.h"

#include "otpce/message.h"
#include "request/cmc.h"
#include "responder/responder.h"

#include <daotp/responder.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTP       "S3cr3t-0TP-&<\">"
#define USER_NAME "CORP\\alice"
#define CA_NAME   "ca.corp.example\\Corp CA"

enum { LATER = 100 }; /* not answered in the callback */

typedef struct fixture {
    daotp_context *context;
    daotp_responder *responder;
    daotp_budget *budget;
    char state[64];
    int64_t now_s, now_ms;
    /* what the callbacks answer, and what they were asked */
    int user_answer, code_answer;
    const char *upn, *dn, *sid;
    unsigned users, codes;
    char user_name[600], code[600];
    size_t code_len;
    test_log log;
} fixture;

static forge_world world;

static int set_up(void **state)
{
    (void)state;
    world = forge_world_new();
    return scratch_begin();
}

static int tear_down(void **state)
{
    (void)state;
    forge_world_free(&world);
    return scratch_end();
}

static void ask_user(void *user, daotp_exchange *x, const char *user_name)
{
    fixture *f = user;
    daotp_account *account = daotp_exchange_get_account(x);

    f->users++;
    (void)snprintf(f->user_name, sizeof f->user_name, "%s", user_name);
    assert_int_equal(daotp_account_set_upn(account, f->upn), DAOTP_OK);
    assert_int_equal(daotp_account_set_dn(account, f->dn), DAOTP_OK);
    assert_int_equal(daotp_account_set_sid(account, f->sid), DAOTP_OK);
    if (f->user_answer != LATER)
        assert_int_equal(daotp_exchange_answer_user(x, (daotp_user_answer)f->user_answer),
                         DAOTP_OK);
}

static void ask_code(void *user, daotp_exchange *x, const char *user_name, const char *code,
                     size_t len)
{
    fixture *f = user;

    f->codes++;
    assert_string_equal(user_name, f->user_name);
    assert_true(len < sizeof f->code);
    memcpy(f->code, code, len);
    f->code[len] = '\0';
    f->code_len = len;
    if (f->code_answer != LATER)
        assert_int_equal(daotp_exchange_answer_code(x, (daotp_code_answer)f->code_answer),
                         DAOTP_OK);
}

static fixture *fixture_bare(void)
{
    static fixture f;

    f = (fixture){.context = forge_context(),
                  .now_s = FORGE_NOW,
                  .now_ms = 7000,
                  .user_answer = DAOTP_USER_FOUND,
                  .code_answer = DAOTP_CODE_ACCEPTED,
                  .upn = FORGE_UPN,
                  .dn = FORGE_DN,
                  .sid = FORGE_SID};
    assert_int_equal(daotp_context_set_wall_clock(f.context, test_clock_stands, &f.now_s),
                     DAOTP_OK);
    assert_int_equal(daotp_context_set_monotonic_clock(f.context, test_clock_stands, &f.now_ms),
                     DAOTP_OK);
    assert_int_equal(daotp_context_set_log(f.context, DAOTP_LOG_DEBUG, test_log_keep, &f.log),
                     DAOTP_OK);
    assert_int_equal(daotp_responder_new(f.context, &f.responder), DAOTP_OK);
    scratch_folder(f.state, sizeof f.state);
    assert_int_equal(daotp_budget_new(f.context, f.state, &f.budget), DAOTP_OK);
    assert_int_equal(daotp_responder_set_budget(f.responder, f.budget), DAOTP_OK);
    assert_int_equal(daotp_responder_set_template(f.responder, FORGE_TEMPLATE), DAOTP_OK);
    assert_int_equal(daotp_responder_set_user_callback(f.responder, ask_user, &f), DAOTP_OK);
    assert_int_equal(daotp_responder_set_code_callback(f.responder, ask_code, &f), DAOTP_OK);
    return &f;
}

static void set_signer(fixture *f, X509 *ra, EVP_PKEY *key)
{
    daotp_credential *signer = ra != NULL ? forge_credential(f->context, ra, NULL, key) : NULL;

    assert_int_equal(daotp_responder_set_signer(f->responder, signer), DAOTP_OK);
    daotp_credential_unref(signer);
}

static fixture *fixture_new(void)
{
    fixture *f = fixture_bare();

    set_signer(f, world.ra, world.ra_key);
    assert_int_equal(daotp_responder_add_issuing_ca(f->responder, CA_NAME), DAOTP_OK);
    return f;
}

static void fixture_free(fixture *f)
{
    daotp_responder_free(f->responder);
    daotp_budget_unref(f->budget);
    daotp_context_unref(f->context);
}

/* ---- exchanges ------------------------------------------------------------------------------- */

static void dress(daotp_exchange *x)
{
    daotp__buffer der = forge_der(world.machine);

    assert_int_equal(daotp_exchange_add_header(x, "x-otpcep-VERSION", "1.0"), DAOTP_OK);
    assert_int_equal(daotp_exchange_add_header(x, "content-type", "application/xml; charset=UTF-8"),
                     DAOTP_OK);
    assert_int_equal(daotp_exchange_add_header(x, "User-Agent", "any"), DAOTP_OK);
    assert_int_equal(daotp_exchange_set_peer_certificate(x, der.data, der.len), DAOTP_OK);
    daotp__buffer_free(&der);
}

static daotp_exchange *post(fixture *f, const void *body, size_t len)
{
    daotp_exchange *x;

    assert_int_equal(daotp_exchange_new(f->responder, "POST", body, len, &x), DAOTP_OK);
    dress(x);
    return x;
}

static daotp_exchange *begin_as(fixture *f, const char *name, daotp__bytes csr)
{
    daotp__buffer body;
    daotp_exchange *x;

    daotp__buffer_init(&body, DAOTP__MAX_OTP_MESSAGE);
    assert_int_equal(daotp__otpce_request_write(
                         name, (daotp__bytes){(const uint8_t *)OTP, strlen(OTP)}, csr, &body),
                     DAOTP_OK);
    x = post(f, body.data, body.len);
    daotp__buffer_free(&body);
    return x;
}

static daotp_exchange *begin_with(fixture *f, daotp__bytes csr)
{
    return begin_as(f, USER_NAME, csr);
}

/* The good request, made new each time. */
static daotp__buffer good_csr(void)
{
    forge_request request = forge_good_request(world.user_key);

    return forge_csr(&request);
}

static daotp_exchange *begin(fixture *f)
{
    daotp__buffer csr = good_csr();
    daotp_exchange *x = begin_with(f, daotp__buffer_bytes(&csr));

    daotp__buffer_free(&csr);
    return x;
}

static bool has(daotp_exchange *x, daotp_finding_number number)
{
    test_report report = {.report = daotp_exchange_get_report(x)};

    return test_report_has(&report, number);
}

static daotp_finding_number error_of(daotp_exchange *x)
{
    return daotp_finding_get_number(daotp_report_get_error(daotp_exchange_get_report(x)));
}

/* No secret anywhere: neither what was typed nor how it went over the wire. */
static void assert_no_secret(fixture *f, daotp_exchange *x)
{
    static const char *const secrets[] = {OTP, "S3cr3t", "0TP-&amp;"};
    daotp_report *report = daotp_exchange_get_report(x);

    for (size_t i = 0; i < 3; i++) {
        assert_null(strstr(daotp_report_get_text(report), secrets[i]));
        assert_null(strstr(daotp_report_get_json(report), secrets[i]));
        assert_null(strstr(f->log.all, secrets[i]));
    }
}

static daotp__otpce_code answered(daotp_exchange *x)
{
    daotp__otpce_response response;
    daotp__otpce_code code;
    const uint8_t *body;
    size_t len;

    assert_int_equal(daotp_exchange_get_http_status(x), 200);
    body = daotp_exchange_get_body(x, &len);
    assert_non_null(body);
    daotp__otpce_response_init(&response);
    assert_int_equal(daotp__otpce_response_read((daotp__bytes){body, len}, &response, NULL),
                     DAOTP_OK);
    code = response.code;
    if (code != DAOTP__OTPCE_SUCCESS) { /* nothing but the word */
        assert_int_equal(response.cmc.len, 0);
        assert_int_equal(response.issuing_ca_count, 0);
        assert_null(memmem(body, len, "IssuingCA", 9));
        assert_null(memmem(body, len, "SignedCertRequest", 17));
    }
    daotp__otpce_response_free(&response);
    return code;
}

static void end(fixture *f, daotp_exchange *x)
{
    assert_no_secret(f, x);
    daotp_exchange_free(x);
    fixture_free(f);
}

/* ---- success --------------------------------------------------------------------------------- */

static void a_good_request_is_signed(void **state)
{
    fixture *f = fixture_new();
    daotp__buffer csr = good_csr();
    daotp_exchange *x = begin_with(f, daotp__buffer_bytes(&csr));
    daotp__otpce_response response;
    test_report report = test_report_new();
    const uint8_t *body;
    size_t len;

    (void)state;
    assert_int_equal(daotp_responder_add_issuing_ca(f->responder, "ca2\\Second & <CA>"), DAOTP_OK);
    assert_int_equal(daotp_exchange_get_http_status(x), 0); /* not ready */
    assert_null(daotp_exchange_get_body(x, &len));
    assert_int_equal(len, 0);
    assert_null(daotp_exchange_get_header(x, 0, NULL));
    assert_int_equal(daotp_exchange_step(x), DAOTP_OK);
    assert_int_equal(daotp_exchange_step(x), DAOTP_OK); /* once more changes nothing */
    assert_int_equal(f->users, 1);
    assert_int_equal(f->codes, 1);
    assert_string_equal(f->user_name, USER_NAME);
    assert_string_equal(f->code, OTP);
    assert_int_equal(answered(x), DAOTP__OTPCE_SUCCESS);
    body = daotp_exchange_get_body(x, &len);
    daotp__otpce_response_init(&response);
    assert_int_equal(daotp__otpce_response_read((daotp__bytes){body, len}, &response, NULL),
                     DAOTP_OK);
    assert_int_equal(response.issuing_ca_count, 2);
    assert_string_equal(response.issuing_cas[0], CA_NAME);
    assert_string_equal(response.issuing_cas[1], "ca2\\Second & <CA>");
    /* the client's own judgement of it */
    assert_int_equal(daotp__cmc_check(daotp__buffer_bytes(&response.cmc), daotp__buffer_bytes(&csr),
                                      FORGE_NOW, report.report),
                     DAOTP_OK);
    if (daotp_report_get_count(report.report) != 0)
        fail_msg("%s", daotp_report_get_text(report.report));
    daotp__otpce_response_free(&response);
    test_report_free(&report);
    daotp__buffer_free(&csr);
    for (int stage = DAOTP_STAGE_DECODE; stage <= DAOTP_STAGE_SIGN; stage++)
        assert_int_equal(
            daotp_report_get_stage_state(daotp_exchange_get_report(x), (daotp_stage)stage),
            DAOTP_STAGE_PASSED);
    assert_int_equal(daotp_report_get_count(daotp_exchange_get_report(x)), 0);
    assert_int_equal(daotp_exchange_get_timeout_ms(x), -1);
    end(f, x);
}

static void an_rsa_authority_signs_too(void **state)
{
    fixture *f = fixture_new();
    EVP_PKEY *key = forge_rsa(2048);
    forge_spec spec = forge_ra_spec(&world, key);
    X509 *ra = forge_certificate(&spec);
    daotp_exchange *x;

    (void)state;
    set_signer(f, ra, key);
    x = begin(f);
    assert_int_equal(daotp_exchange_step(x), DAOTP_OK);
    assert_int_equal(answered(x), DAOTP__OTPCE_SUCCESS);
    X509_free(ra);
    EVP_PKEY_free(key);
    end(f, x);
}

static void headers_go_with_the_answer(void **state)
{
    fixture *f = fixture_new();
    daotp_exchange *x = begin(f);
    const char *value, *name;
    unsigned version = 0, type = 0, store = 0, allow = 0;

    (void)state;
    (void)daotp_exchange_step(x);
    for (size_t i = 0; (name = daotp_exchange_get_header(x, i, &value)) != NULL; i++) {
        version += strcmp(name, "X-OTPCEP-version") == 0 && strcmp(value, "1.0") == 0;
        type += strcmp(name, "Content-Type") == 0 &&
                strcmp(value, "Application/xml;charset=utf-8") == 0;
        store += strcmp(name, "Cache-Control") == 0 && strcmp(value, "no-store") == 0;
        allow += strcmp(name, "Allow") == 0;
    }
    assert_int_equal(version, 1);
    assert_int_equal(type, 1);
    assert_int_equal(store, 1);
    assert_int_equal(allow, 0);
    end(f, x);
}

/* ---- order, and the map of failures -----------------------------------------------------------
 */

static void failures_come_in_order_and_burn_no_code_too_early(void **state)
{
    static const struct {
        const char *what;
        bool broken_csr, other_name, no_signer, no_ca, old_signer;
        int user_answer, code_answer;
        daotp__otpce_code answer;
        daotp_status verdict;
        daotp_finding_number finding;
        unsigned users, codes;
    } cases[] = {
        {"broken CSR, wrong code", true, false, false, false, false, DAOTP_USER_FOUND,
         DAOTP_CODE_REJECTED, DAOTP__OTPCE_OTHER_ERROR, DAOTP_REJECTED, DAOTP_FINDING_CSR_SIG, 0,
         0},
        {"broken CSR, unknown user", true, false, false, false, false, DAOTP_USER_UNKNOWN,
         DAOTP_CODE_REJECTED, DAOTP__OTPCE_OTHER_ERROR, DAOTP_REJECTED, DAOTP_FINDING_CSR_SIG, 0,
         0},
        {"unknown user", false, false, false, false, false, DAOTP_USER_UNKNOWN, DAOTP_CODE_REJECTED,
         DAOTP__OTPCE_AUTHENTICATION_ERROR, DAOTP_REJECTED, DAOTP_FINDING_SERVE_USER_UNKNOWN, 1, 1},
        {"unknown user, right code", false, false, false, false, false, DAOTP_USER_UNKNOWN,
         DAOTP_CODE_ACCEPTED, DAOTP__OTPCE_AUTHENTICATION_ERROR, DAOTP_REJECTED,
         DAOTP_FINDING_SERVE_USER_UNKNOWN, 1, 1},
        {"unknown user, back end down", false, false, false, false, false, DAOTP_USER_UNKNOWN,
         DAOTP_CODE_UNAVAILABLE, DAOTP__OTPCE_OTHER_ERROR, DAOTP_UNDECIDED,
         DAOTP_FINDING_SERVE_CODE_UNREACHABLE, 1, 1},
        {"unknown user, challenge", false, false, false, false, false, DAOTP_USER_UNKNOWN,
         DAOTP_CODE_CHALLENGE, DAOTP__OTPCE_CHALLENGE_RESPONSE_REQUIRED, DAOTP_CHALLENGE,
         DAOTP_FINDING_SERVE_CODE_CHALLENGE, 1, 1},
        {"directory down", false, false, false, false, false, DAOTP_USER_UNAVAILABLE,
         DAOTP_CODE_REJECTED, DAOTP__OTPCE_OTHER_ERROR, DAOTP_UNDECIDED,
         DAOTP_FINDING_SERVE_USER_LOOKUP, 1, 0},
        {"name mismatch, wrong code", false, true, false, false, false, DAOTP_USER_FOUND,
         DAOTP_CODE_REJECTED, DAOTP__OTPCE_AUTHENTICATION_ERROR, DAOTP_REJECTED,
         DAOTP_FINDING_SERVE_CODE_REJECTED, 1, 1},
        {"name mismatch, right code", false, true, false, false, false, DAOTP_USER_FOUND,
         DAOTP_CODE_ACCEPTED, DAOTP__OTPCE_OTHER_ERROR, DAOTP_REJECTED, DAOTP_FINDING_CSR_UPN, 1,
         1},
        {"wrong code", false, false, false, false, false, DAOTP_USER_FOUND, DAOTP_CODE_REJECTED,
         DAOTP__OTPCE_AUTHENTICATION_ERROR, DAOTP_REJECTED, DAOTP_FINDING_SERVE_CODE_REJECTED, 1,
         1},
        {"wrong code, no CA", false, false, false, true, false, DAOTP_USER_FOUND,
         DAOTP_CODE_REJECTED, DAOTP__OTPCE_OTHER_ERROR, DAOTP_CONFIGURATION,
         DAOTP_FINDING_SERVE_NO_CA, 1, 0},
        {"unknown user, nothing to sign with", false, false, true, false, false, DAOTP_USER_UNKNOWN,
         DAOTP_CODE_REJECTED, DAOTP__OTPCE_OTHER_ERROR, DAOTP_CONFIGURATION,
         DAOTP_FINDING_SERVE_RA_MISSING, 1, 0},
        {"name mismatch, expired authority", false, true, false, false, true, DAOTP_USER_FOUND,
         DAOTP_CODE_REJECTED, DAOTP__OTPCE_OTHER_ERROR, DAOTP_CONFIGURATION,
         DAOTP_FINDING_SERVE_RA_MISSING, 1, 0},
        {"wrong code, nothing to sign with", false, false, true, true, false, DAOTP_USER_FOUND,
         DAOTP_CODE_REJECTED, DAOTP__OTPCE_OTHER_ERROR, DAOTP_CONFIGURATION,
         DAOTP_FINDING_SERVE_RA_MISSING, 1, 0},
        {"challenge", false, false, false, false, false, DAOTP_USER_FOUND, DAOTP_CODE_CHALLENGE,
         DAOTP__OTPCE_CHALLENGE_RESPONSE_REQUIRED, DAOTP_CHALLENGE,
         DAOTP_FINDING_SERVE_CODE_CHALLENGE, 1, 1},
        {"back end down", false, false, false, false, false, DAOTP_USER_FOUND,
         DAOTP_CODE_UNAVAILABLE, DAOTP__OTPCE_OTHER_ERROR, DAOTP_UNDECIDED,
         DAOTP_FINDING_SERVE_CODE_UNREACHABLE, 1, 1},
        {"nothing to sign with", false, false, true, false, false, DAOTP_USER_FOUND,
         DAOTP_CODE_ACCEPTED, DAOTP__OTPCE_OTHER_ERROR, DAOTP_CONFIGURATION,
         DAOTP_FINDING_SERVE_RA_MISSING, 1, 0},
        {"expired authority", false, false, false, false, true, DAOTP_USER_FOUND,
         DAOTP_CODE_ACCEPTED, DAOTP__OTPCE_OTHER_ERROR, DAOTP_CONFIGURATION,
         DAOTP_FINDING_SERVE_RA_MISSING, 1, 0},
        {"no CA", false, false, false, true, false, DAOTP_USER_FOUND, DAOTP_CODE_ACCEPTED,
         DAOTP__OTPCE_OTHER_ERROR, DAOTP_CONFIGURATION, DAOTP_FINDING_SERVE_NO_CA, 1, 0},
        {"no CA, nothing to sign with", false, false, true, true, false, DAOTP_USER_FOUND,
         DAOTP_CODE_ACCEPTED, DAOTP__OTPCE_OTHER_ERROR, DAOTP_CONFIGURATION,
         DAOTP_FINDING_SERVE_RA_MISSING, 1, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        forge_request request = forge_good_request(world.user_key);
        fixture *f = fixture_bare();
        daotp__buffer csr;
        daotp_exchange *x;
        daotp_status verdict;

        if (!cases[i].no_signer)
            set_signer(f, world.ra, world.ra_key);
        if (!cases[i].no_ca)
            assert_int_equal(daotp_responder_add_issuing_ca(f->responder, CA_NAME), DAOTP_OK);
        if (cases[i].old_signer)
            f->now_s = FORGE_NOW + 50 * FORGE_HOUR;
        if (cases[i].other_name)
            f->upn = "bob@corp.example";
        if (cases[i].broken_csr)
            request.signing_key = world.machine_key;
        f->user_answer = cases[i].user_answer;
        f->code_answer = cases[i].code_answer;
        csr = forge_csr(&request);
        x = begin_with(f, daotp__buffer_bytes(&csr));
        daotp__buffer_free(&csr);
        verdict = daotp_exchange_step(x);
        if (verdict != cases[i].verdict || error_of(x) != cases[i].finding ||
            answered(x) != cases[i].answer || f->users != cases[i].users ||
            f->codes != cases[i].codes)
            fail_msg("%s: verdict %u, answer %s, users %u, codes %u\n%s", cases[i].what,
                     (unsigned)verdict, daotp__otpce_code_name(answered(x)), f->users, f->codes,
                     daotp_report_get_text(daotp_exchange_get_report(x)));
        assert_int_equal(daotp_report_get_status(daotp_exchange_get_report(x)), verdict);
        end(f, x);
    }
}

static void without_callbacks_nobody_is_known_and_no_code_is_right(void **state)
{
    fixture *f = fixture_new();
    daotp_exchange *x;

    (void)state;
    assert_int_equal(daotp_responder_set_code_callback(f->responder, NULL, NULL), DAOTP_OK);
    x = begin(f);
    assert_int_equal(daotp_exchange_step(x), DAOTP_UNDECIDED);
    assert_int_equal(answered(x), DAOTP__OTPCE_OTHER_ERROR);
    daotp_exchange_free(x);
    assert_int_equal(daotp_responder_set_user_callback(f->responder, NULL, NULL), DAOTP_OK);
    x = begin(f);
    assert_int_equal(daotp_exchange_step(x), DAOTP_UNDECIDED);
    assert_int_equal(error_of(x), DAOTP_FINDING_SERVE_USER_LOOKUP);
    assert_int_equal(answered(x), DAOTP__OTPCE_OTHER_ERROR);
    end(f, x);
}

/* By a rule for names a request for somebody else is refused before directory and code are asked.
 */
static void a_rule_for_names_needs_no_directory(void **state)
{
    static const struct {
        const char *domain, *suffix;
        bool fits;
    } cases[] = {
        {"CORP", "corp.example", true},   {"corp", "CORP.example", true},
        {"CORP", "other.example", false}, {"OTHER", "other.example", true}, /* no rule applies */
        {"COR", "other.example", true},   {"CORPS", "other.example", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new();
        daotp_exchange *x = begin(f);

        assert_int_equal(daotp_responder_add_domain(f->responder, cases[i].domain, cases[i].suffix),
                         DAOTP_OK);
        assert_int_equal(daotp_exchange_step(x), cases[i].fits ? DAOTP_OK : DAOTP_REJECTED);
        assert_int_equal(f->users, cases[i].fits);
        assert_int_equal(f->codes, cases[i].fits);
        if (!cases[i].fits) {
            assert_int_equal(error_of(x), DAOTP_FINDING_CSR_UPN);
            assert_int_equal(answered(x), DAOTP__OTPCE_OTHER_ERROR);
        }
        assert_int_equal(daotp_responder_add_domain(f->responder, "", "x"), DAOTP_USAGE);
        assert_int_equal(daotp_responder_add_domain(f->responder, "x", "a@b"), DAOTP_USAGE);
        assert_int_equal(daotp_responder_add_domain(f->responder, "a\\b", "x"), DAOTP_USAGE);
        end(f, x);
    }
}

/* ---- budgets ----------------------------------------------------------------------------------
 */

static daotp__otpce_code answer_as(fixture *f, const char *name, daotp_finding_number *error)
{
    daotp__buffer csr = good_csr();
    daotp_exchange *x = begin_as(f, name, daotp__buffer_bytes(&csr));
    daotp__otpce_code code;

    daotp__buffer_free(&csr);
    (void)daotp_exchange_step(x);
    code = answered(x);
    *error = daotp_exchange_get_http_status(x) == 200 &&
                     daotp_report_get_error(daotp_exchange_get_report(x)) != NULL
                 ? error_of(x)
                 : DAOTP_FINDING_NONE;
    daotp_exchange_free(x);
    return code;
}

static daotp__otpce_code answer_of(fixture *f, daotp_finding_number *error)
{
    return answer_as(f, USER_NAME, error);
}

/* For a known user and an unknown one alike: the sixth is not looked at, not even a right one. */
static void a_spent_budget_is_answered_as_a_wrong_code(void **state)
{
    (void)state;
    for (int answer = DAOTP_USER_FOUND; answer <= DAOTP_USER_UNKNOWN; answer++) {
        fixture *f = fixture_new();
        daotp_finding_number error;

        f->user_answer = answer;
        f->code_answer = DAOTP_CODE_REJECTED;
        for (unsigned i = 1; i <= 5; i++) {
            assert_int_equal(answer_of(f, &error), DAOTP__OTPCE_AUTHENTICATION_ERROR);
            assert_int_equal(f->codes, i);
        }
        f->code_answer = DAOTP_CODE_ACCEPTED;
        assert_int_equal(answer_of(f, &error), DAOTP__OTPCE_AUTHENTICATION_ERROR);
        assert_int_equal(error, DAOTP_FINDING_SERVE_BUDGET_SPENT);
        assert_int_equal(f->codes, 5);
        f->now_s += 15 * 60;
        assert_int_equal(answer_of(f, &error), answer == DAOTP_USER_FOUND
                                                   ? DAOTP__OTPCE_SUCCESS
                                                   : DAOTP__OTPCE_AUTHENTICATION_ERROR);
        assert_int_equal(f->codes, 6);
        fixture_free(f);
    }
}

/* However many are under way at once: the attempt is counted before the code is asked about. */
static void requests_at_once_do_not_exceed_the_budget(void **state)
{
    fixture *f = fixture_new();
    daotp_exchange *list[20];

    (void)state;
    f->code_answer = LATER;
    for (int i = 0; i < 20; i++) {
        list[i] = begin(f);
        assert_int_equal(daotp_exchange_step(list[i]), i < 5 ? DAOTP_AGAIN : DAOTP_REJECTED);
    }
    assert_int_equal(f->codes, 5);
    for (int i = 0; i < 20; i++)
        daotp_exchange_free(list[i]);
    fixture_free(f);
}

/* Two ways to write a name are one user: the directory says who it is. */
static void a_user_is_one_however_written(void **state)
{
    fixture *f = fixture_new();
    daotp_finding_number error;

    (void)state;
    f->code_answer = DAOTP_CODE_REJECTED;
    for (int i = 0; i < 5; i++) {
        f->upn = i % 2 == 0 ? FORGE_UPN : "ALICE@corp.example";
        f->sid = NULL;
        (void)answer_of(f, &error);
    }
    (void)answer_of(f, &error);
    assert_int_equal(error, DAOTP_FINDING_SERVE_BUDGET_SPENT);
    f->sid = FORGE_SID; /* somebody else, as far as is known */
    (void)answer_of(f, &error);
    assert_int_equal(error, DAOTP_FINDING_SERVE_CODE_REJECTED);
    fixture_free(f);
}

/* Where the state cannot be written no code is looked at. */
/* An unknown user too: else the second form tells whether there is an account behind the first. */
static void a_name_in_two_forms_is_one_by_the_rule(void **state)
{
    static const int answers[] = {DAOTP_USER_UNKNOWN, DAOTP_USER_FOUND};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        fixture *f = fixture_new();
        daotp_finding_number error;

        f->code_answer = DAOTP_CODE_REJECTED;
        f->user_answer = answers[i];
        f->upn = f->dn = f->sid = NULL;
        assert_int_equal(daotp_responder_add_domain(f->responder, "CORP", "corp.example"),
                         DAOTP_OK);
        for (int round = 0; round < 6; round++)
            assert_int_equal(answer_as(f, round % 2 == 0 ? "corp\\ALICE" : FORGE_UPN, &error),
                             DAOTP__OTPCE_AUTHENTICATION_ERROR);
        assert_int_equal(error, DAOTP_FINDING_SERVE_BUDGET_SPENT);
        assert_int_equal(f->codes, 5);
        fixture_free(f);
    }
}

static void without_state_no_code_is_looked_at(void **state)
{
    fixture *f = fixture_new();
    daotp_finding_number error;

    (void)state;
    assert_int_equal(chmod(f->state, 0755), 0);
    assert_int_equal(answer_of(f, &error), DAOTP__OTPCE_OTHER_ERROR);
    assert_int_equal(error, DAOTP_FINDING_SERVE_BUDGET_STATE);
    assert_int_equal(f->codes, 0);
    assert_int_equal(chmod(f->state, 0700), 0);
    assert_int_equal(answer_of(f, &error), DAOTP__OTPCE_SUCCESS);
    fixture_free(f);
}

/* Without a folder the budgets are there all the same, and it is told once. */
static void a_budget_is_there_unless_set(void **state)
{
    fixture *f = fixture_new();

    (void)state;
    assert_int_equal(daotp_responder_set_budget(f->responder, NULL), DAOTP_OK);
    f->code_answer = DAOTP_CODE_REJECTED;
    for (int i = 0; i < 7; i++) {
        daotp_exchange *x = begin(f);

        (void)daotp_exchange_step(x);
        assert_int_equal(has(x, DAOTP_FINDING_SERVE_BUDGET_MEMORY), i == 0);
        assert_int_equal(has(x, DAOTP_FINDING_SERVE_BUDGET_SPENT), i >= 5);
        daotp_exchange_free(x);
    }
    fixture_free(f);
}

/* ---- answering later ------------------------------------------------------------------------- */

static void answers_may_come_later_and_each_is_asked_once(void **state)
{
    fixture *f = fixture_new();
    daotp_exchange *x = begin(f);

    (void)state;
    f->user_answer = f->code_answer = LATER;
    /* not asked yet */
    assert_int_equal(daotp_exchange_answer_user(x, DAOTP_USER_FOUND), DAOTP_USAGE);
    assert_int_equal(daotp_exchange_answer_code(x, DAOTP_CODE_ACCEPTED), DAOTP_USAGE);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(daotp_exchange_step(x), DAOTP_AGAIN);
        assert_int_equal(f->users, 1);
        assert_int_equal(f->codes, 0);
        assert_int_equal(daotp_exchange_get_http_status(x), 0);
    }
    assert_int_equal(daotp_exchange_answer_code(x, DAOTP_CODE_ACCEPTED), DAOTP_USAGE);
    assert_int_equal(daotp_exchange_answer_user(x, (daotp_user_answer)0), DAOTP_USAGE);
    assert_int_equal(daotp_exchange_answer_user(x, (daotp_user_answer)4), DAOTP_USAGE);
    assert_int_equal(daotp_exchange_answer_user(x, DAOTP_USER_FOUND), DAOTP_OK);
    assert_int_equal(daotp_exchange_answer_user(x, DAOTP_USER_FOUND), DAOTP_USAGE);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(daotp_exchange_step(x), DAOTP_AGAIN);
        assert_int_equal(f->users, 1);
        assert_int_equal(f->codes, 1);
    }
    assert_int_equal(daotp_exchange_answer_code(x, (daotp_code_answer)0), DAOTP_USAGE);
    assert_int_equal(daotp_exchange_answer_code(x, (daotp_code_answer)5), DAOTP_USAGE);
    assert_int_equal(daotp_exchange_answer_code(x, DAOTP_CODE_ACCEPTED), DAOTP_OK);
    assert_int_equal(daotp_exchange_answer_code(x, DAOTP_CODE_ACCEPTED), DAOTP_USAGE);
    assert_int_equal(daotp_exchange_step(x), DAOTP_OK);
    assert_int_equal(answered(x), DAOTP__OTPCE_SUCCESS);
    assert_int_equal(f->codes, 1);
    /* over: too late for anything */
    assert_int_equal(daotp_exchange_answer_code(x, DAOTP_CODE_REJECTED), DAOTP_USAGE);
    assert_int_equal(daotp_exchange_step(x), DAOTP_OK);
    end(f, x);
}

#ifdef MARKS_CAN_BE_COUNTED
static void ask_and_forget(void *user, daotp_exchange *x, const char *user_name, const char *code,
                           size_t len)
{
    (void)x, (void)user_name, (void)code;
    assert_int_equal(len, MARK_LEN);
    *(unsigned *)user = count_marks(0); /* it can be found */
}

/* A push takes a minute, in which nobody needs the code any more. */
static void a_code_that_was_asked_about_is_forgotten(void **state)
{
    fixture *f = fixture_new();
    daotp__buffer csr = good_csr(), body;
    uint8_t code[MARK_LEN];
    unsigned seen = 0;
    daotp_exchange *x;

    (void)state;
    assert_int_equal(daotp_responder_set_code_callback(f->responder, ask_and_forget, &seen),
                     DAOTP_OK);
    daotp__buffer_init(&body, DAOTP__MAX_OTP_MESSAGE);
    write_mark(0, code);
    assert_int_equal(daotp__otpce_request_write(USER_NAME, (daotp__bytes){code, sizeof code},
                                                daotp__buffer_bytes(&csr), &body),
                     DAOTP_OK);
    explicit_bzero(code, sizeof code);
    x = post(f, body.data, body.len);
    daotp__buffer_free(&body);
    assert_int_equal(daotp_exchange_step(x), DAOTP_AGAIN);
    assert_true(seen > 0);
    assert_int_equal(count_marks(0), 0);
    daotp__buffer_free(&csr);
    daotp_exchange_free(x);
    fixture_free(f);
}
#else
static void a_code_that_was_asked_about_is_forgotten(void **state)
{
    (void)state;
    skip();
}
#endif

static void who_does_not_answer_in_time_did_not_answer(void **state)
{
    (void)state;
    for (int code = 0; code < 2; code++) {
        fixture *f = fixture_new();
        daotp_exchange *x;

        assert_int_equal(daotp_responder_set_timeout_ms(f->responder, 5000), DAOTP_OK);
        x = begin(f);
        if (code)
            f->code_answer = LATER;
        else
            f->user_answer = LATER;
        assert_int_equal(daotp_exchange_get_timeout_ms(x), 0); /* the first step is due */
        assert_int_equal(daotp_exchange_step(x), DAOTP_AGAIN);
        assert_int_equal(daotp_exchange_get_timeout_ms(x), 5000);
        f->now_ms += 4999;
        assert_int_equal(daotp_exchange_get_timeout_ms(x), 1);
        assert_int_equal(daotp_exchange_step(x), DAOTP_AGAIN);
        f->now_ms += 1;
        assert_int_equal(daotp_exchange_get_timeout_ms(x), 0);
        assert_int_equal(daotp_exchange_step(x), DAOTP_UNDECIDED);
        assert_int_equal(error_of(x), code ? DAOTP_FINDING_SERVE_CODE_UNREACHABLE
                                           : DAOTP_FINDING_SERVE_USER_LOOKUP);
        assert_int_equal(answered(x), DAOTP__OTPCE_OTHER_ERROR);
        assert_int_equal(f->codes, code);
        /* what comes now comes too late */
        assert_int_equal(daotp_exchange_answer_user(x, DAOTP_USER_FOUND), DAOTP_USAGE);
        assert_int_equal(daotp_exchange_answer_code(x, DAOTP_CODE_ACCEPTED), DAOTP_USAGE);
        assert_int_equal(daotp_exchange_step(x), DAOTP_UNDECIDED);
        end(f, x);
    }
}

/* An answer that is there when the time ends counts. */
static void an_answer_in_the_last_moment_counts(void **state)
{
    fixture *f = fixture_new();
    daotp_exchange *x = begin(f);

    (void)state;
    f->code_answer = LATER;
    assert_int_equal(daotp_exchange_step(x), DAOTP_AGAIN);
    assert_int_equal(daotp_exchange_answer_code(x, DAOTP_CODE_ACCEPTED), DAOTP_OK);
    f->now_ms += 1000000;
    assert_int_equal(daotp_exchange_step(x), DAOTP_OK);
    end(f, x);
}

static void the_time_out_has_bounds(void **state)
{
    fixture *f = fixture_new();
    daotp_exchange *x;

    (void)state;
    assert_int_equal(daotp_responder_set_timeout_ms(f->responder, 0), DAOTP_USAGE);
    assert_int_equal(daotp_responder_set_timeout_ms(f->responder, -1), DAOTP_USAGE);
    f->code_answer = LATER;
    x = begin(f);
    assert_int_equal(daotp_exchange_step(x), DAOTP_AGAIN);
    assert_int_equal(daotp_exchange_get_timeout_ms(x), DAOTP__EXCHANGE_MS);
    daotp_exchange_free(x);
    assert_int_equal(daotp_responder_set_timeout_ms(f->responder, INT64_C(1) << 40), DAOTP_OK);
    x = begin(f);
    assert_int_equal(daotp_exchange_step(x), DAOTP_AGAIN);
    assert_int_equal(daotp_exchange_get_timeout_ms(x), INT32_MAX);
    end(f, x);
}

static void exchanges_do_not_mix(void **state)
{
    static const daotp__otpce_code codes[] = {
        DAOTP__OTPCE_SUCCESS, DAOTP__OTPCE_AUTHENTICATION_ERROR,
        DAOTP__OTPCE_CHALLENGE_RESPONSE_REQUIRED, DAOTP__OTPCE_OTHER_ERROR};
    fixture *f = fixture_new();
    daotp_exchange *list[4];

    (void)state;
    f->code_answer = LATER;
    for (int i = 0; i < 4; i++) {
        list[i] = begin(f);
        assert_int_equal(daotp_exchange_step(list[i]), DAOTP_AGAIN);
    }
    for (int i = 3; i >= 0; i--)
        assert_int_equal(daotp_exchange_answer_code(list[i], (daotp_code_answer)(i + 1)), DAOTP_OK);
    assert_int_equal(daotp_exchange_step(list[0]), DAOTP_OK);
    assert_int_equal(daotp_exchange_step(list[1]), DAOTP_REJECTED);
    assert_int_equal(daotp_exchange_step(list[2]), DAOTP_CHALLENGE);
    assert_int_equal(daotp_exchange_step(list[3]), DAOTP_UNDECIDED);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(answered(list[i]), codes[i]);
        daotp_exchange_free(list[i]);
    }
    fixture_free(f);
}

/* ---- HTTP -------------------------------------------------------------------------------------
 */

static void what_cannot_be_carried_out_is_an_http_status(void **state)
{
    static char large[DAOTP__MAX_OTP_MESSAGE + 1];
    static const struct {
        const char *method, *version, *body;
        bool no_certificate;
        uint32_t status;
        daotp_finding_number finding;
    } cases[] = {
        {"HEAD", "1.0", NULL, false, 405, DAOTP_FINDING_SERVE_METHOD},
        {"GET", "1.0", NULL, false, 405, DAOTP_FINDING_SERVE_METHOD},
        {"PUT", NULL, NULL, false, 405, DAOTP_FINDING_SERVE_METHOD},
        {"post", "1.0", NULL, false, 405, DAOTP_FINDING_SERVE_METHOD}, /* RFC 9110 9.1 */
        {"", "1.0", NULL, false, 405, DAOTP_FINDING_SERVE_METHOD},
        {"POST", NULL, NULL, false, 400, DAOTP_FINDING_SERVE_VERSION},
        {"POST", "", NULL, false, 400, DAOTP_FINDING_SERVE_VERSION},
        {"POST", "2.0", NULL, false, 400, DAOTP_FINDING_SERVE_VERSION},
        {"POST", "1.0", NULL, true, 403, DAOTP_FINDING_SERVE_NO_CLIENT_CERT},
        {"POST", "1.0", large, false, 413, DAOTP_FINDING_LIMIT_SIZE},
        {"POST", "1.0", "", false, 400, DAOTP_FINDING_OTP_MESSAGE},
        {"POST", "1.0", "hello", false, 400, DAOTP_FINDING_OTP_MESSAGE},
        {"POST", "1.0", "<signCertRequest/>", false, 400, DAOTP_FINDING_OTP_MESSAGE},
        {"POST", "1.0", "<!DOCTYPE a><a/>", false, 400, DAOTP_FINDING_OTP_MESSAGE},
        {"POST", "1.0", "<?xml version=\"1.0\"?><signCertRequest", false, 400,
         DAOTP_FINDING_OTP_MESSAGE},
    };

    (void)state;
    memset(large, ' ', sizeof large - 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new();
        const char *body = cases[i].body != NULL ? cases[i].body : "<a/>", *name, *value;
        size_t len = body == large ? sizeof large : strlen(body), body_len;
        daotp__buffer der = forge_der(world.machine);
        unsigned allow = 0, version = 0;
        daotp_exchange *x;

        assert_int_equal(daotp_exchange_new(f->responder, cases[i].method, body, len, &x),
                         DAOTP_OK);
        if (cases[i].version != NULL)
            assert_int_equal(daotp_exchange_add_header(x, "X-OTPCEP-Version", cases[i].version),
                             DAOTP_OK);
        if (!cases[i].no_certificate)
            assert_int_equal(daotp_exchange_set_peer_certificate(x, der.data, der.len), DAOTP_OK);
        daotp__buffer_free(&der);
        assert_int_not_equal(daotp_exchange_step(x), DAOTP_OK);
        if (daotp_exchange_get_http_status(x) != cases[i].status || error_of(x) != cases[i].finding)
            fail_msg("case %zu: %u, %s", i, (unsigned)daotp_exchange_get_http_status(x),
                     daotp_catalogue_get_id(error_of(x)));
        assert_null(daotp_exchange_get_body(x, &body_len));
        assert_int_equal(body_len, 0);
        for (size_t k = 0; (name = daotp_exchange_get_header(x, k, &value)) != NULL; k++) {
            allow += strcmp(name, "Allow") == 0 && strcmp(value, "POST") == 0;
            version += strcmp(name, "X-OTPCEP-version") == 0 && strcmp(value, "1.0") == 0;
        }
        assert_int_equal(allow, cases[i].status == 405);
        assert_int_equal(version, 1);
        assert_int_equal(f->users + f->codes, 0);
        end(f, x);
    }
}

static void a_front_without_client_certificates_can_be_allowed(void **state)
{
    fixture *f = fixture_new();
    daotp__buffer csr = good_csr(), body;
    daotp_exchange *x;

    (void)state;
    assert_int_equal(daotp_responder_require_certificate(f->responder, false), DAOTP_OK);
    daotp__buffer_init(&body, DAOTP__MAX_OTP_MESSAGE);
    assert_int_equal(daotp__otpce_request_write(USER_NAME, (daotp__bytes){(const uint8_t *)"1", 1},
                                                daotp__buffer_bytes(&csr), &body),
                     DAOTP_OK);
    assert_int_equal(daotp_exchange_new(f->responder, "POST", body.data, body.len, &x), DAOTP_OK);
    assert_int_equal(daotp_exchange_add_header(x, "X-OTPCEP-version", " 1.0 "), DAOTP_OK);
    assert_int_equal(daotp_exchange_step(x), DAOTP_OK);
    assert_true(has(x, DAOTP_FINDING_OTP_CONTENT_TYPE)); /* none: a warning */
    daotp__buffer_free(&csr);
    daotp__buffer_free(&body);
    end(f, x);
}

static void a_peer_certificate_must_be_one(void **state)
{
    fixture *f = fixture_new();
    daotp_exchange *x;

    (void)state;
    assert_int_equal(daotp_exchange_new(f->responder, "POST", "x", 1, &x), DAOTP_OK);
    assert_int_equal(daotp_exchange_set_peer_certificate(x, "junk", 4), DAOTP_USAGE);
    assert_int_equal(daotp_exchange_set_peer_certificate(x, NULL, 0), DAOTP_USAGE);
    assert_int_equal(daotp_exchange_step(x), DAOTP_REJECTED);
    assert_int_equal(daotp_exchange_get_http_status(x), 403);
    assert_int_equal(error_of(x), DAOTP_FINDING_SERVE_CLIENT_CERT_READ);
    end(f, x);
}

/* The first step checks header and certificate: later ones are refused, and change nothing. */
static void headers_and_certificate_are_set_before_the_first_step(void **state)
{
    daotp__buffer other = forge_der(world.machine);
    fixture *f = fixture_new();
    daotp_exchange *x = begin(f);

    (void)state;
    f->user_answer = LATER;
    assert_int_equal(daotp_exchange_step(x), DAOTP_AGAIN);
    assert_int_equal(daotp_exchange_add_header(x, "X-OTPCEP-version", "2.0"), DAOTP_USAGE);
    assert_int_equal(daotp_exchange_set_peer_certificate(x, other.data, other.len), DAOTP_USAGE);
    assert_int_equal(daotp_exchange_set_peer_certificate(x, "junk", 4), DAOTP_USAGE);
    assert_int_equal(daotp_exchange_refuse_peer_certificate(x, "why"), DAOTP_USAGE);
    assert_true(has(x, DAOTP_FINDING_CALL_ORDER));
    assert_int_equal(daotp_exchange_answer_user(x, DAOTP_USER_FOUND), DAOTP_OK);
    assert_int_equal(daotp_exchange_step(x), DAOTP_OK);
    daotp__buffer_free(&other);
    end(f, x);
}

/* One that was there and cannot be used is not the same as none: it lets nobody in. */
static void a_peer_certificate_that_cannot_be_used_is_told(void **state)
{
    fixture *f = fixture_new();
    daotp_exchange *x = begin(f);

    (void)state;
    assert_int_equal(daotp_responder_require_certificate(f->responder, false), DAOTP_OK);
    assert_int_equal(daotp_exchange_refuse_peer_certificate(NULL, "why"), DAOTP_USAGE);
    assert_int_equal(daotp_exchange_refuse_peer_certificate(x, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_exchange_refuse_peer_certificate(x, "came twice"), DAOTP_OK);
    assert_int_equal(daotp_exchange_step(x), DAOTP_REJECTED);
    assert_int_equal(daotp_exchange_get_http_status(x), 403);
    assert_int_equal(error_of(x), DAOTP_FINDING_SERVE_CLIENT_CERT_READ);
    assert_string_equal(
        daotp_finding_get_found(daotp_report_get_error(daotp_exchange_get_report(x))),
        "came twice");
    assert_int_equal(f->users + f->codes, 0);
    end(f, x);
}

/* ---- the published messages -------------------------------------------------------------------
 */

static void the_published_messages_as_requests(void **state)
{
    static const struct {
        const char *file;
        uint32_t status;
        daotp__otpce_code code;
        daotp_finding_number finding;
    } cases[] = {
        {"otpce-4.1-request.xml", 200, DAOTP__OTPCE_SUCCESS, DAOTP_FINDING_NONE},
        {"otpce-4.2-request.xml", 200, DAOTP__OTPCE_OTHER_ERROR, DAOTP_FINDING_CSR_DER},
        {"otpce-4.3-request.xml", 200, DAOTP__OTPCE_OTHER_ERROR, DAOTP_FINDING_CSR_DER},
        {"otpce-4.4-request.xml", 200, DAOTP__OTPCE_OTHER_ERROR, DAOTP_FINDING_CSR_DER},
        {"otpce-4.1-response.xml", 400, DAOTP__OTPCE_OTHER_ERROR, DAOTP_FINDING_OTP_MESSAGE},
        {"otpce-4.2-response.xml", 400, DAOTP__OTPCE_OTHER_ERROR, DAOTP_FINDING_OTP_MESSAGE},
        {"otpce-4.3-response.xml", 400, DAOTP__OTPCE_OTHER_ERROR, DAOTP_FINDING_OTP_MESSAGE},
        {"otpce-4.4-response.xml", 400, DAOTP__OTPCE_OTHER_ERROR, DAOTP_FINDING_OTP_MESSAGE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new();
        daotp__buffer body;
        daotp_exchange *x;

        assert_int_equal(daotp_responder_set_template(
                             f->responder,
                             "1.3.6.1.4.1.311.21.8.221803.1567394.12993454.3845153.13972217.75."
                             "15653661.6620273"),
                         DAOTP_OK);
        f->upn = "user1@domain1.corp.company.com";
        f->dn = "CN=User 1,CN=Users,DC=domain1,DC=corp,DC=company,DC=com";
        daotp__buffer_init(&body, 1 << 20);
        load_file(cases[i].file, &body);
        x = post(f, body.data, body.len);
        daotp__buffer_free(&body);
        (void)daotp_exchange_step(x);
        if (daotp_exchange_get_http_status(x) != cases[i].status || error_of(x) != cases[i].finding)
            fail_msg("%s: %s", cases[i].file, daotp_report_get_text(daotp_exchange_get_report(x)));
        if (cases[i].status == 200)
            assert_int_equal(answered(x), cases[i].code);
        /* the client info names the machine, not the user: it is shown, never compared */
        if (i == 0) {
            assert_true(has(x, DAOTP_FINDING_CSR_CLIENTINFO));
            assert_true(has(x, DAOTP_FINDING_CSR_HASH));
            assert_string_equal(f->user_name, "DOMAIN1\\user1");
            assert_string_equal(f->code, "Pa$$word1");
        } else {
            assert_int_equal(f->users + f->codes, 0);
        }
        assert_null(strstr(f->log.all, "Pa$$word1"));
        assert_null(strstr(daotp_report_get_json(daotp_exchange_get_report(x)), "Pa$$word1"));
        end(f, x);
    }
}

/* ---- each CSR-* by one defect -----------------------------------------------------------------
 */

static EVP_PKEY *weak_rsa, *p521;

typedef void (*spoil_fn)(forge_request *request);

static void sign_with_another_key(forge_request *r)
{
    r->signing_key = world.machine_key;
}
static void drop_template(forge_request *r)
{
    forge_set(r->extensions, FORGE_OID_TEMPLATE, NULL);
}
static void other_template(forge_request *r)
{
    forge_set(r->extensions, FORGE_OID_TEMPLATE, forge_template(FORGE_TEMPLATE ".1", 100, 5));
}
static void broken_template(forge_request *r)
{
    forge_set(r->extensions, FORGE_OID_TEMPLATE, "DER:3000");
}
static void drop_upn(forge_request *r)
{
    forge_set(r->extensions, "subjectAltName", NULL);
}
static void other_upn(forge_request *r)
{
    forge_set(r->extensions, "subjectAltName",
              "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:bob@corp.example");
}
static void second_upn(forge_request *r)
{
    forge_set(r->extensions, "subjectAltName",
              FORGE_SAN_UPN ",otherName:1.3.6.1.4.1.311.20.2.3;UTF8:bob@corp.example");
}
static void upn_of_another_string(forge_request *r)
{
    forge_set(r->extensions, "subjectAltName",
              "otherName:1.3.6.1.4.1.311.20.2.3;IA5STRING:" FORGE_UPN);
}
static void upn_with_more(forge_request *r)
{
    forge_set(r->extensions, "subjectAltName", FORGE_SAN_UPN ".evil");
}
static void upn_with_nul(forge_request *r) /* alice@corp.example NUL .evil */
{
    forge_set(r->extensions, "subjectAltName", NULL);
    forge_set(r->extensions, "2.5.29.17",
              "DER:302AA028060A2B060104018237140203A01A0C18"
              "616C69636540636F72702E6578616D706C65002E6576696C");
}
static void only_dns(forge_request *r)
{
    forge_set(r->extensions, "subjectAltName", "DNS:alice.corp.example");
}
static void broken_names(forge_request *r)
{
    forge_set(r->extensions, "subjectAltName", NULL);
    forge_set(r->extensions, "2.5.29.17", "DER:3003020105");
}
static void other_subject(forge_request *r)
{
    r->subject = "DC=example,DC=corp,OU=Staff,CN=Bob";
}
static void shorter_subject(forge_request *r)
{
    r->subject = "CN=Alice";
}
static void further_name(forge_request *r)
{
    forge_set(r->extensions, "subjectAltName", FORGE_SAN_UPN ",DNS:pc1.corp.example");
}
static void further_usage(forge_request *r)
{
    forge_set(r->extensions, "extendedKeyUsage", FORGE_LOGON ",clientAuth");
}
static void other_usage(forge_request *r)
{
    forge_set(r->extensions, "extendedKeyUsage", "clientAuth");
}
static void small_key(forge_request *r)
{
    r->key = weak_rsa;
}
static void other_curve(forge_request *r)
{
    r->key = p521;
}
static void old_hash(forge_request *r)
{
    r->md = EVP_sha1();
}
static void renewal(forge_request *r)
{
    r->attributes[0] = (forge_extension){"1.3.6.1.4.1.311.13.1", "DER:3003020105"};
}
static void name_value_pair(forge_request *r)
{
    r->attributes[0] = (forge_extension){"1.3.6.1.4.1.311.13.2.1", "DER:300C1E0400610062"
                                                                   "1E0400610062"};
}
static void sid(forge_request *r)
{
    forge_set(r->extensions, FORGE_OID_SID, forge_sid(FORGE_SID));
}
static void client_info(forge_request *r)
{
    r->attributes[0] =
        (forge_extension){"1.3.6.1.4.1.311.21.20", "DER:301202010A0C037063310C03626F620C0378797A"};
}
static void nothing(forge_request *r)
{
    (void)r;
}
static void account_subject(forge_request *r)
{
    r->subject = FORGE_DN_ROOT;
}
static void account_subject_other_case(forge_request *r)
{
    r->subject = "DC=EXAMPLE,DC=corp,OU=staff,CN=ALICE";
}
static void upn_other_case(forge_request *r)
{
    forge_set(r->extensions, "subjectAltName",
              "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:Alice@CORP.example");
}
static void bare_template(forge_request *r)
{
    forge_set(r->extensions, FORGE_OID_TEMPLATE, forge_template(FORGE_TEMPLATE, -1, -1));
}
static void no_usage(forge_request *r)
{
    forge_set(r->extensions, "extendedKeyUsage", NULL);
}

static bool needs_directory(spoil_fn spoil)
{
    return spoil == other_upn || spoil == upn_with_more || spoil == other_subject ||
           spoil == shorter_subject;
}

static void each_defect_of_a_request_is_found(void **state)
{
    static const struct {
        const char *what;
        spoil_fn spoil;
        daotp_finding_number finding;
        bool is_error;
    } cases[] = {
        {"nothing", nothing, DAOTP_FINDING_NONE, false},
        {"the account's subject", account_subject, DAOTP_FINDING_NONE, false},
        {"the same in another case", account_subject_other_case, DAOTP_FINDING_NONE, false},
        {"UPN in another case", upn_other_case, DAOTP_FINDING_NONE, false},
        {"template without version", bare_template, DAOTP_FINDING_NONE, false},
        {"no usage asked for", no_usage, DAOTP_FINDING_NONE, false},
        {"signed with another key", sign_with_another_key, DAOTP_FINDING_CSR_SIG, true},
        {"no template", drop_template, DAOTP_FINDING_CSR_TEMPLATE, true},
        {"other template", other_template, DAOTP_FINDING_CSR_TEMPLATE, true},
        {"broken template", broken_template, DAOTP_FINDING_CSR_TEMPLATE, true},
        {"no UPN", drop_upn, DAOTP_FINDING_CSR_UPN, true},
        {"other UPN", other_upn, DAOTP_FINDING_CSR_UPN, true},
        {"a second UPN", second_upn, DAOTP_FINDING_CSR_UPN, true},
        {"UPN as IA5String", upn_of_another_string, DAOTP_FINDING_CSR_UPN, true},
        {"UPN with more behind it", upn_with_more, DAOTP_FINDING_CSR_UPN, true},
        {"UPN with a NUL in it", upn_with_nul, DAOTP_FINDING_CSR_UPN, true},
        {"a DNS name only", only_dns, DAOTP_FINDING_CSR_UPN, true},
        {"broken names", broken_names, DAOTP_FINDING_CSR_UPN, true},
        {"other subject", other_subject, DAOTP_FINDING_CSR_SUBJECT, true},
        {"part of the subject", shorter_subject, DAOTP_FINDING_CSR_SUBJECT, true},
        {"a further name", further_name, DAOTP_FINDING_CSR_NAMES_OTHER, true},
        {"a further usage", further_usage, DAOTP_FINDING_CSR_EKU, false},
        {"another usage", other_usage, DAOTP_FINDING_CSR_EKU, false},
        {"RSA 1024", small_key, DAOTP_FINDING_CSR_KEY, true},
        {"P-521", other_curve, DAOTP_FINDING_CSR_KEY, true},
        {"SHA-1", old_hash, DAOTP_FINDING_CSR_HASH, false},
        {"a renewal", renewal, DAOTP_FINDING_CSR_NO_RENEWAL, true},
        {"name-value pairs", name_value_pair, DAOTP_FINDING_CSR_NO_NVP, true},
        {"a SID", sid, DAOTP_FINDING_CSR_NO_SID, false},
        {"client info of somebody else", client_info, DAOTP_FINDING_CSR_CLIENTINFO, false},
    };

    (void)state;
    weak_rsa = forge_rsa(1024);
    p521 = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-521");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new();
        forge_request request = forge_good_request(world.user_key);
        daotp__buffer csr;
        daotp_exchange *x;
        daotp_status verdict;
        size_t others = 0;

        cases[i].spoil(&request);
        csr = forge_csr(&request);
        x = begin_with(f, daotp__buffer_bytes(&csr));
        verdict = daotp_exchange_step(x);
        for (size_t k = 0; k < daotp_report_get_count(daotp_exchange_get_report(x)); k++)
            others += daotp_finding_get_number(daotp_report_get_finding(
                          daotp_exchange_get_report(x), k)) != cases[i].finding;
        if (cases[i].spoil == only_dns) /* which is another name besides */
            others -= has(x, DAOTP_FINDING_CSR_NAMES_OTHER);
        if ((verdict == DAOTP_OK) == cases[i].is_error || others != 0 ||
            (cases[i].finding != DAOTP_FINDING_NONE && !has(x, cases[i].finding)))
            fail_msg("%s: %s", cases[i].what, daotp_report_get_text(daotp_exchange_get_report(x)));
        assert_int_equal(answered(x),
                         cases[i].is_error ? DAOTP__OTPCE_OTHER_ERROR : DAOTP__OTPCE_SUCCESS);
        /* a bad request costs no code, unless it takes the directory to see that it is bad */
        assert_int_equal(f->codes, !cases[i].is_error || needs_directory(cases[i].spoil));
        daotp__buffer_free(&csr);
        end(f, x);
    }
    EVP_PKEY_free(weak_rsa);
    EVP_PKEY_free(p521);
}

/* ---- what is on no list ---------------------------------------------------------------------- */

#define SID_TAG "tag:microsoft.com,2022-09-14:sid:"

/* The user's UPN and a URI, which openssl.cnf cannot hold: it has a comma. */
static const char *names_with_uri(const char *uri)
{
    static const uint8_t upn[] = {0x30, 0,    0xA0, 0x22, 0x06, 0x0A, 0x2B, 0x06, 0x01, 0x04,
                                  0x01, 0x82, 0x37, 0x14, 0x02, 0x03, 0xA0, 0x14, 0x0C, 0x12};
    static char text[600];
    uint8_t der[200];
    size_t len = strlen(uri), at = sizeof upn, upn_len = strlen(FORGE_UPN);

    assert_int_equal(upn_len, 0x12);
    assert_true(len < 90);
    memcpy(der, upn, sizeof upn);
    memcpy(der + at, FORGE_UPN, upn_len);
    at += upn_len;
    der[at++] = 0x86;
    der[at++] = (uint8_t)len;
    memcpy(der + at, uri, len);
    der[1] = (uint8_t)(at + len - 2);
    forge_hex(text, sizeof text, der, at + len);
    return text;
}

/* Puts tag and length before the octets that stand at the end of the buffer; all are under 128. */
static void wrap_der(uint8_t *buffer, size_t size, size_t *start, uint8_t tag)
{
    size_t len = size - *start;

    assert_true(len < 128 && *start >= 2);
    *start -= 2;
    buffer[*start] = tag;
    buffer[*start + 1] = (uint8_t)len;
}

static void prepend(uint8_t *buffer, size_t *start, const void *octets, size_t len)
{
    *start -= len;
    memcpy(buffer + *start, octets, len);
}

/* An otherName KRB5PrincipalName (RFC 4556 3.2.2) with one part in the name. */
static size_t write_principal(uint8_t *out, size_t room, const char *realm, const char *part)
{
    static const uint8_t type[] = {0xA0, 3, 2, 1, 1};
    static const uint8_t oid[] = {0x06, 6, 0x2B, 6, 1, 5, 2, 2};
    uint8_t name[120], head[120];
    size_t at = sizeof name, from = sizeof head;

    prepend(name, &at, part, strlen(part));
    wrap_der(name, sizeof name, &at, 0x1B);
    wrap_der(name, sizeof name, &at, 0x30);
    wrap_der(name, sizeof name, &at, 0xA1);
    prepend(name, &at, type, sizeof type);
    wrap_der(name, sizeof name, &at, 0x30);
    wrap_der(name, sizeof name, &at, 0xA1);
    prepend(head, &from, realm, strlen(realm));
    wrap_der(head, sizeof head, &from, 0x1B);
    wrap_der(head, sizeof head, &from, 0xA0);
    prepend(name, &at, head + from, sizeof head - from);
    wrap_der(name, sizeof name, &at, 0x30);
    wrap_der(name, sizeof name, &at, 0xA0);
    prepend(name, &at, oid, sizeof oid);
    wrap_der(name, sizeof name, &at, 0xA0);
    assert_true(sizeof name - at <= room);
    memcpy(out, name + at, sizeof name - at);
    return sizeof name - at;
}

/* The names of names_with_uri(), with a principal in the place of the URI. */
static const char *names_with_principal(const char *realm, const char *part)
{
    static char text[600];
    const char *upn_alone = names_with_uri("");
    char octet[3] = "";
    uint8_t der[200];
    size_t len = 0;

    for (const char *at = upn_alone + strlen("DER:"); at[0] != '\0'; at += 2) {
        memcpy(octet, at, 2);
        der[len++] = (uint8_t)strtoul(octet, NULL, 16);
    }
    len -= 2; /* the empty URI */
    len += write_principal(der + len, sizeof der - len, realm, part);
    der[1] = (uint8_t)(len - 2);
    assert_true(len - 2 < 128);
    forge_hex(text, sizeof text, der, len);
    return text;
}

/* certmonger asks for a principal beside the UPN. */
static void a_principal_that_says_the_upn_is_allowed(void **state)
{
    static const struct {
        const char *realm, *part;
        bool allowed;
    } cases[] = {
        {"corp.example", "alice", true},   {"corp.example", "administrator", false},
        {"other.example", "alice", false}, {"corp.exampl", "alice", false},
        {"example", "alice@corp", false},  {"corp.example", "", false},
        {"", "alice@corp.example", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new();
        forge_request request = forge_good_request(world.user_key);
        daotp__buffer csr;
        daotp_exchange *x;

        forge_set(request.extensions, "subjectAltName", NULL);
        forge_set(request.extensions, "2.5.29.17",
                  names_with_principal(cases[i].realm, cases[i].part));
        csr = forge_csr(&request);
        x = begin_with(f, daotp__buffer_bytes(&csr));
        if (daotp_exchange_step(x) != (cases[i].allowed ? DAOTP_OK : DAOTP_REJECTED) ||
            has(x, DAOTP_FINDING_CSR_NAMES_OTHER) == cases[i].allowed)
            fail_msg("%s@%s: %s", cases[i].part, cases[i].realm,
                     daotp_report_get_text(daotp_exchange_get_report(x)));
        daotp__buffer_free(&csr);
        end(f, x);
    }
}

/* What a request asks for beside the user's own UPN: the answer, and what the finding names. */
static void what_is_on_no_list_is_refused_by_name(void **state)
{
    static const char names[] = "subjectAltName", more[] = FORGE_SAN_UPN ",";
    static const struct {
        const char *name, *value, *prefix; /* of an extension; an attribute where value is NULL */
        daotp_finding_number finding;
        const char *found;
    } cases[] = {
        {names, "email:bob@corp.example", more, DAOTP_FINDING_CSR_NAMES_OTHER, "bob@corp.example"},
        {names, "email:" FORGE_UPN, more, DAOTP_FINDING_CSR_NAMES_OTHER, "rfc822Name"},
        {names, "DNS:dc1.corp.example", more, DAOTP_FINDING_CSR_NAMES_OTHER, "dc1.corp.example"},
        {names, "IP:10.0.0.1", more, DAOTP_FINDING_CSR_NAMES_OTHER, "0a000001"},
        {names, "RID:1.2.3", more, DAOTP_FINDING_CSR_NAMES_OTHER, "registeredID"},
        {names, "URI:https://x/", more, DAOTP_FINDING_CSR_NAMES_OTHER, "https://x/"},
        {NULL, "tag:microsoft.com,2022-09-15:sid:" FORGE_SID, "", DAOTP_FINDING_CSR_NAMES_OTHER,
         "2022-09-15"},
        {names, "otherName:1.3.6.1.5.2.2;UTF8:x", more, DAOTP_FINDING_CSR_NAMES_OTHER,
         "1.3.6.1.5.2.2"},
        {"2.5.29.17", "DER:300DA40B300931073005060355040A", "", DAOTP_FINDING_CSR_UPN, NULL},
        {"2.5.29.17",
         "DER:3041A028060A2B060104018237140203A01A0C18616C69636540636F72702E6578616D706C65"
         "2E6578616D706CA4153013311130",
         "", DAOTP_FINDING_CSR_UPN, NULL},
        {NULL, SID_TAG "S-1-5-21-1111-2222-3333-500", "", DAOTP_FINDING_CSR_SID,
         "S-1-5-21-1111-2222-3333-500"},
        {"basicConstraints", "CA:TRUE", "", DAOTP_FINDING_CSR_EXTENSION, "cA TRUE"},
        {"basicConstraints", "critical,CA:TRUE,pathlen:0", "", DAOTP_FINDING_CSR_EXTENSION,
         "cA TRUE"},
        {"2.5.29.19", "DER:3003020100", "", DAOTP_FINDING_CSR_EXTENSION, "pathLenConstraint"},
        {"keyUsage", "keyCertSign", "digitalSignature,", DAOTP_FINDING_CSR_EXTENSION,
         "keyCertSign"},
        {"keyUsage", "cRLSign", "digitalSignature,", DAOTP_FINDING_CSR_EXTENSION, "cRLSign"},
        {"keyUsage", "dataEncipherment", "", DAOTP_FINDING_CSR_EXTENSION, "dataEncipherment"},
        {"keyUsage", "nonRepudiation", "", DAOTP_FINDING_CSR_EXTENSION, "nonRepudiation"},
        {"keyUsage", "decipherOnly", "keyAgreement,", DAOTP_FINDING_CSR_EXTENSION, "decipherOnly"},
        {"extendedKeyUsage", "1.3.6.1.4.1.311.20.2.1", FORGE_LOGON ",", DAOTP_FINDING_CSR_PURPOSE,
         "1.3.6.1.4.1.311.20.2.1"},
        {"extendedKeyUsage", "anyExtendedKeyUsage", "", DAOTP_FINDING_CSR_PURPOSE, "2.5.29.37.0"},
        {"extendedKeyUsage", "serverAuth", FORGE_LOGON ",", DAOTP_FINDING_CSR_PURPOSE,
         "1.3.6.1.5.5.7.3.1"},
        {"extendedKeyUsage", "1.3.6.1.5.2.3.5", "", DAOTP_FINDING_CSR_PURPOSE, "1.3.6.1.5.2.3.5"},
        {FORGE_OID_POLICIES, "DER:300E300C060A2B060104018237140201", "", DAOTP_FINDING_CSR_PURPOSE,
         "1.3.6.1.4.1.311.20.2.1"},
        {"subjectKeyIdentifier", "0102030405060708090A0B0C0D0E0F101112131415", "",
         DAOTP_FINDING_CSR_EXTENSION, "20 octets"},
        {"2.5.29.32", "DER:3006300406022A03", "", DAOTP_FINDING_CSR_EXTENSION, "2.5.29.32"},
        {"2.5.29.30", "DER:3000", "", DAOTP_FINDING_CSR_EXTENSION, "2.5.29.30"},
        {"2.5.29.18", "DER:3003820178", "", DAOTP_FINDING_CSR_EXTENSION, "2.5.29.18"},
        {"1.2.3.4", "DER:0500", "", DAOTP_FINDING_CSR_EXTENSION, "1.2.3.4"},
        {"1.3.6.1.4.1.311.20.2", "DER:1E0400410042", "", DAOTP_FINDING_CSR_EXTENSION,
         "1.3.6.1.4.1.311.20.2"},
        {FORGE_OID_SID, NULL, "S-1-5-21-1111-2222-3333-500", DAOTP_FINDING_CSR_SID,
         "S-1-5-21-1111-2222-3333-500"},
        {"1.2.840.113549.1.9.7", NULL, NULL, DAOTP_FINDING_CSR_ATTRIBUTE, "1.2.840.113549.1.9.7"},
        {"1.3.6.1.4.1.311.21.13", NULL, NULL, DAOTP_FINDING_CSR_ATTRIBUTE, "1.3.6.1.4.1.311.21.13"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new();
        forge_request request = forge_good_request(world.user_key);
        daotp__buffer csr;
        daotp_exchange *x;
        char value[300];
        bool told = false;

        (void)snprintf(value, sizeof value, "%s%s", cases[i].prefix != NULL ? cases[i].prefix : "",
                       cases[i].value != NULL ? cases[i].value : "");
        if (cases[i].value == NULL && cases[i].prefix == NULL)
            request.attributes[0] = (forge_extension){cases[i].name, "DER:3000"};
        else if (cases[i].name == NULL)
            forge_set(request.extensions, "2.5.29.17", names_with_uri(cases[i].value));
        else if (cases[i].value == NULL)
            forge_set(request.extensions, cases[i].name, forge_sid(cases[i].prefix));
        else
            forge_set(request.extensions, cases[i].name, value);
        if (cases[i].name == NULL || strcmp(cases[i].name, "2.5.29.17") == 0)
            forge_set(request.extensions, "subjectAltName", NULL);
        csr = forge_csr(&request);
        x = begin_with(f, daotp__buffer_bytes(&csr));
        assert_int_equal(daotp_exchange_step(x), DAOTP_REJECTED);
        assert_int_equal(answered(x), DAOTP__OTPCE_OTHER_ERROR);
        for (size_t k = 0; k < daotp_report_get_count(daotp_exchange_get_report(x)); k++) {
            const daotp_finding *finding =
                daotp_report_get_finding(daotp_exchange_get_report(x), k);

            told = told || (daotp_finding_get_number(finding) == cases[i].finding &&
                            (cases[i].found == NULL ||
                             strstr(daotp_finding_get_found(finding), cases[i].found) != NULL));
        }
        if (!told)
            fail_msg("case %zu, %s %s: %s", i, cases[i].name != NULL ? cases[i].name : "URI", value,
                     daotp_report_get_text(daotp_exchange_get_report(x)));
        /* what needs no directory costs no code */
        assert_int_equal(f->codes, cases[i].finding == DAOTP_FINDING_CSR_SID);
        daotp__buffer_free(&csr);
        end(f, x);
    }
}

/* The account's own SID, both ways; and never where the directory gives none. */
static void the_accounts_own_sid_may_be_asked_for(void **state)
{
    static const struct {
        bool uri;
        const char *account;
        daotp_status verdict;
        daotp_finding_number finding;
    } cases[] = {
        {false, FORGE_SID, DAOTP_OK, DAOTP_FINDING_CSR_NO_SID},
        {true, FORGE_SID, DAOTP_OK, DAOTP_FINDING_CSR_NO_SID},
        {false, NULL, DAOTP_REJECTED, DAOTP_FINDING_CSR_SID},
        {true, NULL, DAOTP_REJECTED, DAOTP_FINDING_CSR_SID},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new();
        forge_request request = forge_good_request(world.user_key);
        daotp__buffer csr;
        daotp_exchange *x;

        f->sid = cases[i].account;
        if (cases[i].uri) {
            forge_set(request.extensions, "subjectAltName", NULL);
            forge_set(request.extensions, "2.5.29.17", names_with_uri(SID_TAG FORGE_SID));
        } else {
            forge_set(request.extensions, FORGE_OID_SID, forge_sid(FORGE_SID));
        }
        csr = forge_csr(&request);
        x = begin_with(f, daotp__buffer_bytes(&csr));
        assert_int_equal(daotp_exchange_step(x), cases[i].verdict);
        assert_true(has(x, cases[i].finding));
        daotp__buffer_free(&csr);
        end(f, x);
    }
}

/* The finding says which extension stands twice. */
static void what_stands_twice_is_named(void **state)
{
    fixture *f = fixture_new();
    forge_request request = forge_good_request(world.user_key);
    daotp__buffer csr;
    daotp_exchange *x;

    (void)state;
    forge_set(request.extensions, "2.5.29.17", "DER:3003820178");
    csr = forge_csr(&request);
    x = begin_with(f, daotp__buffer_bytes(&csr));
    assert_int_equal(daotp_exchange_step(x), DAOTP_REJECTED);
    assert_int_equal(error_of(x), DAOTP_FINDING_CSR_DER);
    assert_non_null(
        strstr(daotp_finding_get_found(daotp_report_get_error(daotp_exchange_get_report(x))),
               "2.5.29.17"));
    daotp__buffer_free(&csr);
    end(f, x);
}

static void what_is_no_pkcs10_is_csr_der(void **state)
{
    daotp__buffer csr = good_csr();
    daotp__bytes cases[5];
    uint8_t longer[4096];

    (void)state;
    memcpy(longer, csr.data, csr.len);
    longer[csr.len] = 0;
    cases[0] = (daotp__bytes){longer, csr.len + 1};
    cases[1] = (daotp__bytes){csr.data, csr.len - 1};
    cases[2] = (daotp__bytes){(const uint8_t *)"hello", 5};
    cases[3] = (daotp__bytes){NULL, 0};
    cases[4] = (daotp__bytes){csr.data + 4, csr.len - 4};
    for (size_t i = 0; i < 5; i++) {
        fixture *f = fixture_new();
        daotp_exchange *x = begin_with(f, cases[i]);

        assert_int_equal(daotp_exchange_step(x), DAOTP_REJECTED);
        assert_int_equal(error_of(x), DAOTP_FINDING_CSR_DER);
        assert_int_equal(answered(x), DAOTP__OTPCE_OTHER_ERROR);
        assert_int_equal(f->users + f->codes, 0);
        end(f, x);
    }
    daotp__buffer_free(&csr);
}

/* The key of a server or a CA is no user's, whoever can sign with it. */
static void keys_of_servers_and_authorities_are_not_certified(void **state)
{
    EVP_PKEY *const keys[] = {world.ra_key, world.root_key, world.machine_key, world.user_key};
    daotp_trust *trust = NULL;
    daotp__buffer root = forge_der(world.root), machine = forge_der(world.machine);

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        bool is_users = i == 3;
        fixture *f = fixture_new();
        forge_request request = forge_good_request(keys[i]);
        daotp__buffer csr;
        daotp_exchange *x;

        assert_int_equal(daotp_trust_new(f->context, &trust), DAOTP_OK);
        assert_int_equal(daotp_trust_add(trust, root.data, root.len, NULL), DAOTP_OK);
        assert_int_equal(daotp_responder_set_trust(f->responder, trust, DAOTP_REVOCATION_IGNORE),
                         DAOTP_OK);
        daotp_trust_unref(trust);
        assert_int_equal(daotp_responder_add_reserved(f->responder, machine.data, machine.len),
                         DAOTP_OK);
        csr = forge_csr(&request);
        x = begin_with(f, daotp__buffer_bytes(&csr));
        assert_int_equal(daotp_exchange_step(x), is_users ? DAOTP_OK : DAOTP_REJECTED);
        assert_int_equal(has(x, DAOTP_FINDING_CSR_KEY_SHARED), !is_users);
        assert_int_equal(answered(x), is_users ? DAOTP__OTPCE_SUCCESS : DAOTP__OTPCE_OTHER_ERROR);
        assert_int_equal(f->codes, is_users); /* it costs no code */
        daotp__buffer_free(&csr);
        end(f, x);
    }
    daotp__buffer_free(&root);
    daotp__buffer_free(&machine);
}

static void what_is_reserved_are_certificates(void **state)
{
    fixture *f = fixture_new();

    (void)state;
    assert_int_equal(daotp_responder_add_reserved(NULL, "", 0), DAOTP_USAGE);
    assert_int_equal(daotp_responder_add_reserved(f->responder, NULL, 0), DAOTP_USAGE);
    assert_int_equal(daotp_responder_add_reserved(f->responder, "no certificate", 14), DAOTP_PEER);
    assert_int_equal(daotp_responder_add_reserved(f->responder, "", 0), DAOTP_PEER);
    fixture_free(f);
}

/* Every byte of a request exchanged: it is refused before the code is asked, or it is not the
 * signed part. */
static void no_changed_request_is_signed(void **state)
{
    daotp__buffer csr = good_csr();
    fixture *f = fixture_new();

    (void)state;
    for (size_t at = 0; at < csr.len; at += 3) {
        daotp_exchange *x;

        csr.data[at] ^= 0x41;
        x = begin_with(f, daotp__buffer_bytes(&csr));
        assert_int_not_equal(daotp_exchange_step(x), DAOTP_OK);
        assert_int_equal(answered(x), DAOTP__OTPCE_OTHER_ERROR);
        daotp_exchange_free(x);
        csr.data[at] ^= 0x41;
        test_log_clear(&f->log);
    }
    assert_int_equal(f->codes, 0);
    daotp__buffer_free(&csr);
    fixture_free(f);
}

/* A subject cannot be compared with what nobody knows. */
static void a_subject_without_a_known_dn_is_refused(void **state)
{
    forge_request request = forge_good_request(world.user_key);
    fixture *f = fixture_new();
    daotp__buffer csr;
    daotp_exchange *x;

    (void)state;
    request.subject = FORGE_DN_ROOT;
    f->dn = NULL;
    csr = forge_csr(&request);
    x = begin_with(f, daotp__buffer_bytes(&csr));
    assert_int_equal(daotp_exchange_step(x), DAOTP_REJECTED);
    assert_int_equal(error_of(x), DAOTP_FINDING_CSR_SUBJECT);
    daotp__buffer_free(&csr);
    end(f, x);
}

static void a_user_without_upn_is_no_match(void **state)
{
    fixture *f = fixture_new();
    daotp_exchange *x = begin(f);

    (void)state;
    f->upn = NULL;
    assert_int_equal(daotp_exchange_step(x), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(x), DAOTP_FINDING_USER_NO_UPN);
    assert_int_equal(answered(x), DAOTP__OTPCE_OTHER_ERROR);
    assert_int_equal(f->codes, 1); /* it is told only to who has a right code */
    end(f, x);
}

/* ---- the signing certificate ------------------------------------------------------------------
 */

static void an_authority_at_its_end_is_told(void **state)
{
    static const struct {
        int64_t now_s;
        daotp_status verdict;
        bool expiring;
    } cases[] = {
        {FORGE_NOW, DAOTP_OK, false},
        {FORGE_NOW + 35 * FORGE_HOUR, DAOTP_OK, false},
        {FORGE_NOW + 35 * FORGE_HOUR + 1, DAOTP_OK, true}, /* a quarter of 48 h */
        {FORGE_NOW + 47 * FORGE_HOUR, DAOTP_OK, true},
        {FORGE_NOW + 48 * FORGE_HOUR, DAOTP_CONFIGURATION, false},
        {FORGE_NOW - 2 * FORGE_HOUR, DAOTP_CONFIGURATION, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new();
        daotp_exchange *x = begin(f);

        f->now_s = cases[i].now_s;
        assert_int_equal(daotp_exchange_step(x), cases[i].verdict);
        assert_int_equal(has(x, DAOTP_FINDING_RA_EXPIRING), cases[i].expiring);
        if (cases[i].verdict != DAOTP_OK) {
            assert_true(has(x, DAOTP_FINDING_RA_VALIDITY));
            assert_int_equal(error_of(x), DAOTP_FINDING_SERVE_RA_MISSING);
            assert_int_equal(
                daotp_finding_get_stage(daotp_report_get_error(daotp_exchange_get_report(x))),
                DAOTP_STAGE_SIGN);
            assert_int_equal(
                daotp_report_get_stage_state(daotp_exchange_get_report(x), DAOTP_STAGE_CODE),
                DAOTP_STAGE_SKIPPED);
            assert_int_equal(
                daotp_report_get_stage_state(daotp_exchange_get_report(x), DAOTP_STAGE_SIGN),
                DAOTP_STAGE_FAILED);
        }
        end(f, x);
    }
}

static void an_authority_that_may_not_is_not_used(void **state)
{
    forge_spec spec = forge_ra_spec(&world, world.ra_key);
    fixture *f = fixture_new();
    daotp_exchange *x;
    X509 *ra;

    (void)state;
    forge_set(spec.extensions, "extendedKeyUsage", "clientAuth");
    ra = forge_certificate(&spec);
    set_signer(f, ra, world.ra_key);
    x = begin(f);
    assert_int_equal(daotp_exchange_step(x), DAOTP_CONFIGURATION);
    assert_true(has(x, DAOTP_FINDING_RA_EKU));
    assert_int_equal(answered(x), DAOTP__OTPCE_OTHER_ERROR);
    X509_free(ra);
    end(f, x);
}

/* A push takes a minute: what was found fit when the code was asked about signs, whatever became of
 * it meanwhile; and a code that is refused leaves no trace of signing. */
static void what_was_judged_is_what_signs(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        fixture *f = fixture_new();
        daotp_exchange *x = begin(f);

        f->code_answer = LATER;
        assert_int_equal(daotp_exchange_step(x), DAOTP_AGAIN);
        assert_int_equal(
            daotp_report_get_stage_state(daotp_exchange_get_report(x), DAOTP_STAGE_CODE),
            DAOTP_STAGE_RUNNING);
        assert_int_equal(
            daotp_report_get_stage_state(daotp_exchange_get_report(x), DAOTP_STAGE_SIGN),
            DAOTP_STAGE_NOT_REACHED);
        assert_int_equal(daotp_responder_set_signer(f->responder, NULL), DAOTP_OK);
        assert_int_equal(
            daotp_exchange_answer_code(x, i == 0 ? DAOTP_CODE_ACCEPTED : DAOTP_CODE_REJECTED),
            DAOTP_OK);
        assert_int_equal(daotp_exchange_step(x), i == 0 ? DAOTP_OK : DAOTP_REJECTED);
        assert_int_equal(
            daotp_report_get_stage_state(daotp_exchange_get_report(x), DAOTP_STAGE_SIGN),
            i == 0 ? DAOTP_STAGE_PASSED : DAOTP_STAGE_NOT_REACHED);
        end(f, x);
    }
}

/* ---- by its own trust -------------------------------------------------------------------------
 */

/* What RFC 5280 5.2 wants of every list: a number, and whose key signed. */
static void number_list(X509_CRL *crl)
{
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    AUTHORITY_KEYID *key = AUTHORITY_KEYID_new();

    assert_true(ASN1_INTEGER_set(number, 1));
    assert_int_equal(X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, X509V3_ADD_DEFAULT), 1);
    key->keyid = ASN1_OCTET_STRING_dup(X509_get0_subject_key_id(world.root));
    assert_non_null(key->keyid);
    assert_int_equal(
        X509_CRL_add1_ext_i2d(crl, NID_authority_key_identifier, key, 0, X509V3_ADD_DEFAULT), 1);
    AUTHORITY_KEYID_free(key);
    ASN1_INTEGER_free(number);
}

/* A list of the root's; revoked NULL: empty. */
static daotp__buffer root_list(X509 *revoked)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *then = ASN1_TIME_set(NULL, FORGE_NOW - FORGE_HOUR);
    ASN1_TIME *next = ASN1_TIME_set(NULL, FORGE_NOW + FORGE_HOUR);
    X509_REVOKED *entry = revoked != NULL ? X509_REVOKED_new() : NULL;
    uint8_t *der = NULL;
    daotp__buffer out;
    int len;

    assert_true(X509_CRL_set_version(crl, 1) &&
                X509_CRL_set_issuer_name(crl, X509_get_subject_name(world.root)) &&
                X509_CRL_set1_lastUpdate(crl, then) && X509_CRL_set1_nextUpdate(crl, next));
    if (entry != NULL)
        assert_true(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked)) &&
                    X509_REVOKED_set_revocationDate(entry, then) &&
                    X509_CRL_add0_revoked(crl, entry));
    number_list(crl);
    assert_true(X509_CRL_sign(crl, world.root_key, EVP_sha256()) > 0);
    len = i2d_X509_CRL(crl, &der);
    daotp__buffer_init(&out, 4096);
    daotp__buffer_add(&out, der, (size_t)len);
    OPENSSL_free(der);
    ASN1_TIME_free(then);
    ASN1_TIME_free(next);
    X509_CRL_free(crl);
    return out;
}

static void verify_client_by(fixture *f, X509 *anchor, const daotp__buffer *list,
                             daotp_revocation mode)
{
    daotp__buffer der = forge_der(anchor);
    daotp_trust *trust;

    assert_int_equal(daotp_trust_new(f->context, &trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(trust, der.data, der.len, NULL), DAOTP_OK);
    if (list != NULL)
        assert_int_equal(daotp_trust_add_crls(trust, list->data, list->len, NULL), DAOTP_OK);
    assert_int_equal(daotp_responder_set_trust(f->responder, trust, mode), DAOTP_OK);
    daotp_trust_unref(trust);
    daotp__buffer_free(&der);
}

static void refused_at_the_door(fixture *f, daotp_finding_number why)
{
    daotp_exchange *x = begin(f);

    assert_int_equal(daotp_exchange_step(x), DAOTP_REJECTED);
    assert_int_equal(daotp_exchange_get_http_status(x), 403);
    assert_true(has(x, why));
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(daotp_exchange_get_report(x))),
                     DAOTP_FINDING_SERVE_CLIENT_REFUSED);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_cause(daotp_exchange_get_report(x))),
                     why);
    assert_int_equal(f->users + f->codes, 0);
    daotp_exchange_free(x);
}

static void served(fixture *f)
{
    daotp_exchange *x = begin(f);

    assert_int_equal(daotp_exchange_step(x), DAOTP_OK);
    assert_int_equal(answered(x), DAOTP__OTPCE_SUCCESS);
    assert_int_equal(f->codes, 1);
    f->users = f->codes = 0;
    daotp_exchange_free(x);
}

/* TLS says whose key it is; whether the certificate holds, and still holds, is said by the trust.
 */
static void clients_are_judged_by_path_and_revocation(void **state)
{
    fixture *f = fixture_new();
    daotp__buffer empty = root_list(NULL), machine = root_list(world.machine),
                  user = root_list(world.user);

    (void)state;
    verify_client_by(f, world.root, &empty, DAOTP_REVOCATION_REQUIRE);
    served(f);
    verify_client_by(f, world.root, &user, DAOTP_REVOCATION_REQUIRE);
    served(f);
    verify_client_by(f, world.root, &machine, DAOTP_REVOCATION_REQUIRE);
    refused_at_the_door(f, DAOTP_FINDING_REVOKED);
    verify_client_by(f, world.root, &machine, DAOTP_REVOCATION_PREFER);
    refused_at_the_door(f, DAOTP_FINDING_REVOKED);
    verify_client_by(f, world.root, &machine, DAOTP_REVOCATION_IGNORE);
    served(f);
    verify_client_by(f, world.root, NULL, DAOTP_REVOCATION_PREFER);
    served(f);
    verify_client_by(f, world.root, NULL, DAOTP_REVOCATION_REQUIRE);
    refused_at_the_door(f, DAOTP_FINDING_CRL_MISSING);
    verify_client_by(f, world.user, NULL, DAOTP_REVOCATION_IGNORE);
    refused_at_the_door(f, DAOTP_FINDING_CHAIN_ISSUER_MISSING);
    assert_int_equal(daotp_responder_set_trust(f->responder, NULL, DAOTP_REVOCATION_REQUIRE),
                     DAOTP_OK);
    served(f);
    daotp__buffer_free(&empty);
    daotp__buffer_free(&machine);
    daotp__buffer_free(&user);
    fixture_free(f);
}

/* A certificate of the trust that is meant for something else opens no door. */
static void a_client_must_be_meant_for_it(void **state)
{
    fixture *f = fixture_new();
    daotp__buffer der = forge_der(world.ra);
    daotp_exchange *x;

    (void)state;
    verify_client_by(f, world.root, NULL, DAOTP_REVOCATION_IGNORE);
    served(f);
    x = begin(f);
    assert_int_equal(daotp_exchange_set_peer_certificate(x, der.data, der.len), DAOTP_OK);
    assert_int_equal(daotp_exchange_step(x), DAOTP_REJECTED);
    assert_int_equal(daotp_exchange_get_http_status(x), 403);
    assert_true(has(x, DAOTP_FINDING_SERVE_CLIENT_REFUSED));
    assert_int_equal(f->users + f->codes, 0);
    daotp_exchange_free(x);
    daotp__buffer_free(&der);
    fixture_free(f);
}

/* A certificate that no CA would take a signature of spends nobody's code. */
static void the_authority_is_judged_before_the_code(void **state)
{
    fixture *f = fixture_bare();
    daotp_exchange *x;
    forge_spec spec = forge_ra_spec(&world, world.ra_key);
    X509 *ra;

    (void)state;
    spec.issuer_key = world.user_key; /* the name is the root's, the signature is not */
    ra = forge_certificate(&spec);
    set_signer(f, ra, world.ra_key);
    assert_int_equal(daotp_responder_add_issuing_ca(f->responder, CA_NAME), DAOTP_OK);
    verify_client_by(f, world.root, NULL, DAOTP_REVOCATION_IGNORE);
    x = begin(f);
    assert_int_not_equal(daotp_exchange_step(x), DAOTP_OK);
    assert_true(has(x, DAOTP_FINDING_RA_CHAIN));
    assert_int_equal(answered(x), DAOTP__OTPCE_OTHER_ERROR);
    assert_int_equal(f->codes, 0);
    X509_free(ra);
    end(f, x);
}

/* ---- its files --------------------------------------------------------------------------------
 */

typedef struct files {
    char folder[64], certificate[96], key[96];
} files;

static void write_pem(const char *path, const daotp__buffer *pem, mode_t mode)
{
    char temporary[128];
    FILE *out;

    /* as a renewal does it: a new file in the place of the old */
    (void)snprintf(temporary, sizeof temporary, "%s.new", path);
    out = fopen(temporary, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(pem->data, 1, pem->len, out), pem->len);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(temporary, mode), 0);
    assert_int_equal(rename(temporary, path), 0);
}

static void write_pair(const files *at, X509 *certificate, EVP_PKEY *key)
{
    daotp__buffer pem;

    daotp__buffer_init(&pem, 1 << 20);
    if (certificate != NULL) {
        forge_pem(&pem, certificate);
        write_pem(at->certificate, &pem, 0644);
    }
    daotp__buffer_free(&pem);
    if (key != NULL) {
        forge_key_pem(&pem, key);
        write_pem(at->key, &pem, 0600);
    }
    daotp__buffer_free(&pem);
}

static void make_files(files *at)
{
    scratch_folder(at->folder, sizeof at->folder);
    (void)snprintf(at->certificate, sizeof at->certificate, "%s/ra.pem", at->folder);
    (void)snprintf(at->key, sizeof at->key, "%s/ra.key", at->folder);
}

static void remove_files(const files *at)
{
    (void)unlink(at->certificate);
    (void)unlink(at->key);
    assert_int_equal(rmdir(at->folder), 0);
}

/* One exchange; the serial of the certificate that signed, 0 for none. */
static long signed_by(fixture *f, daotp_finding_number *shown)
{
    daotp_exchange *x = begin(f);
    daotp_status verdict = daotp_exchange_step(x);
    daotp__otpce_response response;
    const uint8_t *body;
    size_t len;
    long serial = 0;

    *shown = daotp_finding_get_number(daotp_report_get_finding(daotp_exchange_get_report(x), 0));
    if (verdict == DAOTP_OK) {
        daotp__signed_data cms;
        daotp__certificate ra;

        body = daotp_exchange_get_body(x, &len);
        daotp__otpce_response_init(&response);
        assert_int_equal(daotp__otpce_response_read((daotp__bytes){body, len}, &response, NULL),
                         DAOTP_OK);
        assert_true(daotp__signed_data_read(daotp__buffer_bytes(&response.cmc), &cms));
        assert_int_equal(cms.certificate_count, 1);
        assert_true(daotp__certificate_read(cms.certificates[0], &ra));
        for (size_t i = 0; i < ra.serial.len; i++)
            serial = serial << 8 | ra.serial.data[i];
        daotp__otpce_response_free(&response);
    } else {
        assert_int_equal(answered(x), DAOTP__OTPCE_OTHER_ERROR);
    }
    assert_no_secret(f, x);
    daotp_exchange_free(x);
    return serial;
}

static long serial_of(X509 *x509)
{
    return ASN1_INTEGER_get(X509_get0_serialNumber(x509));
}

/* In place, or in the place of the old; so many bytes, of that time. */
static void write_at(const files *at, X509 *certificate, bool anew, size_t size, int64_t mtime_ns)
{
    const struct timespec times[2] = {
        {.tv_sec = 1}, {.tv_sec = mtime_ns / 1000000000, .tv_nsec = mtime_ns % 1000000000}};
    daotp__buffer pem;
    char path[128];
    FILE *out;

    daotp__buffer_init(&pem, 1 << 20);
    forge_pem(&pem, certificate);
    assert_true(pem.len <= size);
    while (pem.len < size)
        daotp__buffer_byte(&pem, '\n');
    (void)snprintf(path, sizeof path, "%s%s", at->certificate, anew ? ".new" : "");
    out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(pem.data, 1, pem.len, out), pem.len);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    if (anew)
        assert_int_equal(rename(path, at->certificate), 0);
    daotp__buffer_free(&pem);
}

/* Each of what tells a changed file from the same one is enough: a copy may keep the date, a
 * coarse clock the second, a new certificate the size. */
static void any_sign_of_a_change_is_enough(void **state)
{
    enum { SIZE = 4096 };
    static const struct {
        const char *what;
        bool anew;
        size_t size;
        int64_t mtime_ns;
    } rows[] = {{"another file", true, SIZE, 5000000000},
                {"another size", false, SIZE + 1, 5000000000},
                {"another second", false, SIZE + 1, 6000000000},
                {"another nanosecond", false, SIZE + 1, 6000000001}};
    forge_spec spec = forge_ra_spec(&world, world.ra_key);
    X509 *both[2] = {world.ra, forge_certificate(&spec)};
    fixture *f = fixture_bare();
    daotp_finding_number shown;
    files at;

    (void)state;
    make_files(&at);
    assert_int_equal(daotp_responder_add_issuing_ca(f->responder, CA_NAME), DAOTP_OK);
    assert_int_equal(daotp_responder_set_signer_files(f->responder, at.certificate, at.key),
                     DAOTP_OK);
    write_pair(&at, NULL, world.ra_key);
    write_at(&at, both[0], true, SIZE, 5000000000);
    assert_int_equal(signed_by(f, &shown), serial_of(both[0]));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        X509 *next = both[(i + 1) % 2];

        write_at(&at, next, rows[i].anew, rows[i].size, rows[i].mtime_ns);
        if (signed_by(f, &shown) != serial_of(next))
            fail_msg("%s", rows[i].what);
        assert_int_equal(shown, DAOTP_FINDING_SERVE_RA_RELOADED);
    }
    remove_files(&at);
    fixture_free(f);
    X509_free(both[1]);
}

static void files_are_read_again_when_they_change(void **state)
{
    EVP_PKEY *new_key = forge_p256();
    forge_spec spec = forge_ra_spec(&world, new_key);
    X509 *renewed = forge_certificate(&spec);
    long old = ASN1_INTEGER_get(X509_get0_serialNumber(world.ra));
    long new = ASN1_INTEGER_get(X509_get0_serialNumber(renewed));
    fixture *f = fixture_bare();
    daotp_finding_number shown;
    files at;

    (void)state;
    make_files(&at);
    assert_int_equal(daotp_responder_add_issuing_ca(f->responder, CA_NAME), DAOTP_OK);
    assert_int_equal(daotp_responder_set_signer_files(f->responder, at.certificate, at.key),
                     DAOTP_OK);
    assert_int_equal(signed_by(f, &shown), 0); /* they are not there yet */
    assert_int_equal(shown, DAOTP_FINDING_FILE_READ);
    write_pair(&at, world.ra, world.ra_key);
    assert_int_equal(signed_by(f, &shown), old);
    assert_int_equal(shown, DAOTP_FINDING_NONE); /* the first is no reload */
    assert_int_equal(signed_by(f, &shown), old);
    assert_int_equal(shown, DAOTP_FINDING_NONE);
    /* certificate first, key not yet: the old pair stays in use */
    write_pair(&at, renewed, NULL);
    assert_int_equal(signed_by(f, &shown), old);
    assert_int_equal(shown, DAOTP_FINDING_KEY_MISMATCH);
    write_pair(&at, NULL, new_key);
    assert_int_equal(signed_by(f, &shown), new);
    assert_int_equal(shown, DAOTP_FINDING_SERVE_RA_RELOADED);
    assert_int_equal(signed_by(f, &shown), new);
    assert_int_equal(shown, DAOTP_FINDING_NONE);
    /* a pair that cannot be used leaves the good one in use */
    write_pair(&at, world.ra, NULL);
    {
        daotp__buffer junk;

        daotp__buffer_init(&junk, 100);
        daotp__buffer_text(&junk, "junk");
        write_pem(at.key, &junk, 0600);
        daotp__buffer_free(&junk);
    }
    assert_int_equal(signed_by(f, &shown), new);
    assert_int_equal(shown, DAOTP_FINDING_KEY_READ);
    /* a key that others may read is none */
    write_pair(&at, world.ra, world.ra_key);
    assert_int_equal(chmod(at.key, 0640), 0);
    assert_int_equal(signed_by(f, &shown), new);
    assert_int_equal(shown, DAOTP_FINDING_FILE_OPEN_TO_OTHERS);
    assert_int_equal(unlink(at.key), 0);
    assert_int_equal(signed_by(f, &shown), new);
    assert_int_equal(shown, DAOTP_FINDING_FILE_READ);
    write_pair(&at, NULL, world.ra_key);
    assert_int_equal(signed_by(f, &shown), old);
    /* a signer set outright ends it */
    write_pair(&at, renewed, new_key);
    set_signer(f, world.ra, world.ra_key);
    assert_int_equal(signed_by(f, &shown), old);
    assert_int_equal(shown, DAOTP_FINDING_NONE);
    remove_files(&at);
    fixture_free(f);
    X509_free(renewed);
    EVP_PKEY_free(new_key);
}

/* A new pair that may not sign is no better than one that cannot be read. */
static void a_new_pair_that_is_no_authority_keeps_the_old(void **state)
{
    forge_spec spec = forge_ra_spec(&world, world.machine_key);
    long old = ASN1_INTEGER_get(X509_get0_serialNumber(world.ra));
    fixture *f = fixture_bare();
    daotp_finding_number shown;
    X509 *wrong, *over;
    files at;

    (void)state;
    forge_set(spec.extensions, "extendedKeyUsage", "clientAuth");
    wrong = forge_certificate(&spec);
    spec = forge_ra_spec(&world, world.machine_key);
    spec.not_before = FORGE_NOW - 100 * FORGE_HOUR;
    spec.not_after = FORGE_NOW - 52 * FORGE_HOUR;
    over = forge_certificate(&spec);
    make_files(&at);
    assert_int_equal(daotp_responder_add_issuing_ca(f->responder, CA_NAME), DAOTP_OK);
    assert_int_equal(daotp_responder_set_signer_files(f->responder, at.certificate, at.key),
                     DAOTP_OK);
    write_pair(&at, world.ra, world.ra_key);
    assert_int_equal(signed_by(f, &shown), old);
    write_pair(&at, wrong, world.machine_key);
    assert_int_equal(signed_by(f, &shown), old);
    assert_int_equal(shown, DAOTP_FINDING_RA_EKU);
    write_pair(&at, over, world.machine_key);
    assert_int_equal(signed_by(f, &shown), old);
    assert_int_equal(shown, DAOTP_FINDING_RA_VALIDITY);
    remove_files(&at);
    X509_free(wrong);
    X509_free(over);
    fixture_free(f);
}

/* A responder that has signed nothing yet has the pair that was there when the files were named. */
static void the_pair_that_was_named_outlives_a_bad_one(void **state)
{
    long old = ASN1_INTEGER_get(X509_get0_serialNumber(world.ra));
    fixture *f = fixture_bare();
    daotp_finding_number shown;
    files at;

    (void)state;
    make_files(&at);
    write_pair(&at, world.ra, world.ra_key);
    assert_int_equal(daotp_responder_add_issuing_ca(f->responder, CA_NAME), DAOTP_OK);
    assert_int_equal(daotp_responder_set_signer_files(f->responder, at.certificate, at.key),
                     DAOTP_OK);
    write_pair(&at, NULL, world.machine_key);
    assert_int_equal(signed_by(f, &shown), old);
    assert_int_equal(shown, DAOTP_FINDING_KEY_MISMATCH);
    remove_files(&at);
    fixture_free(f);
}

/* ---- setters ----------------------------------------------------------------------------------
 */

static void setters_check_what_they_get(void **state)
{
    static const char *const bad_cas[] = {"",       "host",    "\\name", "host\\",
                                          "h\n\\n", "h\\\xFF", NULL};
    static const char *const bad_oids[] = {"", "1", "3.1.1", "1.2.", "a.b", "1..2", NULL};
    fixture *f = fixture_bare();
    daotp_responder *bare;
    daotp_exchange *x;
    unsigned count = 0;

    (void)state;
    for (size_t i = 0; i < sizeof bad_cas / sizeof bad_cas[0]; i++)
        assert_int_equal(daotp_responder_add_issuing_ca(f->responder, bad_cas[i]), DAOTP_USAGE);
    for (size_t i = 0; i < sizeof bad_oids / sizeof bad_oids[0]; i++)
        assert_int_equal(daotp_responder_set_template(f->responder, bad_oids[i]), DAOTP_USAGE);
    while (count < 100 && daotp_responder_add_issuing_ca(f->responder, CA_NAME) == DAOTP_OK)
        count++;
    assert_int_equal(count, DAOTP__MAX_ISSUING_CAS);
    assert_int_equal(daotp_exchange_new(f->responder, "POST", NULL, 1, &x), DAOTP_USAGE);
    assert_null(x);
    assert_int_equal(daotp_exchange_new(f->responder, NULL, "x", 1, &x), DAOTP_USAGE);
    assert_int_equal(daotp_exchange_new(f->responder, "POST", NULL, 0, &x), DAOTP_OK);
    daotp_exchange_free(x);
    /* without a template every request would do */
    assert_int_equal(daotp_responder_new(f->context, &bare), DAOTP_OK);
    assert_int_equal(daotp_exchange_new(bare, "POST", "x", 1, &x), DAOTP_USAGE);
    assert_null(x);
    daotp_responder_free(bare);
    fixture_free(f);
}

static void an_exchange_can_be_freed_at_any_moment(void **state)
{
    fixture *f = fixture_new();
    daotp_exchange *x = begin(f);

    (void)state;
    daotp_exchange_free(x); /* before it is stepped */
    f->user_answer = LATER;
    x = begin(f);
    assert_int_equal(daotp_exchange_step(x), DAOTP_AGAIN);
    daotp_exchange_free(x);
    f->user_answer = DAOTP_USER_FOUND;
    f->code_answer = LATER;
    x = begin(f);
    assert_int_equal(daotp_exchange_step(x), DAOTP_AGAIN);
    daotp_exchange_free(x);
    fixture_free(f);
}

/* The longest that fits, and what does not. */
static bool is_wiped(const daotp__buffer *buffer)
{
    for (size_t i = 0; i < buffer->capacity; i++)
        if (buffer->data[i] != 0)
            return false;
    return buffer->len == 0;
}

/* Code and body stand in pages for secrets; the next exchange gets them, wiped. */
static void pages_of_secrets_are_wiped_and_handed_on(void **state)
{
    fixture *f = fixture_new();
    daotp_exchange *x = begin(f);
    const uint8_t *body, *code;

    (void)state;
    assert_null(f->responder->spare_body.data);
    assert_int_equal(daotp_exchange_step(x), DAOTP_OK);
    daotp_exchange_free(x);
    body = f->responder->spare_body.data;
    code = f->responder->spare_code.data;
    assert_true(body != NULL && f->responder->spare_body.is_secret);
    assert_true(code != NULL && f->responder->spare_code.is_secret);
    assert_true(is_wiped(&f->responder->spare_body) && is_wiped(&f->responder->spare_code));
    x = begin(f);
    assert_null(f->responder->spare_body.data);
    assert_null(f->responder->spare_code.data);
    assert_int_equal(daotp_exchange_step(x), DAOTP_OK);
    assert_ptr_equal(f->responder->spare_body.data, body);
    assert_ptr_equal(f->responder->spare_code.data, code);
    end(f, x);
}

static void names_and_codes_have_limits(void **state)
{
    static char name[DAOTP__MAX_USER_NAME + 2], code[DAOTP__MAX_OTP + 2];

    (void)state;
    memset(name, 'n', sizeof name - 1);
    memset(code, '7', sizeof code - 1);
    for (int over = 0; over < 3; over++) {
        fixture *f = fixture_new();
        daotp__buffer csr = good_csr(), body;
        daotp_exchange *x;

        name[over == 1 ? DAOTP__MAX_USER_NAME + 1 : DAOTP__MAX_USER_NAME] = '\0';
        daotp__buffer_init(&body, DAOTP__MAX_OTP_MESSAGE);
        assert_int_equal(daotp__otpce_request_write(
                             name,
                             (daotp__bytes){(const uint8_t *)code, DAOTP__MAX_OTP + (over == 2)},
                             daotp__buffer_bytes(&csr), &body),
                         DAOTP_OK);
        x = post(f, body.data, body.len);
        (void)daotp_exchange_step(x);
        assert_int_equal(daotp_exchange_get_http_status(x), over > 0 ? 400 : 200);
        if (over == 0) {
            assert_int_equal(f->code_len, DAOTP__MAX_OTP);
            assert_int_equal(strlen(f->user_name), DAOTP__MAX_USER_NAME);
        }
        name[DAOTP__MAX_USER_NAME] = 'n';
        daotp__buffer_free(&csr);
        daotp__buffer_free(&body);
        daotp_exchange_free(x);
        fixture_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_request_is_signed),
        cmocka_unit_test(an_rsa_authority_signs_too),
        cmocka_unit_test(headers_go_with_the_answer),
        cmocka_unit_test(failures_come_in_order_and_burn_no_code_too_early),
        cmocka_unit_test(without_callbacks_nobody_is_known_and_no_code_is_right),
        cmocka_unit_test(a_rule_for_names_needs_no_directory),
        cmocka_unit_test(a_spent_budget_is_answered_as_a_wrong_code),
        cmocka_unit_test(requests_at_once_do_not_exceed_the_budget),
        cmocka_unit_test(a_user_is_one_however_written),
        cmocka_unit_test(a_name_in_two_forms_is_one_by_the_rule),
        cmocka_unit_test(without_state_no_code_is_looked_at),
        cmocka_unit_test(a_budget_is_there_unless_set),
        cmocka_unit_test(answers_may_come_later_and_each_is_asked_once),
        cmocka_unit_test(a_code_that_was_asked_about_is_forgotten),
        cmocka_unit_test(who_does_not_answer_in_time_did_not_answer),
        cmocka_unit_test(an_answer_in_the_last_moment_counts),
        cmocka_unit_test(the_time_out_has_bounds),
        cmocka_unit_test(exchanges_do_not_mix),
        cmocka_unit_test(what_cannot_be_carried_out_is_an_http_status),
        cmocka_unit_test(a_front_without_client_certificates_can_be_allowed),
        cmocka_unit_test(a_peer_certificate_must_be_one),
        cmocka_unit_test(a_peer_certificate_that_cannot_be_used_is_told),
        cmocka_unit_test(headers_and_certificate_are_set_before_the_first_step),
        cmocka_unit_test(the_published_messages_as_requests),
        cmocka_unit_test(each_defect_of_a_request_is_found),
        cmocka_unit_test(what_is_on_no_list_is_refused_by_name),
        cmocka_unit_test(the_accounts_own_sid_may_be_asked_for),
        cmocka_unit_test(a_principal_that_says_the_upn_is_allowed),
        cmocka_unit_test(what_stands_twice_is_named),
        cmocka_unit_test(what_is_no_pkcs10_is_csr_der),
        cmocka_unit_test(keys_of_servers_and_authorities_are_not_certified),
        cmocka_unit_test(what_is_reserved_are_certificates),
        cmocka_unit_test(no_changed_request_is_signed),
        cmocka_unit_test(a_subject_without_a_known_dn_is_refused),
        cmocka_unit_test(a_user_without_upn_is_no_match),
        cmocka_unit_test(an_authority_at_its_end_is_told),
        cmocka_unit_test(an_authority_that_may_not_is_not_used),
        cmocka_unit_test(what_was_judged_is_what_signs),
        cmocka_unit_test(clients_are_judged_by_path_and_revocation),
        cmocka_unit_test(a_client_must_be_meant_for_it),
        cmocka_unit_test(the_authority_is_judged_before_the_code),
        cmocka_unit_test(any_sign_of_a_change_is_enough),
        cmocka_unit_test(files_are_read_again_when_they_change),
        cmocka_unit_test(the_pair_that_was_named_outlives_a_bad_one),
        cmocka_unit_test(a_new_pair_that_is_no_authority_keeps_the_old),
        cmocka_unit_test(setters_check_what_they_get),
        cmocka_unit_test(an_exchange_can_be_freed_at_any_moment),
        cmocka_unit_test(pages_of_secrets_are_wiped_and_handed_on),
        cmocka_unit_test(names_and_codes_have_limits),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
