/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/ini.h"

#include "core/utf8.h"

#include <ini.h>
#include <stdio.h>
#include <string.h>

/* The reading position, and the line that libinih is processing. */
typedef struct line_source {
    daotp__bytes left;
    const char *path;
    daotp_report *report;
    daotp__ini_fn tell;
    void *user;
    char line[DAOTP__MAX_PROFILE_LINE + 1];
    char section[DAOTP__MAX_PROFILE_NAME + 1], name[DAOTP__MAX_PROFILE_NAME + 1];
    const char *value;
    uint32_t number;
    daotp_status status; /* the status of the first faulty line */
} line_source;

bool daotp__ini_is_name(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", text[i]) ==
                NULL ||
            text[i] == '\0')
            return false;
    return len > 0 && len <= DAOTP__MAX_PROFILE_NAME;
}

static void keep_first_status(line_source *source, daotp_status status)
{
    if (source->status == DAOTP_OK || status == DAOTP_MEMORY)
        source->status = status;
}

static void refuse_line(line_source *source, const char *why)
{
    char subject[DAOTP__MAX_TEXT];

    (void)snprintf(subject, sizeof subject, "%s:%u", source->path, source->number);
    keep_first_status(source, daotp__report_add(source->report, DAOTP_FINDING_CONFIG_LINE, 0,
                                                subject, "%s", why));
}

static void tell_line(line_source *source, const char *name, const char *value)
{
    daotp__ini_line line = {
        .section = source->section, .name = name, .value = value, .number = source->number};

    keep_first_status(source, source->tell(source->user, &line));
}

/* ---- one line -------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Remove blanks at both ends, in place. */
static char *trim_blanks(char *text)
{
    size_t len;

    while (is_blank(*text))
        text++;
    len = strlen(text);
    while (len > 0 && is_blank(text[len - 1]))
        len--;
    text[len] = '\0';
    return text;
}

/* Copies the next line. Returns false at the end. A line that is too long is skipped and copied
 * as empty. */
static bool take_line(line_source *source, const char **why)
{
    const uint8_t *begin = source->left.data;
    const uint8_t *end = source->left.len > 0 ? memchr(begin, '\n', source->left.len) : NULL;
    size_t len = end != NULL ? (size_t)(end - begin) : source->left.len;
    size_t taken = len + (end != NULL ? 1 : 0);

    if (taken == 0)
        return false;
    source->number++;
    source->left = (daotp__bytes){begin + taken, source->left.len - taken};
    if (len > 0 && begin[len - 1] == '\r')
        len--;
    if (len > DAOTP__MAX_PROFILE_LINE)
        *why = "a line over 4096 octets";
    else if (memchr(begin, '\0', len) != NULL || !daotp__utf8_valid((const char *)begin, len))
        *why = "octets that are no UTF-8 text";
    len = *why == NULL ? len : 0;
    memcpy(source->line, begin, len);
    source->line[len] = '\0';
    return true;
}

static void begin_section(line_source *source, char *text)
{
    size_t len = strlen(text);

    text[len - 1] = '\0';
    text = trim_blanks(text + 1);
    len = strlen(text);
    if (!daotp__ini_is_name(text, len) && strcmp(text, "*") != 0) {
        source->section[0] = '\0'; /* the next lines belong to no section */
        refuse_line(source, "a section's name of other than 1 to 48 letters, digits and ._-");
        return;
    }
    memcpy(source->section, text, len + 1);
    tell_line(source, NULL, NULL);
}

/* Splits a line at its '='. Returns NULL, or the reason why it cannot be split. */
static const char *split_line(line_source *source, char *text)
{
    char *equals = strchr(text, '=');

    if (equals == NULL)
        return "no section, no comment, and no =";
    *equals = '\0';
    text = trim_blanks(text);
    if (!daotp__ini_is_name(text, strlen(text)))
        return "before the = a key of other than 1 to 48 letters, digits and ._-";
    memcpy(source->name, text, strlen(text) + 1);
    source->value = trim_blanks(equals + 1);
    return NULL;
}

/* Writes the line for libinih: the key with a placeholder for the value, or an empty line. */
static void write_line(line_source *source, char *to, size_t room)
{
    char *text = trim_blanks(source->line);
    const char *why = NULL;

    to[0] = '\0';
    if (*text == '[' && text[strlen(text) - 1] == ']')
        begin_section(source, text);
    else if (*text == '[')
        refuse_line(source, "a section's name without its ] at the end of the line");
    else if (*text != '\0' && *text != ';' && *text != '#') {
        why = split_line(source, text);
        if (why == NULL)
            (void)snprintf(to, room, "%s=+\n", source->name);
        else
            refuse_line(source, why);
    }
    if (to[0] == '\0')
        (void)snprintf(to, room, "\n");
}

/* ---- what libinih calls ---------------------------------------------------------------------- */

static char *next_ini_line(char *to, int room, void *user)
{
    line_source *source = user;
    const char *why = NULL;

    if (source->status == DAOTP_MEMORY || !take_line(source, &why))
        return NULL;
    if (why != NULL)
        refuse_line(source, why);
    write_line(source, to, (size_t)room);
    return to;
}

static int take_ini_key(void *user, const char *section, const char *name, const char *value)
{
    line_source *source = user;

    (void)section; /* our reader knows the section */
    (void)value;   /* our reader has the real value */
    (void)name;
    tell_line(source, source->name, source->value);
    return 1;
}

daotp_status daotp__ini_read(daotp__bytes text, const char *path, daotp__ini_fn tell, void *user,
                             daotp_report *report)
{
    static const uint8_t mark[] = {0xEF, 0xBB, 0xBF};
    line_source source = {.left = text, .path = path, .report = report, .tell = tell, .user = user};

    if (text.len >= sizeof mark && memcmp(text.data, mark, sizeof mark) == 0)
        source.left = (daotp__bytes){text.data + sizeof mark, text.len - sizeof mark};
    if (ini_parse_stream(next_ini_line, &source, take_ini_key, &source) != 0)
        keep_first_status(&source, daotp__report_status(report, DAOTP_INTERNAL));
    return source.status;
}
