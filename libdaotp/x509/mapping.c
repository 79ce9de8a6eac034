/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/mapping.h"

#include "core/hex.h"
#include "x509/derw.h"
#include "x509/name.h"

/* Write the issuer in the form of altSecurityIdentities: RDN by RDN in the order of the
 * certificate, root first, which is the reverse of RFC 4514. */
static void put_name_root_first(daotp__bytes name, daotp__buffer *out)
{
    daotp__bytes in, rdn;
    const char *between = "";

    if (!daotp__der_only(name, DAOTP__DER_SEQUENCE, &in))
        return;
    while (in.len > 0 && daotp__der_read_whole(&in, DAOTP__DER_SET, &rdn)) {
        daotp__buffer one;

        daotp__buffer_init(&one, DAOTP__MAX_CERTIFICATE);
        daotp__derw_item(&one, DAOTP__DER_SEQUENCE, rdn.data, rdn.len);
        daotp__buffer_text(out, between);
        (void)daotp__name_text(daotp__buffer_bytes(&one), out);
        if (one.failed != DAOTP_OK)
            out->failed = one.failed;
        daotp__buffer_free(&one);
        between = ",";
    }
}

/* Windows writes serial numbers with the least significant octet first, without the leading zero
 * octet. */
static void put_serial_little_endian(daotp__bytes serial, daotp__buffer *out)
{
    if (serial.len > 1 && serial.data[0] == 0)
        serial = (daotp__bytes){serial.data + 1, serial.len - 1};
    for (size_t i = serial.len; i > 0; i--)
        daotp__buffer_format(out, "%02x", (unsigned)serial.data[i - 1]);
}

static bool put_key_id(const daotp__certificate *certificate, daotp__buffer *out)
{
    const daotp__extension *ski = daotp__extensions_find(&certificate->extensions, DAOTP__OID_SKI);
    daotp__bytes key_id;

    if (ski == NULL || !daotp__der_only(ski->value, DAOTP__DER_OCTET_STRING, &key_id))
        return false;
    daotp__buffer_text(out, "X509:<SKI>");
    daotp__hex_write(out, key_id);
    return true;
}

/* <SHA1-PUKEY> is named after the public key, but its value is the SHA-1 thumbprint of the whole
 * certificate. */
static bool put_thumbprint(const daotp__certificate *certificate, daotp__buffer *out)
{
    uint8_t digest[DAOTP__HASH_MAX];

    if (!daotp__hash_bytes(DAOTP__HASH_SHA1, certificate->der, digest))
        return false;
    daotp__buffer_text(out, "X509:<SHA1-PUKEY>");
    daotp__hex_write(out, (daotp__bytes){digest, daotp__hash_len(DAOTP__HASH_SHA1)});
    return true;
}

const char *daotp__mapping_name(daotp__mapping mapping)
{
    static const char *const names[] = {"issuer and serial number", "subject key identifier",
                                        "SHA-1 thumbprint"};

    return names[mapping];
}

bool daotp__mapping_write(daotp__mapping mapping, const daotp__certificate *certificate,
                          daotp__buffer *out)
{
    switch (mapping) {
    case DAOTP__MAPPING_ISSUER_SERIAL:
        daotp__buffer_text(out, "X509:<I>");
        put_name_root_first(certificate->issuer, out);
        daotp__buffer_text(out, "<SR>");
        put_serial_little_endian(certificate->serial, out);
        return true;
    case DAOTP__MAPPING_KEY_ID:
        return put_key_id(certificate, out);
    case DAOTP__MAPPING_HASH:
        return put_thumbprint(certificate, out);
    default:
        return false;
    }
}
