/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_CORE_CONTEXT_H
#define DAOTP_CORE_CONTEXT_H

#include "core/passed_keys.h"
#include "core/time_sum.h"

#include <daotp/context.h>

daotp_context *daotp__context_ref(daotp_context *context);
/* Where plug-ins are loaded from; "" for nowhere. Borrowed until it is set anew. */
const char *daotp__context_plugin_folder(const daotp_context *context);
int64_t daotp__context_now_s(const daotp_context *context);  /* wall clock */
int64_t daotp__context_now_ms(const daotp_context *context); /* monotonic clock */
/* Borrowed; what it holds changes with each key that is tested. NULL for no context. */
daotp__passed_keys *daotp__context_passed_keys(const daotp_context *context);
/* The moment that lies this far ahead; INT64_MAX when that is beyond all time. */
int64_t daotp__context_in_ms(const daotp_context *context, int64_t ms);
void daotp__context_log(const daotp_context *context, daotp_log_level level, const char *id,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
