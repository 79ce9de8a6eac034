/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the commands of the daotp tool. */
#ifndef TOOL_H
#define TOOL_H

#include <daotp/daotp.h>

/* Exit statuses: 0 accepted, 1 rejected, 2 undecided, 3 challenged; the others as sysexits.h. */
enum {
    TOOL_REJECTED = 1,
    TOOL_UNDECIDED = 2,
    TOOL_CHALLENGED = 3,
    TOOL_USAGE = 64,
    TOOL_INTERNAL = 70,
    TOOL_MEMORY = 71,
    TOOL_CANCELLED = 75,
    TOOL_CONFIGURATION = 78
};

int tool_exit_status(daotp_status status);

/* A context that logs to standard error when the environment says DAOTP_LOG=error|...|debug. */
daotp_context *tool_context(void);

enum { TOOL_SECRET_MAX = 1024 };

/* Bytes in memory that no core dump holds; begins as {.len = 0}. */
typedef struct tool_secret {
    char *bytes; /* NULL when there are none */
    size_t len;
} tool_secret;

void tool_secret_free(tool_secret *secret); /* wipes them; then there are none */
/* One line from a descriptor; false when there is none. */
bool tool_secret_read(int fd, tool_secret *secret);
/* Writes a file that nobody else may read, and replaces none; what is wrong is told. */
bool tool_write_secret(const char *path, const char *bytes, size_t len);
/* The whole file under a new name, then its own: a crash leaves the old one or the new one. What
 * stands there and is no regular file stays; errno says so (EEXIST), and what else fails. */
bool tool_replace_file(const char *path, const char *bytes, size_t len, unsigned mode);
/* Is a file with a secret closed to others? If not it is told, as FILE-OPEN-TO-OTHERS. True also
 * for what is not there: whoever reads it tells that. */
bool tool_secret_check(const char *path);
/* From a file that is closed to others. */
bool tool_secret_load(const char *path, tool_secret *secret);
/* The same within so many seconds. The descriptor is non-blocking. */
bool tool_secret_read_within(int fd, double seconds, tool_secret *secret);
/* Asked for on the terminal, without echo; or by the function that was set. */
bool tool_secret_ask(const char *prompt, tool_secret *secret);
typedef bool tool_ask_fn(void *user, const char *prompt, tool_secret *secret);
void tool_secret_set_ask(tool_ask_fn *ask, void *user);

/* A whole file, "-" for standard input; to be freed with free(). */
bool tool_read_file(const char *path, char **bytes, size_t *len);
/* A whole file as UTF-8 text, without a byte order mark; why it is none is told. */
bool tool_read_text(const char *path, char **text, size_t *len);

/* Anchors from a file, a folder, or "system". */
daotp_status tool_trust_add(daotp_trust *trust, const char *path, daotp_report *report);

/* What an option that may be given again holds. */
enum { TOOL_MAX_LIST = 128 };
typedef struct tool_list {
    const char *items[TOOL_MAX_LIST];
    size_t count;
} tool_list;

/* Append what the option holds; false when it was given too often, and it was said. */
bool tool_list_add(const char *command, const char *option, tool_list *list, const char *item);
/* New anchors and CRLs; *trust is to be freed also when this fails. */
daotp_status tool_trust_new(daotp_context *context, const tool_list *anchors, const tool_list *crls,
                            daotp_report *report, daotp_trust **trust);
/* Give the bytes of each file to `add`. What it refuses is said: `what` should be in the file. */
typedef daotp_status tool_add_fn(void *to, const void *bytes, size_t len);
daotp_status tool_add_files(const char *command, const tool_list *files, const char *what,
                            tool_add_fn *add, void *to);
/* The intermediates, and the CAs that may issue for logon. */
daotp_status tool_verifier_add(const char *command, daotp_verifier *verifier,
                               const tool_list *intermediates, const tool_list *ntauth);

/* The report on standard output, as the user wants it, when something ended with this status.
 * Nothing when the report is not about it: then it was said why. */
void tool_show_report(daotp_report *report, daotp_status status, bool json);
void tool_show_json(daotp_report *report);
/* The report's members behind "format", for who printed that and members of its own before. */
void tool_show_json_rest(daotp_report *report);
/* For those that print JSON of their own. */
void tool_said_json(void);
/* A report without a finding: of success, or of what could not even begin, and it was said why. */
void tool_no_json(daotp_status status);
/* The same about one file of several; its reason is the last line that was said. */
void tool_no_json_of_file(const char *path, daotp_status status);
/* Ends the tool: prints JSON if it was asked for, and fails if its output was lost. */
int tool_end(int rc, bool json);
const char *tool_default_store(void);

/* Say a line on standard error. What is said first is the reason that JSON holds. */
void tool_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What was said first; "" for nothing. */
const char *tool_reason(void);
/* What was said last; "" for nothing. */
const char *tool_last_line(void);
/* Keep a line that was printed by others as that reason, unless there is one. */
void tool_keep_reason(const char *line);
/* Say that the command has no such word, and the nearest of the names (NULL ends them), or that
 * this argument is one too many; TOOL_USAGE. */
int tool_unknown_word(const char *command, const char *word, const char *const *names);
int tool_extra_word(const char *command, const char *word);

struct option;
/* As getopt_long(), and says what is wrong: '?'. A value that is missing is '?' too. */
int tool_next_option(const char *command, int argc, char **argv, const struct option *options,
                     int *which);
/* Say what is missing, an option or an argument; TOOL_USAGE. */
int tool_missing(const char *command, const char *what);

/* "require" (also for NULL), "prefer" or "ignore"; else DAOTP_USAGE, and it was said. */
daotp_status tool_revocation(const char *command, const char *option, const char *text,
                             daotp_revocation *mode);

/* What an option holds, and nothing behind it. */
bool tool_integer(const char *text, int64_t min, int64_t max, int64_t *value);
bool tool_descriptor(const char *text, int *fd);
/* "90", "90s", "5m", "2h", "1d": a millisecond at least, a year at most. */
bool tool_seconds(const char *text, double *seconds);
/* Wait so long, at most a year; false when it was interrupted. */
bool tool_sleep(double seconds);
/* Which of the names it is, from 1. */
bool tool_choose(const char *text, const char *const *names, int *value);
/* The same; when it is none of them, the option and all names are said. */
bool tool_choose_option(const char *command, const char *option, const char *text,
                        const char *const *names, int *value);
/* How a status is called to a person: "accepted", "malformed", ... */
const char *tool_status_text(daotp_status status);
/* Say which option holds what it cannot, unless it was said (c is '?'); TOOL_USAGE. */
int tool_bad_option(const char *command, int c, const char *option, const char *value);
/* The same for what the library says of an option; answers what it said. */
daotp_status tool_taken(const char *command, daotp_status status, const char *option,
                        const char *value);

/* Print what a file is, if the report says that it is not of the expected kind. */
void tool_say_kind(const char *path, const void *bytes, size_t len, const daotp_report *report);
/* The same for a file, which is read once more. Nothing for what is no regular file. */
void tool_say_file_kind(const char *path, const daotp_report *report);
/* What bytes that cannot be described seem to be, and what to use instead. NULL where the report
 * says it. */
const char *tool_guess(const void *bytes, size_t len, const daotp_report *report);

/* The commands: each gets its own name in argv[0]. */
int cmd_agent(int argc, char **argv);
int cmd_ca(int argc, char **argv);
int cmd_config(int argc, char **argv);
int cmd_crl(int argc, char **argv);
int cmd_decode(int argc, char **argv);
int cmd_demo(int argc, char **argv);
int cmd_discover(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_enroll(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_migrate(int argc, char **argv);
int cmd_ra(int argc, char **argv);
int cmd_radius(int argc, char **argv);
int cmd_requirements(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_store(int argc, char **argv);
int cmd_templates(int argc, char **argv);
int cmd_verify(int argc, char **argv);

#endif
