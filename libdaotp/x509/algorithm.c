/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/algorithm.h"

#include "core/alloc.h"
#include "x509/derw.h"

#include <openssl/evp.h>
#include <string.h>

static const struct {
    const char *name;
    size_t len;
    enum daotp__oid oid, rsa, ecdsa;
} hashes[] = {
    [DAOTP__HASH_NONE] = {"none", 0, DAOTP__OID_COUNT, DAOTP__OID_COUNT, DAOTP__OID_COUNT},
    [DAOTP__HASH_SHA1] = {"SHA-1", 20, DAOTP__OID_SHA1, DAOTP__OID_RSA_SHA1, DAOTP__OID_ECDSA_SHA1},
    [DAOTP__HASH_SHA256] = {"SHA-256", 32, DAOTP__OID_SHA256, DAOTP__OID_RSA_SHA256,
                            DAOTP__OID_ECDSA_SHA256},
    [DAOTP__HASH_SHA384] = {"SHA-384", 48, DAOTP__OID_SHA384, DAOTP__OID_RSA_SHA384,
                            DAOTP__OID_ECDSA_SHA384},
    [DAOTP__HASH_SHA512] = {"SHA-512", 64, DAOTP__OID_SHA512, DAOTP__OID_RSA_SHA512,
                            DAOTP__OID_ECDSA_SHA512},
};

const char *daotp__hash_name(daotp__hash hash)
{
    return hashes[hash].name;
}

size_t daotp__hash_len(daotp__hash hash)
{
    return hashes[hash].len;
}

const EVP_MD *daotp__hash_method(daotp__hash hash)
{
    switch (hash) {
    case DAOTP__HASH_SHA1:
        return EVP_sha1();
    case DAOTP__HASH_SHA256:
        return EVP_sha256();
    case DAOTP__HASH_SHA384:
        return EVP_sha384();
    case DAOTP__HASH_SHA512:
        return EVP_sha512();
    case DAOTP__HASH_NONE:
        break;
    }
    return NULL;
}

bool daotp__hash_bytes(daotp__hash hash, daotp__bytes in, uint8_t *out)
{
    const EVP_MD *md = daotp__hash_method(hash);

    return md != NULL && EVP_Digest(in.data, in.len, out, NULL, md, NULL) == 1;
}

/* md: NULL to use the method of the last digest again, which saves its look-up. */
static bool hash_two(EVP_MD_CTX *ctx, const EVP_MD *md, daotp__bytes a, daotp__bytes b,
                     uint8_t *out)
{
    return EVP_DigestInit_ex(ctx, md, NULL) == 1 && EVP_DigestUpdate(ctx, a.data, a.len) == 1 &&
           EVP_DigestUpdate(ctx, b.data, b.len) == 1 && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
}

bool daotp__hash_parts(daotp__hash hash, daotp__bytes a, daotp__bytes b, uint8_t *out)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx != NULL && daotp__hash_method(hash) != NULL &&
              hash_two(ctx, daotp__hash_method(hash), a, b, out);

    EVP_MD_CTX_free(ctx);
    return ok;
}

enum { HMAC_BLOCK = 64, HMAC_DIGEST = 32 };

static void pad_key(uint8_t pad[HMAC_BLOCK], daotp__bytes key, uint8_t value)
{
    memset(pad, value, HMAC_BLOCK);
    for (size_t i = 0; i < key.len; i++)
        pad[i] ^= key.data[i];
}

/* RFC 2104. The HMAC of libcrypto looks up its methods by name at each call, which takes ten
 * times as long as the two digests. */
bool daotp__hash_keyed(daotp__bytes key, daotp__bytes in, uint8_t *out)
{
    uint8_t pad[HMAC_BLOCK];
    EVP_MD_CTX *ctx = key.len <= sizeof pad ? EVP_MD_CTX_new() : NULL;
    bool ok = ctx != NULL;

    if (ok) {
        pad_key(pad, key, 0x36);
        ok = hash_two(ctx, EVP_sha256(), (daotp__bytes){pad, sizeof pad}, in, out);
    }
    if (ok) {
        pad_key(pad, key, 0x5C);
        ok = hash_two(ctx, NULL, (daotp__bytes){pad, sizeof pad}, (daotp__bytes){out, HMAC_DIGEST},
                      out);
    }
    EVP_MD_CTX_free(ctx);
    daotp__wipe(pad, sizeof pad);
    return ok;
}

bool daotp__algorithm_read(daotp__bytes *cursor, daotp__algorithm *algorithm)
{
    daotp__bytes in;
    daotp__der_item item;

    if (!daotp__der_read(cursor, DAOTP__DER_SEQUENCE, &in) ||
        !daotp__der_read_oid(&in, &algorithm->oid))
        return false;
    algorithm->known = daotp__oid_find(algorithm->oid);
    algorithm->parameters = in;
    return in.len == 0 || (daotp__der_next(&in, &item) && in.len == 0);
}

enum daotp__oid daotp__hash_signature_oid(daotp__hash hash, bool is_rsa)
{
    return is_rsa ? hashes[hash].rsa : hashes[hash].ecdsa;
}

daotp__hash daotp__algorithm_hash(const daotp__algorithm *algorithm)
{
    if (!daotp__der_end_or_null(algorithm->parameters))
        return DAOTP__HASH_NONE;
    for (unsigned i = DAOTP__HASH_SHA1; i <= DAOTP__HASH_SHA512; i++)
        if (algorithm->known == hashes[i].oid || algorithm->known == hashes[i].rsa ||
            algorithm->known == hashes[i].ecdsa)
            return (daotp__hash)i;
    return DAOTP__HASH_NONE;
}

/* The content of one of the four explicitly tagged fields; empty: it is absent. */
static bool read_pss_field(daotp__bytes *in, unsigned tag, daotp__bytes *content)
{
    uint8_t explicit = (uint8_t)DAOTP__DER_CONTEXT_CONSTRUCTED(tag);

    *content = (daotp__bytes){NULL, 0};
    return !daotp__der_peek(in, explicit) ||
           (daotp__der_read(in, explicit, content) && content->len > 0);
}

/* RFC 4055 2.1: absent parameters and NULL are the same. */
static bool read_digest_hash(daotp__bytes in, daotp__hash *hash)
{
    daotp__algorithm algorithm;

    *hash = DAOTP__HASH_NONE;
    if (!daotp__algorithm_read(&in, &algorithm) || in.len > 0)
        return false;
    for (unsigned i = DAOTP__HASH_SHA1; i <= DAOTP__HASH_SHA512; i++)
        if (algorithm.known == hashes[i].oid)
            *hash = (daotp__hash)i;
    return *hash == DAOTP__HASH_NONE || daotp__der_end_or_null(algorithm.parameters);
}

static bool read_mask_hash(daotp__bytes in, daotp__hash *hash)
{
    daotp__algorithm algorithm;

    *hash = DAOTP__HASH_NONE;
    if (!daotp__algorithm_read(&in, &algorithm) || in.len > 0)
        return false;
    return algorithm.known != DAOTP__OID_MGF1 || read_digest_hash(algorithm.parameters, hash);
}

static bool read_whole_number(daotp__bytes in, uint32_t *number)
{
    return daotp__der_read_unsigned(&in, number) && in.len == 0;
}

static bool read_pss_hash(daotp__bytes *in, void *into)
{
    daotp__bytes part;

    return read_pss_field(in, 0, &part) &&
           (part.len == 0 || read_digest_hash(part, &((daotp__pss_parameters *)into)->hash));
}

static bool read_pss_mask(daotp__bytes *in, void *into)
{
    daotp__bytes part;

    return read_pss_field(in, 1, &part) &&
           (part.len == 0 || read_mask_hash(part, &((daotp__pss_parameters *)into)->mask_hash));
}

static bool read_pss_salt(daotp__bytes *in, void *into)
{
    daotp__bytes part;

    return read_pss_field(in, 2, &part) &&
           (part.len == 0 || read_whole_number(part, &((daotp__pss_parameters *)into)->salt_len));
}

static bool read_pss_trailer(daotp__bytes *in, void *into)
{
    daotp__bytes part;

    return read_pss_field(in, 3, &part) &&
           (part.len == 0 || read_whole_number(part, &((daotp__pss_parameters *)into)->trailer));
}

static const daotp__field pss_fields[] = {
    {"RSASSA-PSS-params.hashAlgorithm", read_pss_hash,
     "RFC 4055 3.1: [0] with the AlgorithmIdentifier of a hash, its parameters absent or NULL"},
    {"RSASSA-PSS-params.maskGenAlgorithm", read_pss_mask,
     "RFC 4055 3.1: [1] with an AlgorithmIdentifier, of which MGF1 names a hash"},
    {"RSASSA-PSS-params.saltLength", read_pss_salt,
     "RFC 4055 3.1: [2] with an INTEGER that is not negative"},
    {"RSASSA-PSS-params.trailerField", read_pss_trailer, "RFC 4055 3.1: [3] with an INTEGER"}};

bool daotp__pss_read(daotp__bytes parameters, daotp__pss_parameters *pss, daotp__fault *fault)
{
    daotp__bytes in;

    *pss = (daotp__pss_parameters){DAOTP__HASH_SHA1, DAOTP__HASH_SHA1, 20, 1};
    if (!daotp__der_only(parameters, DAOTP__DER_SEQUENCE, &in))
        return daotp__fault_set(fault, "RSASSA-PSS-params", parameters,
                                "RFC 4055 3.1: a SEQUENCE, and nothing behind it");
    return daotp__fields_read(pss_fields, sizeof pss_fields / sizeof pss_fields[0], &in, pss,
                              fault);
}

void daotp__algorithm_write_hash(daotp__buffer *out, daotp__hash hash)
{
    size_t mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    daotp__derw_oid(out, daotp__oid(hashes[hash].oid));
    daotp__derw_null(out);
    daotp__derw_end(out, mark);
}
