/* SPDX-License-Identifier: BSD-2-Clause */
/* An enrolment service's answer; and the input as a password, which must come back as it was. */
#include "fuzz.h"

#include "ca/soap.h"
#include "xml/xml.h"

#define WSSE "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"

static void read_answer(daotp__bytes in)
{
    daotp__wstep_answer answer;
    daotp__xml_fault fault = {.rule = NULL};
    daotp_status status;

    daotp__wstep_answer_init(&answer);
    status = daotp__wstep_answer_read(in, &answer, &fault);
    HOLDS(status == DAOTP_OK ||
          (status == DAOTP_PEER && fault.rule != NULL && *fault.rule != '\0'));
    if (status == DAOTP_OK) {
        HOLDS(answer.message != NULL && answer.request_id != NULL);
        if (answer.kind == DAOTP__WSTEP_ISSUED)
            HOLDS(answer.certificate.len > 0 || answer.cmc.len > 0);
        if (answer.kind == DAOTP__WSTEP_REFUSED)
            HOLDS(daotp__cmc_is_refused(&answer.response));
        if (answer.kind == DAOTP__WSTEP_PENDING)
            HOLDS(answer.certificate.len == 0);
        if (answer.kind == DAOTP__WSTEP_DENIED)
            HOLDS(answer.hresult != 0);
    }
    daotp__wstep_answer_free(&answer);
}

static void write_password(daotp__bytes password)
{
    daotp__wstep_request request = {.url = "https://h/",
                                    .message_id = "u",
                                    .user_name = "user",
                                    .password = password,
                                    .cmc = {(const uint8_t *)"x", 1}};
    const daotp__xml_node *node;
    daotp__xml_node *root;
    daotp__buffer out;
    daotp__xml_fault fault = {.rule = NULL};

    daotp__buffer_init(&out, 1 << 20);
    HOLDS(daotp__wstep_request_write(&request, &out) == DAOTP_OK);
    HOLDS(daotp__xml_read(daotp__buffer_bytes(&out), 1 << 20, &root, &fault) == DAOTP_OK);
    node = daotp__xml_find(root, WSSE, "Password");
    HOLDS(node != NULL && node->first == NULL);
    HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&node->text), password));
    daotp__xml_free(root);
    daotp__buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__bytes in = {data, size};

    read_answer(in);
    if (size <= 1024 && daotp__xml_can_hold((const char *)data, size))
        write_password(in);
    return 0;
}
