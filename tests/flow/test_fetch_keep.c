/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was fetched and proven is kept for other processes: the tool is those. Given the tool's path
 * as the one argument.
 */
#include "fetch_ask.h"
#include "scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char *tool;
static fetch_host *host;
static const pki_cert *root;
static char cache[64];

static int begin_group(void **state)
{
    (void)state;
    if (fetch_begin_scratch_group(&host) != 0)
        return -1;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    return 0;
}

static int end_group(void **state)
{
    (void)state;
    return fetch_end_scratch_group(host);
}

static int begin(void **state)
{
    (void)state;
    scratch_folder(cache, sizeof cache);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fetch_close();
    return 0;
}

/* A path of the host that no other test uses. */
static const char *new_path(void)
{
    static char ring[8][32];
    static unsigned next;
    char *path = ring[next % 8];

    (void)snprintf(path, sizeof ring[0], "/list%u.crl", next++);
    return path;
}

static fetch_ask ask_at(const char *path)
{
    return (fetch_ask){.anchor = root,
                       .leaf = fetch_leaf(root, host_url(host, path), NULL, NULL),
                       .cache = cache,
                       .timeout_ms = 3000};
}

static daotp__bytes list_of(uint64_t number, daotp__bytes entries, int64_t next_update)
{
    pki_crl_spec spec = pki_crl_spec_of(root, number);

    spec.entries = entries;
    spec.next_update = next_update;
    return pki_make_crl(&spec);
}

/* ---- the folder ------------------------------------------------------------------------------ */

/* How many files of this kind; the path of the last one. */
static unsigned count_kind(const char *kind, char *path, size_t size)
{
    DIR *dir = opendir(cache);
    struct dirent *entry;
    unsigned count = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        const char *dot = strrchr(entry->d_name, '.');

        if (dot == NULL || strcmp(dot + 1, kind) != 0)
            continue;
        count++;
        if (path != NULL)
            (void)snprintf(path, size, "%s/%s", cache, entry->d_name);
    }
    (void)closedir(dir);
    return count;
}

/* ---- other processes ------------------------------------------------------------------------- */

static void write_file(char *path, size_t size, const char *name, daotp__bytes bytes)
{
    FILE *file;

    (void)snprintf(path, size, "%s/%s", scratch_path, name);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.len, file), bytes.len);
    assert_int_equal(fclose(file), 0);
}

/* Begin "daotp verify" on the certificate of this question. */
static pid_t spawn_tool(const fetch_ask *ask)
{
    static char at[32];
    char trust[100], leaf[100];
    const char *const args[] = {tool,      "verify",    "--fetch", "--allow", FETCH_LOOPBACK,
                                "--cache", ask->cache,  "--trust", trust,     "--at",
                                at,        "--timeout", "20",      leaf,      NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;

    write_file(trust, sizeof trust, "root.der", ask->anchor->der);
    write_file(leaf, sizeof leaf, "leaf.der", ask->leaf->der);
    (void)snprintf(at, sizeof at, "%lld", (long long)(ask->at != 0 ? ask->at : FORGE_NOW));
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0), 0);
    assert_int_equal(posix_spawn(&pid, tool, &actions, NULL, (char **)(uintptr_t)args, environ), 0);
    (void)posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static int wait_tool(pid_t pid)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int run_tool(const fetch_ask *ask)
{
    return wait_tool(spawn_tool(ask));
}

static void wait_asked(const char *path, unsigned asked)
{
    int64_t until = test_clock_machine_ms() + 20000;

    while (host_asked(host, path) < asked) {
        assert_true(test_clock_machine_ms() < until);
        (void)usleep(2000);
    }
}

/* ---- kept ------------------------------------------------------------------------------------ */

static void another_process_needs_no_network(void **state)
{
    const char *path = new_path();
    fetch_ask ask = ask_at(path);

    (void)state;
    host_put_body(host, path, pki_crl(root, 7, PKI_NOTHING));
    assert_int_equal(run_tool(&ask), 0);
    assert_int_equal(host_asked(host, path), 1);
    assert_int_equal(count_kind("crl", NULL, 0), 1);
    host_put(host, path, (host_page){.manner = HOST_RESET});
    assert_int_equal(run_tool(&ask), 0);
    (void)fetch_reopened(&ask);
    fetch_expect("this process", DAOTP_OK, 0, NULL);
    assert_int_equal(host_asked(host, path), 1);
}

static void what_is_revoked_is_so_for_all(void **state)
{
    const char *path = new_path();
    fetch_ask ask = ask_at(path);
    daotp__bytes entries = pki_revoke(ask.leaf, 1);

    (void)state;
    for (unsigned i = 0; i < 500; i++) /* so that it is looked up in an index */
        entries = i % 50 == 0 ? PKI_JOIN(entries, pki_entry(pki_number(0x900000 + i), PKI_NOTHING))
                              : entries;
    host_put_body(host, path, pki_crl(root, 7, entries));
    (void)fetch_reopened(&ask);
    fetch_expect("fetched", DAOTP_REJECTED, DAOTP_FINDING_REVOKED, NULL);
    host_put(host, path, (host_page){.manner = HOST_RESET});
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(run_tool(&ask), 1);
        (void)fetch_reopened(&ask);
        fetch_expect("kept", DAOTP_REJECTED, DAOTP_FINDING_REVOKED, NULL);
    }
    assert_int_equal(host_asked(host, path), 1);
}

static void what_is_not_proven_is_not_kept(void **state)
{
    const pki_cert *stranger = pki_ca("CN=Stranger", pki_key(3), NULL);
    pki_crl_spec forged = pki_crl_spec_of(root, 8), changed = pki_crl_spec_of(root, 9);
    const daotp__bytes lists[] = {
        pki_crl(stranger, 7, PKI_NOTHING), (forged.key = pki_key(3), pki_make_crl(&forged)),
        (changed.signature = PKI_BYTES("0000000000000000"), pki_make_crl(&changed)),
        PKI_BYTES("<html>")};

    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        const char *path = new_path();
        fetch_ask ask = ask_at(path);

        host_put_body(host, path, lists[i]);
        (void)fetch_reopened(&ask);
        fetch_expect("unproven", DAOTP_UNDECIDED, 0, NULL);
        assert_int_equal(count_kind("crl", NULL, 0), 0);
    }
}

/* Who can answer for the host once, and sends a namesake of the CA along with its certificate: the
 * list verifies under that key, which leads to no anchor. Nothing of it may stay. */
static void a_namesake_s_list_is_not_kept(void **state)
{
    const pki_cert *namesake = pki_ca("CN=Root", pki_key(3), NULL);
    const char *path = new_path();
    fetch_ask ask = ask_at(path);
    pki_crl_spec spec = pki_crl_spec_of(namesake, 1);

    (void)state;
    pki_put(spec.extensions, PKI_OID_CRL_NUMBER, false,
            pki_tlv(0x02, PKI_BYTES("\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")));
    spec.next_update = FORGE_NOW + 3650 * PKI_DAY;
    ask.between[0] = namesake->der;
    host_put_body(host, path, pki_make_crl(&spec));
    (void)fetch_reopened(&ask);
    fetch_expect("namesake", DAOTP_UNDECIDED, 0, NULL);
    host_put_body(host, path, pki_crl(root, 7, PKI_NOTHING));
    assert_int_equal(count_kind("crl", NULL, 0), 0);
    ask.between[0] = PKI_NOTHING;
    (void)fetch_reopened(&ask);
    fetch_expect("afterwards", DAOTP_OK, 0, NULL);
}

/* The same, where the path with the namesake in it even ends at the anchor, but does not hold. */
static void a_list_of_a_path_that_does_not_hold_is_not_kept(void **state)
{
    const pki_cert *middle = pki_ca("CN=Middle", pki_key(1), root), *fake;
    const char *path = new_path();
    pki_spec spec = pki_ca_spec("CN=Middle", pki_key(3), root);
    fetch_ask ask = {.anchor = root, .cache = cache};

    (void)state;
    spec.signing_key = pki_key(3); /* says that the root issued it */
    fake = pki_make(&spec);
    ask.leaf = fetch_leaf(fake, host_url(host, path), NULL, NULL);
    ask.between[0] = fake->der;
    ask.crls[0] = pki_crl(root, 1, PKI_NOTHING);
    host_put_body(host, path, pki_crl(fake, 99, PKI_NOTHING));
    (void)fetch_reopened(&ask);
    fetch_expect("fake", DAOTP_REJECTED, 0, NULL);
    (void)fetch_again(&ask);
    assert_int_equal(count_kind("crl", NULL, 0), 0);
    ask.leaf = fetch_leaf(middle, host_url(host, path), NULL, NULL);
    ask.between[0] = middle->der;
    host_put_body(host, path, pki_crl(middle, 2, PKI_NOTHING));
    (void)fetch_again(&ask);
    fetch_expect("true", DAOTP_OK, 0, NULL);
}

/* ---- rolled back ----------------------------------------------------------------------------- */

static void an_older_list_is_not_taken(void **state)
{
    const char *path = new_path();
    fetch_ask ask = ask_at(path);

    (void)state;
    host_put_body(host, path, list_of(7, pki_revoke(ask.leaf, 1), FORGE_NOW + FORGE_HOUR));
    assert_int_equal(run_tool(&ask), 1);
    host_put_body(host, path, list_of(6, PKI_NOTHING, FORGE_NOW + PKI_DAY));
    ask.at = FORGE_NOW + 2 * FORGE_HOUR;
    (void)fetch_reopened(&ask);
    fetch_expect("6 after 7", DAOTP_REJECTED, DAOTP_FINDING_CRL_ROLLBACK, path);
    fetch_expect("6 after 7", DAOTP_REJECTED, DAOTP_FINDING_REVOKED, NULL);
    assert_int_equal(run_tool(&ask), 1);
    assert_int_equal(count_kind("crl", NULL, 0), 1);
    host_put_body(host, path, list_of(8, PKI_NOTHING, FORGE_NOW + PKI_DAY));
    assert_int_equal(run_tool(&ask), 0);
}

/* ---- tolerance, and a new key, over processes ------------------------------------------------ */

static void a_kept_list_that_is_over_serves_while_the_host_is_down(void **state)
{
    const char *path = new_path();
    fetch_ask ask = ask_at(path);

    (void)state;
    host_put_body(host, path, list_of(7, PKI_NOTHING, FORGE_NOW + FORGE_HOUR));
    assert_int_equal(run_tool(&ask), 0);
    host_put(host, path, (host_page){.manner = HOST_RESET});
    ask.at = FORGE_NOW + 2 * FORGE_HOUR;
    ask.stale_seconds = PKI_DAY;
    (void)fetch_reopened(&ask);
    fetch_expect("down", DAOTP_OK, DAOTP_FINDING_CRL_STALE_TAKEN, NULL);
}

static void a_new_key_begins_at_one(void **state)
{
    const pki_cert *rekeyed = pki_ca("CN=Root", pki_key(4), NULL);
    const char *path = new_path();
    fetch_ask ask = ask_at(path);

    (void)state;
    host_put_body(host, path, list_of(500, PKI_NOTHING, FORGE_NOW + FORGE_HOUR));
    (void)fetch_reopened(&ask);
    fetch_expect("old key", DAOTP_OK, 0, NULL);
    host_put_body(host, path, pki_crl(rekeyed, 1, PKI_NOTHING));
    ask.anchor = rekeyed;
    ask.leaf = fetch_leaf(rekeyed, host_url(host, path), NULL, NULL);
    (void)fetch_reopened(&ask);
    fetch_expect("new key, the old list fresh", DAOTP_OK, 0, NULL);
    ask.at = FORGE_NOW + 2 * FORGE_HOUR;
    (void)fetch_reopened(&ask);
    fetch_expect("new key, the old list over", DAOTP_OK, 0, NULL);
}

/* ---- a folder that cannot be used ------------------------------------------------------------ */

static void a_folder_open_to_others_is_not_used(void **state)
{
    const char *path = new_path();
    fetch_ask ask = ask_at(path);

    (void)state;
    host_put_body(host, path, pki_crl(root, 7, PKI_NOTHING));
    assert_int_equal(chmod(cache, 0755), 0);
    (void)fetch_reopened(&ask);
    fetch_expect("0755", DAOTP_OK, DAOTP_FINDING_CACHE_FOLDER, cache);
    assert_int_equal(count_kind("crl", NULL, 0), 0);
    assert_int_equal(run_tool(&ask), 0);
    assert_int_equal(host_asked(host, path), 2);
}

static void a_folder_is_made(void **state)
{
    const char *path = new_path();
    fetch_ask ask = ask_at(path);
    struct stat st;

    (void)state;
    host_put_body(host, path, pki_crl(root, 7, PKI_NOTHING));
    assert_int_equal(rmdir(cache), 0);
    assert_int_equal(run_tool(&ask), 0);
    assert_int_equal(stat(cache, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_int_equal(count_kind("crl", NULL, 0), 1);
}

static void what_is_broken_is_fetched_again(void **state)
{
    static const char *const kinds[] = {"crl", "index"};

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++)
        for (int len = 0; len < 200; len += 100) {
            const char *path = new_path();
            fetch_ask ask = ask_at(path);
            char file[400] = "";

            scratch_folder(cache, sizeof cache);
            host_put_body(host, path, pki_crl(root, 7, pki_entry(pki_number(5), PKI_NOTHING)));
            (void)fetch_reopened(&ask);
            fetch_expect("whole", DAOTP_OK, 0, NULL);
            assert_int_equal(count_kind(kinds[i], file, sizeof file), 1);
            assert_int_equal(truncate(file, len), 0);
            (void)fetch_reopened(&ask);
            fetch_expect("broken", DAOTP_OK, 0, NULL);
            assert_int_equal(host_asked(host, path), i == 0 ? 2 : 1);
        }
}

/* Write into a file as it stands, and give it back its time. */
static void change_in_place(const char *path, off_t at, const void *bytes, size_t len)
{
    int fd = open(path, O_RDWR);
    struct timespec times[2];
    struct stat st;

    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    if (at + (off_t)len > st.st_size)
        len = (size_t)(st.st_size - at);
    assert_int_equal(pwrite(fd, bytes, len, at), (ssize_t)len);
    times[0] = times[1] = st.st_mtim;
    assert_int_equal(futimens(fd, times), 0);
    (void)close(fd);
}

static off_t find_in_file(const char *path, daotp__bytes what)
{
    uint8_t bytes[16384];
    int fd = open(path, O_RDONLY);
    ssize_t len = read(fd, bytes, sizeof bytes);
    const uint8_t *at = memmem(bytes, (size_t)len, what.data, what.len);

    (void)close(fd);
    assert_non_null(at);
    return at - bytes;
}

/* A list of which the certificate of this question is one entry of many. */
static daotp__bytes long_list(const fetch_ask *ask)
{
    daotp__bytes entries[100];

    for (unsigned i = 0; i < COUNT(entries); i++)
        entries[i] = pki_entry(pki_number(0x900000 + i), PKI_NOTHING);
    return pki_crl(root, 7, PKI_JOIN(pki_join(entries, COUNT(entries)), pki_revoke(ask->leaf, 1)));
}

/* Whatever becomes of the index: who is revoked stays so, and nobody is asked for it. */
static void a_damaged_index_hides_nobody(void **state)
{
    static const uint8_t zeros[16384];
    const char *path = new_path();
    fetch_ask ask = ask_at(path);
    char file[400] = "";
    struct stat st;

    (void)state;
    host_put_body(host, path, long_list(&ask));
    (void)fetch_reopened(&ask);
    fetch_expect("whole", DAOTP_REJECTED, DAOTP_FINDING_REVOKED, NULL);
    assert_int_equal(count_kind("index", file, sizeof file), 1);
    assert_int_equal(stat(file, &st), 0);
    for (off_t at = 0; at < st.st_size; at += 256) {
        change_in_place(file, at, zeros, at == 0 ? sizeof zeros : 256);
        (void)fetch_reopened(&ask);
        fetch_expect("damaged", DAOTP_REJECTED, DAOTP_FINDING_REVOKED, NULL);
    }
    assert_int_equal(host_asked(host, path), 1);
}

/* The list itself was changed where the certificate stands in it. It is fetched again; and where
 * that cannot be, nothing is known. */
static void a_list_changed_in_place_hides_nobody(void **state)
{
    const char *path = new_path();
    fetch_ask ask = ask_at(path);
    char file[400] = "";

    (void)state;
    host_put_body(host, path, long_list(&ask));
    for (unsigned i = 0; i < 2; i++) {
        daotp__bytes serial = ask.leaf->serial;

        (void)fetch_reopened(&ask);
        fetch_expect("whole", DAOTP_REJECTED, DAOTP_FINDING_REVOKED, NULL);
        assert_int_equal(count_kind("crl", file, sizeof file), 1);
        change_in_place(file, find_in_file(file, serial) + (off_t)serial.len - 1, "\x7E", 1);
        if (i == 1)
            host_put(host, path, (host_page){.manner = HOST_RESET});
        (void)fetch_reopened(&ask);
        if (i == 0)
            fetch_expect("fetched again", DAOTP_REJECTED, DAOTP_FINDING_REVOKED, NULL);
        else
            fetch_expect("changed", DAOTP_UNDECIDED, DAOTP_FINDING_CRL_SIGNATURE, NULL);
    }
}

/* ---- several processes ----------------------------------------------------------------------- */

enum { TOOLS = 4 };

static void processes_at_once_fetch_once(void **state)
{
    const char *path = new_path();
    fetch_ask ask = ask_at(path);
    pid_t pids[TOOLS];

    (void)state;
    host_put(host, path, (host_page){.body = pki_crl(root, 7, PKI_NOTHING), .delay_ms = 500});
    for (unsigned i = 0; i < TOOLS; i++)
        pids[i] = spawn_tool(&ask);
    for (unsigned i = 0; i < TOOLS; i++)
        assert_int_equal(wait_tool(pids[i]), 0);
    assert_int_equal(host_asked(host, path), 1);
}

/* With two lists a certificate: the first is there for all as soon as it is proven, not only when
 * the second has come too. */
static void processes_at_once_fetch_each_list_once(void **state)
{
    const char *first = new_path(), *second = new_path(), *issuer = new_path();
    pki_spec spec = pki_ca_spec("CN=Middle", pki_key(1), root);
    fetch_ask ask = {.anchor = root, .cache = cache};
    const pki_cert *middle;
    pid_t pids[TOOLS];

    (void)state;
    pki_put(spec.extensions, PKI_OID_POINTS, false,
            fetch_points((const char *const[]){host_url(host, first), NULL}));
    middle = pki_make(&spec);
    ask.leaf = fetch_leaf(middle, host_url(host, second), host_url(host, issuer), NULL);
    host_put_body(host, issuer, middle->der);
    host_put(host, first, (host_page){.body = pki_crl(root, 7, PKI_NOTHING), .delay_ms = 100});
    host_put(host, second, (host_page){.body = pki_crl(middle, 7, PKI_NOTHING), .delay_ms = 400});
    for (unsigned i = 0; i < TOOLS; i++)
        pids[i] = spawn_tool(&ask);
    for (unsigned i = 0; i < TOOLS; i++)
        assert_int_equal(wait_tool(pids[i]), 0);
    assert_int_equal(host_asked(host, first), 1);
    assert_int_equal(host_asked(host, second), 1);
}

/* It holds the lock and is killed: the lock is gone with it, and who comes after it fetches. */
static void killed_while_it_fetches(void **state)
{
    const char *path = new_path();
    fetch_ask ask = ask_at(path);
    pid_t pid;

    (void)state;
    host_put(host, path, (host_page){.manner = HOST_SILENT});
    pid = spawn_tool(&ask);
    wait_asked(path, 1);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(wait_tool(pid), -1);
    host_put_body(host, path, pki_crl(root, 7, PKI_NOTHING));
    (void)fetch_reopened(&ask);
    fetch_expect("afterwards", DAOTP_OK, 0, NULL);
    assert_int_equal(host_asked(host, path), 2);
}

/* It holds the lock and hangs: whoever comes after it waits for a while, and fetches then too. */
static void stopped_while_it_fetches(void **state)
{
    const char *path = new_path();
    fetch_ask ask = ask_at(path);
    pid_t pid;

    (void)state;
    host_put(host, path, (host_page){.manner = HOST_SILENT});
    pid = spawn_tool(&ask);
    wait_asked(path, 1);
    assert_int_equal(kill(pid, SIGSTOP), 0);
    host_put_body(host, path, pki_crl(root, 7, PKI_NOTHING));
    ask.timeout_ms = 500; /* half of it is waited */
    (void)fetch_reopened(&ask);
    fetch_expect("meanwhile", DAOTP_OK, 0, NULL);
    assert_int_equal(host_asked(host, path), 2);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(wait_tool(pid), -1);
}

/* Whoever waits for another process waits no longer than it said. */
static void waiting_for_a_process_has_a_deadline(void **state)
{
    const char *path = new_path();
    fetch_ask ask = ask_at(path);
    pid_t pid;

    (void)state;
    host_put(host, path, (host_page){.manner = HOST_SILENT});
    pid = spawn_tool(&ask);
    wait_asked(path, 1);
    ask.total_ms = 300;
    (void)fetch_reopened(&ask);
    fetch_expect("waits", DAOTP_TIMEOUT, 0, NULL);
    fetch_expect_within("waits", 1000);
    assert_int_equal(host_asked(host, path), 1);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(wait_tool(pid), -1);
}

static void killed_at_any_moment(void **state)
{
    const char *path = new_path();
    fetch_ask ask = ask_at(path);
    unsigned seed = 3;

    (void)state;
    for (unsigned round = 0; round < 16; round++) {
        pid_t pid;

        host_put(host, path,
                 (host_page){.body = list_of(round + 1, PKI_NOTHING, FORGE_NOW + round + 1),
                             .delay_ms = round % 3});
        ask.at = FORGE_NOW + round + 1; /* what is kept is over each time */
        pid = spawn_tool(&ask);
        seed = seed * 1103515245u + 12345u;
        if (round % 2 == 0)
            wait_asked(path, host_asked(host, path) + 1);
        (void)usleep((seed >> 8) % (round % 2 == 0 ? 4000 : 40000));
        (void)kill(pid, SIGKILL);
        (void)wait_tool(pid);
        (void)fetch_reopened(&ask);
        fetch_expect("afterwards", DAOTP_OK, 0, NULL);
    }
    assert_int_equal(count_kind("crl", NULL, 0), 1);
}

#define ROW(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        ROW(another_process_needs_no_network),
        ROW(what_is_revoked_is_so_for_all),
        ROW(what_is_not_proven_is_not_kept),
        ROW(a_namesake_s_list_is_not_kept),
        ROW(a_list_of_a_path_that_does_not_hold_is_not_kept),
        ROW(an_older_list_is_not_taken),
        ROW(a_kept_list_that_is_over_serves_while_the_host_is_down),
        ROW(a_new_key_begins_at_one),
        ROW(a_folder_open_to_others_is_not_used),
        ROW(a_folder_is_made),
        ROW(what_is_broken_is_fetched_again),
        ROW(a_damaged_index_hides_nobody),
        ROW(a_list_changed_in_place_hides_nobody),
        ROW(processes_at_once_fetch_once),
        ROW(processes_at_once_fetch_each_list_once),
        ROW(killed_while_it_fetches),
        ROW(stopped_while_it_fetches),
        ROW(waiting_for_a_process_has_a_deadline),
        ROW(killed_at_any_moment),
    };

    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s DAOTP\n", argv[0]);
        return 64;
    }
    tool = argv[1];
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
