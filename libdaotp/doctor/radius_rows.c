/* SPDX-License-Identifier: BSD-2-Clause */
/* Adds a row for each RADIUS server: whether it answers this machine. Status-Server (RFC 5997)
 * is sent first; if the server does not support it, an Access-Request for DAProbeUser, as
 * DirectAccess sends it. */
#include "doctor/doctor.h"

#include "core/alloc.h"

typedef struct radius_row {
    daotp_radius *radius;
    size_t server;
    daotp_radius_exchange *exchange;
    bool is_second;
} radius_row;

static daotp_status begin_radius_probe(radius_row *row)
{
    daotp_status status = daotp_radius_exchange_new(row->radius, "DAProbeUser", &row->exchange);
    daotp_radius_probe probe = DAOTP_RADIUS_PROBE_STATUS_SERVER;

    if (row->is_second)
        probe = DAOTP_RADIUS_PROBE_USER;
    if (status == DAOTP_OK)
        status = daotp_radius_exchange_probe(row->exchange, row->server, probe);
    return status;
}

/* Make the second probe. The findings of the first are dropped if the second succeeds. */
static daotp_status try_again(radius_row *row)
{
    daotp_radius_exchange_free(row->exchange);
    row->exchange = NULL;
    row->is_second = true;
    return begin_radius_probe(row);
}

static daotp_status conclude_radius(const radius_row *row, daotp_status status,
                                    daotp_report *report)
{
    if (row->exchange != NULL)
        daotp__report_merge(report, daotp_radius_exchange_get_report(row->exchange));
    return status;
}

static daotp_status step_radius_row(void *self, daotp_report *report)
{
    radius_row *row = self;
    daotp_status status = DAOTP_OK;

    if (row->exchange == NULL)
        status = begin_radius_probe(row);
    if (status != DAOTP_OK)
        return conclude_radius(row, status, report);
    (void)daotp_radius_step(row->radius);
    status = daotp_radius_exchange_get_status(row->exchange);
    if (status == DAOTP_TIMEOUT && !row->is_second) {
        status = try_again(row);
        if (status == DAOTP_OK)
            return DAOTP_AGAIN;
    }
    return status == DAOTP_AGAIN ? status : conclude_radius(row, status, report);
}

static int get_radius_row_fd(void *self)
{
    const radius_row *row = self;

    return daotp_radius_get_fd(row->radius);
}

static int get_radius_row_timeout(void *self)
{
    const radius_row *row = self;

    return daotp_radius_get_timeout_ms(row->radius);
}

static void free_radius_row(void *self)
{
    radius_row *row = self;

    daotp_radius_exchange_free(row->exchange);
    daotp__delete(row);
}

static const daotp__row_kind radius_kind = {.name = "radius",
                                            .title = "the RADIUS server answers this machine",
                                            .probe = {.size = sizeof(daotp_probe),
                                                      .step = step_radius_row,
                                                      .get_fd = get_radius_row_fd,
                                                      .get_timeout_ms = get_radius_row_timeout,
                                                      .free = free_radius_row}};

daotp_status daotp__doctor_add_radius_rows(daotp_doctor *doctor, int first)
{
    size_t count = daotp_radius_get_server_count(doctor->radius);

    for (size_t i = 0; i < count; i++) {
        radius_row *self = daotp__new(sizeof *self);
        daotp__doctor_row *row = NULL;

        if (self == NULL)
            return DAOTP_MEMORY;
        self->radius = doctor->radius;
        self->server = i;
        row = daotp__doctor_add_row(doctor, &radius_kind,
                                    daotp_radius_get_server(doctor->radius, i), self);
        if (row == NULL)
            return DAOTP_MEMORY;
        row->needs = first;
    }
    return DAOTP_OK;
}
