/* SPDX-License-Identifier: BSD-2-Clause */
/* Comparing names other than directory names as RFC 5280 7 has it: URIs, hosts, mailboxes. */
#ifndef DAOTP_X509_URI_MATCH_H
#define DAOTP_X509_URI_MATCH_H

#include "core/buffer.h"
#include "x509/extensions.h"

/* RFC 5280 7.4: append the normal form (RFC 3986 6.2.2, 6.2.3): scheme and host in lower case, the
 * default port left out, percent-encoding and path segments in one form. out is failed without
 * memory. */
void daotp__uri_normalize(daotp__bytes uri, daotp__buffer *out);
/* false without memory, too: then nothing is known to be equal. */
bool daotp__uri_equal(daotp__bytes a, daotp__bytes b);

/* Are two GeneralNames the same? x400Address and ediPartyName are never: nobody compares them
 * right. */
bool daotp__general_name_equal(const daotp__general_name *a, const daotp__general_name *b);
/* Is one of these GeneralNames among those? */
bool daotp__general_names_share(daotp__bytes a, daotp__bytes b);

#endif
