/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"

#include "core/base64.h"

#include <openssl/evp.h>

static bool reads(const char *text, size_t len, daotp__buffer *out)
{
    daotp__buffer_init(out, 4096);
    return daotp__base64_read(text, len, out);
}

static bool accepts(const char *text, size_t len)
{
    daotp__buffer out;
    bool ok = reads(text, len, &out);

    daotp__buffer_free(&out);
    return ok;
}

/* RFC 4648 10 */
static void the_rfc_vectors_hold_both_ways(void **state)
{
    static const char *const rows[][2] = {{"", ""},
                                          {"f", "Zg=="},
                                          {"fo", "Zm8="},
                                          {"foo", "Zm9v"},
                                          {"foob", "Zm9vYg=="},
                                          {"fooba", "Zm9vYmE="},
                                          {"foobar", "Zm9vYmFy"}};
    daotp__buffer out;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__bytes plain = text_bytes(rows[i][0]);

        daotp__buffer_init(&out, 100);
        daotp__base64_write(&out, plain.data, plain.len);
        assert_string_equal(daotp__buffer_string(&out), rows[i][1]);
        daotp__buffer_free(&out);
        assert_true(reads(rows[i][1], strlen(rows[i][1]), &out));
        assert_bytes_equal(daotp__buffer_bytes(&out), plain);
        daotp__buffer_free(&out);
    }
}

static void every_length_agrees_with_openssl(void **state)
{
    uint8_t plain[200], theirs[300];
    daotp__buffer ours, back;

    (void)state;
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (uint8_t)(i * 151 + 7);
    for (size_t len = 0; len <= sizeof plain; len++) {
        daotp__buffer_init(&ours, 400);
        daotp__base64_write(&ours, plain, len);
        assert_int_equal(EVP_EncodeBlock(theirs, plain, (int)len), ours.len);
        assert_string_equal(daotp__buffer_string(&ours), (char *)theirs);
        assert_true(reads((char *)theirs, ours.len, &back));
        assert_bytes_equal(daotp__buffer_bytes(&back), (daotp__bytes){plain, len});
        daotp__buffer_free(&ours);
        daotp__buffer_free(&back);
    }
}

static void xml_white_space_may_stand_anywhere(void **state)
{
    static const char text[] = " \t\r\nZ m\n9\tv\rY\n m E\r\n \t= \n";
    daotp__buffer out;

    (void)state;
    assert_true(reads(text, sizeof text - 1, &out));
    assert_bytes_equal(daotp__buffer_bytes(&out), BYTES("fooba"));
    daotp__buffer_free(&out);
    assert_true(accepts(" \n", 2));
    assert_true(accepts("Zg=\n=", 5));
}

static void no_other_character_is_skipped(void **state)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    (void)state;
    for (int c = 0; c < 256; c++) {
        char inside[] = {'Z', 'm', (char)c, 'v', 'Y', 'm', 'F', 'y', '\0'};
        char behind[] = {'Z', 'm', '8', '=', (char)c};
        bool digit = c != 0 && strchr(alphabet, c) != NULL;
        bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';

        /* seven characters are no whole number of groups */
        assert_int_equal(accepts(inside, 8), digit);
        assert_int_equal(accepts(behind, 5), space);
    }
}

static void bad_padding_is_refused(void **state)
{
    static const char *const rows[] = {"Z",        "Zg",       "Zg=",       "Zm8",      "=",
                                       "==",       "====",     "Zg===",     "Zm8==",    "Zm9v=",
                                       "Z===",     "Q=",       "Zm9vY=",    "Zg==Zg==", "Zg=Z",
                                       "Zm9v====", "=Zm9vYg=", "Zm9vYg==Z", "Zg= x="};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_false(accepts(rows[i], strlen(rows[i])));
}

static void unused_bits_must_be_zero(void **state)
{
    (void)state;
    assert_true(accepts("Zg==", 4));
    assert_false(accepts("Zh==", 4));
    assert_false(accepts("Zo==", 4));
    assert_true(accepts("Zm8=", 4));
    assert_false(accepts("Zm9=", 4));
}

static void lines_have_their_length(void **state)
{
    uint8_t plain[97] = {0};
    daotp__buffer out, back;

    (void)state;
    daotp__buffer_init(&out, 1000);
    daotp__base64_write_lines(&out, plain, sizeof plain, 64);
    assert_int_equal(strcspn(daotp__buffer_string(&out), "\n"), 64);
    assert_int_equal(strcspn((char *)out.data + 65, "\n"), 64);
    assert_string_equal((char *)out.data + 130, "AA==\n");
    assert_true(reads((char *)out.data, out.len, &back));
    assert_bytes_equal(daotp__buffer_bytes(&back), (daotp__bytes){plain, sizeof plain});
    daotp__buffer_free(&out);
    daotp__buffer_free(&back);
}

/* The limit of a buffer is for what is in it, not for the text it comes from. */
static void what_fits_its_buffer_exactly_is_read(void **state)
{
    daotp__buffer out;

    (void)state;
    daotp__buffer_init(&out, 6);
    assert_true(daotp__base64_read("Zm9v\nYmFy\n", 10, &out));
    daotp__buffer_free(&out);
    assert_false(daotp__base64_read("Zm9vYmFyZm9v", 12, &out));
    assert_int_equal(out.failed, DAOTP_PEER);
    daotp__buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rfc_vectors_hold_both_ways),
        cmocka_unit_test(every_length_agrees_with_openssl),
        cmocka_unit_test(xml_white_space_may_stand_anywhere),
        cmocka_unit_test(no_other_character_is_skipped),
        cmocka_unit_test(bad_padding_is_refused),
        cmocka_unit_test(unused_bits_must_be_zero),
        cmocka_unit_test(lines_have_their_length),
        cmocka_unit_test(what_fits_its_buffer_exactly_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
