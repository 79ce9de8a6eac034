/* SPDX-License-Identifier: BSD-2-Clause */
#include "key_maker.h"

static void *make_ahead(void *user)
{
    key_maker *maker = user;

    (void)daotp_key_generate(maker->context, maker->kind, NULL, &maker->key); /* or there is none */
    return NULL;
}

static bool takes_long(daotp_key_kind kind)
{
    return kind == DAOTP_KEY_RSA_2048 || kind == DAOTP_KEY_RSA_3072 || kind == DAOTP_KEY_RSA_4096;
}

void key_maker_begin(key_maker *maker, daotp_context *context, daotp_key_kind kind)
{
    *maker = (key_maker){.context = context, .kind = kind};
    if (takes_long(kind))
        maker->is_running = pthread_create(&maker->thread, NULL, make_ahead, maker) == 0;
}

static void wait_for_key(key_maker *maker)
{
    if (maker->is_running)
        (void)pthread_join(maker->thread, NULL);
    maker->is_running = false;
}

daotp_status key_maker_give(key_maker *maker, daotp_client *client)
{
    wait_for_key(maker);
    return maker->key != NULL ? daotp_client_set_key(client, maker->key) : DAOTP_OK;
}

void key_maker_end(key_maker *maker)
{
    wait_for_key(maker);
    daotp_key_unref(maker->key);
    maker->key = NULL;
}
