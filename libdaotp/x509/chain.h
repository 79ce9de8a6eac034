/* SPDX-License-Identifier: BSD-2-Clause */
/* A list of certificates that owns their bytes. */
#ifndef DAOTP_X509_CHAIN_H
#define DAOTP_X509_CHAIN_H

#include "core/report.h"
#include "x509/certificate.h"
#include "x509/pem.h"

typedef struct daotp__chain {
    daotp__bytes *list; /* each freed with daotp__delete() */
    size_t count, capacity, max;
    bool are_anchors;      /* read by daotp__certificate_read_anchor() */
    bool skips_unreadable; /* for what a peer sent: report a warning, and add the others */
} daotp__chain;

void daotp__chain_init(daotp__chain *chain, size_t max);
void daotp__chain_free(daotp__chain *chain);
/* Append a copy of a certificate, if it can be read; else report why it cannot. */
daotp_status daotp__chain_add(daotp__chain *chain, daotp__bytes der, const char *subject,
                              daotp_report *report);
/* Append the certificates of a file: PEM with any number of them, one in DER, or a PKCS#7
 * SignedData with certificates, in PEM or DER. */
daotp_status daotp__chain_read(daotp__chain *chain, daotp__bytes in, const char *subject,
                               daotp_report *report);
/* Whether the PEM label is that of a certificate or of PKCS#7. */
bool daotp__chain_is_block(const daotp__pem_reader *reader);
/* Report a certificate that cannot be read, with its field, octet and rule. reader: at the PEM
 * block that holds it, or NULL. Returns the status of the finding. */
daotp_status daotp__certificate_refuse(daotp__bytes der, const daotp__pem_reader *reader,
                                       const char *subject, daotp_report *report);
/* Remove the certificates from index count on. */
void daotp__chain_truncate(daotp__chain *chain, size_t count);
/* Copy the certificates as PEM; the caller frees it with daotp_free(). A NUL follows the len
 * octets. Returns DAOTP_OK; DAOTP_USAGE when an argument is NULL; DAOTP_MEMORY. */
daotp_status daotp__chain_copy_pem(const daotp__chain *chain, char **pem, size_t *len);

#endif
