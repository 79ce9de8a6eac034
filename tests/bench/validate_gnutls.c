/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GnuTLS: a trust list with the anchor and the CRLs, each verified once, before it is added; the
 * list itself would verify only those of anchors.
 */
#include "validate_measure.h"

#include "crl_measure.h"

#include <gnutls/x509.h>

struct trust {
    gnutls_x509_trust_list_t list;
    gnutls_x509_crt_t ca, leaves[VALIDATE_LEAVES + 1];
};

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

static void add_crl(gnutls_x509_trust_list_t list, gnutls_x509_crt_t issuer, const char *path)
{
    struct chain_der mapped = crl_map(path);
    const gnutls_datum_t datum = {mapped.data, (unsigned)mapped.len};
    unsigned status = ~0u;
    gnutls_x509_crl_t crl;

    must(gnutls_x509_crl_init(&crl), "make a CRL");
    must(gnutls_x509_crl_import(crl, &datum, GNUTLS_X509_FMT_DER), "read a CRL");
    must(gnutls_x509_crl_verify(crl, &issuer, 1, 0, &status), "check a CRL");
    if (status != 0 || gnutls_x509_trust_list_add_crls(list, &crl, 1, 0, 0) != 1)
        apart_give_up("GnuTLS: a CRL was not taken");
    crl_unmap(mapped);
}

static bool judge(void *state, int leaf)
{
    struct trust *trust = state;
    gnutls_x509_crt_t chain[2] = {trust->leaves[leaf], trust->ca};
    unsigned status = ~0u;

    must(gnutls_x509_trust_list_verify_crt(trust->list, chain, 2, 0, &status, NULL), "judge");
    return status == 0;
}

static void measure(const struct validate_task *task, struct validate_figures *figures)
{
    gnutls_x509_crt_t anchors[2] = {import(task->chain->root.der), NULL};
    struct trust trust = {.ca = import(task->chain->ca.der)};

    must(gnutls_x509_trust_list_init(&trust.list, 0), "make a trust list");
    must(gnutls_x509_trust_list_add_cas(trust.list, anchors, 1, 0), "add the anchor");
    if (task->variant != VALIDATE_NO_CRLS) {
        add_crl(trust.list, anchors[0], task->root_crl);
        add_crl(trust.list, trust.ca, task->ca_crl);
    }
    for (int leaf = 0; leaf <= VALIDATE_LEAVES; leaf++)
        trust.leaves[leaf] = import(validate_leaf(task, leaf));
    validate_run(task, judge, &trust, figures);
}

const validate_fn validate_gnutls = measure;
