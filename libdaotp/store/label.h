/* SPDX-License-Identifier: BSD-2-Clause */
/* The labels of store entries. */
#ifndef DAOTP_STORE_LABEL_H
#define DAOTP_STORE_LABEL_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a label may contain this character. n: its length from daotp__utf8_next(). */
bool daotp__store_is_label_character(const char *text, size_t n);
/* Turns a non-empty text into a label, in place: a character that a label cannot have becomes an
 * underscore, and a text that is too long is cut. */
void daotp__store_make_label(char *text);

#endif
