/* SPDX-License-Identifier: BSD-2-Clause */
#include "request/self_signed.h"

#include "core/time_sum.h"
#include "core/time_text.h"
#include "x509/derw.h"

enum { LIFETIME_S = 3600, BEFORE_S = 300 };

/* YYMMDDHHMMSSZ, good from 1950 to 2049 (RFC 5280 4.1.2.5.1). */
static void write_utc_time(daotp__buffer *out, int64_t seconds)
{
    char text[DAOTP__TIME_TEXT];
    size_t mark = daotp__derw_begin(out, DAOTP__DER_UTC_TIME);

    for (const char *c = daotp__time_text(seconds, text) + 2; *c != '\0'; c++)
        if ((*c >= '0' && *c <= '9') || *c == 'Z')
            daotp__buffer_byte(out, (uint8_t)*c);
    daotp__derw_end(out, mark);
}

static void write_validity(daotp__buffer *out, int64_t now_s)
{
    size_t mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    write_utc_time(out, daotp__time_sub(now_s, BEFORE_S));
    write_utc_time(out, daotp__time_add(now_s, LIFETIME_S));
    daotp__derw_end(out, mark);
}

/* RFC 5280 4.1 */
static daotp_status write_tbs(daotp__buffer *out, const daotp__csr_spec *spec, const daotp_key *key,
                              int64_t now_s)
{
    size_t tbs = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    size_t mark = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
    bool ok;

    daotp__derw_unsigned(out, 2); /* version 3 */
    daotp__derw_end(out, mark);
    daotp__derw_unsigned(out, 1);
    daotp__key_write_algorithm(key, DAOTP__HASH_SHA256, out);
    daotp__derw_raw(out, spec->subject);
    write_validity(out, now_s);
    daotp__derw_raw(out, spec->subject);
    daotp__derw_raw(out, daotp__key_spki(key));
    mark = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(3));
    ok = daotp__csr_write_extensions(out, spec, daotp__key_spki(key));
    daotp__derw_end(out, mark);
    daotp__derw_end(out, tbs);
    return ok ? out->failed : DAOTP_INTERNAL;
}

static daotp_status write_certificate(daotp__buffer *out, daotp__bytes tbs, const daotp_key *key)
{
    size_t mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    daotp__buffer signature;
    daotp_status status;

    daotp__buffer_init(&signature, DAOTP__MAX_TEXT * 2);
    daotp__derw_raw(out, tbs);
    daotp__key_write_algorithm(key, DAOTP__HASH_SHA256, out);
    status = daotp__key_sign(key, DAOTP__HASH_SHA256, tbs, &signature);
    daotp__derw_bits(out, daotp__buffer_bytes(&signature), 0);
    daotp__derw_end(out, mark);
    daotp__buffer_free(&signature);
    return status == DAOTP_OK ? out->failed : status;
}

daotp_status daotp__self_signed_make(daotp_context *context, const daotp__csr_spec *spec,
                                     daotp_key *key, int64_t now_s, daotp_report *report,
                                     daotp_credential **credential)
{
    daotp__buffer tbs, der;
    daotp__chain chain;
    daotp_status status;

    *credential = NULL;
    daotp__buffer_init(&tbs, DAOTP__MAX_CERTIFICATE);
    daotp__buffer_init(&der, DAOTP__MAX_CERTIFICATE);
    daotp__chain_init(&chain, 1);
    status = write_tbs(&tbs, spec, key, now_s);
    if (status == DAOTP_OK)
        status = write_certificate(&der, daotp__buffer_bytes(&tbs), key);
    if (status == DAOTP_OK)
        status = daotp__chain_add(&chain, daotp__buffer_bytes(&der), "", report);
    if (status == DAOTP_OK)
        status = daotp__credential_make(context, &chain, key, report, credential);
    daotp__chain_free(&chain);
    daotp__buffer_free(&tbs);
    daotp__buffer_free(&der);
    return status;
}
