/* SPDX-License-Identifier: BSD-2-Clause */
/* Names to addresses, by c-ares: its sockets are watched by the flow's loop, no thread is begun. */
#ifndef DAOTP_NET_RESOLVE_H
#define DAOTP_NET_RESOLVE_H

#include "core/report.h"
#include "net/loop.h"

typedef struct daotp__resolver daotp__resolver;

/* Begin to resolve a name, or an address, which is its own answer. */
daotp_status daotp__resolver_new(daotp__loop *loop, const char *host, daotp__resolver **resolver);
void daotp__resolver_free(daotp__resolver *resolver);
/* DAOTP_OK, DAOTP_AGAIN, DAOTP_NETWORK (DNS-FAILED), DAOTP_TIMEOUT (DNS-TIMEOUT). */
daotp_status daotp__resolver_step(daotp__resolver *resolver, daotp_report *report);
/* The addresses as text, in the order to be tried. */
size_t daotp__resolver_count(const daotp__resolver *resolver);
const char *daotp__resolver_address(const daotp__resolver *resolver, size_t index);

#endif
