/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lab's reader of MS-WSTEP requests. What it takes has an action, a request type and a token,
 * and never a DOCTYPE; what it refuses leaves nothing behind; what it read can be answered, and the
 * answers of the lab are XML that our own reader takes.
 */
#include "fuzz.h"

#include "soap.h"
#include "xml/xml.h"

#include <libxml/xmlerror.h>

static void check_xml(char *answer, size_t len)
{
    daotp__xml_node *root;
    daotp__xml_fault fault = {.rule = NULL};

    HOLDS(answer != NULL && strlen(answer) == len);
    HOLDS(daotp__xml_read((daotp__bytes){(const uint8_t *)answer, len}, 4 << 20, &root, &fault) ==
          DAOTP_OK);
    daotp__xml_free(root);
    free(answer);
}

static void answer(const struct soap_request *request)
{
    struct soap_answer what = {.relates_to = request->message_id,
                               .language = "en-US",
                               .message = request->username != NULL ? request->username : "none",
                               .request_id = 7,
                               .cmc = request->token,
                               .cmc_len = request->token_len,
                               .url = "https://ca/"};
    size_t len;
    char *text = soap_write_answer(&what, &len);

    check_xml(text, len);
    text = soap_write_denial(&what, 0x80094012, &len);
    check_xml(text, len);
    text = soap_write_fault(&what, true, "ActionNotSupported", SOAP_ADDRESSING, &len);
    check_xml(text, len);
}

static void silent(void *user, const char *format, ...)
{
    (void)user;
    (void)format;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct soap_request request;

    if (size > 65536)
        return 0;
    xmlSetGenericErrorFunc(NULL, silent);
    if (soap_read(data, size, &request)) {
        HOLDS(request.action != NULL && request.request_type != NULL && request.token != NULL);
        HOLDS(memmem(data, size, "<!DOCTYPE", 9) == NULL);
        (void)soap_is_issue(&request);
        answer(&request);
    } else {
        HOLDS(request.action == NULL && request.token == NULL && request.password == NULL);
    }
    soap_clear(&request);
    HOLDS(request.username == NULL && request.message_id == NULL);
    return 0;
}
