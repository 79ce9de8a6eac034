/* SPDX-License-Identifier: BSD-2-Clause */
/* What PKCS #11 shows of a certificate and of its public key, read by libcrypto. libdaotp has read
 * the certificate before, by stricter rules. */
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

/* has_key: its public key is shown too; of a CA only the certificate is, whose key may be of a kind
 * that libcrypto does not know. false when memory ran out, or libcrypto does not read it. Free it
 * in any case. */
bool card_certificate_read(card_certificate *certificate, const void *der, size_t len,
                           bool has_key);
void card_certificate_free(card_certificate *certificate);

#endif
