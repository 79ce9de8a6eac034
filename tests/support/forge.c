/* SPDX-License-Identifier: BSD-2-Clause */
#include "forge.h"

daotp_context *forge_context(void)
{
    daotp_context *context;

    assert_int_equal(daotp_context_new(&context), DAOTP_OK);
    assert_int_equal(daotp_context_set_wall_clock(context, test_clock_stands, NULL), DAOTP_OK);
    return context;
}

/* ---- keys ------------------------------------------------------------------------------------ */

EVP_PKEY *forge_p256(void)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");

    assert_non_null(key);
    return key;
}

EVP_PKEY *forge_rsa(size_t bits)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits);

    assert_non_null(key);
    return key;
}

daotp_key *forge_key(daotp_context *context, EVP_PKEY *pkey)
{
    unsigned char *der = NULL;
    int len = i2d_PrivateKey(pkey, &der);
    daotp_key *key;

    assert_true(len > 0);
    assert_int_equal(daotp_key_read(context, der, (size_t)len, NULL, 0, NULL, &key), DAOTP_OK);
    OPENSSL_free(der);
    return key;
}

/* ---- values of extensions that OpenSSL does not know ----------------------------------------- */

void forge_hex(char *out, size_t size, const uint8_t *der, size_t len)
{
    size_t at = (size_t)snprintf(out, size, "DER:");

    for (size_t i = 0; i < len; i++)
        at += (size_t)snprintf(out + at, size - at, "%02X", (unsigned)der[i]);
    assert_true(at < size);
}

const char *forge_template(const char *oid, int major, int minor)
{
    static char ring[8][400];
    static unsigned next;
    char *out = ring[next++ % 8];
    uint8_t der[160] = {0x30, 0}, *at = der + 2;
    ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);

    assert_non_null(object);
    (void)i2d_ASN1_OBJECT(object, &at);
    ASN1_OBJECT_free(object);
    for (int i = 0; i < 2; i++) {
        int number = i == 0 ? major : minor;

        if (number < 0)
            continue;
        *at++ = 0x02;
        *at++ = 0x01;
        *at++ = (uint8_t)number;
    }
    der[1] = (uint8_t)(at - der - 2);
    forge_hex(out, sizeof ring[0], der, (size_t)(at - der));
    return out;
}

const char *forge_sid(const char *sid)
{
    static const uint8_t oid[] = {0x06, 0x0A, 0x2B, 0x06, 0x01, 0x04,
                                  0x01, 0x82, 0x37, 0x19, 0x02, 0x01};
    static char ring[8][400];
    static unsigned next;
    char *out = ring[next++ % 8];
    uint8_t der[128];
    size_t len = strlen(sid), at = 0;

    assert_true(len < 90);
    der[at++] = 0x30;
    der[at++] = (uint8_t)(len + sizeof oid + 6);
    der[at++] = 0xA0;
    der[at++] = (uint8_t)(len + sizeof oid + 4);
    memcpy(der + at, oid, sizeof oid);
    at += sizeof oid;
    der[at++] = 0xA0;
    der[at++] = (uint8_t)(len + 2);
    der[at++] = 0x04;
    der[at++] = (uint8_t)len;
    memcpy(der + at, sid, len);
    forge_hex(out, sizeof ring[0], der, at + len);
    return out;
}

const char *forge_policy(const char *oid)
{
    static char ring[4][200];
    static unsigned next;
    char *out = ring[next++ % 4];
    uint8_t der[64] = {0x30, 0, 0x30, 0}, *at = der + 4;
    ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);

    assert_non_null(object);
    (void)i2d_ASN1_OBJECT(object, &at);
    ASN1_OBJECT_free(object);
    der[1] = (uint8_t)(at - der - 2);
    der[3] = (uint8_t)(at - der - 4);
    forge_hex(out, sizeof ring[0], der, (size_t)(at - der));
    return out;
}

/* ---- names ----------------------------------------------------------------------------------- */

X509_NAME *forge_name(const char *text)
{
    X509_NAME *name = X509_NAME_new();

    assert_non_null(name);
    while (*text != '\0') {
        size_t type_len = strcspn(text, "="), len = strcspn(text, ",");
        char type[32];

        assert_true(type_len < len && type_len < sizeof type);
        memcpy(type, text, type_len);
        type[type_len] = '\0';
        assert_int_equal(X509_NAME_add_entry_by_txt(name, type, MBSTRING_UTF8,
                                                    (const unsigned char *)text + type_len + 1,
                                                    (int)(len - type_len - 1), -1, 0),
                         1);
        text += len;
        text += *text == ',' ? 1 : 0;
    }
    return name;
}
