/* SPDX-License-Identifier: BSD-2-Clause */
/* What the bytes and the certificates of a server say about a handshake that failed. No I/O. */
#ifndef DAOTP_NET_TLS_FAULT_H
#define DAOTP_NET_TLS_FAULT_H

#include "core/report.h"
#include "x509/chain.h"

enum { DAOTP__TLS_RECORD_HEADER = 5 }; /* type, version, length (RFC 8446 5.1) */

/* Are these the first octets of a TLS record? */
bool daotp__tls_is_record(const uint8_t header[DAOTP__TLS_RECORD_HEADER]);
/* Which protocol begins so, as "HTTP" or "SMTP or FTP"; NULL: none that is known. */
const char *daotp__tls_guess_protocol(const uint8_t header[DAOTP__TLS_RECORD_HEADER]);
/* Does an issuer among the certificates look like that of a program which opens TLS on its way? The
 * name of an issuer proves nothing, so this is a guess. */
bool daotp__tls_names_inspector(const daotp__chain *sent);
/* Append who the server says it is, and who says so; nothing when it sent no certificate. */
void daotp__tls_describe_server(const daotp__chain *sent, daotp__buffer *out);
/* Append the key, or the signature algorithm, of one certificate. */
void daotp__tls_describe_key(daotp__bytes der, daotp__buffer *out);
void daotp__tls_describe_signature(daotp__bytes der, daotp__buffer *out);

#endif
