/* SPDX-License-Identifier: BSD-2-Clause */
/* The PKCS #11 module with each of its allocations, and of the library's below it, failing. */
#include "card_store.h"
#include "scratch.h"
#include "torture.h"

#include "core/memory.h"
#include "memory.h"
#include "module.h"

/* In the place of the module's memory.c. The size stands before the block. */
enum { SIZE_ROOM = 16 };

void *card_memory_new(size_t count, size_t size)
{
    size_t *block = daotp__memory_get(SIZE_ROOM + count * size);

    if (block == NULL)
        return NULL;
    *block = count * size;
    return (char *)block + SIZE_ROOM;
}

void card_memory_free(void *memory)
{
    daotp__memory_put(memory != NULL ? (char *)memory - SIZE_ROOM : NULL);
}

void *card_memory_grow(void *memory, size_t count, size_t size)
{
    void *grown = card_memory_new(count, size);

    if (grown != NULL && memory != NULL) {
        memcpy(grown, memory, *(size_t *)(void *)((char *)memory - SIZE_ROOM));
        card_memory_free(memory);
    }
    return grown;
}

static char reserved[100];

static int make_store(void **state)
{
    char path[60];

    (void)state;
    if (scratch_begin() != 0)
        return -1;
    scratch_folder(path, sizeof path);
    (void)snprintf(reserved, sizeof reserved, "store=dir:%s", path);
    card_store_put(reserved + 6, &(card_entry_plan){.label = "one", .key = "p256"});
    card_store_put(reserved + 6,
                   &(card_entry_plan){.label = "two", .key = "rsa2048", .key_usage = 0xa0});
    return 0;
}

static int drop_store(void **state)
{
    (void)state;
    return scratch_end();
}

static CK_RV sign_with(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE template = {CKA_CLASS, &class, sizeof class};
    CK_MECHANISM mechanism = {type, NULL, 0};
    uint8_t message[20] = {1}, signature[512];
    CK_ULONG count, len = sizeof signature;
    CK_OBJECT_HANDLE key;
    CK_RV rv = card_C_FindObjectsInit(session, &template, 1);

    if (rv == CKR_OK)
        rv = card_C_FindObjects(session, &key, 1, &count);
    if (rv == CKR_OK) {
        assert_int_equal(count, 1);
        rv = card_C_SignInit(session, &mechanism, key);
    }
    return rv == CKR_OK ? card_C_Sign(session, message, sizeof message, signature, &len) : rv;
}

static CK_RV use_slots(void)
{
    static const CK_MECHANISM_TYPE types[] = {CKM_ECDSA_SHA256, CKM_SHA256_RSA_PKCS};
    CK_SESSION_HANDLE session;
    CK_ULONG count;
    CK_RV rv = card_C_GetSlotList(CK_TRUE, NULL, &count);

    for (CK_SLOT_ID slot = 1; slot <= 2 && rv == CKR_OK; slot++) {
        assert_int_equal(count, 2);
        rv = card_C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session);
        if (rv == CKR_OK)
            rv = sign_with(session, types[slot - 1]);
    }
    return rv;
}

static daotp_status use_module(void *user)
{
    CK_C_INITIALIZE_ARGS arguments = {.flags = CKF_OS_LOCKING_OK, .pReserved = reserved};
    CK_RV rv = card_C_Initialize(&arguments);

    (void)user;
    if (rv == CKR_OK) {
        rv = use_slots();
        assert_int_equal(card_C_Finalize(NULL), CKR_OK);
    }
    if (rv == CKR_HOST_MEMORY)
        return DAOTP_MEMORY;
    return rv == CKR_OK ? DAOTP_OK : DAOTP_REJECTED;
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(torture("the module", use_module, NULL) > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_may_fail)};

    return cmocka_run_group_tests(tests, make_store, drop_store);
}
