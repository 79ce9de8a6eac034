/* SPDX-License-Identifier: BSD-2-Clause */
/* The normal form of a URI is its own; a URI equals itself and its normal form. */
#include "fuzz.h"

#include "x509/uri_match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__buffer once, twice;

    if (size > 1000)
        return 0;
    daotp__buffer_init(&once, 4 * size + 100);
    daotp__buffer_init(&twice, 4 * size + 100);
    daotp__uri_normalize((daotp__bytes){data, size}, &once);
    HOLDS(once.failed == DAOTP_OK);
    daotp__uri_normalize(daotp__buffer_bytes(&once), &twice);
    HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&once), daotp__buffer_bytes(&twice)));
    daotp__buffer_free(&once);
    daotp__buffer_free(&twice);
    return 0;
}
