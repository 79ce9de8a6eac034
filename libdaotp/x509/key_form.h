/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recognises the forms of private keys: PKCS#8 (RFC 5958), encrypted or not, RSAPrivateKey (RFC
 * 8017 A.1.2), ECPrivateKey (RFC 5915); and the public keys that users give by mistake. libcrypto
 * reads the keys; this file says which form a key has, and why libcrypto could not read it.
 */
#ifndef DAOTP_X509_KEY_FORM_H
#define DAOTP_X509_KEY_FORM_H

#include "x509/algorithm.h"
#include "x509/fault.h"
#include "x509/pem.h"

typedef enum daotp__key_form {
    DAOTP__KEY_FORM_NONE, /* none of these forms */
    DAOTP__KEY_FORM_PKCS8,
    DAOTP__KEY_FORM_ENCRYPTED,
    DAOTP__KEY_FORM_RSA,
    DAOTP__KEY_FORM_EC,
    DAOTP__KEY_FORM_PUBLIC,    /* SubjectPublicKeyInfo */
    DAOTP__KEY_FORM_RSA_PUBLIC /* RSAPublicKey */
} daotp__key_form;

/* Guess the form from the first DER items. */
daotp__key_form daotp__key_form_guess(daotp__bytes der);
/* "PKCS#8 private key" */
const char *daotp__key_form_name(daotp__key_form form);

/* What the form says about the key without decrypting it. algorithm: that of the key, or of the
 * encryption if it is encrypted. A value that the form does not hold is empty or 0. */
typedef struct daotp__key_summary {
    daotp__bytes algorithm, curve; /* object identifiers */
    size_t modulus_bits;
} daotp__key_summary;
void daotp__key_summary_read(daotp__bytes der, daotp__key_summary *facts);
/* The number of bits of a positive INTEGER, given as its content octets. */
size_t daotp__key_count_bits(daotp__bytes number);

/* What is wrong with the structure of a private key; false: nothing is. */
bool daotp__key_find_fault(daotp__bytes der, daotp__fault *fault);

/* Whether this is an RSA or EC key in PKCS#8 that holds, beside the private key, the public key of
 * this SubjectPublicKeyInfo. Only the octets are compared: it is not computed whether the private
 * key belongs to it. An EC key may hold no public key (RFC 5915 3). */
bool daotp__key_holds_public(daotp__bytes der, daotp__bytes spki);

/* Whether a PEM block is a private key in a form whose content is not DER (OpenSSH, for
 * example): returns the name of the form and what to do, or NULL. */
const char *daotp__key_foreign_block(const daotp__pem_reader *reader);

/* Write why this was not read as a private key into text, which has room for DAOTP__FAULT_TEXT
 * octets. has_passphrase: whether a passphrase was tried. Returns text. */
const char *daotp__key_explain(daotp__bytes der, bool has_passphrase, char *text);

#endif
