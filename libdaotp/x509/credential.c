/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/credential.h"

#include "core/alloc.h"
#include "core/file.h"
#include "core/hex.h"
#include "x509/name.h"

#include <stdatomic.h>

struct daotp_credential {
    atomic_uint references;
    daotp_context *context;
    daotp__chain chain;
    daotp__certificate leaf;
    daotp_key *key;
    char *upn, *subject, *issuer, *serial;
};

static char *hex_words(daotp__bytes in)
{
    daotp__buffer out;
    char *text;

    daotp__buffer_init(&out, DAOTP__MAX_CERTIFICATE);
    daotp__hex_write(&out, in);
    text = (char *)daotp__buffer_take(&out, NULL);
    daotp__buffer_free(&out);
    return text;
}

static daotp_status describe_leaf(daotp_credential *credential)
{
    daotp__bytes upn = {NULL, 0};

    (void)daotp__certificate_upn(&credential->leaf, &upn); /* no UPN is "" */
    credential->upn = daotp__text_copy_n((const char *)upn.data, upn.len);
    credential->subject = daotp__name_copy_text(credential->leaf.subject);
    credential->issuer = daotp__name_copy_text(credential->leaf.issuer);
    credential->serial = hex_words(credential->leaf.serial);
    return credential->upn != NULL && credential->subject != NULL && credential->issuer != NULL &&
                   credential->serial != NULL
               ? DAOTP_OK
               : DAOTP_MEMORY;
}

static daotp_status check_pair(daotp_credential *credential, daotp_report *report)
{
    if (credential->chain.count == 0)
        return daotp__report_add(report, DAOTP_FINDING_CERT_DER, 0, "credential", "no certificate");
    if (!daotp__certificate_read(credential->chain.list[0], &credential->leaf))
        return DAOTP_INTERNAL; /* the chain holds only readable certificates */
    if (!daotp__bytes_equal(credential->leaf.spki, daotp__key_spki(credential->key)))
        return daotp__report_add(report, DAOTP_FINDING_KEY_MISMATCH, 0, "credential",
                                 "two different public keys");
    return describe_leaf(credential);
}

daotp_status daotp__credential_make(daotp_context *context, daotp__chain *chain, daotp_key *key,
                                    daotp_report *report, daotp_credential **out)
{
    daotp_credential *credential = daotp__new(sizeof *credential);
    daotp_status status;

    if (credential == NULL) {
        daotp__chain_free(chain);
        return daotp__report_status(report, DAOTP_MEMORY);
    }
    atomic_init(&credential->references, 1);
    credential->context = daotp__context_ref(context);
    credential->key = daotp_key_ref(key);
    credential->chain = *chain;
    daotp__chain_init(chain, chain->max);
    status = check_pair(credential, report);
    if (status == DAOTP_OK)
        *out = credential;
    else
        daotp_credential_unref(credential);
    return daotp__report_status(report, status);
}

static daotp_status make_named(daotp_context *context, daotp__bytes certificates, const char *name,
                               daotp_key *key, daotp_report *report, daotp_credential **credential)
{
    daotp__chain chain;
    daotp_status status;

    daotp__chain_init(&chain, DAOTP__MAX_CHAIN);
    status = daotp__chain_read(&chain, certificates, name, report);
    if (status == DAOTP_OK)
        return daotp__credential_make(context, &chain, key, report, credential);
    daotp__chain_free(&chain);
    return daotp__report_status(report, status);
}

daotp_status daotp_credential_new(daotp_context *context, const void *certificates, size_t len,
                                  daotp_key *key, daotp_report *report,
                                  daotp_credential **credential)
{
    daotp__report_enter(report);
    if (credential == NULL)
        return DAOTP_USAGE;
    *credential = NULL;
    if (context == NULL || certificates == NULL || key == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    return make_named(context, (daotp__bytes){certificates, len}, "certificates", key, report,
                      credential);
}

daotp_status daotp_credential_load(daotp_context *context, const char *certificate_path,
                                   const char *key_path, daotp_report *report,
                                   daotp_credential **credential)
{
    daotp_key *key = NULL;
    daotp__buffer file;
    daotp_status status;

    daotp__report_enter(report);
    if (credential == NULL)
        return DAOTP_USAGE;
    *credential = NULL;
    if (context == NULL || certificate_path == NULL || key_path == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    daotp__buffer_init(&file, DAOTP__MAX_FILE);
    status = daotp__file_read(certificate_path, false, &file, report);
    if (status == DAOTP_OK)
        status = daotp_key_load(context, key_path, NULL, 0, report, &key);
    if (status == DAOTP_OK)
        status = make_named(context, daotp__buffer_bytes(&file), certificate_path, key, report,
                            credential);
    daotp_key_unref(key);
    daotp__buffer_free(&file);
    return daotp__report_status(report, status);
}

daotp_credential *daotp_credential_ref(daotp_credential *credential)
{
    if (credential != NULL)
        atomic_fetch_add_explicit(&credential->references, 1, memory_order_relaxed);
    return credential;
}

void daotp_credential_unref(daotp_credential *credential)
{
    daotp_context *context;

    if (credential == NULL ||
        atomic_fetch_sub_explicit(&credential->references, 1, memory_order_acq_rel) != 1)
        return;
    context = credential->context;
    daotp__chain_free(&credential->chain);
    daotp_key_unref(credential->key);
    daotp__delete(credential->upn);
    daotp__delete(credential->subject);
    daotp__delete(credential->issuer);
    daotp__delete(credential->serial);
    daotp__delete(credential);
    daotp_context_unref(context);
}

const daotp__chain *daotp__credential_chain(const daotp_credential *credential)
{
    return &credential->chain;
}

const daotp__certificate *daotp__credential_leaf(const daotp_credential *credential)
{
    return &credential->leaf;
}

daotp_key *daotp_credential_get_key(const daotp_credential *credential)
{
    return credential != NULL ? credential->key : NULL;
}

size_t daotp_credential_get_count(const daotp_credential *credential)
{
    return credential != NULL ? credential->chain.count : 0;
}

const void *daotp_credential_get_certificate(const daotp_credential *credential, size_t index,
                                             size_t *len)
{
    bool there = credential != NULL && index < credential->chain.count;

    if (len != NULL)
        *len = there ? credential->chain.list[index].len : 0;
    return there ? credential->chain.list[index].data : NULL;
}

const char *daotp_credential_get_upn(const daotp_credential *credential)
{
    return credential != NULL ? credential->upn : "";
}

const char *daotp_credential_get_subject(const daotp_credential *credential)
{
    return credential != NULL ? credential->subject : "";
}

const char *daotp_credential_get_issuer(const daotp_credential *credential)
{
    return credential != NULL ? credential->issuer : "";
}

const char *daotp_credential_get_serial(const daotp_credential *credential)
{
    return credential != NULL ? credential->serial : "";
}

int64_t daotp_credential_get_not_before(const daotp_credential *credential)
{
    return credential != NULL ? credential->leaf.not_before : 0;
}

int64_t daotp_credential_get_not_after(const daotp_credential *credential)
{
    return credential != NULL ? credential->leaf.not_after : 0;
}

daotp_status daotp_credential_copy_pem(const daotp_credential *credential, char **pem, size_t *len)
{
    return daotp__chain_copy_pem(credential != NULL ? &credential->chain : NULL, pem, len);
}
