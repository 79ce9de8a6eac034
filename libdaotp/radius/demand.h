/* SPDX-License-Identifier: BSD-2-Clause */
/* What a RADIUS server most likely wants of the user, or rejects him for, beside the code of its
 * reply: no attribute says so in a form for programs, but for those of Microsoft and RSA. */
#ifndef DAOTP_RADIUS_DEMAND_H
#define DAOTP_RADIUS_DEMAND_H

#include "radius/packet.h"

#include <daotp/catalogue.h>

/* The finding for it; DAOTP_FINDING_NONE when nothing in the reply tells. text: the Reply-Messages
 * as daotp__radius_message_read() gives them. Of a reject only why it is one is read: a message
 * that speaks of codes does not ask for another. */
daotp_finding_number daotp__radius_demand_find(const daotp__radius_reply *reply, const char *text);
/* The number in MS-CHAP-Error (RFC 2548 2.1.5), 691 for one; 0 when there is none. */
unsigned daotp__radius_chap_error(daotp__bytes attributes);
/* What RFC 2433 7 calls it; "" for a number that it does not have. */
const char *daotp__radius_chap_error_name(unsigned number);

#endif
