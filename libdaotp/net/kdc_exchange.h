/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kerberos messages to the KDCs of one realm and back, over TCP (RFC 4120 7.2.2), in steps: the
 * next KDC where one does not answer. What the messages hold is libkrb5's to write and read.
 */
#ifndef DAOTP_NET_KDC_EXCHANGE_H
#define DAOTP_NET_KDC_EXCHANGE_H

#include "core/report.h"
#include "net/loop.h"

typedef struct daotp__kdc_exchange daotp__kdc_exchange;

/* realm: for the findings. No I/O. */
daotp_status daotp__kdc_exchange_new(daotp__loop *loop, const char *realm, int64_t connect_ms,
                                     daotp__kdc_exchange **exchange);
void daotp__kdc_exchange_free(daotp__kdc_exchange *exchange);
/* "host", "host:port" or "[v6]:port", "tcp/" in front or not. Those past the limit are left out. */
daotp_status daotp__kdc_exchange_add(daotp__kdc_exchange *exchange, const char *kdc);
/* Nobody names the KDCs of the realm: the first step looks them up in DNS (_kerberos._tcp of the
 * realm, RFC 4120 7.2.3.2). Where DNS names none, or asks_srv is false, the name of the realm
 * itself is the host, as the name of an Active Directory domain has the addresses of its
 * controllers. */
daotp_status daotp__kdc_exchange_look_up(daotp__kdc_exchange *exchange, bool asks_srv);
size_t daotp__kdc_exchange_count(const daotp__kdc_exchange *exchange);
/* The host of such a text, to be freed, and its port, 0 when what stands there is none. NULL
 * without memory. */
char *daotp__kdc_split(const char *kdc, uint16_t *port);

/* Take a message; what was answered to the one before is gone. */
daotp_status daotp__kdc_exchange_begin(daotp__kdc_exchange *exchange, daotp__bytes message);
/* DAOTP_OK with an answer, DAOTP_AGAIN; DAOTP_NETWORK, DAOTP_TIMEOUT or DAOTP_PEER (an answer of
 * more than the limit) when no KDC is left. Findings about single KDCs are warnings. */
daotp_status daotp__kdc_exchange_step(daotp__kdc_exchange *exchange, daotp_report *report);
/* The answer, without its length. */
daotp__bytes daotp__kdc_exchange_reply(const daotp__kdc_exchange *exchange);
/* "KDC host, realm REALM"; the realm alone before the first KDC was asked. */
const char *daotp__kdc_exchange_subject(const daotp__kdc_exchange *exchange);
/* Did the connection to the last KDC stand, and how many octets of its answer came? A KDC that
 * accepts has connect_ms for its answer too. */
bool daotp__kdc_exchange_was_open(const daotp__kdc_exchange *exchange, size_t *received);

#endif
