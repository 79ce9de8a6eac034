/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius/udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER_SIZE = 4 * 1024 * 1024 };

int daotp__udp_open(const char *address, uint16_t port)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    bool is_four = inet_pton(AF_INET, address, &four.sin_addr) == 1;
    int size = BUFFER_SIZE, fd, rc;

    if (!is_four && inet_pton(AF_INET6, address, &six.sin6_addr) != 1)
        return -1;
    fd = socket(is_four ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size); /* as much as is allowed */
    rc = is_four ? connect(fd, (const struct sockaddr *)(const void *)&four, sizeof four)
                 : connect(fd, (const struct sockaddr *)(const void *)&six, sizeof six);
    if (rc == 0)
        return fd;
    (void)close(fd);
    return -1;
}

daotp_status daotp__udp_send(int fd, daotp__bytes packet)
{
    ssize_t n = send(fd, packet.data, packet.len, MSG_NOSIGNAL);

    if (n < 0 && errno == ECONNREFUSED) /* an earlier packet's; this one was not sent */
        n = send(fd, packet.data, packet.len, MSG_NOSIGNAL);
    return n < 0 && (errno == ENETUNREACH || errno == EHOSTUNREACH || errno == EACCES)
               ? DAOTP_NETWORK
               : DAOTP_OK;
}

bool daotp__udp_send_segments(int fd, struct iovec *parts, size_t count)
{
    union {
        struct cmsghdr head;
        uint8_t room[CMSG_SPACE(sizeof(uint16_t))];
    } control = {.room = {0}};
    struct msghdr message = {.msg_iov = parts,
                             .msg_iovlen = count,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    uint16_t len = (uint16_t)parts[0].iov_len;

    control.head.cmsg_level = SOL_UDP;
    control.head.cmsg_type = UDP_SEGMENT;
    control.head.cmsg_len = CMSG_LEN(sizeof len);
    memcpy(CMSG_DATA(&control.head), &len, sizeof len);
    return sendmsg(fd, &message, MSG_NOSIGNAL) >= 0;
}

int daotp__udp_receive(int fd, daotp__radius_datagram *datagrams, size_t *lens)
{
    struct mmsghdr messages[DAOTP__RADIUS_BATCH];
    struct iovec parts[DAOTP__RADIUS_BATCH];
    int count;

    memset(messages, 0, sizeof messages);
    for (int i = 0; i < DAOTP__RADIUS_BATCH; i++) {
        parts[i] = (struct iovec){datagrams[i].bytes, sizeof datagrams[i].bytes};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    count = recvmmsg(fd, messages, DAOTP__RADIUS_BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++)
        lens[i] = messages[i].msg_len;
    if (count < 0)
        return errno == ECONNREFUSED ? -1 : 0;
    return count;
}
