/* SPDX-License-Identifier: BSD-2-Clause */
#include "chain.h"

#include "apart.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 24 * 60 * 60 };

static void must(bool ok, const char *what)
{
    if (!ok)
        apart_give_up("chain: cannot %s", what);
}

static EVP_PKEY *make_key(bool is_p256)
{
    EVP_PKEY *key = is_p256 ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256")
                            : EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);

    must(key != NULL, "make a key");
    return key;
}

/* ---- a certificate --------------------------------------------------------------------------- */

static void set_name(X509_NAME *name, const char *common)
{
    must(X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const uint8_t *)"Bench", -1, -1,
                                    0) == 1 &&
             X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)common, -1, -1,
                                        0) == 1,
         "set a name");
}

static void set_serial(X509 *x509, const uint8_t *serial, size_t len)
{
    BIGNUM *number = BN_bin2bn(serial, (int)len, NULL);

    must(number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) != NULL,
         "set a serial number");
    BN_free(number);
}

static X509 *begin(const char *common, const uint8_t *serial, size_t len, EVP_PKEY *key, int days)
{
    X509 *x509 = X509_new();

    must(x509 != NULL && X509_set_version(x509, X509_VERSION_3) == 1, "make a certificate");
    set_serial(x509, serial, len);
    set_name(X509_get_subject_name(x509), common);
    must(X509_gmtime_adj(X509_getm_notBefore(x509), -DAY) != NULL &&
             X509_gmtime_adj(X509_getm_notAfter(x509), (long)days * DAY) != NULL &&
             X509_set_pubkey(x509, key) == 1,
         "fill a certificate");
    return x509;
}

static void add_extension(X509 *x509, X509 *issuer, int nid, const char *value)
{
    X509_EXTENSION *extension;
    X509V3_CTX context;

    X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    must(extension != NULL && X509_add_ext(x509, extension, -1) == 1, "add an extension");
    X509_EXTENSION_free(extension);
}

static void add_key_ids(X509 *x509, X509 *issuer)
{
    add_extension(x509, issuer, NID_subject_key_identifier, "hash");
    if (issuer != x509)
        add_extension(x509, issuer, NID_authority_key_identifier, "keyid:always");
}

static struct chain_der finish(X509 *x509, X509 *issuer, EVP_PKEY *key)
{
    struct chain_der der = {NULL, 0};
    int len;

    must(X509_set_issuer_name(x509, X509_get_subject_name(issuer)) == 1 &&
             X509_sign(x509, key, EVP_sha256()) > 0,
         "sign a certificate");
    len = i2d_X509(x509, &der.data);
    must(len > 0, "write a certificate");
    der.len = (size_t)len;
    return der;
}

/* ---- the chain ------------------------------------------------------------------------------- */

static void make_issuer(struct chain_issuer *party, const struct chain_issuer *above, bool is_p256)
{
    bool is_root = above == party;
    uint8_t serial[2] = {0x11, is_root ? 1 : 2};

    party->key = make_key(is_p256);
    party->x509 = begin(is_root ? "Root" : "Issuing CA", serial, sizeof serial, party->key,
                        is_root ? 3650 : 1825);
    add_key_ids(party->x509, above->x509);
    add_extension(party->x509, above->x509, NID_basic_constraints,
                  is_root ? "critical,CA:TRUE" : "critical,CA:TRUE,pathlen:0");
    add_extension(party->x509, above->x509, NID_key_usage, "critical,keyCertSign,cRLSign");
    party->der = finish(party->x509, above->x509, above->key);
}

void chain_make(struct chain *chain, bool is_p256)
{
    *chain = (struct chain){.is_p256 = is_p256};
    make_issuer(&chain->root, &chain->root, is_p256);
    make_issuer(&chain->ca, &chain->root, is_p256);
    chain->leaf_key = make_key(is_p256);
}

static void free_issuer(struct chain_issuer *party)
{
    EVP_PKEY_free(party->key);
    X509_free(party->x509);
    OPENSSL_free(party->der.data);
}

void chain_free(struct chain *chain)
{
    free_issuer(&chain->root);
    free_issuer(&chain->ca);
    EVP_PKEY_free(chain->leaf_key);
    *chain = (struct chain){0};
}

struct chain_der chain_issue(const struct chain *chain, const struct chain_issuer *issuer,
                             const uint8_t *serial, size_t len)
{
    char common[64], names[80];
    struct chain_der made, der;
    X509 *x509;

    (void)snprintf(common, sizeof common, "user-%02x%02x%02x%02x.example.com", serial[0], serial[1],
                   serial[len - 2], serial[len - 1]);
    (void)snprintf(names, sizeof names, "DNS:%s", common);
    x509 = begin(common, serial, len, chain->leaf_key, 365);
    add_key_ids(x509, issuer->x509);
    add_extension(x509, issuer->x509, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(x509, issuer->x509, NID_key_usage, "critical,digitalSignature");
    add_extension(x509, issuer->x509, NID_ext_key_usage, "clientAuth");
    add_extension(x509, issuer->x509, NID_subject_alt_name, names);
    made = finish(x509, issuer->x509, issuer->key);
    X509_free(x509);
    /* for free(), not for OPENSSL_free() */
    der = (struct chain_der){malloc(made.len), made.len};
    must(der.data != NULL, "get memory");
    memcpy(der.data, made.data, made.len);
    OPENSSL_free(made.data);
    return der;
}
