/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/trust.h"

#include "core/alloc.h"
#include "core/file.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdatomic.h>

struct daotp_trust {
    atomic_uint references;
    atomic_bool in_use; /* from its first reference on it is immutable */
    daotp_context *context;
    daotp__chain anchors;
    pthread_mutex_t lock; /* of what follows */
    X509_STORE *store;    /* the anchors as libssl wants them, made when first asked for */
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
    daotp__chain_init(&(*trust)->anchors, DAOTP__MAX_ANCHORS);
    return DAOTP_OK;
}

static daotp_status add_named(daotp_trust *trust, daotp__bytes in, const char *name,
                              daotp_report *report)
{
    size_t before = trust->anchors.count;
    daotp_status status;

    if (atomic_load(&trust->in_use))
        return daotp__report_status(report, daotp__report_add(report, DAOTP_FINDING_CALL_ORDER, 0,
                                                              name, "a trust that is in use"));
    status = daotp__chain_read(&trust->anchors, in, name, report);
    if (status != DAOTP_OK) /* all of it, or none */
        daotp__chain_cut(&trust->anchors, before);
    X509_STORE_free(trust->store); /* made of the anchors before */
    trust->store = NULL;
    return daotp__report_status(report, status);
}

daotp_status daotp_trust_add(daotp_trust *trust, const void *bytes, size_t len,
                             daotp_report *report)
{
    if (trust == NULL || bytes == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    return add_named(trust, (daotp__bytes){bytes, len}, "anchors", report);
}

daotp_status daotp_trust_add_file(daotp_trust *trust, const char *path, daotp_report *report)
{
    daotp__buffer file;
    daotp_status status;

    if (trust == NULL || path == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    daotp__buffer_init(&file, DAOTP__MAX_FILE);
    status = daotp__file_read(path, false, &file, report);
    if (status == DAOTP_OK)
        status = add_named(trust, daotp__buffer_bytes(&file), path, report);
    daotp__buffer_free(&file);
    return daotp__report_status(report, status);
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

void daotp_trust_free(daotp_trust *trust)
{
    daotp_context *context;

    if (trust == NULL ||
        atomic_fetch_sub_explicit(&trust->references, 1, memory_order_acq_rel) != 1)
        return;
    context = trust->context;
    X509_STORE_free(trust->store);
    (void)pthread_mutex_destroy(&trust->lock);
    daotp__chain_free(&trust->anchors);
    daotp__delete(trust);
    daotp_context_free(context);
}

static bool add_anchor(X509_STORE *store, daotp__bytes der)
{
    const unsigned char *at = der.data;
    X509 *x509 = d2i_X509(NULL, &at, (long)der.len);
    bool ok = x509 != NULL && X509_STORE_add_cert(store, x509) == 1;

    X509_free(x509);
    return ok;
}

static X509_STORE *make_store(const daotp_trust *trust)
{
    X509_STORE *store = X509_STORE_new();

    (void)ERR_set_mark();
    /* an anchor is an anchor, self-signed or not (RFC 5280 6.1.1 (d)) */
    if (store != NULL)
        (void)X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
    for (size_t i = 0; store != NULL && i < trust->anchors.count; i++)
        if (!add_anchor(store, trust->anchors.list[i])) {
            X509_STORE_free(store);
            store = NULL;
        }
    (void)ERR_pop_to_mark();
    return store;
}

/* libcrypto takes a tenth of a millisecond for each anchor: it is asked once. */
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
