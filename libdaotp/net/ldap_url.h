/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses an LDAP URL (RFC 4516). Only a base search for one attribute with CRLs or certificates
 * is accepted. */
#ifndef DAOTP_NET_LDAP_URL_H
#define DAOTP_NET_LDAP_URL_H

#include <daotp/status.h>

typedef struct daotp__ldap_url {
    char *host; /* name or address, IPv6 without brackets; NULL: the URL has none */
    uint16_t port;
    char *dn, *attribute; /* decoded */
} daotp__ldap_url;

/* DAOTP_OK; DAOTP_MEMORY; DAOTP_USAGE when it is not such a URL. The caller frees *url in all
 * cases. */
daotp_status daotp__ldap_url_parse(const char *text, daotp__ldap_url *url);
/* Parse a server: "host", "host:port", "[address]:port" or "address". */
daotp_status daotp__ldap_url_parse_server(const char *text, daotp__ldap_url *url);
void daotp__ldap_url_free(daotp__ldap_url *url);

#endif
