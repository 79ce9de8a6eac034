/* SPDX-License-Identifier: BSD-2-Clause */
/* What nobody can do without: packets of the same size to an echo and back, one thread, epoll. */
#include "radius_load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* As our request has it: head, Message-Authenticator, name, NAS-Identifier, password. */
enum { REQUEST_LEN = 20 + 18 + 9 + 14 + 18, BATCH = 32, ROOM = 4097, BUFFER_SIZE = 4 << 20 };

struct floor {
    struct radius_load *load;
    int fd, epoll;
    int64_t began_ns[256];
};

static int connect_to(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), size = BUFFER_SIZE;

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (fd < 0 || connect(fd, (struct sockaddr *)(void *)&address, sizeof address) != 0)
        radius_give_up("no socket for the floor");
    return fd;
}

static void send_one(struct floor *floor, uint8_t id)
{
    uint8_t packet[REQUEST_LEN] = {1, id, 0, REQUEST_LEN};

    floor->began_ns[id] = radius_now_ns();
    (void)send(floor->fd, packet, sizeof packet, MSG_NOSIGNAL);
}

/* All that is there; false when it is time to end. */
static bool take(struct floor *floor)
{
    static uint8_t packets[BATCH][ROOM];
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    int count;

    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){packets[i], ROOM};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    count = recvmmsg(floor->fd, messages, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++) {
        if (!radius_load_note(floor->load, floor->began_ns[packets[i][1]]))
            return false;
        send_one(floor, packets[i][1]);
    }
    return true;
}

void radius_load_floor(const struct radius_target *target, unsigned in_flight,
                       struct radius_load *load)
{
    struct floor floor = {.load = load, .fd = connect_to(target->port)};
    struct epoll_event event = {.events = EPOLLIN};

    floor.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (floor.epoll < 0 || epoll_ctl(floor.epoll, EPOLL_CTL_ADD, floor.fd, &event) != 0)
        radius_give_up("no epoll for the floor");
    for (unsigned i = 0; i < in_flight; i++)
        send_one(&floor, (uint8_t)i);
    do {
        if (epoll_wait(floor.epoll, &event, 1, 1000) == 0)
            radius_give_up("the floor lost its packets");
    } while (take(&floor));
    (void)close(floor.fd);
    (void)close(floor.epoll);
}
