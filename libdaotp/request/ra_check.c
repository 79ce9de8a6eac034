/* SPDX-License-Identifier: BSD-2-Clause */
/* Is this certificate a DirectAccess OTP registration authority's? The rows RA-* of the
 * checklist, a function each. */
#include "core/judge.h"
#include "request/cmc.h"

enum { SKEW_S = 300, LIFETIME_S = 48 * 3600 + 1800 }; /* 48 h, and the CA's clock skew */

typedef struct look {
    const daotp__certificate *ra;
    int64_t now_s;
    daotp__judge judge;
} look;

static const daotp__extension *extension(const look *j, enum daotp__oid oid)
{
    return daotp__extensions_find(&j->ra->extensions, oid);
}

static void check_eku(look *j)
{
    const daotp__extension *eku = extension(j, DAOTP__OID_EKU);
    daotp__purposes ra, agent;

    if (eku == NULL || !daotp__eku_read(eku, DAOTP__OID_OTP_RA, &ra)) {
        daotp__judge_find(&j->judge, DAOTP_FINDING_RA_EKU, "no extended key usage");
        return;
    }
    if (!ra.has)
        daotp__judge_find(&j->judge, DAOTP_FINDING_RA_EKU, "other usages only");
    else if (ra.count > 1)
        daotp__judge_find(&j->judge, DAOTP_FINDING_RA_EKU_ONLY, "further usages");
    if (daotp__eku_read(eku, DAOTP__OID_ENROLMENT_AGENT, &agent) && agent.has)
        daotp__judge_find(&j->judge, DAOTP_FINDING_RA_NOT_EA, "1.3.6.1.4.1.311.20.2.1");
}

static void check_application_policies(look *j)
{
    const daotp__extension *policies = extension(j, DAOTP__OID_APPLICATION_POLICIES);
    daotp__purposes ra;

    if (policies != NULL && (!daotp__policies_read(policies, DAOTP__OID_OTP_RA, &ra) || !ra.has))
        daotp__judge_find(&j->judge, DAOTP_FINDING_RA_APPPOL, "other policies only");
}

static void check_key_usage(look *j)
{
    const daotp__extension *usage = extension(j, DAOTP__OID_KEY_USAGE);
    unsigned bits = 0;

    if (usage == NULL)
        daotp__judge_find(&j->judge, DAOTP_FINDING_RA_KU, "no key usage");
    else if (!daotp__key_usage_read(usage, &bits) || (bits & DAOTP__KU_DIGITAL_SIGNATURE) == 0)
        daotp__judge_find(&j->judge, DAOTP_FINDING_RA_KU, "no digitalSignature");
}

static void check_validity(look *j)
{
    const daotp__certificate *ra = j->ra;

    if (j->now_s + SKEW_S < ra->not_before)
        daotp__judge_find(&j->judge, DAOTP_FINDING_RA_VALIDITY, "valid only in %lld s",
                          (long long)(ra->not_before - j->now_s));
    else if (j->now_s - SKEW_S > ra->not_after)
        daotp__judge_find(&j->judge, DAOTP_FINDING_RA_VALIDITY, "expired %lld s ago",
                          (long long)(j->now_s - ra->not_after));
    if (ra->not_after - ra->not_before > LIFETIME_S)
        daotp__judge_find(&j->judge, DAOTP_FINDING_RA_LIFETIME, "%lld h",
                          (long long)((ra->not_after - ra->not_before) / 3600));
}

static void check_issuer(look *j)
{
    const daotp__extension *constraints = extension(j, DAOTP__OID_BASIC_CONSTRAINTS);
    bool ca = false;

    if (daotp__certificate_self_issued(j->ra))
        daotp__judge_find(&j->judge, DAOTP_FINDING_RA_NOTSELF, "issuer and subject are the same");
    if (constraints != NULL && (!daotp__basic_constraints_read(constraints, &ca) || ca))
        daotp__judge_find(&j->judge, DAOTP_FINDING_RA_NOT_CA, "basicConstraints cA");
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

static void check_names(look *j)
{
    const daotp__extension *san = extension(j, DAOTP__OID_SAN);

    if (san == NULL || !has_dns_name(san))
        daotp__judge_find(&j->judge, DAOTP_FINDING_RA_SAN, "no DNS name");
    if (extension(j, DAOTP__OID_CRL_DISTRIBUTION) == NULL)
        daotp__judge_find(&j->judge, DAOTP_FINDING_RA_REVOCATION, "no CRL distribution point");
}

daotp_status daotp__ra_check(const daotp__certificate *ra, int64_t now_s, daotp_report *report)
{
    look j = {ra, now_s, {report, "signing certificate", DAOTP_OK}};

    check_eku(&j);
    check_application_policies(&j);
    check_key_usage(&j);
    check_validity(&j);
    check_issuer(&j);
    check_names(&j);
    return j.judge.verdict;
}
