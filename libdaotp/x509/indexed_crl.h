/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A CRL with an index of its entries and the result of its verification. It is reference-counted
 * and may be used by several threads. The entries are scanned and the signature is checked once.
 * The index is built when a second serial number is looked up; each further look-up then reads a
 * few slots.
 */
#ifndef DAOTP_X509_INDEXED_CRL_H
#define DAOTP_X509_INDEXED_CRL_H

#include "x509/crl_scan.h"
#include "x509/node.h"

#include <daotp/catalogue.h>

typedef struct daotp__indexed_crl daotp__indexed_crl;

/* Make an indexed CRL from a copy of the DER. DAOTP_OK; DAOTP_PEER when it is malformed;
 * DAOTP_MEMORY. */
daotp_status daotp__indexed_crl_new(daotp__bytes der, daotp__indexed_crl **indexed);
/* Make an indexed CRL of a memory mapping, which is taken over and unmapped at the end, also on
 * failure. For daotp__indexed_crl_restore() the mapping must be private and writable. */
daotp_status daotp__indexed_crl_map(daotp__bytes mapped, daotp__indexed_crl **indexed);
daotp__indexed_crl *daotp__indexed_crl_ref(daotp__indexed_crl *indexed);
void daotp__indexed_crl_free(daotp__indexed_crl *indexed);

const daotp__crl *daotp__indexed_crl_view(const daotp__indexed_crl *indexed);
uint64_t daotp__indexed_crl_issuer_hash(const daotp__indexed_crl *indexed);

typedef enum daotp__crl_verdict {
    DAOTP__CRL_GOOD,
    DAOTP__CRL_MALFORMED, /* an entry is malformed, but the signature is valid: the other entries
                             still revoke */
    DAOTP__CRL_WEAK,      /* the signature algorithm is not accepted, or does not fit the key */
    DAOTP__CRL_FORGED,    /* the signature does not verify */
    DAOTP__CRL_MEMORY     /* no memory to verify it */
} daotp__crl_verdict;

/* The finding for this verdict; DAOTP_FINDING_NONE for DAOTP__CRL_GOOD. */
daotp_finding_number daotp__crl_verdict_finding(daotp__crl_verdict verdict);

/* Check that all entries are well-formed and that the key of this certificate signed the CRL.
 * serial: the serial number that will be looked up next; the scan for the check looks for it
 * too, so that a large CRL is scanned once. */
daotp__crl_verdict daotp__indexed_crl_verify(daotp__indexed_crl *indexed, daotp__node *signer,
                                             daotp__bytes serial);
/* The same with the key that verified an older CRL of the same issuer. */
daotp__crl_verdict daotp__indexed_crl_verify_like(daotp__indexed_crl *indexed,
                                                  const daotp__indexed_crl *older);
bool daotp__indexed_crl_is_verified_by(const daotp__indexed_crl *indexed,
                                       const daotp__node *signer);
bool daotp__indexed_crl_is_verified(const daotp__indexed_crl *indexed); /* with any key */
/* Record that its signer has a valid path to an anchor: the CRL may now be stored, and replaces
 * older ones. */
void daotp__indexed_crl_trust(daotp__indexed_crl *indexed);
bool daotp__indexed_crl_is_trusted(const daotp__indexed_crl *indexed);
/* is_alike: whether both have one issuer, key and scope, so that their ages can be compared.
 * is_older: whether they are alike and the first is older than the second, by cRLNumber, else by
 * thisUpdate. */
bool daotp__indexed_crl_is_alike(const daotp__indexed_crl *indexed,
                                 const daotp__indexed_crl *other);
bool daotp__indexed_crl_is_older(const daotp__indexed_crl *indexed, const daotp__indexed_crl *than);
/* Look up a serial number. Call it only after the verdict was GOOD or MALFORMED. issuer: the
 * certificate's issuer, used only in an indirect CRL. Returns false when the file of the CRL is
 * damaged; it then no longer counts as verified. */
bool daotp__indexed_crl_look_up(daotp__indexed_crl *indexed, daotp__bytes serial,
                                daotp__bytes issuer, daotp__crl_scan *scan);

/* The results of a verification, to be stored beside the CRL. All pointers are borrowed from the
 * CRL. export builds the index if there is none yet; it returns false when the CRL is not
 * verified, can have no index, or without memory. */
typedef struct daotp__crl_index_data {
    daotp__bytes spki; /* the key that verified the signature */
    uint64_t count;
    const uint32_t *index;
    uint64_t slots, seed;
    bool has_issuers, unknown_critical, has_removals, has_wrong_criticality;
} daotp__crl_index_data;
bool daotp__indexed_crl_export(daotp__indexed_crl *indexed, daotp__crl_index_data *data);
/* The same data read from a file, with the digests of the blocks of the CRL and of the index. */
typedef struct daotp__crl_stored {
    daotp__crl_index_data data;
    daotp__bytes crl_digests, index_digests;
} daotp__crl_stored;
/* Restore the stored results for this CRL. The bytes outside the entries are checked now; the
 * entries and the index are checked when they are read. Returns false when the data does not
 * match the CRL, or without memory: the caller can then only free `indexed`. mapping holds the
 * stored data, and is taken over in any case. */
bool daotp__indexed_crl_restore(daotp__indexed_crl *indexed, const daotp__crl_stored *stored,
                                daotp__bytes mapping);
/* Whether it uses a stored index. */
bool daotp__indexed_crl_is_restored(const daotp__indexed_crl *indexed);
/* Check all blocks of a restored CRL and of its index. If the index is damaged, it is no longer
 * used. If the CRL is damaged, it no longer counts as verified, and false is returned. */
bool daotp__indexed_crl_recheck(daotp__indexed_crl *indexed);
/* Whether the stored index was damaged, so that this CRL must be stored again. */
bool daotp__indexed_crl_must_be_stored(const daotp__indexed_crl *indexed);
void daotp__indexed_crl_note_stored(daotp__indexed_crl *indexed);
const daotp__crl_scan *daotp__indexed_crl_scan_result(const daotp__indexed_crl *indexed);

#endif
