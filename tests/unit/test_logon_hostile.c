/* SPDX-License-Identifier: BSD-2-Clause */
/* A KDC that does all it can: each answer is bounded, and is the KDC's fault and not ours; and a
 * configuration of Kerberos that cannot be read is told as that. */
#include "forge.h"
#include "high_water.h"
#include "scratch.h"

#include "client/logon.h"
#include "core/limits.h"

#include <arpa/inet.h>
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

/* How it ends, in at most four seconds. */
static daotp_status log_on(const char *kdc_name, test_report *report)
{
    daotp_credential *credential =
        forge_credential(report->context, world.user, world.root, world.user_key);
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
        cmocka_unit_test(memory_is_bounded),
    };

    return cmocka_run_group_tests(tests, begin_group, end_group);
}
