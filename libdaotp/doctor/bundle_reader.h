/* SPDX-License-Identifier: BSD-2-Clause */
/* The result of reading a file of a bundle, and the functions by which its readers report
 * findings. */
#ifndef DAOTP_DOCTOR_BUNDLE_READER_H
#define DAOTP_DOCTOR_BUNDLE_READER_H

#include "core/buffer.h"
#include "core/report.h"

/* The result for one file. */
typedef struct daotp__bundle_file {
    char *name;
    const char *kind, *title; /* static; the name and title of its row */
    daotp_status status;      /* the status of its row */
    unsigned rank;            /* the rank of its first error, in the order of the pipeline */
    daotp_report report;
} daotp__bundle_file;

/* The state of reading one file. */
typedef struct daotp__bundle_reader {
    daotp__bundle_file *file;
    daotp_context *context;
    int64_t now_s;
    daotp__bytes text;
    size_t searches;                         /* searches in the knowledge tables so far; limited */
    uint64_t noted[DAOTP__MAX_BUNDLE_NOTES]; /* hashes of what was reported, so that it is reported
                                                once */
    size_t noted_count;
} daotp__bundle_reader;

/* Report a finding about the file. Each pair of finding and text is reported once, at most
 * DAOTP__MAX_BUNDLE_NOTES pairs. An error is never left out: if the report is full, it replaces
 * a finding that is no error, and the file fails. DAOTP_OK or DAOTP_MEMORY. */
daotp_status daotp__bundle_note(daotp__bundle_reader *reader, daotp_finding_number number,
                                const char *found);
/* The file fails because of this error, which is in its report. */
void daotp__bundle_set_wrong(daotp__bundle_reader *reader, daotp_finding_number number);
/* Look up this text in the knowledge tables, and report the first cause that they name. label:
 * the origin of the text, shown before it; or "". *known: whether the tables have it. */
daotp_status daotp__bundle_explain(daotp__bundle_reader *reader, daotp__bytes query,
                                   const char *label, bool *known);

/* Set the name and the title of the file's row. */
void daotp__bundle_set_kind(daotp__bundle_reader *reader, const char *kind, const char *title);

#endif
