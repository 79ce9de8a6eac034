/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_STORE_STORE_H
#define DAOTP_STORE_STORE_H

#include <daotp/sys/store_backend.h>

/* Whether a put under this label would succeed; key: NULL for one that can be exported. */
daotp_status daotp__store_check(daotp_store *store, const char *label, const daotp_key *key);
/* Whether a label may have this character, of n octets as daotp__utf8_next() gives them. */
bool daotp__store_is_label_character(const char *text, size_t n);
/* Turns a non-empty text into a label, in place: a character that a label cannot have becomes an
 * underscore, and a text that is too long is cut. */
void daotp__store_make_label(char *text);
/* The URI that it was opened with, copied; false without memory. */
bool daotp__store_set_uri(daotp_store *store, const char *uri);

#endif
