/* SPDX-License-Identifier: BSD-2-Clause */
/* The mechanisms: what each signs, and how. */
#ifndef DAOTP_PKCS11_MECHANISM_H
#define DAOTP_PKCS11_MECHANISM_H

#include "module.h"

/* How many there are; room of them are written, unless list is NULL. */
CK_ULONG card_mechanism_list(CK_MECHANISM_TYPE *list, CK_ULONG room);
CK_RV card_mechanism_info(CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info);
/* Prepare an operation of a key by a mechanism. */
CK_RV card_mechanism_begin_sign(const CK_MECHANISM *mechanism, const card_object *key,
                                card_operation *operation);
CK_RV card_mechanism_begin_decrypt(const CK_MECHANISM *mechanism, const card_object *key,
                                   card_operation *operation);
/* One more part of what is signed. */
CK_RV card_mechanism_add(card_operation *operation, const void *data, size_t len);
/* The signature over all parts; to be freed with daotp_free(). */
CK_RV card_mechanism_sign(card_operation *operation, uint8_t **signature, size_t *len);
/* How many octets a signature has, or at most what is decrypted. */
size_t card_mechanism_room(const card_operation *operation);

#endif
