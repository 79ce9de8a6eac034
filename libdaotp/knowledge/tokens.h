/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the ids, names and numbers in a question, and adds their rows. */
#ifndef DAOTP_KNOWLEDGE_TOKENS_H
#define DAOTP_KNOWLEDGE_TOKENS_H

#include "knowledge/hits.h"

void daotp__scan_tokens(daotp__search *search);

#endif
