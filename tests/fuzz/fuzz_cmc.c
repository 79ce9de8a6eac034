/* SPDX-License-Identifier: BSD-2-Clause */
/* The CMC full request, from a server nobody may trust: SignedData, PKIData, and the whole check.
 */
#include "fuzz.h"

#include "request/cmc.h"

enum { AT = 1334102400 }; /* 2012-04-11, when the published RA certificate was valid */

static void check_signers(const daotp__signed_data *cms)
{
    daotp__certificate certificate;

    HOLDS(cms->signer_count <= DAOTP__MAX_SIGNERS && cms->certificate_count <= DAOTP__MAX_CHAIN);
    for (size_t i = 0; i < cms->signer_count; i++) {
        const daotp__signer *signer = &cms->signers[i];

        if (daotp__signer_attributes_fit(cms, signer))
            HOLDS(cms->content.data != NULL && signer->attributes.len > 0);
        if (daotp__signer_is_no_signature(signer))
            HOLDS(signer->signature_algorithm.known == DAOTP__OID_NO_SIGNATURE);
        if (daotp__signer_certificate(cms, signer, &certificate))
            (void)daotp__signer_verify(signer, certificate.spki);
    }
}

/* The CSR inside a message, so that the check comes past "another request". */
static daotp__bytes own_csr(const daotp__signed_data *cms)
{
    daotp__pki_data data;

    return cms->content.data != NULL && daotp__pki_data_read(cms->content, &data)
               ? data.request
               : (daotp__bytes){NULL, 0};
}

static void check_data(daotp__bytes in)
{
    daotp__pki_data data;

    if (!daotp__pki_data_read(in, &data))
        return;
    HOLDS((data.request.data != NULL) <= (data.request_count == 1));
    if (data.request.data != NULL) /* a view into it */
        HOLDS(data.request.data > in.data &&
              data.request.data + data.request.len <= in.data + in.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__bytes in = {data, size};
    daotp__signed_data cms;
    daotp_status status;

    check_data(in);
    if (!daotp__signed_data_read(in, &cms)) {
        HOLDS(daotp__cmc_check(in, in, AT, NULL) == DAOTP_PEER);
        return 0;
    }
    check_signers(&cms);
    check_data(cms.content);
    status = daotp__cmc_check(in, own_csr(&cms), AT, NULL);
    HOLDS(status == DAOTP_OK || status == DAOTP_PEER || status == DAOTP_REJECTED);
    if (status == DAOTP_OK) { /* accepted: then another request must be refused */
        HOLDS(cms.signer_count > 0 && own_csr(&cms).data != NULL);
        HOLDS(daotp__cmc_check(in, in, AT, NULL) == DAOTP_REJECTED);
    }
    return 0;
}
