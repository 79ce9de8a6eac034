/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_SECRET_H
#define STORE_SECRET_H

#include "tool.h"

#include <daotp/daotp.h>

/* Where the secrets of stores come from: descriptors, or -1 for the terminal. */
typedef struct store_secrets {
    int passphrase_fd, pin_fd;
    const char *plugins; /* the folder of plug-ins; NULL for the library's own */
    tool_secret pin;     /* what pin_fd gave; empty before */
} store_secrets;

/* The context asks there; secrets are to be there as long as it. */
daotp_status store_secrets_set(store_secrets *secrets, daotp_context *context);
/* Wipes the PIN. */
void store_secrets_free(store_secrets *secrets);
/* The URI of a store: a path goes without dir:. Borrowed until the second call from here. */
const char *store_uri(const char *word);

#endif
