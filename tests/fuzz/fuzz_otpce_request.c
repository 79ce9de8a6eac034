/* SPDX-License-Identifier: BSD-2-Clause */
/* signCertRequest: what is read is written, and reads back the same. */
#include "fuzz.h"

#include "core/utf8.h"
#include "otpce/message.h"
#include "xml/xml.h"

static void check_round_trip(daotp__otpce_request *request)
{
    daotp__otpce_request again;
    daotp__buffer out;

    HOLDS(daotp__xml_can_hold((const char *)request->otp.data, request->otp.len));
    HOLDS(daotp__xml_can_hold((const char *)request->user_name.data, request->user_name.len));
    daotp__buffer_init(&out, DAOTP__MAX_OTP_MESSAGE);
    HOLDS(daotp__otpce_request_write(daotp__buffer_string(&request->user_name),
                                     daotp__buffer_bytes(&request->otp),
                                     daotp__buffer_bytes(&request->csr), &out) == DAOTP_OK);
    daotp__otpce_request_init(&again);
    HOLDS(daotp__otpce_request_read(daotp__buffer_bytes(&out), &again, NULL) == DAOTP_OK);
    HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&again.user_name),
                             daotp__buffer_bytes(&request->user_name)));
    HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&again.otp), daotp__buffer_bytes(&request->otp)));
    HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&again.csr), daotp__buffer_bytes(&request->csr)));
    daotp__otpce_request_free(&again);
    daotp__buffer_free(&out);
}

/* The input as a one-time password, as far as XML can hold it. */
static void check_code(const uint8_t *data, size_t size)
{
    daotp__otpce_request request;
    daotp__buffer out;

    if (size > DAOTP__MAX_OTP || !daotp__xml_can_hold((const char *)data, size))
        return;
    daotp__buffer_init(&out, DAOTP__MAX_OTP_MESSAGE);
    HOLDS(daotp__otpce_request_write("u", (daotp__bytes){data, size}, (daotp__bytes){NULL, 0},
                                     &out) == DAOTP_OK);
    daotp__otpce_request_init(&request);
    HOLDS(daotp__otpce_request_read(daotp__buffer_bytes(&out), &request, NULL) == DAOTP_OK);
    HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&request.otp), (daotp__bytes){data, size}));
    daotp__otpce_request_free(&request);
    daotp__buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__otpce_request request;
    daotp_status status;

    daotp__otpce_request_init(&request);
    status = daotp__otpce_request_read((daotp__bytes){data, size}, &request, NULL);
    HOLDS(status == DAOTP_OK || status == DAOTP_PEER || status == DAOTP_REJECTED);
    if (status == DAOTP_OK)
        check_round_trip(&request);
    daotp__otpce_request_free(&request);
    check_code(data, size);
    return 0;
}
