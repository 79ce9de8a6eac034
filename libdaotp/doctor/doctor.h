/* SPDX-License-Identifier: BSD-2-Clause */
/* The private part of the public object daotp_doctor: its settings, and the rows of the run. */
#ifndef DAOTP_DOCTOR_DOCTOR_H
#define DAOTP_DOCTOR_DOCTOR_H

#include "core/report.h"
#include "doctor/clocks.h"
#include "net/loop.h"

#include <daotp/sys/probe.h>

enum { DAOTP__NO_ROW = -1 };

/* One row of a run. */
typedef struct daotp__doctor_row {
    daotp_probe probe;
    char *name, *title, *subject;
    void *self;
    bool is_borrowed; /* self belongs to an extender, and is used in all runs */
    int needs, also;  /* indexes of rows that must have passed; or DAOTP__NO_ROW */
    int after;        /* index of a row that must have ended; or DAOTP__NO_ROW */
    daotp_probe_state state;
    int blocker;
    int watched_fd;
    int64_t began_ms, took_ms;
    daotp_report report;
} daotp__doctor_row;

/* A probe that an extender added; it is part of each run. */
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
    int slot; /* the loop's slot for the descriptors of all rows */
    daotp__doctor_row *rows[DAOTP__MAX_DOCTOR_ROWS];
    size_t row_count;
    int last_walk_row; /* the last row of the previous run of the client; DAOTP__NO_ROW before the
                          first run */
    daotp_key *throwaway_key; /* the key of the certificates that KDCs must refuse */
    daotp__clocks clocks;
    char *text, *json;
};

/* The type of a row: everything except its subject. */
typedef struct daotp__row_kind {
    const char *name, *title;
    daotp_probe probe;
} daotp__row_kind;

/* Append a row. self is freed with the row, also if this call fails. NULL without memory or
 * above the limit of rows. */
daotp__doctor_row *daotp__doctor_add_row(daotp_doctor *doctor, const daotp__row_kind *kind,
                                         const char *subject, void *self);
/* The index of the last row; DAOTP__NO_ROW if there is none. */
int daotp__doctor_last_row(const daotp_doctor *doctor);

/* Add the library's own rows. DAOTP_OK or DAOTP_MEMORY. first: the index of the row that they
 * all need. */
daotp_status daotp__doctor_add_client_rows(daotp_doctor *doctor, int first, int ready[2]);
/* Add the rows of the enrolment, if there is a code. ready: the rows that it needs: of the first
 * server, and of the CA. */
daotp_status daotp__doctor_add_code_rows(daotp_doctor *doctor, const int ready[2]);
daotp_status daotp__doctor_add_radius_rows(daotp_doctor *doctor, int first);
daotp_status daotp__doctor_add_kdc_rows(daotp_doctor *doctor, int first);
daotp_status daotp__doctor_add_kdc_clock_row(daotp_doctor *doctor, int first);
daotp_status daotp__doctor_add_crl_source_rows(daotp_doctor *doctor, int first);
daotp_status daotp__doctor_add_bundle_rows(daotp_doctor *doctor, int first);

#endif
