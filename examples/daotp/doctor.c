/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp doctor: does a deployment work, and if not, what is wrong with it? */
#include "tool.h"

#include "doctor_bundle.h"
#include "doctor_ca.h"
#include "doctor_directory.h"
#include "doctor_fix.h"
#include "doctor_html.h"
#include "doctor_metrics.h"
#include "interrupt.h"
#include "nearest.h"
#include "page.h"
#include "profile.h"
#include "srv.h"

#include <daotp/sys/probe.h>

#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "usage: daotp doctor [OPTION...] [PROFILE]\n"
    "       daotp doctor [OPTION...] kdc REALM\n"
    "       daotp doctor [OPTION...] radius\n"
    "       daotp doctor [OPTION...] tls URL\n"
    "       daotp doctor [OPTION...] crl FILE|URL\n"
    "       daotp doctor [OPTION...] ca HOST [CA]\n"
    "       daotp doctor [OPTION...] directory [HOST[:PORT]]\n"
    "       daotp doctor [OPTION...] --bundle FOLDER|FILE\n"
    "       daotp doctor --collect\n"
    "\n"
    "Test each stage of an enrolment with the settings of a profile, and report one\n"
    "row for each. A row that depends on a failed row is skipped; all others are\n"
    "tested. The verdict is the first row that failed. No code is sent unless\n"
    "--otp-fd or --ask gives one. kdc tests only the KDCs of a realm, radius only the\n"
    "RADIUS servers of the profile. tls tests the name, the connection and the\n"
    "certificates of a server, crl a CRL, ca a certification authority by RPC as\n"
    "--user, and directory what a domain controller holds about CAs, NTAuth and the\n"
    "OTP logon template; these need no profile, and take their settings from --set\n"
    "(trust, allow, directory-tls).\n"
    "\n"
    "  --set KEY=VALUE        a value that replaces the profile's; may be given\n"
    "                         again; daotp.conf(5) lists the keys\n"
    "  --user NAME            DOMAIN\\user or UPN: the user for whom the KDCs are\n"
    "                         asked for a ticket, and to whom the code belongs\n"
    "  --ask                  ask for a code on the terminal, and make the whole\n"
    "                         enrolment and logon with it\n"
    "  --otp-fd N             the same with a code from a descriptor\n"
    "  --wrong-code-for NAME  send one wrong code as this user: it must be refused.\n"
    "                         It counts as a failed attempt of the account\n"
    "  --kdc HOST[:PORT]      a KDC; may be given again. Unless given: the profile's,\n"
    "                         or those that DNS names for the realm\n"
    "  --realm REALM          the realm of the KDCs; unless given, the profile's\n"
    "  --directory HOST[:PORT]   a domain controller whose directory is read; may be\n"
    "                         given again. Unless given: the profile's\n"
    "  --timeout S            time-out of all rows together (60)\n"
    "  --every S              repeat until interrupted, S seconds (also 5m, 1h) from\n"
    "                         the start of one run to the start of the next; sends no\n"
    "                         code\n"
    "  --metrics FILE         write the results for the textfile collector of the\n"
    "                         Prometheus node exporter\n"
    "  --bundle FOLDER|FILE   read files collected on Windows: output of certutil\n"
    "                         and of Get-DAOtpAuthentication, event logs as XML, CSV\n"
    "                         or text, certificates, CRLs. No network is used\n"
    "  --collect              print the PowerShell script that collects them\n"
    "  --fix-script powershell|shell   print commands that mend the faults, for\n"
    "                         review, instead of the report. Nothing is run\n"
    "  --json                 the rows as one JSON object\n"
    "  --html FILE            write the rows to one HTML page without links to other\n"
    "                         files; with\n"
    "    --redact             numbers instead of the names of hosts, accounts and\n"
    "                         certificates, for a page that is shown to others\n"
    "\n"
    "example: daotp doctor --user 'CORP\\alice'\n"
    "\n"
    "exit status: 0 nothing is wrong, 1 a row failed, 2 undecided, 64 usage,\n"
    "  70 internal, 71 memory, 75 cancelled\n";

/* What is looked at. */
typedef enum doctor_part {
    PART_ALL,
    PART_KDC,
    PART_RADIUS,
    PART_TLS,
    PART_CRL,
    PART_CA,
    PART_DIRECTORY,
    PART_BUNDLE
} doctor_part;

typedef struct settings {
    const char *profile, *user, *wrong_user, *realm;
    tool_list values, kdcs, directories;
    int otp_fd;
    const char *html, *metrics, *bundle;
    int fix_language; /* 0: none, 1: PowerShell, 2: shell */
    bool ask, json, redact;
    doctor_part part;
    const char *words[2];      /* of the part: URL, FILE, HOST and CA; or NULL */
    double timeout_s, every_s; /* every_s 0: once */
} settings;

/* The objects of one run. */
typedef struct visit {
    const settings *s;
    daotp_context *context;
    daotp_profile *profile;
    daotp_client *client;
    daotp_radius *radius;
    daotp_doctor *doctor;
    daotp_status profile_status;  /* how the profile could be used */
    daotp_report *profile_report; /* what was found then: objects clear their reports in each run */
    const char *no_kdc;           /* why DNS gave no KDC */
    bool shows_progress;
    doctor_ca ca;
    doctor_directory *directory;
    tool_secret password;
} visit;

enum {
    SET = 256,
    USER,
    ASK,
    OTP_FD,
    WRONG_CODE_FOR,
    KDC,
    REALM,
    DIRECTORY,
    TIMEOUT,
    HTML,
    REDACT,
    EVERY,
    METRICS,
    BUNDLE,
    COLLECT,
    FIX_SCRIPT,
    JSON,
    HELP
};

static const struct option options[] = {{"set", required_argument, NULL, SET},
                                        {"user", required_argument, NULL, USER},
                                        {"ask", no_argument, NULL, ASK},
                                        {"otp-fd", required_argument, NULL, OTP_FD},
                                        {"wrong-code-for", required_argument, NULL, WRONG_CODE_FOR},
                                        {"kdc", required_argument, NULL, KDC},
                                        {"realm", required_argument, NULL, REALM},
                                        {"directory", required_argument, NULL, DIRECTORY},
                                        {"timeout", required_argument, NULL, TIMEOUT},
                                        {"html", required_argument, NULL, HTML},
                                        {"redact", no_argument, NULL, REDACT},
                                        {"every", required_argument, NULL, EVERY},
                                        {"metrics", required_argument, NULL, METRICS},
                                        {"bundle", required_argument, NULL, BUNDLE},
                                        {"collect", no_argument, NULL, COLLECT},
                                        {"fix-script", required_argument, NULL, FIX_SCRIPT},
                                        {"json", no_argument, NULL, JSON},
                                        {"help", no_argument, NULL, HELP},
                                        {0}};

static int take_option(settings *s, int option, const char *name)
{
    static const char *const languages[] = {"powershell", "shell", NULL};

    if (option == FIX_SCRIPT &&
        !tool_choose_option("doctor", name, optarg, languages, &s->fix_language))
        return TOOL_USAGE;
    if (option == SET)
        return tool_list_add("doctor", name, &s->values, optarg) ? 0 : TOOL_USAGE;
    if (option == KDC)
        return tool_list_add("doctor", name, &s->kdcs, optarg) ? 0 : TOOL_USAGE;
    if (option == DIRECTORY)
        return tool_list_add("doctor", name, &s->directories, optarg) ? 0 : TOOL_USAGE;
    if (option == USER)
        s->user = optarg;
    if (option == WRONG_CODE_FOR)
        s->wrong_user = optarg;
    if (option == REALM)
        s->realm = optarg;
    if (option == HTML)
        s->html = optarg;
    if (option == METRICS)
        s->metrics = optarg;
    if (option == BUNDLE)
        s->bundle = optarg;
    s->redact = s->redact || option == REDACT;
    s->ask = s->ask || option == ASK;
    s->json = s->json || option == JSON;
    if ((option == OTP_FD && !tool_descriptor(optarg, &s->otp_fd)) ||
        (option == EVERY && !tool_seconds(optarg, &s->every_s)) ||
        (option == TIMEOUT &&
         (!tool_seconds(optarg, &s->timeout_s) || s->timeout_s < 0.001 || s->timeout_s > 600)))
        return tool_bad_option("doctor", option, name, optarg);
    return 0;
}

/* ---- the profile ----------------------------------------------------------------------------- */

enum { MAX_KEYS = 256 };

static const char *profile_key(size_t index)
{
    return daotp_profile_key_get_text(index, DAOTP_PROFILE_KEY_NAME);
}

static bool is_profile_key(const char *key)
{
    for (size_t i = 0; i < daotp_profile_key_get_count(); i++)
        if (strcmp(profile_key(i), key) == 0)
            return true;
    return false;
}

static void say_no_key(const char *typed)
{
    const char *names[MAX_KEYS + 1], *nearest;
    size_t count = 0;

    for (; count < daotp_profile_key_get_count() && count < MAX_KEYS; count++)
        names[count] = profile_key(count);
    names[count] = NULL;
    nearest = nearest_name(typed, names);
    if (nearest != NULL)
        tool_say("daotp doctor: --set: there is no key '%s'; did you mean '%s'?", typed, nearest);
    else
        tool_say("daotp doctor: --set: there is no key '%s'; daotp config keys lists the keys",
                 typed);
}

static daotp_status set_profile_value(daotp_profile *profile, const char *text)
{
    char key[64];
    const char *equals = strchr(text, '=');
    daotp_status status;

    if (equals == NULL || equals == text || (size_t)(equals - text) >= sizeof key) {
        tool_say("daotp doctor: --set cannot be '%s'; it is KEY=VALUE", text);
        return DAOTP_USAGE;
    }
    (void)snprintf(key, sizeof key, "%.*s", (int)(equals - text), text);
    if (!is_profile_key(key)) {
        say_no_key(key);
        return DAOTP_USAGE;
    }
    status = daotp_profile_set_value(profile, key, equals + 1);
    if (status != DAOTP_OK)
        tool_say(
            "daotp doctor: --set %s: %s", text,
            daotp_finding_get_found(daotp_report_get_error(daotp_profile_get_report(profile))));
    return status;
}

/* Unless it has a value. */
static daotp_status set_usual_value(daotp_profile *profile, const char *key, const char *value)
{
    if (daotp_profile_find(profile, key) != NULL)
        return DAOTP_OK;
    return daotp_profile_set_value(profile, key, value);
}

/* A part that was named needs no profile: what it lacks is as usual. */
static daotp_status set_part_values(visit *v)
{
    daotp_status status = DAOTP_OK;

    if (v->s->part == PART_TLS) {
        status = daotp_profile_set_value(v->profile, "url", v->s->words[0]);
        if (status != DAOTP_OK)
            tool_say("daotp doctor: tls needs a URL such as https://da.corp.example/otp, not '%s'",
                     v->s->words[0]);
        if (status == DAOTP_OK)
            status = set_usual_value(v->profile, "trust", "system");
    }
    if (status == DAOTP_OK && (v->s->part == PART_TLS || v->s->part == PART_CRL))
        status = set_usual_value(v->profile, "fetch", "yes");
    return status;
}

/* Add the findings of one report to another. */
static void copy_findings(daotp_report *to, const daotp_report *from)
{
    for (size_t i = 0; i < daotp_report_get_count(from); i++) {
        const daotp_finding *finding = daotp_report_get_finding(from, i);

        (void)daotp_report_add(
            to, daotp_finding_get_number(finding), daotp_finding_get_upstream(finding),
            daotp_finding_get_subject(finding), daotp_finding_get_found(finding));
    }
}

/* A part without its words was taken for the name of a profile. */
static void say_part_words(const char *profile)
{
    static const struct {
        const char *part, *words;
    } parts[] = {{"kdc", "REALM"}, {"tls", "URL"}, {"crl", "FILE or URL"}, {"ca", "HOST"}};

    for (size_t i = 0; profile != NULL && i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(profile, parts[i].part) == 0)
            tool_say("daotp doctor: %s needs %s; without it, '%s' is the name of a profile",
                     parts[i].part, parts[i].words, profile);
}

/* DAOTP_USAGE when an option is refused; what is wrong with the files is for the first row. */
static daotp_status open_profile(visit *v)
{
    daotp_status status = profile_open(v->context, v->s->profile, NULL, &v->profile);

    if (v->profile == NULL)
        return status;
    v->profile_status = status;
    if (status != DAOTP_OK) {
        say_part_words(v->s->profile);
        copy_findings(v->profile_report, daotp_profile_get_report(v->profile));
        return DAOTP_OK;
    }
    for (size_t i = 0; i < v->s->values.count && status == DAOTP_OK; i++)
        status = set_profile_value(v->profile, v->s->values.items[i]);
    if (status == DAOTP_OK)
        status = set_part_values(v);
    return status == DAOTP_OK ? DAOTP_OK : DAOTP_USAGE;
}

static void use_profile(visit *v)
{
    if (v->profile_status != DAOTP_OK)
        return;
    v->profile_status = daotp_client_use_profile(v->client, v->profile);
    copy_findings(v->profile_report, daotp_client_get_report(v->client));
}

/* The row "profile": what was wrong with it was found before the run. */
static daotp_status step_profile(void *self, daotp_report *report)
{
    const visit *v = self;

    copy_findings(report, v->profile_report);
    return v->profile_status;
}

static void leave_to_visit(void *self)
{
    (void)self; /* the visit is the caller's */
}

static daotp_status add_profile_probe(visit *v)
{
    static const daotp_probe probe = {
        .size = sizeof probe, .step = step_profile, .free = leave_to_visit, .comes_first = true};

    return daotp_doctor_add_probe(v->doctor, "profile", "the profile, and the files that it names",
                                  &probe, v, daotp_profile_get_name(v->profile));
}

static const char *value_of(const visit *v, const char *key)
{
    return daotp_profile_find(v->profile, key);
}

/* ---- what is looked at ----------------------------------------------------------------------- */

static daotp_status set_radius(visit *v)
{
    bool has_server = value_of(v, "radius-server") != NULL || value_of(v, "radsec-server") != NULL;
    daotp_status status;

    if (v->profile_status == DAOTP_OK && v->s->part == PART_RADIUS && !has_server)
        v->profile_status =
            daotp_report_add(v->profile_report, DAOTP_FINDING_RADIUS_NO_SERVER, 0,
                             daotp_profile_get_name(v->profile), "no radius-server in the profile");
    if (v->profile_status != DAOTP_OK || !has_server)
        return DAOTP_OK;
    status = daotp_radius_new(v->context, &v->radius);
    if (status != DAOTP_OK)
        return status;
    v->profile_status = daotp_radius_use_profile(v->radius, v->profile);
    if (v->profile_status != DAOTP_OK) { /* for the first row */
        copy_findings(v->profile_report, daotp_radius_get_report(v->radius));
        return DAOTP_OK;
    }
    status = daotp_radius_set_timers(v->radius, DAOTP_RADIUS_TIMERS_PROBE);
    return status == DAOTP_OK ? daotp_doctor_set_radius(v->doctor, v->radius) : status;
}

/* The row "kdc" of a realm that was asked for, and that has none. */
static daotp_status step_no_kdc(void *self, daotp_report *report)
{
    char text[160];
    const visit *v = self;

    (void)snprintf(text, sizeof text, "no --kdc; the SRV records _kerberos._tcp of the realm: %s",
                   v->no_kdc);
    return daotp_report_add(report, DAOTP_FINDING_LOGON_KDC_UNREACHABLE, 0, v->s->realm, text);
}

static daotp_status add_no_kdc_probe(visit *v)
{
    static const daotp_probe probe = {
        .size = sizeof probe, .step = step_no_kdc, .free = leave_to_visit};

    return daotp_doctor_add_probe(v->doctor, "kdc", "the realm has a KDC", &probe, v, v->s->realm);
}

/* Those that DNS has (RFC 4120 7.2.3.2). A realm of the profile may have its KDCs in krb5.conf. */
static daotp_status add_srv_kdcs(visit *v, const char *realm)
{
    srv_record found[SRV_MAX];
    char name[300], kdc[SRV_HOST + 8];
    daotp_status status = DAOTP_OK;
    size_t count;

    (void)snprintf(name, sizeof name, "_kerberos._tcp.%s", realm);
    count = srv_look_up(name, NULL, 5, found, &v->no_kdc);
    if (count == 0 && v->s->realm != NULL)
        return add_no_kdc_probe(v);
    for (size_t i = 0; i < count && status == DAOTP_OK; i++) {
        (void)snprintf(kdc, sizeof kdc, "%s:%u", found[i].host, (unsigned)found[i].port);
        status = daotp_doctor_add_kdc(v->doctor, realm, kdc);
    }
    return status;
}

static daotp_status add_kdcs(visit *v)
{
    const char *realm = v->s->realm != NULL ? v->s->realm : value_of(v, "realm");
    const char *kdc = value_of(v, "kdc");
    daotp_status status = DAOTP_OK;

    if (realm == NULL && v->s->kdcs.count > 0) {
        tool_say("daotp doctor: --kdc needs --realm, or a realm in the profile");
        return DAOTP_USAGE;
    }
    if (realm == NULL)
        return DAOTP_OK;
    for (size_t i = 0; i < v->s->kdcs.count && status == DAOTP_OK; i++)
        status = tool_taken("doctor", daotp_doctor_add_kdc(v->doctor, realm, v->s->kdcs.items[i]),
                            "kdc", v->s->kdcs.items[i]);
    if (v->s->kdcs.count > 0)
        return status;
    return kdc != NULL ? daotp_doctor_add_kdc(v->doctor, realm, kdc) : add_srv_kdcs(v, realm);
}

/* ---- the code, and the domain password ------------------------------------------------------- */

static daotp_status set_code(visit *v)
{
    static const char wrong[] = "000000"; /* wrong but once in a million */
    tool_secret code = {.len = 0};
    daotp_status status;
    bool has;

    if (v->s->wrong_user != NULL) {
        status = daotp_doctor_set_code_wrong(v->doctor, true);
        return status == DAOTP_OK ? daotp_doctor_set_code(v->doctor, wrong, sizeof wrong - 1)
                                  : status;
    }
    if (!v->s->ask && v->s->otp_fd < 0)
        return DAOTP_OK;
    has = v->s->otp_fd >= 0 ? tool_secret_read(v->s->otp_fd, &code)
                            : tool_secret_ask("One-time password", &code);
    status = has ? daotp_doctor_set_code(v->doctor, code.bytes, code.len) : DAOTP_USAGE;
    if (!has)
        tool_say("daotp doctor: no code was given");
    tool_secret_free(&code);
    return status;
}

/* Whose code it is, and whom the KDCs are asked about; NULL for nobody. */
static const char *find_user(const visit *v)
{
    if (v->s->wrong_user != NULL)
        return v->s->wrong_user;
    return v->s->user != NULL ? v->s->user : value_of(v, "user");
}

static daotp_status on_domain(void *user, const char *host, daotp_host_origin origin,
                              uint32_t attempt, daotp_domain_credential *answer)
{
    visit *v = user;
    const char *file = value_of(v, "password-file"), *fd_text = value_of(v, "password-fd");
    const char *name = value_of(v, "domain-user");
    char prompt[512];
    bool has = v->password.len > 0;
    int fd = -1;

    (void)origin;
    if (name == NULL)
        name = find_user(v);
    if (attempt > 1 || name == NULL)
        return DAOTP_CONFIGURATION;
    (void)snprintf(prompt, sizeof prompt, "Domain password of %s, for %s", name, host);
    if (!has && file != NULL)
        has = tool_secret_load(file, &v->password);
    else if (!has && fd_text != NULL && tool_descriptor(fd_text, &fd))
        has = tool_secret_read(fd, &v->password);
    else if (!has && v->s->ask)
        has = tool_secret_ask(prompt, &v->password);
    if (!has)
        return interrupt_came() ? DAOTP_CANCELLED : DAOTP_CONFIGURATION;
    return daotp_domain_credential_set(answer, name, v->password.bytes, v->password.len);
}

/* ---- the run --------------------------------------------------------------------------------- */

/* On a terminal: the row that is under way. */
static void on_progress(void *user, size_t row, daotp_probe_state state)
{
    visit *v = user;

    if (!v->shows_progress || state != DAOTP_PROBE_RUNNING)
        return;
    fprintf(stderr, "\r\033[K%s %s", daotp_doctor_get_name(v->doctor, row),
            daotp_doctor_get_subject(v->doctor, row));
}

static void cancel_doctor(void *doctor)
{
    daotp_doctor_cancel(doctor);
}

static daotp_status step_doctor(visit *v)
{
    daotp_status status = daotp_doctor_begin(v->doctor);

    if (status != DAOTP_OK)
        return status;
    interrupt_catch();
    interrupt_cancels(cancel_doctor, v->doctor);
    while ((status = daotp_doctor_step(v->doctor)) == DAOTP_AGAIN) {
        struct pollfd ready = {.fd = daotp_doctor_get_fd(v->doctor), .events = POLLIN};

        (void)poll(&ready, 1, daotp_doctor_get_timeout_ms(v->doctor));
    }
    interrupt_cancels(NULL, NULL);
    if (v->shows_progress)
        fputs("\r\033[K", stderr);
    return status;
}

static daotp_status add_tls_or_crl(visit *v)
{
    daotp_status status = daotp_doctor_set_client(v->doctor, v->client);
    daotp_client_rows rows = DAOTP_CLIENT_ROWS_NONE;

    if (v->s->part == PART_TLS)
        rows = DAOTP_CLIENT_ROWS_TLS;
    if (status == DAOTP_OK)
        status = daotp_doctor_set_client_rows(v->doctor, rows);
    if (status != DAOTP_OK || v->s->part == PART_TLS)
        return status;
    return tool_taken("doctor", daotp_doctor_add_crl(v->doctor, v->s->words[0]), "crl",
                      v->s->words[0]);
}

static daotp_status add_ca(visit *v)
{
    if (find_user(v) == NULL) {
        (void)tool_missing("doctor", "--user");
        return DAOTP_USAGE;
    }
    v->ca.context = v->context;
    v->ca.host = v->s->words[0];
    v->ca.name = v->s->words[1];
    ca_options_init(&v->ca.options);
    v->ca.options.user = find_user(v);
    v->ca.options.timeout_s = v->s->timeout_s;
    return doctor_ca_add(v->doctor, &v->ca, v->profile);
}

/* Of the hosts that were named, else of the profile. */
static daotp_status add_directories(visit *v)
{
    if (v->profile_status != DAOTP_OK)
        return DAOTP_OK;
    if (v->s->part == PART_DIRECTORY && v->s->directories.count == 0 &&
        value_of(v, "directory") == NULL) {
        (void)tool_missing("doctor", "directory HOST");
        return DAOTP_USAGE;
    }
    return doctor_directory_add(v->doctor, v->profile, &v->s->directories, &v->directory);
}

/* The rows of the part that was asked for, or all. */
static daotp_status add_parts(visit *v)
{
    daotp_status status = DAOTP_OK;

    switch (v->s->part) {
    case PART_TLS:
    case PART_CRL:
        return add_tls_or_crl(v);
    case PART_CA:
        return add_ca(v);
    case PART_RADIUS:
        return set_radius(v);
    case PART_KDC:
        return add_kdcs(v);
    case PART_DIRECTORY:
        return add_directories(v);
    case PART_BUNDLE:
        return doctor_bundle_add(v->doctor, v->s->bundle);
    case PART_ALL:
        break;
    }
    status = daotp_doctor_set_client(v->doctor, v->client);
    if (status == DAOTP_OK)
        status = set_radius(v);
    if (status == DAOTP_OK)
        status = add_kdcs(v);
    return status == DAOTP_OK ? add_directories(v) : status;
}

static daotp_status set_up_doctor(visit *v)
{
    daotp_status status;

    status =
        tool_taken("doctor", daotp_doctor_set_user(v->doctor, find_user(v)), "user", find_user(v));
    if (status == DAOTP_OK)
        status = daotp_client_set_domain_callback(v->client, on_domain, v);
    if (status == DAOTP_OK)
        status = daotp_doctor_set_timeout_ms(v->doctor, (int64_t)(v->s->timeout_s * 1000));
    if (status == DAOTP_OK)
        status = daotp_doctor_set_progress_callback(v->doctor, on_progress, v);
    if (status == DAOTP_OK)
        status = add_parts(v);
    if (status == DAOTP_OK && v->s->part != PART_BUNDLE)
        status = add_profile_probe(v);
    return status == DAOTP_OK ? set_code(v) : status;
}

static void print_visit(const visit *v)
{
    if (v->s->fix_language != 0) {
        doctor_fix_print(v->doctor, v->s->fix_language == 2);
        return;
    }
    if (!v->s->json) {
        page_put(daotp_doctor_get_text(v->doctor));
        return;
    }
    tool_said_json();
    printf("%s\n", daotp_doctor_get_json(v->doctor));
}

static bool write_page(const visit *v)
{
    FILE *to = fopen(v->s->html, "w");
    bool ok;

    if (to == NULL) {
        tool_say("daotp doctor: %s: %m", v->s->html);
        return false;
    }
    ok = doctor_html_write(to, v->doctor, (int64_t)time(NULL), v->s->redact);
    ok = fclose(to) == 0 && ok;
    if (!ok)
        tool_say("daotp doctor: %s could not be written", v->s->html);
    return ok;
}

/* What was found, in each form that was asked for. */
static daotp_status show_visit(const visit *v, daotp_status status)
{
    bool ok = true;

    print_visit(v);
    if (v->s->html != NULL)
        ok = write_page(v);
    if (v->s->metrics != NULL)
        ok = doctor_metrics_write(v->s->metrics, v->doctor, (int64_t)time(NULL)) && ok;
    return ok ? status : DAOTP_CONFIGURATION;
}

static bool has_result(const visit *v)
{
    return v->doctor != NULL && daotp_doctor_finish(v->doctor, NULL) != DAOTP_USAGE;
}

/* To the next begin; false when it was interrupted. */
static bool sleep_to_next(const visit *v, double begun)
{
    double left = v->s->every_s - ((double)time(NULL) - begun);

    return left <= 0 ? !interrupt_came() : tool_sleep(left);
}

/* Once, or until it is interrupted: then with the status of the last visit. */
static daotp_status visit_again(visit *v)
{
    daotp_status status, shown = DAOTP_OK;
    double begun;

    do {
        begun = (double)time(NULL);
        status = step_doctor(v);
        doctor_directory_end(v->directory);
        if (!has_result(v) || status == DAOTP_CANCELLED)
            break;
        shown = show_visit(v, status);
        (void)fflush(stdout);
    } while (v->s->every_s > 0 && sleep_to_next(v, begun));
    if (status == DAOTP_CANCELLED && has_result(v))
        return v->s->every_s > 0 ? shown : show_visit(v, status);
    return has_result(v) ? shown : status;
}

static int run_visit(visit *v)
{
    daotp_status status;

    v->context = tool_context();
    v->shows_progress = !v->s->json && isatty(STDERR_FILENO) != 0;
    status = daotp_report_new(v->context, &v->profile_report);
    if (status == DAOTP_OK)
        status = open_profile(v);
    if (status == DAOTP_OK)
        status = daotp_client_new(v->context, &v->client);
    if (status == DAOTP_OK)
        status = daotp_doctor_new(v->context, &v->doctor);
    if (status == DAOTP_OK)
        use_profile(v);
    if (status == DAOTP_OK)
        status = set_up_doctor(v);
    if (status == DAOTP_OK)
        status = visit_again(v);
    daotp_doctor_free(v->doctor);
    doctor_directory_free(v->directory);
    daotp_client_free(v->client);
    daotp_radius_free(v->radius);
    daotp_profile_free(v->profile);
    daotp_report_free(v->profile_report);
    daotp_context_unref(v->context);
    tool_secret_free(&v->password);
    tool_secret_free(&v->ca.options.password);
    return tool_exit_status(status);
}

/* A word names a part only with its own words behind it: a profile may have any name. */
static const struct {
    const char *name;
    int least, most; /* words behind it */
    doctor_part part;
} parts[] = {{"kdc", 1, 1, PART_KDC}, {"radius", 0, 0, PART_RADIUS},
             {"tls", 1, 1, PART_TLS}, {"crl", 1, 1, PART_CRL},
             {"ca", 1, 2, PART_CA},   {"directory", 0, 1, PART_DIRECTORY}};

/* 0, or TOOL_USAGE when it was said what is wrong. */
static int take_words(settings *s, char **words, int count)
{
    if (s->bundle != NULL && count > 0) {
        tool_say("daotp doctor: --bundle takes no '%s': nothing is asked of the network", words[0]);
        return TOOL_USAGE;
    }
    for (size_t i = 0; count > 0 && i < sizeof parts / sizeof parts[0]; i++) {
        if (strcmp(words[0], parts[i].name) != 0 || count - 1 < parts[i].least ||
            count - 1 > parts[i].most)
            continue;
        s->part = parts[i].part;
        for (int word = 1; word < count; word++)
            s->words[word - 1] = words[word];
        if (s->part == PART_KDC)
            s->realm = s->words[0];
        if (s->part == PART_DIRECTORY && s->words[0] != NULL)
            return tool_list_add("doctor", "directory", &s->directories, s->words[0]) ? 0
                                                                                      : TOOL_USAGE;
        return 0;
    }
    if (count > 1)
        return tool_extra_word("doctor", words[count - 1]);
    s->profile = count == 1 ? words[0] : NULL;
    if (s->bundle != NULL)
        s->part = PART_BUNDLE;
    return 0;
}

static int check_doctor_options(const settings *s)
{
    bool has_code = s->ask || s->otp_fd >= 0;

    if (s->every_s > 0 && (has_code || s->wrong_user != NULL)) {
        tool_say("daotp doctor: --every sends no code: a code is good once");
        return TOOL_USAGE;
    }
    if (s->fix_language != 0 && s->json) {
        tool_say("daotp doctor: --fix-script prints a script, and --json an object: give one");
        return TOOL_USAGE;
    }
    if (s->redact && s->html == NULL)
        return tool_missing("doctor", "--html");
    if (has_code && s->user == NULL)
        return tool_missing("doctor", "--user");
    return 0;
}

int cmd_doctor(int argc, char **argv)
{
    settings s = {.otp_fd = -1, .timeout_s = 60};
    visit v = {.s = &s};
    int c, which = 0, status;

    while ((c = tool_next_option("doctor", argc, argv, options, &which)) != -1) {
        if (c == HELP)
            return fputs(help, stdout) < 0;
        if (c == COLLECT) {
            doctor_collect_print();
            return 0;
        }
        status = c == '?' ? TOOL_USAGE : take_option(&s, c, options[which].name);
        if (status != 0)
            return status;
    }
    status = take_words(&s, argv + optind, argc - optind);
    if (status != 0)
        return status;
    status = check_doctor_options(&s);
    return status != 0 ? status : run_visit(&v);
}
