/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_STORE_STORE_H
#define DAOTP_STORE_STORE_H

#include <daotp/sys/store_backend.h>

/* Would a put under this label, of this key (NULL: of one that can be exported), be taken? */
daotp_status daotp__store_check(daotp_store *store, const char *label, const daotp_key *key);
/* May this character, of n octets as daotp__utf8_next() tells, stand in a label? */
bool daotp__store_is_label_character(const char *text, size_t n);
/* Makes a label of a text that is not empty, in place: what may not stand in one becomes an
 * underscore, and what is too much is cut off. */
void daotp__store_make_label(char *text);
/* The URI that it was opened with, copied; false without memory. */
bool daotp__store_set_uri(daotp_store *store, const char *uri);

#endif
