/* SPDX-License-Identifier: BSD-2-Clause */
/* PKCS#12 (RFC 7292): keys with their certificates in one file, under a passphrase. */
#ifndef DAOTP_X509_PKCS12_H
#define DAOTP_X509_PKCS12_H

#include "core/report.h"

typedef struct daotp__pkcs12_entry {
    char *name;                 /* friendlyName, UTF-8; "" for none */
    daotp__buffer certificates; /* PEM, the leaf first, then its issuers as far as they are there */
    daotp__buffer key;          /* PKCS#8 in PEM; a secret */
} daotp__pkcs12_entry;

enum { DAOTP__PKCS12_LOST = 64 };

typedef struct daotp__pkcs12 {
    daotp__pkcs12_entry *list;
    size_t count, capacity;
    char lost[DAOTP__PKCS12_LOST]; /* read, but in no entry: a write loses it; "" for nothing */
} daotp__pkcs12;

void daotp__pkcs12_free(daotp__pkcs12 *file);
/* One entry more, empty; NULL without memory. */
daotp__pkcs12_entry *daotp__pkcs12_add(daotp__pkcs12 *file, const char *name);
void daotp__pkcs12_drop(daotp__pkcs12 *file, size_t at);

/* What a file is read with. */
typedef struct daotp__pkcs12_reading {
    daotp__bytes passphrase; /* UTF-8 */
    bool allows_3des;        /* pbeWithSHAAnd3-KeyTripleDES-CBC too, as files before 2022 have it */
    const char *subject;     /* of findings: the file */
} daotp__pkcs12_reading;

/* The entries that have a key. DAOTP_CONFIGURATION: STORE-PASSPHRASE, STORE-OLD-CIPHER,
 * STORE-DAMAGED. What was read is to be freed whatever the answer. */
daotp_status daotp__pkcs12_read(daotp__bytes in, const daotp__pkcs12_reading *how,
                                daotp__pkcs12 *file, daotp_report *report);
/* PBES2 with AES-256-CBC and PBKDF2 of HMAC-SHA-256; the MAC is of HMAC-SHA-256. Both with so many
 * iterations. DAOTP_OK, DAOTP_MEMORY, DAOTP_INTERNAL. */
daotp_status daotp__pkcs12_write(const daotp__pkcs12 *file, daotp__bytes passphrase, int iterations,
                                 daotp__buffer *out);

#endif
