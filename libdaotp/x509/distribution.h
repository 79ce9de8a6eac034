/* SPDX-License-Identifier: BSD-2-Clause */
/* Where revocation information is published (RFC 5280 4.2.1.13, 5.2.5), as views. */
#ifndef DAOTP_X509_DISTRIBUTION_H
#define DAOTP_X509_DISTRIBUTION_H

#include "x509/extensions.h"

/* ReasonFlags (RFC 5280 4.2.1.13), bit 1 keyCompromise to bit 8 aACompromise. */
enum { DAOTP__REASONS_ALL = 0x1FE };

/* DistributionPointName: one of the two, or neither. */
typedef struct daotp__point_name {
    daotp__bytes full;     /* GeneralNames, one after the other */
    daotp__bytes relative; /* content of a RelativeDistinguishedName */
} daotp__point_name;

typedef struct daotp__point {
    daotp__point_name name;
    daotp__bytes issuer; /* cRLIssuer: GeneralNames, one after the other; or empty */
    unsigned reasons;    /* of DAOTP__REASONS_ALL */
} daotp__point;

/* The content of [0] DistributionPointName. */
bool daotp__point_name_read(daotp__bytes in, daotp__point_name *name);
bool daotp__reasons_read(daotp__bytes content, unsigned *reasons);
/* cRLDistributionPoints or freshestCRL: begin, then one after the other until nothing is left. */
bool daotp__crl_dps_begin(const daotp__extension *extension, daotp__bytes *cursor);
bool daotp__crl_dps_next(daotp__bytes *cursor, daotp__point *point);

#endif
