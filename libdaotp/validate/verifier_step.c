/* SPDX-License-Identifier: BSD-2-Clause */
/* A run of the verifier: validate with what is available, fetch what is missing, validate again. */
#include "core/alloc.h"
#include "core/hex.h"
#include "validate/build.h"
#include "validate/path.h"
#include "validate/revocation.h"
#include "validate/verifier.h"
#include "x509/name.h"
#include "x509/random.h"

#include <string.h>

/* ---- what is at hand ------------------------------------------------------------------------- */

static void gather_ocsp(daotp_verifier *verifier)
{
    size_t count = 0;

    for (size_t i = 0; i < verifier->ocsp_count; i++)
        verifier->ocsp[count++] =
            (daotp__supplied_ocsp){.der = daotp__buffer_bytes(&verifier->ocsp_ders[i])};
    for (size_t i = 0; i < verifier->fetched_ocsp_count; i++, count++)
        verifier->ocsp[count].der = daotp__buffer_bytes(&verifier->fetched_ocsp[i]);
    verifier->run.ocsp = verifier->ocsp;
    verifier->run.ocsp_count = count;
}

/* Limit the time to the years that a certificate can hold, minus one day, so that sums do not
 * overflow. */
static int64_t clamp_verifier_time(int64_t seconds)
{
    static const int64_t year_0 = INT64_C(-62167219200) - 86400,
                         year_10000 = INT64_C(253402300800) + 86400;

    if (seconds < year_0)
        return year_0;
    return seconds > year_10000 ? year_10000 : seconds;
}

static void fill_budgets(daotp__run *run)
{
    daotp__policy_graph_allow(run->graph, DAOTP__MAX_POLICY_WORK);
    run->signatures_left = DAOTP__MAX_SIGNATURE_CHECKS;
    run->edges_left = DAOTP__MAX_EDGES;
    run->names_left = DAOTP__MAX_NAME_COMPARISONS;
}

static void prepare_run(daotp_verifier *verifier)
{
    daotp__settings *settings = &verifier->settings;
    daotp__run *run = &verifier->run;

    settings->now = clamp_verifier_time(
        verifier->has_time ? verifier->time : daotp__context_now_s(verifier->context));
    settings->purpose = daotp__buffer_bytes(&verifier->purpose);
    settings->names = verifier->names;
    settings->policies = verifier->policies;
    settings->ntauth = &verifier->ntauth;
    run->settings = settings;
    run->nodes[0] = daotp__trust_anchors(verifier->trust);
    run->nodes[1] = &verifier->supplied;
    run->nodes[2] = &verifier->intermediates;
    run->nodes[3] = daotp__trust_intermediates(verifier->trust);
    run->nodes[4] = &verifier->fetched_nodes;
    run->crls[0] = daotp__trust_crls(verifier->trust);
    run->crls[1] = &verifier->crls;
    run->crls[2] = &verifier->fetched_crls;
    daotp__signature_cache_begin(&run->signatures, verifier->forgets ? NULL : verifier->verified);
    run->context = verifier->context;
    run->graph = verifier->graph;
    fill_budgets(run);
    run->is_exhausted = run->no_memory = false;
    run->signer_count = run->policy_count = run->missing.count = 0;
    run->has_warnings = run->has_weak_evidence = false;
    gather_ocsp(verifier);
}

/* ---- judging --------------------------------------------------------------------------------- */

static daotp_status accept_verifier_path(daotp__run *run, const daotp__path *path, void *user)
{
    daotp__checklist check = {0};

    (void)user;
    daotp__path_check(run, path, false, &check);
    if (check.verdict != DAOTP_REJECTED) /* an undecided path may have a revoked certificate too */
        daotp__revocation_check(run, path, &check);
    return check.verdict;
}

static bool has_path(const daotp_verifier *verifier)
{
    return verifier->path.list[verifier->path.count - 1]->is_anchor;
}

/* Report the name of the missing issuer, with its key identifier if the certificate has it: two
 * CAs may have one name. */
static void report_missing_issuer(daotp__checklist *check, const daotp__node *node)
{
    daotp__buffer text;

    daotp__buffer_init(&text, DAOTP__MAX_TEXT);
    if (check->report != NULL && !daotp__name_text(node->certificate.issuer, &text))
        daotp__buffer_clear(&text);
    if (check->report != NULL && node->authority_key_id.len > 0)
        daotp__buffer_text(&text, ", key ");
    if (check->report != NULL)
        daotp__hex_write(&text, node->authority_key_id);
    daotp__checklist_report_node(check, node, DAOTP_FINDING_CHAIN_ISSUER_MISSING, "%s",
                                 daotp__buffer_string(&text));
    daotp__buffer_free(&text);
}

/* Say why the path ends here. If the last certificate is self-signed but not an anchor, no
 * issuer is missing. */
static void explain_end(daotp__checklist *check, const daotp__node *node)
{
    if (node->is_self_issued)
        daotp__checklist_report_node(check, node, DAOTP_FINDING_CHAIN_SELF_SIGNED, "%s", "");
    else
        report_missing_issuer(check, node);
}

/* The warning about a failed fetch of the issuer, or NULL. */
static const daotp_finding *find_failed_issuer(const daotp_verifier *verifier)
{
    const daotp__node *last = verifier->path.list[verifier->path.count - 1];
    const daotp_finding *failed = NULL;
    daotp__bytes in = daotp__aia_read(last->aia), one;
    daotp__general_name name;

    while (failed == NULL && daotp__aia_next(&in, DAOTP__OID_AIA_ISSUERS, &one))
        if (daotp__san_next(&one, &name) && name.tag == DAOTP__GENERAL_NAME_URI)
            failed = daotp__report_find_warning(&verifier->report, name.content);
    return failed;
}

static void report_no_path(daotp_verifier *verifier, daotp__checklist *check)
{
    const daotp__path *path = &verifier->path;
    const daotp_finding *end, *verdict;
    size_t findings = verifier->report.count;

    explain_end(check, path->list[path->count - 1]);
    end = daotp__report_verdict(&verifier->report, findings, DAOTP_REJECTED);
    daotp__report_set_cause(&verifier->report, end, find_failed_issuer(verifier));
    findings = verifier->report.count;
    daotp__checklist_report_node(check, path->list[0], DAOTP_FINDING_CHAIN_NO_PATH,
                                 "certificates in the path: %zu", path->count);
    verdict = daotp__report_verdict(&verifier->report, findings, DAOTP_REJECTED);
    daotp__report_set_cause(&verifier->report, verdict, end);
}

/* Validate once more, this time reporting everything. */
static void explain_no_path(daotp_verifier *verifier, daotp__checklist *check)
{
    const daotp__path *path = &verifier->path;

    if (verifier->run.is_exhausted)
        daotp__checklist_report_node(check, path->list[0], DAOTP_FINDING_CHAIN_BUDGET, "%s", "");
    else if (!has_path(verifier))
        report_no_path(verifier, check);
    daotp__path_check(&verifier->run, path, false, check);
    if (has_path(verifier))
        daotp__revocation_check(&verifier->run, path, check);
}

static bool has_more_to_say(const daotp_verifier *verifier)
{
    return verifier->explains || verifier->settings.stale_seconds > 0 ||
           verifier->run.has_warnings || verifier->settings.revocation == DAOTP_REVOCATION_PREFER;
}

/* Also report that the NTAuth list was checked, because a verifier without the role reports nothing
 * either. */
static void report_ntauth(daotp_verifier *verifier)
{
    if (verifier->explains && has_path(verifier) &&
        daotp__path_is_in_ntauth(&verifier->settings, &verifier->path))
        (void)daotp__report_add(&verifier->report, DAOTP_FINDING_NTAUTH_LISTED, 0, "", "%s", "");
}

static void report_on(daotp_verifier *verifier, daotp_status status)
{
    daotp__checklist check = {.report = &verifier->report};

    verifier->run.is_exhausted = status == DAOTP_UNDECIDED && verifier->run.is_exhausted;
    if (status ==
        DAOTP_OK) /* the budgets that the run used up do not matter for an accepted path */
        fill_budgets(&verifier->run);
    if (status != DAOTP_OK || has_more_to_say(verifier))
        explain_no_path(verifier, &check);
    report_ntauth(verifier);
    if (status == DAOTP_OK)
        (void)daotp__report_add(&verifier->report, DAOTP_FINDING_CHAIN_VALID, 0, "",
                                "%zu certificates", verifier->path.count);
    else if (check.verdict == DAOTP_OK) /* the budget was used up before the fault was found */
        daotp__checklist_report_node(&check, verifier->path.list[0], DAOTP_FINDING_CHAIN_BUDGET,
                                     "%s", "");
    if (status == DAOTP_OK && verifier->settings.revocation == DAOTP_REVOCATION_IGNORE)
        (void)daotp__report_add(&verifier->report, DAOTP_FINDING_REVOCATION_IGNORED, 0, "", "%s",
                                "");
}

/* ---- fetching -------------------------------------------------------------------------------- */

/* Find the URL of the issuer of the last certificate of the path (RFC 5280 4.2.2.1). */
static void add_missing_issuer(daotp_verifier *verifier)
{
    const daotp__node *last = verifier->path.list[verifier->path.count - 1];
    daotp__bytes in = daotp__aia_read(last->aia), one;
    daotp__general_name name;

    while (daotp__aia_next(&in, DAOTP__OID_AIA_ISSUERS, &one))
        if (daotp__san_next(&one, &name) && name.tag == DAOTP__GENERAL_NAME_URI)
            daotp__missing_add(&verifier->run.missing, DAOTP__MISSING_ISSUER, name.content, last,
                               NULL);
}

/* A URL that contains a NUL is invalid; the part before it is reported. */
static size_t text_len(const daotp__missing *missing)
{
    return strnlen((const char *)missing->url.data, missing->url.len);
}

static bool is_attempt_for(const daotp__attempt *attempt, const daotp__missing *missing)
{
    return strlen(attempt->url) == text_len(missing) &&
           memcmp(attempt->url, missing->url.data, text_len(missing)) == 0 &&
           (missing->kind != DAOTP__MISSING_OCSP || attempt->about == missing->node);
}

/* A cached CRL that did not help is fetched again once. */
static bool has_attempt(const daotp_verifier *verifier, const daotp__missing *missing,
                        bool *remembered)
{
    *remembered = false;
    for (size_t i = 0; i < verifier->attempt_count; i++)
        if (is_attempt_for(&verifier->attempts[i], missing)) {
            *remembered = verifier->attempts[i].was_remembered;
            if (!*remembered)
                return true;
        }
    return false;
}

/* Whether fetching this can change the verdict. A newer delta can turn an acceptance too; so can
 * any CRL or OCSP response if the status is unknown or depends on stale data: everything available
 * is fetched before softer rules accept. */
static bool can_change_verdict(const daotp_verifier *verifier, const daotp__missing *missing,
                               daotp_status status)
{
    switch (status) {
    case DAOTP_OK:
        return missing->kind == DAOTP__MISSING_DELTA ||
               (missing->kind != DAOTP__MISSING_ISSUER && verifier->run.has_weak_evidence);
    case DAOTP_REJECTED:
        return !has_path(verifier) || verifier->run.has_weak_evidence;
    default:
        return status == DAOTP_UNDECIDED;
    }
}

static const daotp__missing *next_missing(const daotp_verifier *verifier, daotp_status status)
{
    bool ignored;

    for (size_t i = 0; verifier->fetcher != NULL && i < verifier->run.missing.count; i++) {
        const daotp__missing *missing = &verifier->run.missing.list[i];

        if (can_change_verdict(verifier, missing, status) &&
            !has_attempt(verifier, missing, &ignored))
            return missing;
    }
    return NULL;
}

static daotp_status write_question(daotp_verifier *verifier, daotp__buffer *out)
{
    uint8_t *nonce = verifier->attempts[verifier->attempt_count].nonce; /* for the next attempt */

    if (!daotp__random(nonce, DAOTP__OCSP_NONCE))
        return DAOTP_INTERNAL;
    return daotp__ocsp_request_write(verifier->missing.node, verifier->missing.issuer,
                                     (daotp__bytes){nonce, DAOTP__OCSP_NONCE}, out)
               ? DAOTP_OK
               : DAOTP_MEMORY;
}

static daotp_status begin_verifier_job(daotp_verifier *verifier, const daotp__missing *missing)
{
    static const daotp__fetch_kind kinds[] = {[DAOTP__MISSING_CRL] = DAOTP__FETCH_CRL,
                                              [DAOTP__MISSING_DELTA] = DAOTP__FETCH_CRL,
                                              [DAOTP__MISSING_ISSUER] = DAOTP__FETCH_CERTIFICATE,
                                              [DAOTP__MISSING_OCSP] = DAOTP__FETCH_OCSP};
    char *url = daotp__text_copy_n((const char *)missing->url.data, missing->url.len);
    daotp_status status = url != NULL ? DAOTP_OK : DAOTP_MEMORY;
    bool is_text = text_len(missing) == missing->url.len, force;
    daotp__attempt *attempt;
    daotp__buffer question;

    daotp__buffer_init(&question, DAOTP__MAX_CERTIFICATE);
    (void)has_attempt(verifier, missing, &force);
    verifier->missing = *missing;
    if (status == DAOTP_OK && missing->kind == DAOTP__MISSING_OCSP)
        status = write_question(verifier, &question);
    if (status == DAOTP_OK && !is_text)
        (void)daotp__report_add(&verifier->report, DAOTP_FINDING_FETCH_URL, 0, url, "a NUL");
    else if (status == DAOTP_OK)
        status = daotp__fetch_job_begin(&verifier->job, verifier->fetcher, verifier->loop,
                                        kinds[missing->kind], url, daotp__buffer_bytes(&question),
                                        verifier->settings.now, &verifier->report);
    daotp__buffer_free(&question);
    if (status != DAOTP_OK) {
        daotp__delete(url);
        return status;
    }
    verifier->has_job = is_text;
    verifier->job.mode = force ? DAOTP__FETCH_FORCE : DAOTP__FETCH_IF_STALE;
    attempt = &verifier->attempts[verifier->attempt_count++];
    attempt->url = url;
    attempt->about = missing->node;
    attempt->was_remembered = false;
    verifier->fetches += is_text;
    return DAOTP_OK;
}

static daotp_status take_crl(daotp_verifier *verifier)
{
    daotp__fetched_crl *source = &verifier->sources[verifier->source_count];
    daotp_status status;

    verifier->attempts[verifier->attempt_count - 1].was_remembered =
        verifier->job.is_remembered && verifier->job.mode != DAOTP__FETCH_FORCE;
    source->crl = verifier->job.crl;
    source->is_kept = daotp__indexed_crl_is_trusted(source->crl);
    source->url = daotp__text_copy(verifier->job.url);
    if (source->url == NULL)
        return DAOTP_MEMORY;
    status = daotp__crl_list_add(&verifier->fetched_crls, daotp__indexed_crl_ref(source->crl));
    if (status == DAOTP_OK)
        verifier->source_count++;
    else
        daotp__delete(source->url);
    return status;
}

static daotp_status take_ocsp(daotp_verifier *verifier)
{
    size_t at = verifier->fetched_ocsp_count;
    daotp__buffer *der = &verifier->fetched_ocsp[at];
    daotp__supplied_ocsp *supplied = &verifier->ocsp[verifier->ocsp_count + at];

    daotp__buffer_init(der, DAOTP__MAX_CERTIFICATE);
    daotp__buffer_add(der, daotp__fetch_job_bytes(&verifier->job).data,
                      daotp__fetch_job_bytes(&verifier->job).len);
    if (der->failed != DAOTP_OK) {
        daotp_status status = der->failed;

        daotp__buffer_free(der);
        if (status == DAOTP_MEMORY)
            return status;
        (void)daotp__report_add(&verifier->report, DAOTP_FINDING_FETCH_TOO_LARGE, 0,
                                verifier->job.url, "%s", "");
        return DAOTP_OK;
    }
    supplied->nonce =
        (daotp__bytes){verifier->attempts[verifier->attempt_count - 1].nonce, DAOTP__OCSP_NONCE};
    supplied->about = verifier->missing.node;
    verifier->fetched_ocsp_count++;
    return DAOTP_OK;
}

/* Use the fetched file; if it is no certificate, report that. */
static daotp_status take_issuer(daotp_verifier *verifier)
{
    size_t findings = verifier->report.count;
    daotp_status status =
        daotp__verifier_add_fetched(verifier, daotp__fetch_job_bytes(&verifier->job));

    if (status == DAOTP_OK || status == DAOTP_MEMORY)
        return status;
    daotp__fetch_job_refuse_content(&verifier->job, "no certificate", findings, &verifier->report);
    return DAOTP_OK;
}

static daotp_status take_what_was_fetched(daotp_verifier *verifier)
{
    switch (verifier->missing.kind) {
    case DAOTP__MISSING_OCSP:
        return take_ocsp(verifier);
    case DAOTP__MISSING_ISSUER:
        return take_issuer(verifier);
    default:
        return take_crl(verifier);
    }
}

/* A failed fetch is reported, and the run continues without its result. The job ends after the
 * validation, because until then other processes wait for the result. */
static daotp_status step_verifier_job(daotp_verifier *verifier)
{
    daotp_status status = daotp__fetch_job_step(&verifier->job, &verifier->report);

    if (status == DAOTP_AGAIN)
        return status;
    if (status == DAOTP_OK)
        status = take_what_was_fetched(verifier);
    else if (status == DAOTP_USAGE) /* not allowed: no request was made, so it does not count */
        verifier->fetches--;
    return status == DAOTP_MEMORY ? status : DAOTP_OK;
}

/* Store a CRL on disk once it is trusted. */
static void keep_fetched(daotp_verifier *verifier)
{
    for (size_t i = 0; i < verifier->source_count; i++) {
        daotp__fetched_crl *source = &verifier->sources[i];

        if (daotp__indexed_crl_is_trusted(source->crl) &&
            (!source->is_kept || daotp__indexed_crl_must_be_stored(source->crl))) {
            daotp__fetcher_store(verifier->fetcher, source->url, source->crl, &verifier->report);
            source->is_kept = true;
        }
    }
}

/* ---- a run ----------------------------------------------------------------------------------- */

static void end_verifier_loop(daotp_verifier *verifier)
{
    if (!verifier->is_inner)
        daotp__loop_report_late(verifier->loop, 0, "verifier", &verifier->report);
    if (verifier->fetcher != NULL)
        daotp__loop_end(verifier->loop);
    else
        daotp__loop_rest(verifier->loop);
}

static daotp_status finish_verifier(daotp_verifier *verifier, daotp_status status)
{
    end_verifier_loop(verifier);
    report_on(verifier, status);
    if (!has_path(verifier))
        verifier->path.count = 0;
    verifier->is_running = false;
    verifier->report.status = status;
    return status;
}

static daotp_status fail_verifier(daotp_verifier *verifier, daotp_status status)
{
    end_verifier_loop(verifier);
    daotp__verifier_end_job(verifier);
    verifier->is_running = false;
    verifier->path.count = 0;
    return daotp__report_status(&verifier->report, status);
}

static daotp_status verify_with_evidence(daotp_verifier *verifier)
{
    daotp_status status;

    prepare_run(verifier);
    status = daotp__path_build(&verifier->run, verifier->supplied.list[0], accept_verifier_path,
                               NULL, &verifier->path);
    if (!has_path(verifier))
        add_missing_issuer(verifier);
    return status;
}

/* The deadline has passed: an acceptance that only waited for optional evidence stands, as it does
 * when such a fetch fails. */
static daotp_status finish_at_deadline(daotp_verifier *verifier)
{
    if (verifier->has_job)
        (void)daotp__report_add(&verifier->report, DAOTP_FINDING_FETCH_TIMEOUT, 0,
                                verifier->job.url, "%s", "the deadline of the whole run");
    daotp__verifier_end_job(verifier);
    return finish_verifier(verifier, DAOTP_OK);
}

static daotp_status dispatch_events(daotp_verifier *verifier)
{
    if (verifier->fetcher != NULL)
        return daotp__loop_dispatch(verifier->loop);
    return daotp__loop_is_cancelled(verifier->loop) ? DAOTP_CANCELLED : DAOTP_OK;
}

/* A delta CRL is optional. Anything else that is missing might revoke what is accepted, and a peer
 * that sends many certificates can use the limit up. */
static daotp_status finish_at_fetch_limit(daotp_verifier *verifier, const daotp__missing *missing,
                                          daotp_status status)
{
    int limit = verifier->fetches == DAOTP__MAX_FETCHES ? DAOTP__MAX_FETCHES : DAOTP__MAX_MISSING;

    if (status == DAOTP_OK && missing->kind == DAOTP__MISSING_DELTA)
        return finish_verifier(verifier, status);
    (void)daotp__report_add(&verifier->report, DAOTP_FINDING_FETCH_LIMIT, 0, "", "%d", limit);
    if (status == DAOTP_OK)
        status = daotp__report_add(&verifier->report, DAOTP_FINDING_CHAIN_BUDGET, 0, "",
                                   "not all that may revoke the certificate was fetched");
    return finish_verifier(verifier, status);
}

daotp_status daotp_verifier_step(daotp_verifier *verifier)
{
    daotp_status status;

    if (verifier == NULL || !verifier->is_running)
        return daotp__verifier_refuse_order(verifier, "step");
    status = dispatch_events(verifier);
    if (status == DAOTP_TIMEOUT && verifier->is_accepted)
        return finish_at_deadline(verifier);
    if (status != DAOTP_OK)
        return fail_verifier(verifier, status);
    for (;;) {
        const daotp__missing *missing;

        if (verifier->has_job) {
            status = step_verifier_job(verifier);
            if (status == DAOTP_AGAIN) {
                daotp__loop_pause(verifier->loop);
                return status;
            }
            if (status != DAOTP_OK)
                return fail_verifier(verifier, status);
        }
        status = verify_with_evidence(verifier);
        verifier->is_accepted = status == DAOTP_OK;
        keep_fetched(verifier);
        daotp__verifier_end_job(verifier);
        if (verifier->run.no_memory) /* a check that was not made could have found it revoked */
            return fail_verifier(verifier, DAOTP_MEMORY);
        missing = next_missing(verifier, status);
        if (missing == NULL)
            return finish_verifier(verifier, status);
        if (verifier->fetches == DAOTP__MAX_FETCHES ||
            verifier->attempt_count == DAOTP__MAX_MISSING)
            return finish_at_fetch_limit(verifier, missing, status);
        status = begin_verifier_job(verifier, missing);
        if (status != DAOTP_OK)
            return fail_verifier(verifier, status);
    }
}

daotp_status daotp_verifier_begin(daotp_verifier *verifier, const void *bytes, size_t len)
{
    daotp_status status = DAOTP_USAGE;
    daotp__nodes supplied;

    if (verifier == NULL || verifier->is_running)
        return daotp__verifier_refuse_order(verifier, "begin");
    daotp__report_clear(&verifier->report);
    daotp__nodes_init(&supplied, verifier->supplied.max);
    if (bytes != NULL)
        status = daotp__verifier_add_certificates(verifier, &supplied, (daotp__bytes){bytes, len},
                                                  "certificate");
    daotp__verifier_drop_run(verifier); /* not before: the bytes may be of its path */
    daotp__nodes_free(&verifier->supplied);
    verifier->supplied = supplied;
    if (status != DAOTP_OK)
        return daotp__report_status(&verifier->report, status);
    if (verifier->fetcher != NULL)
        daotp__loop_begin(verifier->loop, verifier->timeout_ms);
    else
        daotp__loop_begin_brief(verifier->loop);
    verifier->is_running = true;
    verifier->is_accepted = false;
    return DAOTP_OK;
}

daotp_status daotp_verifier_verify(daotp_verifier *verifier, const void *bytes, size_t len)
{
    daotp_status status = daotp_verifier_begin(verifier, bytes, len);

    if (status != DAOTP_OK)
        return status;
    while ((status = daotp_verifier_step(verifier)) == DAOTP_AGAIN)
        daotp__loop_wait(verifier->loop);
    return status;
}

void daotp_verifier_cancel(daotp_verifier *verifier)
{
    if (verifier != NULL)
        daotp__loop_cancel(verifier->loop);
}

int daotp_verifier_get_fd(const daotp_verifier *verifier)
{
    return verifier != NULL ? daotp__loop_fd(verifier->loop) : -1;
}

int daotp_verifier_get_timeout_ms(const daotp_verifier *verifier)
{
    return verifier != NULL ? daotp__loop_timeout_ms(verifier->loop) : -1;
}
