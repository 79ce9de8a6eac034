/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of `daotp serve`. */
#include "serve.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: daotp serve --listen HOST:PORT --cert FILE --key FILE --client-ca FILE\n"
    "                   OPTION...\n"
    "       daotp serve --unix PATH OPTION...\n"
    "       daotp serve --state DIR --clear-user USER\n"
    "\n"
    "  --listen HOST:PORT     port 0: a free one\n"
    "  --port-file FILE       where the port is written once it is open\n"
    "  --cert FILE --key FILE --client-ca FILE    TLS, and who may come\n"
    "  --unix PATH            plain HTTP on a local socket; the front sets\n"
    "                         X-Client-Verify and X-Client-Cert (or Client-Cert, RFC\n"
    "                         9440), and drops what clients send under these names\n"
    "  --unix-mode MODE       of the socket's file, in octal (0660)\n"
    "  --trust FILE           roots: verify path and revocation of the clients'\n"
    "                         certificates and of our signing certificate\n"
    "  --with FILE            CA certificates between those and the roots\n"
    "  --crl FILE             a revocation list for that; may be given again\n"
    "  --revocation MODE      require (default), prefer, ignore\n"
    "  --path PATH            of the service (/otp)\n"
    "  --template OID         the only template accepted\n"
    "  --ra-cert FILE --ra-key FILE   the signing certificate; read again when it\n"
    "                         changes\n"
    "  --issuing-ca 'HOST\\NAME'       named in answers; may be given again\n"
    "  --users FILE           who is who, and their TOTP tokens\n"
    "  --domain NAME=SUFFIX   NAME\\user must ask for the UPN user@SUFFIX; may be\n"
    "                         given again\n"
    "  --state DIR            where wrong and spent codes are kept (in memory)\n"
    "  --clear-user USER      only forget the wrong codes counted of this user, named\n"
    "                         as SERVE-BUDGET-SPENT has it (SID or UPN); a server\n"
    "                         that runs on DIR need not stop\n"
    "  --timeout S            for the answer about a code (120)\n"
    "  --radius HOST:PORT     codes are checked there, not in the users' file; may be\n"
    "                         given again\n"
    "  --radius-secret FILE   the shared secret\n"
    "  --radius-optional      take replies without Message-Authenticator\n"
    "  --radius-push          a person answers a prompt: wait longer, and ask one\n"
    "                         server only\n"
    "  --radius-strip         send the user name without its domain\n"
    "  --workers N            threads that serve (one for each processor, at most 16)\n"
    "  --profile NAME         the profile for what is not given (default)\n"
    "  --quiet                no line for each exchange\n"
    "\n"
    "example: daotp serve --listen 127.0.0.1:8443 --cert server.pem \\\n"
    "  --key server.key \\\n"
    "  --client-ca root.pem --template 1.3.6.1.4.1.311.21.8.1.2.3 --ra-cert ra.pem \\\n"
    "  --ra-key ra.key --issuing-ca 'ca.example.com\\Example CA' --users users.txt\n";

static bool take_listen(server *s, char *text)
{
    char *colon = strrchr(text, ':');
    int64_t port;

    if (colon == NULL || !tool_integer(colon + 1, 0, 65535, &port))
        return false;
    s->https.port = (int)port;
    *colon = '\0';
    s->https.host = text;
    return true;
}

/* Permission bits in octal: the owner's at least, or nobody could connect. */
static bool take_mode(server *s, const char *text)
{
    char *end;
    long mode = strtol(text, &end, 8);

    if (*text < '0' || *text > '7' || *end != '\0' || mode > 0777 || (mode & 0600) != 0600)
        return false;
    s->https.unix_mode = (int)mode;
    return true;
}

/* Where the text of an option goes; NULL for an option that is no plain text. */
static const char **text_slot(server *s, int option)
{
    const struct {
        int option;
        const char **slot;
    } slots[] = {{'p', &s->port_file},
                 {'c', &s->https.cert},
                 {'k', &s->https.key},
                 {'a', &s->https.client_ca},
                 {'u', &s->https.unix_path},
                 {'P', &s->path},
                 {'t', &s->template},
                 {'r', &s->ra_cert},
                 {'R', &s->ra_key},
                 {'y', &s->trust},
                 {'w', &s->with},
                 {'m', &s->revocation},
                 {'U', &s->users_file},
                 {'s', &s->state},
                 {'Z', &s->clear_user},
                 {'S', &s->radius.secret_file}};

    for (size_t i = 0; i < sizeof slots / sizeof slots[0]; i++)
        if (slots[i].option == option)
            return slots[i].slot;
    return NULL;
}

static bool push_text(const char **list, size_t room, size_t *count, const char *text)
{
    if (*count == room)
        return false;
    list[(*count)++] = text;
    return true;
}
#define PUSH_TEXT(list, count, text) push_text(list, sizeof(list) / sizeof(list)[0], &(count), text)

static bool take_domain(server *s, char *text)
{
    if (s->domain_count == sizeof s->domains / sizeof s->domains[0] || strchr(text, '=') == NULL)
        return false;
    s->domains[s->domain_count++] = text;
    return true;
}

static bool take_radius_server(server *s, char *text)
{
    radius_place *place = &s->radius.servers[s->radius.server_count];

    if (s->radius.server_count == sizeof s->radius.servers / sizeof s->radius.servers[0] ||
        !radius_split(text, &place->host, &place->port))
        return false;
    s->radius.server_count++;
    return true;
}

static bool take_seconds(server *s, const char *text)
{
    if (!tool_seconds(text, &s->timeout_s))
        return false;
    s->radius.timeout_ms = (int64_t)(s->timeout_s * 900); /* so that we hear why before */
    return true;
}

static bool take_switch(server *s, int option)
{
    switch (option) {
    case 'q':
        return s->quiet = true;
    case 'O':
        s->radius.policy = DAOTP_RADIUS_POLICY_OPTIONAL;
        return true;
    case 'H':
        s->radius.timers = DAOTP_RADIUS_TIMERS_PUSH;
        return true;
    case 'x':
        return s->radius.strip = true;
    default:
        return false;
    }
}

static bool take_option(server *s, int option)
{
    const char **slot = text_slot(s, option);

    if (slot != NULL)
        return (*slot = optarg) != NULL;
    switch (option) {
    case 'l':
        return take_listen(s, optarg);
    case 'M':
        return take_mode(s, optarg);
    case 'T':
        return take_seconds(s, optarg);
    case 'W':
        return tool_integer(optarg, 1, SERVE_MAX_WORKERS, &s->worker_count);
    case 'L':
        return PUSH_TEXT(s->crls, s->crl_count, optarg);
    case 'N':
        return take_domain(s, optarg);
    case 'D':
        return take_radius_server(s, optarg);
    case 'i':
        return PUSH_TEXT(s->issuing_cas, s->issuing_ca_count, optarg);
    default:
        return take_switch(s, option);
    }
}

static bool is_complete(const server *s)
{
    bool local = s->https.unix_path != NULL;
    const struct {
        const char *option;
        bool is_there;
    } needed[] = {
        {"listen HOST:PORT, or --unix PATH", local || s->https.host != NULL},
        {"cert FILE", local || s->https.cert != NULL},
        {"key FILE", local || s->https.key != NULL},
        {"client-ca FILE", local || s->https.client_ca != NULL},
        {"path /PATH", s->path[0] == '/'},
        {"template OID", s->template != NULL},
        {"ra-cert FILE", s->ra_cert != NULL},
        {"ra-key FILE", s->ra_key != NULL},
        {"users FILE", s->users_file != NULL},
        {"radius-secret FILE", s->radius.server_count == 0 || s->radius.secret_file != NULL},
    };
    bool complete = true;

    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (!needed[i].is_there)
            fprintf(stderr, "daotp serve: needs --%s\n", needed[i].option);
        complete = complete && needed[i].is_there;
    }
    return complete;
}

static const struct option serve_options[] = {{"listen", required_argument, NULL, 'l'},
                                              {"port-file", required_argument, NULL, 'p'},
                                              {"cert", required_argument, NULL, 'c'},
                                              {"key", required_argument, NULL, 'k'},
                                              {"client-ca", required_argument, NULL, 'a'},
                                              {"unix", required_argument, NULL, 'u'},
                                              {"unix-mode", required_argument, NULL, 'M'},
                                              {"path", required_argument, NULL, 'P'},
                                              {"template", required_argument, NULL, 't'},
                                              {"ra-cert", required_argument, NULL, 'r'},
                                              {"ra-key", required_argument, NULL, 'R'},
                                              {"issuing-ca", required_argument, NULL, 'i'},
                                              {"trust", required_argument, NULL, 'y'},
                                              {"with", required_argument, NULL, 'w'},
                                              {"crl", required_argument, NULL, 'L'},
                                              {"revocation", required_argument, NULL, 'm'},
                                              {"users", required_argument, NULL, 'U'},
                                              {"state", required_argument, NULL, 's'},
                                              {"clear-user", required_argument, NULL, 'Z'},
                                              {"domain", required_argument, NULL, 'N'},
                                              {"timeout", required_argument, NULL, 'T'},
                                              {"radius", required_argument, NULL, 'D'},
                                              {"radius-secret", required_argument, NULL, 'S'},
                                              {"radius-optional", no_argument, NULL, 'O'},
                                              {"radius-push", no_argument, NULL, 'H'},
                                              {"radius-strip", no_argument, NULL, 'x'},
                                              {"quiet", no_argument, NULL, 'q'},
                                              {"workers", required_argument, NULL, 'W'},
                                              {"help", no_argument, NULL, 'h'},
                                              {0}};

int serve_take_arguments(server *s, int argc, char **argv)
{
    int c, which = 0;

    while ((c = tool_next_option("serve", argc, argv, serve_options, &which)) != -1) {
        if (c == 'h')
            return fputs(help, stdout) < 0;
        if (!take_option(s, c))
            return tool_bad_option("serve", c, serve_options[which].name, optarg);
    }
    if (optind < argc) {
        tool_say("daotp serve: what is '%s'? daotp serve --help lists the options", argv[optind]);
        return TOOL_USAGE;
    }
    if (s->clear_user != NULL)
        return s->state != NULL ? SERVE_GO_ON : tool_missing("serve", "--state DIR");
    return is_complete(s) ? SERVE_GO_ON : TOOL_USAGE;
}
