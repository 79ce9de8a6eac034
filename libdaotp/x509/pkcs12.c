/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/pkcs12.h"

#include "core/alloc.h"
#include "core/array.h"
#include "core/limits.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>
#include <string.h>

/* ---- entries --------------------------------------------------------------------------------- */

static void free_pkcs12_entry(daotp__pkcs12_entry *entry)
{
    daotp__delete(entry->name);
    daotp__buffer_free(&entry->certificates);
    daotp__buffer_free(&entry->key);
}

void daotp__pkcs12_free(daotp__pkcs12 *file)
{
    for (size_t i = 0; i < file->count; i++)
        free_pkcs12_entry(&file->list[i]);
    daotp__delete(file->list);
    *file = (daotp__pkcs12){.count = 0};
}

daotp__pkcs12_entry *daotp__pkcs12_add(daotp__pkcs12 *file, const char *name)
{
    daotp__pkcs12_entry *list =
        daotp__array_reserve(file->list, file->count, &file->capacity, sizeof(daotp__pkcs12_entry));
    daotp__pkcs12_entry *entry;

    if (list == NULL)
        return NULL;
    file->list = list;
    entry = &list[file->count];
    entry->name = daotp__text_copy(name);
    if (entry->name == NULL)
        return NULL;
    daotp__buffer_init(&entry->certificates, DAOTP__MAX_STORE_CERTIFICATES);
    daotp__buffer_init_secret(&entry->key, DAOTP__MAX_KEY_FILE);
    file->count++;
    return entry;
}

void daotp__pkcs12_drop(daotp__pkcs12 *file, size_t at)
{
    free_pkcs12_entry(&file->list[at]);
    file->count--;
    memmove(&file->list[at], &file->list[at + 1], (file->count - at) * sizeof(daotp__pkcs12_entry));
}

/* ---- PEM ------------------------------------------------------------------------------------- */

/* No pass phrase: none is asked for on a terminal. */
static int give_no_passphrase(char *buffer, int size, int writing, void *user)
{
    (void)buffer, (void)size, (void)writing, (void)user;
    return -1;
}

static bool append_memory(BIO *bio, daotp__buffer *out)
{
    char *data;
    long len = BIO_get_mem_data(bio, &data);

    if (len > 0)
        daotp__buffer_add(out, data, (size_t)len);
    return len > 0 && out->failed == DAOTP_OK;
}

static bool append_certificate(X509 *certificate, daotp__buffer *out)
{
    BIO *bio = BIO_new(BIO_s_mem());
    bool ok = bio != NULL && PEM_write_bio_X509(bio, certificate) == 1 && append_memory(bio, out);

    BIO_free(bio);
    return ok;
}

static bool append_private_key(EVP_PKEY *key, daotp__buffer *out)
{
    BIO *bio = BIO_new(BIO_s_secmem()); /* wiped when freed */
    bool ok = bio != NULL &&
              PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1 &&
              append_memory(bio, out);

    BIO_free(bio);
    return ok;
}

/* ---- reading: what the bags hold ------------------------------------------------------------- */

struct found_key {
    EVP_PKEY *key;
    char *name; /* from the bag; may be NULL */
    ASN1_OCTET_STRING *id;
};

enum { MAX_PKCS12_CERTIFICATES = DAOTP__MAX_PKCS12_ENTRIES * DAOTP__MAX_CHAIN };

struct pkcs12_scan {
    const daotp__pkcs12_reading *how;
    struct found_key keys[DAOTP__MAX_PKCS12_ENTRIES];
    size_t key_count;
    STACK_OF(X509) * certificates;
    char refused[80]; /* the name of an algorithm that is not taken */
};

/* pbeWithSHAAnd3-KeyTripleDES-CBC, and PBES2 with whatever the default provider has. */
static bool is_cipher_taken(struct pkcs12_scan *scan, const X509_ALGOR *algorithm)
{
    const ASN1_OBJECT *oid;
    int nid;

    X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
    nid = OBJ_obj2nid(oid);
    if (nid == NID_pbes2 ||
        (nid == NID_pbe_WithSHA1And3_Key_TripleDES_CBC && scan->how->allows_3des))
        return true;
    (void)OBJ_obj2txt(scan->refused, sizeof scan->refused, oid, 0);
    return false;
}

/* localKeyID (RFC 7292 4.2): which certificate goes with which key. NULL for none. */
static const ASN1_OCTET_STRING *bag_key_id(const PKCS12_SAFEBAG *bag)
{
    const ASN1_TYPE *id = PKCS12_SAFEBAG_get0_attr(bag, NID_localKeyID);

    return id != NULL && id->type == V_ASN1_OCTET_STRING ? id->value.octet_string : NULL;
}

static bool take_found_key(struct pkcs12_scan *scan, const PKCS12_SAFEBAG *bag,
                           const PKCS8_PRIV_KEY_INFO *info)
{
    struct found_key *found = &scan->keys[scan->key_count];

    if (info == NULL || scan->key_count == DAOTP__MAX_PKCS12_ENTRIES)
        return false;
    found->key = EVP_PKCS82PKEY(info);
    if (found->key == NULL)
        return false;
    found->name = PKCS12_get_friendlyname((PKCS12_SAFEBAG *)(uintptr_t)bag);
    found->id = ASN1_OCTET_STRING_dup(bag_key_id(bag));
    scan->key_count++;
    return true;
}

static bool scan_shrouded_key(struct pkcs12_scan *scan, const PKCS12_SAFEBAG *bag)
{
    const X509_ALGOR *algorithm;
    PKCS8_PRIV_KEY_INFO *info;
    bool ok;

    X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(bag), &algorithm, NULL);
    if (!is_cipher_taken(scan, algorithm))
        return false;
    info = PKCS12_decrypt_skey(bag, (const char *)scan->how->passphrase.data,
                               (int)scan->how->passphrase.len);
    ok = take_found_key(scan, bag, info);
    PKCS8_PRIV_KEY_INFO_free(info);
    return ok;
}

static bool is_found_certificate(const struct pkcs12_scan *scan, const X509 *certificate)
{
    for (int i = 0; i < sk_X509_num(scan->certificates); i++)
        if (X509_cmp(sk_X509_value(scan->certificates, i), certificate) == 0)
            return true;
    return false;
}

static bool push_certificate(struct pkcs12_scan *scan, X509 *certificate)
{
    return sk_X509_num(scan->certificates) < MAX_PKCS12_CERTIFICATES &&
           sk_X509_push(scan->certificates, certificate) > 0;
}

/* Name and key id of its bag stay with a certificate. */
static void keep_attributes(const PKCS12_SAFEBAG *bag, X509 *certificate)
{
    char *name = PKCS12_get_friendlyname((PKCS12_SAFEBAG *)(uintptr_t)bag);
    const ASN1_OCTET_STRING *id = bag_key_id(bag);

    if (name != NULL)
        (void)X509_alias_set1(certificate, (unsigned char *)name, (int)strlen(name));
    if (id != NULL)
        (void)X509_keyid_set1(certificate, ASN1_STRING_get0_data(id), ASN1_STRING_length(id));
    OPENSSL_free(name);
}

static bool scan_certificate(struct pkcs12_scan *scan, const PKCS12_SAFEBAG *bag)
{
    X509 *certificate;

    if (PKCS12_SAFEBAG_get_bag_nid(bag) != NID_x509Certificate)
        return true; /* SDSI: nobody has one */
    certificate = PKCS12_SAFEBAG_get1_cert(bag);
    if (certificate == NULL)
        return false;
    if (is_found_certificate(scan, certificate)) { /* issuers of several entries */
        X509_free(certificate);
        return true;
    }
    if (!push_certificate(scan, certificate)) {
        X509_free(certificate);
        return false;
    }
    keep_attributes(bag, certificate);
    return true;
}

static bool scan_bag(struct pkcs12_scan *scan, const PKCS12_SAFEBAG *bag)
{
    switch (PKCS12_SAFEBAG_get_nid(bag)) {
    case NID_keyBag:
        return take_found_key(scan, bag, PKCS12_SAFEBAG_get0_p8inf(bag));
    case NID_pkcs8ShroudedKeyBag:
        return scan_shrouded_key(scan, bag);
    case NID_certBag:
        return scan_certificate(scan, bag);
    default:
        return true; /* CRLs, secrets, bags in bags */
    }
}

static STACK_OF(PKCS12_SAFEBAG) * unpack_safe(struct pkcs12_scan *scan, PKCS7 *safe)
{
    if (PKCS7_type_is_data(safe))
        return PKCS12_unpack_p7data(safe);
    if (!PKCS7_type_is_encrypted(safe) ||
        !is_cipher_taken(scan, safe->d.encrypted->enc_data->algorithm))
        return NULL;
    return PKCS12_unpack_p7encdata(safe, (const char *)scan->how->passphrase.data,
                                   (int)scan->how->passphrase.len);
}

static bool scan_safe(struct pkcs12_scan *scan, PKCS7 *safe)
{
    STACK_OF(PKCS12_SAFEBAG) *bags = unpack_safe(scan, safe);
    bool ok = bags != NULL;

    for (int i = 0; ok && i < sk_PKCS12_SAFEBAG_num(bags); i++)
        ok = scan_bag(scan, sk_PKCS12_SAFEBAG_value(bags, i));
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    return ok;
}

static bool scan_safes(struct pkcs12_scan *scan, const PKCS12 *p12)
{
    STACK_OF(PKCS7) *safes = PKCS12_unpack_authsafes(p12);
    bool ok = safes != NULL;

    for (int i = 0; ok && i < sk_PKCS7_num(safes); i++)
        ok = scan_safe(scan, sk_PKCS7_value(safes, i));
    sk_PKCS7_pop_free(safes, PKCS7_free);
    return ok;
}

/* ---- reading: entries of it ------------------------------------------------------------------ */

/* Two certificates may have one key, where it was kept at a renewal: then the id tells. */
static bool is_leaf_of(X509 *certificate, const struct found_key *found)
{
    int len = 0;
    const unsigned char *id = X509_keyid_get0(certificate, &len);

    if (EVP_PKEY_eq(X509_get0_pubkey(certificate), found->key) != 1)
        return false;
    if (found->id == NULL || id == NULL)
        return true;
    return len == ASN1_STRING_length(found->id) &&
           memcmp(id, ASN1_STRING_get0_data(found->id), (size_t)len) == 0;
}

static X509 *find_bag_leaf(const struct pkcs12_scan *scan, const struct found_key *found)
{
    for (int i = 0; i < sk_X509_num(scan->certificates); i++)
        if (is_leaf_of(sk_X509_value(scan->certificates, i), found))
            return sk_X509_value(scan->certificates, i);
    return NULL;
}

static X509 *find_bag_issuer(const struct pkcs12_scan *scan, X509 *of)
{
    for (int i = 0; i < sk_X509_num(scan->certificates); i++) {
        X509 *certificate = sk_X509_value(scan->certificates, i);

        if (X509_check_issued(certificate, of) == X509_V_OK)
            return certificate;
    }
    return NULL;
}

static const char *entry_name(const struct found_key *found, X509 *leaf, char room[256])
{
    int len = 0;
    const unsigned char *alias = X509_alias_get0(leaf, &len);

    if (found->name != NULL)
        return found->name;
    *room = '\0';
    if (alias != NULL)
        (void)snprintf(room, 256, "%.*s", len, (const char *)alias);
    return room;
}

static daotp_status fill_entry(const struct pkcs12_scan *scan, const struct found_key *found,
                               X509 *leaf, daotp__pkcs12 *file)
{
    char room[256];
    daotp__pkcs12_entry *entry = daotp__pkcs12_add(file, entry_name(found, leaf, room));
    X509 *at = leaf;
    bool ok = entry != NULL && append_private_key(found->key, &entry->key);

    for (int n = 0; ok && at != NULL && n < DAOTP__MAX_CHAIN; n++) {
        X509 *issuer = find_bag_issuer(scan, at);

        ok = append_certificate(at, &entry->certificates);
        at = issuer != at ? issuer : NULL;
    }
    return ok ? DAOTP_OK : DAOTP_MEMORY;
}

/* A key without a certificate is no credential. */
static daotp_status collect_entries(const struct pkcs12_scan *scan, daotp__pkcs12 *file)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; status == DAOTP_OK && i < scan->key_count; i++) {
        X509 *leaf = find_bag_leaf(scan, &scan->keys[i]);

        if (leaf != NULL)
            status = fill_entry(scan, &scan->keys[i], leaf, file);
    }
    return status;
}

static void end_scan(struct pkcs12_scan *scan)
{
    for (size_t i = 0; i < scan->key_count; i++) {
        EVP_PKEY_free(scan->keys[i].key);
        OPENSSL_free(scan->keys[i].name);
        ASN1_OCTET_STRING_free(scan->keys[i].id);
    }
    sk_X509_pop_free(scan->certificates, X509_free);
}

static daotp_status refuse_pkcs12(const daotp__pkcs12_reading *how, daotp_finding_number number,
                                  const char *found, daotp_report *report)
{
    return daotp__report_add(report, number, 0, how->subject, "%s", found);
}

/* An iteration count of the file's own keeps nobody busy for minutes. */
static daotp_status check_pkcs12_mac(PKCS12 *p12, const daotp__pkcs12_reading *how,
                                     daotp_report *report)
{
    const ASN1_INTEGER *count = NULL;

    if (PKCS12_mac_present(p12) != 1)
        return refuse_pkcs12(how, DAOTP_FINDING_STORE_DAMAGED, "it has no MAC", report);
    PKCS12_get0_mac(NULL, NULL, NULL, &count, p12);
    if (count != NULL &&
        (ASN1_INTEGER_get(count) < 1 || ASN1_INTEGER_get(count) > DAOTP__MAX_PKCS12_ITERATIONS))
        return refuse_pkcs12(how, DAOTP_FINDING_STORE_DAMAGED, "an iteration count out of bounds",
                             report);
    if (PKCS12_verify_mac(p12, (const char *)how->passphrase.data, (int)how->passphrase.len) != 1)
        return refuse_pkcs12(how, DAOTP_FINDING_STORE_PASSPHRASE, "its MAC does not verify",
                             report);
    return DAOTP_OK;
}

static daotp_status read_safes(const PKCS12 *p12, const daotp__pkcs12_reading *how,
                               daotp__pkcs12 *file, daotp_report *report)
{
    struct pkcs12_scan scan = {.how = how, .certificates = sk_X509_new_null()};
    daotp_status status;

    if (scan.certificates == NULL)
        return DAOTP_MEMORY;
    if (scan_safes(&scan, p12))
        status = collect_entries(&scan, file);
    else if (scan.refused[0] != '\0')
        status = refuse_pkcs12(how, DAOTP_FINDING_STORE_OLD_CIPHER, scan.refused, report);
    else
        status =
            refuse_pkcs12(how, DAOTP_FINDING_STORE_DAMAGED, "a bag that cannot be read", report);
    end_scan(&scan);
    return status;
}

daotp_status daotp__pkcs12_read(daotp__bytes in, const daotp__pkcs12_reading *how,
                                daotp__pkcs12 *file, daotp_report *report)
{
    const unsigned char *at = in.data;
    daotp_status status;
    PKCS12 *p12;

    *file = (daotp__pkcs12){.count = 0};
    (void)ERR_set_mark();
    p12 = in.len <= DAOTP__MAX_FILE ? d2i_PKCS12(NULL, &at, (long)in.len) : NULL;
    if (p12 == NULL || at != in.data + in.len)
        status = refuse_pkcs12(how, DAOTP_FINDING_STORE_DAMAGED, "not PKCS#12 in DER", report);
    else
        status = check_pkcs12_mac(p12, how, report);
    if (status == DAOTP_OK)
        status = read_safes(p12, how, file, report);
    PKCS12_free(p12);
    (void)ERR_pop_to_mark();
    return status;
}

/* ---- writing --------------------------------------------------------------------------------- */

enum { PKCS12_SALT = 16 }; /* octets */

struct pkcs12_writing {
    const char *passphrase;
    int passphrase_len, iterations;
    STACK_OF(PKCS12_SAFEBAG) * keys, *certificates;
};

/* A BMPString; what lies beyond 16 bits is written as UTF-16 has it, as Windows does. libcrypto's
 * own conversion of UTF-8 refuses that. */
static bool add_friendly_name(PKCS12_SAFEBAG *bag, const char *name)
{
    unsigned char *text = NULL;
    int len = 0;
    bool ok = OPENSSL_utf82uni(name, (int)strlen(name), &text, &len) != NULL && len >= 2 &&
              PKCS12_add_friendlyname_uni(bag, text, len - 2) == 1; /* without the NUL */

    OPENSSL_free(text);
    return ok;
}

static bool name_bag(PKCS12_SAFEBAG *bag, const char *name, const unsigned char *id, unsigned len)
{
    return bag != NULL && (*name == '\0' || add_friendly_name(bag, name)) &&
           (len == 0 || PKCS12_add_localkeyid(bag, (unsigned char *)(uintptr_t)id, (int)len) == 1);
}

/* The leaf bears the name and the id of its key; its issuers bear neither. */
static bool write_certificates(struct pkcs12_writing *writing, const daotp__pkcs12_entry *entry,
                               unsigned char id[EVP_MAX_MD_SIZE], unsigned *id_len)
{
    BIO *bio = BIO_new_mem_buf(entry->certificates.data, (int)entry->certificates.len);
    X509 *certificate;
    bool ok = bio != NULL;

    *id_len = 0;
    while (ok && (certificate = PEM_read_bio_X509(bio, NULL, give_no_passphrase, NULL)) != NULL) {
        PKCS12_SAFEBAG *bag = PKCS12_add_cert(&writing->certificates, certificate);

        if (*id_len == 0)
            ok = X509_digest(certificate, EVP_sha1(), id, id_len) == 1 &&
                 name_bag(bag, entry->name, id, *id_len);
        else
            ok = bag != NULL;
        X509_free(certificate);
    }
    BIO_free(bio);
    return ok && *id_len > 0;
}

static bool write_shrouded_key(struct pkcs12_writing *writing, const daotp__pkcs12_entry *entry,
                               const unsigned char *id, unsigned id_len)
{
    BIO *bio = BIO_new_mem_buf(entry->key.data, (int)entry->key.len);
    EVP_PKEY *key =
        bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, give_no_passphrase, NULL) : NULL;
    PKCS8_PRIV_KEY_INFO *info = key != NULL ? EVP_PKEY2PKCS8(key) : NULL;
    PKCS12_SAFEBAG *bag = NULL;
    bool ok;

    if (info != NULL)
        bag = PKCS12_SAFEBAG_create_pkcs8_encrypt(NID_aes_256_cbc, writing->passphrase,
                                                  writing->passphrase_len, NULL, PKCS12_SALT,
                                                  writing->iterations, info);
    ok = name_bag(bag, entry->name, id, id_len) && sk_PKCS12_SAFEBAG_push(writing->keys, bag) > 0;
    if (!ok)
        PKCS12_SAFEBAG_free(bag);
    PKCS8_PRIV_KEY_INFO_free(info);
    EVP_PKEY_free(key);
    BIO_free(bio);
    return ok;
}

static bool write_pkcs12_entry(struct pkcs12_writing *writing, const daotp__pkcs12_entry *entry)
{
    unsigned char id[EVP_MAX_MD_SIZE];
    unsigned id_len;

    return write_certificates(writing, entry, id, &id_len) &&
           write_shrouded_key(writing, entry, id, id_len);
}

static bool push_safe(STACK_OF(PKCS7) * safes, PKCS7 *safe)
{
    if (safe != NULL && sk_PKCS7_push(safes, safe) > 0)
        return true;
    PKCS7_free(safe);
    return false;
}

static PKCS12 *seal_pkcs12(const struct pkcs12_writing *writing)
{
    STACK_OF(PKCS7) *safes = sk_PKCS7_new_null();
    PKCS12 *p12 = NULL;

    if (safes != NULL &&
        push_safe(safes, PKCS12_pack_p7encdata(NID_aes_256_cbc, writing->passphrase,
                                               writing->passphrase_len, NULL, PKCS12_SALT,
                                               writing->iterations, writing->certificates)) &&
        push_safe(safes, PKCS12_pack_p7data(writing->keys)))
        p12 = PKCS12_add_safes(safes, 0);
    if (p12 != NULL && PKCS12_set_mac(p12, writing->passphrase, writing->passphrase_len, NULL,
                                      PKCS12_SALT, writing->iterations, EVP_sha256()) != 1) {
        PKCS12_free(p12);
        p12 = NULL;
    }
    sk_PKCS7_pop_free(safes, PKCS7_free);
    return p12;
}

static daotp_status encode_pkcs12(PKCS12 *p12, daotp__buffer *out)
{
    unsigned char *der = NULL;
    int len = p12 != NULL ? i2d_PKCS12(p12, &der) : -1;

    if (len <= 0)
        return DAOTP_INTERNAL;
    daotp__buffer_add(out, der, (size_t)len);
    OPENSSL_free(der);
    return out->failed;
}

daotp_status daotp__pkcs12_write(const daotp__pkcs12 *file, daotp__bytes passphrase, int iterations,
                                 daotp__buffer *out)
{
    struct pkcs12_writing writing = {.passphrase = (const char *)passphrase.data,
                                     .passphrase_len = (int)passphrase.len,
                                     .iterations = iterations,
                                     .keys = sk_PKCS12_SAFEBAG_new_null(),
                                     .certificates = sk_PKCS12_SAFEBAG_new_null()};
    bool ok = writing.keys != NULL && writing.certificates != NULL;
    daotp_status status = DAOTP_INTERNAL;
    PKCS12 *p12 = NULL;

    (void)ERR_set_mark();
    for (size_t i = 0; ok && i < file->count; i++)
        ok = write_pkcs12_entry(&writing, &file->list[i]);
    if (ok) {
        p12 = seal_pkcs12(&writing);
        status = encode_pkcs12(p12, out);
    }
    PKCS12_free(p12);
    sk_PKCS12_SAFEBAG_pop_free(writing.keys, PKCS12_SAFEBAG_free);
    sk_PKCS12_SAFEBAG_pop_free(writing.certificates, PKCS12_SAFEBAG_free);
    (void)ERR_pop_to_mark();
    return status;
}
