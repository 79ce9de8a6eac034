/* SPDX-License-Identifier: BSD-2-Clause */
/* How a certification authority is reached by RPC: what `daotp ca` and `daotp ra` share. */
#ifndef TOOL_CA_OPTIONS_H
#define TOOL_CA_OPTIONS_H

#include "tool.h"

#include <getopt.h>

typedef struct ca_options {
    const char *user, *cache, *keytab, *realm, *kdc, *password_file;
    int way, mechanism; /* as their enumerations count */
    int password_fd;    /* -1: none */
    int64_t port;
    double timeout_s;
    bool json;
    tool_secret password;
} ca_options;

enum {
    CA_USER = 256,
    CA_CACHE,
    CA_KEYTAB,
    CA_REALM,
    CA_KDC,
    CA_PASSWORD_FILE,
    CA_MECHANISM,
    CA_PORT,
    CA_PASSWORD_FD,
    CA_TIMEOUT,
    CA_JSON,
    CA_HELP,
    CA_OPTIONS_END /* from here on those of the command itself */
};

#define CA_OPTIONS_ROWS                                                                            \
    {"ticket-cache", required_argument, NULL, CA_CACHE},                                           \
        {"keytab", required_argument, NULL, CA_KEYTAB},                                            \
        {"realm", required_argument, NULL, CA_REALM}, {"kdc", required_argument, NULL, CA_KDC},    \
        {"mechanism", required_argument, NULL, CA_MECHANISM},                                      \
        {"mapper-port", required_argument, NULL, CA_PORT},                                         \
        {"timeout", required_argument, NULL, CA_TIMEOUT}, {"json", no_argument, NULL, CA_JSON},    \
    {                                                                                              \
        "help", no_argument, NULL, CA_HELP                                                         \
    }

/* For the command that asks a user's password. */
#define CA_PASSWORD_ROWS                                                                           \
    {"password-file", required_argument, NULL, CA_PASSWORD_FILE},                                  \
    {                                                                                              \
        "password-fd", required_argument, NULL, CA_PASSWORD_FD                                     \
    }

enum { CA_CONFIG_ROOM = 1024 };

void ca_options_init(ca_options *o);
/* One of the rows above; TOOL_USAGE when the value is not taken, and it was said. */
int ca_options_take(const char *command, ca_options *o, int option, const char *name);
/* TOOL_USAGE when they do not fit together, and it was said. */
int ca_options_check(const char *command, const ca_options *o);
/* "HOST\CA" as IssuingCA has it, HOST alone when name is NULL. DAOTP_USAGE when both together are
 * too long, and it was said. */
daotp_status ca_options_config(const char *command, const char *host, const char *name,
                               char config[CA_CONFIG_ROOM]);
/* A CA by RPC with this host allowed. Each refusal names the option, or the word, that is not
 * taken. */
daotp_status ca_options_open(const char *command, const ca_options *o, daotp_context *context,
                             const char *host, daotp_ca **ca);
/* A daotp_domain_fn; user: the options. */
daotp_status ca_options_ask(void *user, const char *host, daotp_host_origin origin,
                            uint32_t attempt, daotp_domain_credential *answer);

#endif
