/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/bundle_events.h"

#include "doctor/bundle_lines.h"

#include <string.h>

static bool is_whole_event(const daotp__bundle_event *event)
{
    return event->has_id && event->source.len > 0;
}

/* ---- XML ------------------------------------------------------------------------------------- */

/* The part of the text between two offsets. */
static daotp__bytes text_part(daotp__bytes text, size_t from, size_t to)
{
    return (daotp__bytes){text.data + from, to - from};
}

/* The text after `mark` in the element, up to one of the octets of `ends`. */
static daotp__bytes find_after_mark(daotp__bytes in, const char *mark, const char *ends)
{
    size_t from = daotp__bundle_find(in, 0, mark), to;

    if (from == SIZE_MAX)
        return (daotp__bytes){NULL, 0};
    from += strlen(mark);
    for (to = from; to < in.len && strchr(ends, in.data[to]) == NULL;)
        to++;
    return text_part(in, from, to);
}

/* The value of an attribute of the first element of this name, in single or double quotes. */
static daotp__bytes find_xml_attribute(daotp__bytes in, const char *element, const char *name)
{
    daotp__bytes tag = find_after_mark(in, element, ">");
    size_t at = daotp__bundle_find(tag, 0, name);
    char quote[2] = "";

    if (at == SIZE_MAX || at + strlen(name) >= tag.len)
        return (daotp__bytes){NULL, 0};
    at += strlen(name);
    quote[0] = (char)tag.data[at];
    if (quote[0] != '"' && quote[0] != '\'')
        return (daotp__bytes){NULL, 0};
    tag = text_part(tag, at + 1, tag.len);
    for (at = 0; at < tag.len && tag.data[at] != (uint8_t)quote[0];)
        at++;
    return text_part(tag, 0, at);
}

/* The content of an element, which may have attributes. */
static daotp__bytes find_content(daotp__bytes in, const char *element)
{
    size_t at = daotp__bundle_find(in, 0, element);
    daotp__bytes rest;

    if (at == SIZE_MAX)
        return (daotp__bytes){NULL, 0};
    rest = text_part(in, at, in.len);
    return find_after_mark(rest, ">", "<");
}

/* Search for both forms of the tag at once: a separate search for a form that the text does not
 * have would read to the end of the text for each event. */
static size_t find_event_tag(daotp__bytes text, size_t from)
{
    static const char tag[] = "<Event";
    const size_t len = sizeof tag - 1;
    size_t at = daotp__bundle_find(text, from, tag);

    while (at != SIZE_MAX &&
           (text.len - at == len || strchr("> \t\r\n", text.data[at + len]) == NULL))
        at = daotp__bundle_find(text, at + len, tag);
    return at;
}

/* From the tag of an event to its end tag. One that does not end before the next one begins is
 * malformed, as is one without an end. */
static bool find_xml_event(daotp__event_list *list, size_t *from, size_t *to)
{
    static const char end_tag[] = "</Event>";
    size_t next;

    *from = find_event_tag(list->text, list->at);
    if (*from == SIZE_MAX)
        return false;
    *to = daotp__bundle_find(list->text, *from, end_tag);
    list->malformed += *to == SIZE_MAX;
    list->at = *to == SIZE_MAX ? list->text.len : *to + sizeof end_tag - 1;
    next = find_event_tag(list->text, *from + 1);
    while (*to != SIZE_MAX && next < *to) { /* SIZE_MAX is not */
        list->malformed++;
        *from = next;
        next = find_event_tag(list->text, *from + 1);
    }
    return *to != SIZE_MAX;
}

static bool next_xml_event(daotp__event_list *list, daotp__bundle_event *event)
{
    size_t from, to;

    if (!find_xml_event(list, &from, &to))
        return false;
    event->body = text_part(list->text, from, to);
    event->source = find_xml_attribute(event->body, "<Provider", "Name=");
    event->level = find_content(event->body, "<Level");
    event->time = find_xml_attribute(event->body, "<TimeCreated", "SystemTime=");
    event->user = find_xml_attribute(event->body, "<Security", "UserID=");
    event->has_id = daotp__bundle_number(find_content(event->body, "<EventID"), 10, &event->id);
    return true;
}

/* ---- the names of fields --------------------------------------------------------------------- */

typedef enum event_field {
    FIELD_NONE,
    FIELD_SOURCE,
    FIELD_ID,
    FIELD_LEVEL,
    FIELD_TIME,
    FIELD_USER
} event_field;

static event_field field_of_name(daotp__bytes name)
{
    static const struct {
        const char *name;
        event_field field;
    } names[] = {{"Source", FIELD_SOURCE},
                 {"Quelle", FIELD_SOURCE},
                 {"ProviderName", FIELD_SOURCE},
                 {"Provider Name", FIELD_SOURCE},
                 {"Event ID", FIELD_ID},
                 {"Ereignis-ID", FIELD_ID},
                 {"EventID", FIELD_ID},
                 {"Id", FIELD_ID},
                 {"Level", FIELD_LEVEL},
                 {"Ebene", FIELD_LEVEL},
                 {"LevelDisplayName", FIELD_LEVEL},
                 {"EntryType", FIELD_LEVEL},
                 {"Date", FIELD_TIME},
                 {"Datum", FIELD_TIME},
                 {"Date and Time", FIELD_TIME},
                 {"Datum und Uhrzeit", FIELD_TIME},
                 {"TimeCreated", FIELD_TIME},
                 {"TimeGenerated", FIELD_TIME},
                 {"User", FIELD_USER},
                 {"Benutzer", FIELD_USER},
                 {"UserId", FIELD_USER},
                 {"UserName", FIELD_USER}};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (daotp__bundle_is(name, names[i].name))
            return names[i].field;
    return FIELD_NONE;
}

static void set_event_field(daotp__bundle_event *event, event_field field, daotp__bytes value)
{
    if (field == FIELD_SOURCE)
        event->source = value;
    if (field == FIELD_LEVEL)
        event->level = value;
    if (field == FIELD_TIME)
        event->time = value;
    if (field == FIELD_USER &&
        event->user.len == 0) /* a message may name another user, so only the first counts */
        event->user = value;
    if (field == FIELD_ID)
        event->has_id = daotp__bundle_number(value, 10, &event->id);
}

/* ---- CSV, RFC 4180 --------------------------------------------------------------------------- */

/* Behind the closing quote; SIZE_MAX when there is none. */
static size_t end_of_quoted(daotp__bytes text, size_t at)
{
    while (at < text.len) {
        const uint8_t *quote = memchr(text.data + at, '"', text.len - at);

        if (quote == NULL)
            return SIZE_MAX;
        at = (size_t)(quote - text.data) + 1;
        if (at >= text.len ||
            text.data[at] != '"') /* a doubled quote stands for one quote in the field */
            return at;
        at++;
    }
    return SIZE_MAX;
}

/* Read one field, without its quotes. *is_last: it is the last field of its record. Returns
 * false when nothing is left. */
static bool next_csv_field(daotp__event_list *list, daotp__bytes *field, bool *is_last)
{
    daotp__bytes text = list->text;
    size_t from = list->at, to = from;

    if (from >= text.len)
        return false;
    if (text.data[from] == '"')
        to = end_of_quoted(text, from + 1);
    if (to == SIZE_MAX) {
        list->malformed++;
        to = text.len;
    }
    while (to < text.len && text.data[to] != '\n' && text.data[to] != (uint8_t)list->separator)
        to++;
    *is_last = to >= text.len || text.data[to] == '\n';
    list->at = to + 1;
    while (to > from && (text.data[to - 1] == '\r' || text.data[to - 1] == '"'))
        to--;
    if (to > from && text.data[from] == '"')
        from++;
    *field = text_part(text, from, to);
    return true;
}

static bool next_csv_event(daotp__event_list *list, daotp__bundle_event *event)
{
    size_t from = list->at, column = 0;
    daotp__bytes field;
    bool is_last = false;

    for (; !is_last && next_csv_field(list, &field, &is_last); column++)
        if (column < DAOTP__EVENT_COLUMNS)
            set_event_field(event, (event_field)list->fields[column], field);
    if (column == 0)
        return false;
    event->body =
        text_part(list->text, from, list->at < list->text.len ? list->at : list->text.len);
    return true;
}

static bool read_csv_header(daotp__event_list *list, char separator)
{
    bool is_last = false, has_source = false, has_id = false;
    daotp__bytes name;

    *list = (daotp__event_list){.text = list->text, .separator = separator};
    if (daotp__bundle_begins(list->text, "#TYPE")) /* the first line of Export-Csv */
        (void)daotp__bundle_next_line(list->text, &list->at, &name);
    for (size_t column = 0; !is_last && column < DAOTP__EVENT_COLUMNS; column++) {
        if (!next_csv_field(list, &name, &is_last))
            break;
        list->fields[column] = (uint8_t)field_of_name(name);
        has_source = has_source || list->fields[column] == FIELD_SOURCE;
        has_id = has_id || list->fields[column] == FIELD_ID;
    }
    return has_source && has_id;
}

/* ---- text ------------------------------------------------------------------------------------ */

/* The field that a line begins, and its value: "Source:   Schannel", "ProviderName : Schannel". */
static event_field field_of_line(daotp__bytes line, daotp__bytes *value)
{
    daotp__bytes key;

    if (!daotp__bundle_split(line, ':', &key, value))
        return FIELD_NONE;
    return field_of_name(key);
}

static bool has_event_field(const daotp__bundle_event *event, event_field field)
{
    switch (field) {
    case FIELD_SOURCE:
        return event->source.len > 0;
    case FIELD_ID:
        return event->has_id;
    case FIELD_LEVEL:
        return event->level.len > 0;
    case FIELD_TIME:
        return event->time.len > 0;
    case FIELD_USER:
        return false; /* a known field name inside a message does not begin an event */
    case FIELD_NONE:
        break;
    }
    return false;
}

/* Read the next event. A field that the event already has begins the next event. */
static bool next_text_event(daotp__event_list *list, daotp__bundle_event *event)
{
    size_t from = list->at, before = from;
    daotp__bytes line, value;

    while (daotp__bundle_next_line(list->text, &list->at, &line)) {
        event_field field = field_of_line(line, &value);

        if (has_event_field(event, field)) {
            list->at = before;
            break;
        }
        set_event_field(event, field, value);
        before = list->at;
    }
    if (from >= list->text.len)
        return false;
    event->body =
        text_part(list->text, from, list->at < list->text.len ? list->at : list->text.len);
    return true;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static bool has_text_event(daotp__bytes text)
{
    bool has_source = false, has_id = false;
    daotp__bytes line, value;
    size_t at = 0;

    while (!(has_source && has_id) && daotp__bundle_next_line(text, &at, &line)) {
        event_field field = field_of_line(line, &value);

        has_source = has_source || field == FIELD_SOURCE;
        has_id = has_id || field == FIELD_ID;
    }
    return has_source && has_id;
}

/* Whether the text begins with a tag. XML later in the text may be a quotation in a message, so
 * the start of the text counts more. */
static bool begins_with_tag(daotp__bytes text)
{
    size_t at = 0;

    while (at < text.len && strchr(" \t\r\n", text.data[at]) != NULL)
        at++;
    return at < text.len && text.data[at] == '<';
}

static bool has_xml_event(daotp__bytes text)
{
    return daotp__bundle_find(text, 0, "<EventID") != SIZE_MAX;
}

void daotp__event_list_begin(daotp__event_list *list, daotp__bytes text)
{
    static const char separators[] = {',', ';', '\t'};

    *list = (daotp__event_list){.text = text, .form = DAOTP__EVENTS_NONE};
    if (begins_with_tag(text) && has_xml_event(text)) {
        list->form = DAOTP__EVENTS_XML;
        return;
    }
    for (size_t i = 0; i < sizeof separators; i++) {
        if (read_csv_header(list, separators[i])) {
            list->form = DAOTP__EVENTS_CSV;
            return;
        }
    }
    *list = (daotp__event_list){.text = text, .form = DAOTP__EVENTS_NONE};
    if (has_text_event(text))
        list->form = DAOTP__EVENTS_TEXT;
    else if (has_xml_event(text)) /* XML after some other text */
        list->form = DAOTP__EVENTS_XML;
}

static bool next_any_event(daotp__event_list *list, daotp__bundle_event *event)
{
    switch (list->form) {
    case DAOTP__EVENTS_XML:
        return next_xml_event(list, event);
    case DAOTP__EVENTS_CSV:
        return next_csv_event(list, event);
    case DAOTP__EVENTS_TEXT:
        return next_text_event(list, event);
    case DAOTP__EVENTS_NONE:
        break;
    }
    return false;
}

bool daotp__event_list_next(daotp__event_list *list, daotp__bundle_event *event)
{
    *event = (daotp__bundle_event){.has_id = false};
    while (next_any_event(list, event)) {
        if (is_whole_event(event))
            return true;
        list->malformed += list->form == DAOTP__EVENTS_XML; /* CSV has empty lines */
        *event = (daotp__bundle_event){.has_id = false};
    }
    return false;
}

/* ---- when ------------------------------------------------------------------------------------ */

enum { TIME_PARTS = 6 };

static unsigned read_time_parts(daotp__bytes time, uint32_t parts[TIME_PARTS],
                                char *first_separator)
{
    unsigned count = 0;
    size_t at = 0;

    while (at < time.len && count < TIME_PARTS) {
        daotp__bytes rest = text_part(time, at, time.len);
        bool is_number = time.data[at] >= '0' && time.data[at] <= '9';

        if (is_number && !daotp__bundle_number(rest, 10, &parts[count]))
            return 0;
        while (at < time.len && time.data[at] >= '0' && time.data[at] <= '9')
            at++;
        if (is_number && count++ == 0 && at < time.len)
            *first_separator = (char)time.data[at];
        at += !is_number;
    }
    return count;
}

static void swap_parts(uint32_t *a, uint32_t *b)
{
    uint32_t kept = *a;

    *a = *b;
    *b = kept;
}

/* Sort the date parts to year, month, day, from "2026-11-30", "30.11.2026" or "11/30/2026
 * 9:00:00 AM". Returns false for an ambiguous date: "1/2/2026 9:00" is in January in one country
 * and in February in another. */
static bool order_date_parts(uint32_t parts[TIME_PARTS], char separator, bool has_half_day)
{
    if (parts[0] > 31) /* the year is first */
        return true;
    if (separator == '/' && parts[0] <= 12) {
        if (parts[1] <= 12 && !has_half_day)
            return false;
        swap_parts(&parts[0], &parts[1]); /* the month is first: exchange it with the day */
    }
    swap_parts(&parts[0], &parts[2]);
    return true;
}

int64_t daotp__event_time_key(daotp__bytes time)
{
    uint32_t parts[TIME_PARTS] = {0};
    char separator = '\0';
    unsigned count = read_time_parts(time, parts, &separator);
    bool is_morning = daotp__bundle_find(time, 0, "AM") != SIZE_MAX;
    bool is_afternoon = daotp__bundle_find(time, 0, "PM") != SIZE_MAX;

    if (count < 5 || /* the seconds may be absent */
        !order_date_parts(parts, separator, is_morning || is_afternoon))
        return 0;
    if (parts[0] > 9999 || parts[1] > 12 || parts[2] > 31 || parts[3] > 24 || parts[4] > 60)
        return 0;
    if (parts[3] < 12 && is_afternoon)
        parts[3] += 12;
    else if (parts[3] == 12 && is_morning)
        parts[3] = 0;
    if (parts[5] > 60)
        parts[5] = 0;
    return ((((parts[0] * (int64_t)13 + parts[1]) * 32 + parts[2]) * 25 + parts[3]) * 61 +
            parts[4]) *
               61 +
           parts[5];
}
