/* SPDX-License-Identifier: BSD-2-Clause */
/* IP networks: which addresses are in one, and which are nobody's business to reach. */
#ifndef DAOTP_CORE_NETWORK_H
#define DAOTP_CORE_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

typedef struct daotp__network {
    int family; /* AF_INET, AF_INET6 */
    uint8_t address[16];
    unsigned bits;
} daotp__network;

/* "10.0.0.0/8", "fd00::/8", or an address alone. */
bool daotp__network_parse(const char *text, daotp__network *network);
/* An address in text; false when it is none. */
bool daotp__address_parse(const char *text, int *family, uint8_t address[16]);
bool daotp__network_has(const daotp__network *network, int family, const uint8_t *address);
/* Private, loopback, link-local, multicast, mapped and all other addresses of the IANA
 * special-purpose registries (RFC 6890), and 168.63.129.16, which is the host of an Azure machine.
 */
bool daotp__address_is_special(int family, const uint8_t *address);

#endif
