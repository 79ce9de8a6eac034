/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A CRL with an index of its entries, and what was verified of it. It is counted and shared between
 * threads. The entries are scanned and the signature is checked once; the index
 * is built when a second serial number is looked up, and makes each further one a few reads.
 */
#ifndef DAOTP_X509_INDEXED_CRL_H
#define DAOTP_X509_INDEXED_CRL_H

#include "x509/crl_scan.h"
#include "x509/node.h"

#include <daotp/catalogue.h>

typedef struct daotp__indexed_crl daotp__indexed_crl;

/* Copy a CRL in: DAOTP_MEMORY, or DAOTP_PEER when it cannot be read. */
daotp_status daotp__indexed_crl_new(daotp__bytes der, daotp__indexed_crl **indexed);
/* Take a mapping over, to be unmapped at the end, or when this fails. One that is restored below
 * must be private and writable. */
daotp_status daotp__indexed_crl_map(daotp__bytes mapped, daotp__indexed_crl **indexed);
daotp__indexed_crl *daotp__indexed_crl_ref(daotp__indexed_crl *indexed);
void daotp__indexed_crl_free(daotp__indexed_crl *indexed);

const daotp__crl *daotp__indexed_crl_view(const daotp__indexed_crl *indexed);
uint64_t daotp__indexed_crl_issuer_hash(const daotp__indexed_crl *indexed);

typedef enum daotp__crl_verdict {
    DAOTP__CRL_GOOD,
    DAOTP__CRL_MALFORMED, /* an entry; signed it is: whom it names is revoked */
    DAOTP__CRL_WEAK,      /* an algorithm that is not taken, or that does not fit the key */
    DAOTP__CRL_FORGED,    /* the signature does not verify */
    DAOTP__CRL_MEMORY     /* there was none to find out */
} daotp__crl_verdict;

/* What a report says of the verdict; DAOTP_FINDING_NONE where it is good. */
daotp_finding_number daotp__crl_verdict_finding(daotp__crl_verdict verdict);

/* Are all entries well-formed, and is it signed by this certificate's key? serial: what will be
 * looked up next, so that the one scan of a large list answers that too. */
daotp__crl_verdict daotp__indexed_crl_verify(daotp__indexed_crl *indexed, daotp__node *signer,
                                             daotp__bytes serial);
/* The same by the key that an older list of the same issuer was verified by. */
daotp__crl_verdict daotp__indexed_crl_verify_like(daotp__indexed_crl *indexed,
                                                  const daotp__indexed_crl *older);
bool daotp__indexed_crl_is_verified_by(const daotp__indexed_crl *indexed,
                                       const daotp__node *signer);
bool daotp__indexed_crl_is_verified(const daotp__indexed_crl *indexed); /* by whatever key */
/* Its signer led to an anchor, in a path that holds: it may be stored, and outranks older ones. */
void daotp__indexed_crl_trust(daotp__indexed_crl *indexed);
bool daotp__indexed_crl_is_trusted(const daotp__indexed_crl *indexed);
/* Is it older than the other, by number or else by thisUpdate? Only lists of one issuer, key and
 * scope count in one row. */
bool daotp__indexed_crl_is_alike(const daotp__indexed_crl *indexed,
                                 const daotp__indexed_crl *other);
bool daotp__indexed_crl_is_older(const daotp__indexed_crl *indexed, const daotp__indexed_crl *than);
/* Look a serial number up; only after it was verified, or was malformed. issuer matters in an
 * indirect CRL alone. false: its file is damaged, and it is verified no longer. */
bool daotp__indexed_crl_look_up(daotp__indexed_crl *indexed, daotp__bytes serial,
                                daotp__bytes issuer, daotp__crl_scan *scan);

/* What was verified, to be stored beside the bytes: the index is made now if it was not. false when
 * nothing was verified, there is no index, or no memory. All is borrowed. */
typedef struct daotp__crl_index_data {
    daotp__bytes spki; /* the key that it was verified by */
    uint64_t count;
    const uint32_t *index;
    uint64_t slots, seed;
    bool has_issuers, unknown_critical, has_removals, has_odd_criticality;
} daotp__crl_index_data;
bool daotp__indexed_crl_export(daotp__indexed_crl *indexed, daotp__crl_index_data *data);
/* The same as it was stored, with the digests by which damage is seen. */
typedef struct daotp__crl_stored {
    daotp__crl_index_data data;
    daotp__bytes crl_digests, index_digests;
} daotp__crl_stored;
/* Take in what was stored for these bytes: what stands outside the entries is checked now, entries
 * and index when they are read. false: it does not fit, or there is no memory; indexed is then only
 * to be freed. The mapping that stored lies in is taken over either way. */
bool daotp__indexed_crl_restore(daotp__indexed_crl *indexed, const daotp__crl_stored *stored,
                                daotp__bytes mapping);
/* Does it use an index that was stored? */
bool daotp__indexed_crl_is_restored(const daotp__indexed_crl *indexed);
/* Check all that was restored. A damaged index is used no more; of a damaged list nothing is
 * verified any more: false. */
bool daotp__indexed_crl_recheck(daotp__indexed_crl *indexed);
/* The index that was stored turned out to be damaged: this one is to be stored in its place. */
bool daotp__indexed_crl_must_be_stored(const daotp__indexed_crl *indexed);
void daotp__indexed_crl_note_stored(daotp__indexed_crl *indexed);
const daotp__crl_scan *daotp__indexed_crl_scan_result(const daotp__indexed_crl *indexed);

#endif
