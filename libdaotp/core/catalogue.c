/* SPDX-License-Identifier: BSD-2-Clause */
#include <daotp/catalogue.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct row {
    daotp_finding_number number;
    const char *id;
    daotp_stage stage;
    daotp_severity severity;
    daotp_status status;
    const char *title, *wanted, *hint, *source, *aliases;
};

static const struct row rows[] = {
#define ROW(number, name, id, stage, severity, status, title, wanted, hint, source, aliases)       \
    {DAOTP_FINDING_##name,                                                                         \
     id,                                                                                           \
     DAOTP_STAGE_##stage,                                                                          \
     DAOTP_SEVERITY_##severity,                                                                    \
     DAOTP_##status,                                                                               \
     title,                                                                                        \
     wanted,                                                                                       \
     hint,                                                                                         \
     source,                                                                                       \
     aliases},
#include "core/catalogue.def"
#undef ROW
};

/* Each number in the table equals its enumerator: the header was generated from this table. */
#define ROW(number, name, ...) _Static_assert(DAOTP_FINDING_##name == (number), #name);
#include "core/catalogue.def"
#undef ROW

enum { ROWS = sizeof rows / sizeof rows[0] };

static const struct row unknown = {DAOTP_FINDING_NONE,
                                   "",
                                   DAOTP_STAGE_CALL,
                                   DAOTP_SEVERITY_ERROR,
                                   DAOTP_INTERNAL,
                                   "",
                                   "",
                                   "",
                                   "",
                                   ""};

static int by_number(const void *key, const void *element)
{
    const daotp_finding_number *number = key;
    const struct row *row = element;

    return *number < row->number ? -1 : *number > row->number;
}

static const struct row *catalogue_find(daotp_finding_number number)
{
    const struct row *row = bsearch(&number, rows, ROWS, sizeof rows[0], by_number);

    return row != NULL ? row : &unknown;
}

daotp_finding_number daotp_catalogue_next(daotp_finding_number number)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].number > number)
            return rows[i].number;
    return DAOTP_FINDING_NONE;
}

static bool has_word(const char *words, const char *word)
{
    size_t len = strlen(word);

    while (*words != '\0') {
        size_t n = strcspn(words, " ");

        if (n == len && strncasecmp(words, word, n) == 0)
            return true;
        words += n;
        words += strspn(words, " ");
    }
    return false;
}

/* "finding:" and a number of the catalogue; DAOTP_FINDING_NONE for anything else. */
static daotp_finding_number number_parse(const char *text)
{
    static const char kind[] = "finding:";
    const char *digits = text + sizeof kind - 1;

    if (strncasecmp(text, kind, sizeof kind - 1) != 0 || *digits == '\0' ||
        strspn(digits, "0123456789") != strlen(digits) || strlen(digits) > 8)
        return DAOTP_FINDING_NONE;
    return (daotp_finding_number)strtoul(digits, NULL, 10);
}

static bool row_is_named(const struct row *row, const char *text)
{
    return strcasecmp(row->id, text) == 0 || row->number == number_parse(text);
}

/* Bare numbers are never looked up: 5 is a finding, an errno, a KRB-ERROR and a Windows error. */
static bool is_number(const char *text)
{
    return strspn(text, "+-.0123456789") == strlen(text);
}

daotp_finding_number daotp_catalogue_find(const char *text)
{
    return daotp_catalogue_find_next(text, DAOTP_FINDING_NONE);
}

/* Rows whose id is the text come before rows that have it as an alias. */
daotp_finding_number daotp_catalogue_find_next(const char *text, daotp_finding_number after)
{
    const struct row *named = NULL;

    if (text == NULL || *text == '\0' || is_number(text))
        return DAOTP_FINDING_NONE;
    for (size_t i = 0; i < ROWS && named == NULL; i++)
        if (row_is_named(&rows[i], text))
            named = &rows[i];
    if (named != NULL && after == DAOTP_FINDING_NONE)
        return named->number;
    if (named != NULL && named->number == after)
        after = DAOTP_FINDING_NONE;
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].number > after && &rows[i] != named && has_word(rows[i].aliases, text))
            return rows[i].number;
    return DAOTP_FINDING_NONE;
}

const char *daotp_catalogue_get_id(daotp_finding_number number)
{
    return catalogue_find(number)->id;
}

daotp_stage daotp_catalogue_get_stage(daotp_finding_number number)
{
    return catalogue_find(number)->stage;
}

daotp_severity daotp_catalogue_get_severity(daotp_finding_number number)
{
    return catalogue_find(number)->severity;
}

daotp_status daotp_catalogue_get_status(daotp_finding_number number)
{
    return catalogue_find(number)->status;
}

const char *daotp_catalogue_get_title(daotp_finding_number number)
{
    return catalogue_find(number)->title;
}

const char *daotp_catalogue_get_wanted(daotp_finding_number number)
{
    return catalogue_find(number)->wanted;
}

const char *daotp_catalogue_get_hint(daotp_finding_number number)
{
    return catalogue_find(number)->hint;
}

const char *daotp_catalogue_get_source(daotp_finding_number number)
{
    return catalogue_find(number)->source;
}

const char *daotp_catalogue_get_aliases(daotp_finding_number number)
{
    return catalogue_find(number)->aliases;
}

_Static_assert(DAOTP_STAGE_COUNT == DAOTP_STAGE_LOGON + 1, "the stages of an enrolment");
_Static_assert(DAOTP_STAGE_ALL_COUNT == DAOTP_STAGE_SIGN + 1, "all stages");

const char *daotp_stage_name(daotp_stage stage)
{
    static const char *const names[DAOTP_STAGE_ALL_COUNT] = {
        "call",      "prepare", "resolve", "connect", "tls",        "otp",
        "signature", "submit",  "profile", "chain",   "revocation", "store",
        "logon",     "decode",  "request", "user",    "code",       "sign"};

    return (unsigned)stage < DAOTP_STAGE_ALL_COUNT ? names[stage] : "unknown";
}

const char *daotp_severity_name(daotp_severity severity)
{
    static const char *const names[] = {"information", "warning", "error"};

    return (unsigned)severity < 3 ? names[severity] : "unknown";
}
