/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An EVP_PKEY whose private key is elsewhere, for example in a token. libssl signs with keys of any
 * OpenSSL provider; this provider holds the public key, and calls a function for each signature. It
 * is loaded in its own OSSL_LIB_CTX, so that the rest of the process does not see it.
 */
#ifndef DAOTP_X509_KEY_PROVIDER_H
#define DAOTP_X509_KEY_PROVIDER_H

#include "core/buffer.h"

#include <daotp/key.h>
#include <openssl/types.h>

/* Signs input, in the form that daotp_key_backend describes. room: octets of signature. Returns
 * false on failure. */
typedef bool daotp__provided_sign_fn(void *user, daotp_signature_scheme scheme, daotp__bytes input,
                                     uint8_t *signature, size_t room, size_t *len);

enum { DAOTP__PROVIDED_ROOM = 512 }; /* octets of the longest signature: RSA of 4096 bits */

typedef struct daotp__provided_key {
    EVP_PKEY *pkey;   /* signs through the function */
    EVP_PKEY *public; /* the public key */
    OSSL_LIB_CTX *library;
    OSSL_PROVIDER *provider;
    daotp__provided_sign_fn *sign;
    void *user;
} daotp__provided_key;

/* public: taken over, also on failure. The struct must not be moved afterwards: the provider
 * keeps its address. */
bool daotp__provided_key_init(daotp__provided_key *key, EVP_PKEY *public,
                              daotp__provided_sign_fn *sign, void *user);
void daotp__provided_key_free(daotp__provided_key *key);

#endif
