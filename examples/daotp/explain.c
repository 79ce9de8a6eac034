/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp explain: the catalogue, a row or all of it. */
#include "tool.h"

#include "json.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: daotp explain [--json] [--markdown] ID...\n"
    "       daotp explain [--json] [--markdown] --all\n"
    "\n"
    "ID: a finding's id; an HRESULT or NTSTATUS (0x80094012); or a number with its kind:\n"
    "    event:10005 (Windows event), krb:16 (KRB-ERROR), winhttp:12002, iis:403.7,\n"
    "    errno:12, finding:5 (a row of this catalogue)\n"
    "\n"
    "example: daotp explain event:10019\n";

typedef enum style { TEXT, JSON, MARKDOWN } style;

static void put_json(const char *name, const char *text, const char *before)
{
    printf("%s\"%s\":", before, name);
    json_string(stdout, text);
}

static void show_json(daotp_finding_number n)
{
    printf("{\"number\":%d", (int)n);
    put_json("id", daotp_catalogue_id(n), ",");
    put_json("stage", daotp_stage_name(daotp_catalogue_stage(n)), ",");
    put_json("severity", daotp_severity_name(daotp_catalogue_severity(n)), ",");
    put_json("status", daotp_status_name(daotp_catalogue_status(n)), ",");
    put_json("title", daotp_catalogue_title(n), ",");
    put_json("wanted", daotp_catalogue_wanted(n), ",");
    put_json("hint", daotp_catalogue_hint(n), ",");
    put_json("source", daotp_catalogue_source(n), ",");
    put_json("aliases", daotp_catalogue_aliases(n), ",");
    printf("}");
}

static void show_text(daotp_finding_number n)
{
    printf("%s (%d): %s at stage %s\n", daotp_catalogue_id(n), (int)n,
           daotp_severity_name(daotp_catalogue_severity(n)),
           daotp_stage_name(daotp_catalogue_stage(n)));
    printf("  what:   %s\n", daotp_catalogue_title(n));
    printf("  wanted: %s\n", daotp_catalogue_wanted(n));
    printf("  do:     %s\n", daotp_catalogue_hint(n));
    printf("  source: %s\n", daotp_catalogue_source(n));
    if (*daotp_catalogue_aliases(n) != '\0')
        printf("  also:   %s\n", daotp_catalogue_aliases(n));
}

static void show_markdown(daotp_finding_number n)
{
    printf("## %s\n\n%s (%d), stage %s, %s. Source: %s.\n\n- wanted: %s\n- what to do: %s\n",
           daotp_catalogue_id(n), daotp_catalogue_title(n), (int)n,
           daotp_stage_name(daotp_catalogue_stage(n)),
           daotp_severity_name(daotp_catalogue_severity(n)), daotp_catalogue_source(n),
           daotp_catalogue_wanted(n), daotp_catalogue_hint(n));
    if (*daotp_catalogue_aliases(n) != '\0')
        printf("- also known as: %s\n", daotp_catalogue_aliases(n));
    printf("\n");
}

static void show(daotp_finding_number n, style how, bool first)
{
    if (how == JSON && !first)
        printf(",\n");
    if (how == JSON)
        show_json(n);
    else if (how == MARKDOWN)
        show_markdown(n);
    else
        show_text(n);
}

static void say_unknown(const char *name)
{
    fprintf(stderr, "daotp explain: nothing is known of '%s'\n", name);
    if (strspn(name, "-.0123456789") == strlen(name))
        fprintf(stderr,
                "daotp explain: say of which kind the number is: event:%s, krb:%s, winhttp:%s, "
                "iis:%s, errno:%s or finding:%s\n",
                name, name, name, name, name, name);
}

/* All rows of each name: an alias may stand in several. */
static int show_named(int count, char **names, style how)
{
    bool first = true;
    int status = 0;

    for (int i = 0; i < count; i++) {
        daotp_finding_number n = daotp_catalogue_find(names[i]);

        if (n == DAOTP_FINDING_NONE) {
            say_unknown(names[i]);
            status = TOOL_REJECTED;
        }
        for (; n != DAOTP_FINDING_NONE; n = daotp_catalogue_find_next(names[i], n)) {
            show(n, how, first);
            first = false;
        }
    }
    return status;
}

int cmd_explain(int argc, char **argv)
{
    static const struct option options[] = {{"all", no_argument, NULL, 'a'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"markdown", no_argument, NULL, 'm'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    daotp_finding_number n = DAOTP_FINDING_NONE;
    bool all = false, first = true;
    style how = TEXT;
    int c, status = 0;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'h')
            return fputs(help, stdout) < 0;
        if (c == '?')
            return TOOL_USAGE;
        all = all || c == 'a';
        how = c == 'j' ? JSON : c == 'm' ? MARKDOWN : how;
    }
    if (!all && optind == argc) {
        fputs(help, stderr);
        return TOOL_USAGE;
    }
    printf("%s", how == JSON ? "[" : "");
    if (how == JSON)
        tool_said_json();
    if (!all)
        status = show_named(argc - optind, argv + optind, how);
    for (; all && (n = daotp_catalogue_next(n)) != DAOTP_FINDING_NONE; first = false)
        show(n, how, first);
    printf("%s", how == JSON ? "]\n" : "");
    return status;
}
