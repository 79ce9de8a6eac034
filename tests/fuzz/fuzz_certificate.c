/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates: the reader, each reader of an extension, names and keys. */
#include "fuzz.h"

#include "core/utf8.h"
#include "x509/certificate.h"
#include "x509/chain.h"
#include "x509/name.h"
#include "x509/name_match.h"
#include "x509/signature.h"

static void check_name(daotp__bytes name)
{
    daotp__buffer text;

    daotp__buffer_init(&text, 4 * DAOTP__MAX_CERTIFICATE);
    if (daotp__name_text(name, &text)) {
        HOLDS(daotp__utf8_valid((const char *)text.data, text.len));
        HOLDS(daotp__name_equal(name, name));
        HOLDS(daotp__name_is_empty(name) == (text.len == 0));
    }
    daotp__buffer_free(&text);
}

static void check_extension(const daotp__extension *extension)
{
    daotp__purposes purposes;
    daotp__general_name name;
    daotp__template template;
    daotp__bytes bytes, oid;
    unsigned bits;
    bool ca;

    if (daotp__key_usage_read(extension, &bits))
        HOLDS(bits != 0 && bits <= 0xFFFF);
    if (daotp__eku_read(extension, DAOTP__OID_OTP_RA, &purposes)) {
        HOLDS(purposes.count > 0);
        HOLDS(daotp__eku_begin(extension, &bytes));
        for (size_t i = 0; i < purposes.count; i++)
            HOLDS(daotp__eku_next(&bytes, &oid));
        HOLDS(!daotp__eku_next(&bytes, &oid));
    }
    (void)daotp__policies_read(extension, DAOTP__OID_OTP_RA, &purposes);
    (void)daotp__basic_constraints_read(extension, &ca);
    if (daotp__template_read(extension, &template))
        HOLDS(template.has_major || !template.has_minor);
    if (daotp__sid_read(extension, &bytes))
        HOLDS(daotp__utf8_printable((const char *)bytes.data, bytes.len));
    if (!daotp__san_begin(extension, &bytes))
        return;
    while (bytes.len > 0 && daotp__san_next(&bytes, &name))
        (void)daotp__san_is_upn(&name, &oid);
}

static void check_key(daotp__bytes spki)
{
    daotp__public_key key;

    if (!daotp__public_key_read(spki, &key))
        return;
    HOLDS(key.bits > 0);
    HOLDS((key.algorithm == DAOTP__OID_RSA) == (key.modulus.len > 0));
}

static void check_certificate(daotp__bytes in)
{
    daotp__certificate certificate;
    daotp__bytes upn;

    if (!daotp__certificate_read(in, &certificate))
        return;
    HOLDS(certificate.version >= 1 && certificate.version <= 3);
    HOLDS(certificate.serial.len > 0);
    check_name(certificate.issuer);
    check_name(certificate.subject);
    (void)daotp__name_equal(certificate.issuer, certificate.subject);
    if (daotp__certificate_is_self_issued(&certificate))
        HOLDS(daotp__bytes_equal(certificate.issuer, certificate.subject));
    for (size_t i = 0; i < certificate.extensions.count; i++)
        check_extension(&certificate.extensions.list[i]);
    if (daotp__certificate_upn(&certificate, &upn))
        HOLDS(daotp__utf8_printable((const char *)upn.data, upn.len));
    check_key(certificate.spki);
    (void)daotp__signature_verify(certificate.spki, &certificate.signature_algorithm,
                                  certificate.tbs, certificate.signature);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__bytes in = {data, size};
    daotp__extension extension = {.value = in};
    daotp__chain chain;

    check_certificate(in);
    check_extension(&extension);
    check_name(in);
    check_key(in);
    daotp__chain_init(&chain, DAOTP__MAX_CHAIN);
    if (daotp__chain_read(&chain, in, "fuzz", NULL) == DAOTP_OK)
        HOLDS(chain.count > 0 && chain.count <= DAOTP__MAX_CHAIN);
    daotp__chain_free(&chain);
    return 0;
}
