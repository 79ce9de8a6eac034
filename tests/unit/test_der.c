/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"

/* Each reader in its own words: does it take all of these bytes? */
typedef bool (*reader)(daotp__bytes in);

static bool next(daotp__bytes in)
{
    daotp__der_item item;

    return daotp__der_next(&in, &item) && in.len == 0;
}

static bool integer(daotp__bytes in)
{
    daotp__bytes content;

    return daotp__der_read_integer(&in, &content) && in.len == 0;
}

static bool number(daotp__bytes in)
{
    uint32_t value;

    return daotp__der_read_unsigned(&in, &value) && in.len == 0;
}

static bool boolean(daotp__bytes in)
{
    bool value;

    return daotp__der_read_boolean(&in, &value) && in.len == 0;
}

static bool oid(daotp__bytes in)
{
    daotp__bytes content;

    return daotp__der_read_oid(&in, &content) && in.len == 0;
}

static bool bits(daotp__bytes in)
{
    daotp__bytes content;
    unsigned unused;

    return daotp__der_read_bits(&in, &content, &unused) && in.len == 0;
}

static bool when(daotp__bytes in)
{
    int64_t seconds;

    return daotp__der_read_time(&in, &seconds) && in.len == 0;
}

struct row {
    const char *hex;
    bool good;
};

static void check(reader read, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (read(hex(rows[i].hex)) != rows[i].good)
            fail_msg("%s: expected %s", rows[i].hex, rows[i].good ? "good" : "bad");
}

static void lengths_are_definite_and_minimal(void **state)
{
    static const struct row rows[] = {
        {"0400", true},
        {"0401 00", true},
        {"", false},
        {"04", false},
        {"0402 00", false},
        {"0480 0000", false},        /* indefinite */
        {"0481 7F", false},          /* the short form would do */
        {"0481 01 00", false},       /* the same, its content there */
        {"0482 0080", false},        /* one octet would do */
        {"0483 000100", false},      /* a leading zero */
        {"0481", false},             /* cut short */
        {"0482 01", false},          /* cut short */
        {"0484 FFFFFFFF", false},    /* larger than all there is */
        {"0484 7FFFFFFF 00", false}, /* the same */
        {"0485 0000000001 00", false},
        {"0485 0100000000", false},
        {"04FF 00", false},
        {"0488 0000000000000000", false},
    };

    (void)state;
    check(next, rows, COUNT(rows));
}

static void every_length_form_reads_what_was_written(void **state)
{
    static const size_t lengths[] = {0,   1,   126, 127,   128,   129,   254,         255,
                                     256, 257, 300, 65534, 65535, 65536, 0xFFFFFF - 8};
    daotp__buffer out;
    uint8_t *content = calloc(1, 0xFFFFFF);

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        daotp__bytes in, read;

        daotp__buffer_init(&out, 1 << 25);
        content[lengths[i] / 2] = 0x5A;
        daotp__derw_item(&out, DAOTP__DER_OCTET_STRING, content, lengths[i]);
        in = daotp__buffer_bytes(&out);
        assert_true(daotp__der_only(in, DAOTP__DER_OCTET_STRING, &read));
        assert_bytes_equal(read, (daotp__bytes){content, lengths[i]});
        content[lengths[i] / 2] = 0;
        in.len--; /* one byte short */
        assert_false(daotp__der_only(in, DAOTP__DER_OCTET_STRING, &read));
        daotp__buffer_free(&out);
    }
    free(content);
}

static void a_length_past_three_octets_is_not_written(void **state)
{
    daotp__buffer out;
    uint8_t *content = calloc(1, 0x1000000);

    (void)state;
    daotp__buffer_init(&out, 1 << 26);
    daotp__derw_item(&out, DAOTP__DER_OCTET_STRING, content, 0x1000000);
    assert_int_equal(out.failed, DAOTP_PEER);
    daotp__buffer_free(&out);
    free(content);
}

static void only_one_byte_tags_are_read(void **state)
{
    (void)state;
    for (unsigned tag = 0; tag < 256; tag++) {
        uint8_t der[] = {(uint8_t)tag, 1, 0};
        bool high = (tag & 0x1F) == 0x1F; /* X.690 8.1.2.4 */

        assert_int_equal(next((daotp__bytes){der, sizeof der}), !high && tag != 0);
    }
}

static void an_item_is_of_the_tag_that_is_asked_for(void **state)
{
    daotp__bytes in = hex("0401AA 0402BBCC"), content;

    (void)state;
    assert_true(daotp__der_peek(&in, DAOTP__DER_OCTET_STRING));
    assert_false(daotp__der_peek(&in, DAOTP__DER_INTEGER));
    assert_false(daotp__der_only(in, DAOTP__DER_OCTET_STRING, &content)); /* there is more */
    assert_true(daotp__der_read(&in, DAOTP__DER_OCTET_STRING, &content));
    assert_bytes_equal(content, BYTES("\xAA"));
    assert_true(daotp__der_read_whole(&in, DAOTP__DER_OCTET_STRING, &content));
    assert_bytes_equal(content, BYTES("\x04\x02\xBB\xCC"));
    assert_false(daotp__der_peek(&in, DAOTP__DER_OCTET_STRING));
    assert_false(daotp__der_read(&in, DAOTP__DER_OCTET_STRING, &content));
    in = hex("0401AA");
    assert_false(daotp__der_read(&in, DAOTP__DER_INTEGER, &content));
    in = hex("0401AA");
    assert_false(daotp__der_read_whole(&in, DAOTP__DER_INTEGER, &content));
}

static void integers_are_minimal(void **state)
{
    static const struct row rows[] = {
        {"0201 00", true},    {"0201 7F", true},
        {"0201 80", true},    {"0201 FF", true},
        {"0202 0080", true},  {"0202 FF7F", true},
        {"0202 8000", true},  {"0209 00FFFFFFFFFFFFFFFF", true},
        {"0200", false},      {"0202 0000", false},
        {"0202 007F", false}, {"0202 FF80", false},
        {"0202 FFFF", false}, {"0203 000001", false},
        {"0301 00", false},   {"2201 00", false},
    };

    (void)state;
    check(integer, rows, COUNT(rows));
}

static void unsigned_numbers_end_at_32_bits(void **state)
{
    static const struct row bad[] = {
        {"0205 0100000000", false}, {"0206 000100000000", false}, {"0201 80", false},
        {"0201 FF", false},         {"0205 FFFFFFFFFF", false},   {"0200", false},
        {"0202 0001", false},       {"0205 00FFFFFFFF", true},
    };
    static const struct {
        uint32_t value;
        const char *hex;
    } rows[] = {
        {0, "020100"},
        {1, "020101"},
        {127, "02017F"},
        {128, "02020080"},
        {255, "020200FF"},
        {256, "02020100"},
        {32767, "02027FFF"},
        {32768, "0203008000"},
        {65535, "020300FFFF"},
        {8388607, "02037FFFFF"},
        {8388608, "020400800000"},
        {0x7FFFFFFF, "02047FFFFFFF"},
        {0x80000000, "02050080000000"},
        {UINT32_MAX, "020500FFFFFFFF"},
    };
    daotp__buffer out;

    (void)state;
    check(number, bad, COUNT(bad));
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__bytes in;
        uint32_t value;

        daotp__buffer_init(&out, 16);
        daotp__derw_unsigned(&out, rows[i].value);
        in = daotp__buffer_bytes(&out);
        assert_bytes_equal(in, hex(rows[i].hex));
        assert_true(daotp__der_read_unsigned(&in, &value));
        assert_int_equal(value, rows[i].value);
        daotp__buffer_free(&out);
    }
}

static void booleans_have_two_values(void **state)
{
    static const struct row rows[] = {
        {"0101 FF", true},  {"0101 00", true},    {"0101 01", false},
        {"0101 7F", false}, {"0102 FFFF", false}, {"0100", false},
    };
    daotp__bytes in = hex("0101FF");
    bool value = false;

    (void)state;
    check(boolean, rows, COUNT(rows));
    assert_true(daotp__der_read_boolean(&in, &value) && value);
    in = hex("010100");
    assert_true(daotp__der_read_boolean(&in, &value) && !value);
}

static void oids_are_minimal_and_whole(void **state)
{
    static const struct row rows[] = {
        {"0603 551D0F", true},    {"0601 00", true},
        {"0602 8100", true},      {"0609 2A864886F70D010101", true},
        {"0600", false},          {"0601 80", false},      /* ends in mid-number */
        {"0603 551D8F", false},                            /* the same */
        {"0602 8001", false},                              /* a leading zero */
        {"0604 55808001", false},                          /* the same, inside */
        {"0604 55018001", false}, {"0604 55818001", true}, /* 0x80 that is not first */
    };

    (void)state;
    check(oid, rows, COUNT(rows));
}

static void bit_strings_end_in_zero_bits(void **state)
{
    static const struct row rows[] = {
        {"0301 00", true},    {"0302 0780", true},  {"0302 00FF", true},    {"0303 04FFF0", true},
        {"0300", false},      {"0301 01", false},   {"0301 07", false},     {"0302 0801", false},
        {"0302 07C0", false}, {"0302 0101", false}, {"0303 04FFF8", false}, {"2302 0780", false},
    };
    daotp__bytes in = hex("0303 04ABC0"), content;
    daotp__buffer out;
    unsigned unused;

    (void)state;
    check(bits, rows, COUNT(rows));
    assert_true(daotp__der_read_bits(&in, &content, &unused));
    assert_int_equal(unused, 4);
    assert_bytes_equal(content, BYTES("\xAB\xC0"));
    daotp__buffer_init(&out, 16);
    daotp__derw_bits(&out, BYTES("\xAB\xC0"), 4);
    assert_bytes_equal(daotp__buffer_bytes(&out), hex("0303 04ABC0"));
    daotp__buffer_free(&out);
}

static bool read_time(uint8_t tag, const char *text, int64_t *seconds)
{
    daotp__buffer out;
    daotp__bytes in;
    bool ok;

    daotp__buffer_init(&out, 64);
    daotp__derw_text(&out, tag, text);
    in = daotp__buffer_bytes(&out);
    ok = daotp__der_read_time(&in, seconds) && in.len == 0;
    daotp__buffer_free(&out);
    return ok;
}

static void times_are_seconds_since_1970(void **state)
{
    static const struct {
        uint8_t tag;
        const char *text;
        int64_t seconds;
    } rows[] = {
        {DAOTP__DER_UTC_TIME, "700101000000Z", 0},
        {DAOTP__DER_UTC_TIME, "691231235959Z", -1},
        {DAOTP__DER_UTC_TIME, "500101000000Z", INT64_C(-631152000)}, /* the first, 1950 */
        {DAOTP__DER_UTC_TIME, "491231235959Z", INT64_C(2524607999)}, /* the last, 2049 */
        {DAOTP__DER_UTC_TIME, "000229120000Z", INT64_C(951825600)},
        {DAOTP__DER_UTC_TIME, "120410102816Z", INT64_C(1334053696)}, /* MS-OTPCE 4.1's RA */
        {DAOTP__DER_UTC_TIME, "380119031408Z", INT64_C(2147483648)},
        {DAOTP__DER_GENERALIZED_TIME, "20500101000000Z", INT64_C(2524608000)},
        {DAOTP__DER_GENERALIZED_TIME, "20491231235959Z", INT64_C(2524607999)}, /* PKITS has such */
        {DAOTP__DER_GENERALIZED_TIME, "20000229000000Z", INT64_C(951782400)},
        {DAOTP__DER_GENERALIZED_TIME, "24000229000000Z", INT64_C(13574563200)},
        {DAOTP__DER_GENERALIZED_TIME, "99991231235959Z", INT64_C(253402300799)},
        {DAOTP__DER_GENERALIZED_TIME, "00000101000000Z", INT64_C(-62167219200)},
        {DAOTP__DER_GENERALIZED_TIME, "00000301000000Z", INT64_C(-62162035200)},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t seconds = 0;

        if (!read_time(rows[i].tag, rows[i].text, &seconds) || seconds != rows[i].seconds)
            fail_msg("%s: %lld", rows[i].text, (long long)seconds);
    }
}

static void no_such_moment_is_read(void **state)
{
    static const char *const utc[] = {
        "230229000000Z",
        "000230000000Z",
        "230431000000Z",
        "230001000000Z",
        "231301000000Z",
        "230100000000Z",
        "230132000000Z",
        "230101240000Z",
        "230101006000Z",
        "230101000060Z",
        "2301010000Z",
        "230101000000",
        "230101000000z",
        "230101000000+0000",
        "23010100000 Z",
        "2301010000-1Z",
        "23010100000:Z",
        "230101000000.0Z",
        "",
        "Z",
        "20230101000000Z",
    };
    static const char *const generalized[] = {
        "21000229000000Z",     "19000229000000Z", "20230229000000Z", "20231301000000Z",
        "20230101000060Z",     "2023010100Z",     "20230101000000",  "20230101000000.5Z",
        "20230101000000+0000", "230101000000Z",   "2O230101000000Z", "",
    };
    int64_t seconds;

    (void)state;
    for (size_t i = 0; i < COUNT(utc); i++)
        if (read_time(DAOTP__DER_UTC_TIME, utc[i], &seconds))
            fail_msg("UTCTime %s", utc[i]);
    for (size_t i = 0; i < COUNT(generalized); i++)
        if (read_time(DAOTP__DER_GENERALIZED_TIME, generalized[i], &seconds))
            fail_msg("GeneralizedTime %s", generalized[i]);
    assert_false(read_time(DAOTP__DER_PRINTABLE_STRING, "230101000000Z", &seconds));
    assert_false(when(hex("170D 3233")));
}

static void every_day_agrees_with_the_c_library(void **state)
{
    char text[20];
    int64_t seconds;

    (void)state;
    for (int64_t day = -7305; day < 29220; day++) {     /* 1950 to 2049 */
        time_t wanted = day * 86400 + (day + 7305) * 2; /* another second of each day */
        struct tm tm;

        (void)strftime(text, sizeof text, "%y%m%d%H%M%SZ", gmtime_r(&wanted, &tm));
        assert_true(read_time(DAOTP__DER_UTC_TIME, text, &seconds));
        assert_true(seconds == wanted);
    }
    for (int64_t month = 0; month < 12 * 10000; month += 5) {
        struct tm tm = {
            .tm_year = (int)(month / 12) - 1900, .tm_mon = (int)(month % 12), .tm_mday = 1};

        (void)snprintf(text, sizeof text, "%04d%02d01000000Z", (int)(month / 12),
                       (int)(month % 12) + 1);
        assert_true(read_time(DAOTP__DER_GENERALIZED_TIME, text, &seconds));
        if (seconds != (int64_t)timegm(&tm))
            fail_msg("%s: %lld", text, (long long)seconds);
    }
}

static void null_parameters_are_null_or_nothing(void **state)
{
    (void)state;
    assert_true(daotp__der_end_or_null(hex("")));
    assert_true(daotp__der_end_or_null(hex("0500")));
    assert_false(daotp__der_end_or_null(hex("050100")));
    assert_false(daotp__der_end_or_null(hex("05")));
    assert_false(daotp__der_end_or_null(hex("0500 00")));
    assert_false(daotp__der_end_or_null(hex("0500 0500")));
    assert_false(daotp__der_end_or_null(hex("0400")));
}

static void validity_is_looked_at_down_to_the_depth(void **state)
{
    daotp__buffer out;
    size_t marks[DAOTP__MAX_DER_DEPTH + 1];

    (void)state;
    assert_true(daotp__der_valid(hex("3006 0201 01 3101 05"), 4) == false); /* cut NULL inside */
    assert_true(daotp__der_valid(hex("3007 0201 01 3102 0500"), 4));
    assert_true(daotp__der_valid(hex("0201 01 0500"), 0));
    assert_true(daotp__der_valid(hex(""), 0));
    assert_false(daotp__der_valid(hex("3000"), 0));
    assert_false(daotp__der_valid(hex("3080 0000"), 4));
    for (unsigned depth = 1; depth <= DAOTP__MAX_DER_DEPTH + 1; depth++) {
        daotp__buffer_init(&out, 1000);
        for (unsigned i = 0; i < depth; i++)
            marks[i] = daotp__derw_begin(&out, DAOTP__DER_SEQUENCE);
        for (unsigned i = depth; i > 0; i--)
            daotp__derw_end(&out, marks[i - 1]);
        assert_int_equal(daotp__der_valid(daotp__buffer_bytes(&out), DAOTP__MAX_DER_DEPTH),
                         depth <= DAOTP__MAX_DER_DEPTH);
        daotp__buffer_free(&out);
    }
}

static void writing_nests(void **state)
{
    daotp__buffer out;
    size_t outer, inner;

    (void)state;
    daotp__buffer_init(&out, 1000);
    outer = daotp__derw_begin(&out, DAOTP__DER_SEQUENCE);
    daotp__derw_oid(&out, BYTES("\x55\x04\x03"));
    inner = daotp__derw_begin(&out, DAOTP__DER_SET);
    daotp__derw_null(&out);
    daotp__derw_text(&out, DAOTP__DER_UTF8_STRING, "hi");
    daotp__derw_end(&out, inner);
    daotp__derw_raw(&out, hex("020105"));
    daotp__derw_end(&out, outer);
    assert_bytes_equal(daotp__buffer_bytes(&out), hex("3010 0603550403 3106 0500 0C026869 020105"));
    daotp__buffer_free(&out);
}

static void writing_past_the_maximum_fails_and_does_no_harm(void **state)
{
    daotp__buffer out;

    (void)state;
    for (size_t max = 0; max < 18; max++) {
        size_t outer, inner;

        daotp__buffer_init(&out, max);
        outer = daotp__derw_begin(&out, DAOTP__DER_SEQUENCE);
        inner = daotp__derw_begin(&out, DAOTP__DER_SET);
        daotp__derw_text(&out, DAOTP__DER_UTF8_STRING, "twelve bytes");
        daotp__derw_end(&out, inner);
        daotp__derw_end(&out, outer);
        assert_int_equal(out.failed, DAOTP_PEER);
        assert_true(out.len <= max);
        daotp__buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_are_definite_and_minimal),
        cmocka_unit_test(every_length_form_reads_what_was_written),
        cmocka_unit_test(a_length_past_three_octets_is_not_written),
        cmocka_unit_test(only_one_byte_tags_are_read),
        cmocka_unit_test(an_item_is_of_the_tag_that_is_asked_for),
        cmocka_unit_test(integers_are_minimal),
        cmocka_unit_test(unsigned_numbers_end_at_32_bits),
        cmocka_unit_test(booleans_have_two_values),
        cmocka_unit_test(oids_are_minimal_and_whole),
        cmocka_unit_test(bit_strings_end_in_zero_bits),
        cmocka_unit_test(times_are_seconds_since_1970),
        cmocka_unit_test(no_such_moment_is_read),
        cmocka_unit_test(every_day_agrees_with_the_c_library),
        cmocka_unit_test(null_parameters_are_null_or_nothing),
        cmocka_unit_test(validity_is_looked_at_down_to_the_depth),
        cmocka_unit_test(writing_nests),
        cmocka_unit_test(writing_past_the_maximum_fails_and_does_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
