/* SPDX-License-Identifier: BSD-2-Clause */
/* A folder for all files of a test program: gone when its group ends, also after a test that failed
 * half-way. On a file system where fsync() costs nothing, if there is one. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include "testing.h"

#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

extern char scratch_path[32];

int scratch_begin(void);

int scratch_remove(const char *path);

/* A child that failed comes here too; the folder is its parent's. */
int scratch_end(void);

/* A new folder in it. */
void scratch_folder(char *path, size_t size);

#endif
