/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A suite is a row of cases: bytes, settings, and what a right validator says. Its reader fills a
 * case after the other into one struct and hands each to suite_try().
 */
#ifndef CONFORMANCE_SUITE_H
#define CONFORMANCE_SUITE_H

#include <daotp/verify.h>

enum { CASE_NAMES = 256, CASE_POLICIES = 64, CASE_PURPOSES = 16, SLOW_MS = 50 };

/* Byte strings of the reader's; `owned` ones are freed by chunks_clear(). */
struct chunk {
    void *bytes;
    size_t len;
};
struct chunks {
    struct chunk *list;
    size_t count, room;
    bool owned;
};

/* Object identifiers in text, the reader's. */
struct oids {
    const char *list[CASE_POLICIES];
    size_t count;
};

struct case_name {
    daotp_name_kind kind;
    const char *text;
};

struct suite_case {
    const char *id;
    bool accept;   /* what is right */
    bool optional; /* printed when wrong, and not counted */
    bool soft;     /* counted apart */

    daotp_rules rules;
    daotp_revocation revocation;
    int64_t at;    /* INT64_MIN: now */
    int max_depth; /* -1: the library's own */
    bool explicit_policy, inhibit_mapping, inhibit_any_policy;
    struct oids policies;

    bool has_user_policies; /* is the outcome's policy set to be compared, when it is accepted? */
    struct oids user_policies;

    /* each of the purposes must be allowed; none is no restriction */
    const char *purposes[CASE_PURPOSES];
    size_t purpose_count;
    struct case_name names[CASE_NAMES];
    size_t name_count;

    struct chunks anchors, intermediates, crls, leaf; /* of leaf the first */

    char broken[256]; /* why it cannot be judged: it has failed, and the next is tried */
};

/* What the library said. Neither accepted nor refused: it, or the case, is broken. */
struct verdict {
    daotp_status status;
    bool accepted, refused, same_policies;
    double ms;
    char first[1024]; /* the finding that counts most, in words; may be empty */
};

struct suite_options {
    daotp_rules rules; /* 0: as the case says */
    const char *only;  /* a glob of ids; NULL for all */
    bool verbose, subset;
};

struct suite {
    struct suite_options options;
    daotp_context *context;
    unsigned passed, failed, soft_passed, soft_failed, optional_failed;
    bool has_soft;
    double slowest_ms;
    char slowest[256];
};

/* ---- a case ---- */
/* Forget the case before; memory is kept. */
void case_clear(struct suite_case *one);
void case_free(struct suite_case *one);
/* It cannot be judged; the first reason counts. */
void case_break(struct suite_case *one, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void chunks_add(struct chunks *chunks, void *bytes, size_t len);
/* False if there is no room, or no text. */
bool oids_add(struct oids *oids, const char *oid);
/* Ask the library, by these rules. */
void case_verify(daotp_context *context, const struct suite_case *one, daotp_rules rules,
                 struct verdict *verdict);

/* ---- a suite ---- */
/* The id; of a case that has none its number, written to `number`, and it is broken. */
const char *suite_id(struct suite_case *one, const char *id, size_t at, char number[32]);
bool suite_wants(const struct suite *suite, const char *id);
/* Judge a case, print it if it is wrong or slow, count it. */
void suite_try(struct suite *suite, const struct suite_case *one);
/* The counts; the last line is `N passed, M failed`. */
void suite_show(const struct suite *suite);

/* ---- the formats ---- */
void pkits_run(struct suite *suite, const char *folder);
void limbo_run(struct suite *suite, const char *path);
/* RFC 3339 with or without fraction, in whole seconds; false if it is none. */
bool suite_time(const char *text, int64_t *seconds);
/* Read a file, a zero behind it; NULL when it cannot be read. */
void *suite_read(const char *path, size_t *len);

/* Says why on standard error and ends the program with 66: there is nothing to count. */
_Noreturn void suite_give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
