/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes keys, certificates and CRLs, right or wrong as a spec sets them. */
#ifndef LAB_PKI_H
#define LAB_PKI_H

#include <stdbool.h>
#include <stdint.h>

#include <openssl/x509.h>

#include "lab_dir.h"

/*
 * What a certificate shall be. `extensions` is the text of an [ext] section in OpenSSL's
 * configuration syntax and of whatever sections it refers to; it never holds foreign input.
 * Names that come from a user list have members of their own.
 */
struct pki_spec {
    const char *subject; /* LDAP order, RFC 4514 escapes; NULL: empty */
    int64_t not_before;
    int64_t not_after;
    const char *extensions;
    const char *upn;   /* SAN otherName; NULL: none */
    bool has_two_upns; /* the SID of the administrator too */
    bool is_ia5_upn;   /* an IA5String, although Windows requires a UTF8String */
    bool is_sha1;      /* signed with SHA-1 */
    const char *sid;   /* 1.3.6.1.4.1.311.25.2; NULL: none */
    EVP_PKEY *key;     /* of the subject */
    X509 *issuer;      /* NULL: self-signed with signer */
    EVP_PKEY *signer;
};
int pki_issue(const struct pki_spec *spec, X509 **out);

int pki_new_rsa(EVP_PKEY **out); /* 2048 bits */
int pki_new_ec(EVP_PKEY **out);  /* P-256 */
int pki_name_from_dn(const char *dn, X509_NAME **out);

/* DIR/pki/NAME.pem (the first certificate of it) and DIR/pki/NAME.key. */
int pki_load_cert(const struct lab *lab, const char *name, X509 **out);
int pki_load_key(const struct lab *lab, const char *name, EVP_PKEY **out);
int pki_save_key(const struct lab *lab, const char *name, EVP_PKEY *key);
/* `chain` may be NULL, else a file under DIR/pki appended as it is. */
int pki_save_cert(const struct lab *lab, const char *name, X509 *cert, const char *chain);

/* The lab's own: root, issuing CA, server, CES, machine, RA, KDC; keys, certificates, CRLs. */
int pki_make_all(const struct lab *lab);

/* The extensions of a registration authority's certificate, as text. */
void pki_print_ra(bool has_eku, const char *key_usage, char *out, size_t size);

/* The parts that faults break. Each function replaces the certificate and keeps the key. */
enum pki_ra {
    PKI_RA_GOOD,
    PKI_RA_EXPIRED,
    PKI_RA_NOT_YET,
    PKI_RA_NO_EKU,
    PKI_RA_NO_KU,
    PKI_RA_SELF_SIGNED
};
int pki_make_ra(const struct lab *lab, enum pki_ra kind);
enum pki_server {
    PKI_SERVER_GOOD,
    PKI_SERVER_NAME,
    PKI_SERVER_EXPIRED,
    PKI_SERVER_NOT_YET,
    PKI_SERVER_USAGE,
    PKI_SERVER_NO_CHAIN,
    PKI_SERVER_SHA1,
    PKI_SERVER_UNTRUSTED
};
int pki_make_server(const struct lab *lab, enum pki_server kind);
int pki_make_ces(const struct lab *lab, enum pki_server kind); /* of the enrollment service */
enum pki_leaf {
    PKI_LEAF_GOOD,
    PKI_LEAF_EXPIRED,
    PKI_LEAF_NOT_YET,
    PKI_LEAF_USAGE, /* for another use */
    PKI_LEAF_NAME,  /* of another realm, a KDC's only */
    PKI_LEAF_SELF_SIGNED
};
int pki_make_machine(const struct lab *lab, enum pki_leaf kind);
int pki_make_kdc(const struct lab *lab, enum pki_leaf kind);
int pki_make_crls(const struct lab *lab, int64_t next_update_s); /* from now; may be negative */
/* Makes the CRL of one CA with the serial numbers of DIR/ca/NAME.revoked. thisUpdate and
 * nextUpdate are in seconds from now; it can be signed with another key. */
int pki_make_crl(const struct lab *lab, const char *ca, int64_t from_s, int64_t to_s,
                 bool is_other_key);

#endif
