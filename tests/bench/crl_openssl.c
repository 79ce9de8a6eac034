/* SPDX-License-Identifier: BSD-2-Clause */
/* libcrypto's own objects: read, check, look up; the first look-up sorts. */
#include "crl_measure.h"

#include <openssl/x509.h>

static bool look_up(void *state, const struct crl_serial *serial)
{
    ASN1_INTEGER number = {
        .length = serial->len, .type = V_ASN1_INTEGER, .data = (uint8_t *)serial->bytes};
    X509_REVOKED *found = NULL;

    return X509_CRL_get0_by_serial(state, &found, &number) == 1;
}

static void release(X509_CRL *crl, struct crl_figures *figures)
{
    double from = apart_wall();

    X509_CRL_free(crl);
    figures->release = apart_wall() - from;
}

void crl_openssl(const struct crl_task *task, struct crl_figures *figures)
{
    struct apart_memory before = apart_memory();
    double from = apart_wall(), read, checked, found;
    struct chain_der mapped = crl_map(task->path);
    const uint8_t *at = mapped.data;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)mapped.len);
    bool is_good, is_listed;

    read = apart_wall();
    is_good = crl != NULL && X509_CRL_verify(crl, X509_get0_pubkey(task->chain->root.x509)) == 1;
    checked = apart_wall();
    is_listed = is_good && look_up(crl, &task->serial);
    found = apart_wall();
    if (!is_good || is_listed != task->is_listed)
        apart_give_up("OpenSSL: a wrong answer");
    crl_figures_init(figures);
    figures->read = read - from;
    figures->check = checked - read;
    figures->first = found - checked;
    figures->total = found - from;
    crl_note_first(figures, &before);
    crl_note_index(figures, &before);
    crl_look_up(task, look_up, crl, figures);
    release(crl, figures);
    crl_unmap(mapped);
}
