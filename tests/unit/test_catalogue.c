/* SPDX-License-Identifier: BSD-2-Clause */
/* The catalogue, read a second time from its table. That each enumerator of the header has the
 * table's number is asserted when core/catalogue.c is compiled. */
#include "builders.h"

#include "core/utf8.h"

struct row {
    int number;
    const char *name, *id, *title, *wanted, *hint, *source, *aliases;
    daotp_stage stage;
    daotp_severity severity;
    daotp_status status;
};

static const struct row rows[] = {
#define ROW(number, name, id, stage, severity, status, title, wanted, hint, source, aliases)       \
    {number,                                                                                       \
     #name,                                                                                        \
     id,                                                                                           \
     title,                                                                                        \
     wanted,                                                                                       \
     hint,                                                                                         \
     source,                                                                                       \
     aliases,                                                                                      \
     DAOTP_STAGE_##stage,                                                                          \
     DAOTP_SEVERITY_##severity,                                                                    \
     DAOTP_##status},
#include "core/catalogue.def"
#undef ROW
};

static void numbers_ascend(void **state)
{
    (void)state;
    assert_true(rows[0].number > 0);
    for (size_t i = 1; i < COUNT(rows); i++)
        if (rows[i].number <= rows[i - 1].number)
            fail_msg("%s", rows[i].id);
}

/* What a stored report or a program of old means by a number stays so. */
static void a_retired_number_is_not_used_again(void **state)
{
    static const int retired[] = {101};

    (void)state;
    for (size_t i = 0; i < COUNT(retired); i++)
        assert_string_equal(daotp_catalogue_get_id((daotp_finding_number)retired[i]), "");
}

static void ids_and_names_stand_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(rows[i].id, rows[j].id);
            assert_string_not_equal(rows[i].name, rows[j].name);
        }
}

static void ids_are_capitals_digits_and_dashes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (*rows[i].id == '\0' ||
            strspn(rows[i].id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != strlen(rows[i].id))
            fail_msg("%s", rows[i].id);
}

static void every_row_has_its_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const texts[] = {rows[i].title, rows[i].wanted, rows[i].hint, rows[i].source};

        for (size_t j = 0; j < COUNT(texts); j++)
            if (*texts[j] == '\0' || !daotp__utf8_printable(texts[j], strlen(texts[j])) ||
                texts[j][strlen(texts[j]) - 1] == '.')
                fail_msg("%s: \"%s\"", rows[i].id, texts[j]);
        assert_true(daotp__utf8_printable(rows[i].aliases, strlen(rows[i].aliases)));
    }
}

/* An error ends a run, so it must say as what; and never as success. */
static void every_error_ends_in_a_status(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].severity == DAOTP_SEVERITY_ERROR &&
            (rows[i].status == DAOTP_OK || rows[i].status == DAOTP_AGAIN))
            fail_msg("%s", rows[i].id);
}

static void the_interface_gives_the_table(void **state)
{
    daotp_finding_number number = DAOTP_FINDING_NONE;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        number = daotp_catalogue_next(number);
        assert_int_equal(number, rows[i].number);
        assert_string_equal(daotp_catalogue_get_id(number), rows[i].id);
        assert_string_equal(daotp_catalogue_get_title(number), rows[i].title);
        assert_string_equal(daotp_catalogue_get_wanted(number), rows[i].wanted);
        assert_string_equal(daotp_catalogue_get_hint(number), rows[i].hint);
        assert_string_equal(daotp_catalogue_get_source(number), rows[i].source);
        assert_string_equal(daotp_catalogue_get_aliases(number), rows[i].aliases);
        assert_int_equal(daotp_catalogue_get_stage(number), rows[i].stage);
        assert_int_equal(daotp_catalogue_get_severity(number), rows[i].severity);
        assert_int_equal(daotp_catalogue_get_status(number), rows[i].status);
    }
    assert_int_equal(daotp_catalogue_next(number), DAOTP_FINDING_NONE);
}

static void an_unknown_number_is_an_error_without_words(void **state)
{
    daotp_finding_number unknown = (daotp_finding_number)4711;

    (void)state;
    assert_string_equal(daotp_catalogue_get_id(unknown), "");
    assert_string_equal(daotp_catalogue_get_title(unknown), "");
    assert_string_equal(daotp_catalogue_get_aliases(unknown), "");
    assert_int_equal(daotp_catalogue_get_severity(unknown), DAOTP_SEVERITY_ERROR);
    assert_int_not_equal(daotp_catalogue_get_status(unknown), DAOTP_OK);
    assert_int_equal(daotp_catalogue_next((daotp_finding_number)100000), DAOTP_FINDING_NONE);
}

static void a_row_is_found_by_id_and_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[64];

        assert_int_equal(daotp_catalogue_find(rows[i].id), rows[i].number);
        (void)snprintf(text, sizeof text, "finding:%d", rows[i].number);
        assert_int_equal(daotp_catalogue_find(text), rows[i].number);
        for (size_t j = 0; j <= strlen(rows[i].id); j++)
            text[j] = (char)tolower((unsigned char)rows[i].id[j]);
        assert_int_equal(daotp_catalogue_find(text), rows[i].number);
    }
}

static void a_row_is_found_by_each_alias(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char words[512], *word, *rest = words;

        (void)snprintf(words, sizeof words, "%s", rows[i].aliases);
        while ((word = strsep(&rest, " ")) != NULL && *word != '\0') {
            daotp_finding_number found = daotp_catalogue_find(word);

            /* an alias may stand for several rows; the first is found */
            if (found == DAOTP_FINDING_NONE ||
                (strstr(daotp_catalogue_get_aliases(found), word) == NULL &&
                 strcmp(daotp_catalogue_get_id(found), word) != 0))
                fail_msg("%s of %s", word, rows[i].id);
        }
    }
    assert_int_equal(daotp_catalogue_find("event:10006"), DAOTP_FINDING_OTP_CHALLENGE);
    assert_int_equal(daotp_catalogue_find("EVENT:10006"), DAOTP_FINDING_OTP_CHALLENGE);
    assert_int_equal(daotp_catalogue_find("0x80094012"), DAOTP_FINDING_CA_TEMPLATE_DENIED);
}

/* 5 is a finding, an errno, a KRB-ERROR and a Windows error: which one was never said. */
static void a_bare_number_is_never_found(void **state)
{
    (void)state;
    for (int n = -70000; n < 70000; n++) {
        char text[16];

        (void)snprintf(text, sizeof text, "%d", n);
        if (daotp_catalogue_find(text) != DAOTP_FINDING_NONE)
            fail_msg("%s", text);
    }
    for (size_t i = 0; i < COUNT(rows); i++) {
        char words[512], *word, *rest = words;

        (void)snprintf(words, sizeof words, "%s", rows[i].aliases);
        while ((word = strsep(&rest, " ")) != NULL && *word != '\0')
            if (strspn(word, "+-.0123456789") == strlen(word))
                fail_msg("%s of %s has no kind", word, rows[i].id);
    }
}

/* An alias that several rows have gives them all, each once; the row of that id comes first. */
static void all_rows_of_a_name_are_found(void **state)
{
    daotp_finding_number n = daotp_catalogue_find("event:10005");
    unsigned count = 0;

    (void)state;
    for (; n != DAOTP_FINDING_NONE; n = daotp_catalogue_find_next("event:10005", n), count++)
        assert_non_null(strstr(daotp_catalogue_get_aliases(n), "event:10005"));
    assert_int_equal(count, 6);
    assert_int_equal(daotp_catalogue_find_next("OTP-EKU", DAOTP_FINDING_OTP_EKU),
                     DAOTP_FINDING_NONE);
    assert_int_equal(daotp_catalogue_find_next("event:10005", DAOTP_FINDING_NONE),
                     daotp_catalogue_find("event:10005"));
    assert_int_equal(daotp_catalogue_find_next(NULL, DAOTP_FINDING_NONE), DAOTP_FINDING_NONE);
}

static void what_is_not_there_is_not_found(void **state)
{
    static const char *const words[] = {"",
                                        " ",
                                        "0",
                                        "99999",
                                        "-1",
                                        "+1",
                                        "1 ",
                                        " 1",
                                        "OTP",
                                        "OTP-EKU ",
                                        "OTP-EKUX",
                                        "event",
                                        "event:1000",
                                        "0x8009401",
                                        "1.0",
                                        "finding:",
                                        "finding:0",
                                        "finding:4711",
                                        "finding:-1",
                                        "finding:1x",
                                        "finding:4294967297",
                                        "errno:5000",
                                        "krb:5000",
                                        "4294967297",
                                        "18446744073709551617"};

    (void)state;
    assert_int_equal(daotp_catalogue_find(NULL), DAOTP_FINDING_NONE);
    for (size_t i = 0; i < COUNT(words); i++)
        if (daotp_catalogue_find(words[i]) != DAOTP_FINDING_NONE)
            fail_msg("\"%s\"", words[i]);
}

/* No enumerator is left in the header whose row is gone. */
static void the_header_has_no_more_rows(void **state)
{
    daotp__buffer header;
    unsigned count = 0;

    (void)state;
    daotp__buffer_init(&header, DAOTP__MAX_FILE);
    assert_int_equal(
        daotp__file_read(SOURCE_DIR "/include/daotp/catalogue.h", false, &header, NULL), DAOTP_OK);
    for (const char *at = daotp__buffer_string(&header);
         (at = strstr(at, "\n    DAOTP_FINDING_")) != NULL; at++)
        count++;
    assert_int_equal(count, COUNT(rows) + 1); /* and NONE */
    daotp__buffer_free(&header);
}

static void stages_and_severities_have_names(void **state)
{
    (void)state;
    for (int i = 0; i < DAOTP_STAGE_ALL_COUNT; i++) {
        assert_string_not_equal(daotp_stage_name((daotp_stage)i), "unknown");
        for (int j = 0; j < i; j++)
            assert_string_not_equal(daotp_stage_name((daotp_stage)i),
                                    daotp_stage_name((daotp_stage)j));
    }
    assert_string_equal(daotp_stage_name(DAOTP_STAGE_REVOCATION), "revocation");
    assert_string_equal(daotp_stage_name(DAOTP_STAGE_SIGN), "sign");
    assert_string_equal(daotp_stage_name((daotp_stage)DAOTP_STAGE_ALL_COUNT), "unknown");
    assert_string_equal(daotp_severity_name(DAOTP_SEVERITY_WARNING), "warning");
    assert_string_equal(daotp_severity_name((daotp_severity)3), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_ascend),
        cmocka_unit_test(a_retired_number_is_not_used_again),
        cmocka_unit_test(ids_and_names_stand_once),
        cmocka_unit_test(ids_are_capitals_digits_and_dashes),
        cmocka_unit_test(every_row_has_its_texts),
        cmocka_unit_test(every_error_ends_in_a_status),
        cmocka_unit_test(the_interface_gives_the_table),
        cmocka_unit_test(an_unknown_number_is_an_error_without_words),
        cmocka_unit_test(a_row_is_found_by_id_and_number),
        cmocka_unit_test(a_row_is_found_by_each_alias),
        cmocka_unit_test(a_bare_number_is_never_found),
        cmocka_unit_test(all_rows_of_a_name_are_found),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(the_header_has_no_more_rows),
        cmocka_unit_test(stages_and_severities_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
