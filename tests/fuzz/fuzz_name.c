/* SPDX-License-Identifier: BSD-2-Clause */
/* Distinguished names: what can be parsed is shown, and parses again to the same DER. */
#include "fuzz.h"

#include "core/limits.h"
#include "core/utf8.h"
#include "x509/name.h"
#include "x509/name_match.h"

static void check_text(const char *text)
{
    daotp__buffer der, shown, again;

    daotp__buffer_init(&der, DAOTP__MAX_CERTIFICATE);
    daotp__buffer_init(&shown, 4 * DAOTP__MAX_CERTIFICATE);
    daotp__buffer_init(&again, DAOTP__MAX_CERTIFICATE);
    if (daotp__name_parse(text, &der)) {
        HOLDS(daotp__der_valid(daotp__buffer_bytes(&der), 4));
        HOLDS(daotp__name_is_empty(daotp__buffer_bytes(&der)) == (*text == '\0'));
        HOLDS(daotp__name_text(daotp__buffer_bytes(&der), &shown));
        HOLDS(daotp__utf8_printable((const char *)shown.data, shown.len));
        HOLDS(daotp__name_parse(daotp__buffer_string(&shown), &again));
        HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&der), daotp__buffer_bytes(&again)));
        HOLDS(daotp__name_equal(daotp__buffer_bytes(&der), daotp__buffer_bytes(&again)));
    }
    daotp__buffer_free(&der);
    daotp__buffer_free(&shown);
    daotp__buffer_free(&again);
}

static void check_der(daotp__bytes name)
{
    daotp__buffer shown, parsed;

    daotp__buffer_init(&shown, 4 * DAOTP__MAX_CERTIFICATE);
    daotp__buffer_init(&parsed, DAOTP__MAX_CERTIFICATE);
    if (name.len <= DAOTP__MAX_CERTIFICATE && daotp__name_text(name, &shown)) {
        HOLDS(daotp__utf8_valid((const char *)shown.data, shown.len));
        HOLDS(daotp__name_equal(name, name));
        if (daotp__name_parse(daotp__buffer_string(&shown), &parsed))
            (void)daotp__name_equal(name, daotp__buffer_bytes(&parsed));
    }
    daotp__buffer_free(&shown);
    daotp__buffer_free(&parsed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);

    check_text(text);
    check_der((daotp__bytes){data, size});
    free(text);
    return 0;
}
