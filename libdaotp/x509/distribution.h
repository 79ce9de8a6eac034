/* SPDX-License-Identifier: BSD-2-Clause */
/* CRL distribution points (RFC 5280 4.2.1.13, 5.2.5). The results are views into the extension. */
#ifndef DAOTP_X509_DISTRIBUTION_H
#define DAOTP_X509_DISTRIBUTION_H

#include "x509/extensions.h"

/* ReasonFlags (RFC 5280 4.2.1.13), bit 1 keyCompromise to bit 8 aACompromise. */
enum { DAOTP__REASONS_ALL = 0x1FE };

/* DistributionPointName: one of the two fields is set, or neither. */
typedef struct daotp__crl_dp_name {
    daotp__bytes full;     /* GeneralNames, one after the other */
    daotp__bytes relative; /* content of a RelativeDistinguishedName */
} daotp__crl_dp_name;

typedef struct daotp__crl_dp {
    daotp__crl_dp_name name;
    daotp__bytes issuer; /* cRLIssuer: GeneralNames, one after the other; or empty */
    unsigned reasons;    /* bits of DAOTP__REASONS_ALL */
} daotp__crl_dp;

/* Read the content of the field [0] distributionPoint. */
bool daotp__crl_dp_name_read(daotp__bytes in, daotp__crl_dp_name *name);
bool daotp__reasons_read(daotp__bytes content, unsigned *reasons);
/* Read cRLDistributionPoints or freshestCRL: call begin, then next until the cursor is empty.
 * Both return false for malformed bytes. */
bool daotp__crl_dps_begin(const daotp__extension *extension, daotp__bytes *cursor);
bool daotp__crl_dps_next(daotp__bytes *cursor, daotp__crl_dp *point);

#endif
