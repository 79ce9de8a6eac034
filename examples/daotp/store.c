/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp store: what was kept, in any kind of store. */
#include "register.h"
#include "store_secret.h"
#include "tool.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static const char help[] =
    "usage: daotp store list [URI]\n"
    "       daotp store show [URI] LABEL\n"
    "       daotp store export [URI] LABEL [--out FILE | --pkcs12 FILE]\n"
    "       daotp store import [URI] LABEL --cert FILE --key FILE\n"
    "       daotp store import [URI] LABEL --pkcs12 FILE\n"
    "       daotp store remove [URI] LABEL...\n"
    "       daotp store sweep [URI]\n"
    "       daotp store move FROM TO [LABEL...]\n"
    "       daotp store register [URI] PROGRAM... [--system] [--module FILE]\n"
    "       daotp store unregister [--system]\n"
    "\n"
    "  URI                dir:FOLDER, pkcs12:FILE, keyring:session (or user, or\n"
    "                     persistent), memory:, or SCHEME:... of a plug-in\n"
    "                     (pkcs11:, redis:, rediss:); a folder with a slash in its\n"
    "                     name needs no dir:.\n"
    "                     $XDG_DATA_HOME/daotp or ~/.daotp unless given\n"
    "  list               label, end, time left, and valid, due, expired or damaged\n"
    "  show               the certificate in words\n"
    "  export             certificates and key in PEM, to a new file of mode 0600 or\n"
    "                     to standard output; with --pkcs12 to a PKCS#12 file\n"
    "  import             an entry from PEM files, or the entry LABEL of a PKCS#12\n"
    "                     file\n"
    "  sweep              remove expired entries; also called expire\n"
    "  move               copy the entries, or those with a LABEL, from FROM to TO;\n"
    "                     each is removed from FROM once TO has stored it durably\n"
    "  register           let these programs use the store as a smart card: write a\n"
    "                     module file of p11-kit. A PROGRAM is named as ps -o comm=\n"
    "                     shows it\n"
    "  unregister         remove that module file\n"
    "  --system           for all users, in /etc/pkcs11/modules\n"
    "  --module FILE      the PKCS #11 module; unless given, the one that was\n"
    "                     installed with this program\n"
    "  --dir DIR          the same as dir:DIR for URI\n"
    "  --passphrase-fd N  the passphrase of a file or the password of a server, from\n"
    "                     a descriptor; unless given, asked for on the terminal\n"
    "  --pin-fd N         the PIN of a token, from a descriptor; it is tried once\n"
    "  --plugins FOLDER   the folder from which plug-ins are loaded\n"
    "  --renew-before S   list: an entry is due S seconds before it expires (600)\n"
    "  --profile NAME     the profile for settings without an option (default)\n"
    "  --json             list: one JSON array, an element an entry; the other\n"
    "                     commands but register and unregister: one JSON object;\n"
    "                     export needs --out or --pkcs12 with it\n"
    "\n"
    "example: daotp store list dir:/var/lib/daotp\n"
    "         daotp store export alice@corp.example --pkcs12 alice.p12\n";

typedef struct store_options {
    const char *uri, *out, *pkcs12, *cert, *key;
    store_secrets secrets;
    register_options card;
    int64_t renew_before;
    bool json;
} store_options;

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

/* 0 for none. */
static int64_t seconds_left(int64_t not_after)
{
    int64_t left = not_after - (int64_t)time(NULL);

    return left > 0 ? left : 0;
}

/* "3d04h", "00h59m", "-" for none. */
static const char *format_left(int64_t left, char text[40])
{
    if (left == 0)
        return "-";
    if (left >= 86400)
        (void)snprintf(text, 40, "%lldd%02lldh", (long long)(left / 86400),
                       (long long)(left % 86400 / 3600));
    else
        (void)snprintf(text, 40, "%02lldh%02lldm", (long long)(left / 3600),
                       (long long)(left % 3600 / 60));
    return text;
}

/* Labels hold no character that JSON escapes. */
static void show_entry(const daotp_store_list *entries, size_t i, bool json)
{
    const char *label = daotp_store_list_get_label(entries, i);
    int64_t not_after = daotp_store_list_get_not_after(entries, i);
    const char *end = format_time(not_after);
    const char *state = daotp_store_state_name(daotp_store_list_get_state(entries, i));
    int64_t left = seconds_left(not_after);
    char text[40];

    if (json)
        printf("%s{\"format\":%d,\"label\":\"%s\",\"not_after\":\"%s\",\"left_s\":%lld,"
               "\"state\":\"%s\"}",
               i > 0 ? "," : "", DAOTP_JSON_FORMAT, label, end, (long long)left, state);
    else
        printf("%-40s %-20s %-10s %s\n", label, end, format_left(left, text), state);
}

static daotp_status list_entries(daotp_store *store, const char *uri, bool json)
{
    daotp_store_list *entries;
    daotp_status status = daotp_store_list_new(store, &entries);
    size_t count = daotp_store_list_get_count(entries);

    if (status != DAOTP_OK)
        return status;
    if (json)
        printf("[");
    else if (count == 0)
        fprintf(stderr, "no credential is stored in %s\n", uri);
    for (size_t i = 0; i < count; i++)
        show_entry(entries, i, json);
    if (json)
        printf("]\n");
    daotp_store_list_free(entries);
    return DAOTP_OK;
}

static daotp_status show_credential(daotp_context *context, daotp_store *store, const char *label,
                                    bool json)
{
    daotp_format format = json ? DAOTP_FORMAT_JSON : DAOTP_FORMAT_TEXT;
    daotp_credential *credential;
    daotp_status status = daotp_store_get(store, label, &credential);
    const uint8_t *der;
    char *text = NULL;
    size_t len;

    if (status != DAOTP_OK)
        return status;
    der = daotp_credential_get_certificate(credential, 0, &len);
    status = daotp_describe(context, der, len, format, NULL, &text);
    if (status == DAOTP_OK && json)
        printf("{\"format\":%d,\"label\":\"%s\",\"items\":%s}\n", DAOTP_JSON_FORMAT, label, text);
    else if (status == DAOTP_OK)
        fputs(text, stdout);
    daotp_free(text);
    daotp_credential_unref(credential);
    return status;
}

static daotp_status expire_entries(daotp_store *store, bool json)
{
    size_t removed;
    daotp_status status = daotp_store_expire(store, &removed);

    if (status == DAOTP_OK && json)
        printf("{\"format\":%d,\"removed\":%zu}\n", DAOTP_JSON_FORMAT, removed);
    else if (status == DAOTP_OK)
        printf("%zu removed\n", removed);
    return status;
}

/* ---- export, import, move -------------------------------------------------------------------- */

/* All is in place, or the file is not made. */
static daotp_status write_credential(const daotp_credential *credential, const char *path)
{
    char *pem = NULL, *key = NULL, *all = NULL;
    size_t pem_len = 0, key_len = 0;
    daotp_status status = daotp_credential_copy_pem(credential, &pem, &pem_len);
    bool ok;

    if (status == DAOTP_OK)
        status = daotp_key_copy_pem(daotp_credential_get_key(credential), &key, &key_len);
    if (status == DAOTP_CONFIGURATION)
        tool_say("daotp store: the key does not leave the store");
    if (status == DAOTP_OK) {
        all = malloc(pem_len + key_len);
        status = all != NULL ? DAOTP_OK : DAOTP_MEMORY;
    }
    if (status == DAOTP_OK) {
        memcpy(all, pem, pem_len);
        memcpy(all + pem_len, key, key_len);
        ok = path != NULL ? tool_write_secret(path, all, pem_len + key_len)
                          : fwrite(all, 1, pem_len + key_len, stdout) == pem_len + key_len;
        status = ok ? DAOTP_OK : DAOTP_CONFIGURATION;
        explicit_bzero(all, pem_len + key_len);
    }
    free(all);
    daotp_free(pem);
    daotp_free(key);
    return status;
}

/* On standard error, so that output for scripts stays as it is. */
static void say_store_warnings(daotp_store *store)
{
    const daotp_report *report = daotp_store_get_report(store);

    for (size_t i = 0; i < daotp_report_get_count(report); i++) {
        const daotp_finding *finding = daotp_report_get_finding(report, i);
        daotp_finding_number number = daotp_finding_get_number(finding);

        if (daotp_finding_get_severity(finding) == DAOTP_SEVERITY_WARNING)
            tool_say("daotp store: warning %s: %s: %s; do: %s", daotp_finding_get_id(finding),
                     daotp_finding_get_subject(finding), daotp_catalogue_get_title(number),
                     daotp_catalogue_get_hint(number));
    }
}

static daotp_status put_reported(daotp_store *store, const char *label,
                                 daotp_credential *credential, const store_options *o)
{
    daotp_status status = daotp_store_put(store, label, credential);

    if (status != DAOTP_OK)
        tool_show_report(daotp_store_get_report(store), status, o->json);
    return status;
}

/* A store besides the one that the command is about; why it cannot be opened is told. */
static daotp_status open_other(daotp_context *context, const char *uri, const store_options *o,
                               daotp_store **store)
{
    daotp_report *report;
    daotp_status status = daotp_report_new(context, &report);

    *store = NULL;
    if (status == DAOTP_OK)
        status = daotp_store_open_report(context, uri, report, store);
    if (status != DAOTP_OK)
        tool_show_report(report, status, o->json);
    daotp_report_free(report);
    return status;
}

static daotp_status open_pkcs12(daotp_context *context, const store_options *o, daotp_store **store)
{
    char uri[4200];

    (void)snprintf(uri, sizeof uri, "pkcs12:%s", o->pkcs12);
    return open_other(context, uri, o, store);
}

static daotp_status export_entry(daotp_context *context, daotp_store *store, const char *label,
                                 const store_options *o, bool *told)
{
    daotp_credential *credential;
    daotp_store *other = NULL;
    daotp_status status = daotp_store_get(store, label, &credential);

    if (status != DAOTP_OK)
        return status;
    *told = true;
    if (o->pkcs12 == NULL)
        status = write_credential(credential, o->out);
    else
        status = open_pkcs12(context, o, &other);
    if (status == DAOTP_OK && other != NULL)
        status = put_reported(other, label, credential, o);
    daotp_store_unref(other);
    daotp_credential_unref(credential);
    return status;
}

static daotp_status load_import(daotp_context *context, const char *label, const store_options *o,
                                daotp_credential **credential)
{
    daotp_report *report = NULL;
    daotp_store *other = NULL;
    daotp_status status;

    *credential = NULL;
    if (o->pkcs12 != NULL) {
        status = open_pkcs12(context, o, &other);
        if (status == DAOTP_OK)
            status = daotp_store_get(other, label, credential);
        if (status == DAOTP_OK)
            say_store_warnings(other);
        else if (other != NULL)
            tool_show_report(daotp_store_get_report(other), status, o->json);
        daotp_store_unref(other);
        return status;
    }
    if (o->cert == NULL || o->key == NULL) {
        (void)tool_missing("store", "--cert and --key, or --pkcs12");
        return DAOTP_USAGE;
    }
    status = daotp_report_new(context, &report);
    if (status == DAOTP_OK)
        status = daotp_credential_load(context, o->cert, o->key, report, credential);
    if (status != DAOTP_OK)
        tool_show_report(report, status, o->json);
    daotp_report_free(report);
    return status;
}

static daotp_status import_entry(daotp_context *context, daotp_store *store, const char *label,
                                 const store_options *o, bool *told)
{
    daotp_credential *credential;
    daotp_status status = load_import(context, label, o, &credential);

    *told = status != DAOTP_OK;
    if (status == DAOTP_OK)
        status = daotp_store_put(store, label, credential);
    daotp_credential_unref(credential);
    return status;
}

/* Removed only when the other store has it durably. */
static daotp_status move_entry(daotp_store *from, daotp_store *to, const char *label,
                               const store_options *o, bool *told)
{
    daotp_credential *credential;
    daotp_status status = daotp_store_get(from, label, &credential);

    if (status != DAOTP_OK)
        return status;
    status = put_reported(to, label, credential, o);
    *told = status != DAOTP_OK;
    daotp_credential_unref(credential);
    return status == DAOTP_OK ? daotp_store_remove(from, label) : status;
}

/* What has expired or is damaged stays, and is told. */
static daotp_status move_all(daotp_store *from, daotp_store *to, const store_options *o, bool *told)
{
    daotp_store_list *list;
    daotp_status status = daotp_store_list_new(from, &list);

    for (size_t i = 0; status == DAOTP_OK && i < daotp_store_list_get_count(list); i++) {
        const char *label = daotp_store_list_get_label(list, i);
        daotp_store_state state = daotp_store_list_get_state(list, i);

        if (state == DAOTP_STORE_VALID || state == DAOTP_STORE_DUE)
            status = move_entry(from, to, label, o, told);
        else
            tool_say("daotp store: %s stays: it is %s", label, daotp_store_state_name(state));
    }
    daotp_store_list_free(list);
    return status;
}

/* What dir:PATH or pkcs12:PATH names; false for a store of another kind, and before the first put.
 */
static bool stat_store(const char *uri, struct stat *st)
{
    char path[4200];
    char *query;

    if (strncmp(uri, "dir:", 4) != 0 && strncmp(uri, "pkcs12:", 7) != 0)
        return false;
    (void)snprintf(path, sizeof path, "%s", strchr(uri, ':') + 1);
    query = strstr(path, "?allow=");
    if (query != NULL && *uri == 'p')
        *query = '\0';
    return stat(path, st) == 0;
}

/* One store may have several names. A move within one store would put an entry, and then remove it.
 */
static bool is_same_store(const char *from, const char *to)
{
    struct stat a, b;

    return strcmp(from, to) == 0 || (stat_store(from, &a) && stat_store(to, &b) &&
                                     a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

static daotp_status move_entries(daotp_context *context, daotp_store *from, int argc, char **argv,
                                 const store_options *o, bool *told)
{
    daotp_store *to;
    daotp_status status = open_other(context, argv[0], o, &to);

    *told = status != DAOTP_OK;
    if (status == DAOTP_OK && is_same_store(daotp_store_get_uri(from), daotp_store_get_uri(to))) {
        tool_say("daotp store: FROM and TO are one store");
        *told = true;
        status = DAOTP_USAGE;
    }
    if (status == DAOTP_OK && argc == 1)
        status = move_all(from, to, o, told);
    for (int i = 1; i < argc && status == DAOTP_OK; i++)
        status = move_entry(from, to, argv[i], o, told);
    daotp_store_unref(to);
    return status;
}

/* ---- the command ----------------------------------------------------------------------------- */

typedef struct store_command {
    const char *name;
    int least, most; /* words behind the URI */
    const char *needs;
    bool shows; /* prints JSON of its own */
} store_command;

enum { LIST, SHOW, EXPORT, IMPORT, REMOVE, SWEEP, EXPIRE, MOVE, REGISTER, UNREGISTER };

static const store_command commands[] = {
    [LIST] = {"list", 0, 0, "no more than a URI", true},
    [SHOW] = {"show", 1, 1, "one LABEL", true},
    [EXPORT] = {"export", 1, 1, "one LABEL", false},
    [IMPORT] = {"import", 1, 1, "one LABEL", false},
    [REMOVE] = {"remove", 1, 1 << 20, "one LABEL", false},
    [SWEEP] = {"sweep", 0, 0, "no more than a URI", true},
    [EXPIRE] = {"expire", 0, 0, "no more than a URI", true},
    [MOVE] = {"move", 1, 1 << 20, "FROM and TO", false},
    [REGISTER] = {"register", 1, 1 << 20, "the name of a PROGRAM", false},
    [UNREGISTER] = {"unregister", 0, 0, "no argument", false},
};

static const char *const command_names[] = {"list",     "show",       "export", "import",
                                            "remove",   "sweep",      "expire", "move",
                                            "register", "unregister", NULL};

static int say_no_command(int argc, char **argv)
{
    if (argc > 0)
        return tool_unknown_word("store", argv[0], command_names);
    return tool_missing("store", "list, show, export, import, remove, sweep, move, register or "
                                 "unregister");
}

static daotp_status remove_entries(daotp_store *store, int argc, char **argv)
{
    daotp_status status = DAOTP_OK;

    for (int i = 0; i < argc && status == DAOTP_OK; i++)
        status = daotp_store_remove(store, argv[i]);
    return status;
}

static daotp_status run_store(daotp_context *context, daotp_store *store, int which, int argc,
                              char **argv, const store_options *o, bool *told)
{
    switch (which) {
    case LIST:
        return list_entries(store, o->uri, o->json);
    case SHOW:
        return show_credential(context, store, argv[0], o->json);
    case EXPORT:
        return export_entry(context, store, argv[0], o, told);
    case IMPORT:
        return import_entry(context, store, argv[0], o, told);
    case REMOVE:
        return remove_entries(store, argc, argv);
    case MOVE:
        return move_entries(context, store, argc, argv, o, told);
    default:
        return expire_entries(store, o->json);
    }
}

/* No label holds a colon or a slash. */
static bool is_store_uri(const char *word)
{
    return strpbrk(word, ":/") != NULL;
}

/* A move names two, or only the second where the first is --dir. */
static bool names_store(int which, int argc, char **argv)
{
    return argc > 0 && is_store_uri(argv[0]) &&
           (which != MOVE || (argc > 1 && is_store_uri(argv[1])));
}

static daotp_status open_and_run(daotp_context *context, int which, int argc, char **argv,
                                 store_options *o)
{
    daotp_store *store = NULL;
    daotp_status status;
    bool told = false;

    status = store_secrets_set(&o->secrets, context);
    if (status == DAOTP_OK)
        status = open_other(context, o->uri, o, &store);
    if (store == NULL)
        return status;
    status = daotp_store_set_renew_before_s(store, o->renew_before);
    if (status == DAOTP_OK)
        status = run_store(context, store, which, argc, argv, o, &told);
    if (status == DAOTP_OK)
        say_store_warnings(store);
    else if (!told)
        tool_show_report(daotp_store_get_report(store), status, o->json);
    if (status == DAOTP_OK && o->json && !commands[which].shows)
        tool_no_json(status);
    daotp_store_unref(store);
    return status;
}

static int run_command(int argc, char **argv, store_options *o)
{
    daotp_context *context;
    daotp_status status;
    int which;

    if (argc == 0 || !tool_choose(argv[0], command_names, &which))
        return say_no_command(argc, argv);
    which--;
    argc--, argv++;
    if (names_store(which, argc, argv)) {
        o->uri = store_uri(argv[0]);
        argc--, argv++;
    }
    if (argc < commands[which].least || argc > commands[which].most)
        return tool_missing("store", commands[which].needs);
    if (o->json && which == EXPORT && o->out == NULL && o->pkcs12 == NULL)
        return tool_missing("store", "--out or --pkcs12, with --json");
    if (which == MOVE)
        argv[0] = (char *)(uintptr_t)store_uri(argv[0]);
    if (o->uri == NULL)
        o->uri = store_uri(tool_default_store());
    if (o->json && (which == REGISTER || which == UNREGISTER)) {
        tool_say("daotp store: %s takes no --json", commands[which].name);
        return TOOL_USAGE;
    }
    if (which == REGISTER || which == UNREGISTER) {
        o->card.uri = o->uri;
        return which == REGISTER ? register_store(argc, argv, &o->card)
                                 : unregister_store(&o->card);
    }
    context = tool_context();
    status = open_and_run(context, which, argc, argv, o);
    daotp_context_unref(context);
    store_secrets_free(&o->secrets);
    return tool_exit_status(status);
}

static bool take_store_option(int c, store_options *o)
{
    switch (c) {
    case 'd':
        o->uri = store_uri(optarg);
        return true;
    case 'o':
        o->out = optarg;
        return true;
    case 'P':
        o->pkcs12 = optarg;
        return true;
    case 'c':
        o->cert = optarg;
        return true;
    case 'k':
        o->key = optarg;
        return true;
    case 'm':
        o->card.module = optarg;
        return true;
    case 'y':
        return o->card.system = true;
    case 'g':
        o->secrets.plugins = optarg;
        return true;
    case 's':
        return tool_descriptor(optarg, &o->secrets.passphrase_fd);
    case 'n':
        return tool_descriptor(optarg, &o->secrets.pin_fd);
    case 'r':
        return tool_integer(optarg, 0, INT64_MAX, &o->renew_before);
    default:
        return o->json = c == 'j';
    }
}

int cmd_store(int argc, char **argv)
{
    static const struct option options[] = {{"dir", required_argument, NULL, 'd'},
                                            {"out", required_argument, NULL, 'o'},
                                            {"pkcs12", required_argument, NULL, 'P'},
                                            {"cert", required_argument, NULL, 'c'},
                                            {"key", required_argument, NULL, 'k'},
                                            {"plugins", required_argument, NULL, 'g'},
                                            {"passphrase-fd", required_argument, NULL, 's'},
                                            {"pin-fd", required_argument, NULL, 'n'},
                                            {"renew-before", required_argument, NULL, 'r'},
                                            {"module", required_argument, NULL, 'm'},
                                            {"system", no_argument, NULL, 'y'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    store_options o = {.secrets = {.passphrase_fd = -1, .pin_fd = -1}, .renew_before = 600};
    int c, which = 0;

    while ((c = tool_next_option("store", argc, argv, options, &which)) != -1) {
        if (c == 'h')
            return fputs(help, stdout) < 0;
        if (c == '?' || !take_store_option(c, &o))
            return tool_bad_option("store", c, options[which].name, optarg);
    }
    return run_command(argc - optind, argv + optind, &o);
}
