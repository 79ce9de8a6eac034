/* SPDX-License-Identifier: BSD-2-Clause */
/* Object identifiers, as the content octets of their DER. */
#ifndef DAOTP_X509_OID_H
#define DAOTP_X509_OID_H

#include "core/buffer.h"

enum daotp__oid {
#define ROW(name, dotted, text, der) DAOTP__OID_##name,
#include "x509/oid.def"
#undef ROW
    DAOTP__OID_COUNT
};

enum { DAOTP__OID_TEXT = 256 }; /* octets for the longest dotted form that is shown */

daotp__bytes daotp__oid(enum daotp__oid oid);
/* Whether bytes are this OID; false for DAOTP__OID_COUNT, which means "no OID". */
bool daotp__oid_is(daotp__bytes bytes, enum daotp__oid oid);
/* The known identifier that equals bytes; DAOTP__OID_COUNT when there is none. */
enum daotp__oid daotp__oid_find(daotp__bytes bytes);
const char *daotp__oid_name(enum daotp__oid oid); /* "subject key identifier" */
const char *daotp__oid_dotted(enum daotp__oid oid);

/* Write the dotted form into text, which has room for DAOTP__OID_TEXT octets. Returns text. */
const char *daotp__oid_text(daotp__bytes oid, char *text);
/* The same with the name in words first, if the OID is known. */
const char *daotp__oid_describe(daotp__bytes oid, char *text);
bool daotp__oid_parse(const char *dotted, daotp__buffer *der);
/* Parse a dotted OID into a buffer that this call initializes with the size max. DAOTP_OK, and
 * the caller frees the buffer; DAOTP_USAGE or DAOTP_MEMORY, and there is nothing to free. */
daotp_status daotp__oid_read(const char *dotted, size_t max, daotp__buffer *der);

#endif
