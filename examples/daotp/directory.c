/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory.h"

#include "core/utf8.h"

#include <ldap.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

enum {
    MAX_ENTRIES = 1000,
    MAX_TEXT = 1024,
    MAX_VALUE = 64 * 1024,
    MAX_MESSAGE = 8 * 1024 * 1024,
    MIN_SEAL = 56 /* bits of the key that seals: what SASL calls a strength factor */
};

struct directory {
    LDAP *ld;
    struct timeval timeout;
    const char *const *attributes;
    bool reads_permissions;
    void (*say)(void *user, const char *text);
    void *say_user;
};

struct directory_entry {
    LDAP *ld;
    char *dn;
    struct {
        char *name;
        struct berval **values;
    } attributes[64];
    size_t count;
};

/* ---- opening --------------------------------------------------------------------------------- */

static bool say_text(const directory *d, const char *text)
{
    if (d->say != NULL)
        d->say(d->say_user, text);
    else
        tool_say("daotp discover: %s", text);
    return false;
}

static bool say_ldap(const directory *d, const char *what, int rc)
{
    char *more = NULL, text[600];

    if (d->ld != NULL)
        (void)ldap_get_option(d->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &more);
    if (more != NULL)
        daotp__utf8_make_plain(more);
    if (more != NULL && *more != '\0')
        (void)snprintf(text, sizeof text, "%s: %s: %.200s", what, ldap_err2string(rc), more);
    else
        (void)snprintf(text, sizeof text, "%s: %s", what, ldap_err2string(rc));
    ldap_memfree(more);
    return say_text(d, text);
}

/* Nothing is asked for: the ticket is there, or it is not. */
static int answer_nothing(LDAP *ld, unsigned flags, void *defaults, void *interact)
{
    (void)ld, (void)flags, (void)defaults, (void)interact;
    return LDAP_SUCCESS;
}

static bool set_bounds(directory *d, int timeout_s)
{
    int version = LDAP_VERSION3, limit = MAX_ENTRIES;
    ber_len_t max = MAX_MESSAGE;
    Sockbuf *socket = NULL;

    d->timeout = (struct timeval){.tv_sec = timeout_s};
    return ldap_set_option(d->ld, LDAP_OPT_PROTOCOL_VERSION, &version) == LDAP_SUCCESS &&
           ldap_set_option(d->ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) == LDAP_SUCCESS &&
           ldap_set_option(d->ld, LDAP_OPT_SIZELIMIT, &limit) == LDAP_SUCCESS &&
           ldap_set_option(d->ld, LDAP_OPT_TIMEOUT, &d->timeout) == LDAP_SUCCESS &&
           ldap_set_option(d->ld, LDAP_OPT_NETWORK_TIMEOUT, &d->timeout) == LDAP_SUCCESS &&
           ldap_get_option(d->ld, LDAP_OPT_SOCKBUF, &socket) == LDAP_SUCCESS &&
           ber_sockbuf_ctrl(socket, LBER_SB_OPT_SET_MAX_INCOMING, &max) >= 0;
}

static bool set_tls(directory *d, const char *trust)
{
    int demand = LDAP_OPT_X_TLS_DEMAND, client = 0;

    return ldap_set_option(d->ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) == LDAP_SUCCESS &&
           (trust == NULL ||
            ldap_set_option(d->ld, LDAP_OPT_X_TLS_CACERTFILE, trust) == LDAP_SUCCESS) &&
           ldap_set_option(d->ld, LDAP_OPT_X_TLS_NEWCTX, &client) == LDAP_SUCCESS;
}

static bool bind_with_ticket(directory *d, bool over_tls)
{
    /* over TLS a second seal is refused by Active Directory */
    const char *properties =
        over_tls ? "noplain,noanonymous,maxssf=0" : "noplain,noanonymous,minssf=56";
    ber_len_t seal = 0;
    int rc = ldap_set_option(d->ld, LDAP_OPT_X_SASL_SECPROPS, properties);

    (void)ldap_set_option(d->ld, LDAP_OPT_X_SASL_NOCANON, LDAP_OPT_ON);
    if (rc == LDAP_SUCCESS)
        rc = ldap_sasl_interactive_bind_s(d->ld, NULL, "GSSAPI", NULL, NULL, LDAP_SASL_QUIET,
                                          answer_nothing, NULL);
    if (rc != LDAP_SUCCESS)
        return say_ldap(d,
                        "the directory takes no Kerberos ticket (kinit first; Debian: "
                        "libsasl2-modules-gssapi-mit)",
                        rc);
    if (!over_tls &&
        (ldap_get_option(d->ld, LDAP_OPT_X_SASL_SSF, &seal) != LDAP_SUCCESS || seal < MIN_SEAL)) {
        return say_text(d, "the connection to the directory is not sealed");
    }
    return true;
}

static bool bind_with_password(directory *d, const directory_spec *spec)
{
    struct berval secret = {.bv_len = spec->password->len, .bv_val = (char *)spec->password->bytes};
    int rc;

    if (!spec->ldaps && !spec->starttls)
        return say_text(d, "a name and password go over --ldaps alone");
    if (secret.bv_len == 0) /* would be an anonymous bind */
        return say_text(d, "the password is empty");
    rc = ldap_sasl_bind_s(d->ld, spec->user, LDAP_SASL_SIMPLE, &secret, NULL, NULL, NULL);
    return rc == LDAP_SUCCESS || say_ldap(d, "the directory takes no name and password", rc);
}

static bool bind_directory(directory *d, const directory_spec *spec)
{
    bool is_tls = spec->ldaps || spec->starttls;
    int rc = LDAP_SUCCESS;

    if (spec->user != NULL ? bind_with_password(d, spec) : bind_with_ticket(d, is_tls))
        return true;
    (void)ldap_get_option(d->ld, LDAP_OPT_RESULT_CODE, &rc);
    if (spec->is_refused != NULL)
        *spec->is_refused =
            rc != LDAP_SERVER_DOWN && rc != LDAP_TIMEOUT && rc != LDAP_CONNECT_ERROR;
    return false;
}

static bool connect_directory(directory *d, const directory_spec *spec)
{
    char url[400];
    bool is_v6 = strchr(spec->host, ':') != NULL;
    bool is_tls = spec->ldaps || spec->starttls;
    const char *scheme = spec->ldaps ? "ldaps" : "ldap";
    int rc;

    (void)snprintf(url, sizeof url, is_v6 ? "%s://[%s]:%s" : "%s://%s:%s", scheme, spec->host,
                   spec->port);
    rc = ldap_initialize(&d->ld, url);
    if (rc != LDAP_SUCCESS)
        return say_ldap(d, url, rc);
    if (!set_bounds(d, spec->timeout_s) || (is_tls && !set_tls(d, spec->trust)))
        return say_ldap(d, "libldap takes no bounds, or not these roots", LDAP_PARAM_ERROR);
    if (spec->starttls) {
        rc = ldap_start_tls_s(d->ld, NULL, NULL);
        if (rc != LDAP_SUCCESS)
            return say_ldap(d, "StartTLS", rc);
    }
    return bind_directory(d, spec);
}

/* Before the first call of libldap: it reads neither ldaprc nor LDAP* then. GnuTLS, by which it may
 * do TLS, would write the traffic secrets, and so the password, to SSLKEYLOGFILE. */
bool directory_set_environment(void)
{
    static _Atomic bool is_set; /* by now there may be threads that read it */

    if (is_set)
        return true;
    if (setenv("LDAPNOINIT", "1", 1) != 0)
        return false;
    (void)unsetenv("SASL_PATH");
    (void)unsetenv("SASL_CONF_PATH");
    (void)unsetenv("SSLKEYLOGFILE");
    is_set = true;
    return true;
}

/* The first call sets libldap's options of the process, and must be the only one at that time
 * (ldap_initialize(3)). */
static void init_libldap(void)
{
    int version;

    (void)ldap_get_option(NULL, LDAP_OPT_PROTOCOL_VERSION, &version);
}

directory *directory_open(const directory_spec *spec)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    directory *d = calloc(1, sizeof *d);
    directory_spec whole = *spec;

    if (d == NULL || !directory_set_environment()) {
        free(d);
        return NULL;
    }
    (void)pthread_once(&once, init_libldap);
    d->attributes = spec->attributes;
    d->reads_permissions = spec->reads_permissions;
    d->say = spec->say;
    d->say_user = spec->say_user;
    if (whole.port == NULL)
        whole.port = spec->ldaps ? "636" : "389";
    if (connect_directory(d, &whole))
        return d;
    directory_close(d);
    return NULL;
}

void directory_close(directory *d)
{
    if (d == NULL)
        return;
    if (d->ld != NULL)
        (void)ldap_unbind_ext_s(d->ld, NULL, NULL);
    free(d);
}

/* ---- entries --------------------------------------------------------------------------------- */

/* Text that may reach a terminal, a file or JSON as it is. */
static bool is_safe_text(const char *text, size_t len)
{
    for (size_t i = 0, n = 0; i < len; i += n) {
        n = daotp__utf8_next(text + i, len - i);
        if (n == 0 || daotp__utf8_is_unsafe(text + i, n))
            return false;
    }
    return len > 0 && len < MAX_TEXT;
}

const char *directory_dn(const directory_entry *entry)
{
    return is_safe_text(entry->dn, strlen(entry->dn)) ? entry->dn : NULL;
}

/* With the option ;binary or without (RFC 4523 2), as each server writes it. */
static bool is_attribute(const char *name, const char *wanted)
{
    size_t len = strlen(wanted);

    return strncasecmp(name, wanted, len) == 0 &&
           (name[len] == '\0' || strcasecmp(name + len, ";binary") == 0);
}

const char *directory_value(const directory_entry *entry, const char *attribute, size_t at,
                            size_t *len)
{
    for (size_t i = 0; i < entry->count; i++) {
        struct berval **values = entry->attributes[i].values;

        if (!is_attribute(entry->attributes[i].name, attribute))
            continue;
        for (size_t j = 0; values != NULL && values[j] != NULL; j++)
            if (j == at && values[j]->bv_len <= MAX_VALUE) {
                *len = values[j]->bv_len;
                return values[j]->bv_val;
            }
    }
    return NULL;
}

bool directory_has(const directory_entry *entry, const char *attribute)
{
    for (size_t i = 0; i < entry->count; i++) {
        struct berval **values = entry->attributes[i].values;

        if (is_attribute(entry->attributes[i].name, attribute))
            return values != NULL && values[0] != NULL;
    }
    return false;
}

const char *directory_text(const directory_entry *entry, const char *attribute, size_t at)
{
    size_t len;
    const char *text = directory_value(entry, attribute, at, &len);

    return text != NULL && strlen(text) == len && is_safe_text(text, len) ? text : NULL;
}

static void read_entry(LDAP *ld, LDAPMessage *message, directory_entry *entry)
{
    BerElement *ber = NULL;
    char *name = ldap_first_attribute(ld, message, &ber);

    *entry = (directory_entry){.ld = ld, .dn = ldap_get_dn(ld, message)};
    while (name != NULL) {
        if (entry->count < sizeof entry->attributes / sizeof entry->attributes[0]) {
            entry->attributes[entry->count].name = name;
            entry->attributes[entry->count++].values = ldap_get_values_len(ld, message, name);
        } else {
            ldap_memfree(name);
        }
        name = ldap_next_attribute(ld, message, ber);
    }
    ber_free(ber, 0);
}

static void free_entry(directory_entry *entry)
{
    for (size_t i = 0; i < entry->count; i++) {
        ldap_memfree(entry->attributes[i].name);
        ldap_value_free_len(entry->attributes[i].values);
    }
    ldap_memfree(entry->dn);
}

static void tell_entries(LDAP *ld, LDAPMessage *result, directory_fn *tell, void *user)
{
    size_t count = 0;

    for (LDAPMessage *message = ldap_first_entry(ld, result);
         message != NULL && count < MAX_ENTRIES; message = ldap_next_entry(ld, message), count++) {
        directory_entry entry;

        read_entry(ld, message, &entry);
        if (entry.dn != NULL)
            tell(user, &entry);
        free_entry(&entry);
    }
}

bool directory_search(directory *d, const char *base, directory_scope scope, const char *filter,
                      directory_fn *tell, void *user)
{
    static const int scopes[] = {LDAP_SCOPE_BASE, LDAP_SCOPE_ONELEVEL, LDAP_SCOPE_SUBTREE};
    /* LDAP_SERVER_SD_FLAGS_OID, MS-ADTS 3.1.1.3.4.1.11: owner, group and DACL */
    LDAPControl flags = {.ldctl_oid = "1.2.840.113556.1.4.801",
                         .ldctl_value = {.bv_len = 5, .bv_val = "\x30\x03\x02\x01\x07"},
                         .ldctl_iscritical = 1};
    LDAPControl *controls[] = {d->reads_permissions ? &flags : NULL, NULL};
    LDAPMessage *result = NULL;
    int rc = ldap_search_ext_s(d->ld, base != NULL ? base : "", scopes[scope], filter,
                               (char **)d->attributes, 0, controls, NULL, &d->timeout, MAX_ENTRIES,
                               &result);

    if (rc == LDAP_SUCCESS)
        tell_entries(d->ld, result, tell, user);
    ldap_msgfree(result);
    if (rc == LDAP_SUCCESS || rc == LDAP_NO_SUCH_OBJECT)
        return true;
    return say_ldap(d, base != NULL ? base : "the root of the directory", rc);
}
