/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes DER into a buffer. A constructed item is begun and ended; its length is inserted at the
 * end. A failure is kept in the buffer (out->failed), so it can be checked once after the last
 * write. */
#ifndef DAOTP_X509_DERW_H
#define DAOTP_X509_DERW_H

#include "x509/der.h"

size_t daotp__derw_begin(daotp__buffer *out,
                         uint8_t tag); /* returns the mark for daotp__derw_end() */
void daotp__derw_end(daotp__buffer *out, size_t mark);

void daotp__derw_item(daotp__buffer *out, uint8_t tag, const void *content, size_t len);
void daotp__derw_text(daotp__buffer *out, uint8_t tag, const char *text);
void daotp__derw_raw(daotp__buffer *out, daotp__bytes der); /* bytes that are DER already */
void daotp__derw_oid(daotp__buffer *out, daotp__bytes oid);
void daotp__derw_unsigned(daotp__buffer *out, uint32_t value);
void daotp__derw_bits(daotp__buffer *out, daotp__bytes bits, unsigned unused);
void daotp__derw_null(daotp__buffer *out);

#endif
