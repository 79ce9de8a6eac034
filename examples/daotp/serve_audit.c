/* SPDX-License-Identifier: BSD-2-Clause */
/* What became of an exchange: lines for a person, and one of JSON for the audit. A code is in
 * neither: it is in no report. */
#include "serve.h"

#include "core/utf8.h"
#include "json.h"

#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* An answer to a request, with the time in UTC and its milliseconds. */
static void put_time(FILE *to, bool has_ms)
{
    char when[32] = "";
    struct timespec now;
    struct tm tm;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &tm) != NULL)
        (void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &tm);
    fputs(when, to);
    if (has_ms)
        fprintf(to, ".%03ld", now.tv_nsec / 1000000);
    fputc('Z', to);
}

/* ---- for a person ---------------------------------------------------------------------------- */

/* A line for the outcome: when, who, from where; then one for each finding. */
static char *text_of(serving *x)
{
    daotp_report *report = daotp_exchange_get_report(x->exchange);
    char *text = NULL;
    size_t len = 0;
    FILE *to = open_memstream(&text, &len);

    if (to == NULL)
        return NULL;
    fprintf(to, "%u %s at ", daotp_exchange_get_http_status(x->exchange),
            daotp_status_name(daotp_report_get_status(report)));
    put_time(to, false);
    fprintf(to, " from %s%s%s\n", x->from, x->name[0] != '\0' ? " for " : "", x->name);
    for (size_t i = 0; i < daotp_report_get_count(report); i++)
        serve_log_print_finding(to, "  ", daotp_report_get_finding(report, i));
    (void)fclose(to);
    return text;
}

/* ---- for the audit --------------------------------------------------------------------------- */

static void put_member(FILE *to, const char *name, const char *value)
{
    fprintf(to, ",\"%s\":", name);
    if (value != NULL && *value != '\0')
        json_string(to, value);
    else
        fputs("null", to);
}

static void put_findings(FILE *to, const daotp_report *report)
{
    fputs(",\"findings\":[", to);
    for (size_t i = 0; i < daotp_report_get_count(report); i++) {
        if (i > 0)
            fputc(',', to);
        json_string(to, daotp_finding_get_id(daotp_report_get_finding(report, i)));
    }
    fputc(']', to);
}

/* The subject key identifier, by which a CA knows a key. */
static void put_key_id(FILE *to, const daotp_credential *signer)
{
    size_t len = 0;
    const unsigned char *der = daotp_credential_get_certificate(signer, 0, &len);
    X509 *certificate = der != NULL ? d2i_X509(NULL, &der, (long)len) : NULL;
    const ASN1_OCTET_STRING *id =
        certificate != NULL ? X509_get0_subject_key_id(certificate) : NULL;

    fputs(",\"key_id\":\"", to);
    for (int i = 0; id != NULL && i < ASN1_STRING_length(id); i++)
        fprintf(to, "%02x", (unsigned)ASN1_STRING_get0_data(id)[i]);
    fputc('"', to);
    X509_free(certificate);
}

static void put_signer(FILE *to, const daotp_credential *signer)
{
    if (signer == NULL) {
        fputs(",\"ra\":null", to);
        return;
    }
    fputs(",\"ra\":{\"issuer\":", to);
    json_string(to, daotp_credential_get_issuer(signer));
    put_member(to, "serial", daotp_credential_get_serial(signer));
    put_key_id(to, signer);
    fputc('}', to);
}

static char *audit_of(serving *x, int64_t ms)
{
    daotp_report *report = daotp_exchange_get_report(x->exchange);
    const daotp_finding *verdict = daotp_report_get_error(report);
    const daotp_finding *cause = daotp_report_get_cause(report);
    const daotp_account *account = daotp_exchange_get_account(x->exchange);
    char *text = NULL;
    size_t len = 0;
    FILE *to = open_memstream(&text, &len);

    if (to == NULL)
        return NULL;
    fputs("{\"format\":1,\"time\":\"", to);
    put_time(to, true);
    fprintf(to, "\",\"ms\":%lld,\"code_ms\":%lld,\"http_status\":%u", (long long)ms,
            (long long)x->code_ms, daotp_exchange_get_http_status(x->exchange));
    put_member(to, "outcome", daotp_status_name(daotp_report_get_status(report)));
    put_member(to, "finding", verdict != NULL ? daotp_finding_get_id(verdict) : NULL);
    put_member(to, "cause", cause != NULL ? daotp_finding_get_id(cause) : NULL);
    put_member(to, "user", x->name);
    put_member(to, "upn", daotp_account_get_upn(account));
    put_member(to, "sid", daotp_account_get_sid(account));
    put_member(to, "address", x->from);
    put_member(to, "client_sha256", x->peer);
    put_signer(to, daotp_exchange_get_signer(x->exchange));
    put_findings(to, report);
    fputs("}\n", to);
    (void)fclose(to);
    return text;
}

/* A HEAD is a client that opens its connection before there is a code: nobody logs on. */
void serve_tell_exchange(serving *x)
{
    server *s = x->part->server;
    daotp_report *report = daotp_exchange_get_report(x->exchange);
    const daotp_finding *verdict = daotp_report_get_error(report);
    int64_t ms = serve_now_ms() - x->began_ms;

    if (strcmp(https_method(x->request), "HEAD") == 0)
        return;
    daotp__utf8_make_plain(x->name); /* a name is the client's word */
    serve_count_request(&s->counts, daotp_report_get_status(report),
                        verdict != NULL ? daotp_finding_get_number(verdict) : 0, ms);
    if (!x->part->settings->quiet)
        serve_log_put(s->log, SERVE_LOG_TEXT, text_of(x));
    if (serve_log_has_audit(s->log)) /* not by the settings: a reload does not change it */
        serve_log_put(s->log, SERVE_LOG_AUDIT, audit_of(x, ms));
}
