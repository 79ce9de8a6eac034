/* SPDX-License-Identifier: BSD-2-Clause */
/* SRV records (RFC 2782) of a name, by the resolver of the system. */
#ifndef SRV_H
#define SRV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SRV_MAX = 16, SRV_HOST = 254 };

typedef struct srv_record {
    uint16_t priority, weight, port;
    char host[SRV_HOST]; /* letters, digits, . and - alone */
} srv_record;

/* dns: ADDRESS:PORT of a name server, IPv4; NULL for those of resolv.conf. How many there are, the
 * first to be tried first. If there is none, *why tells why, as a half sentence: that no name
 * server answered is no proof that there is no record. */
size_t srv_look_up(const char *name, const char *dns, int timeout_s, srv_record found[SRV_MAX],
                   const char **why);

/* One answer of a name server: what is none has no records. */
size_t srv_read(const uint8_t *answer, size_t len, srv_record found[SRV_MAX]);

#endif
