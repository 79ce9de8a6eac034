/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * daotp discover: a profile from what DNS and the directory of a domain say. What the directory
 * says is data of somebody else: each value is bounded, is plain text, and is put through the same
 * checks as a line of a file; a CA's host is proposed, and allowed only once it is confirmed.
 */
#include "discovery.h"
#include "profile.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: daotp discover DOMAIN [OPTION...]\n"
    "\n"
    "Look up the domain controllers of an Active Directory domain in DNS, query the\n"
    "first of them for CAs, templates and trust anchors, and print a profile or write\n"
    "it to a file.\n"
    "\n"
    "  --write                write the profile to ~/.config/daotp/daotp.conf, and\n"
    "                         the certificates to the same folder\n"
    "  --file FILE            write the profile to FILE\n"
    "  --profile NAME         the name of the profile (default)\n"
    "  --url URL              the URL of the OTP service, which no directory holds\n"
    "  --template NAME|OID    the OTP logon template, if several are possible\n"
    "  --ca-host HOST         confirm that requests may go to this host, which the\n"
    "                         directory names as the host of a CA; may be given again\n"
    "  --set KEY=VALUE        a further line of the profile; may be given again\n"
    "  --server HOST[:PORT]   the domain controller, instead of those that DNS names\n"
    "  --dns ADDRESS[:PORT]   the name server (those of resolv.conf)\n"
    "  --ldaps                use LDAPS; unless given, LDAP encrypted by Kerberos\n"
    "  --trust FILE           trust anchors for LDAPS (those of the system)\n"
    "  --user NAME            bind with this name and its password, over LDAPS only;\n"
    "                         unless given, with the Kerberos ticket of kinit\n"
    "  --password-file FILE, --password-fd N   the password; unless given, asked for\n"
    "                         on the terminal\n"
    "  --timeout S            time-out of each query (15)\n"
    "  --json                 what was found, as one JSON object\n"
    "\n"
    "exit status: 0 the profile was made, 78 a value is missing or must be chosen:\n"
    "the candidates are listed\n"
    "\n"
    "example: kinit alice && daotp discover corp.example --write\n";

static int run_discovery(discovery *d)
{
    daotp_context *context = tool_context();
    daotp_status status = daotp_profile_new(context, d->profile_name, &d->profile);
    bool done = false;

    if (status == DAOTP_USAGE)
        (void)tool_bad_option("discover", 0, "profile", d->profile_name);
    if (status == DAOTP_OK && discovery_find_controllers(d) && discovery_ask_controllers(d)) {
        discovery_make_profile(d);
        done = !d->write || discovery_write_all(d);
        if (done && d->json)
            discovery_print_json(d);
        else if (done && !d->write)
            discovery_print_profile(d, stdout);
    }
    if (status == DAOTP_OK && (!done || d->incomplete))
        status = DAOTP_CONFIGURATION;
    daotp_profile_free(d->profile);
    daotp_context_unref(context);
    free(d->roots.text);
    free(d->ntauth.text);
    free(d->aia.text);
    return tool_exit_status(status);
}

enum {
    WRITE = 256,
    FILE_NAME,
    PROFILE,
    URL,
    TEMPLATE,
    CA_HOST,
    SET,
    SERVER,
    DNS,
    LDAPS,
    TRUST,
    USER,
    PASSWORD_FILE,
    PASSWORD_FD,
    TIMEOUT,
    JSON,
    HELP
};

static const struct option options[] = {{"write", no_argument, NULL, WRITE},
                                        {"file", required_argument, NULL, FILE_NAME},
                                        {"profile", required_argument, NULL, PROFILE},
                                        {"url", required_argument, NULL, URL},
                                        {"template", required_argument, NULL, TEMPLATE},
                                        {"ca-host", required_argument, NULL, CA_HOST},
                                        {"set", required_argument, NULL, SET},
                                        {"server", required_argument, NULL, SERVER},
                                        {"dns", required_argument, NULL, DNS},
                                        {"ldaps", no_argument, NULL, LDAPS},
                                        {"trust", required_argument, NULL, TRUST},
                                        {"user", required_argument, NULL, USER},
                                        {"password-file", required_argument, NULL, PASSWORD_FILE},
                                        {"password-fd", required_argument, NULL, PASSWORD_FD},
                                        {"timeout", required_argument, NULL, TIMEOUT},
                                        {"json", no_argument, NULL, JSON},
                                        {"help", no_argument, NULL, HELP},
                                        {0}};

static const char **text_option(discovery *d, int option)
{
    switch (option) {
    case FILE_NAME:
        return &d->file;
    case PROFILE:
        return &d->profile_name;
    case URL:
        return &d->url;
    case TEMPLATE:
        return &d->template;
    case SERVER:
        return &d->server;
    case DNS:
        return &d->dns;
    case TRUST:
        return &d->access.trust;
    case USER:
        return &d->access.user;
    case PASSWORD_FILE:
        return &d->password_file;
    default:
        return NULL;
    }
}

static bool take_discover_option(discovery *d, int option)
{
    const char **slot = text_option(d, option);

    if (slot != NULL)
        return (*slot = optarg) != NULL;
    switch (option) {
    case WRITE:
        return d->write = true;
    case LDAPS:
        return d->access.ldaps = true;
    case JSON:
        return d->json = true;
    case CA_HOST:
        return tool_list_add("discover", "ca-host", &d->confirmed, optarg);
    case SET:
        return tool_list_add("discover", "set", &d->settings, optarg);
    case PASSWORD_FD:
        return tool_descriptor(optarg, &d->password_fd);
    case TIMEOUT:
        return tool_seconds(optarg, &d->timeout_s) && d->timeout_s <= 600;
    default:
        return false;
    }
}

/* A domain as DNS has one: what is put into a question and into a profile. */
static bool is_domain(const char *text)
{
    return *text != '\0' && *text != '.' && strlen(text) <= 200 &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") ==
               strlen(text);
}

int cmd_discover(int argc, char **argv)
{
    static discovery d = {.timeout_s = 15, .password_fd = -1};
    int c, which = 0;

    while ((c = tool_next_option("discover", argc, argv, options, &which)) != -1) {
        if (c == HELP)
            return fputs(help, stdout) < 0;
        if (!take_discover_option(&d, c))
            return tool_bad_option("discover", c, options[which].name, optarg);
    }
    if (argc - optind != 1 || !is_domain(argv[optind]))
        return tool_missing("discover", "one DOMAIN, as corp.example");
    d.domain = argv[optind];
    d.write = d.write || d.file != NULL;
    if (d.file == NULL)
        d.file = profile_user_file();
    if (d.write && (d.file == NULL || d.file[0] != '/'))
        return tool_missing("discover", "--file with a name that begins with /");
    return run_discovery(&d);
}
