/* SPDX-License-Identifier: BSD-2-Clause */
#include "page.h"

#include "tool.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { PAGE_WIDTH = 80, MIN_PAGE_WIDTH = 20, MAX_PAGE_WIDTH = 10000 };

static size_t page_width(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;
    int64_t width;

    if (columns != NULL && tool_integer(columns, MIN_PAGE_WIDTH, MAX_PAGE_WIDTH, &width))
        return (size_t)width;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= MIN_PAGE_WIDTH)
        return size.ws_col;
    return PAGE_WIDTH;
}

/* https://no-color.org: any value but the empty one. */
static bool has_colour(void)
{
    const char *refused = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(STDOUT_FILENO) && (refused == NULL || *refused == '\0') && term != NULL &&
           strcmp(term, "dumb") != 0;
}

/* Columns of UTF-8, each character one. */
static size_t count_columns(const char *text, size_t len)
{
    size_t columns = 0;

    for (size_t i = 0; i < len; i++)
        columns += ((unsigned char)text[i] & 0xC0) != 0x80;
    return columns;
}

/* Where the text behind a label begins ("  do:        look at"); 0 when the line has no label. */
static size_t label_len(const char *line, size_t len)
{
    size_t spaces = strspn(line, " "), label = spaces + strcspn(line + spaces, " :\n");
    size_t two_words = label + strcspn(line + label, ":\n");

    if (label < len && line[label] == ' ' && two_words < len && two_words - spaces <= 11)
        label = two_words; /* "looked at:" */
    if (spaces == 0 || label >= len || line[label] != ':' || line[label + 1] != ' ')
        return 0;
    label++;
    return label + strspn(line + label, " ");
}

/* Where the last column of a table begins: behind two spaces, near the beginning; else 0. */
static size_t column_start(const char *line, size_t len)
{
    size_t start = 0;

    for (size_t at = strspn(line, " "); at + 2 < len && at < 40; at++)
        if (line[at] == ' ' && line[at + 1] == ' ' && line[at + 2] != ' ')
            start = at + 2;
    return start;
}

/* Where the rest of a broken line stands. */
static size_t find_indent(const char *line, size_t len)
{
    size_t indent = label_len(line, len);

    if (indent == 0)
        indent = column_start(line, len);
    return indent > 0 ? indent : strspn(line, " ") + 2;
}

/* ---- colour ---------------------------------------------------------------------------------- */

/* The words that a line of a report may begin with, behind spaces. */
static const struct {
    const char *word, *colour;
} marks[] = {
    {"error ", "\033[1;31m"},     {"FAIL ", "\033[1;31m"},      {"warning ", "\033[1;33m"},
    {"warn ", "\033[1;33m"},      {"ok ", "\033[32m"},          {"pass ", "\033[32m"},
    {"information ", "\033[36m"}, {"status: ok", "\033[1;32m"}, {"status: accepted", "\033[1;32m"},
    {"status: ", "\033[1;31m"},
};

/* How many octets of the line bear the colour of its mark; 0 when it has none. */
static size_t find_mark(const char *line, size_t len, const char **colour)
{
    size_t spaces = strspn(line, " ");

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (strncmp(line + spaces, marks[i].word, strlen(marks[i].word)) != 0)
            continue;
        *colour = marks[i].colour;
        return marks[i].word[0] == 's' ? len : spaces + strlen(marks[i].word) - 1;
    }
    return 0;
}

static void write_piece(const char *piece, size_t len, bool is_coloured)
{
    const char *colour = NULL;
    size_t mark = is_coloured ? find_mark(piece, len, &colour) : 0;

    if (mark > 0 && mark <= len) {
        printf("%s%.*s\033[0m", colour, (int)mark, piece);
        piece += mark;
        len -= mark;
    }
    (void)fwrite(piece, 1, len, stdout);
}

/* ---- breaking -------------------------------------------------------------------------------- */

/* How many octets of the text fit, at least one word; the octets end before a space. */
static size_t fitting_len(const char *text, size_t len, size_t from, size_t width)
{
    size_t fits = 0;

    for (size_t at = from; at <= len; at++) {
        if (at < len && text[at] != ' ')
            continue;
        if (fits > 0 && count_columns(text, at) > width)
            break;
        if (at > from)
            fits = at;
    }
    return fits > 0 ? fits : len;
}

static void put_page_line(const char *line, size_t len, size_t width, bool is_coloured)
{
    size_t indent = find_indent(line, len), fits;

    if (indent > width / 2)
        indent = 2;
    fits = fitting_len(line, len, indent < len ? indent : 0, width);
    write_piece(line, fits, is_coloured);
    for (line += fits, len -= fits; len > 0; line += fits, len -= fits) {
        size_t spaces = strspn(line, " ");

        spaces = spaces < len ? spaces : len;
        line += spaces;
        len -= spaces;
        if (len == 0)
            break;
        fits = fitting_len(line, len, 0, width - indent);
        printf("\n%*s%.*s", (int)indent, "", (int)fits, line);
    }
    putchar('\n');
}

void page_put(const char *text)
{
    size_t width = page_width();
    bool is_coloured = has_colour();

    while (*text != '\0') {
        size_t len = strcspn(text, "\n");

        put_page_line(text, len, width, is_coloured);
        text += len + (text[len] == '\n');
    }
}

void page_format(const char *format, ...)
{
    char *text = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    if (text != NULL)
        page_put(text);
    free(text);
}
