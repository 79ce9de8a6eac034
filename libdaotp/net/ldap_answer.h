/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the response to an LDAP search for one attribute of one entry, in pieces as they arrive.
 * The first value is stored in a spool; everything else is skipped, within limits. No I/O.
 */
#ifndef DAOTP_NET_LDAP_ANSWER_H
#define DAOTP_NET_LDAP_ANSWER_H

#include "net/spool.h"

#include <daotp/report.h>

typedef struct daotp__ldap_answer {
    const char *url; /* borrowed: the subject of findings */
    uint8_t request_id;
    uint64_t max_value, received;
    daotp__buffer front; /* the start of a message that is still incomplete */
    size_t to_skip;      /* octets left of a message that is skipped */
    size_t value_len;    /* 0: unknown so far */
    unsigned passed_over;
    daotp__spool value;
} daotp__ldap_answer;

/* max_value: the longest value, in octets. If value.fd is negative afterwards, the spool could
 * not be created. */
void daotp__ldap_answer_init(daotp__ldap_answer *answer, const char *url, uint8_t request_id,
                             uint64_t max_value);
void daotp__ldap_answer_free(daotp__ldap_answer *answer);
/* Process received bytes. DAOTP_AGAIN: more are needed; DAOTP_OK: the value is complete;
 * DAOTP_MEMORY; any other status has a finding. The limit is for all octets read, not only for
 * those stored. */
daotp_status daotp__ldap_answer_add(daotp__ldap_answer *answer, daotp__bytes bytes,
                                    daotp_report *report);
bool daotp__ldap_answer_is_complete(const daotp__ldap_answer *answer);

#endif
