/* SPDX-License-Identifier: BSD-2-Clause */
/* What a record is bound to, from the certificate in it: the user and the template. */
#ifndef REDIS_LEAF_H
#define REDIS_LEAF_H

#include <stdbool.h>
#include <stddef.h>

enum { LEAF_TEXT = 1025 };

typedef struct leaf_names {
    char upn[LEAF_TEXT];          /* "" when there is none */
    char template_oid[LEAF_TEXT]; /* dotted numbers; "" when there is none */
} leaf_names;

/* Of the first certificate in PEM. False when it cannot be read, or a name is too long. */
bool leaf_names_read(const void *pem, size_t len, leaf_names *names);

#endif
