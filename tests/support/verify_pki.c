/* SPDX-License-Identifier: BSD-2-Clause */
#include "verify_pki.h"

/* ---- keys, made once ------------------------------------------------------------------------- */

static EVP_PKEY *pki_keys[PKI_KEYS], *pki_rsa_keys[5];

EVP_PKEY *pki_key(unsigned which)
{
    assert_true(which < PKI_KEYS);
    if (pki_keys[which] == NULL)
        pki_keys[which] = forge_p256();
    return pki_keys[which];
}

EVP_PKEY *pki_rsa(unsigned which, size_t bits)
{
    assert_true(which < sizeof pki_rsa_keys / sizeof pki_rsa_keys[0]);
    if (pki_rsa_keys[which] == NULL)
        pki_rsa_keys[which] = forge_rsa(bits);
    return pki_rsa_keys[which];
}

void pki_forget_keys(void)
{
    for (unsigned i = 0; i < PKI_KEYS; i++) {
        EVP_PKEY_free(pki_keys[i]);
        pki_keys[i] = NULL;
    }
    for (unsigned i = 0; i < sizeof pki_rsa_keys / sizeof pki_rsa_keys[0]; i++) {
        EVP_PKEY_free(pki_rsa_keys[i]);
        pki_rsa_keys[i] = NULL;
    }
}

/* ---- extensions ------------------------------------------------------------------------------ */

void pki_put(pki_extension *list, const char *oid, bool critical, daotp__bytes value)
{
    unsigned i = 0;

    while (list[i].oid != NULL && strcmp(list[i].oid, oid) != 0)
        i++;
    assert_true(i + 1 < PKI_EXTENSIONS);
    list[i] = (pki_extension){oid, critical, value};
}

void pki_put_again(pki_extension *list, const char *oid, bool critical, daotp__bytes value)
{
    unsigned i = 0;

    while (list[i].oid != NULL)
        i++;
    assert_true(i + 1 < PKI_EXTENSIONS);
    list[i] = (pki_extension){oid, critical, value};
}

void pki_drop(pki_extension *list, const char *oid)
{
    unsigned i = 0;

    while (list[i].oid != NULL && strcmp(list[i].oid, oid) != 0)
        i++;
    for (; list[i].oid != NULL; i++)
        list[i] = list[i + 1];
}

daotp__bytes pki_extension_der(const char *oid, bool critical, daotp__bytes value)
{
    return PKI_SEQ(pki_oid(oid), critical ? pki_true() : PKI_NOTHING, pki_octets(value));
}

daotp__bytes pki_extensions_der(const pki_extension *list)
{
    daotp__bytes all[PKI_EXTENSIONS];
    size_t count = 0;

    for (; list[count].oid != NULL; count++)
        all[count] = pki_extension_der(list[count].oid, list[count].critical, list[count].value);
    return count > 0 ? pki_tlv(0x30, pki_join(all, count)) : PKI_NOTHING;
}

daotp__bytes pki_basic(bool ca, int path_length)
{
    return PKI_SEQ(ca ? pki_true() : PKI_NOTHING,
                   path_length >= 0 ? pki_integer((unsigned)path_length) : PKI_NOTHING);
}

daotp__bytes pki_authority(daotp__bytes key_id)
{
    return PKI_SEQ(pki_tlv(0x80, key_id));
}

/* ---- signatures ------------------------------------------------------------------------------ */

daotp__bytes pki_algorithm(EVP_PKEY *key, const EVP_MD *md)
{
    bool rsa = EVP_PKEY_is_a(key, "RSA");
    char dotted[64];
    int nid;

    assert_int_equal(OBJ_find_sigid_by_algs(&nid, EVP_MD_get_type(md),
                                            rsa ? NID_rsaEncryption : NID_X9_62_id_ecPublicKey),
                     1);
    assert_true(OBJ_obj2txt(dotted, sizeof dotted, OBJ_nid2obj(nid), 1) > 0);
    return PKI_SEQ(pki_oid(dotted), rsa ? PKI_BYTES("\x05\x00") : PKI_NOTHING);
}

daotp__bytes pki_signature(EVP_PKEY *key, const EVP_MD *md, daotp__bytes tbs)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t len = 0;
    uint8_t *out;

    assert_int_equal(EVP_DigestSignInit(ctx, NULL, md, NULL, key), 1);
    assert_int_equal(EVP_DigestSign(ctx, NULL, &len, tbs.data, tbs.len), 1);
    out = pki_get(len);
    assert_int_equal(EVP_DigestSign(ctx, out, &len, tbs.data, tbs.len), 1);
    EVP_MD_CTX_free(ctx);
    return (daotp__bytes){out, len};
}

/* RSASSA-PSS (RFC 4055): the AlgorithmIdentifier of md, MGF1 of the same, and a salt. */
static daotp__bytes pki_pss_algorithm(const EVP_MD *md, unsigned salt_len)
{
    char dotted[64];
    daotp__bytes hash;

    assert_true(OBJ_obj2txt(dotted, sizeof dotted, OBJ_nid2obj(EVP_MD_get_type(md)), 1) > 0);
    hash = PKI_SEQ(pki_oid(dotted), PKI_BYTES("\x05\x00"));
    return PKI_SEQ(pki_oid("1.2.840.113549.1.1.10"),
                   PKI_SEQ(pki_tlv(0xA0, hash),
                           pki_tlv(0xA1, PKI_SEQ(pki_oid("1.2.840.113549.1.1.8"), hash)),
                           pki_tlv(0xA2, pki_integer(salt_len))));
}

static daotp__bytes pki_pss_signature(EVP_PKEY *key, const EVP_MD *md, unsigned salt_len,
                                      daotp__bytes tbs)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t len = (size_t)EVP_PKEY_get_size(key);
    uint8_t *out = pki_get(len);
    EVP_PKEY_CTX *padding;

    assert_int_equal(EVP_DigestSignInit(ctx, &padding, md, NULL, key), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, (int)salt_len), 1);
    assert_int_equal(EVP_DigestSign(ctx, out, &len, tbs.data, tbs.len), 1);
    EVP_MD_CTX_free(ctx);
    return (daotp__bytes){out, len};
}

/* ---- certificates ---------------------------------------------------------------------------- */

void pki_use_pss(pki_spec *spec, const EVP_MD *md, unsigned salt_len)
{
    spec->md = md;
    spec->is_pss = true;
    spec->salt_len = salt_len;
    spec->algorithm = pki_pss_algorithm(md, salt_len);
}

daotp__bytes pki_key_id(daotp__bytes spki)
{
    uint8_t digest[32];

    SHA256(spki.data, spki.len, digest);
    return pki_copy(digest, 20);
}

static daotp__bytes pki_next_serial(void)
{
    static uint64_t serial = 0x10000;

    return pki_number(++serial);
}

static daotp__bytes pki_tbs(const pki_spec *spec, const pki_cert *made, daotp__bytes algorithm)
{
    daotp__bytes extensions = pki_extensions_der(spec->extensions), version = PKI_NOTHING;

    if (spec->version != 1)
        version = pki_tlv(0xA0, pki_integer(spec->version > 0 ? (unsigned)spec->version - 1 : 2));
    return PKI_SEQ(version, pki_tlv(0x02, made->serial), algorithm, made->issuer,
                   spec->validity.len > 0
                       ? pki_tlv(0x30, spec->validity)
                       : PKI_SEQ(pki_time(spec->not_before), pki_time(spec->not_after)),
                   made->name, spec->spki.len > 0 ? spec->spki : pki_spki(spec->key),
                   extensions.len > 0 ? pki_tlv(0xA3, extensions) : PKI_NOTHING);
}

const pki_cert *pki_make(const pki_spec *spec)
{
    pki_cert *made = pki_get(sizeof *made);
    EVP_PKEY *key = spec->signing_key != NULL ? spec->signing_key
                    : spec->issuer != NULL    ? spec->issuer->key
                                              : spec->key;
    const EVP_MD *md = spec->md != NULL ? spec->md : EVP_sha256();
    daotp__bytes algorithm = spec->algorithm.len > 0 ? spec->algorithm : pki_algorithm(key, md);
    daotp__bytes tbs, signature = spec->signature;

    made->key = spec->key;
    made->serial = spec->serial.len > 0 ? spec->serial : pki_next_serial();
    made->name = spec->name.len > 0 ? spec->name : pki_name(spec->subject);
    made->issuer = spec->issuer_name.len > 0 ? spec->issuer_name
                   : spec->issuer != NULL    ? spec->issuer->name
                                             : made->name;
    made->key_id = pki_key_id(spec->spki.len > 0 ? spec->spki : pki_spki(spec->key));
    tbs = pki_tbs(spec, made, algorithm);
    if (signature.len == 0 && spec->is_pss)
        signature = pki_pss_signature(key, md, spec->salt_len, tbs);
    else if (signature.len == 0)
        signature = pki_signature(key, md, tbs);
    made->der =
        PKI_JOIN(PKI_SEQ(tbs, spec->outer_algorithm.len > 0 ? spec->outer_algorithm : algorithm,
                         pki_bits(signature)),
                 spec->after);
    return made;
}

pki_spec pki_spec_of(const char *subject, EVP_PKEY *key, const pki_cert *issuer)
{
    pki_spec spec = {.subject = subject,
                     .key = key,
                     .issuer = issuer,
                     .not_before = FORGE_NOW - 30 * PKI_DAY,
                     .not_after = FORGE_NOW + 30 * PKI_DAY};

    pki_put(spec.extensions, PKI_OID_SKI, false, pki_octets(pki_key_id(pki_spki(key))));
    pki_put(spec.extensions, PKI_OID_AKI, false,
            pki_authority(issuer != NULL ? issuer->key_id : pki_key_id(pki_spki(key))));
    return spec;
}

pki_spec pki_ca_spec(const char *subject, EVP_PKEY *key, const pki_cert *issuer)
{
    pki_spec spec = pki_spec_of(subject, key, issuer);

    pki_put(spec.extensions, PKI_OID_BASIC, true, pki_basic(true, -1));
    pki_put(spec.extensions, PKI_OID_KEY_USAGE, true, PKI_KU_CA);
    return spec;
}

pki_spec pki_leaf_spec(EVP_PKEY *key, const pki_cert *issuer)
{
    pki_spec spec = pki_spec_of("CN=www.example.com", key, issuer);

    pki_put(spec.extensions, PKI_OID_KEY_USAGE, true, PKI_KU_LEAF);
    pki_put(spec.extensions, PKI_OID_EKU, false, PKI_SEQ(pki_oid(PKI_OID_SERVER)));
    pki_put(spec.extensions, PKI_OID_SAN, false, PKI_SEQ(PKI_TEXT(PKI_DNS, "www.example.com")));
    return spec;
}

const pki_cert *pki_ca(const char *subject, EVP_PKEY *key, const pki_cert *issuer)
{
    pki_spec spec = pki_ca_spec(subject, key, issuer);

    return pki_make(&spec);
}

const pki_cert *pki_leaf(EVP_PKEY *key, const pki_cert *issuer)
{
    pki_spec spec = pki_leaf_spec(key, issuer);

    return pki_make(&spec);
}

/* ---- CRLs ------------------------------------------------------------------------------------ */

pki_crl_spec pki_crl_spec_of(const pki_cert *issuer, uint64_t number)
{
    pki_crl_spec spec = {.issuer = issuer->name,
                         .key = issuer->key,
                         .this_update = FORGE_NOW - FORGE_HOUR,
                         .next_update = FORGE_NOW + PKI_DAY};

    pki_put(spec.extensions, PKI_OID_AKI, false, pki_authority(issuer->key_id));
    pki_put(spec.extensions, PKI_OID_CRL_NUMBER, false, pki_integer(number));
    return spec;
}

static daotp__bytes pki_crl_tbs(const pki_crl_spec *spec, daotp__bytes algorithm)
{
    daotp__bytes extensions = pki_extensions_der(spec->extensions), next = spec->next_update_der;

    if (next.len == 0 && spec->next_update != 0)
        next = pki_time(spec->next_update);
    return PKI_SEQ(spec->version == 1 ? PKI_NOTHING : pki_integer(1), algorithm, spec->issuer,
                   pki_time(spec->this_update), next,
                   spec->entries.len > 0 ? pki_tlv(0x30, spec->entries) : PKI_NOTHING,
                   extensions.len > 0 ? pki_tlv(0xA0, extensions) : PKI_NOTHING);
}

daotp__bytes pki_sign_crl(const pki_crl_spec *spec, daotp__bytes tbs)
{
    const EVP_MD *md = spec->md != NULL ? spec->md : EVP_sha256();
    daotp__bytes algorithm =
        spec->algorithm.len > 0 ? spec->algorithm : pki_algorithm(spec->key, md);

    return PKI_SEQ(
        tbs, algorithm,
        pki_bits(spec->signature.len > 0 ? spec->signature : pki_signature(spec->key, md, tbs)));
}

daotp__bytes pki_make_crl(const pki_crl_spec *spec)
{
    const EVP_MD *md = spec->md != NULL ? spec->md : EVP_sha256();

    return pki_sign_crl(spec,
                        pki_crl_tbs(spec, spec->algorithm.len > 0 ? spec->algorithm
                                                                  : pki_algorithm(spec->key, md)));
}

daotp__bytes pki_entry(daotp__bytes serial, daotp__bytes extensions)
{
    return PKI_SEQ(pki_tlv(0x02, serial), pki_time(FORGE_NOW - 2 * PKI_DAY),
                   extensions.len > 0 ? pki_tlv(0x30, extensions) : PKI_NOTHING);
}

daotp__bytes pki_reason(unsigned reason)
{
    return pki_extension_der(PKI_OID_REASON, false, pki_tlv(0x0A, pki_number(reason)));
}

daotp__bytes pki_revoke(const pki_cert *cert, unsigned reason)
{
    return pki_entry(cert->serial, reason != PKI_NO_REASON ? pki_reason(reason) : PKI_NOTHING);
}

daotp__bytes pki_crl(const pki_cert *issuer, uint64_t number, daotp__bytes entries)
{
    pki_crl_spec spec = pki_crl_spec_of(issuer, number);

    spec.entries = entries;
    return pki_make_crl(&spec);
}
