/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"

#include "request/account.h"

typedef daotp_status (*setter)(daotp_account *account, const char *text);

static void an_account_keeps_copies(void **state)
{
    daotp_account account = {.upn = NULL};
    char upn[] = "alice@corp.example";

    (void)state;
    assert_int_equal(daotp_account_set_upn(&account, upn), DAOTP_OK);
    upn[0] = 'X';
    assert_string_equal(daotp_account_get_upn(&account), "alice@corp.example");
    assert_int_equal(daotp_account_set_dn(&account, "CN=Doe\\, J.,OU=R\\+D,DC=corp"), DAOTP_OK);
    assert_string_equal(daotp_account_get_dn(&account), "CN=Doe\\, J.,OU=R\\+D,DC=corp");
    assert_int_equal(daotp_account_set_sid(&account, "S-1-5-21-1-2-3-500"), DAOTP_OK);
    assert_string_equal(daotp_account_get_sid(&account), "S-1-5-21-1-2-3-500");
    daotp__account_clear(&account);
    assert_null(daotp_account_get_upn(&account));
    assert_null(daotp_account_get_dn(&account));
    assert_null(daotp_account_get_sid(&account));
}

static void null_takes_a_value_back(void **state)
{
    daotp_account account = {.upn = NULL};

    (void)state;
    assert_int_equal(daotp_account_set_upn(&account, "a@b"), DAOTP_OK);
    assert_int_equal(daotp_account_set_upn(&account, NULL), DAOTP_OK);
    assert_null(daotp_account_get_upn(&account));
    assert_int_equal(daotp_account_set_dn(&account, NULL), DAOTP_OK);
    assert_int_equal(daotp_account_set_sid(&account, NULL), DAOTP_OK);
    daotp__account_clear(&account);
}

static void a_bad_value_leaves_the_old_one(void **state)
{
    static const struct {
        setter set;
        const char *text;
    } rows[] = {
        {daotp_account_set_upn, ""},
        {daotp_account_set_upn, "a\nb"},
        {daotp_account_set_upn, "\xFF"},
        {daotp_account_set_dn, "no name"},
        {daotp_account_set_dn, "CN=a;DC=b"},
        {daotp_account_set_dn, "CN="},
        {daotp_account_set_dn, ""},
        {daotp_account_set_sid, ""},
        {daotp_account_set_sid, "500"},
        {daotp_account_set_sid, "s-1-5-21"},
        {daotp_account_set_sid, "S-1-5-21\n"},
        {daotp_account_set_sid, "S-1-5"}, /* an authority alone */
        {daotp_account_set_sid, "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16"},
        {daotp_account_set_sid, "S-1-5-4294967296429496"},
    };
    daotp_account account = {.upn = NULL};

    (void)state;
    assert_int_equal(daotp_account_set_upn(&account, "a@b"), DAOTP_OK);
    assert_int_equal(daotp_account_set_dn(&account, "CN=a"), DAOTP_OK);
    assert_int_equal(daotp_account_set_sid(&account, "S-1-5-7"), DAOTP_OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].set(&account, rows[i].text) != DAOTP_USAGE)
            fail_msg("\"%s\"", rows[i].text);
        assert_string_equal(daotp_account_get_upn(&account), "a@b");
        assert_string_equal(daotp_account_get_dn(&account), "CN=a");
        assert_string_equal(daotp_account_get_sid(&account), "S-1-5-7");
    }
    daotp__account_clear(&account);
}

/* MS-DTYP 2.4.2.1: S-1-, an authority, then numbers; account.h says ASCII. */
static void a_sid_is_made_of_numbers(void **state)
{
    static const char *const rows[] = {"S-1",    "S-1-",     "S-1-\xC3\xA9", "S-1-x",
                                       "S-1-5-", "S-1-5--7", "S-1-5 7"};
    daotp_account account = {.upn = NULL};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (daotp_account_set_sid(&account, rows[i]) != DAOTP_USAGE)
            fail_msg("\"%s\"", rows[i]);
    daotp__account_clear(&account);
}

static void values_are_bounded(void **state)
{
    daotp_account account = {.upn = NULL};
    char upn[DAOTP__MAX_USER_NAME + 2];

    (void)state;
    memset(upn, 'u', sizeof upn);
    upn[DAOTP__MAX_USER_NAME] = '\0';
    assert_int_equal(daotp_account_set_upn(&account, upn), DAOTP_OK);
    upn[DAOTP__MAX_USER_NAME] = 'u';
    upn[DAOTP__MAX_USER_NAME + 1] = '\0';
    assert_int_equal(daotp_account_set_upn(&account, upn), DAOTP_USAGE);
    daotp__account_clear(&account);
}

static void nobody_is_nobody(void **state)
{
    (void)state;
    assert_int_equal(daotp_account_set_upn(NULL, "a"), DAOTP_USAGE);
    assert_int_equal(daotp_account_set_dn(NULL, "CN=a"), DAOTP_USAGE);
    assert_int_equal(daotp_account_set_sid(NULL, "S-1-5"), DAOTP_USAGE);
    assert_null(daotp_account_get_upn(NULL));
    assert_null(daotp_account_get_dn(NULL));
    assert_null(daotp_account_get_sid(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_account_keeps_copies),
        cmocka_unit_test(null_takes_a_value_back),
        cmocka_unit_test(a_bad_value_leaves_the_old_one),
        cmocka_unit_test(a_sid_is_made_of_numbers),
        cmocka_unit_test(values_are_bounded),
        cmocka_unit_test(nobody_is_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
