/* SPDX-License-Identifier: BSD-2-Clause */
/* PEM, RFC 7468: finding blocks, and writing them. */
#ifndef DAOTP_X509_PEM_H
#define DAOTP_X509_PEM_H

#include "core/buffer.h"

/* The next block with this label: its DER into out, which is cleared first. The cursor moves
 * behind it. DAOTP_REJECTED when there is none, DAOTP_PEER when it is malformed. */
daotp_status daotp__pem_next(daotp__bytes *cursor, const char *label, daotp__buffer *out);
/* Does it look like PEM at all? */
bool daotp__pem_is(daotp__bytes in);
void daotp__pem_write(daotp__buffer *out, const char *label, daotp__bytes der);

#endif
