/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The floor: map the file, check the signature (SHA-256 over the TBSCertList), and walk the whole
 * DER once, each tag, length, INTEGER, time and reason, answering for one serial number. The index
 * for later look-ups is beyond the floor and timed apart.
 */
#include "crl_measure.h"

#include <stdlib.h>
#include <string.h>

enum { SEQUENCE = 0x30, INTEGER = 0x02, BIT_STRING = 0x03, OCTETS = 0x04, ENUMERATED = 0x0a };
enum { UTC_TIME = 0x17, GENERALIZED_TIME = 0x18, OID = 0x06, BOOLEAN = 0x01, EXTENSIONS = 0xa0 };

struct view {
    const uint8_t *at;
    size_t len;
};

/* ---- DER ------------------------------------------------------------------------------------- */

/* A length of more than one octet, minimal; how many octets of header there are, 0 for malformed.
 */
static size_t long_length(struct view in, size_t *len)
{
    size_t octets = in.at[1] & 0x7fu;

    *len = 0;
    if (octets == 0 || octets > 4 || in.len < 2 + octets || in.at[2] == 0)
        return 0;
    for (size_t i = 0; i < octets; i++)
        *len = *len << 8 | in.at[2 + i];
    return *len >= 0x80 ? 2 + octets : 0;
}

static inline bool take(struct view *in, uint8_t tag, struct view *content)
{
    size_t head = 2, len;

    if (in->len < 2 || in->at[0] != tag)
        return false;
    len = in->at[1];
    if (len >= 0x80) {
        head = long_length(*in, &len);
        if (head == 0)
            return false;
    }
    if (len > in->len - head)
        return false;
    *content = (struct view){in->at + head, len};
    in->at += head + len;
    in->len -= head + len;
    return true;
}

static inline bool is_next(const struct view *in, uint8_t tag)
{
    return in->len > 0 && in->at[0] == tag;
}

static inline bool is_minimal(struct view integer)
{
    if (integer.len < 2)
        return integer.len == 1;
    return !(integer.at[0] == 0 && integer.at[1] < 0x80) &&
           !(integer.at[0] == 0xff && integer.at[1] >= 0x80);
}

static inline unsigned two_digits(const uint8_t *at)
{
    unsigned tens = at[0] - (unsigned)'0', ones = at[1] - (unsigned)'0';

    return tens > 9 || ones > 9 ? 100 : 10 * tens + ones;
}

static inline bool is_time(const uint8_t *at)
{
    return two_digits(at) < 100 && two_digits(at + 2) - 1 < 12 && two_digits(at + 4) - 1 < 31 &&
           two_digits(at + 6) < 24 && two_digits(at + 8) < 60 && two_digits(at + 10) < 60 &&
           at[12] == 'Z';
}

static inline bool take_time(struct view *in)
{
    struct view time;

    if (take(in, UTC_TIME, &time))
        return time.len == 13 && is_time(time.at);
    return take(in, GENERALIZED_TIME, &time) && time.len == 15 && two_digits(time.at) < 100 &&
           is_time(time.at + 2);
}

static inline bool take_extension(struct view *in)
{
    struct view extension, oid, critical, value, code;

    if (!take(in, SEQUENCE, &extension) || !take(&extension, OID, &oid) || oid.len == 0 ||
        (oid.at[oid.len - 1] & 0x80) != 0)
        return false;
    if (is_next(&extension, BOOLEAN) &&
        !(take(&extension, BOOLEAN, &critical) && critical.len == 1 && critical.at[0] == 0xff))
        return false;
    if (!take(&extension, OCTETS, &value) || extension.len != 0)
        return false;
    if (oid.len != 3 || memcmp(oid.at, "\x55\x1d\x15", 3) != 0)
        return true;
    return take(&value, ENUMERATED, &code) && value.len == 0 && code.len == 1 && code.at[0] <= 10 &&
           code.at[0] != 7;
}

static inline bool take_entry(struct view *in, struct view *serial)
{
    struct view entry, extensions;

    if (!take(in, SEQUENCE, &entry) || !take(&entry, INTEGER, serial) || !is_minimal(*serial) ||
        !take_time(&entry))
        return false;
    if (entry.len == 0)
        return true;
    if (!take(&entry, SEQUENCE, &extensions) || entry.len != 0 || extensions.len == 0)
        return false;
    while (extensions.len > 0)
        if (!take_extension(&extensions))
            return false;
    return true;
}

/* ---- the list -------------------------------------------------------------------------------- */

struct list {
    struct view tbs, entries, signature; /* tbs with its header */
    size_t count;
    uint32_t *index; /* offset of an entry and 1 */
    size_t slots;
};

static inline bool is_same(struct view found, const struct crl_serial *serial)
{
    return found.len == serial->len && memcmp(found.at, serial->bytes, found.len) == 0;
}

static bool walk_entries(struct list *list, const struct crl_serial *serial, bool *is_listed)
{
    struct view in = list->entries, found;

    while (in.len > 0) {
        if (!take_entry(&in, &found))
            return false;
        if (is_same(found, serial))
            *is_listed = true;
        list->count++;
    }
    return true;
}

static bool walk_back(struct view in)
{
    struct view outer, extensions;

    if (!take(&in, EXTENSIONS, &outer) || in.len != 0 || !take(&outer, SEQUENCE, &extensions) ||
        outer.len != 0)
        return false;
    while (extensions.len > 0)
        if (!take_extension(&extensions))
            return false;
    return true;
}

static bool walk(struct view in, const struct crl_serial *serial, struct list *list,
                 bool *is_listed)
{
    struct view outer, tbs, inner_algorithm, algorithm, name, version;

    *list = (struct list){.count = 0};
    if (!take(&in, SEQUENCE, &outer) || in.len != 0)
        return false;
    list->tbs.at = outer.at;
    if (!take(&outer, SEQUENCE, &tbs))
        return false;
    list->tbs.len = (size_t)(outer.at - list->tbs.at);
    return take(&outer, SEQUENCE, &algorithm) && take(&outer, BIT_STRING, &list->signature) &&
           outer.len == 0 && list->signature.len > 1 && list->signature.at[0] == 0 &&
           take(&tbs, INTEGER, &version) && version.len == 1 && version.at[0] == 1 &&
           take(&tbs, SEQUENCE, &inner_algorithm) && inner_algorithm.len == algorithm.len &&
           memcmp(inner_algorithm.at, algorithm.at, algorithm.len) == 0 &&
           take(&tbs, SEQUENCE, &name) && take_time(&tbs) && take_time(&tbs) &&
           take(&tbs, SEQUENCE, &list->entries) && walk_entries(list, serial, is_listed) &&
           walk_back(tbs);
}

static bool is_signed(const struct list *list, EVP_PKEY *key)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context != NULL &&
              EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
              EVP_DigestVerify(context, list->signature.at + 1, list->signature.len - 1,
                               list->tbs.at, list->tbs.len) == 1;

    EVP_MD_CTX_free(context);
    return ok;
}

/* ---- the index: open addressing, at most half full ------------------------------------------- */

static inline size_t slot_of(const struct list *list, const uint8_t *serial)
{
    uint64_t value;

    memcpy(&value, serial + 8, sizeof value); /* the list's numbers have 16 octets and more */
    return (size_t)(value * 0x9E3779B97F4A7C15u >> 20) & (list->slots - 1);
}

static void build(struct list *list)
{
    struct view in = list->entries, entry, serial;

    for (list->slots = 64; list->slots < 2 * list->count;)
        list->slots *= 2;
    list->index = calloc(list->slots, sizeof *list->index);
    if (list->index == NULL)
        apart_give_up("out of memory");
    while (in.len > 0) {
        uint32_t offset = (uint32_t)(in.at - list->entries.at);
        size_t at;

        if (!take(&in, SEQUENCE, &entry) || !take(&entry, INTEGER, &serial))
            apart_give_up("floor: the list changed");
        for (at = slot_of(list, serial.at); list->index[at] != 0; at = (at + 1) & (list->slots - 1))
            ;
        list->index[at] = offset + 1;
    }
}

static bool look_up(void *state, const struct crl_serial *serial)
{
    const struct list *list = state;

    for (size_t at = slot_of(list, serial->bytes); list->index[at] != 0;
         at = (at + 1) & (list->slots - 1)) {
        size_t offset = list->index[at] - 1;
        struct view in = {list->entries.at + offset, list->entries.len - offset}, entry, found;

        if (take(&in, SEQUENCE, &entry) && take(&entry, INTEGER, &found) && is_same(found, serial))
            return true;
    }
    return false;
}

void crl_floor(const struct crl_task *task, struct crl_figures *figures)
{
    struct apart_memory before = apart_memory();
    double from = apart_wall(), read, checked, built;
    struct chain_der mapped = crl_map(task->path);
    bool is_listed = false;
    struct list list;

    if (!walk((struct view){mapped.data, mapped.len}, &task->serial, &list, &is_listed))
        apart_give_up("floor: the list is malformed");
    read = apart_wall();
    if (!is_signed(&list, task->chain->root.key))
        apart_give_up("floor: the list is forged");
    checked = apart_wall();
    if (is_listed != task->is_listed || list.count != task->list.entries)
        apart_give_up("floor: a wrong answer");
    crl_figures_init(figures);
    figures->read = read - from;
    figures->check = checked - read;
    figures->total = checked - from;
    crl_note_first(figures, &before);
    checked = apart_wall();
    build(&list);
    built = apart_wall();
    figures->index = built - checked;
    crl_note_index(figures, &before);
    crl_look_up(task, look_up, &list, figures);
    free(list.index);
    crl_unmap(mapped);
}
