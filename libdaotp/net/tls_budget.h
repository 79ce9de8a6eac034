/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The read budget of one TLS connection. Inside one call libssl continues to read while bytes
 * arrive that are not application data, so a peer could keep it there without end. A callback on
 * the read BIO returns "would block" after a number of reads, and fails permanently when messages
 * without application data exceed their limit.
 */
#ifndef DAOTP_NET_TLS_BUDGET_H
#define DAOTP_NET_TLS_BUDGET_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kind of message that exceeded its limit. name NULL: none did. */
typedef struct daotp__tls_excess {
    const char *name; /* "KeyUpdate messages" */
    uint64_t count;
} daotp__tls_excess;

/* Installs a budget on the connection, whose BIOs must be set. The read BIO owns the budget.
 * Does nothing if there is one already. Without memory it returns false, and every read of the
 * connection fails. */
bool daotp__tls_budget_install(const SSL *ssl);
/* Counts a message; called from libssl's message callback with its arguments. Only received
 * messages count. */
daotp__tls_excess daotp__tls_budget_count(const SSL *ssl, bool is_received, int content_type,
                                          const uint8_t *bytes, size_t len);
/* The octets received in records of application data, padding included. */
uint64_t daotp__tls_budget_data(const SSL *ssl);

#endif
