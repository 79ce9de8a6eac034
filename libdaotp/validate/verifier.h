/* SPDX-License-Identifier: BSD-2-Clause */
/* The private part of the public object daotp_verifier: its settings, and the current run. */
#ifndef DAOTP_VALIDATE_VERIFIER_H
#define DAOTP_VALIDATE_VERIFIER_H

#include "validate/fetch_job.h"
#include "validate/run.h"
#include "x509/ocsp.h"
#include "x509/trust.h"

/* A CRL that was fetched for this run. */
typedef struct daotp__fetched_crl {
    char *url;
    daotp__indexed_crl *crl; /* borrowed from fetched_crls */
    bool is_kept;            /* it is stored on disk, also from an earlier run */
} daotp__fetched_crl;

/* A URL that this run tried to fetch, also one that the policy does not allow. */
typedef struct daotp__attempt {
    char *url;
    const daotp__node *about; /* the certificate that needs it */
    bool was_remembered;      /* its CRL came from memory or disk, so it may still be fetched */
    uint8_t nonce[DAOTP__OCSP_NONCE];
} daotp__attempt;

struct daotp_verifier {
    daotp_context *context;
    daotp_trust *trust;
    daotp__loop *loop;
    daotp_report report;

    /* settings */
    daotp__settings settings;
    int64_t time; /* only if has_time; otherwise the clock decides */
    bool has_time;
    daotp_fetcher *fetcher; /* NULL: the verifier fetches nothing */
    bool forgets, explains;
    bool is_inner; /* a flow of the library steps it, and reports late steps itself */
    int64_t timeout_ms;
    daotp__nodes intermediates, ntauth;
    daotp__crl_list crls;
    daotp__buffer purpose;
    daotp__required_name names[DAOTP__MAX_NAMES];
    daotp__buffer policy_oids[DAOTP__MAX_NAMES];
    daotp__bytes policies[DAOTP__MAX_NAMES];
    daotp__buffer ocsp_ders[DAOTP__MAX_OCSP];
    size_t ocsp_count;

    /* kept between runs */
    daotp__policy_graph *graph;
    daotp__verified *verified;

    /* the current run */
    bool is_running;
    bool is_accepted; /* the last validation accepted the path, but the current fetch could change
                         that */
    daotp__nodes supplied; /* the certificate, then the chain that came with it */
    daotp__run run;
    daotp__path path;
    daotp__fetch_job job;
    bool has_job;
    daotp__missing missing; /* what the job fetches */
    unsigned fetches;
    daotp__attempt attempts[DAOTP__MAX_MISSING];
    size_t attempt_count;
    daotp__nodes fetched_nodes;
    daotp__crl_list fetched_crls;
    daotp__fetched_crl sources[DAOTP__MAX_FETCHES];
    size_t source_count;
    daotp__supplied_ocsp ocsp[2 * DAOTP__MAX_OCSP]; /* those set by the caller, then fetched ones */
    daotp__buffer fetched_ocsp[DAOTP__MAX_FETCHES];
    size_t fetched_ocsp_count;
    char policy_text[DAOTP__OID_TEXT];
    daotp__buffer subject_text;
};

/* Append certificates to a list: PEM with any number of them, or one in DER. */
daotp_status daotp__verifier_add_certificates(daotp_verifier *verifier, daotp__nodes *nodes,
                                              daotp__bytes in, const char *subject);
/* The same for the response to a fetch of an issuer: a certificate that cannot be read is a
 * warning, and the others are added. */
daotp_status daotp__verifier_add_fetched(daotp_verifier *verifier, daotp__bytes in);
/* Record that the issuer's key verifies the certificate's signature, so that it is not verified
 * again. The rules for algorithms are still checked. */
void daotp__verifier_note_signature(daotp_verifier *verifier, daotp__bytes certificate,
                                    daotp__bytes issuer);
/* Report a call at the wrong time (CALL-ORDER). Returns DAOTP_USAGE, also if verifier is NULL. */
daotp_status daotp__verifier_refuse_order(daotp_verifier *verifier, const char *call);
/* Record that a flow of the library steps this verifier, and reports late steps itself. */
void daotp__verifier_set_inner(daotp_verifier *verifier);
/* End the current fetch, if there is one. */
void daotp__verifier_end_job(daotp_verifier *verifier);
/* Free the results of the last run. */
void daotp__verifier_drop_run(daotp_verifier *verifier);

#endif
