/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The forms in which private keys are written: PKCS#8 (RFC 5958), encrypted or not, RSAPrivateKey
 * (RFC 8017 A.1.2), ECPrivateKey (RFC 5915); and what is taken for one by mistake. libcrypto reads
 * keys; here is told which form one has, and what is wrong with one that libcrypto does not read.
 */
#ifndef DAOTP_X509_KEY_FORM_H
#define DAOTP_X509_KEY_FORM_H

#include "x509/algorithm.h"
#include "x509/fault.h"
#include "x509/pem.h"

typedef enum daotp__key_form {
    DAOTP__KEY_FORM_NONE, /* nothing that begins as a key does */
    DAOTP__KEY_FORM_PKCS8,
    DAOTP__KEY_FORM_ENCRYPTED,
    DAOTP__KEY_FORM_RSA,
    DAOTP__KEY_FORM_EC,
    DAOTP__KEY_FORM_PUBLIC,    /* SubjectPublicKeyInfo */
    DAOTP__KEY_FORM_RSA_PUBLIC /* RSAPublicKey */
} daotp__key_form;

/* By its first items. */
daotp__key_form daotp__key_form_guess(daotp__bytes der);
/* "PKCS#8 private key" */
const char *daotp__key_form_name(daotp__key_form form);

/* Its algorithm, of a private key its own, of an encrypted one the encryption's; RSA modulus, and
 * where it is named the curve. What the form does not say is empty. */
typedef struct daotp__key_facts {
    daotp__bytes algorithm, curve; /* object identifiers */
    size_t modulus_bits;
} daotp__key_facts;
void daotp__key_facts_read(daotp__bytes der, daotp__key_facts *facts);
/* The bits of a positive INTEGER. */
size_t daotp__key_count_bits(daotp__bytes number);

/* What is wrong with the structure of a private key; false: nothing is. */
bool daotp__key_find_fault(daotp__bytes der, daotp__fault *fault);

/* A block of PEM that is a private key in a form of its own, whose content is no DER: which, and
 * the rule; NULL: it is none. */
const char *daotp__key_foreign_block(const daotp__pem_reader *reader);

/* Why it was not read as a private key, into text of DAOTP__FAULT_TEXT; answers it. */
const char *daotp__key_explain(daotp__bytes der, bool has_passphrase, char *text);

#endif
