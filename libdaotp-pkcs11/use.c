/* SPDX-License-Identifier: BSD-2-Clause */
#include "use.h"

#include <fcntl.h>
#include <limits.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool card_use_folder(char path[CARD_USE_PATH])
{
    const char *runtime = secure_getenv("XDG_RUNTIME_DIR");
    int n;

    if (runtime == NULL || *runtime != '/')
        return false;
    n = snprintf(path, CARD_USE_PATH, "%s/daotp", runtime);
    return n > 0 && n < CARD_USE_PATH - 80; /* a name of 64 digits and an ending fit behind it */
}

/* The same folder has one name, however it was written. */
static const char *resolve_store(const char *uri, char real[PATH_MAX])
{
    return strncmp(uri, "dir:", 4) == 0 && realpath(uri + 4, real) != NULL ? real : uri;
}

bool card_use_path(const char *uri, const char *label, char path[CARD_USE_PATH])
{
    char real[PATH_MAX], text[2 * PATH_MAX];
    unsigned char digest[SHA256_DIGEST_LENGTH];
    size_t at;
    int n = snprintf(text, sizeof text, "%s\n%s", resolve_store(uri, real), label);

    if (n <= 0 || (size_t)n >= sizeof text || !card_use_folder(path))
        return false;
    (void)SHA256((const unsigned char *)text, (size_t)n, digest);
    at = strlen(path);
    path[at++] = '/';
    for (size_t i = 0; i < sizeof digest; i++)
        at += (size_t)snprintf(path + at, CARD_USE_PATH - at, "%02x", digest[i]);
    return true;
}

static bool is_private_folder(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
           (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

void card_use_note(const char *uri, const char *label)
{
    char path[CARD_USE_PATH];
    int fd;

    if (!card_use_folder(path) || !is_private_folder(path) || !card_use_path(uri, label, path))
        return;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0)
        (void)close(fd);
}
