/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/certificate.h"

#include <stdio.h>

static bool read_version(daotp__bytes *in, uint32_t *version)
{
    daotp__bytes explicit;

    *version = 1;
    if (!daotp__der_peek(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0)))
        return true;
    if (!daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &explicit) ||
        !daotp__der_read_unsigned(&explicit, version) || explicit.len > 0 || *version < 1 ||
        *version > 2)
        return false; /* 0 is the DEFAULT and left out */
    (*version)++;
    return true;
}

static bool read_validity(daotp__bytes *in, daotp__certificate *certificate)
{
    daotp__bytes validity;

    return daotp__der_read(in, DAOTP__DER_SEQUENCE, &validity) &&
           daotp__der_read_time(&validity, &certificate->not_before) &&
           daotp__der_read_time(&validity, &certificate->not_after) && validity.len == 0;
}

/* RFC 5280 4.1: if present, version is 2 or 3 */
static bool skip_unique_id(daotp__bytes *in, uint8_t tag, uint32_t version)
{
    daotp__bytes bits; /* a BIT STRING, implicitly tagged */

    return !daotp__der_peek(in, tag) ||
           (version > 1 && daotp__der_read(in, tag, &bits) && bits.len > 0 && bits.data[0] <= 7);
}

static bool read_extensions(daotp__bytes *in, daotp__certificate *certificate)
{
    daotp__bytes explicit, list;

    certificate->extensions.count = 0;
    if (in->len == 0)
        return true;
    return certificate->version == 3 &&
           daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(3), &explicit) && in->len == 0 &&
           daotp__der_only(explicit, DAOTP__DER_SEQUENCE, &list) &&
           daotp__extensions_read(list, &certificate->extensions);
}

static bool read_tbs(daotp__bytes in, daotp__certificate *certificate, daotp__bytes *inner)
{
    return read_version(&in, &certificate->version) &&
           daotp__der_read_integer(&in, &certificate->serial) &&
           daotp__der_read_whole(&in, DAOTP__DER_SEQUENCE, inner) &&
           daotp__der_read_whole(&in, DAOTP__DER_SEQUENCE, &certificate->issuer) &&
           read_validity(&in, certificate) &&
           daotp__der_read_whole(&in, DAOTP__DER_SEQUENCE, &certificate->subject) &&
           daotp__der_read_whole(&in, DAOTP__DER_SEQUENCE, &certificate->spki) &&
           skip_unique_id(&in, DAOTP__DER_CONTEXT(1), certificate->version) &&
           skip_unique_id(&in, DAOTP__DER_CONTEXT(2), certificate->version) &&
           read_extensions(&in, certificate);
}

/* tbsCertificate; *inner: its signature field, *rest: what stands behind it. */
static bool read_signed_part(daotp__bytes der, daotp__certificate *certificate, daotp__bytes *inner,
                             daotp__bytes *rest)
{
    daotp__bytes tbs;

    certificate->der = der;
    return der.len <= DAOTP__MAX_CERTIFICATE && daotp__der_only(der, DAOTP__DER_SEQUENCE, rest) &&
           daotp__der_read_whole(rest, DAOTP__DER_SEQUENCE, &certificate->tbs) &&
           daotp__der_only(certificate->tbs, DAOTP__DER_SEQUENCE, &tbs) &&
           read_tbs(tbs, certificate, inner);
}

static bool read_signature(daotp__bytes in, daotp__bytes inner, daotp__certificate *certificate)
{
    daotp__bytes outer = in;
    unsigned unused;

    if (!daotp__algorithm_read(&in, &certificate->signature_algorithm))
        return false;
    outer.len -= in.len;
    /* RFC 5280 4.1.1.2: the two algorithm identifiers are the same */
    return daotp__bytes_equal(inner, outer) &&
           daotp__der_read_bits(&in, &certificate->signature, &unused) && unused == 0 &&
           in.len == 0;
}

bool daotp__certificate_read(daotp__bytes der, daotp__certificate *certificate)
{
    daotp__bytes inner, rest;

    return read_signed_part(der, certificate, &inner, &rest) &&
           read_signature(rest, inner, certificate);
}

bool daotp__certificate_read_anchor(daotp__bytes der, daotp__certificate *certificate)
{
    daotp__bytes inner, rest;
    daotp__der_item algorithm, signature;

    if (!read_signed_part(der, certificate, &inner, &rest))
        return false;
    if (read_signature(rest, inner, certificate))
        return true;
    certificate->signature_algorithm = (daotp__algorithm){.known = DAOTP__OID_COUNT};
    certificate->signature = (daotp__bytes){NULL, 0};
    return daotp__der_next(&rest, &algorithm) && daotp__der_next(&rest, &signature) &&
           rest.len == 0;
}

bool daotp__certificate_self_issued(const daotp__certificate *certificate)
{
    return daotp__bytes_equal(certificate->issuer, certificate->subject);
}

bool daotp__certificate_upn(const daotp__certificate *certificate, daotp__bytes *upn)
{
    const daotp__extension *san = daotp__extensions_find(&certificate->extensions, DAOTP__OID_SAN);
    daotp__general_name name;
    daotp__bytes cursor;
    unsigned found = 0;

    if (san == NULL || !daotp__san_begin(san, &cursor))
        return false;
    while (cursor.len > 0) {
        if (!daotp__san_next(&cursor, &name))
            return false;
        if (!daotp__oid_is(name.type, DAOTP__OID_UPN))
            continue;
        if (!daotp__san_is_upn(&name, upn))
            return false;
        found++;
    }
    return found == 1;
}

/* A positive INTEGER without the sign octet. */
static bool read_positive(daotp__bytes *in, daotp__bytes *value)
{
    if (!daotp__der_read_integer(in, value) || value->data[0] >= 0x80)
        return false;
    if (value->data[0] == 0 && value->len > 1) {
        value->data++;
        value->len--;
    }
    return value->data[0] != 0;
}

static unsigned bit_length(daotp__bytes value)
{
    unsigned bits = (unsigned)value.len * 8;

    for (unsigned top = value.data[0]; top < 0x80; top <<= 1)
        bits--;
    return bits;
}

/* RFC 4055 1.2: of an id-RSASSA-PSS key the parameters may be absent; if not, they bind. */
static bool read_rsa_parameters(const daotp__algorithm *algorithm, daotp__public_key *key)
{
    key->is_pss = algorithm->known == DAOTP__OID_RSA_PSS;
    if (!key->is_pss)
        return daotp__der_end_or_null(algorithm->parameters);
    key->has_pss_parameters = algorithm->parameters.len > 0;
    return !key->has_pss_parameters || daotp__pss_read(algorithm->parameters, &key->pss);
}

static bool read_rsa(const daotp__algorithm *algorithm, daotp__public_key *key)
{
    daotp__bytes in;

    key->algorithm = DAOTP__OID_RSA;
    if (!read_rsa_parameters(algorithm, key) ||
        !daotp__der_only(key->string, DAOTP__DER_SEQUENCE, &in) ||
        !read_positive(&in, &key->modulus) || !read_positive(&in, &key->exponent) || in.len > 0)
        return false;
    key->bits = bit_length(key->modulus);
    return true;
}

static bool read_ec(const daotp__algorithm *algorithm, daotp__public_key *key)
{
    daotp__bytes parameters = algorithm->parameters, curve;

    if (!daotp__der_read_oid(&parameters, &curve) || parameters.len > 0)
        return false;
    key->curve = daotp__oid_find(curve);
    key->bits = key->curve == DAOTP__OID_P256   ? 256
                : key->curve == DAOTP__OID_P384 ? 384
                : key->curve == DAOTP__OID_P521 ? 521
                                                : 0;
    key->point = key->string;
    return key->bits > 0 && key->point.len == 1 + 2 * (((size_t)key->bits + 7) / 8) &&
           key->point.data[0] == 4;
}

/* RFC 8410 4: no parameters, and the point alone. */
static bool read_edwards(const daotp__algorithm *algorithm, daotp__public_key *key)
{
    bool is_25519 = algorithm->known == DAOTP__OID_ED25519;

    key->bits = is_25519 ? 256 : 456;
    key->point = key->string;
    return algorithm->parameters.len == 0 && key->point.len == key->bits / 8;
}

bool daotp__public_key_read(daotp__bytes spki, daotp__public_key *key)
{
    daotp__algorithm algorithm;
    daotp__bytes in;
    unsigned unused;

    *key = (daotp__public_key){.curve = DAOTP__OID_COUNT};
    if (!daotp__der_only(spki, DAOTP__DER_SEQUENCE, &in) ||
        !daotp__algorithm_read(&in, &algorithm) ||
        !daotp__der_read_bits(&in, &key->string, &unused) || unused != 0 || in.len > 0)
        return false;
    key->algorithm = algorithm.known;
    switch (algorithm.known) {
    case DAOTP__OID_RSA:
    case DAOTP__OID_RSA_PSS:
        return read_rsa(&algorithm, key);
    case DAOTP__OID_EC_KEY:
        return read_ec(&algorithm, key);
    case DAOTP__OID_ED25519:
    case DAOTP__OID_ED448:
        return read_edwards(&algorithm, key);
    default:
        return false;
    }
}

bool daotp__public_key_is_edwards(const daotp__public_key *key)
{
    return key->algorithm == DAOTP__OID_ED25519 || key->algorithm == DAOTP__OID_ED448;
}

const char *daotp__public_key_name(const daotp__public_key *key, char text[DAOTP__KEY_NAME_TEXT])
{
    if (key->algorithm == DAOTP__OID_RSA)
        (void)snprintf(text, DAOTP__KEY_NAME_TEXT, "RSA%s, %u bits",
                       key->is_pss ? " (for RSASSA-PSS only)" : "", key->bits);
    else if (key->algorithm == DAOTP__OID_EC_KEY)
        (void)snprintf(text, DAOTP__KEY_NAME_TEXT, "EC, %s", daotp__oid_name(key->curve));
    else
        (void)snprintf(text, DAOTP__KEY_NAME_TEXT, "%s", daotp__oid_name(key->algorithm));
    return text;
}
