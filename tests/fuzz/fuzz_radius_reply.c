/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RADIUS replies, from anybody. The first octet says how a client is set, and whether the rest is a
 * datagram as it stands, or a code and attributes that the harness signs, so that all checks behind
 * the signature are reached. The verdict must be that of a model on OpenSSL's digests, and what
 * nobody signed never counts.
 */
#include "fuzz.h"

#include "radius/packet.h"
#include "radius_peer.h"

enum { FLAG_STATUS = 1, POLICY_SHIFT = 1, FLAG_SIGNED = 8, PLACE_SHIFT = 4, FLAG_PADDED = 64 };

static const uint8_t secret[] = "fuzz\0secret";
static const uint8_t authenticator[] = {'o', 'f', ' ', 't', 'h', 'e', ' ', 'r',
                                        'e', 'q', 'u', 'e', 's', 't', '.', '.'};
static const radius_peer_bytes key = {secret, sizeof secret - 1};

/* ---- the model ------------------------------------------------------------------------------- */

typedef struct model {
    bool well_formed, has_eap, signature_first;
    const uint8_t *signature, *state;
    size_t state_len;
} model;

static model take_apart(const uint8_t *packet, size_t len)
{
    model m = {.well_formed = true};
    size_t at = 20, count = 0, states = 0, signatures = 0;

    while (at < len && m.well_formed) {
        uint8_t type = packet[at], size = at + 1 < len ? packet[at + 1] : 0;

        m.well_formed = size >= 2 && at + size <= len && type != 0 && ++count <= 200;
        if (!m.well_formed)
            break;
        m.has_eap |= type == 79;
        if (type == 24) {
            m.state = packet + at + 2;
            m.state_len = size - 2u;
            m.well_formed = size > 2 && ++states == 1;
        } else if (type == 80) {
            m.signature = packet + at + 2;
            m.signature_first = count == 1;
            m.well_formed = size == 18 && ++signatures == 1;
        }
        at += size;
    }
    return m;
}

/* Not by memcmp(), which would tell the fuzzer the digest that it has to find. */
static bool digests_are_equal(const uint8_t *a, const uint8_t *b)
{
    unsigned differing = 0;

    for (size_t i = 0; i < 16; i++)
        differing |= a[i] ^ b[i];
    return differing == 0;
}

static bool authenticator_is_right(const uint8_t *packet, size_t len)
{
    uint8_t image[RADIUS_PEER_ROOM], digest[16];

    memcpy(image, packet, len);
    memcpy(image + 4, authenticator, 16);
    memcpy(image + len, key.data, key.len);
    radius_peer_md5(image, len + key.len, digest);
    return digests_are_equal(digest, packet + 4);
}

static bool signature_is_right(const uint8_t *packet, size_t len, const uint8_t *signature)
{
    uint8_t image[RADIUS_PEER_ROOM], digest[16];

    memcpy(image, packet, len);
    memcpy(image + 4, authenticator, 16);
    memset(image + (signature - packet), 0, 16);
    radius_peer_hmac(key, image, len, digest);
    return digests_are_equal(digest, signature);
}

static daotp__radius_verdict expected(daotp__bytes datagram, bool to_status,
                                      daotp__radius_policy policy, model *m)
{
    const uint8_t *p = datagram.data;
    size_t len = datagram.len < 20 ? 0 : (size_t)p[2] << 8 | p[3];
    bool required = policy == DAOTP__RADIUS_REQUIRE || policy == DAOTP__RADIUS_FIRST;

    *m = (model){.well_formed = false};
    if (len < 20 || len > 4096 || len > datagram.len)
        return DAOTP__RADIUS_BAD_LENGTH;
    if (p[0] != 2 && p[0] != 3 && p[0] != 11 && (p[0] != 5 || !to_status))
        return DAOTP__RADIUS_BAD_CODE;
    *m = take_apart(p, len);
    if (!m->well_formed)
        return DAOTP__RADIUS_BAD_ATTRIBUTES;
    if (!authenticator_is_right(p, len))
        return DAOTP__RADIUS_BAD_AUTHENTICATOR;
    if (m->signature == NULL)
        return required || m->has_eap ? DAOTP__RADIUS_UNSIGNED : DAOTP__RADIUS_GOOD;
    if (!signature_is_right(p, len, m->signature))
        return DAOTP__RADIUS_BAD_SIGNATURE;
    return policy == DAOTP__RADIUS_FIRST && !m->signature_first ? DAOTP__RADIUS_NOT_FIRST
                                                                : DAOTP__RADIUS_GOOD;
}

/* ---- the library ----------------------------------------------------------------------------- */

static void check_reply(const daotp__radius_reply *reply, const model *m)
{
    daotp__bytes cursor = reply->attributes, value;
    size_t at = 0;
    uint8_t type;

    HOLDS(reply->is_signed == (m->signature != NULL));
    HOLDS(reply->state.data == m->state && reply->state.len == m->state_len);
    while (daotp__radius_attribute_next(&cursor, &type, &value)) {
        HOLDS(type == reply->attributes.data[at]);
        HOLDS(value.data == reply->attributes.data + at + 2);
        at += value.len + 2;
    }
    HOLDS(at == reply->attributes.len && cursor.len == 0);
}

static void check(daotp__bytes datagram, uint8_t flags, bool may_be_good)
{
    daotp__radius_policy policy = (daotp__radius_policy)(1 + (flags >> POLICY_SHIFT & 3));
    bool to_status = (flags & FLAG_STATUS) != 0;
    daotp__radius_reply reply;
    daotp__radius_verdict verdict;
    uint8_t id = 0;
    model m;

    HOLDS(daotp__radius_peek_id(datagram, &id) == (datagram.len >= 20));
    verdict = daotp__radius_reply_read(datagram, to_status, authenticator,
                                       (daotp__bytes){key.data, key.len}, policy, &reply);
    HOLDS(verdict == expected(datagram, to_status, policy, &m));
    HOLDS(verdict != DAOTP__RADIUS_GOOD || may_be_good);
    if (verdict == DAOTP__RADIUS_GOOD) {
        HOLDS(reply.code == datagram.data[0] && reply.id == id);
        check_reply(&reply, &m);
    }
}

/* Signed by the harness, in a block of its own size. */
static void check_signed(uint8_t flags, uint8_t code, const uint8_t *attributes, size_t len)
{
    static uint8_t out[RADIUS_PEER_ROOM];
    radius_peer_reply reply = {.code = code,
                               .id = 7,
                               .authenticator = authenticator,
                               .secret = key,
                               .attributes = {attributes, len},
                               .place = (radius_peer_place)((flags >> PLACE_SHIFT & 3) % 3)};
    size_t written = radius_peer_write(&reply, out), padded = (flags & FLAG_PADDED) != 0 ? 9 : 0;
    uint8_t *datagram = malloc(written + padded);

    memset(datagram, 0, written + padded);
    memcpy(datagram, out, written);
    check((daotp__bytes){datagram, written + padded}, flags, true);
    free(datagram);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 5000)
        return 0;
    if ((data[0] & FLAG_SIGNED) == 0)
        check((daotp__bytes){data + 1, size - 1}, data[0], false);
    else if (size >= 2)
        check_signed(data[0], data[1], data + 2, size - 2);
    return 0;
}
