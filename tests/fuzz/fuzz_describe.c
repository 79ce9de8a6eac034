/* SPDX-License-Identifier: BSD-2-Clause */
/* Anything at all, described: the text is plain, the JSON is JSON, and there is both or neither. */
#include "fuzz.h"

#include "json_check.h"
#include "core/utf8.h"

#include <daotp/describe.h>

static void check_plain(const char *text)
{
    size_t len = strlen(text);

    HOLDS(daotp__utf8_valid(text, len));
    for (size_t i = 0; i < len; i++) {
        uint8_t c = (uint8_t)text[i];

        HOLDS((c >= 0x20 || c == '\n') && c != 0x7F);
        HOLDS(c != 0xC2 || (uint8_t)text[i + 1] >= 0xA0); /* no C1 */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp_context *context;
    daotp_report *report;
    char *text, *json;
    daotp_status a, b;

    HOLDS(daotp_context_new(&context) == DAOTP_OK);
    HOLDS(daotp_report_new(context, &report) == DAOTP_OK);
    a = daotp_describe(context, data, size, DAOTP_FORMAT_TEXT, report, &text);
    b = daotp_describe(context, data, size, DAOTP_FORMAT_JSON, NULL, &json);
    HOLDS(a == DAOTP_OK || a == DAOTP_PEER);
    HOLDS(b == a || size > 100 * 1024); /* JSON comes to its limit first */
    HOLDS((text != NULL) == (a == DAOTP_OK) && (json != NULL) == (b == DAOTP_OK));
    if (text != NULL)
        check_plain(text);
    if (json != NULL)
        HOLDS(daotp__utf8_valid(json, strlen(json)) && json_is_well_formed(json));
    if (a != DAOTP_OK)
        HOLDS(daotp_report_get_error(report) != NULL);
    HOLDS(json_is_well_formed(daotp_report_get_json(report)));
    daotp_free(text);
    daotp_free(json);
    daotp_report_free(report);
    daotp_context_unref(context);
    return 0;
}
