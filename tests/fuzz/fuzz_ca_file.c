/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The answer to a request that went to the CA as a file (--request-file): whatever somebody puts in
 * the certificate's place, in two pieces, is taken only when it holds a certificate for our key,
 * and then exactly when our reader of answers takes it. What cannot be read is waited for, and the
 * request's file stays as it was written.
 */
#include "fuzz.h"
#include "test_clock.h"

#include "ca/ca.h"
#include "ca/issued.h"
#include "core/file.h"
#include "x509/certificate.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { STEPS = 6, REQUEST_LEN = 20 };

static daotp_context *context;
static daotp__refusals *refusals;
static int64_t now_ms;
static char folder[] = "/dev/shm/daotp-fuzz-XXXXXX", request[64], answer[64];

static void remove_folder(void)
{
    (void)unlink(request);
    (void)unlink(answer);
    (void)rmdir(folder);
}

static void set_up(void)
{
    HOLDS(mkdtemp(folder) != NULL && atexit(remove_folder) == 0);
    (void)snprintf(request, sizeof request, "%s/request.cmc", folder);
    (void)snprintf(answer, sizeof answer, "%s/answer.cer", folder);
    HOLDS(daotp_context_new(&context) == DAOTP_OK);
    HOLDS(daotp__refusals_new(&refusals) == DAOTP_OK);
    HOLDS(daotp_context_set_monotonic_clock(context, test_clock_stands, &now_ms) == DAOTP_OK);
}

static void append(const uint8_t *data, size_t size)
{
    int fd = open(answer, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    HOLDS(fd >= 0 && write(fd, data, size) == (ssize_t)size && close(fd) == 0);
}

/* The key of one of the certificates that the answer holds; its end must stay as long. */
static bool choose_key(const daotp__chain *pool, size_t which, daotp__bytes *spki)
{
    daotp__certificate certificate;

    if (pool->count == 0 || !daotp__certificate_read(pool->list[which % pool->count], &certificate))
        return false;
    *spki = certificate.spki;
    return true;
}

/* A poll each step, as the client makes them. */
static daotp_status drive(daotp_submission *submission, unsigned steps)
{
    daotp_status status = DAOTP_AGAIN;

    while (steps-- > 0 && status == DAOTP_AGAIN) {
        status = daotp__submission_step(submission);
        now_ms += DAOTP__FILE_POLL_MS;
    }
    return status;
}

static void check_issued(daotp_submission *submission, daotp__bytes spki)
{
    daotp__chain *chain = daotp__submission_chain(submission);
    daotp__certificate certificate;

    HOLDS(daotp__submission_outcome(submission) == DAOTP__OUTCOME_ISSUED && chain->count > 0);
    HOLDS(daotp__certificate_read(chain->list[0], &certificate));
    HOLDS(daotp__bytes_equal(certificate.spki, spki));
}

static void check_request(void)
{
    daotp__buffer file;

    daotp__buffer_init(&file, 1024);
    HOLDS(daotp__file_read(request, false, &file, NULL) == DAOTP_OK && file.len == REQUEST_LEN);
    daotp__buffer_free(&file);
}

static void submit(daotp_ca *ca, const uint8_t *data, size_t size, const daotp__chain *pool)
{
    static const uint8_t cmc[REQUEST_LEN] = "a signed request";
    daotp__bytes spki = {(const uint8_t *)"nobody's key", 12};
    bool is_there = choose_key(pool, size, &spki);
    daotp__submission_spec spec = {.context = context,
                                   .request = {cmc, sizeof cmc},
                                   .config = "h\\n",
                                   .spki = spki,
                                   .refusals = refusals};
    daotp_submission *submission;
    daotp_status status;

    HOLDS(daotp_report_new(context, &spec.report) == DAOTP_OK);
    HOLDS(daotp__submission_new(ca, &spec, &submission) == DAOTP_OK);
    append(data, size / 2);
    (void)drive(submission, 1);
    append(data + size / 2, size - size / 2);
    status = drive(submission, STEPS);
    HOLDS(status == DAOTP_OK || status == DAOTP_AGAIN || status == DAOTP_PEER ||
          status == DAOTP_REJECTED);
    HOLDS((status == DAOTP_OK) == is_there);
    if (status == DAOTP_OK)
        check_issued(submission, spki);
    check_request();
    daotp__submission_free(submission);
    daotp_report_free(spec.report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__chain pool;
    daotp_ca *ca;

    if (size > 65536)
        return 0;
    if (context == NULL)
        set_up();
    daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
    if (daotp__issued_collect((daotp__bytes){data, size}, &pool, NULL, "", NULL) != DAOTP_OK)
        daotp__chain_truncate(&pool, 0); /* nothing of it is taken */
    HOLDS(daotp_ca_new_file(context, request, answer, &ca) == DAOTP_OK);
    submit(ca, data, size, &pool);
    daotp_ca_unref(ca);
    daotp__chain_free(&pool);
    (void)unlink(answer);
    return 0;
}
