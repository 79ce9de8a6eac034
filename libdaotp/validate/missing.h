/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of CRLs, certificates and OCSP responses that a run could not find, with the URLs
 * from certificates and CRLs where they are published. */
#ifndef DAOTP_VALIDATE_MISSING_H
#define DAOTP_VALIDATE_MISSING_H

#include "core/limits.h"
#include "x509/node.h"

typedef enum daotp__missing_kind {
    DAOTP__MISSING_CRL,
    DAOTP__MISSING_ISSUER,
    DAOTP__MISSING_OCSP,
    DAOTP__MISSING_DELTA /* the status is known, but a newer delta CRL may exist */
} daotp__missing_kind;

typedef struct daotp__missing {
    daotp__missing_kind kind;
    daotp__bytes url;                 /* a view into the certificate or the CRL that names it */
    const daotp__node *node, *issuer; /* the certificate to ask about, and its issuer */
} daotp__missing;

typedef struct daotp__missing_list {
    daotp__missing list[DAOTP__MAX_MISSING];
    size_t count;
} daotp__missing_list;

/* Add an entry, unless the list has it or is full. */
void daotp__missing_add(daotp__missing_list *missing, daotp__missing_kind kind, daotp__bytes url,
                        const daotp__node *node, const daotp__node *issuer);
/* Remove all entries for a certificate that will be freed. */
void daotp__missing_forget(daotp__missing_list *missing, const daotp__node *node);

#endif
