/* SPDX-License-Identifier: BSD-2-Clause */
/* A policy service's answer: what is read can be asked for, and what is not says where and why. */
#include "fuzz.h"

#include "ca/soap.h"

static void ask_templates(const daotp_templates *templates)
{
    size_t count = daotp_templates_get_count(templates), len;

    HOLDS(count <= DAOTP__MAX_TEMPLATES);
    for (size_t at = 0; at < count; at++) {
        const char *name = daotp_templates_get_text(templates, at, DAOTP_TEMPLATE_NAME);

        HOLDS(*name != '\0' && daotp_templates_find(templates, name) <= at);
        for (int field = 0; field <= DAOTP_TEMPLATE_GENERAL_FLAGS + 1; field++)
            HOLDS(daotp_templates_get_number(templates, at, (daotp_template_number)field) >= -1);
        for (size_t ca = 0; ca < daotp_templates_get_ca_count(templates, at); ca++) {
            HOLDS(daotp_templates_get_ca_certificate(templates, at, ca, &len) != NULL && len > 0);
            (void)daotp_templates_get_ca_url(templates, at, ca, DAOTP_CA_ANY);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp_templates *templates = NULL;
    daotp__xml_fault fault;
    daotp__wstep_answer answer;
    daotp_status status;

    daotp__wstep_answer_init(&answer);
    status = daotp__policies_answer_read((daotp__bytes){data, size}, &answer, &templates, &fault);
    HOLDS(status == DAOTP_OK || (status == DAOTP_PEER && *fault.rule != '\0'));
    HOLDS(status == DAOTP_OK || templates == NULL);
    ask_templates(templates);
    daotp_templates_free(templates);
    daotp__wstep_answer_free(&answer);
    return 0;
}
