/* SPDX-License-Identifier: BSD-2-Clause */
/* What a CA returns, in whatever wrapping: its certificates, sorted out. No I/O. */
#ifndef DAOTP_CA_ISSUED_H
#define DAOTP_CA_ISSUED_H

#include "x509/chain.h"

/* Add the certificates of bytes (certificate or SignedData, DER or PEM) that pool does not have
 * yet. DAOTP_PEER when it is none of these. */
daotp_status daotp__issued_collect(daotp__bytes in, daotp__chain *pool);
/* The certificate for this key and those that lead from it upwards, in order. false when there is
 * none, or memory ran out: then *status says so. */
bool daotp__issued_order(const daotp__chain *pool, daotp__bytes spki, daotp__chain *chain,
                         daotp_status *status);

#endif
