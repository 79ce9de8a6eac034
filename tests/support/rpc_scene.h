/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole submissions by RPC against two servers in the thread of the test, the endpoint mapper's
 * port and the CA's: by ICPR and by DCOM in each of its forms, pings, and the questions about a CA.
 * Ticket and GSSAPI are toys (rpc_ticket.c, rpc_peer.c).
 */
#ifndef RPC_SCENE_H
#define RPC_SCENE_H

#include "rpc_peer.h"
#include "rpc_stubs.h"

#include "ca/ca.h"
#include "ca/ca_info.h"

enum { RPC_SCENE_PROPERTIES = 7, RPC_SCENE_CONNECT_MS = 1000 };

typedef enum rpc_scene_job { RPC_SCENE_SUBMIT, RPC_SCENE_PING, RPC_SCENE_INFO } rpc_scene_job;

typedef struct rpc_scene_run {
    daotp_context *context;
    daotp_ca_way way;
    rpc_scene_job job;
    bool creates;    /* RemoteActivation is refused: RemoteCreateInstance */
    bool is_first;   /* the object has no second interface: Request, not Request2 */
    int64_t *now_ms; /* the monotonic clock; when nobody has anything to do, the time that a
                        connection may take passes, once. NULL: the run ends there */
} rpc_scene_run;

extern rpc_peer rpc_scene_mapper, rpc_scene_service;

/* Open both servers, and close them: the fixture of a group of tests. What is submitted is refused
 * by the CA with 0x80094012. */
int rpc_scene_open(void **state);
int rpc_scene_close(void **state);

/* One submission, until its end or until nobody has anything to do: then DAOTP_AGAIN. hresult: what
 * the CA answered, 0 for nothing; info: the answers about the CA, or NULL. */
typedef struct rpc_scene_result {
    daotp_status status;
    uint32_t hresult;
    size_t templates;
} rpc_scene_result;

rpc_scene_result rpc_scene_submit(const rpc_scene_run *run, daotp_report *report);

#endif
