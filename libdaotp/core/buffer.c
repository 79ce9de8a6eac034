/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/buffer.h"

#include "core/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The size of the first block in octets; for a secret, one page minus the header. */
enum { FIRST = 256, FIRST_SECRET = 4096 - 32 };

void daotp__buffer_init(daotp__buffer *buffer, size_t max)
{
    *buffer = (daotp__buffer){.max = max};
}

void daotp__buffer_init_secret(daotp__buffer *buffer, size_t max)
{
    *buffer = (daotp__buffer){.max = max, .is_secret = true};
}

static void delete_block(const daotp__buffer *buffer)
{
    if (buffer->is_secret)
        daotp__secret_delete(buffer->data);
    else
        daotp__delete(buffer->data);
}

void daotp__buffer_free(daotp__buffer *buffer)
{
    delete_block(buffer);
    *buffer = (daotp__buffer){.max = buffer->max, .is_secret = buffer->is_secret};
}

void daotp__buffer_clear(daotp__buffer *buffer)
{
    daotp__wipe(buffer->data, buffer->dirty);
    buffer->len = buffer->dirty = 0;
    buffer->failed = DAOTP_OK;
}

void daotp__buffer_pass_block(daotp__buffer *from, daotp__buffer *to)
{
    if (to->data == NULL) {
        daotp__buffer_clear(from);
        to->data = from->data;
        to->capacity = from->capacity;
        from->data = NULL;
        from->capacity = 0;
    }
    daotp__buffer_free(from);
}

static bool buffer_grow(daotp__buffer *buffer, size_t wanted)
{
    size_t capacity = buffer->is_secret ? FIRST_SECRET : FIRST;
    uint8_t *data;

    if (buffer->capacity > 0)
        capacity = buffer->capacity;
    while (capacity < wanted)
        capacity *= 2;
    data = buffer->is_secret ? daotp__secret_new(capacity) : daotp__new(capacity);
    if (data == NULL) {
        buffer->failed = DAOTP_MEMORY;
        return false;
    }
    if (buffer->len > 0)
        memcpy(data, buffer->data, buffer->len);
    delete_block(buffer);
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

uint8_t *daotp__buffer_room(daotp__buffer *buffer, size_t len)
{
    if (buffer->failed != DAOTP_OK)
        return NULL;
    if (len > buffer->max || buffer->len > buffer->max - len) {
        buffer->failed = DAOTP_PEER;
        return NULL;
    }
    /* one more than asked for, so that there is always room for a NUL */
    if (buffer->len + len + 1 > buffer->capacity && !buffer_grow(buffer, buffer->len + len + 1))
        return NULL;
    if (buffer->dirty < buffer->len + len + 1)
        buffer->dirty = buffer->len + len + 1;
    return buffer->data + buffer->len;
}

void daotp__buffer_wrote(daotp__buffer *buffer, size_t len)
{
    buffer->len += len;
}

void daotp__buffer_add(daotp__buffer *buffer, const void *bytes, size_t len)
{
    uint8_t *room = daotp__buffer_room(buffer, len);

    if (room == NULL)
        return;
    if (len > 0)
        memcpy(room, bytes, len);
    buffer->len += len;
}

void daotp__buffer_byte(daotp__buffer *buffer, uint8_t byte)
{
    daotp__buffer_add(buffer, &byte, 1);
}

void daotp__buffer_text(daotp__buffer *buffer, const char *text)
{
    daotp__buffer_add(buffer, text, strlen(text));
}

void daotp__buffer_format(daotp__buffer *buffer, const char *format, ...)
{
    va_list args;
    uint8_t *room;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    room = len >= 0 ? daotp__buffer_room(buffer, (size_t)len) : NULL;
    if (room == NULL)
        return;
    va_start(args, format);
    (void)vsnprintf((char *)room, (size_t)len + 1, format, args);
    va_end(args);
    buffer->len += (size_t)len;
}

const char *daotp__buffer_string(daotp__buffer *buffer)
{
    if (daotp__buffer_room(buffer, 0) == NULL)
        return "";
    buffer->data[buffer->len] = '\0';
    return (const char *)buffer->data;
}

uint8_t *daotp__buffer_take(daotp__buffer *buffer, size_t *len)
{
    uint8_t *data;

    if (buffer->is_secret || daotp__buffer_room(buffer, 0) == NULL)
        return NULL;
    buffer->data[buffer->len] = '\0';
    data = buffer->data;
    if (len != NULL)
        *len = buffer->len;
    daotp__buffer_init(buffer, buffer->max);
    return data;
}

daotp__bytes daotp__buffer_bytes(const daotp__buffer *buffer)
{
    return (daotp__bytes){buffer->data, buffer->len};
}

bool daotp__bytes_equal(daotp__bytes a, daotp__bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}
