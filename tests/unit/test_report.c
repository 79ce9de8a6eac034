/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"

#include "core/utf8.h"
#include "json_check.h"

static int64_t now_ms;

static test_report new_report(void)
{
    test_report report = test_report_new();

    assert_int_equal(daotp_context_set_monotonic_clock(report.context, test_clock_stands, &now_ms),
                     DAOTP_OK);
    return report;
}

static const daotp_finding *last(const test_report *report)
{
    return daotp_report_get_finding(report->report, daotp_report_get_count(report->report) - 1);
}

/* Well-formed UTF-8, and no control character but the line ends: C0, DEL and C1 (U+0080 to U+009F),
 * by which a terminal can be steered. */
static bool is_plain(const char *text)
{
    for (const char *at = text; *at != '\0';) {
        size_t n = daotp__utf8_next(at, strlen(at));

        if (n == 0 || (n == 1 && ((unsigned char)*at < 0x20 || *at == 0x7F) && *at != '\n') ||
            (n == 2 && (unsigned char)at[0] == 0xC2 && (unsigned char)at[1] < 0xA0))
            return false;
        at += n;
    }
    return true;
}

static void a_new_report_is_empty(void **state)
{
    test_report report = new_report();

    (void)state;
    assert_int_equal(daotp_report_get_status(report.report), DAOTP_OK);
    assert_int_equal(daotp_report_get_count(report.report), 0);
    assert_null(daotp_report_get_error(report.report));
    assert_null(daotp_report_get_finding(report.report, 0));
    for (int stage = 0; stage < DAOTP_STAGE_ALL_COUNT; stage++) {
        assert_int_equal(daotp_report_get_stage_state(report.report, (daotp_stage)stage),
                         DAOTP_STAGE_NOT_REACHED);
        assert_int_equal(daotp_report_get_stage_ms(report.report, (daotp_stage)stage), -1);
    }
    assert_string_equal(daotp_report_get_text(report.report), "status: ok\n");
    assert_string_equal(
        daotp_report_get_json(report.report),
        "{\"format\":1,\"status\":\"ok\",\"error\":null,\"cause\":null,\"stages\":[],"
        "\"findings\":[],\"dropped\":0}");
    test_report_free(&report);
}

static void a_finding_says_what_was_found_where(void **state)
{
    test_report report = new_report();
    daotp_status status =
        daotp__report_add(report.report, DAOTP_FINDING_OTP_EKU, 7, "subject", "%s %d", "found", 1);
    const daotp_finding *finding = last(&report);

    (void)state;
    assert_int_equal(status, daotp_catalogue_get_status(DAOTP_FINDING_OTP_EKU));
    assert_int_equal(daotp_finding_get_number(finding), DAOTP_FINDING_OTP_EKU);
    assert_string_equal(daotp_finding_get_id(finding), "OTP-EKU");
    assert_int_equal(daotp_finding_get_stage(finding), DAOTP_STAGE_PROFILE);
    assert_int_equal(daotp_finding_get_severity(finding), DAOTP_SEVERITY_ERROR);
    assert_string_equal(daotp_finding_get_subject(finding), "subject");
    assert_string_equal(daotp_finding_get_found(finding), "found 1");
    assert_int_equal(daotp_finding_get_upstream(finding), 7);
    assert_ptr_equal(daotp_report_get_error(report.report), finding);
    test_report_free(&report);
}

static void only_an_error_ends_a_run(void **state)
{
    test_report report = new_report();

    (void)state;
    assert_int_equal(daotp__report_add(report.report, DAOTP_FINDING_CMC_HASH, 0, "", "x"),
                     DAOTP_OK);
    assert_int_equal(daotp__report_add(report.report, DAOTP_FINDING_OTP_SERIAL, 0, "", "x"),
                     DAOTP_OK);
    assert_null(daotp_report_get_error(report.report));
    assert_int_equal(daotp__report_add(report.report, DAOTP_FINDING_OTP_CHALLENGE, 0, NULL, "x"),
                     DAOTP_CHALLENGE);
    assert_non_null(daotp_report_get_error(report.report));
    assert_string_equal(daotp_finding_get_subject(last(&report)), "");
    /* without a report the answer is the same */
    assert_int_equal(daotp__report_add(NULL, DAOTP_FINDING_OTP_CHALLENGE, 0, "", "x"),
                     DAOTP_CHALLENGE);
    assert_int_equal(daotp__report_add(NULL, DAOTP_FINDING_CMC_HASH, 0, "", "x"), DAOTP_OK);
    test_report_free(&report);
}

static void a_finding_stands_in_the_stage_under_way(void **state)
{
    test_report report = new_report();

    (void)state;
    daotp__report_stage_begin(report.report, DAOTP_STAGE_SUBMIT);
    (void)daotp__report_add(report.report, DAOTP_FINDING_TLS_FAILED, 0, "", "x");
    assert_int_equal(daotp_finding_get_stage(last(&report)), DAOTP_STAGE_SUBMIT);
    test_report_free(&report);
}

static void stages_are_timed(void **state)
{
    test_report report = new_report();

    (void)state;
    now_ms = 1000;
    daotp__report_stage_begin(report.report, DAOTP_STAGE_TLS);
    assert_int_equal(daotp_report_get_stage_state(report.report, DAOTP_STAGE_TLS),
                     DAOTP_STAGE_RUNNING);
    assert_int_equal(daotp_report_get_stage_ms(report.report, DAOTP_STAGE_TLS), -1);
    now_ms = 1042;
    daotp__report_stage_end(report.report, DAOTP_STAGE_TLS, DAOTP_STAGE_PASSED);
    assert_int_equal(daotp_report_get_stage_state(report.report, DAOTP_STAGE_TLS),
                     DAOTP_STAGE_PASSED);
    assert_int_equal(daotp_report_get_stage_ms(report.report, DAOTP_STAGE_TLS), 42);
    daotp__report_stage_begin(report.report, DAOTP_STAGE_LOGON);
    daotp__report_stage_end(report.report, DAOTP_STAGE_LOGON, DAOTP_STAGE_SKIPPED);
    assert_string_equal(daotp_report_get_text(report.report),
                        "status: ok\ntls         passed       42 ms\nlogon       skipped \n");
    assert_string_equal(
        daotp_report_get_json(report.report),
        "{\"format\":1,\"status\":\"ok\",\"error\":null,\"cause\":null,\"stages\":[{\"stage\":"
        "\"tls\",\"state\":\"passed\","
        "\"ms\":42},{\"stage\":\"logon\",\"state\":\"skipped\",\"ms\":0}],"
        "\"findings\":[],\"dropped\":0}");
    daotp__report_stage_begin(report.report, DAOTP_STAGE_TLS); /* again, with another server */
    assert_int_equal(daotp_report_get_stage_ms(report.report, DAOTP_STAGE_TLS), -1);
    daotp__report_stage_end(report.report, DAOTP_STAGE_TLS, DAOTP_STAGE_FAILED);
    assert_int_equal(daotp_report_get_stage_state(report.report, DAOTP_STAGE_TLS),
                     DAOTP_STAGE_FAILED);
    assert_int_equal(daotp_report_get_stage_state(report.report, (daotp_stage)99),
                     DAOTP_STAGE_NOT_REACHED);
    assert_int_equal(daotp_report_get_stage_ms(report.report, (daotp_stage)99), -1);
    assert_string_equal(daotp_stage_state_name((daotp_stage_state)99), "unknown");
    test_report_free(&report);
}

static void texts_are_made_anew_when_something_is_added(void **state)
{
    test_report report = new_report();
    char before[100];

    (void)state;
    (void)snprintf(before, sizeof before, "%s", daotp_report_get_text(report.report));
    assert_ptr_equal(daotp_report_get_text(report.report), daotp_report_get_text(report.report));
    (void)daotp__report_add(report.report, DAOTP_FINDING_OTP_EKU, 0, "", "x");
    assert_string_not_equal(daotp_report_get_text(report.report), before);
    assert_non_null(
        strstr(daotp_report_get_text(report.report), "error OTP-EKU (stage profile)\n"));
    assert_non_null(strstr(daotp_report_get_json(report.report), "\"id\":\"OTP-EKU\""));
    assert_non_null(strstr(daotp_report_get_json(report.report), "\"error\":\"OTP-EKU\","));
    (void)daotp__report_add(report.report, DAOTP_FINDING_OTP_SID, 0, "", "a warning");
    assert_non_null(strstr(daotp_report_get_json(report.report), "\"error\":\"OTP-EKU\","));
    daotp__report_downgrade_errors(report.report, 0);
    assert_non_null(strstr(daotp_report_get_json(report.report), "\"error\":null,"));
    daotp__report_clear(report.report);
    assert_string_equal(daotp_report_get_text(report.report), before);
    assert_null(daotp_report_get_error(report.report));
    test_report_free(&report);
}

static void a_status_without_a_finding_gets_one(void **state)
{
    static const struct {
        daotp_status status;
        daotp_finding_number number;
    } rows[] = {
        {DAOTP_USAGE, DAOTP_FINDING_CALL_ARGUMENT},
        {DAOTP_MEMORY, DAOTP_FINDING_CALL_MEMORY},
        {DAOTP_TIMEOUT, DAOTP_FINDING_CALL_TIMEOUT},
        {DAOTP_CANCELLED, DAOTP_FINDING_CALL_CANCELLED},
        {DAOTP_INTERNAL, DAOTP_FINDING_CALL_INTERNAL},
        {DAOTP_OK, DAOTP_FINDING_NONE},
        {DAOTP_AGAIN, DAOTP_FINDING_NONE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_report report = new_report();

        assert_int_equal(daotp__report_status(report.report, rows[i].status), rows[i].status);
        assert_int_equal(daotp_report_get_status(report.report), rows[i].status);
        assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report.report)),
                         rows[i].number);
        assert_int_equal(daotp__report_status(NULL, rows[i].status), rows[i].status);
        test_report_free(&report);
    }
}

static void a_better_finding_is_not_doubled(void **state)
{
    test_report report = new_report();

    (void)state;
    (void)daotp__report_status(
        report.report, daotp__report_add(report.report, DAOTP_FINDING_CALL_ORDER, 0, "a", "b"));
    assert_int_equal(daotp_report_get_count(report.report), 1);
    assert_int_equal(daotp_report_get_status(report.report), DAOTP_USAGE);
    test_report_free(&report);
}

static void findings_are_bounded(void **state)
{
    test_report report = new_report();

    (void)state;
    for (int i = 0; i < DAOTP__MAX_FINDINGS + 10; i++)
        (void)daotp__report_add(report.report, DAOTP_FINDING_CMC_HASH, i, "", "%d", i);
    assert_int_equal(daotp_report_get_count(report.report), DAOTP__MAX_FINDINGS);
    assert_int_equal(daotp_finding_get_upstream(last(&report)), DAOTP__MAX_FINDINGS - 1);
    assert_non_null(
        strstr(daotp_report_get_text(report.report), "10 further findings were left out\n"));
    assert_non_null(strstr(daotp_report_get_json(report.report), "\"dropped\":10}"));
    assert_true(json_is_well_formed(daotp_report_get_json(report.report)));
    test_report_free(&report);
}

/* A full report gives up what is no error, as long as it has it. */
static void an_error_is_never_dropped(void **state)
{
    static const daotp_finding_number errors[] = {DAOTP_FINDING_CMC_RASIG, DAOTP_FINDING_RA_EKU,
                                                  DAOTP_FINDING_RA_KU};
    test_report report = new_report();

    (void)state;
    for (int i = 0; i < DAOTP__MAX_FINDINGS + 1; i++)
        (void)daotp__report_add(report.report, DAOTP_FINDING_CMC_HASH, i, "", "x");
    for (size_t i = 0; i < COUNT(errors); i++) {
        assert_int_equal(daotp__report_add(report.report, errors[i], 0, "", "x"), DAOTP_REJECTED);
        assert_int_equal(daotp_report_get_count(report.report), DAOTP__MAX_FINDINGS);
        assert_true(test_report_has(&report, errors[i]));
    }
    for (size_t i = 0; i < COUNT(errors); i++)
        assert_true(test_report_has(&report, errors[i]));
    assert_int_equal(daotp_finding_get_severity(daotp_report_get_error(report.report)),
                     DAOTP_SEVERITY_ERROR);
    test_report_free(&report);
}

static void errors_alone_may_fill_a_report(void **state)
{
    test_report report = new_report();

    (void)state;
    for (int i = 0; i < 3 * DAOTP__MAX_FINDINGS; i++) {
        (void)daotp__report_add(report.report, DAOTP_FINDING_CMC_RASIG, i, "", "x");
        assert_int_equal(daotp_finding_get_severity(daotp_report_get_error(report.report)),
                         DAOTP_SEVERITY_ERROR);
    }
    assert_int_equal(daotp_report_get_count(report.report), DAOTP__MAX_FINDINGS);
    test_report_free(&report);
}

static void reports_are_merged(void **state)
{
    test_report one = new_report(), two = new_report();

    (void)state;
    (void)daotp__report_add(one.report, DAOTP_FINDING_CMC_HASH, 1, "a", "first");
    (void)daotp__report_add(two.report, DAOTP_FINDING_CMC_RASIG, 2, "b", "100%% second %%s");
    daotp__report_merge(one.report, two.report);
    assert_int_equal(daotp_report_get_count(one.report), 2);
    assert_string_equal(daotp_finding_get_found(last(&one)), "100% second %s");
    assert_string_equal(daotp_finding_get_subject(last(&one)), "b");
    assert_int_equal(daotp_finding_get_upstream(last(&one)), 2);
    assert_ptr_equal(daotp_report_get_error(one.report), last(&one));
    assert_int_equal(daotp_report_get_count(two.report), 1);
    test_report_free(&one);
    test_report_free(&two);
}

/* What failed and was made good another way is still told, but no longer stops the run. */
static void errors_that_were_made_good_become_warnings(void **state)
{
    test_report report = new_report();

    (void)state;
    (void)daotp__report_add(report.report, DAOTP_FINDING_TCP_FAILED, 0, "a", "x");
    (void)daotp__report_add(report.report, DAOTP_FINDING_TLS_FAILED, 0, "b", "x");
    (void)daotp__report_add(report.report, DAOTP_FINDING_OTP_SERIAL, 0, "c", "x");
    daotp__report_downgrade_errors(report.report, 1);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report.report)),
                     DAOTP_FINDING_TCP_FAILED);
    assert_int_equal(daotp_finding_get_severity(daotp_report_get_finding(report.report, 0)),
                     DAOTP_SEVERITY_ERROR);
    assert_int_equal(daotp_finding_get_severity(daotp_report_get_finding(report.report, 1)),
                     DAOTP_SEVERITY_WARNING);
    assert_int_equal(daotp_finding_get_severity(daotp_report_get_finding(report.report, 2)),
                     DAOTP_SEVERITY_INFORMATION);
    assert_non_null(strstr(daotp_report_get_text(report.report), "warning TLS-FAILED"));
    daotp__report_downgrade_errors(report.report, 0);
    assert_null(daotp_report_get_error(report.report));
    assert_null(strstr(daotp_report_get_json(report.report), "\"severity\":\"error\""));
    test_report_free(&report);
}

static void a_report_is_wound_back(void **state)
{
    test_report report = new_report();

    (void)state;
    daotp__report_stage_begin(report.report, DAOTP_STAGE_PREPARE);
    (void)daotp__report_add(report.report, DAOTP_FINDING_USER_NO_DN, 0, "a", "x");
    daotp__report_stage_end(report.report, DAOTP_STAGE_PREPARE, DAOTP_STAGE_PASSED);
    daotp__report_stage_begin(report.report, DAOTP_STAGE_TLS);
    (void)daotp__report_status(
        report.report, daotp__report_add(report.report, DAOTP_FINDING_TLS_FAILED, 0, "b", "x"));
    daotp__report_stage_end(report.report, DAOTP_STAGE_TLS, DAOTP_STAGE_FAILED);
    daotp__report_resume_at(report.report, 1, DAOTP_STAGE_RESOLVE);
    assert_int_equal(daotp_report_get_count(report.report), 1);
    assert_int_equal(daotp_report_get_status(report.report), DAOTP_OK);
    assert_null(daotp_report_get_error(report.report));
    assert_int_equal(daotp_report_get_stage_state(report.report, DAOTP_STAGE_PREPARE),
                     DAOTP_STAGE_PASSED);
    assert_int_equal(daotp_report_get_stage_state(report.report, DAOTP_STAGE_TLS),
                     DAOTP_STAGE_NOT_REACHED);
    assert_int_equal(daotp_report_get_stage_ms(report.report, DAOTP_STAGE_TLS), -1);
    daotp__report_resume_at(report.report, 7, DAOTP_STAGE_CALL); /* more than there are */
    assert_int_equal(daotp_report_get_count(report.report), 1);
    test_report_free(&report);
}

/* ---- hostile strings ------------------------------------------------------------------------- */

static const char *const hostile[] = {
    "line\nend\rand\ttab",
    "\x1B[31mred\x1B[0m\x07",
    "\x7F\x01\x1F",
    "\"quote\\back\"",
    "%s%n%d",
    "\xFF\xFE\x80",
    "cut \xE2\x82",
    ("\xC2\x9B"
     "31m C1 control"),
    "\xED\xA0\x80",
    "}]},\"x\":[{",
};

static void hostile_strings_make_well_formed_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(hostile); i++) {
        test_report report = new_report();

        (void)daotp__report_add(report.report, DAOTP_FINDING_OTP_EKU, 0, hostile[i], "%s",
                                hostile[i]);
        if (!json_is_well_formed(daotp_report_get_json(report.report)))
            fail_msg("row %zu", i);
        test_report_free(&report);
    }
}

/* A peer may send a secret back, in whatever it says. */
static void no_secret_stands_in_a_report(void **state)
{
    static const daotp__bytes code = {(const uint8_t *)"314159", 6},
                              password = {(const uint8_t *)"hunter2", 7};
    test_report report = new_report();
    char longer[2 * DAOTP__MAX_TEXT];
    const daotp_finding *finding;

    (void)state;
    daotp__report_redact(report.report, DAOTP__SECRET_CODE, code);
    daotp__report_redact(report.report, DAOTP__SECRET_PASSWORD, password);
    (void)daotp__report_add(report.report, DAOTP_FINDING_OTP_EKU, 0, "of 314159", "%s",
                            "314159 and hunter2, hunter2314159");
    finding = last(&report);
    assert_string_equal(daotp_finding_get_subject(finding), "of ******");
    assert_string_equal(daotp_finding_get_found(finding), "****** and *******, *************");
    /* nor a part of one, where a long text is cut */
    memset(longer, 'x', sizeof longer);
    memcpy(longer + DAOTP__MAX_TEXT - 4, "314159", 7);
    (void)daotp__report_add(report.report, DAOTP_FINDING_OTP_EKU, 0, "", "%s", longer);
    assert_null(strstr(daotp_finding_get_found(last(&report)), "31"));
    daotp__report_redact(report.report, DAOTP__SECRET_CODE, (daotp__bytes){NULL, 0});
    (void)daotp__report_add(report.report, DAOTP_FINDING_OTP_EKU, 0, "314159", "hunter2");
    assert_string_equal(daotp_finding_get_subject(last(&report)), "314159"); /* it is over */
    assert_string_equal(daotp_finding_get_found(last(&report)), "*******");
    test_report_free(&report);
}

/* In every form that our own writing gives it, in part, and however short it is. */
static void a_secret_is_hidden_in_each_form(void **state)
{
    static const struct {
        const char *secret, *text, *shown;
    } rows[] = {
        {"a&b<c%d", "a&amp;b&lt;c%d!", "**************!"},
        {"a&b<c%d", "a%26b%3Cc%25d!", "*************!"},
        {"a&b<c%d", "a&#38;b&#x3c;c%d!", "****************!"},
        {"correct horse", "correct h...", "*********..."},
        {"correct horse", "is ect horse ok", "is ********* ok"},
        {"correct horse", "a horse", "a horse"},
        {"314159", "code 3141 is cut", "code **** is cut"},
        {"314159", "in 4159", "in ****"},
        {"314159", "314 is too little to tell", "314 is too little to tell"},
        {"123", "code 123 is wrong: '123'", "code *** is wrong: '***'"},
        {"123", "in 71234 octets", "in 71234 octets"},
        {"7", "code=7;", "code=*;"},
        {"\xC3\xA9\xC3\xA9", "\xC3\xA9\xC3\xA9", "****"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__bytes secret = {(const uint8_t *)rows[i].secret, strlen(rows[i].secret)};
        test_report report = new_report();

        daotp__report_redact(report.report, DAOTP__SECRET_CODE, secret);
        (void)daotp__report_add(report.report, DAOTP_FINDING_OTP_EKU, 0, rows[i].text, "%s",
                                rows[i].text);
        assert_string_equal(daotp_finding_get_found(last(&report)), rows[i].shown);
        assert_string_equal(daotp_finding_get_subject(last(&report)), rows[i].shown);
        test_report_free(&report);
    }
}

static void hostile_strings_stay_on_their_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(hostile); i++) {
        test_report report = new_report();
        unsigned lines = 0;

        (void)daotp__report_add(report.report, DAOTP_FINDING_OTP_EKU, 0, hostile[i], "%s",
                                hostile[i]);
        for (const char *at = daotp_report_get_text(report.report); *at != '\0'; at++)
            lines += *at == '\n';
        assert_int_equal(lines, 3 + 6); /* status, an empty one, head, and six fields */
        test_report_free(&report);
    }
}

static void hostile_strings_do_not_steer_a_terminal(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(hostile); i++) {
        test_report report = new_report();

        (void)daotp__report_add(report.report, DAOTP_FINDING_OTP_EKU, 0, hostile[i], "%s",
                                hostile[i]);
        if (!is_plain(daotp_report_get_text(report.report)))
            fail_msg("row %zu", i);
        test_report_free(&report);
    }
}

/* What is too long is cut, but not in the middle of a character. */
static void a_long_value_is_cut_between_characters(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        test_report report = new_report();
        char longer[2000] = "xxx";

        longer[shift] = '\0';
        while (strlen(longer) < sizeof longer - 4)
            strcat(longer, "\xE2\x82\xAC");
        (void)daotp__report_add(report.report, DAOTP_FINDING_OTP_EKU, 0, "", "%s", longer);
        assert_true(strlen(daotp_finding_get_found(last(&report))) < DAOTP__MAX_TEXT);
        if (!is_plain(daotp_finding_get_found(last(&report))))
            fail_msg("after %zu", shift);
        test_report_free(&report);
    }
}

static daotp_finding_number longest_error(void)
{
    daotp_finding_number number = DAOTP_FINDING_NONE, longest = DAOTP_FINDING_NONE;
    size_t most = 0;

    while ((number = daotp_catalogue_next(number)) != DAOTP_FINDING_NONE) {
        size_t len = strlen(daotp_catalogue_get_title(number)) +
                     strlen(daotp_catalogue_get_hint(number)) +
                     strlen(daotp_catalogue_get_wanted(number));

        if (len > most && daotp_catalogue_get_severity(number) == DAOTP_SEVERITY_ERROR) {
            most = len;
            longest = number;
        }
    }
    return longest;
}

/* The largest report there can be is shown, not lost: each subject a URL, and all to be escaped. */
static void the_largest_report_is_shown(void **state)
{
    test_report report = new_report();
    daotp_finding_number number = longest_error();
    char subject[DAOTP__MAX_URL + 1], found[DAOTP__MAX_TEXT];

    (void)state;
    memset(subject, '\xFF', sizeof subject - 1);
    subject[sizeof subject - 1] = '\0';
    memset(found, '\xFF', sizeof found - 1);
    found[sizeof found - 1] = '\0';
    for (unsigned i = 0; i < DAOTP__MAX_FINDINGS; i++)
        (void)daotp__report_add(report.report, number, 0, subject, "%s", found);
    assert_true(json_is_well_formed(daotp_report_get_json(report.report)));
    assert_non_null(strstr(daotp_report_get_json(report.report), daotp_catalogue_get_id(number)));
    assert_non_null(strstr(daotp_report_get_text(report.report), daotp_catalogue_get_id(number)));
    test_report_free(&report);
}

static void arguments_are_checked(void **state)
{
    daotp_report *report;
    daotp_context *context;

    (void)state;
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    assert_int_equal(daotp_report_new(NULL, &report), DAOTP_USAGE);
    assert_null(report);
    assert_int_equal(daotp_report_new(context, NULL), DAOTP_USAGE);
    daotp_context_unref(context);
    daotp_report_free(NULL);
    assert_int_equal(daotp_report_get_status(NULL), DAOTP_USAGE);
    assert_int_equal(daotp_report_get_count(NULL), 0);
    assert_null(daotp_report_get_finding(NULL, 0));
    assert_null(daotp_report_get_error(NULL));
    assert_int_equal(daotp_report_get_stage_ms(NULL, DAOTP_STAGE_TLS), -1);
    assert_string_equal(daotp_report_get_text(NULL), "no report\n");
    assert_string_equal(daotp_report_get_json(NULL), "{}");
    assert_int_equal(daotp_finding_get_number(NULL), DAOTP_FINDING_NONE);
    assert_string_equal(daotp_finding_get_id(NULL), "");
    assert_string_equal(daotp_finding_get_subject(NULL), "");
    assert_string_equal(daotp_finding_get_found(NULL), "");
    assert_int_equal(daotp_finding_get_upstream(NULL), 0);
}

/* What stopped the run is read first, whatever was found before it. */
static void the_error_comes_first(void **state)
{
    test_report report = new_report();
    const char *text, *error, *other, *warning, *note;

    (void)state;
    (void)daotp__report_add(report.report, DAOTP_FINDING_CLIENT_NO_STORE, 0, "client", "none");
    (void)daotp__report_add(report.report, DAOTP_FINDING_OTP_SID, 0, "", "a warning");
    (void)daotp__report_add(report.report, DAOTP_FINDING_OTP_EKU, 0, "", "the first");
    (void)daotp__report_add(report.report, DAOTP_FINDING_OTP_UPN, 0, "", "after it");
    text = daotp_report_get_text(report.report);
    error = strstr(text, "\n\nerror OTP-EKU (stage profile)\n");
    other = strstr(text, "\nerror OTP-UPN");
    warning = strstr(text, "\nwarning OTP-SID");
    note = strstr(text, "\ninformation CLIENT-NO-STORE: no store is set, so the credential is only "
                        "returned to the caller; client: none\n");
    assert_true(error != NULL && error < other && other < warning && warning < note);
    test_report_free(&report);
}

/* The verdict is the first finding that stopped the run: the first with the status it ended with.
 */
static void the_first_that_stops_the_run_is_the_verdict(void **state)
{
    test_report report = new_report();

    (void)state;
    (void)daotp__report_add(report.report, DAOTP_FINDING_CRL_MISSING, 0, "", "undecided");
    (void)daotp__report_add(report.report, DAOTP_FINDING_OTP_EKU, 0, "", "the first");
    (void)daotp__report_add(report.report, DAOTP_FINDING_OTP_UPN, 0, "", "the second");
    (void)daotp__report_status(report.report, DAOTP_REJECTED);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report.report)),
                     DAOTP_FINDING_OTP_EKU);
    (void)daotp__report_status(report.report, DAOTP_UNDECIDED);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report.report)),
                     DAOTP_FINDING_CRL_MISSING);
    assert_null(daotp_report_get_cause(report.report));
    test_report_free(&report);
}

static void a_verdict_names_its_cause(void **state)
{
    test_report report = new_report(), other = new_report();
    const daotp_finding *fetch;
    const char *text, *error, *cause;

    (void)state;
    (void)daotp__report_add(other.report, DAOTP_FINDING_FETCH_STATUS, 404, "http://a/b.crl", "404");
    fetch = daotp__report_find_warning(other.report,
                                       (daotp__bytes){(const uint8_t *)"http://a/b.crl", 14});
    (void)daotp__report_add(other.report, DAOTP_FINDING_CRL_MISSING, 0, "CN=CA", "x");
    daotp__report_set_cause(other.report, daotp_report_get_error(other.report), fetch);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_cause(other.report)),
                     DAOTP_FINDING_FETCH_STATUS);
    /* taken over, with an error of its own above them, the root is still the same */
    (void)daotp__report_add(report.report, DAOTP_FINDING_OTP_SID, 0, "", "a warning");
    daotp__report_merge(report.report, other.report);
    (void)daotp__report_conclude(report.report, 1, DAOTP_FINDING_RA_CHAIN, "signer", "CRL-MISSING");
    (void)daotp__report_status(report.report, DAOTP_REJECTED);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report.report)),
                     DAOTP_FINDING_RA_CHAIN);
    assert_int_equal(daotp_finding_get_upstream(daotp_report_get_cause(report.report)), 404);
    assert_non_null(strstr(daotp_report_get_json(report.report),
                           "\"error\":\"RA-CHAIN\",\"cause\":\"FETCH-STATUS\","));
    text = daotp_report_get_text(report.report);
    error = strstr(text, "\n\nerror RA-CHAIN ");
    cause = strstr(text, "\nwarning FETCH-STATUS ");
    assert_true(error != NULL && cause != NULL && error < cause && cause < strstr(text, "OTP-SID"));
    assert_null(daotp_report_get_cause(NULL));
    test_report_free(&report);
    test_report_free(&other);
}

/* What is wrong, why, what was seen, what to do: of the cause first. */
static void cause_evidence_and_cure_stand_in_this_order(void **state)
{
    static const char *const labels[] = {"error CRL-MISSING ",
                                         "\n  what: ",
                                         "\n  because:   FETCH-STATUS: ",
                                         "http://a/b.crl: HTTP 404\n",
                                         "\n  looked at: CN=CA\n",
                                         "\n  found:     x\n",
                                         "\n  wanted: ",
                                         "\n  do: ",
                                         "\n  then: ",
                                         "\nwarning FETCH-STATUS ",
                                         "\n\nrevocation "};
    test_report report = new_report();
    const char *at;

    (void)state;
    daotp__report_stage_begin(report.report, DAOTP_STAGE_REVOCATION);
    (void)daotp__report_add(report.report, DAOTP_FINDING_FETCH_STATUS, 404, "http://a/b.crl",
                            "HTTP 404");
    (void)daotp__report_add(report.report, DAOTP_FINDING_CRL_MISSING, 0, "CN=CA", "x");
    daotp__report_set_cause(report.report, daotp_report_get_error(report.report),
                            daotp_report_get_finding(report.report, 0));
    daotp__report_stage_end(report.report, DAOTP_STAGE_REVOCATION, DAOTP_STAGE_FAILED);
    at = daotp_report_get_text(report.report);
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        at = strstr(at, labels[i]);
        if (at == NULL)
            fail_msg("no '%s' in its place in\n%s", labels[i],
                     daotp_report_get_text(report.report));
    }
    assert_non_null(
        strstr(daotp_report_get_json(report.report), "\"cause\":\"FETCH-STATUS\",\"up"));
    test_report_free(&report);
}

/* A caller's report may serve for several calls: what an earlier one found decides nothing later.
 */
static void each_call_with_a_report_has_its_own_verdict(void **state)
{
    daotp_report *report;
    daotp_context *context;

    (void)state;
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    daotp__report_enter(report);
    (void)daotp__report_status(report,
                               daotp__report_add(report, DAOTP_FINDING_FILE_READ, 0, "a", "x"));
    daotp__report_enter(report);
    (void)daotp__report_status(report,
                               daotp__report_add(report, DAOTP_FINDING_KEY_READ, 0, "b", "x"));
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report)),
                     DAOTP_FINDING_KEY_READ);
    daotp__report_enter(report);
    (void)daotp__report_status(report, DAOTP_OK);
    assert_null(daotp_report_get_error(report));
    assert_int_equal(daotp_report_get_count(report), 2);
    daotp_report_free(report);
    daotp_context_unref(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_that_stops_the_run_is_the_verdict),
        cmocka_unit_test(a_verdict_names_its_cause),
        cmocka_unit_test(cause_evidence_and_cure_stand_in_this_order),
        cmocka_unit_test(each_call_with_a_report_has_its_own_verdict),
        cmocka_unit_test(a_new_report_is_empty),
        cmocka_unit_test(a_finding_says_what_was_found_where),
        cmocka_unit_test(only_an_error_ends_a_run),
        cmocka_unit_test(a_finding_stands_in_the_stage_under_way),
        cmocka_unit_test(stages_are_timed),
        cmocka_unit_test(the_error_comes_first),
        cmocka_unit_test(texts_are_made_anew_when_something_is_added),
        cmocka_unit_test(a_status_without_a_finding_gets_one),
        cmocka_unit_test(a_better_finding_is_not_doubled),
        cmocka_unit_test(findings_are_bounded),
        cmocka_unit_test(an_error_is_never_dropped),
        cmocka_unit_test(errors_alone_may_fill_a_report),
        cmocka_unit_test(reports_are_merged),
        cmocka_unit_test(errors_that_were_made_good_become_warnings),
        cmocka_unit_test(a_report_is_wound_back),
        cmocka_unit_test(hostile_strings_make_well_formed_json),
        cmocka_unit_test(no_secret_stands_in_a_report),
        cmocka_unit_test(a_secret_is_hidden_in_each_form),
        cmocka_unit_test(hostile_strings_stay_on_their_line),
        cmocka_unit_test(hostile_strings_do_not_steer_a_terminal),
        cmocka_unit_test(a_long_value_is_cut_between_characters),
        cmocka_unit_test(the_largest_report_is_shown),
        cmocka_unit_test(arguments_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
