/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of a search: the text and words of the question, and the rows that answer it. */
#ifndef DAOTP_KNOWLEDGE_HITS_H
#define DAOTP_KNOWLEDGE_HITS_H

#include "knowledge/fold.h"
#include "knowledge/knowledge.h"

#include <daotp/search.h>

/* A row of one of the three tables. Exactly one member is set. */
typedef struct daotp__row {
    const daotp__code *code;
    const daotp__cause *cause;
    daotp_finding_number finding;
} daotp__row;

typedef struct daotp__hit {
    daotp__row row;
    unsigned score;
    uint32_t at; /* the offset in the folded question of the text that found it */
    char id[DAOTP__ID_SIZE];
    char names[DAOTP__NAMES_SIZE];
} daotp__hit;

struct daotp_answers {
    daotp__hit *list;
    size_t count, capacity;
    bool is_guess; /* found only by common words */
};

/* A name of a row, for a hash list (knowledge/hash_list.h). */
typedef struct daotp__name {
    uint32_t hash;
    daotp__row row;
} daotp__name;

typedef struct daotp__search {
    const char *text; /* folded */
    size_t len;
    daotp__word *words;
    size_t word_count;
    uint32_t sources;        /* kinds of events whose source the question names */
    uint32_t labelled;       /* those that are marked as a source: "Source: NPS" */
    bool has_foreign_source; /* the question names a source whose events are in no table */
    bool has_unknown;        /* a number with a known kind is in no table */
    size_t words_taken;      /* words before this index were read as numbers of a log line */
    daotp__name *names;
    size_t name_count;
    daotp_answers *answers;
    daotp_status failed; /* DAOTP_OK or DAOTP_MEMORY */
} daotp__search;

/* The score of a row, by the way it was found. */
enum {
    DAOTP__SCORE_NAMED = 100, /* by its own id, a symbolic name, or a number with its kind */
    DAOTP__SCORE_NUMBER = 95, /* by a number that means one thing only */
    DAOTP__SCORE_CONTEXT = 85,
    DAOTP__SCORE_DISTINCTIVE = 78,
    DAOTP__SCORE_MESSAGE = 88, /* by all significant words of its message */
    DAOTP__SCORE_BARE = 70,
    DAOTP__SCORE_WORDS = 40,
    DAOTP__SCORE_SOURCE = 8,   /* added if the source of the event is named */
    DAOTP__SCORE_GENERAL = 24, /* subtracted for a row that says little */
    DAOTP__SCORE_RARE = 10,    /* subtracted for a row that is rare */
    DAOTP__SCORE_RELATED = 50  /* subtracted for a finding that has the code as an alias */
};

/* Add a row, or raise its score. */
void daotp__search_add(daotp__search *search, daotp__row row, unsigned score, size_t at);

#endif
