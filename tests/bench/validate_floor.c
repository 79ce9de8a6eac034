/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The floor: EVP_DigestVerify with keys that are ready, of the CA's certificate and of the leaf's,
 * and nothing else. The CRLs count as verified once.
 */
#include "validate_measure.h"

#include <openssl/evp.h>

struct signed_bytes {
    struct chain_der tbs, signature;
    EVP_PKEY *key;
};

struct floor {
    EVP_MD_CTX *context;
    bool is_one;
    struct signed_bytes ca, leaves[VALIDATE_LEAVES + 1];
};

static X509 *read_x509(struct chain_der der)
{
    const uint8_t *at = der.data;
    X509 *x509 = d2i_X509(NULL, &at, (long)der.len);

    if (x509 == NULL)
        apart_give_up("floor: a certificate cannot be read");
    return x509;
}

/* It stays for as long as the process lives. */
static struct signed_bytes split(X509 *x509, EVP_PKEY *key)
{
    struct signed_bytes made = {.key = key};
    const ASN1_BIT_STRING *signature;
    int len = i2d_re_X509_tbs(x509, &made.tbs.data);

    X509_get0_signature(&signature, NULL, x509);
    if (len <= 0)
        apart_give_up("floor: a certificate cannot be taken apart");
    made.tbs.len = (size_t)len;
    made.signature = (struct chain_der){(uint8_t *)ASN1_STRING_get0_data(signature),
                                        (size_t)ASN1_STRING_length(signature)};
    return made;
}

/* The context begins afresh: set up again, it would keep the key it had. */
static bool is_signed(const struct floor *floor, const struct signed_bytes *what)
{
    return EVP_MD_CTX_reset(floor->context) == 1 &&
           EVP_DigestVerifyInit_ex(floor->context, NULL, "SHA256", NULL, NULL, what->key, NULL) ==
               1 &&
           EVP_DigestVerify(floor->context, what->signature.data, what->signature.len,
                            what->tbs.data, what->tbs.len) == 1;
}

static bool judge(void *state, int leaf)
{
    const struct floor *floor = state;

    return (floor->is_one || is_signed(floor, &floor->ca)) &&
           is_signed(floor, &floor->leaves[leaf]) && leaf != VALIDATE_BAD;
}

void validate_floor(const struct validate_task *task, struct validate_figures *figures)
{
    struct floor floor = {.context = EVP_MD_CTX_new(), .is_one = task->variant == VALIDATE_ONE};

    if (floor.context == NULL)
        apart_give_up("out of memory");
    floor.ca = split(task->chain->ca.x509, task->chain->root.key);
    for (int leaf = 0; leaf <= VALIDATE_LEAVES; leaf++)
        floor.leaves[leaf] = split(read_x509(validate_leaf(task, leaf)), task->chain->ca.key);
    validate_run(task, judge, &floor, figures);
}
