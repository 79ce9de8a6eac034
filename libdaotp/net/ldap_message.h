/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The LDAP messages of a fetch (RFC 4511), bytes in and bytes out: a search of one entry for one
 * attribute, and the front of each message of the answer, up to where the first value begins. What
 * lies behind it is never needed in memory.
 */
#ifndef DAOTP_NET_LDAP_MESSAGE_H
#define DAOTP_NET_LDAP_MESSAGE_H

#include "core/buffer.h"

typedef enum daotp__ldap_kind {
    DAOTP__LDAP_MORE,      /* the front is not all there yet */
    DAOTP__LDAP_VALUE,     /* an entry with a value of the attribute */
    DAOTP__LDAP_NO_VALUE,  /* an entry without one */
    DAOTP__LDAP_RESULT,    /* the search is over */
    DAOTP__LDAP_NOTICE,    /* a notice of disconnection (4.4.1) */
    DAOTP__LDAP_OTHER,     /* a reference, or an answer to another request: passed over */
    DAOTP__LDAP_MALFORMED, /* no LDAP message */
} daotp__ldap_kind;

typedef struct daotp__ldap_front {
    size_t message_len;         /* of the whole message; not set by MORE and MALFORMED */
    size_t value_at, value_len; /* DAOTP__LDAP_VALUE */
    uint32_t code;              /* DAOTP__LDAP_RESULT */
} daotp__ldap_front;

/* An anonymous search of the entry dn itself. Failures stay in the buffer. */
void daotp__ldap_write_search(daotp__buffer *out, uint8_t id, const char *dn,
                              const char *attribute);
void daotp__ldap_write_unbind(daotp__buffer *out, uint8_t id);
/* The first message of these bytes; id: of the request that was sent. */
daotp__ldap_kind daotp__ldap_read_front(daotp__bytes bytes, uint8_t id, daotp__ldap_front *front);
/* The name of a result code (RFC 4511 4.1.9), or "". */
const char *daotp__ldap_code_name(uint32_t code);

#endif
