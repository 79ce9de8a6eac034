/* SPDX-License-Identifier: BSD-2-Clause */
/* What a profile says, as options of a command: in front of those that the user gives, which so are
 * the stronger ones. What the system's file locks, no option changes. */
#include "profile.h"

#include "tool.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the files ------------------------------------------------------------------------------- */

const char *profile_user_file(void)
{
    static char path[4096];
    const char *home = getenv("HOME");
    const struct passwd *user = home == NULL || *home != '/' ? getpwuid(geteuid()) : NULL;
    int len;

    if (user != NULL)
        home = user->pw_dir;
    if (home == NULL || *home != '/')
        return NULL;
    len = snprintf(path, sizeof path, "%s/.config/daotp/daotp.conf", home);
    return len > 0 && (size_t)len < sizeof path ? path : NULL;
}

daotp_status profile_open(daotp_context *context, const char *name, const char *system,
                          daotp_profile **profile)
{
    const char *named = getenv("DAOTP_CONFIG");
    daotp_status status = daotp_profile_new(context, name, profile);

    if (status == DAOTP_USAGE)
        tool_say("daotp: --profile cannot be '%s'; it is 1 to 48 letters, digits and ._-", name);
    if (status != DAOTP_OK)
        return status;
    if (named != NULL && *named == '\0')
        named = NULL;
    status = daotp_profile_set_usual_file(*profile, DAOTP_PROFILE_SYSTEM, system);
    if (status == DAOTP_OK)
        status = daotp_profile_set_usual_file(*profile, DAOTP_PROFILE_USER, profile_user_file());
    if (status == DAOTP_OK)
        status = daotp_profile_set_usual_file(*profile, DAOTP_PROFILE_NAMED, named);
    return status == DAOTP_OK ? daotp_profile_add_usual_files(*profile) : status;
}

/* ---- which key is which option --------------------------------------------------------------- */

typedef enum row_kind {
    VALUE,    /* --option VALUE */
    IF_YES,   /* --option, when the key says yes */
    IF_NO,    /* --option, when the key says no */
    IF_VALUE, /* --option, when the key says what `only` says */
    OID,      /* --option VALUE, without a version behind the OID */
    PORT,     /* --option VALUE, with the port that `only` says unless it has one */
    STORE     /* --option VALUE, or --no-store for none */
} row_kind;

typedef struct row {
    const char *command, *key, *option;
    row_kind kind;
    const char *only;
    const char *needs; /* options, without one of which this one is not given; NULL for none */
} row;

#define SAME(command, name)                                                                        \
    {                                                                                              \
        (command), (name), (name), VALUE, NULL, NULL                                               \
    }
#define ISSUER(name)                                                                               \
    {                                                                                              \
        "enroll", (name), (name), VALUE, NULL, "issuer-trust"                                      \
    }
#define FETCHED(name)                                                                              \
    {                                                                                              \
        "enroll", (name), (name), VALUE, NULL, "issuer-trust|server-revocation"                    \
    }

static const row rows[] = {
    SAME("enroll", "url"),
    SAME("enroll", "trust"),
    SAME("enroll", "server-rules"),
    SAME("enroll", "server-revocation"),
    SAME("enroll", "cert"),
    SAME("enroll", "key"),
    SAME("enroll", "proxy"),
    {"enroll", "environment-proxy", "environment-proxy", IF_YES, NULL, NULL},
    {"enroll", "tls12", "tls12", IF_YES, NULL, NULL},
    {"enroll", "preflight", "no-preflight", IF_NO, NULL, NULL},
    SAME("enroll", "timeout"),
    SAME("enroll", "connect-timeout"),
    SAME("enroll", "deadline"),
    SAME("enroll", "template"),
    SAME("enroll", "key-kind"),
    SAME("enroll", "max-lifetime"),
    {"enroll", "store", "store", STORE, NULL, NULL},
    SAME("enroll", "label"),
    SAME("enroll", "ca"),
    SAME("enroll", "ca-host"),
    SAME("enroll", "ticket-cache"),
    SAME("enroll", "armor-cache"),
    SAME("enroll", "ca-realm"),
    SAME("enroll", "ca-kdc"),
    SAME("enroll", "ca-mechanism"),
    SAME("enroll", "ca-mapper-port"),
    SAME("enroll", "ces-url"),
    SAME("enroll", "ces-template"),
    SAME("enroll", "ces-auth"),
    SAME("enroll", "ces-trust"),
    SAME("enroll", "request-file"),
    SAME("enroll", "certificate-file"),
    SAME("enroll", "issuer-trust"),
    ISSUER("issuer-crl"),
    ISSUER("revocation"),
    ISSUER("ntauth"),
    {"enroll", "fetch", "fetch", IF_YES, NULL, "issuer-trust|server-revocation"},
    FETCHED("allow"),
    FETCHED("ldap"),
    FETCHED("cache"),
    FETCHED("fetch-timeout"),
    FETCHED("fetch-bytes"),
    {"enroll", "logon", "logon", IF_YES, NULL, NULL},
    SAME("enroll", "realm"),
    SAME("enroll", "kdc"),
    SAME("enroll", "kdc-trust"),
    {"verify", "issuer-trust", "trust", VALUE, NULL, NULL},
    {"verify", "issuer-crl", "crl", VALUE, NULL, "trust"},
    {"verify", "verify-rules", "rules", VALUE, NULL, NULL},
    SAME("verify", "revocation"),
    SAME("verify", "stale"),
    SAME("verify", "ntauth"),
    {"verify", "fetch", "fetch", IF_YES, NULL, NULL},
    SAME("verify", "allow"),
    SAME("verify", "ldap"),
    SAME("verify", "cache"),
    SAME("verify", "timeout"),
    {"requirements", "issuer-trust", "trust", VALUE, NULL, NULL},
    {"requirements", "issuer-crl", "crl", VALUE, NULL, "trust"},
    SAME("requirements", "ntauth"),
    SAME("templates", "trust"),
    SAME("templates", "timeout"),
    SAME("ca", "ticket-cache"),
    {"ca", "ca-realm", "realm", VALUE, NULL, NULL},
    {"ca", "ca-kdc", "kdc", VALUE, NULL, NULL},
    {"ca", "ca-mechanism", "mechanism", VALUE, NULL, NULL},
    {"ca", "ca-mapper-port", "mapper-port", VALUE, NULL, NULL},
    {"radius", "radius-server", "server", PORT, ":1812", NULL},
    {"radius", "radius-secret", "secret-file", VALUE, NULL, NULL},
    {"radius", "radius-policy", "policy", VALUE, NULL, NULL},
    {"radius", "radius-timers", "timers", VALUE, NULL, NULL},
    {"radius", "radius-timeout", "timeout", VALUE, NULL, NULL},
    {"radius", "radius-nas", "nas", VALUE, NULL, NULL},
    {"radius", "radius-attributes", "send", VALUE, NULL, NULL},
    {"radius", "radius-user-form", "strip", IF_VALUE, "stripped", NULL},
    SAME("radius", "server-rules"),
    {"radsec", "radsec-server", "server", PORT, ":2083", NULL},
    {"radsec", "radsec-trust", "trust", VALUE, NULL, NULL},
    {"radsec", "radsec-cert", "cert", VALUE, NULL, NULL},
    {"radsec", "radsec-key", "key", VALUE, NULL, NULL},
    {"radsec", "radius-timers", "timers", VALUE, NULL, NULL},
    {"radsec", "radius-timeout", "timeout", VALUE, NULL, NULL},
    {"radsec", "radius-nas", "nas", VALUE, NULL, NULL},
    {"radsec", "radius-attributes", "send", VALUE, NULL, NULL},
    {"radsec", "radius-user-form", "strip", IF_VALUE, "stripped", NULL},
    SAME("radsec", "server-rules"),
    {"serve", "template", "template", OID, NULL, NULL},
    SAME("serve", "ra-cert"),
    SAME("serve", "ra-key"),
    SAME("serve", "issuing-ca"),
    {"serve", "client-trust", "trust", VALUE, NULL, NULL},
    {"serve", "client-crl", "crl", VALUE, NULL, "trust"},
    {"serve", "client-revocation", "revocation", VALUE, NULL, "trust"},
    SAME("serve", "domain"),
    SAME("serve", "state"),
    {"serve", "exchange-timeout", "timeout", VALUE, NULL, NULL},
    {"serve", "radius-server", "radius", PORT, ":1812", NULL},
    {"serve", "radius-secret", "radius-secret", VALUE, NULL, NULL},
    {"serve", "radius-policy", "radius-optional", IF_VALUE, "optional", NULL},
    {"serve", "radius-timers", "radius-push", IF_VALUE, "push", NULL},
    {"serve", "radius-user-form", "radius-strip", IF_VALUE, "stripped", NULL},
    {"serve", "serve-listen", "listen", PORT, ":443", NULL},
    {"serve", "serve-unix", "unix", VALUE, NULL, NULL},
    {"serve", "serve-unix-mode", "unix-mode", VALUE, NULL, NULL},
    {"serve", "serve-cert", "cert", VALUE, NULL, NULL},
    {"serve", "serve-key", "key", VALUE, NULL, NULL},
    {"serve", "serve-client-ca", "client-ca", VALUE, NULL, NULL},
    {"serve", "serve-path", "path", VALUE, NULL, NULL},
    {"serve", "serve-users", "users", VALUE, NULL, NULL},
    {"serve", "serve-workers", "workers", VALUE, NULL, NULL},
    {"serve", "serve-queue", "queue", VALUE, NULL, NULL},
    {"serve", "serve-nodes", "nodes", VALUE, NULL, NULL},
    {"serve", "serve-drain", "drain", VALUE, NULL, NULL},
    {"serve", "serve-audit", "audit", VALUE, NULL, NULL},
    {"serve", "serve-metrics", "metrics", PORT, ":9633", NULL},
    SAME("serve", "directory"),
    SAME("serve", "directory-tls"),
    SAME("serve", "directory-trust"),
    SAME("serve", "directory-user"),
    SAME("serve", "directory-password-file"),
    SAME("serve", "directory-base"),
    SAME("serve", "directory-group"),
    SAME("serve", "directory-cache"),
    SAME("serve", "directory-timeout"),
    {"store", "store", "dir", STORE, NULL, NULL},
    SAME("store", "renew-before"),
    SAME("agent", "askpass"),
    SAME("agent", "renew-before"),
};

enum { ROWS = sizeof rows / sizeof rows[0], MAX_ARGUMENTS = 4096 };

/* ---- the new arguments ----------------------------------------------------------------------- */

typedef struct arguments {
    const char *command; /* "radsec" for daotp radius --radsec */
    daotp_profile *profile;
    int argc; /* as the user gave them */
    char **argv;
    char *made[MAX_ARGUMENTS];
    size_t count, made_count; /* made_count: those in front, which are ours */
    daotp_status status;
} arguments;

static bool is_option_word(const char *word, const char *option)
{
    size_t len = strlen(option);

    return strncmp(word, "--", 2) == 0 && strncmp(word + 2, option, len) == 0 &&
           (word[2 + len] == '\0' || word[2 + len] == '=');
}

/* All words are looked at: "--" may be the value of an option, so that options come behind it. */
static const char *find_given(const arguments *a, const char *option)
{
    for (int i = 1; i < a->argc && a->argv[i] != NULL; i++)
        if (is_option_word(a->argv[i], option))
            return a->argv[i];
    return NULL;
}

static void add_argument(arguments *a, const char *prefix, const char *text)
{
    size_t room = strlen(prefix) + strlen(text) + 1;
    char *made = a->count < MAX_ARGUMENTS - 1 ? malloc(room) : NULL;

    if (made == NULL) {
        a->status = DAOTP_MEMORY;
        return;
    }
    (void)snprintf(made, room, "%s%s", prefix, text);
    a->made[a->count++] = made;
    a->made_count = a->count;
}

static void add_option(arguments *a, const char *option, const char *value)
{
    char prefix[64];

    (void)snprintf(prefix, sizeof prefix, value != NULL ? "--%s=" : "--%s", option);
    add_argument(a, prefix, value != NULL ? value : "");
}

/* An address without brackets has its port nowhere, and a host without a colon too. */
static void add_with_port(arguments *a, const char *option, const char *value, const char *port)
{
    const char *colon = strchr(value, ':');
    bool is_bare_v6 = *value != '[' && colon != NULL && strchr(colon + 1, ':') != NULL;
    bool has_port = *value == '[' ? strstr(value, "]:") != NULL : colon != NULL && !is_bare_v6;
    char text[512];

    if (has_port)
        port = "";
    (void)snprintf(text, sizeof text, is_bare_v6 ? "[%s]%s" : "%s%s", value, port);
    add_option(a, option, text);
}

static void add_row_value(arguments *a, const row *r, const char *value)
{
    char oid[256];

    switch (r->kind) {
    case VALUE:
        add_option(a, r->option, value);
        break;
    case IF_YES:
    case IF_NO:
        if (strcmp(value, r->kind == IF_YES ? "yes" : "no") == 0)
            add_option(a, r->option, NULL);
        break;
    case IF_VALUE:
        if (strcmp(value, r->only) == 0)
            add_option(a, r->option, NULL);
        break;
    case OID:
        (void)snprintf(oid, sizeof oid, "%.*s", (int)strcspn(value, ":"), value);
        add_option(a, r->option, oid);
        break;
    case PORT:
        add_with_port(a, r->option, value, r->only);
        break;
    default:
        if (strcmp(value, "none") != 0)
            add_option(a, r->option, value);
        else if (strcmp(a->command, "enroll") == 0)
            add_option(a, "no-store", NULL);
    }
}

/* Is one of these options, separated by |, there, by the user or by the profile? */
static bool has_needed_option(const arguments *a, const char *needs)
{
    char option[64];

    for (; *needs != '\0'; needs += strcspn(needs, "|"), needs += *needs == '|') {
        (void)snprintf(option, sizeof option, "%.*s", (int)strcspn(needs, "|"), needs);
        for (size_t i = 0; i < a->count; i++)
            if (is_option_word(a->made[i], option))
                return true;
        if (find_given(a, option) != NULL)
            return true;
    }
    return false;
}

/* The library refuses it, and tells why. */
static void refuse_locked(arguments *a, const char *key)
{
    daotp_status status = daotp_profile_set_value(a->profile, key, "locked");

    a->status = a->status == DAOTP_OK ? status : a->status;
}

static void add_row(arguments *a, const row *r)
{
    const char *given = find_given(a, r->option);

    if (given == NULL && r->kind == STORE)
        given = find_given(a, "no-store");
    if (given != NULL && daotp_profile_is_locked(a->profile, r->key))
        refuse_locked(a, r->key);
    if (given != NULL || (r->needs != NULL && !has_needed_option(a, r->needs)))
        return;
    for (size_t i = 0; i < daotp_profile_get_count(a->profile); i++)
        if (strcmp(daotp_profile_get_key(a->profile, i), r->key) == 0)
            add_row_value(a, r, daotp_profile_get_value(a->profile, i));
}

/* ---- the user -------------------------------------------------------------------------------- */

/* The name alone: without DOMAIN\ in front and @suffix behind. */
static void copy_bare_name(const char *name, char *to, size_t room)
{
    const char *slash = strchr(name, '\\');

    name = slash != NULL ? slash + 1 : name;
    (void)snprintf(to, room, "%.*s", (int)strcspn(name, "@"), name);
}

static void add_form(arguments *a, const char *option, const char *form, const char *name)
{
    const char *at = strstr(form, "{user}");
    char text[1100];

    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - form), form, name, at + 6);
    add_option(a, option, text);
}

static const char *user_option(const arguments *a)
{
    for (int i = 1; i < a->argc; i++)
        if (is_option_word(a->argv[i], "user")) {
            if (a->argv[i][6] == '=')
                return a->argv[i] + 7;
            return i + 1 < a->argc ? a->argv[i + 1] : NULL;
        }
    return NULL;
}

static const char *const user_keys[] = {"user",        "upn",           "dn",         "sid",
                                        "domain-user", "password-file", "password-fd"};
enum { USER_KEYS = sizeof user_keys / sizeof user_keys[0] };

static void refuse_locked_user(arguments *a)
{
    for (size_t i = 0; i < USER_KEYS; i++) {
        if (find_given(a, user_keys[i]) != NULL &&
            daotp_profile_is_locked(a->profile, user_keys[i]))
            refuse_locked(a, user_keys[i]);
    }
}

/* daotp ca has fewer of these options. */
static bool takes_user_key(const arguments *a, const char *key)
{
    return strcmp(a->command, "enroll") == 0 || strncmp(key, "password-", 9) == 0 ||
           strcmp(key, "user") == 0;
}

/* What is said of one user is not for another, whom the command line names. */
static void add_fixed_user(arguments *a)
{
    for (size_t i = 0; i < USER_KEYS; i++) {
        const char *value = daotp_profile_find(a->profile, user_keys[i]);

        if (value != NULL && find_given(a, user_keys[i]) == NULL && takes_user_key(a, user_keys[i]))
            add_option(a, user_keys[i], value);
    }
}

/* The user who is given, else the profile's, else the one who is logged on. */
static void add_user(arguments *a)
{
    const char *given = user_option(a), *form = daotp_profile_find(a->profile, "user-form");
    const char *upn_form = daotp_profile_find(a->profile, "upn-form");
    const struct passwd *user = getpwuid(getuid());
    char name[512] = "";

    refuse_locked_user(a);
    if (given == NULL && daotp_profile_find(a->profile, "user") != NULL) {
        add_fixed_user(a);
        return;
    }
    if (given != NULL || user != NULL)
        copy_bare_name(given != NULL ? given : user->pw_name, name, sizeof name);
    if (name[0] == '\0')
        return;
    if (given == NULL && form != NULL)
        add_form(a, "user", form, name);
    else if (given == NULL && upn_form != NULL)
        add_form(a, "user", upn_form, name);
    if (upn_form != NULL && strcmp(a->command, "enroll") == 0 && find_given(a, "upn") == NULL)
        add_form(a, "upn", upn_form, name);
}

/* ---- all of them ----------------------------------------------------------------------------- */

/* The text of the process itself, not a copy: what a command splits in place is seen so in
 * /proc/PID/cmdline. */
static void pass_argument(arguments *a, char *text)
{
    if (a->count < MAX_ARGUMENTS - 1)
        a->made[a->count++] = text;
    else
        a->status = DAOTP_MEMORY;
}

/* The user's own words, without --profile NAME. */
static void add_given(arguments *a)
{
    bool ended = false;

    for (int i = 1; i < a->argc; i++) {
        ended = ended || strcmp(a->argv[i], "--") == 0;
        if (!ended && strcmp(a->argv[i], "--profile") == 0)
            i++;
        else if (ended || strncmp(a->argv[i], "--profile=", 10) != 0)
            pass_argument(a, a->argv[i]);
    }
}

bool profile_find_name(int argc, char **argv, const char **name)
{
    *name = NULL;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--profile=", 10) == 0)
            *name = argv[i] + 10;
        else if (strcmp(argv[i], "--profile") == 0 && i + 1 == argc)
            return false;
        else if (strcmp(argv[i], "--profile") == 0)
            *name = argv[++i];
    }
    return true;
}

static bool has_rows(const char *command)
{
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(rows[i].command, command) == 0)
            return true;
    return false;
}

/* Who gives only RadSec servers wants RadSec. */
static bool wants_radsec(const arguments *a)
{
    if (strcmp(a->command, "radius") != 0)
        return false;
    return find_given(a, "radsec") != NULL ||
           (find_given(a, "server") == NULL &&
            daotp_profile_find(a->profile, "radius-server") == NULL &&
            daotp_profile_find(a->profile, "radsec-server") != NULL);
}

/* daotp requirements without a certificate lists them: it takes no anchors then. All of its options
 * but these have a value. */
static bool looks_at_certificate(const arguments *a)
{
    for (int i = 1; i < a->argc; i++) {
        bool is_option = strncmp(a->argv[i], "--", 2) == 0 && a->argv[i][2] != '\0';

        if (!is_option)
            return strcmp(a->argv[i], "--") != 0 || i + 1 < a->argc;
        if (strchr(a->argv[i], '=') == NULL && strcmp(a->argv[i], "--json") != 0 &&
            strcmp(a->argv[i], "--help") != 0)
            i++;
    }
    return false;
}

static void make_arguments(arguments *a)
{
    add_argument(a, "", a->argv[0]);
    if (wants_radsec(a)) {
        a->command = "radsec";
        if (find_given(a, "radsec") == NULL)
            add_option(a, "radsec", NULL);
    }
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(rows[i].command, a->command) == 0 &&
            (strcmp(a->command, "requirements") != 0 || looks_at_certificate(a)))
            add_row(a, &rows[i]);
    if (strcmp(a->command, "enroll") == 0 || strcmp(a->command, "ca") == 0)
        add_user(a);
    add_given(a);
}

/* They live as long as the program: options are kept as pointers into them. daotp agent takes its
 * own options, and those of daotp enroll. */
static arguments made_arguments[2];

static daotp_status apply_profile(daotp_context *context, const char *name, arguments *a)
{
    a->status = profile_open(context, name, NULL, &a->profile);
    if (a->status == DAOTP_OK)
        make_arguments(a);
    if (a->status != DAOTP_OK && a->profile != NULL)
        tool_show_report(daotp_profile_get_report(a->profile), a->status,
                         find_given(a, "json") != NULL);
    daotp_profile_free(a->profile);
    return a->status;
}

int profile_apply(const char *command, int *argc, char ***argv)
{
    arguments *a = &made_arguments[strcmp(command, "agent") == 0];
    daotp_context *context;
    const char *name;

    if (!profile_find_name(*argc, *argv, &name)) {
        tool_say("daotp %s: --profile needs a value", command);
        return TOOL_USAGE;
    }
    *a = (arguments){.command = command, .argc = *argc, .argv = *argv};
    if (name == NULL && !has_rows(command))
        return 0;
    if (find_given(a, "help") != NULL) {
        add_argument(a, "", a->argv[0]);
        add_given(a);
    } else {
        context = tool_context();
        (void)apply_profile(context, name, a);
        daotp_context_unref(context);
    }
    *argc = (int)a->count;
    *argv = a->made;
    return tool_exit_status(a->status);
}

int profile_apply_again(int *argc, char ***argv)
{
    arguments *a = &made_arguments[0];
    const char *command = a->command;

    *argc = a->argc;
    *argv = a->argv;
    for (size_t i = 0; i < a->made_count; i++)
        free(a->made[i]);
    return profile_apply(command, argc, argv);
}
