/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the status and substatus of IIS in the forms of pages, logs and people. */
#ifndef DAOTP_KNOWLEDGE_IIS_LOG_H
#define DAOTP_KNOWLEDGE_IIS_LOG_H

#include "knowledge/hits.h"

/* Read "403.16", "403,16" or "403/16", of len bytes. */
bool daotp__iis_dotted(const char *text, size_t len, uint32_t *status);
/* A status with the indexes of the words of its substatus and sc-win32-status; 0: none. */
typedef struct daotp__iis_entry {
    uint32_t
        status; /* in the form of the table: 403016 is 403.16, 403999 is 403 without a substatus */
    size_t substatus, win32;
    size_t end; /* the index after adjacent numbers; 0 if there are names between them */
} daotp__iis_entry;

/* Whether the number at this word is a status with a substatus after it: in a log line of IIS
 * ("403 7 64"), by name ("sc-substatus=7"), or as the whole question ("403 7 5"). */
bool daotp__iis_read_entry(const daotp__search *search, size_t word, daotp__iis_entry *entry);

#endif
