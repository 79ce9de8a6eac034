/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp requirements: what a certificate of a deployment must be like, and whether this one is. */
#include "tool.h"

#include "json.h"
#include "page.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: daotp requirements [--part PART] [OPTION...] [CERT]\n"
    "\n"
    "List the requirements for the certificates of a deployment.\n"
    "\n"
    "PART: ra, otp-logon, machine, server, kdc, ca, ntauth; all unless given\n"
    "CERT: a certificate, DER or PEM, which is checked against the requirements of\n"
    "PART; each line begins with pass, FAIL or unknown\n"
    "\n"
    "  --trust FILE|DIR|system  trust anchors: verify path and revocation too; may be\n"
    "                           given again\n"
    "  --with FILE              intermediates, not trusted; may be given again\n"
    "  --crl FILE               CRLs; may be given again\n"
    "  --ntauth FILE            the CAs that may issue for logon\n"
    "  --profile NAME           the profile for settings without an option (default)\n"
    "  --json                   one JSON array of objects\n"
    "\n"
    "exit status: 0 no required row fails, 1 one fails\n"
    "\n"
    "example: daotp requirements --part ra ra.pem\n";

enum { PARTS = DAOTP_PART_NTAUTH };

typedef struct settings {
    tool_list trust, with, crl, ntauth;
    int part; /* 0: all */
    const char *certificate;
    bool json;
} settings;

static const char *const part_names[] = {"ra",  "otp-logon", "machine", "server",
                                         "kdc", "ca",        "ntauth",  NULL};

/* ---- showing --------------------------------------------------------------------------------- */

static const char *state_name(daotp_requirement_state state)
{
    static const char *const names[] = {[DAOTP_REQUIREMENT_UNKNOWN] = "unknown",
                                        [DAOTP_REQUIREMENT_PASS] = "pass",
                                        [DAOTP_REQUIREMENT_FAIL] = "FAIL"};

    return names[state];
}

static void put_field(const char *name, const char *text)
{
    printf(",\"%s\":", name);
    json_string(stdout, text);
}

static void show_json(const daotp_requirements *r, size_t at, const char *part, bool is_first)
{
    daotp_requirement_state state = daotp_requirements_get_state(r, at);

    printf("%s{\"format\":%d,\"id\":", is_first ? "" : ",\n", DAOTP_JSON_FORMAT);
    json_string(stdout, daotp_requirements_get_text(r, at, DAOTP_REQUIREMENT_ID));
    put_field("part", part);
    put_field("state", state == DAOTP_REQUIREMENT_FAIL ? "fail" : state_name(state));
    put_field("weight", daotp_requirements_get_text(r, at, DAOTP_REQUIREMENT_WEIGHT));
    put_field("requirement", daotp_requirements_get_text(r, at, DAOTP_REQUIREMENT_STATEMENT));
    put_field("found", daotp_requirements_get_text(r, at, DAOTP_REQUIREMENT_FOUND));
    put_field("setting", daotp_requirements_get_text(r, at, DAOTP_REQUIREMENT_SETTING));
    put_field("command", daotp_requirements_get_text(r, at, DAOTP_REQUIREMENT_COMMAND));
    put_field("finding", daotp_catalogue_get_id(daotp_requirements_get_finding(r, at)));
    put_field("source", daotp_requirements_get_text(r, at, DAOTP_REQUIREMENT_SOURCE));
    printf("}");
}

static void show_text(const daotp_requirements *r, size_t at, bool is_checked)
{
    const char *found = daotp_requirements_get_text(r, at, DAOTP_REQUIREMENT_FOUND);
    char state[16] = "";

    if (is_checked)
        snprintf(state, sizeof state, "%-8s", state_name(daotp_requirements_get_state(r, at)));
    page_format("%s%-6s %-6s  %s\n", state,
                daotp_requirements_get_text(r, at, DAOTP_REQUIREMENT_ID),
                daotp_requirements_get_text(r, at, DAOTP_REQUIREMENT_WEIGHT),
                daotp_requirements_get_text(r, at, DAOTP_REQUIREMENT_STATEMENT));
    if (found[0] != '\0')
        page_format("          found:   %s\n", found);
    page_format("          set:     %s\n",
                daotp_requirements_get_text(r, at, DAOTP_REQUIREMENT_SETTING));
    page_format("          see:     %s\n",
                daotp_requirements_get_text(r, at, DAOTP_REQUIREMENT_COMMAND));
}

static void show_part(const daotp_requirements *r, int part, const settings *s, bool is_first)
{
    if (!s->json)
        printf("%s%s:\n", is_first ? "" : "\n", part_names[part - 1]);
    for (size_t i = 0; i < daotp_requirements_get_count(r); i++)
        if (s->json)
            show_json(r, i, part_names[part - 1], is_first && i == 0);
        else
            show_text(r, i, s->certificate != NULL);
}

static bool must_fail(const daotp_requirements *r)
{
    for (size_t i = 0; i < daotp_requirements_get_count(r); i++)
        if (daotp_requirements_get_state(r, i) == DAOTP_REQUIREMENT_FAIL &&
            strcmp(daotp_requirements_get_text(r, i, DAOTP_REQUIREMENT_WEIGHT), "must") == 0)
            return true;
    return false;
}

/* ---- path and revocation --------------------------------------------------------------------- */

/* The role decides whether the list of NTAuth is asked for. */
static daotp_status prepare_verifier(daotp_verifier *verifier, const settings *s)
{
    daotp_status status = tool_verifier_add("requirements", verifier, &s->with, &s->ntauth);

    if (status == DAOTP_OK && s->part == DAOTP_PART_KDC)
        status = daotp_verifier_set_role(verifier, DAOTP_ROLE_KDC);
    if (status == DAOTP_OK && s->part == DAOTP_PART_OTP_LOGON)
        status = daotp_verifier_set_role(verifier, DAOTP_ROLE_OTP_LOGON);
    if (status == DAOTP_OK)
        status = daotp_verifier_set_flag(verifier, DAOTP_VERIFY_EXPLAIN, true);
    return status;
}

/* With anchors a verifier tells of path, dates and revocation; whatever its verdict. */
static daotp_status report_path(daotp_context *context, const settings *s, daotp_requirements *r,
                                const void *bytes, size_t len)
{
    daotp_verifier *verifier = NULL;
    daotp_report *report = NULL;
    daotp_trust *trust = NULL;
    daotp_status status = daotp_report_new(context, &report);

    if (status == DAOTP_OK) {
        status = tool_trust_new(context, &s->trust, &s->crl, report, &trust);
        if (status != DAOTP_OK)
            tool_show_report(report, status, s->json);
    }
    if (status == DAOTP_OK)
        status = daotp_verifier_new(context, trust, &verifier);
    if (status == DAOTP_OK)
        status = prepare_verifier(verifier, s);
    if (status == DAOTP_OK) {
        (void)daotp_verifier_verify(verifier, bytes, len);
        status = daotp_requirements_take_report(r, daotp_verifier_get_report(verifier));
    }
    daotp_verifier_free(verifier);
    daotp_trust_unref(trust);
    daotp_report_free(report);
    return status;
}

static daotp_status add_ntauth(void *requirements, const void *bytes, size_t len)
{
    return daotp_requirements_add_ntauth(requirements, bytes, len);
}

static daotp_status check_certificate(daotp_context *context, const settings *s,
                                      daotp_requirements *r)
{
    daotp_status status = tool_add_files("requirements", &s->ntauth, "certificate", add_ntauth, r);
    char *bytes = NULL;
    size_t len = 0;

    if (status == DAOTP_OK && !tool_read_file(s->certificate, &bytes, &len))
        status = DAOTP_CONFIGURATION;
    if (status == DAOTP_OK) {
        status = daotp_requirements_check(r, bytes, len);
        tool_say_kind(s->certificate, bytes, len, daotp_requirements_get_report(r));
        if (status != DAOTP_OK)
            tool_show_report(daotp_requirements_get_report(r), status, s->json);
    }
    if (status == DAOTP_OK && s->trust.count > 0)
        status = report_path(context, s, r, bytes, len);
    free(bytes);
    return status;
}

/* ---- running --------------------------------------------------------------------------------- */

static int run_part(daotp_context *context, const settings *s, int part, bool is_first)
{
    daotp_requirements *r = NULL;
    daotp_status status = daotp_requirements_new(context, (daotp_part)part, &r);
    int rc;

    if (status == DAOTP_OK && s->certificate != NULL)
        status = check_certificate(context, s, r);
    rc = tool_exit_status(status);
    if (status == DAOTP_OK) {
        if (s->json && is_first) {
            tool_said_json();
            printf("[");
        }
        show_part(r, part, s, is_first);
        rc = must_fail(r) ? TOOL_REJECTED : 0;
    }
    daotp_requirements_free(r);
    return rc;
}

static int run_all(const settings *s)
{
    daotp_context *context = tool_context();
    int rc = 0, first = s->part, last = s->part;

    if (s->part == 0) {
        first = 1;
        last = PARTS;
    }
    for (int part = first; rc == 0 && part <= last; part++)
        rc = run_part(context, s, part, part == first);
    if (s->json && (rc == 0 || rc == TOOL_REJECTED)) /* else the reason stands there, no list */
        printf("]\n");
    daotp_context_unref(context);
    return rc;
}

static bool take_option(int c, const char *name, settings *s)
{
    switch (c) {
    case 'p':
        return tool_choose_option("requirements", "part", optarg, part_names, &s->part);
    case 't':
        return tool_list_add("requirements", name, &s->trust, optarg);
    case 'w':
        return tool_list_add("requirements", name, &s->with, optarg);
    case 'c':
        return tool_list_add("requirements", name, &s->crl, optarg);
    case 'n':
        return tool_list_add("requirements", name, &s->ntauth, optarg);
    case 'j':
        s->json = true;
        return true;
    default:
        return false;
    }
}

/* 0 when each option has an effect; else says what is missing. */
static int check_options(const settings *s)
{
    bool has_path = s->with.count > 0 || s->crl.count > 0;

    if (s->certificate == NULL && (has_path || s->trust.count > 0 || s->ntauth.count > 0))
        return tool_missing("requirements", "a CERT for --trust, --with, --crl and --ntauth");
    if (has_path && s->trust.count == 0)
        return tool_missing("requirements", "--trust for --with and --crl");
    return 0;
}

int cmd_requirements(int argc, char **argv)
{
    static const struct option options[] = {
        {"part", required_argument, NULL, 'p'},   {"trust", required_argument, NULL, 't'},
        {"with", required_argument, NULL, 'w'},   {"crl", required_argument, NULL, 'c'},
        {"ntauth", required_argument, NULL, 'n'}, {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},         {0}};
    settings s = {0};
    int c, rc, which = 0;

    while ((c = tool_next_option("requirements", argc, argv, options, &which)) != -1) {
        if (c == 'h')
            return fputs(help, stdout) < 0;
        if (!take_option(c, options[which].name, &s)) /* it was said why */
            return TOOL_USAGE;
    }
    if (argc - optind > 1 || (argc - optind == 1 && s.part == 0)) {
        return tool_missing("requirements", s.part == 0 ? "--part, to know what CERT is for"
                                                        : "one CERT at a time");
    }
    s.certificate = optind < argc ? argv[optind] : NULL;
    rc = check_options(&s);
    return rc == 0 ? run_all(&s) : rc;
}
