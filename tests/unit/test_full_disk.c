/* SPDX-License-Identifier: BSD-2-Clause */
/* A disk that is full, or that cannot be read: budgets and spent codes fail closed, and no folder
 * is taken for an empty one. The program's write(), fsync() and readdir() are those below. */
#include "forge.h"
#include "scratch.h"
#include "testing.h"

#include "responder/budget.h"

#include <daotp/store.h>
#include <daotp/trust.h>

#include <dirent.h>
#include <errno.h>
#include <unistd.h>

static int write_errno, readdir_errno; /* 0: the call works */
static unsigned syncs;

ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
struct dirent *__real_readdir(DIR *folder);
struct dirent *__wrap_readdir(DIR *folder);

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
    if (write_errno == 0 || fd <= STDERR_FILENO)
        return __real_write(fd, bytes, len);
    errno = write_errno;
    return -1;
}

int __wrap_fsync(int fd)
{
    syncs++;
    return __real_fsync(fd);
}

/* As a folder on a disk with a damaged block: it opens, and lists nothing. */
struct dirent *__wrap_readdir(DIR *folder)
{
    if (readdir_errno == 0)
        return __real_readdir(folder);
    errno = readdir_errno;
    return NULL;
}

typedef struct fixture {
    daotp_context *context;
    daotp_report *report;
    char folder[64];
    int64_t now_s;
} fixture;

static int set_up(void **state)
{
    (void)state;
    return scratch_begin();
}

static int tear_down(void **state)
{
    (void)state;
    return scratch_end();
}

static void fixture_new(fixture *f)
{
    write_errno = readdir_errno = 0;
    f->now_s = FORGE_NOW;
    f->context = forge_context();
    assert_int_equal(daotp_context_set_wall_clock(f->context, test_clock_stands, &f->now_s),
                     DAOTP_OK);
    assert_int_equal(daotp_report_new(f->context, &f->report), DAOTP_OK);
    scratch_folder(f->folder, sizeof f->folder);
}

static void fixture_free(fixture *f)
{
    write_errno = readdir_errno = 0;
    daotp_report_free(f->report);
    daotp_context_unref(f->context);
}

static daotp_budget *open_budget(fixture *f)
{
    daotp_budget *budget;

    assert_int_equal(daotp_budget_new(f->context, f->folder, &budget), DAOTP_OK);
    return budget;
}

static daotp_status take(fixture *f, daotp_budget *budget, daotp__budget_charge *charge)
{
    static const daotp__bytes certificate = {(const uint8_t *)"one", 3};

    return daotp__budget_take(budget, "alice", certificate, charge, f->report);
}

/* No code is asked about that could not be counted, none is good that could not be marked as
 * spent, and what was in the folder before is there when there is room again. */
static void a_full_disk_refuses_and_keeps(void **state)
{
    static const int errors[] = {ENOSPC, EDQUOT, EIO};
    daotp__budget_charge charge;
    fixture f;

    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        daotp_budget *budget;

        fixture_new(&f);
        budget = open_budget(&f);
        assert_int_equal(daotp_budget_spend_step(budget, "secret", 6, 100, NULL), DAOTP_OK);
        write_errno = errors[i];
        assert_int_equal(take(&f, budget, &charge), DAOTP_CONFIGURATION);
        assert_non_null(strstr(daotp_report_get_text(f.report), "SERVE-BUDGET-STATE"));
        assert_false(charge.open);
        assert_int_equal(daotp_budget_spend_step(budget, "secret", 6, 101, NULL),
                         DAOTP_CONFIGURATION);
        assert_int_equal(daotp_budget_spend_step(budget, "secret", 6, 100, NULL), DAOTP_REJECTED);
        assert_int_equal(daotp_budget_clear_user(budget, "alice", NULL), DAOTP_CONFIGURATION);
        write_errno = 0;
        assert_int_equal(daotp_budget_spend_step(budget, "secret", 6, 100, NULL), DAOTP_REJECTED);
        assert_int_equal(daotp_budget_spend_step(budget, "secret", 6, 101, NULL), DAOTP_OK);
        assert_int_equal(take(&f, budget, &charge), DAOTP_OK);
        daotp_budget_unref(budget);
        fixture_free(&f);
    }
}

/* The disk fills between the question about a code and its answer: the attempt stays counted. */
static void a_disk_that_fills_forgets_no_attempt(void **state)
{
    daotp__budget_charge charge;
    daotp_budget *budget;
    fixture f;

    (void)state;
    fixture_new(&f);
    budget = open_budget(&f);
    for (int i = 0; i < 5; i++) {
        write_errno = 0;
        assert_int_equal(take(&f, budget, &charge), DAOTP_OK);
        write_errno = ENOSPC;
        assert_int_equal(daotp__budget_settle(budget, &charge, DAOTP__BUDGET_RIGHT, NULL),
                         DAOTP_CONFIGURATION);
    }
    write_errno = 0;
    assert_int_equal(take(&f, budget, &charge), DAOTP_REJECTED);
    daotp_budget_unref(budget);
    fixture_free(&f);
}

static void no_key_is_made_for_a_folder_that_cannot_be_read(void **state)
{
    char key[80];
    daotp_budget *budget;
    fixture f;

    (void)state;
    fixture_new(&f);
    budget = open_budget(&f);
    assert_int_equal(daotp_budget_spend_step(budget, "secret", 6, 100, NULL), DAOTP_OK);
    daotp_budget_unref(budget);
    (void)snprintf(key, sizeof key, "%s/key", f.folder);
    assert_int_equal(unlink(key), 0); /* its tables are there, but are not seen */
    readdir_errno = EIO;
    budget = open_budget(&f);
    assert_int_equal(daotp_budget_open(budget, f.report), DAOTP_CONFIGURATION);
    assert_non_null(strstr(daotp_report_get_text(f.report), "Input/output error"));
    assert_int_not_equal(access(key, F_OK), 0);
    daotp_budget_unref(budget);
    fixture_free(&f);
}

/* Anchors that were not seen are not left out silently. */
static void no_anchors_are_read_from_a_folder_that_cannot_be_read(void **state)
{
    daotp_trust *trust;
    fixture f;

    (void)state;
    fixture_new(&f);
    assert_int_equal(daotp_trust_new(f.context, &trust), DAOTP_OK);
    readdir_errno = EIO;
    assert_int_equal(daotp_trust_add_directory(trust, f.folder, f.report), DAOTP_CONFIGURATION);
    assert_non_null(strstr(daotp_report_get_text(f.report), "FILE-READ"));
    daotp_trust_unref(trust);
    fixture_free(&f);
}

/* What a logon of a user who is known waits for: two writes to the disk for the attempt, one for
 * the right code, and none for the certificate's record, which does not change. */
static void a_known_user_waits_for_three_writes(void **state)
{
    daotp__budget_charge charge;
    daotp_budget *budget;
    fixture f;

    (void)state;
    fixture_new(&f);
    budget = open_budget(&f);
    assert_int_equal(take(&f, budget, &charge), DAOTP_OK);
    assert_int_equal(daotp__budget_settle(budget, &charge, DAOTP__BUDGET_RIGHT, NULL), DAOTP_OK);
    syncs = 0;
    assert_int_equal(take(&f, budget, &charge), DAOTP_OK);
    assert_int_equal(syncs, 2);
    assert_int_equal(daotp__budget_settle(budget, &charge, DAOTP__BUDGET_RIGHT, NULL), DAOTP_OK);
    assert_int_equal(syncs, 3);
    daotp_budget_unref(budget);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_refuses_and_keeps),
        cmocka_unit_test(a_disk_that_fills_forgets_no_attempt),
        cmocka_unit_test(no_key_is_made_for_a_folder_that_cannot_be_read),
        cmocka_unit_test(no_anchors_are_read_from_a_folder_that_cannot_be_read),
        cmocka_unit_test(a_known_user_waits_for_three_writes),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
