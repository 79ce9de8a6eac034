/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys, DER or PEM, encrypted or not. An octet of flags (1: a passphrase is given), then
 * the file. Whatever it is, the call ends with a documented status; what is taken can be written,
 * and what was written is the same key; a refusal leaves no key and says why.
 */
#include "fuzz.h"

#include "x509/key.h"

#include <openssl/err.h>

static daotp_context *context;

static void check_written(const daotp_key *key)
{
    daotp__bytes spki = daotp__key_spki(key);
    daotp_key *again;
    char *pem;
    size_t len;

    HOLDS(spki.len > 0 && spki.data[0] == DAOTP__DER_SEQUENCE);
    if (!daotp_key_is_exportable(key))
        return;
    HOLDS(daotp_key_copy_pem(key, &pem, &len) == DAOTP_OK);
    HOLDS(daotp_key_read(context, pem, len, NULL, 0, NULL, &again) == DAOTP_OK);
    HOLDS(daotp__bytes_equal(daotp__key_spki(again), spki));
    HOLDS(daotp_key_get_kind(again) == daotp_key_get_kind(key));
    daotp_key_unref(again);
    daotp_free(pem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp_report *report;
    daotp_status status;
    bool has_passphrase;
    daotp_key *key;

    if (size == 0 || size > 8192)
        return 0;
    if (context == NULL)
        HOLDS(daotp_context_new(&context) == DAOTP_OK);
    has_passphrase = (data[0] & 1) != 0;
    HOLDS(daotp_report_new(context, &report) == DAOTP_OK);
    status = daotp_key_read(context, data + 1, size - 1, has_passphrase ? "secret" : NULL,
                            has_passphrase ? 6 : 0, report, &key);
    HOLDS(status == DAOTP_OK || status == DAOTP_CONFIGURATION || status == DAOTP_USAGE);
    HOLDS((status == DAOTP_OK) == (key != NULL));
    HOLDS(status == DAOTP_OK || daotp_report_get_error(report) != NULL);
    if (key != NULL)
        check_written(key);
    daotp_key_unref(key);
    daotp_report_free(report);
    HOLDS(ERR_peek_error() == 0); /* the queue is the application's */
    return 0;
}
