/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signature schemes: what the AlgorithmIdentifier of a signature says of how it was made (RFC 4055,
 * RFC 5758, RFC 8410), and with which keys that goes together.
 */
#ifndef DAOTP_X509_SCHEME_H
#define DAOTP_X509_SCHEME_H

#include "x509/certificate.h"

typedef enum daotp__scheme_kind {
    DAOTP__SCHEME_NONE = 0, /* not known, or not taken */
    DAOTP__SCHEME_PKCS1,
    DAOTP__SCHEME_PSS,
    DAOTP__SCHEME_ECDSA,
    DAOTP__SCHEME_EDDSA
} daotp__scheme_kind;

typedef struct daotp__scheme {
    daotp__scheme_kind kind;
    enum daotp__oid key; /* algorithm of the keys that go with it */
    daotp__hash hash;    /* NONE for EdDSA, which hashes by itself */
    uint32_t salt_len;   /* octets, of RSASSA-PSS */
} daotp__scheme;

/* Read the algorithm of a signature. false: it is none that is known, or its parameters are not as
 * they must be; then *fault tells why. SHA-1 is read where it has an algorithm of its own. */
bool daotp__scheme_read(const daotp__algorithm *algorithm, daotp__scheme *scheme,
                        const char **fault);
/* The same as a CMS signer names it, beside the hash of its digest algorithm: the two must agree,
 * and a bare rsaEncryption is PKCS #1 v1.5 with that hash (RFC 3370 3.2, RFC 4056, RFC 8419). */
bool daotp__scheme_read_cms(const daotp__algorithm *algorithm, daotp__hash digest,
                            daotp__scheme *scheme);
/* Does the scheme go together with this key? The parameters of an id-RSASSA-PSS key bind (RFC 4055
 * 3.3), and the salt must fit the modulus (RFC 8017 9.1.1). If not, *fault tells why. */
bool daotp__scheme_fits_key(const daotp__scheme *scheme, const daotp__public_key *key,
                            const char **fault);
/* ECDSA with parameters: RFC 5758 3.2 has them absent. */
bool daotp__scheme_has_odd_parameters(const daotp__algorithm *algorithm);
/* Whether the hash is collision resistant. */
bool daotp__scheme_is_strong(const daotp__scheme *scheme);

/* In words: "RSASSA-PSS with SHA-256, salt of 32 octets"; what is not taken tells why. Answers
 * text, which has room for DAOTP__SCHEME_TEXT. */
enum { DAOTP__SCHEME_TEXT = DAOTP__OID_TEXT + DAOTP__FAULT_TEXT };
const char *daotp__scheme_describe(const daotp__algorithm *algorithm,
                                   char text[DAOTP__SCHEME_TEXT]);

#endif
