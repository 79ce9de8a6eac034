/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NDR, little-endian, 32 bit (C706 chapter 14, MS-RPCE 2.2.4): just the types that the calls of
 * this folder are made of. Alignment counts from the begin of the stub. No I/O.
 */
#ifndef DAOTP_CA_NDR_H
#define DAOTP_CA_NDR_H

#include "core/buffer.h"

enum { DAOTP__UUID_OCTETS = 16 };

/* A stub that is being read. The first thing that does not fit fails it for good: everything after
 * that reads as zero or empty, so that a row of reads is checked once, at its end. */
typedef struct daotp__ndr {
    daotp__bytes in;
    size_t at;
    bool failed;
} daotp__ndr;

void daotp__ndr_align(daotp__ndr *ndr, size_t boundary);
uint16_t daotp__ndr_u16(daotp__ndr *ndr); /* each aligns first */
uint32_t daotp__ndr_u32(daotp__ndr *ndr);
uint64_t daotp__ndr_u64(daotp__ndr *ndr);
/* A view of the next len octets; nothing is aligned. */
daotp__bytes daotp__ndr_octets(daotp__ndr *ndr, size_t len);
/* A conformant array of octets: max_count, which must be len, and the octets. */
daotp__bytes daotp__ndr_octet_array(daotp__ndr *ndr, uint32_t len);
/* A count that the stub states for elements of at least so many octets each; 0 and failed when more
 * than max, or more than the rest of the stub can hold. */
uint32_t daotp__ndr_count(daotp__ndr *ndr, uint32_t max, size_t element);

/* Writing: the buffer holds the stub from its begin. */
void daotp__ndr_add_padding(daotp__buffer *stub, size_t boundary);
void daotp__ndr_add_u16(daotp__buffer *stub, uint16_t value);
void daotp__ndr_add_u32(daotp__buffer *stub, uint32_t value);
/* A unique pointer's referent; *last is the one before, 0 at the begin. */
void daotp__ndr_add_referent(daotp__buffer *stub, uint32_t *last);
/* A conformant varying string of UTF-16 with its NUL, from UTF-8 text, behind its referent.
 * DAOTP_PEER in the buffer when the text is no UTF-8. */
void daotp__ndr_add_string(daotp__buffer *stub, uint32_t *last, const char *text);
/* CERTTRANSBLOB (MS-WCCE 2.2.2.2) with what it points to; a NULL pointer when there are no octets.
 */
void daotp__ndr_add_blob(daotp__buffer *stub, uint32_t *last, daotp__bytes blob);
/* UTF-8 of UTF-16LE up to a NUL or the end, at most max octets of it; NULL without memory. What is
 * no UTF-16 becomes U+FFFD. To be freed by daotp__delete(). */
char *daotp__ndr_text(daotp__bytes utf16, size_t max);

#endif
