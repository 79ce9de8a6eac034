/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of libldap block, and no deadline ends them for sure. So a child process asks the
 * directory, writes what it read into memory that it shares with this process, and ends; one that
 * takes too long is killed. The rows then look at what was read.
 */
#include "doctor_directory.h"

#include "directory_pki.h"
#include "directory_user.h"

#include <daotp/sys/probe.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    STEPS_IN_ALL = 2,  /* the child is killed after so many times directory-timeout */
    CA_LIFE_PARTS = 10 /* a CA certificate ends soon if less than this part of its life is left */
};

/* The memory that the child writes, and that the parent reads after the child has ended. */
typedef struct shared_answer {
    bool is_complete, is_refused;
    char why[400]; /* the first message about what went wrong; empty: none */
    directory_pki pki;
} shared_answer;

typedef struct asked_controller {
    const doctor_directory *all;
    char *name, *address; /* HOST[:PORT] as it was given; the memory of host and port */
    const char *host, *port;
    shared_answer *answer;
    pid_t child; /* 0: none */
    int child_fd;
    double kill_at;
} asked_controller;

struct doctor_directory {
    char *template; /* the object identifier; NULL: none in the profile */
    bool ldaps, starttls;
    const char *trust, *user;
    tool_secret password;
    double timeout_s;
    asked_controller controllers[SERVE_CONTROLLERS];
    size_t controller_count;
};

/* ---- the child ------------------------------------------------------------------------------- */

static void keep_reason(void *user, const char *text)
{
    shared_answer *answer = user;

    if (answer->why[0] == '\0')
        (void)snprintf(answer->why, sizeof answer->why, "%s", text);
}

static void ask_in_child(asked_controller *asked)
{
    const doctor_directory *all = asked->all;
    shared_answer *answer = asked->answer;
    directory_spec spec = {.host = asked->host,
                           .port = asked->port,
                           .ldaps = all->ldaps,
                           .starttls = all->starttls,
                           .trust = all->trust,
                           .user = all->user,
                           .password = &all->password,
                           .timeout_s = all->timeout_s < 1 ? 1 : (int)all->timeout_s,
                           .is_refused = &answer->is_refused,
                           .say = keep_reason,
                           .say_user = answer};
    directory *opened = directory_open(&spec);

    if (opened == NULL)
        return;
    answer->is_complete = directory_pki_read(opened, all->template, &answer->pki);
    if (answer->is_complete || answer->why[0] != '\0')
        return;
    answer->is_refused = true;
    keep_reason(answer, "it names no configuration: it is not the directory of Active Directory");
}

static double seconds_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static daotp_status begin_child(asked_controller *asked)
{
    memset(asked->answer, 0, sizeof *asked->answer);
    (void)fflush(NULL);
    asked->child = fork();
    if (asked->child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)signal(SIGINT, SIG_IGN); /* the parent ends it */
        ask_in_child(asked);
        _exit(0);
    }
    if (asked->child < 0) {
        asked->child = 0;
        return DAOTP_INTERNAL;
    }
    asked->child_fd = pidfd_open(asked->child, 0);
    asked->kill_at = seconds_now() + STEPS_IN_ALL * asked->all->timeout_s;
    return DAOTP_AGAIN;
}

/* Kill the child if it still runs, and wait for it. */
static void end_child(asked_controller *asked)
{
    if (asked->child == 0)
        return;
    (void)kill(asked->child, SIGKILL);
    (void)waitpid(asked->child, NULL, 0);
    if (asked->child_fd >= 0)
        (void)close(asked->child_fd);
    asked->child = 0;
    asked->child_fd = -1;
}

static bool has_child_ended(const asked_controller *asked)
{
    siginfo_t info = {.si_pid = 0};

    return waitid(P_PID, (id_t)asked->child, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           info.si_pid != 0;
}

/* ---- the row "directory" --------------------------------------------------------------------- */

static daotp_status report_directory(const asked_controller *asked, daotp_report *report)
{
    const shared_answer *answer = asked->answer;
    daotp_finding_number number = DAOTP_FINDING_DIRECTORY_UNREACHABLE;
    const char *found = answer->why;

    if (answer->is_complete && !answer->pki.is_cut)
        return DAOTP_OK;
    if (answer->why[0] == '\0')
        found = "the child process that reads it crashed";
    if (answer->is_refused)
        number = DAOTP_FINDING_DIRECTORY_UNREADABLE;
    if (strncmp(answer->why, "BUILD-WITHOUT", 13) == 0)
        number = DAOTP_FINDING_BUILD_WITHOUT;
    if (answer->is_complete) {
        number = DAOTP_FINDING_LIMIT_SIZE;
        found = "more templates, CAs or certificates than are read";
    }
    (void)daotp_report_add(report, number, 0, asked->name, found);
    return number == DAOTP_FINDING_DIRECTORY_UNREACHABLE ? DAOTP_NETWORK : DAOTP_UNDECIDED;
}

static daotp_status step_directory(void *self, daotp_report *report)
{
    asked_controller *asked = self;
    bool is_late;

    if (asked->child == 0)
        return begin_child(asked);
    is_late = !has_child_ended(asked);
    if (is_late && seconds_now() < asked->kill_at)
        return DAOTP_AGAIN;
    end_child(asked);
    if (is_late)
        keep_reason(asked->answer, "no answer in time");
    return report_directory(asked, report);
}

static int get_child_fd(void *self)
{
    const asked_controller *asked = self;

    return asked->child_fd;
}

/* ---- which CAs and certificates count -------------------------------------------------------- */

typedef bool certificate_test(const pki_certificate *one, const pki_certificate *other);

static bool is_same_certificate(const pki_certificate *one, const pki_certificate *other)
{
    return memcmp(one->digest, other->digest, PKI_DIGEST) == 0;
}

static bool has_expired(const pki_certificate *one)
{
    return one->end_s < (int64_t)time(NULL);
}

static bool is_current(const pki_certificate *one)
{
    return one->begin_s <= (int64_t)time(NULL) && !has_expired(one);
}

static bool is_current_of_subject(const pki_certificate *one, const pki_certificate *other)
{
    return is_current(one) && memcmp(one->subject_digest, other->subject_digest, PKI_DIGEST) == 0;
}

static bool has_such(const directory_pki *pki, pki_place place, const pki_certificate *other,
                     certificate_test *test)
{
    for (size_t i = 0; i < pki->certificate_count; i++)
        if (pki->certificates[i].place == place && test(&pki->certificates[i], other))
            return true;
    return false;
}

static bool is_any_issuing(const directory_pki *pki)
{
    for (size_t i = 0; i < pki->service_count; i++)
        if (pki->services[i].issues)
            return true;
    return false;
}

/* Whether it is the certificate of a CA that issues by the template. */
static bool is_of_issuing_ca(const directory_pki *pki, const pki_certificate *one)
{
    if (one->place != PKI_SERVICE)
        return false;
    for (size_t i = 0; i < pki->service_count; i++)
        if (strcmp(pki->services[i].name, one->entry) == 0)
            return pki->services[i].issues;
    return false;
}

static bool is_issuing_of_subject(const directory_pki *pki, const pki_certificate *other)
{
    for (size_t i = 0; i < pki->certificate_count; i++)
        if (is_of_issuing_ca(pki, &pki->certificates[i]) &&
            memcmp(pki->certificates[i].subject_digest, other->subject_digest, PKI_DIGEST) == 0)
            return true;
    return false;
}

/* Keep the status of the first error; only lack of memory replaces it. */
static void keep_error(daotp_status *status, daotp_status added)
{
    if (*status == DAOTP_OK || added == DAOTP_MEMORY)
        *status = added;
}

/* ---- the row "templates" --------------------------------------------------------------------- */

static bool has_template_flag(long flags, uint32_t flag)
{
    return flags != -1 && ((uint32_t)flags & flag) != 0;
}

static daotp_status check_directory_template(const template_facts *t, daotp_report *report)
{
    const struct {
        bool is_wrong;
        daotp_finding_number number;
    } rules[] = {{t->signatures != 1, DAOTP_FINDING_TPL_RASIG},
                 {!t->has_ra_policy, DAOTP_FINDING_TPL_RAPOL},
                 {!t->has_logon, DAOTP_FINDING_TPL_EKU},
                 {has_template_flag(t->enrolment_flags, 0x4000), DAOTP_FINDING_TPL_NOREV},
                 {has_template_flag(t->enrolment_flags, 0x80000), DAOTP_FINDING_TPL_NOSID},
                 {has_template_flag(t->enrolment_flags, 0x2), DAOTP_FINDING_TPL_PENDING},
                 {has_template_flag(t->name_flags, 0x10001), DAOTP_FINDING_TPL_NAME}};
    daotp_status status = DAOTP_OK;
    char found[MAX_NAME + 128];

    (void)snprintf(found, sizeof found,
                   "msPKI-RA-Signature %ld, msPKI-Enrollment-Flag 0x%" PRIX32
                   ", msPKI-Certificate-Name-Flag 0x%" PRIX32,
                   t->signatures, (uint32_t)t->enrolment_flags, (uint32_t)t->name_flags);
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].is_wrong)
            keep_error(&status, daotp_report_add(report, rules[i].number, 0, t->name, found));
    return status;
}

static daotp_status step_templates(void *self, daotp_report *report)
{
    const asked_controller *asked = self;
    const directory_pki *pki = &asked->answer->pki;
    daotp_status status = DAOTP_OK;
    char found[MAX_NAME + 128];

    for (size_t i = 0; i < pki->template_count; i++)
        keep_error(&status, check_directory_template(&pki->templates[i], report));
    if (pki->template_count > 0)
        return status;
    if (asked->all->template != NULL)
        (void)snprintf(found, sizeof found, "no template with the object identifier %.200s",
                       asked->all->template);
    else
        (void)snprintf(found, sizeof found,
                       "no template that requires the application policy " OID_RA);
    return daotp_report_add(report, DAOTP_FINDING_TPL_ABSENT, 0, asked->name, found);
}

/* ---- the row "enrolment" --------------------------------------------------------------------- */

static void say_end(const pki_certificate *one, char *text, size_t room)
{
    time_t end = (time_t)one->end_s;
    struct tm parts;
    size_t len = (size_t)snprintf(text, room, "%s, until ", one->entry);

    if (len < room && gmtime_r(&end, &parts) != NULL)
        (void)strftime(text + len, room - len, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

static daotp_status report_end(const pki_certificate *one, daotp_report *report)
{
    daotp_finding_number number = DAOTP_FINDING_CERTIFICATE_ENDS;
    int64_t left = one->end_s - (int64_t)time(NULL);
    char found[MAX_NAME + 64];

    if (left < (one->end_s - one->begin_s) / CA_LIFE_PARTS)
        number = DAOTP_FINDING_CERTIFICATE_ENDS_SOON;
    say_end(one, found, sizeof found);
    return daotp_report_add(report, number, one->end_s, one->subject, found);
}

/* A certificate that has expired is wrong only where no current one of the CA stands beside it. */
static daotp_status check_end(const directory_pki *pki, const pki_certificate *one,
                              daotp_report *report)
{
    daotp_finding_number number = DAOTP_FINDING_DIRECTORY_CA_OLD;
    char found[MAX_NAME + 64];

    if (!has_expired(one))
        return report_end(one, report);
    if (has_such(pki, one->place, one, is_current_of_subject))
        return DAOTP_OK;
    if (is_issuing_of_subject(pki, one))
        number = DAOTP_FINDING_DIRECTORY_CA_EXPIRED;
    say_end(one, found, sizeof found);
    return daotp_report_add(report, number, 0, one->subject, found);
}

static daotp_status report_unreadable(const directory_pki *pki, pki_place place,
                                      daotp_report *report)
{
    static const char *const names[] = {[PKI_NTAUTH] = "CN=NTAuthCertificates",
                                        [PKI_AIA] = "CN=AIA",
                                        [PKI_SERVICE] = "CN=Enrollment Services"};
    char found[100];

    if (pki->unreadable[place] == 0)
        return DAOTP_OK;
    (void)snprintf(found, sizeof found, "%s: values that are no certificate: %zu", names[place],
                   pki->unreadable[place]);
    return daotp_report_add(report, DAOTP_FINDING_DIRECTORY_NO_CERTIFICATE, 0, names[place], found);
}

static daotp_status check_place(const directory_pki *pki, pki_place place, daotp_report *report)
{
    daotp_status status = report_unreadable(pki, place, report);

    for (size_t i = 0; i < pki->certificate_count; i++)
        if (pki->certificates[i].place == place)
            keep_error(&status, check_end(pki, &pki->certificates[i], report));
    return status;
}

static daotp_status step_enrolment(void *self, daotp_report *report)
{
    const asked_controller *asked = self;
    const directory_pki *pki = &asked->answer->pki;
    daotp_status status;

    if (pki->service_count == 0)
        return daotp_report_add(report, DAOTP_FINDING_DIRECTORY_NO_CA, 0, asked->name,
                                "no entry in CN=Enrollment Services");
    status = check_place(pki, PKI_SERVICE, report);
    if (pki->template_count > 0 && !is_any_issuing(pki))
        keep_error(&status, daotp_report_add(report, DAOTP_FINDING_TPL_UNPUBLISHED, 0,
                                             pki->templates[0].name, pki->services[0].name));
    return status;
}

/* ---- the rows "ntauth" and "aia" ------------------------------------------------------------- */

static size_t count_place(const directory_pki *pki, pki_place place)
{
    size_t count = 0;

    for (size_t i = 0; i < pki->certificate_count; i++)
        count += pki->certificates[i].place == place;
    return count;
}

/* Each CA that issues by the template must be in it. */
static daotp_status step_ntauth(void *self, daotp_report *report)
{
    const asked_controller *asked = self;
    const directory_pki *pki = &asked->answer->pki;
    daotp_status status = report_unreadable(pki, PKI_NTAUTH, report);

    if (count_place(pki, PKI_NTAUTH) == 0)
        return daotp_report_add(report, DAOTP_FINDING_NTAUTH_ABSENT, 0, asked->name,
                                "no certificate in CN=NTAuthCertificates");
    for (size_t i = 0; i < pki->certificate_count; i++) {
        const pki_certificate *one = &pki->certificates[i];
        daotp_finding_number number = DAOTP_FINDING_NTAUTH_LIST;

        if (!is_of_issuing_ca(pki, one) || !is_current(one))
            continue;
        if (has_such(pki, PKI_NTAUTH, one, is_same_certificate))
            number = DAOTP_FINDING_NTAUTH_LISTED;
        keep_error(&status, daotp_report_add(report, number, 0, one->subject, one->entry));
    }
    return status;
}

static daotp_status step_aia(void *self, daotp_report *report)
{
    const asked_controller *asked = self;
    const directory_pki *pki = &asked->answer->pki;
    daotp_status status = check_place(pki, PKI_AIA, report);

    for (size_t i = 0; i < pki->certificate_count; i++) {
        const pki_certificate *one = &pki->certificates[i];

        if (is_of_issuing_ca(pki, one) && is_current(one) &&
            !has_such(pki, PKI_AIA, one, is_same_certificate))
            keep_error(&status, daotp_report_add(report, DAOTP_FINDING_AIA_ABSENT, 0, one->subject,
                                                 one->entry));
    }
    return status;
}

/* ---- making the rows ------------------------------------------------------------------------- */

static void leave_to_directories(void *self)
{
    (void)self; /* doctor_directory_free() frees it */
}

#define DIRECTORY_ROW(row_name, row_title, step_function, fd_function, is_follower)                \
    {                                                                                              \
        (row_name), (row_title),                                                                   \
        {                                                                                          \
            .size = sizeof(daotp_probe), .step = (step_function), .get_fd = (fd_function),         \
            .free = leave_to_directories, .follows = (is_follower)                                 \
        }                                                                                          \
    }

static daotp_status add_directory_rows(daotp_doctor *doctor, asked_controller *asked)
{
    static const struct {
        const char *name, *title;
        daotp_probe probe;
    } rows[] = {DIRECTORY_ROW("directory", "the domain controller's directory can be read",
                              step_directory, get_child_fd, false),
                DIRECTORY_ROW("templates", "the OTP logon template in the directory",
                              step_templates, NULL, true),
                DIRECTORY_ROW("enrolment",
                              "the CAs in the directory and the templates that they issue",
                              step_enrolment, NULL, true),
                DIRECTORY_ROW("ntauth", "NTAuth: the CAs that may issue logon certificates",
                              step_ntauth, NULL, true),
                DIRECTORY_ROW("aia", "CN=AIA: the CA certificates from which a path is built",
                              step_aia, NULL, true)};
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && status == DAOTP_OK; i++)
        status = daotp_doctor_add_probe(doctor, rows[i].name, rows[i].title, &rows[i].probe, asked,
                                        asked->name);
    return status;
}

static daotp_status add_controller(daotp_doctor *doctor, doctor_directory *all, const char *name)
{
    asked_controller *asked = &all->controllers[all->controller_count];
    void *shared;

    if (all->controller_count == SERVE_CONTROLLERS) {
        tool_say("daotp doctor: %d domain controllers are enough; '%s' is one too many",
                 SERVE_CONTROLLERS, name);
        return DAOTP_USAGE;
    }
    shared = mmap(NULL, sizeof *asked->answer, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                  -1, 0);
    if (shared == MAP_FAILED)
        return DAOTP_MEMORY;
    *asked = (asked_controller){.all = all, .answer = shared, .child_fd = -1};
    all->controller_count++;
    asked->name = strdup(name);
    asked->address = strdup(name);
    if (asked->name == NULL || asked->address == NULL)
        return DAOTP_MEMORY;
    directory_user_split_controller(asked->address, &asked->host, &asked->port);
    return add_directory_rows(doctor, asked);
}

/* The object identifier of "OID:100.4". */
static bool take_template(doctor_directory *all, const char *value)
{
    if (value == NULL)
        return true;
    all->template = strndup(value, strcspn(value, ":"));
    return all->template != NULL;
}

static daotp_status take_directory_settings(doctor_directory *all, const daotp_profile *profile)
{
    const char *tls = daotp_profile_find(profile, "directory-tls");
    const char *password = daotp_profile_find(profile, "directory-password-file");
    const char *timeout = daotp_profile_find(profile, "directory-timeout");

    all->ldaps = tls == NULL || strcmp(tls, "ldaps") == 0;
    all->starttls = tls != NULL && strcmp(tls, "starttls") == 0;
    all->trust = daotp_profile_find(profile, "directory-trust");
    all->user = daotp_profile_find(profile, "directory-user");
    all->timeout_s = 5;
    if (timeout != NULL)
        (void)tool_seconds(timeout, &all->timeout_s); /* the profile has checked it */
    if (all->user != NULL && password == NULL) {
        (void)tool_missing("doctor", "--set directory-password-file=FILE");
        return DAOTP_USAGE;
    }
    if (all->user != NULL && !tool_secret_load(password, &all->password))
        return DAOTP_CONFIGURATION;
    return take_template(all, daotp_profile_find(profile, "template")) ? DAOTP_OK : DAOTP_MEMORY;
}

static daotp_status add_profile_controllers(daotp_doctor *doctor, doctor_directory *all,
                                            const daotp_profile *profile)
{
    size_t count = daotp_profile_get_count(profile);
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < count && status == DAOTP_OK; i++)
        if (strcmp(daotp_profile_get_key(profile, i), "directory") == 0)
            status = add_controller(doctor, all, daotp_profile_get_value(profile, i));
    return status;
}

daotp_status doctor_directory_add(daotp_doctor *doctor, const daotp_profile *profile,
                                  const tool_list *controllers, doctor_directory **out)
{
    doctor_directory *all;
    daotp_status status;

    if (controllers->count == 0 && daotp_profile_find(profile, "directory") == NULL)
        return DAOTP_OK;
    all = *out = calloc(1, sizeof *all);
    if (all == NULL)
        return DAOTP_MEMORY;
    status = take_directory_settings(all, profile);
    for (size_t i = 0; i < controllers->count && status == DAOTP_OK; i++)
        status = add_controller(doctor, all, controllers->items[i]);
    if (status == DAOTP_OK && controllers->count == 0)
        status = add_profile_controllers(doctor, all, profile);
    return status;
}

void doctor_directory_end(doctor_directory *all)
{
    for (size_t i = 0; all != NULL && i < all->controller_count; i++)
        end_child(&all->controllers[i]);
}

void doctor_directory_free(doctor_directory *all)
{
    if (all == NULL)
        return;
    doctor_directory_end(all);
    for (size_t i = 0; i < all->controller_count; i++) {
        asked_controller *asked = &all->controllers[i];

        (void)munmap(asked->answer, sizeof *asked->answer);
        free(asked->name);
        free(asked->address);
    }
    tool_secret_free(&all->password);
    free(all->template);
    free(all);
}
