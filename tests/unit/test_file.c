/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* Stands in the place of the C library's: which was made durable, a file or its folder. */
static char synced[8];

int fsync(int fd)
{
    struct stat st;
    size_t len = strlen(synced);

    if (fstat(fd, &st) == 0 && len + 1 < sizeof synced)
        synced[len] = S_ISDIR(st.st_mode) ? 'd' : 'f';
    return (int)syscall(SYS_fsync, fd);
}

static char folder[] = "/tmp/daotp-test-file-XXXXXX";
static int folder_fd;

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    folder_fd = open(folder, O_RDONLY | O_DIRECTORY);
    return folder_fd >= 0 ? 0 : -1;
}

static unsigned count_entries(bool remove_them)
{
    DIR *dir = opendir(folder);
    unsigned count = 0;
    struct dirent *entry;

    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        count++;
        if (remove_them)
            (void)unlinkat(folder_fd, entry->d_name, 0);
    }
    (void)closedir(dir);
    return count;
}

static int empty_folder(void **state)
{
    (void)state;
    (void)count_entries(true);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)close(folder_fd);
    return rmdir(folder);
}

static const char *path_of(const char *name)
{
    static char path[256];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void put(const char *name, const char *text, mode_t mode)
{
    int fd;

    (void)unlinkat(folder_fd, name, 0); /* it may be one that its owner cannot write to */
    fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(close(fd), 0);
}

static void assert_holds(const char *name, const char *text)
{
    daotp__buffer out;
    struct stat st;

    daotp__buffer_init(&out, 100000);
    assert_true(daotp__file_read_at(folder_fd, name, &out, &st));
    assert_string_equal(daotp__buffer_string(&out), text);
    daotp__buffer_free(&out);
}

static unsigned mode_of(const char *name)
{
    struct stat st;

    assert_int_equal(fstatat(folder_fd, name, &st, AT_SYMLINK_NOFOLLOW), 0);
    return st.st_mode & 07777;
}

static void a_saved_file_is_whole_closed_to_others_and_alone(void **state)
{
    mode_t before = umask(0);

    (void)state;
    assert_int_equal(daotp__file_save(path_of("a"), "one", 3, NULL), DAOTP_OK);
    (void)umask(before);
    assert_holds("a", "one");
    assert_int_equal(mode_of("a"), 0600);
    assert_int_equal(count_entries(false), 1);
}

static void what_is_saved_is_durable(void **state)
{
    (void)state;
    memset(synced, 0, sizeof synced);
    assert_int_equal(daotp__file_save(path_of("a"), "new", 3, NULL), DAOTP_OK);
    assert_string_equal(synced, "fd"); /* the bytes, then the name that stands for them */
}

static void saving_again_exchanges_it(void **state)
{
    (void)state;
    put("a", "an old file that is longer", 0644);
    assert_int_equal(daotp__file_save(path_of("a"), "new", 3, NULL), DAOTP_OK);
    assert_holds("a", "new");
    assert_int_equal(mode_of("a"), 0600);
    assert_int_equal(count_entries(false), 1);
    assert_int_equal(daotp__file_save(path_of("a"), "", 0, NULL), DAOTP_OK);
    assert_holds("a", "");
}

static void a_temporary_of_a_crash_is_no_hindrance(void **state)
{
    char name[64];

    (void)state;
    (void)snprintf(name, sizeof name, ".a.%ld.new", (long)getpid());
    put(name, "half writ", 0600);
    assert_int_equal(daotp__file_save(path_of("a"), "whole", 5, NULL), DAOTP_OK);
    assert_holds("a", "whole");
    assert_int_equal(count_entries(false), 1);
}

/* Binds a socket, since no other call makes one. */
static void put_socket(const char *name)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(strlen(path_of(name)) < sizeof at.sun_path);
    memcpy(at.sun_path, path_of(name), strlen(path_of(name)));
    assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(close(fd), 0);
}

static void put_what_is_no_file(void)
{
    put("target", "untouched", 0644);
    assert_int_equal(symlinkat("target", folder_fd, "link"), 0);
    assert_int_equal(symlinkat("nowhere", folder_fd, "dangling"), 0);
    assert_int_equal(mkfifoat(folder_fd, "fifo", 0600), 0);
    put_socket("socket");
}

static void only_a_file_is_exchanged(void **state)
{
    static const char *const names[] = {"link", "dangling", "fifo", "socket"};

    (void)state;
    put_what_is_no_file();
    for (size_t i = 0; i < COUNT(names); i++) {
        test_report report = test_report_new();
        struct stat before, after;

        assert_int_equal(fstatat(folder_fd, names[i], &before, AT_SYMLINK_NOFOLLOW), 0);
        assert_int_equal(daotp__file_can_save(path_of(names[i]), report.report),
                         DAOTP_CONFIGURATION);
        assert_int_equal(daotp__file_save(path_of(names[i]), "new", 3, report.report),
                         DAOTP_CONFIGURATION);
        assert_string_equal(daotp_finding_get_found(daotp_report_get_error(report.report)),
                            "not a regular file");
        assert_int_equal(fstatat(folder_fd, names[i], &after, AT_SYMLINK_NOFOLLOW), 0);
        assert_int_equal(after.st_ino, before.st_ino);
        test_report_free(&report);
    }
    assert_holds("target", "untouched");
    assert_int_equal(count_entries(false), 5); /* no temporary is left, and no target is made */
}

/* None of them is waited for, and none is opened. */
static void only_a_regular_file_is_opened(void **state)
{
    static const int modes[] = {O_RDONLY, O_WRONLY, O_RDWR, O_RDWR | O_CREAT};
    static const struct {
        const char *name;
        int error;
    } rows[] = {{"fifo", EINVAL}, {"socket", EINVAL}, {"/dev/null", EINVAL}, {"/", EISDIR}};
    struct stat st;
    int fd;

    (void)state;
    put_what_is_no_file();
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t k = 0; k < COUNT(modes); k++) {
            fd = daotp__file_open_regular(folder_fd, rows[i].name, modes[k], &st);
            assert_int_equal(fd, -1);
            assert_int_equal(errno, rows[i].error);
        }
    assert_int_equal(daotp__file_open_regular(folder_fd, "link", O_RDONLY | O_NOFOLLOW, &st), -1);
    assert_int_equal(errno, ELOOP);
    fd = daotp__file_open_regular(folder_fd, "link", O_RDONLY, &st);
    assert_true(fd >= 0);
    assert_int_equal(st.st_size, strlen("untouched"));
    assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    assert_int_equal(close(fd), 0);
}

static void a_file_is_saved_in_the_current_folder(void **state)
{
    int before = open(".", O_RDONLY | O_DIRECTORY);

    (void)state;
    assert_int_equal(fchdir(folder_fd), 0);
    assert_int_equal(daotp__file_save("bare", "x", 1, NULL), DAOTP_OK);
    assert_int_equal(fchdir(before), 0);
    (void)close(before);
    assert_holds("bare", "x");
}

static void what_cannot_be_written_is_told(void **state)
{
    static const struct {
        const char *name;
        int error;
    } rows[] = {{"no/such/a", ENOENT}, {"file/a", ENOTDIR}, {"folder", EISDIR}};
    char longer[400];

    (void)state;
    put("file", "", 0600);
    assert_int_equal(mkdirat(folder_fd, "folder", 0700), 0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_report report = test_report_new();

        assert_int_equal(daotp__file_save(path_of(rows[i].name), "x", 1, report.report),
                         DAOTP_CONFIGURATION);
        assert_true(test_report_has(&report, DAOTP_FINDING_FILE_WRITE));
        assert_int_equal(daotp_finding_get_upstream(daotp_report_get_error(report.report)),
                         rows[i].error);
        assert_string_equal(daotp_finding_get_subject(daotp_report_get_error(report.report)),
                            path_of(rows[i].name));
        test_report_free(&report);
    }
    assert_int_equal(unlinkat(folder_fd, "folder", AT_REMOVEDIR), 0);
    assert_int_equal(count_entries(false), 1); /* no temporary is left */

    memset(longer, 'n', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_false(daotp__file_write_durable(folder_fd, longer, "x", 1));
    assert_int_equal(errno, ENAMETOOLONG);
}

/* A disk that is full, as a limit on the size of files stands in for it. */
static void a_write_that_fails_leaves_the_old_file(void **state)
{
    static const char longer[8192];
    test_report report = test_report_new();
    struct rlimit before, small;

    (void)state;
    put("a", "old", 0600);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){.rlim_cur = 4096, .rlim_max = before.rlim_max};
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(daotp__file_save(path_of("a"), longer, sizeof longer, report.report),
                     DAOTP_CONFIGURATION);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(daotp_finding_get_upstream(daotp_report_get_error(report.report)), EFBIG);
    assert_holds("a", "old");
    assert_int_equal(count_entries(false), 1);
    test_report_free(&report);
}

static void creating_never_takes_an_existing_name(void **state)
{
    (void)state;
    put("a", "old", 0600);
    assert_false(daotp__file_create(folder_fd, "a", "new", 3));
    assert_int_equal(errno, EEXIST);
    assert_int_equal(symlinkat("nowhere", folder_fd, "link"), 0);
    assert_false(daotp__file_create(folder_fd, "link", "new", 3));
    assert_holds("a", "old");
    assert_true(daotp__file_create(folder_fd, "b", "new", 3));
    assert_int_equal(mode_of("b"), 0600);
}

static daotp_finding_number read_error(const char *name, bool secret, size_t max, int64_t *upstream)
{
    test_report report = test_report_new();
    daotp_finding_number number;
    daotp__buffer out;
    daotp_status status;

    daotp__buffer_init(&out, max);
    status = daotp__file_read(path_of(name), secret, &out, report.report);
    number = daotp_finding_get_number(daotp_report_get_error(report.report));
    *upstream = daotp_finding_get_upstream(daotp_report_get_error(report.report));
    assert_int_equal(status, number == DAOTP_FINDING_NONE ? DAOTP_OK : DAOTP_CONFIGURATION);
    daotp__buffer_free(&out);
    test_report_free(&report);
    return number;
}

static void a_secret_file_must_be_closed_to_others(void **state)
{
    static const struct {
        mode_t mode;
        bool closed;
    } rows[] = {{0600, true},  {0400, true},  {0700, true},  {0640, false}, {0604, false},
                {0644, false}, {0620, false}, {0602, false}, {0610, false}, {0601, false}};
    int64_t upstream;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        put("key", "secret", rows[i].mode);
        assert_int_equal(read_error("key", true, 100, &upstream),
                         rows[i].closed ? DAOTP_FINDING_NONE : DAOTP_FINDING_FILE_OPEN_TO_OTHERS);
        assert_int_equal(read_error("key", false, 100, &upstream), DAOTP_FINDING_NONE);
    }
}

static void a_secret_file_belongs_to_its_reader_or_to_root(void **state)
{
    struct stat st = {.st_mode = S_IFREG | 0600};
    test_report report = test_report_new();

    (void)state;
    st.st_uid = geteuid();
    assert_int_equal(daotp__file_check_secret(&st, "key", report.report), DAOTP_OK);
    st.st_uid = 0;
    assert_int_equal(daotp__file_check_secret(&st, "key", report.report), DAOTP_OK);
    st.st_uid = geteuid() + 1;
    assert_int_equal(daotp__file_check_secret(&st, "key", report.report), DAOTP_CONFIGURATION);
    assert_true(test_report_has(&report, DAOTP_FINDING_FILE_OPEN_TO_OTHERS));
    test_report_free(&report);
}

static void what_cannot_be_read_is_told(void **state)
{
    int64_t upstream;

    (void)state;
    assert_int_equal(read_error("missing", false, 100, &upstream), DAOTP_FINDING_FILE_READ);
    assert_int_equal(upstream, ENOENT);
    assert_int_equal(read_error(".", false, 100, &upstream), DAOTP_FINDING_FILE_READ);
    assert_int_equal(upstream, EISDIR);
    assert_int_equal(mkfifoat(folder_fd, "fifo", 0600), 0); /* nobody writes: must not wait */
    assert_int_equal(read_error("fifo", false, 100, &upstream), DAOTP_FINDING_FILE_READ);
    assert_int_equal(upstream, EINVAL);
}

static void reading_is_bounded(void **state)
{
    char text[9001];
    daotp__buffer out;
    struct stat st;
    int64_t upstream;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    put("large", text, 0600);
    assert_holds("large", text);
    assert_int_equal(read_error("large", false, 8999, &upstream), DAOTP_FINDING_FILE_READ);
    assert_int_equal(upstream, EFBIG);
    assert_int_equal(read_error("large", false, 9001, &upstream), DAOTP_FINDING_NONE);
    daotp__buffer_init(&out, 9000); /* the limit itself is within the limit */
    assert_true(daotp__file_read_at(folder_fd, "large", &out, &st));
    assert_int_equal(out.len, 9000);
    daotp__buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_saved_file_is_whole_closed_to_others_and_alone, empty_folder),
        cmocka_unit_test_teardown(what_is_saved_is_durable, empty_folder),
        cmocka_unit_test_teardown(saving_again_exchanges_it, empty_folder),
        cmocka_unit_test_teardown(a_temporary_of_a_crash_is_no_hindrance, empty_folder),
        cmocka_unit_test_teardown(only_a_file_is_exchanged, empty_folder),
        cmocka_unit_test_teardown(only_a_regular_file_is_opened, empty_folder),
        cmocka_unit_test_teardown(a_file_is_saved_in_the_current_folder, empty_folder),
        cmocka_unit_test_teardown(what_cannot_be_written_is_told, empty_folder),
        cmocka_unit_test_teardown(a_write_that_fails_leaves_the_old_file, empty_folder),
        cmocka_unit_test_teardown(creating_never_takes_an_existing_name, empty_folder),
        cmocka_unit_test_teardown(a_secret_file_must_be_closed_to_others, empty_folder),
        cmocka_unit_test(a_secret_file_belongs_to_its_reader_or_to_root),
        cmocka_unit_test_teardown(what_cannot_be_read_is_told, empty_folder),
        cmocka_unit_test_teardown(reading_is_bounded, empty_folder),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
