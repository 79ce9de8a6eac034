/* SPDX-License-Identifier: BSD-2-Clause */
/* Connected UDP sockets: the kernel drops datagrams from other addresses. */
#ifndef DAOTP_RADIUS_UDP_H
#define DAOTP_RADIUS_UDP_H

#include "radius/packet.h"

#include <sys/uio.h>

/* How many datagrams are received, or sent, by one system call. */
enum { DAOTP__RADIUS_BATCH = 32 };

/* One more than the largest packet, so that a longer datagram is recognised. */
typedef struct daotp__radius_datagram {
    uint8_t bytes[DAOTP__RADIUS_MAX + 1];
} daotp__radius_datagram;

/* A descriptor, or -1, with errno. */
int daotp__udp_open(const char *address, uint16_t port);
/* DAOTP_OK also where the network may have lost it; DAOTP_NETWORK when there is no way to the
 * peer. */
daotp_status daotp__udp_send(int fd, daotp__bytes packet);
/* Send several packets of the same length in one call: the kernel splits them (Linux 4.18).
 * False if the kernel does not accept them, because they are too large together or for the device,
 * or because it is too old; then none was sent. */
bool daotp__udp_send_segments(int fd, struct iovec *parts, size_t count);
/* Receive up to DAOTP__RADIUS_BATCH datagrams and their lengths. Returns their number; 0: none,
 * -1: the peer refuses (ICMP port unreachable). */
int daotp__udp_receive(int fd, daotp__radius_datagram *datagrams, size_t *lens);

#endif
