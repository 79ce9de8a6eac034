/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose clock is wrong. */
#include "builders.h"

#include "doctor/clocks.h"

enum { HOUR = 3600 };

static daotp__clocks clocks;

static void note_clocks(const int64_t *ahead, size_t count)
{
    daotp__clocks_begin(&clocks);
    for (size_t i = 0; i < count; i++)
        daotp__clocks_note(&clocks, "kdc", ahead[i], DAOTP__CLOCK_OF_KDC);
}

static void most_clocks_are_right(void **state)
{
    static const struct {
        int64_t ahead[4];
        size_t count;
        daotp__clock_verdict verdict; /* of the first */
    } cases[] = {
        {{0}, 1, DAOTP__CLOCK_AGREES},
        {{59, HOUR}, 2, DAOTP__CLOCK_AGREES},
        {{HOUR}, 1, DAOTP__CLOCK_OPEN}, /* one against one */
        {{HOUR, HOUR + 20}, 2, DAOTP__CLOCK_HERE},
        {{-HOUR, -HOUR}, 2, DAOTP__CLOCK_HERE},
        {{HOUR, 3}, 2, DAOTP__CLOCK_THERE},
        {{HOUR, HOUR, 3}, 3, DAOTP__CLOCK_OPEN},
        {{HOUR, HOUR, HOUR, 3}, 4, DAOTP__CLOCK_HERE},
        {{HOUR, -HOUR}, 2, DAOTP__CLOCK_OPEN}, /* three that differ */
        {{INT64_MAX, INT64_MIN, 0}, 3, DAOTP__CLOCK_THERE},
        {{INT64_MIN, INT64_MAX, 0}, 3, DAOTP__CLOCK_THERE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        note_clocks(cases[i].ahead, cases[i].count);
        assert_int_equal(daotp__clocks_judge(&clocks, cases[i].ahead[0]), cases[i].verdict);
    }
}

/* A notBefore that is to come says that the CA's clock is ahead, and not how far. */
static void a_ca_says_the_least(void **state)
{
    (void)state;
    daotp__clocks_begin(&clocks);
    daotp__clocks_note(&clocks, "server", HOUR / 2, DAOTP__CLOCK_OF_CA);
    daotp__clocks_note(&clocks, "kdc", HOUR, DAOTP__CLOCK_OF_KDC);
    assert_int_equal(daotp__clocks_judge(&clocks, HOUR), DAOTP__CLOCK_HERE);
    daotp__clocks_begin(&clocks);
    daotp__clocks_note(&clocks, "server", 2 * HOUR, DAOTP__CLOCK_OF_CA);
    daotp__clocks_note(&clocks, "kdc", HOUR, DAOTP__CLOCK_OF_KDC);
    assert_int_equal(daotp__clocks_judge(&clocks, HOUR), DAOTP__CLOCK_OPEN);
}

static void more_clocks_than_fit_change_nothing(void **state)
{
    (void)state;
    daotp__clocks_begin(&clocks);
    for (size_t i = 0; i < 2 * DAOTP__MAX_DOCTOR_CLOCKS; i++)
        daotp__clocks_note(&clocks, "kdc", HOUR, DAOTP__CLOCK_OF_KDC);
    assert_int_equal(clocks.count, DAOTP__MAX_DOCTOR_CLOCKS);
    assert_int_equal(daotp__clocks_judge(&clocks, HOUR), DAOTP__CLOCK_HERE);
}

/* A chain that two servers send is not the testimony of four clocks. */
static void the_certificates_of_a_ca_count_once(void **state)
{
    (void)state;
    note_clocks((const int64_t[]){HOUR, 0, 3}, 3);
    for (int64_t i = 1; i <= 4; i++)
        daotp__clocks_note(&clocks, "server", HOUR / 2 + i, DAOTP__CLOCK_OF_CA);
    assert_int_equal(clocks.count, 4);
    assert_int_equal(clocks.readings[3].ahead_s, HOUR / 2 + 4);
    assert_int_equal(daotp__clocks_judge(&clocks, HOUR), DAOTP__CLOCK_THERE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(most_clocks_are_right),
        cmocka_unit_test(a_ca_says_the_least),
        cmocka_unit_test(more_clocks_than_fit_change_nothing),
        cmocka_unit_test(the_certificates_of_a_ca_count_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
