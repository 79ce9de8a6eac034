/* SPDX-License-Identifier: BSD-2-Clause */
/* Allocates objects and small texts. Each block stores its size, so that it is wiped when it is
 * freed. */
#ifndef DAOTP_CORE_ALLOC_H
#define DAOTP_CORE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *daotp__new(size_t size);     /* zeroed, or NULL */
void daotp__delete(void *pointer); /* wipes and frees; NULL does nothing */
/* The same for secrets that are kept for some time. They are in separate pages, which are
 * excluded from core dumps. */
void *daotp__secret_new(size_t size);
void daotp__secret_delete(void *pointer);
char *daotp__text_copy(const char *text);               /* NULL for NULL, and without memory */
char *daotp__text_copy_n(const char *text, size_t len); /* adds a NUL */
uint8_t *daotp__bytes_copy(const void *bytes, size_t len);

/* Free *slot and set it to a copy of text; text NULL: to NULL. Returns false without memory;
 * *slot is then unchanged. */
bool daotp__text_set(char **slot, const char *text);
/* The same for at most DAOTP__MAX_TEXT_SETTINGS texts: all are replaced, or none. */
typedef struct daotp__text_setting {
    char **slot;
    const char *text;
} daotp__text_setting;
bool daotp__texts_set(const daotp__text_setting *settings, size_t count);

void daotp__wipe(void *pointer, size_t len);

#endif
