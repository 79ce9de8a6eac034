/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/certificate.h"

#include "x509/name_match.h"

#include <stdio.h>

/* ---- the fields, in their order -------------------------------------------------------------- */

/* The state of reading a certificate. */
typedef struct certificate_reading {
    daotp__certificate *certificate;
    daotp__fault *fault; /* NULL: not needed */
    daotp__bytes inner;  /* the signature field of tbsCertificate */
    bool is_anchor;      /* the fields after tbsCertificate are not checked */
} certificate_reading;

static bool read_version(daotp__bytes *in, void *into)
{
    certificate_reading *r = into;
    uint32_t *version = &r->certificate->version;
    daotp__bytes explicit;

    *version = 1;
    if (!daotp__der_peek(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0)))
        return true;
    if (!daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &explicit) ||
        !daotp__der_read_unsigned(&explicit, version) || explicit.len > 0 || *version < 1 ||
        *version > 2)
        return false; /* 0 is the DEFAULT, which DER leaves out */
    (*version)++;
    return true;
}

static bool read_serial_number(daotp__bytes *in, void *into)
{
    certificate_reading *r = into;

    return daotp__der_read_integer(in, &r->certificate->serial);
}

static bool read_inner_algorithm(daotp__bytes *in, void *into)
{
    certificate_reading *r = into;

    return daotp__der_read_whole(in, DAOTP__DER_SEQUENCE, &r->inner);
}

static bool read_issuer(daotp__bytes *in, void *into)
{
    certificate_reading *r = into;

    return daotp__der_read_whole(in, DAOTP__DER_SEQUENCE, &r->certificate->issuer);
}

static bool read_validity(daotp__bytes *in, void *into)
{
    daotp__certificate *certificate = ((certificate_reading *)into)->certificate;
    daotp__bytes validity;

    return daotp__der_read(in, DAOTP__DER_SEQUENCE, &validity) &&
           daotp__der_read_time(&validity, &certificate->not_before) &&
           daotp__der_read_time(&validity, &certificate->not_after) && validity.len == 0;
}

static bool read_subject(daotp__bytes *in, void *into)
{
    certificate_reading *r = into;

    return daotp__der_read_whole(in, DAOTP__DER_SEQUENCE, &r->certificate->subject);
}

static bool read_spki(daotp__bytes *in, void *into)
{
    certificate_reading *r = into;

    return daotp__der_read_whole(in, DAOTP__DER_SEQUENCE, &r->certificate->spki);
}

/* RFC 5280 4.1: if present, version is 2 or 3 */
static bool skip_unique_id(daotp__bytes *in, uint8_t tag, uint32_t version)
{
    daotp__bytes bits; /* a BIT STRING, implicitly tagged */

    return !daotp__der_peek(in, tag) ||
           (version > 1 && daotp__der_read(in, tag, &bits) && bits.len > 0 && bits.data[0] <= 7);
}

static bool skip_issuer_id(daotp__bytes *in, void *into)
{
    certificate_reading *r = into;

    return skip_unique_id(in, DAOTP__DER_CONTEXT(1), r->certificate->version);
}

static bool skip_subject_id(daotp__bytes *in, void *into)
{
    certificate_reading *r = into;

    return skip_unique_id(in, DAOTP__DER_CONTEXT(2), r->certificate->version);
}

static bool read_extensions(daotp__bytes *in, void *into)
{
    certificate_reading *r = into;
    daotp__bytes explicit, list;

    r->certificate->extensions.count = 0;
    if (in->len == 0)
        return true;
    return r->certificate->version == 3 &&
           daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(3), &explicit) &&
           daotp__der_only(explicit, DAOTP__DER_SEQUENCE, &list) &&
           daotp__extensions_read_why(list, &r->certificate->extensions, r->fault);
}

static const daotp__field tbs_fields[] = {
    {"tbsCertificate.version", read_version,
     "RFC 5280 4.1.2.1: [0] with 1 or 2, for version 2 or 3; 0 is the default and left out"},
    {"tbsCertificate.serialNumber", read_serial_number, "RFC 5280 4.1.2.2: an INTEGER"},
    {"tbsCertificate.signature", read_inner_algorithm, "RFC 5280 4.1.2.3: an AlgorithmIdentifier"},
    {"tbsCertificate.issuer", read_issuer, "RFC 5280 4.1.2.4: a Name"},
    {"tbsCertificate.validity", read_validity,
     "RFC 5280 4.1.2.5: notBefore and notAfter, in seconds and in UTC"},
    {"tbsCertificate.subject", read_subject, "RFC 5280 4.1.2.6: a Name"},
    {"tbsCertificate.subjectPublicKeyInfo", read_spki, "RFC 5280 4.1.2.7: a SEQUENCE"},
    {"tbsCertificate.issuerUniqueID", skip_issuer_id,
     "RFC 5280 4.1.2.8: a BIT STRING, in version 2 or 3 only"},
    {"tbsCertificate.subjectUniqueID", skip_subject_id,
     "RFC 5280 4.1.2.8: a BIT STRING, in version 2 or 3 only"},
    {"tbsCertificate.extensions", read_extensions,
     "RFC 5280 4.1.2.9: [3] with a SEQUENCE of extensions, in version 3 only"}};

static bool read_tbs(daotp__bytes *in, void *into)
{
    certificate_reading *r = into;
    daotp__bytes tbs;

    return daotp__der_read_whole(in, DAOTP__DER_SEQUENCE, &r->certificate->tbs) &&
           daotp__der_only(r->certificate->tbs, DAOTP__DER_SEQUENCE, &tbs) &&
           daotp__fields_read(tbs_fields, sizeof tbs_fields / sizeof tbs_fields[0], &tbs, r,
                              r->fault);
}

/* RFC 5280 4.1.1.2: the two algorithm identifiers are the same. */
static bool read_outer_algorithm(daotp__bytes *in, void *into)
{
    certificate_reading *r = into;
    daotp__bytes outer = *in, anything = *in;
    daotp__der_item item;

    if (daotp__algorithm_read(in, &r->certificate->signature_algorithm)) {
        outer.len -= in->len;
        if (daotp__bytes_equal(r->inner, outer))
            return true;
    }
    r->certificate->signature_algorithm = (daotp__algorithm){.known = DAOTP__OID_COUNT};
    *in = anything;
    return r->is_anchor && daotp__der_next(in, &item);
}

static bool read_signature_value(daotp__bytes *in, void *into)
{
    certificate_reading *r = into;
    daotp__bytes anything = *in;
    daotp__der_item item;
    unsigned unused;

    if (daotp__der_read_bits(in, &r->certificate->signature, &unused) && unused == 0)
        return true;
    r->certificate->signature = (daotp__bytes){NULL, 0};
    *in = anything;
    return r->is_anchor && daotp__der_next(in, &item);
}

static const daotp__field certificate_fields[] = {
    {"tbsCertificate", read_tbs, "RFC 5280 4.1.1.1: a SEQUENCE"},
    {"signatureAlgorithm", read_outer_algorithm,
     "RFC 5280 4.1.1.2: an AlgorithmIdentifier, the same as tbsCertificate.signature"},
    {"signatureValue", read_signature_value, "RFC 5280 4.1.1.3: a BIT STRING without unused bits"}};

static bool read_certificate(daotp__bytes der, certificate_reading *r)
{
    daotp__bytes in;

    r->certificate->der = der;
    if (r->fault != NULL)
        *r->fault = (daotp__fault){.whole = der};
    if (der.len > DAOTP__MAX_CERTIFICATE && r->fault == NULL)
        return false;
    if (!daotp__der_only(der, DAOTP__DER_SEQUENCE, &in))
        return daotp__fault_set(r->fault, "Certificate", der,
                                "RFC 5280 4.1: one SEQUENCE, and nothing behind it");
    if (!daotp__fields_read(certificate_fields,
                            sizeof certificate_fields / sizeof certificate_fields[0], &in, r,
                            r->fault))
        return false;
    return der.len <= DAOTP__MAX_CERTIFICATE ||
           daotp__fault_limit(r->fault, "Certificate", DAOTP__MAX_CERTIFICATE);
}

bool daotp__certificate_read(daotp__bytes der, daotp__certificate *certificate)
{
    certificate_reading r = {.certificate = certificate};

    return read_certificate(der, &r);
}

bool daotp__certificate_read_anchor(daotp__bytes der, daotp__certificate *certificate)
{
    certificate_reading r = {.certificate = certificate, .is_anchor = true};

    return read_certificate(der, &r);
}

static const char NAME_RULE[] =
    "RFC 5280 4.1.2.4: RDNs of attributes, each a type and a value, within the limits";

bool daotp__certificate_find_fault(daotp__bytes der, daotp__fault *fault)
{
    daotp__certificate certificate = {0};
    certificate_reading r = {.certificate = &certificate, .fault = fault};

    if (!read_certificate(der, &r))
        return true;
    if (!daotp__name_is_valid(certificate.issuer))
        return !daotp__fault_set(fault, "tbsCertificate.issuer", certificate.issuer, NAME_RULE);
    return !daotp__name_is_valid(certificate.subject) &&
           !daotp__fault_set(fault, "tbsCertificate.subject", certificate.subject, NAME_RULE);
}

bool daotp__certificate_is_self_issued(const daotp__certificate *certificate)
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

/* SubjectPublicKeyInfo while it is read. */
typedef struct key_reading {
    daotp__algorithm algorithm;
    daotp__bytes identifier,
        bits; /* the bytes from the AlgorithmIdentifier on, and from subjectPublicKey on */
    daotp__public_key *key;
    daotp__fault *fault; /* may be NULL */
} key_reading;

static const char KEY_PARAMETERS[] = "SubjectPublicKeyInfo.algorithm.parameters";
static const char KEY_STRING[] = "SubjectPublicKeyInfo.subjectPublicKey";

/* RFC 4055 1.2: the parameters of an id-RSASSA-PSS key may be absent; if present, signatures
 * must use them. */
static bool read_rsa_parameters(const key_reading *r)
{
    daotp__bytes parameters = r->algorithm.parameters;

    r->key->is_pss = r->algorithm.known == DAOTP__OID_RSA_PSS;
    r->key->has_pss_parameters = r->key->is_pss && parameters.len > 0;
    if (r->key->has_pss_parameters)
        return daotp__pss_read(parameters, &r->key->pss, r->fault);
    return daotp__der_end_or_null(parameters) ||
           daotp__fault_set(r->fault, KEY_PARAMETERS, parameters,
                            "RFC 3279 2.3.1: of rsaEncryption they are NULL, or absent");
}

static bool read_rsa(const key_reading *r)
{
    daotp__public_key *key = r->key;
    daotp__bytes in;

    key->algorithm = DAOTP__OID_RSA;
    if (!read_rsa_parameters(r))
        return false;
    if (!daotp__der_only(key->string, DAOTP__DER_SEQUENCE, &in) ||
        !read_positive(&in, &key->modulus) || !read_positive(&in, &key->exponent) || in.len > 0)
        return daotp__fault_set(r->fault, "RSAPublicKey", key->string,
                                "RFC 8017 A.1.1: a SEQUENCE of modulus and publicExponent, both "
                                "positive");
    key->bits = bit_length(key->modulus);
    return true;
}

/* 0: another curve. */
static unsigned curve_bits(enum daotp__oid curve)
{
    if (curve == DAOTP__OID_P256)
        return 256;
    if (curve == DAOTP__OID_P384)
        return 384;
    return curve == DAOTP__OID_P521 ? 521 : 0;
}

static bool read_curve(daotp__bytes parameters, daotp__public_key *key)
{
    daotp__bytes curve;

    if (!daotp__der_read_oid(&parameters, &curve) || parameters.len > 0)
        return false;
    key->curve = daotp__oid_find(curve);
    key->bits = curve_bits(key->curve);
    return key->bits > 0;
}

static bool read_ec(const key_reading *r)
{
    daotp__public_key *key = r->key;

    if (!read_curve(r->algorithm.parameters, key))
        return daotp__fault_set(r->fault, KEY_PARAMETERS, r->algorithm.parameters,
                                "RFC 5480 2.1.1: the OBJECT IDENTIFIER of a curve; P-256, P-384 "
                                "and P-521 are taken");
    key->point = key->string;
    return (key->point.len == 1 + 2 * (((size_t)key->bits + 7) / 8) && key->point.data[0] == 4) ||
           daotp__fault_set(r->fault, KEY_STRING, r->bits,
                            "RFC 5480 2.2: 04 and the point, uncompressed, in the octets that the "
                            "curve asks for");
}

static bool read_edwards(const key_reading *r)
{
    daotp__public_key *key = r->key;

    key->bits = r->algorithm.known == DAOTP__OID_ED25519 ? 256 : 456;
    key->point = key->string;
    if (r->algorithm.parameters.len > 0)
        return daotp__fault_set(r->fault, KEY_PARAMETERS, r->algorithm.parameters,
                                "RFC 8410 3: of Ed25519 and Ed448 they are absent");
    return key->point.len == key->bits / 8 ||
           daotp__fault_set(r->fault, KEY_STRING, r->bits,
                            "RFC 8410 4: the point alone, 32 octets of Ed25519, 57 of Ed448");
}

static bool read_spki_algorithm(daotp__bytes *in, void *into)
{
    key_reading *r = into;

    r->identifier = *in;
    return daotp__algorithm_read(in, &r->algorithm);
}

static bool read_key_string(daotp__bytes *in, void *into)
{
    key_reading *r = into;
    unsigned unused;

    r->bits = *in;
    return daotp__der_read_bits(in, &r->key->string, &unused) && unused == 0;
}

static const daotp__field spki_fields[] = {
    {"SubjectPublicKeyInfo.algorithm", read_spki_algorithm,
     "RFC 5280 4.1.2.7: an AlgorithmIdentifier"},
    {KEY_STRING, read_key_string, "RFC 5280 4.1.2.7: a BIT STRING of whole octets"}};

static bool read_public_key(daotp__bytes spki, key_reading *r)
{
    daotp__bytes in;

    *r->key = (daotp__public_key){.curve = DAOTP__OID_COUNT};
    if (!daotp__der_only(spki, DAOTP__DER_SEQUENCE, &in))
        return daotp__fault_set(r->fault, "SubjectPublicKeyInfo", spki,
                                "RFC 5280 4.1.2.7: a SEQUENCE, and nothing behind it");
    if (!daotp__fields_read(spki_fields, sizeof spki_fields / sizeof spki_fields[0], &in, r,
                            r->fault))
        return false;
    r->key->algorithm = r->algorithm.known;
    switch (r->algorithm.known) {
    case DAOTP__OID_RSA:
    case DAOTP__OID_RSA_PSS:
        return read_rsa(r);
    case DAOTP__OID_EC_KEY:
        return read_ec(r);
    case DAOTP__OID_ED25519:
    case DAOTP__OID_ED448:
        return read_edwards(r);
    default:
        return daotp__fault_set(r->fault, "SubjectPublicKeyInfo.algorithm", r->identifier,
                                "RFC 3279 2.3: neither RSA nor an elliptic curve (RFC 5480) nor "
                                "Ed25519 nor Ed448 (RFC 8410)");
    }
}

bool daotp__public_key_read(daotp__bytes spki, daotp__public_key *key)
{
    key_reading r = {.key = key};

    return read_public_key(spki, &r);
}

bool daotp__public_key_find_fault(daotp__bytes spki, daotp__fault *fault)
{
    daotp__public_key ignored;
    key_reading r = {.key = &ignored, .fault = fault};

    *fault = (daotp__fault){.whole = spki};
    return !read_public_key(spki, &r);
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
