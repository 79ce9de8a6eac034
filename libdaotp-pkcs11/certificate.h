/* SPDX-License-Identifier: BSD-2-Clause */
/* The values of a certificate and its public key that PKCS #11 shows, read with libcrypto.
 * libdaotp has checked the certificate by stricter rules before. */
#ifndef DAOTP_PKCS11_CERTIFICATE_H
#define DAOTP_PKCS11_CERTIFICATE_H

#include "cryptoki.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CARD_ID_LEN = 20 };

typedef struct card_octets {
    uint8_t *data;
    size_t len;
} card_octets;

typedef struct card_certificate {
    card_octets der, subject, issuer, serial; /* each in DER */
    card_octets modulus, exponent;            /* RSA: unsigned, most significant octet first */
    card_octets curve, point;                 /* EC: in DER, the point as an OCTET STRING */
    uint8_t id[CARD_ID_LEN];                  /* SHA-1 of the public key, as RFC 5280 4.2.1.2 (1) */
    char name[256];                           /* the last commonName of the subject; "" for none */
    CK_DATE start, end;
    CK_ULONG bits;
    bool is_rsa, can_sign, can_decrypt; /* KeyUsage, or there is none */
} card_certificate;

/* Read a certificate. has_key: read its public key too; for a CA only the certificate is shown,
 * because libcrypto may not know the algorithm of its key. Returns false when memory ran out or
 * libcrypto cannot read it. The caller frees *certificate in all cases. */
bool card_certificate_read(card_certificate *certificate, const void *der, size_t len,
                           bool has_key);
void card_certificate_free(card_certificate *certificate);

#endif
