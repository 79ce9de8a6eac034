/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of a certificate: alternative names, name constraints (RFC 5280 4.2.1.10), and whether
 * it has a given name (RFC 6125 6). */
#ifndef DAOTP_VALIDATE_NAMES_H
#define DAOTP_VALIDATE_NAMES_H

#include "x509/node.h"

#include <daotp/verify.h>

typedef enum daotp__names_verdict {
    DAOTP__NAMES_GOOD,
    DAOTP__NAMES_MALFORMED, /* the constraint itself */
    DAOTP__NAMES_INVALID,   /* a constrained name that is none of its kind */
    DAOTP__NAMES_EXCLUDED,  /* in an excluded subtree */
    DAOTP__NAMES_FORBIDDEN, /* in no permitted subtree */
    DAOTP__NAMES_UNKNOWN,   /* of a form that cannot be judged */
    DAOTP__NAMES_TOO_MANY   /* the budget is used up */
} daotp__names_verdict;

/* Whether all names of the certificate are within the name constraints of this CA. name: the first
 * one that is not. budget: the number of comparisons left. */
daotp__names_verdict daotp__names_check(const daotp__node *node, const daotp__node *authority,
                                        size_t *budget, daotp__general_name *name);
/* Is every part of the constraints well-formed? strictly: as RFC 5280 4.2.1.10 writes them too. */
bool daotp__constraints_are_valid(const daotp__extension *extension, bool strictly);

/* LDH labels (RFC 1034 3.5), a wildcard label in front if that is allowed. */
bool daotp__dns_is_valid(daotp__bytes name, bool wildcard);
bool daotp__email_is_valid(daotp__bytes mailbox);

/* A name that the certificate must have. */
typedef struct daotp__wanted {
    daotp_name_kind kind;
    char *text;
    uint8_t address[16];
    size_t address_len;
} daotp__wanted;
/* false when the text is no such name. */
bool daotp__wanted_parse(daotp__wanted *wanted);
bool daotp__names_has(const daotp__node *node, const daotp__wanted *wanted);

#endif
