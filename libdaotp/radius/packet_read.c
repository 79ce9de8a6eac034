/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius/packet.h"

#include "core/alloc.h"

#include <string.h>

bool daotp__radius_peek_id(daotp__bytes datagram, uint8_t *id)
{
    if (datagram.len < DAOTP__RADIUS_HEAD)
        return false;
    *id = datagram.data[1];
    return true;
}

bool daotp__radius_attribute_next(daotp__bytes *cursor, uint8_t *type, daotp__bytes *value)
{
    if (cursor->len < 2 || cursor->data[1] < 2 || cursor->data[1] > cursor->len)
        return false;
    *type = cursor->data[0];
    *value = (daotp__bytes){cursor->data + 2, (size_t)cursor->data[1] - 2};
    cursor->data += value->len + 2;
    cursor->len -= value->len + 2;
    return true;
}

/* What the walk over the attributes finds. */
typedef struct walk {
    const uint8_t *signature; /* the value of the one Message-Authenticator */
    bool signature_first, has_eap;
} walk;

/* RFC 2865 5, RFC 3579 3.2: types and lengths, at most one Message-Authenticator and one State. */
static bool walk_attributes(daotp__radius_reply *reply, walk *found)
{
    daotp__bytes cursor = reply->attributes, value;
    unsigned count = 0;
    uint8_t type;

    while (cursor.len > 0) {
        if (!daotp__radius_attribute_next(&cursor, &type, &value) || type == 0 ||
            ++count > DAOTP__RADIUS_MAX_ATTRIBUTES)
            return false;
        if (type == DAOTP__RADIUS_MESSAGE_AUTHENTICATOR) {
            if (value.len != DAOTP__MD5_LEN || found->signature != NULL)
                return false;
            found->signature = value.data;
            found->signature_first = count == 1;
        } else if (type == DAOTP__RADIUS_STATE) {
            if (value.len == 0 || reply->state.data != NULL)
                return false;
            reply->state = value;
        } else if (type == DAOTP__RADIUS_EAP_MESSAGE) {
            found->has_eap = true;
        } else if (type == DAOTP__RADIUS_PROMPT && value.len == 4) {
            reply->prompt_is_echo = memcmp(value.data, "\0\0\0\1", 4) == 0; /* RFC 2869 5.10 */
        }
    }
    return true;
}

static bool is_expected_code(uint8_t code, bool to_status_server)
{
    if (to_status_server) /* RFC 5997 4.2: be liberal in which answer shows life */
        return code == 2 || code == 3 || code == 5 || code == 11;
    return code == DAOTP__RADIUS_ACCESS_ACCEPT || code == DAOTP__RADIUS_ACCESS_REJECT ||
           code == DAOTP__RADIUS_ACCESS_CHALLENGE;
}

/* RFC 2865 3: MD5(code, id, length, Request Authenticator, attributes, secret) */
static bool authenticator_fits(daotp__bytes packet, const uint8_t *request_authenticator,
                               daotp__bytes secret)
{
    uint8_t image[DAOTP__RADIUS_MAX], digest[DAOTP__MD5_LEN];

    memcpy(image, packet.data, packet.len);
    memcpy(image + 4, request_authenticator, DAOTP__MD5_LEN);
    daotp__md5((daotp__bytes){image, packet.len}, secret, digest);
    return daotp__md5_equal(digest, packet.data + 4);
}

/* RFC 3579 3.2: HMAC-MD5 over the packet with the Request Authenticator in its head and zeros in
 * the attribute's value. */
static bool signature_fits(daotp__bytes packet, const uint8_t *request_authenticator,
                           const daotp__md5_key *key, const uint8_t *signature)
{
    static const uint8_t zeros[DAOTP__MD5_LEN];
    const uint8_t *end = packet.data + packet.len, *behind = signature + DAOTP__MD5_LEN;
    const uint8_t *attributes = packet.data + DAOTP__RADIUS_HEAD;
    daotp__bytes parts[] = {{packet.data, 4},
                            {request_authenticator, DAOTP__MD5_LEN},
                            {attributes, (size_t)(signature - attributes)},
                            {zeros, sizeof zeros},
                            {behind, (size_t)(end - behind)}};
    uint8_t digest[DAOTP__MD5_LEN];

    daotp__hmac_md5(key, parts, sizeof parts / sizeof parts[0], digest);
    return daotp__md5_equal(digest, signature);
}

static daotp__radius_verdict
check_message_authenticator(daotp__bytes packet, const uint8_t *authenticator,
                            const daotp__md5_key *key, daotp__radius_policy policy,
                            const walk *found, daotp__radius_reply *reply)
{
    bool required =
        policy == DAOTP__RADIUS_REQUIRE || policy == DAOTP__RADIUS_FIRST || found->has_eap;

    if (found->signature == NULL)
        return required ? DAOTP__RADIUS_UNSIGNED : DAOTP__RADIUS_GOOD;
    if (!signature_fits(packet, authenticator, key, found->signature))
        return DAOTP__RADIUS_BAD_SIGNATURE;
    reply->is_signed = true;
    return policy == DAOTP__RADIUS_FIRST && !found->signature_first ? DAOTP__RADIUS_NOT_FIRST
                                                                    : DAOTP__RADIUS_GOOD;
}

daotp__radius_verdict daotp__radius_reply_read_keyed(daotp__bytes datagram, bool to_status_server,
                                                     const uint8_t *request_authenticator,
                                                     daotp__bytes secret, const daotp__md5_key *key,
                                                     daotp__radius_policy policy,
                                                     daotp__radius_reply *reply)
{
    walk found = {.signature = NULL};
    daotp__bytes packet = datagram;

    *reply = (daotp__radius_reply){.code = 0};
    if (datagram.len < DAOTP__RADIUS_HEAD)
        return DAOTP__RADIUS_BAD_LENGTH;
    packet.len = (size_t)datagram.data[2] << 8 | datagram.data[3];
    if (packet.len < DAOTP__RADIUS_HEAD || packet.len > DAOTP__RADIUS_MAX ||
        packet.len > datagram.len)
        return DAOTP__RADIUS_BAD_LENGTH; /* more than it says is padding, RFC 2865 3 */
    reply->code = packet.data[0];
    reply->id = packet.data[1];
    if (!is_expected_code(reply->code, to_status_server))
        return DAOTP__RADIUS_BAD_CODE;
    reply->attributes =
        (daotp__bytes){packet.data + DAOTP__RADIUS_HEAD, packet.len - DAOTP__RADIUS_HEAD};
    if (!walk_attributes(reply, &found))
        return DAOTP__RADIUS_BAD_ATTRIBUTES;
    if (!authenticator_fits(packet, request_authenticator, secret))
        return DAOTP__RADIUS_BAD_AUTHENTICATOR;
    return check_message_authenticator(packet, request_authenticator, key, policy, &found, reply);
}

daotp__radius_verdict daotp__radius_reply_read(daotp__bytes datagram, bool to_status_server,
                                               const uint8_t *request_authenticator,
                                               daotp__bytes secret, daotp__radius_policy policy,
                                               daotp__radius_reply *reply)
{
    daotp__radius_verdict verdict;
    daotp__md5_key key;

    daotp__md5_key_set(&key, secret);
    verdict = daotp__radius_reply_read_keyed(datagram, to_status_server, request_authenticator,
                                             secret, &key, policy, reply);
    daotp__wipe(&key, sizeof key);
    return verdict;
}
