/* SPDX-License-Identifier: BSD-2-Clause */
/* GnuTLS: its import is quadratic, and each check walks the list. */
#include "crl_measure.h"

#include <gnutls/x509.h>

enum { CHECKS = 10 };

static void must(int code, const char *what)
{
    if (code < 0)
        apart_give_up("GnuTLS: cannot %s: %s", what, gnutls_strerror(code));
}

static gnutls_x509_crt_t import(struct chain_der der)
{
    const gnutls_datum_t datum = {der.data, (unsigned)der.len};
    gnutls_x509_crt_t certificate;

    must(gnutls_x509_crt_init(&certificate), "make a certificate");
    must(gnutls_x509_crt_import(certificate, &datum, GNUTLS_X509_FMT_DER), "read a certificate");
    return certificate;
}

/* A certificate is what it looks up, so it is the same one again and again. */
static void look_up(const struct crl_task *task, gnutls_x509_crt_t leaf, gnutls_x509_crl_t crl,
                    struct crl_figures *figures)
{
    double from = apart_wall(), took;

    for (int i = 0; i < CHECKS; i++)
        must(gnutls_x509_crt_check_revocation(leaf, &crl, 1), "look up");
    took = (apart_wall() - from) / CHECKS * 1e9;
    if (task->is_listed)
        figures->hit_ns = took;
    else
        figures->miss_ns = took;
}

static void measure(const struct crl_task *task, struct crl_figures *figures)
{
    gnutls_x509_crt_t root = import(task->chain->root.der), leaf = import(task->leaf);
    struct apart_memory before = apart_memory();
    double from = apart_wall(), read, checked, found;
    struct chain_der mapped = crl_map(task->path);
    const gnutls_datum_t datum = {mapped.data, (unsigned)mapped.len};
    gnutls_x509_crl_t crl;
    unsigned status = ~0u;
    int is_listed;

    must(gnutls_x509_crl_init(&crl), "make a CRL");
    must(gnutls_x509_crl_import(crl, &datum, GNUTLS_X509_FMT_DER), "read the CRL");
    read = apart_wall();
    must(gnutls_x509_crl_verify(crl, &root, 1, 0, &status), "check the CRL");
    checked = apart_wall();
    is_listed = gnutls_x509_crt_check_revocation(leaf, &crl, 1);
    found = apart_wall();
    if (status != 0 || is_listed != (int)task->is_listed)
        apart_give_up("GnuTLS: a wrong answer (%d, status %#x)", is_listed, status);
    crl_figures_init(figures);
    figures->read = read - from;
    figures->check = checked - read;
    figures->first = found - checked;
    figures->total = found - from;
    crl_note_first(figures, &before);
    crl_note_index(figures, &before);
    look_up(task, leaf, crl, figures);
    gnutls_x509_crl_deinit(crl);
    gnutls_x509_crt_deinit(root);
    gnutls_x509_crt_deinit(leaf);
    crl_unmap(mapped);
}

const crl_fn crl_gnutls = measure;
