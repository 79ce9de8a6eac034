/* SPDX-License-Identifier: BSD-2-Clause */
#include "serve_log.h"

#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum { MAX_WAITING = 4096, END_S = 2, PLACES = 2 };

typedef struct log_line {
    serve_log_where where;
    char *text;
} log_line;

struct serve_log {
    const char *audit; /* "stderr", "syslog" or a file's name; NULL: none */
    char *audit_copy;
    int fd; /* of the file; -1: it cannot be opened now */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    log_line waiting[MAX_WAITING]; /* a ring */
    size_t first, count;
    bool must_end, must_reopen, has_ended;
    bool is_writing;       /* the thread writes, without the lock */
    bool is_standard_file; /* standard error is one, and not a pipe */
    _Atomic uint64_t lost[PLACES];
    bool was_told[PLACES]; /* that lines are being lost */
    pthread_t thread;
    bool is_running;
};

/* ---- writing --------------------------------------------------------------------------------- */

static bool is_file(const serve_log *log)
{
    return log->audit != NULL && strcmp(log->audit, "stderr") != 0 &&
           strcmp(log->audit, "syslog") != 0;
}

/* Not blocking, so that a pipe that nobody reads is noticed; a regular file never blocks for long.
 */
static int open_audit(const serve_log *log)
{
    return open(log->audit, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                0640);
}

/* The whole text. A part of a line that could be written stays: the next one begins on a new line.
 */
static bool write_text(int fd, const char *text)
{
    size_t len = strlen(text), done = 0;

    while (done < len) {
        ssize_t n = write(fd, text + done, len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            if (done > 0)
                (void)!write(fd, "\n", 1);
            return false;
        }
        done += (size_t)n;
    }
    return true;
}

/* Standard error may be another's pipe, whose flags are not ours to change: wait a little for room.
 */
static bool write_standard(const char *text)
{
    struct pollfd error = {.fd = STDERR_FILENO, .events = POLLOUT};
    int ready = poll(&error, 1, 1000);

    if (ready == 0)
        errno = EAGAIN; /* the reason that is told */
    return ready == 1 && (error.revents & POLLOUT) != 0 && write_text(STDERR_FILENO, text);
}

static void write_syslog(char *text)
{
    char *rest = NULL;

    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
        syslog(LOG_INFO, "%s", line);
}

static bool write_audit(serve_log *log, char *text)
{
    if (log->audit == NULL)
        return true;
    if (strcmp(log->audit, "stderr") == 0)
        return write_standard(text);
    if (strcmp(log->audit, "syslog") == 0) {
        write_syslog(text);
        return true;
    }
    if (log->fd < 0)
        log->fd = open_audit(log);
    return log->fd >= 0 && write_text(log->fd, text);
}

/* Once when it begins, and once when it is over. */
static void tell_loss(serve_log *log, serve_log_where where, bool is_lost, int reason)
{
    const char *what = where == SERVE_LOG_AUDIT ? "audit" : "log";
    const char *name = is_file(log) && where == SERVE_LOG_AUDIT ? log->audit : what;
    char text[512];

    if (is_lost == log->was_told[where])
        return;
    log->was_told[where] = is_lost;
    if (is_lost)
        (void)snprintf(text, sizeof text, "daotp serve: %s: %s: %s; found: %s\n", name,
                       daotp_catalogue_get_id(DAOTP_FINDING_SERVE_LOG_LOST),
                       daotp_catalogue_get_title(DAOTP_FINDING_SERVE_LOG_LOST), strerror(reason));
    else
        (void)snprintf(text, sizeof text,
                       "daotp serve: %s: is written again; %llu lines were lost in all\n", name,
                       (unsigned long long)log->lost[where]);
    (void)write_standard(text);
    if (is_file(log) || where == SERVE_LOG_TEXT)
        syslog(LOG_WARNING, "%s", text);
}

static void write_line(serve_log *log, log_line *line)
{
    bool is_written;

    errno = 0;
    if (line->where == SERVE_LOG_AUDIT)
        is_written = write_audit(log, line->text);
    else
        is_written = write_standard(line->text);
    if (!is_written)
        log->lost[line->where]++;
    tell_loss(log, line->where, !is_written, errno);
    free(line->text);
}

static void reopen_audit(serve_log *log)
{
    int fd = is_file(log) ? open_audit(log) : -1;

    if (fd < 0)
        return; /* the old one stays */
    if (log->fd >= 0)
        (void)close(log->fd);
    log->fd = fd;
}

/* Without waiting, so that while all is well a line stands before its answer leaves: a pipe that is
 * ready takes PIPE_BUF octets, and a file takes all or fails. The lock is held. */
static bool write_now(serve_log *log, serve_log_where where, const char *text)
{
    bool is_standard = where == SERVE_LOG_TEXT || strcmp(log->audit, "stderr") == 0;
    struct pollfd error = {.fd = STDERR_FILENO, .events = POLLOUT};

    if (log->count > 0 || log->is_writing || log->was_told[where])
        return false;
    if (!is_standard)
        return is_file(log) && log->fd >= 0 && write_text(log->fd, text);
    return (log->is_standard_file || strlen(text) <= PIPE_BUF) && poll(&error, 1, 0) == 1 &&
           (error.revents & POLLOUT) != 0 && write_text(STDERR_FILENO, text);
}

static bool take_line(serve_log *log, log_line *line, bool *must_reopen)
{
    bool is_there;

    pthread_mutex_lock(&log->lock);
    log->is_writing = false;
    while (log->count == 0 && !log->must_end && !log->must_reopen)
        pthread_cond_wait(&log->changed, &log->lock);
    *must_reopen = log->must_reopen;
    log->must_reopen = false;
    line->text = NULL;
    is_there = log->count > 0;
    if (is_there) {
        *line = log->waiting[log->first];
        log->first = (log->first + 1) % MAX_WAITING;
        log->count--;
    }
    is_there = is_there || *must_reopen;
    log->is_writing = is_there;
    pthread_mutex_unlock(&log->lock);
    return is_there;
}

static void *run_log(void *user)
{
    serve_log *log = user;
    bool must_reopen;
    log_line line;

    while (take_line(log, &line, &must_reopen)) {
        if (must_reopen)
            reopen_audit(log);
        if (line.text != NULL)
            write_line(log, &line);
    }
    pthread_mutex_lock(&log->lock);
    log->has_ended = true;
    pthread_cond_broadcast(&log->changed);
    pthread_mutex_unlock(&log->lock);
    return NULL;
}

/* ---- the interface --------------------------------------------------------------------------- */

int serve_log_new(const char *audit, serve_log **out)
{
    serve_log *log = calloc(1, sizeof *log);
    struct stat standard;
    int status = 0;

    *out = log;
    if (log == NULL)
        return TOOL_MEMORY;
    log->fd = -1;
    (void)pthread_mutex_init(&log->lock, NULL);
    (void)pthread_cond_init(&log->changed, NULL);
    log->audit_copy = audit != NULL ? strdup(audit) : NULL;
    log->audit = log->audit_copy;
    log->is_standard_file = fstat(STDERR_FILENO, &standard) == 0 && S_ISREG(standard.st_mode);
    openlog("daotp", LOG_PID, LOG_AUTHPRIV);
    if (audit != NULL && log->audit == NULL)
        status = TOOL_MEMORY;
    if (is_file(log)) {
        log->fd = open_audit(log);
        if (log->fd < 0) {
            tool_say("daotp serve: --audit %s: %s", audit, strerror(errno));
            status = TOOL_CONFIGURATION;
        }
    }
    if (status == 0) {
        log->is_running = pthread_create(&log->thread, NULL, run_log, log) == 0;
        status = log->is_running ? 0 : TOOL_INTERNAL;
    }
    return status;
}

/* A thread that is stuck in write() ends with the process. */
static bool await_end(serve_log *log)
{
    struct timespec until;
    int rc = 0;
    bool has_ended;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += END_S;
    pthread_mutex_lock(&log->lock);
    log->must_end = true;
    pthread_cond_broadcast(&log->changed);
    while (!log->has_ended && rc == 0)
        rc = pthread_cond_timedwait(&log->changed, &log->lock, &until);
    has_ended = log->has_ended;
    pthread_mutex_unlock(&log->lock);
    return has_ended;
}

void serve_log_free(serve_log *log)
{
    if (log == NULL)
        return;
    if (log->is_running && !await_end(log)) {
        (void)pthread_detach(log->thread);
        return;
    }
    if (log->is_running)
        pthread_join(log->thread, NULL);
    if (log->fd >= 0)
        (void)close(log->fd);
    for (size_t i = 0; i < log->count; i++)
        free(log->waiting[(log->first + i) % MAX_WAITING].text);
    (void)pthread_mutex_destroy(&log->lock);
    (void)pthread_cond_destroy(&log->changed);
    free(log->audit_copy);
    free(log);
}

bool serve_log_has_audit(const serve_log *log)
{
    return log->audit != NULL;
}

void serve_log_put(serve_log *log, serve_log_where where, char *lines)
{
    bool is_taken;

    if (where == SERVE_LOG_AUDIT && !serve_log_has_audit(log)) {
        free(lines);
        return;
    }
    pthread_mutex_lock(&log->lock);
    if (lines != NULL && !log->must_end && write_now(log, where, lines)) {
        pthread_mutex_unlock(&log->lock);
        free(lines);
        return;
    }
    is_taken = lines != NULL && log->count < MAX_WAITING && !log->must_end;
    if (is_taken) {
        log->waiting[(log->first + log->count) % MAX_WAITING] = (log_line){where, lines};
        log->count++;
        pthread_cond_signal(&log->changed);
    }
    pthread_mutex_unlock(&log->lock);
    if (is_taken)
        return;
    log->lost[where]++;
    free(lines);
}

void serve_log_print_finding(FILE *to, const char *beginning, const daotp_finding *finding)
{
    fprintf(to, "%s%s %s: %s: %s; found: %s\n", beginning,
            daotp_severity_name(daotp_finding_get_severity(finding)), daotp_finding_get_id(finding),
            daotp_finding_get_subject(finding),
            daotp_catalogue_get_title(daotp_finding_get_number(finding)),
            daotp_finding_get_found(finding));
}

void serve_log_reopen(serve_log *log)
{
    pthread_mutex_lock(&log->lock);
    log->must_reopen = true;
    pthread_cond_signal(&log->changed);
    pthread_mutex_unlock(&log->lock);
}

uint64_t serve_log_lost(const serve_log *log, serve_log_where where)
{
    return log->lost[where];
}
