/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows by the words of a question. */
#ifndef DAOTP_KNOWLEDGE_MESSAGES_H
#define DAOTP_KNOWLEDGE_MESSAGES_H

#include "knowledge/hits.h"

/* Messages, by their words. */
daotp_status daotp__scan_messages(daotp__search *search);
/* What has most of the question's words in its own texts. */
void daotp__scan_texts(daotp__search *search);

#endif
