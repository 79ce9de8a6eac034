/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius_peer.h"

/* ---- digests --------------------------------------------------------------------------------- */

void radius_peer_md5(const uint8_t *bytes, size_t len, uint8_t *digest)
{
    if (EVP_Digest(bytes, len, digest, NULL, EVP_md5(), NULL) != 1)
        abort();
}

void radius_peer_hmac(radius_peer_bytes key, const uint8_t *bytes, size_t len, uint8_t *digest)
{
    if (HMAC(EVP_md5(), key.data, (int)key.len, bytes, len, digest, NULL) == NULL)
        abort();
}

/* ---- replies --------------------------------------------------------------------------------- */

/* Head and attributes, with room for the Message-Authenticator: its offset, or 0. */
static size_t radius_peer_lay_out(const radius_peer_reply *reply, uint8_t *out, size_t *len)
{
    static const uint8_t empty[18] = {80, 18};
    size_t at = RADIUS_PEER_HEAD, signature = 0;

    if (reply->place == RADIUS_PEER_FIRST) {
        memcpy(out + at, empty, sizeof empty);
        signature = at + 2;
        at += sizeof empty;
    }
    if (reply->attributes.len > 0)
        memcpy(out + at, reply->attributes.data, reply->attributes.len);
    at += reply->attributes.len;
    if (reply->place == RADIUS_PEER_LAST) {
        memcpy(out + at, empty, sizeof empty);
        signature = at + 2;
        at += sizeof empty;
    }
    *len = at;
    return signature;
}

size_t radius_peer_write(const radius_peer_reply *reply, uint8_t *out)
{
    size_t len, signature = radius_peer_lay_out(reply, out, &len);
    uint16_t said = reply->length != 0 ? reply->length : (uint16_t)len;
    const uint8_t head[4] = {reply->code, reply->id, (uint8_t)(said >> 8), (uint8_t)said};
    uint8_t digest[RADIUS_PEER_DIGEST];

    memcpy(out, head, sizeof head);
    if (signature != 0) {
        memcpy(out + 4, reply->signed_for != NULL ? reply->signed_for : reply->authenticator, 16);
        radius_peer_hmac(reply->secret, out, len, digest);
        memcpy(out + signature, digest, sizeof digest);
        out[signature] ^= reply->flip;
    }
    memcpy(out + 4, reply->authenticator, 16);
    memcpy(out + len, reply->secret.data, reply->secret.len);
    radius_peer_md5(out, len + reply->secret.len, digest);
    memcpy(out + 4, reply->instead != NULL ? reply->instead : digest, sizeof digest);
    return len;
}

/* ---- requests -------------------------------------------------------------------------------- */

radius_peer_bytes radius_peer_find(radius_peer_bytes packet, uint8_t type, size_t index)
{
    for (size_t at = RADIUS_PEER_HEAD;
         at + 2 <= packet.len && packet.data[at + 1] >= 2 && at + packet.data[at + 1] <= packet.len;
         at += packet.data[at + 1])
        if (packet.data[at] == type && index-- == 0)
            return (radius_peer_bytes){packet.data + at + 2, packet.data[at + 1] - 2u};
    return (radius_peer_bytes){NULL, 0};
}

bool radius_peer_is_whole(radius_peer_bytes packet)
{
    size_t at = RADIUS_PEER_HEAD;

    if (packet.len < RADIUS_PEER_HEAD ||
        packet.len != ((size_t)packet.data[2] << 8 | packet.data[3]))
        return false;
    while (at + 2 <= packet.len && packet.data[at] != 0 && packet.data[at + 1] >= 2)
        at += packet.data[at + 1];
    return at == packet.len;
}

bool radius_peer_is_signed(radius_peer_bytes packet, radius_peer_bytes secret)
{
    uint8_t copy[RADIUS_PEER_ROOM], digest[RADIUS_PEER_DIGEST];

    if (packet.len < RADIUS_PEER_HEAD + 18 || packet.len > sizeof copy || packet.data[20] != 80 ||
        packet.data[21] != 18)
        return false;
    memcpy(copy, packet.data, packet.len);
    memset(copy + 22, 0, RADIUS_PEER_DIGEST);
    radius_peer_hmac(secret, copy, packet.len, digest);
    return memcmp(digest, packet.data + 22, sizeof digest) == 0;
}

size_t radius_peer_reveal(radius_peer_bytes packet, radius_peer_bytes secret, uint8_t *password)
{
    radius_peer_bytes hidden = radius_peer_find(packet, 2, 0);
    const uint8_t *before = packet.data + 4;
    uint8_t image[255 + 16], digest[RADIUS_PEER_DIGEST];

    for (size_t at = 0; at + 16 <= hidden.len; at += 16) {
        memcpy(image, secret.data, secret.len);
        memcpy(image + secret.len, before, 16);
        radius_peer_md5(image, secret.len + 16, digest);
        for (size_t i = 0; i < 16; i++)
            password[at + i] = hidden.data[at + i] ^ digest[i];
        before = hidden.data + at;
    }
    return hidden.len;
}

/* ---- a responder in a process of its own -------------------------------------------------------
 */

int radius_peer_open(int family, uint16_t *port)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
    struct sockaddr *address =
        family == AF_INET ? (struct sockaddr *)(void *)&four : (struct sockaddr *)(void *)&six;
    socklen_t len = family == AF_INET ? sizeof four : sizeof six;
    int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0), size = 4 << 20;

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (fd < 0 || bind(fd, address, len) != 0 || getsockname(fd, address, &len) != 0)
        abort();
    *port = ntohs(family == AF_INET ? four.sin_port : six.sin6_port);
    return fd;
}

void radius_peer_serve(int fd, radius_peer_fn answer, void *user)
{
    uint8_t in[RADIUS_PEER_ROOM], out[RADIUS_PEER_ROOM];
    struct sockaddr_storage from;

    for (;;) {
        socklen_t from_len = sizeof from;
        ssize_t n = recvfrom(fd, in, sizeof in, 0, (struct sockaddr *)(void *)&from, &from_len);
        size_t len = n < 0 ? 0 : answer((radius_peer_bytes){in, (size_t)n}, user, out);

        if (len > 0)
            (void)sendto(fd, out, len, 0, (struct sockaddr *)(void *)&from, from_len);
    }
}

radius_peer radius_peer_start(radius_peer_fn answer, void *user)
{
    radius_peer peer;
    int fd = radius_peer_open(AF_INET, &peer.port);

    peer.pid = fork();
    if (peer.pid < 0)
        abort();
    if (peer.pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        radius_peer_serve(fd, answer, user);
    }
    (void)close(fd);
    return peer;
}

void radius_peer_stop(radius_peer *peer)
{
    (void)kill(peer->pid, SIGKILL);
    (void)waitpid(peer->pid, NULL, 0);
}
