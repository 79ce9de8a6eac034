/* SPDX-License-Identifier: BSD-2-Clause */
/* Event logs: looks up each error event in the knowledge tables. Errors that the OTP client
 * logged before the last success of the same user are ignored. */
#include "doctor/bundle_logs.h"
#include "doctor/bundle_events.h"
#include "doctor/bundle_lines.h"

#include <stdio.h>
#include <string.h>

enum {
    OTP_SUCCESS = 10022,
    SAME_EVENTS = 4, /* the events of one source and number that are looked up */
    KNOWN_KINDS = 256,
    KNOWN_USERS = 64,
    LABEL_ROOM = 160
};

/* How often an event of this source and number was looked up. */
typedef struct event_count {
    uint64_t key;
    unsigned count;
} event_count;

/* The time of a user's last success. */
typedef struct user_success {
    daotp__bytes user; /* empty: unknown */
    int64_t time;      /* from daotp__event_time_key(); 0: cannot be read */
} user_success;

typedef struct log_reader {
    daotp__bundle_reader *reader;
    user_success successes[KNOWN_USERS];
    size_t success_count;
    size_t past;         /* errors before a success */
    bool has_more_kinds; /* of events than there is room for */
    event_count counts[KNOWN_KINDS];
    size_t count;
} log_reader;

static bool is_otp_event(const daotp__bundle_event *event)
{
    return daotp__bundle_find(event->source, 0, "OtpCredentialProvider") != SIZE_MAX;
}

/* Whether the event is no error: levels 4 and 5 and their names, and successful audits. Without
 * a level it counts as an error. */
static bool is_quiet_event(const daotp__bundle_event *event)
{
    static const char *const quiet[] = {"4",       "5",    "Information", "Informationen",
                                        "Verbose", "Ausf", "SuccessAudit"};

    for (size_t i = 0; i < sizeof quiet / sizeof quiet[0]; i++)
        if (daotp__bundle_begins(event->level, quiet[i]))
            break;
        else if (i + 1 == sizeof quiet / sizeof quiet[0])
            return false;
    return daotp__bundle_find(event->body, 0, "Audit Failure") == SIZE_MAX &&
           daotp__bundle_find(event->body, 0, "berwachung gescheitert") == SIZE_MAX;
}

/* The keyword 0x8020000000000000 of the Security log marks a successful audit. */
static bool is_good_audit(const daotp__bundle_event *event)
{
    return daotp__bundle_find(event->source, 0, "Security-Auditing") != SIZE_MAX &&
           daotp__bundle_find(event->body, 0, "0x8020000000000000") != SIZE_MAX;
}

static bool may_look_up(log_reader *log, const daotp__bundle_event *event)
{
    uint64_t key = event->id;

    for (size_t i = 0; i < event->source.len; i++) /* FNV-1a: only distinguishes sources */
        key = (key ^ event->source.data[i]) * 0x100000001B3u;
    for (size_t i = 0; i < log->count; i++)
        if (log->counts[i].key == key)
            return log->counts[i].count++ < SAME_EVENTS;
    if (log->count == KNOWN_KINDS) {
        log->has_more_kinds = true;
        return false;
    }
    log->counts[log->count++] = (event_count){key, 1};
    return true;
}

/* ---- what is asked --------------------------------------------------------------------------- */

/* Append the content of the elements and the names of the data, without the elements that every
 * event has. */
static void add_xml_text(daotp__buffer *out, daotp__bytes body)
{
    size_t at = daotp__bundle_find(body, 0, "</System>");

    while (at < body.len) {
        const uint8_t *open = memchr(body.data + at, '<', body.len - at), *close;
        size_t from = open != NULL ? (size_t)(open - body.data) : body.len;

        daotp__buffer_add(out, body.data + at, from - at);
        daotp__buffer_byte(out, ' ');
        close = from < body.len ? memchr(body.data + from, '>', body.len - from) : NULL;
        if (close == NULL)
            return;
        at = (size_t)(close - body.data) + 1;
        if (body.len - from > 11 && memcmp(body.data + from, "<Data Name=", 11) == 0 &&
            at - from > 14) {
            daotp__buffer_add(out, body.data + from + 12, at - from - 14);
            daotp__buffer_byte(out, ':');
        }
    }
}

static void write_query(daotp__buffer *out, const daotp__bundle_event *event)
{
    bool is_xml = event->body.len > 0 && event->body.data[0] == '<';

    daotp__buffer_format(out, "Source: %.*s\nEvent ID: %u\n", (int)event->source.len,
                         (const char *)event->source.data, (unsigned)event->id);
    if (is_xml)
        add_xml_text(out, event->body);
    else
        daotp__buffer_add(out, event->body.data, event->body.len);
}

static daotp_status look_event_up(log_reader *log, const daotp__bundle_event *event)
{
    char label[LABEL_ROOM];
    daotp__buffer query;
    daotp_status status;
    bool is_known;

    if (event->source.len > LABEL_ROOM / 2 || event->body.len > DAOTP__MAX_BUNDLE_RECORD)
        return daotp__bundle_note(
            log->reader, DAOTP_FINDING_BUNDLE_CUT,
            "an event of more than 16 KiB, or with a source of more than 80 octets");
    (void)snprintf(label, sizeof label, "%.*s %u, ", (int)event->source.len,
                   (const char *)event->source.data, (unsigned)event->id);
    daotp__buffer_init(&query, (size_t)DAOTP__MAX_BUNDLE_RECORD * 2);
    write_query(&query, event);
    status = query.failed;
    if (status == DAOTP_OK)
        status = daotp__bundle_explain(log->reader, daotp__buffer_bytes(&query), label, &is_known);
    daotp__buffer_free(&query);
    return status == DAOTP_MEMORY ? status : DAOTP_OK;
}

/* ---- the log --------------------------------------------------------------------------------- */

/* The user of the event; empty if the log does not say, or names a service account, which logs
 * for all users. */
static daotp__bytes user_of_event(const daotp__bundle_event *event)
{
    static const char *const services[] = {"S-1-5-18", "S-1-5-19", "S-1-5-20", "SYSTEM", "N/A"};

    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
        if (daotp__bundle_is(event->user, services[i]))
            return (daotp__bytes){NULL, 0};
    if (daotp__bundle_begins(event->user, "NT AUTHORITY\\") ||
        daotp__bundle_begins(event->user, "NT-AUTORIT")) /* the German form */
        return (daotp__bytes){NULL, 0};
    return event->user;
}

static bool is_same_user(daotp__bytes a, daotp__bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Remember a success. If the table of users is full, the success of a further user ends no
 * errors. */
static void note_user_success(log_reader *log, daotp__bytes user, int64_t time)
{
    size_t i = 0;

    while (i < log->success_count && !is_same_user(log->successes[i].user, user))
        i++;
    if (i == KNOWN_USERS)
        return;
    if (i == log->success_count)
        log->successes[log->success_count++] = (user_success){user, time};
    else if (time > log->successes[i].time)
        log->successes[i].time = time;
}

static void find_successes(log_reader *log)
{
    daotp__event_list list;
    daotp__bundle_event event;
    size_t seen = 0;

    daotp__event_list_begin(&list, log->reader->text);
    while (daotp__event_list_next(&list, &event) && seen++ < DAOTP__MAX_BUNDLE_EVENTS)
        if (is_otp_event(&event) && event.id == OTP_SUCCESS)
            note_user_success(log, user_of_event(&event), daotp__event_time_key(event.time));
}

/* Whether a later success makes this error irrelevant. If the log names both users, they must be
 * the same. An event whose time cannot be read stays relevant. */
static bool is_past_event(const log_reader *log, const daotp__bundle_event *event)
{
    int64_t time = daotp__event_time_key(event->time);
    daotp__bytes user = user_of_event(event);

    if (time == 0 || event->id == OTP_SUCCESS || !is_otp_event(event))
        return false;
    for (size_t i = 0; i < log->success_count; i++) {
        const user_success *success = &log->successes[i];
        bool may_be_same =
            success->user.len == 0 || user.len == 0 || is_same_user(success->user, user);

        if (may_be_same && time <= success->time)
            return true;
    }
    return false;
}

static daotp_status note_success(const log_reader *log)
{
    char text[80];

    if (log->success_count == 0)
        return DAOTP_OK;
    (void)snprintf(text, sizeof text, "event 10022; %zu errors of the OTP client before it",
                   log->past);
    return daotp__bundle_note(log->reader, DAOTP_FINDING_BUNDLE_ENROLLED, text);
}

/* What of the log was not examined. */
static daotp_status note_unread_events(const log_reader *log, daotp__event_list *list, size_t seen)
{
    daotp__bundle_event event;
    daotp_status status = DAOTP_OK;
    char text[80];

    if (seen == DAOTP__MAX_BUNDLE_EVENTS && daotp__event_list_next(list, &event))
        status = daotp__bundle_note(log->reader, DAOTP_FINDING_BUNDLE_CUT,
                                    "more than 100000 events: only the first 100000 were examined");
    if (status == DAOTP_OK && log->has_more_kinds)
        status = daotp__bundle_note(
            log->reader, DAOTP_FINDING_BUNDLE_CUT,
            "more than 256 kinds of events: only events of the first 256 were examined");
    (void)snprintf(text, sizeof text, "events without an end, a source or a number: %zu",
                   list->malformed);
    if (status == DAOTP_OK && list->malformed > 0)
        status = daotp__bundle_note(log->reader, DAOTP_FINDING_BUNDLE_MALFORMED, text);
    return status;
}

daotp_status daotp__bundle_read_events(daotp__bundle_reader *reader, bool *found)
{
    log_reader log = {.reader = reader};
    daotp__event_list list;
    daotp__bundle_event event;
    daotp_status status = DAOTP_OK;
    size_t seen = 0;

    find_successes(&log);
    daotp__event_list_begin(&list, reader->text);
    while (status == DAOTP_OK && seen < DAOTP__MAX_BUNDLE_EVENTS &&
           daotp__event_list_next(&list, &event)) {
        seen++;
        if (is_past_event(&log, &event))
            log.past++;
        else if (event.id != OTP_SUCCESS && !is_quiet_event(&event) && !is_good_audit(&event) &&
                 may_look_up(&log, &event))
            status = look_event_up(&log, &event);
    }
    *found = seen > 0;
    if (status == DAOTP_OK)
        status = note_unread_events(&log, &list, seen);
    return status == DAOTP_OK ? note_success(&log) : status;
}
