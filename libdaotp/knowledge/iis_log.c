/* SPDX-License-Identifier: BSD-2-Clause */
#include "knowledge/iis_log.h"

#include "knowledge/contexts.h"

#include <string.h>

enum { MAX_LINE_WORDS = 200, STATUS_DIGITS = 3, SUB_DIGITS = 2, NO_SUB = 999 };

static bool is_decimal_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A decimal number of at most digits digits. */
static bool parse_digits(const char *text, size_t len, size_t digits, uint32_t *value)
{
    *value = 0;
    if (len == 0 || len > digits)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!is_decimal_digit(text[i]))
            return false;
        *value = *value * 10 + (uint32_t)(text[i] - '0');
    }
    return true;
}

/* Combine status and substatus to the number of the table: status * 1000 + sub. Substatus 0
 * usually means the status without a substatus. */
static bool combine_status(uint32_t status, uint32_t sub, uint32_t *out)
{
    *out = status * 1000 + sub;
    if (status < 200 || status > 599)
        return false;
    if (daotp__code_find(DAOTP__KIND_IIS, *out) != NULL)
        return true;
    *out = status * 1000 + NO_SUB;
    return sub == 0 && daotp__code_find(DAOTP__KIND_IIS, *out) != NULL;
}

bool daotp__iis_dotted(const char *text, size_t len, uint32_t *status)
{
    uint32_t first, sub;

    return len > STATUS_DIGITS + 1 && text[STATUS_DIGITS] == '.' &&
           parse_digits(text, STATUS_DIGITS, STATUS_DIGITS, &first) &&
           parse_digits(text + STATUS_DIGITS + 1, len - STATUS_DIGITS - 1, SUB_DIGITS, &sub) &&
           combine_status(first, sub, status);
}

static bool word_number(const daotp__search *search, size_t word, size_t digits, uint32_t *value)
{
    if (word >= search->word_count)
        return false;
    return parse_digits(search->text + search->words[word].at, search->words[word].len, digits,
                        value);
}

/* Whether a line ends between this word and the previous one. */
static bool begins_line(const daotp__search *search, size_t word)
{
    const daotp__word *before = &search->words[word - 1];
    size_t end = before->at + before->len;

    return memchr(search->text + end, '\n', search->words[word].at - end) != NULL;
}

/* A line of an IIS log has the method before the status. */
static bool is_in_log_line(const daotp__search *search, size_t word)
{
    for (size_t back = 0; back < MAX_LINE_WORDS && word > 0 && !begins_line(search, word); back++)
        if (daotp__context_is_word(search, --word, "get post head options put"))
            return true;
    return false;
}

/* Whether the log has a header without sc-substatus, so that its lines have none. */
static bool has_header_without_substatus(const daotp__search *search)
{
    return strstr(search->text, "#fields:") != NULL && strstr(search->text, "sc-substatus") == NULL;
}

/* Whether the words from this one on are numbers that are separated by one blank or punctuation
 * mark. */
static bool are_side_by_side(const daotp__search *search, size_t word, size_t count)
{
    enum { ANY_DIGITS = 10 };
    uint32_t value;

    for (size_t i = word; i < word + count; i++) {
        const daotp__word *w = &search->words[i];

        if (!word_number(search, i, ANY_DIGITS, &value))
            return false;
        if (i > word && (w->at != w[-1].at + w[-1].len + 1 ||
                         strchr(" \t,/-", search->text[w->at - 1]) == NULL))
            return false;
    }
    return true;
}

/* The index of the word after the name of the substatus; 0 without that name. */
static size_t named_substatus(const daotp__search *search, size_t word)
{
    enum { FILLERS = 3 };

    for (size_t i = word + 1; i < search->word_count && i <= word + FILLERS; i++) {
        if (daotp__context_is_word(search, i, "substatus subcode substatuscode"))
            return i + 1;
        if (!daotp__context_is_word(search, i, "sc sub and with code s"))
            return 0;
        if (daotp__context_is_word(search, i, "sub") && i + 1 < search->word_count &&
            daotp__context_is_word(search, i + 1, "status"))
            return i + 2;
    }
    return 0;
}

/* Whether the numbers are the whole question, or a line of a log. */
static bool is_entry(const daotp__search *search, size_t word)
{
    enum { FIELDS = 4 }; /* time-taken is the last */
    bool is_whole = word == 0 && search->word_count <= FIELDS &&
                    are_side_by_side(search, word, search->word_count);

    return is_whole || (is_in_log_line(search, word) && !has_header_without_substatus(search));
}

static void find_fields(const daotp__search *search, size_t word, daotp__iis_entry *entry)
{
    *entry = (daotp__iis_entry){.substatus = named_substatus(search, word)};
    if (entry->substatus != 0 || !are_side_by_side(search, word, 2) || !is_entry(search, word))
        return;
    entry->substatus = word + 1;
    if (are_side_by_side(search, word, 3))
        entry->win32 = word + 2;
    for (entry->end = word + 2; are_side_by_side(search, entry->end - 1, 2);)
        entry->end++;
}

bool daotp__iis_read_entry(const daotp__search *search, size_t word, daotp__iis_entry *entry)
{
    uint32_t status, sub;

    if (!word_number(search, word, STATUS_DIGITS, &status) || status < 100)
        return false;
    find_fields(search, word, entry);
    return entry->substatus != 0 && word_number(search, entry->substatus, SUB_DIGITS, &sub) &&
           combine_status(status, sub, &entry->status);
}
