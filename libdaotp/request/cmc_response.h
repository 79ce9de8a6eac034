/* SPDX-License-Identifier: BSD-2-Clause */
/* The CMC full response (RFC 5272 3.2.1.3, RFC 2797 3.4): which status a CA gives to a request. */
#ifndef DAOTP_REQUEST_CMC_RESPONSE_H
#define DAOTP_REQUEST_CMC_RESPONSE_H

#include "x509/cms.h"

/* CMCStatus, RFC 5272 6.1.1 */
enum {
    DAOTP__CMC_SUCCESS = 0,
    DAOTP__CMC_FAILED = 2,
    DAOTP__CMC_PENDING = 3,
    DAOTP__CMC_NO_SUPPORT = 4,
    DAOTP__CMC_CONFIRM_REQUIRED = 5,
    DAOTP__CMC_POP_REQUIRED = 6,
    DAOTP__CMC_PARTIAL = 7
};

enum { DAOTP__CMC_NO_FAIL_INFO = 0xFFFFFFFF };

/* The content of the controls id-cmc-statusInfo and id-cmc-statusInfoV2; of several, a failure
 * takes precedence over success. */
typedef struct daotp__cmc_response {
    bool has_status;
    uint32_t status, fail_info;
    char *text;       /* statusString; NULL for none */
    char *pend_token; /* as text, or in hexadecimal; NULL for none */
    char *extended;   /* extendedFailInfo: OID and value in words; NULL for none */
    bool has_pend_time;
    int64_t pend_time; /* when to ask again, seconds since 1970 */
} daotp__cmc_response;

void daotp__cmc_response_init(daotp__cmc_response *response);
void daotp__cmc_response_free(daotp__cmc_response *response);
/* Reads the status from a SignedData with a PKIResponse, in DER or BER; other content changes
 * nothing. DAOTP_OK or DAOTP_MEMORY. */
daotp_status daotp__cmc_response_take(const daotp__signed_data *data,
                                      daotp__cmc_response *response);
/* The same for a ContentInfo, in DER or BER. */
daotp_status daotp__cmc_response_read(daotp__bytes in, daotp__cmc_response *response);

bool daotp__cmc_is_pending(const daotp__cmc_response *response);
/* A status that is neither success nor pending. */
bool daotp__cmc_is_refused(const daotp__cmc_response *response);

const char *daotp__cmc_status_name(uint32_t status);
/* CMCFailInfo, RFC 5272 6.1.4; "" for DAOTP__CMC_NO_FAIL_INFO, "unknown" for a number that is not
 * defined there. From 0x80000000 on it is an HRESULT of Windows. */
const char *daotp__cmc_fail_name(uint32_t fail_info);
/* What it means, in the words of 6.1.4; "" for DAOTP__CMC_NO_FAIL_INFO. */
const char *daotp__cmc_fail_meaning(uint32_t fail_info);

#endif
