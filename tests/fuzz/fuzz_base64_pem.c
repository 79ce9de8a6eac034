/* SPDX-License-Identifier: BSD-2-Clause */
/* Base64 has one encoding once blanks are out; PEM blocks come one after the other. */
#include "fuzz.h"

#include "core/base64.h"
#include "x509/pem.h"

static void check_reading(const uint8_t *data, size_t size)
{
    daotp__buffer read, written, bare;

    daotp__buffer_init(&read, size + 3);
    daotp__buffer_init(&written, 2 * size + 8);
    daotp__buffer_init(&bare, size);
    if (daotp__base64_read((const char *)data, size, &read)) {
        for (size_t i = 0; i < size; i++)
            if (strchr(" \t\r\n", data[i]) == NULL)
                daotp__buffer_byte(&bare, data[i]);
        daotp__base64_write(&written, read.data, read.len);
        HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&written), daotp__buffer_bytes(&bare)));
    }
    daotp__buffer_free(&read);
    daotp__buffer_free(&written);
    daotp__buffer_free(&bare);
}

static void check_writing(const uint8_t *data, size_t size)
{
    daotp__bytes in = {data, size}, cursor;
    daotp__buffer pem, read;

    daotp__buffer_init(&pem, 2 * size + 200);
    daotp__buffer_init(&read, 2 * size + 200);
    daotp__pem_write(&pem, "X", in);
    cursor = daotp__buffer_bytes(&pem);
    HOLDS(daotp__pem_is(cursor));
    HOLDS(daotp__pem_next(&cursor, "X", &read) == DAOTP_OK);
    HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&read), in));
    HOLDS(daotp__pem_next(&cursor, "X", &read) == DAOTP_REJECTED);
    daotp__buffer_free(&pem);
    daotp__buffer_free(&read);
}

static void check_blocks(const uint8_t *data, size_t size)
{
    daotp__bytes cursor = {data, size};
    daotp__buffer out;
    size_t left = size + 1;

    daotp__buffer_init(&out, size + 3);
    while (cursor.len < left) { /* each block brings it on */
        left = cursor.len;
        if (daotp__pem_next(&cursor, "CERTIFICATE", &out) != DAOTP_OK)
            break;
        HOLDS(cursor.len < left && cursor.data + cursor.len == data + size);
    }
    daotp__buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_reading(data, size);
    check_writing(data, size);
    check_blocks(data, size);
    return 0;
}
