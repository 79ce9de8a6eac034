/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_STORE_PKCS12_BACKEND_H
#define DAOTP_STORE_PKCS12_BACKEND_H

#include <daotp/store.h>

typedef struct daotp__pkcs12_settings {
    const char *path;
    size_t path_len;
    bool allows_3des;
    int iterations; /* of the key derivation in files that are written */
} daotp__pkcs12_settings;

/* Make a store in a PKCS#12 file. No I/O. DAOTP_OK or DAOTP_MEMORY. */
daotp_status daotp__store_new_pkcs12(daotp_context *context, const daotp__pkcs12_settings *settings,
                                     daotp_store **store);

#endif
