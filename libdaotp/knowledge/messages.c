/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds messages by their words: most of the significant words of a message must be in the
 * question, near each other, in any order. */
#include "knowledge/messages.h"

#include "core/alloc.h"
#include "knowledge/hash_list.h"
#include "knowledge/names.h"

#include <string.h>

enum { MAX_MESSAGE_WORDS = 32, GAP = 8, SHORT = 24, SHORT_LEAST = 3, MAX_TEXT_WORDS = 64 };

/* A word of a message, for a hash list. */
typedef struct entry {
    uint32_t hash;
    uint32_t message;
    uint32_t bit;
} entry;

/* The part of a message that was found in the question. */
typedef struct seen {
    uint32_t now, best; /* the words found, one bit each */
    uint32_t last;      /* the index of the last word of the question that was one of them */
    uint32_t start, at; /* where now and best began */
    uint32_t end;       /* where best ended */
    uint32_t count;     /* words of the message */
} seen;

typedef struct matcher {
    entry *entries;
    size_t count;
    seen *messages;
} matcher;

static unsigned count_bits(uint32_t bits)
{
    unsigned count = 0;

    for (; bits != 0; bits &= bits - 1)
        count++;
    return count;
}

static void put_message(matcher *m, size_t message)
{
    const char *text = daotp__messages[message].words;
    size_t at = 0, len = strlen(text);
    seen *s = &m->messages[message];
    daotp__word word;

    while (s->count < MAX_MESSAGE_WORDS && daotp__word_next(text, len, &at, &word))
        m->entries[m->count++] = (entry){word.hash, (uint32_t)message, UINT32_C(1) << s->count++};
}

static daotp_status make_matcher(matcher *m)
{
    *m = (matcher){0};
    m->entries = daotp__new(daotp__message_count * MAX_MESSAGE_WORDS * sizeof *m->entries);
    m->messages = daotp__new(daotp__message_count * sizeof *m->messages);
    if (m->entries == NULL || m->messages == NULL)
        return DAOTP_MEMORY;
    for (size_t i = 0; i < daotp__message_count; i++)
        put_message(m, i);
    daotp__hash_list_sort(m->entries, m->count, sizeof *m->entries);
    return DAOTP_OK;
}

static void free_matcher(matcher *m)
{
    daotp__delete(m->entries);
    daotp__delete(m->messages);
}

static void see_word(seen *s, uint32_t bit, uint32_t word, uint32_t at)
{
    if (s->now == 0 || word - s->last > GAP) {
        s->now = 0;
        s->start = at;
    }
    s->now |= bit;
    s->last = word;
    if (count_bits(s->now) > count_bits(s->best)) {
        s->best = s->now;
        s->at = s->start;
        s->end = at;
    }
}

static void see_words(const daotp__search *search, matcher *m)
{
    for (size_t i = 0; i < search->word_count; i++) {
        const daotp__word *word = &search->words[i];

        for (size_t k = daotp__hash_list_find(m->entries, m->count, sizeof *m->entries, word->hash);
             k < m->count && m->entries[k].hash == word->hash; k++)
            see_word(&m->messages[m->entries[k].message], m->entries[k].bit, (uint32_t)i, word->at);
    }
}

static unsigned count_telling(const daotp__search *search)
{
    unsigned count = 0;

    for (size_t i = 0; i < search->word_count; i++)
        count += !daotp__word_is_common(search->text, &search->words[i]);
    return count;
}

/* The part of the message that was found, in percent; 0: not enough. Three quarters of a message
 * are enough. In a short question two fifths are enough if they are almost the whole question;
 * "no certificate" is not. */
static unsigned messages_coverage(const seen *s, unsigned telling)
{
    unsigned found = count_bits(s->best), share = s->count > 0 ? 100 * found / s->count : 0;
    unsigned asked = telling > 0 && telling <= SHORT ? 100 * found / telling : 0;

    if (found < 2 && s->count > 1)
        return 0;
    if (share < 75 && (found < SHORT_LEAST || asked < 80 || share < 40))
        return 0;
    if (asked > 100)
        asked = 100;
    return (6 * share + (telling <= SHORT ? asked : share)) / 7;
}

/* Among messages that match equally well the longer one is more specific. */
static void add_message(daotp__search *search, const daotp__message *message, const seen *s,
                        unsigned percent)
{
    enum { MOST = 12, WORDS = 2 };
    unsigned words = count_bits(s->best);
    daotp__row row;

    if (words > MOST)
        words = MOST;
    if (daotp__reference_find(message->reference, &row))
        daotp__search_add(search, row, DAOTP__SCORE_MESSAGE * percent / 100 + words / WORDS, s->at);
}

/* Messages that match much worse than the best one are left out. */
static bool is_meant(unsigned percent, unsigned best)
{
    enum { NEAR = 12 };

    return percent > 0 && percent + NEAR >= best;
}

/* Whether a longer message that matches at the same place contains this one. */
static bool is_covered(const matcher *m, size_t message, unsigned telling, unsigned best)
{
    const seen *s = &m->messages[message];

    for (size_t i = 0; i < daotp__message_count; i++) {
        const seen *other = &m->messages[i];

        if (count_bits(other->best) > count_bits(s->best) && other->at <= s->at &&
            other->end >= s->end && is_meant(messages_coverage(other, telling), best))
            return true;
    }
    return false;
}

/* Messages that share most of their words with a better one are left out. */
static void add_messages(daotp__search *search, const matcher *m)
{
    unsigned telling = count_telling(search), best = 0;

    for (size_t i = 0; i < daotp__message_count; i++) {
        unsigned percent = messages_coverage(&m->messages[i], telling);

        best = percent > best ? percent : best;
    }
    for (size_t i = 0; i < daotp__message_count; i++) {
        unsigned percent = messages_coverage(&m->messages[i], telling);

        if (is_meant(percent, best) && !is_covered(m, i, telling, best))
            add_message(search, &daotp__messages[i], &m->messages[i], percent);
    }
}

daotp_status daotp__scan_messages(daotp__search *search)
{
    matcher m;
    daotp_status status = make_matcher(&m);

    if (status == DAOTP_OK) {
        see_words(search, &m);
        add_messages(search, &m);
    }
    free_matcher(&m);
    return status;
}

/* ---- the texts of the rows ------------------------------------------------------------------- */

/* The words of a question, and the number of rows that contain each. */
typedef struct asked {
    uint32_t hash[MAX_TEXT_WORDS];
    unsigned rows[MAX_TEXT_WORDS];
    size_t count;
} asked;

static void ask_words(const daotp__search *search, asked *a)
{
    a->count = 0;
    for (size_t i = 0; i < search->word_count && a->count < MAX_TEXT_WORDS; i++) {
        const daotp__word *word = &search->words[i];
        bool is_known = daotp__word_is_common(search->text, word) || word->len < 2;

        for (size_t k = 0; k < a->count; k++)
            is_known |= a->hash[k] == word->hash;
        a->rows[a->count] = 0;
        a->hash[a->count] = word->hash;
        a->count += !is_known;
    }
}

/* The words that are in this text, one bit each. */
static uint64_t match_text(const asked *a, const char *text)
{
    char folded[1024];
    size_t len = strlen(text), at = 0;
    uint64_t found = 0;
    daotp__word word;

    if (len > sizeof folded)
        len = sizeof folded;
    for (size_t i = 0; i < len; i++) {
        bool is_upper = text[i] >= 'A' && text[i] <= 'Z';

        folded[i] = is_upper ? (char)(text[i] - 'A' + 'a') : text[i];
    }
    while (daotp__word_next(folded, len, &at, &word))
        for (size_t k = 0; k < a->count; k++)
            if (a->hash[k] == word.hash)
                found |= UINT64_C(1) << k;
    return found;
}

static uint64_t match_row(const asked *a, const daotp__row *row)
{
    if (row->code != NULL)
        return match_text(a, row->code->names) | match_text(a, row->code->meaning) |
               match_text(a, row->code->confused);
    if (row->cause != NULL)
        return match_text(a, row->cause->id) | match_text(a, row->cause->title) |
               match_text(a, row->cause->check) | match_text(a, row->cause->cure);
    return match_text(a, daotp_catalogue_get_id(row->finding)) |
           match_text(a, daotp_catalogue_get_title(row->finding)) |
           match_text(a, daotp_catalogue_get_wanted(row->finding)) |
           match_text(a, daotp_catalogue_get_hint(row->finding));
}

/* Go to the next row of all tables. Returns false after the last. */
static bool row_next(daotp__row *row, size_t *n)
{
    size_t i = (*n)++;

    *row = (daotp__row){.finding = row->finding};
    if (i < daotp__code_count) {
        row->code = &daotp__codes[i];
        return true;
    }
    if (i < daotp__code_count + daotp__cause_count) {
        row->cause = &daotp__causes[i - daotp__code_count];
        return true;
    }
    row->finding = daotp_catalogue_next(row->finding);
    return row->finding != DAOTP_FINDING_NONE;
}

/* A word that is in fewer rows has a higher weight. */
static unsigned weight_of(const asked *a, size_t word)
{
    enum { RARE = 5, SELDOM = 40 };

    if (a->rows[word] <= RARE)
        return 4;
    return a->rows[word] <= SELDOM ? 2 : 1;
}

static unsigned sum_weights(const asked *a, uint64_t found)
{
    unsigned sum = 0;

    for (size_t k = 0; k < a->count; k++)
        if ((found & UINT64_C(1) << k) != 0)
            sum += weight_of(a, k);
    return sum;
}

/* Faults come first, and those whose own name has most of the words. */
static unsigned title_bonus(const asked *a, const daotp__row *row)
{
    enum { FAULT = 4 };

    if (row->cause == NULL)
        return 0;
    return FAULT + sum_weights(a, match_text(a, row->cause->id) | match_text(a, row->cause->title));
}

static void count_rows(asked *a)
{
    daotp__row row = {0};
    size_t n = 0;

    while (row_next(&row, &n)) {
        uint64_t found = match_row(a, &row);

        for (size_t k = 0; k < a->count; k++)
            a->rows[k] += (found >> k & 1) != 0;
    }
}

void daotp__scan_texts(daotp__search *search)
{
    daotp__row row = {0};
    unsigned all, best = 0;
    size_t n = 0;
    asked a;

    ask_words(search, &a);
    count_rows(&a);
    all = sum_weights(&a, UINT64_MAX);
    while (row_next(&row, &n)) {
        unsigned sum = sum_weights(&a, match_row(&a, &row));

        best = sum > best ? sum : best;
    }
    if (best == 0 || best * 100 < all * 55)
        return;
    row = (daotp__row){0};
    for (n = 0; row_next(&row, &n);) {
        unsigned sum = sum_weights(&a, match_row(&a, &row));

        if (sum * 100 >= best * 90)
            daotp__search_add(search, row, DAOTP__SCORE_WORDS * sum / all + title_bonus(&a, &row),
                              0);
    }
}
