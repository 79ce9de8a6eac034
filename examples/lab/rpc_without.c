/* SPDX-License-Identifier: BSD-2-Clause */
/* In the place of rpc.c in a build without libkrb5 and its GSSAPI. */
#include "rpc.h"

#include <unistd.h>

#include "log.h"

int rpc_start(struct event_base *base, const struct rpc_config *config, struct rpc **out)
{
    (void)base;
    *out = NULL;
    close(config->mapper_fd);
    close(config->service_fd);
    return LAB_OK;
}

void rpc_stop(struct rpc *rpc)
{
    (void)rpc;
}
