/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"

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

/* What must not reach a terminal, and what must. */
static void unsafe_characters_are_known(void **state)
{
    static const char *const unsafe[] = {"\x01",
                                         "\x1B",
                                         "\x7F",
                                         "\xC2\x80",
                                         "\xC2\x9B",
                                         "\xC2\xAD",
                                         "\xD8\x9C",
                                         "\xE2\x80\x8B",
                                         "\xE2\x80\x8F",
                                         "\xE2\x80\xA8",
                                         "\xE2\x80\xA9",
                                         "\xE2\x80\xAA",
                                         "\xE2\x80\xAE",
                                         "\xE2\x81\xA0",
                                         "\xE2\x81\xA6",
                                         "\xE2\x81\xA9",
                                         "\xEF\xBB\xBF",
                                         "\xEF\xBF\xBE",
                                         "\xF3\xA0\x80\x81",
                                         "\xF3\xA0\x81\xBF",
                                         "\xF0\x9F\xBF\xBF"};
    static const char *const safe[] = {" ",
                                       "~",
                                       "\xC2\xA0",
                                       "\xC3\xA9",
                                       "\xD8\xA7",
                                       "\xE2\x80\x93",
                                       "\xE2\x82\xAC",
                                       "\xEF\xBF\xBD",
                                       "\xF0\x9F\x94\x91"};
    char text[16];

    (void)state;
    for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++) {
        (void)snprintf(text, sizeof text, "a%sb", unsafe[i]);
        assert_true(daotp__utf8_is_unsafe(unsafe[i], strlen(unsafe[i])));
        daotp__utf8_make_plain(text);
        assert_null(strstr(text, unsafe[i]));
        assert_int_equal(strspn(text + 1, " ?"), strlen(unsafe[i]));
    }
    for (size_t i = 0; i < sizeof safe / sizeof safe[0]; i++) {
        (void)snprintf(text, sizeof text, "%s", safe[i]);
        daotp__utf8_make_plain(text);
        assert_string_equal(text, safe[i]);
    }
    assert_true(daotp__utf8_is_unsafe("", 0));
}

/* JSON keeps the value exactly, without the character itself. */
static void json_escapes_what_is_unsafe(void **state)
{
    static const struct {
        const char *text, *json;
    } rows[] = {{"a\xE2\x80\xAE"
                 "b",
                 "\"a\\u202eb\""},
                {"\xE2\x80\xA8", "\"\\u2028\""},
                {"\xC2\x9B", "\"\\u009b\""},
                {"\xF3\xA0\x80\x81", "\"\\udb40\\udc01\""},
                {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
                {"\xF0\x9F\x94\x91", "\"\xF0\x9F\x94\x91\""}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        daotp__buffer out;

        daotp__buffer_init(&out, 256);
        daotp__json_string(&out, rows[i].text);
        assert_string_equal(daotp__buffer_string(&out), rows[i].json);
        daotp__buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unsafe_characters_are_known),
        cmocka_unit_test(json_escapes_what_is_unsafe),
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
