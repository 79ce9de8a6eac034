/* SPDX-License-Identifier: BSD-2-Clause */
/* Submission by hand: the request is written to one file, and the certificate is expected in
 * another. */
#include "core/file.h"
#include "ca/issued.h"
#include "core/alloc.h"

#include <daotp/sys/ca_transport.h>

#include <errno.h>
#include <sys/stat.h>

typedef struct hand {
    const daotp_context *context;
    char *request_path, *certificate_path;
} hand;

typedef struct waiting {
    daotp__file_mark before; /* the certificate's file, before */
    daotp__file_mark mark;   /* of the certificate's file at its last change */
    int64_t since_ms;        /* the time when that change was seen, or the file was last read */
} waiting;

/* An existing file under the certificate's name is not removed, because it is not ours: its mark
 * tells it from the response. Only a name under which no certificate can be written is refused. */
static daotp_status check_certificate_place(const hand *self, daotp_report *report)
{
    struct stat st;
    int error;

    if (stat(self->certificate_path, &st) != 0 || S_ISREG(st.st_mode))
        return DAOTP_OK;
    error = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
    return daotp__report_add(report, DAOTP_FINDING_FILE_WRITE, error, self->certificate_path, "%s",
                             daotp__file_error_text(error));
}

static daotp_status hand_begin(void *given, daotp_submission *submission, void **state)
{
    const hand *self = given;
    daotp_report *report = daotp_submission_get_report(submission);
    size_t len;
    const uint8_t *request = daotp_submission_get_request(submission, &len);
    daotp_status status = check_certificate_place(self, report);
    waiting *seen;

    if (status != DAOTP_OK)
        return status;
    seen = daotp__new(sizeof *seen);
    if (seen == NULL)
        return DAOTP_MEMORY;
    seen->before = seen->mark = daotp__file_mark_path(self->certificate_path);
    status = daotp__file_save(self->request_path, request, len, report);
    if (status != DAOTP_OK)
        daotp__delete(seen);
    else
        *state = seen;
    return status;
}

/* Like hand_begin(), but does not write the request. */
static daotp_status hand_check(void *given, daotp_submission *submission)
{
    const hand *self = given;
    daotp_report *report = daotp_submission_get_report(submission);
    daotp_status status = check_certificate_place(self, report);

    return status == DAOTP_OK ? daotp__file_can_save(self->request_path, report) : status;
}

static bool can_be_read(daotp__bytes file, daotp_status *status)
{
    daotp__chain found;

    daotp__chain_init(&found, DAOTP__MAX_CHAIN);
    *status = daotp__issued_collect(file, &found, NULL, "", NULL);
    daotp__chain_free(&found);
    return *status == DAOTP_OK;
}

/* A file that cannot be parsed may be incomplete: try again until the client's deadline. */
static daotp_status hand_take(const hand *self, daotp_submission *submission)
{
    daotp__buffer file;
    daotp_status status;

    daotp__buffer_init(&file, DAOTP__MAX_FILE);
    status = daotp__file_read(self->certificate_path, false, &file,
                              daotp_submission_get_report(submission));
    if (status == DAOTP_OK && can_be_read(daotp__buffer_bytes(&file), &status)) {
        status = daotp_submission_issued(submission, file.data, file.len);
    } else if (status == DAOTP_PEER) {
        daotp_submission_set_unread(submission, file.len);
        status = DAOTP_AGAIN;
    }
    daotp__buffer_free(&file);
    return status;
}

/* The file may still be written: read it only after it has not changed for one poll interval. */
static daotp_status hand_step(void *given, void *state, daotp_submission *submission)
{
    const hand *self = given;
    waiting *seen = state;
    daotp__file_mark mark = daotp__file_mark_path(self->certificate_path);
    int64_t now = daotp__context_now_ms(self->context);

    if (mark.size == 0 || daotp__file_mark_equal(&mark, &seen->before))
        return DAOTP_AGAIN;
    if (!daotp__file_mark_equal(&mark, &seen->mark)) {
        seen->mark = mark;
        seen->since_ms = now;
    }
    if (daotp__time_sub(now, seen->since_ms) < DAOTP__FILE_POLL_MS)
        return DAOTP_AGAIN;
    seen->since_ms = now; /* poll again later */
    return hand_take(self, submission);
}

static int hand_descriptor(void *self, void *state)
{
    (void)self, (void)state;
    return -1;
}

static int hand_timeout_ms(void *self, void *state)
{
    (void)self, (void)state;
    return DAOTP__FILE_POLL_MS;
}

static void hand_end(void *self, void *state)
{
    (void)self;
    daotp__delete(state);
}

static void hand_free_self(void *given)
{
    hand *self = given;

    daotp__delete(self->request_path);
    daotp__delete(self->certificate_path);
    daotp__delete(self);
}

static const daotp_ca_transport transport = {.size = sizeof transport,
                                             .begin = hand_begin,
                                             .step = hand_step,
                                             .descriptor = hand_descriptor,
                                             .timeout_ms = hand_timeout_ms,
                                             .end = hand_end,
                                             .free = hand_free_self,
                                             .check = hand_check};

daotp_status daotp_ca_new_file(daotp_context *context, const char *request_path,
                               const char *certificate_path, daotp_ca **ca)
{
    hand *self;

    if (ca == NULL)
        return DAOTP_USAGE;
    *ca = NULL;
    if (context == NULL || request_path == NULL || certificate_path == NULL)
        return DAOTP_USAGE;
    self = daotp__new(sizeof *self);
    if (self == NULL)
        return DAOTP_MEMORY;
    self->request_path = daotp__text_copy(request_path);
    self->certificate_path = daotp__text_copy(certificate_path);
    self->context = context;
    if (self->request_path == NULL || self->certificate_path == NULL) {
        hand_free_self(self);
        return DAOTP_MEMORY;
    }
    return daotp_ca_new(context, &transport, self, ca);
}
