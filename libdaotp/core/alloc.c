/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/alloc.h"

#include "core/limits.h"
#include "core/memory.h"

#include <daotp/context.h>
#include <string.h>

/* The size is stored before the object, in a slot that keeps the alignment of malloc(). */
enum { HEAD = 16 };

void *daotp__new(size_t size)
{
    uint8_t *block;

    if (size > SIZE_MAX - HEAD)
        return NULL;
    block = daotp__memory_get(size + HEAD);
    if (block == NULL)
        return NULL;
    memcpy(block, &size, sizeof size);
    return block + HEAD;
}

void daotp__delete(void *pointer)
{
    uint8_t *block;
    size_t size;

    if (pointer == NULL)
        return;
    block = (uint8_t *)pointer - HEAD;
    memcpy(&size, block, sizeof size);
    daotp__wipe(pointer, size);
    daotp__memory_put(block);
}

void daotp_free(void *pointer)
{
    daotp__delete(pointer);
}

void daotp__wipe(void *pointer, size_t len)
{
    if (len > 0)
        explicit_bzero(pointer, len);
}

char *daotp__text_copy_n(const char *text, size_t len)
{
    char *copy = daotp__new(len + 1);

    if (copy != NULL && len > 0)
        memcpy(copy, text, len);
    return copy;
}

char *daotp__text_copy(const char *text)
{
    return text != NULL ? daotp__text_copy_n(text, strlen(text)) : NULL;
}

uint8_t *daotp__bytes_copy(const void *bytes, size_t len)
{
    return (uint8_t *)daotp__text_copy_n(bytes, len);
}

bool daotp__text_set(char **slot, const char *text)
{
    char *copy = daotp__text_copy(text);

    if (copy == NULL && text != NULL)
        return false;
    daotp__delete(*slot);
    *slot = copy;
    return true;
}

/* All texts are copied before any is replaced; at most DAOTP__MAX_TEXT_SETTINGS. */
bool daotp__texts_set(const daotp__text_setting *settings, size_t count)
{
    char *copies[DAOTP__MAX_TEXT_SETTINGS] = {NULL};
    bool ok = count <= DAOTP__MAX_TEXT_SETTINGS;

    for (size_t i = 0; ok && i < count; i++) {
        copies[i] = daotp__text_copy(settings[i].text);
        ok = copies[i] != NULL || settings[i].text == NULL;
    }
    for (size_t i = 0; i < count && i < DAOTP__MAX_TEXT_SETTINGS; i++) {
        char *old = ok ? *settings[i].slot : copies[i];

        if (ok)
            *settings[i].slot = copies[i];
        daotp__delete(old);
    }
    return ok;
}
