/* SPDX-License-Identifier: BSD-2-Clause */
#include "responder/csr_check.h"

#include "core/judge.h"
#include "core/utf8.h"
#include "x509/key_rules.h"
#include "x509/name.h"
#include "x509/name_match.h"

#include <string.h>

static void check_template(daotp__judge *judge, const daotp__csr *csr, daotp__bytes wanted)
{
    const daotp__extension *extension =
        daotp__extensions_find(&csr->extensions, DAOTP__OID_TEMPLATE);
    char dotted[DAOTP__OID_TEXT];
    daotp__template template;

    if (extension == NULL || !daotp__template_read(extension, &template))
        daotp__judge_find(judge, DAOTP_FINDING_CSR_TEMPLATE, "none");
    else if (!daotp__bytes_equal(template.oid, wanted))
        daotp__judge_find(judge, DAOTP_FINDING_CSR_TEMPLATE, "%s",
                          daotp__oid_text(template.oid, dotted));
}

/* Last, when all else holds: the rules for keys cost about as much as the signature. */
static void check_key(daotp__judge *judge, const daotp__csr *csr)
{
    char fault[DAOTP__KEY_FAULT_TEXT];
    daotp_status status = daotp__key_check_spki(csr->spki, DAOTP__KEY_USE_REQUEST, fault);

    if (status == DAOTP_REJECTED)
        daotp__judge_find(judge, DAOTP_FINDING_CSR_KEY, "%s", fault);
    else
        daotp__judge_add(judge, status);
}

static void check_attributes(daotp__judge *judge, const daotp__csr *csr)
{
    if (csr->has_renewal)
        daotp__judge_find(judge, DAOTP_FINDING_CSR_NO_RENEWAL, "attribute 1.3.6.1.4.1.311.13.1");
    if (csr->has_name_value_pair)
        daotp__judge_find(judge, DAOTP_FINDING_CSR_NO_NVP, "attribute 1.3.6.1.4.1.311.13.2.1");
    if (daotp__extensions_find(&csr->extensions, DAOTP__OID_SID) != NULL)
        daotp__judge_find(judge, DAOTP_FINDING_CSR_NO_SID, "extension 1.3.6.1.4.1.311.25.2");
}

static void note_client_info(daotp__judge *judge, const daotp__client_info *info)
{
    daotp__judge_find(judge, DAOTP_FINDING_CSR_CLIENTINFO, "%.*s, %.*s, %.*s",
                      (int)info->machine.len, (const char *)info->machine.data, (int)info->user.len,
                      (const char *)info->user.data, (int)info->process.len,
                      (const char *)info->process.data);
}

static void note_usage(daotp__judge *judge, const daotp__csr *csr)
{
    const daotp__extension *eku = daotp__extensions_find(&csr->extensions, DAOTP__OID_EKU);
    daotp__purposes logon;

    if (eku != NULL && (!daotp__eku_read(eku, DAOTP__OID_SMART_CARD_LOGON, &logon) ||
                        logon.count != 1 || !logon.has))
        daotp__judge_find(judge, DAOTP_FINDING_CSR_EKU, "other usages");
    if (daotp__algorithm_hash(&csr->algorithm) == DAOTP__HASH_SHA1)
        daotp__judge_find(judge, DAOTP_FINDING_CSR_HASH, "SHA-1");
    if (csr->has_client_info)
        note_client_info(judge, &csr->client_info);
}

daotp_status daotp__csr_check(const daotp__csr *csr, daotp__bytes template_oid,
                              daotp_report *report)
{
    daotp__judge judge = {report, "certificate request", DAOTP_OK};

    check_template(&judge, csr, template_oid);
    check_attributes(&judge, csr);
    note_usage(&judge, csr);
    /* the costly checks last, and only when they can still matter */
    if (judge.verdict == DAOTP_OK)
        check_key(&judge, csr);
    if (judge.verdict == DAOTP_OK && !daotp__csr_verify(csr))
        daotp__judge_find(&judge, DAOTP_FINDING_CSR_SIG, "a signature that does not verify");
    return judge.verdict;
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
static void check_upns(daotp__judge *judge, const daotp__csr *csr, const char *wanted)
{
    const daotp__extension *san = daotp__extensions_find(&csr->extensions, DAOTP__OID_SAN);
    daotp__bytes cursor = {NULL, 0}, upn;
    unsigned upns = 0, others = 0;
    daotp__general_name name;

    if (wanted == NULL) {
        daotp__judge_find(judge, DAOTP_FINDING_USER_NO_UPN, "the account has none");
        return;
    }
    if (san == NULL || !daotp__san_begin(san, &cursor)) {
        daotp__judge_find(judge, DAOTP_FINDING_CSR_UPN, "none");
        return;
    }
    while (cursor.len > 0) {
        if (!daotp__san_next(&cursor, &name)) {
            daotp__judge_find(judge, DAOTP_FINDING_CSR_UPN, "malformed names");
            return;
        }
        if (!daotp__oid_is(name.type, DAOTP__OID_UPN))
            others++;
        else if (daotp__san_is_upn(&name, &upn) && is_upn(upn, wanted))
            upns++;
        else
            daotp__judge_find(judge, DAOTP_FINDING_CSR_UPN, "another UPN");
    }
    if (others > 0)
        daotp__judge_find(judge, DAOTP_FINDING_CSR_NAMES_OTHER, "%u of them", others);
    if (upns == 0)
        daotp__judge_find(judge, DAOTP_FINDING_CSR_UPN, "none that is the account's");
}

/* An empty subject is fine: the CA makes its own. */
static void check_subject(daotp__judge *judge, const daotp__csr *csr, const char *dn)
{
    daotp__buffer wanted;

    if (daotp__name_is_empty(csr->subject))
        return;
    daotp__buffer_init(&wanted, DAOTP__MAX_CERTIFICATE);
    if (dn != NULL && !daotp__name_parse(dn, &wanted) && wanted.failed == DAOTP_MEMORY)
        daotp__judge_add(judge, DAOTP_MEMORY);
    else if (dn == NULL || !daotp__name_equal(daotp__buffer_bytes(&wanted), csr->subject))
        daotp__judge_find(judge, DAOTP_FINDING_CSR_SUBJECT, "another name");
    daotp__buffer_free(&wanted);
}

daotp_status daotp__csr_check_names(const daotp__csr *csr, const daotp_account *account,
                                    daotp_report *report)
{
    daotp__judge judge = {report, "certificate request", DAOTP_OK};

    check_upns(&judge, csr, account->upn);
    check_subject(&judge, csr, account->dn);
    return judge.verdict;
}
