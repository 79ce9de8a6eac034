/* SPDX-License-Identifier: BSD-2-Clause */
/* A KDC that does all it can: each answer is bounded, and is the KDC's fault and not ours; and a
 * configuration of Kerberos that cannot be read is told as that. And a token whose PIN is not
 * given. */
#include "forge.h"
#include "high_water.h"
#include "scratch.h"

#include "client/logon.h"
#include "core/limits.h"

#include <arpa/inet.h>
#include <daotp/sys/key_backend.h>
#include <glob.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static forge_world world;
static char folder[64], config[96];

/* ---- the KDC --------------------------------------------------------------------------------- */

typedef struct kdc_answer {
    const char *what;
    daotp__bytes bytes;
    size_t repeat; /* of the last octet, behind them */
    daotp_finding_number number;
} kdc_answer;

typedef struct kdc {
    int listener;
    char name[32];
    const kdc_answer *answer;
    pthread_t thread;
} kdc;

static bool send_all(int fd, const void *bytes, size_t len)
{
    const char *at = bytes;

    while (len > 0) {
        ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

static void serve_one(const kdc_answer *answer, int fd)
{
    char asked[4096], block[4096];
    size_t left = answer->repeat;

    if (recv(fd, asked, sizeof asked, 0) <= 0 || answer->bytes.len == 0 ||
        !send_all(fd, answer->bytes.data, answer->bytes.len))
        return;
    memset(block, answer->bytes.data[answer->bytes.len - 1], sizeof block);
    while (left > 0) {
        size_t n = left < sizeof block ? left : sizeof block;

        if (!send_all(fd, block, n))
            return;
        left -= n;
    }
    while (recv(fd, asked, sizeof asked, 0) > 0)
        continue;
}

static void *serve_all(void *given)
{
    kdc *self = given;
    int fd;

    while ((fd = accept(self->listener, NULL, NULL)) >= 0) {
        serve_one(self->answer, fd);
        (void)close(fd);
    }
    return NULL;
}

static void kdc_start(kdc *self, const kdc_answer *answer)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof here;

    self->answer = answer;
    self->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(self->listener, (struct sockaddr *)&here, sizeof here), 0);
    assert_int_equal(listen(self->listener, 8), 0);
    assert_int_equal(getsockname(self->listener, (struct sockaddr *)&here, &len), 0);
    (void)snprintf(self->name, sizeof self->name, "127.0.0.1:%u", (unsigned)ntohs(here.sin_port));
    assert_int_equal(pthread_create(&self->thread, NULL, serve_all, self), 0);
}

static void kdc_stop(kdc *self)
{
    (void)shutdown(self->listener, SHUT_RDWR);
    (void)pthread_join(self->thread, NULL);
    (void)close(self->listener);
}

/* ---- a logon --------------------------------------------------------------------------------- */

static void write_config(const char *text)
{
    FILE *file = fopen(config, "we");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* How it ends, in at most four seconds. The credential is freed. */
static daotp_status log_on_with(daotp_credential *credential, const char *kdc_name,
                                test_report *report)
{
    daotp__logon_spec spec = {.credential = credential,
                              .upn = FORGE_UPN,
                              .kdc = kdc_name,
                              .realm = "CORP.EXAMPLE",
                              .connect_ms = 2000};
    daotp_status status, ended = DAOTP_OK;
    daotp__logon *logon = NULL;

    assert_int_equal(daotp__loop_new(report->context, &spec.loop), DAOTP_OK);
    status = daotp__logon_new(&spec, report->report, &logon);
    if (status == DAOTP_OK) {
        daotp__loop_begin(spec.loop, 4000);
        do {
            ended = daotp__loop_dispatch(spec.loop);
            status = daotp__logon_step(logon, report->report);
            if (status == DAOTP_AGAIN && ended == DAOTP_OK)
                daotp__loop_wait(spec.loop);
        } while (status == DAOTP_AGAIN && ended == DAOTP_OK);
    }
    daotp__logon_free(logon);
    daotp__loop_free(spec.loop);
    daotp_credential_unref(credential);
    return status;
}

static daotp_status log_on(const char *kdc_name, test_report *report)
{
    return log_on_with(forge_credential(report->context, world.user, world.root, world.user_key),
                       kdc_name, report);
}

#define BYTES(text)                                                                                \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

static const kdc_answer answers[] = {
    {"nothing", {NULL, 0}, 0, DAOTP_FINDING_LOGON_KDC_RESET},
    {"words", BYTES("\0\0\0\5hello"), 0, DAOTP_FINDING_LOGON_ANSWER},
    {"an empty answer", BYTES("\0\0\0\0"), 0, DAOTP_FINDING_NONE},
    {"two gigabytes", BYTES("\x7F\xFF\xFF\xFF\x6B"), 1 << 24, DAOTP_FINDING_LOGON_ANSWER},
    {"the longest, of zeros", BYTES("\0\3\xFF\xFC\0"), 0x3FFFB, DAOTP_FINDING_LOGON_ANSWER},
    {"an AS-REP of another length", BYTES("\0\0\0\6\x6B\x84\x7F\xFF\xFF\xFF"), 0,
     DAOTP_FINDING_LOGON_ANSWER},
    {"an AS-REP of an indefinite length", BYTES("\0\3\xFF\xFC\x6B\x80\x30\x80"), 0x3FFF8,
     DAOTP_FINDING_LOGON_ANSWER},
};

static void hostile_answers(void **state)
{
    (void)state;
    write_config("[libdefaults]\n default_realm = CORP.EXAMPLE\n");
    for (size_t i = 0; i < COUNT(answers); i++) {
        test_report report = test_report_new();
        daotp_status status;
        kdc self;

        kdc_start(&self, &answers[i]);
        status = log_on(self.name, &report);
        kdc_stop(&self);
        if (status == DAOTP_OK || status == DAOTP_AGAIN || status == DAOTP_INTERNAL ||
            status == DAOTP_MEMORY)
            fail_msg("%s: %d\n%s", answers[i].what, (int)status,
                     daotp_report_get_text(report.report));
        if (answers[i].number != DAOTP_FINDING_NONE && !test_report_has(&report, answers[i].number))
            fail_msg("%s: %d\n%s", answers[i].what, (int)status,
                     daotp_report_get_text(report.report));
        test_report_free(&report);
    }
}

static void a_configuration_that_cannot_be_read(void **state)
{
    test_report report = test_report_new();

    (void)state;
    write_config("[libdefaults\n}}\n");
    assert_int_equal(log_on("127.0.0.1:1", &report), DAOTP_CONFIGURATION);
    assert_true(test_report_has(&report, DAOTP_FINDING_LOGON_CONFIG));
    test_report_free(&report);
}

/* ---- a PIN that is not given ------------------------------------------------------------------
 */

#define SOFTHSM "/usr/lib/softhsm/libsofthsm2.so"

/* KDC_ERR_PREAUTH_REQUIRED (25) with a PA-PK-AS-REQ (16): libkrb5 looks for the key then. */
static const kdc_answer wants_pkinit = {
    "PKINIT",
    BYTES("\0\0\0\x6f\x7e\x6d\x30\x6b\xa0\x03\x02\x01\x05\xa1\x03\x02\x01\x1e\xa4\x11\x18\x0f"
          "20261130000000Z"
          "\xa5\x03\x02\x01\x00\xa6\x03\x02\x01\x19\xa9\x0e\x1b\x0c"
          "CORP.EXAMPLE"
          "\xaa\x21\x30\x1f\xa0\x03\x02\x01\x02\xa1\x18\x30\x16\x1b\x06"
          "krbtgt"
          "\x1b\x0c"
          "CORP.EXAMPLE"
          "\xac\x0f\x04\x0d\x30\x0b\x30\x09\xa1\x03\x02\x01\x10\xa2\x02\x04\x00"),
    0, DAOTP_FINDING_NONE};

typedef struct pin_answer {
    daotp_status status, ends;
    const char *pin;
    size_t len;
    unsigned asked;
} pin_answer;

static daotp_status give_pin(void *user, daotp_secret_kind kind, const char *subject,
                             uint32_t warnings, void *answer, size_t room, size_t *len)
{
    pin_answer *given = user;

    (void)subject, (void)warnings;
    assert_int_equal(kind, DAOTP_SECRET_PIN);
    assert_true(given->len <= room);
    given->asked++;
    memcpy(answer, given->pin, given->len);
    *len = given->len;
    return given->status;
}

static daotp_status never_sign(void *self, daotp_signature_scheme scheme, const void *input,
                               size_t input_len, void *signature, size_t room, size_t *len,
                               daotp_report *report)
{
    (void)self, (void)scheme, (void)input, (void)input_len, (void)signature, (void)room;
    (void)len, (void)report;
    return DAOTP_INTERNAL;
}

static void free_nothing(void *self)
{
    (void)self;
}

static daotp_status lend_token(void *self, char *identity, size_t room, daotp_report *report)
{
    (void)self, (void)report;
    (void)snprintf(identity, room, "PKCS11:module_name=" SOFTHSM ":token=daotp");
    return DAOTP_OK;
}

static daotp_credential *token_credential(daotp_context *context)
{
    static const daotp_key_backend table = {
        .size = sizeof table, .sign = never_sign, .free = free_nothing, .lend = lend_token};
    daotp_key *in_memory = forge_key(context, world.user_key), *key = NULL;
    daotp_credential *credential = NULL;
    daotp__buffer pem;
    size_t len;
    const void *spki = daotp_key_get_public(in_memory, &len);

    daotp__buffer_init(&pem, 1 << 20);
    forge_pem(&pem, world.user);
    assert_int_equal(daotp_key_new(context, &table, NULL, spki, len, NULL, &key), DAOTP_OK);
    assert_int_equal(daotp_credential_new(context, pem.data, pem.len, key, NULL, &credential),
                     DAOTP_OK);
    daotp__buffer_free(&pem);
    daotp_key_unref(key);
    daotp_key_unref(in_memory);
    return credential;
}

static bool has_file(const char *pattern)
{
    glob_t found;
    int rc = glob(pattern, 0, NULL, &found);

    globfree(&found);
    return rc == 0;
}

static bool has_packages(void)
{
    return has_file(SOFTHSM) && (has_file("/usr/lib/*/krb5/plugins/preauth/pkinit.so") ||
                                 has_file("/usr/lib*/krb5/plugins/preauth/pkinit.so"));
}

static bool make_token(void)
{
    char path[96];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/softhsm2.conf", folder);
    file = fopen(path, "we");
    assert_non_null(file);
    fprintf(file, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n",
            folder);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(setenv("SOFTHSM2_CONF", path, 1), 0);
    return system("softhsm2-util --init-token --free --label daotp --pin 1234 --so-pin 5678 "
                  ">/dev/null 2>&1") == 0;
}

static void a_pin_that_is_not_given_ends_the_logon(void **state)
{
    pin_answer answers_of_user[] = {{DAOTP_CANCELLED, DAOTP_CANCELLED, "", 0, 0},
                                    {DAOTP_MEMORY, DAOTP_MEMORY, "", 0, 0},
                                    {DAOTP_OK, DAOTP_CONFIGURATION, "1234\0005", 6, 0}};

    (void)state;
    if (!has_packages() || !make_token()) /* softhsm2 and krb5-pkinit */
        skip();
    write_config("[libdefaults]\n default_realm = CORP.EXAMPLE\n");
    for (size_t i = 0; i < COUNT(answers_of_user); i++) {
        pin_answer *answer = &answers_of_user[i];
        test_report report = test_report_new();
        daotp_status status;
        kdc self;

        assert_int_equal(daotp_context_set_secret(report.context, give_pin, answer), DAOTP_OK);
        kdc_start(&self, &wants_pkinit);
        status = log_on_with(token_credential(report.context), self.name, &report);
        kdc_stop(&self);
        if (answer->asked != 1 || status != answer->ends)
            fail_msg("%zu: asked %u times, status %d\n%s", i, answer->asked, (int)status,
                     daotp_report_get_text(report.report));
        assert_int_equal(test_report_has(&report, DAOTP_FINDING_LOGON_HELD_KEY),
                         answer->ends == DAOTP_CONFIGURATION);
        test_report_free(&report);
    }
}

/* VmHWM after all of it. */
static void memory_is_bounded(void **state)
{
    (void)state;
    assert_high_water(48 * 1024);
}

static int begin_group(void **state)
{
    (void)state;
    assert_int_equal(scratch_begin(), 0);
    scratch_folder(folder, sizeof folder);
    (void)snprintf(config, sizeof config, "%s/krb5.conf", folder);
    assert_int_equal(setenv("KRB5_CONFIG", config, 1), 0);
    world = forge_world_new();
    return 0;
}

static int end_group(void **state)
{
    (void)state;
    forge_world_free(&world);
    return scratch_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_answers),
        cmocka_unit_test(a_configuration_that_cannot_be_read),
        cmocka_unit_test(a_pin_that_is_not_given_ends_the_logon),
        cmocka_unit_test(memory_is_bounded),
    };

    return cmocka_run_group_tests(tests, begin_group, end_group);
}
