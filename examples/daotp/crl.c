/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp crl: look into a revocation list. */
#include "tool.h"

#include "json.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char help[] =
    "usage: daotp crl [OPTION...] FILE\n"
    "\n"
    "FILE: a CRL in DER, or any number in PEM, of any size.\n"
    "\n"
    "  --issuer FILE  check the signature with this certificate; needed for --serial\n"
    "                 and --index\n"
    "  --serial HEX   look up this serial number in each CRL; may be given again\n"
    "  --index        make the index, with which a look-up is a few reads\n"
    "  --measure      show how long each step took\n"
    "  --profile NAME accepted as by every command; no key concerns this command\n"
    "  --json         the result as JSON\n"
    "\n"
    "exit status: 0 not listed, 1 listed, 2 a CRL is not valid or cannot be read\n"
    "\n"
    "example: daotp crl --issuer ca.pem --serial 0a1b2c ca.crl\n";

enum { MAX_SERIAL = 64 }; /* octets */

typedef struct settings {
    const char *issuer;
    tool_list serials;
    bool index, measure, json;
} settings;

static double now_s(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static const char *format_time(int64_t seconds, char *text, size_t room)
{
    time_t at = (time_t)seconds;
    struct tm tm;

    if (seconds == 0 || gmtime_r(&at, &tm) == NULL ||
        strftime(text, room, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        snprintf(text, room, "none");
    return text;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Octets of an INTEGER from hex: a 0 goes in front where the first bit is set. */
static size_t read_serial(const char *text, unsigned char *serial)
{
    char hex[2 * MAX_SERIAL];
    size_t digits = 0, len = 0;

    for (; *text != '\0' && digits < sizeof hex; text++)
        if (*text != ':') /* as OpenSSL and browsers show it */
            hex[digits++] = *text;
    if (digits == 0 || digits > 2 * (MAX_SERIAL - 1))
        return 0;
    if (digits % 2 == 0 && hex_digit(hex[0]) >= 8)
        serial[len++] = 0;
    for (size_t i = 0; i < digits; i++) {
        int value = hex_digit(hex[i]);

        if (value < 0)
            return 0;
        if ((digits - i) % 2 == 0 || (i == 0 && digits % 2 == 1))
            serial[len++] = (unsigned char)value;
        else
            serial[len - 1] = (unsigned char)(serial[len - 1] << 4 | value);
    }
    while (len > 1 && serial[0] == 0 && serial[1] < 0x80)
        memmove(serial, serial + 1, --len);
    return len;
}

/* What was found out, and in how many seconds. */
typedef struct outcome {
    double opened, walked, verified, indexed;
    bool is_unreadable, is_verified, is_indexed;
    struct {
        daotp_status status;
        int reason;
        int64_t date;
        double took;
    } serials[TOOL_MAX_LIST];
    size_t serial_count;
} outcome;

static void look_up(daotp_crl *crl, const char *hex, outcome *out)
{
    unsigned char serial[MAX_SERIAL];
    size_t len = read_serial(hex, serial), i = out->serial_count++;
    double from = now_s();

    out->serials[i].status =
        len > 0 ? daotp_crl_find(crl, serial, len, &out->serials[i].reason, &out->serials[i].date)
                : DAOTP_USAGE;
    out->serials[i].took = now_s() - from;
}

static const char *outcome_text(daotp_status status)
{
    if (status == DAOTP_OK)
        return "not listed";
    return status == DAOTP_USAGE ? "not a serial number in hexadecimal" : "cannot be looked up";
}

static void show_serial(const settings *s, const outcome *out, size_t i)
{
    char text[40];

    if (out->serials[i].status == DAOTP_REJECTED)
        printf("%s: listed, reason %d, %s", s->serials.items[i], out->serials[i].reason,
               format_time(out->serials[i].date, text, sizeof text));
    else
        printf("%s: %s", s->serials.items[i], outcome_text(out->serials[i].status));
    printf(s->measure ? ", %.0f ns\n" : "\n", out->serials[i].took * 1e9);
}

static daotp_status check_signature(daotp_crl *crl, const settings *s, outcome *out)
{
    double from = now_s();
    daotp_status status;
    char *bytes;
    size_t len;

    if (!tool_read_file(s->issuer, &bytes, &len))
        return DAOTP_CONFIGURATION;
    status = daotp_crl_verify(crl, bytes, len);
    free(bytes);
    out->is_verified = status == DAOTP_OK;
    out->verified = now_s() - from;
    if (status == DAOTP_OK && !s->json)
        printf("signature: holds");
    if (status == DAOTP_OK && !s->json)
        printf(s->measure ? ", %.3f ms\n" : "\n", out->verified * 1e3);
    return status;
}

static daotp_status make_index(daotp_crl *crl, const settings *s, outcome *out)
{
    double from = now_s();
    daotp_status status = daotp_crl_index(crl);

    out->is_indexed = status == DAOTP_OK;
    out->indexed = now_s() - from;
    if (status == DAOTP_OK && s->measure && !s->json)
        printf("index: %.3f ms\n", out->indexed * 1e3);
    return status;
}

/* What the library says of it beyond the lines above: signature, key identifier, scope, where the
 * delta CRLs are, next publish. */
static void show_more(const daotp_crl *crl)
{
    static const char *const shown[] = {
        "  size:", "  issuer:", "  number:", "  this update:", "  next update:", "  delta CRL on"};
    char *text;

    if (daotp_describe_crl(crl, DAOTP_FORMAT_TEXT, &text) != DAOTP_OK)
        return;
    for (const char *line = strchr(text, '\n'); line != NULL && line[1] != '\0';
         line = strchr(line + 1, '\n')) {
        bool is_shown = false;

        for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
            is_shown = is_shown || strncmp(line + 1, shown[i], strlen(shown[i])) == 0;
        if (!is_shown)
            printf("%.*s\n", (int)strcspn(line + 3, "\n"), line + 3);
    }
    daotp_free(text);
}

static void show_crl(daotp_crl *crl, const settings *s, const outcome *out)
{
    char this_update[40], next_update[40];

    format_time(daotp_crl_get_this_update(crl), this_update, sizeof this_update);
    format_time(daotp_crl_get_next_update(crl), next_update, sizeof next_update);
    printf("issuer: %s\nnumber: %s\n", daotp_crl_get_issuer(crl), daotp_crl_get_number(crl));
    if (daotp_crl_get_base_number(crl)[0] != '\0')
        printf("delta to: %s\n", daotp_crl_get_base_number(crl));
    printf("thisUpdate: %s\nnextUpdate: %s\n", this_update, next_update);
    if (out->is_unreadable)
        printf("entries: not readable\n");
    else
        printf("entries: %zu\n", daotp_crl_get_count(crl));
    printf("octets: %zu\n%s", daotp_crl_get_size(crl),
           daotp_crl_is_indirect(crl) ? "indirect: for other issuers too\n" : "");
    show_more(crl);
    if (s->measure)
        printf("opened and copied: %.3f ms\nwalked: %.3f ms\n", out->opened * 1e3,
               out->walked * 1e3);
}

static daotp_status inspect_crl(daotp_crl *crl, const settings *s, outcome *out)
{
    daotp_status status = DAOTP_OK;
    double from = now_s();

    (void)daotp_crl_get_count(crl);
    out->walked = now_s() - from;
    out->is_unreadable = daotp_report_get_error(daotp_crl_get_report(crl)) != NULL;
    if (!s->json)
        show_crl(crl, s, out);
    if (out->is_unreadable)
        return DAOTP_UNDECIDED;
    if (s->issuer != NULL)
        status = check_signature(crl, s, out);
    if (status == DAOTP_OK && s->index)
        status = make_index(crl, s, out);
    for (size_t i = 0; i < s->serials.count &&
                       (status == DAOTP_OK || status == DAOTP_REJECTED || status == DAOTP_USAGE);
         i++) {
        look_up(crl, s->serials.items[i], out);
        if (!s->json)
            show_serial(s, out, i);
        status = status == DAOTP_OK ? out->serials[i].status : status;
    }
    return status;
}

static void show_json_serials(const settings *s, const outcome *out)
{
    printf(",\"serials\":[");
    for (size_t i = 0; i < out->serial_count; i++) {
        bool is_hex = out->serials[i].status != DAOTP_USAGE;

        fputs(i > 0 ? "," : "", stdout);
        printf("{\"serial\":\"%s\",\"status\":\"%s\"", is_hex ? s->serials.items[i] : "",
               daotp_status_name(out->serials[i].status));
        if (out->serials[i].status == DAOTP_REJECTED)
            printf(",\"reason\":%d,\"date\":%lld", out->serials[i].reason,
                   (long long)out->serials[i].date);
        if (s->measure)
            printf(",\"ns\":%.0f", out->serials[i].took * 1e9);
        printf("}");
    }
    printf("]");
}

static void show_json_times(const outcome *out)
{
    printf(",\"ms\":{\"opened\":%.3f,\"walked\":%.3f", out->opened * 1e3, out->walked * 1e3);
    if (out->is_verified)
        printf(",\"verified\":%.3f", out->verified * 1e3);
    if (out->is_indexed)
        printf(",\"indexed\":%.3f", out->indexed * 1e3);
    printf("}");
}

static void show_json(daotp_crl *crl, const char *path, const settings *s, daotp_status status,
                      const outcome *out, daotp_report *report)
{
    printf("{\"format\":%d,\"file\":", DAOTP_JSON_FORMAT);
    json_string(stdout, path);
    printf(",\"status\":\"%s\",\"issuer\":", daotp_status_name(status));
    json_string(stdout, daotp_crl_get_issuer(crl));
    printf(",\"number\":\"%s\",\"base\":\"%s\",\"this_update\":%lld,\"next_update\":%lld,"
           "\"entries\":%zu,\"octets\":%zu",
           daotp_crl_get_number(crl), daotp_crl_get_base_number(crl),
           (long long)daotp_crl_get_this_update(crl), (long long)daotp_crl_get_next_update(crl),
           daotp_crl_get_count(crl), daotp_crl_get_size(crl));
    printf(",\"indirect\":%s", daotp_crl_is_indirect(crl) ? "true" : "false");
    printf(",\"verified\":%s", out->is_verified ? "true" : "false");
    show_json_serials(s, out);
    if (s->measure)
        show_json_times(out);
    printf(",\"report\":%s}", daotp_report_get_json(report));
}

/* Several lists are told apart: in JSON they are an array, and the status of all stands behind it.
 */
static void begin_list(const settings *s, size_t at, size_t count)
{
    if (s->json)
        tool_said_json();
    if (count > 1 && s->json)
        printf(at == 0 ? "{\"format\":%d,\"crls\":[" : ",", DAOTP_JSON_FORMAT);
    else if (count > 1)
        printf("%sCRL %zu of %zu\n", at > 0 ? "\n" : "", at + 1, count);
}

static void show_failure(const settings *s, daotp_status status, daotp_report *report)
{
    if (!s->json && status != DAOTP_OK && status != DAOTP_REJECTED)
        tool_show_report(report, status, false);
}

/* Of the call that failed; else that of opening. A word that is no serial number has none. */
static daotp_report *report_of(daotp_crl *crl, daotp_status status, daotp_report *opened)
{
    if (status == DAOTP_OK || status == DAOTP_REJECTED || status == DAOTP_USAGE)
        return opened;
    return daotp_crl_get_report(crl);
}

/* One list of the file; *count: how many there are, once it could be opened. */
static daotp_status show_list(daotp_context *context, const char *path, size_t at,
                              const settings *s, size_t *count)
{
    daotp_report *report = NULL, *shown;
    daotp_status status = daotp_report_new(context, &report);
    daotp_crl *crl = NULL;
    outcome out = {0};
    double from = now_s();

    if (status == DAOTP_OK)
        status = daotp_crl_open_at(context, path, at, report, &crl);
    out.opened = now_s() - from;
    if (crl == NULL) {
        tool_say_file_kind(path, report);
        tool_show_report(report, status, s->json && at == 0);
        daotp_report_free(report);
        return status;
    }
    *count = daotp_crl_get_file_count(crl);
    begin_list(s, at, *count);
    status = inspect_crl(crl, s, &out);
    shown = report_of(crl, status, report);
    if (s->json)
        show_json(crl, path, s, status, &out, shown);
    show_failure(s, status, shown);
    daotp_crl_free(crl);
    daotp_report_free(report);
    return status;
}

/* A serial number on any of the lists is listed; otherwise the first error counts. */
static daotp_status worse_of(daotp_status a, daotp_status b)
{
    if (a == DAOTP_REJECTED || b == DAOTP_REJECTED)
        return DAOTP_REJECTED;
    return a != DAOTP_OK ? a : b;
}

static daotp_status run_crl(daotp_context *context, const char *path, const settings *s)
{
    daotp_status status = DAOTP_OK;
    size_t count = 0, at = 0;

    do
        status = worse_of(status, show_list(context, path, at, s, &count));
    while (++at < count);
    if (s->json && count > 1)
        printf("],\"status\":\"%s\"}", daotp_status_name(status));
    if (s->json && count > 0)
        printf("\n");
    return status;
}

static bool parse_options(int argc, char **argv, settings *s, int *exit_status)
{
    static const struct option options[] = {{"issuer", required_argument, NULL, 'i'},
                                            {"serial", required_argument, NULL, 's'},
                                            {"index", no_argument, NULL, 'x'},
                                            {"measure", no_argument, NULL, 'm'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    int c;

    *exit_status = TOOL_USAGE;
    while ((c = tool_next_option("crl", argc, argv, options, NULL)) != -1) {
        if (c == 'h') {
            *exit_status = fputs(help, stdout) < 0;
            return false;
        }
        if (c == '?')
            return false;
        if (c == 's' && !tool_list_add("crl", "serial", &s->serials, optarg))
            return false;
        if (c == 'i')
            s->issuer = optarg;
        s->index = s->index || c == 'x';
        s->measure = s->measure || c == 'm';
        s->json = s->json || c == 'j';
    }
    if (optind + 1 != argc)
        (void)tool_missing("crl", "one FILE");
    else if (s->issuer == NULL && (s->serials.count > 0 || s->index))
        (void)tool_missing("crl", "--issuer for --serial and --index");
    else
        return true;
    return false;
}

int cmd_crl(int argc, char **argv)
{
    settings s = {0};
    daotp_context *context;
    daotp_status status;
    int exit_status;

    if (!parse_options(argc, argv, &s, &exit_status))
        return exit_status;
    context = tool_context();
    status = run_crl(context, argv[optind], &s);
    daotp_context_unref(context);
    return tool_exit_status(status);
}
