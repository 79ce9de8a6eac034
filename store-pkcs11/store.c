/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkcs11: a store in a token. Each entry has a record: a data object (application "daotp") with a
 * generation number, the CKA_ID of the key, and the certificates in PEM. The token also holds the
 * private key and a certificate object, which other programs find by the same CKA_ID. A token has
 * no transactions, but each object is created and destroyed as a whole. So an entry changes when
 * its new record is created, and the record with the highest generation counts. Objects that a
 * killed writer left are removed with the next change of the label.
 */
#include "key.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS data_class = CKO_DATA, certificate_class = CKO_CERTIFICATE,
                       private_class = CKO_PRIVATE_KEY, public_class = CKO_PUBLIC_KEY;
static CK_CERTIFICATE_TYPE x509_type = CKC_X_509;
static char application[] = "daotp";

#define OF_CLASS(name)                                                                             \
    {                                                                                              \
        CKA_CLASS, &(name), sizeof(name)                                                           \
    }
#define OF_LABEL(label)                                                                            \
    {                                                                                              \
        CKA_LABEL, (void *)(uintptr_t)(label), strlen(label)                                       \
    }
#define OF_US                                                                                      \
    {                                                                                              \
        CKA_APPLICATION, application, sizeof application - 1                                       \
    }

/* ---- records --------------------------------------------------------------------------------- */

typedef struct record {
    CK_OBJECT_HANDLE handle;
    unsigned long generation;
    char id[2 * KEY_ID_LEN + 1];
    char *value; /* the memory that pem points into; freed with the record */
    const char *pem;
} record;

/* "daotp1 GENERATION ID", a line feed, PEM. */
static bool parse_record(char *value, record *out)
{
    static const char prefix[] = "daotp1 ";
    char *at = value + sizeof prefix - 1;

    if (strncmp(value, prefix, sizeof prefix - 1) != 0 || strspn(at, "0123456789") == 0)
        return false; /* strtoul() alone accepts a sign and blanks, too */
    out->generation = strtoul(at, &at, 10);
    if (out->generation ==
        ULONG_MAX) /* the largest generation would leave no number for the next record */
        return false;
    if (*at != ' ' || strspn(at + 1, "0123456789abcdef") != sizeof out->id - 1 ||
        at[sizeof out->id] != '\n')
        return false;
    memcpy(out->id, at + 1, sizeof out->id - 1);
    out->id[sizeof out->id - 1] = '\0';
    out->value = value;
    out->pem = at + sizeof out->id + 1;
    return true;
}

static bool is_later(const record *a, const record *b)
{
    if (a->generation != b->generation)
        return a->generation > b->generation;
    return strcmp(a->id, b->id) >
           0; /* two writers at once made the same generation; all readers choose the same record */
}

static daotp_status read_record(token *self, CK_OBJECT_HANDLE handle, record *best,
                                daotp_report *report)
{
    record one = {.handle = handle};
    unsigned char *value;
    size_t len;
    daotp_status status = object_read(self, handle, CKA_VALUE, &value, &len, report);

    if (status == DAOTP_REJECTED)
        return DAOTP_OK;
    if (status != DAOTP_OK)
        return status;
    if (!parse_record((char *)value, &one) || (best->value != NULL && !is_later(&one, best))) {
        free(value);
        return DAOTP_OK;
    }
    free(best->value);
    *best = one;
    return DAOTP_OK;
}

/* Find the record with the highest generation; DAOTP_REJECTED when there is none. */
static daotp_status find_record(token *self, const char *label, record *best, daotp_report *report)
{
    const CK_ATTRIBUTE wanted[] = {OF_CLASS(data_class), OF_US, OF_LABEL(label)};
    object_list *found = malloc(sizeof *found);
    daotp_status status = DAOTP_MEMORY;

    *best = (record){.handle = 0};
    if (found != NULL)
        status = objects_find(self, wanted, 3, found, report);
    for (size_t i = 0; status == DAOTP_OK && i < found->count; i++)
        status = read_record(self, found->handles[i], best, report);
    free(found);
    if (status == DAOTP_OK && best->value == NULL)
        return DAOTP_REJECTED;
    return status;
}

/* ---- certificates ---------------------------------------------------------------------------- */

static X509 *read_leaf(const void *pem, size_t len)
{
    BIO *bio = BIO_new_mem_buf(pem, (int)len);
    X509 *leaf;

    (void)ERR_set_mark();
    leaf = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    (void)ERR_pop_to_mark();
    BIO_free(bio);
    return leaf;
}

static int write_spki(const X509 *leaf, unsigned char **spki)
{
    *spki = NULL;
    return i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), spki);
}

static void id_to_text(const key_id *id, char text[2 * KEY_ID_LEN + 1])
{
    for (size_t i = 0; i < KEY_ID_LEN; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", id->octets[i]);
}

static bool find_leaf_id(const X509 *leaf, key_id *id)
{
    unsigned char *spki;
    int len = write_spki(leaf, &spki);
    bool ok = len > 0 && key_id_of(spki, (size_t)len, id);

    OPENSSL_free(spki);
    return ok;
}

typedef struct leaf_parts {
    unsigned char *der, *subject, *issuer, *serial;
    int der_len, subject_len, issuer_len, serial_len;
} leaf_parts;

static void free_leaf_parts(leaf_parts *parts)
{
    OPENSSL_free(parts->der);
    OPENSSL_free(parts->subject);
    OPENSSL_free(parts->issuer);
    OPENSSL_free(parts->serial);
}

static bool take_leaf_parts(X509 *leaf, leaf_parts *parts)
{
    *parts = (leaf_parts){.der = NULL};
    parts->der_len = i2d_X509(leaf, &parts->der);
    parts->subject_len = i2d_X509_NAME(X509_get_subject_name(leaf), &parts->subject);
    parts->issuer_len = i2d_X509_NAME(X509_get_issuer_name(leaf), &parts->issuer);
    parts->serial_len = i2d_ASN1_INTEGER(X509_get_serialNumber(leaf), &parts->serial);
    return parts->der_len > 0 && parts->subject_len > 0 && parts->issuer_len > 0 &&
           parts->serial_len > 0;
}

/* Create a certificate object for other programs, for example the PKINIT plug-in. */
static daotp_status create_certificate(token *self, const char *label, const key_id *id, X509 *leaf,
                                       daotp_report *report)
{
    leaf_parts parts;
    daotp_status status = DAOTP_INTERNAL;

    if (take_leaf_parts(leaf, &parts)) {
        const CK_ATTRIBUTE all[] = {OF_CLASS(certificate_class),
                                    {CKA_CERTIFICATE_TYPE, &x509_type, sizeof x509_type},
                                    {CKA_TOKEN, &yes, sizeof yes},
                                    {CKA_PRIVATE, &no, sizeof no},
                                    OF_LABEL(label),
                                    {CKA_ID, (void *)(uintptr_t)id->octets, KEY_ID_LEN},
                                    {CKA_SUBJECT, parts.subject, (CK_ULONG)parts.subject_len},
                                    {CKA_ISSUER, parts.issuer, (CK_ULONG)parts.issuer_len},
                                    {CKA_SERIAL_NUMBER, parts.serial, (CK_ULONG)parts.serial_len},
                                    {CKA_VALUE, parts.der, (CK_ULONG)parts.der_len}};

        status = object_create(self, all, sizeof all / sizeof all[0], report);
    }
    free_leaf_parts(&parts);
    return status;
}

/* ---- put ------------------------------------------------------------------------------------- */

static daotp_status need_key(token *self, const char *label, const key_id *id,
                             const daotp_store_item *item, daotp_report *report)
{
    CK_OBJECT_HANDLE key;
    size_t len;
    const void *pem = daotp_store_item_get_key(item, &len);
    daotp_status status = key_find(self, label, id, &key, report);

    if (status != DAOTP_REJECTED)
        return status;
    if (len > 0)
        return key_import(self, label, id, pem, len, report);
    return daotp_report_add(report, DAOTP_FINDING_STORE_KEY_ABSENT, 0, label, self->subject);
}

static daotp_status create_record(token *self, const char *label, const key_id *id,
                                  unsigned long generation, const daotp_store_item *item,
                                  daotp_report *report)
{
    size_t pem_len;
    const char *pem = daotp_store_item_get_certificates(item, &pem_len);
    char text[2 * KEY_ID_LEN + 1], *value;
    daotp_status status;
    int len;

    id_to_text(id, text);
    len = asprintf(&value, "daotp1 %lu %s\n%.*s", generation, text, (int)pem_len, pem);
    if (len < 0)
        return DAOTP_MEMORY;
    {
        const CK_ATTRIBUTE all[] = {OF_CLASS(data_class),
                                    {CKA_TOKEN, &yes, sizeof yes},
                                    {CKA_PRIVATE, &no, sizeof no},
                                    OF_US,
                                    OF_LABEL(label),
                                    {CKA_VALUE, value, (CK_ULONG)len}};

        status = object_create(self, all, sizeof all / sizeof all[0], report);
    }
    free(value);
    return status;
}

/* Whether an object has the CKA_ID of the entry's current key. */
static bool has_id(token *self, CK_OBJECT_HANDLE object, const char *id)
{
    unsigned char *value;
    char text[2 * KEY_ID_LEN + 1] = "";
    size_t len;

    if (object_read(self, object, CKA_ID, &value, &len, NULL) != DAOTP_OK)
        return false;
    if (len == KEY_ID_LEN)
        id_to_text((const key_id *)(const void *)value, text);
    free(value);
    return *text != '\0' && strcmp(text, id) == 0;
}

/* Destroy the objects of a class with this label, except those with the id; id NULL: all of
 * them. */
static daotp_status destroy_others(token *self, CK_OBJECT_CLASS class, const char *label,
                                   const char *id, daotp_report *report)
{
    const CK_ATTRIBUTE wanted[] = {OF_CLASS(class), OF_LABEL(label)};
    object_list *found = malloc(sizeof *found);
    daotp_status status = DAOTP_MEMORY;

    if (found != NULL)
        status = objects_find(self, wanted, 2, found, report);
    for (size_t i = 0; status == DAOTP_OK && i < found->count; i++)
        if (id == NULL || !has_id(self, found->handles[i], id))
            status = object_destroy(self, found->handles[i], report);
    free(found);
    return status;
}

/* Destroy the private and public keys with this label, except those with the id; id NULL: all of
 * them. */
static daotp_status destroy_other_keys(token *self, const char *label, const char *id,
                                       daotp_report *report)
{
    daotp_status status = destroy_others(self, private_class, label, id, report);

    return status == DAOTP_OK ? destroy_others(self, public_class, label, id, report) : status;
}

static daotp_status destroy_records(token *self, const char *label, CK_OBJECT_HANDLE but,
                                    daotp_report *report)
{
    const CK_ATTRIBUTE wanted[] = {OF_CLASS(data_class), OF_US, OF_LABEL(label)};
    object_list *found = malloc(sizeof *found);
    daotp_status status = DAOTP_MEMORY;

    if (found != NULL)
        status = objects_find(self, wanted, 3, found, report);
    for (size_t i = 0; status == DAOTP_OK && i < found->count; i++)
        if (found->handles[i] != but)
            status = object_destroy(self, found->handles[i], report);
    free(found);
    return status;
}

/* Destroy what the new record has replaced. Keys are destroyed last, so that no record is
 * without its key. */
static daotp_status sweep_label(token *self, const char *label, daotp_report *report)
{
    record now;
    daotp_status status = find_record(self, label, &now, report);

    if (status == DAOTP_OK)
        status = destroy_records(self, label, now.handle, report);
    if (status == DAOTP_OK)
        status = destroy_others(self, certificate_class, label, now.id, report);
    if (status == DAOTP_OK)
        status = destroy_other_keys(self, label, now.id, report);
    free(now.value);
    return status;
}

/* Destroy earlier certificates of this key: PKINIT needs exactly one certificate for a CKA_ID. */
static daotp_status destroy_certificates_of(token *self, const char *label, const key_id *id,
                                            daotp_report *report)
{
    const CK_ATTRIBUTE wanted[] = {OF_CLASS(certificate_class),
                                   OF_LABEL(label),
                                   {CKA_ID, (void *)(uintptr_t)id->octets, KEY_ID_LEN}};

    return objects_destroy(self, wanted, 3, report);
}

static daotp_status put_leaf(token *self, const char *label, X509 *leaf,
                             const daotp_store_item *item, daotp_report *report)
{
    record old;
    key_id id;
    daotp_status status;

    if (!find_leaf_id(leaf, &id))
        return DAOTP_INTERNAL;
    status = need_key(self, label, &id, item, report);
    if (status != DAOTP_OK)
        return status;
    status = find_record(self, label, &old, report);
    if (status == DAOTP_OK || status == DAOTP_REJECTED)
        status = create_record(self, label, &id, old.generation + 1, item, report);
    free(old.value);
    if (status == DAOTP_OK)
        status = destroy_certificates_of(self, label, &id, report);
    if (status == DAOTP_OK)
        status = create_certificate(self, label, &id, leaf, report);
    return status == DAOTP_OK ? sweep_label(self, label, report) : status;
}

static daotp_status pkcs11_put(void *given, const char *label, const daotp_store_item *item,
                               daotp_report *report)
{
    token *self = given;
    size_t len;
    const void *pem = daotp_store_item_get_certificates(item, &len);
    X509 *leaf = read_leaf(pem, len);
    daotp_status status = leaf != NULL ? token_begin(self, true, report) : DAOTP_INTERNAL;

    if (status == DAOTP_OK) {
        status = put_leaf(self, label, leaf, item, report);
        token_end(self);
    }
    X509_free(leaf);
    return status;
}

/* ---- get, list, remove ----------------------------------------------------------------------- */

static daotp_status give_key(token *self, const char *label, const X509 *leaf,
                             daotp_store_item *item, daotp_report *report)
{
    daotp_key *key = NULL;
    unsigned char *spki;
    int len = write_spki(leaf, &spki);
    daotp_status status = DAOTP_INTERNAL;

    if (len > 0)
        status = key_reference(self, label, spki, (size_t)len, report, &key);
    if (status == DAOTP_OK)
        status = daotp_store_item_set_held_key(item, key);
    daotp_key_unref(key);
    OPENSSL_free(spki);
    return status;
}

/* The lock is held only while the token is read. */
static daotp_status read_entry(token *self, const char *label, record *entry, daotp_report *report)
{
    CK_OBJECT_HANDLE key;
    daotp_status status = token_begin(self, true, report);
    key_id id;
    X509 *leaf;

    if (status != DAOTP_OK)
        return status;
    status = find_record(self, label, entry, report);
    leaf = status == DAOTP_OK ? read_leaf(entry->pem, strlen(entry->pem)) : NULL;
    if (leaf != NULL && find_leaf_id(leaf, &id)) {
        status = key_find(self, label, &id, &key, report);
        if (status == DAOTP_REJECTED)
            status =
                daotp_report_add(report, DAOTP_FINDING_STORE_KEY_ABSENT, 0, label, self->subject);
    }
    X509_free(leaf);
    token_end(self);
    return status;
}

static daotp_status pkcs11_get(void *given, const char *label, daotp_store_item *item,
                               daotp_report *report)
{
    token *self = given;
    record entry = {.handle = 0};
    daotp_status status = read_entry(self, label, &entry, report);
    X509 *leaf = NULL;

    if (status == DAOTP_OK)
        status = daotp_store_item_set(item, entry.pem, strlen(entry.pem), NULL, 0);
    if (status == DAOTP_OK)
        leaf = read_leaf(entry.pem, strlen(entry.pem));
    if (leaf != NULL)
        status = give_key(self, label, leaf, item, report);
    X509_free(leaf);
    free(entry.value);
    return status;
}

static int compare_labels(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

typedef struct label_list {
    char *labels[MAX_OBJECTS];
    size_t count;
} label_list;

static daotp_status read_labels(token *self, const object_list *found, label_list *labels,
                                daotp_report *report)
{
    daotp_status status = DAOTP_OK;

    labels->count = 0;
    for (size_t i = 0; status == DAOTP_OK && i < found->count; i++) {
        unsigned char *label;
        size_t len;

        status = object_read(self, found->handles[i], CKA_LABEL, &label, &len, report);
        if (status == DAOTP_OK)
            labels->labels[labels->count++] = (char *)label;
        else if (status == DAOTP_REJECTED)
            status = DAOTP_OK;
    }
    return status;
}

/* Call the function once for each label; a label may have two records if a writer was killed. */
static daotp_status tell_labels(label_list *labels, daotp_store_label_fn tell, void *user)
{
    daotp_status status = DAOTP_OK;

    qsort(labels->labels, labels->count, sizeof labels->labels[0], compare_labels);
    for (size_t i = 0; status == DAOTP_OK && i < labels->count; i++)
        if (i == 0 || strcmp(labels->labels[i - 1], labels->labels[i]) != 0)
            status = tell(user, labels->labels[i]);
    return status;
}

static daotp_status find_labels(token *self, object_list *found, label_list *labels,
                                daotp_report *report)
{
    const CK_ATTRIBUTE wanted[] = {OF_CLASS(data_class), OF_US};
    daotp_status status = token_begin(self, true, report);

    if (status != DAOTP_OK)
        return status;
    status = objects_find(self, wanted, 2, found, report);
    if (status == DAOTP_OK)
        status = read_labels(self, found, labels, report);
    token_end(self);
    return status;
}

static daotp_status pkcs11_list(void *given, daotp_store_label_fn tell, void *user,
                                daotp_report *report)
{
    object_list *found = malloc(sizeof *found);
    label_list *labels = calloc(1, sizeof *labels);
    daotp_status status = DAOTP_MEMORY;

    if (found != NULL && labels != NULL)
        status = find_labels(given, found, labels, report);
    if (status == DAOTP_OK)
        status = tell_labels(labels, tell, user);
    for (size_t i = 0; labels != NULL && i < labels->count; i++)
        free(labels->labels[i]);
    free(labels);
    free(found);
    return status;
}

static daotp_status remove_entry(token *self, const char *label, daotp_report *report)
{
    record now;
    daotp_status status = find_record(self, label, &now, report);

    free(now.value);
    if (status == DAOTP_OK) /* older records first: after the newest one is destroyed, an older one
                               would count */
        status = destroy_records(self, label, now.handle, report);
    if (status == DAOTP_OK)
        status = object_destroy(self, now.handle, report);
    if (status == DAOTP_OK)
        status = destroy_others(self, certificate_class, label, NULL, report);
    if (status == DAOTP_OK)
        status = destroy_other_keys(self, label, NULL, report);
    return status;
}

static daotp_status pkcs11_remove(void *given, const char *label, daotp_report *report)
{
    token *self = given;
    daotp_status status = token_begin(self, true, report);

    if (status != DAOTP_OK)
        return status;
    status = remove_entry(self, label, report);
    token_end(self);
    return status;
}

/* Check, before a code is used, that the token is present and accepts the PIN. */
static daotp_status pkcs11_check(void *given, const char *label, daotp_report *report)
{
    token *self = given;
    daotp_status status = token_begin(self, true, report);

    (void)label;
    if (status == DAOTP_OK)
        token_end(self);
    return status;
}

/* Destroy a key with this label that belongs to no record: it was made for an enrolment that did
 * not finish. */
static daotp_status sweep_pending(token *self, const char *label, daotp_report *report)
{
    record now;
    daotp_status status = find_record(self, label, &now, report);

    free(now.value);
    if (status == DAOTP_OK || status == DAOTP_REJECTED)
        status = destroy_other_keys(self, label, now.id, report);
    return status;
}

static daotp_status pkcs11_make_key(void *given, const char *label, daotp_key_kind kind,
                                    daotp_report *report, daotp_key **key)
{
    token *self = given;
    unsigned char *spki = NULL;
    size_t len = 0;
    daotp_status status = token_begin(self, true, report);

    if (status != DAOTP_OK)
        return status;
    status = sweep_pending(self, label, report);
    if (status == DAOTP_OK)
        status = key_make(self, label, kind, &spki, &len, report);
    token_end(self);
    if (status == DAOTP_OK)
        status = key_reference(self, label, spki, len, report, key);
    free(spki);
    return status;
}

static void free_pkcs11_store(void *given)
{
    token_unref(given);
}

static daotp_status open_pkcs11(daotp_context *context, const char *uri, daotp_report *report,
                                daotp_store **store)
{
    static const daotp_store_backend backend = {
        .size = sizeof backend,
        .put = pkcs11_put,
        .get = pkcs11_get,
        .remove = pkcs11_remove,
        .list = pkcs11_list,
        .free = free_pkcs11_store,
        .check = pkcs11_check,
        .abilities = DAOTP_STORE_IS_DURABLE | DAOTP_STORE_IS_SHARED | DAOTP_STORE_TAKES_KEYS |
                     DAOTP_STORE_MAKES_KEYS | DAOTP_STORE_ASKS_SECRET,
        .make_key = pkcs11_make_key};
    token *self;
    daotp_status status = token_open(context, uri, report, &self);

    return status == DAOTP_OK ? daotp_store_new(context, &backend, self, store) : status;
}

DAOTP_API const daotp_store_plugin *daotp_store_plugin_get(void);

const daotp_store_plugin *daotp_store_plugin_get(void)
{
    static const daotp_store_plugin plugin = {.size = sizeof plugin,
                                              .version = DAOTP_STORE_PLUGIN_VERSION,
                                              .scheme = "pkcs11",
                                              .open = open_pkcs11};

    return &plugin;
}
