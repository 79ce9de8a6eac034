/* SPDX-License-Identifier: BSD-2-Clause */
/* A list of references to CRLs, and reading CRLs into one. */
#ifndef DAOTP_X509_CRL_LIST_H
#define DAOTP_X509_CRL_LIST_H

#include "core/report.h"
#include "x509/indexed_crl.h"

typedef struct daotp__crl_list {
    daotp__indexed_crl **list;
    size_t count, capacity;
} daotp__crl_list;

/* Takes the reference over, also when it fails. */
daotp_status daotp__crl_list_add(daotp__crl_list *crls, daotp__indexed_crl *indexed);
/* Copy CRLs in: PEM with any number of them, or one in DER. All of them or none: what cannot be
 * read is refused by its place. */
daotp_status daotp__crl_list_read(daotp__crl_list *crls, daotp__bytes in, const char *subject,
                                  daotp_report *report);
/* The same for a mapping, which it takes over, also when it fails: a CRL in DER stays mapped. */
daotp_status daotp__crl_list_take(daotp__crl_list *crls, daotp__bytes mapped, const char *subject,
                                  daotp_report *report);
void daotp__crl_list_cut(daotp__crl_list *crls, size_t count);
void daotp__crl_list_free(daotp__crl_list *crls);

/* The only CRL of a mapping, which it takes over, also when it fails; PEM or DER. DAOTP_PEER: it
 * holds none, or several. */
daotp_status daotp__crl_list_take_only(daotp__bytes mapped, daotp__indexed_crl **indexed);

#endif
