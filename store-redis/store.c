/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * redis: and rediss: a store that many hosts share. Under a prefix P there are:
 *
 *   P:e:LABEL   the sealed record; it ends with the certificate
 *   P:f:LABEL   the last fencing token that was given out for this label
 *   P:l:LABEL   the lock: who holds it; it ends by itself
 *   P:index     a sorted set of the labels, by notAfter
 *
 * A lock gives a fencing token, higher than each one before, and a record is written only while no
 * later token was given out. The token is the record's generation too. All that belongs together is
 * one script, which the server executes as a whole; each may be executed twice.
 */
#include "store.h"

#include "leaf.h"
#include "seal.h"
#include "seen.h"
#include "session.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    OWNER_LEN = 32,
    TOKEN_LEN = 24,
    MAX_WORDS = 16,
    MAX_NUMBER = 24,
    MAX_KEY_NAME = MAX_PREFIX + 3 + 128, /* a label has 128 octets at most */
    DAY_MS = 86400000
};

typedef struct held_lock {
    char *label;
    char token[TOKEN_LEN];
} held_lock;

typedef struct redis_store {
    daotp_context *context;
    store_settings *settings;
    server_session session;
    seal_ring *ring; /* NULL until it is needed */
    seen_list seen;
    char owner[OWNER_LEN + 1]; /* of locks: this store in this process */
    pid_t owner_pid;
    held_lock held[MAX_HELD_LOCKS];
    size_t held_count;
} redis_store;

/* KEYS: lock, token. ARGV: owner, life of the lock in ms, highest generation seen, life of the
 * token in ms. Tokens are milliseconds since 1970, so that they rise even where one was lost. */
static const char lock_script[] =
    "local o=redis.call('GET',KEYS[1]) if o and o~=ARGV[1] then return 0 end "
    "local t=redis.call('TIME') local g=t[1]*1000+math.floor(t[2]/1000) "
    "local f=tonumber(redis.call('GET',KEYS[2]) or '0') if f>=g then g=f+1 end "
    "local s=tonumber(ARGV[3]) if s>=g then g=s+1 end "
    "local token=string.format('%.0f',g) "
    "redis.call('SET',KEYS[2],token,'PX',ARGV[4]) "
    "redis.call('SET',KEYS[1],ARGV[1],'PX',ARGV[2]) return token";

/* KEYS: lock, token, record, index. ARGV: owner, token, record, ms until it ends, label, notAfter,
 * the notAfter up to which the index is tidied. */
static const char put_script[] =
    "if redis.call('GET',KEYS[2])~=ARGV[2] then return 0 end "
    "local t=redis.call('TIME') local e=t[1]*1000+math.floor(t[2]/1000)+ARGV[4] "
    "redis.call('SET',KEYS[3],ARGV[3]) "
    "redis.call('PEXPIREAT',KEYS[3],string.format('%.0f',e)) "
    "redis.call('ZADD',KEYS[4],ARGV[6],ARGV[5]) "
    "redis.call('ZREMRANGEBYSCORE',KEYS[4],'-inf','('..ARGV[7]) "
    "if redis.call('GET',KEYS[1])==ARGV[1] then redis.call('DEL',KEYS[1]) end return 1";

/* KEYS: token, record, index. ARGV: label. The last token comes back: what is older was removed. */
static const char remove_script[] =
    "local n=redis.call('DEL',KEYS[2]) redis.call('ZREM',KEYS[3],ARGV[1]) "
    "if n==0 then return 0 end return redis.call('GET',KEYS[1]) or '1'";

/* KEYS: record, index. ARGV: label, the record that has expired; "" when there is none. */
static const char expire_script[] =
    "local r=redis.call('GET',KEYS[1]) or '' if r~=ARGV[2] then return 0 end "
    "redis.call('DEL',KEYS[1]) redis.call('ZREM',KEYS[2],ARGV[1]) return 1";

/* KEYS: lock. ARGV: owner. */
static const char release_script[] =
    "if redis.call('GET',KEYS[1])==ARGV[1] then redis.call('DEL',KEYS[1]) end return 1";

/* ---- commands -------------------------------------------------------------------------------- */

typedef struct command_words {
    const char *words[MAX_WORDS];
    size_t lens[MAX_WORDS];
    int count;
    char names[4][MAX_KEY_NAME + 1]; /* of keys */
    int name_count;
    char numbers[4][MAX_NUMBER];
    int number_count;
} command_words;

static void add_octets(command_words *c, const void *octets, size_t len)
{
    c->words[c->count] = octets;
    c->lens[c->count++] = len;
}

static void add_word(command_words *c, const char *word)
{
    add_octets(c, word, strlen(word));
}

static void add_number(command_words *c, int64_t number)
{
    char *text = c->numbers[c->number_count++];

    (void)snprintf(text, MAX_NUMBER, "%lld", (long long)number);
    add_word(c, text);
}

/* kind: 'e', 'f', 'l', or '\0' for the index. */
static void add_key_name(command_words *c, const redis_store *self, char kind, const char *label)
{
    char *name = c->names[c->name_count++];

    if (kind == '\0')
        (void)snprintf(name, MAX_KEY_NAME + 1, "%s:index", self->settings->prefix);
    else
        (void)snprintf(name, MAX_KEY_NAME + 1, "%s:%c:%s", self->settings->prefix, kind, label);
    add_word(c, name);
}

static void add_script(command_words *c, const char *script, int keys)
{
    add_word(c, "EVAL");
    add_word(c, script);
    add_number(c, keys);
}

static daotp_status send_words(redis_store *self, const command_words *c, daotp_report *report,
                               redisReply **reply)
{
    return session_call(&self->session, report, c->count, c->words, c->lens, reply);
}

/* Sends a script that answers 0 or 1. */
static daotp_status send_for_flag(redis_store *self, const command_words *c, daotp_report *report,
                                  bool *flag)
{
    redisReply *reply;
    daotp_status status = send_words(self, c, report, &reply);

    *flag = false;
    if (status != DAOTP_OK)
        return status;
    if (reply->type == REDIS_REPLY_INTEGER && (reply->integer == 0 || reply->integer == 1))
        *flag = reply->integer == 1;
    else
        status =
            session_refuse_reply(&self->session, "a script's reply that is not 0 or 1", report);
    freeReplyObject(reply);
    return status;
}

/* A token: 1 to 2^53 - 1, in decimal digits. */
static bool read_token(const redisReply *reply, char token[TOKEN_LEN], uint64_t *generation)
{
    char *end;

    if (reply->type != REDIS_REPLY_STRING || reply->len == 0 || (size_t)reply->len >= TOKEN_LEN ||
        strspn(reply->str, "0123456789") != (size_t)reply->len || *reply->str == '0')
        return false;
    memcpy(token, reply->str, (size_t)reply->len + 1);
    errno = 0;
    *generation = strtoull(token, &end, 10);
    return errno == 0 && *generation < UINT64_C(1) << 53;
}

/* ---- keys and owner -------------------------------------------------------------------------- */

static daotp_status read_ring(redis_store *self, const char *text, size_t len, const char *subject,
                              daotp_report *report)
{
    const char *why;
    daotp_status status = seal_ring_read(text, len, &self->ring, &why);

    if (status == DAOTP_CONFIGURATION)
        return daotp_report_add(report, DAOTP_FINDING_STORE_SEAL_KEY, 0, subject, why);
    return status;
}

static daotp_status load_ring(redis_store *self, char *text, daotp_report *report)
{
    const char *file = self->settings->seal_key_file, *subject = file;
    daotp_status status;
    size_t len = 0;

    if (file != NULL) {
        status = read_secret_file(file, text, MAX_SECRET_FILE, &len, report);
    } else {
        subject = self->settings->subject;
        status = daotp_context_ask_secret(self->context, DAOTP_SECRET_SEAL_KEY, subject, 0, text,
                                          MAX_SECRET_FILE, &len);
        if (status == DAOTP_REJECTED)
            return daotp_report_add(report, DAOTP_FINDING_STORE_SEAL_KEY, 0, subject,
                                    "no key was given");
    }
    return status == DAOTP_OK ? read_ring(self, text, len, subject, report) : status;
}

static daotp_status need_ring(redis_store *self, daotp_report *report)
{
    daotp_status status;
    char *text;

    if (self->ring != NULL)
        return DAOTP_OK;
    text = OPENSSL_secure_malloc(MAX_SECRET_FILE);
    if (text == NULL)
        return DAOTP_MEMORY;
    status = load_ring(self, text, report);
    OPENSSL_secure_clear_free(text, MAX_SECRET_FILE);
    return status;
}

static void forget_held(redis_store *self, size_t i)
{
    free(self->held[i].label);
    self->held_count--;
    memmove(self->held + i, self->held + i + 1, (self->held_count - i) * sizeof *self->held);
}

/* A child process holds none of its parent's locks. */
static daotp_status need_owner(redis_store *self)
{
    unsigned char octets[OWNER_LEN / 2];

    if (self->owner_pid == getpid())
        return DAOTP_OK;
    while (self->held_count > 0)
        forget_held(self, 0);
    if (RAND_bytes(octets, sizeof octets) != 1)
        return DAOTP_INTERNAL;
    for (size_t i = 0; i < sizeof octets; i++)
        (void)snprintf(self->owner + 2 * i, 3, "%02x", octets[i]);
    self->owner_pid = getpid();
    return DAOTP_OK;
}

static daotp_status begin_call(redis_store *self, daotp_report *report)
{
    daotp_status status = need_owner(self);

    return status == DAOTP_OK ? need_ring(self, report) : status;
}

/* ---- lock ------------------------------------------------------------------------------------ */

static held_lock *find_held(redis_store *self, const char *label)
{
    for (size_t i = 0; i < self->held_count; i++)
        if (strcmp(self->held[i].label, label) == 0)
            return &self->held[i];
    return NULL;
}

/* Once. DAOTP_AGAIN: another store has the lock. */
static daotp_status try_lock(redis_store *self, const char *label, int64_t life_ms,
                             daotp_report *report, char token[TOKEN_LEN])
{
    command_words c = {.count = 0};
    uint64_t generation;
    redisReply *reply;
    daotp_status status;

    add_script(&c, lock_script, 2);
    add_key_name(&c, self, 'l', label);
    add_key_name(&c, self, 'f', label);
    add_word(&c, self->owner);
    add_number(&c, life_ms);
    add_number(&c, (int64_t)seen_get(&self->seen, label));
    add_number(&c, (int64_t)FENCE_DAYS * DAY_MS + life_ms);
    status = send_words(self, &c, report, &reply);
    if (status != DAOTP_OK)
        return status;
    if (reply->type == REDIS_REPLY_INTEGER && reply->integer == 0)
        status = DAOTP_AGAIN;
    else if (!read_token(reply, token, &generation) || generation <= seen_get(&self->seen, label))
        status = session_refuse_reply(&self->session, "a fencing token that does not rise", report);
    freeReplyObject(reply);
    return status;
}

static daotp_status take_lock(redis_store *self, const char *label, int64_t life_ms,
                              daotp_report *report, char token[TOKEN_LEN])
{
    int64_t deadline_ms = session_now_ms() + self->settings->timeout_ms;
    daotp_status status = try_lock(self, label, life_ms, report, token);

    while (status == DAOTP_AGAIN && session_now_ms() < deadline_ms) {
        (void)poll(NULL, 0, LOCK_POLL_MS);
        status = try_lock(self, label, life_ms, report, token);
    }
    if (status == DAOTP_AGAIN)
        return daotp_report_add(report, DAOTP_FINDING_STORE_USER_LOCKED, 0, label,
                                self->settings->subject);
    return status;
}

static daotp_status release_lock(redis_store *self, const char *label, daotp_report *report)
{
    command_words c = {.count = 0};
    bool flag;

    add_script(&c, release_script, 1);
    add_key_name(&c, self, 'l', label);
    add_word(&c, self->owner);
    return send_for_flag(self, &c, report, &flag);
}

/* Before a code is spent: the server is there, takes the password, and no other host is about to
 * spend a code of this user. The lock stays until the put, or until it ends. */
static daotp_status redis_check(void *given, const char *label, daotp_report *report)
{
    redis_store *self = given;
    char token[TOKEN_LEN];
    held_lock *held;
    daotp_status status = begin_call(self, report);

    if (status == DAOTP_OK)
        status = take_lock(self, label, self->settings->lock_ms, report, token);
    if (status != DAOTP_OK)
        return status;
    held = find_held(self, label);
    if (held == NULL) {
        char *copy = strdup(label);

        if (copy == NULL)
            return DAOTP_MEMORY;
        if (self->held_count == MAX_HELD_LOCKS)
            forget_held(self, 0); /* it ends by itself */
        held = &self->held[self->held_count++];
        held->label = copy;
    }
    memcpy(held->token, token, TOKEN_LEN);
    return DAOTP_OK;
}

/* ---- put ------------------------------------------------------------------------------------- */

static daotp_status seal_item(const redis_store *self, const char *label, uint64_t generation,
                              const daotp_store_item *item, unsigned char **record, size_t *len)
{
    seal_content content;
    leaf_names names;
    seal_header header = {.label = label,
                          .user = names.upn,
                          .template_oid = names.template_oid,
                          .not_after = daotp_store_item_get_not_after(item),
                          .generation = generation};

    content.certificates = daotp_store_item_get_certificates(item, &content.certificates_len);
    content.key = daotp_store_item_get_key(item, &content.key_len);
    if (!leaf_names_read(content.certificates, content.certificates_len, &names))
        return DAOTP_INTERNAL;
    return seal_record(self->ring, &header, &content, record, len);
}

static daotp_status write_record(redis_store *self, const char *label, const char *token,
                                 int64_t not_after, const unsigned char *record, size_t len,
                                 daotp_report *report, bool *written)
{
    int64_t now = daotp_context_get_time_s(self->context), left_ms = 0;
    command_words c = {.count = 0};

    if (not_after >= now) /* it is valid in its last second too */
        left_ms = (not_after - now + 1) * 1000;
    add_script(&c, put_script, 4);
    add_key_name(&c, self, 'l', label);
    add_key_name(&c, self, 'f', label);
    add_key_name(&c, self, 'e', label);
    add_key_name(&c, self, '\0', NULL);
    add_word(&c, self->owner);
    add_word(&c, token);
    add_octets(&c, record, len);
    add_number(&c, left_ms);
    add_word(&c, label);
    add_number(&c, not_after);
    add_number(&c, now - DAY_MS / 1000);
    return send_for_flag(self, &c, report, written);
}

static daotp_status put_with_token(redis_store *self, const char *label, const char *token,
                                   const daotp_store_item *item, daotp_report *report)
{
    uint64_t generation = strtoull(token, NULL, 10);
    unsigned char *record = NULL;
    bool written = false;
    size_t len = 0;
    daotp_status status = seal_item(self, label, generation, item, &record, &len);

    if (status == DAOTP_OK)
        status = write_record(self, label, token, daotp_store_item_get_not_after(item), record, len,
                              report, &written);
    free(record);
    if (status == DAOTP_OK && !written)
        status = daotp_report_add(report, DAOTP_FINDING_STORE_FENCED, 0, label,
                                  "a later fencing token was given out, or this one was lost");
    if (status == DAOTP_OK)
        status = seen_note(&self->seen, label, generation);
    return status;
}

static daotp_status redis_put(void *given, const char *label, const daotp_store_item *item,
                              daotp_report *report)
{
    redis_store *self = given;
    char token[TOKEN_LEN];
    held_lock *held;
    daotp_status status = begin_call(self, report);

    if (status != DAOTP_OK)
        return status;
    held = find_held(self, label);
    if (held != NULL) {
        memcpy(token, held->token, TOKEN_LEN);
        forget_held(self, (size_t)(held - self->held));
    } else {
        status = take_lock(self, label, PUT_LOCK_MS, report, token);
    }
    return status == DAOTP_OK ? put_with_token(self, label, token, item, report) : status;
}

/* ---- get ------------------------------------------------------------------------------------- */

static daotp_status fetch_record(redis_store *self, const char *label, daotp_report *report,
                                 redisReply **reply)
{
    command_words c = {.count = 0};
    daotp_status status;

    add_word(&c, "GET");
    add_key_name(&c, self, 'e', label);
    status = send_words(self, &c, report, reply);
    if (status != DAOTP_OK || (*reply)->type == REDIS_REPLY_STRING)
        return status;
    if ((*reply)->type == REDIS_REPLY_NIL)
        status = DAOTP_REJECTED;
    else
        status = session_refuse_reply(&self->session, "no string in reply to GET", report);
    freeReplyObject(*reply);
    *reply = NULL;
    return status;
}

static daotp_status open_reply(redis_store *self, const char *label, const redisReply *reply,
                               daotp_report *report, opened_record *opened)
{
    const char *why;
    daotp_status status =
        open_record(self->ring, label, reply->str, (size_t)reply->len, opened, &why);
    char text[100];

    if (status == DAOTP_CONFIGURATION)
        return daotp_report_add(report, DAOTP_FINDING_STORE_SEAL_ID, 0, label, opened->key_id);
    if (status == DAOTP_PEER)
        return daotp_report_add(report, DAOTP_FINDING_STORE_SEAL, 0, label, why);
    if (status != DAOTP_OK)
        return status;
    if (opened->generation >= seen_get(&self->seen, label))
        return seen_note(&self->seen, label, opened->generation);
    (void)snprintf(text, sizeof text, "generation %llu, after %llu was seen",
                   (unsigned long long)opened->generation,
                   (unsigned long long)seen_get(&self->seen, label));
    return daotp_report_add(report, DAOTP_FINDING_STORE_ROLLED_BACK, 0, label, text);
}

static daotp_status read_record(redis_store *self, const char *label, daotp_report *report,
                                redisReply **reply, opened_record *opened)
{
    daotp_status status = fetch_record(self, label, report, reply);

    *opened = (opened_record){.plaintext = NULL};
    if (status != DAOTP_OK || *reply == NULL)
        return status;
    return open_reply(self, label, *reply, report, opened);
}

static daotp_status fill_from_record(const opened_record *opened, daotp_store_item *item)
{
    return daotp_store_item_set(item, opened->content.certificates,
                                opened->content.certificates_len, opened->content.key,
                                opened->content.key_len);
}

static void free_read(redisReply *reply, opened_record *opened)
{
    if (opened->plaintext != NULL)
        opened_record_free(opened);
    freeReplyObject(reply);
}

/* What has expired by this host's clock is gone, even if the server's clock is behind. */
static daotp_status redis_get(void *given, const char *label, daotp_store_item *item,
                              daotp_report *report)
{
    redis_store *self = given;
    redisReply *reply = NULL;
    opened_record opened = {.plaintext = NULL};
    daotp_status status = begin_call(self, report);

    if (status == DAOTP_OK)
        status = read_record(self, label, report, &reply, &opened);
    if (status == DAOTP_OK && opened.not_after < daotp_context_get_time_s(self->context))
        status = DAOTP_REJECTED;
    if (status == DAOTP_OK)
        status = fill_from_record(&opened, item);
    free_read(reply, &opened);
    return status;
}

/* ---- list, remove, expire -------------------------------------------------------------------- */

/* The labels whose notAfter lies within. */
static daotp_status fetch_labels(redis_store *self, const char *least, const char *most,
                                 daotp_report *report, redisReply **reply)
{
    command_words c = {.count = 0};
    daotp_status status;

    add_word(&c, "ZRANGEBYSCORE");
    add_key_name(&c, self, '\0', NULL);
    add_word(&c, least);
    add_word(&c, most);
    add_word(&c, "LIMIT");
    add_word(&c, "0");
    add_number(&c, MAX_LABELS);
    status = send_words(self, &c, report, reply);
    if (status != DAOTP_OK || (*reply)->type == REDIS_REPLY_ARRAY)
        return status;
    freeReplyObject(*reply);
    *reply = NULL;
    return session_refuse_reply(&self->session, "no array in reply to ZRANGEBYSCORE", report);
}

/* NULL for what is no label. */
static const char *label_in_reply(const redisReply *reply, size_t i)
{
    const redisReply *element = reply->element[i];

    if (element == NULL || element->type != REDIS_REPLY_STRING ||
        strlen(element->str) != (size_t)element->len || !daotp_store_is_label(element->str))
        return NULL;
    return element->str;
}

static daotp_status redis_list(void *given, daotp_store_label_fn tell, void *user,
                               daotp_report *report)
{
    redis_store *self = given;
    char now[MAX_NUMBER];
    redisReply *reply = NULL;
    daotp_status status = begin_call(self, report);

    (void)snprintf(now, sizeof now, "%lld", (long long)daotp_context_get_time_s(self->context));
    if (status == DAOTP_OK)
        status = fetch_labels(self, now, "+inf", report, &reply);
    for (size_t i = 0; status == DAOTP_OK && reply != NULL && i < reply->elements; i++)
        if (label_in_reply(reply, i) != NULL)
            status = tell(user, label_in_reply(reply, i));
    freeReplyObject(reply);
    return status;
}

/* What was removed does not come back: the next generation is a higher one. */
static daotp_status note_removed(redis_store *self, const char *label, const redisReply *reply,
                                 daotp_report *report)
{
    char token[TOKEN_LEN];
    uint64_t generation;

    if (reply->type == REDIS_REPLY_INTEGER && reply->integer == 0)
        return DAOTP_REJECTED;
    if (!read_token(reply, token, &generation))
        return session_refuse_reply(&self->session, "a fencing token that is none", report);
    if (generation < seen_get(&self->seen, label))
        generation = seen_get(&self->seen, label);
    return seen_note(&self->seen, label, generation + 1);
}

static daotp_status redis_remove(void *given, const char *label, daotp_report *report)
{
    redis_store *self = given;
    command_words c = {.count = 0};
    redisReply *reply;
    daotp_status status = begin_call(self, report);

    if (status != DAOTP_OK)
        return status;
    add_script(&c, remove_script, 3);
    add_key_name(&c, self, 'f', label);
    add_key_name(&c, self, 'e', label);
    add_key_name(&c, self, '\0', NULL);
    add_word(&c, label);
    status = send_words(self, &c, report, &reply);
    if (status == DAOTP_OK)
        status = note_removed(self, label, reply, report);
    freeReplyObject(reply);
    return status;
}

/* Removes exactly the record that was judged, so that a new one stays. */
static daotp_status expire_record(redis_store *self, const char *label, const void *record,
                                  size_t len, daotp_report *report, bool *removed)
{
    command_words c = {.count = 0};

    add_script(&c, expire_script, 2);
    add_key_name(&c, self, 'e', label);
    add_key_name(&c, self, '\0', NULL);
    add_word(&c, label);
    add_octets(&c, record, len);
    return send_for_flag(self, &c, report, removed);
}

static daotp_status judge_record(const opened_record *opened, const char *label,
                                 daotp_store_expired_fn check, void *user)
{
    daotp_store_item *item = NULL;
    daotp_status status = daotp_store_item_new(&item);

    if (status == DAOTP_OK)
        status = fill_from_record(opened, item);
    if (status == DAOTP_OK)
        status = check(user, label, item);
    daotp_store_item_free(item);
    return status;
}

/* One label of the index. What cannot be opened stays, and is reported. */
static daotp_status expire_label(redis_store *self, const char *label, daotp_store_expired_fn check,
                                 void *user, size_t *removed, daotp_report *report)
{
    size_t since = daotp_report_get_count(report);
    opened_record opened;
    redisReply *reply;
    bool flag = false;
    daotp_status status = read_record(self, label, report, &reply, &opened);

    if (status == DAOTP_REJECTED) { /* the server removed it when it ended */
        status = expire_record(self, label, "", 0, report, &flag);
        flag = false;
    } else if (status == DAOTP_OK) {
        status = judge_record(&opened, label, check, user);
        if (status == DAOTP_OK && reply != NULL)
            status = expire_record(self, label, reply->str, (size_t)reply->len, report, &flag);
    } else if (reply != NULL && status != DAOTP_MEMORY) {
        daotp_report_downgrade_errors(report, since);
        status = DAOTP_OK;
    }
    *removed += flag;
    free_read(reply, &opened);
    return status == DAOTP_REJECTED ? DAOTP_OK : status;
}

static daotp_status redis_expire(void *given, daotp_store_expired_fn check, void *user,
                                 size_t *removed, daotp_report *report)
{
    redis_store *self = given;
    char now[MAX_NUMBER];
    redisReply *reply = NULL;
    daotp_status status = begin_call(self, report);

    (void)snprintf(now, sizeof now, "(%lld", (long long)daotp_context_get_time_s(self->context));
    if (status == DAOTP_OK)
        status = fetch_labels(self, "-inf", now, report, &reply);
    for (size_t i = 0; status == DAOTP_OK && reply != NULL && i < reply->elements; i++)
        if (label_in_reply(reply, i) != NULL)
            status = expire_label(self, label_in_reply(reply, i), check, user, removed, report);
    freeReplyObject(reply);
    return status;
}

/* ---- the store ------------------------------------------------------------------------------- */

/* Locks go back at once where the server answers; else they end by themselves. */
static void free_redis_store(void *given)
{
    redis_store *self = given;

    if (self->settings->timeout_ms > RELEASE_MS)
        self->settings->timeout_ms = RELEASE_MS;
    while (self->held_count > 0) {
        if (self->session.link != NULL && self->owner_pid == getpid())
            (void)release_lock(self, self->held[0].label, NULL);
        forget_held(self, 0);
    }
    session_end(&self->session);
    seal_ring_free(self->ring);
    seen_end(&self->seen);
    settings_free(self->settings);
    free(self);
}

daotp_status redis_store_open(daotp_context *context, const char *uri, daotp_report *report,
                              daotp_store **store)
{
    static const daotp_store_backend backend = {
        .size = sizeof backend,
        .put = redis_put,
        .get = redis_get,
        .remove = redis_remove,
        .list = redis_list,
        .free = free_redis_store,
        .check = redis_check,
        .expire = redis_expire,
        .abilities = DAOTP_STORE_IS_SHARED | DAOTP_STORE_HOLDS_MANY | DAOTP_STORE_TAKES_KEYS |
                     DAOTP_STORE_GIVES_KEYS | DAOTP_STORE_FORGETS | DAOTP_STORE_ASKS_SECRET |
                     DAOTP_STORE_TELLS_FULL};
    redis_store *self = calloc(1, sizeof *self);
    daotp_status status;

    if (self == NULL)
        return DAOTP_MEMORY;
    status = settings_read(uri, report, &self->settings);
    if (status != DAOTP_OK) {
        free(self);
        return status;
    }
    self->context = context;
    session_init(&self->session, context, self->settings);
    return daotp_store_new(context, &backend, self, store);
}
