/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp ca ping: does the certification authority answer by RPC? */
#include "tool.h"

#include "interrupt.h"
#include "page.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: daotp ca ping [OPTION...] HOST CA\n"
    "\n"
    "Does the CA of this name answer by RPC on this host, as the user? No request is\n"
    "made.\n"
    "\n"
    "  --user NAME              DOMAIN\\user or UPN (needed)\n"
    "  --way auto|rpc|dcom      ICPR, DCOM, or both (auto)\n"
    "  --ticket-cache NAME      Kerberos tickets of the user; else the password\n"
    "  --realm REALM, --kdc HOST:PORT   of the password; unless given, as krb5.conf\n"
    "                           says\n"
    "  --mechanism spnego|kerberos      (spnego)\n"
    "  --mapper-port N          where its endpoint mapper listens (135)\n"
    "  --password-file FILE, --password-fd N   asked for on the terminal unless given\n"
    "  --timeout S              of all together (30)\n"
    "  --profile NAME           the profile for what is not given (default)\n"
    "  --json\n"
    "\n"
    "example: daotp ca ping --user 'CORP\\alice' ca1.corp.example 'Corp Issuing CA'\n";

typedef struct ping {
    const char *user, *cache, *realm, *kdc, *password_file;
    int way, mechanism; /* as their enumerations count */
    int password_fd;    /* -1: none */
    int64_t port;
    double timeout_s;
    bool json;
    tool_secret password;
} ping;

enum {
    USER = 256,
    CACHE,
    REALM,
    KDC,
    PASSWORD_FILE,
    WAY,
    MECHANISM,
    PORT,
    PASSWORD_FD,
    TIMEOUT,
    JSON,
    HELP
};

static const struct option options[] = {{"user", required_argument, NULL, USER},
                                        {"way", required_argument, NULL, WAY},
                                        {"ticket-cache", required_argument, NULL, CACHE},
                                        {"realm", required_argument, NULL, REALM},
                                        {"kdc", required_argument, NULL, KDC},
                                        {"mechanism", required_argument, NULL, MECHANISM},
                                        {"mapper-port", required_argument, NULL, PORT},
                                        {"password-file", required_argument, NULL, PASSWORD_FILE},
                                        {"password-fd", required_argument, NULL, PASSWORD_FD},
                                        {"timeout", required_argument, NULL, TIMEOUT},
                                        {"json", no_argument, NULL, JSON},
                                        {"help", no_argument, NULL, HELP},
                                        {0}};

/* TOOL_USAGE when the value is not taken, and it was said. */
static int take_option(ping *p, int option, const char *name)
{
    static const char *const ways[] = {"auto", "rpc", "dcom", NULL};
    static const char *const mechanisms[] = {"spnego", "kerberos", NULL};
    const char **const slots[] = {&p->user, &p->cache, &p->realm, &p->kdc, &p->password_file};

    if (option >= USER && option <= PASSWORD_FILE)
        *slots[option - USER] = optarg;
    p->json = p->json || option == JSON;
    if ((option == WAY && !tool_choose_option("ca", name, optarg, ways, &p->way)) ||
        (option == MECHANISM && !tool_choose_option("ca", name, optarg, mechanisms, &p->mechanism)))
        return TOOL_USAGE;
    if ((option == PASSWORD_FD && !tool_descriptor(optarg, &p->password_fd)) ||
        (option == PORT && !tool_integer(optarg, 1, UINT16_MAX, &p->port)) ||
        (option == TIMEOUT && !tool_seconds(optarg, &p->timeout_s)))
        return tool_bad_option("ca", option, name, optarg);
    return 0;
}

static daotp_status on_domain(void *user, const char *host, daotp_host_origin origin,
                              uint32_t attempt, daotp_domain_credential *answer)
{
    ping *p = user;
    char prompt[512];
    bool has = p->password.len > 0;

    (void)origin;
    snprintf(prompt, sizeof prompt, "Domain password of %s, for %s", p->user, host);
    if (attempt > 1)
        return DAOTP_CONFIGURATION;
    if (!has && p->password_file != NULL)
        has = tool_secret_load(p->password_file, &p->password);
    else if (!has && p->password_fd >= 0)
        has = tool_secret_read(p->password_fd, &p->password);
    else if (!has)
        has = tool_secret_ask(prompt, &p->password);
    if (!has)
        return interrupt_came() ? DAOTP_CANCELLED : DAOTP_CONFIGURATION;
    return daotp_domain_credential_set(answer, p->user, p->password.bytes, p->password.len);
}

/* Each refusal names the option, or the word, that is not taken. */
static daotp_status make_rpc_ca(daotp_context *context, const ping *p, const char *host,
                                daotp_ca **ca)
{
    daotp_status status = daotp_ca_new_rpc(context, (daotp_ca_way)p->way, ca);

    if (status == DAOTP_OK)
        status = daotp_ca_allow_host(*ca, host);
    if (status == DAOTP_USAGE)
        tool_say("daotp ca: HOST cannot be '%s'; it is a DNS name", host);
    if (status == DAOTP_OK)
        status = daotp_ca_set_ticket_cache(*ca, p->cache);
    if (status == DAOTP_OK)
        status = tool_taken("ca", daotp_ca_set_realm(*ca, p->realm, p->kdc), "kdc", p->kdc);
    if (status == DAOTP_OK)
        status = daotp_ca_set_rpc_mechanism(*ca, (daotp_ca_rpc_mechanism)p->mechanism);
    if (status == DAOTP_OK)
        status = daotp_ca_set_mapper_port(*ca, (uint16_t)p->port);
    return status;
}

static daotp_status ping_ca(ping *p, const char *host, const char *name, daotp_report *report,
                            daotp_context *context)
{
    char config[1024];
    daotp_ca *ca = NULL;
    daotp_status status;

    if (snprintf(config, sizeof config, "%s\\%s", host, name) >= (int)sizeof config) {
        tool_say("daotp ca: HOST and CA together are longer than %zu octets", sizeof config - 1);
        return DAOTP_USAGE;
    }
    status = make_rpc_ca(context, p, host, &ca);
    if (status == DAOTP_OK)
        status = daotp_ca_ping(ca, config, p->user, on_domain, p, (int64_t)(p->timeout_s * 1000),
                               report);
    daotp_ca_unref(ca);
    return status;
}

static void print_result(const ping *p, daotp_status status, daotp_report *report)
{
    if (!p->json) {
        page_put(daotp_report_get_text(report));
        return;
    }
    tool_said_json();
    printf("{\"format\":%d,\"answers\":%s,\"report\":%s}\n", DAOTP_JSON_FORMAT,
           status == DAOTP_OK ? "true" : "false", daotp_report_get_json(report));
}

static int run_ping(ping *p, const char *host, const char *name)
{
    daotp_context *context = tool_context();
    daotp_report *report = NULL;
    daotp_status status = daotp_report_new(context, &report);

    if (status == DAOTP_OK)
        status = ping_ca(p, host, name, report, context);
    if (report != NULL && status != DAOTP_USAGE) /* an option was refused: there was no ping */
        print_result(p, status, report);
    daotp_report_free(report);
    daotp_context_unref(context);
    tool_secret_free(&p->password);
    return tool_exit_status(status);
}

int cmd_ca(int argc, char **argv)
{
    ping p = {.way = DAOTP_CA_WAY_AUTO,
              .mechanism = DAOTP_CA_RPC_SPNEGO,
              .port = 135,
              .timeout_s = 30,
              .password_fd = -1};
    int c, which = 0;

    while ((c = tool_next_option("ca", argc, argv, options, &which)) != -1) {
        if (c == HELP)
            return fputs(help, stdout) < 0;
        if (c == '?' || take_option(&p, c, options[which].name) != 0)
            return TOOL_USAGE;
    }
    if (optind == argc)
        return tool_missing("ca", "ping");
    if (strcmp(argv[optind], "ping") != 0) {
        tool_say("daotp ca: there is no '%s'; daotp ca --help lists what there is", argv[optind]);
        return TOOL_USAGE;
    }
    if (p.user == NULL)
        return tool_missing("ca", "--user");
    if (argc - optind != 3)
        return tool_missing("ca", "HOST and CA");
    if (p.kdc != NULL && p.realm == NULL) {
        tool_say("daotp ca: --kdc needs --realm");
        return TOOL_USAGE;
    }
    return run_ping(&p, argv[optind + 1], argv[optind + 2]);
}
