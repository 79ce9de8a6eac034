/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"

#include <openssl/objects.h>

static bool parse(const char *dotted, daotp__buffer *der)
{
    daotp__buffer_init(der, 1000);
    return daotp__oid_parse(dotted, der);
}

static void every_row_encodes_to_its_bytes(void **state)
{
    char text[DAOTP__OID_TEXT];
    daotp__buffer der;

    (void)state;
    for (unsigned i = 0; i < DAOTP__OID_COUNT; i++) {
        enum daotp__oid oid = (enum daotp__oid)i;

        assert_true(parse(daotp__oid_dotted(oid), &der));
        assert_bytes_equal(daotp__buffer_bytes(&der), daotp__oid(oid));
        assert_string_equal(daotp__oid_text(daotp__oid(oid), text), daotp__oid_dotted(oid));
        daotp__buffer_free(&der);
    }
}

static void every_row_is_the_same_to_openssl(void **state)
{
    (void)state;
    for (unsigned i = 0; i < DAOTP__OID_COUNT; i++) {
        enum daotp__oid oid = (enum daotp__oid)i;
        ASN1_OBJECT *theirs = OBJ_txt2obj(daotp__oid_dotted(oid), 1);

        assert_non_null(theirs);
        assert_bytes_equal((daotp__bytes){OBJ_get0_data(theirs), OBJ_length(theirs)},
                           daotp__oid(oid));
        ASN1_OBJECT_free(theirs);
    }
}

static void every_row_is_found_and_stands_once(void **state)
{
    (void)state;
    for (unsigned i = 0; i < DAOTP__OID_COUNT; i++) {
        enum daotp__oid oid = (enum daotp__oid)i;

        assert_int_equal(daotp__oid_find(daotp__oid(oid)), oid); /* so no earlier row is equal */
        assert_true(daotp__oid_is(daotp__oid(oid), oid));
        assert_true(strlen(daotp__oid_name(oid)) > 0);
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(daotp__oid_name((enum daotp__oid)j), daotp__oid_name(oid));
    }
    assert_int_equal(daotp__oid_find(BYTES("\x2A\x03")), DAOTP__OID_COUNT);
    assert_int_equal(daotp__oid_find(BYTES("")), DAOTP__OID_COUNT);
    assert_false(daotp__oid_is(BYTES("\x55\x1D"), DAOTP__OID_EKU));
}

static void an_unknown_one_is_described_by_its_numbers(void **state)
{
    char text[DAOTP__OID_TEXT];

    (void)state;
    assert_string_equal(daotp__oid_describe(daotp__oid(DAOTP__OID_SAN), text),
                        "subject alternative name (2.5.29.17)");
    assert_string_equal(daotp__oid_describe(BYTES("\x2A\x03"), text), "1.2.3");
}

static void text_and_bytes_go_round(void **state)
{
    static const char *const rows[][2] = {
        {"0.0", "00"},
        {"0.39", "27"},
        {"1.0", "28"},
        {"1.39", "4F"},
        {"2.0", "50"},
        {"2.39", "77"},
        {"2.40", "78"},
        {"2.47", "7F"},
        {"2.48", "8100"},
        {"2.999.3", "883703"},
        {"1.2.127", "2A7F"},
        {"1.2.128", "2A8100"},
        {"1.2.16383", "2AFF7F"},
        {"1.2.16384", "2A818000"},
        {"1.2.0", "2A00"},
        {"1.2.72057594037927935", "2AFFFFFFFFFFFFFF7F"},
        {"1.3.6.1.4.1.311.21.8.221803.1567394.12993454.3845153.13972217.75.15653661.6620273",
         "2B060104018237 15 08 8DC46B DFD522 8699872E 81EAD821 86D4E579 4B 87BBB61D 83948871"},
    };
    char text[DAOTP__OID_TEXT];
    daotp__buffer der;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(parse(rows[i][0], &der));
        assert_bytes_equal(daotp__buffer_bytes(&der), hex(rows[i][1]));
        assert_string_equal(daotp__oid_text(daotp__buffer_bytes(&der), text), rows[i][0]);
        daotp__buffer_free(&der);
    }
}

static void bad_dotted_forms_are_refused(void **state)
{
    static const char *const rows[] = {"",
                                       "1",
                                       "1.",
                                       ".",
                                       ".1.2",
                                       "1..2",
                                       "1.2.",
                                       "1.2..3",
                                       "3.1",
                                       "0.40",
                                       "1.40",
                                       "1.02",
                                       "01.2",
                                       "1.2.00",
                                       "1.2.x",
                                       "x",
                                       "1.2 ",
                                       " 1.2",
                                       "1. 2",
                                       "1,2",
                                       "-1.2",
                                       "1.-2",
                                       "1.+2",
                                       "1.2.0x1",
                                       "1.2.3a",
                                       "1.2\n",
                                       "2.72057594037927936",
                                       "1.2.72057594037927936",
                                       "1.2.18446744073709551617"};
    daotp__buffer der;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (parse(rows[i], &der))
            fail_msg("\"%s\"", rows[i]);
        daotp__buffer_free(&der);
    }
}

static void what_has_no_text_says_so(void **state)
{
    char text[DAOTP__OID_TEXT];
    uint8_t longer[200];

    (void)state;
    /* 2.25.(128 bits), as made from a UUID */
    assert_string_equal(daotp__oid_text(hex("69 83F8FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF7F"), text),
                        "(too long)");
    memset(longer, 0x7F, sizeof longer); /* 127 each: four characters */
    assert_string_equal(daotp__oid_text((daotp__bytes){longer, sizeof longer}, text), "(too long)");
    for (size_t len = 1; len < sizeof longer; len++) {
        const char *shown = daotp__oid_text((daotp__bytes){longer, len}, text);

        assert_true(strlen(shown) < DAOTP__OID_TEXT);
        assert_true(*shown == '(' || strlen(shown) == 4 + 4 * (len - 1));
    }
}

static void parsing_into_a_full_buffer_fails(void **state)
{
    daotp__buffer der;

    (void)state;
    daotp__buffer_init(&der, 2);
    assert_false(daotp__oid_parse("1.2.3.4", &der));
    daotp__buffer_free(&der);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_encodes_to_its_bytes),
        cmocka_unit_test(every_row_is_the_same_to_openssl),
        cmocka_unit_test(every_row_is_found_and_stands_once),
        cmocka_unit_test(an_unknown_one_is_described_by_its_numbers),
        cmocka_unit_test(text_and_bytes_go_round),
        cmocka_unit_test(bad_dotted_forms_are_refused),
        cmocka_unit_test(what_has_no_text_says_so),
        cmocka_unit_test(parsing_into_a_full_buffer_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
