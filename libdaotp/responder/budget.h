/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_RESPONDER_BUDGET_H
#define DAOTP_RESPONDER_BUDGET_H

#include "responder/budget_store.h"

#include <daotp/budget.h>

/* An attempt that has been counted and must be settled. */
typedef struct daotp__budget_charge {
    bool open; /* counted, and not settled yet */
    uint8_t keys[DAOTP__BUDGET_RECORDS][DAOTP__BUDGET_KEY];
    daotp__budget_taken taken;
} daotp__budget_charge;

daotp_budget *daotp__budget_ref(daotp_budget *budget);
bool daotp__budget_is_durable(const daotp_budget *budget);

/* Count an attempt of a user with a client certificate (its TBSCertificate: a signature could be
 * written in other ways; empty where there is none). DAOTP_OK; DAOTP_REJECTED with
 * SERVE-BUDGET-SPENT; else the state cannot be used. */
daotp_status daotp__budget_take(daotp_budget *budget, const char *user, daotp__bytes certificate,
                                daotp__budget_charge *charge, daotp_report *report);
/* Settle the attempt; call this once. */
daotp_status daotp__budget_settle(daotp_budget *budget, daotp__budget_charge *charge,
                                  daotp__budget_outcome outcome, daotp_report *report);

#endif
