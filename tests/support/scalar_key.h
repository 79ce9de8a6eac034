/* SPDX-License-Identifier: BSD-2-Clause */
/* P-256 keys that are the same each time: the private key is a small number. No secrets. */
#ifndef SCALAR_KEY_H
#define SCALAR_KEY_H

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <stdlib.h>

enum { SCALAR_POINT = 65 };

/* The public point of this private key, uncompressed. */
void scalar_point(const BIGNUM *scalar, unsigned char point[SCALAR_POINT]);

/* To be freed with EVP_PKEY_free(). */
EVP_PKEY *scalar_key(unsigned number);

/* ecdsa-with-SHA256 over these bytes: the octets written, at most 72. */
size_t scalar_sign(EVP_PKEY *key, const void *bytes, size_t len, unsigned char signature[72]);

#endif
