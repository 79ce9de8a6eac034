/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"

#include "core/alloc.h"
#include "core/limits.h"
#include "core/memory.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* In the place of core/memory.c: counts blocks that come back with something left in them. */
static size_t unwiped, returned;

enum { HEAD = 16 }; /* core/alloc.c keeps an object's size before it */

void *daotp__memory_get(size_t size)
{
    size_t *block = calloc(1, size + HEAD);

    assert_non_null(block);
    *block = size;
    return (uint8_t *)block + HEAD;
}

void daotp__memory_put(void *pointer)
{
    uint8_t *block = (uint8_t *)pointer - HEAD;
    size_t size;

    memcpy(&size, block, sizeof size);
    for (size_t i = HEAD; i < size; i++)
        if (block[HEAD + i] != 0) {
            unwiped++;
            break;
        }
    returned++;
    free(block);
}

static void growing_keeps_what_was_written(void **state)
{
    daotp__buffer buffer;

    (void)state;
    daotp__buffer_init(&buffer, 100000);
    for (unsigned i = 0; i < 10000; i++)
        daotp__buffer_byte(&buffer, (uint8_t)(i * 7));
    assert_int_equal(buffer.failed, DAOTP_OK);
    assert_int_equal(buffer.len, 10000);
    for (unsigned i = 0; i < 10000; i++)
        assert_int_equal(buffer.data[i], (uint8_t)(i * 7));
    daotp__buffer_free(&buffer);
}

static void growing_and_freeing_wipe(void **state)
{
    daotp__buffer buffer;

    (void)state;
    unwiped = returned = 0;
    daotp__buffer_init(&buffer, 100000);
    for (unsigned i = 0; i < 10000; i++)
        daotp__buffer_byte(&buffer, 'x');
    assert_true(returned > 3);
    daotp__buffer_free(&buffer);
    assert_int_equal(unwiped, 0);
    assert_null(buffer.data);
    assert_int_equal(buffer.max, 100000);
}

static void clearing_wipes_and_keeps_the_block(void **state)
{
    daotp__buffer buffer;
    const uint8_t *data;

    (void)state;
    daotp__buffer_init(&buffer, 100);
    daotp__buffer_text(&buffer, "secret");
    data = buffer.data;
    daotp__buffer_clear(&buffer);
    assert_ptr_equal(buffer.data, data);
    assert_int_equal(buffer.len, 0);
    for (size_t i = 0; i < buffer.capacity; i++)
        assert_int_equal(buffer.data[i], 0);
    daotp__buffer_free(&buffer);
}

/* Room that was handed out may be written, whatever was said to be written of it. */
static void clearing_wipes_the_room_that_was_handed_out(void **state)
{
    static const size_t sizes[] = {6, 200, 300, 9000, 50};
    daotp__buffer buffer;

    (void)state;
    daotp__buffer_init_secret(&buffer, 100000);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        daotp__buffer_text(&buffer, "secret");
        memset(daotp__buffer_room(&buffer, sizes[i]), 'x', sizes[i]);
        daotp__buffer_wrote(&buffer, sizes[i] / 2);
        (void)daotp__buffer_string(&buffer);
        daotp__buffer_clear(&buffer);
        for (size_t k = 0; k < buffer.capacity; k++)
            assert_int_equal(buffer.data[k], 0);
    }
    daotp__buffer_free(&buffer);
}

static void the_maximum_can_be_met_and_not_passed(void **state)
{
    daotp__buffer buffer;

    (void)state;
    daotp__buffer_init(&buffer, 300);
    for (unsigned i = 0; i < 300; i++)
        daotp__buffer_byte(&buffer, 'x');
    assert_int_equal(buffer.failed, DAOTP_OK);
    assert_int_equal(strlen(daotp__buffer_string(&buffer)), 300);
    daotp__buffer_byte(&buffer, 'y');
    assert_int_equal(buffer.failed, DAOTP_PEER);
    assert_int_equal(buffer.len, 300);
    daotp__buffer_free(&buffer);
}

static void failure_is_for_good(void **state)
{
    daotp__buffer buffer;

    (void)state;
    daotp__buffer_init(&buffer, 4);
    daotp__buffer_text(&buffer, "ab");
    daotp__buffer_text(&buffer, "cdefg");
    daotp__buffer_text(&buffer, "c");
    daotp__buffer_format(&buffer, "%d", 1);
    assert_int_equal(buffer.failed, DAOTP_PEER);
    assert_int_equal(buffer.len, 2);
    assert_null(daotp__buffer_room(&buffer, 0));
    assert_string_equal(daotp__buffer_string(&buffer), "");
    assert_null(daotp__buffer_take(&buffer, NULL));
    daotp__buffer_clear(&buffer); /* but a new beginning */
    daotp__buffer_text(&buffer, "c");
    assert_string_equal(daotp__buffer_string(&buffer), "c");
    daotp__buffer_free(&buffer);
}

static void a_length_that_would_wrap_round_is_refused(void **state)
{
    daotp__buffer buffer;

    (void)state;
    daotp__buffer_init(&buffer, 1000);
    daotp__buffer_text(&buffer, "abc");
    assert_null(daotp__buffer_room(&buffer, SIZE_MAX));
    assert_int_equal(buffer.failed, DAOTP_PEER);
    daotp__buffer_free(&buffer);
}

static void text_and_format_append(void **state)
{
    daotp__buffer buffer;
    char longer[600];

    (void)state;
    memset(longer, 'z', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    daotp__buffer_init(&buffer, 2000);
    daotp__buffer_text(&buffer, "a");
    daotp__buffer_format(&buffer, "%d-%s", 42, "b");
    assert_string_equal(daotp__buffer_string(&buffer), "a42-b");
    daotp__buffer_format(&buffer, "%s", longer);
    assert_int_equal(buffer.len, 5 + 599);
    assert_string_equal(daotp__buffer_string(&buffer) + 5, longer);
    daotp__buffer_free(&buffer);
}

static void a_string_has_its_nul_at_every_length(void **state)
{
    daotp__buffer buffer;

    (void)state;
    daotp__buffer_init(&buffer, 2000);
    for (size_t len = 0; len < 1100; len++) {
        assert_int_equal(strlen(daotp__buffer_string(&buffer)), len);
        assert_int_equal(buffer.len, len);
        daotp__buffer_byte(&buffer, 'x');
    }
    daotp__buffer_free(&buffer);
}

static void taking_hands_the_block_over(void **state)
{
    daotp__buffer buffer;
    uint8_t *taken;
    size_t len;

    (void)state;
    unwiped = 0;
    daotp__buffer_init(&buffer, 10);
    daotp__buffer_add(&buffer, "a\0b", 3);
    taken = daotp__buffer_take(&buffer, &len);
    assert_int_equal(len, 3);
    assert_memory_equal(taken, "a\0b", 4);
    assert_null(buffer.data);
    daotp__buffer_text(&buffer, "0123456789"); /* max holds on */
    assert_int_equal(buffer.failed, DAOTP_OK);
    daotp__buffer_free(&buffer);
    daotp_free(taken);
    assert_int_equal(unwiped, 0);
}

static void taking_nothing_is_an_empty_string(void **state)
{
    daotp__buffer buffer;
    uint8_t *taken;

    (void)state;
    daotp__buffer_init(&buffer, 10);
    taken = daotp__buffer_take(&buffer, NULL);
    assert_non_null(taken);
    assert_int_equal(*taken, '\0');
    daotp_free(taken);
}

static void bytes_are_compared_by_content(void **state)
{
    (void)state;
    assert_true(daotp__bytes_equal(BYTES("ab"), BYTES("ab")));
    assert_false(daotp__bytes_equal(BYTES("ab"), BYTES("ac")));
    assert_false(daotp__bytes_equal(BYTES("ab"), BYTES("abc")));
    assert_true(daotp__bytes_equal((daotp__bytes){NULL, 0}, BYTES("")));
}

/* ---- core/alloc.h, which lies under it ------------------------------------------------------- */

static void objects_are_zero_and_wiped(void **state)
{
    char *text;

    (void)state;
    unwiped = 0;
    text = daotp__new(100);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(text[i], 0);
    memset(text, 'x', 100);
    daotp__delete(text);
    assert_int_equal(unwiped, 0);
    daotp__delete(NULL);
    daotp_free(NULL);
    assert_null(daotp__new(SIZE_MAX));
    assert_null(daotp__new(SIZE_MAX - HEAD + 1));
}

static void a_text_is_exchanged(void **state)
{
    char *slot = NULL;

    (void)state;
    assert_true(daotp__text_set(&slot, "one"));
    assert_string_equal(slot, "one");
    assert_true(daotp__text_set(&slot, slot)); /* by itself */
    assert_string_equal(slot, "one");
    assert_true(daotp__text_set(&slot, NULL));
    assert_null(slot);
    assert_null(daotp__text_copy(NULL));
    slot = daotp__text_copy_n("abc", 2);
    assert_string_equal(slot, "ab");
    daotp__delete(slot);
}

/* Before it grows, and after. */
static void a_secret_is_in_no_core_dump(void **state)
{
    static const size_t sizes[] = {6, 5000};
    static const uint8_t octets[5000];
    struct rlimit limit;
    daotp__buffer secret, other;
    size_t len;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
    daotp__buffer_init_secret(&secret, 1 << 16);
    daotp__buffer_init(&other, 1 << 16);
    for (size_t i = 0; i < 2; i++) {
        daotp__buffer_add(&secret, octets, sizes[i]);
        daotp__buffer_add(&other, octets, sizes[i]);
        assert_int_equal(secret.failed, DAOTP_OK);
        assert_true(test_mapping_has_flag(secret.data, " dd"));
        assert_false(test_mapping_has_flag(other.data, " dd"));
#ifndef __SANITIZE_ADDRESS__ /* which makes nothing of mlock() */
        if (limit.rlim_cur > 64 * 1024)
            assert_true(test_mapping_has_flag(secret.data, " lo"));
#endif
    }
    assert_null(daotp__buffer_take(&secret, &len)); /* daotp_free() could not free it */
    daotp__buffer_free(&secret);
    daotp__buffer_free(&other);
}

static bool is_zero(const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (octets[i] != 0)
            return false;
    return true;
}

/* A block that was freed is handed out again: wiped, and as well protected as a new one. */
static void a_freed_secret_block_is_used_again(void **state)
{
    enum { SIZE = 5000 };
    uint8_t *first = daotp__secret_new(SIZE), *second;

    (void)state;
    assert_non_null(first);
    memset(first, 0x5a, SIZE);
    daotp__secret_delete(first);
    second = daotp__secret_new(SIZE);
    assert_ptr_equal(second, first);
    assert_true(is_zero(second, SIZE));
    assert_true(test_mapping_has_flag(second, " dd"));
    daotp__secret_delete(second);
}

static bool is_mapped(uint8_t *address)
{
    unsigned char there;

    return mincore(address - (uintptr_t)address % 4096, 1, &there) == 0;
}

/* Few are kept: a process that had many secrets at once gives their pages back. */
static void most_freed_secret_blocks_are_unmapped(void **state)
{
    uint8_t *blocks[2 * DAOTP__SPARE_SECRET_BLOCKS], *large;
    size_t mapped = 0;

    (void)state;
    for (size_t i = 0; i < 2 * DAOTP__SPARE_SECRET_BLOCKS; i++)
        assert_non_null(blocks[i] = daotp__secret_new(1));
    large = daotp__secret_new(DAOTP__SPARE_SECRET_OCTETS);
    assert_non_null(large);
    for (size_t i = 0; i < 2 * DAOTP__SPARE_SECRET_BLOCKS; i++)
        daotp__secret_delete(blocks[i]);
    daotp__secret_delete(large);
    for (size_t i = 0; i < 2 * DAOTP__SPARE_SECRET_BLOCKS; i++)
        mapped += is_mapped(blocks[i]);
    assert_between(mapped, 1, DAOTP__SPARE_SECRET_BLOCKS);
    assert_false(is_mapped(large));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_freed_secret_block_is_used_again),
        cmocka_unit_test(most_freed_secret_blocks_are_unmapped),
        cmocka_unit_test(a_secret_is_in_no_core_dump),
        cmocka_unit_test(growing_keeps_what_was_written),
        cmocka_unit_test(growing_and_freeing_wipe),
        cmocka_unit_test(clearing_wipes_and_keeps_the_block),
        cmocka_unit_test(clearing_wipes_the_room_that_was_handed_out),
        cmocka_unit_test(the_maximum_can_be_met_and_not_passed),
        cmocka_unit_test(failure_is_for_good),
        cmocka_unit_test(a_length_that_would_wrap_round_is_refused),
        cmocka_unit_test(text_and_format_append),
        cmocka_unit_test(a_string_has_its_nul_at_every_length),
        cmocka_unit_test(taking_hands_the_block_over),
        cmocka_unit_test(taking_nothing_is_an_empty_string),
        cmocka_unit_test(bytes_are_compared_by_content),
        cmocka_unit_test(objects_are_zero_and_wiped),
        cmocka_unit_test(a_text_is_exchanged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
