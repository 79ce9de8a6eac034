/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests the enrolment web service of the CA: its name, its TLS certificate, and whether a service
 * answers at its path. Only a HEAD is sent, without a certificate request and a password. A service
 * that accepts only POST refuses the method or requires authentication; both answers pass.
 */
#include "doctor/ca_row.h"

#include "ca/wstep.h"
#include "client/probe.h"
#include "core/alloc.h"
#include "net/https_exchange.h"
#include "net/proxy.h"
#include "net/url.h"

typedef struct ca_row {
    daotp_doctor *doctor;
    daotp__url url;
    daotp__https_exchange *http;
    bool has_begun;
} ca_row;

static daotp_status open_ca_service(ca_row *row, daotp_report *report)
{
    daotp__peer peer = daotp__client_peer(row->doctor->client);
    daotp_status status;

    peer.url = &row->url;
    peer.identity = NULL;
    daotp__wstep_set_peer(daotp__client_ca(row->doctor->client), &peer);
    status = daotp__proxy_check(&peer, report);
    if (status != DAOTP_OK)
        return status;
    return daotp__https_exchange_new(row->doctor->loop, &peer, &row->http);
}

static daotp_status exchange_head(ca_row *row, daotp_report *report)
{
    static const daotp__bytes nothing = {NULL, 0};
    daotp_status status = daotp__https_exchange_open(row->http, report);

    if (status == DAOTP_OK && !row->has_begun) {
        status =
            daotp__https_exchange_begin(row->http, "HEAD", "", nothing, DAOTP__MAX_SOAP_MESSAGE);
        row->has_begun = true;
    }
    return status == DAOTP_OK ? daotp__https_exchange_step(row->http, report) : status;
}

/* Report a missing path or a service that does not run; a HEAD shows both as a POST does. */
static daotp_status report_ca_service(const ca_row *row, daotp_report *report)
{
    unsigned http = daotp__https_exchange_status(row->http);
    bool is_missing = http == 404 || http == 410;
    bool is_down = http >= 500 && http < 600 && http != 501;

    if (!is_missing && !is_down)
        return DAOTP_OK;
    return daotp__report_add(report, daotp__wstep_status_finding(http), http, row->url.text,
                             "HTTP %u to HEAD", http);
}

static daotp_status step_ca_row(void *self, daotp_report *report)
{
    ca_row *row = self;
    daotp_status status = DAOTP_OK;

    if (row->http == NULL)
        status = open_ca_service(row, report);
    if (status == DAOTP_OK)
        status = exchange_head(row, report);
    if (status == DAOTP_NETWORK && !row->has_begun)
        return daotp__report_conclude(report, 0, DAOTP_FINDING_CA_UNREACHABLE, row->url.text,
                                      "no connection");
    return status == DAOTP_OK ? report_ca_service(row, report) : status;
}

static int get_ca_row_fd(void *self)
{
    (void)self; /* no descriptor: its connection is watched by the doctor's own loop */
    return -1;
}

static void free_ca_row(void *self)
{
    ca_row *row = self;

    daotp__https_exchange_free(row->http);
    daotp__url_free(&row->url);
    daotp__delete(row);
}

static const daotp__row_kind ca_kind = {.name = "ca",
                                        .title = "the enrolment web service of the CA",
                                        .probe = {.size = sizeof(daotp_probe),
                                                  .step = step_ca_row,
                                                  .get_fd = get_ca_row_fd,
                                                  .get_timeout_ms = NULL,
                                                  .free = free_ca_row}};

daotp_status daotp__doctor_add_ca_row(daotp_doctor *doctor, int needs)
{
    const char *url = daotp__wstep_url(daotp__client_ca(doctor->client));
    daotp__doctor_row *row;
    ca_row *self;

    if (url == NULL)
        return DAOTP_OK;
    self = daotp__new(sizeof *self);
    if (self == NULL)
        return DAOTP_MEMORY;
    self->doctor = doctor;
    if (daotp__url_parse(url, &self->url) != DAOTP_OK) {
        daotp__delete(self);
        return DAOTP_MEMORY; /* never happens: the URL was parsed when it was set */
    }
    row = daotp__doctor_add_row(doctor, &ca_kind, url, self);
    if (row == NULL)
        return DAOTP_MEMORY;
    row->needs = needs;
    return DAOTP_OK;
}
