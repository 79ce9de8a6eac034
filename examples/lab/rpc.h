/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The CA by RPC, as Windows has it: an endpoint mapper that also activates objects, and the CA's
 * own port with ICPR and ICertRequestD. Kerberos by GSSAPI, sealed. Written without libdaotp.
 */
#ifndef LAB_RPC_H
#define LAB_RPC_H

#include "lab_dir.h"
#include "rpc_calls.h"

struct event_base;
struct rpc;

struct rpc_config {
    const struct lab *lab;
    int mapper_fd, service_fd; /* listening; taken over */
    /* Decides about a request of this caller; false: the CA itself failed. */
    bool (*decide)(void *user, const char *principal, const struct rpc_request *request,
                   struct rpc_answer *answer);
    /* Returns a property of the CA: text, or octets that the CA owns; false: unknown property.
     * */
    bool (*tell)(void *user, const struct rpc_property *asked, const char **text,
                 struct rpc_bytes *octets);
    void *user;
};

int rpc_start(struct event_base *base, const struct rpc_config *config, struct rpc **out);
void rpc_stop(struct rpc *rpc);

#endif
