/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two messages of MS-OTPCE 2.2: bytes in, bytes out. What is read is lenient where the
 * published samples are (attribute order, unknown attributes and declarations, white space in
 * base64), and strict where a mistake could be taken for an answer.
 */
#ifndef DAOTP_OTPCE_MESSAGE_H
#define DAOTP_OTPCE_MESSAGE_H

#include "core/buffer.h"
#include "core/limits.h"
#include "core/report.h"

#define DAOTP__OTPCE_NAMESPACE    "http://schemas.microsoft.com/otpcep/1.0/protocol"
#define DAOTP__OTPCE_HEADER       "X-OTPCEP-version" /* MS-OTPCE 1.7 */
#define DAOTP__OTPCE_VERSION      "1.0"
#define DAOTP__OTPCE_CONTENT_TYPE "Application/xml;charset=utf-8" /* MS-OTPCE 2.2 */
/* The header lines of a request. */
#define DAOTP__OTPCE_REQUEST_HEADERS                                                               \
    DAOTP__OTPCE_HEADER ": " DAOTP__OTPCE_VERSION "\r\n"                                           \
                        "Content-Type: " DAOTP__OTPCE_CONTENT_TYPE "\r\n"

/* signCertRequest, MS-OTPCE 2.2.2. Owns its members. */
typedef struct daotp__otpce_request {
    daotp__buffer user_name, otp, csr;
} daotp__otpce_request;

typedef enum daotp__otpce_code {
    DAOTP__OTPCE_SUCCESS = 0,
    DAOTP__OTPCE_AUTHENTICATION_ERROR,
    DAOTP__OTPCE_CHALLENGE_RESPONSE_REQUIRED,
    DAOTP__OTPCE_OTHER_ERROR /* any unknown value too */
} daotp__otpce_code;

/* signCertResponse, MS-OTPCE 2.2.3. Owns its members. */
typedef struct daotp__otpce_response {
    daotp__otpce_code code;
    daotp__buffer cmc;
    char *issuing_cas[DAOTP__MAX_ISSUING_CAS];
    size_t issuing_ca_count;
} daotp__otpce_response;

void daotp__otpce_request_init(daotp__otpce_request *request);
void daotp__otpce_request_free(daotp__otpce_request *request); /* wipes */
daotp_status daotp__otpce_request_read(daotp__bytes in, daotp__otpce_request *request,
                                       daotp_report *report);
/* Appends; the user name and the OTP must be what XML can hold. */
daotp_status daotp__otpce_request_write(const char *user_name, daotp__bytes otp, daotp__bytes csr,
                                        daotp__buffer *out);

void daotp__otpce_response_init(daotp__otpce_response *response);
void daotp__otpce_response_free(daotp__otpce_response *response);
daotp_status daotp__otpce_response_read(daotp__bytes in, daotp__otpce_response *response,
                                        daotp_report *report);
/* On any code but success the CMC and the CAs are left out, MS-OTPCE 2.2.3. */
daotp_status daotp__otpce_response_write(daotp__otpce_code code, daotp__bytes cmc,
                                         const char *const *cas, size_t ca_count,
                                         daotp__buffer *out);

const char *daotp__otpce_code_name(daotp__otpce_code code);
/* Is this the version header's value, and the content type's? White space is tolerated. */
bool daotp__otpce_is_version(const char *value);
bool daotp__otpce_is_content_type(const char *value);

/* Can a message carry this text, as a user name or a code? */
bool daotp__otpce_can_hold(const char *text, size_t len);

#endif
