/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp agent: keeps an entry of a store fresh by asking the user for a code. */
#include "agent.h"

#include "tool.h"

#include "json.h"
#include "page.h"
#include "profile.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "usage: daotp agent [OPTION...] [-- OPTION OF daotp enroll...]\n"
    "\n"
    "Keeps a credential of a store fresh: when it is about to end and a program uses\n"
    "it through the PKCS #11 module, the user is asked for a code, by a program with\n"
    "a window. Nobody is asked while the server does not answer. What is enrolled is\n"
    "what daotp enroll would enrol, from the profile and the options behind --.\n"
    "\n"
    "  --profile NAME         the profile (default); see daotp.conf(5)\n"
    "  --askpass PROGRAM      asks the user: it gets the prompt as its argument, and\n"
    "                         writes the answer (askpass of the profile, then\n"
    "                         DAOTP_ASKPASS, SSH_ASKPASS, ssh-askpass in PATH)\n"
    "  --ask-timeout S        how long a question stands (120)\n"
    "  --renew-before S       how long before its end a credential is due (600)\n"
    "  --always               ask without a use too, and for an entry that is absent\n"
    "  --once                 do what is to be done now, and end\n"
    "  --dry-run              say what would be done now, and end; nothing is sent\n"
    "  --json                 each event as a JSON object in a line\n"
    "\n"
    "SIGHUP ends waiting after a refusal; SIGTERM ends the agent.\n"
    "\n"
    "example: daotp agent --once --always\n";

enum { PROFILE = 256, PROGRAM, ASK_TIMEOUT, RENEW_BEFORE, ALWAYS, ONCE, DRY_RUN, JSON, HELP };

static const struct option options[] = {{"profile", required_argument, NULL, PROFILE},
                                        {"askpass", required_argument, NULL, PROGRAM},
                                        {"ask-timeout", required_argument, NULL, ASK_TIMEOUT},
                                        {"renew-before", required_argument, NULL, RENEW_BEFORE},
                                        {"always", no_argument, NULL, ALWAYS},
                                        {"once", no_argument, NULL, ONCE},
                                        {"dry-run", no_argument, NULL, DRY_RUN},
                                        {"json", no_argument, NULL, JSON},
                                        {"help", no_argument, NULL, HELP},
                                        {0}};

typedef struct agent {
    agent_plan plan;
    agent_watch watch;
    agent_facts facts; /* as they were seen last */
    agent_asker asker;
    const char *askpass;
    bool once, dry_run, json;
    agent_step told; /* what was said last */
    int signals;
    char program[ASKPASS_PATH];
} agent;

static bool take_agent_option(agent *a, int c)
{
    switch (c) {
    case PROGRAM:
        a->askpass = optarg;
        return *optarg != '\0';
    case ASK_TIMEOUT:
        return tool_seconds(optarg, &a->asker.timeout_s);
    case RENEW_BEFORE:
        return tool_integer(optarg, 0, INT32_MAX, &a->plan.renew_before_s);
    case ALWAYS:
        return a->plan.always = true;
    case ONCE:
        return a->once = true;
    case DRY_RUN:
        return a->dry_run = true;
    case JSON:
        return a->json = true;
    default:
        return false;
    }
}

/* ---- what is said ---------------------------------------------------------------------------- */

/* Of an event: a member "report" holds what daotp enroll, or the store, says of it. */
static void tell_json(const agent *a, const char *event, int64_t wait_s, const char *report)
{
    printf("{\"format\":%d,\"event\":\"%s\",\"label\":", DAOTP_JSON_FORMAT, event);
    json_string(stdout, a->watch.label);
    if (a->facts.has_entry)
        printf(",\"left_s\":%lld", (long long)(a->facts.not_after - (int64_t)time(NULL)));
    printf(",\"used\":%s,\"wait_s\":%lld,\"askpass\":", a->facts.is_used ? "true" : "false",
           (long long)wait_s);
    json_string(stdout, a->program);
    if (report != NULL && *report == '{')
        printf(",\"report\":%s", report);
    printf("}\n");
    tool_said_json();
}

static void tell_text(const agent *a, const char *event, const char *meaning)
{
    page_format("%s: %s: %s\n", a->watch.label, event, meaning);
}

static const char *step_meaning(agent_step step)
{
    static const char *const meanings[] = {
        "",
        "the credential is good",
        "the credential is due; nobody is asked until a program uses it",
        "the credential is due; the next attempt waits",
        "the store has no such entry: enrol once with daotp enroll",
        "the store cannot be read",
        "another agent keeps this entry",
        "the credential is due and used: the user is asked when the server answers"};

    return meanings[step];
}

/* The same state is said once. */
static void tell_step(agent *a, agent_step step, int64_t wait_s, const char *report)
{
    if (step == a->told || (step == AGENT_ASK && !a->dry_run))
        return;
    a->told = step;
    if (a->json)
        tell_json(a, agent_step_name(step), wait_s, report);
    else
        tell_text(a, agent_step_name(step), step_meaning(step));
    (void)fflush(stdout);
}

static const char *outcome_meaning(agent_outcome outcome)
{
    static const char *const meanings[] = {
        "",
        "a new certificate is in the store",
        "the server cannot be reached, and nobody was asked",
        "the code was used, and no certificate was issued",
        "no code was given: the next question waits for another use",
        "the enrolment could not begin, and nobody was asked",
        "another agent asks just now"};

    return meanings[outcome];
}

static void tell_outcome(agent *a, agent_outcome outcome, agent_time now, const char *report)
{
    int64_t wait_s = a->plan.retry_at - now.boot_s;

    a->told = (agent_step)0;
    if (outcome == AGENT_BUSY)
        return;
    if (a->json)
        tell_json(a, agent_outcome_name(outcome), wait_s, report);
    else
        tell_text(a, agent_outcome_name(outcome), outcome_meaning(outcome));
    (void)fflush(stdout);
}

/* ---- one round ------------------------------------------------------------------------------- */

static agent_time time_now(void)
{
    struct timespec boot;

    (void)clock_gettime(CLOCK_BOOTTIME, &boot);
    return (agent_time){.wall_s = (int64_t)time(NULL), .boot_s = (int64_t)boot.tv_sec};
}

enum { MAX_OUTPUT = 1024 * 1024 };

/* What the child wrote, without its line ends; "" for nothing. To be freed with free(). */
static char *read_output(int fd)
{
    off_t len = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
    char *text = calloc(1, MAX_OUTPUT + 1);

    if (text == NULL || len <= 0 || len > MAX_OUTPUT || pread(fd, text, (size_t)len, 0) != len)
        return text;
    for (char *at = text; (at = strchr(at, '\n')) != NULL;)
        *at = ' ';
    return text;
}

static void look_at_store(agent *a, daotp_status *status)
{
    agent_watch_drain(&a->watch);
    *status = agent_watch_look(&a->watch, &a->facts);
}

/* The exit status of daotp enroll. */
static int ask_for_code(agent *a)
{
    agent_outcome outcome = AGENT_BUSY;
    int output = a->json ? memfd_create("daotp enroll", MFD_CLOEXEC) : -1;
    int rc = TOOL_CANCELLED;
    daotp_status status;
    char *report;

    if (agent_watch_lock_question(&a->watch)) {
        outcome = agent_attempt_run(&a->asker, a->signals, output, &rc);
        agent_watch_unlock_question(&a->watch);
    }
    if (agent_outcome_ends_use(outcome) && (rc == 0 || agent_signal_stopped() == 0))
        agent_watch_end_use(&a->watch);
    look_at_store(a, &status);
    agent_plan_note(&a->plan, outcome, &a->facts, time_now());
    report = read_output(output);
    tell_outcome(a, outcome, time_now(), report);
    free(report);
    if (output >= 0)
        (void)close(output);
    return rc;
}

/* Of --once and --dry-run, when there was nothing to ask. */
static int end_status(const agent *a, agent_step step, daotp_status status)
{
    if (step == AGENT_UNREADABLE)
        return tool_exit_status(status);
    if (step == AGENT_ABSENT && a->once)
        return TOOL_REJECTED;
    return step == AGENT_STANDBY ? TOOL_CANCELLED : 0;
}

/* What is wrong with the store is said once, too. */
static void tell_store(agent *a, agent_step step, daotp_status status, int64_t wait_s)
{
    bool is_new = step == AGENT_UNREADABLE && a->told != step;

    tell_step(a, step, wait_s, is_new ? daotp_report_get_json(a->watch.report) : NULL);
    if (is_new && !a->json)
        tool_show_report(a->watch.report, status, false);
}

/* One decision, and what it says is to be done. rc: the exit status, if the agent ends now. */
static agent_step take_step(agent *a, int64_t *wait_s, int *rc)
{
    daotp_status status;
    agent_step step;

    look_at_store(a, &status);
    step = agent_plan_decide(&a->plan, &a->facts, time_now(), wait_s);
    tell_store(a, step, status, *wait_s);
    if (step == AGENT_ASK && !a->dry_run)
        *rc = ask_for_code(a);
    else
        *rc = end_status(a, step, status);
    return step;
}

static int keep_fresh(agent *a)
{
    for (;;) {
        int64_t wait_s;
        int rc;
        agent_step step = take_step(a, &wait_s, &rc);
        int events = step == AGENT_UNUSED ? a->watch.events : -1;

        if (a->dry_run || a->once)
            return rc;
        if (agent_signal_stopped() == 0 &&
            agent_signal_wait(a->signals, events, (int)wait_s * 1000) == AGENT_SIGNAL_RELOAD)
            agent_plan_forget(&a->plan);
        if (agent_signal_stopped() != 0)
            return agent_signal_stopped() == SIGTERM ? 0 : TOOL_CANCELLED;
    }
}

/* ---- the command ----------------------------------------------------------------------------- */

static int read_agent_options(agent *a, int argc, char **argv, bool *wants_help)
{
    int c, which = 0;

    while ((c = tool_next_option("agent", argc, argv, options, &which)) != -1) {
        if (c == HELP) {
            *wants_help = true;
            return 0;
        }
        if (!take_agent_option(a, c))
            return tool_bad_option("agent", c, options[which].name, optarg);
    }
    if (optind == argc || strcmp(argv[optind - 1], "--") == 0)
        return 0;
    tool_say("daotp agent: what is '%s'? Options of daotp enroll stand behind --", argv[optind]);
    return TOOL_USAGE;
}

/* daotp enroll with the words behind --; to be freed with free(). */
static char **make_enroll_words(const agent *a, const char *profile, char **rest, int count,
                                int *argc)
{
    static char name[] = "daotp enroll", json[] = "--json", option[80];
    char **words = calloc((size_t)count + 4, sizeof *words);
    int at = 0;

    if (words == NULL)
        return NULL;
    words[at++] = name;
    if (profile != NULL) {
        (void)snprintf(option, sizeof option, "--profile=%s", profile);
        words[at++] = option;
    }
    if (a->json)
        words[at++] = json;
    for (int i = 0; i < count; i++)
        words[at++] = rest[i];
    *argc = at;
    return words;
}

/* Is it an enrolment that can be made again and again? It is looked at before anybody is asked. */
static int find_target(const agent *a, enroll_target *target)
{
    int argc = a->asker.argc, rc;
    char **argv = a->asker.argv;

    rc = profile_apply("enroll", &argc, &argv);
    optind = 0; /* getopt begins anew */
    return rc == 0 ? enroll_read_target(argc, argv, target) : rc;
}

/* From here on signals are read, and do not interrupt. Who started us may ignore SIGCHLD, and that
 * is inherited: then the kernel tells nobody that a child ended, and keeps no exit status. */
static int block_signals(void)
{
    sigset_t held;

    (void)signal(SIGCHLD, SIG_DFL);
    (void)sigemptyset(&held);
    (void)sigaddset(&held, SIGTERM);
    (void)sigaddset(&held, SIGINT);
    (void)sigaddset(&held, SIGHUP);
    (void)sigaddset(&held, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &held, NULL);
    return signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int run_agent(agent *a)
{
    enroll_target target;
    int rc = find_target(a, &target);

    if (rc != 0)
        return rc;
    if (!askpass_find(a->askpass, a->program))
        return TOOL_CONFIGURATION;
    a->asker.program = a->program;
    a->asker.label = target.label;
    a->signals = block_signals();
    if (a->signals < 0) {
        tool_say("daotp agent: signalfd: %s", strerror(errno));
        return TOOL_INTERNAL;
    }
    a->watch.only_looks = a->dry_run;
    rc = agent_watch_begin(&a->watch, &target);
    if (rc == 0)
        rc = keep_fresh(a);
    agent_watch_end(&a->watch);
    (void)close(a->signals);
    return rc;
}

int cmd_agent(int argc, char **argv)
{
    static agent a = {.plan = {.renew_before_s = 600}, .asker = {.timeout_s = 120}};
    bool wants_help = false;
    const char *profile;
    int rc;

    if (!profile_find_name(argc, argv, &profile))
        return tool_missing("agent", "a value of --profile");
    rc = profile_apply("agent", &argc, &argv);
    if (rc == 0)
        rc = read_agent_options(&a, argc, argv, &wants_help);
    if (wants_help)
        return fputs(help, stdout) < 0;
    if (rc != 0)
        return rc;
    a.asker.argv = make_enroll_words(&a, profile, argv + optind, argc - optind, &a.asker.argc);
    rc = a.asker.argv != NULL ? run_agent(&a) : TOOL_MEMORY;
    free(a.asker.argv);
    return rc;
}
