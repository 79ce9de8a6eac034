/* SPDX-License-Identifier: BSD-2-Clause */
/* Uses the words of a question to find the kind of the numbers near them, and the source of an
 * event. */
#ifndef DAOTP_KNOWLEDGE_CONTEXTS_H
#define DAOTP_KNOWLEDGE_CONTEXTS_H

#include "knowledge/hits.h"

#define DAOTP__BIT(kind) (UINT32_C(1) << DAOTP__KIND_##kind)

/* The kinds that are events. */
#define DAOTP__EVENTS                                                                              \
    (DAOTP__BIT(OTP) | DAOTP__BIT(KDC) | DAOTP__BIT(KERBEROS) | DAOTP__BIT(NPS) |                  \
     DAOTP__BIT(SCHANNEL) | DAOTP__BIT(CA) | DAOTP__BIT(SECURITY) | DAOTP__BIT(CAPI) |             \
     DAOTP__BIT(RAS) | DAOTP__BIT(ENROLL) | DAOTP__BIT(DCOM) | DAOTP__BIT(UAG))

/* A question with at most this many words is treated as a bare number. */
enum { DAOTP__BARE_WORDS = 3 };

/* Whether this word of the question is in the blank-separated list. */
bool daotp__context_is_word(const daotp__search *search, size_t word, const char *list);
/* The possible kinds of the number at this word, one bit each; 0: unknown. They come from the
 * nearest word before the number, else after it. strong: use words that name a kind ("event");
 * otherwise words that only say that the number is an error. */
uint32_t daotp__context_kinds(const daotp__search *search, size_t word, bool strong);
/* Set the sources of events that the question names. */
void daotp__context_find_sources(daotp__search *search);

#endif
