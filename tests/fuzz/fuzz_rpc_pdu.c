/* SPDX-License-Identifier: BSD-2-Clause */
/* A PDU of a server, whatever it is: views lie inside it, in order, and framing agrees with
 * reading. The same octets as a message of SPNEGO: a mechListMIC is read back as it was written. */
#include "fuzz.h"

#include "ca/rpc_pdu.h"
#include "ca/spnego.h"

static bool is_within(daotp__bytes part, daotp__bytes whole)
{
    return part.len == 0 || (part.data >= whole.data && part.len <= whole.len &&
                             (size_t)(part.data - whole.data) <= whole.len - part.len);
}

static void read_bodies(const daotp__rpc_pdu *pdu)
{
    daotp__rpc_ack ack;
    daotp__bytes stub;
    uint16_t context;
    uint32_t code;
    const char *why;

    (void)daotp__rpc_ack_read(pdu, &ack, &why);
    (void)daotp__rpc_nak_reason(pdu);
    (void)daotp__rpc_fault_read(pdu, &code, &why);
    if (daotp__rpc_response_read(pdu, &context, &stub, &why)) {
        HOLDS(is_within(stub, pdu->body));
        HOLDS(pdu->auth.padding <= stub.len);
    }
}

static void write_mic_again(daotp__bytes mic)
{
    daotp__spnego_response again;
    daotp__buffer out;

    daotp__buffer_init(&out, 100000);
    daotp__spnego_write_mic(mic, &out);
    HOLDS(out.failed == DAOTP_OK);
    HOLDS(daotp__spnego_read_response(daotp__buffer_bytes(&out), &again));
    HOLDS(again.state == DAOTP__SPNEGO_ACCEPT_COMPLETED && daotp__bytes_equal(again.mic, mic));
    daotp__buffer_free(&out);
}

static void read_spnego(daotp__bytes in)
{
    daotp__spnego_response response;
    daotp__bytes mechanisms;

    if (daotp__spnego_read_mechanisms(in, &mechanisms))
        HOLDS(is_within(mechanisms, in));
    if (!daotp__spnego_read_response(in, &response))
        return;
    HOLDS(is_within(response.mic, in));
    if (response.mic.len > 0 && response.mic.len < 60000)
        write_mic_again(response.mic);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__bytes in = {data, size};
    daotp__rpc_pdu pdu;
    const char *why = NULL;
    size_t missing = 0;
    bool framed = daotp__rpc_missing(in, 5840, &missing, &why);

    read_spnego(in);
    HOLDS(framed || why != NULL);
    why = NULL;
    if (!daotp__rpc_pdu_read(in, &pdu, &why)) {
        HOLDS(why != NULL);
        return 0;
    }
    HOLDS(size > 5840 || (framed && missing == 0));
    HOLDS(is_within(pdu.body, in) && is_within(pdu.auth.token, in));
    if (pdu.has_auth)
        HOLDS(pdu.body.len + DAOTP__RPC_HEADER == pdu.trailer &&
              pdu.trailer + DAOTP__RPC_TRAILER + pdu.auth.token.len == size);
    read_bodies(&pdu);
    return 0;
}
