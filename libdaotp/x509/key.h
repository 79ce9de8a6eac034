/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of a private key: an EVP_PKEY, wherever it came from. */
#ifndef DAOTP_X509_KEY_H
#define DAOTP_X509_KEY_H

#include "x509/algorithm.h"

#include <daotp/key.h>
#include <openssl/types.h>

/* Take over an EVP_PKEY. exportable: may its private part leave? */
daotp_status daotp__key_wrap(daotp_context *context, EVP_PKEY *pkey, bool exportable,
                             daotp_report *report, daotp_key **key);
EVP_PKEY *daotp__key_pkey(const daotp_key *key); /* borrowed, for libssl and libkrb5 */
bool daotp__key_is_rsa(const daotp_key *key);
bool daotp__key_can_export(const daotp_key *key);

/* SubjectPublicKeyInfo in DER, borrowed. */
daotp__bytes daotp__key_spki(const daotp_key *key);
/* Append a signature over in. */
daotp_status daotp__key_sign(const daotp_key *key, daotp__hash hash, daotp__bytes in,
                             daotp__buffer *signature);
/* Append the AlgorithmIdentifier of such a signature, as PKCS#10 and certificates name it. */
void daotp__key_write_algorithm(const daotp_key *key, daotp__hash hash, daotp__buffer *out);
/* The same as CMS names it: rsaEncryption for RSA, as Windows does (RFC 3370 3.2). */
void daotp__key_write_cms_algorithm(const daotp_key *key, daotp__hash hash, daotp__buffer *out);

#endif
