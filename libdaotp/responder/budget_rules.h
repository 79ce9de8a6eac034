/* SPDX-License-Identifier: BSD-2-Clause */
/* The arithmetic of budgets: records and a time in, a decision out. No I/O, no clock of its own. */
#ifndef DAOTP_RESPONDER_BUDGET_RULES_H
#define DAOTP_RESPONDER_BUDGET_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DAOTP__BUDGET_KEY = 32 };

/* The kind of a record. The numbers are stored in files: never reuse one. */
typedef enum daotp__budget_kind {
    DAOTP__BUDGET_PAIR = 1,        /* a user with a client certificate */
    DAOTP__BUDGET_USER = 2,        /* over all certificates */
    DAOTP__BUDGET_CERTIFICATE = 3, /* over all users */
    DAOTP__BUDGET_TOKEN = 4        /* a token: the highest step that was accepted */
} daotp__budget_kind;

typedef struct daotp__budget_record {
    uint8_t key[DAOTP__BUDGET_KEY]; /* a keyed hash of the subject of the record */
    uint32_t kind;
    uint32_t wrong;    /* wrong attempts in a row */
    int64_t last_s;    /* of the last attempt */
    int64_t whole_s;   /* when the budget is full again without further wrong attempts */
    int64_t success_s; /* time of the last right code; 0: none */
    int64_t step; /* of a token; -1: none. Of a user: the number of the last clearing; of a pair:
                     of that which it has seen */
    int64_t touched_s;
} daotp__budget_record;

/* The records an attempt is charged to, in this order. */
enum { DAOTP__BUDGET_RECORDS = 3 };

typedef enum daotp__budget_outcome {
    DAOTP__BUDGET_RIGHT,
    DAOTP__BUDGET_WRONG,
    DAOTP__BUDGET_UNANSWERED /* no answer: no back-off, but the attempt counts for the budget */
} daotp__budget_outcome;

/* The budgets that an attempt was charged to. */
typedef struct daotp__budget_taken {
    bool all;      /* user and certificate too */
    bool is_moved; /* the clock went back, and the records were changed accordingly: store them in
                      any case */
} daotp__budget_taken;

/* Charge an attempt to pair, user and certificate: 0, or the kind of the budget that is spent, and
 * then nothing is charged; open_s is when that one opens again. nodes: how many servers with a
 * state of their own share the budgets; each has its part, so that all together allow no more than
 * one alone (1 to DAOTP__MAX_BUDGET_NODES). */
int daotp__budget_take_from(daotp__budget_record *records, int64_t now_s, int64_t nodes,
                            daotp__budget_taken *taken, int64_t *open_s);
/* Settle an attempt that was charged before. */
void daotp__budget_settle_in(daotp__budget_record *records, int64_t now_s, int64_t nodes,
                             const daotp__budget_taken *taken, daotp__budget_outcome outcome);
/* Forget what was counted of a user. Its pairs follow when they are next charged: a clearing has a
 * number of its own, not negative. What is known of successes stays. */
void daotp__budget_clear_in(daotp__budget_record *record, int64_t now_s, int64_t clearing);
/* Whether the record cannot change a decision any more. */
bool daotp__budget_is_idle(const daotp__budget_record *record, int64_t now_s);

#endif
