/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_X509_TRUST_H
#define DAOTP_X509_TRUST_H

#include "x509/chain.h"
#include "x509/crl_list.h"

#include <daotp/trust.h>
#include <openssl/types.h>

/* The anchors as an X509_STORE for libssl. The caller frees its reference with
 * X509_STORE_free(). The trust must be in use already, so that it no longer changes. NULL
 * without memory. */
X509_STORE *daotp__trust_x509_store(daotp_trust *trust);

/* The content of the trust, borrowed. */
const daotp__nodes *daotp__trust_anchors(const daotp_trust *trust);
const daotp__nodes *daotp__trust_intermediates(const daotp_trust *trust);
const daotp__crl_list *daotp__trust_crls(const daotp_trust *trust);

#endif
