/* SPDX-License-Identifier: BSD-2-Clause */
/* What a file of a bundle shows, and how the readers of its parts report that. */
#ifndef DAOTP_DOCTOR_BUNDLE_READER_H
#define DAOTP_DOCTOR_BUNDLE_READER_H

#include "core/buffer.h"
#include "core/report.h"

/* What a file shows. */
typedef struct daotp__bundle_file {
    char *name;
    const char *kind, *title; /* static; of its row */
    daotp_status status;      /* DAOTP_OK, or how its row ends */
    unsigned rank;            /* of the first thing that is wrong, in the order of the pipeline */
    daotp_report report;
} daotp__bundle_file;

/* What one file is read into. */
typedef struct daotp__bundle_reader {
    daotp__bundle_file *file;
    daotp_context *context;
    int64_t now_s;
    daotp__bytes text;
    size_t searches;                         /* of the tables, which are bounded */
    uint64_t noted[DAOTP__MAX_BUNDLE_NOTES]; /* what was reported; it is not reported again */
    size_t noted_count;
} daotp__bundle_reader;

/* Report a finding about the file, each of the first DAOTP__MAX_BUNDLE_NOTES pairs of finding and
 * text once. An error is never left out: where the report is full, it takes the place of what is no
 * error, and the file does not pass. DAOTP_OK, DAOTP_MEMORY. */
daotp_status daotp__bundle_note(daotp__bundle_reader *reader, daotp_finding_number number,
                                const char *found);
/* The file does not pass, by this error, which is in its report. */
void daotp__bundle_set_wrong(daotp__bundle_reader *reader, daotp_finding_number number);
/* Report what the tables know of this text, as the cause that they name first. label: whose text
 * it is, or "". *known: whether they knew it. */
daotp_status daotp__bundle_explain(daotp__bundle_reader *reader, daotp__bytes query,
                                   const char *label, bool *known);

/* The name of its row. */
void daotp__bundle_set_kind(daotp__bundle_reader *reader, const char *kind, const char *title);

#endif
