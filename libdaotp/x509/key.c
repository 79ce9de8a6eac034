/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/key.h"

#include "core/alloc.h"
#include "core/file.h"
#include "x509/certificate.h"
#include "x509/derw.h"
#include "x509/held_key.h"
#include "x509/key_form.h"
#include "x509/key_rules.h"
#include "x509/pem.h"
#include "x509/text_form.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdatomic.h>
#include <string.h>

struct daotp_key {
    atomic_uint references;
    daotp_context *context;
    EVP_PKEY *pkey;        /* NULL: a backend holds the private key */
    daotp__held_key *held; /* NULL: the private key is in pkey */
    daotp_key_kind kind;
    bool exportable;
    uint8_t *spki;
    size_t spki_len;
    char *pem; /* PKCS#8, made in advance, because the encoder of libcrypto is slow */
    size_t pem_len;
};

/* Refuse a private key that others could know. */
static daotp_status check_own_key(const daotp_key *key, daotp_report *report)
{
    char fault[DAOTP__KEY_FAULT_TEXT];
    daotp_status status =
        daotp__key_check(key->context, daotp__key_spki(key), DAOTP__KEY_USE_OWN, fault);

    if (status == DAOTP_REJECTED)
        return daotp__report_add(report, DAOTP_FINDING_KEY_WEAK, 0, "private key", "%s", fault);
    return status;
}

static daotp_key_kind ec_kind_of(int bits)
{
    if (bits == 256)
        return DAOTP_KEY_P256;
    return bits == 384 ? DAOTP_KEY_P384 : 0;
}

static daotp_key_kind kind_of(daotp__bytes spki)
{
    daotp__public_key public_key;
    int bits;

    if (!daotp__public_key_read(spki, &public_key))
        return 0;
    bits = (int)public_key.bits;
    if (public_key.is_pss || daotp__public_key_is_edwards(&public_key))
        return 0; /* its signatures would need an AlgorithmIdentifier that we do not write */
    if (public_key.algorithm == DAOTP__OID_EC_KEY)
        return ec_kind_of(bits);
    if (bits < 2048 || bits > 4096)
        return 0;
    if (bits < 3072)
        return DAOTP_KEY_RSA_2048;
    return bits < 4096 ? DAOTP_KEY_RSA_3072 : DAOTP_KEY_RSA_4096;
}

/* Copies the encoded public key into memory of our allocator, so that tests can make the allocation
 * fail. */
static daotp_status copy_spki(daotp_key *key)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(key->pkey, &der);

    if (len <= 0)
        return DAOTP_INTERNAL;
    key->spki = daotp__bytes_copy(der, (size_t)len);
    key->spki_len = (size_t)len;
    OPENSSL_free(der);
    return key->spki != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

static daotp_status write_pem(daotp_key *key)
{
    BIO *bio = BIO_new(BIO_s_secmem()); /* wiped when freed, even if it is not in secure memory */
    char *data;
    long n;

    if (bio == NULL ||
        PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL) != 1) {
        BIO_free(bio);
        return DAOTP_INTERNAL;
    }
    n = BIO_get_mem_data(bio, &data);
    key->pem = daotp__text_copy_n(data, (size_t)n);
    key->pem_len = (size_t)n;
    BIO_free(bio);
    return key->pem != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

daotp_status daotp__key_wrap(daotp_context *context, EVP_PKEY *pkey, bool exportable,
                             daotp_report *report, daotp_key **out)
{
    daotp_key *key = daotp__new(sizeof *key);
    daotp_status status;

    if (key == NULL) {
        EVP_PKEY_free(pkey);
        return daotp__report_status(report, DAOTP_MEMORY);
    }
    atomic_init(&key->references, 1);
    key->context = daotp__context_ref(context);
    key->pkey = pkey;
    key->exportable = exportable;
    status = copy_spki(key);
    if (status == DAOTP_OK) {
        key->kind = kind_of(daotp__key_spki(key));
        if (key->kind == 0)
            status =
                daotp__report_add(report, DAOTP_FINDING_KEY_KIND, 0, "private key", "%s, %d bits",
                                  EVP_PKEY_get0_type_name(pkey), EVP_PKEY_get_bits(pkey));
    }
    if (status == DAOTP_OK)
        status = check_own_key(key, report);
    if (status == DAOTP_OK && exportable)
        status = write_pem(key);
    if (status == DAOTP_OK)
        *out = key;
    else
        daotp_key_unref(key);
    return daotp__report_status(report, status);
}

daotp_key *daotp_key_ref(daotp_key *key)
{
    if (key != NULL)
        atomic_fetch_add_explicit(&key->references, 1, memory_order_relaxed);
    return key;
}

void daotp_key_unref(daotp_key *key)
{
    daotp_context *context;

    if (key == NULL || atomic_fetch_sub_explicit(&key->references, 1, memory_order_acq_rel) != 1)
        return;
    context = key->context;
    EVP_PKEY_free(key->pkey);
    daotp__held_key_free(key->held);
    daotp__delete(key->spki);
    daotp__delete(key->pem);
    daotp__delete(key);
    daotp_context_unref(context);
}

daotp_key_kind daotp_key_get_kind(const daotp_key *key)
{
    return key != NULL ? key->kind : 0;
}

EVP_PKEY *daotp__key_pkey(const daotp_key *key)
{
    if (key->held != NULL)
        return daotp__held_key_pkey(key->held, daotp__key_spki(key));
    return key->pkey;
}

bool daotp__key_is_rsa(const daotp_key *key)
{
    return key->kind <= DAOTP_KEY_RSA_4096;
}

bool daotp_key_is_exportable(const daotp_key *key)
{
    return key != NULL && key->exportable;
}

daotp_status daotp__key_lend(const daotp_key *key, char *identity, size_t room,
                             daotp_report *report)
{
    if (key->held != NULL)
        return daotp__held_key_lend(key->held, identity, room, report);
    return daotp__report_add(report, DAOTP_FINDING_LOGON_HELD_KEY, 0, "private key",
                             "a key that cannot be exported");
}

daotp_status daotp__key_explain_failure(const daotp_key *key, daotp_status status,
                                        daotp_report *report)
{
    return key->held != NULL ? daotp__held_key_explain(key->held, status, report) : status;
}

unsigned daotp__key_bits(const daotp_key *key)
{
    daotp__public_key public_key;

    return daotp__public_key_read(daotp__key_spki(key), &public_key) ? public_key.bits : 0;
}

daotp__bytes daotp__key_spki(const daotp_key *key)
{
    return (daotp__bytes){key->spki, key->spki_len};
}

const void *daotp_key_get_public(const daotp_key *key, size_t *len)
{
    if (len != NULL)
        *len = key != NULL ? key->spki_len : 0;
    return key != NULL ? key->spki : NULL;
}

static EVP_PKEY *generate_pkey(daotp_key_kind kind)
{
    switch (kind) {
    case DAOTP_KEY_RSA_2048:
        return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    case DAOTP_KEY_RSA_3072:
        return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)3072);
    case DAOTP_KEY_RSA_4096:
        return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)4096);
    case DAOTP_KEY_P256:
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    case DAOTP_KEY_P384:
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    }
    return NULL;
}

daotp_status daotp_key_generate(daotp_context *context, daotp_key_kind kind, daotp_report *report,
                                daotp_key **key)
{
    EVP_PKEY *pkey;

    daotp__report_enter(report);
    if (key == NULL)
        return DAOTP_USAGE;
    *key = NULL;
    if (context == NULL || kind < DAOTP_KEY_RSA_2048 || kind > DAOTP_KEY_P384)
        return daotp__report_status(report, DAOTP_USAGE);
    (void)ERR_set_mark();
    pkey = generate_pkey(kind);
    (void)ERR_pop_to_mark();
    if (pkey == NULL)
        return daotp__report_status(report, DAOTP_INTERNAL);
    return daotp__key_wrap(context, pkey, true, report, key);
}

struct passphrase {
    const char *text;
    size_t len;
};

/* Also prevents OpenSSL's own prompt, which would read the terminal. */
static int give_passphrase(char *buffer, int size, int writing, void *user)
{
    const struct passphrase *from = user;

    (void)writing;
    if (from->text == NULL || from->len > (size_t)size)
        return -1;
    memcpy(buffer, from->text, from->len);
    return (int)from->len;
}

/* EncryptedPrivateKeyInfo in DER */
static EVP_PKEY *parse_encrypted(const void *bytes, size_t len, struct passphrase *passphrase)
{
    BIO *bio = BIO_new_mem_buf(bytes, (int)len);
    EVP_PKEY *pkey = NULL;

    if (bio != NULL)
        pkey = d2i_PKCS8PrivateKey_bio(bio, NULL, give_passphrase, passphrase);
    BIO_free(bio);
    return pkey;
}

static EVP_PKEY *parse_private(const void *bytes, size_t len, struct passphrase *passphrase)
{
    const unsigned char *at = bytes;
    EVP_PKEY *pkey = NULL;
    BIO *bio;

    if (len == 0 || len > DAOTP__MAX_KEY_FILE)
        return NULL;
    if (*at == DAOTP__DER_SEQUENCE) {
        if (daotp__key_form_guess((daotp__bytes){bytes, len}) == DAOTP__KEY_FORM_ENCRYPTED)
            return parse_encrypted(bytes, len, passphrase);
        pkey = d2i_AutoPrivateKey(NULL, &at, (long)len);
        if (pkey != NULL && at != (const unsigned char *)bytes + len) { /* trailing bytes */
            EVP_PKEY_free(pkey);
            pkey = NULL;
        }
        return pkey;
    }
    bio = BIO_new_mem_buf(bytes, (int)len);
    if (bio != NULL)
        pkey = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, passphrase);
    BIO_free(bio);
    return pkey;
}

/* There must be one key: a second one, or a truncated block, is refused. The content of the blocks
 * is not read here. */
static daotp_status check_key_blocks(daotp__bytes in, daotp_report *report)
{
    daotp__pem_reader reader;
    daotp_status status;
    size_t keys = 0;

    if (!daotp__pem_is(in))
        return DAOTP_OK;
    daotp__pem_begin(&reader, in);
    while ((status = daotp__pem_read(&reader, NULL)) == DAOTP_OK) {
        keys += daotp__pem_has_label_end(&reader, "PRIVATE KEY");
        if (keys > 1)
            return daotp__pem_refuse(&reader, DAOTP_FINDING_KEY_READ, "private key",
                                     "a second private key", report);
    }
    return status == DAOTP_REJECTED
               ? DAOTP_OK
               : daotp__pem_refuse(&reader, DAOTP_FINDING_KEY_READ, "private key", NULL, report);
}

static daotp_status refuse_key_block(const daotp__pem_reader *reader, daotp__bytes der,
                                     bool has_passphrase, daotp_report *report)
{
    char text[DAOTP__FAULT_TEXT];

    return daotp__pem_refuse(reader, DAOTP_FINDING_KEY_READ, "private key",
                             daotp__key_explain(der, has_passphrase, text), report);
}

/* Report about the block that was meant: the first private key, or else the first block. */
static daotp_status refuse_key_text(daotp__bytes in, bool has_passphrase, daotp_report *report)
{
    daotp__pem_reader reader, before, first;
    daotp_status status;
    const char *foreign;
    daotp__buffer der;

    daotp__pem_begin(&reader, in);
    before = first = reader;
    status = daotp__pem_read(&reader, NULL);
    while (status == DAOTP_OK && !daotp__pem_has_label_end(&reader, "PRIVATE KEY")) {
        before = reader;
        status = daotp__pem_read(&reader, NULL);
    }
    if (status != DAOTP_OK)
        before = first;
    reader = before;
    (void)daotp__pem_read(&reader, NULL);
    foreign = daotp__key_foreign_block(&reader);
    if (foreign != NULL)
        return daotp__pem_refuse(&reader, DAOTP_FINDING_KEY_READ, "private key", foreign, report);
    daotp__buffer_init_secret(&der, DAOTP__MAX_KEY_FILE);
    status = daotp__pem_read(&before, &der);
    if (status == DAOTP_OK)
        status = refuse_key_block(&before, daotp__buffer_bytes(&der), has_passphrase, report);
    else if (status != DAOTP_MEMORY)
        status = daotp__pem_refuse(&before, DAOTP_FINDING_KEY_READ, "private key", NULL, report);
    daotp__buffer_free(&der);
    return status;
}

/* libcrypto gives no reason, so find out what is wrong. */
static daotp_status refuse_unread_key(daotp__bytes in, bool has_passphrase, daotp_report *report)
{
    char text[DAOTP__FAULT_TEXT];

    if (daotp__pem_is(in))
        return refuse_key_text(in, has_passphrase, report);
    if (in.len > DAOTP__MAX_KEY_FILE)
        return daotp__report_add(report, DAOTP_FINDING_KEY_READ, 0, "private key",
                                 "private key of %zu octets; the limit is %d", in.len,
                                 DAOTP__MAX_KEY_FILE);
    return daotp__report_add(report, DAOTP_FINDING_KEY_READ, 0, "private key", "%s",
                             daotp__key_explain(in, has_passphrase, text));
}

static daotp_status read_key(daotp_context *context, daotp__bytes in, struct passphrase passphrase,
                             daotp_report *report, daotp_key **key)
{
    daotp_status status = check_key_blocks(in, report);
    EVP_PKEY *pkey;

    if (status != DAOTP_OK)
        return status;
    (void)ERR_set_mark();
    pkey = parse_private(in.data, in.len, &passphrase);
    (void)ERR_pop_to_mark();
    if (pkey == NULL)
        return refuse_unread_key(in, passphrase.text != NULL, report);
    return daotp__key_wrap(context, pkey, true, report, key);
}

daotp_status daotp_key_read(daotp_context *context, const void *bytes, size_t len,
                            const char *passphrase, size_t passphrase_len, daotp_report *report,
                            daotp_key **key)
{
    daotp__text_form form;
    daotp_status status;

    daotp__report_enter(report);
    if (key == NULL)
        return DAOTP_USAGE;
    *key = NULL;
    if (context == NULL || bytes == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    status = daotp__text_form_read(&form, (daotp__bytes){bytes, len}, DAOTP__MAX_KEY_FILE, true);
    if (status == DAOTP_OK)
        status = read_key(context, form.bytes, (struct passphrase){passphrase, passphrase_len},
                          report, key);
    else if (status == DAOTP_PEER)
        status =
            daotp__report_add(report, DAOTP_FINDING_KEY_READ, 0, "private key", "%s", form.fault);
    daotp__text_form_free(&form);
    return daotp__report_status(report, status);
}

daotp_status daotp_key_load(daotp_context *context, const char *path, const char *passphrase,
                            size_t passphrase_len, daotp_report *report, daotp_key **key)
{
    daotp__buffer file;
    daotp_status status;

    daotp__report_enter(report);
    if (key == NULL)
        return DAOTP_USAGE;
    *key = NULL;
    if (context == NULL || path == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    daotp__buffer_init(&file, DAOTP__MAX_KEY_FILE);
    status = daotp__file_read(path, true, &file, report);
    if (status == DAOTP_OK)
        status = daotp_key_read(context, daotp__buffer_string(&file), file.len, passphrase,
                                passphrase_len, report, key);
    daotp__buffer_free(&file);
    return daotp__report_status(report, status);
}

daotp_status daotp_key_copy_pem(const daotp_key *key, char **pem, size_t *len)
{
    if (pem == NULL || len == NULL)
        return DAOTP_USAGE;
    *pem = NULL;
    *len = 0;
    if (key == NULL)
        return DAOTP_USAGE;
    if (!key->exportable)
        return DAOTP_CONFIGURATION;
    *pem = daotp__text_copy_n(key->pem, key->pem_len);
    *len = *pem != NULL ? key->pem_len : 0;
    return *pem != NULL ? DAOTP_OK : DAOTP_MEMORY;
}

daotp_status daotp__key_sign(const daotp_key *key, daotp__hash hash, daotp__bytes in,
                             daotp__buffer *signature)
{
    EVP_PKEY *pkey = daotp__key_pkey(key);
    size_t len = pkey != NULL ? (size_t)EVP_PKEY_get_size(pkey) : 0;
    uint8_t *room = pkey != NULL ? daotp__buffer_room(signature, len) : NULL;
    EVP_MD_CTX *ctx;
    bool has_context, ok;

    if (room == NULL)
        return pkey != NULL ? signature->failed : DAOTP_INTERNAL;
    (void)ERR_set_mark();
    ctx = EVP_MD_CTX_new();
    has_context = ctx != NULL;
    ok = has_context && EVP_DigestSignInit(ctx, NULL, daotp__hash_method(hash), NULL, pkey) == 1 &&
         EVP_DigestSign(ctx, room, &len, in.data, in.len) == 1;
    EVP_MD_CTX_free(ctx);
    (void)ERR_pop_to_mark();
    if (!ok)
        return has_context ? DAOTP_INTERNAL : DAOTP_MEMORY;
    daotp__buffer_wrote(signature, len);
    return DAOTP_OK;
}

/* ---- keys that a backend holds ----------------------------------------------------------------
 */

bool daotp__key_is_held(const daotp_key *key)
{
    return key->held != NULL;
}

daotp_status daotp__key_sign_held(const daotp_key *key, daotp_signature_scheme scheme,
                                  daotp__bytes input, uint8_t *signature, size_t room, size_t *len)
{
    return daotp__held_key_sign(key->held, scheme, input, signature, room, len, NULL);
}

/* Apply the rules for own keys to the public key: algorithm, size, and that nobody can compute
 * the private key. */
static daotp_status check_held_key(daotp_key *key, daotp_report *report)
{
    size_t octets = (daotp__key_bits(key) + 7) / 8;

    key->kind = kind_of(daotp__key_spki(key));
    if (key->kind == 0)
        return daotp__report_add(report, DAOTP_FINDING_KEY_KIND, 0, "private key",
                                 "a public key of %zu octets", key->spki_len);
    daotp__held_key_set_signature_len(key->held, daotp__key_is_rsa(key) ? octets : 2 * octets);
    return check_own_key(key, report);
}

static daotp_status make_held_key(daotp_context *context, daotp__held_key *held, daotp__bytes spki,
                                  daotp_report *report, daotp_key **out)
{
    daotp_key *key = daotp__new(sizeof *key);
    daotp_status status;

    if (key == NULL) {
        daotp__held_key_free(held);
        return DAOTP_MEMORY;
    }
    atomic_init(&key->references, 1);
    key->context = daotp__context_ref(context);
    key->held = held;
    key->spki = daotp__bytes_copy(spki.data, spki.len);
    key->spki_len = spki.len;
    status = key->spki != NULL ? check_held_key(key, report) : DAOTP_MEMORY;
    if (status == DAOTP_OK)
        *out = key;
    else
        daotp_key_unref(key);
    return status;
}

daotp_status daotp_key_new(daotp_context *context, const daotp_key_backend *backend, void *self,
                           const void *spki, size_t spki_len, daotp_report *report, daotp_key **key)
{
    bool usable = key != NULL && spki != NULL;
    daotp__held_key *held = NULL;
    daotp_status status;

    daotp__report_enter(report);
    if (key != NULL)
        *key = NULL;
    status = daotp__held_key_new(usable ? context : NULL, backend, self, &held);
    if (status == DAOTP_OK && key != NULL)
        status = make_held_key(context, held, (daotp__bytes){spki, spki_len}, report, key);
    return daotp__report_status(report, status);
}

static void write_algorithm(daotp__buffer *out, enum daotp__oid oid, bool null)
{
    size_t mark = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);

    daotp__derw_oid(out, daotp__oid(oid));
    if (null)
        daotp__derw_null(out);
    daotp__derw_end(out, mark);
}

void daotp__key_write_algorithm(const daotp_key *key, daotp__hash hash, daotp__buffer *out)
{
    write_algorithm(out, daotp__hash_signature_oid(hash, daotp__key_is_rsa(key)),
                    daotp__key_is_rsa(key));
}

void daotp__key_write_cms_algorithm(const daotp_key *key, daotp__hash hash, daotp__buffer *out)
{
    bool rsa = daotp__key_is_rsa(key);

    write_algorithm(out, rsa ? DAOTP__OID_RSA : daotp__hash_signature_oid(hash, rsa), rsa);
}
