/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An OTP server for which every code is right: each signed Access-Request is accepted.
 *
 *   radius_accept SECRET-FILE PORT-FILE
 */
#include "radius_peer.h"

#include <stdio.h>

enum { MAX_SECRET = 128 };

static size_t accept_all(radius_peer_bytes request, void *user, uint8_t *out)
{
    radius_peer_reply reply = {.code = 2, .secret = *(radius_peer_bytes *)user};

    if (!radius_peer_is_whole(request) || !radius_peer_is_signed(request, reply.secret))
        return 0;
    reply.id = request.data[1];
    reply.authenticator = request.data + 4;
    return radius_peer_write(&reply, out);
}

static size_t read_secret(const char *path, uint8_t *secret)
{
    FILE *file = fopen(path, "rb");
    size_t len = file != NULL ? fread(secret, 1, MAX_SECRET, file) : 0;

    if (file != NULL)
        (void)fclose(file);
    return len;
}

static bool write_port(const char *path, uint16_t port)
{
    FILE *file = fopen(path, "w");

    return file != NULL && fprintf(file, "%u\n", port) > 0 && fclose(file) == 0;
}

int main(int argc, char **argv)
{
    uint8_t bytes[MAX_SECRET];
    radius_peer_bytes secret = {bytes, argc == 3 ? read_secret(argv[1], bytes) : 0};
    uint16_t port;
    int fd = radius_peer_open(AF_INET, &port);

    if (secret.len == 0 || !write_port(argv[2], port)) {
        (void)fputs("usage: radius_accept SECRET-FILE PORT-FILE\n", stderr);
        return 64;
    }
    radius_peer_serve(fd, accept_all, &secret);
}
