/* SPDX-License-Identifier: BSD-2-Clause */
/* Checking a signature with a public key, by libcrypto. */
#ifndef DAOTP_X509_SIGNATURE_H
#define DAOTP_X509_SIGNATURE_H

#include "x509/scheme.h"

#include <openssl/types.h>

/* Does signature verify over signed_bytes by the key in spki, the algorithm as an X.509 or PKCS#10
 * signature names it? What cannot be understood is false. */
bool daotp__signature_verify(daotp__bytes spki, const daotp__algorithm *algorithm,
                             daotp__bytes signed_bytes, daotp__bytes signature);
/* The same over two parts, the algorithm as a CMS signer names it, beside its digest. */
bool daotp__signature_verify_cms(daotp__bytes spki, const daotp__algorithm *algorithm,
                                 daotp__hash hash, daotp__bytes a, daotp__bytes b,
                                 daotp__bytes signature);

/* A public key made ready once, for any number of signatures. */
typedef struct daotp__verify_key {
    daotp__public_key read;
    EVP_PKEY *pkey;
    EVP_PKEY_CTX *spare; /* one that is made ready; whoever takes it out has it alone */
    uint32_t spare_for;  /* scheme, hash and salt that it is made ready for */
} daotp__verify_key;

/* false when it is of no known kind, or libcrypto does not take it. The spki must stay. */
bool daotp__verify_key_init(daotp__verify_key *key, daotp__bytes spki);
void daotp__verify_key_free(daotp__verify_key *key);
/* Does the signature algorithm go with this key, with a hash that is strong? If not, *fault tells
 * why. */
bool daotp__verify_key_scheme(const daotp__public_key *key, const daotp__algorithm *algorithm,
                              daotp__scheme *scheme, const char **fault);
/* What a signature of this scheme is checked over: the digest of the signed bytes, in room of
 * DAOTP__HASH_MAX, or for EdDSA these bytes. data is NULL when libcrypto fails. */
daotp__bytes daotp__scheme_input(const daotp__scheme *scheme, daotp__bytes signed_bytes,
                                 uint8_t *room);
/* Does the signature verify over that? */
bool daotp__verify_key_check(daotp__verify_key *key, const daotp__scheme *scheme,
                             daotp__bytes input, daotp__bytes signature);

#endif
