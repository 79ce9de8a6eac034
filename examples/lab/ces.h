/* SPDX-License-Identifier: BSD-2-Clause */
/* The CA in the foreground: MS-WSTEP over HTTPS, ICPR and DCOM over RPC, and CRLs and CA
 * certificates over HTTP. */
#ifndef LAB_CES_H
#define LAB_CES_H

#include "lab_dir.h"
#include "peers.h"

/* Runs until SIGTERM or SIGINT. The sockets listen already and are closed when it ends. */
int ces_run(const struct lab *lab, const struct peers_sockets *sockets);

#endif
