/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/pkcs12.h"

#include "core/alloc.h"
#include "core/array.h"
#include "core/limits.h"
#include "core/utf16.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>
#include <string.h>

/* ---- entries --------------------------------------------------------------------------------- */

static void free_pkcs12_entry(daotp__pkcs12_entry *entry)
{
    daotp__delete(entry->name);
    daotp__buffer_free(&entry->bmp_name);
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
    daotp__buffer_init(&entry->bmp_name, DAOTP__MAX_FILE);
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

/* Returns no passphrase, so that libcrypto does not ask on the terminal. */
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
    ASN1_STRING *name; /* from the bag, a BMPString; may be NULL */
    ASN1_OCTET_STRING *id;
};

enum { MAX_PKCS12_CERTIFICATES = DAOTP__MAX_PKCS12_ENTRIES * DAOTP__MAX_CHAIN };

struct pkcs12_scan {
    const daotp__pkcs12_reading *how;
    const char *passphrase; /* under which the MAC verifies; NULL: the empty one of no octets */
    struct found_key keys[DAOTP__MAX_PKCS12_ENTRIES];
    size_t key_count;
    STACK_OF(X509) * certificates;
    ASN1_STRING *names[MAX_PKCS12_CERTIFICATES]; /* of their bags, as in found_key */
    int64_t iterations;                          /* the sum of all key derivations so far */
    char refused[80],
        damage[80]; /* refused: the algorithm that is not accepted; damage: any other fault */
    bool is_used[MAX_PKCS12_CERTIFICATES]; /* the certificate is part of an entry */
    char lost[DAOTP__PKCS12_LOST];         /* what is in no entry; "" for nothing */
};

static void note_lost(struct pkcs12_scan *scan, const char *what)
{
    (void)snprintf(scan->lost, sizeof scan->lost, "%s", what);
}

static bool refuse_algorithm(struct pkcs12_scan *scan, const ASN1_OBJECT *oid)
{
    (void)OBJ_obj2txt(scan->refused, sizeof scan->refused, oid, 0);
    return false;
}

/* The file sets the iteration count of each key derivation. Each count and their sum are bounded,
 * and checked before the key is derived. NULL: the default, 1 (RFC 7292 4). */
static bool charge_iterations(struct pkcs12_scan *scan, const ASN1_INTEGER *iterations)
{
    int64_t count = iterations != NULL ? ASN1_INTEGER_get(iterations) : 1; /* -1: too large */
    int64_t limit = scan->how->max_iterations;

    if (limit == 0)
        limit = DAOTP__MAX_PKCS12_ITERATIONS;
    if (count < 1 || count > limit) {
        (void)snprintf(scan->damage, sizeof scan->damage,
                       "an iteration count that is not between 1 and %d", (int)limit);
        return false;
    }
    scan->iterations += count;
    if (scan->iterations <= DAOTP__MAX_PKCS12_ITERATIONS_ALL)
        return true;
    (void)snprintf(scan->damage, sizeof scan->damage, "more than %d iterations in all",
                   (int)DAOTP__MAX_PKCS12_ITERATIONS_ALL);
    return false;
}

/* PBES2 and PBMAC1 (RFC 8018 A.4, A.5) both begin with the key derivation function. Only PBKDF2 is
 * accepted: the cost of scrypt has other parameters. */
static bool charge_pbkdf2(struct pkcs12_scan *scan, const X509_ALGOR *algorithm)
{
    PBE2PARAM *pbes2 = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter);
    PBKDF2PARAM *pbkdf2 = NULL;
    bool ok;

    if (pbes2 == NULL)
        return false;
    if (OBJ_obj2nid(pbes2->keyfunc->algorithm) == NID_id_pbkdf2)
        pbkdf2 = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), pbes2->keyfunc->parameter);
    else
        (void)refuse_algorithm(scan, pbes2->keyfunc->algorithm);
    ok = pbkdf2 != NULL && charge_iterations(scan, pbkdf2->iter);
    PBKDF2PARAM_free(pbkdf2);
    PBE2PARAM_free(pbes2);
    return ok;
}

static bool charge_pbe(struct pkcs12_scan *scan, const X509_ALGOR *algorithm)
{
    PBEPARAM *pbe = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), algorithm->parameter);
    bool ok = pbe != NULL && charge_iterations(scan, pbe->iter);

    PBEPARAM_free(pbe);
    return ok;
}

/* PBES2 with the ciphers of the default provider; pbeWithSHAAnd3-KeyTripleDES-CBC if allowed. */
static bool accept_cipher(struct pkcs12_scan *scan, const X509_ALGOR *algorithm)
{
    int nid = OBJ_obj2nid(algorithm->algorithm);

    if (nid == NID_pbes2)
        return charge_pbkdf2(scan, algorithm);
    if (nid == NID_pbe_WithSHA1And3_Key_TripleDES_CBC && scan->how->allows_3des)
        return charge_pbe(scan, algorithm);
    return refuse_algorithm(scan, algorithm->algorithm);
}

/* localKeyID (RFC 7292 4.2) connects a certificate with its key. NULL: absent. */
static const ASN1_OCTET_STRING *bag_key_id(const PKCS12_SAFEBAG *bag)
{
    const ASN1_TYPE *id = PKCS12_SAFEBAG_get0_attr(bag, NID_localKeyID);

    return id != NULL && id->type == V_ASN1_OCTET_STRING ? id->value.octet_string : NULL;
}

/* friendlyName (RFC 2985 5.5.1), a BMPString. NULL for none. libcrypto's own conversion to UTF-8 is
 * not used: it takes a character of three octets at the end of the name for no UTF-16. */
static ASN1_STRING *copy_friendly_name(const PKCS12_SAFEBAG *bag)
{
    const ASN1_TYPE *name = PKCS12_SAFEBAG_get0_attr(bag, NID_friendlyName);

    if (name == NULL || name->type != V_ASN1_BMPSTRING)
        return NULL;
    return ASN1_STRING_dup(name->value.bmpstring);
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
    found->name = copy_friendly_name(bag);
    found->id = ASN1_OCTET_STRING_dup(bag_key_id(bag));
    scan->key_count++;
    return true;
}

static bool scan_shrouded_key(struct pkcs12_scan *scan, const PKCS12_SAFEBAG *bag)
{
    PKCS8_PRIV_KEY_INFO *info =
        PKCS12_decrypt_skey(bag, scan->passphrase, (int)scan->how->passphrase.len);
    bool ok = take_found_key(scan, bag, info);

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

/* Keeps the friendlyName and localKeyID of the bag for the certificate that was pushed last. */
static void keep_attributes(struct pkcs12_scan *scan, const PKCS12_SAFEBAG *bag, X509 *certificate)
{
    const ASN1_OCTET_STRING *id = bag_key_id(bag);

    scan->names[sk_X509_num(scan->certificates) - 1] = copy_friendly_name(bag);
    if (id != NULL)
        (void)X509_keyid_set1(certificate, ASN1_STRING_get0_data(id), ASN1_STRING_length(id));
}

static bool scan_certificate(struct pkcs12_scan *scan, const PKCS12_SAFEBAG *bag)
{
    X509 *certificate;

    if (PKCS12_SAFEBAG_get_bag_nid(bag) != NID_x509Certificate) {
        note_lost(scan, "a certificate that is not X.509");
        return true;
    }
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
    keep_attributes(scan, bag, certificate);
    return true;
}

typedef bool bag_step(struct pkcs12_scan *scan, const PKCS12_SAFEBAG *bag);

/* Visits each bag, also in a safeContentsBag (RFC 7292 4.2.6), which may be nested. */
static bool each_bag(struct pkcs12_scan *scan, const STACK_OF(PKCS12_SAFEBAG) * bags,
                     unsigned depth, bag_step *step)
{
    bool ok = true;

    for (int i = 0; ok && i < sk_PKCS12_SAFEBAG_num(bags); i++) {
        const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(bags, i);

        if (PKCS12_SAFEBAG_get_nid(bag) != NID_safeContentsBag)
            ok = step(scan, bag);
        else if (depth > 0)
            ok = each_bag(scan, PKCS12_SAFEBAG_get0_safes(bag), depth - 1, step);
        else
            note_lost(scan, "a bag inside too many others");
    }
    return ok;
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
        note_lost(scan, "a bag that is neither a key nor a certificate");
        return true;
    }
}

static bool accept_bag(struct pkcs12_scan *scan, const PKCS12_SAFEBAG *bag)
{
    const X509_ALGOR *algorithm;

    if (PKCS12_SAFEBAG_get_nid(bag) != NID_pkcs8ShroudedKeyBag)
        return true;
    X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(bag), &algorithm, NULL);
    return accept_cipher(scan, algorithm);
}

/* All bags are accepted before the first key is derived. */
static bool scan_bags(struct pkcs12_scan *scan, const STACK_OF(PKCS12_SAFEBAG) * bags)
{
    return each_bag(scan, bags, DAOTP__MAX_DER_DEPTH, accept_bag) &&
           each_bag(scan, bags, DAOTP__MAX_DER_DEPTH, scan_bag);
}

static bool accept_safe(struct pkcs12_scan *scan, PKCS7 *safe)
{
    if (safe->d.ptr == NULL) /* the content is OPTIONAL (RFC 2315 7) */
        return false;
    if (PKCS7_type_is_data(safe))
        return true;
    return PKCS7_type_is_encrypted(safe) &&
           accept_cipher(scan, safe->d.encrypted->enc_data->algorithm);
}

static bool scan_safe(struct pkcs12_scan *scan, PKCS7 *safe)
{
    STACK_OF(PKCS12_SAFEBAG) *bags =
        PKCS7_type_is_data(safe)
            ? PKCS12_unpack_p7data(safe)
            : PKCS12_unpack_p7encdata(safe, scan->passphrase, (int)scan->how->passphrase.len);
    bool ok = bags != NULL && scan_bags(scan, bags);

    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    return ok;
}

/* All safes are accepted before the first key is derived. */
static bool scan_safes(struct pkcs12_scan *scan, const PKCS12 *p12)
{
    STACK_OF(PKCS7) *safes = PKCS12_unpack_authsafes(p12);
    bool ok = safes != NULL;

    for (int i = 0; ok && i < sk_PKCS7_num(safes); i++)
        ok = accept_safe(scan, sk_PKCS7_value(safes, i));
    for (int i = 0; ok && i < sk_PKCS7_num(safes); i++)
        ok = scan_safe(scan, sk_PKCS7_value(safes, i));
    sk_PKCS7_pop_free(safes, PKCS7_free);
    return ok;
}

/* ---- reading: entries of it ------------------------------------------------------------------ */

/* After a renewal two certificates may have the same key; localKeyID then selects one. */
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

/* The index of the certificate in scan->certificates; -1: none. */
static int find_bag_leaf(const struct pkcs12_scan *scan, const struct found_key *found)
{
    for (int i = 0; i < sk_X509_num(scan->certificates); i++)
        if (is_leaf_of(sk_X509_value(scan->certificates, i), found))
            return i;
    return -1;
}

/* -1 also for a certificate that is its own issuer. */
static int find_bag_issuer(const struct pkcs12_scan *scan, int of)
{
    X509 *issued = sk_X509_value(scan->certificates, of);

    for (int i = 0; i < sk_X509_num(scan->certificates); i++)
        if (X509_check_issued(sk_X509_value(scan->certificates, i), issued) == X509_V_OK)
            return i != of ? i : -1;
    return -1;
}

enum { SHOWN_NAME = 4 * DAOTP__MAX_LABEL }; /* octets of a friendlyName that are read as text */

/* As UTF-8, up to a U+0000, which some programs write at the end. What is no UTF-16 is read as
 * U+FFFD. The octets are kept beside it, so that a write does not change them. */
static bool read_friendly_name(daotp__pkcs12_entry *entry, const ASN1_STRING *name)
{
    const daotp__bytes all = {ASN1_STRING_get0_data(name), (size_t)ASN1_STRING_length(name)};
    const daotp__bytes in = {all.data, all.len < SHOWN_NAME ? all.len : SHOWN_NAME};
    daotp__buffer text;
    size_t at = 0;
    bool ok;

    daotp__buffer_init(&text, 2 * SHOWN_NAME);
    while (at < in.len && text.failed == DAOTP_OK && !daotp__utf16_read(in, true, &text, &at)) {
        daotp__utf8_write(&text, 0xFFFD);
        at += 2;
    }
    ok = text.failed == DAOTP_OK && daotp__text_set(&entry->name, daotp__buffer_string(&text));
    daotp__buffer_free(&text);
    if (ok && entry->name[0] != '\0')
        daotp__buffer_add(&entry->bmp_name, all.data, all.len);
    return ok && entry->bmp_name.failed == DAOTP_OK;
}

/* That of the key, else that of its certificate. */
static daotp__pkcs12_entry *add_named_entry(const struct pkcs12_scan *scan,
                                            const struct found_key *found, int leaf,
                                            daotp__pkcs12 *file)
{
    const ASN1_STRING *name = found->name != NULL ? found->name : scan->names[leaf];
    daotp__pkcs12_entry *entry = daotp__pkcs12_add(file, "");

    if (entry == NULL || name == NULL || read_friendly_name(entry, name))
        return entry;
    return NULL;
}

static daotp_status refuse_pkcs12(const daotp__pkcs12_reading *how, daotp_finding_number number,
                                  const char *found, daotp_report *report)
{
    return daotp__report_add(report, number, 0, how->subject, "%s", found);
}

static daotp_status fill_entry(struct pkcs12_scan *scan, const struct found_key *found, int leaf,
                               daotp__pkcs12 *file, daotp_report *report)
{
    daotp__pkcs12_entry *entry = add_named_entry(scan, found, leaf, file);
    bool ok = entry != NULL && append_private_key(found->key, &entry->key);

    for (int n = 0, at = leaf; ok && at >= 0 && n < DAOTP__MAX_CHAIN; n++) {
        ok = append_certificate(sk_X509_value(scan->certificates, at), &entry->certificates);
        scan->is_used[at] = true;
        at = find_bag_issuer(scan, at);
    }
    if (ok)
        return DAOTP_OK;
    if (entry != NULL &&
        (entry->key.failed == DAOTP_PEER || entry->certificates.failed == DAOTP_PEER))
        return refuse_pkcs12(scan->how, DAOTP_FINDING_STORE_DAMAGED,
                             "an entry whose key or certificates are too large", report);
    return DAOTP_MEMORY;
}

static void note_unused_certificates(struct pkcs12_scan *scan)
{
    for (int i = 0; i < sk_X509_num(scan->certificates); i++)
        if (!scan->is_used[i])
            note_lost(scan, "a certificate that belongs to no key");
}

/* A key without a certificate is no credential. */
static daotp_status collect_entries(struct pkcs12_scan *scan, daotp__pkcs12 *file,
                                    daotp_report *report)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; status == DAOTP_OK && i < scan->key_count; i++) {
        int leaf = find_bag_leaf(scan, &scan->keys[i]);

        if (leaf >= 0)
            status = fill_entry(scan, &scan->keys[i], leaf, file, report);
        else
            note_lost(scan, "a key without a certificate");
    }
    note_unused_certificates(scan);
    memcpy(file->lost, scan->lost, sizeof file->lost);
    return status;
}

static void end_scan(struct pkcs12_scan *scan)
{
    for (size_t i = 0; i < scan->key_count; i++) {
        EVP_PKEY_free(scan->keys[i].key);
        ASN1_STRING_free(scan->keys[i].name);
        ASN1_OCTET_STRING_free(scan->keys[i].id);
    }
    for (int i = 0; i < sk_X509_num(scan->certificates); i++)
        ASN1_STRING_free(scan->names[i]);
    sk_X509_pop_free(scan->certificates, X509_free);
}

static daotp_status refuse_scan(const struct pkcs12_scan *scan, daotp_report *report)
{
    if (scan->refused[0] != '\0')
        return refuse_pkcs12(scan->how, DAOTP_FINDING_STORE_OLD_CIPHER, scan->refused, report);
    return refuse_pkcs12(scan->how, DAOTP_FINDING_STORE_DAMAGED,
                         scan->damage[0] != '\0' ? scan->damage
                                                 : "a bag that cannot be read (RFC 7292 4.2)",
                         report);
}

static bool charge_mac(struct pkcs12_scan *scan, const PKCS12 *p12)
{
    const ASN1_INTEGER *iterations;
    const X509_ALGOR *algorithm;

    PKCS12_get0_mac(NULL, &algorithm, NULL, &iterations, p12);
    if (OBJ_obj2nid(algorithm->algorithm) ==
        NID_pbmac1) /* RFC 9579: the iteration count of MacData is not used */
        return charge_pbkdf2(scan, algorithm);
    return charge_iterations(scan, iterations);
}

/* The empty passphrase has two encodings: no octets at all, and the BMPString of it with the two
 * octets that end one (RFC 7292 B.1). Writers differ, so both are tried. */
static bool verify_pkcs12_mac(struct pkcs12_scan *scan, PKCS12 *p12)
{
    const daotp__bytes given = scan->how->passphrase;

    scan->passphrase = given.len > 0 ? (const char *)given.data : "";
    if (PKCS12_verify_mac(p12, scan->passphrase, (int)given.len) == 1)
        return true;
    scan->passphrase = NULL;
    return given.len == 0 && PKCS12_verify_mac(p12, NULL, 0) == 1;
}

static daotp_status check_pkcs12_mac(struct pkcs12_scan *scan, PKCS12 *p12, daotp_report *report)
{
    const daotp__pkcs12_reading *how = scan->how;

    if (PKCS12_mac_present(p12) != 1)
        return refuse_pkcs12(how, DAOTP_FINDING_STORE_DAMAGED,
                             "macData: it has no MAC (RFC 7292 4)", report);
    if (!charge_mac(scan, p12))
        return refuse_scan(scan, report);
    if (verify_pkcs12_mac(scan, p12))
        return DAOTP_OK;
    return refuse_pkcs12(how, DAOTP_FINDING_STORE_PASSPHRASE,
                         how->passphrase.len > 0
                             ? "its MAC does not verify"
                             : "none was given, and its MAC does not verify under the empty one",
                         report);
}

static daotp_status read_authenticated(struct pkcs12_scan *scan, PKCS12 *p12, daotp__pkcs12 *file,
                                       daotp_report *report)
{
    daotp_status status = check_pkcs12_mac(scan, p12, report);

    if (status != DAOTP_OK)
        return status;
    file->has_empty_passphrase = scan->how->passphrase.len == 0;
    scan->certificates = sk_X509_new_null();
    if (scan->certificates == NULL)
        return DAOTP_MEMORY;
    return scan_safes(scan, p12) ? collect_entries(scan, file, report) : refuse_scan(scan, report);
}

daotp_status daotp__pkcs12_read(daotp__bytes in, const daotp__pkcs12_reading *how,
                                daotp__pkcs12 *file, daotp_report *report)
{
    struct pkcs12_scan scan = {.how = how};
    const unsigned char *at = in.data;
    daotp_status status;
    PKCS12 *p12;

    *file = (daotp__pkcs12){.count = 0};
    (void)ERR_set_mark();
    p12 = in.len <= DAOTP__MAX_FILE ? d2i_PKCS12(NULL, &at, (long)in.len) : NULL;
    if (p12 == NULL || at != in.data + in.len)
        status = refuse_pkcs12(how, DAOTP_FINDING_STORE_DAMAGED,
                               "PFX: not PKCS#12 in DER or BER (RFC 7292 4)", report);
    else
        status = read_authenticated(&scan, p12, file, report);
    end_scan(&scan);
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

/* friendlyName is a BMPString: as it was read, otherwise made from UTF-8. Characters beyond 16 bits
 * are written as UTF-16 surrogates, as Windows does; the conversion of libcrypto refuses them. */
static bool add_friendly_name(PKCS12_SAFEBAG *bag, const daotp__pkcs12_entry *entry)
{
    const daotp__buffer *bmp = &entry->bmp_name;
    unsigned char *text = NULL;
    int len = 0;
    bool ok;

    if (bmp->len > 0)
        return PKCS12_add_friendlyname_uni(bag, bmp->data, (int)bmp->len) == 1;
    ok = OPENSSL_utf82uni(entry->name, (int)strlen(entry->name), &text, &len) != NULL && len >= 2 &&
         PKCS12_add_friendlyname_uni(bag, text, len - 2) == 1; /* without the NUL */
    OPENSSL_free(text);
    return ok;
}

static bool name_bag(PKCS12_SAFEBAG *bag, const daotp__pkcs12_entry *entry, const unsigned char *id,
                     unsigned len)
{
    return bag != NULL && (entry->name[0] == '\0' || add_friendly_name(bag, entry)) &&
           (len == 0 || PKCS12_add_localkeyid(bag, (unsigned char *)(uintptr_t)id, (int)len) == 1);
}

/* The leaf has the friendlyName and the localKeyID of its key; its issuers have neither. */
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
                 name_bag(bag, entry, id, *id_len);
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
    ok = name_bag(bag, entry, id, id_len) && sk_PKCS12_SAFEBAG_push(writing->keys, bag) > 0;
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
