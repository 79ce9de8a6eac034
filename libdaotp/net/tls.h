/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sets up TLS for libcurl's connections and for our own streams: gives an SSL_CTX the anchors, the
 * clock and the identity, and records what happens for the report.
 */
#ifndef DAOTP_NET_TLS_H
#define DAOTP_NET_TLS_H

#include "core/report.h"
#include "x509/credential.h"
#include "x509/trust.h"

#include <openssl/types.h>

typedef struct daotp__tls daotp__tls;

/* The reason for refusing a server: a TLS-SERVER-* finding, and its text. */
typedef struct daotp__tls_verdict {
    daotp_finding_number number;
    char found[256];
} daotp__tls_verdict;

/* The input for the verification of a server. */
typedef struct daotp__tls_server {
    const char *host;
    const daotp__chain *sent; /* sent by the server, leaf first */
    const daotp__chain *path; /* built by libssl: each is signed by the next */
} daotp__tls_server;

/*
 * Verifies a server's chain after libssl has accepted it. Both must accept: libssl also checks the
 * signature of the handshake, but accepts a host name in the CN, and curves without a name. The
 * function is in validate/, which net/ may not include. Returns DAOTP_OK; DAOTP_MEMORY; any other
 * status with *verdict filled.
 */
typedef daotp_status (*daotp__tls_verify_fn)(daotp_context *context, daotp_trust *trust,
                                             const daotp__tls_server *server,
                                             daotp__tls_verdict *verdict);

/* Make the TLS settings for one peer. identity: may be NULL. The anchors are read once, here. */
daotp_status daotp__tls_new(daotp_context *context, daotp_trust *trust, daotp_credential *identity,
                            daotp__tls **tls);
void daotp__tls_free(daotp__tls *tls);
/* Set the verification function; NULL: only libssl verifies. host must outlive tls. */
void daotp__tls_set_verify(daotp__tls *tls, daotp__tls_verify_fn verify, const char *host);
/* Configure an SSL_CTX, which must not outlive tls. Returns false when libssl fails. */
bool daotp__tls_apply(daotp__tls *tls, SSL_CTX *ctx);
/* Clear what was recorded about an earlier connection. */
void daotp__tls_reset(daotp__tls *tls);

/* What was recorded: */
bool daotp__tls_was_asked(const daotp__tls *tls); /* the server requested a client certificate */
bool daotp__tls_has_sent(const daotp__tls *tls);  /* a client certificate was sent */
bool daotp__tls_is_13(const daotp__tls *tls);
/* Whether the read budget (net/tls_budget.h) is used up. Then every read of the connection
 * fails. */
bool daotp__tls_is_exhausted(const daotp__tls *tls);
/* The octets of application data that the connection has received. */
uint64_t daotp__tls_received(const daotp__tls *tls);
const daotp__chain *daotp__tls_server_chain(const daotp__tls *tls);

/* Report why a handshake, or the first read after it, failed. peer: host:port, the subject.
 * found, upstream: the error text and number of libcurl or libssl. Returns the status of the
 * finding. */
daotp_status daotp__tls_explain(const daotp__tls *tls, const char *peer, int64_t upstream,
                                const char *found, daotp_report *report);
/* If the peer refused our certificate, required one, or used up the read budget, report that and
 * return its status; else DAOTP_OK. */
daotp_status daotp__tls_explain_alert(const daotp__tls *tls, const char *peer,
                                      daotp_report *report);
/* Check an identity before anything is sent: its dates, its purpose, and whether it includes the
 * certificates between itself and a root of the trust. */
void daotp__tls_check_identity(daotp_context *context, const daotp_credential *identity,
                               daotp_trust *trust, daotp_report *report);
/* Report what the handshake shows about the identity: whether it was requested, and which
 * issuers were acceptable. */
void daotp__tls_report_identity(const daotp__tls *tls, const char *peer, daotp_report *report);

#endif
