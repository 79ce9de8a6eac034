/* SPDX-License-Identifier: BSD-2-Clause */
/* A chain of three certificates: a root, a CA below it, and as many leaves as are asked for. */
#ifndef BENCH_CHAIN_H
#define BENCH_CHAIN_H

#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chain_der {
    uint8_t *data;
    size_t len;
};

struct chain_issuer {
    EVP_PKEY *key;
    X509 *x509;
    struct chain_der der;
};

struct chain {
    bool is_p256; /* else RSA-2048; SHA-256 with both */
    struct chain_issuer root, ca;
    EVP_PKEY *leaf_key; /* of all leaves */
};

void chain_make(struct chain *chain, bool is_p256);
void chain_free(struct chain *chain);
/* A leaf with this serial number: content octets, the first from 1 to 127. To be freed. */
struct chain_der chain_issue(const struct chain *chain, const struct chain_issuer *issuer,
                             const uint8_t *serial, size_t len);

#endif
