/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/lock.h"

#include "core/limits.h"

#include <errno.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>

/* Not the context's clock, because the time of nanosleep() must count. */
static int64_t store_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* never fails for this clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* flock() has neither a time-out nor fairness: poll at short intervals, so that a busy writer does
 * not starve others. */
daotp_status daotp__store_lock(int fd, int how, const char *subject, daotp_report *report)
{
    static const struct timespec pause = {.tv_nsec = 1000 * 1000};
    int64_t until = store_now_ms() + DAOTP__STORE_LOCK_MS;

    while (flock(fd, how | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return daotp__report_add(report, DAOTP_FINDING_STORE_WRITE, errno, subject, "%s",
                                     strerrordesc_np(errno));
        if (store_now_ms() >= until)
            return daotp__report_add(report, DAOTP_FINDING_STORE_LOCKED, 0, subject,
                                     "held for over %d ms", (int)DAOTP__STORE_LOCK_MS);
        (void)nanosleep(&pause, NULL); /* shorter is fine */
    }
    return DAOTP_OK;
}
