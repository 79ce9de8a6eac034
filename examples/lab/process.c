/* SPDX-License-Identifier: BSD-2-Clause */
#include "process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "interrupt.h"
#include "log.h"

#define ENVIRONMENT_MAX 1024

static void wait_a_moment(void)
{
    struct timespec pause = {0, 10 * 1000 * 1000};

    nanosleep(&pause, NULL);
}

/* ---- who it is ---- */

/* Field 22 of /proc/PID/stat, counted after the "(comm)"; 0 when gone or a zombie. */
static unsigned long long start_time_of(pid_t pid)
{
    char path[64];
    char stat[1024] = "";
    char state = 'Z';
    unsigned long long start = 0;
    const char *after;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
    file = fopen(path, "re");
    if (file == NULL)
        return 0;
    stat[fread(stat, 1, sizeof(stat) - 1, file)] = '\0';
    fclose(file);
    after = strrchr(stat, ')');
    if (after == NULL ||
        sscanf(after + 1,
               " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s"
               " %*s %*s %llu",
               &state, &start) != 2)
        return 0;
    return state == 'Z' ? 0 : start;
}

static pid_t recorded_pid(const struct lab *lab, const char *name)
{
    FILE *file = fopen(lab_dir_path(lab, "run/%s.pid", name).s, "re");
    unsigned long long start = 0;
    long pid = 0;
    int n;

    if (file == NULL)
        return 0;
    n = fscanf(file, "%ld %llu", &pid, &start);
    fclose(file);
    return n == 2 && pid > 0 && start != 0 && start_time_of((pid_t)pid) == start ? (pid_t)pid : 0;
}

bool process_alive(const struct lab *lab, const char *name)
{
    return recorded_pid(lab, name) != 0;
}

/* ---- its environment ---- */

static bool is_unwanted(const char *variable)
{
    static const char *const unwanted[] = {
        "KRB5_CONFIG",   "KRB5_KDC_PROFILE", "KRB5CCNAME",      "KRB5_KTNAME",
        "KRB5_TRACE",    "OPENSSL_CONF",     "OPENSSL_MODULES", "OPENSSL_ENGINES",
        "SSL_CERT_FILE", "SSL_CERT_DIR",     "CURL_CA_BUNDLE",  "CURL_HOME",
        "SOFTHSM2_CONF", "LDAPRC",           "LDAPCONF",        "LDAPTLS_CACERT",
        "http_proxy",    "https_proxy",      "all_proxy",       "HTTP_PROXY",
        "HTTPS_PROXY",   "ALL_PROXY",        "LC_ALL",          "TZ",
    };
    size_t len = strcspn(variable, "=");

    for (size_t i = 0; i < sizeof(unwanted) / sizeof(unwanted[0]); i++)
        if (strlen(unwanted[i]) == len && strncmp(unwanted[i], variable, len) == 0)
            return true;
    return false;
}

static void fill_environment(char **out, const char *const add[])
{
    size_t n = 0;

    for (char **variable = environ; *variable != NULL && n < ENVIRONMENT_MAX - 32; variable++)
        if (!is_unwanted(*variable))
            out[n++] = *variable;
    out[n++] = "LC_ALL=C";
    out[n++] = "TZ=UTC";
    for (; add != NULL && *add != NULL && n < ENVIRONMENT_MAX - 1; add++)
        out[n++] = (char *)*add;
    out[n] = NULL;
}

/* ---- starting ---- */

static bool find_program(const char *program, char *path, size_t size)
{
    static const char *const folders[] = {
        "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
    };

    snprintf(path, size, "%s", program);
    if (strchr(program, '/') != NULL)
        return access(path, X_OK) == 0;
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        snprintf(path, size, "%s/%s", folders[i], program);
        if (access(path, X_OK) == 0)
            return true;
    }
    return false;
}

bool process_found(const char *program)
{
    char path[512];

    return find_program(program, path, sizeof(path));
}

/* What a program gets besides its arguments. */
struct launch {
    const char *const *add; /* to its environment */
    const int *keep;        /* descriptors */
    int input;
};

/* A lock or pipe of the caller must not stay open while the lab runs. */
static void keep_only(const int keep[])
{
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    for (; keep != NULL && *keep >= 0; keep++)
        fcntl(*keep, F_SETFD, 0);
}

/* In the child. */
static void exec_program(const char *path, const char *const argv[], char **environment,
                         const struct launch *launch, int log)
{
    setsid();
    umask(077);
    signal(SIGPIPE, SIG_DFL);
    keep_only(launch->keep);
    if (dup2(launch->input, 0) == 0 && dup2(log, 1) == 1 && dup2(log, 2) == 2)
        execve(path, (char *const *)argv, environment);
    dprintf(2, "run %s: %s\n", path, strerror(errno));
    _exit(127);
}

static pid_t start_program(const struct lab *lab, const char *name, const char *const argv[],
                           const struct launch *launch)
{
    char *environment[ENVIRONMENT_MAX];
    char path[512];
    pid_t pid = -1;
    int log = open(lab_dir_path(lab, "run/%s.log", name).s,
                   O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    if (log < 0 || !find_program(argv[0], path, sizeof(path))) {
        lab_log(LAB_PEER, "start %s: no program %s, or no log in %s/run", name, argv[0], lab->dir);
        goto out;
    }
    fill_environment(environment, launch->add);
    pid = fork();
    if (pid == 0)
        exec_program(path, argv, environment, launch, log);
    if (pid < 0)
        lab_log(LAB_PEER, "start %s: %s", name, strerror(errno));
out:
    if (log >= 0)
        close(log);
    return pid;
}

int process_start(const struct lab *lab, const char *name, const char *const argv[],
                  const char *const add[], const int keep[])
{
    struct launch launch = {add, keep, open("/dev/null", O_RDONLY | O_CLOEXEC)};
    pid_t pid = start_program(lab, name, argv, &launch);

    if (launch.input >= 0)
        close(launch.input);
    if (pid < 0)
        return LAB_PEER;
    return lab_dir_print(lab_dir_path(lab, "run/%s.pid", name).s, "%ld %llu\n", (long)pid,
                         start_time_of(pid));
}

/* ---- stopping ---- */

static bool wait_gone(const struct lab *lab, const char *name, pid_t pid, int timeout_ms)
{
    for (int i = 0; i <= timeout_ms / 10; i++) {
        waitpid(pid, NULL,
                WNOHANG); /* a process of the lab only if the lab started exactly this one */
        if (recorded_pid(lab, name) == 0)
            return true;
        wait_a_moment();
    }
    return false;
}

int process_stop(const struct lab *lab, const char *name)
{
    pid_t pid = recorded_pid(lab, name);

    if (pid != 0) {
        kill(pid, SIGTERM);
        if (!wait_gone(lab, name, pid, 4000)) {
            kill(pid, SIGKILL);
            if (!wait_gone(lab, name, pid, 4000))
                return lab_log(LAB_INTERNAL, "stop %s: process %ld stays", name, (long)pid);
        }
    }
    return lab_dir_remove(lab_dir_path(lab, "run/%s.pid", name).s);
}

/* ---- waiting ---- */

void process_show_log(const struct lab *lab, const char *name)
{
    unsigned char *data = NULL;
    size_t len;

    if (lab_dir_read(lab_dir_path(lab, "run/%s.log", name).s, &data, &len) == LAB_OK)
        fprintf(stderr, "%s", (char *)data + (len > 1500 ? len - 1500 : 0));
    free(data);
}

static bool has_content(const char *path)
{
    FILE *file = fopen(path, "re");
    bool yes;

    if (file == NULL)
        return false;
    yes = fgetc(file) != EOF;
    fclose(file);
    return yes;
}

int process_wait_file(const struct lab *lab, const char *name, const char *path, int timeout_ms)
{
    for (int i = 0; i <= timeout_ms / 10; i++) {
        if (interrupt_came())
            return LAB_CANCELLED;
        if (has_content(path))
            return LAB_OK;
        if (!process_alive(lab, name)) {
            lab_log(LAB_PEER, "%s ended at once; the end of its log:", name);
            process_show_log(lab, name);
            return LAB_PEER;
        }
        wait_a_moment();
    }
    return lab_log(LAB_PEER, "%s is not ready after %d ms", name, timeout_ms);
}

static bool port_accepts(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool yes;

    if (fd < 0)
        return false;
    yes = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return yes;
}

bool process_wait_port(const struct lab *lab, const char *name, int port, int timeout_ms)
{
    for (int i = 0; i <= timeout_ms / 10; i++) {
        if (!process_alive(lab, name) || interrupt_came())
            return false;
        if (port_accepts(port))
            return true;
        wait_a_moment();
    }
    return false;
}

/* ---- to the end ---- */

static int wait_end(const struct lab *lab, const char *name, pid_t pid)
{
    int status = -1;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return LAB_OK;
    lab_log(LAB_PEER, "%s failed; the end of its log:", name);
    process_show_log(lab, name);
    return LAB_PEER;
}

int process_run(const struct lab *lab, const char *name, const char *const argv[],
                const char *const add[], const char *input)
{
    int pipe_fd[2];
    size_t len = strlen(input);
    struct launch launch = {.add = add};
    pid_t pid;

    if (pipe2(pipe_fd, O_CLOEXEC) != 0)
        return lab_log(LAB_INTERNAL, "pipe: %s", strerror(errno));
    launch.input = pipe_fd[0];
    pid = start_program(lab, name, argv, &launch);
    close(pipe_fd[0]);
    if (pid > 0 && write(pipe_fd[1], input, len) != (ssize_t)len)
        lab_log(LAB_PEER, "%s did not take its input", argv[0]);
    close(pipe_fd[1]);
    return pid > 0 ? wait_end(lab, name, pid) : LAB_PEER;
}

/* ---- ports ---- */

#define TRIES 50

static int try_listen(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
        bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, 128) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Below the ephemeral range, so that no outgoing connection takes the port before a restart. */
static int any_port(void)
{
    uint16_t random = 0;

    if (getrandom(&random, sizeof(random), 0) != sizeof(random))
        random = (uint16_t)getpid();
    return 20000 + random % 12000;
}

int process_listen(int port, int *fd, int *got)
{
    for (int i = 0; i < TRIES; i++) {
        *got = port != 0 ? port : any_port();
        *fd = try_listen(*got);
        if (*fd >= 0)
            return LAB_OK;
        wait_a_moment();
    }
    *got = port;
    return lab_log(LAB_PEER, "listen on 127.0.0.1:%d: %s", port, strerror(errno));
}

int process_accept(int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    int peer = -1;

    while (peer < 0 && (poll(&ready, 1, -1) > 0 || errno == EINTR)) {
        peer = accept(fd, NULL, NULL);
        if (peer < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
            break;
    }
    if (peer < 0)
        lab_log(LAB_PEER, "accept a connection: %s", strerror(errno));
    return peer;
}

bool process_udp_free(int family, int port)
{
    struct sockaddr_in6 six = {
        .sin6_family = AF_INET6,
        .sin6_port = htons((uint16_t)port),
        .sin6_addr = IN6ADDR_LOOPBACK_INIT,
    };
    struct sockaddr_in four = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool yes =
        fd >= 0 && (family == AF_INET6 ? bind(fd, (struct sockaddr *)&six, sizeof(six)) == 0
                                       : bind(fd, (struct sockaddr *)&four, sizeof(four)) == 0);

    if (fd >= 0)
        close(fd);
    return yes;
}

int process_find_udp(int *port)
{
    for (int i = 0; i < TRIES; i++) {
        *port = any_port();
        if (process_udp_free(AF_INET, *port))
            return LAB_OK;
    }
    return lab_log(LAB_PEER, "find a UDP port of 127.0.0.1: %s", strerror(errno));
}
