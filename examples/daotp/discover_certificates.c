/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates of the directory, as PEM. */
#include "discovery.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

static bool append_text(pem_text *pem, const char *text, size_t len)
{
    char *grown = realloc(pem->text, pem->len + len + 1);

    if (grown == NULL)
        return false;
    memcpy(grown + pem->len, text, len);
    pem->text = grown;
    pem->len += len;
    pem->text[pem->len] = '\0';
    return true;
}

static void add_pem(pem_text *pem, const unsigned char *der, size_t len)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *text = NULL;
    long text_len;

    if (out == NULL)
        return;
    if (PEM_write_bio(out, PEM_STRING_X509, "", der, (long)len) > 0) {
        text_len = BIO_get_mem_data(out, &text);
        pem->count += text_len > 0 && append_text(pem, text, (size_t)text_len);
    }
    BIO_free(out);
}

/* One that our own reader takes. */
static bool is_certificate(const char *der, size_t len)
{
    daotp_context *context = NULL;
    daotp_trust *trust = NULL;
    bool good = daotp_context_new(&context) == DAOTP_OK &&
                daotp_trust_new(context, &trust) == DAOTP_OK &&
                daotp_trust_add(trust, der, len, NULL) == DAOTP_OK;

    daotp_trust_unref(trust);
    daotp_context_unref(context);
    return good;
}

void discovery_add_certificates(discovery *d, pem_text *pem, const directory_entry *entry)
{
    const char *der;
    size_t len;

    for (size_t i = 0; (der = directory_value(entry, "cACertificate", i, &len)) != NULL; i++)
        if (len > 1 && is_certificate(der, len) && /* an empty list is one zero octet */
            discovery_make_room(d, pem->count, MAX_CERTIFICATES, "certificates of one kind"))
            add_pem(pem, (const unsigned char *)der, len);
}
