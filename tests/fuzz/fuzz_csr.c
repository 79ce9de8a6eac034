/* SPDX-License-Identifier: BSD-2-Clause */
/* PKCS#10: the reader; and CertificationRequestInfo written from what was read, read again. */
#include "fuzz.h"

#include "core/utf8.h"
#include "request/csr.h"
#include "x509/name.h"

#define BYTES(literal) ((daotp__bytes){(const uint8_t *)(literal), sizeof(literal) - 1})

static bool is_ascii(daotp__bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] >= 0x80)
            return false;
    return true;
}

/* What our writer makes of the parts of a request, its reader finds again. */
static void check_writing(const daotp__csr *csr)
{
    daotp__csr_spec spec = {.subject = csr->subject,
                            .template = {.oid = BYTES("\x2A\x03")},
                            .upn = BYTES("u"),
                            .os_version = csr->os_version,
                            .client_info = csr->has_client_info ? &csr->client_info : NULL};
    daotp__buffer info, whole;
    daotp__public_key key;
    daotp__csr again;
    size_t mark;

    if (!is_ascii(csr->os_version))
        spec.os_version.len = 0;
    daotp__buffer_init(&info, 2 * DAOTP__MAX_CSR);
    daotp__buffer_init(&whole, DAOTP__MAX_CSR);
    if (daotp__public_key_read(csr->spki, &key) &&
        daotp__csr_write_info(&spec, csr->spki, &info) == DAOTP_OK) {
        mark = daotp__derw_begin(&whole, DAOTP__DER_SEQUENCE);
        daotp__derw_raw(&whole, daotp__buffer_bytes(&info));
        daotp__derw_raw(&whole, BYTES("\x30\x05\x06\x03\x2A\x03\x04"));
        daotp__derw_raw(&whole, BYTES("\x03\x02\x00\xAA"));
        daotp__derw_end(&whole, mark);
        if (whole.failed == DAOTP_OK) {
            HOLDS(daotp__csr_read(daotp__buffer_bytes(&whole), &again));
            HOLDS(daotp__bytes_equal(again.subject, csr->subject));
            HOLDS(daotp__bytes_equal(again.os_version, spec.os_version));
            HOLDS(again.has_client_info == csr->has_client_info);
        }
    }
    daotp__buffer_free(&info);
    daotp__buffer_free(&whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__bytes in = {data, size};
    daotp__client_info info;
    daotp__buffer out;
    daotp__csr csr;

    if (daotp__client_info_read(in, &info)) {
        daotp__buffer_init(&out, size + 16);
        daotp__client_info_write(&out, &info);
        HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&out), in));
        daotp__buffer_free(&out);
    }
    if (!daotp__csr_read(in, &csr))
        return 0;
    HOLDS(daotp__bytes_equal(csr.der, in));
    HOLDS(csr.extensions.count <= DAOTP__MAX_EXTENSIONS);
    if (csr.has_client_info)
        HOLDS(daotp__utf8_valid((const char *)csr.client_info.user.data, csr.client_info.user.len));
    (void)daotp__csr_verify(&csr);
    check_writing(&csr);
    return 0;
}
