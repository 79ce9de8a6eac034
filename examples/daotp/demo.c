/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp demo: published messages, a lab, an enrolment with a real code, a logon, a look back. */
#include "tool.h"

#include "interrupt.h"
#include "lab.h"
#include "users.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "usage: daotp demo [--ca WAY] [--messages DIR] [--no-kdc] [--no-radius] [--keep]\n"
    "                  [DIR]\n"
    "\n"
    "Start a test deployment, enrol a user, and log on with the certificate.\n"
    "\n"
    "DIR: the folder of the lab; unless given, a temporary folder\n"
    "  --ca rpc|dcom|wstep   how the request is submitted to the CA: by ICPR or DCOM,\n"
    "                   which need the KDC, or to its web service (wstep)\n"
    "  --messages DIR   the published messages that are decoded first; unless given,\n"
    "                   those that were installed\n"
    "  --no-kdc         without a KDC, and so without the logon\n"
    "  --no-radius      the OTP server checks the code, not FreeRADIUS\n"
    "  --keep           do not remove the temporary folder at the end\n"
    "\n"
    "example: daotp demo\n";

#define INSTALLED_MESSAGES "/../share/daotp/messages"

enum { CODE_FD = 9, PASSWORD_FD = 8 };

/* Run this program again with these arguments, the code and the password on descriptors. */
static int run_tool(char *const *args, int code, int password)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        if (code >= 0)
            dup2(code, CODE_FD);
        if (password >= 0)
            dup2(password, PASSWORD_FD);
        execv("/proc/self/exe", args);
        _exit(TOOL_INTERNAL);
    }
    if (pid < 0)
        return TOOL_INTERNAL;
    while (waitpid(pid, &status, 0) != pid) {
        if (errno != EINTR)
            return TOOL_INTERNAL;
        (void)kill(pid, SIGTERM); /* a terminal has told it too; kill(1) has not */
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE)
        return TOOL_CANCELLED; /* nobody reads on: end as at Ctrl-C, nothing is left running */
    return WIFEXITED(status) ? WEXITSTATUS(status) : TOOL_INTERNAL;
}

/* Where the messages are installed, seen from this program; else where a clone has them. */
static void find_messages(char *dir, size_t size)
{
    char *slash;
    ssize_t len = readlink("/proc/self/exe", dir, size - sizeof INSTALLED_MESSAGES);

    dir[len > 0 ? len : 0] = '\0';
    slash = strrchr(dir, '/');
    if (slash != NULL)
        memcpy(slash, INSTALLED_MESSAGES, sizeof INSTALLED_MESSAGES);
    if (slash == NULL || access(dir, R_OK) != 0)
        snprintf(dir, size, "tests/data");
}

static void show_messages(const char *dir)
{
    static const char *const names[] = {"otpce-4.1-request.xml", "otpce-4.1-response.xml",
                                        "otpce-4.2-request.xml", "otpce-4.2-response.xml",
                                        "otpce-4.3-request.xml", "otpce-4.3-response.xml",
                                        "otpce-4.4-request.xml", "otpce-4.4-response.xml"};

    printf("The published Windows messages (MS-OTPCE 4), a line each:\n");
    fflush(stdout);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[4096];
        char *args[] = {"daotp", "decode", "--brief", path, NULL};

        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        if (access(path, R_OK) == 0)
            run_tool(args, -1, -1);
    }
}

/* One value of DIR/env: export NAME='VALUE' or NAME=VALUE */
static bool lab_value(const char *dir, const char *name, char *value, size_t size)
{
    char path[4096], line[8192];
    size_t len = strlen(name);
    bool found = false;
    FILE *file;

    snprintf(path, sizeof path, "%s/env", dir);
    file = fopen(path, "r");
    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
        char *at = strncmp(line, "export ", 7) == 0 ? line + 7 : line;

        found = strncmp(at, name, len) == 0 && at[len] == '=';
        if (!found)
            continue;
        at += len + 1;
        at[strcspn(at, "\n")] = '\0';
        if (*at == '\'') {
            at++;
            at[strcspn(at, "'")] = '\0';
        }
        snprintf(value, size, "%s", at);
    }
    if (file != NULL)
        fclose(file);
    return found;
}

/* A code goes from the token to the tool through a pipe, as a person would carry it by eye. */
static int pipe_with(const char *text)
{
    int fds[2];

    if (pipe2(fds, O_CLOEXEC) != 0)
        return -1;
    if (write(fds[1], text, strlen(text)) != (ssize_t)strlen(text)) {
        close(fds[0]);
        fds[0] = -1;
    }
    close(fds[1]);
    return fds[0];
}

enum { VALUE = 1024 };

typedef struct deployment {
    char url[VALUE], ces[VALUE], mapper[VALUE], template[VALUE], trust[VALUE], cert[VALUE],
        key[VALUE];
    char kdc[VALUE]; /* empty: none runs, and the logon is left out */
    const char *way; /* of the request to the CA */
    char realm[VALUE], krb5[VALUE], upn[2 * VALUE], store[2 * VALUE];
    char radius[VALUE]; /* empty: the responder checks codes itself */
} deployment;

static bool read_deployment(const char *dir, deployment *d)
{
    bool ok = lab_value(dir, "LAB_URL", d->url, VALUE) &&
              lab_value(dir, "LAB_CES", d->ces, VALUE) &&
              lab_value(dir, "LAB_TEMPLATE", d->template, VALUE) &&
              lab_value(dir, "LAB_TRUST", d->trust, VALUE) &&
              lab_value(dir, "LAB_MACHINE_CERT", d->cert, VALUE) &&
              lab_value(dir, "LAB_MACHINE_KEY", d->key, VALUE) &&
              lab_value(dir, "LAB_REALM", d->realm, VALUE);

    if (!lab_value(dir, "LAB_CA_MAPPER_PORT", d->mapper, VALUE))
        d->mapper[0] = '\0';
    if (!lab_value(dir, "LAB_RADIUS", d->radius, VALUE))
        d->radius[0] = '\0';
    if (lab_value(dir, "LAB_KDC", d->kdc, VALUE) && lab_value(dir, "KRB5_CONFIG", d->krb5, VALUE))
        setenv("KRB5_CONFIG", d->krb5, 1);
    else
        d->kdc[0] = '\0';
    snprintf(d->upn, sizeof d->upn, "alice@%s", d->realm);
    snprintf(d->store, sizeof d->store, "%s/store", dir);
    return ok;
}

/* FreeRADIUS may take the code of the present 30 s only: not one that is about to change. */
static void wait_for_code(void)
{
    const int step_s = 30, enough_s = 5;
    int left_s = step_s - (int)(time(NULL) % step_s);

    if (left_s >= enough_s)
        return;
    printf("Her token is about to change: waiting %d s for the next code.\n", left_s);
    fflush(stdout);
    sleep((unsigned)left_s); /* an interrupt ends it */
}

/* What FreeRADIUS itself says about the code, in its log. */
static void show_radius(const char *dir, const deployment *d)
{
    char path[4096], line[1024];
    const char *said;
    FILE *file;

    snprintf(path, sizeof path, "%s/run/radius.log", dir);
    file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if ((said = strstr(line, "Login ")) != NULL)
            printf("The code went through FreeRADIUS at %s: %s", d->radius, said);
    if (file != NULL)
        fclose(file);
}

enum { ENROL_ARGS = 48 };

static void add_args(char **args, char *const *more)
{
    while (*args != NULL)
        args++;
    while (*more != NULL)
        *args++ = *more++;
    *args = NULL;
}

/* By RPC the password goes to the KDC, and her ticket to the CA. */
static void add_way(char **args, deployment *d)
{
    if (strcmp(d->way, "wstep") == 0)
        add_args(args, (char *[]){"--ces-url", d->ces, NULL});
    else
        add_args(args, (char *[]){"--ca", (char *)d->way, "--ca-host", "localhost", "--ca-realm",
                                  d->realm, "--ca-mapper-port", d->mapper, "--ticket-cache",
                                  "MEMORY:none", NULL});
}

/* Enrol alice: her code is what her token shows now. The logon is asked for where a KDC runs. */
static int enrol_user(const char *dir, deployment *d)
{
    char users_path[4096], code[USERS_CODE_SIZE];
    char *args[ENROL_ARGS] = {
        "daotp",         "enroll",  "--url",       d->url,      "--user",         "LAB\\alice",
        "--upn",         d->upn,    "--trust",     d->trust,    "--cert",         d->cert,
        "--key",         d->key,    "--template",  d->template, "--otp-fd",       "9",
        "--password-fd", "8",       "--store",     d->store,    "--issuer-trust", d->trust,
        "--fetch",       "--allow", "127.0.0.0/8", NULL};
    const struct user *alice;
    struct users *users;
    int status, code_fd, password_fd;

    add_way(args, d);
    if (*d->kdc != '\0')
        add_args(args, (char *[]){"--logon", "--kdc", d->kdc, "--realm", d->realm, NULL});
    snprintf(users_path, sizeof users_path, "%s/users.txt", dir);
    status = users_load(users_path, &users);
    if (status != 0)
        return status;
    alice = users_find(users, d->upn);
    if (alice == NULL || users_totp_now(alice, (int64_t)time(NULL), code) != 0) {
        users_free(users);
        return TOOL_INTERNAL;
    }
    code_fd = pipe_with(code);
    password_fd = pipe_with(alice->password);
    status = run_tool(args, code_fd, password_fd);
    explicit_bzero(code, sizeof code);
    close(code_fd);
    close(password_fd);
    users_free(users);
    return status;
}

typedef struct settings {
    const char *messages, *dir; /* dir: NULL for a temporary folder */
    const char *way;
    bool keep, no_kdc, no_radius;
} settings;

static int run_demo(const char *dir, const settings *s)
{
    char *list[] = {"daotp", "store", "--dir", NULL, "list", NULL};
    deployment d;
    int status;

    show_messages(s->messages);
    d.way = s->way;
    if (!read_deployment(dir, &d)) {
        tool_say("daotp demo: %s/env lacks something", dir);
        return TOOL_INTERNAL;
    }
    printf("\nEnrolling LAB\\alice with the code her token shows now:\n");
    fflush(stdout);
    if (*d.radius != '\0')
        wait_for_code();
    if (interrupt_came())
        return TOOL_CANCELLED;
    status = enrol_user(dir, &d);
    if (*d.radius != '\0')
        show_radius(dir, &d);
    if (status != 0)
        return status;
    if (*d.kdc == '\0')
        printf(
            "\nThe logon was left out: the lab has no KDC (packages krb5-kdc, krb5-admin-server, "
            "krb5-pkinit).\n");
    printf("\nIn the store:\n");
    fflush(stdout);
    list[3] = d.store;
    return run_tool(list, -1, -1);
}

static void remove_tree(const char *dir)
{
    char *args[] = {"rm", "-rf", "--", (char *)dir, NULL};
    pid_t pid = fork();

    if (pid == 0) {
        execvp(args[0], args);
        _exit(1);
    }
    if (pid > 0)
        waitpid(pid, NULL, 0);
}

/* A new folder under TMPDIR, or /tmp; NULL if there can be none. */
static const char *make_temporary(char *path, size_t size)
{
    const char *parent = getenv("TMPDIR");
    int len = snprintf(path, size, "%s/daotp-demo.XXXXXX",
                       parent != NULL && *parent != '\0' ? parent : "/tmp");

    return len > 0 && (size_t)len < size ? mkdtemp(path) : NULL;
}

static int start_lab(const settings *s, const char *dir)
{
    char *up[] = {"daotp", "lab", "up", NULL, NULL, NULL, NULL};
    int count = 3;

    if (s->no_kdc)
        up[count++] = "--no-kdc";
    if (s->no_radius)
        up[count++] = "--no-radius";
    up[count] = (char *)dir;
    printf("Starting the lab in %s\n", dir);
    fflush(stdout);
    return run_tool(up, -1, -1);
}

static const char *name_outcome(int status)
{
    if (status == 0)
        return "The demo succeeded.";
    return status == TOOL_CANCELLED ? "The demo was cancelled." : "The demo FAILED.";
}

/* What was begun is ended all the same, whatever interrupts it. */
static int show_all(const settings *s)
{
    char temporary[1024];
    const char *dir = s->dir != NULL ? s->dir : make_temporary(temporary, sizeof temporary);
    char *down[] = {"daotp", "lab", "down", (char *)dir, NULL};
    int status;

    if (dir == NULL) {
        tool_say("daotp demo: no temporary folder can be made: %s", strerror(errno));
        return TOOL_CONFIGURATION;
    }
    interrupt_catch();
    interrupt_catch_broken_pipe();
    status = start_lab(s, dir);
    if (status == 0 && !interrupt_came())
        status = run_demo(dir, s);
    if (interrupt_came())
        status = TOOL_CANCELLED;
    run_tool(down, -1, -1);
    if (!s->keep && s->dir == NULL)
        remove_tree(dir);
    printf("\n%s\n", name_outcome(status));
    return status;
}

/* Without a KDC nobody has a ticket for the CA. */
static bool is_way_known(const settings *s)
{
    bool needs_kdc = strcmp(s->way, "rpc") == 0 || strcmp(s->way, "dcom") == 0;

    return (needs_kdc && !s->no_kdc) || strcmp(s->way, "wstep") == 0;
}

int cmd_demo(int argc, char **argv)
{
    static const struct option options[] = {{"messages", required_argument, NULL, 'm'},
                                            {"no-kdc", no_argument, NULL, 'K'},
                                            {"ca", required_argument, NULL, 'c'},
                                            {"no-radius", no_argument, NULL, 'R'},
                                            {"keep", no_argument, NULL, 'k'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    char found[1024];
    settings s = {.way = "wstep"};
    int c;

    while ((c = tool_next_option("demo", argc, argv, options, NULL)) != -1) {
        if (c == 'h')
            return fputs(help, stdout) < 0;
        if (c == '?')
            return TOOL_USAGE;
        if (c == 'm')
            s.messages = optarg;
        if (c == 'c')
            s.way = optarg;
        s.keep = s.keep || c == 'k';
        s.no_kdc = s.no_kdc || c == 'K';
        s.no_radius = s.no_radius || c == 'R';
    }
    if (!is_way_known(&s)) {
        fprintf(stderr, "daotp demo: --ca rpc, dcom or wstep; the first two not with --no-kdc\n");
        return TOOL_USAGE;
    }
    if (s.messages == NULL) {
        find_messages(found, sizeof found);
        s.messages = found;
    }
    s.dir = optind < argc ? argv[optind] : NULL;
    return show_all(&s);
}
