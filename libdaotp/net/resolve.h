/* SPDX-License-Identifier: BSD-2-Clause */
/* Resolves host names to addresses with c-ares. The loop of the flow watches its sockets; no
 * thread is started. */
#ifndef DAOTP_NET_RESOLVE_H
#define DAOTP_NET_RESOLVE_H

#include "core/report.h"
#include "net/loop.h"

typedef struct daotp__resolver daotp__resolver;

/* Begin to resolve a host name. An address is its own result. */
daotp_status daotp__resolver_new(daotp__loop *loop, const char *host, daotp__resolver **resolver);
void daotp__resolver_free(daotp__resolver *resolver);
/* DAOTP_OK, DAOTP_AGAIN, DAOTP_NETWORK (DNS-FAILED), DAOTP_TIMEOUT (DNS-TIMEOUT). */
daotp_status daotp__resolver_step(daotp__resolver *resolver, daotp_report *report);
/* The addresses as text, in the order in which to try them; borrowed. */
size_t daotp__resolver_count(const daotp__resolver *resolver);
const char *daotp__resolver_address(const daotp__resolver *resolver, size_t index);

#endif
