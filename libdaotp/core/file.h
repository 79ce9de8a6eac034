/* SPDX-License-Identifier: BSD-2-Clause */
/* Files: bounded reading, durable writing. */
#ifndef DAOTP_CORE_FILE_H
#define DAOTP_CORE_FILE_H

#include "core/buffer.h"
#include "core/report.h"

/* Read a whole file into a buffer made by daotp__buffer_init(). A secret one must be closed to
 * everybody but its owner. No stdio: nothing of it stays behind in another buffer. */
daotp_status daotp__file_read(const char *path, bool secret, daotp__buffer *out,
                              daotp_report *report);

/* Write bytes under name in the folder dir, mode 0600, so that a crash leaves the old file or the
 * new one: temporary file, fsync, rename, fsync of the folder. errno tells what failed. */
bool daotp__file_write_durable(int dir, const char *name, const void *bytes, size_t len);
/* The same for a path. */
daotp_status daotp__file_save(const char *path, const void *bytes, size_t len,
                              daotp_report *report);

/* Can a file be written there? Tried under the temporary name; what stands there is not touched. */
daotp_status daotp__file_can_save(const char *path, daotp_report *report);

/* Parts of it, for who writes several files as one. */
bool daotp__file_create(int dir, const char *name, const void *bytes, size_t len); /* and fsync */
bool daotp__file_read_at(int dir, const char *name, daotp__buffer *out);

#endif
