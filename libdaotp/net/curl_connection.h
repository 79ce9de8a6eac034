/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libcurl, once: an easy handle in a multi handle of its own, driven by the flow's loop. Every
 * peer and identity has a connection of its own, so that neither a connection nor a TLS session is
 * ever used for another (libcurl cannot see what a TLS callback put in). Names are resolved here
 * before libcurl is begun, for its own resolver would start a thread.
 */
#ifndef DAOTP_NET_CURL_CONNECTION_H
#define DAOTP_NET_CURL_CONNECTION_H

#include "core/report.h"
#include "net/loop.h"
#include "net/peer.h"
#include "net/tls.h"

#include <curl/curl.h>

typedef struct daotp__curl_connection daotp__curl_connection;

/* How far it is. Each is passed once. */
typedef enum daotp__phase {
    DAOTP__PHASE_NAMES,
    DAOTP__PHASE_TCP,
    DAOTP__PHASE_TLS,
    DAOTP__PHASE_DONE
} daotp__phase;

/* The peer's members must live as long as the connection. No I/O. */
daotp_status daotp__curl_connection_new(daotp__loop *loop, const daotp__peer *peer,
                                        daotp__curl_connection **connection);
void daotp__curl_connection_free(daotp__curl_connection *connection);
CURL *daotp__curl_connection_easy(const daotp__curl_connection *connection);
daotp__tls *daotp__curl_connection_tls(const daotp__curl_connection *connection);
const char *
daotp__curl_connection_peer(const daotp__curl_connection *connection); /* host:port, for findings */
daotp__phase daotp__curl_connection_phase(const daotp__curl_connection *connection);

/* One step: DAOTP_AGAIN until libcurl says that it is done. What goes wrong is a finding. */
daotp_status daotp__curl_connection_step(daotp__curl_connection *connection, daotp_report *report);

#endif
