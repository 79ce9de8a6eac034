/* SPDX-License-Identifier: BSD-2-Clause */
/* An HTTPS peer and how to connect to it. All members are borrowed. */
#ifndef DAOTP_NET_PEER_H
#define DAOTP_NET_PEER_H

#include "net/tls.h"
#include "net/url.h"
#include "x509/credential.h"
#include "x509/trust.h"

typedef struct daotp__peer {
    const daotp__url *url;
    daotp_trust *trust;
    daotp_credential *identity; /* NULL for none */
    const char *proxy;          /* NULL for none */
    bool proxy_from_environment;
    bool tls12_only;
    daotp__tls_verify_fn verify; /* of the server; NULL: libssl alone */
    int64_t connect_ms;          /* the limit for names, TCP and TLS together, in milliseconds */
} daotp__peer;

#endif
