/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp config: whether the files of profiles are right, and which values are in effect. */
#include "tool.h"

#include "json.h"
#include "page.h"
#include "profile.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: daotp config check [OPTION...] [FILE...]\n"
    "       daotp config show [OPTION...]\n"
    "       daotp config keys\n"
    "\n"
    "  check                  report each wrong line of each FILE, or of the\n"
    "                         configuration files, and what it must be like\n"
    "  show                   print the values in force, and where each comes from\n"
    "  keys                   print a file with an example of each key\n"
    "\n"
    "  --profile NAME         the name of the profile (default)\n"
    "  --files                check: report also files that a value names and that\n"
    "                         cannot be read\n"
    "  --system FILE          a file that replaces /etc/daotp/daotp.conf\n"
    "  --json                 the result as JSON\n"
    "\n"
    "Values are read from /etc/daotp/daotp.conf, ~/.config/daotp/daotp.conf, and the\n"
    "file that DAOTP_CONFIG names; a later value replaces an earlier one, and an\n"
    "option replaces all. See daotp.conf(5).\n"
    "\n"
    "exit status: 0 nothing is wrong, 78 something is wrong\n"
    "\n"
    "example: daotp config check ~/.config/daotp/daotp.conf\n";

typedef struct settings {
    const char *profile, *system;
    bool json, files;
} settings;

/* ---- check ----------------------------------------------------------------------------------- */

static void print_finding(const daotp_finding *finding)
{
    daotp_finding_number number = daotp_finding_get_number(finding);

    page_format("%s: %s: %s: %s; do: %s\n", daotp_finding_get_subject(finding),
                daotp_finding_get_id(finding), daotp_catalogue_get_title(number),
                daotp_finding_get_found(finding), daotp_catalogue_get_hint(number));
}

static void show_findings(daotp_report *report, bool json)
{
    if (json) {
        tool_show_json(report);
        return;
    }
    for (size_t i = 0; i < daotp_report_get_count(report); i++)
        print_finding(daotp_report_get_finding(report, i));
    if (daotp_report_get_count(report) == 0)
        printf("all lines are right\n");
}

/* These are made when they are needed. */
static bool is_made_when_needed(const char *key)
{
    static const char *const keys[] = {"request-file", "certificate-file", "store", "cache",
                                       "state"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

/* Is each file that is named there, and may it be read? A name of a file is what begins with '/'.
 */
static daotp_status check_named_files(const daotp_profile *profile)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < daotp_profile_get_count(profile); i++) {
        const char *value = daotp_profile_get_value(profile, i);
        const char *key = daotp_profile_get_key(profile, i);

        if (*value != '/' || is_made_when_needed(key) || access(value, R_OK) == 0)
            continue;
        tool_say("%s:%u: %s: %s = %s: %m", daotp_profile_get_file(profile, i),
                 daotp_profile_get_line(profile, i),
                 daotp_catalogue_get_id(DAOTP_FINDING_FILE_READ), key, value);
        status = DAOTP_CONFIGURATION;
    }
    return status;
}

/* Each file by itself, as one that was named. */
static daotp_status check_files(daotp_context *context, const settings *s, int count, char **files)
{
    daotp_status status = DAOTP_OK;

    for (int i = 0; i < count; i++) {
        daotp_profile *profile = NULL;
        daotp_status each = daotp_profile_new(context, s->profile, &profile);

        if (each == DAOTP_OK)
            each = daotp_profile_add_file(
                profile, s->system != NULL ? DAOTP_PROFILE_SYSTEM : DAOTP_PROFILE_NAMED, files[i]);
        if (each == DAOTP_OK && s->files)
            each = check_named_files(profile);
        if (profile != NULL && (each != DAOTP_OK || !s->json || i + 1 == count))
            show_findings(daotp_profile_get_report(profile), s->json);
        daotp_profile_free(profile);
        status = status == DAOTP_OK ? each : status;
        if (status != DAOTP_OK && s->json)
            break; /* one JSON value */
    }
    return status;
}

static daotp_status check_usual(daotp_context *context, const settings *s)
{
    daotp_profile *profile = NULL;
    daotp_status status = profile_open(context, s->profile, s->system, &profile);

    if (profile != NULL)
        show_findings(daotp_profile_get_report(profile), s->json);
    if (status == DAOTP_OK && s->files)
        status = check_named_files(profile);
    daotp_profile_free(profile);
    return status;
}

/* ---- show ------------------------------------------------------------------------------------ */

static const char *origin_name(daotp_profile_origin origin)
{
    static const char *const names[] = {"", "system", "user", "named", "option"};

    return names[origin];
}

static void show_value(const daotp_profile *profile, size_t i, bool json)
{
    uint32_t line = daotp_profile_get_line(profile, i);
    const char *key = daotp_profile_get_key(profile, i);
    const char *value = daotp_profile_get_value(profile, i);
    const char *file = daotp_profile_get_file(profile, i);
    bool locked = daotp_profile_is_locked(profile, key);

    if (!json) {
        printf("# %s:%u%s\n%s = %s\n", file, line, locked ? ", locked" : "", key, value);
        return;
    }
    printf("%s{\"key\":", i > 0 ? "," : "");
    json_string(stdout, key);
    printf(",\"value\":");
    json_string(stdout, value);
    printf(",\"origin\":\"%s\",\"file\":", origin_name(daotp_profile_get_origin(profile, i)));
    json_string(stdout, file);
    printf(",\"line\":%u,\"locked\":%s}", line, locked ? "true" : "false");
}

static void show_sections(const daotp_profile *profile, bool json)
{
    for (size_t i = 0; i < daotp_profile_get_section_count(profile); i++) {
        printf(json && i > 0 ? "," : "");
        if (json)
            json_string(stdout, daotp_profile_get_section(profile, i));
        else
            printf("%s%s", i > 0 ? ", " : " ", daotp_profile_get_section(profile, i));
    }
}

static void show_profile(const daotp_profile *profile, daotp_report *report, bool json)
{
    if (json) {
        tool_said_json();
        printf("{\"format\":%d,\"profile\":", DAOTP_JSON_FORMAT);
        json_string(stdout, daotp_profile_get_name(profile));
        printf(",\"defined\":%s,\"profiles\":[",
               daotp_profile_is_defined(profile) ? "true" : "false");
        show_sections(profile, true);
        printf("],\"values\":[");
    } else {
        printf("# profiles:");
        show_sections(profile, false);
        printf("\n[%s]\n", daotp_profile_get_name(profile));
    }
    for (size_t i = 0; i < daotp_profile_get_count(profile); i++)
        show_value(profile, i, json);
    if (json)
        printf("],\"report\":%s}\n", daotp_report_get_json(report));
}

static daotp_status show_usual(daotp_context *context, const settings *s)
{
    daotp_profile *profile = NULL;
    daotp_status status = profile_open(context, s->profile, s->system, &profile);

    if (profile != NULL)
        show_profile(profile, daotp_profile_get_report(profile), s->json);
    if (profile != NULL && status != DAOTP_OK && !s->json)
        tool_show_report(daotp_profile_get_report(profile), status, false);
    daotp_profile_free(profile);
    return status;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void show_key(size_t i)
{
    const char *group = daotp_profile_key_get_text(i, DAOTP_PROFILE_KEY_GROUP);
    const char *again = daotp_profile_key_is_list(i) ? "; may be given again" : "";
    const char *locked = *group != '\0' ? "; locked with " : "";

    printf("\n# %s\n# %s%s%s%s\n#%s = %s\n",
           daotp_profile_key_get_text(i, DAOTP_PROFILE_KEY_MEANING),
           daotp_profile_key_get_text(i, DAOTP_PROFILE_KEY_WANTED), again, locked, group,
           daotp_profile_key_get_text(i, DAOTP_PROFILE_KEY_NAME),
           daotp_profile_key_get_text(i, DAOTP_PROFILE_KEY_EXAMPLE));
}

static daotp_status show_keys(void)
{
    printf("# Profiles of daotp: a section each. daotp.conf(5) tells more.\n[default]\n");
    for (size_t i = 0; i < daotp_profile_key_get_count(); i++)
        show_key(i);
    return DAOTP_OK;
}

/* ---- the command ----------------------------------------------------------------------------- */

static daotp_status run_config(daotp_context *context, const settings *s, int argc, char **argv)
{
    static const char *const names[] = {"check", "show", "keys", NULL};
    int which;

    if (argc > 0 && strcmp(argv[0], "check") == 0)
        return argc > 1 ? check_files(context, s, argc - 1, argv + 1) : check_usual(context, s);
    if (argc == 1 && strcmp(argv[0], "show") == 0)
        return show_usual(context, s);
    if (argc == 1 && strcmp(argv[0], "keys") == 0)
        return show_keys();
    if (argc == 0)
        (void)tool_missing("config", "check, show or keys");
    else if (tool_choose(argv[0], names, &which))
        (void)tool_extra_word("config", argv[1]);
    else
        (void)tool_unknown_word("config", argv[0], names);
    return DAOTP_USAGE;
}

int cmd_config(int argc, char **argv)
{
    static const struct option options[] = {
        {"profile", required_argument, NULL, 'p'}, {"files", no_argument, NULL, 'f'},
        {"system", required_argument, NULL, 's'},  {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},          {0}};
    settings s = {.profile = NULL};
    daotp_context *context;
    daotp_status status;
    int c, which = 0;

    while ((c = tool_next_option("config", argc, argv, options, &which)) != -1) {
        if (c == 'h')
            return fputs(help, stdout) < 0;
        if (c == '?')
            return TOOL_USAGE;
        s.profile = c == 'p' ? optarg : s.profile;
        s.system = c == 's' ? optarg : s.system;
        s.files = s.files || c == 'f';
        s.json = s.json || c == 'j';
    }
    context = tool_context();
    status = run_config(context, &s, argc - optind, argv + optind);
    daotp_context_unref(context);
    return tool_exit_status(status);
}
