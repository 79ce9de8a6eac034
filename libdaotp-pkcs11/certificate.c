/* SPDX-License-Identifier: BSD-2-Clause */
#include "certificate.h"

#include "memory.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static bool copy_octets(card_octets *out, const void *data, size_t len)
{
    out->data = card_memory_new(1, len > 0 ? len : 1);
    if (out->data == NULL)
        return false;
    memcpy(out->data, data, len);
    out->len = len;
    return true;
}

/* Takes over the result of an i2d function of libcrypto. */
static bool adopt_der(card_octets *out, unsigned char **der, int len)
{
    bool ok = len > 0 && copy_octets(out, *der, (size_t)len);

    OPENSSL_free(*der);
    return ok;
}

static bool copy_number(card_octets *out, const EVP_PKEY *pkey, const char *parameter)
{
    BIGNUM *number = NULL;
    bool ok = EVP_PKEY_get_bn_param(pkey, parameter, &number) == 1;

    if (ok) {
        out->len = (size_t)BN_num_bytes(number);
        out->data = card_memory_new(1, out->len + 1);
        ok = out->data != NULL && BN_bn2bin(number, out->data) == (int)out->len;
    }
    BN_free(number);
    return ok;
}

/* ECParameters, a named curve (RFC 3279 2.3.5). */
static bool copy_curve(card_octets *out, const EVP_PKEY *pkey)
{
    unsigned char *der = NULL;
    char group[80];
    ASN1_OBJECT *oid;
    int len;

    if (EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) != 1)
        return false;
    oid = OBJ_txt2obj(group, 0);
    len = oid != NULL ? i2d_ASN1_OBJECT(oid, &der) : -1;
    ASN1_OBJECT_free(oid);
    return adopt_der(out, &der, len);
}

static bool copy_point(card_octets *out, const X509 *x509)
{
    const ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(x509);
    unsigned char *der = NULL;
    ASN1_OCTET_STRING *point = ASN1_OCTET_STRING_new();
    int len = -1;

    if (point != NULL && ASN1_OCTET_STRING_set(point, bits->data, bits->length) == 1)
        len = i2d_ASN1_OCTET_STRING(point, &der);
    ASN1_OCTET_STRING_free(point);
    return adopt_der(out, &der, len);
}

static bool read_public_key(card_certificate *certificate, const X509 *x509)
{
    const EVP_PKEY *pkey = X509_get0_pubkey(x509);

    if (pkey == NULL)
        return false;
    certificate->bits = (CK_ULONG)EVP_PKEY_get_bits(pkey);
    certificate->is_rsa = EVP_PKEY_get_base_id(pkey) == EVP_PKEY_RSA;
    if (certificate->is_rsa)
        return copy_number(&certificate->modulus, pkey, OSSL_PKEY_PARAM_RSA_N) &&
               copy_number(&certificate->exponent, pkey, OSSL_PKEY_PARAM_RSA_E);
    if (EVP_PKEY_get_base_id(pkey) != EVP_PKEY_EC)
        return false; /* libdaotp does not use such keys */
    return copy_curve(&certificate->curve, pkey) && copy_point(&certificate->point, x509);
}

static bool read_names(card_certificate *certificate, const X509 *x509)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(x509);
    X509_NAME *subject = X509_get_subject_name(x509);
    unsigned char *der[3] = {NULL, NULL, NULL};

    (void)X509_NAME_get_text_by_NID(subject, NID_commonName, certificate->name,
                                    sizeof certificate->name);
    return adopt_der(&certificate->subject, &der[0], i2d_X509_NAME(subject, &der[0])) &&
           adopt_der(&certificate->issuer, &der[1],
                     i2d_X509_NAME(X509_get_issuer_name(x509), &der[1])) &&
           adopt_der(&certificate->serial, &der[2], i2d_ASN1_INTEGER(serial, &der[2]));
}

static void read_date(CK_DATE *date, const ASN1_TIME *when)
{
    struct tm parts;
    char text[32];

    if (ASN1_TIME_to_tm(when, &parts) != 1)
        memset(&parts, 0, sizeof parts);
    (void)snprintf(text, sizeof text, "%04d%02d%02d", parts.tm_year + 1900, parts.tm_mon + 1,
                   parts.tm_mday);
    memcpy(date, text, sizeof *date);
}

static void read_usage(card_certificate *certificate, X509 *x509)
{
    uint32_t usage = X509_get_key_usage(x509); /* UINT32_MAX: the extension is absent */

    certificate->can_sign = (usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
    certificate->can_decrypt = certificate->is_rsa && (usage & KU_KEY_ENCIPHERMENT) != 0;
}

static bool read_x509(card_certificate *certificate, X509 *x509, bool has_key)
{
    unsigned int id_len = 0;

    if (X509_pubkey_digest(x509, EVP_sha1(), certificate->id, &id_len) != 1 ||
        id_len != CARD_ID_LEN || (has_key && !read_public_key(certificate, x509)) ||
        !read_names(certificate, x509))
        return false;
    read_date(&certificate->start, X509_get0_notBefore(x509));
    read_date(&certificate->end, X509_get0_notAfter(x509));
    read_usage(certificate, x509);
    return true;
}

bool card_certificate_read(card_certificate *certificate, const void *der, size_t len, bool has_key)
{
    const unsigned char *at = der;
    X509 *x509;
    bool ok;

    memset(certificate, 0, sizeof *certificate);
    (void)ERR_set_mark(); /* the application's OpenSSL error queue stays unchanged */
    x509 = d2i_X509(NULL, &at, (long)len);
    ok = x509 != NULL && copy_octets(&certificate->der, der, len) &&
         read_x509(certificate, x509, has_key);
    X509_free(x509);
    (void)ERR_pop_to_mark();
    return ok;
}

void card_certificate_free(card_certificate *certificate)
{
    card_octets *all[] = {&certificate->der,    &certificate->subject, &certificate->issuer,
                          &certificate->serial, &certificate->modulus, &certificate->exponent,
                          &certificate->curve,  &certificate->point};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        card_memory_free(all[i]->data);
        all[i]->data = NULL;
    }
}
