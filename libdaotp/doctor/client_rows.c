/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of a client. Each row shows one part of the client's pipeline, and the pipeline itself
 * does the work. A walk is one run of the client: a probe of one server with a user who does not
 * exist, or, with a code, an enrolment of the user at all servers. Each row of a walk continues the
 * run until its part has ended, and takes the findings of that part.
 */
#include "doctor/doctor.h"

#include "client/probe.h"
#include "core/alloc.h"
#include "core/time_sum.h"
#include "doctor/ca_row.h"
#include "doctor/crl_row.h"
#include "doctor/expiry.h"
#include "validate/fetcher.h"

#include <string.h>

/* The parts of a run, in order. */
typedef enum walk_part {
    PART_CONFIGURATION,
    PART_DNS,
    PART_TCP,
    PART_TLS,
    PART_HTTP,
    PART_SERVICE,
    PART_NOBODY, /* the second half of a probe; the parts below are only of an enrolment */
    PART_OTP,
    PART_SIGNATURE,
    PART_SUBMIT,
    PART_PROFILE,
    PART_CHAIN,
    PART_REVOCATION,
    PART_STORE,
    PART_LOGON,
    PART_COUNT
} walk_part;

/* The stage of each part. Parts of the same stage are distinguished by their findings. */
static const daotp_stage stage_of_part[PART_COUNT] = {[PART_CONFIGURATION] = DAOTP_STAGE_PREPARE,
                                                      [PART_DNS] = DAOTP_STAGE_RESOLVE,
                                                      [PART_TCP] = DAOTP_STAGE_CONNECT,
                                                      [PART_TLS] = DAOTP_STAGE_TLS,
                                                      [PART_HTTP] = DAOTP_STAGE_TLS,
                                                      [PART_SERVICE] = DAOTP_STAGE_TLS,
                                                      [PART_NOBODY] = DAOTP_STAGE_SIGNATURE,
                                                      [PART_OTP] = DAOTP_STAGE_OTP,
                                                      [PART_SIGNATURE] = DAOTP_STAGE_SIGNATURE,
                                                      [PART_SUBMIT] = DAOTP_STAGE_SUBMIT,
                                                      [PART_PROFILE] = DAOTP_STAGE_PROFILE,
                                                      [PART_CHAIN] = DAOTP_STAGE_CHAIN,
                                                      [PART_REVOCATION] = DAOTP_STAGE_REVOCATION,
                                                      [PART_STORE] = DAOTP_STAGE_STORE,
                                                      [PART_LOGON] = DAOTP_STAGE_LOGON};

/* A run of the client. Its rows share it, and the last one that ends frees it. */
typedef struct client_walk {
    unsigned references;
    daotp_doctor *doctor;
    daotp_client *client;
    bool is_probe; /* false: an enrolment with the code */
    size_t server; /* only of a probe */
    bool has_begun, is_under_way, is_second_half;
    daotp_status status; /* of the half that has ended last */
} client_walk;

typedef struct walk_row {
    client_walk *walk;
    walk_part part;
} walk_row;

/* A user who cannot exist: .invalid is never a domain (RFC 6761 6.4). */
static const char nobody_name[] = "daotp-doctor@doctor.invalid";
static const char nobody_code[] = "0";

/* ---- the run --------------------------------------------------------------------------------- */

static bool is_of_tls(const daotp_doctor *doctor)
{
    return doctor->client_rows == DAOTP_CLIENT_ROWS_TLS;
}

static daotp_status begin_first_half(client_walk *walk)
{
    const char *user = walk->is_probe ? nobody_name : walk->doctor->user;

    walk->has_begun = true;
    if (walk->is_probe)
        daotp__client_set_probe(walk->client, walk->server, is_of_tls(walk->doctor));
    else
        daotp__client_end_probe(walk->client);
    return daotp_client_prepare_begin(walk->client, user);
}

/* Fetches that failed in an earlier row are tried again, so that the enrolment reports the
 * reason itself. */
static daotp_status begin_second_half(client_walk *walk)
{
    const daotp__buffer *code = &walk->doctor->code;

    if (!walk->is_probe && daotp__client_fetcher(walk->client) != NULL)
        daotp__source_table_end_backoff(&daotp__client_fetcher(walk->client)->sources);
    walk->is_second_half = true;
    if (walk->is_probe)
        return daotp_client_enroll_begin(walk->client, nobody_code, strlen(nobody_code));
    return daotp_client_enroll_begin(walk->client, (const char *)code->data, code->len);
}

static bool is_of_second_half(walk_part part)
{
    return part >= PART_NOBODY;
}

/* Whether the run has passed the part. */
static bool is_part_over(const client_walk *walk, walk_part part)
{
    const daotp_report *report = daotp_client_get_report(walk->client);
    daotp_stage_state state = daotp_report_get_stage_state(report, stage_of_part[part]);

    return state == DAOTP_STAGE_PASSED || state == DAOTP_STAGE_SKIPPED;
}

/* Begin the half of the run that the part is in, if it has not begun. */
static daotp_status enter_half(client_walk *walk, walk_part part)
{
    daotp_status status = DAOTP_OK;

    if (!walk->has_begun)
        status = begin_first_half(walk);
    else if (is_of_second_half(part) && !walk->is_second_half)
        status = begin_second_half(walk);
    else
        return DAOTP_OK;
    walk->status = status;
    walk->is_under_way = status == DAOTP_OK;
    return status;
}

/* Step the run. DAOTP_OK when the part has ended, with or without an error. */
static daotp_status drive_walk(client_walk *walk, walk_part part)
{
    (void)enter_half(walk, part);
    while (walk->is_under_way && !is_part_over(walk, part)) {
        walk->status = daotp_client_step(walk->client);
        if (walk->status == DAOTP_AGAIN)
            return DAOTP_AGAIN;
        walk->is_under_way = false;
    }
    if (walk->status == DAOTP_MEMORY || walk->status == DAOTP_CANCELLED)
        return walk->status;
    return DAOTP_OK;
}

/* ---- which finding is of which part ---------------------------------------------------------- */

static walk_part part_of_stage(daotp_stage stage, bool is_probe)
{
    if (is_probe && (stage == DAOTP_STAGE_OTP || stage == DAOTP_STAGE_SIGNATURE))
        return PART_NOBODY;
    for (int part = 0; part < PART_COUNT; part++)
        if (stage_of_part[part] == stage)
            return (walk_part)part;
    return PART_CONFIGURATION;
}

/* The part that a finding belongs to. In the stage tls the number of the finding decides between
 * the parts: TLS, HTTP, the OTP application. */
static walk_part part_of_finding(const client_walk *walk, const daotp_finding *finding)
{
    const char *id = daotp_finding_get_id(finding);
    walk_part part = part_of_stage(daotp_finding_get_stage(finding), walk->is_probe);

    if (walk->is_second_half)
        return part;
    if (strncmp(id, "HTTP-", 5) == 0)
        return PART_HTTP;
    return strncmp(id, "OTP-", 4) == 0 ? PART_SERVICE : part;
}

/* The part in which the half ended with an error. */
static walk_part failed_part(const client_walk *walk)
{
    const daotp_report *report = daotp_client_get_report(walk->client);
    const daotp_finding *error = daotp_report_get_error(report);
    daotp_stage failed = DAOTP_STAGE_CALL;

    for (int stage = 0; stage < DAOTP_STAGE_COUNT; stage++)
        if (daotp_report_get_stage_state(report, (daotp_stage)stage) == DAOTP_STAGE_FAILED)
            failed = (daotp_stage)stage;
    if (failed == DAOTP_STAGE_TLS && error != NULL)
        return part_of_finding(walk, error);
    return part_of_stage(failed, walk->is_probe);
}

typedef struct part_choice {
    const client_walk *walk;
    walk_part part;
    bool has_failed;
} part_choice;

/* Whether this row reports the finding. The row where the run stopped reports everything that no
 * earlier row has, because causes may belong to any stage. */
static bool choose_of_part(void *user, const daotp_finding *finding)
{
    const part_choice *choice = user;
    walk_part part = part_of_finding(choice->walk, finding);

    return part == choice->part || (choice->has_failed && part > choice->part) ||
           (choice->has_failed && (finding->is_cause || finding->severity == DAOTP_SEVERITY_ERROR));
}

/* Whether the run stopped in this part or before it. */
static bool has_stopped_at(const client_walk *walk, walk_part part)
{
    return !walk->is_under_way && walk->status != DAOTP_OK && failed_part(walk) <= part;
}

/* Take over the findings of the part, and return the status of the row. */
static daotp_status conclude_part(client_walk *walk, walk_part part, daotp_report *report)
{
    part_choice choice = {walk, part, has_stopped_at(walk, part)};

    daotp__report_merge_chosen(report, daotp_client_get_report(walk->client), choose_of_part,
                               &choice);
    return choice.has_failed ? walk->status : DAOTP_OK;
}

/* ---- the rows -------------------------------------------------------------------------------- */

static daotp_status step_part(void *self, daotp_report *report)
{
    walk_row *row = self;
    daotp_status status = drive_walk(row->walk, row->part);

    return status == DAOTP_OK ? conclude_part(row->walk, row->part, report) : status;
}

static int64_t walk_now(const client_walk *walk)
{
    return daotp__context_now_s(walk->doctor->context);
}

static daotp_status step_configuration(void *self, daotp_report *report)
{
    walk_row *row = self;
    const daotp__chain *chain = daotp__client_identity_chain(row->walk->client);
    daotp_status status = step_part(self, report);

    if (status != DAOTP_AGAIN && chain != NULL)
        daotp__expiry_note_chain(chain, walk_now(row->walk), report);
    return status;
}

/* Note each notBefore in the future: the clock of the CA that wrote it has reached that time. */
static void note_ca_clocks(const client_walk *walk, const daotp__chain *chain)
{
    const char *url = daotp__client_server_url(walk->client, walk->server);

    for (size_t i = 0; i < chain->count; i++) {
        daotp__certificate certificate;

        if (daotp__certificate_read(chain->list[i], &certificate) &&
            certificate.not_before > walk_now(walk))
            daotp__clocks_note(&walk->doctor->clocks, url,
                               daotp__time_sub(certificate.not_before, walk_now(walk)),
                               DAOTP__CLOCK_OF_CA);
    }
}

static daotp_status step_tls_part(void *self, daotp_report *report)
{
    walk_row *row = self;
    daotp_status status = step_part(self, report);

    if (status == DAOTP_AGAIN)
        return status;
    daotp__expiry_note_chain(daotp__client_probe_chain(row->walk->client), walk_now(row->walk),
                             report);
    note_ca_clocks(row->walk, daotp__client_probe_chain(row->walk->client));
    return status;
}

/* Check the server's answer to a valid request of a user who does not exist: it must not know
 * the user. */
static daotp_status report_unknown_user(client_walk *walk, daotp_report *report)
{
    const char *url = daotp__client_server_url(walk->client, walk->server);
    const daotp_finding *error = daotp_report_get_error(daotp_client_get_report(walk->client));
    daotp_status status;

    if (walk->status == DAOTP_OK)
        return daotp__report_add(report, DAOTP_FINDING_OTP_ANYBODY, 0, url, "statusCode Success");
    if (daotp_finding_get_number(error) == DAOTP_FINDING_OTP_AUTHENTICATION) {
        (void)daotp__report_add(report, DAOTP_FINDING_OTP_KNOWS_NOBODY, 0, url, "%s",
                                daotp_finding_get_found(error));
        return DAOTP_OK;
    }
    status = conclude_part(walk, PART_NOBODY, report);
    if (daotp_finding_get_number(error) == DAOTP_FINDING_OTP_OTHER)
        return daotp__report_conclude(report, 0, DAOTP_FINDING_OTP_REQUEST_REFUSED, url, "%s",
                                      daotp_finding_get_found(error));
    return status;
}

static daotp_status step_nobody(void *self, daotp_report *report)
{
    walk_row *row = self;
    daotp_status status = drive_walk(row->walk, row->part);

    return status == DAOTP_OK ? report_unknown_user(row->walk, report) : status;
}

/* Waits for the rows of the KDCs, because their clocks help to find out whose clock is wrong. */
static daotp_status step_clock(void *self, daotp_report *report)
{
    walk_row *row = self;
    daotp__clocks *clocks = &row->walk->doctor->clocks;
    const char *url = daotp__client_server_url(row->walk->client, row->walk->server);
    int64_t ahead;

    if (clocks->waiting > 0)
        return DAOTP_AGAIN;
    if (!daotp__client_server_ahead(row->walk->client, &ahead)) {
        (void)daotp__report_add(report, DAOTP_FINDING_CLOCK_UNKNOWN, 0, url, "no Date");
        return DAOTP_OK;
    }
    daotp__clocks_note(clocks, url, ahead, DAOTP__CLOCK_OF_SERVER);
    return daotp__clocks_report(clocks, url, ahead, report);
}

/* Step the enrolment. A code that the caller declared wrong must be refused. */
static daotp_status step_code(void *self, daotp_report *report)
{
    walk_row *row = self;
    client_walk *walk = row->walk;
    daotp_status status = drive_walk(walk, row->part);
    const daotp_finding *error;

    if (status != DAOTP_OK)
        return status;
    error = daotp_report_get_error(daotp_client_get_report(walk->client));
    if (!walk->doctor->is_code_wrong)
        return conclude_part(walk, row->part, report);
    if (daotp_finding_get_number(error) == DAOTP_FINDING_OTP_AUTHENTICATION)
        return DAOTP_OK;
    if (!has_stopped_at(walk, row->part))
        return daotp__report_add(report, DAOTP_FINDING_OTP_WRONG_ACCEPTED, 0, walk->doctor->user,
                                 "statusCode Success");
    return conclude_part(walk, row->part, report);
}

static int get_walk_fd(void *self)
{
    const walk_row *row = self;

    return daotp_client_get_fd(row->walk->client);
}

static int get_walk_timeout(void *self)
{
    const walk_row *row = self;

    return daotp_client_get_timeout_ms(row->walk->client);
}

static void free_walk_row(void *self)
{
    walk_row *row = self;
    client_walk *walk = row->walk;

    daotp__delete(row);
    if (--walk->references > 0)
        return;
    if (walk->has_begun) {
        daotp__client_stop(walk->client);
        daotp__client_end_probe(walk->client);
    }
    daotp__delete(walk);
}

#define WALK_ROW(row_name, row_title, step_function)                                               \
    {                                                                                              \
        (row_name), (row_title),                                                                   \
        {                                                                                          \
            sizeof(daotp_probe), (step_function), get_walk_fd, get_walk_timeout, free_walk_row,    \
                false, false                                                                       \
        }                                                                                          \
    }

typedef struct part_row {
    walk_part part;
    bool is_aside; /* the next rows do not need it */
    daotp__row_kind kind;
} part_row;

static const part_row probe_rows[] = {
    {PART_CONFIGURATION, false,
     WALK_ROW("configuration", "the settings of the client", step_configuration)},
    {PART_DNS, false, WALK_ROW("dns", "the server's name has addresses", step_part)},
    {PART_TCP, false, WALK_ROW("tcp", "the server takes connections", step_part)},
    {PART_TLS, false, WALK_ROW("tls", "the server's certificate, and ours", step_tls_part)},
    {PART_HTTP, false, WALK_ROW("http", "the web server answers", step_part)},
    {PART_SERVICE, false,
     WALK_ROW("service", "the OTP application answers, in version 1.0", step_part)},
    {PART_SERVICE, true, WALK_ROW("clock", "the server's clock and this one", step_clock)},
    {PART_NOBODY, false,
     WALK_ROW("request", "a good request of a user who does not exist", step_nobody)}};

static const part_row code_rows[] = {
    {PART_CONFIGURATION, false, WALK_ROW("account", "the user's request", step_part)},
    {PART_TLS, false, WALK_ROW("connection", "the connection that carries the code", step_part)},
    {PART_OTP, false, WALK_ROW("otp", "the code, and the signed request for it", step_code)},
    {PART_SIGNATURE, false,
     WALK_ROW("signature", "who signed the request, and is it ours", step_part)},
    {PART_SUBMIT, false, WALK_ROW("submit", "the CA issues", step_part)},
    {PART_PROFILE, false, WALK_ROW("profile", "the certificate is fit for logon", step_part)},
    {PART_CHAIN, false, WALK_ROW("chain", "its path to a root", step_part)},
    {PART_REVOCATION, false, WALK_ROW("revocation", "its revocation lists", step_part)},
    {PART_STORE, false, WALK_ROW("store", "the credential is kept", step_part)},
    {PART_LOGON, false, WALK_ROW("logon", "a Kerberos ticket for it", step_part)}};

/* ---- making them ----------------------------------------------------------------------------- */

static client_walk *new_client_walk(daotp_doctor *doctor, bool is_probe, size_t server)
{
    client_walk *walk = daotp__new(sizeof *walk);

    if (walk == NULL)
        return NULL;
    walk->references = 1;
    walk->doctor = doctor;
    walk->client = doctor->client;
    walk->is_probe = is_probe;
    walk->server = server;
    return walk;
}

static daotp__doctor_row *add_walk_row(daotp_doctor *doctor, client_walk *walk,
                                       const part_row *table, const char *subject)
{
    walk_row *self = daotp__new(sizeof *self);

    if (self == NULL)
        return NULL;
    walk->references++;
    self->walk = walk;
    self->part = table->part;
    return daotp__doctor_add_row(doctor, &table->kind, subject, self);
}

/* Add the rows of a walk. Each row needs the one before it, and the first needs the row `needs`.
 * The client can make only one run at a time, so the first row also waits for the last row of
 * the previous walk. */
static daotp_status add_walk_rows(daotp_doctor *doctor, client_walk *walk, const part_row *rows,
                                  size_t count, const char *subject, int needs)
{
    int after = doctor->last_walk_row;

    for (size_t i = 0; i < count; i++) {
        daotp__doctor_row *row = add_walk_row(doctor, walk, &rows[i], subject);

        if (row == NULL)
            return DAOTP_MEMORY;
        row->needs = needs;
        row->after = after;
        after = daotp__doctor_last_row(doctor);
        if (!rows[i].is_aside)
            needs = after;
    }
    doctor->last_walk_row = after;
    return DAOTP_OK;
}

/* Release the reference that was held while the rows were made. */
static void release_walk(client_walk *walk)
{
    if (--walk->references == 0)
        daotp__delete(walk);
}

enum { TLS_ROW = 3, WRONG_CODE_ROWS = 3 }; /* indexes in probe_rows; of code_rows up to "otp" */

/* *last: receives the last row that a code needs. */
static daotp_status add_server_rows(daotp_doctor *doctor, size_t server, int first, int *last)
{
    client_walk *walk = new_client_walk(doctor, true, server);
    int begin = daotp__doctor_last_row(doctor) + 1;
    size_t count = sizeof probe_rows / sizeof probe_rows[0];
    const char *url = "";
    daotp_status status;

    if (walk == NULL)
        return DAOTP_MEMORY;
    if (is_of_tls(doctor))
        count = TLS_ROW + 1;
    if (server < daotp__client_server_count(doctor->client))
        url = daotp__client_server_url(doctor->client, server);
    status = add_walk_rows(doctor, walk, probe_rows, count, url, first);
    release_walk(walk);
    *last = daotp__doctor_last_row(doctor);
    return status == DAOTP_OK ? daotp__doctor_add_crl_row(doctor, url, begin + TLS_ROW) : status;
}

daotp_status daotp__doctor_add_client_rows(daotp_doctor *doctor, int first, int ready[2])
{
    size_t count = daotp__client_server_count(doctor->client), server = 0;
    int last;

    if (doctor->client_rows == DAOTP_CLIENT_ROWS_NONE)
        return DAOTP_OK;
    do { /* a client without a server gets a row that reports this */
        if (add_server_rows(doctor, server, first, &last) != DAOTP_OK)
            return DAOTP_MEMORY;
        if (server == 0) /* the code is sent to the first server */
            ready[0] = last;
        server++;
    } while (server < count);
    if (is_of_tls(doctor))
        return DAOTP_OK;
    last = daotp__doctor_last_row(doctor);
    if (daotp__doctor_add_ca_row(doctor, first + 1) != DAOTP_OK) /* needs "configuration" */
        return DAOTP_MEMORY;
    if (daotp__doctor_last_row(doctor) > last)
        ready[1] = daotp__doctor_last_row(doctor);
    return DAOTP_OK;
}

daotp_status daotp__doctor_add_code_rows(daotp_doctor *doctor, const int ready[2])
{
    const char *subject = doctor->user != NULL ? doctor->user : "";
    size_t count = sizeof code_rows / sizeof code_rows[0];
    client_walk *walk;
    daotp_status status;
    int begin;

    if (doctor->code.len == 0 || doctor->client_rows != DAOTP_CLIENT_ROWS_ALL)
        return DAOTP_OK;
    if (doctor->is_code_wrong)
        count = WRONG_CODE_ROWS;
    walk = new_client_walk(doctor, false, 0);
    if (walk == NULL)
        return DAOTP_MEMORY;
    begin = daotp__doctor_last_row(doctor) + 1;
    status = add_walk_rows(doctor, walk, code_rows, count, subject, ready[0]);
    if (status == DAOTP_OK)
        doctor->rows[begin]->also = ready[1];
    release_walk(walk);
    return status;
}
