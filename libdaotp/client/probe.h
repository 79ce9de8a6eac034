/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client in the way the doctor runs it: with one of its servers, as a user who does not exist, up
 * to the stage signature. The stages are those of an enrolment.
 */
#ifndef DAOTP_CLIENT_PROBE_H
#define DAOTP_CLIENT_PROBE_H

#include "net/peer.h"
#include "x509/chain.h"

#include <daotp/client.h>

size_t daotp__client_server_count(const daotp_client *client);
/* The URL of a server, borrowed. */
const char *daotp__client_server_url(const daotp_client *client, size_t server);
/* From this call until daotp__client_end_probe() each run probes this server. of_tls: only the
 * connection is probed; this needs servers and anchors, and no other setting. */
void daotp__client_set_probe(daotp_client *client, size_t server, bool of_tls);
void daotp__client_end_probe(daotp_client *client);
/* The server that a run begins with. */
size_t daotp__client_first_server(const daotp_client *client);
/* Ends the current run; a preparation becomes invalid. */
void daotp__client_stop(daotp_client *client);
/* The certificates that the server sent in the handshake of the probe, leaf first, whether or
 * not they were accepted. Empty if there was no handshake, or no memory for them. */
const daotp__chain *daotp__client_probe_chain(const daotp_client *client);
/* Settings, borrowed. NULL: none. */
const daotp__chain *daotp__client_identity_chain(const daotp_client *client);
daotp_trust *daotp__client_trust(const daotp_client *client);
daotp_fetcher *daotp__client_fetcher(const daotp_client *client);
daotp_revocation daotp__client_server_revocation(const daotp_client *client);
daotp_rules daotp__client_server_rules(const daotp_client *client);
daotp_ca *daotp__client_ca(const daotp_client *client);
/* The parameters of this client's TLS connections, without the URL. */
daotp__peer daotp__client_peer(const daotp_client *client);
/* How many seconds the server's clock is ahead of the local one, by the Date of its last answer.
 * False: it sent no Date. */
bool daotp__client_server_ahead(const daotp_client *client, int64_t *seconds);

#endif
