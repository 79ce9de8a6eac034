/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all three competitors find: a folder with a PKI, the user's key, two listening sockets, and
 * the certificate that the CA answers with, issued beforehand: the key is given and never changes.
 */
#ifndef BENCH_WORLD_H
#define BENCH_WORLD_H

#include "lab_dir.h"

#include <stdbool.h>
#include <sys/types.h>

#define WORLD_USER     "LAB\\alice"
#define WORLD_UPN      "alice@LAB.EXAMPLE"
#define WORLD_DN       "CN=Alice Example,CN=Users,DC=lab,DC=example"
#define WORLD_SID      "S-1-5-21-1004336348-1177238915-682003330-1105"
#define WORLD_PASSWORD "alice-password"
#define WORLD_OTP      "123456"

struct world {
    struct lab lab;          /* the folder; of a lab it holds the PKI only */
    bool made;               /* by us: to be removed */
    const char *file_system; /* what the folder is on */
    int otp_fd, otp_port, ces_fd, ces_port;
    char otp_url[256], ces_url[256];
    char *ces_answer; /* the same bytes for every run */
    size_t ces_answer_len;
    pid_t server;
};

/* A new folder in `dir`, which world_end() removes; `host` is the name of this machine in URLs,
 * localhost or 127.0.0.1. Gives up when it cannot. */
void world_make(struct world *world, const char *dir, const char *host);
void world_end(struct world *world);

/* A file of the folder, whole; free() it. */
unsigned char *world_read(const struct world *world, const char *name, size_t *len);

#endif
