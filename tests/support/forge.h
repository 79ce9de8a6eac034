/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates, requests and keys made on the spot with OpenSSL's own API, a second opinion on our
 * readers: each test makes the one defect it is about. Time is FORGE_NOW, by an injected clock.
 */
#ifndef FORGE_H
#define FORGE_H

#include "test_clock.h"
#include "testing.h"

#include <daotp/credential.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#define FORGE_NOW  TEST_NOW
#define FORGE_HOUR INT64_C(3600)

#define FORGE_TEMPLATE "1.3.6.1.4.1.311.21.8.11.22.33"
#define FORGE_UPN      "alice@corp.example"
#define FORGE_DN       "CN=Alice,OU=Staff,DC=corp,DC=example"
#define FORGE_DN_ROOT  "DC=example,DC=corp,OU=Staff,CN=Alice" /* the same, root first */
#define FORGE_SID      "S-1-5-21-1111-2222-3333-1001"

#define FORGE_OID_SID      "1.3.6.1.4.1.311.25.2"
#define FORGE_OID_TEMPLATE "1.3.6.1.4.1.311.21.7"
#define FORGE_OID_POLICIES "1.3.6.1.4.1.311.21.10"
#define FORGE_LOGON        "1.3.6.1.4.1.311.20.2.2"
#define FORGE_OTP_RA       "1.3.6.1.4.1.311.81.1.1"
#define FORGE_SAN_UPN      "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:" FORGE_UPN
#define FORGE_CDP          "URI:http://crl.corp.example/ca.crl"

enum { FORGE_MAX_EXTENSIONS = 16 };

typedef struct forge_extension {
    const char *name, *value; /* as openssl.cnf has them; "DER:..." for the rest */
} forge_extension;

/* ---- clocks ---------------------------------------------------------------------------------- */

/* A context whose wall clock stands at FORGE_NOW. */
daotp_context *forge_context(void);

/* ---- keys ------------------------------------------------------------------------------------ */

EVP_PKEY *forge_p256(void);

EVP_PKEY *forge_rsa(size_t bits);

daotp_key *forge_key(daotp_context *context, EVP_PKEY *pkey);

/* ---- values of extensions that OpenSSL does not know ----------------------------------------- */

void forge_hex(char *out, size_t size, const uint8_t *der, size_t len);

/* MS-WCCE 2.2.2.7.7.2; a negative version is left out. Short OIDs and small numbers only. */
const char *forge_template(const char *oid, int major, int minor);

/* MS-WCCE 2.2.2.7.7.4 */
const char *forge_sid(const char *sid);

/* One policy of MS-WCCE 2.2.2.7.7.3. */
const char *forge_policy(const char *oid);

/* ---- names ----------------------------------------------------------------------------------- */

/* "DC=example,CN=Alice": root first, without escapes; "" is the empty name. */
X509_NAME *forge_name(const char *text);

/* ---- certificates ---------------------------------------------------------------------------- */

typedef struct forge_spec {
    const char *subject; /* root first; NULL for the empty name */
    EVP_PKEY *key;       /* its public part is certified */
    X509 *issuer;        /* NULL: itself */
    EVP_PKEY *issuer_key;
    int64_t not_before, not_after; /* 0: a minute ago, an hour ahead */
    const EVP_MD *md;              /* NULL: SHA-256 */
    long serial;                   /* 0: the next one */
    forge_extension extensions[FORGE_MAX_EXTENSIONS];
} forge_spec;

X509_EXTENSION *forge_make_extension(const forge_extension *from, X509 *issuer, X509 *subject);

/* Set an extension's value in a specification, add it, or (value NULL) take it out. */
void forge_set(forge_extension *list, const char *name, const char *value);

X509 *forge_certificate(const forge_spec *spec);

/* In DER; freed with daotp__buffer_free(). */
daotp__buffer forge_der(X509 *x509);

/* Append in PEM. */
void forge_pem(daotp__buffer *out, X509 *x509);

void forge_key_pem(daotp__buffer *out, EVP_PKEY *key);

/* Degenerate PKCS#7 with these certificates, NULL at the end; freed with daotp__buffer_free(). */
daotp__buffer forge_pkcs7(X509 *const *certificates);

/* A credential of a leaf, what is above it (may be NULL) and the leaf's key. */
daotp_credential *forge_credential(daotp_context *context, X509 *leaf, X509 *above, EVP_PKEY *pkey);

/* ---- requests -------------------------------------------------------------------------------- */

typedef struct forge_request {
    const char *subject;         /* root first; NULL for the empty name */
    EVP_PKEY *key, *signing_key; /* signing_key NULL: key */
    const EVP_MD *md;
    forge_extension extensions[FORGE_MAX_EXTENSIONS];
    forge_extension attributes[4]; /* OID, and its one value as "DER:..." */
} forge_request;

/* What a good client asks for: everything CSR-* is about. */
forge_request forge_good_request(EVP_PKEY *key);

/* PKCS#10 in DER; freed with daotp__buffer_free(). */
daotp__buffer forge_csr(const forge_request *spec);

/* ---- the usual cast -------------------------------------------------------------------------- */

typedef struct forge_world {
    EVP_PKEY *root_key, *server_key, *machine_key, *ra_key, *user_key;
    X509 *root, *server, *machine, *ra, *user;
} forge_world;

forge_spec forge_root_spec(EVP_PKEY *key);

forge_spec forge_server_spec(const forge_world *world, EVP_PKEY *key);

/* The registration authority of the lab guide: nothing to complain about. */
forge_spec forge_ra_spec(const forge_world *world, EVP_PKEY *key);

/* An issued OTP certificate: nothing to complain about. */
forge_spec forge_user_spec(const forge_world *world, EVP_PKEY *key);

forge_world forge_world_new(void);

void forge_world_free(forge_world *world);

#endif
