/* SPDX-License-Identifier: BSD-2-Clause */
/* The answers inside a seal: of the endpoint mapper, of RemoteActivation and RemoteCreateInstance
 * with OBJREF and bindings, of the CA by ICPR and DCOM, and the CA's properties. The first octet
 * chooses. */
#include "fuzz.h"

#include "ca/ca_info.h"
#include "ca/create_instance.h"
#include "ca/endpoint_map.h"
#include "core/alloc.h"

static bool is_within(daotp__bytes part, daotp__bytes whole)
{
    return part.len == 0 || (part.data >= whole.data && part.len <= whole.len &&
                             (size_t)(part.data - whole.data) <= whole.len - part.len);
}

static void read_answer(daotp__bytes in, bool is_dcom)
{
    daotp__cert_answer answer;
    const char *why = NULL;
    char *text;

    if (!daotp__cert_answer_read(in, is_dcom, &answer, &why)) {
        HOLDS(why != NULL);
        return;
    }
    HOLDS(is_within(answer.chain, in) && is_within(answer.certificate, in) &&
          is_within(answer.message, in));
    text = daotp__ndr_text(answer.message, 100);
    HOLDS(text == NULL || strlen(text) <= 104);
    daotp__delete(text);
}

/* All answers of one CA, each with its length in two octets in front. */
static void take_properties(daotp__bytes in, daotp_report *report)
{
    daotp__property_question question;
    daotp_status status = DAOTP_OK;
    daotp_ca_info *info;
    size_t len;

    if (daotp__ca_info_new(&info) != DAOTP_OK)
        return;
    while (status == DAOTP_OK && in.len >= 2 && daotp__ca_info_question(info, &question)) {
        len = (size_t)(in.data[0] | in.data[1] << 8);
        len = len < in.len - 2 ? len : in.len - 2;
        status = daotp__ca_info_take(info, (daotp__bytes){in.data + 2, len}, "CA", report);
        in = (daotp__bytes){in.data + 2 + len, in.len - 2 - len};
    }
    for (size_t i = 0; i < daotp_ca_info_get_template_count(info); i++)
        HOLDS(daotp_ca_info_get_template_name(info, i) != NULL &&
              daotp_ca_info_get_template_oid(info, i) != NULL);
    for (size_t i = 0; i < daotp_ca_info_get_count(info); i++)
        HOLDS(daotp_ca_info_get_certificate(info, i, &len) != NULL && len > 0);
    daotp_ca_info_free(info);
}

static void read_properties(daotp__bytes in)
{
    daotp_context *context;
    daotp_report *report;

    if (daotp_context_new(&context) != DAOTP_OK)
        return;
    if (daotp_report_new(context, &report) == DAOTP_OK)
        take_properties(in, report);
    daotp_report_free(report);
    daotp_context_unref(context);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__bytes in = {data + 1, size - 1};
    daotp__activation activation;
    daotp__ept_answer answer;
    const char *why = NULL;

    if (size == 0)
        return 0;
    switch (data[0] % 6) {
    case 0:
        HOLDS(daotp__ept_map_read(in, &daotp__icpr_interface, &answer, &why) || why != NULL);
        break;
    case 1:
        HOLDS(daotp__activation_read(in, daotp__cert_request_interface.uuid, &activation, &why) ||
              why != NULL);
        break;
    case 4:
        HOLDS(daotp__create_instance_read(in, daotp__cert_request2_interface.uuid, &activation,
                                          &why) ||
              why != NULL);
        break;
    case 5:
        read_properties(in);
        break;
    default:
        read_answer(in, data[0] % 6 == 3);
    }
    return 0;
}
