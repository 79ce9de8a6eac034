/* SPDX-License-Identifier: BSD-2-Clause */
/* The attributes of objects (PKCS #11 2.40, 4). */
#include "module.h"

#include <string.h>

/* For which classes an attribute is. */
enum { CERTIFICATE = 1, PUBLIC = 2, PRIVATE = 4, KEYS = PUBLIC | PRIVATE, ALL = 7 };

static int class_mask(const card_object *object)
{
    if (object->class == CKO_CERTIFICATE)
        return CERTIFICATE;
    return object->class == CKO_PUBLIC_KEY ? PUBLIC : PRIVATE;
}

/* ---- booleans ---------------------------------------------------------------------------------
 */

static const struct card_constant {
    CK_ATTRIBUTE_TYPE type;
    int classes;
    CK_BBOOL flag;
} constants[] = {
    {CKA_TOKEN, ALL, CK_TRUE},
    {CKA_MODIFIABLE, ALL, CK_FALSE},
    {CKA_TRUSTED, CERTIFICATE | PUBLIC, CK_FALSE},
    {CKA_LOCAL, KEYS, CK_FALSE},
    {CKA_DERIVE, KEYS, CK_FALSE},
    {CKA_ENCRYPT, PUBLIC, CK_FALSE}, /* the module has no operations with a public key */
    {CKA_VERIFY_RECOVER, PUBLIC, CK_FALSE},
    {CKA_WRAP, PUBLIC, CK_FALSE},
    {CKA_SIGN_RECOVER, PRIVATE, CK_FALSE},
    {CKA_UNWRAP, PRIVATE, CK_FALSE},
    {CKA_SENSITIVE, PRIVATE, CK_TRUE},
    {CKA_ALWAYS_SENSITIVE, PRIVATE, CK_FALSE},
    {CKA_EXTRACTABLE, PRIVATE, CK_FALSE},
    {CKA_NEVER_EXTRACTABLE, PRIVATE, CK_FALSE},
    {CKA_WRAP_WITH_TRUSTED, PRIVATE, CK_FALSE},
    {CKA_ALWAYS_AUTHENTICATE, PRIVATE, CK_FALSE},
};

static CK_RV give_flag(bool flag, card_value *value)
{
    value->flag = flag ? CK_TRUE : CK_FALSE;
    value->data = &value->flag;
    value->len = sizeof value->flag;
    return CKR_OK;
}

static CK_RV get_flag(const card_object *object, bool asks_login, CK_ATTRIBUTE_TYPE type,
                      card_value *value)
{
    int class = class_mask(object);

    if (type == CKA_PRIVATE)
        return give_flag(class == PRIVATE && asks_login, value);
    /* CKA_VERIFY says what the key is for: FreeRDP finds a card by it. The module has no C_Verify,
     * and no mechanism with CKF_VERIFY. */
    if ((type == CKA_SIGN && class == PRIVATE) || (type == CKA_VERIFY && class == PUBLIC))
        return give_flag(object->certificate->can_sign, value);
    if (type == CKA_DECRYPT && class == PRIVATE)
        return give_flag(object->certificate->can_decrypt, value);
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (constants[i].type == type && (constants[i].classes & class) != 0)
            return give_flag(constants[i].flag == CK_TRUE, value);
    return CKR_ATTRIBUTE_TYPE_INVALID;
}

/* ---- numbers ----------------------------------------------------------------------------------
 */

static CK_RV give_number(CK_ULONG number, card_value *value)
{
    value->number = number;
    value->data = &value->number;
    value->len = sizeof value->number;
    return CKR_OK;
}

static CK_RV get_number(const card_object *object, CK_ATTRIBUTE_TYPE type, card_value *value)
{
    const card_certificate *certificate = object->certificate;
    int class = class_mask(object);

    if (type == CKA_CLASS)
        return give_number(object->class, value);
    if (type == CKA_CERTIFICATE_TYPE && class == CERTIFICATE)
        return give_number(CKC_X_509, value);
    if (type == CKA_CERTIFICATE_CATEGORY && class == CERTIFICATE)
        return give_number(object->is_leaf ? 1 : 2, value); /* token user, authority */
    if (class == CERTIFICATE)
        return CKR_ATTRIBUTE_TYPE_INVALID;
    if (type == CKA_KEY_TYPE)
        return give_number(certificate->is_rsa ? CKK_RSA : CKK_EC, value);
    if (type == CKA_KEY_GEN_MECHANISM)
        return give_number(CK_UNAVAILABLE_INFORMATION, value);
    if (type == CKA_MODULUS_BITS && class == PUBLIC && certificate->is_rsa)
        return give_number(certificate->bits, value);
    return CKR_ATTRIBUTE_TYPE_INVALID;
}

/* ---- octets -----------------------------------------------------------------------------------
 */

static CK_RV give_octets(const void *data, size_t len, card_value *value)
{
    value->data = data;
    value->len = len;
    return CKR_OK;
}

static CK_RV get_label(const card_object *object, card_value *value)
{
    const char *label = object->entry->label;

    if (!object->is_leaf && object->certificate->name[0] != '\0')
        label = object->certificate->name;
    return give_octets(label, strlen(label), value);
}

static const card_octets *certificate_octets(const card_certificate *certificate,
                                             CK_ATTRIBUTE_TYPE type)
{
    switch (type) {
    case CKA_VALUE:
        return &certificate->der;
    case CKA_ISSUER:
        return &certificate->issuer;
    case CKA_SERIAL_NUMBER:
        return &certificate->serial;
    default:
        return NULL;
    }
}

static const card_octets *key_octets(const card_object *object, CK_ATTRIBUTE_TYPE type)
{
    const card_certificate *certificate = object->certificate;

    if (certificate->is_rsa && type == CKA_MODULUS)
        return &certificate->modulus;
    if (certificate->is_rsa && type == CKA_PUBLIC_EXPONENT)
        return &certificate->exponent;
    if (!certificate->is_rsa && type == CKA_EC_PARAMS)
        return &certificate->curve;
    /* PKCS #11 has it in the public key alone; some programs ask the private key for it */
    return !certificate->is_rsa && type == CKA_EC_POINT ? &certificate->point : NULL;
}

static CK_RV get_octets(const card_object *object, CK_ATTRIBUTE_TYPE type, card_value *value)
{
    const card_certificate *certificate = object->certificate;
    bool is_certificate = class_mask(object) == CERTIFICATE;
    const card_octets *octets;

    if (type == CKA_LABEL)
        return get_label(object, value);
    if (type == CKA_ID)
        return give_octets(certificate->id, sizeof certificate->id, value);
    if (type == CKA_START_DATE)
        return give_octets(&certificate->start, sizeof certificate->start, value);
    if (type == CKA_END_DATE)
        return give_octets(&certificate->end, sizeof certificate->end, value);
    if (type == CKA_SUBJECT)
        return give_octets(certificate->subject.data, certificate->subject.len, value);
    octets = is_certificate ? certificate_octets(certificate, type) : key_octets(object, type);
    if (octets == NULL)
        return CKR_ATTRIBUTE_TYPE_INVALID;
    return give_octets(octets->data, octets->len, value);
}

/* ---- any --------------------------------------------------------------------------------------
 */

static bool is_secret_part(const card_object *object, CK_ATTRIBUTE_TYPE type)
{
    if (object->class != CKO_PRIVATE_KEY)
        return false;
    return type == CKA_VALUE ||
           (object->certificate->is_rsa && type >= CKA_PRIVATE_EXPONENT && type <= CKA_COEFFICIENT);
}

CK_RV card_object_get(const card_object *object, bool asks_login, CK_ATTRIBUTE_TYPE type,
                      card_value *value)
{
    CK_RV rv;

    if (is_secret_part(object, type))
        return CKR_ATTRIBUTE_SENSITIVE;
    rv = get_flag(object, asks_login, type, value);
    if (rv == CKR_ATTRIBUTE_TYPE_INVALID)
        rv = get_number(object, type, value);
    return rv == CKR_ATTRIBUTE_TYPE_INVALID ? get_octets(object, type, value) : rv;
}
