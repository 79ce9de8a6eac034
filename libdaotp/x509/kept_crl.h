/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A CRL that is kept: its bytes, what was proven of it, and an index of its entries. It is counted
 * and shared between threads. The entries are walked and the signature is checked once; the index
 * is built when a second serial number is looked up, and makes each further one a few reads.
 */
#ifndef DAOTP_X509_KEPT_CRL_H
#define DAOTP_X509_KEPT_CRL_H

#include "core/report.h"
#include "x509/crl.h"
#include "x509/node.h"

#include <sys/types.h>

typedef struct daotp__kept_crl daotp__kept_crl;

/* Copy a CRL in: DAOTP_MEMORY, or DAOTP_PEER when it cannot be read. */
daotp_status daotp__kept_crl_new(daotp__bytes der, daotp__kept_crl **kept);
/* Take a mapping over, to be unmapped at the end, or when this fails. One that is restored below
 * must be private and writable. */
daotp_status daotp__kept_crl_map(daotp__bytes mapped, daotp__kept_crl **kept);
/* The same for bytes that may be PEM too, and hold one CRL: a second one is refused. */
daotp_status daotp__kept_crl_take(daotp__bytes mapped, daotp__kept_crl **kept);
/* The same for an open file of this length; errno tells what failed when it is DAOTP_INTERNAL. */
daotp_status daotp__kept_crl_copy_file(int fd, off_t len, daotp__kept_crl **kept);
daotp__kept_crl *daotp__kept_crl_ref(daotp__kept_crl *kept);
void daotp__kept_crl_free(daotp__kept_crl *kept);

const daotp__crl *daotp__kept_crl_view(const daotp__kept_crl *kept);
uint64_t daotp__kept_crl_issuer_hash(const daotp__kept_crl *kept);

typedef enum daotp__crl_verdict {
    DAOTP__CRL_GOOD,
    DAOTP__CRL_MALFORMED, /* an entry */
    DAOTP__CRL_WEAK,      /* an algorithm that is not taken, or that does not fit the key */
    DAOTP__CRL_FORGED,    /* the signature does not verify */
    DAOTP__CRL_MEMORY     /* there was none to find out */
} daotp__crl_verdict;

/* Are all entries well-formed, and is it signed by this certificate's key? serial: what will be
 * looked up next, so that the one walk over a large list answers that too. */
daotp__crl_verdict daotp__kept_crl_prove(daotp__kept_crl *kept, daotp__node *signer,
                                         daotp__bytes serial);
/* The same by the key that an older list of the same issuer was proven by. */
daotp__crl_verdict daotp__kept_crl_prove_like(daotp__kept_crl *kept, const daotp__kept_crl *older);
bool daotp__kept_crl_is_proven(const daotp__kept_crl *kept, const daotp__node *signer);
bool daotp__kept_crl_has_proof(const daotp__kept_crl *kept); /* by whatever key */
/* Its signer led to an anchor, in a path that holds: it may be kept, and outranks older ones. */
void daotp__kept_crl_believe(daotp__kept_crl *kept);
bool daotp__kept_crl_is_believed(const daotp__kept_crl *kept);
/* Is it older than the other, by number or else by thisUpdate? Only lists of one issuer, key and
 * scope count in one row. */
bool daotp__kept_crl_is_alike(const daotp__kept_crl *kept, const daotp__kept_crl *other);
bool daotp__kept_crl_is_older(const daotp__kept_crl *kept, const daotp__kept_crl *than);
/* Look a serial number up; only after it was proven. issuer matters in an indirect CRL alone.
 * false: its file is damaged, and it is proven no longer. */
bool daotp__kept_crl_look_up(daotp__kept_crl *kept, daotp__bytes serial, daotp__bytes issuer,
                             daotp__crl_walk *walk);

/* What was proven, to be stored beside the bytes: the index is made now if it was not. false when
 * nothing was proven, there is no index, or no memory. All is borrowed. */
typedef struct daotp__crl_proof {
    daotp__bytes spki; /* the key that it was proven by */
    uint64_t count;
    const uint32_t *index;
    uint64_t slots, seed;
    bool has_issuers, unknown_critical, has_removals, has_odd_criticality;
} daotp__crl_proof;
bool daotp__kept_crl_proof(daotp__kept_crl *kept, daotp__crl_proof *proof);
/* The same as it was stored, with the digests by which damage is seen. */
typedef struct daotp__crl_stored {
    daotp__crl_proof proof;
    daotp__bytes crl_digests, index_digests;
} daotp__crl_stored;
/* Take in what was stored for these bytes: what stands outside the entries is checked now, entries
 * and index when they are read. false: it does not fit, or there is no memory; kept is then only
 * to be freed. The mapping that stored lies in is taken over either way. */
bool daotp__kept_crl_restore(daotp__kept_crl *kept, const daotp__crl_stored *stored,
                             daotp__bytes mapping);
/* Does it use an index that was stored? */
bool daotp__kept_crl_is_restored(const daotp__kept_crl *kept);
/* Check all that was restored. A damaged index is used no more; of a damaged list nothing is
 * proven any more: false. */
bool daotp__kept_crl_recheck(daotp__kept_crl *kept);
/* The index that was stored turned out to be damaged: this one is to be stored in its place. */
bool daotp__kept_crl_must_be_stored(const daotp__kept_crl *kept);
void daotp__kept_crl_note_stored(daotp__kept_crl *kept);
const daotp__crl_walk *daotp__kept_crl_facts(const daotp__kept_crl *kept);

/* A list of references. */
typedef struct daotp__kept_crls {
    daotp__kept_crl **list;
    size_t count, capacity;
} daotp__kept_crls;
/* Takes the reference over, also when it fails. */
daotp_status daotp__kept_crls_add(daotp__kept_crls *crls, daotp__kept_crl *kept);
/* Copy a file into memory that nobody else can change: PEM with any number of CRLs, or one in DER,
 * which is kept mapped. All of them or none: what cannot be read is refused by its place. */
daotp_status daotp__kept_crls_open(daotp__kept_crls *crls, const char *path, daotp_report *report);
/* Copy CRLs in: the same for bytes. */
daotp_status daotp__kept_crls_read(daotp__kept_crls *crls, daotp__bytes in, const char *subject,
                                   daotp_report *report);
void daotp__kept_crls_cut(daotp__kept_crls *crls, size_t count);
void daotp__kept_crls_free(daotp__kept_crls *crls);

#endif
