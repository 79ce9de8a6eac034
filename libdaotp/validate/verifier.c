/* SPDX-License-Identifier: BSD-2-Clause */
/* The validator's public face. */
#include "core/alloc.h"
#include "validate/build.h"
#include "validate/path.h"
#include "validate/revocation.h"
#include "x509/pem.h"
#include "x509/trust.h"

#include <string.h>

enum { DEFAULT_DEPTH = 8, MAX_STALE = 30 * 86400 };

struct daotp_verifier {
    daotp_context *context;
    daotp_trust *trust;
    daotp_report report;
    daotp__settings settings;
    int64_t time; /* INT64_MIN: the clock's */
    bool may_fetch, forgets, explains;
    daotp__nodes intermediates, given; /* given: with the certificate, for one run */
    daotp__kept_crls crls;
    daotp__buffer purpose;
    daotp__wanted names[DAOTP__MAX_NAMES];
    daotp__buffer policy_oids[DAOTP__MAX_NAMES];
    daotp__bytes policies[DAOTP__MAX_NAMES];
    daotp__policy_graph *graph;
    daotp__proven *proven;
    daotp__run run;
    daotp__path path;
    char policy_text[DAOTP__OID_TEXT];
};

/* ---- making one ------------------------------------------------------------------------------ */

daotp_status daotp_verifier_new(daotp_context *context, daotp_trust *trust, daotp_verifier **out)
{
    daotp_verifier *verifier;

    if (out == NULL)
        return DAOTP_USAGE;
    *out = NULL;
    if (context == NULL || trust == NULL)
        return DAOTP_USAGE;
    verifier = daotp__new(sizeof *verifier);
    if (verifier == NULL)
        return DAOTP_MEMORY;
    verifier->context = daotp__context_ref(context);
    verifier->trust = daotp_trust_ref(trust);
    daotp__report_init(&verifier->report, context);
    verifier->settings = (daotp__settings){.rules = DAOTP_RULES_STRICT,
                                           .revocation = DAOTP_REVOCATION_REQUIRE,
                                           .max_depth = DEFAULT_DEPTH};
    verifier->time = INT64_MIN;
    daotp__nodes_init(&verifier->intermediates, DAOTP__MAX_ANCHORS);
    daotp__nodes_init(&verifier->given, DAOTP__MAX_ANCHORS);
    daotp__buffer_init(&verifier->purpose, DAOTP__OID_TEXT);
    verifier->graph = daotp__policy_graph_new();
    verifier->proven = daotp__new(sizeof *verifier->proven);
    *out = verifier;
    if (verifier->graph != NULL && verifier->proven != NULL)
        return DAOTP_OK;
    daotp_verifier_free(verifier);
    *out = NULL;
    return DAOTP_MEMORY;
}

static void forget_names(daotp_verifier *verifier)
{
    for (size_t i = 0; i < verifier->settings.name_count; i++)
        daotp__delete(verifier->names[i].text);
    verifier->settings.name_count = 0;
}

static void forget_policies(daotp_verifier *verifier)
{
    for (size_t i = 0; i < verifier->settings.policy_count; i++)
        daotp__buffer_free(&verifier->policy_oids[i]);
    verifier->settings.policy_count = 0;
}

void daotp_verifier_free(daotp_verifier *verifier)
{
    if (verifier == NULL)
        return;
    forget_names(verifier);
    forget_policies(verifier);
    daotp__buffer_free(&verifier->purpose);
    daotp__nodes_free(&verifier->intermediates);
    daotp__nodes_free(&verifier->given);
    daotp__kept_crls_free(&verifier->crls);
    daotp__policy_graph_free(verifier->graph);
    daotp__delete(verifier->proven);
    daotp__report_clear(&verifier->report);
    daotp_trust_free(verifier->trust);
    daotp_context_free(verifier->context);
    daotp__delete(verifier);
}

/* ---- settings -------------------------------------------------------------------------------- */

daotp_status daotp_verifier_set_rules(daotp_verifier *verifier, daotp_rules rules)
{
    if (verifier == NULL || rules < DAOTP_RULES_PATH || rules > DAOTP_RULES_WEBPKI)
        return DAOTP_USAGE;
    verifier->settings.rules = rules;
    return DAOTP_OK;
}

daotp_status daotp_verifier_set_revocation(daotp_verifier *verifier, daotp_revocation mode)
{
    if (verifier == NULL || mode < DAOTP_REVOCATION_REQUIRE || mode > DAOTP_REVOCATION_IGNORE)
        return DAOTP_USAGE;
    verifier->settings.revocation = mode;
    return DAOTP_OK;
}

daotp_status daotp_verifier_set_stale_seconds(daotp_verifier *verifier, int64_t seconds)
{
    if (verifier == NULL || seconds < 0 || seconds > MAX_STALE)
        return DAOTP_USAGE;
    verifier->settings.stale_seconds = seconds;
    return DAOTP_OK;
}

daotp_status daotp_verifier_set_time(daotp_verifier *verifier, int64_t seconds)
{
    if (verifier == NULL)
        return DAOTP_USAGE;
    verifier->time = seconds;
    return DAOTP_OK;
}

daotp_status daotp_verifier_set_flag(daotp_verifier *verifier, daotp_verify_flag flag, bool on)
{
    bool *flags[] = {NULL,
                     verifier != NULL ? &verifier->settings.explicit_policy : NULL,
                     verifier != NULL ? &verifier->settings.inhibit_mapping : NULL,
                     verifier != NULL ? &verifier->settings.inhibit_any_policy : NULL,
                     verifier != NULL ? &verifier->may_fetch : NULL,
                     verifier != NULL ? &verifier->forgets : NULL,
                     verifier != NULL ? &verifier->explains : NULL};

    if (verifier == NULL || flag < DAOTP_VERIFY_EXPLICIT_POLICY || flag > DAOTP_VERIFY_EXPLAIN)
        return DAOTP_USAGE;
    *flags[flag] = on;
    return DAOTP_OK;
}

daotp_status daotp_verifier_set_purpose(daotp_verifier *verifier, const char *oid)
{
    if (verifier == NULL)
        return DAOTP_USAGE;
    daotp__buffer_free(&verifier->purpose);
    if (oid != NULL && !daotp__oid_parse(oid, &verifier->purpose)) {
        daotp_status status = verifier->purpose.failed == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_USAGE;

        daotp__buffer_free(&verifier->purpose);
        return status;
    }
    return DAOTP_OK;
}

daotp_status daotp_verifier_add_name(daotp_verifier *verifier, daotp_name_kind kind,
                                     const char *name)
{
    daotp__wanted *wanted;

    if (verifier == NULL)
        return DAOTP_USAGE;
    if (name == NULL) {
        forget_names(verifier);
        return DAOTP_OK;
    }
    if (verifier->settings.name_count == DAOTP__MAX_NAMES)
        return DAOTP_USAGE;
    wanted = &verifier->names[verifier->settings.name_count];
    *wanted = (daotp__wanted){.kind = kind, .text = daotp__text_copy(name)};
    if (wanted->text == NULL)
        return DAOTP_MEMORY;
    if (!daotp__wanted_parse(wanted)) {
        daotp__delete(wanted->text);
        return DAOTP_USAGE;
    }
    verifier->settings.name_count++;
    return DAOTP_OK;
}

daotp_status daotp_verifier_add_policy(daotp_verifier *verifier, const char *oid)
{
    daotp__buffer *buffer;
    daotp_status status;

    if (verifier == NULL)
        return DAOTP_USAGE;
    if (oid == NULL) {
        forget_policies(verifier);
        return DAOTP_OK;
    }
    if (verifier->settings.policy_count == DAOTP__MAX_NAMES)
        return DAOTP_USAGE;
    buffer = &verifier->policy_oids[verifier->settings.policy_count];
    daotp__buffer_init(buffer, DAOTP__OID_TEXT);
    if (!daotp__oid_parse(oid, buffer)) {
        status = buffer->failed == DAOTP_MEMORY ? DAOTP_MEMORY : DAOTP_USAGE;
        daotp__buffer_free(buffer);
        return status;
    }
    verifier->policies[verifier->settings.policy_count++] = daotp__buffer_bytes(buffer);
    return DAOTP_OK;
}

daotp_status daotp_verifier_set_max_depth(daotp_verifier *verifier, unsigned depth)
{
    if (verifier == NULL || depth > DAOTP__MAX_DEPTH)
        return DAOTP_USAGE;
    verifier->settings.max_depth = depth;
    return DAOTP_OK;
}

/* PEM with any number of certificates, or one in DER, to the end of a list. */
static daotp_status add_certificates(daotp_verifier *verifier, daotp__nodes *nodes, daotp__bytes in,
                                     const char *subject)
{
    size_t before = nodes->count;
    daotp_status status;
    daotp__chain chain;

    if (!daotp__pem_is(in)) { /* the usual way, and the short one */
        status = daotp__nodes_add(nodes, in, false);
        return status == DAOTP_PEER ? daotp__report_add(&verifier->report, DAOTP_FINDING_CERT_DER,
                                                        0, subject, "%zu octets", in.len)
                                    : status;
    }
    daotp__chain_init(&chain, DAOTP__MAX_ANCHORS);
    status = daotp__chain_read(&chain, in, subject, &verifier->report);
    for (size_t i = 0; status == DAOTP_OK && i < chain.count; i++)
        status = daotp__nodes_add(nodes, chain.list[i], false);
    if (status != DAOTP_OK)
        daotp__nodes_cut(nodes, before);
    daotp__chain_free(&chain);
    return status;
}

daotp_status daotp_verifier_add_intermediates(daotp_verifier *verifier, const void *bytes,
                                              size_t len)
{
    if (verifier == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&verifier->report);
    verifier->path.count = 0;
    if (bytes == NULL) {
        daotp__nodes_cut(&verifier->intermediates, 0);
        return DAOTP_OK;
    }
    return daotp__report_status(&verifier->report,
                                add_certificates(verifier, &verifier->intermediates,
                                                 (daotp__bytes){bytes, len}, "intermediates"));
}

daotp_status daotp_verifier_add_crls(daotp_verifier *verifier, const void *bytes, size_t len)
{
    if (verifier == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&verifier->report);
    if (bytes == NULL) {
        daotp__kept_crls_cut(&verifier->crls, 0);
        return DAOTP_OK;
    }
    return daotp__report_status(&verifier->report,
                                daotp__kept_crls_read(&verifier->crls, (daotp__bytes){bytes, len},
                                                      "CRLs", &verifier->report));
}

/* ---- a run ----------------------------------------------------------------------------------- */

static void prepare_run(daotp_verifier *verifier)
{
    daotp__settings *settings = &verifier->settings;
    daotp__run *run = &verifier->run;

    settings->now =
        verifier->time != INT64_MIN ? verifier->time : daotp__context_now_s(verifier->context);
    settings->purpose = daotp__buffer_bytes(&verifier->purpose);
    settings->names = verifier->names;
    settings->policies = verifier->policies;
    run->settings = settings;
    run->nodes[0] = daotp__trust_anchors(verifier->trust);
    run->nodes[1] = &verifier->given;
    run->nodes[2] = &verifier->intermediates;
    run->nodes[3] = daotp__trust_intermediates(verifier->trust);
    run->nodes[4] = NULL;
    run->crls[0] = daotp__trust_crls(verifier->trust);
    run->crls[1] = &verifier->crls;
    run->crls[2] = NULL;
    run->proven = verifier->forgets ? NULL : verifier->proven;
    run->graph = verifier->graph;
    run->edges_left = DAOTP__MAX_EDGES;
    run->names_left = DAOTP__MAX_NAME_COMPARISONS;
    run->checked_count = run->signer_count = run->policy_count = 0;
}

static daotp_status judge(daotp__run *run, const daotp__path *path, void *user)
{
    daotp__check check = {0};

    (void)user;
    daotp__path_check(run, path, false, &check);
    if (check.verdict == DAOTP_OK)
        daotp__revocation_check(run, path, &check);
    return check.verdict;
}

/* The same again, and all that is found is written down. */
static void explain(daotp_verifier *verifier, daotp__check *check)
{
    const daotp__path *path = &verifier->path;
    daotp__node *last = path->list[path->count - 1];

    if (!last->is_anchor) {
        daotp__check_find(check, path->list[0], DAOTP_FINDING_CHAIN_NO_PATH, "%zu certificates",
                          path->count);
        daotp__check_find(check, last, DAOTP_FINDING_CHAIN_ISSUER_MISSING, "%s", "");
    }
    daotp__path_check(&verifier->run, path, false, check);
    if (last->is_anchor)
        daotp__revocation_check(&verifier->run, path, check);
}

static bool has_more_to_say(const daotp_verifier *verifier)
{
    return verifier->explains || verifier->settings.stale_seconds > 0 ||
           verifier->settings.revocation == DAOTP_REVOCATION_PREFER;
}

static daotp_status report_on(daotp_verifier *verifier, daotp_status status)
{
    daotp__check check = {.report = &verifier->report};

    if (status != DAOTP_OK || has_more_to_say(verifier))
        explain(verifier, &check);
    if (status == DAOTP_OK)
        (void)daotp__report_add(&verifier->report, DAOTP_FINDING_CHAIN_VALID, 0, "",
                                "%zu certificates", verifier->path.count);
    else if (check.verdict == DAOTP_OK) /* the budget was over before what is wrong was met */
        daotp__check_find(&check, verifier->path.list[0], DAOTP_FINDING_CHAIN_BUDGET, "%s", "");
    if (status == DAOTP_OK && verifier->settings.revocation == DAOTP_REVOCATION_IGNORE)
        (void)daotp__report_add(&verifier->report, DAOTP_FINDING_REVOCATION_IGNORED, 0, "", "%s",
                                "");
    return status;
}

daotp_status daotp_verifier_verify(daotp_verifier *verifier, const void *bytes, size_t len)
{
    daotp_status status;

    if (verifier == NULL)
        return DAOTP_USAGE;
    daotp__report_clear(&verifier->report);
    verifier->path.count = verifier->run.policy_count = 0;
    daotp__nodes_cut(&verifier->given, 0);
    if (bytes == NULL)
        return daotp__report_status(&verifier->report, DAOTP_USAGE);
    status =
        add_certificates(verifier, &verifier->given, (daotp__bytes){bytes, len}, "certificate");
    if (status != DAOTP_OK)
        return daotp__report_status(&verifier->report, status);
    prepare_run(verifier);
    status =
        daotp__path_build(&verifier->run, verifier->given.list[0], judge, NULL, &verifier->path);
    status = report_on(verifier, status);
    if (!verifier->path.list[verifier->path.count - 1]->is_anchor)
        verifier->path.count = 0;
    verifier->report.status = status;
    return status;
}

/* ---- what came of it ------------------------------------------------------------------------- */

const daotp_report *daotp_verifier_get_report(const daotp_verifier *verifier)
{
    return verifier != NULL ? &verifier->report : NULL;
}

size_t daotp_verifier_get_chain_count(const daotp_verifier *verifier)
{
    return verifier != NULL ? verifier->path.count : 0;
}

const void *daotp_verifier_get_certificate(const daotp_verifier *verifier, size_t index,
                                           size_t *len)
{
    daotp__bytes der = {NULL, 0};

    if (verifier != NULL && index < verifier->path.count)
        der = verifier->path.list[index]->certificate.der;
    if (len != NULL)
        *len = der.len;
    return der.data;
}

size_t daotp_verifier_get_policy_count(const daotp_verifier *verifier)
{
    return verifier != NULL ? verifier->run.policy_count : 0;
}

const char *daotp_verifier_get_policy(const daotp_verifier *verifier, size_t index)
{
    if (verifier == NULL || index >= verifier->run.policy_count)
        return NULL;
    return daotp__oid_text(verifier->run.policies[index],
                           ((daotp_verifier *)(uintptr_t)verifier)->policy_text);
}
