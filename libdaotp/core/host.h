/* SPDX-License-Identifier: BSD-2-Clause */
/* Host names, and lists of the hosts that a peer may name. Names are compared label by label,
 * ignoring case (RFC 4343) and a trailing dot. Names are ASCII; an internationalized name must
 * be given as A-labels (RFC 5890 2.3.2.1). */
#ifndef DAOTP_CORE_HOST_H
#define DAOTP_CORE_HOST_H

#include "core/limits.h"

#include <daotp/status.h>

/* A DNS name in lower case without its trailing dot, or an address as inet_ntop() writes it. */
typedef struct daotp__host {
    char text[DAOTP__MAX_HOST + 1];
    bool is_address;
} daotp__host;

/* Parse a DNS name or an address; an IPv6 address may have brackets. Returns false for any other
 * text. */
bool daotp__host_parse(const char *text, daotp__host *host);
/* Whether two hosts are the same. Texts that are not hosts are the same if they are equal. */
bool daotp__host_equal(const char *a, const char *b);
/* Whether the text is a host followed by a port. */
bool daotp__host_has_port(const char *text);

typedef struct daotp__host_list {
    char *patterns[DAOTP__MAX_ALLOWED_HOSTS];
    size_t count;
} daotp__host_list;

/* pattern: a host, or a DNS suffix that begins with a dot, for every name below it. DAOTP_OK,
 * DAOTP_USAGE when it is neither or the list is full, DAOTP_MEMORY. */
daotp_status daotp__host_list_add(daotp__host_list *list, const char *pattern);
void daotp__host_list_free(daotp__host_list *list);
/* Whether the list allows the host. A text that is not a host is never allowed. An address must
 * be on the list itself; no suffix matches it. */
bool daotp__host_list_allows(const daotp__host_list *list, const char *host);

#endif
