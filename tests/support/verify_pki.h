/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates and CRLs for the validator, each piece of them to be changed by the test that is
 * about it. What the *_spec() functions give holds under every rule set. Time is FORGE_NOW.
 */
#ifndef PKI_H
#define PKI_H

#include "pki_der.h"

#include <openssl/rsa.h>
#include <openssl/sha.h>

#define PKI_DAY (24 * FORGE_HOUR)

#define PKI_OID_SKI           "2.5.29.14"
#define PKI_OID_KEY_USAGE     "2.5.29.15"
#define PKI_OID_SAN           "2.5.29.17"
#define PKI_OID_BASIC         "2.5.29.19"
#define PKI_OID_CRL_NUMBER    "2.5.29.20"
#define PKI_OID_REASON        "2.5.29.21"
#define PKI_OID_DELTA         "2.5.29.27"
#define PKI_OID_SCOPE         "2.5.29.28"
#define PKI_OID_ENTRY_ISSUER  "2.5.29.29"
#define PKI_OID_CONSTRAINTS   "2.5.29.30"
#define PKI_OID_POINTS        "2.5.29.31"
#define PKI_OID_POLICIES      "2.5.29.32"
#define PKI_OID_MAPPINGS      "2.5.29.33"
#define PKI_OID_AKI           "2.5.29.35"
#define PKI_OID_POLICY_LIMITS "2.5.29.36"
#define PKI_OID_EKU           "2.5.29.37"
#define PKI_OID_FRESHEST      "2.5.29.46"
#define PKI_OID_INHIBIT_ANY   "2.5.29.54"
#define PKI_OID_ANY_POLICY    "2.5.29.32.0"
#define PKI_OID_ANY_EKU       "2.5.29.37.0"
#define PKI_OID_SERVER        "1.3.6.1.5.5.7.3.1"
#define PKI_OID_CLIENT        "1.3.6.1.5.5.7.3.2"
#define PKI_OID_UPN           "1.3.6.1.4.1.311.20.2.3"
#define PKI_OID_NOBODY_KNOWS  "1.2.3.4.5.6.7"

/* keyUsage, as BIT STRINGs */
#define PKI_KU_CA       PKI_BYTES("\x03\x02\x01\x06") /* keyCertSign, cRLSign */
#define PKI_KU_SIGN_CRL PKI_BYTES("\x03\x02\x01\x02")
#define PKI_KU_ISSUE    PKI_BYTES("\x03\x02\x02\x04") /* keyCertSign */
#define PKI_KU_LEAF     PKI_BYTES("\x03\x02\x07\x80") /* digitalSignature */

/* ---- keys, made once ------------------------------------------------------------------------- */

enum { PKI_KEYS = 40 };

EVP_PKEY *pki_key(unsigned which);

EVP_PKEY *pki_rsa(unsigned which, size_t bits);

void pki_forget_keys(void);

/* ---- extensions ------------------------------------------------------------------------------ */

enum { PKI_EXTENSIONS = 80 };

typedef struct pki_extension {
    const char *oid;
    bool critical;
    daotp__bytes value;
} pki_extension;

/* Put an extension in the place of the one of its kind, or at the end. */
void pki_put(pki_extension *list, const char *oid, bool critical, daotp__bytes value);

/* One more, whether there is one of its kind or not. */
void pki_put_again(pki_extension *list, const char *oid, bool critical, daotp__bytes value);

void pki_drop(pki_extension *list, const char *oid);

daotp__bytes pki_extension_der(const char *oid, bool critical, daotp__bytes value);

/* The SEQUENCE of them; nothing when there are none. */
daotp__bytes pki_extensions_der(const pki_extension *list);

daotp__bytes pki_basic(bool ca, int path_length);

daotp__bytes pki_authority(daotp__bytes key_id);

/* ---- signatures ------------------------------------------------------------------------------ */

daotp__bytes pki_algorithm(EVP_PKEY *key, const EVP_MD *md);

daotp__bytes pki_signature(EVP_PKEY *key, const EVP_MD *md, daotp__bytes tbs);

/* ---- certificates ---------------------------------------------------------------------------- */

typedef struct pki_cert {
    daotp__bytes der, name, issuer, serial, key_id;
    EVP_PKEY *key;
} pki_cert;

typedef struct pki_spec {
    const char *subject;
    daotp__bytes name; /* instead of the subject */
    EVP_PKEY *key;
    daotp__bytes spki;      /* instead of the key's */
    const pki_cert *issuer; /* NULL: itself */
    daotp__bytes issuer_name;
    EVP_PKEY *signing_key; /* NULL: the issuer's */
    int64_t not_before, not_after;
    daotp__bytes validity; /* its content, instead of both */
    daotp__bytes serial;   /* content of the INTEGER */
    int version;           /* 3, unless set */
    const EVP_MD *md;
    daotp__bytes algorithm, outer_algorithm, signature, after; /* instead of the right ones */
    bool is_pss; /* signed by RSASSA-PSS, with this salt; algorithm says so too */
    unsigned salt_len;
    pki_extension extensions[PKI_EXTENSIONS];
} pki_spec;

void pki_use_pss(pki_spec *spec, const EVP_MD *md, unsigned salt_len);

daotp__bytes pki_key_id(daotp__bytes spki);

const pki_cert *pki_make(const pki_spec *spec);

pki_spec pki_spec_of(const char *subject, EVP_PKEY *key, const pki_cert *issuer);

/* A root (issuer NULL) or an intermediate. */
pki_spec pki_ca_spec(const char *subject, EVP_PKEY *key, const pki_cert *issuer);

/* A server's, CN and SAN being www.example.com. */
pki_spec pki_leaf_spec(EVP_PKEY *key, const pki_cert *issuer);

const pki_cert *pki_ca(const char *subject, EVP_PKEY *key, const pki_cert *issuer);

const pki_cert *pki_leaf(EVP_PKEY *key, const pki_cert *issuer);

/* ---- CRLs ------------------------------------------------------------------------------------ */

typedef struct pki_crl_spec {
    daotp__bytes issuer; /* name */
    EVP_PKEY *key;
    int64_t this_update, next_update; /* next_update 0: there is none */
    daotp__bytes next_update_der;     /* instead */
    daotp__bytes entries;             /* one after the other */
    int version;                      /* 2, unless set */
    const EVP_MD *md;
    daotp__bytes algorithm, signature;
    pki_extension extensions[PKI_EXTENSIONS];
} pki_crl_spec;

/* An hour old, good for a day. */
pki_crl_spec pki_crl_spec_of(const pki_cert *issuer, uint64_t number);

/* Around a tbsCertList that is there already. */
daotp__bytes pki_sign_crl(const pki_crl_spec *spec, daotp__bytes tbs);

daotp__bytes pki_make_crl(const pki_crl_spec *spec);

/* An entry with these extensions, one after the other. */
daotp__bytes pki_entry(daotp__bytes serial, daotp__bytes extensions);

daotp__bytes pki_reason(unsigned reason);

enum { PKI_NO_REASON = 99 };

/* The entry that revokes this certificate. */
daotp__bytes pki_revoke(const pki_cert *cert, unsigned reason);

/* The usual list of an issuer, with these entries. */
daotp__bytes pki_crl(const pki_cert *issuer, uint64_t number, daotp__bytes entries);

#endif
