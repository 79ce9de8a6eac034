/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RADIUS as the other side speaks it (RFC 2865, RFC 3579), on OpenSSL's MD5, so that nothing is
 * shared with the library: replies made as wanted, right or wrong, requests taken apart, and a
 * responder in a process of its own.
 */
#ifndef RADIUS_PEER_H
#define RADIUS_PEER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RADIUS_PEER_ROOM = 8192, RADIUS_PEER_HEAD = 20, RADIUS_PEER_DIGEST = 16 };

typedef struct radius_peer_bytes {
    const uint8_t *data;
    size_t len;
} radius_peer_bytes;

/* ---- digests --------------------------------------------------------------------------------- */

void radius_peer_md5(const uint8_t *bytes, size_t len, uint8_t *digest);

void radius_peer_hmac(radius_peer_bytes key, const uint8_t *bytes, size_t len, uint8_t *digest);

/* ---- replies --------------------------------------------------------------------------------- */

typedef enum radius_peer_place {
    RADIUS_PEER_FIRST, /* where the Message-Authenticator stands */
    RADIUS_PEER_LAST,
    RADIUS_PEER_NOWHERE
} radius_peer_place;

typedef struct radius_peer_reply {
    uint8_t code, id;
    const uint8_t *authenticator; /* the request's */
    radius_peer_bytes secret, attributes;
    radius_peer_place place;
    uint16_t length;           /* what the head says; 0: the truth */
    const uint8_t *signed_for; /* the authenticator under the signature; NULL: the request's */
    bool flip;                 /* one bit of the Message-Authenticator */
    const uint8_t *instead;    /* in the place of the Response Authenticator; NULL: the truth */
} radius_peer_reply;

/* The reply's octets in out, of RADIUS_PEER_ROOM; how many. */
size_t radius_peer_write(const radius_peer_reply *reply, uint8_t *out);

/* ---- requests -------------------------------------------------------------------------------- */

/* The index-th attribute of a type in a well-formed packet; data is NULL when there is none. */
radius_peer_bytes radius_peer_find(radius_peer_bytes packet, uint8_t type, size_t index);

/* Do the attributes fill the packet, which is as long as it says? */
bool radius_peer_is_whole(radius_peer_bytes packet);

/* Is the first attribute a Message-Authenticator that is right (RFC 3579 3.2)? */
bool radius_peer_is_signed(radius_peer_bytes packet, radius_peer_bytes secret);

/* RFC 2865 5.2 backwards: the password with its padding; how long it is, 0 when there is none. */
size_t radius_peer_reveal(radius_peer_bytes packet, radius_peer_bytes secret, uint8_t *password);

/* ---- a responder in a process of its own -------------------------------------------------------
 */

typedef struct radius_peer {
    pid_t pid;
    uint16_t port;
} radius_peer;

/* Runs in the other process, for each request: the octets of an answer in out, or 0 for none. */
typedef size_t (*radius_peer_fn)(radius_peer_bytes request, void *user, uint8_t *out);

/* A UDP socket on loopback; its port. Ends the process when it cannot be had: it is a test's. */
int radius_peer_open(int family, uint16_t *port);

void radius_peer_serve(int fd, radius_peer_fn answer, void *user);

radius_peer radius_peer_start(radius_peer_fn answer, void *user);

void radius_peer_stop(radius_peer *peer);

#endif
