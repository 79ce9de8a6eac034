/* SPDX-License-Identifier: BSD-2-Clause */
/* `daotp serve --check`: every value, before anybody depends on it. Nothing is listened on, and no
 * code is asked about. */
#include "serve.h"

#include <daotp/sys/report.h>

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- the signing certificate ----------------------------------------------------------------- */

/* The requirements of its role, which the library checks again before each signature. */
static daotp_status check_role(daotp_context *context, daotp_part part, const char *path,
                               daotp_report *report)
{
    daotp_requirements *list = NULL;
    daotp_status status = daotp_requirements_new(context, part, &list);
    char *bytes = NULL;
    size_t len;

    if (status == DAOTP_OK && !tool_read_file(path, &bytes, &len))
        status = DAOTP_CONFIGURATION;
    if (status == DAOTP_OK)
        status = daotp_requirements_check(list, bytes, len);
    for (size_t i = 0; status == DAOTP_OK && i < daotp_requirements_get_count(list); i++)
        if (daotp_requirements_get_state(list, i) == DAOTP_REQUIREMENT_FAIL &&
            strcmp(daotp_requirements_get_text(list, i, DAOTP_REQUIREMENT_WEIGHT), "must") == 0)
            status =
                daotp_report_add(report, daotp_requirements_get_finding(list, i), 0, path,
                                 daotp_requirements_get_text(list, i, DAOTP_REQUIREMENT_FOUND));
    free(bytes);
    daotp_requirements_free(list);
    return status;
}

/* As the responder says it before each exchange: a quarter of its life is the time to renew. */
static daotp_status check_times(const daotp_credential *signer, const char *path,
                                daotp_report *report, int64_t *left_s)
{
    int64_t end = daotp_credential_get_not_after(signer);
    int64_t life = end - daotp_credential_get_not_before(signer);
    char found[64];

    *left_s = end - (int64_t)time(NULL);
    (void)snprintf(found, sizeof found, "%lld s left of %lld", (long long)*left_s, (long long)life);
    if (*left_s <= 0 || *left_s > life)
        return daotp_report_add(report, DAOTP_FINDING_RA_VALIDITY, 0, path, found);
    if (*left_s < life / 4)
        (void)daotp_report_add(report, DAOTP_FINDING_RA_EXPIRING, 0, path, found);
    return DAOTP_OK;
}

daotp_status serve_check_signer(daotp_context *context, const serve_settings *settings,
                                daotp_report *report, int64_t *left_s)
{
    daotp_credential *signer = NULL;
    daotp_report *own = NULL;
    daotp_status status = DAOTP_OK;

    *left_s = 0;
    if (report == NULL) {
        status = daotp_report_new(context, &own);
        report = own;
    }
    if (status == DAOTP_OK)
        status =
            daotp_credential_load(context, settings->ra_cert, settings->ra_key, report, &signer);
    if (status == DAOTP_OK)
        status = check_times(signer, settings->ra_cert, report, left_s);
    if (status == DAOTP_OK)
        status = check_role(context, DAOTP_PART_RA, settings->ra_cert, report);
    daotp_credential_unref(signer);
    daotp_report_free(own);
    return status;
}

/* ---- the others ------------------------------------------------------------------------------ */

/* What was said so far is the reason; each check goes on, so that all is seen at once. */
typedef struct checking {
    server server;
    const serve_settings *settings;
    daotp_report *report;
    bool has_failed;
} checking;

static void fail_check(checking *c, daotp_finding_number number, const char *subject,
                       const char *found)
{
    (void)daotp_report_add(c->report, number, 0, subject, found);
    c->has_failed = true;
}

static void check_name(checking *c, const char *host)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    int rc = getaddrinfo(host, NULL, &hints, &list);

    if (rc != 0)
        fail_check(c, DAOTP_FINDING_SERVE_NAME_UNKNOWN, host, gai_strerror(rc));
    else
        freeaddrinfo(list);
}

static void check_names(checking *c)
{
    if (c->settings->https.host != NULL)
        check_name(c, c->settings->https.host);
    if (c->settings->metrics_host != NULL)
        check_name(c, c->settings->metrics_host);
    for (size_t i = 0; i < c->settings->radius.server_count; i++)
        check_name(c, c->settings->radius.servers[i].host);
}

static void check_socket_folder(checking *c)
{
    const char *path = c->settings->https.unix_path, *slash;
    char folder[256] = ".";

    if (path == NULL)
        return;
    slash = strrchr(path, '/');
    if (slash != NULL)
        (void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - path) + 1, path);
    if (access(folder, W_OK | X_OK) != 0)
        fail_check(c, DAOTP_FINDING_FILE_WRITE, folder, "the socket cannot be made there");
}

static void check_directory(checking *c)
{
    serve_directory *directory = NULL;
    char why[256];

    if (c->settings->directory.controller_count == 0)
        return;
    if (serve_directory_new(&c->settings->directory, &c->server.counts, &directory) != 0)
        c->has_failed = true;
    else if (!serve_directory_try(directory, why, sizeof why))
        fail_check(c, DAOTP_FINDING_SERVE_DIRECTORY, "--directory", why);
    serve_directory_unref(directory);
}

static void check_signer(checking *c)
{
    int64_t left_s;

    if (serve_check_signer(c->server.context, c->settings, c->report, &left_s) != DAOTP_OK)
        c->has_failed = true;
    if (c->settings->issuing_ca_count == 0)
        fail_check(c, DAOTP_FINDING_SERVE_NO_CA, "--issuing-ca", "none");
}

static void check_server_certificate(checking *c)
{
    const struct https_config *https = &c->settings->https;
    daotp_credential *credential = NULL;
    daotp_status status;

    if (https->cert == NULL)
        return;
    status =
        daotp_credential_load(c->server.context, https->cert, https->key, c->report, &credential);
    if (status == DAOTP_OK && daotp_credential_get_not_after(credential) <= (int64_t)time(NULL))
        status = daotp_report_add(c->report, DAOTP_FINDING_CHAIN_EXPIRED, 0, https->cert,
                                  "the certificate of --cert");
    if (status == DAOTP_OK)
        status = check_role(c->server.context, DAOTP_PART_SERVER, https->cert, c->report);
    c->has_failed = c->has_failed || status != DAOTP_OK;
    daotp_credential_unref(credential);
}

/* As serving makes it: options, files, modes, certificates and secrets. */
static void check_parts(checking *c, serve_settings *settings)
{
    serve_part *part = NULL;
    serve_directory_config directory = settings->directory;

    settings->directory.controller_count = 0; /* which is looked at apart */
    if (serve_make_parts(&c->server, settings, &part, 1) != 0)
        c->has_failed = true;
    serve_part_free(part);
    settings->directory = directory;
    if (settings->state != NULL &&
        serve_open_budget(c->server.context, settings, &c->server.budget) != DAOTP_OK)
        c->has_failed = true;
}

int serve_check(serve_settings *settings)
{
    checking c = {.server = {.context = tool_context(), .settings = settings},
                  .settings = settings};

    if (daotp_report_new(c.server.context, &c.report) != DAOTP_OK) {
        daotp_context_unref(c.server.context);
        return TOOL_MEMORY;
    }
    check_parts(&c, settings);
    check_server_certificate(&c);
    check_signer(&c);
    check_names(&c);
    check_socket_folder(&c);
    check_directory(&c);
    if (daotp_report_get_count(c.report) > 0)
        fputs(daotp_report_get_text(c.report), stderr);
    fputs(c.has_failed ? "daotp serve: it cannot serve so\n" : "daotp serve: it can serve so\n",
          stderr);
    daotp_budget_unref(c.server.budget);
    daotp_report_free(c.report);
    daotp_context_unref(c.server.context);
    return c.has_failed ? TOOL_CONFIGURATION : 0;
}
