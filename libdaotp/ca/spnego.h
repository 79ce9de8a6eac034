/* SPDX-License-Identifier: BSD-2-Clause */
/* The messages of SPNEGO (RFC 4178 4.2), as far as the mechListMIC needs them. No I/O. */
#ifndef DAOTP_CA_SPNEGO_H
#define DAOTP_CA_SPNEGO_H

#include "core/buffer.h"

/* negState of RFC 4178 4.2.2 */
enum { DAOTP__SPNEGO_ACCEPT_COMPLETED = 0, DAOTP__SPNEGO_ACCEPT_INCOMPLETE = 1 };

typedef struct daotp__spnego_response {
    unsigned state;
    daotp__bytes mic; /* mechListMIC; len is 0 when there is none */
} daotp__spnego_response;

/* The DER of the MechTypeList in the initiator's first message; each mechListMIC is made of it. */
bool daotp__spnego_read_mechanisms(daotp__bytes token, daotp__bytes *mechanisms);
/* A NegTokenResp that has a negState. */
bool daotp__spnego_read_response(daotp__bytes token, daotp__spnego_response *response);
/* A NegTokenResp of accept-completed with this mechListMIC. */
void daotp__spnego_write_mic(daotp__bytes mic, daotp__buffer *out);

#endif
