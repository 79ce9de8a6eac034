/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp templates: what a certificate enrolment policy service (MS-XCEP) offers the user. */
#include "tool.h"

#include "interrupt.h"
#include "json.h"
#include "page.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: daotp templates [OPTION...] --url URL [NAME...]\n"
    "\n"
    "List the certificate templates that an enrolment policy service (CEP, MS-XCEP)\n"
    "offers the user, the keys that they require, and the CAs that issue by them.\n"
    "NAME: the templates to list, by name or OID; all unless given.\n"
    "\n"
    "  --url URL                the service (needed); on Windows\n"
    "    https://HOST/ADPolicyProvider_CEP_UsernamePassword/service.svc/CEP\n"
    "  --user NAME              DOMAIN\\user or UPN (needed)\n"
    "  --trust FILE|system      trust anchors for the service's certificate (needed)\n"
    "  --auth username|negotiate|certificate|any   how the user authenticates (any:\n"
    "                           by the method that the URL names)\n"
    "  --cert FILE, --key FILE  for --auth certificate\n"
    "  --password-file FILE, --password-fd N   the password; unless given, asked for\n"
    "                           on the terminal\n"
    "  --timeout S              time-out of all steps together (30)\n"
    "  --profile NAME           the profile for settings without an option (default)\n"
    "  --json                   the templates as JSON\n"
    "\n"
    "example: daotp templates --user 'CORP\\alice' --trust system --url \\\n"
    "  https://cep.corp.example/ADPolicyProvider_CEP_UsernamePassword/service.svc/CEP\n";

typedef struct asked {
    const char *url, *user, *cert, *key, *password_file;
    tool_list trust;
    int authentication; /* as the enumeration counts */
    int password_fd;    /* -1: none */
    double timeout_s;
    bool json;
    tool_secret password;
    char **names; /* those to be shown; none: all */
    size_t name_count;
} asked;

enum { URL = 256, USER, CERT, KEY, PASSWORD_FILE, TRUST, AUTH, PASSWORD_FD, TIMEOUT, JSON, HELP };

static const struct option options[] = {{"url", required_argument, NULL, URL},
                                        {"user", required_argument, NULL, USER},
                                        {"cert", required_argument, NULL, CERT},
                                        {"key", required_argument, NULL, KEY},
                                        {"password-file", required_argument, NULL, PASSWORD_FILE},
                                        {"trust", required_argument, NULL, TRUST},
                                        {"auth", required_argument, NULL, AUTH},
                                        {"password-fd", required_argument, NULL, PASSWORD_FD},
                                        {"timeout", required_argument, NULL, TIMEOUT},
                                        {"json", no_argument, NULL, JSON},
                                        {"help", no_argument, NULL, HELP},
                                        {0}};

/* TOOL_USAGE when the value is not taken, and it was said. */
static int take_option(asked *a, int option, const char *name)
{
    static const char *const ways[] = {"username", "negotiate", "certificate", "any", NULL};
    const char **const slots[] = {&a->url, &a->user, &a->cert, &a->key, &a->password_file};

    if (option >= URL && option <= PASSWORD_FILE)
        *slots[option - URL] = optarg;
    a->json = a->json || option == JSON;
    if ((option == TRUST && !tool_list_add("templates", name, &a->trust, optarg)) ||
        (option == AUTH &&
         !tool_choose_option("templates", name, optarg, ways, &a->authentication)))
        return TOOL_USAGE;
    if ((option == PASSWORD_FD && !tool_descriptor(optarg, &a->password_fd)) ||
        (option == TIMEOUT && !tool_seconds(optarg, &a->timeout_s)))
        return tool_bad_option("templates", option, name, optarg);
    return 0;
}

static daotp_status on_domain(void *user, const char *host, daotp_host_origin origin,
                              uint32_t attempt, daotp_domain_credential *answer)
{
    asked *a = user;
    char prompt[512];
    bool has = false;

    (void)origin;
    snprintf(prompt, sizeof prompt, "Domain password of %s, for %s", a->user, host);
    if (attempt > 1)
        return DAOTP_CONFIGURATION;
    if (a->password_file != NULL)
        has = tool_secret_load(a->password_file, &a->password);
    else if (a->password_fd >= 0)
        has = tool_secret_read(a->password_fd, &a->password);
    else
        has = tool_secret_ask(prompt, &a->password);
    if (!has)
        return interrupt_came() ? DAOTP_CANCELLED : DAOTP_CONFIGURATION;
    return daotp_domain_credential_set(answer, a->user, a->password.bytes, a->password.len);
}

/* ---- the service ----------------------------------------------------------------------------- */

static daotp_status make_service(daotp_context *context, const asked *a, daotp_report *report,
                                 daotp_ca **service)
{
    const tool_list no_crls = {.count = 0};
    daotp_credential *identity = NULL;
    daotp_trust *trust = NULL;
    daotp_status status =
        daotp_ca_new_wstep(context, (daotp_ca_authentication)a->authentication, service);

    if (status == DAOTP_OK)
        status = tool_taken("templates", daotp_ca_set_url(*service, a->url), "url", a->url);
    if (status == DAOTP_OK)
        status = tool_trust_new(context, &a->trust, &no_crls, report, &trust);
    if (status == DAOTP_OK)
        status = daotp_ca_set_trust(*service, trust);
    if (status == DAOTP_OK && a->cert != NULL)
        status = daotp_credential_load(context, a->cert, a->key, report, &identity);
    if (status == DAOTP_OK && a->cert != NULL)
        status = daotp_ca_set_identity(*service, identity);
    daotp_credential_unref(identity);
    daotp_trust_unref(trust);
    return status;
}

static daotp_status fetch_templates(daotp_context *context, asked *a, daotp_report *report,
                                    daotp_templates **templates)
{
    daotp_ca *service = NULL;
    daotp_status status = make_service(context, a, report, &service);

    if (status == DAOTP_OK)
        status = daotp_ca_fetch_templates(service, a->user, on_domain, a,
                                          (int64_t)(a->timeout_s * 1000), report, templates);
    daotp_ca_unref(service);
    return status;
}

/* ---- what is shown --------------------------------------------------------------------------- */

/* The texts and numbers, as JSON calls them. */
static const struct {
    daotp_template_text field;
    const char *name;
} text_names[] = {{DAOTP_TEMPLATE_NAME, "name"},
                  {DAOTP_TEMPLATE_DISPLAY_NAME, "display_name"},
                  {DAOTP_TEMPLATE_OID, "oid"},
                  {DAOTP_TEMPLATE_HASH, "hash"},
                  {DAOTP_TEMPLATE_KEY_ALGORITHM, "key_algorithm"},
                  {DAOTP_TEMPLATE_PURPOSES, "purposes"},
                  {DAOTP_TEMPLATE_RA_POLICY, "ra_policy"},
                  {DAOTP_TEMPLATE_RA_PURPOSES, "ra_purposes"}};
static const struct {
    daotp_template_number field;
    const char *name;
} number_names[] = {{DAOTP_TEMPLATE_SCHEMA, "schema"},
                    {DAOTP_TEMPLATE_MAJOR, "major"},
                    {DAOTP_TEMPLATE_MINOR, "minor"},
                    {DAOTP_TEMPLATE_KEY_BITS, "key_bits"},
                    {DAOTP_TEMPLATE_VALIDITY_S, "validity_s"},
                    {DAOTP_TEMPLATE_RENEWAL_S, "renewal_s"},
                    {DAOTP_TEMPLATE_MAY_ENROLL, "may_enroll"},
                    {DAOTP_TEMPLATE_RA_SIGNATURES, "ra_signatures"},
                    {DAOTP_TEMPLATE_PRIVATE_KEY_FLAGS, "private_key_flags"},
                    {DAOTP_TEMPLATE_SUBJECT_FLAGS, "subject_flags"},
                    {DAOTP_TEMPLATE_ENROLLMENT_FLAGS, "enrollment_flags"},
                    {DAOTP_TEMPLATE_GENERAL_FLAGS, "general_flags"}};
static const struct {
    daotp_ca_authentication how;
    const char *name;
} way_names[] = {{DAOTP_CA_NEGOTIATE, "negotiate"},
                 {DAOTP_CA_CERTIFICATE, "certificate"},
                 {DAOTP_CA_USERNAME, "username"}};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool is_asked_for(const asked *a, const daotp_templates *templates, size_t at)
{
    for (size_t i = 0; i < a->name_count; i++)
        if (daotp_templates_find(templates, a->names[i]) == at)
            return true;
    return a->name_count == 0;
}

static const char *enroll_word(const daotp_templates *templates, size_t at)
{
    int64_t flags = daotp_templates_get_number(templates, at, DAOTP_TEMPLATE_ENROLLMENT_FLAGS);

    if (daotp_templates_get_number(templates, at, DAOTP_TEMPLATE_MAY_ENROLL) != 1)
        return "no: the user has no Enroll right on it";
    return flags > 0 && (flags & 2) != 0 ? "a CA manager must approve" : "yes";
}

static void show_text(const char *label, const char *text)
{
    if (*text != '\0')
        page_format("  %s: %s\n", label, text);
}

static void show_number(const char *label, int64_t number, const char *unit)
{
    if (number >= 0)
        page_format("  %s: %" PRId64 "%s\n", label, number, unit);
}

static void show_cas(const daotp_templates *templates, size_t at)
{
    for (size_t ca = 0; ca < daotp_templates_get_ca_count(templates, at); ca++) {
        page_format("  CA: %s\n", daotp_templates_get_ca_name(templates, at, ca));
        for (size_t i = 0; i < COUNT(way_names); i++) {
            const char *url = daotp_templates_get_ca_url(templates, at, ca, way_names[i].how);

            if (*url != '\0')
                printf("    %s: %s\n", way_names[i].name, url);
        }
    }
}

static void show_template(const daotp_templates *templates, size_t at)
{
    const char *oid = daotp_templates_get_text(templates, at, DAOTP_TEMPLATE_OID);
    int64_t major = daotp_templates_get_number(templates, at, DAOTP_TEMPLATE_MAJOR);
    int64_t minor = daotp_templates_get_number(templates, at, DAOTP_TEMPLATE_MINOR);

    page_format("template %s\n", daotp_templates_get_text(templates, at, DAOTP_TEMPLATE_NAME));
    show_text("display name", daotp_templates_get_text(templates, at, DAOTP_TEMPLATE_DISPLAY_NAME));
    if (*oid != '\0' && major >= 0 && minor >= 0)
        page_format("  option of enroll: --template %s:%" PRId64 ".%" PRId64 "\n", oid, major,
                    minor);
    page_format("  may enrol: %s\n", enroll_word(templates, at));
    show_number("key", daotp_templates_get_number(templates, at, DAOTP_TEMPLATE_KEY_BITS),
                " bits or more");
    show_text("key algorithm",
              daotp_templates_get_text(templates, at, DAOTP_TEMPLATE_KEY_ALGORITHM));
    show_text("hash", daotp_templates_get_text(templates, at, DAOTP_TEMPLATE_HASH));
    show_number("validity", daotp_templates_get_number(templates, at, DAOTP_TEMPLATE_VALIDITY_S),
                " seconds");
    show_text("purposes", daotp_templates_get_text(templates, at, DAOTP_TEMPLATE_PURPOSES));
    show_number("signatures of an RA",
                daotp_templates_get_number(templates, at, DAOTP_TEMPLATE_RA_SIGNATURES), "");
    show_text("policy of the RA",
              daotp_templates_get_text(templates, at, DAOTP_TEMPLATE_RA_POLICY));
    show_text("purposes of the RA",
              daotp_templates_get_text(templates, at, DAOTP_TEMPLATE_RA_PURPOSES));
    show_cas(templates, at);
}

static void json_cas(const daotp_templates *templates, size_t at)
{
    for (size_t ca = 0; ca < daotp_templates_get_ca_count(templates, at); ca++) {
        printf("%s{\"name\":", ca > 0 ? "," : "");
        json_string(stdout, daotp_templates_get_ca_name(templates, at, ca));
        for (size_t i = 0; i < COUNT(way_names); i++) {
            printf(",\"%s\":", way_names[i].name);
            json_string(stdout, daotp_templates_get_ca_url(templates, at, ca, way_names[i].how));
        }
        printf("}");
    }
}

static void json_template(const daotp_templates *templates, size_t at)
{
    printf("{");
    for (size_t i = 0; i < COUNT(text_names); i++) {
        printf("%s\"%s\":", i > 0 ? "," : "", text_names[i].name);
        json_string(stdout, daotp_templates_get_text(templates, at, text_names[i].field));
    }
    for (size_t i = 0; i < COUNT(number_names); i++)
        printf(",\"%s\":%" PRId64, number_names[i].name,
               daotp_templates_get_number(templates, at, number_names[i].field));
    printf(",\"cas\":[");
    json_cas(templates, at);
    printf("]}");
}

static void show_templates(const asked *a, const daotp_templates *templates)
{
    const char *separator = "";

    if (a->json) {
        tool_said_json();
        printf("{\"format\":%d,\"templates\":[", DAOTP_JSON_FORMAT);
    }
    for (size_t at = 0; at < daotp_templates_get_count(templates); at++) {
        if (!is_asked_for(a, templates, at))
            continue;
        if (a->json) {
            fputs(separator, stdout);
            json_template(templates, at);
            separator = ",";
        } else {
            show_template(templates, at);
        }
    }
    if (a->json)
        printf("]}\n");
    else if (daotp_templates_get_count(templates) == 0)
        printf("no templates are offered\n");
}

/* Each name that no template has is said. */
static daotp_status check_names(const asked *a, const daotp_templates *templates)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < a->name_count; i++)
        if (daotp_templates_find(templates, a->names[i]) == daotp_templates_get_count(templates)) {
            tool_say("daotp templates: the service offers no template '%s'", a->names[i]);
            status = DAOTP_REJECTED;
        }
    return status;
}

static int run_templates(asked *a)
{
    daotp_context *context = tool_context();
    daotp_report *report = NULL;
    daotp_templates *templates = NULL;
    daotp_status status = daotp_report_new(context, &report);

    if (status == DAOTP_OK)
        status = fetch_templates(context, a, report, &templates);
    if (status == DAOTP_OK) {
        status = check_names(a, templates);
        show_templates(a, templates);
    } else if (report != NULL) {
        tool_show_report(report, status, a->json);
    }
    daotp_templates_free(templates);
    daotp_report_free(report);
    daotp_context_unref(context);
    tool_secret_free(&a->password);
    return tool_exit_status(status);
}

int cmd_templates(int argc, char **argv)
{
    asked a = {.authentication = DAOTP_CA_ANY, .password_fd = -1, .timeout_s = 30};
    int c, which = 0;

    while ((c = tool_next_option("templates", argc, argv, options, &which)) != -1) {
        if (c == HELP)
            return fputs(help, stdout) < 0;
        if (c == '?' || take_option(&a, c, options[which].name) != 0)
            return TOOL_USAGE;
    }
    a.names = argv + optind;
    a.name_count = (size_t)(argc - optind);
    if (a.url == NULL)
        return tool_missing("templates", "--url");
    if (a.user == NULL)
        return tool_missing("templates", "--user");
    if (a.trust.count == 0)
        return tool_missing("templates", "--trust");
    if ((a.cert == NULL) != (a.key == NULL)) {
        tool_say("daotp templates: --cert and --key are given together");
        return TOOL_USAGE;
    }
    return run_templates(&a);
}
