/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes the certificates out of a CA's response, whatever its format, and orders them to a
 * chain. No I/O. */
#ifndef DAOTP_CA_ISSUED_H
#define DAOTP_CA_ISSUED_H

#include "request/cmc_response.h"
#include "x509/chain.h"

/* Add the certificates of in (a certificate or SignedData, in DER, BER or PEM) that pool does
 * not have yet. response: receives the status of a CMC full response in it; may be NULL.
 * A certificate of SignedData that cannot be read is a warning in report (may be NULL) about
 * subject. DAOTP_OK; DAOTP_PEER when in has another format, none of its certificates can be read,
 * or the pool is full; DAOTP_MEMORY. */
daotp_status daotp__issued_collect(daotp__bytes in, daotp__chain *pool,
                                   daotp__cmc_response *response, const char *subject,
                                   daotp_report *report);
/* Whether the pool has a certificate for this key. */
bool daotp__issued_has_leaf(const daotp__chain *pool, daotp__bytes spki);
/* Build the chain from the certificate for this key up to its root, as far as the pool goes.
 * Returns false when there is no such certificate, or when memory ran out (*status is then
 * DAOTP_MEMORY). */
bool daotp__issued_order(const daotp__chain *pool, daotp__bytes spki, daotp__chain *chain,
                         daotp_status *status);
/* Append the issuers of the one certificate in chain, as far as the pool has them, in order. */
daotp_status daotp__issued_climb(const daotp__chain *pool, daotp__chain *chain);

#endif
