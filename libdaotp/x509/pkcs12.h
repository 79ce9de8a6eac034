/* SPDX-License-Identifier: BSD-2-Clause */
/* PKCS#12 (RFC 7292): keys with their certificates in one file, under a passphrase. */
#ifndef DAOTP_X509_PKCS12_H
#define DAOTP_X509_PKCS12_H

#include "core/report.h"

typedef struct daotp__pkcs12_entry {
    char *name;                 /* friendlyName, UTF-8; "" for none */
    daotp__buffer bmp_name;     /* friendlyName as it was read: a BMPString; empty: write name */
    daotp__buffer certificates; /* PEM, the leaf first, then its issuers, if they are in the file */
    daotp__buffer key;          /* PKCS#8 in PEM; a secret */
} daotp__pkcs12_entry;

enum { DAOTP__PKCS12_LOST = 64 };

typedef struct daotp__pkcs12 {
    daotp__pkcs12_entry *list;
    size_t count, capacity;
    char lost[DAOTP__PKCS12_LOST]; /* names what was in the file but is in no entry, so that a write
                                      loses it; "": nothing */
    bool has_empty_passphrase;     /* the MAC verifies under the empty passphrase */
} daotp__pkcs12;

void daotp__pkcs12_free(daotp__pkcs12 *file);
/* Append an empty entry with this name, and return it; NULL without memory. */
daotp__pkcs12_entry *daotp__pkcs12_add(daotp__pkcs12 *file, const char *name);
void daotp__pkcs12_drop(daotp__pkcs12 *file, size_t at);

/* How a file is read. */
typedef struct daotp__pkcs12_reading {
    daotp__bytes passphrase; /* UTF-8; empty: both encodings of the empty passphrase are tried */
    int64_t max_iterations;  /* of one key derivation; 0: DAOTP__MAX_PKCS12_ITERATIONS */
    bool allows_3des;    /* accept pbeWithSHAAnd3-KeyTripleDES-CBC, which tools wrote until 2022 */
    const char *subject; /* the file's name, for findings */
} daotp__pkcs12_reading;

/* Read the entries that have a key. DAOTP_OK; DAOTP_CONFIGURATION with STORE-PASSPHRASE,
 * STORE-OLD-CIPHER or STORE-DAMAGED; DAOTP_MEMORY. The caller frees *file in all cases. */
daotp_status daotp__pkcs12_read(daotp__bytes in, const daotp__pkcs12_reading *how,
                                daotp__pkcs12 *file, daotp_report *report);
/* Write a file with PBES2 (AES-256-CBC, PBKDF2 with HMAC-SHA-256) and an HMAC-SHA-256 MAC.
 * iterations: of both key derivations. DAOTP_OK, DAOTP_MEMORY, or DAOTP_INTERNAL when libcrypto
 * fails. */
daotp_status daotp__pkcs12_write(const daotp__pkcs12 *file, daotp__bytes passphrase, int iterations,
                                 daotp__buffer *out);

#endif
