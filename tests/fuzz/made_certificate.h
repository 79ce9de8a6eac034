/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Small certificates for fuzz targets: ECDSA with SHA-256 on P-256, valid in 2026, names of one
 * letter. Keys are small numbers (see scalar_key.h).
 *
 * This is not make_certificate() of tests/support/builders.h, for three reasons. An input must give
 * the same octets in every run, and libcrypto's ECDSA signatures are random. A target makes dozens
 * of certificates for each input, thousands of times a second. And builders.h stops by cmocka's
 * assertions, which a fuzz target must not link.
 */
#ifndef MADE_CERTIFICATE_H
#define MADE_CERTIFICATE_H

#include "fuzz.h"

#include "core/limits.h"
#include "scalar_key.h"
#include "x509/derw.h"

typedef struct made_spec {
    uint8_t subject, issuer; /* letters */
    unsigned key, signer, serial;
    const char *extensions; /* content of Extensions; NULL: version 1 */
    size_t extensions_len;
} made_spec;

static const uint8_t made_ecdsa[] = {0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86,
                                     0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02};
#define MADE_RAW(out, octets) daotp__derw_raw(out, (daotp__bytes){octets, sizeof(octets)})

static inline void made_name(daotp__buffer *out, uint8_t letter)
{
    const uint8_t name[] = {0x30, 0x0C, 0x31, 0x0A, 0x30, 0x08, 0x06,
                            0x03, 0x55, 0x04, 0x03, 0x0C, 0x01, letter};

    MADE_RAW(out, name);
}

static inline void made_point(unsigned key, uint8_t point[SCALAR_POINT])
{
    BIGNUM *scalar = BN_new();

    HOLDS(BN_set_word(scalar, key) == 1);
    scalar_point(scalar, point);
    BN_free(scalar);
}

static inline void made_key(daotp__buffer *out, unsigned key)
{
    static const uint8_t algorithm[] = {0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48,
                                        0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A,
                                        0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
    size_t mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    uint8_t point[SCALAR_POINT];

    made_point(key, point);
    MADE_RAW(out, algorithm);
    daotp__derw_bits(out, (daotp__bytes){point, sizeof point}, 0);
    daotp__derw_end(out, mark);
}

static inline void made_tbs(daotp__buffer *out, const made_spec *spec)
{
    static const uint8_t version3[] = {0xA0, 0x03, 0x02, 0x01, 0x02};
    size_t mark;

    if (spec->extensions != NULL)
        MADE_RAW(out, version3);
    daotp__derw_unsigned(out, spec->serial);
    MADE_RAW(out, made_ecdsa);
    made_name(out, spec->issuer);
    mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    daotp__derw_text(out, DAOTP__DER_UTC_TIME, "260101000000Z");
    daotp__derw_text(out, DAOTP__DER_UTC_TIME, "280101000000Z");
    daotp__derw_end(out, mark);
    made_name(out, spec->subject);
    made_key(out, spec->key);
    if (spec->extensions != NULL) {
        size_t explicit = daotp__derw_begin(out, DAOTP__DER_CONTEXT_CONSTRUCTED(3));

        daotp__derw_item(out, DAOTP__DER_SEQUENCE, spec->extensions, spec->extensions_len);
        daotp__derw_end(out, explicit);
    }
}

/* The signature over what stands in out from here on, with its algorithm in front. */
static inline void made_signature(daotp__buffer *out, size_t from, unsigned signer, uint8_t flip)
{
    EVP_PKEY *key = scalar_key(signer);
    unsigned char signature[72];
    size_t len = scalar_sign(key, out->data + from, out->len - from, signature);

    EVP_PKEY_free(key);
    signature[len - 1] ^= flip;
    MADE_RAW(out, made_ecdsa);
    daotp__derw_bits(out, (daotp__bytes){signature, len}, 0);
}

/* Into a buffer of its own, to be freed. */
static inline void made_certificate(daotp__buffer *out, const made_spec *spec)
{
    size_t whole, from, tbs;

    daotp__buffer_init(out, DAOTP__MAX_CERTIFICATE);
    whole = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    from = out->len;
    tbs = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    made_tbs(out, spec);
    daotp__derw_end(out, tbs);
    made_signature(out, from, spec->signer, 0);
    daotp__derw_end(out, whole);
    HOLDS(out->failed == DAOTP_OK);
}

#endif
