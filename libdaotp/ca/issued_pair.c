/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/issued_pair.h"

#include "core/report.h"

/* An empty token adds nothing and is not an error. */
static daotp_status take_one_of_pair(daotp_submission *submission, daotp__bytes in, bool *is_taken)
{
    daotp_status status = DAOTP_OK;

    if (in.len > 0)
        status = daotp_submission_issued(submission, in.data, in.len);
    *is_taken = in.len > 0 && status == DAOTP_OK;
    return status;
}

daotp_status daotp__issued_take_pair(daotp_submission *submission, daotp__bytes certificate,
                                     daotp__bytes with_chain)
{
    daotp_report *report = daotp_submission_get_report(submission);
    size_t findings = report->count;
    bool has_certificate, has_chain;
    daotp_status one, other;

    if (certificate.len == 0 && with_chain.len == 0)
        return daotp__report_add(report, DAOTP_FINDING_CA_RESPONSE, 0,
                                 daotp_submission_get_config(submission),
                                 "issued, but no certificate in the answer");
    one = take_one_of_pair(submission, certificate, &has_certificate);
    if (one == DAOTP_MEMORY)
        return one;
    other = take_one_of_pair(submission, with_chain, &has_chain);
    if (other == DAOTP_MEMORY)
        return other;
    if (!has_certificate && !has_chain)
        return one != DAOTP_OK ? one : other;
    daotp__report_downgrade_errors(report, findings);
    return DAOTP_OK;
}

daotp_status daotp__issued_take_beside(daotp_submission *submission, daotp__bytes in,
                                       const char *said)
{
    daotp_status status =
        daotp__report_add(daotp_submission_get_report(submission), DAOTP_FINDING_CA_STATUS, 0,
                          daotp_submission_get_config(submission), "%s", said);

    return status == DAOTP_OK ? daotp_submission_issued(submission, in.data, in.len) : status;
}
