/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor_metrics.h"

#include "tool.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A label's value: backslash, quote and line feed are escaped (the text format, version 0.0.4). */
static void put_label(FILE *to, const char *name, const char *value)
{
    fprintf(to, "%s=\"", name);
    for (; *value != '\0'; value++)
        if (*value == '\n')
            fputs("\\n", to);
        else if (*value == '"' || *value == '\\')
            fprintf(to, "\\%c", *value);
        else
            fputc(*value, to);
    fputc('"', to);
}

static void put_row_labels(FILE *to, const daotp_doctor *doctor, size_t row)
{
    fputc('{', to);
    put_label(to, "row", daotp_doctor_get_name(doctor, row));
    fputc(',', to);
    put_label(to, "subject", daotp_doctor_get_subject(doctor, row));
    fprintf(to, ",number=\"%zu\"", row); /* no series may stand twice */
}

static void put_states(FILE *to, const daotp_doctor *doctor)
{
    fputs("# HELP daotp_doctor_row_state 2 pass, 3 warn, 4 fail, 5 undecided, 6 skipped\n"
          "# TYPE daotp_doctor_row_state gauge\n",
          to);
    for (size_t i = 0; i < daotp_doctor_get_count(doctor); i++) {
        fputs("daotp_doctor_row_state", to);
        put_row_labels(to, doctor, i);
        fprintf(to, "} %d\n", (int)daotp_doctor_get_state(doctor, i));
    }
}

static const char *kind_of_expiry(daotp_finding_number number)
{
    if (number == DAOTP_FINDING_CERTIFICATE_ENDS || number == DAOTP_FINDING_CERTIFICATE_ENDS_SOON)
        return "certificate";
    if (number == DAOTP_FINDING_CRL_ENDS || number == DAOTP_FINDING_CRL_ENDS_SOON)
        return "crl";
    return NULL;
}

/* Was the same told of the same row before: a CRL that two certificates name? A series stands once.
 */
static bool is_told_before(const daotp_report *report, size_t at)
{
    const daotp_finding *one = daotp_report_get_finding(report, at);
    const char *kind = kind_of_expiry(daotp_finding_get_number(one)); /* one text for a kind */

    for (size_t i = 0; i < at; i++) {
        const daotp_finding *other = daotp_report_get_finding(report, i);

        if (kind_of_expiry(daotp_finding_get_number(other)) == kind &&
            strcmp(daotp_finding_get_subject(one), daotp_finding_get_subject(other)) == 0)
            return true;
    }
    return false;
}

static void put_row_expiries(FILE *to, const daotp_doctor *doctor, size_t row)
{
    const daotp_report *report = daotp_doctor_get_row_report(doctor, row);

    for (size_t i = 0; i < daotp_report_get_count(report); i++) {
        const daotp_finding *finding = daotp_report_get_finding(report, i);
        const char *kind = kind_of_expiry(daotp_finding_get_number(finding));

        if (kind == NULL || is_told_before(report, i))
            continue;
        fputs("daotp_doctor_expiry_timestamp_seconds", to);
        put_row_labels(to, doctor, row);
        fputc(',', to);
        put_label(to, "kind", kind);
        fputc(',', to);
        put_label(to, "what", daotp_finding_get_subject(finding));
        fprintf(to, "} %lld\n", (long long)daotp_finding_get_upstream(finding));
    }
}

static void put_metrics(FILE *to, const daotp_doctor *doctor, int64_t now_s)
{
    fprintf(to,
            "# HELP daotp_doctor_status 0 nothing is wrong, 1 a row failed or is undecided\n"
            "# TYPE daotp_doctor_status gauge\ndaotp_doctor_status %d\n"
            "# HELP daotp_doctor_run_timestamp_seconds when the doctor looked last\n"
            "# TYPE daotp_doctor_run_timestamp_seconds gauge\n"
            "daotp_doctor_run_timestamp_seconds %lld\n",
            daotp_doctor_finish(doctor, NULL) != DAOTP_OK, (long long)now_s);
    put_states(to, doctor);
    fputs("# HELP daotp_doctor_expiry_timestamp_seconds when a certificate or a revocation list "
          "ends\n"
          "# TYPE daotp_doctor_expiry_timestamp_seconds gauge\n",
          to);
    for (size_t i = 0; i < daotp_doctor_get_count(doctor); i++)
        put_row_expiries(to, doctor, i);
}

bool doctor_metrics_write(const char *path, const daotp_doctor *doctor, int64_t now_s)
{
    char beside[4096];
    FILE *to = NULL;
    bool ok = false;

    if (snprintf(beside, sizeof beside, "%s.%ld", path, (long)getpid()) < (int)sizeof beside)
        to = fopen(beside, "wx");
    if (to != NULL) {
        put_metrics(to, doctor, now_s);
        ok = fflush(to) == 0 && ferror(to) == 0;
        ok = fclose(to) == 0 && ok;
        ok = ok && rename(beside, path) == 0;
    }
    if (!ok)
        tool_say("daotp doctor: %s: %m", path);
    if (!ok && to != NULL)
        (void)unlink(beside);
    return ok;
}
