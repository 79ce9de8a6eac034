/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/key_form.h"

#include "x509/certificate.h"

#include <string.h>

/* ---- which form ------------------------------------------------------------------------------ */

static uint8_t tag_at(daotp__bytes in)
{
    return in.len > 0 ? in.data[0] : 0;
}

static daotp__key_form guess_by_version(daotp__bytes in)
{
    daotp__der_item item;

    switch (tag_at(in)) {
    case DAOTP__DER_SEQUENCE:
        return DAOTP__KEY_FORM_PKCS8;
    case DAOTP__DER_OCTET_STRING:
        return DAOTP__KEY_FORM_EC;
    case DAOTP__DER_INTEGER:
        return daotp__der_next(&in, &item) && in.len == 0 ? DAOTP__KEY_FORM_RSA_PUBLIC
                                                          : DAOTP__KEY_FORM_RSA;
    default:
        return DAOTP__KEY_FORM_NONE;
    }
}

daotp__key_form daotp__key_form_guess(daotp__bytes der)
{
    daotp__der_item whole, first;

    if (!daotp__der_next(&der, &whole) || whole.tag != DAOTP__DER_SEQUENCE || der.len > 0 ||
        !daotp__der_next(&whole.content, &first))
        return DAOTP__KEY_FORM_NONE;
    if (first.tag == DAOTP__DER_INTEGER)
        return guess_by_version(whole.content);
    if (first.tag != DAOTP__DER_SEQUENCE || tag_at(first.content) != DAOTP__DER_OID)
        return DAOTP__KEY_FORM_NONE;
    if (tag_at(whole.content) == DAOTP__DER_BIT_STRING)
        return DAOTP__KEY_FORM_PUBLIC;
    return tag_at(whole.content) == DAOTP__DER_OCTET_STRING ? DAOTP__KEY_FORM_ENCRYPTED
                                                            : DAOTP__KEY_FORM_NONE;
}

const char *daotp__key_form_name(daotp__key_form form)
{
    static const char *const names[] = {"no key",
                                        "PKCS#8 private key",
                                        "PKCS#8 private key, encrypted",
                                        "RSA private key (PKCS#1)",
                                        "EC private key",
                                        "public key (SubjectPublicKeyInfo)",
                                        "RSA public key (PKCS#1)"};

    return names[form];
}

/* ---- fields ---------------------------------------------------------------------------------- */

typedef struct key_parts {
    daotp__algorithm algorithm;
    daotp__bytes inner, modulus, curve;
} key_parts;

static bool skip_key_integer(daotp__bytes *in, void *into)
{
    daotp__bytes ignored;

    (void)into;
    return daotp__der_read_integer(in, &ignored);
}

static bool read_modulus(daotp__bytes *in, void *into)
{
    return daotp__der_read_integer(in, &((key_parts *)into)->modulus);
}

static bool read_key_algorithm(daotp__bytes *in, void *into)
{
    return daotp__algorithm_read(in, &((key_parts *)into)->algorithm);
}

static bool read_key_octets(daotp__bytes *in, void *into)
{
    return daotp__der_read(in, DAOTP__DER_OCTET_STRING, &((key_parts *)into)->inner);
}

static bool skip_key_attributes(daotp__bytes *in, void *into)
{
    daotp__bytes ignored;

    (void)into;
    return in->len == 0 || !daotp__der_peek(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0)) ||
           daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &ignored);
}

static bool skip_pkcs8_public(daotp__bytes *in, void *into)
{
    daotp__bytes ignored;

    (void)into;
    return in->len == 0 || daotp__der_read(in, DAOTP__DER_CONTEXT(1), &ignored);
}

static bool read_ec_parameters(daotp__bytes *in, void *into)
{
    daotp__bytes explicit;

    if (!daotp__der_peek(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0)))
        return true;
    if (!daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &explicit))
        return false;
    if (daotp__der_peek(&explicit,
                        DAOTP__DER_OID)) /* otherwise the curve has explicit parameters */
        return daotp__der_read_oid(&explicit, &((key_parts *)into)->curve) && explicit.len == 0;
    return explicit.len > 0;
}

static bool skip_ec_public(daotp__bytes *in, void *into)
{
    daotp__bytes explicit, bits;
    unsigned unused;

    (void)into;
    return in->len == 0 || (daotp__der_read(in, DAOTP__DER_CONTEXT_CONSTRUCTED(1), &explicit) &&
                            daotp__der_read_bits(&explicit, &bits, &unused) && explicit.len == 0);
}

#define INTEGER_RULE "RFC 8017 A.1.2: an INTEGER"
static const daotp__field rsa_fields[] = {
    {"RSAPrivateKey.version", skip_key_integer, INTEGER_RULE},
    {"RSAPrivateKey.modulus", read_modulus, INTEGER_RULE},
    {"RSAPrivateKey.publicExponent", skip_key_integer, INTEGER_RULE},
    {"RSAPrivateKey.privateExponent", skip_key_integer, INTEGER_RULE},
    {"RSAPrivateKey.prime1", skip_key_integer, INTEGER_RULE},
    {"RSAPrivateKey.prime2", skip_key_integer, INTEGER_RULE},
    {"RSAPrivateKey.exponent1", skip_key_integer, INTEGER_RULE},
    {"RSAPrivateKey.exponent2", skip_key_integer, INTEGER_RULE},
    {"RSAPrivateKey.coefficient", skip_key_integer, INTEGER_RULE}};

static const daotp__field ec_fields[] = {
    {"ECPrivateKey.version", skip_key_integer, "RFC 5915 3: an INTEGER, 1"},
    {"ECPrivateKey.privateKey", read_key_octets, "RFC 5915 3: an OCTET STRING"},
    {"ECPrivateKey.parameters", read_ec_parameters, "RFC 5915 3: [0] with a curve"},
    {"ECPrivateKey.publicKey", skip_ec_public, "RFC 5915 3: [1] with a BIT STRING"}};

static const daotp__field pkcs8_fields[] = {
    {"PrivateKeyInfo.version", skip_key_integer, "RFC 5958 2: an INTEGER, 0 or 1"},
    {"PrivateKeyInfo.privateKeyAlgorithm", read_key_algorithm,
     "RFC 5958 2: an AlgorithmIdentifier"},
    {"PrivateKeyInfo.privateKey", read_key_octets, "RFC 5958 2: an OCTET STRING"},
    {"PrivateKeyInfo.attributes", skip_key_attributes, "RFC 5958 2: [0], a SET of attributes"},
    {"PrivateKeyInfo.publicKey", skip_pkcs8_public, "RFC 5958 2: [1], a BIT STRING"}};

static const daotp__field encrypted_fields[] = {
    {"EncryptedPrivateKeyInfo.encryptionAlgorithm", read_key_algorithm,
     "RFC 5958 3: an AlgorithmIdentifier"},
    {"EncryptedPrivateKeyInfo.encryptedData", read_key_octets, "RFC 5958 3: an OCTET STRING"}};

/* Reads a structure into parts; name and rule are for the fault. */
static bool read_structure(daotp__bytes in, const daotp__field *fields, size_t count,
                           const char *name, const char *rule, key_parts *parts,
                           daotp__fault *fault)
{
    daotp__bytes content;

    if (!daotp__der_only(in, DAOTP__DER_SEQUENCE, &content))
        return daotp__fault_set(fault, name, in, rule);
    return daotp__fields_read(fields, count, &content, parts, fault);
}
#define READ(in, fields, name, rule, parts, fault)                                                 \
    read_structure(in, fields, sizeof(fields) / sizeof((fields)[0]), name, rule, parts, fault)

static bool read_rsa_private(daotp__bytes in, key_parts *parts, daotp__fault *fault)
{
    return READ(in, rsa_fields, "RSAPrivateKey", "RFC 8017 A.1.2: a SEQUENCE of INTEGERs", parts,
                fault);
}

static bool read_ec_private(daotp__bytes in, key_parts *parts, daotp__fault *fault)
{
    return READ(in, ec_fields, "ECPrivateKey", "RFC 5915 3: a SEQUENCE", parts, fault);
}

static bool read_pkcs8(daotp__bytes in, key_parts *parts, daotp__fault *fault)
{
    daotp__bytes parameters;

    if (!READ(in, pkcs8_fields, "PrivateKeyInfo",
              "RFC 5958 2: a SEQUENCE of version, algorithm and key, with nothing behind it", parts,
              fault))
        return false;
    parameters = parts->algorithm.parameters;
    if (daotp__oid_is(parts->algorithm.oid, DAOTP__OID_RSA))
        return read_rsa_private(parts->inner, parts, fault);
    if (!daotp__oid_is(parts->algorithm.oid, DAOTP__OID_EC_KEY))
        return true;
    if (!read_ec_private(parts->inner, parts, fault))
        return false;
    if (daotp__der_peek(&parameters, DAOTP__DER_OID))
        (void)daotp__der_read_oid(&parameters, &parts->curve);
    return true;
}

/* Reads the key in its form. A key of no known form is reported as a malformed PKCS#8 key. */
static bool read_form(daotp__bytes der, key_parts *parts, daotp__fault *fault)
{
    *parts = (key_parts){.algorithm.known = DAOTP__OID_COUNT};
    switch (daotp__key_form_guess(der)) {
    case DAOTP__KEY_FORM_RSA:
        return read_rsa_private(der, parts, fault);
    case DAOTP__KEY_FORM_EC:
        return read_ec_private(der, parts, fault);
    case DAOTP__KEY_FORM_ENCRYPTED:
        return READ(der, encrypted_fields, "EncryptedPrivateKeyInfo", "RFC 5958 3: a SEQUENCE",
                    parts, fault);
    case DAOTP__KEY_FORM_PUBLIC:
    case DAOTP__KEY_FORM_RSA_PUBLIC:
        return daotp__fault_set(fault, "public key", der,
                                "RFC 5958 2: a private key is wanted; this is a public one");
    default:
        return read_pkcs8(der, parts, fault);
    }
}

bool daotp__key_find_fault(daotp__bytes der, daotp__fault *fault)
{
    key_parts ignored;

    *fault = (daotp__fault){.whole = der};
    return !read_form(der, &ignored, fault);
}

/* ---- the public key in a private one --------------------------------------------------------- */

/* What both PKCS#8 and SubjectPublicKeyInfo have: the algorithm, and octets in its form. */
typedef struct key_envelope {
    daotp__bytes algorithm, octets;
} key_envelope;

static bool open_pkcs8(daotp__bytes der, key_envelope *envelope)
{
    daotp__bytes content, version;

    return daotp__der_only(der, DAOTP__DER_SEQUENCE, &content) &&
           daotp__der_read_integer(&content, &version) &&
           daotp__der_read_whole(&content, DAOTP__DER_SEQUENCE, &envelope->algorithm) &&
           daotp__der_read(&content, DAOTP__DER_OCTET_STRING, &envelope->octets);
}

static bool open_public_info(daotp__bytes spki, key_envelope *envelope)
{
    daotp__bytes content;
    unsigned unused;

    return daotp__der_only(spki, DAOTP__DER_SEQUENCE, &content) &&
           daotp__der_read_whole(&content, DAOTP__DER_SEQUENCE, &envelope->algorithm) &&
           daotp__der_read_bits(&content, &envelope->octets, &unused) && unused == 0;
}

/* RFC 8017 A.1: both the public and, after its version, the private key begin with the modulus and
 * the exponent. */
static bool holds_rsa_public(daotp__bytes private_key, daotp__bytes public_key)
{
    daotp__bytes numbers, pair, ignored;

    if (!daotp__der_only(private_key, DAOTP__DER_SEQUENCE, &numbers) ||
        !daotp__der_read_integer(&numbers, &ignored) ||
        !daotp__der_only(public_key, DAOTP__DER_SEQUENCE, &pair))
        return false;
    return numbers.len >= pair.len &&
           daotp__bytes_equal((daotp__bytes){numbers.data, pair.len}, pair);
}

static bool holds_ec_public(daotp__bytes private_key, daotp__bytes public_key)
{
    daotp__bytes content, ignored, explicit, point;
    unsigned unused;

    return daotp__der_only(private_key, DAOTP__DER_SEQUENCE, &content) &&
           daotp__der_read_integer(&content, &ignored) &&
           daotp__der_read(&content, DAOTP__DER_OCTET_STRING, &ignored) &&
           daotp__der_only(content, DAOTP__DER_CONTEXT_CONSTRUCTED(1), &explicit) &&
           daotp__der_read_bits(&explicit, &point, &unused) && unused == 0 &&
           daotp__bytes_equal(point, public_key);
}

bool daotp__key_holds_public(daotp__bytes der, daotp__bytes spki)
{
    key_envelope private_key, public_key;
    daotp__public_key known;
    key_parts parts = {.algorithm.known = DAOTP__OID_COUNT};

    if (!open_pkcs8(der, &private_key) || !read_pkcs8(der, &parts, NULL) ||
        !open_public_info(spki, &public_key) || !daotp__public_key_read(spki, &known) ||
        !daotp__bytes_equal(private_key.algorithm, public_key.algorithm))
        return false;
    if (known.algorithm == DAOTP__OID_RSA)
        return holds_rsa_public(private_key.octets, public_key.octets);
    return known.algorithm == DAOTP__OID_EC_KEY &&
           holds_ec_public(private_key.octets, public_key.octets);
}

size_t daotp__key_count_bits(daotp__bytes number)
{
    size_t bits = 8 * number.len;

    while (number.len > 0 && *number.data == 0) {
        number = (daotp__bytes){number.data + 1, number.len - 1};
        bits -= 8;
    }
    for (unsigned mask = 0x80; number.len > 0 && (*number.data & mask) == 0; mask >>= 1)
        bits--;
    return bits;
}

void daotp__key_summary_read(daotp__bytes der, daotp__key_summary *facts)
{
    key_parts parts;

    *facts = (daotp__key_summary){.modulus_bits = 0};
    if (!read_form(der, &parts, NULL))
        return;
    facts->algorithm = parts.algorithm.oid;
    facts->curve = parts.curve;
    facts->modulus_bits = daotp__key_count_bits(parts.modulus);
}

static const char *why_well_formed(daotp__bytes der, bool has_passphrase)
{
    if (daotp__key_form_guess(der) != DAOTP__KEY_FORM_ENCRYPTED)
        return "RFC 5958 2: the values make no key of a kind that libcrypto knows";
    return has_passphrase ? "RFC 5958 3: the pass phrase does not open it"
                          : "RFC 5958 3: it is encrypted, and no pass phrase was given";
}

const char *daotp__key_explain(daotp__bytes der, bool has_passphrase, char *text)
{
    daotp__certificate certificate;
    daotp__fault fault;

    if (daotp__certificate_read(der, &certificate)) {
        fault = (daotp__fault){.whole = der};
        (void)daotp__fault_set(&fault, "certificate", der,
                               "RFC 5958 2: a private key is wanted; this is a certificate");
    } else if (!daotp__key_find_fault(der, &fault)) {
        (void)daotp__fault_set(&fault, daotp__key_form_name(daotp__key_form_guess(der)), der,
                               why_well_formed(der, has_passphrase));
    }
    return daotp__fault_describe(&fault, text);
}

const char *daotp__key_foreign_block(const daotp__pem_reader *reader)
{
    static const char old[] = "Proc-Type: 4,ENCRYPTED";
    const uint8_t *begin = reader->in.data + reader->begin;

    if (daotp__pem_has_label(reader, "OPENSSH PRIVATE KEY"))
        return "OpenSSH's own form, octet 0: RFC 5958 2: a PrivateKeyInfo; ssh-keygen -p -m PKCS8 "
               "-f "
               "FILE writes it";
    if (memmem(begin, reader->at - reader->begin, old, sizeof old - 1) != NULL)
        return "Proc-Type, octet 0: RFC 1421 4.6.1.1: encrypted, and no pass phrase was given, or "
               "it "
               "does not open it";
    return NULL;
}
