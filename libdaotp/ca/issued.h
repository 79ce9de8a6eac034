/* SPDX-License-Identifier: BSD-2-Clause */
/* What a CA returns, in whatever wrapping: its certificates, sorted out. No I/O. */
#ifndef DAOTP_CA_ISSUED_H
#define DAOTP_CA_ISSUED_H

#include "request/cmc_response.h"
#include "x509/chain.h"

/* Add the certificates of bytes (certificate or SignedData, DER, BER or PEM) that pool does not
 * have yet. What a CMC full response among them says goes into response, which may be NULL.
 * DAOTP_PEER when it is none of these. */
daotp_status daotp__issued_collect(daotp__bytes in, daotp__chain *pool,
                                   daotp__cmc_response *response);
/* Is there a certificate for this key among them? */
bool daotp__issued_has_leaf(const daotp__chain *pool, daotp__bytes spki);
/* The certificate for this key and those that lead from it upwards, in order. false when there is
 * none, or memory ran out: then *status says so. */
bool daotp__issued_order(const daotp__chain *pool, daotp__bytes spki, daotp__chain *chain,
                         daotp_status *status);
/* The chain holds one certificate: add those of the pool that lead from it upwards, in order. */
daotp_status daotp__issued_climb(const daotp__chain *pool, daotp__chain *chain);

#endif
