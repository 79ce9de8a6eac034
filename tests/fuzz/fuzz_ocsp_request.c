/* SPDX-License-Identifier: BSD-2-Clause */
/* A request for OCSP: its views lie within it, what cannot be read has a fault, and where OpenSSL
 * reads it too there are as many certificates. */
#include "fuzz.h"

#include "x509/ocsp_request.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>

static void check_view(daotp__bytes in, daotp__bytes view)
{
    HOLDS(view.len == 0 || (view.data >= in.data && view.data + view.len <= in.data + in.len));
}

static int count_asked(daotp__bytes in, const daotp__ocsp_request *request)
{
    daotp__bytes rest = request->requests;
    daotp__ocsp_cert_id asked;
    int count = 0;

    for (; rest.len > 0; count++) {
        HOLDS(daotp__ocsp_cert_id_read(&rest, &asked));
        check_view(in, asked.serial);
        check_view(in, asked.issuer_name_hash);
        check_view(in, asked.issuer_key_hash);
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__bytes in = {data, size};
    daotp__ocsp_request request;
    OCSP_REQUEST *other;
    daotp__fault fault;
    bool is_read = daotp__ocsp_request_read(in, &request);
    int count;

    HOLDS(is_read == !daotp__ocsp_request_find_fault(in, &fault));
    if (!is_read) {
        HOLDS(fault.field != NULL && fault.at >= data && fault.at <= data + size);
        return 0;
    }
    check_view(in, request.requestor);
    check_view(in, request.extensions);
    count = count_asked(in, &request);
    other = d2i_OCSP_REQUEST(NULL, &data, (long)size);
    ERR_clear_error();
    HOLDS(other == NULL || OCSP_request_onereq_count(other) == count);
    OCSP_REQUEST_free(other);
    return 0;
}
