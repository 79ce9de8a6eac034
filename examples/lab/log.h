/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of the lab to the person who runs it, and its exit codes. */
#ifndef LAB_LOG_H
#define LAB_LOG_H

/* Every function of the lab that can fail returns one of these, after it has written its
 * message. */
enum lab_end {
    LAB_OK = 0,
    LAB_PEER = 2,   /* a peer did not start, or is not running */
    LAB_USAGE = 64, /* as in <sysexits.h> */
    LAB_INTERNAL = 70,
    LAB_MEMORY = 71,
    LAB_CANCELLED = 75,
    LAB_CONFIG = 78,
};

/* Has each line that lab_log() writes given to this function too. NULL, as at first: to none. */
void lab_log_observe(void (*take_line)(const char *line));

/* Writes one line to standard error and returns `end`, for use in a `return` statement. */
int lab_log(int end, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for a failed call of OpenSSL: adds OpenSSL's reason and empties its error queue. */
int lab_log_openssl(const char *what);

#endif
