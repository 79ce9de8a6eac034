/* SPDX-License-Identifier: BSD-2-Clause */
/* The search over what is known, with each of its allocations failing. */
#include "testing.h"
#include "torture.h"

#include <daotp/search.h>

static daotp_status run(void *user)
{
    const char *question = user;
    daotp_answers *answers;
    daotp_status status =
        daotp_catalogue_search(question, question != NULL ? strlen(question) : 0, &answers);

    assert_int_equal(answers != NULL, status == DAOTP_OK);
    if (status == DAOTP_OK && question != NULL)
        assert_true(daotp_answers_count(answers) > 0);
    daotp_answers_free(answers);
    return status;
}

static void questions(void **state)
{
    static char *const all[] = {
        "0x80092013", "16", "The request is not supported", "certificate root store of the clients",
        "Event ID 10001 error 12175, then 0xC000038C and KDC:39 and NPS:6273 reason 16, alert 48"};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        assert_true(torture(all[i], run, all[i]) > 0);
    assert_true(torture("everything", run, NULL) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(questions)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
