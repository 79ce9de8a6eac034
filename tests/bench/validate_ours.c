/* SPDX-License-Identifier: BSD-2-Clause */
/* Ours, on public calls alone. The leaf is handed over in DER with each verdict in any row. */
#include "validate_measure.h"

#include <daotp/verify.h>

struct ours {
    const struct validate_task *task;
    daotp_context *context;
    daotp_trust *trust;
    daotp_verifier *verifier;
};

static void must(daotp_status status, const char *what)
{
    if (status != DAOTP_OK)
        apart_give_up("ours: cannot %s: %s", what, daotp_status_name(status));
}

static void make_trust(struct ours *ours)
{
    const struct validate_task *task = ours->task;
    const struct chain_der *root = &task->chain->root.der, *ca = &task->chain->ca.der;

    must(daotp_trust_new(ours->context, &ours->trust), "make a trust");
    must(daotp_trust_add(ours->trust, root->data, root->len, NULL), "add the anchor");
    if (task->variant != VALIDATE_FROM_DER)
        must(daotp_trust_add_intermediates(ours->trust, ca->data, ca->len, NULL), "add the CA");
    if (task->variant != VALIDATE_NO_CRLS) {
        must(daotp_trust_add_crl_file(ours->trust, task->root_crl, NULL), "add a CRL");
        must(daotp_trust_add_crl_file(ours->trust, task->ca_crl, NULL), "add a CRL");
    }
}

static void make_verifier(struct ours *ours)
{
    enum validate_variant variant = ours->task->variant;

    must(daotp_verifier_new(ours->context, ours->trust, &ours->verifier), "make a verifier");
    must(daotp_verifier_set_flag(ours->verifier, DAOTP_VERIFY_FORGET, variant != VALIDATE_REMEMBER),
         "set a flag");
    if (variant == VALIDATE_NO_CRLS)
        must(daotp_verifier_set_revocation(ours->verifier, DAOTP_REVOCATION_IGNORE), "set a mode");
}

/* Refused is rejected: undecided is a fault of the bench. */
static bool judge(void *state, int leaf)
{
    const struct ours *ours = state;
    struct chain_der der = validate_leaf(ours->task, leaf);
    daotp_status status = daotp_verifier_verify(ours->verifier, der.data, der.len);

    if (status != DAOTP_OK && status != DAOTP_REJECTED) {
        const daotp_report *report = daotp_verifier_get_report(ours->verifier);
        const daotp_finding *first = daotp_report_get_finding(report, 0);

        apart_give_up("ours: %s: %s", daotp_status_name(status),
                      first != NULL ? daotp_finding_get_id(first) : "no finding");
    }
    return status == DAOTP_OK;
}

static bool verify_from_der(void *state, int leaf)
{
    const struct ours *ours = state;
    const struct chain_der *ca = &ours->task->chain->ca.der;

    must(daotp_verifier_add_intermediates(ours->verifier, NULL, 0), "forget the CA");
    must(daotp_verifier_add_intermediates(ours->verifier, ca->data, ca->len), "add the CA");
    return judge(state, leaf);
}

void validate_ours(const struct validate_task *task, struct validate_figures *figures)
{
    struct ours ours = {.task = task};

    must(daotp_context_new(&ours.context), "make a context");
    make_trust(&ours);
    make_verifier(&ours);
    validate_run(task, task->variant == VALIDATE_FROM_DER ? verify_from_der : judge, &ours,
                 figures);
    daotp_verifier_free(ours.verifier);
    daotp_trust_unref(ours.trust);
    daotp_context_unref(ours.context);
}
