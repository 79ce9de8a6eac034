/* SPDX-License-Identifier: BSD-2-Clause */
#include "otp_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"

int otp_server_open(int *fd, int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);

    *fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (*fd >= 0 && bind(*fd, (struct sockaddr *)&address, len) == 0 &&
        getsockname(*fd, (struct sockaddr *)&address, &len) == 0) {
        *port = ntohs(address.sin_port);
        return LAB_OK;
    }
    lab_log(LAB_PEER, "open a UDP socket on 127.0.0.1: %s", strerror(errno));
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    return LAB_PEER;
}

int otp_server_run(int fd)
{
    char request[1]; /* the rest is cut off */

    while (recv(fd, request, sizeof(request), 0) >= 0 || errno == EINTR)
        continue;
    lab_log(LAB_PEER, "receive a request: %s", strerror(errno));
    close(fd);
    return LAB_PEER;
}
