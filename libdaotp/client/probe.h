/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client as the doctor runs it: one of its servers alone, as a user who does not exist, and no
 * farther than the signature of what the OTP server returns. The stages are those of an enrolment.
 */
#ifndef DAOTP_CLIENT_PROBE_H
#define DAOTP_CLIENT_PROBE_H

#include "net/peer.h"
#include "x509/chain.h"

#include <daotp/client.h>

size_t daotp__client_server_count(const daotp_client *client);
/* The URL of a server, borrowed. */
const char *daotp__client_server_url(const daotp_client *client, size_t server);
/* From here on a run is a probe of this server, until daotp__client_end_probe(). of_tls: of the
 * connection alone; it needs servers and anchors, and no other setting. */
void daotp__client_set_probe(daotp_client *client, size_t server, bool of_tls);
void daotp__client_end_probe(daotp_client *client);
/* The server that a run begins with. */
size_t daotp__client_first_server(const daotp_client *client);
/* Ends a run that is under way; what was prepared is dropped. */
void daotp__client_stop(daotp_client *client);
/* What the server sent in the handshake of the probe, leaf first, whether or not it was taken.
 * Empty when there was no handshake, or no memory to keep it. */
const daotp__chain *daotp__client_probe_chain(const daotp_client *client);
/* Settings, borrowed. NULL: none. */
const daotp__chain *daotp__client_identity_chain(const daotp_client *client);
daotp_trust *daotp__client_trust(const daotp_client *client);
daotp_fetcher *daotp__client_fetcher(const daotp_client *client);
daotp_revocation daotp__client_server_revocation(const daotp_client *client);
daotp_rules daotp__client_server_rules(const daotp_client *client);
daotp_ca *daotp__client_ca(const daotp_client *client);
/* How this client makes TLS connections: all but the URL. */
daotp__peer daotp__client_peer(const daotp_client *client);
/* How many seconds the server's clock is ahead of ours, by the Date of its last answer. False: it
 * sent none. */
bool daotp__client_server_ahead(const daotp_client *client, int64_t *seconds);

#endif
