/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/profile.h"

#include "core/judge.h"
#include "core/utf8.h"
#include "x509/name.h"
#include "x509/name_match.h"

#include <string.h>

enum { SKEW_S = 300, HOUR_S = 3600 + 1800 }; /* the hour of the reference, and the CA's skew */

typedef struct look {
    const daotp__certificate *certificate;
    const daotp__profile_spec *spec;
    daotp__judge judge;
} look;

static const daotp__extension *extension(const look *j, enum daotp__oid oid)
{
    return daotp__extensions_find(&j->certificate->extensions, oid);
}

static void check_usage(look *j)
{
    const daotp__extension *eku = extension(j, DAOTP__OID_EKU);
    const daotp__extension *usage = extension(j, DAOTP__OID_KEY_USAGE);
    const daotp__extension *constraints = extension(j, DAOTP__OID_BASIC_CONSTRAINTS);
    daotp__purposes logon;
    unsigned bits;
    bool ca;

    if (eku == NULL)
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_EKU, "no extended key usage");
    else if (!daotp__eku_read(eku, DAOTP__OID_SMART_CARD_LOGON, &logon) || !logon.has)
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_EKU, "other usages only");
    if (usage == NULL)
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_KU, "no key usage");
    else if (!daotp__key_usage_read(usage, &bits) || (bits & DAOTP__KU_DIGITAL_SIGNATURE) == 0)
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_KU, "no digitalSignature");
    if (constraints != NULL && (!daotp__basic_constraints_read(constraints, &ca) || ca))
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_NOT_CA, "basicConstraints cA");
}

static void check_upn(look *j)
{
    char text[DAOTP__MAX_USER_NAME + 1];
    daotp__bytes upn;

    if (!daotp__certificate_upn(j->certificate, &upn) || upn.len >= sizeof text) {
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_UPN, "not exactly one UPN");
        return;
    }
    memcpy(text, upn.data, upn.len);
    text[upn.len] = '\0';
    if (memchr(text, '\0', upn.len) != NULL ||
        !daotp__text_equal_nocase(text, j->spec->account->upn))
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_UPN, "%s", text);
}

static void check_subject(look *j)
{
    daotp__buffer wanted;

    if (j->spec->account->dn == NULL)
        return;
    daotp__buffer_init(&wanted, DAOTP__MAX_CERTIFICATE);
    if (!daotp__name_parse(j->spec->account->dn, &wanted) ||
        !daotp__name_equal(daotp__buffer_bytes(&wanted), j->certificate->subject))
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_SUBJECT, "another name");
    daotp__buffer_free(&wanted);
}

static void check_sid(look *j)
{
    const daotp__extension *sid = extension(j, DAOTP__OID_SID);
    const char *wanted = j->spec->account->sid;
    daotp__bytes text;

    if (sid == NULL)
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_SID, "no such extension");
    else if (!daotp__sid_read(sid, &text))
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_SID, "an extension that cannot be read");
    else if (wanted != NULL &&
             !daotp__bytes_equal(text, (daotp__bytes){(const uint8_t *)wanted, strlen(wanted)}))
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_SID_OTHER, "another SID");
}

static void check_dates(look *j)
{
    const daotp__certificate *certificate = j->certificate;
    int64_t lifetime = certificate->not_after - certificate->not_before;

    if (certificate->not_after - j->spec->now_s > j->spec->max_lifetime_s)
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_LIFETIME, "%lld s", (long long)lifetime);
    else if (lifetime > HOUR_S)
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_LONG, "%lld s", (long long)lifetime);
    if (j->spec->now_s + SKEW_S < certificate->not_before)
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_NOTYET, "notBefore lies ahead");
    if (j->spec->now_s > certificate->not_after)
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_EXPIRED, "notAfter has passed");
}

static void check_template(look *j)
{
    const daotp__extension *template = extension(j, DAOTP__OID_TEMPLATE);
    daotp__template found;

    if (j->spec->template_oid.len == 0)
        return;
    if (template == NULL || !daotp__template_read(template, &found))
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_TEMPLATE, "no template named");
    else if (!daotp__bytes_equal(found.oid, j->spec->template_oid))
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_TEMPLATE, "another template");
}

static bool is_known(enum daotp__oid oid)
{
    switch (oid) {
    case DAOTP__OID_KEY_USAGE:
    case DAOTP__OID_EKU:
    case DAOTP__OID_SAN:
    case DAOTP__OID_BASIC_CONSTRAINTS:
    case DAOTP__OID_CERTIFICATE_POLICIES:
    case DAOTP__OID_APPLICATION_POLICIES:
    case DAOTP__OID_TEMPLATE:
    case DAOTP__OID_SID:
    case DAOTP__OID_CRL_DISTRIBUTION:
        return true;
    default:
        return false;
    }
}

static void check_rest(look *j)
{
    const daotp__extensions *extensions = &j->certificate->extensions;
    const daotp__algorithm *algorithm = &j->certificate->signature_algorithm;
    daotp__hash hash = daotp__algorithm_hash(algorithm);
    char oid[DAOTP__OID_TEXT];

    if (extension(j, DAOTP__OID_CRL_DISTRIBUTION) == NULL)
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_CDP, "no CRL distribution point");
    if (hash == DAOTP__HASH_SHA1 || algorithm->known == DAOTP__OID_RSA_MD5)
        daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_SIGALG, "%s",
                          daotp__oid_text(algorithm->oid, oid));
    for (size_t i = 0; i < extensions->count; i++)
        if (extensions->list[i].critical && !is_known(daotp__oid_find(extensions->list[i].oid)))
            daotp__judge_find(&j->judge, DAOTP_FINDING_OTP_CRITICAL, "%s",
                              daotp__oid_text(extensions->list[i].oid, oid));
}

daotp_status daotp__profile_check(const daotp__certificate *certificate,
                                  const daotp__profile_spec *spec, daotp_report *report)
{
    look j = {certificate, spec, {report, "issued certificate", DAOTP_OK}};

    if (!daotp__bytes_equal(certificate->spki, spec->spki))
        daotp__judge_find(&j.judge, DAOTP_FINDING_OTP_KEY, "another public key");
    check_usage(&j);
    check_upn(&j);
    check_subject(&j);
    check_sid(&j);
    check_dates(&j);
    check_template(&j);
    check_rest(&j);
    return j.judge.verdict;
}
