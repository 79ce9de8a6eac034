/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/pem.h"

#include "core/base64.h"

#include <stdio.h>
#include <string.h>

static const char *find(daotp__bytes in, const char *text)
{
    return in.len > 0 ? memmem(in.data, in.len, text, strlen(text)) : NULL;
}

bool daotp__pem_is(daotp__bytes in)
{
    /* a DER structure may hold such a line, and is none the less what it is: '0' and then no text
     */
    if (in.len > 1 && in.data[0] == 0x30 && in.data[1] >= 0x80)
        return false;
    return find(in, "-----BEGIN ") != NULL;
}

daotp_status daotp__pem_next(daotp__bytes *cursor, const char *label, daotp__buffer *out)
{
    char begin[80], end[80];
    const char *from, *to;
    const uint8_t *stop = cursor->data + cursor->len;

    (void)snprintf(begin, sizeof begin, "-----BEGIN %s-----", label);
    (void)snprintf(end, sizeof end, "-----END %s-----", label);
    from = find(*cursor, begin);
    if (from == NULL)
        return DAOTP_REJECTED;
    from += strlen(begin);
    *cursor = (daotp__bytes){(const uint8_t *)from, (size_t)(stop - (const uint8_t *)from)};
    to = find(*cursor, end);
    if (to == NULL)
        return DAOTP_PEER;
    daotp__buffer_clear(out);
    if (!daotp__base64_read(from, (size_t)(to - from), out))
        return out->failed == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_PEER;
    to += strlen(end);
    *cursor = (daotp__bytes){(const uint8_t *)to, (size_t)(stop - (const uint8_t *)to)};
    return DAOTP_OK;
}

void daotp__pem_write(daotp__buffer *out, const char *label, daotp__bytes der)
{
    daotp__buffer_format(out, "-----BEGIN %s-----\n", label);
    daotp__base64_write_lines(out, der.data, der.len, 64);
    daotp__buffer_format(out, "-----END %s-----\n", label);
}
