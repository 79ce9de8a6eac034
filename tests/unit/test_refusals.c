/* SPDX-License-Identifier: BSD-2-Clause */
/* The passwords that hosts have refused. That enrolments go by it is in test_ca.c. */
#include "builders.h"

#include "ca/refusals.h"

static const daotp__offer first = {.user = "alice",
                                   .host = "ca.example",
                                   .user_name = "CORP\\alice",
                                   .password = {(const uint8_t *)"p", 1}};

static daotp__refusals *refusals_made(void)
{
    daotp__refusals *refusals;

    assert_int_equal(daotp__refusals_new(&refusals), DAOTP_OK);
    return refusals;
}

/* Names and password are kept apart: what stands at the end of one is not at the beginning of the
 * next. Only host and domain user in another writing are the same. */
static void each_part_counts(void **state)
{
    static const struct {
        const char *host, *user_name, *password;
        daotp_status status;
    } cases[] = {
        {"ca.example", "CORP\\alice", "p", DAOTP_REJECTED},
        {"CA.example.", "corp\\Alice", "p", DAOTP_REJECTED},
        {"ca.example", "CORP\\alice", "P", DAOTP_OK},
        {"ca.example", "CORP\\alice", "", DAOTP_OK},
        {"ca.example", "CORP\\alicep", "", DAOTP_OK},
        {"ca.example", "CORP\\alic", "ep", DAOTP_OK},
        {"ca.exampleC", "ORP\\alice", "p", DAOTP_OK},
        {"cb.example", "CORP\\alice", "p", DAOTP_OK},
        {"ca.example", "CORP\\bob", "p", DAOTP_OK},
    };
    daotp__refusals *refusals = refusals_made();

    (void)state;
    assert_int_equal(daotp__refusals_offer(refusals, &first), DAOTP_OK);
    daotp__refusals_note_refusal(refusals);
    for (size_t i = 0; i < COUNT(cases); i++) {
        daotp__offer offer = {
            .user = "bob",
            .host = cases[i].host,
            .user_name = cases[i].user_name,
            .password = {(const uint8_t *)cases[i].password, strlen(cases[i].password)}};

        if (daotp__refusals_offer(refusals, &offer) != cases[i].status)
            fail_msg("case %zu", i);
        daotp__refusals_drop_offer(refusals);
        daotp__refusals_note_refusal(refusals); /* of nothing */
    }
    assert_int_equal(daotp__refusals_attempt(refusals, "CA.EXAMPLE", "ALICE"), 2);
    assert_int_equal(daotp__refusals_attempt(refusals, "ca.example", "bob"), 1);
    daotp__refusals_free(refusals);
}

/* One that was not sent again is no refusal, and nothing of it is open. */
static void what_is_not_sent_is_not_counted(void **state)
{
    daotp__refusals *refusals = refusals_made();

    (void)state;
    assert_int_equal(daotp__refusals_offer(refusals, &first), DAOTP_OK);
    daotp__refusals_note_refusal(refusals);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(daotp__refusals_offer(refusals, &first), DAOTP_REJECTED);
        daotp__refusals_note_refusal(refusals);
        daotp__refusals_note_success(refusals);
    }
    assert_int_equal(daotp__refusals_attempt(refusals, first.host, first.user), 2);
    daotp__refusals_free(refusals);
}

/* Where no more can be remembered, no more is sent. */
static void there_is_an_end_of_refusals(void **state)
{
    daotp__refusals *refusals = refusals_made();
    char password[16];
    daotp__offer offer = first;

    (void)state;
    offer.password.data = (const uint8_t *)password;
    for (unsigned i = 0; i < DAOTP__MAX_REFUSALS; i++) {
        offer.password.len = (size_t)snprintf(password, sizeof password, "%u", i);
        assert_int_equal(daotp__refusals_offer(refusals, &offer), DAOTP_OK);
        daotp__refusals_note_refusal(refusals);
    }
    offer.password.len = (size_t)snprintf(password, sizeof password, "another");
    assert_int_equal(daotp__refusals_offer(refusals, &offer), DAOTP_REJECTED);
    assert_int_equal(daotp__refusals_attempt(refusals, first.host, first.user),
                     DAOTP__MAX_REFUSALS + 1);
    daotp__refusals_free(refusals);
    daotp__refusals_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_counts),
        cmocka_unit_test(what_is_not_sent_is_not_counted),
        cmocka_unit_test(there_is_an_end_of_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
