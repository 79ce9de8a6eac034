/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two files of a kept CRL, as a disk may give them back: the input says what was changed in
 * them. Octets in fives: which file and how (bits 0 and 1: flip, set, zero from here, cut; bit 2:
 * the list; bit 3: the front of the index is sealed again, as its owner could), a place in three
 * octets, a value.
 *
 * Without sealing: who is listed is never good, nobody who is not listed is revoked, and what is
 * believed is what was stored. Sealed again: everything ends, no look-up takes more probes than
 * there are slots, and nothing outside the two files is read.
 */
#include "fuzz.h"

#include "made_certificate.h"
#include "x509/blocks.h"
#include "x509/crl_index.h"

enum {
    ENTRIES = 300,
    SLOTS = 1024,
    CHANGES = 24,
    SEAL_AT = 8, /* behind the magic */
    SEAL_LEN = 32,
    TABLE_LEN = SLOTS * sizeof(uint32_t)
};

static daotp__node *signer;
static daotp__buffer crl, file;
static daotp__crl_stamp stamp;
static daotp__bytes serials[2 * ENTRIES]; /* each second one is listed */
static uint8_t serial_octets[2 * ENTRIES][2];

/* ---- what is right --------------------------------------------------------------------------- */

static void put_crl_tbs(daotp__buffer *out)
{
    size_t list;

    daotp__derw_unsigned(out, 1);
    MADE_RAW(out, made_ecdsa);
    made_name(out, 'A');
    daotp__derw_text(out, DAOTP__DER_UTC_TIME, "260101000000Z");
    daotp__derw_text(out, DAOTP__DER_UTC_TIME, "270101000000Z");
    list = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
    for (size_t i = 0; i < 2 * ENTRIES; i += 2) {
        size_t entry = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

        daotp__derw_item(out, DAOTP__DER_INTEGER, serials[i].data, serials[i].len);
        daotp__derw_text(out, DAOTP__DER_UTC_TIME, "260101000000Z");
        daotp__derw_end(out, entry);
    }
    daotp__derw_end(out, list);
}

static void make_crl(void)
{
    size_t whole, from, tbs;

    daotp__buffer_init(&crl, 1 << 20);
    whole = daotp__derw_begin(&crl, DAOTP__DER_SEQUENCE);
    from = crl.len;
    tbs = daotp__derw_begin(&crl, DAOTP__DER_SEQUENCE);
    put_crl_tbs(&crl);
    daotp__derw_end(&crl, tbs);
    made_signature(&crl, from, 2, 0);
    daotp__derw_end(&crl, whole);
    HOLDS(crl.failed == DAOTP_OK);
}

static void set_up(void)
{
    daotp__crl_index_data proof;
    daotp__buffer certificate;
    daotp__indexed_crl *kept;

    for (size_t i = 0; i < 2 * ENTRIES; i++) {
        serial_octets[i][0] = (uint8_t)(0x10 + (i >> 8));
        serial_octets[i][1] = (uint8_t)i;
        serials[i] = (daotp__bytes){serial_octets[i], 2};
    }
    made_certificate(&certificate, &(made_spec){'A', 'A', 2, 2, 1, NULL, 0});
    HOLDS(daotp__node_new(daotp__buffer_bytes(&certificate), false, &signer) == DAOTP_OK);
    daotp__buffer_free(&certificate);
    make_crl();
    stamp = (daotp__crl_stamp){.size = crl.len, .inode = 7};
    HOLDS(daotp__indexed_crl_new(daotp__buffer_bytes(&crl), &kept) == DAOTP_OK);
    HOLDS(daotp__indexed_crl_verify(kept, signer, (daotp__bytes){NULL, 0}) == DAOTP__CRL_GOOD);
    HOLDS(daotp__indexed_crl_export(kept, &proof) && proof.slots == SLOTS);
    daotp__buffer_init(&file, 1 << 20);
    HOLDS(daotp__crl_index_write(kept, &proof, &stamp, &file));
    daotp__indexed_crl_free(kept);
}

/* ---- what becomes of it ---------------------------------------------------------------------- */

typedef struct copy {
    uint8_t *data;
    size_t len;
} copy;

static copy copy_of(const daotp__buffer *from)
{
    copy made = {malloc(from->len), from->len};

    memcpy(made.data, from->data, from->len);
    return made;
}

/* In memory of just that size, so that AddressSanitizer sees what is read behind it. */
static void cut(copy *from, size_t len)
{
    uint8_t *shorter = malloc(len > 0 ? len : 1);

    memcpy(shorter, from->data, len);
    free(from->data);
    *from = (copy){shorter, len};
}

static void change(copy *in, uint8_t how, size_t at, uint8_t value)
{
    if (in->len == 0)
        return;
    at %= in->len;
    switch (how & 3) {
    case 0:
        in->data[at] ^= value;
        break;
    case 1:
        in->data[at] = value;
        break;
    case 2:
        memset(in->data + at, 0, in->len - at < value ? in->len - at : value);
        break;
    default:
        cut(in, at);
    }
}

static void seal(copy *index)
{
    size_t front = file.len - TABLE_LEN;
    uint8_t digest[DAOTP__HASH_MAX];

    if (index->len < front)
        return;
    HOLDS(daotp__hash_bytes(
        DAOTP__HASH_SHA256,
        (daotp__bytes){index->data + SEAL_AT + SEAL_LEN, front - SEAL_AT - SEAL_LEN}, digest));
    memcpy(index->data + SEAL_AT, digest, SEAL_LEN);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void ask(daotp__indexed_crl *kept, size_t i, bool is_sealed)
{
    bool is_proven = daotp__indexed_crl_verify(kept, signer, serials[i]) == DAOTP__CRL_GOOD;
    daotp__crl_scan walk;

    HOLDS(is_proven == daotp__indexed_crl_is_verified_by(kept, signer) || is_sealed);
    if (!daotp__indexed_crl_look_up(kept, serials[i], serials[i], &walk)) {
        HOLDS(!daotp__indexed_crl_is_verified(kept));
        return;
    }
    HOLDS(is_sealed || walk.probes <= SLOTS);
    if (is_sealed)
        return;
    HOLDS(is_proven && walk.found == (i % 2 == 0) && !walk.is_removed);
    HOLDS(walk.count == ENTRIES);
}

static void try_both(copy list, copy index, bool is_sealed)
{
    daotp__crl_stored stored;
    daotp__indexed_crl *kept;

    if (!daotp__crl_index_read((daotp__bytes){index.data, index.len}, &stamp, &stored))
        return;
    HOLDS(is_sealed || stored.data.count == ENTRIES);
    HOLDS(stored.data.count <= stored.data.slots / 2);
    if (daotp__indexed_crl_new((daotp__bytes){list.data, list.len}, &kept) != DAOTP_OK)
        return;
    if (daotp__indexed_crl_restore(kept, &stored, (daotp__bytes){NULL, 0})) {
        for (size_t i = 0; i < 2 * ENTRIES; i += 1 + i / 4)
            ask(kept, i, is_sealed);
        (void)daotp__indexed_crl_recheck(kept);
        ask(kept, 2, is_sealed);
    }
    daotp__indexed_crl_free(kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool is_sealed = false;
    copy list, index;

    if (signer == NULL)
        set_up();
    list = copy_of(&crl);
    index = copy_of(&file);
    for (size_t i = 0; i < CHANGES && size >= 5; i++, data += 5, size -= 5) {
        size_t at = (size_t)data[1] << 16 | (size_t)data[2] << 8 | data[3];

        change((data[0] & 4) != 0 ? &list : &index, data[0], at, data[4]);
        is_sealed = is_sealed || (data[0] & 8) != 0;
    }
    if (is_sealed)
        seal(&index);
    try_both(list, index, is_sealed);
    free(list.data);
    free(index.data);
    return 0;
}
