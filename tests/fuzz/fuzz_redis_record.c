/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The input as a record, which no key opens; then as the content of one, which opens to the same,
 * and not when one octet of it is changed.
 */
#include "fuzz.h"

#include "seal.h"

#include <stdlib.h>
#include <string.h>

static void open_changed(const seal_ring *ring, unsigned char *record, size_t len, size_t at)
{
    opened_record opened;
    const char *why;

    record[at % len] ^= 0x40;
    HOLDS(open_record(ring, "label", record, len, &opened, &why) != DAOTP_OK);
    HOLDS(opened.plaintext == NULL);
}

static void seal_and_open(const seal_ring *ring, const uint8_t *data, size_t size)
{
    const seal_header header = {
        .label = "label", .user = "user", .template_oid = "1.2", .not_after = 5, .generation = 6};
    const seal_content content = {.certificates = data,
                                  .certificates_len = size / 2,
                                  .key = data + size / 2,
                                  .key_len = size - size / 2};
    opened_record opened;
    unsigned char *record;
    const char *why;
    size_t len;

    if (seal_record(ring, &header, &content, &record, &len) != DAOTP_OK)
        return;
    HOLDS(open_record(ring, "label", record, len, &opened, &why) == DAOTP_OK);
    HOLDS(opened.content.key_len == content.key_len && opened.generation == 6);
    HOLDS(memcmp(opened.content.key, content.key, content.key_len) == 0);
    opened_record_free(&opened);
    open_changed(ring, record, len, size > 1 ? (size_t)data[0] * 256 + data[1] : 0);
    free(record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char keys[] = "k 0000000000000000000000000000000000000000000000000000000000000001";
    opened_record opened;
    seal_ring *ring;
    const char *why;

    if (size == 0 || size > 4096 || seal_ring_read(keys, sizeof keys - 1, &ring, &why) != DAOTP_OK)
        return 0;
    HOLDS(open_record(ring, "label", data, size, &opened, &why) != DAOTP_OK);
    seal_and_open(ring, data, size);
    seal_ring_free(ring);
    if (seal_ring_read((const char *)data, size, &ring, &why) == DAOTP_OK) /* as a key file */
        seal_ring_free(ring);
    return 0;
}
