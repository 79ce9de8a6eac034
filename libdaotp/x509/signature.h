/* SPDX-License-Identifier: BSD-2-Clause */
/* Checking a signature with a public key, by libcrypto. */
#ifndef DAOTP_X509_SIGNATURE_H
#define DAOTP_X509_SIGNATURE_H

#include "x509/certificate.h"

#include <openssl/types.h>

/* Does signature verify over signed_bytes by the key in spki, the algorithm as an X.509 or PKCS#10
 * signature names it? PKCS#1 v1.5 for RSA, ECDSA for EC. What cannot be understood is false. */
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
    daotp__hash spare_hash;
} daotp__verify_key;

/* false when it is of no known kind, or libcrypto does not take it. The spki must stay. */
bool daotp__verify_key_init(daotp__verify_key *key, daotp__bytes spki);
void daotp__verify_key_free(daotp__verify_key *key);
/* Does the signature algorithm go with this key? Its hash, or NONE. */
daotp__hash daotp__verify_key_hash(const daotp__public_key *key, const daotp__algorithm *algorithm);
/* Does the signature verify over what has this digest? */
bool daotp__verify_key_check(daotp__verify_key *key, daotp__hash hash, const uint8_t *digest,
                             daotp__bytes signature);

#endif
