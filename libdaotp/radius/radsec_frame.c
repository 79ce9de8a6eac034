/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius/radsec_frame.h"

#include "radius/packet.h"

enum { HEAD_WITH_LENGTH = 4 };

size_t daotp__radsec_packet_len(const uint8_t *head)
{
    return (size_t)head[2] << 8 | head[3];
}

bool daotp__radsec_missing(daotp__bytes in, size_t *missing)
{
    size_t len;

    *missing = HEAD_WITH_LENGTH - in.len;
    if (in.len < HEAD_WITH_LENGTH)
        return true;
    len = daotp__radsec_packet_len(in.data);
    if (len < DAOTP__RADIUS_HEAD || len > DAOTP__RADIUS_MAX || in.len > len)
        return false;
    *missing = len - in.len;
    return true;
}
