/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenSSL: X509_verify_cert() with a store that holds the anchor and the CRLs, and all CRLs
 * checked. The context of a verdict is made once and set up anew for each.
 */
#include "validate_measure.h"

#include "crl_measure.h"

#include <openssl/x509_vfy.h>

struct openssl {
    const struct validate_task *task;
    X509_STORE *store;
    X509_STORE_CTX *context;
    STACK_OF(X509) * untrusted;
    X509 *leaves[VALIDATE_LEAVES + 1];
};

static void must(bool ok, const char *what)
{
    if (!ok)
        apart_give_up("OpenSSL: cannot %s", what);
}

static X509 *read_x509(struct chain_der der)
{
    const uint8_t *at = der.data;
    X509 *x509 = d2i_X509(NULL, &at, (long)der.len);

    must(x509 != NULL, "read a certificate");
    return x509;
}

static STACK_OF(X509) * read_untrusted(const struct validate_task *task)
{
    STACK_OF(X509) *stack = sk_X509_new_null();

    must(stack != NULL && sk_X509_push(stack, read_x509(task->chain->ca.der)) > 0, "make a stack");
    return stack;
}

static void add_crl(X509_STORE *store, const char *path)
{
    struct chain_der mapped = crl_map(path);
    const uint8_t *at = mapped.data;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)mapped.len);

    must(crl != NULL && X509_STORE_add_crl(store, crl) == 1, "add a CRL");
    X509_CRL_free(crl);
    crl_unmap(mapped);
}

static bool verify_x509(const struct openssl *openssl, X509 *leaf, STACK_OF(X509) * untrusted)
{
    bool ok = X509_STORE_CTX_init(openssl->context, openssl->store, leaf, untrusted) == 1 &&
              X509_verify_cert(openssl->context) == 1;

    X509_STORE_CTX_cleanup(openssl->context);
    return ok;
}

static bool judge(void *state, int leaf)
{
    const struct openssl *openssl = state;

    return verify_x509(openssl, openssl->leaves[leaf], openssl->untrusted);
}

static bool verify_from_der(void *state, int leaf)
{
    const struct openssl *openssl = state;
    X509 *x509 = read_x509(validate_leaf(openssl->task, leaf));
    STACK_OF(X509) *untrusted = read_untrusted(openssl->task);
    bool ok = verify_x509(openssl, x509, untrusted);

    sk_X509_pop_free(untrusted, X509_free);
    X509_free(x509);
    return ok;
}

void validate_openssl(const struct validate_task *task, struct validate_figures *figures)
{
    struct openssl openssl = {
        task, X509_STORE_new(), X509_STORE_CTX_new(), read_untrusted(task), {NULL}};

    must(openssl.store != NULL && openssl.context != NULL &&
             X509_STORE_add_cert(openssl.store, task->chain->root.x509) == 1,
         "make a store");
    if (task->variant != VALIDATE_NO_CRLS) {
        add_crl(openssl.store, task->root_crl);
        add_crl(openssl.store, task->ca_crl);
        must(X509_STORE_set_flags(openssl.store,
                                  X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL) == 1,
             "set flags");
    }
    for (int leaf = 0; leaf <= VALIDATE_LEAVES; leaf++)
        openssl.leaves[leaf] = read_x509(validate_leaf(task, leaf));
    validate_run(task, task->variant == VALIDATE_FROM_DER ? verify_from_der : judge, &openssl,
                 figures);
}
