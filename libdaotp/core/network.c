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

/* The blocks of the IANA IPv4 special-purpose registry, also the globally reachable ones,
 * because they lead to the nearest relay or sink; the multicast and reserved blocks; and the
 * address of the Azure host, which looks public but serves secrets to virtual machines. */
static bool is_special_4(const uint8_t *address)
{
    static const struct {
        uint8_t base[4];
        unsigned bits;
    } blocks[] = {{{0, 0, 0, 0}, 8},       {{10, 0, 0, 0}, 8},       {{100, 64, 0, 0}, 10},
                  {{127, 0, 0, 0}, 8},     {{168, 63, 129, 16}, 32}, {{169, 254, 0, 0}, 16},
                  {{172, 16, 0, 0}, 12},   {{192, 0, 0, 0}, 24},     {{192, 0, 2, 0}, 24},
                  {{192, 31, 196, 0}, 24}, {{192, 52, 193, 0}, 24},  {{192, 88, 99, 0}, 24},
                  {{192, 168, 0, 0}, 16},  {{192, 175, 48, 0}, 24},  {{198, 18, 0, 0}, 15},
                  {{198, 51, 100, 0}, 24}, {{203, 0, 113, 0}, 24},   {{224, 0, 0, 0}, 3}};

    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        if (is_inside(address, blocks[i].base, blocks[i].bits))
            return true;
    return false;
}

/* Only 2000::/3 is global unicast, so the blocks of the registry outside it (loopback, mapped,
 * NAT64, discard, unique local, link-local, multicast) need no row. The blocks inside it are: */
static bool is_special_6(const uint8_t *address)
{
    static const uint8_t global[] = {0x20};
    static const struct {
        uint8_t base[6];
        unsigned bits;
    } blocks[] = {
        {{0x20, 0x01, 0x00}, 23},                   /* IETF protocols: Teredo, ORCHID, AMT, DET */
        {{0x20, 0x01, 0x0D, 0xB8}, 32},             /* documentation */
        {{0x20, 0x02}, 16},                         /* 6to4 */
        {{0x26, 0x20, 0x00, 0x4F, 0x80, 0x00}, 48}, /* AS112 */
        {{0x3F, 0xFF, 0x00}, 20},                   /* documentation, RFC 9637 */
    };

    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        if (is_inside(address, blocks[i].base, blocks[i].bits))
            return true;
    return !is_inside(address, global, 3);
}

bool daotp__address_is_special(int family, const uint8_t *address)
{
    return family == AF_INET6 ? is_special_6(address) : is_special_4(address);
}
