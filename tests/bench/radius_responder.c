/* SPDX-License-Identifier: BSD-2-Clause */
/* A RADIUS server that is nothing but fast: every request is accepted, every reply is signed (RFC
 * 2865 3, RFC 3579 3.2). As an echo it sends the same octets, with the request's identifier. */
#include "radius_load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BATCH = 64, ROOM = 4096, BUFFER_SIZE = 8 << 20, REPLY_LEN = 20 + 18 + 7 };

static const uint8_t pattern[REPLY_LEN] = {
    2, 0, 0, REPLY_LEN, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  0, 0,   0,   0,   80,  18, 0,
    0, 0, 0, 0,         0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 18, 7, 'h', 'e', 'l', 'l', 'o'};

static void sign(const struct hmac_md5_ctx *key, const char *secret, const uint8_t *request,
                 uint8_t *reply)
{
    struct hmac_md5_ctx hmac = *key;
    struct md5_ctx md5;

    memcpy(reply, pattern, sizeof pattern);
    reply[1] = request[1];
    memcpy(reply + 4, request + 4, 16);
    hmac_md5_update(&hmac, REPLY_LEN, reply);
    hmac_md5_digest(&hmac, 16, reply + 22);
    md5_init(&md5);
    md5_update(&md5, REPLY_LEN, reply);
    md5_update(&md5, strlen(secret), (const uint8_t *)secret);
    md5_digest(&md5, 16, reply + 4);
}

struct batch {
    struct mmsghdr in[BATCH], out[BATCH];
    struct iovec in_parts[BATCH], out_parts[BATCH];
    struct sockaddr_in from[BATCH];
    uint8_t requests[BATCH][ROOM], replies[BATCH][REPLY_LEN];
};

static void lay_out(struct batch *b)
{
    for (int i = 0; i < BATCH; i++) {
        b->in_parts[i] = (struct iovec){b->requests[i], ROOM};
        b->out_parts[i] = (struct iovec){b->replies[i], REPLY_LEN};
        b->in[i].msg_hdr = (struct msghdr){.msg_name = &b->from[i],
                                           .msg_namelen = sizeof b->from[i],
                                           .msg_iov = &b->in_parts[i],
                                           .msg_iovlen = 1};
        b->out[i].msg_hdr = (struct msghdr){.msg_name = &b->from[i],
                                            .msg_namelen = sizeof b->from[i],
                                            .msg_iov = &b->out_parts[i],
                                            .msg_iovlen = 1};
        memcpy(b->replies[i], pattern, sizeof pattern);
    }
}

_Noreturn static void serve(int fd, const char *secret, bool echo)
{
    static struct batch batch;
    struct hmac_md5_ctx key;

    hmac_md5_set_key(&key, strlen(secret), (const uint8_t *)secret);
    lay_out(&batch);
    for (;;) {
        int count = recvmmsg(fd, batch.in, BATCH, MSG_WAITFORONE, NULL), sent = 0;

        for (int i = 0; i < count; i++) {
            if (echo)
                batch.replies[i][1] = batch.requests[i][1];
            else
                sign(&key, secret, batch.requests[i], batch.replies[i]);
            batch.in[i].msg_hdr.msg_namelen = sizeof batch.from[i];
        }
        while (sent < count) {
            int n = sendmmsg(fd, batch.out + sent, (unsigned)(count - sent), 0);

            sent += n > 0 ? n : 1; /* one that cannot be sent is lost, as on a wire */
        }
    }
}

pid_t radius_responder_start(struct radius_target *target, bool echo)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr *any = (struct sockaddr *)(void *)&address;
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), size = BUFFER_SIZE;
    pid_t pid;

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (fd < 0 || bind(fd, any, len) != 0 || getsockname(fd, any, &len) != 0 || (pid = fork()) < 0)
        radius_give_up("no socket for the responder");
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)prctl(PR_SET_NAME, "responder");
        serve(fd, target->secret, echo);
    }
    (void)close(fd);
    target->port = ntohs(address.sin_port);
    return pid;
}

void radius_responder_stop(pid_t responder)
{
    (void)kill(responder, SIGKILL);
    (void)waitpid(responder, NULL, 0);
}
