/* SPDX-License-Identifier: BSD-2-Clause */
/* Submission by hand: one file goes out, another is awaited. */
#include "forge.h"
#include "scratch.h"
#include "testing.h"

#include "ca/ca.h"
#include "x509/key.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint8_t cmc[] = "a signed request in DER";

typedef struct fixture {
    daotp_context *context;
    daotp_report *report;
    daotp_key *key;
    daotp_ca *ca;
    daotp__refusals *refusals;
    daotp__submission_spec spec;
    char folder[64], request[96], certificate[96];
} fixture;

static forge_world world;

static int set_up(void **state)
{
    (void)state;
    world = forge_world_new();
    return scratch_begin();
}

static int tear_down(void **state)
{
    (void)state;
    forge_world_free(&world);
    return scratch_end();
}

static fixture *fixture_new(void)
{
    static fixture f;

    f = (fixture){.context = forge_context()};
    scratch_folder(f.folder, sizeof f.folder);
    (void)snprintf(f.request, sizeof f.request, "%s/request.cmc", f.folder);
    (void)snprintf(f.certificate, sizeof f.certificate, "%s/certificate.cer", f.folder);
    assert_int_equal(daotp_report_new(f.context, &f.report), DAOTP_OK);
    f.key = forge_key(f.context, world.user_key);
    assert_int_equal(daotp_ca_new_file(f.context, f.request, f.certificate, &f.ca), DAOTP_OK);
    assert_int_equal(daotp__refusals_new(&f.refusals), DAOTP_OK);
    f.spec = (daotp__submission_spec){.context = f.context,
                                      .request = {cmc, sizeof cmc},
                                      .config = "h\\n",
                                      .spki = daotp__key_spki(f.key),
                                      .user = "CORP\\alice",
                                      .refusals = f.refusals,
                                      .report = f.report};
    return &f;
}

static void fixture_free(fixture *f)
{
    daotp__refusals_free(f->refusals);
    daotp_ca_unref(f->ca);
    daotp_key_unref(f->key);
    daotp_report_free(f->report);
    daotp_context_unref(f->context);
    (void)unlink(f->request);
    (void)unlink(f->certificate);
    assert_int_equal(rmdir(f->folder), 0); /* nothing else was left there */
}

static void write_file(const char *path, const void *bytes, size_t len, bool more)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (more ? O_APPEND : O_TRUNC), 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), (ssize_t)len);
    assert_int_equal(close(fd), 0);
}

static daotp_finding_number error_of(const fixture *f)
{
    return daotp_finding_get_number(daotp_report_get_error(f->report));
}

/* Steps as the client makes them, one each time-out, until it does not wait. */
static daotp_status drive(daotp_submission *submission, unsigned steps)
{
    daotp_status status = DAOTP_AGAIN;

    while (steps-- > 0 && status == DAOTP_AGAIN) {
        assert_int_equal(daotp__submission_fd(submission), -1);
        assert_int_equal(daotp__submission_timeout_ms(submission), DAOTP__FILE_POLL_MS);
        status = daotp__submission_step(submission);
        if (status == DAOTP_AGAIN)
            (void)usleep(1000 * (DAOTP__FILE_POLL_MS + 20));
    }
    return status;
}

static void the_request_is_written_and_the_certificate_awaited(void **state)
{
    fixture *f = fixture_new();
    daotp_submission *submission;
    daotp__buffer pem, file;
    struct stat st;

    (void)state;
    daotp__buffer_init(&pem, 1 << 20);
    daotp__buffer_init(&file, 1 << 20);
    forge_pem(&pem, world.user);
    forge_pem(&pem, world.root);
    assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
    assert_int_equal(daotp__file_read(f->request, false, &file, NULL), DAOTP_OK);
    assert_int_equal(file.len, sizeof cmc);
    assert_memory_equal(file.data, cmc, sizeof cmc);
    assert_int_equal(stat(f->request, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(daotp__submission_step(submission), DAOTP_AGAIN);
    write_file(f->certificate, "", 0, false); /* there, and still empty */
    assert_int_equal(daotp__submission_step(submission), DAOTP_AGAIN);
    write_file(f->certificate, pem.data, pem.len, false);
    assert_int_equal(drive(submission, 5), DAOTP_OK);
    assert_int_equal(daotp__submission_outcome(submission), DAOTP__OUTCOME_ISSUED);
    assert_int_equal(daotp__submission_chain(submission)->count, 2);
    daotp__submission_free(submission);
    daotp__buffer_free(&pem);
    daotp__buffer_free(&file);
    fixture_free(f);
}

static void any_form_of_certificate_is_taken(void **state)
{
    X509 *const both[] = {world.root, world.user, NULL};
    daotp__buffer forms[] = {forge_der(world.user), forge_pkcs7(both)};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        fixture *f = fixture_new();
        daotp_submission *submission;

        assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
        write_file(f->certificate, forms[i].data, forms[i].len, false);
        assert_int_equal(drive(submission, 5), DAOTP_OK);
        daotp__submission_free(submission);
        daotp__buffer_free(&forms[i]);
        fixture_free(f);
    }
}

static void an_old_certificate_is_not_taken_for_the_answer(void **state)
{
    fixture *f = fixture_new();
    daotp__buffer der = forge_der(world.user), file;
    daotp_submission *submission;

    (void)state;
    write_file(f->certificate, der.data, der.len, false);
    write_file(f->request, "an old request, longer than the new one is", 42, false);
    assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
    assert_int_equal(drive(submission, 3), DAOTP_AGAIN);
    assert_int_equal(daotp__submission_unread(submission), 0);
    daotp__buffer_init(&file, 1 << 20); /* it is not ours to remove */
    assert_int_equal(daotp__file_read(f->certificate, false, &file, NULL), DAOTP_OK);
    assert_true(daotp__bytes_equal(daotp__buffer_bytes(&file), daotp__buffer_bytes(&der)));
    write_file(f->certificate, der.data, der.len, false); /* the same octets, written now */
    assert_int_equal(drive(submission, 5), DAOTP_OK);
    daotp__buffer_free(&file);
    daotp__submission_free(submission);
    daotp__buffer_free(&der);
    fixture_free(f);
}

/* Whoever writes it may be slow; a step may come at any moment, for any reason. */
static void a_file_that_still_grows_is_waited_for(void **state)
{
    fixture *f = fixture_new();
    daotp_submission *submission;
    daotp__buffer pem;

    (void)state;
    daotp__buffer_init(&pem, 1 << 20);
    forge_pem(&pem, world.user);
    assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
    for (size_t at = 0; at + 100 < pem.len; at += 100) {
        write_file(f->certificate, pem.data + at, 100, true);
        for (int spurious = 0; spurious < 3; spurious++) {
            daotp_status status = daotp__submission_step(submission);

            if (status != DAOTP_AGAIN)
                fail_msg("after %zu of %zu bytes: %s", at + 100, pem.len,
                         daotp_report_get_text(f->report));
        }
    }
    write_file(f->certificate, pem.data + pem.len / 100 * 100, pem.len % 100, true);
    assert_int_equal(drive(submission, 5), DAOTP_OK);
    daotp__submission_free(submission);
    daotp__buffer_free(&pem);
    fixture_free(f);
}

/* The certificate alone is good, and yet not all that comes. */
static void what_comes_behind_the_certificate_is_waited_for(void **state)
{
    fixture *f = fixture_new();
    daotp_submission *submission;
    daotp__buffer pem;
    size_t leaf;

    (void)state;
    daotp__buffer_init(&pem, 1 << 20);
    forge_pem(&pem, world.user);
    leaf = pem.len;
    forge_pem(&pem, world.root);
    assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
    write_file(f->certificate, pem.data, leaf, false);
    assert_int_equal(daotp__submission_step(submission), DAOTP_AGAIN);
    write_file(f->certificate, pem.data + leaf, pem.len - leaf, true);
    assert_int_equal(drive(submission, 5), DAOTP_OK);
    assert_int_equal(daotp__submission_chain(submission)->count, 2);
    daotp__submission_free(submission);
    daotp__buffer_free(&pem);
    fixture_free(f);
}

/* Nor may a pause of the writer be taken for his end. */
static void a_pause_is_not_the_end(void **state)
{
    daotp__buffer pem, forms[2];

    (void)state;
    daotp__buffer_init(&pem, 1 << 20);
    forge_pem(&pem, world.user);
    forge_pem(&pem, world.root);
    forms[0] = forge_der(world.user);
    forms[1] = pem;
    for (size_t i = 0; i < 2; i++) {
        size_t third = forms[i].len / 3;
        fixture *f = fixture_new();
        daotp_submission *submission;

        assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
        for (size_t part = 0; part < 2; part++) {
            write_file(f->certificate, forms[i].data + part * third, third, true);
            if (drive(submission, 3) != DAOTP_AGAIN)
                fail_msg("form %zu: %s", i, daotp_report_get_text(f->report));
            assert_int_equal(daotp__submission_unread(submission), (part + 1) * third);
        }
        write_file(f->certificate, forms[i].data + 2 * third, forms[i].len - 2 * third, true);
        assert_int_equal(drive(submission, 5), DAOTP_OK);
        assert_int_equal(daotp_report_get_count(f->report), 0);
        daotp__submission_free(submission);
        daotp__buffer_free(&forms[i]);
        fixture_free(f);
    }
}

/* A whole certificate for another key ends it at once; what may still become one does not. */
static void a_certificate_that_is_not_ours_ends_it(void **state)
{
    daotp__buffer other = forge_der(world.machine);
    fixture *f = fixture_new();
    daotp_submission *submission;

    (void)state;
    assert_int_equal(daotp__submission_new(f->ca, &f->spec, &submission), DAOTP_OK);
    write_file(f->certificate, "The request was denied.", 23, false);
    assert_int_equal(drive(submission, 3), DAOTP_AGAIN);
    assert_int_equal(daotp__submission_unread(submission), 23);
    assert_int_equal(daotp_report_get_count(f->report), 0);
    write_file(f->certificate, other.data, other.len, false);
    assert_int_equal(drive(submission, 5), DAOTP_PEER);
    assert_int_equal(error_of(f), DAOTP_FINDING_CA_RESPONSE);
    daotp__submission_free(submission);
    daotp__buffer_free(&other);
    fixture_free(f);
}

static void a_folder_that_is_not_there_is_file_write(void **state)
{
    fixture *f = fixture_new();
    daotp_submission *submission;
    char path[128];
    daotp_ca *ca;

    (void)state;
    (void)snprintf(path, sizeof path, "%s/absent/request", f->folder);
    assert_int_equal(daotp_ca_new_file(f->context, path, f->certificate, &ca), DAOTP_OK);
    assert_int_equal(daotp__submission_new(ca, &f->spec, &submission), DAOTP_CONFIGURATION);
    assert_null(submission);
    assert_int_equal(error_of(f), DAOTP_FINDING_FILE_WRITE);
    assert_string_equal(daotp_finding_get_subject(daotp_report_get_error(f->report)), path);
    daotp_ca_unref(ca);
    /* what stands in the certificate's place and can never be read */
    daotp_report_free(f->report);
    assert_int_equal(daotp_report_new(f->context, &f->report), DAOTP_OK);
    f->spec.report = f->report;
    assert_int_equal(daotp_ca_new_file(f->context, f->request, f->folder, &ca), DAOTP_OK);
    assert_int_equal(daotp__submission_new(ca, &f->spec, &submission), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_FILE_WRITE);
    assert_int_not_equal(access(f->request, F_OK), 0); /* and the CA was given nothing */
    daotp_ca_unref(ca);
    fixture_free(f);
}

/* A rename would replace a FIFO, a socket, a device or a link as well as a file. */
static void only_a_file_is_replaced_by_the_request(void **state)
{
    fixture *f = fixture_new();
    char link_path[112];

    (void)state;
    (void)snprintf(link_path, sizeof link_path, "%s/link", f->folder);
    assert_int_equal(mkfifo(f->request, 0600), 0);
    assert_int_equal(symlink("request.cmc", link_path), 0);
    for (size_t i = 0; i < 2; i++) {
        const char *path = i == 0 ? f->request : link_path;
        daotp_submission *submission;
        struct stat before, after;
        daotp_ca *ca;

        assert_int_equal(lstat(path, &before), 0);
        assert_int_equal(daotp_ca_new_file(f->context, path, f->certificate, &ca), DAOTP_OK);
        assert_int_equal(daotp__submission_check(ca, &f->spec), DAOTP_CONFIGURATION);
        assert_int_equal(daotp__submission_new(ca, &f->spec, &submission), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_FILE_WRITE);
        assert_int_equal(lstat(path, &after), 0);
        assert_int_equal(after.st_ino, before.st_ino);
        daotp_ca_unref(ca);
    }
    assert_int_equal(unlink(link_path), 0);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_is_written_and_the_certificate_awaited),
        cmocka_unit_test(any_form_of_certificate_is_taken),
        cmocka_unit_test(an_old_certificate_is_not_taken_for_the_answer),
        cmocka_unit_test(a_file_that_still_grows_is_waited_for),
        cmocka_unit_test(what_comes_behind_the_certificate_is_waited_for),
        cmocka_unit_test(a_pause_is_not_the_end),
        cmocka_unit_test(a_certificate_that_is_not_ours_ends_it),
        cmocka_unit_test(a_folder_that_is_not_there_is_file_write),
        cmocka_unit_test(only_a_file_is_replaced_by_the_request),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
