/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks a public key: whether it may be used for this purpose, and whether others could find its
 * private key. All such rules are here; certificates, requests, signers and our own keys use them.
 */
#ifndef DAOTP_X509_KEY_RULES_H
#define DAOTP_X509_KEY_RULES_H

#include "core/checklist.h"
#include "x509/certificate.h"

#include <daotp/status.h>

typedef enum daotp__key_use {
    DAOTP__KEY_USE_PATH,    /* of a certificate that is validated, or that signs a CRL or OCSP */
    DAOTP__KEY_USE_REQUEST, /* to be certified for a user */
    DAOTP__KEY_USE_RA,      /* signs a CMC */
    DAOTP__KEY_USE_OWN      /* the private half is ours */
} daotp__key_use;

enum { DAOTP__KEY_FAULT_TEXT = DAOTP__FAULT_TEXT };

/* Kind, size, exponent, parity: what costs nothing. DAOTP_OK, or DAOTP_REJECTED with the rule that
 * is broken in text, which has room for DAOTP__KEY_FAULT_TEXT. */
daotp_status daotp__key_shape_check(const daotp__public_key *key, daotp__key_use use, char *text);
/* All rules, for a SubjectPublicKeyInfo. For RSA this costs as much as two private key operations;
 * the context remembers keys that passed (NULL: nothing is remembered). DAOTP_MEMORY too. */
daotp_status daotp__key_check(const daotp_context *context, daotp__bytes spki, daotp__key_use use,
                              char *text);

/* The same among other checks: a broken rule is this finding. */
void daotp__key_report(daotp__checklist *checks, daotp__bytes spki, daotp__key_use use,
                       daotp_finding_number number);

#endif
