/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * daotp discover: a profile from what DNS and the directory of a domain say. What the directory
 * says is data of somebody else: each value is bounded, is plain text, and is put through the same
 * checks as a line of a file; a CA's host is proposed, and allowed only once it is confirmed.
 */
#include "ad_values.h"
#include "directory.h"
#include "json.h"
#include "profile.h"
#include "srv.h"
#include "tool.h"

#include <ctype.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "usage: daotp discover DOMAIN [OPTION...]\n"
    "\n"
    "Ask DNS for the domain controllers of an Active Directory domain, and the first\n"
    "of them for CAs, templates and trust; print a profile, or write it.\n"
    "\n"
    "  --write                write it to ~/.config/daotp/daotp.conf, with the\n"
    "                         certificates beside it; else it is printed\n"
    "  --file FILE            write it there\n"
    "  --profile NAME         the section (default)\n"
    "  --url URL              the OTP service: no directory knows it\n"
    "  --template NAME|OID    the OTP logon template, where several would do\n"
    "  --ca-host HOST         confirm that this host, which the directory names as a\n"
    "                         CA's, may get requests; may be given again\n"
    "  --set KEY=VALUE        a further line of the profile; may be given again\n"
    "  --server HOST[:PORT]   the domain controller, without asking DNS\n"
    "  --dns ADDRESS[:PORT]   the name server\n"
    "  --ldaps                by LDAPS; else by LDAP sealed with the Kerberos ticket\n"
    "  --trust FILE           roots for LDAPS (those of the system)\n"
    "  --user NAME            with a name and its password, over LDAPS alone; else\n"
    "                         with the Kerberos ticket: kinit first\n"
    "  --password-file FILE, --password-fd N   the password; unless given, asked\n"
    "  --timeout S            of each question (15)\n"
    "  --json                 what was found, as JSON\n"
    "\n"
    "exit status: 0 there is a profile, 78 something must be chosen or is missing:\n"
    "the candidates are named\n"
    "\n"
    "example: kinit alice && daotp discover corp.example --write\n";

enum {
    MAX_CAS = 32,
    MAX_TEMPLATES = 64,
    MAX_URLS = 16,
    MAX_CERTIFICATES = 64,
    MAX_NAME = 256,
    MAX_LINE = AD_MAX_LINE
};

typedef struct ca_service {
    char name[MAX_NAME], host[MAX_NAME];
    ces_url urls[MAX_URLS];
    size_t url_count;
    bool has_template, is_confirmed;
} ca_service;

/* The host of an https URL. */
static bool copy_url_host(const char *url, char *to, size_t room)
{
    size_t len;

    if (strncmp(url, "https://", 8) != 0)
        return false;
    len = strcspn(url + 8, ":/?#");
    if (len == 0 || len >= room)
        return false;
    memcpy(to, url + 8, len);
    to[len] = '\0';
    return true;
}

typedef struct template_facts {
    char name[MAX_NAME], oid[MAX_NAME];
    long major, minor;
    bool is_logon, is_ra;
} template_facts;

/* Certificates of one kind, as PEM. */
typedef struct pem_text {
    char *text;
    size_t len, count;
} pem_text;

typedef struct discovery {
    const char *domain, *profile_name, *file, *url, *template, *server, *dns;
    tool_list confirmed, settings;
    directory_spec access;
    bool write, json, incomplete;
    double timeout_s;
    tool_secret password;
    const char *password_file;
    int password_fd;
    /* what was found */
    srv_record controllers[SRV_MAX];
    size_t controller_count;
    char configuration[MAX_LINE], domain_dn[MAX_LINE], netbios[MAX_NAME];
    ca_service cas[MAX_CAS];
    size_t ca_count;
    template_facts templates[MAX_TEMPLATES];
    size_t template_count;
    const template_facts *chosen;
    const ces_url *service; /* the one that is proposed */
    char service_host[MAX_NAME];
    bool is_service_confirmed;
    pem_text roots, ntauth, aia;
    char crls[MAX_URLS][MAX_LINE];
    size_t crl_count;
    daotp_profile *profile;
} discovery;

/* ---- reading entries ------------------------------------------------------------------------- */

/* false when there is no such text, or it is too long: then it is as if it were not there. */
static bool copy_text(char *to, size_t room, const char *text)
{
    if (text == NULL || strlen(text) >= room)
        return false;
    memcpy(to, text, strlen(text) + 1);
    return true;
}

static bool copy_attribute(char *to, size_t room, const directory_entry *entry, const char *name)
{
    return copy_text(to, room, directory_text(entry, name, 0));
}

static long number_of(const directory_entry *entry, const char *name)
{
    const char *text = directory_text(entry, name, 0);
    int64_t value;

    return text != NULL && tool_integer(text, -2147483647, 4294967295, &value) ? (long)value : -1;
}

static void on_root(void *user, const directory_entry *entry)
{
    discovery *d = user;

    (void)copy_attribute(d->configuration, sizeof d->configuration, entry,
                         "configurationNamingContext");
    (void)copy_attribute(d->domain_dn, sizeof d->domain_dn, entry, "defaultNamingContext");
}

static void on_partition(void *user, const directory_entry *entry)
{
    discovery *d = user;
    const char *context = directory_text(entry, "nCName", 0);

    if (context != NULL && strcasecmp(context, d->domain_dn) == 0)
        (void)copy_attribute(d->netbios, sizeof d->netbios, entry, "nETBIOSName");
}

static void on_service(void *user, const directory_entry *entry)
{
    discovery *d = user;
    ca_service *ca = &d->cas[d->ca_count];
    const char *value;
    size_t len;

    if (d->ca_count == MAX_CAS)
        return;
    *ca = (ca_service){.url_count = 0};
    if (!copy_attribute(ca->name, sizeof ca->name, entry, "cn") ||
        !copy_attribute(ca->host, sizeof ca->host, entry, "dNSHostName"))
        return;
    for (size_t i = 0;
         ca->url_count < MAX_URLS &&
         (value = directory_value(entry, "msPKI-Enrollment-Servers", i, &len)) != NULL;
         i++)
        ca->url_count += ad_read_ces_url(value, len, &ca->urls[ca->url_count]);
    for (size_t i = 0; d->chosen != NULL &&
                       (value = directory_value(entry, "certificateTemplates", i, &len)) != NULL;
         i++)
        if (strlen(d->chosen->name) == len && strncasecmp(value, d->chosen->name, len) == 0)
            ca->has_template = true;
    d->ca_count++;
}

/* ---- templates ------------------------------------------------------------------------------- */

#define OID_LOGON "1.3.6.1.4.1.311.20.2.2"
#define OID_RA    "1.3.6.1.4.1.311.81.1.1"

static bool has_oid(const directory_entry *entry, const char *attribute, const char *oid)
{
    const char *text;

    for (size_t i = 0; i < 64; i++) {
        text = directory_text(entry, attribute, i);
        if (text != NULL && ad_holds_oid(text, oid))
            return true;
    }
    return false;
}

/* The application policies; where there are none, the extended key usage. */
static bool is_for_policy(const directory_entry *entry, const char *oid)
{
    if (directory_text(entry, "msPKI-Certificate-Application-Policy", 0) != NULL)
        return has_oid(entry, "msPKI-Certificate-Application-Policy", oid);
    return has_oid(entry, "pKIExtendedKeyUsage", oid);
}

static void on_template(void *user, const directory_entry *entry)
{
    discovery *d = user;
    template_facts *t = &d->templates[d->template_count];

    if (d->template_count == MAX_TEMPLATES)
        return;
    *t = (template_facts){.major = number_of(entry, "revision"),
                          .minor = number_of(entry, "msPKI-Template-Minor-Revision")};
    t->is_logon = is_for_policy(entry, OID_LOGON) && number_of(entry, "msPKI-RA-Signature") == 1 &&
                  has_oid(entry, "msPKI-RA-Application-Policies", OID_RA);
    t->is_ra = is_for_policy(entry, OID_RA);
    if ((t->is_logon || t->is_ra) && copy_attribute(t->name, sizeof t->name, entry, "cn") &&
        copy_attribute(t->oid, sizeof t->oid, entry, "msPKI-Cert-Template-OID"))
        d->template_count++;
}

static bool is_wanted_template(const discovery *d, const template_facts *t)
{
    return t->is_logon && (d->template == NULL || strcasecmp(d->template, t->name) == 0 ||
                           strcmp(d->template, t->oid) == 0);
}

/* ---- choosing -------------------------------------------------------------------------------- */

/* The terminal, when somebody sits there. */
static FILE *open_terminal(const discovery *d)
{
    return d->json || !isatty(STDIN_FILENO) ? NULL : fopen("/dev/tty", "r+");
}

static bool ask_line(FILE *tty, const char *prompt, char *to, size_t room)
{
    fprintf(tty, "%s ", prompt);
    fflush(tty);
    if (fgets(to, (int)room, tty) == NULL)
        return false;
    to[strcspn(to, "\r\n")] = '\0';
    return true;
}

static void list_templates(const discovery *d, FILE *out)
{
    for (size_t i = 0; i < d->template_count; i++)
        if (d->templates[i].is_logon)
            fprintf(out, "  %s  %s\n", d->templates[i].name, d->templates[i].oid);
}

static size_t count_wanted(discovery *d)
{
    size_t count = 0;

    for (size_t i = 0; i < d->template_count; i++)
        if (is_wanted_template(d, &d->templates[i])) {
            d->chosen = count++ == 0 ? &d->templates[i] : NULL;
        }
    return count;
}

static bool choose_template(discovery *d)
{
    static char answer[MAX_NAME];
    size_t count = count_wanted(d);
    FILE *tty = count > 1 ? open_terminal(d) : NULL;

    if (tty != NULL) {
        fprintf(tty, "Templates that fit the logon with a one-time password:\n");
        list_templates(d, tty);
        if (ask_line(tty, "Which one?", answer, sizeof answer)) {
            d->template = answer;
            count = count_wanted(d);
        }
        fclose(tty);
    }
    if (count == 1)
        return true;
    d->chosen = NULL;
    if (count == 0)
        tool_say("daotp discover: no template '%s' of the directory fits the logon with a one-time "
                 "password: application policy " OID_LOGON ", one RA signature with " OID_RA,
                 d->template != NULL ? d->template : "*");
    else
        tool_say("daotp discover: several templates fit; choose one by --template:");
    if (!d->json)
        list_templates(d, stderr);
    return false;
}

static bool is_confirmed_by_option(const discovery *d, const char *host)
{
    for (size_t i = 0; i < d->confirmed.count; i++)
        if (strcasecmp(d->confirmed.items[i], host) == 0)
            return true;
    return false;
}

/* May requests, and the domain password, go to this host? A confirmed one is remembered. */
static bool confirm_host(discovery *d, FILE *tty, const char *what, const char *host)
{
    char prompt[2 * MAX_NAME + 128], answer[16];

    if (is_confirmed_by_option(d, host))
        return true;
    (void)snprintf(prompt, sizeof prompt,
                   "May requests, and the domain password, go to %.200s on %.200s? (yes/no)", what,
                   host);
    return tty != NULL && ask_line(tty, prompt, answer, sizeof answer) &&
           strcmp(answer, "yes") == 0 && tool_list_add("discover", "ca-host", &d->confirmed, host);
}

static void confirm_hosts(discovery *d)
{
    FILE *tty = d->confirmed.count == 0 ? open_terminal(d) : NULL;

    for (size_t i = 0; i < d->ca_count; i++)
        if (d->cas[i].has_template)
            d->cas[i].is_confirmed = confirm_host(d, tty, d->cas[i].name, d->cas[i].host);
    d->is_service_confirmed = d->service != NULL &&
                              copy_url_host(d->service->url, d->service_host, MAX_NAME) &&
                              confirm_host(d, tty, "the enrolment web service", d->service_host);
    if (tty != NULL)
        fclose(tty);
}

/* ---- certificates ---------------------------------------------------------------------------- */

/* One to three octets. */
static void print_base64(FILE *out, const unsigned char *octets, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned long bits = (unsigned long)octets[0] << 16;
    char text[5] = "====";

    bits |= len > 1 ? (unsigned long)octets[1] << 8 : 0;
    bits |= len > 2 ? octets[2] : 0;
    for (size_t i = 0; i <= len; i++)
        text[i] = digits[bits >> (18 - 6 * i) & 63];
    fputs(text, out);
}

static void add_pem(pem_text *pem, const unsigned char *der, size_t len)
{
    FILE *out;
    char *text = NULL;
    size_t text_len = 0;

    if (pem->count == MAX_CERTIFICATES || (out = open_memstream(&text, &text_len)) == NULL)
        return;
    fprintf(out, "%s-----BEGIN CERTIFICATE-----\n", pem->text != NULL ? pem->text : "");
    for (size_t i = 0; i < len; i += 3) {
        if (i > 0 && i % 48 == 0)
            fputc('\n', out);
        print_base64(out, der + i, len - i < 3 ? len - i : 3);
    }
    fprintf(out, "\n-----END CERTIFICATE-----\n");
    if (fclose(out) != 0)
        return;
    free(pem->text);
    pem->text = text;
    pem->len = text_len;
    pem->count++;
}

/* One that our own reader takes. */
static bool is_certificate(const char *der, size_t len)
{
    daotp_context *context = NULL;
    daotp_trust *trust = NULL;
    bool good = daotp_context_new(&context) == DAOTP_OK &&
                daotp_trust_new(context, &trust) == DAOTP_OK &&
                daotp_trust_add(trust, der, len, NULL) == DAOTP_OK;

    daotp_trust_unref(trust);
    daotp_context_unref(context);
    return good;
}

static void add_certificates(pem_text *pem, const directory_entry *entry)
{
    const char *der;
    size_t len;

    for (size_t i = 0; (der = directory_value(entry, "cACertificate", i, &len)) != NULL; i++)
        if (len > 1 && is_certificate(der, len)) /* an empty list is one zero octet */
            add_pem(pem, (const unsigned char *)der, len);
}

static void on_root_ca(void *user, const directory_entry *entry)
{
    add_certificates(&((discovery *)user)->roots, entry);
}

static void on_ntauth(void *user, const directory_entry *entry)
{
    add_certificates(&((discovery *)user)->ntauth, entry);
}

static void on_aia(void *user, const directory_entry *entry)
{
    add_certificates(&((discovery *)user)->aia, entry);
}

/* ldap:///DN?certificateRevocationList, as CAs write it into certificates (RFC 4516). */
static void on_crl(void *user, const directory_entry *entry)
{
    discovery *d = user;
    const char *dn = directory_dn(entry);
    char *to = d->crls[d->crl_count];
    size_t at = 0;

    if (d->crl_count == MAX_URLS || dn == NULL || 3 * strlen(dn) > MAX_LINE - 64)
        return;
    at = (size_t)snprintf(to, MAX_LINE, "ldap:///");
    for (; *dn != '\0'; dn++)
        at += (size_t)snprintf(
            to + at, MAX_LINE - at,
            isalnum((unsigned char)*dn) || strchr("-._~=,", *dn) != NULL ? "%c" : "%%%02X",
            (unsigned char)*dn);
    (void)snprintf(to + at, MAX_LINE - at, "?certificateRevocationList");
    d->crl_count++;
}

/* ---- asking ---------------------------------------------------------------------------------- */

static bool search_below(discovery *d, directory *dir, const char *rdn, const char *filter,
                         directory_fn *tell)
{
    char base[2 * MAX_LINE];

    (void)snprintf(base, sizeof base, "%sCN=Public Key Services,CN=Services,%s", rdn,
                   d->configuration);
    return directory_search(dir, base, DIRECTORY_BELOW, filter, tell, d);
}

static bool find_names(discovery *d, directory *dir)
{
    char base[MAX_LINE + 32];

    if (!directory_search(dir, NULL, DIRECTORY_ENTRY, "(objectClass=*)", on_root, d))
        return false;
    if (d->configuration[0] == '\0') {
        tool_say("daotp discover: the directory names no configuration: is it Active Directory?");
        return false;
    }
    (void)snprintf(base, sizeof base, "CN=Partitions,%s", d->configuration);
    return directory_search(dir, base, DIRECTORY_BELOW, "(nETBIOSName=*)", on_partition, d);
}

static bool find_crls(discovery *d, directory *dir)
{
    char base[2 * MAX_LINE];

    (void)snprintf(base, sizeof base, "CN=CDP,CN=Public Key Services,CN=Services,%s",
                   d->configuration);
    return directory_search(dir, base, DIRECTORY_TREE, "(objectClass=cRLDistributionPoint)", on_crl,
                            d);
}

static bool ask_directory(discovery *d, directory *dir)
{
    return find_names(d, dir) &&
           search_below(d, dir, "CN=Certificate Templates,", "(objectClass=pKICertificateTemplate)",
                        on_template) &&
           choose_template(d) &&
           search_below(d, dir, "CN=Enrollment Services,", "(objectClass=pKIEnrollmentService)",
                        on_service) &&
           search_below(d, dir, "CN=Certification Authorities,", "(cACertificate=*)", on_root_ca) &&
           search_below(d, dir, "CN=AIA,", "(cACertificate=*)", on_aia) &&
           search_below(d, dir, "", "(cn=NTAuthCertificates)", on_ntauth) && find_crls(d, dir);
}

/* Is the host the domain's name, or below it? DNS is not authenticated, so it may not send a ticket
 * or a password elsewhere. */
static bool is_in_domain(const char *host, const char *domain)
{
    size_t host_len = strlen(host), len = strlen(domain);

    return host_len >= len && strcasecmp(host + host_len - len, domain) == 0 &&
           (host_len == len || host[host_len - len - 1] == '.');
}

static void drop_foreign_controllers(discovery *d)
{
    size_t kept = 0;

    for (size_t i = 0; i < d->controller_count; i++) {
        if (is_in_domain(d->controllers[i].host, d->domain))
            d->controllers[kept++] = d->controllers[i];
        else
            tool_say("daotp discover: %s, which DNS names, is not in %s and is left out; if it is "
                     "right, give it by --server",
                     d->controllers[i].host, d->domain);
    }
    d->controller_count = kept;
}

static bool find_controllers(discovery *d)
{
    char name[512], *colon;

    if (d->server != NULL) {
        if (!copy_text(d->controllers[0].host, SRV_HOST, d->server))
            return false;
        colon = strchr(d->controllers[0].host, ':');
        if (colon != NULL) {
            *colon = '\0';
            d->access.port = strchr(d->server, ':') + 1;
        }
        d->controller_count = 1;
        return true;
    }
    (void)snprintf(name, sizeof name, "_ldap._tcp.dc._msdcs.%s", d->domain);
    d->controller_count = srv_look_up(name, d->dns, (int)d->timeout_s, d->controllers);
    if (d->controller_count == 0)
        tool_say("daotp discover: DNS names no domain controller: %s has no SRV record; give one "
                 "by --server",
                 name);
    drop_foreign_controllers(d);
    return d->controller_count > 0;
}

static bool take_bind_password(discovery *d)
{
    char prompt[2 * MAX_NAME];

    if (d->access.user == NULL)
        return true;
    d->access.password = &d->password;
    if (d->password_file != NULL)
        return tool_secret_load(d->password_file, &d->password);
    if (d->password_fd >= 0)
        return tool_secret_read(d->password_fd, &d->password);
    (void)snprintf(prompt, sizeof prompt, "Password of %.200s, for %.200s", d->access.user,
                   d->controllers[0].host);
    return tool_secret_ask(prompt, &d->password);
}

/* The first that answers; a password goes to no second one. */
static bool ask_controllers(discovery *d)
{
    size_t tries = d->access.user != NULL ? 1 : d->controller_count;
    directory *dir = NULL;
    bool done;

    d->access.timeout_s = d->timeout_s < 1 ? 1 : (int)d->timeout_s;
    if (!take_bind_password(d))
        return false;
    for (size_t i = 0; i < tries && dir == NULL; i++) {
        d->access.host = d->controllers[i].host;
        dir = directory_open(&d->access);
    }
    tool_secret_free(&d->password);
    done = dir != NULL && ask_directory(d, dir);
    directory_close(dir);
    return done;
}

/* ---- the profile ----------------------------------------------------------------------------- */

/* A value that the directory gave, but that no line of a profile could hold, is left out, and said.
 */
static void put_line(discovery *d, const char *key, const char *value)
{
    if (daotp_profile_set_value(d->profile, key, value) == DAOTP_OK)
        return;
    d->incomplete = true;
    tool_say("daotp discover: %s is left out: '%.200s' is no value of it, or the system locks it",
             key, value);
}

static const ces_url *best_ces_url(const discovery *d, bool *is_ambiguous)
{
    const ces_url *best = NULL;

    *is_ambiguous = false;
    for (size_t i = 0; i < d->ca_count; i++)
        for (size_t j = 0; d->cas[i].has_template && j < d->cas[i].url_count; j++) {
            const ces_url *url = &d->cas[i].urls[j];

            if (best != NULL && url->priority == best->priority)
                *is_ambiguous = true;
            if (best == NULL || url->priority < best->priority) {
                best = url;
                *is_ambiguous = false;
            }
        }
    return best;
}

/* A URL that is given is not looked for. */
static void choose_web_service(discovery *d)
{
    bool is_ambiguous;

    d->service = best_ces_url(d, &is_ambiguous);
    if (daotp_profile_find(d->profile, "ces-url") != NULL)
        d->service = NULL;
    if (d->service == NULL || !is_ambiguous)
        return;
    d->service = NULL;
    d->incomplete = true;
    tool_say("daotp discover: several enrolment web services have the same priority; choose one by "
             "--set ces-url=URL");
}

static void put_web_service(discovery *d)
{
    if (!d->is_service_confirmed)
        return;
    put_line(d, "ces-url", d->service->url);
    if (d->service->authentication == 4)
        put_line(d, "ces-auth", "username");
    else if (d->service->authentication == 2)
        put_line(d, "ces-auth", "negotiate");
    else if (d->service->authentication == 8)
        put_line(d, "ces-auth", "certificate");
}

static void put_names(discovery *d)
{
    char text[2 * MAX_NAME];
    size_t i;

    for (i = 0; d->domain[i] != '\0' && i < sizeof text - 1; i++)
        text[i] = (char)toupper((unsigned char)d->domain[i]);
    text[i] = '\0';
    put_line(d, "ca-realm", text);
    put_line(d, "realm", text);
    (void)snprintf(text, sizeof text, "{user}@%.250s", d->domain);
    put_line(d, "upn-form", text);
    if (d->netbios[0] != '\0') {
        (void)snprintf(text, sizeof text, "%.250s\\{user}", d->netbios);
        put_line(d, "user-form", text);
    }
    if (d->server != NULL)
        put_line(d, "ca-kdc", d->controllers[0].host);
}

static void put_template(discovery *d)
{
    char text[MAX_NAME + 64];

    if (d->chosen->major >= 0 && d->chosen->minor >= 0)
        (void)snprintf(text, sizeof text, "%s:%ld.%ld", d->chosen->oid, d->chosen->major,
                       d->chosen->minor);
    else
        (void)snprintf(text, sizeof text, "%s", d->chosen->oid);
    put_line(d, "template", text);
}

static void put_settings(discovery *d)
{
    for (size_t i = 0; i < d->settings.count; i++) {
        char key[64];
        size_t len = strcspn(d->settings.items[i], "=");

        (void)snprintf(key, sizeof key, "%.*s", (int)(len < 63 ? len : 63), d->settings.items[i]);
        put_line(d, key, d->settings.items[i][len] == '=' ? d->settings.items[i] + len + 1 : "");
    }
}

static void ask_url(discovery *d)
{
    static char answer[2048];
    FILE *tty = d->url == NULL ? open_terminal(d) : NULL;

    if (tty != NULL &&
        ask_line(tty, "URL of the OTP service, as the administrator has it:", answer,
                 sizeof answer) &&
        answer[0] != '\0')
        d->url = answer;
    if (tty != NULL)
        fclose(tty);
    if (d->url != NULL)
        put_line(d, "url", d->url);
    else
        tool_say("daotp discover: the URL of the OTP service is in no directory: give it by --url, "
                 "or add it to the profile");
}

static void put_all(discovery *d)
{
    put_settings(d);
    ask_url(d);
    put_template(d);
    put_names(d);
    choose_web_service(d);
    confirm_hosts(d);
    put_web_service(d);
    for (size_t i = 0; i < d->ca_count; i++)
        if (d->cas[i].is_confirmed)
            put_line(d, "ca-host", d->cas[i].host);
    for (size_t i = 0; i < d->confirmed.count; i++) {
        bool found = strcasecmp(d->service_host, d->confirmed.items[i]) == 0;

        for (size_t j = 0; j < d->ca_count; j++)
            found = found || strcasecmp(d->cas[j].host, d->confirmed.items[i]) == 0;
        if (!found)
            tool_say("daotp discover: the directory names no CA on %s", d->confirmed.items[i]);
    }
}

/* ---- printing -------------------------------------------------------------------------------- */

static void print_proposals(const discovery *d, FILE *out)
{
    for (size_t i = 0; i < d->controller_count; i++)
        fprintf(out, "# domain controller: %s\n", d->controllers[i].host);
    for (size_t i = 0; i < d->template_count; i++)
        if (d->templates[i].is_ra)
            fprintf(out, "# template of registration authorities: %s %s\n", d->templates[i].name,
                    d->templates[i].oid);
    for (size_t i = 0; i < d->ca_count; i++) {
        const ca_service *ca = &d->cas[i];

        fprintf(out, "# CA: %s\\%s%s\n", ca->host, ca->name,
                ca->has_template ? "" : ", which does not issue the template");
        if (ca->has_template && !ca->is_confirmed)
            fprintf(out,
                    "# proposed: confirm that requests, and the password, may go there\n"
                    "#ca-host = %s\n",
                    ca->host);
        for (size_t j = 0; j < ca->url_count; j++)
            fprintf(out, "# enrolment web service, priority %ld: %s\n", ca->urls[j].priority,
                    ca->urls[j].url);
    }
    if (d->service != NULL && !d->is_service_confirmed)
        fprintf(out,
                "# proposed: confirm that requests, and the password, may go there\n"
                "#ces-url = %s\n",
                d->service->url);
    for (size_t i = 0; i < d->crl_count; i++)
        fprintf(out, "# CRL: %s\n", d->crls[i]);
    fprintf(out, "# the directory has %zu roots, %zu CAs of NTAuth, %zu of AIA\n", d->roots.count,
            d->ntauth.count, d->aia.count);
}

static void print_profile(const discovery *d, FILE *out)
{
    fprintf(out, "[%s]\n", daotp_profile_get_name(d->profile));
    print_proposals(d, out);
    for (size_t i = 0; i < daotp_profile_get_count(d->profile); i++)
        fprintf(out, "%s = %s\n", daotp_profile_get_key(d->profile, i),
                daotp_profile_get_value(d->profile, i));
}

static void print_json_flag(const char *name, bool is)
{
    printf(",\"%s\":%s", name, is ? "true" : "false");
}

static void print_json_pair(const char *before, const char *name, const char *text)
{
    printf("%s\"%s\":", before, name);
    json_string(stdout, text);
}

static void print_json_cas(const discovery *d)
{
    printf(",\"cas\":[");
    for (size_t i = 0; i < d->ca_count; i++) {
        print_json_pair(i > 0 ? ",{" : "{", "name", d->cas[i].name);
        print_json_pair(",", "host", d->cas[i].host);
        print_json_flag("issues_template", d->cas[i].has_template);
        print_json_flag("confirmed", d->cas[i].is_confirmed);
        printf(",\"services\":[");
        for (size_t j = 0; j < d->cas[i].url_count; j++) {
            print_json_pair(j > 0 ? ",{" : "{", "url", d->cas[i].urls[j].url);
            printf(",\"priority\":%ld,\"authentication\":%ld}", d->cas[i].urls[j].priority,
                   d->cas[i].urls[j].authentication);
        }
        printf("]}");
    }
    printf("]");
}

static void print_json_templates(const discovery *d)
{
    printf(",\"templates\":[");
    for (size_t i = 0; i < d->template_count; i++) {
        print_json_pair(i > 0 ? ",{" : "{", "name", d->templates[i].name);
        print_json_pair(",", "oid", d->templates[i].oid);
        printf(",\"major\":%ld,\"minor\":%ld", d->templates[i].major, d->templates[i].minor);
        print_json_flag("logon", d->templates[i].is_logon);
        print_json_flag("ra", d->templates[i].is_ra);
        printf("}");
    }
    printf("]");
}

static void print_json_crls(const discovery *d)
{
    printf(",\"crls\":[");
    for (size_t i = 0; i < d->crl_count; i++) {
        printf(i > 0 ? "," : "");
        json_string(stdout, d->crls[i]);
    }
    printf("]");
}

static void print_json_pem(const char *name, const pem_text *pem)
{
    printf(",\"%s\":{\"count\":%zu", name, pem->count);
    print_json_pair(",", "pem", pem->text != NULL ? pem->text : "");
    printf("}");
}

static void print_json(const discovery *d)
{
    tool_said_json();
    printf("{\"format\":%d", DAOTP_JSON_FORMAT);
    print_json_pair(",", "domain", d->domain);
    printf(",\"controllers\":[");
    for (size_t i = 0; i < d->controller_count; i++) {
        printf(i > 0 ? "," : "");
        json_string(stdout, d->controllers[i].host);
    }
    printf("]");
    print_json_templates(d);
    print_json_cas(d);
    print_json_crls(d);
    print_json_pem("roots", &d->roots);
    print_json_pem("ntauth", &d->ntauth);
    print_json_pem("aia", &d->aia);
    printf(",\"profile\":{");
    for (size_t i = 0; i < daotp_profile_get_count(d->profile); i++)
        print_json_pair(i > 0 ? "," : "", daotp_profile_get_key(d->profile, i),
                        daotp_profile_get_value(d->profile, i));
    printf("},\"complete\":%s}\n", d->incomplete ? "false" : "true");
}

/* ---- writing --------------------------------------------------------------------------------- */

static bool make_folders(const char *file)
{
    char path[4096];

    if (strlen(file) >= sizeof path)
        return false;
    for (const char *slash = strchr(file + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        (void)snprintf(path, sizeof path, "%.*s", (int)(slash - file), file);
        (void)mkdir(path, 0700); /* what is there stays; what cannot be made, the file tells */
    }
    return true;
}

/* The whole file, then its new name: a crash leaves the old one or the new one. */
static bool write_whole(const char *file, const char *text, size_t len)
{
    char path[4200];
    bool good;
    int fd;

    (void)snprintf(path, sizeof path, "%s.new", file);
    (void)unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    good = fd >= 0 && write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
    if (fd >= 0 && close(fd) != 0)
        good = false;
    good = good && rename(path, file) == 0;
    if (!good)
        tool_say("daotp discover: %s cannot be written: %m", file);
    return good;
}

/* key: NULL for those that no line of the profile names. */
static bool write_certificates(discovery *d, const char *key, const char *what, const pem_text *pem)
{
    char path[4200];
    size_t folder = (size_t)(strrchr(d->file, '/') - d->file);

    if (pem->count == 0 || (key != NULL && daotp_profile_find(d->profile, key) != NULL))
        return true;
    (void)snprintf(path, sizeof path, "%.*s/%s-%s.pem", (int)folder, d->file,
                   daotp_profile_get_name(d->profile), what);
    if (!write_whole(path, pem->text, pem->len))
        return false;
    if (key != NULL)
        put_line(d, key, path);
    return true;
}

/* What is in the file stays as it is; a section of the same name is never written over. */
static bool write_profile(discovery *d)
{
    char *old = NULL, *text = NULL;
    size_t old_len = 0, len = 0;
    daotp_profile *there = NULL;
    FILE *out;
    bool good = true;

    if (access(d->file, F_OK) == 0) {
        daotp_context *context = tool_context();

        good = daotp_profile_new(context, daotp_profile_get_name(d->profile), &there) == DAOTP_OK &&
               daotp_profile_add_file(there, DAOTP_PROFILE_NAMED, d->file) == DAOTP_OK;
        if (!good)
            tool_say("daotp discover: %s is wrong: daotp config check tells what", d->file);
        else if (daotp_profile_is_defined(there))
            tool_say("daotp discover: %s has the profile %s already: remove it, or give another "
                     "name by --profile",
                     d->file, daotp_profile_get_name(d->profile));
        good = good && !daotp_profile_is_defined(there) && tool_read_file(d->file, &old, &old_len);
        daotp_profile_free(there);
        daotp_context_unref(context);
    }
    out = good ? open_memstream(&text, &len) : NULL;
    if (out != NULL) {
        (void)fwrite(old != NULL ? old : "", 1, old_len, out);
        fputs(old_len > 0 ? "\n" : "", out);
        print_profile(d, out);
        good = fclose(out) == 0 && write_whole(d->file, text, len);
    }
    free(text);
    free(old);
    return good && out != NULL;
}

static bool write_all(discovery *d)
{
    if (!make_folders(d->file) || !write_certificates(d, "trust", "roots", &d->roots) ||
        !write_certificates(d, "ntauth", "ntauth", &d->ntauth) ||
        !write_certificates(d, NULL, "aia", &d->aia) || !write_profile(d))
        return false;
    if (!d->json)
        printf("%s: written; daotp config show --profile %s shows it\n", d->file,
               daotp_profile_get_name(d->profile));
    return true;
}

/* ---- the command ----------------------------------------------------------------------------- */

static int run_discovery(discovery *d)
{
    daotp_context *context = tool_context();
    daotp_status status = daotp_profile_new(context, d->profile_name, &d->profile);
    bool done = false;

    if (status == DAOTP_USAGE)
        (void)tool_bad_option("discover", 0, "profile", d->profile_name);
    if (status == DAOTP_OK && find_controllers(d) && ask_controllers(d)) {
        put_all(d);
        done = !d->write || write_all(d);
        if (done && d->json)
            print_json(d);
        else if (done && !d->write)
            print_profile(d, stdout);
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
