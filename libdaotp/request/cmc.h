/* SPDX-License-Identifier: BSD-2-Clause */
/* The CMC full request (RFC 2797, MS-WCCE 2.2.2.6.3): the server wraps and signs a CSR, the
 * client checks the returned request. */
#ifndef DAOTP_REQUEST_CMC_H
#define DAOTP_REQUEST_CMC_H

#include "core/report.h"
#include "request/cmc_allow.h"
#include "request/csr.h"
#include "x509/cms.h"

/* PKIData, RFC 2797 3.1. */
typedef struct daotp__pki_data {
    daotp__bytes request; /* the one PKCS#10; data is NULL when there is not exactly one */
    size_t request_count; /* of any kind */
    size_t control_count;
    bool other_controls; /* any control except CMC add attributes */
    daotp__cmc_finding
        extra; /* the strongest effect of a control, and of an attribute that a control adds */
    bool has_cms, has_other; /* cmsSequence, otherMsgSequence not empty */
    bool ids_fit;            /* body part ids unique and nonzero, references found */
    daotp__client_info client_info;
    bool has_client_info;
} daotp__pki_data;

bool daotp__pki_data_read(daotp__bytes content, daotp__pki_data *data);
/* Append PKIData around a CSR; client_info names the RA's host and may be NULL. */
daotp_status daotp__pki_data_write(daotp__bytes csr, const daotp__client_info *client_info,
                                   daotp__buffer *out);

/* Sign a CSR as registration authority. */
daotp_status daotp__cmc_write(daotp__bytes csr, const daotp__client_info *client_info,
                              daotp__hash hash, const daotp_key *key, const daotp__certificate *ra,
                              daotp__buffer *out, daotp_report *report);

/* Check a returned CMC: DAOTP_OK if there was no error. All findings go into the report. */
daotp_status daotp__cmc_check(daotp__bytes cmc, daotp__bytes csr, int64_t now_s,
                              daotp_report *report);
/* The certificate of the last signer that is not a dummy, in DER; empty if there is none. */
daotp__bytes daotp__cmc_signer(daotp__bytes cmc);

#endif
