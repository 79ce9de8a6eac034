/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reports of what peers say, in words and as JSON. Each line of the input is a finding: an octet
 * picks the catalogue's row, what follows up to a NUL is what was looked at, the rest what was
 * found. The first line is a code that must not be shown. Whatever the octets: JSON is JSON, text
 * is UTF-8 without terminal control, and the code stands in neither value.
 */
#include "fuzz.h"

#include "core/report.h"
#include "json_check.h"

#include <stdio.h>

enum { LINES = 80 };

static daotp_context *context;

static void check_text(const char *text)
{
    HOLDS(text != NULL && daotp__utf8_valid(text, strlen(text)));
    for (; *text != '\0'; text++)
        HOLDS(((unsigned char)*text >= ' ' && *text != 0x7F) || *text == '\n');
}

/* What is shorter than this hides too much else (see core/report.h). */
static bool is_hidden(const char *code)
{
    return strlen(code) >= 4 && strchr(code, '*') == NULL;
}

static void check_values(const daotp_report *report, const char *code)
{
    for (size_t i = 0; i < daotp_report_get_count(report); i++) {
        const daotp_finding *finding = daotp_report_get_finding(report, i);

        HOLDS(daotp_finding_get_id(finding) != NULL);
        if (!is_hidden(code))
            continue;
        HOLDS(strstr(daotp_finding_get_subject(finding), code) == NULL);
        HOLDS(strstr(daotp_finding_get_found(finding), code) == NULL);
    }
}

static void add_line(daotp_report *report, char *line, size_t len)
{
    daotp_finding_number number = (daotp_finding_number)(uint8_t)line[0] * 4;
    const char *subject = line + 1, *found = subject + strlen(subject);

    if (found < line + len)
        found++;
    (void)daotp__report_add(report, number, 0, subject, "%s", found);
}

static void add_lines(daotp_report *report, char *text, size_t size)
{
    for (unsigned i = 0; i < LINES && size > 0; i++) {
        char *end = memchr(text, '\n', size);
        size_t len = end != NULL ? (size_t)(end - text) : size;

        text[len] = '\0';
        if (len > 0)
            add_line(report, text, len);
        len += end != NULL;
        text += len;
        size -= len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), *rest = memchr(text, '\n', size), code[64] = "";
    daotp_report *report;

    if (context == NULL)
        HOLDS(daotp_context_new(&context) == DAOTP_OK);
    HOLDS(daotp_report_new(context, &report) == DAOTP_OK);
    if (rest != NULL) {
        *rest = '\0';
        (void)snprintf(code, sizeof code, "%s", text);
        daotp__report_redact(report, DAOTP__SECRET_CODE,
                             (daotp__bytes){(const uint8_t *)code, strlen(code)});
        add_lines(report, rest + 1, size - (size_t)(rest + 1 - text));
    }
    check_text(daotp_report_get_text(report));
    HOLDS(json_is_well_formed(daotp_report_get_json(report)));
    check_values(report, code);
    daotp_report_free(report);
    free(text);
    return 0;
}
