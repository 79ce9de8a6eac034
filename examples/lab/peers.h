/* SPDX-License-Identifier: BSD-2-Clause */
/* The programs of a lab, and how each is started, stopped and started again. */
#ifndef LAB_PEERS_H
#define LAB_PEERS_H

#include "lab_dir.h"

/* Listening sockets that the CA inherits: so its ports are known before its certificates are
 * made, and no other program can take them meanwhile. */
struct peers_sockets {
    int ces;
    int crl;
    int mapper;
    int rpc;
};
int peers_open(struct lab *lab, struct peers_sockets *sockets); /* ports kept if known */
void peers_close(struct peers_sockets *sockets);

int peers_start_ca(const struct lab *lab, struct peers_sockets *sockets); /* closes them here */
int peers_restart_ca(struct lab *lab);
int peers_start_responder(struct lab *lab);
int peers_restart_responder(struct lab *lab);
/* The OTP server that never answers; the responder asks it while "otp-server-down" is broken. */
int peers_start_otp_server(struct lab *lab);
int peers_stop_otp_server(struct lab *lab);
int peers_stop_all(const struct lab *lab);

/* The tool's own program. */
int peers_find_self(char *path, size_t size);

#endif
