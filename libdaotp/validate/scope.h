/* SPDX-License-Identifier: BSD-2-Clause */
/* The scope of a CRL: whether it covers a certificate, and for which reasons (RFC 5280 6.3.3
 * (b), (d)). */
#ifndef DAOTP_VALIDATE_SCOPE_H
#define DAOTP_VALIDATE_SCOPE_H

#include "x509/crl.h"
#include "x509/node.h"

/* Whether the CRL covers the certificate through this distribution point. point: one of the
 * certificate's distribution points, or one without names, which stands for the certificate's
 * issuer. *reasons: the reasons that are covered. */
bool daotp__scope_covers(const daotp__crl *crl, const daotp__node *node, const daotp__crl_dp *point,
                         unsigned *reasons);

/* Append why a CRL of the certificate's issuer does not cover the certificate: the scope of the
 * CRL and the distribution points of the certificate. */
void daotp__scope_explain(const daotp__crl *crl, const daotp__node *node, daotp__buffer *out);

#endif
