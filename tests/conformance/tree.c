/* SPDX-License-Identifier: BSD-2-Clause */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

enum { DEEP = 24, OCTET_STRING = 0x04, BIT_STRING = 0x03, OID = 0x06, CONSTRUCTED = 0x20 };

static void *get(size_t size)
{
    void *got = calloc(1, size > 0 ? size : 1);

    if (got == NULL)
        suite_give_up("out of memory");
    return got;
}

/* ---- making and freeing ---------------------------------------------------------------------- */

void tree_free(struct tree *tree)
{
    if (tree == NULL)
        return;
    for (size_t i = 0; i < tree->count; i++)
        tree_free(tree->children[i]);
    free(tree->children);
    free(tree->content);
    free(tree);
}

static void insert(struct tree *parent, size_t at, struct tree *child)
{
    if (parent->count == parent->room) {
        parent->room = parent->room > 0 ? 2 * parent->room : 8;
        parent->children = realloc(parent->children, parent->room * sizeof *parent->children);
        if (parent->children == NULL)
            suite_give_up("out of memory");
    }
    memmove(&parent->children[at + 1], &parent->children[at],
            (parent->count - at) * sizeof *parent->children);
    parent->children[at] = child;
    parent->count++;
}

static struct tree *take_out(struct tree *parent, size_t at)
{
    struct tree *out = parent->children[at];

    parent->count--;
    memmove(&parent->children[at], &parent->children[at + 1],
            (parent->count - at) * sizeof *parent->children);
    return out;
}

static void set_content(struct tree *tree, const void *bytes, size_t len)
{
    unsigned char *copy = get(len);

    if (len > 0)
        memcpy(copy, bytes, len);
    free(tree->content);
    tree->content = copy;
    tree->len = len;
}

static struct tree *copy_of(const struct tree *from)
{
    struct tree *out = get(sizeof *out);

    out->tag = from->tag;
    out->is_bits = from->is_bits;
    if (from->content != NULL)
        set_content(out, from->content, from->len);
    for (size_t i = 0; i < from->count; i++)
        insert(out, i, copy_of(from->children[i]));
    return out;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Tag and length: how many octets they take, or 0. */
static size_t read_head(const unsigned char *at, size_t left, size_t *len)
{
    size_t octets, head;

    if (left < 2 || (at[0] & 0x1F) == 0x1F)
        return 0;
    octets = at[1] < 0x80 ? 0 : at[1] & 0x7Fu;
    head = 2 + octets;
    if (octets > 3 || head > left || at[1] == 0x80)
        return 0;
    *len = octets == 0 ? at[1] : 0;
    for (size_t i = 0; i < octets; i++)
        *len = *len << 8 | at[2 + i];
    return *len <= left - head ? head : 0;
}

static struct tree *read_one(const unsigned char **at, size_t *left, unsigned deep);

static bool read_children(struct tree *tree, const unsigned char *at, size_t left, unsigned deep)
{
    while (left > 0) {
        struct tree *child = deep < DEEP ? read_one(&at, &left, deep + 1) : NULL;

        if (child == NULL) {
            while (tree->count > 0)
                tree_free(take_out(tree, tree->count - 1));
            return false;
        }
        insert(tree, tree->count, child);
    }
    return true;
}

static void read_wrapped(struct tree *tree, const unsigned char *at, size_t len, unsigned deep)
{
    size_t skip = tree->tag == BIT_STRING;

    if ((tree->tag != OCTET_STRING && tree->tag != BIT_STRING) || len < skip + 2 ||
        (skip == 1 && at[0] != 0) || (at[skip] & CONSTRUCTED) == 0)
        return;
    tree->is_bits = skip == 1;
    if (!read_children(tree, at + skip, len - skip, deep))
        tree->is_bits = false;
}

static struct tree *read_one(const unsigned char **at, size_t *left, unsigned deep)
{
    size_t len, head = read_head(*at, *left, &len);
    struct tree *tree;

    if (head == 0)
        return NULL;
    tree = get(sizeof *tree);
    tree->tag = **at;
    if ((tree->tag & CONSTRUCTED) != 0) {
        if (!read_children(tree, *at + head, len, deep)) {
            tree_free(tree);
            return NULL;
        }
    } else {
        set_content(tree, *at + head, len);
        read_wrapped(tree, *at + head, len, deep);
    }
    *at += head + len;
    *left -= head + len;
    return tree;
}

struct tree *tree_read(const unsigned char *der, size_t len)
{
    struct tree *tree = read_one(&der, &len, 0);

    if (tree != NULL && len > 0) {
        tree_free(tree);
        tree = NULL;
    }
    return tree;
}

/* ---- writing --------------------------------------------------------------------------------- */

static size_t length_octets(const struct tree *tree, size_t len)
{
    size_t octets = len < 0x80 ? 0 : len < 0x100 ? 1 : len < 0x10000 ? 2 : 3;

    return octets + tree->is_loose;
}

static size_t size_of(const struct tree *tree);

static size_t content_size(const struct tree *tree)
{
    size_t size = tree->count == 0 ? tree->len : tree->is_bits;

    for (size_t i = 0; i < tree->count; i++)
        size += size_of(tree->children[i]);
    return size;
}

static size_t size_of(const struct tree *tree)
{
    size_t len = content_size(tree);

    return 2 + length_octets(tree, len) + len;
}

static unsigned char *put(const struct tree *tree, unsigned char *at)
{
    size_t len = content_size(tree), octets = length_octets(tree, len);

    *at++ = tree->tag;
    *at++ = octets == 0 ? (unsigned char)len : (unsigned char)(0x80 | octets);
    for (size_t i = octets; i > 0; i--)
        *at++ = (unsigned char)(len >> 8 * (i - 1));
    if (tree->count == 0) {
        if (tree->len > 0)
            memcpy(at, tree->content, tree->len);
        return at + tree->len;
    }
    if (tree->is_bits)
        *at++ = 0;
    for (size_t i = 0; i < tree->count; i++)
        at = put(tree->children[i], at);
    return at;
}

unsigned char *tree_write(const struct tree *tree, size_t *len)
{
    unsigned char *out;

    *len = size_of(tree);
    out = get(*len);
    (void)put(tree, out);
    return out;
}

/* ---- changing -------------------------------------------------------------------------------- */

size_t tree_weight(const struct tree *tree)
{
    size_t sum = 1;

    for (size_t i = 0; i < tree->count; i++)
        sum += tree_weight(tree->children[i]);
    return sum;
}

/* The n-th below the root, which itself is not counted, and where it hangs. */
static struct tree *find(struct tree *tree, size_t *n, struct tree **parent, size_t *at)
{
    for (size_t i = 0; i < tree->count; i++) {
        struct tree *found;

        if ((*n)-- == 0) {
            *parent = tree;
            *at = i;
            return tree->children[i];
        }
        found = find(tree->children[i], n, parent, at);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static struct tree *pick(struct tree *tree, dice *from, struct tree **parent, size_t *at)
{
    size_t n = dice_roll(from, (unsigned)tree_weight(tree) - 1);

    return find(tree, &n, parent, at);
}

static void set_special(struct tree *node, dice *from)
{
    static const struct {
        const char *bytes;
        size_t len;
    } specials[] = {{"", 0},
                    {"\x00", 1},
                    {"\x01", 1},
                    {"\x7F", 1},
                    {"\x80", 1},
                    {"\xFF", 1},
                    {"\x00\x01", 2},
                    {"\x00\x80", 2},
                    {"*", 1},
                    {".", 1},
                    {"@", 1},
                    {".example.com", 12},
                    {" ", 1},
                    {"a\x00 b", 4},
                    {"*.example.com", 13},
                    {"www.example.com.", 16},
                    {"%", 1},
                    {"\xC3\xA9", 2},
                    {"20200101000000Z", 15}};
    unsigned at = dice_roll(from, sizeof specials / sizeof specials[0]);

    while (node->count > 0)
        tree_free(take_out(node, node->count - 1));
    node->is_bits = false;
    set_content(node, specials[at].bytes, specials[at].len);
}

static void set_oid(struct tree *node, dice *from)
{
    static const char *const oids[] = {
        "\x55\x1D\x0E", "\x55\x1D\x0F", "\x55\x1D\x11", "\x55\x1D\x13", "\x55\x1D\x14",
        "\x55\x1D\x15", "\x55\x1D\x1B", "\x55\x1D\x1C", "\x55\x1D\x1D", "\x55\x1D\x1E",
        "\x55\x1D\x1F", "\x55\x1D\x20", "\x55\x1D\x21", "\x55\x1D\x23", "\x55\x1D\x24",
        "\x55\x1D\x25", "\x55\x1D\x2E", "\x55\x1D\x36", "\x55\x04\x03", "\x55\x1D\x7F",
        "\x2A\x03\x04", "\x2A\x03\x05"};
    const char *oid = oids[dice_roll(from, sizeof oids / sizeof oids[0])];

    if (node->tag == OID)
        set_content(node, oid, 3);
}

static void change_bit(struct tree *node, dice *from)
{
    if (node->count == 0 && node->len > 0)
        node->content[dice_roll(from, (unsigned)node->len)] ^=
            (unsigned char)(1u << dice_roll(from, 8));
}

static void change_length(struct tree *node, dice *from)
{
    unsigned char longer[4096];

    if (node->count > 0 || node->len == 0 || node->len >= sizeof longer)
        return;
    memcpy(longer, node->content, node->len);
    longer[node->len] = (unsigned char)dice_roll(from, 256);
    set_content(node, longer, dice_roll(from, 2) == 0 ? node->len + 1 : node->len - 1);
}

static void change_tag(struct tree *node, dice *from)
{
    static const unsigned char tags[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A, 0x0C,
                                         0x13, 0x14, 0x16, 0x17, 0x18, 0x1E, 0x30, 0x31,
                                         0x80, 0x81, 0x82, 0x86, 0x87, 0xA0, 0xA1, 0xA4};

    if ((node->tag & 0x80) != 0 && dice_roll(from, 4) > 0) /* a neighbour, as [1] and [2] are */
        node->tag ^= (unsigned char)(1 + dice_roll(from, 3));
    else
        node->tag = tags[dice_roll(from, sizeof tags)];
}

static void exchange(struct tree *parent, size_t at, struct tree *with)
{
    tree_free(parent->children[at]);
    parent->children[at] = with;
}

static void swap(struct tree *parent, size_t at, dice *from)
{
    size_t other = dice_roll(from, (unsigned)parent->count);
    struct tree *kept = parent->children[at];

    parent->children[at] = parent->children[other];
    parent->children[other] = kept;
}

void tree_change_at(struct tree *tree, size_t n, unsigned way)
{
    struct tree *parent, *node;
    size_t at;

    node = find(tree, &n, &parent, &at);
    if (node == NULL)
        return;
    if (way == 0) {
        tree_free(take_out(parent, at));
        parent->len = 0;
    } else if (way == 1) {
        insert(parent, at, copy_of(node));
    } else {
        node->tag ^= (node->tag & 0x80) != 0 ? 3 : 1;
    }
}

void tree_change(struct tree *tree, const struct tree *other, dice *from)
{
    struct tree *parent, *node, *donor, *ignored;
    size_t at, where;

    node = pick(tree, from, &parent, &at);
    if (node == NULL)
        return;
    switch (dice_roll(from, 11)) {
    case 0:
        tree_free(take_out(parent, at));
        parent->len = 0;
        break;
    case 1:
        insert(parent, at, copy_of(node));
        break;
    case 2:
        swap(parent, at, from);
        break;
    case 3:
        donor = pick((struct tree *)(uintptr_t)other, from, &ignored, &where);
        if (donor != NULL)
            exchange(parent, at, copy_of(donor));
        break;
    case 4:
        donor = pick((struct tree *)(uintptr_t)other, from, &ignored, &where);
        if (donor != NULL)
            insert(parent, at, copy_of(donor));
        break;
    case 5:
        change_tag(node, from);
        break;
    case 6:
        change_length(node, from);
        break;
    case 7:
        set_special(node, from);
        break;
    case 8:
        set_oid(node, from);
        break;
    case 9:
        node->is_loose = dice_roll(from, 4) == 0;
        break;
    default:
        change_bit(node, from);
        break;
    }
}
