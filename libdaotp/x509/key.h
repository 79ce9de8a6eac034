/* SPDX-License-Identifier: BSD-2-Clause */
/* The private part of the public object daotp_key: an EVP_PKEY, or a key that a backend holds. */
#ifndef DAOTP_X509_KEY_H
#define DAOTP_X509_KEY_H

#include "x509/algorithm.h"

#include <daotp/key.h>
#include <openssl/types.h>

/* Make a key of an EVP_PKEY, which is taken over. exportable: whether the private key may be
 * exported. */
daotp_status daotp__key_wrap(daotp_context *context, EVP_PKEY *pkey, bool exportable,
                             daotp_report *report, daotp_key **key);
/* The EVP_PKEY for libssl, borrowed. For a key that a backend holds, its EVP_PKEY signs through
 * the backend and must not be used after the key is freed. NULL when it cannot be made. */
EVP_PKEY *daotp__key_pkey(const daotp_key *key);
bool daotp__key_is_rsa(const daotp_key *key);
/* is_held: whether a backend holds the private key. sign_held: makes that backend sign, as
 * daotp_key_backend describes. */
bool daotp__key_is_held(const daotp_key *key);
daotp_status daotp__key_sign_held(const daotp_key *key, daotp_signature_scheme scheme,
                                  daotp__bytes input, uint8_t *signature, size_t room, size_t *len);
/* Write the PKINIT identity by which libkrb5 opens a key that a backend holds, into room octets;
 * the backend closes its own access to the key. DAOTP_CONFIGURATION (LOGON-HELD-KEY) when the
 * backend has no such identity. */
daotp_status daotp__key_lend(const daotp_key *key, char *identity, size_t room,
                             daotp_report *report);
/* If a backend reported why the last signature of this key failed, report that and return its
 * status; else return `status`. libssl and libcrypto do not pass on the reason. */
daotp_status daotp__key_explain_failure(const daotp_key *key, daotp_status status,
                                        daotp_report *report);

/* The bits of the modulus, or of the order of the curve. */
unsigned daotp__key_bits(const daotp_key *key);
/* SubjectPublicKeyInfo in DER, borrowed. */
daotp__bytes daotp__key_spki(const daotp_key *key);
/* Append a signature over in. */
daotp_status daotp__key_sign(const daotp_key *key, daotp__hash hash, daotp__bytes in,
                             daotp__buffer *signature);
/* Append the AlgorithmIdentifier of the signatures of this key, in the form of PKCS#10 and
 * X.509. */
void daotp__key_write_algorithm(const daotp_key *key, daotp__hash hash, daotp__buffer *out);
/* The same in the form of CMS: rsaEncryption for RSA, as Windows writes it (RFC 3370 3.2). */
void daotp__key_write_cms_algorithm(const daotp_key *key, daotp__hash hash, daotp__buffer *out);

#endif
