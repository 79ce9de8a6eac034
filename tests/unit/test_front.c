/* SPDX-License-Identifier: BSD-2-Clause */
/* What a front passes on of a client certificate: each form that fronts write, and nothing else. */
#include "../../examples/daotp/front.h"
#include "testing.h"

#include <stdlib.h>
#include <string.h>

static void each_form_that_fronts_write_is_read(void **state)
{
    static const struct {
        const char *front, *value, *der;
    } cases[] = {
        {"nginx", "-----BEGIN%20CERTIFICATE-----%0AAQID%0ABAUG%0A-----END%20CERTIFICATE-----%0A",
         "\1\2\3\4\5\6"},
        {"nginx, +", "-----BEGIN%20CERTIFICATE-----%0AAf%2B%2F%0A-----END%20CERTIFICATE-----%0a",
         "\1\xFF\xBF"},
        {"Apache", "-----BEGIN CERTIFICATE----- AQID BAU= -----END CERTIFICATE----- ",
         "\1\2\3\4\5"},
        {"RFC 9440", ":AQIDBAUG:", "\1\2\3\4\5\6"},
        {"RFC 9440, padded", ":AQIDBA==:", "\1\2\3\4"},
        {"HAProxy", "AQIDBAU=", "\1\2\3\4\5"},
        {"HAProxy, + and /", "Af+/", "\1\xFF\xBF"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned char *der;
        size_t len;

        if (!front_decode(cases[i].value, &der, &len))
            fail_msg("%s is not read", cases[i].front);
        assert_int_equal(len, strlen(cases[i].der));
        assert_memory_equal(der, cases[i].der, len);
        free(der);
    }
}

static void nothing_else_is_read(void **state)
{
    static const char *const values[] = {
        "",
        ":",
        "::",
        ":AQID",
        "AQID:",
        ":AQID:;a=1",
        ":AQID: , :AQID:",
        "AQID,AQID",
        "AQI",
        "AQ=D",
        "A===",
        "====",
        "AQID=",
        "AR==", /* unused bits */
        "AQJ=",
        "AQ ID",
        "AQID%00",
        "%",
        "%4",
        "%zz",
        "(null)",
        "-----BEGIN CERTIFICATE----------END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE----- AQID",
        "-----BEGIN CERTIFICATE----- AQID -----END CERTIFICATE",
        "-----BEGIN CERTIFICATE----- AQID -----END CERTIFICATE----- AQID",
        ("-----BEGIN CERTIFICATE----- AQID -----END CERTIFICATE----- "
         "-----BEGIN CERTIFICATE----- BAUG -----END CERTIFICATE-----"),
        "x -----BEGIN CERTIFICATE----- AQID -----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----%00AQID -----END CERTIFICATE-----",
    };

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        unsigned char *der;
        size_t len;

        if (front_decode(values[i], &der, &len))
            fail_msg("%s is read", values[i]);
        assert_null(der);
        assert_int_equal(len, 0);
    }
}

static void a_value_has_a_limit(void **state)
{
    char *value = malloc(FRONT_MAX_CERTIFICATE + 5);
    unsigned char *der;
    size_t len;

    (void)state;
    memset(value, 'A', FRONT_MAX_CERTIFICATE + 4);
    value[FRONT_MAX_CERTIFICATE + 4] = '\0';
    assert_false(front_decode(value, &der, &len));
    value[FRONT_MAX_CERTIFICATE] = '\0';
    assert_true(front_decode(value, &der, &len));
    free(der);
    free(value);
}

enum answer { NONE, TAKEN, REFUSED };

/* Which headers count, and beside which. */
static void headers_are_believed_only_together(void **state)
{
    static const struct {
        struct front_headers headers;
        enum answer answer;
    } cases[] = {
        {{"SUCCESS", "AQID", NULL, NULL}, TAKEN},
        {{"SUCCESS", NULL, ":AQID:", NULL}, TAKEN},
        {{NULL, NULL, ":AQID:", NULL}, TAKEN},
        {{NULL, NULL, NULL, NULL}, NONE},
        {{"SUCCESS", NULL, NULL, NULL}, NONE},
        {{"NONE", "AQID", NULL, NULL}, NONE},
        {{"FAILED:expired", "AQID", NULL, NULL}, NONE},
        {{"success", "AQID", NULL, NULL}, NONE},
        {{"NONE", NULL, ":AQID:", NULL}, NONE}, /* a client behind nginx made it up */
        {{"NONE", "(null)", NULL, NULL}, NONE}, /* Apache */
        {{NULL, "AQID", NULL, NULL}, REFUSED},
        {{"SUCCESS", "AQID", ":AQID:", NULL}, REFUSED},
        {{"SUCCESS", "junk!", NULL, NULL}, REFUSED},
        {{"SUCCESS", "", NULL, NULL}, REFUSED},
        {{"SUCCESS", "AQID", NULL, FRONT_VERIFY}, REFUSED},
        {{"NONE", NULL, NULL, FRONT_CERTIFICATE}, REFUSED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned char *der;
        const char *why;
        size_t len;
        bool taken = front_read(&cases[i].headers, &der, &len, &why);

        if (taken != (cases[i].answer == TAKEN) || (why != NULL) != (cases[i].answer == REFUSED))
            fail_msg("case %zu: %d, %s", i, taken, why != NULL ? why : "no reason");
        assert_int_equal(len, taken ? 3 : 0);
        free(der);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_that_fronts_write_is_read),
        cmocka_unit_test(nothing_else_is_read),
        cmocka_unit_test(a_value_has_a_limit),
        cmocka_unit_test(headers_are_believed_only_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
