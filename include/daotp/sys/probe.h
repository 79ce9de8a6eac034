/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file probe.h
 * For extenders: a probe of the doctor that the library does not have.
 */
#ifndef DAOTP_SYS_PROBE_H
#define DAOTP_SYS_PROBE_H

#include <daotp/doctor.h>
#include <daotp/sys/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A probe: a row of the doctor. All functions run in the thread of the doctor's calls. `size` is
 * sizeof the table, so that it can grow.
 */
typedef struct daotp_probe {
    size_t size; /**< sizeof(daotp_probe) */
    /** Go on: DAOTP_AGAIN to wait. DAOTP_OK: it passed, or warned when the report has a warning.
     * DAOTP_UNDECIDED: it cannot be told. DAOTP_MEMORY and DAOTP_CANCELLED end the whole run.
     * Anything else: it failed. What is wrong is reported with daotp_report_add(); an error without
     * a finding becomes CALL-INTERNAL. */
    daotp_status (*step)(void *self, daotp_report *report);
    /** A descriptor that is readable when a step can go on; -1 for none. NULL if there never is
     * one. */
    int (*get_fd)(void *self);
    /** When a step is due though nothing is readable, in milliseconds; -1 for never. NULL: at every
     * beat of the doctor, 100 ms. */
    int (*get_timeout_ms)(void *self);
    /** Let go of self. */
    void (*free)(void *self);
    /** Is the row before those of the library? Then these wait for it, and are skipped where it
     * fails. */
    bool comes_first;
    /** Whether the row needs another row: the last one that was added before it with follows false,
     * by any extender, and that has the same comes_first. If that row did not pass, this row is
     * skipped. Without such a row it needs none. */
    bool follows;
} daotp_probe;

/**
 * Add a probe. It runs in each run from now on.
 * @param doctor   the doctor
 * @param name     of the row, one word: "directory"; copied
 * @param title    what the row looks at, in words; copied
 * @param probe    the table; copied
 * @param self     given to each function; `free` gets it in the end, also when this call fails
 * @param subject  which server, file or directory it looks at; copied. NULL for nothing
 * @return DAOTP_OK; DAOTP_USAGE when @p doctor or @p probe is NULL, the table has no step or
 *         no free, there is no name or title, there are too many probes, or a run is under way;
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_doctor_add_probe(daotp_doctor *doctor, const char *name,
                                              const char *title, const daotp_probe *probe,
                                              void *self, const char *subject);

#ifdef __cplusplus
}
#endif
#endif
