/* SPDX-License-Identifier: BSD-2-Clause */
/* RADIUS packets in a stream of bytes (RFC 6614 2.1): they stand one behind the other, and each says
 * its own length. No I/O. */
#ifndef DAOTP_RADIUS_RADSEC_FRAME_H
#define DAOTP_RADIUS_RADSEC_FRAME_H

#include "core/buffer.h"

/* How long a packet says it is; head: its first four octets. */
size_t daotp__radsec_packet_len(const uint8_t *head);
/* How many octets are missing until the packet that begins here is whole: 0 when it is. in never
 * has more than that packet. false: no packet has such a length. */
bool daotp__radsec_missing(daotp__bytes in, size_t *missing);

#endif
