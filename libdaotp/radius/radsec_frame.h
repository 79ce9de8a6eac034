/* SPDX-License-Identifier: BSD-2-Clause */
/* RADIUS packets in a stream of bytes (RFC 6614 2.1): they follow each other, and each contains
 * its length. No I/O. */
#ifndef DAOTP_RADIUS_RADSEC_FRAME_H
#define DAOTP_RADIUS_RADSEC_FRAME_H

#include "core/buffer.h"

/* The length that the packet states; head: its first four octets. */
size_t daotp__radsec_packet_len(const uint8_t *head);
/* How many octets are missing until the packet in `in` is complete; 0: it is complete. `in`
 * never holds octets after that packet. false: the stated length is invalid. */
bool daotp__radsec_missing(daotp__bytes in, size_t *missing);

#endif
