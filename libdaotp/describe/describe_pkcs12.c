/* SPDX-License-Identifier: BSD-2-Clause */
/* PKCS#12 files: what can be told without a passphrase, and what they hold if it is empty. */
#include "describe/parts.h"

#include "core/limits.h"
#include "x509/ber.h"
#include "x509/pem.h"
#include "x509/pkcs12.h"

#include <string.h>

static void describe_entry_certificates(daotp__describer *to, const daotp__buffer *pem)
{
    daotp__pem_reader reader;
    daotp_status status;
    daotp__buffer der;

    daotp__pem_begin(&reader, daotp__buffer_bytes(pem));
    daotp__buffer_init(&der, DAOTP__MAX_FILE);
    while ((status = daotp__pem_read(&reader, &der)) == DAOTP_OK)
        if (!daotp__describe_certificate(to, daotp__buffer_bytes(&der)))
            daotp__outline_line(to->out, "certificate", "malformed");
    daotp__describe_note_memory(to, status);
    daotp__buffer_free(&der);
}

static void describe_pkcs12_entry(daotp__describer *to, const daotp__pkcs12_entry *entry)
{
    daotp__outline_open(to->out, "entry");
    if (entry->name[0] != '\0')
        daotp__outline_text(to->out, "friendlyName", entry->name, strlen(entry->name));
    daotp__outline_line(to->out, "private key", "not shown");
    describe_entry_certificates(to, &entry->certificates);
    daotp__outline_close(to->out);
}

/* false when the file is not under the empty passphrase; nothing is written then. */
static bool describe_unprotected(daotp__describer *to, daotp__bytes in)
{
    const daotp__pkcs12_reading how = {.allows_3des = true,
                                       .max_iterations = DAOTP__MAX_PKCS12_ITERATIONS_TRIED,
                                       .subject = "input"};
    daotp__pkcs12 file;
    daotp_status status = daotp__pkcs12_read(in, &how, &file, NULL);
    bool is_empty = file.has_empty_passphrase;

    daotp__describe_note_memory(to, status);
    if (is_empty) {
        daotp__outline_line(to->out, "passphrase", "%s",
                            "empty: whoever can read the file has its private keys");
        if (status != DAOTP_OK)
            daotp__outline_line(to->out, "content", "%s",
                                "not readable: openssl pkcs12 -legacy -info -in FILE shows more");
        for (size_t i = 0; i < file.count; i++)
            describe_pkcs12_entry(to, &file.list[i]);
        if (file.lost[0] != '\0')
            daotp__outline_line(to->out, "not shown", "%s", file.lost);
    }
    daotp__pkcs12_free(&file);
    return is_empty;
}

static const char *authentication_name(daotp__bytes oid, bool has_mac, char text[DAOTP__OID_TEXT])
{
    if (!daotp__oid_is(oid, DAOTP__OID_DATA))
        return daotp__oid_describe(oid, text);
    return has_mac ? "a password (macData)" : "nothing (it has no macData)";
}

/* PFX (RFC 7292 4); in: as it was given, in DER or BER. */
static bool describe_pfx(daotp__describer *to, daotp__bytes der, daotp__bytes in)
{
    daotp__bytes pfx, safe, oid;
    char text[DAOTP__OID_TEXT];
    uint32_t version;

    if (!daotp__der_only(der, DAOTP__DER_SEQUENCE, &pfx) ||
        !daotp__der_read_unsigned(&pfx, &version) || version != 3 ||
        !daotp__der_read(&pfx, DAOTP__DER_SEQUENCE, &safe) || !daotp__der_read_oid(&safe, &oid))
        return false;
    daotp__outline_open(to->out, "PKCS#12 file");
    daotp__outline_line(to->out, "size", "%zu bytes", der.len);
    daotp__outline_line(to->out, "authenticated by", "%s",
                        authentication_name(oid, pfx.len > 0, text));
    if (!describe_unprotected(to, in))
        daotp__outline_line(to->out, "content", "%s",
                            "keys and certificates under a password, not shown: openssl pkcs12 "
                            "-in FILE shows them");
    daotp__outline_close(to->out);
    return true;
}

/* In DER, or in BER as NSS and others write it. */
bool daotp__describe_pkcs12(daotp__describer *to, daotp__bytes in)
{
    daotp__buffer der;
    bool ok;

    if (describe_pfx(to, in, in))
        return true;
    daotp__buffer_init(&der, DAOTP__MAX_FILE);
    ok = daotp__ber_read(in, &der) && describe_pfx(to, daotp__buffer_bytes(&der), in);
    daotp__describe_note_memory(to, der.failed);
    daotp__buffer_free(&der);
    return ok;
}
