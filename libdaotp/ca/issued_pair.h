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

#endif
