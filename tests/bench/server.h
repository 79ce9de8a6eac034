/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Both peers in one child process: an OTP service, which is our responder for any code, and a CA
 * that answers every POST with the bytes made beforehand. It knows nothing of who is asking.
 */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include "world.h"

/* The first body that each peer gets is kept, as a recording for the others. */
#define SERVER_OTP_BODY "otp-body.xml"
#define SERVER_CES_BODY "ces-body.xml"

void server_start(struct world *world); /* before anything here has threads or connections */
/* Processor time of the peers so far, in microseconds. */
double server_cpu_us(const struct world *world);
void server_stop(struct world *world);

#endif
