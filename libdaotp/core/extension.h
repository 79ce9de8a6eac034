/* SPDX-License-Identifier: BSD-2-Clause */
/* The common part of all extension points: an extender gives a table of functions and a pointer
 * self. */
#ifndef DAOTP_CORE_EXTENSION_H
#define DAOTP_CORE_EXTENSION_H

#include "core/report.h"

/* Allocate the object that will hold the table: `size` octets, zeroed. On failure end(self) is
 * called. end: NULL if the table is incomplete; then DAOTP_USAGE is returned. Otherwise DAOTP_OK
 * or DAOTP_MEMORY. */
daotp_status daotp__extension_new(daotp_context *context, void (*end)(void *self), void *self,
                                  size_t size, void **object);
/* Copy a table of `size` octets to one of `room` octets. The extender may have been built with
 * an older (shorter) or newer (longer) table. */
void daotp__extension_copy(void *to, size_t room, const void *table, size_t size);

/*
 * Convert the return value of an extender's function to the status of the call. since: the number
 * of findings before the function was called. An error among the later findings decides the status.
 * An error status without a finding is reported as `silent` about the subject. An unknown status,
 * or DAOTP_AGAIN, becomes DAOTP_INTERNAL. After DAOTP_OK, errors become warnings.
 */
daotp_status daotp__extension_answer(daotp_report *report, size_t since, daotp_status answer,
                                     daotp_finding_number silent, const char *subject);

#endif
