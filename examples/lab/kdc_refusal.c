/* SPDX-License-Identifier: BSD-2-Clause */
#include "kdc_refusal.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "kdc.h"
#include "log.h"
#include "peers.h"
#include "process.h"

#define PREAUTH_REQUIRED   25
#define SKEW               37
#define SKEW_S             1200
#define MAX_REQUEST        65536
#define NT_NOT_SUPPORTED   0xC00000BBu
#define KDC_ERR_PADATA     16
#define KERB_EXT_ERROR     3
#define PA_PK_AS_REQ       16
#define PA_PK_AS_REQ_DRAFT 15
#define PA_ENC_TIMESTAMP   2

/* ---- DER, written from the end towards the beginning ---- */

struct der {
    uint8_t bytes[2048];
    size_t at; /* where the written octets begin */
};

static void put_octets(struct der *der, const void *octets, size_t len)
{
    if (len > der->at)
        return; /* all messages are much shorter */
    der->at -= len;
    memcpy(der->bytes + der->at, octets, len);
}

/* Wraps the octets that were written since `end`. */
static void put_tag(struct der *der, uint8_t tag, size_t end)
{
    size_t len = end - der->at;
    uint8_t head[4] = {tag, 0x82, (uint8_t)(len >> 8), (uint8_t)len};

    if (len < 0x80) {
        head[1] = (uint8_t)len;
        put_octets(der, head, 2);
    } else if (len < 0x100) {
        head[1] = 0x81;
        head[2] = (uint8_t)len;
        put_octets(der, head, 3);
    } else {
        put_octets(der, head, 4);
    }
}

static void put_integer(struct der *der, uint8_t context, uint32_t value)
{
    uint8_t octets[5] = {0, (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                         (uint8_t)value};
    size_t end = der->at, skip = 0;

    while (skip < 4 && octets[skip] == 0 && octets[skip + 1] < 0x80)
        skip++;
    put_octets(der, octets + skip, sizeof(octets) - skip);
    put_tag(der, 0x02, end);
    put_tag(der, context, end);
}

static void put_string(struct der *der, uint8_t tag, const char *text)
{
    size_t end = der->at;

    put_octets(der, text, strlen(text));
    put_tag(der, tag, end);
}

/* PA-DATA: type in [1], value in [2]. */
static void put_padata(struct der *der, uint32_t type)
{
    size_t end = der->at;

    put_tag(der, 0x04, end);
    put_tag(der, 0xA2, end);
    put_integer(der, 0xA1, type);
    put_tag(der, 0x30, end);
}

/* METHOD-DATA: the types that the KDC accepts. */
static void put_methods(struct der *der)
{
    size_t end = der->at;

    put_padata(der, PA_PK_AS_REQ_DRAFT);
    put_padata(der, PA_PK_AS_REQ);
    put_padata(der, PA_ENC_TIMESTAMP);
    put_tag(der, 0x30, end);
}

/* KERB-ERROR-DATA with a KERB-EXT-ERROR (MS-KILE 2.2.1, 2.2.2): an NTSTATUS, as Windows sends it.
 */
static void put_status(struct der *der, uint32_t status)
{
    uint8_t value[12] = {(uint8_t)status, (uint8_t)(status >> 8), (uint8_t)(status >> 16),
                         (uint8_t)(status >> 24)};
    size_t end = der->at;

    value[8] = 1;
    put_octets(der, value, sizeof(value));
    put_tag(der, 0x04, end);
    put_tag(der, 0xA2, end);
    put_integer(der, 0xA1, KERB_EXT_ERROR);
    put_tag(der, 0x30, end);
}

static void put_time(struct der *der, time_t now)
{
    char text[32];
    struct tm parts;
    size_t end = der->at;

    gmtime_r(&now, &parts);
    strftime(text, sizeof(text), "%Y%m%d%H%M%SZ", &parts);
    put_string(der, 0x18, text);
    put_tag(der, 0xA4, end);
}

static void put_service(struct der *der)
{
    size_t end = der->at;

    put_string(der, 0x1B, LAB_REALM);
    put_string(der, 0x1B, "krbtgt");
    put_tag(der, 0x30, end);
    put_tag(der, 0xA1, end);
    put_integer(der, 0xA0, 2);
    put_tag(der, 0x30, end);
    put_tag(der, 0xAA, end);
}

static void put_edata(struct der *der, uint32_t code)
{
    size_t end = der->at;

    if (code == PREAUTH_REQUIRED)
        put_methods(der);
    else if (code == KDC_ERR_PADATA)
        put_status(der, NT_NOT_SUPPORTED);
    else
        return;
    put_tag(der, 0x04, end);
    put_tag(der, 0xAC, end);
}

/* KRB-ERROR (RFC 4120 5.9.1). */
static void put_error(struct der *der, uint32_t code)
{
    size_t end = der->at, realm;

    put_edata(der, code);
    put_service(der);
    realm = der->at;
    put_string(der, 0x1B, LAB_REALM);
    put_tag(der, 0xA9, realm);
    put_integer(der, 0xA6, code);
    put_integer(der, 0xA5, 0);
    put_time(der, time(NULL) + (code == SKEW ? SKEW_S : 0));
    put_integer(der, 0xA1, 30);
    put_integer(der, 0xA0, 5);
    put_tag(der, 0x30, end);
    put_tag(der, 0x7E, end);
}

/* ---- serving ---- */

/* PA-PK-AS-REQ is [1] INTEGER 16 in the padata. */
static bool has_pkinit(const uint8_t *request, size_t len)
{
    static const uint8_t type[] = {0xA1, 0x03, 0x02, 0x01, PA_PK_AS_REQ};

    return memmem(request, len, type, sizeof(type)) != NULL;
}

static void answer_peer(int peer, int code)
{
    static uint8_t request[MAX_REQUEST];
    struct der der = {.at = sizeof(der.bytes)};
    uint32_t len;

    if (recv(peer, &len, sizeof(len), MSG_WAITALL) != (ssize_t)sizeof(len) ||
        ntohl(len) > sizeof(request) ||
        recv(peer, request, ntohl(len), MSG_WAITALL) != (ssize_t)ntohl(len))
        return;
    put_error(&der, has_pkinit(request, ntohl(len)) ? (uint32_t)code : PREAUTH_REQUIRED);
    len = htonl((uint32_t)(sizeof(der.bytes) - der.at));
    put_octets(&der, &len, sizeof(len));
    (void)!send(peer, der.bytes + der.at, sizeof(der.bytes) - der.at, MSG_NOSIGNAL);
}

int kdc_refusal_run(int fd, int code)
{
    int peer;

    while ((peer = process_accept(fd)) >= 0) {
        answer_peer(peer, code);
        close(peer);
    }
    return LAB_PEER;
}

int kdc_refusal_start(struct lab *lab, int code)
{
    char self[1200], number[16], error[16];
    const char *argv[] = {self, "lab", "kdc-refusal", number, error, NULL};
    int keep[] = {-1, -1};
    int end = peers_find_self(self, sizeof(self));

    if (end == LAB_OK)
        end = kdc_stop(lab);
    if (end == LAB_OK)
        end = process_listen(lab->kdc_port, &keep[0], &lab->kdc_port);
    snprintf(number, sizeof(number), "%d", keep[0]);
    snprintf(error, sizeof(error), "%d", code);
    if (end == LAB_OK)
        end = process_start(lab, "kdc", argv, NULL, keep); /* it listens already */
    if (keep[0] >= 0)
        close(keep[0]);
    return end;
}
