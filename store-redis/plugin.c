/* SPDX-License-Identifier: BSD-2-Clause */
/* The plug-in; compiled once for each scheme, since a plug-in serves one. */
#include "store.h"

DAOTP_API const daotp_store_plugin *daotp_store_plugin_get(void);

const daotp_store_plugin *daotp_store_plugin_get(void)
{
    static const daotp_store_plugin plugin = {.size = sizeof plugin,
                                              .version = DAOTP_STORE_PLUGIN_VERSION,
                                              .scheme = REDIS_SCHEME,
                                              .open = redis_store_open};

    return &plugin;
}
