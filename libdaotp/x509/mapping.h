/* SPDX-License-Identifier: BSD-2-Clause */
/* The values of altSecurityIdentities that map a certificate strongly to an account (MS-PKCA
 * 3.1.5.2.1.5). */
#ifndef DAOTP_X509_MAPPING_H
#define DAOTP_X509_MAPPING_H

#include "x509/certificate.h"

typedef enum daotp__mapping {
    DAOTP__MAPPING_ISSUER_SERIAL,
    DAOTP__MAPPING_KEY_ID,
    DAOTP__MAPPING_HASH,
    DAOTP__MAPPING_COUNT
} daotp__mapping;

const char *daotp__mapping_name(daotp__mapping mapping);
/* Append "X509:<I>...<SR>...", "X509:<SKI>..." or "X509:<SHA1-PUKEY>...". Returns false when the
 * certificate does not have what that value is made of. */
bool daotp__mapping_write(daotp__mapping mapping, const daotp__certificate *certificate,
                          daotp__buffer *out);

#endif
