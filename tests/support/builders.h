/* SPDX-License-Identifier: BSD-2-Clause */
/* What the unit tests make: bytes from hexadecimal, DER with one item exchanged, keys of
 * tests/data/keys, and certificates with defects on request. */
#ifndef BUILDERS_H
#define BUILDERS_H

#include "test_clock.h"
#include "testing.h"

#include "x509/certificate.h"
#include "x509/derw.h"
#include "x509/key.h"
#include "x509/name.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COUNT(array)   (sizeof(array) / sizeof(array)[0])
#define BYTES(literal) ((daotp__bytes){(const uint8_t *)(literal), sizeof(literal) - 1})

#define MAKE_NOW TEST_NOW

daotp__bytes text_bytes(const char *text);

void assert_bytes_equal(daotp__bytes a, daotp__bytes b);

/* Bytes in hexadecimal, blanks for the eye. In a block of their own size, so that AddressSanitizer
 * sees a read past their end; it holds for the next 31 calls. */
daotp__bytes hex(const char *text);

/* The item at a path: "1.0.4" is the fifth child of the first child of the root's second child. */
daotp__bytes item_at(daotp__bytes der, const char *path);

/* Append der with the item at path exchanged for other bytes; an index past the last child of its
 * parent adds to it. The lengths around it are made anew. */
void edit(daotp__bytes der, const char *path, daotp__bytes with, daotp__buffer *out);

daotp_key *test_key(daotp_context *context, const char *name);

/* What a certificate is like. All zero is a faultless OTP registration authority at MAKE_NOW. */
typedef struct certificate_plan {
    const char *subject, *issuer; /* RFC 4514; NULL: none, "CN=Test CA,DC=corp,DC=example" */
    int64_t from, until;          /* 0: an hour ago, and 47 hours from now */
    const char *eku, *policies;   /* dotted, blank-separated; NULL: the OTP RA's; "": none */
    int key_usage;                /* 0: digitalSignature; -1: none; else the octet */
    bool ca, no_dns, no_crl;
    const char *upn;
    uint32_t serial; /* 0: 0x4711 */
} certificate_plan;

/* Append a certificate for the public key of key, signed by signer. */
void make_certificate(const certificate_plan *plan, const daotp_key *key, const daotp_key *signer,
                      daotp__buffer *out);

#endif
