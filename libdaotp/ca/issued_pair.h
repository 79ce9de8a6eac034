/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_CA_ISSUED_PAIR_H
#define DAOTP_CA_ISSUED_PAIR_H

#include "core/buffer.h"

#include <daotp/sys/ca_transport.h>

/* Take the two forms in which a CA returns the certificate: alone, and with its chain; either
 * may be empty. If only one can be read, that one is used and the other becomes a warning,
 * because the code was used up for this answer. */
daotp_status daotp__issued_take_pair(daotp_submission *submission, daotp__bytes certificate,
                                     daotp__bytes with_chain);
/* Take a certificate for our key from a response in which the CA says that it refused, or did
 * not decide. said: the CA's text, which becomes a warning. */
daotp_status daotp__issued_take_beside(daotp_submission *submission, daotp__bytes in,
                                       const char *said);

#endif
