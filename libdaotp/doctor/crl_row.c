/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fetches the CRLs of a server's certificates from this machine. A Windows client requires them
 * before it sends a code (WinHTTP 12057), whatever this client's settings are. If this client does
 * not require them, problems are only warnings.
 */
#include "doctor/crl_row.h"

#include "client/probe.h"
#include "core/alloc.h"
#include "doctor/expiry.h"
#include "validate/verifier.h"

typedef struct crl_row {
    daotp_doctor *doctor;
    daotp_client *client;
    daotp_verifier *verifier;
} crl_row;

static daotp_status begin_crl_row(crl_row *row)
{
    const daotp__chain *sent = daotp__client_probe_chain(row->client);
    daotp_status status;

    if (sent->count == 0) /* the row "tls" passed, so there was a chain */
        return DAOTP_MEMORY;
    status =
        daotp_verifier_new(row->doctor->context, daotp__client_trust(row->client), &row->verifier);
    if (status != DAOTP_OK)
        return status;
    daotp__verifier_set_inner(row->verifier);
    status = daotp_verifier_set_rules(row->verifier, daotp__client_server_rules(row->client));
    if (status == DAOTP_OK)
        status = daotp_verifier_set_revocation(row->verifier, DAOTP_REVOCATION_REQUIRE);
    if (status == DAOTP_OK)
        status = daotp_verifier_set_fetcher(row->verifier, daotp__client_fetcher(row->client));
    for (size_t i = 1; i < sent->count && status == DAOTP_OK; i++)
        status =
            daotp_verifier_add_intermediates(row->verifier, sent->list[i].data, sent->list[i].len);
    if (status == DAOTP_OK)
        status = daotp_verifier_begin(row->verifier, sent->list[0].data, sent->list[0].len);
    return status;
}

static void note_fetched_crls(const crl_row *row, daotp_report *report)
{
    const daotp_verifier *verifier = row->verifier;
    int64_t now_s = daotp__context_now_s(row->doctor->context);

    for (size_t i = 0; i < verifier->source_count; i++)
        daotp__expiry_note_crl(daotp__indexed_crl_view(verifier->sources[i].crl),
                               verifier->sources[i].url, now_s, report);
}

/* A missing or stale CRL is an error only if this client requires it. */
static daotp_status report_crls(crl_row *row, daotp_status status, daotp_report *report)
{
    daotp__report_merge(report, daotp_verifier_get_report(row->verifier));
    note_fetched_crls(row, report);
    if (status == DAOTP_UNDECIDED &&
        daotp__client_server_revocation(row->client) != DAOTP_REVOCATION_REQUIRE)
        return DAOTP_OK;
    return status;
}

static daotp_status step_crl_row(void *self, daotp_report *report)
{
    crl_row *row = self;
    daotp_status status = DAOTP_OK;

    if (row->verifier == NULL)
        status = begin_crl_row(row);
    if (status == DAOTP_OK)
        status = daotp_verifier_step(row->verifier);
    if (status == DAOTP_AGAIN || row->verifier == NULL)
        return status;
    return report_crls(row, status, report);
}

static int get_crl_row_fd(void *self)
{
    const crl_row *row = self;

    return daotp_verifier_get_fd(row->verifier);
}

static int get_crl_row_timeout(void *self)
{
    const crl_row *row = self;

    return daotp_verifier_get_timeout_ms(row->verifier);
}

static void free_crl_row(void *self)
{
    crl_row *row = self;

    daotp_verifier_free(row->verifier);
    daotp__delete(row);
}

static const daotp__row_kind crl_kind = {.name = "crl",
                                         .title =
                                             "the revocation lists of the server's certificates",
                                         .probe = {.size = sizeof(daotp_probe),
                                                   .step = step_crl_row,
                                                   .get_fd = get_crl_row_fd,
                                                   .get_timeout_ms = get_crl_row_timeout,
                                                   .free = free_crl_row}};

daotp_status daotp__doctor_add_crl_row(daotp_doctor *doctor, const char *url, int needs)
{
    crl_row *self;
    daotp__doctor_row *row;

    if (daotp__client_fetcher(doctor->client) == NULL)
        return DAOTP_OK;
    self = daotp__new(sizeof *self);
    if (self == NULL)
        return DAOTP_MEMORY;
    self->doctor = doctor;
    self->client = doctor->client;
    row = daotp__doctor_add_row(doctor, &crl_kind, url, self);
    if (row == NULL)
        return DAOTP_MEMORY;
    row->needs = needs;
    return DAOTP_OK;
}
