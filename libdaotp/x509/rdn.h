/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the attributes of a relative distinguished name (X.501 9.2). */
#ifndef DAOTP_X509_RDN_H
#define DAOTP_X509_RDN_H

#include "x509/der.h"

typedef struct daotp__attribute {
    daotp__bytes type;
    daotp__der_item value;
} daotp__attribute;

/* Read the AttributeTypeAndValue at the front of rdn, the content of an RDN. */
static inline bool daotp__attribute_read(daotp__bytes *rdn, daotp__attribute *out)
{
    daotp__bytes in;

    return daotp__der_read(rdn, DAOTP__DER_SEQUENCE, &in) && daotp__der_read_oid(&in, &out->type) &&
           daotp__der_next(&in, &out->value) && in.len == 0;
}

#endif
