/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps two processes apart that use one store on disk. */
#ifndef DAOTP_STORE_LOCK_H
#define DAOTP_STORE_LOCK_H

#include "core/report.h"

/* Takes flock(2) of an open file or folder; closing it ends it. how: LOCK_SH or LOCK_EX.
 * DAOTP_TIMEOUT (STORE-LOCKED), DAOTP_CONFIGURATION (STORE-WRITE). */
daotp_status daotp__store_lock(int fd, int how, const char *subject, daotp_report *report);

#endif
