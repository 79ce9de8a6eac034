/* SPDX-License-Identifier: BSD-2-Clause */
/* The RADIUS client as it is set up: what setters take and refuse, what they warn of, what of it
 * goes over the wire; the order of calls; and what the process around it does not notice. */
#include "memory_marks.h"
#include "radius_scene.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

/* ---- nothing goes to syslog: these stand in the place of libc's, for libradcli too -------------
 */

static unsigned syslog_calls;

void syslog(int priority, const char *format, ...)
{
    (void)priority, (void)format;
    syslog_calls++;
}

void vsyslog(int priority, const char *format, va_list arguments)
{
    (void)priority, (void)format, (void)arguments;
    syslog_calls++;
}

void __syslog_chk(int priority, int flag, const char *format, ...);
void __syslog_chk(int priority, int flag, const char *format, ...)
{
    (void)priority, (void)flag, (void)format;
    syslog_calls++;
}

void __vsyslog_chk(int priority, int flag, const char *format, va_list arguments);
void __vsyslog_chk(int priority, int flag, const char *format, va_list arguments)
{
    (void)priority, (void)flag, (void)format, (void)arguments;
    syslog_calls++;
}

/* ---- servers --------------------------------------------------------------------------------- */

static void servers_are_checked(void **state)
{
    static const struct {
        const char *host;
        uint16_t port;
        size_t secret_len;
        int policy;
        const char *setting;
    } bad[] = {
        {NULL, 1812, 24, 1, "server"},   {"", 1812, 24, 1, "server"},
        {"a\nb", 1812, 24, 1, "server"}, {"h", 0, 24, 1, "port"},
        {"h", 1812, 0, 1, "secret"},     {"h", 1812, 256, 1, "secret"},
        {"h", 1812, 24, 0, "policy"},    {"h", 1812, 24, 5, "policy"},
        {"h", 1812, 24, -1, "policy"},
    };
    char secret[256];
    radius_scene s;

    (void)state;
    memset(secret, 's', sizeof secret);
    radius_scene_set_up(&s, 0, DAOTP_RADIUS_POLICY_REQUIRE);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_setting_refused(daotp_radius_add_server(s.radius, bad[i].host, bad[i].port, secret,
                                                       bad[i].secret_len,
                                                       (daotp_radius_policy)bad[i].policy),
                               daotp_radius_get_report(s.radius), bad[i].setting);
    assert_int_equal(
        daotp_radius_add_server(s.radius, "h", 1812, NULL, 24, DAOTP_RADIUS_POLICY_REQUIRE),
        DAOTP_USAGE);
    assert_int_equal(daotp_radius_get_server_count(s.radius), 0);
    assert_null(daotp_radius_get_server(s.radius, 0));
    assert_int_equal(
        daotp_radius_add_server(s.radius, "h", 65535, secret, 255, DAOTP_RADIUS_POLICY_FIRST),
        DAOTP_OK);
    assert_int_equal(
        daotp_radius_add_server(s.radius, "::1", 1, "\0", 1, DAOTP_RADIUS_POLICY_REQUIRE),
        DAOTP_OK);
    assert_string_equal(daotp_radius_get_server(s.radius, 0), "h:65535");
    assert_string_equal(daotp_radius_get_server(s.radius, 1), "[::1]:1");
    assert_true(daotp_radius_is_server_alive(s.radius, 1));
    assert_false(daotp_radius_is_server_alive(s.radius, 2));
    radius_scene_tear_down(&s);
}

static void sixteen_servers_are_the_most(void **state)
{
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 0, DAOTP_RADIUS_POLICY_REQUIRE);
    for (size_t i = 0; i < 17; i++) {
        assert_int_equal(daotp_radius_add_server(s.radius, "h", (uint16_t)(i + 1),
                                                 radius_scene_secret, SCENE_SECRET_LEN,
                                                 DAOTP_RADIUS_POLICY_REQUIRE),
                         i < 16 ? DAOTP_OK : DAOTP_USAGE);
        assert_int_equal(daotp_radius_get_server_count(s.radius), i < 16 ? i + 1 : 16);
    }
    radius_scene_tear_down(&s);
}

static void weak_settings_are_warned_of(void **state)
{
    static const struct {
        size_t secret_len;
        daotp_radius_policy policy;
        bool is_short, is_weak;
    } rows[] = {
        {15, DAOTP_RADIUS_POLICY_REQUIRE, true, false},
        {16, DAOTP_RADIUS_POLICY_REQUIRE, false, false},
        {16, DAOTP_RADIUS_POLICY_FIRST, false, false},
        {16, DAOTP_RADIUS_POLICY_AUTO, false, true},
        {1, DAOTP_RADIUS_POLICY_OPTIONAL, true, true},
    };
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 0, DAOTP_RADIUS_POLICY_REQUIRE);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const daotp_report *report = daotp_radius_get_report(s.radius);

        assert_int_equal(daotp_radius_add_server(s.radius, "h", 1812, radius_scene_secret,
                                                 rows[i].secret_len, rows[i].policy),
                         DAOTP_OK);
        assert_int_equal(radius_scene_found(report, DAOTP_FINDING_RADIUS_SECRET_SHORT),
                         rows[i].is_short);
        assert_int_equal(radius_scene_found(report, DAOTP_FINDING_RADIUS_POLICY_WEAK),
                         rows[i].is_weak);
        assert_null(daotp_report_get_error(report));
    }
    radius_scene_tear_down(&s);
}

static void other_setters_are_checked(void **state)
{
    daotp_report *report;
    char name[255];
    radius_scene s;

    (void)state;
    memset(name, 'n', sizeof name);
    name[254] = '\0';
    radius_scene_set_up(&s, 0, DAOTP_RADIUS_POLICY_REQUIRE);
    report = daotp_radius_get_report(s.radius);
    assert_setting_refused(daotp_radius_set_timers(s.radius, (daotp_radius_timers)0), report,
                           "timers");
    assert_setting_refused(daotp_radius_set_timers(s.radius, (daotp_radius_timers)4), report,
                           "timers");
    assert_int_equal(daotp_radius_set_timers(s.radius, DAOTP_RADIUS_TIMERS_PUSH), DAOTP_OK);
    assert_setting_refused(daotp_radius_set_timeout_ms(s.radius, 0), report, "time-out");
    assert_setting_refused(daotp_radius_set_timeout_ms(s.radius, -1), report, "time-out");
    assert_setting_refused(daotp_radius_set_timeout_ms(s.radius, 600001), report, "time-out");
    assert_int_equal(daotp_radius_set_timeout_ms(s.radius, 600000), DAOTP_OK);
    assert_int_equal(daotp_radius_set_timeout_ms(s.radius, 1), DAOTP_OK);
    assert_setting_refused(daotp_radius_set_user_form(s.radius, (daotp_radius_user_form)0), report,
                           "user form");
    assert_setting_refused(daotp_radius_set_user_form(s.radius, (daotp_radius_user_form)3), report,
                           "user form");
    assert_setting_refused(daotp_radius_set_nas_identifier(s.radius, NULL), report,
                           "NAS-Identifier");
    assert_setting_refused(daotp_radius_set_nas_identifier(s.radius, ""), report, "NAS-Identifier");
    assert_setting_refused(daotp_radius_set_nas_identifier(s.radius, name), report,
                           "NAS-Identifier");
    name[253] = '\0';
    assert_int_equal(daotp_radius_set_nas_identifier(s.radius, name), DAOTP_OK);
    assert_int_equal(daotp_radius_set_callback(s.radius, NULL, NULL), DAOTP_OK);
    assert_int_equal(daotp_radius_step(s.radius), DAOTP_OK);
    assert_int_equal(daotp_radius_get_timeout_ms(s.radius), -1);
    assert_true(daotp_radius_get_fd(s.radius) >= 0);
    radius_scene_tear_down(&s);
}

/* ---- attributes ------------------------------------------------------------------------------ */

static void the_clients_own_attributes_are_refused(void **state)
{
    static const uint8_t own[] = {0, 1, 2, 3, 6, 24, 26, 32, 33, 79, 80};
    static const uint8_t value[254] = {1};
    const daotp_report *report;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 0, DAOTP_RADIUS_POLICY_REQUIRE);
    report = daotp_radius_get_report(s.radius);
    for (unsigned type = 0; type < 256; type++) {
        bool refused = memchr(own, (int)type, sizeof own) != NULL;

        assert_int_equal(daotp_radius_add_attribute(s.radius, (uint8_t)type, 0, value, 4),
                         refused ? DAOTP_USAGE : DAOTP_OK);
        assert_int_equal(radius_scene_found(report, DAOTP_FINDING_RADIUS_ATTRIBUTE), refused);
    }
    assert_int_equal(daotp_radius_add_attribute(s.radius, 31, 0, value, 0), DAOTP_USAGE);
    assert_int_equal(daotp_radius_add_attribute(s.radius, 31, 0, NULL, 4), DAOTP_USAGE);
    assert_int_equal(daotp_radius_add_attribute(s.radius, 31, 0, value, 254), DAOTP_USAGE);
    assert_int_equal(daotp_radius_add_attribute(s.radius, 25, 311, value, 248), DAOTP_USAGE);
    assert_int_equal(daotp_radius_add_attribute(s.radius, 0, 311, value, 4), DAOTP_USAGE);
    assert_int_equal(daotp_radius_add_attribute(s.radius, 25, 311, value, 247), DAOTP_OK);
    assert_int_equal(daotp_radius_add_attribute(s.radius, 31, 0, value, 253), DAOTP_OK);
    radius_scene_tear_down(&s);
}

static void expect_attribute(const radius_scene_request *request, uint8_t type, size_t index,
                             const char *wanted, size_t len)
{
    radius_peer_bytes found = radius_peer_find(request->packet, type, index);

    assert_int_equal(found.len, len);
    assert_memory_equal(found.data, wanted, len);
}

static void a_request_holds_what_was_set(void **state)
{
    uint8_t password[256];
    radius_scene_request request;
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_radius_add_attribute(s.radius, 31, 0, "198.51.100.7", 12), DAOTP_OK);
    assert_int_equal(daotp_radius_set_nas_identifier(s.radius, "da 1"), DAOTP_OK);
    assert_int_equal(daotp_radius_add_attribute(s.radius, 36, 0x12345, "v\0w", 3), DAOTP_OK);
    x = radius_scene_begin(&s, "zo\xC3\xAB", "p\xC3\xA4ss\xE2\x82\xAC");
    assert_true(radius_scene_take(&s, 0, &request));
    assert_true(radius_peer_is_whole(request.packet));
    assert_true(radius_peer_is_signed(
        request.packet,
        (radius_peer_bytes){(const uint8_t *)radius_scene_secret, SCENE_SECRET_LEN}));
    assert_int_equal(request.octets[0], 1);
    expect_attribute(&request, 1, 0, "zo\xC3\xAB", 4);
    expect_attribute(&request, 32, 0, "da 1", 4);
    expect_attribute(&request, 31, 0, "198.51.100.7", 12);
    expect_attribute(&request, 26, 0, "\0\x01\x23\x45\x24\x05v\0w", 9);
    assert_null(radius_peer_find(request.packet, 32, 1).data);
    assert_null(radius_peer_find(request.packet, 24, 0).data);
    assert_null(radius_peer_find(request.packet, 33, 0).data);
    assert_int_equal(radius_peer_reveal(request.packet,
                                        (radius_peer_bytes){(const uint8_t *)radius_scene_secret,
                                                            SCENE_SECRET_LEN},
                                        password),
                     16);
    assert_memory_equal(password, "p\xC3\xA4ss\xE2\x82\xAC\0\0\0\0\0\0\0", 16);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* RFC 2865 4.1: without NAS-IP-Address there must be a NAS-Identifier. */
static void a_nas_identifier_is_always_there(void **state)
{
    radius_scene_request request;
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "1");
    assert_true(radius_scene_take(&s, 0, &request));
    assert_true(radius_peer_find(request.packet, 32, 0).len > 0);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* One too many is refused, and what was there before stays as it was. */
static void too_many_attributes_leave_the_request_whole(void **state)
{
    static const uint8_t value[253] = {7};
    daotp_radius_exchange *x;
    radius_scene_request request;
    unsigned taken = 0;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    while (taken < 100 &&
           daotp_radius_add_attribute(s.radius, 31, 0, value, sizeof value) == DAOTP_OK)
        taken++;
    assert_true(taken > 0 && taken < 100);
    assert_int_equal(daotp_report_get_status(daotp_radius_get_report(s.radius)), DAOTP_USAGE);
    while (daotp_radius_add_attribute(s.radius, 87, 0, value, 1) ==
           DAOTP_OK) /* to the last octet */
        assert_true(taken < 100);
    x = radius_scene_begin(&s, "alice", "123456");
    assert_true(radius_scene_take(&s, 0, &request));
    assert_true(radius_peer_is_whole(request.packet));
    assert_int_equal(radius_peer_find(request.packet, 2, 0).len, 16);
    assert_non_null(radius_peer_find(request.packet, 31, taken - 1).data);
    assert_null(radius_peer_find(request.packet, 31, taken).data);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void attributes_by_name(void **state)
{
    static const char *const bad[] = {"",
                                      "NAS-Port-Type",
                                      "NAS-Port-Type =",
                                      "No-Such-Name = 1",
                                      "NAS-Port-Type = Virtual, NAS-Port = 1",
                                      "NAS-Port = 5x",
                                      "NAS-Port = \"5x\"",
                                      "NAS-Port = 4294967296",
                                      "NAS-Port-Type = Virtua",
                                      "Calling-Station-Id = \"",
                                      "User-Name = x",
                                      "NAS-Port = 1 User-Name = x",
                                      "Service-Type = 6",
                                      "NAS-IP-Address = 300.1.2.3"};
    daotp_radius_exchange *x;
    radius_scene_request request;
    daotp_status status;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    status = daotp_radius_add_attributes(
        s.radius, "NAS-Port-Type = Virtual Calling-Station-Id = \"198.51.100.7\"");
    if (status == DAOTP_CONFIGURATION) { /* built without libradcli */
        assert_true(
            radius_scene_found(daotp_radius_get_report(s.radius), DAOTP_FINDING_BUILD_WITHOUT));
        radius_scene_tear_down(&s);
        return;
    }
    assert_int_equal(status, DAOTP_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (daotp_radius_add_attributes(s.radius, bad[i]) != DAOTP_USAGE)
            fail_msg("taken: %s", bad[i]);
    x = radius_scene_begin(&s, "alice", "1");
    assert_true(radius_scene_take(&s, 0, &request));
    expect_attribute(&request, 61, 0, "\0\0\0\x05", 4);
    expect_attribute(&request, 31, 0, "198.51.100.7", 12);
    assert_null(radius_peer_find(request.packet, 5, 0).data);
    assert_null(radius_peer_find(request.packet, 6, 0).data);
    assert_null(radius_peer_find(request.packet, 1, 1).data);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* ---- an installation of radcli --------------------------------------------------------------- */

#define ROW_SECRET ":1812:0123456789abcdef"
#define ROW_FOUR                                                                                   \
    "127.0.0.1" ROW_SECRET ",127.0.0.2" ROW_SECRET ",127.0.0.3" ROW_SECRET ",h:7:0123456789abcdef"

static const struct installation {
    const char *text;
    daotp_status status;
    size_t count;
    const char *first;
} installations[] = {
    {"authserver 127.0.0.1" ROW_SECRET "\n", DAOTP_OK, 1, "127.0.0.1:1812"},
    {"authserver\t" ROW_FOUR "," ROW_FOUR "," ROW_FOUR "\r\n", DAOTP_OK, 12, "127.0.0.1:1812"},
    {"authserver " ROW_FOUR "\n  authserver " ROW_FOUR " " ROW_FOUR "\n", DAOTP_OK, 12,
     "127.0.0.1:1812"},
    {"authserver " ROW_FOUR "," ROW_FOUR "," ROW_FOUR "," ROW_FOUR "," ROW_FOUR "\n", DAOTP_USAGE,
     0, NULL}, /* sixteen are the most */
    {"authserver [::1]" ROW_SECRET "\n", DAOTP_OK, 1, "[::1]:1812"},
    {"authserver one.example:99,two.example\n", DAOTP_OK, 2, "one.example:99"},
    {"authserver 127.0.0.1" ROW_SECRET ",three.example\n", DAOTP_CONFIGURATION, 0, NULL},
    {"authserver 127.0.0.10\n", DAOTP_CONFIGURATION, 0, NULL}, /* 127.0.0.1 is another one */
    {"nonsense word\nauth_order radius\nauthserver 127.0.0.1" ROW_SECRET, DAOTP_OK, 1,
     "127.0.0.1:1812"},
    {"serv-type udp\nserv-type tls\nauthserver 127.0.0.1" ROW_SECRET "\n", DAOTP_CONFIGURATION, 0,
     NULL},
    {"# authserver 127.0.0.1" ROW_SECRET "\n", DAOTP_CONFIGURATION, 0, NULL},
    {"", DAOTP_CONFIGURATION, 0, NULL},
};

static void write_file(char *path, const char *text)
{
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(fd), 0);
}

static daotp_status import_text(radius_scene *s, const char *text, const char *secrets_path)
{
    char path[] = "/tmp/daotp-test-radius-XXXXXX", whole[2048];
    daotp_status status;

    (void)snprintf(whole, sizeof whole, "servers %s\n%s", secrets_path, text);
    write_file(path, whole);
    status = daotp_radius_import(s->radius, path);
    assert_int_equal(unlink(path), 0);
    return status;
}

/* All of a file's servers, or none; and libradcli has nothing to complain of to syslog. */
static void servers_of_radcli(void **state)
{
    char secrets[] = "/tmp/daotp-test-servers-XXXXXX";
    radius_scene s;

    (void)state;
    write_file(secrets, "127.0.0.1 one1one1one1one1\none.example\tone1one1one1one1\n"
                        "two.example two2two2two2two2\n");
    for (size_t i = 0; i < sizeof installations / sizeof installations[0]; i++) {
        const struct installation *row = &installations[i];
        daotp_status status;

        radius_scene_set_up(&s, 0, DAOTP_RADIUS_POLICY_REQUIRE);
        status = import_text(&s, row->text, secrets);
        if (radius_scene_found(daotp_radius_get_report(s.radius), DAOTP_FINDING_BUILD_WITHOUT))
            assert_int_equal(status, DAOTP_CONFIGURATION);
        else if (status != row->status || daotp_radius_get_server_count(s.radius) != row->count)
            fail_msg("row %zu: status %d, %zu servers", i, status,
                     daotp_radius_get_server_count(s.radius));
        else if (row->first != NULL)
            assert_string_equal(daotp_radius_get_server(s.radius, 0), row->first);
        radius_scene_tear_down(&s);
    }
    assert_int_equal(unlink(secrets), 0);
}

static void write_utf16(char *path, const char *text)
{
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, "\xFF\xFE", 2), 2);
    for (; *text != '\0'; text++)
        assert_int_equal(write(fd, (const char[]){*text, '\0'}, 2), 2);
    assert_int_equal(close(fd), 0);
}

/* Both files as Notepad saves them. */
static void files_of_radcli_in_utf16(void **state)
{
    char secrets[] = "/tmp/daotp-test-servers-XXXXXX", conf[] = "/tmp/daotp-test-radius-XXXXXX";
    char text[256];
    radius_scene s;
    daotp_status status;

    (void)state;
    write_utf16(secrets, "one.example one1one1one1one1\r\n");
    (void)snprintf(text, sizeof text, "authserver one.example:99\r\nservers %s\r\n", secrets);
    write_utf16(conf, text);
    radius_scene_set_up(&s, 0, DAOTP_RADIUS_POLICY_REQUIRE);
    status = daotp_radius_import(s.radius, conf);
    if (!radius_scene_found(daotp_radius_get_report(s.radius), DAOTP_FINDING_BUILD_WITHOUT)) {
        if (status != DAOTP_OK)
            fail_msg("%s", daotp_report_get_text(daotp_radius_get_report(s.radius)));
        assert_string_equal(daotp_radius_get_server(s.radius, 0), "one.example:99");
    }
    radius_scene_tear_down(&s);
    assert_int_equal(unlink(secrets), 0);
    assert_int_equal(unlink(conf), 0);
}

static void files_of_radcli_are_checked(void **state)
{
    char secrets[] = "/tmp/daotp-test-servers-XXXXXX", word[600];
    char text[1024];
    radius_scene s;

    (void)state;
    write_file(secrets, "one.example one1one1one1one1\n");
    radius_scene_set_up(&s, 0, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_radius_import(s.radius, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_radius_import(s.radius, "/nonexistent/radiusclient.conf"),
                     DAOTP_CONFIGURATION);
    memset(word, 'w', sizeof word);
    (void)snprintf(text, sizeof text, "authserver one.example:1812:%.*s\n", 300, word);
    assert_int_not_equal(import_text(&s, text, secrets), DAOTP_OK); /* 255 octets are the most */
    (void)snprintf(text, sizeof text, "authserver one.example,%.*s\n", (int)sizeof word, word);
    assert_int_not_equal(import_text(&s, text, secrets), DAOTP_OK);
    assert_int_equal(chmod(secrets, 0644), 0);
    assert_int_equal(import_text(&s, "authserver one.example\n", secrets), DAOTP_CONFIGURATION);
    if (!radius_scene_found(daotp_radius_get_report(s.radius), DAOTP_FINDING_BUILD_WITHOUT))
        assert_true(radius_scene_found(daotp_radius_get_report(s.radius),
                                       DAOTP_FINDING_FILE_OPEN_TO_OTHERS));
    assert_int_equal(daotp_radius_get_server_count(s.radius), 0);
    assert_int_equal(unlink(secrets), 0);
    radius_scene_tear_down(&s);
}

/* ---- the user's name ------------------------------------------------------------------------- */

static void names_are_checked(void **state)
{
    daotp_radius_exchange *x;
    char name[255];
    radius_scene s;

    (void)state;
    memset(name, 'n', sizeof name);
    name[254] = '\0';
    radius_scene_set_up(&s, 0, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_radius_exchange_new(s.radius, NULL, &x), DAOTP_USAGE);
    assert_int_equal(daotp_radius_exchange_new(s.radius, "", &x), DAOTP_USAGE);
    assert_null(x);
    assert_int_equal(daotp_radius_exchange_new(s.radius, name, &x), DAOTP_USAGE);
    assert_int_equal(daotp_radius_exchange_new(s.radius, "\xC3", &x), DAOTP_USAGE);
    name[253] = '\0';
    assert_int_equal(daotp_radius_exchange_new(s.radius, name, &x), DAOTP_OK);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void names_are_stripped_when_asked(void **state)
{
    static const char *const rows[][2] = {
        {"CORP\\alice", "alice"},
        {"alice@corp.example", "alice"},
        {"alice", "alice"},
        {"CORP\\alice@corp.example", "alice"},
        {"@corp.example", "@corp.example"},
    };
    radius_scene_request request;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    for (int form = DAOTP_RADIUS_USER_AS_GIVEN; form <= DAOTP_RADIUS_USER_STRIPPED; form++) {
        assert_int_equal(daotp_radius_set_user_form(s.radius, (daotp_radius_user_form)form),
                         DAOTP_OK);
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            const char *wanted = rows[i][form == DAOTP_RADIUS_USER_STRIPPED];
            daotp_radius_exchange *x = radius_scene_begin(&s, rows[i][0], "1");

            assert_true(radius_scene_take(&s, 0, &request));
            expect_attribute(&request, 1, 0, wanted, strlen(wanted));
            daotp_radius_exchange_free(x);
        }
    }
    radius_scene_tear_down(&s);
}

/* Nothing would be left of it: then there is no login. */
static void a_name_that_is_all_domain_is_refused(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    assert_int_equal(daotp_radius_set_user_form(s.radius, DAOTP_RADIUS_USER_STRIPPED), DAOTP_OK);
    x = radius_scene_exchange(&s, "CORP\\");
    assert_int_equal(daotp_radius_exchange_begin(x, "1", 1), DAOTP_USAGE);
    assert_int_equal(radius_scene_count(&s, 0), 0);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* ---- the password ---------------------------------------------------------------------------- */

static void passwords_are_never_cut(void **state)
{
    char password[130];
    daotp_radius_exchange *x;
    radius_scene_request request;
    radius_scene s;

    (void)state;
    memset(password, 'p', sizeof password);
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_exchange(&s, "alice");
    assert_int_equal(daotp_radius_exchange_begin(x, password, 129), DAOTP_USAGE);
    assert_int_equal(radius_scene_error(x), DAOTP_FINDING_RADIUS_PASSWORD);
    assert_int_equal(daotp_radius_exchange_begin(x, "a\0b", 3), DAOTP_USAGE);
    assert_int_equal(daotp_radius_exchange_begin(x, NULL, 1), DAOTP_USAGE);
    assert_int_equal(daotp_radius_exchange_get_status(x), DAOTP_USAGE);
    assert_int_equal(radius_scene_count(&s, 0), 0);
    assert_int_equal(daotp_radius_exchange_begin(x, password, 128), DAOTP_OK);
    assert_true(radius_scene_take(&s, 0, &request));
    assert_int_equal(radius_peer_find(request.packet, 2, 0).len, 128);
    daotp_radius_exchange_free(x);
    x = radius_scene_exchange(&s, "alice"); /* an empty one starts a push: sixteen hidden zeros */
    assert_int_equal(daotp_radius_exchange_begin(x, NULL, 0), DAOTP_OK);
    assert_true(radius_scene_take(&s, 0, &request));
    assert_int_equal(radius_peer_find(request.packet, 2, 0).len, 16);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* ---- the order of calls ---------------------------------------------------------------------- */

static void nothing_begun_is_nothing_accepted(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_exchange(&s, "alice");
    assert_int_equal(daotp_radius_exchange_get_answer(x), DAOTP_RADIUS_PENDING);
    assert_int_not_equal(daotp_radius_exchange_get_status(x), DAOTP_OK);
    assert_int_not_equal(daotp_radius_exchange_wait(x), DAOTP_OK);
    assert_int_equal(daotp_radius_exchange_respond(x, "1", 1), DAOTP_USAGE);
    assert_int_not_equal(daotp_radius_exchange_wait(x), DAOTP_OK);
    assert_int_equal(daotp_radius_exchange_get_round(x), 0);
    assert_int_equal(daotp_radius_exchange_get_transmissions(x), 0);
    assert_string_equal(daotp_radius_exchange_get_server(x), "");
    daotp_radius_exchange_cancel(x);
    assert_int_not_equal(daotp_radius_exchange_get_status(x), DAOTP_OK);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* What one login came to says nothing of the next, which could not even begin. */
static void an_old_answer_does_not_outlive_its_login(void **state)
{
    char password[129];
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    memset(password, 'p', sizeof password);
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "1");
    radius_scene_serve(&s, 0, 2, SCENE_BYTES("\x12\x07hello"));
    radius_scene_expect(x, DAOTP_RADIUS_ACCEPTED, DAOTP_FINDING_NONE);
    assert_int_equal(daotp_radius_exchange_begin(x, password, sizeof password), DAOTP_USAGE);
    assert_int_not_equal(daotp_radius_exchange_get_answer(x), DAOTP_RADIUS_ACCEPTED);
    assert_int_not_equal(daotp_radius_exchange_get_status(x), DAOTP_OK);
    assert_int_not_equal(daotp_radius_exchange_wait(x), DAOTP_OK);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void calls_out_of_order_are_refused(void **state)
{
    daotp_radius_exchange *x;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 0, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_exchange(&s, "alice");
    assert_int_equal(daotp_radius_exchange_begin(x, "1", 1), DAOTP_CONFIGURATION);
    assert_int_equal(radius_scene_error(x), DAOTP_FINDING_RADIUS_NO_SERVER);
    assert_int_equal(daotp_radius_exchange_probe(x, 0, DAOTP_RADIUS_PROBE_STATUS_SERVER),
                     DAOTP_USAGE);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);

    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "1");
    assert_int_equal(daotp_radius_exchange_begin(x, "2", 1), DAOTP_USAGE);
    assert_int_equal(daotp_radius_exchange_respond(x, "2", 1), DAOTP_USAGE);
    assert_int_equal(daotp_radius_exchange_probe(x, 0, DAOTP_RADIUS_PROBE_STATUS_SERVER),
                     DAOTP_USAGE);
    radius_scene_expect(x, DAOTP_RADIUS_PENDING, DAOTP_FINDING_NONE); /* it goes on */
    assert_int_equal(radius_scene_count(&s, 0), 1);
    daotp_radius_exchange_cancel(x);
    radius_scene_expect(x, DAOTP_RADIUS_UNDECIDED, DAOTP_FINDING_CALL_CANCELLED);
    assert_int_equal(daotp_radius_exchange_get_status(x), DAOTP_CANCELLED);
    assert_int_equal(daotp_radius_exchange_respond(x, "2", 1), DAOTP_USAGE);
    assert_int_equal(daotp_radius_exchange_probe(x, 1, DAOTP_RADIUS_PROBE_STATUS_SERVER),
                     DAOTP_USAGE);
    assert_int_equal(daotp_radius_exchange_probe(x, 0, (daotp_radius_probe)0), DAOTP_USAGE);
    assert_int_equal(daotp_radius_exchange_probe(x, 0, (daotp_radius_probe)3), DAOTP_USAGE);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* ---- the process around it ------------------------------------------------------------------- */

static void descriptors_are_not_inherited(void **state)
{
    daotp_radius_exchange *x;
    struct dirent *entry;
    DIR *dir;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 2, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "1");
    dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        int fd = atoi(entry->d_name);
        char link[64], target[256];
        ssize_t len;

        (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        len = readlink(link, target, sizeof target - 1);
        if (len <= 0)
            continue;
        target[len] = '\0';
        if (strncmp(target, "socket:", 7) == 0 || strncmp(target, "anon_inode:", 11) == 0)
            if (fd > 2 && (fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0)
                fail_msg("%s would be inherited", target);
    }
    (void)closedir(dir);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

static void the_hosts_random_numbers_go_on(void **state)
{
    long wanted[4];
    radius_scene s;

    (void)state;
    srandom(4711);
    for (int i = 0; i < 4; i++)
        wanted[i] = random();
    srandom(4711);
    assert_int_equal(random(), wanted[0]);
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    (void)daotp_radius_add_attributes(s.radius, "NAS-Port = 1");
    assert_int_equal(random(), wanted[1]);
    daotp_radius_exchange_free(radius_scene_begin(&s, "alice", "1"));
    assert_int_equal(random(), wanted[2]);
    radius_scene_tear_down(&s);
    assert_int_equal(random(), wanted[3]);
}

static void request_authenticators_do_not_repeat(void **state)
{
    enum { COUNT = 1000 };
    static uint8_t seen[COUNT][16];
    radius_scene_request request;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    for (int i = 0; i < COUNT; i++) {
        daotp_radius_exchange *x = radius_scene_begin(&s, "alice", "1");

        assert_true(radius_scene_take(&s, 0, &request));
        memcpy(seen[i], request.octets + 4, 16);
        radius_scene_answer(&s, 0, &request, 3);
        (void)daotp_radius_step(s.radius);
        daotp_radius_exchange_free(x);
        for (int j = 0; j < i; j++)
            assert_memory_not_equal(seen[i], seen[j], 16);
    }
    radius_scene_tear_down(&s);
}

static void replies_in_words(void **state)
{
    daotp_radius_exchange *x;
    daotp_status status;
    char *text;
    radius_scene s;

    (void)state;
    radius_scene_set_up(&s, 1, DAOTP_RADIUS_POLICY_REQUIRE);
    x = radius_scene_begin(&s, "alice", "1");
    radius_scene_serve(&s, 0, 2,
                       SCENE_BYTES("\x12\x09h\x1b[2J\xC2\x9B\x1b\x06\0\0\0\x3c\xC8\x05\0\xff\x01"
                                   "\x1a\x0c\0\0\x01\x37\x0a\0zzzz\x4c\x03\x01"));
    status = daotp_radius_exchange_copy_text(x, &text);
    if (status != DAOTP_CONFIGURATION) {
        assert_int_equal(status, DAOTP_OK);
        assert_non_null(strstr(text, "Session-Timeout = 60\n"));
        assert_non_null(strstr(text, "Reply-Message = h"));
        assert_non_null(strstr(text, "200 = 0x00ff01\n"));
        assert_non_null(strstr(text, "26 = 0x000001370a007a7a7a7a\n"));
        assert_non_null(strstr(text, "76 = 0x01\n"));
        for (const char *c = text; *c != '\0'; c++)
            assert_true(*c == '\n' || (*c >= 0x20 && *c < 0x7F));
    }
    daotp_free(text);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
}

/* ---- what is left in memory ------------------------------------------------------------------ */

#ifdef MARKS_CAN_BE_COUNTED
static void secrets_do_not_stay(void **state)
{
    uint8_t text[MARK_LEN];
    daotp_radius_exchange *x;
    uint16_t port;
    radius_scene s;
    int fd = radius_peer_open(AF_INET, &port);

    (void)state;
    radius_scene_set_up(&s, 0, DAOTP_RADIUS_POLICY_REQUIRE);
    write_mark(0, text);
    assert_int_equal(daotp_radius_add_server(s.radius, "127.0.0.1", port, text, sizeof text,
                                             DAOTP_RADIUS_POLICY_REQUIRE),
                     DAOTP_OK);
    x = radius_scene_exchange(&s, "alice");
    write_mark(1, text);
    assert_int_equal(daotp_radius_exchange_begin(x, (const char *)text, sizeof text), DAOTP_OK);
    explicit_bzero(text, sizeof text);
    radius_scene_advance(&s, 3000);  /* it is sent again */
    assert_true(count_marks(0) > 0); /* they can be found */
    assert_true(count_marks(1) > 0);
    daotp_radius_exchange_cancel(x);
    assert_int_equal(count_marks(1), 0);
    daotp_radius_exchange_free(x);
    radius_scene_tear_down(&s);
    assert_int_equal(count_marks(0), 0);
    (void)close(fd);
}
#else
static void secrets_do_not_stay(void **state)
{
    (void)state;
    skip();
}
#endif

static int nobody_wrote_to_syslog(void **state)
{
    (void)state;
    if (syslog_calls > 0)
        print_error("syslog was called %u times\n", syslog_calls);
    return syslog_calls == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(servers_are_checked),
        cmocka_unit_test(sixteen_servers_are_the_most),
        cmocka_unit_test(weak_settings_are_warned_of),
        cmocka_unit_test(other_setters_are_checked),
        cmocka_unit_test(the_clients_own_attributes_are_refused),
        cmocka_unit_test(a_request_holds_what_was_set),
        cmocka_unit_test(a_nas_identifier_is_always_there),
        cmocka_unit_test(too_many_attributes_leave_the_request_whole),
        cmocka_unit_test(attributes_by_name),
        cmocka_unit_test(servers_of_radcli),
        cmocka_unit_test(files_of_radcli_in_utf16),
        cmocka_unit_test(files_of_radcli_are_checked),
        cmocka_unit_test(names_are_checked),
        cmocka_unit_test(names_are_stripped_when_asked),
        cmocka_unit_test(a_name_that_is_all_domain_is_refused),
        cmocka_unit_test(passwords_are_never_cut),
        cmocka_unit_test(nothing_begun_is_nothing_accepted),
        cmocka_unit_test(an_old_answer_does_not_outlive_its_login),
        cmocka_unit_test(calls_out_of_order_are_refused),
        cmocka_unit_test(descriptors_are_not_inherited),
        cmocka_unit_test(the_hosts_random_numbers_go_on),
        cmocka_unit_test(request_authenticators_do_not_repeat),
        cmocka_unit_test(replies_in_words),
        cmocka_unit_test(secrets_do_not_stay),
    };

    return cmocka_run_group_tests(tests, NULL, nobody_wrote_to_syslog);
}
