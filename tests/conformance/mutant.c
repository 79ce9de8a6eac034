/* SPDX-License-Identifier: BSD-2-Clause */
/* A case of a suite with something left out, doubled, turned round, exchanged, set otherwise, or
 * with an octet changed. Signatures stand as they are. */
#include "difference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLICY "2.16.840.1.101.3.2.1.48.1" /* the first one of PKITS */

static void drop(struct chunks *chunks, unsigned at)
{
    if (chunks->count == 0)
        return;
    at %= (unsigned)chunks->count;
    chunks->count--;
    memmove(&chunks->list[at], &chunks->list[at + 1],
            (chunks->count - at) * sizeof chunks->list[0]);
}

static void turn_round(struct chunks *chunks)
{
    for (size_t i = 0; i < chunks->count / 2; i++) {
        struct chunk kept = chunks->list[i];

        chunks->list[i] = chunks->list[chunks->count - 1 - i];
        chunks->list[chunks->count - 1 - i] = kept;
    }
}

static void put_first(struct chunks *chunks, struct chunk one)
{
    if (chunks->count > 0)
        chunks->list[0] = one;
}

/* In PEM one letter for another, in DER one octet: the copy is to be freed. */
static void *change_octet(struct chunks *chunks, dice *from)
{
    struct chunk *one;
    unsigned char *copy;
    size_t at;

    if (chunks->count == 0)
        return NULL;
    one = &chunks->list[dice_roll(from, (unsigned)chunks->count)];
    copy = malloc(one->len + 1);
    if (copy == NULL || one->len == 0)
        suite_give_up("out of memory");
    memcpy(copy, one->bytes, one->len);
    copy[one->len] = '\0';
    at = dice_roll(from, (unsigned)one->len);
    if (copy[0] == 0x30)
        copy[at] ^= (unsigned char)(1u << dice_roll(from, 8));
    else if (copy[at] >= 'A' && copy[at] <= 'z' && at > 40)
        copy[at] = (unsigned char)('A' + dice_roll(from, 26));
    one->bytes = copy;
    return copy;
}

/* Its name for the id, and the copy that is to be freed, if there is one. */
static const char *change(struct suite_case *one, dice *from, void **copy)
{
    struct chunk kept;

    switch (dice_roll(from, 16)) {
    case 0:
        drop(&one->intermediates, dice_roll(from, 64));
        return "without a certificate";
    case 1:
        drop(&one->crls, dice_roll(from, 64));
        return "without a CRL";
    case 2:
        turn_round(&one->intermediates);
        turn_round(&one->crls);
        return "turned round";
    case 3:
        if (one->at != INT64_MIN) /* now */
            one->at += ((int64_t)dice_roll(from, 60) - 30) * 365 * 86400;
        return "another year";
    case 4:
        one->explicit_policy = !one->explicit_policy;
        return "explicit policy";
    case 5:
        one->inhibit_any_policy = !one->inhibit_any_policy;
        return "inhibit anyPolicy";
    case 6:
        one->inhibit_mapping = !one->inhibit_mapping;
        return "inhibit mapping";
    case 7:
        one->policies.count = 0;
        (void)oids_add(&one->policies, POLICY);
        one->explicit_policy = true;
        return "one policy";
    case 8:
        one->revocation = one->revocation == DAOTP_REVOCATION_IGNORE ? DAOTP_REVOCATION_REQUIRE
                                                                     : DAOTP_REVOCATION_IGNORE;
        return "revocation";
    case 9: /* a CA in the place of the certificate judged */
        if (one->intermediates.count > 0)
            put_first(&one->leaf,
                      one->intermediates.list[dice_roll(from, (unsigned)one->intermediates.count)]);
        return "a CA is judged";
    case 10: /* a CA in the place of the anchor */
        if (one->intermediates.count > 0)
            put_first(&one->anchors,
                      one->intermediates.list[dice_roll(from, (unsigned)one->intermediates.count)]);
        return "a CA is the anchor";
    case 11:
        if (one->intermediates.count > 0 && one->leaf.count > 0 && one->anchors.count > 0) {
            kept = one->anchors.list[0];
            put_first(&one->anchors, one->leaf.list[0]);
            put_first(&one->leaf, kept);
        }
        return "upside down";
    case 12:
        *copy = change_octet(&one->leaf, from);
        return "octet of the certificate";
    case 13:
        *copy = change_octet(&one->intermediates, from);
        return "octet of a CA";
    case 14:
        *copy = change_octet(&one->crls, from);
        return "octet of a CRL";
    default:
        *copy = change_octet(&one->anchors, from);
        return "octet of the anchor";
    }
}

/* A copy of the list alone, so that it may be changed. */
static void copy_list(struct chunks *chunks)
{
    struct chunk *copy = malloc((chunks->count + 1) * sizeof *copy);

    if (copy == NULL)
        suite_give_up("out of memory");
    if (chunks->count > 0)
        memcpy(copy, chunks->list, chunks->count * sizeof *copy);
    chunks->list = copy;
}

static void try_mutant(const struct suite_case *from, unsigned number)
{
    struct suite_case one = *from;
    struct chunks *lists[] = {&one.anchors, &one.intermediates, &one.crls, &one.leaf};
    dice chance = dice_for(from->id, number);
    const char *what;
    void *copy = NULL;
    char how[64];

    for (size_t i = 0; i < 4; i++)
        copy_list(lists[i]);
    what = change(&one, &chance, &copy);
    (void)snprintf(how, sizeof how, " #%u %s", number, what);
    difference_try(&one, how);
    free(copy);
    for (size_t i = 0; i < 4; i++)
        free(lists[i]->list);
}

/* BetterTLS is thousands of the same kind: a few of them only. */
void mutants_try(const struct suite_case *one)
{
    dice chance = dice_for(one->id, 0);
    bool is_one_of_many = strncmp(one->id, "bettertls::", 11) == 0;
    unsigned count = is_one_of_many ? dice_roll(&chance, 16) == 0 : 10;

    for (unsigned i = 1; i <= count; i++)
        try_mutant(one, i);
}
