/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

#define MARKER   "daotp lab\n"
#define FILE_MAX (1024 * 1024)

struct lab_dir_path lab_dir_path(const struct lab *lab, const char *format, ...)
{
    struct lab_dir_path path;
    char tail[sizeof(path.s) - sizeof(lab->dir)];
    va_list args;

    va_start(args, format);
    vsnprintf(tail, sizeof(tail), format, args);
    va_end(args);
    snprintf(path.s, sizeof(path.s), "%.799s/%.390s", lab->dir, tail);
    return path;
}

bool lab_dir_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* All that shows a change: a copy may keep the time of its original. */
bool lab_dir_is_unchanged(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

int lab_dir_remove(const char *path)
{
    if (unlink(path) == 0 || errno == ENOENT)
        return LAB_OK;
    return lab_log(LAB_INTERNAL, "remove %s: %s", path, strerror(errno));
}

static int read_all(FILE *file, unsigned char **data, size_t *len)
{
    unsigned char *all = malloc(FILE_MAX + 1);

    if (all == NULL)
        return LAB_MEMORY;
    *len = fread(all, 1, FILE_MAX, file);
    if (ferror(file) || !feof(file)) {
        free(all);
        return LAB_INTERNAL;
    }
    all[*len] = '\0';
    *data = all;
    return LAB_OK;
}

int lab_dir_read(const char *path, unsigned char **data, size_t *len)
{
    FILE *file = fopen(path, "rbe");
    int end;

    *data = NULL;
    if (file == NULL)
        return lab_log(LAB_CONFIG, "open %s: %s", path, strerror(errno));
    end = read_all(file, data, len);
    fclose(file);
    return end == LAB_OK ? end : lab_log(end, "read %s: failed, or longer than 1 MiB", path);
}

static int write_whole(const char *path, const void *data, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const char *next = data;
    ssize_t n = 0;

    if (fd < 0)
        return -1;
    for (; len > 0; next += n, len -= (size_t)n) {
        n = write(fd, next, len);
        if (n <= 0)
            break;
    }
    return close(fd) == 0 && len == 0 ? 0 : -1;
}

int lab_dir_write(const char *path, const void *data, size_t len)
{
    char temporary[PATH_MAX];

    snprintf(temporary, sizeof(temporary), "%s.%ld", path, (long)getpid());
    if (write_whole(temporary, data, len) == 0 && rename(temporary, path) == 0)
        return LAB_OK;
    lab_log(LAB_INTERNAL, "write %s: %s", path, strerror(errno));
    unlink(temporary);
    return LAB_INTERNAL;
}

int lab_dir_print(const char *path, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    int len;
    int end;

    va_start(args, format);
    len = vasprintf(&text, format, args);
    va_end(args);
    if (len < 0)
        return lab_log(LAB_MEMORY, "write %s: out of memory", path);
    end = lab_dir_write(path, text, (size_t)len);
    free(text);
    return end;
}

int lab_dir_copy(const char *from, const char *to)
{
    unsigned char *data;
    size_t len = 0;
    int end = lab_dir_read(from, &data, &len);

    if (end == LAB_OK)
        end = lab_dir_write(to, data, len);
    free(data);
    return end;
}

/* ---- the directory itself ---- */

static int set_dir(struct lab *lab, const char *dir)
{
    char real[PATH_MAX];

    memset(lab, 0, sizeof(*lab));
    if (realpath(dir, real) == NULL)
        return lab_log(LAB_CONFIG, "%s: %s", dir, strerror(errno));
    if (strlen(real) >= sizeof(lab->dir))
        return lab_log(LAB_CONFIG, "%s: name too long", real);
    strcpy(lab->dir, real);
    return LAB_OK;
}

static bool is_empty(const char *dir)
{
    DIR *list = opendir(dir);
    struct dirent *entry;
    bool empty = list != NULL;

    while (empty && (entry = readdir(list)) != NULL)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (list != NULL)
        closedir(list);
    return empty;
}

static bool is_lab(const struct lab *lab)
{
    struct lab_dir_path marker = lab_dir_path(lab, ".lab");
    unsigned char *data = NULL;
    size_t len;
    bool yes;

    if (!lab_dir_exists(marker.s) || lab_dir_read(marker.s, &data, &len) != LAB_OK)
        return false;
    yes = strcmp((char *)data, MARKER) == 0;
    free(data);
    return yes;
}

static int make_folders(const struct lab *lab)
{
    static const char *const folders[] = {"pki", "ca", "ca/www", "kdc", "radius", "run", "faults"};

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        struct lab_dir_path path = lab_dir_path(lab, "%s", folders[i]);

        if (mkdir(path.s, 0700) != 0 && errno != EEXIST)
            return lab_log(LAB_CONFIG, "make %s: %s", path.s, strerror(errno));
    }
    return LAB_OK;
}

int lab_dir_make(struct lab *lab, const char *dir)
{
    int end;

    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return lab_log(LAB_CONFIG, "make %s: %s", dir, strerror(errno));
    end = set_dir(lab, dir);
    if (end != LAB_OK)
        return end;
    if (!is_lab(lab) && !is_empty(lab->dir))
        return lab_log(LAB_CONFIG, "%s is neither empty nor a lab", lab->dir);
    end = lab_dir_print(lab_dir_path(lab, ".lab").s, MARKER);
    return end == LAB_OK ? make_folders(lab) : end;
}

/* ---- DIR/run/ports ---- */

#define PORTS                                                                                      \
    "kdc=%d ces=%d crl=%d responder=%d kdc_port=%d radius=%d radius_port=%d mapper=%d rpc=%d\n"

int lab_dir_save(const struct lab *lab)
{
    return lab_dir_print(lab_dir_path(lab, "run/ports").s, PORTS, lab->kdc, lab->ces_port,
                         lab->crl_port, lab->responder_port, lab->kdc_port, lab->radius,
                         lab->radius_port, lab->mapper_port, lab->rpc_port);
}

static int load_ports(struct lab *lab)
{
    unsigned char *data;
    size_t len;
    int kdc = 0;
    int radius = 0;
    int end = lab_dir_read(lab_dir_path(lab, "run/ports").s, &data, &len);

    if (end != LAB_OK)
        return end;
    if (sscanf((char *)data, PORTS, &kdc, &lab->ces_port, &lab->crl_port, &lab->responder_port,
               &lab->kdc_port, &radius, &lab->radius_port, &lab->mapper_port,
               &lab->rpc_port) < 5) /* before FreeRADIUS: 5 */
        end = lab_log(LAB_CONFIG, "%s/run/ports: not as `lab up` wrote it", lab->dir);
    lab->kdc = kdc != 0;
    lab->radius = radius != 0;
    free(data);
    return end;
}

int lab_dir_open(struct lab *lab, const char *dir)
{
    int end = set_dir(lab, dir);

    if (end != LAB_OK)
        return end;
    if (!is_lab(lab))
        return lab_log(LAB_CONFIG, "%s is not a lab", lab->dir);
    return lab_dir_exists(lab_dir_path(lab, "run/ports").s) ? load_ports(lab) : LAB_OK;
}
