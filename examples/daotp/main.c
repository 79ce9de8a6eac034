/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp: the command-line tool. One file a command. */
#include "tool.h"

#include "lab.h"
#include "log.h"
#include "nearest.h"
#include "profile.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

typedef struct command {
    const char *name, *what;
    int (*run)(int argc, char **argv);
} command;

static const command commands[] = {
    {"enroll", "exchange a user name and a one-time password for a certificate", cmd_enroll},
    {"agent", "keep a credential fresh: ask for a code when it is used", cmd_agent},
    {"ca", "check whether a CA answers by RPC, and show what it offers", cmd_ca},
    {"templates", "list the templates of an enrolment policy service and their CAs", cmd_templates},
    {"decode", "describe a message, request, certificate or other file in words", cmd_decode},
    {"store", "list, show, export, import, remove and move stored credentials", cmd_store},
    {"explain", "explain a finding, event or error number, and what to do", cmd_explain},
    {"requirements", "list the requirements for the certificates of a deployment",
     cmd_requirements},
    {"verify", "verify a certificate: its path, revocation and role", cmd_verify},
    {"crl", "show a CRL, look up serial numbers in it, make its index", cmd_crl},
    {"radius", "send one login to a RADIUS server, or watch servers", cmd_radius},
    {"serve", "run the OTP server: answer OTP requests over HTTPS", cmd_serve},
    {"doctor", "test each stage of a deployment: what is wrong, what to do", cmd_doctor},
    {"ra", "enrol and renew the certificate that the server signs with", cmd_ra},
    {"discover", "make a profile from DNS and the directory of a domain", cmd_discover},
    {"migrate", "make a profile from the settings of a Windows OTP server", cmd_migrate},
    {"config", "check configuration files, and show the values in force", cmd_config},
    {"lab", "run a test deployment on this machine", lab_main},
    {"demo", "start a lab, enrol a user and log on; shows each stage", cmd_demo},
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void print_usage(FILE *to)
{
    fprintf(to, "usage: daotp COMMAND [OPTION...]\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(to, "  %-13s %s\n", commands[i].name, commands[i].what);
    fprintf(to, "\n  daotp COMMAND --help shows the options of a command, with an example;\n  "
                "daotp --version shows the version\n"
                "\nexample: daotp explain OTP-EKU\n"
                "\nexit status: 0 accepted, 1 rejected, 2 undecided, 3 challenged, 64 usage,\n"
                "  70 internal, 71 memory, 75 cancelled, 78 configuration\n");
}

/* Occupies closed standard descriptors, so that output never goes to a descriptor that a library
 * opened. */
static void open_standard(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDONLY); /* writing to it fails, as it should */
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

static bool wants_json(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--json") == 0)
            return true;
    return false;
}

/* Of these commands some look at profiles themselves, and two are for a lab of their own. */
static bool reads_profile(const command *c)
{
    return c->run != cmd_config && c->run != cmd_migrate && c->run != cmd_discover &&
           c->run != cmd_agent && c->run != cmd_doctor && c->run != lab_main && c->run != cmd_demo;
}

/* argv[1] becomes the name that the command shows; false when there is no such command. */
static bool run_command(int argc, char **argv, int *status)
{
    static char name[32];
    bool json;

    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0) {
            (void)snprintf(name, sizeof name, "daotp %s", argv[1]);
            argv[1] = name;
            json = wants_json(argc, argv);
            argc--;
            argv++;
            *status =
                reads_profile(&commands[i]) ? profile_apply(commands[i].name, &argc, &argv) : 0;
            if (*status == 0)
                *status = commands[i].run(argc, argv);
            *status = tool_end(*status, json);
            return true;
        }
    return false;
}

static int say_unknown(const char *typed)
{
    const char *names[COMMANDS + 1], *nearest;

    for (size_t i = 0; i < COMMANDS; i++)
        names[i] = commands[i].name;
    names[COMMANDS] = NULL;
    nearest = nearest_name(typed, names);
    if (typed[0] == '-')
        tool_say("daotp: there is no option '%s' before a command; daotp --help lists the commands",
                 typed);
    else if (nearest != NULL)
        tool_say("daotp: there is no command '%s'; did you mean '%s'? daotp --help lists the "
                 "commands",
                 typed, nearest);
    else
        tool_say("daotp: there is no command '%s'; daotp --help lists the commands", typed);
    return TOOL_USAGE;
}

static bool is_one_of(const char *word, const char *a, const char *b, const char *c)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

int main(int argc, char **argv)
{
    static char help[] = "--help";
    int status;

    open_standard();
    lab_log_observe(tool_keep_reason);
    (void)prctl(PR_SET_DUMPABLE, 0); /* codes and passwords wait in it: no core dump */
    if (argc < 2) {
        print_usage(stderr);
        return TOOL_USAGE;
    }
    if (is_one_of(argv[1], "--version", "-v", "version")) {
        printf("daotp %s\n", daotp_version());
        return tool_end(0, false);
    }
    if (is_one_of(argv[1], "--help", "-h", "help")) {
        if (argc == 2 || is_one_of(argv[2], "--help", "-h", "help")) {
            print_usage(stdout);
            return tool_end(0, false);
        }
        argv[1] = argv[2]; /* daotp help verify */
        argv[2] = help;
        argc = 3;
    }
    if (!run_command(argc, argv, &status))
        status = tool_end(say_unknown(argv[1]), wants_json(argc, argv));
    return status;
}
