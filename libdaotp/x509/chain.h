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
    bool are_anchors; /* who signed them does not matter */
} daotp__chain;

void daotp__chain_init(daotp__chain *chain, size_t max);
void daotp__chain_free(daotp__chain *chain);
/* Copy a certificate in; it must be one that can be read. */
daotp_status daotp__chain_add(daotp__chain *chain, daotp__bytes der, const char *subject,
                              daotp_report *report);
/* PEM with any number of certificates, one in DER, or a PKCS#7 of them in either. */
daotp_status daotp__chain_read(daotp__chain *chain, daotp__bytes in, const char *subject,
                               daotp_report *report);
/* Is the block labelled as certificates, or as a PKCS#7 of them? */
bool daotp__chain_is_block(const daotp__pem_reader *reader);
/* The finding about one that cannot be read: field, octet, rule. reader: the block it stands in, or
 * NULL. */
daotp_status daotp__certificate_refuse(daotp__bytes der, const daotp__pem_reader *reader,
                                       const char *subject, daotp_report *report);
/* Forget all certificates from this count on. */
void daotp__chain_cut(daotp__chain *chain, size_t count);
/* The certificates as PEM, to be freed by daotp_free(), with a NUL behind its len octets. DAOTP_OK,
 * DAOTP_USAGE when something is NULL, DAOTP_MEMORY. */
daotp_status daotp__chain_copy_pem(const daotp__chain *chain, char **pem, size_t *len);

#endif
