/* SPDX-License-Identifier: BSD-2-Clause */
/* IP networks, and the special addresses that a fetch must not reach unless the caller allows
 * it. */
#ifndef DAOTP_CORE_NETWORK_H
#define DAOTP_CORE_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

typedef struct daotp__network {
    int family; /* AF_INET, AF_INET6 */
    uint8_t address[16];
    unsigned bits;
} daotp__network;

/* Parse "10.0.0.0/8", "fd00::/8" or a single address. */
bool daotp__network_parse(const char *text, daotp__network *network);
/* Parse an address. */
bool daotp__address_parse(const char *text, int *family, uint8_t address[16]);
bool daotp__network_has(const daotp__network *network, int family, const uint8_t *address);
/* Whether the address is private, loopback, link-local, multicast, mapped or in another block of
 * the IANA special-purpose registries (RFC 6890), or is 168.63.129.16, the address of the host
 * of an Azure machine. */
bool daotp__address_is_special(int family, const uint8_t *address);

#endif
