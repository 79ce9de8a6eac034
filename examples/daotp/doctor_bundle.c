/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor_bundle.h"

#include "tool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One octet more than the library reads of a file: it then says that there is more. */
enum { MOST_OF_FILE = 16 * 1024 * 1024 + 1, MOST_FILES = 256, DEEPEST = 4 };

typedef struct bundle_walk {
    daotp_doctor *doctor;
    size_t root; /* octets of the path in front of the names that are shown */
    unsigned count;
} bundle_walk;

/* Links and devices are left alone: a bundle comes from somebody else. -1 with errno ELOOP, or
 * ENXIO for a socket: it is no regular file. */
static int open_regular(const char *path)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat found;

    if (fd >= 0 && (fstat(fd, &found) != 0 || !S_ISREG(found.st_mode))) {
        (void)close(fd);
        errno = ELOOP;
        return -1;
    }
    return fd;
}

/* false when the file cannot be read to its end or to the room: errno says why. */
static bool read_up_to(int fd, char *bytes, size_t room, size_t *len)
{
    ssize_t n;

    *len = 0;
    while (*len < room && (n = read(fd, bytes + *len, room - *len)) != 0) {
        if (n > 0)
            *len += (size_t)n;
        else if (errno != EINTR)
            return false;
    }
    return true;
}

static daotp_status add_bundle_octets(bundle_walk *walk, const char *path, const char *bytes,
                                      size_t len)
{
    daotp_status status;

    if (len == 0) {
        tool_say("daotp doctor: %s is empty, and was not read", path);
        return DAOTP_OK;
    }
    status = daotp_doctor_add_file(walk->doctor, path + walk->root, bytes, len);
    if (status == DAOTP_OK)
        walk->count++;
    if (status != DAOTP_USAGE)
        return status;
    tool_say("daotp doctor: %s was not read: its name is longer than 512 bytes", path);
    return DAOTP_OK;
}

static daotp_status add_bundle_file(bundle_walk *walk, const char *path)
{
    daotp_status status = DAOTP_OK;
    char *bytes = NULL;
    size_t len;
    int fd;

    if (walk->count == MOST_FILES) {
        tool_say("daotp doctor: %s was not read: %d files are read at most", path, MOST_FILES);
        return DAOTP_OK;
    }
    fd = open_regular(path);
    if (fd < 0 && (errno == ELOOP || errno == ENXIO))
        tool_say("daotp doctor: %s is no regular file, and was not read", path);
    else if (fd < 0)
        tool_say("daotp doctor: %s was not read: %m", path);
    if (fd < 0)
        return DAOTP_OK;
    bytes = malloc(MOST_OF_FILE);
    if (bytes == NULL)
        status = DAOTP_MEMORY;
    else if (read_up_to(fd, bytes, MOST_OF_FILE, &len))
        status = add_bundle_octets(walk, path, bytes, len);
    else
        tool_say("daotp doctor: %s was not read: %m", path);
    free(bytes);
    (void)close(fd);
    return status;
}

static daotp_status add_bundle_folder(bundle_walk *walk, const char *path, int depth);

static daotp_status add_bundle_entry(bundle_walk *walk, const char *folder, const char *name,
                                     int depth)
{
    char path[PATH_MAX];
    struct stat found;

    if (name[0] == '.')
        return DAOTP_OK;
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        tool_say("daotp doctor: %s in %s was not read: the path is too long", name, folder);
        return DAOTP_OK;
    }
    if (lstat(path, &found) != 0) {
        tool_say("daotp doctor: %s was not read: %m", path);
        return DAOTP_OK;
    }
    return S_ISDIR(found.st_mode) ? add_bundle_folder(walk, path, depth + 1)
                                  : add_bundle_file(walk, path);
}

static daotp_status add_bundle_folder(bundle_walk *walk, const char *path, int depth)
{
    struct dirent **entries = NULL;
    daotp_status status = DAOTP_OK;
    int count;

    if (depth == DEEPEST) {
        tool_say("daotp doctor: %s was not read: folders are read %d deep", path, DEEPEST);
        return DAOTP_OK;
    }
    count = scandir(path, &entries, NULL, alphasort);
    if (count < 0)
        tool_say("daotp doctor: %s was not read: %m", path);
    for (int i = 0; i < count; i++) {
        if (status == DAOTP_OK)
            status = add_bundle_entry(walk, path, entries[i]->d_name, depth);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static bool is_zip(const char *path)
{
    int fd = open_regular(path);
    char magic[4] = "";
    bool is = fd >= 0 && read(fd, magic, sizeof magic) == sizeof magic &&
              memcmp(magic, "PK\x03\x04", sizeof magic) == 0;

    if (fd >= 0)
        (void)close(fd);
    return is;
}

daotp_status doctor_bundle_add(daotp_doctor *doctor, const char *path)
{
    bundle_walk walk = {.doctor = doctor};
    const char *slash = strrchr(path, '/');
    daotp_status status;
    struct stat found;

    if (stat(path, &found) != 0) {
        tool_say("daotp doctor: %s: %m", path);
        return DAOTP_CONFIGURATION;
    }
    if (is_zip(path)) {
        tool_say("daotp doctor: %s is a zip archive: unpack it first (unzip %s -d FOLDER), then "
                 "give --bundle FOLDER",
                 path, path);
        return DAOTP_CONFIGURATION;
    }
    walk.root = strlen(path) + 1;
    if (!S_ISDIR(found.st_mode))
        walk.root = slash != NULL ? (size_t)(slash - path) + 1 : 0;
    status =
        S_ISDIR(found.st_mode) ? add_bundle_folder(&walk, path, 0) : add_bundle_file(&walk, path);
    if (status != DAOTP_OK || walk.count > 0)
        return status;
    tool_say("daotp doctor: there is no file to read in %s", path);
    return DAOTP_CONFIGURATION;
}
