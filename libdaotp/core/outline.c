/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/outline.h"

#include "core/alloc.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void daotp__outline_init(daotp__outline *outline, bool json)
{
    *outline = (daotp__outline){.json = json, .first = true};
    daotp__buffer_init(&outline->out, DAOTP__MAX_OUTLINE);
    if (json)
        daotp__buffer_text(&outline->out, "[");
}

void daotp__outline_free(daotp__outline *outline)
{
    daotp__buffer_free(&outline->out);
}

/* An item in JSON is {"name":...,"value":...} or {"name":...,"items":[...]}, which keeps the
 * order and repeated names. */
static void begin_item(daotp__outline *outline, const char *name)
{
    if (outline->json) {
        daotp__buffer_text(&outline->out, outline->first ? "{\"name\":" : ",{\"name\":");
        daotp__json_string(&outline->out, name);
    } else {
        daotp__buffer_format(&outline->out, "%*s%s", (int)(2 * outline->depth), "", name);
    }
    outline->first = false;
}

void daotp__outline_open(daotp__outline *outline, const char *name)
{
    begin_item(outline, name);
    daotp__buffer_text(&outline->out, outline->json ? ",\"items\":[" : "\n");
    outline->depth++;
    outline->first = true;
}

void daotp__outline_close(daotp__outline *outline)
{
    outline->depth--;
    outline->first = false;
    if (outline->json)
        daotp__buffer_text(&outline->out, "]}");
}

static void outline_value(daotp__outline *outline, const char *text)
{
    if (outline->json) {
        daotp__buffer_text(&outline->out, ",\"value\":");
        daotp__json_string(&outline->out, text);
        daotp__buffer_text(&outline->out, "}");
    } else {
        daotp__buffer_format(&outline->out, ": %s\n", text);
    }
}

void daotp__outline_line(daotp__outline *outline, const char *name, const char *format, ...)
{
    char text[4 * DAOTP__MAX_TEXT];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args); /* a value too long is cut */
    va_end(args);
    daotp__utf8_make_plain(text);
    begin_item(outline, name);
    outline_value(outline, text);
}

void daotp__outline_text(daotp__outline *outline, const char *name, const char *text, size_t len)
{
    char *copy = daotp__text_copy_n(text, len);

    if (copy == NULL) {
        outline->out.failed = DAOTP_MEMORY;
        return;
    }
    daotp__utf8_make_plain(copy);
    begin_item(outline, name);
    outline_value(outline, copy);
    daotp__delete(copy);
}

char *daotp__outline_take(daotp__outline *outline)
{
    if (outline->json)
        daotp__buffer_text(&outline->out, "]");
    return (char *)daotp__buffer_take(&outline->out, NULL);
}
