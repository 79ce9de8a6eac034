/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The folder of proven CRLs: who may use it, what is taken from it and what is made again, and what
 * becomes of it when several write at once or one is killed half-way.
 */
#include "scratch.h"
#include "verify_pki.h"

#include "validate/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define URL          "http://crl.example/ca.crl"

enum { ENTRIES = 40, FIRST_SERIAL = 0x5000 };

static const pki_cert *root;
static daotp__node *root_node;
static char folder[64];
static daotp__cache cache;
static test_report report;

/* ---- CRLs ------------------------------------------------------------------------------------ */

static daotp__bytes serial_of(unsigned i)
{
    return pki_number(FIRST_SERIAL + 2 * i);
}

static daotp__bytes crl_of(uint64_t number, unsigned entries)
{
    daotp__bytes all[ENTRIES * 4];

    assert_true(entries <= COUNT(all));
    for (unsigned i = 0; i < entries; i++)
        all[i] = pki_entry(serial_of(i), PKI_NOTHING);
    return pki_crl(root, number, pki_join(all, entries));
}

static void prove(daotp__indexed_crl *kept)
{
    assert_int_equal(daotp__indexed_crl_verify(kept, root_node, PKI_NOTHING), DAOTP__CRL_GOOD);
}

static daotp__indexed_crl *proven(daotp__bytes der)
{
    daotp__indexed_crl *kept;

    assert_int_equal(daotp__indexed_crl_new(der, &kept), DAOTP_OK);
    prove(kept);
    return kept;
}

static bool store(daotp__bytes der)
{
    daotp__indexed_crl *kept = proven(der);
    bool stored = daotp__cache_store(&cache, URL, kept, report.report);

    daotp__indexed_crl_free(kept);
    return stored;
}

/* The number of what is there; 0 for nothing. */
static uint64_t number_there(void)
{
    daotp__indexed_crl *kept = daotp__cache_load(&cache, URL);
    uint64_t number = 0;

    if (kept == NULL)
        return 0;
    for (size_t i = 0; i < daotp__indexed_crl_view(kept)->number.len; i++)
        number = number << 8 | daotp__indexed_crl_view(kept)->number.data[i];
    daotp__indexed_crl_free(kept);
    return number;
}

/* Each serial number that is listed, and those between them. */
static void expect_entries(daotp__indexed_crl *kept, unsigned entries)
{
    for (unsigned i = 0; i < 2 * entries; i++) {
        daotp__crl_scan walk = {0};

        daotp__indexed_crl_look_up(kept, pki_number(FIRST_SERIAL + i), root->name, &walk);
        assert_int_equal(walk.found, i % 2 == 0);
        assert_int_equal(walk.count, entries);
    }
}

/* ---- files ----------------------------------------------------------------------------------- */

/* The file of this kind, as a path; it must be there, and be the only one. */
static const char *file_of(const char *kind)
{
    static char path[400];
    DIR *dir = opendir(folder);
    struct dirent *entry;

    path[0] = '\0';
    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        const char *dot = strrchr(entry->d_name, '.');

        if (dot == NULL || dot == entry->d_name || strcmp(dot + 1, kind) != 0)
            continue;
        assert_string_equal(path, "");
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    }
    (void)closedir(dir);
    if (*path == '\0')
        fail_msg("there is no .%s", kind);
    return path;
}

static unsigned count_files(void)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    unsigned count = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
                 strcmp(entry->d_name, ".writers") != 0 && /* of no size */
                 strcmp(entry->d_name, ".fetchers") != 0;
    (void)closedir(dir);
    return count;
}

static daotp__bytes contents_of(const char *path)
{
    int fd = open(path, O_RDONLY);
    struct stat st;
    uint8_t *bytes;

    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    bytes = pki_get((size_t)st.st_size + 1);
    assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
    (void)close(fd);
    return (daotp__bytes){bytes, (size_t)st.st_size};
}

static void put_file(const char *path, daotp__bytes bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.data, bytes.len), (ssize_t)bytes.len);
    (void)close(fd);
}

static void set_age(const char *path, int64_t seconds)
{
    struct timespec times[2];

    (void)clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec -= (time_t)seconds;
    times[1] = times[0];
    assert_int_equal(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 0);
}

/* ---- a test ---------------------------------------------------------------------------------- */

static int begin(void **state)
{
    (void)state;
    root = pki_ca("CN=Root", pki_key(0), NULL);
    assert_int_equal(daotp__node_new(root->der, true, &root_node), DAOTP_OK);
    report = test_report_new();
    scratch_folder(folder, sizeof folder);
    daotp__cache_open(&cache, folder, report.report);
    assert_true(cache.dir >= 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    daotp__cache_close(&cache);
    test_report_free(&report);
    daotp__node_free(root_node);
    pki_forget();
    return 0;
}

static int begin_group(void **state)
{
    (void)state;
    return scratch_begin();
}

static int end_group(void **state)
{
    (void)state;
    pki_forget_keys();
    return scratch_end();
}

/* ---- the folder ------------------------------------------------------------------------------ */

static void expect_refused(const char *path)
{
    test_report own = test_report_new();
    daotp__cache one;

    daotp__cache_open(&one, path, own.report);
    if (one.dir >= 0)
        fail_msg("%s is used", path);
    assert_true(test_report_has(&own, DAOTP_FINDING_CACHE_FOLDER));
    assert_string_equal(daotp_finding_get_subject(daotp_report_get_finding(own.report, 0)), path);
    test_report_free(&own);
}

static void it_is_made_for_this_user_alone(void **state)
{
    mode_t before = umask(0);
    daotp__cache one;
    char path[100];
    struct stat st;

    (void)state;
    (void)snprintf(path, sizeof path, "%s/new", folder);
    daotp__cache_open(&one, path, report.report);
    (void)umask(before);
    assert_true(one.dir >= 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    daotp__cache_close(&one);
    assert_int_equal(one.dir, -1);
    assert_int_equal(daotp_report_get_count(report.report), 0);
}

static void modes_open_to_others_are_refused(void **state)
{
    static const mode_t open_modes[] = {0777, 0755, 0750, 0710,  0701,
                                        0704, 0702, 0720, 01777, 0740};

    (void)state;
    for (size_t i = 0; i < COUNT(open_modes); i++) {
        assert_int_equal(chmod(folder, open_modes[i]), 0);
        expect_refused(folder);
    }
    assert_int_equal(chmod(folder, 0700), 0);
    assert_true(store(crl_of(1, 0)));
}

static void what_is_no_folder_is_refused(void **state)
{
    char path[100];

    (void)state;
    (void)snprintf(path, sizeof path, "%s/file", folder);
    put_file(path, PKI_BYTES("x"));
    expect_refused(path);
    (void)snprintf(path, sizeof path, "%s/none/below", folder);
    expect_refused(path);
    expect_refused("");
    expect_refused("/dev/null");
}

static void somebody_else_s_folder_is_refused(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip(); /* only root can give one away */
    assert_int_equal(chown(folder, 65534, 65534), 0);
    expect_refused(folder);
    assert_int_equal(chown(folder, 0, 0), 0);
}

/* Without a folder nothing is kept, everything works, and nothing is said. */
static void without_a_folder(void **state)
{
    daotp__indexed_crl *kept = proven(crl_of(1, ENTRIES));
    daotp__cache none;

    (void)state;
    daotp__cache_open(&none, NULL, report.report);
    assert_int_equal(none.dir, -1);
    assert_null(daotp__cache_load(&none, URL));
    assert_true(daotp__cache_store(&none, URL, kept, report.report));
    assert_true(daotp__cache_lock(&none, URL, report.report));
    daotp__cache_unlock(&none);
    daotp__cache_check(&none, URL, report.report);
    daotp__indexed_crl_free(kept);
    assert_int_equal(daotp_report_get_count(report.report), 0);
}

/* A folder that is gone, or full, loses nothing but the cache. */
static void what_cannot_be_written_is_said(void **state)
{
    (void)state;
    assert_int_equal(rmdir(folder), 0);
    (void)store(crl_of(1, ENTRIES));
    assert_true(test_report_has(&report, DAOTP_FINDING_CACHE_FOLDER));
    assert_null(daotp__cache_load(&cache, URL));
}

/* ---- store and load -------------------------------------------------------------------------- */

static void what_was_stored_is_loaded_proven(void **state)
{
    daotp__bytes der = crl_of(7, ENTRIES);
    daotp__indexed_crl *kept;
    struct stat st;

    (void)state;
    assert_null(daotp__cache_load(&cache, URL));
    assert_true(store(der));
    assert_null(daotp__cache_load(&cache, URL "x"));
    kept = daotp__cache_load(&cache, URL);
    assert_non_null(kept);
    assert_int_equal(daotp__indexed_crl_view(kept)->der.len, der.len);
    assert_memory_equal(daotp__indexed_crl_view(kept)->der.data, der.data, der.len);
    assert_true(daotp__indexed_crl_is_verified(kept));
    assert_true(daotp__indexed_crl_is_verified_by(kept, root_node));
    expect_entries(kept, ENTRIES);
    daotp__indexed_crl_free(kept);
    assert_int_equal(stat(file_of("crl"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(stat(file_of("index"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(count_files(), 2);
    assert_int_equal(daotp_report_get_count(report.report), 0);
}

/* Proven by one key is not proven by another. */
static void a_proof_is_for_its_key_alone(void **state)
{
    const pki_cert *namesake = pki_ca("CN=Root", pki_key(1), NULL);
    daotp__indexed_crl *kept;
    daotp__node *node;

    (void)state;
    assert_true(store(crl_of(7, ENTRIES)));
    assert_int_equal(daotp__node_new(namesake->der, true, &node), DAOTP_OK);
    kept = daotp__cache_load(&cache, URL);
    assert_non_null(kept);
    assert_false(daotp__indexed_crl_is_verified_by(kept, node));
    assert_int_equal(daotp__indexed_crl_verify(kept, node, PKI_NOTHING), DAOTP__CRL_FORGED);
    daotp__indexed_crl_free(kept);
    daotp__node_free(node);
}

static void short_lists_and_empty_ones(void **state)
{
    (void)state;
    for (unsigned entries = 0; entries < 12; entries++) {
        daotp__indexed_crl *kept;

        assert_true(store(crl_of(10 + entries, entries)));
        kept = daotp__cache_load(&cache, URL);
        assert_non_null(kept);
        prove(kept);
        expect_entries(kept, entries);
        daotp__indexed_crl_free(kept);
    }
}

static void rubbish_is_not_loaded(void **state)
{
    daotp__bytes der = crl_of(7, ENTRIES);
    char path[400];

    (void)state;
    assert_true(store(der));
    (void)snprintf(path, sizeof path, "%s", file_of("crl"));
    put_file(path, PKI_BYTES("<html>"));
    assert_null(daotp__cache_load(&cache, URL));
    put_file(path, PKI_NOTHING);
    assert_null(daotp__cache_load(&cache, URL));
    for (size_t len = 1; len < der.len; len += 7) {
        put_file(path, (daotp__bytes){der.data, len});
        assert_null(daotp__cache_load(&cache, URL));
    }
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_null(daotp__cache_load(&cache, URL));
    assert_int_equal(rmdir(path), 0);
    assert_true(store(der)); /* none of it stands in the way */
    assert_int_equal(number_there(), 7);
}

/* ---- links ----------------------------------------------------------------------------------- */

static void links_are_not_followed(void **state)
{
    daotp__bytes der = crl_of(7, ENTRIES);
    char path[400], target[100];
    struct stat st;

    (void)state;
    assert_true(store(der));
    (void)snprintf(path, sizeof path, "%s", file_of("crl"));
    (void)snprintf(target, sizeof target, "%s/elsewhere", folder);
    assert_int_equal(rename(path, target), 0);
    assert_int_equal(symlink(target, path), 0);
    assert_null(daotp__cache_load(&cache, URL));
    assert_true(store(crl_of(8, ENTRIES))); /* the link is replaced, not what it leads to */
    assert_int_equal(lstat(path, &st), 0);
    assert_true(S_ISREG(st.st_mode));
    assert_int_equal(contents_of(target).len, der.len);
    assert_memory_equal(contents_of(target).data, der.data, der.len);
    assert_int_equal(number_there(), 8);
}

static void a_linked_index_is_not_read(void **state)
{
    char path[400], target[100];
    daotp__indexed_crl *kept;

    (void)state;
    assert_true(store(crl_of(7, ENTRIES)));
    (void)snprintf(path, sizeof path, "%s", file_of("index"));
    (void)snprintf(target, sizeof target, "%s/elsewhere", folder);
    assert_int_equal(rename(path, target), 0);
    assert_int_equal(symlink(target, path), 0);
    kept = daotp__cache_load(&cache, URL);
    assert_non_null(kept);
    assert_false(daotp__indexed_crl_is_verified(kept));
    daotp__indexed_crl_free(kept);
}

/* ---- odd files ------------------------------------------------------------------------------- */

static bool make_link(const char *path)
{
    char target[100];

    (void)snprintf(target, sizeof target, "%s/target", folder);
    put_file(target, PKI_BYTES("precious"));
    return symlink(target, path) == 0;
}

static bool make_folder(const char *path)
{
    return mkdir(path, 0700) == 0;
}

static bool make_fifo(const char *path)
{
    return mkfifo(path, 0600) == 0;
}

static bool (*const make_odd[])(const char *path) = {make_link, make_folder, make_fifo};

/* The kinds of a folder of files that are shared: nothing is waited for, and it is told. */
static void an_odd_lock_is_told_and_stops_nobody(void **state)
{
    static const char *const names[] = {".fetchers", ".writers"};

    (void)state;
    for (size_t n = 0; n < COUNT(names); n++)
        for (size_t i = 0; i < COUNT(make_odd); i++) {
            char path[100], target[100];

            (void)snprintf(path, sizeof path, "%s/%s", folder, names[n]);
            (void)snprintf(target, sizeof target, "%s/target", folder);
            (void)unlink(path);
            assert_true(make_odd[i](path));
            daotp__report_clear(report.report);
            if (n == 0)
                assert_true(daotp__cache_lock(&cache, URL, report.report));
            else
                assert_true(store(crl_of(i + 1, 1)));
            assert_true(test_report_has(&report, DAOTP_FINDING_CACHE_FILE));
            daotp__cache_unlock(&cache);
            if (i == 0)
                assert_int_equal(contents_of(target).len, 8);
            assert_int_equal(remove(path), 0);
        }
}

/* The same of what is read: it is not waited for, not followed, and told. */
static void an_odd_file_is_told(void **state)
{
    static const char *const kinds[] = {"crl", "index"};
    daotp__bytes list = crl_of(7, ENTRIES);

    (void)state;
    assert_true(store(list));
    for (size_t k = 0; k < COUNT(kinds); k++)
        for (size_t i = 0; i < COUNT(make_odd); i++) {
            char path[400];
            daotp__indexed_crl *kept;

            (void)snprintf(path, sizeof path, "%s", file_of(kinds[k]));
            assert_int_equal(remove(path), 0);
            assert_true(make_odd[i](path));
            daotp__report_clear(report.report);
            daotp__cache_check(&cache, URL, report.report);
            assert_int_equal(daotp_report_get_count(report.report), 1);
            assert_true(test_report_has(&report, DAOTP_FINDING_CACHE_FILE));
            kept = daotp__cache_load(&cache, URL);
            assert_true((kept == NULL) == (k == 0));
            daotp__indexed_crl_free(kept);
            assert_int_equal(remove(path), 0);
            assert_true(store(list)); /* makes it again */
        }
}

/* ---- the index ------------------------------------------------------------------------------- */

/* Whatever is wrong with it: it is not believed, and everything is found all the same. */
static void expect_unproven(const char *what)
{
    daotp__indexed_crl *kept = daotp__cache_load(&cache, URL);

    assert_non_null(kept);
    if (daotp__indexed_crl_is_verified(kept))
        fail_msg("%s: believed", what);
    prove(kept);
    expect_entries(kept, ENTRIES);
    daotp__indexed_crl_free(kept);
}

static void truncated_or_longer_it_is_not_read(void **state)
{
    daotp__bytes whole;
    char path[400];

    (void)state;
    assert_true(store(crl_of(7, ENTRIES)));
    (void)snprintf(path, sizeof path, "%s", file_of("index"));
    whole = contents_of(path);
    for (size_t len = 0; len < whole.len; len += len < 300 ? 1 : 61) {
        put_file(path, (daotp__bytes){whole.data, len});
        expect_unproven("truncated");
    }
    put_file(path, PKI_JOIN(whole, PKI_BYTES("\0\0\0\0")));
    expect_unproven("longer");
    assert_int_equal(unlink(path), 0);
    expect_unproven("gone");
    put_file(path, whole);
    assert_int_equal(number_there(), 7);
}

/* The CRL's file was written again, or touched. */
static void another_file_under_the_same_name(void **state)
{
    daotp__bytes der = crl_of(7, ENTRIES);
    char path[400], other[100];

    (void)state;
    assert_true(store(der));
    (void)snprintf(path, sizeof path, "%s", file_of("crl"));
    (void)snprintf(other, sizeof other, "%s/other", folder);
    put_file(other, der); /* the same bytes: another inode, another time */
    assert_int_equal(rename(other, path), 0);
    expect_unproven("another inode");
    set_age(path, 100);
    expect_unproven("another time");
}

/* Another list of the same length, given the first one's inode and time: the signature tells. */
static void another_list_in_the_same_file(void **state)
{
    daotp__bytes one = PKI_NOTHING, two = PKI_NOTHING;
    struct timespec times[2];
    char path[400];
    struct stat st;

    (void)state;
    for (unsigned i = 0; one.len == 0 || one.len != two.len; i++) { /* ECDSA's lengths differ */
        assert_true(i < 200);
        one = crl_of(7, ENTRIES);
        two = crl_of(8, ENTRIES);
    }
    assert_true(store(one));
    (void)snprintf(path, sizeof path, "%s", file_of("crl"));
    assert_int_equal(stat(path, &st), 0);
    put_file(path, two);
    times[0] = times[1] = st.st_mtim;
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    expect_unproven("another list");
}

static daotp__bytes numbered(daotp__bytes number)
{
    pki_crl_spec spec = pki_crl_spec_of(root, 1);

    pki_put(spec.extensions, PKI_OID_CRL_NUMBER, false, pki_tlv(0x02, number));
    return pki_make_crl(&spec);
}

/* Write into the file as it stands, and give it back its time. */
static void change_in_place(const char *path, off_t at, daotp__bytes bytes)
{
    int fd = open(path, O_WRONLY);
    struct timespec times[2];
    struct stat st;

    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(pwrite(fd, bytes.data, bytes.len, at), (ssize_t)bytes.len);
    times[0] = times[1] = st.st_mtim;
    assert_int_equal(futimens(fd, times), 0);
    (void)close(fd);
}

/* A revoked serial number becomes another: the list that is there is not the one that was signed,
 * also when the clock of the file system has not moved since it was written. */
static void a_list_changed_in_place_is_not_believed(void **state)
{
    daotp__bytes der = crl_of(7, ENTRIES), serial = serial_of(5);
    const uint8_t *at = memmem(der.data, der.len, serial.data, serial.len);
    daotp__indexed_crl *kept;

    (void)state;
    assert_non_null(at);
    for (unsigned round = 0; round < 20; round++) {
        assert_true(store(der));
        change_in_place(file_of("crl"), at - der.data, pki_number(0x7000));
        kept = daotp__cache_load(&cache, URL);
        assert_non_null(kept);
        assert_int_equal(daotp__indexed_crl_verify(kept, root_node, serial), DAOTP__CRL_FORGED);
        assert_false(daotp__indexed_crl_is_verified(kept));
        daotp__indexed_crl_free(kept);
        assert_true(store(der)); /* what is there stands in nobody's way */
        kept = daotp__cache_load(&cache, URL);
        assert_non_null(kept);
        assert_true(daotp__indexed_crl_recheck(kept) && daotp__indexed_crl_is_restored(kept));
        expect_entries(kept, ENTRIES);
        daotp__indexed_crl_free(kept);
    }
}

/* The file changes under who has read from it: what was checked stays as it was, and what was not
 * is seen to be damaged. */
static void a_list_changed_while_it_is_open(void **state)
{
    daotp__bytes der = crl_of(7, ENTRIES), serial = serial_of(5);
    const uint8_t *at = memmem(der.data, der.len, serial.data, serial.len);
    daotp__indexed_crl *kept;

    (void)state;
    assert_true(store(der));
    kept = daotp__cache_load(&cache, URL);
    assert_non_null(kept);
    change_in_place(file_of("crl"), at - der.data, pki_number(0x7000));
    for (unsigned i = 0; i < ENTRIES; i++) {
        daotp__crl_scan walk;

        if (daotp__indexed_crl_look_up(kept, serial_of(i), root->name, &walk))
            assert_true(walk.found);
        else
            assert_false(daotp__indexed_crl_is_verified(kept));
    }
    daotp__indexed_crl_free(kept);
}

/* Damage that only a look-up meets: the index is made again, and stored by who met it. */
static void a_damaged_index_is_stored_again(void **state)
{
    static const uint8_t zeros[64 * sizeof(uint32_t)];
    daotp__bytes index;
    daotp__indexed_crl *kept;

    (void)state;
    assert_true(store(crl_of(7, ENTRIES)));
    index = contents_of(file_of("index"));
    change_in_place(file_of("index"), (off_t)(index.len - sizeof zeros),
                    (daotp__bytes){zeros, sizeof zeros});
    kept = daotp__cache_load(&cache, URL);
    assert_non_null(kept);
    assert_true(daotp__indexed_crl_is_verified(kept)); /* nothing was looked up yet */
    prove(kept);
    expect_entries(kept, ENTRIES);
    assert_true(daotp__indexed_crl_must_be_stored(kept));
    assert_true(daotp__cache_store(&cache, URL, kept, report.report));
    assert_false(daotp__indexed_crl_must_be_stored(kept));
    daotp__indexed_crl_free(kept);
    kept = daotp__cache_load(&cache, URL);
    assert_non_null(kept);
    assert_true(daotp__indexed_crl_recheck(kept) && daotp__indexed_crl_is_restored(kept));
    daotp__indexed_crl_free(kept);
}

/* Its number is no longer what it was: it must not keep the true list out for ever. */
static void a_damaged_number_outranks_nobody(void **state)
{
    daotp__bytes der = numbered(PKI_BYTES("4Vx")), number = PKI_BYTES("4Vx");
    const uint8_t *at = memmem(der.data, der.len, number.data, number.len);

    (void)state;
    assert_non_null(at);
    assert_true(store(der));
    change_in_place(file_of("crl"), at - der.data, PKI_BYTES(""));
    assert_true(number_there() == 0x7F345678);
    assert_true(store(der));
    assert_true(number_there() == 0x12345678);
    put_file(file_of("index"), PKI_BYTES("rubbish")); /* the list itself is right */
    assert_false(store(numbered(PKI_BYTES("4Vw"))));
    assert_true(number_there() == 0x12345678);
}

/* What does not fit is made again, also on disk: or each process that comes would prove a list of
 * millions anew until the CA publishes the next. */
static void what_does_not_fit_is_made_again_on_disk(void **state)
{
    daotp__indexed_crl *kept;
    daotp__bytes der = crl_of(7, ENTRIES);

    (void)state;
    assert_true(store(der));
    put_file(file_of("index"), PKI_BYTES("rubbish"));
    kept = daotp__cache_load(&cache, URL);
    assert_non_null(kept);
    prove(kept);
    (void)daotp__cache_store(&cache, URL, kept, report.report); /* as a run does at its end */
    daotp__indexed_crl_free(kept);
    kept = daotp__cache_load(&cache, URL);
    assert_non_null(kept);
    assert_true(daotp__indexed_crl_is_verified(kept));
    daotp__indexed_crl_free(kept);
}

/* ---- never rolled back ----------------------------------------------------------------------- */

static void only_a_greater_number_replaces(void **state)
{
    const daotp__bytes rising[] = {
        PKI_BYTES("\0"),
        PKI_BYTES("\x01"),
        PKI_BYTES("\x7F"),
        PKI_BYTES("\0\x80"),
        PKI_BYTES("\0\xFF"),
        PKI_BYTES("\x01\x00"),
        PKI_BYTES("\0\xFF\xFF"),
        PKI_BYTES("\x01\0\0"),
        PKI_BYTES(
            "\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")};

    (void)state;
    for (size_t i = 0; i < COUNT(rising); i++) {
        assert_true(store(numbered(rising[i])));
        for (size_t k = 0; k <= i; k++)
            if (store(numbered(rising[k])))
                fail_msg("number %zu after %zu", k, i);
    }
}

static void no_number_replaces_none(void **state)
{
    pki_crl_spec spec = pki_crl_spec_of(root, 1);

    (void)state;
    pki_drop(spec.extensions, PKI_OID_CRL_NUMBER);
    assert_true(store(crl_of(7, 0)));
    assert_false(store(pki_make_crl(&spec)));
    assert_int_equal(number_there(), 7);
}

/* ---- locks ----------------------------------------------------------------------------------- */

/* As another process does it that is writing the list of URL. */
static int write_lock(void)
{
    struct flock octet = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    char digits[16] = "", path[300];
    int fd;

    memcpy(digits, strrchr(file_of("crl"), '/') + 1, sizeof digits - 1);
    octet.l_start = (off_t)strtoull(digits, NULL, 16);
    (void)snprintf(path, sizeof path, "%s/.writers", folder);
    fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(fcntl(fd, F_OFD_SETLK, &octet), 0);
    return fd;
}

static void who_writes_one_list_stops_no_other(void **state)
{
    daotp__indexed_crl *kept;
    int fd;

    (void)state;
    assert_true(store(crl_of(1, 0)));
    fd = write_lock();
    assert_true(store(crl_of(2, 0))); /* the other will have it */
    assert_int_equal(number_there(), 1);
    kept = proven(crl_of(3, 0));
    assert_true(daotp__cache_store(&cache, URL "/other", kept, report.report));
    daotp__indexed_crl_free(kept);
    kept = daotp__cache_load(&cache, URL "/other");
    assert_non_null(kept);
    daotp__indexed_crl_free(kept);
    (void)close(fd);
    assert_true(store(crl_of(2, 0)));
    assert_int_equal(number_there(), 2);
}

static void one_at_a_time(void **state)
{
    daotp__cache other;

    (void)state;
    daotp__cache_open(&other, folder, report.report);
    assert_true(daotp__cache_lock(&cache, URL, report.report));
    assert_false(daotp__cache_lock(&other, URL, report.report));
    assert_true(daotp__cache_lock(&cache, URL, report.report)); /* it has it */
    assert_false(daotp__cache_lock(&other, URL, report.report));
    assert_true(daotp__cache_lock(&other, URL "x", report.report)); /* another place's lock */
    daotp__cache_unlock(&other);
    daotp__cache_unlock(&cache);
    assert_true(daotp__cache_lock(&other, URL, report.report));
    assert_false(daotp__cache_lock(&cache, URL, report.report));
    daotp__cache_close(&other); /* and unlocks */
    assert_true(daotp__cache_lock(&cache, URL, report.report));
    daotp__cache_unlock(&cache);
    assert_int_equal(count_files(), 0);
    assert_int_equal(daotp_report_get_count(report.report), 0);
}

/* ---- several processes ----------------------------------------------------------------------- */

static pid_t child(void (*run)(unsigned which), unsigned which)
{
    pid_t pid = fork();

    if (pid == 0) {
        (void)alarm(60);
        run(which);
        _exit(0);
    }
    assert_true(pid > 0);
    return pid;
}

static void hold_lock(unsigned which)
{
    char path[100];

    (void)which;
    daotp__cache_close(&cache); /* a lock is of the opened file: this process opens its own */
    daotp__cache_open(&cache, folder, report.report);
    if (!daotp__cache_lock(&cache, URL, report.report))
        _exit(1);
    (void)snprintf(path, sizeof path, "%s/held", folder);
    put_file(path, PKI_BYTES("x"));
    for (;;)
        (void)pause();
}

static void a_lock_ends_with_its_process(void **state)
{
    pid_t pid = child(hold_lock, 0);
    int status;

    (void)state;
    while (count_files() == 0)
        (void)usleep(1000);
    assert_false(daotp__cache_lock(&cache, URL, report.report));
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    assert_true(daotp__cache_lock(&cache, URL, report.report));
    daotp__cache_unlock(&cache);
}

enum { WRITERS = 4, LISTS = 64 };
static daotp__bytes lists[LISTS]; /* of rising number and different length */

static void make_lists(void)
{
    for (unsigned i = 0; i < LISTS; i++)
        lists[i] = crl_of(i + 1, (i * 13) % ENTRIES);
}

/* All of them, each writer in an order of its own; none may fail for another's sake. */
static void write_lists(unsigned which)
{
    daotp__cache_close(&cache); /* a process opens the folder itself: its lock is its own then */
    daotp__cache_open(&cache, folder, report.report);
    for (unsigned i = 0; i < LISTS; i++) {
        unsigned at = (i * (2 * which + 5) + which * 7) % LISTS;

        (void)store(lists[at]);
    }
    if (daotp_report_get_count(report.report) > 0)
        _exit(2);
}

/* While others write: what is there is whole, and its number never falls. */
static bool watch(uint64_t *highest)
{
    daotp__indexed_crl *kept = daotp__cache_load(&cache, URL);
    const daotp__crl *crl;

    if (kept == NULL)
        return *highest == 0; /* nothing yet */
    crl = daotp__indexed_crl_view(kept);
    assert_int_equal(crl->number.len, 1);
    assert_between(crl->number.data[0], 1, LISTS);
    assert_int_equal(crl->der.len, lists[crl->number.data[0] - 1].len);
    assert_memory_equal(crl->der.data, lists[crl->number.data[0] - 1].data, crl->der.len);
    if (daotp__indexed_crl_is_verified(kept)) {
        daotp__crl_scan walk = {0};

        daotp__indexed_crl_look_up(kept, serial_of(0), root->name, &walk);
        assert_int_equal(walk.found, ((crl->number.data[0] - 1u) * 13) % ENTRIES > 0);
    }
    if (crl->number.data[0] < *highest)
        fail_msg("number %u after %u", crl->number.data[0], (unsigned)*highest);
    *highest = crl->number.data[0];
    daotp__indexed_crl_free(kept);
    return true;
}

static void processes_that_write_at_once_never_roll_back(void **state)
{
    (void)state;
    make_lists();
    for (unsigned round = 0; round < 6; round++) {
        unsigned left = WRITERS, failed = 0;
        uint64_t highest = 0;
        pid_t pids[WRITERS];
        int status;

        for (unsigned i = 0; i < WRITERS; i++)
            pids[i] = child(write_lists, i);
        while (left > 0) {
            pid_t ended = waitpid(-1, &status, WNOHANG);

            assert_true(watch(&highest));
            for (unsigned i = 0; i < WRITERS && ended > 0; i++)
                if (pids[i] == ended) {
                    left--;
                    failed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
                }
        }
        assert_true(watch(&highest));
        assert_true(highest > 0); /* who finds another at work may leave it to him */
        assert_int_equal(failed, 0);
        assert_int_equal(count_files(), 2);
        assert_int_equal(unlink(file_of("crl")), 0);
        assert_int_equal(unlink(file_of("index")), 0);
    }
}

/* Rising numbers without an end, until it is killed. */
static void write_for_ever(unsigned which)
{
    for (unsigned i = which; i < LISTS; i++)
        (void)store(lists[i]);
    for (;;)
        (void)pause();
}

static void killed_at_any_moment_it_leaves_a_whole_list(void **state)
{
    unsigned seed = 1;
    uint64_t highest = 0;

    (void)state;
    make_lists();
    assert_true(store(lists[0]));
    for (unsigned round = 0; round < 60; round++) {
        pid_t pid = child(write_for_ever, (unsigned)highest);
        int status;

        seed = seed * 1103515245u + 12345u;
        (void)usleep((seed >> 8) % 4000);
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(watch(&highest));
        if (highest == LISTS) { /* from the beginning */
            assert_int_equal(unlink(file_of("crl")), 0);
            highest = 0;
            assert_true(store(lists[0]));
        }
    }
    assert_true(store(crl_of(LISTS + 1, ENTRIES))); /* nothing of it stands in the way */
    assert_int_equal(number_there(), LISTS + 1);
}

/* What they left half-written does not pile up: a list may have a hundred megabytes. */
static void killed_ones_leave_no_heap_of_files(void **state)
{
    char path[400], left[450];

    (void)state;
    assert_true(store(crl_of(1, ENTRIES)));
    (void)snprintf(path, sizeof path, "%s", file_of("crl"));
    for (unsigned i = 0; i < 5; i++) { /* as processes 4000000 to 4000004 would: no such can live */
        (void)snprintf(left, sizeof left, "%s/.%s.%u.new", folder, strrchr(path, '/') + 1,
                       4200000 + i);
        put_file(left, PKI_BYTES("half"));
        set_age(left, 86400);
    }
    assert_true(store(crl_of(2, ENTRIES)));
    assert_int_equal(count_files(), 2);
}

/* ---- several threads ------------------------------------------------------------------------- */

static daotp__indexed_crl *thread_lists[LISTS];

static void *write_in_thread(void *given)
{
    unsigned which = (unsigned)(uintptr_t)given;
    uintptr_t findings;
    test_report own;
    daotp__cache mine;

    if (daotp_context_new(&own.context) != DAOTP_OK ||
        daotp_report_new(own.context, &own.report) != DAOTP_OK)
        return (void *)(uintptr_t)99;
    daotp__cache_open(&mine, folder, own.report);
    for (unsigned i = 0; i < LISTS; i++)
        (void)daotp__cache_store(
            &mine, URL, thread_lists[(i * (2 * which + 5) + which * 7) % LISTS], own.report);
    daotp__cache_close(&mine);
    findings = daotp_report_get_count(own.report);
    daotp_report_free(own.report);
    daotp_context_unref(own.context);
    return (void *)findings;
}

/* Of one process: all of them proved the list that one fetched, and all keep it. */
static void threads_that_write_at_once_do_not_meet(void **state)
{
    (void)state;
    make_lists();
    for (unsigned i = 0; i < LISTS; i++)
        thread_lists[i] = proven(lists[i]);
    for (unsigned round = 0; round < 6; round++) {
        uintptr_t findings = 0;
        uint64_t highest = 0;
        pthread_t threads[WRITERS];
        void *said;

        for (uintptr_t i = 0; i < WRITERS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, write_in_thread, (void *)i), 0);
        for (unsigned i = 0; i < 2000; i++)
            assert_true(watch(&highest));
        for (unsigned i = 0; i < WRITERS; i++) {
            assert_int_equal(pthread_join(threads[i], &said), 0);
            findings += (uintptr_t)said;
        }
        assert_true(watch(&highest));
        assert_true(highest > 0);
        assert_int_equal(findings, 0);
        assert_int_equal(unlink(file_of("crl")), 0);
        assert_int_equal(unlink(file_of("index")), 0);
    }
    for (unsigned i = 0; i < LISTS; i++)
        daotp__indexed_crl_free(thread_lists[i]);
}

#define ROW(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(it_is_made_for_this_user_alone),
        ROW(modes_open_to_others_are_refused),
        ROW(what_is_no_folder_is_refused),
        ROW(somebody_else_s_folder_is_refused),
        ROW(without_a_folder),
        ROW(what_cannot_be_written_is_said),
        ROW(what_was_stored_is_loaded_proven),
        ROW(a_proof_is_for_its_key_alone),
        ROW(short_lists_and_empty_ones),
        ROW(rubbish_is_not_loaded),
        ROW(links_are_not_followed),
        ROW(a_linked_index_is_not_read),
        ROW(an_odd_lock_is_told_and_stops_nobody),
        ROW(an_odd_file_is_told),
        ROW(truncated_or_longer_it_is_not_read),
        ROW(another_file_under_the_same_name),
        ROW(another_list_in_the_same_file),
        ROW(a_list_changed_in_place_is_not_believed),
        ROW(a_list_changed_while_it_is_open),
        ROW(a_damaged_index_is_stored_again),
        ROW(a_damaged_number_outranks_nobody),
        ROW(what_does_not_fit_is_made_again_on_disk),
        ROW(only_a_greater_number_replaces),
        ROW(no_number_replaces_none),
        ROW(who_writes_one_list_stops_no_other),
        ROW(one_at_a_time),
        ROW(a_lock_ends_with_its_process),
        ROW(processes_that_write_at_once_never_roll_back),
        ROW(killed_at_any_moment_it_leaves_a_whole_list),
        ROW(killed_ones_leave_no_heap_of_files),
        ROW(threads_that_write_at_once_do_not_meet),
    };

    return cmocka_run_group_tests(tests, begin_group, end_group);
}
