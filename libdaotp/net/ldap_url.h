/* SPDX-License-Identifier: BSD-2-Clause */
/* An LDAP URL (RFC 4516) taken apart: a base search for one attribute that holds CRLs or
 * certificates. */
#ifndef DAOTP_NET_LDAP_URL_H
#define DAOTP_NET_LDAP_URL_H

#include <daotp/status.h>

typedef struct daotp__ldap_url {
    char *host; /* name or address, IPv6 without brackets; NULL: the URL names none */
    uint16_t port;
    char *dn, *attribute; /* decoded */
} daotp__ldap_url;

/* DAOTP_OK, DAOTP_MEMORY, or DAOTP_USAGE when it is not such a URL. To be freed after each. */
daotp_status daotp__ldap_url_parse(const char *text, daotp__ldap_url *url);
/* A server as the caller names one: "host", "host:port", "[address]:port", "address". */
daotp_status daotp__ldap_url_parse_server(const char *text, daotp__ldap_url *url);
void daotp__ldap_url_free(daotp__ldap_url *url);

#endif
