/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/role.h"

#include "x509/distribution.h"
#include "x509/name.h"
#include "x509/node.h"
#include "x509/scheme.h"

#include <stdio.h>
#include <string.h>

enum {
    SKEW_S = 300,
    HOUR_S = 3600,
    DAYS2_S = 48 * 3600,
    CA_SKEW_S = 1800,
    FOUND = DAOTP__FAULT_TEXT
};

/* The input of a rule. */
typedef struct role_check {
    const daotp__certificate *certificate;
    int64_t now_s;
    char found[FOUND]; /* written by the predicate that is false */
} role_check;

/* Whether the rule holds; if not, what was found. */
typedef bool role_predicate(role_check *check, int64_t arg);

typedef struct role_rule {
    daotp_finding_number number;
    role_predicate *holds;
    int64_t arg;
} role_rule;

static bool role_fails(role_check *check, const char *found)
{
    (void)snprintf(check->found, sizeof check->found, "%s", found);
    return false;
}

static const daotp__extension *role_extension(const role_check *check, enum daotp__oid oid)
{
    return daotp__extensions_find(&check->certificate->extensions, oid);
}

/* ---- purposes -------------------------------------------------------------------------------- */

static bool read_purpose(const role_check *check, int64_t oid, daotp__purposes *purposes)
{
    const daotp__extension *eku = role_extension(check, DAOTP__OID_EKU);

    *purposes = (daotp__purposes){0};
    return eku != NULL && daotp__eku_read(eku, (enum daotp__oid)oid, purposes);
}

static bool has_role_purpose(role_check *check, int64_t oid)
{
    daotp__purposes purposes;

    if (!read_purpose(check, oid, &purposes))
        return role_fails(check, "no extended key usage");
    return purposes.has || role_fails(check, "other usages only");
}

static bool has_no_other_purpose(role_check *check, int64_t oid)
{
    daotp__purposes purposes;

    return !read_purpose(check, oid, &purposes) || !purposes.has || purposes.count == 1 ||
           role_fails(check, "further usages");
}

static bool lacks_purpose(role_check *check, int64_t oid)
{
    daotp__purposes purposes;

    return !read_purpose(check, oid, &purposes) || !purposes.has ||
           role_fails(check, daotp__oid_dotted((enum daotp__oid)oid));
}

static bool has_policy(role_check *check, int64_t oid)
{
    const daotp__extension *policies = role_extension(check, DAOTP__OID_APPLICATION_POLICIES);
    daotp__purposes purposes;

    return policies == NULL ||
           (daotp__policies_read(policies, (enum daotp__oid)oid, &purposes) && purposes.has) ||
           role_fails(check, "other policies only");
}

/* A CA without extended key usage has no limit. */
static bool is_not_limited_from(role_check *check, int64_t oid)
{
    daotp__purposes purposes, any;

    return role_extension(check, DAOTP__OID_EKU) == NULL ||
           (read_purpose(check, oid, &purposes) && purposes.has) ||
           (read_purpose(check, DAOTP__OID_ANY_EKU, &any) && any.has) ||
           role_fails(check, "other usages only");
}

static bool has_both_tls_purposes(role_check *check, int64_t arg)
{
    (void)arg;
    return has_role_purpose(check, DAOTP__OID_SERVER_AUTH) &&
           has_role_purpose(check, DAOTP__OID_CLIENT_AUTH);
}

/* Whether the certificate has the version 1 template extension (1.3.6.1.4.1.311.20.2), a
 * BMPString, with this template name. */
static bool is_of_template(const role_check *check, const char *name)
{
    const daotp__extension *template = role_extension(check, DAOTP__OID_TEMPLATE_NAME);
    daotp__bytes text;
    size_t len = strlen(name);

    if (template == NULL || !daotp__der_only(template->value, DAOTP__DER_BMP_STRING, &text) ||
        text.len != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (text.data[2 * i] != 0 || text.data[2 * i + 1] != (uint8_t)name[i])
            return false;
    return true;
}

static bool is_kdc(role_check *check, int64_t arg)
{
    (void)arg;
    return is_of_template(check, "DomainController") ||
           has_role_purpose(check, DAOTP__OID_KP_KDC) ||
           has_role_purpose(check, DAOTP__OID_SMART_CARD_LOGON);
}

/* ---- key usage, constraints ------------------------------------------------------------------ */

static bool has_usage(role_check *check, int64_t wanted)
{
    const daotp__extension *usage = role_extension(check, DAOTP__OID_KEY_USAGE);
    unsigned bits = 0;

    if (usage == NULL)
        return role_fails(check, "no key usage");
    return (daotp__key_usage_read(usage, &bits) && (bits & wanted) == wanted) ||
           role_fails(check, wanted == DAOTP__KU_DIGITAL_SIGNATURE ? "no digitalSignature"
                                                                   : "not all of them");
}

static bool is_ca(const role_check *check)
{
    return daotp__extensions_are_of_ca(&check->certificate->extensions);
}

static bool is_no_ca(role_check *check, int64_t arg)
{
    (void)arg;
    return !is_ca(check) || role_fails(check, "basicConstraints cA");
}

static bool is_a_ca(role_check *check, int64_t arg)
{
    (void)arg;
    return is_ca(check) || role_fails(check, "no basicConstraints with cA");
}

static bool is_not_self_issued(role_check *check, int64_t arg)
{
    (void)arg;
    return !daotp__certificate_is_self_issued(check->certificate) ||
           role_fails(check, "issuer and subject are the same");
}

/* ---- time ------------------------------------------------------------------------------------ */

static bool is_in_validity(role_check *check, int64_t skew)
{
    const daotp__certificate *certificate = check->certificate;

    if (daotp__time_add(check->now_s, skew) < certificate->not_before)
        (void)snprintf(check->found, sizeof check->found, "valid only in %lld s",
                       (long long)daotp__time_sub(certificate->not_before, check->now_s));
    else if (daotp__time_sub(check->now_s, skew) > certificate->not_after)
        (void)snprintf(check->found, sizeof check->found, "expired %lld s ago",
                       (long long)daotp__time_sub(check->now_s, certificate->not_after));
    else
        return true;
    return false;
}

static bool has_begun(role_check *check, int64_t skew)
{
    return daotp__time_add(check->now_s, skew) >= check->certificate->not_before ||
           role_fails(check, "notBefore lies ahead");
}

static bool has_not_ended(role_check *check, int64_t skew)
{
    return daotp__time_sub(check->now_s, skew) <= check->certificate->not_after ||
           role_fails(check, "notAfter has passed");
}

static bool lives_at_most(role_check *check, int64_t seconds)
{
    int64_t life = check->certificate->not_after - check->certificate->not_before;

    if (life <= seconds)
        return true;
    if (life >= 3 * HOUR_S)
        (void)snprintf(check->found, sizeof check->found, "%lld h", (long long)(life / HOUR_S));
    else
        (void)snprintf(check->found, sizeof check->found, "%lld s", (long long)life);
    return false;
}

/* ---- names and places ------------------------------------------------------------------------ */

static bool has_name(const role_check *check, uint8_t tag)
{
    const daotp__extension *san = role_extension(check, DAOTP__OID_SAN);
    daotp__general_name name;
    daotp__bytes cursor;

    if (san == NULL || !daotp__san_begin(san, &cursor))
        return false;
    while (cursor.len > 0 && daotp__san_next(&cursor, &name))
        if (name.tag == tag)
            return true;
    return false;
}

static bool has_dns_name(role_check *check, int64_t arg)
{
    (void)arg;
    return has_name(check, DAOTP__GENERAL_NAME_DNS) || role_fails(check, "no DNS name");
}

/* RFC 4556 3.2.4: a KRB5PrincipalName krbtgt/REALM; or MS-PKCA 3.1.5.1: a DNS name. Whether it
 * is the required realm is checked elsewhere: DAOTP_NAME_REALM. */
static bool has_kdc_name(role_check *check, int64_t arg)
{
    const daotp__extension *san = role_extension(check, DAOTP__OID_SAN);
    daotp__general_name name;
    daotp__bytes cursor;

    if (has_name(check, DAOTP__GENERAL_NAME_DNS))
        return true;
    if (san == NULL || !daotp__san_begin(san, &cursor))
        return has_dns_name(check, arg);
    while (cursor.len > 0 && daotp__san_next(&cursor, &name))
        if (daotp__oid_is(name.type, DAOTP__OID_PKINIT_SAN))
            return true;
    return has_dns_name(check, arg);
}

static bool has_host_name(role_check *check, int64_t arg)
{
    (void)arg;
    return has_name(check, DAOTP__GENERAL_NAME_DNS) ||
           has_name(check, DAOTP__GENERAL_NAME_ADDRESS) ||
           role_fails(check, "no DNS name, no address");
}

static bool has_one_upn(role_check *check, int64_t arg)
{
    daotp__bytes upn;

    (void)arg;
    return daotp__certificate_upn(check->certificate, &upn) ||
           role_fails(check, "not exactly one UPN");
}

static bool has_subject(role_check *check, int64_t arg)
{
    (void)arg;
    return !daotp__name_is_empty(check->certificate->subject) || role_fails(check, "an empty one");
}

static bool has_sid(role_check *check, int64_t arg)
{
    char text[DAOTP__FAULT_TEXT];
    daotp__bytes sid;

    (void)arg;
    switch (daotp__sid_find(&check->certificate->extensions, &sid)) {
    case DAOTP__SID_NONE:
        return role_fails(check, "neither the extension nor a URI with it");
    case DAOTP__SID_UNREADABLE:
        return role_fails(
            check, daotp__extension_describe_fault(check->certificate->der,
                                                   role_extension(check, DAOTP__OID_SID), text));
    default:
        return true;
    }
}

static bool has_no_sid_in_uri_alone(role_check *check, int64_t arg)
{
    daotp__bytes sid;

    (void)arg;
    if (daotp__sid_find(&check->certificate->extensions, &sid) != DAOTP__SID_URI)
        return true;
    (void)snprintf(check->found, sizeof check->found, "%.*s", (int)sid.len, (const char *)sid.data);
    return false;
}

static bool has_crl_point(role_check *check, int64_t arg)
{
    (void)arg;
    return role_extension(check, DAOTP__OID_CRL_DISTRIBUTION) != NULL ||
           role_fails(check, "no CRL distribution point");
}

static bool has_crl_point_unless_root(role_check *check, int64_t arg)
{
    return daotp__certificate_is_self_issued(check->certificate) || has_crl_point(check, arg);
}

static bool is_http(daotp__bytes names)
{
    static const char http[] = "http://";
    daotp__general_name name;

    while (names.len > 0 && daotp__san_next(&names, &name))
        if (name.tag == DAOTP__GENERAL_NAME_URI && name.content.len >= sizeof http - 1 &&
            memcmp(name.content.data, http, sizeof http - 1) == 0)
            return true;
    return false;
}

static bool has_http_crl_point(role_check *check, int64_t arg)
{
    const daotp__extension *points = role_extension(check, DAOTP__OID_CRL_DISTRIBUTION);
    daotp__crl_dp point;
    daotp__bytes in;

    (void)arg;
    if (points == NULL || !daotp__crl_dps_begin(points, &in))
        return role_fails(check, "no CRL distribution point");
    while (in.len > 0 && daotp__crl_dps_next(&in, &point))
        if (is_http(point.name.full))
            return true;
    return role_fails(check, "none with http");
}

/* ---- the rest -------------------------------------------------------------------------------- */

static bool is_hash_strong(role_check *check, int64_t arg)
{
    const daotp__algorithm *algorithm = &check->certificate->signature_algorithm;
    char text[DAOTP__SCHEME_TEXT];
    daotp__scheme scheme;
    const char *ignored;

    (void)arg;
    return (daotp__scheme_read(algorithm, &scheme, &ignored) && daotp__scheme_is_strong(&scheme)) ||
           role_fails(check, daotp__scheme_describe(algorithm, text));
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

static bool has_no_unknown_critical(role_check *check, int64_t arg)
{
    const daotp__extensions *extensions = &check->certificate->extensions;
    char oid[DAOTP__OID_TEXT];

    (void)arg;
    for (size_t i = 0; i < extensions->count; i++)
        if (extensions->list[i].critical && !is_known(daotp__oid_find(extensions->list[i].oid)))
            return role_fails(check, daotp__oid_text(extensions->list[i].oid, oid));
    return true;
}

/* ---- the checklists -------------------------------------------------------------------------- */

enum { CERT_AND_CRL_SIGN = DAOTP__KU_CERT_SIGN | DAOTP__KU_CRL_SIGN };

static const role_rule ra[] = {
    {DAOTP_FINDING_RA_EKU, has_role_purpose, DAOTP__OID_OTP_RA},
    {DAOTP_FINDING_RA_EKU_ONLY, has_no_other_purpose, DAOTP__OID_OTP_RA},
    {DAOTP_FINDING_RA_NOT_EA, lacks_purpose, DAOTP__OID_ENROLMENT_AGENT},
    {DAOTP_FINDING_RA_APPPOL, has_policy, DAOTP__OID_OTP_RA},
    {DAOTP_FINDING_RA_KU, has_usage, DAOTP__KU_DIGITAL_SIGNATURE},
    {DAOTP_FINDING_RA_VALIDITY, is_in_validity, SKEW_S},
    {DAOTP_FINDING_RA_LIFETIME, lives_at_most, DAYS2_S + CA_SKEW_S},
    {DAOTP_FINDING_RA_NOTSELF, is_not_self_issued, 0},
    {DAOTP_FINDING_RA_NOT_CA, is_no_ca, 0},
    {DAOTP_FINDING_RA_SAN, has_dns_name, 0},
    {DAOTP_FINDING_RA_REVOCATION, has_crl_point, 0},
};

static const role_rule otp_logon[] = {
    {DAOTP_FINDING_OTP_EKU, has_role_purpose, DAOTP__OID_SMART_CARD_LOGON},
    {DAOTP_FINDING_OTP_KU, has_usage, DAOTP__KU_DIGITAL_SIGNATURE},
    {DAOTP_FINDING_OTP_NOT_CA, is_no_ca, 0},
    {DAOTP_FINDING_OTP_UPN, has_one_upn, 0},
    {DAOTP_FINDING_OTP_SID, has_sid, 0},
    {DAOTP_FINDING_OTP_SIDURL, has_no_sid_in_uri_alone, 0},
    {DAOTP_FINDING_OTP_LONG, lives_at_most, HOUR_S + CA_SKEW_S},
    {DAOTP_FINDING_OTP_NOTYET, has_begun, SKEW_S},
    {DAOTP_FINDING_OTP_EXPIRED, has_not_ended, 0},
    {DAOTP_FINDING_OTP_CDP, has_crl_point, 0},
    {DAOTP_FINDING_OTP_SIGALG, is_hash_strong, 0},
    {DAOTP_FINDING_OTP_CRITICAL, has_no_unknown_critical, 0},
};

static const role_rule client[] = {
    {DAOTP_FINDING_MACHINE_EKU, has_role_purpose, DAOTP__OID_CLIENT_AUTH},
    {DAOTP_FINDING_MACHINE_KU, has_usage, DAOTP__KU_DIGITAL_SIGNATURE},
    {DAOTP_FINDING_MACHINE_NOT_CA, is_no_ca, 0},
    {DAOTP_FINDING_MACHINE_NAME, has_dns_name, 0},
    {DAOTP_FINDING_MACHINE_CDP, has_crl_point, 0},
};

static const role_rule server[] = {
    {DAOTP_FINDING_SERVER_EKU, has_role_purpose, DAOTP__OID_SERVER_AUTH},
    {DAOTP_FINDING_SERVER_NAME, has_host_name, 0},
    {DAOTP_FINDING_SERVER_SUBJECT, has_subject, 0},
    {DAOTP_FINDING_SERVER_KU, has_usage, DAOTP__KU_DIGITAL_SIGNATURE},
    {DAOTP_FINDING_SERVER_CDP, has_http_crl_point, 0},
    {DAOTP_FINDING_SERVER_NOTSELF, is_not_self_issued, 0},
};

static const role_rule kdc[] = {
    {DAOTP_FINDING_KDC_PURPOSE, is_kdc, 0},
    {DAOTP_FINDING_KDC_EKU, has_role_purpose, DAOTP__OID_KP_KDC},
    {DAOTP_FINDING_KDC_TLS, has_both_tls_purposes, 0},
    {DAOTP_FINDING_KDC_KU, has_usage, DAOTP__KU_DIGITAL_SIGNATURE},
    {DAOTP_FINDING_KDC_NAME, has_kdc_name, 0},
    {DAOTP_FINDING_KDC_CDP, has_crl_point, 0},
};

static const role_rule issuing_ca[] = {
    {DAOTP_FINDING_ISSUER_CA, is_a_ca, 0},
    {DAOTP_FINDING_ISSUER_KU, has_usage, CERT_AND_CRL_SIGN},
    {DAOTP_FINDING_ISSUER_EKU, is_not_limited_from, DAOTP__OID_SMART_CARD_LOGON},
    {DAOTP_FINDING_ISSUER_CDP, has_crl_point_unless_root, 0},
};

#define LIST(rules)                                                                                \
    {                                                                                              \
        rules, sizeof(rules) / sizeof((rules)[0])                                                  \
    }
static const struct {
    const role_rule *rules;
    size_t count;
} checklists[] = {[DAOTP_ROLE_ANY] = {NULL, 0},
                  [DAOTP_ROLE_RA] = LIST(ra),
                  [DAOTP_ROLE_OTP_LOGON] = LIST(otp_logon),
                  [DAOTP_ROLE_CLIENT] = LIST(client),
                  [DAOTP_ROLE_SERVER] = LIST(server),
                  [DAOTP_ROLE_KDC] = LIST(kdc),
                  [DAOTP_ROLE_ISSUING_CA] = LIST(issuing_ca)};

void daotp__role_scan(daotp_role role, const daotp__certificate *certificate, int64_t now_s,
                      daotp__role_rule_fn *tell, void *user)
{
    for (size_t i = 0; i < checklists[role].count; i++) {
        const role_rule *one = &checklists[role].rules[i];
        role_check check = {certificate, now_s, ""};
        bool holds = one->holds(&check, one->arg);

        tell(user, one->number, holds ? NULL : check.found);
    }
}

static void report_rule(void *user, daotp_finding_number number, const char *found)
{
    if (found != NULL)
        daotp__checklist_report(user, number, "%s", found);
}

daotp_status daotp__role_check(daotp_role role, const daotp__certificate *certificate,
                               int64_t now_s, const char *subject, daotp_report *report)
{
    daotp__checklist checks = {.report = report, .subject = subject};

    daotp__role_scan(role, certificate, now_s, report_rule, &checks);
    return checks.verdict;
}
