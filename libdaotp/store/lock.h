/* SPDX-License-Identifier: BSD-2-Clause */
/* The lock that prevents two processes from using one store on disk at the same time. */
#ifndef DAOTP_STORE_LOCK_H
#define DAOTP_STORE_LOCK_H

#include "core/report.h"

/* Lock an open file or folder with flock(2); closing it releases the lock. how: LOCK_SH or
 * LOCK_EX. DAOTP_OK; DAOTP_TIMEOUT (STORE-LOCKED) after DAOTP__STORE_LOCK_MS;
 * DAOTP_CONFIGURATION (STORE-WRITE) when it cannot be locked. */
daotp_status daotp__store_lock(int fd, int how, const char *subject, daotp_report *report);

#endif
