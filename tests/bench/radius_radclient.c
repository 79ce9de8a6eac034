/* SPDX-License-Identifier: BSD-2-Clause */
/* FreeRADIUS's own client, with Message-Authenticator in its requests. */
#include "radius_load.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REPEATS = 500 };

static void write_requests(const char *path)
{
    FILE *file = fopen(path, "w");

    if (file == NULL)
        radius_give_up("%s cannot be written", path);
    for (unsigned i = 0; i < RADIUS_USERS; i++)
        (void)fprintf(file,
                      "User-Name = \"u%u\", User-Password = \"word-%u\", "
                      "NAS-Identifier = \"bench-radius\", Message-Authenticator = 0x00\n\n",
                      i, i);
    if (fclose(file) != 0)
        radius_give_up("%s cannot be written", path);
}

static void write_secret(const char *path, const char *secret)
{
    FILE *file = fopen(path, "w");

    if (file == NULL || fprintf(file, "%s\n", secret) < 0 || fclose(file) != 0)
        radius_give_up("%s cannot be written", path);
}

double radius_radclient_rate(const struct radius_target *target, unsigned in_flight,
                             const char *dir)
{
    char requests[4096], secret[4096], server[32], parallel[16], repeats[16];
    int64_t began;
    int status;
    pid_t pid;

    (void)snprintf(requests, sizeof requests, "%s/radclient.requests", dir);
    (void)snprintf(secret, sizeof secret, "%s/radclient.secret", dir);
    (void)snprintf(server, sizeof server, "127.0.0.1:%u", target->port);
    (void)snprintf(parallel, sizeof parallel, "%u", in_flight);
    (void)snprintf(repeats, sizeof repeats, "%d", REPEATS);
    write_requests(requests);
    write_secret(secret, target->secret);
    began = radius_now_ns();
    pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);

        (void)dup2(null, 0);
        (void)dup2(null, 1);
        (void)dup2(null, 2);
        (void)execlp("radclient", "radclient", "-q", "-p", parallel, "-c", repeats, "-f", requests,
                     "-S", secret, server, "auth", NULL);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        radius_give_up("radclient -p %u fails", in_flight);
    return (double)RADIUS_USERS * REPEATS * 1e9 / (double)(radius_now_ns() - began);
}
