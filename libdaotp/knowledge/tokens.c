/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds ids, names and numbers in a question. The words near a number tell its kind. */
#include "knowledge/tokens.h"

#include "knowledge/contexts.h"
#include "knowledge/iis_log.h"
#include "knowledge/names.h"

#include <stdlib.h>
#include <string.h>

#define BIT(kind) DAOTP__BIT(kind)

/* The kinds in which a number is looked up when no word tells its kind. */
#define DISTINCTIVE                                                                                \
    (BIT(WINHTTP) | BIT(IKE) | BIT(WIN32) | BIT(OTP) | BIT(NPS) | BIT(SCHANNEL) | BIT(SECURITY) |  \
     BIT(RAS) | BIT(UAG) | BIT(DCOM))
#define BARE                                                                                       \
    (BIT(KRB) | BIT(WINHTTP) | BIT(IKE) | DAOTP__EVENTS | BIT(REASON) | BIT(WIN32) | BIT(IIS) |    \
     BIT(ALERT) | BIT(RADIUS) | BIT(DISPOSITION))

/* Event numbers from this one on are rarely used by two sources. */
enum { DISTINCT = 4000 };

#define ERRORS (BIT(WIN32) | BIT(WINHTTP) | BIT(IKE))

/* ---- numbers --------------------------------------------------------------------------------- */

typedef struct number {
    uint32_t value;
    bool is_wide; /* a 32-bit number, which has only one meaning */
} number;

static bool parse_hexadecimal(const char *text, size_t len, number *out)
{
    char digits[17];
    unsigned long long value;

    if (len == 0 || len > 16)
        return false;
    memcpy(digits, text, len);
    digits[len] = '\0';
    if (strspn(digits, "0123456789abcdef") != len)
        return false;
    value = strtoull(digits, NULL, 16);
    if (value > UINT32_MAX && value >> 32 != UINT32_MAX) /* except for an extended sign */
        return false;
    *out = (number){.value = (uint32_t)value};
    out->is_wide = out->value > 0xFFFF;
    return true;
}

static bool parse_decimal(const char *text, size_t len, number *out)
{
    bool negative = len > 0 && text[0] == '-';
    unsigned long long value = 0;

    text += negative;
    len -= negative;
    if (len == 0 || len > 10)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    if (value > UINT32_MAX || (negative && (value > (1ULL << 31) || value < 65536)))
        return false;
    *out = (number){.value = negative ? (uint32_t)(0 - value) : (uint32_t)value};
    out->is_wide = out->value > 0xFFFF;
    return true;
}

static bool parse_number(const char *text, size_t len, number *out)
{
    if (len > 2 && text[0] == '0' && text[1] == 'x')
        return parse_hexadecimal(text + 2, len - 2, out);
    return parse_decimal(text, len, out);
}

static bool add_code(daotp__search *search, const daotp__code *code, unsigned score, size_t at)
{
    if (code != NULL)
        daotp__search_add(search, (daotp__row){.code = code}, score, at);
    return code != NULL;
}

/* Add a row for each bit of the number. */
static bool add_bits(daotp__search *search, daotp__kind kind, uint32_t value, unsigned score,
                     size_t at)
{
    bool found = false;

    for (uint32_t bit = 1; bit != 0; bit <<= 1)
        if ((value & bit) != 0)
            found |= add_code(search, daotp__code_find(kind, bit), score, at);
    return found;
}

static bool add_of_kind(daotp__search *search, daotp__kind kind, uint32_t value, unsigned score,
                        size_t at)
{
    if (kind == DAOTP__KIND_CHAIN_STATUS || kind == DAOTP__KIND_SECURE_FAILURE)
        return add_bits(search, kind, value, score, at);
    if (kind == DAOTP__KIND_IIS && value >= 100 && value < 600)
        value = value * 1000 + 999;
    if (kind == DAOTP__KIND_HRESULT || kind == DAOTP__KIND_NTSTATUS)
        return add_code(search, daotp__code_by_hresult(value), score, at);
    return add_code(search, daotp__code_find(kind, value), score, at);
}

/* Look the number up in each kind; earlier kinds of the list rank higher. */
static bool add_in_kinds(daotp__search *search, uint32_t kinds, uint32_t value, unsigned score,
                         size_t at)
{
    bool found = false;

    for (int kind = 0; kind < DAOTP__KIND_COUNT; kind++)
        if ((kinds & UINT32_C(1) << kind) != 0)
            found |= add_of_kind(search, (daotp__kind)kind, value, score, at);
    return found;
}

/* Add the rows of the sources themselves. */
static bool add_sources(daotp__search *search, uint32_t kinds, unsigned score, size_t at)
{
    bool found = false;

    for (uint32_t kind = 0; kind < DAOTP__KIND_COUNT; kind++)
        if ((kinds & DAOTP__EVENTS & UINT32_C(1) << kind) != 0)
            found |= add_code(search, daotp__code_find(DAOTP__KIND_SOURCE, kind), score, at);
    return found;
}

/* Whether the event belongs to one of these sources and to no other. A source that is only
 * mentioned does not decide it, and "Kerberos" does not for a number that only the Security log
 * has. */
static bool is_bound_to(const daotp__search *search, uint32_t named, uint32_t value)
{
    enum { SHORT_WORDS = 6 };
    const uint32_t broad = BIT(KDC) | BIT(KERBEROS);

    if ((named & search->labelled) == 0 && search->word_count > SHORT_WORDS)
        return false;
    return value < DISTINCT || (named & ~broad) != 0;
}

/* Add the event of the named sources. Returns true if other sources are excluded. */
static bool add_of_sources(daotp__search *search, uint32_t kinds, uint32_t value, unsigned score,
                           size_t at)
{
    uint32_t named = kinds & search->sources;

    if (kinds == 0 || (kinds & DAOTP__EVENTS) != kinds)
        return false;
    if (named == 0)
        return search->has_foreign_source && value < DISTINCT;
    if (add_in_kinds(search, named, value, score + DAOTP__SCORE_SOURCE, at))
        return true;
    return is_bound_to(search, named, value) && add_sources(search, named, score, at);
}

static bool add_in_context(daotp__search *search, uint32_t kinds, uint32_t value, unsigned score,
                           size_t at)
{
    return add_of_sources(search, kinds, value, score, at) ||
           (kinds != 0 && add_in_kinds(search, kinds, value, score, at));
}

/* libkrb5 numbers the KRB-ERRORs from -1765328384 upwards. */
static bool add_libkrb5(daotp__search *search, uint32_t value, size_t at)
{
    enum { LAST = 127 };
    const uint32_t base = 0x96C73A00;

    return value - base <= LAST &&
           add_of_kind(search, DAOTP__KIND_KRB, value - base, DAOTP__SCORE_NUMBER, at);
}

/* Event Viewer shows the lower half of an event's number, other tools show all of it. */
static bool add_raw_event(daotp__search *search, uint32_t value, size_t at)
{
    uint32_t upper = value >> 16;
    bool is_raw = upper == 0x8000 || upper == 0xC000 || upper == 0xB000;

    return is_raw && add_in_kinds(search, BIT(KDC) | BIT(KERBEROS), value & 0xFFFF,
                                  DAOTP__SCORE_DISTINCTIVE, at);
}

/* Add the bits of a number that has no other meaning, if all bits are known. */
static bool add_bare_status(daotp__search *search, uint32_t value, size_t at)
{
    for (uint32_t bit = 1; bit != 0; bit <<= 1)
        if ((value & bit) != 0 && daotp__code_find(DAOTP__KIND_CHAIN_STATUS, bit) == NULL)
            return false;
    return search->word_count <= DAOTP__BARE_WORDS &&
           add_bits(search, DAOTP__KIND_CHAIN_STATUS, value, DAOTP__SCORE_BARE, at);
}

static bool add_wide(daotp__search *search, const number *n, size_t word, size_t at)
{
    uint32_t kinds =
        daotp__context_kinds(search, word, true) & (BIT(CHAIN_STATUS) | BIT(SECURE_FAILURE));

    if (add_in_context(search, kinds, n->value, DAOTP__SCORE_CONTEXT, at))
        return true;
    return add_code(search, daotp__code_by_hresult(n->value), DAOTP__SCORE_NUMBER, at) ||
           add_libkrb5(search, n->value, at) || add_raw_event(search, n->value, at) ||
           add_bare_status(search, n->value, at);
}

static bool add_narrow(daotp__search *search, const number *n, size_t word, size_t at)
{
    uint32_t strong = daotp__context_kinds(search, word, true),
             weak = daotp__context_kinds(search, word, false);
    bool found = add_in_context(search, strong, n->value, DAOTP__SCORE_CONTEXT, at) ||
                 add_in_context(search, weak, n->value, DAOTP__SCORE_DISTINCTIVE, at);

    if (!found && n->value >= DISTINCT)
        found = add_in_context(search, DISTINCTIVE, n->value, DAOTP__SCORE_DISTINCTIVE, at);
    if (!found && strong == 0 && search->word_count <= DAOTP__BARE_WORDS)
        found = add_in_kinds(search, BARE, n->value, DAOTP__SCORE_BARE, at);
    if (!found && strong != DAOTP__EVENTS && (strong & BIT(KRB)) == 0 &&
        is_bound_to(search, strong & search->sources, n->value))
        found = add_sources(search, strong & search->sources, DAOTP__SCORE_CONTEXT, at);
    return found;
}

static bool add_number(daotp__search *search, const number *n, size_t word, size_t at)
{
    return n->is_wide ? add_wide(search, n, word, at) : add_narrow(search, n, word, at);
}

/* ---- tokens ---------------------------------------------------------------------------------- */

typedef struct token {
    const char *text;
    size_t len, at; /* at: the offset in the question */
    size_t word;    /* the index of its first word */
} token;

static bool is_token_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == ':' ||
           c == '-';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void trim_token(token *t)
{
    while (t->len > 0 && strchr(".:-_", t->text[t->len - 1]) != NULL)
        t->len--;
    while (t->len > 0 && (strchr(".:_", t->text[0]) != NULL ||
                          (t->text[0] == '-' && (t->len < 2 || !is_digit(t->text[1]))))) {
        t->text++;
        t->len--;
        t->at++;
    }
}

static bool add_dotted(daotp__search *search, const token *t, unsigned score)
{
    uint32_t status;

    return daotp__iis_dotted(t->text, t->len, &status) &&
           add_code(search, daotp__code_find(DAOTP__KIND_IIS, status), score, t->at);
}

/* Add the sc-win32-status after status and substatus. */
static void add_logged_win32(daotp__search *search, size_t word)
{
    const daotp__word *w = &search->words[word];
    number n;

    if (!parse_decimal(search->text + w->at, w->len, &n))
        return;
    if (n.is_wide)
        (void)add_wide(search, &n, word, w->at);
    else if (n.value != 0)
        (void)add_in_kinds(search, ERRORS, n.value, DAOTP__SCORE_BARE, w->at);
}

/* Add sc-status with sc-substatus; the numbers after them in the line are used up. */
static bool add_logged_status(daotp__search *search, const token *t)
{
    daotp__iis_entry entry;

    if (!daotp__iis_read_entry(search, t->word, &entry))
        return false;
    (void)add_code(search, daotp__code_find(DAOTP__KIND_IIS, entry.status), DAOTP__SCORE_NAMED,
                   t->at);
    if (entry.win32 != 0)
        add_logged_win32(search, entry.win32);
    if (entry.end != 0)
        search->words_taken = entry.end;
    return true;
}

/* Add an HRESULT or NTSTATUS of eight digits without "0x". */
static bool add_unmarked(daotp__search *search, const token *t)
{
    number n;

    return t->len == 8 && strchr("8c0d", t->text[0]) != NULL &&
           parse_hexadecimal(t->text, t->len, &n) && n.is_wide &&
           add_code(search, daotp__code_by_hresult(n.value), DAOTP__SCORE_NUMBER, t->at);
}

/* certutil writes dwErrorStatus in hexadecimal without a mark. */
static bool is_chain_status(const daotp__search *search, const token *t)
{
    return daotp__context_kinds(search, t->word, true) == BIT(CHAIN_STATUS);
}

static bool add_simple(daotp__search *search, const token *t)
{
    number n;

    if (add_unmarked(search, t) || add_logged_status(search, t) ||
        add_dotted(search, t, DAOTP__SCORE_NUMBER))
        return true;
    if (is_chain_status(search, t) && parse_hexadecimal(t->text, t->len, &n))
        return add_in_kinds(search, BIT(CHAIN_STATUS), n.value, DAOTP__SCORE_CONTEXT, t->at);
    return parse_number(t->text, t->len, &n) && add_number(search, &n, t->word, t->at);
}

static bool is_same_word(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(text, word, len) == 0;
}

static bool add_finding_number(daotp__search *search, uint32_t value, size_t at)
{
    daotp_finding_number n = (daotp_finding_number)value;

    if (value > INT32_MAX || *daotp_catalogue_get_id(n) == '\0')
        return false;
    daotp__search_add(search, (daotp__row){.finding = n}, DAOTP__SCORE_NAMED, at);
    return true;
}

/* The kind is named, but has no such number. Returns true if the number is not looked up
 * elsewhere; an event that only one source has is still added. "status" does not name a kind,
 * because too many numbers are called so. */
static bool add_unknown_of_kind(daotp__search *search, const token *t, uint32_t kinds,
                                uint32_t value)
{
    if (kinds == DAOTP__EVENTS || (kinds & BIT(NTSTATUS)) != 0)
        return false;
    search->has_unknown = true;
    (void)add_sources(search, kinds, DAOTP__SCORE_NAMED, t->at);
    if ((kinds & DAOTP__EVENTS) != 0 && value >= DISTINCT)
        (void)add_in_kinds(search, DISTINCTIVE, value, DAOTP__SCORE_BARE, t->at);
    return true;
}

/* "krb:16": the kind says what the number means. */
static bool add_with_kind(daotp__search *search, const token *t, const char *colon)
{
    uint32_t kinds = daotp__kinds_by_prefix(t->text, (size_t)(colon - t->text));
    token rest = {colon + 1, (size_t)(t->text + t->len - colon - 1), t->at, t->word};
    number n;

    if (is_same_word(t->text, (size_t)(colon - t->text), "finding"))
        return parse_number(rest.text, rest.len, &n) && add_finding_number(search, n.value, t->at);
    if (kinds == 0)
        return false;
    if ((kinds & BIT(IIS)) != 0 && add_dotted(search, &rest, DAOTP__SCORE_NAMED))
        return true;
    if (!parse_number(rest.text, rest.len, &n) && !parse_hexadecimal(rest.text, rest.len, &n))
        return (kinds & (BIT(OID) | BIT(WORD) | BIT(STAGE) | BIT(REQUIREMENT))) != 0 &&
               daotp__search_add_named(search, rest.text, rest.len, DAOTP__SCORE_NAMED, t->at);
    if (add_in_context(search, kinds, n.value, DAOTP__SCORE_NAMED, t->at))
        return true;
    if (add_unmarked(search, &rest)) /* HRESULT:80092013 */
        return true;
    return add_unknown_of_kind(search, t, kinds, n.value);
}

/* Scan the parts between colons one by one; a number after an address is a port. */
static void scan_parts(daotp__search *search, token t)
{
    while (t.len > 0) {
        const char *colon = memchr(t.text, ':', t.len);
        token part = t;

        if (colon != NULL)
            part.len = (size_t)(colon - t.text);
        t.text += part.len + (colon != NULL);
        t.at += part.len + (colon != NULL);
        t.len -= part.len + (colon != NULL);
        trim_token(&part);
        if (part.len == 0)
            continue;
        if (!daotp__search_add_named(search, part.text, part.len, DAOTP__SCORE_NAMED, part.at))
            (void)add_simple(search, &part);
        if (memchr(part.text, '.', part.len) != NULL && is_digit(part.text[0]))
            return;
        while (t.word + 1 < search->word_count && search->words[t.word + 1].at <= t.at)
            t.word++;
    }
}

/* "revoked" and "ntauth" are ids, and words of many sentences. */
static bool is_common_word(const daotp__search *search, const token *t)
{
    enum { SHORT = 8 };
    bool is_asked_for =
        search->word_count == 1 || (t->word > 0 && daotp__context_is_word(search, 0, "stage"));

    for (size_t i = 0; i < t->len; i++)
        if (t->text[i] < 'a' || t->text[i] > 'z')
            return false;
    return !is_asked_for && t->len < SHORT;
}

/* libkrb5 and Heimdal write KRB5KDC_ERR_ and KRB5_KDC_ERR_ for KDC_ERR_; .NET and Java write OID.
 * before an object identifier. */
static void skip_prefix(token *t)
{
    static const struct {
        const char *text;
        size_t skipped;
    } before[] = {
        {"krb5kdc_", 4}, {"krb5krb_", 4}, {"krb5_kdc_", 5}, {"krb5_krb_", 5}, {"oid.", 4}};

    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
        size_t len = strlen(before[i].text);

        if (t->len > len && memcmp(t->text, before[i].text, len) == 0) {
            t->text += before[i].skipped;
            t->at += before[i].skipped;
            t->len -= before[i].skipped;
            return;
        }
    }
}

static void scan_token(daotp__search *search, token t)
{
    const char *colon;
    bool is_named;

    trim_token(&t);
    if (t.len == 0)
        return;
    skip_prefix(&t);
    is_named = !is_common_word(search, &t) &&
               daotp__search_add_named(search, t.text, t.len, DAOTP__SCORE_NAMED, t.at);
    colon = memchr(t.text, ':', t.len);
    if (colon == NULL)
        (void)add_simple(search, &t);
    else if (!add_with_kind(search, &t, colon) && !is_named)
        scan_parts(search, t);
}

void daotp__scan_tokens(daotp__search *search)
{
    size_t at = 0, word = 0;

    daotp__context_find_sources(search);
    while (at < search->len && search->failed == DAOTP_OK) {
        size_t end = at;

        while (end < search->len && is_token_byte(search->text[end]))
            end++;
        while (word + 1 < search->word_count && search->words[word + 1].at <= at)
            word++;
        if (end > at && word >= search->words_taken)
            scan_token(search, (token){search->text + at, end - at, at, word});
        at = end + 1;
    }
}
