/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks the signatures of certificates in a run, and the keys that made them. */
#ifndef DAOTP_VALIDATE_SIGNATURE_CHECK_H
#define DAOTP_VALIDATE_SIGNATURE_CHECK_H

#include "validate/run.h"

/* Check the certificate's signature with the issuer's key. Returns 0 or the finding. In a run
 * each pair is checked once. */
daotp_finding_number daotp__signature_check(daotp__run *run, const daotp__node *node,
                                            daotp__node *issuer);
/* Whether the algorithm and the size of the public key are acceptable. This check is cheap. */
bool daotp__node_key_is_acceptable(const daotp__node *node);
/* The same as a status: DAOTP_OK, or DAOTP_REJECTED with the broken rule in text, which has room
 * for DAOTP__KEY_FAULT_TEXT octets. */
daotp_status daotp__node_key_shape(const daotp__node *node, char *text);
/* Check all rules for public keys. This costs about as much as a private key operation, once for
 * each key, so call it after all other checks. DAOTP_OK; DAOTP_REJECTED with the broken rule in
 * text; DAOTP_MEMORY. */
daotp_status daotp__signature_check_key(daotp__run *run, daotp__node *node, char *text);

#endif
