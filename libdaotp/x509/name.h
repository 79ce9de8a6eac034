/* SPDX-License-Identifier: BSD-2-Clause */
/* Converts distinguished names between DER and RFC 4514 text. */
#ifndef DAOTP_X509_NAME_H
#define DAOTP_X509_NAME_H

#include "x509/derw.h"

/* Append a Name in RFC 4514 form, last RDN first. Returns false when it is malformed. */
bool daotp__name_text(daotp__bytes name, daotp__buffer *out);
/* Copy the same text; the caller frees it with daotp__delete(). "" when the Name is malformed,
 * NULL without memory. */
char *daotp__name_copy_text(daotp__bytes name);
/* Append the DER of a Name in RFC 4514 form. Values become UTF8String, domain components
 * IA5String and countries PrintableString, as Windows writes them. Returns false when text has
 * another form. */
bool daotp__name_parse(const char *text, daotp__buffer *der);
/* Whether the Name has no RDN. */
bool daotp__name_is_empty(daotp__bytes name);

#endif
