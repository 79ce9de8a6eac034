/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp store: what was kept. */
#include "tool.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char help[] =
    "usage: daotp store [--dir DIR] [--json] list\n"
    "       daotp store [--dir DIR] show LABEL\n"
    "       daotp store [--dir DIR] remove LABEL...\n"
    "       daotp store [--dir DIR] expire\n"
    "\n"
    "  --dir DIR          the store; $XDG_DATA_HOME/daotp or ~/.daotp unless given\n"
    "  --renew-before S   list: how many seconds before its end an entry is due (600)\n"
    "  --profile NAME     the profile for what is not given (default)\n"
    "  --json             list: one JSON array, an element an entry\n"
    "\n"
    "example: daotp store --dir /var/lib/daotp list\n";

static const char *format_time(int64_t seconds)
{
    static char text[40];
    time_t at = (time_t)seconds;
    struct tm parts;

    if (seconds == 0 || gmtime_r(&at, &parts) == NULL)
        return "-";
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

/* Labels hold no character that JSON escapes. */
static void show_entry(const daotp_store_list *entries, size_t i, bool json)
{
    const char *label = daotp_store_list_get_label(entries, i);
    const char *end = format_time(daotp_store_list_get_not_after(entries, i));
    const char *state = daotp_store_state_name(daotp_store_list_get_state(entries, i));

    if (json)
        printf("%s{\"format\":%d,\"label\":\"%s\",\"not_after\":\"%s\",\"state\":\"%s\"}",
               i > 0 ? "," : "", DAOTP_JSON_FORMAT, label, end, state);
    else
        printf("%-40s %-20s %s\n", label, end, state);
}

static daotp_status list_entries(daotp_store *store, const char *dir, bool json)
{
    daotp_store_list *entries;
    daotp_status status = daotp_store_list_new(store, &entries);
    size_t count = daotp_store_list_get_count(entries);

    if (status != DAOTP_OK)
        return status;
    if (json)
        printf("[");
    else if (count == 0)
        fprintf(stderr, "no credential is stored in %s\n", dir);
    for (size_t i = 0; i < count; i++)
        show_entry(entries, i, json);
    if (json)
        printf("]\n");
    daotp_store_list_free(entries);
    return DAOTP_OK;
}

static daotp_status show_credential(daotp_context *context, daotp_store *store, const char *label)
{
    daotp_credential *credential;
    daotp_status status = daotp_store_get(store, label, &credential);
    const uint8_t *der;
    char *text = NULL;
    size_t len;

    if (status != DAOTP_OK)
        return status;
    der = daotp_credential_get_certificate(credential, 0, &len);
    status = daotp_describe(context, der, len, DAOTP_FORMAT_TEXT, NULL, &text);
    if (status == DAOTP_OK)
        fputs(text, stdout);
    daotp_free(text);
    daotp_credential_unref(credential);
    return status;
}

static daotp_status expire_entries(daotp_store *store)
{
    size_t removed;
    daotp_status status = daotp_store_expire(store, &removed);

    if (status == DAOTP_OK)
        printf("%zu removed\n", removed);
    return status;
}

static void say_what_is_missing(int argc, char **argv)
{
    static const char *const names[] = {"list", "show", "remove", "expire", NULL};
    const char *nearest = argc > 0 ? tool_nearest(argv[0], names) : NULL;
    int known;

    if (argc > 0 && tool_choose(argv[0], names, &known))
        (void)tool_missing("store", "one LABEL");
    else if (argc == 0)
        (void)tool_missing("store", "list, show, remove or expire");
    else if (nearest != NULL)
        tool_say("daotp store: there is no '%s'; did you mean '%s'?", argv[0], nearest);
    else
        tool_say("daotp store: there is no '%s'; daotp store --help lists what there is", argv[0]);
}

static daotp_status run_store(daotp_context *context, daotp_store *store, const char *dir, int argc,
                              char **argv, bool json)
{
    daotp_status status = DAOTP_USAGE;

    if (argc == 1 && strcmp(argv[0], "list") == 0)
        return list_entries(store, dir, json);
    if (argc == 2 && strcmp(argv[0], "show") == 0)
        return show_credential(context, store, argv[1]);
    if (argc == 1 && strcmp(argv[0], "expire") == 0)
        return expire_entries(store);
    if (argc < 2 || strcmp(argv[0], "remove") != 0) {
        say_what_is_missing(argc, argv);
        return status;
    }
    for (int i = 1; i < argc; i++) {
        status = daotp_store_remove(store, argv[i]);
        if (status != DAOTP_OK)
            break;
    }
    return status;
}

int cmd_store(int argc, char **argv)
{
    static const struct option options[] = {{"dir", required_argument, NULL, 'd'},
                                            {"renew-before", required_argument, NULL, 'r'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *dir = tool_default_store();
    int64_t renew_before = 600;
    daotp_context *context;
    daotp_store *store;
    daotp_status status;
    bool json = false;
    int c, which = 0;

    while ((c = tool_next_option("store", argc, argv, options, &which)) != -1) {
        if (c == 'h')
            return fputs(help, stdout) < 0;
        if (c == '?' || (c == 'r' && !tool_integer(optarg, 0, INT64_MAX, &renew_before)))
            return tool_bad_option("store", c, options[which].name, optarg);
        dir = c == 'd' ? optarg : dir;
        json = json || c == 'j';
    }
    context = tool_context();
    status = daotp_store_new_directory(context, dir, &store);
    if (status == DAOTP_OK)
        status = daotp_store_set_renew_before_s(store, renew_before);
    if (status == DAOTP_OK)
        status = run_store(context, store, dir, argc - optind, argv + optind, json);
    if (status != DAOTP_OK)
        tool_show_report(daotp_store_get_report(store), status, json);
    daotp_store_unref(store);
    daotp_context_unref(context);
    return tool_exit_status(status);
}
