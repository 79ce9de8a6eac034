/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A CRL (RFC 5280 5.1) read strictly, as views into bytes that somebody else owns. Reading looks at
 * everything but the entries, which x509/crl_scan.h reads.
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

    const daotp__extension *unknown;   /* a critical one that is not known */
    const daotp__extension *malformed; /* cRLNumber or authorityKeyIdentifier, and it cannot be
                                          read: taken for absent, "good" is not believed */
    bool number_is_critical;
    daotp__bytes number;      /* content octets; empty when there is none */
    daotp__bytes base_number; /* of a delta CRL; empty when it is none */
    daotp__bytes authority_key_id, authority_issuer, authority_serial;
    bool has_authority;
    const daotp__extension *freshest;

    bool has_scope; /* issuingDistributionPoint (RFC 5280 5.2.5) */
    bool is_scope_empty;
    daotp__point_name scope;
    bool only_users, only_cas, only_attributes, is_indirect;
    unsigned reasons;

    daotp__extensions extensions;
} daotp__crl;

/* Everything but the entries. */
bool daotp__crl_read(daotp__bytes der, daotp__crl *crl);
/* What is wrong with the frame of one that cannot be read; false: nothing is, and it is in *crl. */
bool daotp__crl_find_frame_fault(daotp__bytes der, daotp__crl *crl, daotp__fault *fault);

/* Is there a malformed extension in a frame that could be read? */
bool daotp__crl_find_extension_fault(const daotp__crl *crl, daotp__fault *fault);

/* Compare two CRL numbers: below 0, 0, above 0. */
int daotp__crl_number_compare(daotp__bytes a, daotp__bytes b);
/* Which of two of one scope is the newer, above 0 if it is a: by number where both have one, then
 * by thisUpdate; 0 where nothing tells. */
int daotp__crl_compare_age(const daotp__crl *a, const daotp__crl *b);
/* Is a newer than b in every respect that can be compared? A CA whose numbers began anew has lists
 * of which neither is. */
bool daotp__crl_is_surely_newer(const daotp__crl *a, const daotp__crl *b);
/* Is this extension there, and critical or not other than it must be? */
bool daotp__crl_has_odd_criticality(const daotp__crl *crl, enum daotp__oid oid, bool wanted);
/* The same issuer, and the same issuingDistributionPoint or none. */
bool daotp__crl_is_same_scope(const daotp__crl *a, const daotp__crl *b);

#endif
