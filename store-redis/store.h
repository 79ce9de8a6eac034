/* SPDX-License-Identifier: BSD-2-Clause */
/* The store redis: and rediss:, for the plug-ins that serve these schemes. */
#ifndef REDIS_STORE_H
#define REDIS_STORE_H

#include <daotp/sys/store_plugin.h>

daotp_status redis_store_open(daotp_context *context, const char *uri, daotp_report *report,
                              daotp_store **store);

#endif
