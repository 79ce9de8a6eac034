/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The floor: what no program that does the same two POSTs and the same durable write can avoid.
 * Bare libcurl with ready-made bytes, nothing read of what comes back, nothing made.
 */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include "sample.h"
#include "world.h"

#include <openssl/types.h>

enum { FLOOR_OTP, FLOOR_CES, FLOOR_FILES, FLOOR_CLOSE, FLOOR_PARTS };

struct floor {
    unsigned char *otp_body, *ces_body, *key_pem, *cert_pem;
    size_t otp_len, ces_len, key_len, cert_len;
    size_t otp_answer_len, ces_answer_len; /* what each answer must be as long as */
    X509_STORE *anchors;
    int dir;
};

/* After a run of ours: its bodies and its files are the recording. */
void floor_open(const struct world *world, struct floor *floor);
/* Microseconds; with `parts` those of each part too, FLOOR_PARTS of them. */
double floor_run(const struct world *world, struct floor *floor, struct sample *parts);
void floor_close(struct floor *floor);

#endif
