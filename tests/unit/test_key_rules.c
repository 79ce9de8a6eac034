/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules for public keys: for each, keys that break it and their neighbours that do not. */
#include "weak_keys.h"

#include "builders.h"

#include "core/limits.h"
#include "x509/key_rules.h"

static const daotp__key_use all_uses[] = {DAOTP__KEY_USE_PATH, DAOTP__KEY_USE_REQUEST,
                                          DAOTP__KEY_USE_RA, DAOTP__KEY_USE_OWN};

static void expect_key(daotp__bytes spki, daotp__key_use use, const char *fault, int line)
{
    char text[DAOTP__KEY_FAULT_TEXT] = "";
    daotp_status status = daotp__key_check(NULL, spki, use, text);

    if ((status == DAOTP_OK) != (fault == NULL) || (fault != NULL && strstr(text, fault) == NULL))
        fail_msg("line %d, use %d: status %d, \"%s\", not \"%s\"", line, (int)use, (int)status,
                 text, fault != NULL ? fault : "ok");
}

static void refuse_everywhere(weak_spki key, const char *fault, int line)
{
    for (size_t i = 0; i < COUNT(all_uses); i++)
        expect_key((daotp__bytes){key.der, key.len}, all_uses[i], fault, line);
}
#define REFUSE(key, fault) refuse_everywhere(key, fault, __LINE__)
#define EXPECT(key, use, fault)                                                                    \
    do {                                                                                           \
        weak_spki made_ = (key);                                                                   \
        expect_key((daotp__bytes){made_.der, made_.len}, DAOTP__KEY_USE_##use, fault, __LINE__);   \
    } while (0)

static void keys_of_every_kind_are_taken(void **state)
{
    static const char *const names[] = {"rsa2048", "rsa3072", "rsa4096", "p256", "p384"};
    daotp_context *context;

    (void)state;
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    for (size_t i = 0; i < COUNT(names); i++) {
        daotp_key *key = test_key(context, names[i]);

        for (size_t k = 0; k < COUNT(all_uses); k++)
            expect_key(daotp__key_spki(key), all_uses[k], NULL, __LINE__);
        daotp_key_unref(key);
    }
    daotp_context_unref(context);
    EXPECT(weak_generated("RSA", 2048), REQUEST, NULL);
    EXPECT(weak_rsa(weak_composite(8192), 65537), PATH, NULL);
    EXPECT(weak_generated("P-521", 0), PATH, NULL);
    EXPECT(weak_generated("P-521", 0), RA, NULL);
}

static void sizes_are_those_of_the_use(void **state)
{
    (void)state;
    REFUSE(weak_rsa(weak_composite(512), 65537), "RSA, 512 bits");
    REFUSE(weak_rsa(weak_composite(1024), 65537), "RSA, 1024 bits");
    REFUSE(weak_rsa(weak_composite(2047), 65537), "RSA, 2047 bits");
    REFUSE(weak_rsa(weak_composite(8193), 65537), "RSA, 8193 bits");
    EXPECT(weak_rsa(weak_composite(2048), 65537), OWN, NULL);
    EXPECT(weak_rsa(weak_composite(4096), 65537), OWN, NULL);
    EXPECT(weak_rsa(weak_composite(4097), 65537), OWN, "RSA, 4097 bits");
    EXPECT(weak_rsa(weak_composite(4097), 65537), REQUEST, NULL);
    EXPECT(weak_generated("P-521", 0), REQUEST, "P-521");
    EXPECT(weak_generated("P-521", 0), OWN, "P-521");
}

static void exponents_are_odd_and_large(void **state)
{
    (void)state;
    REFUSE(weak_rsa(weak_composite(2048), 1), "exponent");
    REFUSE(weak_rsa(weak_composite(2048), 2), "exponent");
    REFUSE(weak_rsa(weak_composite(2048), 4), "exponent");
    REFUSE(weak_rsa(weak_composite(2048), 65536), "exponent is even");
    REFUSE(weak_rsa(weak_composite(2048), 65538), "exponent is even");
    EXPECT(weak_rsa(weak_composite(2048), 3), PATH, NULL);
    EXPECT(weak_rsa(weak_composite(2048), 3), REQUEST, "exponent is too small");
    EXPECT(weak_rsa(weak_composite(2048), 17), RA, "exponent is too small");
    EXPECT(weak_rsa(weak_composite(2048), 65535), OWN, "exponent is too small");
    EXPECT(weak_rsa(weak_composite(2048), 65537), REQUEST, NULL);
    EXPECT(weak_rsa(weak_composite(2048), UINT64_C(0xFFFFFFFFFFFFFFFF)), REQUEST, NULL);
}

static void moduli_are_products_of_two_large_primes(void **state)
{
    static const unsigned primes[] = {3, 5, 7, 11, 257, 509, 743, 751};

    (void)state;
    REFUSE(weak_rsa(weak_even(2048), 65537), "modulus is even");
    for (size_t i = 0; i < COUNT(primes); i++)
        REFUSE(weak_rsa(weak_with_factor(2048, primes[i]), 65537), "a factor below 752");
    REFUSE(weak_rsa(BN_get_rfc3526_prime_2048(NULL), 65537), "a prime");
    REFUSE(weak_rsa(BN_get_rfc3526_prime_3072(NULL), 65537), "a prime");
    REFUSE(weak_rsa(BN_get_rfc3526_prime_4096(NULL), 65537), "a prime");
    EXPECT(weak_rsa(BN_get_rfc3526_prime_8192(NULL), 65537), PATH, "a prime");
    REFUSE(weak_rsa(weak_power(1024, 2), 65537), "too close together"); /* p^2 is 0 apart */
    REFUSE(weak_rsa(weak_power(683, 3), 65537), "a power of one");
    REFUSE(weak_rsa(weak_power(410, 5), 65537), "a power of one");
}

static void primes_stand_far_apart(void **state)
{
    (void)state;
    REFUSE(weak_rsa(weak_close(2048, 1), 65537), "too close together");
    REFUSE(weak_rsa(weak_close(2048, 500), 65537), "too close together");
    REFUSE(weak_rsa(weak_close(2048, 1024 / 2 + 3), 65537), "too close together");
    REFUSE(weak_rsa(weak_close(3072, 700), 65537), "too close together");
    EXPECT(weak_rsa(weak_close(2048, 800), 65537), REQUEST, NULL);
}

/* CVE-2017-15361 */
static void keys_of_rsalib_are_found(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++)
        REFUSE(weak_rsa(weak_roca(2048), 65537), "ROCA");
}

static void points_are_on_the_curve(void **state)
{
    static const char *const curves[] = {"P-256", "P-384", "P-521"};

    (void)state;
    for (size_t i = 0; i < COUNT(curves); i++) {
        daotp__key_use use = i == 2 ? DAOTP__KEY_USE_PATH : DAOTP__KEY_USE_REQUEST;
        weak_spki good = weak_generated(curves[i], 0), key = good;

        expect_key((daotp__bytes){good.der, good.len}, use, NULL, __LINE__);
        key.der[key.len - 1] ^= 1; /* y */
        expect_key((daotp__bytes){key.der, key.len}, use, "not on the curve", __LINE__);
        key = weak_scalar(curves[i], 1);
        expect_key((daotp__bytes){key.der, key.len}, use, "the private key is 1", __LINE__);
        key = weak_scalar(curves[i], -1);
        expect_key((daotp__bytes){key.der, key.len}, use, "the private key is 1", __LINE__);
    }
}

static void what_is_no_such_key_is_refused(void **state)
{
    static const struct {
        const char *der, *fault;
    } none[] = {
        {"", "SubjectPublicKeyInfo, octet 0 of 0 octets: RFC 5280 4.1.2.7"},
        {"30 00", "SubjectPublicKeyInfo.algorithm, octet 2 of 2 octets: RFC 5280 4.1.2.7"},
        {"30 03 30 01 00", "SubjectPublicKeyInfo.algorithm, octet 4 of 5 octets"},
        {"30 09 30 03 06 01 2A 03 02 00 00",
         "SubjectPublicKeyInfo.algorithm, octet 2 of 11 octets: RFC 3279 2.3"},
        {"30 0D 30 07 06 03 2B 65 70 05 00 03 02 00 00",
         "algorithm.parameters, octet 9 of 15 octets: RFC 8410 3"},
        {"30 0B 30 05 06 03 2B 65 70 03 02 00 00",
         "subjectPublicKey, octet 9 of 13 octets: RFC 8410 4"},
        {"30 13 30 0D 06 09 2A 86 48 86 F7 0D 01 01 0A 30 00 03 02 00 05",
         "RSAPublicKey, octet 20 of 21 octets"},
        {"30 16 30 10 06 09 2A 86 48 86 F7 0D 01 01 0A 30 03 A2 01 00 03 02 00 05",
         "RSASSA-PSS-params.saltLength, octet 19 of 24 octets"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(none); i++)
        expect_key(hex(none[i].der), DAOTP__KEY_USE_PATH, none[i].fault, __LINE__);
    REFUSE(weak_generated("secp256k1", 0), "octet 13 of 88 octets: RFC 5480 2.1.1");
}

/* Good for certificates; neither a CA nor a domain controller of Windows takes them from us. */
static void edwards_keys_are_taken_where_they_are_used(void **state)
{
    static const char *const names[] = {"ED25519", "ED448"};
    static const char *const shown[] = {"Ed25519", "Ed448"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        weak_spki key = weak_generated(names[i], 0);

        EXPECT(key, PATH, NULL);
        EXPECT(key, RA, shown[i]);
        EXPECT(key, REQUEST, shown[i]);
        EXPECT(key, OWN, shown[i]);
    }
}

/* Under a point of small order everybody's signature verifies; the base point's scalar is 1. Each
 * with the sign of x either way. */
static void edwards_points_have_a_private_scalar(void **state)
{
    static const struct {
        const char *head, *y; /* the SubjectPublicKeyInfo before the point */
    } points[] = {
#define ED25519_HEAD "302A 3005 0603 2B6570 0321 00"
#define ED448_HEAD   "3043 3005 0603 2B6571 033A 00"
#define Z8           "0000000000000000"
#define F8           "FFFFFFFFFFFFFFFF"
        {ED25519_HEAD, Z8 Z8 Z8 Z8},
        {ED25519_HEAD, "0100000000000000" Z8 Z8 Z8},
        {ED25519_HEAD, "26E8958FC2B227B045C3F489F2EF98F0D5DFAC05D3C63339B13802886D53FC05"},
        {ED25519_HEAD, "C7176A703D4DD84FBA3C0B760D10670F2A2053FA2C39CCC64EC7FD7792AC037A"},
        {ED25519_HEAD, "ECFFFFFFFFFFFFFF" F8 F8 "FFFFFFFFFFFFFF7F"},
        {ED25519_HEAD, "EDFFFFFFFFFFFFFF" F8 F8 "FFFFFFFFFFFFFF7F"},
        {ED25519_HEAD, "EEFFFFFFFFFFFFFF" F8 F8 "FFFFFFFFFFFFFF7F"},
        {ED25519_HEAD, "5866666666666666666666666666666666666666666666666666666666666666"},
        {ED448_HEAD, Z8 Z8 Z8 Z8 Z8 Z8 Z8 "00"},
        {ED448_HEAD, "0100000000000000" Z8 Z8 Z8 Z8 Z8 Z8 "00"},
        {ED448_HEAD, "FEFFFFFFFFFFFFFF" F8 F8 "FFFFFFFF FEFFFFFF" F8 F8 F8 "00"},
        {ED448_HEAD, F8 F8 F8 "FFFFFFFF FEFFFFFF" F8 F8 F8 "00"},
        {ED448_HEAD, Z8 Z8 Z8 "00000000 FFFFFFFF" F8 F8 F8 "00"},
        {ED448_HEAD, "14FA30F25B790898ADC8D74E2C13BDFDC4397CE61CFFD33AD7C2A0051E9C78874098A36C"
                     "7373EA4B62C7C9563720768824BCB66E71463F69 00"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(points); i++)
        for (int sign = 0; sign < 2; sign++) {
            char text[256];
            daotp__bytes spki;

            (void)snprintf(text, sizeof text, "%s %s", points[i].head, points[i].y);
            spki = hex(text);
            ((uint8_t *)spki.data)[spki.len - 1] |= (uint8_t)(sign << 7);
            expect_key(spki, DAOTP__KEY_USE_PATH, "the point is of small order", __LINE__);
        }
}

/* ---- what is remembered ---------------------------------------------------------------------- */

static daotp__bytes spki_bytes(const weak_spki *key)
{
    return (daotp__bytes){key->der, key->len};
}

static void a_key_that_passed_is_not_tested_again(void **state)
{
    weak_spki good = weak_rsa(weak_composite(2048), 3);
    weak_spki prime = weak_rsa(BN_get_rfc3526_prime_2048(NULL), 65537);
    char text[DAOTP__KEY_FAULT_TEXT];
    daotp_context *context;
    daotp__passed_keys *passed;

    (void)state;
    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    passed = daotp__context_passed_keys(context);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(daotp__key_check(context, spki_bytes(&good), DAOTP__KEY_USE_PATH, text),
                         DAOTP_OK);
        assert_true(daotp__passed_keys_has(passed, spki_bytes(&good)));
        /* the rules of another use are applied all the same */
        assert_int_equal(daotp__key_check(context, spki_bytes(&good), DAOTP__KEY_USE_RA, text),
                         DAOTP_REJECTED);
        assert_int_equal(daotp__key_check(context, spki_bytes(&prime), DAOTP__KEY_USE_PATH, text),
                         DAOTP_REJECTED);
        assert_false(daotp__passed_keys_has(passed, spki_bytes(&prime)));
    }
    daotp__passed_keys_add(passed, spki_bytes(&prime)); /* shows that the table is asked */
    assert_int_equal(daotp__key_check(context, spki_bytes(&prime), DAOTP__KEY_USE_PATH, text),
                     DAOTP_OK);
    daotp_context_unref(context);
}

/* SubjectPublicKeyInfos are compared to their last octet, and the oldest makes room. */
static void the_table_of_passed_keys_is_bounded(void **state)
{
    enum { LEN = 90, COUNT_ADDED = 3 * DAOTP__MAX_PASSED_KEYS };
    daotp__passed_keys *keys = daotp__passed_keys_new();
    uint8_t spki[LEN] = {0};
    size_t kept = 0;

    (void)state;
    for (unsigned i = 0; i < COUNT_ADDED; i++) {
        spki[LEN / 2] = (uint8_t)i;
        spki[LEN - 1] = (uint8_t)(i >> 8);
        assert_false(daotp__passed_keys_has(keys, (daotp__bytes){spki, LEN}));
        daotp__passed_keys_add(keys, (daotp__bytes){spki, LEN});
        daotp__passed_keys_add(keys, (daotp__bytes){spki, LEN});
        assert_true(daotp__passed_keys_has(keys, (daotp__bytes){spki, LEN}));
        assert_false(daotp__passed_keys_has(keys, (daotp__bytes){spki, LEN - 1}));
    }
    for (unsigned i = 0; i < COUNT_ADDED; i++) {
        spki[LEN / 2] = (uint8_t)i;
        spki[LEN - 1] = (uint8_t)(i >> 8);
        kept += daotp__passed_keys_has(keys, (daotp__bytes){spki, LEN});
        if (i >= COUNT_ADDED - DAOTP__MAX_PASSED_KEYS)
            assert_true(daotp__passed_keys_has(keys, (daotp__bytes){spki, LEN}));
    }
    assert_int_equal(kept, DAOTP__MAX_PASSED_KEYS);
    daotp__passed_keys_add(keys, (daotp__bytes){NULL, 0});
    assert_false(daotp__passed_keys_has(keys, (daotp__bytes){NULL, 0}));
    daotp__passed_keys_add(NULL, (daotp__bytes){spki, LEN});
    assert_false(daotp__passed_keys_has(NULL, (daotp__bytes){spki, LEN}));
    daotp__passed_keys_free(keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_every_kind_are_taken),
        cmocka_unit_test(sizes_are_those_of_the_use),
        cmocka_unit_test(exponents_are_odd_and_large),
        cmocka_unit_test(moduli_are_products_of_two_large_primes),
        cmocka_unit_test(primes_stand_far_apart),
        cmocka_unit_test(keys_of_rsalib_are_found),
        cmocka_unit_test(points_are_on_the_curve),
        cmocka_unit_test(edwards_keys_are_taken_where_they_are_used),
        cmocka_unit_test(edwards_points_have_a_private_scalar),
        cmocka_unit_test(what_is_no_such_key_is_refused),
        cmocka_unit_test(a_key_that_passed_is_not_tested_again),
        cmocka_unit_test(the_table_of_passed_keys_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
