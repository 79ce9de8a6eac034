/* SPDX-License-Identifier: BSD-2-Clause */
/* The answers inside a seal: of the endpoint mapper, of RemoteActivation with its OBJREF and
 * bindings, and of the CA by ICPR and DCOM. The first octet chooses. */
#include "fuzz.h"

#include "ca/cert_call.h"
#include "ca/dcom.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__bytes in = {data + 1, size - 1};
    daotp__activation activation;
    daotp__ept_answer answer;
    const char *why = NULL;

    if (size == 0)
        return 0;
    if (data[0] % 4 == 0)
        HOLDS(daotp__ept_map_read(in, &daotp__icpr_interface, &answer, &why) || why != NULL);
    if (data[0] % 4 == 1)
        HOLDS(daotp__activation_read(in, daotp__cert_request_interface.uuid, &activation, &why) ||
              why != NULL);
    if (data[0] % 4 > 1)
        read_answer(in, data[0] % 4 == 3);
    return 0;
}
