/* SPDX-License-Identifier: BSD-2-Clause */
/* What the first octets and the certificates of a server say about a handshake that failed: a
 * record of TLS is no other protocol, and what is said of a certificate fits its limit. */
#include "fuzz.h"

#include "core/limits.h"
#include "net/tls_fault.h"

static void describe_certificate(daotp__bytes der)
{
    daotp__chain sent;
    daotp__buffer text;

    daotp__chain_init(&sent, DAOTP__MAX_CHAIN);
    daotp__buffer_init(&text, 1 << 16);
    if (daotp__chain_add(&sent, der, "server", NULL) == DAOTP_OK) {
        (void)daotp__tls_names_inspector(&sent);
        daotp__tls_describe_server(&sent, &text);
        HOLDS(text.len > 0 || text.failed != DAOTP_OK);
    }
    daotp__tls_describe_key(der, &text);
    daotp__tls_describe_signature(der, &text);
    daotp__buffer_free(&text);
    daotp__chain_free(&sent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size >= DAOTP__TLS_RECORD_HEADER)
        HOLDS(!daotp__tls_is_record(data) || daotp__tls_guess_protocol(data) == NULL);
    describe_certificate((daotp__bytes){data, size});
    return 0;
}
