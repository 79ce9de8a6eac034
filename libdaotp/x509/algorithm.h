/* SPDX-License-Identifier: BSD-2-Clause */
/* Hash and signature algorithms, identified by their AlgorithmIdentifier (RFC 5280 4.1.1.2). */
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
/* The EVP_MD of libcrypto for this hash, not to be freed; NULL for DAOTP__HASH_NONE. */
const EVP_MD *daotp__hash_method(daotp__hash hash);
/* Compute the digest of in. out has room for DAOTP__HASH_MAX octets. Returns false only when
 * libcrypto fails. */
bool daotp__hash_bytes(daotp__hash hash, daotp__bytes in, uint8_t *out);
/* Compute the digest of a followed by b. */
bool daotp__hash_parts(daotp__hash hash, daotp__bytes a, daotp__bytes b, uint8_t *out);
/* Compute HMAC-SHA-256 (RFC 2104) into out, which has room for 32 octets. The key has at most 64
 * octets. Returns false only when libcrypto fails. */
bool daotp__hash_keyed(daotp__bytes key, daotp__bytes in, uint8_t *out);

/* AlgorithmIdentifier ::= SEQUENCE { algorithm, parameters OPTIONAL } */
typedef struct daotp__algorithm {
    daotp__bytes oid, parameters;
    enum daotp__oid known; /* DAOTP__OID_COUNT: the OID is not in oid.def */
} daotp__algorithm;
bool daotp__algorithm_read(daotp__bytes *cursor, daotp__algorithm *algorithm);
/* The hash of a digest algorithm, or of a signature algorithm whose OID names a hash.
 * DAOTP__HASH_NONE if the algorithm names no known hash, or has parameters other than NULL. */
daotp__hash daotp__algorithm_hash(const daotp__algorithm *algorithm);
/* The OID of the signature algorithm with this hash: RSA PKCS #1 v1.5 if is_rsa, else ECDSA. */
enum daotp__oid daotp__hash_signature_oid(daotp__hash hash, bool is_rsa);
/* RSASSA-PSS-params (RFC 4055 3.1). A field that is absent from the DER has its default value. */
typedef struct daotp__pss_parameters {
    daotp__hash hash;
    daotp__hash mask_hash; /* the hash of MGF1; NONE: the mask generation function is not MGF1 */
    uint32_t salt_len;     /* octets */
    uint32_t trailer;
} daotp__pss_parameters;
/* Read the parameters. An unknown hash becomes NONE. A default value that is encoded is
 * accepted, as RFC 4055 3.1 requires. Returns false when the parameters cannot be read. fault:
 * NULL, or a fault whose `whole` is set; it is filled when false is returned. */
bool daotp__pss_read(daotp__bytes parameters, daotp__pss_parameters *pss, daotp__fault *fault);
/* Append the AlgorithmIdentifier of a hash, with NULL parameters, as Windows writes it. */
void daotp__algorithm_write_hash(daotp__buffer *out, daotp__hash hash);

#endif
