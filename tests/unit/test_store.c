/* SPDX-License-Identifier: BSD-2-Clause */
/* Stores: what every backend does, what the directory does besides, and a backend of our own. */
#include "forge.h"
#include "redis_server.h"
#include "scalar_key.h"
#include "scratch.h"
#include "testing.h"

#include "store/item.h"
#include "store/pkcs12_backend.h"
#include "store/store.h"
#include "x509/derw.h"
#include "x509/key.h"

#include <daotp/sys/store_backend.h>
#include <daotp/sys/store_plugin.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <openssl/pkcs12.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct fixture {
    daotp_context *context;
    daotp_store *store;
    int64_t now_s;
    const struct backend_case *which;
    char path[64], store_path[96], uri[128];
} fixture;

/* Stands in the place of the C library's: the store's folder can be made to fail. */
static ino_t failing_inode;

/* What was made durable, in order: the last part of each name. */
static char synced[512];

static void note_synced(int fd)
{
    char link[64], name[512];
    ssize_t len;

    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    len = readlink(link, name, sizeof name - 1);
    if (len <= 0 || strlen(synced) + (size_t)len + 2 > sizeof synced)
        return;
    name[len] = '\0';
    (void)strcat(synced, strrchr(name, '/') + 1);
    (void)strcat(synced, " ");
}

int fsync(int fd)
{
    struct stat st;

    note_synced(fd);
    if (failing_inode != 0 && fstat(fd, &st) == 0 && st.st_ino == failing_inode) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_fsync, fd);
}

/* The same: a file of this name stays where it is. */
int unlinkat(int dir, const char *name, int flags)
{
    if (strcmp(name, "stuck") == 0) {
        errno = EACCES;
        return -1;
    }
    return (int)syscall(SYS_unlinkat, dir, name, flags);
}

static forge_world world;
static X509 *second; /* of the same user, with another serial and a later end */

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

static redis_server fleet; /* one for all tests; each has a prefix of its own */

static int tear_down(void **state)
{
    (void)state;
    redis_server_kill(&fleet);
    X509_free(second);
    forge_world_free(&world);
    return scratch_end();
}

/* Every backend, by the URI that opens it; %s is a name in a folder of the test's own. */
typedef struct backend_case {
    const char *form;
    uint32_t abilities; /* that it declares, and is tested for */
} backend_case;

enum { MEMORY_CASE, DIRECTORY_CASE, PKCS12_CASE, KEYRING_CASE, PKCS11_CASE, REDIS_CASE };

/* The plug-in is linked into this program, which has a library of its own. */
#define SOFTHSM "/usr/lib/softhsm/libsofthsm2.so"
#ifdef WITH_STORE_PKCS11
const daotp_store_plugin *daotp_store_plugin_get(void);
enum { HAS_PKCS11 = 1 };
#else
static const daotp_store_plugin *daotp_store_plugin_get(void)
{
    return NULL;
}
enum { HAS_PKCS11 = 0 };
#endif

#ifdef WITH_STORE_REDIS
daotp_status redis_store_open(daotp_context *context, const char *uri, daotp_report *report,
                              daotp_store **store);
enum { HAS_REDIS = 1 };
#else
static daotp_status redis_store_open(daotp_context *context, const char *uri, daotp_report *report,
                                     daotp_store **store)
{
    (void)context, (void)uri, (void)report, (void)store;
    return DAOTP_CONFIGURATION;
}
enum { HAS_REDIS = 0 };
#endif

static const backend_case backend_cases[] = {
    [MEMORY_CASE] = {"memory:",
                     DAOTP_STORE_HOLDS_MANY | DAOTP_STORE_TAKES_KEYS | DAOTP_STORE_GIVES_KEYS},
    [DIRECTORY_CASE] = {"dir:%s", DAOTP_STORE_IS_DURABLE | DAOTP_STORE_IS_SHARED |
                                      DAOTP_STORE_HOLDS_MANY | DAOTP_STORE_TAKES_KEYS |
                                      DAOTP_STORE_GIVES_KEYS | DAOTP_STORE_TELLS_FULL},
    [PKCS12_CASE] = {"pkcs12:%s", DAOTP_STORE_IS_DURABLE | DAOTP_STORE_IS_SHARED |
                                      DAOTP_STORE_TAKES_KEYS | DAOTP_STORE_GIVES_KEYS |
                                      DAOTP_STORE_ASKS_SECRET | DAOTP_STORE_TELLS_FULL},
    [KEYRING_CASE] = {"keyring:session", DAOTP_STORE_IS_SHARED | DAOTP_STORE_TAKES_KEYS |
                                             DAOTP_STORE_GIVES_KEYS | DAOTP_STORE_FORGETS |
                                             DAOTP_STORE_TELLS_FULL},
    [PKCS11_CASE] = {"pkcs11:token=daotp?module-path=" SOFTHSM,
                     DAOTP_STORE_IS_DURABLE | DAOTP_STORE_IS_SHARED | DAOTP_STORE_TAKES_KEYS |
                         DAOTP_STORE_MAKES_KEYS | DAOTP_STORE_ASKS_SECRET},
    [REDIS_CASE] = {"redis://127.0.0.1", DAOTP_STORE_IS_SHARED | DAOTP_STORE_HOLDS_MANY |
                                             DAOTP_STORE_TAKES_KEYS | DAOTP_STORE_GIVES_KEYS |
                                             DAOTP_STORE_FORGETS | DAOTP_STORE_ASKS_SECRET |
                                             DAOTP_STORE_TELLS_FULL},
};

enum { BACKEND_COUNT = sizeof backend_cases / sizeof backend_cases[0] };

/* A token of SoftHSM in a folder of this program's own; made once. */
static bool make_token(void)
{
    static char folder[64], path[96];
    FILE *file;

    scratch_folder(folder, sizeof folder);
    (void)snprintf(path, sizeof path, "%s/softhsm2.conf", folder);
    file = fopen(path, "we");
    assert_non_null(file);
    fprintf(file,
            "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n"
            "library.reset_on_fork = true\n",
            folder);
    (void)fclose(file);
    (void)setenv("SOFTHSM2_CONF", path, 1);
    return system("softhsm2-util --init-token --free --label daotp --pin 1234 --so-pin 5678 "
                  ">/dev/null 2>&1") == 0;
}

static bool has_fleet(void)
{
    if (!HAS_REDIS || !redis_server_is_installed()) {
        print_message("redis: is not tested: no redis-server\n");
        return false;
    }
    if (fleet.pid == 0)
        redis_server_start(&fleet, NULL);
    return true;
}

/* A new session keyring without a name: the tests see no key of the user, and leave none. */
static bool join_new_session(void)
{
    return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) > 0;
}

static bool has_keyrings(void)
{
    static int has_session = -1;

    if (has_session < 0) {
        has_session = join_new_session();
        if (!has_session)
            print_message("keyring: is not tested: the kernel refuses keyctl (%s)\n",
                          strerror(errno));
    }
    return has_session == 1;
}

/* False where a package is missing: the other backends are tested all the same. */
static bool has_backend(size_t which)
{
    static int has_token = -1;

    if (which == REDIS_CASE)
        return has_fleet();
    if (which == KEYRING_CASE)
        return has_keyrings();
    if (which != PKCS11_CASE)
        return true;
    if (has_token < 0) {
        has_token = HAS_PKCS11 && access(SOFTHSM, R_OK) == 0 && make_token();
        if (!has_token)
            print_message("pkcs11: is not tested: no softhsm2\n");
    }
    return has_token == 1;
}

static bool can(const fixture *f, daotp_store_ability ability)
{
    return (daotp_store_get_abilities(f->store) & ability) != 0;
}

static unsigned asked; /* for a passphrase */
static const char *passphrase = "a passphrase", *pin = "1234";
static uint32_t last_warnings;

static daotp_status give_passphrase(void *user, daotp_secret_kind kind, const char *subject,
                                    uint32_t warnings, void *answer, size_t room, size_t *len)
{
    (void)user, (void)subject;
    asked++;
    last_warnings = warnings;
    if (kind == DAOTP_SECRET_PIN) {
        if (pin == NULL)
            return DAOTP_REJECTED;
        memcpy(answer, pin, *len = strlen(pin));
        return DAOTP_OK;
    }
    if (kind == DAOTP_SECRET_SEAL_KEY) {
        *len = (size_t)snprintf(answer, room, "one %064d\n", 7);
        return DAOTP_OK;
    }
    assert_int_equal(kind, DAOTP_SECRET_PASSPHRASE);
    if (passphrase == NULL)
        return DAOTP_REJECTED;
    *len = strlen(passphrase);
    assert_true(*len <= room);
    memcpy(answer, passphrase, *len);
    return DAOTP_OK;
}

/* Fewer iterations than the library's: the tests are many. */
static daotp_store *open_pkcs12(fixture *f, bool allows_3des)
{
    const daotp__pkcs12_settings settings = {.path = f->store_path,
                                             .path_len = strlen(f->store_path),
                                             .allows_3des = allows_3des,
                                             .iterations = 100};
    daotp_store *store;

    assert_int_equal(daotp__store_new_pkcs12(f->context, &settings, &store), DAOTP_OK);
    assert_true(daotp__store_set_uri(store, f->uri));
    return store;
}

static daotp_store *open_pkcs11(fixture *f)
{
    daotp_store *store = NULL;

    assert_int_equal(daotp_store_plugin_get()->open(f->context, f->uri, NULL, &store), DAOTP_OK);
    assert_true(daotp__store_set_uri(store, f->uri));
    return store;
}

static daotp_store *open_redis(fixture *f)
{
    daotp_store *store = NULL;

    assert_int_equal(redis_store_open(f->context, f->uri, NULL, &store), DAOTP_OK);
    assert_true(daotp__store_set_uri(store, f->uri));
    return store;
}

/* The token stays from one fixture to the next. */
static void empty_token(daotp_store *store)
{
    daotp_store_list *list;

    assert_int_equal(daotp_store_list_new(store, &list), DAOTP_OK);
    for (size_t i = 0; i < daotp_store_list_get_count(list); i++)
        assert_int_equal(daotp_store_remove(store, daotp_store_list_get_label(list, i)), DAOTP_OK);
    daotp_store_list_free(list);
}

/* The same store, as another process would open it. */
static daotp_store *open_again(fixture *f)
{
    daotp_store *store;

    if (f->which == &backend_cases[PKCS12_CASE])
        return open_pkcs12(f, false);
    if (f->which == &backend_cases[PKCS11_CASE])
        return open_pkcs11(f);
    if (f->which == &backend_cases[REDIS_CASE])
        return open_redis(f);
    if (daotp_store_open(f->context, f->uri, &store) != DAOTP_OK)
        fail_msg("%s", f->uri);
    return store;
}

static fixture *fixture_open(const backend_case *which)
{
    static fixture f;

    f = (fixture){.context = forge_context(), .now_s = FORGE_NOW, .which = which};
    passphrase = "a passphrase";
    pin = "1234";
    assert_int_equal(daotp_context_set_secret(f.context, give_passphrase, NULL), DAOTP_OK);
    failing_inode = 0;
    assert_int_equal(daotp_context_set_wall_clock(f.context, test_clock_stands, &f.now_s),
                     DAOTP_OK);
    scratch_folder(f.path, sizeof f.path);
    (void)snprintf(f.store_path, sizeof f.store_path, "%s/store", f.path);
    (void)snprintf(f.uri, sizeof f.uri, which->form, f.store_path);
    if (which == &backend_cases[REDIS_CASE])
        (void)snprintf(f.uri, sizeof f.uri, "redis://127.0.0.1:%u?prefix=%s", fleet.port,
                       strrchr(f.path, '/') + 1);
    if (which == &backend_cases[KEYRING_CASE])
        assert_true(join_new_session());
    f.store = open_again(&f);
    if (which == &backend_cases[PKCS11_CASE])
        empty_token(f.store);
    return &f;
}

static fixture *fixture_new(bool directory)
{
    return fixture_open(&backend_cases[directory ? DIRECTORY_CASE : MEMORY_CASE]);
}

static void fixture_free(fixture *f)
{
    daotp_store_unref(f->store);
    daotp_context_unref(f->context);
    assert_int_equal(scratch_remove(f->path), 0);
}

static daotp_finding_number error_of(fixture *f)
{
    return daotp_finding_get_number(daotp_report_get_error(daotp_store_get_report(f->store)));
}

static void write_bytes(const char *path, const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), (ssize_t)len);
    (void)close(fd);
}

static bool has(fixture *f, daotp_finding_number number)
{
    test_report report = {.report = daotp_store_get_report(f->store)};

    return test_report_has(&report, number);
}

static daotp_credential *credential(fixture *f, X509 *leaf)
{
    return forge_credential(f->context, leaf, world.root, world.user_key);
}

static void put(fixture *f, const char *label, X509 *leaf)
{
    daotp_credential *c = credential(f, leaf);

    if (daotp_store_put(f->store, label, c) != DAOTP_OK)
        fail_msg("put %s: %s", label, daotp_report_get_text(daotp_store_get_report(f->store)));
    daotp_credential_unref(c);
}

/* The serial of what stands there; 0 when nothing does. */
static long serial_at(fixture *f, const char *label)
{
    daotp_credential *c;
    daotp_status status = daotp_store_get(f->store, label, &c);
    long serial;

    if (status == DAOTP_REJECTED) {
        assert_null(c);
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_MISSING);
        return 0;
    }
    if (status != DAOTP_OK)
        fail_msg("get %s: %s", label, daotp_report_get_text(daotp_store_get_report(f->store)));
    serial = strtol(daotp_credential_get_serial(c), NULL, 16);
    assert_int_equal(daotp_credential_get_count(c), 2);
    daotp_credential_unref(c);
    return serial;
}

static long serial_of(X509 *x509)
{
    return ASN1_INTEGER_get(X509_get0_serialNumber(x509));
}

/* ---- what every backend does ------------------------------------------------------------------
 */

static void nothing_is_there_before_the_first_put(fixture *f)
{
    daotp_store_list *list;
    size_t removed = 9;

    assert_int_equal(serial_at(f, "alice"), 0);
    assert_int_equal(daotp_store_remove(f->store, "alice"), DAOTP_REJECTED);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_MISSING);
    assert_int_equal(daotp_store_list_new(f->store, &list), DAOTP_OK);
    assert_int_equal(daotp_store_list_get_count(list), 0);
    daotp_store_list_free(list);
    assert_int_equal(daotp_store_expire(f->store, &removed), DAOTP_OK);
    assert_int_equal(removed, 0);
}

static void what_was_put_comes_back(fixture *f)
{
    daotp_credential *in = credential(f, world.user), *out;
    char *pem[2], *key[2];
    size_t len[2], key_len[2];

    assert_int_equal(daotp_store_put(f->store, "alice", in), DAOTP_OK);
    assert_int_equal(daotp_report_get_status(daotp_store_get_report(f->store)), DAOTP_OK);
    assert_int_equal(daotp_report_get_count(daotp_store_get_report(f->store)), 0);
    assert_int_equal(daotp_store_get(f->store, "alice", &out), DAOTP_OK);
    assert_int_equal(daotp_credential_copy_pem(in, &pem[0], &len[0]), DAOTP_OK);
    assert_int_equal(daotp_credential_copy_pem(out, &pem[1], &len[1]), DAOTP_OK);
    assert_string_equal(pem[0], pem[1]);
    assert_int_equal(daotp_key_copy_pem(daotp_credential_get_key(in), &key[0], &key_len[0]),
                     DAOTP_OK);
    assert_int_equal(daotp_key_copy_pem(daotp_credential_get_key(out), &key[1], &key_len[1]),
                     can(f, DAOTP_STORE_GIVES_KEYS) ? DAOTP_OK : DAOTP_CONFIGURATION);
    if (can(f, DAOTP_STORE_GIVES_KEYS))
        assert_string_equal(key[0], key[1]);
    for (int i = 0; i < 2; i++) {
        daotp_free(pem[i]);
        daotp_free(key[i]);
    }
    daotp_credential_unref(in);
    /* it is a copy: the store may go */
    assert_string_equal(daotp_credential_get_upn(out), FORGE_UPN);
    daotp_credential_unref(out);
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user)); /* and it stays there */
}

static void the_new_takes_the_place_of_the_old(fixture *f)
{
    for (int i = 0; i < 3; i++) {
        put(f, "alice", world.user);
        assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
        put(f, "alice", second);
        assert_int_equal(serial_at(f, "alice"), serial_of(second));
    }
}

static void entries_are_apart(fixture *f)
{
    put(f, "alice", world.user);
    put(f, "alice2", second);
    put(f, "Alice", second);
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
    assert_int_equal(serial_at(f, "alice2"), serial_of(second));
    assert_int_equal(daotp_store_remove(f->store, "alice2"), DAOTP_OK);
    assert_int_equal(serial_at(f, "alice2"), 0);
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
    assert_int_equal(serial_at(f, "Alice"), serial_of(second));
    assert_int_equal(daotp_store_remove(f->store, "alice2"), DAOTP_REJECTED);
    put(f, "alice2", world.user); /* there is room for it again */
    assert_int_equal(serial_at(f, "alice2"), serial_of(world.user));
}

static void a_list_is_sorted_and_dated(fixture *f)
{
    static const char *const labels[] = {"b", "B", "a", "zz", "a1"};
    static const char *const sorted[] = {"B", "a", "a1", "b", "zz"};
    daotp_store_list *list;

    for (size_t i = 0; i < 5; i++)
        put(f, labels[i], i == 2 ? second : world.user);
    assert_int_equal(daotp_store_list_new(f->store, &list), DAOTP_OK);
    assert_int_equal(daotp_store_list_get_count(list), 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(daotp_store_list_get_label(list, i), sorted[i]);
        assert_string_equal(daotp_store_list_get_upn(list, i), FORGE_UPN);
        assert_int_equal(daotp_store_list_get_not_after(list, i),
                         i == 1 ? FORGE_NOW + 2 * FORGE_HOUR : FORGE_NOW + FORGE_HOUR - 600);
        assert_int_equal(daotp_store_list_get_state(list, i), DAOTP_STORE_VALID);
    }
    assert_null(daotp_store_list_get_label(list, 5));
    assert_string_equal(daotp_store_list_get_upn(list, 5), "");
    assert_int_equal(daotp_store_list_get_not_after(list, 5), 0);
    assert_int_equal(daotp_store_list_get_state(list, 5), DAOTP_STORE_DAMAGED);
    assert_int_equal(daotp_store_remove(f->store, "a"), DAOTP_OK);
    assert_int_equal(daotp_store_list_get_count(list), 5); /* a snapshot */
    daotp_store_list_free(list);
}

/* Of the only entry; one that goes by itself when it ends is in no list from then on. */
static daotp_store_state state_of(fixture *f)
{
    daotp_store_list *list;
    daotp_store_state state;

    assert_int_equal(daotp_store_list_new(f->store, &list), DAOTP_OK);
    if (can(f, DAOTP_STORE_FORGETS) && daotp_store_list_get_count(list) == 0) {
        daotp_store_list_free(list);
        return DAOTP_STORE_EXPIRED;
    }
    assert_int_equal(daotp_store_list_get_count(list), 1);
    state = daotp_store_list_get_state(list, 0);
    daotp_store_list_free(list);
    return state;
}

static void an_entry_becomes_due_and_expires(fixture *f)
{
    int64_t end = FORGE_NOW + FORGE_HOUR - 600;
    const struct {
        int64_t now_s;
        daotp_store_state state;
    } cases[] = {{end - 601, DAOTP_STORE_VALID},
                 {end - 600, DAOTP_STORE_DUE},
                 {end, DAOTP_STORE_DUE},
                 {end + 1, DAOTP_STORE_EXPIRED},
                 {end - 100000, DAOTP_STORE_VALID}};

    put(f, "alice", world.user);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        f->now_s = cases[i].now_s;
        assert_int_equal(state_of(f), cases[i].state);
    }
    f->now_s = end - 601;
    assert_int_equal(daotp_store_set_renew_before_s(f->store, 601), DAOTP_OK);
    assert_int_equal(state_of(f), DAOTP_STORE_DUE);
    assert_int_equal(daotp_store_set_renew_before_s(f->store, 0), DAOTP_OK);
    f->now_s = end - 1;
    assert_int_equal(state_of(f), DAOTP_STORE_VALID);
    assert_int_equal(daotp_store_set_renew_before_s(f->store, -1), DAOTP_USAGE);
    assert_int_equal(daotp_store_set_renew_before_s(f->store, INT64_MAX), DAOTP_OK);
    assert_int_equal(state_of(f), DAOTP_STORE_DUE);
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user)); /* due is still there */
}

/* An expired entry is never given out, by label or by user; it is shown until it is swept. */
static void is_refused_as_expired(fixture *f, const char *label)
{
    daotp_credential *c;

    assert_int_equal(daotp_store_get(f->store, label, &c), DAOTP_REJECTED);
    assert_null(c);
    /* the kernel goes by its own clock, so here a keyring still has the entry */
    if (can(f, DAOTP_STORE_FORGETS) && f->which != &backend_cases[KEYRING_CASE])
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_MISSING);
    else
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_EXPIRED);
}

static void a_user_is_found_by_name_and_template(fixture *f)
{
    daotp_credential *c;

    assert_int_equal(daotp_store_find(f->store, FORGE_UPN, NULL, &c), DAOTP_REJECTED);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_MISSING);
    put(f, "one", world.user);
    put(f, "two", second);
    assert_int_equal(daotp_store_find(f->store, FORGE_UPN, NULL, &c), DAOTP_OK);
    assert_int_equal(daotp_credential_get_not_after(c), FORGE_NOW + 2 * FORGE_HOUR); /* the last */
    daotp_credential_unref(c);
    assert_int_equal(daotp_store_find(f->store, "ALICE" FORGE_UPN, NULL, &c), DAOTP_REJECTED);
    assert_int_equal(daotp_store_find(f->store, FORGE_UPN, "1.2.3", &c), DAOTP_REJECTED);
    assert_int_equal(daotp_store_find(f->store, FORGE_UPN, FORGE_TEMPLATE, &c), DAOTP_OK);
    daotp_credential_unref(c);
    f->now_s = FORGE_NOW + 2 * FORGE_HOUR + 1;
    assert_int_equal(daotp_store_find(f->store, FORGE_UPN, NULL, &c), DAOTP_REJECTED);
    assert_null(c);
    assert_int_equal(daotp_store_find(f->store, "", NULL, &c), DAOTP_USAGE);
    assert_int_equal(daotp_store_find(f->store, NULL, NULL, &c), DAOTP_USAGE);
}

static void names_may_be_unicode(fixture *f)
{
    static const char *const labels[] = {
        "j\xC3\xB6rg@corp.example",              /* o with diaeresis */
        "\xE7\x94\xB0\xE4\xB8\xAD@corp.example", /* two ideographs */
        "\xD0\xBE\xD0\xBB\xD1\x8F",              /* Cyrillic */
        "jo\xCC\x88rg",                          /* a combining mark */
        "\xF0\x9F\x94\x91"};                     /* beyond 16 bits */
    enum { COUNT = sizeof labels / sizeof labels[0] };
    daotp_store_list *list;

    for (size_t i = 0; i < COUNT; i++)
        put(f, labels[i], i % 2 == 0 ? world.user : second);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(serial_at(f, labels[i]), serial_of(i % 2 == 0 ? world.user : second));
    assert_int_equal(daotp_store_list_new(f->store, &list), DAOTP_OK);
    assert_int_equal(daotp_store_list_get_count(list), COUNT);
    daotp_store_list_free(list);
    assert_int_equal(daotp_store_remove(f->store, labels[0]), DAOTP_OK);
    assert_int_equal(serial_at(f, labels[0]), 0);
    assert_int_equal(serial_at(f, labels[3]), serial_of(second)); /* not the same name */
}

/* What was put is there for whoever opens the store anew, if it says so; a shared store may lose it
 * in a restart of its server, but not by this. */
static void durable_means_that_it_is_there_again(fixture *f)
{
    daotp_credential *c;
    daotp_store *again;

    put(f, "alice", world.user);
    again = open_again(f);
    assert_string_equal(daotp_store_get_uri(again), f->uri);
    assert_int_equal(daotp_store_get(again, "alice", &c),
                     can(f, DAOTP_STORE_IS_DURABLE) || can(f, DAOTP_STORE_IS_SHARED)
                         ? DAOTP_OK
                         : DAOTP_REJECTED);
    daotp_credential_unref(c);
    daotp_store_unref(again);
}

/* SoftHSM 2.6 looks for changes of other processes by a counter, and misses one that falls between
 * its own reading and writing of it. A token that is opened anew is read whole. */
static void open_token_anew(fixture *f)
{
    if (f->which != &backend_cases[PKCS11_CASE])
        return;
    daotp_store_unref(f->store);
    f->store = open_pkcs11(f);
}

/* Two processes at once, where it is declared: what both put is there, and what one removed is
 * gone for the other. */
static void two_processes_share_it(fixture *f)
{
    daotp_credential *c = credential(f, second);
    char label[16];
    pid_t pid;
    int ended;

    pid = can(f, DAOTP_STORE_IS_SHARED) ? fork() : 0;
    if (!can(f, DAOTP_STORE_IS_SHARED)) {
        daotp_credential_unref(c);
        return;
    }
    assert_true(pid >= 0);
    if (pid == 0) {
        for (int i = 0; i < 8; i++) {
            (void)snprintf(label, sizeof label, "child%d", i);
            if (daotp_store_put(f->store, label, c) != DAOTP_OK)
                _exit(1);
        }
        _exit(daotp_store_remove(f->store, "child0") == DAOTP_OK ? 0 : 2);
    }
    for (int i = 0; i < 8; i++) {
        (void)snprintf(label, sizeof label, "parent%d", i);
        put(f, label, world.user);
    }
    assert_int_equal(waitpid(pid, &ended, 0), pid);
    assert_int_equal(ended, 0);
    open_token_anew(f);
    assert_int_equal(serial_at(f, "child0"), 0);
    for (int i = 1; i < 8; i++) {
        (void)snprintf(label, sizeof label, "child%d", i);
        assert_int_equal(serial_at(f, label), serial_of(second));
        (void)snprintf(label, sizeof label, "parent%d", i);
        assert_int_equal(serial_at(f, label), serial_of(world.user));
    }
    daotp_credential_unref(c);
}

static void expire_removes_what_is_over(fixture *f)
{
    size_t removed;

    put(f, "a", world.user);
    put(f, "b", second);
    put(f, "c", world.user);
    f->now_s = FORGE_NOW + FORGE_HOUR - 600; /* the very end of two: not over yet */
    assert_int_equal(daotp_store_expire(f->store, &removed), DAOTP_OK);
    assert_int_equal(removed, 0);
    f->now_s++;
    is_refused_as_expired(f, "a");
    assert_int_equal(serial_at(f, "b"), serial_of(second));
    assert_int_equal(daotp_store_expire(f->store, &removed), DAOTP_OK);
    assert_int_equal(removed, 2);
    assert_int_equal(serial_at(f, "a"), 0);
    assert_int_equal(serial_at(f, "b"), serial_of(second));
    assert_int_equal(serial_at(f, "c"), 0);
    f->now_s += 10 * FORGE_HOUR;
    assert_int_equal(daotp_store_expire(f->store, NULL), DAOTP_OK);
    assert_int_equal(serial_at(f, "b"), 0);
}

static void labels_are_checked(fixture *f)
{
    static char longest[130];
    const struct {
        const char *label;
        bool good;
    } cases[] = {{"a", true},
                 {"0", true},
                 {"-", true},
                 {"_", true},
                 {"@", true},
                 {"alice@corp.example", true},
                 {"A.b_C@d+e-F9", true},
                 {"a.", true},
                 {"a..b", true},
                 {"key.pem", true},
                 {longest + 1, true}, /* 128 */
                 {longest, false},    /* 129 */
                 {"", false},
                 {NULL, false},
                 {".", false},
                 {"..", false},
                 {".new-a", false},
                 {".lock", false},
                 {"a/b", false},
                 {"/", false},
                 {"../a", false},
                 {"a b", false},
                 {"a\n", false},
                 {"a\\b", false},
                 {"a:b", false},
                 {"a%b", false},
                 {"\xC3\xA4", true},
                 {"\xC3", false},     /* cut */
                 {"\xC0\xAF", false}, /* a slash in two octets */
                 {"a\xE2\x80\xAE"
                  "b",
                  false}, /* turns the direction of the text */
                 {"a\xE2\x80\x8B"
                  "b",
                  false}, /* no width */
                 {"a\xC2\xA0"
                  "b",
                  false}, /* a space */
                 {"a\xE3\x80\x80"
                  "b",
                  false},
                 {"a\xC2\x85"
                  "b",
                  false}}; /* a control character */
    daotp_credential *c = credential(f, world.user), *out;

    memset(longest, 'l', 129);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        daotp_status wanted = cases[i].good ? DAOTP_OK : DAOTP_USAGE;

        if (daotp_store_put(f->store, cases[i].label, c) != wanted)
            fail_msg("label %zu \"%s\"", i, cases[i].label);
        assert_int_equal(error_of(f),
                         cases[i].good ? DAOTP_FINDING_NONE : DAOTP_FINDING_STORE_LABEL);
        assert_int_equal(daotp_store_get(f->store, cases[i].label, &out), wanted);
        daotp_credential_unref(out);
        assert_int_equal(daotp_store_remove(f->store, cases[i].label), wanted);
    }
    daotp_credential_unref(c);
}

static void a_key_that_may_not_leave_is_refused(fixture *f)
{
    daotp_credential *c, *out;
    daotp__buffer der = forge_der(world.user);
    daotp_key *key;

    assert_int_equal(EVP_PKEY_up_ref(world.user_key), 1);
    assert_int_equal(daotp__key_wrap(f->context, world.user_key, false, NULL, &key), DAOTP_OK);
    assert_int_equal(daotp_credential_new(f->context, der.data, der.len, key, NULL, &c), DAOTP_OK);
    assert_int_equal(daotp_store_put(f->store, "alice", c), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), can(f, DAOTP_STORE_MAKES_KEYS) ? DAOTP_FINDING_STORE_KEY_ABSENT
                                                                 : DAOTP_FINDING_STORE_KEY);
    assert_int_equal(daotp_store_get(f->store, "alice", &out), DAOTP_REJECTED);
    daotp_credential_unref(c);
    daotp_key_unref(key);
    daotp__buffer_free(&der);
}

/* What a put would be refused for is known before it; nothing is kept by asking. */
static void a_put_can_be_asked_about(fixture *f)
{
    daotp_store_list *list;
    daotp_key *key;

    assert_int_equal(EVP_PKEY_up_ref(world.user_key), 1);
    assert_int_equal(daotp__key_wrap(f->context, world.user_key, false, NULL, &key), DAOTP_OK);
    assert_int_equal(daotp__store_check(f->store, "alice", NULL), DAOTP_OK);
    assert_int_equal(daotp__store_check(f->store, "../alice", NULL), DAOTP_USAGE);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_LABEL);
    if (!can(f, DAOTP_STORE_MAKES_KEYS)) {
        assert_int_equal(daotp__store_check(f->store, "alice", key), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_KEY);
    }
    assert_int_equal(daotp_store_list_new(f->store, &list), DAOTP_OK);
    assert_int_equal(daotp_store_list_get_count(list), 0);
    daotp_store_list_free(list);
    put(f, "alice", world.user);
    assert_int_equal(daotp__store_check(f->store, "alice", NULL), DAOTP_OK);
    assert_int_equal(daotp_report_get_count(daotp_store_get_report(f->store)), 0);
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
    daotp_key_unref(key);
}

static void each_call_begins_with_a_clean_report(fixture *f)
{
    daotp_credential *out;

    assert_int_equal(daotp_store_get(f->store, "nobody", &out), DAOTP_REJECTED);
    assert_int_equal(daotp_report_get_count(daotp_store_get_report(f->store)), 1);
    put(f, "alice", world.user);
    assert_int_equal(daotp_report_get_count(daotp_store_get_report(f->store)), 0);
    assert_int_equal(daotp_store_get(f->store, "..", &out), DAOTP_USAGE);
    assert_int_equal(daotp_report_get_count(daotp_store_get_report(f->store)), 1);
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
    assert_int_equal(daotp_report_get_count(daotp_store_get_report(f->store)), 0);
}

static void a_store_is_counted(fixture *f)
{
    daotp_store *more = daotp_store_ref(f->store);

    assert_ptr_equal(more, f->store);
    daotp_store_unref(more);
    put(f, "alice", world.user);
}

/* A key that the store made signs, cannot leave, and is there again with its certificate. */
static void keys_are_made_inside_where_it_is_declared(fixture *f)
{
    static const daotp_key_kind kinds[] = {DAOTP_KEY_RSA_2048, DAOTP_KEY_P256, DAOTP_KEY_P384};
    uint8_t *signature;
    daotp_key *key;
    char *pem;
    size_t len;

    if (!can(f, DAOTP_STORE_MAKES_KEYS)) {
        assert_int_equal(daotp_store_make_key(f->store, "alice", DAOTP_KEY_P256, &key),
                         DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_MAKES_NO_KEYS);
        return;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        daotp_credential *c, *again;
        const unsigned char *spki;
        EVP_PKEY *public;
        forge_spec spec;
        X509 *leaf;

        if (daotp_store_make_key(f->store, "made", kinds[i], &key) != DAOTP_OK)
            fail_msg("%s", daotp_report_get_text(daotp_store_get_report(f->store)));
        assert_int_equal(daotp_key_get_kind(key), kinds[i]);
        assert_int_equal(daotp_key_copy_pem(key, &pem, &len), DAOTP_CONFIGURATION);
        spki = daotp_key_get_public(key, &len);
        public = d2i_PUBKEY(NULL, &spki, (long)len);
        spec = forge_user_spec(&world, public);
        leaf = forge_certificate(&spec);
        EVP_PKEY_free(public);
        c = NULL;
        {
            daotp__buffer der = forge_der(leaf);

            assert_int_equal(daotp_credential_new(f->context, der.data, der.len, key, NULL, &c),
                             DAOTP_OK);
            daotp__buffer_free(&der);
        }
        assert_int_equal(daotp_store_put(f->store, "made", c), DAOTP_OK);
        daotp_credential_unref(c);
        daotp_key_unref(key);
        assert_int_equal(daotp_store_get(f->store, "made", &again), DAOTP_OK);
        assert_int_equal(
            daotp_key_sign_digest(daotp_credential_get_key(again),
                                  i == 0 ? DAOTP_SIGNATURE_RSA_PSS : DAOTP_SIGNATURE_ECDSA,
                                  DAOTP_DIGEST_SHA256, i == 0 ? 32 : 0,
                                  "0123456789abcdef0123456789abcdef", 32, &signature, &len),
            DAOTP_OK);
        daotp_free(signature);
        daotp_credential_unref(again);
        X509_free(leaf);
    }
}

static void (*const behaviours[])(fixture *f) = {nothing_is_there_before_the_first_put,
                                                 what_was_put_comes_back,
                                                 the_new_takes_the_place_of_the_old,
                                                 entries_are_apart,
                                                 a_list_is_sorted_and_dated,
                                                 an_entry_becomes_due_and_expires,
                                                 expire_removes_what_is_over,
                                                 labels_are_checked,
                                                 a_key_that_may_not_leave_is_refused,
                                                 a_put_can_be_asked_about,
                                                 each_call_begins_with_a_clean_report,
                                                 a_store_is_counted,
                                                 a_user_is_found_by_name_and_template,
                                                 names_may_be_unicode,
                                                 durable_means_that_it_is_there_again,
                                                 keys_are_made_inside_where_it_is_declared,
                                                 two_processes_share_it};

static void every_backend_behaves(void **state)
{
    (void)state;
    for (size_t b = 0; b < BACKEND_COUNT; b++)
        for (size_t i = 0; i < sizeof behaviours / sizeof behaviours[0] && has_backend(b); i++) {
            fixture *f = fixture_open(&backend_cases[b]);

            behaviours[i](f);
            fixture_free(f);
        }
}

static void what_a_store_cannot_do_it_declares(void **state)
{
    (void)state;
    for (size_t b = 0; b < BACKEND_COUNT; b++) {
        fixture *f = has_backend(b) ? fixture_open(&backend_cases[b]) : NULL;

        if (f == NULL)
            continue;
        assert_int_equal(daotp_store_get_abilities(f->store), backend_cases[b].abilities);
        fixture_free(f);
    }
    assert_int_equal(daotp_store_get_abilities(NULL), 0);
    assert_string_equal(daotp_store_get_uri(NULL), "");
}

static daotp_finding_number refusal_of(fixture *f, const char *uri, char found[256])
{
    daotp_finding_number number;
    daotp_store *store = (daotp_store *)f;
    daotp_report *report;
    const daotp_finding *error;

    assert_int_equal(daotp_report_new(f->context, &report), DAOTP_OK);
    assert_int_equal(daotp_store_open_report(f->context, uri, report, &store), DAOTP_CONFIGURATION);
    assert_null(store);
    error = daotp_report_get_error(report);
    number = daotp_finding_get_number(error);
    (void)snprintf(found, 256, "%s: %s", daotp_finding_get_subject(error),
                   daotp_finding_get_found(error));
    daotp_report_free(report);
    store = (daotp_store *)f;
    assert_int_equal(daotp_store_open(f->context, uri, &store), DAOTP_CONFIGURATION);
    assert_null(store);
    return number;
}

static void a_uri_that_names_no_store_is_told(void **state)
{
    static const char *const uris[] = {"",
                                       ":",
                                       "/var/lib/store",
                                       "store",
                                       "DIR:/a",
                                       "1dir:/a",
                                       "dir:",
                                       "memory:x",
                                       "../a:b",
                                       "a/b:c",
                                       "d ir:/a",
                                       "memory",
                                       "-dir:a",
                                       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:b"};
    fixture *f = fixture_new(false);
    static char longest[8192];
    daotp_store *store;
    char found[256];

    (void)state;
    for (size_t i = 0; i < sizeof uris / sizeof uris[0]; i++)
        assert_int_equal(refusal_of(f, uris[i], found), DAOTP_FINDING_STORE_URI);
    memset(longest, 'a', sizeof longest - 1);
    memcpy(longest, "dir:", 4);
    assert_int_equal(refusal_of(f, longest, found), DAOTP_FINDING_STORE_URI);
    assert_string_equal(found, "dir:: too long");
    assert_int_equal(refusal_of(f, "Redis://bob:GEHEIM@host", found), DAOTP_FINDING_STORE_URI);
    assert_null(strstr(found, "GEHEIM"));
    assert_int_equal(daotp_store_open(NULL, "memory:", &store), DAOTP_USAGE);
    assert_null(store);
    assert_int_equal(daotp_store_open(f->context, NULL, &store), DAOTP_USAGE);
    assert_int_equal(daotp_store_open(f->context, "memory:", NULL), DAOTP_USAGE);
    fixture_free(f);
}

static void a_backend_that_is_absent_is_named(void **state)
{
    static const char *const schemes[] = {"tpm2",           "redis",  "rediss",
                                          "secret-service", "pkcs11", "ldap+x"};
    fixture *f = fixture_new(false);
    char uri[64], found[256];

    (void)state;
    assert_int_equal(daotp_context_set_plugin_folder(f->context, f->path), DAOTP_OK);
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        (void)snprintf(uri, sizeof uri, "%s:x", schemes[i]);
        assert_int_equal(refusal_of(f, uri, found), DAOTP_FINDING_STORE_ABSENT);
        assert_ptr_equal(strstr(found, schemes[i]), found);
        assert_non_null(strstr(found, f->path)); /* where it was looked for */
    }
    assert_int_equal(daotp_context_set_plugin_folder(f->context, NULL), DAOTP_OK);
    assert_int_equal(refusal_of(f, "redis:x", found), DAOTP_FINDING_STORE_ABSENT);
    assert_int_equal(daotp_context_set_plugin_folder(NULL, "/"), DAOTP_USAGE);
    fixture_free(f);
}

/* Nobody else may be able to replace the plug-in between its check and its load. */
static void a_plugin_that_others_could_replace_is_refused(void **state)
{
    fixture *f = fixture_new(false);
    char open_folder[96], plugins[128], file[160], other[160], link[160], found[256];

    (void)state;
    (void)snprintf(open_folder, sizeof open_folder, "%s/open", f->path);
    (void)snprintf(plugins, sizeof plugins, "%s/plugins", open_folder);
    (void)snprintf(file, sizeof file, "%s/store-x.so", plugins);
    (void)snprintf(other, sizeof other, "%s/store-x.so", f->path);
    (void)snprintf(link, sizeof link, "%s/store-y.so", f->path);
    assert_int_equal(mkdir(open_folder, 0755), 0);
    assert_int_equal(mkdir(plugins, 0755), 0);
    write_bytes(file, "x", 1);
    write_bytes(other, "x", 1);
    assert_int_equal(symlink(file, link), 0);
    assert_int_equal(daotp_context_set_plugin_folder(f->context, plugins), DAOTP_OK);
    assert_int_equal(refusal_of(f, "x:", found), DAOTP_FINDING_STORE_PLUGIN); /* no ELF */
    assert_int_equal(chmod(open_folder, 0777), 0);
    assert_int_equal(refusal_of(f, "x:", found), DAOTP_FINDING_CONFIG_OWNER);
    assert_int_equal(chmod(open_folder, 01777), 0);
    assert_int_equal(refusal_of(f, "x:", found), DAOTP_FINDING_STORE_PLUGIN);
    assert_int_equal(daotp_context_set_plugin_folder(f->context, open_folder), DAOTP_OK);
    assert_int_equal(refusal_of(f, "x:", found), DAOTP_FINDING_CONFIG_OWNER);
    assert_int_equal(daotp_context_set_plugin_folder(f->context, f->path), DAOTP_OK);
    assert_int_equal(refusal_of(f, "x:", found), DAOTP_FINDING_STORE_PLUGIN);
    assert_int_equal(refusal_of(f, "y:", found), DAOTP_FINDING_STORE_PLUGIN);
    assert_int_equal(chmod(open_folder, 0777), 0);
    assert_int_equal(refusal_of(f, "y:", found), DAOTP_FINDING_CONFIG_OWNER); /* where it leads */
    assert_int_equal(chmod(other, 0664), 0);
    assert_int_equal(refusal_of(f, "x:", found), DAOTP_FINDING_CONFIG_OWNER);
    assert_int_equal(daotp_context_set_plugin_folder(f->context, "plugins"), DAOTP_OK);
    assert_int_equal(refusal_of(f, "x:", found), DAOTP_FINDING_STORE_PLUGIN);
    assert_non_null(strstr(found, "not an absolute path"));
    fixture_free(f);
}

/* ---- limits -----------------------------------------------------------------------------------
 */

static void memory_holds_so_many_entries(void **state)
{
    fixture *f = fixture_new(false);
    daotp_credential *c = credential(f, world.user);
    char label[16];

    (void)state;
    for (int i = 0; i < DAOTP__MAX_ENTRIES; i++) {
        (void)snprintf(label, sizeof label, "e%d", i);
        assert_int_equal(daotp_store_put(f->store, label, c), DAOTP_OK);
    }
    assert_int_equal(daotp_store_put(f->store, "one-more", c), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_FULL);
    assert_int_equal(daotp__store_check(f->store, "one-more", NULL), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_FULL);
    assert_int_equal(daotp__store_check(f->store, "e17", NULL), DAOTP_OK);
    assert_int_equal(daotp_store_put(f->store, "e17", c), DAOTP_OK); /* in the place of one */
    assert_int_equal(daotp_store_remove(f->store, "e17"), DAOTP_OK);
    assert_int_equal(daotp_store_put(f->store, "one-more", c), DAOTP_OK);
    daotp_credential_unref(c);
    fixture_free(f);
}

static void a_directory_holds_so_many_entries(void **state)
{
    fixture *f = fixture_new(true);
    daotp_credential *c = credential(f, world.user);
    char path[160];

    (void)state;
    put(f, "alice", world.user);
    for (int i = 1; i < DAOTP__MAX_ENTRIES; i++) {
        (void)snprintf(path, sizeof path, "%s/e%d", f->store_path, i);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    assert_int_equal(daotp_store_put(f->store, "alice", c), DAOTP_OK); /* in the place of one */
    assert_int_equal(daotp_store_put(f->store, "one-more", c), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_FULL);
    assert_int_equal(daotp__store_check(f->store, "alice", NULL), DAOTP_OK);
    assert_int_equal(daotp__store_check(f->store, "one-more", NULL), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_FULL);
    daotp_credential_unref(c);
    fixture_free(f);
}

/* ---- the directory ----------------------------------------------------------------------------
 */

static unsigned mode_of(const fixture *f, const char *name)
{
    char path[160];
    struct stat st;

    (void)snprintf(path, sizeof path, "%s/%s", f->store_path, name);
    if (lstat(path, &st) != 0)
        fail_msg("%s is not there", path);
    return st.st_mode & 07777;
}

static const char *in_store(const fixture *f, const char *name)
{
    static char path[160];

    (void)snprintf(path, sizeof path, "%s/%s", f->store_path, name);
    return path;
}

static bool is_there(const fixture *f, const char *name)
{
    return faccessat(AT_FDCWD, in_store(f, name), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void make_file(const fixture *f, const char *name, const void *bytes, size_t len)
{
    char path[160];
    int fd;

    (void)snprintf(path, sizeof path, "%s/%s", f->store_path, name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), (ssize_t)len);
    (void)close(fd);
}

static void make_folder(const fixture *f, const char *name)
{
    char path[160];

    (void)snprintf(path, sizeof path, "%s/%s", f->store_path, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void making_a_store_does_nothing_on_disk(void **state)
{
    fixture *f = fixture_new(true);

    (void)state;
    assert_int_not_equal(access(f->store_path, F_OK), 0);
    assert_int_equal(serial_at(f, "alice"), 0);
    assert_int_not_equal(access(f->store_path, F_OK), 0); /* nor does looking into it */
    fixture_free(f);
}

static void modes_are_strict_whatever_the_umask(void **state)
{
    static const mode_t masks[] = {0, 022, 077};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        mode_t before = umask(masks[i]);
        fixture *f = fixture_new(true);

        put(f, "alice", world.user);
        put(f, "alice", second);
        (void)umask(before);
        assert_int_equal(mode_of(f, ""), 0700);
        assert_int_equal(mode_of(f, "alice"), 0700);
        assert_int_equal(mode_of(f, "alice/key.pem"), 0600);
        assert_int_equal(mode_of(f, "alice/cert.pem"), 0600);
        assert_int_equal(mode_of(f, ".lock"), 0600);
        assert_false(is_there(f, ".new-alice"));
        fixture_free(f);
    }
}

static void files_are_what_pkinit_takes(void **state)
{
    fixture *f = fixture_new(true);
    char key_path[160], certificate_path[160];
    daotp_credential *c;

    (void)state;
    put(f, "alice", world.user);
    (void)snprintf(key_path, sizeof key_path, "%s/alice/key.pem", f->store_path);
    (void)snprintf(certificate_path, sizeof certificate_path, "%s/alice/cert.pem", f->store_path);
    assert_int_equal(daotp_credential_load(f->context, certificate_path, key_path, NULL, &c),
                     DAOTP_OK);
    assert_int_equal(daotp_credential_get_count(c), 2);
    assert_string_equal(daotp_credential_get_upn(c), FORGE_UPN);
    daotp_credential_unref(c);
    fixture_free(f);
}

static void a_store_open_to_others_is_refused(void **state)
{
    static const mode_t modes[] = {0701, 0710, 0704, 0750, 0755, 0777, 01777};
    fixture *f = fixture_new(true);
    daotp_credential *c, *out;
    daotp_store_list *list;

    (void)state;
    c = credential(f, world.user);
    put(f, "alice", world.user);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_int_equal(chmod(f->store_path, modes[i]), 0);
        assert_int_equal(daotp_store_get(f->store, "alice", &out), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_MODE);
        assert_int_equal(daotp_store_put(f->store, "alice", c), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_MODE);
        assert_int_equal(daotp_store_remove(f->store, "alice"), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_MODE);
        assert_int_equal(daotp_store_list_new(f->store, &list), DAOTP_CONFIGURATION);
        assert_null(list);
        assert_int_equal(daotp_store_expire(f->store, NULL), DAOTP_CONFIGURATION);
    }
    if (geteuid() == 0) {
        assert_int_equal(chmod(f->store_path, 0700), 0);
        assert_int_equal(chown(f->store_path, 12345, (gid_t)-1), 0);
        assert_int_equal(daotp_store_get(f->store, "alice", &out), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_MODE);
        assert_int_equal(chown(f->store_path, 0, (gid_t)-1), 0);
    }
    assert_int_equal(chmod(f->store_path, 0700), 0);
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
    daotp_credential_unref(c);
    fixture_free(f);
}

/* Asking whether a put would do makes the place ready, and leaves nothing else behind. */
static void asking_leaves_nothing_behind(void **state)
{
    fixture *f = fixture_new(true);
    daotp_store *store;
    char path[160];

    (void)state;
    assert_int_equal(daotp__store_check(f->store, "alice", NULL), DAOTP_OK);
    assert_int_equal(mode_of(f, ""), 0700);
    assert_false(is_there(f, "alice"));
    assert_false(is_there(f, ".new-alice"));
    assert_int_equal(chmod(f->store_path, 0755), 0);
    assert_int_equal(daotp__store_check(f->store, "alice", NULL), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_MODE);
    (void)snprintf(path, sizeof path, "%s/absent/store", f->path);
    assert_int_equal(daotp_store_new_directory(f->context, path, &store), DAOTP_OK);
    assert_int_equal(daotp__store_check(store, "alice", NULL), DAOTP_CONFIGURATION);
    assert_int_equal(
        daotp_finding_get_number(daotp_report_get_error(daotp_store_get_report(store))),
        DAOTP_FINDING_STORE_WRITE);
    daotp_store_unref(store);
    fixture_free(f);
}

static void a_place_that_cannot_be_is_told(void **state)
{
    fixture *f = fixture_new(true);
    daotp_credential *c = credential(f, world.user), *out;
    daotp_store *store;
    char path[160];

    (void)state;
    (void)snprintf(path, sizeof path, "%s/absent/store", f->path);
    assert_int_equal(daotp_store_new_directory(f->context, path, &store), DAOTP_OK);
    assert_int_equal(daotp_store_put(store, "alice", c), DAOTP_CONFIGURATION);
    assert_int_equal(
        daotp_finding_get_number(daotp_report_get_error(daotp_store_get_report(store))),
        DAOTP_FINDING_STORE_WRITE);
    assert_int_equal(daotp_store_get(store, "alice", &out), DAOTP_REJECTED);
    daotp_store_unref(store);
    put(f, "alice", world.user);
    (void)snprintf(path, sizeof path, "%s/alice/key.pem", f->store_path); /* a file */
    assert_int_equal(daotp_store_new_directory(f->context, path, &store), DAOTP_OK);
    assert_int_equal(daotp_store_put(store, "alice", c), DAOTP_CONFIGURATION);
    assert_int_equal(daotp_store_get(store, "alice", &out), DAOTP_CONFIGURATION);
    daotp_store_unref(store);
    daotp_credential_unref(c);
    fixture_free(f);
}

/* A damaged entry is told as such, hides no other, can be replaced and removed. */
static void damaged_entries_are_told(void **state)
{
    static char large[100 * 1024];
    static const struct {
        const char *name, *bytes;
        size_t len;
    } cases[] = {
        {"damaged/key.pem", "", 0},
        {"damaged/key.pem", "not a key", 9},
        {"damaged/key.pem", large, sizeof large},
        {"damaged/key.pem", "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", 60},
        {"damaged/cert.pem", "", 0},
        {"damaged/cert.pem", "\0", 1},
        {"damaged/cert.pem", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", 60},
        {NULL, "key.pem", 0}, /* taken away */
        {NULL, "cert.pem", 0},
    };

    (void)state;
    memset(large, 'x', sizeof large);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0] + 3; i++) {
        fixture *f = fixture_new(true);
        daotp_credential *out;
        daotp_store_list *list;
        char path[160];
        size_t removed;

        put(f, "good", world.user);
        put(f, "damaged", world.user);
        if (i < sizeof cases / sizeof cases[0] && cases[i].name != NULL) {
            make_file(f, cases[i].name, cases[i].bytes, cases[i].len);
        } else {
            const char *name = i == 8 ? "cert.pem" : "key.pem";

            (void)snprintf(path, sizeof path, "%s/damaged/%s", f->store_path, name);
            assert_int_equal(unlink(path), 0);
            if (i == 9)
                assert_int_equal(mkdir(path, 0700), 0);
            if (i == 10)
                assert_int_equal(mkfifo(path, 0600), 0); /* must not be waited for */
            if (i == 11) {                               /* another's key */
                daotp__buffer pem;

                daotp__buffer_init(&pem, 1 << 16);
                forge_key_pem(&pem, world.machine_key);
                make_file(f, "damaged/key.pem", pem.data, pem.len);
                daotp__buffer_free(&pem);
            }
        }
        if (daotp_store_get(f->store, "damaged", &out) != DAOTP_CONFIGURATION)
            fail_msg("case %zu: %s", i, daotp_report_get_text(daotp_store_get_report(f->store)));
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_DAMAGED);
        assert_null(out);
        assert_int_equal(daotp_store_list_new(f->store, &list), DAOTP_OK);
        assert_int_equal(daotp_store_list_get_count(list), 2);
        assert_int_equal(daotp_store_list_get_state(list, 0), DAOTP_STORE_DAMAGED);
        assert_string_equal(daotp_store_list_get_upn(list, 0), "");
        assert_int_equal(daotp_store_list_get_not_after(list, 0), 0);
        assert_int_equal(daotp_store_list_get_state(list, 1), DAOTP_STORE_VALID);
        assert_null(daotp_report_get_error(daotp_store_get_report(f->store))); /* a warning there */
        assert_true(has(f, DAOTP_FINDING_STORE_DAMAGED));
        daotp_store_list_free(list);
        f->now_s += 100 * FORGE_HOUR;
        assert_int_equal(daotp_store_expire(f->store, &removed), DAOTP_OK);
        assert_int_equal(removed, 1); /* the good one; of the other no date is known */
        assert_true(is_there(f, "damaged"));
        if (i == 9)
            assert_int_equal(rmdir(path), 0); /* nothing of ours is left in it */
        f->now_s = FORGE_NOW;
        put(f, "damaged", second);
        assert_int_equal(serial_at(f, "damaged"), serial_of(second));
        assert_int_equal(daotp_store_remove(f->store, "damaged"), DAOTP_OK);
        fixture_free(f);
    }
}

/* An entry as another program may write it, with a key that no put takes. */
static void make_known_entry(const fixture *f, const char *label)
{
    EVP_PKEY *known = scalar_key(1); /* which everybody knows */
    forge_spec spec = forge_user_spec(&world, known);
    daotp__buffer key, certificate;
    char path[160];
    X509 *x509;

    spec.not_after = FORGE_NOW + 3 * FORGE_HOUR; /* it ends last */
    x509 = forge_certificate(&spec);
    daotp__buffer_init(&key, 1 << 16);
    daotp__buffer_init(&certificate, 1 << 16);
    forge_key_pem(&key, known);
    forge_pem(&certificate, x509);
    make_folder(f, label);
    (void)snprintf(path, sizeof path, "%s/key.pem", label);
    make_file(f, path, key.data, key.len);
    (void)snprintf(path, sizeof path, "%s/cert.pem", label);
    make_file(f, path, certificate.data, certificate.len);
    daotp__buffer_free(&key);
    daotp__buffer_free(&certificate);
    X509_free(x509);
    EVP_PKEY_free(known);
}

/* The costly rules for keys are not applied to all that is listed. A get applies them, so a
 * search goes on to the next entry. */
static void a_list_loads_no_key(void **state)
{
    fixture *f = fixture_new(true);
    daotp_credential *c;
    daotp_store_list *list;
    size_t removed;

    (void)state;
    put(f, "good", world.user);
    make_known_entry(f, "known");
    assert_int_equal(daotp_store_list_new(f->store, &list), DAOTP_OK);
    assert_int_equal(daotp_store_list_get_count(list), 2);
    assert_int_equal(daotp_store_list_get_state(list, 1), DAOTP_STORE_VALID);
    assert_string_equal(daotp_store_list_get_upn(list, 1), FORGE_UPN);
    assert_string_equal(daotp_store_list_get_template(list, 1), FORGE_TEMPLATE);
    daotp_store_list_free(list);
    assert_int_equal(daotp_store_get(f->store, "known", &c), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_DAMAGED);
    assert_int_equal(daotp_store_find(f->store, FORGE_UPN, NULL, &c), DAOTP_OK);
    assert_int_equal(daotp_credential_get_not_after(c), FORGE_NOW + FORGE_HOUR - 600);
    daotp_credential_unref(c);
    assert_int_equal(daotp_store_remove(f->store, "good"), DAOTP_OK);
    assert_int_equal(daotp_store_find(f->store, FORGE_UPN, NULL, &c), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_DAMAGED);
    f->now_s += 4 * FORGE_HOUR;
    assert_int_equal(daotp_store_expire(f->store, &removed), DAOTP_OK);
    assert_int_equal(removed, 1);
    fixture_free(f);
}

/* Whatever else lies in the folder: it is not shown as ours is, and does not lead elsewhere. */
static void foreign_things_in_the_folder_do_no_harm(void **state)
{
    fixture *f = fixture_new(true);
    daotp_credential *out;
    char path[160], to[160];

    (void)state;
    put(f, "alice", world.user);
    (void)snprintf(to, sizeof to, "%s/alice", f->store_path);
    (void)snprintf(path, sizeof path, "%s/link", f->store_path);
    assert_int_equal(symlink(to, path), 0);
    assert_int_equal(daotp_store_get(f->store, "link", &out), DAOTP_CONFIGURATION);
    make_file(f, "a file", "x", 1);
    make_file(f, "file", "x", 1);
    assert_int_equal(daotp_store_get(f->store, "file", &out), DAOTP_CONFIGURATION);
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
    /* nor does the lock: nothing is made where it points to */
    (void)snprintf(to, sizeof to, "%s/elsewhere", f->path);
    (void)snprintf(path, sizeof path, "%s/.lock", f->store_path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink(to, path), 0);
    assert_int_equal(daotp_store_remove(f->store, "alice"), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_WRITE);
    assert_int_equal(access(to, F_OK), -1);
    fixture_free(f);
}

/* A FIFO or a folder in the lock's place: no call waits for who opens its other end. */
static void a_lock_that_is_no_file_is_told(void **state)
{
    (void)state;
    for (int is_folder = 0; is_folder < 2; is_folder++) {
        fixture *f = fixture_new(true);
        daotp_credential *out;

        put(f, "alice", world.user);
        assert_int_equal(unlink(in_store(f, ".lock")), 0);
        if (is_folder)
            assert_int_equal(mkdir(in_store(f, ".lock"), 0700), 0);
        else
            assert_int_equal(mkfifo(in_store(f, ".lock"), 0600), 0);
        assert_int_equal(daotp_store_get(f->store, "alice", &out), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_WRITE);
        assert_int_equal(daotp_store_remove(f->store, "alice"), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_WRITE);
        fixture_free(f);
    }
}

/* Nothing there is a store without entries; a link to nothing is a mistake that has a reason. */
static void a_store_that_is_a_dangling_link_is_told(void **state)
{
    fixture *f = fixture_new(true);
    daotp_credential *out;

    (void)state;
    assert_int_equal(daotp_store_get(f->store, "alice", &out), DAOTP_REJECTED);
    assert_int_equal(symlink("nowhere", f->store_path), 0);
    assert_int_equal(daotp_store_get(f->store, "alice", &out), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_FILE_READ);
    out = credential(f, world.user);
    assert_int_equal(daotp_store_put(f->store, "alice", out), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_FILE_READ);
    daotp_credential_unref(out);
    fixture_free(f);
}

/* A stray file in an entry (an editor's backup, say) must not stop the entry from being renewed. */
static void a_stray_file_in_an_entry_does_not_stop_renewal(void **state)
{
    fixture *f = fixture_new(true);

    (void)state;
    put(f, "alice", world.user);
    make_file(f, "alice/cert.pem~", "x", 1);
    put(f, "alice", second);
    put(f, "alice", world.user);
    put(f, "alice", second);
    assert_int_equal(serial_at(f, "alice"), serial_of(second));
    fixture_free(f);
}

/* Nor from being removed, whatever strays there; a link goes, and not what it leads to. */
static void a_stray_folder_in_an_entry_does_not_stop_removal(void **state)
{
    fixture *f = fixture_new(true);
    char path[160], outside[160];

    (void)state;
    put(f, "alice", world.user);
    put(f, "bob", world.user);
    make_folder(f, "alice/backup");
    make_folder(f, "alice/backup/of-backup");
    make_file(f, "alice/backup/of-backup/key.pem", "an old key", 10);
    (void)snprintf(path, sizeof path, "%s/alice/backup/link", f->store_path);
    (void)snprintf(outside, sizeof outside, "%s/bob", f->store_path);
    assert_int_equal(symlink(outside, path), 0);
    put(f, "alice", second);
    make_folder(f, "alice/backup");
    assert_int_equal(daotp_store_remove(f->store, "alice"), DAOTP_OK);
    assert_false(is_there(f, "alice"));
    assert_false(is_there(f, ".new-alice"));
    assert_int_equal(serial_at(f, "bob"), serial_of(world.user));
    fixture_free(f);
}

/* The folder is closed to others; a key that they may have read before is refused all the same. */
static void a_key_open_to_others_is_refused(void **state)
{
    static const mode_t modes[] = {0644, 0640, 0604, 0666, 0601, 0610};
    fixture *f = fixture_new(true);
    daotp_credential *out;
    char path[160];

    (void)state;
    put(f, "alice", world.user);
    (void)snprintf(path, sizeof path, "%s/alice/key.pem", f->store_path);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_int_equal(daotp_store_get(f->store, "alice", &out), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_FILE_OPEN_TO_OTHERS);
        assert_string_equal(
            daotp_finding_get_subject(daotp_report_get_error(daotp_store_get_report(f->store))),
            path);
        assert_null(out);
    }
    assert_int_equal(chmod(path, 0400), 0);
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
    if (geteuid() == 0) { /* only root can give a file away */
        assert_int_equal(chown(path, 1, (gid_t)-1), 0);
        assert_int_equal(daotp_store_get(f->store, "alice", &out), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_FILE_OPEN_TO_OTHERS);
    }
    fixture_free(f);
}

static void a_stray_file_in_the_place_of_an_entry_does_not_stop_it(void **state)
{
    fixture *f = fixture_new(true);

    (void)state;
    put(f, "bob", world.user);
    make_file(f, "alice", "x", 1);
    put(f, "alice", second);
    put(f, "alice", world.user);
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
    fixture_free(f);
}

/* What a writer that crashed left behind is no entry, and goes with the next put. */
static void leftovers_are_no_entry_and_are_cleaned(void **state)
{
    fixture *f = fixture_new(true);
    daotp_store_list *list;

    (void)state;
    put(f, "bob", world.user);
    make_folder(f, ".new-alice");
    make_file(f, ".new-alice/key.pem", "half a key", 10);
    assert_int_equal(serial_at(f, "alice"), 0);
    assert_int_equal(daotp_store_list_new(f->store, &list), DAOTP_OK);
    assert_int_equal(daotp_store_list_get_count(list), 1);
    daotp_store_list_free(list);
    put(f, "alice", second);
    assert_int_equal(serial_at(f, "alice"), serial_of(second));
    assert_false(is_there(f, ".new-alice"));
    fixture_free(f);
}

/* A key that a crashed writer left must not outlive the removal of its entry. */
static void removal_takes_the_leftovers_too(void **state)
{
    fixture *f = fixture_new(true);

    (void)state;
    put(f, "alice", world.user);
    make_folder(f, ".new-alice");
    make_file(f, ".new-alice/key.pem", "half a key", 10);
    assert_int_equal(daotp_store_remove(f->store, "alice"), DAOTP_OK);
    assert_false(is_there(f, "alice"));
    assert_false(is_there(f, ".new-alice"));
    fixture_free(f);
}

/* Expiry takes them all, whether or not an entry stands beside them. */
static void expiry_takes_the_leftovers_too(void **state)
{
    static const char *const names[] = {".new-alice", ".new-bob"};
    fixture *f = fixture_new(true);
    size_t removed;

    (void)state;
    put(f, "alice", world.user);
    for (int i = 0; i < 2; i++) {
        char path[64];

        make_folder(f, names[i]);
        (void)snprintf(path, sizeof path, "%s/key.pem", names[i]);
        make_file(f, path, "half a key", 10);
    }
    assert_int_equal(daotp_store_expire(f->store, &removed), DAOTP_OK);
    assert_int_equal(removed, 0);
    assert_false(is_there(f, ".new-alice"));
    assert_false(is_there(f, ".new-bob"));
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
    fixture_free(f);
}

/* ---- a disk that fails ------------------------------------------------------------------------
 */

static void fail_disk(const fixture *f)
{
    struct stat st;

    assert_int_equal(stat(f->store_path, &st), 0);
    failing_inode = st.st_ino;
}

/* The key and what goes with it, then the folder that names them, then the rename; a store that is
 * new itself is named first. Without one of these a crash may leave what was never there. */
static void what_is_put_is_durable_in_order(void **state)
{
    fixture *f = fixture_new(true);
    const char *above = strrchr(f->path, '/') + 1;
    char wanted[256];

    (void)state;
    synced[0] = '\0';
    put(f, "alice", world.user);
    (void)snprintf(wanted, sizeof wanted, "%s key.pem cert.pem .new-alice store ", above);
    assert_string_equal(synced, wanted);
    synced[0] = '\0';
    put(f, "alice", second);
    assert_string_equal(synced, "key.pem cert.pem .new-alice store ");
    synced[0] = '\0';
    assert_int_equal(daotp_store_remove(f->store, "alice"), DAOTP_OK);
    assert_string_equal(synced, "store ");
    fixture_free(f);
}

/* What stands after a rename that the disk did not confirm is the new one: it must not be said that
 * the old one does, and the old one must not be destroyed, for it may be back after a crash. */
static void a_change_that_is_not_confirmed_is_told(void **state)
{
    fixture *f = fixture_new(true);
    daotp_credential *c = credential(f, second);

    (void)state;
    put(f, "alice", world.user);
    fail_disk(f);
    assert_int_equal(daotp_store_put(f->store, "alice", c), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_UNSURE);
    assert_int_equal(serial_at(f, "alice"), serial_of(second));
    assert_true(is_there(f, ".new-alice/key.pem"));
    assert_int_equal(daotp_store_put(f->store, "bob", c), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_UNSURE);
    assert_int_equal(serial_at(f, "bob"), serial_of(second));
    assert_int_equal(daotp_store_remove(f->store, "bob"), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_UNSURE);
    assert_false(is_there(f, "bob"));
    assert_false(is_there(f, ".new-bob")); /* the key is gone at least */
    failing_inode = 0;
    assert_int_equal(daotp_store_put(f->store, "alice", c), DAOTP_OK);
    assert_false(is_there(f, ".new-alice"));
    daotp_credential_unref(c);
    fixture_free(f);
}

/* An old key that does not go: a put was good all the same, a removal was not. */
static void a_key_that_does_not_go_is_told(void **state)
{
    fixture *f = fixture_new(true);
    daotp_credential *c = credential(f, second);
    size_t removed;

    (void)state;
    put(f, "alice", world.user);
    make_file(f, "alice/stuck", "x", 1);
    assert_int_equal(daotp_store_put(f->store, "alice", c), DAOTP_OK);
    assert_true(has(f, DAOTP_FINDING_STORE_REMOVE));
    assert_int_equal(error_of(f), DAOTP_FINDING_NONE);
    assert_int_equal(serial_at(f, "alice"), serial_of(second));
    assert_int_equal(daotp_store_expire(f->store, &removed), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_REMOVE);
    assert_int_equal(daotp_store_remove(f->store, "alice"), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_REMOVE);
    daotp_credential_unref(c);
    fixture_free(f);
}

/* ---- a place that can only be read ------------------------------------------------------------
 */

/* As somebody whom a mode can stop; the store becomes his. */
static int as_somebody(fixture *f, bool with_lock, int (*what)(fixture *f))
{
    pid_t pid;
    int ended;

    (void)chmod(scratch_path, 0711);
    (void)chmod(f->path, 0711);
    (void)chmod(f->store_path, 0500);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (geteuid() == 0 &&
            (chown(f->store_path, 65534, 65534) != 0 ||
             (with_lock && fchownat(AT_FDCWD, in_store(f, ".lock"), 65534, 65534, 0) != 0) ||
             chown(in_store(f, "alice"), 65534, 65534) != 0 ||
             chown(in_store(f, "alice/key.pem"), 65534, 65534) != 0 ||
             chown(in_store(f, "alice/cert.pem"), 65534, 65534) != 0 ||
             setresuid(65534, 65534, 65534) != 0))
            _exit(99);
        _exit(what(f));
    }
    assert_int_equal(waitpid(pid, &ended, 0), pid);
    (void)chmod(f->store_path, 0700);
    return ended;
}

static int read_all(fixture *f)
{
    daotp_credential *c = NULL;
    daotp_store_list *list;

    if (daotp_store_get(f->store, "alice", &c) != DAOTP_OK)
        return 1;
    daotp_credential_unref(c);
    if (daotp_store_list_new(f->store, &list) != DAOTP_OK ||
        daotp_store_list_get_state(list, 0) != DAOTP_STORE_VALID)
        return 2;
    daotp_store_list_free(list);
    if (daotp_store_remove(f->store, "alice") != DAOTP_CONFIGURATION ||
        error_of(f) != DAOTP_FINDING_STORE_WRITE)
        return 3;
    return 0;
}

static void a_read_only_store_can_be_read(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        bool with_lock = i == 1;
        fixture *f = fixture_new(true);

        put(f, "alice", world.user);
        if (with_lock)
            assert_int_equal(chmod(in_store(f, ".lock"), 0400), 0);
        else
            assert_int_equal(unlink(in_store(f, ".lock")), 0);
        assert_int_equal(as_somebody(f, with_lock, read_all), 0);
        assert_int_equal(is_there(f, ".lock"), with_lock);
        fixture_free(f);
    }
}

/* ---- several processes ------------------------------------------------------------------------
 */

static unsigned next_random(void)
{
    static unsigned value = 12345;

    return value = value * 1103515245u + 12345u, value >> 16 & 0x7FFF;
}

/* A child that does this until it is killed; what it puts was made before, for that takes time. */
static pid_t child_doing(fixture *f, daotp_credential *const *pair,
                         void (*what)(fixture *f, daotp_credential *const *pair))
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        what(f, pair);
        _exit(9);
    }
    return pid;
}

static void end_child(pid_t pid)
{
    int ended;

    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &ended, 0), pid);
    if (!WIFSIGNALED(ended))
        fail_msg("the child ended by itself: %d", WEXITSTATUS(ended));
}

static void put_for_ever(fixture *f, daotp_credential *const *pair)
{
    for (;;)
        if (daotp_store_put(f->store, "alice", pair[0]) != DAOTP_OK ||
            daotp_store_put(f->store, "alice", pair[1]) != DAOTP_OK)
            _exit(1);
}

static void put_and_remove_for_ever(fixture *f, daotp_credential *const *pair)
{
    for (;;)
        if (daotp_store_put(f->store, "alice", pair[0]) != DAOTP_OK ||
            daotp_store_remove(f->store, "alice") != DAOTP_OK)
            _exit(1);
}

static void make_pair(fixture *f, daotp_credential **pair)
{
    pair[0] = credential(f, world.user);
    pair[1] = credential(f, second);
}

static void free_pair(daotp_credential **pair)
{
    daotp_credential_unref(pair[0]);
    daotp_credential_unref(pair[1]);
}

static void nobody_ever_sees_half_an_entry(void **state)
{
    fixture *f = fixture_new(true);
    int64_t patience_ends = test_clock_machine_ms() + 60000;
    unsigned seen[2] = {0, 0};
    daotp_credential *pair[2];
    pid_t writers[2];

    (void)state;
    make_pair(f, pair);
    put(f, "alice", world.user);
    writers[0] = child_doing(f, pair, put_for_ever);
    writers[1] = child_doing(f, pair, put_for_ever);
    /* Until both were seen: a loaded machine gives the writers their turns late. */
    while (seen[0] + seen[1] < 1000 || seen[0] == 0 || seen[1] == 0) {
        long serial = serial_at(f, "alice");

        assert_true(test_clock_machine_ms() < patience_ends);

        assert_true(serial == serial_of(world.user) || serial == serial_of(second));
        seen[serial == serial_of(second)]++;
    }
    end_child(writers[0]);
    end_child(writers[1]);
    free_pair(pair);
    fixture_free(f);
}

/* What the store shows: -1 nothing, 0 the first of the pair, 1 the second; never anything else. */
static int shown(fixture *f)
{
    daotp_store_list *list;
    int which = -1;

    assert_int_equal(daotp_store_list_new(f->store, &list), DAOTP_OK);
    if (daotp_store_list_get_count(list) > 0) {
        int64_t end = daotp_store_list_get_not_after(list, 0);

        assert_int_equal(daotp_store_list_get_count(list), 1);
        assert_int_equal(daotp_store_list_get_state(list, 0), DAOTP_STORE_VALID);
        which = end == FORGE_NOW + 2 * FORGE_HOUR;
        assert_int_equal(end, which ? FORGE_NOW + 2 * FORGE_HOUR : FORGE_NOW + FORGE_HOUR - 600);
    }
    daotp_store_list_free(list);
    return which;
}

static void kill_after_a_while(pid_t pid)
{
    struct timespec pause = {.tv_nsec = 200000 + (long)(next_random() % 3000) * 1000};

    (void)nanosleep(&pause, NULL);
    end_child(pid);
}

/* kill -9 at 200 moments: the old entry or the new one, and nothing else to be seen. */
static void a_writer_killed_at_any_moment_leaves_old_or_new(void **state)
{
    fixture *f = fixture_new(true);
    unsigned seen[2] = {0, 0};
    daotp_credential *pair[2];

    (void)state;
    make_pair(f, pair);
    put(f, "alice", world.user);
    for (int i = 0; i < 200; i++) {
        int which;

        kill_after_a_while(child_doing(f, pair, put_for_ever));
        which = shown(f);
        assert_true(which >= 0);
        seen[which]++;
    }
    assert_true(seen[0] > 0 && seen[1] > 0);
    put(f, "alice", world.user);
    assert_false(is_there(f, ".new-alice"));
    free_pair(pair);
    fixture_free(f);
}

static void a_remover_killed_at_any_moment_leaves_all_or_nothing(void **state)
{
    fixture *f = fixture_new(true);
    unsigned seen[2] = {0, 0};
    daotp_credential *pair[2];

    (void)state;
    make_pair(f, pair);
    for (int i = 0; i < 200; i++) {
        kill_after_a_while(child_doing(f, pair, put_and_remove_for_ever));
        seen[shown(f) >= 0]++;
    }
    assert_true(seen[0] > 0 && seen[1] > 0);
    free_pair(pair);
    fixture_free(f);
}

static int lock_of(const fixture *f)
{
    char path[160];
    int fd;

    (void)snprintf(path, sizeof path, "%s/.lock", f->store_path);
    fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static void readers_do_not_lock_each_other_out(void **state)
{
    fixture *f = fixture_new(true);
    int fd;

    (void)state;
    put(f, "alice", world.user);
    fd = lock_of(f);
    assert_int_equal(flock(fd, LOCK_SH), 0);
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
    (void)close(fd);
    fixture_free(f);
}

static void a_lock_held_for_a_moment_is_waited_for(void **state)
{
    fixture *f = fixture_new(true);
    pid_t pid;
    int fd, ended;

    (void)state;
    put(f, "alice", world.user);
    fd = lock_of(f);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    pid = fork(); /* shares the lock, and is the last to let go of it */
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)usleep(150 * 1000);
        _exit(0);
    }
    (void)close(fd);
    put(f, "alice", second);
    assert_int_equal(serial_at(f, "alice"), serial_of(second));
    assert_int_equal(waitpid(pid, &ended, 0), pid);
    fixture_free(f);
}

/* A lock file that can only be read keeps writers out all the same. */
static int wait_for_the_lock(fixture *f)
{
    int64_t from = test_clock_machine_ms();
    daotp_credential *c = NULL;
    daotp_status status = daotp_store_get(f->store, "alice", &c);

    daotp_credential_unref(c);
    return status == DAOTP_OK && test_clock_machine_ms() - from >= 100 ? 0 : 1;
}

static void a_read_only_store_is_locked_too(void **state)
{
    fixture *f = fixture_new(true);
    pid_t pid;
    int fd, ended;

    (void)state;
    put(f, "alice", world.user);
    fd = lock_of(f);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(chmod(in_store(f, ".lock"), 0400), 0);
    pid = fork(); /* shares the lock, and is the last to let go of it */
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)usleep(300 * 1000);
        _exit(0);
    }
    (void)close(fd);
    assert_int_equal(as_somebody(f, true, wait_for_the_lock), 0);
    assert_int_equal(waitpid(pid, &ended, 0), pid);
    fixture_free(f);
}

static int renewal[2]; /* this process, and the one that renews */

/* Each look at the clock is a moment between two steps: somebody renews the entry in the first, if
 * the lock lets him. */
static int64_t clock_of_a_renewal(void *user)
{
    bool *begun = user;
    struct pollfd done = {.fd = renewal[0], .events = POLLIN};

    if (!*begun) {
        *begun = true;
        assert_int_equal(write(renewal[0], "g", 1), 1);
        (void)poll(&done, 1, 300);
    }
    return FORGE_NOW + 90 * 60; /* the first is over, the second is not */
}

static void what_is_renewed_meanwhile_does_not_expire(void **state)
{
    fixture *f = fixture_new(true);
    daotp_credential *c = credential(f, second);
    bool begun = false;
    size_t removed;
    pid_t pid;
    int ended;
    char go;

    (void)state;
    put(f, "alice", world.user);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, renewal), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(read(renewal[1], &go, 1) == 1 && daotp_store_put(f->store, "alice", c) == DAOTP_OK &&
                      write(renewal[1], "d", 1) == 1
                  ? 0
                  : 1);
    assert_int_equal(daotp_context_set_wall_clock(f->context, clock_of_a_renewal, &begun),
                     DAOTP_OK);
    assert_int_equal(daotp_store_expire(f->store, &removed), DAOTP_OK);
    assert_int_equal(waitpid(pid, &ended, 0), pid);
    assert_int_equal(ended, 0);
    assert_int_equal(serial_at(f, "alice"), serial_of(second));
    (void)close(renewal[0]);
    (void)close(renewal[1]);
    daotp_credential_unref(c);
    fixture_free(f);
}

/* The one slow test. */
static void a_lock_held_for_ever_is_told(void **state)
{
    fixture *f = fixture_new(true);
    daotp_credential *out;
    int64_t from, took;
    int fd;

    (void)state;
    put(f, "alice", world.user);
    fd = lock_of(f);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    from = test_clock_machine_ms();
    assert_int_equal(daotp_store_get(f->store, "alice", &out), DAOTP_TIMEOUT);
    took = test_clock_machine_ms() - from;
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_LOCKED);
    assert_true(took >= DAOTP__STORE_LOCK_MS - 100 && took < 3 * DAOTP__STORE_LOCK_MS);
    (void)close(fd);
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
    fixture_free(f);
}

/* ---- PKCS#12 ----------------------------------------------------------------------------------
 */

static void a_wrong_passphrase_is_told_and_changes_nothing(void **state)
{
    static const char *const wrong[] = {"another", NULL, ""};
    fixture *f = fixture_open(&backend_cases[PKCS12_CASE]);
    daotp_credential *c = credential(f, second), *out;
    daotp_store *other;

    (void)state;
    put(f, "alice", world.user);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        passphrase = wrong[i];
        other = open_again(f);
        asked = 0;
        assert_int_equal(daotp_store_get(other, "alice", &out), DAOTP_CONFIGURATION);
        assert_int_equal(
            daotp_finding_get_number(daotp_report_get_error(daotp_store_get_report(other))),
            DAOTP_FINDING_STORE_PASSPHRASE);
        assert_int_equal(asked, 1); /* and tried once */
        assert_int_equal(daotp_store_put(other, "alice", c), DAOTP_CONFIGURATION);
        daotp_store_unref(other);
    }
    asked = 0;
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user)); /* the first store knows it */
    assert_int_equal(asked, 0);
    daotp_credential_unref(c);
    fixture_free(f);
}

static void a_file_open_to_others_is_refused(void **state)
{
    static const mode_t modes[] = {0644, 0640, 0604, 0660};
    fixture *f = fixture_open(&backend_cases[PKCS12_CASE]);
    daotp_credential *out;
    struct stat st;

    (void)state;
    put(f, "alice", world.user);
    assert_int_equal(stat(f->store_path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_int_equal(chmod(f->store_path, modes[i]), 0);
        assert_int_equal(daotp_store_get(f->store, "alice", &out), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_FILE_OPEN_TO_OTHERS);
    }
    fixture_free(f);
}

static void write_p12(const fixture *f, PKCS12 *p12)
{
    unsigned char *der = NULL;
    int len = i2d_PKCS12(p12, &der);

    assert_true(len > 0);
    write_bytes(f->store_path, der, (size_t)len);
    OPENSSL_free(der);
    PKCS12_free(p12);
}

/* As other programs write them: of one entry, named or not, with triple DES where that is asked
 * for by name. */
static void files_of_others_are_read(void **state)
{
    fixture *f = fixture_open(&backend_cases[PKCS12_CASE]);
    STACK_OF(X509) *chain = sk_X509_new_null();
    daotp_credential *out;
    daotp_store *old;

    (void)state;
    assert_true(sk_X509_push(chain, world.root) > 0);
    write_p12(f, PKCS12_create(passphrase, "Alice's key", world.user_key, world.user, chain, 0, 0,
                               0, 0, 0));
    assert_int_equal(serial_at(f, "Alice_s_key"), serial_of(world.user));
    write_p12(f, PKCS12_create(passphrase, NULL, world.user_key, second, chain, 0, 0, 0, 0, 0));
    assert_int_equal(serial_at(f, "entry-1"), serial_of(second));
    write_p12(f, PKCS12_create(passphrase, "old", world.user_key, second, chain,
                               NID_pbe_WithSHA1And3_Key_TripleDES_CBC,
                               NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 0, 0, 0));
    assert_int_equal(daotp_store_get(f->store, "old", &out), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_OLD_CIPHER);
    old = open_pkcs12(f, true);
    assert_int_equal(daotp_store_get(old, "old", &out), DAOTP_OK);
    assert_int_equal(daotp_store_put(old, "old", out), DAOTP_OK); /* written as PBES2 */
    daotp_credential_unref(out);
    daotp_store_unref(old);
    assert_int_equal(serial_at(f, "old"), serial_of(second));
    sk_X509_free(chain);
    fixture_free(f);
}

/* RFC 7292 B.1: the empty passphrase as no octets at all, or as the two that end a BMPString. */
static void files_under_the_empty_passphrase_are_only_read(void **state)
{
    static const char *const encodings[] = {NULL, ""};
    fixture *f = fixture_open(&backend_cases[PKCS12_CASE]);
    daotp_credential *out, *c = credential(f, second);

    (void)state;
    for (size_t i = 0; i < 2 * 2; i++) {
        const char *encoding = encodings[i / 2];
        PKCS12 *p12 = PKCS12_create(encoding, "a", world.user_key, world.user, NULL,
                                    NID_pbe_WithSHA1And3_Key_TripleDES_CBC,
                                    NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 2, -1, 0);
        daotp_store *store;

        assert_int_equal(PKCS12_set_mac(p12, encoding, 0, NULL, 0, 2, EVP_sha1()), 1);
        write_p12(f, p12);
        passphrase = encodings[i % 2]; /* nobody gives one, or an empty one */
        store = open_pkcs12(f, true);
        daotp_store_unref(f->store);
        f->store = store;
        assert_int_equal(daotp_store_get(store, "a", &out), DAOTP_OK);
        daotp_credential_unref(out);
        assert_true(has(f, DAOTP_FINDING_STORE_NO_PASSPHRASE));
        assert_int_equal(daotp_store_put(store, "b", c), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_PASSPHRASE);
        assert_int_equal(daotp_store_remove(store, "a"), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_PASSPHRASE);
        assert_int_equal(daotp_store_get(store, "a", &out), DAOTP_OK);
        daotp_credential_unref(out);
    }
    assert_int_equal(unlink(f->store_path), 0); /* nor is a new file written under it */
    assert_int_equal(daotp_store_put(f->store, "b", c), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_PASSPHRASE);
    assert_int_equal(access(f->store_path, F_OK), -1);
    daotp_credential_unref(c);
    fixture_free(f);
}

static void what_is_no_pkcs12_is_told(void **state)
{
    static const char *const texts[] = {"", "x", "0", "0\x80\x02\x01\x03",
                                        "-----BEGIN PKCS12-----"};
    fixture *f = fixture_open(&backend_cases[PKCS12_CASE]);
    daotp_credential *out, *c = credential(f, second);

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        write_bytes(f->store_path, texts[i], strlen(texts[i]));
        assert_int_equal(daotp_store_get(f->store, "a", &out), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_DAMAGED);
        assert_int_equal(daotp_store_put(f->store, "a", c), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_DAMAGED); /* nothing is overwritten */
    }
    daotp_credential_unref(c);
    fixture_free(f);
}

/* A file of one entry under a few iterations, in its two parts: certificates, keys. */
typedef struct parts {
    STACK_OF(PKCS7) * safes;
    STACK_OF(PKCS12_SAFEBAG) * keys;
} parts;

static parts make_parts(void)
{
    PKCS12 *p12 = PKCS12_create(passphrase, "a", world.user_key, world.user, NULL, 0, 0, 2, 2, 0);
    parts made = {.safes = PKCS12_unpack_authsafes(p12)};

    made.keys = PKCS12_unpack_p7data(sk_PKCS7_value(made.safes, 1));
    assert_int_equal(sk_PKCS12_SAFEBAG_num(made.keys), 1);
    PKCS12_free(p12);
    return made;
}

/* Writes the parts as a file whose MAC verifies. */
static void write_parts(const fixture *f, parts *made)
{
    PKCS12 *p12;

    PKCS7_free(sk_PKCS7_pop(made->safes));
    assert_true(sk_PKCS7_push(made->safes, PKCS12_pack_p7data(made->keys)) > 0);
    p12 = PKCS12_add_safes(made->safes, 0);
    assert_int_equal(PKCS12_set_mac(p12, passphrase, -1, NULL, 0, 2, EVP_sha256()), 1);
    write_p12(f, p12);
    sk_PKCS12_SAFEBAG_pop_free(made->keys, PKCS12_SAFEBAG_free);
    sk_PKCS7_pop_free(made->safes, PKCS7_free);
}

static void assert_damaged(fixture *f, const char *found)
{
    daotp_credential *out;

    assert_int_equal(daotp_store_get(f->store, "a", &out), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_DAMAGED);
    assert_string_equal(
        daotp_finding_get_found(daotp_report_get_error(daotp_store_get_report(f->store))), found);
}

static void set_iterations(const X509_ALGOR *of, long count)
{
    X509_ALGOR *algorithm = (X509_ALGOR *)(uintptr_t)of;
    PBE2PARAM *pbes2 = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter);
    PBKDF2PARAM *kdf =
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), pbes2->keyfunc->parameter);

    assert_int_equal(ASN1_INTEGER_set(kdf->iter, count), 1);
    assert_non_null(
        ASN1_TYPE_pack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), kdf, &pbes2->keyfunc->parameter));
    assert_non_null(
        ASN1_TYPE_pack_sequence(ASN1_ITEM_rptr(PBE2PARAM), pbes2, &algorithm->parameter));
    PBKDF2PARAM_free(kdf);
    PBE2PARAM_free(pbes2);
}

static const X509_ALGOR *safe_algorithm(const parts *made)
{
    return sk_PKCS7_value(made->safes, 0)->d.encrypted->enc_data->algorithm;
}

static const X509_ALGOR *key_algorithm(const parts *made)
{
    const X509_ALGOR *algorithm;

    X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(sk_PKCS12_SAFEBAG_value(made->keys, 0)), &algorithm,
                  NULL);
    return algorithm;
}

/* Before a key is derived with them: the counts are refused that would take hours. */
static void a_file_that_asks_for_too_many_iterations_is_refused(void **state)
{
    static const long counts[] = {0, -1, DAOTP__MAX_PKCS12_ITERATIONS + 1, INT32_MAX};
    static const char out_of_bounds[] = "an iteration count that is not between 1 and 10000000";
    fixture *f = fixture_open(&backend_cases[PKCS12_CASE]);
    parts made;

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        made = make_parts();
        set_iterations(safe_algorithm(&made), counts[i]);
        write_parts(f, &made);
        assert_damaged(f, out_of_bounds);
        made = make_parts();
        set_iterations(key_algorithm(&made), counts[i]);
        write_parts(f, &made);
        assert_damaged(f, out_of_bounds);
    }
    made = make_parts();
    set_iterations(key_algorithm(&made), DAOTP__MAX_PKCS12_ITERATIONS);
    for (int i = 0; i < 4; i++) {
        parts more = make_parts();

        set_iterations(key_algorithm(&more), DAOTP__MAX_PKCS12_ITERATIONS);
        assert_true(sk_PKCS12_SAFEBAG_push(made.keys, sk_PKCS12_SAFEBAG_pop(more.keys)) > 0);
        sk_PKCS12_SAFEBAG_free(more.keys);
        sk_PKCS7_pop_free(more.safes, PKCS7_free);
    }
    write_parts(f, &made);
    assert_damaged(f, "more than 40200000 iterations in all");
    fixture_free(f);
}

/* The content of a safe is OPTIONAL in ASN.1. */
static void a_safe_without_content_is_refused(void **state)
{
    fixture *f = fixture_open(&backend_cases[PKCS12_CASE]);

    (void)state;
    for (int i = 0; i < 2; i++) {
        parts made = make_parts();
        PKCS7 *empty = PKCS7_new();

        empty->type = OBJ_nid2obj(i == 0 ? NID_pkcs7_encrypted : NID_pkcs7_data);
        PKCS7_free(sk_PKCS7_value(made.safes, 0));
        assert_ptr_equal(sk_PKCS7_set(made.safes, 0, empty), empty);
        write_parts(f, &made);
        assert_damaged(f, "a bag that cannot be read (RFC 7292 4.2)");
    }
    fixture_free(f);
}

/* A safeContentsBag around them. libcrypto reads it, and has no call that makes it. */
static PKCS12_SAFEBAG *nest_bags(const STACK_OF(PKCS12_SAFEBAG) * bags)
{
    static const unsigned char safe_contents[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
                                                  0x01, 0x0C, 0x0A, 0x01, 0x06};
    unsigned char *inner = NULL;
    int len = ASN1_item_i2d((const ASN1_VALUE *)bags, &inner, ASN1_ITEM_rptr(PKCS12_SAFEBAGS));
    const unsigned char *at;
    daotp__buffer out;
    PKCS12_SAFEBAG *bag;
    size_t whole, value;

    assert_true(len > 0);
    daotp__buffer_init(&out, DAOTP__MAX_FILE);
    whole = daotp__derw_begin(&out, DAOTP__DER_SEQUENCE);
    daotp__derw_item(&out, DAOTP__DER_OID, safe_contents, sizeof safe_contents);
    value = daotp__derw_begin(&out, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
    daotp__buffer_add(&out, inner, (size_t)len);
    daotp__derw_end(&out, value);
    daotp__derw_end(&out, whole);
    at = out.data;
    bag = d2i_PKCS12_SAFEBAG(NULL, &at, (long)out.len);
    assert_non_null(bag);
    OPENSSL_free(inner);
    daotp__buffer_free(&out);
    return bag;
}

/* RFC 7292 4.2.6: SafeContents in a bag, as the keys of other programs may stand. */
static void bags_in_bags_are_read(void **state)
{
    fixture *f = fixture_open(&backend_cases[PKCS12_CASE]);
    daotp_credential *out;

    (void)state;
    for (int depth = 1; depth < 4; depth++) {
        parts made = make_parts();

        for (int i = 0; i < depth; i++) {
            PKCS12_SAFEBAG *outer = nest_bags(made.keys);

            sk_PKCS12_SAFEBAG_pop_free(made.keys, PKCS12_SAFEBAG_free);
            made.keys = sk_PKCS12_SAFEBAG_new_null();
            assert_true(sk_PKCS12_SAFEBAG_push(made.keys, outer) > 0);
        }
        write_parts(f, &made);
        assert_int_equal(daotp_store_get(f->store, "a", &out), DAOTP_OK);
        assert_int_equal(daotp_credential_get_count(out), 1);
        daotp_credential_unref(out);
    }
    fixture_free(f);
}

/* A key of a name; its certificate is that of the entry "a". */
static void push_named_key(parts *made, const char *name)
{
    PKCS12_SAFEBAG *bag =
        PKCS12_add_key(&made->keys, world.user_key, 0, 2, NID_aes_256_cbc, passphrase);

    assert_int_equal(PKCS12_add_friendlyname_utf8(bag, name, -1), 1);
}

/* Each entry can be reached, whatever names another program gave. */
static void every_entry_gets_a_label_of_its_own(void **state)
{
    /* of three octets a character: number 34 ends beyond octet 100 */
    static const char wide[] = "\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d"
                               "\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d"
                               "\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d"
                               "\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d";
    fixture *f = fixture_open(&backend_cases[PKCS12_CASE]);
    parts made = make_parts();
    daotp_store_list *list;

    (void)state;
    push_named_key(&made, "a"); /* would be a-2, but a later entry is */
    push_named_key(&made, "a-2");
    push_named_key(&made, wide);
    push_named_key(&made, wide);
    push_named_key(&made, "entry-7");
    push_named_key(&made, "entry 7");
    write_parts(f, &made);
    assert_int_equal(daotp_store_list_new(f->store, &list), DAOTP_OK);
    assert_int_equal(daotp_store_list_get_count(list), 7);
    assert_string_equal(daotp_store_list_get_label(list, 0), "a");
    assert_string_equal(daotp_store_list_get_label(list, 1), "a-2");
    assert_string_equal(daotp_store_list_get_label(list, 2), "a-3");
    for (size_t i = 0; i < 7; i++) {
        const char *label = daotp_store_list_get_label(list, i);

        assert_true(daotp_store_is_label(label));
        assert_int_equal(daotp_store_remove(f->store, label), DAOTP_OK);
    }
    daotp_store_list_free(list);
    assert_int_equal(daotp_store_list_new(f->store, &list), DAOTP_OK);
    assert_int_equal(daotp_store_list_get_count(list), 0);
    daotp_store_list_free(list);
    fixture_free(f);
}

typedef struct name_case {
    const char *bmp; /* as many octets as len */
    size_t len;
    const char *label;
} name_case;

#define NAME_CASE(bmp, label)                                                                      \
    {                                                                                              \
        bmp, sizeof(bmp) - 1, label                                                                \
    }

/* Is it the friendlyName of a bag with a key? These bags are not encrypted but for the key. */
static bool is_name_in_file(const fixture *f, const name_case *name)
{
    char all[16384];
    int fd = open(f->store_path, O_RDONLY | O_CLOEXEC);
    ssize_t len = read(fd, all, sizeof all);

    assert_true(len > 0 && len < (ssize_t)sizeof all);
    (void)close(fd);
    return memmem(all, (size_t)len, name->bmp, name->len) != NULL;
}

/* RFC 2985 5.5.1: a BMPString. It is a label in UTF-8, and a change writes it as it was. */
static void a_friendly_name_stays_what_it_was(void **state)
{
    static const name_case names[] = {
        NAME_CASE("\0G\0r\0\xFC\0n\0 \x20\xAC", "Gr\u00fcn_\u20ac"),
        NAME_CASE("\x20\xAC", "\u20ac"),
        NAME_CASE("\0x\xD8\x3D\xDE\x00", "x\U0001F600"),
        NAME_CASE("\xD8\x3D\0y", "\uFFFDy"), /* half of a surrogate pair */
        NAME_CASE("\0t\0\t\0b\0\n", "t_b_"),
        NAME_CASE("\0e\0n\0d\0\0", "end"),
    };
    fixture *f = fixture_open(&backend_cases[PKCS12_CASE]);
    parts made = make_parts();
    daotp_credential *out, *c = credential(f, second);

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        PKCS12_SAFEBAG *bag =
            PKCS12_add_key(&made.keys, world.user_key, 0, 2, NID_aes_256_cbc, passphrase);

        assert_int_equal(PKCS12_add_friendlyname_uni(bag, (const unsigned char *)names[i].bmp,
                                                     (int)names[i].len),
                         1);
    }
    write_parts(f, &made);
    assert_int_equal(daotp_store_put(f->store, "b", c), DAOTP_OK);
    assert_int_equal(daotp_store_put(f->store, names[0].label, c), DAOTP_OK); /* renewed */
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (daotp_store_get(f->store, names[i].label, &out) != DAOTP_OK)
            fail_msg("%s", names[i].label);
        daotp_credential_unref(out);
        assert_true(is_name_in_file(f, &names[i]));
    }
    assert_int_equal(serial_at(f, names[0].label), serial_of(second));
    daotp_credential_unref(c);
    fixture_free(f);
}

static void assert_would_lose(fixture *f, const char *what)
{
    daotp_credential *out, *c = credential(f, second);

    assert_int_equal(daotp_store_get(f->store, "a", &out), DAOTP_OK); /* it can be read */
    daotp_credential_unref(out);
    assert_int_equal(daotp_store_put(f->store, "b", c), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_WOULD_LOSE);
    assert_string_equal(
        daotp_finding_get_found(daotp_report_get_error(daotp_store_get_report(f->store))), what);
    assert_int_equal(daotp__store_check(f->store, "b", NULL), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_WOULD_LOSE);
    assert_int_equal(daotp_store_remove(f->store, "a"), DAOTP_CONFIGURATION);
    assert_int_equal(daotp_store_get(f->store, "a", &out), DAOTP_OK);
    daotp_credential_unref(out);
    daotp_credential_unref(c);
}

static void what_would_be_lost_stops_a_change(void **state)
{
    fixture *f = fixture_open(&backend_cases[PKCS12_CASE]);
    parts made = make_parts();
    EVP_PKEY *other = EVP_EC_gen("P-256");
    PKCS12_SAFEBAG *secret;

    (void)state;
    assert_non_null(PKCS12_add_key(&made.keys, other, 0, 2, NID_aes_256_cbc, passphrase));
    write_parts(f, &made);
    assert_would_lose(f, "a key without a certificate");
    made = make_parts();
    assert_non_null(PKCS12_add_cert(&made.keys, world.root));
    assert_non_null(PKCS12_add_cert(&made.keys, world.server));
    write_parts(f, &made);
    assert_would_lose(f, "a certificate that belongs to no key");
    made = make_parts();
    secret = PKCS12_SAFEBAG_create_secret(NID_pkcs7_data, V_ASN1_OCTET_STRING,
                                          (const unsigned char *)"s", 1);
    assert_true(sk_PKCS12_SAFEBAG_push(made.keys, secret) > 0);
    write_parts(f, &made);
    assert_would_lose(f, "a bag that is neither a key nor a certificate");
    EVP_PKEY_free(other);
    fixture_free(f);
}

/* Octets that this process has read; -1 where the kernel does not count them. */
static long long octets_read(void)
{
    FILE *file = fopen("/proc/self/io", "re");
    long long count = -1;

    if (file == NULL)
        return -1;
    if (fscanf(file, "rchar: %lld", &count) != 1)
        count = -1;
    (void)fclose(file);
    return count;
}

/* Each read derives a key for each entry, so a list of n entries must not read n times. */
static void a_list_reads_the_file_once(void **state)
{
    fixture *f = fixture_open(&backend_cases[PKCS12_CASE]);
    daotp_credential *c = credential(f, second);
    daotp_store *other = open_again(f);
    daotp_store_list *list;
    long long before;
    struct stat st;
    char label[16];

    (void)state;
    for (int i = 0; i < 12; i++) {
        (void)snprintf(label, sizeof label, "e%d", i);
        assert_int_equal(daotp_store_put(f->store, label, c), DAOTP_OK);
    }
    before = octets_read();
    assert_int_equal(daotp_store_list_new(f->store, &list), DAOTP_OK);
    assert_int_equal(daotp_store_list_get_count(list), 12);
    assert_int_equal(stat(f->store_path, &st), 0);
    assert_true(octets_read() - before < 2 * st.st_size);
    daotp_store_list_free(list);
    assert_int_equal(daotp_store_remove(other, "e3"), DAOTP_OK); /* seen at once */
    assert_int_equal(serial_at(f, "e3"), 0);
    assert_int_equal(serial_at(f, "e4"), serial_of(second));
    daotp_store_unref(other);
    daotp_credential_unref(c);
    fixture_free(f);
}

/* Another process does not wait for a user who types. */
static daotp_status give_passphrase_unlocked(void *user, daotp_secret_kind kind,
                                             const char *subject, uint32_t warnings, void *answer,
                                             size_t room, size_t *len)
{
    const fixture *f = user;
    int folder = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_int_equal(flock(folder, LOCK_EX | LOCK_NB), 0);
    (void)close(folder);
    assert_int_equal((warnings & DAOTP_SECRET_NEW) != 0, access(f->store_path, F_OK) != 0);
    return give_passphrase(NULL, kind, subject, warnings, answer, room, len);
}

static void the_passphrase_is_asked_for_without_the_lock(void **state)
{
    fixture *f = fixture_open(&backend_cases[PKCS12_CASE]);
    daotp_credential *c = credential(f, second);
    daotp_store *other;
    size_t removed;

    (void)state;
    assert_int_equal(daotp_context_set_secret(f->context, give_passphrase_unlocked, f), DAOTP_OK);
    asked = 0;
    assert_int_equal(daotp__store_check(f->store, "alice", NULL), DAOTP_OK);
    assert_int_equal(daotp_store_put(f->store, "alice", c), DAOTP_OK);
    assert_int_equal(asked, 1);
    other = open_again(f);
    assert_int_equal(daotp_store_expire(other, &removed), DAOTP_OK);
    assert_int_equal(asked, 2);
    daotp_store_unref(other);
    other = open_again(f);
    assert_int_equal(daotp_store_remove(other, "alice"), DAOTP_OK);
    assert_int_equal(asked, 3);
    daotp_store_unref(other);
    daotp_credential_unref(c);
    fixture_free(f);
}

/* A link is not replaced by a file; a file that cannot be looked at is not an empty store. */
static void a_path_that_is_no_file_is_told(void **state)
{
    fixture *f = fixture_open(&backend_cases[PKCS12_CASE]);
    daotp_credential *out, *c = credential(f, second);
    struct stat st;
    char real[128];

    (void)state;
    put(f, "alice", world.user);
    (void)snprintf(real, sizeof real, "%s/real", f->path);
    assert_int_equal(rename(f->store_path, real), 0);
    assert_int_equal(symlink(real, f->store_path), 0);
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
    assert_int_equal(daotp_store_put(f->store, "bob", c), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_WRITE);
    assert_int_equal(lstat(f->store_path, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(unlink(f->store_path), 0);
    assert_int_equal(symlink("store", f->store_path), 0); /* leads to itself */
    assert_int_equal(daotp_store_get(f->store, "alice", &out), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_FILE_READ);
    assert_int_equal(daotp_store_remove(f->store, "alice"), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_FILE_READ);
    assert_int_equal(unlink(f->store_path), 0);
    daotp_credential_unref(c);
    fixture_free(f);
}

/* What the library itself writes: PBES2, AES-256, 600,000 iterations of PBKDF2 with SHA-256. */
static void it_is_written_as_is_said(void **state)
{
    fixture *f = fixture_open(&backend_cases[PKCS12_CASE]);
    const ASN1_INTEGER *iterations;
    const X509_ALGOR *mac;
    const ASN1_OBJECT *oid;
    daotp_credential *c = credential(f, second);
    daotp_store *store;
    BIO *bio;
    PKCS12 *p12;
    STACK_OF(PKCS7) * safes;

    (void)state;
    assert_int_equal(daotp_store_open(f->context, f->uri, &store), DAOTP_OK);
    assert_int_equal(daotp_store_put(store, "alice", c), DAOTP_OK);
    daotp_store_unref(store);
    daotp_credential_unref(c);
    bio = BIO_new_file(f->store_path, "rb");
    p12 = d2i_PKCS12_bio(bio, NULL);
    assert_non_null(p12);
    PKCS12_get0_mac(NULL, &mac, NULL, &iterations, p12);
    assert_int_equal(ASN1_INTEGER_get(iterations), 600000);
    X509_ALGOR_get0(&oid, NULL, NULL, mac);
    assert_int_equal(OBJ_obj2nid(oid), NID_sha256);
    safes = PKCS12_unpack_authsafes(p12);
    assert_int_equal(sk_PKCS7_num(safes), 2);
    X509_ALGOR_get0(&oid, NULL, NULL, sk_PKCS7_value(safes, 0)->d.encrypted->enc_data->algorithm);
    assert_int_equal(OBJ_obj2nid(oid), NID_pbes2);
    sk_PKCS7_pop_free(safes, PKCS7_free);
    PKCS12_free(p12);
    BIO_free(bio);
    fixture_free(f);
}

static void a_file_holds_so_many_entries(void **state)
{
    fixture *f = fixture_open(&backend_cases[PKCS12_CASE]);
    daotp_credential *c = credential(f, second);
    char label[16];

    (void)state;
    for (int i = 0; i < DAOTP__MAX_PKCS12_ENTRIES; i++) {
        (void)snprintf(label, sizeof label, "e%d", i);
        assert_int_equal(daotp_store_put(f->store, label, c), DAOTP_OK);
    }
    assert_int_equal(daotp_store_put(f->store, "more", c), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_FULL);
    assert_int_equal(daotp__store_check(f->store, "more", NULL), DAOTP_CONFIGURATION);
    assert_int_equal(daotp_store_put(f->store, "e3", c), DAOTP_OK);
    daotp_credential_unref(c);
    fixture_free(f);
}

/* ---- killed at any moment, every durable backend ----------------------------------------------
 */

/* What a killed writer left beside the store, after the next put. */
static unsigned strays(const fixture *f)
{
    unsigned count = 0;
    DIR *stream = opendir(f->path);
    struct dirent *entry;

    assert_non_null(stream);
    while ((entry = readdir(stream)) != NULL)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
                 strcmp(entry->d_name, "store") != 0;
    (void)closedir(stream);
    return count;
}

static int64_t monotonic_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* What the put takes, with this backend on this machine: kills are spread over three times that. */
static int64_t put_and_measure_ns(fixture *f, const char *label, X509 *leaf)
{
    int64_t began = monotonic_ns();

    put(f, label, leaf);
    return monotonic_ns() - began;
}

static void kill_within(pid_t pid, int64_t longest_ns)
{
    int64_t wait = (int64_t)(next_random() % 1000) * (longest_ns / 1000);
    struct timespec pause = {.tv_sec = wait / 1000000000, .tv_nsec = wait % 1000000000};

    (void)nanosleep(&pause, NULL);
    end_child(pid);
}

/* A get after each kill gives the old credential or the new one, its key with it. Not redis, where
 * a killed writer leaves a lock that only its time ends. DAOTP_KILLS in the environment sets how
 * often, and runs the tests that kill alone: test_store_kills says 100, long_store_kills 1000. */
static void a_writer_of_any_durable_store_may_be_killed(void **state)
{
    const char *kills = getenv("DAOTP_KILLS");
    long times = kills != NULL ? strtol(kills, NULL, 10) : 100;

    (void)state;
    for (size_t b = 0; b < BACKEND_COUNT; b++) {
        bool has_it = b != MEMORY_CASE && b != REDIS_CASE && has_backend(b);
        fixture *f = has_it ? fixture_open(&backend_cases[b]) : NULL;
        unsigned seen[2] = {0, 0};
        daotp_credential *pair[2];

        /* a token is slow, above all with a sanitizer */
        long rounds = b == PKCS11_CASE && times == 100 ? 30 : times;

        if (f == NULL)
            continue;
        for (long i = 0; i < rounds; i++) {
            int64_t took_ns;
            long serial;

            make_pair(f, pair);
            took_ns = put_and_measure_ns(f, "alice", world.user);
            kill_within(child_doing(f, pair, put_for_ever), 3 * took_ns);
            serial = serial_at(f, "alice");
            assert_true(serial == serial_of(world.user) || serial == serial_of(second));
            seen[serial == serial_of(second)]++;
            free_pair(pair);
        }
        put(f, "alice", world.user);
        assert_int_equal(strays(f), 0);
        assert_true(seen[0] > 0 && seen[1] > 0); /* the kills fell before and behind a put */
        fixture_free(f);
    }
}

/* ---- keyrings ---------------------------------------------------------------------------------
 */

enum { NO_USER = 54321 };

static long find_session_key(const char *name)
{
    return syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", name, 0);
}

static fixture *keyring_fixture(void)
{
    if (!has_backend(KEYRING_CASE))
        skip();
    return fixture_open(&backend_cases[KEYRING_CASE]);
}

static void other_keyrings_are_told(void **state)
{
    static const char *const uris[] = {"keyring:",         "keyring:x",    "keyring:process",
                                       "keyring:session:", "keyring:User", "keyring://session"};
    fixture *f = fixture_new(false);
    char found[256];

    (void)state;
    for (size_t i = 0; i < sizeof uris / sizeof uris[0]; i++) {
        assert_int_equal(refusal_of(f, uris[i], found), DAOTP_FINDING_STORE_URI);
        assert_non_null(strstr(found, "session, user or persistent"));
    }
    fixture_free(f);
}

/* What /proc/keys says of a key: "SERIAL FLAGS USAGE TIMEOUT PERMISSIONS UID ...". */
static void read_proc_key(long serial, char timeout[16], unsigned *permissions)
{
    FILE *keys = fopen("/proc/keys", "re");
    char line[512], wanted[16];
    bool found = false;

    assert_non_null(keys);
    (void)snprintf(wanted, sizeof wanted, "%08lx ", serial);
    while (!found && fgets(line, sizeof line, keys) != NULL)
        found = strncmp(line, wanted, 9) == 0 &&
                sscanf(line, "%*s %*s %*s %15s %x", timeout, permissions) == 2;
    assert_true(found);
    (void)fclose(keys);
}

/* The possessor and nobody else, until the certificate ends. */
static void the_kernel_knows_end_and_permissions(void **state)
{
    fixture *f = keyring_fixture();
    char timeout[16];
    unsigned permissions;

    (void)state;
    put(f, "alice", world.user); /* for 50 minutes */
    read_proc_key(find_session_key("daotp:alice"), timeout, &permissions);
    assert_int_equal(permissions, 0x3f010000);
    assert_true(strcmp(timeout, "50m") == 0 || strcmp(timeout, "49m") == 0);
    put(f, "alice", second); /* a new end */
    read_proc_key(find_session_key("daotp:alice"), timeout, &permissions);
    assert_int_equal(permissions, 0x3f010000);
    assert_true(strcmp(timeout, "2h") == 0 || strcmp(timeout, "1h") == 0);
    assert_int_equal(
        syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_THREAD_KEYRING, "user", "daotp:alice", 0),
        -1); /* nothing stays where it was made */
    fixture_free(f);
}

static void the_kernel_forgets_what_has_expired(void **state)
{
    fixture *f = keyring_fixture();
    struct pollfd nothing = {.fd = -1};
    daotp_store_list *list;
    daotp_credential *c;
    size_t removed;
    int tries = 0;

    (void)state;
    put(f, "bob", second);
    f->now_s = FORGE_NOW + FORGE_HOUR - 600; /* a second is left */
    put(f, "alice", world.user);
    while (daotp_store_get(f->store, "alice", &c) == DAOTP_OK) {
        daotp_credential_unref(c);
        assert_true(tries++ < 600);
        (void)poll(&nothing, 1, 50);
    }
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_EXPIRED);
    assert_int_equal(daotp_store_list_new(f->store, &list), DAOTP_OK);
    assert_int_equal(daotp_store_list_get_count(list), 1);
    daotp_store_list_free(list);
    assert_int_equal(daotp_store_expire(f->store, &removed), DAOTP_OK);
    assert_int_equal(removed, 0); /* nothing is left to do */
    assert_int_equal(daotp_store_remove(f->store, "alice"), DAOTP_REJECTED);
    assert_int_equal(serial_at(f, "bob"), serial_of(second));
    f->now_s -= 60;
    put(f, "alice", world.user);
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
    fixture_free(f);
}

/* Entries of a keyring that is linked into the session's are not of the session's. */
static void each_keyring_is_a_store_of_its_own(void **state)
{
    static const char *const uris[] = {"keyring:user", "keyring:persistent", "keyring:session"};
    fixture *f = keyring_fixture();
    char label[32];

    (void)state;
    (void)snprintf(label, sizeof label, "test-%d", (int)getpid()); /* they are the user's own */
    assert_int_equal(
        syscall(SYS_keyctl, KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_SESSION_KEYRING), 0);
    for (size_t i = 0; i < 3; i++) {
        fixture other = *f;

        assert_int_equal(daotp_store_open(f->context, uris[i], &other.store), DAOTP_OK);
        assert_int_equal(serial_at(&other, label), 0);
        put(&other, label, world.user);
        assert_int_equal(serial_at(&other, label), serial_of(world.user));
        assert_int_equal(serial_at(f, label), i == 2 ? serial_of(world.user) : 0);
        assert_int_equal(daotp_store_remove(other.store, label), DAOTP_OK);
        assert_int_equal(daotp_store_remove(other.store, label), DAOTP_REJECTED);
        daotp_store_unref(other.store);
    }
    fixture_free(f);
}

static void assert_open_key_refused(fixture *f)
{
    daotp_credential *c;
    size_t removed;

    assert_int_equal(daotp_store_get(f->store, "alice", &c), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_KEYRING_OPEN);
    assert_int_equal(daotp_store_expire(f->store, &removed), DAOTP_OK);
    assert_int_equal(removed, 0);
    assert_true(has(f, DAOTP_FINDING_STORE_KEYRING_OPEN));
    put(f, "alice", world.user); /* a new key */
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
}

static void a_key_of_others_is_refused(void **state)
{
    static const long permissions[] = {0x3f010002, 0x3f010200, 0x3f3f0008, 0x3f013f3f};
    fixture *f = keyring_fixture();

    (void)state;
    put(f, "alice", world.user);
    for (size_t i = 0; i < sizeof permissions / sizeof permissions[0]; i++) {
        assert_int_equal(
            syscall(SYS_keyctl, KEYCTL_SETPERM, find_session_key("daotp:alice"), permissions[i]),
            0);
        assert_open_key_refused(f);
    }
    if (geteuid() == 0) {
        assert_int_equal(
            syscall(SYS_keyctl, KEYCTL_CHOWN, find_session_key("daotp:alice"), NO_USER, -1), 0);
        assert_open_key_refused(f);
    }
    fixture_free(f);
}

static void a_key_that_is_no_entry_is_damaged(void **state)
{
    static const char *const payloads[] = {"x", "\x7f\xff\xff\xff PEM", "\xff\xff\xff\xff",
                                           "no length in front"};
    fixture *f = keyring_fixture();
    daotp_credential *c;

    (void)state;
    assert_true(syscall(SYS_add_key, "user", "daotp:../x", "x", 1, KEY_SPEC_SESSION_KEYRING) > 0);
    assert_true(syscall(SYS_add_key, "user", "other:x", "x", 1, KEY_SPEC_SESSION_KEYRING) > 0);
    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++) {
        long key = syscall(SYS_add_key, "user", "daotp:alice", payloads[i], strlen(payloads[i]),
                           KEY_SPEC_SESSION_KEYRING);

        assert_int_equal(syscall(SYS_keyctl, KEYCTL_SETPERM, key, 0x3f010000), 0);
        assert_int_equal(daotp_store_get(f->store, "alice", &c), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_DAMAGED);
        assert_int_equal(state_of(f), DAOTP_STORE_DAMAGED); /* and it is the only entry */
    }
    put(f, "alice", world.user);
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
    fixture_free(f);
}

/* In a process of its own: 0 when all holds, else the number of what does not. */
static int run_child(fixture *f, int (*work)(fixture *f))
{
    int ended;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        _exit(work(f));
    assert_int_equal(waitpid(pid, &ended, 0), pid);
    assert_true(WIFEXITED(ended));
    return WEXITSTATUS(ended);
}

/* Root has a quota a thousand times as large. */
static int fill_quota(fixture *f)
{
    daotp_credential *c = credential(f, second), *back;
    daotp_status status = DAOTP_OK;
    char label[16];
    int count = 0;

    if (geteuid() == 0 && (setgid(NO_USER) != 0 || setuid(NO_USER) != 0 || !join_new_session()))
        return 1;
    while (status == DAOTP_OK && count < 5000) {
        (void)snprintf(label, sizeof label, "e%d", count++);
        status = daotp_store_put(f->store, label, c);
    }
    if (status != DAOTP_CONFIGURATION || error_of(f) != DAOTP_FINDING_STORE_KEYRING_FULL)
        return 2;
    if (strstr(daotp_report_get_text(daotp_store_get_report(f->store)), "big_key") == NULL)
        return 3;
    if (daotp_store_get(f->store, label, &back) != DAOTP_REJECTED)
        return 4;
    if (daotp_store_put(f->store, "e0", c) != DAOTP_CONFIGURATION) /* the old one stays */
        return 5;
    if (daotp_store_get(f->store, "e0", &back) != DAOTP_OK)
        return 6;
    daotp_credential_unref(back);
    daotp_credential_unref(c);
    return 0;
}

/* Where the kernel has big_key the quota is hardly used up, so that this would take long. */
static bool has_big_key(void)
{
    return syscall(SYS_add_key, "big_key", "daotp-test", "x", 1, KEY_SPEC_THREAD_KEYRING) > 0;
}

static void a_used_up_quota_is_told(void **state)
{
    fixture *f = keyring_fixture();

    (void)state;
    if (has_big_key())
        print_message("a used up quota is not tested: the kernel has big_key\n");
    else
        assert_int_equal(run_child(f, fill_quota), 0);
    fixture_free(f);
}

/* A certificate that makes the entry larger than a key of type user can be. */
static daotp_credential *large_credential(fixture *f)
{
    static char value[2 * 30000 + 16] = "DER:0482752C"; /* OCTET STRING of 29996 octets */
    forge_spec spec = forge_user_spec(&world, world.user_key);
    daotp_credential *made;
    X509 *leaf;

    memset(value + 12, 'A', 2 * 29996);
    forge_set(spec.extensions, "1.3.6.1.4.1.55555.1", value);
    leaf = forge_certificate(&spec);
    made = credential(f, leaf);
    X509_free(leaf);
    return made;
}

static void an_entry_too_large_for_a_key_is_told(void **state)
{
    fixture *f = keyring_fixture();
    daotp_credential *c = large_credential(f);

    (void)state;
    put(f, "alice", world.user);
    if (has_big_key()) {
        assert_int_equal(daotp_store_put(f->store, "alice", c), DAOTP_OK);
        put(f, "alice", world.user); /* of the other type, which it replaces too */
    } else {
        assert_int_equal(daotp_store_put(f->store, "alice", c), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_KEYRING_FULL);
    }
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
    assert_int_equal(state_of(f), DAOTP_STORE_VALID); /* one entry */
    daotp_credential_unref(c);
    fixture_free(f);
}

/* What a container's seccomp profile does. */
static int refuse_keyctl(fixture *f)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_keyctl, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_add_key, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
    daotp_credential *c = credential(f, second), *back;
    daotp_store_list *list;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        return 77;
    if (daotp_store_put(f->store, "alice", c) != DAOTP_CONFIGURATION ||
        error_of(f) != DAOTP_FINDING_STORE_KEYRING)
        return 1;
    if (daotp_store_get(f->store, "alice", &back) != DAOTP_CONFIGURATION ||
        daotp_store_list_new(f->store, &list) != DAOTP_CONFIGURATION ||
        daotp_store_remove(f->store, "alice") != DAOTP_CONFIGURATION ||
        daotp_store_expire(f->store, NULL) != DAOTP_CONFIGURATION ||
        daotp__store_check(f->store, "alice", NULL) != DAOTP_CONFIGURATION)
        return 2;
    daotp_credential_unref(c);
    return error_of(f) == DAOTP_FINDING_STORE_KEYRING ? 0 : 3;
}

static void a_kernel_that_refuses_is_told(void **state)
{
    fixture *f = keyring_fixture();
    int answer = run_child(f, refuse_keyctl);

    (void)state;
    if (answer == 77)
        print_message("a refusing kernel is not tested: no seccomp filters here\n");
    else
        assert_int_equal(answer, 0);
    fixture_free(f);
}

/* ---- a full disk ------------------------------------------------------------------------------
 */

/* A file system of a few pages, which only this process sees. */
static bool mount_small_disk(const char *path)
{
    return mkdir(path, 0700) == 0 && unshare(CLONE_NEWNS) == 0 &&
           mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", path, "tmpfs", 0, "size=64k,mode=700") == 0;
}

static void use_up_disk(const char *path)
{
    static const char page[4096];
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    while (write(fd, page, sizeof page) > 0)
        ;
    (void)close(fd);
}

static bool holds(fixture *f, X509 *leaf)
{
    daotp_credential *c;
    bool same;

    if (daotp_store_get(f->store, "alice", &c) != DAOTP_OK)
        return false;
    same = strtol(daotp_credential_get_serial(c), NULL, 16) == serial_of(leaf);
    daotp_credential_unref(c);
    return same;
}

/* In a process of its own: 0, 77 where nothing can be mounted, else what does not hold. */
static int put_on_full_disk(fixture *f)
{
    char disk[96], filler[128];
    daotp_credential *pair[2];
    daotp_store *checked = f->store;

    (void)snprintf(disk, sizeof disk, "%s/disk", f->path);
    (void)snprintf(filler, sizeof filler, "%s/filler", disk);
    (void)snprintf(f->store_path, sizeof f->store_path, "%s/disk/store", f->path);
    (void)snprintf(f->uri, sizeof f->uri, f->which->form, f->store_path);
    if (!mount_small_disk(disk))
        return 77;
    f->store = open_again(f);
    daotp_store_unref(checked);
    make_pair(f, pair);
    if (daotp_store_put(f->store, "alice", pair[0]) != DAOTP_OK)
        return 1;
    use_up_disk(filler);
    if (daotp_store_put(f->store, "alice", pair[1]) != DAOTP_CONFIGURATION ||
        error_of(f) != DAOTP_FINDING_STORE_WRITE)
        return 2;
    if (!holds(f, world.user)) /* the old one stays */
        return 3;
    if (daotp__store_check(f->store, "alice", NULL) != DAOTP_CONFIGURATION ||
        (error_of(f) != DAOTP_FINDING_STORE_WRITE &&
         error_of(f) != DAOTP_FINDING_FILE_WRITE)) /* told before a code is spent */
        return 4;
    if (unlink(filler) != 0 || daotp_store_put(f->store, "alice", pair[1]) != DAOTP_OK ||
        !holds(f, second))
        return 5;
    free_pair(pair);
    return 0;
}

static void a_full_disk_leaves_the_old_entry(void **state)
{
    static const int cases[] = {DIRECTORY_CASE, PKCS12_CASE};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        fixture *f = fixture_open(&backend_cases[cases[i]]);
        char disk[96];
        int answer = run_child(f, put_on_full_disk);

        if (answer == 77)
            print_message("a full disk is not tested: nothing can be mounted here\n");
        else
            assert_int_equal(answer, 0);
        (void)snprintf(disk, sizeof disk, "%s/disk", f->path);
        (void)rmdir(disk);
        fixture_free(f);
    }
}

/* ---- tokens -----------------------------------------------------------------------------------
 */

/* SoftHSM counts no tries, but says that a wrong one was given. */
static void a_wrong_pin_is_tried_once(void **state)
{
    daotp_credential *c;
    fixture *f;

    (void)state;
    if (!has_backend(PKCS11_CASE))
        skip();
    f = fixture_open(&backend_cases[PKCS11_CASE]);
    put(f, "alice", world.user);
    daotp_store_unref(f->store);
    f->store = open_again(f);
    pin = "9999";
    asked = 0;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(daotp_store_get(f->store, "alice", &c), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_PIN);
        assert_int_equal(asked, 1); /* not again, though the answer would be the right one now */
        pin = "1234";
    }
    daotp_store_unref(f->store);
    f->store = open_again(f);
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
    assert_int_equal(last_warnings, DAOTP_SECRET_COUNT_LOW);
    daotp_store_unref(f->store);
    f->store = open_again(f);
    pin = NULL;
    assert_int_equal(daotp_store_get(f->store, "alice", &c), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_PIN);
    fixture_free(f);
}

static void a_token_uri_that_cannot_be_is_told(void **state)
{
    static const struct {
        const char *uri;
        daotp_finding_number number;
    } rows[] = {
        {"pkcs11:token=daotp", DAOTP_FINDING_STORE_URI},
        {"pkcs11:token=daotp?module-path=libsofthsm2.so", DAOTP_FINDING_STORE_URI},
        {"pkcs11:token=daotp?pin-value=1234&module-path=" SOFTHSM, DAOTP_FINDING_STORE_URI},
        {"pkcs11:token=daotp?pin-source=/etc/pin&module-path=" SOFTHSM, DAOTP_FINDING_STORE_URI},
        {"pkcs11:nothing=daotp?module-path=" SOFTHSM, DAOTP_FINDING_STORE_URI},
        {"pkcs11:token=daotp?pin-valeu=1234&modul-path=" SOFTHSM, DAOTP_FINDING_STORE_URI},
        {"pkcs11:token=daotp;pin=1234?module-path=" SOFTHSM, DAOTP_FINDING_STORE_URI},
        {"pkcs11:token=daotp;pin-value=1234?module-path=" SOFTHSM, DAOTP_FINDING_STORE_URI},
        {"pkcs11:type=1234?module-path=" SOFTHSM, DAOTP_FINDING_STORE_URI},
        {"pkcs11:token=%zz?module-path=" SOFTHSM, DAOTP_FINDING_STORE_URI},
        {"pkcs11:token=daotp?module-path=/no/such.so", DAOTP_FINDING_STORE_TOKEN},
        {"pkcs11:token=daotp?module-path=/etc/passwd", DAOTP_FINDING_STORE_TOKEN},
        {"pkcs11:token=daotp?module-path=/tmp", DAOTP_FINDING_CONFIG_OWNER}};
    fixture *f = fixture_new(false);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && has_backend(PKCS11_CASE); i++) {
        daotp_store *store = NULL;
        daotp_report *report;

        assert_int_equal(daotp_report_new(f->context, &report), DAOTP_OK);
        assert_int_equal(daotp_store_plugin_get()->open(f->context, rows[i].uri, report, &store),
                         DAOTP_CONFIGURATION);
        assert_null(store);
        if (daotp_finding_get_number(daotp_report_get_error(report)) != rows[i].number)
            fail_msg("%s: %s", rows[i].uri, daotp_report_get_text(report));
        assert_null(strstr(daotp_report_get_text(report), "1234"));
        daotp_report_free(report);
    }
    fixture_free(f);
}

/* The attribute is named, so that the user finds it. */
static void an_unknown_attribute_is_named(void **state)
{
    fixture *f = fixture_new(false);
    daotp_store *store = NULL;
    daotp_report *report;

    (void)state;
    assert_int_equal(daotp_report_new(f->context, &report), DAOTP_OK);
    if (has_backend(PKCS11_CASE)) {
        assert_int_equal(
            daotp_store_plugin_get()->open(
                f->context, "pkcs11:token=daotp;type=cert;pin=1?module-path=/x", report, &store),
            DAOTP_CONFIGURATION);
        assert_string_equal(daotp_finding_get_found(daotp_report_get_error(report)),
                            "pin is no path attribute of RFC 7512 2.3");
    }
    daotp_report_free(report);
    fixture_free(f);
}

static void a_token_that_is_absent_is_told(void **state)
{
    fixture *f = fixture_new(false);
    daotp_credential *c;

    (void)state;
    if (has_backend(PKCS11_CASE)) {
        daotp_store_unref(f->store);
        f->store = NULL;
        assert_int_equal(daotp_store_plugin_get()->open(f->context,
                                                        "pkcs11:token=other?module-path=" SOFTHSM,
                                                        NULL, &f->store),
                         DAOTP_OK);
        assert_int_equal(daotp_store_get(f->store, "alice", &c), DAOTP_CONFIGURATION);
        assert_int_equal(error_of(f), DAOTP_FINDING_STORE_TOKEN);
    }
    fixture_free(f);
}

/* ---- a backend of our own ---------------------------------------------------------------------
 */

typedef struct own {
    daotp_status answer, list_answer, remove_answer; /* DAOTP_OK: as the rest says */
    char certificates[8192], key[2048], label[130], renewed[8192];
    size_t certificates_len, key_len, renewed_len;
    int64_t not_after;
    const char *more; /* a label besides */
    unsigned puts, gets, removes, lists, freed;
    daotp_finding_number finding;
} own;

static daotp_status own_answer(own *self, daotp_report *report)
{
    if (self->finding != DAOTP_FINDING_NONE)
        return daotp__report_add(report, self->finding, 5, "own", "found");
    return self->answer;
}

static daotp_status own_put(void *given, const char *label, const daotp_store_item *item,
                            daotp_report *report)
{
    own *self = given;
    const uint8_t *certificates = daotp_store_item_get_certificates(item, &self->certificates_len);
    const uint8_t *key = daotp_store_item_get_key(item, &self->key_len);

    self->puts++;
    assert_true(self->certificates_len < sizeof self->certificates);
    assert_true(self->key_len < sizeof self->key);
    memcpy(self->certificates, certificates, self->certificates_len);
    memcpy(self->key, key, self->key_len);
    self->not_after = daotp_store_item_get_not_after(item);
    (void)snprintf(self->label, sizeof self->label, "%s", label);
    return own_answer(self, report);
}

static daotp_status own_get(void *given, const char *label, daotp_store_item *item,
                            daotp_report *report)
{
    own *self = given;
    daotp_status status = own_answer(self, report);

    self->gets++;
    if (status != DAOTP_OK)
        return status;
    if (strcmp(label, self->label) != 0)
        return DAOTP_REJECTED;
    return daotp_store_item_set(item, self->certificates, self->certificates_len, self->key,
                                self->key_len);
}

static daotp_status own_remove(void *given, const char *label, daotp_report *report)
{
    own *self = given;

    (void)label;
    self->removes++;
    return self->remove_answer != DAOTP_OK ? self->remove_answer : own_answer(self, report);
}

static daotp_status own_list(void *given, daotp_store_label_fn tell, void *user,
                             daotp_report *report)
{
    own *self = given;
    daotp_status status;

    (void)report;
    self->lists++;
    if (self->list_answer != DAOTP_OK)
        return self->list_answer;
    status = self->label[0] != '\0' ? tell(user, self->label) : DAOTP_OK;
    if (status == DAOTP_OK && self->more != NULL)
        status = tell(user, self->more);
    return status;
}

static void own_free(void *given)
{
    ((own *)given)->freed++;
}

static const daotp_store_backend own_backend = {.size = sizeof own_backend,
                                                .put = own_put,
                                                .get = own_get,
                                                .remove = own_remove,
                                                .list = own_list,
                                                .free = own_free};

static fixture *own_fixture(own *self)
{
    fixture *f = fixture_new(false);

    daotp_store_unref(f->store);
    assert_int_equal(daotp_store_new(f->context, &own_backend, self, &f->store), DAOTP_OK);
    return f;
}

static void a_backend_of_our_own_keeps_items(void **state)
{
    static own self;
    fixture *f = own_fixture(&self);
    daotp_store_list *list;

    (void)state;
    put(f, "alice", world.user);
    assert_string_equal(self.label, "alice");
    assert_int_equal(self.not_after, FORGE_NOW + FORGE_HOUR - 600);
    assert_memory_equal(self.certificates, "-----BEGIN CERTIFICATE-----", 27);
    assert_memory_equal(self.key, "-----BEGIN PRIVATE KEY-----", 27);
    assert_int_equal(serial_at(f, "alice"), serial_of(world.user));
    assert_int_equal(serial_at(f, "bob"), 0);
    self.more = "../escape"; /* a label that cannot be is not shown */
    assert_int_equal(daotp_store_list_new(f->store, &list), DAOTP_OK);
    assert_int_equal(daotp_store_list_get_count(list), 1);
    daotp_store_list_free(list);
    self.more = "vanished"; /* one that is gone when it is looked at */
    assert_int_equal(daotp_store_list_new(f->store, &list), DAOTP_OK);
    assert_int_equal(daotp_store_list_get_count(list), 2);
    assert_int_equal(daotp_store_list_get_state(list, 1), DAOTP_STORE_DAMAGED);
    daotp_store_list_free(list);
    fixture_free(f);
    assert_int_equal(self.freed, 1);
}

static void a_backends_answer_is_the_calls(void **state)
{
    static const daotp_status answers[] = {DAOTP_MEMORY, DAOTP_NETWORK, DAOTP_TIMEOUT,
                                           DAOTP_CONFIGURATION, DAOTP_INTERNAL};

    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        own self = {.label = "alice"};
        fixture *f = own_fixture(&self);
        daotp_credential *c = credential(f, world.user), *out;
        daotp_store_list *list;

        self.answer = answers[i];
        assert_int_equal(daotp_store_put(f->store, "alice", c), answers[i]);
        assert_int_equal(daotp_report_get_status(daotp_store_get_report(f->store)), answers[i]);
        assert_int_equal(daotp_store_get(f->store, "alice", &out), answers[i]);
        assert_int_equal(daotp_store_remove(f->store, "alice"), answers[i]);
        self.list_answer = answers[i];
        assert_int_equal(daotp_store_list_new(f->store, &list), answers[i]);
        assert_null(list);
        assert_int_equal(daotp_store_expire(f->store, NULL), answers[i]);
        daotp_credential_unref(c);
        fixture_free(f);
    }
}

static void a_backends_finding_is_kept(void **state)
{
    own self = {.label = "alice", .finding = DAOTP_FINDING_STORE_LOCKED};
    fixture *f = own_fixture(&self);
    daotp_credential *out;

    (void)state;
    assert_int_equal(daotp_store_get(f->store, "alice", &out), DAOTP_TIMEOUT);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_LOCKED);
    assert_int_equal(
        daotp_finding_get_upstream(daotp_report_get_error(daotp_store_get_report(f->store))), 5);
    fixture_free(f);
}

/* Without an expire of its own: what is listed is looked at again before it is removed. */
static int64_t clock_of_own(void *user)
{
    own *self = user;

    if (self->gets == 1) { /* the list has been made of it */
        memcpy(self->certificates, self->renewed, self->renewed_len);
        self->certificates_len = self->renewed_len;
    }
    return FORGE_NOW + 90 * 60;
}

static void what_was_renewed_since_the_list_stays(void **state)
{
    static own self;
    fixture *f = own_fixture(&self);
    size_t removed = 9;

    (void)state;
    put(f, "alice", second);
    memcpy(self.renewed, self.certificates, self.certificates_len);
    self.renewed_len = self.certificates_len;
    put(f, "alice", world.user);
    assert_int_equal(daotp_context_set_wall_clock(f->context, clock_of_own, &self), DAOTP_OK);
    assert_int_equal(daotp_store_expire(f->store, &removed), DAOTP_OK);
    assert_int_equal(removed, 0);
    assert_int_equal(self.removes, 0);
    fixture_free(f);
}

/* What could not be removed was not removed, and what somebody else removed neither. */
static void expire_counts_what_it_removed(void **state)
{
    static const struct {
        daotp_status answer, wanted;
        size_t removed;
    } cases[] = {{DAOTP_OK, DAOTP_OK, 1},
                 {DAOTP_REJECTED, DAOTP_OK, 0},
                 {DAOTP_CONFIGURATION, DAOTP_CONFIGURATION, 0}};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        own self = {.remove_answer = cases[i].answer};
        fixture *f = own_fixture(&self);
        size_t removed = 9;

        put(f, "alice", world.user);
        f->now_s += 10 * FORGE_HOUR;
        assert_int_equal(daotp_store_expire(f->store, &removed), cases[i].wanted);
        assert_int_equal(self.removes, 1);
        assert_int_equal(removed, cases[i].removed);
        fixture_free(f);
    }
}

static void what_a_backend_hands_over_is_checked(void **state)
{
    own self = {.label = "alice"}; /* nothing in it */
    fixture *f = own_fixture(&self);
    daotp_credential *out;

    (void)state;
    assert_int_equal(daotp_store_get(f->store, "alice", &out), DAOTP_CONFIGURATION);
    assert_int_equal(error_of(f), DAOTP_FINDING_STORE_DAMAGED);
    assert_null(out);
    fixture_free(f);
}

/* An error without a finding gets one, and a status that there is not is an internal fault: a
 * failed call is never without a verdict. */
static void a_silent_backend_is_explained(void **state)
{
    static const struct {
        daotp_status answer, status;
        daotp_finding_number number;
    } cases[] = {
        {DAOTP_CONFIGURATION, DAOTP_CONFIGURATION, DAOTP_FINDING_STORE_UNEXPLAINED},
        {DAOTP_PEER, DAOTP_PEER, DAOTP_FINDING_STORE_UNEXPLAINED},
        {DAOTP_USAGE, DAOTP_USAGE, DAOTP_FINDING_STORE_UNEXPLAINED},
        {DAOTP_AGAIN, DAOTP_INTERNAL, DAOTP_FINDING_STORE_UNEXPLAINED},
        {(daotp_status)99, DAOTP_INTERNAL, DAOTP_FINDING_STORE_UNEXPLAINED},
        {(daotp_status)-1, DAOTP_INTERNAL, DAOTP_FINDING_STORE_UNEXPLAINED},
        {DAOTP_MEMORY, DAOTP_MEMORY, DAOTP_FINDING_CALL_MEMORY},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        own self = {.label = "alice", .answer = cases[i].answer, .list_answer = cases[i].answer};
        fixture *f = own_fixture(&self);
        daotp_store_list *list;
        daotp_credential *out;

        assert_int_equal(daotp_store_get(f->store, "alice", &out), cases[i].status);
        assert_int_equal(error_of(f), cases[i].number);
        assert_int_equal(daotp_store_remove(f->store, "alice"), cases[i].status);
        assert_int_equal(error_of(f), cases[i].number);
        assert_int_equal(daotp_store_list_new(f->store, &list), cases[i].status);
        assert_int_equal(error_of(f), cases[i].number);
        fixture_free(f);
    }
}

/* An extender reports through the public function, and what it made good stops nothing. */
static void an_extender_reports(void **state)
{
    daotp_context *context = forge_context();
    daotp_report *report;

    (void)state;
    assert_int_equal(daotp_report_new(context, &report), DAOTP_OK);
    assert_int_equal(daotp_report_add(report, DAOTP_FINDING_STORE_LOCKED, 11, "shelf", "by %s"),
                     DAOTP_TIMEOUT);
    assert_string_equal(daotp_finding_get_found(daotp_report_get_error(report)), "by %s");
    assert_int_equal(daotp_finding_get_upstream(daotp_report_get_error(report)), 11);
    daotp_report_downgrade_errors(report, 0);
    assert_null(daotp_report_get_error(report));
    assert_int_equal(daotp_report_add(report, (daotp_finding_number)99999, 0, NULL, NULL),
                     DAOTP_INTERNAL);
    assert_int_equal(
        daotp_report_conclude(report, 1, DAOTP_FINDING_STORE_BACKEND, "shelf", "it fell"),
        DAOTP_CONFIGURATION);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_error(report)),
                     DAOTP_FINDING_STORE_BACKEND);
    assert_int_equal(daotp_finding_get_number(daotp_report_get_cause(report)),
                     DAOTP_FINDING_CALL_INTERNAL);
    assert_int_equal(daotp_report_add(NULL, DAOTP_FINDING_STORE_FULL, 0, "", ""),
                     DAOTP_CONFIGURATION);
    daotp_report_downgrade_errors(NULL, 0);
    daotp_report_free(report);
    daotp_context_unref(context);
}

static void an_item_has_limits(void **state)
{
    static char large[1024 * 1024];
    daotp_store_item item;
    size_t len;

    (void)state;
    daotp__store_item_init(&item);
    assert_int_equal(daotp_store_item_set(&item, large, sizeof large, "k", 1), DAOTP_CONFIGURATION);
    assert_int_equal(daotp_store_item_set(&item, "c", 1, large, sizeof large), DAOTP_CONFIGURATION);
    assert_int_equal(daotp_store_item_set(&item, "c", 1, "key", 3), DAOTP_OK);
    assert_memory_equal(daotp_store_item_get_key(&item, &len), "key", 3);
    assert_int_equal(len, 3);
    assert_int_equal(daotp_store_item_set(&item, NULL, 0, NULL, 0), DAOTP_OK);
    (void)daotp_store_item_get_certificates(&item, &len);
    assert_int_equal(len, 0);
    daotp__store_item_end(&item);
}

static void an_incomplete_backend_is_refused(void **state)
{
    daotp_context *context = forge_context();
    daotp_store *store = (daotp_store *)1;
    own self = {.freed = 0};

    (void)state;
    for (int i = 0; i < 7; i++) {
        daotp_store_backend table = own_backend;

        switch (i) {
        case 0:
            table.size = 0;
            break;
        case 1:
            table.size = offsetof(daotp_store_backend, abilities) - 1;
            break;
        case 2:
            table.put = NULL;
            break;
        case 3:
            table.get = NULL;
            break;
        case 4:
            table.remove = NULL;
            break;
        case 5:
            table.list = NULL;
            break;
        default:
            table.free = NULL;
            break;
        }
        assert_int_equal(daotp_store_new(context, &table, &self, &store), DAOTP_USAGE);
        assert_null(store);
    }
    self.freed = 0;
    assert_int_equal(daotp_store_new(NULL, &own_backend, &self, &store), DAOTP_USAGE);
    assert_int_equal(self.freed, 1);
    assert_int_equal(daotp_store_new(context, &own_backend, &self, NULL), DAOTP_USAGE);
    assert_int_equal(self.freed, 2);
    daotp_context_unref(context);
}

static void states_have_names(void **state)
{
    (void)state;
    assert_string_equal(daotp_store_state_name(DAOTP_STORE_VALID), "valid");
    assert_string_equal(daotp_store_state_name(DAOTP_STORE_DUE), "due");
    assert_string_equal(daotp_store_state_name(DAOTP_STORE_EXPIRED), "expired");
    assert_string_equal(daotp_store_state_name(DAOTP_STORE_DAMAGED), "damaged");
    assert_string_equal(daotp_store_state_name((daotp_store_state)4), "unknown");
    assert_string_equal(daotp_store_state_name((daotp_store_state)-1), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_backend_behaves),
        cmocka_unit_test(what_a_store_cannot_do_it_declares),
        cmocka_unit_test(a_uri_that_names_no_store_is_told),
        cmocka_unit_test(a_backend_that_is_absent_is_named),
        cmocka_unit_test(a_plugin_that_others_could_replace_is_refused),
        cmocka_unit_test(a_wrong_passphrase_is_told_and_changes_nothing),
        cmocka_unit_test(a_file_open_to_others_is_refused),
        cmocka_unit_test(files_of_others_are_read),
        cmocka_unit_test(files_under_the_empty_passphrase_are_only_read),
        cmocka_unit_test(a_friendly_name_stays_what_it_was),
        cmocka_unit_test(what_is_no_pkcs12_is_told),
        cmocka_unit_test(a_file_that_asks_for_too_many_iterations_is_refused),
        cmocka_unit_test(a_safe_without_content_is_refused),
        cmocka_unit_test(bags_in_bags_are_read),
        cmocka_unit_test(every_entry_gets_a_label_of_its_own),
        cmocka_unit_test(what_would_be_lost_stops_a_change),
        cmocka_unit_test(a_list_reads_the_file_once),
        cmocka_unit_test(the_passphrase_is_asked_for_without_the_lock),
        cmocka_unit_test(a_path_that_is_no_file_is_told),
        cmocka_unit_test(it_is_written_as_is_said),
        cmocka_unit_test(a_file_holds_so_many_entries),
        cmocka_unit_test(a_writer_of_any_durable_store_may_be_killed),
        cmocka_unit_test(making_a_store_does_nothing_on_disk),
        cmocka_unit_test(modes_are_strict_whatever_the_umask),
        cmocka_unit_test(files_are_what_pkinit_takes),
        cmocka_unit_test(a_store_open_to_others_is_refused),
        cmocka_unit_test(asking_leaves_nothing_behind),
        cmocka_unit_test(a_place_that_cannot_be_is_told),
        cmocka_unit_test(damaged_entries_are_told),
        cmocka_unit_test(a_list_loads_no_key),
        cmocka_unit_test(foreign_things_in_the_folder_do_no_harm),
        cmocka_unit_test(a_lock_that_is_no_file_is_told),
        cmocka_unit_test(a_store_that_is_a_dangling_link_is_told),
        cmocka_unit_test(a_stray_file_in_an_entry_does_not_stop_renewal),
        cmocka_unit_test(a_stray_folder_in_an_entry_does_not_stop_removal),
        cmocka_unit_test(a_key_open_to_others_is_refused),
        cmocka_unit_test(a_stray_file_in_the_place_of_an_entry_does_not_stop_it),
        cmocka_unit_test(leftovers_are_no_entry_and_are_cleaned),
        cmocka_unit_test(removal_takes_the_leftovers_too),
        cmocka_unit_test(expiry_takes_the_leftovers_too),
        cmocka_unit_test(what_is_put_is_durable_in_order),
        cmocka_unit_test(a_change_that_is_not_confirmed_is_told),
        cmocka_unit_test(a_key_that_does_not_go_is_told),
        cmocka_unit_test(a_read_only_store_can_be_read),
        cmocka_unit_test(nobody_ever_sees_half_an_entry),
        cmocka_unit_test(a_writer_killed_at_any_moment_leaves_old_or_new),
        cmocka_unit_test(a_remover_killed_at_any_moment_leaves_all_or_nothing),
        cmocka_unit_test(readers_do_not_lock_each_other_out),
        cmocka_unit_test(a_lock_held_for_a_moment_is_waited_for),
        cmocka_unit_test(a_read_only_store_is_locked_too),
        cmocka_unit_test(what_is_renewed_meanwhile_does_not_expire),
        cmocka_unit_test(a_lock_held_for_ever_is_told),
        cmocka_unit_test(other_keyrings_are_told),
        cmocka_unit_test(the_kernel_knows_end_and_permissions),
        cmocka_unit_test(the_kernel_forgets_what_has_expired),
        cmocka_unit_test(each_keyring_is_a_store_of_its_own),
        cmocka_unit_test(a_key_of_others_is_refused),
        cmocka_unit_test(a_key_that_is_no_entry_is_damaged),
        cmocka_unit_test(a_used_up_quota_is_told),
        cmocka_unit_test(an_entry_too_large_for_a_key_is_told),
        cmocka_unit_test(a_kernel_that_refuses_is_told),
        cmocka_unit_test(a_full_disk_leaves_the_old_entry),
        cmocka_unit_test(a_wrong_pin_is_tried_once),
        cmocka_unit_test(a_token_uri_that_cannot_be_is_told),
        cmocka_unit_test(an_unknown_attribute_is_named),
        cmocka_unit_test(a_token_that_is_absent_is_told),
        cmocka_unit_test(a_backend_of_our_own_keeps_items),
        cmocka_unit_test(a_backends_answer_is_the_calls),
        cmocka_unit_test(a_backends_finding_is_kept),
        cmocka_unit_test(what_was_renewed_since_the_list_stays),
        cmocka_unit_test(expire_counts_what_it_removed),
        cmocka_unit_test(what_a_backend_hands_over_is_checked),
        cmocka_unit_test(a_silent_backend_is_explained),
        cmocka_unit_test(an_extender_reports),
        cmocka_unit_test(an_item_has_limits),
        cmocka_unit_test(an_incomplete_backend_is_refused),
        cmocka_unit_test(states_have_names),
        /* last: what they leave in a sanitizer's quarantine makes fork() slow */
        cmocka_unit_test(memory_holds_so_many_entries),
        cmocka_unit_test(a_directory_holds_so_many_entries),
    };

    /* These take longer than all others together, and are a test of their own. */
    if (getenv("DAOTP_KILLS") != NULL)
        cmocka_set_test_filter("*killed*");
    else
        cmocka_set_skip_filter("*killed*");
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
