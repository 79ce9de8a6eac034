/* SPDX-License-Identifier: BSD-2-Clause */
/* The scope of CRLs: which CRL covers which certificate, and for which reasons (RFC 5280 6.3.3 (b),
 * (d)). */
#ifndef DAOTP_VALIDATE_SCOPE_H
#define DAOTP_VALIDATE_SCOPE_H

#include "x509/crl.h"
#include "x509/node.h"

/* point: a distribution point of the certificate; one without names stands for its issuer. */
bool daotp__scope_covers(const daotp__crl *crl, const daotp__node *node, const daotp__point *point,
                         unsigned *reasons);

/* Append why a CRL of the certificate's issuer does not cover it: its scope and the certificate's.
 */
void daotp__scope_explain(const daotp__crl *crl, const daotp__node *node, daotp__buffer *out);

#endif
