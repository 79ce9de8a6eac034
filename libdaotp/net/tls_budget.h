/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The read budget of one TLS connection. libssl goes on reading inside one call for as long as
 * bytes are there and none of them is application data, so a peer could keep it there for ever. A
 * callback on the connection's read BIO answers "would block" after a share of reads, and fails
 * for good once messages without application data have used up their limit.
 */
#ifndef DAOTP_NET_TLS_BUDGET_H
#define DAOTP_NET_TLS_BUDGET_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What came too often. name is NULL while nothing did. */
typedef struct daotp__tls_excess {
    const char *name; /* "KeyUpdate messages" */
    uint64_t count;
} daotp__tls_excess;

/* Puts the connection, whose BIOs are set, under a budget of its own, which lives as long as its
 * read BIO. Does nothing if it has one. Without memory it answers false, and every read of the
 * connection fails. */
bool daotp__tls_budget_install(const SSL *ssl);
/* Counts what the message callback of libssl was told of; only what is received counts. */
daotp__tls_excess daotp__tls_budget_count(const SSL *ssl, bool is_received, int content_type,
                                          const uint8_t *bytes, size_t len);
/* Bytes received so far in records of application data, padding included. */
uint64_t daotp__tls_budget_data(const SSL *ssl);

#endif
