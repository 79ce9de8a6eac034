/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/key_rules.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <stdio.h>
#include <string.h>

/* ---- what each use takes --------------------------------------------------------------------- */

/* For new keys FIPS 186-5 A.1.1 requires an exponent above 2^16. Old CAs used 3, which RFC 8017
 * 3.1 and the CA/Browser Forum BR 6.1.6 allow. Exponents of more than 64 bits make each
 * verification expensive, and are not used in practice. */
static const struct key_limits {
    unsigned rsa_min, rsa_max;
    uint32_t exponent_min;
    unsigned curve_max;
    bool edwards; /* neither a Windows CA nor a Windows domain controller supports such keys */
} limits_of[] = {[DAOTP__KEY_USE_PATH] = {2048, 8192, 3, 521, true},
                 [DAOTP__KEY_USE_REQUEST] = {2048, 8192, 65537, 384, false},
                 [DAOTP__KEY_USE_RA] = {2048, 8192, 65537, 521, false},
                 [DAOTP__KEY_USE_OWN] = {2048, 4096, 65537, 384, false}};
enum { MAX_EXPONENT = 8, MAX_POINT = 1 + 2 * 66 }; /* octets */

/* A key while it is checked. The BIGNUMs are made for the costly rules only. */
typedef struct key_trial {
    const daotp__public_key *key;
    const struct key_limits *limits;
    BN_CTX *numbers;
    BIGNUM *modulus;
    bool no_memory;
} key_trial;

typedef bool key_predicate(key_trial *trial);

/* ---- RSA: shape ------------------------------------------------------------------------------ */

static bool is_rsa_size(key_trial *trial)
{
    return trial->key->bits >= trial->limits->rsa_min && trial->key->bits <= trial->limits->rsa_max;
}

static bool is_exponent_large(key_trial *trial)
{
    daotp__bytes exponent = trial->key->exponent;
    uint64_t value = 0;

    if (exponent.len > MAX_EXPONENT)
        return true;
    for (size_t i = 0; i < exponent.len; i++)
        value = value << 8 | exponent.data[i];
    return value >= trial->limits->exponent_min;
}

static bool is_exponent_short(key_trial *trial)
{
    return trial->key->exponent.len <= MAX_EXPONENT;
}

static bool is_odd_number(daotp__bytes number)
{
    return number.len > 0 && (number.data[number.len - 1] & 1) == 1;
}

static bool is_exponent_odd(key_trial *trial)
{
    return is_odd_number(trial->key->exponent);
}

static bool is_modulus_odd(key_trial *trial)
{
    return is_odd_number(trial->key->modulus);
}

/* ---- RSA: what can be factored --------------------------------------------------------------- */

/* SP 800-56B 6.4.2.2 */
static const uint16_t odd_primes[] = {
    3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
    73,  79,  83,  89,  97,  101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    173, 179, 181, 191, 193, 197, 199, 211, 223, 227, 229, 233, 239, 241, 251, 257, 263, 269, 271,
    277, 281, 283, 293, 307, 311, 313, 317, 331, 337, 347, 349, 353, 359, 367, 373, 379, 383, 389,
    397, 401, 409, 419, 421, 431, 433, 439, 443, 449, 457, 461, 463, 467, 479, 487, 491, 499, 503,
    509, 521, 523, 541, 547, 557, 563, 569, 571, 577, 587, 593, 599, 601, 607, 613, 617, 619, 631,
    641, 643, 647, 653, 659, 661, 673, 677, 683, 691, 701, 709, 719, 727, 733, 739, 743, 751};

enum { ODD_PRIMES = sizeof odd_primes / sizeof odd_primes[0] };

/* Multiply the primes from this one on while the product fits in 32 bits, up to which
 * BN_mod_word() is fast. Returns the number of primes used. */
static size_t multiply_primes(size_t from, BN_ULONG *product)
{
    size_t i = from;

    for (*product = 1; i < ODD_PRIMES && *product * odd_primes[i] <= UINT32_MAX; i++)
        *product *= odd_primes[i];
    return i - from;
}

static bool has_no_small_factor(key_trial *trial)
{
    size_t count;

    for (size_t from = 0; from < ODD_PRIMES; from += count) {
        BN_ULONG product, residue;

        count = multiply_primes(from, &product);
        residue = BN_mod_word(trial->modulus, product);
        for (size_t i = from; i < from + count; i++)
            if (residue % odd_primes[i] == 0)
                return false;
    }
    return true;
}

static bool is_power_of_65537(BN_ULONG residue, BN_ULONG prime)
{
    BN_ULONG power = 1;

    do {
        if (power == residue)
            return true;
        power = power * 65537 % prime;
    } while (power != 1);
    return false;
}

/* CVE-2017-15361: modulo small primes, the primes of Infineon's RSALib are powers of 65537, and
 * these powers are only a part of all residues. The modulus of another key has such residues for
 * all of these small primes with a probability of 2^-27. */
static bool is_not_of_rsalib(key_trial *trial)
{
    static const uint8_t primes[] = {11, 13, 17,  19,  37,  53,  61,  71, 73,
                                     79, 97, 103, 107, 109, 127, 151, 157};

    for (size_t i = 0; i < sizeof primes; i++)
        if (!is_power_of_65537(BN_mod_word(trial->modulus, primes[i]), primes[i]))
            return true;
    return false;
}

/* The largest root with root * root <= square, which is not 0, by Newton's method from above. */
static bool take_square_root(BIGNUM *root, const BIGNUM *square, BN_CTX *numbers)
{
    BIGNUM *next = BN_CTX_get(numbers);

    if (next == NULL || BN_set_word(next, 1) != 1 ||
        BN_lshift(next, next, (BN_num_bits(square) + 1) / 2) != 1)
        return false;
    do {
        if (BN_copy(root, next) == NULL || BN_div(next, NULL, square, root, numbers) != 1 ||
            BN_add(next, next, root) != 1 || BN_rshift1(next, next) != 1)
            return false;
    } while (BN_cmp(next, root) < 0);
    return true;
}

enum { FERMAT_ROUNDS = 100 };

static uint64_t squares_modulo(unsigned modulus)
{
    uint64_t squares = 0;

    for (unsigned i = 0; i < modulus; i++)
        squares |= UINT64_C(1) << i * i % modulus;
    return squares;
}

/* Removes the rounds in which (a + round)^2 - n is not a square modulo this modulus. The modulus
 * is at most 64. */
static void sieve_rounds(bool rounds[FERMAT_ROUNDS], const BIGNUM *a, const BIGNUM *n,
                         unsigned modulus)
{
    uint64_t squares = squares_modulo(modulus);
    unsigned a_residue = (unsigned)BN_mod_word(a, modulus);
    unsigned n_residue = (unsigned)BN_mod_word(n, modulus);

    for (unsigned i = 0; i < FERMAT_ROUNDS; i++) {
        unsigned sum = (a_residue + i) % modulus;

        if (rounds[i])
            rounds[i] = (squares >> (sum * sum + modulus - n_residue) % modulus & 1) != 0;
    }
}

/* Whether (a + round)^2 - n is a perfect square. Also false without memory. */
static bool is_fermat_factor(key_trial *trial, const BIGNUM *a, unsigned round)
{
    BIGNUM *sum, *root, *square;
    bool works, found = false;

    BN_CTX_start(trial->numbers);
    sum = BN_CTX_get(trial->numbers);
    root = BN_CTX_get(trial->numbers);
    square = BN_CTX_get(trial->numbers);
    works = square != NULL && BN_copy(sum, a) != NULL && BN_add_word(sum, round) == 1 &&
            BN_sqr(square, sum, trial->numbers) == 1 && BN_sub(sum, square, trial->modulus) == 1;
    if (works && BN_is_zero(sum)) {
        found = true;                           /* n is the square of a */
    } else if (works && !BN_is_negative(sum)) { /* the first a may be too small by one */
        works = take_square_root(root, sum, trial->numbers) &&
                BN_sqr(square, root, trial->numbers) == 1;
        found = works && BN_cmp(square, sum) == 0;
    }
    BN_CTX_end(trial->numbers);
    trial->no_memory = trial->no_memory || !works;
    return found;
}

/* CA/Browser Forum BR 6.1.1.3: Fermat's method finds primes that are close together. It looks
 * for a^2 - n = b^2 with the values of a just above the square root of n. By chance one a in
 * 30,000 passes the sieve, so square roots are rarely computed. */
static bool resists_fermat(key_trial *trial)
{
    static const uint8_t moduli[] = {64, 63, 61, 59, 55, 53, 47, 43, 41, 37, 31, 29};
    BIGNUM *a = BN_CTX_get(trial->numbers);
    bool rounds[FERMAT_ROUNDS];

    if (a == NULL || !take_square_root(a, trial->modulus, trial->numbers)) {
        trial->no_memory = true;
        return true;
    }
    memset(rounds, true, sizeof rounds);
    for (size_t i = 0; i < sizeof moduli; i++)
        sieve_rounds(rounds, a, trial->modulus, moduli[i]);
    for (unsigned i = 0; i < FERMAT_ROUNDS; i++)
        if (rounds[i] && is_fermat_factor(trial, a, i))
            return false;
    return true;
}

/*
 * SP 800-56B 6.4.2.2: the modulus n must be composite, and not a power of a prime. If n = pq, then
 * 2^n - 2 and n have no common factor, unless p - 1 and q - 1 are almost equal. If n is a power of
 * a prime p, then 2^n - 2 is 0 modulo p by Fermat's little theorem.
 */
static bool is_composite(key_trial *trial)
{
    BIGNUM *power = BN_CTX_get(trial->numbers), *inverse = BN_CTX_get(trial->numbers);
    unsigned long error;

    if (inverse == NULL ||
        BN_mod_exp_mont_word(power, 2, trial->modulus, trial->modulus, trial->numbers, NULL) != 1 ||
        BN_sub_word(power, 2) != 1) {
        trial->no_memory = true;
        return true;
    }
    if (BN_is_negative(power) && BN_add(power, power, trial->modulus) != 1)
        trial->no_memory = true;
    if (BN_mod_inverse(inverse, power, trial->modulus, trial->numbers) != NULL)
        return true;
    error = ERR_peek_last_error();
    if (ERR_GET_LIB(error) == ERR_LIB_BN && ERR_GET_REASON(error) == BN_R_NO_INVERSE)
        return false;
    trial->no_memory = true;
    return true;
}

/* ---- EC -------------------------------------------------------------------------------------- */

static bool is_curve_taken(key_trial *trial)
{
    return trial->key->bits <= trial->limits->curve_max;
}

static EC_GROUP *curve_group(const daotp__public_key *key)
{
    switch (key->curve) {
    case DAOTP__OID_P256:
        return EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    case DAOTP__OID_P384:
        return EC_GROUP_new_by_curve_name(NID_secp384r1);
    default:
        return EC_GROUP_new_by_curve_name(NID_secp521r1);
    }
}

/* y^2 = x^3 + ax + b modulo p. EC_POINT_oct2point() checks the same, but when it has no memory
 * it reports a point that is not on the curve. */
typedef struct curve_equation {
    BIGNUM *p, *a, *b, *x, *y, *left, *right;
} curve_equation;

/* false without memory. */
static bool read_equation(key_trial *trial, const EC_GROUP *group, curve_equation *e)
{
    BIGNUM **const numbers[] = {&e->p, &e->a, &e->b, &e->x, &e->y, &e->left, &e->right};
    const uint8_t *x = trial->key->point.data + 1; /* after the octet with the form of the point */
    int len = (int)((trial->key->point.len - 1) / 2);

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        *numbers[i] = BN_CTX_get(trial->numbers);
        if (*numbers[i] == NULL)
            return false;
    }
    return EC_GROUP_get_curve(group, e->p, e->a, e->b, trial->numbers) == 1 &&
           BN_bin2bn(x, len, e->x) != NULL && BN_bin2bn(x + len, len, e->y) != NULL;
}

/* false without memory. */
static bool compute_sides(curve_equation *e, BN_CTX *numbers)
{
    return BN_mod_sqr(e->left, e->y, e->p, numbers) == 1 &&
           BN_mod_sqr(e->right, e->x, e->p, numbers) == 1 &&
           BN_mod_add(e->right, e->right, e->a, e->p, numbers) == 1 &&
           BN_mod_mul(e->right, e->right, e->x, e->p, numbers) == 1 &&
           BN_mod_add(e->right, e->right, e->b, e->p, numbers) == 1;
}

/* The cofactor of these curves is 1, so each point except infinity has the order of the curve;
 * infinity has another encoding, which the reader refuses. So this check is the whole of SP
 * 800-56A 5.6.2.3.3. */
static bool is_on_curve(key_trial *trial)
{
    EC_GROUP *group = curve_group(trial->key);
    curve_equation e;
    bool holds = true;

    BN_CTX_start(trial->numbers);
    if (group == NULL || !read_equation(trial, group, &e) || !compute_sides(&e, trial->numbers))
        trial->no_memory = true;
    else
        holds = BN_cmp(e.x, e.p) < 0 && BN_cmp(e.y, e.p) < 0 && BN_cmp(e.left, e.right) == 0;
    BN_CTX_end(trial->numbers);
    EC_GROUP_free(group);
    return holds;
}

/* Whether the point is neither the generator, whose private key is 1, nor its negative, whose
 * private key is -1. Both have the same x. */
static bool is_not_generator(key_trial *trial)
{
    size_t x_len = (trial->key->point.len - 1) / 2;
    EC_GROUP *group = curve_group(trial->key);
    uint8_t generator[MAX_POINT];
    bool holds = true;

    if (group == NULL ||
        EC_POINT_point2oct(group, EC_GROUP_get0_generator(group), POINT_CONVERSION_UNCOMPRESSED,
                           generator, sizeof generator, trial->numbers) == 0)
        trial->no_memory = true;
    else
        holds = !daotp__bytes_equal((daotp__bytes){generator + 1, x_len},
                                    (daotp__bytes){trial->key->point.data + 1, x_len});
    EC_GROUP_free(group);
    return holds;
}

/* ---- Ed25519, Ed448 -------------------------------------------------------------------------- */

static bool is_edwards_taken(key_trial *trial)
{
    return trial->limits->edwards;
}

/* Whether y (little-endian) is one of these values. The highest bit of the last octet is the
 * sign of x, and is ignored. */
static bool is_y_among(daotp__bytes point, const char *const *ys, size_t count)
{
    uint8_t y[57];

    memcpy(y, point.data, point.len);
    y[point.len - 1] &= 0x7F;
    for (size_t i = 0; i < count; i++)
        if (memcmp(y, ys[i], point.len) == 0)
            return true;
    return false;
}

#define FF4  "\xFF\xFF\xFF\xFF"
#define FF24 FF4 FF4 FF4 FF4 FF4 FF4
#define FF27 FF24 "\xFF\xFF\xFF"

/* Refuses the points of small order, in each encoding that a decoder may accept, and the
 * generator. For a point of small order anybody can make signatures; the private scalar of the
 * generator is 1. */
static bool is_edwards_private(key_trial *trial)
{
    static const char zero[57] = "", one[57] = "\x01";
    static const char *const y25519[] = {
        zero,
        one,
        "\x26\xE8\x95\x8F\xC2\xB2\x27\xB0\x45\xC3\xF4\x89\xF2\xEF\x98\xF0"
        "\xD5\xDF\xAC\x05\xD3\xC6\x33\x39\xB1\x38\x02\x88\x6D\x53\xFC\x05",
        "\xC7\x17\x6A\x70\x3D\x4D\xD8\x4F\xBA\x3C\x0B\x76\x0D\x10\x67\x0F"
        "\x2A\x20\x53\xFA\x2C\x39\xCC\xC6\x4E\xC7\xFD\x77\x92\xAC\x03\x7A",
        "\xEC" FF24 FF4 "\xFF\xFF\x7F", /* p - 1 */
        "\xED" FF24 FF4 "\xFF\xFF\x7F", /* p */
        "\xEE" FF24 FF4 "\xFF\xFF\x7F", /* p + 1 */
        "\x58\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66"
        "\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66"};
    static const char *const y448[] = {
        zero,
        one,
        "\xFE" FF27 "\xFE" FF27,                                                /* p - 1 */
        "\xFF" FF27 "\xFE" FF27,                                                /* p */
        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" FF27 "\xFF", /* p + 1 */
        "\x14\xFA\x30\xF2\x5B\x79\x08\x98\xAD\xC8\xD7\x4E\x2C\x13\xBD\xFD\xC4\x39\x7C\xE6"
        "\x1C\xFF\xD3\x3A\xD7\xC2\xA0\x05\x1E\x9C\x78\x87\x40\x98\xA3\x6C\x73\x73\xEA\x4B"
        "\x62\xC7\xC9\x56\x37\x20\x76\x88\x24\xBC\xB6\x6E\x71\x46\x3F\x69"};

    if (trial->key->algorithm == DAOTP__OID_ED25519)
        return !is_y_among(trial->key->point, y25519, sizeof y25519 / sizeof y25519[0]);
    return !is_y_among(trial->key->point, y448, sizeof y448 / sizeof y448[0]);
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct key_rule {
    enum daotp__oid algorithm;
    bool is_costly;
    key_predicate *holds;
    const char *fault; /* shown after algorithm and size */
} key_rules[] = {
    {DAOTP__OID_RSA, false, is_rsa_size, ""},
    {DAOTP__OID_RSA, false, is_modulus_odd, ": the modulus is even"},
    {DAOTP__OID_RSA, false, is_exponent_odd, ": the public exponent is even"},
    {DAOTP__OID_RSA, false, is_exponent_large, ": the public exponent is too small"},
    {DAOTP__OID_RSA, false, is_exponent_short, ": the public exponent has more than 64 bits"},
    {DAOTP__OID_RSA, true, has_no_small_factor, ": the modulus has a factor below 752"},
    {DAOTP__OID_RSA, true, is_not_of_rsalib, ": the modulus is of a broken generator (ROCA)"},
    {DAOTP__OID_RSA, true, resists_fermat, ": the primes of the modulus are too close together"},
    {DAOTP__OID_RSA, true, is_composite, ": the modulus is a prime, or a power of one"},
    {DAOTP__OID_EC_KEY, false, is_curve_taken, ""},
    {DAOTP__OID_EC_KEY, true, is_on_curve, ": the point is not on the curve"},
    {DAOTP__OID_EC_KEY, true, is_not_generator, ": the private key is 1"},
    {DAOTP__OID_ED25519, false, is_edwards_taken, ""},
    {DAOTP__OID_ED25519, false, is_edwards_private, ": the point is of small order, or the base"},
    {DAOTP__OID_ED448, false, is_edwards_taken, ""},
    {DAOTP__OID_ED448, false, is_edwards_private, ": the point is of small order, or the base"},
};

static daotp_status refuse_key(const daotp__public_key *key, const char *fault, char *text)
{
    char name[DAOTP__KEY_NAME_TEXT];

    (void)snprintf(text, DAOTP__KEY_FAULT_TEXT, "%s%s", daotp__public_key_name(key, name), fault);
    return DAOTP_REJECTED;
}

static daotp_status apply_rules(key_trial *trial, bool costly, char *text)
{
    for (size_t i = 0; i < sizeof key_rules / sizeof key_rules[0]; i++) {
        const struct key_rule *rule = &key_rules[i];

        if (rule->algorithm != trial->key->algorithm || rule->is_costly != costly)
            continue;
        if (!rule->holds(trial))
            return refuse_key(trial->key, rule->fault, text);
        if (trial->no_memory)
            return DAOTP_MEMORY;
    }
    return DAOTP_OK;
}

daotp_status daotp__key_shape_check(const daotp__public_key *key, daotp__key_use use, char *text)
{
    key_trial trial = {.key = key, .limits = &limits_of[use]};

    return apply_rules(&trial, false, text);
}

static daotp_status apply_costly_rules(key_trial *trial, char *text)
{
    daotp__bytes modulus = trial->key->modulus;
    daotp_status status = DAOTP_MEMORY;

    (void)ERR_set_mark(); /* the application's OpenSSL error queue stays unchanged */
    trial->numbers = BN_CTX_new();
    if (trial->numbers != NULL) {
        BN_CTX_start(trial->numbers);
        trial->modulus = BN_CTX_get(trial->numbers);
        if (trial->modulus != NULL &&
            BN_bin2bn(modulus.data, (int)modulus.len, trial->modulus) != NULL)
            status = apply_rules(trial, true, text);
        BN_CTX_end(trial->numbers);
    }
    BN_CTX_free(trial->numbers);
    (void)ERR_pop_to_mark();
    return status;
}

static daotp_status refuse_unreadable(daotp__bytes spki, char text[DAOTP__KEY_FAULT_TEXT])
{
    daotp__fault fault;

    (void)daotp__public_key_find_fault(spki, &fault);
    (void)daotp__fault_describe(&fault, text);
    return DAOTP_REJECTED;
}

daotp_status daotp__key_check(const daotp_context *context, daotp__bytes spki, daotp__key_use use,
                              char *text)
{
    daotp__passed_keys *passed = daotp__context_passed_keys(context);
    daotp__public_key key;
    key_trial trial = {.key = &key, .limits = &limits_of[use]};
    daotp_status status;

    if (!daotp__public_key_read(spki, &key))
        return refuse_unreadable(spki, text);
    status = apply_rules(&trial, false,
                         text); /* these rules depend on the use, the costly ones do not */
    if (status != DAOTP_OK || daotp__passed_keys_has(passed, spki))
        return status;
    status = apply_costly_rules(&trial, text);
    if (status == DAOTP_OK)
        daotp__passed_keys_add(passed, spki);
    return status;
}

void daotp__key_report(daotp__checklist *checks, daotp__bytes spki, daotp__key_use use,
                       daotp_finding_number number)
{
    char fault[DAOTP__KEY_FAULT_TEXT];
    const daotp_context *context = checks->report != NULL ? checks->report->context : NULL;
    daotp_status status = daotp__key_check(context, spki, use, fault);

    if (status == DAOTP_REJECTED)
        daotp__checklist_report(checks, number, "%s", fault);
    else
        daotp__checklist_take(checks, status);
}
