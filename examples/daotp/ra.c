/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp ra: the certificate of a registration authority, which daotp serve signs with. */
#include "ca_options.h"
#include "ra_audit.h"

#include "json.h"
#include "page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "usage: daotp ra enroll --template OID --key FILE --cert FILE [OPTION...] HOST CA\n"
    "       daotp ra renew --key FILE --cert FILE [OPTION...] HOST CA\n"
    "       daotp ra audit [--allow NAME]... [OPTION...] HOST[:PORT] [TEMPLATE...]\n"
    "\n"
    "enroll: request the certificate of a registration authority for a new key, as\n"
    "this machine. renew: do the same for the certificate in FILE; its key signs the\n"
    "request. Both files are replaced once the new certificate has been issued.\n"
    "\n"
    "audit: ask the domain controller HOST who may enrol for the templates of\n"
    "registration authorities (or TEMPLATE, a name or OID), or change them. Ends with\n"
    "1 when others than administrators and the accounts of --allow may.\n"
    "\n"
    "  --template OID           the template for registration authorities\n"
    "  --key FILE               the private key, mode 0600\n"
    "  --cert FILE              the certificate and its chain, in PEM\n"
    "  --key-kind KIND          rsa2048, rsa3072, rsa4096, p256, p384 (rsa2048)\n"
    "  --machine NAME           the machine's account, DOMAIN\\NAME$ (HOSTNAME$)\n"
    "  --dns-name NAME          the DNS name of this host (its host name)\n"
    "  --before HOURS           renew: do nothing while the certificate is valid for\n"
    "                           more than HOURS\n"
    "  --way auto|rpc|dcom|wstep        ICPR, then DCOM; or only one of them (auto)\n"
    "  --ces-url URL            wstep: the URL of the enrolment web service\n"
    "  --ces-auth kerberos|certificate  wstep: how to authenticate (kerberos)\n"
    "  --machine-cert FILE --machine-key FILE   wstep: the TLS client certificate\n"
    "  --trust FILE             wstep: roots for the service's certificate\n"
    "  --keytab NAME            the keytab with the machine's key (/etc/krb5.keytab)\n"
    "  --ticket-cache NAME      the cache with tickets of the machine\n"
    "  --realm REALM, --kdc HOST:PORT   unless given, from krb5.conf or DNS\n"
    "  --mechanism spnego|kerberos      the security mechanism (spnego)\n"
    "  --mapper-port N          TCP port of the CA's endpoint mapper (135)\n"
    "  --timeout S              time-out of all steps together (30)\n"
    "  --json                   the report as JSON\n"
    "  --allow NAME             audit: an account that may, by name (DA1$) or SID\n"
    "  --ldaps                  audit: TLS; else a Kerberos ticket seals (kinit)\n"
    "  --user NAME              audit, with --ldaps: unless given, the ticket\n"
    "  --password-file FILE, --password-fd N   audit: asked for unless given\n"
    "\n"
    "example: daotp ra renew --before 24 --key ra.key --cert ra.pem \\\n"
    "           ca1.corp.example 'Corp Issuing CA'\n";

enum {
    TEMPLATE = CA_OPTIONS_END,
    KEY,
    CERT,
    MACHINE,
    DNS_NAME,
    CES_URL,
    MACHINE_CERT,
    MACHINE_KEY, /* up to here texts */
    KEY_KIND,
    BEFORE,
    WAY,
    CES_AUTH,
    TRUST
};

enum { WAY_WSTEP = 4, AUTH_CERTIFICATE = 2 };

static const struct option options[] = {{"template", required_argument, NULL, TEMPLATE},
                                        {"key", required_argument, NULL, KEY},
                                        {"cert", required_argument, NULL, CERT},
                                        {"key-kind", required_argument, NULL, KEY_KIND},
                                        {"machine", required_argument, NULL, MACHINE},
                                        {"dns-name", required_argument, NULL, DNS_NAME},
                                        {"before", required_argument, NULL, BEFORE},
                                        {"way", required_argument, NULL, WAY},
                                        {"ces-url", required_argument, NULL, CES_URL},
                                        {"ces-auth", required_argument, NULL, CES_AUTH},
                                        {"machine-cert", required_argument, NULL, MACHINE_CERT},
                                        {"machine-key", required_argument, NULL, MACHINE_KEY},
                                        {"trust", required_argument, NULL, TRUST},
                                        CA_OPTIONS_ROWS,
                                        {0}};

typedef struct ra_command {
    ca_options ca;
    const char *template, *key, *cert, *machine, *dns_name, *ces_url, *machine_cert, *machine_key;
    int kind, way, ces_auth;
    int64_t before_h; /* 0: renew whatever the dates */
    tool_list trust;
    bool is_renewal;
    const char *host, *name;
    char own_machine[80], own_host[256];
} ra_command;

/* ---- options --------------------------------------------------------------------------------- */

/* TOOL_USAGE when the value is not taken, and it was said. */
static int take_option(ra_command *r, int option, const char *name)
{
    static const char *const kinds[] = {"rsa2048", "rsa3072", "rsa4096", "p256", "p384", NULL};
    static const char *const ways[] = {"auto", "rpc", "dcom", "wstep", NULL};
    static const char *const auths[] = {"kerberos", "certificate", NULL};
    const char **const slots[] = {&r->template, &r->key,     &r->cert,         &r->machine,
                                  &r->dns_name, &r->ces_url, &r->machine_cert, &r->machine_key};

    if (option >= TEMPLATE && option <= MACHINE_KEY)
        *slots[option - TEMPLATE] = optarg;
    if ((option == KEY_KIND && !tool_choose_option("ra", name, optarg, kinds, &r->kind)) ||
        (option == WAY && !tool_choose_option("ra", name, optarg, ways, &r->way)) ||
        (option == CES_AUTH && !tool_choose_option("ra", name, optarg, auths, &r->ces_auth)) ||
        (option == TRUST && !tool_list_add("ra", name, &r->trust, optarg)))
        return TOOL_USAGE;
    if (option == BEFORE && !tool_integer(optarg, 1, 24 * 365, &r->before_h))
        return tool_bad_option("ra", option, name, optarg);
    return ca_options_take("ra", &r->ca, option, name);
}

/* What the machine is called, unless it was said. */
static void name_machine(ra_command *r)
{
    if (gethostname(r->own_host, sizeof r->own_host - 1) != 0)
        r->own_host[0] = '\0';
    (void)snprintf(r->own_machine, sizeof r->own_machine, "%.*s$", (int)strcspn(r->own_host, "."),
                   r->own_host);
    for (char *c = r->own_machine; *c != '\0'; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    if (r->machine == NULL)
        r->machine = r->own_machine;
    if (r->dns_name == NULL)
        r->dns_name = r->own_host;
    r->ca.user = r->machine;
}

static int check_words(ra_command *r, char **words, int count)
{
    static const char *const names[] = {"enroll", "renew", NULL};
    bool is_enrolment = count > 0 && strcmp(words[0], "enroll") == 0;

    r->is_renewal = count > 0 && strcmp(words[0], "renew") == 0;
    if (count == 0)
        return tool_missing("ra", "enroll or renew");
    if (!is_enrolment && !r->is_renewal)
        return tool_unknown_word("ra", words[0], names);
    if (is_enrolment && r->template == NULL)
        return tool_missing("ra", "--template");
    if (r->key == NULL || r->cert == NULL)
        return tool_missing("ra", r->key == NULL ? "--key" : "--cert");
    if (count < 3)
        return tool_missing("ra", "HOST and CA");
    if (count > 3)
        return tool_extra_word("ra", words[3]);
    if (r->way == WAY_WSTEP && r->ces_url == NULL)
        return tool_missing("ra", "--ces-url for --way wstep");
    if (r->ces_auth == AUTH_CERTIFICATE && (r->machine_cert == NULL || r->machine_key == NULL))
        return tool_missing("ra", "--machine-cert and --machine-key for --ces-auth certificate");
    r->host = words[1];
    r->name = words[2];
    return ca_options_check("ra", &r->ca);
}

/* ---- the way to the CA ----------------------------------------------------------------------- */

static daotp_status set_identity(const ra_command *r, daotp_context *context, daotp_report *report,
                                 daotp_ca *ca)
{
    daotp_credential *identity = NULL;
    daotp_status status =
        daotp_credential_load(context, r->machine_cert, r->machine_key, report, &identity);

    if (status == DAOTP_OK)
        status = daotp_ca_set_identity(ca, identity);
    daotp_credential_unref(identity);
    return status;
}

static daotp_status open_service(const ra_command *r, daotp_context *context, daotp_report *report,
                                 daotp_ca **ca)
{
    const tool_list no_crls = {.count = 0};
    daotp_trust *trust = NULL;
    bool by_certificate = r->ces_auth == AUTH_CERTIFICATE;
    daotp_status status =
        daotp_ca_new_wstep(context, by_certificate ? DAOTP_CA_CERTIFICATE : DAOTP_CA_NEGOTIATE, ca);

    if (status == DAOTP_OK)
        status = tool_taken("ra", daotp_ca_set_url(*ca, r->ces_url), "ces-url", r->ces_url);
    if (status == DAOTP_OK)
        status = tool_trust_new(context, &r->trust, &no_crls, report, &trust);
    if (status == DAOTP_OK)
        status = daotp_ca_set_trust(*ca, trust);
    if (status == DAOTP_OK && by_certificate)
        status = set_identity(r, context, report, *ca);
    daotp_trust_unref(trust);
    return status;
}

static daotp_status open_way(ra_command *r, daotp_context *context, daotp_report *report,
                             daotp_ca **ca)
{
    if (r->way == WAY_WSTEP)
        return open_service(r, context, report, ca);
    r->ca.way = r->way;
    return ca_options_open("ra", &r->ca, context, r->host, ca);
}

/* ---- files ----------------------------------------------------------------------------------- */

/* PATH.new; to be freed with free(). */
static char *new_name(const char *path)
{
    size_t size = strlen(path) + sizeof ".new";
    char *name = malloc(size);

    if (name != NULL)
        (void)snprintf(name, size, "%s.new", path);
    return name;
}

/* Beside its place, so that renaming replaces what is there in one go. */
static bool put_beside(const char *path, const char *bytes, size_t len)
{
    char *name = new_name(path);
    bool ok = name != NULL;

    if (ok && unlink(name) != 0 && errno != ENOENT)
        tool_say("daotp ra: %s: %s", name, strerror(errno));
    ok = ok && tool_write_secret(name, bytes, len);
    free(name);
    return ok;
}

static bool move_in_place(const char *path)
{
    char *name = new_name(path);
    bool ok = name != NULL && rename(name, path) == 0;

    if (!ok)
        tool_say("daotp ra: %s: %s", path, strerror(errno));
    free(name);
    return ok;
}

/* Both are written before either takes its place: a full disk spoils neither. */
static daotp_status keep_credential(const ra_command *r, const daotp_credential *credential)
{
    char *key = NULL, *certificates = NULL;
    size_t key_len = 0, len = 0;
    daotp_status status = daotp_key_copy_pem(daotp_credential_get_key(credential), &key, &key_len);

    if (status == DAOTP_OK)
        status = daotp_credential_copy_pem(credential, &certificates, &len);
    if (status == DAOTP_OK &&
        !(put_beside(r->key, key, key_len) && put_beside(r->cert, certificates, len) &&
          move_in_place(r->key) && move_in_place(r->cert)))
        status = DAOTP_CONFIGURATION;
    daotp_free(key);
    daotp_free(certificates);
    return status;
}

/* ---- running --------------------------------------------------------------------------------- */

/* The old one with its key, and whether it has to be renewed yet. */
static daotp_status load_old(const ra_command *r, daotp_context *context, daotp_report *report,
                             daotp_credential **old, bool *is_due)
{
    daotp_status status = daotp_credential_load(context, r->cert, r->key, report, old);
    int64_t left_s = daotp_credential_get_not_after(*old) - (int64_t)time(NULL);

    *is_due = r->before_h == 0 || left_s < r->before_h * 3600;
    return status;
}

static daotp_status call_ca(ra_command *r, daotp_context *context, daotp_report *report,
                            daotp_credential *old, daotp_credential **credential)
{
    int64_t timeout_ms = (int64_t)(r->ca.timeout_s * 1000);
    char config[CA_CONFIG_ROOM];
    daotp_key *key = NULL;
    daotp_ca *ca = NULL;
    daotp_status status = ca_options_config("ra", r->host, r->name, config);

    if (status == DAOTP_OK)
        status = open_way(r, context, report, &ca);
    if (status == DAOTP_OK)
        status = daotp_key_generate(context, (daotp_key_kind)r->kind, report, &key);
    if (status == DAOTP_OK && old != NULL)
        status = daotp_ra_renew(ca, config, r->machine, old, key, timeout_ms, report, credential);
    else if (status == DAOTP_OK)
        status = daotp_ra_enroll(ca, config, r->machine, r->template, r->dns_name, key, timeout_ms,
                                 report, credential);
    daotp_key_unref(key);
    daotp_ca_unref(ca);
    return status;
}

static void print_end(const ra_command *r, const daotp_credential *credential)
{
    time_t end = (time_t)daotp_credential_get_not_after(credential);
    char text[32] = "";
    struct tm parts;

    if (gmtime_r(&end, &parts) != NULL)
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    page_format("certificate: %s, valid until %s\n", r->cert, text);
}

static void print_outcome(const ra_command *r, daotp_report *report, bool is_due,
                          const daotp_credential *credential)
{
    if (!r->ca.json) {
        if (credential != NULL)
            print_end(r, credential);
        else if (!is_due)
            page_format("nothing to do: %s lives for more than %lld hours\n", r->cert,
                        (long long)r->before_h);
        page_put(daotp_report_get_text(report));
        return;
    }
    tool_said_json();
    printf("{\"format\":%d,\"issued\":%s,\"serial\":", DAOTP_JSON_FORMAT,
           credential != NULL ? "true" : "false");
    json_string(stdout, daotp_credential_get_serial(credential));
    printf(",\"not_after\":%lld,\"report\":%s}\n",
           (long long)daotp_credential_get_not_after(credential), daotp_report_get_json(report));
}

static int run_command(ra_command *r)
{
    daotp_context *context = tool_context();
    daotp_credential *old = NULL, *credential = NULL;
    daotp_report *report = NULL;
    daotp_status status = daotp_report_new(context, &report);
    bool is_due = true;

    if (status == DAOTP_OK && r->is_renewal)
        status = load_old(r, context, report, &old, &is_due);
    if (status == DAOTP_OK && is_due)
        status = call_ca(r, context, report, old, &credential);
    if (status == DAOTP_OK && credential != NULL)
        status = keep_credential(r, credential);
    if (status == DAOTP_USAGE) /* the library refused an argument, or it was said */
        tool_show_report(report, status, r->ca.json);
    else if (report != NULL)
        print_outcome(r, report, is_due, credential);
    daotp_credential_unref(credential);
    daotp_credential_unref(old);
    daotp_report_free(report);
    daotp_context_unref(context);
    return tool_exit_status(status);
}

int cmd_ra(int argc, char **argv)
{
    ra_command r = {.kind = DAOTP_KEY_RSA_2048, .way = DAOTP_CA_WAY_AUTO, .ces_auth = 1};
    int c, which = 0, rc;

    if (argc > 1 && strcmp(argv[1], "audit") == 0)
        return ra_audit(argc - 1, argv + 1, help);
    ca_options_init(&r.ca);
    r.ca.keytab = "FILE:/etc/krb5.keytab";
    while ((c = tool_next_option("ra", argc, argv, options, &which)) != -1) {
        if (c == CA_HELP)
            return fputs(help, stdout) < 0;
        if (c == '?' || take_option(&r, c, options[which].name) != 0)
            return TOOL_USAGE;
    }
    rc = check_words(&r, argv + optind, argc - optind);
    if (rc != 0)
        return rc;
    name_machine(&r);
    return run_command(&r);
}
