/* SPDX-License-Identifier: BSD-2-Clause */
/* DER taken apart, so that it can be put together otherwise. What lies in an OCTET STRING or a BIT
 * STRING and is DER itself is taken apart too. */
#ifndef CONFORMANCE_TREE_H
#define CONFORMANCE_TREE_H

#include "difference.h"

struct tree {
    unsigned char tag;
    unsigned char *content; /* of what has no children */
    size_t len;
    struct tree **children;
    size_t count, room;
    bool is_bits;  /* an octet of unused bits stands before the children */
    bool is_loose; /* written with a longer length than it must be */
};

/* NULL when it is not DER, or there is something behind it. */
struct tree *tree_read(const unsigned char *der, size_t len);
void tree_free(struct tree *tree);
/* To be freed. */
unsigned char *tree_write(const struct tree *tree, size_t *len);
size_t tree_weight(const struct tree *tree); /* how many there are, itself included */
/* The n-th below it is taken out, doubled, or gets the tag beside its own: 0, 1, 2. */
enum { TREE_WAYS = 3 };
void tree_change_at(struct tree *tree, size_t n, unsigned way);
/* One change somewhere; other: where parts may come from. */
void tree_change(struct tree *tree, const struct tree *other, dice *from);

#endif
