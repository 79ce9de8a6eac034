/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PKCS#12 file as somebody else may have written it, under a passphrase that is known. Whatever
 * it holds: each entry that is read has a key and a certificate, and what was read can be written
 * and is then read again.
 */
#include "fuzz.h"

#include "x509/pkcs12.h"

static const daotp__pkcs12_reading how = {
    .passphrase = {(const uint8_t *)"secret", 6}, .allows_3des = true, .subject = "fuzz"};

static void check_written(const daotp__pkcs12 *file, daotp_report *report)
{
    daotp__pkcs12 again;
    daotp__buffer out;

    daotp__buffer_init(&out, 1 << 22);
    HOLDS(daotp__pkcs12_write(file, how.passphrase, 1, &out) == DAOTP_OK);
    HOLDS(daotp__pkcs12_read(daotp__buffer_bytes(&out), &how, &again, report) == DAOTP_OK);
    HOLDS(again.count == file->count);
    daotp__pkcs12_free(&again);
    daotp__buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp_context *context;
    daotp_report *report;
    daotp__pkcs12 file;
    daotp_status status;

    HOLDS(daotp_context_new(&context) == DAOTP_OK);
    HOLDS(daotp_report_new(context, &report) == DAOTP_OK);
    status = daotp__pkcs12_read((daotp__bytes){data, size}, &how, &file, report);
    HOLDS(status == DAOTP_OK || status == DAOTP_CONFIGURATION);
    HOLDS((status == DAOTP_OK) == (daotp_report_get_error(report) == NULL));
    for (size_t i = 0; i < file.count; i++)
        HOLDS(file.list[i].key.len > 0 && file.list[i].certificates.len > 0);
    if (status == DAOTP_OK)
        check_written(&file, report);
    daotp__pkcs12_free(&file);
    daotp_report_free(report);
    daotp_context_unref(context);
    return 0;
}
