/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/logon_verdict.h"

#include "core/hex.h"
#include "core/time_sum.h"
#include "x509/algorithm.h"
#include "x509/certificate.h"
#include "x509/mapping.h"
#include "x509/name.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_SKEW_S = 300, /* what KDCs allow unless they are told otherwise (RFC 4120 5.5.1) */
    MAX_FOUND = 4096,
    MAX_SHOWN = 6 /* certificates or groups of one list */
};

/* ---- which finding --------------------------------------------------------------------------- */

/* How far the KDC's clock is ahead; its negative can be said too. */
static int64_t skew_ahead_s(const daotp__krb_error *error,
                            const daotp__logon_error_context *context)
{
    int64_t ahead_s = daotp__time_sub(error->server_time_s, context->now_s);

    return ahead_s < -INT64_MAX ? -INT64_MAX : ahead_s;
}

static bool is_skewed(const daotp__krb_error *error, const daotp__logon_error_context *context)
{
    return llabs(skew_ahead_s(error, context)) > MAX_SKEW_S;
}

/* Codes that a wrong clock leads to, at the one KDC or the other: never valid, pre-authentication
 * failed, integrity, invalid certificate, expired freshness token. */
static bool may_come_from_skew(int32_t code)
{
    return code == 11 || code == 24 || code == 31 || code == 71 || code == 90;
}

/* Codes so general that an NTSTATUS beside them says more: policy, client revoked, pre-auth failed,
 * service unavailable, integrity, generic, not trusted. */
static bool is_refined_by_ntstatus(int32_t code)
{
    return code == 12 || code == 18 || code == 24 || code == 29 || code == 31 || code == 60 ||
           code == 62;
}

/* An MIT KDC says in e-text which of its steps failed: this one is its own reply to PKINIT, which
 * it signs only once its own certificate verified there. */
static bool is_reply_failure(const daotp__krb_error *error)
{
    static const char step[] = "KDC_RETURN_PADATA";

    return error->text.len == sizeof step - 1 &&
           memcmp(error->text.data, step, sizeof step - 1) == 0;
}

static daotp_finding_number logon_row_find(const char *name)
{
    daotp_finding_number number = daotp_catalogue_find(name);

    while (number != DAOTP_FINDING_NONE && daotp_catalogue_get_stage(number) != DAOTP_STAGE_LOGON)
        number = daotp_catalogue_find_next(name, number);
    return number;
}

static bool is_about_kdc_certificate(daotp_finding_number number)
{
    return number == DAOTP_FINDING_LOGON_KDC_CERTIFICATE_LIKELY ||
           number == DAOTP_FINDING_LOGON_KDC_CERTIFICATE_STATUS;
}

static daotp_finding_number ntstatus_row_find(const daotp__krb_error *error)
{
    daotp_finding_number number;
    char name[16];

    if (!error->has_ntstatus)
        return DAOTP_FINDING_NONE;
    (void)snprintf(name, sizeof name, "0x%08" PRIX32, error->ntstatus);
    number = logon_row_find(name);
    if (number == DAOTP_FINDING_LOGON_NOT_UNIQUE) /* of a mismatch, 66, too */
        return number;
    if (number == DAOTP_FINDING_LOGON_REFUSED || !is_refined_by_ntstatus(error->code))
        return DAOTP_FINDING_NONE; /* no more than that it failed: the code says as much */
    if (is_about_kdc_certificate(number) && error->code == 62)
        return DAOTP_FINDING_NONE; /* error 62 is about the client's certificate */
    return number;
}

static daotp_finding_number error_row_find(const daotp__krb_error *error,
                                           const daotp__logon_error_context *context)
{
    daotp_finding_number number;
    char name[24];

    if (is_reply_failure(error))
        return DAOTP_FINDING_LOGON_KDC_REPLY;
    if (may_come_from_skew(error->code) && is_skewed(error, context))
        return DAOTP_FINDING_LOGON_SKEW;
    number = ntstatus_row_find(error);
    if (number != DAOTP_FINDING_NONE)
        return number;
    (void)snprintf(name, sizeof name, "krb:%" PRId32, error->code);
    number = logon_row_find(name);
    return number != DAOTP_FINDING_NONE ? number : DAOTP_FINDING_LOGON_REFUSED;
}

bool daotp__krb_error_is_refusal(const daotp__krb_error *error, bool sent_pkinit)
{
    return error->code != DAOTP__KRB_PREAUTH_REQUIRED || sent_pkinit ||
           (error->has_list && !daotp__krb_error_has_type(error, DAOTP__PA_PK_AS_REQ));
}

/* ---- what was found -------------------------------------------------------------------------- */

static void put_skew(const daotp__krb_error *error, const daotp__logon_error_context *context,
                     daotp__buffer *out)
{
    int64_t ahead = skew_ahead_s(error, context);
    const char *side = "ahead of";

    if (error->code != DAOTP__KRB_SKEW && !is_skewed(error, context))
        return;
    if (ahead < 0)
        side = "behind";
    daotp__buffer_format(out, "; the KDC's clock is %lld s %s this machine's", llabs(ahead), side);
}

static void put_ntstatus(const daotp__krb_error *error, daotp__buffer *out)
{
    if (error->has_ntstatus)
        daotp__buffer_format(out, "; NTSTATUS 0x%08" PRIX32 " %s", error->ntstatus,
                             daotp__ntstatus_text(error->ntstatus));
}

static void put_types(const daotp__krb_error *error, daotp__buffer *out)
{
    const char *between = "; pre-authentication offered: ";

    if (error->code != DAOTP__KRB_PREAUTH_REQUIRED)
        return;
    for (size_t i = 0; i < error->type_count; i++, between = ", ")
        daotp__buffer_format(out, "%s%" PRId32, between, error->types[i]);
}

/* One certificate as the KDC named it: by subject, by issuer and serial number, or by key. */
static void put_principal_id(const daotp__krb_principal_id *id, daotp__buffer *out)
{
    if (id->subject.len > 0) {
        (void)daotp__name_text(id->subject, out);
    } else if (id->issuer.len > 0) {
        daotp__buffer_text(out, "issued by ");
        (void)daotp__name_text(id->issuer, out);
    } else {
        daotp__buffer_text(out, "key ");
        daotp__hex_write(out, id->key_id);
    }
    if (id->serial.len > 0) {
        daotp__buffer_text(out, " (serial ");
        daotp__hex_write(out, id->serial);
        daotp__buffer_text(out, ")");
    }
}

static void put_ids(const char *what, daotp__bytes value, daotp__buffer *out)
{
    daotp__krb_principal_id id;
    daotp__bytes cursor;

    if (!daotp__krb_ids_begin(value, &cursor))
        return;
    for (size_t i = 0; i < MAX_SHOWN && daotp__krb_ids_next(&cursor, &id); i++) {
        daotp__buffer_text(out, what);
        put_principal_id(&id, out);
        what = ", ";
    }
}

static void put_groups(const daotp__krb_error *error, daotp__buffer *out)
{
    const char *between = "; groups that the KDC takes: ";
    char text[DAOTP__OID_TEXT];
    daotp__bytes cursor, oid;
    unsigned bits;

    if (!daotp__der_only(error->dh_parameters, DAOTP__DER_SEQUENCE, &cursor))
        return;
    for (size_t i = 0; i < MAX_SHOWN && daotp__krb_groups_next(&cursor, &bits, &oid); i++) {
        if (bits > 0)
            daotp__buffer_format(out, "%s%u bits", between, bits);
        else
            daotp__buffer_format(out, "%s%s", between, daotp__oid_text(oid, text));
        between = ", ";
    }
}

static void put_digests(const daotp__krb_error *error, daotp__buffer *out)
{
    const char *between = "; digests that the KDC takes: ";
    daotp__bytes cursor, algorithm, oid;
    char text[DAOTP__OID_TEXT];

    if (!daotp__der_only(error->digests, DAOTP__DER_SEQUENCE, &cursor))
        return;
    for (size_t i = 0; i < MAX_SHOWN && cursor.len > 0 &&
                       daotp__der_read(&cursor, DAOTP__DER_SEQUENCE, &algorithm) &&
                       daotp__der_read_oid(&algorithm, &oid);
         i++, between = ", ")
        daotp__buffer_format(out, "%s%s", between, daotp__oid_text(oid, text));
}

static void put_words(const char *before, daotp__bytes words, daotp__buffer *out)
{
    if (words.len > 0)
        daotp__buffer_format(out, "; %s \"%.*s\"", before, (int)words.len,
                             (const char *)words.data);
}

/* The name and version of the Kerberos library, if updating it is the remedy. */
static void put_library(daotp_finding_number number, const char *library, daotp__buffer *out)
{
    if (number == DAOTP_FINDING_LOGON_CHECKSUM || number == DAOTP_FINDING_LOGON_DIGEST ||
        number == DAOTP_FINDING_LOGON_KDF || number == DAOTP_FINDING_LOGON_GENERIC)
        daotp__buffer_format(out, "; built for libkrb5 %s", library);
}

static void put_error(const daotp__krb_error *error, const daotp__logon_error_context *context,
                      daotp__buffer *out)
{
    daotp__buffer_format(out, "KRB-ERROR %" PRId32 " %s", error->code,
                         daotp__krb_error_name(error->code));
    put_ntstatus(error, out);
    put_skew(error, context, out);
    if (error->code == DAOTP__KRB_WRONG_REALM)
        put_words("the KDC refers to realm", error->client_realm, out);
    put_types(error, out);
    put_library(error_row_find(error, context), context->library, out);
    put_groups(error, out);
    put_digests(error, out);
    put_ids("; the KDC trusts: ", error->certifiers, out);
    put_ids("; not valid there: ", error->invalid_certificates, out);
    put_words("the KDC says", error->text, out);
}

/* ---- strong mappings (MS-PKCA 3.1.5.2.1.5) --------------------------------------------------- */

static void add_mappings(const daotp__certificate *certificate, daotp_report *report)
{
    daotp__buffer text;

    daotp__buffer_init(&text, MAX_FOUND);
    for (unsigned i = 0; i < DAOTP__MAPPING_COUNT; i++) {
        daotp__buffer_clear(&text);
        if (daotp__mapping_write((daotp__mapping)i, certificate, &text) && text.failed == DAOTP_OK)
            (void)daotp__report_add(report, DAOTP_FINDING_LOGON_MAPPING, 0,
                                    daotp__mapping_name((daotp__mapping)i), "%s",
                                    daotp__buffer_string(&text));
    }
    daotp__buffer_free(&text);
}

static void put_sid(const daotp__certificate *certificate, daotp__buffer *out)
{
    static const char *const words[] = {
        [DAOTP__SID_NONE] = "; the certificate has no SID extension",
        [DAOTP__SID_UNREADABLE] = "; the certificate's SID extension cannot be read",
        [DAOTP__SID_EXTENSION] = "; the certificate has the SID ",
        [DAOTP__SID_URI] = "; the certificate has, in a URI, the SID "};
    daotp__bytes sid = {(const uint8_t *)"", 0};
    daotp__sid_place place = daotp__sid_find(&certificate->extensions, &sid);

    daotp__buffer_format(out, "%s%.*s", words[place], (int)sid.len, (const char *)sid.data);
}

daotp_status daotp__logon_explain_error(const daotp__krb_error *error,
                                        const daotp__logon_error_context *context,
                                        daotp_report *report)
{
    daotp_finding_number number = error_row_find(error, context);
    daotp__certificate certificate;
    bool maps = number == DAOTP_FINDING_LOGON_MISMATCH &&
                daotp__certificate_read(context->certificate, &certificate);
    daotp__buffer found;
    daotp_status status;

    daotp__buffer_init(&found, MAX_FOUND);
    put_error(error, context, &found);
    if (maps)
        put_sid(&certificate, &found);
    status = daotp__report_add(report, number, error->code, context->subject, "%s",
                               daotp__buffer_string(&found));
    if (maps)
        add_mappings(&certificate, report);
    daotp__buffer_free(&found);
    return status;
}
