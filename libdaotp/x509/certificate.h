/* SPDX-License-Identifier: BSD-2-Clause */
/* A certificate (RFC 5280 4.1), read strictly. All fields are views into bytes that the caller
 * owns. */
#ifndef DAOTP_X509_CERTIFICATE_H
#define DAOTP_X509_CERTIFICATE_H

#include "x509/algorithm.h"
#include "x509/extensions.h"

typedef struct daotp__certificate {
    daotp__bytes der, tbs;
    uint32_t version;             /* 1, 2 or 3 */
    daotp__bytes serial;          /* content octets */
    daotp__bytes issuer, subject; /* whole Name */
    int64_t not_before, not_after;
    daotp__bytes spki; /* whole SubjectPublicKeyInfo */
    daotp__extensions extensions;
    daotp__algorithm signature_algorithm;
    daotp__bytes signature;
} daotp__certificate;

bool daotp__certificate_read(daotp__bytes der, daotp__certificate *certificate);
/* Read the certificate of a trust anchor. An anchor is only a name and a key (RFC 5280 6.1.1
 * (d)), so its issuer and signature are not checked. */
bool daotp__certificate_read_anchor(daotp__bytes der, daotp__certificate *certificate);
/* What is wrong with one that cannot be read; false: nothing is. */
bool daotp__certificate_find_fault(daotp__bytes der, daotp__fault *fault);
bool daotp__certificate_is_self_issued(const daotp__certificate *certificate);
/* The UPN of the subjectAltName. Returns false when there is none, more than one, or a malformed
 * one. */
bool daotp__certificate_upn(const daotp__certificate *certificate, daotp__bytes *upn);

/* The parts of a SubjectPublicKeyInfo. */
typedef struct daotp__public_key {
    enum daotp__oid algorithm;      /* RSA, EC_KEY, ED25519 or ED448 */
    enum daotp__oid curve;          /* P256, P384 or P521, for EC_KEY */
    daotp__bytes modulus, exponent; /* RSA: unsigned, no leading zero */
    daotp__bytes point;             /* EC: uncompressed; Ed25519, Ed448: encoded as in RFC 8032 */
    bool is_pss;                    /* an RSA key for RSASSA-PSS only (RFC 4055 1.2) */
    bool has_pss_parameters;        /* signatures must then use `pss` (RFC 4055 3.3) */
    daotp__pss_parameters pss;
    unsigned bits;
    daotp__bytes string; /* content of the BIT STRING, for the key identifier */
} daotp__public_key;
bool daotp__public_key_read(daotp__bytes spki, daotp__public_key *key);
/* What is wrong with one that cannot be read; false: nothing is. */
bool daotp__public_key_find_fault(daotp__bytes spki, daotp__fault *fault);
/* Ed25519 or Ed448 (RFC 8410). */
bool daotp__public_key_is_edwards(const daotp__public_key *key);
/* Write a description of the key: "RSA, 2048 bits", "EC, P-256", "Ed25519". Returns text. */
enum { DAOTP__KEY_NAME_TEXT = 64 };
const char *daotp__public_key_name(const daotp__public_key *key, char text[DAOTP__KEY_NAME_TEXT]);

#endif
