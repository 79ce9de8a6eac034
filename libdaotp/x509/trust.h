/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_X509_TRUST_H
#define DAOTP_X509_TRUST_H

#include "core/network.h"
#include "x509/chain.h"
#include "x509/kept_crl.h"

#include <daotp/trust.h>
#include <openssl/types.h>

/* The anchors as libssl wants them: a reference, to be let go by X509_STORE_free(). The trust must
 * be in use, so that it no longer changes. */
X509_STORE *daotp__trust_x509_store(daotp_trust *trust);

/* How what is missing may be fetched. */
typedef struct daotp__fetching {
    daotp__network networks[DAOTP__MAX_NETWORKS];
    size_t network_count;
    int64_t max_bytes, timeout_ms;
    char *cache; /* folder; NULL for none */
    bool ldap;
    char *ldap_server; /* for URLs that name none; NULL for none */
} daotp__fetching;
const daotp__fetching *daotp__trust_fetching(const daotp_trust *trust);
/* Let a new trust fetch as another may: networks, limits, cache, LDAP. false without memory. */
bool daotp__trust_copy_fetching(daotp_trust *trust, const daotp_trust *from);
/* What all who fetch for this trust share: made by the first, let go with the trust. NULL without
 * memory. */
void *daotp__trust_share(daotp_trust *trust, void *(*make)(void), void (*let_go)(void *shared));

/* What it holds, borrowed. */
const daotp__nodes *daotp__trust_anchors(const daotp_trust *trust);
const daotp__nodes *daotp__trust_intermediates(const daotp_trust *trust);
const daotp__kept_crls *daotp__trust_crls(const daotp_trust *trust);

#endif
