/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/kdc_frame.h"

#include "core/limits.h"

bool daotp__kdc_missing(daotp__bytes in, size_t *missing)
{
    const uint8_t *n = in.data;
    size_t len;

    *missing = DAOTP__KDC_HEAD - in.len;
    if (in.len < DAOTP__KDC_HEAD)
        return true;
    len = (size_t)n[0] << 24 | (size_t)n[1] << 16 | (size_t)n[2] << 8 | n[3];
    if (len == 0 || len > DAOTP__MAX_KDC_MESSAGE - DAOTP__KDC_HEAD ||
        in.len - DAOTP__KDC_HEAD > len)
        return false;
    *missing = len - (in.len - DAOTP__KDC_HEAD);
    return true;
}
