/* SPDX-License-Identifier: BSD-2-Clause */
#include "redis_server.h"

#include "scratch.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char program[] = "/usr/bin/redis-server";

enum { MAX_OPTIONS = 48, START_TRIES = 1000, TRY_MS = 10 };

bool redis_server_is_installed(void)
{
    return access(program, X_OK) == 0;
}

static int open_loopback(uint16_t port, bool listens)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int done;

    assert_true(fd >= 0);
    done = listens ? bind(fd, (struct sockaddr *)&to, sizeof to)
                   : connect(fd, (struct sockaddr *)&to, sizeof to);
    if (done == 0)
        return fd;
    (void)close(fd);
    return -1;
}

uint16_t redis_server_free_port(void)
{
    struct sockaddr_in at = {.sin_port = 0};
    socklen_t len = sizeof at;
    int fd = open_loopback(0, true);

    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    (void)close(fd);
    return ntohs(at.sin_port);
}

static void run_server(const redis_server *server, const char *const *options)
{
    static const char *words[MAX_OPTIONS] = {program};
    char port[8];
    int count = 1, quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)snprintf(port, sizeof port, "%u", server->port);
    for (; options != NULL && *options != NULL && strstr(*options, ".conf") != NULL; options++)
        words[count++] = *options; /* a file stands first */
    if (count == 1) {
        const char *const usual[] = {"--port",       port, "--bind", "127.0.0.1",   "--save", "",
                                     "--appendonly", "no", "--dir",  server->folder};

        for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
            words[count++] = usual[i];
    }
    for (; options != NULL && *options != NULL && count < MAX_OPTIONS - 1; options++)
        words[count++] = *options;
    (void)dup2(quiet, STDOUT_FILENO);
    (void)dup2(quiet, STDERR_FILENO);
    (void)execv(program, (char *const *)(uintptr_t)words);
    _exit(127);
}

static void wait_until_it_answers(const redis_server *server)
{
    for (int i = 0; i < START_TRIES; i++) {
        int fd = open_loopback(server->port, false);

        if (fd >= 0) {
            (void)close(fd);
            return;
        }
        assert_int_equal(waitpid(server->pid, NULL, WNOHANG), 0); /* it ended by itself */
        (void)poll(NULL, 0, TRY_MS);
    }
    fail_msg("redis-server does not answer");
}

void redis_server_start(redis_server *server, const char *const *options)
{
    if (*server->folder == '\0')
        scratch_folder(server->folder, sizeof server->folder);
    if (server->port == 0)
        server->port = redis_server_free_port();
    server->pid = fork();
    assert_true(server->pid >= 0);
    if (server->pid == 0)
        run_server(server, options);
    wait_until_it_answers(server);
}

void redis_server_kill(redis_server *server)
{
    if (server->pid == 0)
        return;
    (void)kill(server->pid, SIGKILL);
    assert_int_equal(waitpid(server->pid, NULL, 0), server->pid);
    server->pid = 0;
}

void redis_server_ask(uint16_t port, const char *line, char *reply, size_t room)
{
    int fd = open_loopback(port, false);
    size_t len = 0;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, line, strlen(line)), (ssize_t)strlen(line));
    assert_int_equal(write(fd, "\r\n", 2), 2);
    while (len + 1 < room && read(fd, reply + len, 1) == 1 && reply[len] != '\n')
        len++;
    while (len > 0 && reply[len - 1] == '\r')
        len--;
    reply[len] = '\0';
    (void)close(fd);
}
