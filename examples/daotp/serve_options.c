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
    "       daotp serve --check OPTION...\n"
    "       daotp serve --state DIR --clear-user USER\n"
    "\n"
    "  --listen HOST:PORT     the address to listen on; port 0: any free port\n"
    "  --port-file FILE       write the port to FILE once the server listens\n"
    "  --cert FILE --key FILE --client-ca FILE    the TLS certificate and key, and\n"
    "                         the CAs whose client certificates are accepted\n"
    "  --unix PATH            plain HTTP on a local socket; the reverse proxy sets\n"
    "                         X-Client-Verify and X-Client-Cert (or Client-Cert, RFC\n"
    "                         9440), and must remove these headers from requests\n"
    "  --unix-mode MODE       permissions of the socket's file, in octal (0660)\n"
    "  --trust FILE           trust anchors: verify path and revocation of the\n"
    "                         clients' certificates and of the signing certificate\n"
    "  --with FILE            intermediate CA certificates for this\n"
    "  --crl FILE             a CRL for this; may be given again\n"
    "  --revocation MODE      require (default), prefer, ignore\n"
    "  --path PATH            the path of the service in the URL (/otp)\n"
    "  --template OID         the only template accepted\n"
    "  --ra-cert FILE --ra-key FILE   the signing certificate; read again when it\n"
    "                         changes\n"
    "  --issuing-ca 'HOST\\NAME'       a CA that answers name; may be given again\n"
    "  --users FILE           the users and their TOTP tokens\n"
    "  --domain NAME=SUFFIX   NAME\\user must request a certificate for the UPN\n"
    "                         user@SUFFIX; may be given again\n"
    "  --state DIR            the folder in which wrong codes are counted and used\n"
    "                         codes are kept across restarts (in memory)\n"
    "  --nodes N              the number of servers that each have a --state of their\n"
    "                         own, at most 10: each allows its share of the wrong\n"
    "                         codes (1)\n"
    "  --clear-user USER      only delete the count of wrong codes of this user,\n"
    "                         named as in SERVE-BUDGET-SPENT (SID or UPN); the server\n"
    "                         need not be stopped\n"
    "  --timeout S            time-out of the check of a code (120)\n"
    "  --radius HOST:PORT     a RADIUS server that checks the codes, instead of\n"
    "                         --users; may be given again\n"
    "  --radius-secret FILE   the shared secret\n"
    "  --radius-optional      accept replies without Message-Authenticator\n"
    "  --radius-push          a person answers a prompt: wait longer, and ask one\n"
    "                         server only\n"
    "  --radius-strip         send the user name without its domain\n"
    "  --directory HOST[:PORT]   a domain controller in which users are looked up, by\n"
    "                         LDAPS; may be given again; port 3269: the whole forest\n"
    "  --directory-tls MODE   ldaps (default), starttls, sealed (Kerberos, no TLS)\n"
    "  --directory-user NAME --directory-password-file FILE   the account that\n"
    "                         searches; unless given, a Kerberos ticket\n"
    "  --directory-trust FILE    trust anchors for its certificate (the system's)\n"
    "  --directory-base DN    search accounts below this entry (the domain)\n"
    "  --directory-group DN   accept only members of this group, also nested ones\n"
    "  --directory-cache S    use a result again for S seconds (60)\n"
    "  --directory-timeout S  time-out of each step of a search (5)\n"
    "  --check                only check the settings; exit status 0 or 78\n"
    "  --audit WHERE          a line of JSON for each request: a file, syslog, stderr\n"
    "  --metrics HOST:PORT    /metrics for Prometheus, and /healthz\n"
    "  --queue N              the most requests at the same time (1000)\n"
    "  --drain S              the time after SIGTERM to answer begun requests (30)\n"
    "  --workers N            number of threads (one for each processor, at most 16)\n"
    "  --profile NAME         the profile for settings without an option (default)\n"
    "  --quiet                do not print a line for each exchange\n"
    "\n"
    "example: daotp serve --listen 127.0.0.1:8443 --cert server.pem \\\n"
    "  --key server.key \\\n"
    "  --client-ca root.pem --template 1.3.6.1.4.1.311.21.8.1.2.3 --ra-cert ra.pem \\\n"
    "  --ra-key ra.key --issuing-ca 'ca.example.com\\Example CA' --users users.txt\n";

static bool split_address(char *text, const char **host, int *port)
{
    char *colon = strrchr(text, ':');
    int64_t value;

    if (colon == NULL || !tool_integer(colon + 1, 0, 65535, &value))
        return false;
    *port = (int)value;
    *colon = '\0';
    *host = text;
    if (*text == '[' && colon > text && colon[-1] == ']') {
        colon[-1] = '\0';
        *host = text + 1;
    }
    return true;
}

/* Permission bits in octal: the owner's at least, or nobody could connect. */
static bool take_mode(serve_settings *s, const char *text)
{
    char *end;
    long mode = strtol(text, &end, 8);

    if (*text < '0' || *text > '7' || *end != '\0' || mode > 0777 || (mode & 0600) != 0600)
        return false;
    s->https.unix_mode = (int)mode;
    return true;
}

/* Where the text of an option goes; NULL for an option that is no plain text. */
static const char **text_slot(serve_settings *s, int option)
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
                 {'A', &s->audit},
                 {'f', &s->directory.user},
                 {'F', &s->directory.password_file},
                 {'g', &s->directory.trust},
                 {'B', &s->directory.base},
                 {'G', &s->directory.group},
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

static bool take_domain(serve_settings *s, char *text)
{
    if (s->domain_count == sizeof s->domains / sizeof s->domains[0] || strchr(text, '=') == NULL)
        return false;
    s->domains[s->domain_count++] = text;
    return true;
}

static bool take_radius_server(serve_settings *s, char *text)
{
    radius_place *place = &s->radius.servers[s->radius.server_count];

    if (s->radius.server_count == sizeof s->radius.servers / sizeof s->radius.servers[0] ||
        !radius_split(text, &place->host, &place->port))
        return false;
    s->radius.server_count++;
    return true;
}

static const char *const tls_names[] = {"ldaps", "starttls", "sealed", NULL};

static bool take_controller(serve_settings *s, char *text)
{
    if (s->directory.controller_count == SERVE_CONTROLLERS || *text == '\0')
        return false;
    s->directory.controllers[s->directory.controller_count++] = text;
    return true;
}

static bool take_seconds(serve_settings *s, const char *text)
{
    if (!tool_seconds(text, &s->timeout_s))
        return false;
    s->radius.timeout_ms = (int64_t)(s->timeout_s * 900); /* so that we hear why before */
    return true;
}

static bool take_switch(serve_settings *s, int option)
{
    switch (option) {
    case 'q':
        return s->quiet = true;
    case 'z':
        return s->check = true;
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

static bool take_option(serve_settings *s, int option)
{
    const char **slot = text_slot(s, option);

    if (slot != NULL)
        return (*slot = optarg) != NULL;
    switch (option) {
    case 'l':
        return split_address(optarg, &s->https.host, &s->https.port);
    case 'I':
        return split_address(optarg, &s->metrics_host, &s->metrics_port);
    case 'Q':
        return tool_integer(optarg, 1, 1000000, &s->queue);
    case 'n':
        return tool_integer(optarg, 1, 10, &s->nodes);
    case 'd':
        return tool_seconds(optarg, &s->drain_s);
    case 'b':
        return take_controller(s, optarg);
    case 'e':
        return tool_choose(optarg, tls_names, &s->directory.tls);
    case 'C':
        return tool_seconds(optarg, &s->directory.cache_s);
    case 'o':
        return tool_seconds(optarg, &s->directory.timeout_s);
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

static bool is_complete(const serve_settings *s)
{
    bool local = s->https.unix_path != NULL;
    bool asks = s->directory.controller_count > 0 && s->radius.server_count > 0;
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
        {"users FILE", asks || s->users_file != NULL},
        {"directory-password-file FILE",
         s->directory.user == NULL || s->directory.password_file != NULL},
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

static const struct option serve_options[] = {
    {"listen", required_argument, NULL, 'l'},
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
    {"nodes", required_argument, NULL, 'n'},
    {"clear-user", required_argument, NULL, 'Z'},
    {"domain", required_argument, NULL, 'N'},
    {"timeout", required_argument, NULL, 'T'},
    {"radius", required_argument, NULL, 'D'},
    {"radius-secret", required_argument, NULL, 'S'},
    {"radius-optional", no_argument, NULL, 'O'},
    {"radius-push", no_argument, NULL, 'H'},
    {"radius-strip", no_argument, NULL, 'x'},
    {"quiet", no_argument, NULL, 'q'},
    {"check", no_argument, NULL, 'z'},
    {"audit", required_argument, NULL, 'A'},
    {"metrics", required_argument, NULL, 'I'},
    {"queue", required_argument, NULL, 'Q'},
    {"drain", required_argument, NULL, 'd'},
    {"directory", required_argument, NULL, 'b'},
    {"directory-tls", required_argument, NULL, 'e'},
    {"directory-user", required_argument, NULL, 'f'},
    {"directory-password-file", required_argument, NULL, 'F'},
    {"directory-trust", required_argument, NULL, 'g'},
    {"directory-base", required_argument, NULL, 'B'},
    {"directory-group", required_argument, NULL, 'G'},
    {"directory-cache", required_argument, NULL, 'C'},
    {"directory-timeout", required_argument, NULL, 'o'},
    {"workers", required_argument, NULL, 'W'},
    {"help", no_argument, NULL, 'h'},
    {0}};

/* ---- the settings ---------------------------------------------------------------------------- */

serve_settings *serve_settings_ref(serve_settings *s)
{
    s->references++;
    return s;
}

void serve_settings_unref(serve_settings *s)
{
    if (s == NULL || --s->references > 0)
        return;
    for (int i = 0; i < s->word_count; i++)
        free(s->words[i]);
    free(s->words);
    free(s);
}

/* The arguments are split in place, and are read again for a reload: this is a copy. */
static serve_settings *new_settings(int argc, char **argv)
{
    serve_settings *s = calloc(1, sizeof *s);

    if (s == NULL)
        return NULL;
    s->references = 1;
    s->words = calloc((size_t)argc + 1, sizeof *s->words);
    for (int i = 0; s->words != NULL && i < argc; i++) {
        s->words[i] = strdup(argv[i]);
        if (s->words[i] == NULL)
            break;
        s->word_count++;
    }
    if (s->word_count < argc) {
        for (int i = 0; i < s->word_count; i++)
            free(s->words[i]);
        free(s->words);
        free(s);
        return NULL;
    }
    s->path = "/otp";
    s->timeout_s = 120;
    s->drain_s = 30;
    s->queue = 1000;
    s->nodes = 1;
    s->directory.cache_s = 60;
    s->directory.timeout_s = 5;
    s->radius.policy = DAOTP_RADIUS_POLICY_REQUIRE;
    s->radius.timers = DAOTP_RADIUS_TIMERS_CODE;
    return s;
}

static int take_words(serve_settings *s)
{
    int c, which = 0;

    optind = 0; /* glibc: begin anew */
    while ((c = tool_next_option("serve", s->word_count, s->words, serve_options, &which)) != -1) {
        if (c == 'h')
            return fputs(help, stdout) < 0;
        if (!take_option(s, c))
            return tool_bad_option("serve", c, serve_options[which].name, optarg);
    }
    if (optind < s->word_count)
        return tool_extra_word("serve", s->words[optind]);
    if (s->clear_user != NULL)
        return s->state != NULL ? SERVE_GO_ON : tool_missing("serve", "--state DIR");
    return is_complete(s) ? SERVE_GO_ON : TOOL_USAGE;
}

int serve_take_arguments(int argc, char **argv, serve_settings **settings)
{
    serve_settings *s = new_settings(argc, argv);
    int code;

    *settings = s;
    if (s == NULL)
        return TOOL_MEMORY;
    code = take_words(s);
    s->https.has_front = s->https.unix_path != NULL;
    s->https.client = s->https.has_front ? HTTPS_CLIENT_NONE : HTTPS_CLIENT_OPTIONAL;
    return code;
}
