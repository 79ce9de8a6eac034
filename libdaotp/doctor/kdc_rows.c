/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Adds a row for each KDC: whether it answers, and whether it supports PKINIT. The logon proof asks
 * it for a ticket with a self-signed certificate. A KDC that supports PKINIT refuses the
 * certificate; a KDC without a certificate of its own refuses PKINIT (RFC 4556 3.2.2). No code and
 * no password is sent. The KDC's own certificate is checked only by the logon proof of an
 * enrolment, because the KDC sends it in an AS-REP, after it has accepted the client's.
 */
#include "doctor/doctor.h"

#include "client/logon.h"
#include "core/alloc.h"
#include "request/self_signed.h"
#include "x509/name.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { KDC_MS = 5000 };

typedef struct kdc_row {
    daotp_doctor *doctor;
    const daotp__kdc_place *place;
    char *upn;
    daotp_credential *credential;
    int anchor_fd; /* a memory file with the certificate, because libkrb5 requires an anchor */
    daotp__logon *logon;
    daotp_report seen; /* the findings of the logon proof */
} kdc_row;

/* ---- the certificate ------------------------------------------------------------------------- */

static daotp_status make_throwaway(kdc_row *row, daotp_report *report)
{
    daotp__csr_spec spec = {.upn = {(const uint8_t *)row->upn, strlen(row->upn)}};
    daotp_context *context = row->doctor->context;
    daotp__buffer subject;
    daotp_status status = DAOTP_OK;

    daotp__buffer_init(&subject, DAOTP__MAX_CERTIFICATE);
    if (!daotp__name_parse("CN=daotp-doctor", &subject)) /* the UPN names the user */
        status = DAOTP_MEMORY;
    spec.subject = daotp__buffer_bytes(&subject);
    if (status == DAOTP_OK && row->doctor->throwaway_key == NULL)
        status =
            daotp_key_generate(context, DAOTP_KEY_RSA_2048, report, &row->doctor->throwaway_key);
    if (status == DAOTP_OK)
        status = daotp__self_signed_make(context, &spec, row->doctor->throwaway_key,
                                         daotp__context_now_s(context), report, &row->credential);
    daotp__buffer_free(&subject);
    return status;
}

static daotp_status lend_anchor(kdc_row *row)
{
    char *pem = NULL;
    size_t len = 0;
    daotp_status status = daotp_credential_copy_pem(row->credential, &pem, &len);

    if (status != DAOTP_OK)
        return status;
    row->anchor_fd = memfd_create("daotp-anchor", MFD_CLOEXEC);
    if (row->anchor_fd < 0 || write(row->anchor_fd, pem, len) != (ssize_t)len)
        status = DAOTP_INTERNAL;
    daotp_free(pem);
    return status;
}

/* Copy the UPN for the request: alice@REALM for CORP\alice, a UPN unchanged; without a user the
 * name of nobody. */
static char *copy_asked_upn(const daotp_doctor *doctor, const char *realm)
{
    char text[DAOTP__MAX_USER_NAME + DAOTP__MAX_TEXT + 2]; /* "@", NUL */
    const char *user = doctor->user != NULL ? doctor->user : "daotp-doctor";
    const char *backslash = strchr(user, '\\');

    if (strchr(user, '@') != NULL)
        return daotp__text_copy(user);
    (void)snprintf(text, sizeof text, "%s@%s", backslash != NULL ? backslash + 1 : user, realm);
    return daotp__text_copy(text);
}

/* ---- the verdict ----------------------------------------------------------------------------- */

/* Whether the KDC refused the certificate after checking it, so that it supports PKINIT. */
static bool is_certificate_refusal_of_kdc(daotp_finding_number number)
{
    switch (number) {
    case DAOTP_FINDING_LOGON_UNTRUSTED:
    case DAOTP_FINDING_LOGON_INVALID:
    case DAOTP_FINDING_LOGON_MISMATCH:
    case DAOTP_FINDING_LOGON_NAME_MISMATCH:
    case DAOTP_FINDING_LOGON_KEY_PURPOSE:
    case DAOTP_FINDING_LOGON_REVOCATION:
    case DAOTP_FINDING_LOGON_PREAUTH_REJECTED:
        return true;
    default:
        return false;
    }
}

static daotp_status report_kdc(kdc_row *row, daotp_status status, daotp_report *report)
{
    const daotp_finding *error = daotp__report_verdict(&row->seen, 0, status);
    daotp_finding_number number = daotp_finding_get_number(error);
    const char *kdc = row->place->kdc;
    int64_t ahead;

    if (row->logon != NULL && daotp__logon_get_kdc_ahead(row->logon, &ahead))
        daotp__clocks_note(&row->doctor->clocks, kdc, ahead, DAOTP__CLOCK_OF_KDC);
    if (status == DAOTP_MEMORY || status == DAOTP_CANCELLED)
        return status;
    if (status == DAOTP_OK)
        return daotp__report_add(report, DAOTP_FINDING_KDC_ANYBODY, 0, kdc, "a ticket for %s",
                                 row->upn);
    if (is_certificate_refusal_of_kdc(number)) {
        (void)daotp__report_add(report, DAOTP_FINDING_KDC_TAKES_PKINIT,
                                daotp_finding_get_upstream(error), kdc, "%s",
                                daotp_finding_get_id(error));
        return DAOTP_OK;
    }
    if (number == DAOTP_FINDING_LOGON_CLIENT_UNKNOWN && row->doctor->user == NULL) {
        (void)daotp__report_add(report, DAOTP_FINDING_KDC_PKINIT_NOT_SEEN, 0, kdc,
                                "it answers, and was asked about no user");
        return DAOTP_OK;
    }
    daotp__report_merge(report, &row->seen);
    return number == DAOTP_FINDING_BUILD_WITHOUT ? DAOTP_UNDECIDED : status;
}

/* ---- the row --------------------------------------------------------------------------------- */

static daotp_status begin_kdc_row(kdc_row *row)
{
    daotp__logon_spec spec = {.loop = row->doctor->loop,
                              .upn = row->upn,
                              .kdc = row->place->kdc,
                              .realm = row->place->realm,
                              .revocation = DAOTP_REVOCATION_IGNORE,
                              .connect_ms = KDC_MS};
    char anchors[40];
    daotp_status status = make_throwaway(row, &row->seen);

    if (status == DAOTP_OK)
        status = lend_anchor(row);
    (void)snprintf(anchors, sizeof anchors, "/proc/self/fd/%d", row->anchor_fd);
    spec.credential = row->credential;
    spec.anchors = anchors;
    return status == DAOTP_OK ? daotp__logon_new(&spec, &row->seen, &row->logon) : status;
}

static daotp_status step_kdc_row(void *self, daotp_report *report)
{
    kdc_row *row = self;
    daotp_status status = DAOTP_OK;

    if (row->logon == NULL)
        status = begin_kdc_row(row);
    if (status == DAOTP_OK)
        status = daotp__logon_step(row->logon, &row->seen);
    return status == DAOTP_AGAIN ? status : report_kdc(row, status, report);
}

static int get_no_descriptor(void *self)
{
    (void)self; /* no descriptor: its connection is watched by the doctor's own loop */
    return -1;
}

static void free_kdc_row(void *self)
{
    kdc_row *row = self;

    row->doctor->clocks.waiting--;
    daotp__logon_free(row->logon);
    daotp_credential_unref(row->credential);
    if (row->anchor_fd >= 0)
        (void)close(row->anchor_fd);
    daotp__report_end(&row->seen);
    daotp__delete(row->upn);
    daotp__delete(row);
}

static const daotp__row_kind kdc_kind = {.name = "kdc",
                                         .title = "the KDC answers, and takes PKINIT",
                                         .probe = {.size = sizeof(daotp_probe),
                                                   .step = step_kdc_row,
                                                   .get_fd = get_no_descriptor,
                                                   .get_timeout_ms = NULL,
                                                   .free = free_kdc_row}};

static daotp_status add_kdc_row(daotp_doctor *doctor, const daotp__kdc_place *place, int first)
{
    kdc_row *self = daotp__new(sizeof *self);
    daotp__doctor_row *row;

    if (self == NULL)
        return DAOTP_MEMORY;
    self->doctor = doctor;
    doctor->clocks.waiting++;
    self->place = place;
    self->anchor_fd = -1;
    daotp__report_init(&self->seen, doctor->context);
    self->upn = copy_asked_upn(doctor, place->realm);
    if (self->upn == NULL) {
        free_kdc_row(self);
        return DAOTP_MEMORY;
    }
    row = daotp__doctor_add_row(doctor, &kdc_kind, place->kdc, self);
    if (row == NULL)
        return DAOTP_MEMORY;
    row->needs = first;
    return DAOTP_OK;
}

daotp_status daotp__doctor_add_kdc_rows(daotp_doctor *doctor, int first)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < doctor->kdc_count && status == DAOTP_OK; i++)
        status = add_kdc_row(doctor, &doctor->kdcs[i], first);
    return status;
}
