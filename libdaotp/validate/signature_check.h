/* SPDX-License-Identifier: BSD-2-Clause */
/* Checking signatures of certificates, and the keys that made them, within a run. */
#ifndef DAOTP_VALIDATE_SIGNATURE_CHECK_H
#define DAOTP_VALIDATE_SIGNATURE_CHECK_H

#include "validate/run.h"

/* Does the issuer's key verify the certificate's signature? 0, or what is wrong. Within the run
 * each pair is checked once. */
daotp_finding_number daotp__signature_check(daotp__run *run, const daotp__node *node,
                                            daotp__node *issuer);
/* Is the public key of a kind and size that is taken? This much costs nothing. */
bool daotp__node_key_is_acceptable(const daotp__node *node);
/* The same, with the rule that is broken in text, which has room for DAOTP__KEY_FAULT_TEXT. */
daotp_status daotp__node_key_shape(const daotp__node *node, char *text);
/* All rules for public keys. Costs about as much as a private key operation, once for each key: do
 * this when all else holds. DAOTP_OK, DAOTP_REJECTED with the rule in text, DAOTP_MEMORY. */
daotp_status daotp__signature_check_key(daotp__run *run, daotp__node *node, char *text);

#endif
