/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the reason for a failed handshake in the octets and certificates that the server sent.
 * No I/O. */
#ifndef DAOTP_NET_TLS_FAULT_H
#define DAOTP_NET_TLS_FAULT_H

#include "core/report.h"
#include "x509/chain.h"

enum { DAOTP__TLS_RECORD_HEADER = 5 }; /* type, version, length (RFC 8446 5.1) */

/* Whether these are the first octets of a TLS record. */
bool daotp__tls_is_record(const uint8_t header[DAOTP__TLS_RECORD_HEADER]);
/* The protocol that begins with these octets, "HTTP" or "SMTP or FTP", for example; NULL:
 * unknown. */
const char *daotp__tls_guess_protocol(const uint8_t header[DAOTP__TLS_RECORD_HEADER]);
/* Whether the name of an issuer looks like that of a TLS-inspecting proxy. A name proves
 * nothing, so this is a guess. */
bool daotp__tls_names_inspector(const daotp__chain *sent);
/* Append subject and issuer of the server's certificate; nothing if it sent none. */
void daotp__tls_describe_server(const daotp__chain *sent, daotp__buffer *out);
/* Append the public key, or the signature algorithm, of a certificate. */
void daotp__tls_describe_key(daotp__bytes der, daotp__buffer *out);
void daotp__tls_describe_signature(daotp__bytes der, daotp__buffer *out);

#endif
