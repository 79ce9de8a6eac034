/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/crl_index.h"

#include "core/limits.h"
#include "x509/blocks.h"

#include <string.h>

enum { SEAL_LEN = 32 };

/* The header of the file. After it come the key, the digests of the CRL's blocks, the digests of
 * the index's blocks, and the index, each at an offset that is a multiple of 8. */
typedef struct index_head {
    char magic[8];
    uint8_t seal[SEAL_LEN]; /* SHA-256 of all bytes between this field and the index */
    daotp__crl_stamp stamp;
    uint64_t count, slots, seed, spki_len;
    uint8_t has_issuers, unknown_critical, has_removals, has_wrong_criticality, unused[4];
} index_head;

static const char magic[8] = "daotpx4";

static size_t round_up(size_t len)
{
    return (len + 7) / 8 * 8;
}

static size_t table_len(const index_head *head)
{
    return (size_t)head->slots * sizeof(uint32_t);
}

static size_t front_len(const index_head *head)
{
    return sizeof *head + round_up((size_t)head->spki_len) +
           daotp__blocks_digests_len((size_t)head->stamp.size) +
           daotp__blocks_digests_len(table_len(head));
}

static bool hash_front(daotp__bytes front, uint8_t *digest)
{
    const size_t from = offsetof(index_head, stamp);

    return daotp__hash_bytes(DAOTP__HASH_SHA256,
                             (daotp__bytes){front.data + from, front.len - from}, digest);
}

/* ---- writing --------------------------------------------------------------------------------- */

static index_head head_of(const daotp__crl_index_data *data, const daotp__crl_stamp *stamp)
{
    index_head head;

    memset(&head, 0, sizeof head);
    memcpy(head.magic, magic, sizeof magic);
    head.stamp = *stamp;
    head.count = data->count;
    head.slots = data->slots;
    head.seed = data->seed;
    head.spki_len = data->spki.len;
    head.has_issuers = data->has_issuers;
    head.unknown_critical = data->unknown_critical;
    head.has_removals = data->has_removals;
    head.has_wrong_criticality = data->has_wrong_criticality;
    return head;
}

bool daotp__crl_index_write(const daotp__indexed_crl *indexed, const daotp__crl_index_data *data,
                            const daotp__crl_stamp *stamp, daotp__buffer *out)
{
    static const uint8_t zeros[8];
    index_head head = head_of(data, stamp);
    daotp__bytes table = {(const uint8_t *)data->index, table_len(&head)};
    uint8_t digest[DAOTP__HASH_MAX];

    daotp__buffer_add(out, &head, sizeof head);
    daotp__buffer_add(out, data->spki.data, data->spki.len);
    daotp__buffer_add(out, zeros, round_up(data->spki.len) - data->spki.len);
    if (!daotp__blocks_add_digests(daotp__indexed_crl_view(indexed)->der, out) ||
        !daotp__blocks_add_digests(table, out) || !hash_front(daotp__buffer_bytes(out), digest))
        return false;
    memcpy(out->data + offsetof(index_head, seal), digest, SEAL_LEN);
    daotp__buffer_add(out, table.data, table.len);
    return out->failed == DAOTP_OK;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* At least half of the slots are empty, so that every probe sequence ends, and soon. */
static bool has_sane_numbers(const index_head *head, const daotp__crl_stamp *stamp)
{
    return memcmp(head->magic, magic, sizeof magic) == 0 &&
           memcmp(&head->stamp, stamp, sizeof *stamp) == 0 && stamp->size <= DAOTP__MAX_CRL &&
           head->spki_len > 0 && head->spki_len <= DAOTP__MAX_CERTIFICATE && head->slots > 0 &&
           head->slots <= UINT32_MAX && (head->slots & (head->slots - 1)) == 0 &&
           head->count <= head->slots / 2;
}

static bool is_whole(const index_head *head, daotp__bytes in)
{
    size_t front = front_len(head);
    uint8_t digest[DAOTP__HASH_MAX];

    if (in.len < front || in.len - front != table_len(head))
        return false;
    daotp__blocks_detach((daotp__bytes){in.data, front});
    return hash_front((daotp__bytes){in.data, front}, digest) &&
           memcmp(digest, head->seal, SEAL_LEN) == 0;
}

static daotp__bytes take_part(daotp__bytes *in, size_t len)
{
    daotp__bytes part = {in->data, len};

    *in = (daotp__bytes){in->data + len, in->len - len};
    return part;
}

static void crl_index_take_parts(const index_head *head, daotp__bytes in, daotp__crl_stored *stored)
{
    daotp__crl_index_data *data = &stored->data;

    (void)take_part(&in, sizeof *head);
    data->spki = take_part(&in, round_up((size_t)head->spki_len));
    data->spki.len = (size_t)head->spki_len;
    stored->crl_digests = take_part(&in, daotp__blocks_digests_len((size_t)head->stamp.size));
    stored->index_digests = take_part(&in, daotp__blocks_digests_len(table_len(head)));
    data->index = (const uint32_t *)(const void *)in.data;
}

bool daotp__crl_index_read(daotp__bytes in, const daotp__crl_stamp *stamp,
                           daotp__crl_stored *stored)
{
    index_head head;

    if (in.len < sizeof head)
        return false;
    daotp__blocks_detach((daotp__bytes){in.data, sizeof head});
    memcpy(&head, in.data, sizeof head);
    if (!has_sane_numbers(&head, stamp) || !is_whole(&head, in))
        return false;
    stored->data =
        (daotp__crl_index_data){.count = head.count,
                                .slots = head.slots,
                                .seed = head.seed,
                                .has_issuers = head.has_issuers != 0,
                                .unknown_critical = head.unknown_critical != 0,
                                .has_removals = head.has_removals != 0,
                                .has_wrong_criticality = head.has_wrong_criticality != 0};
    crl_index_take_parts(&head, in, stored);
    return true;
}
