/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scans the entries of a CRL (RFC 5280 5.3). A CRL can have millions of entries, so they are not
 * stored as objects: a scan reads each entry once, and looks for one serial number meanwhile.
 */
#ifndef DAOTP_X509_CRL_SCAN_H
#define DAOTP_X509_CRL_SCAN_H

#include "x509/crl.h"

/* CRLReason (RFC 5280 5.3.1). */
enum {
    DAOTP__REASON_UNSPECIFIED = 0,
    DAOTP__REASON_HOLD = 6,
    DAOTP__REASON_REMOVE = 8,
    DAOTP__REASON_LAST = 10
};

/* Whether a revocation with this reason can never be lifted: only certificateHold can (RFC 5280
 * 5.3.1). */
bool daotp__crl_reason_is_final(int reason);

typedef struct daotp__crl_entry {
    daotp__bytes serial;
    int64_t date;
    int reason;                    /* DAOTP__REASON_UNSPECIFIED if there is no reasonCode */
    daotp__bytes issuer;           /* whole Name of certificateIssuer; empty: absent */
    bool unknown_critical;         /* it has a critical extension that is not known */
    bool has_wrong_criticality;    /* an extension has the wrong criticality (RFC 5280 5.3) */
    const daotp__field *malformed; /* revocationDate, reasonCode or invalidityDate, if its value is
                                      malformed; NULL: none is */
} daotp__crl_entry;

/* Read the entry at the front. An entry with a malformed value is still read, because it names
 * the certificate; its reason is then unspecified and its date 0. */
bool daotp__crl_entry_read(daotp__bytes *cursor, daotp__crl_entry *entry);
/* What is wrong with a CRL that cannot be read, its entries included; false: nothing is. */
bool daotp__crl_find_fault(daotp__bytes der, daotp__fault *fault);

/* The result of a scan. */
typedef struct daotp__crl_scan {
    size_t count;               /* of entries */
    bool has_issuers;           /* an entry has a certificateIssuer */
    bool unknown_critical;      /* an entry has an unknown critical extension */
    bool has_removals;          /* an entry has the reason removeFromCRL */
    bool has_wrong_criticality; /* an extension of an entry has the wrong criticality */
    bool has_malformed;         /* an entry, or a value in it, is malformed */
    bool found, is_removed;
    daotp__bytes hit; /* if found: the bytes from the matching entry on; an entry that revokes is
                         preferred to one that removes */
    size_t probes;    /* slots of the index that were read */
} daotp__crl_scan;

/*
 * Scan all entries, and look for one serial number. Returns false when an entry is malformed: the
 * CRL then cannot show that any certificate is good, but the entries before the first unreadable
 * one still revoke. serial: the serial number to look for; empty: none. issuer: the issuer of that
 * certificate, used only in an indirect CRL; in other CRLs it is the CRL issuer. An entry whose
 * certificateIssuer is a different name never matches, even in a CRL that is not indirect.
 */
bool daotp__crl_scan_entries(const daotp__crl *crl, daotp__bytes serial, daotp__bytes issuer,
                             daotp__crl_scan *scan);
/* Skip the next entry and return its serial number. The entry is not checked: use this only
 * after a scan. */
bool daotp__crl_entry_skip(daotp__bytes *cursor, daotp__bytes *serial);
/* Record a matching entry in the scan result. entry: the bytes from that entry on. removes: its
 * reason is removeFromCRL. */
void daotp__crl_scan_hit(daotp__crl_scan *scan, daotp__bytes entry, bool removes);

#endif
