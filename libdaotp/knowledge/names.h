/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds rows by their ids, symbolic names and aliases. */
#ifndef DAOTP_KNOWLEDGE_NAMES_H
#define DAOTP_KNOWLEDGE_NAMES_H

#include "knowledge/hits.h"

/* Make the sorted list of names for daotp__search_add_named(). DAOTP_OK or DAOTP_MEMORY. */
daotp_status daotp__names_make(daotp__search *search);
/* Add the rows that have this name. Returns true if there are any. */
bool daotp__search_add_named(daotp__search *search, const char *name, size_t len, unsigned score,
                             size_t at);
/* Find the row with this id, in the form of daotp__code_id(). */
bool daotp__reference_find(const char *reference, daotp__row *row);

#endif
