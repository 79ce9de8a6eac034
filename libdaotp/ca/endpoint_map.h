/* SPDX-License-Identifier: BSD-2-Clause */
/* ept_map of the endpoint mapper (C706 appendix O, MS-RPCE 2.2.1.2), which tells the TCP port of
 * an interface. No I/O. */
#ifndef DAOTP_CA_ENDPOINT_MAP_H
#define DAOTP_CA_ENDPOINT_MAP_H

#include "ca/rpc_pdu.h"

enum { DAOTP__EPT_MAP_OPNUM = 3 };

extern const daotp__rpc_syntax daotp__ept_interface;

void daotp__ept_map_write(const daotp__rpc_syntax *interface, daotp__buffer *stub);

typedef struct daotp__ept_answer {
    uint32_t status; /* 0, or the error of the endpoint mapper */
    uint16_t port;   /* 0: not registered for TCP */
} daotp__ept_answer;

/* Find the first tower of this interface over TCP. The address in the tower is ignored: the host
 * is the caller's. A malformed tower is skipped. Returns false when the answer is malformed;
 * *why is then a static text. */
bool daotp__ept_map_read(daotp__bytes stub, const daotp__rpc_syntax *interface,
                         daotp__ept_answer *answer, const char **why);
/* Whether the status is ept_s_not_registered, in any of the forms that servers send. */
bool daotp__ept_is_not_registered(uint32_t status);

#endif
