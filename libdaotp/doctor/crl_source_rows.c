/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Adds a row for each CRL that the caller named by file or URL: whether it can be read or fetched
 * from this machine, is a CRL, is current, and is signed by a known CA?
 */
#include "doctor/doctor.h"

#include "client/probe.h"
#include "core/alloc.h"
#include "core/time_text.h"
#include "doctor/expiry.h"
#include "validate/fetch_job.h"
#include "x509/crl_file.h"
#include "x509/extensions.h"
#include "x509/name.h"
#include "x509/name_match.h"
#include "x509/trust.h"

#include <string.h>

typedef struct crl_source_row {
    daotp_doctor *doctor;
    const char *source; /* borrowed from the doctor */
    daotp_fetcher *fetcher;
    daotp__fetch_job job;
    bool has_job;
} crl_source_row;

/* ---- one list -------------------------------------------------------------------------------- */

static daotp_finding_number find_crl_fault(daotp__indexed_crl *crl, daotp__node *signer)
{
    static const daotp__bytes nothing = {NULL, 0};

    return daotp__crl_verdict_finding(daotp__indexed_crl_verify(crl, signer, nothing));
}

/* Whether one of these certificates signed the CRL. A CA may have had several keys. *fault is
 * unchanged if no certificate has the issuer's name. */
static bool is_signed_by_one_of(const daotp__nodes *nodes, daotp__indexed_crl *crl,
                                daotp_finding_number *fault)
{
    daotp__bytes issuer = daotp__indexed_crl_view(crl)->issuer;

    for (size_t i = 0; i < nodes->count; i++) {
        daotp__node *node = nodes->list[i];

        if (!daotp__name_equal(node->certificate.subject, issuer))
            continue;
        *fault = find_crl_fault(crl, node);
        if (*fault == DAOTP_FINDING_NONE)
            return true;
    }
    return false;
}

static daotp_status verify_crl_signature(const crl_source_row *row, daotp__indexed_crl *crl,
                                         daotp_report *report)
{
    const daotp_client *client = row->doctor->client;
    const daotp_trust *trust = client != NULL ? daotp__client_trust(client) : NULL;
    daotp_finding_number fault = DAOTP_FINDING_CRL_SIGNER_OPEN;
    char *issuer = daotp__name_copy_text(daotp__indexed_crl_view(crl)->issuer);
    daotp_status status = DAOTP_OK;

    if (issuer == NULL)
        return DAOTP_MEMORY;
    if (trust == NULL || (!is_signed_by_one_of(daotp__trust_anchors(trust), crl, &fault) &&
                          !is_signed_by_one_of(daotp__trust_intermediates(trust), crl, &fault)))
        status = daotp__report_add(report, fault, 0, row->source, "issuer %s", issuer);
    daotp__delete(issuer);
    return status;
}

static daotp_status check_crl_dates(const crl_source_row *row, const daotp__crl *crl,
                                    daotp_report *report)
{
    int64_t now_s = daotp__context_now_s(row->doctor->context);
    char text[DAOTP__TIME_TEXT];

    if (crl->this_update > now_s)
        return daotp__report_add(report, DAOTP_FINDING_CRL_NOT_YET, 0, row->source, "thisUpdate %s",
                                 daotp__time_text(crl->this_update, text));
    if (crl->has_next_update && crl->next_update < now_s)
        return daotp__report_add(report, DAOTP_FINDING_CRL_STALE, 0, row->source, "nextUpdate %s",
                                 daotp__time_text(crl->next_update, text));
    daotp__expiry_note_crl(crl, row->source, now_s, report);
    return DAOTP_OK;
}

/* Check the CRL without other CRLs of its CA. */
static daotp_status check_fetched_crl(const crl_source_row *row, daotp__indexed_crl *crl,
                                      daotp_report *report)
{
    daotp_status dates = check_crl_dates(row, daotp__indexed_crl_view(crl), report);
    daotp_status signature = verify_crl_signature(row, crl, report);

    if (signature == DAOTP_MEMORY)
        return DAOTP_MEMORY;
    if (dates == DAOTP_OK && signature == DAOTP_OK)
        return DAOTP_OK;
    return DAOTP_REJECTED;
}

/* ---- where it is ----------------------------------------------------------------------------- */

static bool is_crl_url(const char *source)
{
    return strstr(source, "://") != NULL;
}

static daotp_status check_crl_file(const crl_source_row *row, daotp_report *report)
{
    daotp__crl_list all = {0};
    daotp_status status = daotp__crl_file_open(&all, row->source, report);

    for (size_t i = 0; i < all.count && status != DAOTP_MEMORY; i++) {
        daotp_status checked = check_fetched_crl(row, all.list[i], report);

        if (checked != DAOTP_OK)
            status = checked;
    }
    daotp__crl_list_free(&all);
    return status;
}

/* Use the client's fetcher, which has the allowed networks. */
static daotp_status begin_crl_fetch(crl_source_row *row, daotp_report *report)
{
    static const daotp__bytes nothing = {NULL, 0};
    daotp_doctor *doctor = row->doctor;
    daotp_status status = DAOTP_OK;

    if (doctor->client != NULL)
        row->fetcher = daotp_fetcher_ref(daotp__client_fetcher(doctor->client));
    if (row->fetcher == NULL)
        status = daotp_fetcher_new(doctor->context, &row->fetcher);
    if (status == DAOTP_OK)
        status = daotp__fetch_job_begin(&row->job, row->fetcher, doctor->loop, DAOTP__FETCH_CRL,
                                        row->source, nothing, daotp__context_now_s(doctor->context),
                                        report);
    row->has_job = status == DAOTP_OK;
    return status;
}

/* A failed fetch is only a warning when a certificate named the URL. Here the caller named it,
 * so it is an error. */
static daotp_status conclude_crl_fetch(const crl_source_row *row, daotp_status status,
                                       daotp_report *report)
{
    if (status == DAOTP_OK)
        return check_fetched_crl(row, row->job.crl, report);
    if (status == DAOTP_MEMORY || status == DAOTP_CANCELLED)
        return status;
    return daotp__report_add(report, DAOTP_FINDING_CRL_UNREACHABLE, 0, row->source,
                             "no CRL from this URL");
}

static daotp_status step_crl_source_row(void *self, daotp_report *report)
{
    crl_source_row *row = self;
    daotp_status status = DAOTP_OK;

    if (!is_crl_url(row->source))
        return check_crl_file(row, report);
    if (!row->has_job)
        status = begin_crl_fetch(row, report);
    if (status == DAOTP_OK)
        status = daotp__fetch_job_step(&row->job, report);
    return status == DAOTP_AGAIN ? status : conclude_crl_fetch(row, status, report);
}

static int get_crl_source_fd(void *self)
{
    (void)self; /* no descriptor: its connection is watched by the doctor's own loop */
    return -1;
}

static void free_crl_source_row(void *self)
{
    crl_source_row *row = self;

    if (row->has_job)
        daotp__fetch_job_end(&row->job);
    daotp_fetcher_unref(row->fetcher);
    daotp__delete(row);
}

static const daotp__row_kind crl_source_kind = {.name = "crl",
                                                .title = "the revocation list",
                                                .probe = {.size = sizeof(daotp_probe),
                                                          .step = step_crl_source_row,
                                                          .get_fd = get_crl_source_fd,
                                                          .get_timeout_ms = NULL,
                                                          .free = free_crl_source_row}};

daotp_status daotp__doctor_add_crl_source_rows(daotp_doctor *doctor, int first)
{
    for (size_t i = 0; i < doctor->crl_count; i++) {
        crl_source_row *self = daotp__new(sizeof *self);
        daotp__doctor_row *row;

        if (self == NULL)
            return DAOTP_MEMORY;
        self->doctor = doctor;
        self->source = doctor->crls[i];
        row = daotp__doctor_add_row(doctor, &crl_source_kind, self->source, self);
        if (row == NULL)
            return DAOTP_MEMORY;
        row->needs = first;
    }
    return DAOTP_OK;
}
