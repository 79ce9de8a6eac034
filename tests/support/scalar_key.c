/* SPDX-License-Identifier: BSD-2-Clause */
#include "scalar_key.h"

void scalar_point(const BIGNUM *scalar, unsigned char point[SCALAR_POINT])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *made = EC_POINT_new(group);

    if (EC_POINT_mul(group, made, scalar, NULL, NULL, NULL) != 1 ||
        EC_POINT_point2oct(group, made, POINT_CONVERSION_UNCOMPRESSED, point, SCALAR_POINT, NULL) !=
            SCALAR_POINT)
        abort();
    EC_POINT_free(made);
    EC_GROUP_free(group);
}

EVP_PKEY *scalar_key(unsigned number)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    unsigned char point[SCALAR_POINT];
    BIGNUM *scalar = BN_new();
    OSSL_PARAM *params;
    EVP_PKEY *key = NULL;

    if (BN_set_word(scalar, number) != 1)
        abort();
    scalar_point(scalar, point);
    (void)OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    (void)OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, scalar);
    (void)OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point);
    params = OSSL_PARAM_BLD_to_param(build);
    if (EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
        abort();
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    BN_free(scalar);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

size_t scalar_sign(EVP_PKEY *key, const void *bytes, size_t len, unsigned char signature[72])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t written = 72;

    if (EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 ||
        EVP_DigestSign(ctx, signature, &written, bytes, len) != 1)
        abort();
    EVP_MD_CTX_free(ctx);
    return written;
}
