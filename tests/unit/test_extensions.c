/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"

#include "x509/extensions.h"

static daotp__extension value(const char *text)
{
    return (daotp__extension){.value = hex(text)};
}

static bool reads_list(const char *text, daotp__extensions *extensions)
{
    return daotp__extensions_read(hex(text), extensions);
}

static void a_list_of_extensions_is_read(void **state)
{
    daotp__extensions list;
    const daotp__extension *found;

    (void)state;
    assert_true(reads_list("300C 0603551D0F 0101FF 0402 0780 3009 0603551D0E 0402 ABCD", &list));
    assert_int_equal(list.count, 2);
    found = daotp__extensions_find(&list, DAOTP__OID_KEY_USAGE);
    assert_non_null(found);
    assert_true(found->critical);
    assert_bytes_equal(found->value, hex("0780"));
    found = daotp__extensions_find(&list, DAOTP__OID_SKI);
    assert_false(found->critical);
    assert_bytes_equal(found->value, hex("ABCD"));
    assert_null(daotp__extensions_find(&list, DAOTP__OID_SAN));
}

static void a_malformed_list_is_refused(void **state)
{
    static const char *const rows[] = {
        "",                                          /* SIZE (1..MAX) */
        "3000",                                      /* no type */
        "3005 0603551D0F",                           /* no value */
        "300A 0603551D0F 010100 0400",               /* DEFAULT FALSE written out */
        "300A 0603551D0F 010101 0400",               /* no DER boolean */
        "3009 0603551D0F 0302 0780",                 /* no OCTET STRING */
        "3009 0603551D0F 0400 0500",                 /* something behind */
        "300A 0603551D0F 0400 0101FF",               /* critical behind */
        "3007 0603551D0F 0400 3007 0603551D0F 0400", /* twice */
        "3007 0603551D0F 0400 3107 0603551D0E 0400", /* no SEQUENCE */
        "3007 0603551D8F 0400",                      /* no OID */
        "3007 0603551D0F 0400 00",
    };
    daotp__extensions list;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (reads_list(rows[i], &list))
            fail_msg("%s", rows[i]);
}

static void extensions_are_bounded(void **state)
{
    daotp__extensions *list = malloc(sizeof *list);
    daotp__buffer out;

    (void)state;
    daotp__buffer_init(&out, 10000);
    for (unsigned i = 0; i <= DAOTP__MAX_EXTENSIONS; i++) {
        uint8_t oid[] = {0x55, 0x1D, (uint8_t)i};
        size_t mark = daotp__derw_begin(&out, DAOTP__DER_SEQUENCE);

        if (i == DAOTP__MAX_EXTENSIONS)
            assert_true(daotp__extensions_read((daotp__bytes){out.data, mark - 1},
                                               list)); /* so many, without this one */
        daotp__derw_oid(&out, (daotp__bytes){oid, sizeof oid});
        daotp__derw_item(&out, DAOTP__DER_OCTET_STRING, NULL, 0);
        daotp__derw_end(&out, mark);
    }
    assert_int_equal(list->count, DAOTP__MAX_EXTENSIONS);
    assert_false(daotp__extensions_read(daotp__buffer_bytes(&out), list));
    daotp__buffer_free(&out);
    free(list);
}

static void key_usage_is_a_set_of_bits(void **state)
{
    static const struct {
        const char *hex;
        unsigned bits; /* 0: refused */
    } rows[] = {
        {"0302 0780", 1},        {"0302 05A0", 1 | 4}, {"0302 0106", 1 << 5 | 1 << 6},
        {"0303 070080", 1 << 8}, {"0302 00FF", 0xFF},  {"0301 00", 0}, /* no bit at all */
        {"0302 0700", 0},                                              /* the same, spelt out */
        {"0304 00FFFFFF", 0},                                          /* bits that do not exist */
        {"0302 0781", 0},                                              /* an unused bit set */
        {"0402 0780", 0},        {"0302 0780 00", 0},  {"", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__extension usage = value(rows[i].hex);
        unsigned bits = 99;
        bool ok = daotp__key_usage_read(&usage, &bits);

        if (ok != (rows[i].bits != 0) || (ok && bits != rows[i].bits))
            fail_msg("%s: %u", rows[i].hex, bits);
    }
}

#define LOGON  "060A 2B060104018237140202"
#define CLIENT "0608 2B06010505070302"

static void purposes_are_counted_and_found(void **state)
{
    daotp__extension eku = value("3016 " LOGON CLIENT);
    daotp__purposes purposes;
    daotp__bytes in, oid;

    (void)state;
    assert_true(daotp__eku_read(&eku, DAOTP__OID_CLIENT_AUTH, &purposes));
    assert_true(purposes.count == 2 && purposes.has);
    assert_true(daotp__eku_read(&eku, DAOTP__OID_OTP_RA, &purposes));
    assert_true(purposes.count == 2 && !purposes.has);
    assert_true(daotp__eku_begin(&eku, &in));
    assert_true(daotp__eku_next(&in, &oid));
    assert_true(daotp__oid_is(oid, DAOTP__OID_SMART_CARD_LOGON));
    assert_true(daotp__eku_next(&in, &oid));
    assert_true(daotp__oid_is(oid, DAOTP__OID_CLIENT_AUTH));
    assert_false(daotp__eku_next(&in, &oid));
}

static void malformed_purposes_are_refused(void **state)
{
    static const char *const rows[] = {"",
                                       "3000",
                                       "310C " LOGON,
                                       "300C " LOGON "00",
                                       LOGON,
                                       "300E " LOGON "0500",
                                       "3003 060180",
                                       "3001 06"};
    daotp__purposes purposes;
    daotp__bytes in, oid;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__extension eku = value(rows[i]);

        if (daotp__eku_read(&eku, DAOTP__OID_SMART_CARD_LOGON, &purposes))
            fail_msg("%s", rows[i]);
        assert_false(daotp__eku_begin(&eku, &in) && daotp__eku_next(&in, &oid) &&
                     daotp__eku_next(&in, &oid));
    }
}

static void policies_are_counted_and_found(void **state)
{
    static const char *const bad[] = {"",          "3000",      "300C " LOGON,
                                      "3002 3000", "3102 3000", "3010 310E " LOGON "0500"};
    /* the first with a qualifier, as certificatePolicies may have */
    daotp__extension policies = value("301E 300E " LOGON "3000 300C " LOGON);
    daotp__purposes purposes;

    (void)state;
    assert_true(daotp__policies_read(&policies, DAOTP__OID_SMART_CARD_LOGON, &purposes));
    assert_true(purposes.count == 2 && purposes.has);
    assert_true(daotp__policies_read(&policies, DAOTP__OID_OTP_RA, &purposes));
    assert_false(purposes.has);
    for (size_t i = 0; i < COUNT(bad); i++) {
        policies = value(bad[i]);
        if (daotp__policies_read(&policies, DAOTP__OID_SMART_CARD_LOGON, &purposes))
            fail_msg("%s", bad[i]);
    }
}

static void basic_constraints_say_who_is_a_ca(void **state)
{
    static const struct {
        const char *hex;
        int ca; /* -1: refused */
    } rows[] = {
        {"3000", 0},
        {"3003 0101FF", 1},
        {"3006 0101FF 020100", 1},
        {"3003 010100", -1}, /* DEFAULT FALSE written out */
        {"3003 010101", -1},
        {"3006 0101FF 0101FF", -1},
        {"3005 0101FF 0500", -1},
        {"3008 0101FF 020100 0500", -1},
        {"0101FF", -1},
        {"", -1},
        {"3000 00", -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__extension constraints = value(rows[i].hex);
        bool ca = true, ok = daotp__basic_constraints_read(&constraints, &ca);

        if (ok != (rows[i].ca >= 0) || (ok && ca != (rows[i].ca == 1)))
            fail_msg("%s", rows[i].hex);
    }
}

static void a_template_may_leave_its_version_out(void **state)
{
    static const char *const bad[] = {"3000",
                                      "3003 020164",
                                      "300A 06032A0304 0201FF",
                                      "06032A0304",
                                      "300E 06032A0304 020164 020105 020101",
                                      "3007 06032A0304 0500",
                                      "3005 06032A0304 00",
                                      ""};
    daotp__extension extension = value("300B 06032A0304 020164 020105");
    daotp__template template;

    (void)state;
    assert_true(daotp__template_read(&extension, &template));
    assert_bytes_equal(template.oid, hex("2A0304"));
    assert_true(template.has_major && template.major == 100);
    assert_true(template.has_minor && template.minor == 5);
    extension = value("3008 06032A0304 020164");
    assert_true(daotp__template_read(&extension, &template));
    assert_true(template.has_major && !template.has_minor && template.minor == 0);
    extension = value("3005 06032A0304");
    assert_true(daotp__template_read(&extension, &template));
    assert_true(!template.has_major && !template.has_minor);
    for (size_t i = 0; i < COUNT(bad); i++) {
        extension = value(bad[i]);
        if (daotp__template_read(&extension, &template))
            fail_msg("%s", bad[i]);
    }
}

#define UPN "060A 2B060104018237140203"

static void names_come_one_after_the_other(void **state)
{
    daotp__extension san = value("301A 8203 646E73 A013 " UPN "A005 0C03 614062");
    daotp__general_name name;
    daotp__bytes cursor, upn;

    (void)state;
    assert_true(daotp__san_begin(&san, &cursor));
    assert_true(daotp__san_next(&cursor, &name));
    assert_int_equal(name.tag, DAOTP__DER_CONTEXT(2));
    assert_bytes_equal(name.content, BYTES("dns"));
    assert_false(daotp__san_is_upn(&name, &upn));
    assert_true(daotp__san_next(&cursor, &name));
    assert_true(daotp__oid_is(name.type, DAOTP__OID_UPN));
    assert_true(daotp__san_is_upn(&name, &upn));
    assert_bytes_equal(upn, BYTES("a@b"));
    assert_int_equal(cursor.len, 0);
    assert_false(daotp__san_next(&cursor, &name));
}

static void malformed_names_are_refused(void **state)
{
    static const char *const lists[] = {"", "3000", "8203 646E73", "3105 8203 646E73",
                                        "3005 8203 646E73 00"};
    static const char *const names[] = {
        "3003 020101", /* no context tag */
        "3002 0400",
        "3002 A000",                  /* otherName of nothing */
        "300E A00C " UPN,             /* without a value */
        "3012 A010 " UPN "A000 A000", /* with two */
        "3011 A00F " UPN "0C01 61",   /* not in [0] */
        "3003 8202 61",               /* cut short */
    };
    daotp__general_name name;
    daotp__bytes cursor;

    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        daotp__extension san = value(lists[i]);

        if (daotp__san_begin(&san, &cursor))
            fail_msg("%s", lists[i]);
    }
    for (size_t i = 0; i < COUNT(names); i++) {
        daotp__extension san = value(names[i]);

        if (daotp__san_begin(&san, &cursor) && daotp__san_next(&cursor, &name))
            fail_msg("%s", names[i]);
    }
}

static void a_upn_is_printable_utf8(void **state)
{
    static const struct {
        const char *hex;
        bool good;
    } rows[] = {
        {"A003 0C01 61", true},       {"A004 0C02 C3A4", true}, {"A003 1601 61", false},
        {"A003 0C01 00", false},      {"A003 0C01 FF", false},  {"A004 0C02 610A", false},
        {"A005 0C01 61 0500", false}, {"A000", false},          {"A003 0402 61", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[100];
        daotp__extension san;
        daotp__general_name name;
        daotp__bytes cursor, upn;
        size_t len = hex(rows[i].hex).len + 12;
        bool ok;

        (void)snprintf(text, sizeof text, "30%02zX A0%02zX " UPN "%s", len + 2, len, rows[i].hex);
        san = value(text);
        ok = daotp__san_begin(&san, &cursor) && daotp__san_next(&cursor, &name) &&
             daotp__san_is_upn(&name, &upn);
        if (ok != rows[i].good)
            fail_msg("%s", rows[i].hex);
    }
}

static void a_sid_is_read_as_its_text(void **state)
{
    /* MS-WCCE 2.2.2.7.7.4, the header bytes of a certutil dump, protocol.md 5.6 */
    static const char sid[] = "S-1-5-21-1234567890-1234567890-1234567890-500";
    static const char *const bad[] = {
        "",
        "3000",
        "3014 A012 060A 2B060104018237140203 A004 0402 532D", /* another type */
        "3014 A012 060A 2B060104018237190201 A004 0C02 532D", /* another string */
        "3014 A012 060A 2B060104018237190201 A004 0402 530A", /* no text */
        "3014 A012 060A 2B060104018237190201 0406 0404 532D2D2D",
        "3016 A014 060A 2B060104018237190201 A006 0402 532D 0500",
        "3018 A012 060A 2B060104018237190201 A004 0402 532D 8202 6161",
    };
    daotp__extension extension;
    daotp__buffer der;
    daotp__bytes read;

    (void)state;
    assert_int_equal(sizeof sid - 1, 45);
    daotp__buffer_init(&der, 200);
    daotp__derw_raw(&der, hex("303F A03D 060A 2B060104018237190201 A02F 042D"));
    daotp__buffer_text(&der, sid);
    extension = (daotp__extension){.value = daotp__buffer_bytes(&der)};
    assert_true(daotp__sid_read(&extension, &read));
    assert_bytes_equal(read, text_bytes(sid));
    daotp__buffer_free(&der);
    for (size_t i = 0; i < COUNT(bad); i++) {
        extension = value(bad[i]);
        if (daotp__sid_read(&extension, &read))
            fail_msg("%s", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_of_extensions_is_read),
        cmocka_unit_test(a_malformed_list_is_refused),
        cmocka_unit_test(extensions_are_bounded),
        cmocka_unit_test(key_usage_is_a_set_of_bits),
        cmocka_unit_test(purposes_are_counted_and_found),
        cmocka_unit_test(malformed_purposes_are_refused),
        cmocka_unit_test(policies_are_counted_and_found),
        cmocka_unit_test(basic_constraints_say_who_is_a_ca),
        cmocka_unit_test(a_template_may_leave_its_version_out),
        cmocka_unit_test(names_come_one_after_the_other),
        cmocka_unit_test(malformed_names_are_refused),
        cmocka_unit_test(a_upn_is_printable_utf8),
        cmocka_unit_test(a_sid_is_read_as_its_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
