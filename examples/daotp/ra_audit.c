/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp ra audit: who may enrol for the template of registration authorities. Whoever holds such a
 * certificate can have a logon certificate of every user. */
#include "ra_audit.h"

#include "ad_descriptor.h"
#include "discovery.h"
#include "json.h"
#include "page.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_AUDITED = 16, PEND_ALL_REQUESTS = 2 };

typedef struct audited {
    template_facts facts;
    bool is_readable;
    ad_access access;
} audited;

typedef struct audit {
    directory_spec spec;
    const char *password_file;
    int password_fd;
    double timeout_s;
    bool json, is_failed;
    tool_list allowed;
    tool_secret password;
    char host[256], configuration[AD_MAX_LINE];
    char **templates;
    size_t template_count;
    audited list[MAX_AUDITED];
    size_t count;
    char name[256]; /* of the account that is looked up */
} audit;

/* ---- the directory --------------------------------------------------------------------------- */

static const char *const attributes[] = {"cn",
                                         "revision",
                                         "msPKI-Cert-Template-OID",
                                         "msPKI-Template-Minor-Revision",
                                         "msPKI-RA-Signature",
                                         "msPKI-Enrollment-Flag",
                                         "msPKI-Certificate-Name-Flag",
                                         "msPKI-Certificate-Application-Policy",
                                         "msPKI-RA-Application-Policies",
                                         "pKIExtendedKeyUsage",
                                         "nTSecurityDescriptor",
                                         "configurationNamingContext",
                                         "sAMAccountName",
                                         NULL};

static void on_root_entry(void *user, const directory_entry *entry)
{
    audit *a = user;
    const char *text = directory_text(entry, "configurationNamingContext", 0);

    if (text != NULL)
        (void)snprintf(a->configuration, sizeof a->configuration, "%s", text);
}

static bool is_template_named(const char *name_or_oid, const template_facts *facts)
{
    return strcasecmp(name_or_oid, facts->name) == 0 || strcmp(name_or_oid, facts->oid) == 0;
}

static bool is_audited(const audit *a, const template_facts *facts)
{
    for (size_t i = 0; i < a->template_count; i++)
        if (is_template_named(a->templates[i], facts))
            return true;
    return a->template_count == 0 && facts->is_ra;
}

static void on_template_entry(void *user, const directory_entry *entry)
{
    audit *a = user;
    audited *one = &a->list[a->count];
    const char *octets, *why = "the directory does not show the permissions to this user";
    template_facts facts;
    size_t len;

    if (!discovery_read_template(entry, &facts)) {
        if (facts.is_ra)
            tool_say("daotp ra: a template for registration authorities has no name or OID that can"
                     " be read");
        a->is_failed = a->is_failed || facts.is_ra;
        return;
    }
    if (!is_audited(a, &facts))
        return;
    if (a->count == MAX_AUDITED) {
        tool_say("daotp ra: more than %d templates; name those that are to be audited",
                 MAX_AUDITED);
        a->is_failed = true;
        return;
    }
    one->facts = facts;
    octets = directory_value(entry, "nTSecurityDescriptor", 0, &len);
    one->is_readable = octets != NULL && ad_read_access(octets, len, &one->access, &why);
    if (!one->is_readable)
        tool_say("daotp ra: template %s: %s", facts.name, why);
    a->is_failed = a->is_failed || !one->is_readable;
    a->count++;
}

static void on_account_entry(void *user, const directory_entry *entry)
{
    audit *a = user;
    const char *name = directory_text(entry, "sAMAccountName", 0);

    if (name != NULL)
        (void)snprintf(a->name, sizeof a->name, "%s", name);
}

/* Those that no account of a domain has (MS-DTYP 2.4.2.4). */
static const char *well_known_name(const char *sid)
{
    static const char *const names[][2] = {{"S-1-1-0", "Everyone"},
                                           {"S-1-5-7", "Anonymous"},
                                           {"S-1-5-9", "Enterprise Domain Controllers"},
                                           {"S-1-5-10", "Principal Self"},
                                           {"S-1-5-11", "Authenticated Users"},
                                           {"S-1-5-18", "SYSTEM"},
                                           {"S-1-5-32-544", "Administrators"},
                                           {"S-1-5-32-545", "Users"}};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i][0], sid) == 0)
            return names[i][1];
    return NULL;
}

/* A name, or an empty text; borrowed until the next call. MS-ADTS 3.1.1.3.1.2.4: <SID=...>. */
static const char *account_name(audit *a, directory *d, const char *sid)
{
    const char *name = well_known_name(sid);
    char base[AD_MAX_SID + 16];

    if (name != NULL)
        return name;
    a->name[0] = '\0';
    (void)snprintf(base, sizeof base, "<SID=%s>", sid);
    if (!directory_search(d, base, DIRECTORY_ENTRY, "(objectClass=*)", on_account_entry, a))
        a->name[0] = '\0'; /* it was said why; the SID is shown alone */
    return a->name;
}

/* ---- what it means --------------------------------------------------------------------------- */

/* SYSTEM, Administrators, and the groups of a domain and a forest that own templates anyway:
 * Domain Admins and Enterprise Admins. */
static bool is_administrator(const char *sid)
{
    const char *last = strrchr(sid, '-');
    bool is_of_domain = strncmp(sid, "S-1-5-21-", 9) == 0;

    return strcmp(sid, "S-1-5-18") == 0 || strcmp(sid, "S-1-5-32-544") == 0 ||
           (is_of_domain && (strcmp(last, "-512") == 0 || strcmp(last, "-519") == 0));
}

static bool is_allowed(const audit *a, const char *sid, const char *name)
{
    for (size_t i = 0; i < a->allowed.count; i++)
        if (strcmp(a->allowed.items[i], sid) == 0 ||
            (*name != '\0' && strcasecmp(a->allowed.items[i], name) == 0))
            return true;
    return is_administrator(sid);
}

static void print_account(const audit *a, const char *sid, const char *name, unsigned rights,
                          bool is_expected)
{
    static const char *const words[] = {
        "",       "enrol",         "autoenrol",         "enrol, autoenrol",
        "change", "enrol, change", "autoenrol, change", "enrol, autoenrol, change"};

    if (!a->json) {
        const char *mark = is_expected ? "expected" : "OTHER   ";

        page_format("  %s %s (%s): %s\n", mark, *name != '\0' ? name : "unknown account", sid,
                    words[rights]);
        return;
    }
    printf("{\"sid\":\"%s\",\"name\":", sid);
    json_string(stdout, name);
    printf(",\"rights\":\"%s\",\"expected\":%s}", words[rights], is_expected ? "true" : "false");
}

/* False when somebody else may enrol or change the template. */
static bool print_accounts(audit *a, directory *d, ad_access *access)
{
    const char *separator = "";
    bool is_closed = true;

    if (access->is_open) {
        *access = (ad_access){.count = 1};
        access->list[0] =
            (ad_trustee){"S-1-1-0", AD_MAY_ENROLL | AD_MAY_AUTOENROLL | AD_MAY_CHANGE, 0};
    }
    ad_add_owner(access);
    for (size_t i = 0; i < access->count; i++) {
        unsigned rights = ad_rights_of(&access->list[i]);
        const char *sid = access->list[i].sid, *name;
        bool is_expected;

        if (rights == 0)
            continue;
        name = account_name(a, d, sid);
        is_expected = is_allowed(a, sid, name);
        is_closed = is_closed && is_expected;
        if (a->json)
            fputs(separator, stdout);
        separator = ",";
        print_account(a, sid, name, rights, is_expected);
    }
    return is_closed;
}

static bool print_template(audit *a, directory *d, audited *one)
{
    bool is_closed, needs_approval = one->facts.enrolment_flags > 0 &&
                                     (one->facts.enrolment_flags & PEND_ALL_REQUESTS) != 0;
    long signatures = one->facts.signatures > 0 ? one->facts.signatures : 0;

    if (!a->json) {
        page_format("template %s (%s)\n", one->facts.name, one->facts.oid);
        page_format("  a CA manager must approve: %s; signatures that a request needs: %ld\n",
                    needs_approval ? "yes" : "no", signatures);
        return print_accounts(a, d, &one->access);
    }
    printf("{\"name\":");
    json_string(stdout, one->facts.name);
    printf(",\"oid\":");
    json_string(stdout, one->facts.oid);
    printf(",\"approval\":%s,\"signatures\":%ld,\"accounts\":[", needs_approval ? "true" : "false",
           signatures);
    is_closed = print_accounts(a, d, &one->access);
    printf("]}");
    return is_closed;
}

/* ---- running --------------------------------------------------------------------------------- */

static void report_missing(audit *a, const char *name_or_oid)
{
    for (size_t i = 0; i < a->count; i++)
        if (is_template_named(name_or_oid, &a->list[i].facts))
            return;
    tool_say("daotp ra: the directory has no template '%s' that this user can read", name_or_oid);
    a->is_failed = true;
}

static bool find_templates(audit *a, directory *d)
{
    char base[AD_MAX_LINE + 80];

    if (!directory_search(d, NULL, DIRECTORY_ENTRY, "(objectClass=*)", on_root_entry, a))
        return false;
    if (a->configuration[0] == '\0') {
        tool_say("daotp ra: the directory names no configuration: is it Active Directory?");
        return false;
    }
    (void)snprintf(base, sizeof base,
                   "CN=Certificate Templates,CN=Public Key Services,CN=Services,%s",
                   a->configuration);
    if (!directory_search(d, base, DIRECTORY_BELOW, "(objectClass=pKICertificateTemplate)",
                          on_template_entry, a))
        return false;
    for (size_t i = 0; i < a->template_count; i++)
        report_missing(a, a->templates[i]);
    if (a->count == 0 && a->template_count == 0)
        tool_say("daotp ra: the directory has no template for registration authorities that this"
                 " user can read");
    return a->count > 0;
}

static int audit_all(audit *a, directory *d)
{
    bool is_closed = true;

    if (!find_templates(a, d))
        return TOOL_CONFIGURATION;
    if (a->json) {
        tool_said_json();
        printf("{\"format\":%d,\"templates\":[", DAOTP_JSON_FORMAT);
    }
    for (size_t i = 0, shown = 0; i < a->count; i++) {
        if (!a->list[i].is_readable)
            continue;
        if (a->json && shown++ > 0)
            fputs(",", stdout);
        is_closed = print_template(a, d, &a->list[i]) && is_closed;
    }
    if (a->json)
        printf("],\"closed\":%s}\n", is_closed && !a->is_failed ? "true" : "false");
    if (a->is_failed)
        return TOOL_CONFIGURATION;
    return is_closed ? 0 : TOOL_REJECTED;
}

static bool take_audit_password(audit *a)
{
    char prompt[600];

    if (a->spec.user == NULL)
        return true;
    a->spec.password = &a->password;
    if (a->password_file != NULL)
        return tool_secret_load(a->password_file, &a->password);
    if (a->password_fd >= 0)
        return tool_secret_read(a->password_fd, &a->password);
    (void)snprintf(prompt, sizeof prompt, "Password of %.200s, for %.200s", a->spec.user, a->host);
    return tool_secret_ask(prompt, &a->password);
}

static int run_audit(audit *a)
{
    directory *d = NULL;
    int status = TOOL_CONFIGURATION;

    a->spec.host = a->host;
    a->spec.attributes = attributes;
    a->spec.reads_permissions = true;
    a->spec.timeout_s = a->timeout_s < 1 ? 1 : (int)a->timeout_s;
    if (take_audit_password(a))
        d = directory_open(&a->spec);
    tool_secret_free(&a->password);
    if (d != NULL)
        status = audit_all(a, d);
    directory_close(d);
    return status;
}

enum { ALLOW = 256, LDAPS, TRUST, USER, PASSWORD_FILE, PASSWORD_FD, TIMEOUT, JSON, HELP };

static const struct option options[] = {{"allow", required_argument, NULL, ALLOW},
                                        {"ldaps", no_argument, NULL, LDAPS},
                                        {"trust", required_argument, NULL, TRUST},
                                        {"user", required_argument, NULL, USER},
                                        {"password-file", required_argument, NULL, PASSWORD_FILE},
                                        {"password-fd", required_argument, NULL, PASSWORD_FD},
                                        {"timeout", required_argument, NULL, TIMEOUT},
                                        {"json", no_argument, NULL, JSON},
                                        {"help", no_argument, NULL, HELP},
                                        {0}};

static bool take_audit_option(audit *a, int option)
{
    switch (option) {
    case ALLOW:
        return tool_list_add("ra", "allow", &a->allowed, optarg);
    case LDAPS:
        return a->spec.ldaps = true;
    case TRUST:
        return (a->spec.trust = optarg) != NULL;
    case USER:
        return (a->spec.user = optarg) != NULL;
    case PASSWORD_FILE:
        return (a->password_file = optarg) != NULL;
    case PASSWORD_FD:
        return tool_descriptor(optarg, &a->password_fd);
    case TIMEOUT:
        return tool_seconds(optarg, &a->timeout_s) && a->timeout_s <= 600;
    case JSON:
        return a->json = true;
    default:
        return false;
    }
}

/* HOST, HOST:PORT or [ADDRESS]:PORT. */
static bool take_controller_name(audit *a, const char *text)
{
    char behind = *text == '[' ? ']' : ':', *end;

    if (*text == '\0' || strlen(text) >= sizeof a->host)
        return false;
    (void)snprintf(a->host, sizeof a->host, "%s", text + (*text == '['));
    end = strchr(a->host, behind);
    if (a->host[0] == '\0' || end == a->host)
        return false;
    if (end == NULL)
        return behind == ':';
    if (behind == ']')
        *end++ = '\0';
    if (*end == '\0')
        return true;
    if (*end != ':')
        return false;
    *end = '\0';
    a->spec.port = end + 1;
    return *a->spec.port != '\0' && strspn(a->spec.port, "0123456789") == strlen(a->spec.port);
}

static void say_of_audit(void *user, const char *text)
{
    (void)user;
    tool_say("daotp ra: %s", text);
}

int ra_audit(int argc, char **argv, const char *help)
{
    static audit a = {.password_fd = -1, .timeout_s = 15, .spec = {.say = say_of_audit}};
    int c, which = 0;

    while ((c = tool_next_option("ra", argc, argv, options, &which)) != -1) {
        if (c == HELP)
            return fputs(help, stdout) < 0;
        if (!take_audit_option(&a, c))
            return tool_bad_option("ra", c, options[which].name, optarg);
    }
    if (optind == argc)
        return tool_missing("ra", "the HOST of a domain controller");
    if (!take_controller_name(&a, argv[optind])) {
        tool_say("daotp ra: '%s' cannot be the domain controller: HOST, HOST:PORT or"
                 " [ADDRESS]:PORT",
                 argv[optind]);
        return TOOL_USAGE;
    }
    if (a.spec.user != NULL && !a.spec.ldaps)
        return tool_missing("ra", "--ldaps for --user");
    a.templates = argv + optind + 1;
    a.template_count = (size_t)(argc - optind - 1);
    return run_audit(&a);
}
