/* SPDX-License-Identifier: BSD-2-Clause */
/* Which controller of the directory `daotp serve` asks when some do not answer. The controllers are
 * toys. */
#include "../../examples/daotp/directory_user.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* ---- toys in the place of libldap and of the tool -------------------------------------------- */

struct directory_user {
    size_t controller;
    bool has_ended;
};

/* The first controller is never there. */
directory_user *directory_user_open(const serve_directory_config *config, size_t controller,
                                    serve_account *account)
{
    directory_user *u;

    (void)config;
    if (controller == 0) {
        (void)snprintf(account->why, sizeof account->why, "refused");
        return NULL;
    }
    u = calloc(1, sizeof *u);
    if (u != NULL)
        u->controller = controller;
    return u;
}

/* A connection ends after one search. */
bool directory_user_find(directory_user *u, const char *name, serve_account *account)
{
    (void)name;
    if (u->has_ended)
        return false;
    u->has_ended = true;
    *account = (serve_account){.found = SERVE_FOUND};
    return true;
}

size_t directory_user_controller(const directory_user *u)
{
    return u->controller;
}

void directory_user_close(directory_user *u)
{
    free(u);
}

bool directory_set_environment(void)
{
    return true;
}

bool tool_secret_load(const char *path, tool_secret *secret)
{
    (void)path, (void)secret;
    return true;
}

void tool_secret_free(tool_secret *secret)
{
    (void)secret;
}

void tool_say(const char *format, ...)
{
    (void)format;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void note_found(void *user, const serve_account *account)
{
    *(serve_found *)user = account->found;
}

/* One controller ended and came back, and the other one is down: each thread has a connection that
 * is of no use, and both controllers are marked as down in the same moment. */
static void a_controller_that_is_back_is_found_at_once(void **state)
{
    static char first[] = "a", second[] = "b";
    serve_directory_config config = {.controllers = {first, second}, .controller_count = 2};
    static serve_counts counts;
    serve_directory *d;
    int wake = eventfd(0, EFD_CLOEXEC);
    serve_answers *answers = serve_answers_new(wake);

    (void)state;
    assert_non_null(answers);
    assert_int_equal(serve_directory_new(&config, &counts, &d), 0);
    for (int i = 0; i < 200; i++) {
        serve_account account;
        serve_found found = SERVE_BUSY;
        eventfd_t count;
        char name[16];

        (void)snprintf(name, sizeof name, "user%d", i);
        assert_non_null(serve_directory_ask(d, answers, name, note_found, &found, &account));
        assert_int_equal(eventfd_read(wake, &count), 0);
        serve_answers_give(answers);
        assert_int_equal(found, SERVE_FOUND);
    }
    assert_int_equal(counts.directory.failed, 0);
    serve_directory_unref(d);
    assert_true(serve_directory_await_threads());
    serve_answers_free(answers);
    (void)close(wake);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_controller_that_is_back_is_found_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
