/* SPDX-License-Identifier: BSD-2-Clause */
/* A store in a keyring of the Linux kernel (keyrings(7)). */
#ifndef DAOTP_STORE_KEYRING_BACKEND_H
#define DAOTP_STORE_KEYRING_BACKEND_H

#include "core/buffer.h"

#include <daotp/sys/store_backend.h>

/* name: what stands behind the colon of the URI: session, user or persistent. */
daotp_status daotp__store_new_keyring(daotp_context *context, const char *name,
                                      daotp_report *report, daotp_store **store);

/* The payload of one key: the certificates' length (4 octets, the highest first), the certificates,
 * the private key. read gives views of the payload, and false when the lengths do not fit. */
void daotp__keyring_write_payload(daotp__buffer *payload, daotp__bytes certificates,
                                  daotp__bytes key);
bool daotp__keyring_read_payload(daotp__bytes payload, daotp__bytes *certificates,
                                 daotp__bytes *key);

#endif
