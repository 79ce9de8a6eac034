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

enum { DAOTP__OID_TEXT = 256 }; /* room for any dotted form that is shown */

daotp__bytes daotp__oid(enum daotp__oid oid);
/* false for DAOTP__OID_COUNT, which stands for none */
bool daotp__oid_is(daotp__bytes bytes, enum daotp__oid oid);
/* The known identifier that equals bytes; DAOTP__OID_COUNT when there is none. */
enum daotp__oid daotp__oid_find(daotp__bytes bytes);
const char *daotp__oid_name(enum daotp__oid oid); /* in words */
const char *daotp__oid_dotted(enum daotp__oid oid);

/* The dotted form into text, of at least DAOTP__OID_TEXT bytes; answers text. */
const char *daotp__oid_text(daotp__bytes oid, char *text);
/* In words and dotted, or only dotted when it is not known. */
const char *daotp__oid_describe(daotp__bytes oid, char *text);
bool daotp__oid_parse(const char *dotted, daotp__buffer *der);
/* The same into a new buffer of at most so many octets, as a setter wants it: DAOTP_OK, or
 * DAOTP_USAGE or DAOTP_MEMORY with nothing to be freed. */
daotp_status daotp__oid_read(const char *dotted, size_t max, daotp__buffer *der);

#endif
