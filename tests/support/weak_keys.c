/* SPDX-License-Identifier: BSD-2-Clause */
#include "weak_keys.h"

static void weak_must(bool holds)
{
    if (!holds)
        abort();
}

/* ---- moduli: to be freed by weak_rsa(), which takes them over ---------------------------------
 */

/* A factor p divides 2^n - 2 about once in p times, and such a modulus is rightly taken for none of
 * two random primes. So the factors that a test meets by chance are large. */
static bool weak_has_small_factor(const BIGNUM *n)
{
    for (BN_ULONG divisor = 3; divisor < 20000; divisor += 2)
        if (BN_mod_word(n, divisor) == 0)
            return true;
    return false;
}

/* The next odd number without small factors. */
static BIGNUM *weak_next(BIGNUM *n)
{
    if (!BN_is_odd(n))
        weak_must(BN_add_word(n, 1) == 1);
    while (weak_has_small_factor(n))
        weak_must(BN_add_word(n, 2) == 1);
    return n;
}

static BIGNUM *weak_random(int bits)
{
    BIGNUM *n = BN_new();

    weak_must(n != NULL && BN_rand(n, bits, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD) == 1);
    return n;
}

BIGNUM *weak_composite(int bits)
{
    BIGNUM *n = weak_next(weak_random(bits / 2)), *other = weak_next(weak_random(bits - bits / 2));
    BN_CTX *ctx = BN_CTX_new();

    weak_must(BN_mul(n, n, other, ctx) == 1 && BN_num_bits(n) == bits);
    BN_CTX_free(ctx);
    BN_free(other);
    return n;
}

BIGNUM *weak_even(int bits)
{
    BIGNUM *n = weak_random(bits);

    weak_must(BN_sub_word(n, 1) == 1);
    return n;
}

BIGNUM *weak_with_factor(int bits, unsigned factor)
{
    BIGNUM *n = weak_composite(bits);

    while (BN_mod_word(n, factor) != 0)
        weak_must(BN_add_word(n, 2) == 1);
    return n;
}

BIGNUM *weak_power(int prime_bits, int power)
{
    BIGNUM *prime = BN_new(), *n = BN_new();
    BN_CTX *ctx = BN_CTX_new();

    weak_must(BN_generate_prime_ex(prime, prime_bits, 0, NULL, NULL, NULL) == 1 && BN_one(n) == 1);
    for (int i = 0; i < power; i++)
        weak_must(BN_mul(n, n, prime, ctx) == 1);
    BN_CTX_free(ctx);
    BN_free(prime);
    return n;
}

BIGNUM *weak_close(int bits, int apart_bits)
{
    BIGNUM *p = weak_next(weak_random(bits / 2)), *q = BN_dup(p), *apart = BN_new();
    BN_CTX *ctx = BN_CTX_new();

    weak_must(BN_rand(apart, apart_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
              BN_add(q, q, apart) == 1);
    (void)weak_next(q);
    weak_must(BN_mul(p, p, q, ctx) == 1);
    BN_CTX_free(ctx);
    BN_free(apart);
    BN_free(q);
    return p;
}

/* Two factors that are k * M + (65537^a mod M), M the product of the primes up to 701. */
static BIGNUM *weak_roca_factor(int bits, BN_CTX *ctx)
{
    BIGNUM *m = BN_new(), *a = BN_new(), *power = BN_new(), *factor = BN_new();

    weak_must(BN_one(m) == 1);
    for (BN_ULONG i = 2; i <= 701; i++) {
        bool prime = true;

        for (BN_ULONG k = 2; k * k <= i; k++)
            prime = prime && i % k != 0;
        if (prime)
            weak_must(BN_mul_word(m, i) == 1);
    }
    weak_must(BN_set_word(power, 65537) == 1 && BN_rand(a, 62, 0, 0) == 1 &&
              BN_mod_exp(power, power, a, m, ctx) == 1);
    do
        weak_must(BN_rand(a, bits - BN_num_bits(m) + 1, BN_RAND_TOP_TWO, 0) == 1 &&
                  BN_mul(factor, a, m, ctx) == 1 && BN_add(factor, factor, power) == 1);
    while (weak_has_small_factor(factor));
    BN_free(m);
    BN_free(a);
    BN_free(power);
    return factor;
}

BIGNUM *weak_roca(int bits)
{
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *p = weak_roca_factor(bits / 2, ctx), *q = weak_roca_factor(bits / 2, ctx);

    weak_must(BN_mul(p, p, q, ctx) == 1);
    BN_free(q);
    BN_CTX_free(ctx);
    return p;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static size_t weak_head(unsigned char *out, unsigned char tag, size_t len)
{
    out[0] = tag;
    out[1] = 0x82;
    out[2] = (unsigned char)(len >> 8);
    out[3] = (unsigned char)len;
    if (len >= 256)
        return 4;
    out[1] = 0x81;
    out[2] = (unsigned char)len;
    if (len >= 128)
        return 3;
    out[1] = (unsigned char)len;
    return 2;
}

static size_t weak_integer(unsigned char *out, const BIGNUM *number)
{
    unsigned char bytes[1100] = {0};
    size_t len = (size_t)BN_num_bits(number) / 8 + 1, head;

    weak_must(BN_bn2binpad(number, bytes, (int)len) == (int)len);
    head = weak_head(out, 0x02, len);
    memcpy(out + head, bytes, len);
    return head + len;
}

weak_spki weak_rsa(BIGNUM *modulus, uint64_t exponent)
{
    static const unsigned char algorithm[] = {0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
                                              0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00};
    unsigned char key[2400], bits[2500];
    size_t len, head;
    BIGNUM *e = BN_new();
    weak_spki out;

    weak_must(modulus != NULL && BN_set_word(e, exponent) == 1);
    len = weak_integer(key, modulus);
    len += weak_integer(key + len, e);
    head = weak_head(bits + 1, 0x30, len);
    bits[0] = 0;
    memcpy(bits + 1 + head, key, len);
    len += 1 + head;
    head = weak_head(key, 0x03, len);
    memcpy(key + head, bits, len);
    len += head;
    head = weak_head(out.der, 0x30, sizeof algorithm + len);
    memcpy(out.der + head, algorithm, sizeof algorithm);
    memcpy(out.der + head + sizeof algorithm, key, len);
    out.len = head + sizeof algorithm + len;
    BN_free(e);
    BN_free(modulus);
    return out;
}

weak_spki weak_generated(const char *kind, size_t bits)
{
    bool is_curve =
        strcmp(kind, "RSA") != 0 && strcmp(kind, "ED25519") != 0 && strcmp(kind, "ED448") != 0;
    EVP_PKEY *key = is_curve ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", kind)
                             : EVP_PKEY_Q_keygen(NULL, NULL, kind, bits);
    weak_spki out;
    unsigned char *at = out.der;

    out.len = (size_t)i2d_PUBKEY(key, &at);
    EVP_PKEY_free(key);
    return out;
}

weak_spki weak_scalar(const char *curve, int number)
{
    weak_spki out = weak_generated(curve, 0);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(EC_curve_nist2nid(curve));
    EC_POINT *point = EC_POINT_new(group);
    BIGNUM *scalar = BN_new();
    size_t len;

    weak_must(BN_set_word(scalar, (BN_ULONG)abs(number)) == 1 &&
              EC_POINT_mul(group, point, scalar, NULL, NULL, NULL) == 1 &&
              (number > 0 || EC_POINT_invert(group, point, NULL) == 1));
    len = EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, NULL, 0, NULL);
    weak_must(EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED,
                                 out.der + out.len - len, len, NULL) == len);
    BN_free(scalar);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return out;
}
