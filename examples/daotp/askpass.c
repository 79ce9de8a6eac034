/* SPDX-License-Identifier: BSD-2-Clause */
#include "askpass.h"

#include "core/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- which program --------------------------------------------------------------------------- */

static bool is_program(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* In the absolute folders of PATH: the current folder holds what anybody put there. */
static bool find_in_path(const char *name, char path[ASKPASS_PATH])
{
    const char *folder = getenv("PATH");
    int len, n;

    for (; folder != NULL && *folder != '\0'; folder += len + (folder[len] == ':')) {
        len = (int)strcspn(folder, ":");
        n = snprintf(path, ASKPASS_PATH, "%.*s/%s", len, folder, name);
        if (*folder == '/' && n < ASKPASS_PATH && is_program(path))
            return true;
    }
    return false;
}

static bool take_named(const char *from, const char *name, char path[ASKPASS_PATH])
{
    bool is_found = false;

    if (*name == '/')
        is_found = snprintf(path, ASKPASS_PATH, "%s", name) < ASKPASS_PATH && is_program(path);
    else if (strchr(name, '/') == NULL)
        is_found = find_in_path(name, path);
    if (!is_found)
        tool_say("daotp agent: %s names '%s', which is no program: it is an absolute path, or a "
                 "name in PATH",
                 from, name);
    return is_found;
}

bool askpass_find(const char *configured, char path[ASKPASS_PATH])
{
    static const char *const variables[] = {"DAOTP_ASKPASS", "SSH_ASKPASS"};
    static const char *const names[] = {"ssh-askpass", "ksshaskpass"};

    if (configured != NULL)
        return take_named("askpass", configured, path);
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *named = getenv(variables[i]);

        if (named != NULL && *named != '\0')
            return take_named(variables[i], named, path);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (find_in_path(names[i], path))
            return true;
    tool_say("daotp agent: no program to ask the user with: set askpass in the profile, or "
             "DAOTP_ASKPASS, or install ssh-askpass");
    return false;
}

/* ---- one question ---------------------------------------------------------------------------- */

/* In the child process, where another thread may have held a lock: system calls only. */
static void run_program(const char *program, const char *prompt, int output, int input,
                        pid_t parent)
{
    char *const argv[] = {(char *)(uintptr_t)program, (char *)(uintptr_t)prompt, NULL};
    sigset_t none;

    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) /* it ended before the line above */
        _exit(127);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    if (dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0)
        (void)execv(program, argv);
    _exit(127);
}

static pid_t start_program(const char *program, const char *prompt, int output)
{
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    pid_t parent = getpid(), pid = input >= 0 ? fork() : -1;

    if (pid == 0)
        run_program(program, prompt, output, input, parent);
    if (pid > 0)
        (void)setpgid(pid, pid); /* whichever of the two comes first */
    if (input >= 0)
        (void)close(input);
    return pid;
}

enum { END_MS = 2000 };

static void wait_for_end(pid_t pid)
{
    struct pollfd ended = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};

    if (ended.fd < 0)
        return;
    (void)poll(&ended, 1, END_MS);
    (void)close(ended.fd);
}

/* Its whole group: a script may have started the window. A program that has written its answer, and
 * one that was told to end, have a moment for it. */
static bool end_program(pid_t pid, bool has_answered)
{
    int status = -1;

    if (!has_answered)
        (void)kill(-pid, SIGTERM);
    wait_for_end(pid);
    (void)kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool read_answer(pid_t pid, int fd, double timeout_s, tool_secret *answer)
{
    bool has_answered;

    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    has_answered = tool_secret_read_within(fd, timeout_s, answer);
    (void)close(fd); /* who writes more gets SIGPIPE */
    if (end_program(pid, has_answered) && has_answered)
        return true;
    tool_secret_free(answer);
    return false;
}

bool askpass_ask(const char *program, double timeout_s, const char *prompt, tool_secret *answer)
{
    char text[700];
    int ends[2];
    pid_t pid;

    (void)snprintf(text, sizeof text, "%s", prompt);
    daotp__utf8_make_plain(text); /* it may hold the name of a host that a server named */
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    pid = start_program(program, text, ends[1]);
    (void)close(ends[1]);
    if (pid > 0)
        return read_answer(pid, ends[0], timeout_s, answer);
    tool_say("daotp agent: %s: %s", program, strerror(errno));
    (void)close(ends[0]);
    return false;
}
