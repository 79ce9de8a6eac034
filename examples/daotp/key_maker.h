/* SPDX-License-Identifier: BSD-2-Clause */
/* A key that is made in a thread of its own, while the caller does something else: RSA takes from a
 * third of a second to several. */
#ifndef TOOL_KEY_MAKER_H
#define TOOL_KEY_MAKER_H

#include <daotp/daotp.h>

#include <pthread.h>

typedef struct key_maker {
    daotp_context *context;
    daotp_key_kind kind;
    daotp_key *key;
    pthread_t thread;
    bool is_running;
} key_maker;

/* For RSA; other keys take no time, and are left to the client. */
void key_maker_begin(key_maker *maker, daotp_context *context, daotp_key_kind kind);
/* Waits for the key, and gives it to the client. Where none was made the client makes its own. */
daotp_status key_maker_give(key_maker *maker, daotp_client *client);
void key_maker_end(key_maker *maker);

#endif
