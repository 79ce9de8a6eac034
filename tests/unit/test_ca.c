/* SPDX-License-Identifier: BSD-2-Clause */
/* Ways to a certification authority: a transport of our own, by itself and in whole enrolments;
 * WSTEP's URLs. */
#include "cmc_answer.h"
#include "scene.h"
#include "testing.h"

#include "ca/ca.h"
#include "ca/hresult.h"
#include "ca/issued_pair.h"
#include "ca/wstep.h"
#include "client/client.h"
#include "core/alloc.h"
#include "x509/key.h"

#include <daotp/ra.h>

static const uint8_t cmc[] = "a signed request";

/* ---- a submission by itself ------------------------------------------------------------------ */

typedef struct fixture {
    daotp_context *context;
    daotp_report *report;
    daotp_key *key;
    daotp_ca *ca;
    fake_ca fake;
    daotp__refusals *refusals;
    daotp__submission_spec spec;
} fixture;

static forge_world world;

static int set_up(void **state)
{
    (void)state;
    world = forge_world_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    forge_world_free(&world);
    return 0;
}

static fixture *fixture_new(const char *config, fake_line line)
{
    static fixture f;

    f = (fixture){.context = forge_context(), .fake.script = {line}};
    assert_int_equal(daotp_report_new(f.context, &f.report), DAOTP_OK);
    f.key = forge_key(f.context, world.user_key);
    daotp__buffer_init(&f.fake.certificate, 1 << 20);
    forge_pem(&f.fake.certificate, world.user);
    forge_pem(&f.fake.certificate, world.root);
    assert_int_equal(daotp_ca_new(f.context, &fake_transport, &f.fake, &f.ca), DAOTP_OK);
    assert_int_equal(daotp_ca_allow_host(f.ca, "h"), DAOTP_OK);
    assert_int_equal(daotp_ca_allow_host(f.ca, "other"), DAOTP_OK);
    assert_int_equal(daotp__refusals_new(&f.refusals), DAOTP_OK);
    f.spec = (daotp__submission_spec){.context = f.context,
                                      .request = {cmc, sizeof cmc},
                                      .config = config,
                                      .spki = daotp__key_spki(f.key),
                                      .connect_ms = 1000,
                                      .user = "CORP\\alice",
                                      .refusals = f.refusals,
                                      .report = f.report};
    return &f;
}

static void fixture_free(fixture *f)
{
    daotp__refusals_free(f->refusals);
    daotp_ca_unref(f->ca);
    assert_int_equal(f->fake.freed, 1);
    assert_int_equal(f->fake.ended, f->fake.begun); /* once for each that was not refused */
    fake_ca_clear(&f->fake);
    daotp_key_unref(f->key);
    daotp_report_free(f->report);
    daotp_context_unref(f->context);
}

static daotp_finding_number error_of(const daotp_report *report)
{
    return daotp_finding_get_number(daotp_report_get_error(report));
}

static void the_config_is_split_at_the_first_backslash(void **state)
{
    static const struct {
        const char *config, *host, *name;
    } cases[] = {
        {"ca.corp.example\\Corp CA", "ca.corp.example", "Corp CA"},
        {"h\\n", "h", "n"},
        {"h\\a\\b", "h", "a\\b"},
        {"h\\ blank first", "h", " blank first"},
        {"no backslash", NULL, NULL},
        {"\\name", NULL, NULL},
        {"host\\", NULL, NULL},
        {"\\", NULL, NULL},
        {"", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new(cases[i].config, (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
        daotp_submission *submission;
        daotp_status status = daotp__submission_new(f->ca, &f->spec, &submission);

        if (cases[i].host == NULL) {
            assert_int_equal(status, DAOTP_PEER);
            assert_null(submission);
            assert_int_equal(error_of(f->report), DAOTP_FINDING_CA_CONFIG);
            assert_int_equal(f->fake.begun, 0);
        } else {
            size_t len;

            assert_int_equal(status, DAOTP_OK);
            assert_string_equal(daotp_submission_get_config(submission), cases[i].config);
            assert_string_equal(daotp_submission_get_host(submission), cases[i].host);
            assert_string_equal(daotp_submission_get_ca_name(submission), cases[i].name);
            assert_ptr_equal(daotp_submission_get_request(submission, &len), cmc);
            assert_int_equal(len, sizeof cmc);
            assert_ptr_equal(daotp_submission_get_report(submission), f->report);
            assert_null(daotp_submission_get_trust(submission));
        }
        daotp__submission_free(submission);
        fixture_free(f);
    }
}

static void each_outcome_has_its_status_and_finding(void **state)
{
    static const struct {
        fake_line line;
        daotp_status status;
        daotp_finding_number finding;
    } cases[] = {
        {{NULL, FAKE_ISSUE, 0, 0, NULL}, DAOTP_OK, DAOTP_FINDING_NONE},
        {{NULL, FAKE_ISSUE_JUNK, 0, 0, NULL}, DAOTP_PEER, DAOTP_FINDING_CA_RESPONSE},
        {{NULL, FAKE_NOTHING, 0, 0, NULL}, DAOTP_PEER, DAOTP_FINDING_CA_MESSAGE},
        {{NULL, FAKE_PEND, 0, 0, "77"}, DAOTP_REJECTED, DAOTP_FINDING_CA_PENDING},
        {{NULL, FAKE_PEND, 0, 0, NULL}, DAOTP_REJECTED, DAOTP_FINDING_CA_PENDING},
        {{NULL, FAKE_DENY, 0x80094012, 0, "Zugriff verweigert"},
         DAOTP_REJECTED,
         DAOTP_FINDING_CA_TEMPLATE_DENIED},
        {{NULL, FAKE_DENY, 0x80094800, 0, NULL},
         DAOTP_REJECTED,
         DAOTP_FINDING_CA_TEMPLATE_UNSUPPORTED},
        {{NULL, FAKE_DENY, 0x12345678, 0, "\x1B[2J\nline"},
         DAOTP_REJECTED,
         DAOTP_FINDING_CA_DENIED},
        {{NULL, FAKE_DENY, 0, 0, NULL}, DAOTP_REJECTED, DAOTP_FINDING_CA_DENIED},
        {{NULL, FAKE_FAIL, 0, DAOTP_NETWORK, NULL}, DAOTP_NETWORK, DAOTP_FINDING_CA_UNEXPLAINED},
        {{NULL, FAKE_FAIL, 0, (daotp_status)99, NULL},
         DAOTP_INTERNAL,
         DAOTP_FINDING_CA_UNEXPLAINED},
        {{NULL, FAKE_FAIL, 0, (daotp_status)-1, NULL},
         DAOTP_INTERNAL,
         DAOTP_FINDING_CA_UNEXPLAINED},
        {{NULL, FAKE_FAIL, 0, DAOTP_MEMORY, NULL}, DAOTP_MEMORY, DAOTP_FINDING_NONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new("h\\n", cases[i].line);
        daotp_submission *submission;
        daotp_status status;
        const char *found;

        f->fake.again = 3;
        assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
        assert_int_equal(daotp__submission_fd(submission), -1);
        assert_int_equal(daotp__submission_timeout_ms(submission), 0);
        while ((status = daotp__submission_step(submission)) == DAOTP_AGAIN)
            ;
        assert_int_equal(f->fake.steps, 4);
        if (status != cases[i].status || error_of(f->report) != cases[i].finding)
            fail_msg("case %zu: status %u, %s", i, (unsigned)status,
                     daotp_catalogue_get_id(error_of(f->report)));
        found = daotp_finding_get_found(daotp_report_get_error(f->report));
        if (cases[i].line.act == FAKE_DENY) {
            assert_int_equal(daotp__submission_hresult(submission), cases[i].line.hresult);
            assert_int_equal(daotp_finding_get_upstream(daotp_report_get_error(f->report)),
                             cases[i].line.hresult);
            assert_non_null(strstr(found, daotp__hresult_name(cases[i].line.hresult)));
            assert_null(strpbrk(found, "\x1B\n"));
        }
        if (cases[i].line.act == FAKE_PEND && cases[i].line.text != NULL)
            assert_non_null(strstr(found, cases[i].line.text));
        if (status == DAOTP_OK)
            assert_int_equal(daotp__submission_chain(submission)->count, 2);
        daotp__submission_free(submission);
        fixture_free(f);
    }
}

static void a_certificate_for_another_key_is_no_answer(void **state)
{
    fixture *f = fixture_new("h\\n", (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
    daotp_submission *submission;

    (void)state;
    daotp__buffer_free(&f->fake.certificate);
    forge_pem(&f->fake.certificate, world.machine);
    assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
    assert_int_equal(daotp__submission_step(submission), DAOTP_PEER);
    assert_int_equal(error_of(f->report), DAOTP_FINDING_CA_RESPONSE);
    daotp__submission_free(submission);
    fixture_free(f);
}

/* The code was spent for this answer: what can be read of it is taken. */
static void one_readable_token_of_two_is_enough(void **state)
{
    static const uint8_t junk[] = "junk";
    const daotp__bytes bad = {junk, sizeof junk}, none = {NULL, 0};

    (void)state;
    for (int which = 0; which < 5; which++) {
        fixture *f = fixture_new("h\\n", (fake_line){NULL, FAKE_NOTHING, 0, 0, NULL});
        const daotp__bytes good = daotp__buffer_bytes(&f->fake.certificate);
        const daotp__bytes pairs[][2] = {
            {good, bad}, {bad, good}, {none, good}, {bad, none}, {none, none}};
        daotp_status wanted = which < 3 ? DAOTP_OK : DAOTP_PEER;
        daotp_submission *submission;

        assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
        assert_int_equal(daotp__issued_take_pair(submission, pairs[which][0], pairs[which][1]),
                         wanted);
        assert_int_equal(daotp_report_get_count(f->report), which == 2 ? 0 : 1);
        if (which < 3)
            assert_null(daotp_report_get_error(f->report));
        else
            assert_int_equal(error_of(f->report), DAOTP_FINDING_CA_RESPONSE);
        daotp__submission_free(submission);
        fixture_free(f);
    }
}

/* ---- CMC full responses ---------------------------------------------------------------------- */

typedef struct cmc_case {
    cmc_answer answer;
    bool has_leaf;
    daotp_status status;
    daotp_finding_number finding; /* the error, or with DAOTP_OK the first */
    const char *found, *found_too;
} cmc_case;

static const cmc_case cmc_cases[] = {
    {{.status = 0, .fail_info = -1}, true, DAOTP_OK, DAOTP_FINDING_NONE, "", ""},
    {{.status = -1, .fail_info = -1}, true, DAOTP_OK, DAOTP_FINDING_NONE, "", ""},
    {{.status = 2, .fail_info = 2, .text = "Denied by Policy Module"},
     false,
     DAOTP_REJECTED,
     DAOTP_FINDING_CA_DENIED,
     "Denied by Policy Module",
     "failed, badRequest"},
    {{.is_v2 = true, .status = 2, .fail_info = 13, .text = "no"},
     false,
     DAOTP_REJECTED,
     DAOTP_FINDING_CA_DENIED,
     "no",
     "authDataFail"},
    {{.status = 2, .fail_info = 2, .text = "Denied by Policy Module  0x80094012, no permission"},
     false,
     DAOTP_REJECTED,
     DAOTP_FINDING_CA_TEMPLATE_DENIED,
     "no permission",
     "0x80094012"},
    {{.has_success_before = true, .status = 2, .fail_info = -1, .text = "second"},
     false,
     DAOTP_REJECTED,
     DAOTP_FINDING_CA_DENIED,
     "second",
     "failed"},
    {{.status = 2, .fail_info = 9, .text = "no"},
     false,
     DAOTP_REJECTED,
     DAOTP_FINDING_CA_DENIED,
     "failed, popFailed: no",
     "the proof of possession of the private key did not verify"},
    {{.is_v2 = true, .status = 2, .fail_info = 77, .text = "by hand"},
     false,
     DAOTP_REJECTED,
     DAOTP_FINDING_CA_DENIED,
     "failed, unknown failInfo 77: by hand",
     "RFC 5272 6.1.4 does not define this number"},
    {{.status = 2, .fail_info = -1, .fail_info_octets = {(const uint8_t *)"\x80\x09\x40\x12", 4}},
     false,
     DAOTP_REJECTED,
     DAOTP_FINDING_CA_TEMPLATE_DENIED,
     "failed, 0x80094012 CERTSRV_E_TEMPLATE_DENIED",
     "an HRESULT"},
    {{.is_v2 = true, .status = 2, .fail_info = -1, .text = "no", .extended = "\x02\x01\x07"},
     false,
     DAOTP_REJECTED,
     DAOTP_FINDING_CA_DENIED,
     "failed, extendedFailInfo ",
     "(1.2.840.113549.1.7.2): 7: no"},
    {{.is_v2 = true,
      .status = 2,
      .fail_info = -1,
      .extended = "\x0c\x05quota",
      .extended_tag = DAOTP__DER_CONTEXT_CONSTRUCTED(1)},
     false,
     DAOTP_REJECTED,
     DAOTP_FINDING_CA_DENIED,
     "extendedFailInfo ",
     ": quota"},
    {{.is_v2 = true, .status = 2, .fail_info = -1, .extended = "\x04\x02\x41\x42"},
     false,
     DAOTP_REJECTED,
     DAOTP_FINDING_CA_DENIED,
     "extendedFailInfo ",
     ": 04024142"},
    {{.status = 4, .fail_info = -1},
     false,
     DAOTP_REJECTED,
     DAOTP_FINDING_CA_DENIED,
     "noSupport",
     ""},
    {{.status = 3, .fail_info = -1, .pend_token = "4711"},
     false,
     DAOTP_REJECTED,
     DAOTP_FINDING_CA_PENDING,
     "request 4711",
     "ask again from 2030-01-01"},
    {{.is_v2 = true, .is_pending_tagged = true, .status = 3, .fail_info = -1, .pend_token = "\x07"},
     false,
     DAOTP_REJECTED,
     DAOTP_FINDING_CA_PENDING,
     "request 07",
     ""},
    /* a status of failure beside a certificate */
    {{.status = 2, .fail_info = 11, .text = "late"},
     true,
     DAOTP_OK,
     DAOTP_FINDING_CA_STATUS,
     "failed, internalCAError: late",
     ""},
    {{.is_v2 = true, .status = 3, .fail_info = -1},
     true,
     DAOTP_OK,
     DAOTP_FINDING_CA_STATUS,
     "pending",
     ""},
    {{.status = 0, .fail_info = -1},
     false,
     DAOTP_PEER,
     DAOTP_FINDING_CA_RESPONSE,
     "none for our key",
     ""},
};

/* As openssl, BouncyCastle and Windows write it. */
static const ber_style cmc_styles[] = {
    {.indefinite = false},
    {.indefinite = true},
    {.pieces = true},
    {.indefinite = true, .pieces = true, .nested_pieces = true, .long_lengths = true}};

static void check_cmc_case(const cmc_case *one, const ber_style *style)
{
    fixture *f = fixture_new("h\\n", (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
    daotp__buffer certificates = forge_der(one->has_leaf ? world.user : world.root), der;
    cmc_answer answer = one->answer;
    daotp_submission *submission;
    const daotp_finding *finding;
    daotp_status status;

    answer.certificates = daotp__buffer_bytes(&certificates);
    daotp__buffer_init(&der, 1 << 16);
    cmc_answer_write(&der, &answer);
    daotp__buffer_free(&f->fake.certificate);
    cmc_answer_ber(&f->fake.certificate, daotp__buffer_bytes(&der), style);
    assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
    status = daotp__submission_step(submission);
    finding = status == DAOTP_OK ? daotp_report_get_finding(f->report, 0)
                                 : daotp_report_get_error(f->report);
    if (status != one->status || daotp_finding_get_number(finding) != one->finding)
        fail_msg("%s", daotp_report_get_text(f->report));
    if (finding != NULL) {
        const char *found = daotp_finding_get_found(finding);

        if (strstr(found, one->found) == NULL || strstr(found, one->found_too) == NULL)
            fail_msg("%s", found);
    }
    daotp__submission_free(submission);
    daotp__buffer_free(&der);
    daotp__buffer_free(&certificates);
    fixture_free(f);
}

static void the_status_of_a_cmc_answer_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cmc_cases / sizeof cmc_cases[0]; i++)
        for (size_t k = 0; k < sizeof cmc_styles / sizeof cmc_styles[0]; k++)
            check_cmc_case(&cmc_cases[i], &cmc_styles[k]);
}

/* A PKIResponse that is changed or cut: what was refused because it cannot be read names an octet
 * or the clause. */
static void an_answer_that_cannot_be_read_says_where(void **state)
{
    daotp__buffer certificates = forge_der(world.user), der;
    cmc_answer answer = cmc_cases[0].answer;
    size_t refusals = 0;

    (void)state;
    answer.certificates = daotp__buffer_bytes(&certificates);
    daotp__buffer_init(&der, 1 << 16);
    cmc_answer_write(&der, &answer);
    for (size_t i = 1; i < der.len; i += 7) {
        fixture *f = fixture_new("h\\n", (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
        daotp_submission *submission;
        const char *found;

        daotp__buffer_free(&f->fake.certificate);
        daotp__buffer_add(&f->fake.certificate, der.data, i % 2 == 0 ? i : der.len);
        f->fake.certificate.data[i % 2 == 0 ? i - 1 : i] ^= 0x21;
        assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
        (void)daotp__submission_step(submission);
        found = daotp_finding_get_found(daotp_report_get_error(f->report));
        if (strstr(found, "no certificate") != NULL) {
            refusals++;
            if (strstr(found, "octet") == NULL && strstr(found, "RFC") == NULL)
                fail_msg("octet %zu: %s", i, found);
        }
        daotp__submission_free(submission);
        fixture_free(f);
    }
    assert_true(refusals > 20);
    daotp__buffer_free(&der);
    daotp__buffer_free(&certificates);
}

/* RequestID and DispositionMessage, whatever becomes of it. */
static void the_words_of_the_ca_are_shown(void **state)
{
    static const struct {
        fake_line line;
        const char *found;
    } cases[] = {
        {{NULL, FAKE_ISSUE, 0, 0, NULL}, "request 17: Ausgestellt"},
        {{NULL, FAKE_PEND, 0, 0, "17"}, "request 17: Ausgestellt"},
        {{NULL, FAKE_DENY, 0x80094012, 0, "no"},
         "0x80094012 CERTSRV_E_TEMPLATE_DENIED: no; Ausgestellt (request 17)"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new("h\\n", cases[i].line);
        daotp_submission *submission;

        assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
        assert_int_equal(daotp_submission_set_disposition(submission, "17", "Ausgestellt"),
                         DAOTP_OK);
        (void)daotp__submission_step(submission);
        assert_string_equal(daotp_finding_get_found(daotp_report_get_finding(f->report, 0)),
                            cases[i].found);
        daotp__submission_free(submission);
        fixture_free(f);
    }
}

static void a_refused_begin_is_not_ended(void **state)
{
    fixture *f = fixture_new("h\\n", (fake_line){NULL, FAKE_REFUSE, 0, DAOTP_CONFIGURATION, NULL});
    daotp_submission *submission;

    (void)state;
    assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_CONFIGURATION);
    assert_null(submission);
    assert_int_equal(f->fake.begun, 0);
    assert_int_equal(f->fake.ended, 0);
    fixture_free(f);
}

static void a_submission_keeps_its_ca(void **state)
{
    fixture *f = fixture_new("h\\n", (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
    daotp_ca *more = daotp_ca_ref(f->ca);
    daotp_submission *submission;

    (void)state;
    assert_ptr_equal(more, f->ca);
    assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
    daotp_ca_unref(more);
    daotp_ca_unref(f->ca);
    assert_int_equal(f->fake.freed, 0);
    assert_int_equal(daotp__submission_step(submission), DAOTP_OK);
    f->ca = NULL;
    daotp__submission_free(submission);
    fixture_free(f);
}

static void an_incomplete_table_is_refused(void **state)
{
    daotp_context *context = forge_context();
    fake_ca fake = {.freed = 0};
    daotp_ca *ca = (daotp_ca *)1;

    (void)state;
    for (int i = 0; i < 8; i++) {
        daotp_ca_transport table = fake_transport;

        switch (i) {
        case 0:
            table.size = 0;
            break;
        case 1:
            table.size--;
            break;
        case 2:
            table.begin = NULL;
            break;
        case 3:
            table.step = NULL;
            break;
        case 4:
            table.descriptor = NULL;
            break;
        case 5:
            table.timeout_ms = NULL;
            break;
        case 6:
            table.end = NULL;
            break;
        default:
            table.free = NULL;
            break;
        }
        assert_int_equal(daotp_ca_new(context, &table, &fake, &ca), DAOTP_USAGE);
        assert_null(ca);
    }
    fake.freed = 0;
    /* free gets it in the end, also when the call fails */
    assert_int_equal(daotp_ca_new(NULL, &fake_transport, &fake, &ca), DAOTP_USAGE);
    assert_int_equal(fake.freed, 1);
    assert_int_equal(daotp_ca_new(context, &fake_transport, &fake, NULL), DAOTP_USAGE);
    assert_int_equal(fake.freed, 2);
    {
        daotp_ca_transport larger[2] = {fake_transport};

        larger[0].size = sizeof larger; /* of a newer version */
        assert_int_equal(daotp_ca_new(context, larger, &fake, &ca), DAOTP_OK);
        daotp_ca_unref(ca);
        assert_int_equal(fake.freed, 3);
    }
    daotp_context_unref(context);
}

/* ---- the domain credential ------------------------------------------------------------------- */

typedef struct asked {
    unsigned count;
    uint32_t attempts[8];
    daotp_host_origin origin; /* of the last */
    char hosts[256];
    daotp_status answer;
    const char *user_name, *password;
    size_t len;
    daotp_status set; /* what setting it answered */
} asked;

static daotp_status give(void *user, const char *host, daotp_host_origin origin, uint32_t attempt,
                         daotp_domain_credential *answer)
{
    asked *a = user;

    a->attempts[a->count++ % 8] = attempt;
    a->origin = origin;
    (void)snprintf(a->hosts + strlen(a->hosts), sizeof a->hosts - strlen(a->hosts), "%s ", host);
    if (a->user_name != NULL)
        a->set = daotp_domain_credential_set(answer, a->user_name, a->password, a->len);
    return a->answer;
}

static void the_credential_is_asked_for_by_host_and_attempt(void **state)
{
    fixture *f = fixture_new("h\\n", (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
    asked a = {.user_name = "CORP\\alice", .password = "p\xC3\xA4ss", .len = 5};
    daotp_submission *submission;
    const char *user_name, *password;
    size_t len;

    (void)state;
    f->fake.asks = true;
    f->spec.ask = give;
    f->spec.ask_user = &a;
    assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
    assert_int_equal(a.count, 1);
    assert_int_equal(a.attempts[0], 1);
    assert_string_equal(f->fake.user_name, "CORP\\alice");
    assert_string_equal(f->fake.password, "p\xC3\xA4ss");
    /* another host: the first attempt there */
    assert_int_equal(daotp_submission_ask_credential(submission, "other", DAOTP_HOST_FROM_SERVER,
                                                     &user_name, &password, &len),
                     DAOTP_OK);
    assert_string_equal(user_name, "CORP\\alice");
    assert_int_equal(len, 5);
    assert_int_equal(a.attempts[1], 1);
    assert_int_equal(a.origin, DAOTP_HOST_FROM_SERVER);
    /* asked again for the same host, which therefore refused what it was given */
    a.password = "other";
    assert_int_equal(daotp_submission_ask_credential(submission, "other", DAOTP_HOST_FROM_SERVER,
                                                     &user_name, &password, &len),
                     DAOTP_OK);
    assert_int_equal(a.attempts[2], 2);
    a.password = "p\xC3\xA4ss"; /* the first again */
    assert_int_equal(daotp_submission_ask_credential(submission, "OTHER.", DAOTP_HOST_FROM_SERVER,
                                                     &user_name, &password, &len),
                     DAOTP_REJECTED);
    assert_int_equal(error_of(f->report), DAOTP_FINDING_DOMAIN_REPEATED);
    assert_string_equal(a.hosts, "h other other OTHER. ");
    daotp__submission_free(submission);
    fixture_free(f);
}

static void what_is_no_credential_is_refused(void **state)
{
    static char long_password[DAOTP__MAX_PASSWORD + 1];
    static const struct {
        const char *user_name, *password;
        size_t len;
        daotp_status answer, set, wanted;
    } cases[] = {
        {NULL, NULL, 0, DAOTP_OK, DAOTP_OK, DAOTP_CONFIGURATION}, /* said yes, gave nothing */
        {NULL, NULL, 0, DAOTP_CONFIGURATION, DAOTP_OK, DAOTP_CONFIGURATION},
        {NULL, NULL, 0, DAOTP_REJECTED, DAOTP_OK, DAOTP_CONFIGURATION},
        {NULL, NULL, 0, DAOTP_CANCELLED, DAOTP_OK, DAOTP_CANCELLED},
        {"u", "p", 1, DAOTP_CANCELLED, DAOTP_OK, DAOTP_CANCELLED},
        {"u", "p", 1, DAOTP_REJECTED, DAOTP_OK, DAOTP_CONFIGURATION},
        {"u", "", 0, DAOTP_OK, DAOTP_OK, DAOTP_OK},
        {"", "p", 1, DAOTP_OK, DAOTP_USAGE, DAOTP_CONFIGURATION},
        {"u\n", "p", 1, DAOTP_OK, DAOTP_USAGE, DAOTP_CONFIGURATION},
        {"u", "p\0q", 3, DAOTP_OK, DAOTP_USAGE, DAOTP_CONFIGURATION},
        {"u", "p\n", 2, DAOTP_OK, DAOTP_USAGE, DAOTP_CONFIGURATION},
        {"u", "\xFF", 1, DAOTP_OK, DAOTP_USAGE, DAOTP_CONFIGURATION},
        {"u", long_password, DAOTP__MAX_PASSWORD, DAOTP_OK, DAOTP_OK, DAOTP_OK},
        {"u", long_password, DAOTP__MAX_PASSWORD + 1, DAOTP_OK, DAOTP_USAGE, DAOTP_CONFIGURATION},
    };

    (void)state;
    memset(long_password, 'p', sizeof long_password);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new("h\\n", (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
        asked a = {.user_name = cases[i].user_name,
                   .password = cases[i].password,
                   .len = cases[i].len,
                   .answer = cases[i].answer};
        daotp_submission *submission;

        f->fake.asks = true;
        f->spec.ask = give;
        f->spec.ask_user = &a;
        if (daotp__submission_new(f->ca, &f->spec, &submission) != cases[i].wanted)
            fail_msg("case %zu: %u", i, (unsigned)f->fake.ask_status);
        assert_int_equal(a.set, cases[i].set);
        assert_int_equal(error_of(f->report), cases[i].wanted == DAOTP_CONFIGURATION
                                                  ? DAOTP_FINDING_DOMAIN_CREDENTIAL
                                                  : DAOTP_FINDING_NONE);
        if (cases[i].wanted == DAOTP_OK)
            assert_int_equal(f->fake.password_len, cases[i].len);
        daotp__submission_free(submission);
        fixture_free(f);
    }
}

/* What was given for one host is not there for the next, of which nobody gave anything. */
static void a_credential_is_for_its_host_alone(void **state)
{
    fixture *f = fixture_new("h\\n", (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
    asked a = {.user_name = "CORP\\alice", .password = "hunter2", .len = 7};
    daotp_submission *submission;
    const char *user_name, *password;
    size_t len;

    (void)state;
    f->fake.asks = true;
    f->spec.ask = give;
    f->spec.ask_user = &a;
    assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
    a.user_name = NULL; /* says yes, gives nothing */
    assert_int_equal(daotp_submission_ask_credential(submission, "other", DAOTP_HOST_FROM_SERVER,
                                                     &user_name, &password, &len),
                     DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f->report), DAOTP_FINDING_DOMAIN_CREDENTIAL);
    daotp__submission_free(submission);
    fixture_free(f);
}

/* A peer may send the password back: it is known what to hide. */
static void the_password_is_in_no_finding(void **state)
{
    fixture *f = fixture_new("h\\n", (fake_line){NULL, FAKE_DENY, 0x80094012, 0, "no: hunter2"});
    asked a = {.user_name = "CORP\\alice", .password = "hunter2", .len = 7};
    daotp_submission *submission;

    (void)state;
    f->fake.asks = true;
    f->spec.ask = give;
    f->spec.ask_user = &a;
    assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
    assert_int_equal(daotp__submission_step(submission), DAOTP_REJECTED);
    assert_non_null(strstr(daotp_report_get_text(f->report), "no: *******"));
    assert_null(strstr(daotp_report_get_text(f->report), "hunter2"));
    daotp__submission_free(submission);
    fixture_free(f);
}

static void without_anybody_to_ask_there_is_none(void **state)
{
    fixture *f = fixture_new("h\\n", (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
    daotp_submission *submission;

    (void)state;
    f->fake.asks = true;
    assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f->report), DAOTP_FINDING_DOMAIN_CREDENTIAL);
    assert_string_equal(daotp_finding_get_subject(daotp_report_get_error(f->report)), "h");
    fixture_free(f);
}

/* ---- order and failover: the submit stage of a client, which was answered already -------------
 */

typedef struct stage {
    daotp_context *context;
    daotp_client *client;
    daotp_key *key;
    fake_ca fake;
} stage;

static stage *stage_new(const fake_line *lines, size_t count)
{
    static stage s;
    daotp_ca *ca;

    s = (stage){.context = forge_context()};
    memcpy(s.fake.script, lines, count * sizeof *lines);
    assert_int_equal(daotp_client_new(s.context, &s.client), DAOTP_OK);
    assert_int_equal(daotp_ca_new(s.context, &fake_transport, &s.fake, &ca), DAOTP_OK);
    assert_int_equal(daotp_client_set_ca(s.client, ca), DAOTP_OK);
    daotp_ca_unref(ca);
    s.client->key = forge_key(s.context, world.user_key);
    s.client->user_name = daotp__text_copy("CORP\\alice");
    for (size_t i = 0; i < count && lines[i].act != FAKE_END; i++)
        if (lines[i].host != NULL)
            assert_int_equal(daotp_ca_allow_host(s.client->ca, lines[i].host), DAOTP_OK);
    daotp__buffer_init(&s.fake.certificate, 1 << 20);
    forge_pem(&s.fake.certificate, world.user);
    daotp__buffer_add(&s.client->response.cmc, cmc, sizeof cmc);
    return &s;
}

static void stage_name_ca(stage *s, const char *config)
{
    char *copy = daotp__new(strlen(config) + 1);

    assert_non_null(copy);
    memcpy(copy, config, strlen(config));
    s->client->response.issuing_cas[s->client->response.issuing_ca_count++] = copy;
}

static void stage_free(stage *s)
{
    daotp_client_free(s->client);
    assert_int_equal(s->fake.ended, s->fake.begun);
    assert_int_equal(s->fake.freed, 1);
    fake_ca_clear(&s->fake);
    daotp_context_unref(s->context);
}

static daotp_status stage_run(stage *s)
{
    daotp_status status;

    daotp__loop_begin(s->client->loop, 10000);
    while ((status = daotp__client_stage_submit(s->client)) == DAOTP_AGAIN)
        ;
    return status;
}

static void the_next_ca_is_tried_when_it_may_do_better(void **state)
{
    static const struct {
        fake_line first;
        bool next;
    } cases[] = {
        {{"one", FAKE_ISSUE, 0, 0, NULL}, false},
        {{"one", FAKE_FAIL, 0, DAOTP_NETWORK, NULL}, true},
        {{"one", FAKE_FAIL, 0, DAOTP_TIMEOUT, NULL}, true},
        {{"one", FAKE_FAIL, 0, DAOTP_PEER, NULL}, true},
        {{"one", FAKE_REFUSE, 0, DAOTP_NETWORK, NULL}, true},
        {{"one", FAKE_ISSUE_JUNK, 0, 0, NULL}, true},
        {{"one", FAKE_NOTHING, 0, 0, NULL}, true},
        {{"one", FAKE_DENY, 0x80094800, 0, NULL}, true}, /* template not there */
        {{"one", FAKE_DENY, 0x80094813, 0, NULL}, true},
        {{"one", FAKE_DENY, 0x800706BA, 0, NULL}, true}, /* not reachable */
        {{"one", FAKE_DENY, 0x80094012, 0, NULL}, true}, /* another may have another policy */
        {{"one", FAKE_DENY, 0x80094011, 0, NULL}, true},
        {{"one", FAKE_DENY, 0, 0, NULL}, true},
        {{"one", FAKE_PEND, 0, 0, "7"}, false}, /* a second certificate */
        {{"one", FAKE_FAIL, 0, DAOTP_UNDECIDED, NULL}, false},
        {{"one", FAKE_FAIL, 0, DAOTP_CANCELLED, NULL}, false},
        {{"one", FAKE_FAIL, 0, DAOTP_MEMORY, NULL}, false},
        {{"one", FAKE_FAIL, 0, DAOTP_CONFIGURATION, NULL}, false},
        {{"one", FAKE_REFUSE, 0, DAOTP_CANCELLED, NULL}, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake_line lines[] = {cases[i].first, {"two", FAKE_ISSUE, 0, 0, NULL}};
        stage *s = stage_new(lines, 2);
        daotp_status status;

        s->fake.again = 2;
        stage_name_ca(s, "one\\CA");
        stage_name_ca(s, "two\\CA");
        status = stage_run(s);
        if (strcmp(s->fake.hosts, cases[i].next ? "one two " : "one ") != 0)
            fail_msg("case %zu: %s", i, s->fake.hosts);
        if (cases[i].next || cases[i].first.act == FAKE_ISSUE) {
            assert_int_equal(status, DAOTP_OK);
            assert_int_equal(s->client->issued.count, 1);
            assert_null(daotp_report_get_error(&s->client->report)); /* softened to warnings */
        } else {
            assert_int_not_equal(status, DAOTP_OK);
        }
        stage_free(s);
    }
}

/* The same credential would be refused by all of them, and the account be locked. */
static void a_refused_credential_is_not_shown_to_the_next(void **state)
{
    static const fake_line lines[] = {{"one", FAKE_REFUSE_CREDENTIAL, 0, 0, NULL},
                                      {"two", FAKE_ISSUE, 0, 0, NULL}};
    stage *s = stage_new(lines, 2);

    (void)state;
    stage_name_ca(s, "one\\CA");
    stage_name_ca(s, "two\\CA");
    assert_int_equal(stage_run(s), DAOTP_REJECTED);
    assert_int_equal(error_of(&s->client->report), DAOTP_FINDING_CA_CREDENTIAL);
    assert_string_equal(s->fake.hosts, "one ");
    stage_free(s);
}

static void cas_are_tried_in_the_order_named(void **state)
{
    static const fake_line lines[] = {{"three", FAKE_ISSUE, 0, 0, NULL},
                                      {NULL, FAKE_FAIL, 0, DAOTP_NETWORK, NULL}};
    stage *s = stage_new(lines, 2);

    (void)state;
    stage_name_ca(s, "two\\CA");
    stage_name_ca(s, "one\\CA");
    stage_name_ca(s, "not a ca");
    stage_name_ca(s, "three\\CA");
    stage_name_ca(s, "four\\CA");
    assert_int_equal(stage_run(s), DAOTP_OK);
    assert_string_equal(s->fake.hosts, "two one three ");
    assert_int_equal(s->client->issuing_ca, 3);
    stage_free(s);
}

static void the_last_ca_s_failure_is_the_runs(void **state)
{
    static const fake_line lines[] = {{"one", FAKE_FAIL, 0, DAOTP_NETWORK, NULL},
                                      {"two", FAKE_PEND, 0, 0, "5"}};
    stage *s = stage_new(lines, 2);

    (void)state;
    stage_name_ca(s, "one\\CA");
    stage_name_ca(s, "two\\CA");
    assert_int_equal(stage_run(s), DAOTP_REJECTED);
    assert_int_equal(error_of(&s->client->report), DAOTP_FINDING_CA_PENDING);
    stage_free(s);
}

/* Each host is asked about once, and that is the first attempt there. */
static void each_host_is_asked_about_once(void **state)
{
    static const fake_line lines[] = {{"three", FAKE_ISSUE, 0, 0, NULL},
                                      {NULL, FAKE_FAIL, 0, DAOTP_NETWORK, NULL}};
    stage *s = stage_new(lines, 2);
    asked a = {.user_name = "u", .password = "p", .len = 1};

    (void)state;
    s->fake.asks = true;
    s->fake.again = 5;
    assert_int_equal(daotp_client_set_domain_callback(s->client, give, &a), DAOTP_OK);
    assert_int_equal(daotp_ca_allow_host(s->client->ca, "one"), DAOTP_OK);
    assert_int_equal(daotp_ca_allow_host(s->client->ca, "two"), DAOTP_OK);
    stage_name_ca(s, "one\\CA");
    stage_name_ca(s, "two\\CA");
    stage_name_ca(s, "three\\CA");
    assert_int_equal(stage_run(s), DAOTP_OK);
    assert_int_equal(a.count, 3);
    assert_string_equal(a.hosts, "one two three ");
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(a.attempts[i], 1);
    stage_free(s);
}

/* A transport of our own can say that the application named the host, and only then is the list
 * left aside. */
static void a_transport_asks_only_for_hosts_that_are_allowed(void **state)
{
    fixture *f = fixture_new("h\\n", (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
    asked a = {.user_name = "u", .password = "p", .len = 1};
    daotp_submission *submission;
    const char *user_name, *password;
    size_t len;

    (void)state;
    f->spec.ask = give;
    f->spec.ask_user = &a;
    assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
    assert_int_equal(daotp_submission_check_host(submission, "h"), DAOTP_OK);
    for (unsigned i = 0; i < 3; i++) /* neither of them is an origin */
        if (i != DAOTP_HOST_CONFIGURED && i != DAOTP_HOST_FROM_SERVER)
            assert_int_equal(daotp_submission_ask_credential(submission, "h", (daotp_host_origin)i,
                                                             &user_name, &password, &len),
                             DAOTP_USAGE);
    assert_int_equal(daotp_submission_ask_credential(submission, "evil.example",
                                                     DAOTP_HOST_FROM_SERVER, &user_name, &password,
                                                     &len),
                     DAOTP_REJECTED);
    assert_int_equal(error_of(f->report), DAOTP_FINDING_CA_HOST);
    assert_int_equal(daotp_submission_ask_credential(submission, "h:1", DAOTP_HOST_FROM_SERVER,
                                                     &user_name, &password, &len),
                     DAOTP_PEER);
    assert_int_equal(a.count, 0);
    assert_int_equal(daotp_submission_ask_credential(submission, "ces.example",
                                                     DAOTP_HOST_CONFIGURED, &user_name, &password,
                                                     &len),
                     DAOTP_OK);
    assert_int_equal(a.origin, DAOTP_HOST_CONFIGURED);
    assert_string_equal(a.hosts, "ces.example ");
    daotp__submission_free(submission);
    fixture_free(f);
}

/* The next one that the server names may be. */
static void a_ca_that_is_not_allowed_is_passed_over(void **state)
{
    static const fake_line lines[] = {{"two", FAKE_ISSUE, 0, 0, NULL},
                                      {NULL, FAKE_FAIL, 0, DAOTP_NETWORK, NULL}};
    static const char *const firsts[] = {"evil.example\\CA", "two:8443\\CA", "two@evil\\CA"};
    asked a = {.user_name = "u", .password = "p", .len = 1};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        stage *s = stage_new(lines, 2);

        a.count = 0;
        a.hosts[0] = '\0';
        s->fake.asks = true;
        assert_int_equal(daotp_client_set_domain_callback(s->client, give, &a), DAOTP_OK);
        stage_name_ca(s, firsts[i]);
        stage_name_ca(s, "two\\CA");
        assert_int_equal(stage_run(s), DAOTP_OK);
        assert_string_equal(a.hosts, "two ");
        stage_free(s);
        s = stage_new(lines, 2); /* and where there is no other, that is the end */
        a.hosts[0] = '\0';
        s->fake.asks = true;
        assert_int_equal(daotp_client_set_domain_callback(s->client, give, &a), DAOTP_OK);
        stage_name_ca(s, firsts[i]);
        assert_int_equal(stage_run(s), i == 0 ? DAOTP_REJECTED : DAOTP_PEER);
        assert_string_equal(a.hosts, "");
        stage_free(s);
    }
}

/* One enrolment after the other with the same client, each with a new code. */
static daotp_status enrol_again(stage *s, const char *config, asked *a, const char *password)
{
    daotp_status status;

    a->password = password;
    a->len = strlen(password);
    daotp__client_drop_enrolment(s->client);
    daotp__report_clear(&s->client->report);
    daotp__buffer_add(&s->client->response.cmc, cmc, sizeof cmc);
    stage_name_ca(s, config);
    status = stage_run(s);
    return status;
}

static void refusals_count_over_enrolments(void **state)
{
    static const fake_line refuse[] = {{"one", FAKE_REFUSE_CREDENTIAL, 0, 0, NULL},
                                       {"ONE.", FAKE_REFUSE_CREDENTIAL, 0, 0, NULL},
                                       {"two", FAKE_REFUSE_CREDENTIAL, 0, 0, NULL}};
    stage *s = stage_new(refuse, 3);
    asked a = {.user_name = "CORP\\alice"};

    (void)state;
    s->fake.asks = true;
    assert_int_equal(daotp_client_set_domain_callback(s->client, give, &a), DAOTP_OK);
    assert_int_equal(enrol_again(s, "one\\CA", &a, "a"), DAOTP_REJECTED);
    assert_int_equal(enrol_again(s, "one\\CA", &a, "b"), DAOTP_REJECTED);
    assert_int_equal(enrol_again(s, "two\\CA", &a, "a"), DAOTP_REJECTED); /* the first there */
    assert_int_equal(enrol_again(s, "ONE.\\CA", &a, "c"), DAOTP_REJECTED);
    s->fake.script[0].act = FAKE_FAIL; /* which refuses nothing */
    s->fake.script[0].status = DAOTP_NETWORK;
    assert_int_equal(enrol_again(s, "one\\CA", &a, "d"), DAOTP_NETWORK);
    s->fake.script[0].act = FAKE_DENY; /* the user is known: that counts as a success */
    s->fake.script[0].hresult = 0x80094012;
    assert_int_equal(enrol_again(s, "one\\CA", &a, "d"), DAOTP_REJECTED);
    s->fake.script[0].hresult = 0x8007052E; /* ERROR_LOGON_FAILURE */
    assert_int_equal(enrol_again(s, "one\\CA", &a, "e"), DAOTP_REJECTED);
    assert_int_equal(error_of(&s->client->report), DAOTP_FINDING_CA_CREDENTIAL);
    a.user_name = "CORP\\bob"; /* another domain user: it begins anew with his refusal */
    assert_int_equal(enrol_again(s, "one\\CA", &a, "f"), DAOTP_REJECTED);
    {
        static const uint32_t wanted[] = {1, 2, 1, 3, 4, 4, 1, 2};

        assert_int_equal(a.count, 8);
        assert_memory_equal(a.attempts, wanted, sizeof wanted);
    }
    assert_int_equal(enrol_again(s, "one\\CA", &a, "g"), DAOTP_REJECTED);
    assert_int_equal(a.attempts[0], 2);           /* bob's first is the only one that counts */
    daotp__refusals_restart(s->client->refusals); /* prepare, for another user */
    assert_int_equal(enrol_again(s, "one\\CA", &a, "h"), DAOTP_REJECTED);
    assert_int_equal(a.attempts[1], 1);
    stage_free(s);
}

static void a_refused_password_is_not_sent_again(void **state)
{
    static const fake_line refuse[] = {{"one", FAKE_REFUSE_CREDENTIAL, 0, 0, NULL},
                                       {"One.", FAKE_ISSUE, 0, 0, NULL},
                                       {"two", FAKE_ISSUE, 0, 0, NULL}};
    stage *s = stage_new(refuse, 3);
    asked a = {.user_name = "CORP\\alice"};
    unsigned begun;

    (void)state;
    s->fake.asks = true;
    assert_int_equal(daotp_client_set_domain_callback(s->client, give, &a), DAOTP_OK);
    assert_int_equal(enrol_again(s, "one\\CA", &a, "hunter2"), DAOTP_REJECTED);
    begun = s->fake.begun;
    for (int i = 0; i < 3; i++) {
        a.user_name = i == 1 ? "corp\\ALICE" : "CORP\\alice";
        assert_int_equal(enrol_again(s, i == 2 ? "One.\\CA" : "one\\CA", &a, "hunter2"),
                         DAOTP_REJECTED);
        assert_int_equal(error_of(&s->client->report), DAOTP_FINDING_DOMAIN_REPEATED);
        assert_int_equal(s->fake.begun, begun); /* nothing was begun with it */
        assert_null(strstr(daotp_report_get_json(&s->client->report), "hunter2"));
    }
    stage_name_ca(s, "two\\CA"); /* nor is the next asked in its place */
    assert_int_equal(enrol_again(s, "one\\CA", &a, "hunter2"), DAOTP_REJECTED);
    s->fake.script[0].act = FAKE_ISSUE;
    daotp__refusals_restart(s->client->refusals); /* another user does not change that */
    assert_int_equal(enrol_again(s, "one\\CA", &a, "hunter2"), DAOTP_REJECTED);
    assert_int_equal(error_of(&s->client->report), DAOTP_FINDING_DOMAIN_REPEATED);
    assert_int_equal(enrol_again(s, "one\\CA", &a, "right"), DAOTP_OK);
    assert_int_equal(enrol_again(s, "one\\CA", &a, "hunter2"), DAOTP_REJECTED); /* nor a success */
    a.user_name = "CORP\\bob"; /* it is another's password too */
    assert_int_equal(enrol_again(s, "one\\CA", &a, "hunter2"), DAOTP_OK);
    a.user_name = "CORP\\alice";
    assert_int_equal(enrol_again(s, "two\\CA", &a, "hunter2"), DAOTP_OK); /* another host */
    stage_free(s);
}

/* ---- WSTEP's URL ----------------------------------------------------------------------------- */

/* What a template makes of a CA, shown by the finding when it is no URL. */
static void the_template_is_filled_in(void **state)
{
    static const struct {
        daotp_ca_authentication authentication;
        const char *url_template, *config, *found;
    } cases[] = {
        {DAOTP_CA_USERNAME, "http://{host}/{ca}", "ca.example\\Corp CA",
         "http://ca.example/Corp%20CA"},
        {DAOTP_CA_USERNAME, "{ca}{ca}{host}", "h\\n", "nnh"},
        {DAOTP_CA_USERNAME, "{Host}{CA}{host", "h\\n", "{Host}{CA}{host"},
        {DAOTP_CA_USERNAME, "{{host}}", "h\\n", "{h}"},
        {DAOTP_CA_USERNAME, "x/{host}", "{ca}\\n", "x/%7Bca%7D"}, /* what is filled in stays */
        {DAOTP_CA_USERNAME, "x?{host}", "u@h:1/#\\n", "x?u%40h%3A1%2F%23"},
        {DAOTP_CA_USERNAME, "https://{ca}/", "h\\evil.example", "https://evil.example/"},
        {DAOTP_CA_USERNAME, "https://h:{ca}/", "h\\444", "https://h:444/"},
        {DAOTP_CA_USERNAME, "https://h{method}/", "h\\n", "https://hUsernamePassword/"},
        {DAOTP_CA_USERNAME, "https://{host}@evil.example/", "h\\n", "https://h@evil.example/"},
        {DAOTP_CA_USERNAME, "http://{host}/", "[2001:DB8::1]\\n", "http://[2001:db8::1]/"},
        {DAOTP_CA_USERNAME, "http://{host}/", "CA1.Corp.Example.\\n", "http://ca1.corp.example/"},
        {DAOTP_CA_USERNAME, "{ca}", "h\\{host}", "%7Bhost%7D"},
        {DAOTP_CA_USERNAME, "{ca}", "h\\a/b?c#d&e=f%g\\i", "a%2Fb%3Fc%23d%26e%3Df%25g%5Ci"},
        {DAOTP_CA_USERNAME, "{ca}", "h\\AZaz09-._~", "AZaz09-._~"},
        {DAOTP_CA_USERNAME, "{ca}", "h\\\xC3\xA4(1)", "%C3%A4%281%29"},
        {DAOTP_CA_USERNAME, "", "h\\n", ""},
        {DAOTP_CA_USERNAME, "x/{method}", "h\\n", "x/UsernamePassword"},
        {DAOTP_CA_NEGOTIATE, "x/{method}", "h\\n", "x/Kerberos"},
        {DAOTP_CA_CERTIFICATE, "x/{method}", "h\\n", "x/Certificate"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new(cases[i].config, (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
        daotp_submission *submission;
        daotp_ca *ca;

        assert_int_equal(daotp_ca_new_wstep(f->context, cases[i].authentication, &ca), DAOTP_OK);
        assert_int_equal(daotp_ca_set_url_template(ca, cases[i].url_template), DAOTP_OK);
        assert_int_equal(daotp__submission_new(ca, &f->spec, &submission), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f->report), DAOTP_FINDING_CA_URL);
        assert_string_equal(daotp_finding_get_found(daotp_report_get_error(f->report)),
                            cases[i].found);
        assert_string_equal(daotp_finding_get_subject(daotp_report_get_error(f->report)),
                            cases[i].config);
        daotp_ca_unref(ca);
        fixture_free(f);
    }
}

static void a_url_too_long_is_no_url(void **state)
{
    fixture *f = fixture_new("h\\n", (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
    char config[1200] = "h\\", more[DAOTP__MAX_URL + 2];
    daotp_submission *submission;
    daotp_ca *ca;

    (void)state;
    memset(config + 2, ' ', sizeof config - 3);
    f->spec.config = config; /* 3 times as long when encoded */
    assert_int_equal(daotp_ca_new_wstep(f->context, DAOTP_CA_USERNAME, &ca), DAOTP_OK);
    assert_int_equal(daotp__submission_new(ca, &f->spec, &submission), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f->report), DAOTP_FINDING_CA_URL);
    memset(more, 'a', sizeof more - 1);
    more[sizeof more - 1] = '\0';
    assert_int_equal(daotp_ca_set_url_template(ca, more), DAOTP_USAGE);
    daotp_ca_unref(ca);
    fixture_free(f);
}

/* A password is asked for by the URL's host, which gets it: not by the CA's. */
static void the_password_is_for_the_host_of_the_url(void **state)
{
    fixture *f = fixture_new("ca.example\\n", (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
    asked a = {.answer = DAOTP_CANCELLED};
    daotp_submission *submission;
    daotp_ca *ca;

    (void)state;
    f->spec.ask = give;
    f->spec.ask_user = &a;
    assert_int_equal(daotp_ca_new_wstep(f->context, DAOTP_CA_USERNAME, &ca), DAOTP_OK);
    assert_int_equal(daotp_ca_allow_host(ca, ".example"), DAOTP_OK);
    assert_int_equal(daotp_ca_set_url(ca, "https://ces.example/x"), DAOTP_OK);
    assert_int_equal(daotp__submission_new(ca, &f->spec, &submission), DAOTP_CANCELLED);
    assert_int_equal(a.origin, DAOTP_HOST_CONFIGURED);
    assert_int_equal(daotp_ca_set_url(ca, NULL), DAOTP_OK); /* by the template again */
    assert_int_equal(daotp__submission_new(ca, &f->spec, &submission), DAOTP_CANCELLED);
    assert_int_equal(a.origin, DAOTP_HOST_FROM_SERVER);
    assert_string_equal(a.hosts, "ces.example ca.example ");
    daotp_ca_unref(ca);
    fixture_free(f);
}

/* Begins a submission to the CA that the server names; what it ends with is in the report. */
static daotp_status begin_for(fixture *f, const char *url_template, const char *const *allowed)
{
    daotp_submission *submission;
    daotp_status status;
    daotp_ca *ca;

    assert_int_equal(daotp_ca_new_wstep(f->context, DAOTP_CA_USERNAME, &ca), DAOTP_OK);
    assert_int_equal(daotp_ca_set_url_template(ca, url_template), DAOTP_OK);
    for (; *allowed != NULL; allowed++)
        assert_int_equal(daotp_ca_allow_host(ca, *allowed), DAOTP_OK);
    status = daotp__submission_new(ca, &f->spec, &submission);
    daotp__submission_free(submission);
    daotp_ca_unref(ca);
    return status;
}

/* The password is asked for, as the last thing before it is sent, only for a host that is allowed.
 */
static void a_host_from_the_server_must_be_allowed(void **state)
{
    static const char *const allowed[] = {".corp.example", "ca9.other.example", "192.0.2.7",
                                          "[2001:db8::7]", NULL};
    static const struct {
        const char *config, *url_template, *hosts;
        daotp_finding_number finding;
    } cases[] = {
        {"ca1.corp.example\\n", NULL, "ca1.corp.example ", DAOTP_FINDING_NONE},
        {"CA1.Corp.Example.\\n", NULL, "ca1.corp.example ", DAOTP_FINDING_NONE},
        {"a.b.corp.example\\n", NULL, "a.b.corp.example ", DAOTP_FINDING_NONE},
        {"ca9.OTHER.example\\n", NULL, "ca9.other.example ", DAOTP_FINDING_NONE},
        {"192.0.2.7\\n", NULL, "192.0.2.7 ", DAOTP_FINDING_NONE},
        {"2001:DB8:0::7\\n", NULL, "2001:db8::7 ", DAOTP_FINDING_NONE},
        {"[2001:db8::7]\\n", NULL, "2001:db8::7 ", DAOTP_FINDING_NONE},
        {"evil.example\\n", NULL, "", DAOTP_FINDING_CA_HOST},
        {"corp.example\\n", NULL, "", DAOTP_FINDING_CA_HOST},
        {"evilcorp.example\\n", NULL, "", DAOTP_FINDING_CA_HOST},
        {"ca1.corp.example.evil.example\\n", NULL, "", DAOTP_FINDING_CA_HOST},
        {"x.ca9.other.example\\n", NULL, "", DAOTP_FINDING_CA_HOST},
        {"192.0.2.8\\n", NULL, "", DAOTP_FINDING_CA_HOST},
        {"2001:db8::8\\n", NULL, "", DAOTP_FINDING_CA_HOST},
        {"ca1.corp.example:443\\n", NULL, "", DAOTP_FINDING_CA_PORT},
        {"ca1.corp.example:\\n", NULL, "", DAOTP_FINDING_CA_PORT},
        {"evil.example:8443\\n", NULL, "", DAOTP_FINDING_CA_PORT},
        {"[2001:db8::7]:8443\\n", NULL, "", DAOTP_FINDING_CA_PORT},
        {"192.0.2.7:1\\n", NULL, "", DAOTP_FINDING_CA_PORT},
        {"ca1.corp.example:1:2\\n", NULL, "", DAOTP_FINDING_CA_CONFIG},
        {"evil.example@ca1.corp.example\\n", NULL, "", DAOTP_FINDING_CA_CONFIG},
        {"evil.example/ca1.corp.example\\n", NULL, "", DAOTP_FINDING_CA_CONFIG},
        {"evil.example#.corp.example\\n", NULL, "", DAOTP_FINDING_CA_CONFIG},
        {"evil.example?.corp.example\\n", NULL, "", DAOTP_FINDING_CA_CONFIG},
        {"evil.example%2f.corp.example\\n", NULL, "", DAOTP_FINDING_CA_CONFIG},
        {"evil%2eexample\\n", NULL, "", DAOTP_FINDING_CA_CONFIG},
        {"ca1..corp.example\\n", NULL, "", DAOTP_FINDING_CA_CONFIG},
        {".corp.example\\n", NULL, "", DAOTP_FINDING_CA_CONFIG},
        {"c\xC3\xA4.corp.example\\n", NULL, "", DAOTP_FINDING_CA_CONFIG},
        {"127.1\\n", NULL, "", DAOTP_FINDING_CA_CONFIG},
        {"3221225991\\n", NULL, "", DAOTP_FINDING_CA_CONFIG},
        {"0xC0000207\\n", NULL, "", DAOTP_FINDING_CA_CONFIG},
        /* what is judged is the host of the URL; a port is the template's */
        {"ca1.corp.example\\n", "https://{host}:8443/", "ca1.corp.example ", DAOTP_FINDING_NONE},
        {"ca1\\n", "https://{host}.corp.example/", "ca1.corp.example ", DAOTP_FINDING_NONE},
        {"ca1.corp.example\\n", "https://{host}.evil.example/", "", DAOTP_FINDING_CA_HOST},
        {"ca1.corp.example\\n", "https://ces.example/{host}", "ces.example ", DAOTP_FINDING_NONE},
        {"evil.example:1\\n", "https://ces.example?{host}", "ces.example ", DAOTP_FINDING_NONE},
        {"h\\evil.example", "https://{ca}/", "", DAOTP_FINDING_CA_URL},
        {"ca1.corp.example\\8443", "https://{host}:{ca}/", "", DAOTP_FINDING_CA_URL},
        {"1\\n", "https://ces.example:{host}/", "", DAOTP_FINDING_CA_CONFIG},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new(cases[i].config, (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
        asked a = {.answer = DAOTP_CANCELLED};
        daotp_status status;

        f->spec.ask = give;
        f->spec.ask_user = &a;
        status = begin_for(f, cases[i].url_template, allowed);
        if (error_of(f->report) != cases[i].finding || strcmp(a.hosts, cases[i].hosts) != 0)
            fail_msg("case %zu, %s: asked for '%s', %s", i, cases[i].config, a.hosts,
                     daotp_report_get_text(f->report));
        if (cases[i].finding == DAOTP_FINDING_NONE)
            assert_int_equal(status, DAOTP_CANCELLED);
        else
            assert_string_equal(daotp_finding_get_subject(daotp_report_get_error(f->report)),
                                cases[i].config);
        fixture_free(f);
    }
}

/* The finding says which host, where its name stands, and by which rule it is refused. */
static void a_host_that_is_not_allowed_is_told_with_the_list(void **state)
{
    static const char *const allowed[] = {".Corp.Example.", "ca9.other.example", NULL};
    static const char *const none[] = {NULL};
    fixture *f = fixture_new("evil.example\\n", (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});

    (void)state;
    assert_int_equal(begin_for(f, NULL, allowed), DAOTP_REJECTED);
    assert_string_equal(daotp_finding_get_found(daotp_report_get_error(f->report)),
                        "IssuingCA: host evil.example; allowed: .corp.example ca9.other.example");
    fixture_free(f);
    f = fixture_new("evil.example\\n", (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
    assert_int_equal(begin_for(f, NULL, none), DAOTP_REJECTED);
    assert_string_equal(daotp_finding_get_found(daotp_report_get_error(f->report)),
                        "IssuingCA: host evil.example; allowed: none");
    fixture_free(f);
}

/* No anchors are set: the finding for that shows which URL it came to. */
static void any_goes_by_the_url_and_then_by_the_ticket(void **state)
{
    static const struct {
        daotp_ca_authentication how;
        const char *url;
        bool has_ticket;
        daotp_ca_authentication wanted;
        const char *made;
    } cases[] = {
        {DAOTP_CA_ANY, NULL, true, DAOTP_CA_NEGOTIATE, "https://h/n_CES_Kerberos/service.svc/CES"},
        {DAOTP_CA_ANY, NULL, false, DAOTP_CA_USERNAME,
         "https://h/n_CES_UsernamePassword/service.svc/CES"},
        {DAOTP_CA_NEGOTIATE, NULL, false, DAOTP_CA_NEGOTIATE,
         "https://h/n_CES_Kerberos/service.svc/CES"},
        {DAOTP_CA_CERTIFICATE, NULL, true, DAOTP_CA_CERTIFICATE,
         "https://h/n_CES_Certificate/service.svc/CES"},
        {DAOTP_CA_USERNAME, NULL, true, DAOTP_CA_USERNAME,
         "https://h/n_CES_UsernamePassword/service.svc/CES"},
        {DAOTP_CA_ANY, "https://x/n_CES_UsernamePassword/service.svc/CES", true, DAOTP_CA_USERNAME,
         "https://x/n_CES_UsernamePassword/service.svc/CES"},
        {DAOTP_CA_ANY, "https://x/n_CES_Kerberos/service.svc/CES", false, DAOTP_CA_NEGOTIATE,
         "https://x/n_CES_Kerberos/service.svc/CES"},
        {DAOTP_CA_ANY, "https://x/own", true, DAOTP_CA_NEGOTIATE, "https://x/own"},
        {DAOTP_CA_ANY, "https://x/own", false, DAOTP_CA_USERNAME, "https://x/own"},
        {DAOTP_CA_USERNAME, "https://x/own", true, DAOTP_CA_USERNAME, "https://x/own"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture *f = fixture_new("h\\n", (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
        asked a = {.user_name = "u", .password = "p", .len = 1};
        daotp_submission *submission;
        daotp_ca *ca;

        f->spec.ask = give;
        f->spec.ask_user = &a;
        f->spec.has_ticket = cases[i].has_ticket;
        assert_int_equal(daotp_ca_new_wstep(f->context, cases[i].how, &ca), DAOTP_OK);
        assert_int_equal(daotp_ca_allow_host(ca, "h"), DAOTP_OK);
        assert_int_equal(daotp_ca_set_url(ca, cases[i].url), DAOTP_OK);
        assert_int_equal(daotp__wstep_method(ca, cases[i].has_ticket), cases[i].wanted);
        assert_int_equal(daotp__submission_new(ca, &f->spec, &submission), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f->report), DAOTP_FINDING_CLIENT_NO_TRUST);
        assert_string_equal(daotp_finding_get_subject(daotp_report_get_error(f->report)),
                            cases[i].made);
        assert_int_equal(a.count, cases[i].wanted == DAOTP_CA_USERNAME ? 1 : 0);
        daotp_ca_unref(ca);
        fixture_free(f);
    }
}

static void only_a_password_s_service_asks_for_one(void **state)
{
    static const daotp_ca_authentication others[] = {DAOTP_CA_NEGOTIATE, DAOTP_CA_CERTIFICATE};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        fixture *f = fixture_new("127.0.0.1\\n", (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
        asked a = {.answer = DAOTP_CANCELLED};
        daotp_submission *submission;
        daotp_ca *ca;

        f->spec.ask = give;
        f->spec.ask_user = &a;
        assert_int_equal(daotp_ca_new_wstep(f->context, others[i], &ca), DAOTP_OK);
        assert_int_equal(daotp_ca_allow_host(ca, "127.0.0.1"), DAOTP_OK);
        /* there are no anchors: that is as far as it comes */
        assert_int_equal(daotp__submission_new(ca, &f->spec, &submission), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f->report), DAOTP_FINDING_CLIENT_NO_TRUST);
        assert_int_equal(a.count, 0);
        daotp_ca_unref(ca);
        fixture_free(f);
    }
}

static void setters_of_wstep_are_for_wstep(void **state)
{
    static const char *const bad[] = {"", "http://h/", "h", "https://u@h/", "https://h/ x"};
    daotp_context *context = forge_context();
    fake_ca fake = {.freed = 0};
    daotp_ca *ca, *other;

    (void)state;
    assert_int_equal(daotp_ca_new_wstep(context, DAOTP_CA_USERNAME, &ca), DAOTP_OK);
    assert_int_equal(daotp_ca_new(context, &fake_transport, &fake, &other), DAOTP_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(daotp_ca_set_url(ca, bad[i]), DAOTP_USAGE);
    assert_int_equal(daotp_ca_set_url(ca, "https://h/x"), DAOTP_OK);
    assert_int_equal(daotp_ca_set_url(other, "https://h/x"), DAOTP_USAGE);
    assert_int_equal(daotp_ca_set_url_template(other, "x"), DAOTP_USAGE);
    assert_int_equal(daotp_ca_set_trust(other, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_ca_set_identity(other, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_ca_set_trust(ca, NULL), DAOTP_OK);
    assert_int_equal(daotp_ca_set_identity(ca, NULL), DAOTP_OK);
    daotp_ca_unref(other);
    assert_int_equal(daotp_ca_new_file(context, "/tmp/x", "/tmp/y", &other), DAOTP_OK);
    assert_int_equal(daotp_ca_set_url(other, "https://h/x"), DAOTP_USAGE);
    daotp_ca_unref(other);
    assert_int_equal(daotp_ca_new_wstep(context, 0, &other), DAOTP_USAGE);
    assert_int_equal(daotp_ca_new_wstep(context, 5, &other), DAOTP_USAGE);
    assert_null(other);
    daotp_ca_unref(ca);
    daotp_context_unref(context);
}

/* ---- whole enrolments ------------------------------------------------------------------------ */

static void a_whole_run_ends_as_the_ca_decides(void **state)
{
    static const struct {
        fake_line lines[2];
        daotp_status status;
        daotp_finding_number finding;
        const char *hosts;
    } cases[] = {
        {{{NULL, FAKE_ISSUE, 0, 0, NULL}}, DAOTP_OK, DAOTP_FINDING_NONE, "ca1.corp.example "},
        {{{"ca1.corp.example", FAKE_FAIL, 0, DAOTP_NETWORK, NULL}, {NULL, FAKE_ISSUE, 0, 0, NULL}},
         DAOTP_OK,
         DAOTP_FINDING_NONE,
         "ca1.corp.example ca2.corp.example "},
        {{{NULL, FAKE_DENY, 0x80094012, 0, "no"}},
         DAOTP_REJECTED,
         DAOTP_FINDING_CA_TEMPLATE_DENIED,
         "ca1.corp.example ca2.corp.example "},
        {{{"ca1.corp.example", FAKE_PEND, 0, 0, "7"}, {NULL, FAKE_ISSUE, 0, 0, NULL}},
         DAOTP_REJECTED,
         DAOTP_FINDING_CA_PENDING,
         "ca1.corp.example "},
        {{{NULL, FAKE_FAIL, 0, DAOTP_CANCELLED, NULL}},
         DAOTP_CANCELLED,
         DAOTP_FINDING_CALL_CANCELLED,
         "ca1.corp.example "},
    };
    scene s;

    (void)state;
    scene_begin(&s);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake_ca fake = {.again = 2};
        daotp_credential *credential;
        daotp_client *client;
        daotp_report *report;
        daotp_status status;
        daotp_ca *ca;

        memcpy(fake.script, cases[i].lines, sizeof cases[i].lines);
        scene_issue(&s, &fake);
        assert_int_equal(daotp_client_new(s.context, &client), DAOTP_OK);
        report = daotp_client_get_report(client);
        assert_int_equal(daotp_ca_new(s.context, &fake_transport, &fake, &ca), DAOTP_OK);
        assert_int_equal(scene_set(&s, client, ca), DAOTP_OK);
        daotp_ca_unref(ca);
        status = daotp_client_prepare(client, "CORP\\alice");
        if (status != DAOTP_OK)
            fail_msg("%s", daotp_report_get_text(report));
        status = daotp_client_enroll(client, "123456", 6, &credential);
        if (status != cases[i].status)
            fail_msg("case %zu: %s", i, daotp_report_get_text(report));
        assert_int_equal(error_of(report), cases[i].finding);
        assert_int_equal(daotp_report_get_status(report), cases[i].status);
        assert_string_equal(fake.hosts, cases[i].hosts);
        if (status == DAOTP_OK) {
            assert_string_equal(daotp_credential_get_upn(credential), FORGE_UPN);
            assert_int_equal(daotp_credential_get_count(credential), 2);
            assert_int_equal(daotp_report_get_stage_state(report, DAOTP_STAGE_LOGON),
                             DAOTP_STAGE_SKIPPED);
        } else {
            assert_null(credential);
            assert_int_equal(daotp_report_get_stage_state(report, DAOTP_STAGE_SUBMIT),
                             DAOTP_STAGE_FAILED);
            assert_int_equal(daotp_report_get_stage_state(report, DAOTP_STAGE_PROFILE),
                             DAOTP_STAGE_NOT_REACHED);
        }
        daotp_credential_unref(credential);
        daotp_client_free(client);
        assert_int_equal(fake.ended, fake.begun);
        assert_int_equal(fake.freed, 1);
        fake_ca_clear(&fake);
    }
    scene_end(&s);
}

/* ---- settings changed under way ---------------------------------------------------------------
 */

static daotp_client *under_way;

/* Everything that was set is taken back while the request is on its way: a callback of the
 * application may do so, or the application itself between two steps. */
static daotp_status take_everything_back(void *given, void *state, daotp_submission *submission)
{
    fake_ca *self = given;

    if (self->steps++ > 0) {
        (void)daotp_trust_get_count(daotp_submission_get_trust(submission));
        return fake_step(given, state, submission);
    }
    (void)daotp_client_set_trust(under_way, NULL);
    (void)daotp_client_set_identity(under_way, NULL);
    (void)daotp_client_set_ca(under_way, NULL);
    (void)daotp_client_set_key(under_way, NULL);
    (void)daotp_client_set_request(under_way, NULL, 0, NULL);
    (void)daotp_client_set_store(under_way, NULL, NULL);
    (void)daotp_client_set_upn(under_way, NULL);
    (void)daotp_client_set_template(under_way, "1.2.3.4.5", 1, 1);
    (void)daotp_client_set_proxy(under_way, "other:1");
    (void)daotp_client_set_proxy(under_way, NULL);
    (void)daotp_client_set_logon_proof(under_way, false);
    (void)daotp_client_set_logon_realm(under_way, "a", "b");
    (void)daotp_client_set_logon_anchors(under_way, "c");
    (void)daotp_client_set_pending_request(under_way, "d", "e");
    (void)daotp_client_set_domain_callback(under_way, NULL, NULL);
    return DAOTP_AGAIN;
}

/* In a process of its own, which a sanitizer may end. */
static int run_and_take_back(scene *s)
{
    daotp_ca_transport transport = fake_transport;
    fake_ca fake = {.script = {{NULL, FAKE_ISSUE, 0, 0, NULL}}};
    daotp_ca *ca;

    transport.step = take_everything_back;
    scene_issue(s, &fake);
    if (daotp_client_new(s->context, &under_way) != DAOTP_OK ||
        daotp_ca_new(s->context, &transport, &fake, &ca) != DAOTP_OK ||
        scene_set(s, under_way, ca) != DAOTP_OK)
        return 1;
    /* the client's are the only ones left */
    daotp_ca_unref(ca);
    daotp_trust_unref(s->trust);
    daotp_credential_unref(s->machine);
    daotp_key_unref(s->key);
    if (daotp_client_prepare(under_way, "CORP\\alice") != DAOTP_OK)
        return 2;
    (void)daotp_client_enroll(under_way, "123456", 6, NULL); /* whatever comes of it */
    daotp_client_free(under_way);
    return fake.freed == 1 && fake.ended == fake.begun ? 0 : 3;
}

static void settings_may_change_under_way(void **state)
{
    scene s;
    int ended;
    pid_t pid;

    (void)state;
    scene_begin(&s);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(run_and_take_back(&s));
    assert_int_equal(waitpid(pid, &ended, 0), pid);
    if (ended != 0)
        fail_msg("ended with %#x", (unsigned)ended);
    scene_end(&s);
}

/* The report tells how the ping ended; an earlier one with the same report decides nothing. */
static void each_ping_has_its_own_verdict(void **state)
{
    daotp_context *context = forge_context();
    daotp_report *report;
    daotp_status status;
    daotp_ca *ca;

    (void)state;
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    assert_int_equal(daotp_ca_new_rpc(context, DAOTP_CA_WAY_AUTO, &ca), DAOTP_OK);
    status = daotp_ca_ping(ca, "not.allowed\\CA", "CORP\\alice", NULL, NULL, 1000, report);
    assert_int_not_equal(status, DAOTP_OK);
    assert_int_equal(daotp_report_get_status(report), status);
    assert_non_null(daotp_report_get_error(report));
    status = daotp_ca_ping(ca, "h\\CA", "CORP\\alice", NULL, NULL, 0, report);
    assert_int_equal(status, DAOTP_USAGE);
    assert_int_equal(daotp_report_get_status(report), DAOTP_USAGE);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report)),
                     DAOTP_FINDING_CALL_ARGUMENT);
    daotp_ca_unref(ca);
    daotp_report_free(report);
    daotp_context_unref(context);
}

/* A registration authority's template and name are refused by name, before anything is asked. */
static void the_names_of_an_ra_are_checked(void **state)
{
    static const struct {
        const char *template_oid, *dns_name, *subject;
    } rows[] = {
        {"DAOTPRA", "ra.example", "template of the registration authority"},
        {"1.2.", "ra.example", "template of the registration authority"},
        {"1.2.3", "192.0.2.1", "DNS name of this host"},
        {"1.2.3", "no host", "DNS name of this host"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fixture *f = fixture_new("h\\n", (fake_line){NULL, FAKE_ISSUE, 0, 0, NULL});
        daotp_credential *credential;
        const daotp_finding *error;

        assert_int_equal(daotp_ra_enroll(f->ca, "h\\n", "CORP\\RA$", rows[i].template_oid,
                                         rows[i].dns_name, f->key, 1000, f->report, &credential),
                         DAOTP_USAGE);
        assert_null(credential);
        error = daotp_report_get_error(f->report);
        assert_int_equal(daotp_finding_get_number(error), DAOTP_FINDING_CALL_ARGUMENT);
        assert_string_equal(daotp_finding_get_subject(error), rows[i].subject);
        assert_int_equal(f->fake.begun, 0);
        fixture_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_config_is_split_at_the_first_backslash),
        cmocka_unit_test(each_outcome_has_its_status_and_finding),
        cmocka_unit_test(a_certificate_for_another_key_is_no_answer),
        cmocka_unit_test(one_readable_token_of_two_is_enough),
        cmocka_unit_test(the_status_of_a_cmc_answer_is_read),
        cmocka_unit_test(an_answer_that_cannot_be_read_says_where),
        cmocka_unit_test(the_words_of_the_ca_are_shown),
        cmocka_unit_test(a_refused_begin_is_not_ended),
        cmocka_unit_test(a_submission_keeps_its_ca),
        cmocka_unit_test(an_incomplete_table_is_refused),
        cmocka_unit_test(the_credential_is_asked_for_by_host_and_attempt),
        cmocka_unit_test(what_is_no_credential_is_refused),
        cmocka_unit_test(a_credential_is_for_its_host_alone),
        cmocka_unit_test(the_password_is_in_no_finding),
        cmocka_unit_test(without_anybody_to_ask_there_is_none),
        cmocka_unit_test(the_next_ca_is_tried_when_it_may_do_better),
        cmocka_unit_test(a_refused_credential_is_not_shown_to_the_next),
        cmocka_unit_test(cas_are_tried_in_the_order_named),
        cmocka_unit_test(the_last_ca_s_failure_is_the_runs),
        cmocka_unit_test(each_host_is_asked_about_once),
        cmocka_unit_test(the_template_is_filled_in),
        cmocka_unit_test(a_url_too_long_is_no_url),
        cmocka_unit_test(the_password_is_for_the_host_of_the_url),
        cmocka_unit_test(a_host_from_the_server_must_be_allowed),
        cmocka_unit_test(a_host_that_is_not_allowed_is_told_with_the_list),
        cmocka_unit_test(any_goes_by_the_url_and_then_by_the_ticket),
        cmocka_unit_test(only_a_password_s_service_asks_for_one),
        cmocka_unit_test(a_transport_asks_only_for_hosts_that_are_allowed),
        cmocka_unit_test(a_ca_that_is_not_allowed_is_passed_over),
        cmocka_unit_test(refusals_count_over_enrolments),
        cmocka_unit_test(a_refused_password_is_not_sent_again),
        cmocka_unit_test(setters_of_wstep_are_for_wstep),
        cmocka_unit_test(a_whole_run_ends_as_the_ca_decides),
        cmocka_unit_test(settings_may_change_under_way),
        cmocka_unit_test(each_ping_has_its_own_verdict),
        cmocka_unit_test(the_names_of_an_ra_are_checked),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
