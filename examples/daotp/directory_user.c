/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory_user.h"

#include "ad_values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* userAccountControl ADS_UF_ACCOUNT_DISABLE; the rule "is in the chain of groups"; MS-ADTS 2.2.16,
 * 3.1.1.3.4.4.3 */
#define DISABLED 0x2
#define IN_CHAIN "1.2.840.113556.1.4.1941"

enum { MAX_DOMAINS = 128, MAX_DOMAIN = 256 };

typedef struct domain {
    char netbios[64], dns[MAX_DOMAIN], dn[SERVE_DN / 4];
} domain;

struct directory_user {
    directory *directory;
    const serve_directory_config *config; /* the caller's */
    size_t controller;
    bool is_catalogue; /* of the forest: it has accounts of all domains */
    char own[SERVE_DN / 4], configuration[SERVE_DN / 4];
    domain domains[MAX_DOMAINS];
    size_t domain_count;
    char why[256];
};

bool directory_user_escape(const char *value, char *out, size_t room)
{
    size_t len = 0;

    for (; *value != '\0'; value++) {
        unsigned char c = (unsigned char)*value;
        bool is_plain = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
        size_t need = is_plain ? 1 : 3;

        if (len + need + 1 > room)
            return false;
        if (is_plain)
            out[len] = (char)c;
        else
            (void)snprintf(out + len, 4, "\\%02x", (unsigned)c);
        len += need;
    }
    if (room == 0)
        return false;
    out[len] = '\0';
    return true;
}

bool directory_user_has_expired(const char *text, int64_t now_s)
{
    char *end;
    long long ticks = strtoll(text, &end, 10);

    if (end == text || *end != '\0')
        return true; /* what cannot be read lets nobody in */
    if (ticks == 0 || ticks == INT64_MAX)
        return false;
    return ticks / 10000000 - 11644473600 <= now_s;
}

/* ---- opening --------------------------------------------------------------------------------- */

static void note_reason(void *user, const char *text)
{
    directory_user *u = user;

    (void)snprintf(u->why, sizeof u->why, "%s: %.180s", u->config->controllers[u->controller],
                   text);
}

void directory_user_split_controller(char *text, const char **host, const char **port)
{
    char *end = *text == '[' ? strchr(text, ']') : NULL;
    char *colon = end != NULL ? strchr(end, ':') : strrchr(text, ':');

    *host = *text == '[' ? text + 1 : text;
    *port = NULL;
    if (end != NULL)
        *end = '\0';
    if (colon != NULL) {
        *colon = '\0';
        *port = colon + 1;
    }
}

static void take_root(void *user, const directory_entry *entry)
{
    directory_user *u = user;
    const char *own = directory_text(entry, "defaultNamingContext", 0);
    const char *configuration = directory_text(entry, "configurationNamingContext", 0);

    if (own != NULL)
        (void)snprintf(u->own, sizeof u->own, "%s", own);
    if (configuration != NULL)
        (void)snprintf(u->configuration, sizeof u->configuration, "%s", configuration);
}

static void take_domain(void *user, const directory_entry *entry)
{
    directory_user *u = user;
    const char *netbios = directory_text(entry, "nETBIOSName", 0);
    const char *dns = directory_text(entry, "dnsRoot", 0);
    const char *dn = directory_text(entry, "nCName", 0);
    domain *d = &u->domains[u->domain_count];

    if (netbios == NULL || dns == NULL || dn == NULL || u->domain_count == MAX_DOMAINS ||
        strlen(netbios) >= sizeof d->netbios || strlen(dns) >= sizeof d->dns ||
        strlen(dn) >= sizeof d->dn)
        return;
    (void)snprintf(d->netbios, sizeof d->netbios, "%s", netbios);
    (void)snprintf(d->dns, sizeof d->dns, "%s", dns);
    (void)snprintf(d->dn, sizeof d->dn, "%s", dn);
    u->domain_count++;
}

static bool read_domains(directory_user *u)
{
    char base[sizeof u->configuration + 16];

    if (!directory_search(u->directory, NULL, DIRECTORY_ENTRY, "(objectClass=*)", take_root, u))
        return false;
    if (u->own[0] == '\0' || u->configuration[0] == '\0') {
        note_reason(u, "no Active Directory: its root names no defaultNamingContext");
        return false;
    }
    (void)snprintf(base, sizeof base, "CN=Partitions,%s", u->configuration);
    return directory_search(u->directory, base, DIRECTORY_BELOW,
                            "(&(objectClass=crossRef)(nETBIOSName=*))", take_domain, u);
}

/* All that is read. Else an account would come with its photograph, and what is more than a
 * directory_entry holds would be lost. */
static const char *const attributes[] = {"defaultNamingContext",
                                         "configurationNamingContext",
                                         "nETBIOSName",
                                         "dnsRoot",
                                         "nCName",
                                         "userPrincipalName",
                                         "sAMAccountName",
                                         "accountExpires",
                                         "userAccountControl",
                                         "objectSid",
                                         NULL};

static bool connect_controller(directory_user *u)
{
    char *text = strdup(u->config->controllers[u->controller]);
    directory_spec spec = {.ldaps = u->config->tls == 0 || u->config->tls == SERVE_DIRECTORY_LDAPS,
                           .starttls = u->config->tls == SERVE_DIRECTORY_STARTTLS,
                           .trust = u->config->trust,
                           .user = u->config->user,
                           .password = u->config->password,
                           .timeout_s = (int)(u->config->timeout_s + 0.999),
                           .attributes = attributes,
                           .say = note_reason,
                           .say_user = u};

    if (text == NULL)
        return false;
    directory_user_split_controller(text, &spec.host, &spec.port);
    u->is_catalogue =
        spec.port != NULL && (strcmp(spec.port, "3268") == 0 || strcmp(spec.port, "3269") == 0);
    u->directory = directory_open(&spec);
    free(text);
    return u->directory != NULL && read_domains(u);
}

directory_user *directory_user_open(const serve_directory_config *config, size_t controller,
                                    serve_account *account)
{
    directory_user *u = calloc(1, sizeof *u);

    (void)snprintf(account->why, sizeof account->why, "memory ran out");
    if (u == NULL)
        return NULL;
    u->config = config;
    u->controller = controller;
    if (connect_controller(u))
        return u;
    if (u->why[0] != '\0')
        (void)snprintf(account->why, sizeof account->why, "%s", u->why);
    directory_user_close(u);
    return NULL;
}

void directory_user_close(directory_user *u)
{
    if (u == NULL)
        return;
    directory_close(u->directory);
    free(u);
}

size_t directory_user_controller(const directory_user *u)
{
    return u->controller;
}

/* ---- one account ----------------------------------------------------------------------------- */

typedef struct candidate {
    size_t count;
    char sam[SERVE_NAME];
    char expires[32];
    long control;
    bool has_control;
    bool has_expires, has_upn; /* the attribute is there, though its value may be of no use */
    bool is_upn_taken;         /* another account has the implicit UPN as explicit */
    serve_account account;
} candidate;

static void copy_value(const directory_entry *entry, const char *attribute, char *to, size_t room)
{
    const char *text = directory_text(entry, attribute, 0);

    (void)snprintf(to, room, "%s", text != NULL && strlen(text) < room ? text : "");
}

/* A signed number of 32 bits, MS-ADTS 2.2.16. */
static bool read_control(const char *text, long *control)
{
    char *end;

    *control = strtol(text, &end, 10);
    return end != text && *end == '\0';
}

static void take_account(void *user, const directory_entry *entry)
{
    candidate *c = user;
    const char *dn = directory_dn(entry), *control = directory_text(entry, "userAccountControl", 0);
    const char *sid;
    size_t len = 0;

    if (c->count++ > 0)
        return;
    copy_value(entry, "userPrincipalName", c->account.upn, sizeof c->account.upn);
    copy_value(entry, "sAMAccountName", c->sam, sizeof c->sam);
    copy_value(entry, "accountExpires", c->expires, sizeof c->expires);
    c->has_upn = directory_has(entry, "userPrincipalName");
    c->has_expires = directory_has(entry, "accountExpires");
    c->has_control = control != NULL && read_control(control, &c->control);
    if (dn != NULL && strlen(dn) < sizeof c->account.dn)
        (void)snprintf(c->account.dn, sizeof c->account.dn, "%s", dn);
    sid = directory_value(entry, "objectSid", 0, &len);
    if (sid == NULL || !ad_sid_text(sid, len, c->account.sid, sizeof c->account.sid))
        c->account.sid[0] = '\0';
}

/* One attribute is to have this value, of a person. */
static bool search_person(directory_user *u, const char *base, const char *attribute,
                          const char *value, candidate *c)
{
    char escaped[3 * SERVE_NAME + 1], filter[sizeof escaped + 128];

    *c = (candidate){.count = 0};
    /* an empty value is no account's name, and servers differ in how they answer it */
    if (*value == '\0' || !directory_user_escape(value, escaped, sizeof escaped))
        return true;
    (void)snprintf(filter, sizeof filter, "(&(objectCategory=person)(objectClass=user)(%s=%s))",
                   attribute, escaped);
    return directory_search(u->directory, base, DIRECTORY_TREE, filter, take_account, c);
}

static const domain *find_domain(const directory_user *u, const char *name, size_t len)
{
    for (size_t i = 0; i < u->domain_count; i++) {
        const domain *d = &u->domains[i];

        if ((strlen(d->netbios) == len && strncasecmp(d->netbios, name, len) == 0) ||
            (strlen(d->dns) == len && strncasecmp(d->dns, name, len) == 0))
            return d;
    }
    return NULL;
}

/* Is this the entry base, or one below it? */
static bool is_within(const char *dn, const char *base)
{
    size_t len = strlen(base), whole = strlen(dn);

    return len <= whole && strcasecmp(dn + whole - len, base) == 0 &&
           (len == whole || dn[whole - len - 1] == ',');
}

static const domain *domain_of_dn(const directory_user *u, const char *dn)
{
    const domain *best = NULL;

    for (size_t i = 0; i < u->domain_count; i++)
        if (is_within(dn, u->domains[i].dn) &&
            (best == NULL || strlen(u->domains[i].dn) > strlen(best->dn)))
            best = &u->domains[i];
    return best;
}

static bool is_held(const directory_user *u, const domain *d)
{
    return u->is_catalogue || strcasecmp(d->dn, u->own) == 0;
}

static void say_unknown(candidate *c, const char *why)
{
    c->account.found = SERVE_UNKNOWN;
    (void)snprintf(c->account.why, sizeof c->account.why, "%s", why);
}

static const char *own_base(const directory_user *u)
{
    return u->config->base != NULL ? u->config->base : u->own;
}

/* Of the domain and --directory-base the one that is within the other; NULL if neither is. For the
 * controller's own domain the base as it was configured, however it is spelled. */
static const char *domain_base(const directory_user *u, const domain *d)
{
    const char *base = u->config->base;

    if (base == NULL || is_within(d->dn, base))
        return d->dn;
    return is_within(base, d->dn) || strcasecmp(d->dn, u->own) == 0 ? base : NULL;
}

/* By sAMAccountName, in one domain of the forest. */
static bool search_domain(directory_user *u, const domain *d, const char *sam, candidate *c)
{
    const char *base;

    *c = (candidate){.count = 0};
    if (d == NULL) {
        say_unknown(c, "the forest has no such domain");
        return true;
    }
    if (!is_held(u, d)) {
        say_unknown(c, "the controller does not hold this domain: name a global catalogue, port "
                       "3269");
        return true;
    }
    base = domain_base(u, d);
    if (base == NULL) {
        say_unknown(c, "the domain is outside of --directory-base");
        return true;
    }
    return search_person(u, base, "sAMAccountName", sam, c);
}

static bool search_upn(directory_user *u, const char *upn, candidate *c)
{
    const char *at = strrchr(upn, '@'), *base = own_base(u);
    char sam[SERVE_NAME];
    const domain *d;

    if (u->is_catalogue && u->config->base == NULL)
        base = ""; /* the whole forest */
    if (!search_person(u, base, "userPrincipalName", upn, c))
        return false;
    d = find_domain(u, at + 1, strlen(at + 1));
    if (c->count > 0 || d == NULL || !is_held(u, d))
        return true;
    (void)snprintf(sam, sizeof sam, "%.*s", (int)(at - upn), upn);
    return search_domain(u, d, sam, c); /* the implicit one, MS-ADTS 5.1.1.1.1 */
}

static bool search_any_form(directory_user *u, const char *name, candidate *c)
{
    const char *slash = strchr(name, '\\');

    if (slash != NULL)
        return search_domain(u, find_domain(u, name, (size_t)(slash - name)), slash + 1, c);
    if (strchr(name, '@') != NULL)
        return search_upn(u, name, c);
    return search_person(u, own_base(u), "sAMAccountName", name, c);
}

static void count_entry(void *user, const directory_entry *entry)
{
    size_t *count = user;

    (void)entry;
    (*count)++;
}

/* Groups of groups count. */
static bool search_group(directory_user *u, const char *dn, bool *is_member)
{
    char escaped[3 * SERVE_DN + 1], filter[sizeof escaped + 64];
    size_t count = 0;

    *is_member = u->config->group == NULL;
    if (*is_member || !directory_user_escape(u->config->group, escaped, sizeof escaped))
        return true;
    (void)snprintf(filter, sizeof filter, "(memberOf:" IN_CHAIN ":=%s)", escaped);
    if (!directory_search(u->directory, dn, DIRECTORY_ENTRY, filter, count_entry, &count))
        return false;
    *is_member = count == 1;
    return true;
}

/* An account without a UPN has name@domain, MS-ADTS 5.1.1.1.1. A controller takes that for the
 * account that has it as its explicit one, wherever it is, so it must be nobody's. */
static bool set_implicit_upn(directory_user *u, candidate *c)
{
    const domain *d = domain_of_dn(u, c->account.dn);
    candidate other;

    if (c->has_upn || d == NULL || c->sam[0] == '\0' ||
        strlen(c->sam) + strlen(d->dns) + 1 >= sizeof c->account.upn)
        return true;
    (void)snprintf(c->account.upn, sizeof c->account.upn, "%.255s@%.255s", c->sam, d->dns);
    if (!search_person(u, u->is_catalogue ? "" : u->own, "userPrincipalName", c->account.upn,
                       &other))
        return false;
    c->is_upn_taken = other.count > 0;
    return true;
}

/* A catalogue need not hold accountExpires. */
static bool has_expired(const directory_user *u, const candidate *c)
{
    return (c->has_expires || !u->is_catalogue) &&
           directory_user_has_expired(c->expires, (int64_t)time(NULL));
}

static serve_found check_candidate(const directory_user *u, const candidate *c, char *why,
                                   size_t room)
{
    const char *text = "";
    serve_found found = SERVE_FOUND;

    if (c->count > 1) {
        found = SERVE_AMBIGUOUS;
        text = "more than one account has this name";
    } else if (!c->has_control || (c->control & DISABLED) != 0) {
        found = SERVE_CLOSED;
        text = c->has_control ? "disabled" : "the server cannot read userAccountControl";
    } else if (has_expired(u, c)) {
        found = SERVE_CLOSED;
        text = c->expires[0] != '\0' ? "expired" : "the server cannot read accountExpires";
    } else if (c->is_upn_taken) {
        found = SERVE_AMBIGUOUS;
        text = "it has no userPrincipalName, and its implicit one is another account's";
    } else if (c->account.dn[0] == '\0' || c->account.upn[0] == '\0' || c->account.sid[0] == '\0') {
        found = SERVE_UNKNOWN;
        text = "the account has no distinguished name, UPN or SID that can be read";
    }
    (void)snprintf(why, room, "%s", text);
    return found;
}

bool directory_user_find(directory_user *u, const char *name, serve_account *account)
{
    bool is_member = true, is_asked;
    candidate c;

    is_asked = search_any_form(u, name, &c);
    if (is_asked && c.count == 1)
        is_asked = set_implicit_upn(u, &c);
    if (is_asked && c.count == 1) {
        c.account.found = check_candidate(u, &c, c.account.why, sizeof c.account.why);
        if (c.account.found == SERVE_FOUND)
            is_asked = search_group(u, c.account.dn, &is_member);
        if (is_asked && !is_member) {
            c.account.found = SERVE_NOT_MEMBER;
            (void)snprintf(c.account.why, sizeof c.account.why, "not a member");
        }
    } else if (is_asked && c.count > 1) {
        c.account.found = check_candidate(u, &c, c.account.why, sizeof c.account.why);
    } else if (c.account.found == 0) {
        say_unknown(&c, "no account has this name");
    }
    if (is_asked)
        *account = c.account;
    else
        (void)snprintf(account->why, sizeof account->why, "%s", u->why);
    return is_asked;
}
