/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius/packet.h"

#include "core/alloc.h"

#include <string.h>

void daotp__radius_attribute_write(daotp__buffer *out, uint8_t type, daotp__bytes value)
{
    uint8_t *room = daotp__buffer_room(out, value.len + 2);

    if (room == NULL)
        return;
    room[0] = type;
    room[1] = (uint8_t)(value.len + 2);
    if (value.len > 0)
        memcpy(room + 2, value.data, value.len);
    daotp__buffer_wrote(out, value.len + 2);
}

/* RFC 2865 5.2: padded with zeros to blocks of 16, at least one; each is XORed with MD5(secret,
 * the block before as it was hidden), the first with MD5(secret, Request Authenticator). */
static void write_password(const daotp__radius_request *request, daotp__buffer *out)
{
    size_t len = (request->password->len + 15) / 16 * 16;
    uint8_t hidden[DAOTP__RADIUS_MAX_PASSWORD] = {0}, digest[DAOTP__MD5_LEN];
    daotp__bytes before = {request->authenticator, DAOTP__MD5_LEN};

    len = len > 0 ? len : 16;
    if (request->password->len > 0)
        memcpy(hidden, request->password->data, request->password->len);
    for (size_t at = 0; at < len; at += 16) {
        daotp__md5(request->secret, before, digest);
        for (size_t i = 0; i < 16; i++)
            hidden[at + i] ^= digest[i];
        before = (daotp__bytes){hidden + at, 16};
    }
    daotp__radius_attribute_write(out, DAOTP__RADIUS_USER_PASSWORD, (daotp__bytes){hidden, len});
    daotp__wipe(digest, sizeof digest);
}

static void sign_request(const daotp__radius_request *request, daotp__buffer *out)
{
    daotp__bytes whole = daotp__buffer_bytes(out);
    daotp__md5_key made;

    if (request->key == NULL)
        daotp__md5_key_set(&made, request->secret);
    daotp__hmac_md5(request->key != NULL ? request->key : &made, &whole, 1,
                    out->data + DAOTP__RADIUS_HEAD + 2);
    if (request->key == NULL)
        daotp__wipe(&made, sizeof made);
}

daotp_status daotp__radius_request_write(const daotp__radius_request *request, daotp__buffer *out)
{
    static const uint8_t zeros[DAOTP__MD5_LEN];
    const uint8_t head[4] = {request->code, request->id, 0, 0};

    if (request->password != NULL && request->password->len > DAOTP__RADIUS_MAX_PASSWORD)
        return DAOTP_USAGE;
    daotp__buffer_add(out, head, sizeof head);
    daotp__buffer_add(out, request->authenticator, DAOTP__MD5_LEN);
    daotp__radius_attribute_write(out, DAOTP__RADIUS_MESSAGE_AUTHENTICATOR,
                                  (daotp__bytes){zeros, sizeof zeros});
    if (request->user_name.len > 0)
        daotp__radius_attribute_write(out, DAOTP__RADIUS_USER_NAME, request->user_name);
    if (request->state.len > 0)
        daotp__radius_attribute_write(out, DAOTP__RADIUS_STATE, request->state);
    daotp__buffer_add(out, request->attributes.data, request->attributes.len);
    if (request->password != NULL)
        write_password(request, out);
    if (out->failed != DAOTP_OK)
        return out->failed == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_USAGE;
    out->data[2] = (uint8_t)(out->len >> 8);
    out->data[3] = (uint8_t)out->len;
    sign_request(request, out);
    return DAOTP_OK;
}
