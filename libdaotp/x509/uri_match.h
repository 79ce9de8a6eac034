/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares URIs, host names and mailboxes as RFC 5280 7 requires. For directory names see
 * x509/name_match.h. */
#ifndef DAOTP_X509_URI_MATCH_H
#define DAOTP_X509_URI_MATCH_H

#include "core/buffer.h"
#include "x509/extensions.h"

/* Append the normal form of a URI (RFC 5280 7.4, RFC 3986 6.2.2 and 6.2.3): scheme and host in
 * lower case, no default port, normalized percent-encoding and path segments. */
void daotp__uri_normalize(daotp__bytes uri, daotp__buffer *out);
/* Whether the normal forms of two URIs are equal. Also false without memory. */
bool daotp__uri_equal(daotp__bytes a, daotp__bytes b);

/* Whether two GeneralNames are equal. An x400Address or ediPartyName never is: there is no
 * agreed comparison. */
bool daotp__general_name_equal(const daotp__general_name *a, const daotp__general_name *b);
/* Whether any GeneralName of a equals one of b. */
bool daotp__general_names_share(daotp__bytes a, daotp__bytes b);

#endif
