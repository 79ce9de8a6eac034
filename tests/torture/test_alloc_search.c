/* SPDX-License-Identifier: BSD-2-Clause */
/* The search over what is known, and requirements, with each of its allocations failing. */
#include "testing.h"
#include "torture.h"

#include <daotp/requirements.h>
#include <daotp/search.h>

static daotp_status run(void *user)
{
    const char *question = user;
    daotp_answers *answers;
    daotp_status status =
        daotp_catalogue_search(question, question != NULL ? strlen(question) : 0, &answers);

    assert_int_equal(answers != NULL, status == DAOTP_OK);
    if (status == DAOTP_OK && question != NULL)
        assert_true(daotp_answers_get_count(answers) > 0);
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

static daotp_context *context;

static daotp_status run_requirements(void *user)
{
    const daotp__buffer *bytes = user;
    daotp_requirements *requirements = NULL;
    daotp_status status = daotp_requirements_new(context, DAOTP_PART_CA, &requirements);

    assert_int_equal(requirements != NULL, status == DAOTP_OK);
    if (status == DAOTP_OK)
        status = daotp_requirements_add_ntauth(requirements, bytes->data, bytes->len);
    if (status == DAOTP_OK)
        status = daotp_requirements_check(requirements, bytes->data, bytes->len);
    daotp_requirements_free(requirements);
    return status;
}

static void requirements(void **state)
{
    forge_world world = forge_world_new();
    daotp__buffer bytes = forge_der(world.root);

    (void)state;
    context = forge_context();
    assert_true(torture("requirements", run_requirements, &bytes) > 0);
    daotp_context_unref(context);
    daotp__buffer_free(&bytes);
    forge_world_free(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(questions), cmocka_unit_test(requirements)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
