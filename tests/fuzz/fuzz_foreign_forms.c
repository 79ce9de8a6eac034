/* SPDX-License-Identifier: BSD-2-Clause */
/* BER becomes DER once and stays as it is then; text forms end in bytes or in a reason. */
#include "fuzz.h"

#include "core/limits.h"
#include "x509/ber.h"
#include "x509/der.h"
#include "x509/text_form.h"

static void check_ber(daotp__bytes in)
{
    daotp__buffer once, twice;

    daotp__buffer_init(&once, DAOTP__MAX_FILE);
    daotp__buffer_init(&twice, DAOTP__MAX_FILE);
    if (daotp__ber_cms_read(in, &once)) {
        HOLDS(daotp__der_first_len(daotp__buffer_bytes(&once)) == once.len);
        HOLDS(daotp__ber_cms_read(daotp__buffer_bytes(&once), &twice));
        HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&once), daotp__buffer_bytes(&twice)));
    }
    daotp__buffer_free(&once);
    daotp__buffer_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__text_form form;
    daotp_status status =
        daotp__text_form_read(&form, (daotp__bytes){data, size}, DAOTP__MAX_FILE, false);

    HOLDS((status == DAOTP_PEER) == (form.fault[0] != '\0'));
    if (status == DAOTP_OK)
        check_ber(form.bytes);
    daotp__text_form_free(&form);
    return 0;
}
