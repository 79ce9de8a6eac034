/* SPDX-License-Identifier: BSD-2-Clause */
/* Store backends that are shared objects of their own. */
#ifndef DAOTP_STORE_PLUGIN_H
#define DAOTP_STORE_PLUGIN_H

#include <daotp/sys/store_plugin.h>

/* Loads the plug-in of a scheme, which makes the store. The scheme contains no slash. */
daotp_status daotp__store_open_plugin(daotp_context *context, const char *scheme, const char *uri,
                                      daotp_report *report, daotp_store **store);

#endif
