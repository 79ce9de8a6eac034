/* SPDX-License-Identifier: BSD-2-Clause */
/* A URL taken apart, by libcurl's parser: https only, no user name, no fragment. */
#ifndef DAOTP_NET_URL_H
#define DAOTP_NET_URL_H

#include <daotp/status.h>

enum { DAOTP__CURL_TOO_LARGE = 100 }; /* CURLE_TOO_LARGE of libcurl 8.6, for older headers */

typedef struct daotp__url {
    char *text;      /* the whole, as given */
    char *host;      /* name or address, IPv6 without brackets */
    char *authority; /* for the Host header: brackets, and the port unless it is 443 */
    char *target;    /* path and query */
    uint16_t port;
} daotp__url;

/* DAOTP_OK, DAOTP_MEMORY, or DAOTP_USAGE when it is not such a URL. */
daotp_status daotp__url_parse(const char *text, daotp__url *url);
void daotp__url_free(daotp__url *url);
/* Host and port of a proxy as libcurl takes one: [scheme://]host[:port]. */
daotp_status daotp__url_parse_proxy(const char *text, char **host, uint16_t *port);
/* What a code of libcurl's URL parser means: memory that ran out is not the URL's fault. */
daotp_status daotp__url_code_status(int code, daotp_status refused);
bool daotp__url_is_address(const char *host);
/* "host:port", for findings; NULL when memory ran out. */
char *daotp__url_label(const char *host, uint16_t port);

#endif
