/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A growing byte buffer, fit for secrets: it is wiped when freed, and when it grows, the old block
 * is copied, wiped and freed, never passed to realloc. Its maximum size is set by init. After a
 * failed write all later writes fail, so a caller checks once, after the last write.
 */
#ifndef DAOTP_CORE_BUFFER_H
#define DAOTP_CORE_BUFFER_H

#include <daotp/status.h>

typedef struct daotp__buffer {
    uint8_t *data;
    size_t len, capacity, max;
    size_t dirty;        /* octets that may have been written since the last wipe: len or more */
    bool is_secret;      /* its block is in pages for secrets */
    daotp_status failed; /* DAOTP_OK, DAOTP_MEMORY, or DAOTP_PEER when max was exceeded */
} daotp__buffer;

/* A view of bytes that another object owns. */
typedef struct daotp__bytes {
    const uint8_t *data;
    size_t len;
} daotp__bytes;

void daotp__buffer_init(daotp__buffer *buffer, size_t max);
/* For a code, a password or a key: its pages are in no core dump. Its block cannot be taken. */
void daotp__buffer_init_secret(daotp__buffer *buffer, size_t max);
void daotp__buffer_free(daotp__buffer *buffer);  /* wipes; the buffer is as after init */
void daotp__buffer_clear(daotp__buffer *buffer); /* wipes the content, keeps the block */

/* Wipes from and gives its block to to, unless to has one; then the block is freed. Both are of one
 * kind. To make pages for secrets takes longer than to write a request. */
void daotp__buffer_pass_block(daotp__buffer *from, daotp__buffer *to);

/* Room for len more bytes: where to write them, or NULL. daotp__buffer_wrote() follows. */
uint8_t *daotp__buffer_room(daotp__buffer *buffer, size_t len);
void daotp__buffer_wrote(daotp__buffer *buffer, size_t len);

void daotp__buffer_add(daotp__buffer *buffer, const void *bytes, size_t len);
void daotp__buffer_byte(daotp__buffer *buffer, uint8_t byte);
void daotp__buffer_text(daotp__buffer *buffer, const char *text);
void daotp__buffer_format(daotp__buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The text so far, with a NUL behind it that does not count; "" when the buffer failed. */
const char *daotp__buffer_string(daotp__buffer *buffer);
/* Hand over the block, which ends in a NUL; the caller frees it with daotp_free(). NULL if the
 * buffer failed. */
uint8_t *daotp__buffer_take(daotp__buffer *buffer, size_t *len);

daotp__bytes daotp__buffer_bytes(const daotp__buffer *buffer);
bool daotp__bytes_equal(daotp__bytes a, daotp__bytes b);

#endif
