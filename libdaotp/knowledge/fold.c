/* SPDX-License-Identifier: BSD-2-Clause */
#include "knowledge/fold.h"

#include "core/utf8.h"
#include "knowledge/knowledge.h"

#include <string.h>

/* ---- characters ------------------------------------------------------------------------------ */

/* U+00C0 to U+017F, the letters of western and central Europe, by their base. "" is a blank. */
static const char *const latin[] = {
    "a", "a", "a",  "a",  "a", "a", "ae", "c",  "e",  "e", "e", "e", "i",  "i",  "i", "i", "d", "n",
    "o", "o", "o",  "o",  "o", "",  "o",  "u",  "u",  "u", "u", "y", "th", "ss", "a", "a", "a", "a",
    "a", "a", "ae", "c",  "e", "e", "e",  "e",  "i",  "i", "i", "i", "d",  "n",  "o", "o", "o", "o",
    "o", "",  "o",  "u",  "u", "u", "u",  "y",  "th", "y", "a", "a", "a",  "a",  "a", "a", "c", "c",
    "c", "c", "c",  "c",  "c", "c", "d",  "d",  "d",  "d", "e", "e", "e",  "e",  "e", "e", "e", "e",
    "e", "e", "g",  "g",  "g", "g", "g",  "g",  "g",  "g", "h", "h", "h",  "h",  "i", "i", "i", "i",
    "i", "i", "i",  "i",  "i", "i", "ij", "ij", "j",  "j", "k", "k", "k",  "l",  "l", "l", "l", "l",
    "l", "l", "l",  "l",  "l", "n", "n",  "n",  "n",  "n", "n", "n", "n",  "n",  "o", "o", "o", "o",
    "o", "o", "oe", "oe", "r", "r", "r",  "r",  "r",  "r", "s", "s", "s",  "s",  "s", "s", "s", "s",
    "t", "t", "t",  "t",  "t", "t", "u",  "u",  "u",  "u", "u", "u", "u",  "u",  "u", "u", "u", "u",
    "w", "w", "y",  "y",  "y", "z", "z",  "z",  "z",  "z", "z", "s"};
_Static_assert(sizeof latin / sizeof latin[0] == 0x180 - 0xC0, "a base for each");

static const char *fold_punctuation(uint32_t c)
{
    if ((c >= 0x2018 && c <= 0x201B) || c == 0x2032 || c == 0xB4)
        return "'";
    if ((c >= 0x201C && c <= 0x201F) || c == 0xAB || c == 0xBB)
        return "\"";
    if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE63 || c == 0xFF0D)
        return "-";
    if (c == 0xAD || (c >= 0x200B && c <= 0x200F) || c == 0xFEFF || (c >= 0x300 && c <= 0x36F))
        return NULL; /* soft hyphens, invisible characters, combining accents */
    return " ";
}

static void add_character(daotp__buffer *out, uint32_t c)
{
    const char *text;

    if (c >= 'A' && c <= 'Z')
        daotp__buffer_byte(out, (uint8_t)(c - 'A' + 'a'));
    else if (c < 0x80)
        daotp__buffer_byte(out, (uint8_t)c);
    else if (c >= 0xC0 && c - 0xC0 < sizeof latin / sizeof latin[0])
        daotp__buffer_text(out, *latin[c - 0xC0] != '\0' ? latin[c - 0xC0] : " ");
    else if (c >= 0xFF01 && c <= 0xFF5E) /* the wide forms of ASCII */
        add_character(out, c - 0xFF01 + '!');
    else if ((text = fold_punctuation(c)) != NULL)
        daotp__buffer_text(out, text);
}

static void fold_utf16(daotp__buffer *out, const uint8_t *bytes, size_t len, bool big)
{
    for (size_t i = 0; i + 1 < len; i += 2)
        add_character(out, big ? (uint32_t)(bytes[i] << 8 | bytes[i + 1])
                               : (uint32_t)(bytes[i + 1] << 8 | bytes[i]));
}

/* The quotes and dashes of Windows-1252; its letters have the numbers of Unicode. */
static uint32_t from_windows(uint8_t byte)
{
    if (byte == 0x91 || byte == 0x92)
        return '\'';
    if (byte == 0x93 || byte == 0x94 || byte == 0x84)
        return '"';
    if (byte == 0x96 || byte == 0x97)
        return '-';
    return byte;
}

void daotp__text_fold(daotp__buffer *out, const void *bytes, size_t len)
{
    const uint8_t *in = bytes;

    if (len >= 2 && ((in[0] == 0xFF && in[1] == 0xFE) || (in[0] == 0xFE && in[1] == 0xFF))) {
        fold_utf16(out, in + 2, len - 2, in[0] == 0xFE);
        return;
    }
    for (size_t i = 0; i < len;) {
        size_t n = daotp__utf8_next((const char *)in + i, len - i);

        if (n > 0)
            add_character(out, daotp__utf8_code_point((const char *)in + i, n));
        else
            add_character(out, from_windows(in[i]));
        i += n > 0 ? n : 1;
    }
}

/* ---- words ----------------------------------------------------------------------------------- */

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_umlaut(const char *text, size_t left)
{
    return left >= 2 && text[1] == 'e' && (text[0] == 'a' || text[0] == 'o' || text[0] == 'u');
}

/* FNV-1a, over the word without the e of a written-out umlaut and without a plural s. */
static uint32_t hash_word(const char *text, size_t len)
{
    uint32_t hash = 2166136261u;

    if (len > 3 && text[len - 1] == 's' && text[len - 2] != 's')
        len--;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ (uint8_t)text[i]) * 16777619u;
        if (is_umlaut(text + i, len - i))
            i++;
    }
    return hash;
}

/* The length of the first part of a word that is also written as two words. */
static size_t first_part(const char *text, size_t len)
{
    static const char *const joined[] = {"smartcard",  "smart",  "eventid",   "event",
                                         "reasoncode", "reason", "errorcode", "error",
                                         "webprobe",   "web"};

    for (size_t i = 0; i < sizeof joined / sizeof joined[0]; i += 2)
        if (strlen(joined[i]) == len && memcmp(text, joined[i], len) == 0)
            return strlen(joined[i + 1]);
    return len;
}

bool daotp__word_next(const char *text, size_t len, size_t *at, daotp__word *word)
{
    size_t start = *at, end;

    while (start < len && !is_word_byte(text[start]))
        start++;
    for (end = start; end < len && is_word_byte(text[end]);)
        end++;
    if (end == start)
        return false;
    if (start == 0 || !is_word_byte(text[start - 1]))
        end = start + first_part(text + start, end - start);
    *word = (daotp__word){hash_word(text + start, end - start), (uint32_t)start,
                          (uint32_t)(end - start)};
    *at = end;
    return true;
}

bool daotp__word_is_common(const char *text, const daotp__word *word)
{
    static const char common[] =
        "a an and any all none nothing some only are as at be because been by can could did do "
        "does for from had has have he i if "
        "in into is it its me my of on or our shall she so than that the their them then there "
        "they "
        "this to too was we were what when which who why will with would you your how "
        "der die das den dem des ein eine einer eines einem einen und ist war wurde wurden wird "
        "werden "
        "sie es da weil von vom zu zum zur mit auf fur im in dass den hat haben "
        "le la les l d de du des un une et est a ete par pas pour que qui dans sur cette ce car "
        "el los las del al y se ha por para que en no lo una un esta este porque";

    return daotp__list_has(common, text + word->at, word->len);
}
