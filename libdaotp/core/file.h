/* SPDX-License-Identifier: BSD-2-Clause */
/* Files: bounded reading, durable writing. */
#ifndef DAOTP_CORE_FILE_H
#define DAOTP_CORE_FILE_H

#include "core/buffer.h"
#include "core/report.h"

#include <dirent.h>

struct stat;

/*
 * Opens a regular file, and nothing else, by its name in the folder dir (AT_FDCWD: by its path).
 * flags are those of open(2): the access mode, O_CREAT (mode 0600), O_EXCL, O_NOFOLLOW. O_CLOEXEC,
 * O_NOCTTY and O_NONBLOCK are added, so that no FIFO, device or lease is waited for. *st is what
 * fstat(2) tells of the file that was opened.
 *
 * Returns -1 and refuses, by errno: a folder (EISDIR); a FIFO, a socket or a device (EINVAL, which
 * daotp__file_error_text() puts in words); a symbolic link when O_NOFOLLOW is given (ELOOP); and
 * what open(2) refuses. Links are followed without O_NOFOLLOW: give it for every name that no user
 * chose, and for a file that is written.
 */
int daotp__file_open_regular(int dir, const char *name, int flags, struct stat *st);

/* What errno means when a file was opened, read or written. */
const char *daotp__file_error_text(int error);

/*
 * Refuses (FILE-OPEN-TO-OTHERS) a secret file that somebody else can read or change: one whose mode
 * gives anything to group or others (an ACL entry shows there too), or whose owner is neither the
 * effective user nor root. The file was opened before, and *st is what fstat(2) told of it: a look
 * by name could see another file than the one that is read.
 */
daotp_status daotp__file_check_secret(const struct stat *st, const char *subject,
                                      daotp_report *report);

/* Refuses (CONFIG-OWNER) a file that another user could have written: one whose owner is neither
 * the effective user nor root, or that group or others may write (an ACL entry shows there too). */
daotp_status daotp__file_check_own(const struct stat *st, const char *subject,
                                   daotp_report *report);

/* Identifies a version of a file: if two marks are equal, the file is unchanged. */
typedef struct daotp__file_mark {
    int64_t device, inode, size, mtime_s, mtime_ns, ctime_s, ctime_ns;
} daotp__file_mark;

daotp__file_mark daotp__file_mark_of(const struct stat *st);
daotp__file_mark daotp__file_mark_path(const char *path); /* inode -1: no file exists */
bool daotp__file_mark_equal(const daotp__file_mark *a, const daotp__file_mark *b);

/* Read a whole regular file into an initialized buffer. secret: check the file with
 * daotp__file_check_secret(). stdio is not used, so no copy remains in a buffer of stdio. */
daotp_status daotp__file_read(const char *path, bool secret, daotp__buffer *out,
                              daotp_report *report);
/* The same for a file that must pass daotp__file_check_own(). */
daotp_status daotp__file_read_own(const char *path, daotp__buffer *out, daotp_report *report);

/* Whether the name is unused or a regular file. Otherwise a rename would replace a link, a FIFO
 * or a device; errno then says which. */
bool daotp__file_can_replace(int dir, const char *name);
/* Write bytes under name in the folder dir, mode 0600, so that a crash leaves the old file or the
 * new one: temporary file, fsync, rename, fsync of the folder. errno tells what failed. */
bool daotp__file_write_durable(int dir, const char *name, const void *bytes, size_t len);
/* The same for a path that a user chose. Only a regular file is replaced; for a link, a FIFO, a
 * device or a folder FILE-WRITE is reported. */
daotp_status daotp__file_save(const char *path, const void *bytes, size_t len,
                              daotp_report *report);
/* The same as daotp__file_write_durable(), but without the fsync of the folder: after a power
 * failure the old file may be back. */
bool daotp__file_write_late(int dir, const char *name, const void *bytes, size_t len);

/* Check that a file can be written there, by writing one under the temporary name. An existing
 * file is not touched. */
daotp_status daotp__file_can_save(const char *path, daotp_report *report);

/* Read the next entry of a folder. NULL: errno is 0 after the last entry; otherwise the folder
 * cannot be read, and entries that were not read must not be taken for absent. */
const struct dirent *daotp__file_next_entry(DIR *folder);

/* Parts of daotp__file_write_durable(), for callers that write several files as one. */
bool daotp__file_create(int dir, const char *name, const void *bytes,
                        size_t len); /* create, write and fsync */
/* Read a regular file that is not a link. *st: the result of fstat(2). */
bool daotp__file_read_at(int dir, const char *name, daotp__buffer *out, struct stat *st);

#endif
