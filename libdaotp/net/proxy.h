/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_NET_PROXY_H
#define DAOTP_NET_PROXY_H

#include "net/peer.h"

/* The proxy for this peer, as the caller set it or, when asked by name, from https_proxy,
 * all_proxy and no_proxy of the environment. NULL: go straight. Borrowed. */
const char *daotp__proxy_for(const daotp__peer *peer);

/* What the environment says may be no address at all. */
daotp_status daotp__proxy_check(const daotp__peer *peer, daotp_report *report);

#endif
