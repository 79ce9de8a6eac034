/* SPDX-License-Identifier: BSD-2-Clause */
#include "make.h"

#include "core/json.h"
#include "core/outline.h"
#include "core/utf8.h"
#include "json_check.h"

static void characters_are_measured(void **state)
{
    static const struct {
        const char *text;
        size_t len;
    } rows[] = {
        {"A", 1},
        {"\x7F", 1},
        {"\xC2\x80", 2},
        {"\xDF\xBF", 2},
        {"\xE0\xA0\x80", 3},
        {"\xED\x9F\xBF", 3},
        {"\xEE\x80\x80", 3},
        {"\xEF\xBF\xBF", 3},
        {"\xF0\x90\x80\x80", 4},
        {"\xF4\x8F\xBF\xBF", 4},
        /* RFC 3629: overlong, surrogates, past U+10FFFF, lone tails, cut short */
        {"\xC0\x80", 0},
        {"\xC1\xBF", 0},
        {"\xE0\x9F\xBF", 0},
        {"\xF0\x8F\xBF\xBF", 0},
        {"\xED\xA0\x80", 0},
        {"\xED\xBF\xBF", 0},
        {"\xF4\x90\x80\x80", 0},
        {"\xF5\x80\x80\x80", 0},
        {"\xFF", 0},
        {"\x80", 0},
        {"\xBF", 0},
        {"\xC2", 0},
        {"\xC2\x41", 0},
        {"\xE2\x82", 0},
        {"\xE2\x82\x41", 0},
        {"\xE2\x41\x82", 0},
        {"\xF0\x9F\x98", 0},
        {"\xF0\x9F\x98\x41", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(daotp__utf8_next(rows[i].text, strlen(rows[i].text)), rows[i].len);
        assert_int_equal(daotp__utf8_valid(rows[i].text, strlen(rows[i].text)), rows[i].len > 0);
    }
    assert_int_equal(daotp__utf8_next("", 0), 0);
    assert_true(daotp__utf8_valid("", 0));
    assert_false(daotp__utf8_valid("a\xC3\xA4\xC3", 4));
}

static void control_characters_are_not_printable(void **state)
{
    (void)state;
    assert_true(daotp__utf8_printable("J\xC3\xBCrgen \xF0\x9F\x98\x80", 12));
    for (int c = 1; c < 0x20; c++)
        assert_false(daotp__utf8_printable((char[]){'a', (char)c}, 2));
    assert_false(daotp__utf8_printable("a\0b", 3));
    assert_false(daotp__utf8_printable("a\x7F", 2));
    assert_false(daotp__utf8_printable("\xFF", 1));
}

static void only_ascii_case_is_folded(void **state)
{
    (void)state;
    assert_true(daotp__text_equal_nocase("Alice@CORP", "aLICE@corp"));
    assert_false(daotp__text_equal_nocase("alice", "alice2"));
    assert_false(daotp__text_equal_nocase("alice2", "alice"));
    assert_false(daotp__text_equal_nocase("@", "`")); /* 0x40 and 0x60 are no letters */
    assert_false(daotp__text_equal_nocase("[", "{"));
    assert_false(daotp__text_equal_nocase("\xC3\x84", "\xC3\xA4"));
    assert_true(daotp__text_equal_nocase("", ""));
}

static const char *json_of(const char *text, daotp__buffer *out)
{
    daotp__buffer_init(out, 4096);
    daotp__json_string(out, text);
    return daotp__buffer_string(out);
}

static void json_strings_are_escaped(void **state)
{
    static const char *const rows[][2] = {
        {"", "\"\""},
        {"a\"b\\c/d", "\"a\\\"b\\\\c/d\""},
        {"\n\t\x01\x7F", "\"\\n\\u0009\\u0001\\u007f\""},
        {"\xC3\xA4", "\"\xC3\xA4\""},
        {"a\xFFz", "\"a\xEF\xBF\xBDz\""},
        {"\xE2\x82", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    daotp__buffer out;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(json_of(rows[i][0], &out), rows[i][1]);
        daotp__buffer_free(&out);
    }
}

static void any_bytes_make_a_well_formed_json_string(void **state)
{
    daotp__buffer out;

    (void)state;
    for (int a = 1; a < 256; a++)
        for (int b = 1; b < 256; b++) {
            char text[] = {(char)a, (char)b, '\0'};

            assert_true(json_is_well_formed(json_of(text, &out)));
            daotp__buffer_free(&out);
        }
}

static char *outline_of(bool json, const char *hostile)
{
    daotp__outline outline;
    char *text;

    daotp__outline_init(&outline, json);
    daotp__outline_line(&outline, "plain", "%d", 1);
    daotp__outline_open(&outline, "open");
    daotp__outline_text(&outline, hostile, hostile, strlen(hostile));
    daotp__outline_open(&outline, "empty");
    daotp__outline_close(&outline);
    daotp__outline_close(&outline);
    daotp__outline_line(&outline, "last", "%s", hostile);
    text = daotp__outline_take(&outline);
    daotp__outline_free(&outline);
    return text;
}

static void an_outline_nests_in_words(void **state)
{
    char *text = outline_of(false, "x");

    (void)state;
    assert_string_equal(text, "plain: 1\nopen\n  x: x\n  empty\nlast: x\n");
    daotp_free(text);
}

static void an_outline_nests_in_json(void **state)
{
    char *text = outline_of(true, "x");

    (void)state;
    assert_string_equal(text, "[{\"name\":\"plain\",\"value\":\"1\"},"
                              "{\"name\":\"open\",\"items\":[{\"name\":\"x\",\"value\":\"x\"},"
                              "{\"name\":\"empty\",\"items\":[]}]},"
                              "{\"name\":\"last\",\"value\":\"x\"}]");
    daotp_free(text);
}

static void an_outline_stays_well_formed_with_hostile_text(void **state)
{
    char hostile[8000];
    char *text;

    (void)state;
    for (size_t i = 0; i < sizeof hostile - 1; i++)
        hostile[i] = (char)(i % 255 + 1);
    hostile[sizeof hostile - 1] = '\0';
    text = outline_of(true, hostile);
    assert_true(json_is_well_formed(text));
    daotp_free(text);
}

static void an_outline_of_nothing_is_empty(void **state)
{
    daotp__outline outline;
    char *text;

    (void)state;
    daotp__outline_init(&outline, true);
    text = daotp__outline_take(&outline);
    assert_string_equal(text, "[]");
    daotp_free(text);
    daotp__outline_free(&outline);
}

static void the_json_checker_itself_can_say_no(void **state)
{
    static const char *const bad[] = {
        "",      "{",  "[1,]",     "{\"a\"}", "\"\n\"", "\"\\x\"",    "\"\\u12g4\"",
        "[1] 2", "01", "\"\xFF\"", "{1:2}",   "[1 2]",  "{\"a\":1,}", "\"unended"};

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(json_is_well_formed(bad[i]));
    assert_true(json_is_well_formed(" {\"a\" : [ -1, {}, [] ], \"b\":\"\\u00e4\\n\"}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_are_measured),
        cmocka_unit_test(control_characters_are_not_printable),
        cmocka_unit_test(only_ascii_case_is_folded),
        cmocka_unit_test(json_strings_are_escaped),
        cmocka_unit_test(any_bytes_make_a_well_formed_json_string),
        cmocka_unit_test(an_outline_nests_in_words),
        cmocka_unit_test(an_outline_nests_in_json),
        cmocka_unit_test(an_outline_stays_well_formed_with_hostile_text),
        cmocka_unit_test(an_outline_of_nothing_is_empty),
        cmocka_unit_test(the_json_checker_itself_can_say_no),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
