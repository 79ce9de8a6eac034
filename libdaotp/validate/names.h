/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks the names of a certificate: against name constraints (RFC 5280 4.2.1.10), and against
 * names that the caller requires (RFC 6125 6). */
#ifndef DAOTP_VALIDATE_NAMES_H
#define DAOTP_VALIDATE_NAMES_H

#include "x509/node.h"

#include <daotp/verify.h>

typedef enum daotp__names_verdict {
    DAOTP__NAMES_GOOD,
    DAOTP__NAMES_MALFORMED, /* the constraint is malformed */
    DAOTP__NAMES_INVALID,   /* a constrained name does not have the syntax of its form */
    DAOTP__NAMES_EXCLUDED,  /* a name is in an excluded subtree */
    DAOTP__NAMES_FORBIDDEN, /* a name is in no permitted subtree */
    DAOTP__NAMES_UNKNOWN,   /* a name has a form for which constraints are not supported */
    DAOTP__NAMES_TOO_MANY   /* the budget is used up */
} daotp__names_verdict;

/* Check all names of the certificate against the name constraints of this CA. *budget: the
 * comparisons that are left; reduced. *name: the first name that fails. */
daotp__names_verdict daotp__names_check(const daotp__node *node, const daotp__node *authority,
                                        size_t *budget, daotp__general_name *name);
/* Whether the extension is well-formed. strictly: it must also have exactly the forms of RFC
 * 5280 4.2.1.10. */
bool daotp__constraints_are_valid(const daotp__extension *extension, bool strictly);

/* Whether name consists of LDH labels (RFC 1034 3.5). wildcard: the first label may be "*". */
bool daotp__dns_is_valid(daotp__bytes name, bool wildcard);
bool daotp__email_is_valid(daotp__bytes mailbox);

/* A name that the caller requires in the certificate. */
typedef struct daotp__required_name {
    daotp_name_kind kind;
    char *text;
    uint8_t address[16];
    size_t address_len;
} daotp__required_name;
/* Parse text by kind. Returns false when it is not a name of that kind. */
bool daotp__required_name_parse(daotp__required_name *wanted);
bool daotp__names_has(const daotp__node *node, const daotp__required_name *wanted);

#endif
