/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One libcurl connection: an easy handle in its own multi handle, driven by the loop of the flow.
 * Each peer and identity has its own connection, so that neither a connection nor a TLS session is
 * used for another identity: libcurl does not know which certificate our TLS callback set. Names
 * are resolved before libcurl begins, because libcurl's resolver would start a thread.
 */
#ifndef DAOTP_NET_CURL_CONNECTION_H
#define DAOTP_NET_CURL_CONNECTION_H

#include "core/report.h"
#include "net/loop.h"
#include "net/peer.h"
#include "net/tls.h"

#include <curl/curl.h>

typedef struct daotp__curl_connection daotp__curl_connection;

/* The progress of the connection. Each phase is passed once. */
typedef enum daotp__phase {
    DAOTP__PHASE_NAMES,
    DAOTP__PHASE_TCP,
    DAOTP__PHASE_TLS,
    DAOTP__PHASE_DONE
} daotp__phase;

/* The members of peer are borrowed until the connection is freed. No I/O. */
daotp_status daotp__curl_connection_new(daotp__loop *loop, const daotp__peer *peer,
                                        daotp__curl_connection **connection);
void daotp__curl_connection_free(daotp__curl_connection *connection);
CURL *daotp__curl_connection_easy(const daotp__curl_connection *connection);
daotp__tls *daotp__curl_connection_tls(const daotp__curl_connection *connection);
const char *
daotp__curl_connection_peer(const daotp__curl_connection *connection); /* host:port, for findings */
daotp__phase daotp__curl_connection_phase(const daotp__curl_connection *connection);

/* Make one step. DAOTP_AGAIN until libcurl is done; DAOTP_OK; any other status has a finding. */
daotp_status daotp__curl_connection_step(daotp__curl_connection *connection, daotp_report *report);

#endif
