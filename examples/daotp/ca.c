/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp ca ping: does the certification authority answer by RPC? daotp ca info: what is it? */
#include "ca_options.h"

#include "json.h"
#include "page.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: daotp ca ping [OPTION...] HOST CA\n"
    "       daotp ca info [OPTION...] HOST [CA]\n"
    "\n"
    "ping: checks, as the user, whether the CA with this name answers by RPC on this\n"
    "host, and shows each step. info: queries the CA by DCOM for its names, the\n"
    "templates that it offers, its certificate and its chain. Neither submits a\n"
    "request.\n"
    "\n"
    "  --user NAME              DOMAIN\\user or UPN (needed)\n"
    "  --way auto|rpc|dcom      ping by ICPR, DCOM, or both (auto)\n"
    "  --ticket-cache NAME      Kerberos tickets of the user; else the password\n"
    "  --keytab NAME            the user's key, instead of a password\n"
    "  --realm REALM, --kdc HOST:PORT   realm of the password, and its KDC; unless\n"
    "                           given, from krb5.conf or DNS\n"
    "  --mechanism spnego|kerberos      the security mechanism (spnego)\n"
    "  --mapper-port N          TCP port of the CA's endpoint mapper (135)\n"
    "  --password-file FILE, --password-fd N   the password; unless given, asked for\n"
    "                           on the terminal\n"
    "  --timeout S              time-out of all steps together (30)\n"
    "  --certificate FILE       info: write the certificate and its chain there\n"
    "  --profile NAME           the profile for settings without an option (default)\n"
    "  --json                   the result as JSON\n"
    "\n"
    "example: daotp ca info --user 'CORP\\alice' ca1.corp.example\n";

enum { WAY = CA_OPTIONS_END, CERTIFICATE };

static const struct option options[] = {{"user", required_argument, NULL, CA_USER},
                                        {"way", required_argument, NULL, WAY},
                                        {"certificate", required_argument, NULL, CERTIFICATE},
                                        CA_OPTIONS_ROWS,
                                        CA_PASSWORD_ROWS,
                                        {0}};

typedef struct ca_question {
    ca_options options;
    bool is_info;
    const char *host, *name; /* name: NULL for whichever CA is there */
    const char *certificate; /* where it goes; or NULL */
    daotp_ca_info *info;
} ca_question;

/* TOOL_USAGE when the value is not taken, and it was said. */
static int take_option(ca_question *q, int option, const char *name)
{
    static const char *const ways[] = {"auto", "rpc", "dcom", NULL};

    if (option == CERTIFICATE)
        q->certificate = optarg;
    if (option == WAY && !tool_choose_option("ca", name, optarg, ways, &q->options.way))
        return TOOL_USAGE;
    return ca_options_take("ca", &q->options, option, name);
}

/* ---- what the CA says ------------------------------------------------------------------------ */

static void print_templates_json(const daotp_ca_info *info)
{
    printf(",\"templates\":[");
    for (size_t i = 0; i < daotp_ca_info_get_template_count(info); i++) {
        printf("%s{\"name\":", i > 0 ? "," : "");
        json_string(stdout, daotp_ca_info_get_template_name(info, i));
        printf(",\"oid\":");
        json_string(stdout, daotp_ca_info_get_template_oid(info, i));
        printf("}");
    }
    printf("]");
}

static void print_info_json(const daotp_ca_info *info)
{
    char *pem = NULL;
    size_t len;

    (void)daotp_ca_info_copy_pem(info, &pem, &len);
    printf(",\"name\":");
    json_string(stdout, daotp_ca_info_get_name(info));
    printf(",\"sanitized_name\":");
    json_string(stdout, daotp_ca_info_get_sanitized_name(info));
    printf(",\"dns_name\":");
    json_string(stdout, daotp_ca_info_get_dns_name(info));
    print_templates_json(info);
    printf(",\"certificates\":");
    json_string(stdout, pem != NULL ? pem : "");
    daotp_free(pem);
}

static void print_certificates(const daotp_ca_info *info, daotp_context *context)
{
    for (size_t i = 0; i < daotp_ca_info_get_count(info); i++) {
        char *text = NULL;
        size_t len;
        const void *der = daotp_ca_info_get_certificate(info, i, &len);

        page_format("%s:\n", i == 0 ? "certificate" : "issued by");
        if (daotp_describe(context, der, len, DAOTP_FORMAT_TEXT, NULL, &text) == DAOTP_OK)
            page_put(text);
        daotp_free(text);
    }
}

static void print_info_text(const daotp_ca_info *info, daotp_context *context)
{
    page_format("CA name: %s\n", daotp_ca_info_get_name(info));
    page_format("sanitized name: %s\n", daotp_ca_info_get_sanitized_name(info));
    page_format("DNS name: %s\n", daotp_ca_info_get_dns_name(info));
    for (size_t i = 0; i < daotp_ca_info_get_template_count(info); i++)
        page_format("template: %s %s\n", daotp_ca_info_get_template_name(info, i),
                    daotp_ca_info_get_template_oid(info, i));
    print_certificates(info, context);
}

static daotp_status write_certificates(const ca_question *q)
{
    char *pem = NULL;
    size_t len;
    bool ok;

    if (daotp_ca_info_copy_pem(q->info, &pem, &len) != DAOTP_OK)
        return DAOTP_MEMORY;
    ok = tool_replace_file(q->certificate, pem, len, 0644);
    if (!ok)
        tool_say("daotp ca: %s: %s", q->certificate, strerror(errno));
    daotp_free(pem);
    return ok ? DAOTP_OK : DAOTP_CONFIGURATION;
}

static void print_answer(const ca_question *q, daotp_status status, daotp_report *report,
                         daotp_context *context)
{
    if (!q->options.json) {
        if (q->info != NULL)
            print_info_text(q->info, context);
        page_put(daotp_report_get_text(report));
        return;
    }
    tool_said_json();
    printf("{\"format\":%d,\"answers\":%s", DAOTP_JSON_FORMAT,
           status == DAOTP_OK ? "true" : "false");
    if (q->info != NULL)
        print_info_json(q->info);
    printf(",\"report\":%s}\n", daotp_report_get_json(report));
}

/* ---- running --------------------------------------------------------------------------------- */

static daotp_status ask_ca(ca_question *q, daotp_report *report, daotp_context *context)
{
    int64_t timeout_ms = (int64_t)(q->options.timeout_s * 1000);
    char config[CA_CONFIG_ROOM];
    daotp_ca *ca = NULL;
    daotp_status status = ca_options_config("ca", q->host, q->name, config);

    if (status == DAOTP_OK)
        status = ca_options_open("ca", &q->options, context, q->host, &ca);
    if (status == DAOTP_OK && q->is_info)
        status = daotp_ca_ask_info(ca, config, q->options.user, ca_options_ask, &q->options,
                                   timeout_ms, report, &q->info);
    else if (status == DAOTP_OK)
        status = daotp_ca_ping(ca, config, q->options.user, ca_options_ask, &q->options, timeout_ms,
                               report);
    daotp_ca_unref(ca);
    return status;
}

static int run_question(ca_question *q)
{
    daotp_context *context = tool_context();
    daotp_report *report = NULL;
    daotp_status status = daotp_report_new(context, &report);

    if (status == DAOTP_OK)
        status = ask_ca(q, report, context);
    if (report != NULL && status != DAOTP_USAGE) /* an option was refused: nothing was asked */
        print_answer(q, status, report, context);
    if (status == DAOTP_OK && q->certificate != NULL)
        status = write_certificates(q);
    daotp_ca_info_free(q->info);
    daotp_report_free(report);
    daotp_context_unref(context);
    tool_secret_free(&q->options.password);
    return tool_exit_status(status);
}

/* HOST and CA, as the verb has them; TOOL_USAGE when it was said what is wrong. */
static int take_words(ca_question *q, char **words, int count)
{
    static const char *const names[] = {"ping", "info", NULL};
    bool is_ping = count > 0 && strcmp(words[0], "ping") == 0;

    q->is_info = count > 0 && strcmp(words[0], "info") == 0;
    if (count == 0)
        return tool_missing("ca", "ping or info");
    if (!is_ping && !q->is_info)
        return tool_unknown_word("ca", words[0], names);
    if (q->options.user == NULL)
        return tool_missing("ca", "--user");
    if (is_ping && count < 3)
        return tool_missing("ca", "HOST and CA");
    if (count < 2)
        return tool_missing("ca", "HOST");
    if (count > 3)
        return tool_extra_word("ca", words[3]);
    if (is_ping && q->certificate != NULL) {
        tool_say("daotp ca: --certificate is for info");
        return TOOL_USAGE;
    }
    q->host = words[1];
    q->name = count == 3 ? words[2] : NULL;
    return ca_options_check("ca", &q->options);
}

int cmd_ca(int argc, char **argv)
{
    ca_question q = {.is_info = false};
    int c, which = 0, rc;

    ca_options_init(&q.options);
    while ((c = tool_next_option("ca", argc, argv, options, &which)) != -1) {
        if (c == CA_HELP)
            return fputs(help, stdout) < 0;
        if (c == '?' || take_option(&q, c, options[which].name) != 0)
            return TOOL_USAGE;
    }
    rc = take_words(&q, argv + optind, argc - optind);
    return rc != 0 ? rc : run_question(&q);
}
