/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signature schemes: reads the AlgorithmIdentifier of a signature (RFC 4055, RFC 5758, RFC 8410),
 * and checks whether the scheme fits a key.
 */
#ifndef DAOTP_X509_SCHEME_H
#define DAOTP_X509_SCHEME_H

#include "x509/certificate.h"

typedef enum daotp__scheme_kind {
    DAOTP__SCHEME_NONE = 0, /* unknown, or not accepted */
    DAOTP__SCHEME_PKCS1,
    DAOTP__SCHEME_PSS,
    DAOTP__SCHEME_ECDSA,
    DAOTP__SCHEME_EDDSA
} daotp__scheme_kind;

typedef struct daotp__scheme {
    daotp__scheme_kind kind;
    enum daotp__oid key; /* the algorithm of the keys of this scheme */
    daotp__hash hash;    /* NONE for EdDSA, which has its own hash */
    uint32_t salt_len;   /* octets, of RSASSA-PSS */
} daotp__scheme;

/* Read the algorithm of an X.509 signature. Returns false when it is unknown or its parameters
 * are wrong; *fault then says why, a static text. Algorithms with SHA-1 are read too: see
 * daotp__scheme_is_strong(). */
bool daotp__scheme_read(const daotp__algorithm *algorithm, daotp__scheme *scheme,
                        const char **fault);
/* Read the algorithm of a CMS signature. digest: the hash of the signer's digestAlgorithm; the
 * two must agree. rsaEncryption means PKCS #1 v1.5 with that hash (RFC 3370 3.2, RFC 4056, RFC
 * 8419). */
bool daotp__scheme_read_cms(const daotp__algorithm *algorithm, daotp__hash digest,
                            daotp__scheme *scheme);
/* Whether the scheme fits this key. If an id-RSASSA-PSS key has parameters, the scheme must
 * agree with them (RFC 4055 3.3), and the salt must fit the modulus (RFC 8017 9.1.1). If not,
 * *fault says why, a static text. */
bool daotp__scheme_fits_key(const daotp__scheme *scheme, const daotp__public_key *key,
                            const char **fault);
/* Whether this is ECDSA with parameters, which RFC 5758 3.2 forbids. */
bool daotp__scheme_has_wrong_parameters(const daotp__algorithm *algorithm);
/* Whether the hash is collision resistant. */
bool daotp__scheme_is_strong(const daotp__scheme *scheme);

/* Describe the algorithm: "RSASSA-PSS with SHA-256, salt of 32 octets"; if it is not accepted,
 * with the reason. Returns text. */
enum { DAOTP__SCHEME_TEXT = DAOTP__OID_TEXT + DAOTP__FAULT_TEXT };
const char *daotp__scheme_describe(const daotp__algorithm *algorithm,
                                   char text[DAOTP__SCHEME_TEXT]);

#endif
