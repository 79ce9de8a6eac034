/* SPDX-License-Identifier: BSD-2-Clause */
#include "step_count.h"

#include <openssl/evp.h>

static _Thread_local step_count counted;

step_count step_count_now(void)
{
    return counted;
}

/* Called by the compiled code at each basic block. */
void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
    counted.blocks++;
}

/* Measured with openssl speed on two machines, rounded up. */
static uint64_t find_cost(const EVP_PKEY *key)
{
    int bits = EVP_PKEY_get_bits(key);

    if (EVP_PKEY_is_a(key, "RSA"))
        return bits <= 2048 ? 1 : (uint64_t)bits * (uint64_t)bits / (2048 * 2048) + 1;
    return bits <= 256 ? 4 : 40;
}

/* The linker puts these between the library and libcrypto (--wrap). */
int __real_EVP_PKEY_verify(EVP_PKEY_CTX *ctx, const unsigned char *sig, size_t siglen,
                           const unsigned char *tbs, size_t tbslen);
int __wrap_EVP_PKEY_verify(EVP_PKEY_CTX *ctx, const unsigned char *sig, size_t siglen,
                           const unsigned char *tbs, size_t tbslen);
int __wrap_EVP_PKEY_verify(EVP_PKEY_CTX *ctx, const unsigned char *sig, size_t siglen,
                           const unsigned char *tbs, size_t tbslen)
{
    counted.signatures += find_cost(EVP_PKEY_CTX_get0_pkey(ctx));
    return __real_EVP_PKEY_verify(ctx, sig, siglen, tbs, tbslen);
}
