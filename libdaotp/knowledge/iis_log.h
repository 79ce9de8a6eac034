/* SPDX-License-Identifier: BSD-2-Clause */
/* Status and substatus of IIS, as pages, logs and people write them. */
#ifndef DAOTP_KNOWLEDGE_IIS_LOG_H
#define DAOTP_KNOWLEDGE_IIS_LOG_H

#include "knowledge/hits.h"

/* "403.16", "403,16" or "403/16" of len bytes. */
bool daotp__iis_dotted(const char *text, size_t len, uint32_t *status);
/* What stands beside a status: the words of its substatus and of sc-win32-status, 0 for none. */
typedef struct daotp__iis_entry {
    uint32_t status; /* as in the table: 403016 is 403.16, 403999 is 403 alone */
    size_t substatus, win32;
    size_t end; /* behind the numbers that stand side by side; 0 where a name stands between */
} daotp__iis_entry;

/* Is the number at this word a status with its substatus behind it: in a line that IIS logged
 * ("403 7 64"), by its name ("sc-substatus=7"), or as the whole question ("403 7 5")? */
bool daotp__iis_read_entry(const daotp__search *search, size_t word, daotp__iis_entry *entry);

#endif
