/* SPDX-License-Identifier: BSD-2-Clause */
/* What is the same for all that extenders give: a table of functions and a pointer of their own. */
#ifndef DAOTP_CORE_EXTENSION_H
#define DAOTP_CORE_EXTENSION_H

#include "core/report.h"

/* The object that holds a table: `size` bytes, all zero. When this fails, self ends with end(self).
 * end: NULL when the table is not complete. DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY. */
daotp_status daotp__extension_new(daotp_context *context, void (*end)(void *self), void *self,
                                  size_t size, void **object);
/* A table of this many bytes, which may be shorter or longer than ours. */
void daotp__extension_copy(void *to, size_t room, const void *table, size_t size);

/*
 * What one of its functions answered, as the call goes on with it. What it found since is the
 * verdict; an error without a finding gets the row `silent` about the subject; a status that there
 * is not, or that says to wait, becomes DAOTP_INTERNAL; after DAOTP_OK errors are warnings.
 */
daotp_status daotp__extension_answer(daotp_report *report, size_t since, daotp_status answer,
                                     daotp_finding_number silent, const char *subject);

#endif
