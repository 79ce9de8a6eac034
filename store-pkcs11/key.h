/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds, makes and imports private keys in a token. */
#ifndef PKCS11_KEY_H
#define PKCS11_KEY_H

#include "token.h"

/* CKA_ID of the objects of a key: the SHA-1 of its SubjectPublicKeyInfo. */
typedef struct key_id {
    unsigned char octets[KEY_ID_LEN];
} key_id;

bool key_id_of(const unsigned char *spki, size_t len, key_id *id);

/* Call these functions between token_begin() and token_end(), logged in. */

/* Find the key of a label. Each label has its own key object, even if two labels have the same
 * key. DAOTP_REJECTED: the token has no key for the label. */
daotp_status key_find(token *self, const char *label, const key_id *id, CK_OBJECT_HANDLE *key,
                      daotp_report *report);
/* Generate a key pair. The caller frees *spki. */
daotp_status key_make(token *self, const char *label, daotp_key_kind kind, unsigned char **spki,
                      size_t *spki_len, daotp_report *report);
/* Import a private key, which is PKCS#8 in PEM. */
daotp_status key_import(token *self, const char *label, const key_id *id, const void *pem,
                        size_t pem_len, daotp_report *report);

/* Make a daotp_key that signs in the token. Call this without the lock. */
daotp_status key_reference(token *self, const char *label, const unsigned char *spki, size_t len,
                           daotp_report *report, daotp_key **key);

#endif
