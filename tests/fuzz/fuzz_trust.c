/* SPDX-License-Identifier: BSD-2-Clause */
/* What fills a trust: any bytes as anchors, intermediates and CRLs, from memory and from a file.
 * All of it is taken or none, the report says why, and what was taken can be used. */
#include "fuzz.h"

#include "x509/trust.h"

#include <daotp/verify.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static daotp_context *context;

typedef daotp_status add_fn(daotp_trust *trust, const void *bytes, size_t len,
                            daotp_report *report);

static daotp_trust *new_trust(void)
{
    daotp_trust *trust;

    HOLDS(daotp_trust_new(context, &trust) == DAOTP_OK);
    return trust;
}

/* DER, and no PKCS#7, which begins with an object identifier. */
static bool is_one(daotp__bytes in)
{
    daotp__bytes content;

    return daotp__der_only(in, DAOTP__DER_SEQUENCE, &content) &&
           !daotp__der_peek(&content, DAOTP__DER_OID);
}

static bool is_der(daotp__bytes in)
{
    daotp__bytes content;

    return daotp__der_only(in, DAOTP__DER_SEQUENCE, &content);
}

/* A refusal is one of the documented ones, with a finding; success has none. */
static void check_report(daotp_status status, const daotp_report *report)
{
    HOLDS(status == DAOTP_OK || status == DAOTP_PEER || status == DAOTP_CONFIGURATION);
    HOLDS(daotp_report_get_status(report) == status);
    HOLDS((status == DAOTP_OK) == (daotp_report_get_error(report) == NULL));
}

static size_t count_of(const daotp_trust *trust)
{
    return daotp__trust_anchors(trust)->count + daotp__trust_intermediates(trust)->count +
           daotp__trust_crls(trust)->count;
}

/* Twice: the second time adds as many, and what is refused leaves what was there. */
static daotp_status add_twice(daotp_trust *trust, add_fn *add, daotp__bytes in)
{
    size_t before = count_of(trust), once;
    daotp_report *report;
    daotp_status status;

    HOLDS(daotp_report_new(context, &report) == DAOTP_OK);
    status = add(trust, in.data, in.len, report);
    check_report(status, report);
    once = count_of(trust) - before;
    HOLDS(status == DAOTP_OK ? once > 0 : once == 0);
    HOLDS(!is_one(in) || once <= 1); /* whatever texts stand in it */
    HOLDS(add(trust, in.data, in.len, NULL) == status);
    HOLDS(count_of(trust) == before + 2 * once);
    daotp_report_free(report);
    return status;
}

/* ---- files ----------------------------------------------------------------------------------- */

static int make_file(daotp__bytes in, char *path, size_t size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    HOLDS(fd >= 0 && write(fd, in.data, in.len) == (ssize_t)in.len);
    HOLDS(snprintf(path, size, "/proc/self/fd/%d", fd) < (int)size);
    return fd;
}

/* From a file it is as from memory; an empty one cannot be read. */
static void try_files(daotp__bytes in, daotp_status anchors, daotp_status crls)
{
    daotp_trust *trust = new_trust();
    daotp_status status;
    char path[64];
    int fd = make_file(in, path, sizeof path);

    status = daotp_trust_add_file(trust, path, NULL);
    HOLDS(status == anchors || in.len == 0);
    status = daotp_trust_add_crl_file(trust, path, NULL);
    HOLDS(status == crls || in.len == 0);
    HOLDS((status == DAOTP_OK) == (daotp__trust_crls(trust)->count > 0));
    (void)close(fd);
    daotp_trust_unref(trust);
}

/* ---- using it -------------------------------------------------------------------------------- */

/* OpenSSL may refuse what we take; whatever it says, it is the same each time. */
static void try_store(daotp_trust *trust)
{
    X509_STORE *one = daotp__trust_x509_store(trust), *two = daotp__trust_x509_store(trust);

    HOLDS(one == two);
    X509_STORE_free(one);
    X509_STORE_free(two);
    ERR_clear_error();
}

/* An anchor is no reason to believe itself: it is judged as any other, and all ends in a verdict.
 */
static void try_verifier(daotp_trust *trust, daotp__bytes in)
{
    daotp_verifier *verifier;
    daotp_status status;

    HOLDS(daotp_verifier_new(context, trust, &verifier) == DAOTP_OK);
    HOLDS(daotp_trust_add(trust, in.data, in.len, NULL) == DAOTP_USAGE); /* it is in use */
    HOLDS(daotp_trust_add_crls(trust, in.data, in.len, NULL) == DAOTP_USAGE);
    HOLDS(daotp_verifier_set_time_s(verifier, 1800000000) == DAOTP_OK);
    status = daotp_verifier_verify(verifier, in.data, in.len);
    HOLDS(status == DAOTP_OK || status == DAOTP_REJECTED || status == DAOTP_UNDECIDED ||
          status == DAOTP_PEER || status == DAOTP_CONFIGURATION);
    HOLDS(daotp_report_get_status(daotp_verifier_get_report(verifier)) == status);
    HOLDS(status != DAOTP_OK || daotp_verifier_get_chain_count(verifier) >= 2);
    daotp_verifier_free(verifier);
}

static void try_networks(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    daotp_fetcher *fetcher;
    daotp_status status;

    HOLDS(daotp_fetcher_new(context, &fetcher) == DAOTP_OK);
    status = daotp_fetcher_allow_network(fetcher, text);
    daotp_fetcher_unref(fetcher);
    HOLDS(status == DAOTP_OK || status == DAOTP_USAGE);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__bytes in = {data, size};
    daotp_status anchors, crls;
    daotp_trust *trust;

    if (data == NULL)
        return 0;
    if (context == NULL)
        HOLDS(daotp_context_new(&context) == DAOTP_OK);
    trust = new_trust();
    try_networks(data, size);
    anchors = add_twice(trust, daotp_trust_add, in);
    HOLDS(daotp_trust_get_count(trust) == daotp__trust_anchors(trust)->count);
    HOLDS(add_twice(trust, daotp_trust_add_intermediates, in) == anchors);
    crls = add_twice(trust, daotp_trust_add_crls, in);
    HOLDS(anchors != DAOTP_OK || crls != DAOTP_OK || !is_der(in)); /* it is one or the other */
    try_files(in, anchors, crls);
    try_verifier(trust, in);
    try_store(trust);
    daotp_trust_unref(trust);
    return 0;
}
