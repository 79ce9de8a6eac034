/* SPDX-License-Identifier: BSD-2-Clause */
#include "seal.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

enum { SALT_LEN = 32, NONCE_LEN = 12, TAG_LEN = 16, RECORD_KEY_LEN = 32, MAX_BOUND_TEXT = 1024 };

static const char magic[] = "DSR1";
static const char purpose[] = "daotp record 1";

/* ---- keys ------------------------------------------------------------------------------------ */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool read_hex_key(const char *text, size_t len, unsigned char octets[32])
{
    if (len != 64)
        return false;
    for (size_t i = 0; i < 32; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        octets[i] = (unsigned char)(high * 16 + low);
    }
    return true;
}

static bool is_key_id(const char *text, size_t len)
{
    static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "-_.";

    if (len == 0 || len > MAX_SEAL_KEY_ID)
        return false;
    for (size_t i = 0; i < len; i++)
        if (text[i] == '\0' || strchr(allowed, text[i]) == NULL)
            return false;
    return true;
}

static const seal_key *find_seal_key(const seal_ring *ring, const char *id)
{
    for (size_t i = 0; i < ring->count; i++)
        if (strcmp(ring->keys[i].id, id) == 0)
            return &ring->keys[i];
    return NULL;
}

/* NULL, or what is wrong with the line. */
static const char *read_key_line(seal_ring *ring, const char *line, size_t len)
{
    const char *space = memchr(line, ' ', len);
    size_t id_len = space != NULL ? (size_t)(space - line) : len;
    seal_key *key = &ring->keys[ring->count];

    if (ring->count == MAX_SEAL_KEYS)
        return "more than 16 keys";
    if (space == NULL || !is_key_id(line, id_len))
        return "a line that is not: key id, a space, 64 hexadecimal digits";
    memcpy(key->id, line, id_len);
    key->id[id_len] = '\0';
    if (find_seal_key(ring, key->id) != NULL)
        return "two keys of one id";
    if (!read_hex_key(space + 1, len - id_len - 1, key->octets))
        return "a key that is not 64 hexadecimal digits";
    ring->count++;
    return NULL;
}

static const char *read_key_lines(seal_ring *ring, const char *text, size_t len)
{
    const char *why = NULL;

    while (len > 0 && why == NULL) {
        const char *end = memchr(text, '\n', len);
        size_t line = end != NULL ? (size_t)(end - text) : len;
        size_t used = end != NULL ? line + 1 : line;

        if (line > 0 && text[line - 1] == '\r')
            line--;
        if (line > 0 && *text != '#')
            why = read_key_line(ring, text, line);
        text += used;
        len -= used;
    }
    if (why == NULL && ring->count == 0)
        return "no key";
    return why;
}

daotp_status seal_ring_read(const char *text, size_t len, seal_ring **ring, const char **why)
{
    *ring = OPENSSL_secure_zalloc(sizeof **ring);
    if (*ring == NULL)
        return DAOTP_MEMORY;
    *why = read_key_lines(*ring, text, len);
    if (*why == NULL)
        return DAOTP_OK;
    seal_ring_free(*ring);
    *ring = NULL;
    return DAOTP_CONFIGURATION;
}

void seal_ring_free(seal_ring *ring)
{
    OPENSSL_secure_clear_free(ring, sizeof *ring);
}

static unsigned char *copy_text(unsigned char *at, const char *text)
{
    while (*text != '\0')
        *at++ = (unsigned char)*text++;
    return at;
}

/* HKDF-SHA256, RFC 5869. */
static bool derive_record_key(const seal_key *key, const unsigned char salt[SALT_LEN],
                              const char *label, unsigned char out[RECORD_KEY_LEN])
{
    unsigned char info[sizeof purpose + MAX_SEAL_KEY_ID + 1 + MAX_BOUND_TEXT], *at;
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
    OSSL_PARAM params[5];
    bool ok;

    at = copy_text(info, purpose);
    *at++ = '\0';
    at = copy_text(at, key->id);
    *at++ = '\0';
    at = copy_text(at, label);
    params[0] =
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)(uintptr_t) "SHA256", 0);
    params[1] =
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)key->octets, 32);
    params[2] =
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)salt, SALT_LEN);
    params[3] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, (size_t)(at - info));
    params[4] = OSSL_PARAM_construct_end();
    ok = context != NULL && EVP_KDF_derive(context, out, RECORD_KEY_LEN, params) == 1;
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return ok;
}

/* ---- seal ------------------------------------------------------------------------------------ */

static unsigned char *write_number(unsigned char *at, uint64_t number, int octets)
{
    for (int i = octets - 1; i >= 0; i--)
        *at++ = (unsigned char)(number >> (8 * i));
    return at;
}

static unsigned char *write_text(unsigned char *at, const char *text)
{
    return copy_text(write_number(at, strlen(text), 2), text);
}

static size_t header_size(const seal_key *key, const seal_header *header)
{
    return sizeof magic - 1 + 8 + strlen(key->id) + strlen(header->label) + strlen(header->user) +
           strlen(header->template_oid) + 8 + 8 + SALT_LEN + NONCE_LEN + 4;
}

static size_t record_size(const seal_key *key, const seal_header *header,
                          const seal_content *content)
{
    return header_size(key, header) + 4 + content->certificates_len + content->key_len + TAG_LEN;
}

typedef struct record_parts {
    const unsigned char *aad, *salt, *nonce;
    size_t aad_len;
    const unsigned char *ciphertext, *tag;
    size_t ciphertext_len;
} record_parts;

/* The plaintext, in place. */
static void write_content(unsigned char *at, const seal_content *content)
{
    at = write_number(at, content->certificates_len, 4);
    memcpy(at, content->certificates, content->certificates_len);
    if (content->key_len > 0)
        memcpy(at + content->certificates_len, content->key, content->key_len);
}

static bool encrypt_record(const record_parts *parts, const unsigned char key[RECORD_KEY_LEN],
                           unsigned char *text, unsigned char *tag)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int len = 0;
    bool ok = context != NULL &&
              EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, parts->nonce) == 1 &&
              EVP_EncryptUpdate(context, NULL, &len, parts->aad, (int)parts->aad_len) == 1 &&
              EVP_EncryptUpdate(context, text, &len, text, (int)parts->ciphertext_len) == 1 &&
              EVP_EncryptFinal_ex(context, text + len, &len) == 1 &&
              EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG_LEN, tag) == 1;

    EVP_CIPHER_CTX_free(context);
    return ok;
}

static bool is_sealable(const seal_key *key, const seal_header *header, const seal_content *content)
{
    if (strlen(header->label) > MAX_BOUND_TEXT || strlen(header->user) > MAX_BOUND_TEXT ||
        strlen(header->template_oid) > MAX_BOUND_TEXT || content->certificates_len > MAX_RECORD ||
        content->key_len > MAX_RECORD)
        return false;
    return record_size(key, header, content) <= MAX_RECORD; /* open_record() takes no more */
}

/* Header and plaintext are written; the ciphertext takes the place of the plaintext. */
static bool seal_in_place(const seal_key *key, const seal_header *header,
                          const seal_content *content, unsigned char *record, size_t head)
{
    size_t plain = 4 + content->certificates_len + content->key_len;
    unsigned char *at = record, record_key[RECORD_KEY_LEN];
    record_parts parts = {.aad = record, .aad_len = head, .ciphertext_len = plain};
    bool ok;

    memcpy(at, magic, sizeof magic - 1);
    at = write_text(at + sizeof magic - 1, key->id);
    at = write_text(at, header->label);
    at = write_text(at, header->user);
    at = write_text(at, header->template_oid);
    at = write_number(at, header->generation, 8);
    at = write_number(at, (uint64_t)header->not_after, 8);
    parts.salt = at;
    parts.nonce = at + SALT_LEN;
    ok = RAND_bytes(at, SALT_LEN + NONCE_LEN) == 1;
    at = write_number(at + SALT_LEN + NONCE_LEN, plain, 4);
    write_content(at, content);
    ok = ok && derive_record_key(key, parts.salt, header->label, record_key) &&
         encrypt_record(&parts, record_key, at, at + plain);
    OPENSSL_cleanse(record_key, sizeof record_key);
    return ok;
}

daotp_status seal_record(const seal_ring *ring, const seal_header *header,
                         const seal_content *content, unsigned char **record, size_t *len)
{
    const seal_key *key = &ring->keys[ring->count - 1];

    *record = NULL;
    if (!is_sealable(key, header, content))
        return DAOTP_INTERNAL;
    *len = record_size(key, header, content);
    *record = malloc(*len);
    if (*record == NULL)
        return DAOTP_MEMORY;
    if (seal_in_place(key, header, content, *record, header_size(key, header)))
        return DAOTP_OK;
    OPENSSL_cleanse(*record, *len); /* plaintext may be in it */
    free(*record);
    *record = NULL;
    return DAOTP_INTERNAL;
}

/* ---- open ------------------------------------------------------------------------------------ */

typedef struct record_cursor {
    const unsigned char *at;
    size_t left;
} record_cursor;

static const unsigned char *take_octets(record_cursor *cursor, size_t len)
{
    const unsigned char *at = cursor->at;

    if (len > cursor->left)
        return NULL;
    cursor->at += len;
    cursor->left -= len;
    return at;
}

static bool take_number(record_cursor *cursor, int octets, uint64_t *number)
{
    const unsigned char *at = take_octets(cursor, (size_t)octets);

    *number = 0;
    for (int i = 0; at != NULL && i < octets; i++)
        *number = *number << 8 | at[i];
    return at != NULL;
}

static bool take_bound_text(record_cursor *cursor, char *text, size_t room)
{
    const unsigned char *at;
    uint64_t len;

    if (!take_number(cursor, 2, &len) || len >= room)
        return false;
    at = take_octets(cursor, len);
    if (at == NULL || memchr(at, '\0', len) != NULL)
        return false;
    memcpy(text, at, len);
    text[len] = '\0';
    return true;
}

static bool read_record_head(record_cursor *cursor, opened_record *opened,
                             char label[MAX_BOUND_TEXT + 1])
{
    const unsigned char *head = take_octets(cursor, sizeof magic - 1);
    char unused[MAX_BOUND_TEXT + 1]; /* user and template: bound, and in the certificate again */
    uint64_t not_after;

    if (head == NULL || memcmp(head, magic, sizeof magic - 1) != 0 ||
        !take_bound_text(cursor, opened->key_id, sizeof opened->key_id) ||
        !take_bound_text(cursor, label, MAX_BOUND_TEXT + 1) ||
        !take_bound_text(cursor, unused, sizeof unused) ||
        !take_bound_text(cursor, unused, sizeof unused) ||
        !take_number(cursor, 8, &opened->generation) || !take_number(cursor, 8, &not_after))
        return false;
    opened->not_after = (int64_t)not_after;
    return true;
}

/* All of the record, with nothing behind it. */
static bool read_record_parts(const unsigned char *record, size_t len, opened_record *opened,
                              char label[MAX_BOUND_TEXT + 1], record_parts *parts)
{
    record_cursor cursor = {.at = record, .left = len};
    uint64_t ciphertext_len;

    if (!read_record_head(&cursor, opened, label))
        return false;
    parts->salt = take_octets(&cursor, SALT_LEN);
    parts->nonce = take_octets(&cursor, NONCE_LEN);
    if (!take_number(&cursor, 4, &ciphertext_len))
        return false;
    parts->aad = record;
    parts->aad_len = len - cursor.left;
    parts->ciphertext_len = ciphertext_len;
    parts->ciphertext = take_octets(&cursor, ciphertext_len);
    parts->tag = take_octets(&cursor, TAG_LEN);
    return parts->nonce != NULL && parts->tag != NULL && cursor.left == 0;
}

/* DAOTP_PEER: the tag is not that of this key and these octets. */
static daotp_status decrypt_record(const record_parts *parts,
                                   const unsigned char key[RECORD_KEY_LEN], unsigned char *text)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    daotp_status status = DAOTP_INTERNAL;
    int len = 0;

    if (context != NULL &&
        EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, parts->nonce) == 1 &&
        EVP_DecryptUpdate(context, NULL, &len, parts->aad, (int)parts->aad_len) == 1 &&
        EVP_DecryptUpdate(context, text, &len, parts->ciphertext, (int)parts->ciphertext_len) ==
            1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG_LEN,
                            (void *)(uintptr_t)parts->tag) == 1)
        status = EVP_DecryptFinal_ex(context, text + len, &len) == 1 ? DAOTP_OK : DAOTP_PEER;
    EVP_CIPHER_CTX_free(context);
    return status;
}

static bool split_plaintext(opened_record *opened)
{
    record_cursor cursor = {.at = opened->plaintext, .left = opened->plaintext_len};
    uint64_t len;

    if (!take_number(&cursor, 4, &len))
        return false;
    opened->content.certificates = take_octets(&cursor, len);
    opened->content.certificates_len = len;
    opened->content.key = cursor.at;
    opened->content.key_len = cursor.left;
    return opened->content.certificates != NULL;
}

static daotp_status decrypt_parts(const seal_key *key, const char *label, const record_parts *parts,
                                  opened_record *opened, const char **why)
{
    unsigned char record_key[RECORD_KEY_LEN];
    daotp_status status = DAOTP_INTERNAL;

    opened->plaintext_len = parts->ciphertext_len;
    opened->plaintext = OPENSSL_secure_malloc(parts->ciphertext_len + 1);
    if (opened->plaintext == NULL)
        return DAOTP_MEMORY;
    if (derive_record_key(key, parts->salt, label, record_key))
        status = decrypt_record(parts, record_key, opened->plaintext);
    OPENSSL_cleanse(record_key, sizeof record_key);
    *why = "it was changed, or sealed with another key of this id";
    if (status == DAOTP_OK && !split_plaintext(opened))
        status = DAOTP_PEER;
    return status;
}

daotp_status open_record(const seal_ring *ring, const char *label, const void *record, size_t len,
                         opened_record *opened, const char **why)
{
    char own_label[MAX_BOUND_TEXT + 1];
    record_parts parts;
    const seal_key *key;
    daotp_status status;

    *opened = (opened_record){.plaintext = NULL};
    *why = "it is no sealed record";
    if (len > MAX_RECORD || !read_record_parts(record, len, opened, own_label, &parts))
        return DAOTP_PEER;
    *why = "it is the record of another label";
    if (strcmp(own_label, label) != 0)
        return DAOTP_PEER;
    key = find_seal_key(ring, opened->key_id);
    if (key == NULL)
        return DAOTP_CONFIGURATION;
    status = decrypt_parts(key, label, &parts, opened, why);
    if (status != DAOTP_OK)
        opened_record_free(opened);
    return status;
}

void opened_record_free(opened_record *opened)
{
    OPENSSL_secure_clear_free(opened->plaintext, opened->plaintext_len + 1);
    opened->plaintext = NULL;
    opened->plaintext_len = 0;
}
