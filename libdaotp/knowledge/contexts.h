/* SPDX-License-Identifier: BSD-2-Clause */
/* What the words of a question say of the numbers near them: of which kind a number is, and which
 * source an event is from. */
#ifndef DAOTP_KNOWLEDGE_CONTEXTS_H
#define DAOTP_KNOWLEDGE_CONTEXTS_H

#include "knowledge/hits.h"

#define DAOTP__BIT(kind) (UINT32_C(1) << DAOTP__KIND_##kind)

/* The kinds that are events. */
#define DAOTP__EVENTS                                                                              \
    (DAOTP__BIT(OTP) | DAOTP__BIT(KDC) | DAOTP__BIT(KERBEROS) | DAOTP__BIT(NPS) |                  \
     DAOTP__BIT(SCHANNEL) | DAOTP__BIT(CA) | DAOTP__BIT(SECURITY) | DAOTP__BIT(CAPI) |             \
     DAOTP__BIT(RAS) | DAOTP__BIT(ENROLL) | DAOTP__BIT(DCOM) | DAOTP__BIT(UAG))

/* A question of so few words is hardly more than the number. */
enum { DAOTP__BARE_WORDS = 3 };

/* Is this word of the question in the blank-separated list? */
bool daotp__context_is_word(const daotp__search *search, size_t word, const char *list);
/* The kinds of the number at this word, a bit each, by the nearest word before it, then behind it,
 * that says so; 0 when none does. A strong word names a kind, a weak one says that it is an error.
 */
uint32_t daotp__context_kinds(const daotp__search *search, size_t word, bool strong);
/* Set the sources of events that the question names. */
void daotp__context_find_sources(daotp__search *search);

#endif
