/* SPDX-License-Identifier: BSD-2-Clause */
#include "responder/csr_check.h"

#include "core/utf8.h"
#include "x509/name.h"

#include <string.h>

static const char subject[] = "certificate request";

static void worsen(daotp_status *status, daotp_status found)
{
    if (*status == DAOTP_OK)
        *status = found;
}

static daotp_status check_template(const daotp__csr *csr, daotp__bytes wanted, daotp_report *report)
{
    const daotp__extension *extension =
        daotp__extensions_find(&csr->extensions, DAOTP__OID_TEMPLATE);
    char dotted[DAOTP__OID_TEXT];
    daotp__template template;

    if (extension == NULL || !daotp__template_read(extension, &template))
        return daotp__report_add(report, DAOTP_FINDING_CSR_TEMPLATE, 0, subject, "none");
    if (!daotp__bytes_equal(template.oid, wanted))
        return daotp__report_add(report, DAOTP_FINDING_CSR_TEMPLATE, 0, subject, "%s",
                                 daotp__oid_text(template.oid, dotted));
    return DAOTP_OK;
}

static daotp_status check_key(const daotp__csr *csr, daotp_report *report)
{
    daotp__public_key key;

    if (!daotp__public_key_read(csr->spki, &key))
        return daotp__report_add(report, DAOTP_FINDING_CSR_KEY, 0, subject, "an unknown kind");
    if (key.algorithm == DAOTP__OID_RSA && (key.bits < 2048 || key.bits > 8192))
        return daotp__report_add(report, DAOTP_FINDING_CSR_KEY, 0, subject, "RSA, %u bits",
                                 key.bits);
    return DAOTP_OK;
}

static daotp_status check_attributes(const daotp__csr *csr, daotp_report *report)
{
    daotp_status status = DAOTP_OK;

    if (csr->has_renewal)
        worsen(&status, daotp__report_add(report, DAOTP_FINDING_CSR_NO_RENEWAL, 0, subject,
                                          "attribute 1.3.6.1.4.1.311.13.1"));
    if (csr->has_name_value_pair)
        worsen(&status, daotp__report_add(report, DAOTP_FINDING_CSR_NO_NVP, 0, subject,
                                          "attribute 1.3.6.1.4.1.311.13.2.1"));
    if (daotp__extensions_find(&csr->extensions, DAOTP__OID_SID) != NULL)
        worsen(&status, daotp__report_add(report, DAOTP_FINDING_CSR_NO_SID, 0, subject,
                                          "extension 1.3.6.1.4.1.311.25.2"));
    return status;
}

static void note_usage(const daotp__csr *csr, daotp_report *report)
{
    const daotp__extension *eku = daotp__extensions_find(&csr->extensions, DAOTP__OID_EKU);
    daotp__purposes logon;

    if (eku != NULL && (!daotp__eku_read(eku, DAOTP__OID_SMART_CARD_LOGON, &logon) ||
                        logon.count != 1 || !logon.has))
        (void)daotp__report_add(report, DAOTP_FINDING_CSR_EKU, 0, subject, "other usages");
    if (daotp__algorithm_hash(&csr->algorithm) == DAOTP__HASH_SHA1)
        (void)daotp__report_add(report, DAOTP_FINDING_CSR_HASH, 0, subject, "SHA-1");
    if (csr->has_client_info)
        (void)daotp__report_add(
            report, DAOTP_FINDING_CSR_CLIENTINFO, csr->client_info.id, subject, "%.*s, %.*s, %.*s",
            (int)csr->client_info.machine.len, (const char *)csr->client_info.machine.data,
            (int)csr->client_info.user.len, (const char *)csr->client_info.user.data,
            (int)csr->client_info.process.len, (const char *)csr->client_info.process.data);
}

daotp_status daotp__csr_check(const daotp__csr *csr, daotp__bytes template_oid,
                              daotp_report *report)
{
    daotp_status status = check_template(csr, template_oid, report);

    worsen(&status, check_key(csr, report));
    worsen(&status, check_attributes(csr, report));
    note_usage(csr, report);
    /* the costly check last, and only when it can still matter */
    if (status == DAOTP_OK && !daotp__csr_verify(csr))
        status = daotp__report_add(report, DAOTP_FINDING_CSR_SIG, 0, subject,
                                   "a signature that does not verify");
    return status;
}

/* ---- names ----------------------------------------------------------------------------------- */

static bool is_upn(daotp__bytes found, const char *wanted)
{
    char text[DAOTP__MAX_USER_NAME + 1];

    if (wanted == NULL || found.len >= sizeof text || memchr(found.data, '\0', found.len) != NULL)
        return false;
    memcpy(text, found.data, found.len);
    text[found.len] = '\0';
    return daotp__text_equal_nocase(text, wanted);
}

/* Each UPN must be the account's, and there must be one. */
static daotp_status check_upns(const daotp__csr *csr, const char *wanted, daotp_report *report)
{
    const daotp__extension *san = daotp__extensions_find(&csr->extensions, DAOTP__OID_SAN);
    unsigned upns = 0, others = 0;
    daotp__general_name name;
    daotp__bytes cursor = {NULL, 0}, upn;

    if (san == NULL || !daotp__san_begin(san, &cursor))
        return daotp__report_add(report, DAOTP_FINDING_CSR_UPN, 0, subject, "none");
    while (cursor.len > 0) {
        if (!daotp__san_next(&cursor, &name))
            return daotp__report_add(report, DAOTP_FINDING_CSR_UPN, 0, subject, "malformed names");
        if (!daotp__oid_is(name.type, DAOTP__OID_UPN)) {
            others++;
            continue;
        }
        if (!daotp__san_is_upn(&name, &upn) || !is_upn(upn, wanted))
            return daotp__report_add(report, DAOTP_FINDING_CSR_UPN, 0, subject, "another UPN");
        upns++;
    }
    if (others > 0)
        (void)daotp__report_add(report, DAOTP_FINDING_CSR_NAMES_OTHER, 0, subject, "%u of them",
                                others);
    return upns > 0 ? DAOTP_OK
                    : daotp__report_add(report, DAOTP_FINDING_CSR_UPN, 0, subject, "none");
}

/* An empty subject is fine: the CA makes its own. */
static daotp_status check_subject(const daotp__csr *csr, const char *dn, daotp_report *report)
{
    daotp__buffer wanted;
    daotp_status status = DAOTP_OK;

    if (daotp__name_is_empty(csr->subject))
        return DAOTP_OK;
    daotp__buffer_init(&wanted, DAOTP__MAX_CERTIFICATE);
    if (dn == NULL || !daotp__name_parse(dn, &wanted) ||
        !daotp__name_equal(daotp__buffer_bytes(&wanted), csr->subject))
        status = daotp__report_add(report, DAOTP_FINDING_CSR_SUBJECT, 0, subject, "another name");
    if (wanted.failed == DAOTP_MEMORY)
        status = DAOTP_MEMORY;
    daotp__buffer_free(&wanted);
    return status;
}

daotp_status daotp__csr_check_names(const daotp__csr *csr, const daotp_account *account,
                                    daotp_report *report)
{
    daotp_status status = check_upns(csr, account->upn, report);

    worsen(&status, check_subject(csr, account->dn, report));
    return status;
}
