/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_STORE_PKCS12_BACKEND_H
#define DAOTP_STORE_PKCS12_BACKEND_H

#include <daotp/store.h>

typedef struct daotp__pkcs12_settings {
    const char *path;
    size_t path_len;
    bool allows_3des;
    int iterations; /* that are written */
} daotp__pkcs12_settings;

/* A store in a PKCS#12 file. DAOTP_OK, DAOTP_MEMORY. No I/O. */
daotp_status daotp__store_new_pkcs12(daotp_context *context, const daotp__pkcs12_settings *settings,
                                     daotp_store **store);

#endif
