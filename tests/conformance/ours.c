/* SPDX-License-Identifier: BSD-2-Clause */
/* What more must be known of our verdict: the path that we took, and what we could not read. */
#include "difference.h"

#include <openssl/x509_vfy.h>

#include <stdlib.h>

typedef daotp_status add_fn(daotp_trust *trust, const void *bytes, size_t len,
                            daotp_report *report);

static bool reads(daotp_context *context, add_fn *add, const struct chunks *chunks)
{
    daotp_trust *trust;
    bool all = true;

    if (daotp_trust_new(context, &trust) != DAOTP_OK)
        suite_give_up("out of memory");
    for (size_t i = 0; i < chunks->count; i++)
        all = all && add(trust, chunks->list[i].bytes, chunks->list[i].len, NULL) == DAOTP_OK;
    daotp_trust_unref(trust);
    return all;
}

bool ours_reads_all(daotp_context *context, const struct suite_case *one)
{
    return reads(context, daotp_trust_add, &one->anchors) &&
           reads(context, daotp_trust_add, &one->intermediates) &&
           reads(context, daotp_trust_add_crls, &one->crls);
}

/* ---- the path -------------------------------------------------------------------------------- */

static daotp_verifier *make_verifier(daotp_context *context, const struct suite_case *one)
{
    daotp_verifier *verifier;
    daotp_trust *trust;

    if (daotp_trust_new(context, &trust) != DAOTP_OK)
        suite_give_up("out of memory");
    for (size_t i = 0; i < one->anchors.count; i++)
        (void)daotp_trust_add(trust, one->anchors.list[i].bytes, one->anchors.list[i].len, NULL);
    if (daotp_verifier_new(context, trust, &verifier) != DAOTP_OK)
        suite_give_up("out of memory");
    daotp_trust_unref(trust);
    return verifier;
}

static void set(daotp_verifier *verifier, const struct suite_case *one)
{
    (void)daotp_verifier_set_rules(verifier, DAOTP_RULES_PATH);
    (void)daotp_verifier_set_revocation(verifier, one->revocation);
    if (one->at != INT64_MIN) /* now */
        (void)daotp_verifier_set_time_s(verifier, one->at);
    if (one->max_depth >= 0)
        (void)daotp_verifier_set_max_depth(verifier, (unsigned)one->max_depth);
    (void)daotp_verifier_set_flag(verifier, DAOTP_VERIFY_EXPLICIT_POLICY, one->explicit_policy);
    (void)daotp_verifier_set_flag(verifier, DAOTP_VERIFY_INHIBIT_MAPPING, one->inhibit_mapping);
    (void)daotp_verifier_set_flag(verifier, DAOTP_VERIFY_INHIBIT_ANY_POLICY,
                                  one->inhibit_any_policy);
    for (size_t i = 0; i < one->policies.count; i++)
        (void)daotp_verifier_add_policy(verifier, one->policies.list[i]);
    for (size_t i = 0; i < one->intermediates.count; i++)
        (void)daotp_verifier_add_intermediates(verifier, one->intermediates.list[i].bytes,
                                               one->intermediates.list[i].len);
    for (size_t i = 0; i < one->crls.count; i++)
        (void)daotp_verifier_add_crls(verifier, one->crls.list[i].bytes, one->crls.list[i].len);
}

static bool links_hold(const daotp_verifier *verifier)
{
    size_t count = daotp_verifier_get_chain_count(verifier), len, above_len;

    for (size_t i = 0; i + 1 < count; i++) {
        const void *one = daotp_verifier_get_certificate(verifier, i, &len);
        const void *above = daotp_verifier_get_certificate(verifier, i + 1, &above_len);

        if (!openssl_verifies(one, len, above, above_len))
            return false;
    }
    return true;
}

static bool takes_path(const daotp_verifier *verifier, const struct suite_case *one)
{
    size_t count = daotp_verifier_get_chain_count(verifier);
    struct suite_case path = *one;
    bool takes;

    path.anchors = path.intermediates = (struct chunks){0};
    for (size_t i = 1; i < count; i++) {
        size_t len;
        const void *der = daotp_verifier_get_certificate(verifier, i, &len);

        chunks_add(i + 1 < count ? &path.intermediates : &path.anchors, (void *)(uintptr_t)der,
                   len);
    }
    takes = openssl_verify(&path).error == X509_V_OK;
    free(path.anchors.list);
    free(path.intermediates.list);
    return takes;
}

bool openssl_takes_our_path(daotp_context *context, const struct suite_case *one,
                            const struct other *said)
{
    daotp_verifier *verifier = make_verifier(context, one);
    bool takes;

    set(verifier, one);
    takes = daotp_verifier_verify(verifier, one->leaf.list[0].bytes, one->leaf.list[0].len) ==
                DAOTP_OK &&
            (takes_path(verifier, one) ||
             (said->error == X509_V_ERR_CERT_SIGNATURE_FAILURE && links_hold(verifier)));
    daotp_verifier_free(verifier);
    return takes;
}
