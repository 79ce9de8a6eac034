/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_SECRET_H
#define STORE_SECRET_H

#include <daotp/daotp.h>

/* Where the secrets of stores come from: descriptors, or -1 for the terminal. */
typedef struct store_secrets {
    int passphrase_fd, pin_fd;
    const char *plugins; /* the folder of plug-ins; NULL for the library's own */
} store_secrets;

/* The context asks there; secrets are to be there as long as it. */
daotp_status store_secrets_set(const store_secrets *secrets, daotp_context *context);
/* The URI of a store: a path goes without dir:. Borrowed until the second call from here. */
const char *store_uri(const char *word);

#endif
