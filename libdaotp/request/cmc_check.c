/* SPDX-License-Identifier: BSD-2-Clause */
/* Is this the request we sent, and may who signed it? The rows CMC-* of the checklist. */
#include "core/judge.h"
#include "request/cmc.h"
#include "x509/role.h"

static void check_content(daotp__judge *judge, const daotp__pki_data *data, daotp__bytes csr)
{
    if (data->request.data == NULL)
        daotp__judge_find(judge, DAOTP_FINDING_CMC_ONE_REQ, "%zu requests", data->request_count);
    else if (!daotp__bytes_equal(data->request, csr))
        daotp__judge_find(judge, DAOTP_FINDING_CMC_SAME_CSR, "another PKCS#10 of %zu bytes",
                          data->request.len);
    if (!data->ids_fit)
        daotp__judge_find(judge, DAOTP_FINDING_CMC_BODYID,
                          "ids that repeat, are 0 or point nowhere");
    if (data->other_controls || data->has_cms || data->has_other)
        daotp__judge_find(judge, DAOTP_FINDING_CMC_EXTRA, "%s%s%s",
                          data->other_controls ? "controls " : "", data->has_cms ? "CMS " : "",
                          data->has_other ? "messages" : "");
}

/* The last signer that is no dummy is the RA (MS-WCCE 3.1.1.4.3.3.3). */
static const daotp__signer *ra_signer(const daotp__signed_data *cms)
{
    for (size_t i = cms->signer_count; i > 0; i--)
        if (cms->signers[i - 1].signature_algorithm.known != DAOTP__OID_NO_SIGNATURE)
            return &cms->signers[i - 1];
    return NULL;
}

static void check_signature(daotp__judge *judge, const daotp__signed_data *cms,
                            const daotp__signer *signer, const daotp__certificate *ra)
{
    daotp__hash hash = daotp__algorithm_hash(&signer->digest);

    if (!daotp__signer_attributes_fit(cms, signer))
        daotp__judge_find(judge, DAOTP_FINDING_CMC_ATTRS, "another content type or digest");
    if (!daotp__signer_verify(signer, ra->spki))
        daotp__judge_find(judge, DAOTP_FINDING_CMC_RASIG, "a signature that does not verify");
    if (hash == DAOTP__HASH_SHA1)
        daotp__judge_find(judge, DAOTP_FINDING_CMC_HASH, "%s", daotp__hash_name(hash));
}

static void check_signers(daotp__judge *judge, const daotp__signed_data *cms, int64_t now_s)
{
    const daotp__signer *signer = ra_signer(cms);
    daotp__certificate ra;

    if (cms->signer_count == 0 || !daotp__signer_is_no_signature(&cms->signers[0]))
        daotp__judge_find(judge, DAOTP_FINDING_CMC_NOSIG, "%zu signers", cms->signer_count);
    if (signer == NULL || !daotp__signer_certificate(cms, signer, &ra)) {
        daotp__judge_find(judge, DAOTP_FINDING_RA_EMBED, "%zu certificates",
                          cms->certificate_count);
        return;
    }
    check_signature(judge, cms, signer, &ra);
    daotp__judge_add(
        judge, daotp__role_check(DAOTP_ROLE_RA, &ra, now_s, "signing certificate", judge->report));
}

daotp_status daotp__cmc_check(daotp__bytes cmc, daotp__bytes csr, int64_t now_s,
                              daotp_report *report)
{
    daotp__judge judge = {report, "signed request", DAOTP_OK};
    daotp__signed_data cms;
    daotp__pki_data data;

    if (!daotp__signed_data_read(cmc, &cms) ||
        !daotp__oid_is(cms.content_type, DAOTP__OID_PKI_DATA) || cms.content.data == NULL ||
        !daotp__pki_data_read(cms.content, &data)) {
        daotp__judge_find(&judge, DAOTP_FINDING_CMC_TYPE, "%zu bytes", cmc.len);
        return judge.verdict;
    }
    check_content(&judge, &data, csr);
    check_signers(&judge, &cms, now_s);
    return judge.verdict;
}

daotp__bytes daotp__cmc_signer(daotp__bytes cmc)
{
    const daotp__signer *signer;
    daotp__signed_data signed_data;
    daotp__certificate ra;

    if (!daotp__signed_data_read(cmc, &signed_data))
        return (daotp__bytes){NULL, 0};
    signer = ra_signer(&signed_data);
    if (signer == NULL || !daotp__signer_certificate(&signed_data, signer, &ra))
        return (daotp__bytes){NULL, 0};
    return ra.der;
}
