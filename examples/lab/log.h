/* SPDX-License-Identifier: BSD-2-Clause */
/* What the lab tells the person who runs it, and how it ends. */
#ifndef LAB_LOG_H
#define LAB_LOG_H

/* Every function of the lab that can fail returns one of these, its message already said. */
enum lab_end {
    LAB_OK = 0,
    LAB_PEER = 2,   /* a peer did not start, or is not running */
    LAB_USAGE = 64, /* as in <sysexits.h> */
    LAB_INTERNAL = 70,
    LAB_MEMORY = 71,
    LAB_CANCELLED = 75,
    LAB_CONFIG = 78,
};

/* Says one line on standard error and returns `end`, so that it can stand in a `return`. */
int lab_log(int end, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for a failed call of OpenSSL: its own reason is added and its queue emptied. */
int lab_log_openssl(const char *what);

#endif
