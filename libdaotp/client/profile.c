/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/profile.h"

#include "core/checklist.h"
#include "core/utf8.h"
#include "x509/name.h"
#include "x509/name_match.h"
#include "x509/role.h"

#include <string.h>

typedef struct look {
    const daotp__certificate *certificate;
    const daotp__profile_spec *spec;
    daotp__checklist checks;
} look;

static const daotp__extension *profile_extension(const look *j, enum daotp__oid oid)
{
    return daotp__extensions_find(&j->certificate->extensions, oid);
}

static void check_upn(look *j)
{
    char text[DAOTP__MAX_USER_NAME + 1];
    daotp__bytes upn;

    if (!daotp__certificate_upn(j->certificate, &upn))
        return; /* the checklist of the role has that */
    if (upn.len >= sizeof text) {
        daotp__checklist_report(&j->checks, DAOTP_FINDING_OTP_UPN, "%zu octets", upn.len);
        return;
    }
    memcpy(text, upn.data, upn.len);
    text[upn.len] = '\0';
    if (memchr(text, '\0', upn.len) != NULL ||
        !daotp__text_equal_nocase(text, j->spec->account->upn))
        daotp__checklist_report(&j->checks, DAOTP_FINDING_OTP_UPN, "%s", text);
}

static void find_other_subject(look *j)
{
    daotp__buffer subject;

    daotp__buffer_init(&subject, DAOTP__MAX_CERTIFICATE);
    if (!daotp__name_text(j->certificate->subject, &subject))
        daotp__buffer_clear(&subject);
    daotp__checklist_report(&j->checks, DAOTP_FINDING_OTP_SUBJECT, "the subject '%s'",
                            daotp__buffer_string(&subject));
    daotp__buffer_free(&subject);
}

static void check_subject(look *j)
{
    daotp__buffer wanted;

    if (j->spec->account->dn == NULL)
        return;
    daotp__buffer_init(&wanted, DAOTP__MAX_CERTIFICATE);
    if (!daotp__name_parse(j->spec->account->dn, &wanted) && wanted.failed == DAOTP_MEMORY)
        daotp__checklist_take(&j->checks, DAOTP_MEMORY);
    else if (!daotp__name_equal(daotp__buffer_bytes(&wanted), j->certificate->subject))
        find_other_subject(j);
    daotp__buffer_free(&wanted);
}

static void check_sid(look *j)
{
    const char *wanted = j->spec->account->sid;
    daotp__bytes text;

    if (wanted != NULL &&
        daotp__sid_find(&j->certificate->extensions, &text) >= DAOTP__SID_EXTENSION &&
        !daotp__bytes_equal(text, (daotp__bytes){(const uint8_t *)wanted, strlen(wanted)}))
        daotp__checklist_report(&j->checks, DAOTP_FINDING_OTP_SID_OTHER, "%.*s", (int)text.len,
                                (const char *)text.data);
}

static void check_lifetime(look *j)
{
    int64_t left = daotp__time_sub(j->certificate->not_after, j->spec->now_s);

    if (left > j->spec->max_lifetime_s)
        daotp__checklist_report(&j->checks, DAOTP_FINDING_OTP_LIFETIME,
                                "%lld s from now on, over %lld s", (long long)left,
                                (long long)j->spec->max_lifetime_s);
}

static void check_template(look *j)
{
    const daotp__extension *template = profile_extension(j, DAOTP__OID_TEMPLATE);
    char oid[DAOTP__OID_TEXT];
    daotp__template found;

    if (j->spec->template_oid.len == 0)
        return;
    if (template == NULL || !daotp__template_read(template, &found))
        daotp__checklist_report(&j->checks, DAOTP_FINDING_OTP_TEMPLATE,
                                "no template extension that can be read");
    else if (!daotp__bytes_equal(found.oid, j->spec->template_oid))
        daotp__checklist_report(&j->checks, DAOTP_FINDING_OTP_TEMPLATE, "template %s",
                                daotp__oid_describe(found.oid, oid));
}

daotp_status daotp__profile_check(const daotp__certificate *certificate,
                                  const daotp__profile_spec *spec, daotp_report *report)
{
    look j = {certificate, spec, {.report = report, .subject = "issued certificate"}};

    if (!daotp__bytes_equal(certificate->spki, spec->spki))
        daotp__checklist_report(&j.checks, DAOTP_FINDING_OTP_KEY, "another public key");
    daotp__checklist_take(&j.checks, daotp__role_check(DAOTP_ROLE_OTP_LOGON, certificate,
                                                       spec->now_s, j.checks.subject, report));
    check_upn(&j);
    check_subject(&j);
    check_sid(&j);
    check_lifetime(&j);
    check_template(&j);
    return j.checks.verdict;
}
