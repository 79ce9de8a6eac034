/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens the store that a URI names: one of the library's own, or a plug-in with the name of its
 * scheme. */
#include "core/limits.h"
#include "core/report.h"
#include "store/keyring_backend.h"
#include "store/pkcs12_backend.h"
#include "store/plugin.h"
#include "store/store.h"

#include <string.h>

typedef daotp_status open_fn(daotp_context *context, const char *rest, daotp_report *report,
                             daotp_store **store);

static daotp_status refuse_store_uri(const char *uri, const char *why, daotp_report *report)
{
    return daotp__report_add(report, DAOTP_FINDING_STORE_URI, 0, uri, "%s", why);
}

static daotp_status open_memory_store(daotp_context *context, const char *rest,
                                      daotp_report *report, daotp_store **store)
{
    if (*rest != '\0')
        return refuse_store_uri("memory:", "something stands behind the colon", report);
    return daotp_store_new_memory(context, store);
}

static daotp_status open_directory_store(daotp_context *context, const char *rest,
                                         daotp_report *report, daotp_store **store)
{
    if (*rest == '\0')
        return refuse_store_uri("dir:", "no path", report);
    return daotp_store_new_directory(context, rest, store);
}

/* pkcs12:FILE, or pkcs12:FILE?allow=3des. */
static daotp_status open_pkcs12_store(daotp_context *context, const char *rest,
                                      daotp_report *report, daotp_store **store)
{
    static const char old[] = "?allow=3des";
    size_t len = strlen(rest), old_len = sizeof old - 1;
    bool allows = len >= old_len && strcmp(rest + len - old_len, old) == 0;
    daotp__pkcs12_settings settings = {.path = rest,
                                       .path_len = allows ? len - old_len : len,
                                       .allows_3des = allows,
                                       .iterations = DAOTP__PKCS12_ITERATIONS};

    if (settings.path_len == 0)
        return refuse_store_uri("pkcs12:", "no path", report);
    if (strstr(rest, "?allow=") != NULL && !allows)
        return refuse_store_uri(rest, "?allow= knows 3des only", report);
    return daotp__store_new_pkcs12(context, &settings, store);
}

static const struct own_scheme {
    const char *name;
    open_fn *open;
} own_schemes[] = {{"memory", open_memory_store},
                   {"dir", open_directory_store},
                   {"pkcs12", open_pkcs12_store},
                   {"keyring", daotp__store_new_keyring}};

/* The length of the scheme (RFC 3986 3.1, in lower case); 0 when there is none. */
static size_t scheme_length(const char *uri)
{
    size_t len = strspn(uri, "abcdefghijklmnopqrstuvwxyz0123456789+-.");

    if (len > DAOTP__MAX_STORE_SCHEME || uri[len] != ':' || uri[0] < 'a' || uri[0] > 'z')
        return 0;
    return len;
}

static daotp_status open_scheme(daotp_context *context, const char *uri, size_t scheme_len,
                                daotp_report *report, daotp_store **store)
{
    char scheme[DAOTP__MAX_STORE_SCHEME + 1];

    memcpy(scheme, uri, scheme_len);
    scheme[scheme_len] = '\0';
    for (size_t i = 0; i < sizeof own_schemes / sizeof own_schemes[0]; i++)
        if (strcmp(own_schemes[i].name, scheme) == 0)
            return own_schemes[i].open(context, uri + scheme_len + 1, report, store);
    return daotp__store_open_plugin(context, scheme, uri, report, store);
}

/* Shows the text up to the first colon: a password or a PIN may stand behind it by mistake. */
static daotp_status refuse_unknown_uri(const char *uri, const char *why, daotp_report *report)
{
    char scheme[DAOTP__MAX_TEXT];
    size_t len = strcspn(uri, ":");

    if (uri[len] == ':')
        len++;
    if (len >= sizeof scheme)
        len = sizeof scheme - 1;
    memcpy(scheme, uri, len);
    scheme[len] = '\0';
    return refuse_store_uri(scheme, why, report);
}

static daotp_status open_store(daotp_context *context, const char *uri, daotp_report *report,
                               daotp_store **store)
{
    size_t scheme_len = scheme_length(uri);
    daotp_status status;

    if (scheme_len == 0)
        return refuse_unknown_uri(uri, "no scheme in lower case before a colon", report);
    if (strlen(uri) > DAOTP__MAX_STORE_URI)
        return refuse_unknown_uri(uri, "too long", report);
    status = open_scheme(context, uri, scheme_len, report, store);
    if (status == DAOTP_OK && !daotp__store_set_uri(*store, uri))
        status = DAOTP_MEMORY;
    if (status != DAOTP_OK) {
        daotp_store_unref(*store);
        *store = NULL;
    }
    return status;
}

daotp_status daotp_store_open_report(daotp_context *context, const char *uri, daotp_report *report,
                                     daotp_store **store)
{
    if (report == NULL)
        return daotp_store_open(context, uri, store);
    daotp__report_enter(report);
    if (store == NULL)
        return DAOTP_USAGE;
    *store = NULL;
    if (context == NULL || uri == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    return daotp__report_status(report, open_store(context, uri, report, store));
}

daotp_status daotp_store_open(daotp_context *context, const char *uri, daotp_store **store)
{
    daotp_report report;
    daotp_status status;

    if (store != NULL)
        *store = NULL;
    if (context == NULL || uri == NULL || store == NULL)
        return DAOTP_USAGE;
    daotp__report_init(&report, context);
    status = daotp_store_open_report(context, uri, &report, store);
    daotp__report_end(&report);
    return status;
}
