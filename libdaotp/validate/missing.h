/* SPDX-License-Identifier: BSD-2-Clause */
/* What a run lacked, and the URLs where certificates and CRLs say that it is. */
#ifndef DAOTP_VALIDATE_MISSING_H
#define DAOTP_VALIDATE_MISSING_H

#include "core/limits.h"
#include "x509/node.h"

typedef enum daotp__missing_kind {
    DAOTP__MISSING_CRL,
    DAOTP__MISSING_ISSUER,
    DAOTP__MISSING_OCSP,
    DAOTP__MISSING_DELTA /* there is an answer, but a newer delta CRL may exist */
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

/* Added once each; when the list is full it is ignored. */
void daotp__missing_add(daotp__missing_list *missing, daotp__missing_kind kind, daotp__bytes url,
                        const daotp__node *node, const daotp__node *issuer);
/* The certificate will be freed: remove what points to it. */
void daotp__missing_forget(daotp__missing_list *missing, const daotp__node *node);

#endif
