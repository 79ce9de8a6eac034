/* SPDX-License-Identifier: BSD-2-Clause */
/* Folds a question to the form in which it is compared: lower case, without accents, with plain
 * quotes and dashes. Also splits it into words. */
#ifndef DAOTP_KNOWLEDGE_FOLD_H
#define DAOTP_KNOWLEDGE_FOLD_H

#include "core/buffer.h"

/* Append the folded text. The input is UTF-16 with a byte order mark, UTF-8, or, if it is not
 * UTF-8, Windows-1252. Characters without an ASCII form become a blank. */
void daotp__text_fold(daotp__buffer *out, const void *bytes, size_t len);

/* One word of folded text: letters, digits and '_'. */
typedef struct daotp__word {
    uint32_t hash; /* computed without a plural s; both spellings of an umlaut give the same hash */
    uint32_t at, len;
} daotp__word;

/* Read the next word at or after *at. Returns false at the end. "smartcard" is two words. */
bool daotp__word_next(const char *text, size_t len, size_t *at, daotp__word *word);
/* Whether the word is so common that a search ignores it. */
bool daotp__word_is_common(const char *text, const daotp__word *word);

#endif
