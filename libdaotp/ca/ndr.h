/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NDR, little-endian, 32 bit (C706 chapter 14, MS-RPCE 2.2.4), with only the types that the calls
 * of this folder need. Alignment counts from the start of the stub. No I/O.
 */
#ifndef DAOTP_CA_NDR_H
#define DAOTP_CA_NDR_H

#include "core/buffer.h"

enum { DAOTP__UUID_OCTETS = 16 };

/* A stub that is being read. After the first malformed or missing value `failed` stays set and
 * all further reads return 0 or empty, so that the caller checks once, after the last read. */
typedef struct daotp__ndr {
    daotp__bytes in;
    size_t at;
    bool failed;
} daotp__ndr;

void daotp__ndr_align(daotp__ndr *ndr, size_t boundary);
uint16_t daotp__ndr_u16(daotp__ndr *ndr); /* these three align first */
uint32_t daotp__ndr_u32(daotp__ndr *ndr);
uint64_t daotp__ndr_u64(daotp__ndr *ndr);
/* A view of the next len octets, without alignment. */
daotp__bytes daotp__ndr_octets(daotp__ndr *ndr, size_t len);
/* Read a conformant array of octets: max_count, which must equal len, and the octets. */
daotp__bytes daotp__ndr_octet_array(daotp__ndr *ndr, uint32_t len);
/* Read a count of elements of at least `element` octets each. It must not exceed max or what the
 * rest of the stub can hold; otherwise failed is set and 0 returned. */
uint32_t daotp__ndr_count(daotp__ndr *ndr, uint32_t max, size_t element);

/* Writing: the buffer holds the stub from its start. */
void daotp__ndr_add_padding(daotp__buffer *stub, size_t boundary);
void daotp__ndr_add_u16(daotp__buffer *stub, uint16_t value);
void daotp__ndr_add_u32(daotp__buffer *stub, uint32_t value);
/* Add the referent of a unique pointer. *last: the previous referent, 0 at the start. */
void daotp__ndr_add_referent(daotp__buffer *stub, uint32_t *last);
/* Add a referent and the UTF-8 text as a conformant varying string of UTF-16 with a NUL. If the
 * text is not UTF-8, stub->failed becomes DAOTP_PEER. */
void daotp__ndr_add_string(daotp__buffer *stub, uint32_t *last, const char *text);
/* Add a CERTTRANSBLOB (MS-WCCE 2.2.2.2) and its octets; a NULL pointer if blob is empty. */
void daotp__ndr_add_blob(daotp__buffer *stub, uint32_t *last, daotp__bytes blob);
/* Convert UTF-16LE up to a NUL or the end to UTF-8, at most max octets of it. Invalid UTF-16
 * becomes U+FFFD. The caller frees it with daotp__delete(); NULL without memory. */
char *daotp__ndr_text(daotp__bytes utf16, size_t max);

#endif
