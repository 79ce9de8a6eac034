/* SPDX-License-Identifier: BSD-2-Clause */
#include "mechanism.h"

#include <openssl/evp.h>
#include <string.h>

typedef struct card_method {
    CK_MECHANISM_TYPE type;
    daotp_signature_scheme scheme;
    daotp_digest digest; /* NONE: the program computes the hash */
    bool decrypts;
} card_method;

static const card_method methods[] = {
    {CKM_RSA_PKCS, DAOTP_SIGNATURE_RSA_PKCS1, DAOTP_DIGEST_NONE, true},
    {CKM_SHA1_RSA_PKCS, DAOTP_SIGNATURE_RSA_PKCS1, DAOTP_DIGEST_SHA1, false},
    {CKM_SHA256_RSA_PKCS, DAOTP_SIGNATURE_RSA_PKCS1, DAOTP_DIGEST_SHA256, false},
    {CKM_SHA384_RSA_PKCS, DAOTP_SIGNATURE_RSA_PKCS1, DAOTP_DIGEST_SHA384, false},
    {CKM_SHA512_RSA_PKCS, DAOTP_SIGNATURE_RSA_PKCS1, DAOTP_DIGEST_SHA512, false},
    {CKM_RSA_PKCS_PSS, DAOTP_SIGNATURE_RSA_PSS, DAOTP_DIGEST_NONE, false},
    {CKM_SHA1_RSA_PKCS_PSS, DAOTP_SIGNATURE_RSA_PSS, DAOTP_DIGEST_SHA1, false},
    {CKM_SHA256_RSA_PKCS_PSS, DAOTP_SIGNATURE_RSA_PSS, DAOTP_DIGEST_SHA256, false},
    {CKM_SHA384_RSA_PKCS_PSS, DAOTP_SIGNATURE_RSA_PSS, DAOTP_DIGEST_SHA384, false},
    {CKM_SHA512_RSA_PKCS_PSS, DAOTP_SIGNATURE_RSA_PSS, DAOTP_DIGEST_SHA512, false},
    {CKM_ECDSA, DAOTP_SIGNATURE_ECDSA, DAOTP_DIGEST_NONE, false},
    {CKM_ECDSA_SHA1, DAOTP_SIGNATURE_ECDSA, DAOTP_DIGEST_SHA1, false},
    {CKM_ECDSA_SHA256, DAOTP_SIGNATURE_ECDSA, DAOTP_DIGEST_SHA256, false},
    {CKM_ECDSA_SHA384, DAOTP_SIGNATURE_ECDSA, DAOTP_DIGEST_SHA384, false},
    {CKM_ECDSA_SHA512, DAOTP_SIGNATURE_ECDSA, DAOTP_DIGEST_SHA512, false},
};

static const struct card_hash {
    CK_MECHANISM_TYPE type;
    CK_RSA_PKCS_MGF_TYPE mgf;
    const EVP_MD *(*method)(void);
} hashes[] = {
    [DAOTP_DIGEST_SHA1] = {CKM_SHA_1, CKG_MGF1_SHA1, EVP_sha1},
    [DAOTP_DIGEST_SHA256] = {CKM_SHA256, CKG_MGF1_SHA256, EVP_sha256},
    [DAOTP_DIGEST_SHA384] = {CKM_SHA384, CKG_MGF1_SHA384, EVP_sha384},
    [DAOTP_DIGEST_SHA512] = {CKM_SHA512, CKG_MGF1_SHA512, EVP_sha512},
};

CK_ULONG card_mechanism_list(CK_MECHANISM_TYPE *list, CK_ULONG room)
{
    CK_ULONG count = sizeof methods / sizeof *methods;

    for (CK_ULONG i = 0; list != NULL && i < count && i < room; i++)
        list[i] = methods[i].type;
    return count;
}

static const card_method *find_method(CK_MECHANISM_TYPE type)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (methods[i].type == type)
            return &methods[i];
    return NULL;
}

CK_RV card_mechanism_info(CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
    const card_method *method = find_method(type);

    if (method == NULL)
        return CKR_MECHANISM_INVALID;
    *info = (CK_MECHANISM_INFO){.ulMinKeySize = 2048, .ulMaxKeySize = 4096, .flags = CKF_SIGN};
    if (method->scheme == DAOTP_SIGNATURE_ECDSA)
        *info = (CK_MECHANISM_INFO){.ulMinKeySize = 256,
                                    .ulMaxKeySize = 384,
                                    .flags = CKF_SIGN | CKF_EC_F_P | CKF_EC_NAMEDCURVE |
                                             CKF_EC_UNCOMPRESS};
    if (method->decrypts)
        info->flags |= CKF_DECRYPT;
    return CKR_OK;
}

/* ---- the beginning ----------------------------------------------------------------------------
 */

/* MGF1 must use the hash of the signature: no protocol that signs with such a key uses another. */
static CK_RV read_pss(const CK_MECHANISM *mechanism, card_operation *operation)
{
    const CK_RSA_PKCS_PSS_PARAMS *given = mechanism->pParameter;

    if (given == NULL || mechanism->ulParameterLen != sizeof *given || given->sLen > CARD_MAX_INPUT)
        return CKR_MECHANISM_PARAM_INVALID;
    for (daotp_digest digest = DAOTP_DIGEST_SHA1; digest <= DAOTP_DIGEST_SHA512; digest++)
        if (hashes[digest].type == given->hashAlg && hashes[digest].mgf == given->mgf &&
            (operation->digest == DAOTP_DIGEST_NONE || operation->digest == digest)) {
            operation->digest = digest;
            operation->salt_len = given->sLen;
            return CKR_OK;
        }
    return CKR_MECHANISM_PARAM_INVALID;
}

static CK_RV begin_hash(card_operation *operation)
{
    EVP_MD_CTX *hash = EVP_MD_CTX_new();

    if (hash == NULL || EVP_DigestInit_ex(hash, hashes[operation->digest].method(), NULL) != 1) {
        EVP_MD_CTX_free(hash);
        return CKR_HOST_MEMORY;
    }
    operation->hash = hash;
    return CKR_OK;
}

static CK_RV check_sign_key(const card_object *key, const card_method *method)
{
    bool needs_rsa = method->scheme != DAOTP_SIGNATURE_ECDSA;

    if (key->class != CKO_PRIVATE_KEY || key->certificate->is_rsa != needs_rsa)
        return CKR_KEY_TYPE_INCONSISTENT;
    return key->certificate->can_sign ? CKR_OK : CKR_KEY_FUNCTION_NOT_PERMITTED;
}

CK_RV card_mechanism_begin_sign(const CK_MECHANISM *mechanism, const card_object *key,
                                card_operation *operation)
{
    const card_method *method = find_method(mechanism->mechanism);
    CK_RV rv;

    if (method == NULL)
        return CKR_MECHANISM_INVALID;
    rv = check_sign_key(key, method);
    if (rv != CKR_OK)
        return rv;
    *operation = (card_operation){.scheme = method->scheme, .digest = method->digest};
    if (method->scheme == DAOTP_SIGNATURE_RSA_PSS)
        rv = read_pss(mechanism, operation);
    else if (mechanism->ulParameterLen != 0)
        rv = CKR_MECHANISM_PARAM_INVALID;
    if (rv == CKR_OK && method->digest != DAOTP_DIGEST_NONE)
        rv = begin_hash(operation);
    if (rv == CKR_OK)
        operation->key = key;
    return rv;
}

CK_RV card_mechanism_begin_decrypt(const CK_MECHANISM *mechanism, const card_object *key,
                                   card_operation *operation)
{
    if (mechanism->mechanism != CKM_RSA_PKCS)
        return CKR_MECHANISM_INVALID;
    if (mechanism->ulParameterLen != 0)
        return CKR_MECHANISM_PARAM_INVALID;
    if (key->class != CKO_PRIVATE_KEY || !key->certificate->is_rsa)
        return CKR_KEY_TYPE_INCONSISTENT;
    if (!key->certificate->can_decrypt)
        return CKR_KEY_FUNCTION_NOT_PERMITTED;
    *operation = (card_operation){.key = key, .decrypts = true};
    return CKR_OK;
}

void card_operation_end(card_operation *operation)
{
    EVP_MD_CTX_free(operation->hash);
    explicit_bzero(operation, sizeof *operation);
}

/* ---- data -------------------------------------------------------------------------------------
 */

CK_RV card_mechanism_add(card_operation *operation, const void *data, size_t len)
{
    if (operation->hash != NULL)
        return EVP_DigestUpdate(operation->hash, data, len) == 1 ? CKR_OK : CKR_FUNCTION_FAILED;
    if (len > sizeof operation->input - operation->input_len)
        return CKR_DATA_LEN_RANGE;
    if (len > 0)
        memcpy(operation->input + operation->input_len, data, len);
    operation->input_len += len;
    return CKR_OK;
}

size_t card_mechanism_room(const card_operation *operation)
{
    const card_certificate *certificate = operation->key->certificate;

    if (certificate->is_rsa)
        return certificate->modulus.len;
    return 2 * ((certificate->bits + 7) / 8);
}

static bool end_hash(card_operation *operation)
{
    unsigned int len = 0;

    if (operation->hash == NULL)
        return true;
    if (EVP_DigestFinal_ex(operation->hash, operation->input, &len) != 1)
        return false;
    operation->input_len = len;
    return true;
}

CK_RV card_mechanism_sign(card_operation *operation, uint8_t **signature, size_t *len)
{
    const daotp_key *key = daotp_credential_get_key(operation->key->entry->credential);
    daotp_status status;

    if (!end_hash(operation))
        return CKR_FUNCTION_FAILED;
    status = daotp_key_sign_digest(key, operation->scheme, operation->digest, operation->salt_len,
                                   operation->input, operation->input_len, signature, len);
    return status == DAOTP_USAGE ? CKR_DATA_LEN_RANGE : card_status_rv(status);
}
