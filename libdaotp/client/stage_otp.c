/* SPDX-License-Identifier: BSD-2-Clause */
/* The stages otp (send the code, once) and signature (the response holds our request, signed by a
 * registration authority). */
#include "client/client.h"
#include "client/http_verdict.h"
#include "request/cmc.h"
#include "x509/ber.h"

static daotp_status begin_request(daotp_client *client)
{
    daotp__buffer message;
    daotp_status status = DAOTP_OK;

    if (!daotp__client_has_connection(client)) {
        if (client->http != NULL)
            status = daotp__https_exchange_explain_refusal(client->http, &client->report);
        if (status != DAOTP_OK)
            return status;
        return daotp__report_add(&client->report, DAOTP_FINDING_HTTP_CONNECTION_LOST, 0,
                                 client->servers[client->server].text,
                                 "closed before the code was sent");
    }
    daotp__buffer_init_secret(&message, DAOTP__MAX_OTP_MESSAGE);
    status = daotp__otpce_request_write(client->user_name, daotp__buffer_bytes(&client->otp),
                                        daotp__buffer_bytes(&client->csr), &message);
    if (status == DAOTP_OK)
        status = daotp__https_exchange_begin(client->http, "POST", DAOTP__OTPCE_REQUEST_HEADERS,
                                             daotp__buffer_bytes(&message), DAOTP__MAX_OTP_MESSAGE);
    daotp__buffer_free(&message);
    client->request_begun = status == DAOTP_OK;
    return status;
}

/* If the response is lost, it is not known whether the code was used up: report that, with the
 * finding about the loss as its cause. */
static daotp_status in_doubt(daotp_client *client, daotp_status status)
{
    if (status != DAOTP_NETWORK && status != DAOTP_TIMEOUT)
        return status;
    return daotp__report_add(&client->report, DAOTP_FINDING_OTP_SPENT, 0,
                             client->servers[client->server].text, "no answer");
}

static daotp_status stage_otp_exchange(daotp_client *client)
{
    daotp_status status = daotp__https_exchange_step(client->http, &client->report);

    if (daotp__https_exchange_has_sent(client->http)) {
        client->otp_sent = true;
        if (status != DAOTP_OK && status != DAOTP_AGAIN)
            return in_doubt(client, status);
    }
    return status;
}

static daotp_status check_code(daotp_client *client)
{
    static const daotp_finding_number numbers[] = {
        [DAOTP__OTPCE_AUTHENTICATION_ERROR] = DAOTP_FINDING_OTP_AUTHENTICATION,
        [DAOTP__OTPCE_CHALLENGE_RESPONSE_REQUIRED] = DAOTP_FINDING_OTP_CHALLENGE,
        [DAOTP__OTPCE_OTHER_ERROR] = DAOTP_FINDING_OTP_OTHER};
    const daotp__otpce_response *response = &client->response;
    const char *url = client->servers[client->server].text;

    if (response->code != DAOTP__OTPCE_SUCCESS)
        return daotp__report_add(&client->report, numbers[response->code], 0, url, "statusCode %s",
                                 daotp__otpce_code_name(response->code));
    if (response->cmc.len == 0)
        return daotp__report_add(&client->report, DAOTP_FINDING_OTP_NO_REQUEST, 0, url, "none");
    if (response->issuing_ca_count == 0)
        return daotp__report_add(&client->report, DAOTP_FINDING_OTP_NO_ISSUING_CA, 0, url, "none");
    return DAOTP_OK;
}

/* CMS may be encoded in BER (RFC 5652 1). It is checked, and passed on to the CA, in DER; the
 * signed octets do not change. */
static daotp_status normalise_cmc(daotp__buffer *cmc)
{
    daotp__signed_data ignored;
    daotp_status status = DAOTP_OK;
    daotp__buffer der;

    if (daotp__signed_data_read(daotp__buffer_bytes(cmc), &ignored))
        return DAOTP_OK;
    daotp__buffer_init(&der, DAOTP__MAX_CMC);
    if (daotp__ber_cms_read(daotp__buffer_bytes(cmc), &der)) {
        daotp__buffer_clear(cmc);
        daotp__buffer_add(cmc, der.data, der.len);
        status = cmc->failed;
    } else if (der.failed == DAOTP_MEMORY) {
        status = DAOTP_MEMORY;
    }
    daotp__buffer_free(&der);
    return status;
}

daotp_status daotp__client_stage_otp(daotp_client *client)
{
    daotp_status status = DAOTP_OK;

    if (!client->request_begun)
        status = begin_request(client);
    if (status == DAOTP_OK)
        status = stage_otp_exchange(client);
    if (status != DAOTP_OK)
        return status;
    client->request_begun = false;
    daotp__client_note_handshake(client);
    status = daotp__http_verdict_service(client);
    if (status == DAOTP_OK)
        status = daotp__otpce_response_read(daotp__https_exchange_body(client->http),
                                            &client->response, &client->report);
    if (status == DAOTP_OK)
        status = check_code(client);
    return status == DAOTP_OK ? normalise_cmc(&client->response.cmc) : status;
}

daotp_status daotp__client_stage_signature(daotp_client *client)
{
    daotp_status status = DAOTP_OK;

    if (client->verifier == NULL) /* else the CMC was checked */
        status = daotp__cmc_check(daotp__buffer_bytes(&client->response.cmc),
                                  daotp__buffer_bytes(&client->csr),
                                  daotp__context_now_s(client->context), &client->report);
    return status == DAOTP_OK ? daotp__client_verify_signer(client) : status;
}

/* The code counts as used once its first byte is sent. */
daotp_status daotp__client_otp_timed_out(daotp_client *client)
{
    if (!client->otp_sent)
        return DAOTP_OK;
    return daotp__report_add(&client->report, DAOTP_FINDING_OTP_SPENT, 0,
                             client->servers[client->server].text, "no answer within %lld ms",
                             (long long)client->part_ms);
}
