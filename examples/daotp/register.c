/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The module file of p11-kit (pkcs11.conf(5)): which programs load libdaotp-pkcs11.so, and for
 * which store. No program gets it that was not named: each could use the keys in the name of the
 * user.
 */
#include "register.h"

#include "tool.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MODULE_FROM_PROGRAM
#define MODULE_FROM_PROGRAM "../lib/pkcs11/libdaotp-pkcs11.so"
#endif

static const char system_folder[] = "/etc/pkcs11/modules";

/* Where p11-kit looks: it is told by the same two variables. */
static bool find_module_file(bool system, char *path, size_t room)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int n;

    if (system)
        n = snprintf(path, room, "%s/daotp.module", system_folder);
    else if (config != NULL && *config == '/')
        n = snprintf(path, room, "%s/pkcs11/modules/daotp.module", config);
    else
        n = snprintf(path, room, "%s/.config/pkcs11/modules/daotp.module",
                     home != NULL ? home : "");
    if (n > 0 && (size_t)n < room && *path == '/')
        return true;
    tool_say("daotp store: no home folder: HOME is not set");
    return false;
}

static bool make_module_folders(const char *file, bool system)
{
    char path[PATH_MAX];

    for (const char *slash = strchr(file + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        (void)snprintf(path, sizeof path, "%.*s", (int)(slash - file), file);
        if (mkdir(path, system ? 0755 : 0700) != 0 && errno != EEXIST)
            return false;
    }
    return true;
}

/* A comma or a blank ends a name in the file; a path is no name of a program. */
static bool is_program_name(const char *word)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-";

    return *word != '\0' && word[strspn(word, allowed)] == '\0';
}

static bool check_uri(const char *uri)
{
    if (strpbrk(uri, "\r\n") == NULL)
        return true;
    tool_say("daotp store: a URI with a line break cannot stand in a module file");
    return false;
}

/* From the folder of this program, so that a tree that was moved finds its own. */
static bool find_module(const char *given, char *module)
{
    char program[PATH_MAX], path[2 * PATH_MAX];
    ssize_t len;

    if (given == NULL) {
        len = readlink("/proc/self/exe", program, sizeof program - 1);
        program[len > 0 ? len : 0] = '\0';
        if (strrchr(program, '/') != NULL)
            *strrchr(program, '/') = '\0';
        (void)snprintf(path, sizeof path, "%s/%s", program, MODULE_FROM_PROGRAM);
        given = path;
    }
    if (realpath(given, module) != NULL)
        return true;
    tool_say("daotp store: %s: %m; install libdaotp-pkcs11, or name the file with --module", given);
    return false;
}

/* dir:store is of the folder where this was typed; the programs have others. */
static const char *make_absolute(const char *uri, char *room, size_t size)
{
    const char *path = strchr(uri, ':');
    char folder[PATH_MAX];

    if (path == NULL || path[1] == '/' ||
        (strncmp(uri, "dir:", 4) != 0 && strncmp(uri, "pkcs12:", 7) != 0) ||
        getcwd(folder, sizeof folder) == NULL)
        return uri;
    (void)snprintf(room, size, "%.*s%s/%s", (int)(path + 1 - uri), uri, folder, path + 1);
    return room;
}

static void write_lines(FILE *out, const char *module, int argc, char **argv,
                        const register_options *o)
{
    char room[2 * PATH_MAX];

    fprintf(out, "# Written by daotp store register; daotp store unregister removes it.\n");
    fprintf(out, "module: %s\nenable-in: ", module);
    for (int i = 0; i < argc; i++)
        fprintf(out, "%s%s", i > 0 ? ", " : "", argv[i]);
    fprintf(out, "\ntrust-policy: no\ncritical: no\n");
    fprintf(out, "x-init-reserved: store=%s\n", make_absolute(o->uri, room, sizeof room));
}

static int save_lines(const char *file, const char *text, size_t len, bool system)
{
    if (make_module_folders(file, system) &&
        tool_replace_file(file, text, len, system ? 0644 : 0600)) {
        printf("%s: written\n", file);
        return 0;
    }
    tool_say("daotp store: %s cannot be written: %m", file);
    return TOOL_CONFIGURATION;
}

static bool check_programs(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (!is_program_name(argv[i])) {
            tool_say("daotp store: '%s' is no name of a program, as ps -o comm= shows it", argv[i]);
            return false;
        }
    return true;
}

int register_store(int argc, char **argv, const register_options *options)
{
    char module[PATH_MAX], file[PATH_MAX];
    char *text = NULL;
    size_t len = 0;
    FILE *out;
    int exit_status;

    if (!check_programs(argc, argv) || !check_uri(options->uri))
        return TOOL_USAGE;
    if (!find_module(options->module, module) ||
        !find_module_file(options->system, file, sizeof file))
        return TOOL_CONFIGURATION;
    out = open_memstream(&text, &len);
    if (out == NULL)
        return TOOL_INTERNAL;
    write_lines(out, module, argc, argv, options);
    exit_status = fclose(out) == 0 ? save_lines(file, text, len, options->system) : TOOL_INTERNAL;
    free(text);
    return exit_status;
}

int unregister_store(const register_options *options)
{
    char file[PATH_MAX];

    if (!find_module_file(options->system, file, sizeof file))
        return TOOL_CONFIGURATION;
    if (unlink(file) == 0) {
        printf("%s: removed\n", file);
        return 0;
    }
    if (errno == ENOENT) {
        printf("%s: was not there\n", file);
        return 0;
    }
    tool_say("daotp store: %s cannot be removed: %m", file);
    return TOOL_CONFIGURATION;
}
