/* SPDX-License-Identifier: BSD-2-Clause */
#include "tool.h"

#include "core/plain_text.h"
#include "interrupt.h"
#include "json.h"
#include "page.h"
#include "secret_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

int tool_exit_status(daotp_status status)
{
    switch (status) {
    case DAOTP_OK:
        return 0;
    case DAOTP_REJECTED:
        return TOOL_REJECTED;
    case DAOTP_CHALLENGE:
        return TOOL_CHALLENGED;
    case DAOTP_USAGE:
        return TOOL_USAGE;
    case DAOTP_MEMORY:
        return TOOL_MEMORY;
    case DAOTP_CANCELLED:
        return TOOL_CANCELLED;
    case DAOTP_CONFIGURATION:
        return TOOL_CONFIGURATION;
    case DAOTP_NETWORK:
    case DAOTP_PEER:
    case DAOTP_TIMEOUT:
    case DAOTP_UNDECIDED:
        return TOOL_UNDECIDED;
    default:
        return TOOL_INTERNAL;
    }
}

const char *tool_status_text(daotp_status status)
{
    switch (status) {
    case DAOTP_OK:
        return "accepted";
    case DAOTP_PEER:
        return "malformed";
    case DAOTP_USAGE:
        return "wrong usage";
    case DAOTP_CONFIGURATION:
        return "wrong configuration";
    case DAOTP_NETWORK:
        return "no connection";
    case DAOTP_TIMEOUT:
        return "no answer in time";
    case DAOTP_CHALLENGE:
        return "challenged";
    case DAOTP_INTERNAL:
        return "internal error";
    default:
        return daotp_status_name(status);
    }
}

static void log_line(void *user, daotp_log_level level, const char *id, const char *text)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};

    (void)user;
    tool_say("daotp: %s: %s: %s", names[level], id, text);
}

daotp_context *tool_context(void)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};
    const char *wanted = getenv("DAOTP_LOG");
    daotp_context *context;

    if (daotp_context_new(&context) != DAOTP_OK) {
        tool_say("daotp: out of memory");
        exit(TOOL_MEMORY);
    }
    for (int i = 0; wanted != NULL && i < 4; i++)
        if (strcmp(wanted, names[i]) == 0)
            (void)daotp_context_set_log(context, (daotp_log_level)i, log_line, NULL);
    return context;
}

/* ---- secrets: no stdio, nothing is left in a buffer of its --------------------------------- */

void tool_secret_free(tool_secret *secret)
{
    secret_memory_free(secret->bytes);
    *secret = (tool_secret){.len = 0};
}

static bool make_room(tool_secret *secret)
{
    if (secret->bytes == NULL)
        secret->bytes = secret_memory_new(TOOL_SECRET_MAX);
    if (secret->bytes == NULL)
        tool_say("daotp: no memory for a secret: %s", strerror(errno));
    return secret->bytes != NULL;
}

/* Until there is something to read, or the time is up (limit NULL: never); false when it was
 * interrupted. A signal that comes between the look and the wait must end the wait too: it is let
 * in by ppoll() alone. */
static bool wait_to_read(int fd, const struct timespec *limit)
{
    struct pollfd pfd = {.fd = fd, .events = POLLIN};
    sigset_t held, before;
    int ready = -1;

    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGHUP);
    sigprocmask(SIG_BLOCK, &held, &before);
    do
        ready = interrupt_came() ? 0 : ppoll(&pfd, 1, limit, &before);
    while (ready < 0 && errno == EINTR);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return !interrupt_came();
}

static struct timespec seconds_time(double seconds)
{
    struct timespec time = {.tv_sec = (time_t)seconds};

    time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
    return time;
}

bool tool_sleep(double seconds)
{
    const struct timespec limit = seconds_time(seconds);

    return wait_to_read(-1, &limit); /* of no descriptor: the time is all that it waits for */
}

static double monotonic_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* end: by monotonic_now(); 0 for never. */
static bool wait_to_read_until(int fd, double end)
{
    struct timespec limit;

    if (end == 0)
        return wait_to_read(fd, NULL);
    end -= monotonic_now();
    if (end <= 0)
        return false;
    limit = seconds_time(end);
    return wait_to_read(fd, &limit);
}

/* How many octets at the end of what was read are the end of its line; 0: it goes on. */
static size_t line_end(const tool_secret *raw)
{
    const uint8_t *bytes = (const uint8_t *)raw->bytes;
    uint32_t code;

    if (raw->len == 0)
        return 0;
    if (!daotp__utf16_begins(bytes, raw->len))
        return bytes[raw->len - 1] == '\n' ? 1 : 0;
    if (raw->len % 2 != 0 || raw->len == 2)
        return 0;
    return daotp__utf16_next(bytes + raw->len - 2, 2, bytes[0] == 0xFE, &code) == 2 && code == '\n'
               ? 2
               : 0;
}

/* The line as UTF-8, whatever it was written in. */
static bool decode_secret(const tool_secret *raw, tool_secret *secret)
{
    char text[TOOL_SECRET_MAX + TOOL_SECRET_MAX / 2 + 1];
    size_t fault_at;
    const char *why = daotp__plain_text_read((const uint8_t *)raw->bytes, raw->len, text,
                                             &secret->len, &fault_at);

    if (why != NULL)
        tool_say("daotp: the secret cannot be read: octet %zu: %s", fault_at, why);
    if (secret->len > 0 && text[secret->len - 1] == '\r')
        secret->len--;
    if (why != NULL || secret->len >= TOOL_SECRET_MAX)
        secret->len = 0;
    memcpy(secret->bytes, text, secret->len);
    explicit_bzero(text, sizeof text);
    return secret->len > 0;
}

/* Was nothing read, though there may be something later? */
static bool can_read_again(ssize_t n)
{
    return n < 0 && (errno == EINTR || errno == EAGAIN) && !interrupt_came();
}

/* One line, octet by octet: what stands behind it is for who reads next. */
static bool read_secret_line(int fd, double end_s, tool_secret *secret)
{
    size_t end = 0;

    secret->len = 0;
    while (secret->len < TOOL_SECRET_MAX) {
        bool is_ready = wait_to_read_until(fd, end_s);
        ssize_t n = is_ready ? read(fd, secret->bytes + secret->len, 1) : -1;

        if (is_ready && can_read_again(n))
            continue;
        if (n < 0 || interrupt_came()) { /* half a line is none */
            tool_secret_free(secret);
            return false;
        }
        if (n == 0)
            break;
        secret->len++;
        end = line_end(secret);
        if (end > 0)
            break;
    }
    if (end == 0 && secret->len == TOOL_SECRET_MAX) /* longer than that */
        return false;
    secret->len -= end;
    return true;
}

static bool read_secret(int fd, double end_s, tool_secret *secret)
{
    tool_secret raw = {.len = 0};
    bool ok = make_room(&raw) && make_room(secret) && read_secret_line(fd, end_s, &raw) &&
              decode_secret(&raw, secret);

    if (!ok)
        tool_secret_free(secret);
    tool_secret_free(&raw);
    return ok;
}

bool tool_secret_read(int fd, tool_secret *secret)
{
    return read_secret(fd, 0, secret);
}

bool tool_secret_read_within(int fd, double seconds, tool_secret *secret)
{
    return read_secret(fd, monotonic_now() + seconds, secret);
}

/* A FIFO or a descriptor that the shell made is read as it is; a file must be closed to others. */
static bool is_open_to_others(const struct stat *st)
{
    return S_ISREG(st->st_mode) &&
           ((st->st_mode & 077) != 0 || (st->st_uid != geteuid() && st->st_uid != 0));
}

static void tell_open_to_others(const char *path, const struct stat *st)
{
    daotp_finding_number number = DAOTP_FINDING_FILE_OPEN_TO_OTHERS;

    tool_say("daotp: %s: %s: %s; found: mode %04o, owner %u; do: %s",
             daotp_catalogue_get_id(number), path, daotp_catalogue_get_title(number),
             (unsigned)st->st_mode & 07777, (unsigned)st->st_uid, daotp_catalogue_get_hint(number));
}

bool tool_write_secret(const char *path, const char *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = fd >= 0 && write(fd, bytes, len) == (ssize_t)len && fsync(fd) == 0;

    if (!ok)
        tool_say("daotp: %s: %s", path, strerror(errno));
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    return ok;
}

/* Behind "<(...)" is a pipe to which somebody writes; a FIFO to which nobody does is not waited
 * for. */
static int open_input(const char *path)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

    if (fd >= 0)
        (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    return fd;
}

bool tool_replace_file(const char *path, const char *bytes, size_t len, unsigned mode)
{
    char temporary[4200];
    struct stat st;
    bool ok;
    int fd;

    if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        errno = EEXIST;
        return false;
    }
    (void)snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return false;
    ok = fchmod(fd, mode) == 0 && write(fd, bytes, len) == (ssize_t)len && fsync(fd) == 0;
    ok = close(fd) == 0 && ok && rename(temporary, path) == 0;
    if (!ok)
        (void)unlink(temporary);
    return ok;
}

bool tool_secret_check(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0 || !is_open_to_others(&st))
        return true;
    tell_open_to_others(path, &st);
    return false;
}

bool tool_secret_load(const char *path, tool_secret *secret)
{
    int fd = open_input(path);
    struct stat st;
    bool ok = false;

    if (fd < 0 || fstat(fd, &st) != 0)
        tool_say("daotp: %s: %s", path, strerror(errno));
    else if (is_open_to_others(&st))
        tell_open_to_others(path, &st);
    else
        ok = tool_secret_read(fd, secret);
    if (fd >= 0)
        close(fd);
    return ok;
}

static tool_ask_fn *ask_function;
static void *ask_user;

void tool_secret_set_ask(tool_ask_fn *ask, void *user)
{
    ask_function = ask;
    ask_user = user;
}

static bool ask_on_terminal(const char *prompt, tool_secret *secret)
{
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    struct termios before, silent;
    bool ok;

    if (tty < 0 || tcgetattr(tty, &before) != 0) {
        if (tty >= 0)
            close(tty);
        tool_say("daotp: no terminal to ask on: %s", prompt);
        return false;
    }
    interrupt_catch(); /* the terminal must get its echo back */
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(tty, TCSAFLUSH, &silent);
    dprintf(tty, "%s: ", prompt);
    ok = tool_secret_read(tty, secret);
    tcsetattr(tty, TCSAFLUSH, &before);
    dprintf(tty, "\n");
    close(tty);
    return ok;
}

bool tool_secret_ask(const char *prompt, tool_secret *secret)
{
    if (ask_function != NULL)
        return ask_function(ask_user, prompt, secret);
    return ask_on_terminal(prompt, secret);
}

/* ---- files ----------------------------------------------------------------------------------- */

enum { MAX_FILE = 4 * 1024 * 1024 };

bool tool_read_text(const char *path, char **text, size_t *len)
{
    size_t fault_at;
    const char *why;
    char *bytes;

    if (!tool_read_file(path, &bytes, len))
        return false;
    *text = malloc(daotp__plain_text_room(*len));
    if (*text == NULL) {
        free(bytes);
        tool_say("daotp: %s: %s", path, strerror(ENOMEM));
        return false;
    }
    why = daotp__plain_text_read((uint8_t *)bytes, *len, *text, len, &fault_at);
    free(bytes);
    if (why == NULL)
        return true;
    tool_say("daotp: %s: octet %zu: %s", path, fault_at, why);
    free(*text);
    *text = NULL;
    return false;
}

bool tool_read_file(const char *path, char **bytes, size_t *len)
{
    int fd = strcmp(path, "-") != 0 ? open_input(path) : -1;
    FILE *file = strcmp(path, "-") == 0 ? stdin : NULL;
    bool ok;

    if (fd >= 0)
        file = fdopen(fd, "rb");
    *bytes = malloc(MAX_FILE + 1);
    *len = 0;
    if (file == NULL || *bytes == NULL) {
        tool_say("daotp: %s: %s", path, strerror(errno));
        free(*bytes);
        *bytes = NULL;
        if (file != NULL && file != stdin)
            fclose(file);
        return false;
    }
    *len = fread(*bytes, 1, MAX_FILE + 1, file);
    ok = !ferror(file) && *len <= MAX_FILE;
    if (!ok) {
        tool_say("daotp: %s: %s", path, ferror(file) ? strerror(errno) : "too large");
        free(*bytes);
        *bytes = NULL;
    }
    if (file != stdin)
        fclose(file);
    return ok;
}

static bool said_json;

void tool_show_json(daotp_report *report)
{
    said_json = true;
    printf("%s\n", daotp_report_get_json(report));
}

/* A line named the option and its value: that the library refused an argument adds nothing. */
static bool is_said(const daotp_report *report)
{
    return tool_reason()[0] != '\0' &&
           daotp_finding_get_number(daotp_report_get_error(report)) == DAOTP_FINDING_CALL_ARGUMENT;
}

void tool_show_report(daotp_report *report, daotp_status status, bool json)
{
    if (daotp_report_get_status(report) != status) /* it does not tell of this */
        return;
    if (json)
        tool_show_json(report);
    else if (!is_said(report))
        page_put(daotp_report_get_text(report));
}

void tool_show_json_rest(daotp_report *report)
{
    const char *rest = strchr(daotp_report_get_json(report), ',');

    said_json = true;
    printf("%s\n", rest != NULL ? rest : "}");
}

void tool_said_json(void)
{
    said_json = true;
}

static void put_status(daotp_status status, const char *reason)
{
    said_json = true;
    printf("\"status\":\"%s\",\"error\":null,\"cause\":null", daotp_status_name(status));
    if (status != DAOTP_OK) {
        printf(",\"reason\":");
        json_string(stdout, reason);
    }
    printf(",\"stages\":[],\"findings\":[],\"dropped\":0}\n");
}

void tool_no_json(daotp_status status)
{
    printf("{\"format\":%d,", DAOTP_JSON_FORMAT);
    put_status(status, tool_reason());
}

void tool_no_json_of_file(const char *path, daotp_status status)
{
    printf("{\"format\":%d,\"file\":", DAOTP_JSON_FORMAT);
    json_string(stdout, path);
    printf(",");
    put_status(status, tool_last_line());
}

/* Who asked for JSON gets some, though there was nothing to report on. */
static void say_json(int rc)
{
    static const daotp_status statuses[] = {DAOTP_REJECTED,     DAOTP_UNDECIDED, DAOTP_CHALLENGE,
                                            DAOTP_USAGE,        DAOTP_MEMORY,    DAOTP_CANCELLED,
                                            DAOTP_CONFIGURATION};
    daotp_status status = DAOTP_INTERNAL;

    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        if (tool_exit_status(statuses[i]) == rc)
            status = statuses[i];
    tool_no_json(status);
}

int tool_end(int rc, bool json)
{
    if (rc != 0 && interrupt_came())
        rc = TOOL_CANCELLED;
    if (rc != 0 && json && !said_json)
        say_json(rc);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return rc;
    tool_say("daotp: standard output: %s", strerror(errno));
    return rc != 0 ? rc : TOOL_INTERNAL;
}

const char *tool_default_store(void)
{
    static char path[4096];
    const char *home = getenv("HOME"), *data = getenv("XDG_DATA_HOME");

    if (data != NULL && *data == '/')
        snprintf(path, sizeof path, "%s/daotp", data);
    else
        snprintf(path, sizeof path, "%s/.daotp", home != NULL ? home : ".");
    return path;
}

bool tool_integer(const char *text, int64_t min, int64_t max, int64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoll(text, &end, 10);
    return end != text && *end == '\0' && errno == 0 && *value >= min && *value <= max;
}

bool tool_descriptor(const char *text, int *fd)
{
    int64_t value;

    if (!tool_integer(text, 0, INT_MAX, &value))
        return false;
    *fd = (int)value;
    return true;
}

/* How many seconds the unit behind a number stands for; 0 for no such unit. */
static double seconds_of_unit(const char *unit)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"", 1},     {"ms", 0.001}, {"s", 1},    {"m", 60},
                 {"min", 60}, {"h", 3600},   {"d", 86400}};

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(unit, units[i].name) == 0)
            return units[i].seconds;
    return 0;
}

bool tool_seconds(const char *text, double *seconds)
{
    char *end;

    *seconds = strtod(text, &end);
    *seconds *= seconds_of_unit(end);
    return end != text && *seconds >= 0.001 && *seconds <= 366 * 86400.0;
}

/* What is not used of it is said, though the rest is enough. */
static daotp_status add_trust_folder(daotp_trust *trust, const char *path, daotp_report *report)
{
    size_t before = daotp_report_get_count(report);
    daotp_status status = daotp_trust_add_directory(trust, path, report);

    for (size_t i = before; status == DAOTP_OK && i < daotp_report_get_count(report); i++) {
        const daotp_finding *finding = daotp_report_get_finding(report, i);
        daotp_finding_number number = daotp_finding_get_number(finding);

        tool_say("daotp: %s: %s: %s; found: %s", daotp_catalogue_get_id(number),
                 daotp_finding_get_subject(finding), daotp_catalogue_get_title(number),
                 daotp_finding_get_found(finding));
    }
    return status;
}

static daotp_status add_trust_file(daotp_trust *trust, const char *path, daotp_report *report)
{
    daotp_status status = daotp_trust_add_file(trust, path, report);

    if (status != DAOTP_OK)
        tool_say_file_kind(path, report);
    return status;
}

daotp_status tool_trust_add(daotp_trust *trust, const char *path, daotp_report *report)
{
    struct stat st;

    if (strcmp(path, "system") == 0)
        return daotp_trust_add_system(trust, report);
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return add_trust_folder(trust, path, report);
    return add_trust_file(trust, path, report);
}

static daotp_status add_crl_file(daotp_trust *trust, const char *path, daotp_report *report)
{
    daotp_status status = daotp_trust_add_crl_file(trust, path, report);

    if (status != DAOTP_OK)
        tool_say_file_kind(path, report);
    return status;
}

daotp_status tool_trust_new(daotp_context *context, const tool_list *anchors, const tool_list *crls,
                            daotp_report *report, daotp_trust **trust)
{
    daotp_status status = daotp_trust_new(context, trust);

    for (size_t i = 0; status == DAOTP_OK && i < anchors->count; i++)
        status = tool_trust_add(*trust, anchors->items[i], report);
    for (size_t i = 0; status == DAOTP_OK && i < crls->count; i++)
        status = add_crl_file(*trust, crls->items[i], report);
    return status;
}

daotp_status tool_add_files(const char *command, const tool_list *files, const char *what,
                            tool_add_fn *add, void *to)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; status == DAOTP_OK && i < files->count; i++) {
        char *bytes;
        size_t len;

        if (!tool_read_file(files->items[i], &bytes, &len))
            return DAOTP_CONFIGURATION;
        status = add(to, bytes, len);
        free(bytes);
        if (status == DAOTP_PEER)
            tool_say("daotp %s: %s holds no %s that can be read", command, files->items[i], what);
        else if (status != DAOTP_OK)
            tool_say("daotp %s: %s: %s", command, files->items[i], tool_status_text(status));
    }
    return status;
}

static daotp_status add_intermediates(void *verifier, const void *bytes, size_t len)
{
    return daotp_verifier_add_intermediates(verifier, bytes, len);
}

static daotp_status add_ntauth(void *verifier, const void *bytes, size_t len)
{
    return daotp_verifier_add_ntauth(verifier, bytes, len);
}

daotp_status tool_verifier_add(const char *command, daotp_verifier *verifier,
                               const tool_list *intermediates, const tool_list *ntauth)
{
    daotp_status status =
        tool_add_files(command, intermediates, "certificate", add_intermediates, verifier);

    if (status == DAOTP_OK)
        status = tool_add_files(command, ntauth, "certificate", add_ntauth, verifier);
    return status;
}
