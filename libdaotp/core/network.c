/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/network.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

bool daotp__address_parse(const char *text, int *family, uint8_t address[16])
{
    *family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
    return inet_pton(*family, text, address) == 1;
}

bool daotp__network_parse(const char *text, daotp__network *network)
{
    const char *slash = strchr(text, '/');
    size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
    char address[INET6_ADDRSTRLEN];
    unsigned long bits = 0;

    if (len >= sizeof address)
        return false;
    memcpy(address, text, len);
    address[len] = '\0';
    network->family = strchr(address, ':') != NULL ? AF_INET6 : AF_INET;
    network->bits = network->family == AF_INET6 ? 128 : 32;
    for (const char *at = slash != NULL ? slash + 1 : ""; *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || bits > 128)
            return false;
        bits = 10 * bits + (unsigned long)(*at - '0');
    }
    if (slash != NULL && (slash[1] == '\0' || bits > network->bits))
        return false;
    if (slash != NULL)
        network->bits = (unsigned)bits;
    return inet_pton(network->family, address, network->address) == 1;
}

static bool is_inside(const uint8_t *address, const uint8_t *base, unsigned bits)
{
    for (unsigned bit = 0; bit < bits; bit++)
        if (((address[bit / 8] ^ base[bit / 8]) & 0x80 >> bit % 8) != 0)
            return false;
    return true;
}

bool daotp__network_has(const daotp__network *network, int family, const uint8_t *address)
{
    return network->family == family && is_inside(address, network->address, network->bits);
}

bool daotp__address_is_special(int family, const uint8_t *address)
{
    static const struct {
        uint8_t base[4];
        unsigned bits;
    } four[] = {{{0, 0, 0, 0}, 8},       {{10, 0, 0, 0}, 8},     {{100, 64, 0, 0}, 10},
                {{127, 0, 0, 0}, 8},     {{169, 254, 0, 0}, 16}, {{172, 16, 0, 0}, 12},
                {{192, 0, 0, 0}, 24},    {{192, 0, 2, 0}, 24},   {{192, 88, 99, 0}, 24},
                {{198, 51, 100, 0}, 24}, {{203, 0, 113, 0}, 24}, {{192, 168, 0, 0}, 16},
                {{198, 18, 0, 0}, 15},   {{224, 0, 0, 0}, 3}};

    if (family == AF_INET6) /* only 2000::/3 is public; of it, not: */
        return (address[0] & 0xE0) != 0x20 ||
               (address[0] == 0x20 && address[1] == 0x02) ||                   /* 6to4 */
               (address[0] == 0x20 && address[1] == 0x01 && address[2] < 2) || /* 2001::/23 */
               (address[0] == 0x20 && address[1] == 0x01 && address[2] == 0x0D &&
                address[3] == 0xB8) ||                                          /* examples */
               (address[0] == 0x3F && address[1] == 0xFF && address[2] < 0x10); /* examples */
    for (size_t i = 0; i < sizeof four / sizeof four[0]; i++)
        if (is_inside(address, four[i].base, four[i].bits))
            return true;
    return false;
}
