/* SPDX-License-Identifier: BSD-2-Clause */
#include "responder/csr_check.h"

#include "core/checklist.h"
#include "core/utf8.h"
#include "responder/csr_allow.h"
#include "x509/key_rules.h"
#include "x509/name.h"
#include "x509/name_match.h"
#include "x509/node.h"

#include <string.h>

static void check_csr_template(daotp__checklist *checks, const daotp__csr *csr, daotp__bytes wanted)
{
    const daotp__extension *extension =
        daotp__extensions_find(&csr->extensions, DAOTP__OID_TEMPLATE);
    char dotted[DAOTP__OID_TEXT];
    daotp__template template;

    if (extension == NULL || !daotp__template_read(extension, &template))
        daotp__checklist_report(checks, DAOTP_FINDING_CSR_TEMPLATE, "none");
    else if (!daotp__bytes_equal(template.oid, wanted))
        daotp__checklist_report(checks, DAOTP_FINDING_CSR_TEMPLATE, "%s",
                                daotp__oid_text(template.oid, dotted));
}

static void note_client_info(daotp__checklist *checks, const daotp__client_info *info)
{
    daotp__checklist_report(checks, DAOTP_FINDING_CSR_CLIENTINFO, "%.*s, %.*s, %.*s",
                            (int)info->machine.len, (const char *)info->machine.data,
                            (int)info->user.len, (const char *)info->user.data,
                            (int)info->process.len, (const char *)info->process.data);
}

static void note_program(daotp__checklist *checks, const daotp__csr *csr)
{
    if (daotp__algorithm_hash(&csr->algorithm) == DAOTP__HASH_SHA1)
        daotp__checklist_report(checks, DAOTP_FINDING_CSR_HASH, "SHA-1");
    if (csr->has_client_info)
        note_client_info(checks, &csr->client_info);
}

/* ---- names ----------------------------------------------------------------------------------- */

/* Compare a text of the request as the directory compares it. */
static bool is_same_name(daotp__bytes found, const char *wanted)
{
    char text[DAOTP__MAX_USER_NAME + 1];

    if (wanted == NULL || found.len >= sizeof text || memchr(found.data, '\0', found.len) != NULL)
        return false;
    memcpy(text, found.data, found.len);
    text[found.len] = '\0';
    return daotp__text_equal_nocase(text, wanted);
}

/* Calls fn for each name of the subjectAltName up to a malformed one, which was found before. */
static void each_name(const daotp__csr *csr,
                      void (*fn)(const daotp__general_name *name, void *user), void *user)
{
    const daotp__extension *san = daotp__extensions_find(&csr->extensions, DAOTP__OID_SAN);
    daotp__bytes cursor = {NULL, 0};
    daotp__general_name name;

    if (san == NULL || !daotp__san_begin(san, &cursor))
        return;
    while (cursor.len > 0 && daotp__san_next(&cursor, &name))
        fn(&name, user);
}

typedef struct name_check {
    daotp__checklist *checks;
    const daotp__csr *csr;
    const char *wanted;
    unsigned fitting;
    daotp__bytes first; /* the first UPN, where none is wanted: the others must equal it */
} name_check;

static void refuse_value(daotp__checklist *checks, daotp_finding_number number, daotp__bytes value)
{
    size_t shown = value.len < DAOTP__MAX_USER_NAME ? value.len : DAOTP__MAX_USER_NAME;

    daotp__checklist_report(checks, number, "%.*s", (int)shown, (const char *)value.data);
}

static void refuse_field(const name_check *check, daotp_finding_number number, const char *field,
                         daotp__bytes value, const char *rule)
{
    daotp__fault fault = {.whole = check->csr->der};
    char text[DAOTP__FAULT_TEXT];

    (void)daotp__fault_set(&fault, field, value, rule);
    daotp__checklist_report(check->checks, number, "%s", daotp__fault_describe(&fault, text));
}

static bool is_first_or_same(const name_check *check, daotp__bytes upn)
{
    char first[DAOTP__MAX_USER_NAME + 1];

    if (check->first.len == 0)
        return true;
    if (check->first.len >= sizeof first)
        return false;
    memcpy(first, check->first.data, check->first.len);
    first[check->first.len] = '\0';
    return is_same_name(upn, first);
}

/* Each UPN must be the wanted one; without a wanted one it must be readable. */
static void upn_check(const daotp__general_name *name, void *user)
{
    name_check *check = user;
    daotp__bytes upn;

    if (!daotp__oid_is(name->type, DAOTP__OID_UPN))
        return;
    if (!daotp__san_is_upn(name, &upn))
        refuse_field(check, DAOTP_FINDING_CSR_UPN, "subjectAltName.otherName", name->content,
                     "RFC 5280 4.2.1.6: of a UPN the value is one UTF8String, printable");
    else if ((check->wanted == NULL && is_first_or_same(check, upn)) ||
             (check->wanted != NULL && is_same_name(upn, check->wanted)))
        check->fitting++;
    else
        refuse_value(check->checks, DAOTP_FINDING_CSR_UPN, upn);
    if (check->first.len == 0 && check->fitting > 0)
        check->first = upn;
}

/* Whatever user is asked for, there must be a UPN. */
static void check_own_names(daotp__checklist *checks, const daotp__csr *csr)
{
    name_check check = {.checks = checks, .csr = csr};
    daotp_status before = checks->verdict;

    each_name(csr, upn_check, &check);
    if (check.fitting == 0 && checks->verdict == before)
        daotp__checklist_report(checks, DAOTP_FINDING_CSR_UPN, "none");
}

daotp_status daotp__csr_check(const daotp__csr *csr, daotp__bytes template_oid,
                              daotp_report *report)
{
    daotp__checklist checks = {.report = report, .subject = "certificate request"};

    check_csr_template(&checks, csr, template_oid);
    daotp__csr_allow(&checks, csr);
    check_own_names(&checks, csr);
    note_program(&checks, csr);
    /* the costly checks last, and only when they can still matter */
    if (checks.verdict == DAOTP_OK)
        daotp__key_report(&checks, csr->spki, DAOTP__KEY_USE_REQUEST, DAOTP_FINDING_CSR_KEY);
    if (checks.verdict == DAOTP_OK && !daotp__csr_verify(csr))
        daotp__checklist_report(&checks, DAOTP_FINDING_CSR_SIG, "a signature that does not verify");
    return checks.verdict;
}

static void check_upns(daotp__checklist *checks, const daotp__csr *csr, const char *wanted)
{
    name_check check = {.checks = checks, .csr = csr, .wanted = wanted};

    if (wanted == NULL)
        daotp__checklist_report(checks, DAOTP_FINDING_USER_NO_UPN, "the account has none");
    else
        each_name(csr, upn_check, &check);
}

daotp_status daotp__csr_check_upn(const daotp__csr *csr, const char *upn, daotp_report *report)
{
    daotp__checklist checks = {.report = report, .subject = "certificate request"};

    check_upns(&checks, csr, upn);
    return checks.verdict;
}

/* ---- the SID, as extension and as URI -------------------------------------------------------- */

static void sid_check(daotp__checklist *checks, daotp__bytes sid, const char *wanted)
{
    if (is_same_name(sid, wanted))
        daotp__checklist_report(checks, DAOTP_FINDING_CSR_NO_SID, "%s", wanted);
    else
        refuse_value(checks, DAOTP_FINDING_CSR_SID, sid);
}

static void sid_name_check(const daotp__general_name *name, void *user)
{
    name_check *check = user;
    daotp__bytes sid;

    if (daotp__san_is_sid(name, &sid))
        sid_check(check->checks, sid, check->wanted);
}

static void check_sids(daotp__checklist *checks, const daotp__csr *csr, const char *wanted)
{
    const daotp__extension *extension = daotp__extensions_find(&csr->extensions, DAOTP__OID_SID);
    name_check check = {.checks = checks, .csr = csr, .wanted = wanted};
    char text[DAOTP__FAULT_TEXT];
    daotp__bytes sid;

    each_name(csr, sid_name_check, &check);
    if (extension == NULL)
        return;
    if (daotp__sid_read(extension, &sid))
        sid_check(checks, sid, wanted);
    else
        daotp__checklist_report(checks, DAOTP_FINDING_CSR_SID, "%s",
                                daotp__extension_describe_fault(csr->der, extension, text));
}

static void refuse_subject(daotp__checklist *checks, const daotp__csr *csr)
{
    name_check check = {.checks = checks, .csr = csr};
    daotp__buffer text;

    daotp__buffer_init(&text, DAOTP__MAX_CERTIFICATE);
    if (daotp__name_text(csr->subject, &text))
        daotp__checklist_report(checks, DAOTP_FINDING_CSR_SUBJECT, "%s",
                                daotp__buffer_string(&text));
    else
        refuse_field(&check, DAOTP_FINDING_CSR_SUBJECT, "certificationRequestInfo.subject",
                     csr->subject, "RFC 5280 4.1.2.4: RDNs of attributes, each in its string type");
    daotp__buffer_free(&text);
}

/* An empty subject is fine: the CA makes its own. */
static void check_csr_subject(daotp__checklist *checks, const daotp__csr *csr, const char *dn)
{
    daotp__buffer wanted;

    if (daotp__name_is_empty(csr->subject))
        return;
    daotp__buffer_init(&wanted, DAOTP__MAX_CERTIFICATE);
    if (dn != NULL && !daotp__name_parse(dn, &wanted) && wanted.failed == DAOTP_MEMORY)
        daotp__checklist_take(checks, DAOTP_MEMORY);
    else if (dn == NULL || !daotp__name_equal(daotp__buffer_bytes(&wanted), csr->subject))
        refuse_subject(checks, csr);
    daotp__buffer_free(&wanted);
}

daotp_status daotp__csr_check_names(const daotp__csr *csr, const daotp_account *account,
                                    daotp_report *report)
{
    daotp__checklist checks = {.report = report, .subject = "certificate request"};

    check_upns(&checks, csr, account->upn);
    check_sids(&checks, csr, account->sid);
    check_csr_subject(&checks, csr, account->dn);
    return checks.verdict;
}
