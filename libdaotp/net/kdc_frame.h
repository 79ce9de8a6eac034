/* SPDX-License-Identifier: BSD-2-Clause */
/* The framing of Kerberos messages over TCP (RFC 4120 7.2.2): four octets with the length before
 * each message. No I/O. */
#ifndef DAOTP_NET_KDC_FRAME_H
#define DAOTP_NET_KDC_FRAME_H

#include "core/buffer.h"

enum { DAOTP__KDC_HEAD = 4 };

/* The number of octets that are missing until the message with its length is complete; 0 if it
 * is. Returns false when the message is empty or larger than the limit, or the bit that must be
 * zero is set. */
bool daotp__kdc_missing(daotp__bytes in, size_t *missing);

#endif
