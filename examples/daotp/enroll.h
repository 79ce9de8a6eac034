/* SPDX-License-Identifier: BSD-2-Clause */
/* What daotp agent keeps fresh: the entry of a store that the options of daotp enroll name. */
#ifndef ENROLL_H
#define ENROLL_H

#include <daotp/daotp.h>

typedef struct enroll_target {
    const char *store, *label; /* borrowed from the arguments */
    const char *plugins;       /* NULL for the library's own folder */
} enroll_target;

/* The options of an enrolment that can be repeated. 0, or the exit status when it was said what is
 * wrong with them. */
int enroll_read_target(int argc, char **argv, enroll_target *target);

#endif
