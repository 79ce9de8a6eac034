/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules for public keys: whether a key is acceptable for a use, and whether it is so weak
 * that others could find the private key. All checks of certificates, requests, signers and own
 * keys call these. */
#ifndef DAOTP_X509_KEY_RULES_H
#define DAOTP_X509_KEY_RULES_H

#include "core/checklist.h"
#include "x509/certificate.h"

#include <daotp/status.h>

typedef enum daotp__key_use {
    DAOTP__KEY_USE_PATH, /* in a certificate of a path, or of a signer of CRLs or OCSP responses */
    DAOTP__KEY_USE_REQUEST, /* in a certificate request of a user */
    DAOTP__KEY_USE_RA,      /* signs a CMC */
    DAOTP__KEY_USE_OWN      /* the private half is ours */
} daotp__key_use;

enum { DAOTP__KEY_FAULT_TEXT = DAOTP__FAULT_TEXT };

/* Check the cheap rules: algorithm, size, exponent, parity. DAOTP_OK, or DAOTP_REJECTED with the
 * broken rule in text, which has room for DAOTP__KEY_FAULT_TEXT octets. */
daotp_status daotp__key_shape_check(const daotp__public_key *key, daotp__key_use use, char *text);
/* Check all rules for the key of a SubjectPublicKeyInfo. For RSA this costs as much as two
 * private key operations, so the context remembers keys that passed; context NULL: nothing is
 * remembered. Returns as above, or DAOTP_MEMORY. */
daotp_status daotp__key_check(const daotp_context *context, daotp__bytes spki, daotp__key_use use,
                              char *text);

/* Check all rules as part of a checklist. A broken rule is reported as finding `number`. */
void daotp__key_report(daotp__checklist *checks, daotp__bytes spki, daotp__key_use use,
                       daotp_finding_number number);

#endif
