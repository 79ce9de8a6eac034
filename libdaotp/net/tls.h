/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What TLS needs of us, for libcurl's connections and for our own streams alike: an SSL_CTX is
 * given anchors, clock and identity, and what happens is noted for the report.
 */
#ifndef DAOTP_NET_TLS_H
#define DAOTP_NET_TLS_H

#include "core/report.h"
#include "x509/credential.h"
#include "x509/trust.h"

#include <openssl/types.h>

typedef struct daotp__tls daotp__tls;

/* Why a server is refused: a TLS-SERVER-* finding, and what was found. */
typedef struct daotp__tls_verdict {
    daotp_finding_number number;
    char found[256];
} daotp__tls_verdict;

/* A server as its judge sees it. */
typedef struct daotp__tls_server {
    const char *host;
    const daotp__chain *sent; /* by the server, leaf first */
    const daotp__chain *path; /* as libssl built it: each is signed by the next */
} daotp__tls_server;

/*
 * Judges a server's chain after libssl has: libssl's judgement is kept as a floor, for
 * it sees what was signed in the handshake too, but it takes a host name from the CN, and curves
 * that have no name. The validator does this; net/ stands below it. DAOTP_OK, or anything else with
 * the verdict filled in; DAOTP_MEMORY.
 */
typedef daotp_status (*daotp__tls_verify_fn)(daotp_context *context, daotp_trust *trust,
                                             const daotp__tls_server *server,
                                             daotp__tls_verdict *verdict);

/* TLS as one peer sees it. identity may be NULL. The anchors are read here, once. */
daotp_status daotp__tls_new(daotp_context *context, daotp_trust *trust, daotp_credential *identity,
                            daotp__tls **tls);
void daotp__tls_free(daotp__tls *tls);
/* NULL: libssl judges alone. The host must outlive tls. */
void daotp__tls_set_verify(daotp__tls *tls, daotp__tls_verify_fn verify, const char *host);
/* Make a context ready; answers false when libssl fails. It must not outlive tls. */
bool daotp__tls_apply(daotp__tls *tls, SSL_CTX *ctx);
/* Forget what was noted of an earlier connection. */
void daotp__tls_reset(daotp__tls *tls);

/* What was noted. */
bool daotp__tls_was_asked(const daotp__tls *tls); /* for a client certificate */
bool daotp__tls_has_sent(const daotp__tls *tls);  /* one */
bool daotp__tls_is_13(const daotp__tls *tls);
/* Is the read budget (net/tls_budget.h) used up? Then every read of the connection fails. */
bool daotp__tls_is_exhausted(const daotp__tls *tls);
/* Bytes of application data that the connection has received. */
uint64_t daotp__tls_received(const daotp__tls *tls);
const daotp__chain *daotp__tls_server_chain(const daotp__tls *tls);

/* The finding for a handshake, or a first read, that failed; peer is host:port. found and
 * upstream are the adapter's own words and number. */
daotp_status daotp__tls_explain(const daotp__tls *tls, const char *peer, int64_t upstream,
                                const char *found, daotp_report *report);
/* Did the peer refuse our certificate, miss one, or use up the read budget? Then that finding; else
 * DAOTP_OK. */
daotp_status daotp__tls_explain_alert(const daotp__tls *tls, const char *peer,
                                      daotp_report *report);
/* What the files alone say of an identity, before anything is sent: dates, purpose, and whether it
 * comes with the certificates between itself and a root of the trust. */
void daotp__tls_check_identity(daotp_context *context, const daotp_credential *identity,
                               daotp_trust *trust, daotp_report *report);
/* What the handshake says of it: was it asked for, and of which issuers. */
void daotp__tls_report_identity(const daotp__tls *tls, const char *peer, daotp_report *report);

#endif
