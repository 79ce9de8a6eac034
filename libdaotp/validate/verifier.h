/* SPDX-License-Identifier: BSD-2-Clause */
/* The private part of a verifier: its settings, and the run under way. */
#ifndef DAOTP_VALIDATE_VERIFIER_H
#define DAOTP_VALIDATE_VERIFIER_H

#include "validate/fetch_job.h"
#include "validate/run.h"
#include "x509/ocsp.h"
#include "x509/trust.h"

/* What was fetched for one run, and from where. */
typedef struct daotp__fetched_crl {
    char *url;
    daotp__indexed_crl *crl; /* borrowed from the list beside it */
    bool is_kept;            /* on disk, or was before */
} daotp__fetched_crl;

/* A URL that was asked for in a run, also one that is not allowed. */
typedef struct daotp__attempt {
    char *url;
    const daotp__node *about; /* the certificate that it was asked for */
    bool was_remembered;      /* its CRL was in memory or on disk: it may be fetched again */
    uint8_t nonce[DAOTP__OCSP_NONCE];
} daotp__attempt;

struct daotp_verifier {
    daotp_context *context;
    daotp_trust *trust;
    daotp__loop *loop;
    daotp_report report;

    /* what is set */
    daotp__settings settings;
    int64_t time; /* if it was set; else the clock's */
    bool has_time;
    daotp_fetcher *fetcher; /* NULL: nothing is fetched */
    bool forgets, explains;
    bool is_inner; /* stepped by a flow of the library, which reports late steps itself */
    int64_t timeout_ms;
    daotp__nodes intermediates, ntauth;
    daotp__crl_list crls;
    daotp__buffer purpose;
    daotp__wanted names[DAOTP__MAX_NAMES];
    daotp__buffer policy_oids[DAOTP__MAX_NAMES];
    daotp__bytes policies[DAOTP__MAX_NAMES];
    daotp__buffer ocsp_ders[DAOTP__MAX_OCSP];
    size_t ocsp_count;

    /* kept from run to run */
    daotp__policy_graph *graph;
    daotp__verified *verified;

    /* the run */
    bool is_running;
    bool is_accepted;      /* the last validation accepted; the fetch under way could change that */
    daotp__nodes supplied; /* what came with the certificate, itself first */
    daotp__run run;
    daotp__path path;
    daotp__fetch_job job;
    bool has_job;
    daotp__missing missing; /* what the job is for */
    unsigned fetches;
    daotp__attempt attempts[DAOTP__MAX_MISSING];
    size_t attempt_count;
    daotp__nodes fetched_nodes;
    daotp__crl_list fetched_crls;
    daotp__fetched_crl sources[DAOTP__MAX_FETCHES];
    size_t source_count;
    daotp__supplied_ocsp ocsp[2 * DAOTP__MAX_OCSP]; /* set and fetched */
    daotp__buffer fetched_ocsp[DAOTP__MAX_FETCHES];
    size_t fetched_ocsp_count;
    char policy_text[DAOTP__OID_TEXT];
    daotp__buffer subject_text;
};

/* PEM with any number of certificates, or one in DER, to the end of a list. */
daotp_status daotp__verifier_add_certificates(daotp_verifier *verifier, daotp__nodes *nodes,
                                              daotp__bytes in, const char *subject);
/* The issuer's key is known to verify the certificate's signature: that is not computed again.
 * Which algorithms are taken is looked at all the same. */
void daotp__verifier_note_signature(daotp_verifier *verifier, daotp__bytes certificate,
                                    daotp__bytes issuer);
/* The call does not fit what was called before: CALL-ORDER. DAOTP_USAGE, also for NULL. */
daotp_status daotp__verifier_refuse_order(daotp_verifier *verifier, const char *call);
/* A flow of the library steps it, and reports late steps itself. */
void daotp__verifier_set_inner(daotp_verifier *verifier);
/* End the fetch under way, if there is one. */
void daotp__verifier_end_job(daotp_verifier *verifier);
/* Free the results of the last run. */
void daotp__verifier_drop_run(daotp_verifier *verifier);

#endif
