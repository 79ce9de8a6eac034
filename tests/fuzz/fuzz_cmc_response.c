/* SPDX-License-Identifier: BSD-2-Clause */
/* The CMC full response of a CA: its status is read in DER and BER alike. */
#include "fuzz.h"

#include "core/utf8.h"
#include "request/cmc_response.h"
#include "x509/ber.h"

#include <string.h>

static bool is_same_text(const char *a, const char *b)
{
    return a == NULL ? b == NULL : b != NULL && strcmp(a, b) == 0;
}

static void check_response(const daotp__cmc_response *response)
{
    HOLDS(!daotp__cmc_is_pending(response) || !daotp__cmc_is_refused(response));
    HOLDS(response->has_status || (response->text == NULL && response->pend_token == NULL));
    if (response->text != NULL)
        HOLDS(daotp__utf8_valid(response->text, strlen(response->text)));
    if (response->pend_token != NULL)
        HOLDS(strlen(response->pend_token) <= 2 * DAOTP__MAX_PEND_TOKEN);
    HOLDS(daotp__cmc_status_name(response->status) != NULL);
    HOLDS(daotp__cmc_fail_name(response->fail_info) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__cmc_response response, again;
    daotp__buffer der;

    daotp__cmc_response_init(&response);
    daotp__cmc_response_init(&again);
    HOLDS(daotp__cmc_response_read((daotp__bytes){data, size}, &response) == DAOTP_OK);
    check_response(&response);
    daotp__buffer_init(&der, 1 << 20);
    if (daotp__ber_cms_read((daotp__bytes){data, size}, &der)) {
        HOLDS(daotp__cmc_response_read(daotp__buffer_bytes(&der), &again) == DAOTP_OK);
        HOLDS(response.has_status == again.has_status && response.status == again.status);
        HOLDS(is_same_text(response.text, again.text));
    }
    daotp__buffer_free(&der);
    daotp__cmc_response_free(&response);
    daotp__cmc_response_free(&again);
    return 0;
}
