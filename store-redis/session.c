/* SPDX-License-Identifier: BSD-2-Clause */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int64_t session_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void session_init(server_session *self, daotp_context *context, const store_settings *settings)
{
    *self = (server_session){.context = context, .settings = settings, .pid = getpid()};
}

static void drop_link(server_session *self)
{
    link_free(self->link);
    self->link = NULL;
}

void session_end(server_session *self)
{
    drop_link(self);
    if (self->password != NULL)
        OPENSSL_secure_clear_free(self->password, MAX_SERVER_PASSWORD);
    self->password = NULL;
}

daotp_status session_refuse_reply(const server_session *self, const char *why, daotp_report *report)
{
    return daotp_report_add(report, DAOTP_FINDING_STORE_SERVER_REPLY, 0, self->settings->subject,
                            why);
}

typedef struct error_meaning {
    const char *prefix; /* the first word of an error reply */
    daotp_finding_number number;
} error_meaning;

static daotp_status report_error_reply(const server_session *self, const redisReply *reply,
                                       daotp_report *report)
{
    static const error_meaning meanings[] = {{"NOPERM ", DAOTP_FINDING_STORE_SERVER_DENIED},
                                             {"NOAUTH ", DAOTP_FINDING_STORE_SERVER_AUTH},
                                             {"WRONGPASS ", DAOTP_FINDING_STORE_SERVER_AUTH},
                                             {"OOM ", DAOTP_FINDING_STORE_SERVER_FULL},
                                             {"MOVED ", DAOTP_FINDING_STORE_SERVER_CLUSTER},
                                             {"ASK ", DAOTP_FINDING_STORE_SERVER_CLUSTER},
                                             {"CROSSSLOT ", DAOTP_FINDING_STORE_SERVER_CLUSTER},
                                             {"CLUSTERDOWN ", DAOTP_FINDING_STORE_SERVER_CLUSTER}};
    daotp_finding_number number = DAOTP_FINDING_STORE_SERVER_REFUSED;

    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (strncmp(reply->str, meanings[i].prefix, strlen(meanings[i].prefix)) == 0)
            number = meanings[i].number;
    return daotp_report_add(report, number, 0, self->settings->subject, reply->str);
}

/* ---- secrets --------------------------------------------------------------------------------- */

static daotp_status check_secret_file(int fd, const char *path, daotp_report *report)
{
    struct stat st;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return daotp_report_add(report, DAOTP_FINDING_FILE_READ, 0, path, "not a regular file");
    if ((st.st_mode & 077) != 0 || (st.st_uid != 0 && st.st_uid != geteuid()))
        return daotp_report_add(report, DAOTP_FINDING_FILE_OPEN_TO_OTHERS, 0, path,
                                "others can read it, or it belongs to another user");
    return DAOTP_OK;
}

static daotp_status read_open_file(int fd, const char *path, char *text, size_t room, size_t *len,
                                   daotp_report *report)
{
    ssize_t count;

    while (*len < room && (count = read(fd, text + *len, room - *len)) != 0) {
        if (count < 0)
            return daotp_report_add(report, DAOTP_FINDING_FILE_READ, errno, path,
                                    strerrordesc_np(errno));
        *len += (size_t)count;
    }
    if (*len == room)
        return daotp_report_add(report, DAOTP_FINDING_LIMIT_SIZE, 0, path,
                                "too large for a secret");
    return DAOTP_OK;
}

/* *fd: -1 unless the status is DAOTP_OK. */
static daotp_status open_secret_file(const char *path, int *fd, daotp_report *report)
{
    daotp_status status;

    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (*fd < 0)
        return daotp_report_add(report, DAOTP_FINDING_FILE_READ, errno, path,
                                strerrordesc_np(errno));
    status = check_secret_file(*fd, path, report);
    if (status == DAOTP_OK)
        return DAOTP_OK;
    (void)close(*fd);
    *fd = -1;
    return status;
}

daotp_status read_secret_file(const char *path, char *text, size_t room, size_t *len,
                              daotp_report *report)
{
    int fd;
    daotp_status status = open_secret_file(path, &fd, report);

    *len = 0;
    if (status != DAOTP_OK)
        return status;
    status = read_open_file(fd, path, text, room, len, report);
    (void)close(fd);
    return status;
}

/* libssl reads the file itself. */
static daotp_status check_client_key(const server_session *self, daotp_report *report)
{
    const char *path = self->settings->client_key;
    daotp_status status = DAOTP_OK;
    int fd = -1;

    if (path != NULL)
        status = open_secret_file(path, &fd, report);
    if (fd >= 0)
        (void)close(fd);
    return status;
}

static daotp_status ask_password(server_session *self, daotp_report *report)
{
    const store_settings *s = self->settings;
    daotp_status status;

    if (s->password_file != NULL) {
        status = read_secret_file(s->password_file, self->password, MAX_SERVER_PASSWORD,
                                  &self->password_len, report);
        while (self->password_len > 0 && strchr("\r\n", self->password[self->password_len - 1]))
            self->password_len--; /* an editor's line feed is no part of it */
        return status;
    }
    status = daotp_context_ask_secret(self->context, DAOTP_SECRET_PASSWORD, s->subject, 0,
                                      self->password, MAX_SERVER_PASSWORD, &self->password_len);
    if (status == DAOTP_REJECTED)
        return daotp_report_add(report, DAOTP_FINDING_STORE_SERVER_AUTH, 0, s->subject,
                                "no password was given");
    return status;
}

static daotp_status need_password(server_session *self, daotp_report *report)
{
    const store_settings *s = self->settings;
    daotp_status status;

    if (self->password != NULL || (s->user == NULL && s->password_file == NULL))
        return DAOTP_OK;
    self->password = OPENSSL_secure_zalloc(MAX_SERVER_PASSWORD);
    if (self->password == NULL)
        return DAOTP_MEMORY;
    status = ask_password(self, report);
    if (status != DAOTP_OK) {
        OPENSSL_secure_clear_free(self->password, MAX_SERVER_PASSWORD);
        self->password = NULL;
    }
    return status;
}

/* ---- one link -------------------------------------------------------------------------------- */

/* Waits for what the link waits for. False when the deadline has passed. */
static bool wait_for_link(server_link *link, int64_t deadline_ms)
{
    struct pollfd waits[LINK_MAX_WAIT];
    int64_t left = deadline_ms - session_now_ms();
    int timeout;
    size_t count = link_get_wait(link, waits, &timeout);

    if (left <= 0)
        return false;
    if (timeout < 0 || timeout > left)
        timeout = (int)left;
    (void)poll(waits, (nfds_t)count, timeout);
    return true;
}

/* Steps until the link is ready, or has a reply. */
static daotp_status run_link(server_link *link, int64_t deadline_ms, daotp_report *report,
                             redisReply **reply)
{
    daotp_status status = link_step(link, report, reply);

    while (status == DAOTP_AGAIN) {
        if (!wait_for_link(link, deadline_ms))
            return daotp_report_add(report, DAOTP_FINDING_STORE_SERVER_SLOW, 0,
                                    link_get_subject(link), "no reply in time");
        status = link_step(link, report, reply);
    }
    return status;
}

static daotp_status connect_link(server_session *self, const server_address *address,
                                 bool is_sentinel, int64_t deadline_ms, daotp_report *report,
                                 server_link **out)
{
    const store_settings *s = self->settings;
    link_settings settings = {.address = *address,
                              .uses_tls = s->uses_tls,
                              .ca_file = s->ca_file,
                              .client_cert = s->client_cert,
                              .client_key = s->client_key};
    redisReply *none;
    daotp_status status;

    if (!is_sentinel) {
        settings.user = s->user;
        settings.password = self->password;
        settings.password_len = self->password_len;
        settings.database = s->database;
    }
    status = link_open(&settings, out);
    if (status == DAOTP_OK)
        status = run_link(*out, deadline_ms, report, &none);
    if (status == DAOTP_OK)
        return DAOTP_OK;
    self->was_refused = self->was_refused || (*out != NULL && link_was_refused(*out));
    link_free(*out);
    *out = NULL;
    return status;
}

static daotp_status run_command(server_link *link, int64_t deadline_ms, daotp_report *report,
                                int count, const char *const *words, const size_t *lens,
                                redisReply **reply)
{
    daotp_status status = link_begin_command(link, count, words, lens);

    return status == DAOTP_OK ? run_link(link, deadline_ms, report, reply) : status;
}

/* ---- Sentinel -------------------------------------------------------------------------------- */

static bool is_text_reply(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_STRING && strlen(reply->str) == (size_t)reply->len;
}

/* The configured server that the answer names; a server that nobody configured gets no password. */
static const server_address *find_master(const server_list *masters, const char *host,
                                         const char *port)
{
    for (size_t i = 0; i < masters->count; i++) {
        char number[8];

        (void)snprintf(number, sizeof number, "%u", masters->servers[i].port);
        if (strcmp(number, port) == 0 && strcmp(masters->servers[i].host, host) == 0)
            return &masters->servers[i];
    }
    return NULL;
}

static daotp_status take_master(const server_session *self, const char *sentinel,
                                const redisReply *reply, daotp_report *report,
                                const server_address **master)
{
    char named[MAX_SENTINEL_HOST + 10];

    if (reply->type == REDIS_REPLY_NIL)
        return daotp_report_add(report, DAOTP_FINDING_STORE_SERVER_MASTER, 0, sentinel,
                                "the Sentinel knows no master of this name");
    if (reply->type == REDIS_REPLY_ERROR)
        return daotp_report_add(report, DAOTP_FINDING_STORE_SERVER_MASTER, 0, sentinel, reply->str);
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 ||
        !is_text_reply(reply->element[0]) || !is_text_reply(reply->element[1]))
        return daotp_report_add(report, DAOTP_FINDING_STORE_SERVER_REPLY, 0, sentinel,
                                "a Sentinel's reply that is not host and port");
    *master = find_master(&self->settings->masters, reply->element[0]->str, reply->element[1]->str);
    if (*master != NULL)
        return DAOTP_OK;
    (void)snprintf(named, sizeof named, "%.253s:%.5s", reply->element[0]->str,
                   reply->element[1]->str);
    return daotp_report_add(report, DAOTP_FINDING_STORE_SERVER_MASTER, 0, sentinel, named);
}

static daotp_status ask_sentinel(server_session *self, const server_address *sentinel,
                                 int64_t deadline_ms, daotp_report *report,
                                 const server_address **master)
{
    const char *words[] = {"SENTINEL", "get-master-addr-by-name", self->settings->sentinel};
    size_t lens[] = {8, 23, strlen(self->settings->sentinel)};
    redisReply *reply = NULL;
    server_link *link;
    daotp_status status = connect_link(self, sentinel, true, deadline_ms, report, &link);

    if (status != DAOTP_OK)
        return status;
    status = run_command(link, deadline_ms, report, 3, words, lens, &reply);
    if (status == DAOTP_OK && reply != NULL)
        status = take_master(self, link_get_subject(link), reply, report, master);
    freeReplyObject(reply);
    link_free(link);
    return status;
}

static bool is_master_role(const redisReply *reply)
{
    return reply != NULL && reply->type == REDIS_REPLY_ARRAY && reply->elements > 0 &&
           is_text_reply(reply->element[0]) && strcmp(reply->element[0]->str, "master") == 0;
}

/* A server that was the master before a failover may not know yet that it is none. */
static daotp_status check_role(server_session *self, int64_t deadline_ms, daotp_report *report)
{
    const char *words[] = {"ROLE"};
    size_t lens[] = {4};
    redisReply *reply = NULL;
    daotp_status status = run_command(self->link, deadline_ms, report, 1, words, lens, &reply);

    if (status == DAOTP_OK && reply != NULL && reply->type == REDIS_REPLY_ERROR)
        status = report_error_reply(self, reply, report);
    else if (status == DAOTP_OK && !is_master_role(reply))
        status = daotp_report_add(report, DAOTP_FINDING_STORE_SERVER_MASTER, 0,
                                  link_get_subject(self->link), "ROLE is not master");
    freeReplyObject(reply);
    return status;
}

static daotp_status connect_by_sentinel(server_session *self, const server_address *sentinel,
                                        int64_t deadline_ms, daotp_report *report)
{
    const server_address *master = NULL;
    daotp_status status = ask_sentinel(self, sentinel, deadline_ms, report, &master);

    if (status == DAOTP_OK)
        status = connect_link(self, master, false, deadline_ms, report, &self->link);
    if (status == DAOTP_OK)
        status = check_role(self, deadline_ms, report);
    if (status != DAOTP_OK)
        drop_link(self);
    return status;
}

/* ---- the session ----------------------------------------------------------------------------- */

/* One attempt with each configured server. A server may take its share of the time, not all. */
static daotp_status connect_once(server_session *self, int64_t deadline_ms, daotp_report *report)
{
    const server_list *servers = &self->settings->servers;
    daotp_status status = DAOTP_NETWORK;

    for (size_t i = 0; i < servers->count && status != DAOTP_OK && !self->was_refused; i++) {
        int64_t now = session_now_ms();
        int64_t share = now + (deadline_ms - now) / (int64_t)(servers->count - i);

        if (self->settings->sentinel != NULL)
            status = connect_by_sentinel(self, &servers->servers[i], share, report);
        else
            status = connect_link(self, &servers->servers[i], false, share, report, &self->link);
        if (status == DAOTP_MEMORY)
            break;
    }
    return status;
}

/* While a failover goes on, the Sentinels name the old master, or the new one does not answer. No
 * failover changes a configuration that is wrong. */
static bool can_connect_later(const server_session *self, daotp_status status, int64_t deadline_ms)
{
    return self->settings->sentinel != NULL && !self->was_refused && status != DAOTP_MEMORY &&
           status != DAOTP_CONFIGURATION && session_now_ms() + LOCK_POLL_MS < deadline_ms;
}

static daotp_status need_link(server_session *self, int64_t deadline_ms, daotp_report *report)
{
    size_t since = daotp_report_get_count(report);
    daotp_status status;

    if (self->link != NULL)
        return DAOTP_OK;
    if (self->was_refused)
        return daotp_report_add(report, DAOTP_FINDING_STORE_SERVER_AUTH, 0, self->settings->subject,
                                "refused before; it is not tried again");
    status = check_client_key(self, report);
    if (status == DAOTP_OK)
        status = need_password(self, report);
    if (status != DAOTP_OK)
        return status;
    status = connect_once(self, deadline_ms, report);
    while (status != DAOTP_OK && can_connect_later(self, status, deadline_ms)) {
        (void)poll(NULL, 0, LOCK_POLL_MS);
        daotp_report_downgrade_errors(report, since);
        status = connect_once(self, deadline_ms, report);
    }
    if (status == DAOTP_OK)
        daotp_report_downgrade_errors(report, since);
    return status;
}

/* Whether the same command may succeed on a new link: the server became a replica, or is loading.
 */
static bool is_passing_error(const server_session *self, const redisReply *reply)
{
    static const char *const passing[] = {"READONLY ", "LOADING ", "MASTERDOWN ", "NOREPLICAS "};

    for (size_t i = 0; i < 4 && self->settings->sentinel != NULL; i++)
        if (strncmp(reply->str, passing[i], strlen(passing[i])) == 0)
            return true;
    return false;
}

/* *again: a new link is to be tried. */
static daotp_status call_server_once(server_session *self, int64_t deadline_ms,
                                     daotp_report *report, int count, const char *const *words,
                                     const size_t *lens, redisReply **reply, bool *again)
{
    daotp_status status = need_link(self, deadline_ms, report);

    *again = false;
    if (status != DAOTP_OK)
        return status;
    status = run_command(self->link, deadline_ms, report, count, words, lens, reply);
    if (status != DAOTP_OK || *reply == NULL) {
        *again = status == DAOTP_NETWORK;
        drop_link(self);
        return status != DAOTP_OK ? status : DAOTP_INTERNAL;
    }
    if ((*reply)->type != REDIS_REPLY_ERROR)
        return DAOTP_OK;
    *again = is_passing_error(self, *reply);
    status = report_error_reply(self, *reply, report);
    freeReplyObject(*reply);
    *reply = NULL;
    if (*again)
        drop_link(self);
    return status;
}

daotp_status session_call(server_session *self, daotp_report *report, int count,
                          const char *const *words, const size_t *lens, redisReply **reply)
{
    int64_t deadline_ms = session_now_ms() + self->settings->timeout_ms;
    size_t since = daotp_report_get_count(report);
    daotp_status status;
    bool again;

    *reply = NULL;
    if (self->pid != getpid()) {
        drop_link(self);
        self->pid = getpid();
    }
    status = call_server_once(self, deadline_ms, report, count, words, lens, reply, &again);
    for (int i = 0; again && (i == 0 || self->settings->sentinel != NULL) &&
                    session_now_ms() + LOCK_POLL_MS < deadline_ms;
         i++) {
        if (i > 0)
            (void)poll(NULL, 0, LOCK_POLL_MS);
        daotp_report_downgrade_errors(report, since);
        status = call_server_once(self, deadline_ms, report, count, words, lens, reply, &again);
    }
    return status;
}
