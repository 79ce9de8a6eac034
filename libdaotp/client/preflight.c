/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of the server before there is a code. A HEAD request over the connection lets a late
 * certificate request happen. Servers answer HEAD in many ways, so if the response lacks the
 * protocol's header, a POST whose certRequest no server accepts is sent (MS-OTPCE 3.2.5.1 checks it
 * before user and code). */
#include "client/client.h"
#include "client/http_verdict.h"

#include <string.h>

static const char no_user[] = "daotp-preflight"; /* a user name that no account has */
static const char no_code[] = "0";
static const char no_request[] = "asdf"; /* as MS-OTPCE 4.4 has it */

static daotp__bytes bytes_of(const char *text)
{
    return (daotp__bytes){(const uint8_t *)text, strlen(text)};
}

/* ---- one request ----------------------------------------------------------------------------- */

static daotp_status begin_head(daotp_client *client)
{
    static const daotp__bytes nothing = {NULL, 0};

    return daotp__https_exchange_begin(client->http, "HEAD", DAOTP__OTPCE_HEADER ": 1.0\r\n",
                                       nothing, DAOTP__MAX_OTP_MESSAGE);
}

static daotp_status begin_probe(daotp_client *client)
{
    daotp__buffer message;
    daotp_status status;

    daotp__buffer_init(&message, DAOTP__MAX_OTP_MESSAGE);
    status = daotp__otpce_request_write(no_user, bytes_of(no_code), bytes_of(no_request), &message);
    if (status == DAOTP_OK)
        status = daotp__https_exchange_begin(client->http, "POST", DAOTP__OTPCE_REQUEST_HEADERS,
                                             daotp__buffer_bytes(&message), DAOTP__MAX_OTP_MESSAGE);
    daotp__buffer_free(&message);
    return status;
}

/* A server that accepts the connection and does not answer must leave time for the next server. */
static daotp_status wait_for_answer(daotp_client *client)
{
    bool is_probe = client->preflight == DAOTP__PREFLIGHT_PROBE;
    daotp_finding_number number = DAOTP_FINDING_TLS_TIMEOUT;
    int64_t left = daotp__time_sub(client->connect_deadline_ms, daotp__loop_now_ms(client->loop));

    if (left > 0) {
        daotp__loop_wake_in(client->loop, left);
        return DAOTP_AGAIN;
    }
    if (is_probe)
        number = DAOTP_FINDING_HTTP_SILENT;
    return daotp__report_add(&client->report, number, 0, daotp__https_exchange_peer(client->http),
                             "no answer to %s", is_probe ? "POST" : "HEAD");
}

static daotp_status preflight_exchange(daotp_client *client)
{
    daotp_status status = DAOTP_OK;

    if (!client->request_begun && client->preflight == DAOTP__PREFLIGHT_HEAD)
        status = begin_head(client);
    else if (!client->request_begun)
        status = begin_probe(client);
    client->request_begun = status == DAOTP_OK;
    if (status == DAOTP_OK)
        status = daotp__https_exchange_step(client->http, &client->report);
    if (status == DAOTP_AGAIN)
        return wait_for_answer(client);
    client->request_begun = false;
    return status;
}

/* ---- what the answers say -------------------------------------------------------------------- */

/* Only an OTP service sends this header (MS-OTPCE 1.7); an error status does not tell whether it
 * accepts POST. 405 and 501: HEAD is not supported (RFC 9110 15.5.6, 15.6.2). */
static bool is_service_known(const daotp_client *client)
{
    unsigned http = daotp__https_exchange_status(client->http);

    return (http == 200 || http == 405 || http == 501) &&
           daotp__otpce_is_version(daotp__https_exchange_header(client->http, DAOTP__OTPCE_HEADER));
}

static void end_preflight(daotp_client *client)
{
    daotp__client_note_handshake(client);
    client->server_closes = client->head_closed || !daotp__https_exchange_is_usable(client->http);
    if (client->head_closed) /* the server may close after the POST too, without notice */
        daotp__client_drop_connection(client);
    client->preflight = DAOTP__PREFLIGHT_OVER;
}

/* The probe may need a connection of its own. */
static daotp_status go_on_to_probe(daotp_client *client)
{
    client->head_closed = !daotp__https_exchange_is_usable(client->http);
    if (client->head_closed)
        daotp__client_drop_connection(client);
    client->preflight = DAOTP__PREFLIGHT_PROBE;
    client->connect_deadline_ms = daotp__loop_in_ms(client->loop, client->connect_ms);
    return DAOTP_OK;
}

static void note_server_time(daotp_client *client)
{
    int64_t date_s = daotp__https_exchange_date(client->http);

    client->has_server_time = date_s >= 0;
    if (client->has_server_time)
        client->server_ahead_s = daotp__time_sub(date_s, daotp__context_now_s(client->context));
}

static daotp_status take_head(daotp_client *client)
{
    note_server_time(client);
    client->head_status = daotp__https_exchange_status(client->http);
    client->head_closed = false;
    if (client->ignore_head || client->is_tls_probe || is_service_known(client)) {
        end_preflight(client);
        return DAOTP_OK;
    }
    if (daotp__http_verdict_is_final(client))
        return daotp__http_verdict_status(client);
    return go_on_to_probe(client);
}

/* A server that does not support HEAD is not at fault. */
static void warn_of_head(daotp_client *client)
{
    unsigned http = client->head_status;
    daotp_finding_number number = DAOTP_FINDING_HTTP_HEAD;

    if (http == 404)
        number = DAOTP_FINDING_HTTP_NOT_FOUND;
    if (http >= 400 && http != 405 && http != 501)
        (void)daotp__report_add(&client->report, number, http,
                                daotp__https_exchange_peer(client->http),
                                "HTTP %u to HEAD; the protocol's answer to POST", http);
}

/* Any statusCode is fine: the request could not be fulfilled. */
static daotp_status take_probe(daotp_client *client)
{
    daotp__otpce_response answer;
    daotp_status status = daotp__http_verdict_service(client);

    if (status != DAOTP_OK)
        return status;
    daotp__otpce_response_init(&answer);
    status = daotp__otpce_response_read(daotp__https_exchange_body(client->http), &answer,
                                        &client->report);
    daotp__otpce_response_free(&answer);
    if (status != DAOTP_OK)
        return status;
    warn_of_head(client);
    end_preflight(client);
    return DAOTP_OK;
}

daotp_status daotp__client_preflight(daotp_client *client)
{
    daotp_status status = DAOTP_OK;

    while (status == DAOTP_OK && client->preflight != DAOTP__PREFLIGHT_OVER) {
        status = daotp__client_secure_connection(client);
        if (status == DAOTP_OK)
            status = preflight_exchange(client);
        if (status != DAOTP_OK)
            return status;
        status =
            client->preflight == DAOTP__PREFLIGHT_HEAD ? take_head(client) : take_probe(client);
    }
    return status;
}
