/* SPDX-License-Identifier: BSD-2-Clause */
/* Public keys whose private half is easily found, as SubjectPublicKeyInfo. */
#ifndef WEAK_KEYS_H
#define WEAK_KEYS_H

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct weak_spki {
    unsigned char der[2600];
    size_t len;
} weak_spki;

/* ---- moduli: to be freed by weak_rsa(), which takes them over ---------------------------------
 */

/* No rule but that of its size is broken: a product of two numbers without small factors stands in
 * for one of two primes, which would take long to find. */
BIGNUM *weak_composite(int bits);

BIGNUM *weak_even(int bits);

BIGNUM *weak_with_factor(int bits, unsigned factor);

BIGNUM *weak_power(int prime_bits, int power);

/* Two factors that differ by a number of so many bits. */
BIGNUM *weak_close(int bits, int apart_bits);

/* Of about so many bits. */
BIGNUM *weak_roca(int bits);

/* ---- keys ------------------------------------------------------------------------------------ */

/* By hand: libcrypto's encoder takes no key that its own rules refuse. */
weak_spki weak_rsa(BIGNUM *modulus, uint64_t exponent);

weak_spki weak_generated(const char *kind, size_t bits);

/* The point of this private key in the place of a generated one. */
weak_spki weak_scalar(const char *curve, int number);

#endif
