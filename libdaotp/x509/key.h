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
/* Borrowed, for libssl. Of a key that a backend holds, one that signs through it: it must not be
 * used any longer than the key. NULL when that cannot be made. */
EVP_PKEY *daotp__key_pkey(const daotp_key *key);
bool daotp__key_is_rsa(const daotp_key *key);
/* Whether a backend holds the private half; then signs by it, as its table describes. */
bool daotp__key_is_held(const daotp_key *key);
daotp_status daotp__key_sign_held(const daotp_key *key, daotp_signature_scheme scheme,
                                  daotp__bytes input, uint8_t *signature, size_t room, size_t *len);
/* How libkrb5 finds a key that a backend holds; the backend lets go of it. DAOTP_CONFIGURATION
 * (LOGON-HELD-KEY) when it cannot. */
daotp_status daotp__key_lend(const daotp_key *key, char *identity, size_t room,
                             daotp_report *report);
/* Adds why the last signature of this key failed, when a backend said so: libssl and libcrypto hide
 * it. Answers the status of that signature when it failed, or the one given. */
daotp_status daotp__key_explain_failure(const daotp_key *key, daotp_status status,
                                        daotp_report *report);

/* Of the modulus, or of the order of the curve. */
unsigned daotp__key_bits(const daotp_key *key);
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
