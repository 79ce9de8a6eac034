/* SPDX-License-Identifier: BSD-2-Clause */
/* Who signed a CRL, and whether that signer may answer for a certificate (RFC 5280 6.3.3 (f), (g)).
 */
#ifndef DAOTP_VALIDATE_CRL_SIGNER_H
#define DAOTP_VALIDATE_CRL_SIGNER_H

#include "validate/run.h"

/* The signer whose key verified a CRL. */
typedef struct daotp__crl_signer {
    const daotp__node *node;
    bool is_other_key_id;   /* the CRL's authorityKeyIdentifier names another key than that */
    bool is_status_unknown; /* the revocation of the signer itself is unknown */
} daotp__crl_signer;

/* For the first certificate of the path: 0 and the signer when the CRL is verified, else the best
 * reason why it is not. check_revocation: is a certificate on the signer's own path revoked?
 * explains: what is explained may not hold, so nothing is remembered of it.
 */
daotp_finding_number daotp__crl_signer_find(daotp__run *run, const daotp__path *path,
                                            daotp__indexed_crl *kept, bool explains,
                                            daotp__revocation_fn *check_revocation,
                                            daotp__crl_signer *signer);

#endif
