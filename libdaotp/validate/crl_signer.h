/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the signer of a CRL, and checks whether it may sign CRLs for a certificate (RFC 5280
 * 6.3.3 (f), (g)). */
#ifndef DAOTP_VALIDATE_CRL_SIGNER_H
#define DAOTP_VALIDATE_CRL_SIGNER_H

#include "validate/run.h"

/* The signer whose key verified a CRL. */
typedef struct daotp__crl_signer {
    const daotp__node *node;
    bool is_other_key_id;   /* the CRL's authorityKeyIdentifier names a different key */
    bool is_status_unknown; /* the revocation status of the signer is unknown */
} daotp__crl_signer;

/* Find the signer for the first certificate of the path. Returns 0 and the signer when the CRL
 * is verified, else the finding that describes best why it is not. check_revocation: checks the
 * signer's own path. explains: the caller only reports on an invalid path, so the CRL is not
 * marked as trusted. */
daotp_finding_number daotp__crl_signer_find(daotp__run *run, const daotp__path *path,
                                            daotp__indexed_crl *indexed, bool explains,
                                            daotp__revocation_fn *check_revocation,
                                            daotp__crl_signer *signer);

#endif
