/* SPDX-License-Identifier: BSD-2-Clause */
/* Distinguished names: between DER, RFC 4514 text, and each other. */
#ifndef DAOTP_X509_NAME_H
#define DAOTP_X509_NAME_H

#include "x509/derw.h"

/* Append a whole Name in RFC 4514 form, leaf first. false when it is malformed. */
bool daotp__name_text(daotp__bytes name, daotp__buffer *out);
/* The same text, to be freed with daotp__delete(); "" when it is malformed, NULL without memory. */
char *daotp__name_copy_text(daotp__bytes name);
/* Append the DER of a Name written so. Values are UTF8String, domain components IA5String,
 * countries PrintableString, as Windows writes them. false when it is not such a name. */
bool daotp__name_parse(const char *text, daotp__buffer *der);
/* Is it the empty sequence? */
bool daotp__name_is_empty(daotp__bytes name);

#endif
