/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DER written by hand, so that a test can write what no library would: into memory that lives
 * until pki_forget(), so that nothing has to be freed piece by piece.
 */
#ifndef PKI_DER_H
#define PKI_DER_H

#include "forge.h"

#include <stdlib.h>
#include <time.h>

/* ---- memory ---------------------------------------------------------------------------------- */

typedef struct pki_block {
    struct pki_block *next;
    max_align_t room[];
} pki_block;

void *pki_get(size_t size);

/* What was got since the mark is freed; everything. */
const pki_block *pki_mark(void);
void pki_forget_since(const pki_block *mark);
void pki_forget(void);

/* ---- pieces ---------------------------------------------------------------------------------- */

#define PKI_NOTHING ((daotp__bytes){NULL, 0})
/* A literal, NUL bytes in it included. */
#define PKI_BYTES(text)     ((daotp__bytes){(const uint8_t *)(text), sizeof(text) - 1})
#define PKI_TEXT(tag, text) pki_tlv(tag, PKI_BYTES(text))
#define PKI_JOIN(...)                                                                              \
    pki_join((const daotp__bytes[]){__VA_ARGS__},                                                  \
             sizeof(const daotp__bytes[]){__VA_ARGS__} / sizeof(daotp__bytes))
#define PKI_SEQ(...) pki_tlv(0x30, PKI_JOIN(__VA_ARGS__))
#define PKI_SET(...) pki_tlv(0x31, PKI_JOIN(__VA_ARGS__))

daotp__bytes pki_copy(const void *data, size_t len);

daotp__bytes pki_join(const daotp__bytes *parts, size_t count);

daotp__bytes pki_tlv(unsigned tag, daotp__bytes content);

daotp__bytes pki_text(unsigned tag, const char *text);

/* "0A 01 06": digits, blanks do not count. */
daotp__bytes pki_hex(const char *digits);

daotp__bytes pki_oid(const char *dotted);

/* The content of an INTEGER, not negative. */
daotp__bytes pki_number(uint64_t value);

daotp__bytes pki_integer(uint64_t value);

daotp__bytes pki_octets(daotp__bytes content);

daotp__bytes pki_bits(daotp__bytes content);

daotp__bytes pki_true(void);

/* UTCTime, or from 2050 on GeneralizedTime. */
daotp__bytes pki_time(int64_t seconds);

/* "DC=example,CN=Alice", root first; "" is the empty name. */
daotp__bytes pki_name(const char *text);

daotp__bytes pki_spki(EVP_PKEY *key);

/* ---- GeneralNames ---------------------------------------------------------------------------- */

enum { PKI_EMAIL = 0x81, PKI_DNS = 0x82, PKI_DIRECTORY = 0xA4, PKI_URI = 0x86, PKI_IP = 0x87 };

daotp__bytes pki_directory(const char *name);
/* otherName with a UTF8String */
daotp__bytes pki_other_name(const char *oid, const char *text);

#endif
