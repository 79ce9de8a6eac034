/* SPDX-License-Identifier: BSD-2-Clause */
/* What a RADIUS server says and wants beside accept and reject: messages in other character sets, a
 * challenge without State, a new password, a new PIN, the next code, an approval. */
#include "radius_scene.h"

#include "radius/demand.h"
#include "radius/message.h"

#include <stdlib.h>
#include <string.h>

/* ---- character sets -------------------------------------------------------------------------- */

#define TEXT_BYTES(text) ((daotp__bytes){(const uint8_t *)(text), sizeof(text) - 1})

static const struct {
    daotp__bytes octets;
    const char *text, *charset;
} readings[] = {
    {TEXT_BYTES(""), "", NULL},
    {TEXT_BYTES("welcome"), "welcome", NULL},
    {TEXT_BYTES("welcome\0"), "welcome", NULL},
    {TEXT_BYTES("Pr\xC3\xBC"
                "fziffer"),
     "Pr\xC3\xBC"
     "fziffer",
     NULL},
    {TEXT_BYTES("line one\r\nline two"), "line one line two", NULL},
    {TEXT_BYTES("\x1B[31mred"), " [31mred", NULL},
    {TEXT_BYTES("a\xE2\x80\xAE"
                "b"),
     "a?b", NULL}, /* turns the direction */
    {TEXT_BYTES("a\0b"), "a b", NULL},
    {TEXT_BYTES("Mot de passe expir\xE9"), "Mot de passe expir\xC3\xA9", "Windows-1252"},
    {TEXT_BYTES("Kennwort \xE4ndern"), "Kennwort \xC3\xA4ndern", "Windows-1252"},
    {TEXT_BYTES("10 \x80 \x96 \x93x\x94"), "10 \xE2\x82\xAC \xE2\x80\x93 \xE2\x80\x9Cx\xE2\x80\x9D",
     "Windows-1252"},
    {TEXT_BYTES("\x81"), "?", "Windows-1252"},
    {TEXT_BYTES("\xFF\xFE"
                "C\0o\0d\0e\0"),
     "Code", "UTF-16LE"},
    {TEXT_BYTES("\xFE\xFF\0C\0o\0d\0e"), "Code", "UTF-16BE"},
    {TEXT_BYTES("C\0o\0d\0e\0"), "Code", "UTF-16LE"},
    {TEXT_BYTES("C\0o\0d\0e\0\0\0"), "Code", "UTF-16LE"},
    {TEXT_BYTES("\0C\0o\0d\0e"), "Code", "UTF-16BE"},
    {TEXT_BYTES("\xE9\0t\0\xE9\0 \0\xAC\x20"), "\xC3\xA9t\xC3\xA9 \xE2\x82\xAC", "UTF-16LE"},
    {TEXT_BYTES("\xFF\xFE\x3D\xD8\x11\xDD"), "\xF0\x9F\x94\x91", "UTF-16LE"},
    {TEXT_BYTES("\xFF\xFE\x3D\xD8"
                "x"),
     "??", "UTF-16LE"}, /* half a pair, half a unit */
    {TEXT_BYTES("\xFF\xFE"), "", "UTF-16LE"},
};

static void messages_are_read_in_any_character_set(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        daotp__buffer out;
        const char *charset, *wanted = readings[i].charset;

        daotp__buffer_init(&out, DAOTP__RADIUS_MAX);
        charset = daotp__radius_message_read(readings[i].octets, &out);
        assert_string_equal(daotp__buffer_string(&out), readings[i].text);
        assert_int_equal(charset != NULL, wanted != NULL);
        if (wanted != NULL)
            assert_string_equal(charset, wanted);
        daotp__buffer_free(&out);
    }
}

/* A long text goes on in the next attribute, where a letter may be cut in two. */
static void a_letter_cut_at_the_end_of_an_attribute_is_utf8(void **state)
{
    uint8_t octets[253];
    daotp__buffer out;

    (void)state;
    memset(octets, 'a', sizeof octets);
    octets[252] = 0xC3;
    daotp__buffer_init(&out, DAOTP__RADIUS_MAX);
    assert_null(daotp__radius_message_read((daotp__bytes){octets, 253}, &out));
    assert_int_equal(out.data[252], '?');
    daotp__buffer_clear(&out);
    octets[251] = 0xC3; /* within a shorter one it is no UTF-8 */
    assert_non_null(daotp__radius_message_read((daotp__bytes){octets, 252}, &out));
    daotp__buffer_free(&out);
}

/* ---- what is wanted -------------------------------------------------------------------------- */

enum { REJECT = 3, CHALLENGE = 11 };

static daotp_finding_number demand_of(uint8_t code, daotp__bytes attributes, daotp__bytes state,
                                      const char *text)
{
    daotp__radius_reply reply = {.code = code, .attributes = attributes, .state = state};

    return daotp__radius_demand_find(&reply, text);
}

static const struct {
    uint8_t code;
    daotp_finding_number wanted;
    const char *state, *text;
} demands[] = {
    /* RSA Authentication Manager */
    {CHALLENGE, DAOTP_FINDING_RADIUS_WANTS_PIN, "RSA|8d0c|61f2|SECURID_NEWPIN", ""},
    {CHALLENGE, DAOTP_FINDING_RADIUS_WANTS_NEXT_CODE, "RSA|8d0c|61f2|SECURID_NEXT", ""},
    {CHALLENGE, DAOTP_FINDING_RADIUS_WANTS_PIN, "s",
     "Enter a new PIN having from 4 to 8 alphanumeric characters:"},
    {CHALLENGE, DAOTP_FINDING_RADIUS_WANTS_PIN, "s", "Please re-enter new PIN:"},
    {CHALLENGE, DAOTP_FINDING_RADIUS_WANTS_PIN, "s",
     "PIN Accepted. Choose a PIN you will remember"},
    {CHALLENGE, DAOTP_FINDING_RADIUS_WANTS_NEXT_CODE, "s",
     "Wait for the tokencode to change, then enter the new tokencode:"},
    {CHALLENGE, DAOTP_FINDING_RADIUS_WANTS_NEXT_CODE, "s", "Please Enter Next Code from Token:"},
    /* Windows and Entra */
    {CHALLENGE, DAOTP_FINDING_RADIUS_WANTS_CODE, "s", "Enter Your Microsoft verification code"},
    {CHALLENGE, DAOTP_FINDING_RADIUS_WANTS_APPROVAL, "s",
     "Open your Authenticator app and enter the number shown to sign in: 42"},
    {CHALLENGE, DAOTP_FINDING_RADIUS_WANTS_APPROVAL, "s", "Approve the sign-in on your phone"},
    {CHALLENGE, DAOTP_FINDING_RADIUS_WANTS_APPROVAL, "s", "A push was sent. Press OK when done."},
    {CHALLENGE, DAOTP_FINDING_RADIUS_WANTS_PASSWORD, "s",
     "Your password has expired. Enter a new password"},
    {CHALLENGE, DAOTP_FINDING_RADIUS_WANTS_PASSWORD, "s",
     "Ihr Kennwort ist abgelaufen. Neues Kennwort:"},
    {CHALLENGE, DAOTP_FINDING_RADIUS_WANTS_PASSWORD, "s", "Mot de passe expir\xC3\xA9"},
    {REJECT, DAOTP_FINDING_RADIUS_WANTS_PASSWORD, NULL, "Your password has expired"},
    {REJECT, DAOTP_FINDING_RADIUS_WANTS_PIN, NULL, "PIN expired"},
    /* privacyIDEA, Duo, text messages */
    {CHALLENGE, DAOTP_FINDING_RADIUS_WANTS_CODE, "s", "please enter otp:"},
    {CHALLENGE, DAOTP_FINDING_RADIUS_WANTS_CODE, "s", "Enter the code from the SMS:"},
    {CHALLENGE, DAOTP_FINDING_RADIUS_WANTS_CODE, "s", "Bitte Einmalpasswort eingeben"},
    /* nothing is known */
    {CHALLENGE, DAOTP_FINDING_NONE, "s", ""},
    {CHALLENGE, DAOTP_FINDING_NONE, "s", "What is your quest?"},
    {CHALLENGE, DAOTP_FINDING_NONE, "securid_newpin", "hello"}, /* another server's octets */
    {CHALLENGE, DAOTP_FINDING_NONE, "s", "hotplug"},
    {REJECT, DAOTP_FINDING_NONE, NULL, "wrong code"},
    {REJECT, DAOTP_FINDING_NONE, NULL, "push not approved"},
    {REJECT, DAOTP_FINDING_NONE, NULL, ""},
};

static void a_demand_is_known_by_its_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof demands / sizeof demands[0]; i++) {
        const char *own = demands[i].state;
        daotp__bytes octets = {(const uint8_t *)own, own != NULL ? strlen(own) : 0};

        print_message("%zu %s\n", i, demands[i].text);
        assert_int_equal(
            demand_of(demands[i].code, (daotp__bytes){NULL, 0}, octets, demands[i].text),
            demands[i].wanted);
    }
}

/* vendor 311, attribute 2; then as a server leaves the identifier out; then behind another */
static const struct {
    daotp__bytes attributes;
    unsigned number;
} chap_errors[] = {
    {TEXT_BYTES("\x1A\x13\0\0\x01\x37\x02\x0D\x01"
                "E=648 R=0 "),
     648},
    {TEXT_BYTES("\x1A\x10\0\0\x01\x37\x02\x0A"
                "E=709 R0"),
     709},
    {TEXT_BYTES("\x12\x04hi\x1A\x10\0\0\x01\x37\x02\x0A\x01"
                "E=691 R"),
     691},
    {TEXT_BYTES("\x1A\x14\0\0\x01\x37\x0A\x04xx\x02\x0A\x01"
                "E=647 R"),
     647},
    {TEXT_BYTES("\x1A\x10\0\0\x01\x38\x02\x0A\x01"
                "E=648 R"),
     0}, /* another vendor */
    {TEXT_BYTES("\x1A\x06\0\0\x01\x37"), 0},
    {TEXT_BYTES("\x1A\x05\0\0\x01"), 0},
    {TEXT_BYTES("\x1A\x08\0\0\x01\x37\x02\x02"), 0},
    {TEXT_BYTES("\x1A\x0A\0\0\x01\x37\x02\x04"
                "E="),
     0},
    {TEXT_BYTES("\x1A\x08\0\0\x01\x37\x02\xFF"), 0}, /* longer than what holds it */
};

static void ms_chap_error_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof chap_errors / sizeof chap_errors[0]; i++)
        assert_int_equal(daotp__radius_chap_error(chap_errors[i].attributes),
                         chap_errors[i].number);
    assert_int_equal(demand_of(REJECT, chap_errors[0].attributes, (daotp__bytes){NULL, 0}, ""),
                     DAOTP_FINDING_RADIUS_WANTS_PASSWORD);
    assert_int_equal(demand_of(REJECT, chap_errors[2].attributes, (daotp__bytes){NULL, 0}, ""),
                     DAOTP_FINDING_NONE);
}

/* ---- the report ------------------------------------------------------------------------------ */

static const daotp_finding *find_finding(daotp_radius_exchange *x, daotp_finding_number number)
{
    const daotp_report *report = daotp_radius_exchange_get_report(x);

    for (size_t i = 0; i < daotp_report_get_count(report); i++)
        if (daotp_finding_get_number(daotp_report_get_finding(report, i)) == number)
            return daotp_report_get_finding(report, i);
    return NULL;
}

/* A login with this code that got this reply. */
static daotp_radius_exchange *log_in(radius_scene *s, const char *code, uint8_t reply,
                                     radius_peer_bytes attributes)
{
    daotp_radius_exchange *x;

    radius_scene_set_up(s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(s, "alice", code);
    radius_scene_serve(s, 0, reply, attributes);
    return x;
}

static void a_challenge_says_what_it_wants(void **state)
{
    daotp_radius_exchange *x;
    char *text;
    radius_scene s;

    (void)state;
    x = log_in(&s, "123456", CHALLENGE,
               SCENE_BYTES("\x12\x10"
                           "Next tokencode\x18\x03s"));
    radius_scene_expect(x, DAOTP_RADIUS_CHALLENGED, DAOTP_FINDING_NONE);
    assert_non_null(
        strstr(daotp_finding_get_found(find_finding(x, DAOTP_FINDING_RADIUS_WANTS_NEXT_CODE)),
               "round 1, Reply-Message \"Next tokencode\""));
    assert_null(find_finding(x, DAOTP_FINDING_RADIUS_NO_STATE));
    assert_null(find_finding(x, DAOTP_FINDING_RADIUS_CHARSET));
    assert_int_equal(daotp_radius_exchange_copy_message(x, 0, &text), DAOTP_OK);
    assert_string_equal(text, "Next tokencode");
    daotp_free(text);
    assert_int_equal(daotp_radius_exchange_copy_message(x, 1, &text), DAOTP_USAGE);
    assert_null(text);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void a_challenge_without_state_is_told(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    x = log_in(&s, "123456", CHALLENGE, SCENE_BYTES("\x12\x06more"));
    radius_scene_expect(x, DAOTP_RADIUS_CHALLENGED, DAOTP_FINDING_NONE);
    assert_int_equal(daotp_finding_get_severity(find_finding(x, DAOTP_FINDING_RADIUS_NO_STATE)),
                     DAOTP_SEVERITY_WARNING);
    assert_int_equal(daotp_radius_exchange_respond(x, "1", 1), DAOTP_OK); /* it can be answered */
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void a_reject_says_why(void **state)
{
    const daotp_report *report;
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    x = log_in(&s, "123456", REJECT,
               SCENE_BYTES("\x12\x0D"
                           "expir\xE9 5 %s\x1A\x13\0\0\x01\x37\x02\x0D\x01"
                           "E=648 R=0 "));
    radius_scene_expect(x, DAOTP_RADIUS_REJECTED, DAOTP_FINDING_RADIUS_REJECTED);
    report = daotp_radius_exchange_get_report(x);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_cause(report)),
                     DAOTP_FINDING_RADIUS_WANTS_PASSWORD);
    assert_string_equal(daotp_finding_get_found(daotp_report_get_error(report)),
                        "Access-Reject, Reply-Message \"expir\xC3\xA9 5 %s\", MS-CHAP-Error 648 "
                        "password expired");
    assert_non_null(find_finding(x, DAOTP_FINDING_RADIUS_CHARSET));
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* The server sends the code back: the report does not show it. */
static void a_code_that_is_sent_back_is_not_shown(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    x = log_in(&s, "74185296", REJECT,
               SCENE_BYTES("\x12\x10"
                           "wrong 74185296"));
    radius_scene_expect(x, DAOTP_RADIUS_REJECTED, DAOTP_FINDING_RADIUS_REJECTED);
    assert_null(strstr(daotp_report_get_text(daotp_radius_exchange_get_report(x)), "74185296"));
    assert_null(strstr(daotp_report_get_json(daotp_radius_exchange_get_report(x)), "74185296"));
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_read_in_any_character_set),
        cmocka_unit_test(a_letter_cut_at_the_end_of_an_attribute_is_utf8),
        cmocka_unit_test(a_demand_is_known_by_its_words),
        cmocka_unit_test(ms_chap_error_is_read),
        cmocka_unit_test(a_challenge_says_what_it_wants),
        cmocka_unit_test(a_challenge_without_state_is_told),
        cmocka_unit_test(a_reject_says_why),
        cmocka_unit_test(a_code_that_is_sent_back_is_not_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
