/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_NET_PROXY_H
#define DAOTP_NET_PROXY_H

#include "net/peer.h"

/* The proxy for this peer, borrowed: the one that the caller set or, if proxy_from_environment
 * is set, the one of the variables https_proxy, all_proxy and no_proxy. NULL: no proxy. */
const char *daotp__proxy_for(const daotp__peer *peer);

/* Check that the proxy is a valid address, because a value from the environment may not be; else
 * report PROXY-ADDRESS. */
daotp_status daotp__proxy_check(const daotp__peer *peer, daotp_report *report);

#endif
