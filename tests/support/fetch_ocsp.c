/* SPDX-License-Identifier: BSD-2-Clause */
#include "fetch_ocsp.h"

daotp__bytes ocsp_time(int64_t seconds)
{
    time_t when = (time_t)seconds;
    char text[32];
    struct tm tm;

    assert_non_null(gmtime_r(&when, &tm));
    (void)strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &tm);
    return pki_text(0x18, text);
}

daotp__bytes ocsp_revoked(int64_t when, int reason)
{
    return pki_tlv(
        0xA1, PKI_JOIN(ocsp_time(when),
                       reason < 0 ? PKI_NOTHING
                                  : pki_tlv(0xA0, pki_tlv(0x0A, pki_number((unsigned)reason)))));
}

daotp__bytes ocsp_hash(const EVP_MD *md, daotp__bytes in)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len;

    assert_int_equal(EVP_Digest(in.data, in.len, digest, &len, md, NULL), 1);
    return pki_copy(digest, len);
}

daotp__bytes ocsp_key_hash(const EVP_MD *md, const pki_cert *cert)
{
    const unsigned char *at = cert->der.data;
    X509 *x509 = d2i_X509(NULL, &at, (long)cert->der.len);
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len;

    assert_non_null(x509);
    assert_int_equal(X509_pubkey_digest(x509, md, digest, &len), 1);
    X509_free(x509);
    return pki_copy(digest, len);
}

daotp__bytes ocsp_id(const pki_cert *about, const pki_cert *issuer, const EVP_MD *md)
{
    char dotted[64];

    assert_true(OBJ_obj2txt(dotted, sizeof dotted, OBJ_nid2obj(EVP_MD_get_type(md)), 1) > 0);
    return PKI_SEQ(PKI_SEQ(pki_oid(dotted), PKI_BYTES("\x05\x00")),
                   pki_octets(ocsp_hash(md, about->issuer)), pki_octets(ocsp_key_hash(md, issuer)),
                   pki_tlv(0x02, about->serial));
}

daotp__bytes ocsp_single(const ocsp_spec *spec)
{
    const EVP_MD *md = spec->id_md != NULL ? spec->id_md : EVP_sha1();
    daotp__bytes id = spec->id.len > 0 ? spec->id : ocsp_id(spec->about, spec->issuer, md);

    return PKI_SEQ(
        id, spec->status.len > 0 ? spec->status : OCSP_GOOD, ocsp_time(spec->this_update),
        spec->next_update != 0 ? pki_tlv(0xA0, ocsp_time(spec->next_update)) : PKI_NOTHING,
        spec->single_extensions.len > 0 ? pki_tlv(0xA1, pki_tlv(0x30, spec->single_extensions))
                                        : PKI_NOTHING);
}

static daotp__bytes ocsp_data(const ocsp_spec *spec)
{
    const pki_cert *by = spec->by != NULL ? spec->by : spec->issuer;
    daotp__bytes responder = spec->responder, extensions = spec->extensions;

    if (responder.len == 0)
        responder = spec->by_name ? pki_tlv(0xA1, by->name)
                                  : pki_tlv(0xA2, pki_octets(ocsp_key_hash(EVP_sha1(), by)));
    if (spec->nonce.len > 0)
        extensions =
            PKI_JOIN(pki_extension_der(OCSP_OID_NONCE, false, pki_octets(spec->nonce)), extensions);
    return PKI_SEQ(spec->before_responder, responder, ocsp_time(spec->produced_at),
                   pki_tlv(0x30, PKI_JOIN(spec->singles.len > 0 ? spec->singles : ocsp_single(spec),
                                          spec->more_singles)),
                   extensions.len > 0 ? pki_tlv(0xA1, pki_tlv(0x30, extensions)) : PKI_NOTHING);
}

daotp__bytes ocsp_wrap(daotp__bytes basic)
{
    return PKI_SEQ(PKI_BYTES("\x0A\x01\x00"),
                   pki_tlv(0xA0, PKI_SEQ(pki_oid(OCSP_OID_BASIC), pki_octets(basic))));
}

daotp__bytes ocsp_answer(const ocsp_spec *spec)
{
    const pki_cert *by = spec->by != NULL ? spec->by : spec->issuer;
    EVP_PKEY *key = spec->key != NULL ? spec->key : by->key;
    const EVP_MD *md = spec->md != NULL ? spec->md : EVP_sha256();
    daotp__bytes data = ocsp_data(spec);

    return PKI_JOIN(
        ocsp_wrap(PKI_SEQ(
            data, pki_algorithm(key, md),
            pki_bits(spec->signature.len > 0 ? spec->signature : pki_signature(key, md, data)),
            spec->certificates.len > 0 ? pki_tlv(0xA0, pki_tlv(0x30, spec->certificates))
                                       : PKI_NOTHING)),
        spec->after);
}

daotp__bytes ocsp_error(unsigned status)
{
    return PKI_SEQ(pki_tlv(0x0A, pki_number(status)));
}

ocsp_spec ocsp_spec_of(const pki_cert *about, const pki_cert *issuer, int64_t now)
{
    return (ocsp_spec){.about = about,
                       .issuer = issuer,
                       .this_update = now - 60,
                       .produced_at = now - 60,
                       .next_update = now + PKI_DAY};
}

pki_spec ocsp_delegate_spec(EVP_PKEY *key, const pki_cert *issuer, bool nocheck)
{
    pki_spec spec = pki_spec_of("CN=OCSP responder", key, issuer);

    pki_put(spec.extensions, PKI_OID_KEY_USAGE, true, PKI_KU_LEAF);
    pki_put(spec.extensions, PKI_OID_EKU, false, PKI_SEQ(pki_oid(OCSP_OID_SIGNING)));
    if (nocheck)
        pki_put(spec.extensions, OCSP_OID_NOCHECK, false, PKI_BYTES("\x05\x00"));
    return spec;
}
