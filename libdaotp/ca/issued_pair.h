/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_CA_ISSUED_PAIR_H
#define DAOTP_CA_ISSUED_PAIR_H

#include "core/buffer.h"

#include <daotp/sys/ca_transport.h>

/* A CA gives the certificate by itself, and once more with its chain; either may be empty. What can
 * be read is taken. What cannot be read is a warning where the other can, since the code was spent
 * for this answer. */
daotp_status daotp__issued_take_pair(daotp_submission *submission, daotp__bytes certificate,
                                     daotp__bytes with_chain);
/* The CA says that it refused, or did not decide, and yet gave this, which holds a certificate for
 * our key: it is taken, and what the CA said becomes a warning. */
daotp_status daotp__issued_take_beside(daotp_submission *submission, daotp__bytes in,
                                       const char *said);

#endif
