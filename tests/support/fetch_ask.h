/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asking the validator about a certificate that names places to fetch from. Time is FORGE_NOW for
 * certificates; deadlines are the machine's own.
 */
#ifndef FETCH_ASK_H
#define FETCH_ASK_H

#include "fetch_host.h"
#include "fetch_ocsp.h"

#include <daotp/verify.h>

#define FETCH_AIA_ISSUERS "1.3.6.1.5.5.7.48.2"
#define FETCH_AIA_OCSP    "1.3.6.1.5.5.7.48.1"
#define FETCH_LOOPBACK    "127.0.0.0/8"

/* ---- certificates ---------------------------------------------------------------------------- */

daotp__bytes fetch_uri(const char *url);

/* A distribution point with these names, one after the other. */
daotp__bytes fetch_point(daotp__bytes names);

/* The extension's value: a point for each URL; NULL ends the list. */
daotp__bytes fetch_points(const char *const *urls);

daotp__bytes fetch_access(const char *method, const char *url);

/* A leaf whose CRL, issuer and OCSP responder are there; NULL for none of the kind. */
const pki_cert *fetch_leaf(const pki_cert *issuer, const char *crl, const char *ca,
                           const char *ocsp);

/* ---- asking ---------------------------------------------------------------------------------- */

typedef struct fetch_ask {
    const pki_cert *anchor, *leaf;
    const char *allow[4]; /* none: the loopback; "" first: nothing */
    const char *cache;
    int64_t max_bytes;
    int timeout_ms;   /* of a fetch */
    int64_t total_ms; /* of all */
    daotp_rules rules;
    daotp_revocation revocation;
    int64_t at, stale_seconds;
    daotp__bytes between[4], crls[4], ocsp[17];
    bool stays; /* fetch nothing */
} fetch_ask;

/* What verifiers share: whom they trust, and by what they fetch. */
typedef struct fetch_base {
    daotp_trust *trust;
    daotp_fetcher *fetcher;
} fetch_base;

daotp_trust *fetch_trust(daotp_context *context, const fetch_ask *ask);

fetch_base fetch_base_of(daotp_context *context, const fetch_ask *ask);

void fetch_base_free(fetch_base base);

daotp_verifier *fetch_verifier(daotp_context *context, fetch_base base, const fetch_ask *ask);

/* The last answer; holds until the next question. */
typedef struct fetch_answer {
    daotp_context *context;
    fetch_base base;
    daotp_verifier *verifier;
    daotp_status status;
    int64_t ms;
} fetch_answer;

extern fetch_answer fetch_last;

void fetch_close(void);

daotp_status fetch_verify(daotp_verifier *verifier, const pki_cert *leaf);

/* With a verifier of its own, on the trust and the fetcher of the question before. */
daotp_status fetch_again(const fetch_ask *ask);

daotp_status fetch_reopened(const fetch_ask *ask);

/* What all groups of tests with a host end with; answers 0. */
int fetch_end_group(fetch_host *host);

/* A host, and a scratch folder (scratch.h), for a group of tests. Both return 0 on success. */
int fetch_begin_scratch_group(fetch_host **host);

int fetch_end_scratch_group(fetch_host *host);

/* ---- looking --------------------------------------------------------------------------------- */

const daotp_finding *fetch_find(daotp_finding_number number, const char *subject);

const char *fetch_report_text(void);

/* This status, and this finding whose subject has this in it (0, NULL: any). */
void fetch_expect(const char *what, daotp_status status, daotp_finding_number number,
                  const char *subject);

/* The verdict goes back to this finding. */
void fetch_expect_cause(const char *what, daotp_finding_number number);

void fetch_expect_no(const char *what, daotp_finding_number number);

void fetch_expect_within(const char *what, int64_t ms);

#endif
