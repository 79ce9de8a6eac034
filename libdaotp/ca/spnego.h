/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the SPNEGO messages (RFC 4178 4.2) that are needed for the mechListMIC. No I/O. */
#ifndef DAOTP_CA_SPNEGO_H
#define DAOTP_CA_SPNEGO_H

#include "core/buffer.h"

/* negState of RFC 4178 4.2.2 */
enum { DAOTP__SPNEGO_ACCEPT_COMPLETED = 0, DAOTP__SPNEGO_ACCEPT_INCOMPLETE = 1 };

typedef struct daotp__spnego_response {
    unsigned state;
    daotp__bytes mic; /* mechListMIC; empty: absent */
} daotp__spnego_response;

/* Find the DER of the MechTypeList in the initiator's first message. Every mechListMIC is
 * computed over it. */
bool daotp__spnego_read_mechanisms(daotp__bytes token, daotp__bytes *mechanisms);
/* Read a NegTokenResp that has a negState. */
bool daotp__spnego_read_response(daotp__bytes token, daotp__spnego_response *response);
/* Write a NegTokenResp with accept-completed and this mechListMIC. */
void daotp__spnego_write_mic(daotp__bytes mic, daotp__buffer *out);

#endif
