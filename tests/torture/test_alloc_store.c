/* SPDX-License-Identifier: BSD-2-Clause */
/* Stores with each of their allocations failing; what stood there before still stands. */
#include "testing.h"
#include "torture.h"

#include "store/pkcs12_backend.h"
#include "store/store.h"

#include <ftw.h>
#include <linux/keyctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static forge_world world;
static X509 *second;
static daotp_context *context;
static daotp_credential *pair[2];
static int64_t now_s;
static char path[64], store_path[96];

static daotp_status give_passphrase(void *user, daotp_secret_kind kind, const char *subject,
                                    uint32_t warnings, void *answer, size_t room, size_t *len)
{
    (void)user, (void)kind, (void)subject, (void)warnings, (void)room;
    memcpy(answer, "secret", *len = 6);
    return DAOTP_OK;
}

static int set_up(void **state)
{
    forge_spec spec;

    (void)state;
    world = forge_world_new();
    spec = forge_user_spec(&world, world.user_key);
    spec.not_after = FORGE_NOW + 2 * FORGE_HOUR;
    second = forge_certificate(&spec);
    context = forge_context();
    now_s = FORGE_NOW;
    assert_int_equal(daotp_context_set_wall_clock(context, test_clock_stands, &now_s), DAOTP_OK);
    assert_int_equal(daotp_context_set_secret(context, give_passphrase, NULL), DAOTP_OK);
    pair[0] = forge_credential(context, world.user, world.root, world.user_key);
    pair[1] = forge_credential(context, second, world.root, world.user_key);
    (void)snprintf(path, sizeof path, "%s/daotp-torture-store-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(path));
    (void)snprintf(store_path, sizeof store_path, "%s/store", path);
    return 0;
}

static int remove_one(const char *name, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(name);
}

static int tear_down(void **state)
{
    (void)state;
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    daotp_credential_unref(pair[0]);
    daotp_credential_unref(pair[1]);
    daotp_context_unref(context);
    X509_free(second);
    forge_world_free(&world);
    return 0;
}

enum { MEMORY, DIRECTORY, PKCS12_FILE, KEYRING, KINDS };

static daotp_status make(int kind, daotp_store **store)
{
    const daotp__pkcs12_settings settings = {
        .path = store_path, .path_len = strlen(store_path), .iterations = 10};
    char uri[128];

    if (kind == KEYRING)
        return daotp_store_open(context, "keyring:session", store);
    if (kind == PKCS12_FILE) {
        *store = NULL;
        return daotp__store_new_pkcs12(context, &settings, store);
    }
    (void)snprintf(uri, sizeof uri, kind == DIRECTORY ? "dir:%s" : "memory:", store_path);
    return daotp_store_open(context, uri, store);
}

/* The next store begins afresh. False where the kernel refuses keyrings, which are not tested then.
 */
static bool empty_place(int kind)
{
    (void)nftw(store_path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return kind != KEYRING || syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) > 0;
}

static daotp_status list_all(daotp_store *store)
{
    daotp_store_list *list;
    daotp_status status = daotp_store_list_new(store, &list);

    if (status == DAOTP_OK) {
        assert_int_equal(daotp_store_list_get_count(list), 2);
        assert_non_null(daotp_store_list_get_label(list, 0));
        assert_int_equal(daotp_store_list_get_state(list, 0), DAOTP_STORE_VALID);
    } else {
        assert_null(list);
    }
    daotp_store_list_free(list);
    return status;
}

static daotp_status get_one(daotp_store *store)
{
    daotp_credential *credential;
    daotp_status status = daotp_store_get(store, "alice", &credential);

    assert_int_equal(credential != NULL, status == DAOTP_OK);
    daotp_credential_unref(credential);
    return status;
}

/* The life of a store from its making to its end. */
static daotp_status whole_life(void *user)
{
    int kind = *(int *)user;
    daotp_store *store;
    daotp_status status = make(kind, &store);
    size_t removed;

    now_s = FORGE_NOW;
    if (status == DAOTP_OK)
        status = daotp__store_check(store, "alice", NULL);
    if (status == DAOTP_OK)
        status = daotp_store_put(store, "alice", pair[0]);
    if (status == DAOTP_OK)
        status = daotp_store_put(store, "alice", pair[1]);
    if (status == DAOTP_OK)
        status = daotp_store_put(store, "bob", pair[0]);
    if (status == DAOTP_OK)
        status = list_all(store);
    if (status == DAOTP_OK)
        status = get_one(store);
    if (status == DAOTP_OK)
        status = daotp_store_remove(store, "bob");
    now_s = FORGE_NOW + 10 * FORGE_HOUR;
    if (status == DAOTP_OK)
        status = daotp_store_expire(store, &removed);
    if (status == DAOTP_OK)
        assert_int_equal(removed, 1);
    if (store != NULL && status != DAOTP_OK) {
        (void)daotp_report_get_text(daotp_store_get_report(store));
        assert_int_equal(daotp_report_get_status(daotp_store_get_report(store)), status);
    }
    daotp_store_unref(store);
    (void)empty_place(kind);
    return status;
}

static void the_life_of_a_store(void **state)
{
    static const char *const names[KINDS] = {"memory", "directory", "pkcs12", "keyring"};

    (void)state;
    for (int kind = 0; kind < KINDS && empty_place(kind); kind++)
        assert_true(torture(names[kind], whole_life, &kind) > 20);
}

static long serial_at(daotp_store *store)
{
    daotp_credential *credential;
    long serial;

    assert_int_equal(daotp_store_get(store, "alice", &credential), DAOTP_OK);
    serial = strtol(daotp_credential_get_serial(credential), NULL, 16);
    daotp_credential_unref(credential);
    return serial;
}

/* A put that ran out of memory left the old; one that said OK left the new. */
static void a_put_that_fails_leaves_the_old(void **state)
{
    long serials[2];

    (void)state;
    for (int i = 0; i < 2; i++)
        serials[i] = strtol(daotp_credential_get_serial(pair[i]), NULL, 16);
    for (int i = 0; i < KINDS && empty_place(i); i++) {
        bool reached = true;
        daotp_store *store;

        now_s = FORGE_NOW;
        assert_int_equal(make(i, &store), DAOTP_OK);
        assert_int_equal(daotp_store_put(store, "alice", pair[0]), DAOTP_OK);
        for (size_t n = 1; reached; n++) {
            daotp_status status;

            failing_memory_set(n);
            status = daotp_store_put(store, "alice", pair[n % 2]);
            reached = failing_memory_count() >= n;
            failing_memory_set(0);
            if (status == DAOTP_OK) {
                assert_int_equal(serial_at(store), serials[n % 2]);
            } else {
                assert_int_equal(status, DAOTP_MEMORY);
                assert_int_equal(serial_at(store), serials[0]);
            }
            assert_int_equal(daotp_store_put(store, "alice", pair[0]), DAOTP_OK);
        }
        daotp_store_unref(store);
    }
}

/* Memory that ran out is no damage. */
static void want_of_memory_damages_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < KINDS && empty_place(i); i++) {
        bool reached = true;
        daotp_store *store;

        now_s = FORGE_NOW;
        assert_int_equal(make(i, &store), DAOTP_OK);
        assert_int_equal(daotp_store_put(store, "alice", pair[0]), DAOTP_OK);
        for (size_t n = 1; reached; n++) {
            daotp_store_list *list;
            daotp_status status;

            failing_memory_set(n);
            status = get_one(store);
            reached = failing_memory_count() >= n;
            failing_memory_set(0);
            assert_true(status == DAOTP_OK || status == DAOTP_MEMORY);
            failing_memory_set(n);
            status = daotp_store_list_new(store, &list);
            reached = reached || failing_memory_count() >= n;
            failing_memory_set(0);
            assert_true(status == DAOTP_OK || status == DAOTP_MEMORY);
            if (status == DAOTP_OK)
                assert_int_equal(daotp_store_list_get_state(list, 0), DAOTP_STORE_VALID);
            daotp_store_list_free(list);
        }
        daotp_store_unref(store);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_life_of_a_store),
        cmocka_unit_test(a_put_that_fails_leaves_the_old),
        cmocka_unit_test(want_of_memory_damages_nothing),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
