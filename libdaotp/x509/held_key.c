/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/held_key.h"

#include "core/alloc.h"
#include "core/extension.h"
#include "x509/key_provider.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct daotp__held_key {
    daotp_context *context; /* borrowed: the daotp_key that owns this has a reference */
    daotp_key_backend backend;
    void *self;
    size_t signature_len;
    pthread_mutex_t lock; /* protects the fields below; not held while the backend signs */
    daotp__provided_key provided;
    bool is_made;
    struct {
        daotp_status status;         /* the result of the last signature */
        daotp_finding_number number; /* NONE: it succeeded, or failed without a finding */
        int64_t upstream;
        char subject[128], found[256];
    } failure;
};

/* The size of the table in its first published version. */
enum { FIRST_KEY_TABLE = offsetof(daotp_key_backend, lend) };

static bool is_complete_key_backend(const daotp_key_backend *backend)
{
    return backend != NULL && backend->size >= FIRST_KEY_TABLE && backend->sign != NULL &&
           backend->free != NULL;
}

daotp_status daotp__held_key_new(daotp_context *context, const daotp_key_backend *backend,
                                 void *self, daotp__held_key **held)
{
    void (*end)(void *self) = is_complete_key_backend(backend) ? backend->free : NULL;
    void *object;
    daotp_status status =
        daotp__extension_new(held != NULL ? context : NULL, end, self, sizeof **held, &object);

    if (status != DAOTP_OK || held == NULL)
        return status;
    *held = object;
    (*held)->context = context;
    (*held)->self = self;
    daotp__extension_copy(&(*held)->backend, sizeof(*held)->backend, backend, backend->size);
    if (pthread_mutex_init(&(*held)->lock, NULL) == 0)
        return DAOTP_OK;
    (*held)->backend.free(self);
    daotp__delete(*held);
    *held = NULL;
    return DAOTP_MEMORY;
}

void daotp__held_key_set_signature_len(daotp__held_key *held, size_t len)
{
    held->signature_len = len;
}

void daotp__held_key_free(daotp__held_key *held)
{
    if (held == NULL)
        return;
    daotp__provided_key_free(&held->provided);
    held->backend.free(held->self);
    (void)pthread_mutex_destroy(&held->lock);
    daotp__delete(held);
}

/* ---- signatures ------------------------------------------------------------------------------ */

static void keep_failure(daotp__held_key *held, daotp_status status, const daotp_finding *error)
{
    (void)pthread_mutex_lock(&held->lock);
    held->failure.status = status;
    held->failure.number = daotp_finding_get_number(error);
    held->failure.upstream = daotp_finding_get_upstream(error);
    (void)snprintf(held->failure.subject, sizeof held->failure.subject, "%s",
                   daotp_finding_get_subject(error));
    (void)snprintf(held->failure.found, sizeof held->failure.found, "%s",
                   daotp_finding_get_found(error));
    (void)pthread_mutex_unlock(&held->lock);
}

static daotp_status report_held_signature(daotp__held_key *held, daotp_status answer,
                                          size_t findings, daotp_report *report)
{
    daotp_status status = daotp__extension_answer(report, findings, answer,
                                                  DAOTP_FINDING_KEY_UNEXPLAINED, "private key");

    keep_failure(held, status, status != DAOTP_OK ? daotp_report_get_error(report) : NULL);
    return status;
}

daotp_status daotp__held_key_sign(daotp__held_key *held, daotp_signature_scheme scheme,
                                  daotp__bytes input, uint8_t *signature, size_t room, size_t *len,
                                  daotp_report *report)
{
    size_t findings = daotp_report_get_count(report);
    daotp_status status;

    *len = 0;
    status =
        held->backend.sign(held->self, scheme, input.data, input.len, signature, room, len, report);
    if (status == DAOTP_OK && *len != held->signature_len)
        status = DAOTP_INTERNAL; /* no key has such a long signature: callers have no more room */
    return report_held_signature(held, status, findings, report);
}

/* For libssl, which has no report. */
static bool sign_without_report(void *user, daotp_signature_scheme scheme, daotp__bytes input,
                                uint8_t *signature, size_t room, size_t *len)
{
    daotp__held_key *held = user;
    daotp_report *report;
    daotp_status status = daotp_report_new(held->context, &report);

    if (status == DAOTP_OK)
        status = daotp__held_key_sign(held, scheme, input, signature, room, len, report);
    daotp_report_free(report);
    return status == DAOTP_OK;
}

static bool provide_key(daotp__held_key *held, daotp__bytes spki)
{
    const unsigned char *at = spki.data;
    EVP_PKEY *public;

    if (held->is_made)
        return true;
    daotp__provided_key_free(&held->provided); /* left from an attempt that failed */
    held->provided = (daotp__provided_key){.pkey = NULL};
    (void)ERR_set_mark();
    public = d2i_PUBKEY(NULL, &at, (long)spki.len);
    held->is_made = public != NULL &&
                    daotp__provided_key_init(&held->provided, public, sign_without_report, held);
    (void)ERR_pop_to_mark();
    return held->is_made;
}

EVP_PKEY *daotp__held_key_pkey(daotp__held_key *held, daotp__bytes spki)
{
    bool made;

    (void)pthread_mutex_lock(&held->lock);
    made = provide_key(held, spki);
    (void)pthread_mutex_unlock(&held->lock);
    return made ? held->provided.pkey : NULL;
}

daotp_status daotp__held_key_explain(daotp__held_key *held, daotp_status status,
                                     daotp_report *report)
{
    (void)pthread_mutex_lock(&held->lock);
    if (held->failure.number != DAOTP_FINDING_NONE)
        status = daotp__report_add(report, held->failure.number, held->failure.upstream,
                                   held->failure.subject, "%s", held->failure.found);
    else if (held->failure.status != DAOTP_OK) /* cancelled, or out of memory */
        status = held->failure.status;
    held->failure.status = DAOTP_OK;
    held->failure.number = DAOTP_FINDING_NONE;
    (void)pthread_mutex_unlock(&held->lock);
    return status;
}

daotp_status daotp__held_key_lend(daotp__held_key *held, char *identity, size_t room,
                                  daotp_report *report)
{
    size_t findings = daotp_report_get_count(report);
    daotp_status status;

    if (held->backend.lend == NULL)
        return daotp__report_add(report, DAOTP_FINDING_LOGON_HELD_KEY, 0, "private key",
                                 "a key that libkrb5 cannot reach");
    identity[0] = '\0';
    status = held->backend.lend(held->self, identity, room, report);
    identity[room - 1] = '\0';
    if (status == DAOTP_OK && identity[0] == '\0')
        status = DAOTP_INTERNAL;
    return daotp__extension_answer(report, findings, status, DAOTP_FINDING_KEY_UNEXPLAINED,
                                   "private key");
}
