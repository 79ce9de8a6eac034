/* SPDX-License-Identifier: BSD-2-Clause */
/* What would have helped a run, and where the certificates say that it is. */
#ifndef DAOTP_VALIDATE_MISSING_H
#define DAOTP_VALIDATE_MISSING_H

#include "core/limits.h"
#include "x509/node.h"

typedef enum daotp__missing_kind {
    DAOTP__MISSING_CRL,
    DAOTP__MISSING_ISSUER,
    DAOTP__MISSING_OCSP,
    DAOTP__MISSING_DELTA /* there is an answer, but where the list's delta is may be a newer one */
} daotp__missing_kind;

typedef struct daotp__missing {
    daotp__missing_kind kind;
    daotp__bytes url;                 /* a view into the certificate or the CRL that names it */
    const daotp__node *node, *issuer; /* what is to be asked about */
} daotp__missing;

typedef struct daotp__missing_list {
    daotp__missing list[DAOTP__MAX_MISSING];
    size_t count;
} daotp__missing_list;

/* Once each; in a full list it is passed over. */
void daotp__missing_add(daotp__missing_list *missing, daotp__missing_kind kind, daotp__bytes url,
                        const daotp__node *node, const daotp__node *issuer);
/* The certificate is about to go. */
void daotp__missing_forget(daotp__missing_list *missing, const daotp__node *node);

#endif
