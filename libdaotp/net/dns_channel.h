/* SPDX-License-Identifier: BSD-2-Clause */
/* A c-ares channel whose sockets are watched by the loop of a flow. No thread is started. */
#ifndef DAOTP_NET_DNS_CHANNEL_H
#define DAOTP_NET_DNS_CHANNEL_H

#include "net/loop.h"

#include <ares.h>

typedef struct daotp__dns_channel {
    daotp__loop *loop;
    int slot;
    ares_channel ares;
    bool is_open;
} daotp__dns_channel;

/* Open a channel to the name servers of resolv.conf. The channel must not move while it is open,
 * and after DAOTP_MEMORY or DAOTP_INTERNAL it is closed too. */
daotp_status daotp__dns_channel_open(daotp__dns_channel *channel, daotp__loop *loop);
/* Close the channel. The callbacks of open queries are called with ARES_EDESTRUCTION. */
void daotp__dns_channel_close(daotp__dns_channel *channel);
/* Process the timeouts of c-ares, and set the loop's wake-up time for the next one. */
void daotp__dns_channel_turn(daotp__dns_channel *channel);

#endif
