/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The answer to an LDAP search for one attribute of one entry, from the octets as they come: the
 * first value is kept in a spool, all else is passed over within limits. No input and output here.
 */
#ifndef DAOTP_NET_LDAP_ANSWER_H
#define DAOTP_NET_LDAP_ANSWER_H

#include "net/spool.h"

#include <daotp/report.h>

typedef struct daotp__ldap_answer {
    const char *url; /* borrowed: the subject of findings */
    uint8_t request_id;
    uint64_t max_value, received;
    daotp__buffer front; /* of a message that is not understood yet */
    size_t to_skip;      /* octets of a message that is passed over */
    size_t value_len;    /* 0: not known yet */
    unsigned passed_over;
    daotp__spool value;
} daotp__ldap_answer;

/* max_value: octets of the value. When value.fd is negative, no spool could be made. */
void daotp__ldap_answer_init(daotp__ldap_answer *answer, const char *url, uint8_t request_id,
                             uint64_t max_value);
void daotp__ldap_answer_free(daotp__ldap_answer *answer);
/* DAOTP_AGAIN: more must come. DAOTP_OK: the value is complete. Anything else: a finding says why
 * (DAOTP_MEMORY: without one). The octets read are limited, not those kept. */
daotp_status daotp__ldap_answer_add(daotp__ldap_answer *answer, daotp__bytes bytes,
                                    daotp_report *report);
bool daotp__ldap_answer_is_complete(const daotp__ldap_answer *answer);

#endif
