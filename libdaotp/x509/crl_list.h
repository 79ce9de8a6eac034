/* SPDX-License-Identifier: BSD-2-Clause */
/* A list of references to CRLs. The list is filled from memory or files. */
#ifndef DAOTP_X509_CRL_LIST_H
#define DAOTP_X509_CRL_LIST_H

#include "core/report.h"
#include "x509/indexed_crl.h"

typedef struct daotp__crl_list {
    daotp__indexed_crl **list;
    size_t count, capacity;
} daotp__crl_list;

/* Append a CRL. The caller's reference is taken over, also on failure. */
daotp_status daotp__crl_list_add(daotp__crl_list *crls, daotp__indexed_crl *indexed);
/* Append copies of the CRLs of in, PEM with any number of CRLs or one in DER: all of them, or
 * none if one cannot be read. The finding names the block and line of that CRL. */
daotp_status daotp__crl_list_read(daotp__crl_list *crls, daotp__bytes in, const char *subject,
                                  daotp_report *report);
/* The same for a memory mapping, which is taken over, also on failure. A CRL in DER is not
 * copied: the mapping is kept. */
daotp_status daotp__crl_list_take(daotp__crl_list *crls, daotp__bytes mapped, const char *subject,
                                  daotp_report *report);
void daotp__crl_list_truncate(daotp__crl_list *crls, size_t count);
void daotp__crl_list_free(daotp__crl_list *crls);

/* Read the one CRL of a mapping, in PEM or DER. The mapping is taken over, also on failure.
 * DAOTP_PEER, with a finding, when it holds no CRL, or more than one. */
daotp_status daotp__crl_list_take_only(daotp__bytes mapped, const char *subject,
                                       daotp_report *report, daotp__indexed_crl **indexed);

#endif
