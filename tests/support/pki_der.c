/* SPDX-License-Identifier: BSD-2-Clause */
#include "pki_der.h"

/* ---- memory ---------------------------------------------------------------------------------- */

static pki_block *pki_blocks;

void *pki_get(size_t size)
{
    pki_block *block = calloc(1, sizeof *block + size);

    assert_non_null(block);
    block->next = pki_blocks;
    pki_blocks = block;
    return block->room;
}

const pki_block *pki_mark(void)
{
    return pki_blocks;
}

void pki_forget_since(const pki_block *mark)
{
    while (pki_blocks != mark) {
        pki_block *next = pki_blocks->next;

        free(pki_blocks);
        pki_blocks = next;
    }
}

void pki_forget(void)
{
    pki_forget_since(NULL);
}

/* ---- pieces ---------------------------------------------------------------------------------- */

daotp__bytes pki_copy(const void *data, size_t len)
{
    uint8_t *copy = pki_get(len + 1);

    if (len > 0)
        memcpy(copy, data, len);
    return (daotp__bytes){copy, len};
}

daotp__bytes pki_join(const daotp__bytes *parts, size_t count)
{
    size_t len = 0, at = 0;
    uint8_t *out;

    for (size_t i = 0; i < count; i++)
        len += parts[i].len;
    out = pki_get(len + 1);
    for (size_t i = 0; i < count; at += parts[i].len, i++)
        if (parts[i].len > 0)
            memcpy(out + at, parts[i].data, parts[i].len);
    return (daotp__bytes){out, len};
}

daotp__bytes pki_tlv(unsigned tag, daotp__bytes content)
{
    uint8_t *out = pki_get(content.len + 8);
    size_t at = 0, octets = 0;

    out[at++] = (uint8_t)tag;
    if (content.len < 0x80) {
        out[at++] = (uint8_t)content.len;
    } else {
        while (content.len >> 8 * octets != 0)
            octets++;
        out[at++] = (uint8_t)(0x80 | octets);
        while (octets-- > 0)
            out[at++] = (uint8_t)(content.len >> 8 * octets);
    }
    if (content.len > 0)
        memcpy(out + at, content.data, content.len);
    return (daotp__bytes){out, at + content.len};
}

daotp__bytes pki_text(unsigned tag, const char *text)
{
    return pki_tlv(tag, (daotp__bytes){(const uint8_t *)text, strlen(text)});
}

daotp__bytes pki_hex(const char *digits)
{
    uint8_t *out = pki_get(strlen(digits) / 2 + 1);
    size_t len = 0;
    unsigned byte;
    int used;

    for (; sscanf(digits, " %2x%n", &byte, &used) == 1; digits += used)
        out[len++] = (uint8_t)byte;
    return (daotp__bytes){out, len};
}

daotp__bytes pki_oid(const char *dotted)
{
    ASN1_OBJECT *object = OBJ_txt2obj(dotted, 1);
    unsigned char *der = NULL;
    daotp__bytes out;
    int len;

    assert_non_null(object);
    len = i2d_ASN1_OBJECT(object, &der);
    assert_true(len > 0);
    out = pki_copy(der, (size_t)len);
    OPENSSL_free(der);
    ASN1_OBJECT_free(object);
    return out;
}

daotp__bytes pki_number(uint64_t value)
{
    uint8_t octets[9];
    size_t at = sizeof octets;

    do {
        octets[--at] = (uint8_t)value;
        value >>= 8;
    } while (value > 0);
    if (octets[at] >= 0x80)
        octets[--at] = 0;
    return pki_copy(octets + at, sizeof octets - at);
}

daotp__bytes pki_integer(uint64_t value)
{
    return pki_tlv(0x02, pki_number(value));
}

daotp__bytes pki_octets(daotp__bytes content)
{
    return pki_tlv(0x04, content);
}

daotp__bytes pki_bits(daotp__bytes content)
{
    return pki_tlv(0x03, PKI_JOIN(PKI_BYTES("\0"), content));
}

daotp__bytes pki_true(void)
{
    return PKI_BYTES("\x01\x01\xff");
}

daotp__bytes pki_time(int64_t seconds)
{
    time_t when = (time_t)seconds;
    char text[32];
    struct tm tm;

    assert_non_null(gmtime_r(&when, &tm));
    (void)strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &tm);
    return tm.tm_year < 150 ? pki_text(0x17, text + 2) : pki_text(0x18, text);
}

daotp__bytes pki_name(const char *text)
{
    X509_NAME *name = forge_name(text);
    unsigned char *der = NULL;
    int len = i2d_X509_NAME(name, &der);
    daotp__bytes out;

    assert_true(len > 0);
    out = pki_copy(der, (size_t)len);
    OPENSSL_free(der);
    X509_NAME_free(name);
    return out;
}

daotp__bytes pki_spki(EVP_PKEY *key)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(key, &der);
    daotp__bytes out;

    assert_true(len > 0);
    out = pki_copy(der, (size_t)len);
    OPENSSL_free(der);
    return out;
}

/* ---- GeneralNames ---------------------------------------------------------------------------- */

daotp__bytes pki_directory(const char *name)
{
    return pki_tlv(PKI_DIRECTORY, pki_name(name));
}

daotp__bytes pki_other_name(const char *oid, const char *text)
{
    return pki_tlv(0xA0, PKI_JOIN(pki_oid(oid), pki_tlv(0xA0, pki_text(0x0C, text))));
}
