/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * radiusclient.conf, and the servers file that it names. The input is both, parted by the first
 * NUL; the name of the second is put in front of the first. What is told are servers with a name, a
 * port and a secret that stands in one of the two; a secret is in no report.
 */
#include "fuzz.h"

#include "core/limits.h"
#include "core/report.h"
#include "radius/dictionary.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static daotp_context *context;

typedef struct told {
    const uint8_t *data;
    size_t size, count;
    daotp_report *report;
} told;

static daotp_status take_server(void *user, const char *host, uint16_t port, const char *secret)
{
    told *all = user;

    (void)port;
    HOLDS(host != NULL && *host != '\0' && secret != NULL && *secret != '\0');
    HOLDS(strlen(secret) <= DAOTP__MAX_RADIUS_SECRET);
    HOLDS(memmem(all->data, all->size, secret, strlen(secret)) != NULL);
    all->count++;
    return DAOTP_OK;
}

static int make_file(const char *front, const uint8_t *data, size_t size, char *path, size_t room)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    HOLDS(fd >= 0 && write(fd, front, strlen(front)) == (ssize_t)strlen(front));
    HOLDS(write(fd, data, size) == (ssize_t)size && fchmod(fd, 0600) == 0);
    (void)snprintf(path, room, "/proc/self/fd/%d", fd);
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 0 ? memchr(data, 0, size) : NULL;
    size_t first = end != NULL ? (size_t)(end - data) : size;
    size_t second = end != NULL ? size - first - 1 : 0;
    told all = {.data = data, .size = size};
    char path[64], servers[64], front[100];
    int fds[2];
    daotp_status status;

    if (size > 8192)
        return 0;
    if (context == NULL)
        HOLDS(daotp_context_new(&context) == DAOTP_OK);
    HOLDS(daotp_report_new(context, &all.report) == DAOTP_OK);
    fds[0] = make_file("", data + size - second, second, servers, sizeof servers);
    (void)snprintf(front, sizeof front, "servers %s\n", servers);
    fds[1] = make_file(front, data, first, path, sizeof path);
    status = daotp__radius_import(path, take_server, &all, all.report);
    HOLDS(status == DAOTP_OK || status == DAOTP_CONFIGURATION);
    HOLDS(status != DAOTP_OK || all.count > 0);
    HOLDS(status == DAOTP_OK || daotp_report_get_error(all.report) != NULL);
    daotp_report_free(all.report);
    (void)close(fds[0]);
    (void)close(fds[1]);
    return 0;
}
