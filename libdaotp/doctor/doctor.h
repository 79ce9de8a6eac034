/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of a doctor: its settings, and the rows of the run. */
#ifndef DAOTP_DOCTOR_DOCTOR_H
#define DAOTP_DOCTOR_DOCTOR_H

#include "core/report.h"
#include "net/loop.h"

#include <daotp/sys/probe.h>

enum { DAOTP__NO_ROW = -1 };

/* A row of the run. */
typedef struct daotp__doctor_row {
    daotp_probe probe;
    char *name, *title, *subject;
    void *self;
    bool is_borrowed; /* self is an extender's, of all runs */
    int needs, also;  /* the rows that must have passed before; or DAOTP__NO_ROW */
    int after;        /* the row that must have ended before; or DAOTP__NO_ROW */
    daotp_probe_state state;
    int blocker;
    int watched_fd;
    int64_t began_ms, took_ms;
    daotp_report report;
} daotp__doctor_row;

/* What an extender added, for each run. */
typedef struct daotp__added_probe {
    daotp_probe probe;
    char *name, *title, *subject;
    void *self;
} daotp__added_probe;

typedef struct daotp__kdc_place {
    char *realm, *kdc;
} daotp__kdc_place;

struct daotp_doctor {
    daotp_context *context;
    daotp__loop *loop;
    daotp_client *client;
    daotp_radius *radius;
    char *user;
    daotp__buffer code;
    bool is_code_wrong;
    daotp_client_rows client_rows;
    daotp__kdc_place kdcs[DAOTP__MAX_DOCTOR_KDCS];
    size_t kdc_count;
    char *crls[DAOTP__MAX_DOCTOR_CRLS];
    size_t crl_count;
    struct daotp__bundle_file *files[DAOTP__MAX_DOCTOR_FILES];
    size_t file_count;
    daotp__added_probe added[DAOTP__MAX_DOCTOR_PROBES];
    size_t added_count;
    int64_t timeout_ms;
    daotp_doctor_progress_fn tell;
    void *tell_user;

    /* the run */
    bool is_running, has_ended;
    daotp_status status;
    int slot; /* of the descriptors of all rows */
    daotp__doctor_row *rows[DAOTP__MAX_DOCTOR_ROWS];
    size_t row_count;
    int last_walk_row;        /* of the last run of the client; DAOTP__NO_ROW before the first */
    daotp_key *throwaway_key; /* of the certificates that KDCs must refuse */
    char *text, *json;
};

/* A kind of row: all but what it looks at. */
typedef struct daotp__row_kind {
    const char *name, *title;
    daotp_probe probe;
} daotp__row_kind;

/* A row behind the others. self is let go with the row, also when this fails. NULL when memory ran
 * out or there are too many rows. */
daotp__doctor_row *daotp__doctor_add_row(daotp_doctor *doctor, const daotp__row_kind *kind,
                                         const char *subject, void *self);
/* The number of the last row; DAOTP__NO_ROW before the first. */
int daotp__doctor_last_row(const daotp_doctor *doctor);

/* The rows of the library: DAOTP_OK or DAOTP_MEMORY. first: the row that they all need. */
daotp_status daotp__doctor_add_client_rows(daotp_doctor *doctor, int first, int ready[2]);
/* The enrolment, if there is a code: it needs the rows `ready`, of the first server and of the CA.
 */
daotp_status daotp__doctor_add_code_rows(daotp_doctor *doctor, const int ready[2]);
daotp_status daotp__doctor_add_radius_rows(daotp_doctor *doctor, int first);
daotp_status daotp__doctor_add_kdc_rows(daotp_doctor *doctor, int first);
daotp_status daotp__doctor_add_crl_source_rows(daotp_doctor *doctor, int first);
daotp_status daotp__doctor_add_bundle_rows(daotp_doctor *doctor, int first);

#endif
