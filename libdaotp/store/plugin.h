/* SPDX-License-Identifier: BSD-2-Clause */
/* Loads store backends from shared objects (plug-ins). */
#ifndef DAOTP_STORE_PLUGIN_H
#define DAOTP_STORE_PLUGIN_H

#include <daotp/sys/store_plugin.h>

/* Load the plug-in for a scheme, and let it make the store. scheme: without a slash. */
daotp_status daotp__store_open_plugin(daotp_context *context, const char *scheme, const char *uri,
                                      daotp_report *report, daotp_store **store);

#endif
