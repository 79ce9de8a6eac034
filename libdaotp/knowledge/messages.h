/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds rows by the words of a question. */
#ifndef DAOTP_KNOWLEDGE_MESSAGES_H
#define DAOTP_KNOWLEDGE_MESSAGES_H

#include "knowledge/hits.h"

/* Find messages whose significant words are in the question. DAOTP_OK or DAOTP_MEMORY. */
daotp_status daotp__scan_messages(daotp__search *search);
/* Find the rows whose own texts have most of the question's words. */
void daotp__scan_texts(daotp__search *search);

#endif
