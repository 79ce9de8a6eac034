/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entries of a CRL (RFC 5280 5.3). Millions of them are never turned into objects: a scan looks
 * at each once, and answers for one serial number on the way.
 */
#ifndef DAOTP_X509_CRL_SCAN_H
#define DAOTP_X509_CRL_SCAN_H

#include "x509/crl.h"

/* CRLReason (RFC 5280 5.3.1), where the code is given. */
enum {
    DAOTP__REASON_UNSPECIFIED = 0,
    DAOTP__REASON_HOLD = 6,
    DAOTP__REASON_REMOVE = 8,
    DAOTP__REASON_LAST = 10
};

/* Only a hold ends (RFC 5280 5.3.1): whatever else was said of a certificate once stays true. */
bool daotp__crl_reason_is_final(int reason);

typedef struct daotp__crl_entry {
    daotp__bytes serial;
    int64_t date;
    int reason;                    /* DAOTP__REASON_UNSPECIFIED where no code is given */
    daotp__bytes issuer;           /* whole Name of certificateIssuer; empty when it has none */
    bool unknown_critical;         /* an extension that has to be understood and is not */
    bool has_odd_criticality;      /* one is critical that must not be, or the other way round */
    const daotp__field *malformed; /* revocationDate, or the value of reasonCode or invalidityDate
                                      cannot be read; NULL: none of them */
} daotp__crl_entry;

/* An entry with such a value is read all the same, since it names the certificate: without a reason
 * and with the time 0. */
bool daotp__crl_entry_read(daotp__bytes *cursor, daotp__crl_entry *entry);
/* What is wrong with a CRL that cannot be read, its entries included; false: nothing is. */
bool daotp__crl_find_fault(daotp__bytes der, daotp__fault *fault);

/* What a scan saw. */
typedef struct daotp__crl_scan {
    size_t count;             /* of entries */
    bool has_issuers;         /* a certificateIssuer is among them */
    bool unknown_critical;    /* in any of them */
    bool has_removals;        /* removeFromCRL in any of them */
    bool has_odd_criticality; /* of an extension in any of them (RFC 5280 5.3) */
    bool has_malformed;       /* a value in any of them, or a whole one, cannot be read */
    bool found, is_removed;
    daotp__bytes hit; /* the entry for the serial looked for, and what is behind it: one that
                         revokes, before one that removes */
    size_t probes;    /* slots of an index that were looked at */
} daotp__crl_scan;

/*
 * Look at every entry; false when one is malformed: the list says of nobody that he is good, and
 * whom it names, up to an entry that cannot be read at all, is revoked. serial: what to look for,
 * no bytes for nothing. issuer: whose, in an indirect CRL; in others it is the CRL's own. An entry
 * whose certificateIssuer is another never answers, also where no such extension should stand.
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

#endif
