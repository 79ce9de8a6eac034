/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/dns_channel.h"

#include <sys/time.h>

static void on_dns_ready(void *user, int fd, uint32_t events)
{
    daotp__dns_channel *channel = user;
    bool in = (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0, out = (events & EPOLLOUT) != 0;
    ares_socket_t in_fd = in ? fd : ARES_SOCKET_BAD;
    ares_socket_t out_fd = out ? fd : ARES_SOCKET_BAD;

    ares_process_fd(channel->ares, in_fd, out_fd);
}

static void on_dns_socket(void *user, ares_socket_t fd, int readable, int writable)
{
    daotp__dns_channel *channel = user;
    uint32_t events = readable ? EPOLLIN : 0u;

    if (writable)
        events |= EPOLLOUT;

    /* If a socket cannot be watched, the timeout of c-ares ends the query. */
    (void)daotp__loop_watch(channel->loop, channel->slot, fd, events);
}

/* Names are queried as given, without search suffixes. All options that LOCALDOMAIN and
 * RES_OPTIONS could change are set here, and HOSTALIASES is ignored, so that the environment
 * does not choose the host. */
daotp_status daotp__dns_channel_open(daotp__dns_channel *channel, daotp__loop *loop)
{
    struct ares_options options = {.flags = ARES_FLAG_NOALIASES | ARES_FLAG_NOSEARCH,
                                   .timeout = 2000,
                                   .tries = 3,
                                   .ndots = 0,
                                   .ndomains = 0,
                                   .sock_state_cb = on_dns_socket,
                                   .sock_state_cb_data = channel};
    const int set = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
                    ARES_OPT_DOMAINS | ARES_OPT_NOROTATE | ARES_OPT_SOCK_STATE_CB;
    int rc;

    *channel = (daotp__dns_channel){.loop = loop};
    channel->slot = daotp__loop_join(loop, on_dns_ready, channel);
    if (channel->slot < 0)
        return DAOTP_MEMORY;
    channel->is_open = true;
    rc = ares_init_options(&channel->ares, &options, set);
    if (rc == ARES_SUCCESS)
        return DAOTP_OK;
    channel->ares = NULL;
    daotp__dns_channel_close(channel);
    return rc == ARES_ENOMEM ? DAOTP_MEMORY : DAOTP_INTERNAL;
}

void daotp__dns_channel_close(daotp__dns_channel *channel)
{
    if (!channel->is_open)
        return;
    if (channel->ares != NULL)
        ares_destroy(
            channel->ares); /* calls the callbacks of open queries, and closes the sockets */
    daotp__loop_leave(channel->loop, channel->slot);
    channel->is_open = false;
}

void daotp__dns_channel_turn(daotp__dns_channel *channel)
{
    struct timeval left;

    ares_process_fd(channel->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* time-outs */
    if (ares_timeout(channel->ares, NULL, &left) != NULL)
        daotp__loop_wake_in(channel->loop, left.tv_sec * 1000 + left.tv_usec / 1000 + 1);
}
