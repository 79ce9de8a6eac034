/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking DNS and the directory. */
#include "discovery.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- reading entries ------------------------------------------------------------------------- */

bool discovery_make_room(discovery *d, size_t count, size_t max, const char *what)
{
    if (count < max)
        return true;
    if (!d->is_cut) /* once, of the first list that is full */
        tool_say("daotp discover: the directory has more than %zu %s; the others are left out", max,
                 what);
    d->is_cut = d->incomplete = true;
    return false;
}

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

    if (!discovery_make_room(d, d->ca_count, MAX_CAS, "CAs"))
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

bool discovery_read_template(const directory_entry *entry, template_facts *t)
{
    *t = (template_facts){.major = number_of(entry, "revision"),
                          .minor = number_of(entry, "msPKI-Template-Minor-Revision"),
                          .signatures = number_of(entry, "msPKI-RA-Signature"),
                          .enrolment_flags = number_of(entry, "msPKI-Enrollment-Flag"),
                          .name_flags = number_of(entry, "msPKI-Certificate-Name-Flag"),
                          .has_logon = is_for_policy(entry, OID_LOGON),
                          .has_ra_policy = has_oid(entry, "msPKI-RA-Application-Policies", OID_RA),
                          .is_ra = is_for_policy(entry, OID_RA)};
    t->is_logon = t->has_logon && t->signatures == 1 && t->has_ra_policy;
    return copy_attribute(t->name, sizeof t->name, entry, "cn") &&
           copy_attribute(t->oid, sizeof t->oid, entry, "msPKI-Cert-Template-OID");
}

static void on_template(void *user, const directory_entry *entry)
{
    discovery *d = user;
    template_facts t;

    if (discovery_read_template(entry, &t) && (t.is_logon || t.is_ra) &&
        discovery_make_room(d, d->template_count, MAX_TEMPLATES, "templates that fit"))
        d->templates[d->template_count++] = t;
}

static void on_root_ca(void *user, const directory_entry *entry)
{
    discovery *d = user;

    discovery_add_certificates(d, &d->roots, entry);
}

static void on_ntauth(void *user, const directory_entry *entry)
{
    discovery *d = user;

    discovery_add_certificates(d, &d->ntauth, entry);
}

static void on_aia(void *user, const directory_entry *entry)
{
    discovery *d = user;

    discovery_add_certificates(d, &d->aia, entry);
}

/* ldap:///DN?certificateRevocationList, as CAs write it into certificates (RFC 4516). */
static void on_crl(void *user, const directory_entry *entry)
{
    discovery *d = user;
    const char *dn = directory_dn(entry);
    char *to = d->crls[d->crl_count];
    size_t at = 0;

    if (dn == NULL || 3 * strlen(dn) > MAX_LINE - 64 ||
        !discovery_make_room(d, d->crl_count, MAX_URLS, "CRLs"))
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
           discovery_choose_template(d) &&
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

bool discovery_find_controllers(discovery *d)
{
    char name[512], *colon;
    const char *why;

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
    d->controller_count = srv_look_up(name, d->dns, (int)d->timeout_s, d->controllers, &why);
    if (d->controller_count == 0)
        tool_say("daotp discover: no domain controller was found in DNS: %s: %s; give the name "
                 "server by --dns, or a domain controller by --server",
                 name, why);
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

/* Ask the servers until one answers; a password is sent to one server only. */
bool discovery_ask_controllers(discovery *d)
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
