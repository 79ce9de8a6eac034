/* SPDX-License-Identifier: BSD-2-Clause */
/* Is this certificate a DirectAccess OTP registration authority's? The rows RA-* of the
 * checklist, a function each. */
#include "request/cmc.h"

#include <stdio.h>

enum { SKEW_S = 300, LIFETIME_S = 48 * 3600 + 1800 }; /* 48 h, and the CA's clock skew */

typedef struct judge {
    const daotp__certificate *ra;
    int64_t now_s;
    daotp_report *report;
    daotp_status status;
} judge;

static void find(judge *j, daotp_finding_number number, const char *found)
{
    daotp_status status =
        daotp__report_add(j->report, number, 0, "signing certificate", "%s", found);

    if (j->status == DAOTP_OK)
        j->status = status;
}

static const daotp__extension *extension(const judge *j, enum daotp__oid oid)
{
    return daotp__extensions_find(&j->ra->extensions, oid);
}

static void check_eku(judge *j)
{
    const daotp__extension *eku = extension(j, DAOTP__OID_EKU);
    daotp__purposes ra, agent;

    if (eku == NULL || !daotp__eku_read(eku, DAOTP__OID_OTP_RA, &ra)) {
        find(j, DAOTP_FINDING_RA_EKU, "no extended key usage");
        return;
    }
    if (!ra.has)
        find(j, DAOTP_FINDING_RA_EKU, "other usages only");
    else if (ra.count > 1)
        find(j, DAOTP_FINDING_RA_EKU_ONLY, "further usages");
    if (daotp__eku_read(eku, DAOTP__OID_ENROLMENT_AGENT, &agent) && agent.has)
        find(j, DAOTP_FINDING_RA_NOT_EA, "1.3.6.1.4.1.311.20.2.1");
}

static void check_application_policies(judge *j)
{
    const daotp__extension *policies = extension(j, DAOTP__OID_APPLICATION_POLICIES);
    daotp__purposes ra;

    if (policies != NULL && (!daotp__policies_read(policies, DAOTP__OID_OTP_RA, &ra) || !ra.has))
        find(j, DAOTP_FINDING_RA_APPPOL, "other policies only");
}

static void check_key_usage(judge *j)
{
    const daotp__extension *usage = extension(j, DAOTP__OID_KEY_USAGE);
    unsigned bits = 0;

    if (usage == NULL)
        find(j, DAOTP_FINDING_RA_KU, "no key usage");
    else if (!daotp__key_usage_read(usage, &bits) || (bits & DAOTP__KU_DIGITAL_SIGNATURE) == 0)
        find(j, DAOTP_FINDING_RA_KU, "no digitalSignature");
}

static void check_validity(judge *j)
{
    const daotp__certificate *ra = j->ra;
    char text[80];

    if (j->now_s + SKEW_S < ra->not_before) {
        (void)snprintf(text, sizeof text, "valid only in %lld s",
                       (long long)(ra->not_before - j->now_s));
        find(j, DAOTP_FINDING_RA_VALIDITY, text);
    } else if (j->now_s - SKEW_S > ra->not_after) {
        (void)snprintf(text, sizeof text, "expired %lld s ago",
                       (long long)(j->now_s - ra->not_after));
        find(j, DAOTP_FINDING_RA_VALIDITY, text);
    }
    if (ra->not_after - ra->not_before > LIFETIME_S) {
        (void)snprintf(text, sizeof text, "%lld h",
                       (long long)((ra->not_after - ra->not_before) / 3600));
        find(j, DAOTP_FINDING_RA_LIFETIME, text);
    }
}

static void check_issuer(judge *j)
{
    const daotp__extension *constraints = extension(j, DAOTP__OID_BASIC_CONSTRAINTS);
    bool ca = false;

    if (daotp__certificate_self_issued(j->ra))
        find(j, DAOTP_FINDING_RA_NOTSELF, "issuer and subject are the same");
    if (constraints != NULL && (!daotp__basic_constraints_read(constraints, &ca) || ca))
        find(j, DAOTP_FINDING_RA_NOT_CA, "basicConstraints cA");
}

static bool has_dns_name(const daotp__extension *san)
{
    daotp__general_name name;
    daotp__bytes cursor;

    if (!daotp__san_begin(san, &cursor))
        return false;
    while (cursor.len > 0 && daotp__san_next(&cursor, &name))
        if (name.tag == DAOTP__DER_CONTEXT(2))
            return true;
    return false;
}

static void check_names(judge *j)
{
    const daotp__extension *san = extension(j, DAOTP__OID_SAN);

    if (san == NULL || !has_dns_name(san))
        find(j, DAOTP_FINDING_RA_SAN, "no DNS name");
    if (extension(j, DAOTP__OID_CRL_DISTRIBUTION) == NULL)
        find(j, DAOTP_FINDING_RA_REVOCATION, "no CRL distribution point");
}

daotp_status daotp__ra_check(const daotp__certificate *ra, int64_t now_s, daotp_report *report)
{
    judge j = {ra, now_s, report, DAOTP_OK};

    check_eku(&j);
    check_application_policies(&j);
    check_key_usage(&j);
    check_validity(&j);
    check_issuer(&j);
    check_names(&j);
    return j.status;
}
