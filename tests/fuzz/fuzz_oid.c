/* SPDX-License-Identifier: BSD-2-Clause */
/* Object identifiers: the dotted form is canonical both ways. */
#include "fuzz.h"

#include "x509/derw.h"
#include "x509/oid.h"

static void check_text(const char *dotted)
{
    char shown[DAOTP__OID_TEXT];
    daotp__buffer der, item;
    daotp__bytes in, oid;

    daotp__buffer_init(&der, 4096);
    daotp__buffer_init(&item, 8192);
    if (daotp__oid_parse(dotted, &der)) {
        daotp__derw_oid(&item, daotp__buffer_bytes(&der));
        in = daotp__buffer_bytes(&item);
        HOLDS(daotp__der_read_oid(&in, &oid)); /* it is DER */
        if (*daotp__oid_text(oid, shown) != '(')
            HOLDS(strcmp(shown, dotted) == 0);
        else
            HOLDS(strlen(dotted) >= DAOTP__OID_TEXT);
    }
    daotp__buffer_free(&der);
    daotp__buffer_free(&item);
}

static void check_bytes(daotp__bytes oid)
{
    char shown[DAOTP__OID_TEXT];
    daotp__buffer der, item;
    daotp__bytes in;

    daotp__buffer_init(&der, oid.len + 16);
    daotp__buffer_init(&item, oid.len + 16);
    (void)daotp__oid_describe(oid, shown);
    HOLDS(strlen(shown) < sizeof shown);
    (void)daotp__oid_text(oid, shown); /* of any bytes */
    HOLDS(strlen(shown) < sizeof shown);
    daotp__derw_oid(&item, oid);
    in = daotp__buffer_bytes(&item);
    /* the parser's numbers end at 56 bits, so not every one comes back */
    if (daotp__der_read_oid(&in, &oid) && *shown != '(' && daotp__oid_parse(shown, &der))
        HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&der), oid));
    daotp__buffer_free(&der);
    daotp__buffer_free(&item);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);

    if (size <= 4096) {
        check_text(text);
        check_bytes((daotp__bytes){data, size});
    }
    free(text);
    return 0;
}
