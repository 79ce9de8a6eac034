/* SPDX-License-Identifier: BSD-2-Clause */
/* RADIUS packets (RFC 2865, RFC 3579, RFC 5997): written and signed, read and verified. Bytes in,
 * bytes out. */
#ifndef DAOTP_RADIUS_PACKET_H
#define DAOTP_RADIUS_PACKET_H

#include "radius/md5.h"

enum {
    DAOTP__RADIUS_ACCESS_REQUEST = 1,
    DAOTP__RADIUS_ACCESS_ACCEPT = 2,
    DAOTP__RADIUS_ACCESS_REJECT = 3,
    DAOTP__RADIUS_ACCESS_CHALLENGE = 11,
    DAOTP__RADIUS_STATUS_SERVER = 12,

    DAOTP__RADIUS_USER_NAME = 1,
    DAOTP__RADIUS_USER_PASSWORD = 2,
    DAOTP__RADIUS_REPLY_MESSAGE = 18,
    DAOTP__RADIUS_STATE = 24,
    DAOTP__RADIUS_VENDOR_SPECIFIC = 26,
    DAOTP__RADIUS_NAS_IDENTIFIER = 32,
    DAOTP__RADIUS_PROMPT = 76,
    DAOTP__RADIUS_EAP_MESSAGE = 79,
    DAOTP__RADIUS_MESSAGE_AUTHENTICATOR = 80,

    DAOTP__RADIUS_HEAD = 20,
    DAOTP__RADIUS_MAX = 4096,
    DAOTP__RADIUS_MAX_VALUE = 253,
    DAOTP__RADIUS_MAX_PASSWORD = 128,
    DAOTP__RADIUS_MAX_ATTRIBUTES = 200
};

/* ---- writing --------------------------------------------------------------------------------- */

typedef struct daotp__radius_request {
    uint8_t code, id;
    uint8_t authenticator[DAOTP__MD5_LEN];
    daotp__bytes user_name;       /* empty: left out */
    const daotp__bytes *password; /* NULL: left out; an empty one becomes 16 hidden zero octets */
    daotp__bytes state;           /* empty: left out */
    daotp__bytes attributes;      /* ready-made ones */
    daotp__bytes secret;
    const daotp__md5_key *key; /* made from the secret; NULL: it is made for this call */
} daotp__radius_request;

/* Append one attribute; the value fits DAOTP__RADIUS_MAX_VALUE. */
void daotp__radius_attribute_write(daotp__buffer *out, uint8_t type, daotp__bytes value);
/* Write and sign a packet into a buffer of DAOTP__RADIUS_MAX, Message-Authenticator first. */
daotp_status daotp__radius_request_write(const daotp__radius_request *request, daotp__buffer *out);

/* ---- reading --------------------------------------------------------------------------------- */

typedef enum daotp__radius_policy {
    DAOTP__RADIUS_REQUIRE = 1, /* as the public enumerator */
    DAOTP__RADIUS_AUTO,
    DAOTP__RADIUS_OPTIONAL,
    DAOTP__RADIUS_FIRST
} daotp__radius_policy;

/* Why a datagram is discarded. It is counted, and has no other effect. */
typedef enum daotp__radius_verdict {
    DAOTP__RADIUS_GOOD,
    DAOTP__RADIUS_BAD_LENGTH,
    DAOTP__RADIUS_BAD_CODE,
    DAOTP__RADIUS_BAD_ATTRIBUTES,
    DAOTP__RADIUS_BAD_AUTHENTICATOR,
    DAOTP__RADIUS_BAD_SIGNATURE, /* a Message-Authenticator that does not verify */
    DAOTP__RADIUS_UNSIGNED,      /* no Message-Authenticator, although one is required */
    DAOTP__RADIUS_NOT_FIRST,     /* a Message-Authenticator that verifies but is not the first
                                    attribute, although it must be */
    DAOTP__RADIUS_UNEXPECTED,    /* no exchange waits for this identifier */
    DAOTP__RADIUS_VERDICTS
} daotp__radius_verdict;

typedef struct daotp__radius_reply {
    uint8_t code, id;
    daotp__bytes attributes;
    daotp__bytes state; /* data is NULL if there is none */
    bool is_signed;     /* it has a Message-Authenticator that verified */
    bool prompt_is_echo;
} daotp__radius_reply;

/* The identifier of a datagram that is long enough to have one. */
bool daotp__radius_peek_id(daotp__bytes datagram, uint8_t *id);
/* Whether this datagram is a valid reply to that request. The checks are in the order of their
 * cost. */
daotp__radius_verdict daotp__radius_reply_read(daotp__bytes datagram, bool to_status_server,
                                               const uint8_t *request_authenticator,
                                               daotp__bytes secret, daotp__radius_policy policy,
                                               daotp__radius_reply *reply);
/* The same with a key that was made from the secret before. */
daotp__radius_verdict daotp__radius_reply_read_keyed(daotp__bytes datagram, bool to_status_server,
                                                     const uint8_t *request_authenticator,
                                                     daotp__bytes secret, const daotp__md5_key *key,
                                                     daotp__radius_policy policy,
                                                     daotp__radius_reply *reply);
/* The next attribute of a well-formed list; false at its end. */
bool daotp__radius_attribute_next(daotp__bytes *cursor, uint8_t *type, daotp__bytes *value);

#endif
