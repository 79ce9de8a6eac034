/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes and reads the LDAP messages of a fetch (RFC 4511): the search of one entry for one
 * attribute, and the front of each response message, up to the start of the first value. The rest
 * of a message need not be in memory. No I/O.
 */
#ifndef DAOTP_NET_LDAP_MESSAGE_H
#define DAOTP_NET_LDAP_MESSAGE_H

#include "core/buffer.h"

typedef enum daotp__ldap_kind {
    DAOTP__LDAP_MORE,      /* the front is incomplete */
    DAOTP__LDAP_VALUE,     /* an entry with a value of the attribute */
    DAOTP__LDAP_NO_VALUE,  /* an entry without one */
    DAOTP__LDAP_RESULT,    /* the result of the search */
    DAOTP__LDAP_NOTICE,    /* a notice of disconnection (4.4.1) */
    DAOTP__LDAP_OTHER,     /* a reference, or a response to another request: skipped */
    DAOTP__LDAP_MALFORMED, /* not an LDAP message */
} daotp__ldap_kind;

typedef struct daotp__ldap_front {
    size_t message_len;         /* octets of the whole message; not set for MORE and MALFORMED */
    size_t value_at, value_len; /* DAOTP__LDAP_VALUE */
    uint32_t code;              /* DAOTP__LDAP_RESULT */
} daotp__ldap_front;

/* Write an anonymous search of the entry dn itself. A failure is kept in out. */
void daotp__ldap_write_search(daotp__buffer *out, uint8_t id, const char *dn,
                              const char *attribute);
void daotp__ldap_write_unbind(daotp__buffer *out, uint8_t id);
/* Read the front of the first message. id: the message ID of our request. */
daotp__ldap_kind daotp__ldap_read_front(daotp__bytes bytes, uint8_t id, daotp__ldap_front *front);
/* The name of a result code (RFC 4511 4.1.9), or "". */
const char *daotp__ldap_code_name(uint32_t code);

#endif
