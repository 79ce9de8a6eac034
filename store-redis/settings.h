/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a URI of this store says:
 *
 *   redis[s]://[USER@]HOST[:PORT][,HOST[:PORT]...][/DATABASE][?NAME=VALUE[&NAME=VALUE...]]
 *
 * %XX is decoded in USER and in the values. The manual has the names.
 */
#ifndef REDIS_SETTINGS_H
#define REDIS_SETTINGS_H

#include "limits.h"
#include "server_link.h"

typedef struct server_list {
    server_address servers[MAX_SERVERS];
    size_t count;
} server_list;

typedef struct store_settings {
    bool uses_tls;
    server_list servers; /* with a Sentinel: the Sentinels */
    server_list masters; /* the servers that a Sentinel may name */
    unsigned database;
    char *subject; /* the URI without its query, for findings */
    char *user, *prefix, *seal_key_file, *password_file, *ca_file, *client_cert, *client_key,
        *sentinel;
    int64_t timeout_ms, lock_ms;
} store_settings;

/* No I/O. DAOTP_CONFIGURATION (STORE-URI) when it is none; *out only with DAOTP_OK. */
daotp_status settings_read(const char *uri, daotp_report *report, store_settings **out);
void settings_free(store_settings *settings);

#endif
