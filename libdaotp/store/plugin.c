/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads store-SCHEME.so from one folder. The code of a shared object runs with all rights of the
 * process as soon as it is loaded. So the owner and mode of the file and of each folder above it
 * are checked first, and no scheme can name a file outside the folder.
 */
#include "store/plugin.h"

#include "core/context.h"
#include "core/extension.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/report.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

_Static_assert(DAOTP__MAX_PATH_TEXT >= PATH_MAX, "room for realpath()");

static daotp_status report_absent(const char *scheme, const char *path, daotp_report *report)
{
    return daotp__report_add(report, DAOTP_FINDING_STORE_ABSENT, errno, scheme, "%s: %s", path,
                             strerrordesc_np(errno));
}

/* Check a resolved path and each folder above it. dlopen() opens the file by name, so no other
 * user may be able to replace a part of the path meanwhile. In a sticky folder only the owner
 * can (unlink(2)). */
static daotp_status check_real_path(char *real, daotp_report *report)
{
    daotp_status status = DAOTP_OK;
    char *slash = real;

    while (status == DAOTP_OK && slash != NULL) {
        struct stat st = {.st_mode = 0777}; /* refused unless stat() succeeds */

        slash = strchr(slash + 1, '/');
        if (slash != NULL)
            *slash = '\0';
        if (stat(real, &st) == 0 && slash != NULL && (st.st_mode & S_ISVTX) != 0)
            st.st_mode &= ~(mode_t)022;
        status = daotp__file_check_own(&st, real, report);
        if (slash != NULL)
            *slash = '/';
    }
    return status;
}

/* Check the folder, and the file, which may be a link. real: the resolved path of the file. */
static daotp_status check_plugin_file(const char *folder, const char *path, const char *scheme,
                                      char real[DAOTP__MAX_PATH_TEXT], daotp_report *report)
{
    struct stat st;
    daotp_status status;

    if (realpath(folder, real) == NULL)
        return report_absent(scheme, path, report);
    status = check_real_path(real, report);
    if (status != DAOTP_OK)
        return status;
    if (realpath(path, real) == NULL || stat(real, &st) != 0)
        return report_absent(scheme, path, report);
    if (!S_ISREG(st.st_mode))
        return daotp__report_add(report, DAOTP_FINDING_STORE_PLUGIN, 0, path, "not a regular file");
    return check_real_path(real, report);
}

static daotp_status refuse_plugin(const char *path, const char *why, daotp_report *report)
{
    return daotp__report_add(report, DAOTP_FINDING_STORE_PLUGIN, 0, path, "%s", why);
}

/* POSIX guarantees that the result of dlsym() can be converted to a function pointer, but C has
 * no cast for that. */
static daotp_store_plugin_fn find_plugin_function(void *object)
{
    daotp_store_plugin_fn function;
    void *symbol = dlsym(object, "daotp_store_plugin_get");

    memcpy(&function, &symbol, sizeof function);
    return function;
}

/* The plug-in is never unloaded: a store, or what the backend's libraries have registered, may
 * still use its code. */
static daotp_status load_plugin(const char *path, const daotp_store_plugin **plugin,
                                daotp_report *report)
{
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    daotp_store_plugin_fn function;

    if (object == NULL)
        return refuse_plugin(path, dlerror(), report);
    function = find_plugin_function(object);
    (void)dlclose(object); /* only decrements the count of a plug-in that stays loaded */
    if (function == NULL)
        return refuse_plugin(path, "it does not export daotp_store_plugin_get", report);
    *plugin = function();
    return DAOTP_OK;
}

static daotp_status check_plugin_table(const daotp_store_plugin *plugin, const char *scheme,
                                       const char *path, daotp_report *report)
{
    if (plugin == NULL)
        return refuse_plugin(path, "it gives no table", report);
    /* size and version are first in every version */
    if (plugin->version != DAOTP_STORE_PLUGIN_VERSION)
        return daotp__report_add(report, DAOTP_FINDING_STORE_PLUGIN, 0, path,
                                 "interface version %u; this library has %d",
                                 (unsigned)plugin->version, DAOTP_STORE_PLUGIN_VERSION);
    if (plugin->size < sizeof *plugin || plugin->scheme == NULL || plugin->open == NULL)
        return refuse_plugin(path, "its table is not complete", report);
    if (strcmp(plugin->scheme, scheme) != 0)
        return daotp__report_add(report, DAOTP_FINDING_STORE_PLUGIN, 0, path, "it serves %s",
                                 plugin->scheme);
    return DAOTP_OK;
}

static daotp_status find_plugin(daotp_context *context, const char *scheme,
                                char path[DAOTP__MAX_PATH_TEXT], const daotp_store_plugin **plugin,
                                daotp_report *report)
{
    const char *folder = daotp__context_plugin_folder(context);
    char real[DAOTP__MAX_PATH_TEXT];
    daotp_status status;
    int len;

    if (*folder == '\0')
        return daotp__report_add(report, DAOTP_FINDING_STORE_ABSENT, 0, scheme,
                                 "no plug-in folder is set");
    if (*folder != '/') /* a relative path would depend on the working directory */
        return refuse_plugin(folder, "the plug-in folder is not an absolute path", report);
    len = snprintf(path, DAOTP__MAX_PATH_TEXT, "%s/store-%s.so", folder, scheme);
    if (len < 0 || len >= DAOTP__MAX_PATH_TEXT)
        return refuse_plugin(folder, "its path is too long", report);
    status = check_plugin_file(folder, path, scheme, real, report);
    if (status == DAOTP_OK)
        status = load_plugin(real, plugin, report);
    if (status == DAOTP_OK)
        status = check_plugin_table(*plugin, scheme, path, report);
    return status;
}

daotp_status daotp__store_open_plugin(daotp_context *context, const char *scheme, const char *uri,
                                      daotp_report *report, daotp_store **store)
{
    char path[DAOTP__MAX_PATH_TEXT];
    const daotp_store_plugin *plugin = NULL;
    daotp_status status = find_plugin(context, scheme, path, &plugin, report);
    size_t findings = daotp_report_get_count(report);

    if (status != DAOTP_OK || plugin == NULL)
        return status;
    status = plugin->open(context, uri, report, store);
    status =
        daotp__extension_answer(report, findings, status, DAOTP_FINDING_STORE_UNEXPLAINED, scheme);
    if (status == DAOTP_OK && *store == NULL)
        return refuse_plugin(path, "it gives no store", report);
    return status;
}
