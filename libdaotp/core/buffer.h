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
    bool is_secret;      /* its memory comes from daotp__secret_new() */
    daotp_status failed; /* DAOTP_OK, DAOTP_MEMORY, or DAOTP_PEER when max was exceeded */
} daotp__buffer;

/* A view of bytes that another object owns. */
typedef struct daotp__bytes {
    const uint8_t *data;
    size_t len;
} daotp__bytes;

void daotp__buffer_init(daotp__buffer *buffer, size_t max);
/* The same for a code, a password or a key: its memory is excluded from core dumps.
 * daotp__buffer_take() fails. */
void daotp__buffer_init_secret(daotp__buffer *buffer, size_t max);
void daotp__buffer_free(daotp__buffer *buffer);  /* wipes; the buffer can be used again */
void daotp__buffer_clear(daotp__buffer *buffer); /* wipes the content, keeps the memory */

/* Wipes the buffer `from` and moves its memory to the buffer `to`; if `to` has memory already,
 * that of `from` is freed. Both are secret buffers, or neither is. Used because mapping pages
 * for secrets takes longer than writing a request. */
void daotp__buffer_pass_block(daotp__buffer *from, daotp__buffer *to);

/* Reserve len more octets. Returns the address to write them to, or NULL; after writing call
 * daotp__buffer_wrote(). */
uint8_t *daotp__buffer_room(daotp__buffer *buffer, size_t len);
void daotp__buffer_wrote(daotp__buffer *buffer, size_t len);

void daotp__buffer_add(daotp__buffer *buffer, const void *bytes, size_t len);
void daotp__buffer_byte(daotp__buffer *buffer, uint8_t byte);
void daotp__buffer_text(daotp__buffer *buffer, const char *text);
void daotp__buffer_format(daotp__buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The content as a text, with a NUL after it that len does not include; borrowed. "" when the
 * buffer failed. */
const char *daotp__buffer_string(daotp__buffer *buffer);
/* Take the content, with a NUL after it; the caller frees it with daotp_free(). NULL if the
 * buffer failed. */
uint8_t *daotp__buffer_take(daotp__buffer *buffer, size_t *len);

daotp__bytes daotp__buffer_bytes(const daotp__buffer *buffer);
bool daotp__bytes_equal(daotp__bytes a, daotp__bytes b);

#endif
