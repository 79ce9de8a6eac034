/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp verify: validates a certificate: path, revocation, and fitness for its role. */
#include "tool.h"

#include "interrupt.h"
#include "json.h"
#include "page.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char help[] =
    "usage: daotp verify [OPTION...] FILE...\n"
    "\n"
    "FILE: a certificate, DER or PEM; further certificates in a PEM file are used as\n"
    "intermediates. Each FILE is verified.\n"
    "\n"
    "  --trust FILE|DIR|system  trust anchors; may be given again\n"
    "  --with FILE              intermediates, not trusted; may be given again\n"
    "  --crl FILE               CRLs; may be given again\n"
    "  --ocsp FILE              an OCSP response; may be given again\n"
    "  --as PART                the role whose requirements are checked: ra,\n"
    "                           otp-logon, client, server, kdc, issuing-ca\n"
    "  --ntauth FILE            the CAs that may issue for logon\n"
    "  --rules path|strict|webpki      the rules of validation (strict)\n"
    "  --revocation require|prefer|ignore   whether the status must be known\n"
    "                           (require)\n"
    "  --stale S                accept CRLs until S seconds after their nextUpdate\n"
    "  --at TIME                verify at this time: 2012-04-11T12:00:00Z, or seconds\n"
    "                           since 1970\n"
    "  --name DNS, --ip ADDRESS, --email BOX, --upn UPN  a name that the certificate\n"
    "                           must have\n"
    "  --realm REALM            the realm that a KDC's certificate must name\n"
    "  --purpose OID            an extended key usage that the certificate must allow\n"
    "  --fetch                  fetch CRLs, issuers and OCSP answers that are missing\n"
    "  --allow NETWORK          allow fetches from this private network (10.0.0.0/8)\n"
    "  --ldap SERVER            follow LDAP distribution points too; SERVER is used\n"
    "                           for URLs without a host\n"
    "  --cache DIR              keep fetched CRLs in this folder\n"
    "  --timeout S              time-out of all fetches together (60)\n"
    "  --profile NAME           the profile for settings without an option (default)\n"
    "  -v, --verbose            show the checks that passed too\n"
    "  --json                   one JSON value for each FILE, each on a line\n"
    "\n"
    "exit status: 0 accepted, 1 rejected, 2 undecided\n"
    "\n"
    "example: daotp verify --as otp-logon --trust root.pem --crl ca.crl alice.pem\n";

typedef struct settings {
    tool_list trust, with, crl, ocsp, ntauth, allow, names;
    daotp_name_kind kinds[TOOL_MAX_LIST];
    daotp_role role;
    daotp_rules rules;
    daotp_revocation revocation;
    int64_t stale, at;
    bool has_at;
    const char *purpose, *cache, *ldap;
    double timeout_s;
    bool fetch, json, verbose;
} settings;

/* ---- setting up ------------------------------------------------------------------------------ */

/* --allow, --ldap and --cache are checked, and then not used, without --fetch. */
static daotp_status make_fetcher(daotp_context *context, const settings *s, daotp_fetcher **fetcher)
{
    daotp_status status = daotp_fetcher_new(context, fetcher);

    for (size_t i = 0; status == DAOTP_OK && i < s->allow.count; i++) {
        status = daotp_fetcher_allow_network(*fetcher, s->allow.items[i]);
        if (status != DAOTP_OK)
            tool_say("daotp verify: --allow cannot be '%s'; it is a network, as 10.0.0.0/8",
                     s->allow.items[i]);
    }
    if (status == DAOTP_OK && s->ldap != NULL)
        status = daotp_fetcher_allow_ldap(*fetcher, s->ldap);
    if (status == DAOTP_OK && s->cache != NULL)
        status = daotp_fetcher_set_cache(*fetcher, s->cache);
    return status;
}

static daotp_status add_ocsp(void *verifier, const void *bytes, size_t len)
{
    return daotp_verifier_add_ocsp(verifier, bytes, len);
}

static void say_bad_name(daotp_name_kind kind, const char *name)
{
    static const struct {
        const char *option, *wanted;
    } names[] = {[DAOTP_NAME_DNS] = {"name", "a DNS name, as www.example.com"},
                 [DAOTP_NAME_IP] = {"ip", "an IPv4 or IPv6 address"},
                 [DAOTP_NAME_EMAIL] = {"email", "a mailbox, as alice@example.com"},
                 [DAOTP_NAME_UPN] = {"upn", "a UPN, as alice@corp.example"},
                 [DAOTP_NAME_REALM] = {"realm", "a Kerberos realm, as CORP.EXAMPLE"}};

    tool_say("daotp verify: --%s cannot be '%s'; it is %s", names[kind].option, name,
             names[kind].wanted);
}

static daotp_status set_purpose(daotp_verifier *verifier, const char *oid)
{
    daotp_status status = daotp_verifier_set_purpose(verifier, oid);

    if (status == DAOTP_USAGE)
        tool_say("daotp verify: --purpose cannot be '%s'; it is an object identifier, as "
                 "1.3.6.1.5.5.7.3.1",
                 oid);
    return status;
}

static daotp_status set_up_verifier(daotp_verifier *verifier, const settings *s)
{
    daotp_status status = tool_verifier_add("verify", verifier, &s->with, &s->ntauth);

    if (status == DAOTP_OK)
        status = tool_add_files("verify", &s->ocsp, "OCSP answer", add_ocsp, verifier);
    for (size_t i = 0; status == DAOTP_OK && i < s->names.count; i++) {
        status = daotp_verifier_add_name(verifier, s->kinds[i], s->names.items[i]);
        if (status == DAOTP_USAGE)
            say_bad_name(s->kinds[i], s->names.items[i]);
    }
    if (status == DAOTP_OK && s->purpose != NULL)
        status = set_purpose(verifier, s->purpose);
    if (status == DAOTP_OK && s->timeout_s > 0)
        status = daotp_verifier_set_timeout_ms(verifier, (int64_t)(s->timeout_s * 1000));
    if (status != DAOTP_OK)
        return status;
    (void)daotp_verifier_set_rules(verifier, s->rules); /* these were checked when read */
    (void)daotp_verifier_set_revocation(verifier, s->revocation);
    (void)daotp_verifier_set_role(verifier, s->role);
    if (s->has_at)
        (void)daotp_verifier_set_time_s(verifier, s->at);
    (void)daotp_verifier_set_flag(verifier, DAOTP_VERIFY_EXPLAIN, true);
    return daotp_verifier_set_stale_s(verifier, s->stale);
}

/* ---- the table ------------------------------------------------------------------------------- */

/* One row a check: the findings whose ids begin so are about it. */
static const struct {
    const char *check, *ids;
} rows[] = {
    {"signature", "CHAIN-SIGNATURE CHAIN-ALGORITHM"},
    {"dates", "CHAIN-NOT-YET CHAIN-EXPIRED"},
    {"public key", "CHAIN-KEY WEBPKI-KEY"},
    {"issuer", "CHAIN-NAME CHAIN-ISSUER-MISSING"},
    {"CA", "CHAIN-NOT-CA CHAIN-PATH-LENGTH CHAIN-CERT-SIGN WEBPKI-CA"},
    {"names", "CHAIN-NOT-PERMITTED CHAIN-EXCLUDED CHAIN-NAME-FORM CHAIN-NAME-INVALID "
              "CHAIN-CONSTRAINTS CHAIN-HOST WEBPKI-CN WEBPKI-SAN"},
    {"policies", "CHAIN-POLICY CHAIN-POLICY-MALFORMED"},
    {"extensions", "CHAIN-CRITICAL CHAIN-EXTENSION"},
    {"purpose", "CHAIN-PURPOSE WEBPKI-EKU"},
    {"profile", "PROFILE-VERSION PROFILE-SERIAL PROFILE-ISSUER PROFILE-VALIDITY PROFILE-SUBJECT "
                "PROFILE-AKI PROFILE-SKI PROFILE-KEY-USAGE PROFILE-SAN PROFILE-BASIC "
                "PROFILE-CONSTRAINTS PROFILE-POLICY PROFILE-ACCESS"},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static bool is_in(const char *id, const char *ids)
{
    size_t len = strlen(id);

    for (const char *at = ids; (at = strstr(at, id)) != NULL; at += len)
        if ((at == ids || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    return false;
}

static bool is_about(const daotp_finding *finding, const char *subject)
{
    return strcmp(daotp_finding_get_subject(finding), subject) == 0;
}

/* In text and in JSON, one walk over rows and findings. `shown`: which findings had their row. */
typedef struct table {
    daotp_verifier *verifier;
    daotp_report *report;
    bool verbose, json;
    bool shown[256];
    bool has_heading; /* the certificate's name was printed */
    const char *heading, *comma;
} table;

static const char *severity_mark(daotp_severity severity)
{
    if (severity == DAOTP_SEVERITY_INFORMATION)
        return "ok";
    return severity == DAOTP_SEVERITY_ERROR ? "FAIL" : "warn";
}

/* Only above what is shown. */
static void show_heading(table *t)
{
    if (!t->has_heading && t->heading[0] != '\0')
        page_format("%s\n", t->heading);
    t->has_heading = true;
}

static void show_passed(table *t, const char *check)
{
    if (!t->verbose)
        return;
    show_heading(t);
    page_format("  ok   %s\n", check);
}

/* What was not checked did not pass. */
static bool has_passed(const daotp_finding *finding)
{
    return daotp_finding_get_severity(finding) == DAOTP_SEVERITY_INFORMATION &&
           daotp_finding_get_number(finding) != DAOTP_FINDING_REVOCATION_IGNORED;
}

static void show_finding(table *t, const char *check, const daotp_finding *finding)
{
    daotp_finding_number number = daotp_finding_get_number(finding);
    daotp_severity severity = daotp_finding_get_severity(finding);
    const char *found = daotp_finding_get_found(finding);

    if (!t->verbose && has_passed(finding))
        return;
    show_heading(t);
    page_format("  %-4s %-11s %s: %s%s%s\n", severity_mark(severity), check,
                daotp_finding_get_id(finding), daotp_catalogue_get_title(number),
                found[0] != '\0' ? ": " : "", found);
    if (severity == DAOTP_SEVERITY_INFORMATION)
        return;
    if (daotp_catalogue_get_wanted(number)[0] != '\0')
        page_format("       wanted: %s\n", daotp_catalogue_get_wanted(number));
    page_format("       what to do: %s\n", daotp_catalogue_get_hint(number));
}

/* ---- the same as JSON ---- */

static const char *severity_state(daotp_severity severity)
{
    if (severity == DAOTP_SEVERITY_INFORMATION)
        return "pass";
    return severity == DAOTP_SEVERITY_ERROR ? "fail" : "warn";
}

static void put_check_json(table *t, const char *check, const daotp_finding *finding)
{
    printf("%s{\"check\":\"%s\",\"state\":\"%s\",\"finding\":", t->comma, check,
           finding != NULL ? severity_state(daotp_finding_get_severity(finding)) : "pass");
    if (finding != NULL)
        json_string(stdout, daotp_finding_get_id(finding));
    else
        printf("null");
    printf("}");
    t->comma = ",";
}

/* A check that has no finding holds. */
static void put_check(table *t, const char *check, const daotp_finding *finding)
{
    if (t->json)
        put_check_json(t, check, finding);
    else if (finding != NULL)
        show_finding(t, check, finding);
    else
        show_passed(t, check);
}

/* The findings of one row, or that it holds. */
static void put_row(table *t, const char *subject, size_t row)
{
    bool any = false;

    for (size_t i = 0; i < daotp_report_get_count(t->report); i++) {
        const daotp_finding *finding = daotp_report_get_finding(t->report, i);

        if (t->shown[i] || !is_about(finding, subject) ||
            !is_in(daotp_finding_get_id(finding), rows[row].ids))
            continue;
        put_check(t, rows[row].check, finding);
        t->shown[i] = any = true;
    }
    if (!any)
        put_check(t, rows[row].check, NULL);
}

/* What has no row of its own stands by its stage. */
static void put_others(table *t, const char *subject)
{
    for (size_t i = 0; i < daotp_report_get_count(t->report); i++) {
        const daotp_finding *finding = daotp_report_get_finding(t->report, i);

        if (t->shown[i] || !is_about(finding, subject))
            continue;
        put_check(t, daotp_stage_name(daotp_finding_get_stage(finding)), finding);
        t->shown[i] = true;
    }
}

static void put_certificate(table *t, size_t index)
{
    bool is_anchor = index + 1 == daotp_verifier_get_chain_count(t->verifier);
    char subject[1024], heading[sizeof subject + 16];

    snprintf(subject, sizeof subject, "%s", daotp_verifier_get_subject(t->verifier, index));
    snprintf(heading, sizeof heading, "%s%s", subject, is_anchor ? " (anchor)" : "");
    t->heading = heading;
    t->has_heading = false;
    t->comma = "";
    if (t->json) {
        printf("%s{\"certificate\":", index > 0 ? "," : "");
        json_string(stdout, subject);
        printf(",\"anchor\":%s,\"checks\":[", is_anchor ? "true" : "false");
    } else if (t->verbose) {
        show_heading(t);
    }
    for (size_t row = 0; !is_anchor && row < ROWS; row++)
        put_row(t, subject, row);
    put_others(t, subject);
    if (t->json)
        printf("]}");
}

/* What is about no certificate of the path: a CRL, or an address. */
static void show_rest(table *t)
{
    for (size_t i = 0; i < daotp_report_get_count(t->report); i++) {
        const daotp_finding *finding = daotp_report_get_finding(t->report, i);

        t->heading = daotp_finding_get_subject(finding);
        t->has_heading = false;
        if (!t->shown[i])
            put_others(t, t->heading);
    }
}

static void show_reason(const char *label, const daotp_finding *finding)
{
    const char *found = daotp_finding_get_found(finding);

    page_format("  %-8s %s: %s%s%s\n", label, daotp_finding_get_id(finding),
                daotp_catalogue_get_title(daotp_finding_get_number(finding)),
                found[0] != '\0' ? ": " : "", found);
}

static void show_text(table *t, const char *path, daotp_status status)
{
    const daotp_finding *error = daotp_report_get_error(t->report);
    const daotp_finding *cause = daotp_report_get_cause(t->report);

    page_format("%s: %s\n", path, tool_status_text(status));
    if (error != NULL)
        show_reason("verdict:", error);
    if (cause != NULL)
        show_reason("because:", cause);
    for (size_t i = 0; i < daotp_verifier_get_chain_count(t->verifier); i++)
        put_certificate(t, i);
    show_rest(t);
}

/* What stands on no certificate's row is among the findings. */
static void show_json(table *t, const char *path)
{
    printf("{\"format\":%d,\"file\":", DAOTP_JSON_FORMAT);
    json_string(stdout, path);
    printf(",\"path\":[");
    for (size_t i = 0; i < daotp_verifier_get_chain_count(t->verifier); i++)
        put_certificate(t, i);
    printf("]");
    tool_show_json_rest(t->report);
}

static void show_result(daotp_verifier *verifier, const char *path, daotp_status status,
                        const settings *s)
{
    table t = {.verifier = verifier,
               .report = daotp_verifier_get_report(verifier),
               .verbose = s->verbose,
               .json = s->json};

    if (s->json)
        show_json(&t, path);
    else
        show_text(&t, path, status);
}

/* ---- running --------------------------------------------------------------------------------- */

static daotp_status verify_file(daotp_verifier *verifier, const char *path, const settings *s)
{
    daotp_status status;
    char *bytes;
    size_t len;

    if (!tool_read_file(path, &bytes, &len)) {
        if (s->json)
            tool_no_json_of_file(path, DAOTP_CONFIGURATION);
        return DAOTP_CONFIGURATION;
    }
    status = daotp_verifier_verify(verifier, bytes, len);
    tool_say_kind(path, bytes, len, daotp_verifier_get_report(verifier));
    free(bytes);
    show_result(verifier, path, status, s);
    return status;
}

static void cancel_verifier(void *verifier)
{
    daotp_verifier_cancel(verifier);
}

static daotp_status run_verify(daotp_context *context, const settings *s, char **paths, int count)
{
    daotp_verifier *verifier = NULL;
    daotp_report *report = NULL;
    daotp_fetcher *fetcher = NULL;
    daotp_trust *trust = NULL;
    daotp_status status = daotp_report_new(context, &report), worst = DAOTP_OK;

    if (status == DAOTP_OK)
        status = tool_trust_new(context, &s->trust, &s->crl, report, &trust);
    if (status == DAOTP_OK)
        status = make_fetcher(context, s, &fetcher);
    if (status != DAOTP_OK)
        tool_show_report(report, status, s->json);
    if (status == DAOTP_OK)
        status = daotp_verifier_new(context, trust, &verifier);
    if (status == DAOTP_OK && s->fetch)
        status = daotp_verifier_set_fetcher(verifier, fetcher);
    if (status == DAOTP_OK) {
        status = set_up_verifier(verifier, s);
        if (status != DAOTP_OK)
            tool_show_report(daotp_verifier_get_report(verifier), status, s->json);
    }
    interrupt_catch();
    interrupt_cancels(cancel_verifier, verifier);
    for (int i = 0; status == DAOTP_OK && i < count && !interrupt_came(); i++) {
        daotp_status one = verify_file(verifier, paths[i], s);

        worst = worst == DAOTP_OK || one == DAOTP_REJECTED ? one : worst;
    }
    interrupt_cancels(NULL, NULL);
    daotp_verifier_free(verifier);
    daotp_fetcher_unref(fetcher);
    daotp_trust_unref(trust);
    daotp_report_free(report);
    return status != DAOTP_OK ? status : worst;
}

/* ---- options --------------------------------------------------------------------------------- */

static bool add_name(settings *s, const char *option, daotp_name_kind kind, const char *name)
{
    if (!tool_list_add("verify", option, &s->names, name))
        return false;
    s->kinds[s->names.count - 1] = kind;
    return true;
}

static bool read_time(const char *text, int64_t *seconds)
{
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);

    if (end != NULL && *end == '\0') {
        *seconds = (int64_t)timegm(&tm);
        return true;
    }
    return tool_integer(text, INT64_MIN, INT64_MAX, seconds);
}

static bool choose_settings(int c, settings *s)
{
    static const char *const roles[] = {"ra",  "otp-logon",  "client", "server",
                                        "kdc", "issuing-ca", NULL};
    static const char *const rules[] = {"path", "strict", "webpki", NULL};
    int value = 0;
    bool known;

    if (c == 'R')
        return tool_revocation("verify", "revocation", optarg, &s->revocation) == DAOTP_OK;
    if (c == 'a') {
        known = tool_choose_option("verify", "as", optarg, roles, &value);
        s->role = (daotp_role)value;
    } else {
        known = tool_choose_option("verify", "rules", optarg, rules, &value);
        s->rules = (daotp_rules)value;
    }
    return known;
}

/* The list of an option that may be given again; NULL for the others. */
static tool_list *find_list(int c, settings *s)
{
    switch (c) {
    case 't':
        return &s->trust;
    case 'w':
        return &s->with;
    case 'c':
        return &s->crl;
    case 'o':
        return &s->ocsp;
    case 'n':
        return &s->ntauth;
    case 'l':
        return &s->allow;
    default:
        return NULL;
    }
}

static bool take_option(int c, const char *name, settings *s)
{
    tool_list *list = find_list(c, s);

    if (list != NULL)
        return tool_list_add("verify", name, list, optarg);
    switch (c) {
    case 'D':
        return add_name(s, name, DAOTP_NAME_DNS, optarg);
    case 'I':
        return add_name(s, name, DAOTP_NAME_IP, optarg);
    case 'E':
        return add_name(s, name, DAOTP_NAME_EMAIL, optarg);
    case 'U':
        return add_name(s, name, DAOTP_NAME_UPN, optarg);
    case 'K':
        return add_name(s, name, DAOTP_NAME_REALM, optarg);
    case 'a':
    case 'r':
    case 'R':
        return choose_settings(c, s);
    case 's':
        return tool_integer(optarg, 0, INT64_MAX, &s->stale);
    case 'T':
        s->has_at = true;
        return read_time(optarg, &s->at);
    case 'p':
        s->purpose = optarg;
        return true;
    case 'C':
        s->cache = optarg;
        return true;
    case 'L':
        s->ldap = optarg;
        return true;
    case 'm':
        return tool_seconds(optarg, &s->timeout_s);
    case 'f':
        s->fetch = true;
        return true;
    case 'j':
        s->json = true;
        return true;
    case 'v':
        s->verbose = true;
        return true;
    default:
        return false;
    }
}

static const struct option options[] = {{"trust", required_argument, NULL, 't'},
                                        {"with", required_argument, NULL, 'w'},
                                        {"crl", required_argument, NULL, 'c'},
                                        {"ocsp", required_argument, NULL, 'o'},
                                        {"as", required_argument, NULL, 'a'},
                                        {"ntauth", required_argument, NULL, 'n'},
                                        {"rules", required_argument, NULL, 'r'},
                                        {"revocation", required_argument, NULL, 'R'},
                                        {"stale", required_argument, NULL, 's'},
                                        {"at", required_argument, NULL, 'T'},
                                        {"name", required_argument, NULL, 'D'},
                                        {"ip", required_argument, NULL, 'I'},
                                        {"email", required_argument, NULL, 'E'},
                                        {"upn", required_argument, NULL, 'U'},
                                        {"realm", required_argument, NULL, 'K'},
                                        {"purpose", required_argument, NULL, 'p'},
                                        {"fetch", no_argument, NULL, 'f'},
                                        {"allow", required_argument, NULL, 'l'},
                                        {"cache", required_argument, NULL, 'C'},
                                        {"timeout", required_argument, NULL, 'm'},
                                        {"json", no_argument, NULL, 'j'},
                                        {"verbose", no_argument, NULL, 'v'},
                                        {"ldap", required_argument, NULL, 'L'},
                                        {"help", no_argument, NULL, 'h'},
                                        {0}};

/* Did choose_settings() or tool_list_add() say what is wrong with the option? */
static bool is_refusal_said(int c)
{
    return strchr("arRtwconlDIEU", c) != NULL;
}

int cmd_verify(int argc, char **argv)
{
    settings s = {.rules = DAOTP_RULES_STRICT, .revocation = DAOTP_REVOCATION_REQUIRE};
    daotp_context *context;
    daotp_status status;
    int c, which = 0;

    while ((c = tool_next_option("verify", argc, argv, options, &which)) != -1) {
        if (c == 'h')
            return fputs(help, stdout) < 0;
        if (!take_option(c, options[which].name, &s))
            return tool_bad_option("verify", is_refusal_said(c) ? '?' : c, options[which].name,
                                   optarg);
    }
    if (optind == argc)
        return tool_missing("verify", "a FILE");
    context = tool_context();
    status = run_verify(context, &s, argv + optind, argc - optind);
    daotp_context_unref(context);
    return tool_exit_status(status);
}
