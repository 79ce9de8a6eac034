/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Seals an entry before it leaves the process, and opens it again. A record is:
 *
 *   "DSR1"
 *   key id, label, user, template        each a length of two octets, then so many octets
 *   generation, notAfter                 eight octets each
 *   salt                                 32 octets
 *   nonce                                12 octets
 *   length of the ciphertext             four octets
 *   ciphertext, tag                      AES-256-GCM; the tag has 16 octets
 *
 * Numbers are big-endian. Everything before the ciphertext is associated data. The key of a record
 * is HKDF-SHA256 of the key with this id, the salt, and "daotp record 1" with key id and label. The
 * plaintext is the length of the certificates (four octets), the certificates, the private key.
 */
#ifndef REDIS_SEAL_H
#define REDIS_SEAL_H

#include "limits.h"

#include <daotp/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct seal_key {
    char id[MAX_SEAL_KEY_ID + 1];
    unsigned char octets[32];
} seal_key;

/* Secret: in memory of OPENSSL_secure_zalloc(), freed by seal_ring_free(). */
typedef struct seal_ring {
    size_t count;
    seal_key keys[MAX_SEAL_KEYS]; /* the last one seals; each opens */
} seal_ring;

/* The text of a key file: a line for each key, "ID HEX" with 64 hexadecimal digits; empty lines and
 * lines that begin with # are skipped. DAOTP_CONFIGURATION with *why when it is not that. */
daotp_status seal_ring_read(const char *text, size_t len, seal_ring **ring, const char **why);
void seal_ring_free(seal_ring *ring);

/* What is said of an entry outside the ciphertext, and bound to it. */
typedef struct seal_header {
    const char *label, *user, *template_oid; /* UTF-8, not NULL */
    int64_t not_after;
    uint64_t generation;
} seal_header;

typedef struct seal_content {
    const void *certificates, *key;
    size_t certificates_len, key_len;
} seal_content;

/* *record: malloc(). DAOTP_OK; DAOTP_MEMORY; DAOTP_INTERNAL when the record would exceed
 * MAX_RECORD, or libcrypto failed. */
daotp_status seal_record(const seal_ring *ring, const seal_header *header,
                         const seal_content *content, unsigned char **record, size_t *len);

typedef struct opened_record {
    char key_id[MAX_SEAL_KEY_ID + 1];
    uint64_t generation;
    int64_t not_after;
    unsigned char *plaintext; /* secret; opened_record_free() */
    size_t plaintext_len;
    seal_content content; /* points into it */
} opened_record;

/* DAOTP_OK; DAOTP_PEER with *why when it is no record of this label, or was changed;
 * DAOTP_CONFIGURATION when no key of the ring has its id (which is in opened->key_id);
 * DAOTP_MEMORY; DAOTP_INTERNAL when libcrypto failed. */
daotp_status open_record(const seal_ring *ring, const char *label, const void *record, size_t len,
                         opened_record *opened, const char **why);
void opened_record_free(opened_record *opened);

#endif
