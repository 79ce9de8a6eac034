/* SPDX-License-Identifier: BSD-2-Clause */
/* The mechanisms by which keys sign and decrypt. */
#ifndef DAOTP_PKCS11_MECHANISM_H
#define DAOTP_PKCS11_MECHANISM_H

#include "module.h"

/* Returns the number of mechanisms; writes at most room of them to list, unless list is NULL. */
CK_ULONG card_mechanism_list(CK_MECHANISM_TYPE *list, CK_ULONG room);
CK_RV card_mechanism_info(CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info);
/* Prepare an operation of a key by a mechanism. */
CK_RV card_mechanism_begin_sign(const CK_MECHANISM *mechanism, const card_object *key,
                                card_operation *operation);
CK_RV card_mechanism_begin_decrypt(const CK_MECHANISM *mechanism, const card_object *key,
                                   card_operation *operation);
/* Add one more part of the data to be signed. */
CK_RV card_mechanism_add(card_operation *operation, const void *data, size_t len);
/* Make the signature over all parts. The caller frees it with daotp_free(). */
CK_RV card_mechanism_sign(card_operation *operation, uint8_t **signature, size_t *len);
/* The length of a signature, or the largest length of decrypted data, in octets. */
size_t card_mechanism_room(const card_operation *operation);

#endif
