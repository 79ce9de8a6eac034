/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One enrolment, in a process of its own: the code and the password are in its memory only, the
 * profile is read anew, and what goes wrong there does not end the agent. daotp enroll connects to
 * the server before it asks: a server that cannot be reached costs the user nothing.
 */
#include "agent.h"
#include "profile.h"
#include "tool.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- signals --------------------------------------------------------------------------------- */

static int stop_signal;

int agent_signal_stopped(void)
{
    return stop_signal;
}

static agent_signal read_signal(int signals)
{
    struct signalfd_siginfo info;

    if (read(signals, &info, sizeof info) != (ssize_t)sizeof info)
        return AGENT_SIGNAL_NONE;
    if (info.ssi_signo == SIGHUP)
        return AGENT_SIGNAL_RELOAD;
    if (info.ssi_signo == SIGCHLD)
        return AGENT_SIGNAL_OTHER;
    stop_signal = (int)info.ssi_signo;
    return AGENT_SIGNAL_STOP;
}

agent_signal agent_signal_wait(int signals, int events, int timeout_ms)
{
    struct pollfd ready[] = {{.fd = signals, .events = POLLIN}, {.fd = events, .events = POLLIN}};

    if (poll(ready, 2, timeout_ms) <= 0)
        return AGENT_SIGNAL_NONE;
    return (ready[0].revents & POLLIN) != 0 ? read_signal(signals) : AGENT_SIGNAL_OTHER;
}

/* ---- the process that enrols ----------------------------------------------------------------- */

/* Shared by the two processes. */
typedef struct attempt_counts {
    const agent_asker *asker;
    unsigned questions, answers;
} attempt_counts;

static bool count_question(void *user, const char *prompt, tool_secret *secret)
{
    attempt_counts *counts = user;
    const agent_asker *asker = counts->asker;
    char text[700];

    (void)snprintf(text, sizeof text, "%s, to renew %s", prompt, asker->label);
    counts->questions++;
    if (!askpass_ask(asker->program, asker->timeout_s, text, secret))
        return false;
    counts->answers++;
    return true;
}

static void enrol_in_child(attempt_counts *counts, pid_t agent, int output)
{
    int argc = counts->asker->argc, rc;
    char **argv = counts->asker->argv;
    sigset_t none;

    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != agent || (output >= 0 && dup2(output, STDOUT_FILENO) < 0))
        _exit(TOOL_INTERNAL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    tool_secret_set_ask(count_question, counts);
    optind = 0;
    rc = profile_apply("enroll", &argc, &argv);
    if (rc == 0)
        rc = cmd_enroll(argc, argv);
    _exit(tool_end(rc, output >= 0));
}

enum { STOP_MS = 10000 };

/* The exit status. A signal that ends the agent ends the child first: it has a while for it, in
 * which it may still store a certificate. */
static int wait_for_child(pid_t pid, int signals)
{
    bool is_stopped = false;
    int status = -1;

    while (waitpid(pid, &status, WNOHANG) == 0) {
        agent_signal came = agent_signal_wait(signals, -1, is_stopped ? STOP_MS : -1);

        if (came == AGENT_SIGNAL_STOP)
            (void)kill(pid, SIGTERM);
        else if (came == AGENT_SIGNAL_NONE && is_stopped)
            (void)kill(pid, SIGKILL);
        is_stopped = is_stopped || came == AGENT_SIGNAL_STOP;
    }
    if (is_stopped && status != 0)
        return TOOL_CANCELLED;
    return WIFEXITED(status) ? WEXITSTATUS(status) : TOOL_INTERNAL;
}

static agent_outcome judge_attempt(const attempt_counts *counts, int rc)
{
    if (rc == 0)
        return AGENT_RENEWED;
    if (counts->questions > counts->answers)
        return AGENT_DECLINED;
    if (counts->questions > 0)
        return AGENT_REFUSED;
    return rc == TOOL_UNDECIDED ? AGENT_UNREACHABLE : AGENT_FAILED;
}

agent_outcome agent_attempt_run(const agent_asker *asker, int signals, int output, int *rc)
{
    attempt_counts *counts =
        mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    agent_outcome outcome = AGENT_FAILED;
    pid_t agent = getpid(), pid;

    *rc = TOOL_MEMORY;
    if (counts == MAP_FAILED)
        return AGENT_FAILED;
    *counts = (attempt_counts){.asker = asker};
    (void)fflush(NULL); /* lest the child writes it too */
    pid = fork();
    if (pid == 0)
        enrol_in_child(counts, agent, output);
    if (pid > 0) {
        *rc = wait_for_child(pid, signals);
        outcome = judge_attempt(counts, *rc);
        if (outcome == AGENT_DECLINED)
            *rc = TOOL_CANCELLED;
    } else {
        tool_say("daotp agent: %s", strerror(errno));
    }
    (void)munmap(counts, sizeof *counts);
    return outcome;
}
