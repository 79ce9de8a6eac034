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
    daotp__bytes in = {data, size};
    daotp__pem_reader reader;
    daotp__buffer pem, read;

    daotp__buffer_init(&pem, 2 * size + 200);
    daotp__buffer_init(&read, 2 * size + 200);
    daotp__pem_write(&pem, "X", in);
    HOLDS(daotp__pem_is(daotp__buffer_bytes(&pem)));
    daotp__pem_begin(&reader, daotp__buffer_bytes(&pem));
    HOLDS(daotp__pem_read(&reader, &read) == DAOTP_OK && daotp__pem_has_label(&reader, "X"));
    HOLDS(daotp__bytes_equal(daotp__buffer_bytes(&read), in));
    HOLDS(daotp__pem_read(&reader, &read) == DAOTP_REJECTED);
    daotp__buffer_free(&pem);
    daotp__buffer_free(&read);
}

/* Block by block: each one that is read brings it on, and what is wrong has a name and a place. */
static void check_reader(const uint8_t *data, size_t size)
{
    daotp__pem_reader reader, look;
    char place[DAOTP__PEM_PLACE];
    daotp__buffer out;
    daotp_status status = DAOTP_OK;

    daotp__buffer_init(&out, size + 3);
    daotp__pem_begin(&reader, (daotp__bytes){data, size});
    while (status == DAOTP_OK || status == DAOTP_PEER) {
        size_t at = reader.at, number = reader.number;

        look = reader;
        status = daotp__pem_read(&reader, &out);
        HOLDS(reader.at <= size && reader.begin <= size);
        HOLDS(status == DAOTP_REJECTED || (reader.at > at && reader.number == number + 1));
        HOLDS((status == DAOTP_PEER) == (reader.fault != NULL));
        HOLDS(status != DAOTP_OK || daotp__pem_has_label_end(&reader, ""));
        HOLDS(daotp__pem_place(&reader, place)[0] != '\0');
        if (status ==
            DAOTP_OK) /* where the content is not looked at, it stands in the same place */
            HOLDS(daotp__pem_read(&look, NULL) == DAOTP_OK && look.at == reader.at);
    }
    daotp__buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_reading(data, size);
    check_writing(data, size);
    check_reader(data, size);
    return 0;
}
