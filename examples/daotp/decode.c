/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp decode: what a message holds, in words. */
#include "tool.h"

#include "core/utf8.h"
#include "json.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: daotp decode [--json] [--brief] FILE...\n"
    "\n"
    "FILE: an MS-OTPCE message, PKCS#10 request, CMC, PKCS#7, certificate or bundle,\n"
    "CRL, OCSP request or response, key, or PKCS#12 file; DER, PEM or base64; - is\n"
    "standard input. A one-time password is never shown.\n"
    "\n"
    "  --json   one JSON value for each FILE, each on a line\n"
    "  --brief  one line for each FILE, without the parts\n"
    "\n"
    "example: daotp decode tests/data/otpce-4.1-response.xml\n";

/* The kind, and the values that stand right below it, in one line. */
static void show_brief(const char *path, const char *text)
{
    const char *separator = ": ";

    printf("%s: %.*s", path, (int)strcspn(text, "\n"), text);
    for (text += strcspn(text, "\n"); *text == '\n'; text += strcspn(text, "\n")) {
        text++;
        if (strncmp(text, "  ", 2) != 0 || text[2] == ' ' ||
            memchr(text, ':', strcspn(text, "\n")) == NULL)
            continue;
        printf("%s%.*s", separator, (int)strcspn(text, "\n") - 2, text + 2);
        separator = ", ";
    }
    printf("\n");
}

static void show_json(const char *path, const char *items)
{
    tool_said_json();
    printf("{\"format\":%d,\"file\":", DAOTP_JSON_FORMAT);
    json_string(stdout, path);
    printf(",\"items\":%s}\n", items);
}

/* In JSON the line on standard error is the reason. */
static void show_refusal(const char *path, const char *guess, daotp_report *report,
                         daotp_status status, bool json)
{
    char reason[512] = "";

    if (guess != NULL)
        (void)snprintf(reason, sizeof reason, "daotp decode: %s is %s", path, guess);
    if (guess != NULL)
        tool_say("%s", reason);
    if (!json || daotp_report_get_status(report) != status) {
        tool_show_report(report, status, json);
        return;
    }
    printf("{\"format\":%d,\"file\":", DAOTP_JSON_FORMAT);
    json_string(stdout, path);
    if (guess != NULL) {
        daotp__utf8_make_plain(reason);
        printf(",\"reason\":");
        json_string(stdout, reason);
    }
    tool_show_json_rest(report);
}

static daotp_status decode_file(daotp_context *context, const char *path, daotp_format format,
                                bool brief)
{
    daotp_report *report = NULL;
    daotp_status status;
    char *bytes, *text;
    size_t len;

    if (!tool_read_file(path, &bytes, &len)) {
        if (format == DAOTP_FORMAT_JSON)
            tool_no_json_of_file(path, DAOTP_CONFIGURATION);
        return DAOTP_CONFIGURATION;
    }
    status = daotp_report_new(context, &report);
    if (status == DAOTP_OK)
        status = daotp_describe(context, bytes, len, format, report, &text);
    if (status == DAOTP_OK) {
        if (format == DAOTP_FORMAT_JSON)
            show_json(path, text);
        else if (brief)
            show_brief(path, text);
        else
            fputs(text, stdout);
        daotp_free(text);
    } else {
        show_refusal(path, tool_guess(bytes, len, report), report, status,
                     format == DAOTP_FORMAT_JSON);
    }
    daotp_report_free(report);
    explicit_bzero(bytes, len); /* it may hold a one-time password */
    free(bytes);
    return status;
}

int cmd_decode(int argc, char **argv)
{
    static const struct option options[] = {{"json", no_argument, NULL, 'j'},
                                            {"brief", no_argument, NULL, 'b'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    daotp_format format = DAOTP_FORMAT_TEXT;
    daotp_status worst = DAOTP_OK, status;
    daotp_context *context;
    bool brief = false;
    int c;

    while ((c = tool_next_option("decode", argc, argv, options, NULL)) != -1) {
        if (c == 'h')
            return fputs(help, stdout) < 0;
        if (c == '?')
            return TOOL_USAGE;
        brief = brief || c == 'b';
        format = c == 'j' ? DAOTP_FORMAT_JSON : format;
    }
    if (optind == argc)
        return tool_missing("decode", "a FILE (- for standard input)");
    context = tool_context();
    for (; optind < argc; optind++) {
        status = decode_file(context, argv[optind], format, brief);
        worst = worst == DAOTP_OK ? status : worst;
    }
    daotp_context_unref(context);
    return tool_exit_status(worst);
}
