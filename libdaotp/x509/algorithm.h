/* SPDX-License-Identifier: BSD-2-Clause */
/* Hashes and signature algorithms by their AlgorithmIdentifier. */
#ifndef DAOTP_X509_ALGORITHM_H
#define DAOTP_X509_ALGORITHM_H

#include "x509/der.h"
#include "x509/fault.h"
#include "x509/oid.h"

#include <openssl/types.h>

typedef enum daotp__hash {
    DAOTP__HASH_NONE = 0,
    DAOTP__HASH_SHA1,
    DAOTP__HASH_SHA256,
    DAOTP__HASH_SHA384,
    DAOTP__HASH_SHA512
} daotp__hash;

enum { DAOTP__HASH_MAX = 64 }; /* octets of the longest digest */

const char *daotp__hash_name(daotp__hash hash);
size_t daotp__hash_len(daotp__hash hash);
/* As libcrypto has it; NULL for NONE. */
const EVP_MD *daotp__hash_method(daotp__hash hash);
/* false only when libcrypto fails; out has room for DAOTP__HASH_MAX. */
bool daotp__hash_bytes(daotp__hash hash, daotp__bytes in, uint8_t *out);
/* The same over two parts, one behind the other. */
bool daotp__hash_parts(daotp__hash hash, daotp__bytes a, daotp__bytes b, uint8_t *out);
/* HMAC-SHA-256 (RFC 2104), 32 octets. The key has at most 64. */
bool daotp__hash_keyed(daotp__bytes key, daotp__bytes in, uint8_t *out);

/* AlgorithmIdentifier ::= SEQUENCE { algorithm, parameters OPTIONAL } */
typedef struct daotp__algorithm {
    daotp__bytes oid, parameters;
    enum daotp__oid known; /* DAOTP__OID_COUNT when it is not */
} daotp__algorithm;
bool daotp__algorithm_read(daotp__bytes *cursor, daotp__algorithm *algorithm);
/* Which hash this is: of a digest algorithm, or of a signature algorithm that names one. NONE when
 * there is none, or the parameters are not NULL or absent. */
daotp__hash daotp__algorithm_hash(const daotp__algorithm *algorithm);
/* The signature algorithm with this hash: PKCS #1 v1.5, or ECDSA. */
enum daotp__oid daotp__hash_signature_oid(daotp__hash hash, bool is_rsa);
/* RSASSA-PSS-params (RFC 4055 3.1). What is absent has its default. */
typedef struct daotp__pss_parameters {
    daotp__hash hash;
    daotp__hash mask_hash; /* of MGF1; NONE where it is another function */
    uint32_t salt_len;     /* octets */
    uint32_t trailer;
} daotp__pss_parameters;
/* A hash that is not known is NONE. A default that is written out is read, as RFC 4055 asks. fault
 * may be NULL; else it holds the whole, and is filled where they cannot be read. */
bool daotp__pss_read(daotp__bytes parameters, daotp__pss_parameters *pss, daotp__fault *fault);
/* The AlgorithmIdentifier of a digest, with NULL parameters as Windows writes them. */
void daotp__algorithm_write_hash(daotp__buffer *out, daotp__hash hash);

#endif
