/* SPDX-License-Identifier: BSD-2-Clause */
#include "crl_list.h"

#include "apart.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    MIN_SERIAL = 16,
    MAX_ENTRY = 33 + 19,
    FRAME = 4096,
    HOUR = 60 * 60,
    DAYS_30 = 30 * 24 * HOUR
};

static void must(bool ok, const char *what)
{
    if (!ok)
        apart_give_up("CRL: cannot %s: %s", what, strerror(errno));
}

/* ---- numbers --------------------------------------------------------------------------------- */

/* splitmix64: the same for the same seed, anywhere. */
static uint64_t mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

/* The first octet is from 64 to 127: positive, and minimal. */
static struct crl_serial make_serial(uint64_t seed, uint64_t index)
{
    uint64_t words[3] = {mix(seed ^ mix(3 * index)), mix(seed ^ mix(3 * index + 1)),
                         mix(seed ^ mix(3 * index + 2))};
    struct crl_serial serial = {.len = (uint8_t)(MIN_SERIAL + (words[2] >> 62))};

    memcpy(serial.bytes, words, sizeof serial.bytes);
    serial.bytes[0] = (serial.bytes[0] & 0x3f) | 0x40;
    return serial;
}

struct crl_serial crl_list_serial(const struct crl_list *list, size_t index)
{
    return make_serial(list->seed, index);
}

struct crl_serial crl_list_absent(const struct crl_list *list, size_t index)
{
    return make_serial(~list->seed, index);
}

struct crl_serial *crl_list_pool(const struct crl_list *list, bool are_present, size_t count)
{
    struct crl_serial *pool = malloc(count * sizeof *pool);

    must(pool != NULL, "get memory");
    for (size_t i = 0; i < count; i++)
        pool[i] =
            are_present ? crl_list_serial(list, mix(i) % list->entries) : crl_list_absent(list, i);
    return pool;
}

/* Shorter numbers are smaller: none begins with a zero. */
static int by_value(const void *a, const void *b)
{
    const struct crl_serial *x = a, *y = b;

    return x->len != y->len ? x->len - y->len : memcmp(x->bytes, y->bytes, x->len);
}

static struct crl_serial *make_sorted(const struct crl_list *list)
{
    struct crl_serial *all = malloc((list->entries + 1) * sizeof *all);

    must(all != NULL, "get memory");
    for (size_t i = 0; i < list->entries; i++)
        all[i] = crl_list_serial(list, i);
    qsort(all, list->entries, sizeof *all, by_value);
    return all;
}

/* ---- DER ------------------------------------------------------------------------------------- */

struct out {
    uint8_t *data;
    size_t len;
};

static void put(struct out *out, const void *bytes, size_t len)
{
    memcpy(out->data + out->len, bytes, len);
    out->len += len;
}

static void put_byte(struct out *out, size_t byte)
{
    out->data[out->len++] = (uint8_t)byte;
}

static void put_header(struct out *out, uint8_t tag, size_t len)
{
    unsigned octets = 0;

    put_byte(out, tag);
    if (len < 0x80) {
        put_byte(out, len);
        return;
    }
    while (octets < sizeof len && len >> (8 * octets) != 0)
        octets++;
    put_byte(out, 0x80 | octets);
    while (octets > 0)
        put_byte(out, len >> (8 * --octets));
}

static void put_two_digits(struct out *out, uint64_t value)
{
    put_byte(out, '0' + value / 10);
    put_byte(out, '0' + value % 10);
}

/* A day of the years 2022 to 2024, by UTCTime. */
static void put_date(struct out *out, uint64_t random)
{
    put(out, "\x17\x0d", 2);
    put_two_digits(out, 22 + (random & 0xff) % 3);
    put_two_digits(out, 1 + (random >> 8 & 0xff) % 12);
    put_two_digits(out, 1 + (random >> 16 & 0xff) % 28);
    put_two_digits(out, (random >> 24 & 0xff) % 24);
    put_two_digits(out, (random >> 32 & 0xff) % 60);
    put_two_digits(out, (random >> 40 & 0xff) % 60);
    put_byte(out, 'Z');
}

static void put_entry(struct out *out, const struct crl_serial *serial, uint64_t random)
{
    static const uint8_t reason[] = {0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55,
                                     0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01};
    static const uint8_t codes[] = {1, 3, 4, 5, 9};

    put_header(out, 0x30, 2u + serial->len + 15 + sizeof reason + 1);
    put_header(out, 0x02, serial->len);
    put(out, serial->bytes, serial->len);
    put_date(out, random);
    put(out, reason, sizeof reason);
    put_byte(out, codes[(random >> 48) % sizeof codes]);
}

static void put_entries(struct out *out, const struct crl_list *list)
{
    struct crl_serial *sorted = list->is_sorted ? make_sorted(list) : NULL;

    for (size_t i = 0; i < list->entries; i++) {
        struct crl_serial serial = sorted != NULL ? sorted[i] : crl_list_serial(list, i);

        put_entry(out, &serial, mix(list->seed + i));
    }
    free(sorted);
}

static void put_time(struct out *out, time_t when)
{
    char text[16];
    struct tm parts;

    must(gmtime_r(&when, &parts) != NULL &&
             strftime(text, sizeof text, "%y%m%d%H%M%SZ", &parts) == 13,
         "write a time");
    put_header(out, 0x17, 13);
    put(out, text, 13);
}

static void put_algorithm(struct out *out, const struct chain_issuer *issuer)
{
    static const uint8_t rsa[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                  0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00};
    static const uint8_t ecdsa[] = {0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86,
                                    0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};

    if (EVP_PKEY_is_a(issuer->key, "RSA"))
        put(out, rsa, sizeof rsa);
    else
        put(out, ecdsa, sizeof ecdsa);
}

/* What stands before the entries: version, algorithm, issuer, thisUpdate, nextUpdate. */
static void put_front(struct out *out, const struct chain_issuer *issuer)
{
    uint8_t *name = NULL;
    int len = i2d_X509_NAME(X509_get_subject_name(issuer->x509), &name);

    must(len > 0 && len < FRAME / 2, "write a name");
    put(out, "\x02\x01\x01", 3);
    put_algorithm(out, issuer);
    put(out, name, (size_t)len);
    put_time(out, time(NULL) - HOUR);
    put_time(out, time(NULL) + DAYS_30);
    OPENSSL_free(name);
}

/* And behind: authorityKeyIdentifier and cRLNumber. */
static void put_back(struct out *out, const struct chain_issuer *issuer)
{
    static const uint8_t authority[] = {0xa0, 0x2f, 0x30, 0x2d, 0x30, 0x1f, 0x06, 0x03, 0x55,
                                        0x1d, 0x23, 0x04, 0x18, 0x30, 0x16, 0x80, 0x14};
    static const uint8_t number[] = {0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d,
                                     0x14, 0x04, 0x03, 0x02, 0x01, 0x01};
    const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(issuer->x509);

    must(id != NULL && ASN1_STRING_length(id) == 20, "tell the issuer's key");
    put(out, authority, sizeof authority);
    put(out, ASN1_STRING_get0_data(id), 20);
    put(out, number, sizeof number);
}

/* ---- the file -------------------------------------------------------------------------------- */

static struct out new_out(size_t room)
{
    struct out out = {malloc(room), 0};

    must(out.data != NULL, "get memory");
    return out;
}

/* The length of all is known first, so that nothing is moved. */
static struct out make_tbs(const struct crl_list *list, const struct chain_issuer *issuer)
{
    struct out tbs = new_out(list->entries * MAX_ENTRY + FRAME);
    struct out front = new_out(FRAME), back = new_out(FRAME), head = new_out(FRAME);
    size_t entries = 0;

    for (size_t i = 0; i < list->entries; i++)
        entries += 33u + crl_list_serial(list, i).len;
    put_front(&front, issuer);
    put_back(&back, issuer);
    put_header(&head, 0x30, entries);
    put_header(&tbs, 0x30, front.len + head.len + entries + back.len);
    put(&tbs, front.data, front.len);
    put(&tbs, head.data, head.len);
    put_entries(&tbs, list);
    put(&tbs, back.data, back.len);
    free(front.data);
    free(back.data);
    free(head.data);
    return tbs;
}

/* Algorithm and signature. */
static struct out make_tail(const struct out *tbs, const struct chain_issuer *issuer)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    struct out tail = new_out(FRAME);
    uint8_t signature[FRAME / 2];
    size_t len = sizeof signature;

    must(context != NULL &&
             EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, issuer->key, NULL) == 1 &&
             EVP_DigestSign(context, signature, &len, tbs->data, tbs->len) == 1,
         "sign");
    EVP_MD_CTX_free(context);
    put_algorithm(&tail, issuer);
    put_header(&tail, 0x03, len + 1);
    put_byte(&tail, 0);
    put(&tail, signature, len);
    return tail;
}

static void write_all(int fd, const struct out *out)
{
    size_t at = 0;

    while (at < out->len) {
        ssize_t n = write(fd, out->data + at, out->len - at);

        must(n > 0, "write the file");
        at += (size_t)n;
    }
}

struct write_task {
    const struct crl_list *list;
    const struct chain_issuer *issuer;
    const char *path;
};

static void write_list(const void *task, void *nothing)
{
    const struct write_task *what = task;
    int fd = open(what->path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    struct out tbs = make_tbs(what->list, what->issuer), tail = make_tail(&tbs, what->issuer);
    struct out head = new_out(FRAME);

    (void)nothing;
    must(fd >= 0, "open the file");
    put_header(&head, 0x30, tbs.len + tail.len);
    write_all(fd, &head);
    write_all(fd, &tbs);
    write_all(fd, &tail);
    must(close(fd) == 0, "write the file");
    free(head.data);
    free(tbs.data);
    free(tail.data);
}

void crl_list_write(const struct crl_list *list, const struct chain_issuer *issuer,
                    const char *path)
{
    const struct write_task task = {list, issuer, path};
    char nothing;

    apart_run(write_list, &task, &nothing, 1);
}

struct crl_file crl_file_make(const char *dir)
{
    struct crl_file file;
    char name[4096];

    (void)snprintf(name, sizeof name, "%s/bench-crl.XXXXXX", dir);
    file.fd = mkostemp(name, O_CLOEXEC);
    must(file.fd >= 0 && unlink(name) == 0, "make a file");
    (void)snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.fd);
    return file;
}

void crl_file_close(struct crl_file *file)
{
    (void)close(file->fd);
    file->fd = -1;
}
