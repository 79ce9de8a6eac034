/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_X509_TRUST_H
#define DAOTP_X509_TRUST_H

#include "x509/chain.h"

#include <daotp/trust.h>
#include <openssl/types.h>

/* The anchors as libssl wants them; a new one, to be freed by X509_STORE_free(). */
X509_STORE *daotp__trust_x509_store(const daotp_trust *trust);

#endif
