/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses a URL with libcurl's parser. Only https, without a user name and a fragment. */
#ifndef DAOTP_NET_URL_H
#define DAOTP_NET_URL_H

#include <daotp/status.h>

enum { DAOTP__CURL_TOO_LARGE = 100 }; /* CURLE_TOO_LARGE of libcurl 8.6, for older headers */

typedef struct daotp__url {
    char *text;      /* the whole URL as given */
    char *host;      /* name or address, IPv6 without brackets */
    char *authority; /* for the Host header: IPv6 in brackets, the port unless it is 443 */
    char *target;    /* path and query */
    uint16_t port;
} daotp__url;

/* DAOTP_OK, and the caller frees *url; DAOTP_MEMORY; DAOTP_USAGE when it is not such a URL. */
daotp_status daotp__url_parse(const char *text, daotp__url *url);
void daotp__url_free(daotp__url *url);
/* Parse a proxy in libcurl's form: [scheme://]host[:port]. The caller frees *host. */
daotp_status daotp__url_parse_proxy(const char *text, char **host, uint16_t *port);
/* The status for a code of libcurl's URL parser: DAOTP_OK; DAOTP_MEMORY if memory ran out;
 * `refused` for any other error. */
daotp_status daotp__url_code_status(int code, daotp_status refused);
bool daotp__url_is_address(const char *host);
/* "host:port" for findings; the caller frees it; NULL without memory. */
char *daotp__url_label(const char *host, uint16_t port);

#endif
