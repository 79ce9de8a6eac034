/* SPDX-License-Identifier: BSD-2-Clause */
/* Arrays that grow: what stands in them stays, and what cannot be had changes nothing. */
#include "testing.h"

#include "core/alloc.h"
#include "core/array.h"

static void grows_by_doubling_and_keeps_all(void **state)
{
    uint64_t *list = NULL, *larger;
    size_t capacity = 0, copies = 0;

    (void)state;
    for (uint64_t i = 0; i < 1000; i++) {
        larger = daotp__array_reserve(list, i, &capacity, sizeof *list);
        assert_non_null(larger);
        assert_true(capacity > i);
        copies += larger != list;
        list = larger;
        list[i] = i * i;
    }
    assert_int_equal(copies, 8); /* 8, 16, .. 1024 */
    assert_int_equal(capacity, 1024);
    for (uint64_t i = 0; i < 1000; i++)
        assert_int_equal(list[i], i * i);
    daotp__delete(list);
}

static void stays_as_it_is_while_there_is_room(void **state)
{
    size_t capacity = 0;
    char *list = daotp__array_reserve(NULL, 0, &capacity, 1);

    (void)state;
    assert_non_null(list);
    assert_int_equal(capacity, 8);
    assert_ptr_equal(daotp__array_reserve(list, 7, &capacity, 1), list);
    assert_int_equal(capacity, 8);
    daotp__delete(list);
}

/* The product of room and size does not wrap around into a small block. */
static void refuses_what_no_memory_holds(void **state)
{
    size_t capacity = 0;

    (void)state;
    assert_null(daotp__array_reserve(NULL, 0, &capacity, SIZE_MAX / 4));
    assert_int_equal(capacity, 0);
    capacity = SIZE_MAX / 2 + 1;
    assert_null(daotp__array_reserve(NULL, capacity, &capacity, 1));
    assert_int_equal(capacity, SIZE_MAX / 2 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_by_doubling_and_keeps_all),
        cmocka_unit_test(stays_as_it_is_while_there_is_room),
        cmocka_unit_test(refuses_what_no_memory_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
