/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of hosts, and lists of the hosts that a peer may name. Names are compared as whole labels,
 * without regard to case (RFC 4343) or to a trailing dot. A name is ASCII: an internationalized one
 * is its A-labels (RFC 5890 2.3.2.1). */
#ifndef DAOTP_CORE_HOST_H
#define DAOTP_CORE_HOST_H

#include "core/limits.h"

#include <daotp/status.h>

/* A DNS name in lower case without its trailing dot, or an address as inet_ntop() writes it. */
typedef struct daotp__host {
    char text[DAOTP__MAX_HOST + 1];
    bool is_address;
} daotp__host;

/* false when it is neither a DNS name nor an address. An IPv6 address may stand in brackets. */
bool daotp__host_parse(const char *text, daotp__host *host);
/* Are both hosts, and the same? Texts that are no hosts are the same when they are equal. */
bool daotp__host_equal(const char *a, const char *b);
/* Is this a host with a port behind it? */
bool daotp__host_has_port(const char *text);

typedef struct daotp__host_list {
    char *patterns[DAOTP__MAX_ALLOWED_HOSTS];
    size_t count;
} daotp__host_list;

/* pattern: a host, or a DNS suffix that begins with a dot, for every name below it. DAOTP_OK,
 * DAOTP_USAGE when it is neither or the list is full, DAOTP_MEMORY. */
daotp_status daotp__host_list_add(daotp__host_list *list, const char *pattern);
void daotp__host_list_free(daotp__host_list *list);
/* Is the host on the list? What is no host is on none. An address equals an address: no suffix
 * covers it. */
bool daotp__host_list_allows(const daotp__host_list *list, const char *host);

#endif
