/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/value.h"

#include "core/alloc.h"
#include "core/host.h"
#include "core/network.h"
#include "core/utf8.h"
#include "net/url.h"
#include "request/account.h"
#include "x509/oid.h"

#include <daotp/sys/store_backend.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_HOME_RECORD = 16 * 1024, MAX_YEAR_S = 366 * 86400 };

/* ---- numbers --------------------------------------------------------------------------------- */

/* Read a number of digits only; -1 for other texts, and above the maximum. */
static int64_t read_digits(const char *text, size_t len, int64_t max)
{
    int64_t value = 0;

    if (len == 0)
        return -1;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9' || value > (max - (text[i] - '0')) / 10)
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

int64_t daotp__value_number(const char *value)
{
    return read_digits(value, strlen(value), INT64_MAX);
}

int64_t daotp__value_ms(const char *value)
{
    size_t whole = strcspn(value, "."), rest = strlen(value) - whole;
    int64_t ms = read_digits(value, whole, MAX_YEAR_S), part = 0;

    if (ms < 0)
        return -1;
    if (rest > 0) {
        part = rest <= 4 ? read_digits(value + whole + 1, rest - 1, 999) : -1;
        for (size_t i = rest; part > 0 && i < 4; i++)
            part *= 10;
    }
    return part >= 0 ? ms * 1000 + part : -1;
}

static bool is_number_within(const char *value, int64_t min, int64_t max)
{
    int64_t number = read_digits(value, strlen(value), max);

    return number >= min;
}

bool daotp__value_flag(const char *value)
{
    return strcmp(value, "yes") == 0;
}

/* ---- files ----------------------------------------------------------------------------------- */

char *daotp__value_home(void)
{
    char *room = daotp__new(MAX_HOME_RECORD), *home = NULL;
    struct passwd record, *found = NULL;

    if (room == NULL)
        return NULL;
    if (getpwuid_r(geteuid(), &record, room, MAX_HOME_RECORD, &found) == 0 && found != NULL &&
        found->pw_dir != NULL && found->pw_dir[0] == '/')
        home = daotp__text_copy(found->pw_dir);
    daotp__delete(room);
    return home;
}

static bool is_file_type(daotp__value_type type)
{
    return type == DAOTP__VALUE_FILE || type == DAOTP__VALUE_SECRET_FILE ||
           type == DAOTP__VALUE_FOLDER || type == DAOTP__VALUE_STORE || type == DAOTP__VALUE_TRUST;
}

static bool is_path(const char *value)
{
    return value[0] == '/' || (value[0] == '~' && value[1] == '/');
}

char *daotp__value_copy(const daotp__profile_key *key, const char *value)
{
    char *home = NULL, *copy = NULL;
    size_t room;

    if (is_file_type(key->type) && value[0] == '~')
        home = daotp__value_home();
    if (home == NULL)
        return daotp__text_copy(value);
    room = strlen(home) + strlen(value);
    copy = daotp__new(room);
    if (copy != NULL)
        (void)snprintf(copy, room, "%s%s", home, value + 1);
    daotp__delete(home);
    return copy;
}

/* ---- secrets --------------------------------------------------------------------------------- */

/* Whether the URL has a user name or a password. */
static bool has_user_information(const char *url)
{
    const char *scheme = strstr(url, "://");
    const char *authority = scheme != NULL ? scheme + 3 : url;

    return memchr(authority, '@', strcspn(authority, "/?#")) != NULL;
}

/* Whether the URI has a password before the host: redis://user:password@host. */
static bool has_password(const char *uri)
{
    const char *scheme = strstr(uri, "://");
    const char *authority = scheme != NULL ? scheme + 3 : NULL;
    const char *at = scheme != NULL ? memchr(authority, '@', strcspn(authority, "/?#")) : NULL;

    return at != NULL && memchr(authority, ':', (size_t)(at - authority)) != NULL;
}

bool daotp__value_holds_secret(const daotp__profile_key *key, const char *value)
{
    switch (key->type) {
    case DAOTP__VALUE_URL:
    case DAOTP__VALUE_URL_TEMPLATE:
    case DAOTP__VALUE_PROXY:
        return has_user_information(value);
    case DAOTP__VALUE_SECRET_FILE:
        return !is_path(value);
    case DAOTP__VALUE_DESCRIPTOR:
        return !is_number_within(value, 0, INT_MAX);
    case DAOTP__VALUE_STORE:
        return strstr(value, "pin-value=") != NULL || has_password(value);
    case DAOTP__VALUE_FILE:
        return strstr(value, "pin-value=") != NULL || strstr(value, "PRIVATE KEY") != NULL;
    default:
        return false;
    }
}

bool daotp__value_is_secret_name(const char *name)
{
    return strstr(name, "passw") != NULL || strstr(name, "passph") != NULL ||
           strstr(name, "secret") != NULL || strstr(name, "pin") != NULL ||
           strstr(name, "otp") != NULL;
}

/* ---- names ----------------------------------------------------------------------------------- */

static daotp_status status_if(bool holds)
{
    return holds ? DAOTP_OK : DAOTP_USAGE;
}

bool daotp__value_split_host(const char *value, daotp__host *host, uint16_t *port)
{
    char text[DAOTP__MAX_HOST + 1];
    const char *end = value + strcspn(value, ":");
    bool in_brackets = *value == '[';

    if (in_brackets)
        end = strchr(++value, ']');
    else if (*end == ':' && strchr(end + 1, ':') != NULL)
        end = value + strlen(value); /* an IPv6 address without brackets */
    if (end == NULL || (size_t)(end - value) >= sizeof text)
        return false;
    memcpy(text, value, (size_t)(end - value));
    text[end - value] = '\0';
    end += in_brackets ? 1 : 0;
    *port = 0;
    if (*end != '\0') {
        int64_t number = *end == ':' ? read_digits(end + 1, strlen(end + 1), UINT16_MAX) : -1;

        if (number < 1)
            return false;
        *port = (uint16_t)number;
    }
    return daotp__host_parse(text, host) && (!in_brackets || strchr(host->text, ':') != NULL);
}

static bool is_host_port(const char *value)
{
    daotp__host host;
    uint16_t port;

    return daotp__value_split_host(value, &host, &port);
}

static daotp_status check_url(const char *value)
{
    daotp__url url;
    daotp_status status = daotp__url_parse(value, &url);

    if (status == DAOTP_OK)
        daotp__url_free(&url);
    return status;
}

/* {host} must be exactly the host of the URL; with a host in its place the value must be a URL. */
static daotp_status check_url_template(const char *value)
{
    const char *host = strstr(value, "{host}");

    if (strncmp(value, "https://", 8) != 0)
        return DAOTP_USAGE;
    return host == NULL || host == value + 8 ? DAOTP_OK : DAOTP_USAGE;
}

static daotp_status check_proxy(const char *value)
{
    uint16_t port;
    char *host = NULL;
    daotp_status status = daotp__url_parse_proxy(value, &host, &port);

    daotp__delete(host);
    return status;
}

static daotp_status check_host_pattern(const char *value)
{
    daotp__host_list list = {.count = 0};
    daotp_status status = daotp__host_list_add(&list, value);

    daotp__host_list_free(&list);
    return status;
}

/* Check OID or OID:MAJOR.MINOR. */
static daotp_status check_template_value(const char *value)
{
    size_t oid_len = strcspn(value, ":");
    const char *version = value[oid_len] == ':' ? value + oid_len + 1 : NULL;
    char oid[DAOTP__OID_TEXT];
    daotp__buffer der;
    daotp_status status;

    if (oid_len >= sizeof oid)
        return DAOTP_USAGE;
    memcpy(oid, value, oid_len);
    oid[oid_len] = '\0';
    if (version != NULL) {
        size_t major = strcspn(version, ".");

        if (version[major] != '.' || read_digits(version, major, UINT32_MAX) < 0 ||
            !is_number_within(version + major + 1, 0, UINT32_MAX))
            return DAOTP_USAGE;
    }
    status = daotp__oid_read(oid, DAOTP__MAX_TEXT, &der);
    if (status == DAOTP_OK)
        daotp__buffer_free(&der);
    return status;
}

static daotp_status check_account(daotp__value_type type, const char *value)
{
    daotp_account account = {.upn = NULL};
    daotp_status status;

    if (type == DAOTP__VALUE_DN)
        status = daotp_account_set_dn(&account, value);
    else if (type == DAOTP__VALUE_SID)
        status = daotp_account_set_sid(&account, value);
    else
        status = daotp_account_set_upn(&account, value);
    if (status == DAOTP_OK && type == DAOTP__VALUE_UPN)
        status = status_if(strchr(value, '@') != NULL);
    daotp__account_clear(&account);
    return status;
}

/* Whether the text has {user} once, and no other word in braces. */
static bool is_form(const char *value)
{
    const char *user = strstr(value, "{user}");

    return user != NULL && strcspn(value, "{}") == (size_t)(user - value) &&
           strpbrk(user + 6, "{}") == NULL && strlen(value) <= DAOTP__MAX_USER_NAME;
}

/* Whether there is one separator with text on both sides. */
static bool has_two_parts(const char *value, char separator)
{
    const char *at = strchr(value, separator);

    return at != NULL && at != value && at[1] != '\0' && strchr(at + 1, separator) == NULL;
}

static bool is_ca_config(const char *value)
{
    char host_text[DAOTP__MAX_HOST + 1];
    size_t len = strcspn(value, "\\");
    daotp__host host;

    if (!has_two_parts(value, '\\') || len >= sizeof host_text)
        return false;
    memcpy(host_text, value, len);
    host_text[len] = '\0';
    return daotp__host_parse(host_text, &host);
}

static bool is_domain_rule(const char *value)
{
    return has_two_parts(value, '=') && strpbrk(value, "\\@ ") == NULL && strlen(value) <= 511;
}

/* ---- locks ----------------------------------------------------------------------------------- */

static bool is_lock_word(const char *word, size_t len, const char *text)
{
    return strlen(text) == len && memcmp(word, text, len) == 0;
}

bool daotp__value_lock(const char *word, size_t len, bool locked[DAOTP__KEY_COUNT])
{
    bool all = is_lock_word(word, len, "all"), known = all;

    for (unsigned i = 0; i < DAOTP__KEY_COUNT; i++) {
        const daotp__profile_key *key = daotp__profile_key_row((enum daotp__key_name)i);

        if (all || is_lock_word(word, len, key->name) ||
            (key->group != DAOTP__GROUP_OTHERS &&
             is_lock_word(word, len, daotp__profile_group_name(key->group)))) {
            locked[i] = true;
            known = true;
        }
    }
    return known;
}

static bool is_lock_list(const char *value)
{
    bool locked[DAOTP__KEY_COUNT];

    while (*value != '\0') {
        size_t len = strcspn(value, " \t,");

        if (len > 0 && !daotp__value_lock(value, len, locked))
            return false;
        value += len + (value[len] != '\0');
    }
    return true;
}

/* ---- all ------------------------------------------------------------------------------------- */

static const char *const wanted[DAOTP__VALUE_COUNT] = {
    [DAOTP__VALUE_URL] = "an https URL, path included, without user name, password or fragment",
    [DAOTP__VALUE_URL_TEMPLATE] =
        "an https URL in which {host} is the whole host, or no part of it",
    [DAOTP__VALUE_PROXY] = "[SCHEME://]HOST[:PORT], without user name or password",
    [DAOTP__VALUE_HOST_PATTERN] = "a host, an address, or .SUFFIX for every host below it",
    [DAOTP__VALUE_HOST_PORT] = "HOST, HOST:PORT or [ADDRESS]:PORT",
    [DAOTP__VALUE_NETWORK] = "a network as 10.0.0.0/8 or fd00::/8, or an address",
    [DAOTP__VALUE_PORT] = "a port, 1 to 65535",
    [DAOTP__VALUE_FILE] = "the name of a file that begins with / or ~/",
    [DAOTP__VALUE_SECRET_FILE] = "the name of a file that begins with / or ~/, never the secret",
    [DAOTP__VALUE_FOLDER] = "the name of a folder that begins with / or ~/",
    [DAOTP__VALUE_STORE] =
        "a folder that begins with / or ~/, the URI of a store (pkcs12:/PATH), or none",
    [DAOTP__VALUE_TRUST] = "the name of a file or folder that begins with / or ~/, or system",
    [DAOTP__VALUE_DESCRIPTOR] = "the number of a descriptor, never the secret",
    [DAOTP__VALUE_CHOICE] = "one of the choices",
    [DAOTP__VALUE_FLAG] = "yes or no",
    [DAOTP__VALUE_SECONDS] = "seconds, 0.001 to a year, with at most three decimals",
    [DAOTP__VALUE_WHOLE_SECONDS] = "whole seconds, 0 to a year",
    [DAOTP__VALUE_BYTES] = "octets, 1 to 1073741824",
    [DAOTP__VALUE_NUMBER] = "a whole number, 1 to 1000000",
    [DAOTP__VALUE_TEMPLATE] = "OID or OID:MAJOR.MINOR",
    [DAOTP__VALUE_USER] = "DOMAIN\\user or user@suffix, at most 512 octets",
    [DAOTP__VALUE_UPN] = "user@suffix, at most 512 octets",
    [DAOTP__VALUE_DN] = "a distinguished name as RFC 4514 writes it",
    [DAOTP__VALUE_SID] = "a SID, S-1-5-21-...",
    [DAOTP__VALUE_FORM] = "a text that holds {user} once",
    [DAOTP__VALUE_REALM] = "the name of a realm",
    [DAOTP__VALUE_LABEL] =
        "1 to 128 octets, of which the first is no dot: letters of any script, digits, ._@+-",
    [DAOTP__VALUE_NAS] = "1 to 253 octets",
    [DAOTP__VALUE_TEXT] = "a text that is not empty",
    [DAOTP__VALUE_CA_CONFIG] = "HOST\\NAME of a CA",
    [DAOTP__VALUE_DOMAIN] = "NAME=SUFFIX",
    [DAOTP__VALUE_LOCKS] = "keys, or trust, hosts, networks or all, separated by blanks",
};

const char *daotp__value_wanted(const daotp__profile_key *key)
{
    return key->type == DAOTP__VALUE_CHOICE ? key->choices : wanted[key->type];
}

static bool is_network(const char *value)
{
    daotp__network network;

    return daotp__network_parse(value, &network);
}

/* Whether the value is SCHEME:REST. The backend of the scheme checks the rest. */
static bool is_store_uri(const char *value)
{
    size_t len = strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789+-.");

    return len > 0 && len <= DAOTP__MAX_STORE_SCHEME && value[len] == ':' && value[0] >= 'a';
}

static bool is_plain_value(const daotp__profile_key *key, const char *value)
{
    switch (key->type) {
    case DAOTP__VALUE_NETWORK:
        return is_network(value);
    case DAOTP__VALUE_HOST_PORT:
        return is_host_port(value);
    case DAOTP__VALUE_PORT:
        return is_number_within(value, 1, UINT16_MAX);
    case DAOTP__VALUE_STORE:
        return is_path(value) || is_store_uri(value) || strcmp(value, "none") == 0;
    case DAOTP__VALUE_TRUST:
        return is_path(value) || strcmp(value, "system") == 0;
    case DAOTP__VALUE_DESCRIPTOR:
        return is_number_within(value, 0, INT_MAX);
    case DAOTP__VALUE_CHOICE:
        return daotp__profile_key_choice(key, value) != 0;
    case DAOTP__VALUE_FLAG:
        return strcmp(value, "yes") == 0 || strcmp(value, "no") == 0;
    case DAOTP__VALUE_SECONDS:
        return daotp__value_ms(value) > 0;
    case DAOTP__VALUE_WHOLE_SECONDS:
        return is_number_within(value, 0, MAX_YEAR_S);
    case DAOTP__VALUE_BYTES:
        return is_number_within(value, 1, DAOTP__MAX_CRL);
    case DAOTP__VALUE_NUMBER:
        return is_number_within(value, 1, 1000000);
    default:
        return is_file_type(key->type) && is_path(value);
    }
}

static bool is_name_value(daotp__value_type type, const char *value)
{
    switch (type) {
    case DAOTP__VALUE_USER:
        return strlen(value) <= DAOTP__MAX_USER_NAME && strpbrk(value, "\\@") != NULL;
    case DAOTP__VALUE_FORM:
        return is_form(value);
    case DAOTP__VALUE_REALM:
        return strpbrk(value, " \\@/") == NULL && strlen(value) <= DAOTP__MAX_HOST;
    case DAOTP__VALUE_LABEL:
        return daotp_store_is_label(value);
    case DAOTP__VALUE_NAS:
        return strlen(value) <= 253;
    case DAOTP__VALUE_TEXT:
        return true;
    case DAOTP__VALUE_CA_CONFIG:
        return is_ca_config(value);
    case DAOTP__VALUE_DOMAIN:
        return is_domain_rule(value);
    case DAOTP__VALUE_LOCKS:
        return is_lock_list(value);
    default:
        return false;
    }
}

daotp_status daotp__value_check(const daotp__profile_key *key, const char *value)
{
    if (*value == '\0' || !daotp__utf8_printable(value, strlen(value)))
        return DAOTP_USAGE;
    switch (key->type) {
    case DAOTP__VALUE_URL:
        return check_url(value);
    case DAOTP__VALUE_URL_TEMPLATE:
        return check_url_template(value);
    case DAOTP__VALUE_PROXY:
        return check_proxy(value);
    case DAOTP__VALUE_HOST_PATTERN:
        return check_host_pattern(value);
    case DAOTP__VALUE_TEMPLATE:
        return check_template_value(value);
    case DAOTP__VALUE_UPN:
    case DAOTP__VALUE_DN:
    case DAOTP__VALUE_SID:
        return check_account(key->type, value);
    default:
        return status_if(is_plain_value(key, value) || is_name_value(key->type, value));
    }
}
