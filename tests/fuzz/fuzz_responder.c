/* SPDX-License-Identifier: BSD-2-Clause */
/* The body of a request, from a client that TLS let in: whatever it is, there is an answer, and the
 * code is asked about at most once, after everything else was found good that needs no directory. */
#include "forge.h"
#include "fuzz.h"

#include "otpce/message.h"
#include "request/cmc.h"

#include <daotp/responder.h>

static daotp_responder *responder;
static daotp__buffer machine;
static unsigned users, codes;

static void ask_user(void *user, daotp_exchange *x, const char *name)
{
    (void)user;
    users++;
    HOLDS(codes == 0 && strlen(name) <= DAOTP__MAX_USER_NAME);
    HOLDS(daotp_account_set_upn(daotp_exchange_get_account(x), "user1@domain1.corp.company.com") ==
          DAOTP_OK);
    HOLDS(daotp_account_set_dn(daotp_exchange_get_account(x),
                               "CN=User 1,CN=Users,DC=domain1,DC=corp,DC=company,DC=com") ==
          DAOTP_OK);
    HOLDS(daotp_exchange_answer_user(x, DAOTP_USER_FOUND) == DAOTP_OK);
}

static void ask_code(void *user, daotp_exchange *x, const char *name, const char *code, size_t len)
{
    (void)user, (void)name;
    codes++;
    HOLDS(users == 1 && len <= DAOTP__MAX_OTP && strlen(code) <= len);
    HOLDS(daotp_exchange_answer_code(x, DAOTP_CODE_ACCEPTED) == DAOTP_OK);
}

/* Its spare blocks lie in pages where LeakSanitizer does not look for pointers. */
static void free_responder(void)
{
    daotp_responder_free(responder);
}

static void set_up(void)
{
    forge_world world = forge_world_new();
    daotp_context *context = forge_context();
    daotp_credential *ra = forge_credential(context, world.ra, NULL, world.ra_key);

    HOLDS(daotp_responder_new(context, &responder) == DAOTP_OK);
    HOLDS(daotp_responder_set_template(responder,
                                       "1.3.6.1.4.1.311.21.8.221803.1567394.12993454.3845153."
                                       "13972217.75.15653661.6620273") == DAOTP_OK);
    HOLDS(daotp_responder_set_signer(responder, ra) == DAOTP_OK);
    HOLDS(daotp_responder_add_issuing_ca(responder, "host\\CA") == DAOTP_OK);
    HOLDS(daotp_responder_set_user_callback(responder, ask_user, NULL) == DAOTP_OK);
    HOLDS(daotp_responder_set_code_callback(responder, ask_code, NULL) == DAOTP_OK);
    machine = forge_der(world.machine);
    daotp_credential_unref(ra);
    daotp_context_unref(context);
    forge_world_free(&world);
    HOLDS(atexit(free_responder) == 0);
}

static void check_answer(daotp_exchange *x, daotp_status verdict, const uint8_t *data, size_t size)
{
    daotp__otpce_response response;
    daotp__otpce_request request;
    size_t len;
    const uint8_t *body = daotp_exchange_get_body(x, &len);

    if (daotp_exchange_get_http_status(x) != 200) {
        HOLDS(daotp_exchange_get_http_status(x) == 400 || daotp_exchange_get_http_status(x) == 413);
        HOLDS(verdict != DAOTP_OK && body == NULL && users == 0);
        return;
    }
    daotp__otpce_response_init(&response);
    daotp__otpce_request_init(&request);
    HOLDS(daotp__otpce_response_read((daotp__bytes){body, len}, &response, NULL) == DAOTP_OK);
    HOLDS((response.code == DAOTP__OTPCE_SUCCESS) == (verdict == DAOTP_OK));
    HOLDS(verdict != DAOTP_OK || codes == 1); /* the account's names are compared after the code */
    if (verdict == DAOTP_OK) {
        HOLDS(daotp__otpce_request_read((daotp__bytes){data, size}, &request, NULL) == DAOTP_OK);
        HOLDS(daotp__cmc_check(daotp__buffer_bytes(&response.cmc),
                               daotp__buffer_bytes(&request.csr), FORGE_NOW, NULL) == DAOTP_OK);
    }
    daotp__otpce_response_free(&response);
    daotp__otpce_request_free(&request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp_exchange *x;
    daotp_status verdict;

    if (responder == NULL)
        set_up();
    users = codes = 0;
    HOLDS(daotp_exchange_new(responder, "POST", data, size, &x) == DAOTP_OK);
    HOLDS(daotp_exchange_add_header(x, "X-OTPCEP-version", "1.0") == DAOTP_OK);
    HOLDS(daotp_exchange_set_peer_certificate(x, machine.data, machine.len) == DAOTP_OK);
    verdict = daotp_exchange_step(x);
    HOLDS(verdict == DAOTP_OK || verdict == DAOTP_PEER || verdict == DAOTP_REJECTED);
    HOLDS(users <= 1 && codes <= 1);
    check_answer(x, verdict, data, size);
    (void)daotp_report_get_text(daotp_exchange_get_report(x));
    (void)daotp_report_get_json(daotp_exchange_get_report(x));
    daotp_exchange_free(x);
    return 0;
}
