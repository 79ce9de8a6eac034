/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fetch job gets one CRL, certificate or OCSP answer. Results are remembered for all users of
 * the trust. Of several jobs for one URL the leader fetches and the others wait; when the leader
 * ends, the job that steps next takes over. Jobs back off from a host that failed.
 */
#ifndef DAOTP_VALIDATE_FETCH_JOB_H
#define DAOTP_VALIDATE_FETCH_JOB_H

#include "net/download.h"
#include "net/ldap_fetch.h"
#include "validate/cache.h"
#include "x509/trust.h"

typedef enum daotp__fetch_kind {
    DAOTP__FETCH_CRL,
    DAOTP__FETCH_CERTIFICATE,
    DAOTP__FETCH_OCSP
} daotp__fetch_kind;

typedef struct daotp__fetch_job {
    daotp_trust *trust;
    daotp__loop *loop;
    daotp__fetch_kind kind;
    char *url;
    daotp__buffer request; /* what is POSTed; empty for a GET */
    daotp__cache cache;
    daotp__download *download;
    daotp__ldap_fetch *ldap; /* one of the two */
    bool is_leader, has_lock;
    int64_t lock_wait_until_ms; /* 0: not waiting for another process that fetches */
    bool refresh; /* fetch a CRL again though it is fresh; the key of the one before must sign it */
    bool force;   /* fetch a CRL again because the remembered one did not help */
    bool is_remembered;             /* the CRL was in memory or on disk */
    daotp__kept_crl *stale_on_disk; /* expired, for when no other can be had */
    int64_t now_s;

    daotp__kept_crl *crl; /* the result: a CRL here, else its bytes */
    daotp__bytes mapped;
} daotp__fetch_job;
/* The bytes of a certificate or an OCSP answer that was fetched. */
daotp__bytes daotp__fetch_job_bytes(const daotp__fetch_job *job);

/* now_s: the time of validation, by which a remembered CRL is fresh. */
daotp_status daotp__fetch_job_begin(daotp__fetch_job *job, daotp_trust *trust, daotp__loop *loop,
                                    daotp__fetch_kind kind, const char *url, daotp__bytes request,
                                    int64_t now_s, daotp_report *report);
/* DAOTP_AGAIN until it is done; DAOTP_OK with the result. May return an expired CRL if no other is
 * available. Ending the job releases the fetch lock, so store the CRL first. */
daotp_status daotp__fetch_job_step(daotp__fetch_job *job, daotp_report *report);
void daotp__fetch_job_end(daotp__fetch_job *job);

/* The URL of the next source whose verified CRL expires before this time, to be freed; NULL when
 * there is no further one. *at is the place to go on from: 0 at first. DAOTP_OK or DAOTP_MEMORY. */
daotp_status daotp__fetch_job_next_due(daotp_trust *trust, int64_t before_s, size_t *at,
                                       char **url);

/* Keep a CRL of this URL, once it is verified, on disk. */
void daotp__fetch_job_keep(daotp_trust *trust, const char *url, daotp__kept_crl *kept,
                           daotp_report *report);

#endif
