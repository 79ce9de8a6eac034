/* SPDX-License-Identifier: BSD-2-Clause */
/* signCertResponse: what is read is written, and reads back the same. */
#include "fuzz.h"

#include "core/utf8.h"
#include "otpce/message.h"

static void check_round_trip(const daotp__otpce_response *response)
{
    daotp__otpce_response again;
    daotp__buffer out;

    HOLDS(response->code == DAOTP__OTPCE_SUCCESS ||
          (response->cmc.len == 0 && response->issuing_ca_count == 0));
    for (size_t i = 0; i < response->issuing_ca_count; i++)
        HOLDS(*response->issuing_cas[i] != '\0' &&
              daotp__utf8_printable(response->issuing_cas[i], strlen(response->issuing_cas[i])));
    daotp__buffer_init(&out, 4 * DAOTP__MAX_OTP_MESSAGE);
    HOLDS(daotp__otpce_response_write(response->code, daotp__buffer_bytes(&response->cmc),
                                      (const char *const *)response->issuing_cas,
                                      response->issuing_ca_count, &out) == DAOTP_OK);
    daotp__otpce_response_init(&again);
    if (out.len <= DAOTP__MAX_OTP_MESSAGE) {
        HOLDS(daotp__otpce_response_read(daotp__buffer_bytes(&out), &again, NULL) == DAOTP_OK);
        HOLDS(again.code == response->code);
        HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&again.cmc),
                                 daotp__buffer_bytes(&response->cmc)));
        HOLDS(again.issuing_ca_count == response->issuing_ca_count);
        for (size_t i = 0; i < again.issuing_ca_count; i++)
            HOLDS(strcmp(again.issuing_cas[i], response->issuing_cas[i]) == 0);
    }
    daotp__otpce_response_free(&again);
    daotp__buffer_free(&out);
}

static void check_headers(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);

    if (daotp__otpce_is_version(text))
        HOLDS(strchr(text, '1') != NULL);
    if (daotp__otpce_is_content_type(text))
        HOLDS(strchr(text, '8') != NULL);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__otpce_response response;
    daotp_status status;

    daotp__otpce_response_init(&response);
    status = daotp__otpce_response_read((daotp__bytes){data, size}, &response, NULL);
    HOLDS(status == DAOTP_OK || status == DAOTP_PEER);
    HOLDS(response.issuing_ca_count <= DAOTP__MAX_ISSUING_CAS);
    if (status == DAOTP_OK)
        check_round_trip(&response);
    daotp__otpce_response_free(&response);
    check_headers(data, size);
    return 0;
}
