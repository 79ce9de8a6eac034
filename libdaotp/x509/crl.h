/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A CRL (RFC 5280 5.1) read strictly, as views into bytes that somebody else owns: millions of
 * entries are never turned into objects. Reading the frame looks at everything but the entries;
 * a scan looks at each of those once, and answers for one serial number on the way.
 */
#ifndef DAOTP_X509_CRL_H
#define DAOTP_X509_CRL_H

#include "x509/algorithm.h"
#include "x509/distribution.h"

/* CRLReason (RFC 5280 5.3.1), where the code is given. */
enum {
    DAOTP__REASON_UNSPECIFIED = 0,
    DAOTP__REASON_HOLD = 6,
    DAOTP__REASON_REMOVE = 8,
    DAOTP__REASON_LAST = 10
};

/* Only a hold ends (RFC 5280 5.3.1): whatever else was said of a certificate once stays true. */
bool daotp__crl_reason_is_final(int reason);

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

    const daotp__extension *unknown; /* a critical one that is not known */
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

typedef struct daotp__crl_entry {
    daotp__bytes serial;
    int64_t date;
    int reason;               /* DAOTP__REASON_UNSPECIFIED where no code is given */
    daotp__bytes issuer;      /* whole Name of certificateIssuer; empty when it has none */
    bool unknown_critical;    /* an extension that has to be understood and is not */
    bool has_odd_criticality; /* one is critical that must not be, or the other way round */
} daotp__crl_entry;

bool daotp__crl_entry_read(daotp__bytes *cursor, daotp__crl_entry *entry);

/* What a scan saw. */
typedef struct daotp__crl_scan {
    size_t count;             /* of entries */
    bool has_issuers;         /* a certificateIssuer is among them */
    bool unknown_critical;    /* in any of them */
    bool has_removals;        /* removeFromCRL in any of them */
    bool has_odd_criticality; /* of an extension in any of them (RFC 5280 5.3) */
    bool found, is_removed;
    daotp__bytes hit; /* the entry for the serial looked for, and what is behind it: one that
                         revokes, before one that removes */
    size_t probes;    /* slots of an index that were looked at */
} daotp__crl_scan;

/*
 * Look at every entry; false when one is malformed. serial: what to look for, no bytes for
 * nothing. issuer: whose, in an indirect CRL; in others it is the CRL's own. An entry whose
 * certificateIssuer is another never answers, also where no such extension should stand.
 */
bool daotp__crl_scan_entries(const daotp__crl *crl, daotp__bytes serial, daotp__bytes issuer,
                             daotp__crl_scan *scan);
/* The next entry's serial number, the rest of the entry taken as well-formed: it was scanned
 * before.
 */
bool daotp__crl_entry_skip(daotp__bytes *cursor, daotp__bytes *serial);
/* Take an entry for the serial number looked for into what a scan saw: where it stands, and
 * whether it removes. */
void daotp__crl_scan_hit(daotp__crl_scan *scan, daotp__bytes entry, bool removes);
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
