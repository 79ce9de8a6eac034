/* SPDX-License-Identifier: BSD-2-Clause */
/* The store redis: records that were changed, servers that lie, locks, and a server that goes away.
 */
#include "forge.h"
#include "redis_server.h"
#include "scratch.h"
#include "testing.h"

#include "reply.h"
#include "seal.h"
#include "settings.h"
#include "store.h"
#include "store/store.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ui.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char key_text[] =
    "old 0000000000000000000000000000000000000000000000000000000000000001\n"
    "# a comment\n\n"
    "new 00000000000000000000000000000000000000000000000000000000000000Ff\r\n";

static forge_world world;
static X509 *second;
static redis_server fleet;

static int set_up(void **state)
{
    forge_spec spec;

    (void)state;
    world = forge_world_new();
    spec = forge_user_spec(&world, world.user_key);
    spec.not_after = FORGE_NOW + 2 * FORGE_HOUR;
    second = forge_certificate(&spec);
    return scratch_begin();
}

static int tear_down(void **state)
{
    (void)state;
    redis_server_kill(&fleet);
    X509_free(second);
    forge_world_free(&world);
    return scratch_end();
}

/* ---- records -----------------------------------------------------------------------------------
 */

static seal_ring *ring_of(const char *text)
{
    seal_ring *ring;
    const char *why;

    assert_int_equal(seal_ring_read(text, strlen(text), &ring, &why), DAOTP_OK);
    return ring;
}

static unsigned char *seal_sample(const seal_ring *ring, const char *label, size_t *len)
{
    const seal_header header = {.label = label,
                                .user = "alice@corp.example",
                                .template_oid = "1.2.3",
                                .not_after = 1800000000,
                                .generation = 7};
    const seal_content content = {
        .certificates = "certificates", .certificates_len = 12, .key = "key", .key_len = 3};
    unsigned char *record;

    assert_int_equal(seal_record(ring, &header, &content, &record, len), DAOTP_OK);
    return record;
}

static void a_record_comes_back(void **state)
{
    seal_ring *ring = ring_of(key_text);
    opened_record opened;
    const char *why;
    size_t len;
    unsigned char *record = seal_sample(ring, "alice", &len);

    (void)state;
    assert_int_equal(open_record(ring, "alice", record, len, &opened, &why), DAOTP_OK);
    assert_string_equal(opened.key_id, "new"); /* the last line seals */
    assert_int_equal(opened.generation, 7);
    assert_int_equal(opened.not_after, 1800000000);
    assert_int_equal(opened.content.certificates_len, 12);
    assert_memory_equal(opened.content.certificates, "certificates", 12);
    assert_int_equal(opened.content.key_len, 3);
    assert_memory_equal(opened.content.key, "key", 3);
    opened_record_free(&opened);
    assert_null(memmem(record, len, "certificates", 12));
    free(record);
    seal_ring_free(ring);
}

/* Each octet is bound: header, ciphertext and tag. */
static void a_record_with_any_octet_changed_is_refused(void **state)
{
    seal_ring *ring = ring_of(key_text);
    opened_record opened;
    const char *why;
    size_t len;
    unsigned char *record = seal_sample(ring, "alice", &len);

    (void)state;
    for (size_t i = 0; i < len; i++) {
        record[i] ^= 1;
        assert_int_not_equal(open_record(ring, "alice", record, len, &opened, &why), DAOTP_OK);
        assert_null(opened.plaintext);
        record[i] ^= 1;
        assert_int_not_equal(open_record(ring, "alice", record, i, &opened, &why), DAOTP_OK);
    }
    assert_int_equal(open_record(ring, "bob", record, len, &opened, &why), DAOTP_PEER);
    assert_string_equal(why, "it is the record of another label");
    free(record);
    seal_ring_free(ring);
}

/* What open_record() would refuse is not written. */
static void a_record_that_is_too_large_is_not_sealed(void **state)
{
    static const char large[MAX_RECORD];
    seal_ring *ring = ring_of(key_text);
    const seal_header header = {.label = "alice", .user = "", .template_oid = ""};
    seal_content content = {.certificates = large, .key = large, .key_len = MAX_RECORD / 2};
    opened_record opened;
    unsigned char *record;
    const char *why;
    size_t len;

    (void)state;
    content.certificates_len = MAX_RECORD / 2;
    assert_int_equal(seal_record(ring, &header, &content, &record, &len), DAOTP_INTERNAL);
    assert_null(record);
    content.certificates_len -= 200;
    assert_int_equal(seal_record(ring, &header, &content, &record, &len), DAOTP_OK);
    assert_int_equal(open_record(ring, "alice", record, len, &opened, &why), DAOTP_OK);
    opened_record_free(&opened);
    free(record);
    seal_ring_free(ring);
}

static void keys_can_be_changed(void **state)
{
    seal_ring *both = ring_of(key_text),
              *older = ring_of("old 0000000000000000000000000000000000000"
                               "000000000000000000000000001");
    opened_record opened;
    const char *why;
    size_t len;
    unsigned char *record = seal_sample(older, "alice", &len);

    (void)state;
    assert_int_equal(open_record(both, "alice", record, len, &opened, &why), DAOTP_OK);
    opened_record_free(&opened);
    free(record);
    record = seal_sample(both, "alice", &len);
    assert_int_equal(open_record(older, "alice", record, len, &opened, &why), DAOTP_CONFIGURATION);
    assert_string_equal(opened.key_id, "new");
    free(record);
    seal_ring_free(both);
    seal_ring_free(older);
}

static void a_key_file_that_cannot_be_is_told(void **state)
{
    static const char twice[] =
        "a 0000000000000000000000000000000000000000000000000000000000000001\n"
        "a 0000000000000000000000000000000000000000000000000000000000000002\n";
    static const char *const texts[] = {
        "",
        "\n#\n",
        "one\n",
        "one 00\n",
        "one two three\n",
        " 0000000000000000000000000000000000000000000000000000000000000001\n",
        "a/b 0000000000000000000000000000000000000000000000000000000000000001\n",
        "a 000000000000000000000000000000000000000000000000000000000000000g\n",
        twice};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        seal_ring *ring;
        const char *why;

        assert_int_equal(seal_ring_read(texts[i], strlen(texts[i]), &ring, &why),
                         DAOTP_CONFIGURATION);
        assert_null(ring);
        assert_non_null(why);
    }
}

/* ---- replies -----------------------------------------------------------------------------------
 */

static daotp_status feed(const char *octets, size_t len, size_t step)
{
    reply_reader *reader = reply_reader_new();
    daotp_status status = DAOTP_AGAIN;

    for (size_t at = 0; at < len && status == DAOTP_AGAIN; at += step) {
        redisReply *reply;

        status = reply_reader_feed(reader, octets + at, len - at < step ? len - at : step, &reply);
        freeReplyObject(reply);
    }
    if (status == DAOTP_PEER)
        assert_string_not_equal(reply_reader_why(reader), "");
    reply_reader_free(reader);
    return status;
}

static void replies_have_limits(void **state)
{
    static const struct {
        const char *octets;
        daotp_status status;
    } rows[] = {{"+OK\r\n", DAOTP_OK},
                {"$3\r\nabc\r\n", DAOTP_OK},
                {"$-1\r\n", DAOTP_OK},
                {"*2\r\n$1\r\na\r\n$1\r\nb\r\n", DAOTP_OK},
                {"*1\r\n*1\r\n:1\r\n", DAOTP_OK},
                {"*1\r\n*1\r\n*1\r\n:1\r\n", DAOTP_PEER}, /* too deep */
                {"*20001\r\n", DAOTP_PEER},
                {"*2000000000\r\n", DAOTP_PEER},
                {"*2\r\n*15000\r\n", DAOTP_AGAIN},
                {"$3\r\nab", DAOTP_AGAIN},
                {"$999999999\r\n", DAOTP_AGAIN},
                {"HTTP/1.1 400 Bad Request\r\n", DAOTP_PEER}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t len = strlen(rows[i].octets);

        if (feed(rows[i].octets, len, len) != rows[i].status ||
            feed(rows[i].octets, len, 1) != rows[i].status)
            fail_msg("%s", rows[i].octets);
    }
    assert_int_equal(feed("+OK\r\n+OK\r\n", 10, 10), DAOTP_PEER); /* octets behind it */
}

static void a_reply_without_an_end_is_refused(void **state)
{
    size_t len = (size_t)MAX_REPLY + 100;
    char *octets = malloc(len);

    (void)state;
    assert_non_null(octets);
    memset(octets, 'a', len);
    *octets = '+';
    assert_int_equal(feed(octets, 2 * MAX_REPLY_LINE, 100), DAOTP_PEER); /* one line */
    octets[snprintf(octets, 20, "$999999999\r\n")] = 'a';
    assert_int_equal(feed(octets, len, MAX_READ_STEP), DAOTP_PEER);
    free(octets);
}

/* ---- the URI -----------------------------------------------------------------------------------
 */

static void a_server_uri_that_cannot_be_is_told(void **state)
{
    static const char *const uris[] = {"redis:",
                                       "redis:localhost",
                                       "redis://",
                                       "redis://localhost:0",
                                       "redis://localhost:65536",
                                       "redis://local host",
                                       "redis://[::1",
                                       "redis://a,,b",
                                       "redis://localhost/x",
                                       "redis://user:GEHEIM@localhost",
                                       "redis://:GEHEIM@localhost",
                                       "redis://@localhost",
                                       "redis://localhost?password=GEHEIM",
                                       "redis://localhost?seal-key",
                                       "redis://localhost?seal-key=",
                                       "redis://localhost?seal-key=%0",
                                       "redis://localhost?seal-key=%00",
                                       "redis://localhost?seal-key=a&seal-key=b",
                                       "redis://localhost?prefix=a:b",
                                       "redis://localhost?timeout-s=0",
                                       "redis://localhost?timeout-s=601",
                                       "redis://localhost?lock-s=-1",
                                       "redis://localhost?ca-file=/x",
                                       "redis://localhost?sentinel=m",
                                       "redis://localhost?master=h",
                                       "redis://bob@redis.corp.example",
                                       "redis://redis.corp.example?password-file=/x",
                                       "redis://bob@127.corp.example",
                                       "redis:x://localhost",
                                       "redis://h?sentinel=m&master=a&master=b",
                                       "redis://h?sentinel=m&master=a%3A0",
                                       "rediss://localhost",
                                       "rediss://localhost?ca-file=/x&client-cert=/y"};
    test_report report = test_report_new();

    (void)state;
    for (size_t i = 0; i < sizeof uris / sizeof uris[0]; i++) {
        daotp_store *store = NULL;

        if (redis_store_open(report.context, uris[i], report.report, &store) != DAOTP_CONFIGURATION)
            fail_msg("%s", uris[i]);
        assert_null(store);
    }
    assert_null(strstr(daotp_report_get_text(report.report), "GEHEIM"));
    assert_true(test_report_has(&report, DAOTP_FINDING_STORE_URI));
    test_report_free(&report);
}

static void the_values_of_a_server_uri_are_decoded(void **state)
{
    test_report report = test_report_new();
    store_settings *settings;

    (void)state;
    assert_int_equal(
        settings_read("rediss://b%6fb@h?ca-file=%2Fx&sentinel=m%26m&master=h%3A7%2c%5B::1%5d",
                      report.report, &settings),
        DAOTP_OK);
    assert_string_equal(settings->user, "bob");
    assert_string_equal(settings->sentinel, "m&m");
    assert_int_equal(settings->masters.count, 2);
    assert_int_equal(settings->masters.servers[0].port, 7);
    assert_string_equal(settings->masters.servers[1].host, "::1");
    settings_free(settings);
    test_report_free(&report);
}

/* ---- stores of a server ------------------------------------------------------------------------
 */

static unsigned asked; /* for a password */

static daotp_status give_secret(void *user, daotp_secret_kind kind, const char *subject,
                                uint32_t warnings, void *answer, size_t room, size_t *len)
{
    (void)user, (void)subject, (void)warnings;
    if (kind == DAOTP_SECRET_PASSWORD) {
        asked++;
        *len = (size_t)snprintf(answer, room, "wrong");
        return DAOTP_OK;
    }
    assert_int_equal(kind, DAOTP_SECRET_SEAL_KEY);
    *len = (size_t)snprintf(answer, room, "%s", key_text);
    return DAOTP_OK;
}

static daotp_context *new_context(void)
{
    daotp_context *context = forge_context();

    assert_int_equal(daotp_context_set_secret(context, give_secret, NULL), DAOTP_OK);
    return context;
}

static daotp_store *open_store(daotp_context *context, uint16_t port, const char *user,
                               const char *query)
{
    daotp_store *store = NULL;
    char uri[200];

    (void)snprintf(uri, sizeof uri, "redis://%s127.0.0.1:%u?%s", user, port, query);
    assert_int_equal(redis_store_open(context, uri, NULL, &store), DAOTP_OK);
    return store;
}

static daotp_status put(daotp_store *store, daotp_context *context, const char *label, X509 *leaf)
{
    daotp_credential *c = forge_credential(context, leaf, world.root, world.user_key);
    daotp_status status = daotp_store_put(store, label, c);

    daotp_credential_unref(c);
    return status;
}

static daotp_status get(daotp_store *store, const char *label)
{
    daotp_credential *c;
    daotp_status status = daotp_store_get(store, label, &c);

    daotp_credential_unref(c);
    return status;
}

static daotp_finding_number error_of(daotp_store *store)
{
    return daotp_finding_get_number(daotp_report_get_error(daotp_store_get_report(store)));
}

static void ask_fleet(const char *line, const char *wanted)
{
    char reply[200];

    redis_server_ask(fleet.port, line, reply, sizeof reply);
    assert_string_equal(reply, wanted);
}

static bool has_fleet(void)
{
    if (!redis_server_is_installed()) {
        print_message("no redis-server\n");
        return false;
    }
    if (fleet.pid == 0)
        redis_server_start(&fleet, NULL);
    ask_fleet("FLUSHALL", "+OK");
    return true;
}

static void what_the_server_changes_is_refused(void **state)
{
    daotp_context *context;
    daotp_store *store;

    (void)state;
    if (!has_fleet())
        skip();
    context = new_context();
    store = open_store(context, fleet.port, "", "prefix=t");
    assert_int_equal(put(store, context, "alice", world.user), DAOTP_OK);
    assert_int_equal(put(store, context, "bob", second), DAOTP_OK);
    ask_fleet("COPY t:e:alice t:old", ":1");
    ask_fleet("COPY t:e:bob t:e:alice REPLACE", ":1"); /* the records of two users change places */
    assert_int_equal(get(store, "alice"), DAOTP_PEER);
    assert_int_equal(error_of(store), DAOTP_FINDING_STORE_SEAL);
    assert_int_equal(put(store, context, "alice", second), DAOTP_OK);
    assert_int_equal(get(store, "alice"), DAOTP_OK);
    ask_fleet("COPY t:old t:e:alice REPLACE", ":1"); /* an older one of the same user */
    assert_int_equal(get(store, "alice"), DAOTP_PEER);
    assert_int_equal(error_of(store), DAOTP_FINDING_STORE_ROLLED_BACK);
    ask_fleet("COPY t:e:bob t:old REPLACE", ":1");
    assert_int_equal(daotp_store_remove(store, "bob"), DAOTP_OK);
    ask_fleet("COPY t:old t:e:bob", ":1"); /* one that was removed */
    assert_int_equal(get(store, "bob"), DAOTP_PEER);
    assert_int_equal(error_of(store), DAOTP_FINDING_STORE_ROLLED_BACK);
    ask_fleet("FLUSHALL", "+OK"); /* tokens are lost: the next is higher than what was seen */
    assert_int_equal(put(store, context, "bob", second), DAOTP_OK);
    assert_int_equal(get(store, "bob"), DAOTP_OK);
    ask_fleet("SET t:e:bob nonsense", "+OK");
    assert_int_equal(get(store, "bob"), DAOTP_PEER);
    assert_int_equal(error_of(store), DAOTP_FINDING_STORE_SEAL);
    daotp_store_unref(store);
    daotp_context_unref(context);
}

static void an_entry_ends_on_the_server(void **state)
{
    daotp_context *context;
    daotp_store *store;
    char reply[64];

    (void)state;
    if (!has_fleet())
        skip();
    context = new_context();
    store = open_store(context, fleet.port, "", "prefix=t");
    assert_int_equal(put(store, context, "alice", world.user), DAOTP_OK);
    redis_server_ask(fleet.port, "TTL t:e:alice", reply, sizeof reply);
    assert_between(strtol(reply + 1, NULL, 10), 1, FORGE_HOUR);
    daotp_store_unref(store);
    daotp_context_unref(context);
}

/* The lock of the first ended and another has taken it: its write is refused. */
static void who_lost_the_lock_writes_nothing(void **state)
{
    daotp_context *context;
    daotp_store *first, *other;
    daotp_credential *c;

    (void)state;
    if (!has_fleet())
        skip();
    context = new_context();
    first = open_store(context, fleet.port, "", "prefix=t");
    other = open_store(context, fleet.port, "", "prefix=t&timeout-s=3");
    assert_int_equal(daotp__store_check(first, "alice", NULL), DAOTP_OK);
    assert_int_equal(put(other, context, "alice", second), DAOTP_TIMEOUT);
    assert_int_equal(error_of(other), DAOTP_FINDING_STORE_USER_LOCKED);
    assert_int_equal(put(other, context, "bob", second), DAOTP_OK); /* another label */
    ask_fleet("DEL t:l:alice", ":1");
    assert_int_equal(put(other, context, "alice", second), DAOTP_OK);
    assert_int_equal(put(first, context, "alice", world.user), DAOTP_TIMEOUT);
    assert_int_equal(error_of(first), DAOTP_FINDING_STORE_FENCED);
    assert_int_equal(daotp_store_get(first, "alice", &c), DAOTP_OK);
    assert_int_equal(daotp_credential_get_not_after(c), FORGE_NOW + 2 * FORGE_HOUR);
    daotp_credential_unref(c);
    assert_int_equal(daotp__store_check(first, "alice", NULL), DAOTP_OK);
    daotp_store_unref(first); /* gives the lock back */
    assert_int_equal(put(other, context, "alice", second), DAOTP_OK);
    daotp_store_unref(other);
    daotp_context_unref(context);
}

static void a_wrong_server_password_is_tried_once(void **state)
{
    daotp_context *context;
    daotp_store *store;

    (void)state;
    if (!has_fleet())
        skip();
    ask_fleet("ACL SETUSER bob on >right ~t:* +@all", "+OK");
    ask_fleet("ACL SETUSER poor on nopass ~t:* -@all", "+OK");
    context = new_context();
    store = open_store(context, fleet.port, "bob@", "prefix=t");
    asked = 0;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(get(store, "alice"), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(store), DAOTP_FINDING_STORE_SERVER_AUTH);
        assert_int_equal(asked, 1);
    }
    daotp_store_unref(store);
    store = open_store(context, fleet.port, "poor@", "prefix=t"); /* its password is any */
    assert_int_equal(get(store, "alice"), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(store), DAOTP_FINDING_STORE_SERVER_DENIED);
    daotp_store_unref(store);
    daotp_context_unref(context);
}

static void a_server_that_goes_away_and_comes_back(void **state)
{
    daotp_context *context;
    daotp_store *store;

    (void)state;
    if (!has_fleet())
        skip();
    context = new_context();
    store = open_store(context, fleet.port, "", "prefix=t");
    assert_int_equal(put(store, context, "alice", world.user), DAOTP_OK);
    redis_server_kill(&fleet);
    assert_int_equal(get(store, "alice"), DAOTP_NETWORK);
    assert_int_equal(error_of(store), DAOTP_FINDING_STORE_SERVER);
    redis_server_start(&fleet, NULL);
    assert_int_equal(get(store, "alice"), DAOTP_REJECTED); /* it kept nothing, as is declared */
    assert_int_equal(put(store, context, "alice", world.user), DAOTP_OK);
    redis_server_kill(&fleet);
    redis_server_start(&fleet, NULL);
    assert_int_equal(put(store, context, "alice", world.user), DAOTP_OK); /* on a new link */
    assert_int_equal(get(store, "alice"), DAOTP_OK);
    daotp_store_unref(store);
    daotp_context_unref(context);
}

/* ---- servers that lie --------------------------------------------------------------------------
 */

/* Many at once: a slow machine sends what exceeds a limit in time. */
static void write_for_ever(int to, const char *octets)
{
    static char many[1 << 16];
    size_t len = strlen(octets), count = 0;

    for (; count + len <= sizeof many; count += len)
        memcpy(many + count, octets, len);
    while (write(to, many, count) > 0)
        ;
}

/* Answers each connection with the same octets, once or for ever. */
static pid_t start_liar(const char *octets, bool forever, uint16_t *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pid_t pid;

    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    *port = ntohs(at.sin_port);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)signal(SIGPIPE, SIG_IGN);
        for (;;) {
            char command[4096];
            int to = accept(fd, NULL, NULL);

            (void)!read(to, command, sizeof command);
            if (forever)
                write_for_ever(to, octets);
            else
                (void)!write(to, octets, strlen(octets));
            (void)!read(to, command, sizeof command); /* until the client goes */
            (void)close(to);
        }
    }
    (void)close(fd);
    return pid;
}

static void a_lying_server_gets_a_finding(void **state)
{
    static const struct {
        const char *octets;
        bool forever;
        daotp_finding_number number;
    } rows[] = {{"", false, DAOTP_FINDING_STORE_SERVER_SLOW},
                {"$999999999\r\n", true, DAOTP_FINDING_STORE_SERVER_REPLY},
                {"+", true, DAOTP_FINDING_STORE_SERVER_REPLY},
                {"*1\r\n*1\r\n*1\r\n", false, DAOTP_FINDING_STORE_SERVER_REPLY},
                {"*2000000000\r\n", false, DAOTP_FINDING_STORE_SERVER_REPLY},
                {":5\r\n", false, DAOTP_FINDING_STORE_SERVER_REPLY},
                {"+OK\r\n+OK\r\n", false, DAOTP_FINDING_STORE_SERVER_REPLY},
                {"-MOVED 1 10.0.0.1:6379\r\n", false, DAOTP_FINDING_STORE_SERVER_CLUSTER},
                {"-ASK 1 10.0.0.1:6379\r\n", false, DAOTP_FINDING_STORE_SERVER_CLUSTER},
                {"-OOM no\r\n", false, DAOTP_FINDING_STORE_SERVER_FULL},
                {"-NOAUTH no\r\n", false, DAOTP_FINDING_STORE_SERVER_AUTH},
                {"-X\r\n", false, DAOTP_FINDING_STORE_SERVER_REFUSED},
                {"$3\r\nabc\r\n", false, DAOTP_FINDING_STORE_SEAL}};
    daotp_context *context = new_context();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint16_t port;
        pid_t pid = start_liar(rows[i].octets, rows[i].forever, &port);
        daotp_store *store =
            open_store(context, port, "", *rows[i].octets == '\0' ? "timeout-s=1" : "timeout-s=60");

        assert_int_not_equal(get(store, "alice"), DAOTP_OK);
        if (error_of(store) != rows[i].number)
            fail_msg("%s: %s", rows[i].octets,
                     daotp_report_get_text(daotp_store_get_report(store)));
        daotp_store_unref(store);
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
    }
    daotp_context_unref(context);
}

static void end_liar(pid_t pid)
{
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* ROLE that the ACL does not allow says nothing of the role. */
static void a_user_who_may_not_ask_for_the_role_is_told(void **state)
{
    char answer[64], port_text[8], query[100];
    daotp_context *context;
    daotp_store *store;
    uint16_t port;
    pid_t pid;

    (void)state;
    if (!has_fleet())
        skip();
    ask_fleet("ACL SETUSER poor on nopass ~t:* -@all", "+OK");
    (void)snprintf(port_text, sizeof port_text, "%u", fleet.port);
    (void)snprintf(answer, sizeof answer, "*2\r\n$9\r\n127.0.0.1\r\n$%zu\r\n%s\r\n",
                   strlen(port_text), port_text);
    (void)snprintf(query, sizeof query, "sentinel=m&master=127.0.0.1:%s&timeout-s=60", port_text);
    pid = start_liar(answer, false, &port);
    context = new_context();
    store = open_store(context, port, "poor@", query);
    assert_int_equal(get(store, "alice"), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(store), DAOTP_FINDING_STORE_SERVER_DENIED);
    daotp_store_unref(store);
    daotp_context_unref(context);
    end_liar(pid);
}

/* A server without AUTH repeats the words of the command in its error. */
static void a_password_that_a_server_repeats_is_not_shown(void **state)
{
    daotp_context *context = new_context();
    daotp_store *store;
    uint16_t port;
    pid_t pid =
        start_liar("-ERR unknown command `AUTH`, with args beginning with: `bob`, `wrong`, \r\n",
                   false, &port);

    (void)state;
    store = open_store(context, port, "bob@", "timeout-s=60");
    assert_int_equal(get(store, "alice"), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(store), DAOTP_FINDING_STORE_SERVER_AUTH);
    assert_null(strstr(daotp_report_get_text(daotp_store_get_report(store)), "`wrong`"));
    daotp_store_unref(store);
    daotp_context_unref(context);
    end_liar(pid);
}

/* It refuses the connection, not the password: the next call tries again. */
static void a_server_without_room_for_a_connection_is_told(void **state)
{
    daotp_context *context = new_context();
    daotp_store *store;
    uint16_t port;
    pid_t pid = start_liar("-ERR max number of clients reached\r\n", false, &port);

    (void)state;
    store = open_store(context, port, "bob@", "timeout-s=60");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(get(store, "alice"), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(store), DAOTP_FINDING_STORE_SERVER_REFUSED);
    }
    daotp_store_unref(store);
    daotp_context_unref(context);
    end_liar(pid);
}

static unsigned prompts;

static int count_prompts(UI *ui)
{
    (void)ui;
    prompts++;
    return 0;
}

static void write_tls_files(const char *folder)
{
    static unsigned char passphrase[] = "secret";
    char path[100];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/cert", folder);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, world.user), 1);
    assert_int_equal(fclose(file), 0);
    (void)snprintf(path, sizeof path, "%s/key", folder);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, world.user_key, EVP_aes_256_cbc(), passphrase,
                                          sizeof passphrase - 1, NULL, NULL),
                     1);
    assert_int_equal(fclose(file), 0);
}

static void a_client_key_of_others_or_encrypted_is_refused(void **state)
{
    daotp_context *context = new_context();
    UI_METHOD *method = UI_create_method("counts");
    daotp_store *store = NULL;
    char folder[64], key[100], uri[300];
    uint16_t port;
    pid_t pid = start_liar("", false, &port);

    (void)state;
    assert_int_equal(UI_method_set_opener(method, count_prompts), 0);
    UI_set_default_method(method);
    scratch_folder(folder, sizeof folder);
    write_tls_files(folder);
    (void)snprintf(uri, sizeof uri,
                   "rediss://127.0.0.1:%u?ca-file=%s/cert&client-cert=%s/cert&client-key=%s/key",
                   port, folder, folder, folder);
    assert_int_equal(redis_store_open(context, uri, NULL, &store), DAOTP_OK);
    (void)snprintf(key, sizeof key, "%s/key", folder);
    assert_int_equal(chmod(key, 0640), 0);
    assert_int_equal(get(store, "alice"), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(store), DAOTP_FINDING_FILE_OPEN_TO_OTHERS);
    assert_int_equal(chmod(key, 0600), 0);
    assert_int_equal(get(store, "alice"), DAOTP_PEER);
    assert_int_equal(error_of(store), DAOTP_FINDING_STORE_SERVER_TLS);
    assert_int_equal(prompts, 0); /* libssl would ask on the terminal */
    daotp_store_unref(store);
    UI_set_default_method(UI_OpenSSL());
    UI_destroy_method(method);
    daotp_context_unref(context);
    end_liar(pid);
}

/* A Sentinel names a server that nobody configured: it gets no connection. */
static void a_sentinel_names_configured_servers_only(void **state)
{
    daotp_context *context = new_context();
    daotp_store *store;
    uint16_t port;
    pid_t pid = start_liar("*2\r\n$8\r\n10.0.0.1\r\n$4\r\n6379\r\n", false, &port);

    (void)state;
    store = open_store(context, port, "", "sentinel=m&master=10.0.0.2,10.0.0.1:6380&timeout-s=2");
    assert_int_equal(get(store, "alice"), DAOTP_NETWORK);
    assert_int_equal(error_of(store), DAOTP_FINDING_STORE_SERVER_MASTER);
    assert_string_equal(
        daotp_finding_get_found(daotp_report_get_error(daotp_store_get_report(store))),
        "10.0.0.1:6379");
    daotp_store_unref(store);
    daotp_context_unref(context);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_comes_back),
        cmocka_unit_test(a_record_with_any_octet_changed_is_refused),
        cmocka_unit_test(a_record_that_is_too_large_is_not_sealed),
        cmocka_unit_test(keys_can_be_changed),
        cmocka_unit_test(a_key_file_that_cannot_be_is_told),
        cmocka_unit_test(replies_have_limits),
        cmocka_unit_test(a_reply_without_an_end_is_refused),
        cmocka_unit_test(a_server_uri_that_cannot_be_is_told),
        cmocka_unit_test(the_values_of_a_server_uri_are_decoded),
        cmocka_unit_test(what_the_server_changes_is_refused),
        cmocka_unit_test(an_entry_ends_on_the_server),
        cmocka_unit_test(who_lost_the_lock_writes_nothing),
        cmocka_unit_test(a_wrong_server_password_is_tried_once),
        cmocka_unit_test(a_server_that_goes_away_and_comes_back),
        cmocka_unit_test(a_lying_server_gets_a_finding),
        cmocka_unit_test(a_user_who_may_not_ask_for_the_role_is_told),
        cmocka_unit_test(a_password_that_a_server_repeats_is_not_shown),
        cmocka_unit_test(a_server_without_room_for_a_connection_is_told),
        cmocka_unit_test(a_client_key_of_others_or_encrypted_is_refused),
        cmocka_unit_test(a_sentinel_names_configured_servers_only),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
