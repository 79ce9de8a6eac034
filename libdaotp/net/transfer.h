/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libcurl, once: an easy handle in a multi handle of its own, driven by the flow's loop. Every
 * peer and identity has a transfer of its own, so that neither a connection nor a TLS session is
 * ever used for another (libcurl cannot see what a TLS callback put in). Names are resolved here
 * before libcurl is begun, for its own resolver would start a thread.
 */
#ifndef DAOTP_NET_TRANSFER_H
#define DAOTP_NET_TRANSFER_H

#include "core/report.h"
#include "net/loop.h"
#include "net/peer.h"
#include "net/tls.h"

#include <curl/curl.h>

typedef struct daotp__transfer daotp__transfer;

/* How far it is. Each is passed once. */
typedef enum daotp__phase {
    DAOTP__PHASE_NAMES,
    DAOTP__PHASE_TCP,
    DAOTP__PHASE_TLS,
    DAOTP__PHASE_DONE
} daotp__phase;

/* The peer's members must live as long as the transfer. No I/O. */
daotp_status daotp__transfer_new(daotp__loop *loop, const daotp__peer *peer,
                                 daotp__transfer **transfer);
void daotp__transfer_free(daotp__transfer *transfer);
CURL *daotp__transfer_easy(const daotp__transfer *transfer);
daotp__tls *daotp__transfer_tls(const daotp__transfer *transfer);
const char *daotp__transfer_peer(const daotp__transfer *transfer); /* host:port, for findings */
daotp__phase daotp__transfer_phase(const daotp__transfer *transfer);

/* One step: DAOTP_AGAIN until libcurl says that it is done. What goes wrong is a finding. */
daotp_status daotp__transfer_step(daotp__transfer *transfer, daotp_report *report);

#endif
