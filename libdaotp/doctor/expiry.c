/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/expiry.h"

#include "core/alloc.h"
#include "core/time_sum.h"
#include "core/time_text.h"
#include "x509/name.h"

enum { DAY_S = 86400, CERTIFICATE_PARTS = 10, CRL_PARTS = 20 };

/* The validity period of a certificate or CRL, and the part of it that must be left. */
typedef struct life_span {
    int64_t begin_s, end_s;
    int parts; /* if less than 1/parts of the period is left, the end is soon */
    daotp_finding_number ends, ends_soon;
} life_span;

static bool is_about_to_end(const life_span *span, int64_t now_s)
{
    int64_t life = daotp__time_sub(span->end_s, span->begin_s);

    return daotp__time_sub(span->end_s, now_s) < life / span->parts;
}

static void note_life_span(const life_span *span, const char *subject, int64_t now_s,
                           daotp_report *report)
{
    char text[DAOTP__TIME_TEXT];
    int64_t left = daotp__time_sub(span->end_s, now_s);
    daotp_finding_number number = span->ends;

    if (span->begin_s > now_s || left < 0)
        return;
    if (is_about_to_end(span, now_s))
        number = span->ends_soon;
    (void)daotp__report_add(report, number, span->end_s, subject, "%s, in %lld days and %lld hours",
                            daotp__time_text(span->end_s, text), (long long)(left / DAY_S),
                            (long long)(left % DAY_S / 3600));
}

void daotp__expiry_note_chain(const daotp__chain *chain, int64_t now_s, daotp_report *report)
{
    for (size_t i = 0; i < chain->count; i++) {
        life_span span = {.parts = CERTIFICATE_PARTS,
                          .ends = DAOTP_FINDING_CERTIFICATE_ENDS,
                          .ends_soon = DAOTP_FINDING_CERTIFICATE_ENDS_SOON};
        daotp__certificate certificate;
        char *subject;

        if (!daotp__certificate_read(chain->list[i], &certificate))
            continue;
        span.begin_s = certificate.not_before;
        span.end_s = certificate.not_after;
        subject = daotp__name_copy_text(certificate.subject);
        note_life_span(&span, subject != NULL ? subject : "", now_s, report);
        daotp__delete(subject);
    }
}

void daotp__expiry_note_crl(const daotp__crl *crl, const char *url, int64_t now_s,
                            daotp_report *report)
{
    life_span span = {.begin_s = crl->this_update,
                      .end_s = crl->next_update,
                      .parts = CRL_PARTS,
                      .ends = DAOTP_FINDING_CRL_ENDS,
                      .ends_soon = DAOTP_FINDING_CRL_ENDS_SOON};

    if (crl->has_next_update)
        note_life_span(&span, url, now_s, report);
}
