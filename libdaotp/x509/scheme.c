/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/scheme.h"

#include <stdio.h>

/* ---- reading --------------------------------------------------------------------------------- */

static const char PSS_SHA1[] =
    "the hash is SHA-1, as it is where hashAlgorithm is absent (RFC 4055 3.1)";

static bool refuse_scheme(const char **fault, const char *why)
{
    *fault = why;
    return false;
}

/* RFC 4055 3.1: the parameters must be present, and MGF1 should use the hash of the signature. */
static bool read_pss_scheme(const daotp__algorithm *algorithm, daotp__scheme *scheme,
                            const char **fault)
{
    daotp__pss_parameters pss;

    if (algorithm->parameters.len == 0)
        return refuse_scheme(fault, "RSASSA-PSS-params are absent (RFC 4055 3.1)");
    if (!daotp__pss_read(algorithm->parameters, &pss, NULL))
        return refuse_scheme(fault, "RSASSA-PSS-params cannot be read (RFC 4055 3.1)");
    if (pss.hash == DAOTP__HASH_SHA1)
        return refuse_scheme(fault, PSS_SHA1);
    if (pss.hash == DAOTP__HASH_NONE)
        return refuse_scheme(
            fault, "hashAlgorithm is none of SHA-256, SHA-384 and SHA-512 (RFC 4055 2.1)");
    if (pss.mask_hash != pss.hash)
        return refuse_scheme(
            fault, "maskGenAlgorithm is not MGF1 with the hash of the signature (RFC 4055 3.1)");
    if (pss.trailer != 1)
        return refuse_scheme(fault, "trailerField is not 1 (RFC 4055 3.1)");
    scheme->hash = pss.hash;
    scheme->salt_len = pss.salt_len;
    return true;
}

/* Find the scheme by the OID alone. */
static bool find_scheme(enum daotp__oid algorithm, daotp__scheme *scheme)
{
    static const struct {
        enum daotp__oid algorithm, key;
        daotp__scheme_kind kind;
    } schemes[] = {{DAOTP__OID_RSA_SHA256, DAOTP__OID_RSA, DAOTP__SCHEME_PKCS1},
                   {DAOTP__OID_RSA_SHA384, DAOTP__OID_RSA, DAOTP__SCHEME_PKCS1},
                   {DAOTP__OID_RSA_SHA512, DAOTP__OID_RSA, DAOTP__SCHEME_PKCS1},
                   {DAOTP__OID_RSA_SHA1, DAOTP__OID_RSA, DAOTP__SCHEME_PKCS1},
                   {DAOTP__OID_RSA_PSS, DAOTP__OID_RSA, DAOTP__SCHEME_PSS},
                   {DAOTP__OID_ECDSA_SHA256, DAOTP__OID_EC_KEY, DAOTP__SCHEME_ECDSA},
                   {DAOTP__OID_ECDSA_SHA384, DAOTP__OID_EC_KEY, DAOTP__SCHEME_ECDSA},
                   {DAOTP__OID_ECDSA_SHA512, DAOTP__OID_EC_KEY, DAOTP__SCHEME_ECDSA},
                   {DAOTP__OID_ECDSA_SHA1, DAOTP__OID_EC_KEY, DAOTP__SCHEME_ECDSA},
                   {DAOTP__OID_ED25519, DAOTP__OID_ED25519, DAOTP__SCHEME_EDDSA},
                   {DAOTP__OID_ED448, DAOTP__OID_ED448, DAOTP__SCHEME_EDDSA}};

    *scheme = (daotp__scheme){.key = DAOTP__OID_COUNT};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (schemes[i].algorithm == algorithm) {
            scheme->kind = schemes[i].kind;
            scheme->key = schemes[i].key;
            return true;
        }
    return false;
}

bool daotp__scheme_read(const daotp__algorithm *algorithm, daotp__scheme *scheme,
                        const char **fault)
{
    if (!find_scheme(algorithm->known, scheme))
        return refuse_scheme(fault, "no signature algorithm that is taken");
    if (scheme->kind == DAOTP__SCHEME_PSS)
        return read_pss_scheme(algorithm, scheme, fault);
    if (scheme->kind == DAOTP__SCHEME_EDDSA) /* RFC 8410 3 */
        return algorithm->parameters.len == 0 ||
               refuse_scheme(fault, "its parameters are not absent (RFC 8410 3)");
    scheme->hash = daotp__algorithm_hash(algorithm);
    return scheme->hash != DAOTP__HASH_NONE ||
           refuse_scheme(fault,
                         "its parameters are neither absent nor NULL (RFC 4055 5, RFC 5758 3.2)");
}

bool daotp__scheme_read_cms(const daotp__algorithm *algorithm, daotp__hash digest,
                            daotp__scheme *scheme)
{
    const char *ignored;

    if (algorithm->known == DAOTP__OID_RSA && daotp__der_end_or_null(algorithm->parameters)) {
        *scheme = (daotp__scheme){DAOTP__SCHEME_PKCS1, DAOTP__OID_RSA, digest, 0};
        return digest != DAOTP__HASH_NONE;
    }
    if (!daotp__scheme_read(algorithm, scheme, &ignored))
        return false;
    if (scheme->kind == DAOTP__SCHEME_EDDSA) /* RFC 8419 3.1; Ed448 requires SHAKE256 */
        return scheme->key == DAOTP__OID_ED25519 && digest == DAOTP__HASH_SHA512;
    return scheme->hash == digest;
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* RFC 4055 3.3: hash and mask generation are those of the key, and the salt is not shorter. */
static bool fits_pss_key(const daotp__scheme *scheme, const daotp__public_key *key,
                         const char **fault)
{
    size_t encoded = ((size_t)key->bits + 6) / 8; /* RFC 8017 9.1.1: emBits is modBits - 1 */

    if (encoded < daotp__hash_len(scheme->hash) + 2 ||
        scheme->salt_len > encoded - daotp__hash_len(scheme->hash) - 2)
        return refuse_scheme(fault,
                             "saltLength is larger than the key has room for (RFC 8017 9.1.1)");
    if (!key->has_pss_parameters)
        return true;
    if (key->pss.hash != scheme->hash || key->pss.mask_hash != scheme->hash ||
        key->pss.trailer != 1)
        return refuse_scheme(fault, "the issuer's key is bound to another hash (RFC 4055 3.3)");
    return key->pss.salt_len <= scheme->salt_len ||
           refuse_scheme(fault, "saltLength is less than the issuer's key asks for (RFC 4055 3.3)");
}

bool daotp__scheme_fits_key(const daotp__scheme *scheme, const daotp__public_key *key,
                            const char **fault)
{
    if (scheme->key != key->algorithm)
        return refuse_scheme(fault, "the issuer's key is of another kind");
    if (scheme->kind == DAOTP__SCHEME_PSS)
        return fits_pss_key(scheme, key, fault);
    return !key->is_pss ||
           refuse_scheme(fault, "the issuer's key is for RSASSA-PSS only (RFC 4055 1.2)");
}

bool daotp__scheme_has_wrong_parameters(const daotp__algorithm *algorithm)
{
    daotp__scheme scheme;

    return find_scheme(algorithm->known, &scheme) && scheme.kind == DAOTP__SCHEME_ECDSA &&
           algorithm->parameters.len > 0;
}

bool daotp__scheme_is_strong(const daotp__scheme *scheme)
{
    return scheme->kind == DAOTP__SCHEME_EDDSA || scheme->hash > DAOTP__HASH_SHA1;
}

/* ---- in words -------------------------------------------------------------------------------- */

/* The field and octet of a fault in the RSASSA-PSS parameters; if they can be read, the fault
 * that is known already. */
static const char *parameters_fault(const daotp__algorithm *algorithm, daotp__scheme_kind kind,
                                    char place[DAOTP__FAULT_TEXT], const char *known)
{
    daotp__fault fault = {.whole = algorithm->parameters};
    daotp__pss_parameters ignored;

    if (kind != DAOTP__SCHEME_PSS || algorithm->parameters.len == 0 ||
        daotp__pss_read(algorithm->parameters, &ignored, &fault))
        return known;
    return daotp__fault_describe(&fault, place);
}

const char *daotp__scheme_describe(const daotp__algorithm *algorithm, char text[DAOTP__SCHEME_TEXT])
{
    char oid[DAOTP__OID_TEXT], place[DAOTP__FAULT_TEXT];
    daotp__scheme scheme;
    const char *fault;

    (void)daotp__oid_describe(algorithm->oid, oid);
    (void)snprintf(text, DAOTP__SCHEME_TEXT, "%s", oid);
    if (!find_scheme(algorithm->known, &scheme))
        return text;
    if (!daotp__scheme_read(algorithm, &scheme, &fault))
        (void)snprintf(text, DAOTP__SCHEME_TEXT, "%s: %s", oid,
                       parameters_fault(algorithm, scheme.kind, place, fault));
    else if (scheme.kind == DAOTP__SCHEME_PSS)
        (void)snprintf(text, DAOTP__SCHEME_TEXT, "%s with %s, salt of %u octets", oid,
                       daotp__hash_name(scheme.hash), (unsigned)scheme.salt_len);
    return text;
}
