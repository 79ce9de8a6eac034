/* SPDX-License-Identifier: BSD-2-Clause */
/* A question in the form in which it is compared: lower case, without accents, with plain quotes
 * and dashes; and its words. */
#ifndef DAOTP_KNOWLEDGE_FOLD_H
#define DAOTP_KNOWLEDGE_FOLD_H

#include "core/buffer.h"

/* Bytes of UTF-8, of UTF-16 with a byte order mark, or, where they are not UTF-8, of Windows-1252.
 * What has no form in ASCII becomes a blank. */
void daotp__text_fold(daotp__buffer *out, const void *bytes, size_t len);

/* One word of folded text: letters, digits and '_'. */
typedef struct daotp__word {
    uint32_t hash; /* without a plural s; umlauts written either way are the same */
    uint32_t at, len;
} daotp__word;

/* The next word at or behind *at; false at the end. "smartcard" is two words. */
bool daotp__word_next(const char *text, size_t len, size_t *at, daotp__word *word);
/* Does it say so little that it is passed over? */
bool daotp__word_is_common(const char *text, const daotp__word *word);

#endif
