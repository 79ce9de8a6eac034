/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts what this thread reads from sockets: a measure of the time that a peer can take, the same
 * on every machine. The program's own read(), recv(), recvfrom() and recvmsg() stand before those
 * of libc for all libraries, so libcurl, libssl and libkrb5 are counted too.
 */
#ifndef TESTS_READ_COUNT_H
#define TESTS_READ_COUNT_H

#include <stdint.h>

typedef struct read_count {
    uint64_t calls, octets;
} read_count;

/* Since the thread began. */
read_count read_count_now(void);

#endif
