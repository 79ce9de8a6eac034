/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmc_form.h"

#include <string.h>

#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#define OID_DUMMY "1.3.6.1.4.1.311.21.9"
#define OK        ((struct verdict){0, NULL})
#define NO(why_)  ((struct verdict){0x8007000D, "form: " why_})

/* ---- RFC 5652, as much of it as has a form to check ---- */

typedef struct {
    X509_NAME *issuer;
    ASN1_INTEGER *serial;
} FORM_ISSUER_SERIAL;

typedef struct {
    int type;
    union {
        FORM_ISSUER_SERIAL *issuer_serial;
        ASN1_OCTET_STRING *key_id;
    } value;
} FORM_SID;

typedef struct {
    ASN1_INTEGER *version;
    FORM_SID *sid;
    X509_ALGOR *digest;
    STACK_OF(X509_ATTRIBUTE) * attributes;
    X509_ALGOR *signature_algorithm;
    ASN1_OCTET_STRING *signature;
    STACK_OF(X509_ATTRIBUTE) * unsigned_attributes;
} FORM_SIGNER;

typedef struct {
    ASN1_INTEGER *version;
    STACK_OF(X509_ALGOR) * digests;
    ASN1_TYPE *content;
    STACK_OF(X509) * certs;
    STACK_OF(ASN1_TYPE) * crls;
    STACK_OF(FORM_SIGNER) * signers;
} FORM_SIGNED;

typedef struct {
    ASN1_OBJECT *type;
    FORM_SIGNED *data;
} FORM_MESSAGE;

DEFINE_STACK_OF(FORM_SIGNER)

ASN1_SEQUENCE(FORM_ISSUER_SERIAL) =
    {
        ASN1_SIMPLE(FORM_ISSUER_SERIAL, issuer, X509_NAME),
        ASN1_SIMPLE(FORM_ISSUER_SERIAL, serial, ASN1_INTEGER),
} static_ASN1_SEQUENCE_END(FORM_ISSUER_SERIAL)

        ASN1_CHOICE(FORM_SID) =
            {
                ASN1_SIMPLE(FORM_SID, value.issuer_serial, FORM_ISSUER_SERIAL),
                ASN1_IMP(FORM_SID, value.key_id, ASN1_OCTET_STRING, 0),
} static_ASN1_CHOICE_END(FORM_SID)

                ASN1_SEQUENCE(FORM_SIGNER) =
                    {
                        ASN1_SIMPLE(FORM_SIGNER, version, ASN1_INTEGER),
                        ASN1_SIMPLE(FORM_SIGNER, sid, FORM_SID),
                        ASN1_SIMPLE(FORM_SIGNER, digest, X509_ALGOR),
                        ASN1_IMP_SET_OF_OPT(FORM_SIGNER, attributes, X509_ATTRIBUTE, 0),
                        ASN1_SIMPLE(FORM_SIGNER, signature_algorithm, X509_ALGOR),
                        ASN1_SIMPLE(FORM_SIGNER, signature, ASN1_OCTET_STRING),
                        ASN1_IMP_SET_OF_OPT(FORM_SIGNER, unsigned_attributes, X509_ATTRIBUTE, 1),
} static_ASN1_SEQUENCE_END(FORM_SIGNER)

                        ASN1_SEQUENCE(FORM_SIGNED) =
                            {
                                ASN1_SIMPLE(FORM_SIGNED, version, ASN1_INTEGER),
                                ASN1_SET_OF(FORM_SIGNED, digests, X509_ALGOR),
                                ASN1_SIMPLE(FORM_SIGNED, content, ASN1_ANY),
                                ASN1_IMP_SET_OF_OPT(FORM_SIGNED, certs, X509, 0),
                                ASN1_IMP_SET_OF_OPT(FORM_SIGNED, crls, ASN1_ANY, 1),
                                ASN1_SET_OF(FORM_SIGNED, signers, FORM_SIGNER),
} static_ASN1_SEQUENCE_END(FORM_SIGNED)

                                ASN1_SEQUENCE(FORM_MESSAGE) =
                                    {
                                        ASN1_SIMPLE(FORM_MESSAGE, type, ASN1_OBJECT),
                                        ASN1_EXP(FORM_MESSAGE, data, FORM_SIGNED, 0),
} static_ASN1_SEQUENCE_END(FORM_MESSAGE)

    /* ---- the whole ---- */

    /* Encoding again sorts every SET OF and shortens every length: if the octets stay the same,
     * they are DER. */
    static bool is_der(FORM_MESSAGE * message, const unsigned char *der, size_t len)
{
    unsigned char *again = NULL;
    int n = ASN1_item_i2d((ASN1_VALUE *)message, &again, ASN1_ITEM_rptr(FORM_MESSAGE));
    bool same = n > 0 && (size_t)n == len && memcmp(again, der, len) == 0;

    OPENSSL_free(again);
    return same;
}

static bool version_is(const ASN1_INTEGER *version, int64_t wanted)
{
    int64_t value = -1;

    return ASN1_INTEGER_get_int64(&value, version) == 1 && value == wanted;
}

static bool is_listed(const FORM_SIGNED *data, const X509_ALGOR *digest)
{
    for (int i = 0; i < sk_X509_ALGOR_num(data->digests); i++)
        if (X509_ALGOR_cmp(sk_X509_ALGOR_value(data->digests, i), digest) == 0)
            return true;
    return false;
}

static bool is_used(const FORM_SIGNED *data, const X509_ALGOR *digest)
{
    for (int i = 0; i < sk_FORM_SIGNER_num(data->signers); i++)
        if (X509_ALGOR_cmp(sk_FORM_SIGNER_value(data->signers, i)->digest, digest) == 0)
            return true;
    return false;
}

static bool digests_fit(const FORM_SIGNED *data)
{
    for (int i = 0; i < sk_X509_ALGOR_num(data->digests); i++)
        if (!is_used(data, sk_X509_ALGOR_value(data->digests, i)))
            return false;
    for (int i = 0; i < sk_FORM_SIGNER_num(data->signers); i++)
        if (!is_listed(data, sk_FORM_SIGNER_value(data->signers, i)->digest))
            return false;
    return true;
}

/* ---- one signer ---- */

static bool has_no_parameters(const X509_ALGOR *algorithm)
{
    int type = V_ASN1_UNDEF;

    X509_ALGOR_get0(NULL, &type, NULL, algorithm);
    return type == V_ASN1_UNDEF;
}

static bool has_null_or_none(const X509_ALGOR *algorithm)
{
    int type = V_ASN1_UNDEF;

    X509_ALGOR_get0(NULL, &type, NULL, algorithm);
    return type == V_ASN1_UNDEF || type == V_ASN1_NULL;
}

static int nid_of(const X509_ALGOR *algorithm)
{
    const ASN1_OBJECT *object = NULL;

    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    return OBJ_obj2nid(object);
}

static bool parameters_fit(const FORM_SIGNER *signer)
{
    const X509_ALGOR *algorithm = signer->signature_algorithm;

    if (!has_null_or_none(signer->digest))
        return false;
    switch (nid_of(algorithm)) {
    case NID_rsassaPss:
        return true; /* its parameters are what OpenSSL verifies with */
    case NID_ecdsa_with_SHA256:
    case NID_ecdsa_with_SHA384:
    case NID_ecdsa_with_SHA512:
    case NID_ED25519:
    case NID_ED448:
        return has_no_parameters(algorithm);
    default:
        return has_null_or_none(algorithm);
    }
}

static bool is_dummy_name(const X509_NAME *name)
{
    X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, 0);
    char oid[64] = "";
    const ASN1_STRING *value;

    if (X509_NAME_entry_count(name) != 1 ||
        OBJ_obj2txt(oid, sizeof(oid), X509_NAME_ENTRY_get_object(entry), 1) <= 0)
        return false;
    value = X509_NAME_ENTRY_get_data(entry);
    return strcmp(oid, OID_DUMMY) == 0 && ASN1_STRING_type(value) == V_ASN1_PRINTABLESTRING &&
           ASN1_STRING_length(value) == 12 &&
           memcmp(ASN1_STRING_get0_data(value), "Dummy Signer", 12) == 0;
}

static bool is_dummy(const FORM_SIGNER *signer)
{
    const FORM_ISSUER_SERIAL *id = signer->sid->value.issuer_serial;

    return signer->sid->type == 0 && is_dummy_name(id->issuer) && version_is(id->serial, 0);
}

static struct verdict check_signer(const FORM_SIGNER *signer)
{
    if (!version_is(signer->version, signer->sid->type == 0 ? 1 : 3))
        return NO("the version of a SignerInfo does not fit its sid");
    if (!parameters_fit(signer))
        return NO("an algorithm of a SignerInfo has wrong parameters");
    if (sk_X509_ATTRIBUTE_num(signer->attributes) < 2)
        return NO("a SignerInfo lacks signed attributes");
    if (nid_of(signer->signature_algorithm) == NID_id_alg_noSignature && !is_dummy(signer))
        return NO("the no-signature signer is not Windows' Dummy Signer");
    return OK;
}

static struct verdict check_signed(const FORM_SIGNED *data)
{
    struct verdict verdict = OK;

    if (!version_is(data->version, 3))
        return NO("the version of SignedData is not 3, though its content is not id-data");
    if (!digests_fit(data))
        return NO("digestAlgorithms are not those of the signers");
    for (int i = 0; verdict.code == 0 && i < sk_FORM_SIGNER_num(data->signers); i++)
        verdict = check_signer(sk_FORM_SIGNER_value(data->signers, i));
    return verdict;
}

struct verdict cmc_form_check(const unsigned char *der, size_t len)
{
    const unsigned char *at = der;
    FORM_MESSAGE *message =
        (FORM_MESSAGE *)ASN1_item_d2i(NULL, &at, (long)len, ASN1_ITEM_rptr(FORM_MESSAGE));
    struct verdict verdict;

    if (message == NULL)
        verdict = NO("not a SignedData of RFC 5652");
    else if (!is_der(message, der, len))
        verdict = NO("not DER: a length, or the order of a SET OF");
    else
        verdict = check_signed(message->data);
    ERR_clear_error();
    ASN1_item_free((ASN1_VALUE *)message, ASN1_ITEM_rptr(FORM_MESSAGE));
    return verdict;
}
