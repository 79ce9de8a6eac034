/* SPDX-License-Identifier: BSD-2-Clause */
/* The store redis: with each of its allocations, and of the library's above it, failing. Those of
 * hiredis, c-ares and OpenSSL do not fail. */
#include "redis_server.h"
#include "scratch.h"
#include "testing.h"
#include "torture.h"

#include "core/memory.h"
#include "store.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

/* In the place of malloc() and the like in store-redis/. The size stands before the block. */
enum { SIZE_ROOM = 16 };

void *counted_malloc(size_t size);
void *counted_calloc(size_t count, size_t size);
void *counted_realloc(void *memory, size_t size);
void counted_free(void *memory);
char *counted_strdup(const char *text);
char *counted_strndup(const char *text, size_t len);

void *counted_malloc(size_t size)
{
    size_t *block = daotp__memory_get(SIZE_ROOM + size);

    if (block == NULL)
        return NULL;
    *block = size;
    return (char *)block + SIZE_ROOM;
}

void *counted_calloc(size_t count, size_t size)
{
    return counted_malloc(count * size); /* daotp__memory_get() gives zeros */
}

void counted_free(void *memory)
{
    daotp__memory_put(memory != NULL ? (char *)memory - SIZE_ROOM : NULL);
}

void *counted_realloc(void *memory, size_t size)
{
    void *grown = counted_malloc(size);

    if (grown != NULL && memory != NULL) {
        memcpy(grown, memory, *(size_t *)(void *)((char *)memory - SIZE_ROOM));
        counted_free(memory);
    }
    return grown;
}

char *counted_strndup(const char *text, size_t len)
{
    size_t copied = strnlen(text, len);
    char *copy = counted_malloc(copied + 1);

    if (copy != NULL)
        memcpy(copy, text, copied); /* daotp__memory_get() gives the zero behind it */
    return copy;
}

char *counted_strdup(const char *text)
{
    return counted_strndup(text, strlen(text));
}

/* ---- the scene ------------------------------------------------------------------------------- */

static forge_world world;
static daotp_context *context;
static daotp_credential *credential;
static redis_server server;
static int64_t now_s;

static daotp_status give_key(void *user, daotp_secret_kind kind, const char *subject,
                             uint32_t warnings, void *answer, size_t room, size_t *len)
{
    (void)user, (void)kind, (void)subject, (void)warnings;
    *len = (size_t)snprintf(answer, room, "one %064d", 1);
    return DAOTP_OK;
}

static int set_up(void **state)
{
    (void)state;
    world = forge_world_new();
    context = forge_context();
    assert_int_equal(daotp_context_set_wall_clock(context, test_clock_stands, &now_s), DAOTP_OK);
    assert_int_equal(daotp_context_set_secret(context, give_key, NULL), DAOTP_OK);
    credential = forge_credential(context, world.user, world.root, world.user_key);
    return scratch_begin();
}

static int tear_down(void **state)
{
    (void)state;
    redis_server_kill(&server);
    daotp_credential_unref(credential);
    daotp_context_unref(context);
    forge_world_free(&world);
    return scratch_end();
}

static daotp_status open_store(daotp_store **store)
{
    char uri[200];

    *store = NULL;
    (void)snprintf(uri, sizeof uri, "redis://127.0.0.1:%u/1?prefix=t&timeout-s=60&lock-s=5",
                   server.port);
    return redis_store_open(context, uri, NULL, store);
}

static daotp_status list_all(daotp_store *store)
{
    daotp_store_list *list;
    daotp_status status = daotp_store_list_new(store, &list);

    if (status == DAOTP_OK)
        assert_int_equal(daotp_store_list_get_count(list), 2);
    daotp_store_list_free(list);
    return status;
}

static daotp_status fill_store(daotp_store *store)
{
    daotp_status status = daotp__store_check(store, "alice", NULL);

    if (status == DAOTP_OK)
        status = daotp_store_put(store, "alice", credential);
    if (status == DAOTP_OK)
        status = daotp_store_put(store, "bob", credential);
    if (status == DAOTP_OK)
        status = list_all(store);
    return status;
}

static daotp_status empty_store(daotp_store *store)
{
    daotp_status status = daotp_store_remove(store, "bob");
    size_t removed;

    now_s = FORGE_NOW + 10 * FORGE_HOUR;
    if (status == DAOTP_OK)
        status = daotp_store_expire(store, &removed);
    if (status == DAOTP_OK)
        assert_int_equal(removed, 1);
    return status;
}

static daotp_status whole_life(void *user)
{
    char reply[16];
    daotp_store *store;
    daotp_status status;

    (void)user;
    redis_server_ask(server.port, "FLUSHALL", reply, sizeof reply);
    now_s = FORGE_NOW;
    status = open_store(&store);
    if (status == DAOTP_OK)
        status = fill_store(store);
    if (status == DAOTP_OK)
        status = empty_store(store);
    daotp_store_unref(store);
    return status;
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    if (!redis_server_is_installed()) {
        print_message("no redis-server\n");
        skip();
    }
    redis_server_start(&server, NULL);
    assert_true(torture("the life of a store", whole_life, NULL) > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_may_fail)};

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
