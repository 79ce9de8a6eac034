/* SPDX-License-Identifier: BSD-2-Clause */
/* Kerberos messages over TCP (RFC 4120 7.2.2): four octets of length stand before each. What the
 * message holds is libkrb5's to read. No I/O. */
#ifndef DAOTP_NET_KDC_FRAME_H
#define DAOTP_NET_KDC_FRAME_H

#include "core/buffer.h"

enum { DAOTP__KDC_HEAD = 4 };

/* How many octets are missing until the message is whole, its length in front included: 0 when it
 * is. false: it is longer than any is taken, empty, or sets the bit that must be zero. */
bool daotp__kdc_missing(daotp__bytes in, size_t *missing);

#endif
