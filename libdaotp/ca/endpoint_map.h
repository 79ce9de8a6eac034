/* SPDX-License-Identifier: BSD-2-Clause */
/* ept_map of the endpoint mapper (C706 appendix O, MS-RPCE 2.2.1.2): at which TCP port is an
 * interface? No I/O. */
#ifndef DAOTP_CA_ENDPOINT_MAP_H
#define DAOTP_CA_ENDPOINT_MAP_H

#include "ca/rpc_pdu.h"

enum { DAOTP__EPT_MAP_OPNUM = 3 };

extern const daotp__rpc_syntax daotp__ept_interface;

void daotp__ept_map_write(const daotp__rpc_syntax *interface, daotp__buffer *stub);

typedef struct daotp__ept_answer {
    uint32_t status; /* 0; else why there is none */
    uint16_t port;   /* 0: not registered for TCP */
} daotp__ept_answer;

/* The first tower of this interface over TCP. The address in it is not looked at: the host is the
 * caller's. A tower that is wrong is passed over. false: why is then a static text. */
bool daotp__ept_map_read(daotp__bytes stub, const daotp__rpc_syntax *interface,
                         daotp__ept_answer *answer, const char **why);
/* ept_s_not_registered, in the forms that servers give it. */
bool daotp__ept_is_not_registered(uint32_t status);

#endif
