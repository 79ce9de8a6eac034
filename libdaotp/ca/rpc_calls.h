/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The RPC calls to a CA: the interface, request and reply of each leg. A leg is one connection: the
 * first finds the port (by the endpoint mapper, or by activating the object), the second goes to
 * that port. Only port and IPID are taken from the first leg: the host is that of IssuingCA. No
 * I/O.
 */
#ifndef DAOTP_CA_RPC_CALLS_H
#define DAOTP_CA_RPC_CALLS_H

#include "ca/ca_info.h"
#include "ca/rpc_connection.h"

#include <daotp/sys/ca_transport.h>

typedef enum daotp__rpc_way {
    DAOTP__WAY_ICPR,
    DAOTP__WAY_DCOM,
    DAOTP__WAY_WEB /* the web service, without RPC */
} daotp__rpc_way;

typedef enum daotp__rpc_leg { DAOTP__LEG_FIND, DAOTP__LEG_CALL } daotp__rpc_leg;

typedef enum daotp__rpc_job {
    DAOTP__JOB_SUBMIT,
    DAOTP__JOB_PING, /* everything except sending a request */
    DAOTP__JOB_INFO  /* DCOM: the CA's properties */
} daotp__rpc_job;

typedef struct daotp__rpc_call {
    daotp__rpc_job job;
    daotp__rpc_way way;
    daotp__rpc_leg leg;
    bool creates;        /* DCOM: call RemoteCreateInstance, not RemoteActivation */
    bool is_first;       /* DCOM: the object has only ICertRequestD, without Request2 */
    uint32_t activation; /* the HRESULT of the last activation */
    uint16_t port;       /* the port of the second leg */
    uint8_t ipid[DAOTP__UUID_OCTETS], causality[DAOTP__UUID_OCTETS];
    bool is_refused; /* ping: the host answered by DCOM that it has no CA of this name */
    daotp_ca_info *info;
} daotp__rpc_call;

const char *daotp__rpc_way_name(daotp__rpc_way way);

const daotp__rpc_syntax *daotp__rpc_call_interface(const daotp__rpc_call *call);
bool daotp__rpc_call_is_sealed(const daotp__rpc_call *call);
uint16_t daotp__rpc_call_opnum(const daotp__rpc_call *call);
/* The UUID of the called object; NULL: none. */
const uint8_t *daotp__rpc_call_object(const daotp__rpc_call *call);
/* Whether the leg ends after the bind, without a call. ICPR has no call without a request, so a
 * ping by ICPR only binds. */
bool daotp__rpc_call_is_bare(const daotp__rpc_call *call);

/* Check, before connecting, that the request can be written. For a pending request its number is
 * checked. */
daotp_status daotp__rpc_call_check(const daotp_submission *submission);
void daotp__rpc_call_write(const daotp__rpc_call *call, const daotp_submission *submission,
                           daotp__buffer *stub);
/* Handle the reply; empty for a leg without a call. DAOTP_OK: the leg is done; DAOTP_AGAIN:
 * there is another call on it. Any other status has a finding. */
daotp_status daotp__rpc_call_take(daotp__rpc_call *call, daotp__bytes reply,
                                  daotp_submission *submission);
/* After a leg was refused and nothing was executed: set another form of the same way in call.
 * Returns false when there is none. */
bool daotp__rpc_call_vary(daotp__rpc_call *call, const daotp__rpc_connection *connection);

#endif
