/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sends Kerberos messages to the KDCs of one realm and receives the replies, over TCP (RFC 4120
 * 7.2.2) and in steps. If a KDC does not answer, the next one is tried. libkrb5 writes and reads
 * the messages.
 */
#ifndef DAOTP_NET_KDC_EXCHANGE_H
#define DAOTP_NET_KDC_EXCHANGE_H

#include "core/report.h"
#include "net/loop.h"

typedef struct daotp__kdc_exchange daotp__kdc_exchange;

/* realm: for findings, copied. connect_ms: the limit for one KDC, in milliseconds. No I/O. */
daotp_status daotp__kdc_exchange_new(daotp__loop *loop, const char *realm, int64_t connect_ms,
                                     daotp__kdc_exchange **exchange);
void daotp__kdc_exchange_free(daotp__kdc_exchange *exchange);
/* Add a KDC: "host", "host:port" or "[v6]:port", also with "tcp/" before it. KDCs beyond the
 * limit are ignored. */
daotp_status daotp__kdc_exchange_add(daotp__kdc_exchange *exchange, const char *kdc);
/* Call this if no KDC of the realm is configured: the first step looks them up in DNS
 * (_kerberos._tcp of the realm, RFC 4120 7.2.3.2). If DNS has none, or asks_srv is false, the
 * name of the realm is used as the host, because the name of an Active Directory domain resolves
 * to its controllers. */
daotp_status daotp__kdc_exchange_look_up(daotp__kdc_exchange *exchange, bool asks_srv);
size_t daotp__kdc_exchange_count(const daotp__kdc_exchange *exchange);
/* Split such a text. Returns the host, which the caller frees; NULL without memory. *port: 0 if
 * the port is invalid. */
char *daotp__kdc_split(const char *kdc, uint16_t *port);

/* Begin with a message, which is copied. The previous reply is freed. */
daotp_status daotp__kdc_exchange_begin(daotp__kdc_exchange *exchange, daotp__bytes message);
/* DAOTP_AGAIN until there is a reply; DAOTP_OK; when no KDC is left DAOTP_NETWORK, DAOTP_TIMEOUT
 * or DAOTP_PEER (a reply larger than the limit). Findings about single KDCs are warnings. */
daotp_status daotp__kdc_exchange_step(daotp__kdc_exchange *exchange, daotp_report *report);
/* The reply, without the length before it; borrowed. */
daotp__bytes daotp__kdc_exchange_reply(const daotp__kdc_exchange *exchange);
/* "KDC host, realm REALM"; only the realm before the first KDC was contacted. */
const char *daotp__kdc_exchange_subject(const daotp__kdc_exchange *exchange);
/* Whether the connection to the last KDC was established; *received: the octets of its reply.
 * After a KDC accepts, it has connect_ms for its reply too. */
bool daotp__kdc_exchange_was_open(const daotp__kdc_exchange *exchange, size_t *received);

#endif
