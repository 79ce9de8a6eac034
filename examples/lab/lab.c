/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab.h"

#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ces.h"
#include "faults.h"
#include "freeradius.h"
#include "impostor.h"
#include "interrupt.h"
#include "json.h"
#include "kdc.h"
#include "kdc_refusal.h"
#include "lab_dir.h"
#include "log.h"
#include "nearest.h"
#include "otp_server.h"
#include "peers.h"
#include "pki.h"
#include "policy.h"
#include "process.h"
#include "users.h"

#define WORDS 5

enum tristate { IF_INSTALLED, YES, NO };

struct arguments {
    bool json;
    bool help;
    enum tristate kdc;
    enum tristate radius;
    const char *word[WORDS];
    int words;
};

/* ---- what is written down: DIR/env, DIR/lab.json, DIR/daotp.conf ---- */

#define FACTS 32

struct fact {
    const char *name;
    char value[1300];
};

struct facts {
    struct fact list[FACTS];
    size_t count;
};

__attribute__((format(printf, 3, 4))) static void add_fact(struct facts *facts, const char *name,
                                                           const char *format, ...)
{
    struct fact *fact = &facts->list[facts->count++];
    va_list args;

    fact->name = name;
    va_start(args, format);
    vsnprintf(fact->value, sizeof(fact->value), format, args);
    va_end(args);
}

static void add_ces(struct facts *facts, const char *name, int port, const char *how)
{
    add_fact(facts, name, "https://localhost:%d/%s_CES_%s/service.svc/CES", port, LAB_CA_URL_NAME,
             how);
}

static void add_cep(struct facts *facts, const char *name, int port, const char *how)
{
    add_fact(facts, name, "https://localhost:%d/ADPolicyProvider_CEP_%s/service.svc/CEP", port,
             how);
}

static void collect_facts(const struct lab *lab, struct facts *facts)
{
    add_fact(facts, "LAB_DIR", "%s", lab->dir);
    add_fact(facts, "LAB_URL", "https://localhost:%d/otp", lab->responder_port);
    add_ces(facts, "LAB_CES", lab->ces_port, "UsernamePassword");
    add_ces(facts, "LAB_CES_CERT", lab->ces_port, "Certificate");
    add_cep(facts, "LAB_CEP", lab->ces_port, "UsernamePassword");
    add_cep(facts, "LAB_CEP_CERT", lab->ces_port, "Certificate");
    add_fact(facts, "LAB_CA_CONFIG", "%s", LAB_CA_CONFIG);
    add_fact(facts, "LAB_TEMPLATE", "%s", LAB_TEMPLATE);
    add_fact(facts, "LAB_TEMPLATE_MAJOR", "%d", LAB_TEMPLATE_MAJOR);
    add_fact(facts, "LAB_TEMPLATE_MINOR", "%d", LAB_TEMPLATE_MINOR);
    add_fact(facts, "LAB_TRUST", "%s/pki/root.pem", lab->dir);
    add_fact(facts, "LAB_MACHINE_CERT", "%s/pki/machine.pem", lab->dir);
    add_fact(facts, "LAB_MACHINE_KEY", "%s/pki/machine.key", lab->dir);
    add_fact(facts, "LAB_CRL", "http://127.0.0.1:%d", lab->crl_port);
    add_fact(facts, "LAB_USERS", "%s/users.txt", lab->dir);
    add_fact(facts, "LAB_REALM", "%s", LAB_REALM);
    add_fact(facts, "LAB_PROFILE", "%s/daotp.conf", lab->dir);
    if (lab->radius) {
        add_fact(facts, "LAB_RADIUS", "127.0.0.1:%d", lab->radius_port);
        add_fact(facts, "LAB_RADIUS_SECRET_FILE", "%s/radius/secret", lab->dir);
    }
    if (!lab->kdc)
        return;
    add_fact(facts, "LAB_CA_MAPPER_PORT", "%d", lab->mapper_port);
    add_fact(facts, "LAB_KDC", "127.0.0.1:%d", lab->kdc_port);
    add_fact(facts, "KRB5_CONFIG", "%s/kdc/krb5.conf", lab->dir);
}

static void print_shell(FILE *out, const struct fact *fact)
{
    fprintf(out, "export %s='", fact->name);
    for (const char *c = fact->value; *c != '\0'; c++)
        if (*c == '\'')
            fputs("'\\''", out);
        else
            fputc(*c, out);
    fputs("'\n", out);
}

static void print_facts_json(FILE *out, const struct facts *facts)
{
    fprintf(out, "{\n  \"format\": %d,\n", JSON_FORMAT);
    for (size_t i = 0; i < facts->count; i++) {
        fprintf(out, "  \"%s\": ", facts->list[i].name);
        json_string(out, facts->list[i].value);
        fputs(i + 1 < facts->count ? ",\n" : "\n", out);
    }
    fputs("}\n", out);
}

static void print_facts_shell(FILE *out, const struct facts *facts)
{
    for (size_t i = 0; i < facts->count; i++)
        print_shell(out, &facts->list[i]);
}

/* The same values as a profile, for DAOTP_CONFIG=DIR/daotp.conf daotp enroll --user 'LAB\alice'.
 * */
static void print_facts_profile(FILE *out, const struct facts *facts)
{
    static const struct {
        const char *key, *fact;
    } rows[] = {{"url", "LAB_URL"},
                {"trust", "LAB_TRUST"},
                {"cert", "LAB_MACHINE_CERT"},
                {"key", "LAB_MACHINE_KEY"},
                {"template", "LAB_TEMPLATE"},
                {"ces-url", "LAB_CES"},
                {"radius-server", "LAB_RADIUS"},
                {"radius-secret", "LAB_RADIUS_SECRET_FILE"},
                {"kdc", "LAB_KDC"}};

    fprintf(out, "[default]\nuser-form = LAB\\{user}\nupn-form = {user}@%s\nrealm = %s\n",
            LAB_REALM, LAB_REALM);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t j = 0; j < facts->count; j++)
            if (strcmp(facts->list[j].name, rows[i].fact) == 0)
                fprintf(out, "%s = %s\n", rows[i].key, facts->list[j].value);
}

static int write_facts(const struct lab *lab, const char *name, const struct facts *facts,
                       void (*print)(FILE *, const struct facts *))
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    int end;

    if (out == NULL)
        return LAB_MEMORY;
    print(out, facts);
    end = fclose(out) == 0 ? lab_dir_write(lab_dir_path(lab, "%s", name).s, text, len) : LAB_MEMORY;
    free(text);
    return end;
}

static int print_lab(const struct lab *lab, bool json)
{
    struct facts *facts = calloc(1, sizeof(*facts));
    int end;

    if (facts == NULL)
        return LAB_MEMORY;
    collect_facts(lab, facts);
    end = write_facts(lab, "env", facts, print_facts_shell);
    if (end == LAB_OK)
        end = write_facts(lab, "lab.json", facts, print_facts_json);
    if (end == LAB_OK)
        end = write_facts(lab, "daotp.conf", facts, print_facts_profile);
    if (end == LAB_OK && json)
        print_facts_json(stdout, facts);
    if (end == LAB_OK && !json)
        printf("The lab is up. Next:  . %s/env\n", lab->dir);
    free(facts);
    return end;
}

/* ---- up ---- */

static bool is_running(const struct lab *lab)
{
    return process_alive(lab, "ca") || process_alive(lab, "responder") ||
           process_alive(lab, "radius") || process_alive(lab, "kdc") ||
           process_alive(lab, "otp-server");
}

static int decide_peer(const char *what, enum tristate wanted, bool (*available)(const char **),
                       bool *out)
{
    const char *missing = NULL;

    *out = wanted != NO && available(&missing);
    if (missing == NULL)
        return LAB_OK;
    if (wanted == YES)
        return lab_log(LAB_CONFIG, "no %s; apt-get install --no-install-recommends %s", what,
                       missing);
    lab_log(LAB_OK, "without a %s: %s is not installed", what, missing);
    return LAB_OK;
}

/* Files of an earlier lab in the same folder that this lab does not overwrite. */
static int remove_leftovers(const struct lab *lab)
{
    static const char *const names[] = {
        "run/ca.log",           "run/responder.log",   "run/kdc.log",
        "run/kdb.log",          "run/radius.log",      "pki/kdc.pem",
        "pki/kdc.key",          "pki/ra.key.good",     "ca/issuing.revoked",
        "radius/secret",        "radius/secret.other", "radius/radiusd.conf",
        "radius/secret.silent", "run/otp-server.log",  "run/otp-server.port",
        "ca/root.revoked",      "run/impostor.log",    "pki/machine.key.good",
    };
    int end = LAB_OK;

    for (size_t i = 0; end == LAB_OK && i < sizeof(names) / sizeof(names[0]); i++)
        end = lab_dir_remove(lab_dir_path(lab, "%s", names[i]).s);
    return end;
}

static int make_files(const struct lab *lab)
{
    struct policy policy;
    int end = faults_forget(lab);

    if (end == LAB_OK)
        end = remove_leftovers(lab);
    policy_default(&policy);
    if (end == LAB_OK)
        end = policy_write(lab_dir_path(lab, "ca/policy").s, &policy);
    if (end == LAB_OK)
        end = users_write_list(lab_dir_path(lab, "users.txt").s);
    return end == LAB_OK ? pki_make_all(lab) : end;
}

/* After an interrupt, the interrupt is the reason for every failure. */
static bool go_on(int *end)
{
    if (interrupt_came())
        *end = LAB_CANCELLED;
    return *end == LAB_OK;
}

static int start_all(struct lab *lab)
{
    struct peers_sockets sockets;
    int end = peers_open(lab, &sockets);

    if (end == LAB_OK)
        end = make_files(lab);
    if (end == LAB_OK)
        end = lab_dir_save(lab);
    if (go_on(&end))
        end = peers_start_ca(lab, &sockets);
    else
        peers_close(&sockets);
    if (go_on(&end) && lab->radius)
        end = freeradius_create(lab);
    if (go_on(&end))
        end = peers_start_responder(lab);
    if (go_on(&end) && lab->kdc)
        end = kdc_create(lab);
    return go_on(&end) ? lab_dir_save(lab) : end;
}

static int command_up(const struct arguments *arguments)
{
    struct lab lab;
    int end = lab_dir_make(&lab, arguments->word[0]);

    if (end != LAB_OK)
        return end;
    if (is_running(&lab))
        return lab_log(LAB_CONFIG, "already running in %s", lab.dir);
    end = decide_peer("FreeRADIUS", arguments->radius, freeradius_available, &lab.radius);
    if (end == LAB_OK)
        end = decide_peer("KDC", arguments->kdc, kdc_available, &lab.kdc);
    interrupt_catch();
    if (end == LAB_OK)
        end = start_all(&lab);
    if (end == LAB_OK)
        end = print_lab(&lab, arguments->json);
    if (end != LAB_OK)
        (void)peers_stop_all(&lab); /* the first failure is the one to report */
    return end;
}

static int command_down(const struct arguments *arguments)
{
    struct lab lab;
    int end = lab_dir_open(&lab, arguments->word[0]);

    return end == LAB_OK ? peers_stop_all(&lab) : end;
}

/* ---- status ---- */

struct peer_row {
    const char *name;
    const char *what;
    int port;
    bool alive;
};

#define PEERS 4

static size_t collect_peers(const struct lab *lab, struct peer_row row[PEERS])
{
    size_t n = 0;

    row[n++] = (struct peer_row){"ca", "certification authority", lab->ces_port, false};
    row[n++] = (struct peer_row){"responder", "OTP responder", lab->responder_port, false};
    if (lab->radius)
        row[n++] = (struct peer_row){"radius", "FreeRADIUS", lab->radius_port, false};
    if (lab->kdc)
        row[n++] = (struct peer_row){"kdc", "Kerberos KDC", lab->kdc_port, false};
    for (size_t i = 0; i < n; i++)
        row[i].alive = process_alive(lab, row[i].name);
    return n;
}

static void print_status(const struct lab *lab, const struct peer_row row[], size_t n)
{
    const struct fault *fault;

    for (size_t i = 0; i < n; i++)
        printf("%-10s %-24s 127.0.0.1:%-6d %s\n", row[i].name, row[i].what, row[i].port,
               row[i].alive ? "running" : "not running");
    for (size_t i = 0; (fault = faults_at(i)) != NULL; i++)
        if (faults_broken(lab, fault))
            printf("broken:    %s (%s)\n", faults_name(fault), faults_what(fault));
}

static void print_status_json(const struct lab *lab, const struct peer_row row[], size_t n)
{
    const struct fault *fault;
    const char *comma = "";

    printf("{\n  \"format\": %d,\n  \"peers\": {", JSON_FORMAT);
    for (size_t i = 0; i < n; i++) {
        const char *alive = row[i].alive ? "true" : "false";

        printf("%s\n    \"%s\": {\"port\": %d, \"running\": %s}", i > 0 ? "," : "", row[i].name,
               row[i].port, alive);
    }
    printf("\n  },\n  \"broken\": [");
    for (size_t i = 0; (fault = faults_at(i)) != NULL; i++)
        if (faults_broken(lab, fault)) {
            printf("%s\"%s\"", comma, faults_name(fault));
            comma = ", ";
        }
    printf("]\n}\n");
}

static int command_status(const struct arguments *arguments)
{
    struct lab lab;
    struct peer_row row[PEERS];
    size_t n;
    int end = lab_dir_open(&lab, arguments->word[0]);

    if (end != LAB_OK)
        return end;
    n = collect_peers(&lab, row);
    if (arguments->json)
        print_status_json(&lab, row, n);
    else
        print_status(&lab, row, n);
    for (size_t i = 0; i < n; i++)
        if (!row[i].alive)
            end = LAB_PEER;
    return end;
}

/* ---- faults ---- */

static int command_faults(const struct arguments *arguments)
{
    const struct fault *fault;

    if (arguments->json)
        printf("[");
    for (size_t i = 0; (fault = faults_at(i)) != NULL; i++) {
        if (arguments->json) {
            printf("%s\n  {\"format\": %d, \"name\": \"%s\", \"what\": ", i > 0 ? "," : "",
                   JSON_FORMAT, faults_name(fault));
            json_string(stdout, faults_what(fault));
            printf(", \"finding\": \"%s\", \"how\": \"%s\"}", faults_finding(fault),
                   faults_how(fault));
        } else {
            printf("%-22s %s\n", faults_name(fault), faults_what(fault));
        }
    }
    if (arguments->json)
        printf("\n]\n");
    return LAB_OK;
}

static int change_fault(const struct arguments *arguments,
                        int (*change)(struct lab *, const struct fault *))
{
    struct lab lab;
    const struct fault *fault = faults_find(arguments->word[1]);
    int end = lab_dir_open(&lab, arguments->word[0]);

    if (end != LAB_OK)
        return end;
    if (fault == NULL)
        return lab_log(LAB_USAGE, "no such fault: %s (see `lab faults`)", arguments->word[1]);
    if (!process_alive(&lab, "ca"))
        return lab_log(LAB_PEER, "the lab in %s is not running", lab.dir);
    return change(&lab, fault);
}

static int command_break(const struct arguments *arguments)
{
    return change_fault(arguments, faults_break);
}

static int command_mend(const struct arguments *arguments)
{
    return change_fault(arguments, faults_mend);
}

/* ---- codes ---- */

static int command_totp(const struct arguments *arguments)
{
    struct lab lab;
    struct users *users = NULL;
    const struct user *user;
    char code[USERS_CODE_SIZE];
    int steps = arguments->words > 2 ? atoi(arguments->word[2]) : 0;
    int end = lab_dir_open(&lab, arguments->word[0]);

    if (end == LAB_OK)
        end = users_load(lab_dir_path(&lab, "users.txt").s, &users);
    if (end != LAB_OK)
        return end;
    user = users_find_account(users, arguments->word[1]);
    if (user == NULL)
        end = lab_log(LAB_CONFIG, "no such user: %s", arguments->word[1]);
    else
        end = users_totp_now(user, (int64_t)time(NULL) + 30 * steps, code);
    if (end == LAB_OK)
        printf("%s\n", code);
    users_free(users);
    return end;
}

/* ---- the CA, in the foreground ---- */

static int command_ca(const struct arguments *arguments)
{
    struct lab lab;
    struct peers_sockets sockets;
    int end = lab_dir_open(&lab, arguments->word[0]);

    if (end != LAB_OK)
        return end;
    if (arguments->words == 5) {
        sockets.ces = atoi(arguments->word[1]);
        sockets.crl = atoi(arguments->word[2]);
        sockets.mapper = atoi(arguments->word[3]);
        sockets.rpc = atoi(arguments->word[4]);
    } else {
        end = peers_open(&lab, &sockets);
    }
    return end == LAB_OK ? ces_run(&lab, &sockets) : end;
}

/* ---- the OTP server that never answers: started by `break DIR otp-server-down` ---- */

static int command_otp_server(const struct arguments *arguments)
{
    return otp_server_run(atoi(arguments->word[0]));
}

/* ---- those in the place of the OTP server, or of the KDC: started by `break` too ---- */

static int command_impostor(const struct arguments *arguments)
{
    struct lab lab;
    int end = lab_dir_open(&lab, arguments->word[0]);

    return end == LAB_OK ? impostor_run(&lab, atoi(arguments->word[1]), arguments->word[2]) : end;
}

static int command_kdc_refusal(const struct arguments *arguments)
{
    return kdc_refusal_run(atoi(arguments->word[0]), atoi(arguments->word[1]));
}

/* ---- the command line ---- */

struct command {
    const char *name;
    int words_min;
    int words_max;
    const char *words; /* what they are */
    int (*run)(const struct arguments *arguments);
};

static const struct command commands[] = {
    {"up", 1, 1, "one DIR", command_up},
    {"down", 1, 1, "one DIR", command_down},
    {"status", 1, 1, "one DIR", command_status},
    {"break", 2, 2, "DIR and the NAME of a fault", command_break},
    {"mend", 2, 2, "DIR and the NAME of a fault", command_mend},
    {"faults", 0, 0, "no DIR", command_faults},
    {"totp", 2, 3, "DIR and USER", command_totp},
    {"ca", 1, 5, "one DIR", command_ca},
    {"otp-server", 1, 1, "a port", command_otp_server},
    {"impostor", 3, 3, "DIR, a port and a kind", command_impostor},
    {"kdc-refusal", 2, 2, "a port and an error number", command_kdc_refusal},
};

static const char help[] =
    "Usage: daotp lab COMMAND\n"
    "\n"
    "A test deployment on this machine: OTP server, CA, KDC and FreeRADIUS.\n"
    "\n"
    "  up [OPTION...] DIR                make a lab in DIR and start it\n"
    "      --kdc, --no-kdc               with or without a KDC; unless given, with\n"
    "                                    one if it is installed\n"
    "      --radius, --no-radius         the same for FreeRADIUS, which checks codes\n"
    "      --json                        print DIR/lab.json\n"
    "  down DIR                          stop it; its files stay\n"
    "  status [--json] DIR               show what runs and which faults are active\n"
    "  faults [--json]                   list the faults\n"
    "  break DIR NAME                    activate the fault NAME\n"
    "  mend DIR NAME                     remove the fault NAME\n"
    "  totp DIR USER [STEPS]             print the user's current code, or the code\n"
    "                                    STEPS of 30 s later; the lab accepts one\n"
    "                                    step ahead, FreeRADIUS none\n"
    "  ca DIR                            run only the CA, in the foreground\n"
    "\n"
    "Example:\n"
    "  daotp lab up /tmp/lab && . /tmp/lab/env\n"
    "  daotp lab totp /tmp/lab alice\n"
    "  daotp lab break /tmp/lab ra-expired\n"
    "  daotp lab down /tmp/lab\n"
    "\n"
    "Exit: 0 ok, 2 a peer does not run, 64 usage, 70 internal, 71 memory,\n"
    "  75 cancelled, 78 configuration\n";

static bool take_word(struct arguments *arguments, const char *word)
{
    if (strcmp(word, "--json") == 0)
        arguments->json = true;
    else if (strcmp(word, "--help") == 0)
        arguments->help = true;
    else if (strcmp(word, "--kdc") == 0)
        arguments->kdc = YES;
    else if (strcmp(word, "--no-kdc") == 0)
        arguments->kdc = NO;
    else if (strcmp(word, "--radius") == 0)
        arguments->radius = YES;
    else if (strcmp(word, "--no-radius") == 0)
        arguments->radius = NO;
    else if (word[0] == '-' && word[1] == '-')
        return false;
    else if (arguments->words < WORDS)
        arguments->word[arguments->words++] = word;
    else
        return false;
    return true;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int refuse_command(const char *typed)
{
    /* those that a person types; "break" starts the others */
    static const char *const names[] = {"up",   "down",   "status", "break", "mend",
                                        "totp", "faults", "ca",     NULL};
    const char *nearest = nearest_name(typed, names);

    if (nearest != NULL)
        return lab_log(LAB_USAGE, "there is no '%s'; did you mean '%s'?", typed, nearest);
    return lab_log(LAB_USAGE, "there is no '%s'; daotp lab --help lists the commands", typed);
}

static int refuse_option(const char *typed)
{
    static const char *const names[] = {"--json",      "--kdc",  "--no-kdc", "--radius",
                                        "--no-radius", "--help", NULL};
    const char *nearest = nearest_name(typed, names);

    if (nearest != NULL)
        return lab_log(LAB_USAGE, "there is no option '%s'; did you mean '%s'?", typed, nearest);
    return lab_log(LAB_USAGE, "there is no option '%s'; daotp lab --help lists the options", typed);
}

static int refuse_word(const char *word)
{
    if (word[0] == '-')
        return refuse_option(word);
    return lab_log(LAB_USAGE, "'%s' is one argument too many; daotp lab --help shows the usage",
                   word);
}

/* The command is the first word that is no option. */
static int read_arguments(int argc, char **argv, struct arguments *arguments,
                          const struct command **command)
{
    *command = NULL;
    for (int i = 1; i < argc; i++) {
        if (*command == NULL && argv[i][0] != '-') {
            *command = find_command(argv[i]);
            if (*command == NULL && strcmp(argv[i], "help") != 0)
                return refuse_command(argv[i]);
            arguments->help = arguments->help || *command == NULL;
        } else if (!take_word(arguments, argv[i])) {
            return refuse_word(argv[i]);
        }
    }
    return LAB_OK;
}

int lab_main(int argc, char **argv)
{
    struct arguments arguments = {0};
    const struct command *command;
    int end = read_arguments(argc, argv, &arguments, &command);

    if (end != LAB_OK)
        return end;
    if (arguments.help) {
        fputs(help, stdout);
        return LAB_OK;
    }
    if (command == NULL)
        return lab_log(LAB_USAGE, "needs up, down, status, faults, break, mend, totp or ca; daotp "
                                  "lab --help tells more");
    if (arguments.words < command->words_min || arguments.words > command->words_max)
        return lab_log(LAB_USAGE, "%s needs %s; daotp lab --help tells more", command->name,
                       command->words);
    signal(SIGPIPE, SIG_IGN);
    return command->run(&arguments);
}
