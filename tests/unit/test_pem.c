/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"

#include "x509/pem.h"

#include <openssl/pem.h>

/* The next block with this label; what is before it must be well-formed. */
static daotp_status next(daotp__pem_reader *reader, const char *label, daotp__buffer *out)
{
    daotp_status status;

    do
        status = daotp__pem_read(reader, out);
    while (status == DAOTP_OK && !daotp__pem_has_label(reader, label));
    return status;
}

static daotp_status first(const char *text, const char *label, daotp__buffer *out)
{
    daotp__pem_reader reader;

    daotp__pem_begin(&reader, text_bytes(text));
    daotp__buffer_init(out, 1000);
    return next(&reader, label, out);
}

static daotp_status status_of(const char *text, const char *label)
{
    daotp__buffer out;
    daotp_status status = first(text, label, &out);

    daotp__buffer_free(&out);
    return status;
}

static void what_is_written_reads_back(void **state)
{
    uint8_t der[200];
    daotp__buffer pem, out;

    (void)state;
    for (size_t i = 0; i < sizeof der; i++)
        der[i] = (uint8_t)(i * 3);
    for (size_t len = 0; len <= sizeof der; len += 7) {
        daotp__buffer_init(&pem, 1000);
        daotp__pem_write(&pem, "THING", (daotp__bytes){der, len});
        assert_int_equal(first(daotp__buffer_string(&pem), "THING", &out), DAOTP_OK);
        assert_bytes_equal(daotp__buffer_bytes(&out), (daotp__bytes){der, len});
        daotp__buffer_free(&pem);
        daotp__buffer_free(&out);
    }
}

static void openssl_reads_what_is_written(void **state)
{
    unsigned char *data;
    char *label, *header;
    daotp__buffer pem;
    long len;
    BIO *bio;

    (void)state;
    daotp__buffer_init(&pem, 1000);
    daotp__pem_write(&pem, "CERTIFICATE",
                     BYTES("not a certificate, but bytes enough for two lines"));
    bio = BIO_new_mem_buf(pem.data, (int)pem.len);
    assert_int_equal(PEM_read_bio(bio, &label, &header, &data, &len), 1);
    assert_string_equal(label, "CERTIFICATE");
    assert_bytes_equal((daotp__bytes){data, (size_t)len},
                       BYTES("not a certificate, but bytes enough for two lines"));
    OPENSSL_free(label);
    OPENSSL_free(header);
    OPENSSL_free(data);
    BIO_free(bio);
    daotp__buffer_free(&pem);
}

static void blocks_come_one_after_the_other(void **state)
{
    static const char text[] = "words before\n-----BEGIN A-----\nYQ==\n-----END A-----\nbetween\n"
                               "-----BEGIN B-----\nYg==\n-----END B-----\n"
                               "-----BEGIN A-----\r\nYzE=\r\n-----END A-----\r\nand after";
    char place[DAOTP__PEM_PLACE];
    daotp__pem_reader reader;
    daotp__buffer out;

    (void)state;
    daotp__buffer_init(&out, 100);
    assert_true(daotp__pem_is(text_bytes(text)));
    daotp__pem_begin(&reader, text_bytes(text));
    assert_int_equal(next(&reader, "A", &out), DAOTP_OK);
    assert_bytes_equal(daotp__buffer_bytes(&out), BYTES("a"));
    assert_string_equal(daotp__pem_place(&reader, place), "block 1, line 2");
    assert_int_equal(next(&reader, "A", &out), DAOTP_OK);
    assert_bytes_equal(daotp__buffer_bytes(&out), BYTES("c1"));
    assert_string_equal(daotp__pem_place(&reader, place), "block 3, line 9");
    assert_int_equal(next(&reader, "A", &out), DAOTP_REJECTED);
    daotp__buffer_free(&out);
}

static void no_block_of_the_label_is_told_apart_from_a_broken_one(void **state)
{
    (void)state;
    assert_int_equal(status_of("", "A"), DAOTP_REJECTED);
    assert_int_equal(status_of("YQ==", "A"), DAOTP_REJECTED);
    assert_int_equal(status_of("-----END A-----", "A"), DAOTP_PEER);
    assert_int_equal(status_of("-----BEGIN A", "A"), DAOTP_PEER);
    assert_int_equal(status_of("words\n-----BE", "A"), DAOTP_PEER);
    assert_int_equal(
        status_of("-----BEGIN CERTIFICATE REQUEST-----\nYQ==\n-----END CERTIFICATE REQUEST-----\n",
                  "CERTIFICATE"),
        DAOTP_REJECTED);
    assert_int_equal(status_of("-----BEGIN A-----\nYQ==\n", "A"), DAOTP_PEER);
    assert_int_equal(status_of("-----BEGIN A-----\nYQ==\n-----END B-----\n", "A"), DAOTP_PEER);
    assert_int_equal(status_of("-----BEGIN A-----\nYQ=\n-----END A-----\n", "A"), DAOTP_PEER);
    assert_int_equal(status_of("-----BEGIN A-----\nX-Y: z\n\nYQ==\n-----END A-----\n", "A"),
                     DAOTP_PEER);
    assert_int_equal(
        status_of("-----BEGIN A-----\n-----BEGIN A-----\nYQ==\n-----END A-----\n", "A"),
        DAOTP_PEER);
    assert_int_equal(status_of("-----END A-----\n-----BEGIN A-----\nYQ==\n", "A"), DAOTP_PEER);
}

static void a_block_larger_than_the_buffer_is_refused(void **state)
{
    static const char text[] = "a note\n-----BEGIN A-----\nAAAAAAAAAAAAAAAAAAAA\n-----END A-----\n";
    daotp__pem_reader reader;
    daotp__buffer out;

    (void)state;
    daotp__pem_begin(&reader, text_bytes(text));
    daotp__buffer_init(&out, 10);
    assert_int_equal(daotp__pem_read(&reader, &out), DAOTP_PEER);
    assert_string_equal(reader.fault, "it is larger than the limit");
    assert_int_equal(reader.fault_at, strlen("a note\n"));
    daotp__buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(openssl_reads_what_is_written),
        cmocka_unit_test(blocks_come_one_after_the_other),
        cmocka_unit_test(no_block_of_the_label_is_told_apart_from_a_broken_one),
        cmocka_unit_test(a_block_larger_than_the_buffer_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
