/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls by which a CA is reached by RPC: what is bound, asked and answered on each leg. One leg
 * finds the port (endpoint mapper, or activation of the object), the other goes to that port. No
 * I/O. Only port and IPID are taken from the first leg: the host is that of IssuingCA.
 */
#ifndef DAOTP_CA_RPC_CALLS_H
#define DAOTP_CA_RPC_CALLS_H

#include "ca/ca_info.h"
#include "ca/rpc_connection.h"

#include <daotp/sys/ca_transport.h>

typedef enum daotp__rpc_way {
    DAOTP__WAY_ICPR,
    DAOTP__WAY_DCOM,
    DAOTP__WAY_WEB /* no RPC: never on a leg */
} daotp__rpc_way;

typedef enum daotp__rpc_leg { DAOTP__LEG_FIND, DAOTP__LEG_CALL } daotp__rpc_leg;

typedef enum daotp__rpc_job {
    DAOTP__JOB_SUBMIT,
    DAOTP__JOB_PING, /* all but to send a request */
    DAOTP__JOB_INFO  /* DCOM: the CA's properties */
} daotp__rpc_job;

typedef struct daotp__rpc_call {
    daotp__rpc_job job;
    daotp__rpc_way way;
    daotp__rpc_leg leg;
    bool creates;        /* DCOM: RemoteCreateInstance in the place of RemoteActivation */
    bool is_first;       /* DCOM: the object has the first interface only, without Request2 */
    uint32_t activation; /* the HRESULT of the last activation */
    uint16_t port;       /* where the second leg goes */
    uint8_t ipid[DAOTP__UUID_OCTETS], causality[DAOTP__UUID_OCTETS];
    bool is_refused; /* ping: DCOM answered that it has no CA of this name */
    daotp_ca_info *info;
} daotp__rpc_call;

const char *daotp__rpc_way_name(daotp__rpc_way way);

const daotp__rpc_syntax *daotp__rpc_call_interface(const daotp__rpc_call *call);
bool daotp__rpc_call_is_sealed(const daotp__rpc_call *call);
uint16_t daotp__rpc_call_opnum(const daotp__rpc_call *call);
/* The object that is called; NULL for none. */
const uint8_t *daotp__rpc_call_object(const daotp__rpc_call *call);
/* ICPR has no call that asks for nothing: that the CA takes the bind is all of a ping. */
bool daotp__rpc_call_is_bare(const daotp__rpc_call *call);

/* Can what is submitted be written at all? Of a request that was put aside the number is looked at.
 */
daotp_status daotp__rpc_call_check(const daotp_submission *submission);
void daotp__rpc_call_write(const daotp__rpc_call *call, const daotp_submission *submission,
                           daotp__buffer *stub);
/* The reply; empty for a bare one. DAOTP_OK: the leg is over; DAOTP_AGAIN: there is more to ask on
 * it; else with a finding. */
daotp_status daotp__rpc_call_take(daotp__rpc_call *call, daotp__bytes reply,
                                  daotp_submission *submission);
/* After a leg that was refused, before anything was carried out: is there another form of the same
 * way? It is then set. */
bool daotp__rpc_call_vary(daotp__rpc_call *call, const daotp__rpc_connection *connection);

#endif
