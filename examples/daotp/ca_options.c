/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca_options.h"

#include "interrupt.h"

#include <stdio.h>

void ca_options_init(ca_options *o)
{
    *o = (ca_options){.way = DAOTP_CA_WAY_AUTO,
                      .mechanism = DAOTP_CA_RPC_SPNEGO,
                      .port = 135,
                      .timeout_s = 30,
                      .password_fd = -1};
}

int ca_options_take(const char *command, ca_options *o, int option, const char *name)
{
    static const char *const mechanisms[] = {"spnego", "kerberos", NULL};
    const char **const slots[] = {&o->user,  &o->cache, &o->keytab,
                                  &o->realm, &o->kdc,   &o->password_file};

    if (option >= CA_USER && option <= CA_PASSWORD_FILE)
        *slots[option - CA_USER] = optarg;
    o->json = o->json || option == CA_JSON;
    if (option == CA_MECHANISM &&
        !tool_choose_option(command, name, optarg, mechanisms, &o->mechanism))
        return TOOL_USAGE;
    if ((option == CA_PASSWORD_FD && !tool_descriptor(optarg, &o->password_fd)) ||
        (option == CA_PORT && !tool_integer(optarg, 1, UINT16_MAX, &o->port)) ||
        (option == CA_TIMEOUT && !tool_seconds(optarg, &o->timeout_s)))
        return tool_bad_option(command, option, name, optarg);
    return 0;
}

int ca_options_check(const char *command, const ca_options *o)
{
    if (o->kdc != NULL && o->realm == NULL) {
        tool_say("daotp %s: --kdc needs --realm", command);
        return TOOL_USAGE;
    }
    return 0;
}

daotp_status ca_options_config(const char *command, const char *host, const char *name,
                               char config[CA_CONFIG_ROOM])
{
    const char *separator = name != NULL ? "\\" : "";
    int len = snprintf(config, CA_CONFIG_ROOM, "%s%s%s", host, separator, name != NULL ? name : "");

    if (len < CA_CONFIG_ROOM)
        return DAOTP_OK;
    tool_say("daotp %s: HOST and CA together are longer than %d octets", command,
             CA_CONFIG_ROOM - 1);
    return DAOTP_USAGE;
}

daotp_status ca_options_open(const char *command, const ca_options *o, daotp_context *context,
                             const char *host, daotp_ca **ca)
{
    daotp_status status = daotp_ca_new_rpc(context, (daotp_ca_way)o->way, ca);

    if (status == DAOTP_OK)
        status = daotp_ca_allow_host(*ca, host);
    if (status == DAOTP_USAGE)
        tool_say("daotp %s: HOST cannot be '%s'; it is a DNS name", command, host);
    if (status == DAOTP_OK)
        status = daotp_ca_set_ticket_cache(*ca, o->cache);
    if (status == DAOTP_OK)
        status = daotp_ca_set_keytab(*ca, o->keytab);
    if (status == DAOTP_OK)
        status = tool_taken(command, daotp_ca_set_realm(*ca, o->realm, o->kdc), "kdc", o->kdc);
    if (status == DAOTP_OK)
        status = daotp_ca_set_rpc_mechanism(*ca, (daotp_ca_rpc_mechanism)o->mechanism);
    if (status == DAOTP_OK)
        status = daotp_ca_set_mapper_port(*ca, (uint16_t)o->port);
    return status;
}

daotp_status ca_options_ask(void *user, const char *host, daotp_host_origin origin,
                            uint32_t attempt, daotp_domain_credential *answer)
{
    ca_options *o = user;
    char prompt[512];
    bool has = o->password.len > 0;

    (void)origin;
    (void)snprintf(prompt, sizeof prompt, "Domain password of %s, for %s", o->user, host);
    if (attempt > 1)
        return DAOTP_CONFIGURATION;
    if (!has && o->password_file != NULL)
        has = tool_secret_load(o->password_file, &o->password);
    else if (!has && o->password_fd >= 0)
        has = tool_secret_read(o->password_fd, &o->password);
    else if (!has)
        has = tool_secret_ask(prompt, &o->password);
    if (!has)
        return interrupt_came() ? DAOTP_CANCELLED : DAOTP_CONFIGURATION;
    return daotp_domain_credential_set(answer, o->user, o->password.bytes, o->password.len);
}
