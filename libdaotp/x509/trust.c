/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/trust.h"

#include "core/alloc.h"
#include "core/file.h"
#include "x509/crl_file.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct daotp_trust {
    atomic_uint references;
    atomic_bool in_use; /* from its first reference on it is immutable */
    daotp_context *context;
    daotp__nodes anchors, intermediates;
    daotp__crl_list crls;
    pthread_mutex_t lock; /* protects the fields below */
    X509_STORE *store;    /* the anchors for libssl, made at the first use */
};

daotp_status daotp_trust_new(daotp_context *context, daotp_trust **trust)
{
    if (trust == NULL)
        return DAOTP_USAGE;
    *trust = NULL;
    if (context == NULL)
        return DAOTP_USAGE;
    *trust = daotp__new(sizeof **trust);
    if (*trust == NULL)
        return DAOTP_MEMORY;
    atomic_init(&(*trust)->references, 1);
    atomic_init(&(*trust)->in_use, false);
    (void)pthread_mutex_init(&(*trust)->lock, NULL); /* never fails with glibc */
    (*trust)->context = daotp__context_ref(context);
    daotp__nodes_init(&(*trust)->anchors, DAOTP__MAX_ANCHORS);
    daotp__nodes_init(&(*trust)->intermediates, DAOTP__MAX_ANCHORS);
    return DAOTP_OK;
}

/* ---- filling --------------------------------------------------------------------------------- */

static daotp_status may_change(daotp_trust *trust, const char *name, daotp_report *report)
{
    if (!atomic_load(&trust->in_use))
        return DAOTP_OK;
    return daotp__report_add(report, DAOTP_FINDING_CALL_ORDER, 0, name, "a trust that is in use");
}

static daotp_status add_chain(daotp__nodes *nodes, const daotp__chain *chain, bool are_anchors,
                              const char *name, daotp_report *report)
{
    for (size_t i = 0; i < chain->count; i++) {
        daotp_status status = daotp__nodes_add(nodes, chain->list[i], are_anchors);

        if (status == DAOTP_PEER && nodes->count == nodes->max)
            return daotp__report_add(report, DAOTP_FINDING_LIMIT_SIZE, 0, name,
                                     "more than %zu certificates", nodes->max);
        if (status == DAOTP_PEER)
            return daotp__certificate_refuse(chain->list[i], NULL, name, report);
        if (status != DAOTP_OK)
            return status;
    }
    return DAOTP_OK;
}

/* Adds all certificates or none. */
static daotp_status add_certificates(daotp_trust *trust, daotp__nodes *nodes, daotp__bytes in,
                                     const char *name, daotp_report *report)
{
    size_t before = nodes->count;
    daotp_status status = may_change(trust, name, report);
    daotp__chain chain;

    daotp__chain_init(&chain, DAOTP__MAX_ANCHORS);
    chain.are_anchors = nodes == &trust->anchors;
    if (status == DAOTP_OK)
        status = daotp__chain_read(&chain, in, name, report);
    if (status == DAOTP_OK)
        status = add_chain(nodes, &chain, nodes == &trust->anchors, name, report);
    daotp__chain_free(&chain);
    if (status != DAOTP_OK) {
        daotp__nodes_truncate(nodes, before); /* the list of a trust in use must not change */
        return daotp__report_status(report, status);
    }
    X509_STORE_free(trust->store); /* it was made from the anchors before this call */
    trust->store = NULL;
    return DAOTP_OK;
}

daotp_status daotp_trust_add(daotp_trust *trust, const void *bytes, size_t len,
                             daotp_report *report)
{
    daotp__report_enter(report);
    if (trust == NULL || bytes == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    return add_certificates(trust, &trust->anchors, (daotp__bytes){bytes, len}, "anchors", report);
}

daotp_status daotp_trust_add_intermediates(daotp_trust *trust, const void *bytes, size_t len,
                                           daotp_report *report)
{
    daotp__report_enter(report);
    if (trust == NULL || bytes == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    return add_certificates(trust, &trust->intermediates, (daotp__bytes){bytes, len},
                            "intermediates", report);
}

daotp_status daotp_trust_add_file(daotp_trust *trust, const char *path, daotp_report *report)
{
    daotp__buffer file;
    daotp_status status;

    daotp__report_enter(report);
    if (trust == NULL || path == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    daotp__buffer_init(&file, DAOTP__MAX_FILE);
    status = daotp__file_read(path, false, &file, report);
    if (status == DAOTP_OK)
        status = add_certificates(trust, &trust->anchors, daotp__buffer_bytes(&file), path, report);
    daotp__buffer_free(&file);
    return daotp__report_status(report, status);
}

/* Whether the file is meant to hold certificates: by its name (c_rehash names too), or by its first
 * octets. */
static bool is_meant_for_certificates(const char *name, daotp__bytes file)
{
    static const char *const ends[] = {".pem", ".crt", ".cer", ".der", ".p7b", ".p7c", ".0", ".1"};
    static const char word[] = "CERTIFICATE-----";

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (strlen(name) > strlen(ends[i]) &&
            strcasecmp(name + strlen(name) - strlen(ends[i]), ends[i]) == 0)
            return true;
    return (file.len > 0 && file.data[0] == DAOTP__DER_SEQUENCE) ||
           memmem(file.data, file.len, word, sizeof word - 1) != NULL;
}

/* A file is used as a whole or not at all; the finding about it becomes the reason. The other files
 * are used. */
static daotp_status tell_unused_file(const char *path, daotp_report *found, daotp_report *report)
{
    const daotp_finding *error =
        daotp_report_get_error(found); /* both calls accept NULL and return 0 and "" */

    return daotp__report_add(report, DAOTP_FINDING_TRUST_FILE, daotp_finding_get_number(error),
                             path, "%s", daotp_finding_get_found(error));
}

/* A PEM file with a CRL or a key in the folder is no fault; its finding is TRUST-EMPTY. */
static bool is_file_of_others(const daotp_report *found, daotp__bytes file)
{
    return daotp_finding_get_number(daotp_report_get_error(found)) == DAOTP_FINDING_TRUST_EMPTY &&
           daotp__pem_is(file);
}

static daotp_status add_file_of_folder(daotp_trust *trust, const char *path, const char *name,
                                       daotp_report *found, daotp_report *report)
{
    daotp_status status;
    daotp__buffer file;
    daotp__bytes bytes;

    daotp__buffer_init(&file, DAOTP__MAX_FILE);
    status = daotp__file_read(path, false, &file, found);
    bytes = daotp__buffer_bytes(&file);
    if (status == DAOTP_OK)
        status = add_certificates(trust, &trust->anchors, bytes, name, found);
    else if (status != DAOTP_MEMORY)
        status = tell_unused_file(path, found, report);
    if (status != DAOTP_OK && status != DAOTP_MEMORY)
        status = is_meant_for_certificates(name, bytes) && !is_file_of_others(found, bytes)
                     ? tell_unused_file(path, found, report)
                     : DAOTP_OK;
    daotp__buffer_free(&file);
    return status;
}

/* Files that are not meant to hold certificates are skipped. */
static daotp_status add_entry(daotp_trust *trust, const char *folder, const char *name,
                              daotp_report *report)
{
    daotp_status status = DAOTP_OK;
    daotp_report *found;
    daotp__buffer path;
    struct stat st;

    daotp__buffer_init(&path, DAOTP__MAX_PATH_TEXT);
    daotp__buffer_format(&path, "%s/%s", folder, name);
    if (path.failed != DAOTP_OK)
        status = path.failed == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_OK;
    else if (stat(daotp__buffer_string(&path), &st) == 0 && S_ISREG(st.st_mode)) {
        status = daotp_report_new(trust->context, &found);
        if (status == DAOTP_OK)
            status = add_file_of_folder(trust, daotp__buffer_string(&path), name, found, report);
        daotp_report_free(found);
    }
    daotp__buffer_free(&path);
    return status;
}

static daotp_status add_folder(daotp_trust *trust, const char *path, daotp_report *report)
{
    size_t before = trust->anchors.count;
    daotp_status status = DAOTP_OK;
    const struct dirent *entry;
    size_t entries = 0;
    DIR *dir = opendir(path);

    if (dir == NULL)
        return daotp__report_add(report, DAOTP_FINDING_FILE_READ, errno, path, "%s",
                                 strerrordesc_np(errno));
    while (status == DAOTP_OK && (entry = daotp__file_next_entry(dir)) != NULL)
        if (entry->d_name[0] != '.') {
            entries++;
            status = add_entry(trust, path, entry->d_name, report);
        }
    if (status == DAOTP_OK && errno != 0)
        status = daotp__report_add(report, DAOTP_FINDING_FILE_READ, errno, path, "%s",
                                   strerrordesc_np(errno));
    (void)closedir(dir);
    if (status == DAOTP_OK && trust->anchors.count == before)
        return daotp__report_add(report, DAOTP_FINDING_TRUST_EMPTY, 0, path,
                                 "%zu entries, none with a certificate", entries);
    return status;
}

daotp_status daotp_trust_add_directory(daotp_trust *trust, const char *path, daotp_report *report)
{
    daotp_status status;

    daotp__report_enter(report);
    if (trust == NULL || path == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    status = may_change(trust, path, report);
    if (status == DAOTP_OK)
        status = add_folder(trust, path, report);
    return daotp__report_status(report, status);
}

/* The paths of the file with all roots on Linux distributions (Debian; Fedora; SUSE; Alpine). */
daotp_status daotp_trust_add_system(daotp_trust *trust, daotp_report *report)
{
    static const char *const files[] = {"/etc/ssl/certs/ca-certificates.crt",
                                        "/etc/pki/tls/certs/ca-bundle.crt",
                                        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
                                        "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};

    daotp__report_enter(report);
    if (trust == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (access(files[i], R_OK) == 0)
            return daotp_trust_add_file(trust, files[i], report);
    return daotp__report_status(report, daotp__report_add(report, DAOTP_FINDING_FILE_READ, ENOENT,
                                                          files[0], "%s", "no such file"));
}

daotp_status daotp_trust_add_crls(daotp_trust *trust, const void *bytes, size_t len,
                                  daotp_report *report)
{
    daotp_status status;

    daotp__report_enter(report);
    if (trust == NULL || bytes == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    status = may_change(trust, "CRLs", report);
    if (status == DAOTP_OK)
        status = daotp__crl_list_read(&trust->crls, (daotp__bytes){bytes, len}, "CRLs", report);
    return daotp__report_status(report, status);
}

daotp_status daotp_trust_add_crl_file(daotp_trust *trust, const char *path, daotp_report *report)
{
    daotp_status status;

    daotp__report_enter(report);
    if (trust == NULL || path == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    status = may_change(trust, path, report);
    if (status == DAOTP_OK)
        status = daotp__crl_file_open(&trust->crls, path, report);
    return daotp__report_status(report, status);
}

/* ---- reading --------------------------------------------------------------------------------- */

const daotp__nodes *daotp__trust_anchors(const daotp_trust *trust)
{
    return &trust->anchors;
}

const daotp__nodes *daotp__trust_intermediates(const daotp_trust *trust)
{
    return &trust->intermediates;
}

const daotp__crl_list *daotp__trust_crls(const daotp_trust *trust)
{
    return &trust->crls;
}

size_t daotp_trust_get_count(const daotp_trust *trust)
{
    return trust != NULL ? trust->anchors.count : 0;
}

daotp_trust *daotp_trust_ref(daotp_trust *trust)
{
    if (trust != NULL) {
        atomic_store(&trust->in_use, true);
        atomic_fetch_add_explicit(&trust->references, 1, memory_order_relaxed);
    }
    return trust;
}

void daotp_trust_unref(daotp_trust *trust)
{
    daotp_context *context;

    if (trust == NULL ||
        atomic_fetch_sub_explicit(&trust->references, 1, memory_order_acq_rel) != 1)
        return;
    context = trust->context;
    X509_STORE_free(trust->store);
    (void)pthread_mutex_destroy(&trust->lock);
    daotp__nodes_free(&trust->anchors);
    daotp__nodes_free(&trust->intermediates);
    daotp__crl_list_free(&trust->crls);
    daotp__delete(trust);
    daotp_context_unref(context);
}

static bool add_anchor(X509_STORE *store, daotp__bytes der)
{
    const unsigned char *at = der.data;
    X509 *x509 = d2i_X509(NULL, &at, (long)der.len);
    /* an anchor that libcrypto cannot read is left out; our own reader reads it */
    bool ok = x509 == NULL || X509_STORE_add_cert(store, x509) == 1;

    X509_free(x509);
    return ok;
}

static X509_STORE *make_store(const daotp_trust *trust)
{
    X509_STORE *store = X509_STORE_new();

    (void)ERR_set_mark();
    /* an anchor need not be self-signed (RFC 5280 6.1.1 (d)) */
    if (store != NULL)
        (void)X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
    for (size_t i = 0; store != NULL && i < trust->anchors.count; i++)
        if (!add_anchor(store, trust->anchors.list[i]->certificate.der)) {
            X509_STORE_free(store);
            store = NULL;
        }
    (void)ERR_pop_to_mark();
    return store;
}

/* libcrypto needs a tenth of a millisecond for each anchor, so the store is made once. */
X509_STORE *daotp__trust_x509_store(daotp_trust *trust)
{
    X509_STORE *store = NULL;

    (void)pthread_mutex_lock(&trust->lock);
    if (trust->store == NULL)
        trust->store = make_store(trust);
    if (trust->store != NULL && X509_STORE_up_ref(trust->store) == 1)
        store = trust->store;
    (void)pthread_mutex_unlock(&trust->lock);
    return store;
}
