/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows by their ids, symbolic names and aliases. */
#ifndef DAOTP_KNOWLEDGE_NAMES_H
#define DAOTP_KNOWLEDGE_NAMES_H

#include "knowledge/hits.h"

/* Sorted by name, for daotp__search_add_named(). */
daotp_status daotp__names_make(daotp__search *search);
/* The rows that have this name; true if there are any. */
bool daotp__search_add_named(daotp__search *search, const char *name, size_t len, unsigned score,
                             size_t at);
/* The row whose id this is, written as daotp__code_id() does. */
bool daotp__reference_find(const char *reference, daotp__row *row);

#endif
