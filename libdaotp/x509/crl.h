/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A CRL (RFC 5280 5.1), read strictly. All fields are views into bytes that the caller owns. The
 * entries are not read here, but by x509/crl_scan.h.
 */
#ifndef DAOTP_X509_CRL_H
#define DAOTP_X509_CRL_H

#include "x509/algorithm.h"
#include "x509/distribution.h"

typedef struct daotp__crl {
    daotp__bytes der, tbs;
    uint32_t version;    /* 1 or 2 */
    daotp__bytes issuer; /* whole Name */
    int64_t this_update, next_update;
    bool has_next_update;
    daotp__bytes entries; /* content of revokedCertificates */
    bool has_empty_list;  /* revokedCertificates is present and empty (RFC 5280 5.1.2.6) */
    daotp__algorithm signature_algorithm;
    daotp__bytes signature;

    const daotp__extension *unknown; /* the first unknown critical extension, or NULL */
    const daotp__extension
        *malformed; /* cRLNumber or authorityKeyIdentifier, if malformed: it counts as absent, and
                       the CRL cannot show that a certificate is good */
    bool number_is_critical;
    daotp__bytes number;      /* cRLNumber, content octets; empty: absent */
    daotp__bytes base_number; /* BaseCRLNumber; empty: not a delta CRL */
    daotp__bytes authority_key_id, authority_issuer, authority_serial;
    bool has_authority;
    const daotp__extension *freshest;

    bool has_scope; /* there is an issuingDistributionPoint (RFC 5280 5.2.5) */
    bool is_scope_empty;
    daotp__crl_dp_name scope;
    bool only_users, only_cas, only_attributes, is_indirect;
    unsigned reasons;

    daotp__extensions extensions;
} daotp__crl;

/* Everything but the entries. */
bool daotp__crl_read(daotp__bytes der, daotp__crl *crl);
/* Read a CRL, entries excepted, and on failure fill fault. Returns true when it has a fault,
 * false when it could be read into *crl. */
bool daotp__crl_find_frame_fault(daotp__bytes der, daotp__crl *crl, daotp__fault *fault);

/* Whether a CRL that could be read has a malformed extension; then fault is filled. */
bool daotp__crl_find_extension_fault(const daotp__crl *crl, daotp__fault *fault);

/* Compare two CRL numbers: negative if a is smaller, 0 if equal, positive if a is larger. */
int daotp__crl_number_compare(daotp__bytes a, daotp__bytes b);
/* Compare the age of two CRLs of one scope, by cRLNumber if both have one, then by thisUpdate:
 * positive if a is newer, negative if b is newer, 0 if neither field differs. */
int daotp__crl_compare_age(const daotp__crl *a, const daotp__crl *b);
/* Whether neither cRLNumber nor thisUpdate of a is older than that of b, and one is newer. When
 * a CA has restarted its CRL numbers, neither of two CRLs may be newer in this sense. */
bool daotp__crl_is_surely_newer(const daotp__crl *a, const daotp__crl *b);
/* Whether this extension is present and its criticality is not the required one. */
bool daotp__crl_has_wrong_criticality(const daotp__crl *crl, enum daotp__oid oid, bool wanted);
/* Whether both CRLs have the same issuer, and the same issuingDistributionPoint or none. */
bool daotp__crl_is_same_scope(const daotp__crl *a, const daotp__crl *b);

#endif
