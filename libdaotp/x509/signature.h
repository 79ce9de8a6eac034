/* SPDX-License-Identifier: BSD-2-Clause */
/* Verifies signatures with libcrypto. */
#ifndef DAOTP_X509_SIGNATURE_H
#define DAOTP_X509_SIGNATURE_H

#include "x509/scheme.h"

#include <openssl/types.h>

/* Verify an X.509 or PKCS#10 signature over signed_bytes with the key in spki. Returns false
 * also when the key or the algorithm is unknown or not accepted. */
bool daotp__signature_verify(daotp__bytes spki, const daotp__algorithm *algorithm,
                             daotp__bytes signed_bytes, daotp__bytes signature);
/* Verify a CMS signature over a followed by b. hash: that of the signer's digestAlgorithm. */
bool daotp__signature_verify_cms(daotp__bytes spki, const daotp__algorithm *algorithm,
                                 daotp__hash hash, daotp__bytes a, daotp__bytes b,
                                 daotp__bytes signature);

/* A public key that is prepared once and verifies any number of signatures. */
typedef struct daotp__verify_key {
    daotp__public_key read;
    EVP_PKEY *pkey;
    EVP_PKEY_CTX *
        spare; /* a prepared context, or NULL; a thread takes it out of the key while it verifies */
    uint32_t spare_for; /* the scheme, hash and salt that spare is prepared for */
} daotp__verify_key;

/* Prepare the key of spki, whose bytes must outlive it. Returns false when the algorithm is
 * unknown or libcrypto refuses the key. */
bool daotp__verify_key_init(daotp__verify_key *key, daotp__bytes spki);
void daotp__verify_key_free(daotp__verify_key *key);
/* Read the algorithm and check that it fits the key and its hash is strong. If not, returns
 * false and *fault says why, a static text. */
bool daotp__verify_key_scheme(const daotp__public_key *key, const daotp__algorithm *algorithm,
                              daotp__scheme *scheme, const char **fault);
/* The bytes that libcrypto verifies: for EdDSA signed_bytes, else their digest, which is written
 * into room, of DAOTP__HASH_MAX octets. data is NULL when libcrypto fails. */
daotp__bytes daotp__scheme_input(const daotp__scheme *scheme, daotp__bytes signed_bytes,
                                 uint8_t *room);
/* Verify a signature over that input. */
bool daotp__verify_key_check(daotp__verify_key *key, const daotp__scheme *scheme,
                             daotp__bytes input, daotp__bytes signature);

#endif
