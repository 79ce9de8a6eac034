/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An EVP_PKEY whose private half is elsewhere. libssl signs with keys of any OpenSSL provider; this
 * one has the public key in software, and has each signature made by a function. It lives in a
 * library context of its own, so that nothing in the process but this key sees it.
 */
#ifndef DAOTP_X509_KEY_PROVIDER_H
#define DAOTP_X509_KEY_PROVIDER_H

#include "core/buffer.h"

#include <daotp/key.h>
#include <openssl/types.h>

/* Signs input as daotp_key_backend describes it. */
typedef bool daotp__provided_sign_fn(void *user, daotp_signature_scheme scheme, daotp__bytes input,
                                     uint8_t *signature, size_t room, size_t *len);

enum { DAOTP__PROVIDED_ROOM = 512 }; /* octets of the longest signature: RSA of 4096 bits */

typedef struct daotp__provided_key {
    EVP_PKEY *pkey;   /* signs through the function */
    EVP_PKEY *public; /* in software */
    OSSL_LIB_CTX *library;
    OSSL_PROVIDER *provider;
    daotp__provided_sign_fn *sign;
    void *user;
} daotp__provided_key;

/* public: taken over, also when this fails. The struct must stay where it is. */
bool daotp__provided_key_init(daotp__provided_key *key, EVP_PKEY *public,
                              daotp__provided_sign_fn *sign, void *user);
void daotp__provided_key_free(daotp__provided_key *key);

#endif
