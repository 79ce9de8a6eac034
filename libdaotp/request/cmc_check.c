/* SPDX-License-Identifier: BSD-2-Clause */
/* Is this the request we sent, and may who signed it? The rows CMC-* of the checklist. */
#include "request/cmc.h"
#include "x509/oid.h"

/* The worst so far: every check is made, the first error decides. */
static void worsen(daotp_status *status, daotp_status found)
{
    if (*status == DAOTP_OK)
        *status = found;
}

static daotp_status check_content(const daotp__pki_data *data, daotp__bytes csr,
                                  daotp_report *report)
{
    daotp_status status = DAOTP_OK;

    if (data->request.data == NULL)
        worsen(&status, daotp__report_add(report, DAOTP_FINDING_CMC_ONE_REQ, 0, "signed request",
                                          "%zu requests", data->request_count));
    else if (!daotp__bytes_equal(data->request, csr))
        worsen(&status, daotp__report_add(report, DAOTP_FINDING_CMC_SAME_CSR, 0, "signed request",
                                          "another PKCS#10 of %zu bytes", data->request.len));
    if (!data->ids_fit)
        worsen(&status, daotp__report_add(report, DAOTP_FINDING_CMC_BODYID, 0, "signed request",
                                          "ids that repeat, are 0 or point nowhere"));
    if (data->other_controls || data->has_cms || data->has_other)
        worsen(&status,
               daotp__report_add(report, DAOTP_FINDING_CMC_EXTRA, 0, "signed request", "%s%s%s",
                                 data->other_controls ? "controls " : "",
                                 data->has_cms ? "CMS " : "", data->has_other ? "messages" : ""));
    return status;
}

/* The last signer that is no dummy is the RA (MS-WCCE 3.1.1.4.3.3.3). */
static const daotp__signer *ra_signer(const daotp__signed_data *cms)
{
    for (size_t i = cms->signer_count; i > 0; i--)
        if (cms->signers[i - 1].signature_algorithm.known != DAOTP__OID_NO_SIGNATURE)
            return &cms->signers[i - 1];
    return NULL;
}

static daotp_status check_signature(const daotp__signed_data *cms, const daotp__signer *signer,
                                    const daotp__certificate *ra, daotp_report *report)
{
    daotp_status status = DAOTP_OK;
    daotp__hash hash = daotp__algorithm_hash(&signer->digest);

    if (!daotp__signer_attributes_fit(cms, signer))
        worsen(&status, daotp__report_add(report, DAOTP_FINDING_CMC_ATTRS, 0, "signed request",
                                          "another content type or digest"));
    if (!daotp__signer_verify(signer, ra->spki))
        worsen(&status, daotp__report_add(report, DAOTP_FINDING_CMC_RASIG, 0, "signed request",
                                          "a signature that does not verify"));
    if (hash == DAOTP__HASH_SHA1)
        worsen(&status, daotp__report_add(report, DAOTP_FINDING_CMC_HASH, 0, "signed request", "%s",
                                          daotp__hash_name(hash)));
    return status;
}

static daotp_status check_signers(const daotp__signed_data *cms, int64_t now_s,
                                  daotp_report *report)
{
    const daotp__signer *signer = ra_signer(cms);
    daotp_status status = DAOTP_OK;
    daotp__certificate ra;

    if (cms->signer_count == 0 || !daotp__signer_is_no_signature(&cms->signers[0]))
        worsen(&status, daotp__report_add(report, DAOTP_FINDING_CMC_NOSIG, 0, "signed request",
                                          "%zu signers", cms->signer_count));
    if (signer == NULL || !daotp__signer_certificate(cms, signer, &ra)) {
        worsen(&status, daotp__report_add(report, DAOTP_FINDING_RA_EMBED, 0, "signed request",
                                          "%zu certificates", cms->certificate_count));
        return status;
    }
    worsen(&status, check_signature(cms, signer, &ra, report));
    worsen(&status, daotp__ra_check(&ra, now_s, report));
    return status;
}

daotp_status daotp__cmc_check(daotp__bytes cmc, daotp__bytes csr, int64_t now_s,
                              daotp_report *report)
{
    daotp__signed_data cms;
    daotp__pki_data data;
    daotp_status status;

    if (!daotp__signed_data_read(cmc, &cms) ||
        !daotp__oid_is(cms.content_type, DAOTP__OID_PKI_DATA) || cms.content.data == NULL ||
        !daotp__pki_data_read(cms.content, &data))
        return daotp__report_add(report, DAOTP_FINDING_CMC_TYPE, 0, "signed request", "%zu bytes",
                                 cmc.len);
    status = check_content(&data, csr, report);
    worsen(&status, check_signers(&cms, now_s, report));
    return status;
}
