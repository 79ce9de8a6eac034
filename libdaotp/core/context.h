/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_CORE_CONTEXT_H
#define DAOTP_CORE_CONTEXT_H

#include "core/passed_keys.h"
#include "core/time_sum.h"

#include <daotp/context.h>

daotp_context *daotp__context_ref(daotp_context *context);
/* The folder from which plug-ins are loaded; "": none are. Borrowed until the folder is set
 * again. */
const char *daotp__context_plugin_folder(const daotp_context *context);
int64_t daotp__context_now_s(const daotp_context *context);  /* wall clock */
int64_t daotp__context_now_ms(const daotp_context *context); /* monotonic clock */
/* The list of keys that passed all rules, borrowed; NULL if context is NULL. */
daotp__passed_keys *daotp__context_passed_keys(const daotp_context *context);
/* The monotonic time in ms milliseconds; INT64_MAX on overflow. */
int64_t daotp__context_in_ms(const daotp_context *context, int64_t ms);
void daotp__context_log(const daotp_context *context, daotp_log_level level, const char *id,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
