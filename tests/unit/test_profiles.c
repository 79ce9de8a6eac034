/* SPDX-License-Identifier: BSD-2-Clause */
/* Profiles: lines, keys, layers and locks, who may have written a file, and what uses them. */
#include "builders.h"
#include "forge.h"
#include "scratch.h"
#include "testing.h"

#include "client/client.h"
#include "profile/value.h"
#include "profile/values.h"
#include "responder/responder.h"
#include "validate/verifier.h"

#include <daotp/profile.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static daotp_context *context;
static daotp_profile *profile;
static char folder[96];

static int set_up(void **state)
{
    (void)state;
    if (context == NULL)
        context = forge_context();
    scratch_folder(folder, sizeof folder);
    assert_int_equal(daotp_profile_new(context, NULL, &profile), DAOTP_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    daotp_profile_free(profile);
    profile = NULL;
    return 0;
}

static int begin_all(void **state)
{
    (void)state;
    return scratch_begin();
}

static int end_all(void **state)
{
    (void)state;
    daotp_context_unref(context);
    return scratch_end();
}

/* ---- helpers --------------------------------------------------------------------------------- */

static const char *write_named(const char *name, const void *bytes, size_t len)
{
    static char path[128];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0644), 0);
    return path;
}

static const char *write_text(const char *name, const char *text)
{
    return write_named(name, text, strlen(text));
}

static daotp_status read_text(daotp_profile_origin origin, const char *text)
{
    static const char *const names[] = {"", "system.conf", "user.conf", "named.conf"};

    return daotp_profile_add_file(profile, origin, write_text(names[origin], text));
}

static daotp_status read_user(const char *text)
{
    return read_text(DAOTP_PROFILE_USER, text);
}

static size_t count_findings(daotp_finding_number number)
{
    const daotp_report *report = daotp_profile_get_report(profile);
    size_t count = 0;

    for (size_t i = 0; i < daotp_report_get_count(report); i++)
        count += daotp_finding_get_number(daotp_report_get_finding(report, i)) == number;
    return count;
}

/* One finding, about this line of a file, whose text holds the word. */
static void assert_one_finding(daotp_finding_number number, unsigned line, const char *word)
{
    const daotp_report *report = daotp_profile_get_report(profile);
    const daotp_finding *finding = daotp_report_get_finding(report, 0);
    char end[16];

    assert_int_equal(daotp_report_get_count(report), 1);
    assert_string_equal(daotp_finding_get_id(finding), daotp_catalogue_get_id(number));
    assert_int_equal(daotp_report_get_status(report), DAOTP_CONFIGURATION);
    (void)snprintf(end, sizeof end, ".conf:%u", line);
    if (line > 0)
        assert_string_equal(strrchr(daotp_finding_get_subject(finding), '.'), end);
    if (strstr(daotp_finding_get_found(finding), word) == NULL)
        fail_msg("%s is not in: %s", word, daotp_finding_get_found(finding));
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void lines_of_every_kind_are_read(void **state)
{
    (void)state;
    assert_int_equal(read_user("\xEF\xBB\xBF# with a byte order mark, and CRLF\r\n"
                               "[default]\r\n"
                               "  url = https://a.example/otp;x=1 ; no comment # either\r\n"
                               "\turl=https://b.example/a=b\n"
                               "; timeout = 5\n"
                               "\n"
                               "timeout =   7.25   \n"
                               " [ second ] \n"
                               "timeout = 9"),
                     DAOTP_CONFIGURATION);
    /* the first URL holds blanks, which no URL has: the value was taken whole */
    assert_one_finding(DAOTP_FINDING_CONFIG_VALUE, 3, "; no comment # either");
    assert_string_equal(daotp_profile_find(profile, "url"), "https://b.example/a=b");
    assert_string_equal(daotp_profile_find(profile, "timeout"), "7.25");
    assert_int_equal(daotp_profile_get_section_count(profile), 2);
    assert_string_equal(daotp_profile_get_section(profile, 1), "second");
    assert_null(daotp_profile_get_section(profile, 2));
}

static void long_values_and_semicolons_are_kept_whole(void **state)
{
    char text[4200], value[2001];

    (void)state;
    memset(value, 'v', sizeof value - 1);
    memcpy(value, "/a;b ;c #d", 10);
    value[sizeof value - 1] = '\0';
    (void)snprintf(text, sizeof text, "[default]\ncert = %s\nkey=/k\n", value);
    assert_int_equal(read_user(text), DAOTP_OK);
    assert_string_equal(daotp_profile_find(profile, "cert"), value);
    assert_string_equal(daotp_profile_find(profile, "key"), "/k");
}

/* A line may have 4096 octets, and not one more. */
static void a_line_has_a_limit(void **state)
{
    char text[4200];

    (void)state;
    for (size_t over = 0; over < 2; over++) {
        size_t len = 4096 + over;

        memset(text, 'v', sizeof text);
        memcpy(text, "[default]\ncert = /", 18);
        (void)snprintf(text + 10 + len, 16, "\nkey = /k\n");
        assert_int_equal(read_user(text), over ? DAOTP_CONFIGURATION : DAOTP_OK);
        assert_string_equal(daotp_profile_find(profile, "key"), "/k");
    }
    assert_one_finding(DAOTP_FINDING_CONFIG_LINE, 2, "4096");
}

static void lines_that_cannot_be_read_are_named(void **state)
{
    static const struct {
        const char *text;
        size_t len; /* 0: to the NUL */
        unsigned line;
        const char *word;
    } cases[] = {
        {"url = https://a.example/x\n", 0, 1, "before a [PROFILE]"},
        {"[default]\nurl\n", 0, 2, "no ="},
        {"[default]\n= x\n", 0, 2, "before the ="},
        {"[default]\na b = x\n", 0, 2, "before the ="},
        {"[default]\na:b = x\n", 0, 2, "before the ="},
        {"[default\nurl = https://a.example/x\n", 0, 1, "without its ]"},
        {"[default] # x\n", 0, 1, "without its ]"},
        {"[]\n", 0, 1, "section's name"},
        {"[a b]\n", 0, 1, "section's name"},
        {"[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]\n", 0, 1, "section's name"},
        {"[default]\ncert = /a\0b\n", 21, 2, "UTF-8"},
        {"[default]\ncert = /\xC3\n", 0, 2, "UTF-8"},
        {"[default]\ncert = /\xFF\n", 0, 2, "UTF-8"},
        {"[default]\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = x\n", 0, 2, "48"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t len = cases[i].len != 0 ? cases[i].len : strlen(cases[i].text);
        const char *path = write_named("user.conf", cases[i].text, len);

        (void)tear_down(NULL);
        assert_int_equal(daotp_profile_new(context, NULL, &profile), DAOTP_OK);
        assert_int_equal(daotp_profile_add_file(profile, DAOTP_PROFILE_USER, path),
                         DAOTP_CONFIGURATION);
        assert_true(daotp_report_get_count(daotp_profile_get_report(profile)) >= 1);
        if (i != 5) /* there the next line has no section either */
            assert_one_finding(DAOTP_FINDING_CONFIG_LINE, cases[i].line, cases[i].word);
    }
}

static void what_stands_twice_is_refused(void **state)
{
    (void)state;
    assert_int_equal(read_user("[default]\ntimeout = 1\nurl = https://a.example/x\n"
                               "url = https://b.example/x\ntimeout = 2\n"),
                     DAOTP_CONFIGURATION);
    assert_one_finding(DAOTP_FINDING_CONFIG_TWICE, 5, "line 2");
    assert_string_equal(daotp_profile_find(profile, "timeout"), "1");
    assert_int_equal(read_text(DAOTP_PROFILE_NAMED, "[a]\n[b]\n[a]\n"), DAOTP_CONFIGURATION);
    assert_one_finding(DAOTP_FINDING_CONFIG_TWICE, 3, "section a");
}

static void each_wrong_line_is_told_at_once(void **state)
{
    (void)state;
    assert_int_equal(read_user("[default]\nurll = x\ntimeout = soon\nnonsense\n"
                               "[other]\nfetch = maybe\nlocked = trust\n"),
                     DAOTP_CONFIGURATION);
    assert_int_equal(daotp_report_get_count(daotp_profile_get_report(profile)), 5);
    assert_int_equal(count_findings(DAOTP_FINDING_CONFIG_KEY), 1);
    assert_int_equal(count_findings(DAOTP_FINDING_CONFIG_VALUE), 3);
    assert_int_equal(count_findings(DAOTP_FINDING_CONFIG_LINE), 1);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void every_example_is_a_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < daotp_profile_key_get_count(); i++) {
        const char *key = daotp_profile_key_get_text(i, DAOTP_PROFILE_KEY_NAME);
        const char *example = daotp_profile_key_get_text(i, DAOTP_PROFILE_KEY_EXAMPLE);
        char text[1024];

        (void)tear_down(NULL);
        assert_int_equal(daotp_profile_new(context, NULL, &profile), DAOTP_OK);
        (void)snprintf(text, sizeof text, "[default]\n%s = %s\n", key, example);
        if (read_text(DAOTP_PROFILE_SYSTEM, text) != DAOTP_OK)
            fail_msg("%s: %s", key, daotp_report_get_text(daotp_profile_get_report(profile)));
        assert_int_equal(daotp_profile_get_count(profile), 1);
        assert_string_equal(daotp_profile_get_key(profile, 0), key);
        assert_true(strlen(daotp_profile_key_get_text(i, DAOTP_PROFILE_KEY_MEANING)) > 10);
        assert_true(strlen(daotp_profile_key_get_text(i, DAOTP_PROFILE_KEY_WANTED)) > 4);
        assert_true(strlen(daotp_profile_key_get_text(i, DAOTP_PROFILE_KEY_SETTER)) > 3);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(key, daotp_profile_key_get_text(j, DAOTP_PROFILE_KEY_NAME));
    }
    assert_string_equal(
        daotp_profile_key_get_text(daotp_profile_key_get_count(), DAOTP_PROFILE_KEY_NAME), "");
    assert_string_equal(daotp_profile_key_get_text(0, (daotp_profile_field)99), "");
}

/* What is no value of any key of the type: the first is tried on every key. */
static const struct {
    daotp__value_type type;
    const char *wrong[12];
} wrong_values[] = {
    {DAOTP__VALUE_URL, {"http://a.example/x", "a.example", "https://", "https://a b/x"}},
    {DAOTP__VALUE_URL_TEMPLATE, {"http://{host}/x", "https://x{host}/y", "{host}"}},
    {DAOTP__VALUE_PROXY, {"http://", "a b"}},
    {DAOTP__VALUE_HOST_PATTERN, {"a b", "*.corp.example", "https://a", "..", "a:1"}},
    {DAOTP__VALUE_HOST_PORT,
     {"a b", "a:0", "a:65536", "a:", "a:x", "[::1", "[::1]x", "[a]:1", ":88", "tcp/a"}},
    {DAOTP__VALUE_NETWORK, {"10.0.0.0/33", "corp", "10.0.0/8", "fd00::/129"}},
    {DAOTP__VALUE_PORT, {"0", "65536", "-1", "x", "1x", "99999999999999999999"}},
    {DAOTP__VALUE_FILE, {"relative.pem", "~other/x", "pkcs11:object=a"}},
    {DAOTP__VALUE_SECRET_FILE, {"testing123", "~other/x"}},
    {DAOTP__VALUE_FOLDER, {"var", "~"}},
    {DAOTP__VALUE_STORE, {"None", "var"}},
    {DAOTP__VALUE_TRUST, {"System", "roots.pem"}},
    {DAOTP__VALUE_DESCRIPTOR, {"-1", "x", "2147483648"}},
    {DAOTP__VALUE_CHOICE, {"nonsense", "|", "a|b"}},
    {DAOTP__VALUE_FLAG, {"true", "1", "YES"}},
    {DAOTP__VALUE_SECONDS, {"0", "-1", "1.", ".5", "1.2345", "31622401", "1e3", "1,5", "0.000"}},
    {DAOTP__VALUE_WHOLE_SECONDS, {"-1", "1.5", "x", "31622401"}},
    {DAOTP__VALUE_BYTES, {"0", "1073741825", "64M"}},
    {DAOTP__VALUE_NUMBER, {"0", "1000001", "-1", "1.5", "x"}},
    {DAOTP__VALUE_TEMPLATE, {"OTPLogon", "1.3:", "1.3:1", "1.3:1.", "1.3:1.x", "1.3:4294967296.1"}},
    {DAOTP__VALUE_USER, {"alice"}},
    {DAOTP__VALUE_UPN, {"alice"}},
    {DAOTP__VALUE_DN, {"alice", "CN"}},
    {DAOTP__VALUE_SID, {"1-5-21", "S-1-x"}},
    {DAOTP__VALUE_FORM, {"CORP\\alice", "{user}{user}", "{name}", "{user", "}{user}"}},
    {DAOTP__VALUE_REALM, {"A B", "A@B", "A/B"}},
    {DAOTP__VALUE_LABEL, {".a", "a b", "a/b"}},
    {DAOTP__VALUE_CA_CONFIG, {"ca1", "\\CA", "ca1\\", "a b\\CA", "a\\b\\c"}},
    {DAOTP__VALUE_DOMAIN, {"CORP", "=x", "CORP=", "A\\B=c", "a=b=c"}},
    {DAOTP__VALUE_LOCKS, {"trusts", "trust;hosts", "LOCKED"}},
};

static void assert_wrong_value(const char *key, const char *value)
{
    const daotp_finding *finding;
    char text[2048];

    (void)tear_down(NULL);
    assert_int_equal(daotp_profile_new(context, NULL, &profile), DAOTP_OK);
    (void)snprintf(text, sizeof text, "[default]\n\n%s = %s\n", key, value);
    if (read_text(DAOTP_PROFILE_SYSTEM, text) != DAOTP_CONFIGURATION)
        fail_msg("%s = %s is taken", key, value);
    finding = daotp_report_get_finding(daotp_profile_get_report(profile), 0);
    assert_non_null(strstr(daotp_finding_get_subject(finding), "system.conf:3"));
    assert_non_null(strstr(daotp_finding_get_found(finding), key));
    assert_int_equal(daotp_profile_get_count(profile), 0);
}

static void every_key_is_refused_when_wrong(void **state)
{
    char long_text[700];

    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    for (unsigned i = 0; i < DAOTP__KEY_COUNT; i++) {
        const daotp__profile_key *key = daotp__profile_key_row((enum daotp__key_name)i);

        assert_wrong_value(key->name, "");
        assert_wrong_value(key->name, "a\tb");
        if (key->type == DAOTP__VALUE_NAS)
            assert_wrong_value(key->name, long_text);
        for (size_t t = 0; t < COUNT(wrong_values); t++)
            for (size_t w = 0; wrong_values[t].type == key->type && wrong_values[t].wrong[w]; w++)
                assert_wrong_value(key->name, wrong_values[t].wrong[w]);
    }
    for (unsigned type = 0; type < DAOTP__VALUE_COUNT; type++) {
        bool has_wrong = type == DAOTP__VALUE_NAS || type == DAOTP__VALUE_TEXT;

        for (size_t t = 0; t < COUNT(wrong_values); t++)
            has_wrong = has_wrong || (unsigned)wrong_values[t].type == type;
        assert_true(has_wrong);
    }
}

static void no_secret_is_taken_or_shown(void **state)
{
    static const char *const lines[] = {
        "password = GEHEIM",
        "domain-password = GEHEIM",
        "radius-secret = GEHEIM",
        "password-file = GEHEIM",
        "password-fd = GEHEIM",
        "passphrase = GEHEIM",
        "pin = GEHEIM",
        "otp = GEHEIM",
        "proxy = http://alice:GEHEIM@proxy.example:3128",
        "proxy = alice:GEHEIM@proxy.example",
        "url = https://alice:GEHEIM@da.example/otp",
        "ces-url = https://GEHEIM@ca.example/CES",
        "ces-template = https://u:GEHEIM@{host}/{ca}",
        "key = pkcs11:token=a?pin-value=GEHEIM",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        char text[256];

        (void)tear_down(NULL);
        assert_int_equal(daotp_profile_new(context, NULL, &profile), DAOTP_OK);
        (void)snprintf(text, sizeof text, "[default]\n%s\n", lines[i]);
        assert_int_equal(read_user(text), DAOTP_CONFIGURATION);
        assert_one_finding(DAOTP_FINDING_CONFIG_SECRET, 2, "");
        assert_null(strstr(daotp_report_get_text(daotp_profile_get_report(profile)), "GEHEIM"));
        assert_null(strstr(daotp_report_get_json(daotp_profile_get_report(profile)), "GEHEIM"));
    }
}

/* ---- layers and locks ------------------------------------------------------------------------ */

static void later_values_take_the_place_of_earlier_ones(void **state)
{
    (void)state;
    assert_int_equal(read_text(DAOTP_PROFILE_SYSTEM,
                               "[default]\nurl = https://s1.example/x\nurl = https://s2.example/x\n"
                               "timeout = 1\n[*]\ntimeout = 2\nproxy = p.example\n"),
                     DAOTP_OK);
    assert_string_equal(daotp_profile_find(profile, "timeout"), "1"); /* its own is the stronger */
    assert_int_equal(read_user("[*]\ntimeout = 3\n[other]\ntimeout = 4\n[default]\n"
                               "url = https://u.example/x\n"),
                     DAOTP_OK);
    assert_string_equal(daotp_profile_find(profile, "timeout"), "3");
    assert_string_equal(daotp_profile_find(profile, "url"), "https://u.example/x");
    assert_string_equal(daotp_profile_find(profile, "proxy"), "p.example");
    assert_int_equal(daotp_profile_get_count(profile), 3);
    assert_string_equal(daotp_profile_get_key(profile, 0), "url"); /* in the order of the table */
    assert_int_equal(daotp_profile_get_origin(profile, 0), DAOTP_PROFILE_USER);
    assert_non_null(strstr(daotp_profile_get_file(profile, 0), "user.conf"));
    assert_int_equal(daotp_profile_get_line(profile, 0), 6);
    assert_int_equal(daotp_profile_set_value(profile, "timeout", "5"), DAOTP_OK);
    assert_int_equal(daotp_profile_set_value(profile, "timeout", "6"), DAOTP_OK);
    assert_int_equal(daotp_profile_set_value(profile, "url", "https://o1.example/x"), DAOTP_OK);
    assert_int_equal(daotp_profile_set_value(profile, "url", "https://o2.example/x"), DAOTP_OK);
    assert_string_equal(daotp_profile_find(profile, "timeout"), "6");
    assert_int_equal(daotp_profile_get_count(profile), 4);
    assert_string_equal(daotp_profile_get_value(profile, 1), "https://o2.example/x");
    assert_string_equal(daotp_profile_get_file(profile, 1), "");
    assert_int_equal(daotp_profile_get_line(profile, 1), 0);
    assert_int_equal(daotp_profile_set_value(profile, "timeout", "soon"), DAOTP_USAGE);
    assert_int_equal(daotp_profile_set_value(profile, "tmeout", "1"), DAOTP_USAGE);
    assert_int_equal(daotp_profile_set_value(profile, "locked", "all"), DAOTP_USAGE);
}

static void what_the_system_locks_nobody_overrides(void **state)
{
    static const char *const locks[] = {"trust hosts networks", "trust, hosts, networks", "all",
                                        "issuer-trust ca-host allow trust url"};
    static const struct {
        const char *key, *value;
    } tries[] = {{"trust", "/u.pem"},
                 {"url", "https://u.example/x"},
                 {"ca-host", ".u.example"},
                 {"allow", "10.0.0.0/8"},
                 {"issuer-trust", "system"}};

    (void)state;
    for (size_t i = 0; i < COUNT(locks); i++) {
        char text[512];

        (void)tear_down(NULL);
        assert_int_equal(daotp_profile_new(context, NULL, &profile), DAOTP_OK);
        (void)snprintf(text, sizeof text, "[%s]\ntrust = /s.pem\nlocked = %s\n",
                       i % 2 ? "*" : "default", locks[i]);
        assert_int_equal(read_text(DAOTP_PROFILE_SYSTEM, text), DAOTP_OK);
        for (size_t t = 0; t < COUNT(tries); t++) {
            (void)snprintf(text, sizeof text, "[default]\nlabel = a\n%s = %s\n", tries[t].key,
                           tries[t].value);
            assert_int_equal(read_text(t % 2 ? DAOTP_PROFILE_USER : DAOTP_PROFILE_NAMED, text),
                             DAOTP_CONFIGURATION);
            assert_int_equal(count_findings(DAOTP_FINDING_CONFIG_LOCKED), i == 2 ? 2 : 1);
            assert_true(daotp_profile_is_locked(profile, tries[t].key));
            assert_int_equal(daotp_profile_set_value(profile, tries[t].key, tries[t].value),
                             DAOTP_CONFIGURATION);
            assert_int_equal(count_findings(DAOTP_FINDING_CONFIG_LOCKED), 1);
        }
        assert_string_equal(daotp_profile_find(profile, "trust"), "/s.pem");
        assert_null(daotp_profile_find(profile, "url"));
        assert_int_equal(daotp_profile_is_locked(profile, "label"), i == 2);
    }
}

static void only_the_systems_file_locks_and_it_comes_first(void **state)
{
    (void)state;
    assert_int_equal(read_user("[default]\nlocked = trust\n"), DAOTP_CONFIGURATION);
    assert_one_finding(DAOTP_FINDING_CONFIG_VALUE, 2, "system's file");
    assert_false(daotp_profile_is_locked(profile, "trust"));
    assert_int_equal(read_text(DAOTP_PROFILE_SYSTEM, "[default]\nlocked = trust\n"), DAOTP_USAGE);
    assert_false(daotp_profile_is_locked(profile, "trust"));
    assert_int_equal(daotp_profile_add_file(profile, DAOTP_PROFILE_OPTION, "/dev/null"),
                     DAOTP_USAGE);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void a_file_that_another_could_have_written_is_refused(void **state)
{
    static const mode_t modes[] = {0664, 0646, 0622, 0666, 0602, 0620};

    (void)state;
    for (size_t i = 0; i < COUNT(modes); i++) {
        const char *path = write_text("user.conf", "[default]\ntimeout = 1\n");

        assert_int_equal(chmod(path, modes[i]), 0);
        assert_int_equal(daotp_profile_add_file(profile, DAOTP_PROFILE_USER, path),
                         DAOTP_CONFIGURATION);
        assert_one_finding(DAOTP_FINDING_CONFIG_OWNER, 0, "mode");
        assert_int_equal(daotp_profile_get_count(profile), 0);
        if (i == 5)
            break;
        (void)tear_down(NULL);
        assert_int_equal(daotp_profile_new(context, NULL, &profile), DAOTP_OK);
    }
}

/* He who may write the folder could put another file in its place. */
static void so_is_one_in_a_folder_that_others_write(void **state)
{
    static const struct {
        mode_t mode;
        daotp_status status;
    } cases[] = {{0777, DAOTP_CONFIGURATION},
                 {0770, DAOTP_CONFIGURATION},
                 {01777, DAOTP_OK}, /* as /tmp: only the owner of a file moves it */
                 {0755, DAOTP_OK}};
    const char *path = write_text("user.conf", "[default]\ntimeout = 1\n");

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(chmod(folder, cases[i].mode), 0);
        assert_int_equal(daotp_profile_add_file(profile, DAOTP_PROFILE_USER, path),
                         cases[i].status);
        assert_int_equal(count_findings(DAOTP_FINDING_CONFIG_OWNER), cases[i].status != DAOTP_OK);
    }
    assert_int_equal(chmod(folder, 0700), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(folder, 65534, 65534), 0);
        assert_int_equal(daotp_profile_add_file(profile, DAOTP_PROFILE_NAMED, path),
                         DAOTP_CONFIGURATION);
        assert_one_finding(DAOTP_FINDING_CONFIG_OWNER, 0, "owner 65534");
        assert_int_equal(chown(folder, 0, 0), 0);
    }
}

static void a_file_of_another_owner_is_refused(void **state)
{
    const char *path = write_text("user.conf", "[default]\ntimeout = 1\n");

    (void)state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(chown(path, 65534, 65534), 0);
    assert_int_equal(daotp_profile_add_file(profile, DAOTP_PROFILE_SYSTEM, path),
                     DAOTP_CONFIGURATION);
    assert_one_finding(DAOTP_FINDING_CONFIG_OWNER, 0, "owner 65534");
    assert_int_equal(daotp_profile_get_count(profile), 0);
}

/* Nothing is waited for, and nothing but a file is read. */
static void what_is_no_file_is_refused(void **state)
{
    char path[128];

    (void)state;
    (void)snprintf(path, sizeof path, "%s/fifo", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(daotp_profile_add_file(profile, DAOTP_PROFILE_USER, path),
                     DAOTP_CONFIGURATION);
    assert_one_finding(DAOTP_FINDING_FILE_READ, 0, "not a regular file");
    assert_int_equal(daotp_profile_add_file(profile, DAOTP_PROFILE_USER, folder),
                     DAOTP_CONFIGURATION);
    assert_int_equal(daotp_profile_add_file(profile, DAOTP_PROFILE_USER, "/nowhere/daotp.conf"),
                     DAOTP_CONFIGURATION);
    assert_int_equal(count_findings(DAOTP_FINDING_FILE_READ), 1);
}

static void a_file_has_a_limit(void **state)
{
    size_t len = 256 * 1024 + 1;
    char *text = malloc(len);

    (void)state;
    assert_non_null(text);
    memset(text, '\n', len);
    assert_int_equal(daotp_profile_add_file(profile, DAOTP_PROFILE_USER,
                                            write_named("user.conf", text, len - 1)),
                     DAOTP_OK);
    assert_int_equal(
        daotp_profile_add_file(profile, DAOTP_PROFILE_NAMED, write_named("named.conf", text, len)),
        DAOTP_CONFIGURATION);
    free(text);
}

static daotp_status read_files(const char *system, const char *user, const char *named)
{
    assert_int_equal(daotp_profile_set_usual_file(profile, DAOTP_PROFILE_SYSTEM, system), DAOTP_OK);
    assert_int_equal(daotp_profile_set_usual_file(profile, DAOTP_PROFILE_USER, user), DAOTP_OK);
    assert_int_equal(daotp_profile_set_usual_file(profile, DAOTP_PROFILE_NAMED, named), DAOTP_OK);
    return daotp_profile_add_usual_files(profile);
}

static void the_usual_files_are_read_together(void **state)
{
    char system[128], user[128], named[128];

    (void)state;
    (void)snprintf(system, sizeof system, "%s", write_text("s.conf", "[a]\ntimeout = 1\nurll=1\n"));
    (void)snprintf(user, sizeof user, "%s", write_text("u.conf", "[a]\ntimeout = soon\n"));
    (void)snprintf(named, sizeof named, "%s", write_text("n.conf", "[b]\nproxy = p.example\n"));
    (void)tear_down(NULL);
    assert_int_equal(daotp_profile_new(context, "a", &profile), DAOTP_OK);
    assert_int_equal(read_files(system, user, named), DAOTP_CONFIGURATION);
    assert_int_equal(daotp_report_get_count(daotp_profile_get_report(profile)), 2);
    assert_string_equal(daotp_profile_find(profile, "timeout"), "1");
    assert_int_equal(daotp_profile_add_usual_files(profile), DAOTP_USAGE);
    assert_int_equal(daotp_profile_set_usual_file(profile, DAOTP_PROFILE_USER, user), DAOTP_USAGE);
    assert_string_equal(
        daotp_finding_get_found(daotp_report_get_error(daotp_profile_get_report(profile))),
        "it has files already");
    (void)tear_down(NULL);
    assert_int_equal(daotp_profile_new(context, "c", &profile), DAOTP_OK);
    assert_int_equal(daotp_profile_set_usual_file(profile, DAOTP_PROFILE_OPTION, named),
                     DAOTP_USAGE);
    assert_int_equal(daotp_profile_set_usual_file(profile, (daotp_profile_origin)0, named),
                     DAOTP_USAGE);
    assert_int_equal(read_files(named, "/nowhere/u.conf", NULL), DAOTP_CONFIGURATION);
    assert_one_finding(DAOTP_FINDING_CONFIG_MISSING, 0, "the files have: b");
    (void)tear_down(NULL);
    assert_int_equal(daotp_profile_new(context, "b", &profile), DAOTP_OK);
    assert_int_equal(read_files(named, "/nowhere/u.conf", NULL), DAOTP_OK);
    assert_true(daotp_profile_is_defined(profile));
    assert_string_equal(daotp_profile_get_name(profile), "b");
}

static void a_name_of_a_section_is_plain(void **state)
{
    static const char *const names[] = {
        "", "*", "a b", "a]", "../x", "a\nb", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    daotp_profile *other;

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(daotp_profile_new(context, names[i], &other), DAOTP_USAGE);
        assert_null(other);
        assert_int_equal(daotp_profile_open(context, names[i], NULL, &other), DAOTP_USAGE);
        assert_null(other);
    }
}

static void a_home_folder_stands_for_the_tilde(void **state)
{
    char *home = daotp__value_home();
    const char *store;

    (void)state;
    if (home == NULL)
        skip();
    assert_int_equal(read_user("[default]\nstore = ~/x\n"), DAOTP_OK);
    store = daotp_profile_find(profile, "store");
    assert_int_equal(strncmp(store, home, strlen(home)), 0);
    assert_string_equal(store + strlen(home), "/x");
    daotp_free(home);
}

/* ---- what uses a profile --------------------------------------------------------------------- */

static void a_client_is_set_as_the_profile_says(void **state)
{
    daotp_client *client;

    (void)state;
    assert_int_equal(daotp_client_new(context, &client), DAOTP_OK);
    assert_int_equal(
        read_user("[default]\nurl = https://a.example/otp\nurl = https://b.example/otp\n"
                  "template = 1.3.6.1.4.1.311.21.8.1:100.4\nproxy = p.example:3128\ntimeout = 7\n"
                  "connect-timeout = 1.5\nmax-lifetime = 3600\nkey-kind = p256\ntls12 = yes\n"
                  "preflight = no\nupn = alice@corp.example\nca-host = .corp.example\n"
                  "ca-realm = CORP.EXAMPLE\nca-kdc = dc1.corp.example\nces-auth = username\n"
                  "ca = auto\nstore = none\nlogon = yes\nkdc = dc1.corp.example:88\n"
                  "environment-proxy = no\nserver-rules = strict\n"),
        DAOTP_OK);
    assert_int_equal(daotp_client_use_profile(client, profile), DAOTP_OK);
    assert_int_equal(client->server_count, 2);
    assert_string_equal(client->servers[1].text, "https://b.example/otp");
    assert_int_equal(client->timeout_ms, 7000);
    assert_int_equal(client->connect_ms, 1500);
    assert_string_equal(client->proxy, "p.example:3128");
    assert_int_equal(client->server_rules, DAOTP_RULES_STRICT);
    assert_true(client->tls12_only);
    assert_non_null(client->ca);
    daotp_client_free(client);
}

static void assert_client_refuses(const char *text, daotp_finding_number number)
{
    daotp_client *client;

    (void)tear_down(NULL);
    assert_int_equal(daotp_profile_new(context, NULL, &profile), DAOTP_OK);
    assert_int_equal(daotp_client_new(context, &client), DAOTP_OK);
    assert_int_equal(read_user(text), DAOTP_OK);
    assert_int_equal(daotp_client_use_profile(client, profile), DAOTP_CONFIGURATION);
    assert_string_equal(
        daotp_finding_get_id(daotp_report_get_error(daotp_client_get_report(client))),
        daotp_catalogue_get_id(number));
    assert_int_equal(daotp_report_get_status(daotp_client_get_report(client)), DAOTP_CONFIGURATION);
    daotp_client_free(client);
}

static void what_a_client_cannot_use_is_named(void **state)
{
    char many[2048] = "[default]\n";

    (void)state;
    assert_client_refuses("[default]\ncert = /a\n", DAOTP_FINDING_CONFIG_NEEDS);
    assert_client_refuses("[default]\nkey = /a\n", DAOTP_FINDING_CONFIG_NEEDS);
    assert_client_refuses("[default]\nrequest-file = /a\n", DAOTP_FINDING_CONFIG_NEEDS);
    assert_client_refuses("[default]\nissuer-crl = /a\n", DAOTP_FINDING_CONFIG_NEEDS);
    assert_client_refuses("[default]\nca = rpc\nca-kdc = a.example\n", DAOTP_FINDING_CONFIG_NEEDS);
    assert_client_refuses("[default]\ntrust = /nowhere.pem\n", DAOTP_FINDING_FILE_READ);
    assert_client_refuses("[default]\ncert = /nowhere\nkey = /nowhere\n", DAOTP_FINDING_FILE_READ);
    for (int i = 0; i < 17; i++)
        (void)snprintf(many + strlen(many), sizeof many - strlen(many),
                       "url = https://a%d.example/x\n", i);
    assert_client_refuses(many, DAOTP_FINDING_CONFIG_VALUE);
}

static void a_verifier_and_a_responder_are_set(void **state)
{
    daotp_trust *trust;
    daotp_verifier *verifier;
    daotp_responder *responder;

    (void)state;
    assert_int_equal(daotp_trust_new(context, &trust), DAOTP_OK);
    assert_int_equal(daotp_verifier_new(context, trust, &verifier), DAOTP_OK);
    assert_int_equal(daotp_responder_new(context, &responder), DAOTP_OK);
    assert_int_equal(
        read_user("[default]\nverify-rules = path\nrevocation = prefer\nstale = 60\nfetch = yes\n"
                  "allow = 10.0.0.0/8\nallow = fd00::/8\nldap = dc1.example\ncache = /tmp/x\n"
                  "fetch-timeout = 2\nfetch-bytes = 1000\ntimeout = 3\n"
                  "template = 1.3.6.1.4.1.311.21.8.1:1.2\nissuing-ca = ca1.example\\CA One\n"
                  "domain = CORP=corp.example\nrequire-certificate = no\nexchange-timeout = 5\n"),
        DAOTP_OK);
    assert_int_equal(daotp_verifier_use_profile(verifier, profile), DAOTP_OK);
    assert_int_equal(verifier->settings.rules, DAOTP_RULES_PATH);
    assert_int_equal(verifier->settings.revocation, DAOTP_REVOCATION_PREFER);
    assert_int_equal(verifier->timeout_ms, 3000);
    assert_non_null(verifier->fetcher);
    assert_int_equal(daotp_responder_use_profile(responder, profile), DAOTP_OK);
    assert_int_equal(responder->issuing_ca_count, 1);
    assert_string_equal(responder->domains[0].suffix, "corp.example");
    assert_int_equal(read_text(DAOTP_PROFILE_NAMED, "[default]\nra-cert = /a\n"), DAOTP_OK);
    assert_int_equal(daotp_responder_use_profile(responder, profile), DAOTP_CONFIGURATION);
    assert_string_equal(
        daotp_finding_get_id(daotp_report_get_error(daotp_responder_get_report(responder))),
        "CONFIG-NEEDS");
    daotp_responder_free(responder);
    daotp_verifier_free(verifier);
    daotp_trust_unref(trust);
}

static void a_radius_client_reads_its_secret_from_a_file(void **state)
{
    daotp_radius *radius;
    char text[512], path[128];

    (void)state;
    (void)snprintf(path, sizeof path, "%s", write_text("secret", "a long enough secret!\r\nnot\n"));
    (void)snprintf(text, sizeof text,
                   "[default]\nradius-server = r1.example\nradius-server = [::1]:1645\n"
                   "radius-secret = %s\nradius-policy = first\nradius-timers = push\n"
                   "radius-timeout = 20\nradius-user-form = stripped\nradius-nas = me\n",
                   path);
    assert_int_equal(read_user(text), DAOTP_OK);
    assert_int_equal(daotp_radius_new(context, &radius), DAOTP_OK);
    assert_int_equal(daotp_radius_use_profile(radius, profile), DAOTP_CONFIGURATION);
    assert_string_equal(
        daotp_finding_get_id(daotp_report_get_error(daotp_radius_get_report(radius))),
        "FILE-OPEN-TO-OTHERS");
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(daotp_radius_use_profile(radius, profile), DAOTP_OK);
    assert_int_equal(daotp_radius_get_server_count(radius), 2);
    assert_string_equal(daotp_radius_get_server(radius, 0), "r1.example:1812");
    assert_int_equal(read_text(DAOTP_PROFILE_NAMED, "[default]\nradsec-server = r2.example\n"),
                     DAOTP_OK);
    assert_int_equal(daotp_radius_use_profile(radius, profile), DAOTP_CONFIGURATION);
    daotp_radius_free(radius);
}

static void a_trust_is_made_of_a_key(void **state)
{
    test_report made = test_report_new();
    daotp_trust *trust;

    (void)state;
    assert_int_equal(daotp_profile_make_trust(profile, "issuer-trust", made.report, &trust),
                     DAOTP_CONFIGURATION);
    assert_true(test_report_has(&made, DAOTP_FINDING_CONFIG_NEEDS));
    assert_int_equal(daotp_profile_make_trust(profile, "url", NULL, &trust), DAOTP_USAGE);
    assert_null(trust);
    test_report_free(&made);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(lines_of_every_kind_are_read),
        TEST(long_values_and_semicolons_are_kept_whole),
        TEST(a_line_has_a_limit),
        TEST(lines_that_cannot_be_read_are_named),
        TEST(what_stands_twice_is_refused),
        TEST(each_wrong_line_is_told_at_once),
        TEST(every_example_is_a_value),
        TEST(every_key_is_refused_when_wrong),
        TEST(no_secret_is_taken_or_shown),
        TEST(later_values_take_the_place_of_earlier_ones),
        TEST(what_the_system_locks_nobody_overrides),
        TEST(only_the_systems_file_locks_and_it_comes_first),
        TEST(a_file_that_another_could_have_written_is_refused),
        TEST(so_is_one_in_a_folder_that_others_write),
        TEST(a_file_of_another_owner_is_refused),
        TEST(what_is_no_file_is_refused),
        TEST(a_file_has_a_limit),
        TEST(the_usual_files_are_read_together),
        TEST(a_name_of_a_section_is_plain),
        TEST(a_home_folder_stands_for_the_tilde),
        TEST(a_client_is_set_as_the_profile_says),
        TEST(what_a_client_cannot_use_is_named),
        TEST(a_verifier_and_a_responder_are_set),
        TEST(a_radius_client_reads_its_secret_from_a_file),
        TEST(a_trust_is_made_of_a_key),
    };

    return cmocka_run_group_tests(tests, begin_all, end_all);
}
