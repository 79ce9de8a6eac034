/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of the tests' own, without a name server: this program's fopen() gives c-ares other files
 * for /etc/hosts and /etc/resolv.conf. And its getaddrinfo() answers nothing and counts: it is what
 * libcurl would ask if a name were not pinned to the addresses that were looked at.
 */
#ifndef FETCH_NAMES_H
#define FETCH_NAMES_H

#include "scratch.h"

#include <dlfcn.h>
#include <netdb.h>
#include <stdatomic.h>
#include <string.h>

static char names_hosts[64], names_resolver[64];
static atomic_uint names_asked; /* of getaddrinfo() */

static inline const char *names_instead(const char *path)
{
    if (*names_hosts != '\0' && strcmp(path, "/etc/hosts") == 0)
        return names_hosts;
    if (*names_resolver != '\0' && strcmp(path, "/etc/resolv.conf") == 0)
        return names_resolver;
    return path;
}

typedef FILE *names_open_fn(const char *path, const char *mode);

static inline FILE *names_open(const char *which, const char *path, const char *mode)
{
    void *found = dlsym(RTLD_NEXT, which);
    names_open_fn *next;

    memcpy(&next, &found, sizeof next); /* ISO C has no other way from one to the other */
    return next(names_instead(path), mode);
}

__attribute__((visibility("default"))) FILE *fopen(const char *restrict path,
                                                   const char *restrict mode)
{
    return names_open("fopen", path, mode);
}

__attribute__((visibility("default"))) FILE *fopen64(const char *restrict path,
                                                     const char *restrict mode)
{
    return names_open("fopen64", path, mode);
}

__attribute__((visibility("default"))) int getaddrinfo(const char *restrict node,
                                                       const char *restrict service,
                                                       const struct addrinfo *restrict hints,
                                                       struct addrinfo **restrict found)
{
    (void)node, (void)service, (void)hints;
    atomic_fetch_add(&names_asked, 1);
    *found = NULL;
    return EAI_FAIL;
}

static inline void names_write(char *path, size_t size, const char *name, const char *text)
{
    char made[64];
    FILE *file;

    (void)snprintf(made, sizeof made, "%s/%s", scratch_path, name);
    file = fopen(made, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    (void)snprintf(path, size, "%s", made);
}

/* After scratch_begin(). Nobody answers as a name server, and that is known at once. */
static inline void names_begin(const char *hosts)
{
    names_write(names_hosts, sizeof names_hosts, "hosts", hosts);
    names_write(names_resolver, sizeof names_resolver, "resolv.conf",
                "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
}

#endif
