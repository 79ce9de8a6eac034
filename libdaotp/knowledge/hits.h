/* SPDX-License-Identifier: BSD-2-Clause */
/* A question on its way through the tables: its text and words, and the rows that answer it. */
#ifndef DAOTP_KNOWLEDGE_HITS_H
#define DAOTP_KNOWLEDGE_HITS_H

#include "knowledge/fold.h"
#include "knowledge/knowledge.h"

#include <daotp/search.h>

/* A row of one of the three tables: exactly one of the members says which. */
typedef struct daotp__row {
    const daotp__code *code;
    const daotp__cause *cause;
    daotp_finding_number finding;
} daotp__row;

typedef struct daotp__hit {
    daotp__row row;
    unsigned score;
    uint32_t at; /* the byte of the folded question that it was found by */
    char id[DAOTP__ID_SIZE];
    char names[DAOTP__NAMES_SIZE];
} daotp__hit;

struct daotp_answers {
    daotp__hit *list;
    size_t count, capacity;
    bool is_guess; /* found by words in common only */
};

/* What a row is called; in a hash list (knowledge/hash_list.h). */
typedef struct daotp__name {
    uint32_t hash;
    daotp__row row;
} daotp__name;

typedef struct daotp__search {
    const char *text; /* folded */
    size_t len;
    daotp__word *words;
    size_t word_count;
    uint32_t sources;        /* kinds of events whose source is named anywhere */
    uint32_t labelled;       /* those that are named as a source, as "Source: NPS" does */
    bool has_foreign_source; /* a source is named whose events no table has */
    bool has_unknown;        /* a number with its kind is in no table */
    size_t words_taken;      /* the words before this one were numbers of a log line */
    daotp__name *names;
    size_t name_count;
    daotp_answers *answers;
    daotp_status failed; /* DAOTP_OK or DAOTP_MEMORY */
} daotp__search;

/* How well a row was found. */
enum {
    DAOTP__SCORE_NAMED = 100, /* by its own id, a symbolic name, or a number with its kind */
    DAOTP__SCORE_NUMBER = 95, /* by a number that means one thing only */
    DAOTP__SCORE_CONTEXT = 85,
    DAOTP__SCORE_DISTINCTIVE = 78,
    DAOTP__SCORE_MESSAGE = 88, /* by all telling words of its message */
    DAOTP__SCORE_BARE = 70,
    DAOTP__SCORE_WORDS = 40,
    DAOTP__SCORE_SOURCE = 8,   /* more, if the source of the event is named */
    DAOTP__SCORE_GENERAL = 24, /* less, for a row that tells little */
    DAOTP__SCORE_RARE = 10,    /* less, for a row that is met seldom */
    DAOTP__SCORE_RELATED = 50  /* less, for a finding that has the code as an alias */
};

/* Add a row, or raise its score. */
void daotp__search_add(daotp__search *search, daotp__row row, unsigned score, size_t at);

#endif
