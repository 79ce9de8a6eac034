/* SPDX-License-Identifier: BSD-2-Clause */
/* The payload of a kernel key: what is read lies within it and is written back as the same octets.
 */
#include "fuzz.h"

#include "store/keyring_backend.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__bytes payload = {data, size}, certificates, key;
    daotp__buffer again;

    if (!daotp__keyring_read_payload(payload, &certificates, &key))
        return 0;
    HOLDS(certificates.data == data + 4 && certificates.len <= size - 4);
    HOLDS(key.data == certificates.data + certificates.len);
    HOLDS(key.data + key.len == data + size);
    daotp__buffer_init(&again, size);
    daotp__keyring_write_payload(&again, certificates, key);
    HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&again), payload));
    daotp__buffer_free(&again);
    return 0;
}
